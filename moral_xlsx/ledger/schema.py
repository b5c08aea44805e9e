"""The ledger's tables: their versions, and the way from each version to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from moral_xlsx.ledger.once import STORED_ONCE
from moral_xlsx.ledger.packing import teach
from moral_xlsx.ledger.trouble import DAMAGED, FOREIGN, LedgerError, unusable
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.ledger import LEDGER_NEWER

# Tells our ledger from any other database: "MRLX" in the file's header.
APPLICATION_ID = 0x4D524C58

Migration = tuple[str, ...]

# All that a round says hangs on its row in ``rounds``, so that running it again takes all of it
# away at once. A unit's ``unit_key`` is the form of its code under which spellings compare equal.
_FIRST: Migration = (
    "CREATE TABLE rounds (round TEXT PRIMARY KEY, program TEXT NOT NULL)",
    """CREATE TABLE forms (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL,
        PRIMARY KEY (round, form))""",
    """CREATE TABLE units (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, unit_code TEXT NOT NULL, unit_key TEXT NOT NULL,
        name TEXT NOT NULL, short_name TEXT NOT NULL, department TEXT NOT NULL,
        executive TEXT NOT NULL, email TEXT NOT NULL, headcount INTEGER,
        PRIMARY KEY (round, position))""",
    """CREATE TABLE unit_forms (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE)""",
    """CREATE TABLE extensions (
        round TEXT NOT NULL, unit INTEGER NOT NULL, position INTEGER NOT NULL, form TEXT NOT NULL,
        due TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL,
        PRIMARY KEY (round, unit, position),
        FOREIGN KEY (round, unit) REFERENCES units (round, position) ON DELETE CASCADE)""",
    # What a round made of a file's bytes, however often they came in it. Where they could not
    # be read, ``sha256`` is ``unread:`` with the round and the place of its receipt.
    """CREATE TABLE readings (
        id INTEGER PRIMARY KEY,
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        sha256 TEXT NOT NULL, answers_sha256 TEXT NOT NULL,
        form TEXT NOT NULL, form_version TEXT NOT NULL,
        unit_code TEXT NOT NULL, unit_key TEXT NOT NULL, unit_name TEXT NOT NULL,
        state TEXT NOT NULL, verdict TEXT NOT NULL,
        total INTEGER, level INTEGER, level_th TEXT NOT NULL, level_en TEXT NOT NULL,
        UNIQUE (round, sha256))""",
    "CREATE INDEX readings_of_unit ON readings (form, unit_key, round)",
    "CREATE INDEX readings_of_file ON readings (sha256, round)",
    """CREATE TABLE receipts (
        round TEXT NOT NULL, position INTEGER NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
        sender TEXT NOT NULL, message_id TEXT NOT NULL, received TEXT, received_from TEXT,
        PRIMARY KEY (round, position),
        FOREIGN KEY (round, sha256) REFERENCES readings (round, sha256) ON DELETE CASCADE)""",
    "CREATE INDEX receipts_of_file ON receipts (round, sha256)",
    """CREATE TABLE scores (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        number INTEGER NOT NULL, claimed INTEGER, computed INTEGER NOT NULL,
        PRIMARY KEY (reading, number))""",
    """CREATE TABLE answers (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        position INTEGER NOT NULL, reference TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (reading, position)) WITHOUT ROWID""",
    """CREATE TABLE findings (
        reading INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
        position INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
        sheet TEXT NOT NULL, cell TEXT NOT NULL, field TEXT NOT NULL,
        message_th TEXT NOT NULL, message_en TEXT NOT NULL,
        PRIMARY KEY (reading, position))""",
    """CREATE TABLE results (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE,
        position INTEGER NOT NULL, form TEXT NOT NULL, unit_code TEXT NOT NULL,
        unit_key TEXT NOT NULL, entry TEXT NOT NULL,
        PRIMARY KEY (round, position))""",
    # What people did stays, whatever a round says when it is run again. ``about`` are the hashes
    # of the files that stood for the unit when the reviewer decided.
    """CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        form TEXT NOT NULL, unit_code TEXT NOT NULL, unit_key TEXT NOT NULL, round TEXT NOT NULL,
        criterion INTEGER, score INTEGER, reason TEXT NOT NULL, reviewer TEXT NOT NULL,
        moment TEXT NOT NULL, about TEXT NOT NULL)""",
    # NULLs are never equal to each other in an index.
    """CREATE UNIQUE INDEX decisions_once ON decisions (
        form, unit_key, round, ifnull(criterion, ''), ifnull(score, ''), reason, reviewer,
        moment)""",
    """CREATE TABLE sent (
        sha256 TEXT NOT NULL, recipient TEXT NOT NULL, tried TEXT NOT NULL, accepted TEXT,
        PRIMARY KEY (sha256, recipient))""",
    # A file is one submission, in however many rounds it was read; its last reading tells.
    """CREATE VIEW submissions AS
        SELECT sha256, answers_sha256, form, form_version, unit_code, unit_name,
            (SELECT min(round) FROM readings AS r WHERE r.sha256 = readings.sha256) AS first_round,
            round AS last_round
        FROM readings
        WHERE round = (SELECT max(round) FROM readings AS r WHERE r.sha256 = readings.sha256)""",
    # A message is delivered once, in however many rounds or containers it lay; a file without
    # one is known by its name and its day.
    """CREATE VIEW deliveries AS
        SELECT sha256, message_id, sender, file, received, received_from, min(round) AS first_round
        FROM receipts
        GROUP BY iif(sha256 LIKE 'unread:%', file, sha256), message_id,
            iif(message_id = '', file, ''), iif(message_id = '', ifnull(received, ''), '')""",
)

# Answers are kept as they come, in one text; the view shows them one by one.
_ANSWERS_IN_ONE: Migration = (
    "ALTER TABLE readings ADD COLUMN answers TEXT NOT NULL DEFAULT '{}'",
    """UPDATE readings SET answers = (
        SELECT json_group_object(reference, text) FROM (
            SELECT reference, text FROM answers
            WHERE reading = readings.id ORDER BY position))""",
    "DROP TABLE answers",
    """CREATE VIEW answers AS
        SELECT readings.id AS reading,
            row_number() OVER (PARTITION BY readings.id ORDER BY each.id) - 1 AS position,
            each.key AS reference, each.value AS text
        FROM readings, json_each(readings.answers) AS each""",
)

# What people decided are events, which are added and never altered; the round took them in.
# ``desk`` is the number of the desk that brought it: that of the event that it knew last.
_EVENTS: Migration = (
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        round TEXT NOT NULL, kind TEXT NOT NULL, form TEXT NOT NULL, unit_key TEXT NOT NULL,
        criterion INTEGER NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL,
        reason TEXT NOT NULL, reviewer TEXT NOT NULL, about TEXT NOT NULL,
        desk INTEGER)""",
    # A decision was about the files that stood; now it is about what they answer.
    """INSERT INTO events
        SELECT NULL, round, iif(criterion IS NULL OR score IS NULL, 'seen', 'score'), form,
            unit_key, ifnull(criterion, 0), '', ifnull(score, 'seen'), reason, reviewer,
            ifnull((SELECT answers_sha256 FROM readings WHERE readings.round = decisions.round
                AND readings.form = decisions.form AND readings.sha256 = decisions.about), ''), NULL
        FROM decisions ORDER BY moment, id""",
    "DROP TABLE decisions",
    "ALTER TABLE scores ADD COLUMN reviewed INTEGER",
    # The keys of the units that a file may belong to, where that is not known.
    "ALTER TABLE readings ADD COLUMN claimants TEXT NOT NULL DEFAULT ''",
)

# The first makes version 1 of an empty file, each next one the version after. One that was
# released is never altered again.
MIGRATIONS: tuple[Migration, ...] = (_FIRST, _ANSWERS_IN_ONE, _EVENTS, STORED_ONCE)


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> bool:
    """Brings a ledger, or an empty file, to the newest version in one transaction, and tells
    whether it was an older ledger.

    Raises LedgerError for a newer ledger and for another program's database. Foreign keys must
    be off, so that a migration may build a table anew; they are checked at the end.
    """
    if _version(connection, path, len(migrations)) == len(migrations):
        return False
    teach(connection)
    # A table may be built anew under its name while views and triggers speak of it.
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have come first.
        version = _version(connection, path, len(migrations))
        for migration in migrations[version:]:
            for statement in migration:
                connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise unusable(path, DAMAGED)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return 0 < version < len(migrations)


def _version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """The version of a ledger, 0 of an empty file."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID or version < 1:
        raise unusable(path, FOREIGN)
    if version > known:
        raise LedgerError(finding(LEDGER_NEWER, ledger=str(path), found=version, known=known))
    return int(version)
