"""Documents become PDFs that archives and screen readers take, or it is told why not."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from conftest import golden_of
from department_year import in_this_process

from moral_xlsx.cli import main
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.pdf import office
from moral_xlsx.pdf.office import Converted, find_font, find_office, to_pdf
from moral_xlsx.pdf.settled import pages, settled
from moral_xlsx.round.outbox import open_outbox
from moral_xlsx.round.pdfs import put_pdfs
from moral_xlsx.round.stages import Issued
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

libreoffice = pytest.mark.libreoffice


def report_of(form_id: str, folder: Path) -> Path:
    """The report of a form's golden answers."""
    journey = Journey()
    filled = write_workbook(compile_rubric(load_form(form_id)), Content(golden_of(form_id)))
    path = folder / f"{form_id}.docx"
    path.write_bytes(issue(journey.judge(filled), "2569-05").report)
    return path


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """The PDF of every form's report, of one call."""
    folder = tmp_path_factory.mktemp("pdf")
    return to_pdf([report_of(form_id, folder) for form_id in form_ids()], folder)


# --- what LibreOffice makes of it


@libreoffice
@pytest.mark.slow
def test_every_report_is_a_tagged_thai_pdf_for_archives(printed: Converted) -> None:
    import pikepdf

    assert [path.stem for path in printed.made.values()] == list(form_ids())
    assert printed.failed == {}
    for path in printed.made.values():
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == [], "the table of cross references fits"
            assert not pdf.is_encrypted
            assert len(pdf.pages) == pages(path.read_bytes()) > 0
            assert pdf.Root.MarkInfo.Marked is True
            assert pdf.Root.StructTreeRoot.K is not None
            assert str(pdf.Root.Lang) == "th-TH"
            with pdf.open_metadata() as told:
                assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "B")
            fonts = [each for each in pdf.objects if is_font(each)]
            assert fonts and all(is_embedded(each) for each in fonts), path.name


def is_font(each: object) -> bool:
    import pikepdf

    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"


def is_embedded(descriptor: object) -> bool:
    return any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))  # type: ignore[operator]


@libreoffice
@pytest.mark.slow
def test_an_independent_checker_of_accessibility_misses_headings_of_tables_at_most(
    printed: Converted,
) -> None:
    import pdfua

    for path in printed.made.values():
        # Tables without a heading row are for signatures and such; all else is in order.
        found = {each.rule_id for each in pdfua.validate(str(path)).findings}
        assert found <= {"UA-15-003"}, path.name


