"""A message as bytes, taken apart: who sent what and when, and what is attached.

Python's own parser calls itself for every part inside a part and looks for every open
boundary on every line: a message made for it takes hours or the stack. This one walks
slices, needs time in proportion to the message, and takes what broken programs send.
Nothing here raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from moral_xlsx.addresses import addresses_in
from moral_xlsx.mail.inward.links import hosts_in, link_only
from moral_xlsx.mail.inward.names import (
    decoded,
    from_base64,
    header_text,
    is_base64,
    parameters,
)
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import (
    BEYOND_LIMITS,
    BROKEN_CONTAINER,
    ENCRYPTED_CONTAINER,
    PARTIAL_MESSAGE,
)
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Message
from moral_xlsx.thai import gregorian_year

MAX_HEADERS = 262_144  # bytes of header fields of which all are kept
_LONGEST_HEADERS = 10_000_000  # beyond the former only those that somebody reads
MAX_HEADER = 32_768
MAX_NESTING = 20  # of parts in parts; real messages have five
MAX_PIECES = 5_000  # of one multipart
MAX_REFERENCES = 100
MAX_TEXT = 1_000_000  # bytes of a letter's text that are looked through for links
HEAD = 8_192  # bytes of a file that tell whether it is a container
PGP = b"-----BEGIN PGP MESSAGE-----"

_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)
_BLANK_LINE = re.compile(rb"\n\r?\n")
# What Apple's Mail keeps: the size of the message on a line of its own, and a list behind it.
_APPLE_SIZE = re.compile(rb"\A[ \t]{0,20}([0-9]{1,10})[ \t]{0,20}\r?\n(?=[!-9;-~]{1,100}:)")
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--(\S{1,200})[ \t]*\r?\n(?=Content-)", re.IGNORECASE)
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]*)\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end\b", re.MULTILINE)

_ID = re.compile(r"<([!-;=?-~]{1,990})>")
_BARE_ID = re.compile(r"[!-;=?-~]{1,990}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ADDRESS = r"[^\s<>(),;:\"\[\]\\@]+@[^\s<>(),;:\"\\@]+"
_IN_BRACKETS = re.compile(rf"<({_ADDRESS})>")
_BARE_ADDRESS = re.compile(_ADDRESS)
_YEAR = re.compile(r"\b(2[4-9]\d\d)\b")

_AUTOMATIC_SENDER = re.compile(
    r"(?:mailer-daemon|postmaster|bounces?|(?:do[-_.]?not|no)[-_.]?reply)"
    r"(?:[-+_.].*)?@"
)
_RETURNS_MAIL = re.compile(r"(?:mail[-_.]?(?:er[-_.]?daemon|delivery)|postmaster|bounces?)[^@]*@")
_ALWAYS_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply")
# Signatures and cards that a program adds by itself: nobody means them as a file.
_ADDED = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
    | {"text/calendar", "text/vcard", "text/x-vcard", "text/directory"}
)
# Texts that are files even without a name; every other text without one is the letter itself.
_TEXT_FILES = frozenset(
    {"text/calendar", "text/csv", "text/vcard", "text/x-vcard", "text/directory"}
)
_MACHINE_TEXTS = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/global-delivery-status",
        "message/feedback-report",
        "text/rfc822-headers",
    }
)


_READ = frozenset(
    {"auto-submitted", "content-description", "content-disposition", "content-id"}
    | {"content-transfer-encoding", "content-type", "date", "from", "in-reply-to", "message-id"}
    | {"precedence", "received", "references", "reply-to", "return-path", "sender", "subject"}
    | {"x-auto-response-suppress", *_ALWAYS_AUTOMATIC}
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A message, or a part of one: header fields as they stand, and what follows them."""

    fields: tuple[tuple[str, bytes], ...]
    body: bytes

    def first(self, name: str) -> bytes:
        """The top-most field with that (lower-case) name, unfolded; empty when missing."""
        return next((value for key, value in self.fields if key == name), b"")

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    @property
    def media_type(self) -> str:
        """Such as ``text/plain``; lower case, never empty."""
        said = self.first("content-type").partition(b";")[0].strip().lower()
        return said.decode("latin-1") if b"/" in said else "text/plain"


