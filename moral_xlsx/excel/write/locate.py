"""Finds the rows and cells of a sheet in its bytes, so that some can be changed in place.

A sheet as office programs write it is taken apart by patterns. Whatever they are not made for is
walked through with a parser, which also says what cannot be changed at all.
"""

from __future__ import annotations

import re
import xml.parsers.expat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from moral_xlsx.excel.read.scan import column_number
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError

TAG = re.compile(rb"""<([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")

# What the patterns below are made for: tags without prefix, attributes in double quotes.
_USUAL_BEGINNING = re.compile(
    rb'(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")?\?>)?\s*<'
)
_UNUSUAL = re.compile(rb"<[!?]|:(?:sheetData|row|c|f|col)[\s/>]")
_ATTRIBUTES = rb'((?: [\w:.-]+="[^"<>]*")*) ?'
_DATA = re.compile(rb"<(sheetData)" + _ATTRIBUTES + rb">")
_ROW = re.compile(rb"\s*<(row)" + _ATTRIBUTES + rb"(/?)>")
_CELL = re.compile(rb"\s*<(c)" + _ATTRIBUTES + rb"(/?)>")
_COLUMNS = re.compile(rb"<col" + _ATTRIBUTES + rb"/?>")
_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_AT = re.compile(rb' r="([A-Z]{1,3})([1-9][0-9]{0,6})"')
# What may come next within a cell: its end, or its formula; another cell must not.
_INNER = re.compile(rb"</c>|<[cf][\s/>]")
_END_OF_CELL = b"</c>"


class CannotWrite(MoralXlsxError):  # noqa: N818 - the caller then makes a fresh workbook
    """The workbook cannot take the values; ``reason`` is a (Thai, English) pair."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__((thai, english))
        self.reason: Bilingual = (thai, english)


@dataclass(slots=True)
class Element:
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
    children: list[Element] = field(default_factory=list)

    @property
    def prefix(self) -> bytes:
        return self.name[: self.name.rfind(b":") + 1]


@dataclass(frozen=True, slots=True)
class Located:
    """The data of a sheet: all its rows, with the cells of those that were wanted.

    ``col_styles`` are the first and last column, from 0, and the format of columns that have one.
    """

    title: str
    data: Element
    col_styles: tuple[tuple[int, int, bytes], ...]


def locate(content: bytes, title: str, wanted: Collection[int]) -> Located:
    """Where the rows of a sheet stand, and the cells of the rows wanted, which count from 0.

    Raises ``CannotWrite`` when the sheet's XML is not as office programs write it.
    """
    return by_patterns(content, title, wanted) or by_walking(content, title, wanted)


def by_patterns(content: bytes, title: str, wanted: Collection[int]) -> Located | None:
    """What patterns find, as ``locate`` gives it; None where anything is not as they expect it.

    The XML is well-formed, as the guard made sure; so whatever looks like a tag is one.
    """
    beginning = _USUAL_BEGINNING.match(content)
    if beginning is None or _UNUSUAL.search(content, beginning.end() - 1):
        return None
    start = _DATA.search(content)
    if start is None or content.count(b"<sheetData") != 1:
        return None
    styles = _column_styles(content, start.start())
    stop = content.find(b"</sheetData>", start.end())
    data = Element(0, start.start(), start[1], start[2], False, start.end(), stop, stop + 12)
    before, at = -1, start.end()
    while (row := _ROW.match(content, at)) is not None:
        numbered = _NUMBER.search(row[2])
        if numbered is None or (number := int(numbered[1]) - 1) <= before:
            return None
        found = _element(number, row, content, b"</row>")
        if found is None or (number in wanted and not _add_cells(found, content)):
            return None
        data.children.append(found)
        before, at = number, found.end
    if styles is None or content[at:stop].strip():
        return None
    return Located(title, data, styles)


def _element(number: int, tag: re.Match[bytes], content: bytes, end: bytes) -> Element | None:
    start, tag_end = tag.start(1) - 1, tag.end()
    if tag[3]:
        return Element(number, start, tag[1], tag[2], True, tag_end, tag_end, tag_end)
    inner_end = content.find(end, tag_end)
    if inner_end < 0:
        return None
    stop = inner_end + len(end)
    return Element(number, start, tag[1], tag[2], False, tag_end, inner_end, stop)


def _add_cells(row: Element, content: bytes) -> bool:
    """Adds the cells of a row; False where they are not as usual."""
    before, at = -1, row.tag_end
    while (tag := _CELL.match(content, at)) is not None:
        place = _AT.match(tag[2]) or _AT.search(tag[2])
        if place is None or int(place[2]) - 1 != row.number:
            return False
        number = column_number(place[1].decode())
        cell = _cell(number, tag, content)
        if cell is None or number <= before:
            return False
        row.children.append(cell)
        before, at = number, cell.end
    return not content[at : row.inner_end].strip()


def _cell(number: int, tag: re.Match[bytes], content: bytes) -> Element | None:
    """A cell; None where a formula stands behind something, or a cell within it."""
    start, tag_end = tag.start(1) - 1, tag.end()
    if tag[3]:
        return Element(number, start, tag[1], tag[2], True, tag_end, tag_end, tag_end)
    inner = _INNER.search(content, tag_end)
    has_formula = inner is not None and inner[0].startswith(b"<f")
    if inner is not None and has_formula:
        first = not content[tag_end : inner.start()].strip()
        inner = _INNER.search(content, inner.end()) if first else None
    if inner is None or inner[0] != _END_OF_CELL:
        return None
    stop = inner.end()
    return Element(number, start, tag[1], tag[2], False, tag_end, inner.start(), stop, has_formula)


def _column_styles(content: bytes, end: int) -> tuple[tuple[int, int, bytes], ...] | None:
    """The formats of columns; None where one is not as usual."""
    columns = _COLUMNS.findall(content, 0, end)
    if len(columns) != content.count(b"<col ", 0, end):
        return None
    styled = []
    for attributes in columns:
        if style := attribute(attributes, b"style"):
            first, last = (attribute(attributes, name) for name in (b"min", b"max"))
            if not (first.isdigit() and last.isdigit() and len(first + last) < 12):
                return None
            styled.append((int(first) - 1, int(last) - 1, style))
    return tuple(styled)


def by_walking(content: bytes, title: str, wanted: Collection[int]) -> Located:
    """What a parser finds, however it is written; see ``locate``."""
    return _Walk(content, title, set(wanted)).located()


class _Walk:
    """Finds all rows of a sheet, and all cells of the rows wanted."""

    def __init__(self, content: bytes, title: str, wanted: set[int]) -> None:
        self.content, self.title, self.wanted = content, title, wanted
        self.data: Element | None = None
        self.col_styles: list[tuple[int, int, bytes]] = []
        self.open: list[Element] = []  # sheet data, row, cell: as far as inside of them
        self.skipped = 0  # open elements inside those, which do not matter
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.XmlDeclHandler = self.declaration
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end

    def located(self) -> Located:
        try:
            self.parser.Parse(self.content, True)
        except (xml.parsers.expat.ExpatError, LookupError, ValueError):
            self.odd()
        if self.data is None:
            self.odd()
        return Located(self.title, self.data, tuple(self.col_styles))

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

    def push(self, number: int) -> Element:
        tag = TAG.match(self.content, self.parser.CurrentByteIndex)
        if tag is None:
            self.odd()
        element = Element(
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


def attribute(attributes: bytes, name: bytes) -> bytes:
    """An attribute's value among those of a start tag; empty when it is not there."""
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] == name:
            return found[2][1:-1]
    return b""


def without(attributes: bytes, *names: bytes) -> bytes:
    """The attributes of a start tag without some of them."""
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], attributes)
