"""The tables of the official form: fixed words, with answers and results filled in.

Marks and values stand side by side, as in ``official``. Equal places of a table share a
mark; rows that are repeated for a table's rows have marks of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lxml import etree

from moral_xlsx.model.form import Form, PrintedRow, PrintedTable
from moral_xlsx.rules.printed import CONTINUED, Place, Shown, parse_line
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table

STYLES = (
    Style("Form Caption", 16, bold=True, before=6, after=3, with_next=True, outline=1),
    *(
        Style(f"Form Cell {align.title()} {size}", size, align=align)
        for size in (12, 14)
        for align in ("left", "center")
    ),
    *(Style(f"Form Column {size}", size, bold=True, align="center") for size in (12, 14)),
    *(Style(f"Form Across {size}", size, bold=True, with_next=True) for size in (12, 14)),
)

_WIDTH_MM = 267.0
# Cells with more characters than this may be divided between pages.
_DIVIDED = 600
_CONTINUED = Cell([], merge="continue")


class PrintedTableDocument:
    """One of a form's tables with the lines around it, parsed once."""

    def __init__(self, form: Form, index: int) -> None:
        self._form = form
        self._printed = form.printed.tables[index]
        printed, single = self._printed, [*self._printed.title, *self._printed.notes]
        for each in printed.rows:
            single += [each.section, *each.cells] if each.each is None else []
        self._marks = self._marked(f"table_{index}", single, None)
        self._row_marks = [
            self._marked(f"row_{index}_{at}", each.cells, each.each) if each.each else {}
            for at, each in enumerate(printed.rows)
        ]
        self._repeated = [f"rows_{index}_{at}" for at in range(len(printed.rows))]

    def elements(self) -> Iterator[etree._Element]:
        """The paragraphs and the table, with marks where values belong."""
        printed = self._printed
        for line in printed.title:
            yield paragraph("Form Caption", *self._runs(line, None, self._marks))
        total = sum(column.width for column in printed.columns)
        widths = [column.width * _WIDTH_MM / total for column in printed.columns]
        rows = list(_heading_rows(printed, widths))
        for at, each in enumerate(printed.rows):
            element = self._row(at, widths)
            rows += repeated(self._repeated[at], [element]) if each.each else [element]
        yield table(widths, rows)
        small = f"Form Cell Left {printed.size}"
        for line in printed.notes:
            yield paragraph(small, *self._runs(line, None, self._marks))
        yield paragraph("Form Gap")

    def values(self, shown: Shown) -> Values:
        """The text of every mark of ``elements``."""
        filled: dict[str, str | Sequence[Values]] = {
            mark: place.show(shown) for place, mark in self._marks.items()
        }
        for at, each in enumerate(self._printed.rows):
            if each.each is None:
                continue
            # A form without any answers shows one empty row to write in.
            count = max(1, len(shown.answers.tables.get(each.each, ())))
            places = self._row_marks[at].items()
            filled[self._repeated[at]] = [
                {mark: place.show(replace(shown, row=number)) for place, mark in places}
                for number in range(count)
            ]
        return filled

    def _marked(self, prefix: str, lines: Iterable[str], table_id: str | None) -> dict[Place, str]:
        """The mark of each different place in the lines."""
        rows = self._form.table(table_id) if table_id else None
        pieces = (
            p for line in lines if line != CONTINUED for p in parse_line(line, self._form, rows)
        )
        places = dict.fromkeys(piece for piece in pieces if not isinstance(piece, str))
        return {place: f"{prefix}_{number}" for number, place in enumerate(places)}

    def _row(self, at: int, widths: Sequence[float]) -> etree._Element:
        printed = self._printed
        each = printed.rows[at]
        if each.section:
            runs = self._runs(each.section, None, self._marks)
            across = paragraph(f"Form Across {printed.size}", *runs)
            return row(widths, [Cell([across], span=len(widths))], whole=True)
        marks = self._row_marks[at] if each.each else self._marks
        below = printed.rows[at + 1] if at + 1 < len(printed.rows) else None
        cells = []
        for place, (line, column) in enumerate(zip(each.cells, printed.columns, strict=True)):
            if line == CONTINUED:
                cells.append(_CONTINUED)
                continue
            style = f"Form Cell {column.align.title()} {printed.size}"
            runs = self._runs(line, each.each, marks)
            goes_on = below is not None and _continues(below, place)
            cells.append(Cell([paragraph(style, *runs)], merge="restart" if goes_on else ""))
        longest = max(map(len, each.cells))
        return row(widths, cells, whole=longest < _DIVIDED)

    def _runs(
        self, line: str, table_id: str | None, marks: dict[Place, str]
    ) -> Iterator[str | Run]:
        rows = self._form.table(table_id) if table_id else None
        for piece in parse_line(line, self._form, rows):
            if isinstance(piece, str):
                yield piece
            else:
                yield Run(Value(marks[piece]), "Box" if piece.box else "")


def _heading_rows(printed: PrintedTable, widths: Sequence[float]) -> Iterator[etree._Element]:
    style = f"Form Column {printed.size}"
    grouped = any(column.over for column in printed.columns)
    above: list[Cell] = []
    below: list[Cell] = []
    for at, column in enumerate(printed.columns):
        heading = [paragraph(style, column.heading)]
        if not grouped:
            below.append(Cell(heading, shaded=True, middle=True))
        elif not column.over:
            above.append(Cell(heading, merge="restart", shaded=True, middle=True))
            below.append(_CONTINUED)
        else:
            below.append(Cell(heading, shaded=True, middle=True))
            if at == 0 or printed.columns[at - 1].over != column.over:
                span = sum(c.over == column.over for c in printed.columns[at:])
                shared = [paragraph(style, column.over)]
                above.append(Cell(shared, span=span, shaded=True, middle=True))
    if grouped:
        yield row(widths, above, header=True)
    yield row(widths, below, header=True)


def _continues(below: PrintedRow, place: int) -> bool:
    return place < len(below.cells) and below.cells[place] == CONTINUED
