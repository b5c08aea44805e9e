"""One form through the whole journey, before anything is judged: is the program itself in order?"""

from __future__ import annotations

import traceback

from moral_xlsx.excel.form.template import blank, write_workbook
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

_ROUND = "2569-01"  # any round: nothing of it is kept


def self_test(forms: Forms) -> str:
    """Takes a blank workbook of a form through the journey, and its result once more.

    Gives what went wrong, for maintainers: a library that is missing or broken, a file of the
    program's own that is gone; empty when nothing did.
    """
    try:
        journey = Journey(None, forms)
        form = next(iter(forms.values()))
        rubric = journey.rubric(form.id)
        first = journey.judge(write_workbook(rubric, blank(form)))
        outputs = issue(first, _ROUND)
        again = journey.judge(outputs.workbook)
        told = (first.assessment.form, first.assessment.total, first.assessment.verdict)
        sound = told == (form.id, again.assessment.total, again.assessment.verdict)
    except Exception as error:
        return "".join(traceback.format_exception(error))
    return "" if sound else f"{told} is not {again.assessment}"
