"""Times whole rounds of N submissions on one core and on two: ``scale.py [N ...]``.

Each round runs in a new process of its own, so that its memory can be told, on an inbox of
copies of the sample whose unit codes differ, with a registry that knows all the units.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.writeback import write_cells
from moral_xlsx.model.units import Unit
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round

SIZES, JOBS, REPETITIONS = (100, 400), (1, 2), 3
ROUND = "2569-05"
SAMPLES = Path(__file__).parent.parent / "samples" / "inbox"


@dataclass(frozen=True, slots=True)
class Measured:
    """A round's seconds from start to end, and the peak memory of its processes in bytes.

    ``parent`` and ``worker`` (the largest) are 0 where the system does not tell.
    """

    seconds: float
    parent: int
    worker: int


def unit_code(number: int) -> str:
    return f"U{number:05}"


def fill_inbox(folder: Path, count: int) -> None:
    """Copies of the sample, each of another unit."""
    sample = inspect(next(SAMPLES.glob("*ศทส*.xlsx")).read_bytes())
    cell = sample.names["unit_code"]
    at = cell.sheet, cell.first_row, cell.first_column
    folder.mkdir()
    for number in range(count):
        code = unit_code(number)
        (folder / f"{code}.xlsx").write_bytes(write_cells(sample, {at: code}))


def measure(inbox: Path, output: Path, count: int, jobs: int) -> Measured:
    """Run one round; raises RuntimeError when a file did not go the whole way."""
    units = [Unit(unit_code(number), unit_code(number)) for number in range(count)]
    workers: dict[int, int] = {}

    def progress() -> None:
        for process in multiprocessing.active_children():
            if process.pid is not None:
                workers[process.pid] = peak_memory(process.pid)

    start = time.perf_counter()
    result = run_round(list_inbox(inbox, output), output, ROUND, Office(units), jobs, progress)
    seconds = time.perf_counter() - start
    codes = {found.code for file in result.files for found in file.findings}
    if [file.state for file in result.files] != ["counted"] * count or "MX-115" in codes:
        raise RuntimeError("The sample is not of today's layout; make it again: make samples")
    return Measured(seconds, peak_memory(os.getpid()), max(workers.values(), default=0))


def peak_memory(pid: int) -> int:
    """The most bytes a process has held in memory so far; 0 where Linux's /proc is missing.

    Not from ``resource``: there a worker inherits the figure of the process it came from.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    for field in status.splitlines():
        if field.startswith("VmHWM:"):
            return int(field.split()[1]) * 1024
    return 0


def measure_apart(inbox: Path, output: Path, count: int, jobs: int) -> Measured:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, inbox, output, count, jobs).result()


def measure_size(count: int) -> dict[int, Measured]:
    """One size with one worker and with two, by jobs; medians, and the highest memory."""
    taken: dict[int, list[Measured]] = {jobs: [] for jobs in JOBS}
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        fill_inbox(inbox, count)
        for repetition in range(REPETITIONS):
            for jobs in JOBS:
                output = Path(folder) / f"output-{jobs}-{repetition}"
                taken[jobs].append(measure_apart(inbox, output, count, jobs))
    return {
        jobs: Measured(
            median(one.seconds for one in measured),
            max(one.parent for one in measured),
            max(one.worker for one in measured),
        )
        for jobs, measured in taken.items()
    }


def main(sizes: list[int]) -> None:
    load = f", load {os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else ""
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}")
    print(f"medians of {REPETITIONS} rounds each, start of the workers included")
    print(f"{'N':>6} {'jobs':>4} {'seconds':>8} {'per second':>10} {'ms each':>8}  peak memory")
    taken: dict[int, dict[int, Measured]] = {}
    for count in sizes:
        taken[count] = measure_size(count)
        for jobs, one in taken[count].items():
            memory = f"parent {one.parent / 1e6:.0f} MB, worker {one.worker / 1e6:.0f} MB"
            print(
                f"{count:6} {jobs:4} {one.seconds:8.2f} {count / one.seconds:10.1f}"
                f" {1000 * one.seconds / count:8.2f}  {memory if one.parent else ''}"
            )
        ratio = taken[count][1].seconds / taken[count][2].seconds
        print(f"{count:6}: 2 cores / 1: {ratio:.2f} times (target: at least 1.8)", flush=True)
    for smaller, larger in pairwise(sizes):
        for jobs in JOBS:
            seconds = taken[larger][jobs].seconds - taken[smaller][jobs].seconds
            each = 1000 * seconds / (larger - smaller)
            print(f"from {smaller} to {larger}, jobs {jobs}: {each:.2f} ms for each one more")


if __name__ == "__main__":
    main(sorted({int(argument) for argument in sys.argv[1:]}) or list(SIZES))
