"""Sending: each letter at most once, whatever happens, to a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.mail.errors import MailError
from moral_xlsx.mail.login import Login
from moral_xlsx.mail.outward.connection import Server, Tls
from moral_xlsx.mail.outward.drafts import draft
from moral_xlsx.mail.outward.send import Outcome, send
from moral_xlsx.model.mail import Enclosure, Message, Sent

# Made for these tests alone, valid for a hundred years: certificate and key of localhost.
CERTIFICATE = Path(__file__).parent / "localhost.pem"
USER, PASSWORD = "ethics@example.go.th", "rahat-lap-42"
TOKEN = "ya29.token-of-the-office"
US = "กลุ่มงานจริยธรรม <ethics@example.go.th>"
MOMENT = datetime(2026, 5, 27, 2, 0, tzinfo=UTC)


def letter(recipient: str, subject: str = "ผลการตรวจ") -> bytes:
    return draft(
        (recipient,), subject, "เรียน\n.\n..จุด\n", [Enclosure("แบบ.xlsx", b"PK")], sender=US
    )


LETTERS = [(f"{name}.eml", letter(f"{name}@example.go.th")) for name in ("one", "two", "three")]


def identity_of(data: bytes) -> str:
    """What stands for a letter in the book: its id, which stays when it is edited."""
    message_id = str(message_from_bytes(data, policy=default)["Message-ID"])
    return hashlib.sha256(message_id.encode()).hexdigest()


@dataclass
class Book:
    """Where sending is written down: a file, so that it outlives a process."""

    path: Path
    on_call: Callable[[str], None] = lambda when: None

    def _noted(self) -> dict[str, str]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def _write(self, name: str, noted: dict[str, str]) -> None:
        self.on_call(f"before {name}")
        self.path.write_text(json.dumps(noted))
        self.on_call(f"after {name}")

    def was_sent(self, sha256: str, recipient: str) -> bool:
        return self._noted().get(f"{sha256} {recipient}") == "sent"

    def was_tried(self, sha256: str, recipient: str) -> bool:
        return self._noted().get(f"{sha256} {recipient}") == "tried"

    def note_tried(self, sent: Sent) -> bool:
        key = f"{sent.sha256} {sent.recipient}"
        if key in self._noted():
            return False
        self._write("tried", {**self._noted(), key: "tried"})
        return True

    def note_refused(self, sha256: str, recipient: str) -> None:
        noted = self._noted()
        del noted[f"{sha256} {recipient}"]
        self._write("refused", noted)

    def note_sent(self, sent: Sent) -> None:
        self._write("sent", {**self._noted(), f"{sent.sha256} {sent.recipient}": "sent"})


@dataclass
class Postbox:
    """What the server took in; ``answers`` say what it replies instead, by recipient."""

    taken: list[Envelope] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    on_recipient: dict[str, str] = field(default_factory=dict)
    on_data: dict[str, str] = field(default_factory=dict)
    declined: set[str] = field(default_factory=set)
    closes: bool = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.on_recipient:
            return self.on_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.on_data.get(envelope.rcpt_tos[0], "250 OK")
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if answer in ("250 OK", "taken, then gone", "taken, then mumbling"):
            self.taken.append(envelope)
        if answer.endswith("gone"):
            server.transport.abort()
        if answer == "taken, then mumbling":
            return "zzz"
        if answer == "250 OK" and self.closes:
            asyncio.get_running_loop().call_later(0.1, server.transport.abort)
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)

    @property
    def recipients(self) -> list[str]:
        return [address for envelope in self.taken for address in envelope.rcpt_tos]


class Declining(SMTP):
    """Takes no message of a recipient that the postbox declines, before it has seen any."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.envelope.rcpt_tos[0] in self.event_handler.declined:
            await self.push("451 4.3.2 not now")
        else:
            await super().smtp_DATA(arg)


