"""The desk of a round as a workbook: drawn, and read again.

Each sheet carries its id in A1 and the ids of its columns in the hidden row 1, from B1 on;
headings stand in row 2. Rows are known by their key columns, never by where they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    BODY,
    FONT,
    HEAD_FILL,
    RED,
    TITLE,
    Drawing,
)
from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.excel.read.values import Rows, read_own
from moral_xlsx.model.desk import Cell, Desk, DeskRow, DeskSheet, FilledDesk, FilledRow

_ID_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2
_PREFIX, _STAMP = "desk:", "stamp:"
# Hidden columns behind the others: what the program had written, and what it was about.
_WRITTEN, _ABOUT = "written", "about"
BETWEEN = "¦"
_LONGEST_NUMBER = 9  # digits
_MOST_CHOICES = 255  # characters of a list that Excel accepts
_SPARE_ROWS = 15
SHORT = 14


@dataclass(frozen=True, slots=True)
class DeskColumn:
    """A column of a sheet.

    ``shown`` by the program, a ``key`` by which a row is found, or ``filled`` by people, from
    ``choices`` where there are some; a ``link`` shows where the row leads.
    """

    id: str
    heading: str
    width: float
    kind: Literal["shown", "key", "filled", "link"] = "shown"
    choices: tuple[str, ...] = ()
    centred: bool = False


@dataclass(frozen=True, slots=True)
class DeskTable:
    """A sheet of the desk: its title, what it is for, and its columns.

    ``open`` tells that people add rows, and type the keys too.
    """

    id: DeskSheet
    title: str
    help: str
    columns: tuple[DeskColumn, ...]
    open: bool = False

    @property
    def filled(self) -> tuple[str, ...]:
        """The ids of the columns that people fill."""
        return tuple(each.id for each in self.columns if each.kind == "filled")

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the columns by which a row is found."""
        return tuple(each.id for each in self.columns if each.kind == "key")


_UNIT = DeskColumn("unit_code", "รหัส", 10, "key")
_NAME = DeskColumn("name", "หน่วยงาน", 26)
_FORM = DeskColumn("form", "แบบ", 18, "key")
_REASON = DeskColumn("reason", "เหตุผล", 34, "filled")
_REVIEWER = DeskColumn("reviewer", "ผู้ตัดสิน", 16, "filled")
_SAID = DeskColumn("said", "โปรแกรมแจ้ง", 34)
_RECORD = DeskColumn("record", "บันทึกการตรวจ", 14, "link")
TABLES: tuple[DeskTable, ...] = (
    DeskTable(
        "todo",
        "สิ่งที่ต้องทำ",
        "เรื่องที่ต้องใช้คนตัดสิน เรียงจากด่วนที่สุด กดที่ช่อง “ไปที่” เพื่อไปยังแถวที่ตัดสิน",
        (
            DeskColumn("what", "เรื่อง", 62),
            DeskColumn("whose", "ของใคร", 40),
            DeskColumn("since", "ตั้งแต่", 24),
            DeskColumn("where", "ไปที่", 22, "link"),
        ),
    ),
    DeskTable(
        "scores",
        "คะแนน",
        "ให้คะแนนข้อที่ไม่เห็นด้วยกับที่คำนวณ พร้อมเหตุผลและชื่อ ลบทั้งสามช่องคือถอนคำตัดสิน",
        (
            _UNIT, _NAME, _FORM,
            DeskColumn("criterion", "ข้อ", 6, "key", centred=True),
            DeskColumn("short", "ตัวชี้วัด", 28),
            DeskColumn("claimed", "เสนอ", 8, centred=True),
            DeskColumn("computed", "คำนวณได้", 10, centred=True),
            DeskColumn("reviewed", "ผู้ตรวจให้", 11, "filled", centred=True),
            _REASON, _REVIEWER, _SAID, _RECORD,
        ),
    ),
    DeskTable(
        "verdicts",
        "ผลการตรวจ",
        "รับแบบทั้งที่ยังมีสิ่งที่ต้องแก้ หรือส่งคืนทั้งที่ไม่มี พร้อมเหตุผลและชื่อ",
        (
            _UNIT, _NAME, _FORM,
            DeskColumn("computed", "ผลตามกฎ", 16),
            DeskColumn("to_mend", "ต้องแก้", 9, centred=True),
            DeskColumn("verdict", "ตัดสิน", 11, "filled", ("รับ", "ส่งคืน"), centred=True),
            _REASON, _REVIEWER, _SAID, _RECORD,
        ),
    ),
    DeskTable(
        "files",
        "ไฟล์",
        "บอกว่าไฟล์เป็นของหน่วยงานใด และใช้เป็นผลหรือไม่ พร้อมเหตุผลและชื่อ",
        (
            DeskColumn("receipt", "เลขรับ", 12, "link"),
            DeskColumn("file", "ไฟล์", 34),
            DeskColumn("sender", "ผู้ส่ง", 26),
            DeskColumn("received", "ได้รับ", 14),
            DeskColumn("form", "แบบ", 18),
            DeskColumn("bears", "รหัสในไฟล์", 12),
            DeskColumn("state", "สถานะ", 26),
            DeskColumn("unit", "เป็นของหน่วยงาน", 16, "filled"),
            DeskColumn("use", "ใช้เป็นผล", 11, "filled", ("ใช้", "ไม่ใช้"), centred=True),
            _REASON, _REVIEWER, _SAID,
            DeskColumn("sha256", "SHA-256", 16, "key"),
        ),
    ),
    DeskTable(
        "letters",
        "จดหมาย",
        "พักจดหมายที่ยังไม่ให้ส่ง (ย้ายไปใน held) ที่ลบจากโฟลเดอร์แล้วไม่ทำซ้ำ ลบคำในช่อง พักไว้ คือให้ส่ง",
        (
            DeskColumn("letter", "จดหมาย", 44, "key"),
            DeskColumn("to", "ถึง", 36),
            DeskColumn("state", "สถานะ", 22),
            DeskColumn("hold", "พักไว้", 11, "filled", ("พักไว้", "ลบแล้ว"), centred=True),
            DeskColumn("note", "หมายเหตุ", 34, "filled"),
            _SAID,
        ),
    ),
    DeskTable(
        "due",
        "กำหนดส่ง",
        "ตั้งหรือเลื่อนกำหนดส่งของแบบ เว้นรหัสหน่วยงานคือทุกหน่วยงาน เพิ่มแถวท้ายตารางได้",
        (
            _FORM, _UNIT,
            DeskColumn("title", "ชื่อแบบหรือหน่วยงาน", 34),
            DeskColumn("printed", "กำหนดที่แบบพิมพ์", 26),
            DeskColumn("until", "ส่งได้ถึงวันที่", 18, "filled", centred=True),
            _REASON, _REVIEWER, _SAID,
        ),
        open=True,
    ),
    DeskTable(
        "history",
        "ประวัติ",
        "ทุกคำตัดสินและการถอน เรียงตามรอบ แก้ที่นี่ไม่มีผล",
        (
            DeskColumn("round", "รอบ", 12),
            DeskColumn("on", "เรื่อง", 46),
            DeskColumn("value", "ตัดสิน", 20),
            DeskColumn("reason", "เหตุผล", 50),
            DeskColumn("reviewer", "ผู้ตัดสิน", 22),
        ),
    ),
)  # fmt: skip


