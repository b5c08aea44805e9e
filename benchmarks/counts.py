"""Counts the instructions of one submission by room: ``counts.py [FILE]``. Needs valgrind.

A count is no time: it says the same however busy the machine is. It is told as a ratio to a fixed
reference (``reference.py``) counted in the same process, so that it may be held against the count
of another machine. Everything is counted twice, to show how far a count is to be believed. With a
FILE the tables are put into that document as well, between its marks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from counted import BETWEEN, MARK, REFERENCE, RUNS, Ended
from measuring import FORMS, machine, put_into

_COUNTED = Path(__file__).with_name("counted.py")
_TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Counts:
    """Instructions of one submission by room, and of the reference, each counted twice."""

    form: str
    rooms: Mapping[str, tuple[int, int]]
    reference: tuple[int, int]

    @property
    def total(self) -> tuple[int, int]:
        first, second = zip(*self.rooms.values(), strict=True)
        return sum(first), sum(second)

    def lines(self) -> str:
        """A table in Markdown, a line for each room."""
        lines = ["| room | million instructions | of the reference | differs by |"]
        lines.append("|---|---:|---:|---:|")
        every = {**self.rooms, "**the journey**": self.total, REFERENCE: self.reference}
        for room, (first, second) in every.items():
            ratio = first / self.reference[0]
            differs = 100 * abs(second / first - 1)
            lines.append(f"| {room} | {first / 1e6:.2f} | {ratio:.3f} | {differs:.2f}% |")
        return "\n".join(lines)


def measure(forms: Sequence[str] = FORMS) -> tuple[Counts, ...]:
    """Counts the samples of the forms twice, in two processes at a time.

    Raises FileNotFoundError when valgrind is not installed, RuntimeError when it fails.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise FileNotFoundError("valgrind")
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(_counted, (valgrind, valgrind), (forms, forms))
    reference = first[REFERENCE][REFERENCE], second[REFERENCE][REFERENCE]
    return tuple(
        Counts(
            form_id,
            {room: (each, second[form_id][room]) for room, each in first[form_id].items()},
            reference,
        )
        for form_id in forms
    )


def _counted(valgrind: str, forms: Sequence[str]) -> dict[str, dict[str, int]]:
    """Instructions by form, or reference, and room: the mean of the runs."""
    with tempfile.TemporaryDirectory() as name:
        notes = Path(name) / "notes"
        ran = subprocess.run(
            [
                *(valgrind, "--tool=callgrind", f"--callgrind-out-file={notes}"),
                *(f"--dump-before={MARK}", sys.executable, "-X", "utf8", str(_COUNTED), *forms),
            ],
            # The order of a set must not change from one count to the other.
            env={**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
            encoding="utf-8",
        )
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        ended: list[Ended] = [(what, room) for what, room in json.loads(ran.stdout)]
        noted = [
            instructions(Path(f"{notes}.{at}").read_text("utf-8", "replace"))
            for at in range(1, len(ended) + 1)
        ]
    return by_room(ended, noted)


def by_room(ended: Sequence[Ended], noted: Sequence[int]) -> dict[str, dict[str, int]]:
    """What was noted at each mark, added up over the runs and divided by their number."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (what, room), each in zip(ended, noted, strict=True):
        if room != BETWEEN:
            sums[what][room] += each
    return {
        what: {room: each // RUNS for room, each in rooms.items()} for what, rooms in sums.items()
    }


def instructions(note: str) -> int:
    """The instructions that a note of callgrind's adds up to; raises ValueError without a sum."""
    found = _TOTAL.search(note)
    if found is None:
        raise ValueError("callgrind noted no sum")
    return int(found[1])


def main(file: Path | None) -> None:
    if shutil.which("valgrind") is None:
        sys.exit(
            "valgrind is not installed, so nothing was counted; on Debian: apt install valgrind"
        )
    head = f"`make bench-counts`: {machine()}; callgrind, the mean of {RUNS} runs"
    told = "\n\n".join((head, *(f"{each.form}:\n\n{each.lines()}" for each in measure())))
    print(told)
    if file is not None:
        file.write_text(put_into(file.read_text("utf-8"), "counted", told), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
