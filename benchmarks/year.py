"""Runs the rounds of a year: ``year.py [N [MONTHS [DOCUMENT]]]``.

Every month N files come, each workbook saved anew that month; ``batch`` judges them all beside a
ledger that holds the months before. With a name the table goes into that document, between its
marks. Raises RuntimeError when a round fails.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from make_inbox import make_inbox, saved_at
from measuring import Figure, command, machine, milliseconds, process, put_into, table

from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.errors import Refused

SIZE, MONTHS = 2_000, 12
_FIRST_YEAR, _FIRST_MONTH = 2569, 5
# A round whose inbox holds files to be mended ends so.
_CODES = (0, 1)


@dataclass(frozen=True, slots=True)
class Year:
    """Of each month the seconds of its round, and the bytes of the ledger after it."""

    size: int
    seconds: Sequence[float]
    ledger: Sequence[int]

    def figures(self) -> tuple[Figure, ...]:
        last = len(self.seconds)
        rounds = f"a year's rounds of {self.size:,}"
        grown = (self.ledger[-1] - self.ledger[0]) / (last - 1) / self.size
        return (
            Figure(f"{rounds}, month 1", self.seconds[0], "s"),
            Figure(f"{rounds}, month 2", self.seconds[1], "s"),
            Figure(f"{rounds}, month {last}", self.seconds[-1], "s"),
            Figure(f"{rounds}, month {last} against 2", self.seconds[-1] / self.seconds[1]),
            Figure(f"{rounds}: all months", sum(self.seconds) / 60, "min"),
            Figure(f"the ledger after {last} months", self.ledger[-1] / 1e6, "MB"),
            Figure("of that: each file of a later month", grown, "bytes"),
        )


def measure(size: int = SIZE, months: int = MONTHS) -> Year:
    """The rounds of so many months, two at least."""
    seconds, ledger = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_inbox(size, folder)
        output = folder / "output"
        for month in range(months):
            year, at = divmod(_FIRST_MONTH - 1 + month, 12)
            if month:
                _save_anew(folder / "inbox", f"{2026 + year}-{at + 1:02}-12T03:00:00Z")
            named = f"{_FIRST_YEAR + year}-{at + 1:02}"
            run = (command(), "batch", folder / "inbox", "--output", output, "--round", named)
            seconds.append(milliseconds(partial(process, run, _CODES)) / 1000)
            ledger.append((output / "ledger.sqlite").stat().st_size)
    return Year(size, seconds, ledger)


def _save_anew(inbox: Path, moment: str) -> None:
    """Stamps every workbook that can be read."""
    for path in sorted(inbox.rglob("*.xlsx")):
        data = path.read_bytes()
        try:
            inspect(data)
        except Refused:
            continue
        path.write_bytes(saved_at(data, moment))


def main(size: int, months: int, document: Path | None) -> None:
    told = f"`python benchmarks/year.py`: {machine()}"
    told += f"\n\n{table(measure(size, months).figures())}"
    print(told)
    if document is not None:
        document.write_text(put_into(document.read_text("utf-8"), "year", told), "utf-8")


if __name__ == "__main__":
    size, months = (*map(int, sys.argv[1:3]), *(SIZE, MONTHS)[len(sys.argv[1:3]) :])
    main(size, months, Path(sys.argv[3]) if len(sys.argv) > 3 else None)
