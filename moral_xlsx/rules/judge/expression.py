"""What every condition kind stands on: facts, outcomes, names, texts and Excel pieces."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

from moral_xlsx.model.answers import Answers, Row
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import quoted, undefined
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field, Question, Table
from moral_xlsx.model.reference import Reference
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.syntax import (
    ConditionError,
    comparison_sign,
    constant,
    iso_date,
    literal_number,
    mistaken,
)
from moral_xlsx.thai import TICKED, key, short_date, thai_digits

NOTHING: Bilingual = ("", "")
Measure = Fraction | date | str

# Vowels and signs above and below a letter, and tones: their order cannot be seen.
_VOWELS, _TONES = (
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47\u0e4d",
    "\u0e48\u0e49\u0e4a\u0e4b\u0e4c",
)
_AM, _SPLIT_AM = "\u0e33", "\u0e4d\u0e32"
_UNSEEN = (" ", "\u00a0", "\u200b", "“", "”", "‘", "’", "'", '"')

_Q = TypeVar("_Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are evaluated over: a form and a unit's answers to it.

    ``extended`` maps due dates to the later dates that were granted to the unit.
    """

    form: Form
    answers: Answers
    extended: Mapping[date, date] = field(default_factory=dict)

    def rows(self, table: Table, tests: Tests = ()) -> list[tuple[int, Row]]:
        """The answered rows of a table that pass the tests, with their index."""
        rows = enumerate(self.answers.tables.get(table.id, ()))
        if not tests:
            return list(rows)
        return [(index, row) for index, row in rows if all(test.passes(row) for test in tests)]


@dataclass(frozen=True, slots=True)
class RowTest:
    """What a row has to answer to be counted: ``scope="outside"``, ``done_on <= "2026-03-31"``."""

    column: Question
    operator: str
    wanted: str | bool | Fraction | date

    def passes(self, row: Row) -> bool:
        """Whether a row answers so; a blank answer does not."""
        value = measured(row.get(self.column.id))
        if isinstance(self.wanted, str | bool):
            return row.get(self.column.id) == self.wanted
        return value is not None and COMPARISONS[self.operator][0](value, self.wanted)

    def excel(self, table: Table) -> str:
        """An Excel expression: 1 for each row that passes, else 0."""
        name = f"{table.id}.{self.column.id}"
        if isinstance(self.wanted, bool):
            ticked = excel_ticked(name)
            return ticked if self.wanted else f"(1-{ticked})"
        if isinstance(self.wanted, str):
            choice = next(c for c in self.column.choices if c.value == self.wanted)
            return f"({excel_same(name, (choice.label, choice.value, *choice.aliases))}>0)"
        return excel_compared(self.column, name, self.operator, self.wanted)

    def say(self) -> Bilingual:
        """The test in words."""
        name = self.column.name
        if isinstance(self.wanted, bool):
            return (name, name) if self.wanted else (f"ไม่มี{name}", f"no {name}")
        if isinstance(self.wanted, str):
            label = next(c.label for c in self.column.choices if c.value == self.wanted)
            return label, label
        _, word, word_en = COMPARISONS[self.operator]
        if isinstance(self.wanted, date):
            shown = date_text(self.wanted)
        else:
            shown = number_text(self.wanted), number_text(self.wanted)
        return f"{name} {word} {shown[0]}", f"{name} {word_en} {shown[1]}"


