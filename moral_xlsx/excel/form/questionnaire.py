"""A blank questionnaire to be handed out, with a sheet that counts what comes back.

The numbers of the tally are those that the form's table asks for; shares and averages below are
computed as the form computes them.
"""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import BODY, FONT, HEAD_STYLE, INPUT_FILL, TITLE, Drawing, put
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.model.form import Form
from moral_xlsx.model.survey import Survey
from moral_xlsx.thai import thai_digits

_ASKED, _TALLY = "แบบสำรวจ", "นับคำตอบ"
_BOX = "☐"
_NUMBER, _QUESTION, _LEVEL = 6, 70, 12


def write_questionnaire(form: Form, survey: Survey) -> bytes:
    """The workbook of a survey: what people fill in, and where it is counted."""
    drawing = Drawing(survey.title)
    _draw_asked(drawing, form, survey)
    _draw_tally(drawing, form, survey)
    return drawing.bytes()


def _draw_asked(drawing: Drawing, form: Form, survey: Survey) -> None:
    table = form.table(survey.table)
    levels = [table.column(each).label for each in survey.levels]
    sheet = drawing.workbook.add_worksheet(_ASKED)
    width = _NUMBER + _QUESTION + _LEVEL * len(levels)
    for row, (line, size) in enumerate(((survey.title, TITLE), (survey.intro, BODY))):
        sheet.set_row(row, line_height(size, lines_needed(line, width, size)))
        style = drawing.style(bold=size == TITLE, font_size=size, text_wrap=True)
        sheet.merge_range(row, 0, row, 1 + len(levels), "", style)
        put(sheet, row, 0, line, style)
    _draw_heads(drawing, sheet, ["ข้อ", table.column(survey.question).label, *levels])
    line = drawing.style(border=1, text_wrap=True)
    box = drawing.style(border=1, align="center", font_name="Segoe UI Symbol")
    centred = drawing.style(border=1, align="center")
    for number in range(1, table.rows + 1):
        put(sheet, 2 + number, 0, thai_digits(str(number)), centred)
        put(sheet, 2 + number, 1, "", line)
        for at in range(len(levels)):
            put(sheet, 2 + number, 2 + at, _BOX, box)
        sheet.set_row(2 + number, line_height(BODY) * 1.5)
    _set_page(sheet)


def _draw_tally(drawing: Drawing, form: Form, survey: Survey) -> None:
    table = form.table(survey.table)
    levels = [table.column(each).label for each in survey.levels]
    sheet = drawing.workbook.add_worksheet(_TALLY)
    heading = f"{survey.title}: จำนวนคำตอบของแต่ละระดับ กรอกต่อในแบบ {form.short_title}"
    style = drawing.style(bold=True, font_size=TITLE, text_wrap=True)
    width = _NUMBER + _QUESTION + _LEVEL * (len(levels) + 3)
    sheet.set_row(0, line_height(TITLE, lines_needed(heading, width, TITLE)))
    sheet.merge_range(0, 0, 0, 4 + len(levels), "", style)
    put(sheet, 0, 0, heading, style)
    told = "สองระดับที่ดีที่สุด (ร้อยละ)"
    heads = ["ข้อ", table.column(survey.question).label, *levels, "รวม", told, "ค่าเฉลี่ย"]
    _draw_heads(drawing, sheet, heads)
    cell = drawing.style(border=1, bg_color=INPUT_FILL, align="center", locked=False)
    centred = drawing.style(border=1, align="center")
    first, last = 3, 2 + table.rows
    for row in range(first, last + 1):
        put(sheet, row, 0, thai_digits(str(row - 2)), centred)
        asked = xl_rowcol_to_cell(row, 1)
        sheet.write_formula(row, 1, f'={_ASKED}!{asked}&""', drawing.style(border=1), "")
        for at in range(len(levels)):
            sheet.write_blank(row, 2 + at, None, cell)
        _draw_results(sheet, row, len(levels), centred)
    put(sheet, last + 1, 1, "รวมทุกข้อ", drawing.style(**{**HEAD_STYLE, "align": "left"}))
    put(sheet, last + 1, 0, "", drawing.style(**HEAD_STYLE))
    for at in range(len(levels)):
        counted = xl_range(first, 2 + at, last, 2 + at)
        added = f'=IF(COUNT({counted})>0,SUM({counted}),"")'
        sheet.write_formula(last + 1, 2 + at, added, drawing.style(**HEAD_STYLE), "")
    _draw_results(sheet, last + 1, len(levels), drawing.style(**HEAD_STYLE))
    whole = {"validate": "integer", "criteria": ">=", "value": 0, "ignore_blank": True}
    told_wrong = {"error_title": "จำนวนคำตอบ", "error_message": "กรอกจำนวนเต็มตั้งแต่ 0"}
    sheet.data_validation(first, 2, last, 1 + len(levels), {**whole, **told_wrong})
    sheet.protect("", {"format_columns": True, "format_rows": True})
    _set_page(sheet)


def _draw_results(sheet: Worksheet, row: int, levels: int, style: Format) -> None:
    """Sum, share of the two best levels and average of a row; blank while nothing is counted."""
    counts = xl_range(row, 2, row, 1 + levels)
    total = xl_rowcol_to_cell(row, 2 + levels)
    best = xl_range(row, 2, row, 3)
    weights = ",".join(str(levels - at) for at in range(levels))
    results = (
        f"SUM({counts})",
        f"INT(SUM({best})*10000/{total})/100",
        f"INT(SUMPRODUCT({counts},{{{weights}}})*100/{total})/100",
    )
    for at, result in enumerate(results, start=2 + levels):
        sheet.write_formula(row, at, f'=IF(SUM({counts})>0,{result},"")', style, "")


def _draw_heads(drawing: Drawing, sheet: Worksheet, heads: list[str]) -> None:
    style = drawing.style(**HEAD_STYLE)
    widths = [_NUMBER, _QUESTION, *[_LEVEL] * (len(heads) - 2)]
    lines = max(
        lines_needed(head, width - 1, BODY) for head, width in zip(heads, widths, strict=True)
    )
    sheet.set_row(2, line_height(BODY, lines))
    for at, (head, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(at, at, width)
        put(sheet, 2, at, head, style)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer(f'&C&"{FONT},Regular"&14 หน้า &P / &N')
