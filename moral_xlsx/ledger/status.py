"""What the ledger tells of a round: how every unit stands, or one of them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from moral_xlsx.ledger.entries import read_entry
from moral_xlsx.ledger.packing import Unpacking
from moral_xlsx.ledger.queries import OF_UNIT, day_of, events_on_forms
from moral_xlsx.model.assessment import Verdict
from moral_xlsx.model.catalogue import finding, message
from moral_xlsx.model.catalogue.rounds import CONFLICT
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.ledger import (
    Delivery,
    Earlier,
    RecordedDue,
    RecordedForm,
    RejectedFile,
    Status,
    UnitEntry,
    UnitStatus,
    Waiting,
)
from moral_xlsx.model.round import FileState, Timing
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.units import registered_first

_Identity = tuple[str, str]
# What a unit owes is told first.
_URGENCY: tuple[Timing, ...] = ("missing", "late", "unknown", "on_time", "not_due")
assert set(_URGENCY) == set(get_args(Timing))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file that stands for a unit: it is counted, or one of several in conflict."""

    files: tuple[str, ...]
    received: date | None
    waiting: tuple[Waiting, ...]
    reviewed: bool
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
    """What a round's rows tell besides its files, by form and the key of a unit's code."""

    entries: Mapping[_Identity, UnitEntry]
    earlier: Mapping[_Identity, Earlier]
    decided: frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A round of which is asked, and where a query begins: with all of it, or with one unit."""

    connection: sqlite3.Connection
    round: str
    unit_key: str | None

    @property
    def readings(self) -> str:
        """The readings with their identities; ``round`` is theirs."""
        if self.unit_key is None:
            return "round_readings CROSS JOIN identities ON identities.id = identity"
        return OF_UNIT

    def rows(self, query: str) -> sqlite3.Cursor:
        """The rows of a query whose ``WHERE`` is over the columns ``round`` and ``unit_key``."""
        of_unit = "" if self.unit_key is None else "AND unit_key = :unit_key"
        told = {"round": self.round, "unit_key": self.unit_key}
        return self.connection.execute(query.format(of_unit=of_unit, readings=self.readings), told)


def status_of(
    connection: sqlite3.Connection, round_name: str, unit_key: str | None = None
) -> Status:
    """How every unit stands in a round that the ledger holds, or the one with a key.

    Files that belong to no unit are told of a whole round only.
    """
    rows = connection.execute(
        "SELECT form, version, title FROM forms WHERE round = ? ORDER BY position", (round_name,)
    )
    forms = tuple(RecordedForm(*row) for row in rows)
    asked = _Asked(connection, round_name, unit_key)
    sent: dict[str, dict[str, list[_Reading]]] = defaultdict(lambda: defaultdict(list))
    for reading in _files_that_count(asked):
        # Files that name no unit are no versions of one another.
        sent[reading.form][reading.unit_key or reading.sha256].append(reading)
    told = _Told(_entries(asked), _earlier(asked), _decided(asked))
    registry = _registry(asked)
    units = (unit for form in forms for unit in _units(form.id, registry, sent[form.id], told))
    rejected = tuple(_rejected(asked)) if unit_key is None else ()
    return Status(round_name, forms, tuple(units), rejected)


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
    waiting = () if settled else _open(sent)
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
        reviewed=counted.reviewed,
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


def _open(sent: Sequence[_Reading]) -> tuple[Waiting, ...]:
    """What waits for a reviewer: which of several files counts, or the warnings of the one."""
    if sent[0].state == "conflict" and len(sent) > 1:
        files = ", ".join(file for reading in sent for file in reading.files)
        found = finding(CONFLICT, found=files)
        return (Waiting(found.code, "", (message(found), message(found, "en"))),)
    return sent[0].waiting


# --- the rows


def _files_that_count(asked: _Asked) -> Iterator[_Reading]:
    receipts: dict[int, list[tuple[str, str | None]]] = defaultdict(list)
    for judgement, file, received in asked.rows(
        """SELECT judgement, name, received
        FROM {readings} CROSS JOIN judgements ON judgements.id = judgement
        CROSS JOIN arrivals ON arrivals.file = judgements.file
        CROSS JOIN round_receipts
            ON round_receipts.round = round_readings.round AND arrival = arrivals.id
        WHERE round_readings.round = :round {of_unit} AND state IN ('counted', 'conflict')
        ORDER BY round_receipts.position"""
    ):
        receipts[judgement].append((file, received))
    unpacking = Unpacking(asked.connection)
    for judgement, findings, dictionary, reviewed, *row in asked.rows(
        """SELECT judgement, iif(warnings, findings, NULL), judgements.dictionary, reviewed,
            files.sha256, answered.sha256, form, unit_code, unit_key, unit_name, state, verdict,
            total, level, level_th, level_en
        FROM {readings} CROSS JOIN judgements ON judgements.id = judgement
        CROSS JOIN files ON files.id = file CROSS JOIN answered ON answered.id = answered
        WHERE round = :round {of_unit} AND state IN ('counted', 'conflict') ORDER BY position"""
    ):
        came = receipts[judgement]
        files = tuple(file for file, _ in came)
        # The same bytes that came again later were there already.
        first = min((day for _, day in came if day), default=None)
        found = findings_in(unpacking, findings, dictionary) if findings else []
        waiting = (
            Waiting(code, " ".join(filter(None, (sheet, cell))), (thai, english))
            for code, severity, sheet, cell, _, thai, english in found
            if severity == "warning"
        )
        yield _Reading(files, day_of(first), tuple(waiting), bool(reviewed), *row)


def findings_in(unpacking: Unpacking, packed: bytes, dictionary: int | None) -> list[list[Any]]:
    """Findings that lie together: code, severity, sheet, cell, field, Thai and English words."""
    findings: list[list[Any]] = json.loads(unpacking.text(packed, dictionary))
    return findings


def _registry(asked: _Asked) -> tuple[Unit, ...]:
    """The registered units with the forms expected of them; the rest of a row is not asked."""
    both = ("round_units", "unit_rows")
    first, second = both if asked.unit_key is None else reversed(both)
    rows = asked.rows(
        f"""SELECT unit_code, name, forms FROM {first} CROSS JOIN {second} ON unit_rows.id = unit
        WHERE round = :round {{of_unit}} ORDER BY position"""
    )
    return tuple(Unit(code, name, forms=tuple(json.loads(forms))) for code, name, forms in rows)


def _entries(asked: _Asked) -> dict[_Identity, UnitEntry]:
    found = (
        """round_entries CROSS JOIN entries ON entries.id = entry
        CROSS JOIN identities ON identities.id = identity"""
        if asked.unit_key is None
        else """identities CROSS JOIN entries ON identity = identities.id
        CROSS JOIN round_entries ON entry = entries.id"""
    )
    unpacking = Unpacking(asked.connection)
    rows = asked.rows(
        f"""SELECT form, unit_key, packed, dictionary, previous FROM {found}
        WHERE round = :round {{of_unit}} ORDER BY position"""
    )
    return {
        (form, unit_key): read_entry(json.loads(unpacking.text(packed, dictionary)), previous)
        for form, unit_key, packed, dictionary, previous in rows
    }


def _earlier(asked: _Asked) -> dict[_Identity, Earlier]:
    """The newest round before in which each form of the round's units was counted."""
    found = (
        """(SELECT identity AS number FROM round_readings WHERE round = :round
            UNION SELECT identities.id
            FROM round_units CROSS JOIN unit_rows ON unit_rows.id = unit
            CROSS JOIN identities ON identities.unit_key = unit_rows.unit_key
            WHERE round = :round) AS asked
        CROSS JOIN identities ON identities.id = asked.number"""
        if asked.unit_key is None
        else "identities"
    )
    rows = asked.rows(
        f"""SELECT form, unit_key, before.round, total, level FROM {found}
        CROSS JOIN round_readings AS before ON before.identity = identities.id
            AND before.round = (
                SELECT max(each.round) FROM round_readings AS each
                WHERE each.identity = identities.id AND each.round < :round
                AND each.state = 'counted')
        CROSS JOIN judgements ON judgements.id = before.judgement
        WHERE before.state = 'counted' {{of_unit}} ORDER BY before.position"""
    )
    return {(form, unit_key): Earlier(*rest) for form, unit_key, *rest in rows}


def _decided(asked: _Asked) -> frozenset[tuple[str, str, str]]:
    """The forms and units of which people decided as a whole, with the answers they judged."""
    standing = Rulings.of(events_on_forms(asked.connection, asked.round)).standing
    return frozenset(
        (each.form, each.unit, decision.about)
        for each, decision in standing.items()
        if not each.criterion
    )


def _rejected(asked: _Asked) -> Iterator[RejectedFile]:
    unpacking = Unpacking(asked.connection)
    for file, sender, received, findings, dictionary in asked.rows(
        """SELECT name, sender, received, findings, dictionary
        FROM {readings} CROSS JOIN judgements ON judgements.id = judgement
        CROSS JOIN arrivals ON arrivals.file = judgements.file
        CROSS JOIN round_receipts
            ON round_receipts.round = round_readings.round AND arrival = arrivals.id
        WHERE round_readings.round = :round {of_unit} AND state IN ('rejected', 'failed')
        ORDER BY round_receipts.position"""
    ):
        found = findings_in(unpacking, findings, dictionary)
        *_, thai, english = found[0] if found else ("", "")
        yield RejectedFile(file, sender, day_of(received), (thai, english))
