"""``moral-xlsx doctor``: what this machine lacks for the program's work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@click.option("-o", "--output", type=options.FILE, default=Path("output"), help="โฟลเดอร์ผลลัพธ์")
@options.units
@click.option("--imap", default="", help="ชื่อเครื่องของกล่องจดหมาย ถ้าต้องการลองต่อ")
@click.option("--smtp", default="", help="ชื่อเครื่องที่ส่งจดหมาย ถ้าต้องการลองต่อ")
@options.forms
@options.language
def doctor(
    output: Path,
    units_file: Path | None,
    imap: str,
    smtp: str,
    forms_folder: Path | None,
    lang: Language,
) -> None:
    """ตรวจว่าเครื่องนี้พร้อมใช้โปรแกรมหรือยัง และขาดอะไร (what is missing).

    จบด้วย 0 เมื่อพร้อม, 1 เมื่อมีสิ่งที่ต้องแก้, 2 เมื่อนิยามแบบหรือทะเบียนของหน่วยงานใช้ไม่ได้
    """
    from moral_xlsx.commands.console.doctor import show_look
    from moral_xlsx.commands.health import look_at_all

    forms = given.forms(forms_folder, lang)
    given.registry(units_file, forms, lang)
    bad = False
    for look in look_at_all(output, forms, (imap, smtp)):
        bad |= look.state == "bad"
        show_look(look.state, look.name, look.said, look.remedy, lang)
    sys.exit(Exit.FINDINGS if bad else Exit.OK)
