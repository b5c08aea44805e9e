"""A file may take a gigabyte and twenty seconds; whatever takes more costs only itself."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from moral_xlsx.submission import limits
from moral_xlsx.submission.limits import Watch, begin_file, end_file, hold_memory, why_ended
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import take_in

# Processes are started.
pytestmark = pytest.mark.slow

only_where_enforced = pytest.mark.skipif(
    not limits.enforced(), reason="elsewhere the watch below does it"
)


def _nothing(path: str) -> Taken:
    return Taken(Path(path).stem, 1)


def takes_memory(path: str, _: str | None) -> Taken:
    if "bad" in path:
        bytearray(3 << 30)
    return _nothing(path)


def takes_time(path: str, _: str | None) -> Taken:
    begin_file(1)
    while "bad" in path:
        pass
    return _nothing(path)


def aborts(path: str, _: str | None) -> Taken:
    """As libraries do when they get no memory."""
    if "bad" in path:
        os.abort()
    return _nothing(path)


def fails(path: str, _: str | None) -> Taken:
    if "bad" in path:
        raise KeyError("of ours")
    return _nothing(path)


def dies_once(path: str, _: str | None) -> Taken:
    mark = Path(path).with_suffix(".seen")
    if "bad" in path and not mark.exists():
        mark.touch()
        os._exit(1)
    return _nothing(path)


def files(folder: Path) -> list[Path]:
    paths = [folder / name for name in ("a.xlsx", "bad.xlsx", "c.xlsx", "d.xlsx")]
    for path in paths:
        path.write_bytes(b"x")
    return paths


@pytest.mark.parametrize(
    ("work", "code"),
    [
        pytest.param(takes_memory, "MX-130", marks=only_where_enforced),
        pytest.param(aborts, "MX-130", marks=only_where_enforced),
        (takes_time, "MX-112"),
        (fails, "MX-116"),
    ],
)
def test_what_takes_more_costs_one_file_and_says_why(
    work: object, code: str, tmp_path: Path
) -> None:
    taken = list(take_in(files(tmp_path), None, Prepared(), 2, work))  # type: ignore[arg-type]
    assert [[found.code for found in each.findings] for each in taken] == [[], [code], [], []]
    assert [each.failed for each in taken] == [False, code == "MX-116", False, False]


def test_a_file_whose_worker_died_of_something_else_is_judged_all_the_same(tmp_path: Path) -> None:
    taken = list(take_in(files(tmp_path), None, Prepared(), 1, dies_once))
    assert [each.findings for each in taken] == [()] * 4


def says_something(path: str, _: str | None) -> Taken:
    """As a library does that panics."""
    os.write(2, b"thread panicked at /home/somebody/x.rs")
    return _nothing(path)


def test_what_libraries_print_does_not_reach_the_clerks_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(list(take_in(files(tmp_path), None, Prepared(), 1, says_something))) == 4
    assert "panicked" not in "".join(capfd.readouterr())


def _holds(megabytes: int, holding: object) -> None:
    kept = b"x" * (megabytes << 20)
    holding.set()  # type: ignore[attr-defined]
    time.sleep(600)
    assert kept


def test_the_watch_ends_a_process_that_holds_too_much_and_no_other() -> None:
    """What does it where the system does not enforce such limits itself."""
    context = multiprocessing.get_context("spawn")
    big, small = (
        (context.Process(target=_holds, args=(size, event)), event)
        for size, event in ((800, context.Event()), (1, context.Event()))
    )
    watch = Watch(most=500 << 20)  # the small one holds a third of it, with what it imports
    try:
        for process, _ in (big, small):
            process.start()
        assert small[1].wait(120)
        big[0].join(120)
        assert watch.ended == {big[0].pid} and small[0].is_alive()
        assert why_ended(big[0].exitcode or 0, big[0].pid, watch) == "memory"
    finally:
        watch.stop()
        for process, _ in (big, small):
            process.kill()
            process.join()


def _burns() -> None:
    hold_memory()
    begin_file(1)
    while True:
        pass


def test_a_process_whose_time_is_over_ends_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_burns)
    began = time.monotonic()
    process.start()
    process.join(60)
    assert why_ended(process.exitcode or 0, process.pid, None) == "time"
    assert time.monotonic() - began < 30


def _burns_between_files() -> None:
    hold_memory()
    begin_file(1)
    end_file()
    while time.process_time() < 4:
        pass


def test_what_comes_after_a_file_is_not_held_to_its_time() -> None:
    process = multiprocessing.get_context("spawn").Process(target=_burns_between_files)
    process.start()
    process.join(60)
    assert process.exitcode == 0
