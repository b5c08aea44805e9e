"""Printed lines: the fixed words of a form, with places at which answers and results stand.

A place is written in braces:

- ``{unit_name}`` shows a field, ``{plan=yes}`` a box that is ticked when a choice is made so;
- ``{activities.title}``, ``{activities.kind=good}`` and ``{#}`` (the row's number) stand in
  lines that are repeated for the rows of a table;
- ``{signed_percent}`` shows a derived value;
- ``{computed_3}``, ``{claim_3}``, ``{evidence_3}``, ``{subtotal_1_3}``, ``{total}`` and
  ``{level_name}`` show what became of a criterion and of the form.

Like a condition, each place knows how to show itself and how to write itself as an Excel
expression in terms of defined names, so that the workbook and the report agree.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moral_xlsx.model.answers import Answers, Value
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Criterion, Form, PrintedTable, Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.judge.expression import (
    ConditionError,
    excel_same,
    excel_thai_digits,
    excel_ticked,
    text,
)
from moral_xlsx.thai import MONTHS, long_date, thai_digits

TICKED, UNTICKED = "☑", "☐"
MET, UNMET = "ผ่าน", "ไม่ผ่าน"
DOTS = "." * 14
CONTINUED = "^"
# What Excel takes in one formula is 8,192 characters.
LONGEST_FORMULA = 8_000

_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBERED = re.compile(r"(computed|claim|evidence)_(\d+)")
_SUBTOTAL = re.compile(r"subtotal_(\d+)_(\d+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place is shown from; ``row`` counts the answered rows of its table from 0."""

    answers: Answers
    assessment: Assessment
    row: int = 0


class Place(ABC):
    """A place in a printed line. Equal places show the same."""

    @property
    def box(self) -> bool:
        """Whether it shows a tick box."""
        return False

    @abstractmethod
    def show(self, shown: Shown) -> str:
        """The text that stands there; dots where an answer is still to come."""

    @abstractmethod
    def excel(self, row: int) -> str:
        """An Excel expression for that text; ``row`` counts the rows of the range from 0."""


@dataclass(frozen=True, slots=True)
class AnswerPlace(Place):
    """The answer to a question: of the unit, or of a row of the table with id ``table``."""

    question: Question
    table: str = ""

    @property
    def box(self) -> bool:
        return self.question.type == "tick"

    def answer(self, shown: Shown) -> Value:
        """The answer as understood."""
        if not self.table:
            return shown.answers.values.get(self.question.id)
        rows = shown.answers.tables.get(self.table, ())
        return rows[shown.row].get(self.question.id) if shown.row < len(rows) else None

    def cell(self, row: int) -> str:
        """An Excel expression for the cell in which it is answered."""
        if not self.table:
            return self.question.id
        return f'IFERROR(INDEX({self.table}.{self.question.id},{row + 1}),"")'

    @property
    def _unanswered(self) -> str:
        # What a row of a table leaves out stays blank, as on paper.
        return "" if self.table else DOTS

    def show(self, shown: Shown) -> str:
        value = self.answer(shown)
        if self.question.type == "tick":
            return TICKED if value is True else UNTICKED
        return self._unanswered if value is None else _in_words(self.question, value)

    def excel(self, row: int) -> str:
        cell = self.cell(row)
        if self.question.type == "tick":
            return f'IF(SUMPRODUCT({excel_ticked(cell)})>0,"{TICKED}","{UNTICKED}")'
        written = f'{cell}&""'
        if self.question.type == "integer":
            written = excel_thai_digits(cell)
        elif self.question.type == "percent":
            share = f"IF({cell}<1,ROUND({cell}*100,10),{cell})"
            written = f'IF(ISNUMBER({cell}),{excel_thai_digits(share)},{cell}&"")'
        elif self.question.type == "date":
            written = f'IF(ISNUMBER({cell}),{_excel_long_date(cell)},{cell}&"")'
        return f"IF(LEN(TRIM({cell}))>0,{written},{text(self._unanswered)})"


@dataclass(frozen=True, slots=True)
class ChoicePlace(AnswerPlace):
    """A box that is ticked when the choice is the one with that value."""

    value: str = ""

    @property
    def box(self) -> bool:
        return True

    def show(self, shown: Shown) -> str:
        return TICKED if self.answer(shown) == self.value else UNTICKED

    def excel(self, row: int) -> str:
        choice = next(c for c in self.question.choices if c.value == self.value)
        same = excel_same(self.cell(row), (choice.label, choice.value, *choice.aliases))
        return f'IF({same}>0,"{TICKED}","{UNTICKED}")'


