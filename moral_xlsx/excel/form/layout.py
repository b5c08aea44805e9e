"""Where everything stands in a form's workbook. No other module knows a coordinate.

Rows and columns count from 0. Column A of every sheet is hidden and holds row markers; row
1 is hidden and holds the role of each column. Together they name an input even when the
workbook's defined names are lost: a row marked ``headcount`` and a column of role ``value``
meet at the answer to ``headcount``; a row marked ``#3`` and a column of role ``final`` meet
at ``final_3``. The cell where the marker column and the role row cross holds ``mx:roles``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from moral_xlsx.excel.form.official_layout import OfficialSheet, place_official
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import PROGRAM_SHEETS, Field, ProgramSheets, Sheet, Table

INSTRUCTIONS, EVIDENCE = PROGRAM_SHEETS.instructions, PROGRAM_SHEETS.evidence

MARKER_COLUMN = 0
ROLE_ROW = 0
ROLES = "mx:roles"
# In the first cell of a sheet that we add to a filled workbook; nothing on it is an answer.
OURS = "mx:marks"
VALUE = "value"
NUMBERED = "#"
TABLE_START = "table:"
TABLE_END = "end:"
# Below a table's hidden row of ids stand its headings, then its rows.
ROWS_BELOW_IDS = 2
END_NOTE = "ถ้าแถวไม่พอ ให้แทรกแถวเหนือแถวสุดท้ายของตาราง"

STAMPS = ("unit_code", "form_id", "form_version")
FINDINGS_TABLE = "findings"
FINDING_ROWS = 20
FINDING_COLUMNS = {"severity": 1, "place": 2, "message": 3, "remedy": 6}


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells on a sheet, both ends included."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @classmethod
    def cell(cls, sheet: str, row: int, column: int) -> Area:
        """The area of one cell."""
        return cls(sheet, row, column, row, column)

    @property
    def reference(self) -> str:
        """The area as a formula writes it, for example ``'Sheet'!$A$1:$B$2``."""
        first = f"${column_letters(self.first_column)}${self.first_row + 1}"
        last = f"${column_letters(self.last_column)}${self.last_row + 1}"
        return f"{quoted(self.sheet)}!{first}" + ("" if first == last else f":{last}")


def quoted(title: str) -> str:
    """A sheet's title as a reference writes it."""
    return "'" + title.replace("'", "''") + "'"


@lru_cache(maxsize=1_000)
def column_letters(column: int) -> str:
    """The letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell's address as people read it, for example ``D14``."""
    return f"{column_letters(column)}{row + 1}"


def cell_position(name: str) -> tuple[int, int] | None:
    """Row and column of an address such as ``D14``; None when it is no cell's."""
    letters, digits = name.rstrip("0123456789"), name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not (letters and digits and letters + digits == name and digits.isdigit()):
        return None
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field's row: label, value, unit, status and help in columns B to F."""

    field: Field
    row: int
    group: str
    group_row: int | None


LABEL_COLUMN, VALUE_COLUMN, UNIT_COLUMN, STATUS_COLUMN, HELP_COLUMN = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A table's rows; its columns start at C, row numbers stand in B."""

    table: Table
    title_row: int
    help_row: int
    marker_row: int
    header_row: int
    first_row: int
    last_row: int
    end_row: int
    first_column: int = 2

    def column(self, column_id: str) -> int:
        """The column of one of the table's questions."""
        ids = [column.id for column in self.table.columns]
        return self.first_column + ids.index(column_id)

    @property
    def status_column(self) -> int:
        """The column that tells whether a row is complete."""
        return self.first_column + len(self.table.columns)


@dataclass(frozen=True, slots=True)
class InputSheet:
    """A sheet of fields and tables, with a title and a help line on rows 2 and 3."""

    sheet: Sheet
    stamps: tuple[tuple[str, int], ...]
    fields: tuple[FieldPlace, ...]
    tables: tuple[TablePlace, ...]
    last_row: int

    title_row = 1
    help_row = 2


@dataclass(frozen=True, slots=True)
class PanelSheet:
    """The score panel: live results, and the cells of the ethics group."""

    live_rows: Mapping[str, int]
    header_row: int
    criterion_rows: Mapping[int, int]
    subtotal_rows: tuple[tuple[str, int], ...]
    review_rows: Mapping[str, int]
    findings_marker_row: int
    findings_header_row: int
    findings_first_row: int
    last_row: int

    @property
    def counts_row(self) -> int:
        """The first of the hidden rows in which rules count, below everything else."""
        return self.last_row + 4

    number_column, title_column, claimed_column, computed_column = 1, 2, 3, 4
    next_column, evidence_column, final_column, remark_column = 5, 6, 7, 8


