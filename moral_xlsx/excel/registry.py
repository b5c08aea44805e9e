"""The unit registry ``units.xlsx``: which units exist and which forms each has to send."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.drawing import (
    BODY,
    FONT,
    GREY,
    HEAD_FILL,
    RED,
    TITLE,
    Drawing,
    line_height,
    lines_needed,
    put,
)
from moral_xlsx.excel.guard import Inspected, inspect
from moral_xlsx.excel.layout import cell_name
from moral_xlsx.excel.values import read_values
from moral_xlsx.model.answers import Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Place
from moral_xlsx.model.round import Unit
from moral_xlsx.rules.definition import form_ids as known_form_ids
from moral_xlsx.thai import blank, key, parse_number

_SHEET = "ทะเบียนหน่วยงาน"
_HELP = (
    "แถวละหนึ่งหน่วยงาน เริ่มใต้หัวตาราง สลับหรือเพิ่มคอลัมน์ได้ แต่อย่าแก้คำในหัวตารางและอย่าใช้สูตร "
    "รหัสและชื่อหน่วยงานต้องกรอกทุกแถว ช่องอื่นเว้นว่างได้"
)
_HELP_ROW, _COLUMN_HELP_ROW, _HEAD_ROW = 1, 2, 3
_LEAST_ROWS, _SPARE_ROWS = 25, 5
_LAST_PROMPTED_ROW = 2_000
_MOST_PROMPT = 255  # characters that Excel shows of an input message
_SMALL = 14
_LEAST_HEADINGS = 2  # a single word that looks like a heading may stand in any note
_REQUIRED = ("code", "name")
_PERSONS = ("", "คน", "ราย", "ท่าน")
_BETWEEN_FORMS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the registry; ``field`` is the attribute of Unit that it holds."""

    field: str
    heading: str
    width: int
    help: str


_COLUMNS = (
    _Column("code", "รหัสหน่วยงาน", 16, "ไม่ซ้ำกัน เลขศูนย์นำหน้ามีความหมาย เช่น 0012"),
    _Column("name", "ชื่อหน่วยงาน", 40, "ชื่อเต็มตามที่ปรากฏในแบบ"),
    _Column("short_name", "ชื่อย่อ", 13, "เช่น ศทส."),
    _Column("department", "สังกัด", 22, "กรมหรือหน่วยงานต้นสังกัด"),
    _Column("executive", "ชื่อผู้บริหาร", 24, "กรอกลงในแบบให้ล่วงหน้า"),
    _Column("email", "อีเมล", 25, "ใช้ติดตามหน่วยงานที่ยังไม่ส่ง"),
    _Column("headcount", "จำนวนบุคลากร", 15, "ผู้บริหารและบุคลากรทั้งหมด เช่น 34"),
    _Column("forms", "แบบที่ต้องส่ง", 23, "รหัสแบบ คั่นด้วยจุลภาค เว้นว่างคือทุกแบบ"),
)


