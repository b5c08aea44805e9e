"""What the ledger tells of a round: how every unit stands, and what changed in its answers."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from moral_xlsx.ledger.entries import read_entry
from moral_xlsx.model.assessment import Verdict
from moral_xlsx.model.catalogue import finding, message
from moral_xlsx.model.catalogue.rounds import CONFLICT
from moral_xlsx.model.decisions import Decision, Rulings, Subject
from moral_xlsx.model.ledger import (
    Change,
    Delivery,
    Earlier,
    Judged,
    JudgedFile,
    RecordedDue,
    RecordedForm,
    RejectedFile,
    Status,
    UnitEntry,
    UnitStatus,
    Version,
    Waiting,
)
from moral_xlsx.model.reference import parse_reference
from moral_xlsx.model.round import FileState, Timing
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.units import registered_first
from moral_xlsx.thai import key

_Identity = tuple[str, str]
# What a unit owes is told first.
_URGENCY: tuple[Timing, ...] = ("missing", "late", "unknown", "on_time", "not_due")
assert set(_URGENCY) == set(get_args(Timing))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file that stands for a unit: it is counted, or one of several in conflict."""

    files: tuple[str, ...]
    received: date | None
    id: int
    sha256: str
    answers_sha256: str
    form: str
    unit_code: str
    unit_key: str
    unit_name: str
    state: FileState
    verdict: Verdict
    total: int | None
    level: int | None
    level_th: str
    level_en: str


@dataclass(frozen=True, slots=True)
class _Told:
    """All that a round's rows tell, by form and the key of a unit's code."""

    entries: Mapping[_Identity, UnitEntry]
    earlier: Mapping[_Identity, Earlier]
    waiting: Mapping[int, tuple[Waiting, ...]]
    decided: frozenset[tuple[str, str, str]]
    reviewed: frozenset[int]


def status_of(connection: sqlite3.Connection, round_name: str) -> Status:
    """How every unit stands in a round that the ledger holds."""
    rows = connection.execute(
        "SELECT form, version, title FROM forms WHERE round = ? ORDER BY position", (round_name,)
    )
    forms = tuple(RecordedForm(*row) for row in rows)
    sent: dict[str, dict[str, list[_Reading]]] = defaultdict(lambda: defaultdict(list))
    for reading in _files_that_count(connection, round_name):
        # Files that name no unit are no versions of one another.
        sent[reading.form][reading.unit_key or reading.sha256].append(reading)
    told = _Told(
        _entries(connection, round_name),
        _earlier(connection, round_name),
        _waiting(connection, round_name),
        _decided(connection, round_name),
        _reviewed(connection, round_name),
    )
    registry = _registry(connection, round_name)
    units = (unit for form in forms for unit in _units(form.id, registry, sent[form.id], told))
    return Status(round_name, forms, tuple(units), tuple(_rejected(connection, round_name)))


def _units(
    form: str, registry: Sequence[Unit], sent: Mapping[str, Sequence[_Reading]], told: _Told
) -> Iterator[UnitStatus]:
    for unit_key, unit, came in registered_first(registry, sent, form):
        readings = came or ()
        if unit is not None:
            blank = UnitStatus(form, unit.code, unit.name, True, "missing")
        else:
            first = readings[0]
            blank = UnitStatus(form, first.unit_code, first.unit_name, False, "missing")
        yield _unit(blank, unit_key, readings, told)


def _unit(blank: UnitStatus, unit_key: str, sent: Sequence[_Reading], told: _Told) -> UnitStatus:
    identity = blank.form, unit_key
    earlier = told.earlier.get(identity)
    entry = told.entries.get(identity)
    due_dates = entry.timeliness if entry else ()
    dated = _with_timing(replace(blank, earlier=earlier), due_dates)
    if not sent:
        # A file that may be its own was recorded under the code that it bears.
        undecided = entry is not None and entry.state == "conflict"
        return replace(dated, state="conflict" if undecided else _without_a_file(dated))
    settled = len(sent) == 1 and (*identity, sent[0].answers_sha256) in told.decided
    waiting = () if settled else _open(sent, told)
    days = [reading.received for reading in sent if reading.received]
    came = replace(
        dated,
        files=tuple(file for reading in sent for file in reading.files),
        received=max(days, default=None),
        waiting=waiting,
    )
    if sent[0].state == "conflict":
        return replace(came, state="conflict")
    counted = sent[0]
    return replace(
        came,
        state="received" if counted.verdict == "accepted" else "returned",
        verdict=counted.verdict,
        total=counted.total,
        level=counted.level,
        level_name=(counted.level_th, counted.level_en),
        reviewed=counted.id in told.reviewed,
    )


def _without_a_file(unit: UnitStatus) -> Delivery:
    if unit.timing == "missing":
        return "missing"
    if unit.earlier is not None:
        return "earlier"
    return "not_due" if unit.timing == "not_due" else "missing"