@dataclass(frozen=True, slots=True)
class TracePlace:
    """A rung on the sheet of reasons: one row for each of its conditions."""

    number: int
    points: int
    first_row: int
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Every coordinate of a form's workbook."""

    form: Form
    inputs: tuple[InputSheet, ...]
    evidence_rows: Mapping[int, int]
    official: tuple[OfficialSheet, ...]
    panel: PanelSheet
    trace: tuple[TracePlace, ...]
    trace_title_rows: Mapping[int, int]

    evidence_column = 4
    trace_result_column = 3
    trace_shortfall_column = 4
    trace_joined_column = 5

    @cached_property
    def titles(self) -> ProgramSheets:
        """The titles of the sheets that are not of the definition."""
        return self.form.program_sheets

    @cached_property
    def names(self) -> Mapping[str, Area]:
        """Every defined name of the workbook and the cells it stands for."""
        names: dict[str, Area] = {}
        for sheet in self.inputs:
            title = sheet.sheet.title
            for stamp, row in sheet.stamps:
                names[stamp] = Area.cell(title, row, VALUE_COLUMN)
            for place in sheet.fields:
                names[place.field.id] = Area.cell(title, place.row, VALUE_COLUMN)
            for table in sheet.tables:
                for column in table.table.columns:
                    at = table.column(column.id)
                    names[f"{table.table.id}.{column.id}"] = Area(
                        title, table.first_row, at, table.last_row, at
                    )
        for number, row in self.evidence_rows.items():
            names[f"evidence_{number}"] = Area.cell(EVIDENCE, row, self.evidence_column)
        for printed in self.official:
            for number, row in printed.claim_rows.items():
                names[f"claim_{number}"] = Area.cell(printed.title, row, printed.claim_column)
        names.update(self._panel_names())
        return names

    def _panel_names(self) -> dict[str, Area]:
        panel, title, names = self.panel, self.titles.panel, {}
        for name, row in (*panel.live_rows.items(), *panel.review_rows.items()):
            names[name] = Area.cell(title, row, PanelSheet.computed_column)
        for number, row in panel.criterion_rows.items():
            names[f"computed_{number}"] = Area.cell(title, row, PanelSheet.computed_column)
            names[f"final_{number}"] = Area.cell(title, row, PanelSheet.final_column)
            names[f"remark_{number}"] = Area.cell(title, row, PanelSheet.remark_column)
        for key, row in panel.subtotal_rows:
            names[subtotal_name(key)] = Area.cell(title, row, PanelSheet.computed_column)
        first, last = panel.findings_first_row, panel.findings_first_row + FINDING_ROWS - 1
        for name, column in FINDING_COLUMNS.items():
            names[f"{FINDINGS_TABLE}.{name}"] = Area(title, first, column, last, column)
        return names


def subtotal_name(key: str) -> str:
    """The defined name of a subtotal such as ``1-3``."""
    return "subtotal_" + key.replace("-", "_")


def lay_out(form: Form, sizes: Mapping[str, int] | None = None) -> Layout:
    """Places everything.

    ``sizes`` tells, by table id, how many rows have to fit; as many as the form prepares,
    or more when there are more.
    """
    trace, trace_title_rows = _trace(form)
    return Layout(
        form=form,
        inputs=tuple(
            _input_sheet(form, sheet, STAMPS if index == 0 else (), sizes or {})
            for index, sheet in enumerate(form.sheets)
        ),
        evidence_rows={number: 4 + index for index, number in enumerate(form.claimed)},
        official=place_official(form, sizes or {}),
        panel=_panel(form),
        trace=trace,
        trace_title_rows=trace_title_rows,
    )


def _input_sheet(
    form: Form, sheet: Sheet, stamps: tuple[str, ...], sizes: Mapping[str, int]
) -> InputSheet:
    row = 4
    stamped = []
    for stamp in stamps:
        stamped.append((stamp, row))
        row += 1
    fields: list[FieldPlace] = []
    group = ""
    for question in (f for f in form.fields if f.sheet == sheet.id):
        group_row = None
        if question.group and question.group != group:
            group_row, row = row, row + 1
        group = question.group
        fields.append(FieldPlace(question, row, group, group_row))
        row += 1
    tables: list[TablePlace] = []
    for table in (t for t in form.tables if t.sheet == sheet.id):
        if fields or tables:
            row += 1
        first = row + 4
        last = first + max(table.rows, sizes.get(table.id, 0)) - 1
        tables.append(TablePlace(table, row, row + 1, row + 2, row + 3, first, last, last + 1))
        row = last + 2
    return InputSheet(sheet, tuple(stamped), tuple(fields), tuple(tables), row - 1)


def _panel(form: Form) -> PanelSheet:
    live = ["completeness"]
    live += ["total"] if form.criteria else []
    live += ["level", "level_name", "next_level"] if form.levels else []
    live += [value.id for value in form.derived]
    live_rows = {name: 4 + index for index, name in enumerate(live)}
    header_row = 5 + len(live_rows)
    row = header_row + 1
    criterion_rows = {}
    subtotals = []
    for criterion in form.criteria:
        criterion_rows[criterion.number] = row
        row += 1
        for subtotal in form.subtotals:
            if subtotal.last == criterion.number:
                subtotals.append((subtotal.key, row))
                row += 1
    review = ["verdict"]
    review += ["final_total"] if form.criteria else []
    review += ["final_level"] if form.levels else []
    review += ["reviewed_on"]
    review_rows = {name: row + 2 + index for index, name in enumerate(review)}
    findings_header_row = row + 4 + len(review)
    first = findings_header_row + 1
    return PanelSheet(
        live_rows=live_rows,
        header_row=header_row,
        criterion_rows=criterion_rows,
        subtotal_rows=tuple(subtotals),
        review_rows=review_rows,
        findings_marker_row=findings_header_row - 1,
        findings_header_row=findings_header_row,
        findings_first_row=first,
        last_row=first + FINDING_ROWS - 1,
    )


def _trace(form: Form) -> tuple[tuple[TracePlace, ...], dict[int, int]]:
    row = 4
    places = []
    titles = {}
    for criterion in form.criteria:
        titles[criterion.number] = row
        row += 1
        for rung in criterion.rungs:
            if rung.points > 0:
                places.append(TracePlace(criterion.number, rung.points, row, rung.conditions))
                row += len(rung.conditions)
    return tuple(places), titles
