"""What a definition may say of its printed form: every mistake in it, each with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import Fault, no_such, quoted, undefined
from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedTable, Signature
from moral_xlsx.model.question import Table
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.rules.nested import under_row
from moral_xlsx.rules.places import Room
from moral_xlsx.rules.printed import (
    CONTINUED,
    LONGEST_FORMULA,
    excel_answered,
    excel_line,
    parse_line,
    table_lines,
)

# A printed column takes at least this part of the line.
_NARROWEST = 70
# In a workbook every typed text has a room; what it is called is at most as long as a sheet's name.
_ROOM = Room(lines=20, per_line=100, rest="ก" * 31)
_TABLE: Bilingual = ("ตาราง", "table")
_CORRECT_ID: Bilingual = ("แก้รหัสให้ถูกต้อง", "Correct the id")


def printed_faults(form: Form) -> Iterator[Fault]:
    """Every mistake in what the printed form shows."""
    printed = form.printed
    if signature := printed.signature:
        yield from signature_faults("printed.signature", signature, form)
        if signature.below_table is not None and signature.below_table > len(printed.tables):
            have = len(printed.tables)
            yield Fault(
                "printed.signature.below_table",
                (
                    f"แบบพิมพ์ {have} ตาราง ไม่มีตารางที่ {signature.below_table}",
                    f"there is no table {signature.below_table}; the form prints {have}",
                ),
                ("ใส่เลขของตารางที่มี หรือไม่ระบุ", "Name one that it prints, or leave it out"),
            )
    yield from title_faults("printed.sheet", printed.sheet)
    yield from duplicates("printed.sheet", form.drawn_sheets)
    yield from title_faults("printed.levels_sheet", printed.levels_sheet)
    if printed.levels_sheet and not (form.levels and printed.levels_heading):
        yield Fault(
            "printed.levels_sheet",
            ("แบบไม่พิมพ์ระดับ", "the form prints no levels"),
            ("ระบุ levels_heading ด้วย หรือลบบรรทัดนี้", "Give levels_heading too, or remove it"),
        )
    if printed.ladder and "{points}" not in printed.ladder.points:
        yield Fault(
            "printed.ladder.points",
            ("ไม่มี {points} ในข้อความ", "it does not hold {points}"),
            ("เขียน เช่น {points} คะแนน", "Write for example {points} คะแนน"),
        )
    if printed.ladder and printed.tables:
        # A sheet has one set of column widths, and a claim has one place.
        yield Fault(
            "printed",
            ("มีทั้ง ladder และ tables", "it has a ladder and tables"),
            ("เลือกพิมพ์เพียงวิธีเดียว", "Print in one of the two ways"),
        )
    named = (("title", printed.title), ("headings", printed.headings), ("note", printed.note))
    for name, lines in named:
        for line in lines:
            yield from line_faults(f"printed.{name}", line, form, None)
    for index, table in enumerate(printed.tables):
        yield from printed_table_faults(f"printed.tables[{index}]", table, form)
    claims = [row.criterion for table in printed.tables for row in table.rows if row.criterion]
    yield from duplicates("printed.tables.rows.criterion", claims)
    for number in set(claims) - {criterion.number for criterion in form.criteria}:
        yield Fault(
            "printed.tables.rows.criterion",
            (f"ไม่มีตัวชี้วัดข้อ {number}", f"there is no criterion {number}"),
            ("แก้เลขข้อให้ถูกต้อง", "Correct it"),
        )


def signature_faults(place: str, signature: Signature, form: Form) -> Iterator[Fault]:
    """Every mistake in what says where is signed."""
    fields = {field.id: field for field in form.fields}
    used = {"name": signature.name, "position": signature.position, "date": signature.date}
    for role, field_id in used.items():
        if field_id is not None and field_id not in fields:
            yield Fault(f"{place}.{role}", *undefined(("ช่อง", "field"), field_id))
        elif role == "date" and field_id is not None and fields[field_id].type != "date":
            yield Fault(
                f"{place}.{role}",
                (f"ช่อง “{field_id}” ไม่ใช่วันที่", f"{field_id!r} is no date"),
                ("ให้ใช้ช่องชนิด date", "Use a date field"),
            )


def printed_table_faults(
    place: str, printed: PrintedTable, form: Form, *, in_workbook: bool = True
) -> Iterator[Fault]:
    """Every mistake in a printed table; in a workbook its lines are formulas."""
    tables = {table.id for table in form.tables}
    total = sum(column.width for column in printed.columns)
    yield from title_faults(f"{place}.sheet", printed.sheet)
    if printed.sheet and not in_workbook:
        yield Fault(
            f"{place}.sheet",
            ("เอกสารไม่มีแผ่นงาน", "a paper has no sheets"),
            ("ลบ sheet ออก", "Remove the key"),
        )
    elif printed.sheet and printed is form.printed.tables[0]:
        yield Fault(
            f"{place}.sheet",
            ("ตารางแรกอยู่ในแผ่นแรกเสมอ", "the first table is always on the first sheet"),
            ("ตั้งชื่อแผ่นแรกที่ sheet ใน [printed]", "Title that one by sheet in [printed]"),
        )
    for column in printed.columns:
        if column.width * _NARROWEST < total:
            yield Fault(
                f"{place}.columns",
                (
                    f"คอลัมน์ {quoted(column.heading)} แคบเกินไป คือ {column.width} จาก {total} ตัวอักษร",
                    f"“{column.heading}” has {column.width} of {total} characters",
                ),
                (
                    "เพิ่มความกว้างของคอลัมน์นี้ หรือลดของคอลัมน์อื่น",
                    "Make it wider or the others narrower",
                ),
            )
    above: tuple[str, ...] = ()
    for index, row in enumerate(printed.rows):
        where = f"{place}.rows[{index}]"
        if bool(row.section) == bool(row.cells):
            yield Fault(
                where,
                ("แถวต้องมี section หรือ cells อย่างใดอย่างหนึ่ง", "a row has a section or cells"),
                ("ใส่เพียงอย่างเดียว", "Give exactly one of the two"),
            )
        elif row.cells and len(row.cells) != len(printed.columns):
            have, columns = len(row.cells), len(printed.columns)
            yield Fault(
                where,
                (f"มี {have} เซลล์ แต่มี {columns} คอลัมน์", f"{have} cells under {columns} columns"),
                ("ใส่ข้อความคอลัมน์ละหนึ่งข้อความ", "Give a text for each column"),
            )
        if CONTINUED in row.cells and (not above or row.each):
            yield Fault(
                where,
                ("ไม่มีเซลล์ด้านบนที่ ^ จะรวมด้วย", "there is no cell above to continue"),
                ("เขียนข้อความแทน ^", "Write the text"),
            )
        if row.each is not None and row.each not in tables:
            yield Fault(f"{where}.each", no_such(_TABLE, row.each), _CORRECT_ID)
            return
        yield from _under_faults(where, form, printed, index)
        above = () if row.each else row.cells
    for line, table in table_lines(printed, form):
        yield from line_faults(place, line, form, table, in_workbook=in_workbook)


def _under_faults(place: str, form: Form, printed: PrintedTable, index: int) -> Iterator[Fault]:
    """What stands in the way of printing a row below those of the row above, or a head."""
    row = printed.rows[index]
    if row.head and under_row(printed, index) is None:
        yield Fault(
            place,
            ("มี head แต่แถวถัดไปไม่มี under", "it has a head, but no row under it"),
            ("ลบ head หรือใส่ under ในแถวถัดไป", "Remove it, or say under in the next row"),
        )
    if not row.under:
        return
    over = printed.rows[index - 1] if index else None
    if over is None or not over.each or over.under or not row.each or over.each == row.each:
        yield Fault(
            place,
            ("under ใช้ใต้แถวที่มี each ของอีกตารางเท่านั้น", "no rows of another table stand above it"),
            ("วางไว้ใต้แถวนั้น และใส่ each ของตารางนี้", "Put it below such a row and say its own each"),
        )
        return
    for table in (form.table(over.each), form.table(row.each)):
        if not any(c.id == row.under and c.type == "text" for c in table.columns):
            yield Fault(
                place,
                (
                    f"ตาราง “{table.id}” ไม่มีคอลัมน์ข้อความ “{row.under}”",
                    f"the table {table.id!r} has no text column {row.under!r}",
                ),
                ("ระบุคอลัมน์ข้อความที่ทั้งสองตารางมี", "Name a text column that both have"),
            )


def line_faults(
    place: str, line: str, form: Form, table: Table | None, *, in_workbook: bool = True
) -> Iterator[Fault]:
    """What is wrong with a printed line; in a workbook it is a formula."""
    try:
        pieces = parse_line(line, form, table)
    except ConditionError as error:
        yield Fault(place, error.message, error.remedy)
        return
    answered = f"IF({excel_answered(table, 0)},)" if table else ""
    fixed = not in_workbook or all(isinstance(piece, str) for piece in pieces)
    cut = tuple(each if isinstance(each, str) else each.within(_ROOM) for each in pieces)
    if not fixed and len(excel_line(cut)) + len(answered) > LONGEST_FORMULA:
        yield Fault(
            place,
            (
                f"{quoted(f'{line[:30]}…')} ทำให้สูตรยาวเกิน {LONGEST_FORMULA} ตัวอักษร",
                f"{line[:30]!r}… gives a formula of more than {LONGEST_FORMULA} characters",
            ),
            ("แบ่งเป็นหลายเซลล์ หรือย่อให้สั้นลง", "Divide it over several cells or shorten it"),
        )


def title_faults(place: str, title: str) -> Iterator[Fault]:
    """What no sheet of a workbook can be called."""
    if set(title) & set("[]:*?/\\") or title.strip("' ") != title:
        yield Fault(
            place,
            (
                f"ใช้ {quoted(title)} เป็นชื่อแผ่นงานไม่ได้",
                f"{title!r} cannot title a sheet",
            ),
            (
                r"ลบ [ ] : * ? / \ และลบเครื่องหมาย ' หรือช่องว่างที่หัวท้าย",
                r"Leave out [ ] : * ? / \ and quotes or blanks at the ends",
            ),
        )


def duplicates(place: str, names: Iterable[object]) -> Iterator[Fault]:
    """What stands twice among things of which each has to be another."""
    seen: set[object] = set()
    for name in names:
        if name in seen:
            yield Fault(
                place,
                (f"{quoted(name)} กำหนดไว้ซ้ำกัน", f"{name!r} is defined twice"),
                ("ลบหรือเปลี่ยนชื่อรายการใดรายการหนึ่ง", "Remove or rename one of the two"),
            )
        seen.add(name)
