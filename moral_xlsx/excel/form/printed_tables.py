"""The tables of the official form's sheet: fixed words, with answers and results by formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.claim import draw_claim
from moral_xlsx.excel.form.drawing import (
    ATTENTION,
    FORM,
    GREY,
    HEAD_FILL,
    RED,
    REVIEW_FILL,
    Drawing,
    merge,
    merge_formula,
)
from moral_xlsx.excel.form.fitting import Fitted, Fitting, Noted
from moral_xlsx.excel.form.layout import cell_name, column_letters
from moral_xlsx.excel.form.measure import HIGHEST_ROW, line_height, lines_needed, most_lines
from moral_xlsx.excel.form.nested_rows import as_shown, draw_finding, nested_formula, shows_any
from moral_xlsx.excel.form.official_layout import (
    OfficialSheet,
    PrintedRowPlace,
    PrintedTablePlace,
)
from moral_xlsx.model.printed import PrintedRow
from moral_xlsx.model.question import Table
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import (
    CONTINUED,
    Piece,
    excel_answered,
    excel_line,
    fixed_words,
    parse_line,
    show_line,
)

_CLAIM_WIDTH = 16.0
# A row that no table has: nothing is answered there.
_BEYOND = 1 << 30
# Lines kept for a text that is still to be typed: a row of merged cells does not grow by itself.
_LINES_FOR_TEXT, _LINES_IN_ROW = 3, 2


def draw_printed_table(
    drawing: Drawing,
    sheet: Worksheet,
    official: OfficialSheet,
    place: PrintedTablePlace,
    shown: Shown,
) -> None:
    """Draws one table, with the cells for claims beside it."""
    table = place.table
    place = replace(place, rows=as_shown(official.form, place.rows, shown))
    draw_finding(drawing, sheet, official.form, place.rows)
    across = place.spans[0][0], place.spans[-1][1]
    bold = drawing.style(bold=True, font_size=FORM + 2)
    for row, line in zip(place.title_rows, table.title, strict=True):
        draw_line(drawing, sheet, official, row, across, line, bold, FORM + 2, shown)
    _draw_headings(drawing, sheet, official, place)
    for row_place, lines in zip(place.rows, _row_lines(official, place, shown), strict=True):
        height = line_height(table.size, -(-lines // len(row_place.rows)))
        for row in row_place.rows:
            hidden = not _prints(row_place, shown)
            drawing.set_height(sheet, row, min(HIGHEST_ROW, height), hidden=hidden)
        criterion = row_place.printed.criterion
        if criterion is not None:
            at = row_place.row, official.claim_column
            draw_claim(drawing, sheet, official.form.criterion(criterion), shown.answers, *at)
    for each in fitted_cells(official, place, shown):
        bold = {"bold": True} if each.align is None else {}
        style = drawing.style(border=1, font_size=table.size, align=each.align or "left", **bold)
        here = replace(shown, row=each.index)
        # The row to write in shows its boxes, and its number, before anything is answered.
        guarded = None if each.index == 0 and not each.formula else each.table
        formula, words = _cell(each.fitted, guarded, here, each.index)
        cell = each.formula or formula, words
        _note(sheet, each.first_row, each.span[0], each.fitted, here)
        _write(sheet, each.first_row, each.last_row, each.span, cell, style)
    if official.filter_rows:
        _draw_more(drawing, sheet, official, place, shown)
    small = drawing.style(font_size=table.size)
    for row, line in zip(place.note_rows, table.notes, strict=True):
        draw_line(drawing, sheet, official, row, across, line, small, table.size, shown)


def draw_line(
    drawing: Drawing,
    sheet: Worksheet,
    official: OfficialSheet,
    row: int,
    span: tuple[int, int],
    line: str,
    style: object,
    size: int,
    shown: Shown,
) -> None:
    """Draws a printed line across these columns, as high as it has to be."""
    fitted = fitted_line(official, span, line, size, shown)
    drawing.set_height(sheet, row, line_height(size, fitted.lines))
    _note(sheet, row, span[0], fitted, shown)
    _write(sheet, row, row, span, _cell(fitted, None, shown, 0), style)


def fitted_line(
    official: OfficialSheet, span: tuple[int, int], line: str, size: int, shown: Shown
) -> Fitted:
    """A printed line across these columns, with its room."""
    fitting = Fitting(official.form, _width(official, *span), size, 1)
    return fitting.fit(parse_line(line, official.form), shown, most_lines(size))


def _answered(place: PrintedRowPlace, shown: Shown) -> bool:
    """Whether a row of a table is answered."""
    return place.index < len(shown.answers.tables.get(place.printed.each or "", ()))


def _prints(place: PrintedRowPlace, shown: Shown) -> bool:
    """Rows in which nothing is answered are not printed, but for one of each kind to write in."""
    return place.printed.each is None or place.to_write_in or _answered(place, shown)


def _draw_more(
    drawing: Drawing,
    sheet: Worksheet,
    official: OfficialSheet,
    place: PrintedTablePlace,
    shown: Shown,
) -> None:
    """Marks the rows that print, and says so when rows of a table do not."""
    form, column = official.form, official.filter_column
    for row_place in place.rows:
        formula = ""
        if row_place.printed.each and not row_place.to_write_in:
            table = form.table(row_place.printed.each)
            shows = excel_answered(table, row_place.index)
            if row_place.nested:
                shows = shows_any(row_place.row, row_place.nested)
            formula = f'=IF({shows},1,"")'
        now = 1 if _prints(row_place, shown) else ""
        _draw_mark(drawing, sheet, row_place.rows, column, formula, now)
    style = drawing.style(font_size=FORM, font_color=RED, text_wrap=False)
    for row, table_id, printed in place.more_rows:
        table = form.table(table_id)
        over = f"{ATTENTION} “{table.name}” มีมากกว่า {printed} แถว แถวที่เกินอยู่ในรายงาน Word"
        hidden = (
            f"{ATTENTION} “{table.name}” มีแถวที่กรอกแล้วแต่ยังไม่แสดง "
            f"กด ▼ ที่หัวคอลัมน์ {column_letters(column)} แล้วกดตกลง"
        )
        rows = [each for each in place.rows if table_id in _tables_of(each)]
        marks = f"{cell_name(rows[0].row, column)}:{cell_name(rows[-1].row, column)}"
        formula = (
            f"=IF(ROWS({table.id}.{table.columns[0].id})>{printed},{text(over)},"
            f'IF(SUM({marks})>SUBTOTAL(109,{marks}),{text(hidden)},""))'
        )
        sheet.write_formula(row, place.spans[0][0], formula, style, "")


def _tables_of(place: PrintedRowPlace) -> tuple[str | None, ...]:
    """The tables of which a row may tell."""
    nested = place.nested
    return (nested.over.each, nested.under.each) if nested else (place.printed.each,)


def _draw_mark(
    drawing: Drawing, sheet: Worksheet, rows: range, column: int, formula: str, now: str | int
) -> None:
    """Marks rows for the filter that leaves out what is blank."""
    grey = drawing.style(font_size=FORM, font_color=GREY, align="center")
    for row in rows:
        if formula:
            sheet.write_formula(row, column, formula, grey, now)
        else:
            sheet.write_number(row, column, 1, grey)


def _draw_headings(
    drawing: Drawing, sheet: Worksheet, official: OfficialSheet, place: PrintedTablePlace
) -> None:
    size = place.table.size
    head = drawing.style(
        bold=True, align="center", valign="vcenter", border=1, bg_color=HEAD_FILL, font_size=size
    )
    top, bottom = place.header_rows[0], place.header_rows[-1]
    lines = 1
    columns = place.table.columns
    for index, (column, (first, last)) in enumerate(zip(columns, place.spans, strict=True)):
        lines = max(lines, lines_needed(column.heading, _width(official, first, last), size))
        own_top = bottom if column.over else top
        merge(sheet, own_top, first, bottom, last, column.heading, head)
        if column.over and (index == 0 or columns[index - 1].over != column.over):
            shared = [i for i in range(index, len(columns)) if columns[i].over == column.over]
            merge(sheet, top, first, top, place.spans[shared[-1]][1], column.over, head)
    drawing.set_height(sheet, bottom, line_height(size, lines))
    if any(row.printed.criterion is not None for row in place.rows):
        beside = official.claim_column
        sheet.set_column(beside, beside, _CLAIM_WIDTH)
        style = drawing.style(
            bold=True, align="center", border=1, bg_color=REVIEW_FILL, font_size=size
        )
        sheet.write_string(bottom, beside, "คะแนนที่หน่วยงานเสนอ", style)


@dataclass(frozen=True, slots=True)
class FittedCell:
    """A cell of a printed table: its rows and columns on the sheet, and what stands in it.

    It tells of the row ``index`` of the ``table`` and holds so many ``lines``. ``align`` is None
    for a section. ``formula`` is that of a row that finds what it shows.
    """

    first_row: int
    last_row: int
    span: tuple[int, int]
    fitted: Fitted
    table: Table | None
    index: int
    lines: int
    align: str | None
    formula: str = ""


def fitted_cells(
    official: OfficialSheet, place: PrintedTablePlace, shown: Shown
) -> Iterator[FittedCell]:
    """Every cell of a printed table, each with its room, as it is drawn for these answers."""
    form, lines = official.form, _row_lines(official, place, shown)
    for offset, row_place in enumerate(place.rows):
        each, nested = row_place.printed.each, row_place.nested
        here = replace(shown, row=row_place.index)
        for index, line, span in _cells(place, row_place):
            last = offset if index < 0 else _last_offset(place, offset, index)
            room = sum(lines[offset : last + 1])
            fitted = _fit(official, place, row_place, line, span, here, room)
            formula = ""
            if nested:
                kinds = (nested.over, nested.under, nested.head_row)
                pieces = [
                    nested_pieces(official, place, kind, index, span, room, shown) for kind in kinds
                ]
                own = next(i for i, kind in enumerate(kinds) if kind is row_place.printed)
                fitted = Fitted(pieces[own], room)
                formula = nested_formula(row_place.row, nested, *pieces)
            yield FittedCell(
                row_place.row,
                place.rows[last].rows[-1],
                span,
                fitted,
                form.table(each) if each else None,
                row_place.index,
                room,
                None if index < 0 else place.table.columns[index].align,
                formula,
            )


def nested_pieces(
    official: OfficialSheet,
    place: PrintedTablePlace,
    kind: PrintedRow,
    index: int,
    span: tuple[int, int],
    lines: int,
    shown: Shown,
) -> tuple[Piece, ...]:
    """What a cell of a row that finds what it shows has of one kind of row.

    Which of them it will show, nobody knows: each text has the same room in all.
    """
    fitting = _fitting(official, place, span, kind)
    pieces = parse_line(kind.cells[index], official.form, official.form.table(kind.each or ""))
    return fitting.fit(pieces, replace(shown, row=_BEYOND), lines, lines).pieces


def _fitting(
    official: OfficialSheet, place: PrintedTablePlace, span: tuple[int, int], row: PrintedRow
) -> Fitting:
    waiting = _LINES_IN_ROW if row.each else _LINES_FOR_TEXT
    nested = any(each.under for each in place.table.rows) and row.each
    beside = _LINES_IN_ROW if nested else 1
    return Fitting(official.form, _width(official, *span), place.table.size, waiting, beside)


def _cells(
    place: PrintedTablePlace, row_place: PrintedRowPlace
) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """The cells that a row does not take from above: column (-1: a section), line, its span."""
    printed = row_place.printed
    if printed.section:
        yield -1, printed.section, (place.spans[0][0], place.spans[-1][1])
        return
    for index, (line, span) in enumerate(zip(printed.cells, place.spans, strict=True)):
        if line != CONTINUED:
            yield index, line, span


def _fit(
    official: OfficialSheet,
    place: PrintedTablePlace,
    row_place: PrintedRowPlace,
    line: str,
    span: tuple[int, int],
    here: Shown,
    lines: int,
) -> Fitted:
    """A cell's line in a cell of so many lines."""
    fitting = _fitting(official, place, span, row_place.printed)
    most = max(_most(place, row_place), lines)
    return fitting.fit(_pieces(official, row_place, line), here, most, lines)


