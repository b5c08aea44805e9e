"""The desk: what people decide goes through the program, and nothing that they typed is lost."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from department_year import PLAIN, UNITS, Mail, in_this_process
from desks import TITLES, Typing, columns, fill, rows
from filling import type_in
from libreoffice import convert
from make_samples import saved_at

from moral_xlsx.cli import main
from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.office.desk import desk_workbook, read_desk
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.opened import open_workbook
from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.desk import Desk as DeskOf
from moral_xlsx.model.desk import DeskRow
from moral_xlsx.model.round import RoundResult
from moral_xlsx.round.desk import DeskError
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import DESK, LEDGER
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.word.record.reading import read_record

FORM = load_form(PLAIN)
LAYOUT = lay_out(FORM)
REGISTRY = tuple(unit for unit in UNITS if unit.code in ("FIN", "SEC", "HR", "PLAN"))
MAY, JUNE = "2569-05", "2569-06"
WHY = {"reason": "ตรวจเอกสารแล้ว", "reviewer": "สมศรี"}
FIRST, LATER = "2026-05-10T03:00:00Z", "2026-05-11T02:00:00Z"


@pytest.fixture(autouse=True)
def no_processes() -> Iterator[None]:
    with in_this_process():
        yield


@pytest.fixture(scope="module")
def forms(golden_answers: Answers) -> dict[str, bytes]:
    """Each unit's own form, all points claimed and reached."""
    rubric = compile_rubric(FORM)
    names, values = {unit.code: unit.name for unit in REGISTRY}, golden_answers.values
    (named,) = (field.id for field in FORM.fields if field.registry == "name")
    return {
        code: saved_at(
            write_workbook(
                rubric,
                Content(
                    Answers(PLAIN, code, {**values, named: names.get(code, names["PLAN"])},
                            golden_answers.tables, golden_answers.claims, golden_answers.evidence)
                ),
            ),
            FIRST,
        )
        for code in ("FIN", "SEC", "HR", "R99")
    }  # fmt: skip


