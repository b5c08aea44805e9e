"""A second spreadsheet engine, the library formulas, calculates forms as Python judges them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from conftest import golden_of
from filling import type_in, typed

from moral_xlsx.excel.form.layout import Area, cell_name, lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess


@pytest.mark.engine
@pytest.mark.slow
# It takes up to a minute over a form: ``make exactness`` asks it about all.
@pytest.mark.parametrize("name", ["moi-2569", "senate-2567"])
def test_it_calculates_what_python_judges(name: str, tmp_path: Path) -> None:
    wanted, shown = calculated(name, tmp_path)
    assert shown == wanted
    assert len(wanted) > 9


def calculated(name: str, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Scores and conditions of the golden answers: as Python has them, as the engine does.

    The answers are typed into an empty workbook, whose stored results are those of no answers.
    """
    # Not on every system on which the other tests run.
    import formulas

    rubric, answers = compile_rubric(load_form(name)), golden_of(name)
    form, layout = rubric.form, lay_out(rubric.form)
    file = folder / f"{name}.xlsx"
    empty = write_workbook(rubric, Content(Answers(form.id, "", {})))
    file.write_bytes(type_in(empty, layout, typed(form, answers)))
    assessment = assess(rubric, Understood(answers, {}, ()))
    cells: dict[str, Area] = {}
    wanted: dict[str, int] = {}
    for result in assessment.criteria:
        if result.computed is not None:
            at = f"computed_{result.number}"
            cells[at], wanted[at] = layout.names[at], result.computed
    for at in ("total", "level"):
        if at in layout.names:
            cells[at], wanted[at] = layout.names[at], getattr(assessment, at)
    for place in layout.trace:
        rungs = assessment.criterion(place.number).rungs
        rung = next(each for each in rungs if each.points == place.points)
        for row, outcome in enumerate(rung.conditions, start=place.first_row):
            at = f"condition {cell_name(row, layout.trace_result_column)}"
            cells[at] = Area.cell(layout.titles.trace, row, layout.trace_result_column)
            wanted[at] = int(outcome.holds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = formulas.ExcelModel().loads(str(file)).finish().calculate()
    by_cell = {str(at).upper(): value for at, value in found.items()}
    shown = {}
    for at, area in cells.items():
        cell = cell_name(area.first_row, area.first_column)
        value = by_cell[f"'[{file.name}]{area.sheet}'!{cell}".upper()]
        shown[at] = int(value.value[0, 0])
    return wanted, shown
