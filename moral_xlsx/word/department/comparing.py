"""Sections that compare the units: the department's level, the ranking, and who was late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from moral_xlsx.model.round import FormResult, Timeliness, UnitResult
from moral_xlsx.rules.judge.rollup import department_level, missed_below, ranking
from moral_xlsx.rules.judge.score import NO_LEVEL
from moral_xlsx.word.department.plain import (
    ORDINAL_MM,
    WIDTH_MM,
    capped,
    centre,
    head,
    left,
    plain_table,
    rest_of,
    share,
)
from moral_xlsx.word.styles import Cell, paragraph, row, table
from moral_xlsx.wording import (
    MISSED_BELOW,
    NOTHING,
    ROLL_UP,
    TIMINGS,
    date_in_words,
    number,
    remarks,
    timing_in_words,
)

_HOLDS, _FAILS = "ถึงเกณฑ์", "ไม่ถึงเกณฑ์"


def roll_up_section(result: FormResult) -> Iterator[etree._Element]:
    """Each printed rule with the share that there is, and the sentence of the result."""
    widths = (80.0, 25.0, 24.0, 19.0, 22.0)
    heads = ("เกณฑ์ตามแบบ", "ต้องได้ร้อยละ", "ถึงระดับ/ทั้งหมด", "ได้ร้อยละ", "ผล")
    rows = [
        [
            each.rule.text,
            number(each.rule.percent),
            f"{number(each.reached)}/{number(each.registered)}",
            share(each.reached, each.registered),
            _HOLDS if each.holds else _FAILS,
        ]
        for each in result.roll_up
    ]
    yield plain_table(widths, heads, rows, centred=range(1, 5))
    yield paragraph("Prose", _roll_up_sentence(result))
    if result.form.levels_note:
        yield paragraph("Note", result.form.levels_note)


def _roll_up_sentence(result: FormResult) -> str:
    reached = department_level(result.roll_up)
    if reached is None:
        return f"{ROLL_UP}: {NO_LEVEL[0]}"
    counted = [
        unit.assessment
        for unit in result.units
        if unit.registered and unit.assessment and unit.assessment.level >= reached.rule.level
    ]
    returned = sum(each.verdict == "returned" for each in counted)
    parts = [
        f"{ROLL_UP}: ระดับที่ {number(reached.rule.level)} {reached.rule.name}",
        f"โดยมีหน่วยงานที่ถึงระดับ {number(reached.reached)} "
        f"จากทั้งหมด {number(reached.registered)} หน่วยงาน "
        f"คิดเป็นร้อยละ {share(reached.reached, reached.registered)}",
        f"ในจำนวนนี้ {number(returned)} หน่วยงานยังไม่ผ่านการตรวจ" if returned else "",
        MISSED_BELOW if missed_below(result.roll_up) else "",
    ]
    return " ".join(part for part in parts if part)


def ranking_section(result: FormResult) -> Iterator[etree._Element]:
    """The units by their total, highest first."""
    form = result.form
    widths = (ORDINAL_MM + 3, 75.0, 35.0, WIDTH_MM - ORDINAL_MM - 3 - 75 - 35)
    heads = ("ลำดับที่", "หน่วยงาน", f"{form.total_label} (เต็ม {number(form.maximum)})", "หมายเหตุ")
    rows = [
        [
            NOTHING if each.rank is None else number(each.rank),
            each.unit.unit.name or each.unit.unit.code,
            NOTHING if each.total is None else number(each.total),
            remarks(each),
        ]
        for each in capped(ranking(result.units))
    ]
    yield plain_table(widths, heads, rows, centred=(0, 2))
    yield from rest_of(len(result.units))
    yield paragraph("Note", "หน่วยงานที่คะแนนเท่ากันอยู่ลำดับเดียวกัน และเว้นลำดับถัดไปตามจำนวนนั้น")


def timeliness_section(result: FormResult) -> Iterator[etree._Element]:
    """How many units kept each due date, and the names of those that did not."""
    looked_at = [(unit, each) for unit in result.units for each in unit.timeliness]
    for due in dict.fromkeys(each.due for _, each in looked_at):
        counts = Counter(each.timing for _, each in looked_at if each.due == due)
        parts = [
            f"{words} {number(counts[timing])} หน่วยงาน"
            for timing, (words, _) in TIMINGS.items()
            if counts[timing]
        ]
        yield paragraph("Prose", f"{due.label} ({date_in_words(due.date)}): {' '.join(parts)}")
    late = [(u, each) for u, each in looked_at if each.timing not in ("on_time", "not_due")]
    if not late:
        return
    widths = (46.0, 46.0, 26.0, 26.0, 26.0)
    heads = ("หน่วยงาน", "กำหนด", "วันกำหนดส่ง", "วันที่ได้รับ", "ผล")
    rows = [row(widths, [head(each) for each in heads], header=True)]
    rows += [row(widths, _late_cells(unit, each), whole=True) for unit, each in capped(late)]
    yield table(widths, rows)
    yield from rest_of(len(late))


def _late_cells(unit: UnitResult, each: Timeliness) -> list[Cell]:
    due = date_in_words(each.due.date)
    if each.until != each.due.date:
        due += f"\nขยายถึง {date_in_words(each.until)}"
    return [
        left(unit.unit.name or unit.unit.code),
        left(each.due.label),
        centre(due),
        centre(date_in_words(each.received)),
        centre(timing_in_words(each)),
    ]
