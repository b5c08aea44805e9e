"""Findings as people read them: equal ones over neighbouring cells are one, with the range."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Column, Table
from moral_xlsx.thai import thai_digits

_FIELD = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")

_Words = tuple[tuple[str, str | tuple[str, str]], ...]


def gathered(
    form: Form, findings: Iterable[Finding], roots: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings without what only follows from a cell that could not be read, in ranges.

    ``roots`` are those among the findings that tell of such cells. Rows of one column are
    gathered first, then columns beside one another with the same rows; each range stands where
    its first finding stood.
    """
    first = {(each.place.sheet, each.place.cell): each for each in roots if each.place.cell}
    kept = [
        each
        for each in findings
        if first.get((each.place.sheet, each.place.cell), each) == each or each.severity == "info"
    ]
    ranges = [_Range.of(form, each) or each for each in kept]
    for join in (_Range.below, _Range.beside):
        ranges = _joined(ranges, join)
    return tuple(each if isinstance(each, Finding) else each.finding() for each in ranges)


@dataclass(frozen=True, slots=True)
class _Range:
    """A finding about cells of a table: the rows and columns over which it holds."""

    example: Finding
    table: Table
    columns: tuple[Column, ...]
    rows: tuple[int, int]
    cells: tuple[int, int]
    letters: tuple[str, str]

    @classmethod
    def of(cls, form: Form, found: Finding) -> _Range | None:
        field, cell = _FIELD.fullmatch(found.place.field), _CELL.fullmatch(found.place.cell)
        if field is None or cell is None:
            return None
        table = form.table(field[1])
        index, row = int(field[2]), int(cell[2])
        column = table.column(field[3])
        return cls(found, table, (column,), (index, index), (row, row), (cell[1], cell[1]))

    def below(self, other: _Range) -> _Range | None:
        """Both together, when the other tells the same of the next row."""
        next_row = other.rows[0] == self.rows[1] + 1 and other.cells[0] == self.cells[1] + 1
        same = self._same_place(other) and self.columns == other.columns
        if not (next_row and same and self._said() == other._said()):
            return None
        rows, cells = (self.rows[0], other.rows[1]), (self.cells[0], other.cells[1])
        return replace(self, rows=rows, cells=cells)

    def beside(self, other: _Range) -> _Range | None:
        """Both together, when the other tells the same of the same rows of the next column."""
        ids = [column.id for column in self.table.columns]
        ours, theirs = self.columns[-1].id, other.columns[0].id
        if not self._same_place(other) or (self.rows, self.cells) != (other.rows, other.cells):
            return None
        if ids.index(theirs) != ids.index(ours) + 1 or self._said() != other._said():
            return None
        letters = self.letters[0], other.letters[1]
        return replace(self, columns=(*self.columns, *other.columns), letters=letters)

    def _same_place(self, other: _Range) -> bool:
        mine, theirs = self.example, other.example
        same_kind = (mine.code, mine.place.sheet) == (theirs.code, theirs.place.sheet)
        return same_kind and self.table.id == other.table.id

    def _said(self) -> _Words:
        return self._words("{row}", "{row}", "{column}")

    def _words(self, thai: str, english: str, labels: str) -> _Words:
        """The words of the finding with other rows and columns in them."""
        told = str(self.example.place.field)
        match = _FIELD.fullmatch(told)
        assert match is not None
        number = str(int(match[2]) + 1)
        label = self.table.column(match[3]).label

        def swap(name: str, text: str, rows: str) -> str:
            if name == "row":
                return rows
            if name == "column":
                return labels
            if name != "label":
                return text
            for word in ("แถวที่", "row"):
                text = text.replace(f"{word} {number} ", f"{word} {rows} ")
                text = text.replace(f"{word} {number},", f"{word} {rows},")
            return text.removesuffix(label) + labels if text.endswith(f" {label}") else text

        return tuple(
            (name, (swap(name, word[0], thai), swap(name, word[1], english)))
            if isinstance(word, tuple)
            else (name, swap(name, word, thai))
            for name, word in self.example.words
        )

    def finding(self) -> Finding:
        """The one finding for all cells of the range."""
        if self.rows[0] == self.rows[1] and len(self.columns) == 1:
            return self.example
        first, last = self.rows[0] + 1, self.rows[1] + 1
        rows = str(first) if first == last else f"{first}–{last}"
        place = self.example.place
        cells = f"{self.letters[0]}{self.cells[0]}:{self.letters[1]}{self.cells[1]}"
        labels = ", ".join(column.label for column in self.columns)
        words = self._words(thai_digits(rows), rows, labels)
        ranged = Place(place.file, place.sheet, cells, place.field)
        return replace(self.example, place=ranged, words=words)


_Join = Callable[[_Range, _Range], _Range | None]


def _joined(ranges: Sequence[Finding | _Range], join: _Join) -> list[Finding | _Range]:
    """The ranges with each joined to an earlier one that it continues."""
    done: list[Finding | _Range] = []
    for each in ranges:
        if isinstance(each, _Range):
            for at, earlier in enumerate(done):
                both = join(earlier, each) if isinstance(earlier, _Range) else None
                if both is not None:
                    done[at] = both
                    break
            else:
                done.append(each)
        else:
            done.append(each)
    return done