def _pieces(official: OfficialSheet, row_place: PrintedRowPlace, line: str) -> tuple[Piece, ...]:
    form, each = official.form, row_place.printed.each
    return parse_line(line, form, form.table(each) if each else None)


def _most(place: PrintedTablePlace, row_place: PrintedRowPlace) -> int:
    return most_lines(place.table.size) * len(row_place.rows)


def _last_offset(place: PrintedTablePlace, offset: int, index: int) -> int:
    """The last row of a cell that the cells below it may continue."""
    last = offset
    for below in place.rows[offset + 1 :]:
        if index >= len(below.printed.cells) or below.printed.cells[index] != CONTINUED:
            break
        last += 1
    return last


def _cell(fitted: Fitted, table: Table | None, here: Shown, row: int) -> tuple[str, str]:
    """A cell's formula, empty for plain words, and the text that it gives now."""
    if (fixed := fixed_words(fitted.pieces)) is not None:
        return "", fixed
    words = show_line(fitted.pieces, here)
    formula = excel_line(fitted.pieces, row)
    if table is None:
        return f"={formula}", words
    answered = row < len(here.answers.tables.get(table.id, ()))
    return f'=IF({excel_answered(table, row)},{formula},"")', words if answered else ""


def _note(sheet: Worksheet, row: int, column: int, fitted: Fitted, shown: Shown) -> None:
    if isinstance(shown, Noted) and shown.concerns(fitted.pieces):
        shown.cells[sheet.name, row, column] = fitted.pieces


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


def _row_lines(official: OfficialSheet, place: PrintedTablePlace, shown: Shown) -> list[int]:
    """The lines of each row; a merged cell adds what it lacks to its last row."""
    lines = [1] * len(place.rows)
    merged: list[tuple[int, int, Callable[[int], int]]] = []
    for offset, row_place in enumerate(place.rows):
        here = replace(shown, row=row_place.index)
        for index, line, span in _cells(place, row_place):
            last = offset if index < 0 else _last_offset(place, offset, index)
            needed = partial(
                _fitting(official, place, span, row_place.printed).needed,
                _pieces(official, row_place, line),
                here,
                _most(place, row_place),
            )
            if last > offset:
                merged.append((offset, last, needed))
            else:
                lines[offset] = needed(lines[offset])
    for first, last, in_all in merged:
        together = sum(lines[first : last + 1])
        lines[last] += in_all(together) - together
    return lines


def _width(official: OfficialSheet, first: int, last: int) -> float:
    return sum(official.widths[first - 1 : last])
