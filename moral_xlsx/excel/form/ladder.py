"""The ladder of the official form's sheet: every rung of every criterion with its boxes."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.claim import draw_claim
from moral_xlsx.excel.form.drawing import FORM, HEAD_FILL, Drawing, merge, merge_formula
from moral_xlsx.excel.form.measure import PAGE_ROWS, line_height, lines_needed, most_lines, per_line
from moral_xlsx.excel.form.official_layout import (
    LADDER_WIDTHS,
    CriterionBlock,
    LadderPlace,
)
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import Ladder
from moral_xlsx.model.rubric import Rung
from moral_xlsx.rules.claims import (
    ClaimBoxPlace,
    ClaimedSumPlace,
    RungEvidencePlace,
    claim_place,
)
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.rules.places import Room, Shown
from moral_xlsx.thai import thai_digits

_RUNG_WIDTH, _MARK_WIDTH = LADDER_WIDTHS["rung"], LADDER_WIDTHS["mark"]
_TITLE_WIDTH = LADDER_WIDTHS["title"] + LADDER_WIDTHS["claim"]
_EVIDENCE_WIDTH = _RUNG_WIDTH + _MARK_WIDTH
_EVIDENCE_LINES = 5
# The title of a part and the headings of the columns, and the sums below, in points.
_HEADINGS = 150.0


def draw_ladder(
    drawing: Drawing,
    sheet: Worksheet,
    form: Form,
    place: LadderPlace,
    shown: Shown,
) -> None:
    """Draws the criteria."""
    words = form.printed.ladder
    assert words is not None
    _draw_head(drawing, sheet, form, words, place)
    for part, row in place.part_rows:
        style = drawing.style(bold=True, align="center", border=1, bg_color=HEAD_FILL)
        drawing.set_height(sheet, row, line_height(FORM + 2, len(part.title)))
        merge(sheet, row, 1, row, place.score_column, "\n".join(part.title), style)
    for block in place.criteria:
        _draw_criterion(drawing, sheet, form, place, block, shown)
    labels = {subtotal.key: subtotal.label for subtotal in form.subtotals}
    ranges = {
        subtotal.key: tuple(form.criterion(number) for number in subtotal.numbers)
        for subtotal in form.subtotals
    }
    for key, row in place.subtotal_rows:
        style = drawing.style(bold=True, font_size=FORM, border=1)
        merge(sheet, row, 1, row, place.score_column - 1, labels[key], style)
        score = drawing.style(bold=True, font_size=FORM, border=1, align="center")
        claimed = ClaimedSumPlace(ranges[key], unclaimed="")
        formula = f"={claimed.excel(0)}"
        sheet.write_formula(row, place.score_column, formula, score, claimed.show(shown))


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
    form: Form,
    place: LadderPlace,
    block: CriterionBlock,
    shown: Shown,
) -> None:
    criterion = block.criterion
    number = criterion.number
    last = block.evidence_row - 1
    body = drawing.style(font_size=FORM, border=1)
    merge(sheet, block.first_row, 1, last, 2, criterion.title, body)
    heights = _box_heights(block)
    for offset, height in enumerate(heights):
        drawing.set_height(sheet, block.first_row + offset, height)
    words = form.printed.ladder
    assert words is not None
    rest = form.program_sheets.evidence
    # Boxes and evidence stand on one page, below the headings.
    left = PAGE_ROWS - _HEADINGS - sum(heights)
    most = min(most_lines(FORM) - 1, int(left / (FORM * 1.4)) - 1)
    room = evidence_room(shown.answers.evidence.get(number, ""), rest, most)
    for index, rung in enumerate(criterion.rungs):
        column = place.first_rung_column + 2 * index
        _draw_rung(drawing, sheet, block, rung, column, shown)
        at = block.evidence_row, column
        _draw_rung_evidence(
            drawing,
            sheet,
            at,
            words.evidence,
            RungEvidencePlace(criterion, rung.points, room=room),
            shown,
        )
    evidence_height = line_height(FORM, room.lines + 1)
    drawing.set_height(sheet, block.evidence_row, evidence_height)
    label = drawing.style(font_size=FORM, border=1, align="right", valign="vcenter", bold=True)
    sheet.write_string(block.evidence_row, 1, "คะแนนที่หน่วยงานเสนอ ►", label)
    draw_claim(drawing, sheet, criterion, shown.answers, block.evidence_row, place.claim_column)
    score = drawing.style(
        font_size=FORM + 4,
        bold=True,
        border=1,
        align="center",
        valign="vcenter",
    )
    column = place.score_column
    claimed = claim_place(form, number, unclaimed="")
    merge_formula(
        sheet,
        block.first_row,
        column,
        block.evidence_row,
        column,
        f"={claimed.excel(0)}",
        score,
        claimed.show(shown),
    )


def _draw_rung(
    drawing: Drawing,
    sheet: Worksheet,
    block: CriterionBlock,
    rung: Rung,
    column: int,
    shown: Shown,
) -> None:
    box = ClaimBoxPlace(block.criterion, rung.points)
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
        sheet.write_formula(row, column, f"={box.excel(0)}", mark, box.show(shown))
        sheet.write_string(row, column + 1, rung.boxes[offset].text, words)


def _draw_rung_evidence(
    drawing: Drawing,
    sheet: Worksheet,
    at: tuple[int, int],
    label: str,
    evidence: RungEvidencePlace,
    shown: Shown,
) -> None:
    row, column = at
    style = drawing.style(font_size=FORM, border=1)
    formula = f"={text(label)}&CHAR(10)&{evidence.excel(0)}"
    words = f"{label}\n{evidence.show(shown)}"
    merge_formula(sheet, row, column, row, column + 1, formula, style, words)


def evidence_room(evidence: str, rest: str, most: int) -> Room:
    """The room for the evidence of a criterion: for what is still to be typed, or for all that is
    there, up to so many lines. ``rest`` is the sheet on which it is typed."""
    letters = per_line(_EVIDENCE_WIDTH, FORM)
    needed = Room.lines_for(evidence, letters)
    return Room(max(_EVIDENCE_LINES, min(needed, most)), letters, rest)


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
