"""Pictures in a workbook are evidence of the answer beside which they stand."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter
from filling import type_in
from picture_samples import PDF, photo, with_pictures

from moral_xlsx.excel.form.layout import cell_name, lay_out
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.pictures import sheet_pictures
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.catalogue.evidence import EVIDENCE_REFUSED
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.opc import Limits, Package, build
from moral_xlsx.submission import evidence
from moral_xlsx.submission.evidence import kind_of, shown_name
from moral_xlsx.submission.journey import Journey, Submission

FIELD = Path(__file__).parent / "field"
LIMITS = Limits(1_000, 1 << 27, 1 << 28)
OFFICIAL = "แบบประเมิน"
DRAWN = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
ART = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


def rewritten(workbook: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added; ``__`` stands for a folder's stroke."""
    package = Package.open(workbook, LIMITS)
    named = {name.replace("__", "/"): data for name, data in parts.items()}
    old = {name: data for name, data in named.items() if package.find(name)}
    return package.rewrite(old, {name: data for name, data in named.items() if name not in old})


def judged(workbook: bytes) -> Submission:
    return Journey().judge(workbook)


def refused(submission: Submission) -> list[tuple[str, str]]:
    return [
        (found.place.cell, message(found, "en"))
        for found in submission.assessment.findings
        if found.code == EVIDENCE_REFUSED.code
    ]


@pytest.fixture(scope="module")
def places(form: Form) -> Mapping[str, tuple[str, int, int]]:
    layout = lay_out(form)
    found = {
        name: (area.sheet, area.first_row, area.first_column) for name, area in layout.names.items()
    }
    official = layout.official[0]
    assert official.ladder is not None
    block = official.ladder.criteria[2]
    return {**found, "printed 3": (OFFICIAL, block.first_row, 1)}


@pytest.fixture(scope="module")
def by_colour(golden_workbook: bytes, places: Mapping[str, tuple[str, int, int]]) -> Submission:
    """A filled form with a picture in each kind of place, told apart by their bytes."""
    sheet, row, column = places["activities.title"]
    evidence_sheet, third, at = places["evidence_3"]
    printed, line, left = places["printed 3"]
    nowhere = places["evidence_1"][1] - 2
    return judged(
        with_pictures(
            golden_workbook,
            {
                (evidence_sheet, cell_name(third, at)): photo("red"),
                (evidence_sheet, cell_name(third + 1, at + 3)): photo("blue"),
                (evidence_sheet, cell_name(third + 2, 1)): photo("green"),
                (evidence_sheet, cell_name(nowhere, 1)): photo("red", kind="PNG"),
                (sheet, cell_name(row + 1, column + 40)): photo("blue", kind="PNG"),
                (printed, cell_name(line, left)): photo("green", kind="PNG"),
            },
        )
    )


def of(submission: Submission, data: bytes) -> EvidenceFile:
    (found,) = (
        each
        for each in submission.evidence.files
        if submission.evidence.contents[each.sha256] == data
    )
    return found


@pytest.mark.parametrize(
    ("data", "reference", "criterion"),
    [
        (photo("red"), "evidence_3", 3),
        (photo("blue"), "evidence_4", 4),
        (photo("green"), "evidence_5", 5),
        (photo("red", kind="PNG"), "", None),
        (photo("green", kind="PNG"), "evidence_3", 3),
    ],
    ids=["in its cell", "right of its row", "left of its row", "above all", "on the printed form"],
)
def test_it_belongs_to_the_criterion_in_whose_row_it_stands(
    by_colour: Submission, data: bytes, reference: Reference, criterion: int | None
) -> None:
    found = of(by_colour, data)
    assert (found.reference, found.criterion) == (reference, criterion)
    assert (found.kind, found.source) == ("picture", "workbook")
    assert found.place.sheet and found.place.cell


def test_beside_a_row_of_a_table_it_belongs_to_that_activity(
    by_colour: Submission, form: Form
) -> None:
    found = of(by_colour, photo("blue", kind="PNG"))
    assert isinstance(found.reference, TableCell)
    assert (found.reference.table, found.reference.row) == ("activities", 1)
    title = by_colour.answers.tables["activities"][1]["title"]
    assert found.caption == f"กิจกรรมที่ ๒ {title}"


