"""The official form's sheet, worded and laid out as the government prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.drawing import (
    BODY,
    FORM,
    HEAD_FILL,
    LIVE_FILL,
    THAI_DIGIT_DATE,
    Drawing,
    line_height,
    lines_needed,
    put,
)
from moral_xlsx.excel.layout import (
    MARKER_COLUMN,
    OFFICIAL,
    ROLE_ROW,
    VALUE,
    CriterionPlace,
    Layout,
    OfficialSheet,
    subtotal_name,
)
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form, Rung
from moral_xlsx.rules.expression import excel_thai_digits, text
from moral_xlsx.thai import long_date, thai_digits

_TITLE_WIDTH, _CLAIM_WIDTH, _MARK_WIDTH, _RUNG_WIDTH, _SCORE_WIDTH = 18.0, 7.0, 3.2, 27.0, 9.0
_EVIDENCE_LINES = 3
# A4 landscape within the margins, and what a character of a column's width takes, in points.
_PAGE_WIDTH, _PAGE_HEIGHT, _POINTS_PER_CHARACTER = 765.0, 490.0, 6.7
TICKED, UNTICKED = "☑", "☐"


def draw_official(
    drawing: Drawing, layout: Layout, answers: Answers, assessment: Assessment
) -> None:
    """Draws the sheet; it prints on A4 landscape with the column headings on every page."""
    form, place = layout.form, layout.official
    sheet = drawing.sheet(OFFICIAL, landscape=True)
    sheet.set_column(1, 1, _TITLE_WIDTH)
    sheet.set_column(2, 2, _CLAIM_WIDTH)
    for index in range(place.rungs):
        column = place.first_rung_column + 2 * index
        sheet.set_column(column, column, _MARK_WIDTH)
        sheet.set_column(column + 1, column + 1, _RUNG_WIDTH)
    sheet.set_column(place.score_column, place.score_column, _SCORE_WIDTH)
    sheet.write_string(ROLE_ROW, place.claim_column, VALUE)
    _draw_head(drawing, sheet, form, place, answers)
    for part, row in place.part_rows:
        style = drawing.style(bold=True, align="center", border=1, bg_color=HEAD_FILL)
        sheet.set_row(row, line_height(FORM + 2, len(part.title)))
        _merge(sheet, row, 1, row, place.score_column, "\n".join(part.title), style)
    heights = {
        block.criterion.number: _draw_criterion(
            drawing, sheet, place, block, answers, assessment, form.printed.evidence
        )
        for block in place.criteria
    }
    labels = {subtotal.key: subtotal.label for subtotal in form.subtotals}
    values = dict(assessment.subtotals)
    for key, row in place.subtotal_rows:
        style = drawing.style(bold=True, font_size=FORM, border=1)
        _merge(sheet, row, 1, row, place.score_column - 1, labels[key], style)
        score = drawing.style(bold=True, font_size=FORM, border=1, align="center")
        formula = f"={excel_thai_digits(subtotal_name(key))}"
        shown = thai_digits(str(values[key]))
        sheet.write_formula(row, place.score_column, formula, score, shown)
    _draw_levels(drawing, sheet, form, place, assessment)
    _draw_signature(drawing, sheet, form, place, answers)
    sheet.print_area(0, 1, place.note_row, place.score_column)
    if place.header_row >= 0:
        sheet.repeat_rows(place.header_row, place.header_row + 1)
    width = _TITLE_WIDTH + _CLAIM_WIDTH + _SCORE_WIDTH + place.rungs * (_MARK_WIDTH + _RUNG_WIDTH)
    shrunk = min(1.0, _PAGE_WIDTH / (width * _POINTS_PER_CHARACTER))
    # LibreOffice keeps these breaks; Excel does not while it fits a sheet to a page's width.
    sheet.set_h_pagebreaks(_page_breaks(place, heights, _PAGE_HEIGHT / shrunk))


def _draw_head(
    drawing: Drawing, sheet: Worksheet, form: Form, place: OfficialSheet, answers: Answers
) -> None:
    centre = drawing.style(bold=True, align="center", font_size=FORM + 4)
    for row, line in zip(place.title_rows, form.title, strict=True):
        sheet.set_row(row, line_height(FORM + 4))
        _merge(sheet, row, 1, row, place.score_column, line, centre)
    for row, heading in zip(place.heading_rows, form.printed.headings, strict=True):
        shown = f"{heading.text}  {answers.values.get(heading.field) or ''}"
        plain = drawing.style(text_wrap=False)
        formula = f"={text(heading.text + '  ')}&{heading.field}"
        _merge_formula(sheet, row, 1, row, place.score_column, formula, plain, shown)
    if place.header_row < 0:
        return
    bold = drawing.style(bold=True, text_wrap=False)
    row = place.criteria_heading_row
    _merge(sheet, row, 1, row, place.score_column, form.printed.criteria_heading, bold)
    head = drawing.style(
        bold=True, align="center", valign="vcenter", border=1, bg_color=HEAD_FILL, font_size=FORM
    )
    first, score = place.header_row, place.score_column
    _merge(sheet, first, 1, first + 1, 2, form.printed.criterion, head)
    _merge(sheet, first, 3, first, score - 1, form.printed.ladder, head)
    _merge(sheet, first, score, first + 1, score, form.printed.score, head)
    for index, rung in enumerate(form.criteria[0].rungs):
        column = place.first_rung_column + 2 * index
        words = form.printed.points.replace("{points}", thai_digits(str(rung.points)))
        _merge(sheet, first + 1, column, first + 1, column + 1, words, head)


def _draw_criterion(
    drawing: Drawing,
    sheet: Worksheet,
    place: OfficialSheet,
    block: CriterionPlace,
    answers: Answers,
    assessment: Assessment,
    evidence_label: str,
) -> float:
    """Draws one criterion; returns the height in points that its rows take."""
    criterion = block.criterion
    number = criterion.number
    last = block.evidence_row - 1
    body = drawing.style(font_size=FORM, border=1)
    _merge(sheet, block.first_row, 1, last, 2, criterion.title, body)
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
    sheet.write_string(block.evidence_row, MARKER_COLUMN, f"claim_{number}")
    sheet.write_string(block.evidence_row, 1, "คะแนนที่หน่วยงานเสนอ ►", label)
    points = [rung.points for rung in criterion.rungs]
    put(
        sheet,
        block.evidence_row,
        place.claim_column,
        answers.claims.get(number),
        drawing.input_style(
            font_size=FORM + 6, bold=True, align="center", valign="vcenter", num_format="0"
        ),
    )
    sheet.data_validation(
        block.evidence_row,
        place.claim_column,
        block.evidence_row,
        place.claim_column,
        {
            "validate": "list",
            "source": points,
            "input_title": "คะแนนที่หน่วยงานเสนอ",
            "input_message": f"เลือกคะแนนของข้อ {number} ช่อง ☑ และหลักฐานจะขึ้นเอง",
            "error_title": "ตรวจคำตอบ",
            "error_message": "เลือกคะแนนจากรายการ",
        },
    )
    score = drawing.style(
        font_size=FORM + 4,
        bold=True,
        border=1,
        align="center",
        valign="vcenter",
        bg_color=LIVE_FILL,
    )
    column = place.score_column
    _merge_formula(
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


def _page_breaks(place: OfficialSheet, heights: Mapping[int, float], page: float) -> list[int]:
    """The rows that begin a page: each part, the levels, a criterion that would be divided.

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
    return [*breaks, place.levels_heading_row]


