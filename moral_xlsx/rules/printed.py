"""Printed lines: the fixed words of a form, with places at which answers and results stand.

A place is written in braces:

- ``{unit_name}`` shows a field, ``{plan=yes}`` a box that is ticked when a choice is made so;
  ``{remark?}`` shows nothing until it is answered, instead of dots;
- ``{activities.title}``, ``{activities.kind=good}``, ``{activities.order^}`` (what stands before
  the first full stop) and ``{#}`` (the row's number) stand in lines that are repeated for the
  rows of a table;
- ``{signed_percent}`` shows a derived value;
- ``{claim_3}``, ``{evidence_3}``, ``{subtotal_1_3}``, ``{total}`` and ``{level_name}`` show what
  the unit claims; in a form without claims, with ``{computed_3}``, what its answers give.

Like a condition, each place knows how to show itself and how to write itself as an Excel
expression in terms of defined names, so that the workbook and the report agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moral_xlsx.model.answers import Answers, Value
from moral_xlsx.model.assessment import CriterionResult
from moral_xlsx.model.errors import quoted
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedTable
from moral_xlsx.model.question import Field, Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.claims import ClaimedLevelPlace, ClaimedSumPlace, EvidencePlace, claim_place
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import (
    excel_all_of,
    excel_same,
    excel_thai_digits,
    excel_ticked,
    text,
)
from moral_xlsx.rules.judge.quantities import parse_quantity
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.rules.markup import marked, stretches, unbalanced
from moral_xlsx.rules.places import DOTS, TICKED, UNTICKED, Place, Shown, TypedPlace, excel_where
from moral_xlsx.thai import BUDDHIST_OFFSET, MONTHS, long_date, thai_digits
from moral_xlsx.wording import NOT_APPLICABLE

MET, UNMET = "ผ่าน", "ไม่ผ่าน"
CONTINUED = "^"
# What Excel takes in one formula is 8,192 characters.
LONGEST_FORMULA = 8_000

_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBERED = re.compile(r"(computed|claim|evidence)_(\d+)")


@dataclass(frozen=True, slots=True)
class AnswerPlace(TypedPlace):
    """The answer to a question: of the unit, or of a row of the table with id ``table``.

    ``applies`` is an Excel expression that is TRUE when the question applies to the unit;
    without it, it applies to all. ``blank`` leaves out the dots of an answer still to come;
    ``first`` shows what stands before the first full stop. ``at`` is an Excel expression for the
    row of the range, where a sheet computes which one it is.
    """

    question: Question
    table: str = ""
    applies: str = ""
    blank: bool = False
    first: bool = False
    at: str = ""

    @property
    def box(self) -> bool:
        return self.question.type == "tick"

    @property
    def typed(self) -> bool:
        return self.question.type == "text"

    def answer(self, shown: Shown) -> Value:
        """The answer as understood."""
        if not self.table:
            return shown.answers.values.get(self.question.id)
        rows = shown.answers.tables.get(self.table, ())
        value = rows[shown.row].get(self.question.id) if shown.row < len(rows) else None
        if self.first and isinstance(value, str):
            return thai_digits(value.partition(".")[0])
        return value

    def cell(self, row: int) -> str:
        """An Excel expression for the cell in which it is answered."""
        if not self.table:
            return self.question.id
        found = f'IFERROR(INDEX({self.table}.{self.question.id},{self.at or row + 1}),"")'
        if self.first:
            return excel_thai_digits(f'LEFT({found}&".",FIND(".",{found}&".")-1)')
        return found

    @property
    def _unanswered(self) -> str:
        # What a row of a table leaves out stays blank, as on paper.
        return "" if self.table or self.blank else DOTS

    def show(self, shown: Shown) -> str:
        value = self.answer(shown)
        if not self.table and self.question.id in shown.assessment.waived:
            return NOT_APPLICABLE[0]
        if self.question.type == "tick":
            return TICKED if value is True else UNTICKED
        if value is None:
            return self._unanswered
        words = _in_words(self.question, value)
        return self._cut(words) if self.typed else words

    def excel(self, row: int) -> str:
        return excel_where(self.applies, self._excel(row))

    def _excel(self, row: int) -> str:
        cell = self.cell(row)
        if self.question.type == "tick":
            return f'IF(SUMPRODUCT({excel_ticked(cell)})>0,"{TICKED}","{UNTICKED}")'
        written = self._excel_cut(cell) if self.typed else f'{cell}&""'
        if self.question.type == "integer":
            written = excel_thai_digits(cell)
        elif self.question.type == "percent":
            share = f"IF({cell}<1,ROUND({cell}*100,10),{cell})"
            written = f'IF(ISNUMBER({cell}),{excel_thai_digits(share)},{cell}&"")'
        elif self.question.type == "date":
            day = _excel_long_date(cell, Window.of(self.question))
            written = f'IF(ISNUMBER({cell}),{day},{cell}&"")'
        return f"IF(LEN(TRIM({cell}))>0,{written},{text(self._unanswered)})"


@dataclass(frozen=True, slots=True)
class ChoicePlace(AnswerPlace):
    """A box that is ticked when the choice is the one with that value."""

    value: str = ""

    @property
    def box(self) -> bool:
        return True

    def show(self, shown: Shown) -> str:
        if not self.table and self.question.id in shown.assessment.waived:
            return UNTICKED
        return TICKED if self.answer(shown) == self.value else UNTICKED

    def _excel(self, row: int) -> str:
        choice = next(c for c in self.question.choices if c.value == self.value)
        same = excel_same(self.cell(row), (choice.label, choice.value, *choice.aliases))
        return f'IF({same}>0,"{TICKED}","{UNTICKED}")'


@dataclass(frozen=True, slots=True)
class RowNumberPlace(Place):
    """The number of the row; ``at`` is an Excel expression for it, where a sheet computes it."""

    at: str = ""

    def show(self, shown: Shown) -> str:
        return thai_digits(str(shown.row + 1))

    def excel(self, row: int) -> str:
        return excel_thai_digits(self.at) if self.at else text(thai_digits(str(row + 1)))


@dataclass(frozen=True, slots=True)
class DerivedPlace(Place):
    """A derived percentage, cut to two decimals."""

    name: str
    applies: str = ""

    def show(self, shown: Shown) -> str:
        value = dict(shown.assessment.derived)[self.name]
        if self.name in shown.assessment.waived:
            return NOT_APPLICABLE[0]
        return DOTS if value is None else thai_digits(_plain(value))

    def excel(self, row: int) -> str:
        written = f"IF(ISNUMBER({self.name}),{excel_thai_digits(self.name)},{text(DOTS)})"
        return excel_where(self.applies, written)


@dataclass(frozen=True, slots=True)
class CriterionPlace(Place):
    """What the answers give for a criterion of a form without claims; dots for no points."""

    criterion: Criterion

    def show(self, shown: Shown) -> str:
        computed = shown.assessment.criterion(self.criterion.number).computed
        if computed == 0 and self.criterion.kind == "points":
            return DOTS
        return result_in_words(self.criterion, computed)

    def excel(self, row: int) -> str:
        name = f"computed_{self.criterion.number}"
        shown = f"IF({name}=0,{text(DOTS)},{excel_thai_digits(name)})"
        if self.criterion.kind == "met":
            shown = f"IF({name}=1,{text(result_in_words(self.criterion, 1))},{text(UNMET)})"
        return f"IF(ISNUMBER({name}),{shown},{name})" if self.criterion.when else shown


@dataclass(frozen=True, slots=True)
class ResultPlace(Place):
    """``total``, ``level_name`` or a subtotal of a form without claims; dots for no points."""

    name: str

    def show(self, shown: Shown) -> str:
        if self.name == "level_name":
            return shown.assessment.level_name[0]
        points = shown.assessment.total
        if self.name != "total":
            key = self.name.removeprefix("subtotal_").replace("_", "-")
            points = dict(shown.assessment.subtotals)[key]
        return thai_digits(str(points)) if points else DOTS

    def excel(self, row: int) -> str:
        if self.name == "level_name":
            return self.name
        return f"IF({self.name}=0,{text(DOTS)},{excel_thai_digits(self.name)})"


Piece = str | Place


def excel_applies(field: Field, form: Form) -> str:
    """An Excel expression that is TRUE when a field applies to the unit; empty for always."""
    return parse_condition(field.when, form).applies_formula() if field.when else ""


def reviewed_in_words(criterion: Criterion, result: CriterionResult) -> str:
    """The score that people gave, with that which was computed, the reason and who gave it; empty
    where nobody did."""
    given = result.reviewed
    if given is None:
        return ""
    scores = (result_in_words(criterion, each) for each in (given.score, result.computed))
    reviewed, computed = scores
    points = " คะแนน" if criterion.kind == "points" else ""
    return (
        f"ผู้ตรวจให้ {reviewed}{points} (คำนวณได้ {computed}) เพราะ {given.reason} – {given.reviewer}"
    )


def result_in_words(criterion: Criterion, computed: int | None) -> str:
    """A criterion's result as people read it: points, or met with what has to be said then."""
    if computed is None:
        return NOT_APPLICABLE[0]
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
    if words := answer_in_words(question, value):
        told[reference] = words


