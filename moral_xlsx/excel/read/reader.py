"""Reads a workbook of ours: every answer by its identity, never by its position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from moral_xlsx.excel.form.layout import (
    END_NOTE,
    OFFICIAL,
    ROWS_BELOW_IDS,
    TABLE_END,
    TABLE_START,
    Area,
    cell_name,
    subtotal_name,
)
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.markers import find_marked, table_marks
from moral_xlsx.excel.read.values import Rows, read_values
from moral_xlsx.model.answers import RawCell, RawSubmission
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import (
    CELL_MISSING,
    CELL_SHARED,
    FORMULA_REPLACED,
    NAME_LOST,
    ROWS_INSERTED,
    TEXT_ALTERED,
    TEXT_OUTSIDE,
    TWO_PLACES,
)
from moral_xlsx.model.catalogue.files import NOT_A_FORM
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import PROGRAM_SHEETS, Form, Question, Table
from moral_xlsx.model.reference import Reference, TableCell, defined_name
from moral_xlsx.rules.printed import table_lines
from moral_xlsx.thai import key

_NAMED_ONE_BY_ONE = 5
# Printed texts of this length or less, such as numbers, are not looked for.
_SHORTEST_CHECKED = 2
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
        """The unit code given in the workbook, empty when there is none.

        ``NA`` and ``X`` may well be codes; dashes and ``ไม่มี`` are none.
        """
        code = self._stamp("unit_code")
        coded = any(letter.isalnum() for letter in code)
        return code if coded and not key(code).startswith(key("ไม่มี")) else ""

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

    Raises Refused when pandas cannot read it, or when it is no form of ours.
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
        raise Refused(finding(NOT_A_FORM))
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
    unread: list[Finding] = []
    cells: dict[Reference, RawCell] = {}
    for question in form.fields:
        area = opened.areas.get(question.id)
        if area is None:
            findings.append(finding(CELL_MISSING, Place(field=question.id), label=question.label))
        else:
            cells[question.id] = _cell(opened, area.sheet, area.first_row, area.first_column,
                                       question)  # fmt: skip
    with_tables = {area.sheet for name, area in opened.areas.items() if "." in name}
    marks = {title: table_marks(opened.sheets.get(title, ())) for title in with_tables}
    for table in form.tables:
        of_table = _table(opened, table, marks)
        cells.update(of_table.cells.items())
        findings += of_table.findings
        unread += of_table.unread
    for number in form.claimed:
        for prefix, label in (("claim", "คะแนนที่เสนอ"), ("evidence", "หลักฐาน")):
            reference = f"{prefix}_{number}"
            area = opened.areas.get(reference)
            if area is None:
                words = f"{label} ข้อ {form.criterion(number).name}"
                findings.append(finding(CELL_MISSING, Place(field=reference), label=words))
            else:
                cells[reference] = _cell(opened, area.sheet, area.first_row, area.first_column)
    found_twice = (
        *_shared_cells(form, cells),
        *_several_places(opened, form, cells),
        *_copies(opened, form, expected),
    )
    findings += found_twice
    findings += _lost_names(opened, form, sorted(expected & opened.marked.keys()))
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
        unread=(*unread, *found_twice),
    )


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
    kind = "text" if question is None else question.type
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

    cells: Mapping[TableCell, RawCell]
    findings: Sequence[Finding]
    unread: Sequence[Finding] = ()


def _table(
    opened: Opened, table: Table, marks: Mapping[str, Mapping[str, list[int]]]
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
    cells = {
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
    columns: list[tuple[Question, Area]],
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


def _shared_cells(form: Form, cells: dict[Reference, RawCell]) -> list[Finding]:
    """Takes back answers of which two stand in one cell: nobody knows whose it is."""
    by_cell: dict[tuple[str, str], list[Reference]] = {}
    for reference, cell in cells.items():
        by_cell.setdefault((cell.place.sheet, cell.place.cell), []).append(reference)
    findings = []
    for references in by_cell.values():
        for reference in references if len(references) > 1 else ():
            others = ", ".join(_label(form, other) for other in references if other != reference)
            place = replace(cells.pop(reference).place, field=str(reference))
            findings.append(
                finding(CELL_SHARED, place, label=_label(form, reference), other=others)
            )
    return findings


def _several_places(opened: Opened, form: Form, cells: dict[Reference, RawCell]) -> list[Finding]:
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
        findings.append(
            finding(TWO_PLACES, opened.place(name), label=_label(form, name), places=places)
        )
        for reference in [each for each in cells if defined_name(each) == name]:
            del cells[reference]
    return findings


def _copies(opened: Opened, form: Form, expected: set[str]) -> list[Finding]:
    """Findings for sheets that carry the form's markers a second time, with other answers."""
    titles = {sheet.title for sheet in opened.inspected.sheets if sheet.worksheet}
    if not titles - opened.sheets.keys() - set(PROGRAM_SHEETS):
        return []
    findings = []
    sheets = read_values(opened.inspected)
    for name, areas in find_marked(sheets).items():
        own = opened.areas.get(name)
        if name not in expected or own is None or name in opened.marked:
            continue
        answers = _texts(sheets, own)
        differing = [
            area.sheet
            for area in areas
            if area.sheet != own.sheet and (given := _texts(sheets, area)) and given != answers
        ]
        if differing:
            places = ", ".join((own.sheet, *differing))
            findings.append(
                finding(TWO_PLACES, opened.place(name), label=_label(form, name), places=places)
            )
    return findings


