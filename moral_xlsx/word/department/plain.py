"""What the chapters of the department's report are made of: plain tables, cells and shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from lxml import etree

from moral_xlsx.word.styles import Cell, Run, paragraph, row, table
from moral_xlsx.wording import NOTHING, number

WIDTH_MM = 170.0
ORDINAL_MM = 12.0
# Of one table, some twenty pages.
MOST_ROWS = 500

T = TypeVar("T")


def plain_table(
    widths: Sequence[float],
    heads: Iterable[str],
    rows: Iterable[Sequence[str]],
    centred: Iterable[int],
) -> etree._Element:
    """A table of texts; the ``centred`` columns are counted from 0."""
    in_centre = frozenset(centred)
    shown = [row(widths, [head(each) for each in heads], header=True)]
    for texts in rows:
        cells = [
            centre(text) if column in in_centre else left(text) for column, text in enumerate(texts)
        ]
        shown.append(row(widths, cells, whole=True))
    return table(widths, shown)


def head(text: str) -> Cell:
    """A heading's cell."""
    return Cell([paragraph("Head", text)], shaded=True, middle=True)


def left(text: str) -> Cell:
    """A cell of text."""
    return Cell([paragraph("Text", text)])


def centre(text: str) -> Cell:
    """A cell of a number or a word."""
    return Cell([paragraph("Centre", text)])


def mark(true: bool, beside: str = "") -> Cell:
    """A cell with ✓ or ✗, and what stands beside it."""
    return Cell([paragraph("Centre", Run("✓" if true else "✗", "Box"), beside)])


def share(count: int, total: int) -> str:
    """Per cent of the total, cut to two decimals."""
    if not total:
        return NOTHING
    hundredths = count * 10_000 // total
    return number(f"{hundredths // 100}.{hundredths % 100:02d}")


def capped(rows: Sequence[T]) -> Sequence[T]:
    """The rows that a table shows: beyond, nobody reads on paper."""
    return rows[:MOST_ROWS]


def rest_of(count: int) -> Iterator[etree._Element]:
    """What is said below a table that shows no more of so many rows."""
    if count > MOST_ROWS:
        shown = f"แสดง {number(MOST_ROWS)} รายการแรกจาก {number(count)} รายการ"
        yield paragraph("Note", f"{shown} ดูทั้งหมดใน summary.xlsx")
