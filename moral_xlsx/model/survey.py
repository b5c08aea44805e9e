"""A survey whose answers a table of a form counts, question by question and level by level."""

from __future__ import annotations

from pydantic import Field as Key

from moral_xlsx.model.value import Identifier, Text, Value


class Survey(Value):
    """What the blank questionnaire and its tally sheet are made of.

    ``table`` holds the counts: its column ``question``, and for each level, the best first, a
    column of whole numbers.
    """

    title: Text = Key(description="ชื่อของแบบสำรวจ")
    intro: str = Key("", description="คำชี้แจงเหนือคำถาม")
    table: Identifier = Key(description="ตารางที่นับคำตอบ")
    question: Identifier = Key(description="คอลัมน์ text ของคำถาม")
    levels: tuple[Identifier, ...] = Key(
        min_length=2, description="คอลัมน์ integer ของแต่ละระดับ เรียงจากดีที่สุด ชื่อคอลัมน์คือชื่อระดับ"
    )