class Serving(Controller):
    def factory(self) -> SMTP:
        return Declining(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(postbox: Postbox, tls: Tls = "starttls", **options: Any) -> Iterator[Server]:
    """A mail server that takes our login, over TLS only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    elif tls == "ssl":
        options |= {"ssl_context": context, "auth_require_tls": False}
    port = free_port()
    options |= {"authenticator": postbox.authenticate, "ident": "tests"}
    controller = Serving(postbox, "127.0.0.1", port, **options)
    controller.start()
    try:
        user, password = (USER, PASSWORD) if tls != "none-for-tests" else ("", "")
        yield Server("127.0.0.1", port, Login(user, password), tls, CERTIFICATE, timeout=10)
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book.json")


def sent_out(
    drafts: list[tuple[str, bytes]], server: Server, book: Book, **options: Any
) -> list[Outcome]:
    return list(send(drafts, server, book, lambda: MOMENT, **options))


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


# --- what goes out


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_letters_go_out_encrypted_with_login(postbox: Postbox, book: Book, tls: Tls) -> None:
    with serving(postbox, tls) as server:
        outcomes = sent_out(LETTERS, server, book)
    assert states(outcomes) == ["sent", "sent", "sent"]
    assert postbox.recipients == [f"{n}@example.go.th" for n in ("one", "two", "three")]
    assert postbox.logins == [(USER, PASSWORD)], "one connection carries them all"
    assert all(postbox.encrypted)
    assert {envelope.mail_from for envelope in postbox.taken} == {"ethics@example.go.th"}
    name, data = LETTERS[0]
    assert outcomes[0] == Outcome(
        name,
        "sent",
        "one@example.go.th",
        "ผลการตรวจ",
        identity_of(data),
        ("ส่งแล้ว", "sent"),
    )


def test_the_letter_arrives_as_it_was_drafted_with_the_day_of_sending(
    postbox: Postbox, book: Book
) -> None:
    answering = Message("a@x", "one@example.go.th", subject="ส่งแบบ", references=("r@x",))
    files = [Enclosure("แบบ ๒๕๖๙.xlsx", bytes(range(256)))]
    body = "เรียน\n.\n..จุด\n"
    data = draft(("one@example.go.th",), "", body, files, sender=US, answering=answering)
    with serving(postbox) as server:
        assert states(sent_out([("a.eml", data)], server, book)) == ["sent"]
    content = postbox.taken[0].content
    assert isinstance(content, bytes)
    arrived, drafted = (message_from_bytes(each, policy=default) for each in (content, data))
    assert arrived["X-Unsent"] is None, "no draft any more"
    assert arrived["Date"] == "Wed, 27 May 2026 02:00:00 +0000"
    for name in ("From", "To", "Subject", "Message-ID", "In-Reply-To", "References"):
        assert arrived[name] == drafted[name]
    (attached,) = arrived.iter_attachments()
    assert attached.get_filename() == "แบบ ๒๕๖๙.xlsx"
    assert attached.get_payload(decode=True) == bytes(range(256))
    text = arrived.get_body()
    assert text is not None and text.get_content() == body.replace("\n", "\r\n")


def test_a_draft_saved_again_by_an_editor_still_goes_out(postbox: Postbox, book: Book) -> None:
    edited = letter("one@example.go.th").replace(b"\r\n", b"\n")
    edited = edited.replace(
        b"X-Unsent: 1\n", b"X-Unsent: 1\nDate: Thu, 1 Jan 2026 00:00:00 +0700\n"
    )
    with serving(postbox) as server:
        assert states(sent_out([("a.eml", edited)], server, book)) == ["sent"]
    content = postbox.taken[0].content
    assert isinstance(content, bytes)
    assert content.count(b"Date:") == 1 and b"1 Jan 2026" not in content
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_letter_without_sender_gets_the_given_one(postbox: Postbox, book: Book) -> None:
    data = draft(("one@example.go.th",), "s", "b")
    with serving(postbox) as server:
        assert states(sent_out([("a.eml", data)], server, book)) == ["no_draft"]
        outcomes = sent_out([("a.eml", data)], server, book, sender="me@example.go.th")
    assert states(outcomes) == ["sent"]
    content = postbox.taken[0].content
    assert isinstance(content, bytes)
    assert message_from_bytes(content)["From"] == postbox.taken[0].mail_from == "me@example.go.th"


def test_a_server_without_login_is_used_without_one(postbox: Postbox, book: Book) -> None:
    with serving(postbox, "none-for-tests") as server:
        assert states(sent_out(LETTERS[:1], server, book)) == ["sent"]
    assert postbox.logins == []


# --- never twice


def test_a_second_run_sends_nothing(postbox: Postbox, book: Book) -> None:
    with serving(postbox) as server:
        sent_out(LETTERS, server, book)
        again = sent_out(LETTERS, server, book)
    assert states(again) == ["sent_before"] * 3
    assert len(postbox.taken) == 3
    assert len(postbox.logins) == 1, "there was nothing to connect for"


def test_the_ledger_keeps_the_book(postbox: Postbox, tmp_path: Path) -> None:
    postbox.on_data = {"two@example.go.th": "taken, then gone", "three@example.go.th": "550 no"}
    with open_ledger(tmp_path / "ledger.sqlite") as ledger, serving(postbox) as server:
        first = list(send(LETTERS, server, ledger, lambda: MOMENT))
        assert states(first) == ["sent", "unknown", "refused"]
    postbox.on_data = {}
    with open_ledger(tmp_path / "ledger.sqlite") as ledger, serving(postbox) as server:
        again = list(send(LETTERS, server, ledger, lambda: MOMENT))
        assert states(again) == ["sent_before", "unknown", "sent"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_same_bytes_in_two_files_are_one_letter(
    postbox: Postbox, book: Book, dry_run: bool
) -> None:
    twice = [("a.eml", LETTERS[0][1]), ("b.eml", LETTERS[0][1])]
    with serving(postbox) as server:
        outcomes = sent_out(twice, server, book, dry_run=dry_run)
    assert states(outcomes) == ["would_send" if dry_run else "sent", "sent_before"]
    assert len(postbox.taken) == (0 if dry_run else 1)


def test_a_dry_run_connects_to_nothing_and_writes_nothing_down(book: Book) -> None:
    nowhere = Server("127.0.0.1", free_port(), Login(USER, PASSWORD))
    outcomes = sent_out([*LETTERS, ("x.eml", b"x")], nowhere, book, dry_run=True)
    assert states(outcomes) == ["would_send"] * 3 + ["no_draft"]
    assert [outcome.recipient for outcome in outcomes[:2]] == [
        "one@example.go.th",
        "two@example.go.th",
    ]
    assert outcomes[0].subject == "ผลการตรวจ"
    assert not book.path.exists()


def test_a_dry_run_tells_what_is_sent_and_what_is_unknown(postbox: Postbox, book: Book) -> None:
    postbox.on_data["two@example.go.th"] = "taken, then gone"
    with serving(postbox) as server:
        sent_out(LETTERS[:2], server, book)
        outcomes = sent_out(LETTERS, server, book, dry_run=True)
    assert states(outcomes) == ["sent_before", "unknown", "would_send"]


def test_another_run_at_the_same_time_does_not_send_it_as_well(
    postbox: Postbox, book: Book
) -> None:
    """Both saw it unsent; the one that writes its intent down first sends it."""
    other = Book(book.path)
    blind = replace(book)
    name, data = LETTERS[0]
    identity = Sent(identity_of(data), "one@example.go.th", MOMENT)
    asked: list[str] = []

    class Blind(Book):
        def was_tried(self, sha256: str, recipient: str) -> bool:
            asked.append(recipient)
            if len(asked) == 1:
                assert other.note_tried(identity)
                return False
            return super().was_tried(sha256, recipient)

    with serving(postbox) as server:
        outcomes = list(send([(name, data)], server, Blind(blind.path), lambda: MOMENT))
    assert states(outcomes) == ["unknown"]
    assert postbox.taken == []


class Died(BaseException):
    """The process is gone."""


STEPS = [f"{when} {what}" for what in ("tried", "refused", "sent") for when in ("before", "after")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_a_run_that_dies_anywhere_never_makes_a_letter_go_twice(
    postbox: Postbox, tmp_path: Path, step: str, nth: int
) -> None:
    passed: list[str] = []

    def die(when: str) -> None:
        passed.append(when)
        if passed.count(step) == nth:
            raise Died

    postbox.on_data = {f"{n}@example.go.th": "451 later" for n in ("two", "three")}
    dying, book = Book(tmp_path / "book.json", die), Book(tmp_path / "book.json")
    with serving(postbox) as server:
        drafts = [*LETTERS, ("four.eml", letter("four@example.go.th"))]
        with pytest.raises(Died):
            sent_out(drafts, server, dying)
        postbox.on_data = {}
        outcomes = sent_out(drafts, server, book)
        assert states(sent_out(drafts, server, book)) == [
            "unknown" if state == "unknown" else "sent_before" for state in states(outcomes)
        ]
    assert len(set(postbox.recipients)) == len(postbox.recipients), "nothing twice"
    for outcome in outcomes:
        if outcome.state != "unknown":
            assert outcome.recipient in postbox.recipients
    unknown = [outcome for outcome in outcomes if outcome.state == "unknown"]
    assert len(unknown) == (step in ("after tried", "before refused", "before sent"))
    for outcome in unknown:
        assert "ไม่ทราบ" in outcome.said[0] and "กล่องจดหมาย" in outcome.remedy[0]


def test_a_killed_process_leaves_the_letter_unknown(postbox: Postbox, book: Book) -> None:
    script = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_mail_send import *
def die(when):
    if when == "before sent":
        os._exit(9)
server = Server("127.0.0.1", int(sys.argv[1]), Login(USER, PASSWORD), "starttls", CERTIFICATE)
list(send(LETTERS, server, Book(Path(sys.argv[2]), die), lambda: MOMENT))
"""
    with serving(postbox) as server:
        run = subprocess.run(
            [sys.executable, "-c", script, str(server.port), str(book.path)],
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        assert run.returncode == 9
        assert postbox.recipients == ["one@example.go.th"]
        assert states(sent_out(LETTERS, server, book)) == ["unknown", "sent", "sent"]
    assert len(postbox.taken) == 3


# --- refusals and broken connections


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("550 5.1.1 No such user", "เซิร์ฟเวอร์ไม่รับจดหมายนี้ (550 5.1.1 No such user)"),
        ("450 4.2.1 Mailbox busy", "เซิร์ฟเวอร์ยังไม่รับจดหมายนี้ (450 4.2.1 Mailbox busy)"),
    ],
)
@pytest.mark.parametrize("stage", ["on_recipient", "on_data"])
def test_a_refused_recipient_is_told_and_the_others_get_their_letters(
    postbox: Postbox, book: Book, reply: str, said: str, stage: str
) -> None:
    getattr(postbox, stage)["two@example.go.th"] = reply
    with serving(postbox) as server:
        outcomes = sent_out(LETTERS, server, book)
        assert states(outcomes) == ["sent", "refused", "sent"]
        assert outcomes[1].said[0] == said
        assert outcomes[1].remedy[0]
        getattr(postbox, stage).clear()
        assert states(sent_out(LETTERS, server, book)) == ["sent_before", "sent", "sent_before"]
    assert postbox.recipients.count("two@example.go.th") == 1


