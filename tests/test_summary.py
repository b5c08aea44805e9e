"""The working summary: numbers that are numbers, counts that add up, nobody left out."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from re import subn

import openpyxl
import pytest
from libreoffice import convert
from openpyxl.worksheet.worksheet import Worksheet

from moral_xlsx.excel.summary import summary_workbook
from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileRecord, FormResult, RoundResult, Unit, UnitResult

FORM = Form.model_validate(
    {
        "id": "test", "version": "1.0", "title": ["แบบทดสอบ"], "short_title": "แบบทดสอบ 2569",
        "fiscal_year": 2569, "issuer": "ก", "receiver": "ข", "source": "ค",
        "printed": {
            "criteria_heading": "ก", "levels_heading": "ข", "criterion": "ค", "ladder": "ง",
            "points": "{points}", "score": "จ", "evidence": "ฉ", "note": "ช", "headings": [],
            "signature": {"label": "ผู้รายงาน", "name": "a", "position": "a", "date": "a"},
        },
        "sheets": [], "fields": [],
        "criteria": [
            {
                "number": number, "title": f"ข้อ {number}", "short": f"ข้อ {number}",
                "rungs": [
                    {"points": points, "boxes": [{"text": "ก"}]} for points in (3, 2, 1, 0)
                ],
            }
            for number in (1, 2, 3)
        ],
        "subtotals": [{"first": 1, "last": 2, "label": "รวม ๑ - ๒"}],
        "levels": [
            {
                "number": number, "name": name, "text": ["ก"], "first": 1, "last": 3,
                "min_each": number, "min_total": number * 3,
            }
            for number, name in ((1, "ส่งเสริม"), (2, "ต้นแบบ"))
        ],
    }
)  # fmt: skip
ERROR = catalogue.finding("MX-203", Place(sheet="ข้อเท็จจริง", cell="D14"), label="=จำนวน")
WARNING = catalogue.finding("MX-221", Place(sheet="แบบประเมิน", cell="G9"), number="2")
INFO = catalogue.finding("MX-202", label="ชื่อ")
LATE = catalogue.finding("MX-406")
UNITS_SHEET, MEND, MISSING, FILES = "ผลรายหน่วยงาน", "สิ่งที่ต้องแก้", "ยังไม่ส่ง", "ไฟล์ทั้งหมด"


def unit(code: str) -> Unit:
    return Unit(code, f"=กอง {code}", department="กรม ก", email=f"{code}@example.go.th")


def received(
    code: str,
    scores: Sequence[int],
    level: int,
    *findings: Finding,
    claims: Sequence[int | None] | None = None,
    registered: bool = True,
) -> UnitResult:
    criteria = tuple(
        CriterionResult(number, claimed, computed, True, (), ())
        for number, (claimed, computed) in enumerate(
            zip(claims or scores, scores, strict=True), start=1
        )
    )
    name = {0: "ยังไม่ถึงระดับใด", 1: "ส่งเสริม", 2: "ต้นแบบ"}[level]
    assessment = Assessment(
        FORM.id, FORM.version, code, f"กอง {code}", criteria, (("1-2", sum(scores[:2])),),
        sum(scores), level, (name, name), (), (), (), findings,
    )  # fmt: skip
    # The same findings twice, as a round has them: each is one finding.
    return UnitResult(unit(code), registered, "received", f"{code}.xlsx", assessment, findings)


def file(name: str, state: str, verdict: str, code: str, *findings: Finding) -> FileRecord:
    return FileRecord(
        name, "0123456789abcdef" * 4, 9, state, verdict, FORM.id if code else "", "1.0", code, (),
        findings,
    )  # type: ignore[arg-type]  # fmt: skip


TWO_FILES = catalogue.finding("MX-404", found="c1.xlsx, c2.xlsx")
RESULTS = (
    received("0001", (3, 3, 3), 2),
    received("0002", (1, 0, 2), 0, INFO, WARNING, ERROR, claims=(3, None, 2)),
    UnitResult(unit("0003"), True, "conflict", "c1.xlsx, c2.xlsx", findings=(TWO_FILES,)),
    UnitResult(unit("0004"), True, "missing", findings=(LATE,)),
    received("0005", (2, 2, 2), 1),
    UnitResult(unit("0006"), True, "missing", findings=(LATE,)),
    received("9999", (3, 3, 3), 2, registered=False),
)
NO_EXCEL = catalogue.finding("MX-102", kind=("ไฟล์ PDF", "PDF"))
RECORDS = (
    file("0001.xlsx", "counted", "accepted", "0001"),
    file("=0002.xlsx", "counted", "returned", "0002", ERROR, WARNING, INFO),
    file("old.xlsx", "superseded", "accepted", "0001", catalogue.finding("MX-403", found="n.xlsx")),
    file("รายงาน.pdf", "rejected", "rejected", "", NO_EXCEL),
)


def summary(
    results: Sequence[UnitResult] = RESULTS, files: Sequence[FileRecord] = RECORDS
) -> bytes:
    return summary_workbook(
        RoundResult("2569-05", (FormResult(FORM, tuple(results)),), tuple(files))
    )


def sheet(data: bytes, title: str = UNITS_SHEET, *, values: bool = False) -> Worksheet:
    found = openpyxl.load_workbook(BytesIO(data), data_only=values)[title]
    assert isinstance(found, Worksheet)
    return found


def entries(found: Worksheet) -> list[dict[str, object]]:
    """The rows of a sheet's table by heading; its filter tells where the table stands."""
    cells = found[found.auto_filter.ref]
    headings = [str(cell.value) for cell in cells[0]]
    assert len(set(headings)) == len(headings)
    return [dict(zip(headings, [c.value for c in row], strict=True)) for row in cells[1:]]


