"""``moral-xlsx template``: blank workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language

_REGISTRY = "units"


@click.command(cls=Command)
@click.argument("form_ids", metavar="[FORM]...", nargs=-1)
@click.option("--units", "units_file", type=options.FILE, default=None, help="ทำให้หน่วยงานละไฟล์")
@click.option(
    "-o",
    "--output",
    type=options.FILE,
    default=Path("input_templates"),
    help="โฟลเดอร์ที่จะเขียน",
)
@options.forms
@options.language
def template(
    form_ids: tuple[str, ...],
    units_file: Path | None,
    output: Path,
    forms_folder: Path | None,
    lang: Language,
) -> None:
    """สร้างแบบฟอร์ม Excel เปล่า หรือหน่วยงานละไฟล์ด้วย --units (write blank workbooks).

    FORM คือรหัสแบบ เช่น moi-2569 หรือ units สำหรับทะเบียนหน่วยงานเปล่า ไม่ระบุคือทุกแบบ
    แบบที่นับคำตอบของแบบสำรวจได้แบบสำรวจเปล่าพร้อมแผ่นนับคำตอบด้วย
    """
    from moral_xlsx.excel.form.blanks import Blanks
    from moral_xlsx.excel.form.questionnaire import write_questionnaire
    from moral_xlsx.excel.office.units import write_registry
    from moral_xlsx.round.outbox import legal_name
    from moral_xlsx.rules.judge.rubric import compile_rubric

    forms = given.forms(forms_folder, lang)
    units = given.registry(units_file, forms, lang)
    for form_id in form_ids or (*forms, _REGISTRY):
        if form_id == _REGISTRY:
            given.write_new(output / f"{_REGISTRY}.xlsx", write_registry((), tuple(forms)))
            continue
        form = given.form(form_id, forms)
        blanks = Blanks(compile_rubric(form))
        if units is None:
            given.write_new(output / f"{form_id}.xlsx", blanks.workbook())
        for survey in form.surveys:
            path = output / f"{form_id}_{survey.table}.xlsx"
            given.write_new(path, write_questionnaire(form, survey))
        for unit in units or ():
            if not unit.forms or form_id in unit.forms:
                path = output / f"{legal_name(unit.code, form_id)}.xlsx"
                given.write_new(path, blanks.workbook(unit))
