"""What the ledger tells of one unit through the year."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from moral_xlsx.addresses import addresses_in
from moral_xlsx.ledger.packing import Unpacking
from moral_xlsx.ledger.queries import OF_UNIT, events_about, versions_of
from moral_xlsx.ledger.status import findings_in, status_of
from moral_xlsx.model.ledger import UnitRound, UnitYear
from moral_xlsx.thai import key


def year_of(connection: sqlite3.Connection, unit_code: str) -> UnitYear | None:
    """All that the ledger holds of a unit; None when it never heard of it."""
    unit_key = key(unit_code)
    names = [name for (name,) in connection.execute("SELECT round FROM rounds ORDER BY round")]
    rounds = tuple(found for name in names for found in _rounds(connection, name, unit_key))
    decisions = events_about(connection, unit_key)
    if not rounds and not decisions:
        return None
    last = rounds[-1].status if rounds else None
    forms = dict.fromkeys(each.status.form for each in rounds)
    newest = names[-1] if names else ""
    return UnitYear(
        unit_code=last.unit_code if last else unit_code,
        unit_name=last.unit_name if last else "",
        rounds=rounds,
        versions={form: versions_of(connection, form, unit_key, newest) for form in forms},
        decisions=decisions,
        sent=tuple(_sent(connection, unit_key)),
    )


def _rounds(connection: sqlite3.Connection, round_name: str, unit_key: str) -> Iterator[UnitRound]:
    unpacking = Unpacking(connection)
    for status in status_of(connection, round_name, unit_key).units:
        found = connection.execute(
            f"""SELECT scores, findings, dictionary FROM {OF_UNIT}
            CROSS JOIN judgements ON judgements.id = judgement
            WHERE unit_key = ? AND form = ? AND round = ? AND state = 'counted'
            ORDER BY position LIMIT 1""",
            (unit_key, status.form, round_name),
        ).fetchone()
        if found is None:
            yield UnitRound(round_name, status, (), ())
            continue
        scores, *findings = found
        told = tuple(
            (severity, " ".join(filter(None, (sheet, cell))), (thai, english))
            for _, severity, sheet, cell, _, thai, english in findings_in(unpacking, *findings)
            if severity != "info"
        )
        numbers = ((number, *points) for number, *points in json.loads(scores))
        yield UnitRound(round_name, status, tuple(numbers), told)


def _sent(connection: sqlite3.Connection, unit_key: str) -> Iterator[tuple[str, str]]:
    """The letters that the unit's registered addresses were sent."""
    rows = connection.execute(
        "SELECT DISTINCT email FROM unit_rows WHERE unit_key = ?", (unit_key,)
    )
    addresses = sorted({each.casefold() for (email,) in rows for each in addresses_in(email)})
    if not addresses:
        return
    places = ", ".join("?" * len(addresses))
    yield from connection.execute(
        f"""SELECT recipient, accepted FROM sent
        WHERE address IN ({places}) AND accepted IS NOT NULL ORDER BY accepted""",
        addresses,
    )
