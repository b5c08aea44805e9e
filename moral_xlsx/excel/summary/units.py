"""A form's sheet of the summary: what became of every unit, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moral_xlsx.excel.form.drawing import Drawing
from moral_xlsx.excel.summary.grid import Column, Grid, Row, Value, draw_grid
from moral_xlsx.excel.summary.totals import (
    LEVEL,
    REGISTER,
    REGISTERED,
    STATE,
    draw_totals,
    state_in_words,
)
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FormResult, UnitResult
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.printed import MET, UNMET, reviewed_in_words
from moral_xlsx.wording import (
    CONFLICT,
    NOT_APPLICABLE,
    SILENT,
    UNREGISTERED,
    VERDICTS,
    item,
    verdict_in_words,
)

# What the scores of a sheet are.
COMPUTED, FINAL = "คะแนนที่คำนวณได้", "คะแนนสุดท้าย (ผู้ตรวจให้ หรือคำนวณได้)"
_AMBER, _ROSE = "#FFE699", "#F8D7DA"
_STATE_FILLS = {VERDICTS["returned"][0]: _ROSE, CONFLICT[0]: _AMBER, SILENT[0]: "#E2E2E2"}
# More columns of claims than this only widen the sheet: the differences are named instead.
_MOST_CLAIMS = 12
_LONGEST_HEADING = 8
# Of a column in which it stands that a criterion does not apply.
_IDLE_WIDTH = 11


def draw_units(drawing: Drawing, round_words: str, form_result: FormResult, title: str) -> None:
    """A row for every unit, and the totals below."""
    form = form_result.form
    reviewed = any(each.assessment and each.assessment.decisions for each in form_result.units)
    columns = _columns(form, _idle(form_result.units), reviewed)
    rows = [_row(form, unit, len(columns), reviewed) for unit in form_result.units]
    grid = draw_grid(drawing, round_words, title, form.short_title, columns, rows, 2)
    for value, fill in _STATE_FILLS.items():
        grid.colour(0, grid.at(STATE), f'={grid.cell(STATE)}="{value}"', bg_color=fill)
    _colour_results(grid, form)
    draw_totals(grid, form_result)


def findings_of(result: UnitResult) -> list[Finding]:
    """The findings of a unit's submission and of its part in the round, each once."""
    of_submission = result.assessment.findings if result.assessment else ()
    return list(dict.fromkeys((*of_submission, *result.findings)))


def _idle(units: Iterable[UnitResult]) -> frozenset[int]:
    """The numbers of the criteria that do not apply to some unit."""
    judged = (unit.assessment for unit in units if unit.assessment is not None)
    return frozenset(each.number for a in judged for each in a.criteria if each.computed is None)


def _columns(form: Form, idle: frozenset[int], reviewed: bool) -> tuple[Column, ...]:
    return (
        Column("รหัส", 8),
        Column("หน่วยงาน", 28),
        Column(STATE, 13),
        Column(REGISTER, 12),
        *_result_columns(form, idle, reviewed),
        Column("ต้องแก้", 6.5, centred=True),
        Column("ให้ดู", 5.5, centred=True),
        Column("ไฟล์", 18),
    )


