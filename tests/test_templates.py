"""The committed blank workbooks are the ones that the definitions give today."""

from __future__ import annotations

import io
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from moral_xlsx.excel.form.questionnaire import write_questionnaire
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.submission.journey import Journey

COMMITTED = Path(__file__).parent.parent / "input_templates"


def _different(made: bytes, committed: bytes) -> list[str]:
    """The parts of which there is another or none in one of two packages. How they are packed may
    differ by processor and by the release of the library."""
    one, other = (_parts(each) for each in (made, committed))
    return [name for name in [*one, *other] if one.get(name) != other.get(name)]


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("form_id", form_ids())
def test_the_committed_template_is_up_to_date(form_id: str) -> None:
    form = load_form(form_id)
    made = write_workbook(compile_rubric(form), blank(form))
    committed = (COMMITTED / f"{form_id}.xlsx").read_bytes()
    assert _different(made, committed) == [], "run `make templates` and commit what changed"


@pytest.mark.parametrize("form_id", form_ids())
def test_no_formula_is_longer_than_excel_takes(form_id: str) -> None:
    book = openpyxl.load_workbook(COMMITTED / f"{form_id}.xlsx", read_only=True)
    longest = max(
        len(str(getattr(cell.value, "text", cell.value)))
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or hasattr(cell.value, "text")
    )
    assert 100 < longest <= 8_192


@pytest.mark.parametrize("form_id", [each for each in form_ids() if load_form(each).surveys])
def test_the_questionnaire_of_a_survey_is_up_to_date_and_prints_no_zero(form_id: str) -> None:
    form = load_form(form_id)
    for survey in form.surveys:
        committed = (COMMITTED / f"{form_id}_{survey.table}.xlsx").read_bytes()
        made = write_questionnaire(form, survey)
        assert _different(made, committed) == [], "run `make templates` and commit what changed"
        asked, tally = openpyxl.load_workbook(BytesIO(committed)).worksheets
        levels = [form.table(survey.table).column(each).label for each in survey.levels]
        assert [asked.cell(3, 3 + at).value for at in range(len(levels))] == levels
        assert tally.protection.sheet and not tally["C4"].protection.locked
        shown = openpyxl.load_workbook(BytesIO(committed), data_only=True)[tally.title]
        assert 0 not in {cell.value for row in shown.iter_rows() for cell in row}


def test_the_committed_registry_is_up_to_date() -> None:
    committed = (COMMITTED / "units.xlsx").read_bytes()
    assert _different(write_registry((), form_ids()), committed) == []


def test_nothing_else_lies_among_the_templates() -> None:
    expected = {f"{form_id}.xlsx" for form_id in form_ids()} | {"units.xlsx"}
    expected |= {f"{each}_{s.table}.xlsx" for each in form_ids() for s in load_form(each).surveys}
    assert {path.name for path in COMMITTED.iterdir()} == expected


def test_a_units_own_workbook_carries_its_data(rubric: Rubric) -> None:
    unit = Unit("0012", "กองตัวอย่าง", executive="ผู้อำนวยการ", headcount=17)
    made = write_workbook(rubric, blank(rubric.form, unit))
    answers = Journey().judge(made).answers
    assert answers.unit_code == "0012"
    prefilled = {name: v for name, v in answers.values.items() if v not in (None, False)}
    assert prefilled == {
        "unit_name": "กองตัวอย่าง",
        "executive_name": "ผู้อำนวยการ",
        "headcount": 17,
    }


def test_only_input_cells_are_unlocked_and_no_sheet_has_a_password(rubric: Rubric) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(rubric, blank(rubric.form))))
    named = set()
    for name, defined in book.defined_names.items():
        live = name.startswith(("computed", "subtotal", "final", "remark", "findings"))
        if not live:
            for title, area in defined.destinations:
                cells = book[title][area.replace("$", "")]
                rows = cells if isinstance(cells, tuple) else ((cells,),)
                named |= {(title, cell.coordinate) for row in rows for cell in row}
    for sheet in book:
        assert sheet.protection.sheet and not sheet.protection.password
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    assert (sheet.title, cell.coordinate) in named, cell


def test_a_text_that_looks_like_a_formula_stays_a_text(
    rubric: Rubric, golden_answers: Answers
) -> None:
    values = {**golden_answers.values, "reporter_name": "=1+1", "unit_name": "http://x.go.th"}
    answers = Answers("moi-2569", "A", values, {}, {}, {1: "=HYPERLINK(1)", 2: "@SUM(A1)"})
    read = Journey().judge(write_workbook(rubric, Content(answers))).answers
    assert read.values["reporter_name"] == "=1+1"
    assert read.values["unit_name"] == "http://x.go.th"
    assert read.evidence == {1: "=HYPERLINK(1)", 2: "@SUM(A1)"}
