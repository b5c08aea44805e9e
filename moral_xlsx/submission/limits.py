"""What a worker may take: memory and processor time, in each system's own way.

Where the system enforces a limit, the worker sets it for itself. Elsewhere the parent watches what
its workers hold and ends one that holds too much; a worker ends itself when its time is over.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import active_children
from pathlib import Path
from typing import Literal

# Bytes: beyond what a worker has mapped before it opens a file where the system keeps it to that,
# else all that it holds.
MEMORY = 1 << 30
CPU_SECONDS = 20  # for one file

Ended = Literal["memory", "time", "unknown"]

# How a worker that ends itself says why.
_OUT_OF_TIME = 79
_LOOK_EVERY = 0.05  # seconds
# What a signal gives as exit code; Rust and the C library abort when there is no memory left.
_ABORTED, _CPU_TIME_OVER = -6, -27

_deadline: float | None = None


def enforced() -> bool:
    """Whether the system itself keeps a process within such limits."""
    return sys.platform == "linux"


def hold_memory(most: int = MEMORY) -> None:
    """Lets this process map that many bytes more than it has mapped now, where the system can."""
    if enforced():
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        limit = pages * resource.getpagesize() + most
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    else:
        _start_clock()


def begin_file(seconds: int = CPU_SECONDS) -> None:
    """Gives this process that much processor time from now on, and then ends it."""
    global _deadline
    if sys.platform == "linux":
        # No limit on all that the process ever used: the system counts that by its ticks, which in
        # a long life stray from our clock by more than a file may take.
        signal.setitimer(signal.ITIMER_PROF, seconds)
    _deadline = time.process_time() + seconds


def end_file() -> None:
    """The file is done: time that passes between files, or after them all, counts for none."""
    global _deadline
    if sys.platform == "linux":
        signal.setitimer(signal.ITIMER_PROF, 0)
    _deadline = None


@cache
def _start_clock() -> None:
    """Once in a process."""
    threading.Thread(target=_end_in_time, daemon=True).start()


def _end_in_time() -> None:
    while True:
        time.sleep(_LOOK_EVERY)
        deadline = _deadline
        if deadline is not None and time.process_time() > deadline:
            os._exit(_OUT_OF_TIME)


def why_ended(exit_code: int, pid: int | None, watch: Watch | None) -> Ended:
    """Why a worker died, by its exit code and by what the watch did."""
    if watch is not None and pid in watch.ended:
        return "memory"
    if exit_code in (_OUT_OF_TIME, _CPU_TIME_OVER):
        return "time"
    return "memory" if enforced() and exit_code == _ABORTED else "unknown"


class Watch:
    """Ends workers of this process that hold more than they may; ``ended`` are their ids."""

    def __init__(self, most: int = MEMORY) -> None:
        self.ended: set[int] = set()
        # Whatever the parent holds: a round's results must not loosen what a worker may take.
        self._most = most
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the watch."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        from psutil import Error, Process

        while not self._over.wait(_LOOK_EVERY):
            for child in active_children():
                try:
                    held = Process(child.pid).memory_info().rss
                except Error:
                    continue  # it has ended by itself
                if held > self._most and child.pid is not None:
                    self.ended.add(child.pid)
                    child.kill()


@contextmanager
def watched(most: int = MEMORY) -> Iterator[Watch | None]:
    """A watch over this process's workers where the system does not enforce the limits itself."""
    if enforced():
        yield None
        return
    watch = Watch(most)
    try:
        yield watch
    finally:
        watch.stop()
