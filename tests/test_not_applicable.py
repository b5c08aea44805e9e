"""What does not apply to a unit says so everywhere, and is never 0, met, missing or wrong.

An answer decides (the nine-month tests in a six-month report), or the registry.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import docx
import openpyxl
import pytest
from conftest import golden_of

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.office.units import RegistryError, read_registry, write_registry
from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Unit, Waiver
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import SHIPPED, form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.submission.results import result_json

MOI, PROGRESS = "moi-2569", "diw-2566-progress"
LATER = (4, 5, 6, 7, 8)  # the criteria of the nine-month report
SAID = "ไม่เกี่ยวข้อง"
REASON = "หน่วยงานไม่มีคณะกรรมการตามคำสั่งที่ ๒๒"


def judged(form: Form, answers: Answers, *waivers: Waiver) -> Assessment:
    return assess(compile_rubric(form), Understood(answers, {}, ()), (), (), waivers)


def six_months() -> Answers:
    """A six-month report: nothing of the nine-month one is answered."""
    golden = golden_of(PROGRESS)
    later = {field.id for field in load_form(PROGRESS).fields if field.when}
    values = {name: value for name, value in golden.values.items() if name not in later}
    return replace(golden, values={**values, "report_round": "6"})


def codes(assessment: Assessment) -> list[str]:
    return [found.code for found in assessment.findings]


# --- by an answer


def test_the_tests_of_the_nine_months_do_not_apply_to_a_six_month_report() -> None:
    form = load_form(PROGRESS)
    six, nine = judged(form, six_months()), judged(form, golden_of(PROGRESS))
    assert [r.number for r in six.criteria if r.computed is None] == list(LATER)
    assert all(r.computed is not None for r in nine.criteria)
    for number in LATER:
        result = six.criterion(number)
        assert result.waived[0].startswith("ใช้เมื่อ") and result.waived[1].startswith("applies when")
        assert (result.shortfall, result.caveat) == ((), "")
    assert six.waived >= {field.id for field in form.fields if field.when}
    assert not [f for f in six.findings if f.place.field in six.waived]


def test_a_question_left_blank_hides_nothing() -> None:
    """Whether a criterion applies is not known before the answer; until then it is asked."""
    golden = golden_of(PROGRESS)
    values = {name: value for name, value in golden.values.items() if name != "report_round"}
    assessment = judged(load_form(PROGRESS), replace(golden, values=values))
    assert all(result.computed is not None for result in assessment.criteria)


def test_what_is_answered_all_the_same_is_told_and_not_used() -> None:
    golden = golden_of(PROGRESS)
    answers = replace(golden, values={**golden.values, "report_round": "6"})
    assessment = judged(load_form(PROGRESS), answers)
    told = [f for f in assessment.findings if f.code == "MX-323"]
    assert told and {f.severity for f in told} == {"warning"}
    assert dict(assessment.derived).keys() & assessment.waived


# --- by the registry


def test_a_waived_criterion_has_no_score_and_counts_in_no_sum_and_level() -> None:
    form, answers = load_form(MOI), golden_of(MOI)
    asked, waived = judged(form, answers), judged(form, answers, Waiver(MOI, 4, REASON))
    result = waived.criterion(4)
    assert (result.computed, result.waived[0]) == (None, f"ตามทะเบียนหน่วยงาน {REASON}")
    assert waived.total == asked.total - (asked.criterion(4).computed or 0)
    assert dict(waived.subtotals)["4-6"] == dict(asked.subtotals)["4-6"] - 3
    assert waived.level == 3, "24 of 24 points still reach the printed 21"
    assert codes(waived).count("MX-322") == 1
    assert codes(waived).count("MX-323") == 1, "the unit claimed points for it"


def test_a_waived_criterion_below_the_least_points_does_not_keep_a_level_back() -> None:
    form, golden = load_form(MOI), golden_of(MOI)
    few = replace(golden, tables={**golden.tables, "media": ()})
    assert judged(form, few).level == 2
    assert judged(form, few, Waiver(MOI, 8, REASON)).level == 3


def test_a_waived_field_is_not_missing() -> None:
    form, golden = load_form(MOI), golden_of(MOI)
    values = {name: v for name, v in golden.values.items() if name != "executive_name"}
    assessment = judged(form, replace(golden, values=values), Waiver(MOI, "executive_name", "ว่าง"))
    assert assessment.waived == {"executive_name"}
    assert "executive_name" not in {f.place.field for f in assessment.findings}


def test_a_waiver_is_of_one_form() -> None:
    other = Waiver("senate-2567", 4, REASON)
    assert judged(load_form(MOI), golden_of(MOI), other) == judged(load_form(MOI), golden_of(MOI))


# --- the sheet of the registry

UNITS = (
    Unit("ICT", "ศูนย์เทคโนโลยี", forms=(MOI,), headcount=34, waivers=(
        Waiver(MOI, 4, REASON), Waiver(MOI, "executive_name", "ตำแหน่งว่าง"))),
    Unit("HR", "กองบุคคล", forms=(MOI,), headcount=34),
)  # fmt: skip
SHEET = SAID


def sheet(*rows: tuple[object, ...]) -> bytes:
    """A registry of two units whose sheet of waivers holds these rows."""
    units = tuple(replace(unit, waivers=()) for unit in UNITS)
    book = openpyxl.load_workbook(BytesIO(write_registry(units, form_ids())))
    page = book[SHEET]
    head = next(c.row for c in page["A"] if c.value == "รหัสหน่วยงาน")
    for number, row in enumerate(rows, start=head + 1):
        for column, value in enumerate(row, start=1):
            page.cell(number, column, value)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_waivers_that_are_written_are_read_back() -> None:
    registry = read_registry(write_registry(UNITS, form_ids()), "units.xlsx", SHIPPED)
    assert (registry.units, registry.findings) == (UNITS, ())


def test_a_registry_without_the_sheet_waives_nothing() -> None:
    book = openpyxl.load_workbook(BytesIO(write_registry(UNITS, form_ids())))
    del book[SHEET]
    stream = BytesIO()
    book.save(stream)
    registry = read_registry(stream.getvalue(), "units.xlsx", SHIPPED)
    assert [unit.waivers for unit in registry.units] == [(), ()]


def test_rows_below_other_headings_are_not_lost_without_a_word() -> None:
    book = openpyxl.load_workbook(BytesIO(write_registry(UNITS, form_ids())))
    head = next(c for c in book[SHEET]["A"] if c.value == "รหัสหน่วยงาน")
    for cell in book[SHEET][head.row]:
        cell.value = f"หัว {cell.column}"
    stream = BytesIO()
    book.save(stream)
    with pytest.raises(RegistryError) as wrong:
        read_registry(stream.getvalue(), "units.xlsx", SHIPPED)
    ((thai, english),) = wrong.value.messages
    assert f"ไม่พบหัวตาราง{SHEET}" in thai and "เหตุที่ไม่เกี่ยวข้อง" in thai
    assert "no row holds the headings" in english


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(4, 4), ("4", 4), ("๔", 4), ("ข้อ ๔", 4), (" executive_name ", "executive_name")],
)
def test_an_item_is_understood_as_it_is_typed(typed: object, meant: int | str) -> None:
    registry = read_registry(sheet(("ICT", MOI, typed, REASON)), "units.xlsx", SHIPPED)
    assert registry.units[0].waivers == (Waiver(MOI, meant, REASON),)


@pytest.mark.parametrize(
    ("rows", "column", "told"),
    [
        ([("XX", MOI, 4, REASON)], "A", "ไม่มีหน่วยงานรหัส “XX”"),
        ([("ICT", "moi-2568", 4, REASON)], "B", "ไม่รู้จักรหัสแบบ “moi-2568”"),
        ([("ICT", MOI, 10, REASON)], "C", "ไม่มีข้อหรือช่อง “10”"),
        ([("ICT", MOI, 4, None)], "D", "เหตุที่ไม่เกี่ยวข้อง"),
        ([("ICT", MOI, 4, REASON), ("ict", MOI, "๔", "อีกครั้ง")], "C", "มีแล้วในเซลล์"),
    ],
    ids=["unit", "form", "item", "reason", "repeated"],
)
def test_a_mistake_on_the_sheet_is_told_with_its_cell(
    rows: list[tuple[object, ...]], column: str, told: str
) -> None:
    with pytest.raises(RegistryError) as wrong:
        read_registry(sheet(*rows), "units.xlsx", SHIPPED)
    ((thai, _),) = wrong.value.messages
    assert told in thai and f"{SHEET}!{column}" in thai


# --- everywhere

ROUND = "2569-05"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with a six-month report and a form of which the registry waives a criterion."""
    root = tmp_path_factory.mktemp("round")
    inbox = root / "inbox"
    inbox.mkdir()
    golden = replace(golden_of(MOI), unit_code="HR")
    forms = {"ICT": (PROGRESS, six_months()), "HR": (MOI, golden)}
    for code, (form_id, answers) in forms.items():
        data = write_workbook(compile_rubric(load_form(form_id)), Content(answers))
        (inbox / f"{code}.xlsx").write_bytes(data)
    units = (
        Unit("ICT", "ศูนย์เทคโนโลยี", email="a@example.go.th", forms=(PROGRESS,), headcount=41),
        Unit(
            "HR",
            "กองบุคคล",
            email="b@example.go.th",
            forms=(MOI,),
            headcount=34,
            waivers=(Waiver(MOI, 4, REASON),),
        ),
    )
    run_round(list_inbox(inbox, root), root, ROUND, Office(units), 1)
    return root / ROUND


