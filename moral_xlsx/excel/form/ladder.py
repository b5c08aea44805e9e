"""The ladder of the official form's sheet: every rung of every criterion with its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.claim import draw_claim
from moral_xlsx.excel.form.drawing import (
    BODY,
    FORM,
    HEAD_FILL,
    LIVE_FILL,
    Drawing,
    line_height,
    lines_needed,
    merge,
    merge_formula,
)
from moral_xlsx.excel.form.layout import subtotal_name
from moral_xlsx.excel.form.official_layout import (
    LADDER_WIDTHS,
    PAGE_CHARACTERS,
    CriterionBlock,
    LadderPlace,
)
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form, Ladder, Rung
from moral_xlsx.rules.judge.expression import excel_thai_digits, text
from moral_xlsx.rules.printed import TICKED, UNTICKED
from moral_xlsx.thai import thai_digits

_RUNG_WIDTH, _MARK_WIDTH = LADDER_WIDTHS["rung"], LADDER_WIDTHS["mark"]
_TITLE_WIDTH = LADDER_WIDTHS["title"] + LADDER_WIDTHS["claim"]
_EVIDENCE_LINES = 3
# A4 landscape within the margins, and what a character of a column's width takes, in points.
_PAGE_WIDTH, _PAGE_HEIGHT, _POINTS_PER_CHARACTER = 765.0, 490.0, 6.7


def draw_ladder(
    drawing: Drawing,
    sheet: Worksheet,
    form: Form,
    place: LadderPlace,
    answers: Answers,
    assessment: Assessment,
) -> list[int]:
    """Draws the criteria; returns the rows that should begin a page."""
    words = form.printed.ladder
    assert words is not None
    _draw_head(drawing, sheet, form, words, place)
    for part, row in place.part_rows:
        style = drawing.style(bold=True, align="center", border=1, bg_color=HEAD_FILL)
        sheet.set_row(row, line_height(FORM + 2, len(part.title)))
        merge(sheet, row, 1, row, place.score_column, "\n".join(part.title), style)
    heights = {
        block.criterion.number: _draw_criterion(
            drawing, sheet, place, block, answers, assessment, words.evidence
        )
        for block in place.criteria
    }
    labels = {subtotal.key: subtotal.label for subtotal in form.subtotals}
    values = dict(assessment.subtotals)
    for key, row in place.subtotal_rows:
        style = drawing.style(bold=True, font_size=FORM, border=1)
        merge(sheet, row, 1, row, place.score_column - 1, labels[key], style)
        score = drawing.style(bold=True, font_size=FORM, border=1, align="center")
        formula = f"={excel_thai_digits(subtotal_name(key))}"
        shown = thai_digits(str(values[key]))
        sheet.write_formula(row, place.score_column, formula, score, shown)
    sheet.repeat_rows(place.header_row, place.header_row + 1)
    shrunk = min(1.0, _PAGE_WIDTH / (PAGE_CHARACTERS * _POINTS_PER_CHARACTER))
    return _page_breaks(place, heights, _PAGE_HEIGHT / shrunk)


def _draw_head(
    drawing: Drawing, sheet: Worksheet, form: Form, words: Ladder, place: LadderPlace
) -> None:
    bold = drawing.style(bold=True, text_wrap=False)
    row = place.heading_row
    merge(sheet, row, 1, row, place.score_column, words.heading, bold)
    head = drawing.style(
        bold=True, align="center", valign="vcenter", border=1, bg_color=HEAD_FILL, font_size=FORM
    )
    first, score = place.header_row, place.score_column
    merge(sheet, first, 1, first + 1, 2, words.criterion, head)
    merge(sheet, first, 3, first, score - 1, words.rungs, head)
    merge(sheet, first, score, first + 1, score, words.score, head)
    for index, rung in enumerate(form.criteria[0].rungs):
        column = place.first_rung_column + 2 * index
        points = words.points.replace("{points}", thai_digits(str(rung.points)))
        merge(sheet, first + 1, column, first + 1, column + 1, points, head)


def _draw_criterion(
    drawing: Drawing,
    sheet: Worksheet,
    place: LadderPlace,
    block: CriterionBlock,
    answers: Answers,
    assessment: Assessment,
    evidence_label: str,
) -> float:
    """Draws one criterion; returns the height in points that its rows take."""
    criterion = block.criterion
    number = criterion.number
    last = block.evidence_row - 1
    body = drawing.style(font_size=FORM, border=1)
    merge(sheet, block.first_row, 1, last, 2, criterion.title, body)
    heights = _box_heights(block)
    for offset, height in enumerate(heights):
        sheet.set_row(block.first_row + offset, height)
    for index, rung in enumerate(criterion.rungs):
        column = place.first_rung_column + 2 * index
        _draw_rung(drawing, sheet, block, rung, column, answers.claims.get(number))
        _draw_rung_evidence(drawing, sheet, block, rung, column, answers, evidence_label)
    evidence = answers.evidence.get(number, "")
    width = _RUNG_WIDTH + _MARK_WIDTH
    lines = lines_needed(evidence_label, width, FORM) + lines_needed(evidence, width, FORM)
    evidence_height = line_height(FORM, max(_EVIDENCE_LINES, lines))
    sheet.set_row(block.evidence_row, evidence_height)
    label = drawing.style(font_size=FORM, border=1, align="right", valign="vcenter", bold=True)
    sheet.write_string(block.evidence_row, 1, "คะแนนที่หน่วยงานเสนอ ►", label)
    draw_claim(drawing, sheet, criterion, answers, block.evidence_row, place.claim_column)
    score = drawing.style(
        font_size=FORM + 4,
        bold=True,
        border=1,
        align="center",
        valign="vcenter",
        bg_color=LIVE_FILL,
    )
    column = place.score_column
    merge_formula(
        sheet,
        block.first_row,
        column,
        block.evidence_row,
        column,
        f"={excel_thai_digits(f'computed_{number}')}",
        score,
        thai_digits(str(assessment.criterion(number).computed)),
    )
    return sum(heights) + evidence_height


def _page_breaks(place: LadderPlace, heights: Mapping[int, float], page: float) -> list[int]:
    """The rows that begin a page: each part, and a criterion that would be divided.

    ``heights`` are the points each criterion takes, ``page`` those that a page holds. A
    criterion higher than a page is divided by the program that prints it.
    """
    heads = line_height(FORM) * 2
    part_starts = {part.first: row for part, row in place.part_rows}
    subtotals = [row for _, row in place.subtotal_rows]
    breaks: list[int] = []
    used = line_height(FORM + 4) * 5.0
    for block in place.criteria:
        number, row = block.criterion.number, block.first_row
        below = sum(row_ > block.evidence_row for row_ in subtotals)
        needed = heights[number] + line_height(BODY) * min(below, 2)
        if number in part_starts and block is not place.criteria[0]:
            breaks.append(part_starts[number])
            used = heads + line_height(FORM + 2, 2)
        elif used + needed > page:
            breaks.append(row)
            used = heads
        used += heights[number]
    return breaks


def _draw_rung(
    drawing: Drawing,
    sheet: Worksheet,
    block: CriterionBlock,
    rung: Rung,
    column: int,
    claim: int | None,
) -> None:
    claimed = _claimed(block.criterion.number, rung.points)
    last = len(rung.boxes) - 1
    rows = block.evidence_row - block.first_row
    for offset in range(rows):
        row = block.first_row + offset
        # Frames surround the whole rung, not its single boxes.
        edges: dict[str, Any] = {"top": 1} if offset == 0 else {}
        if offset == rows - 1:
            edges["bottom"] = 1
        mark = drawing.style(font_size=FORM, align="center", left=1, **edges)
        words = drawing.style(font_size=FORM, right=1, **edges)
        if offset > last:
            sheet.write_blank(row, column, None, mark)
            sheet.write_blank(row, column + 1, None, words)
            continue
        formula = f'=IF({claimed},"{TICKED}","{UNTICKED}")'
        shown = TICKED if claim == rung.points else UNTICKED
        sheet.write_formula(row, column, formula, mark, shown)
        sheet.write_string(row, column + 1, rung.boxes[offset].text, words)


def _draw_rung_evidence(
    drawing: Drawing,
    sheet: Worksheet,
    block: CriterionBlock,
    rung: Rung,
    column: int,
    answers: Answers,
    label: str,
) -> None:
    number = block.criterion.number
    claimed = _claimed(number, rung.points)
    formula = f'={text(label)}&IF({claimed},CHAR(10)&evidence_{number},"")'
    shown = label
    if answers.claims.get(number) == rung.points:
        shown += "\n" + answers.evidence.get(number, "")
    style = drawing.style(font_size=FORM, border=1)
    merge_formula(
        sheet, block.evidence_row, column, block.evidence_row, column + 1, formula, style, shown
    )


def _claimed(number: int, points: int) -> str:
    return f"IF(ISNUMBER(claim_{number}),claim_{number}={points},FALSE)"


def _box_heights(block: CriterionBlock) -> list[float]:
    rows = block.evidence_row - block.first_row
    lines = [
        max(
            (
                lines_needed(rung.boxes[offset].text, _RUNG_WIDTH, FORM)
                for rung in block.criterion.rungs
                if offset < len(rung.boxes)
            ),
            default=1,
        )
        for offset in range(rows)
    ]
    title = lines_needed(block.criterion.title, _TITLE_WIDTH, FORM)
    lines[-1] += max(0, title - sum(lines))
    return [line_height(FORM, count) for count in lines]
