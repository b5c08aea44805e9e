"""The measured kinds of the definition language: percent, count, distinct, claimed, a field.

Each kind measures itself exactly, writes itself as an Excel expression in terms of defined
names, says itself in both languages, and tells how much is lacking to reach a bound. To add
one, write its class here and enter it in ``QUANTITIES``.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Field, Form, Question, Table
from moral_xlsx.model.reference import Reference
from moral_xlsx.rules.judge.expression import (
    ConditionError,
    Facts,
    Measure,
    Names,
    Phrase,
    Tests,
    constant,
    date_text,
    excel_all_of,
    excel_date,
    excel_guarded,
    excel_key,
    excel_tested,
    excel_valid,
    literal_number,
    measured,
    number_text,
    text,
    tree,
)
from moral_xlsx.thai import key


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
            return f"IF(YEAR({name})>=2400,EDATE({name},-6516),INT({name}))"
        return f"IF({name}<1,ROUND({name}*100,10),{name})" if self.field.type == "percent" else name

    def say(self) -> Bilingual:
        return f"“{self.field.name}”", f"“{self.field.name}”"


Bound = Constant | FieldValue


@dataclass(frozen=True, slots=True)
class Percent(Quantity):
    """``percent(signed, headcount)``: a share, impossible when part exceeds whole."""

    part: Quantity
    whole: Quantity

    @property
    def unit(self) -> str:
        return ""

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Percent:
        if len(call.args) != 2 or call.keywords:
            raise ConditionError("percent needs two arguments", "Write percent(part, whole)")
        return cls(_counted(call.args[0], names), _counted(call.args[1], names))

    @property
    def counts(self) -> bool:
        return False

    def measure(self, facts: Facts) -> Fraction | None:
        part, whole = self.part.measure(facts), self.whole.measure(facts)
        if not isinstance(part, Fraction) or not isinstance(whole, Fraction):
            return None
        return part * 100 / whole if whole > 0 and 0 <= part <= whole else None

    def references(self) -> tuple[Reference, ...]:
        return (*self.part.references(), *self.whole.references())

    def labels(self) -> tuple[str, ...]:
        return (*self.part.labels(), *self.whole.labels())

    def valid(self) -> str:
        part, whole = self.part.excel(), self.whole.excel()
        possible = [f"{whole}>0"]
        if not self._part_of_whole():
            possible += [f"{part}>=0", f"{part}<={whole}"]
        answered = excel_all_of(self.part.valid(), self.whole.valid())
        return excel_guarded(answered, excel_all_of(*possible), "FALSE")

    def _part_of_whole(self) -> bool:
        """Whether the part counts some of the rows that the whole counts."""
        part, whole = self.part, self.whole
        return (
            isinstance(part, Count)
            and isinstance(whole, Count)
            and part.table is whole.table
            and set(whole.tests) <= set(part.tests)
        )

    def excel(self) -> str:
        return f"INT({self.part.excel()}*10000/{self.whole.excel()})/100"

    def compare(self, operator: str, bound: Bound) -> str:
        # Whole numbers on both sides: a spreadsheet's floats are exact there.
        value = fixed_number(bound)
        left = f"{self.part.excel()}*{100 * value.denominator}"
        return (
            f"{left}{'=' if operator == '==' else operator}{self.whole.excel()}*{value.numerator}"
        )

    def say(self) -> Bilingual:
        part, whole = self.part.say(), self.whole.say()
        return f"{part[0]} เทียบกับ {whole[0]}", f"{part[1]} as a share of {whole[1]}"

    def bound_text(self, bound: Bound) -> Bilingual:
        thai, english = bound.say()
        return f"ร้อยละ {thai}", f"{english} per cent"

    def lack(self, facts: Facts, bound: Fraction) -> Fraction:
        part, whole = self.part.measure(facts), self.whole.measure(facts)
        if not isinstance(part, Fraction) or not isinstance(whole, Fraction):
            return Fraction(0)
        return Fraction(ceil(whole * bound / 100)) - part

    def lack_excel(self, bound: Fraction) -> str:
        divisor = 100 * bound.denominator
        needed = f"INT(({self.whole.excel()}*{bound.numerator}+{divisor - 1})/{divisor})"
        return f"({needed}-{self.part.excel()})"

    def lack_phrase(self, bound: Fraction) -> Phrase:
        shown, (thai, english) = number_text(bound), self.part.say()
        return Phrase(
            f"{thai} ขาดอีก {{n}} {self.part.unit}จึงจะถึงร้อยละ {shown}",
            f"{english}: {{n}} more {self.part.unit} needed to reach {shown} per cent",
        )


@dataclass(frozen=True, slots=True)
class OfTable(Quantity):
    """What is counted over the rows of a table; an empty table counts as 0."""

    table: Table
    tests: Tests

    def references(self) -> tuple[Reference, ...]:
        return (self.table.id,)

    def labels(self) -> tuple[str, ...]:
        return (self.table.name,)

    def valid(self) -> str:
        return "TRUE"


@dataclass(frozen=True, slots=True)
class Count(OfTable):
    """``count(channels, scope="outside")``: the answered rows of a table that match."""

    @property
    def unit(self) -> str:
        return self.table.unit

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Count:
        if not call.args:
            raise ConditionError("count needs a table", "Write count(table, column=value)")
        table = names.table(call.args[0])
        return cls(table, names.tests(table, call))

    def measure(self, facts: Facts) -> Fraction:
        return Fraction(len(facts.rows(self.table, self.tests)))

    def excel(self) -> str:
        return f"SUMPRODUCT({excel_tested(self.table, self.tests)})"

    def say(self) -> Bilingual:
        named, named_en = _tested_label(self.table.name, self.tests)
        return f"จำนวน{named}", f"number of {named_en}"


@dataclass(frozen=True, slots=True)
class Distinct(OfTable):
    """``distinct(activities.virtue)``: how many different texts a column holds."""

    column: Question

    @property
    def unit(self) -> str:
        return self.column.unit

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Distinct:
        if not call.args:
            raise ConditionError("distinct needs a column", "Write distinct(table.column)")
        table, column = names.column(call.args[0], "text")
        return cls(table, names.tests(table, call), column)

    def measure(self, facts: Facts) -> Fraction:
        rows = facts.rows(self.table, self.tests)
        texts = {key(str(row[self.column.id])) for _, row in rows if row.get(self.column.id)}
        return Fraction(len(texts))

    def excel(self) -> str:
        name = f"{self.table.id}.{self.column.id}"
        typed = excel_key(name)
        if self.tests:
            typed = f'IF({excel_tested(self.table, self.tests)}>0,{typed},"")'
        same = f"MMULT(--({typed}=TRANSPOSE({typed})),ROW({name})^0)"
        # The commonest words for nothing; the reader knows more of them.
        told = f'({typed}<>"")*({typed}<>"-")*({typed}<>"ไม่มี")'
        return f"ROUND(SUM({told}/{same}),0)"

    def say(self) -> Bilingual:
        named, named_en = _tested_label(self.column.name, self.tests)
        return f"จำนวน{named} ที่ไม่ซ้ำกัน", f"number of different {named_en}"


@dataclass(frozen=True, slots=True)
class Claimed(Quantity):
    """``claimed(7)``: the points that the unit claims for a criterion."""

    number: int

    @property
    def unit(self) -> str:
        return "คะแนน"

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Claimed:
        number = constant(call.args[0]) if len(call.args) == 1 and not call.keywords else None
        numbers = [criterion.number for criterion in names.form.criteria]
        if type(number) is not int or number not in numbers:
            raise ConditionError("claimed needs a criterion's number", "Write claimed(7)")
        return cls(number)

    def measure(self, facts: Facts) -> Fraction | None:
        claim = facts.answers.claims.get(self.number)
        return None if claim is None else Fraction(claim)

    def references(self) -> tuple[Reference, ...]:
        return (f"claim_{self.number}",)

    def labels(self) -> tuple[str, ...]:
        return (f"คะแนนที่เสนอข้อ {self.number}",)

    def valid(self) -> str:
        return f"ISNUMBER(claim_{self.number})"

    def excel(self) -> str:
        return f"claim_{self.number}"

    def say(self) -> Bilingual:
        return f"คะแนนที่เสนอข้อ {self.number}", f"claim of criterion {self.number}"


QUANTITIES: dict[str, type[Percent | Count | Distinct | Claimed]] = {
    "percent": Percent,
    "count": Count,
    "distinct": Distinct,
    "claimed": Claimed,
}


def parse_quantity(source: str, form: Form) -> Quantity:
    """The quantity that an expression states; raises ConditionError with a remedy."""
    return quantity(tree(source), Names(form))


def quantity(node: ast.expr, names: Names) -> Quantity:
    """The quantity that a node states."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        kind = QUANTITIES.get(node.func.id)
        if kind is None:
            raise ConditionError(
                f"there is no quantity {node.func.id!r}",
                f"Use one of: {', '.join(QUANTITIES)}",
            )
        return kind.parse(node, names)
    return FieldValue(names.field(node, "integer", "percent", "date"))


