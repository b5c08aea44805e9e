"""What a printed form shows, besides its criteria."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field as Key

from moral_xlsx.model.value import Identifier, Text, Value

_TO_SIGN_ON = "." * 50


class Signature(Value):
    """Where the form is signed; ``name``, ``position`` and ``date`` are field ids.

    ``label`` and ``after`` stand on the two sides of the dotted line.
    """

    label: Text = Key(description="คำหน้าเส้นที่ลงลายมือชื่อ ตามที่พิมพ์ เช่น ลงชื่อ หรือ ผู้รายงาน")
    after: str = Key("", description="คำหลังเส้นที่ลงลายมือชื่อ ตามที่พิมพ์ เช่น ผู้อนุมัติ")
    name: Identifier = Key(description="รหัสช่องชื่อผู้ลงนาม")
    position: Identifier = Key(description="รหัสช่องตำแหน่ง")
    position_label: str = Key("", description="คำที่พิมพ์หน้าตำแหน่ง ลงท้ายด้วย \\n คือบรรทัดของตัวเอง")
    date: Identifier | None = Key(None, description="รหัสช่องวันที่ ไม่ระบุเมื่อแบบไม่พิมพ์วันที่")
    below_table: int | None = Key(
        None, ge=1, description="ลงนามใต้ตารางที่เท่าใดของแบบ นับจาก 1 ไม่ระบุคือท้ายแบบ"
    )

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed there: dots to sign on, name, position and day."""
        label = f"{self.position_label} ".replace("\n ", "\n").lstrip(" ")
        lines = (
            f"{self.label} {_TO_SIGN_ON} {self.after}".rstrip(),
            f"({{{self.name}}})",
            f"{label}{{{self.position}}}",
        )
        return (*lines, f"{{{self.date}}}") if self.date else lines


class Ladder(Value):
    """Fixed words of a form that prints every rung of its criteria with tick boxes."""

    heading: Text = Key(description="หัวข้อเหนือตัวชี้วัด")
    criterion: Text = Key(description="หัวคอลัมน์ตัวชี้วัด")
    rungs: Text = Key(description="หัวคอลัมน์เกณฑ์การให้คะแนน")
    points: Text = Key(description="หัวคอลัมน์ของขั้นคะแนน ต้องมี {points}")
    score: Text = Key(description="หัวคอลัมน์คะแนน")
    evidence: Text = Key(description="คำหน้าหลักฐาน")


class PrintedColumn(Value):
    """A column of a printed table; ``over`` is a heading that it shares with neighbours.

    ``width`` is its share of the page, in characters.
    """

    heading: str = Key(description="หัวคอลัมน์ตามที่พิมพ์")
    over: str = Key("", description="หัวที่คอลัมน์ข้างเคียงใช้ร่วมกัน")
    width: int = Key(ge=3, le=120, description="ส่วนแบ่งของความกว้างหน้า เป็นจำนวนตัวอักษร")
    align: Literal["left", "center"] = Key("left", description="การจัดข้อความ")


class PrintedRow(Value):
    """A row of a printed table.

    ``section`` is one text across all columns. Otherwise ``cells`` holds a text for each
    column; ``^`` continues the cell above. With ``each`` the row is repeated for the rows of
    that table. With ``under`` these stand below the rows of the table of the row above to which
    they belong; ``head`` is a line above those in which it is the same, where it is not in all.
    ``criterion`` puts the unit's claim for it beside the row.
    """

    section: str = Key("", description="ข้อความเดียวพาดทุกคอลัมน์")
    cells: tuple[str, ...] = Key((), description="ข้อความของแต่ละคอลัมน์ ^ คือรวมกับเซลล์บน")
    each: Identifier | None = Key(None, description="พิมพ์แถวนี้ซ้ำตามแถวของตารางนี้")
    under: Identifier | None = Key(
        None,
        description="คอลัมน์ที่ทั้งสองตารางมี: พิมพ์ใต้แถวของ each ข้างบนที่คอลัมน์นี้เป็นส่วนหน้า เช่น ๑.๒ กับ ๑.๒.๓",
    )
    head: str = Key(
        "", description="ข้อความพาดทุกคอลัมน์เหนือแถวแรกของแต่ละกลุ่ม เมื่อมี under อยู่ใต้แถวนี้และมีหลายกลุ่ม"
    )
    criterion: int | None = Key(
        None, ge=1, description="ให้หน่วยงานเสนอคะแนนของข้อนี้ข้างแถว และระบุหลักฐาน"
    )


class PrintedTable(Value):
    """A table of the printed form; its texts may show answers (see ``rules.printed``).

    ``sheet`` is the title of a sheet of the workbook that begins with it.
    """

    sheet: Annotated[str, Key(max_length=31)] = Key(
        "",
        description="ชื่อแผ่นงานใหม่ที่เริ่มด้วยตารางนี้ ไม่ระบุคือต่อจากตารางก่อน แผ่นที่มีตารางเดียวพิมพ์หัวคอลัมน์ซ้ำทุกหน้า",
    )
    title: tuple[Text, ...] = Key((), description="บรรทัดเหนือตาราง")
    size: Literal[12, 14] = Key(14, description="ขนาดตัวอักษร")
    columns: tuple[PrintedColumn, ...] = Key(min_length=1, description="คอลัมน์")
    rows: tuple[PrintedRow, ...] = Key(min_length=1, description="แถว")
    notes: tuple[Text, ...] = Key((), description="บรรทัดใต้ตาราง")


class Printed(Value):
    """What the printed form shows, in this order; every line may show answers."""

    sheet: Annotated[str, Key(max_length=31)] = Key(
        "",
        description="ชื่อแผ่นงาน (แผ่นแรก) ของแบบที่พิมพ์ เช่น แผน "
        "ปกติคือ แบบประเมิน หรือ แบบฟอร์ม เมื่อหน่วยงานไม่เสนอคะแนน",
    )
    title: tuple[Text, ...] = Key(
        (), description="ชื่อแบบทีละบรรทัด เมื่อแสดงคำตอบไว้ในนั้น ปกติคือ title ของแบบ"
    )
    headings: tuple[Text, ...] = Key((), description="บรรทัดเหนือตัวชี้วัด")
    ladder: Ladder | None = Key(None, description="พิมพ์ทุกขั้นคะแนนพร้อมช่อง ☐")
    tables: tuple[PrintedTable, ...] = Key((), description="ตารางที่มีข้อความตายตัวและคำตอบ")
    levels_heading: str = Key("", description="หัวข้อเหนือระดับ ถ้าไม่ระบุจะไม่พิมพ์ระดับ")
    levels_sheet: Annotated[str, Key(max_length=31)] = Key(
        "", description="ชื่อแผ่นงานใหม่ที่เริ่มด้วยหัวข้อนั้น ไม่ระบุคือต่อจากเกณฑ์"
    )
    signature: Signature | None = Key(None, description="ช่องลงนามท้ายแบบ")
    note: tuple[Text, ...] = Key((), description="บรรทัดท้ายแบบ")
