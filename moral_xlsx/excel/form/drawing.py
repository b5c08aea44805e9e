"""The pen: a deterministic xlsxwriter workbook with the house's styles in Thai."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.layout import MARKER_COLUMN, ROLE_ROW, ROLES
from moral_xlsx.excel.form.measure import line_height, visible
from moral_xlsx.model.answers import Value
from moral_xlsx.opc import Limits, Package
from moral_xlsx.rules.markup import BOLD, UNDERLINED, MarkedLine, marks_of

FONT = "TH Sarabun New"
BODY, FORM, TITLE = 16, 14, 20

INPUT_FILL = "#FFF8D6"
HEAD_FILL = "#DCE8F4"
LIVE_FILL = "#F1F1F1"
REVIEW_FILL = "#E6E4F3"
# A heading over the columns of a list.
HEAD_STYLE: dict[str, Any] = {
    "bold": True,
    "border": 1,
    "bg_color": HEAD_FILL,
    "align": "center",
    "valign": "vcenter",
}
RED, GREEN, GREY = "#C00000", "#1E7B34", "#595959"

TICK = "✓"
ATTENTION = "◀"
# The only calendar codes that Excel, LibreOffice and WPS all show in the Buddhist era.
THAI_DATE = "[$-107041E]d mmm yyyy;@"
THAI_DIGIT_DATE = "[$-D07041E]d mmmm yyyy;@"

_CHOSEN_HEIGHT = re.compile(rb'(<row [^<>]*) customHeight="1"')
# Far above any workbook of ours; it is opened for rewriting, not for safety.
_LIMITS = Limits(members=1000, member_size=1 << 28, total_size=1 << 29)
_CREATED = datetime(2000, 1, 1)


class _Sheet(Worksheet):  # type: ignore[misc] # a library without types
    """A sheet that takes a formula as it was prepared before.

    XlsxWriter looks through each for some forty functions, which took half of the time, and
    workbooks of one form have the same ones.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return _prepared(formula, expand_future_functions)


@lru_cache(maxsize=1 << 14)
def _prepared(formula: str, expand: bool) -> str:
    return str(_PLAIN._prepare_formula(formula, expand))


_PLAIN = Worksheet()


