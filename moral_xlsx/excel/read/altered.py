"""What was altered of the form itself: its printed texts, and its formulas."""

from __future__ import annotations

from collections.abc import Iterator

from moral_xlsx.excel.form.layout import OFFICIAL, cell_name, subtotal_name
from moral_xlsx.excel.read.opened import Opened
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import FORMULA_REPLACED, TEXT_ALTERED
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.rules.printed import table_lines
from moral_xlsx.thai import key

# Printed texts of this length or less, such as numbers, are not looked for.
_SHORTEST_CHECKED = 2


def altered_texts(opened: Opened, form: Form) -> list[Finding]:
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


def read_live(opened: Opened, form: Form) -> tuple[dict[str, object], list[Finding]]:
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
