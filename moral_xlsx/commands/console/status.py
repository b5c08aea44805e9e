"""How the units stand in a round, for people on a console and for other programs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language
from moral_xlsx.model.ledger import Delivery, RejectedFile, Status, UnitStatus
from moral_xlsx.model.round import Timing
from moral_xlsx.thai import display_width, padded, short_date, thai_digits
from moral_xlsx.wording import CONFLICT, NOTHING, TIMINGS, UNREGISTERED, VERDICTS, round_in_words

STATES: Mapping[Delivery, Bilingual] = {
    "received": ("รับแล้ว ผ่านการตรวจ", "received, accepted"),
    "returned": (VERDICTS["returned"], "returned"),
    "conflict": (CONFLICT, "conflict"),
    "earlier": ("รับแล้วในรอบก่อน", "received in an earlier round"),
    "not_due": ("ยังไม่ส่ง ยังไม่ถึงกำหนด", "not sent, not due yet"),
    "missing": ("ยังไม่ส่ง", "not sent"),
}
_REJECTED: Bilingual = (VERDICTS["rejected"], "rejected")
_TIMINGS: Mapping[Timing, str] = {
    "on_time": "on time",
    "late": "late",
    "missing": "missing",
    "not_due": "not due yet",
    "unknown": "day not known",
}
_COLUMNS = (
    *("round", "form", "form_version", "unit_code", "name", "registered", "state"),
    *("received", "due", "timing", "late_days", "verdict", "total", "level", "level_name"),
    *("earlier_round", "earlier_total", "earlier_level", "change", "waiting", "files"),
)
# A spreadsheet program takes a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


# --- for people


def status_text(status: Status, language: Language = "th") -> str:
    """A table for each form, then what waits for the reviewers and what was rejected."""
    return "".join(f"{_printable(line)}\n" for line in _Telling(status, language).lines())


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells a status in one language; a section without content has no heading."""

    status: Status
    language: Language

    def say(self, thai: str, english: str) -> str:
        return english if self.language == "en" else thai

    def number(self, number: object) -> str:
        return self.say(thai_digits(str(number)), str(number))

    def signed(self, number: int) -> str:
        return self.number(f"{number:+}")

    def day(self, day: date | None) -> str:
        if day is None:
            return NOTHING
        return self.say(thai_digits(short_date(day)), day.isoformat())

    def round(self, name: str) -> str:
        return self.say(round_in_words(name), name)

    def lines(self) -> Iterator[str]:
        status = self.status
        yield self.say(f"สถานะรอบ{self.round(status.round)}", f"Status of round {status.round}")
        yield self._counts()
        for form in status.forms:
            units = [unit for unit in status.units if unit.form == form.id]
            yield ""
            version = self.say(f"รุ่น {form.version}", f"version {form.version}")
            yield f"== {form.title} ({form.id} {version})"
            yield from _table([self._headings(), *map(self._row, units)])
        sections = (
            (self.say("รอผู้ตรวจพิจารณา", "Waiting for the reviewers"), self._waiting()),
            (self.say(*_REJECTED), map(self._rejected, status.rejected)),
        )
        for title, section in sections:
            told = list(section)
            if told:
                yield from ("", f"== {title}", *told)

    def _counts(self) -> str:
        counts = Counter(unit.state for unit in self.status.units)
        told = [
            f"{self.say(*words)} {self.number(counts[state])}"
            for state, words in STATES.items()
            if counts[state]
        ]
        late = sum(unit.timing == "late" for unit in self.status.units)
        if late:
            told.append(f"{self.say(TIMINGS['late'], _TIMINGS['late'])} {self.number(late)}")
        if self.status.rejected:
            told.append(f"{self.say(*_REJECTED)} {self.number(len(self.status.rejected))}")
        return " · ".join(told) or NOTHING

    def _headings(self) -> tuple[str, ...]:
        return (
            self.say("รหัส", "Code"),
            self.say("หน่วยงาน", "Unit"),
            self.say("สถานะ", "State"),
            self.say("ได้รับ", "Received"),
            self.say("กำหนดส่ง", "Due"),
            self.say("คะแนน", "Total"),
            self.say("ระดับ", "Level"),
            self.say("เทียบครั้งก่อน", "Against the last time"),
            self.say("รอพิจารณา", "Waiting"),
        )

    def _row(self, unit: UnitStatus) -> tuple[str, ...]:
        name = unit.unit_name or NOTHING
        if not unit.registered:
            name += f" ({self.say(UNREGISTERED, 'not registered')})"
        return (
            unit.unit_code or NOTHING,
            name,
            self.say(*STATES[unit.state]),
            self.day(unit.received),
            self._due(unit),
            NOTHING if unit.total is None else self.number(unit.total),
            self.say(*unit.level_name) or NOTHING,
            self._against_earlier(unit),
            self.number(len(unit.waiting)) if unit.waiting else NOTHING,
        )

    def _due(self, unit: UnitStatus) -> str:
        if unit.timing is None:
            return NOTHING
        words = self.say(TIMINGS[unit.timing], _TIMINGS[unit.timing])
        if unit.timing == "late":
            days = self.number(unit.late_days)
            words = self.say(f"{words} {days} วัน", f"{words} by {days} days")
        return f"{self.day(unit.until)} {words}"

    def _against_earlier(self, unit: UnitStatus) -> str:
        earlier = unit.earlier
        if earlier is None:
            return NOTHING
        when = self.round(earlier.round)
        if earlier.total is None:
            return when
        was = self.number(earlier.total)
        if unit.change is None:
            return self.say(f"{was} {when}", f"{was} in {when}")
        changed = self.signed(unit.change) if unit.change else self.say("เท่าเดิม", "the same")
        told = self.say(f"{changed} จาก {was} {when}", f"{changed} from {was} in {when}")
        if None in (unit.level, earlier.level) or unit.level == earlier.level:
            return told
        levels = f"{self.number(earlier.level)} → {self.number(unit.level)}"
        return self.say(f"{told} ระดับที่ {levels}", f"{told}, level {levels}")

    def _waiting(self) -> Iterator[str]:
        titles = {form.id: form.title for form in self.status.forms}
        for unit in self.status.units:
            if unit.waiting:
                yield f"{unit.unit_code or NOTHING} {unit.unit_name} · {titles[unit.form]}"
            for each in unit.waiting:
                place = f" [{each.place}]" if each.place else ""
                yield f"  {each.code}{place} {self.say(*each.message)}"

    def _rejected(self, file: RejectedFile) -> str:
        came = [file.sender, self.day(file.received) if file.received else ""]
        told = " ".join(part for part in came if part)
        where = f"{file.file} ({told})" if told else file.file
        return f"{where}: {self.say(*file.reason) or NOTHING}"


