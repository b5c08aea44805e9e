"""Letters as drafts: ``.eml`` files that a mail program opens to be sent, or that we send.

Every byte follows from the arguments. What comes from outside (names, subjects, ids of
messages) is cleaned of whatever could end a header, and addresses are refused unless plain.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from moral_xlsx.addresses import plain_address
from moral_xlsx.model.mail import Enclosure, Message

# Begins the id of every message of ours.
OUR_NAME = "moral-xlsx"
# For an id when no sender is known; never a real domain.
_NO_DOMAIN = "moral-xlsx.invalid"

_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,250}")
_MAX_REFERENCES = 20
# Longer names would make a header longer than a line may be (998 bytes).
_LONGEST_NAME = 80
_LONGEST_SUBJECT = 200
_ENCODED_BYTES = 45
_ANSWERED = re.compile(r"\s*(?:re|aw|ตอบ(?:กลับ)?)\s*(?:\[\d{1,3}\])?\s*[:：]", re.IGNORECASE)
_SEPARATORS = re.compile(r'[/\\:*?"<>|]')
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9 _-]{0,60}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._-]{1,60}")
# Mail programs of people never write from these.
_ROBOTS = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?)(?:[-+_.].*)?@.*",
    re.IGNORECASE,
)

# Not ``mimetypes``: on Windows it asks the registry, which differs from machine to machine.
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
}


def awaits_answer(message: Message) -> bool:
    """Whether a person waits for an answer: not to automatic mail, nor to our own."""
    return (
        not message.automatic
        and not message.message_id.startswith(f"{OUR_NAME}.")
        and not any(_ROBOTS.fullmatch(each) for each in (answer_address(message), message.sender))
    )


def answer_address(message: Message) -> str:
    """Where an answer goes: where the sender asks for it, else to the sender; empty: nowhere."""
    sender = plain_address(message.sender)
    return plain_address(message.reply_to) or sender if sender else ""


def draft(
    recipients: Sequence[str],
    subject: str,
    body: str,
    enclosures: Sequence[Enclosure] = (),
    *,
    sender: str = "",
    answering: Message | None = None,
    date: datetime | None = None,
) -> bytes:
    """An ``.eml`` file that mail programs open as a letter not yet sent.

    ``sender`` is an address or ``name <address>``; without one the program that sends it
    fills it in. With ``answering`` the letter joins that message's thread, under its subject
    when ``subject`` is empty. Without ``recipients`` whoever sends it has to fill them in. Raises
    ValueError when one of them or ``sender`` is no plain address, or ``date`` has no time zone.
    """
    to = [plain_address(each) for each in recipients]
    if not all(to):
        raise ValueError("a recipient is no plain address")
    if date is not None and date.tzinfo is None:
        raise ValueError("the date has no time zone")
    name, address = _sender(sender)
    headers = [*_subject(subject, answering), *_thread(answering)]
    if to:
        headers.insert(0, "To: " + ",\r\n ".join(to))
    if address:
        headers.insert(0, "From: " + "\r\n ".join((*filter(None, _words(name)), f"<{address}>")))
    if date is not None:
        headers.append(f"Date: {format_datetime(date)}")
    text = _text_part(body)
    files = [_file_part(each) for each in enclosures]
    content = hashlib.sha256(b"\0".join(("\r\n".join(headers).encode(), text, *files))).hexdigest()
    domain = address.rpartition("@")[2] or _NO_DOMAIN
    headers += [
        f"Message-ID: <{OUR_NAME}.{content[:40]}@{domain}>",
        "X-Unsent: 1",
        "MIME-Version: 1.0",
    ]
    head = "\r\n".join(headers).encode("ascii") + b"\r\n"
    return head + (_multipart([text, *files], content) if files else text)


def _sender(sender: str) -> tuple[str, str]:
    """The sender's name and address, both empty when there is none."""
    named = _NAMED.fullmatch(sender.strip())
    name, address = (named[1], named[2]) if named else ("", sender)
    plain = plain_address(address)
    if sender and not plain:
        raise ValueError("the sender is not one plain address")
    return _line(name).strip('" '), plain


