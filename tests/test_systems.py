"""What must not depend on the system that the program runs on: the bytes that it writes."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from conftest import golden_of

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.model.round import FormResult, RoundResult, UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.word.department.document import department_report

FORM = load_form("moi-2569")
UNIT = Unit("ICT", "ศูนย์เทคโนโลยีสารสนเทศ")
ROUND = RoundResult("2569-05", (FormResult(FORM, (UnitResult(UNIT, True, "missing"),)),), ())

# Every kind of zip package that the program makes anew; all others are copies of packages.
WRITTEN: dict[str, Callable[[], bytes]] = {
    "form": lambda: write_workbook(compile_rubric(FORM), Content(golden_of(FORM.id))),
    "registry": lambda: write_registry((UNIT,), (FORM.id,)),
    "summary": lambda: summary_workbook(ROUND),
    "report": lambda: department_report(ROUND, "กรม"),
}


def on(system: str, write: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What is written where ``zipfile`` takes the system for another one."""
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "sys", SimpleNamespace(**{**vars(sys), "platform": system}))
        return write()


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_package_has_the_same_bytes_on_every_system(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = WRITTEN[kind]
    assert on("win32", write, monkeypatch) == on("linux", write, monkeypatch)
