"""A form as its file writes it: what fields share is said once, what repeats is written once.

``rules.definition.expand`` makes the form of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import Field as Key

from moral_xlsx.model.form import Described
from moral_xlsx.model.question import EARLIEST, LATEST, SINCE, AnswerType, Choice, RegistryColumn
from moral_xlsx.model.rubric import FINDING_CODES, RELATION, Relation
from moral_xlsx.model.value import Identifier, Text, Value

Each = Text | tuple[int | Text | Mapping[Identifier, int | str], ...]
_EACH = "เขียนครั้งเดียวแทนหลายข้อ: แบบของรหัสช่องที่มี * หนึ่งตัว เช่น act*_sent, รายการข้อความ หรือรายการตารางค่า"


class Shared(Value):
    """What fields of a group may share; what a field says itself counts."""

    type: AnswerType | None = Key(None, description="ชนิดของคำตอบ")
    required: bool = Key(False, description="true คือต้องตอบ เว้นว่างไม่ได้")
    help: str = Key("", description="คำแนะนำหนึ่งประโยค อยู่ข้างช่องและขึ้นเมื่อเลือกช่อง")
    since: str = Key("", description=SINCE)
    unit: str = Key("", description="หน่วยนับของตัวเลข เช่น คน")
    minimum: Decimal | None = Key(None, description="ค่าต่ำสุดที่รับ ของ integer หรือ percent")
    maximum: Decimal | None = Key(None, description="ค่าสูงสุดที่รับ ของ integer หรือ percent")
    earliest: date | None = Key(None, description=EARLIEST)
    latest: date | None = Key(None, description=LATEST)
    choices: tuple[Choice, ...] = Key((), description="ตัวเลือก เมื่อ type เป็น choice")
    suggestions: tuple[Text, ...] = Key((), description="คำที่เสนอให้เลือกในช่อง text")
    when: Text | None = Key(None, description="เงื่อนไข ถ้าไม่เป็นจริง ช่องนี้ไม่ใช้กับหน่วยงานนั้น และไม่ต้องตอบ")


class WrittenField(Shared):
    """A field of a group, or with ``each`` several fields."""

    each: Each | None = Key(None, description=_EACH)
    id: Text = Key(description="รหัส ใช้ในเงื่อนไขและเป็นชื่อของเซลล์ในสมุดงาน")
    label: Text = Key(description="คำถามตามที่แสดง")
    short: str = Key("", description="ชื่อสั้นที่ใช้ในประโยค เมื่อ label ยาว")
    registry: RegistryColumn | None = Key(
        None,
        description="คอลัมน์ของทะเบียนหน่วยงานที่เติมช่องนี้ให้ ช่องที่เป็น name คือชื่อหน่วยงานในผล",
    )


class Group(Shared):
    """Fields that stand together on a sheet, below one heading.

    ``of`` names what they belong to; sentences say it in brackets behind each field's name.
    """

    sheet: Identifier = Key(description="รหัสของแผ่นงานที่กลุ่มนี้อยู่")
    title: str = Key("", description="หัวข้อเหนือกลุ่ม")
    of: str = Key("", description="กลุ่มนี้เป็นของอะไร ประโยคจะต่อท้ายชื่อของทุกช่องด้วยคำนี้ในวงเล็บ")
    fields: tuple[WrittenField, ...] = Key(min_length=1, description="ช่องของกลุ่ม ช่องละบรรทัด")


class WrittenDerived(Value):
    """A derived value, or with ``each`` several."""

    each: Each | None = Key(None, description=_EACH)
    id: Text = Key(description="รหัส ใช้ในบรรทัดที่พิมพ์")
    label: Text = Key(description="ชื่อของค่านี้")
    expression: Text = Key(description="percent(ส่วน, ทั้งหมด) หรือ average(ตาราง.คอลัมน์, …)")


class WrittenCheck(Value):
    """A check, or with ``each`` several."""

    each: Each | None = Key(None, description=_EACH)
    id: Text = Key(description="รหัสของข้อตรวจ")
    finding: Text = Key(description=FINDING_CODES)
    condition: Text = Key(description="เงื่อนไขที่ข้อมูลปกติเป็นจริง ถ้าไม่จริงจึงบอก")
    when: Text | None = Key(None, description="ตรวจเฉพาะเมื่อเงื่อนไขนี้เป็นจริง")
    message: Text = Key(description="สิ่งที่พบ")
    message_en: Text = Key(description="สิ่งที่พบ เป็นภาษาอังกฤษ")
    remedy: Text = Key(description="วิธีแก้")
    remedy_en: Text = Key(description="วิธีแก้ เป็นภาษาอังกฤษ")


class WrittenCrossCheck(Value):
    """A fact that has to agree with another form, or with ``each`` several."""

    each: Each | None = Key(None, description=_EACH)
    id: Text = Key(description="รหัสของข้อนี้")
    form: Text = Key(description="รหัสของอีกแบบหนึ่ง")
    label: Text = Key(description="ชื่อของข้อเท็จจริงที่เทียบ")
    here: Text = Key(description="จำนวนหรือเงื่อนไขของแบบนี้")
    there: Text = Key(description="จำนวนหรือเงื่อนไขของอีกแบบ ที่ต้องตรงกัน")
    relation: Relation = Key("==", description=RELATION)


class Definition(Described):
    """The whole file."""

    groups: tuple[Group, ...] = Key(description="ช่องที่ให้กรอก เป็นกลุ่มตามแผ่นงาน")
    derived: tuple[WrittenDerived, ...] = Key((), description="ร้อยละที่คำนวณไว้แสดง")
    checks: tuple[WrittenCheck, ...] = Key((), description="สิ่งที่ผู้ตรวจมองหา")
    cross_checks: tuple[WrittenCrossCheck, ...] = Key((), description="ข้อเท็จจริงที่ต้องตรงกับอีกแบบ")
