"""The record of the check: scores, what is missing, findings, and how the form was read.

As in ``official``, ``elements`` makes the marks and ``values`` gives each its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Criterion, Form
from moral_xlsx.rules.judge.score import reachable_levels
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table
from moral_xlsx.wording import (
    NOTHING,
    SEVERITIES,
    VERDICTS,
    level_in_words,
    number,
    place_in_words,
    round_in_words,
    total_in_words,
)

STYLES = (
    Style("Record Title", 18, bold=True, align="center", after=6, new_page=True, outline=0),
    Style("Record Heading", 16, bold=True, before=8, after=3, with_next=True, outline=1),
    Style("Record Line", 14),
    Style("Record Item", 14, left=6, hanging=6),
    Style("Record Head", 14, bold=True, align="center", with_next=True),
    Style("Record Cell", 14),
    Style("Record Centre", 14, align="center"),
    Style("Record Small", 12, left=4, hanging=4),
)

_FACTS_MM = (60.0, 207.0)
# The columns of each list: width in millimetres, heading, value; * centres the value.
_Columns = Sequence[tuple[float, str, str]]
_SCORES: _Columns = (
    (28, "ข้อ", "*number"),
    (72, "ตัวชี้วัด", "short"),
    (18, "เสนอ", "*claimed"),
    (22, "คำนวณได้", "*computed"),
    (127, "สิ่งที่ต้องเพิ่มเพื่อให้ได้ขั้นถัดไป", "shortfall"),
)
_MEND: _Columns = (
    (14, "ลำดับ", "*number"),
    (34, "ระดับ", "severity"),
    (44, "ที่", "place"),
    (95, "สิ่งที่พบ", "message"),
    (80, "วิธีแก้", "remedy"),
)
_READ: _Columns = ((14, "ลำดับ", "*number"), (44, "ที่", "place"), (209, "วิธีอ่าน", "message"))


def elements(form: Form) -> Iterator[etree._Element]:
    """The pages of the record, with marks where values belong."""
    yield paragraph("Record Title", "บันทึกผลการตรวจของกลุ่มงานจริยธรรม")
    label = paragraph("Record Cell", Run(Value("label"), "Strong"))
    fact = row(_FACTS_MM, [Cell([label], shaded=True), _cell("text")], whole=True)
    yield table(_FACTS_MM, repeated("facts", [fact]))
    if form.criteria:
        yield paragraph("Record Heading", "ผลรายตัวชี้วัด")
        yield _list_table("criteria", _SCORES)
    yield paragraph("Record Heading", "สิ่งที่ต้องแก้ไขหรือตรวจสอบ")
    yield from repeated("nothing_to_mend", [paragraph("Record Line", "ไม่พบสิ่งที่ต้องแก้ไขหรือตรวจสอบ")])
    yield from repeated("to_mend", [_list_table("findings", _MEND)])
    readings = _list_table("findings", _READ)
    yield from repeated("read", [paragraph("Record Heading", "การอ่านคำตอบ"), readings])
    if form.levels:
        yield paragraph("Record Heading", "สิ่งที่ต้องมีเพื่อให้ถึงระดับถัดไป")
        yield from repeated("next_level", [paragraph("Record Item", "•\t", Value("text"))])
    if form.interpretations:
        yield paragraph("Record Heading", "การตีความเกณฑ์")
    for each in form.interpretations:
        reading = f" {each.question} → {each.choice} ({each.reason})"
        yield paragraph("Record Small", "•\t", Run(f"{each.place}:", "Strong"), reading)


def values(form: Form, assessment: Assessment, round_name: str) -> Values:
    """The text of every mark of ``elements``; raises KeyError for an unscored criterion."""
    to_mend = [
        finding
        for severity in ("error", "warning")
        for finding in assessment.findings
        if finding.severity == severity
    ]
    read = [finding for finding in assessment.findings if finding.severity == "info"]
    filled: dict[str, str | Sequence[Values]] = {
        "facts": [
            {"label": label, "text": text} for label, text in _facts(form, assessment, round_name)
        ],
        "nothing_to_mend": [] if to_mend else [{}],
        "to_mend": [{"findings": _mending(to_mend)}] if to_mend else [],
        "read": [{"findings": _readings(read)}] if read else [],
    }
    if form.criteria:
        filled["criteria"] = [
            _score(each, assessment.criterion(each.number)) for each in form.criteria
        ]
    if form.levels:
        needed = [thai for thai, _ in assessment.next_level]
        filled["next_level"] = [{"text": text} for text in needed or [_no_next(form, assessment)]]
    return filled


def _facts(form: Form, assessment: Assessment, round_name: str) -> Iterator[tuple[str, str]]:
    yield "หน่วยงาน", assessment.unit_name or NOTHING
    yield "รหัสหน่วยงาน", assessment.unit_code or NOTHING
    yield "รอบการตรวจ", round_in_words(round_name)
    yield "แบบประเมิน", f"{form.short_title} ({form.id} รุ่น {form.version})"
    yield "ผลการตรวจ", VERDICTS[assessment.verdict][0]
    if form.criteria:
        yield form.total_label, total_in_words(form, assessment.total)
    if form.levels:
        note = f" ({form.levels_note})" if form.levels_note else ""
        yield "ระดับที่ได้", f"{level_in_words(assessment)}{note}"
    derived = dict(assessment.derived)
    for each in form.derived:
        value = derived.get(each.id)
        if value is not None:
            yield each.label, number(value)


def _score(criterion: Criterion, result: CriterionResult) -> Values:
    missing = "\n".join(thai for thai, _ in result.shortfall)
    full = "ได้คะแนนเต็มแล้ว" if criterion.kind == "points" else "ครบทุกเงื่อนไข"
    if result.computed and criterion.caveat:
        full = f"{full} {criterion.caveat}"
    score = number(result.computed)
    if criterion.kind == "met":
        score = MET if result.computed else UNMET
    return {
        "number": number(criterion.name),
        "short": criterion.short,
        "claimed": NOTHING if result.claimed is None else number(result.claimed),
        "computed": score,
        "shortfall": missing or full,
    }


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


def _no_next(form: Form, assessment: Assessment) -> str:
    if assessment.level == max(level.number for level in reachable_levels(form)):
        return "ถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว"
    return NOTHING


def _list_table(name: str, columns: _Columns) -> etree._Element:
    """A table with a heading and one row for each of the values ``name``."""
    widths = [width for width, _, _ in columns]
    heads = [
        Cell([paragraph("Record Head", head)], shaded=True, middle=True) for _, head, _ in columns
    ]
    cells = [_cell(value) for _, _, value in columns]
    rows = [row(widths, heads, header=True), *repeated(name, [row(widths, cells)])]
    return table(widths, rows)


def _cell(column: str) -> Cell:
    style = "Record Centre" if column.startswith("*") else "Record Cell"
    return Cell([paragraph(style, Value(column.removeprefix("*")))])
