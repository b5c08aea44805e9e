"""What was altered of the form itself: its printed texts, and its formulas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from moral_xlsx.excel.form.layout import EVIDENCE, Area, cell_name, lay_out, subtotal_name
from moral_xlsx.excel.form.live_cells import live_cells
from moral_xlsx.excel.read.opened import Opened
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.answers import FORMULA_REPLACED, TEXT_ALTERED, TYPED_OVER
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import ByIdentity, Form
from moral_xlsx.rules.markup import plain
from moral_xlsx.rules.places import DOTS
from moral_xlsx.rules.printed import table_lines
from moral_xlsx.thai import key

# Printed texts of this length or less, such as numbers, are not looked for.
_SHORTEST_CHECKED = 2
# Cells that one finding names.
_MOST_CELLS = 8


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a form's blank workbook has: every printed text, where claims are made, and the printed
    sheets with the cells that show answers."""

    texts: frozenset[str]
    claims: frozenset[Area]
    official: tuple[tuple[str, frozenset[tuple[int, int]]], ...]


@lru_cache(maxsize=64)
def _drawn(key: ByIdentity) -> _Drawn:
    form, layout = key.form, lay_out(key.form)
    return _Drawn(
        frozenset(text for text, _ in _printed({}, form, form.official_sheets)),
        frozenset(layout.names[f"claim_{number}"] for number in form.claimed),
        tuple((place.title, live_cells(place)) for place in layout.official),
    )


def altered_texts(opened: Opened, form: Form) -> list[Finding]:
    """Printed texts of the form that stand nowhere in the workbook any more.

    A workbook of another version prints what that version did.
    """
    if not opened.is_of((form.version,)):
        return []
    present = {value for rows in opened.sheets.values() for row in rows for value in row}
    if _drawn(ByIdentity(form)).texts <= present:
        return []
    printed = _printed(opened.areas, form, opened.sheets)
    missing = [(text, place) for text, place in printed if text not in present]
    keys = {key(value) for value in present if isinstance(value, str)}
    return [
        finding(TEXT_ALTERED, place, label=text) for text, place in missing if key(text) not in keys
    ]


def _printed(
    areas: Mapping[str, Area], form: Form, sheets: Collection[str]
) -> Iterator[tuple[str, Place]]:
    """The texts of a form that are long enough, and where they stand in a workbook with these
    names and sheets."""
    for text, place in _all_printed(areas, form, sheets):
        if len(text) > _SHORTEST_CHECKED:
            yield text, place


def _all_printed(
    areas: Mapping[str, Area], form: Form, sheets: Collection[str]
) -> Iterator[tuple[str, Place]]:
    for question in form.fields:
        area = areas.get(question.id)
        place = (
            Place(sheet=area.sheet, cell=cell_name(area.first_row, area.first_column))
            if area
            else Place()
        )
        yield question.label + (" *" if question.required else ""), place
    for table in form.tables:
        for column in table.columns:
            area = areas.get(f"{table.id}.{column.id}")
            place = Place(sheet=area.sheet) if area else Place()
            yield column.label + (" *" if column.required else ""), place
    claims = [area for n in form.claimed if (area := areas.get(f"claim_{n}"))]
    place = Place(sheet=claims[0].sheet if claims else form.program_sheets.official)
    for criterion in form.criteria if form.printed.ladder else ():
        yield criterion.title, place
        for rung in criterion.rungs:
            for box in rung.boxes:
                yield box.text, place
    for printed in form.printed.tables if place.sheet in sheets else ():
        for line, _ in table_lines(printed, form):
            if "{" not in line:
                yield plain(line), place


def typed_over(opened: Opened, form: Form) -> list[Finding]:
    """A finding for what was typed over cells that show answers, on each printed sheet.

    Where a sheet was moved about, was drawn otherwise (a formula stands where this version of
    the program draws none), or holds no formula any more (saved as values), nobody can tell what
    was typed.
    """
    drawn = _drawn(ByIdentity(form))
    moved = any(opened.areas.get(f"claim_{each}") not in drawn.claims for each in form.claimed)
    moved = moved or not opened.is_of((form.version,))
    inputs = ", ".join(f"“{sheet.title}”" for sheet in form.sheets)
    inputs += f", “{EVIDENCE}”" if form.claimed else ""
    findings = []
    for title, typed in () if moved else _typed(opened, drawn.official):
        names = [cell_name(*at) for at in typed]
        shown = ", ".join(names[:_MOST_CELLS]) + (" …" if len(names) > _MOST_CELLS else "")
        place = Place(sheet=title, cell=names[0])
        findings.append(finding(TYPED_OVER, place, sheet=title, cells=shown, inputs=inputs))
    return findings


def _typed(
    opened: Opened, official: Iterable[tuple[str, frozenset[tuple[int, int]]]]
) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """The printed sheets that have something typed over what they show, and where."""
    for title, live in official:
        formulas = opened.inspected.formulas.get(title, frozenset())
        if title not in opened.sheets or not live & formulas or formulas - live:
            continue
        typed = sorted(
            at for at in live - formulas if opened.value(title, *at) not in (None, DOTS, False)
        )
        if typed:
            yield title, typed


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
