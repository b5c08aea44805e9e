"""Which answer an input holds, where more than one place claims to be it."""

from __future__ import annotations

from collections.abc import Mapping

from moral_xlsx.excel.form.layout import Area
from moral_xlsx.excel.read.markers import find_marked
from moral_xlsx.excel.read.opened import Opened
from moral_xlsx.excel.read.values import Rows, read_values
from moral_xlsx.model.answers import RawCell
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import CELL_SHARED, NAME_LOST, TWO_PLACES
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import PROGRAM_SHEETS
from moral_xlsx.model.reference import Reference, defined_name

# Beyond so many lost names one finding tells of all.
_NAMED_ONE_BY_ONE = 5


def shared_cells(form: Form, cells: dict[Reference, RawCell]) -> list[Finding]:
    """Takes back answers of which two stand in one cell: nobody knows whose it is."""
    by_cell: dict[tuple[str, str], list[Reference]] = {}
    for reference, cell in cells.items():
        by_cell.setdefault((cell.place.sheet, cell.place.cell), []).append(reference)
    findings = []
    for references in by_cell.values():
        for reference in references if len(references) > 1 else ():
            others = ", ".join(_label(form, other) for other in references if other != reference)
            place = cells.pop(reference).place.of(str(reference))
            findings.append(
                finding(CELL_SHARED, place, label=_label(form, reference), other=others)
            )
    return findings


def several_places(opened: Opened, form: Form, cells: dict[Reference, RawCell]) -> list[Finding]:
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


def copies(opened: Opened, form: Form, expected: set[str]) -> list[Finding]:
    """Findings for sheets that carry the form's markers a second time, with other answers."""
    titles = {sheet.title for sheet in opened.inspected.sheets if sheet.worksheet}
    if not titles - opened.sheets.keys() - {*PROGRAM_SHEETS, *form.drawn_sheets}:
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


def lost_names(opened: Opened, form: Form, lost: list[str]) -> list[Finding]:
    """Findings for answers that only their markers gave; some formats have no names to lose."""
    if opened.inspected.kind not in ("xlsx", "xlsm"):
        return []
    if len(lost) > _NAMED_ONE_BY_ONE:
        return [finding(NAME_LOST, label=f"{len(lost)} ช่อง")]
    return [finding(NAME_LOST, opened.place(name), label=_label(form, name)) for name in lost]


def _label(form: Form, name: Reference) -> str:
    """What people call the input of a reference or a defined name."""
    labels = {field.id: field.label for field in form.fields}
    for table in form.tables:
        labels |= {f"{table.id}.{c.id}": f"{table.name}: {c.label}" for c in table.columns}
    for number in form.claimed:
        labels[f"claim_{number}"] = f"คะแนนที่เสนอ ข้อ {form.criterion(number).name}"
        labels[f"evidence_{number}"] = f"หลักฐาน ข้อ {form.criterion(number).name}"
    return labels.get(defined_name(name), str(name))
