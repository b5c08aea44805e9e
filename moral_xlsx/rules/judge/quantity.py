"""What every quantity is, and the two that need no table: a constant and a field's answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.question import Field, Table
from moral_xlsx.model.reference import Reference
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import (
    Facts,
    Measure,
    Phrase,
    Tests,
    date_text,
    excel_date,
    excel_valid,
    measured,
    number_text,
    text,
)
from moral_xlsx.rules.judge.syntax import ConditionError

NO_ANSWER: Bilingual = ("ไม่ได้ตอบ", "not answered")


class Quantity(ABC):
    """Something measured over a unit's answers."""

    @property
    def measures(self) -> type[Fraction] | type[date]:
        """Numbers, unless the kind says otherwise."""
        return Fraction

    @property
    def counts(self) -> bool:
        """Whether it has whole values only, so that a bound has to be whole too."""
        return True

    @property
    @abstractmethod
    def unit(self) -> str:
        """What it counts, in Thai; empty when nothing is counted."""

    @abstractmethod
    def measure(self, facts: Facts) -> Measure | None:
        """The exact value; None when an answer that it needs is missing or impossible."""

    @abstractmethod
    def references(self) -> tuple[Reference, ...]:
        """The fields or tables it is taken from."""

    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """The labels of what has to be answered first."""

    @abstractmethod
    def valid(self) -> str:
        """An Excel expression that is TRUE when it can be measured."""

    @abstractmethod
    def excel(self) -> str:
        """An Excel expression for the value."""

    @abstractmethod
    def say(self) -> Bilingual:
        """The quantity in words."""

    def actual(self, facts: Facts) -> Bilingual:
        """The value as it is, with what it counts."""
        value = self.measure(facts)
        if value is None:
            return NO_ANSWER
        thai, english = Constant(value).say()
        return f"{thai} {self.unit}".strip(), f"{english} {self.unit}".strip()

    def counted(self) -> tuple[OfTable, ...]:
        """What has a cell of its own in a workbook, which its expression names."""
        return ()

    def compare(self, operator: str, bound: Bound) -> str:
        """An Excel expression that compares the value with a bound."""
        return f"{self.excel()}{'=' if operator == '==' else operator}{bound.excel()}"

    def bound_text(self, bound: Bound) -> Bilingual:
        """The bound with what it counts."""
        thai, english = bound.say()
        return f"{thai} {self.unit}".strip(), f"{english} {self.unit}".strip()

    def lack(self, facts: Facts, bound: Fraction) -> Fraction:
        """How much more is needed to reach ``bound``."""
        value = self.measure(facts)
        return bound - value if isinstance(value, Fraction) else bound

    def lack_excel(self, bound: Fraction) -> str:
        """An Excel expression for :meth:`lack`."""
        # Rounded, because a spreadsheet's 70 - 69.99 is 0.0100000000000051.
        return f"ROUND({number_text(bound)}-{self.excel()},10)"

    def lack_phrase(self, bound: Fraction) -> Phrase:
        """The sentence that tells how much more is needed."""
        thai, english = self.say()
        shown = number_text(bound)
        return Phrase(
            f"{thai}: ขาดอีก {{n}} {self.unit} (ต้องมี {shown})".replace("  ", " "),
            f"{english}: {{n}} more {self.unit} needed (to have {shown})".replace("  ", " "),
        )


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed bound: a number, a date, or the label of a choice."""

    value: Measure

    @property
    def measures(self) -> type:
        """The type of the value: a number, a date or a text."""
        return type(self.value)

    def references(self) -> tuple[Reference, ...]:
        return ()

    def measure(self, facts: Facts) -> Measure | None:
        return self.value

    def excel(self) -> str:
        if isinstance(self.value, date):
            return excel_date(self.value)
        return text(self.value) if isinstance(self.value, str) else number_text(self.value)

    def say(self) -> Bilingual:
        if isinstance(self.value, date):
            return date_text(self.value)
        if isinstance(self.value, str):
            return f"“{self.value}”", f"“{self.value}”"
        return number_text(self.value), number_text(self.value)

    def valid(self) -> str:
        return "TRUE"

    def labels(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class FieldValue(Quantity):
    """``signed``: the answer to a number or date field."""

    field: Field

    @property
    def measures(self) -> type[Fraction] | type[date]:
        return date if self.field.type == "date" else Fraction

    @property
    def counts(self) -> bool:
        return self.field.type == "integer"

    @property
    def unit(self) -> str:
        return self.field.unit

    def measure(self, facts: Facts) -> Measure | None:
        return measured(facts.answers.values.get(self.field.id))

    def references(self) -> tuple[Reference, ...]:
        return (self.field.id,)

    def labels(self) -> tuple[str, ...]:
        return (self.field.name,)

    def valid(self) -> str:
        return excel_valid(self.field, self.field.id)

    def excel(self) -> str:
        name = self.field.id
        if self.field.type == "date":
            return Window.of(self.field).excel_day(name)
        return f"IF({name}<1,ROUND({name}*100,10),{name})" if self.field.type == "percent" else name

    def say(self) -> Bilingual:
        return f"“{self.field.name}”", f"“{self.field.name}”"


Bound = Constant | FieldValue


@dataclass(frozen=True, slots=True)
class OfTable(Quantity):
    """What is counted over the rows of a table; an empty table counts as 0.

    In a workbook it is counted in a cell of its own: the formulas are long, and compare whole
    columns, which only array formulas do in every spreadsheet program.
    """

    table: Table
    tests: Tests

    @abstractmethod
    def array(self) -> str:
        """The array formula that counts, without ``=``."""

    def counted(self) -> tuple[OfTable, ...]:
        return (self,)

    def excel(self) -> str:
        return f"counted_{sha256(self.array().encode()).hexdigest()[:8]}"

    def references(self) -> tuple[Reference, ...]:
        return (self.table.id,)

    def labels(self) -> tuple[str, ...]:
        return (self.table.name,)

    def valid(self) -> str:
        return "TRUE"


def field_actual(field: Field, facts: Facts) -> Bilingual:
    """The answer to a field of any type, as people read it."""
    value = facts.answers.values.get(field.id)
    if field.type == "tick":
        return ("✓", "✓") if value is True else ("ไม่มี ✓", "no ✓")
    if value is None:
        return NO_ANSWER
    if isinstance(value, str):
        labels = {choice.value: choice.label for choice in field.choices}
        shown = labels.get(value, value)
        return f"“{shown}”", f"“{shown}”"
    return FieldValue(field).actual(facts)


def fixed_number(bound: Bound) -> Fraction:
    """The number of a bound; raises ConditionError when it is something else."""
    if isinstance(bound, Constant) and isinstance(bound.value, Fraction):
        return bound.value
    raise ConditionError(
        ("ตรงนี้ต้องเป็นตัวเลข", "a number is needed here"), ("เทียบกับตัวเลข", "Compare with a number")
    )
