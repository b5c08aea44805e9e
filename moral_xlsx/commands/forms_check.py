"""``moral-xlsx forms check``: a definition's mistakes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit, read_file, tell

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("check", cls=Command)
@click.argument("file", type=options.FILE)
@options.forms
@options.language
def forms_check(file: Path, forms_folder: Path | None, lang: Language) -> None:
    """ตรวจไฟล์นิยามแบบ .toml (check a definition file).

    จบด้วย 0 เมื่อไม่มีข้อผิด, 1 เมื่อมี ข้อที่อ้างถึงแบบอื่นตรวจกับแบบใน --forms และแบบที่มากับโปรแกรม
    """
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.rules.definition.load import Forms
    from moral_xlsx.rules.definition.next_year import LOOK
    from moral_xlsx.rules.definition.parse import parse_form
    from moral_xlsx.rules.definition.relations import relation_faults
    from moral_xlsx.rules.definition.toml_text import located

    data = read_file(file)
    # What is wrong with other definitions is told when they are checked.
    others, unsound = given.sound_forms(forms_folder)
    try:
        form = parse_form(data, file.name)
        forms = Forms({**others.own, form.id: form})
        wrong = {Path(error.file).stem for error in unsound}
        faults = located(data, relation_faults(form, forms, wrong))
    except DefinitionError as error:
        faults = error.faults
    for fault in faults:
        click.echo(f"{file}: {fault.text(lang)}")
    if faults:
        sys.exit(Exit.FINDINGS)
    click.echo(f"{file}: {form.id} {form.version} ✓")
    lines = data.decode("utf-8-sig").splitlines()
    if unseen := [str(number) for number, line in enumerate(lines, start=1) if LOOK in line]:
        tell(
            lang,
            f"ยังมี “{LOOK}” {len(unseen)} แห่ง ลบเมื่อตรวจแล้ว บรรทัด {', '.join(unseen)}",
            f"{len(unseen)} lines still say “{LOOK}”; remove each when it is checked. "
            f"Lines: {', '.join(unseen)}",
        )
