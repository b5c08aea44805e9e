"""Drafts sent by SMTP, each at most once.

A message can be lost or sent twice only between the moment when the server has it and the
moment when that is written down. So an intent is written down first: right before the
message itself goes out. Acceptance is written down right after it; a clear refusal takes the
intent back. What has an intent and nothing more is unknown: a run died or a connection broke
just then. It is reported and never sent again, for only the mailbox can tell.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from typing import Literal, Protocol

from moral_xlsx.addresses import plain_address
from moral_xlsx.mail.outward.connection import LATER, Server, connected, reply_text
from moral_xlsx.mail.outward.drafts import OUR_NAME
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.mail import Sent

_MOST_RECIPIENTS = 10  # a unit has one mailbox, or a few

State = Literal["sent", "would_send", "sent_before", "unknown", "refused", "no_draft"]

_NEVER_AGAIN = "ไม่ส่งซ้ำ"
_DROPPED = re.compile(rb"(?:X-Unsent|Date|Bcc)[ \t]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draft; ``said`` and ``remedy`` are for people, (Thai, English).

    ``sent_before``: an earlier run sent it. ``unknown``: it may have been sent, and will not
    be again. ``refused``: the server did not take it; a later run tries again. ``no_draft``:
    the file is no letter of ours with recipients.
    """

    name: str
    state: State
    recipient: str = ""
    subject: str = ""
    sha256: str = ""
    said: Bilingual = ("", "")
    remedy: Bilingual = ("", "")


class SentBook(Protocol):
    """Where sending is written down; every method returns after that is on the disk."""

    def was_sent(self, sha256: str, recipient: str) -> bool:
        """Whether the draft of these bytes was accepted for the recipient."""

    def was_tried(self, sha256: str, recipient: str) -> bool:
        """Whether an intent to send it stands, and no acceptance."""

    def note_tried(self, sent: Sent) -> bool:
        """Writes an intent down; False when it or the acceptance is there already."""

    def note_refused(self, sha256: str, recipient: str) -> None:
        """Takes an intent back: the server surely does not have the message."""

    def note_sent(self, sent: Sent) -> None:
        """Turns the intent into an acceptance."""


def send(
    drafts: Iterable[tuple[str, bytes]],
    server: Server,
    book: SentBook,
    now: Callable[[], datetime],
    *,
    sender: str = "",
    dry_run: bool = False,
) -> Iterator[Outcome]:
    """Sends drafts, given as name and bytes, and tells what became of each, in their order.

    ``sender`` is the address of letters that name none. A dry run connects to nothing and
    writes nothing down. Raises MailError when the server cannot be used; what was told
    before that stands.
    """
    line = _Line(server)
    seen: set[tuple[str, str]] = set()
    try:
        for name, data in drafts:
            letter = _read(name, data, sender)
            if isinstance(letter, Outcome):
                yield letter
                continue
            identity = letter.sha256, letter.recipient
            known = _known(letter, book)
            if known is None and identity in seen:
                known = letter.outcome("sent_before", _TWICE)
            seen.add(identity)
            if known is not None:
                yield known
            elif dry_run:
                yield letter.outcome("would_send", ("จะส่ง", "would be sent"))
            else:
                yield line.deliver(letter, book, now)
    finally:
        line.close()


@dataclass(frozen=True, slots=True)
class _Letter:
    """A draft that can be sent: without what only drafts have, and still without a date."""

    name: str
    sha256: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    head: bytes
    body: bytes

    @property
    def recipient(self) -> str:
        return ", ".join(self.recipients)

    def outcome(self, state: State, said: Bilingual, remedy: Bilingual = ("", "")) -> Outcome:
        return Outcome(self.name, state, self.recipient, self.subject, self.sha256, said, remedy)

    def dated(self, moment: datetime) -> bytes:
        """What goes out."""
        return self.head + f"Date: {format_datetime(moment)}\r\n\r\n".encode() + self.body


