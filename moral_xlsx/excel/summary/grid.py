"""A table on a sheet of the summary: headings, filter, frozen panes, ready for printing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    BODY,
    FONT,
    GREY,
    HEAD_STYLE,
    THAI_DIGIT_DATE,
    TITLE,
    Drawing,
    put,
)
from moral_xlsx.excel.form.measure import line_height, lines_needed

_MOST_TEXT = 32_000  # Excel holds 32,767; xlsxwriter leaves longer texts out without a word
_SMALL = 14
_MOST_HEADER = 90  # the header's codes and doubled signs have to fit into 255
_MOST_HEIGHT = 409  # points, Excel's limit
_WIDEST_PAGE = 280  # characters that can still be read when they share a page's width
_OTHER_WIDTH = 8.43  # what a column has that nobody set
_LETTER = 0.45  # of the font's size, the length of a letter in turned text

Value = str | int | Decimal | date | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet; neighbours of the same ``group`` share a heading above theirs.

    ``key`` is what the program calls it where headings may repeat. A ``turned`` heading
    runs upwards; ``note`` is shown when the mouse rests on it.
    """

    heading: str
    width: float
    centred: bool = False
    group: str = ""
    key: str = ""
    turned: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table on a sheet: its columns, and its first and last row counted from 0.

    A table without entries keeps one blank row, so that formulas have a range to count.
    ``pages`` is how many pages side by side it takes in print.
    """

    drawing: Drawing
    sheet: Worksheet
    columns: tuple[Column, ...]
    first_row: int
    last_row: int
    pages: int

    def range(self, heading: str) -> str:
        """The absolute range of a column's cells."""
        at = self.at(heading)
        return str(xl_range_abs(self.first_row, at, self.last_row, at))

    def at(self, heading: str) -> int:
        """The number of a column, counted from 0, by its key or heading."""
        return [column.key or column.heading for column in self.columns].index(heading)

    def cell(self, heading: str) -> str:
        """A column's first cell as a rule for the whole column names it."""
        return str(xl_rowcol_to_cell(self.first_row, self.at(heading), col_abs=True))

    def width(self, at: int) -> float:
        """How many characters wide a column is, also one beside the table."""
        return self.columns[at].width if at < len(self.columns) else _OTHER_WIDTH

    def spans(self, widths: Sequence[float]) -> tuple[tuple[int, int], ...]:
        """First and last of the neighbouring columns that are at least as wide, from 0 on."""
        found, first = [], 0
        for wanted in widths:
            last, width = first, self.width(first)
            while width < wanted:
                last += 1
                width += self.width(last)
            found.append((first, last))
            first = last + 1
        return tuple(found)

    def colour(self, first: int, last: int, formula: str, **properties: Any) -> None:
        """Colours the cells of columns ``first`` to ``last`` where the formula holds."""
        shown = self.drawing.workbook.add_format(properties)
        rule = {"type": "formula", "criteria": formula, "format": shown}
        self.sheet.conditional_format(self.first_row, first, self.last_row, last, rule)

    def colour_value(self, heading: str, value: str, **properties: Any) -> None:
        """Colours the cells of a column that hold exactly this text."""
        at = self.at(heading)
        self.colour(at, at, f'={self.cell(heading)}="{value}"', **properties)


def draw_grid(
    drawing: Drawing,
    round_words: str,
    title: str,
    heading: str,
    columns: tuple[Column, ...],
    rows: Sequence[Row],
    frozen_columns: int,
) -> Grid:
    """A new sheet with a heading, a table with filter, and everything set for printing."""
    sheet = drawing.workbook.add_worksheet(title)
    sheet.set_default_row(line_height(BODY))
    pages = ceil(sum(column.width for column in columns) / _WIDEST_PAGE)
    title_width = sum(column.width for column in columns[:frozen_columns])
    _draw_title(drawing, sheet, heading, title_width, frozen_columns if pages > 1 else 1)
    remark = f"{round_words} · {len(rows)} รายการ"
    sheet.write_string(1, 0, remark, drawing.style(font_color=GREY, text_wrap=False))
    head_row = _draw_headings(drawing, sheet, columns)
    last_row = head_row + max(1, len(rows))
    grid = Grid(drawing, sheet, columns, head_row + 1, last_row, pages)
    for row, values in enumerate(rows, start=grid.first_row):
        _draw_row(drawing, sheet, row, columns, values)
    sheet.ignore_errors(
        {"number_stored_as_text": xl_range(grid.first_row, 0, last_row, len(columns) - 1)}
    )
    sheet.autofilter(head_row, 0, last_row, len(columns) - 1)
    sheet.freeze_panes(grid.first_row, frozen_columns)
    _set_page(sheet, head_row, heading, round_words)
    sheet.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.repeat_columns(0, frozen_columns - 1)
    return grid


