"""``moral-xlsx forms new``: next year's definition, drafted from this year's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, read_file, stop, tell

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("new", cls=Command)
@click.argument("form_id", metavar="FORM")
@click.option("--from", "old_id", required=True, help="รหัสแบบเดิมที่จะร่างจาก")
@click.option(
    "-o", "--output", type=options.FILE, help="โฟลเดอร์ที่จะเขียน (ปกติคือ --forms หรือโฟลเดอร์นี้)"
)
@options.forms
@options.language
def forms_new(
    form_id: str, old_id: str, output: Path | None, forms_folder: Path | None, lang: Language
) -> None:
    """ร่างนิยามของแบบปีใหม่ FORM จากแบบเดิม (draft next year's definition).

    เลื่อนปีและวันที่ให้ แล้วบอกทุกบรรทัดที่คนต้องตรวจ ซึ่งในไฟล์มีหมายเหตุ “# ตรวจ:” อยู่เหนือบรรทัดนั้น
    """
    from moral_xlsx.rules.definition.load import shipped_text
    from moral_xlsx.rules.definition.next_year import draft, year_of

    # Drafts that are not finished yet must not keep the next one from being drafted.
    forms, _ = given.sound_forms(forms_folder if forms_folder and forms_folder.exists() else None)
    old = given.form(old_id, forms)
    year = year_of(form_id)
    if year is None or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form_id):
        stop(
            f"รหัสแบบ “{form_id}” ต้องเป็น หน่วยงาน-ปี พ.ศ. หรือ หน่วยงาน-ปี-ส่วน ด้วยตัวอักษร a-z",
            f"“{form_id}” has to be office-year or office-year-part, in letters a-z, Buddhist year",
        )
    folder = output or forms_folder or Path()
    path = folder / f"{form_id}.toml"
    if form_id in forms and not path.exists():
        stop(f"มีแบบ {form_id} อยู่แล้ว", f"The form {form_id} is there already")
    own = forms_folder if forms_folder and old_id in forms.own else None
    source = read_file(own / f"{old_id}.toml") if own else shipped_text(old_id)
    drafted = draft(source.decode("utf-8-sig"), old, form_id, year)
    given.write_new(path, drafted.text.encode())
    for line, note in drafted.notes:
        click.echo(f"{path}:{line}: {note[lang == 'en']}", err=True)
    tell(
        lang,
        f"แก้ตามบรรทัดข้างบน ตรวจด้วย moral-xlsx forms check {path} "
        f"แล้วใช้แบบนี้ในทุกคำสั่งด้วย --forms {folder}",
        f"Mend the lines above, run moral-xlsx forms check {path}, "
        f"then use the form in every command with --forms {folder}",
    )