def _read(name: str, data: bytes, sender: str) -> _Letter | Outcome:
    """A draft as it would go out, or why the file is none."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    head, _, body = text.partition(b"\r\n\r\n")
    headers = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
    # Its content gave it its id when it was drafted: edited, it is the same letter still.
    sha256 = hashlib.sha256(str(headers.get("Message-ID", "")).encode()).hexdigest()
    subject = _shown(str(headers.get("Subject", "")))
    nothing = Outcome(name, "no_draft", "", subject, sha256, remedy=_NO_DRAFT_REMEDY)
    if not _is_ours(headers):
        return replace(nothing, said=_NO_DRAFT)
    written_to = list(map(str, headers.get_all("To", ())))
    copied = len(written_to) > 1 or headers.get("Cc") or headers.get("Bcc")
    recipients = tuple(plain_address(address) for _, address in getaddresses(written_to))
    if copied or not (recipients and all(recipients)) or len(recipients) > _MOST_RECIPIENTS:
        return replace(nothing, said=_NO_RECIPIENTS, remedy=_ADD_RECIPIENT)
    written_by = [address for _, address in getaddresses(map(str, headers.get_all("From", ())))]
    by = plain_address(written_by[0]) if len(written_by) == 1 else ""
    if not written_by:
        by = plain_address(sender)
        head = f"From: {by}\r\n".encode() + head
    if not by:
        return replace(nothing, said=_NO_SENDER)
    return _Letter(name, sha256, by, recipients, subject, _without_dropped(head), body)


def _is_ours(headers: Headers) -> bool:
    """Whether it is a letter of our making that nobody has sent: never somebody else's mail."""
    message_id = str(headers.get("Message-ID", "")).strip()
    unsent = str(headers.get("X-Unsent", "")).strip() == "1"
    return unsent and message_id.startswith(f"<{OUR_NAME}.")


def _without_dropped(head: bytes) -> bytes:
    """The header without fields that only a draft has or that sending sets."""
    fields = re.split(rb"\r\n(?![ \t])", head)
    return b"".join(each + b"\r\n" for each in fields if not _DROPPED.match(each))


def _known(letter: _Letter, book: SentBook) -> Outcome | None:
    """What earlier runs, or another at the same time, wrote down of a letter."""
    identity = letter.sha256, letter.recipient
    if book.was_sent(*identity):
        return letter.outcome("sent_before", _SENT_BEFORE)
    if book.was_tried(*identity):
        return letter.outcome("unknown", _UNKNOWN, _LOOK)
    return None


class _Line:
    """The connection to the server, opened for the first message that needs it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def deliver(self, letter: _Letter, book: SentBook, now: Callable[[], datetime]) -> Outcome:
        try:
            smtp, refusal = self._addressed(letter)
        except (smtplib.SMTPServerDisconnected, OSError):
            self._drop()
            return letter.outcome("refused", _LOST, LATER)
        if refusal is not None:
            return self._refused(letter, *refusal)
        moment = now()
        sent = Sent(letter.sha256, letter.recipient, moment)
        if not book.note_tried(sent):
            self._drop()
            return _known(letter, book) or letter.outcome("unknown", _UNKNOWN, _LOOK)
        code: int
        reply: bytes | str
        try:
            code, reply = smtp.data(letter.dated(moment))
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, error.smtp_error
        except (smtplib.SMTPException, OSError):
            self._drop()
            return letter.outcome("unknown", _UNKNOWN, _LOOK)
        if 200 <= code < 300:
            book.note_sent(sent)
            return letter.outcome("sent", ("ส่งแล้ว", "sent"))
        if not 400 <= code < 600:  # no answer that means anything
            self._drop()
            return letter.outcome("unknown", _UNKNOWN, _LOOK)
        book.note_refused(letter.sha256, letter.recipient)
        return self._refused(letter, code, reply)

    def close(self) -> None:
        """Takes leave of the server, if it is still there."""
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._drop()
        self._smtp = None

    def _addressed(self, letter: _Letter) -> tuple[smtplib.SMTP, tuple[int, bytes | str] | None]:
        """A connection that took sender and recipient, or its refusal.

        Servers close a connection that is idle or has carried enough; then another is opened.
        """
        fresh = self._smtp is None
        smtp = self._smtp = self._smtp or connected(self._server)
        try:
            return smtp, _address(smtp, letter)
        except (smtplib.SMTPServerDisconnected, OSError):
            if fresh:
                raise
        self._drop()
        smtp = self._smtp = connected(self._server)
        return smtp, _address(smtp, letter)

    def _refused(self, letter: _Letter, code: int, reply: bytes | str) -> Outcome:
        """What the server said against one message; the connection serves the next one."""
        try:
            if self._smtp is not None and code != 421:
                self._smtp.rset()
            else:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()
        return letter.outcome("refused", *_refusal(code, reply))

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _address(smtp: smtplib.SMTP, letter: _Letter) -> tuple[int, bytes | str] | None:
    """Tells the server sender and recipients; what it said when it refused one of them."""
    options = []
    if smtp.has_extn("size"):
        options.append(f"size={len(letter.head) + len(letter.body) + 100}")
    if smtp.has_extn("8bitmime") and not (letter.head + letter.body).isascii():
        options.append("body=8bitmime")
    code, reply = smtp.mail(letter.sender, options)
    for each in letter.recipients:
        if code in (250, 251):
            code, reply = smtp.rcpt(each)
    return None if code in (250, 251) else (code, reply)


def _refusal(code: int, reply: bytes | str) -> tuple[Bilingual, Bilingual]:
    said = f"{code} {reply_text(reply)}".strip()
    if 400 <= code < 500:
        return (
            (f"เซิร์ฟเวอร์ยังไม่รับจดหมายนี้ ({said})", f"the server does not take it now ({said})"),
            LATER,
        )
    return (
        (f"เซิร์ฟเวอร์ไม่รับจดหมายนี้ ({said})", f"the server refused it ({said})"),
        _CHECK_ADDRESS,
    )


def _shown(header: str) -> str:
    """A header's text as people read it."""
    try:
        text = str(make_header(decode_header(header)))
    except (LookupError, ValueError, MessageError):
        text = header
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


