"""Messages that Outlook saved as .msg: who sent them, what is attached.

A .msg is an OLE file, a small file system. Before its streams are read, their sizes are
added up: entries that share their bytes could make a small file ask for all memory.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from moral_xlsx.mail.inward.links import link_only
from moral_xlsx.mail.inward.messages import Attached, address_in, damaged, message_of, parse
from moral_xlsx.mail.inward.names import decoded, one_line
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import BEYOND_LIMITS, LIBRARY_MISSING
from moral_xlsx.model.mail import Message

if TYPE_CHECKING:
    from oxmsg.properties import Properties
    from oxmsg.storage import Storage

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MAX_ENTRIES = 20_000
MAX_DEPTH = 8
_MARKS = tuple(f"__{name}_version1.0".encode("utf-16-le") for name in ("nameid", "properties"))
_ATTACHMENT = "__attach_version1.0_#"
_EMBEDDED = "__substg1.0_3701000D"
_HEADER, _HEADER_EMBEDDED, _HEADER_ATTACHMENT = 32, 24, 8

# Property numbers as [MS-OXPROPS] has them.
_CLASS, _SUBJECT, _HEADERS = 0x001A, 0x0037, 0x007D
_SENDER, _SENDER_SMTP, _REPRESENTED, _REPRESENTED_SMTP = 0x0C1F, 0x5D01, 0x0065, 0x5D02
_SENT, _DELIVERED = 0x0039, 0x0E06
_MESSAGE_ID, _REFERENCES, _IN_REPLY_TO = 0x1035, 0x1039, 0x1042
_DATA, _METHOD, _MEDIA_TYPE = 0x3701, 0x3705, 0x370E
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3707, 0x3704, 0x3001
_BY_REFERENCE = (2, 3, 4, 7)
# A text in the letters of the sender's machine; the message says which, an attachment does not.
_ANSI, _CODE_PAGE = 0x001E, 0x3FFD
_LIBRARYS_GUESS = "iso-8859-15"  # without a code page; it has a letter for every byte


@dataclass(frozen=True, slots=True)
class Opened:
    """A .msg taken apart: what its properties say, and what is attached."""

    message: Message
    attached: tuple[Attached, ...]


def is_msg(name: str, head: bytes) -> bool:
    """Whether a file is a message that Outlook saved."""
    if not head.startswith(OLE):
        return False
    return name.lower().endswith(".msg") or any(mark in head for mark in _MARKS)


def installed() -> bool:
    """Whether the library that reads .msg files is there."""
    return importlib.util.find_spec("oxmsg") is not None


def open_msg(data: bytes) -> Opened:
    """A .msg taken apart. Never raises."""
    if not installed():
        missing = finding(LIBRARY_MISSING, library="python-oxmsg")
        return Opened(Message(), (Attached("", None, finding=missing, failed=True),))
    try:
        storage = _storage(data)
        if storage is None:
            beyond = finding(BEYOND_LIMITS, what=("ขนาดของไฟล์ .msg", "the size of the .msg file"))
            return Opened(Message(), (Attached("", None, finding=beyond),))
        pages = f"cp{_properties(storage, _HEADER).int_prop_value(_CODE_PAGE) or ''}"
        return Opened(_message(storage), tuple(_attached(storage, pages, 0)))
    except (ImportError, MemoryError):
        raise  # it is ours
    except Exception:  # the readers of OLE raise whatever broken bytes lead to
        whole = damaged("ไฟล์ .msg ไม่ครบหรือเสียหาย", "the .msg file is incomplete or damaged")
        return Opened(Message(), (Attached("", None, finding=whole),))


def _storage(data: bytes) -> Storage | None:
    from olefile import OleFileIO
    from oxmsg.storage import Storage

    with OleFileIO(data) as file:
        entries = [entry for entry in file.direntries if entry is not None]
        if len(entries) > MAX_ENTRIES or sum(entry.size for entry in entries[1:]) > len(data):
            return None
        return Storage.from_ole(file)


def _properties(storage: Storage, header: int) -> Properties:
    from oxmsg.properties import Properties

    return Properties(storage, header)


def _message(storage: Storage) -> Message:
    said = _properties(storage, _HEADER)
    headers = said.str_prop_value(_HEADERS) or ""
    message = message_of(parse(headers.encode("utf-8", "replace") + b"\r\n\r\n"))
    kind = (said.str_prop_value(_CLASS) or "").lower()
    addresses = (
        address_in(said.str_prop_value(number) or "")
        for number in (_REPRESENTED_SMTP, _SENDER_SMTP, _REPRESENTED, _SENDER)
    )
    own = message_of(
        parse(
            b"Message-ID: %b\r\nReferences: %b\r\nIn-Reply-To: %b\r\n\r\n"
            % tuple(_header(said, number) for number in (_MESSAGE_ID, _REFERENCES, _IN_REPLY_TO))
        )
    )
    return replace(
        message,
        message_id=message.message_id or own.message_id,
        sender=message.sender or next(filter(None, addresses), ""),
        subject=message.subject or one_line(said.str_prop_value(_SUBJECT) or ""),
        received=message.received or _moment(said, _DELIVERED) or _moment(said, _SENT),
        automatic=message.automatic or kind.startswith("report.") or ".rules." in kind,
        bounce=message.bounce or kind.startswith("report."),
        references=message.references or own.references,
    )


def _header(said: Properties, number: int) -> bytes:
    return one_line(said.str_prop_value(number) or "").encode("utf-8", "replace")


def _moment(said: Properties, number: int) -> datetime | None:
    found = said.date_prop_value(number)
    if not isinstance(found, datetime):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if 1990 <= found.year < 2200 else None


def _text(said: Properties, number: int, code_page: str) -> str:
    """A text of an attachment, in the letters of its message."""
    text = said.str_prop_value(number) or ""
    own = said.int_prop_value(_CODE_PAGE)
    if own or not any(each.pid == number and each.ptyp == _ANSI for each in said):
        return text
    return decoded(text.encode(_LIBRARYS_GUESS, "replace"), code_page)


def _attached(storage: Storage, code_page: str, depth: int) -> Iterator[Attached]:
    for each in sorted(storage.storages, key=lambda inner: inner.name):
        if not each.name.startswith(_ATTACHMENT):
            continue
        try:
            yield _attachment(each, code_page, depth)
        except (ImportError, MemoryError):
            raise
        except Exception:  # as above; one broken attachment costs only itself
            why = "ไฟล์แนบใน .msg เสียหาย", "an attachment inside is damaged"
            yield Attached("", None, finding=damaged(*why))


def _attachment(storage: Storage, code_page: str, depth: int) -> Attached:
    said = _properties(storage, _HEADER_ATTACHMENT)
    names = (_text(said, each, code_page) for each in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
    name = next(filter(None, names), "")
    embedded = next((each for each in storage.storages if each.name == _EMBEDDED), None)
    method = said.int_prop_value(_METHOD)
    if embedded is not None and method == 5:
        return _embedded(embedded, name, code_page, depth)
    if method in _BY_REFERENCE:
        return Attached(name, None, finding=link_only())
    data = said.binary_prop_value(_DATA)
    if data is None:
        why = "ไฟล์แนบใน .msg ไม่มีเนื้อไฟล์", "an attachment inside has no content"
        return Attached(name, None, finding=damaged(*why))
    return Attached(name, data, said.str_prop_value(_MEDIA_TYPE) or "")


def _embedded(storage: Storage, name: str, code_page: str, depth: int) -> Attached:
    if depth >= MAX_DEPTH:
        beyond = finding(BEYOND_LIMITS, what=("ข้อความซ้อนกันหลายชั้น", "messages within messages"))
        return Attached(name, None, finding=beyond)
    subject = _properties(storage, _HEADER_EMBEDDED).str_prop_value(_SUBJECT) or name
    return Attached(f"{subject}.msg", None, opened=tuple(_attached(storage, code_page, depth + 1)))
