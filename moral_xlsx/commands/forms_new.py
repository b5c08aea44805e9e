"""``moral-xlsx forms new``: next year's definition, drafted from this year's."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, stop, tell

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("new", cls=Command)
@click.argument("form_id", metavar="FORM")
@click.option("--from", "old_id", required=True, help="รหัสแบบเดิมที่จะร่างจาก")
@click.option("-o", "--output", type=options.FILE, default=Path(), help="โฟลเดอร์ที่จะเขียน")
@options.language
def forms_new(form_id: str, old_id: str, output: Path, lang: Language) -> None:
    """ร่างนิยามของแบบปีใหม่ FORM จากแบบเดิม (draft next year's definition).

    เลื่อนปีและวันที่ให้ แล้วบอกทุกบรรทัดที่คนต้องตรวจ ซึ่งในไฟล์มีหมายเหตุ “# ตรวจ:” อยู่เหนือบรรทัดนั้น
    """
    from moral_xlsx.rules.definition.load import form_ids
    from moral_xlsx.rules.definition.next_year import draft, year_of

    old = given.form(old_id)
    year = year_of(form_id)
    if year is None or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form_id):
        stop(
            f"รหัสแบบ “{form_id}” ต้องเป็น หน่วยงาน-ปี พ.ศ. หรือ หน่วยงาน-ปี-ส่วน ด้วยตัวอักษร a-z",
            f"“{form_id}” has to be office-year or office-year-part, in letters a-z, Buddhist year",
        )
    if form_id in form_ids():
        stop(f"มีแบบ {form_id} อยู่แล้ว", f"The form {form_id} is there already")
    folder = resources.files("moral_xlsx.definitions")
    source = folder.joinpath(f"{old_id}.toml").read_bytes().decode("utf-8-sig")
    drafted = draft(source, old, form_id, year)
    path = output / f"{form_id}.toml"
    given.write_new(path, drafted.text.encode())
    for line, note in drafted.notes:
        click.echo(f"{path}:{line}: {note[lang == 'en']}", err=True)
    tell(
        lang,
        f"แก้ตามบรรทัดข้างบน ตรวจด้วย moral-xlsx forms check {path} "
        f"แล้วนำไปไว้ใน {folder} ซึ่งเป็นที่เดียวที่โปรแกรมอ่านนิยาม",
        f"Mend the lines above, run moral-xlsx forms check {path}, "
        f"then put it into {folder}, the only place that is read",
    )
