"""Types raw values into a workbook as an officer would, leaving its formulas uncalculated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from moral_xlsx.excel.form.layout import Layout
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.writeback import write_cells
from moral_xlsx.model.answers import Answers, Value
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question

_TABLE_CELL = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


def cell_of(layout: Layout, reference: str) -> tuple[str, int, int]:
    """The sheet, row and column (from 0) of an input of a fresh workbook."""
    match = _TABLE_CELL.fullmatch(reference)
    if match:
        table, index, column = match.groups()
        area = layout.names[f"{table}.{column}"]
        return area.sheet, area.first_row + int(index), area.first_column
    area = layout.names[reference]
    return area.sheet, area.first_row, area.first_column


def type_in(workbook: bytes, layout: Layout, cells: Mapping[str, object]) -> bytes:
    """The workbook with raw values typed into inputs named by reference."""
    values = {cell_of(layout, reference): value for reference, value in cells.items()}
    return write_cells(inspect(workbook), values)


def typed(form: Form, answers: Answers) -> dict[str, object]:
    """The plain way to type answers: labels for choices, ✓ for ticks, numbers as numbers.

    What a blank form already holds in its tables and the answers do not is emptied.
    """
    cells: dict[str, object] = {"unit_code": answers.unit_code or None}
    for field in form.fields:
        cells[field.id] = _raw(field, answers.values.get(field.id))
    for table in form.tables:
        for index, row in enumerate(answers.tables.get(table.id, ())):
            for column in table.columns:
                cells[f"{table.id}[{index}].{column.id}"] = _raw(column, row.get(column.id))
    cells |= {f"claim_{number}": points for number, points in answers.claims.items()}
    cells |= {f"evidence_{number}": text for number, text in answers.evidence.items()}
    preset = {
        f"{table.id}[{index}].{column.id}": None
        for table in form.tables
        for index in range(len(table.preset))
        for column in table.columns
    }
    return preset | {name: value for name, value in cells.items() if value is not None}


def _raw(question: Question, value: Value) -> str | int | float | date | None:
    if isinstance(value, bool):
        return "✓" if value else None
    if question.type == "choice":
        return next((c.label for c in question.choices if c.value == value), None)
    return float(value) if isinstance(value, Decimal) else value
