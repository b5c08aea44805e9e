"""Sheets that compare: the units' ranking, who came in time, and what moved since last round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from moral_xlsx.excel.form.drawing import GREEN, RED, Drawing
from moral_xlsx.excel.summary.grid import Column, Grid, Row, draw_grid
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FormResult, Timeliness, UnitResult
from moral_xlsx.rules.judge.rollup import ranking
from moral_xlsx.wording import TIMINGS, remarks, round_in_words, timing_in_words

DUE, PROGRESS = "กำหนดส่ง", "ความก้าวหน้า"
_STATE, _DAYS, _CHANGE = "ผล", "ช้า (วัน)", "เปลี่ยนแปลง"
_CODE, _UNIT, _FORM = Column("รหัสหน่วยงาน", 13), Column("หน่วยงาน", 32), Column("แบบ", 36)


def draw_ranking(drawing: Drawing, round_words: str, title: str, form_result: FormResult) -> None:
    """The units of a form by their total, highest first."""
    form = form_result.form
    columns = (
        Column("ลำดับที่", 9, centred=True),
        Column("รหัสหน่วยงาน", 13),
        Column("หน่วยงาน", 46),
        Column(f"{form.total_label} (เต็ม {form.maximum})", 22, centred=True),
        Column("หมายเหตุ", 40),
    )
    rows = [
        (each.rank, each.unit.unit.code, each.unit.unit.name, each.total, remarks(each))
        for each in ranking(form_result.units)
    ]
    heading = f"{form.ranking} · {form.short_title}"
    draw_grid(drawing, round_words, title, heading, columns, rows, 3)


def due_dates(forms: Sequence[FormResult]) -> list[Row]:
    """A row for each unit and due date."""
    return [
        _due_row(form.form, unit, each)
        for form in forms
        for unit in form.units
        for each in unit.timeliness
    ]


def _due_row(form: Form, unit: UnitResult, each: Timeliness) -> Row:
    extended = each.until if each.until != each.due.date else None
    days = each.days if each.timing == "late" else None
    return (
        *(unit.unit.code, unit.unit.name, form.short_title, each.due.label),
        *(each.due.date, extended, each.received, timing_in_words(each), days),
    )


def draw_due_dates(drawing: Drawing, round_words: str, rows: Sequence[Row]) -> None:
    """Whether each unit's form came in time."""
    columns = (
        *(_CODE, _UNIT, _FORM, Column("กำหนด", 28)),
        Column("วันกำหนดส่ง", 19),
        Column("ขยายถึง", 19),
        Column("วันที่ได้รับ", 19),
        Column(_STATE, 15),
        Column(_DAYS, 8, centred=True),
    )
    grid = draw_grid(drawing, round_words, DUE, "กำหนดส่งของทุกแบบ", columns, rows, 2)
    grid.colour_value(_STATE, TIMINGS["missing"][0], font_color=RED, bold=True)
    _colour_sign(grid, _DAYS, ">", RED, at=_STATE)


def progress(forms: Sequence[FormResult]) -> list[Row]:
    """A row for each total and each activity that an earlier round knew."""
    return [
        (unit.unit.code, unit.unit.name, form.form.short_title, *row)
        for form in forms
        for unit in form.units
        for row in _moves(form.form, unit)
    ]


def _moves(form: Form, unit: UnitResult) -> Iterator[Row]:
    previous = unit.previous
    earlier = round_in_words(previous.round) if previous else ""
    # What a progress report meets depends on the time that it is for.
    if previous and form.criteria and form.follows is None:
        now = unit.assessment.total if unit.assessment else None
        yield (None, form.total_label, earlier, *_change(previous.total, now))
    for each in unit.progress:
        yield (each.number, each.title, earlier, *_change(each.before, each.now))


def _change(before: Decimal | int | None, now: Decimal | int | None) -> Row:
    return before, now, None if before is None or now is None else now - before


def draw_progress(drawing: Drawing, round_words: str, rows: Sequence[Row]) -> None:
    """Totals and activities, each with what it was in the last round."""
    columns = (
        *(_CODE, _UNIT, _FORM, Column("กิจกรรมที่", 9, centred=True), Column("เรื่อง", 46)),
        Column("รอบก่อน", 20),
        Column("เดิม", 9, centred=True),
        Column("ปัจจุบัน", 9, centred=True),
        Column(_CHANGE, 12, centred=True),
    )
    grid = draw_grid(drawing, round_words, PROGRESS, "ความก้าวหน้าจากรอบก่อน", columns, rows, 2)
    _colour_sign(grid, _CHANGE, "<", RED)
    _colour_sign(grid, _CHANGE, ">", GREEN)


def _colour_sign(grid: Grid, heading: str, sign: str, colour: str, at: str = "") -> None:
    """Colours where the number in a column is below or above 0; ``at`` another column."""
    cell = grid.cell(heading)
    shown = grid.at(at or heading)
    formula = f"=AND(ISNUMBER({cell}),{cell}{sign}0)"
    grid.colour(shown, shown, formula, font_color=colour, bold=True)