# Message and remedy of each fault in Thai, then in English.
_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "no headings": (
        "ไม่พบหัวตารางทะเบียนหน่วยงาน",
        f"พิมพ์หัวตารางในแถวเดียวกัน: {', '.join(c.heading for c in _COLUMNS)}",
        "no row holds the headings of the unit registry",
        "type the Thai headings named here in one row: "
        + ", ".join(f"{c.heading} ({c.field})" for c in _COLUMNS),
    ),
    "no heading": (
        "ไม่มีหัวตาราง “{heading}”",
        "พิมพ์ “{heading}” ในเซลล์นี้ คอลัมน์จะว่างก็ได้ ยกเว้นรหัสและชื่อหน่วยงาน",
        "the heading “{heading}” ({field}) is missing",
        "type it in this cell; but for code and name the column may stay blank",
    ),
    "repeated heading": (
        "หัวตาราง “{found}” ซ้ำกับเซลล์ {first}",
        "ลบคอลัมน์ที่เกิน หรือเปลี่ยนชื่อหัวตาราง",
        "the heading “{found}” stands in cell {first} too",
        "delete one of the two columns or rename its heading",
    ),
    "blank": (
        "ยังไม่ได้กรอก “{heading}”",
        "กรอกในเซลล์นี้ หรือลบทั้งแถวถ้าไม่ใช้",
        "“{heading}” ({field}) is not filled in",
        "fill it in, or clear the whole row if it is not used",
    ),
    "formula": (
        "มีสูตรในช่อง “{heading}”",
        "คัดลอกแล้ววางเฉพาะค่าแทนสูตร",
        "“{heading}” ({field}) holds a formula",
        "replace it by its value (copy, paste values)",
    ),
    "error": (
        "ช่อง “{heading}” มีค่าผิดพลาดของ Excel",
        "ลบแล้วพิมพ์ค่าใหม่",
        "“{heading}” ({field}) holds an Excel error value",
        "delete it and type the value",
    ),
    "code no text": (
        "รหัสหน่วยงาน “{found}” ไม่ใช่ข้อความ",
        "จัดรูปแบบเซลล์เป็นข้อความแล้วพิมพ์รหัสใหม่",
        "the unit code “{found}” is not a text",
        "format the cell as text and type the code again",
    ),
    "code number": (
        "รหัสหน่วยงาน {found} เก็บเป็นตัวเลข เลขศูนย์นำหน้าอาจหายไป",
        "ถ้ารหัสมีเลขศูนย์นำหน้า ให้จัดรูปแบบเซลล์เป็นข้อความแล้วพิมพ์ใหม่",
        "the unit code {found} is a number; leading zeros may have been lost",
        "if it begins with zeros, format the cell as text and type it again",
    ),
    "repeated code": (
        "รหัสหน่วยงาน “{found}” ซ้ำกับเซลล์ {first}",
        "แก้รหัสให้ไม่ซ้ำกัน หรือลบแถวที่ซ้ำ",
        "the unit code “{found}” stands in cell {first} too",
        "correct one of the two codes or delete the repeated row",
    ),
    "headcount": (
        "จำนวนบุคลากรต้องเป็นจำนวนเต็มตั้งแต่ 1 แต่พบ “{found}”",
        "พิมพ์ตัวเลขอย่างเดียว เช่น 34 หรือเว้นว่าง",
        "the headcount has to be a whole number from 1, but “{found}” was found",
        "type digits only, for example 34, or leave it blank",
    ),
    "headcount read": (
        "จำนวนบุคลากร “{found}” อ่านเป็น {read}",
        "ถ้าไม่ตรงให้พิมพ์ใหม่",
        "the headcount “{found}” was read as {read}",
        "type it again if that is not what was meant",
    ),
    "form": (
        "ไม่รู้จักรหัสแบบ “{found}”",
        "ใช้รหัสแบบ: {known}",
        "unknown form id “{found}”",
        "use one of: {known}",
    ),
}


@dataclass(frozen=True, slots=True)
class RegistryFault:
    """Something noticed at a cell of the registry; texts are (Thai, English) pairs."""

    place: Place
    message: Bilingual
    remedy: Bilingual

    @property
    def sentence(self) -> Bilingual:
        """Place, what was found and how to mend it, in one line for each language."""
        cell = "!".join(part for part in (self.place.sheet, self.place.cell) if part)
        where = " ".join(part for part in (self.place.file, cell) if part)
        return (
            f"{where}: {self.message[0]} → {self.remedy[0]}",
            f"{where}: {self.message[1]} → {self.remedy[1]}",
        )


@dataclass(frozen=True, slots=True)
class Registry:
    """The units in the order of their rows.

    ``findings`` tell how something was read that may have been meant otherwise; none of
    them keeps the registry from being used.
    """

    units: tuple[Unit, ...]
    findings: tuple[RegistryFault, ...] = ()


class RegistryError(Exception):
    """A registry cannot be used; ``messages`` are all faults as (Thai, English) pairs."""

    def __init__(self, messages: tuple[Bilingual, ...]) -> None:
        super().__init__("\n".join(english for _, english in messages))
        self.messages = messages


