"""The working summary: numbers that are numbers, counts that add up, nobody left out."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from re import subn

import openpyxl
import pytest
from libreoffice import convert
from openpyxl.worksheet.worksheet import Worksheet

from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.catalogue.answers import NAME_LOST, NOT_ANSWERED, NOTHING_CLAIMED
from moral_xlsx.model.catalogue.files import NOT_A_WORKBOOK
from moral_xlsx.model.catalogue.rounds import CONFLICT, NOTHING_CAME, SUPERSEDED
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import (
    FileRecord,
    FormResult,
    Previous,
    Progress,
    RoundResult,
    Timeliness,
    Timing,
    UnitResult,
)
from moral_xlsx.model.rubric import DueDate
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.rollup import roll_up

FORM = Form.model_validate(
    {
        "id": "test", "version": "1.0", "title": ["แบบทดสอบ"], "short_title": "แบบทดสอบ 2569",
        "fiscal_year": 2569, "issuer": "ก", "receiver": "ข", "source": "ค",
        "printed": {
            "ladder": {
                "heading": "ก", "criterion": "ค", "rungs": "ง", "points": "{points}",
                "score": "จ", "evidence": "ฉ",
            },
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
ERROR = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="=จำนวน")
WARNING = catalogue.finding(NOTHING_CLAIMED, Place(sheet="แบบประเมิน", cell="G9"), number="2")
INFO = catalogue.finding(NAME_LOST, label="ชื่อ")
LATE = catalogue.finding(NOTHING_CAME, earlier=("", ""))
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
    name = ("ยังไม่ถึงระดับใด", "ส่งเสริม", "ต้นแบบ", "สูงสุด")[level]
    assessment = Assessment(
        FORM.id, FORM.version, code, f"กอง {code}", criteria, (("1-2", sum(scores[:2])),),
        sum(scores), level, (name, name), (), (), (), findings,
    )  # fmt: skip
    # The same findings twice, as a round has them: each is one finding.
    return UnitResult(unit(code), registered, "received", f"{code}.xlsx", assessment, findings)


def file(
    name: str,
    state: str,
    verdict: str,
    code: str,
    *findings: Finding,
    aside: Finding | None = None,
) -> FileRecord:
    return FileRecord(
        name, "0123456789abcdef" * 4, 9, state, verdict, FORM.id if code else "", "1.0", code, "",
        (), findings, aside,
    )  # type: ignore[arg-type]  # fmt: skip


TWO_FILES = catalogue.finding(CONFLICT, found="c1.xlsx, c2.xlsx")
RESULTS = (
    received("0001", (3, 3, 3), 2),
    received("0002", (1, 0, 2), 0, INFO, WARNING, ERROR, claims=(3, None, 2)),
    UnitResult(unit("0003"), True, "conflict", "c1.xlsx, c2.xlsx", findings=(TWO_FILES,)),
    UnitResult(unit("0004"), True, "missing", findings=(LATE,)),
    received("0005", (2, 2, 2), 1),
    UnitResult(unit("0006"), True, "missing", findings=(LATE,)),
    received("9999", (3, 3, 3), 2, registered=False),
)
NEWER = catalogue.finding(SUPERSEDED, found="n.xlsx")
NO_EXCEL = catalogue.finding(NOT_A_WORKBOOK, kind=("ไฟล์ PDF", "PDF"))
RECORDS = (
    file("0001.xlsx", "counted", "accepted", "0001"),
    file("=0002.xlsx", "counted", "returned", "0002", ERROR, WARNING, INFO),
    file("old.xlsx", "superseded", "accepted", "0001", NEWER, aside=NEWER),
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
    """Registered, share, still to mend, share at this level or above, unregistered; by label."""
    rows = list(found.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(rows) if row[0] == "สรุป")
    named = ("ในทะเบียน", "ร้อยละ", "ในจำนวนนี้ต้องแก้ไข", "ร้อยละของระดับนี้ขึ้นไป", "นอกทะเบียน")
    at = [rows[start].index(name) for name in named if name in rows[start]]
    return {str(row[0]): tuple(row[column] for column in at) for row in rows[start + 1 :]}


def test_every_score_is_a_number_in_its_own_column() -> None:
    found = {row["รหัส"]: row for row in entries(sheet(summary()))}
    assert found["0002"] == {
        "รหัส": "0002", "หน่วยงาน": "=กอง 0002", "สถานะ": "ส่งคืนให้แก้ไข", "ทะเบียน": "ในทะเบียน",
        "ข้อ 1": 1, "ข้อ 2": 0, "ข้อ 3": 2, "เสนอ 1": 3, "เสนอ 2": None, "เสนอ 3": 2,
        "ข้อ 1-2": 1, "รวม": 3, "ระดับ": 0, "ชื่อระดับ": "ยังไม่ถึงระดับใด",
        "ต้องแก้": 1, "ให้ดู": 1, "ไฟล์": "0002.xlsx",
    }  # fmt: skip
    assert [row["สถานะ"] for row in found.values()] == [
        "ผ่านการตรวจ", "ส่งคืนให้แก้ไข", "รอตัดสิน", "ยังไม่ส่ง", "ผ่านการตรวจ", "ยังไม่ส่ง",
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
        "หน่วยงานทั้งหมด": (6, 100, None, None, 1),
        "ผ่านการตรวจ": (2, 33.33, None, None, 1),
        "ส่งคืนให้แก้ไข": (1, 16.66, None, None, 0),
        "รอตัดสิน": (1, 16.66, None, None, 0),
        "ยังไม่ส่ง": (2, 33.33, None, None, 0),
        "ระดับ 2 ต้นแบบ": (1, 16.66, 0, 16.66, 1),
        "ระดับ 1 ส่งเสริม": (1, 16.66, 0, 33.33, 0),
        "ยังไม่ถึงระดับใด": (1, 16.66, 1, None, 0),
        "ยังไม่มีผล": (3, 50, None, None, 0),
    }
    counts = [row[0] for row in found.values()]
    assert counts[0] == sum(counts[1:5]) == sum(counts[5:])


def test_the_counts_are_live_formulas() -> None:
    for label, row in totals(sheet(summary())).items():
        assert all(str(cell).startswith("=") for cell in row if cell is not None), label


@pytest.mark.libreoffice
def test_a_spreadsheet_program_calculates_the_same_counts(tmp_path: Path) -> None:
    data = summary()
    (path,) = convert([without_values(data, tmp_path / "stale.xlsx")], "xlsx", tmp_path)
    calculated = sheet(path.read_bytes(), values=True)
    assert totals(calculated) == totals(sheet(data, values=True))


def test_errors_come_first_and_readings_are_excluded() -> None:
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
        "ไฟล์": "0001.xlsx", "ผู้ส่ง": None, "การใช้ไฟล์": "ใช้เป็นผลของหน่วยงาน", "ผลการตรวจ": "ผ่านการตรวจ",
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
        "หน่วยงานทั้งหมด", "ผ่านการตรวจ", "ส่งคืนให้แก้ไข", "รอตัดสิน", "ยังไม่ส่ง",
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
    assert rules["A5:C11"] == [f'$C5="{state}"' for state in ("ส่งคืนให้แก้ไข", "รอตัดสิน", "ยังไม่ส่ง")]


# --- the department's level

RULES = [
    {"level": level, "percent": percent, "name": f'ระดับ "{level}"', "text": f"ข้อความ {level}"}
    for level, percent in ((1, 80), (2, 70), (3, 60))
]
ROLLED = Form.model_validate({**FORM.model_dump(), "roll_up": RULES})
HEADING = "ผลระดับกรมหรือเทียบเท่า"


def reaching(*levels: int) -> list[UnitResult]:
    return [received(f"{at:04}", (2, 2, 2), level) for at, level in enumerate(levels)]


def rolled_up(units: Sequence[UnitResult], form: Form = ROLLED) -> bytes:
    results = (FormResult(form, tuple(units), roll_up(form, units)),)
    return summary_workbook(RoundResult("2569-05", results, ()))


def rules(found: Worksheet) -> tuple[list[tuple[object, ...]], object]:
    """Text, needed, reached, registered, share and mark of each rule, and the result."""
    rows = list(found.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(rows) if row[0] == HEADING) + 1
    shown = [tuple(cell for cell in row if cell is not None) for row in rows[start : start + 4]]
    return shown[:3], shown[3][0]


SILENT = [UnitResult(unit(code), True, "missing") for code in ("s1", "s2", "s3")]
LEVELS_OF_THE_DEPARTMENT = (
    # 7 of 10 reach both levels: enough for the higher one, whose share is lower.
    (
        [*reaching(*[2] * 7), *SILENT],
        [
            ("ข้อความ 1", 80, 7, 10, 70, "✗"),
            ("ข้อความ 2", 70, 7, 10, 70, "✓"),
            ("ข้อความ 3", 60, 0, 10, 0, "✗"),
        ],
        f'{HEADING}: ระดับ 2 ระดับ "2" (เกณฑ์ของระดับที่ต่ำกว่ายังไม่ครบ',
    ),
    (
        [*reaching(*[3] * 7), *SILENT],
        [
            ("ข้อความ 1", 80, 7, 10, 70, "✗"),
            ("ข้อความ 2", 70, 7, 10, 70, "✓"),
            ("ข้อความ 3", 60, 7, 10, 70, "✓"),
        ],
        f'{HEADING}: ระดับ 3 ระดับ "3" (เกณฑ์ของระดับที่ต่ำกว่ายังไม่ครบ',
    ),
    (
        reaching(1, 1, 2),
        [
            ("ข้อความ 1", 80, 3, 3, 100, "✓"),
            ("ข้อความ 2", 70, 1, 3, 33.33, "✗"),
            ("ข้อความ 3", 60, 0, 3, 0, "✗"),
        ],
        f'{HEADING}: ระดับ 1 ระดับ "1"',
    ),
    (
        [*reaching(2), *SILENT, received("9999", (3, 3, 3), 2, registered=False)],
        [
            ("ข้อความ 1", 80, 1, 4, 25, "✗"),
            ("ข้อความ 2", 70, 1, 4, 25, "✗"),
            ("ข้อความ 3", 60, 0, 4, 0, "✗"),
        ],
        f"{HEADING}: ยังไม่ถึงระดับใด",
    ),
)


@pytest.mark.parametrize(
    ("units", "expected", "result"),
    LEVELS_OF_THE_DEPARTMENT,
    ids=["the second only", "but the first", "the first only", "none"],
)
def test_the_departments_level_is_worked_out_from_all_registered_units(
    units: list[UnitResult], expected: list[tuple[object, ...]], result: str
) -> None:
    found, said = rules(sheet(rolled_up(units), values=True))
    assert found == expected
    assert str(said).startswith(result)
    assert ("ต่ำกว่า" in str(said)) == ("ต่ำกว่า" in result)


def without_values(data: bytes, path: Path) -> Path:
    """The workbook with every formula's stored value replaced by a wrong one."""
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(path, "w") as altered:
        for name in given.namelist():
            text = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text, count = subn(rb"</f><v>[^<]*</v>", b"</f><v>777</v>", text)
                assert count > 20 or name != "xl/worksheets/sheet1.xml"
            altered.writestr(name, text)
    return path