@dataclass(frozen=True, slots=True)
class Attached:
    """What stood in a message or an archive. ``name`` is decoded, not yet cleaned, maybe empty.

    ``data`` is None where ``finding`` says why it cannot be taken out. ``media_type`` is what
    the message says, empty in an archive. ``opened`` is a message already taken apart.
    ``counted`` tells that its size has been counted already. ``aside`` tells that nobody attached
    it: a picture or a link in the letter's own text, a signature, a card. ``failed`` tells that
    this machine lacks what opens it, which is no fault of the sender's.
    """

    name: str
    data: bytes | None
    media_type: str = ""
    finding: Finding | None = None
    opened: tuple[Attached, ...] | None = None
    counted: bool = False
    aside: bool = False
    failed: bool = False


def parse(data: bytes) -> Entity:
    """A message or a part: its header fields and its body. Takes any bytes."""
    if b"\r\r\n" in data[:HEAD]:  # a program that ended each line twice
        data = data.replace(b"\r\r\n", b"\r\n")
    if size := _APPLE_SIZE.match(data):
        data = data[size.end() : size.end() + int(size[1])]
    data = data.lstrip(b"\r\n\t ") if data[:1] in (b"\r", b"\n") else data
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in data[:MAX_HEADERS] and b"\r" in data[:MAX_HEADERS]:
        data = data.replace(b"\r", b"\n")
    return _entity(re.sub(rb"\A>?From [^\n]*\n", b"", data[:2000]) + data[2000:])


def _entity(data: bytes) -> Entity:
    if re.match(rb"\r?\n", data):
        return Entity((), data.lstrip(b"\r\n"))
    if not _FIELD.match(data):
        return Entity((), data)
    blank = _BLANK_LINE.search(data)
    block = data[: min(blank.start() if blank else MAX_HEADERS, _LONGEST_HEADERS)]
    body = data[blank.end() :] if blank else b""
    fields = tuple(
        (name, re.sub(rb"\r?\n[ \t]+", b" ", found[2][:MAX_HEADER]).strip())
        for found in _FIELD.finditer(block)
        if (name := found[1].decode("latin-1").lower()) in _READ or found.start() < MAX_HEADERS
    )
    return Entity(fields, body)


# --- who, when, what about


def message_of(entity: Entity) -> Message:
    """What the header fields of a delivered message say."""
    sender = _address(entity, "from") or _address(entity, "sender")
    ids = _ids(entity.first("references")) + _ids(entity.first("in-reply-to"))
    return Message(
        message_id=next(iter(_ids(entity.first("message-id"))), ""),
        sender=sender or _address(entity, "return-path"),
        reply_to=_address(entity, "reply-to"),
        subject=header_text(entity.first("subject")),
        received=_received(entity),
        automatic=_automatic(entity, sender),
        bounce=_bounce(entity, sender),
        references=tuple(dict.fromkeys(ids))[-MAX_REFERENCES:],
        copied=addresses_in(header_text(entity.first("cc")[:4000])),
    )


def address_in(text: str) -> str:
    """The first address of a text such as ``ชื่อ <a@b.go.th>``, lower-cased, or nothing."""
    bare = _QUOTED.sub(" ", text)
    found = _IN_BRACKETS.search(bare)
    if found:
        return found[1].lower()
    simple = _BARE_ADDRESS.search(bare) or _BARE_ADDRESS.search(text)
    return simple[0].lower() if simple else ""


def _address(entity: Entity, name: str) -> str:
    value = entity.first(name)[:4000]
    # Encoded words are decoded only when no address stands outside them: a name may hold one.
    return address_in(re.sub(r"=\?[^\s>]*\?=", " ", decoded(value))) or address_in(
        header_text(value)
    )


