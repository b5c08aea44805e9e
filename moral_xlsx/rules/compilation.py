"""Forms compiled over all units: what each unit gives, and what comes out, exactly.

Only forms that were accepted stand in a figure: what has to be mended may still change, and what
is impossible must not hide in a sum.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from moral_xlsx.model.answers import Row
from moral_xlsx.model.compilation import Absent, Compiled, CompileItem, Contribution
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.round import UnitResult
from moral_xlsx.rules.judge.expression import Facts, Names
from moral_xlsx.rules.judge.quantities import parse_quantity
from moral_xlsx.rules.judge.quantity import Quantity
from moral_xlsx.rules.judge.syntax import ConditionError, tree
from moral_xlsx.rules.printed import answer_in_words
from moral_xlsx.wording import CONFLICT, SILENT, VERDICTS, number

UNANSWERED, NO_ANSWER_YET = "ไม่ได้ตอบ", "ยังไม่มีคำตอบ"
TICKED, UNTICKED = "มี", "ไม่มี"


@dataclass(frozen=True, slots=True)
class Compilable:
    """An item with its expressions parsed: quantities, or the questions whose answers it takes."""

    item: CompileItem
    quantities: tuple[Quantity, ...] = ()
    table: Table | None = None
    questions: tuple[Question, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers among which a distribution divides, in the form's order."""
        question = self.questions[0]
        if question.type == "tick":
            return TICKED, UNTICKED
        return tuple(choice.label for choice in question.choices)

    def of_unit(self, facts: Facts) -> Contribution | None:
        """What a unit gives; None where it does not answer all that is asked."""
        if self.quantities:
            sums = tuple(each.measure(facts) for each in self.quantities)
            known = tuple(each for each in sums if isinstance(each, Fraction))
            impossible = len(known) < len(sums) or (self.item.share and known[0] > known[1])
            return None if impossible else Contribution(known)
        if self.item.list:
            return Contribution(rows=tuple(self._listed(facts)))
        told = [_answer(self.questions[0], row) for row in self._rows(facts)]
        if self.table is None and None in told:
            return None
        return Contribution(counts={each: told.count(each) for each in self.answers})

    def _rows(self, facts: Facts) -> Sequence[Row]:
        if self.table is None:
            return (facts.answers.values,)
        return facts.answers.tables.get(self.table.id, ())

    def _listed(self, facts: Facts) -> list[tuple[str, ...]]:
        rows = (
            tuple(answer_in_words(each, row.get(each.id)) for each in self.questions)
            for row in self._rows(facts)
        )
        return [row for row in rows if any(row)]


def parse_items(form: Form) -> tuple[Compilable, ...]:
    """The items of a form, parsed; raises ConditionError for one that is wrong."""
    return tuple(parse_item(item, form) for item in form.compile)


def parse_item(item: CompileItem, form: Form) -> Compilable:
    """An item, parsed; raises ConditionError with a remedy."""
    if len(item.ways) != 1:
        raise ConditionError(
            (f"บอกวิธีรวมไว้ {len(item.ways)} วิธี", f"it is put together in {len(item.ways)} ways"),
            ("ใช้ sum, share, distribution หรือ list เพียงอย่างเดียว", "Give one of the four keys"),
        )
    if item.sum or item.share:
        return Compilable(item, tuple(_added(each, form) for each in item.share or (item.sum,)))
    names, node = Names(form), tree(item.distribution or item.list or "")
    if item.distribution:
        if isinstance(node, ast.Attribute):
            table, column = names.column(node, "choice", "tick")
            return Compilable(item, (), table, (column,))
        return Compilable(item, (), None, (names.field(node, "choice", "tick"),))
    if item.list in {field.id for field in form.fields}:
        return Compilable(item, (), None, (names.field(node),))
    table = names.table(node)
    chosen = item.columns or tuple(column.id for column in table.columns)
    columns = (ast.Attribute(node, column) for column in chosen)
    return Compilable(item, (), table, tuple(names.column(each)[1] for each in columns))


def _added(source: str | None, form: Form) -> Quantity:
    quantity = parse_quantity(source or "", form)
    if quantity.measures is not Fraction or not quantity.counts:
        raise ConditionError(
            (f"บวก {source} ของหลายหน่วยงานไม่ได้", f"{source} of several units cannot be added up"),
            (
                "ใช้ช่อง integer, count, distinct หรือ sum ร้อยละเขียนเป็น share",
                "Use an integer field, count, distinct or sum; write a percentage as share",
            ),
        )
    return quantity


