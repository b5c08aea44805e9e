"""What comes in by mail: every file that a message, a mailbox or an archive holds.

A container is known by its content, and opened to a bounded depth, number and size. Every
container gives at least one part; what cannot be taken out is a part that says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from moral_xlsx.mail.inward import archives, outlook, winmail
from moral_xlsx.mail.inward.messages import (
    HEAD,
    PGP,
    Attached,
    attachments,
    damaged,
    message_of,
    parse,
)
from moral_xlsx.mail.inward.names import LONGEST_NAME, clean_name, is_system_file
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import (
    BEYOND_LIMITS,
    EMPTY_CONTAINER,
    ENCRYPTED_CONTAINER,
    OTHER_ARCHIVE,
    SYSTEM_FILE,
)
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Message, Part

MAX_DEPTH = 8  # containers in containers
MAX_PARTS = 2_000  # of one message or archive
MAX_MESSAGES = 20_000  # of one mailbox
MAX_TOTAL = 300_000_000  # bytes of all files taken out
_LONGEST_PATH = 200  # of a part's name below its container's

_Kind = Literal["message", "mailbox", "msg", "winmail", "zip", "other archive", ""]

_BETWEEN = re.compile(rb"^From ([^\r\n]{1,300})\r?\n(?=[!-9;-~]{1,100}:|>From )", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"
_TIME_OF_DAY, _YEAR = re.compile(rb"\d:\d\d"), re.compile(rb"\b\d{4}\b")
_KNOWN_FIELDS = frozenset(
    {"content-type", "date", "delivered-to", "dkim-signature", "from", "message-id"}
    | {"mime-version", "received", "reply-to", "return-path", "sender", "subject", "to"}
)
_MESSAGE_TYPES = ("message/rfc822", "message/global", "message/news")
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_NEVER_MESSAGES = (
    *(".csv", ".htm", ".html", ".ics", ".json", ".log", ".md", ".mht", ".mhtml", ".pdf"),
    *(".rtf", ".txt", ".vcf", ".xml"),
)
_SUFFIXES = {
    "application/ics": ".ics",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-pkcs7-signature": ".p7s",
    "application/x-zip-compressed": ".zip",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/calendar": ".ics",
    "text/csv": ".csv",
}
_MESSAGE: Bilingual = ("อีเมล", "message")


def is_container(name: str, head: bytes) -> bool:
    """Whether a file holds others: a message, a mailbox, an archive.

    ``head`` is its first ``HEAD`` bytes. A workbook, though a zip, holds nothing to take out.
    """
    return _kind(name, head) != ""


def unpack(name: str, data: bytes) -> tuple[Part, ...]:
    """Every file in a container, in order; a file that is none is its own only part.

    Each part's name begins with ``name`` and is unlike every other's. The same input gives
    the same parts. Never raises.
    """
    first = Attached(name, data)
    if _kind(name, data) != "mailbox":
        return _named(name, _bounded(first, _Place(), _Bounds()))
    return _named(name, _mailbox(first))


def message_at(name: str, head: bytes) -> Message | None:
    """The message that a file is, by its first bytes; None when it is none."""
    return message_of(parse(head)) if _kind(name, head) == "message" else None


def nothing_attached(message: Message | None) -> Finding:
    """What is said of a message or an archive in which there is nothing that anybody sent."""
    return finding(EMPTY_CONTAINER, what=_MESSAGE if message else archives.WHAT)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file stood: the names of its containers, the delivered message."""

    path: tuple[str, ...] = ()
    message: Message | None = None


class _TooManyError(Exception):
    pass


class _Bounds:
    """How much more may be taken out: parts of one delivered message or archive, bytes in all."""

    def __init__(self) -> None:
        self.parts = MAX_PARTS
        self.size = MAX_TOTAL

    def count(self) -> None:
        """Count one part."""
        if self.parts <= 0:
            raise _TooManyError
        self.parts -= 1

    def allows(self, size: int) -> bool:
        """Count that many bytes; False, and nothing counted, when they are too many."""
        if size > self.size:
            return False
        self.size -= size
        return True


