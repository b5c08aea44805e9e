"""What the registry's sheets of single units share: a row grants a unit something of a form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from moral_xlsx.excel.office.units_table import (
    FaultWords,
    FoundTable,
    RegistryFault,
    TableKind,
    fault,
    find_table,
)
from moral_xlsx.excel.read.guard import Inspected
from moral_xlsx.excel.read.values import Rows
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Unit
from moral_xlsx.thai import blank, key

# Message and remedy of each fault in Thai, then in English.
_NO_HEADINGS: FaultWords = (
    "ไม่พบหัวตาราง{sheet}",
    "พิมพ์หัวตารางในแถวเดียวกัน: {headings} หรือลบแผ่นงานนี้",
    "no row holds the headings of this sheet",
    "type the Thai headings named here in one row, or delete the sheet: {headings_en}",
)
_NO_UNIT: FaultWords = (
    "ไม่มีหน่วยงานรหัส “{found}” ในทะเบียน",
    "แก้รหัส หรือเพิ่มหน่วยงานในทะเบียน",
    "there is no unit “{found}” in the registry",
    "correct the code or add the unit",
)
_NO_FORM: FaultWords = (
    "ไม่รู้จักรหัสแบบ “{found}”",
    "ใช้รหัสแบบ: {known}",
    "unknown form id “{found}”",
    "use one of: {known}",
)

What = TypeVar("What")


@dataclass(slots=True)
class Granted(Generic[What]):
    """What a sheet grants by the key of the unit's code, with what was noticed in reading."""

    by_code: dict[str, list[What]] = field(default_factory=lambda: defaultdict(list))
    faults: list[RegistryFault] = field(default_factory=list)
    notes: list[RegistryFault] = field(default_factory=list)
    _first: dict[Hashable, str] = field(default_factory=dict)

    def of_unit(self, unit: Unit) -> tuple[What, ...]:
        """What a unit is granted, in the order of the rows."""
        return tuple(self.by_code.get(key(unit.code), ()))

    def add(
        self, what: What, table: FoundTable, row: int, field: str, same: Hashable, words: FaultWords
    ) -> None:
        """Grants it, or tells at ``field`` with ``words`` where ``same`` stood already."""
        code, cell = key(table.text(row, "code")), table.place(row, field).cell
        original = self._first.setdefault((code, same), cell)
        if original == cell:
            self.by_code[code].append(what)
        else:
            self.faults.append(table.fault(words, row, field, first=original))


def find_granted(
    kind: TableKind, inspected: Inspected, sheets: Mapping[str, Rows], file: str
) -> tuple[FoundTable | None, list[RegistryFault]]:
    """The table, None where there is none: no sheet, or a blank one, grants nothing."""
    table, faults = find_table(kind, inspected, sheets, file)
    typed = (value for values in sheets.get(kind.sheet, ()) for value in values)
    if table is None and not all(blank(str(value)) for value in typed):
        words = {
            "sheet": kind.sheet,
            "headings": ", ".join(column.heading for column in kind.columns),
            "headings_en": ", ".join(f"{each.heading} ({each.field})" for each in kind.columns),
        }
        faults = [fault(_NO_HEADINGS, Place(file, kind.sheet), **words)]
    return table, faults


def row_faults(
    table: FoundTable, row: int, codes: Collection[str], forms: Mapping[str, Form]
) -> list[RegistryFault]:
    """What is wrong with the cells of a row, its unit and its form among them."""
    faults = table.plain_faults(row)
    code, form = table.text(row, "code"), key(table.text(row, "form"))
    if code and not table.trouble(row, "code") and key(code) not in codes:
        faults.append(table.fault(_NO_UNIT, row, "code", found=code))
    if form and not table.trouble(row, "form") and form not in forms:
        known = ", ".join(forms)
        faults.append(table.fault(_NO_FORM, row, "form", found=form, known=known))
    return faults
