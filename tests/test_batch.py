"""A round: every file accounted for, nothing lost, the same bytes however it is run."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from filling import type_in
from samples_rounds import SAMPLES, UNITS, Samples

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.units import Unit
from moral_xlsx.opc import build
from moral_xlsx.round import overall
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import AlreadyRunningError, legal_name, open_outbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.submission import workers
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import take_in

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow

# A round draws a blank workbook for each form that a silent unit owes: few units, quick rounds.
FEW = tuple(unit for unit in UNITS if unit.code in ("ICT", "PLAN", "R04"))
SMALL = (
    *("ศภ4.xlsx", "ศภ4 (1).xlsx", "กยผ.xlsx", "กบค ครั้งแรก.xlsx", "กบค แก้ไขแล้ว.xlsx"),
    *("FIN-ผิดพลาด.xlsx", "ตสน.xlsx", "รายชื่อโครงการ กม.xlsx", "จธ พร้อมหลักฐาน.zip"),
)


def run(inbox: Path, output: Path, jobs: int = 1, units: tuple[Unit, ...] = FEW) -> Path:
    run_round(list_inbox(inbox, output), output, "2569-05", Office(units), jobs)
    return output / "2569-05"


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def recorded(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "run.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def round_folder(samples: Samples) -> Path:
    return samples.last


@pytest.fixture(scope="module")
def small_inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of each kind of file and of each state one, and a form of another office."""
    inbox = tmp_path_factory.mktemp("small") / "inbox"
    inbox.mkdir()
    for name in SMALL:
        shutil.copy(SAMPLES / "inbox" / name, inbox)
    shutil.copytree(SAMPLES / "inbox" / "2566-07-03", inbox / "2566-07-03")
    return inbox