def _ids(value: bytes) -> list[str]:
    text = value.decode("latin-1")
    return _ID.findall(text) or [each for each in _BARE_ID.findall(text) if "@" in each]


def moment(text: str) -> datetime | None:
    """The moment that a header names, with its time zone; None when it names none."""
    text = _YEAR.sub(lambda year: str(gregorian_year(int(year[1])) or year[1]), text[:200])
    try:
        said = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    try:
        return said if 1990 <= said.astimezone(UTC).year < 2200 else None
    except OverflowError:
        return None


def _received(entity: Entity) -> datetime | None:
    arrival = decoded(entity.first("received")).rpartition(";")[2]
    return moment(arrival) or moment(decoded(entity.first("date")))


def _automatic(entity: Entity, sender: str) -> bool:
    def word(name: str) -> str:
        return re.split(r"[;\s(]", decoded(entity.first(name)).strip().lower(), maxsplit=1)[0]

    suppressed = re.split(r"[,\s]+", decoded(entity.first("x-auto-response-suppress")).lower())
    return (
        word("auto-submitted") not in ("", "no")
        or word("precedence") in ("bulk", "junk", "list", "auto_reply")
        or any(word(name) not in ("", "no") for name in _ALWAYS_AUTOMATIC)
        or bool({"all", "autoreply"} & set(suppressed))
        or entity.first("return-path").replace(b" ", b"") == b"<>"
        or entity.media_type == "multipart/report"
        or _AUTOMATIC_SENDER.match(sender) is not None
    )


def _bounce(entity: Entity, sender: str) -> bool:
    answered = decoded(entity.first("auto-submitted")).strip().lower()
    return (
        answered.startswith("auto-replied")
        or entity.first("return-path").replace(b" ", b"") == b"<>"
        or entity.media_type == "multipart/report"
        or _RETURNS_MAIL.match(sender) is not None
    )


# --- what is attached


def attachments(entity: Entity) -> Iterator[Attached]:
    """Everything in the message that is not its own text, in order."""
    yield from _parts(entity, 0)


def _parts(entity: Entity, nesting: int) -> Iterator[Attached]:
    if not entity.media_type.startswith("multipart/"):
        yield from _leaf(entity)
        return
    if entity.media_type == "multipart/encrypted":
        yield Attached("", None, finding=_encrypted())
        return
    if nesting >= MAX_NESTING:
        words = ("ชิ้นส่วนซ้อนกันหลายชั้น", "parts within parts")
        yield Attached("", None, finding=finding(BEYOND_LIMITS, what=words))
        return
    pieces = _split(entity)
    if pieces is None:
        yield Attached("", None, finding=damaged("ข้อความไม่ครบ", "the message is not whole"))
        return
    for piece in pieces[:MAX_PIECES]:
        part = _entity(piece)
        if entity.media_type == "multipart/digest" and not part.has("content-type"):
            yield Attached("", part.body, "message/rfc822")
        else:
            yield from _parts(part, nesting + 1)
    if len(pieces) > MAX_PIECES:
        words = (f"ชิ้นส่วนเกิน {MAX_PIECES:,}", f"more than {MAX_PIECES:,} pieces")
        yield Attached("", None, finding=finding(BEYOND_LIMITS, what=words))


def damaged(thai: str, english: str) -> Finding:
    """A message cannot be taken apart, and why."""
    return finding(BROKEN_CONTAINER, what=("อีเมล", "message"), why=(thai, english))


def _encrypted() -> Finding:
    return finding(ENCRYPTED_CONTAINER, what=("อีเมล", "message"))


