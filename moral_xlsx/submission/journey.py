"""One submission until it is judged: guard, read, normalise, check, score; ``issuing`` goes on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import InitVar, dataclass, field, replace

from moral_xlsx.excel.read.guard import Inspected, inspect
from moral_xlsx.excel.read.opened import Opened, open_workbook
from moral_xlsx.excel.read.reader import read
from moral_xlsx.excel.write.marking import unmark
from moral_xlsx.model.answers import Answers, RawSubmission
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import READ_AS
from moral_xlsx.model.catalogue.files import (
    NO_UNIT_CODE,
    OTHER_FORMAT,
    OTHER_VERSION,
    UNKNOWN_FORM,
)
from moral_xlsx.model.catalogue.rounds import OWNER_DECIDED
from moral_xlsx.model.decisions import Decision, Rulings, Subject
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import SEVERITIES, Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.compilation import Compilable, contributions, parse_items
from moral_xlsx.rules.definition.load import SHIPPED, Forms
from moral_xlsx.rules.judge.check import check_live, check_registry
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.ranges import gathered
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.printed import answers_in_words
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.rules.units import meant_codes
from moral_xlsx.submission.evidence import WorkbookEvidence, of_workbook
from moral_xlsx.thai import key


@dataclass(frozen=True, slots=True)
class Submission:
    """A workbook that was taken in, understood and scored.

    ``own`` is what its answers give, whatever people decided. ``told`` are its answers as people
    read them, as JSON by reference, ``answers_sha256`` their hash.
    """

    rubric: Rubric
    inspected: Inspected
    opened: Opened
    answers: Answers
    assessment: Assessment
    own: Assessment
    modified: str
    evidence: WorkbookEvidence
    told: bytes
    answers_sha256: str


@dataclass(slots=True)
class Journey:
    """Takes submissions in; keeps each form's rubric for the next one.

    ``units`` is the registry to compare with; None when there is none. ``forms`` are the
    forms that there are, ``rulings`` what people decided. One that is not ``framed`` does without
    pandas, which takes longer to load than a file to judge; the values are the same.
    """

    units: InitVar[tuple[Unit, ...] | None] = None
    forms: Forms = SHIPPED
    rulings: Rulings = field(default_factory=Rulings)
    framed: bool = True
    _registry: dict[str, Unit] | None = field(init=False, default=None)
    _rubrics: dict[str, Rubric] = field(default_factory=dict)
    _items: dict[str, tuple[Compilable, ...]] = field(default_factory=dict)

    def __post_init__(self, units: tuple[Unit, ...] | None) -> None:
        if units is not None:
            self._registry = {key(unit.code): unit for unit in units}

    def judge(self, data: bytes) -> Submission:
        """Guard, read, normalise, check and score one file.

        Raises Refused when the file is no form of ours or cannot be read safely.
        """
        # The list of problems that an earlier reply enclosed is no answer.
        inspected = unmark(inspect(data))
        opened = open_workbook(inspected, framed=self.framed)
        rubric = self.rubric(key(opened.form_id))
        raw = self._with_meant_code(read(opened, rubric.form), opened)
        raw = self._with_owner(raw, data)
        understood = normalise(rubric.form, raw)
        in_words = answers_in_words(rubric.form, understood.answers)
        answered = json.dumps(in_words, ensure_ascii=False).encode()
        answers_sha256 = hashlib.sha256(answered).hexdigest()
        unit = (self._registry or {}).get(key(understood.answers.unit_code))
        reviewed, decided = self._rulings_on(rubric.form, raw.unit_code, answers_sha256)
        stamped = (*_stamp_findings(rubric, raw, opened), *raw.findings)
        granted = (unit.extensions, unit.waivers) if unit else ((), ())
        assessment = assess(rubric, understood, stamped, *granted, reviewed, decided)
        # The unit's own paper shows what its answers give.
        own = assess(rubric, understood, stamped, *granted) if reviewed else assessment
        # The workbook's own formulas know the form as printed only.
        printed = assess(rubric, understood) if any(granted) else own
        if unit is not None and self._owned(data):
            # The file may bear another unit's name.
            assessment = replace(assessment, unit_name=unit.name)
        later = check_live(rubric.form, raw.live, printed)
        if self._registry is not None:
            facts = Facts(rubric.form, understood.answers)
            later += check_registry(facts, self._registry, understood.places)
        given = contributions(self._compiled(rubric.form), Facts(rubric.form, understood.answers))
        evidence = of_workbook(rubric.form, inspected, understood)
        later += evidence.findings
        findings = sorted((*assessment.findings, *later), key=_by_severity)
        roots = [each for each in understood.unread if each.severity == "error"]
        told = gathered(rubric.form, findings, roots)
        assessment = replace(assessment, findings=told, contributions=given)
        answers = understood.answers
        return Submission(
            *(rubric, inspected, opened, answers, assessment, own, raw.modified, evidence),
            *(answered, answers_sha256),
        )

    def _rulings_on(
        self, form: Form, unit_code: str, answers_sha256: str
    ) -> tuple[dict[int, Decision], Decision | None]:
        """The reviewed scores, and the decision on the form as a whole, of just these answers."""
        unit = key(unit_code)
        reviewed = {
            each.number: found
            for each in form.criteria
            if (found := self.rulings.on(
                Subject("score", form.id, unit, each.number), answers_sha256))
        }  # fmt: skip
        return reviewed, self.rulings.on(Subject("verdict", form.id, unit), answers_sha256)

    def _owned(self, data: bytes) -> Decision | None:
        """The decision of whose the file is."""
        if not any(subject.kind == "owner" for subject in self.rulings.standing):
            return None
        digest = hashlib.sha256(data).hexdigest()
        return self.rulings.standing.get(Subject("owner", item=digest))

    def _with_owner(self, raw: RawSubmission, data: bytes) -> RawSubmission:
        """The submission with the code of the unit whose it was decided to be."""
        owned = self._owned(data)
        if owned is None:
            return raw
        told = finding(OWNER_DECIDED, unit=owned.value, reason=owned.reason)
        return replace(raw, unit_code=owned.value, findings=(*raw.findings, told))

    def _with_meant_code(self, raw: RawSubmission, opened: Opened) -> RawSubmission:
        """The submission with the unit code of which a program made a number or a date."""
        registry, stored = self._registry or {}, opened.stored_code
        meant = () if isinstance(stored, str) else meant_codes(stored, registry.values())
        if not meant or meant == (raw.unit_code,):
            return raw
        if len(meant) > 1:
            # Which of them it was, nobody can tell: the unit has to say.
            return replace(raw, unit_code="")
        place, label = opened.place("unit_code"), ("รหัสหน่วยงาน", "The unit code")
        read_as = finding(READ_AS, place, label=label, found=raw.unit_code, read=meant[0])
        return replace(raw, unit_code=meant[0], findings=(*raw.findings, read_as))

    def _compiled(self, form: Form) -> tuple[Compilable, ...]:
        if form.id not in self._items:
            self._items[form.id] = parse_items(form)
        return self._items[form.id]

    def rubric(self, form_id: str) -> Rubric:
        """The rubric of a form; raises Refused for an unknown id."""
        if form_id not in self._rubrics:
            if form_id not in self.forms:
                raise Refused(finding(UNKNOWN_FORM, found=form_id))
            self._rubrics[form_id] = compile_rubric(self.forms[form_id])
        return self._rubrics[form_id]


def _by_severity(found: Finding) -> int:
    """What has to be mended first; otherwise findings stay in the order of the form."""
    return SEVERITIES.index(found.severity)


def _stamp_findings(rubric: Rubric, raw: RawSubmission, opened: Opened) -> tuple[Finding, ...]:
    found, kind = [], opened.inspected.kind
    if kind != "xlsx":
        found.append(finding(OTHER_FORMAT, kind=f".{kind}"))
    if not opened.is_of((rubric.form.version, *rubric.form.accepts)):
        shown, expected = raw.form_version or "–", rubric.form.version
        place = opened.place("form_version")
        found.append(finding(OTHER_VERSION, place, found=shown, expected=expected))
    if not raw.unit_code:
        found.append(finding(NO_UNIT_CODE, opened.place("unit_code")))
    return tuple(found)
