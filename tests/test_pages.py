"""What is printed: no empty page, no row on two pages, no signature apart from what it signs.

The samples' papers and the printed sheet of every form, as LibreOffice prints them.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import docx
import pytest
from conftest import golden_of
from docx.oxml.ns import qn
from fonts import LAKSAMAN, stand_in
from libreoffice import convert
from samples_rounds import Samples, made_once

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedTable
from moral_xlsx.opc import Limits, Package
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.printed import CONTINUED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.libreoffice,
    pytest.mark.skipif(not LAKSAMAN.is_dir(), reason="needs Debian's fonts-thai-tlwg"),
]
LIMITS = Limits(members=200, member_size=1 << 26, total_size=1 << 27)
# Fewer letters than this beside a signature are no paper that one signs.
LEAST_SIGNED = 60
# A cell of more letters than this may be higher than a page.
LONGEST_CELL = 900
# More letters than this in rows that share a cell may need more than a page.
LONGEST_GROUP = 2600
LONG = {
    "evidence": "\n".join(f"{number}. รายการหลักฐานที่แนบมาพร้อมแบบนี้" for number in range(1, 26)),
}


@pytest.fixture(scope="module", autouse=True)
def font(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(stand_in(tmp_path_factory.mktemp("fonts"))))
        yield


@pytest.fixture(scope="module")
def papers(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[str]]:
    """Every report and record of the samples' month, with the letters on each of its pages."""

    def printed(folder: Path) -> dict[Path, list[str]]:
        found = {}
        for kind in ("reports", "records"):
            documents = sorted((samples.last / kind).glob("*.docx"))
            made = convert(documents, "pdf", folder / kind)
            found |= dict(zip(documents, map(pages, made), strict=True))
        return found

    return made_once(tmp_path_factory, "pages", printed)


def pages(pdf: Path) -> list[str]:
    text = subprocess.run(
        ["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True
    ).stdout.decode()
    return [letters(page) for page in text.split("\f")[:-1]]


def letters(text: str) -> str:
    """The letters and digits of a text: a PDF puts marks and blanks where it likes."""
    whole = unicodedata.normalize("NFKC", text)
    return "".join(each for each in whole if unicodedata.category(each)[0] in "LN")


def divided_cells(path: Path, printed: Sequence[str]) -> list[str]:
    """The beginnings of the cells whose words are on no page together, but for those of rows that
    are higher than a page."""
    found = []
    for row in docx.Document(str(path)).element.body.iter(qn("w:tr")):
        cells = [
            "".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))
        ]
        if max(len(letters(cell)) for cell in cells) > LONGEST_CELL:
            continue
        found += [
            words[:40]
            for words in cells
            if len(letters(words)) >= 8 and not any(letters(words) in page for page in printed)
        ]
    return found


def test_no_paper_has_an_empty_page(papers: dict[Path, list[str]]) -> None:
    assert len(papers) > 60
    assert not [path.name for path, printed in papers.items() if any(len(p) < 5 for p in printed)]


def test_no_row_is_divided_between_pages(papers: dict[Path, list[str]]) -> None:
    divided = {path.name: divided_cells(path, printed) for path, printed in papers.items()}
    assert not {name: cells for name, cells in divided.items() if cells}


def test_a_cell_over_several_rows_stands_on_one_page(papers: dict[Path, list[str]]) -> None:
    """Its words with those of every row beside it, unless they are more than a page."""
    checked = 0
    for path, printed in papers.items():
        if path.parent.name != "reports":
            continue
        for table in load_form(path.stem.split("_")[1]).printed.tables:
            for group in groups(table):
                text = [letters(part) for part in group if len(letters(part)) >= 8]
                together = [page for page in printed if all(part in page for part in text)]
                assert together or sum(map(len, text)) > LONGEST_GROUP, (path.name, group[0][:40])
                checked += 1
    assert checked > 20


def groups(table: PrintedTable) -> Iterator[list[str]]:
    """The fixed texts of rows that share a cell."""
    rows = [row.cells for row in table.rows if row.each is None and row.cells]
    found: list[list[str]] = []
    for row in rows:
        if CONTINUED in row and found:
            found[-1] += [cell for cell in row if cell != CONTINUED]
        else:
            found.append(list(row))
    for group in found:
        fixed = [part for cell in group for part in cell.split("\n") if "{" not in part]
        if len(group) > len(table.columns):
            yield [re.sub(r"\*\*|__", "", part) for part in fixed]


def test_no_signature_stands_alone(papers: dict[Path, list[str]]) -> None:
    signed = 0
    for path, printed in papers.items():
        form = load_form(path.stem.split("_")[1])
        if path.parent.name != "reports" or form.printed.signature is None:
            continue
        label = letters(form.printed.signature.label + form.printed.signature.after)
        name = max(i for i, page in enumerate(printed) if label in page)
        lines = len(form.printed.signature.lines) * 40
        assert len(printed[name]) > lines + LEAST_SIGNED, path.name
        signed += 1
    assert signed > 20


def test_a_page_begins_with_no_heading_left_behind(papers: dict[Path, list[str]]) -> None:
    """The title of a part or table stands on the page of its first row."""
    for path, printed in papers.items():
        if path.parent.name != "reports":
            continue
        for table in load_form(path.stem.split("_")[1]).printed.tables:
            for title in (line for line in table.title if "{" not in line):
                (page,) = {p for p in printed if letters(title) in p}
                assert not page.endswith(letters(title)), path.name


# --- the printed sheet