@libreoffice
@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes_alone_and_elsewhere_on_earth(
    printed: Converted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    document, before = next(reversed(printed.made.items()))
    again = to_pdf([document], tmp_path)
    assert again.made[document] != before
    assert again.made[document].read_bytes() == before.read_bytes()


@libreoffice
@pytest.mark.slow
def test_every_date_in_it_is_that_of_the_document(printed: Converted) -> None:
    import pikepdf

    for document, path in printed.made.items():
        modified = docx.Document(str(document)).core_properties.modified
        assert modified is not None
        with pikepdf.open(path) as pdf:
            assert str(pdf.docinfo.CreationDate) == f"D:{modified:%Y%m%d%H%M%S}Z"
            with pdf.open_metadata() as told:
                assert told["xmp:CreateDate"] == f"{modified:%Y-%m-%dT%H:%M:%S}Z"
            profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
            assert struct.unpack(">6H", profile[24:36]) == modified.timetuple()[:6]


@libreoffice
@pytest.mark.slow
def test_junk_costs_only_itself_and_without_the_font_another_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    junk, good = tmp_path / "ก junk.docx", report_of("moi-2569", tmp_path)
    junk.write_bytes(b"PK\x03\x04 no document at all")
    monkeypatch.setattr(office, "find_font", lambda: "")
    converted = to_pdf([junk, good], tmp_path)
    assert converted.made == {good: tmp_path / "moi-2569.pdf"}
    assert list(converted.failed) == [junk]
    ((thai, english),) = converted.notices
    assert "TH Sarabun New" in thai and "install it" in english


@libreoffice
@pytest.mark.slow
def test_of_fonts_that_are_drawn_alike_the_one_that_is_there_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pikepdf

    # One that fontconfig itself brings along stands for it.
    monkeypatch.setattr(office, "find_font", lambda: "DejaVu Serif")
    document = report_of("moi-2569", tmp_path)
    with pikepdf.open(to_pdf([document], tmp_path).made[document]) as pdf:
        names = {str(each.FontName).partition("+")[2] for each in pdf.objects if is_font(each)}
    assert any(name.startswith("DejaVuSerif") for name in names), names


# --- what LibreOffice may do instead

WHOLE = b"%PDF-1.7\n1 0 obj\n<</Type/Page>>\nendobj\n%%EOF\n"


class Played:
    """Plays LibreOffice: what becomes of a document is what stands in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.calls: list[list[str]] = []
        monkeypatch.setattr(office, "find_office", lambda: Path("soffice"))
        monkeypatch.setattr(office, "_ran", self)

    def __call__(self, command: Sequence[str], seconds: float) -> bool:
        given = [Path(each) for each in command if each.endswith(".docx")]
        output = Path(command[command.index("--outdir") + 1])
        output.mkdir(exist_ok=True)
        self.calls.append([each.read_text() for each in given])
        for document in given:
            match document.read_text():
                case "good":
                    (output / f"{document.stem}.pdf").write_bytes(WHOLE)
                case "part":
                    (output / f"{document.stem}.pdf").write_bytes(WHOLE[:30])
                case "no pages":
                    (output / f"{document.stem}.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
                case "crashes":
                    return True
                case "hangs":
                    return False
        return True

    def convert(self, *contents: str) -> tuple[dict[str, bool], Converted]:
        documents = [self.folder / f"{at} {each}.docx" for at, each in enumerate(contents)]
        for document, content in zip(documents, contents, strict=True):
            document.write_text(content)
        converted = to_pdf(documents, self.folder)
        assert converted.made.keys() | converted.failed.keys() == set(documents)
        assert not converted.made.keys() & converted.failed.keys()
        for path in converted.made.values():
            assert path.read_bytes() == WHOLE
        return {each.stem: each in converted.made for each in documents}, converted


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(tmp_path, monkeypatch)


@pytest.mark.parametrize("wrong", ["nothing", "part", "no pages", "crashes", "hangs"])
def test_a_bad_document_costs_only_itself(played: Played, wrong: str) -> None:
    made, converted = played.convert("good", wrong, "good")
    assert made == {"0 good": True, f"1 {wrong}": False, "2 good": True}
    (reason,) = converted.failed.values()
    assert "Word" in reason[0] and "Word" in reason[1]
    assert ("เวลา" in reason[0]) is (wrong == "hangs")
    # Alone it is tried once more, and what has its PDF is not.
    assert played.calls[0] == ["good", wrong, "good"]
    assert played.calls.count([wrong]) == 1
    assert ["good"] not in played.calls or wrong in ("crashes", "hangs")


def test_many_go_through_one_call_and_one_does_not_cost_the_others(played: Played) -> None:
    made, _ = played.convert(*["good"] * 100)
    assert all(made.values())
    assert [len(each) for each in played.calls] == [40, 40, 20]


def test_where_libreoffice_itself_does_not_work_it_is_not_asked_for_each_document(
    played: Played,
) -> None:
    made, converted = played.convert(*["hangs"] * 100)
    assert not any(made.values())
    assert len(played.calls) < 6
    assert "หลายครั้งติดกัน" in list(converted.failed.values())[-1][0]


def test_what_the_system_refuses_is_told_and_raises_nothing(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(office, "_ran", refused)
    made, converted = played.convert("good")
    assert not any(made.values())
    assert "Permission denied" in next(iter(converted.failed.values()))[1]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe with a name is of other systems")
def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    started = f"(echo started; sleep 60; echo alive) > '{pipe}' & sleep 60"
    assert office._ran(["sh", "-c", started], 3) is False
    said = os.read(reading, 99) + os.read(reading, 99)
    os.close(reading)
    assert said == b"started\n", "the pipe closes when its writer is gone"


def test_one_that_ends_in_time_is_waited_for() -> None:
    assert office._ran([sys.executable, "-c", ""], 60) is True


def test_without_libreoffice_every_document_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    converted = to_pdf([tmp_path / "a.docx", tmp_path / "b.docx"], tmp_path)
    assert not converted.made
    assert {path.name for path in converted.failed} == {"a.docx", "b.docx"}
    assert all("libreoffice.org" in thai for thai, _ in converted.failed.values())


# --- where things are


def test_libreoffice_is_found_where_installers_of_windows_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    folder = tmp_path / "LibreOffice" / "program"
    folder.mkdir(parents=True)
    for name in ("soffice.exe", "soffice.com"):  # the second waits for the work, and is preferred
        (folder / name).touch()
        assert find_office() == folder / name


@pytest.mark.parametrize(
    ("file", "family"),
    [
        ("THSarabunNew.ttf", "TH Sarabun New"),
        ("TH Sarabun New Bold.ttf", "TH Sarabun New"),
        ("THSarabunPSK.ttf", "TH SarabunPSK"),
        ("THSarabun.ttf", "TH SarabunPSK"),
        ("THSarabunIT๙.ttf", "TH SarabunIT๙"),
        ("Sarabun-Regular.ttf", ""),
        ("arial.ttf", ""),
    ],
)
def test_the_font_is_known_by_its_file_where_nothing_lists_fonts(
    file: str, family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("WINDIR", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    (tmp_path / "Fonts").mkdir()
    (tmp_path / "Fonts" / file).touch()
    assert find_font() == family


# --- the clock out of a PDF


def pdf_of(said: Mapping[str, str]) -> bytes:
    """A PDF built as LibreOffice builds them; ``said`` is what its clock says."""
    profile = bytes(24) + said["profile"].encode("ascii") + b"acsp" + b"colours " * 50
    compressed = zlib.compress(profile)
    xmp = f"<x><xmp:CreateDate>{said['xmp']}</xmp:CreateDate></x>".encode()
    objects = [
        b"<</Type/Page/Parent 3 0 R>>",
        b"<</N 3/Length 3 0 R/Filter/FlateDecode>>\nstream\n%s\nendstream" % compressed,
        b"%d" % len(compressed),
        b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(xmp), xmp),
        b"<</Type/Catalog%s/Metadata 4 0 R>>" % said["language"].encode(),
        b"<</Creator(W)\n/CreationDate(%s)>>" % said["info"].encode(),
    ]
    pdf, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n\n" % (number, each)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in places)
    identity = said["identity"].encode()
    return pdf + (
        b"xref\n0 7\n%strailer\n<</Size 7/Root 5 0 R\n/Info 6 0 R\n/ID [ <%s>\n<%s> ]\n"
        b"/DocChecksum /%s\n>>\nstartxref\n%d\n%%%%EOF\n"
    ) % (table, identity, identity, identity, len(pdf))


HERE = pdf_of(
    {
        "profile": "121212121212",
        "xmp": "2026-11-29T14:14:27Z",
        "info": "D:20261129141427Z'",
        "identity": "0123456789ABCDEF" * 2,
        "language": "/Lang(th-TH)",
    }
)
ELSEWHERE = pdf_of(
    {
        "profile": "345343453453",
        "xmp": "2026-11-30T02:03:04+07:00",
        "info": "D:20261130020304+07'00'",
        "identity": "FEDCBA9876543210" * 2,
        "language": "/Lang(en-US)",
    }
)
MOMENT = "2026-05-27T00:00:00"


def test_two_clocks_give_the_same_pdf() -> None:
    assert settled(HERE, MOMENT) == settled(ELSEWHERE, MOMENT) != HERE
    assert settled(settled(HERE, MOMENT), MOMENT) == settled(HERE, MOMENT)
    assert settled(HERE, MOMENT) != settled(HERE, "2026-05-28T00:00:00")


def test_it_says_the_moment_it_is_given_and_its_language() -> None:
    pdf = settled(ELSEWHERE, MOMENT)
    assert b"/CreationDate(D:20260527000000Z)" in pdf
    assert b"<xmp:CreateDate>2026-05-27T00:00:00Z</xmp:CreateDate>" in pdf
    assert b"/Type/Catalog" in pdf and pdf.count(b"/Lang(th-TH)") == 1
    assert b"FEDCBA" not in pdf
    silent = settled(HERE.replace(b"/Lang(th-TH)", b"/Some(th-TH)"), MOMENT)
    assert b"<</Lang(th-TH)/Type/Catalog" in silent


def test_every_object_stands_where_the_table_says_and_streams_are_as_long_as_they_say() -> None:
    pdf = settled(ELSEWHERE, MOMENT)
    start = int(pdf.split()[-2])
    assert pdf[start:].startswith(b"xref\n0 7\n")
    entries = re.findall(rb"(\d{10}) 00000 n \n", pdf[start:])
    for number, place in enumerate(map(int, entries), 1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)
    for length in (rb"/Length (\d+)>>\n", rb"\n3 0 obj\n(\d+)\n"):
        (found,) = re.findall(length, pdf)
        assert any(
            len(stream) == int(found)
            for stream in re.findall(rb"\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf.replace(b"xref\n0 7", b"xref\n1 7"),
        lambda pdf: pdf.replace(b"startxref", b"startxref\n1\n%%EOF\nmore\nstartxref"),
        lambda pdf: pdf.replace(b"/Info 6", b"/Info 60"),
        lambda pdf: pdf.replace(b" 00000 n", b" 0000 n"),
    ],
)
def test_what_is_built_in_another_way_is_left_as_it_is(change: Callable[[bytes], bytes]) -> None:
    assert settled(change(HERE), MOMENT) == change(HERE)


def test_a_torn_pdf_raises_nothing() -> None:
    for end in range(0, len(HERE), 7):
        torn = HERE[:end] + b"startxref\n%d\n%%%%EOF\n" % HERE.index(b"xref")
        settled(HERE[:end], MOMENT)
        settled(torn, MOMENT)
        settled(HERE[:end] + HERE[end + 7 :], MOMENT)


def test_pages_are_counted_where_objects_are_compressed_too() -> None:
    inside = zlib.compress(b"<</Type/Pages/Count 2>> <</Type/Page>> <</Type /Page>>")
    head = b"<</Type/ObjStm/Filter/FlateDecode/Length %d>>" % len(inside)
    assert pages(b"%PDF-1.7\n1 0 obj\n" + head + b"\nstream\n" + inside + b"\nendstream") == 2
    assert pages(HERE) == 1
    assert pages(b"%PDF-1.7\n<</Type/Pages>>") == 0


# --- a round


def a_round(folder: Path, *arguments: str) -> tuple[Result, Path]:
    command = ["batch", str(folder / "inbox"), "-o", str(folder / "out"), "--round", "2569-05"]
    return CliRunner().invoke(main, [*command, *arguments]), folder / "out" / "2569-05"


@pytest.fixture
def inbox(tmp_path: Path, golden_workbook: bytes) -> Iterator[Path]:
    """The folder of an inbox with an accepted form and a blank one, which is returned."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.xlsx").write_bytes(golden_workbook)
    blank = Path(__file__).parent.parent / "input_templates" / "narathiwat-2569.xlsx"
    shutil.copy(blank, tmp_path / "inbox" / "b.xlsx")
    with in_this_process():
        yield tmp_path


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)).replace("\\", "/"): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def letter(folder: Path) -> bytes:
    (path,) = (each for each in (folder / "replies").iterdir() if "_moi-2569" in each.name)
    return path.read_bytes()


