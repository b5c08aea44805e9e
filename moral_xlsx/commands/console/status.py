"""How the units stand in a round, on a console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moral_xlsx.commands.console.decisions import show_decisions
from moral_xlsx.commands.console.printing import show_columns, show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language
from moral_xlsx.model.ledger import (
    Delivery,
    ReceivedCopy,
    RejectedFile,
    Status,
    UnitStatus,
    UnitYear,
)
from moral_xlsx.wording import (
    CONFLICT,
    FILE_STATES,
    NOTHING,
    REVIEWED_MARK,
    SEVERITIES,
    SILENT,
    TIMINGS,
    UNREGISTERED,
    VERDICTS,
    receipt_number,
)

STATES: Mapping[Delivery, Bilingual] = {
    "received": (
        f"รับแล้ว {VERDICTS['accepted'][0]}",
        f"received, {VERDICTS['accepted'][1]}",
    ),
    "returned": VERDICTS["returned"],
    "conflict": CONFLICT,
    "earlier": ("รับแล้วในรอบก่อน", "received in an earlier round"),
    "not_due": (
        f"{SILENT[0]} {TIMINGS['not_due'][0]}",
        f"{SILENT[1]}, {TIMINGS['not_due'][1]}",
    ),
    "missing": SILENT,
}
# What needs somebody, the most urgent first.
_NEEDS: Mapping[Delivery, Bilingual] = {
    state: STATES[state] for state in ("conflict", "returned", "missing")
}


def show_needs(status: Status, language: Language) -> None:
    """Prints what needs somebody: a line each, those of a form together; the rest is counted."""
    _Telling(status, Words(language)).show_needs()


def show_status(status: Status, language: Language) -> None:
    """Prints a table for each form, then what waits for the reviewers and what was rejected."""
    _Telling(status, Words(language)).show()


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells a status in one language; a section without content has no heading."""

    status: Status
    say: Words

    def show(self) -> None:
        """Prints it."""
        status, say = self.status, self.say
        head = say(f"สถานะรอบ{say.round(status.round)}", f"Status of round {status.round}")
        show_lines((head, self._counts()))
        if any(unit.reviewed for unit in status.units):
            show_lines(
                (say(f"{REVIEWED_MARK} มีคะแนนที่ผู้ตรวจให้", f"{REVIEWED_MARK} with reviewed scores"),)
            )
        for form in status.forms:
            units = [unit for unit in status.units if unit.form == form.id]
            version = say(f"รุ่น {form.version}", f"version {form.version}")
            show_lines(("", f"== {form.title} ({form.id} {version})"))
            show_columns([self._headings(), *map(self._row, units)])
        sections = (
            (say("รอผู้ตรวจพิจารณา", "Waiting for the reviewers"), self._waiting()),
            (say.of(VERDICTS["rejected"]), map(self._rejected, status.rejected)),
        )
        for title, section in sections:
            told = list(section)
            if told:
                show_lines(("", f"== {title}", *told))

    def show_needs(self) -> None:
        """Prints what needs somebody."""
        say = self.say
        head = say(f"สถานะรอบ{say.round(self.status.round)}", f"Status of {self.status.round}")
        show_lines((head, self._counts()))
        for form in self.status.forms:
            needed = [
                (
                    say.of(words),
                    [u for u in self.status.units if (u.form, u.state) == (form.id, state)],
                )
                for state, words in _NEEDS.items()
            ]
            lines = [
                f"  {words} {say.number(len(units))}: {', '.join(self._named(u) for u in units)}"
                for words, units in needed
                if units
            ]
            if lines:
                show_lines(("", f"== {form.title} ({form.id})", *lines))
        if self.status.rejected:
            title = say.of(VERDICTS["rejected"])
            show_lines(("", f"== {title}", *map(self._rejected, self.status.rejected)))
        more = say(
            "ทั้งหมด: --all หน่วยงานเดียวทั้งปี: --unit รหัส เรื่องที่รอคนตัดสิน: desk.xlsx ของรอบ",
            "All: --all. A unit's whole year: --unit CODE. What waits for people: desk.xlsx",
        )
        show_lines(("", more))

    def _named(self, unit: UnitStatus) -> str:
        late = ""
        if unit.timing == "late":
            days = self.say.number(unit.late_days)
            late = self.say(f" (ช้า {days} วัน)", f" ({days} days late)")
        return f"{unit.unit_code or NOTHING}{late}"

    def _counts(self) -> str:
        counts = Counter(unit.state for unit in self.status.units)
        told = [
            f"{self.say.of(words)} {self.say.number(counts[state])}"
            for state, words in STATES.items()
            if counts[state]
        ]
        late = sum(unit.timing == "late" for unit in self.status.units)
        if late:
            told.append(f"{self.say.of(TIMINGS['late'])} {self.say.number(late)}")
        if self.status.rejected:
            told.append(
                f"{self.say.of(VERDICTS['rejected'])} {self.say.number(len(self.status.rejected))}"
            )
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
            name += f" ({self.say.of(UNREGISTERED)})"
        return (
            unit.unit_code or NOTHING,
            name,
            self.say.of(STATES[unit.state]),
            self.say.day(unit.received),
            self._due(unit),
            self._total(unit),
            self.say.of(unit.level_name) or NOTHING,
            self._against_earlier(unit),
            self.say.number(len(unit.waiting)) if unit.waiting else NOTHING,
        )

    def _total(self, unit: UnitStatus) -> str:
        """The total; a mark says that people gave scores of it."""
        if unit.total is None:
            return NOTHING
        return f"{self.say.number(unit.total)}{REVIEWED_MARK if unit.reviewed else ''}"

    def _due(self, unit: UnitStatus) -> str:
        if unit.timing is None:
            return NOTHING
        words = self.say.of(TIMINGS[unit.timing])
        if unit.timing == "late":
            days = self.say.number(unit.late_days)
            words = self.say(f"{words} {days} วัน", f"{words} by {days} days")
        return f"{self.say.day(unit.until)} {words}"

    def _against_earlier(self, unit: UnitStatus) -> str:
        earlier = unit.earlier
        if earlier is None:
            return NOTHING
        when = self.say.round(earlier.round)
        if earlier.total is None:
            return when
        was = self.say.number(earlier.total)
        if unit.change is None:
            return self.say(f"{was} {when}", f"{was} in {when}")
        changed = (
            self.say.number(f"{unit.change:+}") if unit.change else self.say("เท่าเดิม", "the same")
        )
        told = self.say(f"{changed} จาก {was} {when}", f"{changed} from {was} in {when}")
        if None in (unit.level, earlier.level) or unit.level == earlier.level:
            return told
        levels = f"{self.say.number(earlier.level)} → {self.say.number(unit.level)}"
        return self.say(f"{told} ระดับที่ {levels}", f"{told}, level {levels}")

    def _waiting(self) -> Iterator[str]:
        titles = {form.id: form.title for form in self.status.forms}
        for unit in self.status.units:
            if unit.waiting:
                yield f"{unit.unit_code or NOTHING} {unit.unit_name} · {titles[unit.form]}"
            for each in unit.waiting:
                place = f" [{each.place}]" if each.place else ""
                yield f"  {each.code}{place} {self.say.of(each.message)}"

    def _rejected(self, file: RejectedFile) -> str:
        came = [file.sender, self.say.day(file.received) if file.received else ""]
        told = " ".join(part for part in came if part)
        where = f"{file.file} ({told})" if told else file.file
        return f"{where}: {self.say.of(file.reason) or NOTHING}"


