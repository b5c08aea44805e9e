"""One form through the whole journey, before anything is judged: is the program itself in order?"""

from __future__ import annotations

import traceback

from moral_xlsx.excel.form.template import blank, write_workbook
from moral_xlsx.model.errors import ProgramFaultError
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.submission.journey import Journey

_ROUND = "2569-01"  # any round: nothing of it is kept


def self_test(forms: Forms) -> None:
    """Takes a blank workbook of a form through the journey, and its result once more.

    Raises ProgramFaultError when anything of it goes wrong: a library that is missing or broken,
    a file of the program's own that is gone.
    """
    try:
        journey = Journey(None, forms)
        form = next(iter(forms.values()))
        rubric = journey.rubric(form.id)
        first = journey.judge(write_workbook(rubric, blank(form)))
        outputs = journey.issue(first, _ROUND)
        again = journey.judge(outputs.workbook)
        told = (first.assessment.form, first.assessment.total, first.assessment.verdict)
        sound = told == (form.id, again.assessment.total, again.assessment.verdict)
    except Exception as error:
        raise ProgramFaultError(_FAILED, "".join(traceback.format_exception(error))) from error
    if not sound:
        raise ProgramFaultError(_FAILED, f"{told} is not {again.assessment}")


_FAILED = (
    "โปรแกรมตรวจตัวเองไม่ผ่าน จึงยังไม่ได้ตรวจไฟล์ใดและไม่ได้เขียนอะไร "
    "ติดตั้งโปรแกรมใหม่ (docs/install.md) แล้วสั่งอีกครั้ง",
    "The program's test of itself failed: no file was judged and nothing was written. "
    "Install it again (docs/install.md) and run it again.",
)
