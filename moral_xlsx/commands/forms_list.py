"""``moral-xlsx forms list``: the forms that the program knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("list", cls=Command)
@options.language
def forms_list(lang: Language) -> None:
    """รายชื่อแบบ: รหัส รุ่น ปีงบประมาณ ผู้ออกแบบ กำหนดส่ง (list the forms)."""
    from moral_xlsx.commands.console.forms import show_forms
    from moral_xlsx.rules.definition.load import form_ids, load_form

    show_forms([load_form(form_id) for form_id in form_ids()], lang)
