"""Writes values into single cells of an officer's own workbook.

Only the XML of the cells concerned changes. Everything else in their sheets and every other
member of the package stays byte for byte, so that pictures, shapes, comments, formats and
own sheets are safe.
"""

from __future__ import annotations

import math
import re
import xml.parsers.expat
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.scan import column_number
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.opc import Package

CellValue = str | int | float | date | None

MAX_TEXT = 32_767  # UTF-16 units that Excel takes in a cell
TAG = re.compile(rb"""<([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DATE = date(1900, 3, 1)  # before it, serial numbers count a day that never was


class CannotWrite(MoralXlsxError):  # noqa: N818 - the caller then makes a fresh workbook
    """The workbook cannot take the values; ``reason`` is a (Thai, English) pair."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__((thai, english))
        self.reason: Bilingual = (thai, english)


def write_cells(inspected: Inspected, values: Mapping[tuple[str, int, int], CellValue]) -> bytes:
    """The workbook with the given cells changed, and nothing else.

    Keys are (sheet title, row, column), counted from 0. Texts are written as they are, never
    as formulas, without characters that XML forbids and cut to what Excel takes; dates become
    serial numbers; None empties a cell. Cells keep their format. Raises ``CannotWrite`` when a
    cell holds a formula, when a sheet is missing, when the workbook is signed, or when a
    sheet's XML is not as office programs write it. Without any change, the data come back.
    """
    if not values:
        return inspected.data
    package = patchable(inspected)
    parts = {sheet.title: sheet.part for sheet in inspected.sheets if sheet.worksheet}
    by_sheet: dict[str, dict[tuple[int, int], CellValue]] = {}
    for (title, row, col), value in values.items():
        if title not in parts:
            raise CannotWrite(f"ไม่พบแผ่นงาน “{title}”", f"there is no sheet “{title}”")
        by_sheet.setdefault(title, {})[row, col] = value
    changed = {}
    for title, cells in by_sheet.items():
        old = package.content(parts[title])
        new = _splice(old, title, cells, inspected.date1904)
        if new != old:
            changed[parts[title]] = new
    return package.rewrite(changed) if changed else inspected.data


def patchable(inspected: Inspected) -> Package:
    """The package of a workbook whose parts may be changed; else raises ``CannotWrite``."""
    package = inspected.package
    if package is None or not inspected.sheets:
        raise CannotWrite(f"ไฟล์ชนิด .{inspected.kind}", f"a .{inspected.kind} file")
    if any(member.name.startswith("_xmlsignatures/") for member in package.members):
        raise CannotWrite("ไฟล์ลงลายมือชื่อดิจิทัลไว้", "the file carries a digital signature")
    return package


@dataclass(slots=True)
class _Element:
    """Where an element stands in the bytes of its sheet.

    ``number`` is its row or column from 0. Its start tag ends before ``tag_end``, its end tag
    begins at ``inner_end``; all three are the same for ``<c/>``, which ``is_closed``.
    """

    number: int
    start: int
    name: bytes
    attributes: bytes
    is_closed: bool
    tag_end: int
    inner_end: int
    end: int
    has_formula: bool = False
    children: list[_Element] = field(default_factory=list)

    @property
    def prefix(self) -> bytes:
        return self.name[: self.name.rfind(b":") + 1]


class _Locator:
    """Finds all rows of a sheet, and all cells of the rows wanted."""

    def __init__(self, content: bytes, title: str, wanted: set[int]) -> None:
        self.content, self.title, self.wanted = content, title, wanted
        self.data: _Element | None = None
        self.col_styles: list[tuple[int, int, bytes]] = []
        self.open: list[_Element] = []  # sheet data, row, cell: as far as inside of them
        self.skipped = 0  # open elements inside those, which do not matter
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        try:
            self.parser.Parse(content, True)
        except (xml.parsers.expat.ExpatError, LookupError, ValueError):
            self.odd()

    def odd(self) -> NoReturn:
        raise CannotWrite(
            f"แผ่นงาน “{self.title}” มีโครงสร้างผิดปกติ",
            f"the inner structure of sheet “{self.title}” is unusual",
        )

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
            self.odd()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.skipped:
            self.skipped += 1
        elif not self.open:
            if name == "sheetData":
                self.data = self.push(0)
            elif name == "col" and "style" in attributes:
                first, last = self.number(attributes, "min"), self.number(attributes, "max")
                self.col_styles.append((first, last, attributes["style"].encode()))
        elif len(self.open) == 1 and name == "row":
            self.push_child(self.number(attributes, "r") if "r" in attributes else None)
        elif len(self.open) == 2 and self.open[1].number not in self.wanted:
            self.skipped = 1
        elif len(self.open) == 2 and name == "c":
            self.push_child(self.column(attributes["r"]) if "r" in attributes else None)
        elif len(self.open) == 3 or name == "extLst":
            self.open[-1].has_formula |= name == "f"
            self.skipped = 1
        else:
            self.odd()

    def number(self, attributes: Mapping[str, str], name: str) -> int:
        """A row or column, counted from 0, that an attribute counts from 1."""
        written = attributes.get(name, "")
        if not (written.isascii() and written.isdecimal() and len(written) < 8):
            self.odd()
        return int(written) - 1

    def column(self, reference: str) -> int:
        parts = _REFERENCE.fullmatch(reference)
        if parts is None or int(parts[2]) - 1 != self.open[1].number:
            self.odd()
        return column_number(parts[1])

    def push_child(self, number: int | None) -> None:
        """Open a row or cell; without a number it follows the one before."""
        siblings = self.open[-1].children
        expected = siblings[-1].number + 1 if siblings else 0
        if number is not None and number < expected:
            self.odd()
        siblings.append(self.push(expected if number is None else number))

    def push(self, number: int) -> _Element:
        tag = TAG.match(self.content, self.parser.CurrentByteIndex)
        if tag is None:
            self.odd()
        element = _Element(
            number, tag.start(), tag[1], tag[2], bool(tag[3]), tag.end(), tag.end(), tag.end()
        )
        self.open.append(element)
        return element

    def end(self, _tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif self.open:
            element = self.open.pop()
            if not element.is_closed:
                element.inner_end = self.parser.CurrentByteIndex
                element.end = self.content.index(b">", element.inner_end) + 1
            if not self.open:  # what follows the sheet data does not matter
                self.parser.StartElementHandler = self.parser.EndElementHandler = None


Edit = tuple[int, int, bytes]  # the bytes from start to end become others


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content after edits that do not overlap."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (content[at:start], new)
        at = end
    return b"".join((*pieces, content[at:]))


def _splice(
    content: bytes, title: str, cells: Mapping[tuple[int, int], CellValue], date1904: bool
) -> bytes:
    """The sheet with the cells, by (row, column), replaced or inserted in order."""
    found = _Locator(content, title, {row for row, _ in cells})
    if found.data is None:
        found.odd()
    rows = {row.number: row for row in found.data.children}
    by_row: dict[int, dict[int, _Content | None]] = {}
    for (row, col), value in sorted(cells.items(), key=lambda cell: cell[0]):
        by_row.setdefault(row, {})[col] = _content(value, date1904)
    edits: list[Edit] = []
    new_rows: list[tuple[int, bytes]] = []
    for number, contents in by_row.items():
        if number in rows:
            edits += _row_edits(found, rows[number], contents)
            continue
        new_cells = _new_cells(found, found.data.prefix, number, contents, b"")
        if new_cells:
            tag = found.data.prefix + b"row"
            inner = b"".join(cell for _, cell in new_cells)
            new_rows.append((number, b'<%b r="%d">%b</%b>' % (tag, number + 1, inner, tag)))
    edits += _insertions(found.data, found.data.attributes, new_rows)
    return edited(content, edits)


def _row_edits(
    found: _Locator, row: _Element, contents: Mapping[int, _Content | None]
) -> list[Edit]:
    edits: list[Edit] = []
    missing = dict(contents)
    for cell in row.children:
        if cell.number not in missing:
            continue
        content = missing.pop(cell.number)
        if cell.has_formula:
            place = f"{found.title}!{cell_name(row.number, cell.number)}"
            raise CannotWrite(f"เซลล์ {place} มีสูตร", f"cell {place} holds a formula")
        if content is not None or cell.inner_end > cell.tag_end:
            attributes = without(cell.attributes, b"t", b"cm", b"vm")
            new = _cell(cell.prefix, attributes, content)
            edits.append((cell.start, cell.end, new))
    style = b""
    if attribute(row.attributes, b"customFormat") in (b"1", b"true"):
        style = attribute(row.attributes, b"s")
    new_cells = _new_cells(found, row.prefix, row.number, missing, style)
    attributes = _with_spans(row.attributes, [number for number, _ in new_cells])
    return edits + _insertions(row, attributes, new_cells)


def _new_cells(
    found: _Locator,
    prefix: bytes,
    row: int,
    contents: Mapping[int, _Content | None],
    row_style: bytes,
) -> list[tuple[int, bytes]]:
    """Cells that the row does not have yet, in the format of their row or column."""
    cells = []
    for col, content in contents.items():
        if content is not None:
            attributes = b' r="%b"' % cell_name(row, col).encode()
            style = row_style or next(
                (style for first, last, style in found.col_styles if first <= col <= last), b""
            )
            attributes += b' s="%b"' % style if style else b""
            cells.append((col, _cell(prefix, attributes, content)))
    return cells


def _insertions(
    parent: _Element, attributes: bytes, new: Sequence[tuple[int, bytes]]
) -> list[Edit]:
    """The edits that put numbered elements in order among the children of another."""
    if not new:
        return []
    start_tag = b"<%b%b>" % (parent.name, attributes)
    if parent.is_closed:
        inner = b"".join(element for _, element in new)
        return [(parent.start, parent.end, b"%b%b</%b>" % (start_tag, inner, parent.name))]
    edits: list[Edit] = []
    if attributes != parent.attributes:
        edits.append((parent.start, parent.tag_end, start_tag))
    numbers = [child.number for child in parent.children]
    for number, element in new:
        index = bisect_left(numbers, number)
        at = parent.children[index].start if index < len(numbers) else parent.inner_end
        edits.append((at, at, element))
    return edits


@dataclass(frozen=True, slots=True)
class _Content:
    """What a cell will hold: a number or a text, already in the form that XML takes."""

    text: bytes
    is_number: bool


def _content(value: CellValue, date1904: bool) -> _Content | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _Content(xml_text(value), is_number=False)
    if isinstance(value, date):
        epoch = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        day = date(value.year, value.month, value.day)
        if day < (epoch if date1904 else _FIRST_DATE):
            raise CannotWrite(f"วันที่ {day} เก่าเกินไป", f"the date {day} is too old")
        value = (day - epoch).days
    if not math.isfinite(value):
        raise CannotWrite(f"{value} ไม่ใช่จำนวน", f"{value} is not a number")
    return _Content(repr(value + 0).encode("ascii"), is_number=True)  # True counts as 1


def xml_text(text: str) -> bytes:
    """A text as a cell's XML takes it: what XML or Excel cannot hold is left out."""
    text = _NOT_IN_XML.sub("", text.replace("\r\n", "\n"))
    wide = text.encode("utf-16-le")
    if len(wide) > 2 * MAX_TEXT:
        text = wide[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def _cell(prefix: bytes, attributes: bytes, content: _Content | None) -> bytes:
    tag = prefix + b"c"
    if content is None:
        return b"<%b%b/>" % (tag, attributes)
    if content.is_number:
        return b"<%b%b><%bv>%b</%bv></%b>" % (tag, attributes, prefix, content.text, prefix, tag)
    return b'<%b%b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%b>' % (
        tag,
        attributes,
        prefix,
        prefix,
        content.text,
        prefix,
        prefix,
        tag,
    )


def attribute(attributes: bytes, name: bytes) -> bytes:
    """An attribute's value among those of a start tag; empty when it is not there."""
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] == name:
            return found[2][1:-1]
    return b""


def without(attributes: bytes, *names: bytes) -> bytes:
    """The attributes of a start tag without some of them."""
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], attributes)


_SPAN = re.compile(rb"([0-9]{1,7}):([0-9]{1,7})")


def _with_spans(attributes: bytes, cols: Sequence[int]) -> bytes:
    """A row's attributes, with a hint about its columns that stays true with new ones."""
    spans = [(int(low), int(high)) for low, high in _SPAN.findall(attribute(attributes, b"spans"))]
    if not spans or all(any(low <= col + 1 <= high for low, high in spans) for col in cols):
        return attributes
    low = min(*(low for low, _ in spans), *(col + 1 for col in cols))
    high = max(*(high for _, high in spans), *(col + 1 for col in cols))
    return without(attributes, b"spans") + b' spans="%d:%d"' % (low, high)
