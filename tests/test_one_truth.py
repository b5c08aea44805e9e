"""Sheet, report, record, ``run.json`` and ledger say the same of every form of the samples."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import golden_of
from docx.oxml.ns import qn
from samples_rounds import Samples

from moral_xlsx.excel.form.layout import Layout, lay_out
from moral_xlsx.excel.form.printed_tables import fitted_cells
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.places import Shown
from moral_xlsx.thai import arabic_digits
from moral_xlsx.word.record.reading import Section, read_record
from moral_xlsx.word.report.document import report

Scores = Mapping[int, tuple[int | None, int | None, int | None]]
_NONE = {"–", "", "ไม่เกี่ยวข้อง"}
_MET = {"ผ่าน": 1, "ไม่ผ่าน": 0}


@dataclass(frozen=True)
class Month:
    """The samples' month: its folder, its ``run.json``, and the ledger beside it."""

    folder: Path
    inputs: tuple[Mapping[str, Any], ...]
    ledger: Path


@pytest.fixture(scope="module")
def month(samples: Samples) -> Month:
    folder = samples.last
    run = json.loads((folder / "run.json").read_text("utf-8"))
    judged = tuple(
        each
        for each in run["inputs"]
        if any(output.startswith("records/") for output in each["outputs"])
    )
    return Month(folder, judged, samples.output / "ledger.sqlite")


def output_of(month: Month, entry: Mapping[str, Any], kind: str) -> bytes:
    (name,) = (each for each in entry["outputs"] if each.startswith(f"{kind}/"))
    return (month.folder / name).read_bytes()


def in_run_json(entry: Mapping[str, Any]) -> Scores:
    return {
        each["number"]: (each["claimed"], each["computed"], each["final"])
        for each in entry["criteria"]
    }


def in_ledger(month: Month, entry: Mapping[str, Any]) -> Mapping[int, tuple[int | None, int]]:
    with sqlite3.connect(month.ledger) as ledger:
        rows = ledger.execute(
            """SELECT number, claimed, computed FROM scores JOIN readings ON readings.id = reading
            WHERE sha256 = ? AND round = '2569-05'""",
            (entry["sha256"],),
        ).fetchall()
    ledger.close()
    return {number: (claimed, computed) for number, claimed, computed in rows}


def in_record(sections: tuple[Section, ...], form: Form) -> Scores:
    if not form.criteria:
        return {}
    (scores,) = (each for each in sections if each.heading == "ผลรายตัวชี้วัด")
    found = {}
    for criterion, row in zip(form.criteria, scores.rows[1:], strict=False):
        claimed, computed, _, final = (_number(cell) for cell in row[2:6])
        found[criterion.number] = (claimed, computed, final)
    return found


def _number(cell: str) -> int | None:
    if cell in _NONE:
        return None
    return _MET[cell] if cell in _MET else int(arabic_digits(cell))


def in_workbook(data: bytes, layout: Layout) -> Mapping[int, tuple[object, object]]:
    """What the ethics group's cells and the claims of the officer's own file say."""
    values = read_values(inspect(data))
    found = {}
    for criterion in layout.form.criteria:
        cells = []
        for name in (f"claim_{criterion.number}", f"final_{criterion.number}"):
            area = layout.names.get(name)
            rows = values.get(area.sheet, []) if area else []
            row = rows[area.first_row] if area and area.first_row < len(rows) else []
            value = row[area.first_column] if area and area.first_column < len(row) else None
            cells.append(None if value in ("", None) else value)
        found[criterion.number] = (cells[0], cells[1])
    return found


@pytest.mark.slow
def test_all_papers_of_a_file_tell_the_same_scores(month: Month) -> None:
    assert {entry["form"] for entry in month.inputs} == set(form_ids())
    for entry in month.inputs:
        form, name = load_form(entry["form"]), entry["file"]
        told = in_run_json(entry)
        computed = {
            number: (claim, got) for number, (claim, got, _) in told.items() if got is not None
        }
        assert in_ledger(month, entry) == computed, name
        sections = read_record(output_of(month, entry, "records"))
        assert in_record(sections, form) == told, name
        if form.levels and entry["verdict"] == "accepted":
            assert entry["level_name"] in sections[0].lines[0] or not entry["level"], name


