"""What every condition is, and the conditions over the rows of a table."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from moral_xlsx.model.answers import Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import (
    COMPARISONS,
    NOTHING,
    Facts,
    Measure,
    Names,
    Outcome,
    Phrase,
    both,
    excel_all_of,
    excel_compared,
    excel_guarded,
    excel_key,
    excel_limits,
    excel_same,
    excel_ticked,
    excel_used,
    measured,
    unanswered,
)
from moral_xlsx.rules.judge.quantity import Bound, Constant, OfTable
from moral_xlsx.rules.judge.syntax import ConditionError, iso_date, mistaken
from moral_xlsx.thai import key

# What a column is compared with when it only has to be answered.
_ANY = Constant(Fraction(1))


class Condition(ABC):
    """Something that holds or does not hold for a unit's answers."""

    @abstractmethod
    def evaluate(self, facts: Facts) -> Outcome:
        """Whether it holds, exactly; an unanswered field makes it not hold."""

    @abstractmethod
    def actual(self, facts: Facts) -> Bilingual:
        """What it finds: the value beside its bound."""

    @abstractmethod
    def references(self) -> tuple[Reference, ...]:
        """The fields, tables and columns that it is about; a column as its first cell."""

    @abstractmethod
    def formula(self) -> str:
        """An Excel expression that is TRUE exactly when it holds (without ``=``)."""

    def decided(self) -> str:
        """An Excel expression that is TRUE when no answer that it needs is missing."""
        return "TRUE"

    def counted(self) -> tuple[OfTable, ...]:
        """What has a cell of its own in a workbook, which its formula names."""
        return ()

    def applies_formula(self) -> str:
        """An Excel expression for :meth:`applies`."""
        decided = self.decided()
        if decided == "TRUE":
            return self.formula()
        return f"OR({self.formula()},NOT({decided}))"

    def applies(self, facts: Facts) -> bool:
        """Whether what is asked on this condition is asked of a unit.

        As long as an answer that decides it is missing, it is.
        """
        outcome = self.evaluate(facts)
        return outcome.holds or bool(outcome.missing)

    @abstractmethod
    def say(self) -> Bilingual:
        """The condition in words."""

    @abstractmethod
    def shortfall(self, facts: Facts) -> Bilingual:
        """What is still needed; empty texts when it holds."""

    @abstractmethod
    def shortfall_formula(self) -> str:
        """An Excel expression for the Thai shortfall, ``""`` when it holds."""


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """``every(activities.success_percent) >= 70``: each answered row, and at least one.

    Without a comparison, ``every(activities.documented)``, a tick or an answer in each row.
    """

    table: Table
    column: Question
    operator: str = ""
    bound: Bound = _ANY

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Every:
        return cls(*names.column(only(call)))

    @classmethod
    def compared(cls, call: ast.Call, operator: str, bound: Bound, names: Names) -> Every:
        table, column = names.column(only(call), "integer", "percent", "date")
        bound = comparable(call, date if column.type == "date" else Fraction, bound)
        return cls(table, column, operator, bound)

    def evaluate(self, facts: Facts) -> Outcome:
        rows, bound = facts.rows(self.table), self.bound.measure(facts)
        if not rows or bound is None:
            blank = () if rows else (self.table.id,)
            return Outcome(
                False, missing=(*blank, *(self.bound.references() if bound is None else ()))
            )
        values = {
            TableCell(self.table.id, index, self.column.id): row.get(self.column.id)
            for index, row in rows
        }
        missing = tuple(ref for ref, value in values.items() if value is None)
        culprits = tuple(
            ref
            for ref, value in values.items()
            if value is not None and not self._holds(value, bound)
        )
        return Outcome(not missing and not culprits, missing, culprits)

    def actual(self, facts: Facts) -> Bilingual:
        rows, outcome = facts.rows(self.table), self.evaluate(facts)
        short = len({*outcome.missing, *outcome.culprits} - {self.table.id})
        unit, met = self.table.unit, len(rows) - short
        thai, english = f"{met} จาก {len(rows)} {unit}", f"{met} of {len(rows)} {unit}"
        values = [measured(row.get(self.column.id)) for _, row in rows]
        known = [value for value in values if value is not None]
        if self.operator and known:
            worst = min(known, default=None) if ">" in self.operator else max(known, default=None)
            shown = Constant(worst).say() if worst is not None else NOTHING
            word = ("น้อยที่สุด", "least") if ">" in self.operator else ("มากที่สุด", "most")
            thai, english = f"{thai} {word[0]} {shown[0]}", f"{english}, {word[1]} {shown[1]}"
        return both(thai, english)

    def references(self) -> tuple[Reference, ...]:
        return (TableCell(self.table.id, 0, self.column.id), *self.bound.references())

    def _holds(self, value: Value, bound: Measure) -> bool:
        if not self.operator:
            return value is not False
        return COMPARISONS[self.operator][0](measured(value), bound)

    def formula(self) -> str:
        met = f"SUMPRODUCT({self._met()})={self._used()}"
        return excel_guarded(self.bound.valid(), f"AND({self._used()}>0,{met})", "FALSE")

    def say(self) -> Bilingual:
        unit, label = self.table.unit, self.column.name
        if not self.operator:
            return both(f"ทุก{unit}มี “{label}”", f"“{label}” for every {unit}")
        _, word, word_en = COMPARISONS[self.operator]
        thai, english = self.bound.say()
        return both(
            f"ทุก{unit}มี “{label}” {word} {thai}",
            f"“{label}” {word_en} {english} for every {unit}",
        )

    def shortfall(self, facts: Facts) -> Bilingual:
        outcome = self.evaluate(facts)
        if outcome.holds:
            return NOTHING
        if not facts.rows(self.table) or self.bound.measure(facts) is None:
            return unanswered((self.table.name, *self.bound.labels())).say(0)
        return self._phrase().say(len({*outcome.missing, *outcome.culprits}))

    def shortfall_formula(self) -> str:
        lack = f"({self._used()}-SUMPRODUCT({self._met()}))"
        first = unanswered((self.table.name, *self.bound.labels())).excel("0")
        short = f'IF({lack}=0,"",{self._phrase().excel(lack)})'
        return excel_guarded(excel_all_of(f"{self._used()}>0", self.bound.valid()), short, first)

    def _phrase(self) -> Phrase:
        unit = self.table.unit
        thai, english = self.say()
        return Phrase(f"{thai}: ยังไม่ถึงอีก {{n}} {unit}", f"{english}: {{n}} {unit} still short")

    def _used(self) -> str:
        return f"SUMPRODUCT({excel_used(self.table)}*1)"

    def _met(self) -> str:
        name = f"{self.table.id}.{self.column.id}"
        if not self.operator:
            return f"{excel_used(self.table)}*({self._answered(name)}>0)"
        if isinstance(self.bound, Constant) and not isinstance(self.bound.value, str):
            return excel_compared(self.column, name, self.operator, self.bound.value)
        sign = "=" if self.operator == "==" else self.operator
        if self.column.type == "date":
            return Window.of(self.column).excel_compared(name, sign, self.bound.excel())
        limits = excel_limits(self.column, name)
        return f"ISNUMBER({name}){limits}*({name}{sign}{self.bound.excel()})"

    def _answered(self, name: str) -> str:
        """An Excel expression: 1 or more for each row that answers the column, else 0."""
        if self.column.type == "tick":
            return excel_ticked(name)
        if self.column.type == "text":
            return f"LEN(TRIM({name}))"
        if self.column.type == "choice":
            choices = self.column.choices
            return excel_same(name, (w for c in choices for w in (c.label, c.value, *c.aliases)))
        if self.column.type == "date":
            return f"ISNUMBER({name})*{Window.of(self.column).excel_between(name, None, None)}"
        return f"ISNUMBER({name}){excel_limits(self.column, name)}"


