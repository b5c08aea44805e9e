"""How a form is judged: criteria and their ladders, levels, due dates, checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field as Key

from moral_xlsx.model.catalogue import KINDS
from moral_xlsx.model.value import Identifier, Text, Value

_codes = [kind.code for kind in KINDS if kind.of_definitions]
FINDING_CODES = f"รหัสผลตรวจ: {_codes[0]} คือต้องแก้, {' '.join(_codes[1:])} คือเตือนผู้ตรวจ"

# For a class that has a key of that name.
Day = date


class Box(Value):
    """A printed tick box; it may be ticked when all its conditions hold."""

    text: Text = Key(description="ข้อความข้างช่อง ☐ ตามที่พิมพ์")
    conditions: tuple[Text, ...] = Key((), description="เงื่อนไขที่ต้องเป็นจริงทุกข้อ")


class Rung(Value):
    """One step of a criterion's ladder: ``points`` are given when every box holds."""

    points: int = Key(ge=0, description="คะแนนของขั้นนี้")
    boxes: tuple[Box, ...] = Key(min_length=1, description="ช่อง ☐ ของขั้นนี้ ต้องเป็นจริงทุกช่อง")

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of all boxes, in the order printed."""
        return tuple(condition for box in self.boxes for condition in box.conditions)


class Criterion(Value):
    """Something that is judged; ``rungs`` descend from the highest points to 0.

    One of kind ``points`` is scored. One of kind ``met`` is met (rung 1) or not (rung 0) and
    adds nothing to the total. ``label`` is its printed number where that is not ``number``.
    With ``when`` it applies only to units for which that condition holds. ``caveat`` is what
    has to be said wherever it is shown as reached. ``documents`` is the pattern of the ticks that
    name the documents it asks for.
    """

    number: int = Key(ge=1, description="เลขลำดับ 1, 2, 3 … เรียงกัน")
    label: str = Key("", description="เลขข้อตามที่พิมพ์ เมื่อไม่ตรงกับ number เช่น ๔.๕")
    kind: Literal["points", "met"] = Key(
        "points", description="points คือมีคะแนน, met คือผ่านหรือไม่ผ่าน ไม่มีคะแนน"
    )
    title: Text = Key(description="ข้อความของตัวชี้วัดตามที่พิมพ์ พร้อมเลขข้อ")
    short: Text = Key(description="ชื่อสั้นในสรุปคะแนน")
    when: Text | None = Key(
        None, description="เงื่อนไข ถ้าไม่เป็นจริง ข้อนี้ไม่ใช้กับหน่วยงานนั้น ไม่มีคะแนนและไม่นับในผล"
    )
    caveat: str = Key("", description="คำที่ต้องบอกไว้ทุกที่ที่แสดงว่าได้คะแนนหรือผ่าน")
    evidence_help: str = Key("", description="หลักฐานที่ควรระบุ")
    documents: str = Key(
        "",
        description="เอกสารที่ข้อนี้ขอ: แบบของรหัสช่อง ✓ ที่มี * หนึ่งตัว เช่น act7_doc* ใช้ในทะเบียนเอกสารที่ได้รับ",
    )
    rungs: tuple[Rung, ...] = Key(
        min_length=2,
        description="ขั้นคะแนน จากคะแนนสูงลงไปถึง 0 เขียนเป็น [[criteria.rungs]] หรือเป็นรายการ",
    )

    @property
    def name(self) -> str:
        """Its number as the form prints it, in Arabic digits where it prints none."""
        return self.label or str(self.number)

    @property
    def maximum(self) -> int:
        """The points of the highest rung."""
        return max(rung.points for rung in self.rungs)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of all its rungs, each once, in the order printed."""
        return tuple(dict.fromkeys(c for rung in self.rungs for c in rung.conditions))

    def rung(self, points: int) -> Rung:
        """The rung that gives exactly these points; raises KeyError when there is none."""
        for rung in self.rungs:
            if rung.points == points:
                return rung
        raise KeyError(points)


class CriterionRange(Value):
    """Criteria ``first`` to ``last``, both included."""

    first: int = Key(description="number ของข้อแรก")
    last: int = Key(description="number ของข้อสุดท้าย")

    @property
    def numbers(self) -> range:
        """The numbers of the criteria in the range."""
        return range(self.first, self.last + 1)

    @property
    def key(self) -> str:
        """The range as results name it, for example ``1-3``."""
        return f"{self.first}-{self.last}"


class Part(CriterionRange):
    """A table of the printed form with its title lines."""

    title: tuple[Text, ...] = Key(min_length=1, description="หัวตารางทีละบรรทัด ตามที่พิมพ์")


class Subtotal(CriterionRange):
    """A printed row that adds the scores of a range, placed below criterion ``last``."""

    label: Text = Key(description="คำของแถวผลรวมตามที่พิมพ์")


class Level(CriterionRange):
    """A level with its own printed rule: a minimum for each criterion and for the sum."""

    number: int = Key(ge=1, description="เลขระดับ 1, 2, 3 … จากต่ำไปสูง")
    name: Text = Key(description="ชื่อระดับ")
    text: tuple[Text, ...] = Key(min_length=1, description="ข้อความของเกณฑ์ทีละบรรทัด ตามที่พิมพ์")
    min_each: int = Key(description="คะแนนที่ทุกข้อในช่วงต้องได้อย่างน้อย")
    min_total: int = Key(description="คะแนนที่ทุกข้อในช่วงต้องได้รวมกันอย่างน้อย")