def _with_timing(unit: UnitStatus, due_dates: Sequence[RecordedDue]) -> UnitStatus:
    """Adds what the round said of the due date that matters most."""
    if not due_dates:
        return unit
    urgent = min(due_dates, key=lambda due: (_URGENCY.index(due.timing), -due.days))
    return replace(unit, timing=urgent.timing, until=urgent.until, late_days=urgent.days)


def _open(sent: Sequence[_Reading], told: _Told) -> tuple[Waiting, ...]:
    """What waits for a reviewer: which of several files counts, or the warnings of the one."""
    if sent[0].state == "conflict" and len(sent) > 1:
        files = ", ".join(file for reading in sent for file in reading.files)
        found = finding(CONFLICT, found=files)
        return (Waiting(found.code, "", (message(found), message(found, "en"))),)
    return told.waiting.get(sent[0].id, ())


# --- the rows


def _files_that_count(connection: sqlite3.Connection, round_name: str) -> Iterator[_Reading]:
    receipts: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for sha256, *receipt in connection.execute(
        "SELECT sha256, file, received FROM receipts WHERE round = ? ORDER BY position",
        (round_name,),
    ):
        receipts[sha256].append((receipt[0], receipt[1]))
    for row in connection.execute(
        """SELECT id, sha256, answers_sha256, form, unit_code, unit_key, unit_name, state, verdict,
            total, level, level_th, level_en
        FROM readings
        WHERE round = ? AND state IN ('counted', 'conflict') ORDER BY id""",
        (round_name,),
    ):
        came = receipts[row[1]]
        files = tuple(file for file, _ in came)
        # The same bytes that came again later were there already.
        first = min((day for _, day in came if day), default=None)
        yield _Reading(files, _day(first), *row)


def _registry(connection: sqlite3.Connection, round_name: str) -> tuple[Unit, ...]:
    """The registered units with the forms expected of them; the rest of a row is not asked."""
    forms: dict[int, list[str]] = defaultdict(list)
    for position, form in connection.execute(
        "SELECT unit, form FROM unit_forms WHERE round = ? ORDER BY position", (round_name,)
    ):
        forms[position].append(form)
    rows = connection.execute(
        "SELECT position, unit_code, name FROM units WHERE round = ? ORDER BY position",
        (round_name,),
    )
    return tuple(Unit(code, name, forms=tuple(forms[position])) for position, code, name in rows)


def _entries(connection: sqlite3.Connection, round_name: str) -> dict[_Identity, UnitEntry]:
    rows = connection.execute(
        "SELECT form, unit_key, entry FROM results WHERE round = ?", (round_name,)
    )
    return {(form, unit_key): read_entry(json.loads(entry)) for form, unit_key, entry in rows}


def _earlier(connection: sqlite3.Connection, round_name: str) -> dict[_Identity, Earlier]:
    # SQLite takes the other columns from the row of the maximum.
    rows = connection.execute(
        """SELECT form, unit_key, max(round), total, level FROM readings
        WHERE round < ? AND state = 'counted' GROUP BY form, unit_key""",
        (round_name,),
    )
    return {(form, unit_key): Earlier(*rest) for form, unit_key, *rest in rows}


def _waiting(connection: sqlite3.Connection, round_name: str) -> dict[int, tuple[Waiting, ...]]:
    waiting: dict[int, tuple[Waiting, ...]] = defaultdict(tuple)
    for reading, code, sheet, cell, *texts in connection.execute(
        """SELECT reading, code, sheet, cell, message_th, message_en
        FROM findings JOIN readings ON readings.id = reading
        WHERE round = ? AND state IN ('counted', 'conflict') AND severity = 'warning'
        ORDER BY reading, position""",
        (round_name,),
    ):
        place = " ".join(part for part in (sheet, cell) if part)
        waiting[reading] += (Waiting(code, place, (texts[0], texts[1])),)
    return waiting


def judged_in(connection: sqlite3.Connection, round_name: str) -> Judged:
    """What a round judged; what it does not hold is empty."""
    units = dict(
        connection.execute("SELECT unit_key, unit_code FROM units WHERE round = ?", (round_name,))
    )
    answers: dict[tuple[str, str], str] = {}
    files: dict[str, JudgedFile] = {}
    for form, unit_key, code, state, sha256, answers_sha256, claimants in connection.execute(
        """SELECT form, unit_key, unit_code, state, sha256, answers_sha256, claimants
        FROM readings
        WHERE round = ? AND form <> ''""",
        (round_name,),
    ):
        units.setdefault(unit_key, code)
        if state == "counted":
            answers[form, unit_key] = answers_sha256
        files[sha256] = JudgedFile(form, unit_key, "" if claimants else code)
    return Judged({each: code for each, code in units.items() if each}, answers, files)


def _decided(connection: sqlite3.Connection, round_name: str) -> frozenset[tuple[str, str, str]]:
    """The forms and units of which people decided as a whole, with the answers they judged."""
    standing = Rulings.of(events_of(connection, round_name)).standing
    return frozenset(
        (each.form, each.unit, decision.about)
        for each, decision in standing.items()
        if each.kind in ("verdict", "seen") and not each.criterion
    )


