"""Rows of a table with those under them: each row of the sheet finds by formula what it shows.

No function that every spreadsheet program has can sort or filter, so hidden columns beside the
form give each row of the tables a number in the printed order, and take the next one each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import Drawing
from moral_xlsx.excel.form.layout import cell_name, column_letters
from moral_xlsx.excel.form.official_layout import NestedRows, PrintedRowPlace
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Table
from moral_xlsx.rules.judge.expression import excel_thai_digits
from moral_xlsx.rules.nested import Item, items
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import (
    AnswerPlace,
    Piece,
    RowNumberPlace,
    excel_answered,
    excel_line,
    parse_line,
)


def as_shown(
    form: Form, places: Sequence[PrintedRowPlace], shown: Shown
) -> tuple[PrintedRowPlace, ...]:
    """The rows, each of those that find what they show with what that is now."""
    found: dict[int, list[Item]] = {}
    for place in places:
        nested = place.nested
        if nested and nested.first_row not in found:
            told = [*items(form, nested.over, nested.under, shown)]
            # A form without any answers shows a row of each to write in.
            found[nested.first_row] = told or [Item("row", 0), Item("under", 0)]
    return tuple(
        _as_shown(place, place.nested, found[place.nested.first_row]) if place.nested else place
        for place in places
    )


def _as_shown(place: PrintedRowPlace, nested: NestedRows, found: Sequence[Item]) -> PrintedRowPlace:
    offset = place.row - nested.first_row
    if offset >= len(found):
        # Beyond the last: a row that nobody answered, whichever it is.
        return replace(place, printed=nested.under, index=nested.unders)
    item = found[offset]
    rows = {"head": nested.head_row, "row": nested.over, "under": nested.under}
    return replace(place, printed=rows[item.kind], index=item.index)


def nested_formula(
    row: int,
    nested: NestedRows,
    over: tuple[Piece, ...],
    under: tuple[Piece, ...],
    head: tuple[Piece, ...],
) -> str:
    """The formula of a cell of such a row, of what it shows of each kind of row."""
    row_at, under_at, head_at = _at_cells(row, nested)
    formula = f'IF({under_at}>0,{excel_line(_at(under, under_at))},"")'
    formula = f"IF({row_at}>0,{excel_line(_at(over, row_at))},{formula})"
    if head:
        formula = f"IF({head_at}>0,{excel_line(_at(head, head_at))},{formula})"
    return f"={formula}"


def shows_any(row: int, nested: NestedRows) -> str:
    """An Excel expression that is TRUE when such a row shows anything."""
    return f"{'+'.join(_at_cells(row, nested))}>0"


def _at_cells(row: int, nested: NestedRows) -> tuple[str, str, str]:
    over, under, head = (f"${column_letters(column)}{row + 1}" for column in nested.found)
    return over, under, head


def draw_finding(
    drawing: Drawing, sheet: Worksheet, form: Form, places: Sequence[PrintedRowPlace]
) -> None:
    """Draws the hidden columns by which these rows find what they show."""
    hidden = {"hidden": True}
    for place in places:
        nested = place.nested
        if nested is None:
            continue
        if place.row == nested.first_row:
            sheet.set_column(nested.first_column, nested.found[-1], 8, None, hidden)
            for row, column, formula in _numbers(form, nested):
                sheet.write_formula(row, column, f"={formula}", None, "")
            if nested.over.head:
                bold = drawing.workbook.add_format({"bold": True})
                at = f"${column_letters(nested.found[2])}{nested.first_row + 1}"
                last = nested.first_row + nested.count - 1
                rule = {"type": "formula", "criteria": f"={at}>0", "format": bold}
                sheet.conditional_format(nested.first_row, 1, last, nested.first_column - 1, rule)
        kinds = (nested.over, nested.under, nested.head_row)
        blank = place.printed is nested.under and place.index >= nested.unders
        for column, formula, kind in zip(
            nested.found, _found(nested, place.row), kinds, strict=True
        ):
            now = place.index + 1 if place.printed is kind and not blank else 0
            sheet.write_formula(place.row, column, f"={formula}", None, now)


def _at(pieces: tuple[Piece, ...], at: str) -> tuple[Piece, ...]:
    """The pieces for the row of the range that a cell names."""
    return tuple(
        replace(piece, at=at) if isinstance(piece, AnswerPlace | RowNumberPlace) else piece
        for piece in pieces
    )


def _found(nested: NestedRows, row: int) -> Iterator[str]:
    """Which row of the table above, which under it, and the head of which a row shows, or 0."""
    keys = _column(nested, nested.key_column, 0, nested.count)
    before, step = row - nested.first_row, nested.unders + 2
    key = f"IF(COUNT({keys})>{before},SMALL({keys},{before + 1}),0)"
    yield f"IF(MOD({key},{step})=1,INT({key}/{step}),0)"
    yield f"IF(MOD({key},{step})>1,MOD({key},{step})-1,0)"
    yield f"IF(MOD({key},{step})=0,{key}/{step},0)"


def _numbers(form: Form, nested: NestedRows) -> Iterator[tuple[int, int, str]]:
    """For every row of the tables its name and its number in the printed order."""
    over, under = form.table(nested.over.each or ""), form.table(nested.under.each or "")
    step, first = nested.unders + 2, nested.first_row
    names = _column(nested, nested.name_column, 0, nested.rows)
    changes = _column(nested, nested.change_column, 0, nested.rows)
    for at in range(nested.rows):
        answered = excel_answered(over, at)
        yield first + at, nested.name_column, _name(over, nested.under.under or "", at)
        yield first + at, nested.key_column, f'IF({answered},{(at + 1) * step + 1},"")'
        if not nested.over.head:
            continue
        pieces = parse_line(nested.over.head, form, over)
        before = cell_name(first + at - 1, nested.head_column) if at else '""'
        here = cell_name(first + at, nested.head_column)
        yield first + at, nested.head_column, f"IF({answered},{excel_line(pieces, at)},{before})"
        yield first + at, nested.change_column, f"IF({answered},IF({here}<>{before},1,0),0)"
        change = cell_name(first + at, nested.change_column)
        headed = f'IF({change}=1,IF(SUM({changes})>1,{(at + 1) * step},""),"")'
        yield first + nested.rows + nested.unders + at, nested.key_column, headed
    for at in range(nested.unders):
        row = first + nested.rows + at
        yield row, nested.name_column, _name(under, nested.under.under or "", at)
        own = cell_name(row, nested.name_column)
        top = names.partition(":")[0]
        fits = f"(LEFT({own},LEN({names}))={names})*(LEN({names})>0)"
        owner = f"{nested.rows + 1}-SUMPRODUCT(MAX({fits}*({nested.rows}+ROW({top})-ROW({names}))))"
        key = f"({owner})*{step}+{at + 2}"
        yield row, nested.key_column, f'IF({excel_answered(under, at)},{key},"")'


def _name(table: Table, column: str, at: int) -> str:
    """What a row is called, ending with a full stop; nothing where it is not answered."""
    cell = f'SUBSTITUTE(IFERROR(INDEX({table.id}.{column},{at + 1}),"")," ","")'
    return f'IF(LEN({cell})=0,"",SUBSTITUTE({excel_thai_digits(cell)}&".","..","."))'


def _column(nested: NestedRows, column: int, first: int, count: int) -> str:
    letters, row = column_letters(column), nested.first_row + first + 1
    return f"${letters}${row}:${letters}${row + count - 1}"
