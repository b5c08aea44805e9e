"""Understand what was typed: raw cells become typed answers, and every reading is reported.

Nothing is guessed. A value that allows no certain reading becomes None with a finding that
says what was expected; a value that needed interpreting becomes an answer with a finding
that says how it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers, RawCell, RawSubmission, Understood, Value
from moral_xlsx.model.catalogue.answers import (
    NOT_ANSWERED,
    NOTHING_CLAIMED,
    PICTURE_GIVEN,
    ROW_INCOMPLETE,
    ROW_SPARSE,
)
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.understand.readings import (
    Reading,
    blank_or_troubled,
    is_tick,
    read_cell,
    read_points,
    read_text,
)

_ABSENT = RawCell(None)
# What stands for evidence that is a picture.
PICTURE = "(รูปภาพ)"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What stands under one reference."""

    reference: Reference
    value: Value
    place: Place
    findings: tuple[Finding, ...]
    unread: bool = False


def normalise(form: Form, raw: RawSubmission) -> Understood:
    """Understand every field, table, claim and piece of evidence of a submission.

    Findings come in the order of the definition: fields, tables, claims, evidence; those
    of the reader (``raw.findings``) are not repeated. ``places`` also holds each table
    under its id (its first cell) and every blank field. Raises for no value of a cell.
    """
    cells = raw.cells
    prepared = _prepared_rows(raw)
    ticks = _ticks_besides_crosses(form, cells, prepared)
    fields = [_field(each, cells.get(each.id), ticks) for each in form.fields]
    dropped: list[Finding] = []
    tables = {
        table.id: _rows(table, prepared.get(table.id, {}), ticks, dropped) for table in form.tables
    }
    claims = {c.number: _claim(c, cells.get(f"claim_{c.number}")) for c in form.criteria}
    evidence = {c.number: _evidence(c, cells.get(f"evidence_{c.number}")) for c in form.criteria}
    everything = [
        *fields,
        *(answer for rows in tables.values() for row in rows for answer in row.values()),
        *claims.values(),
        *evidence.values(),
    ]
    return Understood(
        Answers(
            form=form.id,
            unit_code=raw.unit_code,
            values={str(answer.reference): answer.value for answer in fields},
            tables={
                table_id: tuple({name: cell.value for name, cell in row.items()} for row in rows)
                for table_id, rows in tables.items()
            },
            claims={n: given.value for n, given in claims.items() if isinstance(given.value, int)},
            evidence={n: a.value for n, a in evidence.items() if isinstance(a.value, str)},
        ),
        {
            **{table.id: _first_place(table, prepared.get(table.id, {})) for table in form.tables},
            **{answer.reference: answer.place for answer in everything},
        },
        (*(finding for answer in everything for finding in answer.findings), *dropped),
        (*(f for answer in everything if answer.unread for f in answer.findings), *dropped),
    )


def _ticks_besides_crosses(
    form: Form,
    cells: Mapping[Reference, RawCell],
    prepared: Mapping[str, Mapping[int, Mapping[str, RawCell]]],
) -> bool:
    """Whether anything in the file is ticked with another mark than a cross."""
    if any(is_tick(field, cells.get(field.id, _ABSENT)) for field in form.fields):
        return True
    return any(
        is_tick(column, row.get(column.id, _ABSENT))
        for table in form.tables
        for column in table.columns
        for row in prepared.get(table.id, {}).values()
    )


def _field(asked: Field, cell: RawCell | None, ticks: bool) -> _Answer:
    place = _place(cell, asked.id)
    reading = read_cell(asked, cell or _ABSENT, ticks)
    findings = reading.findings(asked.label, place)
    # The reader has already reported a cell that is not in the file at all.
    if reading.blank and asked.required and cell is not None:
        findings = (catalogue.finding(NOT_ANSWERED, place, label=asked.label),)
    return _answered(asked.id, reading, place, findings)


