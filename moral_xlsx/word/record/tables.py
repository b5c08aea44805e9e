"""The tables of the record."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from moral_xlsx.word.compiled import repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table

STYLES = (
    Style("Record Title", 18, bold=True, align="center", after=4, outline=0),
    Style("Record Result", 16, bold=True, align="center", after=6),
    Style("Record Heading", 16, bold=True, before=8, after=3, with_next=True, outline=1),
    Style("Record Criterion", 14, bold=True, before=6, after=2, with_next=True, outline=2),
    Style("Record Line", 14),
    Style("Record Gap", 4),
    Style("Record Item", 14, left=6, hanging=6),
    Style("Record Head", 14, bold=True, align="center", with_next=True),
    Style("Record Cell", 14),
    Style("Record Strong", 14, bold=True),
    Style("Record Centre", 14, align="center"),
    Style("Record Small", 12, left=4, hanging=4),
)

FACTS_MM = (60.0, 207.0)
# The columns of a list: width in millimetres, heading, value; * centres the value.
Columns = Sequence[tuple[float, str, str]]


def facts_table(name: str) -> etree._Element:
    """A table of labels and texts, a row for each of the values ``name``."""
    label = paragraph("Record Cell", Run(Value("label"), "Strong"))
    fact = row(FACTS_MM, [Cell([label], shaded=True), cell("text")], whole=True)
    return table(FACTS_MM, repeated(name, [fact]))


def list_table(name: str, columns: Columns) -> etree._Element:
    """A table with a heading and one row for each of the values ``name``."""
    widths = [width for width, _, _ in columns]
    rows = [
        heading(columns),
        *repeated(name, [row(widths, [cell(value) for _, _, value in columns], whole=True)]),
    ]
    return table(widths, rows)


def heading(columns: Columns) -> etree._Element:
    """The heading of a list, on every page."""
    heads = [
        Cell([paragraph("Record Head", head)], shaded=True, middle=True) for _, head, _ in columns
    ]
    return row([width for width, _, _ in columns], heads, header=True)


def cell(column: str, style: str = "") -> Cell:
    """A cell for a value; ``*`` before its name centres it."""
    usual = "Record Centre" if column.startswith("*") else "Record Cell"
    return Cell([paragraph(style or usual, Value(column.removeprefix("*")))])