def cut(text: str, most: int) -> str:
    """At most so many characters, never parting a letter from the marks above or below it."""
    if len(text) <= most:
        return text
    while unicodedata.category(text[most]) == "Mn":
        most -= 1
    return text[:most].rstrip(" '")


def across(sheet: Worksheet, row: int, columns: tuple[int, int], text: str, style: Format) -> None:
    """Writes a text into one cell that takes the room of several columns."""
    first, last = columns
    if first < last:
        sheet.merge_range(row, first, row, last, "", style)
    put(sheet, row, first, text, style)


def _draw_title(
    drawing: Drawing, sheet: Worksheet, heading: str, width: float, columns: int
) -> None:
    """On several pages only the repeated columns' width is the title's."""
    wrapped = columns > 1
    sheet.set_row(0, line_height(TITLE, lines_needed(heading, width, TITLE) if wrapped else 1))
    style = drawing.style(bold=True, font_size=TITLE, text_wrap=wrapped)
    across(sheet, 0, (0, columns - 1), heading, style)


def _draw_headings(drawing: Drawing, sheet: Worksheet, columns: tuple[Column, ...]) -> int:
    """The row of the headings; above it stand those of the groups, where there are any."""
    style, turned = drawing.style(**HEAD_STYLE), drawing.style(**HEAD_STYLE, rotation=90)
    head_row = 3 if any(column.group for column in columns) else 2
    height = line_height(BODY)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(head_row, at, column.heading, turned if column.turned else style)
        if column.note:
            sheet.write_comment(head_row, at, column.note, {"font_name": FONT, "font_size": _SMALL})
        # The filter's arrow takes the room of about two letters.
        lines = lines_needed(column.heading, column.width - 2, BODY)
        turned_height = (len(column.heading) + 3) * BODY * _LETTER
        height = max(height, turned_height if column.turned else line_height(BODY, lines))
    sheet.set_row(head_row, min(_MOST_HEIGHT, height))
    _draw_groups(sheet, head_row - 1, columns, style)
    return head_row


def _draw_groups(sheet: Worksheet, row: int, columns: tuple[Column, ...], style: Format) -> None:
    at, lines = 0, 1
    for group, members in groupby(columns, key=lambda column: column.group):
        widths = [column.width for column in members]
        if group:
            across(sheet, row, (at, at + len(widths) - 1), group, style)
            lines = max(lines, lines_needed(group, sum(widths), BODY))
            sheet.set_row(row, line_height(BODY, lines))
        at += len(widths)


def _draw_row(
    drawing: Drawing, sheet: Worksheet, row: int, columns: tuple[Column, ...], values: Row
) -> None:
    left = drawing.style(border=1, num_format="@")
    centred = drawing.style(border=1, align="center")
    day = drawing.style(border=1, align="center", num_format=THAI_DIGIT_DATE)
    lines = 1
    for at, (column, value) in enumerate(zip(columns, values, strict=True)):
        style = centred if column.centred else left
        if isinstance(value, str):
            # A file name that is no legal text has halves of letters in it.
            text = cut(value.encode("utf-8", "replace").decode(), _MOST_TEXT)
            lines = max(lines, lines_needed(text, column.width, BODY))
            put(sheet, row, at, text, style)
        else:
            put(sheet, row, at, value, day if isinstance(value, date) else style)
    sheet.set_row(row, min(_MOST_HEIGHT, line_height(BODY, lines)))


def _set_page(sheet: Worksheet, head_row: int, heading: str, round_words: str) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    sheet.repeat_rows(head_row - 1 if head_row == 3 else head_row, head_row)
    begun = cut(heading, _MOST_HEADER - len(round_words))
    shown = f"{begun}{'' if begun == heading else '…'} {round_words}".replace("&", "&&")
    sheet.set_header(f'&R&"{FONT},Regular"&{_SMALL} {shown}')
    sheet.set_footer(f'&C&"{FONT},Regular"&{_SMALL} หน้า &P / &N')
