"""What every condition kind stands on: facts, outcomes, names, texts and Excel pieces."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from moral_xlsx.model.answers import Answers, Row
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.form import Field, Form, Question, Table
from moral_xlsx.model.reference import Reference
from moral_xlsx.thai import TICKED, short_date, thai_digits

NOTHING: Bilingual = ("", "")
Measure = Fraction | date | str
LARGEST_BOUND = 10**12
_FIRST_BUDDHIST = "DATE(2400,1,1)"
# Longer ones are never written by hand, and deep nesting overwhelms the parser.
LONGEST_CONDITION = 400

_Q = TypeVar("_Q", bound=Question)


class ConditionError(MoralXlsxError):
    """A condition in a definition cannot be understood; ``remedy`` says how to write it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__((message, message))
        self.message = message
        self.remedy = remedy


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

    def tests(self, table: Table, call: ast.Call) -> Tests:
        """What follows a call's first argument, as tests of the table's rows."""
        compared = [_row_comparison(table, node) for node in call.args[1:]]
        return (*compared, *(_row_answer(table, keyword) for keyword in call.keywords))


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


def _row_answer(table: Table, keyword: ast.keyword) -> RowTest:
    column = _column(table, keyword.arg or "**")
    value = constant(keyword.value)
    if column.type == "tick" and isinstance(value, bool):
        return RowTest(column, "==", value)
    if column.type == "choice" and value in [choice.value for choice in column.choices]:
        return RowTest(column, "==", str(value))
    raise ConditionError(
        f"{ast.unparse(keyword.value)} is no answer of {table.id}.{column.id}",
        "Name True or False of a tick or a value of a choice; compare numbers and dates",
    )


def _row_comparison(table: Table, node: ast.expr) -> RowTest:
    if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
        raise ConditionError(
            f"{ast.unparse(node)!r} tests no row", 'Write column=value or column >= "2026-03-31"'
        )
    column = _of_type(_column(table, node.left.id), node.left.id, ("integer", "percent", "date"))
    right = node.comparators[0]
    wanted = iso_date(right) if column.type == "date" else literal_number(right)
    return RowTest(column, comparison_sign(node), wanted)


def comparison_sign(node: ast.Compare) -> str:
    """The sign of a single comparison."""
    signs = {ast.GtE: ">=", ast.LtE: "<=", ast.Gt: ">", ast.Lt: "<", ast.Eq: "=="}
    operator = signs.get(type(node.ops[0]))
    if operator is None or len(node.ops) != 1:
        raise ConditionError(
            f"{ast.unparse(node)!r} is not one comparison", f"Use one of {' '.join(COMPARISONS)}"
        )
    return operator


def literal_number(node: ast.expr) -> Fraction:
    """The number of a literal, exactly as its digits say."""
    value = constant(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(f"{ast.unparse(node)!r} is no number", "Write a number")
    number = Decimal(repr(value)) if abs(value) < LARGEST_BOUND else None
    if number is None or not number.is_finite():
        raise ConditionError("the bound is too large", "Write a smaller number")
    return Fraction(number)


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


def measured(value: object) -> Fraction | date | None:
    """An answer as an exact measure; None when it is no number and no date."""
    if isinstance(value, date):
        return value
    return Fraction(value) if isinstance(value, bool | int | Decimal) else None


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
        # A year typed in the Buddhist era makes a date 543 years later.
        later = f"DATE({wanted.year + 543},{wanted.month},{wanted.day})"
        first = _excel_same_side(name, operator, excel_date(wanted))
        second = _excel_same_side(name, operator, later)
        return (
            f"ISNUMBER({name})*((({name}<{_FIRST_BUDDHIST})*{first}"
            f"+({name}>={_FIRST_BUDDHIST})*{second})>0)"
        )
    met = f"({name}{sign}{number_text(wanted)})"
    if column.type == "percent":
        # A fraction such as 0.85 is read as 85 per cent; 1 is ambiguous and counts as unanswered.
        hundredth = number_text(wanted / 100)
        met = f"((({name}=0)+({name}>1)>0)*{met}+({name}>0)*({name}<1)*({name}{sign}{hundredth}))"
    return f"ISNUMBER({name}){excel_limits(column, name)}*{met}"


def _excel_same_side(name: str, operator: str, day: str) -> str:
    """1 for each date that compares so with a day, whatever the time that it carries."""
    if operator == "==":
        return f"({name}>={day})*({name}<{day}+1)"
    if operator in ("<=", ">"):
        return f"({name}{'<' if operator == '<=' else '>='}{day}+1)"
    return f"({name}{operator}{day})"


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
