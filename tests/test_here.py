"""``check`` judges small workbooks in its own process, and all else where it can do no harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hostile import cells
from test_unanswered import call

from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.submission import here
from moral_xlsx.submission.here import judge_each
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import take_in


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that go to a worker."""
    names: list[str] = []

    def noted(paths: list[Path], prepared: Prepared) -> object:
        names.extend(path.name for path in paths)
        return iter([Taken("", 0)] * len(paths))

    monkeypatch.setattr(here, "_apart", noted)
    return names


def test_only_small_workbooks_that_the_guard_lets_in_are_judged_here(
    tmp_path: Path, apart: list[str], golden_workbook: bytes
) -> None:
    files = {
        "form.xlsx": golden_workbook,
        "large.xlsx": golden_workbook + bytes(here._SMALL),
        "large inside.xlsx": _large_inside(),
        "refused.xlsx": b"no workbook",
        "far.xlsx": cells('<row r="9999"><c r="A9999"><v>1</v></c></row>'),
        "ole.xls": bytes.fromhex("d0cf11e0a1b11ae1"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    taken = list(judge_each([tmp_path / name for name in files], Prepared()))
    assert apart == ["large.xlsx", "large inside.xlsx", "refused.xlsx", "far.xlsx", "ole.xls"]
    assert taken[0].assessment is not None and taken[1:] == [Taken("", 0)] * 5


def _large_inside() -> bytes:
    """A small workbook that the guard lets in, of more than is judged here."""
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{0} {1}</t></is></c></row>'
    rows = [row.format(number, "ก" * 900) for number in range(1, 2_000)]
    data = cells("".join(rows))
    assert inspect(data).kind == "xlsx" and len(data) < here._SMALL
    return data


@pytest.mark.slow
def test_what_is_told_is_the_same_as_a_worker_tells(tmp_path: Path, golden_workbook: bytes) -> None:
    (tmp_path / "form.xlsx").write_bytes(golden_workbook)
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.4")
    paths = sorted(tmp_path.iterdir())
    assert list(judge_each(paths, Prepared())) == list(take_in(paths, None, Prepared(), 1))


@pytest.mark.slow
def test_neither_pandas_nor_what_makes_documents_is_loaded(
    tmp_path: Path, golden_workbook: bytes
) -> None:
    (tmp_path / "form.xlsx").write_bytes(golden_workbook)
    code = (
        "import sys\n"
        "from moral_xlsx.cli import main\n"
        f"main(['check', {str(tmp_path / 'form.xlsx')!r}], standalone_mode=False)\n"
    )
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, check=False
    )
    loaded = {line.rpartition(b"|")[2].strip() for line in told.stderr.splitlines()}
    assert b"moral_xlsx.submission.journey" in loaded
    assert not loaded & {b"pandas", b"docx", b"pebble", b"jinja2", b"distributed"}


def test_the_round_itself_loads_no_pandas() -> None:
    code = "import sys, moral_xlsx.round.run; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert call("check", tmp_path / "none.xlsx").exit_code == 2