class Desk:
    """An inbox and what rounds make of it."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.output = folder / "inbox", folder / "out"
        self.inbox.mkdir()

    def put(self, name: str, sender: str, arrived: str, data: bytes) -> None:
        mail = Mail(f"{sender}@example.go.th", arrived, files=((f"{name}.xlsx", data),))
        (self.inbox / f"{name}.eml").write_bytes(mail.data())

    def run(self, round_name: str = MAY) -> RoundResult:
        inbox = list_inbox(self.inbox, self.output)
        return run_round(inbox, self.output, round_name, Office(REGISTRY), 1)

    def folder(self, round_name: str = MAY) -> Path:
        return self.output / round_name

    @property
    def desk(self) -> Path:
        return self.folder() / DESK

    def decide(self, typed: Mapping[str, Typing]) -> RoundResult:
        fill(self.desk, typed)
        return self.run()

    def row(self, sheet: str, round_name: str = MAY, **cells: object) -> dict[str, Any]:
        (found,) = [
            row
            for row in rows(self.folder(round_name) / DESK, sheet)
            if all(row[name] == value for name, value in cells.items())
        ]
        return found

    def todo(self, round_name: str = MAY) -> list[str]:
        told = rows(self.folder(round_name) / DESK, "todo")
        return [f"{row['what']} {row['whose']}" for row in told]

    def outputs(self, round_name: str = MAY) -> dict[str, bytes]:
        folder = self.folder(round_name)
        apart = (DESK, "run.json", ".lock")
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in apart and path.parent.name != "kept"
        }

    def letter(self, name: str) -> str:
        data = (self.folder() / name).read_bytes()
        body = email.message_from_bytes(data, policy=email.policy.default).get_body()
        assert body is not None
        return str(body.get_content())


@pytest.fixture
def office(tmp_path: Path, forms: dict[str, bytes]) -> Desk:
    """FIN is accepted, SEC returned, HR sent two files that differ, one bears a code of nobody."""
    made = Desk(tmp_path)
    made.put("fin", "fin", "2026-05-10 10:00", forms["FIN"])
    wrong = type_in(forms["SEC"], LAYOUT, {"signed": "หลายคน"})
    made.put("sec", "sec", "2026-05-10 10:00", wrong)
    made.put("hr1", "hr", "2026-05-10 10:00", saved_at(forms["HR"], LATER))
    fewer = type_in(forms["HR"], LAYOUT, {"signed": 20})
    made.put("hr2", "hr", "2026-05-12 10:00", saved_at(fewer, FIRST))
    made.put("r99", "plan", "2026-05-10 10:00", forms["R99"])
    made.run()
    return made


def score(unit: str = "FIN", criterion: int = 1, points: object = 2, **words: object) -> Any:
    typed = {"reviewed": points, **WHY, **words}
    return {"scores": {(unit, PLAIN, criterion): typed}}


# --- what is on it


def test_each_sheet_carries_its_id_and_those_of_its_columns(office: Desk) -> None:
    book = openpyxl.load_workbook(office.desk)
    assert [sheet.title for sheet in book] == list(TITLES.values())
    for name, sheet in zip(TITLES, book, strict=True):
        assert sheet["A1"].value == f"desk:{name}"
        assert sheet.row_dimensions[1].hidden
        assert sheet.protection.sheet
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    scores = book[TITLES["scores"]]
    unlocked = {
        scores.cell(1, cell.column).value for cell in scores[3] if not cell.protection.locked
    }
    assert unlocked == {"reviewed", "reason", "reviewer"}


def test_what_waits_comes_first_and_leads_to_where_it_is_settled(office: Desk) -> None:
    todo = office.todo()
    assert [line.split(":")[0] for line in todo] == [
        "ไม่รู้ว่าไฟล์เป็นของหน่วยงานใด",
        "มีหลายไฟล์ที่ต่างกัน ยังไม่รู้ว่าใช้ไฟล์ใด HR moi-2569",
        "ส่งคืนแล้วยังไม่แก้ ๑ หน่วยงาน",
    ]
    sheet = openpyxl.load_workbook(office.desk)[TITLES["todo"]]
    links = [cell.hyperlink.location for cell in sheet["E"] if cell.hyperlink]
    targets = [row["file"] for row in rows(office.desk, "files")]
    at = int(links[0].rpartition("!")[2].strip("ABCDEFGHIJKLM")) - 3
    assert targets[at].endswith("r99.xlsx")


# --- what is decided reaches everything


def totals(office: Desk, code: str = "FIN") -> dict[str, object]:
    """The total of a unit as each output tells it."""
    folder, name = office.folder(), f"{code}_{PLAIN}"
    run = json.loads((folder / "run.json").read_text("utf-8"))
    (told,) = [
        each for each in run["inputs"] if (each["unit_code"], each["state"]) == (code, "counted")
    ]
    opened = open_workbook(inspect((folder / "workbooks" / f"{name}.xlsx").read_bytes()))
    area = opened.areas["final_total"]
    record = read_record((folder / "records" / f"{name}.docx").read_bytes())
    (results,) = [each for each in record if each.heading == "ผลรายตัวชี้วัด"]
    final = next(row for row in results.rows if row[0] == FORM.total_label)[5]
    lines = [
        row
        for sheet in openpyxl.load_workbook(folder / "summary.xlsx")
        if sheet.title == "ผลรายหน่วยงาน"
        for row in sheet.iter_rows(values_only=True)
    ]
    head = next(row for row in lines if "รวม" in row)
    unit = next(row for row in lines if code in row[:2])
    with open_ledger(office.output / LEDGER) as ledger:
        (status,) = [each for each in ledger.status(MAY).units if each.unit_code == code]
    return {
        "run.json": told["total"],
        "sum": sum(each["final"] for each in told["criteria"]),
        "workbook": opened.value(area.sheet, area.first_row, area.first_column),
        "record": int(str(final).translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))),
        "summary": unit[head.index("รวม")],
        "status": status.total,
    }


def test_a_reviewed_score_reaches_every_output_with_what_it_is(office: Desk) -> None:
    assert set(totals(office).values()) == {27}
    office.decide(score(points="๒"))
    assert set(totals(office).values()) == {26}
    letter = office.letter(f"replies/FIN_{PLAIN}.eml")
    assert "ข้อ ๑: ผู้ตรวจให้ ๒ คะแนน (คำนวณได้ ๓) เพราะ ตรวจเอกสารแล้ว – สมศรี" in letter
    assert "(รวมคะแนนที่ผู้ตรวจให้): ๒๖ จาก ๒๗ คะแนน" in letter
    record = read_record((office.folder() / "records" / f"FIN_{PLAIN}.docx").read_bytes())
    (decided,) = [each for each in record if each.heading == "คำตัดสินของผู้ตรวจ"]
    assert decided.rows[1][:4] == ("๑", "๒", "ตรวจเอกสารแล้ว", "สมศรี")
    # The unit's own paper stays its own word.
    first = office.outputs()[f"reports/FIN_{PLAIN}.docx"]
    with open_ledger(office.output / LEDGER) as ledger:
        (status,) = [each for each in ledger.status(MAY).units if each.unit_code == "FIN"]
    assert status.reviewed
    office.decide({"scores": {("FIN", PLAIN, 1): dict.fromkeys(("reviewed", *WHY))}})
    assert office.outputs()[f"reports/FIN_{PLAIN}.docx"] == first


def test_a_level_is_that_of_the_final_scores(office: Desk) -> None:
    result = office.decide(score(points=0))
    (form,) = result.forms
    (unit,) = [each for each in form.units if each.unit.code == "FIN"]
    assert unit.assessment is not None
    assert (unit.assessment.total, unit.assessment.level) == (24, 0)
    assert any("ข้อ ๑" in thai for thai, _ in unit.assessment.next_level)


def test_a_returned_form_can_be_accepted_and_an_accepted_one_returned(office: Desk) -> None:
    result = office.decide(
        {"verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY},
                      ("FIN", PLAIN): {"verdict": "ส่งคืน", **WHY}}}
    )  # fmt: skip
    verdicts = {file.unit_code: file.verdict for file in result.files if file.unit_code}
    assert (verdicts["SEC"], verdicts["FIN"]) == ("accepted", "returned")
    assert "ผ่านการตรวจ เพราะ ตรวจเอกสารแล้ว" in office.letter(f"replies/SEC_{PLAIN}.eml")
    assert "ส่งคืนให้แก้ไข เพราะ ตรวจเอกสารแล้ว" in office.letter(f"replies/FIN_{PLAIN}.eml")


def test_a_file_is_given_to_the_unit_whose_it_is(office: Desk) -> None:
    sha256 = office.row("files", bears="R99")["sha256"]
    result = office.decide({"files": {(sha256,): {"unit": "PLAN", **WHY}}})
    (form,) = result.forms
    (unit,) = [each for each in form.units if each.unit.code == "PLAN"]
    assert unit.assessment is not None and unit.assessment.unit_name == unit.unit.name
    assert f"workbooks/PLAN_{PLAIN}.xlsx" in office.outputs()
    assert not any("R99" in name for name in office.outputs())
    assert not any("r99" in line for line in office.todo())


def test_a_conflict_is_settled_and_both_senders_are_answered(office: Desk) -> None:
    chosen = office.row("files", file="hr2.eml/hr2.xlsx")["sha256"]
    result = office.decide({"files": {(chosen,): {"use": "ใช้", **WHY}}})
    states = {file.name: file.state for file in result.files if "hr" in file.name and file.form}
    assert states == {"hr1.eml/hr1.xlsx": "excluded", "hr2.eml/hr2.xlsx": "counted"}
    letters = [name for name in office.outputs() if name.startswith("replies/HR")]
    assert len(letters) == 2
    (aside,) = [office.letter(name) for name in letters if name != f"replies/HR_{PLAIN}.eml"]
    assert "ตัดสินให้ใช้ไฟล์ “hr2.eml/hr2.xlsx” แทนไฟล์นี้" in aside


def test_a_file_can_be_left_out(office: Desk) -> None:
    (sha256,) = {row["sha256"] for row in rows(office.desk, "files") if row["bears"] == "FIN"}
    result = office.decide({"files": {(sha256,): {"use": "ไม่ใช้", **WHY}}})
    (form,) = result.forms
    (unit,) = [each for each in form.units if each.unit.code == "FIN"]
    assert unit.state == "missing"


def test_a_due_date_is_set_for_a_form_that_prints_none(office: Desk) -> None:
    result = office.decide(
        {"due": {(PLAIN, ""): {"until": "11 พ.ค. 2569", **WHY},
                 (PLAIN, "PLAN"): {"until": "20/6/2569", **WHY}}}
    )  # fmt: skip
    (form,) = result.forms
    timing = {unit.unit.code: [each.timing for each in unit.timeliness] for unit in form.units}
    assert timing["FIN"] == ["on_time"]
    assert timing["PLAN"] == ["not_due"]
    assert (PLAIN, "PLAN") in {(row["form"], row["unit_code"]) for row in rows(office.desk, "due")}


# --- what stands, and what is withdrawn


def test_a_decision_stays_with_the_answers_it_judged_in_later_rounds_too(office: Desk) -> None:
    office.decide(score())
    office.run(JUNE)
    row = office.row("scores", JUNE, unit_code="FIN", criterion=1)
    assert (row["reviewed"], row["reason"]) == (2, WHY["reason"])
    assert not any("คำตอบเปลี่ยน" in line for line in office.todo(JUNE))


def test_when_the_answers_change_it_is_asked_again_with_the_old_decision(
    office: Desk, forms: dict[str, bytes]
) -> None:
    office.decide(score())
    newer = saved_at(type_in(forms["FIN"], LAYOUT, {"signed": 34}), LATER)
    office.put("fin2", "fin", "2026-05-13 10:00", newer)
    office.run()
    row = office.row("scores", unit_code="FIN", criterion=1)
    assert row["reviewed"] is None and "เดิม 2 เพราะ ตรวจเอกสารแล้ว – สมศรี" in str(row["said"])
    assert sum("คำตอบเปลี่ยนแล้ว" in line for line in office.todo()) == 1
    assert totals(office)["run.json"] == 27


def test_emptying_the_row_gives_the_first_outputs_back_byte_for_byte(office: Desk) -> None:
    first = office.outputs()
    office.decide(score())
    assert office.outputs() != first
    office.decide({"scores": {("FIN", PLAIN, 1): dict.fromkeys(("reviewed", *WHY))}})
    assert office.outputs() == first
    values = [row["value"] for row in rows(office.desk, "history")]
    assert values == ["2", "ถอนคำตัดสิน"]


def test_a_desk_in_which_nothing_was_typed_decides_nothing(office: Desk) -> None:
    first = office.outputs()
    office.run()
    assert office.outputs() == first
    assert rows(office.desk, "history") == []


# --- what cannot be taken


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"reviewed": 4}, "ต้องเป็น 3 / 2 / 1 / 0"),
        ({"reviewed": "สอง"}, "อ่านคำตัดสิน “สอง” ไม่ได้"),
        ({"reviewed": 2, "reason": None}, "ไม่มีเหตุผล"),
        ({"reviewed": 2, "reviewer": None}, "ไม่มีชื่อผู้ตัดสิน"),
        ({"reviewed": None}, "แต่ยังไม่ได้ตัดสิน"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_row_and_stays_as_typed(
    office: Desk, typed: dict[str, object], why: str
) -> None:
    office.decide({**score(**typed), "verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY}}})
    row = office.row("scores", unit_code="FIN", criterion=1)
    assert why in str(row["said"])
    for column, value in {**WHY, **typed}.items():
        assert row[column] == (str(value) if value is not None else None)
    assert why in office.todo()[0]
    # The other row was taken, and nothing half.
    assert [each["on"] for each in rows(office.desk, "history")] == [f"ผลของแบบ {PLAIN} SEC"]
    # It is told until it is mended.
    office.run()
    assert why in office.todo()[0]
    office.decide(score())
    assert totals(office)["run.json"] == 26


def test_unknown_units_forms_and_days_are_told(office: Desk) -> None:
    sha256 = office.row("files", bears="R99")["sha256"]
    office.decide(
        {"files": {(sha256,): {"unit": "NIX", **WHY}},
         "due": {("moi-2599", ""): {"until": "1 ม.ค. 2569", **WHY},
                 (PLAIN, "NIX"): {"until": "1 ม.ค. 2569", **WHY},
                 (PLAIN, "FIN"): {"until": "เร็ว ๆ นี้", **WHY}}}
    )  # fmt: skip
    assert rows(office.desk, "history") == []
    said = [str(row["said"]) for row in rows(office.desk, "due") if row["said"]]
    assert len(said) == 3 and "ไม่มีแบบ “moi-2599”" in said[0]
    assert "ไม่มีหน่วยงาน “NIX”" in str(office.row("files", sha256=sha256)["said"])


def test_a_file_of_nobody_cannot_count(office: Desk) -> None:
    sha256 = office.row("files", bears="R99")["sha256"]
    office.decide({"files": {(sha256,): {"use": "ใช้", **WHY}}})
    assert "ยังไม่รู้ว่าไฟล์นี้เป็นของหน่วยงานใด" in str(office.row("files", sha256=sha256)["said"])
    office.decide({"files": {(sha256,): {"unit": "PLAN"}}})
    assert office.row("files", sha256=sha256)["state"] == "ใช้เป็นผลของหน่วยงาน"


def refused(office: Desk) -> str:
    before = office.outputs()
    with pytest.raises(DeskError) as error:
        office.run()
    assert office.outputs() == before
    return error.value.text()


@pytest.mark.parametrize("lock", ["~$desk.xlsx", ".~lock.desk.xlsx#"])
def test_a_desk_that_is_open_is_refused(office: Desk, lock: str) -> None:
    (office.folder() / lock).write_bytes(b"x")
    assert "เปิดอยู่ในโปรแกรมอื่น" in refused(office)


def test_a_damaged_desk_and_one_of_another_round_are_refused(office: Desk) -> None:
    good = office.desk.read_bytes()
    office.desk.write_bytes(good[:900])
    assert "อ่านโต๊ะงาน" in refused(office)
    assert office.desk.read_bytes() == good[:900]
    office.run(JUNE)
    shutil.copy(office.folder(JUNE) / DESK, office.desk)
    assert "เป็นของรอบ 2569-06" in refused(office)


def test_an_older_desk_than_the_last_one_taken_in_is_refused(office: Desk, tmp_path: Path) -> None:
    old = shutil.copy(office.desk, tmp_path / "old.xlsx")
    office.decide(score())
    shutil.copy(old, office.desk)
    fill(office.desk, score(points=1))
    assert "เก่ากว่าที่รับไปแล้ว" in refused(office)


def test_what_was_decided_by_command_meanwhile_is_not_overridden_unseen(office: Desk) -> None:
    words = ["--round", MAY, "-o", str(office.output), "--reviewer", "ข", "--reason", "ค"]
    done = CliRunner().invoke(
        main, ["decide", PLAIN, "FIN", "--criterion", "1", "--score", "1", *words]
    )
    assert done.exit_code == 0, done.output
    office.decide(score())
    row = office.row("scores", unit_code="FIN", criterion=1)
    assert "มีคำตัดสินใหม่กว่าในเรื่องนี้ (1 – ข)" in str(row["said"])
    assert totals(office)["run.json"] == 25


def test_a_copy_of_the_desk_that_was_filled_is_kept(office: Desk) -> None:
    fill(office.desk, score())
    filled = office.desk.read_bytes()
    office.run()
    kept = [path.read_bytes() for path in (office.folder() / "kept").glob("desk-*.xlsx")]
    assert kept == [filled]


# --- by command


def command(office: Desk, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        main, ["decide", *arguments, "--round", MAY, "-o", str(office.output)]
    )
    return done.exit_code, done.output + done.stderr


def test_the_command_has_the_same_rules_and_lists_and_withdraws(office: Desk) -> None:
    by = ("--reviewer", "สมศรี", "--reason", "ตรวจแล้ว")
    code, told = command(office, PLAIN, "FIN", "--criterion", "1", "--score", "4", *by)
    assert code == 2 and "ต้องเป็น 3 / 2 / 1 / 0" in told
    code, told = command(office, PLAIN, "FIN", "--criterion", "1", "--score", "2")
    assert code == 2 and "ไม่มีเหตุผล" in told
    assert command(office, PLAIN, "FIN", "--criterion", "1", "--score", "2", *by)[0] == 0
    office.run()
    assert totals(office)["run.json"] == 26
    assert "ตรวจแล้ว" in command(office, "--list")[1]
    assert command(office, PLAIN, "FIN", "--criterion", "1", "--withdraw")[0] == 0
    office.run()
    assert totals(office)["run.json"] == 27
    assert "ถอนคำตัดสิน" in command(office, "--list")[1]
    code, told = command(office, PLAIN, "FIN")
    assert code == 2 and "บอกคำตัดสินหนึ่งอย่าง" in told


# --- letters belong to the clerk


def test_a_held_letter_is_not_made_while_it_says_the_same_and_comes_back_when_released(
    office: Desk,
) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    first = office.outputs()
    office.decide({"letters": {(name,): {"hold": "พักไว้", "note": "รอ ผอ."}}})
    assert name not in office.outputs()
    assert office.row("letters", letter=name)["state"] == "พักไว้"
    office.run()
    assert name not in office.outputs()
    office.decide({"letters": {(name,): {"hold": None, "note": None}}})
    assert office.outputs() == first


def test_a_deleted_letter_stays_deleted_until_it_is_released(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    (office.folder() / name).unlink()
    office.run()
    assert name not in office.outputs()
    assert office.row("letters", letter=name)["hold"] == "ลบแล้ว"
    assert not any(name in each for each in office.outputs())
    office.decide({"letters": {(name,): {"hold": None, "note": None}}})
    assert name in office.outputs()


def test_a_held_letter_lies_apart_as_it_was_edited_and_comes_back_so(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    path, apart = office.folder() / name, office.folder() / "held" / name
    edited = path.read_bytes().replace(b"Subject:", b"X-Clerk: yes\r\nSubject:", 1)
    path.write_bytes(edited)
    office.decide({"letters": {(name,): {"hold": "พักไว้"}}})
    assert not path.exists() and apart.read_bytes() == edited
    office.run()
    assert apart.read_bytes() == edited
    office.decide({"letters": {(name,): {"hold": None}}})
    assert not apart.exists() and path.read_bytes() == edited
    assert not list((office.folder() / "kept").glob("FIN*.eml"))


def test_a_note_without_a_hold_is_told_and_stays(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    office.decide({"letters": {(name,): {"note": "ถามก่อน"}}})
    row = office.row("letters", letter=name)
    assert row["note"] == "ถามก่อน" and "ยังไม่ได้ตัดสิน" in str(row["said"])


def test_an_edited_letter_stays_until_the_facts_change_and_is_kept_then(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    path = office.folder() / name
    edited = path.read_bytes().replace(b"Subject:", b"X-Clerk: yes\r\nSubject:", 1)
    path.write_bytes(edited)
    for _ in range(2):
        office.run()
        assert path.read_bytes() == edited
        assert office.row("letters", letter=name)["state"] == "แก้ไขแล้ว"
    office.decide(score())
    assert b"X-Clerk" not in path.read_bytes()
    kept = [each.read_bytes() for each in (office.folder() / "kept").glob("FIN*.eml")]
    assert kept == [edited]
    assert any("ข้อเท็จจริงเปลี่ยน" in line and name in line for line in office.todo())


def test_a_hold_holds_the_letter_that_the_same_desk_changes(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    office.decide({**score(), "letters": {(name,): {"hold": "พักไว้"}}})
    assert name not in office.outputs()
    office.run()
    assert name not in office.outputs()


# --- the whole of it


@pytest.mark.slow
@pytest.mark.libreoffice
def test_all_of_it_saved_by_libreoffice(office: Desk, tmp_path: Path) -> None:
    """Scores, a file moved, a conflict settled, a returned form accepted, a due date, a letter
    held and another edited: every output agrees, nothing is asked again, and all of it can be
    taken back."""
    first, waiting = office.outputs(), office.todo()
    moved = office.row("files", bears="R99")["sha256"]
    chosen = office.row("files", file="hr1.eml/hr1.xlsx")["sha256"]
    held, edited = f"replies/FIN_{PLAIN}.eml", f"replies/SEC_{PLAIN}.eml"
    typed: dict[str, Typing] = {
        "scores": {("FIN", PLAIN, n): {"reviewed": 3 - n % 2, **WHY} for n in (1, 3, 5)},
        "files": {(moved,): {"unit": "PLAN", **WHY}, (chosen,): {"use": "ใช้", **WHY}},
        "verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY}},
        "due": {(PLAIN, ""): {"until": date(2026, 5, 31), **WHY}},
        "letters": {(held,): {"hold": "พักไว้"}},
    }
    fill(office.desk, typed)
    (saved,) = convert([office.desk], "xlsx", tmp_path)
    shutil.copy(saved, office.desk)
    office.run()
    assert set(totals(office).values()) == {24}
    assert set(totals(office, "PLAN").values()) == {27} == set(totals(office, "HR").values())
    assert held not in office.outputs()
    # The to-do list is shorter by exactly those.
    assert len(waiting) == 3 and office.todo() == []
    path = office.folder() / edited
    path.write_bytes(path.read_bytes().replace(b"Subject:", b"X-Clerk: yes\r\nSubject:", 1))
    (again,) = convert([office.desk], "xlsx", _fresh(tmp_path, "again"))
    shutil.copy(again, office.desk)
    office.run()
    assert b"X-Clerk" in path.read_bytes()
    decided = len(rows(office.desk, "history"))
    # A month later, with the same files, nothing of it is asked again.
    office.run(JUNE)
    assert office.todo(JUNE) == []
    assert len(rows(office.folder(JUNE) / DESK, "history")) == decided
    # Emptied, the first outputs come back, the history aside.
    path.unlink()
    emptied = {
        sheet: {keys: dict.fromkeys(cells) for keys, cells in each.items()}
        for sheet, each in typed.items()
    }
    office.decide(emptied)
    office.decide({"letters": {(edited,): {"hold": None, "note": None}}})
    assert office.outputs() == first


def _fresh(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


@pytest.mark.slow
@pytest.mark.parametrize("step", range(20, 320, 30))
def test_killed_at_any_moment_nothing_that_was_decided_is_lost(
    office: Desk, step: int, tmp_path: Path
) -> None:
    fill(office.desk, {**score(), "verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY}}})
    units = tmp_path / "units.xlsx"
    units.write_bytes(write_registry(REGISTRY, (PLAIN,)))
    whole = tmp_path / "whole"
    shutil.copytree(office.output, whole)
    run_round(list_inbox(office.inbox, whole), whole, MAY, Office(REGISTRY), 1)
    dying = Path(__file__).with_name("dying.py")
    died = subprocess.run(
        [sys.executable, dying, office.inbox, office.output, MAY, str(step), units],
        capture_output=True,
    )
    assert died.returncode, "the step is beyond the end"
    office.run()
    expected = Desk.__new__(Desk)
    expected.inbox, expected.output = office.inbox, whole
    assert office.outputs() == expected.outputs()
    with closing(sqlite3.connect(office.output / LEDGER)) as ledger:
        assert ledger.execute("SELECT count(*) FROM events").fetchone() == (2,)
    assert office.desk.read_bytes() == (whole / MAY / DESK).read_bytes()


# --- what is told of it elsewhere


def status(office: Desk, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["status", "-o", str(office.output), *arguments])
    assert done.exit_code == 0, done.output + done.stderr
    return done.output


def test_status_says_first_what_needs_somebody(office: Desk) -> None:
    told = status(office)
    assert "รอตัดสิน ๓: HR, PLAN, R99" in told and "ส่งคืนให้แก้ไข ๑: SEC" in told
    assert "กองคลัง" not in told
    assert "กองคลัง" in status(office, "--all")


def test_status_of_a_unit_tells_its_whole_year(office: Desk) -> None:
    office.decide(score())
    office.run(JUNE)
    told = status(office, "--unit", "fin")
    assert "เดือนพฤษภาคม ๒๕๖๙" in told and "เดือนมิถุนายน ๒๕๖๙" in told
    assert "fin.eml/fin.xlsx" in told and WHY["reason"] in told
    done = CliRunner().invoke(main, ["status", "-o", str(office.output), "--unit", "NIX"])
    assert done.exit_code == 2


def test_a_reply_carries_the_number_by_which_its_file_is_found(office: Desk) -> None:
    receipt = str(office.row("files", bears="FIN")["receipt"])
    thai = receipt.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert f"(เลขรับ {thai})" in office.letter(f"replies/FIN_{PLAIN}.eml")
    for typed in (receipt, thai, receipt.replace("-", "")):
        assert "fin.eml/fin.xlsx" in status(office, "--receipt", typed)


def test_what_the_desk_holds_is_not_sent_even_before_a_round_took_it_in(office: Desk) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    fill(office.desk, {"letters": {(name,): {"hold": "พักไว้"}}, **score("SEC")})
    arguments = ["--host", "localhost", "--dry-run", "--sender", "us@example.go.th"]
    arguments += ["-o", str(office.output)]
    done = CliRunner().invoke(main, ["mail", "send", str(office.folder()), *arguments])
    told = done.output + done.stderr
    assert f"FIN_{PLAIN}.eml · พักไว้ในโต๊ะงาน" in told and "1 แถวที่ยังไม่ได้รับ" in told
    assert f"FIN_{PLAIN}.eml · fin@" not in told and f"SEC_{PLAIN}.eml · sec@" in told


def test_the_console_tells_of_decisions_taken_not_taken_and_waiting(office: Desk) -> None:
    units = office.inbox.parent / "units.xlsx"
    units.write_bytes(write_registry(REGISTRY, (PLAIN,)))
    fill(office.desk, {**score(), "verdicts": {("SEC", PLAIN): {"verdict": "รับ"}}})
    arguments = ["batch", str(office.inbox), "-o", str(office.output), "--round", MAY]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "รับคำตัดสินจากโต๊ะงาน ๑ เรื่อง" in done.output and "รอคนตัดสิน ๔ เรื่อง" in done.output
    assert f"desk.xlsx “ผลการตรวจ” SEC {PLAIN}" in done.stderr and "ไม่มีเหตุผล" in done.stderr


def test_one_unit_can_be_issued_again_alone(office: Desk) -> None:
    before = office.outputs()
    edited = office.folder() / "reports" / f"SEC_{PLAIN}.docx"
    edited.write_bytes(b"somebody is at work here")
    fill(office.desk, {**score(), "verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY}}})
    inbox = list_inbox(office.inbox, office.output)
    run_round(inbox, office.output, MAY, Office(REGISTRY), 1, only="fin")
    after = office.outputs()
    changed = {name for name in after if after[name] != before.get(name)}
    assert {name for name in changed if "FIN" in name} == {
        f"workbooks/FIN_{PLAIN}.xlsx", f"records/FIN_{PLAIN}.docx", f"replies/FIN_{PLAIN}.eml",
    }  # fmt: skip
    assert {name for name in changed if "SEC" in name} == {f"reports/SEC_{PLAIN}.docx"}
    office.run()
    assert office.outputs()[f"replies/SEC_{PLAIN}.eml"] != before[f"replies/SEC_{PLAIN}.eml"]
    assert [path.read_bytes() for path in (office.folder() / "kept").glob("SEC*.docx")]


# --- what was tried against it


def test_a_decision_of_a_later_month_is_told_although_the_file_was_answered(office: Desk) -> None:
    office.run(JUNE)
    name = f"replies/FIN_{PLAIN}"
    assert f"{name}.txt" in office.outputs(JUNE) and f"{name}.eml" not in office.outputs(JUNE)
    fill(office.folder(JUNE) / DESK, score())
    office.run(JUNE)
    assert f"{name}.eml" in office.outputs(JUNE)


def test_a_desk_of_any_length_is_read_again() -> None:
    row = DeskRow({"unit_code": "A", "form": PLAIN, "criterion": 1}, "", "", "hash")
    data = desk_workbook(DeskOf(MAY, 0, {"scores": [row] * 6_000}))
    read = read_desk(data)
    assert read is not None and len(read.rows["scores"]) == 6_000


def test_rows_that_are_sorted_take_along_what_was_written_into_them(office: Desk) -> None:
    sheet = openpyxl.load_workbook(office.desk)[TITLES["scores"]]
    ids = columns(sheet)
    first, last = str(sheet.auto_filter.ref).split(":")
    ends = [openpyxl.utils.cell.coordinate_from_string(each)[0] for each in (first, last)]
    low, high = map(openpyxl.utils.column_index_from_string, ends)
    assert low <= min(ids.values()) and high >= max(ids["written"], ids["about"])


def test_no_points_are_a_decision_like_any_other(office: Desk) -> None:
    office.decide(score(points=0))
    taken = len(rows(office.desk, "history"))
    code, _ = command(office, PLAIN, "FIN", "--criterion", "1", "--withdraw")
    assert code == 0
    for _ in range(2):
        office.run()
    assert totals(office)["run.json"] == 27
    assert len(rows(office.desk, "history")) == taken + 1


def test_a_newer_decision_is_not_overridden_by_running_again(office: Desk) -> None:
    by = ("--reviewer", "ข", "--reason", "ค")
    command(office, PLAIN, "FIN", "--criterion", "1", "--score", "1", *by)
    office.decide(score())
    for _ in range(2):
        office.run()
    assert totals(office)["run.json"] == 25
    row = office.row("scores", unit_code="FIN", criterion=1)
    assert row["reviewed"] == 1


class BrokenOffError(Exception):
    """A run that was broken off."""


def broken_off(office: Desk, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that cannot put an output in place."""
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if at in str(target) and "kept" not in str(target):
            raise BrokenOffError
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(BrokenOffError):
            office.run()


