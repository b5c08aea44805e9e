"""Rows that are printed below those of another table, in the report and on the sheet alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import golden_of
from docx.table import Table
from test_differential import disagreements

from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.nested import items
from moral_xlsx.rules.printed import Shown
from moral_xlsx.word.compiled import CompiledDocument
from moral_xlsx.word.report.official import STYLES, OfficialDocument
from moral_xlsx.word.styles import Style, append, new_document

FORM = load_form("senate-2567-progress")
RUBRIC = compile_rubric(FORM)
OVER, UNDER = FORM.printed.tables[0].rows[:2]


def answered(guidelines: Sequence[str], activities: Sequence[str]) -> Answers:
    """A report of guidelines and activities with these numbers, called by them."""
    base = golden_of(FORM.id)
    (guideline, *_), (activity, *_) = base.tables["guidelines"], base.tables["activities"]
    tables = {
        "guidelines": tuple({**guideline, "order": n, "title": f"แนวทาง {n}"} for n in guidelines),
        "activities": tuple({**activity, "order": n, "title": f"งาน {n}"} for n in activities),
    }
    return replace(base, tables=tables)


def shown(answers: Answers) -> Shown:
    return Shown(answers, assess(RUBRIC, Understood(answers, {}, ())))


def printed(answers: Answers) -> list[str]:
    """The first two columns of the report's table, without the headings and the lines below."""
    document = new_document((Style("Normal", 16), *STYLES), landscape=True, margins_mm=(15, 15))
    official = OfficialDocument(FORM)
    append(document, official.elements())
    here = shown(answers)
    data = CompiledDocument(document, "").fill(official.values(here.answers, here.assessment), None)
    table: Table = docx.Document(BytesIO(data)).tables[0]
    lines = [[cell.text for cell in row.cells[:2]] for row in table.rows]
    return [first if first == second else f"{first}: {second}" for first, second in lines[1:-2]]


def order(answers: Answers) -> list[str]:
    """The numbers of what is printed, with ``#`` and the number before a head."""
    tables = {"head": "guidelines", "row": "guidelines", "under": "activities"}
    return [
        "#" * (item.kind == "head") + str(answers.tables[tables[item.kind]][item.index]["order"])
        for item in items(FORM, OVER, UNDER, shown(answers))
    ]


ORDERS = [
    # One measure: nothing above, as on the form.
    (["๑.๑", "๑.๒"], ["๑.๑.๑", "๑.๒.๑", "๑.๑.๒"], ["๑.๑", "๑.๑.๑", "๑.๑.๒", "๑.๒", "๑.๒.๑"]),
    # Two measures: each above its first guideline.
    (["๑.๑", "๒.๑"], ["๒.๑.๑", "๑.๑.๑"], ["#๑.๑", "๑.๑", "๑.๑.๑", "#๒.๑", "๒.๑", "๒.๑.๑"]),
    (["๑.๑", "๒.๑", "๑.๒"], [], ["#๑.๑", "๑.๑", "#๒.๑", "๒.๑", "#๑.๒", "๑.๒"]),
    # A number is a beginning up to a full stop, in whatever digits and with stops and spaces.
    (["๑.๑", "๑.๑๐"], ["๑.๑๐.๑", "๑.๑.๑"], ["๑.๑", "๑.๑.๑", "๑.๑๐", "๑.๑๐.๑"]),
    (["1.1.", "๑. ๒"], ["๑.๒.๑.", "1.2.2", "๑.๑"], ["1.1.", "๑.๑", "๑. ๒", "๑.๒.๑.", "1.2.2"]),
    # Twice the same: the first has them. None: they stand at the end.
    (["๑.๑", "๑.๑"], ["๑.๑.๑"], ["๑.๑", "๑.๑.๑", "๑.๑"]),
    (["๑.๑"], ["๓.๑.๑", "๑.๑.๑", "x"], ["๑.๑", "๑.๑.๑", "๓.๑.๑", "x"]),
    ([], ["๑.๑.๑"], ["๑.๑.๑"]),
]


@pytest.mark.parametrize(("guidelines", "activities", "wanted"), ORDERS)
def test_rows_stand_under_those_to_which_they_belong(
    guidelines: list[str], activities: list[str], wanted: list[str]
) -> None:
    assert order(answered(guidelines, activities)) == wanted


def test_the_report_prints_them_so_with_the_measures_as_heads() -> None:
    assert printed(answered(["๑.๑", "๒.๑"], ["๒.๑.๑", "๑.๑.๑", "๙"])) == [
        "มาตรการที่ ๑",
        "๑.๑: แนวทาง ๑.๑",
        "๑.๑.๑: งาน ๑.๑.๑",
        "มาตรการที่ ๒",
        "๒.๑: แนวทาง ๒.๑",
        "๒.๑.๑: งาน ๒.๑.๑",
        "๙: งาน ๙",
    ]


def test_a_blank_report_has_a_row_of_each_to_write_in() -> None:
    assert printed(replace(golden_of(FORM.id), tables={})) == ["", ""]


@pytest.mark.libreoffice
@pytest.mark.slow
def test_the_sheet_finds_the_same_rows_by_formula(tmp_path: Path) -> None:
    cases = [answered(guidelines, activities) for guidelines, activities, _ in ORDERS]
    full = [f"{n // 5 + 1}.{n % 5 + 1}" for n in range(FORM.table("guidelines").rows)]
    under = [f"{full[(n * 7) % 20]}.{n}" for n in range(FORM.table("activities").rows)]
    assert disagreements(RUBRIC, [*cases, answered(full, under)], tmp_path) == []