@pytest.fixture(scope="module")
def small_round(small_inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose bytes others are held against."""
    folder = run(small_inbox, tmp_path_factory.mktemp("round"))
    states = {entry["state"] for entry in recorded(folder)["inputs"]}
    assert states == {"counted", "superseded", "duplicate", "rejected", "other"}
    return folder


@pytest.fixture(scope="module")
def by_name(round_folder: Path) -> Mapping[str, dict[str, Any]]:
    return {entry["file"]: entry for entry in recorded(round_folder)["inputs"]}


def test_the_ministrys_sample_gets_27_of_27_and_the_highest_level(
    by_name: Mapping[str, dict[str, Any]], round_folder: Path
) -> None:
    (sample,) = [entry for entry in by_name.values() if entry["unit_code"] == "ICT"]
    assert (sample["total"], sample["level"]) == (27, 3)
    assert sample["level_name"] == "องค์กรคุณธรรมต้นแบบ"
    assert sample["outputs"] == [
        "workbooks/ICT_moi-2569.xlsx",
        "reports/ICT_moi-2569.docx",
        "records/ICT_moi-2569.docx",
        "replies/ICT_moi-2569.eml",
    ]
    for output in sample["outputs"]:
        assert (round_folder / output).stat().st_size > 500


def test_every_input_is_accounted_for_once(
    by_name: Mapping[str, dict[str, Any]], round_folder: Path
) -> None:
    inbox = SAMPLES / "inbox"
    files = {
        path.relative_to(inbox).as_posix(): path.read_bytes()
        for path in inbox.rglob("*")
        if path.is_file()
    }
    for name, data in tuple(files.items()):
        if name.endswith(".zip"):
            with ZipFile(BytesIO(data)) as archive:
                files |= {f"{name}/{each}": archive.read(each) for each in archive.namelist()}
    assert by_name.keys() == files.keys()
    for name, entry in by_name.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
    counts = recorded(round_folder)["counts"]
    assert counts["inputs"] == len(files)
    assert sum(counts["states"].values()) == len(files)
    # What holds forms, and what came beside them, is accounted for and not judged.
    assert sum(counts["verdicts"].values()) == len(files) - counts["states"]["other"]
    others = {name for name, entry in by_name.items() if entry["state"] == "other"}
    assert others == {name for name in files if not name.endswith(".xlsx")}


def test_the_months_oddities_are_told_apart(by_name: Mapping[str, dict[str, Any]]) -> None:
    states = {name: (entry["state"], entry["verdict"]) for name, entry in by_name.items()}
    assert states["กบค ครั้งแรก.xlsx"][0] == "superseded"
    assert states["กบค แก้ไขแล้ว.xlsx"] == ("counted", "accepted")
    assert {states["ศภ4.xlsx"][0], states["ศภ4 (1).xlsx"][0]} == {"counted", "duplicate"}
    assert states["FIN-ผิดพลาด.xlsx"] == ("counted", "returned")
    assert states["ตสน.xlsx"] == ("rejected", "rejected")
    assert states["รายชื่อโครงการ กม.xlsx"] == ("rejected", "rejected")
    assert states["ศภ1 บันทึกจาก LibreOffice.xlsx"] == ("counted", "accepted")


def test_silent_units_are_named(round_folder: Path) -> None:
    missing = recorded(round_folder)["missing"]
    # A file of an unknown code bears the name of R05: it is not silent, a person has to decide.
    assert missing["moi-2569"] == ["LAW", "AUD", "R02"]
    assert missing["senate-2567"] == ["SEN05"]
    assert missing["narathiwat-2569"] == []


def test_a_rejected_file_lies_there_with_its_reason_beside_it(
    by_name: Mapping[str, dict[str, Any]], round_folder: Path
) -> None:
    reason, copy = by_name["ตสน.xlsx"]["outputs"]
    assert "MX-107" in (round_folder / reason).read_text("utf-8-sig")
    assert (round_folder / copy).read_bytes() == (SAMPLES / "inbox" / "ตสน.xlsx").read_bytes()


def test_the_record_names_every_output_with_its_hash(round_folder: Path) -> None:
    listed = {entry["file"]: entry["sha256"] for entry in recorded(round_folder)["outputs"]}
    present = contents(round_folder)
    present.pop("run.json")
    assert listed == present


def test_any_number_of_jobs_gives_the_same_bytes(
    small_inbox: Path, small_round: Path, tmp_path: Path
) -> None:
    assert contents(run(small_inbox, tmp_path, jobs=3)) == contents(small_round)


def test_a_second_run_gives_the_same_bytes_and_changes_no_input(
    small_inbox: Path, small_round: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(small_inbox, inbox)
    before = contents(inbox)
    run(inbox, tmp_path / "out")
    assert contents(run(inbox, tmp_path / "out")) == contents(small_round)
    assert contents(inbox) == before


def test_what_the_clerk_changed_is_kept_and_what_is_stale_goes(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("ศภ4.xlsx", "กยผ.xlsx"):
        shutil.copy(SAMPLES / "inbox" / name, inbox)
    folder = run(inbox, tmp_path / "out")
    (folder / "summary.xlsx").write_bytes(b"with the clerk's notes")
    (folder / "notes.txt").write_bytes(b"the clerk's own")
    (inbox / "กยผ.xlsx").unlink()
    run(inbox, tmp_path / "out")
    kept = [path.read_bytes() for path in (folder / "kept").iterdir()]
    assert kept == [b"with the clerk's notes"]
    assert (folder / "notes.txt").exists()
    assert not (folder / "workbooks" / "PLAN_moi-2569.xlsx").exists()
    assert (folder / "workbooks" / "R04_moi-2569.xlsx").exists()


def test_an_empty_inbox_is_a_round_too(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    folder = run(tmp_path / "inbox", tmp_path / "out")
    assert recorded(folder)["counts"]["inputs"] == 0
    assert (folder / "summary.docx").exists()


def test_lock_files_and_hidden_files_are_no_submissions(tmp_path: Path) -> None:
    for name in ("~$ศภ4.xlsx", ".hidden", "Thumbs.db", "real.xlsx"):
        (tmp_path / name).write_bytes(b"")
    inbox = list_inbox(tmp_path, tmp_path / "output")
    assert [name for name, _ in inbox.files] == ["real.xlsx"]
    assert sorted(inbox.ignored) == [".hidden", "Thumbs.db", "~$ศภ4.xlsx"]


def test_different_files_of_the_same_moment_are_a_conflict(
    golden_workbook: bytes, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "one.xlsx").write_bytes(golden_workbook)
    layout = lay_out(load_form("moi-2569"))
    (inbox / "two.xlsx").write_bytes(type_in(golden_workbook, layout, {"signed": 30}))
    folder = run(inbox, tmp_path / "out")
    assert [entry["state"] for entry in recorded(folder)["inputs"]] == ["conflict", "conflict"]
    assert len(list((folder / "workbooks").iterdir())) == 2


def test_two_files_with_the_same_answers_are_no_conflict(
    golden_workbook: bytes, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "one.xlsx").write_bytes(golden_workbook)
    package = inspect(golden_workbook).package
    assert package is not None
    members = [(member.name, package.content(member.name)) for member in package.members]
    (inbox / "two.xlsx").write_bytes(build(members[::-1]))
    folder = run(inbox, tmp_path / "out")
    assert [entry["state"] for entry in recorded(folder)["inputs"]] == ["counted", "superseded"]
    assert len(list((folder / "workbooks").iterdir())) == 2


def dies(path: str, round_name: str | None) -> Taken:
    """A worker whose reader kills it at one file."""
    if path.endswith("bad.xlsx"):
        os._exit(139)
    return Taken("0" * 64, 0)


def sleeps(path: str, round_name: str | None) -> Taken:
    """A worker that hangs at one file."""
    if path.endswith("bad.xlsx"):
        time.sleep(600)
    return Taken("0" * 64, 0)


def dies_later(path: str, round_name: str | None) -> Taken:
    """A worker that answers and dies a moment later, while it has nothing to do."""
    if path.endswith("bad.xlsx"):
        threading.Timer(0.05, os._exit, [139]).start()
    return Taken("0" * 64, 0)


def test_a_reader_that_dies_after_its_answer_does_not_end_the_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools: list[int] = []
    one_pool = workers._one_pool

    def counted(pool: Any, paths: Any, *rest: Any) -> Any:
        pools.append(len(paths))
        return one_pool(pool, paths, *rest)

    monkeypatch.setattr(workers, "_one_pool", counted)
    paths = [tmp_path / name for name in ("bad.xlsx", *(f"{n}.xlsx" for n in range(7)))]
    for path in paths:
        path.write_bytes(b"x")
    taken = take_in(paths, None, Prepared(), 1, dies_later)
    first = next(taken)
    time.sleep(1)
    assert [each.findings for each in (first, *taken)] == [()] * 8
    assert len(pools) == 2 and pools[1] < pools[0]


@pytest.mark.parametrize(("work", "code"), [(dies, "MX-111"), (sleeps, "MX-112")])
def test_a_reader_that_dies_or_hangs_costs_one_file(
    work: Any, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SECONDS_FOR_A_FILE", 3)
    paths = [tmp_path / name for name in ("a.xlsx", "bad.xlsx", "c.xlsx", "d.xlsx")]
    for path in paths:
        path.write_bytes(b"x")
    taken = list(take_in(paths, None, Prepared(), 2, work))
    assert [[found.code for found in each.findings] for each in taken] == [[], [code], [], []]


def test_a_second_run_of_the_same_round_is_refused_while_the_first_works(tmp_path: Path) -> None:
    with open_outbox(tmp_path), pytest.raises(AlreadyRunningError), open_outbox(tmp_path):
        pass


@pytest.mark.parametrize(
    ("parts", "starts"),
    [
        (("ICT", "moi-2569"), "ICT_moi-2569"),
        (("กค.", "moi-2569"), "กค"),
        (("../../etc", "moi-2569"), "etc-"),
        (("CON",), "_CON"),
        (("a/b:c*d", "x"), "a_b_c_d-"),
    ],
)
def test_names_are_legal_everywhere(parts: tuple[str, ...], starts: str) -> None:
    name = legal_name(*parts)
    assert name.startswith(starts)
    assert not set(name) & set('/\\:*?"<>|') and ".." not in name


def test_names_that_had_to_be_altered_stay_different() -> None:
    assert legal_name("A/B") != legal_name("A:B") != legal_name("A_B")


def test_an_output_folder_inside_the_inbox_is_not_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(SAMPLES / "inbox" / "ศภ4.xlsx", tmp_path)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        folder = run(Path(), Path("output"))
        assert [entry["file"] for entry in recorded(folder)["inputs"]] == ["ศภ4.xlsx"]


def test_files_without_a_unit_code_are_not_taken_for_one_unit(
    golden_workbook: bytes, tmp_path: Path
) -> None:
    layout = lay_out(load_form("moi-2569"))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("กองหนึ่ง", "กองสอง"):
        made = type_in(golden_workbook, layout, {"unit_code": None, "unit_name": name})
        (inbox / f"{name}.xlsx").write_bytes(made)
    inputs = recorded(run(inbox, tmp_path / "out"))["inputs"]
    assert [(entry["state"], entry["verdict"]) for entry in inputs] == [("counted", "returned")] * 2


def test_rejected_files_with_the_same_bytes_are_one_with_its_duplicates(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("one.pdf", "two.pdf", "three.xlsx"):
        (inbox / name).write_bytes(b"%PDF-1.7 the same")
    folder = run(inbox, tmp_path / "out")
    states = [entry["state"] for entry in recorded(folder)["inputs"]]
    assert states == ["rejected", "duplicate", "duplicate"]
    assert not (folder / "kept").exists()


def test_an_input_that_goes_away_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(SAMPLES / "inbox" / "ศภ4.xlsx", inbox)
    (inbox / "gone.pdf").write_bytes(b"%PDF-1.7")
    listed = list_inbox(inbox, tmp_path / "out")
    (inbox / "gone.pdf").unlink()
    run_round(listed, tmp_path / "out", "2569-05", Office(FEW), 1)
    inputs = recorded(tmp_path / "out" / "2569-05")["inputs"]
    assert [(entry["file"], entry["state"]) for entry in inputs] == [
        ("gone.pdf", "failed"),
        ("ศภ4.xlsx", "counted"),
    ]
    assert [found["code"] for found in inputs[0]["findings"]] == ["MX-117"]


def test_what_tells_of_all_units_is_the_same_however_it_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in SMALL:
        shutil.copy(SAMPLES / "inbox" / name, inbox)
    whole = contents(run(inbox, tmp_path / "whole"))
    monkeypatch.setattr(overall, "_AT_ONCE", 2)
    pieces = contents(run(inbox, tmp_path / "pieces"))
    told = {"desk.xlsx", "summary.xlsx", "summary.docx"}
    assert {name: pieces[name] for name in told} == {name: whole[name] for name in told}


def test_the_inbox_may_be_the_output_folder_too(golden_workbook: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(golden_workbook)
    for _ in range(2):
        folder = run(tmp_path, tmp_path)
        assert [entry["state"] for entry in recorded(folder)["inputs"]] == ["counted"]


def test_different_units_under_one_code_are_a_conflict(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    layout = lay_out(load_form("moi-2569"))
    for name in ("กบค ครั้งแรก.xlsx", "กบค แก้ไขแล้ว.xlsx"):
        data = (SAMPLES / "inbox" / name).read_bytes()
        (inbox / name).write_bytes(type_in(data, layout, {"unit_name": name}))
    folder = run(inbox, tmp_path / "out")
    assert [entry["state"] for entry in recorded(folder)["inputs"]] == ["conflict"] * 2


def test_the_reply_to_a_file_that_does_not_count_gives_no_result(round_folder: Path) -> None:
    (old,) = (round_folder / "replies").glob("HR_moi-2569_*.eml")
    letter = email.message_from_bytes(old.read_bytes(), policy=email.policy.default)
    text = letter.get_content()
    assert "กบค แก้ไขแล้ว.xlsx" in text
    assert "ผลการตรวจ" not in text and "ส่งอีกครั้ง" not in text


def test_a_damaged_journal_does_not_block_the_round(tmp_path: Path) -> None:
    (tmp_path / "workbooks").mkdir()
    (tmp_path / ".journal").write_bytes(
        b"a" * 64 + b" workbooks\n" + b"b" * 64 + b" x\0y.xlsx\n\xff"
    )
    with open_outbox(tmp_path) as outbox:
        outbox.put("reports/A.docx", b"a")
        outbox.publish({})
    assert not (tmp_path / ".journal").exists()


def test_what_a_killed_run_placed_goes_when_its_input_is_gone(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        outbox.put("workbooks/PLAN.xlsx", b"placed by a run that was killed")
    with open_outbox(tmp_path) as outbox:
        outbox.put("workbooks/OTHER.xlsx", b"other")
        outbox.publish({})
    assert not (tmp_path / "workbooks" / "PLAN.xlsx").exists()
    assert not (tmp_path / "kept").exists()


def test_a_killed_run_leaves_nothing_half_written_and_can_be_started_again(
    small_inbox: Path, small_round: Path, tmp_path: Path
) -> None:
    units, output = tmp_path / "units.xlsx", tmp_path / "output"
    units.write_bytes(write_registry(FEW, form_ids()))
    command = [
        *(sys.executable, "-m", "moral_xlsx", "batch", str(small_inbox), "--units", str(units)),
        *("--round", "2569-05", "-o", str(output), "--jobs", "1"),
    ]
    whole = contents(small_round)
    for seconds in (0.3, 0.7, 0.9, 1.1, 1.3, 1.5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
        for name, digest in contents(output / "2569-05").items():
            if not name.startswith("."):
                assert whole[name] == digest, f"{name} after {seconds} s"
    assert subprocess.run(command, stdout=subprocess.DEVNULL, timeout=120).returncode == 1
    assert contents(output / "2569-05") == whole
