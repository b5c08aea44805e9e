"""The measured kinds of the definition language: percent, count, distinct, sum, average, latest,
claimed, a field.

Each kind measures itself exactly, writes itself as an Excel expression in terms of defined
names, says itself in both languages, and tells how much is lacking to reach a bound. To add
one, write its class here and enter it in ``QUANTITIES``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference
from moral_xlsx.rules.judge.added import Average, Latest, Sum, column_of, tested_label
from moral_xlsx.rules.judge.expression import (
    Facts,
    Names,
    Phrase,
    both,
    cut_to_hundredths,
    excel_all_of,
    excel_guarded,
    excel_identity,
    excel_key,
    excel_tested,
    identity,
    number_text,
)
from moral_xlsx.rules.judge.quantity import (
    Bound,
    Constant,
    FieldValue,
    OfTable,
    Quantity,
    fixed_number,
)
from moral_xlsx.rules.judge.syntax import ConditionError, constant, literal_number, mistaken, tree
from moral_xlsx.thai import key


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
            raise ConditionError(
                ("percent ต้องมีสองค่าในวงเล็บ", "percent needs two arguments"),
                ("เขียนเป็น percent(ส่วน, ทั้งหมด)", "Write percent(part, whole)"),
            )
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

    def counted(self) -> tuple[OfTable, ...]:
        return (*self.part.counted(), *self.whole.counted())

    def labels(self) -> tuple[str, ...]:
        return (*self.part.labels(), *self.whole.labels())

    def valid(self) -> str:
        part, whole = self.part.excel(), self.whole.excel()
        possible = [f"{whole}>0"]
        if not self._part_of_whole():
            possible += [f"{part}>=0", f"{part}<={whole}"]
        answered = excel_all_of(self.part.valid(), self.whole.valid())
        return excel_guarded(answered, excel_all_of(*possible), "FALSE")

    def actual(self, facts: Facts) -> Bilingual:
        part, whole = self.part.actual(facts), self.whole.actual(facts)
        share = self.measure(facts)
        if share is None:
            return both(f"{part[0]} จาก {whole[0]}", f"{part[1]} of {whole[1]}")
        shown = number_text(Fraction(cut_to_hundredths(share)))
        return both(
            f"{part[0]} จาก {whole[0]} คือร้อยละ {shown}",
            f"{part[1]} of {whole[1]}, {shown} per cent",
        )

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
        more = f"{{n}} more {self.part.unit} needed".replace("  ", " ")
        return Phrase(
            f"{thai} ขาดอีก {{n}} {self.part.unit}จึงจะถึงร้อยละ {shown}",
            f"{english}: {more} to reach {shown} per cent",
        )


@dataclass(frozen=True, slots=True)
class Count(OfTable):
    """``count(channels, scope="outside")``: the answered rows of a table that match.

    Rows that tell of one thing, by the table's ``unique`` columns, count once.
    """

    @property
    def unit(self) -> str:
        return self.table.unit

    @classmethod
    def parse(cls, call: ast.Call, names: Names) -> Count:
        if not call.args:
            raise ConditionError(
                ("count ต้องระบุตาราง", "count needs a table"),
                ("เขียนเป็น count(ตาราง, คอลัมน์=ค่า)", "Write count(table, column=value)"),
            )
        table = names.table(call.args[0])
        return cls(table, names.tests(table, call))

    def measure(self, facts: Facts) -> Fraction:
        rows = facts.rows(self.table, self.tests)
        return Fraction(len({identity(self.table, row) or index for index, row in rows}))

    def array(self) -> str:
        tested = excel_tested(self.table, self.tests)
        if not self.table.unique:
            return f"SUM({tested})"
        known, typed = excel_identity(self.table, {test.column.id for test in self.tests})
        once = _different(f"{tested}*{known}", typed, self.table)
        return f"{once}+SUM({tested}*(1-{known}))"

    def say(self) -> Bilingual:
        named, named_en = tested_label(self.table.name, self.tests)
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
        table, column = column_of("distinct", call, names, "text")
        return cls(table, names.tests(table, call), column)

    def measure(self, facts: Facts) -> Fraction:
        rows = facts.rows(self.table, self.tests)
        texts = {key(str(row[self.column.id])) for _, row in rows if row.get(self.column.id)}
        return Fraction(len(texts))

    def array(self) -> str:
        name = f"{self.table.id}.{self.column.id}"
        # The commonest words for nothing; the reader knows more of them.
        told = f'(LEN(TRIM({name}))>0)*(TRIM({name})<>"-")*(TRIM({name})<>"ไม่มี")'
        if self.tests:
            told = f"{excel_tested(self.table, self.tests)}*{told}"
        return _different(told, excel_key(name), self.table)

    def say(self) -> Bilingual:
        named, named_en = tested_label(self.column.name, self.tests)
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
            raise ConditionError(
                ("claimed ต้องระบุเลขข้อที่มีในแบบ", "claimed needs a criterion's number"),
                ("เขียน เช่น claimed(7)", "Write claimed(7)"),
            )
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


QUANTITIES: dict[str, type[Percent | Count | Distinct | Sum | Average | Latest | Claimed]] = {
    "percent": Percent,
    "count": Count,
    "distinct": Distinct,
    "sum": Sum,
    "average": Average,
    "latest": Latest,
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
                (f"ไม่มีฟังก์ชัน “{node.func.id}”", f"there is no quantity {node.func.id!r}"),
                (f"ให้ใช้ {', '.join(QUANTITIES)}", f"Use one of: {', '.join(QUANTITIES)}"),
            )
        return kind.parse(node, names)
    return FieldValue(names.field(node, "integer", "percent", "date"))


def _counted(node: ast.expr, names: Names) -> Quantity:
    if isinstance(node, ast.Call):
        counted = quantity(node, names)
        if isinstance(counted, Count | Sum):
            return counted
        raise mistaken(
            node,
            ("คิดร้อยละไม่ได้", "cannot be a share"),
            ("ใช้ count, sum หรือช่อง", "Use count, sum or a field"),
        )
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


def _different(tested: str, keys: str, table: Table) -> str:
    """How many different keys there are among the rows of a table that pass a test."""
    same = f"({keys}=TRANSPOSE({keys}))*TRANSPOSE({tested}>0)"
    rows = f"ROW({table.id}.{table.columns[0].id})^0"
    return f"ROUND(SUM(IF({tested}>0,1/MMULT({same},{rows}),0)),0)"
