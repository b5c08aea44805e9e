from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hostile import MAIN, ROOT, cells, open_document, parts, sheet, workbook, workbook_xml, zipped
from hypothesis import given
from hypothesis import strategies as st
from libreoffice import convert
from python_calamine import CalamineWorkbook

from moral_xlsx.excel.read.guard import Inspected, inspect
from moral_xlsx.excel.read.scan import check_xml
from moral_xlsx.excel.write.locate import CannotWrite, by_patterns, by_walking
from moral_xlsx.excel.write.writeback import CellValue, write_cells
from moral_xlsx.model.errors import Refused
from moral_xlsx.opc import Limits, Package

Values = dict[tuple[str, int, int], CellValue]
FORM, OWN = "แบบประเมิน", "ของหน่วยงาน"


def picture() -> io.BytesIO:
    """A PNG of one red pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", checksum)

    header = struct.pack(">LLBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def officers_file() -> bytes:
    """A form into which an officer has put everything that saving it anew would lose."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        shaded = book.add_format({"bg_color": "#ffeecc", "border": 1})
        dated = book.add_format({"num_format": "d mmm yyyy", "border": 2})
        page, own = book.add_worksheet(FORM), book.add_worksheet(OWN)
        for row in range(1, 20, 2):
            page.write_string(row, 0, f"ข้อ {row} <&>")
            page.write_blank(row, 2, None, shaded)
            page.write_number(row, 4, row * 10)
        page.write_string("C4", "เดิม", shaded)
        page.write_blank("D4", None, dated)
        page.write_number("E4", 4)
        page.write_formula("F4", "=A1+1", None, 3)
        page.insert_image("H2", "dot.png", {"image_data": picture()})
        page.insert_textbox("H8", "ข้อความลอย", {"fill": {"color": "yellow"}})
        page.write_comment("A2", "หมายเหตุ")
        page.conditional_format("A1:C20", {"type": "data_bar", "data_bar_2010": True})
        page.data_validation("C2:C9", {"validate": "list", "source": ["1", "2", "3"]})
        page.merge_range("A22:D22", "ผสาน", shaded)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": f"='{FORM}'!$E$2:$E$9"})
        own.insert_chart("D2", chart)
        own.write_string("A1", "แผ่นของเราเอง")
        book.define_name("final_1", f"='{FORM}'!$C$4")
    return buffer.getvalue()


def written(data: bytes, values: Values) -> bytes:
    return write_cells(inspect(data), values)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def part(data: bytes, title: str) -> str:
    found = inspect(data)
    assert found.package is not None
    name = next(each.part for each in found.sheets if each.title == title)
    return found.package.content(name).decode()


def without_cells(xml: str, *references: str) -> str:
    for reference in references:
        xml = re.sub(rf'(?s)<c r="{reference}"[^>]*?(?:/>|>.*?</c>)', "", xml)
    return xml


def test_only_the_cells_change_and_every_other_byte_stays(officers_file: bytes) -> None:
    values: Values = {
        (FORM, 3, 2): "ใหม่ <&> \"'", (FORM, 3, 4): 3, (FORM, 1, 2): "ก\nข", (FORM, 5, 2): 0,
    }  # fmt: skip
    new = written(officers_file, values)
    before, after = members(officers_file), members(new)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    touched = ("C4", "E4", "C2", "C6")
    assert without_cells(part(new, FORM), *touched) == without_cells(
        part(officers_file, FORM), *touched
    )
    assert any("media" in name for name in after)
    assert any("comments" in name for name in after)
    assert any("charts" in name for name in after)


def test_copied_members_stay_compressed_as_they_were(officers_file: bytes) -> None:
    limits = Limits(members=99, member_size=10**7, total_size=10**7)
    new = Package.open(written(officers_file, {(FORM, 3, 2): 1}), limits)
    old = Package.open(officers_file, limits)
    for a, b in zip(old.members, new.members, strict=True):
        if a.name != "xl/worksheets/sheet1.xml":
            assert (
                old.data[a.data_offset : a.data_offset + a.compressed_size]
                == new.data[b.data_offset : b.data_offset + b.compressed_size]
            )


