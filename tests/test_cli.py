"""The command line: what is printed where, and what the exit code tells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from samples_rounds import SAMPLES, UNITS

from moral_xlsx.cli import main
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.rules.definition.load import form_ids

GOLDEN = Path(__file__).parent / "golden" / "moi-2569.json"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "filled.xlsx"
    assert run("fill", "moi-2569", GOLDEN, "-o", path).exit_code == 0
    return path


def test_check_says_that_a_clean_file_is_clean(filled: Path) -> None:
    result = run("check", filled)
    assert result.exit_code == 0
    assert "27" in result.stdout and "องค์กรคุณธรรมต้นแบบ" in result.stdout
    assert "MX-302" in result.stdout


def test_check_json_is_one_object_for_each_file(filled: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.xlsx"
    junk.write_bytes(b"not a workbook")
    result = run("check", "--json", filled, junk)
    assert result.exit_code == 2
    good, bad = map(json.loads, result.stdout.splitlines())
    assert (good["verdict"], good["total"], good["level"]) == ("accepted", 27, 3)
    assert good["unit"]["code"] == "ICT"
    assert good["subtotals"] == {"1-3": 9, "4-6": 9, "1-6": 18, "7-9": 9, "1-9": 27}
    assert good["derived"] == {"percent_signed": "97.05"}
    assert {"number": 1, "claimed": 3, "computed": 3, "evidence": True, "shortfall": []} in good[
        "criteria"
    ]
    assert bad["verdict"] == "rejected"
    assert [found["code"] for found in bad["findings"]] == ["MX-102"]


def test_check_exits_with_1_for_a_file_to_mend() -> None:
    result = run("check", SAMPLES / "inbox" / "FIN-ผิดพลาด.xlsx")
    assert result.exit_code == 1
    assert "ข้อเท็จจริง C6" in result.stdout


def test_check_speaks_english(filled: Path) -> None:
    result = run("check", "--lang", "en", filled)
    assert "accepted" in result.stdout


def test_a_missing_file_is_told_on_standard_error(tmp_path: Path) -> None:
    result = run("check", tmp_path / "absent.xlsx")
    assert result.exit_code == 2
    assert "absent.xlsx" in result.stderr and result.stdout == ""


@pytest.mark.slow
def test_batch_prints_a_table_and_where_the_results_are(tmp_path: Path) -> None:
    inbox, units, output = tmp_path / "inbox", tmp_path / "units.xlsx", tmp_path / "output"
    inbox.mkdir()
    for name in ("ตสน.xlsx", "FIN-ผิดพลาด.xlsx", "กยผ.xlsx"):
        shutil.copy(SAMPLES / "inbox" / name, inbox)
    few = [unit for unit in UNITS if unit.code in ("FIN", "PLAN", "LAW")]
    units.write_bytes(write_registry(few, form_ids()))
    result = run("batch", inbox, "--units", units, "--round", "2569-05", "-o", output, "--jobs", 2)
    assert result.exit_code == 1
    assert "ยังไม่ส่ง" in result.stdout and "ส่งคืนให้แก้ไข" in result.stdout
    assert str(output / "2569-05") in result.stdout
    assert "ตสน.xlsx" in result.stdout


def test_batch_exits_with_0_when_everything_is_accepted(filled: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(filled, inbox)
    assert run("batch", inbox, "-o", tmp_path / "out", "--round", "2569-05").exit_code == 0


def test_a_round_has_to_be_a_year_and_a_month(tmp_path: Path) -> None:
    result = run("batch", SAMPLES / "inbox", "--round", "พ.ค. 69", "-o", tmp_path)
    assert result.exit_code == 2
    assert "2569-05" in result.stderr


def test_a_registry_that_cannot_be_used_stops_the_batch(tmp_path: Path) -> None:
    bad = tmp_path / "units.xlsx"
    bad.write_bytes((SAMPLES / "inbox" / "รายชื่อโครงการ กม.xlsx").read_bytes())
    result = run("batch", SAMPLES / "inbox", "--units", bad, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "units.xlsx" in result.stderr
    assert not (tmp_path / "out").exists()


def test_template_makes_a_workbook_for_each_unit(tmp_path: Path) -> None:
    result = run("template", "moi-2569", "--units", SAMPLES / "units.xlsx", "-o", tmp_path)
    assert result.exit_code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 14 and "ICT_moi-2569.xlsx" in names


def test_fill_from_a_filled_workbook_gives_the_same_answers(filled: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    assert run("fill", "moi-2569", filled, "-o", again).exit_code == 0
    assert again.read_bytes() == filled.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "JSON"), ("[]", ""), ('{"form": "moi-2569", "answers": 3}', "")],
)
def test_a_bad_answers_file_is_explained(content: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, "utf-8")
    result = run("fill", "moi-2569", path, "-o", tmp_path / "out.xlsx")
    assert result.exit_code == 2
    assert result.stderr.strip() and words in result.stderr
    assert not (tmp_path / "out.xlsx").exists()


def test_a_file_that_exists_is_not_overwritten(filled: Path) -> None:
    before = filled.read_bytes()
    result = run("fill", "moi-2569", SAMPLES / "inbox" / "กยผ.xlsx", "-o", filled)
    assert result.exit_code == 2
    assert str(filled) in result.stderr
    assert filled.read_bytes() == before


def test_an_unknown_form_is_answered_with_the_known_ones() -> None:
    result = run("forms", "show", "moi-1999")
    assert result.exit_code == 2
    assert "moi-2569" in result.stderr


def test_forms_show_prints_every_rung_and_interpretation() -> None:
    result = run("forms", "show", "moi-2569")
    assert result.exit_code == 0
    assert result.stdout.count("☐") == 53
    assert "ไม่น้อยกว่า ร้อยละ ๘๐" in result.stdout


def test_forms_check_lists_every_fault_of_a_definition(tmp_path: Path) -> None:
    path = tmp_path / "bad-2569.toml"
    path.write_text('id = "bad-2569"\nsurprise = 1\n', "utf-8")
    result = run("forms", "check", path)
    assert result.exit_code == 1
    assert "surprise" in result.stdout and "version" in result.stdout
