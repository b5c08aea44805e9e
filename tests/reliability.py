"""Writes docs/reliability.md: what was done to the program, and what it lost (nothing).

python tests/reliability.py [MUTATIONS [KILLS [GOOD]]]      10,000, 200 and 500 unless said

The full disk needs a system that lets this user mount a file system of a given size.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from conftest import golden_of
from fuzz import tried
from hostile import ANY, corpus
from test_fuzz import MUTATIONS as IN_CI
from test_mail_round_killed import KILLS, kill_and_run_again, undisturbed_in
from test_unanswered import SENT

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.limits import CPU_SECONDS, MEMORY
from moral_xlsx.submission.taken import Prepared
from moral_xlsx.submission.workers import take_in

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
ROUND, FORM = "2569-05", "moi-2569"
FAULTS = "faults"
DISK_SIZES = 20
_HEAD = """# Reliability

What was done to the program on purpose, and what came of it. Each line was measured by the
command that stands with it; `make reliability` runs them all and writes this document.

| what | how many | what came of it | command |
|---|---|---|---|
"""


def line(what: str, many: str, came: str, command: str = "make reliability") -> str:
    return f"| {what} | {many} | {came} | `{command}` |"


# --- hostile files


@dataclass(frozen=True, slots=True)
class Hostile:
    """What became of the hostile files: which were ``wrong``, each with what was found; seconds of
    all and of the slowest one, the most megabytes that a worker held."""

    paths: Sequence[Path]
    expected: int
    wrong: Sequence[tuple[str, str, Sequence[str]]]
    seconds: float
    slowest: float
    megabytes: int


def hostile(folder: Path) -> Hostile:
    """Every hostile file, opened by one worker after the other: its reason, its time, what it held.
    One is wrong that the program trips over, or that it takes for something else than it is."""
    samples = list(corpus())
    paths = []
    for number, sample in enumerate(samples):
        path = folder / f"h{number:04}.xlsx"
        path.write_bytes(sample.data)
        paths.append(path)
    wrong, moments = [], [time.perf_counter()]
    results = take_in(paths, ROUND, Prepared(), 1)
    for sample, taken in zip(samples, results, strict=True):
        moments.append(time.perf_counter())
        codes = [found.code for found in taken.findings]
        if taken.failed or (sample.expect.startswith("MX-") and sample.expect not in codes):
            wrong.append((sample.name, sample.expect, codes))
    return Hostile(
        paths,
        sum(sample.expect != ANY for sample in samples),
        wrong,
        moments[-1] - moments[0],
        max(later - earlier for earlier, later in pairwise(moments)),
        _peak_megabytes(),
    )


def _hostile_line(came: Hostile) -> str:
    assert not came.wrong, came.wrong
    said = (
        f"0 crashes, 0 hangs, 0 faults; the expected reason for each of {came.expected}; "
        f"all in {came.seconds:.0f} s, the slowest in {came.slowest:.1f} s, at most "
        f"{came.megabytes} MB resident in a worker "
        f"(limits: {CPU_SECONDS} s of processor time and {MEMORY >> 20} MB above its imports)"
    )
    return line("hostile files of every format", f"{len(came.paths):,}", said)


def _peak_megabytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def hostile_among_good(folder: Path, bad: Sequence[Path], count: int) -> str:
    """Good files are judged alike with the hostile ones beside them and without."""
    form, golden = load_form(FORM), golden_of(FORM)
    rubric = compile_rubric(form)
    inbox = folder / "inbox"
    inbox.mkdir()
    for number in range(count):
        answers = replace(golden, unit_code=f"G{number:04}")
        (inbox / f"g{number:04}.xlsx").write_bytes(write_workbook(rubric, Content(answers)))
    alone = _results(inbox, folder / "alone")
    for path in bad:
        shutil.copy(path, inbox)
    among = _results(inbox, folder / "among")
    assert len(alone) == count
    assert alone == {name: among[name] for name in alone}
    came = "each of the good ones gets the same score, workbook and report as without them"
    return line("hostile files in a folder of good ones", f"{len(bad):,} among {count}", came)


def _results(inbox: Path, output: Path) -> dict[str, tuple[object, ...]]:
    """Of each file that counts: its score, and the hashes of what was made of it."""
    ran = subprocess.run(
        [*_PROGRAM, "batch", str(inbox), "-o", str(output), "--round", ROUND],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    run = json.loads((output / ROUND / "run.json").read_text("utf-8"))
    hashes = {each["file"]: each["sha256"] for each in run["outputs"]}
    return {
        each["file"]: (each["total"], each["level"], *(hashes[name] for name in each["outputs"]))
        for each in run["inputs"]
        if each["state"] == "counted"
    }


_PROGRAM = (sys.executable, "-m", "moral_xlsx")


# --- mutations


def _fuzzed(numbers: range) -> Counter[str]:
    """What became of the mutations of these numbers."""
    journey, came = Journey(), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            try:
                taken = tried(number, journey, Path(folder))
            except AssertionError:
                came[FAULTS] += 1
                continue
            came["mail without a form, told"] += not taken
            for each in taken:
                came["judged" if each.assessment else "refused"] += 1
    return came


def fuzzed(count: int) -> Counter[str]:
    """What became of so many mutations; how many the program tripped over is under ``FAULTS``."""
    cores = os.cpu_count() or 1
    came: Counter[str] = Counter()
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        for each in pool.map(_fuzzed, [range(at, count, cores * 8) for at in range(cores * 8)]):
            came += each
    return came


def fuzz(count: int) -> str:
    came = fuzzed(count)
    assert not came[FAULTS], came
    said = ", ".join(f"{number:,} {what}" for what, number in sorted((+came).items()))
    return line("mutated parts, files and mail", f"{count:,}", f"0 faults: {said}")


# --- kills


def killed(folder: Path, count: int) -> tuple[int, list[str]]:
    """A round killed at so many random moments and before every rename, and run again: how many
    renames there are, and what was not as if nothing had happened."""
    scene = folder / "scene"
    scene.mkdir()
    wrong = []
    with undisturbed_in(scene) as undisturbed:
        chance = random.Random(2569)
        moments = sorted(chance.choices(range(1, undisturbed.steps + 1), k=count))
        steps = sorted({*moments, *undisturbed.renames})
        for at in range(0, len(steps), 10):
            try:
                kill_and_run_again(undisturbed, steps[at : at + 10], folder)
            except AssertionError as differs:
                wrong.append(str(differs))
    return len(undisturbed.renames), wrong


def kills(folder: Path, count: int) -> str:
    renames, wrong = killed(folder, count)
    assert not wrong, wrong
    many = f"{count} random moments and all {renames} renames"
    came = "run again: the ledger says the same and every output has the same bytes"
    return line("killed", many, came)


# --- a full disk


def full_disk(folder: Path) -> str:
    what = "a disk that is full"
    inbox = folder / "disk"
    inbox.mkdir()
    samples = Path(__file__).resolve().parent.parent / "samples" / "inbox"
    for path in sorted(samples.glob("*.xlsx"))[:6]:
        shutil.copy(path, inbox)
    whole = folder / "whole"
    assert _batch(inbox, whole).returncode in (0, 1)
    expected = _contents(whole)
    needed = sum(path.stat().st_size for path in whole.rglob("*") if path.is_file()) // 1024
    disk = folder / "small"
    disk.mkdir()
    codes: Counter[int] = Counter()
    for number in range(DISK_SIZES):
        size = max(64, needed * 2 * number // DISK_SIZES)
        mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
        if subprocess.run(mounted, capture_output=True, check=False).returncode:
            return line(what, "0", "not measured here: this user may not mount a file system")
        try:
            ran = _batch(inbox, disk / "out")
            codes[ran.returncode] += 1
            assert ran.returncode in (0, 1, 2), ran.stderr
            assert ran.returncode != 2 or ran.stderr.strip(), "it says why"
            larger = ["mount", "-o", "remount,size=512m", str(disk)]
            subprocess.run(larger, capture_output=True, check=True)
            assert _batch(inbox, disk / "out").returncode in (0, 1)
            assert _contents(disk / "out") == expected, f"{size} kB"
        finally:
            subprocess.run(["umount", str(disk)], capture_output=True, check=True)
    came = (
        f"{codes[2]} rounds ended with 2 and said why, {codes[0] + codes[1]} had room enough; "
        "with room, run again: the same bytes"
    )
    return line(what, f"{DISK_SIZES} sizes from 64 kB", came)


def _batch(inbox: Path, output: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_PROGRAM, "batch", str(inbox), "-o", str(output), "--round", ROUND],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def _contents(output: Path) -> Mapping[str, str]:
    """Every output by its hash; the ledger may lie in its file in another way."""
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "ledger"))
    }


# --- places


def places(folder: Path) -> str:
    inbox = folder / "disk"
    told = {
        zone: _results_in(inbox, folder / f"zone {at}", TZ=zone, LC_ALL="th_TH.UTF-8")
        for at, zone in enumerate(("Asia/Bangkok", "America/Los_Angeles"))
    }
    first, *others = told.values()
    assert all(first == other for other in others)
    came = "the same bytes"
    return line(
        "th_TH.UTF-8 in two time zones", ", ".join(told), came, "pytest tests/test_places.py"
    )


def _results_in(inbox: Path, output: Path, **environment: str) -> Mapping[str, str]:
    assert _batch(inbox, output, **environment).returncode in (0, 1)
    return _contents(output)


def messages() -> str:
    came = "0 silent: a draft, the console, the status, the summary and the reminder tell of each"
    command = "pytest tests/test_unanswered.py"
    return line("kinds of messages without a form", str(len(SENT)), came, command)


def main(mutations: int, moments: int, good: int) -> None:
    steps: list[Callable[[Path], str]] = [
        lambda _: fuzz(mutations),
        lambda folder: kills(folder, moments),
        full_disk,
        places,
        lambda _: messages(),
    ]
    lines: list[Any] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "hostile").mkdir()
        came = hostile(folder / "hostile")
        lines += [_hostile_line(came), hostile_among_good(folder, came.paths, good)]
        for step in steps:
            lines.append(step(folder))
            print(lines[-1], flush=True)
    ci = (
        f"\nOn every change, `make test` holds the hostile files, {IN_CI} mutations, "
        f"{KILLS} kills, every kind of message, and both places.\n"
    )
    DOCUMENT.write_text(_HEAD + "\n".join(lines) + "\n" + ci, "utf-8")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [10_000, 200, 500][len(given) :]))
