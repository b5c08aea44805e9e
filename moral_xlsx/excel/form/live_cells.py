"""Which cells of a sheet of the official form show answers and results."""

from __future__ import annotations

from moral_xlsx.excel.form.official_layout import LadderPlace, OfficialSheet


def live_cells(place: OfficialSheet) -> frozenset[tuple[int, int]]:
    """The (row, column) of each cell of the sheet that shows answers or results by a formula.

    What is typed there instead is no answer: nothing reads it.
    """
    printed = (place.title_lines, place.heading_lines, place.note_lines)
    lines = [(row, 1, line) for each in printed for row, line in each.items()]
    found: set[tuple[int, int]] = set()
    for table in place.tables:
        first = table.spans[0][0]
        titles = zip(table.title_rows, table.table.title, strict=True)
        notes = zip(table.note_rows, table.table.notes, strict=True)
        lines += [(row, first, line) for row, line in (*titles, *notes)]
        for at in table.rows:
            if at.nested:
                found |= {(at.row, column) for column, _ in table.spans} | at.nested.finding_cells
                continue
            lines.append((at.row, first, at.printed.section))
            spans = zip(table.spans, at.printed.cells, strict=False)
            lines += [(at.row, column, cell) for (column, _), cell in spans]
    cells = {(row, column) for row, column, line in lines if "{" in line} | found
    cells |= {(row, 1) for _, row in place.level_rows}
    # The marks of rows that are not blank.
    cells |= {
        (row, place.filter_column)
        for table in place.tables
        for at in table.rows
        if at.printed.each and not at.to_write_in
        for row in at.rows
    }
    # The sentence that tells of the rows of a table that are not there or not shown.
    cells |= {(row, t.spans[0][0]) for t in place.tables for row, _, _ in t.more_rows}
    cells |= _ladder_cells(place.ladder) if place.ladder else set()
    # The first line of the signature is fixed words.
    cells |= {(row, place.signature_column) for row in place.signature_rows[1:]}
    return frozenset(cells - {(row, place.claim_column) for row in place.claim_rows.values()})


def _ladder_cells(place: LadderPlace) -> set[tuple[int, int]]:
    """Boxes, evidence and scores of a form that prints every rung."""
    cells = {(row, place.score_column) for _, row in place.subtotal_rows}
    for block in place.criteria:
        cells.add((block.first_row, place.score_column))
        for index, rung in enumerate(block.criterion.rungs):
            column = place.first_rung_column + 2 * index
            boxes = range(block.first_row, block.first_row + len(rung.boxes))
            cells |= {(row, column) for row in (*boxes, block.evidence_row)}
    return cells
