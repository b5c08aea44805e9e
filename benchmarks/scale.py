"""Times whole rounds of N submissions on one core and on two: ``scale.py [N ...]``.

Each round runs in a new process of its own, so that its memory can be told, on an inbox that
``make_inbox.py`` made. One core means that the process and all its workers are pinned to one, with
one worker; two means that they are not pinned, with two workers. Needs Linux.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from make_inbox import make_inbox
from measuring import ROUND, Figure, machine, peak_memory, table
from reference import work

from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.model.round import FileState
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.submission.compiled import compiled

SIZES, TIMES = (100, 1_000), 3
CORES = (1, 2)
# From how many submissions on two cores have to be worth it; from how many on they are not held
# against one any more, which would take the longer the less it would tell.
_MANY, _MOST_ON_ONE = 1_000, 5_000
_TWO_CORES, _SLOWER, _LARGER = 1.8, 1.10, 1.20
_PIECES = 60  # of fixed work


@dataclass(frozen=True, slots=True)
class Ran:
    """A round's seconds from start to end, and the peak memory of its processes in bytes.

    ``worker`` is the largest one.
    """

    seconds: float
    parent: int
    worker: int


@dataclass(frozen=True, slots=True)
class Scaled:
    """Rounds by (submissions, cores): median seconds, highest memory.

    ``most`` is how many times as much the machine does on two cores, where two processes share
    nothing: what it holds back itself, as with cores that share a cache, no program gets back.
    """

    rounds: Mapping[tuple[int, int], Ran]
    most: float

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(sorted({size for size, _ in self.rounds}))

    def figures(self) -> tuple[Figure, ...]:
        """What is held against the targets; a size that is too small for one is only shown."""
        alone = "two processes that share nothing: one core / two"
        figures = [Figure(alone, self.most)]
        for size in self.sizes:
            two = self.rounds[size, 2].seconds
            figures.append(Figure(f"a round of {size:,}: two cores", two, "s"))
            if (size, 1) in self.rounds:
                one = self.rounds[size, 1].seconds
                least = _TWO_CORES if size >= _MANY else None
                figures += [
                    Figure(f"a round of {size:,}: one core", one, "s"),
                    Figure(f"a round of {size:,}: one core / two", one / two, "", least),
                ]
        smallest = self.sizes[0]
        for size in self.sizes[1:]:
            few, many = self.rounds[smallest, 2], self.rounds[size, 2]
            slower = many.seconds / size / (few.seconds / smallest)
            what = f"{size:,} against {smallest:,}"
            larger = many.parent / few.parent
            figures += [
                Figure(f"time a submission, {what}", slower, most=_SLOWER),
                Figure(f"the parent's peak memory, {what}", larger, most=_LARGER),
            ]
        return *figures, *self._each_more()

    def _each_more(self) -> list[Figure]:
        """What one submission more costs, which knows nothing of what a round costs by itself."""
        each = [
            (self.rounds[more, 2].seconds - self.rounds[less, 2].seconds) / (more - less)
            for less, more in pairwise(self.sizes)
        ]
        figures = [
            Figure(f"each submission more, from {less:,} to {more:,}", 1000 * seconds, "ms")
            for seconds, (less, more) in zip(each, pairwise(self.sizes), strict=True)
        ]
        if len(each) > 1:
            what = f"each more, from {self.sizes[-2]:,} against from {self.sizes[0]:,}"
            figures.append(Figure(what, each[-1] / each[0], most=_SLOWER))
        return figures

    def parts(self) -> tuple[Figure, ...]:
        """The memory of each round's processes."""
        return tuple(
            Figure(f"{size:,} on {cores}: peak memory of the {whose}", held / 1e6, "MB")
            for (size, cores), ran in self.rounds.items()
            for whose, held in (("parent", ran.parent), ("largest worker", ran.worker))
        )


def measure(sizes: Sequence[int] = SIZES, times: int = TIMES) -> Scaled:
    """Each size on one core and on two, taking turns: so many times, from a thousand on once, and
    the largest on two cores only.

    Raises RuntimeError when a file does not become what it is meant for.
    """
    rounds = {}
    for size in sorted(set(sizes)):
        on = CORES if size <= _MOST_ON_ONE else CORES[1:]
        taken: dict[int, list[Ran]] = {cores: [] for cores in on}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            states = make_inbox(size, folder).states
            for repetition in range(times if size < _MANY else 1):
                for cores in on:
                    output = folder / f"output-{cores}-{repetition}"
                    taken[cores].append(_apart(folder, output, states, cores))
                    shutil.rmtree(output)
        for cores, ran in taken.items():
            rounds[size, cores] = Ran(
                median(one.seconds for one in ran),
                max(one.parent for one in ran),
                max(one.worker for one in ran),
            )
    return Scaled(rounds, _share_nothing())


def _share_nothing() -> float:
    """The reference's fixed work, once by one process on one core and once by two on two."""
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as processes:

        def seconds(share: int) -> float:
            start = time.perf_counter()
            running = [processes.submit(_work, share) for _ in range(_PIECES // share)]
            for each in running:
                each.result()
            return time.perf_counter() - start

        seconds(1)  # both start, and load what they need
        return median(seconds(_PIECES) / seconds(_PIECES // 2) for _ in range(5))


def _work(pieces: int) -> None:
    for _ in range(pieces):
        work()


def _apart(folder: Path, output: Path, states: Mapping[str, FileState], cores: int) -> Ran:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, folder, output, states, cores).result()


def _run(folder: Path, output: Path, states: Mapping[str, FileState], cores: int) -> Ran:
    """One round in this process, as ``batch`` runs it."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    workers: dict[int, int] = {}

    def progress() -> None:
        for process in multiprocessing.active_children():
            if process.pid is not None:
                workers[process.pid] = peak_memory(process.pid)

    start = time.perf_counter()
    registry, forms = (folder / "units.xlsx").read_bytes(), Forms(source=compiled())
    units = read_registry(registry, "units.xlsx", forms).units
    inbox = list_inbox(folder / "inbox", output)
    result = run_round(inbox, output, ROUND, Office(units, forms=forms), cores, progress)
    seconds = time.perf_counter() - start
    became = {file.name: file.state for file in result.files}
    if became != states:
        named = became.keys() | states.keys()
        wrong = sorted(name for name in named if became.get(name) != states.get(name))
        raise RuntimeError(f"not what they are meant for: {wrong[:5]}")
    return Ran(seconds, peak_memory(os.getpid()), max(workers.values(), default=0))


def main(sizes: Sequence[int], times: int) -> None:
    print(f"{machine()}; medians of {times}, from {_MANY:,} submissions on once\n")
    scaled = measure(sizes, times)
    print(table((*scaled.figures(), *scaled.parts())))


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or SIZES, TIMES)
