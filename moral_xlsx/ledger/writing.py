"""A round's rows in the ledger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from moral_xlsx.ledger.entries import entry_json
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.ledger import RecordedSubmission, RoundRecord
from moral_xlsx.model.units import Unit
from moral_xlsx.thai import key

_Row = tuple[object, ...]


def write_round(connection: sqlite3.Connection, record: RoundRecord) -> None:
    """Replaces all that an earlier run of the round had written; runs within a transaction."""
    connection.execute("DELETE FROM rounds WHERE round = ?", (record.round,))
    _insert(connection, "rounds", [(record.round, record.program)])
    forms = enumerate(record.forms)
    _insert(
        connection,
        "forms",
        ((record.round, position, form.id, form.version, form.title) for position, form in forms),
    )
    for position, unit in enumerate(record.units):
        _write_unit(connection, record.round, position, unit)
    _write_submissions(connection, record)
    _insert(
        connection,
        "results",
        (
            (
                record.round,
                position,
                entry.form,
                entry.unit_code,
                key(entry.unit_code),
                json.dumps(entry_json(entry), ensure_ascii=False),
            )
            for position, entry in enumerate(record.entries)
        ),
    )


def add_event(connection: sqlite3.Connection, decision: Decision, desk: int | None = None) -> None:
    """Adds what people decided; the number of the ``desk`` that brought it, if one did."""
    subject = decision.subject
    row = (
        *(None, decision.round, subject.kind, subject.form, subject.unit, subject.criterion),
        *(subject.item, decision.value, decision.reason, decision.reviewer, decision.about, desk),
    )
    _insert(connection, "events", [row])


def _write_unit(connection: sqlite3.Connection, round_name: str, position: int, unit: Unit) -> None:
    of_unit = (round_name, position)
    told = (unit.name, unit.short_name, unit.department, unit.executive, unit.email)
    _insert(connection, "units", [(*of_unit, unit.code, key(unit.code), *told, unit.headcount)])
    forms = ((*of_unit, number, form) for number, form in enumerate(unit.forms))
    _insert(connection, "unit_forms", forms)
    granted = (
        (*of_unit, number, each.form, _iso(each.due), _iso(each.until), each.reason)
        for number, each in enumerate(unit.extensions)
    )
    _insert(connection, "extensions", granted)


def _write_submissions(connection: sqlite3.Connection, record: RoundRecord) -> None:
    contents = [
        each.sha256 or f"unread:{record.round}:{position}"
        for position, each in enumerate(record.submissions)
    ]
    for content, submission in _once_each(contents, record.submissions):
        _write_reading(connection, record.round, content, submission)
    _insert(
        connection,
        "receipts",
        (
            (
                *(record.round, position, content, each.file, each.sender, each.message_id),
                *(_iso(each.received), each.received_from),
            )
            for position, (content, each) in enumerate(
                zip(contents, record.submissions, strict=True)
            )
        ),
    )


def _once_each(
    contents: Sequence[str], submissions: Sequence[RecordedSubmission]
) -> Iterator[tuple[str, RecordedSubmission]]:
    """Each content with the submission that was judged; its duplicates are receipts only."""
    judged: dict[str, RecordedSubmission] = {}
    for content, submission in zip(contents, submissions, strict=True):
        if content not in judged or judged[content].state == "duplicate":
            judged[content] = submission
    yield from judged.items()


def _write_reading(
    connection: sqlite3.Connection, round_name: str, content: str, submission: RecordedSubmission
) -> None:
    row = (
        *(None, round_name, content, submission.answers_sha256),
        *(submission.form, submission.form_version),
        *(submission.unit_code, key(submission.unit_code), submission.unit_name),
        *(submission.state, submission.verdict or ""),
        *(submission.total, submission.level, *submission.level_name),
        submission.answers(),
        " ".join(submission.claimants),
    )
    _insert(connection, "readings", [row])
    (reading,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    _insert(connection, "scores", ((reading, *score) for score in submission.scores))
    findings = (
        (
            *(reading, position, found.code, found.severity),
            *(found.place.sheet, found.place.cell, found.place.field),
            *(message(found), message(found, "en")),
        )
        for position, found in enumerate(submission.findings)
    )
    _insert(connection, "findings", findings)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    """Inserts rows that fill every column of a table."""
    storable = [tuple(map(_storable, row)) for row in rows]
    if storable:
        places = ", ".join("?" * len(storable[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", storable)


def _storable(value: object) -> object:
    """A name of a file may hold half a character, which no database takes."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
