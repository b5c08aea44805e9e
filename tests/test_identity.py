"""An answer is found by its identity: wherever its cell goes, it is read the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from libreoffice import convert, edit

from moral_xlsx.excel.form.layout import EVIDENCE, lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import PROGRAM_SHEETS
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

OFFICIAL, PANEL = PROGRAM_SHEETS.official, PROGRAM_SHEETS.panel

libreoffice = pytest.mark.libreoffice


def unlocked(*titles: str) -> list[str]:
    return [f'sheets.getByName("{title}").unprotect("")' for title in titles]


@libreoffice
def test_inserted_rows_and_columns_and_moved_and_renamed_sheets_change_nothing(
    golden_workbook: bytes, golden_answers: Answers, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    titles = ("ข้อมูลหน่วยงาน", "ข้อเท็จจริง", "กิจกรรม", "รายการประกอบ", EVIDENCE, OFFICIAL, PANEL)
    steps = [
        *unlocked(*titles),
        'sheets.getByName("ข้อเท็จจริง").Rows.insertByIndex(6, 2)',
        'sheets.getByName("ข้อเท็จจริง").Columns.insertByIndex(1, 1)',
        'sheets.getByName("กิจกรรม").Columns.insertByIndex(0, 2)',
        'sheets.getByName("กิจกรรม").Rows.insertByIndex(12, 3)',
        'sheets.getByName("รายการประกอบ").Rows.insertByIndex(4, 1)',
        f'sheets.getByName("{EVIDENCE}").Columns.insertByIndex(2, 1)',
        f'sheets.getByName("{OFFICIAL}").Rows.insertByIndex(0, 3)',
        f'sheets.getByName("{PANEL}").Rows.removeByIndex(2, 1)',
        'sheets.getByName("ข้อมูลหน่วยงาน").Name = "ของเรา"',
        'sheets.getByName("กิจกรรม").Name = "Activities 2026"',
        'sheets.moveByName("Activities 2026", 0)',
        f'sheets.moveByName("{PANEL}", 1)',
        'sheets.insertNewByName("บันทึกส่วนตัว", 0)',
        'sheets.getByName("บันทึกส่วนตัว").getCellByPosition(0, 0).String = "headcount"',
    ]
    edited = edit(source, steps, tmp_path).read_bytes()
    submission = Journey().judge(edited)
    assert submission.answers == golden_answers
    assert submission.assessment.total == 27
    assert [f.code for f in submission.assessment.findings] == ["MX-302"]
    written = issue(submission, "2569-05")
    assert written.findings == ()
    assert Journey().judge(written.workbook).answers == golden_answers


@libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_file_saved_by_libreoffice_is_read_the_same(
    kind: str, golden_workbook: bytes, golden_answers: Answers, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    saved = convert([source], kind, tmp_path)[0].read_bytes()
    assert inspect(saved).kind == kind
    submission = Journey().judge(saved)
    assert submission.answers == golden_answers
    assert submission.assessment.total == 27
    outputs = issue(submission, "2569-05")
    assert outputs.findings == ()
    codes = [found.code for found in submission.assessment.findings]
    assert ("MX-114" in codes) == (kind != "xlsx")
    assert Journey().judge(outputs.workbook).answers == golden_answers


def test_answers_are_found_by_markers_when_every_defined_name_is_lost(
    golden_workbook: bytes, golden_answers: Answers
) -> None:
    submission = Journey().judge(without_names(golden_workbook))
    assert submission.answers == golden_answers
    assert [f.code for f in submission.assessment.findings] == ["MX-302", "MX-202"]
    written = issue(submission, "2569-05")
    assert written.findings == ()
    assert Journey().judge(written.workbook).answers == golden_answers


def test_a_single_lost_name_is_reported_with_its_place(
    golden_workbook: bytes, golden_answers: Answers
) -> None:
    submission = Journey().judge(without_names(golden_workbook, "headcount"))
    assert submission.answers == golden_answers
    (lost,) = [f for f in submission.assessment.findings if f.severity == "info"]
    assert (lost.code, lost.place.field) == ("MX-202", "headcount")
    assert lost.place.sheet == "ข้อเท็จจริง" and lost.place.cell


@libreoffice
def test_rows_inserted_below_the_last_row_of_a_table_are_counted(
    golden_workbook: bytes, golden_answers: Answers, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    area = lay_out(form).names["media.format"]
    steps = [
        *unlocked(area.sheet),
        f'sheets.getByName("{area.sheet}").Rows.insertByIndex({area.last_row + 1}, 2)',
        f'sheets.getByName("{area.sheet}").getCellByPosition({area.first_column}, '
        f'{area.last_row + 1}).String = "นิทรรศการ"',
    ]
    submission = Journey().judge(edit(source, steps, tmp_path).read_bytes())
    formats = [row["format"] for row in submission.answers.tables["media"]]
    assert formats == ["คลิปวิดีโอ", "PowerPoint", "นิทรรศการ"]
    assert "MX-217" in [found.code for found in submission.assessment.findings]


def test_more_rows_than_prepared_fit_into_a_fresh_workbook(
    rubric: Rubric, golden_answers: Answers
) -> None:
    (activity, *_) = golden_answers.tables["activities"]
    many = tuple({**activity, "title": f"กิจกรรม {n}"} for n in range(47))
    answers = replace(golden_answers, tables={**golden_answers.tables, "activities": many})
    read = Journey().judge(write_workbook(rubric, Content(answers))).answers
    assert read == answers


def test_a_workbook_without_names_and_markers_is_not_ours(golden_workbook: bytes) -> None:
    stripped = without_names(golden_workbook)
    package = inspect(stripped).package
    assert package is not None
    strings = package.content("xl/sharedStrings.xml").replace(b"mx:roles", b"-")
    with pytest.raises(Refused) as refusal:
        Journey().judge(package.rewrite({"xl/sharedStrings.xml": strings}))
    assert refusal.value.finding.code == "MX-108"


def without_names(workbook: bytes, *names: str) -> bytes:
    """The workbook without some defined names, or without any."""
    package = inspect(workbook).package
    assert package is not None
    content = package.content("xl/workbook.xml").decode("utf-8")
    chosen = "|".join(map(re.escape, names)) or r"[^\"]*"
    pattern = rf'<definedName [^>]*?\bname="(?:{chosen})"[^>]*>[^<]*</definedName>'
    content = re.sub(pattern, "", content)
    return package.rewrite({"xl/workbook.xml": content.encode("utf-8")})


@libreoffice
def test_rows_inserted_anywhere_between_headings_and_end_are_counted(
    golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    area = lay_out(form).names["media.format"]
    sheet = f'sheets.getByName("{area.sheet}")'
    column = area.first_column
    steps = [
        *unlocked(area.sheet),
        f"{sheet}.Rows.insertByIndex({area.last_row + 1}, 3)",
        f'{sheet}.getCellByPosition({column}, {area.last_row + 3}).String = "ใต้ตาราง เว้นแถว"',
        f"{sheet}.Rows.insertByIndex({area.first_row}, 1)",
        f'{sheet}.getCellByPosition({column}, {area.first_row}).String = "เหนือแถวแรก"',
    ]
    submission = Journey().judge(edit(source, steps, tmp_path).read_bytes())
    formats = [row["format"] for row in submission.answers.tables["media"]]
    assert formats == ["เหนือแถวแรก", "คลิปวิดีโอ", "PowerPoint", "ใต้ตาราง เว้นแถว"]


@libreoffice
def test_without_markers_the_note_below_a_table_is_no_answer(
    golden_workbook: bytes, golden_answers: Answers, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    titles = [sheet.title for sheet in form.sheets]
    steps = [
        *unlocked(*titles),
        *(f'sheets.getByName("{title}").Columns.removeByIndex(0, 1)' for title in titles),
    ]
    submission = Journey().judge(edit(source, steps, tmp_path).read_bytes())
    assert submission.answers == golden_answers


@libreoffice
def test_an_answer_cut_and_pasted_over_another_is_neither(
    golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    names = lay_out(form).names
    cut, over = names["signed"], names["headcount"]
    sheet = f'sheets.getByName("{cut.sheet}")'
    cell = f"{sheet}.getCellByPosition({cut.first_column}, {cut.first_row})"
    target = f"{sheet}.getCellByPosition({over.first_column}, {over.first_row})"
    steps = [
        *unlocked(cut.sheet),
        f"{sheet}.moveRange({target}.CellAddress, "
        f"{sheet}.getCellRangeByPosition({cut.first_column}, {cut.first_row}, "
        f"{cut.first_column}, {cut.first_row}).RangeAddress)",
        f"x = {cell}.String",
    ]
    submission = Journey().judge(edit(source, steps, tmp_path).read_bytes())
    assert submission.assessment.verdict == "returned"
    assert submission.assessment.criterion(1).computed == 0
    codes = [found.code for found in submission.assessment.findings]
    assert codes.count("MX-223") == 2 or codes.count("MX-203") >= 1


def test_two_names_on_one_cell_are_reported_for_both(golden_workbook: bytes) -> None:
    package = inspect(golden_workbook).package
    assert package is not None
    content = package.content("xl/workbook.xml").decode("utf-8")
    (headcount,) = re.findall(r'<definedName name="headcount">([^<]*)<', content)
    changed = re.sub(
        r'(<definedName name="signed">)[^<]*<', lambda m: f"{m[1]}{headcount}<", content
    )
    submission = Journey().judge(package.rewrite({"xl/workbook.xml": changed.encode()}))
    shared = [f for f in submission.assessment.findings if f.code == "MX-223"]
    assert {found.place.field for found in shared} == {"headcount", "signed"}
    assert all("จำนวนผู้บริหารและบุคลากร" in message(found) for found in shared)
    assert submission.assessment.criterion(1).computed == 0


@libreoffice
def test_a_copied_sheet_with_other_answers_is_reported(
    golden_workbook: bytes, form: Form, tmp_path: Path
) -> None:
    source = tmp_path / "officer.xlsx"
    source.write_bytes(golden_workbook)
    area = lay_out(form).names["signed"]
    steps = [
        f'sheets.copyByName("{area.sheet}", "สำเนา", 0)',
        *unlocked("สำเนา"),
        f'sheets.getByName("สำเนา").getCellByPosition({area.first_column}, {area.first_row})'
        ".Value = 3",
    ]
    copied = edit(source, steps, tmp_path).read_bytes()
    for workbook in (copied, without_names(copied)):
        submission = Journey().judge(workbook)
        found = [f.place.field for f in submission.assessment.findings if f.code == "MX-225"]
        assert found == ["signed"]
        assert submission.assessment.verdict == "returned"
