"""Answers as officers type them: other centuries and spellings, repeated rows, marks and words.

Of each habit is known whether a spreadsheet understands it. Where it does, what it shows has to
be what Python says; where it cannot, the answer's reading has to be reported.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from filling import typed

from moral_xlsx.model.answers import Answers, RawCell, RawSubmission
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.thai import short_date, thai_digits

# ``alike``: a spreadsheet shows the same everywhere. ``judged``: it judges the same, but prints
# what was typed. ``told``: it cannot understand it, and a finding tells how it was read.
Understood = Literal["alike", "judged", "told"]
Change = Callable[[Question, object, random.Random], object]


@dataclass(frozen=True)
class Habit:
    """A way of typing an answer; ``change`` gives None where it does not fit.

    ``counts`` and ``reported`` say what becomes of it, for the list in the documents.
    """

    name: str
    types: tuple[str, ...]
    understood: Understood
    change: Change
    counts: str
    reported: str


def _years(*shifts: int) -> Change:
    def change(question: Question, value: object, chance: random.Random) -> object:
        assert isinstance(value, date)
        if (value.month, value.day) == (2, 29):
            return None
        return value.replace(year=value.year + chance.choice(shifts))

    return change


def _text(write: Callable[[str], str]) -> Change:
    return lambda question, value, chance: write(str(value)) if isinstance(value, str) else None


def _reordered(text: str) -> str:
    marks = "ิีึืุู"
    for tone in "่้๊๋":
        for mark in marks:
            text = text.replace(mark + tone, tone + mark)
    return text


def _doubled(text: str) -> str:
    for tone in "่้๊๋ิีุ":
        text = text.replace(tone, tone * 2)
    return text


HABITS: tuple[Habit, ...] = (
    Habit("a year of the last century", ("date",), "alike", _years(-57),
          "27/5/69 stored as 1969 is the 2569 of the window", "MX-210; ✓ names the year"),
    Habit("a year of the Buddhist era", ("date",), "alike", _years(543),
          "2569 in a Gregorian calendar is 2026", "MX-210; ✓ names the year"),
    Habit("a year read in the other era", ("date",), "alike", _years(-43, 500),
          "`25/9/24` stored as 1981 or 2524 is 2024", "MX-210; ✓ names the year"),
    Habit("a year that is off by some", ("date",), "judged", _years(-9, 20),
          "no answer", "MX-228; the cell refuses it"),
    Habit("marks in another order", ("text",), "alike", _text(_reordered),
          "the same word", "-"),
    Habit("marks typed twice", ("text",), "alike", _text(_doubled),
          "the same word", "-"),
    Habit("a split sara am", ("text",), "alike", _text(lambda t: t.replace("ำ", "\u0e4d\u0e32")),
          "the same word", "-"),
    Habit("lakkhang for sara aa", ("text",), "alike", _text(lambda t: t.replace("า", "ๅ")),
          "the same word", "-"),
    Habit("e twice for ae", ("text",), "alike", _text(lambda t: t.replace("แ", "เเ")),
          "the same word", "-"),
    Habit("a full stop at the end", ("text",), "alike", _text(lambda t: f"{t}."),
          "the same word", "-"),
    Habit("quotation marks", ("text",), "alike", _text(lambda t: f"“{t}”"),
          "the same word", "-"),
    Habit("an inner space", ("text",), "alike", _text(lambda t: f"{t[:2]} {t[2:]}".strip()),
          "the same word", "-"),
    Habit("small letters", ("text",), "alike", _text(str.lower),
          "the same word", "-"),
    Habit("other digits", ("text",), "alike", _text(thai_digits),
          "the same word", "-"),
    Habit("binary noise", ("percent",), "judged",
          lambda q, v, c: float(v) * (1 - 2**-52) if isinstance(v, float) and v > 1 else None,
          "the 15 digits that a spreadsheet shows", "-"),
    Habit("a fraction", ("percent",), "alike",
          lambda q, v, c: v / 100 if isinstance(v, float) and 0 < v < 100 else None,
          "0.85 is 85 per cent", "-"),
    Habit("another tick", ("tick",), "alike",
          lambda q, v, c: c.choice(["/", "มี", "ถูก", "ครบ", "ทำแล้ว", "ü"]) if v else None,
          "a tick", "MX-210"),
    Habit("a date as a text", ("date",), "told",
          lambda q, v, c: thai_digits(short_date(v)) if isinstance(v, date) else None,
          "the day that is written", "MX-210"),
    Habit("a number with its unit", ("integer",), "told",
          lambda q, v, c: thai_digits(f"{v} {q.unit}".strip()),
          "the number", "MX-210"),
    Habit("a number in Thai digits", ("integer",), "told", lambda q, v, c: thai_digits(str(v)),
          "the number", "MX-210"),
    Habit("a percentage as a text", ("percent",), "told", lambda q, v, c: f"{v}%",
          "the percentage", "MX-210"),
)  # fmt: skip
REPEATED = "the same thing twice"
REPEATED_COUNTS, REPEATED_REPORTED = "one thing", "MX-314, with the rows"


@dataclass(frozen=True)
class TypedCase:
    """What is typed into the cells of a form, by reference, and the habits that show in it."""

    cells: Mapping[str, object]
    habits: frozenset[str]

    @property
    def understood(self) -> Understood:
        """How well a spreadsheet understands the whole."""
        known = {habit.understood for habit in HABITS if habit.name in self.habits}
        return "told" if "told" in known else "judged" if "judged" in known else "alike"

    def raw(self, form: Form) -> RawSubmission:
        """The same as the reader gives it."""
        cells: dict[Reference, RawCell] = {}
        for name, _ in questions(form, self.cells):
            cells[name] = RawCell(self.cells.get(str(name)), Place(field=str(name)))
        return RawSubmission(form.id, form.version, str(self.cells.get("unit_code", "")), cells)


def questions(
    form: Form, cells: Mapping[str, object]
) -> Iterator[tuple[Reference, Question | None]]:
    """Every input of a form, with the rows of tables in which something stands."""
    for field in form.fields:
        yield field.id, field
    for table in form.tables:
        for row in range(_rows(table, cells)):
            for column in table.columns:
                yield TableCell(table.id, row, column.id), column
    for number in form.claimed:
        yield f"claim_{number}", None
        yield f"evidence_{number}", None


def _rows(table: Table, cells: Mapping[str, object]) -> int:
    def used(row: int) -> bool:
        names = (f"{table.id}[{row}].{column.id}" for column in table.columns)
        return any(cells.get(name) is not None for name in names)

    return max((row + 1 for row in range(table.rows) if used(row)), default=0)


def as_officers_type(form: Form, answers: Answers, chance: random.Random, told: bool) -> TypedCase:
    """The answers with some habits; those that no spreadsheet understands only if ``told``."""
    cells, shown = dict(typed(form, answers)), set()
    usable = [habit for habit in HABITS if told or habit.understood != "told"]
    few = chance.sample(usable, 3)
    for table in form.tables:
        rows = _rows(table, cells)
        if 0 < rows < table.rows and chance.random() < 0.3:
            again = chance.randrange(rows)
            for column in table.columns:
                value = cells.get(f"{table.id}[{again}].{column.id}")
                if value is not None:
                    cells[f"{table.id}[{rows}].{column.id}"] = value
            shown.add(REPEATED)
    for name, question in list(questions(form, cells)):
        value = cells.get(str(name))
        for habit in few:
            if question is None or value is None or question.type not in habit.types:
                continue
            changed = habit.change(question, value, chance) if chance.random() < 0.4 else None
            if changed is not None and changed != value:
                cells[str(name)] = changed
                shown.add(habit.name)
                break
    return TypedCase(cells, frozenset(shown))
