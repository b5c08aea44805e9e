"""What the ledger tells of files and units: judged, changed, sent before, decided.

Each query begins at an index with what it is asked about; none reads the rows of the past to find
a few of them.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import date

from moral_xlsx.ledger.entries import read_entry
from moral_xlsx.ledger.packing import Unpacking
from moral_xlsx.model.decisions import Decision, Subject
from moral_xlsx.model.ledger import Change, Judged, JudgedFile, ReceivedCopy, UnitEntry, Version
from moral_xlsx.model.reference import parse_reference
from moral_xlsx.thai import key


def day_of(iso: str | None) -> date | None:
    """A day as the ledger holds it."""
    return date.fromisoformat(iso) if iso else None


# --- rounds


def entries_in(connection: sqlite3.Connection, round_name: str) -> tuple[UnitEntry, ...]:
    """What a round recorded of each form and unit, in its order."""
    unpacking = Unpacking(connection)
    rows = connection.execute(
        """SELECT packed, dictionary, previous
        FROM round_entries JOIN entries ON entries.id = entry
        WHERE round = ? ORDER BY position""",
        (round_name,),
    )
    return tuple(
        read_entry(json.loads(unpacking.text(packed, dictionary)), previous)
        for packed, dictionary, previous in rows
    )


def judged_in(connection: sqlite3.Connection, round_name: str) -> Judged:
    """What a round judged; what it does not hold is empty."""
    units = dict(
        connection.execute(
            """SELECT unit_key, unit_code FROM round_units JOIN unit_rows ON unit_rows.id = unit
            WHERE round = ? ORDER BY position""",
            (round_name,),
        )
    )
    answers: dict[tuple[str, str], str] = {}
    files: dict[str, JudgedFile] = {}
    for form, unit_key, code, state, sha256, answers_sha256, claimants in connection.execute(
        """SELECT form, unit_key, unit_code, state, files.sha256, answered.sha256, claimants
        FROM round_readings JOIN identities ON identities.id = identity
        JOIN judgements ON judgements.id = judgement
        JOIN files ON files.id = file JOIN answered ON answered.id = answered
        WHERE round = ? AND form <> '' ORDER BY files.sha256""",
        (round_name,),
    ):
        units.setdefault(unit_key, code)
        if state == "counted":
            answers[form, unit_key] = answers_sha256
        files[sha256] = JudgedFile(form, unit_key, "" if claimants else code)
    return Judged({each: code for each, code in units.items() if each}, answers, files)


# --- files

# The readings of a file in which it came as the one asked about did: (round, message, state,
# state) and what knows the file.
_TOLD = """SELECT 1 FROM {found}
    CROSS JOIN judgements ON judgements.file = {file}
    CROSS JOIN round_readings ON judgement = judgements.id AND round_readings.round < ?
    CROSS JOIN round_receipts
        ON round_receipts.round = round_readings.round AND arrival = arrivals.id
    WHERE message_id = ? AND state <> 'failed' AND (? <> 'counted' OR state = 'counted')
    AND {which} LIMIT 1"""
_TOLD_OF_BYTES = _TOLD.format(
    found="files CROSS JOIN arrivals ON arrivals.file = files.id",
    file="files.id",
    which="sha256 = ? AND (message_id <> '' OR name = ?)",
)
_TOLD_UNREAD = _TOLD.format(found="arrivals", file="arrivals.file", which="unread = 1 AND name = ?")


def told_before(
    connection: sqlite3.Connection,
    sha256: str,
    message_id: str,
    file: str,
    round_name: str,
    state: str,
) -> bool:
    """Whether an earlier round had a file from a message, or under its name."""
    asked = round_name, message_id, state
    found = (
        connection.execute(_TOLD_OF_BYTES, (*asked, sha256, file))
        if sha256
        else connection.execute(_TOLD_UNREAD, (*asked, file))
    )
    return found.fetchone() is not None


def superseded_between(
    connection: sqlite3.Connection, sha256: str, since: str, before: str
) -> bool:
    """Whether a newer file replaced the file of these bytes from one round on, before another."""
    found = connection.execute(
        """SELECT 1 FROM files CROSS JOIN judgements ON file = files.id
        CROSS JOIN round_readings ON judgement = judgements.id
        WHERE sha256 = ? AND round >= ? AND round < ? AND state = 'superseded' LIMIT 1""",
        (sha256, since, before),
    )
    return found.fetchone() is not None


def copies_of(connection: sqlite3.Connection, receipt: str) -> tuple[ReceivedCopy, ...]:
    """The files of a receipt number, however its digits are grouped."""
    wanted = "".join(each for each in receipt if each.isdecimal())
    if len(wanted) != 8 or not wanted.isascii():
        return ()
    rows = connection.execute(
        """SELECT received, round_receipts.round, name, sha256, sender, form, unit_code, state
        FROM files CROSS JOIN judgements ON judgements.file = files.id
        CROSS JOIN round_readings ON judgement = judgements.id
        CROSS JOIN identities ON identities.id = identity
        CROSS JOIN arrivals ON arrivals.file = files.id
        CROSS JOIN round_receipts
            ON round_receipts.round = round_readings.round AND arrival = arrivals.id
        WHERE receipt = ? ORDER BY round_receipts.round, round_receipts.position""",
        (int(wanted),),
    )
    return tuple(ReceivedCopy(day_of(received), *told) for received, *told in rows)


# --- decisions

_EVENT = """SELECT kind, form, unit_key, criterion, item, value, reason, reviewer, round, about
    FROM events"""


def last_event(connection: sqlite3.Connection) -> int:
    """The number of the decision that was taken last; 0 when there is none."""
    (number,) = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()
    return int(number)


def events_of(
    connection: sqlite3.Connection, round_name: str | None = None
) -> tuple[Decision, ...]:
    """The decisions taken in a round and before it, or all, in the order of rounds."""
    if round_name is None:
        return _decisions(connection.execute(f"{_EVENT} ORDER BY round, id"))
    rows = connection.execute(f"{_EVENT} WHERE round <= ? ORDER BY round, id", (round_name,))
    return _decisions(rows)


def events_after(connection: sqlite3.Connection, number: int) -> tuple[Decision, ...]:
    """The decisions with a higher number, without what the desk of that number brought."""
    rows = connection.execute(
        f"{_EVENT} WHERE id > ? AND desk IS NOT ? ORDER BY round, id", (number, number)
    )
    return _decisions(rows)


def events_on_forms(connection: sqlite3.Connection, round_name: str) -> tuple[Decision, ...]:
    """The decisions on forms as a whole that were taken up to a round."""
    rows = connection.execute(
        f"""{_EVENT} WHERE kind IN ('verdict', 'seen') AND round <= ? ORDER BY round, id""",
        (round_name,),
    )
    return _decisions(rows)


def events_about(connection: sqlite3.Connection, unit_key: str) -> tuple[Decision, ...]:
    """The decisions on a unit, and those that a file is its own."""
    rows = connection.execute(
        f"{_EVENT} WHERE unit_key = ? OR kind = 'owner' ORDER BY round, id", (unit_key,)
    )
    return tuple(
        each
        for each in _decisions(rows)
        if each.subject.unit == unit_key
        or (each.subject.kind == "owner" and key(each.value) == unit_key)
    )


def standing(connection: sqlite3.Connection, subject: Subject, round_name: str) -> Decision | None:
    """The decision on a subject that stands in a round; None where it was withdrawn, or none is."""
    rows = connection.execute(
        f"""{_EVENT} WHERE kind = ? AND form = ? AND unit_key = ? AND criterion = ? AND item = ?
        AND round <= ? ORDER BY round DESC, id DESC LIMIT 1""",
        (subject.kind, subject.form, subject.unit, subject.criterion, subject.item, round_name),
    )
    return next((each for each in _decisions(rows) if each.value), None)


def _decisions(rows: sqlite3.Cursor) -> tuple[Decision, ...]:
    return tuple(Decision(Subject(*row[:5]), *row[5:]) for row in rows)


# --- changes

# All readings of a unit's form; left to choose, SQLite may go through a whole round for its order.
OF_UNIT = """identities
    CROSS JOIN round_readings INDEXED BY readings_of_identity ON identity = identities.id"""


def changes_of(
    connection: sqlite3.Connection, form: str, unit_code: str, round_name: str
) -> tuple[Change, ...]:
    """What differs between the file that a round counts for a unit and the one before it.

    That is the newest one that it replaced in the round, if it was new in the round; else the
    one counted in the round before. Nothing when there is no such file.
    """
    identity = key(unit_code), form, round_name
    counted = _counted(connection, identity, "round = ?")
    if counted is None:
        return ()
    before = _replaced(connection, identity) or _counted(connection, identity, "round < ?")
    if before is None or before == counted:
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
    """The answers of the file that was counted in the newest of some rounds."""
    found = connection.execute(
        f"""SELECT answered FROM {OF_UNIT}
        CROSS JOIN judgements ON judgements.id = judgement
        WHERE unit_key = ? AND form = ? AND {rounds} AND state = 'counted' AND unit_key <> ''
        ORDER BY round DESC, position DESC LIMIT 1""",
        identity,
    ).fetchone()
    return int(found[0]) if found else None


def _replaced(connection: sqlite3.Connection, identity: tuple[str, str, str]) -> int | None:
    """The answers of the newest file that was replaced in the round, unless an earlier round
    knew it."""
    found = connection.execute(
        f"""SELECT answered FROM {OF_UNIT}
        CROSS JOIN judgements ON judgements.id = judgement
        CROSS JOIN arrivals ON arrivals.file = judgements.file
        CROSS JOIN round_receipts
            ON round_receipts.round = round_readings.round AND arrival = arrivals.id
        WHERE unit_key = ? AND form = ? AND round_readings.round = ? AND state = 'superseded'
        AND NOT EXISTS (
            SELECT 1 FROM judgements AS known
            CROSS JOIN round_readings AS earlier ON earlier.judgement = known.id
            WHERE known.file = judgements.file AND earlier.round < round_readings.round)
        ORDER BY ifnull(received, '') DESC, round_receipts.position DESC LIMIT 1""",
        identity,
    ).fetchone()
    return int(found[0]) if found else None


def _answers(connection: sqlite3.Connection, answered: int) -> dict[str, str]:
    packed, dictionary = connection.execute(
        "SELECT packed, dictionary FROM answered WHERE id = ?", (answered,)
    ).fetchone()
    answers: dict[str, str] = json.loads(Unpacking(connection).text(packed, dictionary))
    return answers


def versions_of(
    connection: sqlite3.Connection, form: str, unit_key: str, round_name: str
) -> tuple[Version, ...]:
    """The files in which a unit sent a form up to a round, each as it was first read."""
    # SQLite takes the other columns from the row of the minimum.
    rows = connection.execute(
        f"""SELECT first.round, name, sha256, received, state, verdict, total
        FROM (SELECT file, min(round) AS round, state, verdict, total FROM {OF_UNIT}
            CROSS JOIN judgements ON judgements.id = judgement
            WHERE unit_key = ? AND form = ? AND round <= ? GROUP BY file) AS first
        CROSS JOIN files ON files.id = first.file
        CROSS JOIN arrivals ON arrivals.file = first.file
        CROSS JOIN round_receipts ON round_receipts.round = first.round AND arrival = arrivals.id
        ORDER BY first.round, received, position""",
        (unit_key, form, round_name),
    )
    found: dict[str, Version] = {}
    for round_read, file, sha256, received, state, verdict, total in rows:
        version = Version(round_read, file, sha256, day_of(received), state, verdict or None, total)
        found.setdefault(sha256, version)
    return tuple(found.values())
