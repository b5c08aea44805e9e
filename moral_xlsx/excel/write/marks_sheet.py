"""The sheet that lists what an officer has to mend, one row and one link a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moral_xlsx.excel.form.drawing import GREY, RED
from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.write.list_sheet import BLACK, LINK, NOT_AN_ANSWER, ListSheet, Run
from moral_xlsx.model.findings import Place, Severity
from moral_xlsx.wording import SEVERITIES, number, place_in_words

TITLE = "สิ่งที่ต้องแก้"
MOST_MARKS = 300  # nobody mends more before sending again

_COLUMNS = ((6, "ที่"), (30, "คลิกเพื่อไปที่ช่อง"), (20, "ความสำคัญ"), (90, "ปัญหาและวิธีแก้"))
_TODO = f"คลิกชื่อช่องเพื่อไปแก้ไข แล้วบันทึกและส่งไฟล์นี้กลับมา {NOT_AN_ANSWER}"
_COLOURS: dict[Severity, str] = {"error": RED, "warning": "#9C5700", "info": GREY}


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem in a cell: row and column count from 0; ``text`` says it and its remedy."""

    sheet: str
    row: int
    column: int
    text: str
    severity: Severity


def list_of_marks(marks: Sequence[Mark], links: Mapping[int, str]) -> ListSheet:
    """The sheet; ``links`` are the defined names that lead to the cells, by the mark's index."""
    rows = [_mark(at, each, linked=at in links) for at, each in enumerate(marks[:MOST_MARKS])]
    if len(marks) > MOST_MARKS:
        rest = f"และอีก {number(len(marks) - MOST_MARKS)} ข้อ ดูในอีเมลตอบ"
        rows.append((Run(""), Run(""), Run(""), Run(rest)))
    return ListSheet(TITLE, RED, _TODO, _COLUMNS, rows, links)


def _mark(index: int, mark: Mark, *, linked: bool) -> tuple[Run, ...]:
    place = place_in_words(Place(sheet=mark.sheet, cell=cell_name(mark.row, mark.column)))
    return (
        Run(number(index + 1)),
        Run(place, colour=LINK if linked else BLACK, underlined=linked),
        Run(SEVERITIES[mark.severity][0], colour=_COLOURS[mark.severity], bold=True),
        Run(mark.text),
    )
