"""The fourth version of the ledger: what is the same in the next round is stored once.

A round is lines that name, by number, what they are about. A line names what it is about without
a foreign key where that would need an index over all lines of all rounds; triggers take away what
no line names any more.
"""

from __future__ import annotations

_TABLES = (
    # A text of each kind, in which those that came later find most of their words.
    """CREATE TABLE dictionaries (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL UNIQUE, text TEXT NOT NULL)""",
    """CREATE TABLE identities (
        id INTEGER PRIMARY KEY, unit_key TEXT NOT NULL, form TEXT NOT NULL,
        UNIQUE (unit_key, form))""",
    # Where a file's bytes could not be read, ``sha256`` is ``unread:`` with the round and the
    # place of its receipt; then it has no receipt number.
    """CREATE TABLE files (
        id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, receipt INTEGER)""",
    "CREATE INDEX files_of_receipt ON files (receipt) WHERE receipt IS NOT NULL",
    """CREATE TABLE answered (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, sha256 TEXT NOT NULL,
        dictionary INTEGER REFERENCES dictionaries, packed BLOB NOT NULL)""",
    # What was made of a file. ``scores`` are a list of [criterion, claimed, computed, reviewed],
    # the packed ``findings`` one of [code, severity, sheet, cell, field, Thai, English].
    """CREATE TABLE judgements (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,
        file INTEGER NOT NULL REFERENCES files, answered INTEGER NOT NULL REFERENCES answered,
        form_version TEXT NOT NULL, unit_code TEXT NOT NULL, unit_name TEXT NOT NULL,
        verdict TEXT NOT NULL, total INTEGER, level INTEGER, level_th TEXT NOT NULL,
        level_en TEXT NOT NULL, claimants TEXT NOT NULL, scores TEXT NOT NULL,
        reviewed INTEGER NOT NULL, warnings INTEGER NOT NULL,
        dictionary INTEGER REFERENCES dictionaries, findings BLOB NOT NULL)""",
    "CREATE INDEX judgements_of_file ON judgements (file)",
    "CREATE INDEX judgements_of_answers ON judgements (answered)",
    """CREATE TABLE arrivals (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,
        file INTEGER NOT NULL REFERENCES files, unread INTEGER NOT NULL, name TEXT NOT NULL,
        sender TEXT NOT NULL, message_id TEXT NOT NULL, received TEXT, received_from TEXT)""",
    "CREATE INDEX arrivals_of_file ON arrivals (file)",
    "CREATE INDEX arrivals_unread ON arrivals (name, message_id) WHERE unread = 1",
    """CREATE TABLE entries (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,
        identity INTEGER NOT NULL REFERENCES identities,
        dictionary INTEGER REFERENCES dictionaries, packed BLOB NOT NULL)""",
    "CREATE INDEX entries_of_identity ON entries (identity)",
    """CREATE TABLE unit_rows (
        id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, unit_key TEXT NOT NULL,
        unit_code TEXT NOT NULL, name TEXT NOT NULL, short_name TEXT NOT NULL,
        department TEXT NOT NULL, executive TEXT NOT NULL, email TEXT NOT NULL,
        headcount INTEGER, forms TEXT NOT NULL, extensions TEXT NOT NULL)""",
    "CREATE INDEX unit_rows_of_key ON unit_rows (unit_key)",
    # ``position`` is that of the file's first receipt.
    """CREATE TABLE round_readings (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE, position INTEGER NOT NULL,
        identity INTEGER NOT NULL REFERENCES identities,
        judgement INTEGER NOT NULL REFERENCES judgements, state TEXT NOT NULL,
        PRIMARY KEY (round, position)) WITHOUT ROWID""",
    "CREATE INDEX readings_of_identity ON round_readings (identity, round)",
    "CREATE INDEX readings_of_judgement ON round_readings (judgement, round)",
    """CREATE TABLE round_receipts (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE, arrival INTEGER NOT NULL,
        position INTEGER NOT NULL, PRIMARY KEY (round, arrival, position)) WITHOUT ROWID""",
    # ``previous`` is the round in which the form was counted before.
    """CREATE TABLE round_entries (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE, entry INTEGER NOT NULL,
        position INTEGER NOT NULL, previous TEXT,
        PRIMARY KEY (round, entry, position)) WITHOUT ROWID""",
    """CREATE TABLE round_units (
        round TEXT NOT NULL REFERENCES rounds ON DELETE CASCADE, unit INTEGER NOT NULL,
        position INTEGER NOT NULL, PRIMARY KEY (round, unit, position)) WITHOUT ROWID""",
)

