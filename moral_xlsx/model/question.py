"""What a form asks: fields, tables, and the sheets on which they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field as Key

from moral_xlsx.model.value import Identifier, Text, Value


class ProgramSheets(NamedTuple):
    """Titles of the sheets that the program draws besides a definition's own."""

    instructions: str
    evidence: str
    official: str
    panel: str
    trace: str


# Those of a form in which a unit claims points; see ``Form.program_sheets`` for the others.
PROGRAM_SHEETS = ProgramSheets("คำแนะนำ", "หลักฐาน", "แบบประเมิน", "สรุปคะแนน", "ที่มาของคะแนน")
AnswerType = Literal["text", "integer", "percent", "date", "tick", "choice"]
Preset = bool | int | date | str
RegistryColumn = Literal["name", "executive", "headcount"]
EARLIEST = (
    "วันแรกที่รับ ของ date ถ้าไม่ระบุคือวันเริ่มปีงบประมาณของสามปีก่อนปีของแบบ "
    "หรือวันเริ่มปีงบประมาณของแบบ เมื่อ by ตัดสินวันที่นี้"
)
SINCE = "รุ่นของแบบที่เริ่มมีสิ่งนี้ สมุดงานของรุ่นก่อนที่ยังรับไม่มีก็ได้"
LATEST = "วันสุดท้ายที่รับ ของ date ถ้าไม่ระบุคือวันสิ้นปีงบประมาณถัดจากปีของแบบ"


class Sheet(Value):
    """A sheet on which the officer fills in fields and tables, in the order printed."""

    id: Identifier = Key(description="รหัสของแผ่นงาน ซึ่ง sheet ของกลุ่มและตารางอ้างถึง")
    title: Annotated[str, Key(min_length=1, max_length=31)] = Key(
        description="ชื่อแผ่นงาน ไม่เกิน 31 ตัวอักษร และไม่ใช่ชื่อที่โปรแกรมใช้เอง "
        f"({', '.join(PROGRAM_SHEETS)} และชื่อที่แบบนี้ใช้แทน)"
    )
    help: str = Key("", description="คำแนะนำหนึ่งประโยค อยู่ใต้ชื่อแผ่นงานและในแผ่นคำแนะนำ")


class Choice(Value):
    """One permitted answer: ``value`` is stored, ``label`` is shown and typed."""

    value: Text = Key(description="ค่าที่เก็บ ซึ่งเงื่อนไขอ้างถึง")
    label: Text = Key(description="คำที่แสดงให้เลือก ห้ามมีจุลภาค")
    aliases: tuple[Text, ...] = Key((), description="คำอื่นที่พิมพ์แล้วเข้าใจเป็นตัวเลือกนี้")


class Question(Value):
    """What a field and a column of a table have in common: one typed answer.

    ``short`` is what sentences call it, where the label on the sheet is long.
    """

    id: Identifier = Key(description="รหัส ใช้ในเงื่อนไขและเป็นชื่อของเซลล์ในสมุดงาน")
    label: Text = Key(description="คำถามตามที่แสดง")
    short: str = Key("", description="ชื่อสั้นที่ใช้ในประโยค เมื่อ label ยาว")
    type: AnswerType = Key(description="ชนิดของคำตอบ")
    required: bool = Key(False, description="true คือต้องตอบ เว้นว่างไม่ได้")
    recommended: bool = Key(False, description="true คือเว้นว่างแล้วเตือนผู้ตรวจ ใช้กับคอลัมน์ของตารางเท่านั้น")
    help: str = Key("", description="คำแนะนำหนึ่งประโยค อยู่ข้างช่องและขึ้นเมื่อเลือกช่อง")
    since: str = Key("", description=SINCE)
    unit: str = Key("", description="หน่วยนับของตัวเลข เช่น คน")
    minimum: Decimal | None = Key(None, description="ค่าต่ำสุดที่รับ ของ integer หรือ percent")
    maximum: Decimal | None = Key(None, description="ค่าสูงสุดที่รับ ของ integer หรือ percent")
    earliest: date | None = Key(None, description=EARLIEST)
    latest: date | None = Key(None, description=LATEST)
    choices: tuple[Choice, ...] = Key((), description="ตัวเลือก เมื่อ type เป็น choice")
    suggestions: tuple[Text, ...] = Key(
        (), description="คำที่เสนอให้เลือกในช่อง text พิมพ์คำอื่นก็ได้ ห้ามมีจุลภาค"
    )

    @property
    def name(self) -> str:
        """What sentences call the question."""
        return self.short or self.label


class Field(Question):
    """A single answer of a unit.

    ``registry`` names the column of the unit registry that fills the field in advance. With
    ``when`` the field applies only to units for which that condition holds.
    """

    sheet: Identifier = Key(description="รหัสของแผ่นงานที่ช่องนี้อยู่")
    group: str = Key("", description="หัวข้อของกลุ่มที่อยู่เหนือช่อง")
    registry: RegistryColumn | None = Key(
        None,
        description="คอลัมน์ของทะเบียนหน่วยงานที่เติมช่องนี้ให้ ช่องที่เป็น name คือชื่อหน่วยงานในผล",
    )
    when: Text | None = Key(None, description="เงื่อนไข ถ้าไม่เป็นจริง ช่องนี้ไม่ใช้กับหน่วยงานนั้น และไม่ต้องตอบ")


class Column(Question):
    """A column of a table."""

    width: int = Key(24, ge=4, le=120, description="ความกว้างของคอลัมน์ เป็นจำนวนตัวอักษร")


class Table(Value):
    """A list of answers, one row each; ``rows`` are prepared and more can be inserted.

    Two rows that agree in every column of ``unique`` are reported as one thing twice.
    ``preset`` are the rows that a blank form already holds, as answers by column.
    """

    id: Identifier = Key(description="รหัสของตาราง")
    label: Text = Key(description="ชื่อตารางตามที่แสดง")
    short: str = Key("", description="ชื่อสั้นที่ใช้ในประโยค เมื่อ label ยาว")
    sheet: Identifier = Key(description="รหัสของแผ่นงานที่ตารางนี้อยู่")
    unit: Text = Key(description="แถวหนึ่งคืออะไร เช่น กิจกรรม")
    rows: int = Key(ge=1, le=500, description="จำนวนแถวที่เตรียมไว้ เจ้าหน้าที่แทรกเพิ่มได้")
    help: str = Key("", description="คำแนะนำหนึ่งประโยค")
    unique: tuple[Identifier, ...] = Key((), description="คอลัมน์ที่สองแถวซ้ำกันครบทุกคอลัมน์แล้วเตือนผู้ตรวจ")
    columns: tuple[Column, ...] = Key(min_length=1, description="คอลัมน์ เขียนเป็น [[tables.columns]]")
    preset: tuple[Mapping[Identifier, Preset], ...] = Key(
        (), description="แถวที่แบบเปล่ามีอยู่แล้ว เขียนเป็น [[tables.preset]]"
    )
    since: str = Key("", description=SINCE)
    recorded: bool = Key(False, description="true คือบันทึกผลการตรวจพิมพ์ตารางนี้ด้วย")

    @property
    def name(self) -> str:
        """What sentences call the table."""
        return self.short or self.label

    def column(self, column_id: str) -> Column:
        """The column with that id; raises KeyError when the table has none."""
        for column in self.columns:
            if column.id == column_id:
                return column
        raise KeyError(column_id)
