"""What the definitions say is what the printed forms say, and what they say of one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import golden_of

import moral_xlsx
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedTable
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.conditions import parse_fact
from moral_xlsx.rules.judge.quantity import Quantity
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.thai import arabic_digits

DEFINITIONS = Path(moral_xlsx.__file__).parent / "definitions"
FORMS = {name: load_form(name) for name in form_ids()}

of_each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


# --- the headings of the printed tables; government wording, a heading shared by several
# columns before theirs

_PLAN = ("ลำดับ", "โครงการ/กิจกรรม", "ผลผลิต", "ผลลัพธ์", "กลุ่มเป้าหมาย", "เอกสารที่ต้องจัดส่ง")
_STRATEGY = ("เป้าหมาย", "ตัวชี้วัดตามเป้าหมาย", "กลยุทธ์")
_EXPLAINED = (*_STRATEGY, "แผนการดำเนินงาน (แผนงาน/โครงการ/กิจกรรม)", "คำอธิบาย")
PRINTED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "senate-2567-activities": (("ลำดับ", "โครงการ/กิจกรรม", "ดำเนินการเมื่อวัน/เดือน/ปี"),),
    "senate-2567-level3": (("ลำดับ", "เกณฑ์การประเมิน", "คะแนน", "หมายเหตุ"),),
    "senate-2567": (
        (
            "ข้อที่",
            "เกณฑ์การประเมิน",
            "คะแนนที่ ๓",
            "ผลการดำเนินการ",
            "หลักฐานประกอบการพิจารณา (เอกสาร ภาพ สื่อ อื่นๆ ฯลฯ)",
            "รวม",
        ),
    ),
    "senate-2567-progress": (
        (
            "ลำดับที่",
            "โครงการ/กิจกรรม",
            "ผลการดำเนินการ",
            "ผลผลิต",
            "ผลลัพธ์",
            "เอกสาร/ หลักฐาน",
            "หมายเหตุ",
        ),
    ),
    # The order and the plan print no table for these two; theirs follow the words of both.
    "senate-2567-complaints": (
        (
            "ลำดับ",
            "รายงาน",
            "กำหนดเสนอ",
            "จำนวนเรื่องร้องเรียน รับเรื่อง",
            "จำนวนเรื่องร้องเรียน ยุติแล้ว",
            "จำนวนเรื่องร้องเรียน อยู่ระหว่างดำเนินการ",
            "จำนวนเรื่องร้องเรียน แจ้งผู้ร้องเรียนแล้ว",
            "เสนอผู้อำนวยการสำนักเมื่อ",
        ),
        (
            "ลำดับ",
            "เลขรับเรื่อง",
            "วันที่รับ",
            "ช่องทาง",
            "เรื่องโดยย่อ",
            "สถานะ",
            "วันที่ยุติ",
            "แจ้งผู้ร้องเรียน",
            "ผลการดำเนินการ",
        ),
    ),
    "senate-2567-project": (
        (
            "กิจกรรมที่",
            "โครงการ/กิจกรรม",
            "ใคร",
            "ทำอะไร",
            "ที่ไหน",
            "อย่างไร",
            "เมื่อไร วันที่เริ่ม",
            "เมื่อไร วันที่สิ้นสุด",
            "จำนวน (คน) กลุ่มเป้าหมาย",
            "จำนวน (คน) เข้าร่วม",
        ),
        (
            "กิจกรรมที่",
            "โครงการ/กิจกรรม",
            "องค์ความรู้ที่ได้",
            "นำมาใช้ในสำนัก/กลุ่มอย่างไร",
            "ความพึงพอใจ (คน) ผู้ตอบ",
            "ความพึงพอใจ (คน) ผู้พึงพอใจ",
            "ภาพประกอบ (รูป)",
            "เอกสารที่ส่ง",
        ),
    ),
    "senate-2567-plan": (
        (*_PLAN, "คะแนน สำนักดีเด่น", "ผู้รับผิดชอบ"),
        (*_PLAN, "คะแนน สำนักดีเด่น", "ผู้รับผิดชอบ"),
        (*_PLAN, "คะแนน", "ผู้รับผิดชอบ"),
        (*_PLAN, "คะแนน", "ผู้รับผิดชอบ"),
        (*_PLAN, "ผู้รับผิดชอบ"),
    ),
    "diw-2566-plan": (
        (
            "ลำดับที่",
            "โครงการ/กิจกรรม",
            "วัตถุประสงค์",
            "ตัวชี้วัด",
            "ขั้นตอน",
            "งบประมาณ (บาท)",
            "ระยะเวลาดำเนินงาน (ม.ค. - มี.ค. ๖๖)",
            "ระยะเวลาดำเนินงาน (เม.ย. - มิ.ย. ๖๖)",
            "ผู้รับผิดชอบ",
        ),
        ("ลำดับที่", "กิจกรรม", "เกณฑ์การประเมินองค์กรคุณธรรม", "คะแนนที่คาดว่าจะได้รับ"),
    ),
    # The report's own table is not reproduced in the document; these columns follow the plan's.
    "diw-2566-progress": (
        (
            "ลำดับที่",
            "โครงการ/กิจกรรม",
            "ทำแล้ว",
            "วันที่",
            "ความคืบหน้า (ร้อยละ)",
            "ผลการดำเนินงาน",
            "ปัญหา/อุปสรรค",
            "ข้อเสนอแนะ",
            "เอกสารหลักฐาน",
        ),
    ),
    "cdd-chiangrai-2569": (
        (
            "ที่",
            "แนวทางการดำเนินการ",
            "ประเด็นการขับเคลื่อน",
            "การขับเคลื่อน",
            "ห้วงระยะเวลา",
            "ผู้รับผิดชอบ",
        ),
    ),
    "narathiwat-2569": (
        (*_STRATEGY, "แผนการดำเนินงาน/กิจกรรม (แผนงาน/โครงการ/กิจกรรม)", "ผลการดำเนินงาน"),
        (*_STRATEGY, "(แผนงาน/โครงการ/กิจกรรม)", "คำอธิบาย"),
        *[_EXPLAINED] * 4,
    ),
}


def headings(table: PrintedTable) -> tuple[str, ...]:
    return tuple(f"{column.over} {column.heading}".strip() for column in table.columns)


@pytest.mark.parametrize("name", PRINTED)
def test_the_tables_have_the_headings_of_the_printed_form(name: str) -> None:
    """Tables that the program adds, of facts behind the form, come after the printed ones."""
    made = tuple(headings(table) for table in FORMS[name].printed.tables)
    assert made[: len(PRINTED[name])] == PRINTED[name]


def test_every_form_that_prints_tables_is_compared() -> None:
    assert {name for name, form in FORMS.items() if form.printed.tables} == set(PRINTED)


# --- points

SENATE_POINTS = (
    *(5, 20, 5, 2, 3, 5, 10, 10, 5, 5, 20, 5, 5, 5, 5, 5, 10),
    *(10, 20, 20, 10, 5, 20, 5, 30, 10, 5, 10, 5, 5),
    *(20, 30),
    *(20, 5, 5, 5, 10),
)


def test_the_points_of_the_outstanding_bureau_add_up_to_375() -> None:
    form = FORMS["senate-2567-plan"]
    assert tuple(c.maximum for c in form.counted) == SENATE_POINTS
    groups = [sum(form.criterion(n).maximum for n in s.numbers) for s in form.subtotals]
    assert groups == [125, 155, 50, 45]
    assert form.maximum == sum(groups) == 375
    assert [rung.points for rung in form.criterion(33).rungs] == [20, 10, 0]
    assert {c.kind for c in form.criteria[37:]} == {"met"}


def test_the_plan_of_2566_expects_the_printed_20_points() -> None:
    form = FORMS["diw-2566-plan"]
    assert tuple(c.maximum for c in form.counted) == (3, 3, 3, 3, 2, 3, 2, 1)
    assert form.maximum == 20
    # The rung that is printed is the only one that gives points.
    assert all(len(criterion.rungs) == 2 for criterion in form.counted)


def test_the_plan_prints_its_points_beside_each_activity() -> None:
    """What the points column prints is the most that the activity can get, 33 with its parts."""
    form = FORMS["senate-2567-plan"]
    printed: dict[int, str] = {}
    for table in form.printed.tables:
        columns = [column.heading for column in table.columns]
        at = next((i for i, heading in enumerate(columns) if "คะแนน" in heading), None)
        for row in table.rows if at is not None else ():
            number = arabic_digits(row.cells[0]) if row.cells else ""
            if number.isdigit() and "คะแนน" in row.cells[at]:
                printed[int(number)] = row.cells[at]
    points = {n: int(re.findall(r"\d+", text)[-1]) for n, text in printed.items()}
    assert points == {criterion.number: criterion.maximum for criterion in form.counted}


# --- what a form says about others


def cross_checks() -> Iterator[object]:
    for name, form in FORMS.items():
        for check in form.cross_checks:
            yield pytest.param(form, check, id=f"{name}: {check.id}")


@pytest.mark.parametrize(("form", "check"), [*cross_checks()])
def test_a_cross_check_compares_the_same_kind_of_fact(form: Form, check: object) -> None:
    there = parse_fact(check.there, FORMS[check.form])  # type: ignore[attr-defined]
    here = parse_fact(check.here, form)  # type: ignore[attr-defined]
    assert isinstance(here, Quantity) == isinstance(there, Quantity)
    if isinstance(here, Quantity) and isinstance(there, Quantity):
        assert here.measures is there.measures


@pytest.mark.parametrize("form", [f for f in FORMS.values() if f.follows], ids=lambda f: f.id)
def test_a_report_follows_a_plan_that_numbers_its_activities(form: Form) -> None:
    follows = form.follows
    assert follows is not None
    plan = FORMS[follows.form]
    assert plan.fiscal_year == form.fiscal_year
    if follows.plan_table is None:
        assert follows.compare == {}
        numbers = {criterion.number for criterion in plan.criteria}
    else:
        table = plan.table(follows.plan_table)
        assert table.column(follows.plan_number).type == "integer"
        assert table.column(follows.plan_title).type == "text"
        for here, there in follows.compare.items():
            mine = form.table(follows.table).column(here)
            assert table.column(there).type == mine.type
        numbers = {row[follows.plan_number] for row in table.preset}
    reported = golden_of(form.id).tables[follows.table]
    assert reported
    assert {row[follows.number] for row in reported} <= numbers


@of_each_form
def test_it_says_by_when_it_is_due_or_that_no_day_is_printed(form: Form) -> None:
    said = [interpretation.place for interpretation in form.interpretations]
    assert form.due_dates or any("กำหนดส่ง" in place for place in said)


@of_each_form
def test_every_due_date_lies_in_its_fiscal_year(form: Form) -> None:
    """But for a report of its last month, which is due in the month after."""
    first, last = form.fiscal_year_dates
    last += timedelta(days=31) if len(form.due_dates) == 12 else timedelta()
    days = [due.date for due in form.due_dates]
    assert days == sorted(days)
    assert all(first <= day <= last for day in days)


# --- names


def test_each_form_has_its_own_id_and_title() -> None:
    files = {path.stem for path in DEFINITIONS.glob("*.toml")}
    assert sorted(form.id for form in FORMS.values()) == sorted(files)
    assert len({form.short_title for form in FORMS.values()}) == len(FORMS)


@of_each_form
def test_its_first_sheet_asks_who_hands_it_in(form: Form) -> None:
    first = form.sheets[0].id
    assert [f.sheet for f in form.fields if f.registry == "name"] == [first]
    registered = [field.registry for field in form.fields if field.registry]
    assert len(registered) == len(set(registered))


# --- one inbox


def test_one_batch_over_all_forms_gives_every_golden_result(tmp_path: Path) -> None:
    """A year-and-office mix in one inbox: each file is recognised by its stamp alone."""
    inbox, output = tmp_path / "inbox", tmp_path / "output"
    inbox.mkdir()
    for number, form_id in enumerate(form_ids()):
        rubric = compile_rubric(load_form(form_id))
        data = write_workbook(rubric, Content(golden_of(form_id)))
        (inbox / f"ไฟล์ที่ {number}.xlsx").write_bytes(data)
    result = run_round(list_inbox(inbox, output), output, "2569-05", Office(), 2)
    judged = {each.form.id: each.units[0].assessment for each in result.forms}
    assert set(judged) == set(form_ids())
    for form_id, assessment in judged.items():
        file = Path(__file__).parent / "golden" / f"{form_id}.expected.json"
        expected = json.loads(file.read_text("utf-8"))
        assert assessment is not None, form_id
        assert {str(c.number): c.computed for c in assessment.criteria} == expected["criteria"]
        assert dict(assessment.subtotals) == expected["subtotals"]
        told = (assessment.total, assessment.level, assessment.level_name[0], assessment.verdict)
        assert told == tuple(expected[k] for k in ("total", "level", "level_name", "verdict"))


# --- digits


_ARABIC_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@%-]*")


def mixes_digits(text: str) -> bool:
    """Whether a text has numbers in Thai and in Arabic digits; codes and addresses are words."""
    words = _ARABIC_WORD.findall(text)
    arabic = [word for word in words if word[0].isdigit() and not re.search("[A-Za-z]", word)]
    return bool(arabic) and re.search("[๐-๙]", text) is not None


@pytest.mark.parametrize("name", FORMS)
def test_no_sentence_of_a_blank_workbook_mixes_thai_and_arabic_digits(name: str) -> None:
    form = FORMS[name]
    data = write_workbook(compile_rubric(form), blank(form))
    texts = {
        value
        for rows in read_values(inspect(data)).values()
        for row in rows
        for value in row
        if isinstance(value, str)
    }
    assert not [text for text in texts if mixes_digits(text)]


@pytest.mark.parametrize("name", FORMS)
def test_a_blank_printed_form_shows_no_zero(name: str) -> None:
    form = FORMS[name]
    data = write_workbook(compile_rubric(form), blank(form))
    sheets = read_values(inspect(data))
    rows = [row for title in form.official_sheets for row in sheets[title]]
    shown = [str(value) for row in rows for value in row if isinstance(value, str)]
    printed = form.printed
    words = [*printed.headings, *printed.note]
    for table in printed.tables:
        words += [*table.title, *table.notes, *(line for row in table.rows for line in row.cells)]
    words += [box.text for c in form.criteria for rung in c.rungs for box in rung.boxes]
    # The heading of the column for no points is a word of the form.
    words += [(printed.ladder.points.format(points="๐") if printed.ladder else "")]
    zeros = [text for text in shown if re.search(r"(?<![๐-๙])๐(?![๐-๙])", text)]
    assert not [text for text in zeros if text not in "\n".join(words)]
