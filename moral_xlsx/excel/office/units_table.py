"""A table that the ethics group types in a workbook of ours: drawn, found again, its faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    BODY,
    FONT,
    GREY,
    HEAD_FILL,
    THAI_DATE,
    TITLE,
    Drawing,
    put,
)
from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.values import Rows
from moral_xlsx.model.answers import Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Place
from moral_xlsx.thai import blank, key

HEAD_ROW = 3
LAST_PROMPTED_ROW = 2_000
_HELP_ROW, _COLUMN_HELP_ROW = 1, 2
_LEAST_ROWS, _SPARE_ROWS = 25, 5
_MOST_PROMPT = 255  # characters that Excel shows of an input message
_MOST_CHOICES = 255  # characters of a list that Excel accepts
_SMALL = 14

# Message and remedy in Thai, then in English; templates over the words of a fault.
FaultWords = tuple[str, str, str, str]

_NO_HEADING: FaultWords = (
    "ไม่มีหัวตาราง “{heading}”",
    "พิมพ์ “{heading}” ในเซลล์นี้ คอลัมน์จะว่างก็ได้ ยกเว้น{required}",
    "the heading “{heading}” ({field}) is missing",
    "type it in this cell; but for {required_en} the column may stay blank",
)
_REPEATED_HEADING: FaultWords = (
    "หัวตาราง “{heading}” ซ้ำกับเซลล์ {first}",
    "ลบคอลัมน์ที่เกิน หรือเปลี่ยนชื่อหัวตาราง",
    "the heading “{heading}” stands in cell {first} too",
    "delete one of the two columns or rename its heading",
)
_BLANK: FaultWords = (
    "ยังไม่ได้กรอก “{heading}”",
    "กรอกในเซลล์นี้ หรือลบทั้งแถวถ้าไม่ใช้",
    "“{heading}” ({field}) is not filled in",
    "fill it in, or clear the whole row if it is not used",
)
_TROUBLES: Mapping[str, FaultWords] = {
    "formula": (
        "มีสูตรในช่อง “{heading}”",
        "คัดลอกแล้ววางเฉพาะค่าแทนสูตร",
        "“{heading}” ({field}) holds a formula",
        "replace it by its value (copy, paste values)",
    ),
    "error": (
        "ช่อง “{heading}” มีค่าผิดพลาดของ Excel",
        "ลบแล้วพิมพ์ค่าใหม่",
        "“{heading}” ({field}) holds an Excel error value",
        "delete it and type the value",
    ),
}


@dataclass(frozen=True, slots=True)
class RegistryFault:
    """Something noticed at a cell of the registry; texts are (Thai, English) pairs."""

    place: Place
    message: Bilingual
    remedy: Bilingual

    @property
    def sentence(self) -> Bilingual:
        """Place, what was found and how to mend it, in one line for each language."""
        cell = "!".join(part for part in (self.place.sheet, self.place.cell) if part)
        where = " ".join(part for part in (self.place.file, cell) if part)
        return (
            f"{where}: {self.message[0]} → {self.remedy[0]}",
            f"{where}: {self.message[1]} → {self.remedy[1]}",
        )


def fault(words: FaultWords, place: Place, **named: object) -> RegistryFault:
    """A fault whose texts are filled with the names given."""
    texts = [text.format_map(named) for text in words]
    return RegistryFault(place, (texts[0], texts[2]), (texts[1], texts[3]))


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``field`` is the attribute that it holds."""

    field: str
    heading: str
    width: int
    help: str
    kind: Literal["text", "count", "date"] = "text"
    required: bool = False


@dataclass(frozen=True, slots=True)
class TableKind:
    """Title of the sheet, help above the table, and columns; ``frozen`` stay in sight.

    A row with ``least`` of the headings is the table's: single ones may stand in any note.
    """

    sheet: str
    help: str
    frozen: int
    least: int
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        """The column that holds an attribute; raises StopIteration when there is none."""
        return next(column for column in self.columns if column.field == field)


