"""``moral-xlsx status``: who has sent what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, stop

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@options.ledger_folder
@click.option("--round", "round_name", default=None, help="รอบ เช่น 2569-05 (ปกติคือรอบล่าสุด)")
@click.option("--all", "whole", is_flag=True, help="ทุกหน่วยงานของทุกแบบ ไม่เฉพาะที่ต้องติดตาม")
@click.option("--unit", default="", help="ทั้งปีของหน่วยงานเดียว ตามรหัส")
@click.option("--receipt", default="", help="หาไฟล์ด้วยเลขรับที่อยู่ในจดหมายตอบ")
@click.option("--csv", "as_csv", is_flag=True, help="พิมพ์เป็น CSV สำหรับโปรแกรมอื่น")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์เป็น JSON สำหรับโปรแกรมอื่น")
@options.forms_not_needed
@options.language
def status(
    output: Path,
    round_name: str | None,
    whole: bool,
    unit: str,
    receipt: str,
    as_csv: bool,
    as_json: bool,
    lang: Language,
) -> None:
    """สิ่งที่ต้องติดตามในรอบ หรือทั้งหมด หรือทั้งปีของหน่วยงานเดียว (what needs somebody)."""
    import json

    from moral_xlsx.commands.console.status import show_copies, show_needs, show_status, show_year
    from moral_xlsx.commands.status_data import status_csv, status_json
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.thai import arabic_digits

    with open_ledger(given.ledger(output)) as ledger:
        if unit:
            year = ledger.year(unit)
            if year is None:
                stop(f"สมุดทะเบียนไม่รู้จักหน่วยงาน {unit}", f"The ledger knows no unit {unit}.")
            show_year(year, lang)
            return
        if receipt:
            copies = ledger.copies(arabic_digits(receipt))
            if not copies:
                stop(f"ไม่พบไฟล์ของเลขรับ {receipt}", f"There is no file of the receipt {receipt}.")
            show_copies(copies, lang)
            return
        found = ledger.status(round_name)
    if as_json:
        click.echo(json.dumps(status_json(found), ensure_ascii=False))
    elif as_csv:
        # Excel takes a file for UTF-8 only with this mark.
        click.echo(("\ufeff" + status_csv(found)).encode(), nl=False)
    else:
        (show_status if whole else show_needs)(found, lang)