def only(data: bytes, wanted: Sequence[str]) -> bytes:
    """The workbook with no other sheets to print."""
    package = Package.open(data, LIMITS)
    book = package.content("xl/workbook.xml").decode()
    titles = re.findall(r'<sheet name="([^"]*)"', book)
    for each in titles:
        if each not in wanted:
            book = book.replace(f'<sheet name="{each}"', f'<sheet name="{each}" state="hidden"')
    book = re.sub(r' activeTab="\d+"', "", book)
    at = [titles.index(title) for title in wanted]
    # LibreOffice prints a hidden sheet that has a print area.
    kept = "|".join(map(str, at))
    areas = (
        rf'<definedName name="_xlnm.Print_Area" localSheetId="(?!(?:{kept})")\d+".*?</definedName>'
    )
    book = re.sub(areas, "", book)
    book = book.replace("<workbookView ", f'<workbookView activeTab="{at[0]}" ')
    return package.rewrite({"xl/workbook.xml": book.encode()})


def long_answers(form: Form) -> Answers:
    """The golden answers with more evidence than a page of a sheet can hold."""
    golden = golden_of(form.id)
    evidence = dict.fromkeys(form.claimed, LONG["evidence"])
    return Answers(form.id, golden.unit_code, golden.values, golden.tables, golden.claims, evidence)


class Printed(NamedTuple):
    """The printed sheets of a form: how many pages each says that it has, and all pages."""

    expected: tuple[int, ...]
    pages: tuple[str, ...]

    @property
    def of_sheets(self) -> Iterator[tuple[str, ...]]:
        """The pages of each sheet."""
        at = 0
        for count in self.expected:
            yield self.pages[at : at + count]
            at += count


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Printed]:
    """The printed sheets of each form, blank, filled and filled with long texts."""
    folder = tmp_path_factory.mktemp("sheets")
    files, counts = [], []
    for name in form_ids():
        form = load_form(name)
        for kind, answers in (
            ("blank", Answers(name, "", {})),
            ("filled", golden_of(name)),
            ("long", long_answers(form)),
        ):
            data = write_workbook(compile_rubric(form), Content(answers))
            path = folder / f"{name}-{kind}.xlsx"
            path.write_bytes(only(data, form.official_sheets))
            files.append(path)
            counts.append([sheet_xml(data, t).count(b"<brk ") + 1 for t in form.official_sheets])
    printed = convert(files, "pdf", tmp_path_factory.mktemp("printed"))
    keys = [(name, kind) for name in form_ids() for kind in ("blank", "filled", "long")]
    return {
        key: Printed(tuple(expected), tuple(pages(pdf)))
        for key, expected, pdf in zip(keys, counts, printed, strict=True)
    }


def sheet_xml(data: bytes, title: str) -> bytes:
    return inspect(data).sheet_xml(title)


def test_a_page_of_the_sheet_begins_only_where_nothing_is_torn(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    """So many pages as the sheets say where they begin: none overflows into one more."""
    wrong = {
        key: (printed.expected, len(printed.pages))
        for key, printed in sheets.items()
        if len(printed.pages) != sum(printed.expected)
    }
    assert not wrong


def test_the_headings_of_a_table_stand_on_each_of_its_pages(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    divided = 0
    for (name, _), printed in sheets.items():
        form = load_form(name)
        for place, on in zip(lay_out(form).official, printed.of_sheets, strict=True):
            heads = [[column.heading for column in table.table.columns] for table in place.tables]
            heads += [[form.printed.ladder.rungs]] if place.ladder and form.printed.ladder else []
            for headings in heads:
                has = [all(letters(each) in page for each in headings) for page in on]
                first = has.index(True)
                # The first page may hold nothing but what stands above the table.
                assert first <= 1, (name, place.title)
                if len(heads) > 1:
                    assert has.count(True) == 1, (name, place.title)
                else:
                    assert all(has[first:]), (name, place.title)
                    divided += len(has[first:]) > 1
    assert divided > 15


def test_no_page_of_the_sheet_is_empty(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    assert not [key for key, each in sheets.items() if any(len(p) < 12 for p in each.pages)]


def test_rows_that_nobody_filled_are_not_printed(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    for name in form_ids():
        layout = lay_out(load_form(name))
        rows = [row for sheet in layout.official for table in sheet.tables for row in table.rows]
        if any(row.printed.each for row in rows):
            blank, filled = (len(sheets[name, kind].pages) for kind in ("blank", "filled"))
            assert blank <= filled + 1 < len(rows), name
    assert len(sheets["senate-2567-activities", "filled"].pages) == 2


def test_what_closes_a_table_stands_below_its_last_row(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    last = golden_of("senate-2567-progress").tables["activities"][-1]
    printed = sheets["senate-2567-progress", "filled"].pages
    (page,) = {p for p in printed if letters("ผลการดำเนินการในภาพรวม") in p}
    assert letters(str(last["title"])) in page


@pytest.mark.parametrize("name", form_ids())
def test_no_row_of_a_sheet_is_higher_than_excel_allows(name: str) -> None:
    form = load_form(name)
    data = write_workbook(compile_rubric(form), Content(long_answers(form)))
    for sheet in inspect(data).sheets:
        heights = re.findall(rb' ht="([\d.]+)"', sheet_xml(data, sheet.title))
        assert max(map(float, heights), default=0.0) <= 409.0, sheet.title


def test_a_text_that_is_cut_says_where_the_rest_stands(
    sheets: dict[tuple[str, str], Printed],
) -> None:
    for name in ("moi-2569", "senate-2567"):
        printed = "".join(sheets[name, "long"].pages)
        assert letters("ต่อในแผ่น “หลักฐาน”") in printed or letters(LONG["evidence"]) in printed
