"""The group's record: a result and everything that it rests on, to stand in an appeal.

``elements`` makes the marks and ``values`` gives each its text; what becomes of a criterion is in
``criteria``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from lxml import etree

from moral_xlsx.model import catalogue
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import ByIdentity, Form
from moral_xlsx.model.ledger import Version
from moral_xlsx.model.question import Table
from moral_xlsx.model.record import Record, Registered
from moral_xlsx.rules.definition.load import PARSING, Source
from moral_xlsx.rules.judge.score import level_name, reachable_levels
from moral_xlsx.rules.rulings import in_words
from moral_xlsx.word.compiled import CompiledDocument, Values, repeated
from moral_xlsx.word.record import criteria
from moral_xlsx.word.record.tables import STYLES, Columns, facts_table, list_table
from moral_xlsx.word.styles import (
    Run,
    Style,
    Value,
    append,
    new_document,
    number_pages,
    paragraph,
)
from moral_xlsx.wording import (
    FILE_STATES,
    NOTHING,
    SEVERITIES,
    VERDICTS,
    date_in_words,
    level_in_words,
    number,
    place_in_words,
    round_begins,
    round_in_words,
    total_in_words,
)

_STYLES = (Style("Normal", 14), Style("Page Number", 14, align="center"))
_MARGINS_MM = (15.0, 15.0)
_WIDTH_MM = 267.0
_MEND: Columns = (
    (14, "ลำดับ", "*number"),
    (34, "ระดับ", "severity"),
    (44, "ที่", "place"),
    (95, "สิ่งที่พบ", "message"),
    (80, "วิธีแก้", "remedy"),
)
_READ: Columns = ((14, "ลำดับ", "*number"), (44, "ที่", "place"), (209, "วิธีอ่าน", "message"))
_EVIDENCE: Columns = ((22, "ข้อ", "*number"), (245, "หลักฐานที่หน่วยงานระบุ", "text"))
_KEPT: Columns = (
    (70, "หลักฐานของ", "of"),
    (75, "ชื่อหรือที่ที่มา", "came"),
    (66, "เก็บไว้ที่", "kept"),
    (56, "SHA-256", "sha256"),
)
_REGISTER: Columns = (
    (46, "ข้อ", "criterion"),
    (78, "เอกสารที่แบบขอ", "required"),
    (62, "ที่ได้รับ", "came"),
    (26, "วันที่ได้รับ", "*received"),
    (55, "ที่ยังขาด", "missing"),
)
_VERSIONS: Columns = (
    (26, "รอบ", "*round"),
    (30, "วันที่รับ", "*received"),
    (62, "ไฟล์", "file"),
    (42, "สถานะ", "state"),
    (26, "ผล", "verdict"),
    (17, "คะแนน", "*total"),
    (64, "SHA-256", "sha256"),
)
_DECISIONS: Columns = (
    (22, "ข้อ", "*number"),
    (20, "ตัดสิน", "*score"),
    (125, "เหตุผล", "reason"),
    (60, "ผู้ตัดสิน", "reviewer"),
    (40, "รอบ", "*round"),
)
_SETTLED = "ไม่มี"


class CompiledRecord:
    """A form's record with everything in it that all submissions share."""

    def __init__(self, form: Form) -> None:
        document = new_document((*_STYLES, *STYLES), landscape=True, margins_mm=_MARGINS_MM)
        number_pages(document, "Page Number")
        append(document, _elements(form))
        self._document = CompiledDocument(document, f"บันทึกผลการตรวจ {form.short_title}")

    def fill(self, record: Record) -> bytes:
        """The DOCX of one record; the same record gives the same bytes.

        Raises KeyError when the assessment lacks a criterion of the form.
        """
        return self._document.fill(_values(record), round_begins(record.round))


def record_document(record: Record, source: Source = PARSING) -> bytes:
    """The DOCX of one record; see ``CompiledRecord.fill``. What all records of a form share is
    built once for each form in a process, or comes from the ``source``.
    """
    return _compiled(ByIdentity(record.form), source).fill(record)


@lru_cache(maxsize=32)
def _compiled(key: ByIdentity, source: Source) -> CompiledRecord:
    return source.kept("record", key.form, CompiledRecord, lambda: CompiledRecord(key.form))


