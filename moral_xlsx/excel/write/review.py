"""What the ethics group's cells say: the final scores, remarks and findings."""

from __future__ import annotations

from collections.abc import Mapping

from moral_xlsx.excel.form.drawing import BODY, FORM
from moral_xlsx.excel.form.layout import FINDING_COLUMNS, FINDING_ROWS, FINDINGS_TABLE, Area
from moral_xlsx.excel.form.measure import shortened
from moral_xlsx.excel.form.panel import (
    FINDING_LINES,
    MESSAGE_WIDTH,
    REMARK_LINES,
    REMARK_WIDTH,
    REMEDY_WIDTH,
    Review,
)
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell, defined_name
from moral_xlsx.rules.printed import reviewed_in_words
from moral_xlsx.wording import (
    NOT_APPLICABLE,
    SEVERITIES,
    level_in_words,
    place_in_words,
    round_in_words,
    verdict_in_words,
)


def review_cells(form: Form, assessment: Assessment, round_name: str) -> Review:
    """The ethics group's cells by reference; findings are a table of its own."""
    review: dict[Reference, str | int | None] = {
        "verdict": verdict_in_words(assessment),
        "reviewed_on": round_in_words(round_name),
    }
    if assessment.criteria:
        review["final_total"] = assessment.total
    if assessment.level_name[0]:
        review["final_level"] = level_in_words(assessment.level, assessment.level_name[0])
    for result in assessment.criteria:
        number = result.number
        about = {f"claim_{number}", f"evidence_{number}"}
        remarks = [message(f) for f in assessment.findings if f.place.field in about]
        waived = result.computed is None
        review[f"final_{number}"] = NOT_APPLICABLE[0] if waived else result.final
        remarks += [result.waived[0]] if waived else []
        if result.reviewed:
            remarks.insert(0, reviewed_in_words(form.criterion(number), result))
        remark = shortened(" · ".join(remarks), REMARK_WIDTH, FORM, REMARK_LINES)
        review[f"remark_{number}"] = remark or None
    shown = [f for f in assessment.findings if f.severity != "info"]
    rest = len(shown) - FINDING_ROWS
    if rest > 0:
        shown = shown[: FINDING_ROWS - 1]
    for index in range(FINDING_ROWS):
        cells: Mapping[str, str | None] = {}
        if index < len(shown):
            cells = _finding(shown[index])
        elif rest > 0 and index == len(shown):
            cells = {"message": f"และอีก {rest + 1} ข้อ ดูในรายงานที่แนบ"}
        for name in FINDING_COLUMNS:
            review[TableCell(FINDINGS_TABLE, index, name)] = cells.get(name)
    return review


def review_places(
    areas: Mapping[str, Area], review: Review
) -> dict[tuple[str, int, int], str | int | None] | None:
    """Where each of the ethics group's cells stands; None when a workbook has lost any."""
    places: dict[tuple[str, int, int], str | int | None] = {}
    for reference, value in review.items():
        row = reference.row if isinstance(reference, TableCell) else 0
        area = areas.get(defined_name(reference))
        if area is None or area.first_row + row > area.last_row:
            return None
        places[area.sheet, area.first_row + row, area.first_column] = value
    return places


def _finding(found: Finding) -> dict[str, str | None]:
    return {
        "severity": SEVERITIES[found.severity][0],
        "place": place_in_words(found.place),
        "message": shortened(message(found), MESSAGE_WIDTH, BODY, FINDING_LINES),
        "remedy": shortened(remedy(found), REMEDY_WIDTH, BODY, FINDING_LINES),
    }
