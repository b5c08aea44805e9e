from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import docx
import pytest
import xlsxwriter
from hostile import (
    ANY,
    IN,
    MAIN,
    cells,
    corpus,
    noise,
    open_document,
    ordinary,
    parts,
    relations,
    sheet,
    texts,
    workbook,
    workbook_xml,
    zipped,
)

from moral_xlsx.excel.form.layout import Area
from moral_xlsx.excel.read.guard import Inspected, inspect
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding, Place

SECONDS_FOR_ONE_FILE = 10

READ_ALL = """
import io, pathlib, sys, time
from python_calamine import CalamineWorkbook
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
except ImportError:
    pass
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    print(path.name, flush=True)
    start = time.perf_counter()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for title in book.sheet_names:
            book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except BaseException as wrong:
        assert not isinstance(wrong, MemoryError | KeyboardInterrupt), wrong
    assert time.perf_counter() - start < 10, "drowned"
print("done")
"""


def refusal(data: bytes) -> Finding:
    with pytest.raises(Refused) as caught:
        inspect(data)
    return caught.value.finding


def outcome(data: bytes) -> str:
    try:
        inspect(data)
    except Refused as refused:
        return refused.finding.code
    return IN


@pytest.mark.slow
def test_hostile_files_are_refused_for_the_right_reason_and_the_rest_can_be_read(
    tmp_path: Path,
) -> None:
    wrong, slow, names = [], [], []
    for sample in corpus():
        start = time.perf_counter()
        found = outcome(sample.data)
        if time.perf_counter() - start > SECONDS_FOR_ONE_FILE:
            slow.append(sample.name)
        if sample.expect not in (ANY, found):
            wrong.append((sample.name, sample.expect, found))
        if found == IN:
            (tmp_path / f"{len(names):04}").write_bytes(sample.data)
        names.append(sample.name)
    assert (wrong, slow) == ([], [])
    assert sum(sample.expect != ANY for sample in corpus()) > 500
    reader = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(tmp_path)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    last = reader.stdout.split()[-1]
    assert last == "done", f"{names[int(last)]} harmed the reader: {reader.stderr[-500:]}"


@pytest.mark.slow
def test_every_refusal_has_a_message_and_a_remedy_in_both_languages() -> None:
    for sample in corpus():
        try:
            inspect(sample.data)
        except Refused as refused:
            found = refused.finding
            for language in ("th", "en"):
                assert message(found, language) and remedy(found, language)
                assert "{" not in message(found, language)


def test_a_document_of_word_is_told_as_one() -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    found = refusal(stream.getvalue())
    assert "เอกสาร Word" in message(found)