@pytest.mark.libreoffice
def test_a_spreadsheet_program_finds_the_same_level_of_the_department(tmp_path: Path) -> None:
    given = [
        without_values(rolled_up(units), tmp_path / f"{number}.xlsx")
        for number, (units, _, _) in enumerate(LEVELS_OF_THE_DEPARTMENT)
    ]
    calculated = tmp_path / "calculated"
    calculated.mkdir()
    paths = sorted(convert(given, "xlsx", calculated))
    for path, (units, _, _) in zip(paths, LEVELS_OF_THE_DEPARTMENT, strict=True):
        again = rules(sheet(path.read_bytes(), values=True))
        assert again == rules(sheet(rolled_up(units), values=True))


def texts(found: Worksheet) -> list[str]:
    return [cell.value for row in found.iter_rows() for cell in row if isinstance(cell.value, str)]


def test_a_form_without_roll_up_says_nothing_of_the_department() -> None:
    assert HEADING not in texts(sheet(summary()))


def test_what_has_to_be_said_about_levels_and_criteria_is_said_once_below() -> None:
    caveat = {"caveat": "จริงเท่าที่ทราบ"}
    one, two, three = FORM.criteria
    form = FORM.model_copy(
        update={
            "levels_note": "เกณฑ์ระดับยืมมา",
            "criteria": (one.model_copy(update=caveat), two, three.model_copy(update=caveat)),
        }
    )
    found = texts(sheet(rolled_up(RESULTS, form)))
    assert found[-2:] == ["เกณฑ์ระดับยืมมา", "ข้อ 1 ข้อ 3: จริงเท่าที่ทราบ"]
    unlevelled = form.model_copy(update={"levels": ()})
    assert "เกณฑ์ระดับยืมมา" not in texts(sheet(rolled_up(RESULTS, unlevelled)))