def cells(path: Path) -> Iterator[str]:
    for page in openpyxl.load_workbook(path, data_only=True):
        yield from (str(c.value) for row in page.iter_rows() for c in row if c.value is not None)


def words(path: Path) -> Iterator[str]:
    document = docx.Document(str(path))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        yield from (cell.text for row in table.rows for cell in row.cells)


def letter(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), [("ICT_diw-2566-progress", 5), ("HR_moi-2569", 1)])
def test_the_papers_of_the_unit_say_it(folder: Path, name: str, count: int) -> None:
    assert sum(text == SAID for text in cells(folder / "workbooks" / f"{name}.xlsx")) >= count
    record = [text for text in words(folder / "records" / f"{name}.docx") if SAID in text]
    assert len(record) >= count
    assert SAID in letter(folder / "replies" / f"{name}.eml")


@pytest.mark.slow
def test_the_reason_stands_in_the_record_and_the_letter(folder: Path) -> None:
    assert any(REASON in text for text in words(folder / "records" / "HR_moi-2569.docx"))
    assert REASON in letter(folder / "replies" / "HR_moi-2569.eml").replace("\n", " ")
    assert any(REASON in text for text in cells(folder / "workbooks" / "HR_moi-2569.xlsx"))


@pytest.mark.slow
def test_the_six_month_report_shows_nothing_of_the_nine_months_as_met(folder: Path) -> None:
    form = load_form(PROGRESS)
    titles = {form.criterion(number).short for number in LATER}
    rows = [
        [cell.text for cell in row.cells]
        for table in docx.Document(str(folder / "records" / "ICT_diw-2566-progress.docx")).tables
        for row in table.rows
    ]
    shown = [row for row in rows if titles & set(row)]
    assert len(shown) >= len(LATER)
    for row in shown:
        assert SAID in row and not {"ผ่าน", "ไม่ผ่าน", "๐", "0"} & set(row)


