"""Reads the values of a workbook with pandas, without a guess about any of them."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from python_calamine import CalamineWorkbook, SheetTypeEnum

from moral_xlsx.excel.form.layout import OURS
from moral_xlsx.excel.read.binary import records
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.scan import Cells
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import CELLS_UNREAD, DAMAGED
from moral_xlsx.model.errors import Refused
from moral_xlsx.thai import SERIAL_ORIGIN

if TYPE_CHECKING:
    import pandas as pd

Rows = Sequence[Sequence[object]]
_UNREADABLE = ("โปรแกรมอ่านไฟล์อ่านเนื้อในไม่ได้", "its content cannot be read")
_Engine = Literal["odf", "xlrd", "pyxlsb"]
# Read by a second program too: what the first one loses without a word, it may find.
_SECOND: Mapping[str, _Engine] = {"ods": "odf", "xls": "xlrd", "xlsb": "pyxlsb"}
_BINARY = "xl/worksheets/"
# BrtShortBlank to BrtShortIsst: a cell of the column after the one before it.
_SHORT_CELLS = range(12, 19)

# The error words that the reading program knows; at any other it gives up the whole sheet.
_KNOWN = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
_PREFIX = rb"(?:[A-Za-z0-9]+:)?"
_ERROR = re.compile(
    rb'(<%(p)sc [^<>]*t="e"[^<>]*>\s*(?:<%(p)sf[^<>]*/>|<%(p)sf[^<>]*>[^<]*</%(p)sf>)?\s*<%(p)sv>)'
    rb"(#[^<]*)" % {b"p": _PREFIX}
)


def _with_known_errors(inspected: Inspected) -> bytes | None:
    """The file with every unknown error word changed to a known one; None when it has none.

    Which cells hold an error, the guard has noted already.
    """
    if inspected.package is None:
        return None
    changed = {}
    for sheet in inspected.sheets:
        content = inspected.sheet_xml(sheet.title)
        known = _ERROR.sub(lambda m: m[0] if m[2] in _KNOWN else m[1] + b"#VALUE!", content)
        if known != content:
            changed[sheet.part] = known
    return inspected.package.rewrite(changed) if changed else None


def _sheets(data: bytes, titles: list[str] | None) -> Mapping[str, list[list[object]]]:
    """The rows of each sheet as calamine reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    if titles is None:
        titles = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    return {
        title: [
            [value if value.__class__ is str else _as_typed(value) for value in row]
            for row in book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        ]
        for title in titles
    }


def _frames(data: bytes, titles: list[str] | None) -> Mapping[str, pd.DataFrame]:
    """The same in frames. pandas' own way to it takes as long again for guessing what the rows
    mean, which nobody wants here."""
    # It takes a third of a second to load, and a round's own process does without.
    import pandas as pd

    return {
        title: pd.DataFrame(rows, dtype=object) for title, rows in _sheets(data, titles).items()
    }


