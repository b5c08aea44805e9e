"""Writes values into single cells of an officer's own workbook.

Only the XML of the cells concerned changes. Everything else in their sheets and every other
member of the package stays byte for byte, so that pictures, shapes, comments, formats and
own sheets are safe.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.write.locate import CannotWrite, Element, Located, attribute, locate, without
from moral_xlsx.opc import Package

CellValue = str | int | float | date | None

MAX_TEXT = 32_767  # UTF-16 units that Excel takes in a cell
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DATE = date(1900, 3, 1)  # before it, serial numbers count a day that never was


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
    found = locate(content, title, {row for row, _ in cells})
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


def _row_edits(found: Located, row: Element, contents: Mapping[int, _Content | None]) -> list[Edit]:
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
    found: Located,
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


def _insertions(parent: Element, attributes: bytes, new: Sequence[tuple[int, bytes]]) -> list[Edit]:
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


_SPAN = re.compile(rb"([0-9]{1,7}):([0-9]{1,7})")


def _with_spans(attributes: bytes, cols: Sequence[int]) -> bytes:
    """A row's attributes, with a hint about its columns that stays true with new ones."""
    spans = [(int(low), int(high)) for low, high in _SPAN.findall(attribute(attributes, b"spans"))]
    if not spans or all(any(low <= col + 1 <= high for low, high in spans) for col in cols):
        return attributes
    low = min(*(low for low, _ in spans), *(col + 1 for col in cols))
    high = max(*(high for _, high in spans), *(col + 1 for col in cols))
    return without(attributes, b"spans") + b' spans="%d:%d"' % (low, high)
