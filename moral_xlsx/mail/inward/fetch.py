"""New messages of an IMAP folder, each as a file; the mailbox stays as it was.

The folder is opened for reading only and messages are peeked at, so that no flag changes.
What an earlier run brought is known by the files themselves: by Message-ID and size before
a message is downloaded, by the hash in the file's name before it is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import imaplib
import os
import re
import socket
import ssl
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from moral_xlsx.mail.errors import MailError
from moral_xlsx.mail.inward.messages import MAX_HEADERS, message_of, moment, parse
from moral_xlsx.mail.login import Login
from moral_xlsx.model.assessment import Bilingual

Tls = Literal["ssl", "starttls", "none-for-tests"]

TIMEOUT = 60  # seconds for one answer of the server
_BATCH = 200  # messages whose identity is asked for at once
_SHOWN_FOLDERS = 30
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_OURS = re.compile(r"\d{4}-\d\d-\d\d_([0-9a-f]{16})\.eml")
_STAGED = re.compile(r"\.\d{4}-\d\d-\d\d_[0-9a-f]{16}\.part")
_UID, _SIZE = re.compile(rb"\bUID (\d+)"), re.compile(rb"\bRFC822\.SIZE (\d+)")
_DELIVERED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_NO_CONTROL = re.compile(r"[^\x00-\x1f\x7f]+")
_UNREACHABLE = (OSError, imaplib.IMAP4.abort)
_PROTOCOL = (imaplib.IMAP4.error, ImapToolsError, ValueError, IndexError)

_Identity = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new message that was written; ``key`` is its UIDVALIDITY and UID on the server."""

    key: str
    message_id: str
    sha256: str
    path: Path


def fetch(
    host: str,
    login: Login,
    folder: str,
    into: Path,
    *,
    port: int,
    tls: Tls,
    known: Collection[str] = (),
) -> Iterator[Fetched]:
    """Bring every message of the folder that ``into`` does not hold, oldest first.

    ``known`` are keys of messages that need not be looked at again. A message is written
    whole or not at all, as ``<day of delivery, UTC>_<hash>.eml``. Raises MailError.
    """
    _check_words(host, login.user, login.secret, folder)
    try:
        into.mkdir(parents=True, exist_ok=True)
        _drop_staged(into)
        held = _held(into)
    except OSError as error:
        raise _cannot_write(into, error) from None
    mailbox = _connected(host, port, tls)
    try:
        _log_in(mailbox, login)
        validity = _examine(mailbox, folder)
        yield from _new(mailbox, validity, into, held, frozenset(known))
    finally:
        with contextlib.suppress(*_UNREACHABLE, *_PROTOCOL):
            mailbox.logout()


def _check_words(*words: str) -> None:
    if not all(_NO_CONTROL.fullmatch(word) for word in words):
        raise MailError(
            (
                "เซิร์ฟเวอร์ ผู้ใช้ รหัสผ่าน หรือชื่อโฟลเดอร์ว่างหรือมีอักขระควบคุม",
                "The server, user, password or folder is empty or holds control characters.",
            ),
            ("ตรวจค่าเหล่านี้แล้วสั่งใหม่", "Check these values and start again."),
        )


# --- the server


def _connected(host: str, port: int, tls: Tls) -> BaseMailBox:
    if tls == "none-for-tests" and host not in _LOOPBACK:
        raise MailError(
            ("ไม่เชื่อมต่อโดยไม่เข้ารหัส", "No connection is made without encryption."),
            ("ใช้ ssl หรือ starttls", "Use ssl or starttls."),
        )
    where = f"{host}:{port}"
    try:
        if tls == "none-for-tests":
            return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
        kind = MailBox if tls == "ssl" else MailBoxStartTls
        context = ssl.create_default_context()
        return kind(host, port, timeout=TIMEOUT, ssl_context=context)
    except ssl.SSLCertVerificationError as error:
        raise _bad_certificate(where, error) from None
    except ssl.SSLError:
        raise _no_encryption(where) from None
    except _UNREACHABLE as error:
        raise _unreachable(where, error) from None
    except _PROTOCOL:
        raise _no_encryption(where) from None


def _log_in(mailbox: BaseMailBox, login: Login) -> None:
    """Log in; what the library says is dropped, for it may hold what was sent."""
    refused = lost = False
    try:
        if login.token:
            mailbox.xoauth2(login.user, login.secret, initial_folder=None)
        elif (login.user + login.secret).isascii():
            mailbox.login(login.user, login.secret, initial_folder=None)
        else:
            mailbox.login_utf8(login.user, login.secret, initial_folder=None)
    except _UNREACHABLE:
        lost = True
    except MailboxLoginError as error:
        # A server that is down for a while answers NO like one that knows no such password.
        lost = b"[UNAVAILABLE]" in b"".join(filter(None, error.command_result[1]))
        refused = not lost
    except _PROTOCOL:
        refused = True
    if lost:
        raise _broken_off()
    if refused:
        raise MailError(
            (
                f"เข้ากล่องจดหมายของ {login.user} ไม่ได้: ผู้ใช้หรือรหัสผ่านไม่ถูกต้อง",
                f"Cannot log in as {login.user}: wrong user or password.",
            ),
            login.advice,
        )