def _printable(text: str) -> str:
    """Names that came from outside may hold line ends, or orders to the console."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(map(padded, row, widths)).rstrip() for row in rows)


# --- for other programs


def status_csv(status: Status) -> str:
    """A line for each form and unit, then for each rejected file; the first line is the names."""
    versions = {form.id: form.version for form in status.forms}
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for unit in status.units:
        told = {"round": status.round, "form_version": versions[unit.form], **_flat(unit)}
        writer.writerow({name: _as_text(value) for name, value in told.items()})
    for file in status.rejected:
        told = {
            "round": status.round,
            "state": "rejected",
            "received": _iso(file.received),
            "verdict": "rejected",
            "files": file.file,
        }
        writer.writerow({name: _as_text(value) for name, value in told.items()})
    return text.getvalue()


def _flat(unit: UnitStatus) -> dict[str, object]:
    earlier = unit.earlier
    return {
        "form": unit.form,
        "unit_code": unit.unit_code,
        "name": unit.unit_name,
        "registered": int(unit.registered),
        "state": unit.state,
        "received": _iso(unit.received),
        "due": _iso(unit.until),
        "timing": unit.timing,
        "late_days": unit.late_days,
        "verdict": unit.verdict,
        "total": unit.total,
        "level": unit.level,
        "level_name": unit.level_name[0],
        "earlier_round": earlier.round if earlier else None,
        "earlier_total": earlier.total if earlier else None,
        "earlier_level": earlier.level if earlier else None,
        "change": unit.change,
        "waiting": " ".join(each.code for each in unit.waiting),
        "files": "; ".join(unit.files),
    }


def _as_text(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def status_json(status: Status) -> dict[str, object]:
    """The whole status as an object for JSON; texts for people are in Thai and in English."""
    counts = Counter(unit.state for unit in status.units)
    return {
        "round": status.round,
        "forms": [
            {"form": form.id, "version": form.version, "title": form.title} for form in status.forms
        ],
        "counts": {
            **{state: counts[state] for state in get_args(Delivery)},
            "rejected": len(status.rejected),
        },
        "units": [_unit_json(unit) for unit in status.units],
        "rejected": [
            {
                "file": file.file,
                "sender": file.sender,
                "received": _iso(file.received),
                "reason": _both(file.reason),
            }
            for file in status.rejected
        ],
    }


def _unit_json(unit: UnitStatus) -> dict[str, object]:
    earlier = unit.earlier
    return {
        "form": unit.form,
        "unit": {"code": unit.unit_code, "name": unit.unit_name},
        "registered": unit.registered,
        "state": unit.state,
        "files": list(unit.files),
        "received": _iso(unit.received),
        "due": _iso(unit.until),
        "timing": unit.timing,
        "late_days": unit.late_days,
        "verdict": unit.verdict,
        "total": unit.total,
        "level": unit.level,
        "level_name": _both(unit.level_name),
        "earlier": earlier
        and {"round": earlier.round, "total": earlier.total, "level": earlier.level},
        "change": unit.change,
        "waiting": [
            {"code": each.code, "place": each.place, "message": _both(each.message)}
            for each in unit.waiting
        ],
    }


def _both(pair: Bilingual) -> dict[str, str]:
    return {"th": pair[0], "en": pair[1]}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
