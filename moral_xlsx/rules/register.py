"""The register of documents: what each criterion asks for, what came, and what is missing.

It tells reviewers what they may look at. A document that was named and did not come may have been
sent another way, so nothing here takes points.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.form import Form
from moral_xlsx.model.record import Registered
from moral_xlsx.wording import item, number, place_in_words

TITLE = "เอกสารที่ได้รับ"
_KINDS = {"picture": "รูป", "document": "เอกสาร"}
_NO_FILE = "ไม่พบไฟล์แนบของข้อนี้"
UNPLACED = "ไม่ทราบว่าเป็นของข้อใด"


def register(
    form: Form,
    assessment: Assessment,
    evidence: Sequence[EvidenceFile],
    received: date | None = None,
) -> tuple[Registered, ...]:
    """The register of one submission, criterion by criterion, then what belongs to none.

    ``received`` is the day on which the form came with its evidence.

    Criteria that do not apply to the unit, and those that ask for nothing, are left out. A form
    without any gives an empty register.
    """
    lines = []
    for criterion in form.criteria:
        result = assessment.criterion(criterion.number)
        required = [each.label for each in result.documents] or [criterion.evidence_help]
        came = [each for each in evidence if each.criterion == criterion.number]
        if result.computed is None or not (any(required) or came):
            continue
        missing = _missing(result, came)
        about = f"{item(criterion)} {criterion.short}"
        asked = "\n".join(filter(None, required))
        lines.append(Registered(about, asked, _came(came), missing, received if came else None))
    loose = [each for each in evidence if each.criterion is None]
    if lines and loose:
        lines.append(Registered(UNPLACED, "", _came(loose), "", received))
    return tuple(lines)


def _came(files: Sequence[EvidenceFile]) -> tuple[str, ...]:
    named = (e.name if e.source == "message" else place_in_words(e.place) for e in files)
    return tuple(f"{_KINDS[e.kind]} {name}" for e, name in zip(files, named, strict=True))


def _missing(result: CriterionResult, came: Sequence[EvidenceFile]) -> str:
    said = []
    unticked = [each.label for each in result.documents if each.needed and not each.ticked]
    if unticked:
        said.append(f"หน่วยงานยังไม่ระบุว่ามี: {', '.join(unticked)}")
    told = sum(each.ticked for each in result.documents)
    if (told or result.claimed or result.computed) and not came:
        said.append(f"ระบุว่ามี {number(told)} รายการ แต่{_NO_FILE}" if told else _NO_FILE)
    return "\n".join(said)
