"""Where the pages of the official form's sheets begin.

LibreOffice keeps these breaks; Excel does not while it fits a sheet to a page's width, and divides
between any two rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from moral_xlsx.excel.form.measure import PAGE_ROWS
from moral_xlsx.excel.form.nested_rows import as_shown
from moral_xlsx.excel.form.official_layout import (
    LadderPlace,
    OfficialSheet,
    PrintedRowPlace,
    PrintedTablePlace,
)
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import CONTINUED


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows that stay on one page, both included; ``opens`` puts them on a new one."""

    first: int
    last: int
    opens: bool = False


def page_breaks(
    place: OfficialSheet,
    heights: Mapping[int, float],
    repeated: Sequence[int],
    shown: Shown,
) -> list[int]:
    """The rows that begin a page.

    ``heights`` are those of the rows in points, ``repeated`` the rows above every page. Rows
    higher than a page are divided by the program that prints them.
    """
    tables = [
        replace(each, rows=_standing(as_shown(place.form, each.rows, shown), heights))
        for each in place.tables
    ]

    def high(block: _Block) -> float:
        return sum(heights.get(row, 0.0) for row in range(block.first, block.last + 1))

    above = sum(heights.get(row, 0.0) for row in repeated)
    breaks: list[int] = []
    used = 0.0
    for block in _blocks(place, tables, lambda whole: not repeated and high(whole) <= PAGE_ROWS):
        height = high(block)
        if used and (block.opens or used + height > PAGE_ROWS):
            breaks.append(block.first)
            # On a page that holds the headings themselves they do not stand twice.
            used = above if block.first > max(repeated, default=0) else 0.0
        used += height
    return breaks


def _standing(
    rows: Sequence[PrintedRowPlace], heights: Mapping[int, float]
) -> tuple[PrintedRowPlace, ...]:
    """The rows that are not hidden, or all where none is left."""
    return tuple(each for each in rows if heights.get(each.row, 0.0)) or tuple(rows)


def _blocks(
    place: OfficialSheet,
    tables: Sequence[PrintedTablePlace],
    undivided: Callable[[_Block], bool],
) -> Iterator[_Block]:
    """Every row of the sheet, in blocks; a table may be ``undivided``."""
    parts = [list(_ladder_blocks(place.ladder))] if place.ladder else []
    parts += [list(_table_blocks(table)) for table in tables]
    if place.level_rows:
        parts.append([_Block(place.levels_heading_row, place.level_rows[-1][1])])
    parts = parts or [[_Block(1, place.last_row)]]
    if place.signature_rows:
        # What is signed stands on the page of the signature.
        signed = [each for each in parts if each[0].first < place.signature_rows[0]][-1]
        signed[-1] = replace(signed[-1], last=place.signature_rows[-1])
    opening = parts[0][0].first
    yield _Block(1, opening - 1)
    for each in parts:
        whole = _Block(each[0].first, each[-1].last)
        # The title stands on the page of the first.
        alone = whole if whole.first > opening else replace(whole, first=1)
        yield from (whole,) if undivided(alone) else each
    for row in place.note_lines:
        yield _Block(row, row)


def _ladder_blocks(place: LadderPlace) -> Iterator[_Block]:
    parts = {part.first: row for part, row in place.part_rows}
    subtotals = [row for _, row in place.subtotal_rows]
    starts = [block.first_row for block in place.criteria]
    for index, block in enumerate(place.criteria):
        number = block.criterion.number
        next_start = starts[index + 1] if index + 1 < len(starts) else 1 << 30
        below = [row for row in subtotals if block.evidence_row < row < next_start]
        first = parts.get(number, block.first_row) if index else place.heading_row
        yield _Block(first, max([block.evidence_row, *below]), number in parts and index > 0)


def _heads(row: PrintedRowPlace) -> bool:
    """Whether a row is the heading of the one below it."""
    head = row.nested.head_row if row.nested else None
    return bool(row.printed.section) or row.printed is head


def _table_blocks(place: PrintedTablePlace) -> Iterator[_Block]:
    closing = len(place.rows)
    # A heading with nothing below it closes its table, and stays with the row above.
    while closing and place.rows[closing - 1].printed.section:
        closing -= 1
    starts = [
        index
        for index, each in enumerate(place.rows)
        if index == 0
        or (
            index < closing
            and CONTINUED not in each.printed.cells
            and not _heads(place.rows[index - 1])
        )
    ]
    for number, start in enumerate(starts):
        last = number + 1 == len(starts)
        end = place.last_row if last else place.rows[starts[number + 1]].row - 1
        first = place.rows[start].row
        if number == 0:
            first = min([*place.title_rows, *place.header_rows])
        yield _Block(first, end)