def contributions(items: Sequence[Compilable], facts: Facts) -> tuple[Contribution | None, ...]:
    """What a unit gives to each item of its form."""
    return tuple(item.of_unit(facts) for item in items)


def compiled(form: Form, units: Sequence[UnitResult]) -> tuple[Compiled, ...]:
    """Each item of a form over its units: the registered ones, or all where none is registered."""
    counting = [unit for unit in units if unit.registered] or list(units)
    return tuple(
        _compiled(at, item, counting) for at, item in enumerate(parse_items(form)) if counting
    )


def _compiled(at: int, parsed: Compilable, units: Sequence[UnitResult]) -> Compiled:
    given: list[tuple[str, Contribution]] = []
    absent: list[Absent] = []
    for unit in units:
        name = unit.unit.name or unit.unit.code
        judged = unit.assessment
        if judged is not None and _waived(parsed) & judged.waived:
            continue
        found = judged.contributions[at] if judged and judged.verdict == "accepted" else None
        if found is not None:
            given.append((name, found))
        else:
            absent.append(Absent(name, _reason(unit)))
    sums = tuple(
        sum((each.sums[place] for _, each in given), Fraction(0))
        for place in range(len(parsed.quantities))
    )
    words = parsed.answers if parsed.item.distribution else ()
    told = [each.counts or {} for _, each in given]
    return Compiled(
        parsed.item,
        len(given),
        tuple(absent),
        sums,
        share=sums[0] * 100 / sums[1] if parsed.item.share and sums[1] else None,
        unit=parsed.quantities[0].unit if parsed.quantities else "",
        counts=tuple((word, sum(counts[word] for counts in told)) for word in words),
        of_rows=parsed.table is not None,
        headings=tuple(question.name for question in parsed.questions),
        rows=tuple((name, row) for name, each in given for row in each.rows),
    )


def absent_in_words(absent: Iterable[Absent]) -> str:
    """The units that do not stand in a figure, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for each in absent:
        by_reason.setdefault(each.reason, []).append(each.unit)
    return " · ".join(f"{reason}: {', '.join(units)}" for reason, units in by_reason.items())


def divided(result: Compiled) -> tuple[tuple[str, int], ...]:
    """A distribution over all that it is of, with the units that have not answered yet."""
    if result.of_rows or not result.absent:
        return result.counts
    return (*result.counts, (NO_ANSWER_YET, len(result.absent)))


def effect(result: Compiled) -> str:
    """What the absent units do to a figure, in Thai; empty when none is absent."""
    if not result.absent:
        return ""
    if not result.counted:
        return "ยังไม่มีหน่วยงานใดที่นับได้"
    lacking = f"ขาด {number(len(result.absent))} หน่วยงาน"
    if result.item.sum:
        return f"{lacking} ผลรวมจริงจึงไม่น้อยกว่านี้"
    if result.item.share:
        return f"{lacking} ร้อยละจริงอาจสูงหรือต่ำกว่านี้ เพราะยังไม่รู้จำนวนของหน่วยงานที่ขาด"
    if result.item.distribution:
        return f"{lacking} แต่ละคำตอบจึงอาจเพิ่มขึ้นได้อีก"
    return f"{lacking} รายการจึงยังไม่ครบ"


def listed(compiled: Compiled, row: tuple[str, ...]) -> str:
    """A row of a list as one text: what it is called first, then the rest with its headings."""
    first, *others = row
    named = zip(compiled.headings[1:], others, strict=True)
    told = [f"{name}: {text}" for name, text in named if text]
    return " · ".join([first, *told] if first else told)


def _answer(question: Question, row: Row) -> str | None:
    value = row.get(question.id)
    if question.type == "tick":
        return TICKED if value is True else UNTICKED
    return answer_in_words(question, value) or None


def _waived(parsed: Compilable) -> frozenset[str]:
    """The fields without which an item is none of a unit's."""
    fields = {str(ref) for each in parsed.quantities for ref in each.references()}
    return frozenset(fields | {each.id for each in parsed.questions if parsed.table is None})


def _reason(unit: UnitResult) -> str:
    if unit.state != "received" or unit.assessment is None:
        return CONFLICT[0] if unit.state == "conflict" else SILENT[0]
    if unit.assessment.verdict != "accepted":
        return VERDICTS["returned"][0]
    return UNANSWERED
