"""Reads a workbook of ours: every answer by its identity, never by its position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from moral_xlsx.excel.form.layout import (
    END_NOTE,
    ROWS_BELOW_IDS,
    TABLE_END,
    TABLE_START,
    Area,
    cell_name,
)
from moral_xlsx.excel.read.altered import altered_texts, read_live, typed_over
from moral_xlsx.excel.read.identity import copies, lost_names, several_places, shared_cells
from moral_xlsx.excel.read.markers import table_marks
from moral_xlsx.excel.read.opened import Opened, with_markers
from moral_xlsx.excel.read.pictures import picture_rows
from moral_xlsx.excel.read.symbols import sign_of
from moral_xlsx.model.answers import RawCell, RawSubmission
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import CELL_MISSING, ROWS_INSERTED, TEXT_OUTSIDE, TWO_PLACES
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.thai import key

# Between the first days of the two calendars that workbooks may count from.
_DAYS_TO_1904 = 1462


def read(opened: Opened, form: Form) -> RawSubmission:
    """Every answer of a form, with its place; what is lost or altered is reported."""
    expected = set(_expected(form))
    if not expected <= set(opened.areas):
        opened = with_markers(opened)
    findings: list[Finding] = []
    unread: list[Finding] = []
    cells: dict[Reference, RawCell] = {}
    for question in form.fields:
        area = opened.areas.get(question.id)
        if area is None and not _came_later(opened, form, question.since):
            findings.append(finding(CELL_MISSING, Place(field=question.id), label=question.label))
        elif area is not None:
            cells[question.id] = _cell(opened, area.sheet, area.first_row, area.first_column,
                                       question)  # fmt: skip
    with_tables = {area.sheet for name, area in opened.areas.items() if "." in name}
    marks = {title: table_marks(opened.sheets.get(title, ())) for title in with_tables}
    for table in form.tables:
        of_table = _table(opened, form, table, marks)
        cells |= of_table.cells
        findings += of_table.findings
        unread += of_table.unread
    pictures = cache(partial(picture_rows, opened.inspected))
    for number in form.claimed:
        for prefix, label in (("claim", "คะแนนที่เสนอ"), ("evidence", "หลักฐาน")):
            reference = f"{prefix}_{number}"
            area = opened.areas.get(reference)
            if area is None:
                words = f"{label} ข้อ {form.criterion(number).name}"
                findings.append(finding(CELL_MISSING, Place(field=reference), label=words))
            else:
                cell = _cell(opened, area.sheet, area.first_row, area.first_column)
                # A picture is wider than the cell that it is meant for.
                if prefix == "evidence" and area.first_row in pictures(area.sheet):
                    cell = replace(cell, picture=True)
                cells[reference] = cell
    found_twice = (
        *shared_cells(form, cells),
        *several_places(opened, form, cells),
        *copies(opened, form, expected),
    )
    findings += found_twice
    findings += lost_names(opened, form, sorted(expected & opened.marked.keys()))
    over = typed_over(opened, form)
    # What else differs there follows from it.
    findings += over or altered_texts(opened, form)
    live, live_findings = read_live(opened, form)
    return RawSubmission(
        form_id=opened.form_id,
        form_version=opened.form_version,
        unit_code=opened.unit_code,
        cells=cells,
        live=live,
        modified=opened.inspected.modified,
        findings=(*findings, *live_findings),
        unread=(*unread, *found_twice, *over),
    )


def _came_later(opened: Opened, form: Form, since: str) -> bool:
    """Whether a workbook is of a version that had not yet what came with ``since``."""
    return bool(since) and not opened.is_of(form.versions_from(since))


def _expected(form: Form) -> Iterator[str]:
    yield "unit_code"
    for question in form.fields:
        yield question.id
    for table in form.tables:
        for column in table.columns:
            yield f"{table.id}.{column.id}"
    for number in form.claimed:
        yield f"claim_{number}"
        yield f"evidence_{number}"


def _cell(
    opened: Opened, sheet: str, row: int, column: int, question: Question | None = None
) -> RawCell:
    inspected = opened.inspected
    value = opened.value(sheet, row, column)
    place = Place(sheet=sheet, cell=cell_name(row, column))
    if (row, column) in inspected.errors.get(sheet, ()):
        return RawCell(value, place, "error")
    if (row, column) in inspected.formulas.get(sheet, ()):
        return RawCell(value, place, "formula")
    if (row, column) in opened.disputed.get(sheet, ()):
        return RawCell(value, place, "disputed")
    kind = "text" if question is None else question.type
    if kind == "tick" and isinstance(value, str):
        return RawCell(value, place, sign=sign_of(inspected, sheet, row, column, value))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "date" and number and inspected.date1904:
        value = float(str(value)) + _DAYS_TO_1904
    percent = (
        number and kind in ("percent", "text") and inspected.percent_format(sheet, row, column)
    )
    return RawCell(value, place, None, percent)


@dataclass(frozen=True, slots=True)
class _TableRead:
    """The cells of a table; ``unread`` are the findings about what may be a lost answer."""

    cells: Mapping[Reference, RawCell]
    findings: Sequence[Finding]
    unread: Sequence[Finding] = ()


def _table(
    opened: Opened,
    form: Form,
    table: Table,
    marks: Mapping[str, Mapping[str, list[int]]],
) -> _TableRead:
    areas = {
        column.id: area
        for column in table.columns
        if (area := opened.areas.get(f"{table.id}.{column.id}")) is not None
    }
    missing = [
        finding(
            CELL_MISSING,
            Place(field=f"{table.id}.{column.id}"),
            label=f"{table.label}: {column.label}",
        )
        for column in table.columns
        if column.id not in areas
        and not _came_later(opened, form, table.since)
        and not _came_later(opened, form, column.since)
    ]
    if not areas:
        return _TableRead({}, missing)
    sheet = next(iter(areas.values())).sheet
    columns = [(column, areas[column.id]) for column in table.columns if column.id in areas]
    named = range(
        min(area.first_row for area in areas.values()),
        max(area.last_row for area in areas.values()) + 1,
    )
    marked = marks.get(sheet, {})
    starts, ends = marked.get(TABLE_START + table.id, []), marked.get(TABLE_END + table.id, [])
    twice: list[Finding] = []
    if len(starts) > 1 or len(ends) > 1:
        where = ", ".join(f"{sheet} {row + 1}" for row in (*starts, *ends))
        place = Place(sheet=sheet, field=table.id)
        twice.append(finding(TWO_PLACES, place, label=table.label, places=where))
    between = range(starts[0] + ROWS_BELOW_IDS, ends[0]) if starts and ends else range(0)
    rows = [
        row
        for row in sorted({*named, *between})
        if not all(_blank(opened, area.sheet, row, area.first_column) for _, area in columns)
    ]
    added = [row for row in rows if row not in named]
    inserted: list[Finding] = []
    if added:
        place = Place(
            sheet=sheet, cell=cell_name(added[0], columns[0][1].first_column), field=table.id
        )
        inserted.append(finding(ROWS_INSERTED, place, count=len(added), label=table.label))
    used = len(opened.sheets.get(sheet, ()))
    strayed = _strayed(opened, table, sheet, columns, _around(marked, table, named, used))
    cells: dict[Reference, RawCell] = {
        TableCell(table.id, index, column.id): _cell(
            opened, area.sheet, row, area.first_column, column
        )
        for index, row in enumerate(rows)
        for column, area in columns
    }
    findings = (*missing, *twice, *inserted, *strayed)
    return _TableRead(cells, findings, (*twice, *strayed))


def _around(marked: Mapping[str, list[int]], table: Table, named: range, used: int) -> list[int]:
    """The rows around a table in which nothing may stand but what is printed there.

    Its hidden row of ids and its headings, and everything from its end to the next table;
    without markers, what adjoins the rows that its columns' names cover. ``used`` is how many
    rows the sheet has.
    """
    starts, ends = marked.get(TABLE_START + table.id), marked.get(TABLE_END + table.id)
    if starts and ends:
        later = [row for text, rows in marked.items() if TABLE_START in text for row in rows]
        stop = min((row for row in later if row > ends[0]), default=used)
        return [*range(starts[0], starts[0] + ROWS_BELOW_IDS), *range(ends[0], stop)]
    return [*range(named.start - ROWS_BELOW_IDS, named.start), named.stop, named.stop + 1]


def _strayed(
    opened: Opened,
    table: Table,
    sheet: str,
    columns: Sequence[tuple[Question, Area]],
    around: list[int],
) -> list[Finding]:
    """Findings for texts around a table that the form does not print there."""
    findings = []
    for row in (row for row in around if row >= 0):
        for column, area in columns:
            value = opened.value(area.sheet, row, area.first_column)
            if value is not None and not _is_printed(opened, table, column, str(value)):
                place = Place(sheet=sheet, cell=cell_name(row, area.first_column), field=table.id)
                found = str(value)[:60]
                findings.append(finding(TEXT_OUTSIDE, place, label=table.label, found=found))
    return findings


def _is_printed(opened: Opened, table: Table, column: Question, text: str) -> bool:
    """Whether a text is a heading, the note at a table's end, or a hidden id."""
    return (
        key(text.removesuffix("*")) == key(column.label)
        or text.startswith(END_NOTE)
        or text in opened.areas
    )


def _blank(opened: Opened, sheet: str, row: int, column: int) -> bool:
    """Whether nothing was put into a cell; an error value reads as blank but is not."""
    inspected, at = opened.inspected, (row, column)
    return (
        opened.value(sheet, row, column) is None
        and at not in inspected.errors.get(sheet, ())
        and at not in inspected.formulas.get(sheet, ())
    )
