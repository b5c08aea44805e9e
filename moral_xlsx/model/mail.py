"""The post: messages that bring files, and messages that answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moral_xlsx.model.findings import Finding


@dataclass(frozen=True, slots=True)
class Message:
    """The message that was delivered; texts are as the sender wrote them, each on one line.

    ``message_id`` and ``references`` are without angle brackets. ``received`` is when it was
    delivered, else when it says that it was sent; None when neither can be told. ``automatic``
    tells that no person waits for an answer: lists, bounces, out of office. ``bounce`` tells
    that it brings back what was sent, or answers by itself. ``copied`` are the addresses that got a
    copy of it.
    """

    message_id: str = ""
    sender: str = ""
    reply_to: str = ""
    subject: str = ""
    received: datetime | None = None
    automatic: bool = False
    bounce: bool = False
    references: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A file that stood in a container: a message, a mailbox, an archive.

    ``name`` tells people where it stood, such as ``ส่งต่อ.eml/แบบ.xlsx``; it is never used as
    a path. ``data`` is None when it could not be taken out; ``finding`` says why. ``message``
    is the delivered message, also for what stood in one forwarded inside it. ``aside`` tells
    that nobody attached it: a picture or a link in a letter's own text, a signature; without
    ``data`` and ``finding``, that there was nothing but the letter. ``failed`` tells that this
    machine lacks what opens it.
    """

    name: str
    data: bytes | None
    message: Message | None = None
    finding: Finding | None = None
    aside: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to be attached to a draft; ``name`` is of our own making."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A draft that was sent: the hash of its bytes, to whom, and when."""

    sha256: str
    recipient: str
    moment: datetime
