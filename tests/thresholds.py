"""Answers on both sides of every limit that the conditions of a form draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

from moral_xlsx.model.answers import Answers, Row, Value
from moral_xlsx.model.question import Question, Table
from moral_xlsx.rules.judge.conditions import Answered, AnyOf, Chosen, Comparison, Ticked
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import Facts, RowTest
from moral_xlsx.rules.judge.quantities import (
    Average,
    Claimed,
    Count,
    Distinct,
    OfTable,
    Percent,
    Sum,
)
from moral_xlsx.rules.judge.quantity import Bound, Constant, FieldValue, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition, Every, Subset
from moral_xlsx.rules.judge.rubric import Rubric

# Sizes of a whole at which a share falls on, between and far from whole numbers.
WHOLES = (3, 34, 2003)


@dataclass(frozen=True)
class Patch:
    """Other values of fields, other rows of tables, other claims."""

    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    claims: Mapping[int, int | None] = field(default_factory=dict)

    def over(self, other: Patch) -> Patch:
        return Patch(
            {**other.values, **self.values},
            {**other.tables, **self.tables},
            {**other.claims, **self.claims},
        )

    def agrees(self, other: Patch) -> bool:
        """Whether both can be made at once."""
        return all(
            mine[name] == theirs[name]
            for mine, theirs in (
                (self.values, other.values),
                (self.tables, other.tables),
                (self.claims, other.claims),
            )
            for name in mine.keys() & theirs.keys()
        )

    def on(self, base: Answers) -> Answers:
        claims = {**base.claims, **self.claims}
        return replace(
            base,
            values={**base.values, **self.values},
            tables={**base.tables, **self.tables},
            claims={number: points for number, points in claims.items() if points is not None},
        )


def threshold_answers(rubric: Rubric, base: Answers) -> list[Answers]:
    """Every limit of the form's rungs from both sides, as many at once as go together."""
    sources = dict.fromkeys(
        source
        for criterion in rubric.form.criteria
        for rung in criterion.rungs
        for source in rung.conditions
    )
    conditions = [rubric.conditions[source] for source in sources]
    quantities = list(rubric.derived.values())
    patches = [patch for condition in conditions for patch in around(rubric, base, condition)]
    patches += [patch for quantity in quantities for patch in shares(base, quantity)]
    packed: list[Patch] = []
    for patch in patches:
        for index, other in enumerate(packed):
            if patch.agrees(other):
                packed[index] = patch.over(other)
                break
        else:
            packed.append(patch)
    return [patch.on(base) for patch in packed]


def around(rubric: Rubric, base: Answers, condition: Condition) -> Iterator[Patch]:
    """Patches that make a condition hold, and just not hold."""
    if isinstance(condition, AnyOf):
        yield from _around_any(rubric, base, condition)
    elif isinstance(condition, Comparison):
        yield from _around_comparison(base, condition)
    elif isinstance(condition, Ticked):  # Answered is one too
        present = base.values.get(condition.field.id) or _example(condition.field)
        absent = None if isinstance(condition, Answered) else False
        for value in (absent, present):
            yield Patch({condition.field.id: value})
    elif isinstance(condition, Chosen):
        for value in (None, *(choice.value for choice in condition.field.choices)):
            yield Patch({condition.field.id: value})
    elif isinstance(condition, Every):
        yield from _around_every(base, condition)
    elif isinstance(condition, Subset):
        yield from _around_subset(base, condition)
    else:
        raise AssertionError(f"no limits are known of {type(condition).__name__}")


def _around_any(rubric: Rubric, base: Answers, condition: AnyOf) -> Iterator[Patch]:
    """Each part on both sides of its limits while no other part holds."""
    for part in condition.conditions:
        others = Patch()
        for other in condition.conditions:
            if other is not part:
                failing = (
                    patch
                    for patch in around(rubric, base, other)
                    if not other.evaluate(Facts(rubric.form, patch.on(base))).holds
                )
                others = next(failing).over(others)
        for patch in around(rubric, others.on(base), part):
            yield patch.over(others)


def _around_comparison(base: Answers, condition: Comparison) -> Iterator[Patch]:
    quantity, bound = condition.quantity, condition.bound
    if isinstance(quantity, Percent):
        yield from shares(base, quantity, bound)
    elif isinstance(quantity, OfTable):
        yield from _around_count(base, quantity, bound)
    elif isinstance(quantity, Claimed):
        for points in (None, 0, 1, 2, 3):
            yield Patch(claims={quantity.number: points})
    else:
        assert isinstance(quantity, FieldValue)
        yield from _around_value(base, quantity.field, bound)


