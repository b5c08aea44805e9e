"""The department's report: figures that add up, and names behind every figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.shared import Mm
from docx.table import Table

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, ConditionResult, CriterionResult, RungResult
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED, NOTHING_CLAIMED
from moral_xlsx.model.catalogue.files import NOT_A_WORKBOOK
from moral_xlsx.model.catalogue.rounds import CONFLICT, NOTHING_CAME
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import (
    FileRecord,
    FormResult,
    RoundResult,
    Timeliness,
    Timing,
    UnitResult,
)
from moral_xlsx.model.rubric import DueDate
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.rollup import roll_up
from moral_xlsx.thai import arabic_digits
from moral_xlsx.word.department.document import department_report
from moral_xlsx.word.department.plain import MOST_ROWS

FORM = Form.model_validate(
    {
        "id": "test",
        "version": "1.0",
        "title": ["แบบทดสอบ"],
        "short_title": "แบบทดสอบ ๒๕๖๙",
        "fiscal_year": 2569,
        "issuer": "ก",
        "receiver": "ข",
        "source": "ค",
        "printed": {},
        "sheets": [],
        "fields": [],
        "criteria": [
            {
                "number": number,
                "title": f"ข้อ {number}",
                "short": short,
                "rungs": [{"points": points, "boxes": [{"text": "ก"}]} for points in (3, 2, 1, 0)],
            }
            for number, short in ((1, "แผน"), (2, "ผล"))
        ],
        "levels": [
            {
                "number": number,
                "name": name,
                "text": ["ก"],
                "first": 1,
                "last": 2,
                "min_each": number,
                "min_total": number * 2,
            }
            for number, name in ((1, "ส่งเสริม"), (2, "ต้นแบบ"))
        ],
    }
)
ERROR = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")
WARNING = catalogue.finding(NOTHING_CLAIMED, Place(sheet="แบบประเมิน", cell="G9"), number="๑")
OVERVIEW, LEVELS = 0, 2


def assessed(scores: Sequence[int], level: int, findings: tuple[Finding, ...] = ()) -> Assessment:
    criteria = tuple(
        CriterionResult(
            number,
            score,
            score,
            True,
            tuple(
                RungResult(points, score >= points, ((condition(number, points, score),),))
                for points in (3, 2, 1, 0)
            ),
            (),
        )
        for number, score in enumerate(scores, start=1)
    )
    return Assessment(
        FORM.id,
        FORM.version,
        "U",
        "หน่วยงาน",
        criteria,
        (),
        sum(scores),
        level,
        ("", ""),
        (),
        (),
        (),
        findings,
    )


def condition(number: int, points: int, score: int) -> ConditionResult:
    text = f"ข้อ {number} ต้องมี {points}"
    # As in real life, the shortfall differs from unit to unit and the condition does not.
    return ConditionResult(text, (text, text), score >= points, (f"ขาด {points - score}", ""))


def unit(code: str) -> Unit:
    return Unit(code, f"กอง {code}", email=f"{code}@example.go.th", forms=(FORM.id,))


def received(
    code: str, scores: Sequence[int], level: int, *findings: Finding, registered: bool = True
) -> UnitResult:
    return UnitResult(
        unit(code), registered, "received", f"{code}.xlsx", assessed(scores, level, findings)
    )


def missing(code: str) -> UnitResult:
    return UnitResult(
        unit(code), True, "missing", findings=(catalogue.finding(NOTHING_CAME, earlier=("", "")),)
    )


CONFLICT = UnitResult(
    unit("C"), True, "conflict", findings=(catalogue.finding(CONFLICT, found="a.xlsx, b.xlsx"),)
)
UNITS = (
    received("A", (3, 3), 2),
    received("B", (1, 2), 0, ERROR, WARNING),
    CONFLICT,
    missing("D"),
    received("E", (2, 2), 1),
    missing("F"),
    received("Z", (3, 3), 2, registered=False),
)


def rejected(name: str, unit_code: str) -> FileRecord:
    reason = catalogue.finding(NOT_A_WORKBOOK, kind=("ไฟล์ PDF", "PDF"))
    return FileRecord(
        name, "0" * 64, 9, "rejected", "rejected", "", "", unit_code, "", (), (reason,)
    )


FILES = (rejected("รายงาน.pdf", "D"),)


def printed(
    units: Sequence[UnitResult], files: tuple[FileRecord, ...] = FILES, form: Form = FORM
) -> Document:
    form_result = FormResult(form, tuple(units), roll_up(form, units))
    result = RoundResult("2569-05", (form_result,), files)
    return docx.Document(BytesIO(department_report(result, "กรมโรงงานอุตสาหกรรม")))


def grid(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def table_headed(document: Document, *heads: str) -> list[list[str]]:
    (found,) = [grid(table) for table in document.tables if grid(table)[0] == list(heads)]
    return found[1:]


def overview(document: Document) -> dict[str, int]:
    heads, parts, *rows = grid(document.tables[OVERVIEW])
    labels = [head if head == part else part for head, part in zip(heads, parts, strict=True)]
    (figures,) = rows
    return {
        label: int(arabic_digits(figure))
        for label, figure in zip(labels[1:], figures[1:], strict=True)
    }


def levels(document: Document) -> dict[str, list[str]]:
    rows = grid(document.tables[LEVELS])
    return {label: [arabic_digits(text) for text in figures] for label, *figures in rows}


def assert_adds_up(document: Document) -> None:
    figures = overview(document)
    sent = figures["ผ่านการตรวจ"] + figures["ส่งคืนให้แก้ไข"] + figures["รอตัดสิน"]
    assert figures["ส่งแล้ว"] == sent
    assert figures["ในทะเบียน"] == sent + figures["ยังไม่ส่ง"]
    rows = levels(document)
    counts = [int(row[0]) for label, row in rows.items() if label not in ("ระดับ", "รวม")]
    assert sum(counts) == int(rows["รวม"][0]) == figures["ในทะเบียน"]


def test_every_registered_unit_is_counted_once() -> None:
    document = printed(UNITS)
    assert_adds_up(document)
    assert overview(document) == {
        "ในทะเบียน": 6,
        "ส่งแล้ว": 4,
        "ผ่านการตรวจ": 2,
        "ส่งคืนให้แก้ไข": 1,
        "รอตัดสิน": 1,
        "ยังไม่ส่ง": 2,
        "นอกทะเบียน": 1,
    }


def test_shares_are_of_all_registered_units_and_cut_to_two_decimals() -> None:
    rows = levels(printed(UNITS))
    assert rows["ระดับที่ ๒ ต้นแบบ"] == ["1", "0", "16.66", "16.66"]
    assert rows["ระดับที่ ๑ ส่งเสริม"] == ["1", "0", "16.66", "33.33"]
    assert rows["ยังไม่ถึงระดับใด"] == ["1", "1", "16.66", "–"]
    assert rows["ยังไม่มีผล (ยังไม่ส่ง หรือหลายไฟล์)"] == ["3", "–", "50.00", "–"]


def test_each_unit_has_its_scores_total_level_and_state() -> None:
    rows = grid(printed(UNITS).tables[1])
    assert rows[1] == ["ที่", "หน่วยงาน", "๑", "๒", "รวม", "ระดับ", "ผล"]
    assert rows[2:] == [
        ["๑", "กอง A", "๓", "๓", "๖", "๒", "ผ่าน"],
        ["๒", "กอง B", "๑", "๒", "๓", "–", "ให้แก้ไข"],
        ["๓", "กอง C", "–", "–", "–", "–", "รอตัดสิน"],
        ["๔", "กอง D", "–", "–", "–", "–", "ยังไม่ส่ง"],
        ["๕", "กอง E", "๒", "๒", "๔", "๑", "ผ่าน"],
        ["๖", "กอง F", "–", "–", "–", "–", "ยังไม่ส่ง"],
        ["๗", "กอง Z (นอกทะเบียน)", "๓", "๓", "๖", "๒", "ผ่าน"],
    ]


def test_what_has_to_be_mended_and_decided_is_listed_by_unit() -> None:
    heads = ["หน่วยงาน", "ที่", "สิ่งที่พบ", "วิธีแก้"]
    errors, warnings = (
        grid(table)[1:] for table in printed(UNITS).tables if grid(table)[0] == heads
    )
    assert [row[:2] for row in errors] == [["กอง B", "ข้อเท็จจริง D14"]]
    assert [row[0] for row in warnings] == ["กอง B", "กอง C"]
    assert warnings[1][2] == catalogue.message(CONFLICT.findings[0])


def test_silent_units_are_listed_with_their_address_and_what_became_of_their_file() -> None:
    assert table_headed(printed(UNITS), "ที่", "รหัส", "หน่วยงาน", "อีเมล", "หมายเหตุ") == [
        ["๑", "D", "กอง D", "D@example.go.th", "ส่งไฟล์มาแต่รับไว้ไม่ได้"],
        ["๒", "F", "กอง F", "F@example.go.th", ""],
    ]


def test_rejected_files_are_listed_with_the_reason() -> None:
    rows = table_headed(printed(UNITS), "ที่", "ไฟล์", "หน่วยงาน", "เหตุที่รับไว้ไม่ได้", "วิธีแก้")
    (finding,) = FILES[0].findings
    assert rows == [["๑", "รายงาน.pdf", "D", catalogue.message(finding), catalogue.remedy(finding)]]


def test_the_commonest_shortfalls_come_first_counted_by_condition() -> None:
    units = (
        received("A", (2, 3), 2),
        received("B", (2, 1), 1),
        received("C", (2, 0), 0),
        received("D", (0, 1), 0),
        received("Z", (2, 1), 0, registered=False),
    )
    heads = ("ข้อ", "ตัวชี้วัด", "สิ่งที่ยังขาดเพื่อให้ได้คะแนนขั้นถัดไป", "จำนวนหน่วยงาน", "ร้อยละ")
    assert table_headed(printed(units), *heads) == [
        ["๑", "แผน", "ข้อ 1 ต้องมี 3", "๓", "๗๕.๐๐"],
        ["๒", "ผล", "ข้อ 2 ต้องมี 2", "๒", "๕๐.๐๐"],
        ["๑", "แผน", "ข้อ 1 ต้องมี 1", "๑", "๒๕.๐๐"],
        ["๒", "ผล", "ข้อ 2 ต้องมี 1", "๑", "๒๕.๐๐"],
    ]


def test_a_form_that_nobody_has_to_send_is_reported_without_empty_tables() -> None:
    document = printed(())
    assert overview(document)["ในทะเบียน"] == 0
    assert len(document.tables) == 2  # the overview and the rejected file


@pytest.mark.parametrize("count", [1, 400])
def test_any_number_of_units_is_reported(count: int) -> None:
    codes = [f"U{place}" for place in range(count)]
    units = tuple(
        missing(code) if place % 3 else received(code, (3, 1), 0, ERROR)
        for place, code in enumerate(codes)
    )
    document = printed(units)
    assert_adds_up(document)
    assert overview(document)["ในทะเบียน"] == count
    assert len(document.tables[1].rows) == count + 2


def test_a_table_of_very_many_units_ends_and_says_where_the_others_are() -> None:
    count = MOST_ROWS + 1
    units = tuple(received(f"U{place}", (3, 1), 0, ERROR) for place in range(count))
    document = printed(units)
    assert overview(document)["ในทะเบียน"] == count, "all are counted"
    tables = [len(table.rows) for table in document.tables]
    assert max(tables) == MOST_ROWS + 2, "the heading of the units has two rows"
    said = [each.text for each in document.paragraphs if each.text.startswith("แสดง")]
    assert said and set(said) == {"แสดง ๕๐๐ รายการแรกจาก ๕๐๑ รายการ ดูทั้งหมดใน summary.xlsx"}


def test_a_round_without_forms_and_files_is_reported() -> None:
    data = department_report(RoundResult("2569-05", (), ()), "")
    assert "๑. ภาพรวม" in [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]


def test_the_report_is_a4_portrait_and_names_department_and_round() -> None:
    document = printed(UNITS)
    section = document.sections[0]
    assert abs(section.page_width - Mm(210)) < Mm(1)
    assert abs(section.page_height - Mm(297)) < Mm(1)
    assert [paragraph.text for paragraph in document.paragraphs[:3]] == [
        "สรุปผลการประเมินองค์กรคุณธรรมของหน่วยงานในสังกัด",
        "กรมโรงงานอุตสาหกรรม",
        "รอบเดือนพฤษภาคม ๒๕๖๙",
    ]


def test_supplied_names_cannot_break_the_report() -> None:
    files = (rejected("<b>&\x00\udc80.xlsx", ""),)
    heads = ("ที่", "ไฟล์", "หน่วยงาน", "เหตุที่รับไว้ไม่ได้", "วิธีแก้")
    assert table_headed(printed(UNITS, files), *heads)[0][1] == "<b>&.xlsx"


def test_the_same_result_gives_the_same_bytes() -> None:
    result = RoundResult("2569-05", (FormResult(FORM, UNITS),), FILES)
    assert department_report(result, "กรม") == department_report(result, "กรม")


# --- how the units stand together


def said(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


RULES = [
    {"level": level, "percent": percent, "name": name, "text": f"ข้อความ {level}"}
    for level, percent, name in ((1, 80, "ส่งเสริม"), (2, 70, "ต้นแบบ"))
]
ROLLED = Form.model_validate({**FORM.model_dump(), "roll_up": RULES})
RULE_HEADS = ("เกณฑ์ตามแบบ", "ต้องได้ร้อยละ", "ถึงระดับ/ทั้งหมด", "ได้ร้อยละ", "ผล")


def test_the_departments_level_stands_with_its_printed_rules_and_what_speaks_against_it() -> None:
    units = [
        received("A", (3, 3), 2, ERROR),
        *(received(f"A{place}", (3, 3), 2) for place in range(6)),
        *map(missing, "XYZ"),
        received("Q", (3, 3), 2, registered=False),
    ]
    document = printed(units, form=ROLLED)
    assert table_headed(document, *RULE_HEADS) == [
        ["ข้อความ 1", "๘๐", "๗/๑๐", "๗๐.๐๐", "ไม่ถึงเกณฑ์"],
        ["ข้อความ 2", "๗๐", "๗/๑๐", "๗๐.๐๐", "ถึงเกณฑ์"],
    ]
    (sentence,) = [text for text in said(document) if text.startswith("ผลระดับกรมหรือเทียบเท่า:")]
    assert sentence.startswith(
        "ผลระดับกรมหรือเทียบเท่า: ระดับที่ ๒ ต้นแบบ โดยมีหน่วยงานที่ถึงระดับ ๗ จากทั้งหมด ๑๐ หน่วยงาน "
        "คิดเป็นร้อยละ ๗๐.๐๐ ในจำนวนนี้ ๑ หน่วยงานยังไม่ผ่านการตรวจ (เกณฑ์ของระดับที่ต่ำกว่ายังไม่ครบ"
    )


def test_a_department_that_reaches_all_or_nothing_is_told_so() -> None:
    everything = said(printed([received("A", (3, 3), 2)], form=ROLLED))
    (sentence,) = [text for text in everything if text.startswith("ผลระดับกรมหรือเทียบเท่า:")]
    assert sentence.endswith("ระดับ ๑ จากทั้งหมด ๑ หน่วยงาน คิดเป็นร้อยละ ๑๐๐.๐๐")
    nothing = said(printed([missing("A")], form=ROLLED))
    assert "ผลระดับกรมหรือเทียบเท่า: ยังไม่ถึงระดับใด" in nothing


def test_nothing_is_said_of_the_department_where_the_form_has_no_rule() -> None:
    assert not any("ระดับกรม" in text for text in said(printed(UNITS)))


def test_units_are_ranked_where_the_form_says_so() -> None:
    form = FORM.model_copy(update={"ranking": "การจัดลำดับสำนักดีเด่น", "total_label": "คะแนนดีเด่น"})
    units = [*UNITS, received("G", (2, 2), 1)]
    document = printed(units, form=form)
    assert "๒.๓ การจัดลำดับสำนักดีเด่น" in said(document)
    heads = ("ลำดับที่", "หน่วยงาน", "คะแนนดีเด่น (เต็ม ๖)", "หมายเหตุ")
    assert table_headed(document, *heads) == [
        ["๑", "กอง A", "๖", "คะแนนเท่ากัน"],
        ["๑", "กอง Z", "๖", "คะแนนเท่ากัน · นอกทะเบียน"],
        ["๓", "กอง E", "๔", "คะแนนเท่ากัน"],
        ["๓", "กอง G", "๔", "คะแนนเท่ากัน"],
        ["๕", "กอง B", "๓", "ยังไม่ผ่านการตรวจ"],
        ["–", "กอง C", "–", "รอตัดสิน"],
        ["–", "กอง D", "–", "ยังไม่ส่ง"],
        ["–", "กอง F", "–", "ยังไม่ส่ง"],
    ]


DUE = DueDate(label="ส่งรายงาน", date=date(2026, 6, 30))


def due(
    code: str, timing: Timing, days: int = 0, received: date | None = None, until: date = DUE.date
) -> UnitResult:
    timeliness = (Timeliness(DUE, until, timing, days, received),)
    return UnitResult(unit(code), True, "missing", timeliness=timeliness)


def test_whoever_did_not_keep_the_due_date_is_listed() -> None:
    later = date(2026, 7, 15)
    document = printed(
        [
            due("A", "on_time", received=DUE.date),
            due("B", "late", 3, date(2026, 7, 18), later),
            due("C", "missing"),
            due("D", "not_due", until=later),
            due("E", "unknown"),
            due("F", "on_time", received=DUE.date),
        ]
    )
    assert table_headed(document, "หน่วยงาน", "กำหนด", "วันกำหนดส่ง", "วันที่ได้รับ", "ผล") == [
        ["กอง B", "ส่งรายงาน", "๓๐ มิ.ย. ๒๕๖๙\nขยายถึง ๑๕ ก.ค. ๒๕๖๙", "๑๘ ก.ค. ๒๕๖๙", "ช้า ๓ วัน"],
        ["กอง C", "ส่งรายงาน", "๓๐ มิ.ย. ๒๕๖๙", "–", "ยังไม่ส่ง"],
        ["กอง E", "ส่งรายงาน", "๓๐ มิ.ย. ๒๕๖๙", "–", "ไม่ทราบวันที่"],
    ]
    assert (
        "ส่งรายงาน (๓๐ มิ.ย. ๒๕๖๙): ตรงเวลา ๒ หน่วยงาน ช้า ๑ หน่วยงาน ยังไม่ส่ง ๑ หน่วยงาน "
        "ยังไม่ถึงกำหนด ๑ หน่วยงาน ไม่ทราบวันที่ ๑ หน่วยงาน"
    ) in said(document)
    silent = table_headed(document, "ที่", "รหัส", "หน่วยงาน", "อีเมล", "หมายเหตุ")
    assert [row[4] for row in silent if row[1] in "CD"] == [
        "",
        "ส่งไฟล์มาแต่รับไว้ไม่ได้\nยังไม่ถึงกำหนด",
    ]


def test_nobody_is_listed_as_late_when_all_were_in_time() -> None:
    document = printed([due("A", "on_time", received=DUE.date)])
    assert any(text.startswith("ส่งรายงาน (") for text in said(document))
    assert not any(grid(table)[0][-1:] == ["ผล"] for table in document.tables[2:])


# --- forms of other kinds


def form_with(criteria: Sequence[object], **other: object) -> Form:
    return Form.model_validate({**FORM.model_dump(), "levels": (), "criteria": criteria, **other})


def met(number: int, label: str, **other: object) -> dict[str, object]:
    rungs = [{"points": points, "boxes": [{"text": "ก"}]} for points in (1, 0)]
    return {
        "number": number, "label": label, "kind": "met", "title": "ก", "short": f"ย่อ {label}",
        "rungs": rungs, **other,
    }  # fmt: skip


def test_a_form_without_criteria_is_reported_by_state_only() -> None:
    document = printed([received("A", (), 0), missing("B")], form=form_with(()))
    assert grid(document.tables[1]) == [
        ["ที่", "หน่วยงาน", "ผล"],
        ["๑", "กอง A", "ผ่าน"],
        ["๒", "กอง B", "ยังไม่ส่ง"],
    ]
    assert not any("ยังขาด" in text or "ระดับ" in text for text in said(document))


def test_what_is_met_or_not_is_marked_and_explained() -> None:
    form = form_with([met(1, "๑.๑"), met(2, "๑.๒", caveat="จริงเท่าที่ทราบ")])
    document = printed([received("A", (1, 0), 0), missing("B")], form=form)
    assert grid(document.tables[1])[1:] == [
        ["ที่", "หน่วยงาน", "๑.๑", "๑.๒", "รวม", "ผล"],
        ["๑", "กอง A", "✓", "✗", "๑", "ผ่าน"],
        ["๒", "กอง B", "–", "–", "–", "ยังไม่ส่ง"],
    ]
    assert any("✓ หมายถึงผ่าน ✗ หมายถึงไม่ผ่าน" in text for text in said(document))
    assert "ข้อ ๑.๒: จริงเท่าที่ทราบ" in said(document)
    heads = ("ข้อ", "ตัวชี้วัด", "สิ่งที่ยังขาดเพื่อให้ผ่าน", "จำนวนหน่วยงาน", "ร้อยละ")
    assert ["๑.๒", "ย่อ ๑.๒"] in [row[:2] for row in table_headed(document, *heads)]


@pytest.mark.parametrize(
    ("labels", "shown"),
    [([""] * 12, True), ([""] * 40, False), (["กิจกรรมที่ ๑๑ (ร้อยละ ๕๐)"] * 4, False)],
    ids=["twelve", "forty", "long labels"],
)
def test_scores_that_leave_no_room_for_names_are_left_to_the_workbook(
    labels: list[str], shown: bool
) -> None:
    form = form_with([met(number, label) for number, label in enumerate(labels, start=1)])
    document = printed([received("A", [1] * len(labels), 0)], form=form)
    heads = grid(document.tables[1])[-2 if not shown else 1]
    assert len(heads) == (4 + len(labels) if shown else 4)
    assert (heads[0], heads[1], heads[-2], heads[-1]) == ("ที่", "หน่วยงาน", "รวม", "ผล")


def test_what_has_to_be_said_about_levels_is_said_where_they_are_shown() -> None:
    note = "เกณฑ์ระดับยืมมา"
    form = ROLLED.model_copy(update={"levels_note": note})
    assert said(printed(UNITS, form=form)).count(note) == 3  # units, levels, department
    unlevelled = form.model_copy(update={"levels": (), "roll_up": ()})
    assert note not in said(printed(UNITS, form=unlevelled))


def test_all_forms_are_compared_in_one_table() -> None:
    titles = [f"แบบ {at}" for at in range(7)]
    forms = [FORM.model_copy(update={"short_title": title}) for title in titles]
    results = tuple(FormResult(form, UNITS[at:]) for at, form in enumerate(forms))
    data = department_report(RoundResult("2569-05", results, ()), "กรม")
    rows = grid(docx.Document(BytesIO(data)).tables[OVERVIEW])[2:]
    assert [row[0] for row in rows] == titles
    assert [row[1] for row in rows] == ["๖", "๕", "๔", "๓", "๒", "๑", "๐"]
