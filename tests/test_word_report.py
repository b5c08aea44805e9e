"""The report of one submission: the government's form alone, as the unit claims it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from conftest import golden_of
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st

from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.assessment import Assessment, ConditionResult, CriterionResult, RungResult
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.word.compiled import CompiledDocument, repeated
from moral_xlsx.word.report.document import report
from moral_xlsx.word.styles import Style, Value, append, new_document, paragraph

FORM = load_form("moi-2569")
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
) -> Assessment:
    def criterion(number: int) -> CriterionResult:
        rungs = tuple(
            RungResult(
                rung.points,
                rung.points <= scores[number],
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
        return CriterionResult(number, claims.get(number), scores[number], True, rungs, ())

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
        next_level=(),
        derived=(("percent_signed", Decimal("97.05")),),
        findings=findings,
    )


FULL = assessed(ALL_THREE, level=3)
NOTHING_REACHED = assessed(dict.fromkeys(ALL_THREE, 0))
PARTIAL = {1: 2, 2: 3, 3: 1, 4: 0, 5: 2, 6: 3, 7: 1, 8: 0, 9: 2}


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


def claiming(claims: Mapping[int, int]) -> Answers:
    return replace(ANSWERS, claims=claims)


@pytest.mark.parametrize("assessment", [FULL, NOTHING_REACHED])
def test_the_boxes_of_the_claimed_rungs_are_ticked_whatever_the_facts_give(
    assessment: Assessment,
) -> None:
    shown = boxes(filled(assessment))
    assert len(shown) == 53
    assert [box[2:] for box in shown if box[0] == TICKED] == [
        box.text for criterion in FORM.criteria for box in criterion.rung(3).boxes
    ]


def test_each_claim_ticks_its_own_rung_and_no_other() -> None:
    document = filled(FULL, claiming(PARTIAL))
    for number, points in PARTIAL.items():
        ticked = [cell.count(TICKED) for cell in criterion_rows(document, number)[0][1:5]]
        boxes_of_rung = len(FORM.criterion(number).rung(points).boxes)
        assert ticked == [boxes_of_rung if rung == points else 0 for rung in (3, 2, 1, 0)]


def test_what_is_not_claimed_ticks_nothing_and_shows_no_score() -> None:
    document = filled(FULL, claiming({1: 3}))
    shown, _ = criterion_rows(document, 5)
    assert [cell.count(TICKED) for cell in shown[1:5]] == [0, 0, 0, 0]
    assert shown[-1] == ""


def test_evidence_stands_under_the_claimed_rung_as_it_was_typed() -> None:
    typed = "๑. คำสั่ง ที่ ๒/๒๕๖๙\n๒. ใบลงนาม 33 คน\tแนบท้าย"
    answers = replace(claiming(PARTIAL), evidence={1: typed})
    _, evidence = criterion_rows(filled(NOTHING_REACHED, answers), 1)
    heading = FORM.printed.ladder.evidence
    assert evidence[1:5] == [heading, f"{heading}\n{typed}", heading, heading]


def test_evidence_of_what_is_not_claimed_is_not_excluded() -> None:
    answers = replace(claiming({}), evidence={1: "ใบลงนาม"})
    _, evidence = criterion_rows(filled(FULL, answers), 1)
    assert evidence[1].endswith("\nใบลงนาม")


def test_scores_and_sums_are_the_claimed_ones_in_thai_digits() -> None:
    document = filled(FULL, claiming(PARTIAL))
    assert [criterion_rows(document, number)[0][-1] for number in (1, 2, 4)] == ["๒", "๓", "๐"]
    sums = [
        (row[0], row[-1])
        for table in part_tables(document)
        for row in grid(table)
        if row[0].startswith("รวมคะแนน")
    ]
    assert sums == [
        ("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๓", "๖"),
        ("รวมคะแนนตัวชี้วัด ข้อที่ ๔ - ๖", "๕"),
        ("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๖", "๑๑"),
        ("รวมคะแนนตัวชี้วัด ข้อที่ ๗ - ๙", "๓"),
        ("รวมคะแนนตัวชี้วัด ข้อที่ ๑ - ๙", "๑๔"),
    ]


@pytest.mark.parametrize(
    ("claims", "level"),
    [
        ({}, 0),
        (dict.fromkeys((1, 2, 3), 3), 1),
        (dict.fromkeys(range(1, 7), 3), 2),
        (ALL_THREE, 3),
    ],
)
def test_the_level_that_the_claims_give_is_ticked(claims: dict[int, int], level: int) -> None:
    document = filled(assessed(ALL_THREE, level=3), claiming(claims))
    shown = [text for text in texts(document) if text.startswith((TICKED, UNTICKED))]
    assert [text[0] == TICKED for text in shown] == [level == number for number in (1, 2, 3)]


def test_nothing_of_what_the_group_found_stands_on_it() -> None:
    found = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")
    shown = "\n".join(texts(filled(replace(FULL, findings=(found,)))))
    assert "บันทึกผลการตรวจ" not in shown and catalogue.message(found) not in shown
    assert len(filled().tables) == len(FORM.parts)


def test_only_a_returned_one_is_marked_as_a_draft_on_every_page() -> None:
    found = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")

    def headers(assessment: Assessment) -> list[str]:
        section = filled(assessment).sections[0]
        return [
            "\n".join(each.text for each in header.paragraphs)
            for header in (section.first_page_header, section.header)
        ]

    assert all("ฉบับร่าง" in header for header in headers(replace(FULL, findings=(found,))))
    assert not any("ฉบับร่าง" in header for header in headers(FULL))


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
    assert not document.tables
    assert FORM.printed.levels_heading not in texts(document)


def test_no_paragraph_after_the_last_word_begins_a_page() -> None:
    assert texts(filled())[-1] == FORM.printed.note[-1]


def test_a_criterion_stays_with_its_evidence_unless_both_are_longer_than_a_page() -> None:
    def whole(evidence: str) -> bool:
        document = filled(answers=replace(ANSWERS, evidence={1: evidence}))
        rows = part_tables(document)[0].rows
        (row,) = [each for each in rows if FORM.printed.ladder.evidence in each.cells[1].text
                  and evidence.split("\n")[0] in each.cells[1].text]  # fmt: skip
        return row._tr.find(f".//{qn('w:cantSplit')}") is not None

    assert whole("ใบลงนาม")
    assert not whole("รายการ\n" * 25)


def test_notes_stay_with_the_last_row_of_their_table() -> None:
    form = load_form("cdd-chiangrai-2569")
    (index,) = [i for i, each in enumerate(form.printed.tables) if each.notes]
    answers = golden_of(form.id)
    assessment = assess(compile_rubric(form), Understood(answers, {}, ()))
    document = filled(assessment, answers, form)
    table = document.tables[index]
    kept = [paragraph for cell in table.rows[-1].cells for paragraph in cell.paragraphs]
    below = table._tbl.itersiblings(qn("w:p"))
    notes = [
        Paragraph(element, document)
        for element, _ in zip(below, form.printed.tables[index].notes, strict=False)
    ]
    assert [note.text for note in notes][-1] == form.printed.tables[index].notes[-1]
    assert all(each.paragraph_format.keep_with_next for each in [*kept, *notes[:-1]])


def test_latin_words_are_not_broken_as_thai_is() -> None:
    (language,) = filled().styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-US" and language.get(qn("w:bidi")) == "th-TH"


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
    assert report(FORM, ANSWERS, FULL, "2569-05") == report(copy, ANSWERS, FULL, "2569-05")


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
        properties = package.read("docProps/core.xml").decode()
        # The month of the round, and the group: no clock and no machine.
        assert properties.count("2026-05-01T00:00:00Z") == 2
        assert properties.count("กลุ่มงานจริยธรรม") == 2


def compiled(*elements: object) -> CompiledDocument:
    document = new_document((Style("Normal", 16),), landscape=False, margins_mm=(20, 20))
    append(document, elements)  # type: ignore[arg-type]
    return CompiledDocument(document, "")


def test_a_block_is_repeated_for_each_of_its_values() -> None:
    inner = repeated("words", [paragraph("Normal", "- ", Value("word"))])
    template = compiled(*repeated("groups", [paragraph("Normal", Value("name")), *inner]))
    groups = [{"name": "ก", "words": [{"word": "๑"}, {"word": "๒"}]}, {"name": "ข", "words": []}]
    assert texts(opened(template.fill({"groups": groups}, None))) == ["ก", "- ๑", "- ๒", "ข", ""]


@pytest.mark.parametrize(
    "values", [{}, {"name": "ก", "other": "ข"}, {"other": "ก"}, {"name": [{"text": "ก"}]}]
)
def test_values_that_do_not_fit_the_marks_are_refused(values: Mapping[str, str]) -> None:
    template = compiled(paragraph("Normal", Value("name")))
    with pytest.raises(ValueError, match=r"name|other"):
        template.fill(values, None)


def test_marks_that_do_not_match_are_refused() -> None:
    start, middle, end = repeated("rows", [paragraph("Normal", "ก")])
    with pytest.raises(ValueError, match="rows"):
        compiled(start, middle)
    with pytest.raises(ValueError, match="rows"):
        compiled(end)
