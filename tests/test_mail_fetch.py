"""New messages of an IMAP folder, from a real Dovecot that these tests start on loopback."""

from __future__ import annotations

import hashlib
import imaplib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted
from imap_tools.utils import encode_folder
from mail_samples import FIELDS, attachment, mail

from moral_xlsx.mail.errors import MailError
from moral_xlsx.mail.inward import fetch as fetch_module
from moral_xlsx.mail.inward.fetch import Fetched, fetch
from moral_xlsx.mail.inward.parts import unpack
from moral_xlsx.mail.login import Login

pytestmark = pytest.mark.server

USER, PASSWORD = "diwethics", 'ลับ "มาก" \\ sEcReT'
TOKEN, EXPIRED = "ya29.token-of-the-office", "ya29.sEcReT-of-yesterday"
PLAIN_USER, PLAIN_PASSWORD = "plain", 'pl"ain\\ sEcReT'
FOLDER = "แบบประเมิน/ปี ๒๕๖๙ & อื่น ๆ"
DELIVERED = '"13-May-2026 02:30:00 +0700"'  # the day before, UTC


@dataclass(frozen=True)
class Server:
    """A Dovecot on loopback, its ports, and the certificate it made for itself."""

    port: int
    tls_port: int
    certificate: Path

    def mailbox(self, user: str = USER, password: str = PASSWORD) -> MailBoxUnencrypted:
        box = MailBoxUnencrypted("127.0.0.1", self.port)
        box.login_utf8(user, password, initial_folder=None)
        return box

    def append(self, message: bytes, folder: str = "INBOX", flags: str = "") -> None:
        with self.mailbox() as box:
            if not box.folder.exists(folder):
                box.folder.create(folder)
            status, said = box.client.append(encode_folder(folder), flags, DELIVERED, message)
            assert status == "OK", said

    def state(self, folder: str = "INBOX") -> list[bytes]:
        """Flags, sizes and dates of every message, read without touching them."""
        with self.mailbox() as box:
            box.folder.set(folder, readonly=True)
            return [
                line
                for line in box.client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE)")[
                    1
                ]
                if isinstance(line, bytes)
            ]


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


