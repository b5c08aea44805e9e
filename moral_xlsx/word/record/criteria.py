"""What became of every criterion: the scores side by side, and why, condition by condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from moral_xlsx.model.assessment import CriterionResult, RungResult
from moral_xlsx.model.form import Form
from moral_xlsx.model.record import Record
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.thai import thai_numerals
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.record.tables import Columns, cell, heading, list_table
from moral_xlsx.word.styles import Cell, Value, paragraph, row, table
from moral_xlsx.wording import NOT_APPLICABLE, NOTHING, item, number, place_in_words

_SCORES: Columns = (
    (20, "ข้อ", "*number"),
    (62, "ตัวชี้วัด", "short"),
    (20, "เสนอ", "*claimed"),
    (22, "คำนวณได้", "*computed"),
    (22, "ผู้ตรวจให้", "*reviewed"),
    (22, "ผลสุดท้าย", "*final"),
    (99, "สิ่งที่ต้องเพิ่มเพื่อให้ได้ขั้นถัดไป", "shortfall"),
)
_REASONS: Columns = (
    (22, "ขั้น", "*rung"),
    (96, "เงื่อนไข", "condition"),
    (14, "ผ่าน", "*holds"),
    (85, "ค่าจริง", "actual"),
    (50, "ที่", "places"),
)
HOLDS, FAILS = "✓", "✗"
RESULTS = "ผลรายตัวชี้วัด"


def result_elements(form: Form) -> Iterator[etree._Element]:
    """The scores of all criteria and what they add up to."""
    yield paragraph("Record Heading", RESULTS)
    widths = [width for width, _, _ in _SCORES]
    label = Cell([paragraph("Record Strong", Value("label"))], span=2)
    columns = ("*claimed", "*computed", "*reviewed", "*final")
    sums = [label, *(cell(each) for each in columns), Cell([])]
    scores = row(widths, [cell(value) for _, _, value in _SCORES], whole=True)
    yield table(
        widths,
        [
            heading(_SCORES),
            *repeated("criteria", [scores]),
            *repeated("sums", [row(widths, sums, whole=True)]),
        ],
    )


def reason_elements(form: Form) -> Iterator[etree._Element]:
    """Every condition of every rung with the value beside its bound."""
    yield paragraph("Record Heading", "ที่มาของผลรายข้อ")
    explained = paragraph("Record Criterion", Value("title"))
    waived = repeated("waived", [paragraph("Record Line", Value("text"))])
    reasons = repeated("reasons", [list_table("conditions", _REASONS)])
    yield from repeated("explained", [explained, *waived, *reasons])


def values(record: Record) -> Values:
    """The text of every mark of the elements."""
    form, assessment = record.form, record.assessment
    results = [(each, assessment.criterion(each.number)) for each in form.criteria]
    return {
        "criteria": [_score(record, criterion, result) for criterion, result in results],
        "sums": [*_sums(record)],
        "explained": [_explained(record, criterion, result) for criterion, result in results],
    }


def _score(record: Record, criterion: Criterion, result: CriterionResult) -> Values:
    missing = "\n".join(thai for thai, _ in result.shortfall)
    full = "ได้คะแนนเต็มแล้ว" if criterion.kind == "points" else "ครบทุกเงื่อนไข"
    if result.computed and criterion.caveat:
        full = f"{full} {criterion.caveat}"
    if result.computed is None:
        full = result.waived[0]
    return {
        "number": number(criterion.name),
        "short": criterion.short,
        "claimed": NOTHING if result.claimed is None else number(result.claimed),
        "computed": _in_words(criterion, result.computed),
        "reviewed": _in_words(criterion, record.reviewed.get(criterion.number), NOTHING),
        "final": _in_words(criterion, record.final.scores.get(criterion.number)),
        "shortfall": thai_numerals(missing or full),
    }


def _in_words(criterion: Criterion, score: int | None, none: str = NOT_APPLICABLE[0]) -> str:
    if score is None:
        return none
    if criterion.kind == "met":
        return MET if score else UNMET
    return number(score)


def _sums(record: Record) -> Iterator[Values]:
    form = record.form
    results = record.claimed, record.computed, record.final
    for subtotal in form.subtotals:
        sums = (each.subtotals[subtotal.key] for each in results)
        yield _side_by_side(record, subtotal.label, *sums)
    yield _side_by_side(record, form.total_label, *(each.total for each in results))
    if form.levels:
        yield _side_by_side(record, "ระดับ", *(each.level for each in results))


def _side_by_side(record: Record, label: str, claimed: int, computed: int, final: int) -> Values:
    return {
        "label": label,
        "claimed": number(claimed) if record.claimed.scores else NOTHING,
        "computed": number(computed),
        "reviewed": NOTHING,
        "final": number(final),
    }


def _explained(record: Record, criterion: Criterion, result: CriterionResult) -> Values:
    said = [f"{number(item(criterion))} {criterion.short}"]
    if criterion.number in record.form.claimed:
        claimed = NOTHING if result.claimed is None else number(result.claimed)
        said.append(f"เสนอ {claimed}")
    said.append(f"คำนวณได้ {_in_words(criterion, result.computed)}")
    return {
        "title": " · ".join(said),
        "waived": [{"text": result.waived[0]}] if result.computed is None else [],
        "reasons": []
        if result.computed is None
        else [{"conditions": _conditions(criterion, result)}],
    }


def _conditions(criterion: Criterion, result: CriterionResult) -> Sequence[Values]:
    return [
        {
            "rung": _rung(criterion, rung) if index == 0 else "",
            "condition": thai_numerals(condition.text[0]),
            "holds": HOLDS if condition.holds else FAILS,
            "actual": thai_numerals(condition.actual[0]),
            "places": "\n".join(map(place_in_words, condition.places)) or NOTHING,
        }
        for rung in result.rungs
        for index, condition in enumerate(rung.conditions)
    ]


def _rung(criterion: Criterion, rung: RungResult) -> str:
    return MET if criterion.kind == "met" else f"{number(rung.points)} คะแนน"
