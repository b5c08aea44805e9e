"""``moral-xlsx forms check``: a definition's mistakes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import options
from moral_xlsx.commands.boundary import Command, Exit, read_file

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("check", cls=Command)
@click.argument("file", type=options.FILE)
@options.language
def forms_check(file: Path, lang: Language) -> None:
    """ตรวจไฟล์นิยามแบบ .toml (check a definition file)."""
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.rules.definition.load import parse_form

    try:
        form = parse_form(read_file(file), file.name)
    except DefinitionError as error:
        for fault in error.faults:
            click.echo(f"{file}: {fault}")
        sys.exit(Exit.FINDINGS)
    click.echo(f"{file}: {form.id} {form.version} ✓")
