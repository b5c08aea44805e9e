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

# Bytes: a form has a tenth of that. What is small, and let in, is read in a moment.
_SMALL = 1_000_000
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
        small = path.stat().st_size <= _SMALL
        return small and inspect(path.read_bytes()).kind in _SAFE
    except (Refused, OSError):
        return False


def _apart(paths: Sequence[Path], prepared: Prepared) -> Iterator[Taken]:
    # Only these need the library that starts processes.
    from moral_xlsx.submission.workers import take_in

    yield from take_in(paths, None, prepared, 1)
