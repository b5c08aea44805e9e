"""What a submitted file is, and whether it is safe to open.

Nothing else opens a file before ``inspect`` has let it through. Kinds are decided by
content, never by extension. Every part is inflated and scanned only once: what later steps
need from the XML is handed on in ``Inspected``.

The limits are far above any filled form and below what drowns the reading program, which
builds a dense table up to the farthest cell with a value and copies a shared text into
every cell that uses it.
"""

from __future__ import annotations

import posixpath
import re
import xml.parsers.expat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import Literal, NoReturn

from lxml import etree

from moral_xlsx.excel.layout import Area, cell_name
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Place
from moral_xlsx.opc import BadPackage, Encrypted, Limits, Package, TooLarge

Kind = Literal["xlsx", "xlsm", "xlsb", "xls", "ods"]
Cells = frozenset[tuple[int, int]]

MAX_FILE = 30_000_000  # mail servers stop below this
MAX_PARTS = 2_000  # a form has about 25; pictures add one each
MAX_TOTAL = 300_000_000  # of all parts inflated; pictures are never inflated here
MAX_SHEET = 20_000_000  # a full form sheet has 0.1 MB
MAX_PART = 10_000_000  # any other part that is read, shared texts included
MAX_READ = 40_000_000  # all parts that are read
MAX_RATIO = 200  # full sheets deflate 8 to 30 times, bombs up to 1,000 times
RATIO_FROM = 1_000_000  # below this even a bomb is harmless
MAX_ROWS, MAX_COLUMNS = 5_000, 300  # cells with a value; blank formatted ones do not count
MAX_AREA = 5_000_000  # cells of the dense tables of all sheets, 32 to 56 bytes each
SMALL_AREA = 100_000  # below this it does not matter which cells are blank
MAX_TEXT = 100_000_000  # bytes of all texts after copying them into the cells
PATTERN_SIZE = 4_000_000  # sheets above it are read cell by cell, which takes less memory
MAX_FORMAT = 1_000  # of one number format (Excel allows 255); each style reads it anew
SHEET_ROWS = 1_048_576  # no spreadsheet program has more

_LIMITS = Limits(members=MAX_PARTS, member_size=MAX_TOTAL, total_size=MAX_TOTAL)
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_XML_NAMES = (".xml", ".rels", ".vml")
_READ_BY_NAME = tuple(name.casefold() for name in ("[Content_Types].xml", _STYLES, _TEXTS))
_FORBIDDEN = tuple(
    (mark, mark.encode(encoding))
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
# A cell as all programs write it, with its column, row, other attributes and whether a
# formula follows; or, in the last alternative, the start of a cell written otherwise.
_CELL = re.compile(rb'<c(?: r="([A-Z]{1,3})([1-9][0-9]{0,6})"([^<>\'&]*)>\s*(<f)?|[\s/>])')
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_LATE_FORMULA = re.compile(rb"</v>\s*<f[\s/>]")
_CELL_STYLE = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^<>]*? s="([0-9]+)"')
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SHARED_CELL = re.compile(rb'<c [^<>]{0,200}t="s"[^<>]{0,200}><v>([0-9]{1,7})</v>')
_TEXT_TAG = re.compile(rb"<(/?)(?:[^<>/\s]*:)?si(?:\s[^<>]*?)?(/?)>")
_LONG_FORMAT = re.compile(rb"formatCode\s*=\s*(?:\"[^\"]{%d}|'[^']{%d})" % (MAX_FORMAT, MAX_FORMAT))
_AREA = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!,()\[\]]+))!\$([A-Z]{1,3})\$([0-9]{1,7})"
    r"(?::\$([A-Z]{1,3})\$([0-9]{1,7}))?"
)
_LONGEST_AREA = 300  # a title has 31 characters at most; whatever is longer is no area
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,16}(?:Z|[+-]\d\d:\d\d)?")
_NOT_IN_FORMAT = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]')
_VALUES = frozenset(
    ("value", "string-value", "date-value", "time-value", "boolean-value", "formula")
)
_PERCENT_FORMATS = ("9", "10")  # 0% and 0.00%, which no file defines


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet in workbook order; ``part`` is its name in the package.

    ``worksheet`` is False for sheets without cells, such as chart sheets.
    """

    title: str
    part: str
    state: Literal["visible", "hidden"]
    worksheet: bool


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one sheet's XML holds; ``styles`` is None when a pattern finds them."""

    content: bytes = b""
    cells: int = 0
    area: int = 0
    formulas: Cells = frozenset()
    errors: Cells = frozenset()
    styles: Mapping[tuple[int, int], int] | None = None


