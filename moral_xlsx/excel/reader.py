"""Reads a workbook of ours: every answer by its identity, never by its position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from moral_xlsx.excel.guard import Inspected
from moral_xlsx.excel.layout import (
    END_NOTE,
    OFFICIAL,
    TABLE_END,
    TABLE_START,
    Area,
    cell_name,
    subtotal_name,
)
from moral_xlsx.excel.markers import find_marked, table_marks
from moral_xlsx.excel.values import Rows, read_values
from moral_xlsx.model.answers import RawCell, RawSubmission
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form, Question, Table
from moral_xlsx.thai import key

_NAMED_ONE_BY_ONE = 5
# Between the first days of the two calendars that workbooks may count from.
_DAYS_TO_1904 = 1462


@dataclass(frozen=True, slots=True)
class Opened:
    """A workbook whose values are read: sheets by title, and where each name stands.

    ``marked`` are the names that only markers gave, with every area that carries them.
    """

    inspected: Inspected
    sheets: Mapping[str, Rows]
    areas: Mapping[str, Area]
    marked: Mapping[str, tuple[Area, ...]]

    @property
    def form_id(self) -> str:
        """The form id stamped in the workbook, empty when there is none."""
        return self._stamp("form_id")

    @property
    def form_version(self) -> str:
        """The form version stamped in the workbook, empty when there is none."""
        return self._stamp("form_version")

    @property
    def unit_code(self) -> str:
        """The unit code given in the workbook, empty when there is none."""
        return self._stamp("unit_code")

    def _stamp(self, name: str) -> str:
        area = self.areas.get(name)
        value = None if area is None else self.value(area.sheet, area.first_row, area.first_column)
        return "" if value is None else str(value).strip()

    def place(self, name: str) -> Place:
        """Where a name stands, for findings; empty when it is not in the workbook."""
        area = self.areas.get(name)
        if area is None:
            return Place(field=name)
        cell = cell_name(area.first_row, area.first_column)
        return Place(sheet=area.sheet, cell=cell, field=name)

    def value(self, sheet: str, row: int, column: int) -> object:
        """The value of a cell, None when it is blank or beyond what is used."""
        rows = self.sheets.get(sheet, ())
        if row >= len(rows) or column >= len(rows[row]):
            return None
        value = rows[row][column]
        return None if value == "" else value


def open_workbook(inspected: Inspected) -> Opened:
    """Reads the values of a workbook that the guard let in.

    Raises Refused (MX-107) when pandas cannot read it, (MX-108) when it is no form of ours.
    """
    known = dict(inspected.names)
    titles = {sheet.title for sheet in inspected.sheets}
    wanted = [s.title for s in inspected.sheets if s.title in {a.sheet for a in known.values()}]
    sheets = read_values(inspected, wanted if "form_id" in known and wanted else None)
    areas = {name: area for name, area in known.items() if area.sheet in (titles or sheets)}
    opened = Opened(inspected, sheets, areas, {})
    if not opened.form_id:
        opened = with_markers(opened)
    if not opened.form_id:
        raise Refused(finding("MX-108"))
    return opened


def with_markers(opened: Opened) -> Opened:
    """The same workbook with the names that only its markers give."""
    sheets = read_values(opened.inspected)
    marked = {n: a for n, a in find_marked(sheets).items() if n not in opened.areas}
    first = {name: areas[0] for name, areas in marked.items()}
    return Opened(opened.inspected, sheets, {**first, **opened.areas}, marked)


def read(opened: Opened, form: Form) -> RawSubmission:
    """Every answer of a form, with its place; what is lost or altered is reported."""
    expected = set(_expected(form))
    if not expected <= set(opened.areas):
        opened = with_markers(opened)
    findings: list[Finding] = []
    cells: dict[str, RawCell] = {}
    for question in form.fields:
        area = opened.areas.get(question.id)
        if area is None:
            findings.append(finding("MX-201", Place(field=question.id), label=question.label))
        else:
            cells[question.id] = _cell(opened, area.sheet, area.first_row, area.first_column,
                                       question)  # fmt: skip
    with_tables = {area.sheet for name, area in opened.areas.items() if "." in name}
    marks = {title: table_marks(opened.sheets[title]) for title in with_tables}
    for table in form.tables:
        table_cells, table_findings = _table(opened, table, marks)
        cells |= table_cells
        findings += table_findings
    for criterion in form.criteria:
        for prefix, label in (("claim", "คะแนนที่เสนอ"), ("evidence", "หลักฐาน")):
            reference = f"{prefix}_{criterion.number}"
            area = opened.areas.get(reference)
            if area is None:
                words = f"{label} ข้อ {criterion.number}"
                findings.append(finding("MX-201", Place(field=reference), label=words))
            else:
                cells[reference] = _cell(opened, area.sheet, area.first_row, area.first_column)
    findings += _shared_cells(opened, cells)
    findings += _several_places(opened, cells)
    findings += _lost_names(opened, sorted(expected & opened.marked.keys()))
    findings += _altered_texts(opened, form)
    live, live_findings = _live(opened, form)
    return RawSubmission(
        form_id=opened.form_id,
        form_version=opened.form_version,
        unit_code=opened.unit_code,
        cells=cells,
        live=live,
        modified=opened.inspected.modified,
        findings=(*findings, *live_findings),
    )


def _expected(form: Form) -> Iterator[str]:
    yield "unit_code"
    for question in form.fields:
        yield question.id
    for table in form.tables:
        for column in table.columns:
            yield f"{table.id}.{column.id}"
    for criterion in form.criteria:
        yield f"claim_{criterion.number}"
        yield f"evidence_{criterion.number}"


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
    kind = "text" if question is None else question.type
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "date" and number and inspected.date1904:
        value = float(str(value)) + _DAYS_TO_1904
    percent = (
        number and kind in ("percent", "text") and inspected.percent_format(sheet, row, column)
    )
    return RawCell(value, place, None, percent)


def _table(
    opened: Opened, table: Table, marks: Mapping[str, Mapping[str, int]]
) -> tuple[dict[str, RawCell], list[Finding]]:
    areas = {
        column.id: area
        for column in table.columns
        if (area := opened.areas.get(f"{table.id}.{column.id}")) is not None
    }
    findings = [
        finding(
            "MX-201",
            Place(field=f"{table.id}.{column.id}"),
            label=f"{table.label}: {column.label}",
        )
        for column in table.columns
        if column.id not in areas
    ]
    if not areas:
        return {}, findings
    sheet = next(iter(areas.values())).sheet
    columns = [(column, areas[column.id]) for column in table.columns if column.id in areas]
    named = range(
        min(area.first_row for area in areas.values()),
        max(area.last_row for area in areas.values()) + 1,
    )
    rows = [
        row
        for row in _possible_rows(opened.sheets.get(sheet, ()), table, marks.get(sheet, {}), named)
        if not all(_blank(opened, area.sheet, row, area.first_column) for _, area in columns)
        and not _is_printed(opened, table, row, columns)
    ]
    added = [row for row in rows if row not in named]
    if added:
        place = Place(sheet=sheet, cell=cell_name(added[0], 1), field=table.id)
        findings.append(finding("MX-217", place, count=len(added), label=table.label))
    cells = {
        f"{table.id}[{index}].{column.id}": _cell(
            opened, area.sheet, row, area.first_column, column
        )
        for index, row in enumerate(rows)
        for column, area in columns
    }
    return cells, findings


def _possible_rows(rows: Rows, table: Table, marks: Mapping[str, int], named: range) -> list[int]:
    """The rows in which answers to a table may stand.

    Those that its columns' names cover, all others between its markers, and those that
    follow its end without a gap: what was pasted or inserted there is an answer too.
    """
    start, end = marks.get(TABLE_START + table.id), marks.get(TABLE_END + table.id)
    if start is None or end is None or end <= start:
        start, end = named.start - 1, named.stop
    possible = {*named, *range(start + 1, end)}
    others = {row for row in marks.values() if row != end}
    for row in range(end, len(rows)):
        if row in others or all(value in ("", None) for value in rows[row][1:]):
            break
        possible.add(row)
    return sorted(possible)


def _is_printed(
    opened: Opened, table: Table, row: int, columns: list[tuple[Question, Area]]
) -> bool:
    """Whether a row is the table's headings or the note at its end, with nothing added."""
    values = [opened.value(area.sheet, row, area.first_column) for _, area in columns]
    given = [value for value in values if value is not None]
    if len(given) == 1 and str(given[0]).startswith(END_NOTE):
        return True
    labels = {text for column in table.columns for text in (column.label, f"{column.label} *")}
    return all(value in labels for value in given)


