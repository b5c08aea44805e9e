"""The report of one submission: the official form filled in, then the record of the check."""

from __future__ import annotations

from functools import lru_cache

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.word import record
from moral_xlsx.word.compiled import CompiledDocument
from moral_xlsx.word.report import official
from moral_xlsx.word.styles import Style, append, new_document, number_pages

_STYLES = (Style("Normal", 16), Style("Page Number", 14, align="center"))
_MARGINS_MM = (15.0, 15.0)


class CompiledReport:
    """A form's report with everything in it that all submissions share."""

    def __init__(self, form: Form) -> None:
        document = new_document(
            (*_STYLES, *official.STYLES, *record.STYLES), landscape=True, margins_mm=_MARGINS_MM
        )
        number_pages(document, "Page Number")
        self._official = official.OfficialDocument(form)
        append(document, [*self._official.elements(), *record.elements(form)])
        self._form = form
        self._document = CompiledDocument(document, " ".join(form.title))

    def fill(self, answers: Answers, assessment: Assessment, round_name: str) -> bytes:
        """The DOCX of one submission; the same input gives the same bytes.

        ``round_name`` is Buddhist year and month, for example ``2569-05``. Raises KeyError
        when the assessment lacks a criterion or a subtotal of the form.
        """
        return self._document.fill(
            {
                **self._official.values(answers, assessment),
                **record.values(self._form, assessment, round_name),
            }
        )


def compile_report(form: Form) -> CompiledReport:
    """The form's report, built once for each form in a process."""
    return _compiled(_ByIdentity(form))


def report(form: Form, answers: Answers, assessment: Assessment, round_name: str) -> bytes:
    """The DOCX of one submission; see ``CompiledReport.fill``."""
    return compile_report(form).fill(answers, assessment, round_name)


class _ByIdentity:
    """A form as a cache key: hashing a whole definition costs more than filling a report."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __hash__(self) -> int:
        return id(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.form is self.form


@lru_cache(maxsize=16)
def _compiled(key: _ByIdentity) -> CompiledReport:
    return CompiledReport(key.form)
