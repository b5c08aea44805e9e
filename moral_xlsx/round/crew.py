"""Makes what belongs to one file each, spread over processes: records, letters, annexes.

What they work on has been judged: nothing of it can harm them, so they are no workers as those that
open what was sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.submission.pools import leave_alone

# Fewer are made here while other processes would still be starting.
_FEW = 60
_AT_ONCE, _IN_FLIGHT = 8, 3

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Workplace:
    """What everything of a round is made with; in ``folder`` lies what was made so far."""

    folder: Path
    round: str
    forms: Forms
    letters: Letters


class Task(Protocol[Made_co]):
    """Something to be made of values and of what lies in the folder."""

    def make(self, at: Workplace) -> Made_co:
        """Makes it; what it leaves in the folder bears a name of its own."""


class Crew:
    """Processes that make tasks, started when there are enough of them; used with ``with``."""

    def __init__(self, place: Workplace, jobs: int) -> None:
        self._place, self._jobs = place, jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, tasks: Sequence[Task[Made]], at_once: int = _AT_ONCE) -> Iterator[Made]:
        """What each task makes, in order; raises whatever a task raises. So many go to a process
        ``at_once``."""
        if self._jobs == 1 or (self._pool is None and len(tasks) < _FEW):
            yield from (task.make(self._place) for task in tasks)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs, get_context("spawn"), initializer=_begin, initargs=(self._place,)
            )
        yield from _InFlight(self._pool, self._place, self._jobs, at_once, iter(tasks)).each()


class _InFlight(Generic[Made]):
    """Some tasks at a time, so that what waits does not grow with their number."""

    def __init__(
        self,
        pool: ProcessPoolExecutor,
        place: Workplace,
        jobs: int,
        at_once: int,
        tasks: Iterator[Task[Made]],
    ) -> None:
        self._pool, self._place, self._at_once, self._tasks = pool, place, at_once, tasks
        self._most = _IN_FLIGHT * jobs
        self._waiting: deque[tuple[list[Task[Made]], Future[list[Made]] | None]] = deque()

    def each(self) -> Iterator[Made]:
        while self._fill():
            tasks, future = self._waiting.popleft()
            yield from self._made(tasks, future)

    def _fill(self) -> bool:
        while len(self._waiting) < self._most and (tasks := [*islice(self._tasks, self._at_once)]):
            try:
                future = self._pool.submit(_make, tasks)
            except BrokenProcessPool:
                future = None
            self._waiting.append((tasks, future))
        return bool(self._waiting)

    def _made(self, tasks: list[Task[Made]], future: Future[list[Made]] | None) -> list[Made]:
        """What came of some tasks; where a process was killed, they are made here."""
        try:
            if future is not None:
                return future.result()
        except BrokenProcessPool:
            pass
        return [task.make(self._place) for task in tasks]


_place: Workplace | None = None


def _begin(place: Workplace) -> None:
    """Runs once in a new process."""
    global _place
    _place = place
    leave_alone()


def _make(tasks: list[Task[Made]]) -> list[Made]:
    assert _place is not None, "a process of the crew begins with its place"
    return [task.make(_place) for task in tasks]
