"""A form of one fiscal year, as its definition file describes it.

Everything the program shows, reads, checks, scores and prints is derived from these
values. They are frozen and refuse unknown keys, so that a misspelt key in a definition
is reported instead of ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
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
Preset = bool | int | date | str


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
    ``preset`` are the rows that a blank form already holds, as answers by column.
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
    preset: tuple[Mapping[Identifier, Preset], ...] = ()

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
    """Something that is judged; ``rungs`` descend from the highest points to 0.

    One of kind ``points`` is scored. One of kind ``met`` is met (rung 1) or not (rung 0) and
    adds nothing to the total. ``label`` is its printed number where that is not ``number``.
    ``caveat`` is what has to be said wherever it is shown as reached.
    """

    number: int = Limited(ge=1)
    label: str = ""
    kind: Literal["points", "met"] = "points"
    title: Text
    short: Text
    caveat: str = ""
    evidence_help: str = ""
    rungs: tuple[Rung, ...] = Limited(min_length=2)

    @property
    def name(self) -> str:
        """Its number as the form prints it, in Arabic digits where it prints none."""
        return self.label or str(self.number)

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
    """A date by which the form has to be handed in.

    ``opens`` is the first day on which what is handed in can be meant for it; without it, the
    day after the due date before.
    """

    label: Text
    opens: date | None = None
    date: date


class RollUp(_Value):
    """A department's level: the share of all its units that have to reach ``level``."""

    level: int = Limited(ge=1)
    percent: int = Limited(ge=1, le=100)
    name: Text
    text: Text


class Follows(_Value):
    """How a progress report answers a plan: activities are matched by their number.

    ``table``, ``number`` and ``title`` are this form's table and columns; ``progress`` is
    the percentage to show against last month. ``plan_table`` is the plan's table with the
    columns ``plan_number`` and ``plan_title``; without one the plan's criteria are matched.
    ``compare`` pairs further columns of the report with columns of the plan.
    """

    form: Text
    table: Identifier
    number: Identifier
    title: Identifier
    progress: Identifier | None = None
    plan_table: Identifier | None = None
    plan_number: Identifier = "number"
    plan_title: Identifier = "title"
    compare: Mapping[Identifier, Identifier] = {}


class CrossCheck(_Value):
    """A fact that a unit tells in two forms: ``here`` has to agree with ``there``.

    Both are quantities or conditions, ``there`` in terms of the other form's ids.
    """

    id: Identifier
    form: Text
    label: Text
    here: Text
    there: Text


class Signature(_Value):
    """The block at the end of the form; ``name``, ``position`` and ``date`` are field ids."""

    label: Text
    name: Identifier
    position: Identifier
    position_label: str = ""
    date: Identifier | None = None


class Ladder(_Value):
    """Fixed words of a form that prints every rung of its criteria with tick boxes."""

    heading: Text
    criterion: Text
    rungs: Text
    points: Text
    score: Text
    evidence: Text


class PrintedColumn(_Value):
    """A column of a printed table; ``over`` is a heading that it shares with neighbours.

    ``width`` is its share of the page, in characters.
    """

    heading: str
    over: str = ""
    width: int = Limited(ge=3, le=120)
    align: Literal["left", "center"] = "left"


class PrintedRow(_Value):
    """A row of a printed table.

    ``section`` is one text across all columns. Otherwise ``cells`` holds a text for each
    column; ``^`` continues the cell above. With ``each`` the row is repeated for the rows of
    that table. ``criterion`` puts the unit's claim for it beside the row.
    """

    section: str = ""
    cells: tuple[str, ...] = ()
    each: Identifier | None = None
    criterion: int | None = Limited(default=None, ge=1)


class PrintedTable(_Value):
    """A table of the printed form; its texts may show answers (see ``rules.printed``)."""

    title: tuple[Text, ...] = ()
    size: Literal[12, 14] = 14
    columns: tuple[PrintedColumn, ...] = Limited(min_length=1)
    rows: tuple[PrintedRow, ...] = Limited(min_length=1)
    notes: tuple[Text, ...] = ()


class Printed(_Value):
    """What the printed form shows, in this order; every line may show answers."""

    headings: tuple[Text, ...] = ()
    ladder: Ladder | None = None
    tables: tuple[PrintedTable, ...] = ()
    levels_heading: str = ""
    signature: Signature | None = None
    note: tuple[Text, ...] = ()


class Form(_Value):
    """A whole definition: one form of one fiscal year (Buddhist era).

    ``levels_note`` is said wherever a level is shown. ``ranking`` titles the list that ranks
    the units by their total; empty when they are not ranked.
    """

    id: Annotated[str, Limited(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    version: Annotated[str, Limited(pattern=r"^\d+(\.\d+)*$")]
    title: tuple[Text, ...] = Limited(min_length=1)
    short_title: Text
    fiscal_year: int = Limited(ge=2500, le=2700)
    issuer: Text
    receiver: Text
    source: Text
    total_label: Text = "คะแนนรวม"
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
    levels_note: str = ""
    roll_up: tuple[RollUp, ...] = ()
    ranking: str = ""
    due_dates: tuple[DueDate, ...] = ()
    follows: Follows | None = None
    cross_checks: tuple[CrossCheck, ...] = ()
    checks: tuple[Check, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()

    @property
    def fiscal_year_dates(self) -> tuple[date, date]:
        """First and last day of the Thai fiscal year (1 October to 30 September)."""
        gregorian = self.fiscal_year - 543
        return date(gregorian - 1, 10, 1), date(gregorian, 9, 30)

    @property
    def claimed(self) -> tuple[int, ...]:
        """The numbers of the criteria for which a unit claims points and names evidence."""
        if self.printed.ladder:
            return tuple(criterion.number for criterion in self.criteria)
        rows = (row for table in self.printed.tables for row in table.rows)
        return tuple(sorted(row.criterion for row in rows if row.criterion is not None))

    @property
    def maximum(self) -> int:
        """The highest total: of the points, or of the criteria met where there are no points."""
        return sum(criterion.maximum for criterion in self.counted)

    @property
    def counted(self) -> tuple[Criterion, ...]:
        """The criteria that make up the total: the scored ones, or all when none is scored."""
        return tuple(c for c in self.criteria if c.kind == "points") or self.criteria

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
