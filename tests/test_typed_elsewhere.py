"""What stands where no answer belongs, and codes and words that only the whole file explains."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from conftest import golden_of
from filling import cell_of, type_in, typed

from moral_xlsx.excel.form.layout import EVIDENCE, cell_name, lay_out
from moral_xlsx.excel.form.live_cells import live_cells
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.writeback import write_cells
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue.answers import PICTURE_GIVEN, READ_AS, TEXT_ALTERED, TYPED_OVER
from moral_xlsx.model.catalogue.files import NO_UNIT_CODE
from moral_xlsx.model.catalogue.review import EVIDENCE_NAMES_NOTHING, NEARLY_THE_SAME
from moral_xlsx.model.units import Unit
from moral_xlsx.opc import Package
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.journey import Journey

RUBRIC = compile_rubric(load_form("moi-2569"))
LAYOUT = lay_out(RUBRIC.form)
OFFICIAL, PANEL = LAYOUT.titles.official, LAYOUT.titles.panel


def workbook(**cells: object) -> bytes:
    """The golden answers of moi-2569 in a workbook, with other cells typed over them."""
    empty = write_workbook(RUBRIC, Content(Answers(RUBRIC.form.id, "", {})))
    named = {name.replace("__", "."): value for name, value in cells.items()}
    return type_in(empty, LAYOUT, {**typed(RUBRIC.form, golden_of("moi-2569")), **named})


def judged(data: bytes, *codes: str) -> Assessment:
    units = tuple(Unit(code, f"หน่วย {code}") for code in codes)
    return Journey(units or None).judge(data).assessment


def told(assessment: Assessment, code: str) -> list[dict[str, object]]:
    return [dict(each.words) for each in assessment.findings if each.code == code]


def test_ticks_on_the_printed_sheet_lead_to_the_sheets_of_the_answers() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook()))
    place = LAYOUT.official[0].ladder
    assert place is not None
    for block in place.criteria[:2]:
        book[OFFICIAL].cell(block.first_row + 1, place.first_rung_column + 1).value = "✓"
    saved = BytesIO()
    book.save(saved)
    assessment = judged(saved.getvalue())
    (found,) = told(assessment, TYPED_OVER.code)
    assert assessment.verdict == "returned"
    assert all(sheet.title in str(found["inputs"]) for sheet in RUBRIC.form.sheets)
    assert told(assessment, TEXT_ALTERED.code) == []


def test_a_printed_sheet_without_any_formula_was_saved_as_values_and_says_nothing() -> None:
    """What it shows then is what the formulas showed; nobody typed it."""
    book = openpyxl.load_workbook(BytesIO(workbook()))
    for row in book[OFFICIAL].iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.value = "☐"
    saved = BytesIO()
    book.save(saved)
    assert told(judged(saved.getvalue()), TYPED_OVER.code) == []


@pytest.mark.parametrize("form_id", form_ids())
def test_every_formula_of_the_printed_sheet_is_known_for_one(form_id: str) -> None:
    rubric = compile_rubric(load_form(form_id))
    drawn = inspect(write_workbook(rubric, blank(rubric.form))).formulas
    for place in lay_out(rubric.form).official:
        assert live_cells(place) == drawn.get(place.title, frozenset())


def test_words_that_are_nearly_the_same_are_named_with_both_cells() -> None:
    cells = {"media[0].format": "คลิปวิดีโอ", "media[1].format": "คลิปวีดีโอ"}
    data = type_in(workbook(), LAYOUT, cells)
    assessment = judged(data)
    (found,) = told(assessment, NEARLY_THE_SAME.code)
    (place,) = [f.place for f in assessment.findings if f.code == NEARLY_THE_SAME.code]
    first, second = (cell_of(LAYOUT, f"media[{row}].format") for row in (0, 1))
    assert (place.sheet, place.cell) == (second[0], cell_name(*second[1:]))
    assert found["place"] == f"{first[0]} {cell_name(*first[1:])}"
    assert (found["found"], found["other"]) == ("คลิปวีดีโอ", "คลิปวิดีโอ")


def test_evidence_that_names_nothing_is_told_once_for_all_its_criteria() -> None:
    assessment = judged(workbook(evidence_1="มี", evidence_3="มี", evidence_5="ตามเอกสารแนบ"))
    found = told(assessment, EVIDENCE_NAMES_NOTHING.code)
    assert [(each["found"], each["numbers"]) for each in found] == [
        ("มี", ("๑, ๓", "1, 3")),
        ("ตามเอกสารแนบ", ("๕", "5")),
    ]


@pytest.mark.parametrize(("stored", "code"), [(12, "0012"), (date(2026, 3, 1), "MAR1")])
def test_a_code_that_a_program_changed_is_read_where_one_is_meant(
    stored: object, code: str
) -> None:
    at = cell_of(LAYOUT, "unit_code")
    assessment = judged(write_cells(inspect(workbook()), {at: stored}), "0012", "MAR1", "U22")
    assert assessment.unit_code == code
    assert any(each["read"] == code for each in told(assessment, READ_AS.code))


def test_a_code_that_may_be_one_of_two_is_asked_for() -> None:
    at = cell_of(LAYOUT, "unit_code")
    data = write_cells(inspect(workbook()), {at: date(2026, 2, 1)})
    assessment = judged(data, "1-2", "2-1")
    assert (assessment.unit_code, assessment.verdict) == ("", "returned")
    assert told(assessment, NO_UNIT_CODE.code)


def test_what_rules_count_stands_in_hidden_rows_below_the_panel() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook()))
    counted = [name for name in book.defined_names if name.startswith("counted_")]
    assert sorted(counted) == sorted(RUBRIC.counts)
    first = LAYOUT.panel.counts_row + 1
    rows = range(first, first + len(counted))
    assert all(book[PANEL].row_dimensions[row].hidden for row in rows)


@pytest.mark.parametrize("form_id", form_ids())
def test_no_formula_is_longer_than_a_spreadsheet_takes(form_id: str) -> None:
    rubric = compile_rubric(load_form(form_id))
    book = openpyxl.load_workbook(BytesIO(write_workbook(rubric, blank(rubric.form))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    values = [getattr(cell.value, "text", cell.value) for cell in cells]
    formulas = [v for v in values if isinstance(v, str) and v.startswith("=")]
    assert formulas and max(map(len, formulas)) <= 8_192
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation]
    assert max((len(rule.formula1 or "") for rule in rules), default=0) <= 255


_RICH = (
    b'<rvData xmlns="http://schemas.microsoft.com/office/spreadsheetml/2017/richdata" count="1"/>'
)
_DRAWING = b"""<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">
<xdr:oneCellAnchor><xdr:from><xdr:col>%d</xdr:col><xdr:row>%d</xdr:row></xdr:from>
<xdr:ext cx="9525" cy="9525"/><xdr:pic/><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"""
_RELATION = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"
 Target="../drawings/drawing9.xml"/></Relationships>"""


