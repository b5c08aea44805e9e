"""Written back: the officer's own file, in which only the ethics group's cells change."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import openpyxl
import pytest
from filling import type_in

from moral_xlsx.excel.form import drawing
from moral_xlsx.excel.form.layout import Layout, cell_name, lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.question import PROGRAM_SHEETS
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

PANEL = PROGRAM_SHEETS.panel


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def decorated(rubric: Rubric, golden_answers: Answers, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The golden workbook after an officer added pictures, shapes, notes and an own sheet."""
    finish = drawing.Drawing.bytes

    def decorate(drawn: drawing.Drawing) -> bytes:
        book = drawn.workbook
        own = book.add_worksheet("ของหน่วยงาน")
        own.write_column(0, 0, [3, 1, 2])
        own.write_formula(3, 0, "=SUM(A1:A3)", None, 6)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='ของหน่วยงาน'!$A$1:$A$3"})
        own.insert_chart(1, 3, chart)
        own.conditional_format(0, 0, 2, 0, {"type": "data_bar"})
        for sheet in (own, book.get_worksheet_by_name(PANEL)):
            sheet.insert_image(20, 1, "picture.png", {"image_data": io.BytesIO(png())})
            sheet.insert_textbox(24, 1, "กล่องข้อความของหน่วยงาน")
            sheet.write_comment(1, 2, "หมายเหตุของเจ้าหน้าที่")
        return finish(drawn)

    monkeypatch.setattr(drawing.Drawing, "bytes", decorate)
    return write_workbook(rubric, Content(golden_answers))


@pytest.fixture
def layout(rubric: Rubric) -> Layout:
    return lay_out(rubric.form)


def members(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_every_other_part_stays_byte_for_byte(decorated: bytes) -> None:
    outputs = issue(Journey().judge(decorated), "2569-05")
    assert outputs.findings == ()
    before, after = members(decorated), members(outputs.workbook)
    assert list(before) == list(after)
    assert {name.split("/")[1] for name in before if name.startswith("xl/")} >= {
        *("charts", "drawings", "media", "comments1.xml", "workbook.xml", "styles.xml")
    }
    changed = [name for name in before if before[name] != after[name]]
    book = openpyxl.load_workbook(io.BytesIO(decorated))
    assert changed == [f"xl/worksheets/sheet{book.sheetnames.index(PANEL) + 1}.xml"]


def test_only_the_ethics_groups_cells_of_the_sheet_change(decorated: bytes, layout: Layout) -> None:
    outputs = issue(Journey().judge(decorated), "2569-05")
    book = openpyxl.load_workbook(io.BytesIO(decorated))
    part = f"xl/worksheets/sheet{book.sheetnames.index(PANEL) + 1}.xml"
    review = {
        cell_name(row, area.first_column).encode()
        for name, area in layout.names.items()
        if name.startswith(("final", "remark", "verdict", "reviewed", "findings"))
        for row in range(area.first_row, area.last_row + 1)
    }

    def without_review(content: bytes) -> bytes:
        for address in review:
            content = re.sub(
                rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % address, b"<cell/>", content, flags=re.S
            )
        return content

    before, after = members(decorated)[part], members(outputs.workbook)[part]
    assert before != after
    assert without_review(before) == without_review(after)


def test_the_result_stands_in_the_ethics_groups_cells(decorated: bytes, layout: Layout) -> None:
    outputs = issue(Journey().judge(decorated), "2569-05")
    sheet = openpyxl.load_workbook(io.BytesIO(outputs.workbook))[PANEL]

    def value(name: str) -> object:
        area = layout.names[name]
        return sheet.cell(area.first_row + 1, area.first_column + 1).value

    assert [value(f"final_{number}") for number in range(1, 10)] == [3] * 9
    assert value("final_total") == 27
    assert value("final_level") == "ระดับที่ ๓ องค์กรคุณธรรมต้นแบบ"
    assert value("verdict") == "ผ่านการตรวจ"
    assert value("reviewed_on") == "เดือนพฤษภาคม ๒๕๖๙"
    assert "หลังวันที่ผู้รายงานลงนาม" in str(value("findings.message"))
    assert value("findings.place") == "รายการประกอบ D10"


def test_how_an_answer_was_read_is_not_listed_in_the_ethics_groups_cells(
    golden_workbook: bytes, layout: Layout
) -> None:
    typed = {"headcount": "๓๔ คน", "in_writing": "อาจจะ"}
    submission = Journey().judge(type_in(golden_workbook, layout, typed))
    findings = submission.assessment.findings
    assert {"MX-210", "MX-215", "MX-302"} <= {found.code for found in findings}
    outputs = issue(submission, "2569-05")
    sheet = openpyxl.load_workbook(io.BytesIO(outputs.workbook))[PANEL]
    area = layout.names["findings.message"]
    listed = [
        sheet.cell(row + 1, area.first_column + 1).value
        for row in range(area.first_row, area.last_row + 1)
    ]
    to_mend = [message(found) for found in findings if found.severity != "info"]
    assert [text for text in listed if text] == to_mend


def test_a_formula_put_into_an_ethics_group_cell_gives_a_fresh_workbook(
    rubric: Rubric, golden_answers: Answers, golden_workbook: bytes, layout: Layout
) -> None:
    from moral_xlsx.excel.read.guard import inspect

    package = inspect(golden_workbook).package
    assert package is not None
    area = layout.names["final_1"]
    address = cell_name(area.first_row, area.first_column).encode()
    part = next(s.part for s in inspect(golden_workbook).sheets if s.title == PANEL)
    content = package.content(part)
    pattern = rb'<c r="%s"( s="\d+")/>' % address
    forged = re.sub(pattern, rb'<c r="%s"\1><f>1+2</f><v>3</v></c>' % address, content)
    assert forged != content
    submission = Journey().judge(package.rewrite({part: forged}))
    outputs = issue(submission, "2569-05")
    assert [found.code for found in outputs.findings] == ["MX-115"]
    assert Journey().judge(outputs.workbook).answers == golden_answers