def draw_table(
    drawing: Drawing,
    kind: TableKind,
    rows: Sequence[Mapping[str, Value]],
    hints: Mapping[str, str],
    choices: Mapping[str, str | Sequence[str]],
) -> Worksheet:
    """A sheet with the table and room for more rows.

    ``hints`` add to a column's help. ``choices`` are what a column offers to pick, as texts
    or as a range of cells.
    """
    sheet = drawing.workbook.add_worksheet(kind.sheet)
    last = len(kind.columns) - 1
    last_row = HEAD_ROW + max(_LEAST_ROWS, len(rows) + _SPARE_ROWS)
    sheet.set_default_row(line_height(BODY))
    for at, column in enumerate(kind.columns):
        sheet.set_column(at, at, column.width, _cell_style(drawing, column, border=0))
    sheet.set_row(0, line_height(TITLE))
    sheet.write_string(0, 0, kind.sheet, drawing.style(bold=True, font_size=TITLE, text_wrap=False))
    width = sum(column.width for column in kind.columns)
    sheet.set_row(_HELP_ROW, line_height(BODY, lines_needed(kind.help, width, BODY)))
    sheet.merge_range(_HELP_ROW, 0, _HELP_ROW, last, kind.help, drawing.style(font_color=GREY))
    _draw_headings(drawing, sheet, kind, hints, choices)
    for row in range(HEAD_ROW + 1, last_row + 1):
        at = row - HEAD_ROW - 1
        _draw_row(drawing, sheet, kind, row, rows[at] if at < len(rows) else {})
    sheet.autofilter(HEAD_ROW, 0, last_row, last)
    sheet.freeze_panes(HEAD_ROW + 1, kind.frozen)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_footer(f'&L&"{FONT},Regular"&14{kind.sheet}&R&"{FONT},Regular"&14หน้า &P / &N')
    return sheet


def _draw_headings(
    drawing: Drawing,
    sheet: Worksheet,
    kind: TableKind,
    hints: Mapping[str, str],
    choices: Mapping[str, str | Sequence[str]],
) -> None:
    small = drawing.style(font_size=_SMALL, font_color=GREY, valign="bottom")
    head = drawing.style(bold=True, border=1, bg_color=HEAD_FILL, align="center", valign="vcenter")
    lines = 1
    for at, column in enumerate(kind.columns):
        help_text = f"{column.help} {hints.get(column.field, '')}".strip()
        lines = max(lines, lines_needed(help_text, column.width, _SMALL))
        sheet.write_string(_COLUMN_HELP_ROW, at, help_text, small)
        sheet.write_string(HEAD_ROW, at, column.heading, head)
        prompt: dict[str, object] = {
            "validate": "any",
            "input_title": column.heading,
            "input_message": help_text[:_MOST_PROMPT],
        }
        source = choices.get(column.field, ())
        if source and (isinstance(source, str) or len(",".join(source)) <= _MOST_CHOICES):
            # Other texts stay possible: what cannot be understood is reported when it is read.
            offered = source if isinstance(source, str) else list(source)
            prompt |= {"validate": "list", "source": offered, "show_error": False}
        sheet.data_validation(HEAD_ROW + 1, at, LAST_PROMPTED_ROW, at, prompt)
    sheet.set_row(_COLUMN_HELP_ROW, line_height(_SMALL, lines))
    # Room for the arrows of the filter beside the centred words.
    sheet.set_row(HEAD_ROW, line_height(BODY) + 8)


def _draw_row(
    drawing: Drawing, sheet: Worksheet, kind: TableKind, row: int, values: Mapping[str, Value]
) -> None:
    lines = 1
    for at, column in enumerate(kind.columns):
        value = values.get(column.field)
        if isinstance(value, str):
            lines = max(lines, lines_needed(value, column.width, BODY))
        put(sheet, row, at, value, _cell_style(drawing, column, border=1))
    sheet.set_row(row, line_height(BODY, lines))