def write_registry(units: Sequence[Unit], form_ids: Sequence[str]) -> bytes:
    """The registry workbook, with room for more units; equal arguments give equal bytes.

    ``form_ids`` are the forms that the help offers.
    """
    drawing = Drawing(_SHEET)
    sheet = drawing.workbook.add_worksheet(_SHEET)
    last = len(_COLUMNS) - 1
    last_row = _HEAD_ROW + max(_LEAST_ROWS, len(units) + _SPARE_ROWS)
    sheet.set_default_row(line_height(BODY))
    for at, column in enumerate(_COLUMNS):
        sheet.set_column(at, at, column.width, _cell_style(drawing, column, border=0))
    sheet.set_row(0, line_height(TITLE))
    sheet.write_string(0, 0, _SHEET, drawing.style(bold=True, font_size=TITLE, text_wrap=False))
    width = sum(column.width for column in _COLUMNS)
    sheet.set_row(_HELP_ROW, line_height(BODY, lines_needed(_HELP, width, BODY)))
    sheet.merge_range(_HELP_ROW, 0, _HELP_ROW, last, _HELP, drawing.style(font_color=GREY))
    _draw_headings(drawing, sheet, form_ids)
    for row in range(_HEAD_ROW + 1, last_row + 1):
        at = row - _HEAD_ROW - 1
        _draw_unit(drawing, sheet, row, units[at] if at < len(units) else None)
    # A code typed twice turns red while it is typed.
    repeated = {
        "type": "duplicate",
        "format": drawing.workbook.add_format({"font_color": RED, "bold": True}),
    }
    sheet.conditional_format(_HEAD_ROW + 1, 0, _LAST_PROMPTED_ROW, 0, repeated)
    sheet.autofilter(_HEAD_ROW, 0, last_row, last)
    sheet.freeze_panes(_HEAD_ROW + 1, 2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_footer(f'&L&"{FONT},Regular"&14{_SHEET}&R&"{FONT},Regular"&14หน้า &P / &N')
    return drawing.bytes()


def read_registry(data: bytes, file: str) -> Registry:
    """The registry in a workbook; ``file`` is the name to show in messages.

    Raises Refused when the file is no readable workbook (MX-101 to MX-107), RegistryError
    with every fault at once when it is one, but cannot be used as a registry.
    """
    inspected = inspect(data)
    table, faults = _find_table(inspected, file)
    units: list[Unit] = []
    notes: list[RegistryFault] = []
    if table is not None:
        first: dict[str, str] = {}
        for row in table.unit_rows:
            unit, row_faults, row_notes = _read_unit(table, row)
            units.append(unit)
            faults += row_faults
            notes += row_notes
            place = table.place(row, "code")
            original = first.setdefault(key(unit.code), place.cell)
            if unit.code and original != place.cell:
                faults.append(_fault("repeated code", place, found=unit.code, first=original))
    if faults:
        raise RegistryError(tuple(fault.sentence for fault in faults))
    return Registry(tuple(units), tuple(notes))


def _draw_headings(drawing: Drawing, sheet: Worksheet, form_ids: Sequence[str]) -> None:
    small = drawing.style(font_size=_SMALL, font_color=GREY, valign="bottom")
    head = drawing.style(bold=True, border=1, bg_color=HEAD_FILL, align="center", valign="vcenter")
    lines = 1
    for at, column in enumerate(_COLUMNS):
        help_text = column.help
        if column.field == "forms" and form_ids:
            help_text = f"{column.help} แบบที่มี: {', '.join(form_ids)}"
        lines = max(lines, lines_needed(help_text, column.width, _SMALL))
        sheet.write_string(_COLUMN_HELP_ROW, at, help_text, small)
        sheet.write_string(_HEAD_ROW, at, column.heading, head)
        prompt = {
            "validate": "any",
            "input_title": column.heading,
            "input_message": help_text[:_MOST_PROMPT],
        }
        sheet.data_validation(_HEAD_ROW + 1, at, _LAST_PROMPTED_ROW, at, prompt)
    sheet.set_row(_COLUMN_HELP_ROW, line_height(_SMALL, lines))
    # Room for the arrows of the filter beside the centred words.
    sheet.set_row(_HEAD_ROW, line_height(BODY) + 8)


def _draw_unit(drawing: Drawing, sheet: Worksheet, row: int, unit: Unit | None) -> None:
    lines = 1
    for at, column in enumerate(_COLUMNS):
        value: Value = None
        if unit is not None:
            held = getattr(unit, column.field)
            value = ", ".join(held) if isinstance(held, tuple) else held
        if isinstance(value, str):
            lines = max(lines, lines_needed(value, column.width, BODY))
        put(sheet, row, at, value, _cell_style(drawing, column, border=1))
    sheet.set_row(row, line_height(BODY, lines))


def _cell_style(drawing: Drawing, column: _Column, *, border: int) -> Format:
    if column.field == "headcount":
        return drawing.style(border=border, num_format="#,##0", align="right")
    return drawing.style(border=border, num_format="@")


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the registry stands in a workbook; rows and columns count from 0.

    ``columns`` holds the column of each heading that was found, by attribute of Unit.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[object]]
    head_row: int
    columns: Mapping[str, int]
    formulas: frozenset[tuple[int, int]]
    errors: frozenset[tuple[int, int]]

    @property
    def unit_rows(self) -> Iterator[int]:
        """The rows below the headings in which anything of a unit stands."""
        for row in range(self.head_row + 1, len(self.rows)):
            if any(self.text(row, field) or self.trouble(row, field) for field in self.columns):
                yield row

    def value(self, row: int, field: str) -> object:
        """The value of a unit's cell, an empty text when it is blank or has no column."""
        at = self.columns.get(field)
        return "" if at is None else self.rows[row][at]

    def text(self, row: int, field: str) -> str:
        """The same as a text, a whole number without decimals."""
        value = self.value(row, field)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value)
        return "" if blank(text) else text.strip()

    def trouble(self, row: int, field: str) -> str:
        """Which fault a formula or an error value in the cell is; empty when it has none."""
        cell = (row, self.columns.get(field, -1))
        if cell in self.errors:
            return "error"
        return "formula" if cell in self.formulas else ""

    def place(self, row: int, field: str) -> Place:
        """The place of a unit's cell; without a cell when it has no column."""
        at = self.columns.get(field)
        return Place(self.file, self.sheet, "" if at is None else cell_name(row, at), field)


