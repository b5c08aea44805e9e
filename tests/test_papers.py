"""Papers made of a form's answers: the plan's book, covers, orders, the pledge."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import GOLDEN
from libreoffice import convert
from lxml import etree
from test_pages import letters

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import NO_UNIT_CODE
from moral_xlsx.model.errors import DefinitionError
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import Signature
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import arabic_digits
from moral_xlsx.word.papers.document import papers
from moral_xlsx.word.report.document import DRAFT

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAKING = tuple(form_id for form_id in form_ids() if load_form(form_id).papers)


@cache
def judged(form_id: str) -> tuple[Form, Answers, Assessment]:
    form = load_form(form_id)
    data = json.loads((GOLDEN / f"{form_id}.json").read_text("utf-8"))
    understood = normalise(form, from_json(form, data))
    return form, understood.answers, assess(compile_rubric(form), understood)


def made(form_id: str, **answers: object) -> dict[str, bytes]:
    form, given, assessment = judged(form_id)
    changed = replace(given, values={**given.values, **answers})
    return dict(papers(form, changed, assessment, "2569-05"))


def text(document: bytes) -> str:
    root = etree.fromstring(zipfile.ZipFile(BytesIO(document)).read("word/document.xml"))
    lines = ("".join(p.itertext(f"{W}t")) for p in root.iter(f"{W}p"))
    return "\n".join(lines)


def test_the_senates_plan_is_a_book_with_cover_contents_parts_and_annexes() -> None:
    _, answers, _ = judged("senate-2567-plan")
    book = text(made("senate-2567-plan")["book"])
    name = str(answers.values["unit_name"])
    wanted = (
        f"ของ{name}", "คำนำ", "สารบัญ", "ส่วนที่ ๑", "ที่มาและความสำคัญ", "เป้าหมาย/วัตถุประสงค์",
        f"ความเชื่อมโยงกับ{name}", "ส่วนที่ ๒", "กำหนดส่ง ๒๐ มีนาคม ๒๕๖๗", "ภาคผนวก", "๑๑/๒๕๖๖",
        "หัวหน้าคณะทำงาน", "เป็นรายเดือน",
    )  # fmt: skip
    places = [book.find(each) for each in wanted]
    assert -1 not in places
    assert [book.count(str(row["text"])) for row in answers.tables["dos"]] == [1] * 5
    assert "สำนักการคลังและงบประมาณ" not in book
    assert "{" not in book


def test_every_heading_stands_in_the_contents_with_a_page_that_is_filled_in() -> None:
    document = made("senate-2567-plan")["book"]
    root = etree.fromstring(zipfile.ZipFile(BytesIO(document)).read("word/document.xml"))
    fields = [f.get(f"{W}instr") for f in root.iter(f"{W}fldSimple")]
    marks = {b.get(f"{W}name") for b in root.iter(f"{W}bookmarkStart")}
    referred = {field.split()[1] for field in fields if field.startswith(" PAGEREF")}
    assert referred == marks
    parts = load_form("senate-2567-plan").papers[0].parts
    assert len(marks) == sum(bool(part.heading) for part in parts)
    numbers = [b.get(f"{W}id") for b in root.iter(f"{W}bookmarkStart")]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.libreoffice
def test_the_contents_name_the_pages_on_which_the_headings_are(tmp_path: Path) -> None:
    source = tmp_path / "book.docx"
    source.write_bytes(made("senate-2567-plan")["book"])
    (pdf,) = convert([source], "pdf", tmp_path)
    layout = ["pdftotext", "-layout", str(pdf), "-"]
    told = subprocess.run(layout, capture_output=True, check=True, encoding="utf-8").stdout
    pages = [[letters(line) for line in page.splitlines()] for page in told.split("\f")[:-1]]
    contents = next(page for page in pages if letters("สารบัญ") in page)
    for heading in map(letters, ("คำนำ", "เป้าหมาย/วัตถุประสงค์", "ภาคผนวก", "คำสั่งที่เกี่ยวข้อง")):
        line = next(each for each in contents if each.startswith(heading))
        shown = int(arabic_digits(line.removeprefix(heading)))
        assert heading in pages[shown - 1]
    # The number of the page alone is no page.
    assert min(sum(map(len, page)) for page in pages) > 20


def test_a_bureaus_own_paragraphs_stand_in_place_of_the_printed_ones() -> None:
    printed = text(made("senate-2567-plan")["book"])
    own = text(made("senate-2567-plan", preface="ย่อหน้าแรกของเรา\n\nย่อหน้าที่สอง <b>")["book"])
    beginning = load_form("senate-2567-plan").papers[0].parts[1].paragraphs[0][:40]
    assert beginning in printed and beginning not in own
    assert "ย่อหน้าแรกของเรา\nย่อหน้าที่สอง <b>\n" in own


def test_a_signature_never_stands_without_the_end_of_what_it_signs() -> None:
    form, given, assessment = judged("senate-2567-plan")
    book = form.papers[0]
    signed = book.parts[1].model_copy(
        update={"signature": Signature(label="ลงชื่อ", name="motto", position="motto")}
    )
    paper = book.model_copy(update={"parts": (signed,)})
    changed = replace(given, values={**given.values, "preface": "ต้น\nกลาง\nท้าย"})
    made = papers(form.model_copy(update={"papers": (paper,)}), changed, assessment, "2569-05")
    paragraphs = docx.Document(BytesIO(made[book.id])).paragraphs
    kept = {p.text: p.paragraph_format.keep_with_next for p in paragraphs}
    assert (kept["ต้น"], kept["กลาง"], kept["ท้าย"]) == (None, None, True)


@pytest.mark.parametrize("form_id", MAKING)
def test_every_paper_opens_says_nothing_twice_and_is_the_same_again(form_id: str) -> None:
    first, again = made(form_id), made(form_id)
    assert first == again
    for document in first.values():
        assert docx.Document(BytesIO(document)).core_properties.title
        assert "{" not in text(document)


def test_a_paper_of_answers_that_were_not_given_is_not_made() -> None:
    assert "pledge" not in made("moi-2569")
    form, given, assessment = judged("moi-2569")
    row = {"number": 1, "text": "ตรงต่อเวลา"}
    stated = replace(given, tables={**given.tables, "dos": (row,)})
    assert "ตรงต่อเวลา" in text(papers(form, stated, assessment, "2569-05")["pledge"])


def test_the_papers_of_a_returned_form_are_drafts() -> None:
    form, given, assessment = judged("diw-2566-plan")
    returned = replace(assessment, findings=(finding(NO_UNIT_CODE),))
    for made_of, wanted in ((assessment, False), (returned, True)):
        headers = (
            header.text
            for document in papers(form, given, made_of, "2569-05").values()
            for header in docx.Document(BytesIO(document)).sections[0].first_page_header.paragraphs
        )
        assert (DRAFT in set(headers)) is wanted


def test_diw_gets_declaration_with_signatures_order_memo_and_recognition() -> None:
    found = made("diw-2566-plan")
    assert {"declaration", "order", "memo", "recognition"} <= found.keys()
    assert "ลายมือชื่อ" in text(found["declaration"])
    assert "ประธาน" in text(found["order"])
    assert "กลุ่มงานจริยธรรม" in text(found["memo"])


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ('own = "nothing"\nparagraphs = ["ก"]', "papers.a.parts[0].own"),
        ('own = "unit_name"', "papers.a.parts[0].own"),
        ('paragraphs = ["{nothing}"]', "papers.a.parts[0]"),
        ('signature = { label = "ก", name = "nothing", position = "unit_name" }', "signature.name"),
        ("printed = true\n[[papers.parts]]\nprinted = true", "papers.a.printed"),
        ('[papers.parts.table]\ncolumns = [{ heading = "ก", width = 9 }]\n'
         'rows = [{ each = "nothing", cells = ["ก"] }]', "papers.a.parts[0].table"),
    ],
)  # fmt: skip
def test_a_wrong_paper_is_told_with_its_place(paper: str, said: str) -> None:
    tiny = Path(__file__).parent / "definitions" / "valid" / "tiny-2569.toml"
    head = '[[papers]]\nid = "a"\ntitle = "ก"\n[[papers.parts]]'
    written = f"{tiny.read_text('utf-8')}\n{head}\n{paper}\n"
    with pytest.raises(DefinitionError) as refusal:
        parse_form(written.encode(), tiny.name)
    assert any(said in fault.place for fault in refusal.value.faults)
