"""Finds inputs by the hidden markers in a workbook, for when its defined names are lost."""

from __future__ import annotations

from collections.abc import Mapping

from moral_xlsx.excel.form.layout import (
    NUMBERED,
    ROLES,
    ROWS_BELOW_IDS,
    TABLE_END,
    TABLE_START,
    VALUE,
    Area,
)
from moral_xlsx.excel.read.values import Rows


def find_marked(sheets: Mapping[str, Rows]) -> dict[str, tuple[Area, ...]]:
    """The areas of every reference that markers name, as :class:`Layout` names them.

    ``sheets`` maps titles to rows of cell values. A sheet that was copied carries the same
    markers again; its areas come after those of the sheets before it.
    """
    found: dict[str, tuple[Area, ...]] = {}
    for title, rows in sheets.items():
        for name, area in _on_sheet(title, rows).items():
            found[name] = (*found.get(name, ()), area)
    return found


def table_marks(rows: Rows) -> dict[str, list[int]]:
    """The rows in which the tables of a sheet begin and end, by the markers' texts."""
    marks: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for value in row:
            if isinstance(value, str) and value.startswith((TABLE_START, TABLE_END)):
                marks.setdefault(value, []).append(number)
    return marks


def _on_sheet(title: str, rows: Rows) -> dict[str, Area]:
    crossing = next(
        (
            (row, column)
            for row, cells in enumerate(rows)
            for column, value in enumerate(cells)
            if value == ROLES
        ),
        None,
    )
    if crossing is None:
        return {}
    role_row, marker_column = crossing
    roles = {
        value: column
        for column, value in enumerate(rows[role_row])
        if isinstance(value, str) and value and column != marker_column
    }
    found: dict[str, Area] = {}
    for row, cells in enumerate(rows):
        marker = cells[marker_column]
        if row == role_row or not isinstance(marker, str) or not marker:
            continue
        if marker.startswith(TABLE_START):
            found |= _table(title, rows, row, marker_column)
        elif marker.startswith(NUMBERED):
            number = marker.removeprefix(NUMBERED)
            for role, column in roles.items():
                if role != VALUE:
                    found[f"{role}_{number}"] = Area.cell(title, row, column)
            if VALUE in roles:
                found[f"computed_{number}"] = Area.cell(title, row, roles[VALUE])
        elif not marker.startswith(TABLE_END) and VALUE in roles:
            found[marker] = Area.cell(title, row, roles[VALUE])
    return found


def _table(title: str, rows: Rows, marker_row: int, marker_column: int) -> dict[str, Area]:
    table = str(rows[marker_row][marker_column]).removeprefix(TABLE_START)
    ends = (
        row
        for row in range(marker_row + 1, len(rows))
        if rows[row][marker_column] == TABLE_END + table
    )
    end = next(ends, None)
    first = marker_row + ROWS_BELOW_IDS
    if end is None or end <= first:
        return {}
    return {
        value: Area(title, first, column, end - 1, column)
        for column, value in enumerate(rows[marker_row])
        if isinstance(value, str) and value.startswith(f"{table}.")
    }