def _as_typed(value: object) -> object:
    """A value without what the file's format made of it: every number is stored with a point,
    and a day without an hour is one at midnight."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _frames_of_rare(
    data: bytes, titles: list[str] | None, engine: _Engine
) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    # What xlrd notices of a file it would print among our results.
    quiet = {"logfile": io.StringIO()} if engine == "xlrd" else None
    with pd.ExcelFile(io.BytesIO(data), engine=engine, engine_kwargs=quiet) as file:
        # Anything less and pandas turns "NA" into nothing and "0012" into 12.
        return pd.read_excel(
            file,
            sheet_name=titles,
            header=None,
            dtype=object,
            keep_default_na=False,
            na_filter=False,
        )


def _rows(frames: Mapping[str, pd.DataFrame]) -> Mapping[str, Rows]:
    return {title: frame.to_numpy(dtype=object).tolist() for title, frame in frames.items()}


def read_values(
    inspected: Inspected, titles: list[str] | None = None, *, framed: bool = True
) -> Mapping[str, Rows]:
    """The cell values of the named sheets (None: all), by title; blank cells are ``""``.

    Rows and columns count from the sheet's first cell, blank ones included. Sheets that only
    list what to mend are left out. Raises Refused
    when pandas cannot read the file. A usual workbook that is not ``framed`` does without pandas.
    """
    if inspected.kind == "xlsb" and _has_short_cells(inspected):
        raise Refused(finding(CELLS_UNREAD))
    second = _second(inspected, titles)
    try:
        sheets = _first(inspected, titles, framed)
    except Refused:
        if second is None:
            raise
        sheets = second
    if second is not None:
        sheets = {title: _filled(rows, second.get(title, ())) for title, rows in sheets.items()}
    return {title: rows for title, rows in sheets.items() if not rows or rows[0][0] != OURS}


def read_own(data: bytes) -> Mapping[str, Rows]:
    """The cell values of a workbook that the program itself wrote: as many as there are.

    Raises Refused when it cannot be read.
    """
    sheets = _calamine(data, None, framed=False)
    if sheets is None:
        raise Refused(finding(DAMAGED, what=_UNREADABLE))
    return sheets


def _has_short_cells(inspected: Inspected) -> bool:
    """Whether an .xlsb holds cells without a column, which no reading program takes."""
    package = inspected.package
    sheets = [m.name for m in package.members if m.name.startswith(_BINARY)] if package else []
    return any(
        kind in _SHORT_CELLS
        for name in sheets
        if package and name.endswith(".bin")
        for kind, _ in records(package.content(name))
    )


def disputed_cells(inspected: Inspected) -> Mapping[str, Cells]:
    """The (row, column) of each cell, by sheet title, that two reading programs read otherwise.

    Only formats that are rare enough are read twice; what one program alone can open is not
    disputed.
    """
    second = _second(inspected, None)
    if second is None:
        return {}
    try:
        first = _first(inspected, None)
    except Refused:
        return {}
    found = {
        title: frozenset(
            (row, column)
            for row in range(max(len(first.get(title, ())), len(second.get(title, ()))))
            for column in range(max(_width(first, title), _width(second, title)))
            if _plain(first, title, row, column) != _plain(second, title, row, column)
        )
        for title in {*first, *second}
    }
    return {title: cells for title, cells in found.items() if cells}


def _width(sheets: Mapping[str, Rows], title: str) -> int:
    rows = sheets.get(title, ())
    return max(map(len, rows), default=0)


def _plain(sheets: Mapping[str, Rows], title: str, row: int, column: int) -> object:
    """A value as every reading program gives it: dates as their serial numbers."""
    rows = sheets.get(title, ())
    value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
    if isinstance(value, datetime):
        return (value - datetime.combine(SERIAL_ORIGIN, time())) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - SERIAL_ORIGIN).days)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return "" if value is None else value


def _filled(rows: Rows, others: Rows) -> Rows:
    """Rows in which what another program found stands where this one found nothing."""
    height = max(len(rows), len(others))
    filled = []
    for at in range(height):
        own = rows[at] if at < len(rows) else ()
        other = others[at] if at < len(others) else ()
        width = max(len(own), len(other))
        filled.append([_either(own, other, column) for column in range(width)])
    return filled


def _either(own: Sequence[object], other: Sequence[object], column: int) -> object:
    value = own[column] if column < len(own) else ""
    if value in ("", None) and column < len(other):
        return other[column]
    return value


def _first(
    inspected: Inspected, titles: list[str] | None, framed: bool = True
) -> Mapping[str, Rows]:
    """What calamine reads; raises Refused."""
    sheets = _calamine(inspected.data, titles, framed)
    if sheets is None:
        known = _with_known_errors(inspected)
        sheets = None if known is None else _calamine(known, titles, framed)
    if sheets is None:
        raise Refused(finding(DAMAGED, what=_UNREADABLE))
    return sheets


def _calamine(data: bytes, titles: list[str] | None, framed: bool) -> Mapping[str, Rows] | None:
    """What it reads, or None where it gives up."""
    try:
        return _rows(_frames(data, titles)) if framed else _sheets(data, titles)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # it raises many kinds, and panics on a lie in the file: no Exception
        return None


def _second(inspected: Inspected, titles: list[str] | None) -> Mapping[str, Rows] | None:
    """What another program reads of a rare format; None where it cannot, or is not installed."""
    engine = _SECOND.get(inspected.kind)
    if engine is None:
        return None
    try:
        with warnings.catch_warnings():
            # That pandas would rather use the first program, we know.
            warnings.simplefilter("ignore")
            return _rows(_frames_of_rare(inspected.data, titles, engine))
    except Exception:
        return None