def _elements(form: Form) -> Iterator[etree._Element]:
    yield paragraph("Record Title", "บันทึกผลการตรวจของกลุ่มงานจริยธรรม")
    yield paragraph("Record Result", Value("result"))
    yield facts_table("facts")
    if form.criteria:
        yield from criteria.result_elements(form)
    if form.levels:
        yield paragraph("Record Heading", "สิ่งที่ต้องมีเพื่อให้ถึงระดับถัดไป")
        yield from repeated("next_level", [paragraph("Record Item", "•\t", Value("text"))])
    yield paragraph("Record Heading", "สิ่งที่ต้องแก้ไขหรือตรวจสอบ")
    yield from repeated("nothing_to_mend", [paragraph("Record Line", "ไม่พบสิ่งที่ต้องแก้ไขหรือตรวจสอบ")])
    yield from repeated("to_mend", [list_table("findings", _MEND)])
    if form.criteria:
        yield from criteria.reason_elements(form)
    yield paragraph("Record Heading", "หลักฐานที่ได้รับ")
    yield from repeated("no_evidence", [paragraph("Record Line", _SETTLED)])
    yield from repeated("evidence", [list_table("named", _EVIDENCE), paragraph("Record Gap")])
    yield from repeated("files", [list_table("kept", _KEPT)])
    heading = paragraph("Record Heading", "ทะเบียนเอกสารที่ได้รับ")
    yield from repeated("registered", [heading, list_table("register", _REGISTER)])
    for each in form.tables:
        if each.recorded:
            heading = paragraph("Record Heading", each.label)
            listed = list_table(f"rows_of_{each.id}", _columns(each))
            yield from repeated(f"with_{each.id}", [heading, listed])
    heading = paragraph("Record Heading", "การอ่านคำตอบ")
    yield from repeated("read", [heading, list_table("findings", _READ)])
    yield paragraph("Record Heading", "ไฟล์ของหน่วยงานสำหรับแบบนี้")
    yield list_table("versions", _VERSIONS)
    yield paragraph("Record Heading", "คำตัดสินของผู้ตรวจ")
    yield from repeated("no_decisions", [paragraph("Record Line", "ยังไม่มีคำตัดสิน")])
    yield from repeated("decided", [list_table("decisions", _DECISIONS)])
    words = Run(Value("place"), "Strong")
    reading = paragraph("Record Small", "•\t", words, Value("reading"))
    title = paragraph("Record Heading", "การตีความเกณฑ์ที่ผลนี้อาศัย")
    yield from repeated("rests_on", [title, *repeated("readings", [reading])])


def _columns(table: Table) -> Columns:
    """The columns of a table of answers, as wide as they are in the workbook beside each other."""
    whole = sum(each.width for each in table.columns)
    return [(_WIDTH_MM * each.width / whole, each.label, each.id) for each in table.columns]


def _values(record: Record) -> Values:
    form, assessment = record.form, record.assessment
    to_mend = [
        each
        for severity in ("error", "warning")
        for each in record.findings
        if each.severity == severity
    ]
    read = [each for each in record.findings if each.severity == "info"]
    filled: dict[str, str | Sequence[Values]] = {
        "result": _result(record),
        "facts": [{"label": label, "text": text} for label, text in _facts(record)],
        "nothing_to_mend": [] if to_mend else [{}],
        "to_mend": [{"findings": _mending(to_mend)}] if to_mend else [],
        "read": [{"findings": _readings(read)}] if read else [],
        "versions": [_version(each) for each in record.versions],
        "no_decisions": [] if record.decisions else [{}],
        "decided": [{"decisions": _decisions(record)}] if record.decisions else [],
        "rests_on": _rests_on(record),
    }
    if form.criteria:
        filled |= criteria.values(record)
    if form.levels:
        needed = [thai for thai, _ in assessment.next_level] or [_no_next(record)]
        filled["next_level"] = [{"text": number(text)} for text in needed]
    named = [
        {"number": number(form.criterion(each).name), "text": record.evidence[each]}
        for each in form.claimed
        if each in record.evidence
    ]
    kept = [_kept(each, output) for each, output in record.kept]
    filled["no_evidence"] = [] if named or kept else [{}]
    filled["evidence"] = [{"named": named}] if named else []
    filled["files"] = [{"kept": kept}] if kept else []
    lines = [_registered(each) for each in record.register]
    filled["registered"] = [{"register": lines}] if lines else []
    for table_id, rows in record.tables.items():
        blank = dict.fromkeys((each.id for each in form.table(table_id).columns), NOTHING)
        listed = [{**blank, **row} for row in rows]
        filled[f"with_{table_id}"] = [{f"rows_of_{table_id}": listed}] if listed else []
    return filled


