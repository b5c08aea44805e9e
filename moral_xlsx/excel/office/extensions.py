"""The registry's second sheet: later dates granted to single units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from moral_xlsx.excel.form.drawing import Drawing
from moral_xlsx.excel.office.granted import Granted, find_granted, row_faults
from moral_xlsx.excel.office.units_table import (
    Column,
    FaultWords,
    FoundTable,
    RegistryFault,
    TableKind,
    draw_table,
)
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.values import Rows
from moral_xlsx.model.answers import Value
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.thai import ParsedDate, key, parse_date, short_date

_EXTENSIONS = TableKind(
    sheet="ขยายเวลา",
    help="ใช้เมื่ออนุญาตให้หน่วยงานส่งช้ากว่ากำหนด แถวละหนึ่งหน่วยงานและหนึ่งกำหนดส่ง "
    "เว้นว่างทั้งแผ่นได้ อย่าแก้คำในหัวตารางและอย่าใช้สูตร",
    frozen=1,
    least=3,
    columns=(
        Column("code", "รหัสหน่วยงาน", 16, "รหัสที่มีในแผ่นทะเบียนหน่วยงาน", required=True),
        Column("form", "รหัสแบบ", 26, "แบบที่ขยายเวลาให้", required=True),
        Column(
            "due",
            "กำหนดเดิม",
            18,
            "วันกำหนดส่งตามแบบ เช่น 31 พ.ค. 2569",
            "date",
            required=True,
        ),
        Column("until", "ขยายถึง", 18, "ส่งได้ถึงวันนี้ เช่น 15 มิ.ย. 2569", "date", required=True),
        Column("reason", "เหตุผล", 50, "เช่น เลขที่หนังสือที่ขอขยายเวลา"),
    ),
)

# Message and remedy of each fault in Thai, then in English.
_WORDS: Mapping[str, FaultWords] = {
    "date": (
        "“{heading}” ต้องเป็นวันที่ แต่พบ “{found}”",
        "พิมพ์วัน เดือน ปี เช่น 31 พ.ค. 2569",
        "“{heading}” ({field}) has to be a date, but “{found}” was found",
        "type day, month and year, for example 31/5/2569",
    ),
    "date read": (
        "“{heading}” ที่พิมพ์ว่า “{found}” อ่านเป็น {read}",
        "ถ้าไม่ตรงให้พิมพ์ใหม่",
        "“{heading}” ({field}), typed as “{found}”, was read as {read_en}",
        "type it again if that is not what was meant",
    ),
    "no due date": (
        "แบบ {form} ไม่มีกำหนดส่งวันที่ {found}",
        "ใช้กำหนดส่งของแบบ: {known}",
        "{form} is not due on {found_en}",
        "use a due date of the form: {known_en}",
    ),
    "never due": (
        "แบบ {form} ไม่มีกำหนดส่ง จึงขยายเวลาไม่ได้",
        "ลบทั้งแถว หรือแก้รหัสแบบ",
        "{form} has no due date that could be extended",
        "clear the whole row or correct the form's id",
    ),
    "not later": (
        "ขยายถึง {found} ซึ่งไม่หลังกำหนดเดิม {due}",
        "แก้วันที่ให้หลังกำหนดเดิม หรือลบทั้งแถว",
        "{found_en} is not later than the due date {due_en}",
        "type a later date or clear the whole row",
    ),
    "repeated": (
        "กำหนดนี้ของหน่วยงานนี้ขยายไว้แล้วในเซลล์ {first}",
        "ลบแถวที่ซ้ำ",
        "the same due date of the unit is extended in cell {first} too",
        "delete one of the two rows",
    ),
}


def draw_extensions(
    drawing: Drawing, units: Sequence[Unit], form_ids: Sequence[str], codes: str
) -> None:
    """Adds the sheet; ``codes`` is the range of cells with the codes of the units."""
    rows: list[Mapping[str, Value]] = [
        {
            "code": unit.code,
            "form": granted.form,
            "due": granted.due,
            "until": granted.until,
            "reason": granted.reason,
        }
        for unit in units
        for granted in unit.extensions
    ]
    draw_table(drawing, _EXTENSIONS, rows, {}, {"code": codes, "form": form_ids})


def read_extensions(
    inspected: Inspected,
    sheets: Mapping[str, Rows],
    file: str,
    codes: Collection[str],
    forms: Mapping[str, Form],
) -> Granted[Extension]:
    """What the sheet grants; ``codes`` are the keys of the units' codes.

    A workbook without the sheet grants nothing, as before there was one.
    """
    table, faults = find_granted(_EXTENSIONS, inspected, sheets, file)
    granted = Granted[Extension](faults=faults)
    for row in table.filled_rows if table else ():
        assert table is not None
        extension = _read_row(table, row, codes, forms, granted)
        if extension is not None:
            same = extension.form, extension.due
            granted.add(extension, table, row, "due", same, _WORDS["repeated"])
    return granted


def _read_row(
    table: FoundTable,
    row: int,
    codes: Collection[str],
    forms: Mapping[str, Form],
    granted: Granted[Extension],
) -> Extension | None:
    """A row as an extension; None when it has faults, which ``granted`` then holds."""
    faults = row_faults(table, row, codes, forms)
    form = key(table.text(row, "form"))
    due = _read_date(table, row, "due", faults, granted.notes)
    until = _read_date(table, row, "until", faults, granted.notes)
    if due is not None and form in forms:
        faults += _due_faults(table, row, forms[form], due)
    if due is not None and until is not None and until <= due:
        words = {**_both("found", until), **_both("due", due)}
        faults.append(table.fault(_WORDS["not later"], row, "until", **words))
    granted.faults += faults
    if faults or due is None or until is None:
        return None
    return Extension(form, due, until, table.text(row, "reason"))


def _due_faults(table: FoundTable, row: int, form: Form, due: date) -> list[RegistryFault]:
    days = sorted({each.date for each in form.due_dates})
    if not days:
        return [table.fault(_WORDS["never due"], row, "form", form=form.id)]
    if due in days:
        return []
    known = {
        "known": ", ".join(short_date(day) for day in days),
        "known_en": ", ".join(day.isoformat() for day in days),
    }
    words = _WORDS["no due date"]
    return [table.fault(words, row, "due", form=form.id, **_both("found", due), **known)]


def _both(name: str, day: date) -> dict[str, str]:
    """A date as the words of a fault in both languages."""
    return {name: short_date(day), f"{name}_en": day.isoformat()}


def _read_date(
    table: FoundTable,
    row: int,
    field: str,
    faults: list[RegistryFault],
    notes: list[RegistryFault],
) -> date | None:
    """The date in a cell; a note tells how it was read where it was typed otherwise."""
    text = table.text(row, field)
    if not text or table.trouble(row, field):
        return None
    value = table.value(row, field)
    parsed = _parsed(value)
    if parsed is None:
        faults.append(table.fault(_WORDS["date"], row, field, found=text))
        return None
    plain = parsed.date.isoformat() == text or (isinstance(value, date) and not parsed.notes)
    if not plain:
        words = {"found": text, **_both("read", parsed.date)}
        notes.append(table.fault(_WORDS["date read"], row, field, **words))
    return parsed.date


def _parsed(value: object) -> ParsedDate | None:
    """A date cell, whose year may have been typed in either era, or a date typed as text."""
    if isinstance(value, datetime):
        return parse_date(value.date().isoformat())
    if isinstance(value, date):
        return parse_date(value.isoformat())
    return parse_date(value) if isinstance(value, str) else None
