"""What the ledger tells of one unit through the year, and of one file by its receipt number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from moral_xlsx.addresses import addresses_in
from moral_xlsx.ledger.queries import events_of, status_of, versions_of
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.ledger import ReceivedCopy, UnitRound, UnitYear
from moral_xlsx.thai import key
from moral_xlsx.wording import receipt_number


def year_of(connection: sqlite3.Connection, unit_code: str) -> UnitYear | None:
    """All that the ledger holds of a unit; None when it never heard of it."""
    unit_key = key(unit_code)
    names = [name for (name,) in connection.execute("SELECT round FROM rounds ORDER BY round")]
    rounds = tuple(found for name in names for found in _rounds(connection, name, unit_key))
    decisions = tuple(each for each in events_of(connection) if _about(each, unit_key))
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


def _about(decision: Decision, unit_key: str) -> bool:
    return decision.subject.unit == unit_key or (
        decision.subject.kind == "owner" and key(decision.value) == unit_key
    )


def _rounds(connection: sqlite3.Connection, round_name: str, unit_key: str) -> Iterator[UnitRound]:
    for status in status_of(connection, round_name).units:
        if key(status.unit_code) != unit_key:
            continue
        found = connection.execute(
            """SELECT id FROM readings
            WHERE round = ? AND form = ? AND unit_key = ? AND state = 'counted'""",
            (round_name, status.form, unit_key),
        ).fetchone()
        reading = found[0] if found else None
        scores = connection.execute(
            """SELECT number, claimed, computed, reviewed FROM scores
            WHERE reading = ? ORDER BY number""",
            (reading,),
        )
        findings = connection.execute(
            """SELECT severity, sheet, cell, message_th, message_en FROM findings
            WHERE reading = ? AND severity <> 'info' ORDER BY position""",
            (reading,),
        )
        told = tuple(
            (severity, " ".join(filter(None, (sheet, cell))), (thai, english))
            for severity, sheet, cell, thai, english in findings
        )
        yield UnitRound(round_name, status, tuple(scores), told)


def _sent(connection: sqlite3.Connection, unit_key: str) -> Iterator[tuple[str, str]]:
    """The letters that the unit's registered addresses were sent."""
    rows = connection.execute("SELECT DISTINCT email FROM units WHERE unit_key = ?", (unit_key,))
    addresses = {each.casefold() for (email,) in rows for each in addresses_in(email)}
    for recipient, moment in connection.execute(
        "SELECT recipient, accepted FROM sent WHERE accepted IS NOT NULL ORDER BY accepted"
    ):
        if addresses & {each.casefold() for each in addresses_in(recipient)}:
            yield recipient, moment


def copies_of(connection: sqlite3.Connection, receipt: str) -> tuple[ReceivedCopy, ...]:
    """The files of a receipt number, however its digits are grouped."""
    wanted = "".join(each for each in receipt if each.isdecimal())
    rows = connection.execute(
        """SELECT received, round, file, sha256, sender, form, unit_code, state
        FROM receipts JOIN readings USING (round, sha256)
        WHERE sha256 NOT LIKE 'unread:%' ORDER BY round, receipts.position"""
    )
    return tuple(
        ReceivedCopy(date.fromisoformat(received) if received else None, *told)
        for received, *told in rows
        if receipt_number(told[2]).replace("-", "") == wanted
    )
