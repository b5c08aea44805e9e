"""What a submitted file is, and whether it is safe to open.

Nothing else opens a file before ``inspect`` has let it through. Kinds are decided by
content, never by extension. Every part is inflated and scanned only once: what later steps
need from the XML is handed on in ``Inspected``.

The limits are far above any filled form; those of the cells stand in ``scan``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal, NoReturn

from lxml import etree

from moral_xlsx.excel.form.layout import Area
from moral_xlsx.excel.read.binary import check_xls, check_xlsb
from moral_xlsx.excel.read.mended import as_usual, resolved
from moral_xlsx.excel.read.scan import (
    MAX_AREA,
    MAX_ROWS,
    Cells,
    OpenDocument,
    Scan,
    cell_styles,
    check_marks,
    check_names,
    check_texts,
    check_xml,
    column_number,
    damaged,
    scan_sheet,
    too_large,
    unreadable,
)
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import EMPTY_FILE, NOT_A_WORKBOOK, PASSWORD_PROTECTED
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding
from moral_xlsx.opc import BadPackage, Encrypted, Limits, Package, TooLarge

Kind = Literal["xlsx", "xlsm", "xlsb", "xls", "ods"]

MAX_FILE = 30_000_000  # mail servers stop below this
MAX_PARTS = 2_000  # a form has about 25; pictures add one each
MAX_TOTAL = 300_000_000  # of all parts inflated; pictures are never inflated here
MAX_SHEET = 20_000_000  # a full form sheet has 0.1 MB
MAX_PART = 10_000_000  # any other part that is read, shared texts included
MAX_READ = 40_000_000  # all parts that are read
MAX_RATIO = 200  # full sheets deflate 8 to 30 times, bombs up to 1,000 times
RATIO_FROM = 1_000_000  # below this even a bomb is harmless
MAX_FORMAT = 1_000  # of one number format (Excel allows 255); each style reads it anew
SHEET_ROWS = 1_048_576  # no spreadsheet program has more

_LIMITS = Limits(members=MAX_PARTS, member_size=MAX_TOTAL, total_size=MAX_TOTAL)
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_XML_NAMES = (".xml", ".rels", ".vml")
_READ_BY_NAME = tuple(name.casefold() for name in ("[Content_Types].xml", _STYLES, _TEXTS))
_LONG_FORMAT = re.compile(rb"formatCode\s*=\s*(?:\"[^\"]{%d}|'[^']{%d})" % (MAX_FORMAT, MAX_FORMAT))
_AREA = re.compile(
    r"(?:'((?:[^']++|'')+)'|([^'!,()\[\]]+))!\$([A-Z]{1,3})\$([0-9]{1,7})"
    r"(?::\$([A-Z]{1,3})\$([0-9]{1,7}))?"
)
_LONGEST_AREA = 300  # a title has 31 characters at most; whatever is longer is no area
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,16}(?:Z|[+-]\d\d:\d\d)?")
_NOT_IN_FORMAT = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]')
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
    _scans: Mapping[str, Scan] = field(default_factory=dict, repr=False)

    def percent_format(self, sheet_title: str, row: int, col: int) -> bool:
        """Whether a cell shows its number as a percentage; row and column count from 0."""
        if not self._percent_styles:
            return False
        return self.format_index(sheet_title, row, col) in self._percent_styles

    def format_index(self, sheet_title: str, row: int, col: int) -> int | None:
        """The index of a cell's format among the workbook's; None when it has none."""
        if sheet_title not in self._styles:
            self._styles[sheet_title] = cell_styles(self._scans.get(sheet_title, Scan()))
        return self._styles[sheet_title].get((row, col))

    def sheet_xml(self, sheet_title: str) -> bytes:
        """The XML of a sheet; empty for other formats."""
        return self._scans.get(sheet_title, Scan()).content

    def tree(self, name: str) -> etree._Element | None:
        """A part of the package as XML, parsed once; None when there is none of that name."""
        if name not in self._trees:
            part = self.package.find(name) if self.package else None
            self._trees[name] = _tree(self.package, part) if self.package and part else None
        return self._trees[name]

    @cached_property
    def _trees(self) -> dict[str, etree._Element | None]:
        return {}

    @cached_property
    def _styles(self) -> dict[str, Mapping[tuple[int, int], int]]:
        return {}

    @cached_property
    def _percent_styles(self) -> frozenset[int | None]:
        styles = self.tree(_STYLES)
        return frozenset() if styles is None else _styles_in_percent(styles)


def inspect(data: bytes, most_rows: int = MAX_ROWS) -> Inspected:
    """Decide what a file is and whether it can be opened safely; a sheet has so many rows at most.

    Raises ``Refused`` with a finding that says why, and nothing else.
    """
    if not data:
        raise Refused(finding(EMPTY_FILE))
    if len(data) > MAX_FILE:
        too_large(f"{len(data) // 1_000_000} MB", f"{len(data) // 1_000_000} MB")
    if data.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        return _inspect_ole(data, most_rows)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _not_a_workbook(_content_kind(data))
    try:
        return _inspect_package(Package.open(data, _LIMITS), most_rows)
    except Encrypted as wrong:
        raise Refused(finding(PASSWORD_PROTECTED)) from wrong
    except TooLarge as wrong:
        too_large(*wrong.reason)
    except BadPackage as wrong:
        damaged(*wrong.reason)


def inspected_before(data: bytes) -> Inspected:
    """A workbook that was let in and that we have changed since: its sheets and its package.

    Nothing of it is scanned again, and what its cells hold is not told.
    """
    package = Package.open(data, _LIMITS)
    sheets = _sheets(package, _tree(package, _part(package, _WORKBOOK)))
    return Inspected(_package_kind(package), data, package, sheets)


def _missing(part: str) -> NoReturn:
    damaged(f"ไม่มีชิ้นส่วน {part}", f"part {part} is missing")


def _not_a_workbook(kind: Bilingual) -> NoReturn:
    raise Refused(not_a_workbook(kind))


_WORD: Bilingual = ("เอกสาร Word", "a Word document")
_SLIDES: Bilingual = ("งานนำเสนอ PowerPoint", "a PowerPoint presentation")
_ARCHIVE: Bilingual = ("ไฟล์บีบอัดที่ไม่มีสมุดงาน", "an archive without a workbook")
_OPEN_DOCUMENTS: Mapping[str, Bilingual] = {
    "text": ("เอกสาร OpenDocument", "an OpenDocument text"),
    "presentation": ("งานนำเสนอ OpenDocument", "an OpenDocument presentation"),
}
_MAIL: Bilingual = ("อีเมล", "an e-mail message")
_UNKNOWN: Bilingual = ("ข้อมูลที่ไม่รู้จัก", "unknown data")
_NUMBERS: Bilingual = (
    "ไฟล์ Numbers, Pages หรือ Keynote ของ Apple",
    "a file of Apple's Numbers or Pages",
)


def not_a_workbook(kind: Bilingual = _UNKNOWN) -> Finding:
    """What is said of a file that is no workbook; ``kind`` is what it is instead."""
    return finding(NOT_A_WORKBOOK, kind=kind)


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


def _inspect_ole(data: bytes, most_rows: int) -> Inspected:
    if _has_stream(data, "EncryptedPackage"):
        raise Refused(finding(PASSWORD_PROTECTED))
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        check_xls(data, most_rows)
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


def _inspect_package(package: Package, most_rows: int) -> Inspected:
    package = as_usual(package, _bounded_sheet) or package
    kind = _package_kind(package)
    if kind in ("xlsb", "ods"):
        _scan_parts(package, kind, {}, most_rows)
        if kind == "xlsb":
            _check_binary_sheets(package, most_rows)
        return Inspected(kind, package.data, package)
    workbook = _tree(package, _part(package, _WORKBOOK))
    sheets = _sheets(package, workbook)
    titles = {sheet.part: sheet.title for sheet in sheets}
    scans = _scan_parts(package, kind, titles, most_rows)
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


def _check_binary_sheets(package: Package, most_rows: int) -> None:
    texts = package.find("xl/sharedStrings.bin")
    sheets = {
        member.name: _bounded_sheet(package, member.name)
        for member in package.members
        if member.name.lower().startswith("xl/worksheets/") and member.name.lower().endswith(".bin")
    }
    check_xlsb(sheets, package.content(texts) if texts else b"", most_rows)


def _package_kind(package: Package) -> Kind:
    mimetype = package.find("mimetype")
    if mimetype:
        subject = package.head(mimetype, 100).decode("latin-1").rpartition("opendocument.")[2]
        if subject != "spreadsheet":
            _not_a_workbook(_OPEN_DOCUMENTS.get(subject, _ARCHIVE))
        if b"encryption-data" in _bounded(package, _part(package, "META-INF/manifest.xml")):
            raise Refused(finding(PASSWORD_PROTECTED))
        _part(package, "content.xml")
        return "ods"
    folders = {member.name.partition("/")[0].casefold() for member in package.members}
    if package.find("Index/Document.iwa"):
        _not_a_workbook(_NUMBERS)
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
        too_large(f"ชิ้นส่วน {part}", f"part {part}")
    if member.size > RATIO_FROM and member.size > MAX_RATIO * member.compressed_size:
        too_large(f"ชิ้นส่วน {part} บีบอัดผิดปกติ", f"part {part} is abnormally compressed")
    return package.content(part)


def _bounded_sheet(package: Package, part: str) -> bytes:
    return _bounded(package, part, MAX_SHEET)


def _tree(package: Package, part: str) -> etree._Element:
    content = _bounded(package, part)
    check_xml(content, part)
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        unreadable(part)


def _sheets(package: Package, workbook: etree._Element) -> tuple[SheetPart, ...]:
    targets: dict[str, tuple[str, str]] = {}
    relations = _tree(package, _part(package, _RELATIONS))
    _check_places(relations, ("Relationship",), _RELATIONS)
    _check_places(workbook, ("sheets/{*}sheet", "workbookPr"), _WORKBOOK)
    for relation in relations.iterfind("{*}Relationship"):
        subject = relation.get("Type", "").rpartition("/")[2]
        targets[relation.get("Id", "")] = (resolved(relation.get("Target", ""), "xl"), subject)
    sheets = []
    for sheet in workbook.iterfind("{*}sheets/{*}sheet"):
        ids = [value for key, value in sheet.items() if key.endswith("}id")]
        title, hidden = sheet.get("name", ""), sheet.get("state", "visible") != "visible"
        if not title or len(ids) != 1 or ids[0] not in targets:
            unreadable(_WORKBOOK)
        path, subject = targets[ids[0]]
        part = _part(package, path)
        state: Literal["visible", "hidden"] = "hidden" if hidden else "visible"
        sheets.append(SheetPart(title, part, state, subject == "worksheet"))
    if not sheets:
        damaged("ไม่มีแผ่นงาน", "no sheets")
    for found in ({sheet.title.casefold() for sheet in sheets}, {sheet.part for sheet in sheets}):
        if len(found) != len(sheets):
            damaged("แผ่นงานซ้ำกัน", "two sheets are the same")
    return tuple(sheets)


def _check_places(root: etree._Element, paths: Iterable[str], part: str) -> None:
    """Refuse elements that stand elsewhere than in their place: some programs heed them there."""
    for path in paths:
        name = path.rpartition("}")[2]
        if len(root.findall(f"{{*}}{path}")) != sum(1 for _ in root.iter(f"{{*}}{name}")):
            unreadable(part)


def _names(workbook: etree._Element, sheets: Iterable[SheetPart]) -> dict[str, Area]:
    titles = {sheet.title.casefold(): sheet.title for sheet in sheets}
    names: dict[str, Area] = {}
    for element in workbook.iterfind("{*}definedNames/{*}definedName"):
        area = _area((element.text or "")[:_LONGEST_AREA].strip())
        name = element.get("name", "")
        if area is None or not name or element.get("localSheetId") is not None:
            continue
        title = titles.get(area.sheet.casefold())
        if title is not None:
            names.setdefault(name, area if area.sheet == title else replace(area, sheet=title))
    return names


@lru_cache(maxsize=10_000)
def _area(reference: str) -> Area | None:
    """The rectangle that an absolute reference means; None for anything else. The forms that come
    in refer to the same ones again and again."""
    found = _AREA.fullmatch(reference)
    if found is None:
        return None
    quoted, bare, left, top, right, bottom = found.groups()
    title = quoted.replace("''", "'") if quoted else bare
    rows = sorted((int(top) - 1, int(bottom or top) - 1))
    columns = sorted((column_number(left), column_number(right or left)))
    within = rows[0] >= 0 and rows[1] < SHEET_ROWS
    return Area(title, rows[0], columns[0], rows[1], columns[1]) if within else None


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


def _scan_parts(
    package: Package, kind: Kind, titles: Mapping[str, str], most_rows: int
) -> dict[str, Scan]:
    """Check every part that anybody reads; ``titles`` and the result are keyed by part."""
    scans: dict[str, Scan] = {}
    texts = b""
    total = 0
    for member in package.members:
        name, folded = member.name, member.name.casefold()
        by_name = name in titles or folded in _READ_BY_NAME
        if not by_name and not _may_be_read(package, name, kind):
            continue
        total += member.size
        if total > MAX_READ:
            too_large("ข้อมูลทั้งหมดเมื่อคลายการบีบอัด", "all its data after inflating")
        content = _bounded(package, name, MAX_SHEET)
        if name in titles or b"sheetData" in content:
            scans[name] = scan_sheet(content, name, titles.get(name, name), most_rows)
        elif kind == "ods" and folded == "content.xml":
            OpenDocument(name, most_rows).scan(content)
        elif member.size > MAX_PART and not folded.endswith(".bin"):
            too_large(f"ชิ้นส่วน {name}", f"part {name}")
        elif by_name:
            check_xml(content, name)
        elif not folded.endswith((".bin", ".svg")):  # drawing programs give .svg a DOCTYPE
            check_marks(content)
        if folded == _TEXTS.casefold():
            check_names(content, name)
            texts = content
        elif folded == _STYLES.casefold() and _LONG_FORMAT.search(content):
            too_large("รูปแบบตัวเลข", "a number format")
    if sum(scan.area for scan in scans.values()) > MAX_AREA:
        too_large("ตารางของทุกแผ่นงานรวมกัน", "the tables of all sheets")
    check_texts(texts, scans.values())
    return scans


def _may_be_read(package: Package, name: str, kind: Kind) -> bool:
    """Whether a part is XML, by its name or its first bytes, or a sheet in binary."""
    folded = name.casefold()
    if folded.endswith(_XML_NAMES) or (kind == "xlsb" and folded.endswith(".bin")):
        return True
    beginning = package.head(name, 64).lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n")
    return beginning.startswith(b"<")