EVERYWHERE: Values = {
    (FORM, 0, 0): "แถวใหม่บนสุด", (FORM, 0, 3): 7,
    (FORM, 2, 1): "แถวใหม่ตรงกลาง", (FORM, 200, 27): "ล่างสุด",
    (FORM, 3, 1): "ระหว่างเซลล์", (FORM, 3, 2): "ทับ", (FORM, 3, 3): date(2026, 5, 31),
    (FORM, 3, 4): -5, (FORM, 3, 30): "ท้ายแถว", (FORM, 5, 2): None, (FORM, 5, 4): None,
    (FORM, 300, 1): None, (OWN, 0, 0): " เว้นวรรค  สองข้าง ", (OWN, 6, 6): "=1+1",
}  # fmt: skip


def check_values(data: bytes, values: Values) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for (title, row, column), value in values.items():
        cell = book[title].cell(row + 1, column + 1)
        found = cell.value.date() if isinstance(value, date) else cell.value
        assert found == value, (title, cell.coordinate)
        assert cell.data_type != "f"
        rows = other.get_sheet_by_name(title).to_python(skip_empty_area=False)
        inside = row < len(rows) and column < len(rows[row])
        assert (rows[row][column] if inside else "") == ("" if value is None else value)


def test_values_are_read_back_by_other_libraries(officers_file: bytes) -> None:
    new = written(officers_file, EVERYWHERE)
    check_values(new, EVERYWHERE)
    old = openpyxl.load_workbook(io.BytesIO(officers_file))
    book = openpyxl.load_workbook(io.BytesIO(new))
    for title in (FORM, OWN):
        for row in old[title].iter_rows():
            for cell in row:
                if (title, cell.row - 1, cell.column - 1) not in EVERYWHERE:
                    assert book[title][cell.coordinate].value == cell.value


def test_formats_stay(officers_file: bytes) -> None:
    new = written(officers_file, {(FORM, 3, 2): 3, (FORM, 5, 2): "ก", (FORM, 3, 3): None})
    old_page = openpyxl.load_workbook(io.BytesIO(officers_file))[FORM]
    page = openpyxl.load_workbook(io.BytesIO(new))[FORM]
    for cell in ("C4", "C6", "D4"):
        assert page[cell].border.left.style == old_page[cell].border.left.style is not None
        assert page[cell].number_format == old_page[cell].number_format


def test_the_same_values_give_the_same_bytes_and_none_the_same_file(officers_file: bytes) -> None:
    assert written(officers_file, EVERYWHERE) == written(officers_file, EVERYWHERE)
    assert written(officers_file, {}) is officers_file
    nothing: Values = {(FORM, 5, 2): None, (FORM, 400, 2): None}
    assert written(officers_file, nothing) is officers_file


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({(FORM, 3, 5): 1}, f"{FORM}!F4"),
        ({(FORM, 3, 5): None}, f"{FORM}!F4"),
        ({("ไม่มี", 0, 0): 1}, "ไม่มี"),
        ({(FORM, 3, 3): date(1850, 1, 1)}, "1850-01-01"),
        ({(FORM, 3, 3): float("inf")}, "inf"),
    ],
    ids=["formula", "emptying a formula", "unknown sheet", "date before the calendar", "infinity"],
)
def test_what_cannot_be_written_is_said_in_both_languages(
    officers_file: bytes, values: Values, reason: str
) -> None:
    with pytest.raises(CannotWrite) as caught:
        written(officers_file, values)
    thai, english = caught.value.reason
    assert reason in thai and reason in english


def test_other_formats_and_signed_workbooks_are_not_written() -> None:
    signed = zipped(parts() | {"_xmlsignatures/sig1.xml": "<s/>"})
    for data in (open_document(""), signed):
        with pytest.raises(CannotWrite):
            written(data, {("S", 0, 0): 1})