def _counted(node: ast.expr, names: Names) -> Quantity:
    if isinstance(node, ast.Call):
        counted = quantity(node, names)
        if isinstance(counted, Count):
            return counted
        raise ConditionError(f"{ast.unparse(node)!r} cannot be a share", "Use count or a field")
    return FieldValue(names.field(node, "integer"))


def bound(node: ast.expr, names: Names) -> Bound:
    """The bound of a comparison: a number, a text, a field, or an end of the fiscal year."""
    if isinstance(node, ast.Name):
        first, last = names.form.fiscal_year_dates
        known = {"fiscal_year_start": first, "fiscal_year_end": last}
        if node.id in known:
            return Constant(known[node.id])
        return FieldValue(names.field(node, "integer", "percent", "date"))
    value = constant(node)
    if isinstance(value, str):
        return Constant(value)
    return Constant(literal_number(node))


def fixed_number(bound: Bound) -> Fraction:
    """The number of a bound; raises ConditionError when it is something else."""
    if isinstance(bound, Constant) and isinstance(bound.value, Fraction):
        return bound.value
    raise ConditionError("a number is needed here", "Compare with a number")


def _tested_label(label: str, tests: Tests) -> Bilingual:
    if not tests:
        return label, label
    said = [test.say() for test in tests]
    thai, english = " · ".join(t for t, _ in said), " · ".join(e for _, e in said)
    return f"{label} ({thai})", f"{label} ({english})"
