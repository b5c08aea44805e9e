"""``explain`` prints a record as it was issued, and nothing that was changed since."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from department_year import in_this_process
from samples_rounds import SAMPLES, UNITS

from moral_xlsx.cli import main
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round

pytestmark = pytest.mark.slow

ONE = tuple(unit for unit in UNITS if unit.code == "ICT")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rounds in which ICT's form was counted."""
    inbox = tmp_path_factory.mktemp("inbox")
    shutil.copy(next((SAMPLES / "inbox").glob("*ศทส*.xlsx")), inbox)
    folder = tmp_path_factory.mktemp("output")
    with in_this_process():
        for name in ("2569-05", "2569-06"):
            run_round(list_inbox(inbox, folder), folder, name, Office(ONE), 1)
    return folder


def explain(output: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments, "-o", str(output)])


def test_the_newest_record_is_printed_whole(output: Path) -> None:
    told = explain(output, "ICT", "moi-2569")
    assert told.exit_code == 0
    assert "คะแนนรวม ๒๗ จาก ๒๗ คะแนน" in told.stdout
    assert "๓๓ คน จาก ๓๔ คน คือร้อยละ ๙๗.๐๕" in told.stdout
    assert told.stdout.rstrip().endswith(str(Path("2569-06", "records", "ICT_moi-2569.docx")))


def test_that_of_another_round_is_printed_when_it_is_asked_for(output: Path) -> None:
    told = explain(output, "ict", "moi-2569", "--round", "2569-05")
    assert told.exit_code == 0 and "เดือนพฤษภาคม ๒๕๖๙" in told.stdout


def test_one_criterion_is_told_alone(output: Path) -> None:
    told = explain(output, "ICT", "moi-2569", "--criterion", "1").stdout
    assert "== ข้อ ๑ การประกาศเจตนารมณ์ · เสนอ ๓ · คำนวณได้ ๓" in told
    assert "== ข้อ ๒" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("XX", "moi-2569"), "ไม่มีบันทึกของหน่วยงาน XX"),
        (("ICT", "moi-2568"), "ไม่มีบันทึกของหน่วยงาน ICT"),
        (("ICT", "moi-2569", "--criterion", "12"), "ไม่มีข้อ 12"),
        (("ICT", "moi-2569", "--round", "2569-01"), "ไม่มีบันทึก"),
        (("ICT", "moi-2569", "--round", "x"), "ต้องเป็นปี พ.ศ."),
    ],
)
def test_what_is_not_there_is_said(output: Path, arguments: tuple[str, ...], said: str) -> None:
    told = explain(output, *arguments)
    assert told.exit_code == 2 and said in told.stderr


def test_a_record_that_somebody_changed_is_not_printed(output: Path, tmp_path: Path) -> None:
    changed = tmp_path / "out"
    shutil.copytree(output, changed)
    record = changed / "2569-06" / "records" / "ICT_moi-2569.docx"
    record.write_bytes(record.read_bytes() + b" ")
    told = explain(changed, "ICT", "moi-2569", "--round", "2569-06")
    assert told.exit_code == 2
    assert explain(changed, "ICT", "moi-2569").stdout.rstrip().endswith("ICT_moi-2569.docx")