def answer_in_words(question: Question, value: Value) -> str:
    """An answer as people read it; empty where there is none."""
    if value is None or value is False:
        return ""
    return TICKED if value is True else _in_words(question, value)


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
        raise ConditionError(
            (f"{quoted(line[:40])} มีวงเล็บปีกกาไม่ครบคู่", f"{line[:40]!r} has a single brace"),
            ("เขียนที่ที่จะแสดงคำตอบเป็น {รหัส}", "Write places as {name}"),
        )
    pieces: list[Piece] = []
    open_marks: frozenset[str] = frozenset()
    for index, word in enumerate(words):
        if index % 2:
            pieces.append(_place(word, form, table))
        else:
            found, open_marks = stretches(word, open_marks)
            pieces += found
    if open_marks:
        raise unbalanced(line)
    return tuple(pieces)


def table_lines(printed: PrintedTable, form: Form) -> Iterator[tuple[str, Table | None]]:
    """Every line of a printed table, with the table for whose rows it is repeated."""
    for line in (*printed.title, *printed.notes):
        yield line, None
    for row in printed.rows:
        table = form.table(row.each) if row.each else None
        for cell in (row.section, row.head, *row.cells):
            if cell != CONTINUED:
                yield cell, table


def fixed_words(pieces: tuple[Piece, ...]) -> str | None:
    """The words of a line without places, with the marks that they have; else None."""
    words = [piece for piece in pieces if isinstance(piece, str)]
    return marked(words) if len(words) == len(pieces) else None


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
    if name in _results(form):
        return _result(name, form)
    for derived in form.derived:
        if derived.id == name:
            asked = parse_quantity(derived.expression, form).references()
            tests = [excel_applies(f, form) for f in form.fields if f.id in asked and f.when]
            return DerivedPlace(name, excel_all_of(*tests) if tests else "")
    question_id, _, value = name.partition("=")
    blank = table is None and question_id == name and name.endswith("?")
    first = table is not None and question_id == name and name.endswith("^")
    question_id = question_id[:-1] if blank or first else question_id
    of_table, _, column_id = question_id.rpartition(".")
    if bool(of_table) != (table is not None) or (table is not None and of_table != table.id):
        raise ConditionError(
            (f"ใช้ {{{name}}} ตรงนี้ไม่ได้", f"{{{name}}} cannot stand here"),
            (
                "ช่องใช้ในบรรทัดเดี่ยว คอลัมน์ใช้ในบรรทัดที่พิมพ์ซ้ำตามแถวของตารางนั้น",
                "Fields stand in single lines, "
                "columns in lines repeated for the rows of their table",
            ),
        )
    try:
        question: Question = table.column(column_id) if table else form.field(question_id)
    except KeyError:
        raise ConditionError(
            (f"ไม่มีสิ่งใดชื่อ {{{name}}}", f"there is nothing called {{{name}}}"),
            ("แก้ชื่อให้ถูกต้อง", "Correct the name"),
        ) from None
    if "=" not in name:
        applies = "" if table else excel_applies(form.field(question_id), form)
        return AnswerPlace(question, of_table, applies, blank, first)
    if value not in {choice.value for choice in question.choices}:
        raise ConditionError(
            (
                f"{{{name}}}: “{value}” ไม่ใช่ตัวเลือกของ {question_id}",
                f"{{{name}}}: {value!r} is no choice of {question_id}",
            ),
            ("ให้ระบุ value ของตัวเลือก", "Name the value of a choice"),
        )
    return ChoicePlace(question, of_table, value=value)