def _kept(each: EvidenceFile, output: str) -> Values:
    return {
        "of": each.caption or NOTHING,
        "came": each.name if each.source == "message" else place_in_words(each.place),
        "kept": output,
        "sha256": each.sha256,
    }


def _registered(each: Registered) -> Values:
    return {
        "criterion": number(each.criterion),
        "required": number(each.required),
        "came": "\n".join(each.came) or NOTHING,
        "received": date_in_words(each.received),
        "missing": each.missing or NOTHING,
    }


def _result(record: Record) -> str:
    """The result in one line."""
    form, assessment = record.form, record.assessment
    said = [assessment.unit_name or NOTHING, VERDICTS[assessment.verdict][0]]
    if form.criteria:
        words = total_in_words(form, record.final.total, assessment)
        said.append(f"{form.total_label} {words}")
    if form.levels:
        said.append(level_in_words(record.final.level, level_name(form, record.final.level)[0]))
    return " · ".join(said)


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    form, assessment = record.form, record.assessment
    yield "รหัสหน่วยงาน", assessment.unit_code or NOTHING
    yield "แบบ", f"{form.short_title} ({form.id} รุ่น {assessment.form_version})"
    yield "รอบการตรวจ", round_in_words(record.round)
    yield "ไฟล์ที่ตรวจ (SHA-256)", record.sha256
    if record.aside:
        yield "ไฟล์นี้ไม่ได้ใช้เป็นผล", record.aside
    if form.levels and form.levels_note:
        yield "เกณฑ์ของระดับ", form.levels_note
    derived = dict(assessment.derived)
    for each in form.derived:
        value = derived.get(each.id)
        if value is not None:
            yield each.label, number(value)


def _mending(findings: Sequence[Finding]) -> list[Values]:
    return [
        {
            "number": number(place),
            "severity": SEVERITIES[finding.severity][0],
            "place": place_in_words(finding.place),
            "message": catalogue.message(finding),
            "remedy": catalogue.remedy(finding),
        }
        for place, finding in enumerate(findings, start=1)
    ]


def _readings(findings: Sequence[Finding]) -> list[Values]:
    return [
        {
            "number": number(place),
            "place": place_in_words(finding.place),
            "message": catalogue.message(finding),
        }
        for place, finding in enumerate(findings, start=1)
    ]


def _version(version: Version) -> Values:
    return {
        "round": version.round,
        "received": date_in_words(version.received),
        "file": version.file,
        "state": FILE_STATES[version.state],
        "verdict": VERDICTS[version.verdict][0] if version.verdict else NOTHING,
        "total": NOTHING if version.total is None else number(version.total),
        "sha256": version.sha256,
    }


def _decisions(record: Record) -> list[Values]:
    return [
        {
            "number": _decided_on(record.form, each),
            "score": number(in_words(each)),
            "reason": each.reason,
            "reviewer": each.reviewer,
            "round": number(each.round),
        }
        for each in record.decisions
    ]


def _decided_on(form: Form, decision: Decision) -> str:
    kind = decision.subject.kind
    if kind == "score":
        return number(form.criterion(decision.subject.criterion).name)
    return {"owner": "เป็นของ", "use": "ใช้เป็นผล"}.get(kind, "ทั้งแบบ")


def _rests_on(record: Record) -> list[Values]:
    if not record.readings:
        return []
    readings: list[Values] = [
        {"place": f"{each.place}:", "reading": f" {each.question} → {each.choice} ({each.reason})"}
        for each in record.readings
    ]
    return [{"readings": readings}]


def _no_next(record: Record) -> str:
    highest = max((level.number for level in reachable_levels(record.form)), default=0)
    return "ถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว" if record.final.level == highest else NOTHING
