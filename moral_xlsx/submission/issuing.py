"""What a submission gives: the result in the officer's workbook, the report, and other papers."""

from __future__ import annotations

from dataclasses import replace

from moral_xlsx.excel.form.layout import cell_position
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.write.locate import CannotWrite
from moral_xlsx.excel.write.marking import Mark, mark
from moral_xlsx.excel.write.review import review_cells, review_places
from moral_xlsx.excel.write.writeback import write_cells
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.files import WRITTEN_AFRESH
from moral_xlsx.model.findings import Finding
from moral_xlsx.rules.definition.load import PARSING, Source
from moral_xlsx.submission.journey import Submission
from moral_xlsx.submission.outputs import Outputs
from moral_xlsx.word.papers.document import papers
from moral_xlsx.word.report.document import report


def issue(submission: Submission, round_name: str, source: Source = PARSING) -> Outputs:
    """Writes the result back into the officer's workbook and makes the documents; what those of a
    form share comes from the ``source``."""
    workbook, findings = _written_back(submission, round_name)
    assessment = replace(
        submission.assessment, findings=(*submission.assessment.findings, *findings)
    )
    printed = replace(submission.own, decided=assessment.decided, findings=assessment.findings)
    told = submission.rubric.form, submission.answers, printed, round_name
    document, others = report(*told, source), papers(*told, source)
    marked = _marked(submission) if assessment.verdict == "returned" else None
    pictures = submission.evidence.contents
    return Outputs(workbook, document, findings, marked, others, pictures)


def _marked(submission: Submission) -> bytes | None:
    """The officer's own file with a list of its problems; None where it takes none."""
    marks = []
    for found in submission.assessment.findings:
        place = found.place
        # A range is marked where it begins.
        at = cell_position(place.cell.partition(":")[0])
        if found.severity != "info" and place.sheet and at:
            text = f"{message(found)}\nวิธีแก้: {remedy(found)}"
            marks.append(Mark(place.sheet, *at, text, found.severity))
    if not marks:
        return None
    try:
        return mark(submission.inspected, marks)
    except CannotWrite:
        return None


def _written_back(submission: Submission, round_name: str) -> tuple[bytes, tuple[Finding, ...]]:
    """The officer's own file with the ethics group's cells filled, or else a fresh one."""
    review = review_cells(submission.rubric.form, submission.assessment, round_name)
    kind = submission.inspected.kind
    if kind == "xlsx":
        places = review_places(submission.opened.areas, review)
        reason = ("ช่องของกลุ่มงานจริยธรรมหายไป", "its cells are gone")
        if places is not None:
            try:
                return write_cells(submission.inspected, places), ()
            except CannotWrite as refusal:
                reason = refusal.reason
        notes: tuple[Finding, ...] = (finding(WRITTEN_AFRESH, what=reason),)
    else:
        notes = ()
    fresh = write_workbook(submission.rubric, Content(submission.answers, review))
    return fresh, notes