_MOVED = (
    """CREATE TABLE moved AS
        SELECT id, round, sha256, answers_sha256, form, form_version, unit_code, unit_key,
            unit_name, state, verdict, total, level, level_th, level_en, claimants, answers,
            digest(answers_sha256, answers) AS answers_digest, x'' AS digest,
            (SELECT min(position) FROM receipts
                WHERE receipts.round = readings.round AND receipts.sha256 = readings.sha256)
                AS position,
            compact((SELECT json_group_array(json(score)) FROM (
                SELECT json_array(number, claimed, computed, reviewed) AS score
                FROM scores WHERE reading = readings.id ORDER BY number))) AS scores,
            compact((SELECT json_group_array(json(found)) FROM (
                SELECT json_array(code, severity, sheet, cell, field, message_th, message_en)
                    AS found
                FROM findings WHERE reading = readings.id ORDER BY position))) AS findings,
            EXISTS (SELECT 1 FROM scores WHERE reading = readings.id AND reviewed IS NOT NULL)
                AS reviewed,
            (SELECT count(*) FROM findings WHERE reading = readings.id AND severity = 'warning')
                AS warnings
        FROM readings ORDER BY id""",
    """UPDATE moved SET digest = digest(
        sha256, hex(answers_digest), form, form_version, unit_code, unit_name, verdict, total,
        level, level_th, level_en, claimants, scores, findings)""",
    """CREATE TABLE moved_entries AS
        SELECT round, position, form, unit_key, compact(json_remove(entry, '$.previous.round'))
            AS entry, json_extract(entry, '$.previous.round') AS previous
        FROM results ORDER BY round, position""",
    """CREATE TABLE moved_units AS
        SELECT round, position, unit_key, unit_code, name, short_name, department, executive,
            email, headcount,
            compact((SELECT json_group_array(form) FROM (
                SELECT form FROM unit_forms
                WHERE unit_forms.round = units.round AND unit = units.position
                ORDER BY unit_forms.position))) AS forms,
            compact((SELECT json_group_array(json(granted)) FROM (
                SELECT json_array(form, due, until, reason) AS granted FROM extensions
                WHERE extensions.round = units.round AND unit = units.position
                ORDER BY extensions.position))) AS extensions, x'' AS digest
        FROM units ORDER BY round, position""",
    """UPDATE moved_units SET digest = digest(
        unit_code, name, short_name, department, executive, email, headcount, forms,
        extensions)""",
    # The longest one has most of the words.
    """INSERT INTO dictionaries (kind, text) SELECT kind, text FROM (
        SELECT 'answers ' || form || ' ' || form_version AS kind, answers AS text,
            max(length(answers)) AS size FROM moved GROUP BY kind
        UNION ALL
        SELECT 'findings ' || form || ' ' || form_version AS kind, findings AS text,
            max(length(findings)) AS size FROM moved GROUP BY kind
        UNION ALL
        SELECT 'entry ' || form AS kind, entry AS text, max(length(entry)) AS size
        FROM moved_entries GROUP BY kind) WHERE size >= 256""",
    """INSERT OR IGNORE INTO identities (unit_key, form)
        SELECT unit_key, form FROM moved UNION ALL SELECT unit_key, form FROM moved_entries""",
    "INSERT OR IGNORE INTO files (sha256, receipt) SELECT sha256, receipt_of(sha256) FROM moved",
    """INSERT OR IGNORE INTO answered (digest, sha256, dictionary, packed)
        SELECT answers_digest, answers_sha256, dictionaries.id,
            packed(answers, dictionaries.text)
        FROM moved LEFT JOIN dictionaries ON kind = 'answers ' || form || ' ' || form_version""",
    """INSERT OR IGNORE INTO judgements (
            digest, file, answered, form_version, unit_code, unit_name, verdict, total, level,
            level_th, level_en, claimants, scores, reviewed, warnings, dictionary, findings)
        SELECT moved.digest, files.id, answered.id, form_version, unit_code, unit_name, verdict,
            total, level, level_th, level_en, claimants, scores, reviewed, warnings,
            dictionaries.id, packed(findings, dictionaries.text)
        FROM moved JOIN files ON files.sha256 = moved.sha256
        JOIN answered ON answered.digest = answers_digest
        LEFT JOIN dictionaries ON kind = 'findings ' || form || ' ' || form_version""",
    """INSERT INTO round_readings
        SELECT round, position, identities.id, judgements.id, state
        FROM moved JOIN judgements ON judgements.digest = moved.digest
        JOIN identities ON identities.unit_key = moved.unit_key AND identities.form = moved.form""",
    """INSERT OR IGNORE INTO arrivals (
            digest, file, unread, name, sender, message_id, received, received_from)
        SELECT digest(receipts.sha256, file, sender, message_id, received, received_from),
            files.id, files.receipt IS NULL, file, sender, message_id, received, received_from
        FROM receipts JOIN files ON files.sha256 = receipts.sha256
        ORDER BY round, position""",
    """INSERT INTO round_receipts
        SELECT round, arrivals.id, position FROM receipts JOIN arrivals ON digest = digest(
            receipts.sha256, receipts.file, receipts.sender, receipts.message_id,
            receipts.received, receipts.received_from)""",
    """INSERT OR IGNORE INTO entries (digest, identity, dictionary, packed)
        SELECT digest(entry), identities.id, dictionaries.id, packed(entry, dictionaries.text)
        FROM moved_entries JOIN identities USING (unit_key, form)
        LEFT JOIN dictionaries ON kind = 'entry ' || form""",
    """INSERT INTO round_entries
        SELECT round, entries.id, position, previous
        FROM moved_entries JOIN entries ON digest = digest(entry)""",
    """INSERT OR IGNORE INTO unit_rows (
            digest, unit_key, unit_code, name, short_name, department, executive, email,
            headcount, forms, extensions)
        SELECT digest, unit_key, unit_code, name, short_name, department, executive, email,
            headcount, forms, extensions FROM moved_units""",
    """INSERT INTO round_units
        SELECT round, unit_rows.id, position FROM moved_units
        JOIN unit_rows ON unit_rows.digest = moved_units.digest""",
)

