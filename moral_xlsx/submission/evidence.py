"""Evidence out of one file: the pictures of a workbook, and the files beside it.

Nothing is opened here: what a file is, its first bytes say. ``prints`` opens pictures.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from moral_xlsx.excel.form.layout import cell_name, cell_position, lay_out
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.pictures import SheetPicture, sheet_pictures
from moral_xlsx.model.answers import Understood
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.evidence import EVIDENCE_REFUSED
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.evidence import EvidenceFile, EvidenceKind, NamedFile
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.mail import Part
from moral_xlsx.model.reference import Reference
from moral_xlsx.opc import BadPackage
from moral_xlsx.rules.printed import answers_in_words
from moral_xlsx.rules.understand.attached import at_answer, named_files
from moral_xlsx.thai import thai_digits

MAX_FILES = 60  # of one workbook or message
MAX_FILE = 20_000_000  # bytes of one
MAX_TOTAL = 60_000_000  # of all that a workbook holds
_LONGEST_NAME = 100

_KINDS: tuple[tuple[bytes, EvidenceKind, str], ...] = (
    (rb"\x89PNG\r\n\x1a\n", "picture", ".png"),
    (rb"\xff\xd8\xff", "picture", ".jpg"),
    (rb"GIF8[79]a", "picture", ".gif"),
    (rb"BM.{4}\0\0\0\0", "picture", ".bmp"),
    (rb"II\*\0|MM\0\*", "picture", ".tif"),
    (rb"RIFF.{4}WEBP", "picture", ".webp"),
    (rb".{4}ftyp(?:hei|mif)", "picture", ".heic"),
    (rb"\x01\0\0\0.{36} EMF", "picture", ".emf"),
    (rb"\xd7\xcd\xc6\x9a|\x01\0\x09\0\0[\x01\x03]", "picture", ".wmf"),
    (rb"%PDF-", "document", ".pdf"),
    (rb"\{\\rtf", "document", ".rtf"),
)
_PACKAGES = ((b"word/document.xml", ".docx"), (b"opendocument.text", ".odt"))
_OLE, _WORD_STREAM = bytes.fromhex("d0cf11e0a1b11ae1"), "WordDocument".encode("utf-16-le")
_CALLED_SO = re.compile(
    r"\.(?:jpe?g|jfif|png|gif|bmp|tiff?|webp|hei[cf]|emf|wmf|pdf|docx?|odt|rtf)$", re.IGNORECASE
)

_TOO_MANY: Bilingual = (f"มีเกิน {MAX_FILES} ไฟล์", f"there are more than {MAX_FILES}")
_TOO_LARGE: Bilingual = (
    f"ใหญ่เกิน {MAX_FILE // 1_000_000} MB",
    f"it is larger than {MAX_FILE // 1_000_000} MB",
)
_TOO_MUCH: Bilingual = (
    f"รูปทั้งหมดรวมกันเกิน {MAX_TOTAL // 1_000_000} MB",
    f"all pictures together have more than {MAX_TOTAL // 1_000_000} MB",
)
_OTHER: Bilingual = (
    "เนื้อไฟล์ไม่ใช่รูป, PDF หรือ Word",
    "its content is no picture, PDF or Word file",
)
_NOT_INSIDE: Bilingual = (
    "ไม่มีตัวรูปอยู่ในไฟล์ (เป็นลิงก์หรือรูปที่หายไป)",
    "the picture itself is not in the file (a link, or lost)",
)
_DAMAGED: Bilingual = ("รูปในไฟล์เสียหาย", "the picture in the file is damaged")
_PICTURE: Bilingual = ("รูปภาพ", "a picture")


@dataclass(frozen=True, slots=True)
class WorkbookEvidence:
    """The pictures of a workbook, their bytes by their hash, the files that its answers name, and
    what is said of pictures that were not taken."""

    files: tuple[EvidenceFile, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    named: tuple[NamedFile, ...] = ()
    findings: tuple[Finding, ...] = ()


def kind_of(data: bytes) -> tuple[EvidenceKind, str] | None:
    """What a file is by its content, with the suffix for it; None for what is no evidence."""
    for pattern, kind, suffix in _KINDS:
        if re.match(pattern, data[:64], re.DOTALL):
            return kind, suffix
    if data.startswith(b"PK\x03\x04"):
        return next((("document", suffix) for mark, suffix in _PACKAGES if mark in data), None)
    if data.startswith(_OLE) and _WORD_STREAM in data:
        return "document", ".doc"
    return None


def shown_name(name: str) -> str:
    """A name that came with a file, for people: printable, on one line, not too long."""
    own = re.split(r"[/\\]", name)[-1]
    line = " ".join("".join(c if c.isprintable() else " " for c in own).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 12]}…{line[-11:]}"


def attached(part: Part, before: int) -> EvidenceFile | Finding | None:
    """A file that came beside a form; a finding where it cannot be kept as the evidence that its
    name promises, None for anything else. ``before`` are so many of its message."""
    data, name = part.data or b"", shown_name(part.name)
    kind = kind_of(data)
    if kind is None and not _CALLED_SO.search(name):
        return None
    why = _OTHER if kind is None else _TOO_LARGE if len(data) > MAX_FILE else None
    if why is None and before >= MAX_FILES:
        why = _TOO_MANY
    if kind is None or why is not None:
        return finding(EVIDENCE_REFUSED, found=name, why=why)
    return EvidenceFile(hashlib.sha256(data).hexdigest(), len(data), *kind, name, "message")


def of_workbook(form: Form, inspected: Inspected, understood: Understood) -> WorkbookEvidence:
    """Everything of a workbook that is evidence, each with the answer beside which it stands."""
    files: list[EvidenceFile] = []
    contents: dict[str, bytes] = {}
    refused: list[Finding] = []
    try:
        pictures = sheet_pictures(inspected)
    except Refused:  # what lies over a sheet cannot be read; the sheet can
        pictures = ()
        refused.append(finding(EVIDENCE_REFUSED, found=_PICTURE, why=_DAMAGED))
    if not pictures:
        return WorkbookEvidence(named=named_files(understood), findings=tuple(refused))
    told = answers_in_words(form, understood.answers)
    beside = _Beside(form, understood)
    for index, picture in enumerate(pictures):
        if len(files) == MAX_FILES or len(refused) == MAX_FILES:
            refused.append(_rest(len(pictures) - index, _place(picture)))
            break
        place = _place(picture)
        taken = _content(inspected, picture, contents)
        name = shown_name(picture.name)
        kind = kind_of(taken) if isinstance(taken, bytes) else None
        if not isinstance(taken, bytes) or kind is None or kind[0] != "picture":
            why = _OTHER if isinstance(taken, bytes) else taken
            refused.append(finding(EVIDENCE_REFUSED, place, found=name or _PICTURE, why=why))
            continue
        digest = hashlib.sha256(taken).hexdigest()
        contents[digest] = taken
        each = EvidenceFile(digest, len(taken), *kind, name, "workbook", place)
        files.append(at_answer(each, form, beside.reference(picture), told))
    said = tuple(dict.fromkeys(refused))
    return WorkbookEvidence(tuple(files), contents, named_files(understood), said)


def _rest(count: int, place: Place) -> Finding:
    """What is said of all pictures that are too many, at the first of them."""
    found = f"รูปที่เหลือ {thai_digits(str(count))} รูป", f"the other {count} pictures"
    return finding(EVIDENCE_REFUSED, place, found=found, why=_TOO_MANY)


def _place(picture: SheetPicture) -> Place:
    if picture.row < 0 or picture.column < 0:
        return Place(sheet=picture.sheet)
    return Place(sheet=picture.sheet, cell=cell_name(picture.row, picture.column))


def _content(
    inspected: Inspected, picture: SheetPicture, taken: Mapping[str, bytes]
) -> bytes | Bilingual:
    """The bytes of a picture, or why there are none."""
    package = inspected.package
    part = package.find(picture.part) if package and picture.part else None
    if package is None or part is None:
        return _NOT_INSIDE
    size = package.member(part).size
    if size > MAX_FILE:
        return _TOO_LARGE
    if size + sum(map(len, taken.values())) > MAX_TOTAL:
        return _TOO_MUCH
    try:
        return package.content(part)
    except BadPackage:
        return _DAMAGED


class _Beside:
    """Finds the answer beside which a picture stands."""

    def __init__(self, form: Form, understood: Understood) -> None:
        tables = {table.id for table in form.tables}
        self._rows: dict[tuple[str, int], list[tuple[int, Reference]]] = {}
        self._claims: dict[int, tuple[str, int]] = {}
        for reference, place in understood.places.items():
            at = cell_position(place.cell)
            if at is None or reference in tables:
                continue
            self._rows.setdefault((place.sheet, at[0]), []).append((at[1], reference))
            if isinstance(reference, str) and (number := _claimed(reference)) is not None:
                self._claims[number] = place.sheet, at[0]
        self._blocks = dict(_blocks(form)) if self._claims else {}

    def reference(self, picture: SheetPicture) -> Reference:
        """The answer in the picture's cell, else the nearest one to the left in its row, else to
        the right; on the printed form, the criterion in whose rows it stands."""
        in_row = sorted(self._rows.get((picture.sheet, picture.row), ()), key=lambda each: each[0])
        left = [reference for column, reference in in_row if column <= picture.column]
        right = [reference for _, reference in in_row]
        found: Reference = left[-1] if left else right[0] if right else ""
        if not found:
            return self._printed(picture)
        number = _claimed(found) if isinstance(found, str) else None
        return found if number is None else f"evidence_{number}"

    def _printed(self, picture: SheetPicture) -> Reference:
        for number, (sheet, row) in self._claims.items():
            above, below = self._blocks.get(number, (0, 0))
            if sheet == picture.sheet and row - above <= picture.row <= row + below:
                return f"evidence_{number}"
        return ""


def _claimed(reference: str) -> int | None:
    kind, _, number = reference.partition("_")
    return int(number) if kind == "claim" and number.isdecimal() else None


def _blocks(form: Form) -> Iterator[tuple[int, tuple[int, int]]]:
    """How many rows each criterion of the printed form has above and below its claim's."""
    for official in lay_out(form).official:
        for block in official.ladder.criteria if official.ladder else ():
            number = block.criterion.number
            claim = official.claim_rows[number]
            yield number, (claim - block.first_row, block.evidence_row - claim)
