"""Fills a ledger with a year of rounds and times what it tells: ``ledger.py [UNITS] [MONTHS]``.

Every unit sends the 2569 form each month, half of them an altered one. What they answer is the
sample's form as the journey tells it, but each text is made of syllables that are drawn for the
unit and the file: no two units share theirs, as no two sentences are alike. In two months more
nothing changes, and then everything: so much does a submission of either kind cost.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from measuring import MOI, SAMPLES, Figure, machine, peak_memory, table
from measuring import sample as sample_of

from moral_xlsx.ledger.store import Ledger, open_ledger
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.ledger import (
    RecordedDue,
    RecordedForm,
    RecordedSubmission,
    RoundRecord,
    UnitEntry,
)
from moral_xlsx.model.round import Previous
from moral_xlsx.model.units import Unit
from moral_xlsx.submission.journey import Journey

UNITS, MONTHS = 2000, 12
ASKED = 500  # files
# For a changed submission, and how much longer it may take in the last month: the files that a unit
# sent before are told, one more each time.
_MOST_BYTES, _SLOWER = 3_000, 3.0
_WARNED = "กยผ.xlsx"  # of the samples, the one with the usual number of findings
_CONSONANTS = "กขคงจฉชซญณดตถทธนบปผพฟภมยรลวศสหอ"
_VOWELS = ("ะ", "า", "ิ", "ี", "ุ", "ู", "ำ", "ั", "่า", "้า", "ื่", "็")
_DUE = (("ครั้งที่ ๑", date(2026, 3, 31)), ("ครั้งที่ ๒", date(2026, 9, 30)))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: bytes of the file for a submission of a month, ms for what a file is told
    of the past (``told_before``, ``superseded_before``, ``changes``, ``versions``), seconds for
    the rest, in the last month.

    ``answers`` and ``characters`` are those of one form; ``peak`` are the most bytes that the
    process held, 0 where the system does not tell, ``before`` those before the last month.
    """

    units: int
    months: int
    answers: int
    characters: int
    size: int
    per_changed: float
    per_unchanged: float
    early_ms: float
    late_ms: float
    open_seconds: float
    record_seconds: float
    status_seconds: float
    year_seconds: float
    look_seconds: float
    peak: int
    before: int

    def figures(self) -> tuple[Figure, ...]:
        """What is held against the targets; a ledger that is too small for one is only shown."""
        what = f"the ledger of {self.units:,} units, {self.months} months"
        most = _MOST_BYTES if self.units >= UNITS else None
        slower, ratio = (_SLOWER if self.units >= UNITS else None), self.late_ms / self.early_ms
        asked = f"what it tells of a file, month {self.months} against 2"
        return (
            Figure(f"{what}: a changed submission", self.per_changed, "bytes", most=most),
            Figure(f"{what}: an unchanged one", self.per_unchanged, "bytes"),
            Figure(f"{what}: {asked}", ratio, most=slower),
        )

    def parts(self) -> tuple[Figure, ...]:
        """What the figures are made of, and what else takes time."""
        return (
            Figure(f"a form: answers, {self.characters:,} characters", self.answers),
            Figure("the ledger", self.size / 1e6, "MB"),
            Figure("what it tells of a file in month 2", self.early_ms, "ms"),
            Figure("in the last month", self.late_ms, "ms"),
            Figure("open", self.open_seconds, "s"),
            Figure("record a round", self.record_seconds, "s"),
            Figure("status", self.status_seconds, "s"),
            Figure("one unit's year", self.year_seconds, "s"),
            Figure("all looked through", self.look_seconds, "s"),
            Figure("peak memory", self.peak / 1e6, "MB"),
            Figure("peak memory before the last month", self.before / 1e6, "MB"),
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample's answers, which of them are texts, its scores and usual findings."""

    form: RecordedForm
    answers: dict[str, str]
    texts: frozenset[str]
    scores: tuple[tuple[int, int | None, int, int | None], ...]
    findings: tuple[Finding, ...]


def sample() -> Sample:
    """What the journey tells of the sample."""
    journey = Journey()
    one = journey.judge(sample_of(MOI).read_bytes())
    other = journey.judge((SAMPLES / _WARNED).read_bytes())
    form, answers = one.rubric.form, json.loads(one.told)
    typed = {field.id for field in form.fields if field.type == "text"}
    typed |= {f"{t.id}.{c.id}" for t in form.tables for c in t.columns if c.type == "text"}
    texts = {each for each in answers if _without_row(each) in typed}
    criteria = one.assessment.criteria
    return Sample(
        RecordedForm(form.id, form.version, form.short_title),
        answers,
        frozenset(texts),
        tuple((c.number, c.claimed, c.computed or 0, None) for c in criteria),
        other.assessment.findings,
    )


def _without_row(reference: str) -> str:
    before, bracket, rest = reference.partition("[")
    return before + rest.partition("]")[2] if bracket else reference


def words(chance: random.Random, length: int) -> str:
    """A text of so many characters."""
    made = ""
    while len(made) < length:
        made += chance.choice(_CONSONANTS) + chance.choice(_VOWELS) + chance.choice(_CONSONANTS)
    return made[:length]


def answers_of(like: Sample, unit: int, version: int) -> str:
    """The answers of a unit's form in one of its versions, as the ledger is told them."""
    own, new = random.Random(unit), random.Random(f"{unit} {version}")
    # What an office types again and again, and what it typed this time.
    usual = [words(own, 30) for _ in range(12)]
    told = {
        reference: text
        if reference not in like.texts
        else own.choice(usual)[: len(text)]
        if new.random() < 0.5
        else words(new, len(text))
        for reference, text in like.answers.items()
    }
    return json.dumps(told, ensure_ascii=False)


def submission(like: Sample, staged: Path, unit: int, version: int) -> RecordedSubmission:
    """A unit's file in one of its versions; its answers lie in the folder, as in a round."""
    code, chance = unit_code(unit), random.Random(f"{unit} {version} findings")
    told = staged / f"{code} {version}.json"
    if not told.exists():
        told.write_text(answers_of(like, unit, version), "utf-8")
    findings = tuple(
        replace(each, words=tuple((name, _other(word, chance)) for name, word in each.words))
        for each in like.findings
    )
    return RecordedSubmission(
        form=like.form.id,
        form_version=like.form.version,
        unit_code=code,
        unit_name=f"สำนักงาน{words(random.Random(unit), 20)}",
        file=f"{version}/แบบประเมิน {code}.xlsx",
        sha256=hashlib.sha256(f"{code} {version}".encode()).hexdigest(),
        answers_sha256=hashlib.sha256(told.read_bytes()).hexdigest(),
        state="counted",
        verdict="accepted",
        received=date(2026, 1 + version % 12, 1 + unit % 28),
        received_from="mail",
        sender=f"{code.lower()}@example.go.th",
        message_id=f"{code}.{version}.{chance.getrandbits(64):x}@mail.example.go.th",
        total=20,
        level=2,
        level_name=("ระดับที่ ๒ องค์กรพัฒนาคุณธรรม", "level 2, developing"),
        scores=like.scores,
        answers=partial(told.read_text, "utf-8"),
        findings=findings,
    )


def _other(word: str | tuple[str, str], chance: random.Random) -> str | tuple[str, str]:
    return words(chance, len(word)) if isinstance(word, str) and len(word) > 3 else word


def unit_code(unit: int) -> str:
    """The code of the unit with a number."""
    return f"U{unit:05}"


def round_name(month: int) -> str:
    """The name of the month with a number, from 1."""
    return f"{2569 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}"


def version_of(unit: int, month: int) -> int:
    """Which version of its form a unit sent: half of the units send a new one each month."""
    return (month + unit % 2) // 2


def month_of(like: Sample, staged: Path, month: int, versions: Sequence[int]) -> RoundRecord:
    """A round in which each unit sent the version that is told of it."""
    registry = tuple(
        Unit(
            unit_code(unit),
            f"สำนักงาน{words(random.Random(unit), 20)}",
            department="กระทรวงตัวอย่าง",
            email=f"{unit_code(unit).lower()}@example.go.th",
            headcount=10 + unit % 90,
            forms=(like.form.id,),
        )
        for unit in range(len(versions))
    )
    return RoundRecord(
        round_name(month),
        "0.0",
        (like.form,),
        registry,
        tuple(submission(like, staged, unit, version) for unit, version in enumerate(versions)),
        tuple(_entry(like, unit, version, month) for unit, version in enumerate(versions)),
    )


def _entry(like: Sample, unit: int, version: int, month: int) -> UnitEntry:
    progress = {number: Decimal(40 + (unit + version * number) % 60) for number in range(1, 11)}
    day = date(2026, 1 + version % 12, 1 + unit % 28)
    return UnitEntry(
        form=like.form.id,
        unit_code=unit_code(unit),
        state="received",
        total=20,
        level=2,
        verdict="accepted",
        received=day,
        days_received=(day,),
        progress=progress,
        timeliness=tuple(RecordedDue(label, due, due, "on_time", 0) for label, due in _DUE),
        previous=Previous(round_name(month - 1), 20, 2, "accepted", {}) if month > 1 else None,
    )


def timed(ledger: Ledger, record: RoundRecord) -> tuple[float, float]:
    """Writes a round: the seconds that took, and the ms that a file then takes to be told of."""
    begun = time.perf_counter()
    with ledger.recording(record):
        written = time.perf_counter() - begun
        files = random.Random(1).sample(record.submissions, min(ASKED, len(record.submissions)))
        begun = time.perf_counter()
        for each in files:
            known = each.sha256, each.message_id, each.file, record.round, each.state
            ledger.told_before(*known)
            ledger.superseded_before(each.sha256, record.round)
            ledger.changes(each.form, each.unit_code, record.round)
            ledger.versions(each.form, each.unit_code, record.round)
        told = time.perf_counter() - begun
        begun = time.perf_counter()
    return written + time.perf_counter() - begun, 1000 * told / len(files)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _measured(units: int, months: int) -> Figures:
    like = sample()
    with tempfile.TemporaryDirectory() as folder:
        staged, path = Path(folder), Path(folder) / "ledger.sqlite"
        early = late = record_seconds = 0.0
        before = 0
        for month in range(1, months + 1):
            versions = [version_of(unit, month) for unit in range(units)]
            record = month_of(like, staged, month, versions)
            before = peak_memory(os.getpid())
            with open_ledger(path) as ledger:
                record_seconds, late = timed(ledger, record)
            early = late if month == 2 else early
        peak, size = peak_memory(os.getpid()), path.stat().st_size
        open_seconds = _seconds(lambda: open_ledger(path).close())
        with open_ledger(path) as ledger:
            status_seconds = _seconds(ledger.status)
            year_seconds = _seconds(partial(ledger.year, unit_code(1)))
            look_seconds = _seconds(ledger.look_through)
            timed(ledger, month_of(like, staged, months + 1, versions))
            unchanged = path.stat().st_size
            timed(ledger, month_of(like, staged, months + 2, [each + 1 for each in versions]))
            changed = path.stat().st_size
    return Figures(
        units=units,
        months=months,
        answers=len(like.answers),
        characters=len(answers_of(like, 1, 1)),
        size=size,
        per_changed=(changed - unchanged) / units,
        per_unchanged=(unchanged - size) / units,
        early_ms=early,
        late_ms=late,
        open_seconds=open_seconds,
        record_seconds=record_seconds,
        status_seconds=status_seconds,
        year_seconds=year_seconds,
        look_seconds=look_seconds,
        peak=peak,
        before=before,
    )


def measure(units: int = UNITS, months: int = MONTHS) -> Figures:
    """Fills and asks a ledger in a process of its own; at least two months.

    Raises ValueError for fewer.
    """
    if months < 2:
        raise ValueError("a ledger of one month has no past")
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured, units, months).result()


def main(units: int = UNITS, months: int = MONTHS) -> None:
    print(f"{machine()}; half of the files are new each month\n")
    found = measure(units, months)
    print(table((*found.figures(), *found.parts())))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
