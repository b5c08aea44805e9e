"""What came beside a form, put into its own outputs: pictures in the report, the register of
documents in the workbooks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.evidence import annex_pictures
from moral_xlsx.round.register import list_documents
from moral_xlsx.round.stages import ComparedFile


def dress(files: Iterable[ComparedFile], crew: Crew) -> None:
    """Puts pictures and registers into the outputs of the files that count."""
    counted = (each for each in files if each.state == "counted")
    deque(crew.each([_Dressing(each) for each in counted]), maxlen=0)


@dataclass(frozen=True, slots=True)
class _Dressing:
    file: ComparedFile

    def make(self, at: Workplace) -> None:
        judged = self.file.taken.assessment
        if judged is not None:
            form = at.forms[judged.form]
            annex_pictures(self.file, form, at.folder)
            list_documents(self.file, form, at.folder)
