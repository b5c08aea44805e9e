"""The problem cells marked: a sheet of links, which disturbs nothing and is no answer."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from conftest import golden_of
from filling import type_in
from hostile import MAIN, cells, open_document, parts, relations, sheet, workbook_xml, zipped
from libreoffice import convert, edit

from moral_xlsx.excel.form.layout import Area, cell_name, lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.excel.write.marking import Mark, mark, unmark
from moral_xlsx.excel.write.marks_sheet import MOST_MARKS, TITLE
from moral_xlsx.excel.write.writeback import CannotWrite
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

CHANGED = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
ONE = [Mark("S", 4, 2, "ผิด\nวิธีแก้: แก้", "error")]

libreoffice = pytest.mark.libreoffice
of_each_form = pytest.mark.parametrize("form_id", form_ids())


def marked(data: bytes, marks: Sequence[Mark]) -> bytes:
    return mark(inspect(data), marks)


def unmarked(data: bytes) -> bytes:
    return unmark(inspect(data)).data


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def titles(data: bytes) -> list[str]:
    return [each.title for each in inspect(data).sheets]


def book_of(form_id: str) -> bytes:
    return write_workbook(compile_rubric(load_form(form_id)), Content(golden_of(form_id)))


def marks_of(form: Form, say: str = "ปัญหา") -> list[Mark]:
    """A mark in the first cell of every input; every third kind of severity in turn."""
    return [
        Mark(area.sheet, area.first_row, area.first_column, f"{say}: {name}", severity)
        for (name, area), severity in zip(
            lay_out(form).names.items(), ("error", "warning", "info") * 999, strict=False
        )
    ][:MOST_MARKS]


def linked(data: bytes, title: str = TITLE) -> list[tuple[str, int, int]]:
    """Where the links of the list lead, by way of the defined names."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[title]
    found = []
    for row in page.iter_rows(min_row=5, min_col=2, max_col=2):
        link = row[0].hyperlink
        if link is None:
            continue
        assert link.target is None
        ((sheet_title, cell),) = book.defined_names[link.location].destinations
        at = page.parent[sheet_title][cell.replace("$", "")]
        found.append((sheet_title, at.row - 1, at.column - 1))
    return found


def judged(data: bytes) -> tuple[object, ...]:
    submission = Journey().judge(data)
    return submission.answers, submission.assessment


@of_each_form
def test_every_form_is_marked_and_read_as_before(form_id: str) -> None:
    data, marks = book_of(form_id), marks_of(load_form(form_id))
    new = marked(data, marks)
    assert titles(new) == [TITLE, *titles(data)]
    assert linked(new) == [(each.sheet, each.row, each.column) for each in marks]
    page = openpyxl.load_workbook(io.BytesIO(new))[TITLE]
    rows = [(row[1].value, row[3].value) for row in page["A5:D999"] if row[3].value]
    assert rows == [(f"{m.sheet} {cell_name(m.row, m.column)}", m.text) for m in marks]
    before, after = members(data), members(new)
    assert after.keys() - before.keys() == {"xl/worksheets/marks.xml"}
    assert {name for name in before if before[name] != after[name]} == CHANGED
    assert judged(new) == judged(data) == judged(unmarked(new))
    assert members(unmarked(new)) == before


def test_members_that_stay_are_copied_still_compressed(golden_workbook: bytes, form: Form) -> None:
    marks = marks_of(form)
    old, new = inspect(golden_workbook).package, inspect(marked(golden_workbook, marks)).package
    assert old is not None and new is not None
    for member in old.members:
        if member.name not in CHANGED:
            copy = new.member(member.name)
            end = member.data_offset + member.compressed_size
            copied = new.data[copy.data_offset : copy.data_offset + copy.compressed_size]
            assert copied == old.data[member.data_offset : end]


def test_only_the_newest_marks_stay(golden_workbook: bytes, form: Form) -> None:
    first = marked(golden_workbook, marks_of(form))
    marks = marks_of(form, "ใหม่")[:3]
    again = marked(first, marks)
    assert again == marked(golden_workbook, marks) == marked(again, marks)
    assert len(linked(again)) == 3
    assert members(marked(first, [])) == members(golden_workbook)


def test_the_same_marks_give_the_same_bytes_and_none_the_same_file(
    golden_workbook: bytes, form: Form
) -> None:
    assert marked(golden_workbook, marks_of(form)) == marked(golden_workbook, marks_of(form))
    assert marked(golden_workbook, []) is golden_workbook
    inspected = inspect(golden_workbook)
    assert unmark(inspected) is inspected


