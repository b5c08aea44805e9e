"""A round that dies at any step leaves the ledger whole, and is simply run again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from department_year import (
    FEBRUARY,
    HR_FIRST,
    HR_MARCH,
    HR_SECOND,
    MARCH,
    MONTHS,
    PLAN_MARCH,
    SEC,
    TNEF,
    UNITS,
    Mail,
    in_this_process,
    put_mbox,
)
from ledger_rows import content
from test_batch import contents

from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import LEDGER
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import form_ids

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow

REGISTERED = tuple(unit for unit in UNITS if unit.code in ("SEC", "HR", "PLAN"))
DYING = Path(__file__).with_name("dying.py")
# On Windows a process takes so long to start that a third of them has to do.
KILLS = 12 if sys.platform == "win32" else 33

Ledger = dict[str, list[tuple[object, ...]]]


def mail(sender: str, arrived: str, name: str, data: bytes) -> Mail:
    return Mail(f"{sender}@example.go.th", arrived, files=((name, data),))


@dataclass(frozen=True)
class Scene:
    """Where it happens: February is over, March was run once, and then more mail came."""

    folder: Path

    @property
    def units(self) -> Path:
        return self.folder / "units.xlsx"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def run(self, month: int, output: Path | None = None) -> None:
        folder = output or self.output
        run_round(list_inbox(self.inbox, folder), folder, MONTHS[month], Office(REGISTERED), 1)

    def start(self, output: Path, step: int = 0) -> subprocess.Popen[str]:
        """March in a process of its own that dies before a step."""
        arguments = map(str, (DYING, self.inbox, output, MONTHS[MARCH], step, self.units))
        return subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


@dataclass(frozen=True)
class Undisturbed:
    """What the ledger said before the round and says after it, and every output."""

    office: Scene
    before: Ledger
    after: Ledger
    files: dict[str, str]
    steps: int
    of_the_ledger: list[int]
    renames: list[int]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with undisturbed_in(tmp_path_factory.mktemp("killed")) as played:
        yield played


@contextmanager
def undisturbed_in(folder: Path) -> Iterator[Undisturbed]:
    """The scene in a folder, and March once more without a disturbance."""
    office = Scene(folder)
    office.units.write_bytes(write_registry(REGISTERED, form_ids()))
    office.inbox.mkdir()
    with in_this_process():
        first = mail("hr", "2026-02-11 09:00", "กจ.xlsx", HR_FIRST)
        (office.inbox / "กจ.eml").write_bytes(first.data())
        office.run(FEBRUARY)
        (office.inbox / "กจ.eml").unlink()
        second = mail("hr", "2026-03-02 09:00", "กจ.xlsx", HR_SECOND)
        plan = mail("plan", "2026-03-03 09:00", "กยผ.xlsx", PLAN_MARCH)
        (office.inbox / "กยผ.eml").write_bytes(plan.data())
        (office.inbox / "กจ.eml").write_bytes(second.data())
        office.run(MARCH)
        before = content(office.output / LEDGER)
        (office.inbox / "กยผ.eml").unlink()
        third = mail("hr", "2026-03-09 09:00", "กจ แก้.xlsx", HR_MARCH)
        rich = mail("plan", "2026-03-09 10:00", "winmail.dat", TNEF)
        put_mbox(office.inbox / "ใหม่.mbox", third, rich)
        (office.inbox / "2569-03-10").mkdir()
        (office.inbox / "2569-03-10" / "สลก.xlsx").write_bytes(SEC)
        output = office.folder / "undisturbed"
        shutil.copytree(office.output, output)
        process = office.start(output)
        told, trouble = process.communicate(timeout=60)
        assert process.returncode == 0, trouble
        steps, of_the_ledger, renames = json.loads(told)
        after = content(output / LEDGER)
        assert after != before
        yield Undisturbed(office, before, after, files_of(output), steps, of_the_ledger, renames)


def files_of(output: Path) -> dict[str, str]:
    """Every output; the ledger is compared by what it says."""
    return {name: each for name, each in contents(output).items() if name != LEDGER}


def spread(numbers: list[int], count: int) -> list[int]:
    """So many of them at equal distances, the first and the last among them."""
    return [numbers[i * (len(numbers) - 1) // (count - 1)] for i in range(count)]


def test_a_round_killed_anywhere_leaves_the_old_or_the_new_ledger_and_can_be_run_again(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    own = undisturbed.of_the_ledger
    others = sorted(set(range(1, undisturbed.steps + 1)) - set(own))
    around = {own[0] - 1, own[-1] + 1}
    steps = sorted({*spread(own, KILLS // 3), *spread(others, KILLS * 2 // 3), *around})
    assert len(steps) >= KILLS - 3
    kill_and_run_again(undisturbed, steps, tmp_path)


def kill_and_run_again(undisturbed: Undisturbed, steps: Sequence[int], folder: Path) -> None:
    """Kills March before each of the steps, and runs it again: all is as it would have been."""
    own, office = undisturbed.of_the_ledger, undisturbed.office

    def killed(step: int) -> Path:
        output = folder / str(step)
        shutil.copytree(office.output, output)
        process = office.start(output, step)
        process.communicate(timeout=60)
        assert process.returncode not in (0, 1), f"step {step}: it was to be killed"
        return output

    with ThreadPoolExecutor(2) as pool:
        outputs = dict(zip(steps, pool.map(killed, steps), strict=True))
    for step, output in outputs.items():
        # Past the transaction's end the round stands in the ledger, before it nothing of it does.
        expected = undisturbed.after if step > own[-1] else undisturbed.before
        assert content(output / LEDGER) == expected, f"killed before step {step}"
        office.run(MARCH, output)
        assert content(output / LEDGER) == undisturbed.after, f"killed before step {step}"
        assert files_of(output) == undisturbed.files, f"killed before step {step}"
        shutil.rmtree(output)


def test_of_two_runs_of_a_round_at_once_one_is_refused_or_comes_after(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shutil.copytree(undisturbed.office.output, output)
    processes = [undisturbed.office.start(output) for _ in range(3)]
    troubles = [process.communicate(timeout=60)[1] for process in processes]
    codes = [process.returncode for process in processes]
    assert 0 in codes
    for code, trouble in zip(codes, troubles, strict=True):
        assert code == 0 or "AlreadyRunningError" in trouble
    assert content(output / LEDGER) == undisturbed.after
    assert files_of(output) == undisturbed.files
