"""Whether what people typed is a decision that can be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.desk import (
    DECISION_ON_UNKNOWN,
    DECISION_UNCLEAR,
    NOTHING_TO_JUDGE,
    OWNER_NEEDED,
    REASON_MISSING,
    REVIEWER_MISSING,
    VALUE_MISSING,
)
from moral_xlsx.model.decisions import DELETED, HOLD, LEAVE, USE, Decision, Subject, Subjects
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.ledger import Judged
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.thai import arabic_digits, key, parse_date

# What people choose, and what the ledger holds.
WORDS: Mapping[Subjects, Mapping[str, str]] = {
    "verdict": {"รับ": "accepted", "ส่งคืน": "returned"},
    "use": {"ใช้": USE, "ไม่ใช้": LEAVE},
    "letter": {"พักไว้": HOLD, "ลบแล้ว": DELETED},
}
_WHAT = {
    "form": ("แบบ", "form"),
    "unit": ("หน่วยงาน", "unit"),
    "criterion": ("ข้อ", "criterion"),
    "file": ("ไฟล์", "file"),
    "letter": ("จดหมาย", "letter"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed about a subject; ``unit`` is a code, ``value`` a text, number or day.

    ``owner`` is the unit's code that was typed beside the use of a file. ``about`` is what it was
    about where that was shown; empty for what the ground holds.
    """

    kind: Subjects
    value: object
    reason: str = ""
    reviewer: str = ""
    form: str = ""
    unit: str = ""
    criterion: int = 0
    item: str = ""
    owner: str = ""
    about: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return Subject(self.kind, self.form, key(self.unit), self.criterion, self.item)


@dataclass(frozen=True, slots=True)
class Ground:
    """On what decisions of a round stand: what was judged, by which forms, and its letters, each
    with its hash."""

    round: str
    judged: Judged
    forms: Mapping[str, Form]
    letters: Mapping[str, str] = field(default_factory=dict)


def decided(typed: Typed, ground: Ground) -> Decision | Finding:
    """The decision, or why it cannot be taken.

    An empty value withdraws what stands; then neither reason nor name may be left.
    """
    trouble = next(_troubles(typed, ground), None)
    if trouble is not None:
        return trouble
    value = _value(typed, ground)
    if value is None:
        return _unclear(typed, ground)
    return Decision(
        *(typed.subject, value, typed.reason.strip(), typed.reviewer.strip(), ground.round),
        _about(typed, ground) if value else "",
    )


def in_words(decision: Decision) -> str:
    """A decision's value as people type it."""
    words = WORDS.get(decision.subject.kind, {})
    return next((said for said, meant in words.items() if meant == decision.value), decision.value)


def _troubles(typed: Typed, ground: Ground) -> Iterator[Finding]:
    blank = _blank(typed.value)
    if blank:
        if typed.reason.strip() or typed.reviewer.strip():
            yield finding(VALUE_MISSING)
        return
    yield from _unknown(typed, ground)
    if typed.kind != "letter":
        if not typed.reason.strip():
            yield finding(REASON_MISSING)
        if not typed.reviewer.strip():
            yield finding(REVIEWER_MISSING)
    if typed.kind in ("score", "verdict") and not _about(typed, ground):
        yield finding(NOTHING_TO_JUDGE, unit=typed.unit, form=typed.form)
    if typed.kind == "use" and _value(typed, ground) == USE:
        whose = typed.owner or ground.judged.files[typed.item].owner
        if not whose:
            yield finding(OWNER_NEEDED)


def _unknown(typed: Typed, ground: Ground) -> Iterator[Finding]:
    judged = ground.judged
    if typed.kind in ("score", "verdict", "due") and typed.form not in ground.forms:
        yield finding(DECISION_ON_UNKNOWN, what=_WHAT["form"], found=typed.form)
        return
    about_unit = typed.kind in ("score", "verdict") or (typed.kind == "due" and typed.unit)
    codes = [typed.unit] if about_unit else []
    codes += [str(typed.value)] if typed.kind == "owner" else []
    for code in codes:
        if key(code) not in judged.units:
            yield finding(DECISION_ON_UNKNOWN, what=_WHAT["unit"], found=code)
    if typed.kind == "score":
        numbers = {each.number for each in ground.forms[typed.form].criteria}
        if typed.criterion not in numbers:
            yield finding(DECISION_ON_UNKNOWN, what=_WHAT["criterion"], found=typed.criterion)
    if typed.kind in ("owner", "use") and typed.item not in judged.files:
        yield finding(DECISION_ON_UNKNOWN, what=_WHAT["file"], found=typed.item[:12])
    if typed.kind == "letter" and typed.item not in ground.letters:
        yield finding(DECISION_ON_UNKNOWN, what=_WHAT["letter"], found=typed.item)


def _value(typed: Typed, ground: Ground) -> str | None:
    """The value as the ledger holds it, empty for none; None where it cannot be read."""
    if _blank(typed.value):
        return ""
    said = str(typed.value).strip()
    if words := WORDS.get(typed.kind):
        meant = {key(word): value for word, value in words.items()}
        return meant.get(key(said), said if said in words.values() else None)
    if typed.kind == "owner":
        return ground.judged.units.get(key(said))
    if typed.kind == "due":
        return _day(typed.value)
    return _points(typed, ground)


def _points(typed: Typed, ground: Ground) -> str | None:
    criterion = ground.forms[typed.form].criterion(typed.criterion)
    said = arabic_digits(str(typed.value).strip()).removesuffix(".0")
    if criterion.kind == "met":
        said = {key(MET): "1", key(UNMET): "0"}.get(key(said), said)
    return said if said in {str(rung.points) for rung in criterion.rungs} else None


def _day(value: object) -> str | None:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    parsed = parse_date(str(value))
    return parsed.date.isoformat() if parsed else None


def _unclear(typed: Typed, ground: Ground) -> Finding:
    if typed.kind == "score":
        criterion = ground.forms[typed.form].criterion(typed.criterion)
        points = [str(rung.points) for rung in criterion.rungs]
        words = [MET, UNMET] if criterion.kind == "met" else points
        expected = " / ".join(words), ""
    elif choices := WORDS.get(typed.kind):
        expected = " / ".join(choices), ""
    else:
        expected = "วันที่ เช่น 30 มิ.ย. 2569", "a date such as 30 June 2569"
    said = expected[0], expected[1] or expected[0]
    return finding(DECISION_UNCLEAR, found=str(typed.value), expected=said)


def _about(typed: Typed, ground: Ground) -> str:
    """The hashes of what is judged."""
    judged = ground.judged
    if typed.about and typed.kind in ("score", "verdict"):
        return typed.about
    if typed.kind in ("score", "verdict"):
        return judged.answers.get((typed.form, key(typed.unit)), "")
    if typed.kind == "use":
        file = judged.files[typed.item]
        owners = {file.unit, key(typed.owner), key(file.owner)}
        beside = {
            sha256
            for sha256, each in judged.files.items()
            if each.form == file.form and {each.unit, key(each.owner)} & owners - {""}
        }
        return " ".join(sorted({*beside, typed.item}))
    return ground.letters.get(typed.item, "") if typed.kind == "letter" else ""


def _blank(value: object) -> bool:
    return value is None or not str(value).strip()