@dataclass(frozen=True, slots=True)
class RowNumberPlace(Place):
    """The number of the row."""

    def show(self, shown: Shown) -> str:
        return thai_digits(str(shown.row + 1))

    def excel(self, row: int) -> str:
        return text(thai_digits(str(row + 1)))


@dataclass(frozen=True, slots=True)
class DerivedPlace(Place):
    """A derived percentage, cut to two decimals."""

    name: str

    def show(self, shown: Shown) -> str:
        value = dict(shown.assessment.derived)[self.name]
        return DOTS if value is None else thai_digits(_plain(value))

    def excel(self, row: int) -> str:
        return f"IF(ISNUMBER({self.name}),{excel_thai_digits(self.name)},{text(DOTS)})"


@dataclass(frozen=True, slots=True)
class CriterionPlace(Place):
    """The computed score of a criterion, or whether it is met."""

    criterion: Criterion

    def show(self, shown: Shown) -> str:
        return result_in_words(
            self.criterion, shown.assessment.criterion(self.criterion.number).computed
        )

    def excel(self, row: int) -> str:
        name = f"computed_{self.criterion.number}"
        if self.criterion.kind == "met":
            return f"IF({name}=1,{text(result_in_words(self.criterion, 1))},{text(UNMET)})"
        return excel_thai_digits(name)


@dataclass(frozen=True, slots=True)
class ClaimPlace(Place):
    """The points that the unit claims for a criterion."""

    number: int

    def show(self, shown: Shown) -> str:
        claim = shown.answers.claims.get(self.number)
        return DOTS if claim is None else thai_digits(str(claim))

    def excel(self, row: int) -> str:
        name = f"claim_{self.number}"
        return f"IF(ISNUMBER({name}),{excel_thai_digits(name)},{text(DOTS)})"


@dataclass(frozen=True, slots=True)
class EvidencePlace(Place):
    """The evidence that the unit names for a criterion."""

    number: int

    def show(self, shown: Shown) -> str:
        return shown.answers.evidence.get(self.number, "").strip("\r\n ") or DOTS

    def excel(self, row: int) -> str:
        name = f"evidence_{self.number}"
        return f"IF(LEN(TRIM({name}))>0,{name},{text(DOTS)})"


@dataclass(frozen=True, slots=True)
class ResultPlace(Place):
    """``total``, ``level_name`` or a subtotal."""

    name: str

    def show(self, shown: Shown) -> str:
        if self.name == "total":
            return thai_digits(str(shown.assessment.total))
        if self.name == "level_name":
            return shown.assessment.level_name[0]
        key = self.name.removeprefix("subtotal_").replace("_", "-")
        return thai_digits(str(dict(shown.assessment.subtotals)[key]))

    def excel(self, row: int) -> str:
        return self.name if self.name == "level_name" else excel_thai_digits(self.name)


Piece = str | Place


def result_in_words(criterion: Criterion, computed: int) -> str:
    """A criterion's result as people read it: points, or met with what has to be said then."""
    if criterion.kind == "points":
        return thai_digits(str(computed))
    caveat = f" ({criterion.caveat})" if criterion.caveat else ""
    return f"{MET}{caveat}" if computed else UNMET


def answers_in_words(form: Form, answers: Answers) -> dict[str, str]:
    """Every answer given, by reference, as people read it; in the order of the form."""
    told: dict[str, str] = {}
    for field in form.fields:
        _tell(told, field.id, field, answers.values.get(field.id))
    for table in form.tables:
        for index, row in enumerate(answers.tables.get(table.id, ())):
            for column in table.columns:
                reference = TableCell(table.id, index, column.id)
                _tell(told, str(reference), column, row.get(column.id))
    for number in form.claimed:
        if number in answers.claims:
            told[f"claim_{number}"] = str(answers.claims[number])
        if number in answers.evidence:
            told[f"evidence_{number}"] = answers.evidence[number]
    return told


def _tell(told: dict[str, str], reference: str, question: Question, value: Value) -> None:
    if value is not None and value is not False:
        told[reference] = TICKED if value is True else _in_words(question, value)


def _in_words(question: Question, value: str | int | Decimal | date) -> str:
    if isinstance(value, date):
        return thai_digits(long_date(value))
    if isinstance(value, str):
        labels = {choice.value: choice.label for choice in question.choices}
        return labels.get(value, value)
    return thai_digits(_plain(value))


