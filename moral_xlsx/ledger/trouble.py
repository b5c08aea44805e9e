"""Why the ledger cannot be used, in words for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.ledger import LEDGER_BUSY, LEDGER_UNUSABLE
from moral_xlsx.model.errors import MoralXlsxError, in_words
from moral_xlsx.model.findings import Finding

FOREIGN: Bilingual = ("เป็นฐานข้อมูลของโปรแกรมอื่น", "it is another program's database")
NO_DATABASE: Bilingual = ("ไม่ใช่ฐานข้อมูล", "it is no database")
DAMAGED: Bilingual = ("ไฟล์เสียหาย", "it is damaged")
FULL: Bilingual = ("ดิสก์เต็ม", "the disk is full")
READ_ONLY: Bilingual = ("ไม่มีสิทธิ์เขียน", "it may not be written")
UNREACHABLE: Bilingual = ("เปิดไฟล์ไม่ได้", "it cannot be opened")
UNWRITABLE: Bilingual = ("อ่านหรือเขียนดิสก์ไม่ได้", "the disk cannot be read or written")

_REASONS = {
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: UNREACHABLE,
    sqlite3.SQLITE_IOERR: UNWRITABLE,
}
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class LedgerError(MoralXlsxError):
    """The ledger cannot do what was asked; ``finding`` says why and how to mend it."""

    def __init__(self, found: Finding) -> None:
        super().__init__(in_words(found))
        self.finding = found


class LedgerBusyError(LedgerError):
    """Another process wrote for longer than was to be waited."""


def unusable(path: Path, reason: Bilingual) -> LedgerError:
    """The error for a file that is no ledger, or cannot be one now."""
    return LedgerError(finding(LEDGER_UNUSABLE, ledger=str(path), reason=reason))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what SQLite says about a file into a LedgerError; our own mistakes pass through."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the kind; the rest says more than people need.
        kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if kind in _BUSY:
            raise LedgerBusyError(finding(LEDGER_BUSY, ledger=str(path))) from error
        if kind in _REASONS:
            raise unusable(path, _REASONS[kind]) from error
        # Python itself says so of a text that is none.
        if not kind and isinstance(error, sqlite3.OperationalError):
            raise unusable(path, DAMAGED) from error
        raise