def test_another_encoding_is_not_written() -> None:
    content = sheet("").replace("UTF-8", "windows-874")
    package = Package.open(workbook(sheet1=content), Limits(99, 10**6, 10**6))
    known = inspect(workbook())
    with pytest.raises(CannotWrite):
        write_cells(Inspected("xlsx", package.data, package, known.sheets), {("S", 0, 0): "ก"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\0b\x0bc\x1f\ufffe", "abc"),
        ("\ud800x", "x"),
        ("หนึ่ง\r\nสอง", "หนึ่ง\nสอง"),
        ("x" * 40_000, "x" * 32_767),
        ("😀" * 20_000, "😀" * 16_383),
        ("_x0041_ ]]> &amp; <b>", "_x0041_ ]]> &amp; <b>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ],
    ids=["control characters", "half a character", "line ends", "too long", "too long in UTF-16",
         "looks escaped", "looks like a formula"],
)  # fmt: skip
def test_any_text_can_be_written(text: str, expected: str) -> None:
    new = written(workbook(), {("S", 0, 0): text})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_index(0).to_python()
    assert rows == [[expected]]
    assert inspect(new).formulas == {"S": set()}


def test_numbers_are_written_exactly() -> None:
    numbers = [85.71, 0.1, -3, 10**15, True, 1e-7]
    new = written(workbook(), {("S", 0, column): n for column, n in enumerate(numbers)})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_index(0).to_python()
    assert rows == [numbers]


def test_dates_count_from_1904_where_the_workbook_does() -> None:
    book = workbook(book=workbook_xml(after='<workbookPr date1904="1"/>'))
    assert "<v>1</v>" in part(written(book, {("S", 0, 0): date(1904, 1, 2)}), "S")
    assert "<v>46173</v>" in part(written(workbook(), {("S", 0, 0): date(2026, 5, 31)}), "S")


A1 = '<c r="A1"><v>1</v></c>'


@pytest.mark.parametrize(
    ("rows", "values", "expected"),
    [
        ("", {(1, 1): 5}, '<row r="2"><c r="B2"><v>5</v></c></row>'),
        ('<row r="1"/>', {(0, 1): 5}, '<row r="1"><c r="B1"><v>5</v></c></row>'),
        ("<row/><row/>", {(1, 0): 5}, '<row/><row><c r="A2"><v>5</v></c></row>'),
        ("<row><c/><c s='2'/></row>", {(0, 1): 5}, "<row><c/><c s='2'><v>5</v></c></row>"),
        ("<row><c/></row>", {(0, 2): 5}, '<row><c/><c r="C1"><v>5</v></c></row>'),
        (
            f'<row r="1" spans="1:2">{A1}</row>', {(0, 1): 5},
            f'<row r="1" spans="1:2">{A1}<c r="B1"><v>5</v></c></row>',
        ),
        (
            f'<row r="1" spans="1:2" ht="9">{A1}</row>', {(0, 3): 5},
            f'<row r="1" ht="9" spans="1:4">{A1}<c r="D1"><v>5</v></c></row>',
        ),
        (
            '<row r="1"><c t="s" vm="1" cm="2" s="4" r="A1" ph="1"><v>0</v></c></row>',
            {(0, 0): 5}, '<row r="1"><c s="4" r="A1" ph="1"><v>5</v></c></row>',
        ),
        (f'<row r="1">{A1}</row>', {(0, 0): None}, '<row r="1"><c r="A1"/></row>'),
        (f'<row r="1">{A1}</row>', {(0, 0): ""}, '<row r="1"><c r="A1"/></row>'),
        (
            '<row r="1" s="3" customFormat="1"/>', {(0, 0): 5},
            '<row r="1" s="3" customFormat="1"><c r="A1" s="3"><v>5</v></c></row>',
        ),
        (
            f'<!-- <c r="A1"/> --><row r="1"><!-- > -->{A1}</row>', {(0, 0): 5, (0, 1): 6},
            '<!-- <c r="A1"/> --><row r="1"><!-- > --><c r="A1"><v>5</v></c>'
            '<c r="B1"><v>6</v></c></row>',
        ),
        (
            f'<row r="1">{A1}</row><row r="9"/>', {(1, 0): 2, (2, 0): 3, (9, 0): 4},
            f'<row r="1">{A1}</row><row r="2"><c r="A2"><v>2</v></c></row>'
            '<row r="3"><c r="A3"><v>3</v></c></row><row r="9"/>'
            '<row r="10"><c r="A10"><v>4</v></c></row>',
        ),
    ],
)  # fmt: skip
def test_cells_are_spliced_in_order(
    rows: str, values: dict[tuple[int, int], CellValue], expected: str
) -> None:
    new = written(cells(rows), {("S", *place): value for place, value in values.items()})
    assert part(new, "S") == sheet(expected)


def test_sheet_data_without_rows_and_columns_with_a_format() -> None:
    empty = f'{ROOT}<cols><col min="2" max="9" style="7" width="9"/></cols><sheetData/></worksheet>'
    new = part(written(workbook(sheet1=empty), {("S", 0, 0): 1, ("S", 0, 1): 2}), "S")
    assert '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1" s="7"><v>2</v></c></row>' in new
    assert new.endswith("</sheetData></worksheet>")


def test_prefixes_are_kept_and_used() -> None:
    content = (
        f"\ufeff<x:worksheet xmlns:x='{MAIN}'><x:sheetData><x:row r='2'><x:c r='A2' t='str'><x:v>"
        "ก</x:v></x:c></x:row></x:sheetData><x:legacyDrawing/></x:worksheet>"
    )
    values: Values = {("S", 0, 0): 1, ("S", 1, 0): "ข", ("S", 1, 1): 2}
    new = written(workbook(sheet1=content), values)
    check_values(new, values)
    assert part(new, "S") == content.replace(
        "<x:row r='2'><x:c r='A2' t='str'><x:v>ก</x:v></x:c>",
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        "<x:row r='2'><x:c r='A2' t=\"inlineStr\"><x:is><x:t xml:space=\"preserve\">ข</x:t></x:is>"
        '</x:c><x:c r="B2"><x:v>2</x:v></x:c>',
    )


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A5"/></row>',
        '<row r="-1"><c r="A1"/></row>',
        '<m:AlternateContent xmlns:m="m"><row r="1"/></m:AlternateContent>',
    ],
    ids=["rows out of order", "cells out of order", "cell of another row", "no row", "choice"],
)
def test_unusual_sheets_are_left_alone(rows: str) -> None:
    with pytest.raises(CannotWrite):
        written(cells(rows), {("S", 0, 0): 1})


