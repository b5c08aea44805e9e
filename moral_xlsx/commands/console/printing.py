"""Texts and tables for people: what is laid out at all goes through rich here.

On a terminal long texts wrap below their own beginning. Into a file or another program every
line stays whole, so that it can be searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from moral_xlsx.wording import printable

# Wider than any line; a table takes what it needs of it.
_ENDLESS = 10_000
_ROUND_WIDTH = 120
_HEADING = "== "


def console() -> Console:
    """Standard output, without colours of rich's own choosing."""
    shown = Console(highlight=False, emoji=False, markup=False)
    return (
        shown
        if shown.is_terminal
        else Console(highlight=False, emoji=False, markup=False, width=_ENDLESS)
    )


def show_lines(lines: Iterable[str]) -> None:
    """Texts, a line each; blanks at the beginning are kept when one wraps."""
    shown = console()
    for line in lines:
        text = printable(line)
        words = text.lstrip(" ")
        style = "bold" if words.startswith(_HEADING) else ""
        if not shown.is_terminal:
            shown.print(Text(text, style), soft_wrap=True)
        else:
            shown.print(Padding(Text(words, style), (0, 0, 0, len(text) - len(words))))


def show_columns(rows: Sequence[Sequence[str]]) -> None:
    """A plain table whose first row holds the headings."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    headings, *rest = rows
    for at, heading in enumerate(headings):
        # The first column is what people type again: a code, an id.
        table.add_column(Text(printable(heading)), overflow="fold", no_wrap=at == 0)
    for row in rest:
        table.add_row(*(Text(printable(cell)) for cell in row))
    shown = console()
    if shown.is_terminal:
        shown.print(table)
        return
    with shown.capture() as captured:
        shown.print(table)
    # Columns are filled with blanks up to their width; the last one needs none.
    for line in captured.get().splitlines():
        shown.print(Text(line.rstrip()), soft_wrap=True)


def show_box(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table with its title in a box."""
    table = Table(title=Text(printable(title)))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    shown = console()
    shown.print(table, width=None if shown.is_terminal else _ROUND_WIDTH)
