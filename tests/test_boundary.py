"""The boundary around every command: what goes wrong is told in words and by the exit code."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import click
import pytest
from click.testing import CliRunner, Result

import moral_xlsx
from moral_xlsx.cli import main
from moral_xlsx.commands import options
from moral_xlsx.commands.boundary import Command, Exit
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.files import DAMAGED
from moral_xlsx.model.errors import DefinitionError, Fault, MoralXlsxError, Refused

COMMANDS = Path(__file__).parent.parent / "docs" / "commands.md"


def failing(error: BaseException, *arguments: str) -> Result:
    @click.command(cls=Command)
    @options.language
    def command(lang: str) -> None:
        raise error

    return CliRunner().invoke(command, arguments)


DAMAGE = finding(DAMAGED, what="zip")
NO_ROOM = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "output/2569-05/run.json")


@pytest.mark.parametrize(
    ("error", "code", "thai", "english"),
    [
        (MoralXlsxError(("ไม่มีทะเบียน", "No ledger")), Exit.UNUSABLE, "ไม่มีทะเบียน", "No ledger"),
        (MoralXlsxError(("ก", "a"), ("ข", "b")), Exit.UNUSABLE, "ก\nข\n", "a\nb\n"),
        (Refused(DAMAGE), Exit.UNUSABLE, message(DAMAGE), message(DAMAGE, "en")),
        (Refused(DAMAGE), Exit.UNUSABLE, remedy(DAMAGE), remedy(DAMAGE, "en")),
        (
            DefinitionError(
                "a.toml",
                (Fault("id", ("ขาดคีย์นี้", "it is missing"), ("เพิ่มคีย์นี้", "Add the key")),),
            ),
            Exit.UNUSABLE,
            "a.toml: id: ขาดคีย์นี้ เพิ่มคีย์นี้\n",
            "a.toml: id: it is missing. Add the key\n",
        ),
        (NO_ROOM, Exit.UNUSABLE, "run.json ไม่ได้", "Cannot read or write output/2569-05/run.json"),
        (BrokenProcessPool(), Exit.FAULT, "ปิดโปรแกรมอื่น", "close other programs"),
        (MemoryError(), Exit.FAULT, "หน่วยความจำของเครื่องไม่พอ", "too little memory"),
        (RuntimeError("oops"), Exit.FAULT, "ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง", "no sender is to blame"),
        (KeyError("x"), Exit.FAULT, "สั่งใหม่ได้ทันที", "run it again"),
        (KeyboardInterrupt(), Exit.STOPPED, "หยุดตามคำสั่งแล้ว", "Stopped as asked"),
        (click.Abort(), Exit.STOPPED, "หยุดตามคำสั่งแล้ว", "Stopped as asked"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_whatever_goes_wrong_is_told_on_standard_error_and_by_the_exit_code(
    error: BaseException, code: Exit, thai: str, english: str
) -> None:
    told = failing(error)
    assert (told.exit_code, told.stdout) == (code, "")
    assert thai in told.stderr
    assert english in failing(error, "--lang", "en").stderr


def test_an_unforeseen_fault_shows_what_a_developer_needs() -> None:
    told = failing(RuntimeError("oops"))
    assert "Traceback" in told.stderr and "RuntimeError: oops" in told.stderr


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_command_that_ends_by_itself_keeps_its_code(code: int) -> None:
    assert failing(SystemExit(code)).exit_code == code


def test_wrong_usage_is_told_by_click() -> None:
    assert failing(RuntimeError(), "--nothing").exit_code == Exit.UNUSABLE


def commands(group: click.Group) -> Iterator[click.Command]:
    for each in group.commands.values():
        if isinstance(each, click.Group):
            yield from commands(each)
        else:
            yield each


def test_every_command_stands_behind_the_boundary() -> None:
    found = list(commands(main))
    assert len(found) == 16
    assert [each.name for each in found if not isinstance(each, Command)] == []


def test_every_command_says_in_which_language_it_tells_an_error() -> None:
    for each in commands(main):
        assert "lang" in {parameter.name for parameter in each.params}, each.name


def test_every_error_of_ours_has_the_one_base() -> None:
    for module in walk_packages(moral_xlsx.__path__, "moral_xlsx."):
        if not module.name.endswith("__main__"):
            try:
                import_module(module.name)
            except ModuleNotFoundError as error:
                # Of an extra, which Windows is tested without; nothing else needs it at its start.
                needs = module.name, error.name
                assert needs == ("moral_xlsx.submission.machine", "distributed")
    direct = {
        each.__name__ for each in Exception.__subclasses__() if each.__module__.startswith("moral_")
    }
    # The other ones never leave their modules.
    assert direct == {"MoralXlsxError", "_RepeatedKeyError", "_TooManyError"}


def test_the_exit_codes_stand_in_the_documents() -> None:
    text = COMMANDS.read_text("utf-8")
    assert {f"| {code.value} |" in text for code in Exit} == {True}