def test_the_sheet_that_was_open_stays_open_alone(golden_workbook: bytes, form: Form) -> None:
    opened = golden_workbook
    package = inspect(opened).package
    assert package is not None
    book = package.content("xl/workbook.xml")
    turned = book.replace(b'windowHeight="9660"', b'activeTab="3" windowHeight="9" firstSheet="2"')
    assert turned != book
    opened = package.rewrite({"xl/workbook.xml": turned})
    new = marked(opened, marks_of(form)[:1])
    assert b'activeTab="4" windowHeight="9" firstSheet="3"' in members(new)["xl/workbook.xml"]
    chosen = [re.findall(b'tabSelected="[1t]', each) for each in members(new).values()]
    assert sum(map(len, chosen)) == 1, "sheets chosen together would be typed into together"
    assert b"tabSelected" not in members(new)["xl/worksheets/marks.xml"]
    assert members(unmarked(new)) == members(opened)


def test_names_of_single_sheets_stay_with_their_sheets(golden_workbook: bytes, form: Form) -> None:
    def local(data: bytes) -> list[tuple[str, str]]:
        order = titles(data)
        tags = re.findall(r"<definedName [^>]*>", members(data)["xl/workbook.xml"].decode())
        pairs = [
            (re.search(r'name="([^"]*)', t), re.search(r'localSheetId="(\d+)', t)) for t in tags
        ]
        return [(a[1], order[int(b[1])]) for a, b in pairs if a and b]

    assert local(golden_workbook)
    new = marked(golden_workbook, marks_of(form))
    # The list repeats its headings on paper.
    assert local(new) == [*local(golden_workbook), ("_xlnm.Print_Titles", TITLE)]


