"""Pools of worker processes, and what becomes of the work when one breaks."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from pebble import ProcessFuture, ProcessPool

_MOST_BREAKS = 3
_LOOK_EVERY = 0.5  # seconds

Item = TypeVar("Item")
Result = TypeVar("Result")


def each_in_pools(
    items: Sequence[Item],
    one_pool: Callable[[Sequence[Item]], Iterator[Result]],
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    """What ``one_pool`` gives for each item, in order; when it breaks, a new one gets the rest.

    An idle worker that dies breaks its pool. An item over which that happens time and again is
    ``lost``. Raises BrokenProcessPool when no worker can be started at all.
    """
    remaining = deque(items)
    breaks = 0
    while remaining:
        try:
            for result in one_pool(tuple(remaining)):
                breaks = 0
                remaining.popleft()
                yield result
        except BrokenProcessPool:
            breaks += 1
            if breaks == _MOST_BREAKS:
                if len(remaining) == len(items):
                    raise
                breaks = 0
                yield lost(remaining.popleft())


def schedule(
    pool: ProcessPool, work: Callable[..., Result], *arguments: Any, seconds: float
) -> ProcessFuture[Result]:
    """Gives a pool work; raises BrokenProcessPool where it is broken already."""
    try:
        return pool.schedule(work, args=list(arguments), timeout=seconds)
    except RuntimeError as error:  # what a pool says that is broken
        raise BrokenProcessPool(str(error)) from error


def result_of(pool: ProcessPool, future: ProcessFuture[Result]) -> Result:
    """What came of scheduled work, or its error; raises BrokenProcessPool where the pool broke."""
    while not wait((future,), _LOOK_EVERY).done:
        # What a pool had not yet given out when it broke, it never tells of.
        if not pool.active:
            raise BrokenProcessPool("the pool broke before it began this")
    return future.result()


@contextmanager
def until_stopped(pool: ProcessPool) -> Iterator[ProcessPool]:
    """A pool that ends with what it has begun, and at once when something goes wrong here."""
    try:
        yield pool
        pool.close()  # type: ignore[no-untyped-call] # a library that is typed in part
    except BaseException:  # Ctrl-C too: whoever waits for the end shall not wait for the files
        pool.stop()  # type: ignore[no-untyped-call] # as above
        raise
    finally:
        pool.join()


def leave_alone() -> None:
    """Takes the clerk's terminal from a worker: its screen, where libraries print whatever they
    stumble over, and its Ctrl-C, at which the parent ends its workers. What we have to know of a
    fault comes back as a value."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
