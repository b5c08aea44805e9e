"""``moral-xlsx forms list``: the forms that the program knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("list", cls=Command)
@options.forms
@options.language
def forms_list(forms_folder: Path | None, lang: Language) -> None:
    """รายชื่อแบบ: รหัส รุ่น ปีงบประมาณ ผู้ออกแบบ กำหนดส่ง (list the forms)."""
    from moral_xlsx.commands.console.forms import show_forms

    show_forms(tuple(given.forms(forms_folder, lang).values()), lang)