def _results(form: Form) -> set[str]:
    subtotals = {f"subtotal_{each.first}_{each.last}" for each in form.subtotals}
    return {"total", "level_name", *subtotals}


def _result(name: str, form: Form) -> Place:
    if not form.claimed:
        return ResultPlace(name)
    if name == "level_name":
        return ClaimedLevelPlace(form)
    if name == "total":
        return ClaimedSumPlace(form.counted)
    first, last = map(int, name.split("_")[1:])
    return ClaimedSumPlace(tuple(c for c in form.criteria if first <= c.number <= last))


def _numbered(kind: str, number: int, form: Form) -> Place:
    numbers = form.claimed if kind != "computed" else [c.number for c in form.criteria]
    if number not in numbers:
        raise ConditionError(
            (f"ไม่มี {kind}_{number}", f"there is no {kind}_{number}"),
            ("ให้ระบุเลขข้อที่มีในแบบ", "Name a criterion of the form"),
        )
    if kind == "evidence":
        return EvidencePlace(number)
    if number in form.claimed:
        return claim_place(form, number)
    return CriterionPlace(form.criterion(number))


def _plain(value: int | Decimal) -> str:
    """A number without trailing zeros, as a spreadsheet shows it."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _excel_long_date(cell: str, window: Window) -> str:
    months = ",".join(text(month) for month in MONTHS)
    year = f"{window.excel_year(cell)}+{BUDDHIST_OFFSET}"
    return (
        f'{excel_thai_digits(f"DAY({cell})")}&" "&CHOOSE(MONTH({cell}),{months})'
        f'&" "&{excel_thai_digits(year)}'
    )