def test_a_letter_declined_before_it_was_seen_is_tried_again_later(
    postbox: Postbox, book: Book
) -> None:
    postbox.declined.add("two@example.go.th")
    with serving(postbox) as server:
        assert states(sent_out(LETTERS, server, book)) == ["sent", "refused", "sent"]
        postbox.declined.clear()
        assert states(sent_out(LETTERS, server, book)) == ["sent_before", "sent", "sent_before"]


@pytest.mark.parametrize("how", ["taken, then gone", "gone", "taken, then mumbling"])
def test_a_connection_that_breaks_during_a_letter_leaves_it_unknown(
    postbox: Postbox, book: Book, how: str
) -> None:
    postbox.on_data["two@example.go.th"] = how
    with serving(postbox) as server:
        assert states(sent_out(LETTERS, server, book)) == ["sent", "unknown", "sent"]
        postbox.on_data.clear()
        outcomes = sent_out(LETTERS, server, book)
    assert states(outcomes) == ["sent_before", "unknown", "sent_before"]
    assert postbox.recipients.count("two@example.go.th") == ("taken" in how)


def test_a_server_that_has_enough_is_called_again(postbox: Postbox, book: Book) -> None:
    postbox.on_recipient["two@example.go.th"] = "421 4.7.0 too many"
    with serving(postbox) as server:
        assert states(sent_out(LETTERS, server, book)) == ["sent", "refused", "sent"]
    assert len(postbox.logins) == 2


