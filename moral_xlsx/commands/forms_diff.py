"""``moral-xlsx forms diff``: what changed between two forms, in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, read_file

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language
    from moral_xlsx.model.form import Form


@click.command("diff", cls=Command)
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@options.forms
@options.language
def forms_diff(old: str, new: str, forms_folder: Path | None, lang: Language) -> None:
    """บอกเป็นคำพูดว่าแบบ B ต่างจากแบบ A อย่างไร (tell what changed between two forms).

    A และ B คือรหัสแบบ หรือไฟล์นิยาม .toml
    """
    from moral_xlsx.commands.console.difference import show_differences
    from moral_xlsx.rules.definition.difference import differences

    named = [each for each in (old, new) if not each.endswith(".toml")]
    forms = given.forms(forms_folder, lang) if named else {}
    one, other = _form(old, forms), _form(new, forms)
    show_differences(one, other, differences(one, other), lang)


def _form(named: str, forms: Mapping[str, Form]) -> Form:
    from moral_xlsx.rules.definition.parse import parse_form

    if named.endswith(".toml"):
        return parse_form(read_file(Path(named)), Path(named).name)
    return given.form(named, forms)
