"""How the office logs in to a mail server: with a password, or with a token."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moral_xlsx.commands.boundary import read_file, stop

if TYPE_CHECKING:
    from moral_xlsx.mail.login import Login

PASSWORD = "MORAL_XLSX_PASSWORD"
_SECONDS = 60


def token_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a token is had instead of a password."""
    for option in (
        click.option(
            "--token-file",
            type=click.Path(path_type=Path),
            help="ไฟล์ที่มีโทเคน OAuth 2 ใช้แทนรหัสผ่าน",
        ),
        click.option(
            "--token-command",
            help="คำสั่งของสำนักงานที่พิมพ์โทเคน OAuth 2 ใช้แทนรหัสผ่าน",
        ),
    ):
        command = option(command)
    return command


def login_of(user: str, token_command: str | None, token_file: Path | None) -> Login:
    """The login of a user: by the token that was asked for, else by the password from the
    environment or a prompt; none where no user is named."""
    from moral_xlsx.mail.login import Login

    if not user:
        return Login()
    if token_command or token_file:
        token = _printed_by(token_command) if token_command else _text(token_file)
        if not token or not token.isascii() or not token.isprintable():
            stop(
                "ไม่ได้โทเคนจากคำสั่งหรือไฟล์ที่ระบุ ตรวจว่าพิมพ์โทเคนบรรทัดเดียวเท่านั้น",
                "There is no token: the command or file has to give one line, and nothing else",
            )
        return Login(user, token, token=True)
    password = os.environ.get(PASSWORD) or click.prompt(
        f"รหัสผ่านของ {user}", hide_input=True, err=True
    )
    return Login(user, password)


def _text(file: Path | None) -> str:
    return read_file(file).decode("utf-8-sig", "replace").strip() if file else ""


def _printed_by(command: str) -> str:
    """What the office's command prints. What it says of an error is not repeated: it may hold
    a secret."""
    import subprocess

    try:
        ran = subprocess.run(
            command, shell=True, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace").strip() if ran.returncode == 0 else ""