def test_a_server_that_went_away_between_letters_is_called_again(
    postbox: Postbox, book: Book
) -> None:
    postbox.closes = True
    with serving(postbox) as server:
        outcomes = []
        for outcome in send(LETTERS, server, book, lambda: MOMENT):
            outcomes.append(outcome)
            time.sleep(0.4)
    assert states(outcomes) == ["sent", "sent", "sent"]
    assert len(postbox.logins) == len(postbox.taken) == 3


def test_a_server_that_goes_away_for_good_is_told_with_nothing_left_unknown(
    postbox: Postbox, book: Book
) -> None:
    with serving(postbox) as server:
        outcomes = send(LETTERS, server, book, lambda: MOMENT)
        assert next(outcomes).state == "sent"
    with pytest.raises(MailError):
        next(outcomes)
    nowhere = sent_out(LETTERS, server, book, dry_run=True)
    assert states(nowhere) == ["sent_before", "would_send", "would_send"]


# --- servers that cannot be used


def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    postbox: Postbox, book: Book
) -> None:
    with serving(postbox) as server:
        for wrong in (replace(server, ca_file=None), replace(server, tls="ssl")):
            with pytest.raises(MailError) as raised:
                sent_out(LETTERS, wrong, book)
            assert raised.value.remedy[0]
    assert postbox.logins == [] and not book.path.exists()


