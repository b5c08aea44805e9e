"""Archives: what a .zip holds, with names that can be read and within bounds."""

from __future__ import annotations

import binascii
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from moral_xlsx.mail.inward.messages import Attached
from moral_xlsx.mail.inward.names import clean_name, decoded, is_system_file
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import (
    BEYOND_LIMITS,
    BROKEN_CONTAINER,
    ENCRYPTED_CONTAINER,
    SYSTEM_FILE,
    UNPACKED_WORKBOOK,
)
from moral_xlsx.model.findings import Finding

WHAT: Bilingual = ("ไฟล์บีบอัด", "archive")
_MAX_DIRECTORY = 4_000_000
_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR, _UTF8 = 0x0008, 0x0800
_UNICODE_PATH = 0x7075

_OFFICE_PART = re.compile(
    rb"\[Content_Types\]\.xml|_rels/\.rels|mimetype|docProps/\w+\.xml|customXml/item\d+\.xml"
    rb"|xl/(?:workbook|styles|sharedStrings|worksheets/|_rels/|theme/).*"
    rb"|(?:word/document|ppt/presentation)\.xml"
)
# Packages of programs that are zips inside: what is wrong with them, their reader says.
_PACKAGE_SUFFIXES = (
    *(".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm", ".xlam", ".ods", ".ots", ".numbers"),
    *(".docx", ".docm", ".dotx", ".odt", ".pages", ".pptx", ".pptm", ".ppsx", ".odp", ".key"),
    *(".epub", ".jar", ".apk", ".kmz"),
)
_UNPACKED = re.compile(r"(.*[/\\])xl[/\\]workbook\.(?:xml|bin)", re.IGNORECASE)
_OTHER_KINDS = (
    (re.compile(rb"Rar!\x1a\x07"), "RAR"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"\x1f\x8b\x08"), "gzip"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "bzip2"),
    (re.compile(rb"\xfd7zXZ\0"), "xz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "Zstandard"),
    (re.compile(rb"MSCF\0\0\0\0"), "CAB"),
    (re.compile(rb"..-lh[0-9dx]-", re.DOTALL), "LHA"),
    (re.compile(rb".{257}ustar", re.DOTALL), "tar"),
)


def is_zip(name: str, head: bytes) -> bool:
    """Whether a file is an archive to be opened, not a workbook or document that is a zip too."""
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    return not name.lower().endswith(_PACKAGE_SUFFIXES) and not _is_office(head)


def other_kind(head: bytes) -> str:
    """The name of another kind of archive, which is not opened; empty when it is none."""
    return next((kind for mark, kind in _OTHER_KINDS if mark.match(head)), "")


def _is_office(head: bytes) -> bool:
    at = 0
    while len(head) >= at + _LOCAL.size and head[at : at + 4] == b"PK\x03\x04":
        _, _, flags, _, _, _, _, packed, _, name_size, extra_size = _LOCAL.unpack_from(head, at)
        start = at + _LOCAL.size
        if _OFFICE_PART.fullmatch(head[start : start + name_size]):
            return True
        if flags & _DESCRIPTOR:  # its length stands behind it: nothing more can be told
            return False
        at = start + name_size + extra_size + packed
    return False


def members(data: bytes, allowed: Callable[[int], bool]) -> Iterator[Attached]:
    """The files of a .zip in the order of its directory. Never raises.

    ``allowed`` is asked before that many bytes are inflated, and nothing is inflated beyond
    what the directory declares.
    """
    if _directory_size(data) > _MAX_DIRECTORY:
        yield Attached("", None, finding=_beyond("มีไฟล์มากเกินไป", "too many files"))
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError):
        yield Attached("", None, finding=_damaged("ไฟล์ไม่ครบหรือเสียหาย", "incomplete or damaged"))
        return
    named = [(_name(info), info) for info in infos]
    # A workbook is a zip too, and people unpack it and pack the folder again.
    unpacked = dict.fromkeys(found[1] for name, _ in named if (found := _UNPACKED.fullmatch(name)))
    for folder in unpacked:
        taken_apart = finding(UNPACKED_WORKBOOK, found=shown(folder))
        yield Attached(folder.rstrip("/\\"), None, finding=taken_apart)
    for name, info in named:
        if not name.endswith("/") and not name.startswith(tuple(unpacked)):
            yield _member(archive, info, name, allowed)


def _directory_size(data: bytes) -> int:
    at = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    return int.from_bytes(data[at + 12 : at + 16], "little") if at >= 0 else 0


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, allowed: Callable[[int], bool]
) -> Attached:
    if is_system_file(name):
        return Attached(name, None, finding=finding(SYSTEM_FILE))
    if info.flag_bits & _ENCRYPTED or info.compress_type == 99:
        return Attached(name, None, finding=finding(ENCRYPTED_CONTAINER, what=WHAT))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        why = "วิธีบีบอัดที่ไม่รองรับ", "unsupported compression"
        return Attached(name, None, finding=_damaged(*why))
    if not allowed(info.file_size):
        megabytes = max(1, info.file_size // 1_000_000)
        return Attached(name, None, finding=_beyond(f"{megabytes} MB", f"{megabytes} MB"))
    try:
        with archive.open(info) as file:
            content = file.read(info.file_size)
            whole = len(content) == info.file_size and not file.read(1)
    except (
        *(zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError),
        *(struct.error, zlib.error, OSError, EOFError),
    ):
        whole = False
    if not whole:
        return Attached(name, None, finding=_damaged("ไฟล์ข้างในเสียหาย", "a file inside is damaged"))
    return Attached(name, content, counted=True)


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; without its UTF-8 mark, programs write UTF-8 or the PC's own letters."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    return _unicode_path(raw, info.extra) or decoded(raw)


def _unicode_path(raw: bytes, extra: bytes) -> str:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field = extra[4 : 4 + size]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if int.from_bytes(field[1:5], "little") == binascii.crc32(raw):
                return decoded(field[5:], "utf-8")
            return ""
        extra = extra[4 + size :]
    return ""


def shown(name: str) -> str:
    """A member's name with its folders, each cleaned; steps upwards are left out."""
    steps = name.replace("\\", "/").split("/")
    return "/".join(filter(None, (clean_name(step) for step in steps)))


def _damaged(thai: str, english: str) -> Finding:
    return finding(BROKEN_CONTAINER, what=WHAT, why=(thai, english))


def _beyond(thai: str, english: str) -> Finding:
    return finding(BEYOND_LIMITS, what=(thai, english))
