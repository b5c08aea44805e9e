"""The report of one submission: the government's form alone, as the unit claims it."""

from __future__ import annotations

from functools import lru_cache

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import ByIdentity, Form
from moral_xlsx.rules.definition.load import PARSING, Source
from moral_xlsx.word.compiled import CompiledDocument
from moral_xlsx.word.report import official
from moral_xlsx.word.styles import Style, append, mark_pages, new_document, number_pages
from moral_xlsx.wording import round_begins

DRAFT = "ฉบับร่าง – ยังมีสิ่งที่ต้องแก้ไข ไม่ใช้ลงนาม"
_STYLES = (
    Style("Normal", 16),
    Style("Page Number", 14, align="center"),
    Style("Draft", 16, bold=True, align="right"),
)
_MARGINS_MM = (15.0, 15.0)


class CompiledReport:
    """A form's report with everything in it that all submissions share."""

    def __init__(self, form: Form, draft: bool) -> None:
        document = new_document(
            (*_STYLES, *official.STYLES), landscape=True, margins_mm=_MARGINS_MM
        )
        number_pages(document, "Page Number")
        if draft:
            mark_pages(document, "Draft", DRAFT)
        self._official = official.OfficialDocument(form)
        append(document, self._official.elements())
        self._document = CompiledDocument(document, " ".join(form.title))

    def fill(self, answers: Answers, assessment: Assessment, round_name: str) -> bytes:
        """The DOCX of one submission; the same input gives the same bytes.

        ``round_name`` is Buddhist year and month, for example ``2569-05``. Raises KeyError
        when the assessment lacks a criterion or a subtotal of the form.
        """
        values = self._official.values(answers, assessment)
        return self._document.fill(values, round_begins(round_name))


def report(
    form: Form,
    answers: Answers,
    assessment: Assessment,
    round_name: str,
    source: Source = PARSING,
) -> bytes:
    """The DOCX of one submission, marked as a draft when it was returned; see
    ``CompiledReport.fill``. What all submissions share is built once for each form in a process, or
    comes from the ``source``.
    """
    compiled = _compiled(ByIdentity(form), assessment.verdict == "returned", source)
    return compiled.fill(answers, assessment, round_name)


@lru_cache(maxsize=32)
def _compiled(key: ByIdentity, draft: bool, source: Source) -> CompiledReport:
    name = "draft" if draft else "report"
    return source.kept(name, key.form, CompiledReport, lambda: CompiledReport(key.form, draft))
