"""Where the official form stands on its sheet: part of the layout.

Rows and columns count from 0, as in ``layout``, which hands all of this on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from moral_xlsx.model.form import Criterion, Form, Part, PrintedRow, PrintedTable

# What a line of landscape A4 holds, in characters, and how the ladder divides it.
PAGE_CHARACTERS = 155.0
LADDER_WIDTHS = {"title": 18.0, "claim": 7.0, "mark": 3.2, "rung": 27.0, "score": 9.0}
# Borders of printed tables that are less than this apart, in characters, are drawn as one.
_NEAR = 1.6


@dataclass(frozen=True, slots=True)
class CriterionBlock:
    """A criterion on the official form: a row for each box, then the evidence row."""

    criterion: Criterion
    first_row: int
    evidence_row: int


@dataclass(frozen=True, slots=True)
class LadderPlace:
    """The criteria with all rungs. Each rung has a narrow column for ☑/☐ and one for words."""

    heading_row: int
    part_rows: tuple[tuple[Part, int], ...]
    header_row: int
    criteria: tuple[CriterionBlock, ...]
    subtotal_rows: tuple[tuple[str, int], ...]
    rungs: int

    claim_column, first_rung_column = 2, 3

    @property
    def score_column(self) -> int:
        """The column of the scores."""
        return self.first_rung_column + 2 * self.rungs


@dataclass(frozen=True, slots=True)
class PrintedRowPlace:
    """A row of a printed table; ``index`` counts the rows of the table it is repeated for."""

    printed: PrintedRow
    row: int
    index: int = 0


@dataclass(frozen=True, slots=True)
class PrintedTablePlace:
    """A printed table; ``spans`` are the first and last column of each of its columns.

    ``more_rows`` tell when a table has more rows than are printed: the row for the sentence,
    the table's id, and how many rows are printed of it.
    """

    table: PrintedTable
    title_rows: tuple[int, ...]
    header_rows: tuple[int, ...]
    rows: tuple[PrintedRowPlace, ...]
    note_rows: tuple[int, ...]
    more_rows: tuple[tuple[int, str, int], ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OfficialSheet:
    """The official form, as the government prints it.

    ``widths`` are those of its columns in characters, from column B on. ``claim_column`` is
    where the claims stand: beside what is printed, unless a ladder has its own.
    """

    title_rows: tuple[int, ...]
    heading_rows: tuple[int, ...]
    ladder: LadderPlace | None
    tables: tuple[PrintedTablePlace, ...]
    levels_heading_row: int
    level_rows: tuple[tuple[int, int], ...]
    signature_row: int
    note_rows: tuple[int, ...]
    widths: tuple[float, ...]

    @property
    def last_column(self) -> int:
        """The last printed column."""
        return len(self.widths)

    @property
    def claim_column(self) -> int:
        """The column of the claims."""
        return LadderPlace.claim_column if self.ladder else self.last_column + 1

    @property
    def claim_rows(self) -> Mapping[int, int]:
        """The row of each claim, by the number of the criterion."""
        if self.ladder:
            return {c.criterion.number: c.evidence_row for c in self.ladder.criteria}
        return {
            place.printed.criterion: place.row
            for table in self.tables
            for place in table.rows
            if place.printed.criterion is not None
        }


def place_official(form: Form, sizes: Mapping[str, int]) -> OfficialSheet:
    """Places the official form; ``sizes`` tells, by table id, how many rows have to fit."""
    row = 1
    title_rows = tuple(range(row, row + len(form.title)))
    row += len(form.title)
    heading_rows = tuple(range(row, row + len(form.printed.headings)))
    row += len(form.printed.headings)
    ladder, row = _ladder(form, row) if form.printed.ladder else (None, row)
    widths, spans = _grid(form.printed.tables)
    tables = []
    for printed, columns in zip(form.printed.tables, spans, strict=True):
        place, row = _printed_table(form, printed, columns, row, sizes)
        tables.append(place)
    levels_heading_row = row + 1
    row += 2 if form.levels and form.printed.levels_heading else 0
    levels = form.levels if form.printed.levels_heading else ()
    level_rows = tuple((level.number, row + index) for index, level in enumerate(levels))
    row += len(levels) + 1
    signature_row = row
    row += 5 if form.printed.signature else 0
    return OfficialSheet(
        title_rows=title_rows,
        heading_rows=heading_rows,
        ladder=ladder,
        tables=tuple(tables),
        levels_heading_row=levels_heading_row,
        level_rows=level_rows,
        signature_row=signature_row,
        note_rows=tuple(range(row, row + len(form.printed.note))),
        widths=_ladder_widths(ladder.rungs) if ladder else widths,
    )


def _ladder(form: Form, row: int) -> tuple[LadderPlace, int]:
    heading_row, row = row, row + 1
    part_rows: list[tuple[Part, int]] = []
    criteria: list[CriterionBlock] = []
    subtotals: list[tuple[str, int]] = []
    header_row = -1
    for part in form.parts:
        part_rows.append((part, row))
        row += 1
        if header_row < 0:
            header_row, row = row, row + 2
        for number in part.numbers:
            criterion = form.criterion(number)
            boxes = max(len(rung.boxes) for rung in criterion.rungs)
            criteria.append(CriterionBlock(criterion, row, row + boxes))
            row += boxes + 1
            for subtotal in form.subtotals:
                if subtotal.last == number:
                    subtotals.append((subtotal.key, row))
                    row += 1
    rungs = max(len(criterion.rungs) for criterion in form.criteria)
    return LadderPlace(
        heading_row, tuple(part_rows), header_row, tuple(criteria), tuple(subtotals), rungs
    ), row


def _ladder_widths(rungs: int) -> tuple[float, ...]:
    widths = LADDER_WIDTHS
    pairs = (widths["mark"], widths["rung"]) * rungs
    return (widths["title"], widths["claim"], *pairs, widths["score"])


def _printed_table(
    form: Form,
    printed: PrintedTable,
    spans: tuple[tuple[int, int], ...],
    row: int,
    sizes: Mapping[str, int],
) -> tuple[PrintedTablePlace, int]:
    row += 1
    title_rows = tuple(range(row, row + len(printed.title)))
    row += len(printed.title)
    grouped = any(column.over for column in printed.columns)
    header_rows = (row, row + 1) if grouped else (row,)
    row += len(header_rows)
    rows: list[PrintedRowPlace] = []
    for each in printed.rows:
        table = form.table(each.each) if each.each else None
        times = max(table.rows, sizes.get(table.id, 0)) if table else 1
        rows += [PrintedRowPlace(each, row + index, index) for index in range(times)]
        row += times
    note_rows = tuple(range(row, row + len(printed.notes)))
    row += len(printed.notes)
    repeated = Counter(place.printed.each for place in rows if place.printed.each)
    more_rows = tuple((row + at, *each) for at, each in enumerate(repeated.items()))
    row += len(more_rows)
    place = PrintedTablePlace(
        printed, title_rows, header_rows, tuple(rows), note_rows, more_rows, spans
    )
    return place, row


def _grid(
    tables: Iterable[PrintedTable],
) -> tuple[tuple[float, ...], list[tuple[tuple[int, int], ...]]]:
    """Columns that serve all tables of the sheet: their widths, and each table's spans.

    A sheet has one set of columns, so they are cut wherever any table has a border; borders
    that nearly meet are made to meet.
    """
    edges: list[list[float]] = []
    for table in tables:
        total = sum(column.width for column in table.columns)
        running = 0.0
        own = [0.0]
        for column in table.columns:
            running += column.width * PAGE_CHARACTERS / total
            own.append(running)
        edges.append(own)
    cuts: list[float] = []
    for edge in sorted(edge for own in edges for edge in own):
        if not cuts or edge - cuts[-1] > _NEAR:
            cuts.append(edge)
    widths = tuple(after - before for before, after in pairwise(cuts))
    spans = []
    for own in edges:
        at = [_nearest(cuts, edge) for edge in own]
        spans.append(tuple((first + 1, last) for first, last in pairwise(at)))
    return widths or (PAGE_CHARACTERS,), spans


def _nearest(cuts: list[float], edge: float) -> int:
    distances = [abs(cut - edge) for cut in cuts]
    return distances.index(min(distances))
