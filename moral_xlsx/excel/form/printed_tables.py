"""The tables of the official form's sheet: fixed words, with answers and results by formula."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.claim import draw_claim
from moral_xlsx.excel.form.drawing import (
    ATTENTION,
    FORM,
    HEAD_FILL,
    RED,
    REVIEW_FILL,
    Drawing,
    line_height,
    lines_needed,
    merge,
    merge_formula,
)
from moral_xlsx.excel.form.layout import Layout
from moral_xlsx.excel.form.official_layout import PrintedRowPlace, PrintedTablePlace
from moral_xlsx.model.form import Form, Table
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.rules.printed import (
    CONTINUED,
    AnswerPlace,
    EvidencePlace,
    Piece,
    Shown,
    excel_answered,
    excel_line,
    parse_line,
    show_line,
)

_CLAIM_WIDTH = 16.0
# Room for a text that is still to be typed: a row of merged cells does not grow by itself.
_LINES_FOR_TEXT, _LINES_IN_ROW = 3, 2
# The highest row that Excel and LibreOffice have, in points.
_MOST_HEIGHT = 409.0


def draw_printed_table(
    drawing: Drawing, sheet: Worksheet, layout: Layout, place: PrintedTablePlace, shown: Shown
) -> None:
    """Draws one table, with the cells for claims beside it."""
    form, table = layout.form, place.table
    first, last = place.spans[0][0], place.spans[-1][1]
    bold = drawing.style(bold=True, font_size=FORM + 2)
    for row, line in zip(place.title_rows, table.title, strict=True):
        sheet.set_row(
            row, line_height(FORM + 2, lines_needed(line, _width(layout, first, last), FORM + 2))
        )
        _write(sheet, row, row, (first, last), _cell(form, line, None, shown, 0), bold)
    _draw_headings(drawing, sheet, layout, place)
    heights = _row_heights(layout, place, shown)
    for offset, row_place in enumerate(place.rows):
        sheet.set_row(row_place.row, min(_MOST_HEIGHT, heights[offset]))
        _draw_row(drawing, sheet, layout, place, offset, shown)
    _draw_more(drawing, sheet, form, place)
    small = drawing.style(font_size=table.size)
    for row, line in zip(place.note_rows, table.notes, strict=True):
        cell = _cell(form, line, None, shown, 0)
        sheet.set_row(
            row,
            line_height(table.size, lines_needed(cell[1], _width(layout, first, last), table.size)),
        )
        _write(sheet, row, row, (first, last), cell, small)


def _draw_more(drawing: Drawing, sheet: Worksheet, form: Form, place: PrintedTablePlace) -> None:
    """Says so when a table has got more rows than this sheet prints."""
    style = drawing.style(font_size=FORM, font_color=RED, text_wrap=False)
    for row, table_id, printed in place.more_rows:
        table = form.table(table_id)
        words = f"{ATTENTION} “{table.name}” มีมากกว่า {printed} แถว แถวที่เกินอยู่ในรายงาน Word"
        column = f"{table.id}.{table.columns[0].id}"
        formula = f'=IF(ROWS({column})>{printed},{text(words)},"")'
        sheet.write_formula(row, place.spans[0][0], formula, style, "")


def _draw_headings(
    drawing: Drawing, sheet: Worksheet, layout: Layout, place: PrintedTablePlace
) -> None:
    size = place.table.size
    head = drawing.style(
        bold=True, align="center", valign="vcenter", border=1, bg_color=HEAD_FILL, font_size=size
    )
    top, bottom = place.header_rows[0], place.header_rows[-1]
    lines = 1
    columns = place.table.columns
    for index, (column, (first, last)) in enumerate(zip(columns, place.spans, strict=True)):
        lines = max(lines, lines_needed(column.heading, _width(layout, first, last), size))
        own_top = bottom if column.over else top
        merge(sheet, own_top, first, bottom, last, column.heading, head)
        if column.over and (index == 0 or columns[index - 1].over != column.over):
            shared = [i for i in range(index, len(columns)) if columns[i].over == column.over]
            merge(sheet, top, first, top, place.spans[shared[-1]][1], column.over, head)
    sheet.set_row(bottom, line_height(size, lines))
    if any(row.printed.criterion is not None for row in place.rows):
        beside = layout.official.claim_column
        sheet.set_column(beside, beside, _CLAIM_WIDTH)
        style = drawing.style(
            bold=True, align="center", border=1, bg_color=REVIEW_FILL, font_size=size
        )
        sheet.write_string(bottom, beside, "คะแนนที่หน่วยงานเสนอ", style)


def _draw_row(
    drawing: Drawing,
    sheet: Worksheet,
    layout: Layout,
    place: PrintedTablePlace,
    offset: int,
    shown: Shown,
) -> None:
    form, row_place = layout.form, place.rows[offset]
    printed, row, size = row_place.printed, row_place.row, place.table.size
    table = form.table(printed.each) if printed.each else None
    if printed.section:
        style = drawing.style(bold=True, border=1, font_size=size)
        across = place.spans[0][0], place.spans[-1][1]
        _write(sheet, row, row, across, _cell(form, printed.section, None, shown, 0), style)
        return
    for index, line in enumerate(printed.cells):
        if line == CONTINUED:
            continue
        style = drawing.style(border=1, font_size=size, align=place.table.columns[index].align)
        cell = _cell(form, line, table, shown, row_place.index)
        _write(sheet, row, _last_row(place, offset, index), place.spans[index], cell, style)
    if printed.criterion is not None:
        criterion = form.criterion(printed.criterion)
        draw_claim(drawing, sheet, criterion, shown.answers, row, layout.official.claim_column)


def _last_row(place: PrintedTablePlace, offset: int, index: int) -> int:
    """The last row of a cell that the cells below it may continue."""
    last = offset
    for below in place.rows[offset + 1 :]:
        if index >= len(below.printed.cells) or below.printed.cells[index] != CONTINUED:
            break
        last += 1
    return place.rows[last].row


def _cell(form: Form, line: str, table: Table | None, shown: Shown, row: int) -> tuple[str, str]:
    """A line's formula, empty for plain words, and the text that it gives now."""
    pieces = parse_line(line, form, table)
    here = Shown(shown.answers, shown.assessment, row)
    if all(isinstance(piece, str) for piece in pieces):
        return "", show_line(pieces, here)
    formula = excel_line(pieces, row)
    if table is None:
        return f"={formula}", show_line(pieces, here)
    answered = row < len(shown.answers.tables.get(table.id, ()))
    words = show_line(pieces, here) if answered else ""
    return f'=IF({excel_answered(table, row)},{formula},"")', words


