"""What tells of all units together: the desk, the summary, the department's report."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from moral_xlsx.excel.office.desk import desk_workbook
from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model.desk import Desk
from moral_xlsx.model.round import RoundResult
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.outbox import DESK, Outbox
from moral_xlsx.word.department.document import department_report

SUMMARY, REPORT = "summary.xlsx", "summary.docx"
_RESULT, _DESK = "result.pickle", "desk.pickle"
# Units, files or rows that are written at once; only what these share is held once.
_AT_ONCE = 100


def put_overall(
    result: RoundResult, desk: Desk, department: str, outbox: Outbox, crew: Crew
) -> None:
    """Puts them in place. Of many units each takes a while and much memory: they are made apart."""
    # Once for all of them, and piece by piece: the whole round need not be held here twice.
    with outbox.staged(_RESULT).open("wb") as file:
        of_forms = [replace(each, units=()) for each in result.forms]
        units = [each.units for each in result.forms]
        _write(file, replace(result, forms=tuple(of_forms), files=()), result.files, *units)
    with outbox.staged(_DESK).open("wb") as file:
        _write(file, replace(desk, rows=dict.fromkeys(desk.rows, ())), *desk.rows.values())
    tasks = [
        _Making(DESK, _desk),
        _Making(SUMMARY, _summary),
        _Making(REPORT, partial(_report, department)),
    ]
    for task, sha256 in zip(tasks, crew.each(tasks, at_once=1), strict=True):
        outbox.place(task.output, outbox.staged(task.output), sha256)


@dataclass(frozen=True, slots=True)
class _Making:
    """An output of that name, which a function makes of what lies in the folder."""

    output: str
    function: Callable[[Path], bytes]

    def make(self, at: Workplace) -> str:
        """Leaves it in the folder; gives its hash."""
        data = self.function(at.folder)
        (at.folder / self.output).write_bytes(data)
        return hashlib.sha256(data).hexdigest()


def _summary(folder: Path) -> bytes:
    return summary_workbook(_result(folder))


def _report(department: str, folder: Path) -> bytes:
    return department_report(_result(folder), department)


def _desk(folder: Path) -> bytes:
    desk, *rows = _read(folder / _DESK)
    return desk_workbook(replace(desk, rows=dict(zip(desk.rows, rows, strict=True))))


def _result(folder: Path) -> RoundResult:
    result, files, *units = _read(folder / _RESULT)
    assert isinstance(result, RoundResult)
    each = zip(result.forms, units, strict=True)
    forms = tuple(replace(form, units=tuple(its)) for form, its in each)
    return replace(result, forms=forms, files=tuple(files))


def _write(file: BinaryIO, value: object, *lists: Sequence[object]) -> None:
    """Writes a value, and lists in pieces that know nothing of one another."""
    pickler = pickle.Pickler(file)
    pickler.dump((value, [len(each) for each in lists]))
    for each in lists:
        for start in range(0, len(each), _AT_ONCE):
            pickler.clear_memo()
            pickler.dump(each[start : start + _AT_ONCE])


def _read(path: Path) -> list[Any]:
    """The value that was written, and the lists."""
    with path.open("rb") as file:
        value, lengths = pickle.load(file)
        return [value, *(_joined(file, length) for length in lengths)]


def _joined(file: BinaryIO, length: int) -> list[object]:
    return [each for _ in range(0, length, _AT_ONCE) for each in pickle.load(file)]
