"""The tables of the official form: fixed words, with answers and results filled in.

Marks and values stand side by side, as in ``official``. Equal places of a table share a
mark; rows that are repeated for a table's rows have marks of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lxml import etree

from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedRow, PrintedTable
from moral_xlsx.rules.nested import Item, items, under_row
from moral_xlsx.rules.places import Place, Shown
from moral_xlsx.rules.printed import CONTINUED, parse_line
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table

STYLES = (
    Style("Form Caption", 16, bold=True, before=6, after=3, with_next=True, outline=1),
    *(
        Style(f"Form Cell {align.title()} {size}", size, align=align)
        for size in (12, 14)
        for align in ("left", "center")
    ),
    *(
        Style(f"Form Column {size}", size, bold=True, align="center", with_next=True)
        for size in (12, 14)
    ),
    *(Style(f"Form Across {size}", size, bold=True, with_next=True) for size in (12, 14)),
)

WIDTH_MM = 267.0
_CONTINUED = Cell([], merge="continue")


class PrintedTableDocument:
    """A table of a form or paper with the lines around it, parsed once.

    ``name`` begins its marks; it is ``width_mm`` wide.
    """

    def __init__(
        self, form: Form, printed: PrintedTable, name: str, width_mm: float = WIDTH_MM
    ) -> None:
        self._form, self._printed, self._width_mm = form, printed, width_mm
        single = [*printed.title, *printed.notes]
        for each in printed.rows:
            single += [each.section, *each.cells] if each.each is None else []
        self._marks = self._marked(name, single, None)
        self._row_marks = [
            self._marked(f"{name}_row_{at}", each.cells, each.each) if each.each else {}
            for at, each in enumerate(printed.rows)
        ]
        self._head_marks = [
            self._marked(f"{name}_head_{at}", [each.head], each.each) if each.head else {}
            for at, each in enumerate(printed.rows)
        ]
        self._repeated = [f"{name}_rows_{at}" for at in range(len(printed.rows))]

    def elements(self, *, kept: bool) -> Iterator[etree._Element]:
        """The paragraphs and the table, with marks where values belong.

        ``kept`` keeps its end on one page with what comes next.
        """
        printed = self._printed
        for line in printed.title:
            yield paragraph("Form Caption", *self._runs(line, None, self._marks))
        total = sum(column.width for column in printed.columns)
        widths = [column.width * self._width_mm / total for column in printed.columns]
        rows = list(_heading_rows(printed, widths))
        # Notes and signatures stand below the row that they speak of, of repeated ones the last.
        noted = bool(printed.notes)
        for at, each in enumerate(printed.rows):
            last = at == len(printed.rows) - 1 and (kept or noted)
            element = self._row(at, widths, kept=last and not each.each)
            if under_row(printed, at):
                rows += repeated(f"{self._repeated[at]}_items", self._items(at, widths, element))
            elif each.each and not each.under:
                rows += repeated(self._repeated[at], [element])
                end = self._row(at, widths, kept=last)
                rows += repeated(f"{self._repeated[at]}_end", [end])
            elif not each.under:
                rows.append(element)
        yield table(widths, rows)
        small = f"Form Cell Left {printed.size}"
        for number, line in enumerate(printed.notes, 1):
            more = number < len(printed.notes)
            yield paragraph(small, *self._runs(line, None, self._marks), kept=kept or more)
        yield paragraph("Form Gap Kept" if kept else "Form Gap")

    def values(self, shown: Shown) -> Values:
        """The text of every mark of ``elements``."""
        filled: dict[str, str | Sequence[Values]] = {
            mark: place.show(shown) for place, mark in self._marks.items()
        }
        for at, each in enumerate(self._printed.rows):
            if under := under_row(self._printed, at):
                filled[f"{self._repeated[at]}_items"] = self._item_values(at, each, under, shown)
            if each.each is None or each.under or under:
                continue
            # A form without any answers shows one empty row to write in.
            count = max(1, len(shown.answers.tables.get(each.each, ())))
            places = self._row_marks[at].items()
            told = [
                {mark: place.show(replace(shown, row=number)) for place, mark in places}
                for number in range(count)
            ]
            filled[self._repeated[at]] = told[:-1]
            filled[f"{self._repeated[at]}_end"] = told[-1:]
        return filled

    def _items(
        self, at: int, widths: Sequence[float], element: etree._Element
    ) -> Iterator[etree._Element]:
        """A head, a row and one under it: of each item one is printed."""
        head = self._printed.rows[at].head
        if head:
            runs = self._runs(head, self._printed.rows[at].each, self._head_marks[at])
            across = paragraph(f"Form Across {self._printed.size}", *runs)
            line = row(widths, [Cell([across], span=len(widths))], whole=True)
            yield from repeated(f"{self._repeated[at]}_head", [line])
        yield from repeated(self._repeated[at], [element])
        yield from repeated(self._repeated[at + 1], [self._row(at + 1, widths, kept=False)])

    def _item_values(
        self, at: int, each: PrintedRow, under: PrintedRow, shown: Shown
    ) -> Sequence[Values]:
        # A form without any answers shows one empty row of each to write in.
        found = [*items(self._form, each, under, shown)] or [Item("row", 0), Item("under", 0)]
        blocks = {
            "head": (f"{self._repeated[at]}_head", self._head_marks[at]),
            "row": (self._repeated[at], self._row_marks[at]),
            "under": (self._repeated[at + 1], self._row_marks[at + 1]),
        }
        if not each.head:
            del blocks["head"]
        values: list[Values] = []
        for item in found:
            here = replace(shown, row=item.index)
            values.append(
                {
                    name: [{mark: place.show(here) for place, mark in marks.items()}]
                    if kind == item.kind
                    else []
                    for kind, (name, marks) in blocks.items()
                }
            )
        return values

    def _marked(self, prefix: str, lines: Iterable[str], table_id: str | None) -> dict[Place, str]:
        """The mark of each different place in the lines."""
        rows = self._form.table(table_id) if table_id else None
        pieces = (
            p for line in lines if line != CONTINUED for p in parse_line(line, self._form, rows)
        )
        places = dict.fromkeys(piece for piece in pieces if not isinstance(piece, str))
        return {place: f"{prefix}_{number}" for number, place in enumerate(places)}

    def _row(self, at: int, widths: Sequence[float], *, kept: bool) -> etree._Element:
        printed = self._printed
        each = printed.rows[at]
        if each.section:
            runs = self._runs(each.section, None, self._marks)
            across = paragraph(f"Form Across {printed.size}", *runs)
            return row(widths, [Cell([across], span=len(widths))], whole=True)
        marks = self._row_marks[at] if each.each else self._marks
        below = printed.rows[at + 1] if at + 1 < len(printed.rows) else None
        # Rows that share a cell stay together.
        kept = kept or (below is not None and CONTINUED in below.cells)
        cells = []
        for place, (line, column) in enumerate(zip(each.cells, printed.columns, strict=True)):
            style = f"Form Cell {column.align.title()} {printed.size}"
            if line == CONTINUED:
                # LibreOffice asks the first cell of a row whether the row is kept.
                cells.append(Cell([paragraph(style, kept=kept)], merge="continue"))
                continue
            runs = self._runs(line, each.each, marks)
            goes_on = below is not None and _continues(below, place)
            words = [paragraph(style, *runs, kept=kept)]
            cells.append(Cell(words, merge="restart" if goes_on else ""))
        return row(widths, cells, whole=True)

    def _runs(
        self, line: str, table_id: str | None, marks: dict[Place, str]
    ) -> Iterator[str | Run]:
        rows = self._form.table(table_id) if table_id else None
        for piece in parse_line(line, self._form, rows):
            if isinstance(piece, str):
                yield Run.of(piece)
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
