"""What tells of all units together: the desk, the summary, the department's report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moral_xlsx.excel.office.desk import desk_workbook
from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model.desk import Desk
from moral_xlsx.model.round import RoundResult
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.outbox import DESK, Outbox
from moral_xlsx.word.department.document import department_report

SUMMARY, REPORT = "summary.xlsx", "summary.docx"


def put_overall(
    result: RoundResult, desk: Desk, department: str, outbox: Outbox, crew: Crew
) -> None:
    """Puts them in place. Of many units each takes a while and much memory: they are made apart."""
    tasks = [
        _Making(DESK, desk_workbook, (desk,)),
        _Making(SUMMARY, summary_workbook, (result,)),
        _Making(REPORT, department_report, (result, department)),
    ]
    for task, sha256 in zip(tasks, crew.each(tasks, at_once=1), strict=True):
        outbox.place(task.output, outbox.staged(task.output), sha256)


@dataclass(frozen=True, slots=True)
class _Making:
    """An output of that name, which a function makes of its arguments."""

    output: str
    function: Callable[..., bytes]
    arguments: tuple[Any, ...]

    def make(self, at: Workplace) -> str:
        """Leaves it in the folder; gives its hash."""
        data = self.function(*self.arguments)
        (at.folder / self.output).write_bytes(data)
        return hashlib.sha256(data).hexdigest()
