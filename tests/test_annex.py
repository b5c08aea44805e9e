"""The pictures of the evidence stand at the end of a report, two a page, each with its caption."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn
from libreoffice import convert
from picture_samples import photo

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.opc import Limits, Package
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.prints import make_print
from moral_xlsx.word.report.annex import AnnexPicture, with_annex
from moral_xlsx.word.report.document import report

SIZES = ((1600, 1200), (1200, 1600), (3000, 400), (80, 60), (400, 3000))


def picture(size: tuple[int, int] = (400, 300), caption: str = "ข้อ ๓ แผน") -> AnnexPicture:
    data, made = make_print(photo("red", size))
    return AnnexPicture(data, made.suffix, made.width, made.height, caption)


@pytest.fixture(scope="module")
def plain(form: Form, golden_answers: Answers, golden_workbook: bytes) -> bytes:
    assessment = Journey().judge(golden_workbook).assessment
    return report(form, golden_answers, assessment, "2569-05")


def test_a_report_without_pictures_stays_as_it_is(plain: bytes) -> None:
    assert with_annex(plain, ()) is plain


def test_the_same_pictures_give_the_same_bytes(plain: bytes) -> None:
    assert with_annex(plain, [picture()]) == with_annex(plain, [picture()])


def test_each_picture_has_its_words_below_it_and_for_those_who_do_not_see(plain: bytes) -> None:
    captions = ["ข้อ ๑ ประกาศ", "ข้อ ๒ <เป้าหมาย> & \x07แผน\nสอง", "ข้อ ๓"]
    document = docx.Document(
        io.BytesIO(with_annex(plain, [picture(caption=each) for each in captions]))
    )
    shapes = document.element.body.findall(".//" + qn("wp:docPr"))
    said = ["รูปที่ ๑ ข้อ ๑ ประกาศ", "รูปที่ ๒ ข้อ ๒ <เป้าหมาย> & แผน สอง", "รูปที่ ๓ ข้อ ๓"]
    assert [shape.get("descr") for shape in shapes] == said
    assert len({shape.get("id") for shape in shapes}) == 3
    cells = [cell for table in document.tables[-2:] for cell in table.rows[0].cells]
    assert [cell.paragraphs[-1].text for cell in cells] == said
    titles = [p.text for p in document.paragraphs if p.text.startswith("รูปประกอบ")]
    assert titles == ["รูปประกอบ", "รูปประกอบ (ต่อ)"]


def test_what_came_before_is_left_as_it_was(plain: bytes) -> None:
    limits = Limits(1_000, 1 << 27, 1 << 28)
    before, after = (Package.open(d, limits) for d in (plain, with_annex(plain, [picture()])))
    changed = {"word/document.xml", "word/styles.xml", "[Content_Types].xml"}
    changed |= {"word/_rels/document.xml.rels"}
    for member in before.members:
        if member.name not in changed:
            assert after.content(member.name) == before.content(member.name)
    text = before.content("word/document.xml").decode()
    body = text[: text.rindex("<w:sectPr")].removesuffix("<w:p/>")
    assert after.content("word/document.xml").decode().startswith(body)
    for member in after.members:
        if member.name.endswith((".xml", ".rels")):
            ElementTree.fromstring(after.content(member.name))


def test_a_picture_that_is_shown_twice_is_kept_once(plain: bytes) -> None:
    twice = Package.open(
        with_annex(plain, [picture(caption="ก"), picture(caption="ข")]),
        Limits(1_000, 1 << 27, 1 << 28),
    )
    assert sum(member.name.startswith("word/media/") for member in twice.members) == 1


def test_no_picture_is_wider_or_higher_than_its_place(plain: bytes) -> None:
    document = docx.Document(io.BytesIO(with_annex(plain, [picture(size) for size in SIZES])))
    section = document.sections[-1]
    assert section.page_width and section.left_margin and section.right_margin
    across = section.page_width - section.left_margin - section.right_margin
    for shape, size in zip(document.inline_shapes, SIZES, strict=True):
        assert 0 < shape.width <= across / (1 if size == SIZES[-1] else 2)
        assert abs(shape.width / shape.height - size[0] / size[1]) < 0.05 * size[0] / size[1]


@pytest.mark.libreoffice
@pytest.mark.slow
def test_two_stand_on_a_page_with_their_captions_and_no_page_is_blank(
    plain: bytes, tmp_path: Path
) -> None:
    long = "ข้อ ๓ มีแผนการดำเนินงานส่งเสริมคุณธรรมและกิจกรรมตามแผน " * 8
    named = {
        "plain": plain,
        "one": with_annex(plain, [picture()]),
        "five": with_annex(plain, [picture(size, long) for size in SIZES], "อีก ๓ รูปไม่ได้พิมพ์"),
    }
    for name, data in named.items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    printed = convert([tmp_path / f"{name}.docx" for name in named], "pdf", tmp_path)
    pages = {path.stem: _pages(path) for path in printed}
    assert all(page.strip() for page in pages["five"] + pages["one"])
    filled = [page for page in pages["plain"] if page.strip()]
    annex = pages["five"][len(filled) :]
    titles = ["รูปประกอบ", "รูปประกอบ (ต่อ)", "รูปประกอบ (ต่อ)"]
    assert len(annex) == len(titles)
    for page, title, captions in zip(annex, titles, ("๑๒", "๓๔", "๕"), strict=True):
        assert title in page
        assert [number for number in "๑๒๓๔๕" if f"รูปที่ {number}" in page] == list(captions)
    assert len(pages["one"]) == len(filled) + 1


def _pages(pdf: Path) -> list[str]:
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    # The number of the page stands on each.
    pages = text.split("\f")[:-1]
    return ["\n".join(line for line in page.splitlines() if not line.strip().startswith("- "))
            for page in pages]  # fmt: skip