# --- forms of other kinds


def met(number: int, label: str) -> dict[str, object]:
    rungs = [{"points": points, "boxes": [{"text": "ก"}]} for points in (1, 0)]
    return {
        "number": number, "label": label, "kind": "met", "title": f"ประเด็น {label}",
        "short": f"ย่อ {label}", "rungs": rungs,
    }  # fmt: skip


def form_with(criteria: Sequence[object], **other: object) -> Form:
    given = {**FORM.model_dump(), "levels": (), "subtotals": (), "criteria": criteria, **other}
    return Form.model_validate(given)


LABELS = ("๑.๑", "๑.๒", "๒.๑")
MET = form_with(
    [met(number, label) for number, label in enumerate(LABELS, start=1)],
    total_label="จำนวนประเด็นที่ผ่าน", printed={},
)  # fmt: skip


def test_what_is_met_or_not_is_said_in_words() -> None:
    found = sheet(rolled_up([received("0001", (1, 0, 1), 0), *SILENT], MET))
    first, silent, *_ = entries(found)
    assert first == {
        "รหัส": "0001", "หน่วยงาน": "=กอง 0001", "สถานะ": "ผ่านการตรวจ", "ทะเบียน": "ในทะเบียน",
        "ข้อ ๑.๑": "ผ่าน", "ข้อ ๑.๒": "ไม่ผ่าน", "ข้อ ๒.๑": "ผ่าน", "รวม": 2,
        "ต้องแก้": 0, "ให้ดู": 0, "ไฟล์": "0001.xlsx",
    }  # fmt: skip
    assert silent["ข้อ ๑.๑"] is None and silent["รวม"] is None
    assert "จำนวนประเด็นที่ผ่าน (เต็ม 3)" in texts(found)
    assert "คะแนน" not in " ".join(texts(found))


