"""What changed between two forms: wording, questions, thresholds, levels, dates.

A text in which only the years of the forms' own fiscal years moved is not told one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, TypeVar, get_args

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.rubric import Criterion, Level, Rung
from moral_xlsx.model.value import Value
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.expression import both, date_text
from moral_xlsx.thai import BUDDHIST_OFFSET, MONTHS, MONTHS_SHORT, arabic_digits

Kind = Literal["questions", "thresholds", "levels", "dates", "checks", "wording", "years"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Keys whose texts and conditions are compared as such.
_IN_WORDS = frozenset(
    {"id", "label", "short", "help", "unit", "columns", "preset", "sheet", "group"}
    | {"message", "message_en", "remedy", "remedy_en", "condition", "when"}
)
# How much of an unchanged text is told around what changed in it.
_AROUND = 25
_YEAR = re.compile(r"(?<!\d)(?:2[45]\d\d|20\d\d)(?!\d)")
_MONTH = "|".join(map(re.escape, (*MONTHS, *MONTHS_SHORT)))
_SHORT_YEAR = re.compile(rf"((?:{_MONTH})\s*)(\d\d)(?!\d)")

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: where, what stood there and what stands there now; empty for nothing."""

    kind: Kind
    place: Bilingual
    before: Bilingual
    after: Bilingual


def differences(old: Form, new: Form) -> tuple[Difference, ...]:
    """Every change from one form to another, sorted by kind, in the order of the forms."""
    found = tuple(_Comparison(old, new).all())
    return tuple(sorted(found, key=lambda each: KINDS.index(each.kind)))


