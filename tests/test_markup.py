"""Bold and underlined words of printed lines: in the DOCX, in the sheet, and plain elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby

import openpyxl
import pytest
from conftest import golden_of
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.catalogue.answers import TEXT_ALTERED
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.rules.markup import BOLD, UNDERLINED, marked, marks_of, plain, without_marks
from moral_xlsx.rules.printed import excel_line, parse_line
from moral_xlsx.submission.journey import Journey
from moral_xlsx.word.report.official import OfficialDocument

CDD = load_form("cdd-chiangrai-2569")
# What the plan of Chiang Rai prints so, in its order.
PRINTED = [
    ("มิติที่ ๔ การเสริมสร้างองค์กรคุณธรรม", BOLD),
    ("ร้อยละ ๕๐ ภายใน ๓๑ มี.ค. ๖๙", BOLD),
    ("ครบทุกกิจกรรม ภายในวันที่ ๓๐ มิ.ย. ๖๙", BOLD),
    ("หน่วยงานภายนอกในด้านการเสริมสร้างองค์กรคุณธรรม", BOLD),
    ("หน่วยงานภายนอกด้านการเสริมสร้างองค์กรคุณธรรม", UNDERLINED),
    ("๕ ช่องทาง", BOLD),
    ("เสนอผู้บังคับบัญชาที่กำกับดูแลหน่วยงานทราบ", UNDERLINED),
]


def read(line: str, form: Form = CDD) -> list[tuple[str, str]]:
    """The pieces of a line: fixed words with their marks, places as ``{}``."""
    return [
        (piece, "".join(sorted(marks_of(piece)))) if isinstance(piece, str) else ("{}", "")
        for piece in parse_line(line, form)
    ]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("คำ", [("คำ", "")]),
        ("**คำ**", [("คำ", "**")]),
        ("ก **ข** ค __ง__", [("ก ", ""), ("ข", "**"), (" ค ", ""), ("ง", "__")]),
        ("**ก __ข__**", [("ก ", "**"), ("ข", "**__")]),
        ("**ก {headcount} คน** ข", [("ก ", "**"), ("{}", ""), (" คน", "**"), (" ข", "")]),
        ("**๑\n๒**", [("๑\n๒", "**")]),
        (r"\**ก\** \__ข\__ \* \_", [("**ก** __ข__ * _", "")]),
        ("a_b * c", [("a_b * c", "")]),
        (r"ก\ข", [(r"ก\ข", "")]),
        ("****", []),
    ],
)
def test_marks_stand_around_words(line: str, pieces: list[tuple[str, str]]) -> None:
    assert read(line) == pieces


@pytest.mark.parametrize("line", ["**ก", "ก**", "__ก", "**ก__", "**ก** **", "**{headcount}"])
def test_a_mark_without_its_end_is_refused_with_a_remedy(line: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_line(line, CDD)
    assert "without its end" in refused.value.message[1]
    assert r"\*" in refused.value.remedy[1]


@given(st.text(st.sampled_from("กa_* {}\\"), max_size=30))
def test_plain_words_are_those_of_the_pieces(line: str) -> None:
    try:
        pieces = parse_line(line, CDD)
    except ConditionError:
        return
    assert plain(line) == "".join(map(str, pieces))
    assert marked(map(str, pieces)) == plain(line)


def test_a_formula_shows_plain_words() -> None:
    assert excel_line(parse_line("**ก** ข", CDD)) == '"ก"&" ข"'


def test_the_language_of_places_is_not_touched() -> None:
    assert plain("**{headcount}** {a__b}") == "{headcount} {a__b}"
    assert all(BOLD not in cell for cell in without_marks(CDD.printed).tables[0].rows[4].cells)


# --- where they are shown


def in_report() -> Iterator[tuple[str, str]]:
    styles = {"Strong": BOLD, "Underline": UNDERLINED, "StrongUnderline": BOLD + UNDERLINED}
    for element in OfficialDocument(CDD).elements():
        for run in element.iter(qn("w:r")):
            style = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
            if style is not None and (marks := styles.get(style.get(qn("w:val")), "")):
                yield "".join(run.itertext(qn("w:t"))), marks


def in_sheet() -> Iterator[tuple[str, str]]:
    data = write_workbook(compile_rubric(CDD), Content(golden_of(CDD.id)))
    book = openpyxl.load_workbook(BytesIO(data), rich_text=True)
    for row in (row for title in CDD.official_sheets for row in book[title].iter_rows()):
        for cell in row:
            blocks = cell.value if isinstance(cell.value, CellRichText) else ()
            assert {(b.font.rFont, b.font.sz) for b in blocks} <= {(cell.font.name, cell.font.sz)}
            for marks, same in groupby(blocks, _marks):
                if marks:
                    yield "".join(block.text for block in same), marks


def _marks(block: TextBlock) -> str:
    return BOLD * bool(block.font.b) + UNDERLINED * bool(block.font.u)


def test_the_report_and_the_sheet_print_the_same_words_bold_and_underlined() -> None:
    assert list(in_report()) == PRINTED
    assert list(in_sheet()) == PRINTED


def test_words_that_are_printed_bold_are_not_taken_for_altered() -> None:
    form = load_form("senate-2567")
    (table,) = form.printed.tables
    first, *others = table.rows
    words = first.cells[1]
    bold = first.model_copy(update={"cells": (first.cells[0], f"**{words[:9]}**{words[9:]}",
                                              *first.cells[2:])})  # fmt: skip
    table = table.model_copy(update={"rows": (bold, *others)})
    form = form.model_copy(update={"printed": form.printed.model_copy(update={"tables": (table,)})})
    data = write_workbook(compile_rubric(form), Content(golden_of(form.id)))
    assessment = Journey(None, {form.id: form}).judge(data).assessment
    assert TEXT_ALTERED.code not in {f.code for f in assessment.findings}
    retyped = data_with(data, form.program_sheets.official, words, "อย่างอื่น")
    assessment = Journey(None, {form.id: form}).judge(retyped).assessment
    assert TEXT_ALTERED.code in {f.code for f in assessment.findings}


def data_with(data: bytes, title: str, words: str, other: str) -> bytes:
    """The workbook with another text in the cell of that sheet which holds these words."""
    book = openpyxl.load_workbook(BytesIO(data))
    (cell,) = [cell for row in book[title].iter_rows() for cell in row if cell.value == words]
    cell.value = other
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()
