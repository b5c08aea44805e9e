"""Ticks that are letters of a font of symbols: ``ü`` in Wingdings, ``P`` in Wingdings 2."""

from __future__ import annotations

import re

from lxml import etree

from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.read.guard import Inspected

TICK, CROSS, EMPTY = "✓", "✗", "☐"
# What the letters of these fonts look like; Word's and Excel's symbol dialogs insert them.
_FONTS = {
    "wingdings": {"ü": TICK, "þ": TICK, "û": CROSS, "ý": CROSS, "o": EMPTY, "¨": EMPTY, "q": EMPTY},
    "wingdings 2": {
        "P": TICK, "R": TICK, "O": CROSS, "Q": CROSS, "S": CROSS, "T": CROSS, "U": CROSS,
        "V": CROSS, "£": EMPTY, "*": EMPTY,
    },
    "webdings": {"a": TICK, "r": CROSS, "c": EMPTY},
    "marlett": {"a": TICK, "b": TICK, "r": CROSS},
}  # fmt: skip
_LETTERS = frozenset(letter for letters in _FONTS.values() for letter in letters)
# Symbol fonts have their letters a second time, in the area for private use.
_PRIVATE = 0xF000


def sign_of(inspected: Inspected, sheet: str, row: int, column: int, text: str) -> str:
    """The sign that people see where a letter stands in a font of symbols, else empty."""
    letter = text.strip()
    if len(letter) != 1:
        return ""
    if _PRIVATE <= ord(letter) < _PRIVATE + 256:
        letter = chr(ord(letter) - _PRIVATE)
    if letter not in _LETTERS:
        return ""
    return _FONTS.get(_font(inspected, sheet, row, column).casefold(), {}).get(letter, "")


def _font(inspected: Inspected, sheet: str, row: int, column: int) -> str:
    """The font of a cell's text: that of its first run, else that of the cell's format."""
    return _run_font(inspected, sheet, row, column) or _format_font(
        inspected, inspected.format_index(sheet, row, column)
    )


def _run_font(inspected: Inspected, sheet: str, row: int, column: int) -> str:
    name = cell_name(row, column).encode()
    found = re.search(
        rb'<c(?=[^<>]* r="%s")(?=[^<>]* t="s")[^<>]*>\s*<v>([0-9]{1,7})</v>' % name,
        inspected.sheet_xml(sheet),
    )
    texts = inspected.tree("xl/sharedStrings.xml") if found else None
    if found is None or texts is None:
        return ""
    items = texts.findall("{*}si")
    index = int(found[1])
    return _first(items[index], "{*}r/{*}rPr/{*}rFont") if index < len(items) else ""


def _format_font(inspected: Inspected, index: int | None) -> str:
    styles = inspected.tree("xl/styles.xml")
    if styles is None or index is None:
        return ""
    formats, fonts = styles.findall("{*}cellXfs/{*}xf"), styles.findall("{*}fonts/{*}font")
    font = formats[index].get("fontId", "") if index < len(formats) else ""
    at = int(font) if font.isdecimal() else len(fonts)
    return _first(fonts[at], "{*}name") if at < len(fonts) else ""


def _first(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else found.get("val", "")