class Drawing:
    """A workbook being drawn; :meth:`bytes` closes it. Same calls, same bytes, on any system."""

    def __init__(self, title: str) -> None:
        self._stream = BytesIO()
        self.workbook = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": FONT, "font_size": BODY},
            },
        )
        self.workbook.set_properties({"title": title, "created": _CREATED})
        self._heights: dict[tuple[str, int], float] = {}
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def style(self, **properties: Any) -> Format:
        """A format; equal properties give the same one."""
        full = {
            "font_name": FONT,
            "font_scheme": "none",
            "font_size": BODY,
            "valign": "top",
            "text_wrap": True,
            **properties,
        }
        framed = any(full.get(edge) for edge in ("border", "left", "right"))
        if framed and full.get("align", "left") == "left":
            # Without it the first Thai letter touches the frame.
            full |= {"align": "left", "indent": 1}
        key = tuple(sorted(full.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(full)
        return self._formats[key]

    def input_style(self, **properties: Any) -> Format:
        """The format of a cell that the officer fills in."""
        return self.style(**{"bg_color": INPUT_FILL, "border": 1, "locked": False, **properties})

    def sheet(self, title: str, *, landscape: bool) -> Worksheet:
        """A new A4 sheet whose column A and row 1 are hidden, fitted to one page's width."""
        sheet = self.workbook.add_worksheet(title, _Sheet)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.hide_gridlines(2)
        sheet.set_default_row(line_height(BODY))
        sheet.set_column(0, 0, 2, self.style(locked=True), {"hidden": True})
        sheet.set_row(ROLE_ROW, None, None, {"hidden": True})
        sheet.write_string(ROLE_ROW, MARKER_COLUMN, ROLES)
        sheet.set_footer(f'&C&"{FONT},Regular"&14หน้า &P / &N')
        sheet.protect(
            "",
            {
                "objects": True,
                "autofilter": True,
                "format_rows": True,
                "format_columns": True,
                "insert_rows": True,
                "delete_rows": True,
            },
        )
        return sheet

    def set_height(
        self, sheet: Worksheet, row: int, height: float, *, hidden: bool = False
    ) -> None:
        """Makes a row so many points high; a hidden one takes no room until it is shown."""
        sheet.set_row(row, height, None, {"hidden": True} if hidden else {})
        self._heights[sheet.name, row] = 0.0 if hidden else height

    def heights(self, sheet: Worksheet, last: int) -> Mapping[int, float]:
        """The height of every row of a sheet up to the last one, in points."""
        usual = line_height(BODY)
        return {row: self._heights.get((sheet.name, row), usual) for row in range(1, last + 1)}

    def bytes(self) -> bytes:
        """The finished workbook."""
        self.workbook.close()
        fixed = {name for name, _ in self._heights}
        growing = [sheet.name not in fixed for sheet in self.workbook.worksheets()]
        return _growing(self._stream.getvalue(), growing)


def _growing(data: bytes, growing: Sequence[bool]) -> bytes:
    """The workbook, in which the rows of these sheets grow with what is typed.

    A height is only where a row begins, unless it says that somebody chose it. All of it is packed
    anew, as what we write into it later is: ``zipfile`` packs otherwise, and otherwise on every
    system.
    """
    package = Package.open(data, _LIMITS)
    contents = {member.name: package.content(member.name) for member in package.members}
    parts = [f"xl/worksheets/sheet{number}.xml" for number, _ in enumerate(growing, start=1)]
    for part, grows in zip(parts, growing, strict=True):
        if grows:
            contents[part] = _CHOSEN_HEIGHT.sub(rb"\1", contents[part])
    return package.rewrite(contents)


def put(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    """Writes a value as what it is: text stays text, a tick becomes ✓ or blank."""
    if value is None or value is False or value == "":
        sheet.write_blank(row, column, None, style)
    elif value is True:
        sheet.write_string(row, column, TICK, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    else:
        number = float(value) if isinstance(value, Decimal) else value
        sheet.write_number(row, column, number, style)


def merge(
    sheet: Worksheet, row: int, column: int, last_row: int, last: int, words: str, style: Any
) -> None:
    """Writes words into a block of cells, made one where it is more than one."""
    if (row, column) == (last_row, last):
        sheet.write_string(row, column, words, style)
    else:
        sheet.merge_range(row, column, last_row, last, words, style)
    if isinstance(words, MarkedLine):
        runs = [(_font(style, marks_of(part)), part) for part in words.stretches]
        if len(runs) == 1:
            # A rich string has two runs at least: the first letter is one of its own.
            font, whole = runs[0]
            end = next((i for i in range(1, len(whole)) if visible(whole[i])), len(whole))
            runs = [(font, part) for part in (whole[:end], whole[end:]) if part]
        sheet.write_rich_string(row, column, *(part for run in runs for part in run), style)


def _font(style: Format, marks: frozenset[str]) -> Format:
    """The font of a stretch of words in a cell of that style."""
    return Format(
        {
            "font_name": style.font_name,
            "font_size": style.font_size,
            "font_scheme": "none",
            "bold": style.bold or BOLD in marks,
            "underline": 1 if UNDERLINED in marks else 0,
        }
    )


def merge_formula(
    sheet: Worksheet,
    row: int,
    column: int,
    last_row: int,
    last: int,
    formula: str,
    style: Any,
    shown: str | int,
) -> None:
    """Writes a formula, with the value it last gave, into a block of cells made one."""
    if (row, column) != (last_row, last):
        sheet.merge_range(row, column, last_row, last, "", style)
    sheet.write_formula(row, column, formula, style, shown)