def _write(
    sheet: Worksheet,
    row: int,
    last_row: int,
    span: tuple[int, int],
    cell: tuple[str, str],
    style: object,
) -> None:
    formula, words = cell
    if formula:
        merge_formula(sheet, row, span[0], last_row, span[1], formula, style, words)
    else:
        merge(sheet, row, span[0], last_row, span[1], words, style)


def _row_heights(layout: Layout, place: PrintedTablePlace, shown: Shown) -> list[float]:
    """The height of each row in points; a merged cell adds what it lacks to its last row."""
    form, size = layout.form, place.table.size
    lines = [1.0] * len(place.rows)
    merged: list[tuple[int, int, int]] = []
    for offset, row_place in enumerate(place.rows):
        for index, needed in _cell_lines(form, layout, place, row_place, shown):
            last = _last_row(place, offset, index) - place.rows[0].row if index >= 0 else offset
            if last > offset:
                merged.append((offset, last, needed))
            else:
                lines[offset] = max(lines[offset], needed)
    for first, last, needed in merged:
        lines[last] += max(0.0, needed - sum(lines[first : last + 1]))
    return [line_height(size, round(count)) for count in lines]


def _cell_lines(
    form: Form, layout: Layout, place: PrintedTablePlace, row_place: PrintedRowPlace, shown: Shown
) -> Iterator[tuple[int, int]]:
    """The column of each cell of a row, -1 for a section, and the lines that it needs."""
    printed, size = row_place.printed, place.table.size
    table = form.table(printed.each) if printed.each else None
    if printed.section:
        across = _width(layout, place.spans[0][0], place.spans[-1][1])
        yield -1, lines_needed(_cell(form, printed.section, None, shown, 0)[1], across, size)
    for index, line in enumerate(printed.cells):
        if line == CONTINUED:
            continue
        words = _cell(form, line, table, shown, row_place.index)[1]
        lines = lines_needed(words, _width(layout, *place.spans[index]), size)
        if any(map(_waits_for_text, parse_line(line, form, table))):
            lines = max(lines, _LINES_FOR_TEXT if table is None else _LINES_IN_ROW)
        lines = max(lines, line.count("\n") + 1)
        yield index, lines


def _waits_for_text(piece: Piece) -> bool:
    if isinstance(piece, AnswerPlace):
        return piece.question.type == "text"
    return isinstance(piece, EvidencePlace)


def _width(layout: Layout, first: int, last: int) -> float:
    return sum(layout.official.widths[first - 1 : last])
