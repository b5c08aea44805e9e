"""Whether a ledger's file is whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from moral_xlsx.ledger.trouble import DAMAGED, unusable

# Up to this size all of a ledger is looked at whenever it is opened: it takes no time.
SMALL = 8_000_000  # bytes
# Tables that stay small, however many rounds and units there are.
_SHORT = ("rounds", "forms")


def look_over(connection: sqlite3.Connection, path: Path) -> bool:
    """Looks whether a ledger is damaged, and tells whether that was all of it.

    Of a large one only its length, its head, its tables and the shortest of them are looked at.
    SQLite tells of most other damage when it meets it; to be sure, ``look_through`` the rest.
    Raises LedgerError for a damaged one.
    """
    connection.execute("BEGIN")  # nobody alters its length meanwhile
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        size = path.stat().st_size
    except UnicodeDecodeError as error:  # SQLite quotes from tables whose words are lost
        raise unusable(path, DAMAGED) from error
    finally:
        connection.execute("ROLLBACK")
    if tables and size != pages * page:
        raise unusable(path, DAMAGED)
    if size <= SMALL:
        look_through(connection, path)
        return True
    for table in _SHORT:
        _expect_ok(connection, path, f"PRAGMA quick_check({table})")
    return False


def look_through(connection: sqlite3.Connection, path: Path) -> None:
    """Looks at every page of a ledger, and whether indexes and tables agree.

    Raises LedgerError for a damaged one.
    """
    _expect_ok(connection, path, "PRAGMA integrity_check(1)")


def _expect_ok(connection: sqlite3.Connection, path: Path, look: str) -> None:
    if connection.execute(look).fetchone() != ("ok",):
        raise unusable(path, DAMAGED)
