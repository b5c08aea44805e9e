"""A record that was issued, read again: what it says is what holds, also years later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.table import CT_Row
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.thai import key, thai_digits
from moral_xlsx.word.record.criteria import RESULTS


class NotARecordError(MoralXlsxError):
    """The bytes are no record of ours."""

    def __init__(self) -> None:
        super().__init__(("ไม่ใช่บันทึกผลการตรวจ", "this is no record"))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a record under its heading; ``rows`` of a table follow the ``lines``.

    The first row holds the headings of the columns, except in a table of labels.
    """

    heading: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    criterion: bool = False


def read_record(data: bytes) -> tuple[Section, ...]:
    """The sections of a record, in order; raises NotARecordError when the bytes are none."""
    try:
        document = docx.Document(BytesIO(data))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.LxmlError):
        raise NotARecordError from None
    sections = tuple(_sections(document))
    if not sections or not sections[0].lines:
        raise NotARecordError
    return sections


def of_criterion(record: tuple[Section, ...], criterion: str) -> tuple[Section, ...]:
    """What a record says of one criterion, by its printed number; nothing when it has none."""
    wanted = key(thai_digits(criterion))
    explained = [section for section in record if section.criterion]
    for section in (each for each in record if each.heading == RESULTS):
        for index, row in enumerate(section.rows[1:]):
            if key(row[0]) == wanted and index < len(explained):
                told = (section.rows[0], row)
                shown = Section(section.heading, section.lines, told)
                return (record[0], shown, explained[index])
    return ()


def _sections(document: Document) -> Iterator[Section]:
    heading, criterion = "", False
    lines: list[str] = []
    rows: list[tuple[str, ...]] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows += [tuple(_cells(each)) for each in block._tbl.tr_lst]
            continue
        style = block.style.name if block.style else ""
        if style in ("Record Title", "Record Heading", "Record Criterion"):
            if heading:
                yield Section(heading, tuple(lines), tuple(rows), criterion)
            heading, lines, rows = block.text, [], []
            criterion = style == "Record Criterion"
        elif block.text.strip():
            lines.append(block.text.replace("\t", " "))
    if heading:
        yield Section(heading, tuple(lines), tuple(rows), criterion)


def _cells(row: CT_Row) -> Iterator[str]:
    """The texts of a row; one over several columns is followed by blank ones."""
    for cell in row.tc_lst:
        yield "\n".join(Paragraph(each, None).text for each in cell.p_lst)  # type: ignore[arg-type]
        yield from [""] * (cell.grid_span - 1)
