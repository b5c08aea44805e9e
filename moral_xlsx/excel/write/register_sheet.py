"""The sheet that tells an officer which documents the form asks for, and which of them came."""

from __future__ import annotations

from collections.abc import Sequence

from moral_xlsx.excel.form.drawing import GREY, RED
from moral_xlsx.excel.write.list_sheet import BLACK, NOT_AN_ANSWER, ListSheet, Run
from moral_xlsx.model.record import Registered
from moral_xlsx.rules.register import TITLE
from moral_xlsx.wording import NOTHING, date_in_words, number

_COLUMNS = ((36, "ข้อ"), (48, "เอกสารที่แบบขอ"), (40, "ที่ได้รับ"), (16, "วันที่ได้รับ"), (40, "ที่ยังขาด"))
_NOTE = (
    f"เอกสารที่มาในไฟล์นี้และที่แนบมากับอีเมล เอกสารที่ยังไม่ได้รับไม่ทำให้คะแนนเปลี่ยน แต่ผู้ตรวจอาจขอดู {NOT_AN_ANSWER}"
)


def list_of_documents(lines: Sequence[Registered]) -> ListSheet:
    """The sheet of a register of documents."""
    return ListSheet(TITLE, GREY, _NOTE, _COLUMNS, [_line(each) for each in lines])


def _line(each: Registered) -> tuple[Run, ...]:
    return (
        Run(number(each.criterion)),
        Run(number(each.required) or NOTHING),
        Run("\n".join(each.came) or NOTHING),
        Run(date_in_words(each.received)),
        Run(each.missing or NOTHING, colour=RED if each.missing else BLACK),
    )