PIECES = (
    *("<row>", "</row>", "<row/>", '<row r="{n}">', '<row r="{n}" ht="15">', "<row r='{n}'>"),
    *('<row r="{n}"/>', '<c r="A{n}"/>', '<c r="C{n}" s="2"><v>1</v></c>', "<c><v>1</v></c>"),
    *('<c r="B{n}"><f>A1</f><v>1</v></c>', '<c r="D{n}" t="inlineStr"><is><f/></is></c>'),
    *(
        "<c r='A{n}'/>",
        '<c r="E{n}"><v>1</v><f>A1</f></c>',
        "\n",
        " ",
        "ก",
        '<row r="{n}" x="1>2">',
    ),
    *('<extLst><row r="1"/></extLst>', '<c r="F1"><c r="G1"/></c>', '<c r="A{n}" r2="3" />'),
)
HEADS = (
    *(
        '<cols><col min="1" max="2" style="3"/></cols>',
        "<cols><col min='1' max='2' style='3'/></cols>",
    ),
    *('<cols><col min="x" max="2" style="3"/></cols>', "<!-- <row> -->", "", "<col/>"),
)


@given(
    head=st.sampled_from(HEADS),
    pieces=st.lists(st.tuples(st.sampled_from(PIECES), st.integers(1, 4)), max_size=9),
)
def test_what_patterns_find_a_parser_finds_too(head: str, pieces: list[tuple[str, int]]) -> None:
    rows = "".join(piece.format(n=number) for piece, number in pieces)
    content = f"{ROOT}{head}<sheetData>{rows}</sheetData></worksheet>".encode()
    found = by_patterns(content, "S", {0, 1, 2})
    if found is not None:
        try:
            check_xml(content, "S")
        except Refused:
            return  # the guard lets only well-formed sheets come so far
        assert found == by_walking(content, "S", {0, 1, 2})


def test_what_office_programs_write_is_found_by_patterns(officers_file: bytes) -> None:
    inspected = inspect(officers_file)
    for title in (FORM, OWN):
        content = inspected.sheet_xml(title)
        found = by_patterns(content, title, range(20))
        assert found == by_walking(content, title, range(20))
        assert found is not None and (title == OWN or found.data.children[3].children)


@pytest.mark.libreoffice
def test_a_file_saved_by_libreoffice_is_written_and_read_again(
    officers_file: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "form.xlsx"
    source.write_bytes(officers_file)
    (tmp_path / "first").mkdir()
    saved = convert([source], "xlsx", tmp_path / "first")[0].read_bytes()
    new = written(saved, EVERYWHERE)
    before, after = members(saved), members(new)
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]
    check_values(new, EVERYWHERE)
    source.write_bytes(new)
    (tmp_path / "second").mkdir()
    check_values(
        convert([source], "xlsx", tmp_path / "second")[0].read_bytes(),
        {place: value for place, value in EVERYWHERE.items() if value is not None},
    )
