"""``moral-xlsx batch``: a round."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit, tell

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language
    from moral_xlsx.model.round import RoundResult


@click.command(cls=Command)
@click.argument("inbox", type=options.FOLDER)
@click.option("-o", "--output", type=options.FILE, default=Path("output"), help="โฟลเดอร์ผลลัพธ์")
@options.round_name
@options.units
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="จำนวนงานที่ทำพร้อมกัน")
@click.option("--letters", type=options.FILE, default=None, help="โฟลเดอร์ถ้อยคำจดหมายของเราเอง")
@options.language
def batch(
    inbox: Path,
    output: Path,
    round_name: str | None,
    units_file: Path | None,
    jobs: int | None,
    letters: Path | None,
    lang: Language,
) -> None:
    """ตรวจทุกไฟล์ในโฟลเดอร์ INBOX และเขียนผลของรอบ (run a round).

    ไม่ระบุ --units จะใช้ units.xlsx ที่อยู่ข้างโฟลเดอร์ INBOX ถ้ามี
    จบด้วย 0 เมื่อทุกไฟล์ผ่าน, 1 เมื่อมีไฟล์ที่ต้องแก้หรือรับไม่ได้, 2 เมื่อทำรอบนี้ไม่ได้
    """
    from moral_xlsx.commands.console.round import progress, show_round
    from moral_xlsx.mail.outward.texts import Letters
    from moral_xlsx.round.receive import list_inbox
    from moral_xlsx.round.run import Office, run_round

    name = given.round_of(round_name)
    beside = inbox.resolve().parent / "units.xlsx"
    units = given.registry(units_file or (beside if beside.is_file() else None), lang)
    office = Office(units, Letters(letters))
    _warn_of_ledger(output, lang)
    files = list_inbox(inbox, output)
    workers = jobs or min(os.cpu_count() or 1, max(1, len(files.files)))
    with progress(len(files.files), lang) as advance:
        result = run_round(files, output, name, office, workers, advance)
    show_round(result, output / name, lang)
    if not result.files:
        tell(lang, f"ไม่มีไฟล์ใน {inbox}", f"There is no file in {inbox}")
    sys.exit(Exit.OK if _clean(result) else Exit.FINDINGS)


def _clean(result: RoundResult) -> bool:
    """Whether every file that was sent as a form counts and is accepted."""
    sent = [r for r in result.files if r.state not in ("superseded", "duplicate", "other")]
    return all(r.verdict == "accepted" and r.state == "counted" for r in sent)


def _warn_of_ledger(output: Path, lang: Language) -> None:
    """Says so where the ledger lies on a network share, or is gone though rounds are there."""
    from moral_xlsx.ledger.share import network_warning
    from moral_xlsx.model.catalogue import message
    from moral_xlsx.round.outbox import LEDGER, RUN_FILE

    path = output / LEDGER
    if (warned := network_warning(path)) is not None:
        click.echo(message(warned, lang), err=True)
    if not (path.is_file() and path.stat().st_size) and any(output.glob(f"*/{RUN_FILE}")):
        tell(
            lang,
            f"คำเตือน: มีผลของรอบก่อนแต่ไม่มีสมุดทะเบียน {path} จะเริ่มเล่มใหม่ ถ้ามีสำเนาให้นำมาวางก่อน",
            f"Warning: there are earlier rounds but no ledger {path}; a new one is begun.",
        )
