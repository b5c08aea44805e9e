"""A desk as people fill it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from moral_xlsx.excel.office.desk import FIRST_ROW, TABLES

TITLES = {table.id: table.title for table in TABLES}
# What is typed, by the values of key columns, then by column.
Typing = Mapping[tuple[object, ...], Mapping[str, object]]


def columns(sheet: Worksheet) -> dict[str, int]:
    """The columns of a sheet by their ids, counted from 1."""
    return {str(cell.value): cell.column for cell in sheet[1][1:] if cell.value}


def rows(path: Path, sheet: str) -> list[dict[str, object]]:
    """The rows of a sheet of the desk."""
    found = openpyxl.load_workbook(path)[TITLES[sheet]]  # type: ignore[index]
    at = columns(found)
    return [
        {name: found.cell(row, column).value for name, column in at.items()}
        for row in range(FIRST_ROW + 1, found.max_row + 1)
    ]


def fill(path: Path, typed: Mapping[str, Typing]) -> None:
    """Types into rows, which are found by their keys; a row that is not there into the first that
    is blank."""
    book = openpyxl.load_workbook(path)
    for table in TABLES:
        sheet = book[table.title]
        at = columns(sheet)
        for keys, cells in typed.get(table.id, {}).items():
            row = next(
                (
                    row
                    for row in range(FIRST_ROW + 1, sheet.max_row + 1)
                    if tuple(sheet.cell(row, at[each]).value or "" for each in table.keys) == keys
                ),
                None,
            )
            if row is None:
                row = next(
                    row
                    for row in range(FIRST_ROW + 1, sheet.max_row + 2)
                    if not any(sheet.cell(row, at[each]).value for each in table.keys)
                )
                cells = {**dict(zip(table.keys, keys, strict=True)), **cells}
            for column, value in cells.items():
                sheet.cell(row, at[column]).value = value  # type: ignore[assignment]
    book.save(path)