def _split(entity: Entity) -> Sequence[bytes] | None:
    """The parts of a multipart body; None when it has no parts that can be told apart."""
    said = parameters(entity.first("content-type")).get("boundary", "")
    pieces = _between(entity.body, said.encode("latin-1", "replace")) if said else []
    if not pieces:
        guessed = _GUESSED_BOUNDARY.search(entity.body)
        pieces = _between(entity.body, guessed[1]) if guessed else []
    if pieces or not entity.body.strip():
        return pieces
    return None


def _between(body: bytes, boundary: bytes) -> list[bytes]:
    body = b"\n" + body
    line = re.compile(rb"\n--" + re.escape(boundary.rstrip()) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    pieces, start = [], -1
    for found in line.finditer(body):
        if start >= 0:
            pieces.append(body[start : found.start()].removesuffix(b"\r"))
        start = -1 if found[1] else found.end() + 1
        if found[1] or len(pieces) > MAX_PIECES:
            break
    if start >= 0:
        pieces.append(body[start:])
    return pieces


def _leaf(entity: Entity) -> Iterator[Attached]:
    kind = entity.media_type
    disposition = entity.first("content-disposition")
    name = attachment_name(entity)
    attached = disposition.partition(b";")[0].strip().lower() == b"attachment"
    if kind in _MACHINE_TEXTS:
        return
    if kind.startswith("text/") and kind not in _TEXT_FILES and not name and not attached:
        yield from _in_text(_content(entity))
        return
    if kind == "message/external-body":
        yield Attached(name, None, kind, link_only())
    elif kind == "message/partial":
        yield Attached(name, None, kind, _partial(entity))
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        yield Attached(name, None, kind, _encrypted())
    else:
        shown = kind.startswith("image/") and entity.has("content-id") and not attached
        yield Attached(name, _content(entity), kind, aside=shown or kind in _ADDED)


def _partial(entity: Entity) -> Finding:
    said = parameters(entity.first("content-type"))
    number, total = (re.sub(r"\D", "", said.get(each, ""))[:4] for each in ("number", "total"))
    return finding(PARTIAL_MESSAGE, number=number or "?", total=total or "?")


def attachment_name(entity: Entity) -> str:
    """The name that the sender's program gave an attachment, decoded; maybe empty."""
    by_disposition = parameters(entity.first("content-disposition")).get("filename", "")
    by_type = parameters(entity.first("content-type")).get("name", "")
    if by_type and "\N{REPLACEMENT CHARACTER}" in by_disposition:
        return by_type
    return by_disposition or by_type or header_text(entity.first("content-description"))


def _content(entity: Entity) -> bytes:
    encoding = entity.first("content-transfer-encoding").strip().lower()
    if encoding.startswith(b"base64"):
        # Programs forward a message as it is, and claim that it is encoded.
        return from_base64(entity.body) if is_base64(entity.body) else entity.body
    if encoding.startswith(b"quoted-printable"):
        return binascii.a2b_qp(entity.body)
    if encoding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        return next((data for _, data in _uu_files(entity.body)), entity.body)
    return entity.body


def _in_text(text: bytes) -> Iterator[Attached]:
    """What stands inside the letter's own text: files that Outlook wrote there as UUENCODE, an
    encrypted message, links to shared files."""
    if b"begin " in text:
        for name, data in _uu_files(text):
            yield Attached(name, data)
    if text.lstrip().startswith(PGP):
        yield Attached("", None, finding=_encrypted())
    elif hosts := hosts_in(decoded(text[:MAX_TEXT])):
        yield Attached("", None, finding=link_only(hosts), aside=True)


def _uu_files(text: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while (begin := _UU_BEGIN.search(text, at)) and (end := _UU_END.search(text, begin.end())):
        data = _from_uu(text[begin.end() : end.start()])
        if data:
            yield decoded(begin[1].strip()), data
        at = end.end()


def _from_uu(lines: bytes) -> bytes:
    pieces = []
    for line in lines.splitlines():
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            if not line:
                continue
            size = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                pieces.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                continue
    return b"".join(pieces)
