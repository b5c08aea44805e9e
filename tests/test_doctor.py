"""``doctor`` says what a machine lacks and how to get it; a round shows what concerns it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_mail_send import free_port

from moral_xlsx.cli import main
from moral_xlsx.commands import health
from moral_xlsx.round.outbox import LEDGER, RUN_FILE


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_it_takes_one_form_through_the_whole_journey(tmp_path: Path) -> None:
    told = call("doctor", "-o", tmp_path)
    assert "พร้อม · ตัวโปรแกรม: แบบหนึ่งตรวจได้ครบทุกขั้น" in told.stdout
    assert not list(tmp_path.iterdir()), "it writes nothing"


def gone(*_: object) -> None:
    raise FileNotFoundError("default.docx")


def test_a_program_that_fails_its_own_test_is_to_be_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moral_xlsx.submission.issuing.report", gone)
    told = call("doctor", "-o", tmp_path)
    assert told.exit_code == 1
    assert "ต้องแก้ · ตัวโปรแกรม" in told.stdout and "docs/install.md" in told.stdout


def damage(folder: Path) -> None:
    (folder / LEDGER).write_bytes(b"SQLite format 3\0" + bytes(5000))


def lose_ledger(folder: Path) -> None:
    (folder / "2569-04").mkdir()
    (folder / "2569-04" / RUN_FILE).write_text("{}")


@pytest.mark.parametrize(
    ("wrong", "said", "code"),
    [(damage, "ต้องแก้ · สมุดทะเบียน", 1), (lose_ledger, "ไม่มีสมุดทะเบียน", 0)],
)
def test_what_is_wrong_with_the_ledger_is_told(
    tmp_path: Path, wrong: Callable[[Path], None], said: str, code: int
) -> None:
    wrong(tmp_path)
    told = call("doctor", "-o", tmp_path)
    assert said in told.stdout and told.exit_code == code


def test_a_full_disk_and_missing_programs_are_told_with_where_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    full = health._disk(Path())
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(health.Path, "exists", lambda _: False, raising=True)
    monkeypatch.setattr(health.importlib.util, "find_spec", lambda _: None)
    looks = [full, *health.look_at_programs()]
    assert {look.state for look in looks} == {"warning"}
    assert all(all(look.remedy) for look in looks)


def test_an_own_form_with_a_mistake_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1", "utf-8")
    told = call("doctor", "-o", tmp_path, "--forms", tmp_path)
    assert told.exit_code == 2 and "a.toml" in told.stderr


def test_a_mail_server_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = health._server(("กล่องจดหมาย", "mailbox"), "127.0.0.1", free_port())
    assert looked.state == "bad" and "127.0.0.1" in looked.said[0] and looked.remedy[0]


def test_a_round_shows_what_concerns_it(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "out").mkdir()
    lose_ledger(tmp_path / "out")
    told = call("batch", tmp_path / "inbox", "-o", tmp_path / "out", "--round", "2569-05")
    assert "คำเตือน: สมุดทะเบียน: มีผลของรอบก่อน" in told.stderr
