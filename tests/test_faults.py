"""A fault of the program is never the officer's: the clerk is told, and nothing of it stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from click.testing import Result
from department_year import in_this_process
from test_batch import contents
from test_unanswered import FORM, ROUND, UNITS, Office, call, filled, message, words

from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.round import overall
from moral_xlsx.submission.journey import Journey, Submission

PROJECT = Path(__file__).parent.parent
# Rounds are played.
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with in_this_process():
        yield


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.receive(
        one=message(("หนึ่ง.xlsx", filled("U1", "กองหนึ่ง"))),
        two=message(("สอง.xlsx", filled("U2", "กองสอง")), sender="u2@second.go.th"),
        three=message(("สาม.xlsx", filled("U3", "กองสาม")), sender="u3@third.go.th"),
    )
    return office


def batch(office: Office) -> Result:
    return call("batch", office.folder / "inbox", "-o", office.folder / "out", "--round", ROUND)


def failing(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """The program fails on the forms of some units, as on an answer that nobody thought of."""
    judge = Journey.judge

    def broken(self: Journey, data: bytes) -> Submission:
        submission = judge(self, data)
        if submission.answers.unit_code in codes:
            raise KeyError("/secret/path of ours")
        return submission

    monkeypatch.setattr(Journey, "judge", broken)


def test_one_file_on_which_the_program_fails_costs_only_itself(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "U1")
    told = batch(office)
    assert told.exit_code == 1
    (line,) = [each for each in told.stdout.splitlines() if "โปรแกรมขัดข้อง" in each]
    assert "one.eml/หนึ่ง.xlsx" in line and "faults.txt" in line
    states = {str(each["file"]): each["state"] for each in office.run_file["inputs"]}
    assert states["one.eml/หนึ่ง.xlsx"] == "failed"
    assert states["two.eml/สอง.xlsx"] == "counted"
    assert "KeyError" in (office.output / "faults.txt").read_text("utf-8-sig")


def test_nobody_is_blamed_and_nothing_of_the_machine_stands_in_a_letter(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "U1")
    batch(office)
    letters = [*office.letters("replies"), *office.letters("reminders")]
    assert "one@unit.go.th" not in {each["To"] for each in letters}, "neither asked nor reminded"
    for letter in letters:
        assert "KeyError" not in words(letter) and "/secret" not in words(letter)
    for folder in ("rejected", "replies", "reminders"):
        for path in (office.output / folder).glob("*.txt"):
            assert "KeyError" not in path.read_text("utf-8-sig")


def test_the_status_and_the_summary_name_the_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "U1")
    batch(office)
    status = call("status", "-o", office.folder / "out").stdout
    assert "หนึ่ง.xlsx" in status and "ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง" in status


def test_when_the_program_is_mended_the_file_is_judged_and_answered(office: Office) -> None:
    with pytest.MonkeyPatch.context() as patch:
        failing(patch, "U1")
        batch(office)
    call("batch", office.folder / "inbox", "-o", office.folder / "out", "--round", "2569-06")
    replies = sorted((office.folder / "out" / "2569-06" / "replies").glob("*.eml"))
    drafts = [message_from_bytes(each.read_bytes(), policy=default) for each in replies]
    assert [each["To"] for each in drafts] == ["one@unit.go.th"]


def test_the_same_fault_in_several_files_stops_the_round_before_anything_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batch(office).exit_code in (0, 1)
    before = contents(office.folder / "out")
    office.receive(four=message(("สี่.xlsx", filled("U1", "กองหนึ่ง")), day=28))
    failing(monkeypatch, "U1", "U2", "U3")
    told = batch(office)
    assert told.exit_code == 3
    assert "4 ไฟล์" in told.stderr and "KeyError" in told.stderr
    assert "ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง" in told.stderr
    assert contents(office.folder / "out") == before


def test_a_program_that_fails_its_own_test_stops_the_round(office: Office) -> None:
    """As where a library is broken: one that only workers load."""
    broken = office.folder / "broken" / "pandas"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text(
        "class DataFrame:\n"
        "    def __init__(self, *_, **__):\n"
        "        raise RuntimeError('a library of ours is broken')\n"
    )
    command = [sys.executable, "-m", "moral_xlsx", "batch", str(office.folder / "inbox")]
    told = subprocess.run(
        [*command, "-o", str(office.folder / "out"), "--round", ROUND],
        env={**os.environ, "PYTHONPATH": f"{broken.parent}{os.pathsep}{PROJECT}"},
        capture_output=True,
    )
    said = told.stderr.decode("utf-8", "replace")
    assert told.returncode == 3, said
    assert "ตรวจตัวเองไม่ผ่าน" in said and "reading" not in said
    assert not (office.output / "run.json").exists()
    with open_ledger(office.folder / "out" / "ledger.sqlite") as ledger:
        assert ledger.rounds() == ()


def test_a_fault_while_results_are_made_leaves_all_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batch(office).exit_code in (0, 1)
    before = contents(office.folder / "out")
    office.receive(four=message(("หนึ่ง.xlsx", filled("U1", "กองหนึ่ง (ใหม่)")), day=28))

    def broken(*_: object) -> bytes:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(overall, "department_report", broken)
    told = batch(office)
    assert told.exit_code == 3 and "a fault of ours" in told.stderr
    assert contents(office.folder / "out") == before, "neither ledger nor outputs changed"


def test_run_json_tells_of_a_failed_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "U1")
    batch(office)
    run = json.loads((office.output / "run.json").read_text("utf-8"))
    assert run["counts"]["states"]["failed"] == 1
    assert sum(run["counts"]["states"].values()) == run["counts"]["inputs"]
    assert {unit.code for unit in UNITS} >= set(run["missing"][FORM])
