"""``moral-xlsx check``: files judged, nothing written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit, tell

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=options.FILE)
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON บรรทัดละไฟล์")
@options.forms
@options.language
def check(
    files: tuple[Path, ...], as_json: bool, forms_folder: Path | None, lang: Language
) -> None:
    """ตรวจไฟล์โดยไม่เขียนอะไร (check files).

    จบด้วย 0 เมื่อไม่มีข้อที่ต้องแก้, 1 เมื่อมี, 2 เมื่ออ่านไฟล์ไม่ได้
    """
    import json

    from moral_xlsx.commands.console.submission import show_submission
    from moral_xlsx.submission.here import judge_each
    from moral_xlsx.submission.results import result_json
    from moral_xlsx.submission.taken import Prepared

    forms = given.forms(forms_folder, lang)
    absent = [file for file in files if not file.is_file()]
    for file in absent:
        tell(lang, f"ไม่พบไฟล์ {file}", f"There is no file {file}")
    present = [file for file in files if file not in absent]
    code = Exit.UNUSABLE if absent else Exit.OK
    judged = judge_each(present, Prepared(forms=forms))
    for file, taken in zip(present, judged, strict=True):
        if as_json:
            result = result_json(str(file), taken.assessment, taken.findings, lang)
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            show_submission(str(file), taken.assessment, taken.findings, lang)
        if taken.assessment is None:
            code = Exit.UNUSABLE
        elif taken.assessment.verdict == "returned":
            code = max(code, Exit.FINDINGS)
    sys.exit(code)
