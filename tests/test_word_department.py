"""The department's report: figures that add up, and names behind every figure."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.shared import Mm
from docx.table import Table

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, ConditionResult, CriterionResult, RungResult
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileRecord, FormResult, RoundResult, Unit, UnitResult
from moral_xlsx.thai import arabic_digits
from moral_xlsx.word.department import department_report

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
        "printed": {
            "criteria_heading": "ก",
            "levels_heading": "ข",
            "criterion": "ค",
            "ladder": "ง",
            "points": "{points}",
            "score": "จ",
            "evidence": "ฉ",
            "note": "ช",
            "headings": [],
            "signature": {"label": "ผู้รายงาน", "name": "a", "position": "a", "date": "a"},
        },
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
ERROR = catalogue.finding("MX-203", Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")
WARNING = catalogue.finding("MX-221", Place(sheet="แบบประเมิน", cell="G9"), number="๑")
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
    return UnitResult(unit(code), True, "missing", findings=(catalogue.finding("MX-406"),))


CONFLICT = UnitResult(
    unit("C"), True, "conflict", findings=(catalogue.finding("MX-404", found="a.xlsx, b.xlsx"),)
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
    reason = catalogue.finding("MX-102", kind=("ไฟล์ PDF", "PDF"))
    return FileRecord(name, "0" * 64, 9, "rejected", "rejected", "", "", unit_code, (), (reason,))


FILES = (rejected("รายงาน.pdf", "D"),)


def printed(units: tuple[UnitResult, ...], files: tuple[FileRecord, ...] = FILES) -> Document:
    result = RoundResult("2569-05", (FormResult(FORM, units),), files)
    return docx.Document(BytesIO(department_report(result, "กรมโรงงานอุตสาหกรรม")))


def grid(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def table_headed(document: Document, *heads: str) -> list[list[str]]:
    (found,) = [grid(table) for table in document.tables if grid(table)[0] == list(heads)]
    return found[1:]


def overview(document: Document) -> dict[str, int]:
    rows = grid(document.tables[OVERVIEW])[1:]
    return {label.strip(): int(arabic_digits(figure)) for label, figure in rows}


def levels(document: Document) -> dict[str, list[str]]:
    rows = grid(document.tables[LEVELS])
    return {label: [arabic_digits(text) for text in figures] for label, *figures in rows}


def assert_adds_up(document: Document) -> None:
    figures = overview(document)
    sent = figures["ผ่านการตรวจ"] + figures["ส่งคืนให้แก้ไข"] + figures["ส่งหลายไฟล์ที่ขัดกัน"]
    assert figures["ส่งแบบประเมินแล้ว"] == sent
    assert figures["หน่วยงานในทะเบียน"] == sent + figures["ยังไม่ส่ง"]
    rows = levels(document)
    counts = [int(row[0]) for label, row in rows.items() if label not in ("ระดับ", "รวม")]
    assert sum(counts) == int(rows["รวม"][0]) == figures["หน่วยงานในทะเบียน"]


def test_every_registered_unit_is_counted_once() -> None:
    document = printed(UNITS)
    assert_adds_up(document)
    assert overview(document) == {
        "หน่วยงานในทะเบียน": 6,
        "ส่งแบบประเมินแล้ว": 4,
        "ผ่านการตรวจ": 2,
        "ส่งคืนให้แก้ไข": 1,
        "ส่งหลายไฟล์ที่ขัดกัน": 1,
        "ยังไม่ส่ง": 2,
        "ส่งมาแต่ไม่อยู่ในทะเบียน": 1,
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
        ["๓", "กอง C", "–", "–", "–", "–", "หลายไฟล์"],
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
    assert overview(document)["หน่วยงานในทะเบียน"] == 0
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
    assert overview(document)["หน่วยงานในทะเบียน"] == count
    assert len(document.tables[1].rows) == count + 2


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