def test_its_caption_names_the_criterion_in_words(by_colour: Submission, form: Form) -> None:
    assert of(by_colour, photo("red")).caption.startswith("ข้อ ๓ ")


def test_a_picture_beside_an_empty_cell_is_evidence_too(
    golden_workbook: bytes, form: Form, places: Mapping[str, tuple[str, int, int]]
) -> None:
    sheet, row, column = places["evidence_3"]
    emptied = type_in(golden_workbook, lay_out(form), {"evidence_3": None})
    assert not judged(emptied).assessment.criterion(3).evidence
    pictured = with_pictures(emptied, {(sheet, cell_name(row, column + 2)): photo()})
    assert judged(pictured).assessment.criterion(3).evidence


def test_a_picture_that_excel_puts_into_a_cell_is_found_with_its_bytes() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("ก")
        sheet.embed_image("B3", "a.png", {"image_data": io.BytesIO(photo("red", kind="PNG"))})
        sheet.embed_image("C5", "b.png", {"image_data": io.BytesIO(photo("blue", kind="PNG"))})
    with zipfile.ZipFile(out) as written:
        # xlsxwriter puts a stroke before the name of one part, which Excel does not.
        parts = [(name.lstrip("/"), written.read(name)) for name in written.namelist()]
    inspected = inspect(build(parts))
    assert inspected.package is not None
    found = {
        (each.row, each.column): inspected.package.content(each.part)
        for each in sheet_pictures(inspected)
    }
    assert found == {(2, 1): photo("red", kind="PNG"), (4, 2): photo("blue", kind="PNG")}


def wps(picture: bytes) -> bytes:
    """The form of the field in which WPS keeps its picture."""
    cell_images = f"""<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"
        {DRAWN} {ART} {RELATED}><etc:cellImage><xdr:pic><xdr:nvPicPr>
        <xdr:cNvPr id="2" name="ID_0A" descr="ประชุม"/></xdr:nvPicPr>
        <xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage>
        </etc:cellImages>"""
    related = f"""<Relationships xmlns="{RELATIONS}">
        <Relationship Id="rId1" Type="{IMAGE}" Target="media/image1.png"/></Relationships>"""
    parts = {
        "xl__cellimages.xml": cell_images.encode(),
        "xl___rels__cellimages.xml.rels": related.encode(),
        "xl__media__image1.png": picture,
    }
    return rewritten((FIELD / "wps_picture.xlsx").read_bytes(), **parts)


def test_a_picture_that_wps_puts_into_a_cell_is_found_with_its_bytes() -> None:
    submission = judged(wps(photo()))
    (found,) = submission.evidence.files
    assert (found.reference, found.place.cell, found.name) == ("evidence_1", "E5", "ประชุม")
    assert submission.evidence.contents[found.sha256] == photo()
    assert refused(submission) == []


def test_a_picture_whose_bytes_are_lost_is_told_and_counts_as_evidence() -> None:
    submission = judged((FIELD / "wps_picture.xlsx").read_bytes())
    assert submission.evidence.files == ()
    assert submission.assessment.criterion(1).evidence
    ((cell, said),) = refused(submission)
    assert cell == "E5"
    assert "not in the file" in said


def test_a_picture_in_a_group_stands_where_the_group_stands() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("ก").insert_image(
            "D6", "a.png", {"image_data": io.BytesIO(photo(kind="PNG"))}
        )
    package = Package.open(out.getvalue(), LIMITS)
    drawing = package.content("xl/drawings/drawing1.xml")
    grouped = drawing.replace(b"<xdr:pic>", b"<xdr:grpSp><xdr:pic>").replace(
        b"</xdr:pic>", b"</xdr:pic></xdr:grpSp>"
    )
    assert grouped != drawing
    inspected = inspect(package.rewrite({"xl/drawings/drawing1.xml": grouped}))
    ((row, column, part),) = ((p.row, p.column, p.part) for p in sheet_pictures(inspected))
    assert (row, column) == (5, 3)
    assert part


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MZ" + bytes(200), "no picture, PDF or Word file"),
        (PDF, "no picture, PDF or Word file"),
        (b"", "no picture, PDF or Word file"),
    ],
    ids=["a program", "a document", "nothing"],
)
def test_what_is_no_picture_is_told_with_its_cell(data: bytes, why: str) -> None:
    submission = judged(wps(data))
    assert submission.evidence.files == ()
    ((cell, said),) = refused(submission)
    assert cell == "E5"
    assert why in said