Tests = tuple[RowTest, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds; else the references that are unanswered or at fault."""

    holds: bool
    missing: tuple[Reference, ...] = ()
    culprits: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The ids that a condition may use, and the errors for those it may not."""

    form: Form

    def field(self, node: ast.expr, *types: str) -> Field:
        """The field that a node names, which has to be of one of the types."""
        if not isinstance(node, ast.Name):
            raise mistaken(
                node, ("ไม่ใช่ช่อง", "is not a field"), ("ระบุรหัสของช่อง", "Name a field's id")
            )
        try:
            field = self.form.field(node.id)
        except KeyError:
            raise ConditionError(*undefined(("ช่อง", "field"), node.id)) from None
        return _of_type(field, node.id, types)

    def table(self, node: ast.expr) -> Table:
        """The table that a node names."""
        if not isinstance(node, ast.Name):
            raise mistaken(
                node, ("ไม่ใช่ตาราง", "is not a table"), ("ระบุรหัสของตาราง", "Name a table's id")
            )
        try:
            return self.form.table(node.id)
        except KeyError:
            raise ConditionError(*undefined(("ตาราง", "table"), node.id)) from None

    def column(self, node: ast.expr, *types: str) -> tuple[Table, Question]:
        """The table and column that a node such as ``activities.title`` names."""
        if not isinstance(node, ast.Attribute):
            raise mistaken(
                node,
                ("ไม่ใช่คอลัมน์", "is not a column"),
                ("เขียนเป็น รหัสตาราง.รหัสคอลัมน์", "Write it as table.column"),
            )
        table = self.table(node.value)
        return table, _of_type(_column(table, node.attr), node.attr, types)

    def tests(self, table: Table, call: ast.Call) -> Tests:
        """What follows a call's first argument, as tests of the table's rows."""
        compared = [_row_comparison(table, node) for node in call.args[1:]]
        return (*compared, *(_row_answer(table, keyword) for keyword in call.keywords))


def _column(table: Table, column_id: str) -> Question:
    try:
        return table.column(column_id)
    except KeyError:
        listed = ", ".join(column.id for column in table.columns)
        raise ConditionError(
            (
                f"ตารางรหัส “{table.id}” ไม่มีคอลัมน์รหัส “{column_id}”",
                f"table {table.id!r} has no column {column_id!r}",
            ),
            (f"ให้ใช้รหัสใดรหัสหนึ่ง: {listed}", f"Use one of: {listed}"),
        ) from None


def _of_type(question: _Q, name: str, types: tuple[str, ...]) -> _Q:
    if types and question.type not in types:
        raise ConditionError(
            (f"“{name}” เป็นชนิด {question.type}", f"{name!r} is of type {question.type!r}"),
            (f"ให้ใช้ชนิด {' หรือ '.join(types)}", f"Use one of type {' or '.join(types)}"),
        )
    return question


def _row_answer(table: Table, keyword: ast.keyword) -> RowTest:
    column = _column(table, keyword.arg or "**")
    value = constant(keyword.value)
    if column.type == "tick" and isinstance(value, bool):
        return RowTest(column, "==", value)
    if column.type == "choice" and value in [choice.value for choice in column.choices]:
        return RowTest(column, "==", str(value))
    shown, name = ast.unparse(keyword.value), f"{table.id}.{column.id}"
    raise ConditionError(
        (f"{quoted(shown)} ไม่ใช่คำตอบของ {name}", f"{shown} is no answer of {name}"),
        (
            "tick ใช้ True หรือ False, choice ใช้ value ของตัวเลือก, ตัวเลขและวันที่ใช้การเปรียบเทียบ",
            "Name True or False of a tick or a value of a choice; compare numbers and dates",
        ),
    )


def _row_comparison(table: Table, node: ast.expr) -> RowTest:
    if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
        raise mistaken(
            node,
            ("ไม่ใช่เงื่อนไขของแถว", "tests no row"),
            (
                'เขียนเป็น คอลัมน์=ค่า หรือ คอลัมน์ >= "2026-03-31"',
                'Write column=value or column >= "2026-03-31"',
            ),
        )
    column = _of_type(_column(table, node.left.id), node.left.id, ("integer", "percent", "date"))
    right = node.comparators[0]
    wanted = iso_date(right) if column.type == "date" else literal_number(right)
    return RowTest(column, comparison_sign(node), wanted)


def identity(table: Table, row: Row) -> tuple[str, ...]:
    """What tells a row's thing from others: the keys of the ``unique`` columns.

    Empty where the table has none, and where one that has to be answered is not: what the row
    is about is then unknown.
    """
    said = {column: key(str(row.get(column) or "")) for column in table.unique}
    known = all(said[column] for column in _naming(table)) and any(said.values())
    return tuple(said.values()) if known else ()


def _naming(table: Table) -> tuple[str, ...]:
    """The ``unique`` columns without which nobody knows what a row is about."""
    return tuple(column for column in table.unique if table.column(column).required)


def measured(value: object) -> Fraction | date | None:
    """An answer as an exact measure; None when it is no number and no date."""
    if isinstance(value, date):
        return value
    return Fraction(value) if isinstance(value, bool | int | Decimal) else None


# --- texts -----------------------------------------------------------------


def cut_to_hundredths(value: Fraction) -> Decimal:
    """A percentage as the forms print it: cut, never rounded (33 of 34 is 97.05)."""
    return (Decimal(floor(value * 100)) / 100).quantize(Decimal("0.01"))


def number_text(value: Fraction) -> str:
    """A number as people write it: whole, or with all the decimals that it has."""
    if value.denominator == 1:
        return str(value.numerator)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:f}"


def date_text(value: date) -> Bilingual:
    """A date for people."""
    return short_date(value), value.isoformat()


