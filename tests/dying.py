"""Runs rounds in processes of their own that die at a given step, as if the power went.

A step is whatever a run does to the disk: a file opened for writing, moved or removed, a
statement of SQLite. ``python dying.py INBOX OUTPUT ROUND STEP UNITS`` dies before that step
(0: never) and prints how many steps there were, with the numbers of those of the ledger's
transaction and of those that put a file in place.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.round import receive as intake
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import SHIPPED
from moral_xlsx.submission.containers import Unpacked, unpack_file
from moral_xlsx.submission.judging import Judge
from moral_xlsx.submission.taken import Prepared, Taken

_connect = sqlite3.connect
_ON_DISK = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile"}


def unpack_here(
    containers: Sequence[tuple[str, Path]], folder: Path, jobs: int
) -> Iterator[Unpacked]:
    """What ``unpack_each`` does, without the second that a process takes to start."""
    folder.mkdir(parents=True, exist_ok=True)
    return (unpack_file(name, path, folder) for name, path in containers)


def take_in_here(
    paths: Sequence[Path], round_name: str | None, prepared: Prepared, jobs: int, *, tested: bool
) -> Iterator[Taken]:
    """What ``take_in`` does, without processes of its own, and without what it remembers."""
    judge = Judge.of(replace(prepared, remembered=None))
    return (judge.take(str(path), round_name) for path in paths)


class Steps:
    """Counts what a run does to the disk, and ends the process before a step."""

    def __init__(self, last: int, output: Path) -> None:
        self.last = last
        self.output = str(output)
        self.count = 0
        self.of_the_ledger: list[int] = []
        self.renames: list[int] = []
        self._writing = False

    def step(self) -> None:
        self.count += 1
        if self.count == self.last:
            # On Windows the second one ends a process just as hard.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What the interpreter tells of whatever happens in it."""
        if event == "open" and str(arguments[0]).startswith(self.output):
            if isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
                self.step()
        elif event in _ON_DISK and str(arguments[0]).startswith(self.output):
            self.step()
            if event == "os.rename":
                self.renames.append(self.count)

    def connect(self, *arguments: Any, **named: Any) -> sqlite3.Connection:
        """A connection whose statements are heard."""
        connection: sqlite3.Connection = _connect(*arguments, **named)
        connection.set_trace_callback(self.statement)
        return connection

    def statement(self, sql: str) -> None:
        self._writing |= sql.startswith("BEGIN IMMEDIATE")
        self.step()
        if self._writing:
            self.of_the_ledger.append(self.count)
        self._writing &= sql != "COMMIT"


def main(inbox: str, output: str, round_name: str, last: str, units: str) -> None:
    intake.unpack_each, intake.take_in = unpack_here, take_in_here
    registry = read_registry(Path(units).read_bytes(), "units.xlsx", SHIPPED).units
    listed = list_inbox(Path(inbox), Path(output))
    steps = Steps(int(last), Path(output))
    sys.addaudithook(steps.heard)
    sqlite3.connect = steps.connect  # type: ignore[assignment]
    run_round(listed, Path(output), round_name, Office(registry), 1)
    told = steps.count, steps.of_the_ledger, steps.renames
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
