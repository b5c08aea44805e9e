"""``winmail.dat``: what Outlook's Rich Text packs all attachments into."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from moral_xlsx.mail.inward.messages import Attached
from moral_xlsx.mail.inward.names import decoded
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import WINMAIL

if TYPE_CHECKING:
    from tnefparse.tnef import TNEFAttachment

_HEADER, _OBJECT = 6, 11  # bytes before the first object, and of an object without its data
_MOST_OBJECTS = 2_000
_SIGNATURE = bytes.fromhex("789f3e22")


def is_winmail(head: bytes) -> bool:
    """Whether a file is one, by its first bytes."""
    return head.startswith(_SIGNATURE)


def installed() -> bool:
    """Whether the library that reads them is there."""
    return importlib.util.find_spec("tnefparse") is not None


def attachments(data: bytes) -> Iterator[Attached]:
    """The files in it. Never raises; without the library, or when damaged, it is refused."""
    if not installed() or _too_many(data):
        yield Attached("", None, finding=finding(WINMAIL))
        return
    from tnefparse import TNEF

    # It logs whatever it does not know; nobody reads that.
    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    try:
        opened = TNEF(data, do_checksum=False)
        page = str(opened.codepage or "")
        found = [(_name(each, page), bytes(each.data)) for each in opened.attachments]
    except MemoryError:
        raise  # it is ours
    except Exception:  # it raises whatever broken bytes lead to
        yield Attached("", None, finding=finding(WINMAIL))
        return
    if not found:
        yield Attached("", None, finding=finding(WINMAIL))
    yield from (Attached(name, content) for name, content in found)


def _too_many(data: bytes) -> bool:
    """Whether it has so many objects that the library, which copies the rest of the file for
    each, would never end."""
    at, count = _HEADER, 0
    while at + _OBJECT <= len(data) and count <= _MOST_OBJECTS:
        at += int.from_bytes(data[at + 5 : at + 9], "little") + _OBJECT
        count += 1
    return count > _MOST_OBJECTS


def _name(each: TNEFAttachment, code_page: str) -> str:
    """Its long name; else its title, which is in the letters of the sender's machine."""
    titled = each._name
    said = each.long_filename() if isinstance(titled, str) or each.mapi_attrs else titled
    text = decoded(said, code_page) if isinstance(said, bytes) else str(said)
    return text.strip("\0")
