"""What tells of all units together: the desk, the summary, the department's report."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass

from moral_xlsx.excel.office.desk import desk_workbook
from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model.desk import Desk
from moral_xlsx.model.round import RoundResult
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.outbox import DESK, Outbox
from moral_xlsx.word.department.document import department_report

SUMMARY, REPORT = "summary.xlsx", "summary.docx"
_GIVEN = "overall.pickle"


def put_overall(
    result: RoundResult, desk: Desk, department: str, outbox: Outbox, crew: Crew
) -> None:
    """Puts them in place. Of many units each takes a while and much memory: they are made apart."""
    # Once for all of them, and straight into a file: the whole round need not be held here twice.
    with outbox.staged(_GIVEN).open("wb") as file:
        pickle.dump({"result": result, "desk": desk, "department": department}, file)
    tasks = [
        _Making(DESK, desk_workbook, ("desk",)),
        _Making(SUMMARY, summary_workbook, ("result",)),
        _Making(REPORT, department_report, ("result", "department")),
    ]
    for task, sha256 in zip(tasks, crew.each(tasks, at_once=1), strict=True):
        outbox.place(task.output, outbox.staged(task.output), sha256)


@dataclass(frozen=True, slots=True)
class _Making:
    """An output of that name, which a function makes of what is ``given``, by its names."""

    output: str
    function: Callable[..., bytes]
    given: tuple[str, ...]

    def make(self, at: Workplace) -> str:
        """Leaves it in the folder; gives its hash."""
        with (at.folder / _GIVEN).open("rb") as file:
            given = pickle.load(file)
        data = self.function(*(given[name] for name in self.given))
        (at.folder / self.output).write_bytes(data)
        return hashlib.sha256(data).hexdigest()