def _blank(opened: Opened, sheet: str, row: int, column: int) -> bool:
    """Whether nothing was put into a cell; an error value reads as blank but is not."""
    inspected, at = opened.inspected, (row, column)
    return (
        opened.value(sheet, row, column) is None
        and at not in inspected.errors.get(sheet, ())
        and at not in inspected.formulas.get(sheet, ())
    )


def _shared_cells(opened: Opened, cells: dict[str, RawCell]) -> list[Finding]:
    """Takes back answers of which two stand in one cell: nobody knows whose it is."""
    by_cell: dict[tuple[str, str], list[str]] = {}
    for reference, cell in cells.items():
        by_cell.setdefault((cell.place.sheet, cell.place.cell), []).append(reference)
    findings = []
    for references in by_cell.values():
        for reference in references if len(references) > 1 else ():
            others = ", ".join(other for other in references if other != reference)
            place = replace(cells.pop(reference).place, field=reference)
            findings.append(finding("MX-223", place, label=reference, other=others))
    return findings


def _several_places(opened: Opened, cells: dict[str, RawCell]) -> list[Finding]:
    """Takes back answers that only markers gave, from several sheets that disagree."""
    findings = []
    for name, areas in opened.marked.items():
        values = {
            tuple(
                str(opened.value(area.sheet, row, area.first_column))
                for row in range(area.first_row, area.last_row + 1)
            )
            for area in areas
        }
        if len(values) < 2 or (name not in cells and "." not in name):
            continue
        places = ", ".join(area.sheet for area in areas)
        findings.append(finding("MX-225", opened.place(name), label=name, places=places))
        table, _, column = name.partition(".")
        for reference in list(cells):
            listed = reference.startswith(f"{table}[") and reference.endswith(f".{column}")
            if reference == name or (column and listed):
                del cells[reference]
    return findings