def test_a_certificate_of_another_name_is_refused(
    postbox: Postbox, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **named: resolve("127.0.0.1", *rest, **named)
    )
    with serving(postbox) as server, pytest.raises(MailError, match="certificate"):
        sent_out(LETTERS, replace(server, host="mail.example.go.th"), book)
    assert postbox.logins == []


def test_without_encryption_nothing_is_said(postbox: Postbox, book: Book) -> None:
    with serving(postbox, "none-for-tests") as plain:
        for user in ("", USER):
            with pytest.raises(MailError, match="TLS"):
                sent_out(LETTERS, replace(plain, login=Login(user), tls="starttls"), book)
    assert postbox.logins == [] and postbox.taken == []


def exceptions(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__context__ or error.__cause__


@pytest.mark.parametrize("password", ["wrong-but-secret", "รหัสลับ", ""])
def test_a_wrong_password_is_said_and_never_shown(
    postbox: Postbox, book: Book, password: str
) -> None:
    with serving(postbox) as server:
        server = replace(server, login=Login(USER, password))
        with pytest.raises(MailError) as raised:
            sent_out(LETTERS, server, book)
    assert "รหัสผ่าน" in raised.value.message[0]
    assert postbox.taken == [] and not book.path.exists()
    if password:
        shown = [repr(server), *raised.value.message, *raised.value.remedy]
        for error in exceptions(raised.value):
            shown += [repr(error), str(error), repr(vars(error))]
        assert not any(password in text for text in shown)


def test_a_server_that_hangs_up_on_a_wrong_password_is_understood(book: Book) -> None:
    class HangingUp(Postbox):
        def authenticate(self, server: SMTP, *_: Any) -> AuthResult:
            server.transport.abort()
            return AuthResult(success=False, handled=False)

    with serving(HangingUp()) as server, pytest.raises(MailError) as raised:
        sent_out(LETTERS, server, book)
    assert "รหัสผ่าน" in raised.value.message[0]


def test_a_server_that_repeats_the_password_is_not_quoted(book: Book) -> None:
    class Repeating(Postbox):
        def authenticate(self, *_: Any) -> AuthResult:
            return AuthResult(success=False, handled=False, message=f"535 bad {PASSWORD}")

    with serving(Repeating()) as server, pytest.raises(MailError) as raised:
        sent_out(LETTERS, server, book)
    assert "bad ***" in raised.value.message[0]


class Tokens(Postbox):
    """A postbox of which one opens with a token only."""

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(arguments[1]).decode()
        self.logins.append((said, ""))
        if said == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True, auth_data=USER)
        problem = base64.b64encode(b'{"status":"401"}').decode()
        await server.push(f"334 {problem}")
        await server._reader.readline()
        return AuthResult(success=False, handled=False)