def test_a_round_has_a_pdf_beside_each_report_and_the_letter_encloses_it(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played_by_copying(monkeypatch)
    told, folder = a_round(inbox, "--pdf")
    assert told.exit_code == 1, "the blank form is returned"
    assert "ไม่มี PDF" not in told.stderr
    reports = sorted(path.name for path in (folder / "reports").iterdir())
    documents = [name for name in reports if name.endswith(".docx")]
    assert len(documents) == 2
    assert reports == sorted([*documents, *(name[:-5] + ".pdf" for name in documents)])
    run = json.loads((folder / "run.json").read_text("utf-8"))
    listed = {each["file"] for each in run["outputs"]}
    assert {f"reports/{name}" for name in reports} <= listed
    assert {name for each in run["inputs"] for name in each["outputs"]} >= {
        f"reports/{name}" for name in reports
    }
    assert b"application/pdf" in letter(folder)
    assert b"wordprocessingml" not in letter(folder) and b"spreadsheetml" in letter(folder)
    before = outputs(folder)
    a_round(inbox, "--pdf")
    assert outputs(folder) == before


def test_a_round_goes_on_without_libreoffice_and_says_so(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    told, folder = a_round(inbox, "--pdf")
    assert told.exit_code == 1
    (line,) = (each for each in told.stderr.splitlines() if "PDF ของ" in each)
    assert line.startswith("คำเตือน: ไม่มี PDF ของ 4 ไฟล์ (reports/")
    assert "libreoffice.org" in line and ".docx" in line
    assert "documents have no PDF" in a_round(inbox, "--pdf", "--lang", "en")[0].stderr
    assert not list(folder.rglob("*.pdf"))
    assert b"wordprocessingml" in letter(folder) and b"application/pdf" not in letter(folder)


def test_a_round_without_the_option_calls_nothing(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bool:
        raise AssertionError("LibreOffice was called")

    monkeypatch.setattr(office, "_ran", never)
    told, folder = a_round(inbox)
    assert told.exit_code == 1
    assert not list(folder.rglob("*.pdf"))


@libreoffice
@pytest.mark.slow
def test_a_round_has_whole_pdfs(inbox: Path) -> None:
    told, folder = a_round(inbox, "--pdf")
    assert "ไม่มี PDF" not in told.stderr
    made = [data for name, data in outputs(folder).items() if name.endswith(".pdf")]
    # The report and the record of each of two forms.
    assert len(made) == 4 and all(map(pages, made))


def test_records_are_printed_too_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played_by_copying(monkeypatch)
    with open_outbox(tmp_path / "2569-05") as outbox:
        for name in ("records/A.docx", "reports/A.docx", "summary.docx", "workbooks/A.xlsx"):
            outbox.put(name, name.encode())
        issued, _ = put_pdfs(Issued((), {}, ()), outbox, Converted())
        assert issued == Issued((), {}, ())
        printed = {name for name in outbox.outputs if name.endswith(".pdf")}
    assert printed == {"records/A.pdf", "reports/A.pdf"}


def played_by_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice makes the same PDF of everything."""

    def ran(command: Sequence[str], _: float) -> bool:
        output = Path(command[command.index("--outdir") + 1])
        output.mkdir()
        for each in command:
            if each.endswith(".docx"):
                (output / f"{Path(each).stem}.pdf").write_bytes(HERE)
        return True

    monkeypatch.setattr(office, "find_office", lambda: Path("soffice"))
    monkeypatch.setattr(office, "_ran", ran)
