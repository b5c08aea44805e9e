"""The official form's sheets, worded and laid out as the government prints it."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    BODY,
    FORM,
    GREY,
    HEAD_FILL,
    Drawing,
    merge,
    merge_formula,
)
from moral_xlsx.excel.form.ladder import draw_ladder
from moral_xlsx.excel.form.layout import ROLE_ROW, VALUE
from moral_xlsx.excel.form.measure import line_height
from moral_xlsx.excel.form.official_layout import OfficialSheet
from moral_xlsx.excel.form.pages import page_breaks
from moral_xlsx.excel.form.printed_tables import draw_line, draw_printed_table
from moral_xlsx.model.printed import Signature
from moral_xlsx.rules.claims import LevelBoxPlace
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.rules.markup import plain
from moral_xlsx.rules.places import Shown


def draw_official(drawing: Drawing, place: OfficialSheet, shown: Shown) -> None:
    """Draws a sheet; it prints on A4 landscape with the column headings on every page."""
    across = 1, place.last_column
    sheet = drawing.sheet(place.title, landscape=True)
    for column, width in enumerate(place.widths, start=1):
        sheet.set_column(column, column, width)
    sheet.write_string(ROLE_ROW, place.claim_column, VALUE)
    styles = {
        FORM + 4: drawing.style(bold=True, align="center", font_size=FORM + 4),
        FORM + 2: drawing.style(font_size=FORM + 2),
        FORM: drawing.style(font_size=FORM),
    }
    for lines, size in (
        (place.title_lines, FORM + 4),
        (place.heading_lines, FORM + 2),
        (place.note_lines, FORM),
    ):
        for row, line in lines.items():
            draw_line(drawing, sheet, place, row, across, line, styles[size], size, shown)
    if place.ladder:
        draw_ladder(drawing, sheet, place.form, place.ladder, shown)
    for table in place.tables:
        draw_printed_table(drawing, sheet, place, table, shown)
    _draw_levels(drawing, sheet, place, shown)
    if place.form.printed.signature and place.signature_rows:
        _draw_signature(drawing, sheet, place, place.form.printed.signature, shown)
    _draw_filter(drawing, sheet, place)
    sheet.print_area(0, 1, place.last_row, place.last_column)
    repeated = place.repeated_rows
    if repeated:
        sheet.repeat_rows(repeated[0], repeated[-1])
    heights = drawing.heights(sheet, place.last_row)
    sheet.set_h_pagebreaks(page_breaks(place, heights, repeated, shown))


def _draw_filter(drawing: Drawing, sheet: Worksheet, place: OfficialSheet) -> None:
    """Lets an officer show the rows that were filled in since, and hides blank ones."""
    if place.filter_rows is None:
        return
    first, last = place.filter_rows
    column = place.filter_column
    sheet.set_column(column, column, 22)
    head = drawing.style(font_size=FORM, font_color=GREY, align="center", bg_color=HEAD_FILL)
    words = "กด ▼ แล้วกดตกลง เพื่อแสดงแถวที่กรอกเพิ่ม"
    sheet.write_string(first, column, words, head)
    drawn = {row for table in place.tables for each in table.rows for row in each.rows}
    for row in range(first + 1, last + 1):
        if row not in drawn:
            sheet.write_number(row, column, 1, drawing.style(font_size=FORM, font_color=GREY))
    sheet.autofilter(first, column, last, column)
    # LibreOffice 7.4 saves a filter of blank cells as one that no other program opens.
    sheet.filter_column_list(column, ["1"])


def _draw_levels(drawing: Drawing, sheet: Worksheet, place: OfficialSheet, shown: Shown) -> None:
    if not place.level_rows:
        return
    form = place.form
    bold = drawing.style(bold=True, text_wrap=False)
    row, last = place.levels_heading_row, place.last_column
    merge(sheet, row, 1, row, last, form.printed.levels_heading, bold)
    texts = {level.number: level.text for level in form.levels}
    for number, row in place.level_rows:
        words = " ".join(texts[number])
        style = drawing.style(text_wrap=False)
        box = LevelBoxPlace(form, number)
        formula = f'={box.excel(0)}&" "&{text(words)}'
        merge_formula(sheet, row, 1, row, last, formula, style, f"{box.show(shown)} {words}")


def _draw_signature(
    drawing: Drawing, sheet: Worksheet, place: OfficialSheet, signature: Signature, shown: Shown
) -> None:
    span = place.signature_column, place.last_column
    centre = drawing.style(align="center")
    (signed, line), *others = zip(place.signature_rows, signature.lines, strict=True)
    # The line to sign on is dots, which are narrow: it is one line, whatever it measures.
    drawing.set_height(sheet, signed, line_height(BODY))
    merge(sheet, signed, span[0], signed, span[1], plain(line), centre)
    for row, each in others:
        draw_line(drawing, sheet, place, row, span, each, centre, BODY, shown)