def evidence_part(data: bytes) -> tuple[Package, str]:
    inspected = inspect(data)
    assert inspected.package is not None
    return inspected.package, next(s.part for s in inspected.sheets if s.title == EVIDENCE)


def test_a_picture_that_excel_places_in_a_cell_is_evidence() -> None:
    """Written after the format: other programs see an error value there."""
    data = workbook(evidence_1=None)
    package, part = evidence_part(data)
    _, row, column = cell_of(LAYOUT, "evidence_1")
    name = cell_name(row, column).encode()
    cell = re.compile(rb'<c r="%s"( s="[0-9]+")?[^<>]*?(?:/>|>.*?</c>)' % name)
    placed = rb'<c r="%s"\1 t="e" vm="1"><v>#VALUE!</v></c>' % name
    content, count = cell.subn(placed, package.content(part))
    assert count == 1
    data = package.rewrite({part: content}, {"xl/richData/rdrichvalue.xml": _RICH})
    assessment = judged(data)
    assert (assessment.verdict, assessment.criterion(1).evidence) == ("accepted", True)
    assert told(assessment, PICTURE_GIVEN.code)


def test_a_picture_that_lies_over_the_cell_is_evidence() -> None:
    package, part = evidence_part(workbook(evidence_1=None))
    _, row, column = cell_of(LAYOUT, "evidence_1")
    folder, _, name = part.rpartition("/")
    added = {
        f"{folder}/_rels/{name}.rels": _RELATION,
        "xl/drawings/drawing9.xml": _DRAWING % (column, row),
    }
    assessment = judged(package.rewrite({}, added))
    assert (assessment.verdict, assessment.criterion(1).evidence) == ("accepted", True)
    assert told(assessment, PICTURE_GIVEN.code)