def question_in_words(form: Form, reference: Reference) -> str:
    """What people call the answer of a reference."""
    if isinstance(reference, TableCell):
        table = form.table(reference.table)
        return f"{table.name} แถวที่ {reference.row + 1} {table.column(reference.column).name}"
    kind, _, number = reference.partition("_")
    if kind in ("claim", "evidence") and number.isdigit():
        label = "คะแนนที่เสนอ" if kind == "claim" else "หลักฐาน"
        return f"{label} ข้อ {form.criterion(int(number)).name}"
    return form.field(reference).name


def parse_line(line: str, form: Form, table: Table | None = None) -> tuple[Piece, ...]:
    """The words and places of a printed line; in a repeated one the rows' ``table`` is given.

    Raises ConditionError for a place that the form does not have.
    """
    words = _PLACE.split(line)
    if any(brace in word for word in words[::2] for brace in "{}"):
        raise ConditionError(f"{line[:40]!r} has a single brace", "Write places as {name}")
    pieces: list[Piece] = []
    for index, word in enumerate(words):
        if index % 2:
            pieces.append(_place(word, form, table))
        elif word:
            pieces.append(word)
    return tuple(pieces)


def table_lines(printed: PrintedTable, form: Form) -> Iterator[tuple[str, Table | None]]:
    """Every line of a printed table, with the table for whose rows it is repeated."""
    for line in (*printed.title, *printed.notes):
        yield line, None
    for row in printed.rows:
        table = form.table(row.each) if row.each else None
        for cell in (row.section, *row.cells):
            if cell != CONTINUED:
                yield cell, table


def show_line(pieces: tuple[Piece, ...], shown: Shown) -> str:
    """The text of a line."""
    return "".join(piece if isinstance(piece, str) else piece.show(shown) for piece in pieces)


def excel_line(pieces: tuple[Piece, ...], row: int = 0) -> str:
    """An Excel expression for the text of a line."""
    parts = (text(piece) if isinstance(piece, str) else piece.excel(row) for piece in pieces)
    return "&".join(parts) or '""'


def excel_answered(table: Table, row: int) -> str:
    """An Excel expression that is TRUE when a row of a table answers anything."""
    cells = (f'IFERROR(INDEX({table.id}.{c.id},{row + 1}),"")' for c in table.columns)
    return f"LEN({'&'.join(cells)})>0"


def _place(name: str, form: Form, table: Table | None) -> Place:
    if name == "#" and table is not None:
        return RowNumberPlace()
    if numbered := _NUMBERED.fullmatch(name):
        return _numbered(numbered[1], int(numbered[2]), form)
    subtotal = _SUBTOTAL.fullmatch(name)
    if name in ("total", "level_name") or (
        subtotal and f"{subtotal[1]}-{subtotal[2]}" in {each.key for each in form.subtotals}
    ):
        return ResultPlace(name)
    if name in {derived.id for derived in form.derived}:
        return DerivedPlace(name)
    question_id, _, value = name.partition("=")
    of_table, _, column_id = question_id.rpartition(".")
    if bool(of_table) != (table is not None) or (table is not None and of_table != table.id):
        raise ConditionError(
            f"{{{name}}} cannot stand here",
            "Fields stand in single lines, columns in lines repeated for the rows of their table",
        )
    try:
        question: Question = table.column(column_id) if table else form.field(question_id)
    except KeyError:
        raise ConditionError(f"there is nothing called {{{name}}}", "Correct the name") from None
    if "=" not in name:
        return AnswerPlace(question, of_table)
    if value not in {choice.value for choice in question.choices}:
        raise ConditionError(
            f"{{{name}}}: {value!r} is no choice of {question_id}", "Name the value of a choice"
        )
    return ChoicePlace(question, of_table, value)


def _numbered(kind: str, number: int, form: Form) -> Place:
    numbers = form.claimed if kind != "computed" else [c.number for c in form.criteria]
    if number not in numbers:
        raise ConditionError(f"there is no {kind}_{number}", "Name a criterion of the form")
    if kind == "computed":
        return CriterionPlace(form.criterion(number))
    return ClaimPlace(number) if kind == "claim" else EvidencePlace(number)


def _plain(value: int | Decimal) -> str:
    """A number without trailing zeros, as a spreadsheet shows it."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _excel_long_date(cell: str) -> str:
    months = ",".join(text(month) for month in MONTHS)
    year = f"YEAR({cell})+IF(YEAR({cell})>=2400,0,543)"
    return (
        f'{excel_thai_digits(f"DAY({cell})")}&" "&CHOOSE(MONTH({cell}),{months})'
        f'&" "&{excel_thai_digits(year)}'
    )