_Taken = tuple[_Place, Attached]


def _named(name: str, taken: Iterator[_Taken]) -> tuple[Part, ...]:
    used: dict[str, int] = {}
    parts = []
    for place, each in taken:
        inner = _shortened("/".join(place.path))
        if inner in used:
            inner = _numbered(inner, used)
        else:
            used[inner] = 1
        full = f"{name}/{inner}" if inner else name
        parts.append(Part(full, each.data, place.message, each.finding, each.aside, each.failed))
    return tuple(parts)


def _numbered(inner: str, used: dict[str, int]) -> str:
    """The name with a number before its suffix that no other part has."""
    folder, slash, own = inner.rpartition("/")
    stem, dot, suffix = own.rpartition(".")
    if not stem:
        stem, dot, suffix = own, "", ""
    new = inner
    while new in used:
        used[inner] += 1
        numbered = f"{stem} ({used[inner]})".strip()
        new = f"{folder}{slash}{numbered}{dot}{suffix}"
    used[new] = 1
    return new


def _shortened(path: str) -> str:
    if len(path) <= _LONGEST_PATH:
        return path
    own = path.rpartition("/")[2]
    return path[: _LONGEST_PATH - len(own) - 2] + "…/" + own


# --- opening


def _mailbox(box: Attached) -> Iterator[_Taken]:
    """Each message of a mailbox that was handed in is a delivered message of its own."""
    bounds = _Bounds()
    for number, message in enumerate(_messages(box.data or b""), start=1):
        if number > MAX_MESSAGES:
            yield _Place(), Attached("", None, finding=_beyond("ข้อความ", "messages", MAX_MESSAGES))
            return
        bounds.parts, bounds.size = MAX_PARTS, MAX_TOTAL
        yield from _bounded(message, _Place((_own_name(message, "mailbox", number),)), bounds)


def _bounded(first: Attached, place: _Place, bounds: _Bounds) -> Iterator[_Taken]:
    try:
        yield from _open(first, place, 0, bounds)
    except _TooManyError:
        yield place, Attached("", None, finding=_beyond("ไฟล์", "files", MAX_PARTS))


def _open(each: Attached, place: _Place, depth: int, bounds: _Bounds) -> Iterator[_Taken]:
    if each.opened is not None:
        yield from _inside(iter(each.opened), "msg", place, depth, bounds)
        return
    kind = _attached_kind(each)
    if kind and depth < MAX_DEPTH:
        place, contents = _contents(each, kind, place, bounds)
        yield from _inside(contents, kind, place, depth, bounds)
        return
    bounds.count()
    refused = _beyond("ชั้นที่ซ้อนกัน", "layers", MAX_DEPTH) if kind else _refusal(each, bounds)
    yield place, replace(each, data=None, finding=refused) if refused else each


def _inside(
    contents: Iterator[Attached], kind: _Kind, place: _Place, depth: int, bounds: _Bounds
) -> Iterator[_Taken]:
    nothing = True
    for number, each in enumerate(contents, start=1):
        # A picture in the letter's text is nothing that was attached; a link tells of a file.
        nothing = nothing and each.aside and each.data is not None
        name = _own_name(each, kind, number)
        inner = replace(place, path=(*place.path, name) if name else place.path)
        yield from _open(each, inner, depth + 1, bounds)
    if nothing:
        bounds.count()
        # A message with its letter alone is no fault where another one came with it.
        if kind in ("zip", "other archive"):
            yield place, Attached("", None, finding=finding(EMPTY_CONTAINER, what=archives.WHAT))
        else:
            yield place, Attached("", None, aside=True)


