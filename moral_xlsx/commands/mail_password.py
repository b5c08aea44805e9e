"""The password of a mail server."""

from __future__ import annotations

import os

import click

PASSWORD = "MORAL_XLSX_PASSWORD"


def password_of(user: str) -> str:
    """The password from the environment or a prompt; none where no user is named."""
    if not user:
        return ""
    return os.environ.get(PASSWORD) or click.prompt(f"รหัสผ่านของ {user}", hide_input=True, err=True)
