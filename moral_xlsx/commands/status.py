"""``moral-xlsx status``: who has sent what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@options.ledger_folder
@click.option("--round", "round_name", default=None, help="รอบ เช่น 2569-05 (ปกติคือรอบล่าสุด)")
@click.option("--csv", "as_csv", is_flag=True, help="พิมพ์เป็น CSV สำหรับโปรแกรมอื่น")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์เป็น JSON สำหรับโปรแกรมอื่น")
@options.language
def status(
    output: Path, round_name: str | None, as_csv: bool, as_json: bool, lang: Language
) -> None:
    """ใครส่งอะไรแล้ว ใครช้า อะไรรอผู้ตรวจ (who has sent what)."""
    from moral_xlsx.commands.console.status import show_status
    from moral_xlsx.commands.status_data import status_csv, status_json
    from moral_xlsx.ledger.store import open_ledger

    with open_ledger(given.ledger(output)) as ledger:
        found = ledger.status(round_name)
    if as_json:
        click.echo(json.dumps(status_json(found), ensure_ascii=False))
    elif as_csv:
        # Excel takes a file for UTF-8 only with this mark.
        click.echo(("\ufeff" + status_csv(found)).encode(), nl=False)
    else:
        show_status(found, lang)
