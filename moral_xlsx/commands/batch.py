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
    from moral_xlsx.round.inbox import Inbox


@click.command(cls=Command)
@click.argument("inbox", type=options.FOLDER)
@click.option("-o", "--output", type=options.FILE, default=Path("output"), help="โฟลเดอร์ผลลัพธ์")
@options.round_name
@options.units
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="จำนวนงานที่ทำพร้อมกัน")
@click.option("--letters", type=options.FILE, default=None, help="โฟลเดอร์ถ้อยคำจดหมายของเราเอง")
@click.option("--pdf", is_flag=True, help="ทำรายงานและบันทึกการตรวจเป็น PDF ด้วย (ใช้ LibreOffice)")
@click.option(
    "--dask", default="", metavar="ADDRESS", help="ให้เครื่องใน Dask ช่วยตรวจ เช่น tcp://host:8786"
)
@click.option("--only", default="", help="ออกผลใหม่ของหน่วยงานนี้เท่านั้น ตามรหัส ของหน่วยงานอื่นคงเดิม")
@options.forms
@options.language
def batch(
    inbox: Path,
    output: Path,
    round_name: str | None,
    units_file: Path | None,
    jobs: int | None,
    letters: Path | None,
    pdf: bool,
    dask: str,
    only: str,
    forms_folder: Path | None,
    lang: Language,
) -> None:
    """ตรวจทุกไฟล์ในโฟลเดอร์ INBOX และเขียนผลของรอบ (run a round).

    ไม่ระบุ --units จะใช้ units.xlsx ที่อยู่ข้างโฟลเดอร์ INBOX ถ้ามี
    จบด้วย 0 เมื่อทุกไฟล์ผ่าน, 1 เมื่อมีไฟล์ที่ต้องแก้หรือรับไม่ได้, 2 เมื่อทำรอบนี้ไม่ได้
    """
    from moral_xlsx.round.inbox import list_inbox
    from moral_xlsx.round.unchanged import Asked, last_exit, remember

    name = given.round_of(round_name)
    beside = inbox.resolve().parent / "units.xlsx"
    registry = units_file or (beside if beside.is_file() else None)
    files = list_inbox(inbox, output)
    asked = Asked(files, output, name, (registry, letters, forms_folder), _options(pdf))
    sha256 = "" if only else asked.sha256()
    ended = last_exit(asked, sha256)
    if ended is not None:
        _tell_unchanged(files, output / name, lang)
        sys.exit(ended)

    # What a round takes besides is of weight, and an unchanged one does without.
    from moral_xlsx.commands.console.round import progress, show_round
    from moral_xlsx.mail.outward.texts import Letters
    from moral_xlsx.round.run import Office, run_round

    forms = given.forms(forms_folder, lang)
    units = given.registry(registry, forms, lang)
    office = Office(units, Letters(letters), forms)
    _warn_of_machine(output, lang)
    _tell_of_inbox(files, lang)
    workers = jobs or min(os.cpu_count() or 1, max(1, len(files.files)))
    with progress(len(files.files), lang) as advance:
        result = run_round(
            files, output, name, office, workers, advance, pdf=pdf, only=only, dask=dask
        )
    show_round(result, output / name, lang)
    for thai, english in result.notices:
        tell(lang, f"คำเตือน: {thai}", f"Warning: {english}")
    if not result.files:
        tell(lang, f"ไม่มีไฟล์ใน {inbox}", f"There is no file in {inbox}")
    code = Exit.OK if _clean(result) and not files.closed else Exit.FINDINGS
    # Of one unit alone, the others' outputs are older than what they would be.
    if not only and result.repeatable:
        remember(asked, sha256, code)
    sys.exit(code)


def _options(pdf: bool) -> tuple[str, ...]:
    """What besides files decides what a run gives."""
    if not pdf:
        return ()
    from moral_xlsx.pdf.office import find_office

    return "pdf", str(find_office())


def _tell_unchanged(files: Inbox, folder: Path, lang: Language) -> None:
    count = len(files.files)
    tell(
        lang,
        f"ไม่มีอะไรเปลี่ยนจากการตรวจครั้งก่อน: {count} ไฟล์ ทะเบียน แบบ จดหมาย desk.xlsx และโปรแกรมเหมือนเดิม "
        f"ผลใน {folder} ยังใช้ได้ ไม่ได้เขียนอะไรใหม่",
        f"Nothing has changed since the last run: {count} files, registry, forms, letters, "
        f"desk.xlsx and program are the same. What lies in {folder} stands; nothing was written.",
    )


def _clean(result: RoundResult) -> bool:
    """Whether every file that was sent as a form counts and is accepted, and every decision was
    taken."""
    sent = [
        r for r in result.files if r.state not in ("superseded", "duplicate", "excluded", "other")
    ]
    return not result.untaken and all(
        r.verdict == "accepted" and r.state == "counted" for r in sent
    )


def _tell_of_inbox(files: Inbox, lang: Language) -> None:
    """Says how much of the inbox is passed over, and names folders that may not be entered."""
    from moral_xlsx.wording import printable

    for name in files.closed:
        tell(
            lang,
            f"คำเตือน: เปิดโฟลเดอร์ {printable(name)} ไม่ได้ จึงไม่ได้ตรวจสิ่งที่อยู่ในนั้น ตรวจสิทธิ์แล้วสั่งใหม่",
            f"Warning: the folder {printable(name)} may not be entered, and nothing in it is "
            "judged; see who may read it and run again.",
        )
    if files.ignored:
        count = len(files.ignored)
        tell(
            lang,
            f"ข้าม {count} รายการในกล่องขาเข้าที่ไม่ใช่ไฟล์ที่ส่งมา ชื่ออยู่ใน run.json (ignored)",
            f"{count} things in the inbox that nobody sent are passed over; run.json names them "
            "(ignored).",
        )


def _warn_of_machine(output: Path, lang: Language) -> None:
    """Says what the machine lacks for a round; ``doctor`` looks at more."""
    from moral_xlsx.commands.health import look_at_outputs, look_at_programs

    for look in look_at_outputs(output):
        if look.state != "good":
            thai, english = ((look.name[at], look.said[at], look.remedy[at]) for at in (0, 1))
            tell(lang, "คำเตือน: {}: {} {}".format(*thai), "Warning: {}: {} {}".format(*english))
    if missing := sum(look.state != "good" for look in look_at_programs()):
        tell(
            lang,
            f"เครื่องนี้ยังขาด {missing} อย่าง ดูด้วยคำสั่ง moral-xlsx doctor",
            f"This machine lacks {missing} things; moral-xlsx doctor names them",
        )
