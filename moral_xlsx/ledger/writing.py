"""A round's rows in the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice

from moral_xlsx.ledger.entries import entry_apart
from moral_xlsx.ledger.packing import address_of, compact, digest, receipt_of
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.ledger import RecordedSubmission, RoundRecord, UnitEntry
from moral_xlsx.model.units import Unit
from moral_xlsx.thai import key

_Value = str | int | bytes | None
_Row = Mapping[str, _Value]
_Judged = dict[str, tuple[int, RecordedSubmission]]

_ROWS = 200  # that are in memory at a time
# Shorter texts give others no words.
_LEAST_WORDS = 256  # characters

# Each statement is run for each row; what stands already as it is now is not written again.
_UNITS = (
    """INSERT OR IGNORE INTO unit_rows (
            digest, unit_key, unit_code, name, short_name, department, executive, email,
            headcount, forms, extensions)
        VALUES (:digest, :unit_key, :unit_code, :name, :short_name, :department, :executive,
            :email, :headcount, :forms, :extensions)""",
    """INSERT INTO round_units
        SELECT :round, id, :position FROM unit_rows WHERE digest = :digest""",
)
_READINGS = (
    "INSERT OR IGNORE INTO identities (unit_key, form) VALUES (:unit_key, :form)",
    "INSERT OR IGNORE INTO files (sha256, receipt) VALUES (:sha256, :receipt)",
    """INSERT INTO answered (digest, sha256, dictionary, packed)
        SELECT :answers_digest, :answers_sha256,
            (SELECT id FROM dictionaries WHERE kind = :answers_kind),
            packed(:answers, (SELECT text FROM dictionaries WHERE kind = :answers_kind))
        WHERE NOT EXISTS (SELECT 1 FROM answered WHERE digest = :answers_digest)""",
    """INSERT INTO judgements (
            digest, file, answered, form_version, unit_code, unit_name, verdict, total, level,
            level_th, level_en, claimants, scores, reviewed, warnings, dictionary, findings)
        SELECT :digest, (SELECT id FROM files WHERE sha256 = :sha256),
            (SELECT id FROM answered WHERE digest = :answers_digest), :form_version, :unit_code,
            :named, :verdict, :total, :level, :level_th, :level_en, :claimants, :scores,
            :reviewed, :warnings, (SELECT id FROM dictionaries WHERE kind = :findings_kind),
            packed(:findings, (SELECT text FROM dictionaries WHERE kind = :findings_kind))
        WHERE NOT EXISTS (SELECT 1 FROM judgements WHERE digest = :digest)""",
    """INSERT INTO round_readings VALUES (
            :round, :position,
            (SELECT id FROM identities WHERE unit_key = :unit_key AND form = :form),
            (SELECT id FROM judgements WHERE digest = :digest), :state)""",
)
_RECEIPTS = (
    """INSERT OR IGNORE INTO arrivals (
            digest, file, unread, name, sender, message_id, received, received_from)
        VALUES (:digest, (SELECT id FROM files WHERE sha256 = :sha256), :unread, :name, :sender,
            :message_id, :received, :received_from)""",
    """INSERT INTO round_receipts
        SELECT :round, id, :position FROM arrivals WHERE digest = :digest""",
)
_ENTRIES = (
    "INSERT OR IGNORE INTO identities (unit_key, form) VALUES (:unit_key, :form)",
    """INSERT INTO entries (digest, identity, dictionary, packed)
        SELECT :digest, (SELECT id FROM identities WHERE unit_key = :unit_key AND form = :form),
            (SELECT id FROM dictionaries WHERE kind = :entry_kind),
            packed(:entry, (SELECT text FROM dictionaries WHERE kind = :entry_kind))
        WHERE NOT EXISTS (SELECT 1 FROM entries WHERE digest = :digest)""",
    """INSERT INTO round_entries
        SELECT :round, id, :position, :previous FROM entries WHERE digest = :digest""",
)


def write_round(connection: sqlite3.Connection, record: RoundRecord) -> None:
    """Replaces all that an earlier run of the round had written; runs within a transaction.

    However many submissions there are, rows of a few of them are in memory at a time.
    """
    connection.execute("DELETE FROM rounds WHERE round = ?", (record.round,))
    connection.execute("INSERT INTO rounds VALUES (?, ?)", (record.round, record.program))
    connection.executemany(
        "INSERT INTO forms VALUES (?, ?, ?, ?, ?)",
        (
            (record.round, position, *map(_storable, (form.id, form.version, form.title)))
            for position, form in enumerate(record.forms)
        ),
    )
    units = (_unit(position, unit) for position, unit in enumerate(record.units))
    _write(connection, record.round, units, _UNITS)
    judged = _judged(record).items()
    readings = (_reading(content, position, each) for content, (position, each) in judged)
    _write(connection, record.round, readings, _READINGS, ("answers", "findings"))
    receipts = (
        _receipt(_content(record.round, position, each), position, each)
        for position, each in enumerate(record.submissions)
    )
    _write(connection, record.round, receipts, _RECEIPTS)
    entries = (_entry(position, entry) for position, entry in enumerate(record.entries))
    _write(connection, record.round, entries, _ENTRIES, ("entry",))


def add_event(connection: sqlite3.Connection, decision: Decision, desk: int | None = None) -> None:
    """Adds what people decided; the number of the ``desk`` that brought it, if one did."""
    subject = decision.subject
    row = (
        *(None, decision.round, subject.kind, subject.form, subject.unit, subject.criterion),
        *(subject.item, decision.value, decision.reason, decision.reviewer, decision.about, desk),
    )
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO events VALUES ({places})", [_storable(each) for each in row])


def note_tried(connection: sqlite3.Connection, sha256: str, recipient: str, moment: str) -> bool:
    """Notes that a draft is handed over; False when this stands already."""
    added = connection.execute(
        "INSERT OR IGNORE INTO sent VALUES (?, ?, ?, NULL, ?)",
        (sha256, recipient, moment, address_of(recipient)),
    )
    return added.rowcount == 1


def note_sent(connection: sqlite3.Connection, sha256: str, recipient: str, moment: str) -> None:
    """Notes that a draft was accepted; the first acceptance stays."""
    connection.execute(
        """INSERT INTO sent VALUES (?, ?, ?, ?, ?) ON CONFLICT (sha256, recipient)
        DO UPDATE SET accepted = ifnull(accepted, excluded.accepted)""",
        (sha256, recipient, moment, moment, address_of(recipient)),
    )


# --- the rows


def _unit(position: int, unit: Unit) -> dict[str, _Value]:
    granted = [
        (each.form, each.due.isoformat(), each.until.isoformat(), each.reason)
        for each in unit.extensions
    ]
    row: dict[str, _Value] = {
        "unit_code": unit.code,
        "name": unit.name,
        "short_name": unit.short_name,
        "department": unit.department,
        "executive": unit.executive,
        "email": unit.email,
        "headcount": unit.headcount,
        "forms": compact(unit.forms),
        "extensions": compact(granted),
    }
    row = _stored(row)
    return row | {"digest": _digest(row, *row), "unit_key": key(unit.code), "position": position}


def _content(round_name: str, position: int, submission: RecordedSubmission) -> str:
    return submission.sha256 or f"unread:{round_name}:{position}"


def _judged(record: RoundRecord) -> _Judged:
    """Each content with the submission that was judged, and the position of its first receipt;
    its duplicates are receipts only."""
    judged: _Judged = {}
    for position, each in enumerate(record.submissions):
        content = _content(record.round, position, each)
        first, known = judged.get(content, (position, each))
        judged[content] = first, each if known.state == "duplicate" else known
    return judged


def _reading(content: str, position: int, submission: RecordedSubmission) -> dict[str, _Value]:
    findings = [
        (
            *(found.code, found.severity),
            *(found.place.sheet, found.place.cell, found.place.field),
            *(message(found), message(found, "en")),
        )
        for found in submission.findings
    ]
    of_form = f"{submission.form} {submission.form_version}"
    row: dict[str, _Value] = {
        "sha256": content,
        "receipt": receipt_of(content),
        "position": position,
        "state": submission.state,
        "form": submission.form,
        "form_version": submission.form_version,
        "unit_code": submission.unit_code,
        "unit_key": key(submission.unit_code),
        "named": submission.unit_name,
        "verdict": submission.verdict or "",
        "total": submission.total,
        "level": submission.level,
        "level_th": submission.level_name[0],
        "level_en": submission.level_name[1],
        "claimants": " ".join(submission.claimants),
        "scores": compact(sorted(submission.scores, key=lambda score: score[0])),
        "reviewed": any(reviewed is not None for *_, reviewed in submission.scores),
        "warnings": sum(found.severity == "warning" for found in submission.findings),
        "findings": compact(findings),
        "findings_kind": f"findings {of_form}",
        "answers": submission.answers(),
        "answers_sha256": submission.answers_sha256,
        "answers_kind": f"answers {of_form}",
    }
    row = _stored(row)
    answers = _digest(row, "answers_sha256", "answers")
    row |= {"answers_digest": answers, "answers_hex": answers.hex().upper()}
    told = ("form_version", "unit_code", "named", "verdict", "total", "level")
    rest = ("level_th", "level_en", "claimants", "scores", "findings")
    row["digest"] = _digest(row, "sha256", "answers_hex", "form", *told, *rest)
    return row


def _receipt(content: str, position: int, submission: RecordedSubmission) -> dict[str, _Value]:
    row: dict[str, _Value] = {
        "sha256": content,
        "name": submission.file,
        "sender": submission.sender,
        "message_id": submission.message_id,
        "received": _iso(submission.received),
        "received_from": submission.received_from,
    }
    row = _stored(row)
    unread = not submission.sha256
    return row | {"digest": _digest(row, *row), "unread": unread, "position": position}


def _entry(position: int, entry: UnitEntry) -> dict[str, _Value]:
    told, previous = entry_apart(entry)
    row: dict[str, _Value] = _stored({"entry": compact(told), "previous": previous})
    return row | {
        "digest": _digest(row, "entry"),
        "position": position,
        "form": entry.form,
        "unit_key": key(entry.unit_code),
        "entry_kind": f"entry {entry.form}",
    }


def _digest(row: _Row, *names: str) -> bytes:
    return digest(*(value for name in names if not isinstance(value := row[name], bytes)))


def _write(
    connection: sqlite3.Connection,
    round_name: str,
    rows: Iterable[dict[str, _Value]],
    statements: Iterable[str],
    texts: Iterable[str] = (),
) -> None:
    """Runs statements for all rows, a few rows at a time; ``texts`` are to be packed."""
    statements, texts, remaining = tuple(statements), tuple(texts), iter(rows)
    while some := [row | {"round": round_name} for row in islice(remaining, _ROWS)]:
        for name in texts:
            connection.executemany(
                "INSERT OR IGNORE INTO dictionaries (kind, text) VALUES (?, ?)", _words(some, name)
            )
        for statement in statements:
            connection.executemany(statement, some)


def _words(rows: Iterable[_Row], name: str) -> Iterator[tuple[str, str]]:
    """The longest text of each kind: it has most of the words of those that come later."""
    longest: dict[str, str] = {}
    for row in rows:
        kind, text = str(row[f"{name}_kind"]), str(row[name])
        longest[kind] = max(longest.get(kind, ""), text, key=len)
    return ((kind, text) for kind, text in longest.items() if len(text) >= _LEAST_WORDS)


def _stored(row: dict[str, _Value]) -> dict[str, _Value]:
    return {name: _storable(value) for name, value in row.items()}


def _storable(value: _Value) -> _Value:
    """A name of a file may hold half a character, which no database takes."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