def table_of(sheet: DeskSheet) -> DeskTable:
    """The table of a sheet."""
    return next(each for each in TABLES if each.id == sheet)


def joined(table: DeskTable, cells: Mapping[str, Cell]) -> str:
    """What stands in the columns that people fill, as one text."""
    found = (cells.get(each) for each in table.filled)
    texts = ("" if each is None else str(each).strip() for each in found)
    return BETWEEN.join(texts).strip(BETWEEN)


def desk_workbook(desk: Desk) -> bytes:
    """The desk; equal values give equal bytes."""
    drawing = Drawing("โต๊ะงานของรอบ")
    for table in TABLES:
        _draw(drawing, table, desk)
    return drawing.bytes()


def _draw(drawing: Drawing, table: DeskTable, desk: Desk) -> None:
    sheet = drawing.workbook.add_worksheet(table.title)
    rows = desk.rows.get(table.id, ())
    ids = [*(each.id for each in table.columns), _WRITTEN, _ABOUT]
    sheet.write_string(_ID_ROW, 0, f"{_PREFIX}{table.id}")
    for at, name in enumerate(ids, start=1):
        sheet.write_string(_ID_ROW, at, name)
    if table.id == "todo":
        sheet.write_string(_ID_ROW, len(ids) + 1, f"{_STAMP}{desk.round}:{desk.event}")
    sheet.set_row(_ID_ROW, None, None, {"hidden": True})
    sheet.set_column(0, 0, 2, None, {"hidden": True})
    sheet.set_column(len(ids) - 1, len(ids) + 1, 8, None, {"hidden": True})
    _draw_headings(drawing, sheet, table)
    last = FIRST_ROW + len(rows) - 1
    for row, each in enumerate(rows, start=FIRST_ROW):
        _draw_row(drawing, sheet, table, row, each)
    if table.open:
        for row in range(last + 1, last + 1 + _SPARE_ROWS):
            _draw_row(drawing, sheet, table, row, DeskRow({}), spare=True)
        last += _SPARE_ROWS
    _offer_choices(sheet, table, desk, max(last, FIRST_ROW))
    _set_page(sheet, table, max(last, HEAD_ROW))


def _draw_headings(drawing: Drawing, sheet: Worksheet, table: DeskTable) -> None:
    lines = 1
    for at, column in enumerate(table.columns, start=1):
        fill = "#FFE699" if column.kind == "filled" else HEAD_FILL
        style = drawing.style(bold=True, border=1, bg_color=fill, align="center", valign="vcenter")
        sheet.set_column(at, at, column.width)
        sheet.write_string(HEAD_ROW, at, column.heading, style)
        lines = max(lines, lines_needed(column.heading, column.width - 3, BODY))
    sheet.set_row(HEAD_ROW, line_height(BODY, lines) + 8)


