"""Judges a file in this process, where that is as safe as in one of its own, and much quicker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.errors import Refused
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.judging import judge_file
from moral_xlsx.submission.limits import begin_file, end_file
from moral_xlsx.submission.taken import Prepared, Taken

# Bytes, as it came and inflated; a form has a quarter of that. What is small, and let in, is read
# in a second or two: nothing ends this process, and all that it would say, for its time.
_SMALL, _SMALL_INSIDE = 1_000_000, 5_000_000
_SAFE = ("xlsx", "xlsm")  # the other formats are read by several programs, of less repute


def judge_each(paths: Sequence[Path], prepared: Prepared) -> Iterator[Taken]:
    """What is to be said of each file, in order; none of them can end this process."""
    apart = [path for path in paths if not _is_safe(path)]
    judged_apart = _apart(apart, prepared)
    journey = Journey(prepared.units, prepared.forms, prepared.rulings, framed=False)
    for path in paths:
        if path in apart:
            yield next(judged_apart)
            continue
        begin_file()
        try:
            yield judge_file(path, journey, None)
        finally:
            end_file()


def _is_safe(path: Path) -> bool:
    """Whether the guard lets a small workbook in; what cannot be read, a worker tells of."""
    try:
        if path.stat().st_size > _SMALL:
            return False
        inspected = inspect(path.read_bytes())
    except (Refused, OSError):
        return False
    members = inspected.package.members if inspected.package else ()
    return inspected.kind in _SAFE and sum(each.size for each in members) <= _SMALL_INSIDE


def _apart(paths: Sequence[Path], prepared: Prepared) -> Iterator[Taken]:
    # Only these need the library that starts processes.
    from moral_xlsx.submission.workers import take_in

    yield from take_in(paths, None, prepared, 1)
