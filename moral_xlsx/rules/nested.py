"""Rows of one table that are printed below the rows of another to which they belong.

A row belongs to the first one whose text in the column that both have is the beginning of its
own, up to a full stop: ``๑.๒`` has ``๑.๒.๓`` and not ``๑.๒๐``. A line above heads the rows in which
it is the same, where it is not the same in all. What belongs to none stands at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from moral_xlsx.model.answers import Row
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedRow, PrintedTable
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import parse_line, show_line
from moral_xlsx.thai import thai_digits


@dataclass(frozen=True, slots=True)
class Item:
    """A printed row: the head above a row, that row, or one under it; ``index`` is its own."""

    kind: Literal["head", "row", "under"]
    index: int


def under_row(printed: PrintedTable, at: int) -> PrintedRow | None:
    """The row whose repetitions stand below those of the row at that place, if there is one."""
    following = printed.rows[at + 1] if at + 1 < len(printed.rows) else None
    return following if following is not None and following.under else None


def items(form: Form, row: PrintedRow, under: PrintedRow, shown: Shown) -> Iterator[Item]:
    """What is printed of a row and of the one under it, in order."""
    tables = shown.answers.tables
    rows, others = tables.get(row.each or "", ()), tables.get(under.each or "", ())
    owners = [_owner(_names(rows, under), name) for name in _names(others, under)]
    heads = _heads(form, row, len(rows), shown)
    for index in range(len(rows)):
        if len(set(heads)) > 1 and (index == 0 or heads[index] != heads[index - 1]):
            yield Item("head", index)
        yield Item("row", index)
        yield from (Item("under", at) for at, owner in enumerate(owners) if owner == index)
    yield from (Item("under", at) for at, owner in enumerate(owners) if owner is None)


def _heads(form: Form, row: PrintedRow, count: int, shown: Shown) -> list[str]:
    if not row.head or row.each is None:
        return []
    pieces = parse_line(row.head, form, form.table(row.each))
    # A spreadsheet compares texts without regard to capitals.
    return [show_line(pieces, replace(shown, row=index)).casefold() for index in range(count)]


def _names(rows: Sequence[Row], under: PrintedRow) -> list[str]:
    """What the rows are called in the column, ending with a full stop where it is answered."""
    texts = (str(row.get(under.under or "") or "").replace(" ", "").casefold() for row in rows)
    return [f"{thai_digits(text)}.".replace("..", ".") if text else "" for text in texts]


def _owner(names: Sequence[str], name: str) -> int | None:
    found = (index for index, each in enumerate(names) if each and name.startswith(each))
    return next(found, None)
