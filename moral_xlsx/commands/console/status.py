"""How the units stand in a round, on a console."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moral_xlsx.commands.console.printing import show_columns, show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language
from moral_xlsx.model.ledger import Delivery, RejectedFile, Status, UnitStatus
from moral_xlsx.wording import CONFLICT, NOTHING, SILENT, TIMINGS, UNREGISTERED, VERDICTS

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
            NOTHING if unit.total is None else self.say.number(unit.total),
            self.say.of(unit.level_name) or NOTHING,
            self._against_earlier(unit),
            self.say.number(len(unit.waiting)) if unit.waiting else NOTHING,
        )

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