def test_a_form_without_criteria_shows_states_only() -> None:
    form = form_with((), printed={})
    found = sheet(rolled_up([received("0001", (), 0), *SILENT], form))
    assert list(entries(found)[0]) == [
        "รหัส", "หน่วยงาน", "สถานะ", "ทะเบียน", "ต้องแก้", "ให้ดู", "ไฟล์",
    ]  # fmt: skip
    rows = list(sheet(rolled_up(SILENT, form), values=True).iter_rows(values_only=True))
    assert ("หน่วยงานทั้งหมด", 3, 100) in [(row[0], row[2], row[3]) for row in rows]


def test_forty_criteria_stay_usable() -> None:
    many = [
        {**met(number, "" if number < 40 else "หมายเหตุ ๓"), "kind": "met"}
        for number in range(1, 41)
    ]
    scores = [number % 2 for number in range(40)]
    claims = [1 if number in (1, 3, 4) else None for number in range(40)]
    unit_result = received("0001", scores, 0, claims=claims)
    found = sheet(rolled_up([unit_result], form_with(many)))
    (row,) = entries(found)
    assert [row[f"ข้อ {number}"] for number in (1, 2, 39)] == ["ไม่ผ่าน", "ผ่าน", "ไม่ผ่าน"]
    assert row["หมายเหตุ ๓"] == "ผ่าน"
    # 40 columns of claims would only widen the sheet: the one that differs is named.
    assert row["เสนอต่างจากที่ได้"] == "ข้อ 5 เสนอ ผ่าน ได้ ไม่ผ่าน"
    assert "เสนอ 1" not in row
    heading = next(c for r in found.iter_rows() for c in r if c.value == "หมายเหตุ ๓")
    assert heading.alignment.textRotation == 90
    assert heading.comment is not None and "ย่อ หมายเหตุ ๓" in heading.comment.text
    assert found.page_setup.fitToWidth == 2
    assert found.print_title_cols == "$A:$B"


