"""Sheets of a form that is compiled: its figures over all units, and the lists of all units."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from moral_xlsx.excel.form.drawing import Drawing
from moral_xlsx.excel.summary.grid import Column, Row, draw_grid
from moral_xlsx.model.compilation import Compiled
from moral_xlsx.model.form import Form
from moral_xlsx.rules.compilation import absent_in_words, divided, effect, listed
from moral_xlsx.rules.judge.expression import cut_to_hundredths

COMPILED, LISTED = "รวมผล", "รายการรวม"
_ABOUT = (Column("หมวด", 34), Column("เรื่อง", 46))
_ABSENT = Column("หน่วยงานที่ยังไม่นับ", 40)


def draw_figures(
    drawing: Drawing, round_words: str, title: str, form: Form, compiled: tuple[Compiled, ...]
) -> None:
    """Sums, shares and distributions, each with who is missing and what that does to it."""
    columns = (
        *_ABOUT,
        Column("คำตอบ", 24),
        Column("จำนวน", 11, centred=True),
        Column("จาก", 11, centred=True),
        Column("หน่วยนับ", 14, centred=True),
        Column("ร้อยละ", 10, centred=True),
        Column("หน่วยงานที่นับ", 10, centred=True),
        _ABSENT,
        Column("ผลต่อค่านี้", 36),
    )
    rows = [row for each in compiled if not each.item.list for row in _figures(each)]
    heading = f"{COMPILED}ของทุกหน่วยงาน · {form.short_title}"
    draw_grid(drawing, round_words, title, heading, columns, rows, 2)


def draw_lists(
    drawing: Drawing, round_words: str, title: str, form: Form, compiled: tuple[Compiled, ...]
) -> None:
    """What units tell row by row, below one another."""
    columns = (*_ABOUT, Column("หน่วยงาน", 32), Column("รายการ", 80), _ABSENT)
    rows: list[Row] = []
    for each in compiled:
        absent = absent_in_words(each.absent)
        about = each.item.group, each.item.label
        rows += [(*about, unit, listed(each, row), absent) for unit, row in each.rows]
        if each.item.list and not each.rows:
            rows.append((*about, None, "ไม่มีรายการ", absent))
    heading = f"{LISTED}ของทุกหน่วยงาน · {form.short_title}"
    draw_grid(drawing, round_words, title, heading, columns, rows, 2)


def _figures(each: Compiled) -> Iterator[Row]:
    about = each.item.group, each.item.label
    rest = each.counted, absent_in_words(each.absent), effect(each)
    if not each.counted:
        yield (*about, None, None, None, None, None, *rest)
    elif each.item.sum:
        yield (*about, None, int(each.sums[0]), None, each.unit, None, *rest)
    elif each.item.share:
        part, whole = map(int, each.sums)
        shown = None if each.share is None else cut_to_hundredths(each.share)
        yield (*about, None, part, whole, each.unit, shown, *rest)
    else:
        counts = divided(each)
        total = sum(count for _, count in counts)
        unit = "แถว" if each.of_rows else "หน่วยงาน"
        for word, count in counts:
            share = cut_to_hundredths(Fraction(100 * count, total)) if total else None
            yield (*about, word, count, total, unit, share, *rest)
