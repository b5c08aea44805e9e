"""Works out what a round of the whole country takes: ``nation.py [DOCUMENT]``.

A small and a larger round, judged here by two workers and by two of a Dask cluster on the same two
cores, tell what a submission more costs: judged, and then with what is always made here. Nothing
but that is multiplied. With a name the table goes into that document, between its marks.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from make_inbox import make_inbox
from measuring import ROUND, Figure, machine, put_into, table

from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.submission.compiled import compiled

if TYPE_CHECKING:
    from distributed import LocalCluster

OFFICES, MACHINES = 40_000, 10
SIZES = (200, 1_000)
_WORKERS = 2
# Minutes, on one laptop and with the machines of a cluster.
_ALONE, _TOGETHER = 12, 3


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of a round, or of a submission more: until all is judged, what the round's own
    process worked meanwhile, and what comes after."""

    judging: float
    own: float
    rest: float

    def each_more(self, larger: Parts, by: int) -> Parts:
        """What each of so many submissions more took of a larger round."""
        return Parts(
            (larger.judging - self.judging) / by,
            (larger.own - self.own) / by,
            (larger.rest - self.rest) / by,
        )


@dataclass(frozen=True, slots=True)
class Nation:
    """What a submission more takes with two workers here, and with two of a cluster."""

    here: Parts
    there: Parts

    @property
    def alone(self) -> float:
        """Minutes of the whole country on this machine."""
        return OFFICES * (self.here.judging + self.here.rest) / 60

    @property
    def judging_together(self) -> float:
        """Seconds of a submission when all machines judge, or when this one keeps them waiting."""
        return max(self.there.judging * _WORKERS / MACHINES, self.there.own)

    @property
    def together(self) -> float:
        """Minutes of the whole country with a cluster's machines, each as one core of this one."""
        return OFFICES * (self.judging_together + self.there.rest) / 60

    def figures(self) -> tuple[Figure, ...]:
        """What the two times are made of, and the times with their targets."""
        milliseconds = {
            "judging, two workers here": self.here.judging,
            "what is made afterwards": self.here.rest,
            "judging, two Dask workers here": self.there.judging,
            "work of the round's own process meanwhile": self.there.own,
            "what is made afterwards, here too": self.there.rest,
        }
        return (
            *(
                Figure(f"each submission more: {what}", 1000 * seconds, "ms")
                for what, seconds in milliseconds.items()
            ),
            Figure(f"{OFFICES:,} offices on this machine", self.alone, "min", most=_ALONE),
            Figure(
                f"{OFFICES:,} offices, {MACHINES} workers", self.together, "min", most=_TOGETHER
            ),
            Figure("of that: judging", OFFICES * self.judging_together / 60, "min"),
            Figure("of that: made here", OFFICES * self.there.rest / 60, "min"),
        )


def measure(few: int = SIZES[0], many: int = SIZES[1]) -> Nation:
    """Both rounds in both ways, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name, _cluster() as cluster:
        folder = Path(name)
        for size in (few, many):
            make_inbox(size, folder / str(size))
        ways = []
        for address in ("", cluster.scheduler_address):
            small, large = (
                _apart(folder / str(size), folder / f"out-{size}-{bool(address)}", address)
                for size in (few, many)
            )
            ways.append(small.each_more(large, many - few))
    return Nation(*ways)


def _cluster() -> LocalCluster:
    from distributed import LocalCluster  # of an extra, which what else is here needs not

    return LocalCluster(  # type: ignore[no-untyped-call] # a library that is typed in part
        n_workers=_WORKERS,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=logging.ERROR,
    )


def _apart(folder: Path, output: Path, address: str) -> Parts:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, folder, output, address).result()


def _run(folder: Path, output: Path, address: str) -> Parts:
    start = judged = time.perf_counter()
    own = 0.0

    def progress() -> None:
        nonlocal judged, own
        judged, own = time.perf_counter(), time.process_time()

    registry, forms = (folder / "units.xlsx").read_bytes(), Forms(source=compiled())
    units = read_registry(registry, "units.xlsx", forms).units
    inbox = list_inbox(folder / "inbox", output)
    run_round(inbox, output, ROUND, Office(units, forms=forms), _WORKERS, progress, dask=address)
    return Parts(judged - start, own, time.perf_counter() - judged)


def main(document: Path | None) -> None:
    lines = f"`python benchmarks/nation.py`: {machine()}\n\n{table(measure().figures())}"
    print(lines)
    if document is not None:
        text = put_into(document.read_text("utf-8"), "reckoned", lines)
        document.write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