@pytest.mark.slow
def test_the_officers_own_file_has_the_final_scores(month: Month) -> None:
    """Of files that were made from a blank of today, whose cells stand where they are drawn."""
    checked = 0
    for entry in month.inputs:
        form = load_form(entry["form"])
        written = in_workbook(output_of(month, entry, "workbooks"), lay_out(form))
        told = in_run_json(entry)
        if any(final is None for _, final in written.values()):
            continue
        for number, (_, final) in written.items():
            if isinstance(final, int | float):
                assert int(final) == told[number][2], (entry["file"], number)
                checked += 1
    assert checked > 100


# --- box for box, text for text


def words(text: str) -> str:
    """A text without its blanks, and dots counted once: a line to write on may be of any length."""
    return re.sub(r"\.{2,}", "…", "".join(text.split()))


def sheet_texts(data: bytes, layout: Layout) -> list[str]:
    """Every text that the printed sheets show, within what is printed and not hidden."""
    inspected = inspect(data)
    texts = []
    for place in layout.official:
        xml = inspected.sheet_xml(place.title)
        hidden = {int(row) for row in re.findall(rb'<row r="(\d+)"[^>]*hidden="1"', xml)}
        texts += [
            str(value)
            for number, row in enumerate(read_values(inspected)[place.title], start=1)
            if number not in hidden and number <= place.last_row + 1
            for column, value in enumerate(row)
            if 1 <= column <= place.last_column and column != (2 if place.ladder else -1)
            if value not in ("", None)
        ]
    return texts


def report_texts(data: bytes) -> str:
    """Everything that a report prints, in order."""
    body = docx.Document(BytesIO(data)).element.body
    return words("".join(text.text or "" for text in body.iter(qn("w:t"))))


def cases(form: Form) -> Iterator[Answers]:
    golden = golden_of(form.id)
    yield golden
    lower = {
        number: form.criterion(number).rungs[-1].points if number % 2 else points
        for number, points in golden.claims.items()
    }
    yield Answers(form.id, golden.unit_code, golden.values, golden.tables, lower, golden.evidence)
    # What was signed by 20 of 34 is claimed all the same.
    fewer = {
        name: None if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in golden.values.items()
    }
    yield Answers(form.id, golden.unit_code, fewer, golden.tables, golden.claims, golden.evidence)
    yield Answers(form.id, "", {}, {}, {}, {})


@pytest.mark.parametrize("name", form_ids())
def test_sheet_and_report_say_the_same_box_for_box_and_text_for_text(name: str) -> None:
    form = load_form(name)
    rubric = compile_rubric(form)
    for answers in cases(form):
        sizes = {table: len(rows) for table, rows in answers.tables.items()}
        layout = lay_out(form, sizes)
        data = write_workbook(rubric, Content(answers))
        assessment = assess(rubric, Understood(answers, {}, ()))
        printed = report_texts(report(form, answers, assessment, "2569-05"))
        shown = "".join(sheet_texts(data, layout))
        assert shown.count("☑") == printed.count("☑")
        assert shown.count("☐") == printed.count("☐")
        for text in sheet_texts(data, layout):
            for line in text.split("\n"):
                if "ต่อในแผ่น" in line or line == "คะแนนที่หน่วยงานเสนอ ►":
                    continue
                assert words(line) in printed, line


def test_a_claim_above_what_the_facts_give_is_ticked_on_both() -> None:
    """20 of 34 signed: the facts give no points, and the unit signs for three."""
    form = load_form("moi-2569")
    golden = golden_of(form.id)
    answers = Answers(
        form.id,
        golden.unit_code,
        {**golden.values, "signed": 20},
        golden.tables,
        golden.claims,
        golden.evidence,
    )
    rubric = compile_rubric(form)
    assessment = assess(rubric, Understood(answers, {}, ()))
    assert assessment.criterion(1).computed == 0 and answers.claims[1] == 3
    printed = report_texts(report(form, answers, assessment, "2569-05"))
    box = form.criterion(1).rung(3).boxes[0].text
    assert f"☑{words(box)}" in printed
    layout = lay_out(form)
    texts = sheet_texts(write_workbook(rubric, Content(answers)), layout)
    assert texts[texts.index(box) - 1] == "☑"


def test_every_cell_of_the_sheet_is_compared() -> None:
    """The comparison reads as many texts as the sheet has cells to show them."""
    form = load_form("senate-2567-plan")
    answers = golden_of(form.id)
    layout = lay_out(form)
    shown = Shown(answers, assess(compile_rubric(form), Understood(answers, {}, ())))
    cells = [
        cell
        for place in layout.official
        for table in place.tables
        for cell in fitted_cells(place, table, shown)
    ]
    read = sheet_texts(write_workbook(compile_rubric(form), Content(answers)), layout)
    assert len(read) > 0.8 * len(cells) > 150