_SENT_BEFORE = (f"ส่งไปแล้วในครั้งก่อน {_NEVER_AGAIN}", "sent before, not sent again")
_TWICE = (f"เหมือนกับไฟล์ก่อนหน้าทุกไบต์ {_NEVER_AGAIN}", "the same bytes as a file before it")
_UNKNOWN = (
    f"ไม่ทราบว่าเซิร์ฟเวอร์รับจดหมายนี้ไว้แล้วหรือไม่ เพราะการส่งขาดตอน {_NEVER_AGAIN}",
    "sending was interrupted, and it is not known whether the server has it; not sent again",
)
_LOOK = (
    "ดูในกล่องจดหมายที่ส่งแล้วหรือถามผู้รับ ถ้ายังไม่ถึง ให้เปิดไฟล์นี้ในโปรแกรมอีเมลแล้วส่งเอง",
    "Look in the mailbox's sent mail or ask; if it is not there, open the file and send it.",
)
_LOST = ("การเชื่อมต่อขาดก่อนส่งจดหมายนี้", "the connection broke before it was sent")
_NO_DRAFT = ("ไม่ใช่ร่างจดหมายของโปรแกรมนี้ จึงไม่ส่ง", "not a draft of this program, not sent")
_NO_RECIPIENTS = (
    f"จดหมายไม่มีผู้รับในช่องถึงที่ส่งได้ มีเกิน {_MOST_RECIPIENTS} ราย หรือมีสำเนา จึงไม่ส่ง",
    f"no recipient to be sent to, more than {_MOST_RECIPIENTS}, or a copy to others, not sent",
)
_ADD_RECIPIENT = (
    "เพิ่มอีเมลของหน่วยงานในทะเบียนแล้วตรวจรอบนี้ใหม่ หรือเปิดในโปรแกรมอีเมล แก้ผู้รับ แล้วส่งเอง",
    "Put the unit's address into the registry and run the round again, or send it by hand.",
)
_NO_SENDER = ("จดหมายไม่มีที่อยู่ผู้ส่ง จึงไม่ส่ง", "no sender's address, not sent")
_NO_DRAFT_REMEDY = (
    "ถ้าต้องการส่งไฟล์นี้ ให้เปิดในโปรแกรมอีเมลแล้วส่งเอง",
    "To send this file, open it in a mail program.",
)
_CHECK_ADDRESS = (
    "ตรวจที่อยู่อีเมลของผู้รับ แก้ในทะเบียนหน่วยงานแล้วทำจดหมายใหม่",
    "Check the recipient's address, correct it in the unit registry, and make the letter again.",
)