def _reviewed(connection: sqlite3.Connection, round_name: str) -> frozenset[int]:
    """The readings in whose scores are some that people gave."""
    rows = connection.execute(
        """SELECT DISTINCT reading FROM scores JOIN readings ON readings.id = reading
        WHERE round = ? AND reviewed IS NOT NULL""",
        (round_name,),
    )
    return frozenset(reading for (reading,) in rows)


def _rejected(connection: sqlite3.Connection, round_name: str) -> Iterator[RejectedFile]:
    for file, sender, received, *reason in connection.execute(
        """SELECT file, sender, received,
            ifnull(message_th, ''), ifnull(message_en, '')
        FROM receipts JOIN readings USING (round, sha256)
        LEFT JOIN findings ON findings.reading = readings.id AND findings.position = 0
        WHERE round = ? AND state IN ('rejected', 'failed') ORDER BY receipts.position""",
        (round_name,),
    ):
        yield RejectedFile(file, sender, _day(received), (reason[0], reason[1]))


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


# --- decisions


def last_event(connection: sqlite3.Connection) -> int:
    """The number of the decision that was taken last; 0 when there is none."""
    (number,) = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()
    return int(number)


def events_of(
    connection: sqlite3.Connection, round_name: str | None = None, after: int | None = None
) -> tuple[Decision, ...]:
    """The decisions taken in a round and before it, or all, in the order of rounds; only those
    with a higher number than ``after``, without what the desk of that number brought."""
    rows = connection.execute(
        """SELECT kind, form, unit_key, criterion, item, value, reason, reviewer, round, about
        FROM events WHERE round <= ifnull(?, round) AND id > ifnull(?, 0)
        AND (? IS NULL OR desk IS NOT ?)
        ORDER BY round, id""",
        (round_name, after, after, after),
    )
    return tuple(Decision(Subject(*row[:5]), *row[5:]) for row in rows)


# --- changes


def changes_of(
    connection: sqlite3.Connection, form: str, unit_code: str, round_name: str
) -> tuple[Change, ...]:
    """What differs between the file that a round counts for a unit and the one before it.

    That is the newest one that it replaced in the round, if it was new in the round; else the
    one counted in the round before. Nothing when there is no such file.
    """
    identity = form, key(unit_code), round_name
    counted = _counted(connection, identity, "round = ?")
    before = _replaced(connection, identity) or _counted(connection, identity, "round < ?")
    if counted is None or before is None:
        return ()
    old, new = _answers(connection, before), _answers(connection, counted)
    return tuple(
        Change(parse_reference(reference), old.get(reference, ""), new.get(reference, ""))
        for reference in dict.fromkeys((*new, *old))
        if old.get(reference, "") != new.get(reference, "")
    )


def _counted(
    connection: sqlite3.Connection, identity: tuple[str, str, str], rounds: str
) -> int | None:
    found = connection.execute(
        f"""SELECT id FROM readings WHERE form = ? AND unit_key = ? AND {rounds}
        AND state = 'counted' AND unit_key <> '' ORDER BY round DESC LIMIT 1""",
        identity,
    ).fetchone()
    return int(found[0]) if found else None


def _replaced(connection: sqlite3.Connection, identity: tuple[str, str, str]) -> int | None:
    """The newest file that was replaced in the round, unless an earlier round knew it."""
    found = connection.execute(
        """SELECT id FROM readings JOIN receipts USING (round, sha256)
        WHERE form = ? AND unit_key = ? AND round = ? AND state = 'superseded'
        AND NOT EXISTS (SELECT 1 FROM readings AS r
            WHERE r.sha256 = readings.sha256 AND r.round < readings.round)
        GROUP BY id ORDER BY max(ifnull(received, '')) DESC, max(position) DESC LIMIT 1""",
        identity,
    ).fetchone()
    return int(found[0]) if found else None


def _answers(connection: sqlite3.Connection, reading: int) -> dict[str, str]:
    (text,) = connection.execute("SELECT answers FROM readings WHERE id = ?", (reading,)).fetchone()
    answers: dict[str, str] = json.loads(text)
    return answers


def versions_of(
    connection: sqlite3.Connection, form: str, unit_key: str, round_name: str
) -> tuple[Version, ...]:
    """The files in which a unit sent a form up to a round, each as it was first read."""
    rows = connection.execute(
        """SELECT readings.round, file, readings.sha256, received, state, verdict, total
        FROM readings JOIN receipts USING (round, sha256)
        WHERE form = ? AND unit_key = ? AND readings.round <= ?
        ORDER BY readings.round, received, position""",
        (form, unit_key, round_name),
    )
    found: dict[str, Version] = {}
    for round_read, file, sha256, received, state, verdict, total in rows:
        version = Version(round_read, file, sha256, _day(received), state, verdict or None, total)
        found.setdefault(sha256, version)
    return tuple(found.values())
