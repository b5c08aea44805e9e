"""Who logs in to a mail server, and how: with a password, or with a token of OAuth 2."""

from __future__ import annotations

from dataclasses import dataclass, field

from moral_xlsx.model.assessment import Bilingual


@dataclass(frozen=True, slots=True)
class Login:
    """A user and what proves it; ``token`` tells that ``secret`` is an OAuth 2 access token.

    Without a ``user`` nobody logs in.
    """

    user: str = ""
    secret: str = field(default="", repr=False)
    token: bool = False

    @property
    def xoauth2(self) -> str:
        """What the mechanism XOAUTH2 sends, before it is encoded."""
        return f"user={self.user}\x01auth=Bearer {self.secret}\x01\x01"

    @property
    def advice(self) -> Bilingual:
        """What to look at when a server refuses it."""
        return _CHECK_TOKEN if self.token else _CHECK_PASSWORD


_CHECK_PASSWORD = (
    "ตรวจผู้ใช้และรหัสผ่าน Gmail และ Microsoft 365 ต้องใช้รหัสผ่านสำหรับแอป (app password) หรือโทเคน "
    "(--token-command) และต้องเปิด IMAP หรือ SMTP ในการตั้งค่า",
    "Check both. Gmail and Microsoft 365 need an app password or a token (--token-command), "
    "and IMAP or SMTP switched on.",
)
_CHECK_TOKEN = (
    "ตรวจว่าโทเคนยังไม่หมดอายุและออกให้ผู้ใช้นี้ โดยมีสิทธิ์ IMAP หรือ SMTP แล้วขอใหม่ด้วยคำสั่งของสำนักงาน",
    "See that the token has not expired, was issued for this user, and allows IMAP or SMTP; "
    "then get a new one by the office's command.",
)