def _draw_rung(
    drawing: Drawing,
    sheet: Worksheet,
    block: CriterionPlace,
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
    block: CriterionPlace,
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
    _merge_formula(
        sheet, block.evidence_row, column, block.evidence_row, column + 1, formula, style, shown
    )


def _claimed(number: int, points: int) -> str:
    return f"IF(ISNUMBER(claim_{number}),claim_{number}={points},FALSE)"


def _box_heights(block: CriterionPlace) -> list[float]:
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
    title = lines_needed(block.criterion.title, _TITLE_WIDTH + _CLAIM_WIDTH, FORM)
    lines[-1] += max(0, title - sum(lines))
    return [line_height(FORM, count) for count in lines]


def _draw_levels(
    drawing: Drawing, sheet: Worksheet, form: Form, place: OfficialSheet, assessment: Assessment
) -> None:
    if not form.levels:
        return
    bold = drawing.style(bold=True, text_wrap=False)
    row = place.levels_heading_row
    _merge(sheet, row, 1, row, place.score_column, form.printed.levels_heading, bold)
    texts = {level.number: level.text for level in form.levels}
    for number, row in place.level_rows:
        words = " ".join(texts[number])
        style = drawing.style(text_wrap=False)
        shown = f"{TICKED if assessment.level == number else UNTICKED} {words}"
        formula = f'=IF(level={number},"{TICKED} ","{UNTICKED} ")&{text(words)}'
        _merge_formula(sheet, row, 1, row, place.score_column, formula, style, shown)


def _draw_signature(
    drawing: Drawing, sheet: Worksheet, form: Form, place: OfficialSheet, answers: Answers
) -> None:
    signature, row = form.printed.signature, place.signature_row
    first, last = place.first_rung_column + 4, place.score_column
    centre = drawing.style(align="center")
    dots = "." * 60
    _merge(sheet, row, first, row, last, f"{signature.label}{dots}", centre)
    values = answers.values
    name = values.get(signature.name) or ""
    _merge_formula(
        sheet, row + 1, first, row + 1, last, f'="("&{signature.name}&")"', centre, f"({name})"
    )
    position = str(values.get(signature.position) or "")
    sheet.set_row(row + 2, line_height(16, lines_needed(position, 60, 16)))
    formula = f'={signature.position}&""'
    _merge_formula(sheet, row + 2, first, row + 2, last, formula, centre, position)
    day = signature.date
    dated = drawing.style(align="center", num_format=THAI_DIGIT_DATE)
    formula = f'=IF(ISNUMBER({day}),IF(YEAR({day})>=2400,EDATE({day},-6516),{day}),{day}&"")'
    signed = values.get(day)
    shown = thai_digits(long_date(signed)) if hasattr(signed, "year") else ""  # type: ignore[arg-type]
    _merge_formula(sheet, row + 3, first, row + 3, last, formula, dated, shown)
    note = drawing.style(font_size=FORM)
    sheet.set_row(place.note_row, line_height(FORM, 2))
    _merge(sheet, place.note_row, 1, place.note_row, last, form.printed.note, note)


def _merge(
    sheet: Worksheet, row: int, column: int, last_row: int, last: int, words: str, style: Any
) -> None:
    if (row, column) == (last_row, last):
        sheet.write_string(row, column, words, style)
    else:
        sheet.merge_range(row, column, last_row, last, words, style)


def _merge_formula(
    sheet: Worksheet,
    row: int,
    column: int,
    last_row: int,
    last: int,
    formula: str,
    style: Any,
    shown: str | int,
) -> None:
    if (row, column) != (last_row, last):
        sheet.merge_range(row, column, last_row, last, "", style)
    sheet.write_formula(row, column, formula, style, shown)