def _contents(
    each: Attached, kind: _Kind, place: _Place, bounds: _Bounds
) -> tuple[_Place, Iterator[Attached]]:
    data = each.data or b""
    if kind == "zip":
        return place, archives.members(data, bounds.allows)
    if kind == "other archive":
        refused = finding(OTHER_ARCHIVE, kind=archives.other_kind(data))
        return place, iter((Attached("", None, finding=refused),))
    if kind == "mailbox":
        return place, _messages(data)
    if kind == "winmail":
        return place, winmail.attachments(data)
    if kind == "msg":
        saved = outlook.open_msg(data)
        return _delivered(place, saved.message), iter(saved.attached)
    entity = parse(data)
    if not entity.fields:
        reason = damaged("ไม่มีส่วนหัวของอีเมล", "it has no header fields")
        return place, iter((Attached("", None, finding=reason),))
    return _delivered(place, message_of(entity)), attachments(entity)


def _delivered(place: _Place, message: Message) -> _Place:
    return place if place.message is not None else replace(place, message=message)


def _messages(data: bytes) -> Iterator[Attached]:
    data = data.removeprefix(_BOM)
    starts = (found for found in _BETWEEN.finditer(data) if _is_between(found))
    here = next(starts, None)
    while here is not None:
        following = next(starts, None)
        content = data[here.end() : following.start() if following else len(data)]
        yield Attached("", content, _MESSAGE_TYPES[0])
        here = following


def _is_between(found: re.Match[bytes]) -> bool:
    """Whether a line begins a message of a mailbox: it names a time of day and a year."""
    return bool(_TIME_OF_DAY.search(found[1]) and _YEAR.search(found[1]))


# --- what it is


def _kind(name: str, data: bytes) -> _Kind:
    head = data[:HEAD]
    if archives.is_zip(name, head):
        return "zip"
    if archives.other_kind(head):
        return "other archive"
    if winmail.is_winmail(head):
        return "winmail"
    if outlook.is_msg(name, head):
        return "msg"
    if head.startswith((b"PK\x03\x04", outlook.OLE)):
        return ""
    if (first := _BETWEEN.match(head.removeprefix(_BOM).lstrip())) and _is_between(first):
        return "mailbox"
    if name.lower().endswith((".eml", ".emlx")):
        return "message"
    known = {key for key, _ in parse(head).fields} & _KNOWN_FIELDS
    return "message" if len(known) >= 2 and not name.lower().endswith(_NEVER_MESSAGES) else ""


def _attached_kind(each: Attached) -> _Kind:
    if each.data is None:
        return ""
    data = each.data
    kind = _kind(each.name, data)
    if not kind and (each.media_type in _TNEF_TYPES or each.name.lower() == "winmail.dat"):
        return "winmail"
    if not kind and each.media_type in _MESSAGE_TYPES and not data.startswith(b"PK\x03\x04"):
        return "message"
    return kind


def _refusal(each: Attached, bounds: _Bounds) -> Finding | None:
    if each.data is None:
        return each.finding
    if each.media_type == "application/applefile" or is_system_file(each.name):
        return finding(SYSTEM_FILE)
    if each.data.lstrip()[: len(PGP)] == PGP:
        return finding(ENCRYPTED_CONTAINER, what=("ไฟล์", "file"))
    if not each.counted and not bounds.allows(len(each.data)):
        return _beyond("ขนาดรวม (ล้านไบต์)", "million bytes in all", MAX_TOTAL // 1_000_000)
    return None


def _beyond(thai: str, english: str, most: int) -> Finding:
    return finding(BEYOND_LIMITS, what=(f"{thai}เกิน {most:,}", f"more than {most:,} {english}"))


# --- what it is called


def _own_name(each: Attached, container: _Kind, number: int) -> str:
    """What people are shown; empty for a finding about the container itself."""
    if container == "zip":
        name = archives.shown(each.name)
    elif container == "mailbox":
        return f"{number} {_message_name(each)}"
    else:
        name = clean_name(each.name)
    if name or (each.data is None and each.opened is None):
        return name
    if each.media_type in _MESSAGE_TYPES:
        return _message_name(each)
    return f"ไฟล์แนบที่ {number}{_SUFFIXES.get(each.media_type, '')}"


def _message_name(each: Attached) -> str:
    subject = clean_name(message_of(parse((each.data or b"")[:HEAD])).subject, LONGEST_NAME - 20)
    return f"{subject or 'ข้อความ'}.eml"