class _Comparison:
    def __init__(self, old: Form, new: Form) -> None:
        self.old, self.new = old, new

    def all(self) -> Iterator[Difference]:
        yield from self._head()
        yield from self._questions()
        yield from self._criteria()
        yield from self._levels()
        yield from self._dates()
        yield from self._checks()
        yield from self._printed()

    # --- what is compared

    def _head(self) -> Iterator[Difference]:
        for key, thai, english in (
            ("title", "ชื่อแบบ", "title"),
            ("short_title", "ชื่อย่อ", "short title"),
            ("issuer", "ผู้ออกแบบฟอร์ม", "issuer"),
            ("receiver", "ผู้รับผล", "receiver"),
            ("total_label", "ชื่อของผลรวม", "name of the total"),
            ("levels_note", "หมายเหตุของระดับ", "note on the levels"),
            ("ranking", "ตารางจัดอันดับ", "ranking"),
        ):
            yield from self._texts((thai, english), getattr(self.old, key), getattr(self.new, key))

    def _questions(self) -> Iterator[Difference]:
        yield from self._each_question("", self.old.fields, self.new.fields)
        named = {table.id: table.label for table in (*self.old.tables, *self.new.tables)}
        old = {table.id: table for table in self.old.tables}
        new = {table.id: table for table in self.new.tables}
        for table_id, before, after in _paired(old, new):
            label = named[table_id]
            place = (f"ตาราง “{label}”", f"table “{label}”")
            if before is None or after is None:
                yield _came_or_went("questions", place, before, after)
                continue
            for key in ("label", "short", "help", "unit"):
                yield from self._texts(place, getattr(before, key), getattr(after, key))
            yield from self._texts(place, _prepared(before), _prepared(after))
            yield from self._values("questions", place, before, after)
            yield from self._each_question(table_id, before.columns, after.columns)

    def _each_question(
        self, table: str, old: Iterable[Question], new: Iterable[Question]
    ) -> Iterator[Difference]:
        before = {question.id: question for question in old}
        after = {question.id: question for question in new}
        for question_id, one, other in _paired(before, after):
            name = f"{table}.{question_id}" if table else question_id
            shown = (other or one or before[question_id]).name
            place = (f"“{shown}” ({name})", f"“{shown}” ({name})")
            if one is None or other is None:
                yield _came_or_went("questions", place, one, other)
                continue
            for key in ("label", "short", "help", "unit"):
                yield from self._texts(place, getattr(one, key), getattr(other, key))
            yield from self._values("questions", place, one, other)
            whens = [(getattr(question, "when", None),) for question in (one, other)]
            yield from self._rules(place, "questions", *whens)

    def _criteria(self) -> Iterator[Difference]:
        old = {criterion.number: criterion for criterion in self.old.criteria}
        new = {criterion.number: criterion for criterion in self.new.criteria}
        for number, before, after in _paired(old, new):
            name = (after or before or old[number]).name
            place = both(f"ข้อ {name}", f"criterion {name}")
            if before is None or after is None:
                yield _came_or_went("thresholds", place, before, after)
                continue
            for key in ("title", "short", "caveat", "evidence_help"):
                yield from self._texts(place, getattr(before, key), getattr(after, key))
            yield from self._rules(place, "thresholds", (before.when,), (after.when,))
            yield from self._rungs(place, before, after)

    def _rungs(self, place: Bilingual, old: Criterion, new: Criterion) -> Iterator[Difference]:
        before = {rung.points: rung for rung in old.rungs}
        after = {rung.points: rung for rung in new.rungs}
        for points, one, other in _paired(before, after):
            where = _within(place, both(f"ขั้น {points} คะแนน", f"rung of {points} points"))
            if one is None or other is None:
                yield _came_or_went("thresholds", where, one, other)
                continue
            yield from self._texts(where, _box_texts(one), _box_texts(other))
            yield from self._rules(where, "thresholds", one.conditions, other.conditions)

    def _rules(
        self, place: Bilingual, kind: Kind, old: Iterable[str | None], new: Iterable[str | None]
    ) -> Iterator[Difference]:
        """Conditions that changed, said in words."""
        before = [_said(source, self.old) for source in old if source]
        after = [_said(source, self.new) for source in new if source]
        years = self._moved
        for one, other in _changed(
            before, after, lambda a, b: years(a[0]) == years(b[0], new=True)
        ):
            yield Difference(kind, place, one or ("", ""), other or ("", ""))

    def _levels(self) -> Iterator[Difference]:
        old = {level.number: level for level in self.old.levels}
        new = {level.number: level for level in self.new.levels}
        for number, before, after in _paired(old, new):
            place = both(f"ระดับ {number}", f"level {number}")
            if before is None or after is None:
                yield _came_or_went("levels", place, before, after)
                continue
            yield from self._texts(place, (before.name, *before.text), (after.name, *after.text))
            if _rule_of(before) != _rule_of(after):
                yield Difference("levels", place, _rule_of(before), _rule_of(after))
        if self.old.nested != self.new.nested:
            needed = ("ต้องผ่านระดับที่ต่ำกว่าด้วย", "lower levels have to hold too")
            shown = (_shown(self.old.nested), _shown(self.new.nested))
            yield Difference("levels", needed, *shown)
        rules = {rule.level: rule for rule in self.old.roll_up}
        for number, one, other in _paired(rules, {r.level: r for r in self.new.roll_up}):
            place = both(f"ระดับ {number} ขององค์กรแม่", f"level {number} of the department")
            if one is None or other is None:
                yield _came_or_went("levels", place, one, other)
                continue
            yield from self._texts(place, (one.name, one.text), (other.name, other.text))
            if one.percent != other.percent:
                shares = (one.percent, other.percent)
                told = [both(f"ร้อยละ {share}", f"{share} per cent") for share in shares]
                yield Difference("levels", place, told[0], told[1])
        sums, new_sums = ([(s.label, s.key) for s in form.subtotals] for form in self._both)
        for was, now in _changed(sums, new_sums, _equal):
            place = ("ผลรวม", "sum")
            yield Difference("levels", place, _told(was, " "), _told(now, " "))

    def _dates(self) -> Iterator[Difference]:
        years = (self.old.fiscal_year, self.new.fiscal_year)
        if years[0] != years[1]:
            place = ("ปีงบประมาณ", "fiscal year")
            was, now = (both(str(year), str(year)) for year in years)
            yield Difference("dates", place, was, now)
        old = dict(enumerate(self.old.due_dates, start=1))
        new = dict(enumerate(self.new.due_dates, start=1))
        for number, before, after in _paired(old, new):
            label = (after or before or old[number]).label
            place = (f"กำหนดส่ง “{label}”", f"due date “{label}”")
            if before is None or after is None:
                yield Difference(
                    "dates",
                    place,
                    date_text(before.date) if before else ("", ""),
                    date_text(after.date) if after else ("", ""),
                )
                continue
            yield from self._texts(place, before.label, after.label)
            if before.date != after.date:
                yield Difference("dates", place, date_text(before.date), date_text(after.date))
            if before.opens != after.opens:
                opens = [date_text(d.opens) if d.opens else ("", "") for d in (before, after)]
                counts_from = _within(place, ("นับตั้งแต่", "counts from"))
                yield Difference("dates", counts_from, opens[0], opens[1])

    def _checks(self) -> Iterator[Difference]:
        old = {check.id: check for check in self.old.checks}
        new = {check.id: check for check in self.new.checks}
        for check_id, before, after in _paired(old, new):
            shown = (after or before or old[check_id]).message
            place = (f"การตรวจ “{shown}”", f"check {check_id}")
            if before is None or after is None:
                yield _came_or_went("checks", place, before, after)
                continue
            yield from self._texts(place, before.message, after.message)
            yield from self._texts(place, before.remedy, after.remedy)
            rules = [(check.when, check.condition) for check in (before, after)]
            yield from self._rules(place, "checks", *rules)
            yield from self._values("checks", place, before, after)
        related, new_related = (
            [(check.id, check.form, check.here, check.there) for check in form.cross_checks]
            for form in self._both
        )
        for one, other in _changed(related, new_related, lambda a, b: a[2:] == b[2:]):
            place = ("ข้อเท็จจริงที่ต้องตรงกับแบบอื่น", "fact that has to agree with another form")
            yield Difference("checks", place, _told(one, " · "), _told(other, " · "))
        read, new_read = (
            [(each.place, each.question, each.choice) for each in form.interpretations]
            for form in self._both
        )
        for was, now in _changed(read, new_read, self._same_reading):
            name = (now or was or ("",))[0]
            place = (f"การตีความ “{name}”", f"reading “{name}”")
            yield Difference(
                "checks", place, _told(was and was[1:], " → "), _told(now and now[1:], " → ")
            )

    def _printed(self) -> Iterator[Difference]:
        for place, lines in (
            (("แบบพิมพ์", "printed form"), _printed_lines),
            (("หัวข้อในสมุดงาน", "headings of the workbook"), _headings),
        ):
            old, new = (list(lines(form)) for form in self._both)
            yield from self._texts(place, old, new)

    # --- how it is compared

    @property
    def _both(self) -> tuple[Form, Form]:
        return self.old, self.new

    def _same_words(self, one: Bilingual, other: Bilingual) -> bool:
        return self._moved(one[0]) == self._moved(other[0], new=True)

    def _same_reading(self, one: Sequence[str], other: Sequence[str]) -> bool:
        return [self._moved(text) for text in one] == [self._moved(t, new=True) for t in other]

    def _moved(self, text: str, *, new: bool = False) -> str:
        """A text with its years counted from the form's own fiscal year."""
        year = (self.new if new else self.old).fiscal_year

        def count(match: re.Match[str]) -> str:
            found = int(match[0])
            return f"<{found + (BUDDHIST_OFFSET if found < 2400 else 0) - year}>"

        def count_short(match: re.Match[str]) -> str:
            return f"{match[1]}<{2500 + int(match[2]) - year}>"

        return _SHORT_YEAR.sub(count_short, _YEAR.sub(count, arabic_digits(text)))

    def _since(self, value: object, *, new: bool = False) -> object:
        """A value; a day with its years counted from the form's own fiscal year."""
        year = (self.new if new else self.old).fiscal_year
        return (value.year - year, value.month, value.day) if isinstance(value, date) else value

    def _texts(
        self, place: Bilingual, old: str | Sequence[str], new: str | Sequence[str]
    ) -> Iterator[Difference]:
        before, after = ([t] if isinstance(t, str) else list(t) for t in (old, new))
        for one, other in _changed(before, after, _equal):
            if one and other and self._moved(one) == self._moved(other, new=True):
                yield Difference("years", place, (one, one), (other, other))
            elif one or other:
                told = _excerpts(one or "", other or "")
                yield Difference("wording", place, (told[0],) * 2, (told[1],) * 2)

    def _values(self, kind: Kind, place: Bilingual, old: Value, new: Value) -> Iterator[Difference]:
        """The keys with other values, apart from those that are compared as words."""
        for key in dict.fromkeys((*type(old).model_fields, *type(new).model_fields)):
            before, after = getattr(old, key, None), getattr(new, key, None)
            if key not in _IN_WORDS and self._since(before) != self._since(after, new=True):
                yield Difference(kind, _within(place, (key, key)), _shown(before), _shown(after))


