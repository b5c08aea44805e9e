"""A form of one fiscal year, as its definition file describes it.

Everything the program shows, reads, checks, scores and prints is derived from these
values. They are frozen and refuse unknown keys, so that a misspelt key in a definition
is reported instead of ignored.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limited

Identifier = Annotated[str, Limited(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Limited(min_length=1)]
# Titles of the sheets that the program draws besides a definition's own.
PROGRAM_SHEETS = ("คำแนะนำ", "หลักฐาน", "แบบประเมิน", "สรุปคะแนน", "ที่มาของคะแนน")
AnswerType = Literal["text", "integer", "percent", "date", "tick", "choice"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Value):
    """One permitted answer: ``value`` is stored, ``label`` is shown and typed."""

    value: Text
    label: Text
    aliases: tuple[Text, ...] = ()


class Question(_Value):
    """What a field and a column of a table have in common: one typed answer.

    ``short`` is what sentences call it, where the label on the sheet is long.
    """

    id: Identifier
    label: Text
    short: str = ""
    type: AnswerType
    required: bool = False
    recommended: bool = False
    help: str = ""
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[Text, ...] = ()
    width: int = Limited(default=24, ge=4, le=120)

    @property
    def name(self) -> str:
        """What sentences call the question."""
        return self.short or self.label


class Field(Question):
    """A single answer of a unit; ``width`` is in characters.

    ``registry`` names the column of the unit registry that fills the field in advance.
    """

    sheet: Identifier
    group: str = ""
    registry: Literal["name", "executive", "headcount"] | None = None


class Table(_Value):
    """A list of answers, one row each; ``rows`` are prepared and more can be inserted.

    Two rows that agree in every column of ``unique`` are reported as one thing twice.
    """

    id: Identifier
    label: Text
    short: str = ""
    sheet: Identifier
    unit: Text
    rows: int = Limited(ge=1, le=500)
    help: str = ""
    unique: tuple[Identifier, ...] = ()
    columns: tuple[Question, ...] = Limited(min_length=1)

    @property
    def name(self) -> str:
        """What sentences call the table."""
        return self.short or self.label

    def column(self, column_id: str) -> Question:
        """The column with that id; raises KeyError when the table has none."""
        for column in self.columns:
            if column.id == column_id:
                return column
        raise KeyError(column_id)


class Sheet(_Value):
    """A sheet on which the officer fills in fields and tables, in the order printed."""

    id: Identifier
    title: Annotated[str, Limited(min_length=1, max_length=31)]
    help: str = ""


class Box(_Value):
    """A printed tick box; it may be ticked when all its conditions hold."""

    text: Text
    conditions: tuple[Text, ...] = ()


class Rung(_Value):
    """One step of a criterion's ladder: ``points`` are given when every box holds."""

    points: int = Limited(ge=0)
    boxes: tuple[Box, ...] = Limited(min_length=1)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of all boxes, in the order printed."""
        return tuple(condition for box in self.boxes for condition in box.conditions)


class Criterion(_Value):
    """A scored criterion; ``rungs`` descend from the highest points to 0."""

    number: int = Limited(ge=1)
    title: Text
    short: Text
    evidence_help: str = ""
    rungs: tuple[Rung, ...] = Limited(min_length=2)

    @property
    def maximum(self) -> int:
        """The points of the highest rung."""
        return max(rung.points for rung in self.rungs)

    def rung(self, points: int) -> Rung:
        """The rung that gives exactly these points; raises KeyError when there is none."""
        for rung in self.rungs:
            if rung.points == points:
                return rung
        raise KeyError(points)


class CriterionRange(_Value):
    """Criteria ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def numbers(self) -> range:
        """The numbers of the criteria in the range."""
        return range(self.first, self.last + 1)

    @property
    def key(self) -> str:
        """The range as results name it, for example ``1-3``."""
        return f"{self.first}-{self.last}"


class Part(CriterionRange):
    """A table of the printed form with its title lines."""

    title: tuple[Text, ...] = Limited(min_length=1)


class Subtotal(CriterionRange):
    """A printed row that adds the scores of a range, placed below criterion ``last``."""

    label: Text


class Level(CriterionRange):
    """A level with its own printed rule: a minimum for each criterion and for the sum."""

    number: int = Limited(ge=1)
    name: Text
    text: tuple[Text, ...] = Limited(min_length=1)
    min_each: int
    min_total: int


class Derived(_Value):
    """A value computed for display, cut (not rounded) to two decimals."""

    id: Identifier
    label: Text
    expression: Text


class Check(_Value):
    """A plausibility rule; it speaks when ``condition`` is answered and does not hold.

    ``when`` limits it to submissions for which that condition holds. ``finding`` is the
    code in the catalogue; ``message`` and ``remedy`` say what this rule found.
    """

    id: Identifier
    finding: Annotated[str, Limited(pattern=r"^MX-\d{3}$")]
    condition: Text
    when: Text | None = None
    message: Text
    message_en: Text
    remedy: Text
    remedy_en: Text


class Interpretation(_Value):
    """A place where the printed form is ambiguous, the reading chosen, and why."""

    place: Text
    question: Text
    choice: Text
    reason: Text


class DueDate(_Value):
    """A date by which the form has to be handed in."""

    label: Text
    date: date


class Heading(_Value):
    """A line above the printed tables that shows the answer to ``field``."""

    text: Text
    field: Identifier


class Signature(_Value):
    """The block at the end of the form; the three values are field ids."""

    label: Text
    name: Identifier
    position: Identifier
    date: Identifier


class Printed(_Value):
    """Fixed words of the printed form."""

    criteria_heading: Text
    levels_heading: Text
    criterion: Text
    ladder: Text
    points: Text
    score: Text
    evidence: Text
    note: Text
    headings: tuple[Heading, ...]
    signature: Signature


class Form(_Value):
    """A whole definition: one form of one fiscal year (Buddhist era)."""

    id: Annotated[str, Limited(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    version: Annotated[str, Limited(pattern=r"^\d+(\.\d+)*$")]
    title: tuple[Text, ...] = Limited(min_length=1)
    short_title: Text
    fiscal_year: int = Limited(ge=2500, le=2700)
    issuer: Text
    receiver: Text
    source: Text
    nested: bool = False
    printed: Printed
    sheets: tuple[Sheet, ...]
    fields: tuple[Field, ...]
    tables: tuple[Table, ...] = ()
    derived: tuple[Derived, ...] = ()
    parts: tuple[Part, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    subtotals: tuple[Subtotal, ...] = ()
    levels: tuple[Level, ...] = ()
    due_dates: tuple[DueDate, ...] = ()
    checks: tuple[Check, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()

    @property
    def fiscal_year_dates(self) -> tuple[date, date]:
        """First and last day of the Thai fiscal year (1 October to 30 September)."""
        gregorian = self.fiscal_year - 543
        return date(gregorian - 1, 10, 1), date(gregorian, 9, 30)

    def field(self, field_id: str) -> Field:
        """The field with that id; raises KeyError when the form has none."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)

    def table(self, table_id: str) -> Table:
        """The table with that id; raises KeyError when the form has none."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)

    def criterion(self, number: int) -> Criterion:
        """The criterion with that number; raises KeyError when the form has none."""
        for criterion in self.criteria:
            if criterion.number == number:
                return criterion
        raise KeyError(number)