@dataclass(frozen=True, eq=False)
class Inspected:
    """A file that is safe to open, with what its XML tells beyond the values.

    ``package`` is None for .xls. The rest is filled for .xlsx and .xlsm only: ``names`` are
    the workbook-level defined names that point to exactly one rectangle by absolute
    reference, spelt as in the file; ``formulas`` and ``errors`` hold, by sheet title, the
    (row, column) from 0 of the cells with a formula and with an error value; ``modified``
    is the moment that the saving program recorded, in ISO 8601, or empty; ``date1904``
    tells that the serial numbers of dates count from 1904.
    """

    kind: Kind
    data: bytes
    package: Package | None = None
    sheets: tuple[SheetPart, ...] = ()
    names: Mapping[str, Area] = field(default_factory=dict)
    formulas: Mapping[str, Cells] = field(default_factory=dict)
    errors: Mapping[str, Cells] = field(default_factory=dict)
    modified: str = ""
    date1904: bool = False
    _scans: Mapping[str, _Scan] = field(default_factory=dict, repr=False)

    def percent_format(self, sheet_title: str, row: int, col: int) -> bool:
        """Whether a cell shows its number as a percentage; row and column count from 0."""
        if sheet_title not in self._styles:
            self._styles[sheet_title] = _cell_styles(self._scans.get(sheet_title, _Scan()))
        return self._styles[sheet_title].get((row, col)) in self._percent_styles

    @cached_property
    def _styles(self) -> dict[str, Mapping[tuple[int, int], int]]:
        return {}

    @cached_property
    def _percent_styles(self) -> frozenset[int | None]:
        part = self.package.find(_STYLES) if self.package else None
        if self.package is None or part is None:
            return frozenset()
        return _styles_in_percent(_tree(self.package, part))


def inspect(data: bytes) -> Inspected:
    """Decide what a file is and whether it can be opened safely.

    Raises ``Refused`` with one of the findings MX-101 to MX-107, and nothing else.
    """
    if not data:
        raise Refused(finding("MX-101"))
    if len(data) > MAX_FILE:
        _too_large(f"{len(data) // 1_000_000} MB", f"{len(data) // 1_000_000} MB")
    if data.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        return _inspect_ole(data)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _not_a_workbook(_content_kind(data))
    try:
        return _inspect_package(Package.open(data, _LIMITS))
    except Encrypted as wrong:
        raise Refused(finding("MX-103")) from wrong
    except TooLarge as wrong:
        _too_large(*wrong.reason)
    except BadPackage as wrong:
        _damaged(*wrong.reason)


def _refuse(code: str, thai: str, english: str) -> NoReturn:
    raise Refused(finding(code, what=(thai, english)))


def _too_large(thai: str, english: str) -> NoReturn:
    _refuse("MX-104", thai, english)


def _too_far(title: str, row: int, col: int) -> NoReturn:
    cell = cell_name(row, col)
    raise Refused(finding("MX-105", Place(sheet=title, cell=cell), found=cell))


def _damaged(thai: str, english: str) -> NoReturn:
    _refuse("MX-107", thai, english)


def _unreadable(part: str) -> NoReturn:
    _damaged(f"XML ของ {part} ผิดรูปแบบ", f"the XML of {part} is not as it should be")


def _missing(part: str) -> NoReturn:
    _damaged(f"ไม่มีชิ้นส่วน {part}", f"part {part} is missing")


def _not_a_workbook(kind: Bilingual) -> NoReturn:
    raise Refused(finding("MX-102", kind=kind))