def show_year(year: UnitYear, language: Language) -> None:
    """Prints all that the ledger holds of a unit."""
    say = Words(language)
    show_lines((f"{year.unit_code} {year.unit_name}",))
    for each in year.rounds:
        status = each.status
        total = NOTHING if status.total is None else say.number(status.total)
        head = f"== {say.round(each.round)} · {status.form} · {say.of(STATES[status.state])}"
        show_lines(("", f"{head} · {total} · {say.of(status.level_name) or NOTHING}"))
        if each.scores:
            heads = (
                ("ข้อ", "No."),
                ("เสนอ", "Claimed"),
                ("คำนวณได้", "Computed"),
                ("ผู้ตรวจให้", "Reviewed"),
            )
            rows = [
                [NOTHING if n is None else say.number(n) for n in score] for score in each.scores
            ]
            show_columns([[say.of(words) for words in heads], *rows])
        show_lines(
            f"  {say.of(SEVERITIES[severity])}{f' [{place}]' if place else ''} {say.of(message)}"
            for severity, place, message in each.findings
        )
    for form, versions in year.versions.items():
        if versions:
            show_lines(("", f"== {say('ไฟล์', 'Files')} · {form}"))
            receipt = say("เลขรับ", "receipt")
            show_lines(
                f"  {each.round} {say.day(each.received)} {each.file} · {FILE_STATES[each.state]}"
                f" · {receipt} {receipt_number(each.sha256)}"
                for each in versions
            )
    if year.decisions:
        show_lines(("", f"== {say('คำตัดสิน', 'Decisions')}"))
        show_decisions(year.decisions, language)
    if year.sent:
        show_lines(("", f"== {say('จดหมายที่ส่งแล้ว', 'Letters sent')}"))
        show_lines(
            f"  {moment[:16].replace('T', ' ')} {recipient}" for recipient, moment in year.sent
        )


def show_copies(copies: Sequence[ReceivedCopy], language: Language) -> None:
    """Prints the files of a receipt number, round by round."""
    say = Words(language)
    heads = (
        ("รอบ", "Round"),
        ("ได้รับ", "Received"),
        ("หน่วยงาน", "Unit"),
        ("แบบ", "Form"),
        ("ไฟล์", "File"),
    )
    rows = [
        (each.round, say.day(each.received), each.unit_code or NOTHING, each.form or NOTHING,
         f"{each.file} · {FILE_STATES[each.state]} · {each.sender or NOTHING}")
        for each in copies
    ]  # fmt: skip
    show_columns([[say.of(words) for words in heads], *rows])