def _prepared_rows(raw: RawSubmission) -> dict[str, dict[int, dict[str, RawCell]]]:
    """The cells of all tables by table, row as prepared in the workbook, and column."""
    rows: dict[str, dict[int, dict[str, RawCell]]] = {}
    for reference, cell in raw.cells.items():
        if isinstance(reference, TableCell):
            row = rows.setdefault(reference.table, {}).setdefault(reference.row, {})
            row[reference.column] = cell
    return rows


def _rows(
    table: Table,
    prepared: Mapping[int, Mapping[str, RawCell]],
    ticks: bool,
    dropped: list[Finding],
) -> tuple[dict[str, _Answer], ...]:
    """The rows in which something was answered, counted anew from 0.

    What was noticed in rows that hold no answer is added to ``dropped``.
    """
    rows: list[dict[str, _Answer]] = []
    for _, cells in sorted(prepared.items()):
        readings = {c.id: read_cell(c, cells.get(c.id, _ABSENT), ticks) for c in table.columns}
        if any(reading.counts for reading in readings.values()):
            rows.append(_row(table, len(rows), cells, readings))
        elif any(reading.says_nothing for reading in readings.values()):
            # The row has no number of its own: its findings point to the table.
            for name, answer in _row(table, len(rows), cells, readings).items():
                place = answer.place.of(table.id)
                dropped += (f.at(place) for f in answer.findings if readings[name].says_nothing)
    return tuple(rows)


def _row(
    table: Table, index: int, cells: Mapping[str, RawCell], readings: Mapping[str, Reading]
) -> dict[str, _Answer]:
    row = {}
    for column in table.columns:
        reference = TableCell(table.id, index, column.id)
        cell, reading = cells.get(column.id), readings[column.id]
        place = _place(cell, reference)
        findings = reading.findings(
            (
                f"{table.name} แถวที่ {index + 1} {column.label}",
                f"{table.name}, row {index + 1}, {column.label}",
            ),
            place,
        )
        if reading.blank and cell is not None and (column.required or column.recommended):
            code = ROW_INCOMPLETE if column.required else ROW_SPARSE
            words = {"label": table.name, "row": str(index + 1), "column": column.label}
            findings = (catalogue.finding(code, place, **words),)
        row[column.id] = _answered(reference, reading, place, findings)
    return row


def _claim(criterion: Criterion, cell: RawCell | None) -> _Answer:
    reference, number = f"claim_{criterion.number}", criterion.name
    place = _place(cell, reference)
    given = cell or _ABSENT
    reading = blank_or_troubled(given) or read_points(criterion, given.value)
    if reading.blank and cell is not None:
        reading = Reading(None, NOTHING_CLAIMED, {"number": number})
    label = (f"คะแนนที่เสนอข้อ {number}", f"Claim of criterion {number}")
    return _answered(reference, reading, place, reading.findings(label, place))


def _evidence(criterion: Criterion, cell: RawCell | None) -> _Answer:
    reference = f"evidence_{criterion.number}"
    place = _place(cell, reference)
    given = cell or _ABSENT
    reading = blank_or_troubled(given) or read_text(given, required=True)
    if given.picture and reading.value is None:
        reading = Reading(PICTURE, PICTURE_GIVEN)
    label = (f"หลักฐานข้อ {criterion.name}", f"Evidence of criterion {criterion.name}")
    return _answered(reference, reading, place, reading.findings(label, place))


def _answered(
    reference: Reference, reading: Reading, place: Place, findings: tuple[Finding, ...]
) -> _Answer:
    unread = reading.unread or reading.says_nothing
    return _Answer(reference, reading.value, place, findings, unread)


def _place(cell: RawCell | None, reference: Reference) -> Place:
    return (cell or _ABSENT).place.of(str(reference))


def _first_place(table: Table, prepared: Mapping[int, Mapping[str, RawCell]]) -> Place:
    for _, cells in sorted(prepared.items()):
        for column in table.columns:
            if column.id in cells:
                return _place(cells[column.id], table.id)
    return Place(field=table.id)
