"""Papers that are made of a form's answers besides the form: a book, covers, orders, memos."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from moral_xlsx.model.printed import PrintedTable, Signature
from moral_xlsx.model.value import Identifier, Text, Value


class PaperPart(Value):
    """A part of a paper; what it has is printed in the order of the keys.

    ``cover`` and ``contents`` take a page of their own, ``printed`` puts the printed form there on
    landscape pages. ``own`` is a field whose answer stands in place of the ``paragraphs``. A part
    without a ``heading`` goes on where the one before it ended.
    """

    cover: tuple[str, ...] = Key((), description="บรรทัดกลางหน้าของปก ว่างคือเว้นบรรทัด ปกอยู่หน้าของตัวเอง")
    contents: str = Key("", description="หัวข้อของสารบัญ ซึ่งอยู่หน้าของตัวเอง")
    heading: str = Key("", description="หัวข้อของส่วนนี้ ซึ่งอยู่ในสารบัญ")
    level: Literal[1, 2] = Key(1, description="ระดับของหัวข้อ")
    new_page: bool = Key(True, description="false คือหัวข้อไม่ขึ้นหน้าใหม่")
    align: Literal["", "left", "center"] = Key(
        "", description="การจัดย่อหน้า ปกติคือกระจายแบบไทยและย่อหน้าบรรทัดแรก"
    )
    own: Identifier | None = Key(
        None, description="รหัสช่องข้อความ ถ้าหน่วยงานเขียนไว้ พิมพ์แทน paragraphs บรรทัดละย่อหน้า"
    )
    paragraphs: tuple[Text, ...] = Key((), description="ย่อหน้าของส่วนนี้")
    printed: bool = Key(False, description="true คือแบบที่พิมพ์ทั้งแบบ ในหน้าแนวนอน")
    table: PrintedTable | None = Key(None, description="ตารางหนึ่งตาราง เขียนเหมือน [[printed.tables]]")
    signature: Signature | None = Key(None, description="ที่ลงนาม")


class Paper(Value):
    """A document made of a form's answers; ``id`` ends the name of its file.

    With ``when`` it is made only where that condition holds.
    """

    id: Identifier = Key(description="รหัส ซึ่งต่อท้ายชื่อไฟล์")
    title: Text = Key(description="ชื่อที่คนเรียกเอกสารนี้")
    when: Text | None = Key(None, description="ทำเอกสารนี้เฉพาะเมื่อเงื่อนไขนี้เป็นจริง")
    parts: tuple[PaperPart, ...] = Key(min_length=1, description="ส่วนของเอกสาร เรียงตามที่พิมพ์")