@pytest.fixture(scope="module")
def officers_file() -> bytes:
    """What an officer may have put into a workbook, in a sheet called like ours as well."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page, own = book.add_worksheet("S"), book.add_worksheet(TITLE)
        hidden = book.add_worksheet("ซ่อน")
        hidden.hide()
        page.write_comment("A2", "หมายเหตุ: สิ่งที่ต้องแก้: -")
        page.insert_textbox("H8", "ข้อความลอย")
        page.protect("secret")
        page.print_area("A1:C9")
        page.repeat_rows(0)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=S!$E$2:$E$9"})
        own.insert_chart("D2", chart)
        own.write_formula("A1", "=S!A1", None, 0)
        own.activate()
        own.set_first_sheet()
    return buffer.getvalue()


def test_what_an_officer_added_stays(officers_file: bytes) -> None:
    new = marked(officers_file, [*ONE, Mark("ซ่อน", 0, 0, "ผิด", "info")])
    assert titles(new) == [f"{TITLE} (2)", "S", TITLE, "ซ่อน"]
    before, after = members(officers_file), members(new)
    assert {name for name in before if before[name] != after[name]} == CHANGED
    assert linked(new, f"{TITLE} (2)") == [("S", 4, 2)], "no link leads to a hidden sheet"
    assert members(unmarked(new)) == before


def test_a_workbook_with_macros_keeps_them_and_the_numbers_of_its_sheets() -> None:
    types = str(parts()["[Content_Types].xml"]).replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    data = zipped(parts(types=types) | {"xl/vbaProject.bin": b"\xd0\xcfmacro"})
    assert inspect(data).kind == "xlsm"
    new = marked(data, ONE)
    assert titles(new) == ["S", TITLE]
    assert members(new)["xl/vbaProject.bin"] == b"\xd0\xcfmacro"
    assert members(unmarked(new)) == members(data)


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOKS = {
    "bare": workbook_xml(),
    "prefixed": f'<x:workbook xmlns:x="{MAIN}" xmlns:rel="{OFFICE}"><x:sheets>'
    '<x:sheet name="S" sheetId="1" rel:id="r1"/></x:sheets><x:calcPr/></x:workbook>',
    "declared in the sheet": f"\ufeff<workbook xmlns='{MAIN}'><sheets><sheet name='S' sheetId='7' "
    f"state='visible' d3p1:id='r1' xmlns:d3p1='{OFFICE}'></sheet></sheets></workbook>",
    "locked structure": workbook_xml().replace(
        "<sheets>", '<workbookProtection lockStructure="1"/><bookViews><workbookView/>'
        '<workbookView firstSheet="0" activeTab="0"/></bookViews><sheets>',
    ),
    "empty names": workbook_xml(after="<externalReferences/><definedNames/><calcPr/>"),
    "commented": workbook_xml(after="<!-- <sheets> --><definedNames><!-- > --><definedName "
                              "name='own' localSheetId='0'>S!$A$1</definedName></definedNames>"),
}  # fmt: skip


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_however_a_program_spells_the_workbook(book: str) -> None:
    data = zipped(parts(book=book))
    new = marked(data, ONE)
    assert titles(new) == [TITLE, "S"]
    assert inspect(new).names["mx_mark_1"] == Area.cell("S", 4, 2)
    assert list(read_values(inspect(new))) == ["S"]
    clean = unmarked(new)
    assert titles(clean) == ["S"]
    assert "mx_mark" not in members(clean)["xl/workbook.xml"].decode()
    assert marked(clean, ONE) == new == marked(new, ONE)
    assert openpyxl.load_workbook(io.BytesIO(clean)).sheetnames == ["S"]
    if "bookViews" in book:  # else the workbook says now which sheet is open
        assert (
            members(clean)["xl/worksheets/sheet1.xml"] == members(data)["xl/worksheets/sheet1.xml"]
        )


def test_prefixed_relations_and_types_are_understood() -> None:
    content = {
        name: re.sub(r"<(/?)(?=Rel|Types|Def|Over)", r"<\1p:", str(text)).replace(
            "xmlns=", "xmlns:p="
        )
        for name, text in parts().items()
        if name.endswith(".rels") or name.startswith("[")
    }
    data = zipped(parts() | content)
    assert titles(marked(data, ONE)) == [TITLE, "S"]
    assert (
        members(unmarked(marked(data, ONE)))["[Content_Types].xml"].decode()
        == (content["[Content_Types].xml"])
    )


@pytest.mark.parametrize(
    "data",
    [
        open_document(""),
        zipped(parts() | {"_xmlsignatures/sig1.xml": "<s/>"}),
        zipped(parts(book=f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" '
                          'sheetId="1" r:id="r1"/></sheets><sheets/></workbook>')),
        zipped(parts(relations=relations(("r1", "macrosheet", "worksheets/sheet1.xml")))),
    ],
    ids=["another kind", "signed", "two lists of sheets", "no worksheet"],
)  # fmt: skip
def test_what_cannot_be_marked_is_said_in_both_languages_and_read_all_the_same(data: bytes) -> None:
    inspected = inspect(data)
    with pytest.raises(CannotWrite) as caught:
        mark(inspected, ONE)
    assert all(caught.value.reason)
    assert unmark(inspected) is inspected


def test_a_mark_for_a_sheet_that_is_not_there_is_refused() -> None:
    with pytest.raises(CannotWrite) as caught:
        marked(cells(""), [Mark("ไม่มี", 0, 0, "ผิด", "error")])
    assert all("ไม่มี" in reason for reason in caught.value.reason)


def test_any_text_can_be_marked() -> None:
    texts = ["a\0b\x1f", "\ud800x", "<&>\"' ]]>", "=1+1", "ก" * 40_000, "_x0041_"]
    new = marked(cells(""), [Mark("S", 0, 0, text, "error") for text in texts])
    page = openpyxl.load_workbook(io.BytesIO(new))[TITLE]
    assert [page.cell(5 + at, 4).value for at in range(4)] == ["ab", "x", "<&>\"' ]]>", "=1+1"]
    told = "".join(str(row[0].value) for row in page.iter_rows(9, 99, 4, 4) if row[0].value)
    assert told.startswith("ก" * 40_000 + "_"), "what no row holds goes on in the next"
    assert inspect(new).formulas[TITLE] == set()


def test_how_an_answer_was_read_is_nothing_to_mend(golden_workbook: bytes, form: Form) -> None:
    typed = {"headcount": "๓๔ คน", "in_writing": "อาจจะ"}
    submission = Journey().judge(type_in(golden_workbook, lay_out(form), typed))
    findings = submission.assessment.findings
    assert {"MX-210", "MX-215", "MX-302"} <= {found.code for found in findings}
    new = issue(submission, "2569-05").marked
    assert new is not None
    page = openpyxl.load_workbook(io.BytesIO(new))[TITLE]
    listed = [str(text) for (text,) in page.iter_rows(5, min_col=4, max_col=4, values_only=True)]
    placed = [found for found in findings if found.place.cell and found.severity != "info"]
    assert listed == [f"{message(found)}\nวิธีแก้: {remedy(found)}" for found in placed]


def test_more_marks_than_anybody_mends_are_cut_and_told() -> None:
    new = marked(cells(""), [Mark("S", at, 0, "ผิด", "error") for at in range(1_000)])
    page = openpyxl.load_workbook(io.BytesIO(new))[TITLE]
    assert (page.max_row, page.cell(page.max_row, 4).value) == (305, "และอีก ๗๐๐ ข้อ ดูในอีเมลตอบ")


def altered(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    package = inspect(data).package
    assert package is not None
    content = package.content(part)
    assert old in content
    return package.rewrite({part: content.replace(old, new)})


def test_a_list_that_the_officer_calculates_with_stays_and_is_passed_over() -> None:
    ordinary = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    new = marked(cells(ordinary.decode()), ONE)
    formula = f'<row r="1"><c r="A1"><f>{TITLE}!A5</f><v>1</v></c></row>'.encode()
    used = (
        altered(new, "xl/worksheets/sheet1.xml", ordinary, formula),
        altered(new, "xl/worksheets/marks.xml", b'<c r="A5"', b'<c r="Z4"><f>1+1</f></c><c r="A5"'),
        altered(new, "xl/workbook.xml", b"<definedNames>",
                f'<definedNames><definedName name="own">{TITLE}!$B$2</definedName>'.encode()),
        altered(new, "xl/workbook.xml", b'name="S"', b'name="S" state="hidden"'),
    )  # fmt: skip
    for data in used:
        inspected = inspect(data)
        assert unmark(inspected) is inspected
        assert list(read_values(inspected)) == ["S"]
        with pytest.raises(CannotWrite):
            mark(inspected, ONE)


def test_a_text_that_speaks_of_the_list_is_no_formula() -> None:
    text = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{TITLE}: x, {TITLE}!A5</t></is></c></row>'
    assert titles(unmarked(marked(cells(text), ONE))) == ["S"]


def test_names_that_a_deleted_list_left_behind_are_taken_away() -> None:
    new = marked(cells(""), ONE)
    left = altered(new, "xl/worksheets/marks.xml", b"mx:marks", b"-")
    inspected = unmark(inspect(left))
    assert titles(inspected.data) == [TITLE, "S"]
    assert inspected.names == {}
    assert titles(marked(left, ONE)) == [f"{TITLE} (2)", TITLE, "S"]


def test_names_that_came_along_with_a_copied_sheet_are_taken_away() -> None:
    both = '<sheet name="S" sheetId="1" r:id="r1"/><sheet name="S (2)" sheetId="2" r:id="r2"/>'
    targets = (
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r2", "worksheet", "worksheets/2.xml"),
    )
    data = zipped(
        parts(book=workbook_xml(both), relations=relations(*targets))
        | {"xl/worksheets/2.xml": sheet("")}
    )
    copied = b"</definedName><definedName name=\"mx_mark_1\" localSheetId='2'>'S (2)'!$C$5<"
    new = altered(
        marked(data, ONE), "xl/workbook.xml", b"</definedName>", copied + b"/definedName>"
    )
    clean = members(unmarked(new))["xl/workbook.xml"]
    assert titles(unmarked(new)) == ["S", "S (2)"]
    assert b"definedName" not in clean
    assert titles(marked(new, ONE)) == [TITLE, "S", "S (2)"]


def test_an_officers_own_sheet_is_never_taken_for_ours() -> None:
    for first in ("<v>1</v>", "<f>1</f>"):
        data = cells(f'<row r="1"><c r="A1">{first}</c><c r="B1" t="str"><v>mx:marks</v></c></row>')
        inspected = inspect(data)
        assert unmark(inspected) is inspected
    rows = '<row r="2"><c r="A2" t="inlineStr"><is><t>mx:marks</t></is></c></row>'
    assert titles(unmarked(zipped(parts(sheet1=sheet(rows))))) == ["S"]


# --- after another program has saved it


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every form, marked and then saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("marked")
    files = []
    for form_id in form_ids():
        files.append(folder / f"{form_id}.xlsx")
        files[-1].write_bytes(marked(book_of(form_id), marks_of(load_form(form_id))))
    return {file.stem: file.read_bytes() for file in convert(files, "xlsx", folder)}


@libreoffice
@of_each_form
def test_saved_by_libreoffice_it_is_the_same(form_id: str, saved: dict[str, bytes]) -> None:
    data, marks = saved[form_id], marks_of(load_form(form_id))
    assert linked(data) == [(each.sheet, each.row, each.column) for each in marks]
    clean = unmarked(data)
    assert titles(clean) == titles(data)[1:] == titles(book_of(form_id))
    assert not any(name.startswith("mx_") for name in inspect(clean).names)
    before, after = members(data), members(clean)
    assert {name for name in after if after[name] != before[name]} == CHANGED
    answers, assessment = judged(clean)
    assert (answers, assessment) == judged(data)
    assert answers == judged(book_of(form_id))[0]
    again = marked(data, marks[:2])
    assert linked(again) == [(each.sheet, each.row, each.column) for each in marks[:2]]
    assert len(titles(again)) == len(titles(data))


@libreoffice
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_saved_in_another_format_the_marks_are_no_answers(
    kind: str, golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    plain, file = tmp_path / "plain.xlsx", tmp_path / "marked.xlsx"
    plain.write_bytes(golden_workbook)
    file.write_bytes(marked(golden_workbook, marks_of(form)))
    results = [path.read_bytes() for path in convert([plain, file], kind, tmp_path)]
    assert judged(results[0]) == judged(results[1])


@libreoffice
def test_links_follow_their_cells_and_the_list_is_known_wherever_it_goes(
    golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    area = lay_out(form).names["activities.title"]
    one = [Mark(area.sheet, area.first_row, area.first_column, "ผิด", "error")]
    source = tmp_path / "officer.xlsx"
    source.write_bytes(marked(golden_workbook, one))
    steps = [
        f'sheets.getByName("{area.sheet}").unprotect("")',
        f'sheets.getByName("{area.sheet}").Rows.insertByIndex({area.first_row - 2}, 3)',
        f'sheets.getByName("{area.sheet}").Columns.insertByIndex(1, 1)',
        f'sheets.getByName("{area.sheet}").Name = "กิจกรรมของเรา"',
        f'sheets.getByName("{TITLE}").Name = "รายการ"',
        'sheets.moveByName("รายการ", 4)',
        'sheets.copyByName("รายการ", "สำเนา", 0)',
    ]
    data = edit(source, steps, tmp_path).read_bytes()
    moved = ("กิจกรรมของเรา", area.first_row + 3, area.first_column + 1)
    assert linked(data, "รายการ") == [moved]
    assert {"รายการ", "สำเนา", "รายการประกอบ"} <= set(titles(data))
    clean = unmarked(data)
    assert {"รายการ", "สำเนา"} & set(titles(clean)) == set()
    answers = judged(golden_workbook)[0]
    assert judged(data)[0] == judged(clean)[0] == answers
    assert titles(marked(data, [Mark(*moved, "ผิด", "error")]))[0] == TITLE


@libreoffice
def test_the_list_prints_on_its_own_pages(
    golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    marks = marks_of(form)[:3]
    source.write_bytes(marked(golden_workbook, marks))
    (pdf,) = convert([source], "pdf", tmp_path)
    text = subprocess.run(
        ["pdftotext", "-layout", "-l", "1", str(pdf), "-"], check=True, capture_output=True
    ).stdout.decode()
    for each in marks:
        assert each.sheet in text and cell_name(each.row, each.column) in text
    assert "ต้องแก้ไข" in text
    assert "mx:marks" not in text


def test_what_one_row_cannot_show_goes_on_in_the_next_and_links_stay_right(
    golden_workbook: bytes,
) -> None:
    first = lay_out(load_form("moi-2569")).names["headcount"]
    long = "\n".join(f"ข้อความที่ {number}" for number in range(60))
    marks = [
        Mark(first.sheet, first.first_row, first.first_column, long, "error"),
        Mark(first.sheet, first.first_row, first.first_column, "สั้น", "error"),
    ]
    page = openpyxl.load_workbook(io.BytesIO(marked(golden_workbook, marks)))[TITLE]
    rows = list(page.iter_rows(min_row=5))
    told = [str(row[3].value) for row in rows]
    assert "\n".join(told[:-1]) == long and told[-1] == "สั้น"
    assert len(rows) > 3
    assert all(page.row_dimensions[row[0].row].height <= 409 for row in rows)
    linked_rows = [at for at, row in enumerate(rows) if row[1].hyperlink]
    assert linked_rows == [0, len(rows) - 1]