def _came_or_went(
    kind: Kind, place: Bilingual, before: Value | None, after: Value | None
) -> Difference:
    there: Bilingual = ("มี", "there")
    return Difference(kind, place, there if before else ("", ""), there if after else ("", ""))


def _paired(old: Mapping[T, V], new: Mapping[T, V]) -> Iterator[tuple[T, V | None, V | None]]:
    for key in dict.fromkeys((*old, *new)):
        yield key, old.get(key), new.get(key)


def _changed(
    old: Sequence[T], new: Sequence[T], same: Callable[[T, T], bool]
) -> Iterator[tuple[T | None, T | None]]:
    """What was exchanged, left out or added; what is in both lists unchanged is not."""
    matcher = SequenceMatcher(None, [str(o) for o in old], [str(n) for n in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for index in range(max(b - a, d - c)):
            one = old[a + index] if a + index < b else None
            other = new[c + index] if c + index < d else None
            if one is None or other is None or not same(one, other):
                yield one, other


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Two texts without the long beginning and end that they share."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    longest = min(len(before), len(after)) - start
    while end < longest and before[-1 - end] == after[-1 - end]:
        end += 1
    first = max(0, start - _AROUND)
    told = []
    for text in (before, after):
        last = min(len(text), len(text) - end + _AROUND)
        shown = text[first:last]
        dots = ("…" * (first > 0), "…" * (last < len(text)))
        told.append(f"{dots[0]}{shown}{dots[1]}" if text else "")
    return told[0], told[1]


def _equal(one: object, other: object) -> bool:
    return one == other


def _told(parts: Sequence[str] | None, between: str) -> Bilingual:
    """The parts of something in both languages; empty for nothing."""
    words = between.join(parts or ())
    return words, words


def _within(place: Bilingual, what: Bilingual) -> Bilingual:
    return f"{place[0]} {what[0]}", f"{place[1]}, {what[1]}"


def _box_texts(rung: Rung) -> tuple[str, ...]:
    return tuple(box.text for box in rung.boxes)


def _said(source: str, form: Form) -> Bilingual:
    return parse_condition(source, form).say()


def _rule_of(level: Level) -> Bilingual:
    return both(
        f"ข้อ {level.first} - {level.last} ข้อละไม่น้อยกว่า {level.min_each} "
        f"รวมไม่น้อยกว่า {level.min_total}",
        f"criteria {level.key}: at least {level.min_each} each, {level.min_total} together",
    )


def _prepared(table: Table) -> list[str]:
    return [" · ".join(map(str, row.values())) for row in table.preset]


def _printed_lines(form: Form) -> Iterator[str]:
    printed = form.printed
    yield from printed.title
    yield from printed.headings
    for part in form.parts:
        yield from part.title
    for table in printed.tables:
        yield from table.title
        yield from (column.heading for column in table.columns)
        for row in table.rows:
            yield from (row.section,) if row.section else row.cells
        yield from table.notes
    yield from (printed.levels_heading,) if printed.levels_heading else ()
    yield from printed.note


def _headings(form: Form) -> Iterator[str]:
    for sheet in form.sheets:
        yield from (sheet.title, sheet.help)
    yield from form.official_sheets
    yield from dict.fromkeys(field.group for field in form.fields if field.group)


def _shown(value: object) -> Bilingual:
    if isinstance(value, bool):
        return ("ใช่", "yes") if value else ("ไม่", "no")
    if value is None or value == ():
        return "", ""
    if isinstance(value, tuple):
        listed = ", ".join(str(getattr(each, "label", each)) for each in value)
        return listed, listed
    return both(str(value), str(value))
