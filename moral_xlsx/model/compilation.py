"""Facts of many units added up: what a definition asks for, what a unit gives, what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from pydantic import Field as Key

from moral_xlsx.model.value import Identifier, Text, Value


class CompileItem(Value):
    """A figure over all units, in exactly one of four ways.

    ``sum`` adds up a quantity; ``share`` is one such sum as a percentage of another;
    ``distribution`` tells how many units answered a choice or tick in which way, or how many rows
    did for a column; ``list`` puts the rows of a table (of these ``columns``), or what a field
    says, below one another.
    """

    label: Text = Key(description="ชื่อของตัวเลขหรือรายการที่รวมจากทุกหน่วยงาน")
    group: str = Key("", description="หัวข้อเหนือรายการที่อยู่ติดกันและมีหัวข้อเดียวกัน")
    sum: Text | None = Key(
        None, description="จำนวนที่บวกกันทุกหน่วยงาน: ช่อง integer, count, distinct หรือ sum"
    )
    share: tuple[Text, Text] | None = Key(
        None, description='ร้อยละของผลรวม ["ส่วน", "ทั้งหมด"] เขียนแต่ละตัวเหมือน sum'
    )
    distribution: Text | None = Key(
        None, description="ช่อง choice หรือ ✓ หรือ ตาราง.คอลัมน์: กี่หน่วยงาน (กี่แถว) ตอบอย่างไร"
    )
    list: Identifier | None = Key(None, description="ตารางหรือช่องข้อความ ที่นำมาเรียงต่อกันทุกหน่วยงาน")
    columns: tuple[Identifier, ...] = Key(
        (), description="คอลัมน์ของตารางใน list ที่แสดง ไม่ระบุคือทุกคอลัมน์"
    )

    @property
    def ways(self) -> tuple[str, ...]:
        """The keys that say how units are put together; a sound item has one."""
        named = ("sum", "share", "distribution", "list")
        return tuple(name for name in named if getattr(self, name) is not None)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one unit gives to one item: sums, numbers by answer, or texts row by row."""

    sums: tuple[Fraction, ...] = ()
    counts: Mapping[str, int] | None = None
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A unit that does not stand in a figure, and why (in Thai)."""

    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """An item over all units it applies to.

    ``counted`` of them stand in it, the ``absent`` ones do not. ``sums`` are one number, or part
    and whole of a share, whose ``share`` is exact (None where the whole is 0), and count ``unit``s.
    ``counts`` are numbers by answer, in the form's order, of units, or of rows where ``of_rows``;
    ``rows`` go with the unit that told them.
    """

    item: CompileItem
    counted: int
    absent: tuple[Absent, ...]
    sums: tuple[Fraction, ...] = ()
    share: Fraction | None = None
    unit: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    of_rows: bool = False
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
