"""The report of one submission: the official form filled in, and the record of the check."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from hypothesis import given
from hypothesis import strategies as st

import moral_xlsx
from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment, ConditionResult, CriterionResult, RungResult
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED, READ_AS
from moral_xlsx.model.catalogue.review import AFTER_SIGNATURE
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.word.compiled import CompiledDocument, repeated
from moral_xlsx.word.report.document import compile_report, report
from moral_xlsx.word.styles import Style, Value, append, new_document, paragraph

FORM = Form.model_validate(
    tomllib.loads(
        (Path(moral_xlsx.__file__).parent / "definitions" / "moi-2569.toml").read_text("utf-8")
    )
)
SAMPLE = json.loads((Path(__file__).parent / "golden" / "moi-2569.json").read_text("utf-8"))
ALL_THREE = {criterion.number: 3 for criterion in FORM.criteria}
ANSWERS = Answers(
    form=FORM.id,
    unit_code="ICT",
    values={
        **{name: each for name, each in SAMPLE["answers"].items() if isinstance(each, str)},
        "report_date": date(2026, 5, 27),
    },
    claims=ALL_THREE,
    evidence={int(number): text for number, text in SAMPLE["evidence"].items()},
)
TICKED, UNTICKED = "☑", "☐"


def assessed(
    scores: Mapping[int, int],
    *,
    claims: Mapping[int, int] = ALL_THREE,
    findings: tuple[Finding, ...] = (),
    level: int = 0,
    next_level: tuple[str, ...] = (),
    zero_holds: bool = True,
    shortfall: str = "ขาดอีก ๒ คนจึงจะถึงร้อยละ ๘๐",
) -> Assessment:
    def criterion(number: int) -> CriterionResult:
        rungs = tuple(
            RungResult(
                rung.points,
                rung.points <= scores[number] if rung.points else zero_holds,
                tuple(
                    tuple(
                        ConditionResult(each, (each, each), rung.points <= scores[number], ("", ""))
                        for each in box.conditions
                    )
                    for box in rung.boxes
                ),
            )
            for rung in FORM.criterion(number).rungs
        )
        missing = ((shortfall, "more"),) if scores[number] < 3 else ()
        return CriterionResult(number, claims.get(number), scores[number], True, rungs, missing)

    return Assessment(
        form=FORM.id,
        form_version=FORM.version,
        unit_code="ICT",
        unit_name="ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร",
        criteria=tuple(criterion(each.number) for each in FORM.criteria),
        subtotals=tuple(
            (each.key, sum(scores[number] for number in each.numbers)) for each in FORM.subtotals
        ),
        total=sum(scores.values()),
        level=level,
        level_name=({each.number: each.name for each in FORM.levels}.get(level, ""), ""),
        levels_met=tuple(range(1, level + 1)),
        next_level=tuple((text, text) for text in next_level),
        derived=(("percent_signed", Decimal("97.05")),),
        findings=findings,
    )


FULL = assessed(ALL_THREE, level=3)
PARTIAL_SCORES = {1: 2, 2: 3, 3: 1, 4: 0, 5: 2, 6: 3, 7: 1, 8: 0, 9: 2}


def opened(data: bytes) -> Document:
    return docx.Document(BytesIO(data))


def filled(
    assessment: Assessment = FULL, answers: Answers = ANSWERS, form: Form = FORM
) -> Document:
    return opened(report(form, answers, assessment, "2569-05"))


def part_tables(document: Document) -> list[Table]:
    return document.tables[: len(FORM.parts)]


def grid(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def table_headed(document: Document, *heads: str) -> list[list[str]]:
    (found,) = [grid(table) for table in document.tables if grid(table)[0] == list(heads)]
    return found[1:]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def boxes(document: Document) -> list[str]:
    """The paragraphs of all boxes, each cell once."""
    return [
        line
        for table in part_tables(document)
        for element in table._tbl.iter(qn("w:p"))
        if (line := "".join(text.text or "" for text in element.iter(qn("w:t"))))[:1]
        in (TICKED, UNTICKED)
    ]


def criterion_rows(document: Document, number: int) -> tuple[list[str], list[str]]:
    """The row of boxes and the row of evidence of a criterion."""
    title = FORM.criterion(number).title
    boxes_row, evidence_row = (
        row for table in part_tables(document) for row in grid(table) if row[0] == title
    )
    return boxes_row, evidence_row


def test_the_printed_boxes_are_all_there_and_those_of_the_reached_rungs_are_ticked() -> None:
    shown = boxes(filled())
    assert len(shown) == 53
    assert [box[2:] for box in shown if box[0] == TICKED] == [
        box.text for criterion in FORM.criteria for box in criterion.rung(3).boxes
    ]
    assert sum(box[0] == TICKED for box in shown) == 19


def test_a_lower_score_ticks_its_own_rung_and_no_other() -> None:
    shown, _ = criterion_rows(filled(assessed(PARTIAL_SCORES)), 5)
    assert [cell.count(TICKED) for cell in shown[1:5]] == [0, 2, 0, 0]


@pytest.mark.parametrize(("zero_holds", "ticked"), [(True, 1), (False, 0)])
def test_no_points_tick_the_lowest_box_only_when_its_case_applies(
    zero_holds: bool, ticked: int
) -> None:
    shown, _ = criterion_rows(filled(assessed(PARTIAL_SCORES, zero_holds=zero_holds)), 4)
    assert [cell.count(TICKED) for cell in shown[1:5]] == [0, 0, 0, ticked]


def test_evidence_stands_under_the_reached_rung_as_it_was_typed() -> None:
    typed = "๑. คำสั่ง ที่ ๒/๒๕๖๙\n๒. ใบลงนาม 33 คน\tแนบท้าย"
    answers = replace(ANSWERS, evidence={1: typed})
    _, evidence = criterion_rows(filled(assessed(PARTIAL_SCORES), answers), 1)
    heading = FORM.printed.ladder.evidence
    assert evidence[1:5] == [heading, f"{heading}\n{typed}", heading, heading]


def test_the_score_is_in_thai_digits_and_a_differing_claim_stands_below_it() -> None:
    claims = {**ALL_THREE, 2: 3}
    del claims[3]
    document = filled(assessed(PARTIAL_SCORES, claims=claims))
    assert criterion_rows(document, 1)[0][-1] == "๒\n(หน่วยงานเสนอ ๓)"
    assert criterion_rows(document, 2)[0][-1] == "๓"
    assert criterion_rows(document, 3)[0][-1] == "๑\n(หน่วยงานไม่ได้เสนอ)"


def test_subtotals_stand_below_the_last_criterion_of_their_range() -> None:
    last_rows = [
        [row for row in grid(table) if row[0].startswith("รวมคะแนน")]
        for table in part_tables(filled())
    ]
    assert [[(row[0], row[-1]) for row in rows] for rows in last_rows] == [
        [("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๓", "๙")],
        [("รวมคะแนนตัวชี้วัด ข้อที่ ๔ - ๖", "๙"), ("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๖", "๑๘")],
        [("รวมคะแนนตัวชี้วัด ข้อที่ ๗ - ๙", "๙"), ("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๙", "๒๗")],
    ]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_only_the_reached_level_is_ticked(level: int) -> None:
    document = filled(assessed(ALL_THREE, level=level))
    shown = [text for text in texts(document) if text.startswith((TICKED, UNTICKED))]
    assert [text[0] == TICKED for text in shown] == [level == number for number in (1, 2, 3)]


def test_headings_title_and_signature_carry_the_answers() -> None:
    shown = texts(filled())
    assert shown[:2] == list(FORM.title)
    assert shown[2].startswith("๑. ชื่อหน่วยงาน ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร")
    signed = next(place for place, text in enumerate(shown) if text.startswith("ผู้รายงาน"))
    name, position = (SAMPLE["answers"][f"reporter_{each}"] for each in ("name", "position"))
    assert shown[signed + 1 : signed + 5] == [
        f"({name})",
        position,
        "๒๗ พฤษภาคม ๒๕๖๙",
        *FORM.printed.note,
    ]


def test_unanswered_fields_leave_dots_to_fill_in_by_hand() -> None:
    shown = texts(filled(answers=Answers(FORM.id, "ICT", {})))
    signed = next(place for place, text in enumerate(shown) if text.startswith("ผู้รายงาน"))
    assert all("....." in text for text in shown[signed : signed + 4])


def test_the_page_is_a4_landscape() -> None:
    section = filled().sections[0]
    assert section.orientation == 1
    assert abs(section.page_width - Mm(297)) < Mm(1)
    assert abs(section.page_height - Mm(210)) < Mm(1)


def test_every_style_sets_the_thai_font_and_size_for_complex_script() -> None:
    styles = filled().styles.element
    fonts = styles.findall(f".//{qn('w:rFonts')}")
    assert fonts[0].get(qn("w:cs")) == "TH Sarabun New"
    for font in fonts:
        names = {font.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "cs", "eastAsia")}
        assert len(names) == 1
        assert not [name for name in font.attrib if "heme" in name]
    for properties in styles.iter(qn("w:rPr")):
        size, complex_size = (properties.find(qn(tag)) for tag in ("w:sz", "w:szCs"))
        assert (size is None) == (complex_size is None)
        if size is not None and complex_size is not None:
            assert size.get(qn("w:val")) == complex_size.get(qn("w:val"))
        assert (properties.find(qn("w:b")) is None) == (properties.find(qn("w:bCs")) is None)
    assert styles.find(f".//{qn('w:lang')}").get(qn("w:bidi")) == "th-TH"


def test_title_and_heading_rows_repeat_on_every_page() -> None:
    for part, table in zip(FORM.parts, part_tables(filled()), strict=True):
        repeats = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert repeats == [True] * 3 + [False] * (len(repeats) - 3)
        assert table.rows[0].cells[0].text == "\n".join(part.title)
        assert [cell.text for cell in table.rows[2].cells[1:5]] == [
            "๓ คะแนน",
            "๒ คะแนน",
            "๑ คะแนน",
            "๐ คะแนน",
        ]


def test_the_record_tells_verdict_total_and_level() -> None:
    facts = dict(grid(filled().tables[len(FORM.parts)]))
    assert facts["ผลการตรวจ"] == "ผ่านการตรวจ"
    assert facts["คะแนนรวม"] == "๒๗ จาก ๒๗ คะแนน"
    assert facts["ระดับที่ได้"] == "ระดับที่ ๓ องค์กรคุณธรรมต้นแบบ"
    assert facts["รอบการตรวจ"] == "เดือนพฤษภาคม ๒๕๖๙"
    assert facts["รหัสหน่วยงาน"] == "ICT"
    assert facts[FORM.derived[0].label] == "๙๗.๐๕"


def test_findings_are_listed_with_their_cells_errors_first_and_readings_apart() -> None:
    warning = catalogue.finding(
        AFTER_SIGNATURE, Place(sheet="รายการประกอบ", cell="C9"), message="หลังวันลงนาม", remedy="ตรวจ"
    )
    read = catalogue.finding(
        READ_AS, Place(sheet="ข้อเท็จจริง", cell="D15"), label="จำนวน", found="๓๓ คน", read="33"
    )
    error = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")
    document = filled(assessed(ALL_THREE, findings=(warning, read, error)))
    assert table_headed(document, "ลำดับ", "ระดับ", "ที่", "สิ่งที่พบ", "วิธีแก้") == [
        ["๑", "ต้องแก้ไข", "ข้อเท็จจริง D14", "ยังไม่ได้กรอก “จำนวน”", "กรอกในช่องนี้"],
        ["๒", "ให้ผู้ตรวจพิจารณา", "รายการประกอบ C9", "หลังวันลงนาม", "ตรวจ"],
    ]
    assert "ไม่พบสิ่งที่ต้องแก้ไขหรือตรวจสอบ" not in texts(document)
    assert table_headed(document, "ลำดับ", "ที่", "วิธีอ่าน") == [
        ["๑", "ข้อเท็จจริง D15", catalogue.message(read)]
    ]
    assert dict(grid(document.tables[len(FORM.parts)]))["ผลการตรวจ"] == "ส่งคืนให้แก้ไข"


def test_without_findings_the_record_says_so_and_has_no_empty_table() -> None:
    document = filled()
    assert "ไม่พบสิ่งที่ต้องแก้ไขหรือตรวจสอบ" in texts(document)
    assert "การอ่านคำตอบ" not in texts(document)
    assert len(document.tables) == len(FORM.parts) + 2


def test_the_record_says_what_the_next_points_and_the_next_level_need() -> None:
    document = filled(assessed(PARTIAL_SCORES, next_level=("ข้อ ๓ อีก ๑ คะแนน",)))
    heads = ("ข้อ", "ตัวชี้วัด", "เสนอ", "คำนวณได้", "สิ่งที่ต้องเพิ่มเพื่อให้ได้ขั้นถัดไป")
    rows = table_headed(document, *heads)
    assert rows[0] == ["๑", FORM.criteria[0].short, "๓", "๒", "ขาดอีก ๒ คนจึงจะถึงร้อยละ ๘๐"]
    assert rows[1][-1] == "ได้คะแนนเต็มแล้ว"
    assert "•\tข้อ ๓ อีก ๑ คะแนน" in texts(document)
    assert "•\tถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว" in texts(filled())


def test_every_interpretation_is_printed_for_an_appeal() -> None:
    shown = "\n".join(texts(filled()))
    for each in FORM.interpretations:
        assert f"{each.place}: {each.question} → {each.choice} ({each.reason})" in shown


def test_a_form_without_criteria_and_levels_is_printed_without_their_tables() -> None:
    bare = FORM.model_copy(
        update={
            "criteria": (),
            "parts": (),
            "printed": FORM.printed.model_copy(update={"ladder": None}),
            "subtotals": (),
            "levels": (),
            "derived": (),
            "interpretations": (),
        }
    )
    nothing = replace(FULL, criteria=(), subtotals=(), total=0, level=0, derived=())
    document = filled(nothing, form=bare)
    assert len(document.tables) == 1
    assert FORM.printed.levels_heading not in texts(document)


@pytest.mark.parametrize(
    "ugly",
    [
        "<w:p/>&amp;</w:t>]]>",
        "<?fill value level_1?> ⟦x⟧ {text} %s \\1",
        "ก" * 5000,
        "ขึ้นบรรทัด\nใหม่\n\nสองครั้ง\tแท็บ",
        "นํ้าใจ “อ้างอิง” 👍🏽",
    ],
)
def test_any_text_an_officer_types_survives(ugly: str) -> None:
    answers = replace(
        ANSWERS, evidence={1: ugly}, values={**ANSWERS.values, "executive_name": ugly}
    )
    document = filled(answers=answers)
    assert criterion_rows(document, 1)[1][1] == f"{FORM.printed.ladder.evidence}\n{ugly}"
    assert texts(document)[3] == f"๒. ชื่อผู้บริหาร {ugly}"


def test_characters_that_xml_forbids_are_dropped_and_line_ends_unified() -> None:
    answers = replace(ANSWERS, evidence={1: "ก\x00ข\x0bค\x1f\ud800\ufffeง\r\nจ\rฉ"})
    _, evidence = criterion_rows(filled(answers=answers), 1)
    assert evidence[1] == f"{FORM.printed.ladder.evidence}\nกขคง\nจ\nฉ"


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_document(text: str) -> None:
    findings = (catalogue.finding(NOT_ANSWERED, Place(sheet=text, cell="D14"), label=text),)
    answers = replace(ANSWERS, evidence={1: text, 9: text})
    assert len(boxes(filled(replace(FULL, findings=findings), answers))) == 53


def test_the_same_input_gives_the_same_bytes_from_any_compilation() -> None:
    copy = FORM.model_copy()
    assert compile_report(copy) is not compile_report(FORM)
    assert report(FORM, ANSWERS, FULL, "2569-05") == report(copy, ANSWERS, FULL, "2569-05")


def test_a_form_is_compiled_once() -> None:
    assert compile_report(FORM) is compile_report(FORM)


def test_the_file_holds_no_dead_weight_and_no_moment_of_its_making() -> None:
    with ZipFile(BytesIO(report(FORM, ANSWERS, FULL, "2569-05"))) as package:
        assert {name.rsplit("/", 1)[-1] for name in package.namelist()} == {
            "[Content_Types].xml",
            ".rels",
            "core.xml",
            "document.xml",
            "document.xml.rels",
            "styles.xml",
            "settings.xml",
            "header1.xml",
        }
        assert b"<?fill" not in package.read("word/document.xml")
        assert b"2000-01-01T00:00:00Z" in package.read("docProps/core.xml")


def compiled(*elements: object) -> CompiledDocument:
    document = new_document((Style("Normal", 16),), landscape=False, margins_mm=(20, 20))
    append(document, elements)  # type: ignore[arg-type]
    return CompiledDocument(document, "")


def test_a_block_is_repeated_for_each_of_its_values() -> None:
    inner = repeated("words", [paragraph("Normal", "- ", Value("word"))])
    template = compiled(*repeated("groups", [paragraph("Normal", Value("name")), *inner]))
    groups = [{"name": "ก", "words": [{"word": "๑"}, {"word": "๒"}]}, {"name": "ข", "words": []}]
    assert texts(opened(template.fill({"groups": groups}))) == ["ก", "- ๑", "- ๒", "ข", ""]


@pytest.mark.parametrize(
    "values", [{}, {"name": "ก", "other": "ข"}, {"other": "ก"}, {"name": [{"text": "ก"}]}]
)
def test_values_that_do_not_fit_the_marks_are_refused(values: Mapping[str, str]) -> None:
    template = compiled(paragraph("Normal", Value("name")))
    with pytest.raises(ValueError, match=r"name|other"):
        template.fill(values)


def test_marks_that_do_not_match_are_refused() -> None:
    start, middle, end = repeated("rows", [paragraph("Normal", "ก")])
    with pytest.raises(ValueError, match="rows"):
        compiled(start, middle)
    with pytest.raises(ValueError, match="rows"):
        compiled(end)
