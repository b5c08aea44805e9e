"""Words for people that workbooks, reports, replies and the command line share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from moral_xlsx.model.assessment import Assessment, Bilingual, Verdict
from moral_xlsx.model.findings import Place, Severity
from moral_xlsx.model.form import Criterion, Form
from moral_xlsx.model.round import FileState, Ranked, Timeliness, Timing
from moral_xlsx.thai import MONTHS, short_date, thai_digits

VERDICTS: Mapping[Verdict, Bilingual] = {
    "accepted": ("ผ่านการตรวจ", "accepted"),
    "returned": ("ส่งคืนให้แก้ไข", "returned"),
    "rejected": ("รับไว้ไม่ได้", "rejected"),
}
SEVERITIES: Mapping[Severity, Bilingual] = {
    "error": ("ต้องแก้ไข", "to be mended"),
    "warning": ("ให้ผู้ตรวจพิจารณา", "for the reviewers"),
    "info": ("เพื่อทราบ", "to be known"),
}
FILE_STATES: Mapping[FileState, str] = {
    "counted": "ใช้เป็นผลของหน่วยงาน",
    "superseded": "ถูกแทนด้วยไฟล์ที่ใหม่กว่า",
    "duplicate": "ซ้ำกับไฟล์อื่นทุกไบต์",
    "conflict": "ขัดกับไฟล์อื่นของหน่วยงานเดียวกัน",
    "rejected": VERDICTS["rejected"][0],
    "other": "ไม่ใช่แบบฟอร์ม",
}
# What a unit is that sent nothing, several files, or is in no registry.
SILENT: Bilingual = ("ยังไม่ส่ง", "not sent")
CONFLICT: Bilingual = ("หลายไฟล์ขัดกัน", "conflict")
UNREGISTERED: Bilingual = ("นอกทะเบียน", "not registered")
TIMINGS: Mapping[Timing, Bilingual] = {
    "on_time": ("ตรงเวลา", "on time"),
    "late": ("ช้า", "late"),
    "missing": (SILENT[0], "missing"),
    "not_due": ("ยังไม่ถึงกำหนด", "not due yet"),
    "unknown": ("ไม่ทราบวันที่", "day not known"),
}
ROLL_UP = "ผลระดับกรมหรือเทียบเท่า"
MISSED_BELOW = "(เกณฑ์ของระดับที่ต่ำกว่ายังไม่ครบ เพราะเกณฑ์แต่ละระดับแยกกัน ให้ผู้ตรวจพิจารณา)"
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


def total_in_words(form: Form, total: int) -> str:
    """The total out of the highest one: points, or criteria met where nothing is scored."""
    scored = any(criterion.kind == "points" for criterion in form.criteria)
    return f"{number(total)} จาก {number(form.maximum)} {'คะแนน' if scored else 'ข้อ'}"


def level_in_words(assessment: Assessment) -> str:
    """The level reached, with its number."""
    if assessment.level == 0:
        return "ยังไม่ถึงระดับใด"
    return f"ระดับที่ {number(assessment.level)} {assessment.level_name[0]}"


def item(criterion: Criterion) -> str:
    """A criterion by its number, or by its label where that already says what it is."""
    return f"ข้อ {criterion.name}" if criterion.name[0].isdigit() else criterion.name


def caveats(form: Form) -> tuple[str, ...]:
    """What has to be said wherever criteria are shown as reached, each text once."""
    said: dict[str, list[str]] = {}
    for criterion in form.criteria:
        if criterion.caveat:
            said.setdefault(criterion.caveat, []).append(item(criterion))
    return tuple(f"{' '.join(items)}: {caveat}" for caveat, items in said.items())


def date_in_words(day: date | None) -> str:
    """Like ``๒๗ พ.ค. ๒๕๖๙``; a dash for no day."""
    return thai_digits(short_date(day)) if day else NOTHING


def timing_in_words(each: Timeliness) -> str:
    """Whether it came in time, and else how late."""
    if each.timing == "late":
        return f"{TIMINGS['late'][0]} {number(each.days)} วัน"
    return TIMINGS[each.timing][0]


def remarks(ranked: Ranked) -> str:
    """What has to be known about a unit's place among the others."""
    unit = ranked.unit
    judged = unit.assessment
    said = {
        "คะแนนเท่ากัน": ranked.tied,
        "ยังไม่ผ่านการตรวจ": judged is not None and judged.verdict == "returned",
        CONFLICT[0]: unit.state == "conflict",
        SILENT[0]: unit.state == "missing",
        UNREGISTERED[0]: not unit.registered,
    }
    return " · ".join(words for words, true in said.items() if true)