@pytest.mark.parametrize(
    ("limit", "most", "why"),
    [("MAX_FILES", 1, "more than 60"), ("MAX_FILE", 5_000, "larger"), ("MAX_TOTAL", 9_000, "all")],
)
def test_beyond_the_limits_the_rest_is_told_and_the_form_counts(
    golden_workbook: bytes,
    places: Mapping[str, tuple[str, int, int]],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
    why: str,
) -> None:
    small, large = photo("red", (80, 60)), photo("blue", (900, 700))
    assert len(small) < 5_000 < len(large) < 40_000
    sheet, row, column = places["evidence_3"]
    workbook = with_pictures(
        golden_workbook,
        {
            (sheet, cell_name(row, column)): small,
            (sheet, cell_name(row + 1, column)): large,
        },
    )
    monkeypatch.setattr(evidence, limit, most)
    submission = judged(workbook)
    assert [each.reference for each in submission.evidence.files] == ["evidence_3"]
    ((cell, said),) = refused(submission)
    assert cell == cell_name(row + 1, column)
    assert why in said
    assert submission.assessment.total == 27


def test_a_thousand_pictures_are_one_finding(
    golden_workbook: bytes,
    places: Mapping[str, tuple[str, int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "MAX_FILES", 2)
    sheet, row, _ = places["evidence_1"]
    cells = {(sheet, cell_name(row, 6 + at)): photo(size=(40 + at, 30)) for at in range(9)}
    submission = judged(with_pictures(golden_workbook, cells))
    assert len(submission.evidence.files) == 2
    ((cell, said),) = refused(submission)
    assert cell == cell_name(row, 8)
    assert "the other 7 pictures" in said


EMF = b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(20)
DOC = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500) + "WordDocument".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (photo(kind="PNG"), ("picture", ".png")),
        (photo(), ("picture", ".jpg")),
        (photo(kind="GIF"), ("picture", ".gif")),
        (photo(kind="BMP"), ("picture", ".bmp")),
        (photo(kind="TIFF"), ("picture", ".tif")),
        (photo(kind="WEBP"), ("picture", ".webp")),
        (b"\0\0\0\x18ftypheic" + bytes(40), ("picture", ".heic")),
        (EMF, ("picture", ".emf")),
        (b"\xd7\xcd\xc6\x9a" + bytes(40), ("picture", ".wmf")),
        (PDF, ("document", ".pdf")),
        (DOC, ("document", ".doc")),
        (b"PK\x03\x04" + bytes(30) + b"word/document.xml", ("document", ".docx")),
        (b"PK\x03\x04" + bytes(30) + b"ppt/presentation.xml", None),
        (b"MZ" + bytes(100), None),
        ("ข้อความ".encode(), None),
        (b"", None),
    ],
)
def test_its_bytes_say_what_a_file_is(data: bytes, expected: tuple[str, str] | None) -> None:
    assert kind_of(data) == expected


def test_a_name_is_shown_on_one_line_and_never_too_long() -> None:
    assert shown_name("ก/ข\\รูป\n1\x1b[31m.jpg") == "รูป 1 [31m.jpg"
    long = shown_name("ก" * 500 + ".jpeg")
    assert len(long) <= 100
    assert long.endswith(".jpeg")


def test_pictures_of_other_formats_are_kept_without_a_place() -> None:
    data = photo(kind="PNG")
    entries = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "Pictures/1.png": data,
    }
    book = (FIELD / "pretty_printed.ods").read_bytes()
    package = Package.open(book, LIMITS)
    book = package.rewrite({}, {"Pictures/1.png": entries["Pictures/1.png"]})
    assert zlib.crc32(data) == package.reopened(book).member("Pictures/1.png").crc
    (found,) = judged(book).evidence.files
    assert (found.reference, found.place.cell) == ("", "")
