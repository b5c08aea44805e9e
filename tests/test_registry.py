"""The unit registry: read as it was typed, or refused with every fault at once."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from libreoffice import convert

from moral_xlsx.excel.form.drawing import THAI_DATE
from moral_xlsx.excel.office.units import RegistryError, read_registry, write_registry
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.rules.definition.load import SHIPPED, form_ids, load_form
from moral_xlsx.thai import long_date, short_date, thai_digits

FORM = form_ids()[0]
HEADINGS = (
    "รหัสหน่วยงาน", "ชื่อหน่วยงาน", "ชื่อย่อ", "สังกัด",
    "ชื่อผู้บริหาร", "อีเมล", "จำนวนบุคลากร", "แบบที่ต้องส่ง",
)  # fmt: skip
CODE, NAME, HEADCOUNT, FORMS = 0, 1, 6, 7
UNITS = (
    Unit("0012", "กองกลาง", "กก.", "กรม ก", "นายปิ่น กฤษณ์ชัย", "a@example.go.th", 34, (FORM,)),
    Unit("0013", "=SUM(A1:A9)", "+1", "@x", "-y", "=1+1", 1, ()),
    Unit("NA", "None", "N/A", "null", headcount=2),
    Unit("A-7", "ศูนย์ส่งเสริมอุตสาหกรรมภาคที่ ๗ " * 5 + "ก"),
)


def row(**cells: object) -> list[object]:
    """A good row in which some cells, given as c0, c1 …, are others."""
    good: list[object] = ["0012", "กองกลาง", "", "", "", "", 34, FORM]
    for name, value in cells.items():
        good[int(name[1:])] = value
    return good


def workbook(*rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for values in (headings, *rows):
        book.active.append(list(values))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def faults(data: bytes) -> tuple[tuple[str, str], ...]:
    with pytest.raises(RegistryError) as caught:
        read_registry(data, "units.xlsx", SHIPPED)
    return caught.value.messages


def written(units: Sequence[Unit] = UNITS) -> openpyxl.worksheet.worksheet.Worksheet:
    sheet = openpyxl.load_workbook(BytesIO(write_registry(units, (FORM, "other-2570")))).active
    assert isinstance(sheet, openpyxl.worksheet.worksheet.Worksheet)
    return sheet


def test_what_is_written_is_read_back() -> None:
    registry = read_registry(write_registry(UNITS, form_ids()), "units.xlsx", SHIPPED)
    assert registry.units == UNITS
    # A text that is no address stays as it was typed, and is told.
    assert [(each.place.cell, "=1+1" in each.message[0]) for each in registry.findings] == [
        ("F6", True)
    ]


@pytest.mark.slow
def test_a_registry_may_hold_every_office_of_the_country() -> None:
    units = tuple(replace(UNITS[0], code=f"u{at:05}") for at in range(40_000))
    registry = read_registry(write_registry(units, form_ids()), "units.xlsx", SHIPPED)
    assert registry.units == units


def test_the_blank_registry_holds_no_units() -> None:
    assert read_registry(write_registry((), form_ids()), "units.xlsx", SHIPPED).units == ()


def test_equal_units_give_equal_bytes() -> None:
    assert write_registry(UNITS, (FORM,)) == write_registry(UNITS, (FORM,))


def test_texts_that_look_like_formulas_stay_texts() -> None:
    found = {cell.value: cell.data_type for cells in written().iter_rows() for cell in cells}
    assert found["=SUM(A1:A9)"] == found["=1+1"] == found["0012"] == "s"


def test_codes_typed_later_stay_texts_too() -> None:
    sheet = written(())
    head = next(cell.row for cell in sheet["A"] if cell.value == HEADINGS[0])
    assert sheet.cell(head + 1, 1).number_format == "@"
    assert sheet.column_dimensions["A"].width > 8
    assert sheet.freeze_panes == f"C{head + 1}"


def test_every_column_is_explained_and_the_forms_are_named() -> None:
    sheet = written()
    prompts = {rule.promptTitle: rule.prompt for rule in sheet.data_validations.dataValidation}
    assert set(prompts) == set(HEADINGS)
    assert all(prompts.values())
    assert FORM in prompts[HEADINGS[FORMS]] and "other-2570" in prompts[HEADINGS[FORMS]]


def test_it_prints_on_a4_in_the_governments_font() -> None:
    data = write_registry(UNITS, (FORM,))
    sheet = written()
    assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
    with zipfile.ZipFile(BytesIO(data)) as package:
        styles = package.read("xl/styles.xml").decode()
    assert 'name val="TH Sarabun New"' in styles
    assert "<scheme" not in styles


def test_headings_are_found_wherever_they_stand() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "ชื่อหน่วยงาน ดูแผ่นถัดไป"
    sheet = book.create_sheet("ของเรา")
    turned = ["ลำดับ", *reversed(HEADINGS), "หมายเหตุ"]
    turned[turned.index("ชื่อหน่วยงาน")] = " ชื่อ  หน่วยงาน"
    for at, heading in enumerate(turned):
        sheet.cell(5, 3 + at, heading)
    for at, value in enumerate([1, *reversed(row()), "ทดสอบ"]):
        sheet.cell(7, 3 + at, value)
    sheet.cell(9, 3, 2)  # a running number alone makes no unit
    stream = BytesIO()
    book.save(stream)
    (unit,) = read_registry(stream.getvalue(), "units.xlsx", SHIPPED).units
    assert unit == Unit("0012", "กองกลาง", headcount=34, forms=(FORM,))


def test_blank_rows_are_skipped() -> None:
    data = workbook(row(), [], ["  ", "\u200b"], row(c0="0013"))
    assert [unit.code for unit in read_registry(data, "u", SHIPPED).units] == ["0012", "0013"]


@pytest.mark.parametrize(
    ("typed", "read", "noted"),
    [
        (34, 34, False),
        (34.0, 34, False),
        ("34", 34, False),
        ("๓๔ คน", 34, True),
        ("1,234", 1234, True),
        ("จำนวน 34 ราย", 34, True),
        ("", None, False),
    ],
)
def test_a_headcount_is_understood_and_its_reading_reported(
    typed: object, read: int | None, noted: bool
) -> None:
    registry = read_registry(workbook(row(c6=typed)), "units.xlsx", SHIPPED)
    assert registry.units[0].headcount == read
    assert [note.place.cell for note in registry.findings] == (["G2"] if noted else [])


@pytest.mark.parametrize(
    "typed", ["หลายคน", "34%", "3.5", "34 เดือน", 3.5, 0, -1, "๐", True, date(2026, 5, 27)]
)
def test_an_unreadable_headcount_is_a_fault(typed: object) -> None:
    (fault,) = faults(workbook(row(c6=typed)))
    assert all("Sheet!G2" in text for text in fault)


def test_a_code_typed_as_a_number_is_kept_and_reported() -> None:
    registry = read_registry(workbook(row(c0=12)), "units.xlsx", SHIPPED)
    assert registry.units[0].code == "12"
    (note,) = registry.findings
    assert note.place.cell == "A2"
    assert "12" in note.message[0] and "12" in note.message[1]


@pytest.mark.parametrize("typed", [1.5, date(2026, 1, 2), True])
def test_a_code_that_excel_turned_into_something_else_is_a_fault(typed: object) -> None:
    (fault,) = faults(workbook(row(c0=typed)))
    assert all("Sheet!A2" in text for text in fault)


def test_forms_are_split_and_told_by_their_ids() -> None:
    typed = f" {FORM.upper()} ;{FORM},\n"
    assert read_registry(workbook(row(c7=typed)), "u", SHIPPED).units[0].forms == (FORM,)
    ((thai, english),) = faults(workbook(row(c7=f"{FORM}, moi-1999")))
    assert all("moi-1999" in text and FORM in text and "H2" in text for text in (thai, english))


def test_every_fault_is_reported_at_once_with_its_cell_and_remedy() -> None:
    data = workbook(
        row(c0="0012"),
        row(c0="", c1="กองหนึ่ง"),
        row(c0="0014", c1=" "),
        row(c0="๐๐๑๒"),
        row(c0="0016", c6="มาก"),
        row(c0="0017", c2="=A1"),
        row(c0="0018", c3="#N/A"),
    )
    book = openpyxl.load_workbook(BytesIO(data))
    assert book.active is not None
    book.active["D8"].data_type = "e"
    stream = BytesIO()
    book.save(stream)
    messages = faults(stream.getvalue())
    cells = ("A3", "B4", "A5", "G6", "C7", "D8")
    assert len(messages) == len(cells)
    for cell in cells:
        (fault,) = [pair for pair in messages if pair[1].startswith(f"units.xlsx Sheet!{cell}: ")]
        assert fault[0].startswith(f"units.xlsx Sheet!{cell}: ")
        assert all(text.partition("→")[2].strip() for text in fault)
    (repeated,) = [pair for pair in messages if "A5:" in pair[0]]
    assert all("A2" in text for text in repeated)


def test_missing_headings_are_reported_together_with_faults_in_the_rows() -> None:
    data = workbook(["0012", "กองกลาง", ""], ["0012", "", ""], headings=HEADINGS[:3])
    messages = faults(data)
    for heading, cell in zip(HEADINGS[3:], "DEFGH", strict=True):
        assert any(heading in text and f"!{cell}1:" in text for text, _ in messages)
    assert sum("!A3:" in text for text, _ in messages) == 1
    assert sum("!B3:" in text for text, _ in messages) == 1
    assert len(messages) == 7


def test_without_a_code_column_the_rows_are_not_blamed() -> None:
    (fault,) = faults(workbook(row()[1:], row()[1:], headings=HEADINGS[1:]))
    assert HEADINGS[CODE] in fault[0]


def test_a_heading_that_stands_twice_is_a_fault() -> None:
    (fault,) = faults(workbook([*row(), "ข"], headings=(*HEADINGS, HEADINGS[NAME])))
    assert all("I1" in text and "B1" in text for text in fault)


def test_a_workbook_without_headings_is_told_which_ones_it_needs() -> None:
    (fault,) = faults(workbook(["0012", "กองกลาง"], headings=("ก", "ข")))
    assert all(heading in text for heading in HEADINGS for text in fault)


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(Refused):
        read_registry(b"code,name\n0012,x\n", "units.csv", SHIPPED)


# --- extensions

DATED = next(form for form in map(load_form, form_ids()) if form.due_dates)
DUE = DATED.due_dates[0].date
LATER = DUE + timedelta(days=15)
EXTENDED = (
    Unit("0012", "กองกลาง", extensions=(Extension(DATED.id, DUE, LATER, "หนังสือ ที่ ๑/๒๕๖๙"),)),
    Unit("0013", "กองคลัง"),
    Unit(
        "A-7",
        "ศูนย์",
        extensions=tuple(
            Extension(DATED.id, day, day + timedelta(1))
            for day in sorted({due.date for due in DATED.due_dates})
        ),
    ),
)
GRANTED = ("รหัสหน่วยงาน", "รหัสแบบ", "กำหนดเดิม", "ขยายถึง", "เหตุผล")


def extended(*rows: Sequence[object], headings: Sequence[str] = GRANTED) -> bytes:
    """A registry of two units with a sheet of extensions."""
    book = openpyxl.load_workbook(BytesIO(workbook(row(), row(c0="0013"))))
    sheet = book.create_sheet("ขยายเวลา")
    for values in (headings, *rows):
        sheet.append(list(values))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def granted(**cells: object) -> list[object]:
    """A good row of the extensions in which some cells, given as c0, c1 …, are others."""
    good: list[object] = ["0012", DATED.id, DUE, LATER, "มีหนังสือ"]
    for name, value in cells.items():
        good[int(name[1:])] = value
    return good


def test_extensions_that_are_written_are_read_back() -> None:
    registry = read_registry(write_registry(EXTENDED, form_ids()), "units.xlsx", SHIPPED)
    assert registry.units == EXTENDED
    assert registry.findings == ()


def test_dates_of_extensions_show_the_buddhist_year_and_the_codes_can_be_picked() -> None:
    book = openpyxl.load_workbook(BytesIO(write_registry(EXTENDED, form_ids())))
    sheet = book["ขยายเวลา"]
    head = next(cell.row for cell in sheet["A"] if cell.value == GRANTED[0])
    assert sheet.cell(head + 1, 3).number_format == THAI_DATE
    rules = {rule.promptTitle: rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == set(GRANTED)
    assert all(rule.prompt for rule in rules.values())
    first = next(cell.coordinate for cell in book.worksheets[0]["A"] if cell.value == "0012")
    assert f"${first[0]}${first[1:]}:" in rules["รหัสหน่วยงาน"].formula1
    assert DATED.id in rules["รหัสแบบ"].formula1


def test_a_registry_without_the_sheet_grants_nothing() -> None:
    assert read_registry(workbook(row()), "u", SHIPPED).units[0].extensions == ()


def test_an_empty_sheet_grants_nothing() -> None:
    assert read_registry(extended(headings=()), "u", SHIPPED).units[0].extensions == ()


@pytest.mark.parametrize(
    ("typed", "noted"),
    [
        (LATER, False),
        (datetime(LATER.year, LATER.month, LATER.day), False),
        (LATER.isoformat(), False),
        (long_date(LATER), True),
        (thai_digits(short_date(LATER)), True),
        (f"{LATER.day}/{LATER.month}/{LATER.year + 543 - 2500}", True),
        (datetime(LATER.year + 543, LATER.month, LATER.day), True),
    ],
)
def test_a_date_is_understood_as_it_is_typed_and_its_reading_reported(
    typed: object, noted: bool
) -> None:
    registry = read_registry(extended(granted(c3=typed)), "units.xlsx", SHIPPED)
    assert registry.units[0].extensions == (Extension(DATED.id, DUE, LATER, "มีหนังสือ"),)
    assert registry.units[1].extensions == ()
    assert [note.place.cell for note in registry.findings] == (["D2"] if noted else [])
    assert all(short_date(LATER) in note.message[0] for note in registry.findings)


def test_every_fault_of_an_extension_is_reported_with_its_cell_and_remedy() -> None:
    undated = next(form.id for form in map(load_form, form_ids()) if not form.due_dates)
    data = extended(
        granted(),
        granted(c0="0099"),
        granted(c1="moi-1999"),
        granted(c2=DUE + timedelta(1)),
        granted(c3="เดือนหน้า"),
        granted(c0="0013", c3=DUE),
        granted(c0="๐๐๑๒"),
        granted(c1=undated),
        granted(c0="0013", c3=None),
        granted(c0="0013", c4="=A1"),
    )
    messages = faults(data)
    cells = ("A3", "B4", "C5", "D6", "D7", "C8", "B9", "D10", "E11")
    assert len(messages) == len(cells)
    for cell in cells:
        where = f"units.xlsx ขยายเวลา!{cell}: "
        (fault,) = [pair for pair in messages if pair[1].startswith(where)]
        assert fault[0].startswith(where)
        assert all(text.partition("→")[2].strip() for text in fault)
    assert any(short_date(DUE) in thai and "!C5:" in thai for thai, _ in messages)


def test_a_heading_of_the_extensions_that_is_missing_is_a_fault() -> None:
    (fault,) = faults(extended(granted()[:4], headings=GRANTED[:4]))
    assert all("ขยายเวลา!E1:" in text and "เหตุผล" in text for text in fault)


def test_a_sheet_of_extensions_without_headings_is_no_silent_nothing() -> None:
    (fault,) = faults(extended(granted(), headings=("ก", "ข")))
    assert all(heading in text for heading in GRANTED for text in fault)


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_it_is_read_the_same_after_libreoffice_has_saved_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "units.xlsx"
    units = (*UNITS, *(replace(unit, code=f"X{unit.code}") for unit in EXTENDED))
    path.write_bytes(write_registry(units, form_ids()))
    (saved,) = convert([path], kind, tmp_path)
    assert read_registry(saved.read_bytes(), saved.name, SHIPPED).units == units


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_long_one_is_too(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "units.xlsx"
    units = tuple(replace(UNITS[0], code=f"u{at:04}") for at in range(6_000))
    path.write_bytes(write_registry(units, form_ids()))
    (saved,) = convert([path], kind, tmp_path)
    assert read_registry(saved.read_bytes(), saved.name, SHIPPED).units == units
