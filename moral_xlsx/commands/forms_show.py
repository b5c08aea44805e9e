"""``moral-xlsx forms show``: a form's rubric for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("show", cls=Command)
@click.argument("form_id", metavar="FORM")
@options.forms
@options.language
def forms_show(form_id: str, forms_folder: Path | None, lang: Language) -> None:
    """พิมพ์คำถามและเกณฑ์ของแบบให้คนอ่าน (print a rubric for people)."""
    from moral_xlsx.commands.console.rubric import show_rubric
    from moral_xlsx.rules.judge.rubric import compile_rubric

    forms = given.forms(forms_folder, lang)
    show_rubric(compile_rubric(given.form(form_id, forms)), forms, lang)
