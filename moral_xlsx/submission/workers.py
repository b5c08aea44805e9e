"""Opens submitted files, each in a worker process whose death costs only that file."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import PROGRAM_FAULT, READER_DIED, READER_TOO_SLOW
from moral_xlsx.model.errors import ProgramFaultError
from moral_xlsx.submission.limits import (
    Watch,
    begin_file,
    end_file,
    hold_memory,
    watched,
    why_ended,
)
from moral_xlsx.submission.losses import death, failed, lost, too_much_memory, unreadable
from moral_xlsx.submission.pools import (
    each_in_pools,
    leave_alone,
    result_of,
    schedule,
    until_stopped,
)
from moral_xlsx.submission.taken import CannotLeave, Prepared, Taken

if TYPE_CHECKING:
    from moral_xlsx.submission.judging import Judge

SECONDS_FOR_A_FILE = 60
_IN_FLIGHT = 4
_PREPARED = "prepared.pickle"

Work = Callable[[str, str | None], Taken]
Pools = Callable[[], AbstractContextManager[ProcessPool]]


def take_in(
    paths: Sequence[Path],
    round_name: str | None,
    prepared: Prepared,
    jobs: int,
    work: Work | None = None,
    *,
    tested: bool = False,
    pools: Pools | None = None,
) -> Iterator[Taken]:
    """What became of each file, in the order given, whatever the number of ``jobs``.

    ``round_name`` None means to judge only, without outputs. Never raises for a file: one
    that is refused, kills its worker, takes more memory or time than it may, or trips over a
    fault of ours comes back with a finding. ``work`` is what a worker does with a path and the
    round; by default it takes the whole journey, and what is remembered of a file from an earlier
    run is not made again. With ``tested`` the program tests itself first. ``pools`` gives the
    processes, by default new ones that end with the last file.

    Raises BrokenProcessPool when no worker can be started at all, ProgramFaultError when the
    program fails its own test, OSError where the folder of outputs takes nothing more.
    """
    tests = deque([tested])
    opened = pools or (lambda: until_stopped(new_pool(prepared, jobs)))

    def told(paths: Sequence[Path]) -> Iterator[Taken]:
        test = tests.popleft() if tests else False
        with opened() as pool:
            yield from in_pool(pool, paths, test)

    def in_pool(pool: ProcessPool, paths: Sequence[Path], test: bool) -> Iterator[Taken]:
        each_taken = _one_pool(pool, paths, round_name, prepared, jobs, work or _take, watch, test)
        for path, taken in zip(paths, each_taken, strict=True):
            if taken is None:
                # It may have died of something else: it gets a worker of its own.
                with until_stopped(new_pool(prepared, 1)) as own:
                    alone = _one_pool(own, (path,), round_name, prepared, 1, work or _take, watch)
                    taken = next(alone) or lost(path, finding(READER_DIED))
            yield taken

    with watched() as watch:
        yield from each_in_pools(paths, told, lambda path: lost(path, finding(READER_DIED)))


def new_pool(prepared: Prepared, jobs: int) -> ProcessPool:
    """Processes that judge files, until they are stopped."""
    return ProcessPool(
        max_workers=jobs,
        context=get_context("spawn"),
        initializer=_prepare,
        initargs=(_handed(prepared, jobs),),
    )


def _handed(prepared: Prepared, jobs: int) -> Prepared | Path:
    """What several workers share, as a file where there is a folder: a pipe holds less than a
    registry, and no process would be started before the last one has read all of it."""
    if prepared.folder is None or jobs == 1:
        return prepared
    handed = prepared.folder / _PREPARED
    handed.write_bytes(pickle.dumps(prepared))
    return handed


def _one_pool(
    pool: ProcessPool,
    paths: Sequence[Path],
    round_name: str | None,
    prepared: Prepared,
    jobs: int,
    work: Work,
    watch: Watch | None,
    test: bool = False,
) -> Iterator[Taken | None]:
    """What became of each file; None for one whose worker died, nobody knows of what."""
    testing = schedule(pool, _test, seconds=SECONDS_FOR_A_FILE) if test else None
    waiting: deque[tuple[Path, Taken | ProcessFuture[Taken]]] = deque()
    for path in paths:
        future = prepared.find(path) or schedule(
            pool, work, str(path), round_name, seconds=SECONDS_FOR_A_FILE
        )
        waiting.append((path, future))
        if len(waiting) >= _IN_FLIGHT * jobs:
            _passed(pool, testing)
            testing = None
            yield _result(pool, *waiting.popleft(), watch)
    _passed(pool, testing)
    while waiting:
        yield _result(pool, *waiting.popleft(), watch)


def _passed(pool: ProcessPool, testing: ProcessFuture[str] | None) -> None:
    """Waits for the program's test of itself; raises ProgramFaultError when it fails."""
    if testing is None:
        return
    try:
        details = result_of(pool, testing)
    except BrokenProcessPool:
        raise
    except Exception as error:
        details = repr(error)
    if details:
        raise ProgramFaultError(_FAILED, details)


_FAILED = (
    "โปรแกรมตรวจตัวเองไม่ผ่าน จึงยังไม่ได้ตรวจไฟล์ใดและไม่ได้เขียนอะไร "
    "ติดตั้งโปรแกรมใหม่ (docs/install.md) แล้วสั่งอีกครั้ง",
    "The program's test of itself failed: no file was judged and nothing was written. "
    "Install it again (docs/install.md) and run it again.",
)

_judge: Judge | None = None


def _prepare(handed: Prepared | Path) -> None:
    """Runs once in a new worker. What opens workbooks is loaded there, and never in the parent."""
    from moral_xlsx.submission.judging import Judge

    global _judge
    _judge = Judge.of(pickle.loads(handed.read_bytes()) if isinstance(handed, Path) else handed)
    leave_alone()
    hold_memory()


def _take(path: str, round_name: str | None) -> Taken:
    """Runs in a worker."""
    assert _judge is not None, "a worker is prepared before it is given work"
    begin_file()
    try:
        return _judge.take(path, round_name)
    finally:
        end_file()


def _test() -> str:
    """Runs in a worker."""
    from moral_xlsx.submission.selftest import self_test

    assert _judge is not None, "a worker is prepared before it is given work"
    begin_file()
    try:
        return self_test(_judge.prepared.forms)
    finally:
        end_file()


def _result(
    pool: ProcessPool, path: Path, future: Taken | ProcessFuture[Taken], watch: Watch | None
) -> Taken | None:
    if isinstance(future, Taken):
        return future
    try:
        return result_of(pool, future)
    except BrokenProcessPool:
        raise
    except ProcessExpired as expired:
        if why_ended(expired.exitcode, expired.pid, watch) == "unknown":
            return None
        return lost(path, death(expired, watch))
    except TookTooLong:
        return lost(path, finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_FILE))
    except CannotLeave as cannot:
        raise cannot.error from cannot
    except OSError as error:
        return unreadable(error)
    except MemoryError:
        return lost(path, too_much_memory())
    except Exception as error:
        # Such as a result that cannot be handed over.
        return failed(lost(path, finding(PROGRAM_FAULT)), error)