def _examine(mailbox: BaseMailBox, folder: str) -> str:
    """Open the folder for reading only; its UIDVALIDITY."""
    try:
        mailbox.folder.set(folder, readonly=True)
        said = mailbox.client.response("UIDVALIDITY")[1]
        return said[0].decode("ascii", "replace") if said and said[0] else "0"
    except MailboxFolderSelectError:
        pass
    except _UNREACHABLE:
        raise _broken_off() from None
    except _PROTOCOL:
        raise _not_understood() from None
    raise _no_folder(folder, _folders(mailbox))


def _folders(mailbox: BaseMailBox) -> Sequence[str]:
    try:
        return [each.name for each in mailbox.folder.list() if "\\Noselect" not in each.flags]
    except (*_UNREACHABLE, *_PROTOCOL):
        return ()


def _new(
    mailbox: BaseMailBox, validity: str, into: Path, held: _Held, known: frozenset[str]
) -> Iterator[Fetched]:
    uids = [uid for uid in _uids(mailbox) if f"{validity}-{uid}" not in known]
    for start in range(0, len(uids), _BATCH):
        batch = uids[start : start + _BATCH]
        identities = _identities(mailbox, batch)
        for uid in batch:
            if identities.get(uid) in held.identities:
                continue
            answer = _answer(mailbox, uid, "(UID INTERNALDATE BODY.PEEK[])")
            content = _content(answer)
            if content is None:  # expunged meanwhile
                continue
            digest = hashlib.sha256(content).hexdigest()
            if digest[:16] in held.digests:
                continue
            day = _day(_described(answer), content)
            path = _write(into, f"{day}_{digest[:16]}", content)
            held.digests.add(digest[:16])
            yield Fetched(f"{validity}-{uid}", _message_id(content), digest, path)


def _uids(mailbox: BaseMailBox) -> list[str]:
    try:
        return sorted(mailbox.uids("ALL", charset=None), key=int)
    except _UNREACHABLE:
        raise _broken_off() from None
    except _PROTOCOL:
        raise _not_understood() from None


def _identities(mailbox: BaseMailBox, uids: Sequence[str]) -> dict[str, _Identity]:
    """Message-ID and size of messages, without downloading them."""
    asked = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    answer = _answer(mailbox, ",".join(uids), asked)
    found = {}
    for index, item in enumerate(answer):
        if not isinstance(item, tuple):
            continue
        rest = answer[index + 1] if index + 1 < len(answer) else b""
        words = item[0] + (rest if isinstance(rest, bytes) else b"")
        uid, size = _UID.search(words), _SIZE.search(words)
        if uid and size and (message_id := _message_id(item[1])):
            found[uid[1].decode()] = (message_id, int(size[1]))
    return found


def _answer(mailbox: BaseMailBox, uids: str, asked: str) -> list[bytes | tuple[bytes, bytes]]:
    try:
        status, answer = mailbox.client.uid("FETCH", uids, asked)
    except _UNREACHABLE:
        raise _broken_off() from None
    except _PROTOCOL:
        raise _not_understood() from None
    if status != "OK":
        raise _not_understood()
    return [item for item in answer if isinstance(item, bytes | tuple)]


def _content(answer: Sequence[bytes | tuple[bytes, bytes]]) -> bytes | None:
    return next((item[1] for item in answer if isinstance(item, tuple)), None)


def _described(answer: Sequence[bytes | tuple[bytes, bytes]]) -> bytes:
    return b" ".join(item if isinstance(item, bytes) else item[0] for item in answer)


def _day(described: bytes, content: bytes) -> str:
    """The day of delivery, UTC: as the server says, else as the message says."""
    found = _DELIVERED.search(described)
    try:
        said = found and datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        said = found and moment(found[1].decode("latin-1").replace("-", " ", 2))
    said = said or message_of(parse(content[:MAX_HEADERS])).received
    return said.astimezone(UTC).strftime("%Y-%m-%d") if said else "0000-00-00"


def _message_id(content: bytes) -> str:
    return message_of(parse(content[:MAX_HEADERS])).message_id


# --- the folder


@dataclass(frozen=True, slots=True)
class _Held:
    """What the folder holds already."""

    digests: set[str]
    identities: frozenset[_Identity]


