"""A form of one fiscal year.

Everything the program shows, reads, checks, scores and prints is derived from these values.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field as Key

from moral_xlsx.model.compilation import CompileItem
from moral_xlsx.model.paper import Paper
from moral_xlsx.model.printed import Printed
from moral_xlsx.model.question import PROGRAM_SHEETS, Field, ProgramSheets, Sheet, Table
from moral_xlsx.model.rubric import (
    Check,
    Criterion,
    CrossCheck,
    Derived,
    DueDate,
    Follows,
    Level,
    Part,
    RollUp,
    Subtotal,
)
from moral_xlsx.model.survey import Survey
from moral_xlsx.model.value import Text, Value

Certainty = Literal["certain", "likely", "guess"]


class Interpretation(Value):
    """A place where the printed form is ambiguous, the reading chosen, and why.

    ``criteria``, and of them the rungs with ``points``, are what it decides; ``levels`` tells that
    it decides the level.
    """

    place: Text = Key(description="ที่ใดในแบบ")
    question: Text = Key(description="อะไรไม่ชัด")
    choice: Text = Key(description="อ่านว่าอย่างไร")
    reason: Text = Key(description="เพราะเหตุใด")
    criteria: tuple[int, ...] = Key(
        (), description="number ของข้อที่การอ่านนี้มีผลต่อคะแนน บันทึกผลการตรวจจะอ้างถึงเมื่อผลอาศัยการอ่านนี้"
    )
    points: tuple[int, ...] = Key((), description="ขั้นคะแนนที่การอ่านนี้มีผล ไม่ระบุคือทุกขั้น")
    levels: bool = Key(False, description="true คือการอ่านนี้มีผลต่อระดับ")


class Correction(Value):
    """A printed word that differs from the text the definition was made from.

    ``ocr`` is what stood there, empty where it had left the word out.
    """

    place: Text = Key(description="ที่ใดในแบบ")
    printed: Text = Key(description="คำที่นิยามใช้")
    ocr: str = Key(description="คำที่อยู่ในต้นฉบับที่ถอดด้วยโปรแกรม ว่างคือคำนั้นหายไป")
    certainty: Certainty = Key(description="แน่ใจเพียงใด: แน่นอน, น่าจะใช่, เดา")


class Exemption(Value):
    """A number or day of the printed wording that no rule beside it has to hold."""

    place: str = Key("", description="ที่ของข้อความ ตามที่ forms check บอก ไม่ระบุคือทุกที่")
    says: Text = Key(description="คำในข้อความที่มีค่านั้น หรือค่าของเกณฑ์ตามที่ forms check บอก")
    reason: Text = Key(description="เหตุผลที่เกณฑ์ข้างข้อความไม่ต้องตรง")


Version = Annotated[str, Key(pattern=r"^\d+(\.\d+)*$")]


class Described(Value):
    """What a form and the file that describes it have in common.

    ``accepts`` are versions, oldest first, whose workbooks lack nothing but what says ``since``.
    ``levels_note`` is said wherever a level is shown. ``ranking`` titles the list that ranks
    the units by their total; empty when they are not ranked.
    """

    id: Annotated[str, Key(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)] = Key(
        description="รหัสแบบ เช่น moi-2570 ตรงกับชื่อไฟล์ และประทับไว้ในสมุดงานทุกเล่ม"
    )
    version: Version = Key(description="รุ่นของนิยาม เช่น 1.0 ประทับไว้ในสมุดงานทุกเล่ม")
    accepts: tuple[Version, ...] = Key(
        (), description="รุ่นก่อนที่ยังรับ จากเก่าไปใหม่ เพราะรุ่นนี้เพิ่มเพียงสิ่งที่เขียน since ไว้ หรือแก้เพียงสิ่งที่พิมพ์"
    )
    title: tuple[Text, ...] = Key(min_length=1, description="ชื่อแบบทีละบรรทัด ตามที่พิมพ์")
    short_title: Text = Key(description="ชื่อที่ประโยคและสรุปใช้เรียกแบบ")
    fiscal_year: int = Key(
        ge=2500, le=2700, description="ปีงบประมาณ พ.ศ. เช่น 2570 คือ 1 ต.ค. 2569 ถึง 30 ก.ย. 2570"
    )
    issuer: Text = Key(description="ผู้ออกแบบฟอร์ม")
    receiver: Text = Key(description="ผู้รับผล")
    source: Text = Key(description="ข้อความในนิยามมาจากเอกสารใด")
    corrections: tuple[Correction, ...] = Key(
        (), description="คำที่แก้จากต้นฉบับที่ถอดด้วยโปรแกรม และแน่ใจเพียงใด"
    )
    total_label: Text = Key("คะแนนรวม", description="ชื่อของผลรวม")
    nested: bool = Key(False, description="true คือต้องผ่านระดับที่ต่ำกว่าทุกระดับด้วย")
    levels_note: str = Key("", description="คำที่บอกไว้ทุกที่ที่แสดงระดับ เช่น เกณฑ์ยืมมาจากแบบอื่น")
    called: Text = Key(
        "ข้อ", description="คำที่เรียกตัวชี้วัดหนึ่งข้อ เช่น กิจกรรม ชื่อไฟล์แนบที่มีคำนี้กับเลขคือเอกสารของข้อนั้น"
    )
    ranking: str = Key("", description="ชื่อของตารางจัดอันดับหน่วยงาน ถ้าไม่ระบุจะไม่จัดอันดับ")
    printed: Printed = Key(description="สิ่งที่แบบพิมพ์แสดง")
    sheets: tuple[Sheet, ...] = Key(description="แผ่นงานที่ให้กรอก")
    tables: tuple[Table, ...] = Key((), description="ตารางคำตอบ")
    parts: tuple[Part, ...] = Key((), description="ตารางของตัวชี้วัด เมื่อพิมพ์ทุกขั้นคะแนน")
    criteria: tuple[Criterion, ...] = Key((), description="ตัวชี้วัด")
    subtotals: tuple[Subtotal, ...] = Key((), description="แถวผลรวมที่พิมพ์")
    levels: tuple[Level, ...] = Key((), description="ระดับ")
    roll_up: tuple[RollUp, ...] = Key((), description="ระดับขององค์กรแม่")
    due_dates: tuple[DueDate, ...] = Key((), description="กำหนดส่ง")
    follows: Follows | None = Key(None, description="แบบนี้รายงานผลตามแผนใด")
    surveys: tuple[Survey, ...] = Key((), description="แบบสำรวจที่ตารางของแบบนี้นับคำตอบ")
    papers: tuple[Paper, ...] = Key(
        (), description="เอกสารที่ทำจากคำตอบ นอกจากตัวแบบ เช่น เล่มแผน ปก คำสั่ง"
    )
    compile: tuple[CompileItem, ...] = Key(
        (), description="ตัวเลขและรายการที่รวมจากทุกหน่วยงาน ในสรุปของรอบ"
    )
    interpretations: tuple[Interpretation, ...] = Key(
        (), description="ที่ที่แบบอ่านได้หลายอย่าง และอ่านอย่างไร"
    )
    exemptions: tuple[Exemption, ...] = Key(
        (), description="จำนวนหรือวันที่ในข้อความที่เกณฑ์ข้าง ๆ ไม่ต้องตรง พร้อมเหตุผล"
    )


class Form(Described):
    """One form of one fiscal year (Buddhist era), with every field and rule written out."""

    fields: tuple[Field, ...]
    derived: tuple[Derived, ...] = ()
    checks: tuple[Check, ...] = ()
    cross_checks: tuple[CrossCheck, ...] = ()

    @property
    def fiscal_year_dates(self) -> tuple[date, date]:
        """First and last day of the Thai fiscal year (1 October to 30 September)."""
        gregorian = self.fiscal_year - 543
        return date(gregorian - 1, 10, 1), date(gregorian, 9, 30)

    @property
    def claimed(self) -> tuple[int, ...]:
        """The numbers of the criteria for which a unit claims points and names evidence."""
        if self.printed.ladder:
            return tuple(criterion.number for criterion in self.criteria)
        rows = (row for table in self.printed.tables for row in table.rows)
        return tuple(sorted(row.criterion for row in rows if row.criterion is not None))

    @property
    def program_sheets(self) -> ProgramSheets:
        """The titles of the sheets that the program draws, in words that fit the form."""
        titles = PROGRAM_SHEETS
        if not self.claimed:
            titles = titles._replace(official="แบบฟอร์ม")
        if not any(criterion.kind == "points" for criterion in self.criteria):
            panel = "ผลการตรวจ" if self.criteria else "ความครบถ้วน"
            titles = titles._replace(panel=panel, trace="ที่มาของผล")
        return titles._replace(official=self.printed.sheet or titles.official)

    @property
    def official_sheets(self) -> tuple[str, ...]:
        """The titles of the sheets that hold the printed form."""
        own = (*(table.sheet for table in self.printed.tables), self.printed.levels_sheet)
        return (self.program_sheets.official, *filter(None, own))

    @property
    def drawn_sheets(self) -> tuple[str, ...]:
        """The titles of all sheets that the program draws besides the definition's own."""
        return (*self.program_sheets, *self.official_sheets[1:])

    @property
    def printed_title(self) -> tuple[str, ...]:
        """The title's lines on the printed form, which may show answers."""
        return self.printed.title or self.title

    @property
    def maximum(self) -> int:
        """The highest total: of the points, or of the criteria met where there are no points."""
        return sum(criterion.maximum for criterion in self.counted)

    @property
    def counted(self) -> tuple[Criterion, ...]:
        """The criteria that make up the total: the scored ones, or all when none is scored."""
        return tuple(c for c in self.criteria if c.kind == "points") or self.criteria

    def field(self, field_id: str) -> Field:
        """The field with that id; raises KeyError when the form has none."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)

    def documents(self, criterion: Criterion) -> tuple[Field, ...]:
        """The ticks that name the documents which a criterion asks for."""
        before, star, after = criterion.documents.partition("*")
        fits = (each for each in self.fields if star and each.id.startswith(before))
        return tuple(each for each in fits if each.id.endswith(after))

    def versions_from(self, since: str) -> tuple[Version, ...]:
        """The versions that are taken and have what came with version ``since``."""
        versions = (*self.accepts, self.version)
        return versions[versions.index(since) :]

    def table(self, table_id: str) -> Table:
        """The table with that id; raises KeyError when the form has none."""
        for table in self.tables:
            if table.id == table_id:
                return table
        raise KeyError(table_id)

    def criterion(self, number: int) -> Criterion:
        """The criterion with that number; raises KeyError when the form has none."""
        for criterion in self.criteria:
            if criterion.number == number:
                return criterion
        raise KeyError(number)


class ByIdentity:
    """A form as a cache key: hashing a whole definition costs more than what is cached."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __hash__(self) -> int:
        return id(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.form is self.form
