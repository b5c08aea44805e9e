"""A ledger's rows as they are told, also those that lie packed in it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

# What the ledger's own views cannot show, since SQLite does not unpack.
_PACKED = (
    """CREATE TEMP VIEW answers AS
        SELECT judgements.id AS reading, row_number() OVER (
                PARTITION BY judgements.id ORDER BY each.id) - 1 AS position,
            each.key AS reference, each.value AS text
        FROM judgements JOIN answered ON answered.id = answered
        LEFT JOIN dictionaries ON dictionaries.id = answered.dictionary,
            json_each(unpacked(packed, dictionaries.text)) AS each""",
    """CREATE TEMP VIEW findings AS
        SELECT judgements.id AS reading, each.key AS position,
            json_extract(each.value, '$[0]') AS code, json_extract(each.value, '$[1]') AS severity,
            json_extract(each.value, '$[2]') AS sheet, json_extract(each.value, '$[3]') AS cell,
            json_extract(each.value, '$[4]') AS field,
            json_extract(each.value, '$[5]') AS message_th,
            json_extract(each.value, '$[6]') AS message_en
        FROM judgements LEFT JOIN dictionaries ON dictionaries.id = judgements.dictionary,
            json_each(unpacked(findings, dictionaries.text)) AS each""",
    """CREATE TEMP VIEW results AS
        SELECT round, position, form, json_extract(entry, '$.unit_code') AS unit_code, unit_key,
            entry
        FROM (SELECT round, position, form, unit_key,
            with_round(unpacked(packed, dictionaries.text), previous) AS entry
        FROM round_entries JOIN entries ON entries.id = entry
        JOIN identities ON identities.id = identity
        LEFT JOIN dictionaries ON dictionaries.id = entries.dictionary)""",
)


def opened(path: Path) -> sqlite3.Connection:
    """A connection that shows ``answers``, ``findings`` and ``results`` beside the views."""
    connection = sqlite3.connect(path)
    connection.create_function("unpacked", 2, _unpacked)
    connection.create_function("with_round", 2, _with_round)
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'judgements'").fetchone():
        for view in _PACKED:
            connection.execute(view)
    return connection


def rows(ledger: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    connection = opened(ledger)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def content(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a ledger says, without the numbers under which SQLite keeps its rows."""
    assert rows(ledger, "PRAGMA integrity_check") == [("ok",)]
    assert rows(ledger, "PRAGMA foreign_key_check") == []
    whole = ("rounds", "forms", "units", "unit_forms", "extensions", "receipts", "results")
    told = dict.fromkeys((*whole, "events", "sent", "submissions", "deliveries"), "*")
    own = [name for _, name, *_ in rows(ledger, "PRAGMA table_info(readings)") if name != "id"]
    told["readings"] = ", ".join(own)
    for table in ("scores", "answers", "findings"):
        columns = [name for _, name, *_ in rows(ledger, f"PRAGMA table_info({table})")]
        kept = ", ".join(name for name in columns if name != "reading")
        told[f"{table} JOIN readings ON readings.id = {table}.reading"] = f"round, sha256, {kept}"
    return {
        table: sorted(rows(ledger, f"SELECT {columns} FROM {table}"), key=repr)
        for table, columns in told.items()
    }


def _unpacked(packed: bytes, dictionary: str | None) -> str:
    # One byte for a Thai letter; what is neither Thai nor ASCII is escaped as JSON does it.
    known = b"".join(map(_letter, dictionary or ""))
    unpacker = zlib.decompressobj(zdict=known) if known else zlib.decompressobj()
    return (unpacker.decompress(packed) + unpacker.flush()).decode("tis-620")


def _letter(letter: str) -> bytes:
    try:
        return letter.encode("ascii" if letter < "\x80" else "tis-620")
    except UnicodeEncodeError:
        return json.dumps(letter)[1:-1].encode("ascii")


def _with_round(entry: str, previous: str | None) -> str:
    told = json.loads(entry)
    if previous is not None:
        told["previous"]["round"] = previous
    return json.dumps(told, ensure_ascii=False)
