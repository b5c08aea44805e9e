"""Times a round and the same round again, with nothing changed: ``rerun.py [N]``.

Both are whole runs of ``moral-xlsx batch`` on an inbox that ``make_inbox.py`` made. Raises
RuntimeError when the second run leaves other outputs than the first.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from make_inbox import make_inbox
from measuring import ROUND, Figure, command, machine, milliseconds, process, table

SIZE = 1_000
_MOST = 3.0
_MANY = 1_000
# A round whose inbox holds files to be mended ends so.
_CODES = (0, 1)


@dataclass(frozen=True, slots=True)
class Rerun:
    """Seconds of a round of so many submissions, and of the same round again."""

    size: int
    first: float
    again: float

    def figures(self) -> tuple[Figure, ...]:
        """What is held against the target; a round that is too small for it is only shown."""
        what = f"an unchanged round of {self.size:,} again, of the first"
        most = _MOST if self.size >= _MANY else None
        return (Figure(what, 100 * self.again / self.first, "%", most=most),)

    def parts(self) -> tuple[Figure, ...]:
        return Figure("first", self.first, "s"), Figure("again", self.again, "s")


def measure(size: int = SIZE) -> Rerun:
    """Runs a round twice; raises RuntimeError when a run fails or the outputs differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_inbox(size, folder)
        output = folder / "output"
        arguments = (command(), "batch", folder / "inbox", "--output", output, "--round", ROUND)
        first = milliseconds(lambda: process(arguments, _CODES))
        made = _hashes(output / ROUND)
        again = milliseconds(lambda: process(arguments, _CODES))
        if _hashes(output / ROUND) != made:
            raise RuntimeError("the same round again left other outputs")
    return Rerun(size, first / 1000, again / 1000)


def _hashes(folder: Path) -> Mapping[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def main(size: int) -> None:
    print(f"{machine()}\n")
    rerun = measure(size)
    print(table((*rerun.figures(), *rerun.parts())))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
