"""Words for people that workbooks, reports, replies and the command line share."""

from __future__ import annotations

import re

from moral_xlsx.model.assessment import Assessment, Verdict
from moral_xlsx.model.findings import Place, Severity
from moral_xlsx.model.round import FileState
from moral_xlsx.thai import MONTHS, thai_digits

VERDICTS: dict[Verdict, str] = {
    "accepted": "ผ่านการตรวจ",
    "returned": "ส่งคืนให้แก้ไข",
    "rejected": "รับไว้ไม่ได้",
}
SEVERITIES: dict[Severity, str] = {
    "error": "ต้องแก้ไข",
    "warning": "ให้ผู้ตรวจพิจารณา",
    "info": "เพื่อทราบ",
}
FILE_STATES: dict[FileState, str] = {
    "counted": "ใช้เป็นผลของหน่วยงาน",
    "superseded": "ถูกแทนด้วยไฟล์ที่ใหม่กว่า",
    "duplicate": "ซ้ำกับไฟล์อื่นทุกไบต์",
    "conflict": "ขัดกับไฟล์อื่นของหน่วยงานเดียวกัน",
    "rejected": "รับไว้ไม่ได้",
}
NOTHING = "–"

_ROUND = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def number(value: object) -> str:
    """A number in Thai digits."""
    return thai_digits(str(value))


def round_in_words(round_name: str) -> str:
    """``2569-05`` as ``เดือนพฤษภาคม ๒๕๖๙``; another name of a round in Thai digits."""
    found = _ROUND.fullmatch(round_name)
    if found is None:
        return thai_digits(round_name)
    return f"เดือน{MONTHS[int(found[2]) - 1]} {thai_digits(found[1])}"


def place_in_words(place: Place) -> str:
    """Sheet and cell, as they stand in the workbook."""
    return " ".join(part for part in (place.sheet, place.cell) if part) or NOTHING


def level_in_words(assessment: Assessment) -> str:
    """The level reached, with its number."""
    if assessment.level == 0:
        return "ยังไม่ถึงระดับใด"
    return f"ระดับที่ {number(assessment.level)} {assessment.level_name[0]}"