def totals(found: Worksheet) -> dict[str, tuple[object, ...]]:
    """Registered, share, share at this level or above, and unregistered by label."""
    rows = list(found.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(rows) if row[0] == "สรุป")
    return {str(row[0]): (row[2], row[3], row[4], row[7]) for row in rows[start + 1 :]}


def test_every_score_is_a_number_in_its_own_column() -> None:
    found = {row["รหัส"]: row for row in entries(sheet(summary()))}
    assert found["0002"] == {
        "รหัส": "0002", "หน่วยงาน": "=กอง 0002", "สถานะ": "ส่งคืนให้แก้ไข", "ทะเบียน": "ในทะเบียน",
        "ข้อ 1": 1, "ข้อ 2": 0, "ข้อ 3": 2, "เสนอ 1": 3, "เสนอ 2": None, "เสนอ 3": 2,
        "ข้อ 1-2": 1, "รวม": 3, "ระดับ": 0, "ชื่อระดับ": "ยังไม่ถึงระดับใด",
        "ต้องแก้": 1, "ให้ดู": 1, "ไฟล์": "0002.xlsx",
    }  # fmt: skip
    assert [row["สถานะ"] for row in found.values()] == [
        "ผ่านการตรวจ", "ส่งคืนให้แก้ไข", "หลายไฟล์ขัดกัน", "ยังไม่ส่ง", "ผ่านการตรวจ", "ยังไม่ส่ง",
        "ผ่านการตรวจ",
    ]  # fmt: skip
    assert found["9999"]["ทะเบียน"] == "นอกทะเบียน"


@pytest.mark.parametrize("code", ["0003", "0004"])
def test_a_unit_without_a_result_has_blanks_and_no_zero(code: str) -> None:
    (row,) = [row for row in entries(sheet(summary())) if row["รหัส"] == code]
    told = {"รหัส", "หน่วยงาน", "สถานะ", "ทะเบียน", "ไฟล์"}
    assert {row[heading] for heading in row if heading not in told} == {None}


def test_texts_that_begin_with_an_equals_sign_stay_texts() -> None:
    book = openpyxl.load_workbook(BytesIO(summary()))
    cells = [cell for each in book for row in each.iter_rows() for cell in row]
    texts = [c for c in cells if isinstance(c.value, str) and c.value.startswith(("=กอง", "=0002"))]
    assert len(texts) > 7
    assert {cell.data_type for cell in texts} == {"s"}


