"""The evidence register, the score panel with the ethics group's cells, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    ATTENTION,
    BODY,
    FORM,
    GREEN,
    GREY,
    HEAD_FILL,
    LIVE_FILL,
    RED,
    REVIEW_FILL,
    TICK,
    TITLE,
    Drawing,
    put,
)
from moral_xlsx.excel.form.layout import (
    EVIDENCE,
    FINDING_COLUMNS,
    FINDING_ROWS,
    FINDINGS_TABLE,
    MARKER_COLUMN,
    NUMBERED,
    ROLE_ROW,
    TABLE_END,
    TABLE_START,
    VALUE,
    Area,
    Layout,
    PanelSheet,
    TracePlace,
    cell_name,
    subtotal_name,
)
from moral_xlsx.excel.form.live import (
    HIGHEST,
    added,
    completeness,
    computed_formula,
    level_formula,
    level_name_formula,
    maximum,
    next_level_formula,
    reached_in_full,
    shortfall_formula,
    total_formula,
)
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import NOT_APPLICABLE, applies_when

# What the ethics group's cells say, by reference; its findings are a table.
Review = Mapping[Reference, str | int | None]

_JOIN = " · "
# Written back, a text cannot make its row higher.
FINDING_LINES, REMARK_LINES = 3, 4
MESSAGE_WIDTH, REMEDY_WIDTH, REMARK_WIDTH = 88, 70, 56


def draw_evidence(drawing: Drawing, layout: Layout, answers: Answers) -> None:
    """Draws the sheet on which the evidence of each criterion is typed, once."""
    sheet = drawing.sheet(EVIDENCE, landscape=True)
    for column, width in enumerate((8, 30, 40, 70, 20), start=1):
        sheet.set_column(column, column, width)
    sheet.write_string(ROLE_ROW, layout.evidence_column, VALUE)
    _title(drawing, sheet, EVIDENCE)
    words = "พิมพ์ชื่อหลักฐานของแต่ละข้อ ข้อที่เสนอคะแนนต้องมีหลักฐาน ข้อความนี้จะไปอยู่ในแบบที่พิมพ์เอง"
    sheet.write_string(2, 1, words, drawing.style(font_color=GREY, text_wrap=False))
    head = drawing.style(bold=True, bg_color=HEAD_FILL, border=1, align="center")
    for column, label in enumerate(
        ("ข้อ", "ตัวชี้วัด", "หลักฐานที่ควรระบุ", "หลักฐานของหน่วยงาน", "ครบหรือไม่"), start=1
    ):
        sheet.write_string(3, column, label, head)
    for number, row in layout.evidence_rows.items():
        criterion = layout.form.criterion(number)
        given = answers.evidence.get(number, "")
        lines = max(
            3,
            lines_needed(given, 70, BODY),
            lines_needed(criterion.evidence_help, 40, BODY),
        )
        sheet.set_row(row, line_height(BODY, lines))
        name = f"evidence_{number}"
        sheet.write_string(row, MARKER_COLUMN, name)
        sheet.write_string(row, 1, criterion.name, drawing.style(border=1, align="center"))
        sheet.write_string(row, 2, criterion.short, drawing.style(border=1))
        grey = drawing.style(border=1, font_color=GREY)
        sheet.write_string(row, 3, criterion.evidence_help, grey)
        put(sheet, row, layout.evidence_column, given, drawing.input_style(num_format="@"))
        message = f'IF(N(claim_{number})>0,"{ATTENTION} ต้องมีหลักฐาน","")'
        formula = f'=IF(LEN(TRIM({name}))>0,"{TICK}",{message})'
        absent = f"{ATTENTION} ต้องมีหลักฐาน" if answers.claims.get(number) else ""
        shown = TICK if given else absent
        sheet.write_formula(row, 5, formula, drawing.style(border=1, font_color=GREEN), shown)
    _attention(drawing, sheet, 4 + len(layout.evidence_rows), 5)
    sheet.freeze_panes(4, 0)


def draw_panel(
    drawing: Drawing,
    layout: Layout,
    rubric: Rubric,
    answers: Answers,
    assessment: Assessment,
    review: Review,
) -> None:
    """Draws what is missing, the live score, and the cells of the ethics group."""
    place = layout.panel
    sheet = drawing.sheet(layout.titles.panel, landscape=True)
    for column, width in enumerate((16, 34, 12, 14, 62, 18, 12, 56), start=1):
        sheet.set_column(column, column, width)
    sheet.write_string(ROLE_ROW, place.computed_column, VALUE)
    sheet.write_string(ROLE_ROW, place.final_column, "final")
    sheet.write_string(ROLE_ROW, place.remark_column, "remark")
    sheet.write_string(ROLE_ROW, place.claimed_column, "claimed")
    sheet.write_string(ROLE_ROW, place.next_column, "next")
    _title(drawing, sheet, layout.titles.panel)
    words = "คำนวณจากคำตอบทันทีที่กรอก ผลที่เป็นทางการคือผลตรวจของกลุ่มงานจริยธรรม (ช่องสีม่วง)"
    sheet.write_string(2, 1, words, drawing.style(font_color=GREY, text_wrap=False))
    _draw_live(drawing, sheet, layout, rubric, answers, assessment)
    _draw_scores(drawing, sheet, layout, rubric, answers, assessment, review)
    _draw_review(drawing, sheet, layout.form, place, review)
    # The list of findings is prepared for many and would print as an empty page.
    sheet.print_area(0, 1, max(place.review_rows.values()), place.remark_column)
    _attention(drawing, sheet, place.last_row, place.remark_column)
    _draw_counts(drawing, sheet, layout, rubric, answers)


def _draw_counts(
    drawing: Drawing, sheet: Worksheet, layout: Layout, rubric: Rubric, answers: Answers
) -> None:
    """What rules count in tables, in hidden rows: nobody reads it, and formulas name it."""
    facts, place = Facts(rubric.form, answers), layout.panel
    column = place.computed_column
    for row, (name, counted) in enumerate(rubric.counts.items(), start=place.counts_row):
        sheet.set_row(row, None, None, {"hidden": True})
        formula, value = f"{{={counted.array()}}}", counted.measure(facts)
        shown = int(value) if isinstance(value, Fraction) else 0
        sheet.write_array_formula(row, column, row, column, formula, None, shown)
        area = Area.cell(layout.titles.panel, row, column)
        drawing.workbook.define_name(name, f"={area.reference}")


def _draw_live(
    drawing: Drawing,
    sheet: Worksheet,
    layout: Layout,
    rubric: Rubric,
    answers: Answers,
    assessment: Assessment,
) -> None:
    form, place, rows = layout.form, layout.panel, layout.panel.live_rows
    complete, shown = completeness(form, answers, assessment)
    next_level = "; ".join(thai for thai, _ in assessment.next_level) or HIGHEST
    lines: list[tuple[str, str, str, str | int | float]] = [
        ("completeness", "ความครบถ้วน", complete, shown)
    ]
    if form.criteria:
        label = f"{form.total_label} (เต็ม {maximum(form)})"
        lines.append(("total", label, total_formula(form), assessment.total))
    if form.levels:
        note = f"ชื่อระดับ ({form.levels_note})" if form.levels_note else "ชื่อระดับ"
        lines += [
            ("level", "ระดับที่ได้", level_formula(form), assessment.level),
            ("level_name", note, level_name_formula(form), assessment.level_name[0]),
            ("next_level", "ระดับถัดไปต้องการ", next_level_formula(form), next_level),
        ]
    for derived, (name, percent) in zip(form.derived, assessment.derived, strict=True):
        quantity = rubric.derived[name]
        formula = f'IF({quantity.valid()},{quantity.excel()},"")'
        lines.append((name, derived.label, formula, "" if percent is None else float(percent)))
    label_style = drawing.style(bold=True, border=1)
    style = drawing.style(border=1, bg_color=LIVE_FILL, align="left", bold=True)
    for name, label, formula, value in lines:
        row = rows[name]
        sheet.write_string(row, MARKER_COLUMN, name)
        sheet.merge_range(row, 1, row, 3, label, label_style)
        sheet.merge_range(row, 4, row, place.remark_column, "", style)
        sheet.write_formula(row, 4, f"={formula}", style, value)
        lines_of_row = 3 if name == "next_level" else lines_needed(label, 60, BODY)
        sheet.set_row(row, line_height(BODY, lines_of_row))


def _draw_scores(
    drawing: Drawing,
    sheet: Worksheet,
    layout: Layout,
    rubric: Rubric,
    answers: Answers,
    assessment: Assessment,
    review: Review,
) -> None:
    form, place = layout.form, layout.panel
    head = drawing.style(bold=True, bg_color=HEAD_FILL, border=1, align="center")
    purple = drawing.style(bold=True, bg_color=REVIEW_FILL, border=1, align="center")
    labels = (
        "ข้อ", "ตัวชี้วัด", "คะแนนที่เสนอ", "คำนวณได้", "สิ่งที่ต้องเพิ่มเพื่อให้ได้ขั้นถัดไป",
        "หลักฐาน", "ผลตรวจ", "ข้อสังเกตของผู้ตรวจ",
    )  # fmt: skip
    if not form.criteria:
        return
    sheet.set_row(place.header_row, line_height(BODY, 2))
    for column, label in enumerate(labels, start=1):
        sheet.write_string(
            place.header_row, column, label, purple if column >= place.final_column else head
        )
    centre = drawing.style(border=1, align="center", bg_color=LIVE_FILL)
    for number, row in place.criterion_rows.items():
        criterion, result = form.criterion(number), assessment.criterion(number)
        shortfall = _JOIN.join(thai for thai, _ in result.shortfall) or reached_in_full(criterion)
        if result.computed is None:
            shortfall = result.waived[0]
        remark = str(review.get(f"remark_{number}") or "")
        lines = max(2, lines_needed(shortfall, 62, BODY))
        remark_lines = max(REMARK_LINES, lines_needed(remark, REMARK_WIDTH, FORM))
        height = max(line_height(BODY, lines), line_height(FORM, remark_lines))
        sheet.set_row(row, height)
        sheet.write_string(row, MARKER_COLUMN, f"{NUMBERED}{number}")
        sheet.write_string(row, 1, criterion.name, drawing.style(border=1, align="center"))
        sheet.write_string(row, 2, criterion.short, drawing.style(border=1))
        claim = answers.claims.get(number)
        if number in form.claimed:
            formula = f'=IF(ISNUMBER(claim_{number}),claim_{number},"")'
            sheet.write_formula(row, 3, formula, centre, "" if claim is None else claim)
        else:
            sheet.write_blank(row, 3, None, centre)
        shown_as = f'[=1]"{MET}";[=0]"{UNMET}";General' if criterion.kind == "met" else "General"
        bold = drawing.style(
            border=1, align="center", bg_color=LIVE_FILL, bold=True, num_format=shown_as
        )
        computed = NOT_APPLICABLE[0] if result.computed is None else result.computed
        sheet.write_formula(
            row, 4, f"={computed_formula(layout, rubric, criterion)}", bold, computed
        )
        wrap = drawing.style(border=1, bg_color=LIVE_FILL)
        sheet.write_formula(
            row, 5, f"={shortfall_formula(layout, rubric, criterion)}", wrap, shortfall
        )
        if number in form.claimed:
            given = number in answers.evidence
            formula = f'=IF(LEN(TRIM(evidence_{number}))>0,"{TICK}","{ATTENTION} ยังไม่มี")'
            sheet.write_formula(row, 6, formula, centre, TICK if given else f"{ATTENTION} ยังไม่มี")
        else:
            sheet.write_blank(row, 6, None, centre)
        for column, name, align in (
            (place.final_column, "final", "center"),
            (place.remark_column, "remark", "left"),
        ):
            size = BODY if name == "final" else FORM
            style = drawing.style(
                border=1,
                bg_color=REVIEW_FILL,
                align=align,
                font_size=size,
                num_format=shown_as if name == "final" else "General",
            )
            put(sheet, row, column, review.get(f"{name}_{number}"), style)
    subtotals = {subtotal.key: subtotal for subtotal in form.subtotals}
    values = dict(assessment.subtotals)
    for key, row in place.subtotal_rows:
        sheet.write_string(row, MARKER_COLUMN, subtotal_name(key))
        bold = drawing.style(border=1, bold=True)
        sheet.merge_range(row, 1, row, 3, subtotals[key].label, bold)
        formula = added([form.criterion(number) for number in subtotals[key].numbers])
        style = drawing.style(border=1, bold=True, align="center", bg_color=LIVE_FILL)
        sheet.write_formula(row, 4, f"={formula}", style, values[key])


def _draw_review(
    drawing: Drawing, sheet: Worksheet, form: Form, place: PanelSheet, review: Review
) -> None:
    labels = {
        "verdict": "ผลการตรวจ",
        "final_total": f"{form.total_label}ตามผลตรวจ",
        "final_level": "ระดับตามผลตรวจ",
        "reviewed_on": "รอบการตรวจ",
    }
    head = drawing.style(bold=True, border=1, bg_color=REVIEW_FILL)
    value = drawing.style(border=1, bg_color=REVIEW_FILL, bold=True, align="left")
    for name, row in place.review_rows.items():
        sheet.write_string(row, MARKER_COLUMN, name)
        sheet.merge_range(row, 1, row, 3, labels[name], head)
        sheet.merge_range(row, 4, row, 6, "", value)
        put(sheet, row, 4, review.get(name), value)
    words = {
        "severity": "ระดับ",
        "place": "ที่",
        "message": "สิ่งที่พบ (ข้อความเต็มอยู่ในจดหมายตอบ)",
        "remedy": "วิธีแก้",
    }
    sheet.set_row(place.findings_marker_row, None, None, {"hidden": True})
    sheet.write_string(place.findings_marker_row, MARKER_COLUMN, f"{TABLE_START}{FINDINGS_TABLE}")
    for name, column in FINDING_COLUMNS.items():
        sheet.write_string(place.findings_marker_row, column, f"{FINDINGS_TABLE}.{name}")
    sheet.write_string(place.last_row + 1, MARKER_COLUMN, f"{TABLE_END}{FINDINGS_TABLE}")
    style = drawing.style(bg_color=REVIEW_FILL, border=1)
    for index in range(-1, FINDING_ROWS):
        row = place.findings_first_row + index
        heading = row == place.findings_header_row
        lines = 1 if heading else FINDING_LINES
        cells = (
            words
            if heading
            else {n: review.get(TableCell(FINDINGS_TABLE, index, n)) for n in words}
        )
        for first, last, width in ((3, 5, MESSAGE_WIDTH), (6, 8, REMEDY_WIDTH)):
            sheet.merge_range(row, first, row, last, "", style)
            name = "message" if first == 3 else "remedy"
            lines = max(lines, lines_needed(str(cells[name] or ""), width, BODY))
        for name, column in FINDING_COLUMNS.items():
            put(sheet, row, column, cells[name], head if heading else style)
        sheet.set_row(row, line_height(BODY, lines))


def draw_trace(drawing: Drawing, layout: Layout, rubric: Rubric, assessment: Assessment) -> None:
    """Draws why each criterion scores what it scores: every condition of every rung."""
    sheet = drawing.sheet(layout.titles.trace, landscape=True)
    for column, width in ((1, 14), (2, 76), (3, 10), (4, 76)):
        sheet.set_column(column, column, width)
    sheet.set_column(layout.trace_joined_column, layout.trace_joined_column, 8, None,
                     {"hidden": True})  # fmt: skip
    _title(drawing, sheet, layout.titles.trace)
    words = "ผลของแต่ละข้อคือขั้นแรกจากบนลงล่างที่ผ่านทุกเงื่อนไข ถ้าไม่มีขั้นใดผ่านได้ ๐ คะแนนหรือไม่ผ่าน"
    sheet.write_string(2, 1, words, drawing.style(font_color=GREY, text_wrap=False))
    head = drawing.style(bold=True, bg_color=HEAD_FILL, border=1)
    for column, label in enumerate(("ขั้น", "เงื่อนไข", "ผ่าน", "ยังขาด"), start=1):
        sheet.write_string(3, column, label, head)
    for number, row in layout.trace_title_rows.items():
        criterion = layout.form.criterion(number)
        title = criterion.title
        if criterion.when:
            title += f" ({applies_when(rubric.words[criterion.when][0])})"
        sheet.set_row(row, line_height(BODY, lines_needed(title, 176, BODY)))
        sheet.merge_range(row, 1, row, 4, title, drawing.style(bold=True, border=1))
    for place in layout.trace:
        _draw_rung_trace(drawing, sheet, layout, place, rubric, assessment)
    sheet.freeze_panes(4, 0)


def _draw_rung_trace(
    drawing: Drawing,
    sheet: Worksheet,
    layout: Layout,
    place: TracePlace,
    rubric: Rubric,
    assessment: Assessment,
) -> None:
    rung = next(r for r in assessment.criterion(place.number).rungs if r.points == place.points)
    cell = drawing.style(border=1)
    result = drawing.style(border=1, align="center", num_format=f'[=1]"{TICK}";[=0]"✗";General')
    joined = ""
    for index, (source, outcome) in enumerate(zip(place.conditions, rung.conditions, strict=True)):
        row, condition = place.first_row + index, rubric.conditions[source]
        kind = layout.form.criterion(place.number).kind
        step = MET if kind == "met" else thai_digits(f"{place.points} คะแนน")
        words = step if index == 0 else ""
        sheet.write_string(row, 1, words, cell)
        sheet.write_string(row, 2, outcome.text[0], cell)
        longest = max(outcome.text[0], outcome.shortfall[0], key=len)
        sheet.set_row(row, line_height(BODY, max(1, lines_needed(longest, 70, BODY))))
        at = layout.trace_result_column
        # Array formulas, because conditions compare whole columns of a table.
        sheet.write_array_formula(
            row, at, row, at, f"{{=IF({condition.formula()},1,0)}}", result, int(outcome.holds)
        )
        at = layout.trace_shortfall_column
        sheet.write_array_formula(
            row, at, row, at, f"{{={condition.shortfall_formula()}}}", cell, outcome.shortfall[0]
        )
        own = cell_name(row, at)
        at = layout.trace_joined_column
        if index == 0:
            joined = outcome.shortfall[0]
            formula = f"={own}"
        else:
            above = cell_name(row - 1, at)
            formula = f'={above}&IF(AND({above}<>"",{own}<>""),"{_JOIN}","")&{own}'
            joined = _JOIN.join(part for part in (joined, outcome.shortfall[0]) if part)
        sheet.write_formula(row, at, formula, None, joined)


def _title(drawing: Drawing, sheet: Worksheet, words: str) -> None:
    sheet.set_row(1, line_height(TITLE))
    sheet.write_string(1, 1, words, drawing.style(bold=True, font_size=TITLE, text_wrap=False))


def _attention(drawing: Drawing, sheet: Worksheet, last_row: int, last_column: int) -> None:
    rule: dict[str, Any] = {
        "type": "text",
        "criteria": "begins with",
        "value": ATTENTION,
        "format": drawing.workbook.add_format({"font_color": RED, "bold": True}),
    }
    sheet.conditional_format(0, 0, last_row, last_column, rule)
