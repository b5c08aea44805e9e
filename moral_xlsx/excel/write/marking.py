"""Marks an officer's problem cells on a sheet of our own, and takes such a sheet away again.

Why a sheet of links, and no colour and comment in the cells themselves; measured with
LibreOffice 7.4 on the workbook that an officer gets, changes and sends again:

- A comment's author comes back as one blank, so that our comments cannot be told from the
  officer's own and could never be taken away again. A sheet is known by its first cell,
  which LibreOffice keeps in .xlsx, .ods and .xls.
- A fill stays when the cell is corrected, spreads to the rows inserted below it, and has
  replaced the format's own: nobody can tell what stood there before. A sheet leaves every
  cell as it was.
- A fill and a comment change the officer's sheets, the styles, comments and drawings. The
  sheet is a new part; of the old ones only the workbook's list of sheets, its relations and
  the list of parts change. Without the marks every other part is again what it was, byte
  for byte (but for an ``activeTab="0"`` that the workbook may leave out).
- A link to an address still names the old cell when a row was inserted above it or the sheet
  renamed. Links go to defined names, which move along.

What Excel and WPS do could not be measured here: the sheet holds only what their own files
have held since 2007.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lxml import etree

from moral_xlsx.excel.form.layout import MARKS, Area
from moral_xlsx.excel.read.guard import Inspected, SheetPart, inspect
from moral_xlsx.excel.write.book_parts import WORKBOOK, Book, free, odd, references_to, spelt
from moral_xlsx.excel.write.marks_sheet import (
    MOST_MARKS,
    TITLE,
    Mark,
    sheet_content,
    wrapping_format,
)
from moral_xlsx.excel.write.writeback import CannotWrite, patchable
from moral_xlsx.opc import Package

__all__ = ["Mark", "mark", "unmark"]

_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_NAME = "mx_mark_"
_OWN_NAME = re.compile(rf"{_NAME}[0-9]+")
# In cells, conditional formats, validations and charts.
_FORMULA = re.compile(rb"<(?:\w+:)?(?:f|formula[12]?)(?:\s[^<>]*)?>([^<]*)<")


def mark(inspected: Inspected, marks: Sequence[Mark]) -> bytes:
    """The workbook with a sheet that lists the marks, each with a link to its cell.

    Marks of an earlier time are taken away; without any new ones nothing is added. The sheet
    comes first, where it is seen (last in a workbook with macros, which may count sheets),
    but the sheet that was open stays open. Raises ``CannotWrite`` when a mark's sheet is
    missing, when the workbook is signed or no .xlsx or .xlsm, or when its structure is not as
    office programs write it.
    """
    clean = unmark(inspected)
    package = patchable(clean)
    if _marked(clean, package):
        raise CannotWrite("แผ่นงานรายการเดิมถูกแก้ไข", "the earlier list of problems was altered")
    if not marks:
        return clean.data
    states = {sheet.title: sheet.state for sheet in clean.sheets if sheet.worksheet}
    for each in marks:
        if each.sheet not in states:
            raise CannotWrite(f"ไม่พบแผ่นงาน “{each.sheet}”", f"there is no sheet “{each.sheet}”")
    shown = [each if states[each.sheet] == "visible" else None for each in marks[:MOST_MARKS]]
    linked = {  # nothing follows a link to a hidden sheet
        f"{_NAME}{at}": Area.cell(each.sheet, each.row, each.column).reference
        for at, each in enumerate(shown, start=1)
        if each
    }
    book = Book(package, clean.sheets)
    styles = package.find(_STYLES)
    wrap = wrapping_format(package.content(styles)) if styles else 0
    names = [f"{_NAME}{at}" if each else "" for at, each in enumerate(shown, start=1)]
    content = sheet_content(marks, names, book.namespace, wrap)
    called = free(TITLE + "{}", {sheet.title.casefold() for sheet in clean.sheets}, " ({})")
    return book.with_sheet(called, "marks", content, linked, first=clean.kind != "xlsm")


def unmark(inspected: Inspected) -> Inspected:
    """The workbook without our marks; the same one when it has none.

    What cannot be taken away safely, because the officer's own formulas use it or the file is
    signed, stays: the reader knows such a sheet by its first cell and passes it over.
    """
    try:
        package = patchable(inspected)
        gone = _marked(inspected, package)
        named = _NAME.encode() in package.content(spelt(package, WORKBOOK))
        if not (gone or named) or not _removable(inspected, package, gone):
            return inspected
        indices = [at for at, sheet in enumerate(inspected.sheets) if sheet in gone]
        book = Book(package, inspected.sheets)
        content = book.without_sheets(indices, lambda name: bool(_OWN_NAME.fullmatch(name)))
    except CannotWrite:
        return inspected
    return inspect(content) if content != inspected.data else inspected


# --- which sheets are ours


def _marked(inspected: Inspected, package: Package) -> tuple[SheetPart, ...]:
    """The sheets, and copies of them, whose first cell holds our marker."""
    texts = package.find(_TEXTS)
    shared = package.content(texts) if texts else b""
    marker = MARKS.encode()
    sheets = [sheet for sheet in inspected.sheets if sheet.worksheet]
    contents = {sheet: package.content(sheet.part) for sheet in sheets}
    if marker not in shared and not any(marker in content for content in contents.values()):
        return ()
    index = _index(shared, MARKS) if marker in shared else MARKS
    return tuple(
        sheet for sheet, content in contents.items() if _first_cell(content) in (MARKS, index)
    )


def _parsed(content: bytes) -> etree._Element:
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        odd()


def _index(shared: bytes, text: str) -> str:
    """How a cell refers to a shared text, as ``_first_cell`` says it."""
    for index, item in enumerate(_parsed(shared).iterfind("{*}si")):
        if "".join(item.itertext("{*}t")) == text:
            return f"#{index}"
    return MARKS


def _first_cell(content: bytes) -> str:
    """The text of A1, or ``#`` and the index of a shared text; empty for anything else."""
    cell = _parsed(content).find("{*}sheetData/{*}row/{*}c")
    if cell is None or cell.get("r", "A1") != "A1":
        return ""
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext("{*}t"))
    value = cell.findtext("{*}v", "")
    return f"#{value}" if cell.get("t") == "s" else value


def _removable(inspected: Inspected, package: Package, gone: Collection[SheetPart]) -> bool:
    """Whether the sheets only list, and no formula of the officer's reads them."""
    if any(inspected.formulas.get(sheet.title) for sheet in gone):
        return False
    used = references_to(gone)
    names = (member.name for member in package.members)
    return not any(
        used.search(formula)
        for name in names
        if name.casefold().startswith("xl/") and name.casefold().endswith(".xml")
        for formula in _FORMULA.findall(package.content(name))
    )
