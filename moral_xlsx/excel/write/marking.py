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
from collections.abc import Collection, Mapping, Sequence

from lxml import etree

from moral_xlsx.excel.form.layout import OURS, Area
from moral_xlsx.excel.read.guard import Inspected, SheetPart, inspect
from moral_xlsx.excel.write.book_parts import WORKBOOK, Book, free, odd, references_to, spelt
from moral_xlsx.excel.write.list_sheet import FIRST_ROW, ListSheet, list_content, wrapping_format
from moral_xlsx.excel.write.locate import CannotWrite
from moral_xlsx.excel.write.marks_sheet import MOST_MARKS, Mark, list_of_marks
from moral_xlsx.excel.write.writeback import patchable
from moral_xlsx.opc import Package

__all__ = ["Mark", "mark", "unmark", "with_list"]

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
    links = {
        at: f"{_NAME}{at + 1}"
        for at, each in enumerate(marks[:MOST_MARKS])
        if states[each.sheet] == "visible"  # nothing follows a link to a hidden sheet
    }
    places = {
        name: Area.cell(marks[at].sheet, marks[at].row, marks[at].column).reference
        for at, name in links.items()
    }
    listed = list_of_marks(marks, links)
    return _with_sheet(clean, package, listed, "marks", places, first=clean.kind != "xlsm")


def with_list(inspected: Inspected, listed: ListSheet, stem: str) -> bytes:
    """The workbook with a sheet of ours after all others; ``unmark`` takes it away again.

    ``stem`` is what its part is to be called. Raises ``CannotWrite`` as ``mark`` does.
    """
    return _with_sheet(inspected, patchable(inspected), listed, stem, {}, first=False)


def _with_sheet(
    inspected: Inspected,
    package: Package,
    listed: ListSheet,
    stem: str,
    places: Mapping[str, str],
    *,
    first: bool,
) -> bytes:
    book = Book(package, inspected.sheets)
    styles = package.find(_STYLES)
    wrap = wrapping_format(package.content(styles)) if styles else 0
    content = list_content(listed, book.namespace, wrap)
    taken = {sheet.title.casefold() for sheet in inspected.sheets}
    called = free(listed.title + "{}", taken, " ({})")
    return book.with_sheet(called, stem, content, places, heading=FIRST_ROW - 1, first=first)


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
    marker = OURS.encode()
    sheets = [sheet for sheet in inspected.sheets if sheet.worksheet]
    contents = {sheet: package.content(sheet.part) for sheet in sheets}
    if marker not in shared and not any(marker in content for content in contents.values()):
        return ()
    index = _index(shared, OURS) if marker in shared else OURS
    return tuple(
        sheet for sheet, content in contents.items() if _first_cell(content) in (OURS, index)
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
    return OURS


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
