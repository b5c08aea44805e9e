"""``moral-xlsx fill``: a form filled from answers that exist already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, read_file, stop

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language
    from moral_xlsx.model.form import Form
    from moral_xlsx.submission.refill import Refill


@click.command(cls=Command)
@click.argument("form_id", metavar="FORM")
@click.argument("answers_file", metavar="ANSWERS", type=options.FILE)
@click.option("-o", "--output", type=options.FILE, default=None, help="ไฟล์ที่จะเขียน")
@options.forms
@options.language
def fill(
    form_id: str,
    answers_file: Path,
    output: Path | None,
    forms_folder: Path | None,
    lang: Language,
) -> None:
    """กรอกแบบจากไฟล์คำตอบ .json หรือจากสมุดงานที่กรอกแล้ว (fill a form from answers).

    ไฟล์เดิมเป็นของรุ่นก่อนหรือของแบบอื่นก็ได้ คำตอบย้ายมาตามรหัสช่อง และบอกทุกคำตอบที่ย้ายไม่ได้
    """
    from moral_xlsx.commands.console.submission import show_refill
    from moral_xlsx.excel.form.template import Content, write_workbook
    from moral_xlsx.rules.judge.rubric import compile_rubric

    forms = given.forms(forms_folder, lang)
    form = given.form(form_id, forms)
    refill = _refill(answers_file, form, forms)
    workbook = write_workbook(compile_rubric(form), Content(refill.answers))
    given.write_new(output or Path(f"{answers_file.stem}_{form_id}.xlsx"), workbook)
    show_refill(refill, form, lang)


class _RepeatedKeyError(Exception):
    """A key stands twice in one object of a JSON file."""


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of a JSON file; of a key that stands there twice, one answer would be lost."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKeyError(key)
        found[key] = value
    return found


def _refill(file: Path, form: Form, forms: Mapping[str, Form]) -> Refill:
    import json

    from moral_xlsx.submission.refill import from_answers_file, from_workbook

    data = read_file(file)
    if file.suffix.lower() != ".json":
        return from_workbook(data, form, forms)
    try:
        answers = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except _RepeatedKeyError as error:
        key = str(error)
        stop(
            f"ไฟล์คำตอบมีชื่อ “{key}” สองครั้ง จึงไม่แน่ว่าใช้คำตอบใด ลบชื่อที่ซ้ำออกหนึ่งชื่อ",
            f"The answers file names {key!r} twice: nobody knows which one counts; delete one.",
        )
    except (ValueError, RecursionError) as error:
        stop(f"ไฟล์คำตอบไม่ใช่ JSON ที่ถูกต้อง: {error}", f"Not valid JSON: {error}")
    return from_answers_file(answers, form, forms)