def test_after_a_run_that_broke_off_no_old_letter_is_taken_for_an_edited_one(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"replies/FIN_{PLAIN}.eml"
    fill(office.desk, score())
    broken_off(office, name.rpartition("/")[2], monkeypatch)
    office.run()
    assert "๒๖ จาก ๒๗" in office.letter(name)
    assert office.row("letters", letter=name)["state"] == "พร้อมส่ง"


@pytest.mark.parametrize(
    "typed", [score(), {"verdicts": {("FIN", PLAIN): {"verdict": "ส่งคืน", **WHY}}}]
)
def test_a_decision_is_about_what_its_row_showed_whatever_came_since(
    office: Desk, forms: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, typed: Typing
) -> None:
    fill(office.desk, typed)
    newer = saved_at(type_in(forms["FIN"], LAYOUT, {"signed": 34}), LATER)
    office.put("fin2", "fin", "2026-05-13 10:00", newer)
    broken_off(office, f"FIN_{PLAIN}.xlsx", monkeypatch)
    for _ in range(2):
        office.run()
    assert totals(office)["run.json"] == 27
    assert any("คำตอบเปลี่ยนแล้ว" in line for line in office.todo())


def test_a_desk_that_was_filled_further_after_a_run_broke_off_is_taken(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(office.desk, score())
    broken_off(office, "summary.xlsx", monkeypatch)
    fill(office.desk, {"verdicts": {("SEC", PLAIN): {"verdict": "รับ", **WHY}}})
    office.run()
    assert len(rows(office.desk, "history")) == 2


def test_a_file_from_elsewhere_that_is_left_out_is_answered_without_a_word_of_others(
    office: Desk, forms: dict[str, bytes]
) -> None:
    office.put(
        "other", "stranger", "2026-05-09 10:00", type_in(forms["FIN"], LAYOUT, {"signed": 3})
    )
    office.run()
    sha256 = office.row("files", file="other.eml/other.xlsx")["sha256"]
    office.decide({"files": {(sha256,): {"use": "ไม่ใช้", **WHY}}})
    (letter,) = [n for n in office.outputs() if n.startswith("replies/FIN") and sha256[:12] in n]
    assert WHY["reason"] in office.letter(letter)


@pytest.mark.parametrize("column", ["reviewed", "unit_code"])
def test_a_sheet_whose_column_ids_are_gone_is_refused(office: Desk, column: str) -> None:
    book = openpyxl.load_workbook(office.desk)
    sheet = book[TITLES["scores"]]
    sheet.cell(1, columns(sheet)[column]).value = None
    book.save(office.desk)
    assert "ไม่มีรหัสคอลัมน์" in refused(office)


def test_a_copy_of_a_sheet_is_refused(office: Desk) -> None:
    book = openpyxl.load_workbook(office.desk)
    book.copy_worksheet(book[TITLES["scores"]])
    book.save(office.desk)
    assert "อ่านโต๊ะงาน" in refused(office)


@pytest.mark.parametrize("unit", ["", "FIN"])
def test_a_due_date_of_no_form_is_told(office: Desk, unit: str) -> None:
    office.decide({"due": {("", unit): {"until": "1 มิ.ย. 2569", **WHY}}})
    assert rows(office.desk, "history") == []
    (said,) = [str(row["said"]) for row in rows(office.desk, "due") if row["said"]]
    assert "ไม่บอกว่าเป็นเรื่องใด" in said or "ไม่มีแบบ" in said


def test_the_record_of_a_file_that_does_not_count_says_so_and_who_decided(office: Desk) -> None:
    chosen = office.row("files", file="hr2.eml/hr2.xlsx")["sha256"]
    office.decide({"files": {(chosen,): {"use": "ใช้", **WHY}}})
    (aside,) = [n for n in office.outputs() if n.startswith("records/HR") and n.count("_") > 1]
    record = read_record((office.folder() / aside).read_bytes())
    text = "\n".join(cell for each in record for row in each.rows for cell in row)
    assert "ไฟล์นี้ไม่ได้ใช้เป็นผล" in text and WHY["reviewer"] in text


def test_the_addresses_of_a_unit_that_got_a_copy_get_one_of_the_answer(
    office: Desk, forms: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [
        replace(unit, email="fin@example.go.th, head@example.go.th") if unit.code == "FIN" else unit
        for unit in REGISTRY
    ]
    monkeypatch.setattr(sys.modules[__name__], "REGISTRY", tuple(units))
    cc = (("Cc", "หัวหน้า <head@example.go.th>, friend@example.go.th"),)
    arrived = "2026-05-11 10:00"
    mail = Mail("fin@example.go.th", arrived, files=(("fin.xlsx", forms["FIN"]),), fields=cc)
    (office.inbox / "fin.eml").write_bytes(mail.data())
    office.run()
    data = (office.folder() / f"replies/FIN_{PLAIN}.eml").read_bytes()
    told = email.message_from_bytes(data, policy=email.policy.default)
    assert str(told["To"]) == "fin@example.go.th, head@example.go.th"