_WORD: Bilingual = ("เอกสาร Word", "a Word document")
_SLIDES: Bilingual = ("งานนำเสนอ PowerPoint", "a PowerPoint presentation")
_ARCHIVE: Bilingual = ("ไฟล์บีบอัดที่ไม่มีสมุดงาน", "an archive without a workbook")
_OPEN_DOCUMENTS: Mapping[str, Bilingual] = {
    "text": ("เอกสาร OpenDocument", "an OpenDocument text"),
    "presentation": ("งานนำเสนอ OpenDocument", "an OpenDocument presentation"),
}
_MAIL: Bilingual = ("อีเมล", "an e-mail message")
_UNKNOWN: Bilingual = ("ข้อมูลที่ไม่รู้จัก", "unknown data")
_BEGINNINGS: tuple[tuple[bytes, Bilingual], ...] = (
    (rb"%PDF-", ("เอกสาร PDF", "a PDF document")),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP"
        rb"|.{4}ftyp(?:hei|mif|avif)",
        ("รูปภาพ", "a picture"),
    ),
    (rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|.{257}ustar", _ARCHIVE),
    (rb"\{\\rtf", ("เอกสาร RTF", "an RTF document")),
    (rb"MZ.{58}|\x7fELF", ("โปรแกรม", "a program")),
    (rb"\s*<(?:!doctype\s+html|html|head|body|table|meta)\b", ("หน้าเว็บ HTML", "an HTML page")),
    (rb"\s*<\?xml", ("ไฟล์ XML", "an XML file")),
    (rb"(?:Received|From|MIME-Version|Return-Path|Delivered-To|X-[!-9;-~]+): ", _MAIL),
)


def _content_kind(data: bytes) -> Bilingual:
    beginning = data[:4096].removeprefix(b"\xef\xbb\xbf")
    for pattern, kind in _BEGINNINGS:
        if re.match(pattern, beginning, re.DOTALL | re.IGNORECASE):
            return kind
    is_utf16 = beginning.startswith((b"\xff\xfe", b"\xfe\xff"))
    if is_utf16 or not re.search(rb"[\x00-\x08\x0e-\x1f]", beginning):
        return "ข้อความหรือ CSV", "plain text or CSV"
    return _UNKNOWN


def _inspect_ole(data: bytes) -> Inspected:
    if _has_stream(data, "EncryptedPackage"):
        raise Refused(finding("MX-103"))
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return Inspected("xls", data)
    for name, kind in (
        ("WordDocument", _WORD),
        ("PowerPoint Document", _SLIDES),
        ("__properties_version1.0", _MAIL),
    ):
        if _has_stream(data, name):
            _not_a_workbook(kind)
    _not_a_workbook(_UNKNOWN)


def _has_stream(data: bytes, name: str) -> bool:
    """Whether an OLE directory entry, 128 bytes on a 128-byte boundary, has that name."""
    wide = name.encode("utf-16-le") + b"\0\0"
    at = data.find(wide)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == len(wide).to_bytes(2, "little"):
            return True
        at = data.find(wide, at + 1)
    return False


def _inspect_package(package: Package) -> Inspected:
    kind = _package_kind(package)
    if kind in ("xlsb", "ods"):
        _scan_parts(package, kind, {})
        return Inspected(kind, package.data, package)
    workbook = _tree(package, _part(package, _WORKBOOK))
    sheets = _sheets(package, workbook)
    scans = _scan_parts(package, kind, {sheet.part: sheet.title for sheet in sheets})
    by_title = {sheet.title: scans[sheet.part] for sheet in sheets if sheet.worksheet}
    properties = workbook.find("{*}workbookPr")
    return Inspected(
        kind=kind,
        data=package.data,
        package=package,
        sheets=sheets,
        names=_names(workbook, sheets),
        formulas={title: scan.formulas for title, scan in by_title.items()},
        errors={title: scan.errors for title, scan in by_title.items()},
        modified=_modified(package),
        date1904=properties is not None and properties.get("date1904") in ("1", "true"),
        _scans=by_title,
    )


def _package_kind(package: Package) -> Kind:
    mimetype = package.find("mimetype")
    if mimetype:
        subject = package.head(mimetype, 100).decode("latin-1").rpartition("opendocument.")[2]
        if subject != "spreadsheet":
            _not_a_workbook(_OPEN_DOCUMENTS.get(subject, _ARCHIVE))
        if b"encryption-data" in _bounded(package, _part(package, "META-INF/manifest.xml")):
            raise Refused(finding("MX-103"))
        _part(package, "content.xml")
        return "ods"
    folders = {member.name.partition("/")[0].casefold() for member in package.members}
    if "xl" not in folders:
        _not_a_workbook(_WORD if "word" in folders else _SLIDES if "ppt" in folders else _ARCHIVE)
    types = _bounded(package, _part(package, "[Content_Types].xml"))
    if package.find("xl/workbook.bin"):
        return "xlsb"
    _part(package, _WORKBOOK)
    return "xlsm" if b"macroenabled.main" in types.lower() else "xlsx"