@pytest.mark.slow
def test_the_offices_papers_say_it(folder: Path) -> None:
    assert sum(text == SAID for text in cells(folder / "summary.xlsx")) == len(LATER) + 1
    department = "\n".join(words(folder / "summary.docx"))
    assert SAID in department


@pytest.mark.slow
def test_the_workbook_that_knows_nothing_of_the_registry_differs_in_nothing(folder: Path) -> None:
    found = json.loads((folder / "run.json").read_text("utf-8"))["inputs"]
    by_unit = {entry["unit_code"]: entry for entry in found}
    assert (by_unit["HR"]["verdict"], by_unit["HR"]["total"]) == ("accepted", 24)
    assert by_unit["ICT"]["verdict"] == "accepted"
    told = {finding["code"] for entry in found for finding in entry["findings"]}
    assert told.isdisjoint({"MX-214", "MX-310"}), told


def test_programs_are_told_by_null_and_the_reason() -> None:
    told = result_json("a.xlsx", judged(load_form(PROGRESS), six_months()), ())
    criteria = cast(list[dict[str, Any]], told["criteria"])
    assert {c["number"] for c in criteria if c["computed"] is None} == set(LATER)
    for criterion in criteria:
        assert ("not_applicable" in criterion) == (criterion["computed"] is None)
    assert all(criteria[number - 1]["not_applicable"] for number in LATER)
