"""What lies in an inbox is judged or named: nothing disappears unsaid, and nothing is anybody's."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import golden_of
from department_year import in_this_process

from moral_xlsx.cli import main
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import RUN_FILE
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric


def listed(folder: Path) -> tuple[list[str], list[str], list[str]]:
    found = list_inbox(folder, folder.parent / "out")
    return [name for name, _ in found.files], list(found.ignored), list(found.closed)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "แบบ.xlsx").write_bytes(b"x")
    return folder


@pytest.mark.parametrize(
    "name",
    [
        *("~$แบบ.xlsx", "~WRL0001.tmp", "แบบ.xlsx.crdownload", "แบบ.xlsx.part", "x.download"),
        *(".แบบ.xlsx.icloud", ".DS_Store", "Thumbs.db", "desktop.ini", "._แบบ.xlsx", "~lock.tmp"),
        *(".~lock.แบบ.xlsx#", "แบบ.xlsx.Zone.Identifier"),
        pytest.param(
            "แบบ.xlsx:Zone.Identifier",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no name of a file there"),
        ),
    ],
)
def test_what_computers_keep_for_themselves_is_named_and_not_judged(inbox: Path, name: str) -> None:
    (inbox / name).write_bytes(b"x")
    assert listed(inbox) == (["แบบ.xlsx"], [name], [])


@pytest.mark.parametrize(
    "name", [".xlsx", "แบบ~1.xlsx", "partial.xlsx", "download.xlsx", "a.tmp.xlsx"]
)
def test_what_somebody_sent_is_judged_whatever_its_name(inbox: Path, name: str) -> None:
    (inbox / name).write_bytes(b"x")
    assert sorted([name, "แบบ.xlsx"]) == listed(inbox)[0]


def test_an_empty_folder_and_all_that_is_passed_over_are_named(inbox: Path) -> None:
    (inbox / "ว่าง").mkdir()
    earlier = inbox / "2569-04"
    (earlier / "replies").mkdir(parents=True)
    (earlier / RUN_FILE).write_text("{}")
    (earlier / "replies" / "ก.eml").write_bytes(b"x")
    (inbox / ".Sent" / "cur").mkdir(parents=True)
    (inbox / ".Sent" / "cur" / "1").write_bytes(b"x")
    assert listed(inbox) == (
        ["แบบ.xlsx"],
        [".Sent/cur/1", "2569-04/replies/ก.eml", "2569-04/run.json", "ว่าง/"],
        [],
    )


def test_a_folder_that_may_not_be_entered_is_named_and_the_rest_is_judged(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = inbox / "ปิด"
    closed.mkdir()
    inside, exists = Path.iterdir, Path.exists

    def refused(path: Path) -> Iterator[Path]:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return inside(path)

    def unknown(path: Path) -> bool:
        if path.parent == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    monkeypatch.setattr(Path, "exists", unknown)
    assert listed(inbox) == (["แบบ.xlsx"], [], ["ปิด/"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are letters")
def test_a_name_whose_bytes_are_no_letters_can_be_matched_to_its_file(inbox: Path) -> None:
    name = "กข".encode("cp874") + b".xlsx"
    Path(os.fsdecode(os.fsencode(inbox) + b"/" + name)).write_bytes(b"x")
    assert "\\xa1\\xa2.xlsx" in listed(inbox)[0]


def played(inbox: Path) -> Path:
    out = inbox.parent / "out"
    with in_this_process():
        told = CliRunner().invoke(
            main, ["batch", str(inbox), "-o", str(out), "--round", "2569-05", "--lang", "en"]
        )
    assert told.exit_code in (0, 1), told.output
    return out


def test_the_console_says_how_much_was_passed_over(inbox: Path) -> None:
    (inbox / "ว่าง").mkdir()
    with in_this_process():
        told = CliRunner().invoke(main, ["batch", str(inbox), "-o", str(inbox.parent / "out")])
    assert "ข้าม 1 รายการ" in told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows leaves it to the folder")
def test_whatever_a_round_writes_is_its_owners_alone(inbox: Path) -> None:
    out = inbox.parent / "out"
    (out / "2569-05").mkdir(parents=True)  # of an earlier program
    for path in (out, out / "2569-05"):
        path.chmod(0o755)
    played(inbox)
    for path in (out / "2569-05").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE((out / "ledger.sqlite").stat().st_mode) == 0o600


def test_what_was_typed_into_a_wrong_cell_does_not_stand_in_run_json(inbox: Path) -> None:
    form, golden = load_form("moi-2569"), golden_of("moi-2569")
    number = next(each.id for each in form.fields if each.registry == "headcount")
    secret = "1-1037-00123-45-6"
    answers = replace(golden, values={**golden.values, number: secret})
    workbook = write_workbook(compile_rubric(form), Content(answers))
    (inbox / "แบบ.xlsx").write_bytes(workbook)
    out = played(inbox)
    run = json.loads((out / "2569-05" / RUN_FILE).read_text("utf-8"))
    (entry,) = run["inputs"]
    assert any(found["field"] == number for found in entry["findings"]), "it is told of"
    assert secret not in (out / "2569-05" / RUN_FILE).read_text("utf-8")