def _subject(subject: str, answering: Message | None) -> Iterator[str]:
    said, prefix = _line(subject or (answering.subject if answering else "")), ""
    if answering:
        while found := _ANSWERED.match(said):
            said = said[found.end() :].strip()
        said, prefix = said or "(ไม่มีชื่อเรื่อง)", "Re: "
    if said:
        yield f"Subject: {prefix}" + "\r\n ".join(_words(said[:_LONGEST_SUBJECT]))


def _thread(answering: Message | None) -> Iterator[str]:
    """In-Reply-To and References; ids that are none are left out."""
    if answering is None:
        return
    ids = [each for each in answering.references if _MESSAGE_ID.fullmatch(each)]
    if _MESSAGE_ID.fullmatch(answering.message_id):
        yield f"In-Reply-To: <{answering.message_id}>"
        ids = [each for each in ids if each != answering.message_id] + [answering.message_id]
    # The first one is the thread's root; of the others the latest tell most.
    ids = list(dict.fromkeys(ids))
    ids = [*ids[:1], *ids[1:][-_MAX_REFERENCES:]]
    if ids:
        yield "References: " + "\r\n ".join(f"<{each}>" for each in ids)


def _multipart(parts: Sequence[bytes], content: str) -> bytes:
    # The parts are base64, in which no line can begin like this.
    boundary = f"=_{OUR_NAME}_{content[:24]}"
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
    mark = b"--" + boundary.encode()
    return head + b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


def _text_part(body: str) -> bytes:
    lines = (_without_controls(line, keep="\t") for line in re.split(r"\r\n|\r|\n", body))
    text = "\r\n".join(lines).rstrip() + "\r\n"
    head = 'Content-Type: text/plain; charset="utf-8"\r\n'
    return _encoded_part(head, text.encode())


def _file_part(enclosure: Enclosure) -> bytes:
    name = _file_name(enclosure.name)
    kind = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    if _PLAIN_NAME.fullmatch(name):
        shown, kept = f'"{name}"', f'filename="{name}"'
    else:
        # One line, not continued ones, and the name again as an encoded word: some programs
        # read only the one, some only the other.
        shown = '"' + "\r\n ".join(_encoded_words(name)) + '"'
        kept = f"filename*=utf-8''{quote(name, safe='')}"
    head = f"Content-Type: {kind};\r\n name={shown}\r\n"
    head += f"Content-Disposition: attachment;\r\n {kept}\r\n"
    return _encoded_part(head, enclosure.data)


def _encoded_part(head: str, data: bytes) -> bytes:
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + lines


def _words(text: str) -> list[str]:
    """A header's text: as it is when plain, else as encoded words, one for each line."""
    return [text] if _PLAIN_WORDS.fullmatch(text) else _encoded_words(text)


def _encoded_words(text: str) -> list[str]:
    words, taken = [], b""
    for letter in text:
        encoded = letter.encode()
        if len(taken) + len(encoded) > _ENCODED_BYTES:
            words.append(taken)
            taken = b""
        taken += encoded
    return [f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in (*words, taken)]


def _file_name(name: str) -> str:
    """A name that every system accepts; a long one loses letters before its suffix."""
    legal = _SEPARATORS.sub("_", _line(name)).strip(". ") or "ไฟล์แนบ"
    stem, dot, suffix = legal.rpartition(".")
    if not dot or len(suffix) > 8:
        return legal[:_LONGEST_NAME]
    return stem[: _LONGEST_NAME - len(suffix) - 1] + dot + suffix


def _line(text: str) -> str:
    """A text on one line, without anything that does not show."""
    return " ".join(_without_controls(" ".join(text.split())).split())


def _without_controls(text: str, keep: str = "") -> str:
    """A text without control characters, marks of direction and halves of characters."""
    return "".join(
        letter
        for letter in text
        if letter in keep or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
