"""What the measurements share: samples, medians of runs that take turns, the table of figures."""

from __future__ import annotations

import gc
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROUND = "2569-05"
SAMPLES = Path(__file__).parent.parent / "samples" / "inbox"
# The two submissions that everything about one submission is measured on, by their forms.
MOI, PLAN = FORMS = ("moi-2569", "senate-2567-plan")
_PATTERNS = {MOI: "*ศทส*.xlsx", PLAN: "2567-09-20/*แผน*.xlsx"}
_WARM = 200  # milliseconds: what takes longer warms itself up


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: what was measured, and the ``least`` or the ``most`` it may be.

    A figure with neither is only shown; a count is an int.
    """

    what: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.least is not None:
            return f"at least {self.least:g}{_spaced(self.unit)}"
        return "" if self.most is None else f"at most {self.most:g}{_spaced(self.unit)}"

    @property
    def verdict(self) -> str:
        """Whether the target is met; empty where there is none."""
        if self.least is None and self.most is None:
            return ""
        held = (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )
        return "met" if held else "**missed**"


def _spaced(unit: str) -> str:
    return unit if unit in ("", "%") else f" {unit}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table in Markdown, a line each."""
    return "\n".join(table_lines(figures))


def table_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """The lines of that table, each as soon as its figure is there."""
    yield "| figure | target | measured | |"
    yield "|---|---|---:|---|"
    for each in figures:
        value = f"{each.value:,}" if isinstance(each.value, int) else f"{each.value:,.2f}"
        measured = f"{value}{_spaced(each.unit)}"
        yield f"| {each.what} | {each.target} | {measured} | {each.verdict} |"


def put_into(document: str, what: str, told: str) -> str:
    """The document with what is told between the two marks of that name.

    Raises ValueError when it has no such marks.
    """
    begin, end = f"<!-- {what}: begin -->\n", f"<!-- {what}: end -->\n"
    before, found, rest = document.partition(begin)
    _, found_too, after = rest.partition(end)
    if not (found and found_too):
        raise ValueError(f"the document has no {begin.strip()} with an {end.strip()} after it")
    return f"{before}{begin}\n{told}\n\n{end}{after}"


def machine() -> str:
    """The machine in one line, with how busy it is just now."""
    load = f", load {os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}"


def sample(form_id: str) -> Path:
    """The sample submission of one of the two forms; the first where there are several."""
    return min(SAMPLES.glob(_PATTERNS[form_id]))


Clock = Callable[[], float]


def milliseconds(run: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    start = clock()
    run()
    return 1000 * (clock() - start)


def medians(
    runs: Mapping[str, Callable[[], object]], repetitions: int, clock: Clock = time.perf_counter
) -> dict[str, float]:
    """Median milliseconds of each run; in every repetition each has its turn.

    A busy moment of the machine so hits every competitor. A timed run follows an untimed one
    of its own kind, as one submission follows another in a round.
    """
    slow = {name for name, run in runs.items() if milliseconds(run, clock) > _WARM}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repetitions):
        for name, run in runs.items():
            gc.collect()  # nobody pays for what another left behind
            if name not in slow:
                run()
            taken[name].append(milliseconds(run, clock))
    return {name: median(times) for name, times in taken.items()}


def command() -> str:
    """The installed ``moral-xlsx`` beside this Python; ends the script where there is none."""
    found = shutil.which("moral-xlsx", path=str(Path(sys.executable).parent))
    if found is None:
        sys.exit("moral-xlsx is not installed beside this Python: pip install -e .")
    return found


def process(arguments: Sequence[str | Path], codes: Iterable[int] = (0,)) -> None:
    """Runs a program to its end, unseen; raises RuntimeError when it ends with another code."""
    ran = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if ran.returncode not in codes:
        raise RuntimeError(f"{arguments[0]}: {ran.returncode}\n{ran.stderr.decode()}")


def peak_memory(pid: int) -> int:
    """The most bytes that a process has held in memory so far; 0 for one that is gone.

    Not from ``resource``: there a worker inherits the figure of the process it came from.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    held = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(next(held, 0)) * 1024