@dataclass(frozen=True, slots=True)
class Subset(Condition):
    """``subset(a.virtue, b.virtue)``: every text of one column stands in another."""

    table: Table
    column: Question
    among_table: Table
    among: Question

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Subset:
        if len(call.args) != 2 or call.keywords:
            raise ConditionError(
                ("subset ต้องมีสองคอลัมน์", "subset needs two columns"),
                ("เขียนเป็น subset(a.x, b.y)", "Write subset(a.x, b.y)"),
            )
        return cls(*names.column(call.args[0], "text"), *names.column(call.args[1], "text"))

    def evaluate(self, facts: Facts) -> Outcome:
        rows = facts.rows(self.among_table)
        known = {key(str(row[self.among.id])) for _, row in rows if row.get(self.among.id)}
        if not known:
            return Outcome(False, missing=(self.among_table.id,))
        culprits = tuple(
            TableCell(self.table.id, index, self.column.id)
            for index, row in facts.rows(self.table)
            if row.get(self.column.id) and key(str(row[self.column.id])) not in known
        )
        return Outcome(not culprits, culprits=culprits)

    def actual(self, facts: Facts) -> Bilingual:
        strangers = len(self.evaluate(facts).culprits)
        told = [row for _, row in facts.rows(self.table) if row.get(self.column.id)]
        found = len(told) - strangers
        return both(f"{found} จาก {len(told)} รายการ", f"{found} of {len(told)}")

    def references(self) -> tuple[Reference, ...]:
        return (
            TableCell(self.table.id, 0, self.column.id),
            TableCell(self.among_table.id, 0, self.among.id),
        )

    def formula(self) -> str:
        known = f"SUMPRODUCT(LEN(TRIM({self._names()[1]})))>0"
        return f"AND({known},{self._strangers()}=0)"

    def say(self) -> Bilingual:
        one, other = f"“{self.column.name}”", f"“{self.among.name}”"
        return both(
            f"{one} ทุกรายการใน{self.table.name}อยู่ใน{other} ของ{self.among_table.name}",
            f"every {one} of {self.table.name} is a {other} of {self.among_table.name}",
        )

    def shortfall(self, facts: Facts) -> Bilingual:
        outcome = self.evaluate(facts)
        return NOTHING if outcome.holds else self._phrase().say(len(outcome.culprits))

    def shortfall_formula(self) -> str:
        return f'IF({self.formula()},"",{self._phrase().excel(self._strangers())})'

    def _phrase(self) -> Phrase:
        thai, english = self.say()
        return Phrase(f"{thai}: ไม่อยู่ {{n}} รายการ", f"{english}: {{n}} are not")

    def _names(self) -> tuple[str, str]:
        return f"{self.table.id}.{self.column.id}", f"{self.among_table.id}.{self.among.id}"

    def _strangers(self) -> str:
        one, other = (excel_key(name) for name in self._names())
        ones = f"TRANSPOSE(ROW({self._names()[1]}))^0"
        found = f"MMULT(--({one}=TRANSPOSE({other})),TRANSPOSE({ones}))"
        return f'SUM(({one}<>"")*({found}=0))'


def comparable(node: ast.expr, measures: type, limit: Bound) -> Bound:
    """The bound as what it is compared with; a text compared with a date has to be one."""
    if measures is date and isinstance(limit, Constant) and isinstance(limit.value, str):
        limit = Constant(iso_date(ast.Constant(limit.value)))
    if limit.measures is not measures:
        thai, kind = ("วันที่", "a date") if measures is date else ("ตัวเลข", "a number")
        raise mistaken(
            node,
            (f"ไม่ได้เทียบกับ{thai}", f"is compared with no {kind[2:]}"),
            (f"ให้เทียบกับ{thai}", f"Use {kind}"),
        )
    return limit


def only(call: ast.Call) -> ast.expr:
    """The one argument of a call."""
    if len(call.args) != 1 or call.keywords:
        raise mistaken(
            call,
            ("ต้องมีค่าเดียวในวงเล็บ", "needs one argument"),
            ("ใส่เพียงค่าเดียว", "Give exactly one"),
        )
    return call.args[0]