class RollUp(Value):
    """A department's level: the share of all its units that have to reach ``level``."""

    level: int = Key(ge=1, description="ระดับของหน่วยงานที่นับ")
    percent: int = Key(ge=1, le=100, description="ร้อยละของหน่วยงานทั้งหมดที่ต้องถึงระดับนั้น")
    name: Text = Key(description="ชื่อระดับขององค์กรแม่")
    text: Text = Key(description="ข้อความของเกณฑ์ตามที่พิมพ์")


class Derived(Value):
    """A value computed for display, cut (not rounded) to two decimals."""

    id: Identifier = Key(description="รหัส ใช้ในบรรทัดที่พิมพ์")
    label: Text = Key(description="ชื่อของค่านี้")
    expression: Text = Key(description="percent(ส่วน, ทั้งหมด) หรือ average(ตาราง.คอลัมน์, …)")


class DueDate(Value):
    """A date by which the form has to be handed in.

    ``opens`` is the first day on which what is handed in can be meant for it; without it, the
    day after the due date before.
    """

    label: Text = Key(description="สิ่งที่ต้องส่ง ไม่ต้องมีวัน เช่น รายงานรอบ ๙ เดือน")
    opens: Day | None = Key(None, description="วันแรกที่ไฟล์ถือว่าส่งตามกำหนดนี้ ปกติคือวันถัดจากกำหนดก่อนหน้า")
    date: Day = Key(description="วันกำหนดส่ง เป็นปี ค.ศ. ไม่ใส่เครื่องหมายคำพูด เช่น 2026-06-30")


class Follows(Value):
    """How a progress report answers a plan: activities are matched by their number.

    ``table``, ``number`` and ``title`` are this form's table and columns; ``progress`` is
    the percentage to show against last month. ``plan_table`` is the plan's table with the
    columns ``plan_number`` and ``plan_title``; without one the plan's criteria are matched.
    ``compare`` pairs further columns of the report with columns of the plan. A report that is not
    ``complete`` need not be about every activity of the plan.
    """

    form: Text = Key(description="รหัสแบบของแผน")
    table: Identifier = Key(description="ตารางของแบบนี้ที่มีแถวละหนึ่งกิจกรรม")
    number: Identifier = Key(description="คอลัมน์ลำดับที่ของกิจกรรม (integer)")
    title: Identifier = Key(description="คอลัมน์ชื่อกิจกรรม (text)")
    progress: Identifier | None = Key(None, description="คอลัมน์ร้อยละที่เทียบกับเดือนก่อน (percent)")
    plan_table: Identifier | None = Key(
        None, description="ตารางกิจกรรมของแผน ถ้าไม่ระบุ ตัวชี้วัดของแผนคือกิจกรรม"
    )
    plan_number: Identifier = Key("number", description="คอลัมน์ลำดับที่ในตารางของแผน")
    plan_title: Identifier = Key("title", description="คอลัมน์ชื่อกิจกรรมในตารางของแผน")
    compare: Mapping[Identifier, Identifier] = Key(
        {}, description="คอลัมน์อื่นที่ต้องตรงกัน ซ้ายของแบบนี้ ขวาของแผน"
    )
    complete: bool = Key(
        True, description="false คือรายงานเพียงบางกิจกรรมของแผนได้ กิจกรรมที่ไม่มีในรายงานจึงไม่ใช่สิ่งที่ต้องบอก"
    )


Relation = Literal["==", "<=", ">="]
RELATION = "here เทียบกับ there อย่างไรจึงถูกต้อง: == เท่ากัน, <= ไม่เกิน หรือไม่หลัง, >= ไม่น้อยกว่า หรือไม่ก่อน"


class CrossCheck(Value):
    """A fact that a unit tells in two forms: ``here`` has to agree with ``there``.

    Both are quantities or conditions, ``there`` in terms of the other form's ids. They agree when
    ``here`` stands in ``relation`` to ``there``.
    """

    id: Identifier = Key(description="รหัสของข้อนี้")
    form: Text = Key(description="รหัสของอีกแบบหนึ่ง")
    label: Text = Key(description="ชื่อของข้อเท็จจริงที่เทียบ")
    here: Text = Key(description="จำนวนหรือเงื่อนไขของแบบนี้")
    there: Text = Key(description="จำนวนหรือเงื่อนไขของอีกแบบ ที่ต้องตรงกัน")
    relation: Relation = Key("==", description=RELATION)


class Check(Value):
    """A plausibility rule; it speaks when ``condition`` is answered and does not hold.

    ``when`` limits it to submissions for which that condition holds. ``finding`` is the
    code in the catalogue; ``message`` and ``remedy`` say what this rule found.
    """

    id: Identifier = Key(description="รหัสของข้อตรวจ")
    finding: Annotated[str, Key(pattern=r"^MX-\d{3}$")] = Key(description=FINDING_CODES)
    condition: Text = Key(description="เงื่อนไขที่ข้อมูลปกติเป็นจริง ถ้าไม่จริงจึงบอก")
    when: Text | None = Key(None, description="ตรวจเฉพาะเมื่อเงื่อนไขนี้เป็นจริง")
    message: Text = Key(description="สิ่งที่พบ")
    message_en: Text = Key(description="สิ่งที่พบ เป็นภาษาอังกฤษ")
    remedy: Text = Key(description="วิธีแก้")
    remedy_en: Text = Key(description="วิธีแก้ เป็นภาษาอังกฤษ")
