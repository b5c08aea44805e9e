"""A round that is run again does no more than has changed, and gives what it would give anew."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from dying import Judge, Prepared, Taken
from openpyxl import load_workbook
from test_batch import contents
from test_unanswered import FORM, ROUND, Office, call, filled, message

from moral_xlsx.model.decisions import Decision, Rulings, Subject
from moral_xlsx.round import receive as intake
from moral_xlsx.round import run as a_round
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import REMEMBERED
from moral_xlsx.submission.remembered import Remembered, context_of, read_sealed, seal

# Rounds are played.
pytestmark = pytest.mark.slow

NOTHING_CHANGED = "ไม่มีอะไรเปลี่ยน"


class Rounds(Office):
    """Rounds in this process that remember, with the files that were judged in the last one."""

    judged: list[str]

    def take_in(
        self, paths: Sequence[Path], round_name: str, prepared: Prepared, *_: object, **__: object
    ) -> Iterator[Taken]:
        judge = Judge.of(prepared)
        assert prepared.remembered is not None and prepared.folder is not None
        for path in paths:
            known = prepared.remembered.find(path, prepared.folder)
            if known is None:
                self.judged.append(path.name)
            yield known or judge.take(str(path), round_name)

    def again(self, *more: str) -> str:
        """Runs the round; gives what was told."""
        self.judged = []
        inbox, out = self.folder / "inbox", self.folder / "out"
        told = call("batch", inbox, "-o", out, "--round", ROUND, *more)
        assert told.exit_code in (0, 1), told.stderr
        self.exit_code = told.exit_code
        return told.stderr


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    office = Rounds(tmp_path)
    monkeypatch.setattr(intake, "take_in", office.take_in)
    (tmp_path / "inbox" / "one.xlsx").write_bytes(filled("U1", "กองหนึ่ง"))
    (tmp_path / "inbox" / "two.xlsx").write_bytes(filled("U2", "กองสอง"))
    (tmp_path / "inbox" / "broken.xlsx").write_bytes(b"no workbook")
    office.again()
    return office


def test_a_round_of_which_nothing_changed_says_so_and_writes_nothing(rounds: Rounds) -> None:
    first, before = rounds.exit_code, contents(rounds.folder / "out")
    stamps = {path: path.stat().st_mtime_ns for path in rounds.output.rglob("*")}
    assert NOTHING_CHANGED in rounds.again() and rounds.judged == []
    assert rounds.exit_code == first == 1, "there is a file that was refused, as before"
    assert contents(rounds.folder / "out") == before
    assert {path: path.stat().st_mtime_ns for path in rounds.output.rglob("*")} == stamps


def changed_file(rounds: Rounds) -> None:
    (rounds.folder / "inbox" / "one.xlsx").write_bytes(filled("U1", "กองหนึ่ง (ใหม่)"))


def renamed_file(rounds: Rounds) -> None:
    (rounds.folder / "inbox" / "one.xlsx").rename(rounds.folder / "inbox" / "three.xlsx")


def further_file(rounds: Rounds) -> None:
    rounds.receive(three=message(("สาม.xlsx", filled("U1", "กองหนึ่ง"))))


def passed_over(rounds: Rounds) -> None:
    (rounds.folder / "inbox" / "~$one.xlsx").write_bytes(b"")


def other_registry(rounds: Rounds) -> None:
    book = load_workbook(rounds.folder / "units.xlsx")
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "กองสอง":
                cell.value = "กองที่สอง"
    book.save(rounds.folder / "units.xlsx")


def desk_written(rounds: Rounds) -> None:
    desk = rounds.output / "desk.xlsx"
    os.utime(desk, ns=(time.time_ns(), time.time_ns()))


def letter_deleted(rounds: Rounds) -> None:
    next((rounds.output / "replies").iterdir()).unlink()


def report_edited(rounds: Rounds) -> None:
    next((rounds.output / "reports").iterdir()).write_bytes(b"edited")


def another_round(rounds: Rounds) -> None:
    call("batch", rounds.folder / "inbox", "-o", rounds.folder / "out", "--round", "2569-06")


CHANGES = (
    *(changed_file, renamed_file, further_file, passed_over, other_registry),
    *(desk_written, letter_deleted, report_edited, another_round),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_a_round_is_made_of_makes_it_run_again(
    change: Callable[[Rounds], None], rounds: Rounds
) -> None:
    change(rounds)
    assert NOTHING_CHANGED not in rounds.again()


def test_another_program_runs_it_again(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("round.unchanged", "submission.remembered"):
        monkeypatch.setattr(f"moral_xlsx.{module}.program_sha256", lambda: "a later program")
    assert NOTHING_CHANGED not in rounds.again()
    assert len(rounds.judged) == 3, "nor is anything taken that an earlier program judged"


def test_a_file_on_which_the_program_failed_is_tried_again(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_file(rounds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moral_xlsx.submission.journey.read", lambda *_: 1 / 0)
        rounds.again()
    assert rounds.judged == ["one.xlsx"]
    assert NOTHING_CHANGED not in rounds.again()
    assert rounds.judged == ["one.xlsx"], "it has a result now, the others had one"


def test_only_what_changed_is_judged_again_and_all_is_as_if_it_were_new(rounds: Rounds) -> None:
    changed_file(rounds)
    rounds.again()
    assert rounds.judged == ["one.xlsx"]
    shutil.rmtree(rounds.folder / "out")
    rounds.again()
    anew = contents(rounds.output)
    further_file(rounds)
    rounds.again()
    assert len(rounds.judged) == 1, "that in the message"
    (rounds.folder / "inbox" / "three.eml").unlink()
    rounds.again()
    assert rounds.judged == [] and contents(rounds.output) == anew


def test_what_is_remembered_may_be_deleted_or_damaged(rounds: Rounds) -> None:
    before = contents(rounds.output)
    remembered = rounds.output / REMEMBERED
    entries = sorted(remembered.iterdir())
    assert len(entries) == 3
    entries[0].write_bytes(entries[0].read_bytes()[:-1])
    entries[1].write_bytes(b"")
    (rounds.output / ".ran.json").write_text("{", "utf-8")
    rounds.again()
    assert len(rounds.judged) == 2 and contents(rounds.output) == before
    shutil.rmtree(remembered)
    (rounds.output / ".ran.json").unlink()
    rounds.again()
    assert len(rounds.judged) == 3 and contents(rounds.output) == before


def test_what_people_decided_judges_just_that_form_again(rounds: Rounds) -> None:
    desk = rounds.output / "desk.xlsx"
    book = load_workbook(desk)
    sheet = next(each for each in book if each["A1"].value == "desk:scores")
    ids = {cell.value: cell.column for cell in sheet[1]}
    row = next(
        row
        for row in range(3, sheet.max_row + 1)
        if sheet.cell(row, ids["unit_code"]).value == "U1"
    )
    for name, value in (("reviewed", 1), ("reason", "ดูหลักฐานแล้ว"), ("reviewer", "สมศรี")):
        sheet.cell(row, ids[name]).value = value
    book.save(desk)
    rounds.again()
    assert rounds.judged == ["one.xlsx"]
    assert NOTHING_CHANGED in rounds.again()


def test_an_entry_is_of_its_bytes_its_context_and_its_decisions(tmp_path: Path) -> None:
    folder, out = tmp_path / "remembered", tmp_path / "out"
    out.mkdir()
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"a")
    sha256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    decided = Decision(Subject("score", FORM, "u1", 3), "2", "ดูแล้ว", "สมศรี", ROUND, "x")
    one = Remembered(folder, context_of("a"), Rulings())
    one.keep(sha256, FORM, "U1", Taken(sha256, 1), {"a.docx": b"report"})
    assert one.find(path, out) == Taken(sha256, 1)
    assert (out / "a.docx").read_bytes() == b"report"
    assert Remembered(folder, context_of("b"), Rulings()).find(path, out) is None
    ruled = Remembered(folder, context_of("a"), Rulings.of([decided]))
    assert ruled.find(path, out) is None
    other = Subject("score", FORM, "u2", 3)
    of_another = Rulings.of([Decision(other, "2", "ดูแล้ว", "สมศรี", ROUND, "x")])
    assert Remembered(folder, context_of("a"), of_another).find(path, out) == Taken(sha256, 1)
    path.write_bytes(b"b")
    assert one.find(path, out) is None


class Harm:
    """What a forged entry would do when it is read."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, ("harm",)


def test_a_forged_entry_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for forged in (Harm(), {"a": [Harm()]}, os.system, contents, list_inbox, a_round.Office):
        with pytest.raises(pickle.UnpicklingError):
            read_sealed(seal(pickle.dumps(forged)))
    assert not list(tmp_path.iterdir())
