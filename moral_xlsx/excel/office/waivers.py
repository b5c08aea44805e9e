"""The registry's third sheet: what of a form does not apply to single units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

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
from moral_xlsx.model.units import Unit, Waiver
from moral_xlsx.thai import key
from moral_xlsx.wording import item

_WAIVERS = TableKind(
    sheet="ไม่เกี่ยวข้อง",
    help="ใช้เมื่อข้อหรือช่องของแบบไม่เกี่ยวข้องกับหน่วยงาน แถวละหนึ่งหน่วยงานและหนึ่งข้อ "
    "ข้อนั้นจะไม่มีคะแนนและไม่นับในผลรวม เว้นว่างทั้งแผ่นได้ อย่าแก้คำในหัวตารางและอย่าใช้สูตร",
    frozen=1,
    # Headings that the sheet of extensions has too are not enough to know this one by.
    least=3,
    columns=(
        Column("code", "รหัสหน่วยงาน", 16, "รหัสที่มีในแผ่นทะเบียนหน่วยงาน", required=True),
        Column("form", "รหัสแบบ", 26, "แบบที่มีข้อนั้น", required=True),
        Column("item", "ข้อหรือช่อง", 30, "เลขข้อตามแบบ เช่น 4 หรือรหัสของช่อง", required=True),
        Column("reason", "เหตุที่ไม่เกี่ยวข้อง", 50, "จะอยู่ในบันทึกผลของหน่วยงาน", required=True),
    ),
)

# Message and remedy of each fault in Thai, then in English.
_WORDS: Mapping[str, FaultWords] = {
    "item": (
        "แบบ {form} ไม่มีข้อหรือช่อง “{found}”",
        "ใช้รหัสของช่อง หรือข้อ: {known}",
        "{form} has no criterion or field “{found}”",
        "use the id of a field, or a criterion: {known}",
    ),
    "repeated": (
        "ข้อนี้ของหน่วยงานนี้มีแล้วในเซลล์ {first}",
        "ลบแถวที่ซ้ำ",
        "the same item of the unit stands in cell {first} too",
        "delete one of the two rows",
    ),
}


def draw_waivers(
    drawing: Drawing, units: Sequence[Unit], form_ids: Sequence[str], codes: str
) -> None:
    """Adds the sheet; ``codes`` is the range of cells with the codes of the units."""
    rows: list[Mapping[str, Value]] = [
        {
            "code": unit.code,
            "form": waiver.form,
            "item": str(waiver.item),
            "reason": waiver.reason,
        }
        for unit in units
        for waiver in unit.waivers
    ]
    draw_table(drawing, _WAIVERS, rows, {}, {"code": codes, "form": form_ids})


def read_waivers(
    inspected: Inspected,
    sheets: Mapping[str, Rows],
    file: str,
    codes: Collection[str],
    forms: Mapping[str, Form],
) -> Granted[Waiver]:
    """What the sheet waives; ``codes`` are the keys of the units' codes.

    A workbook without the sheet waives nothing, as before there was one.
    """
    table, faults = find_granted(_WAIVERS, inspected, sheets, file)
    waived = Granted[Waiver](faults=faults)
    for row in table.filled_rows if table else ():
        assert table is not None
        faults = row_faults(table, row, codes, forms)
        form_id, asked = key(table.text(row, "form")), None
        if form_id in forms and table.text(row, "item") and not table.trouble(row, "item"):
            asked = _item(table, row, forms[form_id], faults)
        waived.faults += faults
        if asked is not None and not faults:
            waiver = Waiver(form_id, asked, table.text(row, "reason"))
            waived.add(waiver, table, row, "item", (form_id, asked), _WORDS["repeated"])
    return waived


def _item(table: FoundTable, row: int, form: Form, faults: list[RegistryFault]) -> int | str | None:
    """The criterion or field that a row names, by the number printed or by its id."""
    typed = key(table.text(row, "item"))
    for criterion in form.criteria:
        if typed in (key(criterion.name), key(item(criterion))):
            return criterion.number
    for asked in form.fields:
        if typed == asked.id:
            return asked.id
    known = ", ".join(criterion.name for criterion in form.criteria)
    found = table.text(row, "item")
    faults.append(
        table.fault(_WORDS["item"], row, "item", form=form.id, found=found, known=known or "–")
    )
    return None