def test_the_counts_add_up_to_all_registered_units() -> None:
    found = totals(sheet(summary(), values=True))
    assert found == {
        "หน่วยงานทั้งหมด": (6, 100, None, 1),
        "ผ่านการตรวจ": (2, 33.33, None, 1),
        "ส่งคืนให้แก้ไข": (1, 16.66, None, 0),
        "หลายไฟล์ขัดกัน": (1, 16.66, None, 0),
        "ยังไม่ส่ง": (2, 33.33, None, 0),
        "ระดับ 2 ต้นแบบ": (1, 16.66, 16.66, 1),
        "ระดับ 1 ส่งเสริม": (1, 16.66, 33.33, 0),
        "ยังไม่ถึงระดับใด": (1, 16.66, None, 0),
        "ยังไม่มีผล": (3, 50, None, 0),
    }
    counts = [row[0] for row in found.values()]
    assert counts[0] == sum(counts[1:5]) == sum(counts[5:])


def test_the_counts_are_live_formulas() -> None:
    for label, row in totals(sheet(summary())).items():
        assert all(str(cell).startswith("=") for cell in row if cell is not None), label


@pytest.mark.libreoffice
def test_a_spreadsheet_program_calculates_the_same_counts(tmp_path: Path) -> None:
    data, stale = summary(), tmp_path / "stale.xlsx"
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(stale, "w") as altered:
        for name in given.namelist():
            text = given.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text, count = subn(rb"</f><v>[^<]*</v>", b"</f><v>777</v>", text)
                assert count > 20
            altered.writestr(name, text)
    (path,) = convert([stale], "xlsx", tmp_path)
    calculated = sheet(path.read_bytes(), values=True)
    assert totals(calculated) == totals(sheet(data, values=True))


def test_errors_come_first_and_readings_are_left_out() -> None:
    rows = entries(sheet(summary(), MEND))
    assert [(row["รหัสหน่วยงาน"], row["รหัสข้อ"]) for row in rows] == [
        ("0002", "MX-203"), (None, "MX-102"), ("0002", "MX-221"), ("0003", "MX-404"),
    ]  # fmt: skip
    assert rows[0] == {
        "รหัสหน่วยงาน": "0002", "หน่วยงาน": "=กอง 0002", "แบบ": FORM.short_title,
        "ความสำคัญ": "ต้องแก้ไข", "รหัสข้อ": "MX-203", "แผ่นงาน": "ข้อเท็จจริง", "เซลล์": "D14",
        "สิ่งที่พบ": catalogue.message(ERROR), "วิธีแก้": catalogue.remedy(ERROR), "ไฟล์": "0002.xlsx",
    }  # fmt: skip
    assert rows[1]["ไฟล์"] == "รายงาน.pdf"


def test_silent_units_are_listed_with_their_address() -> None:
    rows = entries(sheet(summary(), MISSING))
    assert [(row["รหัสหน่วยงาน"], row["อีเมล"]) for row in rows] == [
        ("0004", "0004@example.go.th"),
        ("0006", "0006@example.go.th"),
    ]


def test_every_file_is_accounted_for_with_its_reason() -> None:
    rows = {row["ไฟล์"]: row for row in entries(sheet(summary(), FILES))}
    assert list(rows) == [record.name for record in RECORDS]
    assert rows["0001.xlsx"] == {
        "ไฟล์": "0001.xlsx", "การใช้ไฟล์": "ใช้เป็นผลของหน่วยงาน", "ผลการตรวจ": "ผ่านการตรวจ",
        "รหัสหน่วยงาน": "0001", "หน่วยงาน": "=กอง 0001", "แบบ": FORM.short_title,
        "SHA-256": "0123456789ab", "เหตุผล": None,
    }  # fmt: skip
    assert rows["=0002.xlsx"]["เหตุผล"] == "มี 1 ข้อที่ต้องแก้ไข"
    assert "n.xlsx" in str(rows["old.xlsx"]["เหตุผล"])
    assert rows["รายงาน.pdf"]["เหตุผล"] == catalogue.message(NO_EXCEL)
    assert rows["รายงาน.pdf"]["ผลการตรวจ"] == "รับไว้ไม่ได้"


def test_the_same_round_gives_the_same_bytes() -> None:
    assert summary() == summary()


def test_a_round_without_units_counts_nothing_and_divides_by_nothing() -> None:
    data = summary((), ())
    found = totals(sheet(data, values=True))
    assert {row[0] for row in found.values()} == {0}
    assert {row[1] for row in found.values()} == {"–"}
    for title in (UNITS_SHEET, MEND, MISSING, FILES):
        assert all(set(row.values()) == {None} for row in entries(sheet(data, title)))