def both(thai: str, english: str) -> Bilingual:
    """A pair of texts, the Thai one in Thai digits."""
    return thai_digits(thai), english


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence about a shortfall with one number in it, written ``{n}``."""

    thai: str
    english: str

    def say(self, n: Fraction | int) -> Bilingual:
        """The sentence with its number."""
        shown = number_text(Fraction(n))
        return both(self.thai.format(n=shown), self.english.format(n=shown))

    def excel(self, n: str) -> str:
        """The Thai sentence as an Excel text expression; ``n`` is its number's formula."""
        before, hole, after = thai_digits(self.thai).partition("{n}")
        pieces = [text(before), excel_thai_digits(n), text(after)] if hole else [text(before)]
        return "&".join(piece for piece in pieces if piece != '""')


def unanswered(labels: Iterable[str]) -> Phrase:
    """The sentence that names the answers to give first."""
    named = " ".join(f"“{label}”" for label in labels)
    return Phrase(f"ต้องกรอก {named} ให้ถูกต้องก่อน", f"{named} has to be answered first")


# --- Excel -----------------------------------------------------------------


def text(value: str) -> str:
    """A text literal of an Excel formula, in pieces of at most 255 characters."""
    pieces = [value[start : start + 250] for start in range(0, len(value), 250)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def excel_thai_digits(number: str) -> str:
    """An Excel expression for a number in Thai digits.

    No number format shows Thai digits in every spreadsheet program.
    """
    written = f"({number})"
    for arabic in "0123456789":
        written = f'SUBSTITUTE({written},"{arabic}","{thai_digits(arabic)}")'
    return written


def excel_date(value: date) -> str:
    """A date of an Excel formula."""
    return f"DATE({value.year},{value.month},{value.day})"


def excel_key(name: str) -> str:
    """The comparison key of a text range, as far as a spreadsheet can compute it.

    What no function of a spreadsheet can sort, the marks of a letter, is compared twice: once
    without its tones and once without its vowels.
    """
    base = _replaced(f"LOWER({name})", ((unseen, "") for unseen in _UNSEEN))
    base = _replaced(base, ((thai_digits(digit), digit) for digit in "0123456789"))
    base = _replaced(base, (("ๅ", "า"), ("เเ", "แ"), (_AM, _SPLIT_AM)))
    # A tone behind ำ, and full stops at the ends: TRIM knows what an end is.
    base = _replaced(base, ((f"\u0e32{tone}", f"{tone}\u0e32") for tone in _TONES[:4]))
    base = f'SUBSTITUTE(TRIM(SUBSTITUTE({base},"."," "))," ",".")'
    once = ((vowel * 2, vowel) for vowel in _VOWELS)
    vowels = _replaced(_replaced(base, ((tone, "") for tone in _TONES)), once)
    once = ((tone * 2, tone) for tone in _TONES)
    tones = _replaced(_replaced(base, ((vowel, "") for vowel in _VOWELS)), once)
    return f'{vowels}&"|"&{tones}'


def _replaced(typed: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        typed = f"SUBSTITUTE({typed},{text(old)},{text(new)})"
    return typed


def excel_same(name: str, words: Iterable[str]) -> str:
    """1 or more where a text range holds one of the words, else 0."""
    typed = f"SUBSTITUTE(LOWER(TRIM({name})),{text(_SPLIT_AM)},{text(_AM)})"
    folded = {" ".join(word.replace(_SPLIT_AM, _AM).split()).lower() for word in words}
    return f"({'+'.join(f'({typed}={text(word)})' for word in sorted(folded))})"


def excel_ticked(name: str) -> str:
    """1 where a range is ticked, else 0."""
    words = "".join(f"{word}|" for word in TICKED)
    typed = f'"|"&LOWER(TRIM({name}&""))&"|"'
    return f"(ISNUMBER(FIND({typed},{text(f'|{words}')}))*1)"


def excel_used(table: Table) -> str:
    """TRUE for each row of a table in which anything is answered."""
    lengths = "+".join(f"LEN(TRIM({table.id}.{column.id}))" for column in table.columns)
    return f"({lengths}>0)"


def excel_identity(table: Table, tested: Collection[str]) -> tuple[str, str]:
    """1 for each row whose thing is known, else 0, and the key of it, as Excel expressions.

    ``tested`` are the columns in which all rows that are compared agree.
    """
    naming = [f"(LEN(TRIM({table.id}.{column}))>0)" for column in _naming(table)]
    lengths = [f"LEN(TRIM({table.id}.{column}))" for column in table.unique]
    known = "*".join(naming) or f"({'+'.join(lengths)}>0)"
    columns = [table.column(column) for column in table.unique]
    told = [c for c in columns if c.id not in tested or c.type not in ("choice", "tick")]
    parts = [_excel_said(c, f"{table.id}.{c.id}") for c in told if c.type != "text"]
    texts = [f"{table.id}.{column.id}" for column in told if column.type == "text"]
    if texts:
        # One key for all, which is long; full stops beside the sign make each text an end of it.
        parts.append(excel_key('&".¦."&'.join(texts)))
    return f"({known})", '&"¦"&'.join(parts)


def _excel_said(column: Question, name: str) -> str:
    """What a row answers in a column, the choice by its number whatever word names it."""
    if column.type != "choice":
        return name
    words = ((c.label, c.value, *c.aliases) for c in column.choices)
    found = (f"{at}*({excel_same(name, each)}>0)" for at, each in enumerate(words, start=1))
    return f"({'+'.join(found)})"


def excel_tested(table: Table, tests: Tests) -> str:
    """1 for each answered row that passes the tests, else 0."""
    factors = [excel_used(table), *(test.excel(table) for test in tests)]
    return "*".join(factors) if len(factors) > 1 else f"{factors[0]}*1"


def excel_compared(column: Question, name: str, operator: str, wanted: Fraction | date) -> str:
    """1 for each cell of a column that compares so with a fixed value, else 0.

    Only comparisons, no arithmetic on the cells: a text in the range must not spread.
    """
    sign = "=" if operator == "==" else operator
    if isinstance(wanted, date):
        return f"ISNUMBER({name})*{_excel_on_side(column, name, operator, wanted)}"
    met = f"({name}{sign}{number_text(wanted)})"
    if column.type == "percent":
        # A fraction such as 0.85 is read as 85 per cent; 1 is ambiguous and counts as unanswered.
        hundredth = number_text(wanted / 100)
        met = f"((({name}=0)+({name}>1)>0)*{met}+({name}>0)*({name}<1)*({name}{sign}{hundredth}))"
    return f"ISNUMBER({name}){excel_limits(column, name)}*{met}"


def _excel_on_side(column: Question, name: str, operator: str, day: date) -> str:
    """1 for each date that compares so with a day, whatever the time that it carries."""
    one = timedelta(days=1)
    first, last = {
        ">=": (day, None),
        ">": (day + one, None),
        "<=": (None, day),
        "<": (None, day - one),
        "==": (day, day),
    }[operator]
    return Window.of(column).excel_between(name, first, last)


def excel_limits(column: Question, name: str) -> str:
    """Factors that are 0 for each cell of a column outside its limits."""
    limits = ((">=", column.minimum), ("<=", column.maximum))
    return "".join(f"*({name}{sign}{limit})" for sign, limit in limits if limit is not None)


def excel_valid(question: Question, name: str) -> str:
    """TRUE when a single cell holds an answer that would be understood."""
    if question.type in ("text", "choice"):
        return f"LEN(TRIM({name}))>0"
    if question.type == "tick":
        return f"SUMPRODUCT({excel_ticked(name)})>0"
    if question.type == "date":
        window = Window.of(question)
        # 29 February is no day of a year that is none of 366.
        same = f"DAY({window.excel_day(name)})=DAY({name})"
        permitted = f"IF({window.excel_permits(name)},{same},FALSE)"
        return f"IF(ISNUMBER({name}),{permitted},FALSE)"
    tests = []
    if question.type == "integer":
        tests.append(f"{name}=INT({name})")
    if question.minimum is not None:
        tests.append(f"{name}>={question.minimum}")
    if question.maximum is not None:
        tests.append(f"{name}<={question.maximum}")
    if question.type == "percent":
        tests.append(f"{name}<>1")
    if not tests:
        return f"ISNUMBER({name})"
    inner = tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"
    return f"IF(ISNUMBER({name}),{inner},FALSE)"


def excel_all_of(*tests: str) -> str:
    """An Excel expression that is TRUE when all tests are; ``TRUE`` ones are left out."""
    needed = [test for test in tests if test != "TRUE"]
    if not needed:
        return "TRUE"
    return needed[0] if len(needed) == 1 else f"AND({','.join(needed)})"


def excel_guarded(valid: str, value: str, otherwise: str) -> str:
    """An Excel expression for ``value`` where it can be computed, else for ``otherwise``."""
    return value if valid == "TRUE" else f"IF({valid},{value},{otherwise})"


COMPARISONS: dict[str, tuple[Callable[[object, object], bool], str, str]] = {
    ">=": (lambda a, b: a >= b, "ไม่น้อยกว่า", "at least"),  # type: ignore[operator]
    "<=": (lambda a, b: a <= b, "ไม่เกิน", "at most"),  # type: ignore[operator]
    ">": (lambda a, b: a > b, "มากกว่า", "more than"),  # type: ignore[operator]
    "<": (lambda a, b: a < b, "น้อยกว่า", "less than"),  # type: ignore[operator]
    "==": (lambda a, b: a == b, "เท่ากับ", "exactly"),
}
