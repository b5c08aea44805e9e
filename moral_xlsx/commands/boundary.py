"""The one boundary around every command: what goes wrong is told, by words and by exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


class Exit(IntEnum):
    """What a command ends with; docs/commands.md has the same table for people."""

    OK = 0
    # There is something to mend: in files, in a definition, among letters.
    FINDINGS = 1
    # What was asked cannot be done: usage, an unreadable file, a server, a ledger.
    UNUSABLE = 2
    # A fault of the program or of the machine, never of a file or of who sent it.
    FAULT = 3
    STOPPED = 130


_NO_PROCESS = (
    "เปิดโปรแกรมย่อยสำหรับอ่านไฟล์ไม่ได้ ปิดโปรแกรมอื่นหรือเริ่มเครื่องใหม่แล้วสั่งอีกครั้ง",
    "No reading process could be started; close other programs or restart the machine, run again.",
)
_NO_MEMORY = (
    "หน่วยความจำของเครื่องไม่พอ ปิดโปรแกรมอื่นหรือเริ่มเครื่องใหม่แล้วสั่งอีกครั้ง",
    "The machine has too little memory left; close other programs or restart it, run again.",
)
_SEND_DETAILS = (
    "ถ้ายังเป็นอีก ส่งข้อความข้างล่างนี้ทั้งหมดให้ผู้ดูแลโปรแกรม",
    "If it fails again, send all of the text below to whoever looks after it.",
)
_OUR_FAULT = (
    "โปรแกรมขัดข้องเอง ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง ไม่มีผลใดถูกเขียนค้างไว้ครึ่งเดียว สั่งใหม่ได้ทันที\n"
    f"{_SEND_DETAILS[0]}",
    "The program itself failed; no file and no sender is to blame. Nothing was left half-written: "
    f"run it again.\n{_SEND_DETAILS[1]}",
)
_STOPPED = ("หยุดตามคำสั่งแล้ว สั่งใหม่ได้ทุกเมื่อ", "Stopped as asked; it can be run again at any time.")


class Command(click.Command):
    """A command of ours: every error ends it with a message and an exit code of the table."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an error of ours becomes a message in the language asked for."""
        # What every command imports anyway; --help and --version do without it.
        from concurrent.futures.process import BrokenProcessPool

        from moral_xlsx.model.errors import MoralXlsxError, ProgramFaultError

        lang: Language = ctx.params.get("lang", "th")
        # What we write holds names, scores and letters: it is its owner's alone. Windows leaves
        # that to the folder.
        everybodys = os.umask(0o077)
        try:
            return super().invoke(ctx)
        except ProgramFaultError as error:
            asked = _SEND_DETAILS[lang == "en"]
            _end(f"{error.text(lang)}\n{asked}\n\n{error.details}", Exit.FAULT)
        except MoralXlsxError as error:
            _end(error.text(lang), Exit.UNUSABLE)
        except BrokenProcessPool:
            _end(_NO_PROCESS[lang == "en"], Exit.FAULT)
        except MemoryError:
            _end(_NO_MEMORY[lang == "en"], Exit.FAULT)
        except (KeyboardInterrupt, click.Abort):
            _end(_STOPPED[lang == "en"], Exit.STOPPED)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read what we print has gone
            _end(_of_the_system(error, lang), Exit.UNUSABLE)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception:
            _end(f"{_OUR_FAULT[lang == 'en']}\n\n{traceback.format_exc()}", Exit.FAULT)
        finally:
            os.umask(everybodys)


def _of_the_system(error: OSError, lang: Language) -> str:
    at, why = error.filename or "–", error.strerror or type(error).__name__
    if lang == "en":
        return (
            f"Cannot read or write {at}: {why}. See that it is there, not open elsewhere, "
            "and that the disk has room."
        )
    return f"อ่านหรือเขียน {at} ไม่ได้: {why} ตรวจว่ามีอยู่จริง ไม่ได้เปิดค้างในโปรแกรมอื่น และดิสก์ยังมีที่ว่าง"


def _end(text: str, code: Exit) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)


def tell(lang: Language, thai: str, english: str) -> None:
    """Says something on standard error, where it is in nobody's way who reads the results."""
    click.echo(english if lang == "en" else thai, err=True)


def stop(thai: str, english: str) -> NoReturn:
    """Ends a command that cannot do what was asked, saying why and what to do."""
    from moral_xlsx.model.errors import MoralXlsxError

    raise MoralXlsxError((thai, english))


def read_file(path: Path) -> bytes:
    """The bytes of a file that a command was given; ends the command when it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError:
        stop(
            f"เปิดไฟล์ {path} ไม่ได้ ตรวจชื่อและที่อยู่ของไฟล์",
            f"Cannot open {path}; check its name and folder",
        )
