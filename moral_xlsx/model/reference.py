"""What an answer is known by: the id of a field, or the cell of a table."""

from __future__ import annotations

import re
from typing import NamedTuple

_TABLE_CELL = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]{1,6})\]\.([a-z][a-z0-9_]*)")


class TableCell(NamedTuple):
    """A cell of a table: the ids of table and column, and the row, counted from 0."""

    table: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.table}[{self.row}].{self.column}"


# A text is the id of a field (``headcount``) or of a criterion's claim or evidence
# (``claim_1``, ``evidence_1``).
Reference = str | TableCell


def defined_name(reference: Reference) -> str:
    """The name in a workbook under which an answer stands: a table has one for each column."""
    if isinstance(reference, TableCell):
        return f"{reference.table}.{reference.column}"
    return reference


def parse_reference(text: str) -> Reference:
    """The reference that a text stands for; what is no cell of a table stays as it is."""
    found = _TABLE_CELL.fullmatch(text)
    return TableCell(found[1], int(found[2]), found[3]) if found else text
