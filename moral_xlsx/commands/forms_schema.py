"""``moral-xlsx forms schema``: the keys of a definition, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("schema", cls=Command)
@options.forms_not_needed
@options.language
def forms_schema(lang: Language) -> None:
    """พิมพ์ JSON Schema ของไฟล์นิยาม ให้โปรแกรมแก้ไขไฟล์เติมคีย์ให้ (print the JSON Schema)."""
    import json

    from moral_xlsx.model.definition import Definition

    click.echo(json.dumps(Definition.model_json_schema(), ensure_ascii=False, indent=2))
