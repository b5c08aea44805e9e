"""What every condition kind stands on: facts, outcomes, names, texts and Excel pieces."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from moral_xlsx.model.answers import Answers, Row
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Field, Form, Question, Table
from moral_xlsx.thai import TICKED, short_date, thai_digits

NOTHING: Bilingual = ("", "")
# Longer ones are never written by hand, and deep nesting overwhelms the parser.
LONGEST_CONDITION = 400

_Q = TypeVar("_Q", bound=Question)


class ConditionError(Exception):
    """A condition in a definition cannot be understood; ``remedy`` says how to write it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are evaluated over: a form and a unit's answers to it."""

    form: Form
    answers: Answers

    def rows(self, table: Table, filters: Filters = ()) -> list[tuple[int, Row]]:
        """The answered rows of a table that match the filters, with their index."""
        rows = enumerate(self.answers.tables.get(table.id, ()))
        if not filters:
            return list(rows)
        return [
            (index, row)
            for index, row in rows
            if all(row.get(column.id) == wanted for column, wanted in filters)
        ]


Filters = tuple[tuple[Question, str | bool], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds; else the references that are unanswered or at fault."""

    holds: bool
    missing: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The ids that a condition may use, and the errors for those it may not."""

    form: Form

    def field(self, node: ast.expr, *types: str) -> Field:
        """The field that a node names, which has to be of one of the types."""
        if not isinstance(node, ast.Name):
            raise ConditionError(f"{ast.unparse(node)!r} is not a field", "Name a field's id")
        try:
            field = self.form.field(node.id)
        except KeyError:
            raise ConditionError(
                f"there is no field {node.id!r}", "Define the field or correct its id"
            ) from None
        return _of_type(field, node.id, types)

    def table(self, node: ast.expr) -> Table:
        """The table that a node names."""
        if not isinstance(node, ast.Name):
            raise ConditionError(f"{ast.unparse(node)!r} is not a table", "Name a table's id")
        try:
            return self.form.table(node.id)
        except KeyError:
            raise ConditionError(
                f"there is no table {node.id!r}", "Define the table or correct its id"
            ) from None

    def column(self, node: ast.expr, *types: str) -> tuple[Table, Question]:
        """The table and column that a node such as ``activities.title`` names."""
        if not isinstance(node, ast.Attribute):
            raise ConditionError(
                f"{ast.unparse(node)!r} is not a column", "Write it as table.column"
            )
        table = self.table(node.value)
        return table, _of_type(_column(table, node.attr), node.attr, types)

    def filters(self, table: Table, keywords: Iterable[ast.keyword]) -> Filters:
        """Keyword arguments as filters; values must be permitted answers of the column."""
        return tuple(_filter(table, keyword) for keyword in keywords)


def _column(table: Table, column_id: str) -> Question:
    try:
        return table.column(column_id)
    except KeyError:
        raise ConditionError(
            f"table {table.id!r} has no column {column_id!r}",
            f"Use one of: {', '.join(column.id for column in table.columns)}",
        ) from None


def _of_type(question: _Q, name: str, types: tuple[str, ...]) -> _Q:
    if types and question.type not in types:
        raise ConditionError(
            f"{name!r} is of type {question.type!r}", f"Use one of type {' or '.join(types)}"
        )
    return question


def _filter(table: Table, keyword: ast.keyword) -> tuple[Question, str | bool]:
    column = _column(table, keyword.arg or "**")
    value = constant(keyword.value)
    if column.type == "tick" and isinstance(value, bool):
        return column, value
    if column.type == "choice" and value in [choice.value for choice in column.choices]:
        return column, str(value)
    raise ConditionError(
        f"{ast.unparse(keyword.value)} is no answer of {table.id}.{column.id}",
        "Filter by True or False of a tick or by a value of a choice",
    )


def tree(source: str) -> ast.expr:
    """The syntax tree of an expression; raises ConditionError when it does not parse."""
    if len(source) > LONGEST_CONDITION:
        raise ConditionError(
            f"{source[:40]!r}… is longer than {LONGEST_CONDITION} characters", "Split it up"
        )
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(f"{source!r} does not parse ({error})", "Correct its syntax") from None


def constant(node: ast.expr) -> object:
    """The value of a literal; true and false may be written in small letters."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false"):
        return node.id == "true"
    raise ConditionError(f"{ast.unparse(node)!r} is not a constant", "Write a literal value")


def iso_date(node: ast.expr) -> date:
    """The date of a literal such as ``"2026-03-31"``."""
    value = constant(node)
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ConditionError(f"{value!r} is not a date", 'Write it as "2026-03-31"') from None


# --- texts -----------------------------------------------------------------


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
    """The comparison key of a text range, as far as a spreadsheet can compute it."""
    return f'LOWER(TRIM(SUBSTITUTE({name},"\u0e4d\u0e32","\u0e33")))'


def excel_same(name: str, words: Iterable[str]) -> str:
    """1 or more where a text range holds one of the words, else 0."""
    typed = excel_key(name)
    folded = {" ".join(word.replace("\u0e4d\u0e32", "\u0e33").split()).lower() for word in words}
    return f"({'+'.join(f'({typed}={text(word)})' for word in sorted(folded))})"


def excel_ticked(name: str) -> str:
    """1 where a range is ticked, else 0."""
    typed = f'LOWER(TRIM({name}&""))'
    return f"({'+'.join(f'({typed}={text(word)})' for word in TICKED)})"


def excel_used(table: Table) -> str:
    """TRUE for each row of a table in which anything is answered."""
    lengths = "+".join(f"LEN(TRIM({table.id}.{column.id}))" for column in table.columns)
    return f"({lengths}>0)"


def excel_filtered(table: Table, filters: Filters) -> str:
    """1 for each answered row that matches the filters, else 0."""
    factors = [excel_used(table)]
    for column, wanted in filters:
        name = f"{table.id}.{column.id}"
        if isinstance(wanted, bool):
            ticked = excel_ticked(name)
            factors.append(ticked if wanted else f"(1-{ticked})")
        else:
            choice = next(c for c in column.choices if c.value == wanted)
            words = (choice.label, choice.value, *choice.aliases)
            factors.append(f"({excel_same(name, words)}>0)")
    return "*".join(factors) if len(factors) > 1 else f"{factors[0]}*1"


def excel_valid(question: Question, name: str) -> str:
    """TRUE when a single cell holds an answer that would be understood."""
    if question.type in ("text", "choice"):
        return f"LEN(TRIM({name}))>0"
    if question.type == "tick":
        return f"SUMPRODUCT({excel_ticked(name)})>0"
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
