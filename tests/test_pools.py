"""Workers that die while they start, as on a machine without memory: nobody waits for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from pebble import ProcessFuture, ProcessPool
from picture_samples import photo

from moral_xlsx.model.evidence import Print
from moral_xlsx.submission import containers, prints, workers
from moral_xlsx.submission.containers import unpack_each
from moral_xlsx.submission.pools import each_in_pools, result_of
from moral_xlsx.submission.prints import print_each
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import take_in

# What is still to die, a file each: a worker that starts takes one away.
DOOMED = "MORAL_XLSX_TEST_DOOMED"


def dies_at_start(*_: object) -> None:
    for each in Path(os.environ[DOOMED]).glob("*"):
        each.unlink(missing_ok=True)
        os._exit(7)


def answers(path: str, _: str | None) -> Taken:
    return Taken(Path(path).name, 1)


@pytest.fixture
def doomed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets so many workers die while they start."""
    folder = tmp_path / "doomed"
    folder.mkdir()
    monkeypatch.setenv(DOOMED, str(folder))
    for room, name in ((workers, "_prepare"), (containers, "leave_alone"), (prints, "_prepare")):
        monkeypatch.setattr(room, name, dies_at_start)

    def doom(count: int) -> None:
        for number in range(count):
            (folder / f"{number}").touch()

    return doom


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{number}.jpg" for number in range(12)]
    for path in made:
        path.write_bytes(photo())
    return made


def judged(paths: Sequence[Path]) -> list[Any]:
    return [each.sha256 for each in take_in(paths, None, Prepared(), 2, answers)]


def unpacked(paths: Sequence[Path]) -> list[Any]:
    containers = [(path.name, path) for path in paths]
    return [each.size for each in unpack_each(containers, paths[0].parent / "parts", 2)]


def printed(paths: Sequence[Path]) -> list[Any]:
    return [type(each) for each in print_each([(each, each) for each in paths], 2)]


@pytest.mark.slow
@pytest.mark.parametrize("work", [judged, unpacked, printed])
def test_the_work_goes_to_a_new_pool_when_workers_die_at_their_start(
    work: Callable[[Sequence[Path]], list[Any]],
    doomed: Callable[[int], None],
    paths: list[Path],
) -> None:
    # One fewer than the breaks over one file that cost it.
    doomed(2)
    done = work(paths)
    assert len(done) == len(paths)
    if work is judged:
        assert done == [path.name for path in paths]
    elif work is printed:
        assert set(done) == {Print}


@pytest.mark.slow
@pytest.mark.parametrize("work", [judged, unpacked, printed])
def test_nobody_waits_for_workers_that_never_start(
    work: Callable[[Sequence[Path]], list[Any]],
    doomed: Callable[[int], None],
    paths: list[Path],
) -> None:
    doomed(200)
    with pytest.raises(BrokenProcessPool):
        work(paths)


def test_what_a_broken_pool_has_forgotten_is_not_waited_for() -> None:
    """Pebble tells only of work that it had already given out when the pool broke."""
    pool = ProcessPool(1)
    pool.stop()
    told: list[BaseException] = []

    def ask() -> None:
        try:
            result_of(pool, ProcessFuture())
        except BrokenProcessPool as broken:
            told.append(broken)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    assert told


def breaking(breaks: dict[str, int]) -> Callable[[Sequence[str]], Iterator[str]]:
    """A pool that breaks so many times over an item before it gives it back in capitals."""

    def one_pool(items: Sequence[str]) -> Iterator[str]:
        for item in items:
            if breaks.get(item, 0):
                breaks[item] -= 1
                raise BrokenProcessPool
            yield item.upper()

    return one_pool


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        ({}, ["A", "B", "C"]),
        ({"a": 2, "b": 2, "c": 2}, ["A", "B", "C"]),
        ({"b": 3}, ["A", "lost b", "C"]),
        ({"b": 3, "c": 3}, ["A", "lost b", "lost c"]),
    ],
)
def test_a_pool_that_breaks_costs_only_what_breaks_it_each_time(
    breaks: dict[str, int], expected: list[str]
) -> None:
    assert [*each_in_pools("abc", breaking(breaks), lambda item: f"lost {item}")] == expected


def test_a_pool_that_never_starts_is_no_file_s_fault() -> None:
    with pytest.raises(BrokenProcessPool):
        next(each_in_pools("abc", breaking({"a": 99}), str))