# --- ranking, due dates, progress


def test_units_are_ranked_by_their_total_where_the_form_says_so() -> None:
    form = FORM.model_copy(update={"ranking": "การจัดลำดับ: ดีเด่น", "total_label": "คะแนนดีเด่น"})
    units = [
        received("0001", (1, 1, 1), 0),
        received("0002", (3, 3, 3), 2, ERROR),
        received("0003", (1, 2, 0), 0),
        received("0004", (0, 0, 0), 0, registered=False),
        *SILENT[:1],
    ]
    title = "การจัดลำดับ  ดีเด่น"
    data = rolled_up(units, form)
    assert openpyxl.load_workbook(BytesIO(data)).sheetnames[:2] == [UNITS_SHEET, title]
    rows = entries(sheet(data, title))
    assert [(r["ลำดับที่"], r["รหัสหน่วยงาน"], r["คะแนนดีเด่น (เต็ม 9)"], r["หมายเหตุ"]) for r in rows] == [
        (1, "0002", 9, "ยังไม่ผ่านการตรวจ"),
        (2, "0001", 3, "คะแนนเท่ากัน"),
        (2, "0003", 3, "คะแนนเท่ากัน"),
        (4, "0004", 0, "นอกทะเบียน"),
        (None, "s1", None, "ยังไม่ส่ง"),
    ]
    assert texts(sheet(data, title))[0].startswith("การจัดลำดับ: ดีเด่น")


DUE = DueDate(label="ส่งรายงาน", date=date(2026, 6, 30))


def due(code: str, timing: Timing, day: date | None, until: date, days: int = 0) -> UnitResult:
    timeliness = (Timeliness(DUE, until, timing, days, day),)
    return UnitResult(unit(code), True, "missing", timeliness=timeliness)