def _find_table(inspected: Inspected, file: str) -> tuple[_Table | None, list[RegistryFault]]:
    """The registry's table: where most of its headings stand in one row of any sheet."""
    fields = {_heading_key(column.heading): column.field for column in _COLUMNS}
    sheets = read_values(inspected)
    title, head_row, found = "", 0, list[tuple[int, str]]()
    for candidate, rows in sheets.items():
        for row, values in enumerate(rows):
            here = [
                (at, fields[name])
                for at, value in enumerate(values)
                if isinstance(value, str) and (name := _heading_key(value)) in fields
            ]
            if len(here) > len(found):
                title, head_row, found = candidate, row, here
    if len(found) < _LEAST_HEADINGS:
        return None, [_fault("no headings", Place(file, next(iter(sheets), "")))]
    columns: dict[str, int] = {}
    faults: list[RegistryFault] = []
    for at, field in found:
        if columns.setdefault(field, at) != at:
            place = Place(file, title, cell_name(head_row, at), field)
            first = cell_name(head_row, columns[field])
            faults.append(_fault("repeated heading", place, first=first))
    lacking = [column.field for column in _COLUMNS if column.field not in columns]
    for at, field in enumerate(lacking, start=len(sheets[title][head_row])):
        place = Place(file, title, cell_name(head_row, at), field)
        faults.append(_fault("no heading", place))
    table = _Table(
        file,
        title,
        sheets[title],
        head_row,
        columns,
        inspected.formulas.get(title, frozenset()),
        inspected.errors.get(title, frozenset()),
    )
    return table, faults


def _heading_key(text: str) -> str:
    return key(text).replace(" ", "")


def _read_unit(table: _Table, row: int) -> tuple[Unit, list[RegistryFault], list[RegistryFault]]:
    """A row as a unit, the faults that forbid its use, and notes on how it was read."""
    texts = {column.field: table.text(row, column.field) for column in _COLUMNS}
    troubles = {field: kind for field in table.columns if (kind := table.trouble(row, field))}
    faults = [_fault(kind, table.place(row, field)) for field, kind in troubles.items()]
    notes: list[RegistryFault] = []
    for field in _REQUIRED:
        if not texts[field] and field in table.columns and field not in troubles:
            faults.append(_fault("blank", table.place(row, field)))
    code = table.value(row, "code")
    if not isinstance(code, str) and "code" not in troubles:
        place = table.place(row, "code")
        if _whole(code) is None:
            faults.append(_fault("code no text", place, found=texts["code"]))
        else:
            notes.append(_fault("code number", place, found=texts["code"]))
    written, headcount = texts["headcount"], _headcount(table.value(row, "headcount"))
    if written and written != str(headcount) and "headcount" not in troubles:
        place = table.place(row, "headcount")
        if headcount is None:
            faults.append(_fault("headcount", place, found=written))
        else:
            notes.append(_fault("headcount read", place, found=written, read=headcount))
    forms = dict.fromkeys(form for form in _BETWEEN_FORMS.split(key(texts["forms"])) if form)
    for form in forms:
        if form not in known_form_ids() and "forms" not in troubles:
            known = ", ".join(known_form_ids())
            faults.append(_fault("form", table.place(row, "forms"), found=form, known=known))
    unit = Unit(
        code=texts["code"],
        name=texts["name"],
        short_name=texts["short_name"],
        department=texts["department"],
        executive=texts["executive"],
        email=texts["email"],
        headcount=headcount,
        forms=tuple(forms),
    )
    return unit, faults, notes


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return int(value) if value % 1 == 0 else None


def _headcount(value: object) -> int | None:
    """The persons that a cell states, None when it states no whole number from 1."""
    count = _whole(value)
    if isinstance(value, str) and (typed := parse_number(value, "คน")) and not typed.percent:
        count = _whole(typed.value) if key(typed.unit) in _PERSONS else None
    return count if count is not None and count >= 1 else None


def _fault(kind: str, place: Place, **words: object) -> RegistryFault:
    heading = next((c.heading for c in _COLUMNS if c.field == place.field), "")
    known = {"found": heading, "heading": heading, "field": place.field, **words}
    texts = [text.format_map(known) for text in _WORDS[kind]]
    return RegistryFault(place, (texts[0], texts[2]), (texts[1], texts[3]))
