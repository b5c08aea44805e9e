"""Reads the records of .xls and .xlsb for the guard: how far cells reach, what is declared.

The reading program makes a dense table up to the farthest cell, room for as many shared texts as
the file says there are, and a copy of a text in every cell that uses it.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping

import olefile

from moral_xlsx.excel.read.scan import (
    MAX_AREA,
    MAX_COLUMNS,
    MAX_TEXT,
    check_declared,
    damaged,
    too_far,
    too_large,
)

# Records of .xlsb, [MS-XLSB] 2.3.
_ROW, _SHARED, _BEGIN_TEXTS, _TEXT = 0, 7, 159, 19
_CELLS = frozenset((*range(2, 12), 62))  # BrtCellRk to BrtFmlaError, BrtCellRString
# Records of .xls, [MS-XLS] 2.3: those of cells with a value begin with row and column.
_BOUND_SHEET, _SST, _CONTINUE, _BOF, _MULTIPLE = 0x85, 0xFC, 0x3C, 0x809, 0xBD
_OLD_CELLS = frozenset(
    (0x06, 0x206, 0x406, 0x03, 0x203, 0x04, 0x204, 0x05, 0x205, 0xD6, 0xFD, 0x27E, _MULTIPLE)
)
_LABEL_SST = 0xFD
_WORKBOOK_STREAMS = ("Workbook", "Book")


class _Extent:
    """How far the cells of the sheets reach."""

    def __init__(self, most_rows: int) -> None:
        self.title, self.most_rows = "", most_rows
        self.height = self.width = self.area = self.shared = 0

    def sheet(self, title: str) -> None:
        """Begins another sheet."""
        self.end()
        self.title = title

    def cell(self, row: int, column: int) -> None:
        """A cell with a value; row and column count from 0."""
        if row >= self.most_rows or column >= MAX_COLUMNS:
            too_far(self.title, row, column)
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)

    def end(self) -> None:
        """Ends a sheet."""
        self.area += self.height * self.width
        self.height = self.width = 0
        if self.area > MAX_AREA:
            too_large("ตารางของทุกแผ่นงานรวมกัน", "the tables of all sheets")


def check_xlsb(sheets: Mapping[str, bytes], texts: bytes, most_rows: int) -> None:
    """Refuse an .xlsb whose tables or texts grow too large: its ``sheets`` by the names of their
    parts, and the part of its shared texts.

    Raises Refused, as the functions below do.
    """
    extent = _Extent(most_rows)
    for name, content in sheets.items():
        extent.sheet(name.rpartition("/")[2])
        row = 0
        for kind, data in records(content):
            if kind == _ROW and len(data) >= 4:
                row = int.from_bytes(data[:4], "little")
            elif kind in _CELLS and len(data) >= 4:
                extent.cell(row, int.from_bytes(data[:4], "little"))
                extent.shared += kind == _SHARED
    extent.end()
    _check_copies(extent.shared, max(_binary_texts(texts), default=0))


def _binary_texts(content: bytes) -> list[int]:
    """The bytes of each shared text of an .xlsb; refuses a part that declares more than it has."""
    sizes, declared = [], 0
    for kind, data in records(content):
        if kind == _BEGIN_TEXTS and len(data) >= 8:
            declared = max(int.from_bytes(data[at : at + 4], "little") for at in (0, 4))
        elif kind == _TEXT:
            sizes.append(len(data))
    check_declared(declared, len(content))
    return sizes


def _check_copies(cells: int, longest: int) -> None:
    if cells * longest > MAX_TEXT:
        too_large("ข้อความที่ซ้ำในหลายเซลล์", "texts repeated in many cells")


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the records of a binary part ([MS-XLSB] 2.1.4); stops where it is
    cut off."""
    at, end = 0, len(content)
    while at < end:
        kind, at = _number(content, at, 2)
        size, at = _number(content, at, 4)
        if at > end:
            return
        yield kind, content[at : at + size]
        at += size


def _number(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most that many bytes with seven bits each, and where it ends."""
    number = 0
    for place in range(most):
        if at >= len(content):
            return number, len(content) + 1
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            break
    return number, at


def check_xls(data: bytes, most_rows: int) -> None:
    """Refuse an .xls whose tables or texts grow too large."""
    content = _stream(data)
    extent, titles = _Extent(most_rows), list[str]()
    declared = texts = opened = 0
    following = 0
    for kind, body in _old_records(content):
        if kind == _BOUND_SHEET and len(body) > 8:
            letters = "utf-16-le" if body[7] & 1 else "latin-1"
            titles.append(body[8:].decode(letters, "replace"))
        elif kind == _BOF:
            opened += 1
            # The first one opens the workbook, each later one a sheet or a chart in it.
            extent.sheet(titles[opened - 2] if 2 <= opened <= len(titles) + 1 else "")
        elif kind in _OLD_CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if kind == _MULTIPLE and len(body) >= 6:
                column = max(column, int.from_bytes(body[-2:], "little"))
            extent.cell(row, column)
            extent.shared += kind == _LABEL_SST
        elif kind == _SST and len(body) >= 8:
            declared = max(struct.unpack_from("<LL", body)[1], declared)
        if kind == _SST or (kind == _CONTINUE and following == _SST):
            texts += len(body)
            following = _SST
        else:
            following = kind
    extent.end()
    check_declared(declared, texts)
    # By the average: what a single long text makes of it, the worker's limit of memory stops.
    _check_copies(extent.shared, texts // max(declared, 1))


def _old_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + size]
        at += 4 + size


def _stream(data: bytes) -> bytes:
    """The stream of an .xls that holds its workbook; refuses one that cannot be read."""
    content: bytes = b""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            name = next(filter(file.exists, _WORKBOOK_STREAMS))
            content = file.openstream(name).read()
    except Exception:  # it raises whatever broken bytes lead to
        damaged("โครงสร้างภายในของ .xls เสียหาย", "the inner structure of the .xls is damaged")
    return content
