"""The usual way to do what the program does, as the documentation of the libraries shows it.

openpyxl loads the workbook and reads every cell, loads it again, sets cells and saves;
python-docx builds each document by ``table.cell``. Beside them, what is faster in parts:
openpyxl's read-only mode, and docxtpl, which fills a template made beforehand.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
import openpyxl
from docx.table import Table

Cells = Mapping[tuple[str, int, int], str | int | float | date | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document: its size, and each cell's text with the far corner it reaches."""

    rows: int
    columns: int
    cells: tuple[tuple[int, int, int, int, str], ...]


Blocks = Sequence[str | Grid]


@dataclass(frozen=True, slots=True)
class Template:
    """A document for docxtpl with a place for every text, and what goes into the places."""

    data: bytes
    texts: Mapping[str, str]


def read(data: bytes, read_only: bool) -> int:
    """Reads every value, and counts those that are not blank."""
    workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=read_only)
    return sum(
        value is not None
        for sheet in workbook.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
    )


def write(data: bytes, cells: Cells) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    for (title, row, column), value in cells.items():
        workbook[title].cell(row + 1, column + 1).value = value
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def build(documents: Iterable[Blocks]) -> list[bytes]:
    """Each document by ``table.cell``, in python-docx's default template."""
    return [_built(blocks) for blocks in documents]


def fill(templates: Iterable[Template]) -> list[bytes]:
    """Each template filled by docxtpl; raises ImportError where that is not installed."""
    from docxtpl import DocxTemplate

    filled = []
    for template in templates:
        document = DocxTemplate(io.BytesIO(template.data))
        document.render(dict(template.texts), autoescape=True)
        file = io.BytesIO()
        document.save(file)
        filled.append(file.getvalue())
    return filled


def blocks_of(document: bytes) -> Blocks:
    """The paragraphs and tables of a DOCX, for the usual way to build again."""
    return tuple(
        _grid(block) if isinstance(block, Table) else block.text
        for block in docx.Document(io.BytesIO(document)).iter_inner_content()
    )


def template_of(blocks: Blocks) -> Template:
    """The same document with a place for each of its texts."""
    texts: dict[str, str] = {}

    def place(text: str) -> str:
        name = f"t{len(texts)}"
        texts[name] = text
        return f"{{{{ {name} }}}}"

    places: list[str | Grid] = []
    for block in blocks:
        if isinstance(block, str):
            places.append(place(block))
        else:
            cells = ((*cell[:4], place(cell[4])) for cell in block.cells)
            places.append(Grid(block.rows, block.columns, tuple(cells)))
    return Template(_built(places), texts)


def _built(blocks: Blocks) -> bytes:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(block.rows, block.columns, style="Table Grid")
        for row, column, last_row, last_column, text in block.cells:
            cell = table.cell(row, column)
            if (row, column) != (last_row, last_column):
                cell = cell.merge(table.cell(last_row, last_column))
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _grid(table: Table) -> Grid:
    reach: dict[Any, tuple[int, int, int, int, str]] = {}
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells.cells, cells.grid_cols_before):
            # Merged cells share one element.
            first_row, first_column, *_ = reach.get(cell._tc, (row, column))
            reach[cell._tc] = (first_row, first_column, row, column, cell.text)
    return Grid(len(table.rows), len(table.columns), tuple(reach.values()))
