"""The list of forms on a console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moral_xlsx.commands.console.printing import show_columns
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.findings import Language
from moral_xlsx.model.form import Form
from moral_xlsx.wording import NOTHING


def show_forms(forms: Sequence[Form], language: Language) -> None:
    """Prints the forms as a table; a form's later due dates stand below its first one."""
    say = Words(language)
    headings = (
        say("รหัส", "Id"),
        say("รุ่น", "Version"),
        say("ปีงบประมาณ", "Fiscal year"),
        say("ผู้ออกแบบ", "Issuer"),
        say("กำหนดส่ง", "Due"),
        say("แบบ", "Form"),
    )
    show_columns([headings, *(row for form in forms for row in _rows(form, say))])


def _rows(form: Form, say: Words) -> Iterator[tuple[str, ...]]:
    first, *later = [say.day(each.date) for each in form.due_dates] or [NOTHING]
    year = say.number(form.fiscal_year)
    yield form.id, form.version, year, form.issuer, first, form.short_title
    yield from (("", "", "", "", day, "") for day in later)
