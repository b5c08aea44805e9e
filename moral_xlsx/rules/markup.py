r"""Marks in printed lines: ``**bold**`` and ``__underlined__``.

``\*`` and ``\_`` are the signs themselves. What stands in braces is a place, never a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from moral_xlsx.model.errors import quoted
from moral_xlsx.model.printed import Printed, PrintedRow, PrintedTable
from moral_xlsx.rules.judge.syntax import ConditionError

BOLD, UNDERLINED = "**", "__"
_TOKEN = re.compile(r"(\\[*_]|\*\*|__)")
_PLACE = re.compile(r"(\{[^{}]*\})")


class Stretch(str):
    """Fixed words between marks: a plain text, for whoever asks no more of it."""

    marks: frozenset[str]

    def __new__(cls, words: str, marks: frozenset[str]) -> Stretch:
        """The words, printed as these marks say."""
        made = super().__new__(cls, words)
        made.marks = marks
        return made

    def __getnewargs__(self) -> tuple[str, frozenset[str]]:  # type: ignore[override] # more than str
        return str(self), self.marks


class MarkedLine(str):
    """A line of fixed words, with the stretches that it is made of."""

    stretches: tuple[str, ...]

    def __new__(cls, stretches: Iterable[str]) -> MarkedLine:
        """The line of these stretches."""
        parts = tuple(stretches)
        made = super().__new__(cls, "".join(parts))
        made.stretches = parts
        return made

    def __getnewargs__(self) -> tuple[tuple[str, ...]]:  # type: ignore[override] # other than str
        return (self.stretches,)


def marks_of(words: str) -> frozenset[str]:
    """The marks around fixed words."""
    return words.marks if isinstance(words, Stretch) else frozenset()


def stretches(words: str, open_marks: frozenset[str]) -> tuple[list[str], frozenset[str]]:
    """The stretches of words that begin within these marks, and the marks still open behind."""
    found: list[str] = []
    written = ""
    for token in (*_TOKEN.split(words), BOLD):
        if token not in (BOLD, UNDERLINED):
            written += token[1:] if _TOKEN.fullmatch(token) else token
            continue
        if written:
            found.append(Stretch(written, open_marks) if open_marks else written)
            written = ""
        open_marks ^= {token}
    return found, open_marks ^ {BOLD}


def marked(words: Iterable[str]) -> str:
    """A line of fixed words, which remembers its marks where it has some."""
    parts = tuple(words)
    return MarkedLine(parts) if any(map(marks_of, parts)) else "".join(parts)


def unbalanced(line: str) -> ConditionError:
    """What is told of a line in which a mark stays open."""
    return ConditionError(
        (f"{quoted(line[:40])} มี ** หรือ __ ไม่ครบคู่", f"{line[:40]!r} has a mark without its end"),
        (
            r"ใส่ ** หรือ __ ทั้งหน้าและหลังคำ ถ้าพิมพ์เครื่องหมายนั้นเอง เขียน \* หรือ \_",
            r"Put ** or __ on both sides; write \* or \_ for the signs themselves",
        ),
    )


def plain(line: str) -> str:
    """A printed line without its marks; its places stay."""
    parts = _PLACE.split(line)
    return "".join(
        part if index % 2 else "".join(stretches(part, frozenset())[0])
        for index, part in enumerate(parts)
    )


def without_marks(printed: Printed) -> Printed:
    """What a form prints, in plain words."""
    lines = {name: _plain(getattr(printed, name)) for name in ("title", "headings", "note")}
    tables = tuple(map(_plain_table, printed.tables))
    return printed.model_copy(update={**lines, "tables": tables})


def _plain_table(table: PrintedTable) -> PrintedTable:
    lines = {name: _plain(getattr(table, name)) for name in ("title", "notes")}
    return table.model_copy(update={**lines, "rows": tuple(map(_plain_row, table.rows))})


def _plain_row(row: PrintedRow) -> PrintedRow:
    lines = {"section": plain(row.section), "head": plain(row.head), "cells": _plain(row.cells)}
    return row.model_copy(update=lines)


def _plain(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(plain, lines))
