"""A record on a console: the same words as on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from moral_xlsx.commands.console.printing import show_columns, show_lines
from moral_xlsx.word.record.reading import Section


def show_record(record: Sequence[Section], path: Path) -> None:
    """Prints the sections of a record and where it stands."""
    for section in record:
        show_lines((f"== {section.heading}", *section.lines))
        if section.rows:
            show_columns([[cell.replace("\n", " ") for cell in row] for row in section.rows])
    show_lines((str(path),))