def _cell_style(drawing: Drawing, column: Column, *, border: int) -> Format:
    if column.kind == "count":
        return drawing.style(border=border, num_format="#,##0", align="right")
    return drawing.style(border=border, num_format=THAI_DATE if column.kind == "date" else "@")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """Where a table stands in a workbook; rows and columns count from 0.

    ``columns`` holds the column of each heading that was found, by attribute.
    """

    kind: TableKind
    file: str
    sheet: str
    rows: Rows
    head_row: int
    columns: Mapping[str, int]
    formulas: frozenset[tuple[int, int]]
    errors: frozenset[tuple[int, int]]

    @property
    def filled_rows(self) -> Iterator[int]:
        """The rows below the headings in which anything of the table stands."""
        for row in range(self.head_row + 1, len(self.rows)):
            if any(self.text(row, field) or self.trouble(row, field) for field in self.columns):
                yield row

    def value(self, row: int, field: str) -> object:
        """The value of a cell, an empty text when it is blank or has no column."""
        at = self.columns.get(field)
        return "" if at is None else self.rows[row][at]

    def text(self, row: int, field: str) -> str:
        """The same as a text, a whole number without decimals."""
        value = self.value(row, field)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value)
        return "" if blank(text) else text.strip()

    def trouble(self, row: int, field: str) -> str:
        """Whether a cell holds a ``formula`` or an ``error`` value; empty when neither."""
        cell = (row, self.columns.get(field, -1))
        if cell in self.errors:
            return "error"
        return "formula" if cell in self.formulas else ""

    def place(self, row: int, field: str) -> Place:
        """The place of a cell; without a cell when it has no column."""
        at = self.columns.get(field)
        return Place(self.file, self.sheet, "" if at is None else cell_name(row, at), field)

    def fault(self, words: FaultWords, row: int, field: str, **named: object) -> RegistryFault:
        """A fault at a cell."""
        heading = self.kind.column(field).heading
        place = self.place(row, field)
        return fault(words, place, **{"heading": heading, "field": field, **named})

    def plain_faults(self, row: int) -> list[RegistryFault]:
        """Formulas and error values of a row, and what it leaves blank but has to give."""
        troubles = {field: kind for field in self.columns if (kind := self.trouble(row, field))}
        faults = [self.fault(_TROUBLES[kind], row, field) for field, kind in troubles.items()]
        return faults + [
            self.fault(_BLANK, row, column.field)
            for column in self.kind.columns
            if column.required
            and column.field in self.columns
            and column.field not in troubles
            and not self.text(row, column.field)
        ]


def find_table(
    kind: TableKind, inspected: Inspected, sheets: Mapping[str, Rows], file: str
) -> tuple[FoundTable | None, list[RegistryFault]]:
    """The table where most of its headings stand in one row of any sheet, None when nowhere."""
    fields = {_heading_key(column.heading): column.field for column in kind.columns}
    title, head_row, found = "", 0, list[tuple[int, str]]()
    for candidate, rows in sheets.items():
        for row, values in enumerate(rows):
            here = [
                (at, fields[name])
                for at, value in enumerate(values)
                if isinstance(value, str) and (name := _heading_key(value)) in fields
            ]
            if len(here) > len(found):
                title, head_row, found = candidate, row, here
    if len(found) < kind.least:
        return None, []
    columns: dict[str, int] = {}
    for at, field in found:
        columns.setdefault(field, at)
    table = FoundTable(
        kind,
        file,
        title,
        sheets[title],
        head_row,
        columns,
        inspected.formulas.get(title, frozenset()),
        inspected.errors.get(title, frozenset()),
    )
    return table, _heading_faults(table, found)


def _heading_faults(table: FoundTable, found: Sequence[tuple[int, str]]) -> list[RegistryFault]:
    required = [column for column in table.kind.columns if column.required]
    named = {
        "required": "และ".join(column.heading for column in required),
        "required_en": " and ".join(column.field for column in required),
    }

    def at_heading(words: FaultWords, at: int, field: str, **more: object) -> RegistryFault:
        place = Place(table.file, table.sheet, cell_name(table.head_row, at), field)
        heading = table.kind.column(field).heading
        return fault(words, place, **{"heading": heading, "field": field, **named, **more})

    faults = [
        at_heading(_REPEATED_HEADING, at, field, first=cell_name(table.head_row, first))
        for at, field in found
        if (first := table.columns[field]) != at
    ]
    absent = [column.field for column in table.kind.columns if column.field not in table.columns]
    free = len(table.rows[table.head_row])
    return faults + [at_heading(_NO_HEADING, at, f) for at, f in enumerate(absent, start=free)]


def _heading_key(text: str) -> str:
    return key(text).replace(" ", "")