_DROPPED = (
    *("DROP VIEW submissions", "DROP VIEW deliveries", "DROP VIEW answers"),
    *("DROP TABLE moved", "DROP TABLE moved_entries", "DROP TABLE moved_units"),
    *("DROP TABLE findings", "DROP TABLE scores", "DROP TABLE receipts", "DROP TABLE readings"),
    *("DROP TABLE results", "DROP TABLE unit_forms", "DROP TABLE extensions", "DROP TABLE units"),
)

_TRIGGERS = (
    """CREATE TRIGGER reading_gone AFTER DELETE ON round_readings BEGIN
        DELETE FROM judgements WHERE id = OLD.judgement AND NOT EXISTS (
            SELECT 1 FROM round_readings WHERE judgement = OLD.judgement);
        DELETE FROM identities WHERE id = OLD.identity
            AND NOT EXISTS (SELECT 1 FROM round_readings WHERE identity = OLD.identity)
            AND NOT EXISTS (SELECT 1 FROM entries WHERE identity = OLD.identity);
    END""",
    """CREATE TRIGGER judgement_gone AFTER DELETE ON judgements BEGIN
        DELETE FROM answered WHERE id = OLD.answered AND NOT EXISTS (
            SELECT 1 FROM judgements WHERE answered = OLD.answered);
        DELETE FROM files WHERE id = OLD.file
            AND NOT EXISTS (SELECT 1 FROM judgements WHERE file = OLD.file)
            AND NOT EXISTS (SELECT 1 FROM arrivals WHERE file = OLD.file);
    END""",
    """CREATE TRIGGER receipt_gone AFTER DELETE ON round_receipts BEGIN
        DELETE FROM arrivals WHERE id = OLD.arrival AND NOT EXISTS (
            SELECT 1 FROM rounds CROSS JOIN round_receipts
                ON round_receipts.round = rounds.round AND arrival = OLD.arrival);
    END""",
    """CREATE TRIGGER arrival_gone AFTER DELETE ON arrivals BEGIN
        DELETE FROM files WHERE id = OLD.file
            AND NOT EXISTS (SELECT 1 FROM judgements WHERE file = OLD.file)
            AND NOT EXISTS (SELECT 1 FROM arrivals WHERE file = OLD.file);
    END""",
    """CREATE TRIGGER entry_line_gone AFTER DELETE ON round_entries BEGIN
        DELETE FROM entries WHERE id = OLD.entry AND NOT EXISTS (
            SELECT 1 FROM rounds CROSS JOIN round_entries
                ON round_entries.round = rounds.round AND entry = OLD.entry);
    END""",
    """CREATE TRIGGER entry_gone AFTER DELETE ON entries BEGIN
        DELETE FROM identities WHERE id = OLD.identity
            AND NOT EXISTS (SELECT 1 FROM round_readings WHERE identity = OLD.identity)
            AND NOT EXISTS (SELECT 1 FROM entries WHERE identity = OLD.identity);
    END""",
    """CREATE TRIGGER unit_line_gone AFTER DELETE ON round_units BEGIN
        DELETE FROM unit_rows WHERE id = OLD.unit AND NOT EXISTS (
            SELECT 1 FROM rounds CROSS JOIN round_units
                ON round_units.round = rounds.round AND unit = OLD.unit);
    END""",
)