def _held(into: Path) -> _Held:
    digests: set[str] = set()
    identities: set[_Identity] = set()
    for path in sorted(into.iterdir()):
        ours = _OURS.fullmatch(path.name)
        if ours is None or not path.is_file():
            continue
        digests.add(ours[1])
        with path.open("rb") as file:
            message_id = _message_id(file.read(MAX_HEADERS))
        if message_id:
            identities.add((message_id, path.stat().st_size))
    return _Held(digests, frozenset(identities))


def _drop_staged(into: Path) -> None:
    for path in into.iterdir():
        if _STAGED.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _write(into: Path, name: str, content: bytes) -> Path:
    path, staged = into / f"{name}.eml", into / f".{name}.part"
    try:
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise _cannot_write(into, error) from None
    return path


# --- what can go wrong


def _bad_certificate(where: str, error: ssl.SSLCertVerificationError) -> MailError:
    why = error.verify_message
    return MailError(
        (f"ใบรับรองของ {where} ใช้ไม่ได้ ({why})", f"The certificate of {where} is no good ({why})."),
        (
            "ตรวจชื่อเซิร์ฟเวอร์และวันที่ของเครื่อง ถ้าเป็นเซิร์ฟเวอร์ของหน่วยงานเอง "
            "ให้ผู้ดูแลระบบติดตั้งใบรับรองของหน่วยงาน (หรือชี้ด้วย SSL_CERT_FILE)",
            "Check the server's name and this machine's date. For a server of your own, have the "
            "administrators install their certificate (or name it in SSL_CERT_FILE).",
        ),
    )


def _no_encryption(where: str) -> MailError:
    return MailError(
        (f"เชื่อมต่อ {where} แบบเข้ารหัสไม่ได้", f"No encrypted connection to {where}."),
        (
            "ตรวจพอร์ตและวิธีเข้ารหัส: 993 ใช้ ssl, 143 ใช้ starttls",
            "Check port and encryption: 993 takes ssl, 143 takes starttls.",
        ),
    )


def _unreachable(where: str, error: Exception) -> MailError:
    if isinstance(error, socket.gaierror):
        why: Bilingual = ("ไม่พบชื่อเซิร์ฟเวอร์", "no such server name")
    elif isinstance(error, TimeoutError):
        why = (f"ไม่ตอบภายใน {TIMEOUT} วินาที", f"no answer within {TIMEOUT} seconds")
    elif isinstance(error, ConnectionRefusedError):
        why = ("เซิร์ฟเวอร์ไม่รับการเชื่อมต่อ", "connection refused")
    else:
        why = ("การเชื่อมต่อขัดข้อง", "the connection failed")
    return MailError(
        (f"เชื่อมต่อ {where} ไม่ได้: {why[0]}", f"Cannot connect to {where}: {why[1]}."),
        (
            "ตรวจชื่อเซิร์ฟเวอร์ พอร์ต และเครือข่ายของเครื่อง แล้วสั่งใหม่",
            "Check the server's name, the port and this machine's network, and start again.",
        ),
    )


def _broken_off() -> MailError:
    return MailError(
        ("การเชื่อมต่อขาดกลางคัน", "The connection broke off."),
        (
            "สั่งใหม่อีกครั้ง ข้อความที่ได้มาแล้วจะไม่ถูกดึงซ้ำ",
            "Start again; what has come already is not brought twice.",
        ),
    )


def _not_understood() -> MailError:
    return MailError(
        ("เซิร์ฟเวอร์ตอบไม่ตรงตามแบบของ IMAP", "The server did not answer as IMAP says."),
        ("สั่งใหม่ ถ้ายังเป็นอยู่ให้แจ้งผู้ดูแลโปรแกรม", "Start again; if it stays, tell the maintainers."),
    )


def _no_folder(folder: str, there: Sequence[str]) -> MailError:
    names = ", ".join(f"“{name}”" for name in there[:_SHOWN_FOLDERS]) or "–"
    return MailError(
        (f"ไม่มีโฟลเดอร์ “{folder}” ในกล่องจดหมาย", f"There is no folder “{folder}” in the mailbox."),
        (f"เลือกจากโฟลเดอร์ที่มี: {names}", f"Choose one of: {names}"),
    )


def _cannot_write(into: Path, error: OSError) -> MailError:
    why = error.strerror or type(error).__name__
    return MailError(
        (f"เขียนลงในโฟลเดอร์ {into} ไม่ได้ ({why})", f"Cannot write into {into} ({why})."),
        (
            "ตรวจเนื้อที่ว่างและสิทธิ์ของโฟลเดอร์ แล้วสั่งใหม่",
            "Check the folder's free space and permissions, and start again.",
        ),
    )