def test_every_due_date_is_listed_with_what_became_of_it() -> None:
    on_day, later = DUE.date, date(2026, 7, 15)
    units = [
        due("0001", "on_time", on_day, on_day),
        due("0002", "late", date(2026, 7, 3), on_day, 3),
        due("0003", "missing", None, on_day),
        due("0004", "not_due", None, later),
        due("0005", "unknown", None, on_day),
    ]
    found = sheet(rolled_up(units), "กำหนดส่ง")
    rows = entries(found)
    given = datetime(2026, 6, 30)
    assert [(r["วันที่ได้รับ"], r["ขยายถึง"], r["ผล"], r["ช้า (วัน)"]) for r in rows] == [
        (given, None, "ตรงเวลา", None),
        (datetime(2026, 7, 3), None, "ช้า ๓ วัน", 3),
        (None, None, "ยังไม่ส่ง", None),
        (None, datetime(2026, 7, 15), "ยังไม่ถึงกำหนด", None),
        (None, None, "ไม่ทราบวันที่", None),
    ]
    assert {(r["แบบ"], r["กำหนด"], r["วันกำหนดส่ง"]) for r in rows} == {
        (FORM.short_title, "ส่งรายงาน", given)
    }
    dates = [c for row in found.iter_rows() for c in row if isinstance(c.value, datetime)]
    assert {cell.number_format for cell in dates} == {"[$-D07041E]d mmmm yyyy;@"}


def moved(result: UnitResult, total: int, *progress: Progress) -> UnitResult:
    return UnitResult(
        result.unit, True, result.state, result.file, result.assessment,
        previous=Previous("2569-04", total, 0), progress=progress,
    )  # fmt: skip


def test_what_moved_since_the_last_round_is_listed() -> None:
    activity = Progress(7, "กิจกรรม ก", now=Decimal("55.5"), before=Decimal(60))
    new = Progress(8, "กิจกรรม ข", now=Decimal(10), before=None)
    units = [
        received("0000", (3, 3, 3), 2),
        moved(received("0001", (2, 2, 2), 1), 4, activity, new),
        moved(SILENT[0], 5),
    ]
    rows = entries(sheet(rolled_up(units), "ความก้าวหน้า"))
    assert [
        (r["รหัสหน่วยงาน"], r["กิจกรรมที่"], r["เรื่อง"], r["เดิม"], r["ปัจจุบัน"], r["เปลี่ยนแปลง"])
        for r in rows
    ] == [
        ("0001", None, "คะแนนรวม", 4, 6, 2),
        ("0001", 7, "กิจกรรม ก", 60, 55.5, -4.5),
        ("0001", 8, "กิจกรรม ข", None, 10, None),
        ("s1", None, "คะแนนรวม", 5, None, None),
    ]
    assert {row["รอบก่อน"] for row in rows} == {"เดือนเมษายน ๒๕๖๙"}


def test_a_form_without_criteria_has_no_total_that_could_move() -> None:
    form = form_with((), printed={})
    activity = Progress(1, "กิจกรรม", now=Decimal(50), before=Decimal(50))
    rows = entries(sheet(rolled_up([moved(SILENT[0], 0, activity)], form), "ความก้าวหน้า"))
    assert [(row["เรื่อง"], row["เปลี่ยนแปลง"]) for row in rows] == [("กิจกรรม", 0)]


def test_sheets_with_nothing_to_show_are_excluded() -> None:
    names = openpyxl.load_workbook(BytesIO(summary())).sheetnames
    assert names == [UNITS_SHEET, MEND, MISSING, FILES]


def test_ten_forms_with_rankings_have_legal_titles_all_different() -> None:
    titles = [*["แบบประเมินองค์กรคุณธรรมของหน่วยงานในสังกัด"] * 8, "กำหนดส่ง", "ความก้าวหน้า"]
    forms = [
        FORM.model_copy(update={"id": f"f-{at}", "short_title": title, "ranking": "การจัดลำดับ"})
        for at, title in enumerate(titles)
    ]
    units = (moved(due("0001", "missing", None, DUE.date), 3), due("2", "late", None, DUE.date, 1))
    results = tuple(FormResult(form, units) for form in forms)
    data = summary_workbook(RoundResult("2569-05", results, ()))
    names = openpyxl.load_workbook(BytesIO(data)).sheetnames
    assert len(names) == len({name.casefold() for name in names}) == 10 * 2 + 5
    assert max(map(len, names)) <= 31
    assert len(entries(sheet(data, "กำหนดส่ง"))) == 10
    assert len(entries(sheet(data, "ความก้าวหน้า"))) == 10
