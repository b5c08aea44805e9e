"""Forms compiled over all units: exact, with who is missing and what that does to each figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model.answers import Answers, Understood, Value
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import NO_UNIT_CODE
from moral_xlsx.model.compilation import Compiled, CompileItem
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FormResult, RoundResult, UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.compilation import (
    NO_ANSWER_YET,
    absent_in_words,
    compiled,
    contributions,
    divided,
    effect,
    parse_items,
)
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.word.department.document import department_report

_TINY = Path(__file__).parent / "definitions" / "valid" / "tiny-2569.toml"
ITEMS = (
    CompileItem(label="ผู้ร่วม", sum="joined"),
    CompileItem(label="ร้อยละผู้ร่วม", share=("joined", "staff")),
    CompileItem(label="การจัดทำเอกสาร", distribution="documentation"),
    CompileItem(label="มีแผน", distribution="plan"),
    CompileItem(label="ขอบเขตของกิจกรรม", distribution="works.scope"),
    CompileItem(label="กิจกรรม", list="works", columns=("title", "hours")),
    CompileItem(label="ผู้รายงาน", list="reporter"),
)


def _form() -> Form:
    return parse_form(_TINY.read_bytes(), _TINY.name).model_copy(update={"compile": ITEMS})


FORM = _form()


def unit(
    code: str,
    values: Mapping[str, Value] | None,
    *,
    registered: bool = True,
    returned: bool = False,
    works: tuple[Mapping[str, Value], ...] = (),
    waived: frozenset[str] = frozenset(),
) -> UnitResult:
    """A unit with these answers; None for one that sent nothing."""
    about = Unit(code, f"หน่วย {code}")
    if values is None:
        return UnitResult(about, registered, "missing")
    answers = Answers(FORM.id, code, values, {"works": works})
    assessment = replace(
        assess(compile_rubric(FORM), Understood(answers, {}, ())),
        findings=(finding(NO_UNIT_CODE),) if returned else (),
        contributions=contributions(parse_items(FORM), Facts(FORM, answers)),
        waived=waived,
    )
    return UnitResult(about, registered, "received", "a.xlsx", assessment)


ALL = (
    unit("A", {"joined": 1, "staff": 3, "documentation": "all", "plan": True, "reporter": "ก"},
         works=({"title": "หนึ่ง", "scope": "inside", "hours": 2}, {"title": "สอง"})),
    unit("B", {"joined": 1, "staff": 3, "documentation": "all", "plan": False}),
    unit("C", {"joined": 9, "staff": 10, "documentation": "some"}, returned=True),
    unit("D", None),
    unit("E", {"staff": 4, "plan": True}),
    unit("F", {"joined": 4, "staff": 4, "documentation": "all"}, registered=False),
)  # fmt: skip


def by_label(units: tuple[UnitResult, ...] = ALL) -> dict[str, Compiled]:
    return {each.item.label: each for each in compiled(FORM, units)}


def test_sums_and_shares_are_exact_over_the_accepted_units_of_the_registry() -> None:
    found = by_label()
    assert found["ผู้ร่วม"].sums == (2,)
    assert found["ร้อยละผู้ร่วม"].sums == (2, 6)
    assert found["ร้อยละผู้ร่วม"].share == Fraction(100, 3)
    assert found["ร้อยละผู้ร่วม"].counted == 2


def test_a_share_is_of_the_sums_and_no_mean_of_shares() -> None:
    units = (unit("A", {"joined": 1, "staff": 1}), unit("B", {"joined": 0, "staff": 99}))
    assert by_label(units)["ร้อยละผู้ร่วม"].share == 1


def test_each_figure_names_who_is_missing_why_and_what_that_does() -> None:
    found = by_label()
    said = absent_in_words(found["ผู้ร่วม"].absent)
    assert said == "ส่งคืนให้แก้ไข: หน่วย C · ยังไม่ส่ง: หน่วย D · ไม่ได้ตอบ: หน่วย E"
    assert effect(found["ผู้ร่วม"]) == "ขาด ๓ หน่วยงาน ผลรวมจริงจึงไม่น้อยกว่านี้"
    assert "สูงหรือต่ำกว่า" in effect(found["ร้อยละผู้ร่วม"])
    assert "รายการจึงยังไม่ครบ" in effect(found["กิจกรรม"])
    everybody = by_label(ALL[:2])
    assert {effect(each) for each in everybody.values()} == {""}


def test_a_distribution_counts_every_unit_once_the_silent_ones_too() -> None:
    found = by_label()
    assert divided(found["การจัดทำเอกสาร"]) == (
        ("ทุกกิจกรรม", 2), ("บางกิจกรรม", 0), (NO_ANSWER_YET, 3),
    )  # fmt: skip
    assert divided(found["มีแผน"]) == (("มี", 2), ("ไม่มี", 1), (NO_ANSWER_YET, 2))
    assert dict(divided(found["ขอบเขตของกิจกรรม"]))["ภายใน"] == 1


def test_a_list_tells_whose_each_row_is() -> None:
    found = by_label()
    assert found["กิจกรรม"].rows == (("หน่วย A", ("หนึ่ง", "๒")), ("หน่วย A", ("สอง", "")))
    assert found["ผู้รายงาน"].rows == (("หน่วย A", ("ก",)),)


def test_without_a_registry_all_that_sent_are_counted() -> None:
    alone = tuple(replace(each, registered=False) for each in ALL[:2])
    assert by_label(alone)["ผู้ร่วม"].counted == 2


def test_an_impossible_share_and_what_does_not_apply_stay_out() -> None:
    units = (
        unit("A", {"joined": 1, "staff": 2}),
        unit("B", {"joined": 3, "staff": 2}),
        unit("C", {"staff": 2}, waived=frozenset({"joined"})),
    )
    found = by_label(units)["ร้อยละผู้ร่วม"]
    assert found.sums == (1, 2)
    assert [each.unit for each in found.absent] == ["หน่วย B"]


def test_a_figure_of_nobody_is_no_zero() -> None:
    found = compiled(FORM, (unit("D", None),))
    result = RoundResult("2569-05", (FormResult(FORM, (unit("D", None),), (), found),), ())
    sheets = openpyxl.load_workbook(BytesIO(summary_workbook(result)))
    rows = [row for name in sheets.sheetnames if name.startswith("รวมผล")
            for row in sheets[name].iter_rows(min_row=4, max_col=8, values_only=True)]  # fmt: skip
    assert [row[3] for row in rows if row[1] == "ผู้ร่วม"] == [None]
    assert effect(found[0]) == "ยังไม่มีหน่วยงานใดที่นับได้"


@pytest.mark.parametrize(
    "item",
    [
        CompileItem(label="x"),
        CompileItem(label="x", sum="joined", distribution="plan"),
        CompileItem(label="x", sum="progress"),
        CompileItem(label="x", sum="signed_on"),
        CompileItem(label="x", sum="percent(joined, staff)"),
        CompileItem(label="x", distribution="joined"),
        CompileItem(label="x", distribution="works.hours"),
        CompileItem(label="x", list="nothing"),
        CompileItem(label="x", list="works", columns=("nothing",)),
    ],
)
def test_what_cannot_be_compiled_is_refused_with_a_remedy(item: CompileItem) -> None:
    with pytest.raises(ConditionError) as refusal:
        parse_items(FORM.model_copy(update={"compile": (item,)}))
    assert all(refusal.value.remedy)


def test_every_form_without_scores_is_compiled() -> None:
    """Narathiwat, the Senate's reports, the plans and reports of DIW and of Chiang Rai."""
    scored = {"moi-2569", "senate-2567", "senate-2567-plan"}
    missing = {form_id for form_id in form_ids() if not load_form(form_id).compile}
    assert missing <= scored


def test_page_and_workbook_tell_the_same_figures() -> None:
    result = RoundResult("2569-05", (FormResult(FORM, ALL, (), compiled(FORM, ALL)),), ())
    book = openpyxl.load_workbook(BytesIO(summary_workbook(result)))
    names = [name for name in book.sheetnames if name.startswith(("รวมผล", "รายการรวม"))]
    assert len(names) == 2
    rows = list(book[names[0]].iter_rows(min_row=4, max_col=8, values_only=True))
    share = next(row for row in rows if row[1] == "ร้อยละผู้ร่วม")
    assert share[3:8] == (2, 6, "คน", 33.33, 2)
    document = docx.Document(BytesIO(department_report(result, "กรม")))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert "ร้อยละ ๓๓.๓๓\n(๒ จาก ๖ คน)" in cells
    assert (
        "ทุกกิจกรรม: ๒ (ร้อยละ ๔๐.๐๐)\nบางกิจกรรม: ๐ (ร้อยละ ๐.๐๐)\nยังไม่มีคำตอบ: ๓ (ร้อยละ ๖๐.๐๐)" in cells
    )
