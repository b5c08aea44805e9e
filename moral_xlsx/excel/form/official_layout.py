"""Where the official form stands on its sheet: part of the layout.

Rows and columns count from 0, as in ``layout``, which hands all of this on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from moral_xlsx.excel.form.measure import lines_needed, most_lines
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedRow, PrintedTable
from moral_xlsx.model.rubric import Criterion, Part
from moral_xlsx.rules.nested import under_row

# What a line of landscape A4 holds, in characters, and how the ladder divides it.
PAGE_CHARACTERS = 155.0
LADDER_WIDTHS = {"title": 18.0, "claim": 7.0, "mark": 3.2, "rung": 27.0, "score": 9.0}
# Borders of printed tables that are less than this apart, in characters, are drawn as one.
_NEAR = 1.6
# Of the page's width, what the signature takes at its right side.
_SIGNATURE_SHARE = 0.45
_PLACE = re.compile(r"\{[^{}]*\}")


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


# A head stands in the first column of at least this part of a table's width.
_HEAD_PART = 8


@dataclass(frozen=True, slots=True)
class NestedRows:
    """Rows of the sheet for the rows of a table and those under them, and for heads.

    Hidden columns from ``first_column`` on find what each shows; ``rows`` and ``unders`` are as
    many as there is room for. ``head_row`` is a head, in the one column in which it stands.
    """

    over: PrintedRow
    under: PrintedRow
    head_row: PrintedRow
    first_row: int
    first_column: int
    rows: int
    unders: int

    @property
    def count(self) -> int:
        """The rows of the sheet."""
        return self.rows * (2 if self.over.head else 1) + self.unders

    @property
    def name_column(self) -> int:
        """What the rows of both tables are called."""
        return self.first_column

    @property
    def head_column(self) -> int:
        """The head above each row."""
        return self.first_column + 1

    @property
    def change_column(self) -> int:
        """Whether it is another than the one before."""
        return self.first_column + 2

    @property
    def key_column(self) -> int:
        """The number of each row and head in the printed order."""
        return self.first_column + 3

    @property
    def found(self) -> tuple[int, int, int]:
        """Which row of the first table, which of the other, and the head of which is shown."""
        return self.first_column + 4, self.first_column + 5, self.first_column + 6

    @property
    def finding_cells(self) -> frozenset[tuple[int, int]]:
        """Every cell of the hidden columns."""
        named = {self.name_column: self.rows + self.unders, self.key_column: self.count}
        if self.over.head:
            named |= {self.head_column: self.rows, self.change_column: self.rows}
        named |= dict.fromkeys(self.found, self.count)
        return frozenset(
            (self.first_row + at, column) for column, count in named.items() for at in range(count)
        )


@dataclass(frozen=True, slots=True)
class PrintedRowPlace:
    """A row of a printed table; ``index`` counts the rows of the table it is repeated for.

    ``parts`` are the rows of the sheet that it takes: words may need more than one can be high.
    What a row of ``nested`` shows is found by formula.
    """

    printed: PrintedRow
    row: int
    index: int = 0
    parts: int = 1
    nested: NestedRows | None = None

    @property
    def rows(self) -> range:
        """The rows of the sheet that it takes."""
        return range(self.row, self.row + self.parts)

    @property
    def to_write_in(self) -> bool:
        """Whether it is printed also when nothing is answered: one row of each kind is."""
        return self.row < self.nested.first_row + 2 if self.nested else self.index == 0


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

    @property
    def last_row(self) -> int:
        """The last row of the sheet that the table takes, with what stands below it."""
        below = [*self.note_rows, *(row for row, _, _ in self.more_rows)]
        return max((self.rows[-1].rows[-1], *below))


@dataclass(frozen=True, slots=True)
class OfficialSheet:
    """A sheet of the official form, as the government prints it.

    Lines stand by their row. ``widths`` are those of its columns in characters, from column B
    on. ``claim_column`` is where the claims stand: beside what is printed, unless a ladder has
    its own.
    """

    form: Form
    title: str
    title_lines: Mapping[int, str]
    heading_lines: Mapping[int, str]
    ladder: LadderPlace | None
    tables: tuple[PrintedTablePlace, ...]
    levels_heading_row: int
    level_rows: tuple[tuple[int, int], ...]
    signature_rows: tuple[int, ...]
    note_lines: Mapping[int, str]
    last_row: int
    widths: tuple[float, ...]

    @property
    def last_column(self) -> int:
        """The last printed column."""
        return len(self.widths)

    @property
    def signature_column(self) -> int:
        """The column at which the right part of the page begins."""
        total, running = sum(self.widths), 0.0
        for column, width in enumerate(self.widths, start=1):
            if running >= total * (1 - _SIGNATURE_SHARE):
                return column
            running += width
        return max(1, self.last_column)

    @property
    def claim_column(self) -> int:
        """The column of the claims."""
        return LadderPlace.claim_column if self.ladder else self.last_column + 1

    @property
    def repeated_rows(self) -> range:
        """The headings of columns that stand above every page, where one table has all rows."""
        if self.ladder:
            return range(self.ladder.header_row, self.ladder.header_row + 2)
        if len(self.tables) != 1:
            return range(0)
        rows = self.tables[0].header_rows
        return range(rows[0], rows[-1] + 1)

    @property
    def filter_column(self) -> int:
        """The column, beside what is printed, that marks the rows which are not blank."""
        return max(self.last_column, self.claim_column) + 1

    @property
    def filter_rows(self) -> tuple[int, int] | None:
        """The first row, for its button, and the last of the filter that hides blank rows."""
        if not any(table.more_rows for table in self.tables):
            return None
        return self.tables[0].header_rows[0], self.tables[-1].last_row

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


def place_official(form: Form, sizes: Mapping[str, int]) -> tuple[OfficialSheet, ...]:
    """Places the official form; ``sizes`` tells, by table id, how many rows have to fit.

    A sheet prints one heading on all its pages, so what that does not head may begin a sheet of
    its own.
    """
    printed = form.printed
    starts = [0, *(at for at, table in enumerate(printed.tables) if table.sheet)]
    starts += [len(printed.tables)] if printed.levels_sheet else []
    ends = [*starts[1:], len(printed.tables)]
    titles = form.official_sheets
    return tuple(
        _place_sheet(form, title, range(start, end), sizes)
        for title, start, end in zip(titles, starts, ends, strict=True)
    )


def _place_sheet(form: Form, title: str, numbers: range, sizes: Mapping[str, int]) -> OfficialSheet:
    """One sheet, with the tables of these numbers, and what opens or closes the form."""
    printed = form.printed
    opens, closes = title == form.official_sheets[0], title == form.official_sheets[-1]
    title_lines, row = _lines(form.printed_title if opens else (), 1)
    heading_lines, row = _lines(printed.headings if opens else (), row)
    ladder, row = _ladder(form, row) if printed.ladder and opens else (None, row)
    printed_here = [printed.tables[number] for number in numbers]
    widths, spans = _grid(printed_here)
    tables = []
    signature = printed.signature
    lines = len(signature.lines) if signature else 0
    signature_rows: tuple[int, ...] = ()
    for number, table, columns in zip(numbers, printed_here, spans, strict=True):
        place, row = _printed_table(form, table, columns, widths, row, sizes)
        tables.append(place)
        if signature and signature.below_table == number + 1:
            signature_rows = tuple(range(row + 1, row + 1 + lines))
            row += 1 + lines
    levels = form.levels if closes and printed.levels_heading else ()
    levels_heading_row = row + 1
    row += 2 if levels else 0
    level_rows = tuple((level.number, row + index) for index, level in enumerate(levels))
    row += len(levels) + 1
    if closes and signature and signature.below_table is None:
        signature_rows = tuple(range(row, row + lines))
        row += lines + 1
    note_lines, row = _lines(printed.note if closes else (), row)
    return OfficialSheet(
        form=form,
        title=title,
        title_lines=title_lines,
        heading_lines=heading_lines,
        ladder=ladder,
        tables=tuple(tables),
        levels_heading_row=levels_heading_row,
        level_rows=level_rows,
        signature_rows=signature_rows,
        note_lines=note_lines,
        last_row=row - 1,
        widths=_ladder_widths(ladder.rungs) if ladder else widths,
    )


def _lines(lines: Sequence[str], row: int) -> tuple[dict[int, str], int]:
    """Lines by the rows from this one on, and the row below them."""
    return dict(enumerate(lines, row)), row + len(lines)


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
    widths: Sequence[float],
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
    for at, each in enumerate(printed.rows):
        if under := under_row(printed, at):
            nested = _nested(form, printed, each, under, row, len(widths), sizes)
            numbers = range(nested.count)
            rows += [PrintedRowPlace(each, row + i, i, nested=nested) for i in numbers]
            row += nested.count
        if under or each.under:
            continue
        table = form.table(each.each) if each.each else None
        times = max(table.rows, sizes.get(table.id, 0)) if table else 1
        parts = 1 if table else _parts(printed, each, spans, widths)
        rows += [PrintedRowPlace(each, row + index, index, parts) for index in range(times)]
        row += times * parts
    note_rows = tuple(range(row, row + len(printed.notes)))
    row += len(printed.notes)
    repeated = Counter(p.printed.each for p in rows if p.printed.each and not p.nested)
    for nested in dict.fromkeys(place.nested for place in rows if place.nested):
        repeated |= {nested.over.each or "": nested.rows, nested.under.each or "": nested.unders}
    more_rows = tuple((row + at, *each) for at, each in enumerate(repeated.items()))
    row += len(more_rows)
    place = PrintedTablePlace(
        printed, title_rows, header_rows, tuple(rows), note_rows, more_rows, spans
    )
    return place, row


def _parts(
    printed: PrintedTable,
    row: PrintedRow,
    spans: Sequence[tuple[int, int]],
    widths: Sequence[float],
) -> int:
    """The rows of the sheet that the fixed words of a row need; answers get what is left."""
    lines = max(
        (
            lines_needed(_PLACE.sub("", words), sum(widths[first - 1 : last]), printed.size)
            for words, (first, last) in zip(row.cells, spans, strict=False)
        ),
        default=1,
    )
    return -(-lines // most_lines(printed.size))


def _nested(
    form: Form,
    printed: PrintedTable,
    over: PrintedRow,
    under: PrintedRow,
    row: int,
    beside: int,
    sizes: Mapping[str, int],
) -> NestedRows:
    room = [
        max(form.table(name).rows, sizes.get(name, 0)) for name in (over.each, under.each) if name
    ]
    total = sum(column.width for column in printed.columns)
    wide = [at for at, c in enumerate(printed.columns) if c.width * _HEAD_PART >= total]
    cells = ["" for _ in printed.columns]
    cells[min(wide, default=0)] = over.head
    head = PrintedRow(cells=tuple(cells), each=over.each)
    # Between the form and these columns there is one for the claims and one to spare.
    return NestedRows(over, under, head, row, beside + 3, *room)


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
    signed = PAGE_CHARACTERS * (1 - _SIGNATURE_SHARE)
    return widths or (signed, PAGE_CHARACTERS - signed), spans


def _nearest(cuts: list[float], edge: float) -> int:
    distances = [abs(cut - edge) for cut in cuts]
    return distances.index(min(distances))