def _lost_names(opened: Opened, lost: list[str]) -> list[Finding]:
    if opened.inspected.kind not in ("xlsx", "xlsm"):
        return []
    if len(lost) > _NAMED_ONE_BY_ONE:
        return [finding("MX-202", label=f"{len(lost)} ช่อง")]
    return [finding("MX-202", opened.place(name), label=name) for name in lost]


def _altered_texts(opened: Opened, form: Form) -> list[Finding]:
    """Printed texts of the form that stand nowhere in the workbook any more."""
    present = {
        value
        for rows in opened.sheets.values()
        for row in rows
        for value in row
        if isinstance(value, str) and len(value) > 2
    }
    missing = [(text, place) for text, place in _printed(opened, form) if text not in present]
    if not missing:
        return []
    keys = {key(text) for text in present}
    return [
        finding("MX-212", place, label=text) for text, place in missing if key(text) not in keys
    ]


def _printed(opened: Opened, form: Form) -> Iterator[tuple[str, Place]]:
    for question in form.fields:
        area = opened.areas.get(question.id)
        place = (
            Place(sheet=area.sheet, cell=cell_name(area.first_row, area.first_column))
            if area
            else Place()
        )
        yield question.label + (" *" if question.required else ""), place
    for table in form.tables:
        for column in table.columns:
            area = opened.areas.get(f"{table.id}.{column.id}")
            place = Place(sheet=area.sheet) if area else Place()
            yield column.label + (" *" if column.required else ""), place
    for criterion in form.criteria:
        claim = opened.areas.get(f"claim_{criterion.number}")
        place = Place(sheet=claim.sheet if claim else OFFICIAL)
        yield criterion.title, place
        for rung in criterion.rungs:
            for box in rung.boxes:
                yield box.text, place


def _live(opened: Opened, form: Form) -> tuple[dict[str, object], list[Finding]]:
    """What the workbook's formulas last showed, and formulas replaced by constants."""
    names = [f"computed_{criterion.number}" for criterion in form.criteria]
    names += [subtotal_name(subtotal.key) for subtotal in form.subtotals]
    names += ["total", "level"] if form.criteria else []
    live: dict[str, object] = {}
    findings = []
    for name in names:
        area = opened.areas.get(name)
        if area is None:
            continue
        value = opened.value(area.sheet, area.first_row, area.first_column)
        formulas = opened.inspected.formulas
        if value is None:
            continue
        live[name] = value
        at = (area.first_row, area.first_column)
        if formulas and at not in formulas.get(area.sheet, ()):
            place = Place(sheet=area.sheet, cell=cell_name(*at), field=name)
            findings.append(finding("MX-213", place, label=name))
    return live, findings
