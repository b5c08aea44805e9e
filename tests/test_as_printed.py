"""What the printed forms have besides their words, in the workbook and in the DOCX alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from conftest import golden_of
from docx.oxml.ns import qn
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import BaseModel

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue.answers import CELL_MISSING
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.journey import Journey
from moral_xlsx.word.report.official import OfficialDocument

BUREAU = "สำนักการคลังและงบประมาณ"
# The sheets of the printed form, of the panel and of its reasons.
SCORED, REASONED = "สรุปคะแนน", "ที่มาของคะแนน"
SHEETS = {
    "cdd-chiangrai-2569": (
        "แผน", "ผลการขับเคลื่อน", "คุณธรรมเป้าหมาย", "กิจกรรมตามแผน", "การยกย่องและเผยแพร่",
        "ผลการตรวจ", "ที่มาของผล",
    ),
    "diw-2566-plan": ("แผน", "คะแนนที่คาดว่าจะได้รับ", SCORED, REASONED),
    "diw-2566-progress": ("แบบรายงาน", "สรุปผลสำเร็จ", "ผลการตรวจ", "ที่มาของผล"),
    "moi-2569": ("แบบประเมิน", "ระดับและลงนาม", SCORED, REASONED),
    "narathiwat-2569": (
        "ยุทธศาสตร์ที่ ๑", "ยุทธศาสตร์ที่ ๒", "ยุทธศาสตร์ที่ ๓", "ยุทธศาสตร์ที่ ๔", "ยุทธศาสตร์ที่ ๕", "เอกสารแนบ",
        "ความครบถ้วน",
    ),
    "senate-2567": ("แบบประเมิน", SCORED, REASONED),
    "senate-2567-activities": ("แบบสรุป", "ความครบถ้วน"),
    "senate-2567-complaints": ("แบบรายงาน", "เรื่องร้องเรียน", "ความครบถ้วน"),
    "senate-2567-level3": ("แบบรายงาน", "ความครบถ้วน"),
    "senate-2567-plan": (
        "แผน ๒๐ มี.ค. ๖๗", "แผน ๒๐ มิ.ย. ๖๗", "แผน ๓๐ มิ.ย. ๖๗", "แผน ๓๐ ก.ค. ๖๗", "แผน ๒๐ ก.ย. ๖๗",
        SCORED, REASONED,
    ),
    "senate-2567-progress": ("แบบรายงาน", "ความครบถ้วน"),
    "senate-2567-project": ("แบบรายงาน", "ผลและภาพประกอบ", "ความครบถ้วน"),
}  # fmt: skip
# What stands on both sides of the line to sign on, in the words of each document.
SIGNED = {
    "diw-2566-plan": ("ลงนาม", "ผู้อนุมัติ"),
    "diw-2566-progress": ("ผู้รายงาน", ""),
    "moi-2569": ("ผู้รายงาน", ""),
    "senate-2567": ("ผู้รายงาน", ""),
    "senate-2567-complaints": ("ผู้รายงาน", ""),
    "senate-2567-level3": ("ลงชื่อ", "ผู้รายงาน"),
    "senate-2567-project": ("ผู้รายงาน", ""),
}


def sheets_of(form_id: str) -> list[Worksheet]:
    """The official form's sheets with the golden answers, as the formulas last showed them."""
    form = load_form(form_id)
    data = write_workbook(compile_rubric(form), Content(golden_of(form_id)))
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    return [book[title] for title in form.official_sheets]


def lines_of_sheet(form_id: str) -> list[str]:
    """Every text of the sheets, row by row."""
    rows = (
        row
        for sheet in sheets_of(form_id)
        for row in sheet.iter_rows(min_row=2, min_col=2, values_only=True)
    )
    return [str(value) for row in rows for value in row if value not in (None, "")]


def lines_of_report(form_id: str) -> list[str]:
    """Every paragraph of the blank form in the DOCX, those in cells too."""
    return ["".join(p.itertext(qn("w:t"))) for p in paragraphs(form_id)]


def paragraphs(form_id: str) -> Iterator[object]:
    for element in OfficialDocument(load_form(form_id)).elements():
        yield from element.iter(qn("w:p"))


@pytest.mark.parametrize("form_id", form_ids())
def test_the_sheets_have_names_that_fit_the_form(form_id: str) -> None:
    """A plan is no assessment, and what has no points has no summary of points."""
    form = load_form(form_id)
    data = write_workbook(compile_rubric(form), Content(golden_of(form_id)))
    titles = openpyxl.load_workbook(BytesIO(data), read_only=True).sheetnames
    of_program = tuple(t for t in titles if t not in {sheet.title for sheet in form.sheets})
    assert tuple(t for t in of_program if t not in ("คำแนะนำ", "หลักฐาน")) == SHEETS[form_id]


