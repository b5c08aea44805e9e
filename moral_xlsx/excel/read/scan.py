"""Reads the XML of sheets for the guard: what stands in which cell, and how far.

The limits are below what drowns the reading program, which builds a dense table up to the
farthest cell with a value and copies a shared text into every cell that uses it.
"""

from __future__ import annotations

import re
import string
import xml.parsers.expat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import DAMAGED, FAR_CELL, FORBIDDEN_PART, TOO_LARGE
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Kind, Place

Cells = frozenset[tuple[int, int]]

MAX_ROWS, MAX_COLUMNS = 5_000, 300  # cells with a value; blank formatted ones do not count
MAX_AREA = 5_000_000  # cells of the dense tables of all sheets, 32 to 56 bytes each
SMALL_AREA = 100_000  # below this it does not matter which cells are blank
MAX_TEXT = 100_000_000  # bytes of all texts after copying them into the cells
PATTERN_SIZE = 4_000_000  # sheets above it are read cell by cell, which takes less memory

_FORBIDDEN = tuple(
    (mark, mark.encode(encoding))
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
# A cell as all programs write it, with its place; or, in the last alternative, the start of a
# cell written otherwise.
_CELL = re.compile(rb'<c(?: r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^<>\'&]*>|[\s/>])')
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()
# Of these, the ones with a formula, and those that show an error. LibreOffice writes a constant
# TRUE as a formula.
_FORMULA_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"[^<>]*>\s*<f(?![^<>]*>(?:TRUE|FALSE)\(\)</f>)'
)
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"[^<>]* t="e"')
_CONSTANT_FORMULAS = ("TRUE()", "FALSE()")
# Elements of cells with a prefix, or below another default namespace: they may be no cells.
_PREFIXED = re.compile(rb":(?:sheetData|row|c|v|is|si|t)[\s/>]")
_DEFAULT_NAMESPACE = re.compile(rb"xmlns\s*=")
_SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_OF_CELLS = frozenset({"sheetData", "row", "c", "v", "is", "si", "t"})
_LATE_FORMULA = re.compile(rb"</v>\s*<f[\s/>]")
_CELL_STYLE = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^<>]*? s="([0-9]+)"')
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SHARED_CELL = re.compile(rb'<c [^<>]{0,200}t="s"[^<>]{0,200}><v>([0-9]{1,7})</v>')
_UNIQUE_COUNT = re.compile(rb"""\bsst\b[^<>]*\buniqueCount\s*=\s*["']([0-9]{1,18})["']""")
_TEXT_TAG = re.compile(rb"<(/?)(?:[^<>/\s]*:)?si(?:\s[^<>]*?)?(/?)>")
_VALUES = frozenset(
    ("value", "string-value", "date-value", "time-value", "boolean-value", "formula")
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one sheet's XML holds; ``styles`` is None when a pattern finds them."""

    content: bytes = b""
    cells: int = 0
    area: int = 0
    formulas: Cells = frozenset()
    errors: Cells = frozenset()
    styles: Mapping[tuple[int, int], int] | None = None


def _refuse(kind: Kind, thai: str, english: str) -> NoReturn:
    raise Refused(finding(kind, what=(thai, english)))


def too_large(thai: str, english: str) -> NoReturn:
    """Refuse a file for its size."""
    _refuse(TOO_LARGE, thai, english)


def too_far(title: str, row: int, col: int) -> NoReturn:
    """Refuse a file for a cell far outside any form."""
    cell = cell_name(row, col)
    raise Refused(finding(FAR_CELL, Place(sheet=title, cell=cell), found=cell))


def damaged(thai: str, english: str) -> NoReturn:
    """Refuse a file as damaged."""
    _refuse(DAMAGED, thai, english)


def unreadable(part: str) -> NoReturn:
    """Refuse a file for the XML of one part."""
    damaged(f"XML ของ {part} ผิดรูปแบบ", f"the XML of {part} is not as it should be")


def cell_styles(scan: Scan) -> Mapping[tuple[int, int], int]:
    """The index of each cell's format, by (row, column) from 0."""
    if scan.styles is not None:
        return scan.styles
    return {
        (int(row) - 1, column_number(letters.decode())): int(style)
        for letters, row, style in _CELL_STYLE.findall(scan.content)
    }


@lru_cache(maxsize=1_000)
def column_number(letters: str) -> int:
    """The column, counted from 0, that letters such as ``AB`` stand for."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def check_marks(content: bytes) -> None:
    """Refuse a DOCTYPE or an entity in XML that only office programs read."""
    for mark, encoded in _FORBIDDEN:
        if encoded in content:
            _refuse(FORBIDDEN_PART, mark, mark)


def check_xml(content: bytes, part: str) -> bool:
    """Refuse XML that is malformed, not UTF-8 or has a DOCTYPE.

    Returns whether it holds comments, CDATA or instructions, which patterns cannot handle.
    """
    odd: list[bool] = []

    def note(*_: object) -> None:
        odd.append(True)

    parser = _parser()
    parser.CommentHandler = parser.StartCdataSectionHandler = note
    parser.ProcessingInstructionHandler = note
    _parse(parser, content, part)
    return bool(odd)


def _parser() -> xml.parsers.expat.XMLParserType:
    def doctype(*_: object) -> NoReturn:
        _refuse(FORBIDDEN_PART, "<!DOCTYPE", "<!DOCTYPE")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _parse(parser: xml.parsers.expat.XMLParserType, content: bytes, part: str) -> None:
    encodings = ["utf-8"]
    parser.XmlDeclHandler = lambda _, encoding, __: encodings.append((encoding or "utf-8").lower())
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        unreadable(part)
    # The reading program takes every other encoding for UTF-8 and finds nothing.
    if encodings[-1] not in ("utf-8", "utf8", "us-ascii") or b"\0" in content[:4]:
        unreadable(part)


def scan_sheet(content: bytes, part: str, title: str, most_rows: int) -> Scan:
    """What the cells of a sheet hold: by one pattern if written as usual, else one by one."""
    prefixed = check_names(content, part)
    is_odd = check_xml(content, part) or prefixed or len(content) > PATTERN_SIZE
    if not (is_odd or _LATE_FORMULA.search(content)):
        scan = _scan_usual(content, part, most_rows)
        if scan is not None:
            return scan
    return _SheetWalk(part, title, most_rows).scan(content)


def check_names(content: bytes, part: str) -> bool:
    """Refuse what is a cell for one program and none for another: elements of cells, or of shared
    texts, in a namespace that is not theirs; cells in two places.

    Returns whether some bear a prefix, which patterns cannot handle.
    """
    once = content.count(b"<sheetData") <= 1 and len(_DEFAULT_NAMESPACE.findall(content)) <= 1
    prefixed = _PREFIXED.search(content) is not None
    if once and not prefixed:
        return False
    path: list[str] = []

    def start(tag: str, _: object) -> None:
        namespace, _, name = tag.rpartition(" ")
        # Controls and drawings have rows of their own, outside.
        within = "sheetData" in path or name == "sheetData" or path[:1] == ["sst"]
        if within and name in _OF_CELLS and namespace not in _SPREADSHEET:
            unreadable(part)
        if name == "sheetData" and (len(path) != 1 or found):
            unreadable(part)
        if name == "sheetData":
            found.append(True)
        path.append(name)

    found: list[bool] = []
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    try:
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError:
        unreadable(part)
    return prefixed


def _scan_usual(content: bytes, part: str, most_rows: int) -> Scan | None:
    """The scan of a sheet written as usual, or None when it has to be walked through."""
    cells: list[bytes] = _CELL.findall(content)
    if not cells:
        return Scan(content)
    different = set(cells)
    if b"" in different:
        return None
    if len(different) != len(cells):
        unreadable(part)  # two cells in one place
    named = b" ".join(cells)
    rows, letters = (set(named.translate(None, each).split()) for each in (_LETTERS, _DIGITS))
    columns = {each: column_number(each.decode()) for each in letters}
    height, width = max(map(int, rows)), max(columns.values()) + 1
    if height > most_rows or width > MAX_COLUMNS or height * width > SMALL_AREA:
        return None

    def places(cells: Iterable[tuple[bytes, bytes]]) -> Cells:
        return frozenset((int(row) - 1, columns[each]) for each, row in cells)

    formulas = places(_FORMULA_CELL.findall(content)) if b"<f" in content else frozenset()
    errors = places(_ERROR_CELL.findall(content)) if b' t="e"' in content else frozenset()
    return Scan(content, len(cells), height * width, formulas, errors)


class _SheetWalk:
    """Reads a sheet element by element, with any prefixes and implied positions.

    Rows and columns count from 1 here, as in the file; 0 stands before the first.
    """

    def __init__(self, part: str, title: str, most_rows: int) -> None:
        self.part, self.title, self.most_rows = part, title, most_rows
        self.row = self.col = self.cells = 0
        self.height = self.width = 0
        self.at = 0, 0  # the cell read last, from 0
        self.in_data = self.in_value = False
        self.formula: list[str] | None = None
        self.formulas: set[tuple[int, int]] = set()
        self.errors: set[tuple[int, int]] = set()
        self.styles: dict[tuple[int, int], int] = {}
        self.seen: set[tuple[int, int]] = set()

    def scan(self, content: bytes) -> Scan:
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        parser.CommentHandler = parser.StartCdataSectionHandler = self.odd
        parser.ProcessingInstructionHandler = self.odd
        _parse(parser, content, self.part)
        area = self.height * self.width
        formulas, errors = frozenset(self.formulas), frozenset(self.errors)
        return Scan(content, self.cells, area, formulas, errors, self.styles)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self.in_data = True
        elif not self.in_data:
            return
        elif name == "c":
            self.start_cell(attributes)
        elif name == "f":
            self.formula = []
        elif name in ("v", "is"):
            self.in_value = name == "v"
            self.height = max(self.height, self.at[0] + 1)
            self.width = max(self.width, self.at[1] + 1)
            if self.height > self.most_rows or self.width > MAX_COLUMNS:
                too_far(self.title, *self.at)
        elif name == "row":
            self.col = 0
            self.row = _count(attributes.get("r", str(self.row + 1)), self.part)

    def start_cell(self, attributes: dict[str, str]) -> None:
        row = self.row
        self.col += 1
        if "r" in attributes:
            reference = _REFERENCE.fullmatch(attributes["r"])
            if reference is None:
                unreadable(self.part)
            self.col = column_number(reference[1]) + 1
            row = _count(reference[2], self.part)
        self.cells += 1
        self.at = row - 1, self.col - 1
        if self.at in self.seen:
            unreadable(self.part)  # two cells in one place
        self.seen.add(self.at)
        if attributes.get("t") == "e":
            self.errors.add(self.at)
        if "s" in attributes:
            self.styles[self.at] = _count(attributes["s"], self.part, least=0)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v":
            self.in_value = False
        elif name == "f" and self.formula is not None:
            if "".join(self.formula) not in _CONSTANT_FORMULAS:
                self.formulas.add(self.at)
            self.formula = None
        elif name == "sheetData":
            self.in_data = False

    def text(self, text: str) -> None:
        if self.formula is not None:
            self.formula.append(text)

    def odd(self, *_: object) -> None:
        # The reading program finds nothing in a value with a comment or CDATA in it.
        if self.in_value:
            unreadable(self.part)


def _count(digits: str, part: str, least: int = 1) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 12 and int(digits) >= least):
        unreadable(part)
    return int(digits)


def check_declared(declared: int, content_size: int) -> None:
    """Refuse a number of texts that a part of that many bytes cannot hold."""
    if declared > max(content_size, 1_000_000):
        damaged("จำนวนข้อความที่ระบุไว้ไม่จริง", "it declares more texts than it can hold")


def check_texts(content: bytes, scans: Collection[Scan]) -> None:
    """Refuse shared texts that grow too large when each cell gets its own copy."""
    if declared := _UNIQUE_COUNT.search(content[:2000]):
        check_declared(int(declared[1]), len(content))
    cells = sum(scan.cells for scan in scans)
    is_odd = b"<![" in content or b"<!-" in content
    longest = len(content) if is_odd else max(map(len, content.split(b"</si>")))
    if cells * longest <= MAX_TEXT:
        return
    sizes = [] if is_odd else _text_sizes(content)
    total = 0
    for scan in scans:
        used = [int(index) for index in _SHARED_CELL.findall(scan.content)]
        shared = scan.content.count(b'"s"') + scan.content.count(b"'s'")
        total += sum(sizes[index] for index in used if index < len(sizes))
        total += max(0, shared - len(used)) * longest
    if total > MAX_TEXT or not sizes:
        too_large("ข้อความที่ซ้ำในหลายเซลล์", "texts repeated in many cells")


def _text_sizes(content: bytes) -> list[int]:
    """The bytes of each shared text, or nothing when they are nested."""
    sizes: list[int] = []
    start = 0
    for tag in _TEXT_TAG.finditer(content):
        if tag[1]:
            sizes.append(tag.start() - start)
            start = 0
        elif start:
            return []
        elif tag[2]:
            sizes.append(0)
        else:
            start = tag.end()
    return sizes


class OpenDocument:
    """Reads content.xml of .ods for repeats: a few bytes can stand for a billion cells.

    The reading program copies repeated cells and rows up to the last one with a value, and
    makes all blank cells that any other cell of their row follows.
    """

    def __init__(self, part: str, most_rows: int) -> None:
        self.part, self.title, self.most_rows = part, "", most_rows
        self.row = self.rows = self.col = self.blanks = self.copies = 0
        self.height = self.width = self.area = self.text = 0
        self.in_table = False

    def scan(self, content: bytes) -> None:
        """Raises ``Refused`` when the tables would grow too large."""
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.add_text
        _parse(parser, content, self.part)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        found = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name in ("table-cell", "covered-table-cell"):
            self.start_cell(found)
        elif name == "table-row":
            self.row += self.rows
            self.rows = _count(found.get("number-rows-repeated", "1"), self.part)
            self.col = self.blanks = 0
        elif name == "s":
            self.add_text(" ", _count(found.get("c", "1"), self.part, least=0))
        elif name == "table":
            if self.in_table:
                unreadable(self.part)
            self.in_table, self.title = True, found.get("name", "")
            self.row = self.rows = self.height = self.width = 0

    def start_cell(self, found: Mapping[str, str]) -> None:
        cols = _count(found.get("number-columns-repeated", "1"), self.part)
        self.area += self.blanks
        self.blanks = self.copies = 0
        if found.keys() & _VALUES or found.get("value-type") == "string":
            self.height, self.width = self.row + self.rows, max(self.width, self.col + cols)
            if self.height > self.most_rows or self.col + cols > MAX_COLUMNS:
                too_far(self.title, self.height - 1, self.col + cols - 1)
            self.copies = cols * self.rows
            self.add_text("".join(found.values()))
        else:
            self.blanks = cols
        self.col += cols
        if self.area > MAX_AREA:
            too_large("ตาราง", "its tables")

    def add_text(self, text: str, times: int = 1) -> None:
        self.text += len(text.encode()) * times * self.copies
        if self.text > MAX_TEXT:
            too_large("ข้อความที่ซ้ำในหลายเซลล์", "texts repeated in many cells")

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("table-cell", "covered-table-cell"):
            self.copies = 0
        elif name == "table":
            self.in_table = False
            self.area += self.height * self.width
            if self.area > MAX_AREA:
                too_large("ตารางของทุกแผ่นงานรวมกัน", "the tables of all sheets")
