"""The sheet of documents: what each criterion asks for, what came and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from moral_xlsx.excel.form.drawing import RED, Drawing
from moral_xlsx.excel.summary.grid import Column, Row, draw_grid
from moral_xlsx.model.round import RoundResult
from moral_xlsx.rules.register import TITLE, register

_MISSING = "ที่ยังขาด"


def received(result: RoundResult) -> list[Row]:
    """A row for each criterion of each unit's counted form."""
    files = {
        (file.form, file.unit_code, file.name): file
        for file in result.files
        if file.state == "counted"
    }
    rows: list[Row] = []
    for form in result.forms:
        for unit in form.units:
            file = files.get((form.form.id, unit.unit.code, unit.file))
            if unit.assessment is None or file is None:
                continue
            evidence = [each for each, _ in file.evidence]
            lines = register(form.form, unit.assessment, evidence, file.received)
            whose = (unit.unit.code, unit.unit.name, form.form.short_title)
            rows += [
                (
                    *whose,
                    each.criterion,
                    each.required,
                    "\n".join(each.came),
                    each.received,
                    each.missing,
                )
                for each in lines
            ]
    return rows


def draw_received(drawing: Drawing, round_words: str, rows: Sequence[Row]) -> None:
    """The register of all units."""
    columns = (
        *(Column("รหัสหน่วยงาน", 13), Column("หน่วยงาน", 30), Column("แบบ", 30)),
        Column("ข้อ", 36),
        Column("เอกสารที่แบบขอ", 48),
        Column("ที่ได้รับ", 40),
        Column("วันที่ได้รับ", 19),
        Column(_MISSING, 40),
    )
    grid = draw_grid(drawing, round_words, TITLE, "ทะเบียนเอกสารที่ได้รับ", columns, rows, 2)
    at = grid.at(_MISSING)
    grid.colour(at, at, f"=LEN({grid.cell(_MISSING)})>0", font_color=RED)
