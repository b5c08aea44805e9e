"""Words for people that workbooks, reports, replies and the command line share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from moral_xlsx.model.assessment import Assessment, Bilingual, Verdict
from moral_xlsx.model.decisions import Subject, Subjects
from moral_xlsx.model.findings import Place, Severity
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileState, Ranked, Timeliness, Timing
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.thai import BUDDHIST_OFFSET, MONTHS, short_date, thai_digits

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
# What a file is on which the program failed, through no fault of the file's.
FAILED: Bilingual = ("โปรแกรมขัดข้อง ยังไม่มีผล", "the program failed, no result yet")
FILE_STATES: Mapping[FileState, str] = {
    "counted": "ใช้เป็นผลของหน่วยงาน",
    "superseded": "ถูกแทนด้วยไฟล์ที่ใหม่กว่า",
    "duplicate": "ซ้ำกับไฟล์อื่นทุกไบต์",
    "excluded": "ไม่ใช้ ตามที่กลุ่มงานจริยธรรมตัดสิน",
    "conflict": "รอตัดสินว่าใช้ไฟล์ใดหรือเป็นของหน่วยงานใด",
    "rejected": VERDICTS["rejected"][0],
    "failed": FAILED[0],
    "other": "ไม่ใช่แบบฟอร์ม",
}
# What a unit is that sent nothing, several files, or is in no registry.
SILENT: Bilingual = ("ยังไม่ส่ง", "not sent")
CONFLICT: Bilingual = ("รอตัดสิน", "undecided")
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
# Beside a score that people gave.
REVIEWED_MARK = "*"
# Of a criterion or a field that is no matter of the unit.
NOT_APPLICABLE: Bilingual = ("ไม่เกี่ยวข้อง", "not applicable")

_ROUND = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def applies_when(condition: str) -> str:
    """When something is asked at all, for the condition in Thai words."""
    return f"ใช้เมื่อ {condition}"


def number(value: object) -> str:
    """A number in Thai digits."""
    return thai_digits(str(value))


def round_in_words(round_name: str) -> str:
    """``2569-05`` as ``เดือนพฤษภาคม ๒๕๖๙``; another name of a round in Thai digits."""
    found = _ROUND.fullmatch(round_name)
    if found is None:
        return thai_digits(round_name)
    return f"เดือน{MONTHS[int(found[2]) - 1]} {thai_digits(found[1])}"


def round_begins(round_name: str) -> date | None:
    """The first day of a round's month; None for a round of another name."""
    found = _ROUND.fullmatch(round_name)
    return date(int(found[1]) - BUDDHIST_OFFSET, int(found[2]), 1) if found else None


def place_in_words(place: Place) -> str:
    """Sheet and cell, as they stand in the workbook."""
    return " ".join(part for part in (place.sheet, place.cell) if part) or NOTHING


def total_in_words(form: Form, total: int, assessment: Assessment | None = None) -> str:
    """The total out of the highest one, where that is known: points, or criteria met.

    Where some criteria apply to some units only, the assessment tells which.
    """
    scored = any(criterion.kind == "points" for criterion in form.criteria)
    applying = form.counted
    if assessment is not None:
        applying = tuple(c for c in applying if assessment.criterion(c.number).computed is not None)
    elif any(criterion.when for criterion in applying):
        return f"{number(total)} {'คะแนน' if scored else 'ข้อ'}"
    most = f" จาก {number(sum(criterion.maximum for criterion in applying))}"
    return f"{number(total)}{most} {'คะแนน' if scored else 'ข้อ'}"


def level_in_words(level: int, name: str) -> str:
    """A level with its number; 0 is none."""
    return f"ระดับที่ {number(level)} {name}" if level else "ยังไม่ถึงระดับใด"


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


def verdict_in_words(assessment: Assessment) -> str:
    """Whether a form is accepted; where people decided it, why and who."""
    words, decided = VERDICTS[assessment.verdict][0], assessment.decided
    return f"{words} (ผู้ตรวจตัดสิน: {decided.reason} – {decided.reviewer})" if decided else words


def receipt_number(sha256: str) -> str:
    """By what a later mail or call finds a file: eight digits that follow from its bytes."""
    digits = f"{int(sha256[:12] or '0', 16) % 100_000_000:08d}"
    return f"{digits[:4]}-{digits[4:]}"


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


def printable(text: str) -> str:
    """Names that came from outside may hold line ends, or orders to the console."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def subject_in_words(subject: Subject) -> Bilingual:
    """What a decision is about."""
    about = " ".join(filter(None, (subject.form, subject.unit.upper())))
    whose = (
        about if subject.unit else f"{about} ทุกหน่วยงาน",
        about if subject.unit else f"{about} all units",
    )
    item = subject.item[:12]
    told: Mapping[Subjects, Bilingual] = {
        "score": (f"คะแนนข้อ {subject.criterion} {about}", f"score {subject.criterion} {about}"),
        "verdict": (f"ผลของแบบ {about}", f"verdict {about}"),
        "owner": (f"เจ้าของไฟล์ {item}", f"owner of the file {item}"),
        "use": (f"การใช้ไฟล์ {item}", f"use of the file {item}"),
        "due": (f"กำหนดส่ง {whose[0]}", f"due date {whose[1]}"),
        "letter": (f"จดหมาย {subject.item}", f"letter {subject.item}"),
        "seen": (f"ตรวจทั้งแบบ {about}", f"seen as a whole {about}"),
    }
    return told[subject.kind]
