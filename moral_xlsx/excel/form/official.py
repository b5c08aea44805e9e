"""The official form's sheet, worded and laid out as the government prints it."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    FORM,
    THAI_DIGIT_DATE,
    Drawing,
    line_height,
    lines_needed,
    merge,
    merge_formula,
)
from moral_xlsx.excel.form.ladder import draw_ladder
from moral_xlsx.excel.form.layout import OFFICIAL, ROLE_ROW, VALUE, Layout
from moral_xlsx.excel.form.official_layout import OfficialSheet
from moral_xlsx.excel.form.printed_tables import draw_printed_table
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form, Signature
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.rules.printed import TICKED, UNTICKED, Shown, excel_line, parse_line, show_line
from moral_xlsx.thai import long_date, thai_digits

_SIGNATURE_SHARE = 0.45


def draw_official(drawing: Drawing, layout: Layout, shown: Shown) -> None:
    """Draws the sheet; it prints on A4 landscape with the column headings on every page."""
    form, place = layout.form, layout.official
    sheet = drawing.sheet(OFFICIAL, landscape=True)
    for column, width in enumerate(place.widths, start=1):
        sheet.set_column(column, column, width)
    sheet.write_string(ROLE_ROW, place.claim_column, VALUE)
    centre = drawing.style(bold=True, align="center", font_size=FORM + 4)
    for row, line in zip(place.title_rows, form.title, strict=True):
        sheet.set_row(row, line_height(FORM + 4, lines_needed(line, sum(place.widths), FORM + 4)))
        merge(sheet, row, 1, row, place.last_column, line, centre)
    for row, line in zip(place.heading_rows, form.printed.headings, strict=True):
        _draw_line(drawing, sheet, form, place, shown, row, line)
    if place.ladder:
        breaks = draw_ladder(drawing, sheet, form, place.ladder, shown.answers, shown.assessment)
        # LibreOffice keeps these breaks; Excel does not while it fits a sheet to a page's width.
        sheet.set_h_pagebreaks([*breaks, place.levels_heading_row])
    for table in place.tables:
        draw_printed_table(drawing, sheet, layout, table, shown)
    if len(place.tables) == 1:
        sheet.repeat_rows(place.tables[0].header_rows[0], place.tables[0].header_rows[-1])
    _draw_levels(drawing, sheet, form, place, shown.assessment)
    if form.printed.signature:
        _draw_signature(drawing, sheet, form.printed.signature, place, shown)
    for row, line in zip(place.note_rows, form.printed.note, strict=True):
        _draw_line(drawing, sheet, form, place, shown, row, line, size=FORM)
    last = max((*place.note_rows, place.signature_row + 4))
    sheet.print_area(0, 1, last, place.last_column)


def _draw_line(
    drawing: Drawing,
    sheet: Worksheet,
    form: Form,
    place: OfficialSheet,
    shown: Shown,
    row: int,
    line: str,
    size: int = FORM + 2,
) -> None:
    pieces = parse_line(line, form)
    words = show_line(pieces, shown)
    sheet.set_row(row, line_height(size, lines_needed(words, sum(place.widths), size)))
    style = drawing.style(font_size=size)
    if all(isinstance(piece, str) for piece in pieces):
        merge(sheet, row, 1, row, place.last_column, words, style)
    else:
        formula = f"={excel_line(pieces)}"
        merge_formula(sheet, row, 1, row, place.last_column, formula, style, words)


def _draw_levels(
    drawing: Drawing, sheet: Worksheet, form: Form, place: OfficialSheet, assessment: Assessment
) -> None:
    if not place.level_rows:
        return
    bold = drawing.style(bold=True, text_wrap=False)
    row, last = place.levels_heading_row, place.last_column
    merge(sheet, row, 1, row, last, form.printed.levels_heading, bold)
    texts = {level.number: level.text for level in form.levels}
    for number, row in place.level_rows:
        words = " ".join(texts[number])
        style = drawing.style(text_wrap=False)
        shown = f"{TICKED if assessment.level == number else UNTICKED} {words}"
        formula = f'=IF(level={number},"{TICKED} ","{UNTICKED} ")&{text(words)}'
        merge_formula(sheet, row, 1, row, last, formula, style, shown)


def _draw_signature(
    drawing: Drawing, sheet: Worksheet, signature: Signature, place: OfficialSheet, shown: Shown
) -> None:
    row, last = place.signature_row, place.last_column
    first = _signature_column(place)
    centre = drawing.style(align="center")
    dots = "." * 60
    merge(sheet, row, first, row, last, f"{signature.label}{dots}", centre)
    values = shown.answers.values
    name = values.get(signature.name) or ""
    formula = f'="("&{signature.name}&")"'
    merge_formula(sheet, row + 1, first, row + 1, last, formula, centre, f"({name})")
    label = f"{signature.position_label} ".lstrip()
    position = f"{label}{values.get(signature.position) or ''}"
    width = sum(place.widths[first - 1 :])
    sheet.set_row(row + 2, line_height(16, lines_needed(position, width, 16)))
    formula = f"={text(label)}&{signature.position}"
    merge_formula(sheet, row + 2, first, row + 2, last, formula, centre, position)
    if signature.date:
        day = signature.date
        dated = drawing.style(align="center", num_format=THAI_DIGIT_DATE)
        formula = f'=IF(ISNUMBER({day}),IF(YEAR({day})>=2400,EDATE({day},-6516),{day}),{day}&"")'
        signed = values.get(day)
        words = thai_digits(long_date(signed)) if hasattr(signed, "year") else ""  # type: ignore[arg-type]
        merge_formula(sheet, row + 3, first, row + 3, last, formula, dated, words)


def _signature_column(place: OfficialSheet) -> int:
    """The column at which the right part of the page begins."""
    total, running = sum(place.widths), 0.0
    for column, width in enumerate(place.widths, start=1):
        if running >= total * (1 - _SIGNATURE_SHARE):
            return column
        running += width
    return max(1, place.last_column)
