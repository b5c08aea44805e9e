"""Quantities that add up or look through a column: sum, average, latest."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import (
    Facts,
    Names,
    Tests,
    cut_to_hundredths,
    excel_guarded,
    excel_limits,
    excel_tested,
    measured,
)
from moral_xlsx.rules.judge.quantity import (
    NO_ANSWER,
    Bound,
    Constant,
    OfTable,
    Quantity,
    fixed_number,
)
from moral_xlsx.rules.judge.syntax import ConditionError


@dataclass(frozen=True, slots=True)
class Sum(OfTable):
    """``sum(survey.n5, survey.n4, asked="after")``: columns of whole numbers added up over the rows
    that match; unknown while one of these has no answer there."""

    columns: tuple[Question, ...]

    @property
    def unit(self) -> str:
        return self.columns[0].unit

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Sum:
        """Columns come first, tests of the rows after them."""
        table, columns, tests = _columns_of(call, names)
        return cls(table, tests, columns)

    def measure(self, facts: Facts) -> Fraction | None:
        total = Fraction(0)
        for _, row in facts.rows(self.table, self.tests):
            for column in self.columns:
                value = measured(row.get(column.id))
                if not isinstance(value, Fraction):
                    return None
                total += value
        return total

    def references(self) -> tuple[Reference, ...]:
        return tuple(TableCell(self.table.id, 0, column.id) for column in self.columns)

    def labels(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def array(self) -> str:
        return self._weighed([1] * len(self.columns))

    def _weighed(self, weights: Iterable[int]) -> str:
        """The array formula that adds up the columns by these weights; blank while unknown."""
        tested = excel_tested(self.table, self.tests)
        known, added = [], []
        for column, weight in zip(self.columns, weights, strict=True):
            name = f"{self.table.id}.{column.id}"
            whole = f"IF(ISNUMBER({name}),{name}=INT({name}),FALSE)"
            known.append(f"{whole}{excel_limits(column, name)}")
            added.append(f"{weight}*IF({known[-1]},{name},0)")
        answered = f"SUM({tested}*{'*'.join(f'({each})' for each in known)})"
        return f'IF(SUM({tested})>{answered},"",SUM({tested}*({"+".join(added)})))'

    def valid(self) -> str:
        return f"ISNUMBER({self.excel()})"

    def say(self) -> Bilingual:
        named = " + ".join(column.name for column in self.columns)
        said, said_en = tested_label(f"{named}ของ{self.table.name}", self.tests)
        return f"รวม{said}", f"sum of {said_en}"


@dataclass(frozen=True, slots=True)
class Weighed(Sum):
    """The columns of a survey, best first, each times the points of its level: 5, 4, 3, 2, 1."""

    def measure(self, facts: Facts) -> Fraction | None:
        parts = (Sum(self.table, self.tests, (column,)).measure(facts) for column in self.columns)
        weighed = [
            part * weight
            for part, weight in zip(parts, self._weights, strict=True)
            if part is not None
        ]
        return sum(weighed, Fraction(0)) if len(weighed) == len(self.columns) else None

    @property
    def _weights(self) -> range:
        return range(len(self.columns), 0, -1)

    def array(self) -> str:
        return self._weighed(self._weights)


@dataclass(frozen=True, slots=True)
class Average(Quantity):
    """``average(survey.n5, survey.n4, survey.n3, survey.n2, survey.n1)``: the mean level of answers
    that are counted by level, the best level first; unknown where there is none."""

    points: Weighed
    answers: Sum

    @property
    def unit(self) -> str:
        return ""

    @property
    def counts(self) -> bool:
        return False

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Average:
        table, columns, tests = _columns_of(call, names)
        return cls(Weighed(table, tests, columns), Sum(table, tests, columns))

    def measure(self, facts: Facts) -> Fraction | None:
        points, answers = self.points.measure(facts), self.answers.measure(facts)
        return points / answers if points is not None and answers else None

    def actual(self, facts: Facts) -> Bilingual:
        value = self.measure(facts)
        return NO_ANSWER if value is None else Constant(Fraction(cut_to_hundredths(value))).say()

    def lack(self, facts: Facts, bound: Fraction) -> Fraction:
        value = self.measure(facts)
        return bound if value is None else bound - Fraction(cut_to_hundredths(value))

    def references(self) -> tuple[Reference, ...]:
        return self.answers.references()

    def counted(self) -> tuple[OfTable, ...]:
        return (self.points, self.answers)

    def labels(self) -> tuple[str, ...]:
        return self.answers.labels()

    def valid(self) -> str:
        answers = self.answers
        return excel_guarded(answers.valid(), f"{answers.excel()}>0", "FALSE")

    def excel(self) -> str:
        return f"INT({self.points.excel()}*100/{self.answers.excel()})/100"

    def compare(self, operator: str, bound: Bound) -> str:
        # Whole numbers on both sides: a spreadsheet's floats are exact there.
        value = fixed_number(bound)
        left = f"{self.points.excel()}*{value.denominator}"
        sign = "=" if operator == "==" else operator
        return f"{left}{sign}{self.answers.excel()}*{value.numerator}"

    def say(self) -> Bilingual:
        said, said_en = tested_label(self.answers.table.name, self.answers.tests)
        return f"ค่าเฉลี่ยของ{said}", f"average of {said_en}"


@dataclass(frozen=True, slots=True)
class Latest(OfTable):
    """``latest(projects.started, number == 7)``: the last day in a column of the rows that match;
    unknown where none of them has one."""

    column: Question

    @property
    def measures(self) -> type[date]:
        return date

    @property
    def unit(self) -> str:
        return ""

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Latest:
        table, column = column_of("latest", call, names, "date")
        return cls(table, names.tests(table, call), column)

    def measure(self, facts: Facts) -> date | None:
        told = (row.get(self.column.id) for _, row in facts.rows(self.table, self.tests))
        return max((day for day in told if isinstance(day, date)), default=None)

    def references(self) -> tuple[Reference, ...]:
        return (TableCell(self.table.id, 0, self.column.id),)

    def labels(self) -> tuple[str, ...]:
        return (self.column.name,)

    def array(self) -> str:
        name, window = f"{self.table.id}.{self.column.id}", Window.of(self.column)
        known = f"ISNUMBER({name})*{window.excel_between(name, None, None)}"
        days = f"IF({known},{window.excel_days(name)},0)"
        return f"MAX({excel_tested(self.table, self.tests)}*{days})"

    def valid(self) -> str:
        return f"{self.excel()}>0"

    def say(self) -> Bilingual:
        named, named_en = tested_label(f"{self.column.name}ของ{self.table.name}", self.tests)
        return f"{named} ครั้งล่าสุด", f"latest {named_en}"


def column_of(kind: str, call: ast.Call, names: Names, of_type: str) -> tuple[Table, Question]:
    """The table and column that a call of that kind names first."""
    if not call.args:
        raise ConditionError(
            (f"{kind} ต้องระบุคอลัมน์", f"{kind} needs a column"),
            (f"เขียนเป็น {kind}(ตาราง.คอลัมน์)", f"Write {kind}(table.column)"),
        )
    return names.column(call.args[0], of_type)


def _columns_of(call: ast.Call, names: Names) -> tuple[Table, tuple[Question, ...], Tests]:
    """The columns of whole numbers that a call names first, and the tests of rows behind them."""
    named = [node for node in call.args if isinstance(node, ast.Attribute)]
    if not named or call.args[: len(named)] != named:
        raise ConditionError(
            ("ต้องระบุคอลัมน์ก่อนข้อกำหนด", "the columns have to come first"),
            ("เขียนเป็น sum(ตาราง.คอลัมน์, ข้อกำหนด)", "Write sum(table.column, test)"),
        )
    found = [names.column(node, "integer") for node in named]
    table = found[0][0]
    if any(other.id != table.id for other, _ in found):
        raise ConditionError(
            ("คอลัมน์อยู่คนละตาราง", "the columns are of different tables"),
            ("ใช้คอลัมน์ของตารางเดียว", "Use columns of one table"),
        )
    # The last column takes the place of the first argument, behind which tests stand.
    rest = ast.Call(call.func, call.args[len(named) - 1 :], call.keywords)
    return table, tuple(column for _, column in found), names.tests(table, rest)


def tested_label(label: str, tests: Tests) -> Bilingual:
    """What is counted, with the tests of its rows in brackets."""
    if not tests:
        return label, label
    said = [test.say() for test in tests]
    thai, english = " · ".join(t for t, _ in said), " · ".join(e for _, e in said)
    return f"{label} ({thai})", f"{label} ({english})"
