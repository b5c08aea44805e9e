"""The connection to the server that takes mail: encrypted, logged in, or told why not."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from moral_xlsx.mail.errors import MailError
from moral_xlsx.mail.login import Login

Tls = Literal["starttls", "ssl", "none-for-tests"]

# What a program says that has no name of its own; a Windows PC's may be in Thai letters.
_GREETING = "[127.0.0.1]"
LATER = ("สั่งส่งอีกครั้งภายหลัง", "Run it again later.")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to hand in mail; ``login`` names no user where none is needed.

    ``ca_file`` holds the certificate of an authority that this machine does not know.
    """

    host: str
    port: int
    login: Login = field(default_factory=Login)
    tls: Tls = "starttls"
    ca_file: Path | None = None
    timeout: float = 60


def connected(server: Server) -> smtplib.SMTP:
    """A connection that is encrypted and logged in.

    Raised outside the handlers, so that no exception of a library hangs on to what we raise:
    one of them may hold the password.
    """
    if not (server.login.user + server.login.secret).isascii():
        raise MailError(_THAI_PASSWORD, _CHECK_KEYBOARD)
    smtp: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
    except OSError:
        failure = MailError(
            (f"เปิดใบรับรองไม่ได้: {server.ca_file}", f"{server.ca_file} is no certificate file."),
            ("ตรวจว่าเป็นไฟล์ใบรับรองแบบ PEM", "Name a certificate file in PEM format."),
        )
    else:
        try:
            smtp = _opened(server, context)
            if server.login.user:
                _log_in(smtp, server.login)
            return smtp
        except (smtplib.SMTPException, OSError, ValueError) as error:
            failure = _failure(server, error)
    if smtp is not None:
        smtp.close()
    raise failure


def _log_in(smtp: smtplib.SMTP, login: Login) -> None:
    """Logs in by one mechanism, once: servers count failures, and hang up on them."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    smtp.user, smtp.password = login.user, login.secret
    try:
        if login.token:
            if "XOAUTH2" not in offered:
                raise smtplib.SMTPNotSupportedError
            # A second question of the server is what it holds against the token.
            smtp.auth("XOAUTH2", lambda question=None: "" if question else login.xoauth2)
        elif "PLAIN" in offered:
            smtp.auth("PLAIN", smtp.auth_plain)
        elif "LOGIN" in offered:
            smtp.auth("LOGIN", smtp.auth_login)
        else:
            raise smtplib.SMTPNotSupportedError
    except smtplib.SMTPServerDisconnected as error:
        raise smtplib.SMTPAuthenticationError(0, "closed the connection") from error


def _opened(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    """A connection, encrypted with a certificate that was checked; never silently without."""
    at, timeout = (server.host, server.port), server.timeout
    smtp: smtplib.SMTP
    if server.tls == "ssl":
        smtp = smtplib.SMTP_SSL(*at, _GREETING, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(*at, _GREETING, timeout=timeout)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _failure(server: Server, error: Exception) -> MailError:
    """What went wrong before anything could be sent."""
    at = f"{server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = reply_text(error.smtp_error, server.login.secret)
        return MailError(
            (f"{at} ไม่รับชื่อผู้ใช้หรือรหัสผ่าน ({said})", f"{at} refused user or password ({said})."),
            server.login.advice,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return MailError(
            (f"ใบรับรองของ {at} ใช้ไม่ได้ ({why})", f"The certificate of {at} fails ({why})."),
            _CHECK_CERTIFICATE,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailError(
            (f"{at} ไม่มีการเข้ารหัสหรือการเข้าสู่ระบบที่ต้องใช้", f"{at} offers no TLS, or no login."),
            _CHECK_TLS,
        )
    if isinstance(error, ssl.SSLError):
        return MailError(
            (f"เข้ารหัสการเชื่อมต่อกับ {at} ไม่สำเร็จ", f"No encrypted connection to {at}."), _CHECK_TLS
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = reply_text(error.smtp_error, server.login.secret)
        return MailError((f"{at} ไม่ให้ใช้ ({said})", f"{at} refuses service ({said})."), LATER)
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return MailError(
            (f"ไม่พบเครื่องชื่อ {server.host}", f"There is no host called {server.host}."), _CHECK_HOST
        )
    why = type(error).__name__
    return MailError((f"ต่อกับ {at} ไม่ได้ ({why})", f"No connection to {at} ({why})."), _CHECK_HOST)


def reply_text(reply: bytes | str, secret: str = "") -> str:
    """A server's words on one line; should it repeat the password, without that."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    if secret:
        text = text.replace(secret, "***")
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:200]


_THAI_PASSWORD = (
    "ชื่อผู้ใช้หรือรหัสผ่านมีอักษรที่ไม่ใช่อังกฤษ",
    "User or password holds other than ASCII characters.",
)
_CHECK_KEYBOARD = (
    "ตรวจว่าแป้นพิมพ์อยู่ที่ภาษาอังกฤษแล้วพิมพ์ใหม่",
    "See that the keyboard is set to English and type it again.",
)
_CHECK_CERTIFICATE = (
    "ตรวจชื่อเครื่อง ถ้าเป็นใบรับรองของหน่วยงานเอง ให้ระบุไฟล์ใบรับรอง",
    "Check the host name; for an authority of your own, name its certificate file.",
)
_CHECK_TLS = (
    "ตรวจพอร์ต: ๕๘๗ ใช้ STARTTLS, ๔๖๕ ใช้ SSL แล้วถามผู้ดูแลระบบอีเมล",
    "Check the port (587: STARTTLS, 465: SSL) and ask the mail server's administrators.",
)
_CHECK_HOST = (
    "ตรวจชื่อเครื่อง พอร์ต และเครือข่าย แล้วสั่งใหม่",
    "Check host name, port and network, and run it again.",
)