def _part(package: Package, name: str) -> str:
    return package.find(name) or _missing(name)


def _bounded(package: Package, part: str, most: int = MAX_PART) -> bytes:
    """A part's content, after its declared size was found acceptable."""
    member = package.member(part)
    if member.size > most:
        _too_large(f"ชิ้นส่วน {part}", f"part {part}")
    if member.size > RATIO_FROM and member.size > MAX_RATIO * member.compressed_size:
        _too_large(f"ชิ้นส่วน {part} บีบอัดผิดปกติ", f"part {part} is abnormally compressed")
    return package.content(part)


def _tree(package: Package, part: str) -> etree._Element:
    content = _bounded(package, part)
    _check_xml(content, part)
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        _unreadable(part)


def _sheets(package: Package, workbook: etree._Element) -> tuple[SheetPart, ...]:
    targets: dict[str, tuple[str, str]] = {}
    for relation in _tree(package, _part(package, _RELATIONS)).iterfind("{*}Relationship"):
        path = posixpath.normpath(posixpath.join("/xl", relation.get("Target", "")))
        subject = relation.get("Type", "").rpartition("/")[2]
        targets[relation.get("Id", "")] = (path.lstrip("/"), subject)
    sheets = []
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        ids = [value for key, value in sheet.items() if key.endswith("}id")]
        title, hidden = sheet.get("name", ""), sheet.get("state", "visible") != "visible"
        if not title or len(ids) != 1 or ids[0] not in targets:
            _unreadable(_WORKBOOK)
        path, subject = targets[ids[0]]
        part = _part(package, path)
        state: Literal["visible", "hidden"] = "hidden" if hidden else "visible"
        sheets.append(SheetPart(title, part, state, subject == "worksheet"))
    if not sheets:
        _damaged("ไม่มีแผ่นงาน", "no sheets")
    for found in ({sheet.title.casefold() for sheet in sheets}, {sheet.part for sheet in sheets}):
        if len(found) != len(sheets):
            _damaged("แผ่นงานซ้ำกัน", "two sheets are the same")
    return tuple(sheets)


def _names(workbook: etree._Element, sheets: Iterable[SheetPart]) -> dict[str, Area]:
    titles = {sheet.title.casefold(): sheet.title for sheet in sheets}
    names: dict[str, Area] = {}
    for element in workbook.iterfind("{*}definedNames/{*}definedName"):
        area = _AREA.fullmatch((element.text or "")[:_LONGEST_AREA].strip())
        name = element.get("name", "")
        if area is None or not name or element.get("localSheetId") is not None:
            continue
        quoted, bare, left, top, right, bottom = area.groups()
        title = titles.get((quoted.replace("''", "'") if quoted else bare).casefold())
        rows = sorted((int(top) - 1, int(bottom or top) - 1))
        cols = sorted((column_number(left), column_number(right or left)))
        if title is not None and rows[0] >= 0 and rows[1] < SHEET_ROWS:
            names.setdefault(name, Area(title, rows[0], cols[0], rows[1], cols[1]))
    return names


def _modified(package: Package) -> str:
    part = package.find("docProps/core.xml")
    text = _tree(package, part).findtext("{*}modified", "") if part else ""
    return text.strip() if _MOMENT.fullmatch(text.strip()) else ""


def _styles_in_percent(styles: etree._Element) -> frozenset[int | None]:
    percent = {*_PERCENT_FORMATS}
    for number_format in styles.iterfind("{*}numFmts/{*}numFmt"):
        if "%" in _NOT_IN_FORMAT.sub("", number_format.get("formatCode", "")):
            percent.add(number_format.get("numFmtId", ""))
    cell_formats = styles.iterfind("{*}cellXfs/{*}xf")
    return frozenset(
        index for index, xf in enumerate(cell_formats) if xf.get("numFmtId") in percent
    )


def _cell_styles(scan: _Scan) -> Mapping[tuple[int, int], int]:
    if scan.styles is not None:
        return scan.styles
    return {
        (int(row) - 1, column_number(letters.decode())): int(style)
        for letters, row, style in _CELL_STYLE.findall(scan.content)
    }