def _result_columns(form: Form, idle: frozenset[int], reviewed: bool) -> Iterator[Column]:
    turned = any(len(item(each)) > _LONGEST_HEADING for each in form.criteria)
    for each in form.criteria:
        width, group = (7, "ผลรายข้อ") if each.kind == "met" else (4.5, COMPUTED)
        group = FINAL if reviewed else group
        width = _IDLE_WIDTH if each.number in idle else width
        points = "" if each.kind == "met" else f"\n(เต็ม {each.maximum} คะแนน)"
        note = f"{item(each)} {each.short}{points}"
        yield Column(item(each), width, True, group, _final(each), turned, note)
    if reviewed:
        yield Column("คำตัดสินของผู้ตรวจ", 40)
    if len(form.claimed) > _MOST_CLAIMS:
        yield Column("เสนอต่างจากที่ได้", 30)
    else:
        for each in map(form.criterion, form.claimed):
            heading = f"เสนอ {each.name}"
            yield Column(heading, 7, True, "ผลที่เสนอ", _claimed(each), turned)
    if form.criteria:
        group = f"{form.total_label} (เต็ม {form.maximum})"
        yield from (Column(f"ข้อ {each.key}", 6, True, group) for each in form.subtotals)
        yield Column("รวม", 6 if form.subtotals else 12, True, group)
    if form.levels:
        yield Column(LEVEL, 6, centred=True)
        yield Column("ชื่อระดับ", 19)


def _final(criterion: Criterion) -> str:
    return f"final {criterion.number}"


def _claimed(criterion: Criterion) -> str:
    return f"claimed {criterion.number}"


def _row(form: Form, result: UnitResult, width: int, reviewed: bool) -> Row:
    told = (
        result.unit.code,
        result.unit.name,
        state_in_words(result),
        REGISTERED if result.registered else UNREGISTERED[0],
    )
    judged = result.assessment
    if judged is None:
        return (*told, *[None] * (width - len(told) - 1), result.file)
    severities = [found.severity for found in findings_of(result)]
    counts = (severities.count("error"), severities.count("warning"))
    return (*told, *_results(form, judged, reviewed), *counts, result.file)


def _results(form: Form, judged: Assessment, reviewed: bool) -> Iterator[Value]:
    scored = {each.number: each for each in judged.criteria}
    final = {
        each.number: _shown(each, points)
        if (points := scored[each.number].final) is not None
        else NOT_APPLICABLE[0]
        for each in form.criteria
        if each.number in scored
    }
    claimed = {
        each.number: _shown(each, scored[each.number].claimed)
        for each in map(form.criterion, form.claimed)
        if each.number in scored
    }
    yield from (final.get(each.number) for each in form.criteria)
    if reviewed:
        given = ((form.criterion(each.number), each) for each in judged.criteria if each.reviewed)
        said = [
            f"{item(criterion)}: {reviewed_in_words(criterion, each)}" for criterion, each in given
        ]
        yield "\n".join([verdict_in_words(judged), *said] if judged.decided else said)
    if len(form.claimed) > _MOST_CLAIMS:
        yield "\n".join(
            f"{item(form.criterion(number))} เสนอ {claim} ได้ {final[number]}"
            for number, claim in claimed.items()
            if claim is not None and claim != final[number]
        )
    else:
        yield from (claimed.get(number) for number in form.claimed)
    if form.criteria:
        subtotals = dict(judged.subtotals)
        yield from (subtotals.get(each.key) for each in form.subtotals)
        yield judged.total
    if form.levels:
        yield judged.level
        yield judged.level_name[0]


def _shown(criterion: Criterion, points: int | None) -> int | str | None:
    """Points as the number they are; met or not in words."""
    if points is None or criterion.kind == "points":
        return points
    return MET if points else UNMET


def _colour_results(grid: Grid, form: Form) -> None:
    """Marks what is not met, and two cells where a unit claims other than it got."""
    keys = {column.key for column in grid.columns}
    for criterion in form.criteria:
        final, claimed = _final(criterion), _claimed(criterion)
        if claimed in keys:
            kind = "ISTEXT" if criterion.kind == "met" else "ISNUMBER"
            cells = grid.cell(final), grid.cell(claimed)
            both = ",".join(f"{kind}({cell})" for cell in cells)
            for at in (grid.at(final), grid.at(claimed)):
                formula = f"=AND({both},{cells[0]}<>{cells[1]})"
                grid.colour(at, at, formula, bg_color=_AMBER, bold=True)
        if criterion.kind == "met":
            grid.colour_value(final, UNMET, bg_color=_ROSE)