def _around_value(base: Answers, asked: Question, bound: Bound) -> Iterator[Patch]:
    """A field below, at and above a fixed value, or another field that it is compared with."""
    if isinstance(bound, FieldValue):
        limit = base.values.get(bound.field.id) or _example(bound.field)
        given: Patch = Patch({bound.field.id: limit})
        yield Patch({asked.id: limit, bound.field.id: None})
    else:
        limit, given = bound.value, Patch()  # type: ignore[assignment]
    for value in (*_beside(asked, limit), None):
        yield Patch({asked.id: value}).over(given)


def shares(base: Answers, quantity: Quantity, bound: Bound | None = None) -> Iterator[Patch]:
    """A share just below, at and just above a limit, and impossible ones."""
    if isinstance(quantity, Average):
        yield from _averages(base, quantity.answers)
        return
    assert isinstance(quantity, Percent)
    if isinstance(quantity.part, Sum) and isinstance(quantity.whole, Sum):
        yield from _counted_answers(base, quantity.part, quantity.whole)
        return
    limit = bound.value if isinstance(bound, Constant) else Fraction(100)
    assert isinstance(limit, Fraction)
    wholes = WHOLES if isinstance(quantity.whole, FieldValue) else (0, 3, 8)
    for size in wholes:
        least = ceil(size * limit / 100)
        for part in sorted({max(0, least - 1), least, least + 1}):
            if isinstance(quantity.part, Count) and part > size:
                continue
            patch = _sized(base, quantity.whole, size)
            yield _sized(patch.on(base), quantity.part, part).over(patch)
    for missing in (quantity.part, quantity.whole):
        if isinstance(missing, FieldValue):
            yield Patch({missing.field.id: None})


def _counted_answers(base: Answers, part: Sum, whole: Sum) -> Iterator[Patch]:
    """Answers of which the best levels are none, some and all; one that is not counted."""
    row = _passing(_row(base, whole.table), whole.tests)
    rest = [each.id for each in whole.columns if each not in part.columns] or [part.columns[0].id]
    for best, others in ((0, 3), (1, 2), (2, 1), (3, 0), (0, 0), (2, None), (None, 1)):
        blank = dict.fromkeys((each.id for each in whole.columns), 0)
        counted = {**row, **blank, rest[-1]: others, part.columns[0].id: best}
        yield Patch(tables={whole.table.id: (counted,)})


def _averages(base: Answers, answers: Sum) -> Iterator[Patch]:
    row = _passing(_row(base, answers.table), answers.tests)
    names = [each.id for each in answers.columns]
    for counts in ((1, 0, 0), (0, 1, 2), (7, 5, 3), (0, 0, 0), (None, 1, 1)):
        told = dict(zip(names, (*counts, *[0] * len(names)), strict=False))
        yield Patch(tables={answers.table.id: ({**row, **told}, {**row, **told})})


def _sized(base: Answers, quantity: Quantity, size: int) -> Patch:
    if isinstance(quantity, FieldValue):
        return Patch({quantity.field.id: size})
    if isinstance(quantity, Sum):
        return Patch(tables={quantity.table.id: _summed(base, quantity, size)})
    assert isinstance(quantity, Count)
    return Patch(tables={quantity.table.id: _resized(base, quantity, size)})


def _resized(base: Answers, quantity: Count, size: int) -> tuple[Row, ...]:
    """So many rows that pass the tests; without tests the whole table has that size."""
    rows = _with_count(base, quantity.table, quantity.tests, size)
    if not quantity.tests:
        return rows
    total = len(base.tables.get(quantity.table.id, ()))
    others = [_failing(row, quantity.tests) for row in rows[size:] or rows[:1]]
    return (*rows[:size], *others[:1] * max(0, total - size))


def _summed(base: Answers, quantity: Sum, size: int) -> tuple[Row, ...]:
    """One row that is the whole sum; none where its tests do not let it be so small."""
    row, tests = _row(base, quantity.table), quantity.tests
    first, *others = (column.id for column in quantity.columns)
    passing = row if _passes(row, tests) else _passing(row, tests)
    row = {**passing, **dict.fromkeys(others, 0), first: size}
    return (row,) if _passes(row, tests) else ()


def _around_count(base: Answers, quantity: OfTable, bound: Bound) -> Iterator[Patch]:
    table, tests = quantity.table, quantity.tests
    if isinstance(bound, FieldValue):
        fixed = len([row for row in base.tables[table.id] if _passes(row, tests)])
        for value in (max(0, fixed - 1), fixed, fixed + 1, None):
            yield Patch({bound.field.id: value}, {table.id: base.tables[table.id]})
        return
    assert isinstance(bound.value, Fraction)
    limit = int(bound.value)
    for size in sorted({0, max(0, limit - 1), limit, limit + 1}):
        rows = _with_count(base, table, tests, size)
        yield Patch(tables={table.id: rows})
    exact = _with_count(base, table, tests, max(1, limit))
    for row in _beside_tests(exact[0], tests):
        yield Patch(tables={table.id: (row, *exact[1:])})
    if isinstance(quantity, Distinct):
        same = tuple({**row, quantity.column.id: "อย่างเดียวกัน"} for row in exact)
        blank = ({**exact[0], quantity.column.id: None}, *exact[1:])
        yield Patch(tables={table.id: same})
        yield Patch(tables={table.id: blank})