def _texts(sheets: Mapping[str, Rows], area: Area) -> list[str]:
    """What stands in an area, blank cells left out."""
    rows = sheets.get(area.sheet, ())[area.first_row : area.last_row + 1]
    column = area.first_column
    return [str(row[column]) for row in rows if column < len(row) and row[column] not in ("", None)]


def _label(form: Form, name: Reference) -> str:
    """What people call the input of a reference or a defined name."""
    labels = {field.id: field.label for field in form.fields}
    for table in form.tables:
        labels |= {f"{table.id}.{c.id}": f"{table.name}: {c.label}" for c in table.columns}
    for number in form.claimed:
        labels[f"claim_{number}"] = f"คะแนนที่เสนอ ข้อ {form.criterion(number).name}"
        labels[f"evidence_{number}"] = f"หลักฐาน ข้อ {form.criterion(number).name}"
    return labels.get(defined_name(name), str(name))


def _lost_names(opened: Opened, form: Form, lost: list[str]) -> list[Finding]:
    if opened.inspected.kind not in ("xlsx", "xlsm"):
        return []
    if len(lost) > _NAMED_ONE_BY_ONE:
        return [finding(NAME_LOST, label=f"{len(lost)} ช่อง")]
    return [finding(NAME_LOST, opened.place(name), label=_label(form, name)) for name in lost]


def _altered_texts(opened: Opened, form: Form) -> list[Finding]:
    """Printed texts of the form that stand nowhere in the workbook any more."""
    present = {
        value
        for rows in opened.sheets.values()
        for row in rows
        for value in row
        if isinstance(value, str) and len(value) > _SHORTEST_CHECKED
    }
    missing = [(text, place) for text, place in _printed(opened, form) if text not in present]
    if not missing:
        return []
    keys = {key(text) for text in present}
    return [
        finding(TEXT_ALTERED, place, label=text) for text, place in missing if key(text) not in keys
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
    claims = [area for n in form.claimed if (area := opened.areas.get(f"claim_{n}"))]
    place = Place(sheet=claims[0].sheet if claims else OFFICIAL)
    for criterion in form.criteria if form.printed.ladder else ():
        yield criterion.title, place
        for rung in criterion.rungs:
            for box in rung.boxes:
                yield box.text, place
    for printed in form.printed.tables if place.sheet in opened.sheets else ():
        for line, _ in table_lines(printed, form):
            if len(line) > _SHORTEST_CHECKED and "{" not in line:
                yield line, place


def _live(opened: Opened, form: Form) -> tuple[dict[str, object], list[Finding]]:
    """What the workbook's formulas last showed, and formulas replaced by constants."""
    names = [f"computed_{criterion.number}" for criterion in form.criteria]
    names += [subtotal_name(subtotal.key) for subtotal in form.subtotals]
    names += ["total"] if form.criteria else []
    names += ["level"] if form.levels else []
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
            findings.append(finding(FORMULA_REPLACED, place, label=name))
    return live, findings