# For people who look into the ledger; the program asks the tables. ``readings.id`` is the number
# of a judgement: the same one in all rounds in which the file was judged in the same way.
_VIEWS = (
    """CREATE VIEW readings AS
        SELECT judgements.id AS id, round, files.sha256 AS sha256,
            answered.sha256 AS answers_sha256, form, form_version, unit_code, unit_key, unit_name,
            state, verdict, total, level, level_th, level_en, claimants
        FROM round_readings JOIN judgements ON judgements.id = judgement
        JOIN identities ON identities.id = identity JOIN files ON files.id = file
        JOIN answered ON answered.id = answered""",
    """CREATE VIEW receipts AS
        SELECT round, position, sha256, name AS file, sender, message_id, received, received_from
        FROM round_receipts JOIN arrivals ON arrivals.id = arrival JOIN files ON files.id = file""",
    """CREATE VIEW scores AS
        SELECT judgements.id AS reading, json_extract(each.value, '$[0]') AS number,
            json_extract(each.value, '$[1]') AS claimed,
            json_extract(each.value, '$[2]') AS computed,
            json_extract(each.value, '$[3]') AS reviewed
        FROM judgements, json_each(scores) AS each""",
    """CREATE VIEW units AS
        SELECT round, position, unit_code, unit_key, name, short_name, department, executive,
            email, headcount
        FROM round_units JOIN unit_rows ON unit_rows.id = unit""",
    """CREATE VIEW unit_forms AS
        SELECT round, position AS unit, each.key AS position, each.value AS form
        FROM round_units JOIN unit_rows ON unit_rows.id = unit, json_each(forms) AS each""",
    """CREATE VIEW extensions AS
        SELECT round, position AS unit, each.key AS position,
            json_extract(each.value, '$[0]') AS form, json_extract(each.value, '$[1]') AS due,
            json_extract(each.value, '$[2]') AS until, json_extract(each.value, '$[3]') AS reason
        FROM round_units JOIN unit_rows ON unit_rows.id = unit, json_each(extensions) AS each""",
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

# What people decided is found by what it is about, and by its round.
_PEOPLE = (
    """CREATE INDEX events_of_subject ON events (
        kind, form, unit_key, criterion, item, round)""",
    "CREATE INDEX events_of_unit ON events (unit_key)",
    "CREATE INDEX events_of_round ON events (round)",
    "ALTER TABLE sent ADD COLUMN address TEXT NOT NULL DEFAULT ''",
    "UPDATE sent SET address = address_of(recipient)",
    "CREATE INDEX sent_to ON sent (address)",
)

STORED_ONCE: tuple[str, ...] = (*_TABLES, *_MOVED, *_DROPPED, *_TRIGGERS, *_VIEWS, *_PEOPLE)