def _with_count(
    base: Answers, table: Table, tests: Sequence[RowTest], size: int
) -> tuple[Row, ...]:
    """So many rows that pass the tests, all different, before those that do not pass."""
    rows = base.tables.get(table.id, ())
    passing = [row for row in rows if _passes(row, tests)] or [_passing(_row(base, table), tests)]
    others = [row for row in rows if not _passes(row, tests)] if tests else []
    names = [column.id for column in table.columns if column.type == "text"]
    made = [
        {**passing[n % len(passing)], **dict.fromkeys(names, f"อย่างที่ {n}")} for n in range(size)
    ]
    return (*made, *others)[: table.rows]


def _around_every(base: Answers, condition: Every) -> Iterator[Patch]:
    table, column, bound = condition.table, condition.column, condition.bound
    rows = base.tables.get(table.id, ()) or (_row(base, table),) * 2
    values: tuple[Value, ...] = (None, _example(column))
    if column.type == "tick":
        values = (False, True)
    elif condition.operator:
        assert isinstance(bound, Constant)
        values = (*_beside(column, bound.value), None)
    for value in values:
        yield Patch(tables={table.id: (*rows[:-1], {**rows[-1], column.id: value})})
    yield Patch(tables={table.id: ()})


def _around_subset(base: Answers, condition: Subset) -> Iterator[Patch]:
    table, column = condition.table, condition.column.id
    among, known = condition.among_table, condition.among.id
    rows = base.tables[table.id]
    yield Patch(tables={table.id: (*rows[:-1], {**rows[-1], column: "ไม่มีที่อื่น"})})
    listed = base.tables[among.id]
    found = {**rows[-1], column: listed[0][known]}
    yield Patch(tables={table.id: (*rows[:-1], found), among.id: listed})
    yield Patch(tables={among.id: ()})


# --- single answers and rows


def _beside(asked: Question, limit: object) -> tuple[Value, ...]:
    """One step below a limit, at it and one step above, as far as it can be answered."""
    if isinstance(limit, date):
        window = Window.of(asked)
        days = (limit - timedelta(1), limit, limit + timedelta(1))
        # Outside its window no date is an answer.
        return tuple(day for day in days if day in window)
    exact = Fraction(limit)  # type: ignore[arg-type]
    number = Decimal(exact.numerator) / exact.denominator
    step = Decimal("0.01") if asked.type == "percent" else Decimal(1)
    highest = asked.maximum
    if highest is None and asked.type == "percent":
        highest = Decimal(100)
    near = [
        value
        for value in (number - step, number, number + step)
        if value >= (asked.minimum or 0) and (highest is None or value <= highest)
    ]
    if asked.type == "integer":
        return tuple(map(int, near))
    # Typed as a number, 0.5 is read as 50 and 1 is refused as ambiguous.
    return tuple(value + 1 if 0 < value <= 1 else value for value in near)


def _beside_tests(row: Row, tests: Sequence[RowTest]) -> Iterator[Row]:
    """Rows at the limits of each test, and with each test unanswered or answered otherwise."""
    for test in tests:
        column = test.column
        values: Sequence[Value] = (False, True)
        if column.type == "choice":
            values = [None, *(choice.value for choice in column.choices)]
        elif column.type != "tick":
            values = [*_beside(column, test.wanted), None]
        for value in values:
            yield {**row, column.id: value}


def _passes(row: Row, tests: Sequence[RowTest]) -> bool:
    return all(test.passes(row) for test in tests)


def _passing(row: Row, tests: Sequence[RowTest]) -> Row:
    for test in tests:
        row = next(each for each in _candidates(row, test) if test.passes(each))
    return row


def _failing(row: Row, tests: Sequence[RowTest]) -> Row:
    return next(each for each in _candidates(row, tests[-1]) if not tests[-1].passes(each))


def _candidates(row: Row, test: RowTest) -> list[Row]:
    return list(_beside_tests(row, [test]))


def _row(base: Answers, table: Table) -> Row:
    rows = base.tables.get(table.id, ())
    return rows[0] if rows else {column.id: _example(column) for column in table.columns}


def _example(asked: Question) -> Value:
    """An answer to a question."""
    examples: dict[str, Value] = {
        "text": "ตัวอย่าง",
        "integer": int(asked.minimum or 1),
        "percent": Decimal(80),
        "date": Window.of(asked).latest - timedelta(400),
        "tick": True,
    }
    return asked.choices[0].value if asked.choices else examples[asked.type]