def column_number(letters: str) -> int:
    """The column, counted from 0, that letters such as ``AB`` stand for."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _scan_parts(package: Package, kind: Kind, titles: Mapping[str, str]) -> dict[str, _Scan]:
    """Check every part that anybody reads; ``titles`` and the result are keyed by part."""
    scans: dict[str, _Scan] = {}
    texts = b""
    total = 0
    for member in package.members:
        name, folded = member.name, member.name.casefold()
        by_name = name in titles or folded in _READ_BY_NAME
        if not by_name and not _may_be_read(package, name, kind):
            continue
        total += member.size
        if total > MAX_READ:
            _too_large("ข้อมูลทั้งหมดเมื่อคลายการบีบอัด", "all its data after inflating")
        content = _bounded(package, name, MAX_SHEET)
        if name in titles or b"sheetData" in content:
            scans[name] = _scan_sheet(content, name, titles.get(name, name))
        elif kind == "ods" and folded == "content.xml":
            _OpenDocument(name).scan(content)
        elif member.size > MAX_PART and not folded.endswith(".bin"):
            _too_large(f"ชิ้นส่วน {name}", f"part {name}")
        elif by_name:
            _check_xml(content, name)
        elif not folded.endswith((".bin", ".svg")):  # drawing programs give .svg a DOCTYPE
            _check_marks(content)
        if folded == _TEXTS.casefold():
            texts = content
        elif folded == _STYLES.casefold() and _LONG_FORMAT.search(content):
            _too_large("รูปแบบตัวเลข", "a number format")
    if sum(scan.area for scan in scans.values()) > MAX_AREA:
        _too_large("ตารางของทุกแผ่นงานรวมกัน", "the tables of all sheets")
    _check_texts(texts, scans.values())
    return scans


def _may_be_read(package: Package, name: str, kind: Kind) -> bool:
    """Whether a part is XML, by its name or its first bytes, or a sheet in binary."""
    folded = name.casefold()
    if folded.endswith(_XML_NAMES) or (kind == "xlsb" and folded.endswith(".bin")):
        return True
    beginning = package.head(name, 64).lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n")
    return beginning.startswith(b"<")


def _check_marks(content: bytes) -> None:
    for mark, encoded in _FORBIDDEN:
        if encoded in content:
            _refuse("MX-106", mark, mark)


def _check_xml(content: bytes, part: str) -> bool:
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
        _refuse("MX-106", "<!DOCTYPE", "<!DOCTYPE")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _parse(parser: xml.parsers.expat.XMLParserType, content: bytes, part: str) -> None:
    encodings = ["utf-8"]
    parser.XmlDeclHandler = lambda _, encoding, __: encodings.append((encoding or "utf-8").lower())
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        _unreadable(part)
    # The reading program takes every other encoding for UTF-8 and finds nothing.
    if encodings[-1] not in ("utf-8", "utf8", "us-ascii") or b"\0" in content[:4]:
        _unreadable(part)


def _scan_sheet(content: bytes, part: str, title: str) -> _Scan:
    """What the cells of a sheet hold: by one pattern if written as usual, else one by one."""
    is_odd = _check_xml(content, part) or len(content) > PATTERN_SIZE
    if not (is_odd or _PREFIXED_CELL.search(content) or _LATE_FORMULA.search(content)):
        scan = _scan_usual(content)
        if scan is not None:
            return scan
    return _SheetWalk(part, title).scan(content)


def _scan_usual(content: bytes) -> _Scan | None:
    """The scan of a sheet written as usual, or None when it has to be walked through."""
    cells = _CELL.findall(content)
    if not cells:
        return _Scan(content)
    letters, rows, attributes, formulas = zip(*cells, strict=True)
    cols = {each: column_number(each.decode()) for each in set(letters)}
    if b"" in cols:
        return None
    height, width = max(map(int, set(rows))), max(cols.values()) + 1
    if height > MAX_ROWS or width > MAX_COLUMNS or height * width > SMALL_AREA:
        return None

    def places(flags: Iterable[object]) -> Cells:
        marked = compress(zip(rows, letters, strict=True), flags)
        return frozenset((int(row) - 1, cols[each]) for row, each in marked)

    has_errors = b' t="e"' in content
    errors = places(b' t="e"' in each for each in attributes) if has_errors else frozenset()
    return _Scan(content, len(cells), height * width, places(formulas), errors)


class _SheetWalk:
    """Reads a sheet element by element, with any prefixes and implied positions.

    Rows and columns count from 1 here, as in the file; 0 stands before the first.
    """

    def __init__(self, part: str, title: str) -> None:
        self.part, self.title = part, title
        self.row = self.col = self.cells = 0
        self.height = self.width = 0
        self.at = 0, 0  # the cell read last, from 0
        self.in_data = self.in_value = False
        self.formulas: set[tuple[int, int]] = set()
        self.errors: set[tuple[int, int]] = set()
        self.styles: dict[tuple[int, int], int] = {}

    def scan(self, content: bytes) -> _Scan:
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CommentHandler = parser.StartCdataSectionHandler = self.odd
        parser.ProcessingInstructionHandler = self.odd
        _parse(parser, content, self.part)
        area = self.height * self.width
        formulas, errors = frozenset(self.formulas), frozenset(self.errors)
        return _Scan(content, self.cells, area, formulas, errors, self.styles)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheetData":
            self.in_data = True
        elif not self.in_data:
            return
        elif name == "c":
            self.start_cell(attributes)
        elif name == "f":
            self.formulas.add(self.at)
        elif name in ("v", "is"):
            self.in_value = name == "v"
            self.height = max(self.height, self.at[0] + 1)
            self.width = max(self.width, self.at[1] + 1)
            if self.height > MAX_ROWS or self.width > MAX_COLUMNS:
                _too_far(self.title, *self.at)
        elif name == "row":
            self.col = 0
            self.row = _count(attributes.get("r", str(self.row + 1)), self.part)

    def start_cell(self, attributes: dict[str, str]) -> None:
        row = self.row
        self.col += 1
        if "r" in attributes:
            reference = _REFERENCE.fullmatch(attributes["r"])
            if reference is None:
                _unreadable(self.part)
            self.col = column_number(reference[1]) + 1
            row = _count(reference[2], self.part)
        self.cells += 1
        self.at = row - 1, self.col - 1
        if attributes.get("t") == "e":
            self.errors.add(self.at)
        if "s" in attributes:
            self.styles[self.at] = _count(attributes["s"], self.part, least=0)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v":
            self.in_value = False
        elif name == "sheetData":
            self.in_data = False

    def odd(self, *_: object) -> None:
        # The reading program finds nothing in a value with a comment or CDATA in it.
        if self.in_value:
            _unreadable(self.part)


def _count(digits: str, part: str, least: int = 1) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 12 and int(digits) >= least):
        _unreadable(part)
    return int(digits)


def _check_texts(content: bytes, scans: Collection[_Scan]) -> None:
    """Refuse shared texts that grow too large when each cell gets its own copy."""
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
        _too_large("ข้อความที่ซ้ำในหลายเซลล์", "texts repeated in many cells")


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


class _OpenDocument:
    """Reads content.xml of .ods for repeats: a few bytes can stand for a billion cells.

    The reading program copies repeated cells and rows up to the last one with a value, and
    makes all blank cells that any other cell of their row follows.
    """

    def __init__(self, part: str) -> None:
        self.part, self.title = part, ""
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
                _unreadable(self.part)
            self.in_table, self.title = True, found.get("name", "")
            self.row = self.rows = self.height = self.width = 0

    def start_cell(self, found: Mapping[str, str]) -> None:
        cols = _count(found.get("number-columns-repeated", "1"), self.part)
        self.area += self.blanks
        self.blanks = self.copies = 0
        if found.keys() & _VALUES or found.get("value-type") == "string":
            self.height, self.width = self.row + self.rows, max(self.width, self.col + cols)
            if self.height > MAX_ROWS or self.col + cols > MAX_COLUMNS:
                _too_far(self.title, self.height - 1, self.col + cols - 1)
            self.copies = cols * self.rows
            self.add_text("".join(found.values()))
        else:
            self.blanks = cols
        self.col += cols
        if self.area > MAX_AREA:
            _too_large("ตาราง", "its tables")

    def add_text(self, text: str, times: int = 1) -> None:
        self.text += len(text.encode()) * times * self.copies
        if self.text > MAX_TEXT:
            _too_large("ข้อความที่ซ้ำในหลายเซลล์", "texts repeated in many cells")

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("table-cell", "covered-table-cell"):
            self.copies = 0
        elif name == "table":
            self.in_table = False
            self.area += self.height * self.width
            if self.area > MAX_AREA:
                _too_large("ตารางของทุกแผ่นงานรวมกัน", "the tables of all sheets")