class Issuer(BaseHTTPRequestHandler):
    """Who issued the tokens, as Dovecot asks of each whether it still holds."""

    def do_GET(self) -> None:
        holds = self.path.endswith(f"={TOKEN}")
        answer = json.dumps({"active": holds, "email": USER} if holds else {"active": False})
        self.send_response(200 if holds else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        pass


def configuration(home: Path, ports: tuple[int, int]) -> str:
    """A Dovecot of our own: no file of the system is read or written."""
    import pwd  # where it is missing there is no Dovecot either

    me = pwd.getpwuid(os.geteuid())
    # Dovecot keeps no mail for root.
    owner = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
    service = "dovenull" if me.pw_uid == 0 else me.pw_name
    internal = "dovecot" if me.pw_uid == 0 else me.pw_name
    return f"""
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_login_user = {service}
default_internal_user = {internal}
default_internal_group = {internal}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u:LAYOUT=fs
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN-MD5 username_format=%u {home}/passwd
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports[0]}
  }}
  inet_listener imaps {{
    port = {ports[1]}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def prepare(home: Path, ports: tuple[int, int]) -> None:
    home.chmod(0o755)
    mails = home / "mail"
    mails.mkdir()
    if os.geteuid() == 0:
        import pwd

        nobody = pwd.getpwnam("nobody")
        os.chown(mails, nobody.pw_uid, nobody.pw_gid)
    entries = ((USER, PASSWORD), (PLAIN_USER, PLAIN_PASSWORD))
    (home / "passwd").write_text(
        "".join(f"{u}:{hashlib.md5(p.encode()).hexdigest()}::::::\n" for u, p in entries)
    )
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*make, *files], check=True, capture_output=True, timeout=60)
    (home / "dovecot.conf").write_text(configuration(home, ports))


def wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            client = imaplib.IMAP4("127.0.0.1", port, timeout=5)
            client.logout()
            return
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
    pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Server]:
    binary = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert binary, "apt-get install dovecot-imapd"
    # Not pytest's folder: its path is too long for a socket, and closed to other users.
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    ports = free_ports()
    prepare(home, ports)
    issuer = HTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=issuer.serve_forever, daemon=True).start()
    (home / "oauth2").write_text(
        f"tokeninfo_url = http://127.0.0.1:{issuer.server_port}/?access_token=\n"
        "introspection_mode = auth\nusername_attribute = email\n"
        "active_attribute = active\nactive_value = true\n"
    )
    process = subprocess.Popen([binary, "-F", "-c", str(home / "dovecot.conf")])
    try:
        wait_for(ports[0], home / "log")
        yield Server(*ports, home / "cert.pem")
    finally:
        process.terminate()
        process.wait(timeout=20)
        issuer.shutdown()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def server(dovecot: Server) -> Server:
    """The server with two messages in INBOX, one read, and one in a Thai folder."""
    with dovecot.mailbox() as box:
        for folder in box.folder.list():
            if "\\Noselect" not in folder.flags:
                box.folder.set(folder.name)
                box.delete(box.uids())
    dovecot.append(message(1))
    dovecot.append(message(2), flags="(\\Seen)")
    dovecot.append(message(3), FOLDER)
    return dovecot


def message(number: int) -> bytes:
    fields = [each.replace("abc.123@", f"{number}@") for each in FIELDS]
    return mail(attachment(f'filename="{number}.xlsx"'), fields=fields)


def bring(server: Server, into: Path, folder: str = "INBOX", **other: object) -> list[Fetched]:
    settings = {"port": server.port, "tls": "none-for-tests", **other}
    login = Login(USER, PASSWORD)
    return list(fetch("127.0.0.1", login, folder, into, **settings))  # type: ignore[arg-type]


def refusal(server: Server, into: Path, **other: object) -> MailError:
    """The error of a fetch with some words changed; it never holds the password."""
    settings = {"port": server.port, "tls": "none-for-tests"}
    words = {"host": "127.0.0.1", "user": USER, "password": PASSWORD, "folder": "INBOX"}
    words |= {key: value for key, value in other.items() if key in words}  # type: ignore[misc]
    settings |= {key: value for key, value in other.items() if key not in words}  # type: ignore[misc]
    login = Login(words.pop("user"), words.pop("password"))
    with pytest.raises(MailError) as caught:
        list(fetch(into=into, login=login, **words, **settings))  # type: ignore[arg-type]
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__dict__)
    assert "sEcReT" not in shown
    assert all(error.message) and all(error.remedy)
    return error


def test_messages_come_whole_and_the_mailbox_stays_as_it_was(
    server: Server, tmp_path: Path
) -> None:
    before = server.state()
    brought = bring(server, tmp_path / "inbox")
    assert server.state() == before
    assert [b"\\Seen" in line for line in before] == [False, True]
    assert [each.path.read_bytes() for each in brought] == [message(1), message(2)]
    assert [each.message_id for each in brought] == ["1@unit.go.th", "2@unit.go.th"]
    assert sorted((tmp_path / "inbox").iterdir()) == sorted(each.path for each in brought)


def test_a_file_is_named_by_day_and_content(server: Server, tmp_path: Path) -> None:
    (first, _) = bring(server, tmp_path)
    digest = hashlib.sha256(message(1)).hexdigest()
    assert first.sha256 == digest
    assert first.path == tmp_path / f"2026-05-12_{digest[:16]}.eml"
    assert [part.name for part in unpack(first.path.name, first.path.read_bytes())] == [
        f"{first.path.name}/1.xlsx"
    ]


@pytest.mark.parametrize(
    ("described", "content", "day"),
    [
        (b'1 (UID 1 INTERNALDATE "13-May-2026 02:30:00 +0700"', b"", "2026-05-12"),
        (b'1 (UID 1 INTERNALDATE " 3-May-2026 02:30:00 -0700"', b"", "2026-05-03"),
        (b"1 (UID 1", b"Date: Wed, 13 May 2026 02:30:00 +0700\r\n\r\n", "2026-05-12"),
        (b'1 (UID 1 INTERNALDATE "nonsense"', b"", "0000-00-00"),
    ],
)
def test_the_day_is_that_of_delivery_in_utc(described: bytes, content: bytes, day: str) -> None:
    assert fetch_module._day(described, content) == day


def test_nothing_comes_twice(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(server, tmp_path)
    server.append(message(4))
    downloads = []
    answer = fetch_module._answer

    def counted(*asked: object) -> object:
        downloads.append(asked[2])
        return answer(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(fetch_module, "_answer", counted)
    assert [each.message_id for each in bring(server, tmp_path)] == ["4@unit.go.th"]
    assert sum("BODY.PEEK[])" in asked for asked in downloads) == 1, (
        "only the new one is downloaded"
    )
    assert bring(server, tmp_path) == []


def test_a_message_twice_in_the_folder_is_one_file(server: Server, tmp_path: Path) -> None:
    server.append(message(1))
    assert len(bring(server, tmp_path)) == 2


def test_a_message_without_an_id_is_known_by_its_content(server: Server, tmp_path: Path) -> None:
    fields = [each for each in FIELDS if not each.startswith("Message-ID")]
    server.append(mail(attachment('filename="5.xlsx"'), fields=fields))
    assert [each.message_id for each in bring(server, tmp_path)][-1] == ""
    assert bring(server, tmp_path) == []


def test_a_file_that_was_removed_comes_again_unless_its_key_is_known(
    server: Server, tmp_path: Path
) -> None:
    first, second = bring(server, tmp_path)
    first.path.unlink()
    second.path.unlink()
    assert bring(server, tmp_path, known=[first.key]) == [second]


def test_a_killed_run_leaves_nothing_half_written(server: Server, tmp_path: Path) -> None:
    staged = tmp_path / ".2026-05-12_0123456789abcdef.part"
    staged.write_bytes(b"half")
    own = tmp_path / ".mine.part"
    own.write_bytes(b"not ours")
    bring(server, tmp_path)
    assert not staged.exists() and own.exists()


def test_stopping_early_keeps_what_has_come(server: Server, tmp_path: Path) -> None:
    coming = fetch(
        *("127.0.0.1", Login(USER, PASSWORD), "INBOX", tmp_path),
        port=server.port,
        tls="none-for-tests",
    )
    first = next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == [first.path]
    assert [each.message_id for each in bring(server, tmp_path)] == ["2@unit.go.th"]


def test_a_folder_with_a_thai_name(server: Server, tmp_path: Path) -> None:
    assert [each.message_id for each in bring(server, tmp_path, FOLDER)] == ["3@unit.go.th"]


def test_an_empty_folder_brings_nothing(server: Server, tmp_path: Path) -> None:
    with server.mailbox() as box:
        if not box.folder.exists("ว่าง"):
            box.folder.create("ว่าง")
    assert bring(server, tmp_path / "new", "ว่าง") == []
    assert (tmp_path / "new").is_dir()


def test_a_password_of_plain_letters_with_quotes(server: Server, tmp_path: Path) -> None:
    words = ("127.0.0.1", Login(PLAIN_USER, PLAIN_PASSWORD), "INBOX", tmp_path)
    assert list(fetch(*words, port=server.port, tls="none-for-tests")) == []


# --- tokens


def by_token(server: Server, into: Path, token: str) -> list[Fetched]:
    login = Login(USER, token, token=True)
    coming = fetch("127.0.0.1", login, "INBOX", into, port=server.port, tls="none-for-tests")
    return list(coming)


def test_a_mailbox_without_a_password_opens_with_a_token(server: Server, tmp_path: Path) -> None:
    assert [each.message_id for each in by_token(server, tmp_path, TOKEN)] == [
        "1@unit.go.th",
        "2@unit.go.th",
    ]


def test_a_token_that_has_expired_is_told_as_what_it_is(server: Server, tmp_path: Path) -> None:
    with pytest.raises(MailError) as caught:
        by_token(server, tmp_path, EXPIRED)
    assert "หมดอายุ" in caught.value.remedy[0]
    assert "sEcReT" not in "".join(traceback.format_exception(caught.value))


# --- encryption


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_an_encrypted_connection(
    server: Server, tmp_path: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    port = server.tls_port if tls == "ssl" else server.port
    assert len(bring(server, tmp_path, tls=tls, port=port)) == 2


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_certificate_that_nobody_vouches_for(server: Server, tmp_path: Path, tls: str) -> None:
    port = server.tls_port if tls == "ssl" else server.port
    error = refusal(server, tmp_path, tls=tls, port=port)
    assert "ใบรับรอง" in error.message[0] and "SSL_CERT_FILE" in error.remedy[0]


def test_encryption_on_the_wrong_port(server: Server, tmp_path: Path) -> None:
    error = refusal(server, tmp_path, tls="ssl", port=server.port)
    assert "เข้ารหัส" in error.message[0] and "993" in error.remedy[0]


def test_no_password_travels_in_the_clear(server: Server, tmp_path: Path) -> None:
    error = refusal(server, tmp_path, host="mail.example.go.th")
    assert "ไม่เข้ารหัส" in error.message[0]


# --- what goes wrong


@pytest.mark.parametrize("wrong", ["wrong sEcReT", "ผิด sEcReT"])
@pytest.mark.parametrize("user", [USER, "ใครก็ไม่รู้"])
def test_a_wrong_password(server: Server, tmp_path: Path, user: str, wrong: str) -> None:
    error = refusal(server, tmp_path, user=user, password=wrong)
    assert "รหัสผ่านไม่ถูกต้อง" in error.message[0]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_names_those_that_are_there(server: Server, tmp_path: Path) -> None:
    error = refusal(server, tmp_path, folder="ไม่มีจริง")
    assert "ไม่มีจริง" in error.message[0]
    assert FOLDER in error.remedy[0] and "INBOX" in error.remedy[0]


@pytest.mark.parametrize(
    "words",
    [
        {"password": ""},
        {"password": "a\r\nA1 LOGOUT sEcReT"},
        {"user": "a\nb"},
        {"folder": ""},
        {"host": "\0"},
    ],
)
def test_words_that_could_be_commands(server: Server, tmp_path: Path, words: dict) -> None:
    assert "อักขระควบคุม" in refusal(server, tmp_path, **words).message[0]


def test_nobody_listens(server: Server, tmp_path: Path) -> None:
    error = refusal(server, tmp_path, port=free_ports()[0])
    assert "ไม่รับการเชื่อมต่อ" in error.message[0]


def test_no_such_server(server: Server, tmp_path: Path) -> None:
    error = refusal(server, tmp_path, host="mail.invalid", tls="ssl")
    assert "mail.invalid" in error.message[0] and "เชื่อมต่อ" in error.message[0]


def test_a_server_that_does_not_answer(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_module, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(server, tmp_path, port=silent.getsockname()[1])
    assert "ไม่ตอบ" in error.message[0]


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(MailError) as caught:
        bring(server, blocked)
    assert "เขียนลงในโฟลเดอร์" in caught.value.message[0]


def test_a_connection_that_breaks_off(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = fetch_module._answer

    def cut(mailbox: MailBoxUnencrypted, uids: str, asked: str) -> object:
        if (
            "BODY.PEEK[])" in asked
            and tmp_path.joinpath("i").exists()
            and any(tmp_path.joinpath("i").iterdir())
        ):
            mailbox.client.sock.shutdown(socket.SHUT_RDWR)
        return answer(mailbox, uids, asked)

    monkeypatch.setattr(fetch_module, "_answer", cut)
    with pytest.raises(MailError) as caught:
        bring(server, tmp_path / "i")
    assert "ขาดกลางคัน" in caught.value.message[0]
    assert [path.read_bytes() for path in (tmp_path / "i").iterdir()] == [message(1)]
    monkeypatch.undo()
    assert [each.message_id for each in bring(server, tmp_path / "i")] == ["2@unit.go.th"]