def test_a_round_without_forms_still_lists_its_files() -> None:
    data = summary_workbook(RoundResult("2569-05", (), RECORDS[-1:]))
    assert openpyxl.load_workbook(BytesIO(data)).sheetnames == [UNITS_SHEET, MEND, MISSING, FILES]
    assert [row["ไฟล์"] for row in entries(sheet(data, FILES))] == ["รายงาน.pdf"]
    assert [row["รหัสข้อ"] for row in entries(sheet(data, MEND))] == ["MX-102"]


def test_several_forms_have_a_sheet_each_with_a_legal_title() -> None:
    titles = ("แบบ [ก]: 1/2 " + "ที่" * 20, "แบบ [ก]: 1/2 " + "ที่" * 21, MEND, "History", "'")
    forms = tuple(
        FORM.model_copy(update={"id": f"form-{number}", "short_title": title})
        for number, title in enumerate(titles)
    )
    results = tuple(FormResult(form, RESULTS[number:]) for number, form in enumerate(forms))
    data = summary_workbook(RoundResult("2569-05", results, RECORDS))
    names = openpyxl.load_workbook(BytesIO(data)).sheetnames
    assert names[-3:] == [MEND, MISSING, FILES]
    assert len(names) == len({name.casefold() for name in names}) == len(forms) + 3
    for number, name in enumerate(names[:-3]):
        assert len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name
        assert name.casefold() != "history"
        assert len(entries(sheet(data, name))) == len(RESULTS) - number
    assert {row["แบบ"] for row in entries(sheet(data, MISSING))} == set(titles)


def test_a_form_without_levels_counts_states_only() -> None:
    form = FORM.model_copy(update={"levels": ()})
    data = summary_workbook(RoundResult("2569-05", (FormResult(form, RESULTS),), ()))
    assert list(totals(sheet(data))) == [
        "หน่วยงานทั้งหมด", "ผ่านการตรวจ", "ส่งคืนให้แก้ไข", "หลายไฟล์ขัดกัน", "ยังไม่ส่ง",
    ]  # fmt: skip


def test_overlong_and_broken_texts_are_shown_as_far_as_possible() -> None:
    records = (
        file("ก" * 40_000, "counted", "accepted", "0001"),
        file("a\udc80\x01\uffff.xlsx", "counted", "accepted", "0001"),
    )
    names = [str(row["ไฟล์"]) for row in entries(sheet(summary(files=records), FILES))]
    assert names[0].startswith("ก" * 1_000) and len(names[0]) <= 32_767
    assert names[1].startswith("a?") and names[1].endswith(".xlsx")


@pytest.mark.parametrize("title", [UNITS_SHEET, MEND, MISSING, FILES])
def test_every_sheet_prints_readably_on_a4(title: str) -> None:
    found = sheet(summary(), title)
    head = int(found.auto_filter.ref.partition(":")[0].lstrip("A"))
    assert found.page_setup.paperSize == int(found.PAPERSIZE_A4)
    assert found.page_setup.orientation == "landscape"
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.page_setup.fitToWidth in (None, 1)  # left out, it is 1
    assert found.page_setup.fitToHeight == 0
    assert found.print_title_rows.endswith(f":${head}")
    assert found.freeze_panes is not None and found.freeze_panes.endswith(str(head + 1))
    assert "พฤษภาคม ๒๕๖๙" in str(found.oddHeader.right.text)
    assert found.sheet_format.defaultRowHeight >= 24
    assert all(row.height >= 24 for row in found.row_dimensions.values() if row.height)
    fonts = {cell.font.name for row in found.iter_rows() for cell in row if cell.value is not None}
    assert fonts == {"TH Sarabun New"}


def test_what_needs_attention_is_coloured_by_rule() -> None:
    found = sheet(summary())
    rules = {
        str(area.sqref): [formula for rule in area.rules for formula in rule.formula]
        for area in found.conditional_formatting
    }
    assert rules["E5:E11"] == rules["H5:H11"] == ["AND(ISNUMBER($E5),ISNUMBER($H5),$E5<>$H5)"]
    assert rules["A5:C11"] == [
        f'$C5="{state}"' for state in ("ส่งคืนให้แก้ไข", "หลายไฟล์ขัดกัน", "ยังไม่ส่ง")
    ]
