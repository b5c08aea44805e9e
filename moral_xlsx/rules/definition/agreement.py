"""The printed wording held against the rules beside it.

A number, a percentage or a day that a text says has to be one that the rule beside it holds to,
and a box has to say what its conditions hold to. What need not agree is declared in the
definition as an exemption, with its reason; an exemption that nothing needs is a mistake too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question
from moral_xlsx.model.rubric import Box, Criterion
from moral_xlsx.rules.definition.contradiction import FEW, Contradiction, against
from moral_xlsx.rules.definition.figures import (
    Figure,
    Held,
    Kind,
    held,
    measure,
    opposite,
    said,
    same_day,
    tells,
)
from moral_xlsx.rules.definition.held_rules import Rules, day_figure, number_figure, points_of
from moral_xlsx.rules.definition.made_agreement import made_contradictions
from moral_xlsx.rules.definition.printed_agreement import printed_contradictions
from moral_xlsx.rules.judge.conditions import By, Comparison, parse_condition, parse_fact
from moral_xlsx.rules.judge.quantities import Claimed
from moral_xlsx.rules.markup import without_marks

_ALL = re.compile("ทุก|ครบ|ทั้งหมด")
_WHOLE = Figure("percent", Fraction(100))
# The words before the number of a criterion in its title are shorter than this.
_BEGINNING = 14
_NOWHERE: Bilingual = (
    "ไม่มีข้อความใดของแบบบอกวันนี้แก่หน่วยงาน เช่นใน printed.headings หรือ help ของวันที่รายงาน",
    "is said to the units by no text of the form, such as printed.headings or a help",
)


def agreement_faults(form: Form) -> Iterator[Fault]:
    """Where the wording of a form and its rules disagree; the form makes sense otherwise."""
    wording = _Wording(form.model_copy(update={"printed": without_marks(form.printed)}))
    found = tuple(wording.contradictions())
    for each in found:
        if not wording.exempt(each):
            yield each.fault()
    for index, exemption in enumerate(form.exemptions):
        if not any(each.exempted_by(exemption.place, exemption.says) for each in found):
            yield Fault(
                f"exemptions[{index}]",
                (f"ไม่มีสิ่งใดที่ต้องยกเว้นด้วยคำว่า “{exemption.says}”",
                 f"nothing has to be exempted as {exemption.says!r}"),
                ("ลบออก หรือแก้ place และ says ให้ตรงกับที่โปรแกรมบอก",
                 "Remove it, or correct its place and says to what is told"),
            )  # fmt: skip


class _Wording:
    """The texts of a form, each with the figures that the rules beside it hold to."""

    def __init__(self, form: Form) -> None:
        self.form, self.rules = form, Rules(form)

    def contradictions(self) -> Iterator[Contradiction]:
        yield from self._criteria()
        yield from self._questions()
        yield from self._sheets()
        yield from self._checks()
        yield from self._levels()
        yield from printed_contradictions(self.form, self.rules)
        yield from made_contradictions(self.form, self.rules)
        yield from self._days()
        for index, reading in enumerate(self.form.interpretations):
            place = f"interpretations[{index}].choice"
            yield from against(self.form, place, reading.choice, self.rules.all)

    def _unsaid(
        self, place: str, rule: Held, text: str, beside: str = ""
    ) -> Iterator[Contradiction]:
        """What a rule holds to that neither the text nor what stands beside it says.

        A day need not be said.
        """
        for figure in dict.fromkeys(rule.figures):
            if figure.value in FEW:
                continue
            own, named = self._measured(place, text, figure)
            # A name such as คุณธรรม ๕ ประการ is what is meant only where nothing else is said.
            told = (*(own or named), *self._measured(place, beside, figure)[0])
            if figure.kind == "day":
                told = (*told, *map(day_figure, self.form.fiscal_year_dates)) if told else (figure,)
            if not any(tells(each, figure) for each in told):
                yield Contradiction(place, figure, text, said=False, others=tuple(told))
        for figure in dict.fromkeys(rule.named):
            # A row that the text itself names is that row, whatever stands beside it.
            rows = [each for each in said(text) if each.kind == "ordinal"]
            rows = rows or [*said(f"{text}\n{beside}")]
            if figure.value not in FEW and rows and not any(tells(e, figure) for e in rows):
                yield Contradiction(place, figure, text, said=False)

    def _measured(
        self, place: str, text: str, figure: Figure
    ) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
        """What a text says of that sort, and apart from it what is declared to be exempt.

        An ordinal is no amount, unless a reviewer's question is about it.
        """
        wanted, counting_off = measure(figure), place.startswith("checks.")
        found = [f for f in said(text) if measure(f) == wanted]
        found = [f for f in found if counting_off or f.kind != "ordinal"]
        if wanted == "percent" and _ALL.search(text):
            found.append(_WHOLE)
        exempt = [f for f in found if self.exempt(Contradiction(place, f, text, True))]
        return tuple(f for f in found if f not in exempt), tuple(exempt)

    def exempt(self, each: Contradiction) -> bool:
        """Whether the definition declares it to be meant."""
        return any(each.exempted_by(e.place, e.says) for e in self.form.exemptions)

    def _criteria(self) -> Iterator[Contradiction]:
        for criterion in self.form.criteria:
            whole = self.rules.of_criteria[criterion.number]
            allowed = (*whole.figures, *whole.named, *points_of(criterion))
            place = f"criteria[{criterion.number}]"
            for key in ("label", "title", "short", "caveat", "evidence_help"):
                yield from against(self.form, f"{place}.{key}", getattr(criterion, key), allowed)
            yield from self._numbered(place, criterion)
            above: tuple[Figure, ...] = ()
            for rung in criterion.rungs:
                for index, box in enumerate(rung.boxes):
                    where = f"{place}.rungs[{rung.points}].boxes[{index}]"
                    yield from self._box(where, box, criterion, above)
                above = (*above, *self.rules.held(rung.conditions).figures)

    def _numbered(self, place: str, criterion: Criterion) -> Iterator[Contradiction]:
        """A title that begins with the number of another criterion."""
        number = criterion.number
        own = {Fraction(number), *(figure.value for figure in said(criterion.name))}
        for key in ("label", "title"):
            text = getattr(criterion, key)
            figure = next(iter(said(text)), None)
            if figure is None or figure.kind != "ordinal" or figure.start > _BEGINNING:
                continue
            if figure.value not in own:
                wrong = f"แต่เป็นข้อที่ {number}", f"but it is number {number}"
                yield Contradiction(f"{place}.{key}", figure, text, True, wrong=wrong)

    def _box(
        self, place: str, box: Box, criterion: Criterion, above: Sequence[Figure]
    ) -> Iterator[Contradiction]:
        rule = self.rules.held(box.conditions)
        counted = {each.value for each in rule.figures if measure(each) == "number"}
        # One beside a rule that counts is what it counts to.
        few = () if counted - set(FEW) else FEW
        own = (*rule.figures, *rule.named) if box.conditions else self._left_over(criterion)
        allowed = (*own, *points_of(criterion))
        yield from against(self.form, place, box.text, allowed, above, few, exactly=True)
        yield from self._unsaid(place, rule, box.text, f"{criterion.label}\n{criterion.title}")
        for source in box.conditions:
            condition = parse_condition(source, self.form)
            if isinstance(condition, By) and self.rules.due:
                yield from self._against_due(place, held(condition).figures, source)

    def _left_over(self, criterion: Criterion) -> Iterator[Figure]:
        """What the lowest rung with points leaves to the one below it."""
        lowest = [rung for rung in criterion.rungs if rung.points and rung.conditions][-1:]
        for rung in lowest:
            held = self.rules.held(rung.conditions)
            yield from map(opposite, (*held.figures, *held.named))

    def _against_due(
        self, place: str, days: Sequence[Figure], source: str
    ) -> Iterator[Contradiction]:
        for day in days:
            if not any(same_day(day, due) for due in self.rules.due):
                yield Contradiction(place, day, f"due_dates ({source})", said=False)

    def _questions(self) -> Iterator[Contradiction]:
        for field in self.form.fields:
            allowed = (*self.rules.about({field.id}), *_limits(field))
            yield from self._question(f"fields.{field.id}", field, allowed)
        for table in self.form.tables:
            columns = {f"{table.id}.{column.id}" for column in table.columns}
            prepared = number_figure(len(table.preset))
            allowed = (*self.rules.about({table.id, *columns}), prepared)
            for key in ("label", "short", "help"):
                yield from against(
                    self.form, f"tables.{table.id}.{key}", getattr(table, key), allowed
                )
            for index, row in enumerate(table.preset):
                for name, value in row.items():
                    place = f"tables.{table.id}.preset[{index}].{name}"
                    text = value if isinstance(value, str) else ""
                    yield from against(self.form, place, text, self.rules.all)
            for column in table.columns:
                name = f"{table.id}.{column.id}"
                allowed = (*self.rules.about({name}), *_limits(column))
                yield from self._question(f"tables.{name}", column, allowed)
        for derived in self.form.derived:
            place, rule = f"derived.{derived.id}", held(parse_fact(derived.expression, self.form))
            yield from against(self.form, place, derived.label, self.rules.all)
            yield from self._unsaid(place, rule, derived.label)

    def _question(
        self, place: str, question: Question, allowed: Sequence[Figure]
    ) -> Iterator[Contradiction]:
        for key in ("label", "short", "help"):
            yield from against(self.form, f"{place}.{key}", getattr(question, key), allowed)
        for choice in question.choices:
            if choice.value.isdigit():
                meant = Figure("ordinal", Fraction(choice.value))
                for text in (choice.label, *choice.aliases):
                    told = said(text)
                    if told and not any(each.value == meant.value for each in told):
                        yield Contradiction(f"{place}.choices", meant, text, said=False)

    def _sheets(self) -> Iterator[Contradiction]:
        form = self.form
        for sheet in form.sheets:
            tables = [table for table in form.tables if table.sheet == sheet.id]
            ids = {field.id for field in form.fields if field.sheet == sheet.id}
            ids |= {table.id for table in tables}
            ids |= {f"{table.id}.{column.id}" for table in tables for column in table.columns}
            counts = (len(form.criteria), *(len(table.preset) for table in tables))
            allowed = (*self.rules.about(ids), *map(number_figure, counts))
            for key in ("title", "help"):
                yield from against(
                    self.form, f"sheets.{sheet.id}.{key}", getattr(sheet, key), allowed
                )
        for title in dict.fromkeys(field.group for field in form.fields if field.group):
            ids = {field.id for field in form.fields if field.group == title}
            yield from against(self.form, f"groups[{title}]", title, self.rules.about(ids))

    def _checks(self) -> Iterator[Contradiction]:
        for check in self.form.checks:
            rule = self.rules.held((check.condition, check.when))
            allowed = (*rule.figures, *rule.named, *self.rules.about(rule.about))
            for number, criterion in self.rules.of_criteria.items():
                if f"claim_{number}" in rule.about:
                    allowed += (*criterion.figures, *points_of(self.form.criterion(number)))
            place = f"checks.{check.id}"
            texts = {key: getattr(check, key) for key in
                     ("message", "message_en", "remedy", "remedy_en")}  # fmt: skip
            for key, text in texts.items():
                yield from against(self.form, f"{place}.{key}", text, allowed)
            for source in filter(None, (check.condition, check.when)):
                yield from self._nopoints_of(f"{place}.condition", source)
            beside = "\n".join(texts.values())
            yield from self._unsaid(f"{place}.condition", rule, check.message, beside)

    def _nopoints_of(self, place: str, source: str) -> Iterator[Contradiction]:
        """A claim that is compared with points that no rung of the criterion gives."""
        condition = parse_condition(source, self.form)
        if isinstance(condition, Comparison) and isinstance(condition.quantity, Claimed):
            points = points_of(self.form.criterion(condition.quantity.number))
            for figure in held(condition).figures:
                if figure.value not in {each.value for each in points}:
                    yield Contradiction(place, figure, source, said=False)

    def _levels(self) -> Iterator[Contradiction]:
        for level in self.form.levels:
            place, text = f"levels[{level.number}]", "\n".join(level.text)
            limits = (number_figure(level.min_each), number_figure(level.min_total))
            counts = (level.first, level.last, len(level.numbers), self.form.maximum)
            more = (*limits, *map(number_figure, counts))
            yield from against(self.form, place, text, more)
            named = tuple(map(number_figure, (level.number, level.first, level.last)))
            if any(measure(f) == "number" and f.kind != "ordinal" for f in said(text)):
                yield from self._unsaid(place, Held(limits, named, frozenset()), text)
                yield from _in_order(place, text, named, "ordinal")
                yield from _in_order(place, text, limits, "points", "number")
        for rule in self.form.roll_up:
            place = f"roll_up[{rule.level}]"
            share = (Figure("percent", Fraction(rule.percent)),)
            yield from against(self.form, place, rule.text, share)
            named = (Figure("ordinal", Fraction(rule.level)),)
            yield from self._unsaid(place, Held(share, named, frozenset()), rule.text)
        for subtotal in self.form.subtotals:
            place, text = f"subtotals[{subtotal.key}]", subtotal.label
            yield from against(self.form, place, text, self.rules.beside(subtotal.numbers))
            for figure in said(text):
                ends = (subtotal.first, subtotal.last)
                if figure.kind == "ordinal" and figure.value not in ends:
                    yield Contradiction(place, figure, text, said=True)

    def _days(self) -> Iterator[Contradiction]:
        """Due dates: the label says no other day, and some text says the day."""
        for due, figure in zip(self.form.due_dates, self.rules.due, strict=True):
            place = f"due_dates[{due.label}]"
            for told in said(due.label):
                if told.kind == "day" and not same_day(told, figure):
                    yield Contradiction(place, told, due.label, True, (figure,))
            if not any(same_day(each, figure) for each in self._said_days):
                yield Contradiction(place, figure, due.label, False, wrong=_NOWHERE)

    @cached_property
    def _said_days(self) -> tuple[Figure, ...]:
        """The days that the texts of the form say, and those in conditions of its criteria."""
        form = self.form
        texts = [box.text for c in form.criteria for rung in c.rungs for box in rung.boxes]
        texts += [text for f in form.fields for text in (f.label, f.help, f.group)]
        texts += [text for s in form.sheets for text in (s.title, s.help)]
        texts += [text for c in form.criteria for text in (c.title, c.caveat)]
        texts += [due.label for due in form.due_dates]
        for table in form.printed.tables:
            texts += [*table.title, *table.notes]
            texts += [text for row in table.rows for text in row.cells]
        texts += [*form.printed.headings, *form.printed.note]
        return tuple(figure for text in texts for figure in said(text) if figure.kind == "day")


def _in_order(
    place: str, text: str, held: Sequence[Figure], *kinds: Kind
) -> Iterator[Contradiction]:
    """Where a text that says as many figures as the rule has says them in another order."""
    told = [figure for figure in said(text) if figure.kind in kinds]
    if len(told) != len(held):
        return
    for figure, wanted in zip(told, held, strict=True):
        if figure.value != wanted.value:
            yield Contradiction(place, figure, text, True, (wanted,))


def _limits(question: Question) -> tuple[Figure, ...]:
    kind: Kind = "percent" if question.type == "percent" else "number"
    least, most = question.minimum, question.maximum
    limits = [Figure(kind, Fraction(least), bound=">=")] if least is not None else []
    limits += [Figure(kind, Fraction(most), bound="<=")] if most is not None else []
    return tuple(limits)


def _told(figure: Figure, told: Iterable[Figure]) -> bool:
    return any(tells(each, figure) for each in told)
