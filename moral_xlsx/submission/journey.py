"""One submission from start to end: guard, read, normalise, check, score, write back, report."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field, replace

from moral_xlsx.excel.form.layout import cell_position
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import Inspected, inspect
from moral_xlsx.excel.read.opened import Opened, open_workbook
from moral_xlsx.excel.read.reader import read
from moral_xlsx.excel.write.marking import Mark, mark, unmark
from moral_xlsx.excel.write.review import review_cells, review_places
from moral_xlsx.excel.write.writeback import CannotWrite, write_cells
from moral_xlsx.model.answers import Answers, RawSubmission
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.files import (
    NO_UNIT_CODE,
    OTHER_FORMAT,
    OTHER_VERSION,
    UNKNOWN_FORM,
    WRITTEN_AFRESH,
)
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import SEVERITIES, Finding
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.check import check_live, check_registry
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import arabic_digits, key
from moral_xlsx.word.report.document import compile_report

MARKED = ".marked.xlsx"


@dataclass(frozen=True, slots=True)
class Submission:
    """A workbook that was taken in, understood and scored."""

    rubric: Rubric
    inspected: Inspected
    opened: Opened
    answers: Answers
    assessment: Assessment
    modified: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files that a submission gives: the written-back workbook and the report.

    ``marked`` is the officer's own workbook with its problem cells listed, for a returned one.
    """

    workbook: bytes
    report: bytes
    findings: tuple[Finding, ...]
    marked: bytes | None = None

    def files(self) -> dict[str, bytes]:
        """The files by the suffixes under which they are kept."""
        files = {".xlsx": self.workbook, ".docx": self.report}
        return files if self.marked is None else {**files, MARKED: self.marked}


@dataclass(slots=True)
class Journey:
    """Takes submissions in; keeps each form's rubric for the next one.

    ``units`` is the registry to compare with; None when there is none.
    """

    units: InitVar[tuple[Unit, ...] | None] = None
    _registry: dict[str, Unit] | None = field(init=False, default=None)
    _rubrics: dict[str, Rubric] = field(default_factory=dict)

    def __post_init__(self, units: tuple[Unit, ...] | None) -> None:
        if units is not None:
            self._registry = {key(unit.code): unit for unit in units}

    def judge(self, data: bytes) -> Submission:
        """Guard, read, normalise, check and score one file.

        Raises Refused when the file is no form of ours or cannot be read safely.
        """
        # The list of problems that an earlier reply enclosed is no answer.
        inspected = unmark(inspect(data))
        opened = open_workbook(inspected)
        rubric = self.rubric(key(opened.form_id))
        raw = read(opened, rubric.form)
        understood = normalise(rubric.form, raw)
        unit = (self._registry or {}).get(key(understood.answers.unit_code))
        assessment = assess(
            rubric,
            understood,
            (*_stamp_findings(rubric, raw, opened), *raw.findings),
            unit.extensions if unit else (),
        )
        # The workbook's own formulas know the printed due dates only.
        printed = assess(rubric, understood) if unit and unit.extensions else assessment
        later = check_live(rubric.form, raw.live, printed)
        if self._registry is not None:
            facts = Facts(rubric.form, understood.answers)
            later += check_registry(facts, self._registry, understood.places)
        findings = sorted((*assessment.findings, *later), key=_by_severity)
        assessment = replace(assessment, findings=tuple(findings))
        return Submission(rubric, inspected, opened, understood.answers, assessment, raw.modified)

    def issue(self, submission: Submission, round_name: str) -> Outputs:
        """Write the result back into the officer's workbook and make the report."""
        workbook, findings = _written_back(submission, round_name)
        assessment = replace(
            submission.assessment, findings=(*submission.assessment.findings, *findings)
        )
        document = compile_report(submission.rubric.form)
        report = document.fill(submission.answers, assessment, round_name)
        returned = assessment.verdict == "returned"
        return Outputs(workbook, report, findings, _marked(submission) if returned else None)

    def rubric(self, form_id: str) -> Rubric:
        """The rubric of a form; raises Refused for an unknown id."""
        if form_id not in self._rubrics:
            if form_id not in form_ids():
                raise Refused(finding(UNKNOWN_FORM, found=form_id))
            self._rubrics[form_id] = compile_rubric(load_form(form_id))
        return self._rubrics[form_id]


def _by_severity(found: Finding) -> int:
    """What has to be mended first; otherwise findings stay in the order of the form."""
    return SEVERITIES.index(found.severity)


def _stamp_findings(rubric: Rubric, raw: RawSubmission, opened: Opened) -> tuple[Finding, ...]:
    found, kind = [], opened.inspected.kind
    if kind != "xlsx":
        found.append(finding(OTHER_FORMAT, kind=f".{kind}"))
    if _version(raw.form_version) != _version(rubric.form.version):
        shown, expected = raw.form_version or "–", rubric.form.version
        place = opened.place("form_version")
        found.append(finding(OTHER_VERSION, place, found=shown, expected=expected))
    if not raw.unit_code:
        found.append(finding(NO_UNIT_CODE, opened.place("unit_code")))
    return tuple(found)


def _version(text: str) -> str:
    """A version without the zeros that a program drops when it takes it for a number."""
    return arabic_digits(text).strip().removesuffix(".0")


def _marked(submission: Submission) -> bytes | None:
    """The officer's own file with a list of its problems; None where it takes none."""
    marks = []
    for found in submission.assessment.findings:
        place = found.place
        if found.severity != "info" and place.sheet and (at := cell_position(place.cell)):
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
    review = review_cells(submission.assessment, round_name)
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
