"""The unit registry ``units.xlsx``: which units exist and which forms each has to send."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from moral_xlsx.addresses import unusable_in
from moral_xlsx.excel.form.drawing import RED, Drawing
from moral_xlsx.excel.office.extensions import draw_extensions, read_extensions
from moral_xlsx.excel.office.units_table import (
    HEAD_ROW,
    LAST_PROMPTED_ROW,
    Column,
    FaultWords,
    FoundTable,
    RegistryFault,
    TableKind,
    draw_table,
    fault,
    find_table,
)
from moral_xlsx.excel.office.waivers import draw_waivers, read_waivers
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.model.answers import Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Unit
from moral_xlsx.thai import key, parse_number

_PERSONS = ("", "คน", "ราย", "ท่าน")
# There are about 40,000 offices: what we keep ourselves may be longer than what is sent.
_MOST_ROWS = 100_000
_BETWEEN_FORMS = re.compile(r"[\s,;]+")
_UNITS = TableKind(
    sheet="ทะเบียนหน่วยงาน",
    help="แถวละหนึ่งหน่วยงาน เริ่มใต้หัวตาราง สลับหรือเพิ่มคอลัมน์ได้ แต่อย่าแก้คำในหัวตารางและอย่าใช้สูตร "
    "รหัสและชื่อหน่วยงานต้องกรอกทุกแถว ช่องอื่นเว้นว่างได้",
    frozen=2,
    least=2,
    columns=(
        Column(
            "code",
            "รหัสหน่วยงาน",
            16,
            "ไม่ซ้ำกัน เลขศูนย์นำหน้ามีความหมาย เช่น 0012",
            required=True,
        ),
        Column("name", "ชื่อหน่วยงาน", 40, "ชื่อเต็มตามที่ปรากฏในแบบ", required=True),
        Column("short_name", "ชื่อย่อ", 13, "เช่น ศทส."),
        Column("department", "สังกัด", 22, "กรมหรือหน่วยงานต้นสังกัด"),
        Column("executive", "ชื่อผู้บริหาร", 24, "กรอกลงในแบบให้ล่วงหน้า"),
        Column("email", "อีเมล", 25, "ใช้ตอบและติดตามหน่วยงาน หลายที่อยู่คั่นด้วยจุลภาค"),
        Column("headcount", "จำนวนบุคลากร", 15, "ผู้บริหารและบุคลากรทั้งหมด เช่น 34", "count"),
        Column("forms", "แบบที่ต้องส่ง", 23, "รหัสแบบ คั่นด้วยจุลภาค เว้นว่างคือทุกแบบ"),
    ),
)

# Message and remedy of each fault in Thai, then in English.
_WORDS: Mapping[str, FaultWords] = {
    "no headings": (
        "ไม่พบหัวตารางทะเบียนหน่วยงาน",
        f"พิมพ์หัวตารางในแถวเดียวกัน: {', '.join(c.heading for c in _UNITS.columns)}",
        "no row holds the headings of the unit registry",
        "type the Thai headings named here in one row: "
        + ", ".join(f"{c.heading} ({c.field})" for c in _UNITS.columns),
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
    "email": (
        "“{found}” ใช้เป็นอีเมลไม่ได้ จดหมายถึงหน่วยงานนี้จะยังไม่มีผู้รับรายนี้",
        "พิมพ์ที่อยู่อย่างเดียว เช่น unit@example.go.th หลายที่อยู่คั่นด้วยจุลภาค",
        "“{found}” is no e-mail address; letters to this unit will not go there",
        "type addresses only, such as unit@example.go.th, with commas between them",
    ),
    "form": (
        "ไม่รู้จักรหัสแบบ “{found}”",
        "ใช้รหัสแบบ: {known}",
        "unknown form id “{found}”",
        "use one of: {known}",
    ),
}


@dataclass(frozen=True, slots=True)
class Registry:
    """The units in the order of their rows.

    ``findings`` tell how something was read that may have been meant otherwise; none of
    them keeps the registry from being used.
    """

    units: tuple[Unit, ...]
    findings: tuple[RegistryFault, ...] = ()


class RegistryError(MoralXlsxError):
    """A registry cannot be used; ``messages`` are all faults as (Thai, English) pairs."""

    def __init__(self, messages: tuple[Bilingual, ...]) -> None:
        super().__init__(*messages)
        self.messages = messages


def write_registry(units: Sequence[Unit], form_ids: Sequence[str]) -> bytes:
    """The registry workbook, with room for more units; equal arguments give equal bytes.

    ``form_ids`` are the forms that the help offers.
    """
    drawing = Drawing(_UNITS.sheet)
    hints = {"forms": f"แบบที่มี: {', '.join(form_ids)}"} if form_ids else {}
    sheet = draw_table(drawing, _UNITS, [_typed(unit) for unit in units], hints, {})
    # A code typed twice turns red while it is typed.
    repeated = {
        "type": "duplicate",
        "format": drawing.workbook.add_format({"font_color": RED, "bold": True}),
    }
    sheet.conditional_format(HEAD_ROW + 1, 0, LAST_PROMPTED_ROW, 0, repeated)
    codes = f"='{_UNITS.sheet}'!$A${HEAD_ROW + 2}:$A${LAST_PROMPTED_ROW + 1}"
    draw_extensions(drawing, units, form_ids, codes)
    draw_waivers(drawing, units, form_ids, codes)
    return drawing.bytes()


def read_registry(data: bytes, file: str, forms: Mapping[str, Form]) -> Registry:
    """The registry in a workbook; ``file`` is the name to show in messages.

    ``forms`` are those that units can be expected to send.

    Raises Refused when the file is no readable workbook, RegistryError
    with every fault at once when it is one, but cannot be used as a registry.
    """
    inspected = inspect(data, _MOST_ROWS)
    sheets = read_values(inspected, framed=False)
    table, faults = find_table(_UNITS, inspected, sheets, file)
    units: list[Unit] = []
    notes: list[RegistryFault] = []
    if table is None:
        faults.append(fault(_WORDS["no headings"], Place(file, next(iter(sheets), ""))))
    else:
        units, more, notes = _read_units(table, forms)
        faults += more
        codes = {key(unit.code) for unit in units}
        granted = read_extensions(inspected, sheets, file, codes, forms)
        waived = read_waivers(inspected, sheets, file, codes, forms)
        units = [
            replace(unit, extensions=granted.of_unit(unit), waivers=waived.of_unit(unit))
            for unit in units
        ]
        faults += [*granted.faults, *waived.faults]
        notes += granted.notes
    if faults:
        raise RegistryError(tuple(each.sentence for each in faults))
    return Registry(tuple(units), tuple(notes))


def _typed(unit: Unit) -> dict[str, Value]:
    """A unit as the cells of its row."""
    row: dict[str, Value] = {}
    for column in _UNITS.columns:
        held = getattr(unit, column.field)
        row[column.field] = ", ".join(held) if isinstance(held, tuple) else held
    return row


def _read_units(
    table: FoundTable, known: Collection[str]
) -> tuple[list[Unit], list[RegistryFault], list[RegistryFault]]:
    """The rows as units, the faults that forbid their use, and notes on how they were read."""
    units: list[Unit] = []
    faults: list[RegistryFault] = []
    notes: list[RegistryFault] = []
    first: dict[str, str] = {}
    for row in table.filled_rows:
        unit, row_faults, row_notes = _read_unit(table, row, known)
        units.append(unit)
        faults += row_faults
        notes += row_notes
        cell = table.place(row, "code").cell
        original = first.setdefault(key(unit.code), cell)
        if unit.code and original != cell:
            words = _WORDS["repeated code"]
            faults.append(table.fault(words, row, "code", found=unit.code, first=original))
    return units, faults, notes


def _read_unit(
    table: FoundTable, row: int, known: Collection[str]
) -> tuple[Unit, list[RegistryFault], list[RegistryFault]]:
    texts = {column.field: table.text(row, column.field) for column in _UNITS.columns}
    faults = table.plain_faults(row)
    notes: list[RegistryFault] = []

    def note(listed: list[RegistryFault], words: str, field: str, **named: object) -> None:
        if not table.trouble(row, field):
            found = {"found": texts[field], **named}
            listed.append(table.fault(_WORDS[words], row, field, **found))

    code = table.value(row, "code")
    if not isinstance(code, str):
        if _whole(code) is None:
            note(faults, "code no text", "code")
        else:
            note(notes, "code number", "code")
    written, headcount = texts["headcount"], _headcount(table.value(row, "headcount"))
    if written and written != str(headcount):
        if headcount is None:
            note(faults, "headcount", "headcount")
        else:
            note(notes, "headcount read", "headcount", read=headcount)
    for found in unusable_in(texts["email"]):
        note(notes, "email", "email", found=found)
    forms = dict.fromkeys(form for form in _BETWEEN_FORMS.split(key(texts["forms"])) if form)
    for form in forms:
        if form not in known:
            note(faults, "form", "forms", found=form, known=", ".join(known))
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