def test_a_server_without_passwords_takes_a_token(book: Book) -> None:
    postbox = Tokens()
    with serving(postbox, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as server:
        server = replace(server, login=Login(USER, TOKEN, token=True))
        assert states(sent_out(LETTERS, server, book)) == ["sent"] * len(LETTERS)
    assert postbox.logins == [(f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01", "")]


def test_a_token_that_has_expired_is_told_as_what_it_is(book: Book) -> None:
    with serving(Tokens(), auth_exclude_mechanism=["LOGIN", "PLAIN"]) as server:
        server = replace(server, login=Login(USER, "old", token=True))
        with pytest.raises(MailError) as raised:
            sent_out(LETTERS, server, book)
    assert "หมดอายุ" in raised.value.remedy[0] and "old" not in "".join(raised.value.message)


def test_a_token_is_not_sent_to_a_server_that_takes_none(book: Book) -> None:
    postbox = Postbox()
    with serving(postbox) as server, pytest.raises(MailError) as raised:
        sent_out(LETTERS, replace(server, login=Login(USER, TOKEN, token=True)), book)
    assert "ไม่มีการเข้ารหัสหรือการเข้าสู่ระบบ" in raised.value.message[0] and postbox.logins == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"port": 1}, "ต่อกับ 127.0.0.1:1 ไม่ได้"),
        ({"host": "nowhere.invalid"}, "ไม่พบเครื่องชื่อ nowhere.invalid"),
        ({"host": "ก" * 70}, "ไม่พบเครื่องชื่อ"),
        ({"ca_file": Path(__file__)}, "เปิดใบรับรองไม่ได้"),
        ({"ca_file": Path("gone.pem")}, "เปิดใบรับรองไม่ได้"),
    ],
)
def test_what_is_wrong_with_the_server_is_said_in_thai(
    book: Book, change: dict[str, Any], said: str
) -> None:
    server = replace(Server("127.0.0.1", free_port(), Login(USER, PASSWORD)), **change)
    with pytest.raises(MailError) as raised:
        sent_out(LETTERS, server, book)
    assert raised.value.message[0].startswith(said)
    assert not book.path.exists()


# --- only letters of ours


def changed(old: bytes, new: bytes) -> bytes:
    data = letter("one@example.go.th")
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"From: officer@example.go.th\r\nTo: ethics@example.go.th\r\n\r\nhello",
        changed(b"X-Unsent: 1\r\n", b""),
        changed(b"Message-ID: <moral-xlsx.", b"Message-ID: <"),
        changed(b"To: one@example.go.th\r\n", b""),
        changed(b"To: one@example.go.th", b"To: one@example.go.th, two"),
        changed(b"To: one@example.go.th", b"To: " + b",".join(b"a%d@b.th" % n for n in range(11))),
        changed(b"To: one@example.go.th", b"To: one@example.go.th\r\nCc: two@example.go.th"),
        changed(b"To: one@example.go.th", b"To: one@example.go.th\r\nBcc: two@example.go.th"),
        changed(b"To: one@example.go.th", b"To: one@example.go.th\r\nTo: two@example.go.th"),
        changed(b"To: one@example.go.th", b"To: undisclosed:;"),
        changed(b"To: one@example.go.th", b"To: =?utf-8?B?zzz"),
    ],
)
def test_what_is_no_letter_of_ours_to_one_person_is_not_sent(book: Book, data: bytes) -> None:
    nowhere = Server("127.0.0.1", free_port())
    (outcome,) = sent_out([("x.eml", data)], nowhere, book)
    assert outcome.state == "no_draft"
    assert all(outcome.said) and all(outcome.remedy)


@given(st.binary(), st.integers(0, 600))
def test_a_damaged_draft_never_stops_the_others(noise: bytes, at: int) -> None:
    good = letter("one@example.go.th")
    damaged = good[:at] + noise + good[at:]
    server = Server("127.0.0.1", 1)
    book = Book(Path("nowhere-to-be-written.json"))
    outcomes = sent_out([("a", damaged), ("b", good)], server, book, dry_run=True)
    assert outcomes[1].state in ("would_send", "sent_before")
    assert outcomes[0].subject.isprintable()
