"""Ladders as tables: every rung reachable, none shadowed by a higher one, no gap between them.

What a criterion measures are the columns. Each is tried at its bounds and just beside them, in
every combination that a submission can have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations, product
from math import prod

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.judge.conditions import AnyOf, Chosen, Comparison, parse_condition
from moral_xlsx.rules.judge.expression import COMPARISONS, date_text, number_text
from moral_xlsx.rules.judge.quantities import Count, Distinct, Percent
from moral_xlsx.rules.judge.quantity import Constant, FieldValue, OfTable, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition, Every

# More combinations are not tried; no printed ladder comes near it.
_MOST = 100_000

Measured = Quantity | Every
Tried = Fraction | date | bool | str
# By what is measured, as the workbook writes it.
Combination = Mapping[str, Tried]
Conditions = tuple[Condition, ...]


@dataclass(frozen=True)
class _Column:
    """What is tried; ``measured`` is None for a condition that holds or does not."""

    measured: Measured | None
    tried: tuple[Tried, ...]


def ladder_faults(form: Form) -> Iterator[Fault]:
    """The rungs of a form that no submission reaches, and the gaps between them."""
    for criterion in form.criteria:
        yield from _faults(criterion, form)


def _faults(criterion: Criterion, form: Form) -> Iterator[Fault]:
    place = f"criteria[{criterion.number}].rungs"
    rungs = tuple(
        tuple(parse_condition(source, form) for source in rung.conditions)
        for rung in criterion.rungs
    )
    columns = _columns(rungs)
    if prod(len(column.tried) for column in columns.values()) > _MOST:
        # Together they are too many to be tried; each by itself still has to be reachable.
        for rung, alone in zip(criterion.rungs, rungs, strict=True):
            if alone and not _reachable(alone):
                yield Fault(f"{place}[{rung.points}]", *_UNREACHABLE)
        return
    table = [
        (combination, tuple(all(_holds(c, combination) for c in rung) for rung in rungs))
        for combination in _combinations(columns)
    ]
    for index, rung in enumerate(criterion.rungs):
        if not rung.conditions:
            continue  # what is left when no other rung holds
        held = [holds for _, holds in table if holds[index]]
        if not held:
            yield Fault(f"{place}[{rung.points}]", *_UNREACHABLE)
        elif rung.points and all(any(holds[:index]) for holds in held):
            yield Fault(f"{place}[{rung.points}]", *_SHADOWED)
    points = [rung.points for rung in criterion.rungs]
    yield from _gaps(place, columns, [(each, _score(points, holds)) for each, holds in table])


def _reachable(rung: Conditions) -> bool:
    columns = _columns((rung, ()))
    if prod(len(column.tried) for column in columns.values()) > _MOST:
        return True
    return any(all(_holds(c, each) for c in rung) for each in _combinations(columns))


def _score(points: Sequence[int], holds: Sequence[bool]) -> int:
    return next((each for each, held in zip(points, holds, strict=True) if held), 0)


def _gaps(
    place: str, columns: Mapping[str, _Column], scored: Sequence[tuple[Combination, int]]
) -> Iterator[Fault]:
    """Where the points of what is measured fall and rise again, or rise and fall again."""
    for name, column in columns.items():
        lines: dict[tuple[Tried, ...], dict[Tried, int]] = {}
        for combination, score in scored if column.measured else ():
            others = tuple(value for key, value in combination.items() if key != name)
            lines.setdefault(others, {})[combination[name]] = score
        dips = (_dip([(v, line[v]) for v in column.tried if v in line]) for line in lines.values())
        gap = next((dip for dip in dips if dip is not None), None)
        if gap is not None and column.measured:
            (thai, english), (at, at_en) = _said(column.measured), _words(gap[0])
            than, than_en = ("น้อยกว่า", "fewer") if gap[1] else ("มากกว่า", "more")
            yield Fault(
                place,
                (
                    f"{thai} เท่ากับ {at} ได้คะแนน{than}ทั้งค่าที่น้อยกว่าและค่าที่มากกว่า",
                    f"{english} of {at_en} gets {than_en} points than both less and more of it",
                ),
                (
                    "เขียนเพียงขอบล่างของแต่ละขั้น เช่น >= 70",
                    "Give each rung its lower bound only, such as >= 70",
                ),
            )


def _dip(line: Sequence[tuple[Tried, int]]) -> tuple[Tried, bool] | None:
    """The first value with a score below (True) or above both one before it and one after it."""
    scores = [score for _, score in line]
    for below in (True, False):
        outer = max if below else min
        for at in range(1, len(line) - 1):
            before, after = outer(scores[:at]), outer(scores[at + 1 :])
            if before > scores[at] < after if below else before < scores[at] > after:
                return line[at][0], below
    return None


def _said(measured: Measured) -> Bilingual:
    if isinstance(measured, Every):
        return f"“{measured.column.name}”", f"“{measured.column.name}”"
    return measured.say()


def _words(value: Tried) -> Bilingual:
    if isinstance(value, date):
        return date_text(value)
    return (number_text(value),) * 2 if isinstance(value, Fraction) else (str(value),) * 2


# What is told of a ladder, and the remedy.
_UNREACHABLE: tuple[Bilingual, Bilingual] = (
    (
        "ไม่มีคำตอบใดที่ได้ขั้นนี้ เพราะเงื่อนไขของขั้นขัดกันเอง",
        "no answers reach this rung: its conditions exclude one another",
    ),
    ("แก้เงื่อนไขของขั้นนี้", "Correct the conditions of this rung"),
)
_SHADOWED: tuple[Bilingual, Bilingual] = (
    (
        "ไม่มีคำตอบใดได้ขั้นนี้ เพราะขั้นที่สูงกว่าเป็นจริงทุกครั้งที่ขั้นนี้เป็นจริง",
        "no answers get this rung: a higher one holds whenever it does",
    ),
    (
        "ตรวจว่าเงื่อนไขของสองขั้นสลับกันหรือไม่",
        "See whether the conditions of two rungs are exchanged",
    ),
)


# --- the columns, and what is tried in them


def _columns(rungs: Sequence[Conditions]) -> dict[str, _Column]:
    measured: dict[str, Measured | None] = {}
    found: dict[str, set[Tried]] = {}
    for rung in rungs:
        for condition in rung:
            for name, what, tried in _tried(condition):
                measured[name] = what
                found.setdefault(name, set()).update(tried)
    for name in _always_needed(rungs):
        found[name] = {True}
    for name, what in measured.items():
        # The rows of one table: what one column can be, the others are tried with.
        for other, what_other in measured.items():
            if _same_rows(what, what_other):
                found[name] |= {Fraction(0), *found[other]}
    return {
        name: _Column(measured[name], tuple(sorted(tried, key=_in_order)))
        for name, tried in found.items()
    }


def _same_rows(one: Measured | None, other: Measured | None) -> bool:
    if not isinstance(one, OfTable) or not isinstance(other, OfTable):
        return False
    return one.table.id == other.table.id


def _always_needed(rungs: Sequence[Conditions]) -> set[str]:
    """The conditions that every rung with points has; without them there are none to try."""
    unbounded = (
        {c.formula() for c in rung if next(iter(_tried(c)))[:2] == (c.formula(), None)}
        for rung in rungs[:-1]
    )
    return set.intersection(*unbounded)


def _in_order(value: Tried) -> tuple[Fraction, str]:
    if isinstance(value, date):
        return Fraction(value.toordinal()), ""
    return (Fraction(0), value) if isinstance(value, str) else (Fraction(value), "")


def _tried(condition: Condition) -> Iterator[tuple[str, Measured | None, tuple[Tried, ...]]]:
    if isinstance(condition, AnyOf):
        for inner in condition.conditions:
            yield from _tried(inner)
    elif isinstance(condition, Chosen):
        yield condition.field.id, None, tuple(choice.value for choice in condition.field.choices)
    elif (bounded := _bounded(condition)) is None:
        yield condition.formula(), None, (False, True)
    else:
        what, _, bound = bounded
        yield _name(what), what, tuple(_around(what, bound))


def _name(measured: Measured) -> str:
    if isinstance(measured, Every):
        return f"every({measured.table.id}.{measured.column.id})"
    return measured.excel()


def _bounded(condition: Condition) -> tuple[Measured, str, Fraction | date] | None:
    """What is compared with a fixed number or day; None when the condition is no such one."""
    if not isinstance(condition, Comparison | Every) or not isinstance(condition.bound, Constant):
        return None
    bound = condition.bound.value
    if isinstance(bound, str) or not condition.operator:
        return None
    if isinstance(condition, Every):
        return condition, condition.operator, bound
    return condition.quantity, condition.operator, bound


def _around(measured: Measured, bound: Fraction | date) -> Iterator[Tried]:
    if isinstance(bound, date):
        day = timedelta(days=1)
        yield from (bound - day, bound, bound + day) if date.min < bound < date.max else (bound,)
        return
    share = isinstance(measured, Percent) or _asks_share(measured)
    least, most = _limits(measured)
    step, most = (Fraction(1, 100), Fraction(100)) if share else (Fraction(1), most)
    for value in (bound - step, bound, bound + step):
        yield max(least, value if most is None else min(value, most))


def _limits(measured: Measured) -> tuple[Fraction, Fraction | None]:
    """The least and the most that the question itself permits."""
    asked = measured.column if isinstance(measured, Every) else getattr(measured, "field", None)
    if not isinstance(asked, Question):
        return Fraction(0), None
    most = None if asked.maximum is None else Fraction(asked.maximum)
    return Fraction(asked.minimum or 0), most


def _asks_share(measured: Measured) -> bool:
    if isinstance(measured, Every):
        return measured.column.type == "percent"
    return isinstance(measured, FieldValue) and measured.field.type == "percent"


def _combinations(columns: Mapping[str, _Column]) -> Iterator[Combination]:
    """Every combination of what is tried, without those that no table of rows can have."""
    ordered = [
        (fewer, more)
        for fewer, more in permutations(columns, 2)
        if _never_more(columns[fewer].measured, columns[more].measured)
    ]
    for values in product(*(column.tried for column in columns.values())):
        combination = dict(zip(columns, values, strict=True))
        if all(
            _in_order(combination[fewer]) <= _in_order(combination[more]) for fewer, more in ordered
        ):
            yield combination


def _never_more(fewer: Measured | None, more: Measured | None) -> bool:
    """Whether one counts some of what the other counts."""
    if not isinstance(fewer, OfTable) or not isinstance(more, OfTable):
        return False
    if fewer.table.id != more.table.id or not set(more.tests) <= set(fewer.tests):
        return False
    if isinstance(more, Distinct):
        return isinstance(fewer, Distinct) and fewer.column == more.column
    return isinstance(more, Count)


def _holds(condition: Condition, combination: Combination) -> bool:
    if isinstance(condition, AnyOf):
        return any(_holds(inner, combination) for inner in condition.conditions)
    if isinstance(condition, Chosen):
        return combination[condition.field.id] == condition.value
    bounded = _bounded(condition)
    if bounded is None:
        return combination[condition.formula()] is True
    measured, operator, bound = bounded
    value = combination[_name(measured)]
    assert isinstance(value, Fraction | date)
    return COMPARISONS[operator][0](value, bound)