def _draw_row(
    drawing: Drawing,
    sheet: Worksheet,
    table: DeskTable,
    row: int,
    each: DeskRow,
    *,
    spare: bool = False,
) -> None:
    lines = 1
    for at, column in enumerate(table.columns, start=1):
        value = each.cells.get(column.id)
        align = {"align": "center"} if column.centred else {}
        if column.kind == "filled" or (spare and column.kind == "key"):
            style = drawing.input_style(num_format="@", **align)
        elif column.id == "said":
            style = drawing.style(border=1, font_color=RED, **align)
        else:
            plain = {"font_size": SHORT, "text_wrap": False} if column.id == "sha256" else {}
            style = drawing.style(border=1, **plain, **align)
        text = "" if value is None else str(value)
        if column.kind == "link" and each.link and text:
            link = drawing.style(border=1, font_color="#1F4E9E", underline=1)
            sheet.write_url(row, at, _target(each.link), link, text)
        elif isinstance(value, int):
            sheet.write_number(row, at, value, style)
        elif text:
            sheet.write_string(row, at, text, style)
        else:
            sheet.write_blank(row, at, None, style)
        shown = "" if column.id == "sha256" else text
        lines = max(lines, lines_needed(shown, column.width, BODY))
    sheet.write_string(row, len(table.columns) + 1, each.written)
    sheet.write_string(row, len(table.columns) + 2, each.about)
    sheet.set_row(row, line_height(BODY, lines))


def _target(link: str) -> str:
    """Where a link leads, as Excel writes it."""
    kind, _, rest = link.partition(":")
    sheets = {each.id: each for each in TABLES}
    if kind not in sheets:
        return f"external:{link}"
    table = sheets[kind]
    first = next((at for at, c in enumerate(table.columns, start=1) if c.kind == "filled"), 1)
    return f"internal:'{table.title}'!{cell_name(FIRST_ROW + int(rest), first)}"


def _offer_choices(sheet: Worksheet, table: DeskTable, desk: Desk, last: int) -> None:
    for at, column in enumerate(table.columns, start=1):
        if column.kind != "filled" and not table.open:
            continue
        choices = desk.codes if column.id in ("unit", "unit_code") else column.choices
        if choices and len(",".join(choices)) <= _MOST_CHOICES:
            # Other texts stay possible: what cannot be understood is told beside the row.
            rule = {"validate": "list", "source": list(choices), "show_error": False}
            sheet.data_validation(FIRST_ROW, at, last, at, rule)


def _set_page(sheet: Worksheet, table: DeskTable, last: int) -> None:
    columns = len(table.columns)
    # With the hidden columns: a row that is sorted takes along what was written into it.
    sheet.autofilter(HEAD_ROW, 1, max(last, FIRST_ROW), columns + 2)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.9, bottom=0.6)
    sheet.print_area(HEAD_ROW, 1, last, columns)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.set_header(f'&L&"{FONT},Bold"&{TITLE}{table.title}&R&"{FONT},Regular"&14{table.help}')
    sheet.set_footer(f'&C&"{FONT},Regular"&14หน้า &P / &N')
    allowed = ("autofilter", "format_rows", "format_columns", "sort")
    sheet.protect("", {"objects": True, **dict.fromkeys(allowed, True)})


# --- read again


def read_desk(data: bytes) -> FilledDesk | None:
    """The desk in a workbook; None when it is none.

    Raises Refused when it is no readable workbook.
    """
    sheets = read_own(data)
    found: dict[DeskSheet, Sequence[FilledRow]] = {}
    columns: dict[DeskSheet, Sequence[str]] = {}
    stamp = ""
    for title, rows in sheets.items():
        head = [_text(value) for value in rows[_ID_ROW]] if rows else []
        table = next((t for t in TABLES if head and head[0] == f"{_PREFIX}{t.id}"), None)
        if table is not None and table.id in found:
            return None  # a copy of a sheet: nobody can tell which was filled
        if table is not None:
            found[table.id] = _read_rows(title, rows, head)
            columns[table.id] = head[1:]
            stamp = next((each for each in head if each.startswith(_STAMP)), stamp)
    round_name, _, event = stamp.removeprefix(_STAMP).partition(":")
    if not found or not (event.isdecimal() and len(event) <= _LONGEST_NUMBER):
        return None
    return FilledDesk(round_name, int(event), columns, found)


def _read_rows(title: str, rows: Rows, head: Sequence[str]) -> list[FilledRow]:
    columns = {name: at for at, name in enumerate(head) if at and name}
    filled = []
    for number, row in enumerate(rows):
        if number < FIRST_ROW:
            continue
        cells = {name: _text(row[at]) for name, at in columns.items() if at < len(row)}
        written, about = cells.pop(_WRITTEN, ""), cells.pop(_ABOUT, "")
        if any(cells.values()):
            filled.append(FilledRow(cells, written, about, f"{title} แถว {number + 1}"))
    return filled


def _text(value: object) -> str:
    """A value as it was typed; a whole number without decimals, a day as ISO writes it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value).strip()