def test_the_kind_is_decided_by_content() -> None:
    macro = parts(types=str(parts()["[Content_Types].xml"]).replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    ))  # fmt: skip
    binary = {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\0"}
    assert inspect(workbook()).kind == "xlsx"
    assert inspect(zipped(macro)).kind == "xlsm"
    assert inspect(zipped(binary)).kind == "xlsb"
    assert inspect(open_document("")).kind == "ods"


@pytest.mark.parametrize(
    ("data", "thai", "english"),
    [
        (b"%PDF-1.4", "เอกสาร PDF", "a PDF document"),
        (b"<html>", "หน้าเว็บ HTML", "an HTML page"),
        ("รหัส,ชื่อ".encode(), "ข้อความหรือ CSV", "plain text or CSV"),
        (zipped({"a": b""}), "ไฟล์บีบอัดที่ไม่มีสมุดงาน", "an archive without a workbook"),
        (zipped({"word/document.xml": b""}), "เอกสาร Word", "a Word document"),
    ],
    ids=["pdf", "html", "csv", "zip", "docx"],
)
def test_what_is_not_a_workbook_is_named(data: bytes, thai: str, english: str) -> None:
    found = refusal(data)
    assert found.code == "MX-102"
    assert thai in message(found, "th")
    assert english in message(found, "en")


def test_a_far_cell_is_named_with_its_sheet() -> None:
    found = refusal(cells('<row r="6000"><c r="B6000"><v>1</v></c></row>'))
    assert (found.code, found.place) == ("MX-105", Place(sheet="S", cell="B6000"))


def test_a_shared_text_may_be_long_or_used_often_but_not_both() -> None:
    cells = (f'<row r="{at}"><c r="A{at}" t="s"><v>{{}}</v></c></row>' for at in range(1, 201))
    used = "".join(cells)
    long, short = f"<t>{noise(900_000)[4:-3]}</t>", "<t>x</t>"
    book = texts(long, short)
    assert outcome(workbook(texts=book, sheet1=sheet(used.replace("{}", "1")))) == IN
    assert outcome(workbook(texts=book, sheet1=sheet(used.replace("{}", "0")))) == "MX-104"
    empty_first = book.replace("<si>", "<si/><si>", 1)
    assert outcome(workbook(texts=empty_first, sheet1=sheet(used.replace("{}", "1")))) == "MX-104"
    assert outcome(workbook(texts=empty_first, sheet1=sheet(used.replace("{}", "2")))) == IN


def test_a_forbidden_declaration_is_named() -> None:
    found = refusal(workbook(styles="<!DOCTYPE a><a/>"))
    assert "<!DOCTYPE" in message(found)


@pytest.fixture(scope="module")
def written() -> Inspected:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_properties({"created": datetime(2026, 5, 20, 8, 30)})
        page = book.add_worksheet("ข้อมูล")
        other = book.add_worksheet("It's 2")
        other.hide()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=ข้อมูล!$A$1:$A$3"})
        book.add_chartsheet("กราฟ").set_chart(chart)
        page.write_number("A1", 0.5, book.add_format({"num_format": "0%"}))
        page.write_number("B1", 0.5, book.add_format({"num_format": '0.0" 100%"'}))
        page.write_number("C1", 0.5, book.add_format({"num_format": "[Red]0.0%;-0.0%"}))
        page.write_number("D1", 0.5)
        page.write_formula("B3", "=A1*2", None, 1)
        page.write_formula("C3", "=1/0", None, "#DIV/0!")
        other.write_formula("AA10", "=1", None, 1)
        for name, target in {
            "one": "=ข้อมูล!$B$2", "table.column": "='It''s 2'!$C$4:$C$9",
            "gone": "=#REF!", "constant": "=5", "two": "=ข้อมูล!$A$1,ข้อมูล!$B$2",
            "whole": "=ข้อมูล!$A:$A", "elsewhere": "=Missing!$A$1", "relative": "=ข้อมูล!A1",
            "ข้อมูล!local": "=ข้อมูล!$A$1",
        }.items():  # fmt: skip
            book.define_name(name, target)
    return inspect(buffer.getvalue())


def test_sheets_come_in_workbook_order_with_their_state(written: Inspected) -> None:
    assert [(s.title, s.state, s.worksheet) for s in written.sheets] == [
        ("ข้อมูล", "visible", True), ("It's 2", "hidden", True), ("กราฟ", "visible", False),
    ]  # fmt: skip


def test_names_of_exactly_one_rectangle_are_given(written: Inspected) -> None:
    assert dict(written.names) == {
        "one": Area("ข้อมูล", 1, 1, 1, 1),
        "table.column": Area("It's 2", 3, 2, 8, 2),
    }


def test_formulas_and_errors_are_found(written: Inspected) -> None:
    assert written.formulas == {"ข้อมูล": {(2, 1), (2, 2)}, "It's 2": {(9, 26)}}
    assert written.errors == {"ข้อมูล": {(2, 2)}, "It's 2": set()}


def test_percent_formats_are_told_from_texts_with_a_percent_sign(written: Inspected) -> None:
    shown = [written.percent_format("ข้อมูล", 0, column) for column in range(6)]
    assert shown == [True, False, True, False, False, False]
    assert not written.percent_format("nowhere", 0, 0)


def test_the_moment_of_saving_is_given(written: Inspected) -> None:
    assert written.modified == "2026-05-20T08:30:00Z"
    assert inspect(workbook()).modified == ""


def test_dates_from_1904_are_noticed() -> None:
    assert not inspect(workbook()).date1904
    assert inspect(workbook(book=workbook_xml(after='<workbookPr date1904="1"/>'))).date1904


STYLES = f"""<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/></cellXfs>
</styleSheet>"""


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="B2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        "<row r='2'><c t='e' s='1' r='B2'><f>1/0</f><v>#DIV/0!</v></c></row>",
        '<row r="2"><c\n r="B2" s="1"  t="e" >\n <f t="shared" si="0"/><v>#REF!</v></c></row>',
        '<row r="2"><c s="1" r="B2" t="e"><v>#N/A</v><f>NA()</f></c></row>',
        '<row/><row><c/><c s="1" t="e"><f>NA()</f><v>#N/A</v></c></row>',
        '<row r="2"><!-- <c r="C2" t="e"><f>1</f></c> --><c r="B2" s="1" t="e"><f>1</f></c></row>',
        '<row r="2"><c r="A2" t="str"><v>&lt;c r="C2" t="e">&lt;f></v></c>'
        '<c r="B2" t="e" s="1"><f>1</f></c></row>',
        '<m:AlternateContent xmlns:m="m"><m:Choice><row r="2"><c r="B2" s="1" t="e"><f>1</f></c>'
        "</row></m:Choice></m:AlternateContent>",
    ],
    ids=["usual", "single quotes", "white space", "formula last", "positions implied",
         "in a comment", "in a text", "alternate content"],
)  # fmt: skip
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_cells_are_understood_however_they_are_written(rows: str, prefix: str) -> None:
    content = sheet(rows)
    if prefix:
        for tag in ("worksheet", "sheetData", "row", "c", "v", "f"):
            content = content.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ")
            content = content.replace(f"</{tag}>", f"</x:{tag}>").replace(f"<{tag}/", f"<x:{tag}/")
            content = content.replace(f"<{tag}\n", f"<x:{tag}\n")
        content = content.replace("xmlns=", "xmlns:x=")
    found = inspect(workbook(sheet1=content, styles=STYLES))
    assert found.formulas == {"S": {(1, 1)}}
    assert found.errors == {"S": {(1, 1)}}
    assert found.percent_format("S", 1, 1)


def test_parts_are_found_in_any_case_and_by_absolute_targets() -> None:
    content = parts(relations=relations(("r1", "worksheet", "/xl/Worksheets/SHEET1.xml")))
    assert inspect(zipped(content)).sheets[0].part == "xl/worksheets/sheet1.xml"


def test_what_is_let_in_hands_on_the_file_unchanged() -> None:
    data = ordinary()
    found = inspect(data)
    assert found.data is data
    assert found.package is not None
    assert b"sheetData" in found.package.content(found.sheets[0].part)


def test_reading_cell_by_cell_finds_what_the_pattern_finds() -> None:
    usual = inspect(ordinary())
    assert usual.package is not None
    content = {each.name: usual.package.content(each.name) for each in usual.package.members}
    odd = inspect(zipped({
        name: part.replace(b"<sheetData>", b"<sheetData><!-- -->") for name, part in content.items()
    }))  # fmt: skip
    assert (odd.formulas, odd.errors) == (usual.formulas, usual.errors)
    assert all(usual.formulas.values())