@pytest.mark.parametrize("form_id", SIGNED)
def test_the_line_to_sign_on_has_its_printed_words_on_both_sides(form_id: str) -> None:
    before, after = SIGNED[form_id]
    for lines in (lines_of_sheet(form_id), lines_of_report(form_id)):
        (signed,) = [line for line in lines if "." * 30 in line]
        assert (signed.partition(".")[0].strip(), signed.rpartition(".")[2].strip()) == (
            before,
            after,
        )


def test_no_other_form_is_signed() -> None:
    assert {name for name in form_ids() if load_form(name).printed.signature} == set(SIGNED)


def test_the_plan_of_a_bureau_names_the_bureau_that_fills_it_in() -> None:
    """The document is one bureau's: its lines name it 31 times. The others have the same plan."""
    form = load_form("senate-2567-plan")
    own = str(golden_of(form.id).values["unit_name"])
    told = [
        place for line in printed_lines(form.printed) for place in line.split("{unit_name}")[1:]
    ]
    assert len(told) == 31 + 1  # and the line of ours that says whose plan it is
    assert sum(line.count(own) for line in lines_of_sheet(form.id)) == len(told)
    asked = (text for f in form.fields for text in (f.label, f.short, f.help, f.group))
    ruled = (box.text for c in form.criteria for rung in c.rungs for box in rung.boxes)
    judged = (text for c in form.criteria for text in (c.title, c.short, c.evidence_help))
    assert not [text for text in (*asked, *ruled, *judged, *form.title) if BUREAU in text]


def test_the_columns_for_points_and_remarks_show_what_the_bureau_fills_in() -> None:
    (sheet,) = sheets_of("senate-2567-level3")
    rows = [[str(v) for v in row if v not in (None, "")] for row in sheet.values]
    first, second, third, ninth = (
        next(row for row in rows if row and row[0] == number) for number in ("๑.", "๒.", "๓.", "๙.")
    )
    assert [first[2:], second[2:], third[2:], ninth[2:]] == [
        ["๓"],
        ["๓", "มีเรื่องที่ห้าในช่องสุดท้าย"],
        [],
        ["๒"],
    ]


def judged_at(form: Form, version: str) -> Assessment:
    """The golden answers in a workbook of a form with that version, judged by today's form."""
    answers = golden_of(form.id)
    values = {f.id: answers.values.get(f.id) for f in form.fields}
    made = compile_rubric(form.model_copy(update={"version": version, "accepts": ()}))
    data = write_workbook(made, Content(replace(answers, values=values)))
    return Journey(None).judge(data).assessment


def codes(assessment: Assessment) -> set[str]:
    return {f.code for f in assessment.findings if f.severity != "info"}


def test_a_workbook_made_before_these_columns_could_be_filled_is_still_taken() -> None:
    form = load_form("senate-2567-level3")
    printed = form.printed.model_copy(update={"tables": (), "headings": ()})
    fields = tuple(f for f in form.fields if not f.id.startswith(("points_", "note_")))
    before = form.model_copy(update={"fields": fields, "printed": printed})
    assert form.accepts == ("1.0",)
    assert codes(judged_at(before, "1.0")) == set()
    assert judged_at(before, "1.0").verdict == "accepted"
    assert codes(judged_at(before, "0.9")) == {"MX-110"}
    # What has to be answered was always asked.
    fewer = before.model_copy(update={"fields": tuple(f for f in fields if f.id != "address")})
    assert "MX-201" in codes(judged_at(fewer, "1.0"))


def test_a_workbook_lacks_only_what_came_after_it() -> None:
    """What its version had already was deleted, whether a score needs it or not."""
    form = load_form("moi-2569")

    def without(*names: str) -> Form:
        tables = tuple(
            table.model_copy(
                update={
                    "columns": tuple(
                        c
                        for c in table.columns
                        if not c.since and f"{table.id}.{c.id}" not in names
                    )
                }
            )
            for table in form.tables
            if not table.since and table.id not in names
        )
        return form.model_copy(update={"tables": tables, "checks": ()})

    assert CELL_MISSING.code not in codes(judged_at(without(), "1.0"))
    assert CELL_MISSING.code in codes(judged_at(without(), form.version))
    for gone in ("activities.responsible_unit", "activities.responsible_person", "media.pieces"):
        assert CELL_MISSING.code in codes(judged_at(without(gone), "1.0")), gone


def printed_lines(value: object) -> Iterator[str]:
    """Every text of a part of a definition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from printed_lines(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from printed_lines(inner)


def test_the_plan_of_2566_is_signed_below_its_table_and_before_its_notes() -> None:
    for lines in (lines_of_sheet("diw-2566-plan"), lines_of_report("diw-2566-plan")):
        total, signed, note = (
            next(at for at, line in enumerate(lines) if line.startswith(words))
            for words in ("รวม", "ลงนาม ..", "หมายเหตุ : คาดการณ์")
        )
        assert total < signed < note
