"""A token is had from a file or a command of the office's, and never shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from moral_xlsx.commands.mail_login import login_of
from moral_xlsx.mail.login import Login
from moral_xlsx.model.errors import MoralXlsxError

WANTED = Login("diwethics", "ya29.token", token=True)


def printing(text: str, code: int = 0) -> str:
    return f'"{sys.executable}" -c "print(\'{text}\'); raise SystemExit({code})"'


def test_a_file_holds_the_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("\ufeffya29.token\r\n", "utf-8")
    assert login_of("diwethics", None, file) == WANTED


def test_a_command_prints_the_token() -> None:
    assert login_of("diwethics", printing("ya29.token"), None) == WANTED


@pytest.mark.parametrize(
    "command", [printing("sEcReT", 1), printing("sEcReT\\nmore"), printing(""), "no-such-command-1"]
)
def test_a_command_without_a_token_is_told_and_what_it_printed_is_not(command: str) -> None:
    with pytest.raises(MoralXlsxError) as raised:
        login_of("diwethics", command, None)
    assert "โทเคน" in raised.value.text() and "sEcReT" not in raised.value.text()


def test_a_token_is_no_part_of_what_is_shown_of_a_login() -> None:
    assert "ya29" not in repr(WANTED)


def test_without_a_user_nobody_logs_in() -> None:
    assert login_of("", "whatever", None) == Login()
