"""The ledger's file: opened, written in whole transactions, asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from moral_xlsx.ledger.packing import teach, unpack_all
from moral_xlsx.ledger.queries import (
    changes_of,
    copies_of,
    entries_in,
    events_after,
    events_of,
    judged_in,
    last_event,
    standing,
    superseded_between,
    told_before,
    versions_of,
)
from moral_xlsx.ledger.schema import migrate
from moral_xlsx.ledger.soundness import look_over, look_through
from moral_xlsx.ledger.status import status_of
from moral_xlsx.ledger.trouble import (
    NO_DATABASE,
    READ_ONLY,
    UNREACHABLE,
    LedgerBusyError,
    LedgerError,
    told,
    unusable,
)
from moral_xlsx.ledger.writing import add_event, note_sent, note_tried, write_round
from moral_xlsx.ledger.year import year_of
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.ledger import ROUND_UNKNOWN
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.ledger import (
    Change,
    Judged,
    ReceivedCopy,
    RoundRecord,
    Status,
    UnitEntry,
    UnitYear,
    Version,
)
from moral_xlsx.model.mail import Sent
from moral_xlsx.thai import key

__all__ = ["Ledger", "LedgerBusyError", "LedgerError", "open_ledger"]


_MAGIC = b"SQLite format 3\0"


def open_ledger(path: Path, *, wait_seconds: float = 30.0) -> Ledger:
    """Opens a ledger, making it when there is none; used with ``with``, or closed by the caller.

    Raises LedgerBusyError when another process writes for longer than ``wait_seconds``, and
    LedgerError, without touching the file, when it is newer than this program, damaged, or no
    ledger at all.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise unusable(path, UNREACHABLE)
        if _no_database(path):
            raise unusable(path, NO_DATABASE)
    except OSError as error:
        raise unusable(path, READ_ONLY) from error
    with told(path):
        connection = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
        try:
            whole = _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return Ledger(path, connection, whole)


def _no_database(path: Path) -> bool:
    """Whether a file begins as no database does; SQLite would take a short text for an empty one.

    While a journal stands beside it, the file is being written, or was when a run was killed.
    """
    journal = path.with_name(f"{path.name}-journal")
    return _foreign_head(path) and not journal.exists() and _foreign_head(path)


def _foreign_head(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) not in (b"", _MAGIC)


def _prepare(connection: sqlite3.Connection, path: Path) -> bool:
    """Tells whether every page of it was looked at."""
    whole = look_over(connection, path)
    # Of what is written anew; less of a page of this size stays empty beside the packed texts.
    connection.execute("PRAGMA page_size = 8192")
    if migrate(connection, path):
        # Most of the file may be free now; when it cannot be given back, later rounds fill it.
        with suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")
    teach(connection)
    # A share may carry the file, and a write-ahead log works on one machine only.
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return whole


class Ledger:
    """An open ledger. Every method may raise LedgerBusyError or LedgerError."""

    def __init__(self, path: Path, connection: sqlite3.Connection, whole: bool) -> None:
        self.path = path
        self._connection = connection
        self._whole = whole  # it was found to be when it was opened

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def look_through(self) -> None:
        """Looks at every page and every packed text, and whether indexes agree with their tables;
        raises LedgerError for a damaged ledger."""
        with self._reading() as connection:
            look_through(connection, self.path)
            unpack_all(connection)

    # --- rounds

    @contextmanager
    def recording(self, record: RoundRecord) -> Iterator[None]:
        """Writes a round, whole or not at all, in place of what it had written before, once all
        that is done within has been done.

        There the ledger tells of the round already; when something fails, it never held it.
        """
        with self._writing() as connection:
            if not self._whole:  # what is built on it must not be worse than it was
                look_through(connection, self.path)
            write_round(connection, record)
            yield

    def rounds(self) -> tuple[str, ...]:
        """The names of the rounds recorded, the oldest first."""
        with self._reading() as connection:
            return tuple(
                name for (name,) in connection.execute("SELECT round FROM rounds ORDER BY round")
            )

    def entries(self, before: str) -> tuple[str, tuple[UnitEntry, ...]]:
        """The newest round before the one named, and what it recorded of each form and unit.

        An empty name and nothing when there is none.
        """
        with self._reading() as connection:
            (name,) = connection.execute(
                "SELECT max(round) FROM rounds WHERE round < ?", (before,)
            ).fetchone()
            return name or "", entries_in(connection, name) if name else ()

    def status(self, round_name: str | None = None) -> Status:
        """How every unit stands in a round, by default the newest one.

        Raises LedgerError when the ledger does not hold it.
        """
        with self._reading() as connection:
            rows = connection.execute("SELECT round FROM rounds ORDER BY round DESC")
            known = [name for (name,) in rows]
            wanted = round_name or (known[0] if known else "")
            if wanted not in known:
                listed = ", ".join(known) or "–"
                raise LedgerError(finding(ROUND_UNKNOWN, round=wanted or "–", known=listed))
            return status_of(connection, wanted)

    def changes(self, form: str, unit_code: str, round_name: str) -> tuple[Change, ...]:
        """What a unit answers otherwise than in the file that its counted one stands in for.

        That is the newest file replaced in the same round, if it was new in it; else the one
        counted in the newest earlier round. Nothing when there is no such file.
        """
        with self._reading() as connection:
            return changes_of(connection, form, unit_code, round_name)

    def versions(self, form: str, unit_code: str, round_name: str) -> tuple[Version, ...]:
        """The files in which a unit sent a form up to a round, in the order in which they came."""
        with self._reading() as connection:
            return versions_of(connection, form, key(unit_code), round_name)

    def told_before(
        self, sha256: str, message_id: str, file: str, round_name: str, state: str
    ) -> bool:
        """Whether an earlier round had this file from this message, or under this name.

        A file that counts only now has still to be told of its result, as has one on which the
        program failed then.
        """
        with self._reading() as connection:
            return told_before(connection, sha256, message_id, file, round_name, state)

    def superseded_before(self, sha256: str, round_name: str, since: str = "") -> bool:
        """Whether a newer file replaced the file of these bytes before a round, ``since`` one."""
        with self._reading() as connection:
            return superseded_between(connection, sha256, since, round_name)

    # --- reviewers' decisions

    def decide(self, decisions: Iterable[Decision], desk: int | None = None) -> None:
        """Adds decisions, all or none; what stands already as it says is not added again.

        ``desk`` is the number of the desk that brought them, if one did.
        """
        with self._writing() as connection:
            for each in decisions:
                stands = standing(connection, each.subject, each.round)
                if stands is None and not each.value:
                    continue
                if stands is None or replace(stands, round=each.round) != each:
                    add_event(connection, each, desk)

    def decisions(self, round_name: str | None = None) -> tuple[Decision, ...]:
        """The decisions that were taken up to a round, or all, in the order in which they were."""
        with self._reading() as connection:
            return events_of(connection, round_name)

    def last_decision(self) -> int:
        """The number of the decision that was taken last; 0 when there is none."""
        with self._reading() as connection:
            return last_event(connection)

    def decisions_since(self, desk: int) -> tuple[Decision, ...]:
        """The decisions taken after that number, but for those of the desk that bears it."""
        with self._reading() as connection:
            return events_after(connection, desk)

    def judged(self, round_name: str) -> Judged:
        """What a round judged, on which people may decide; nothing of a round it does not hold."""
        with self._reading() as connection:
            return judged_in(connection, round_name)

    def year(self, unit_code: str) -> UnitYear | None:
        """All that the ledger holds of a unit; None when it never heard of it."""
        with self._reading() as connection:
            return year_of(connection, unit_code)

    def copies(self, receipt: str) -> tuple[ReceivedCopy, ...]:
        """The files of a receipt number, as every round received them."""
        with self._reading() as connection:
            return copies_of(connection, receipt)

    # --- what was sent

    def note_tried(self, sent: Sent) -> bool:
        """Notes, before a draft is handed over, that this is tried; False when it stands already.

        Of two processes that try at the same moment, one is told False.
        """
        with self._writing() as connection:
            return note_tried(connection, sent.sha256, sent.recipient, _stored(sent.moment))

    def note_sent(self, sent: Sent) -> None:
        """Notes that a draft was accepted for a recipient; the first acceptance stays."""
        moment = _stored(sent.moment)
        with self._writing() as connection:
            note_sent(connection, sent.sha256, sent.recipient, moment)

    def note_refused(self, sha256: str, recipient: str) -> None:
        """Notes that a draft that was tried was surely not sent, so that it can be tried again."""
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM sent WHERE sha256 = ? AND recipient = ? AND accepted IS NULL",
                (sha256, recipient),
            )

    def was_sent(self, sha256: str, recipient: str) -> bool:
        """Whether a draft was accepted for a recipient."""
        return self._noted(sha256, recipient) == "accepted"

    def was_tried(self, sha256: str, recipient: str) -> bool:
        """Whether a draft was handed over, and nobody knows with what success."""
        return self._noted(sha256, recipient) == "tried"

    def _noted(self, sha256: str, recipient: str) -> str:
        with self._reading() as connection:
            found = connection.execute(
                """SELECT iif(accepted IS NULL, 'tried', 'accepted') FROM sent
                WHERE sha256 = ? AND recipient = ?""",
                (sha256, recipient),
            ).fetchone()
            return str(found[0]) if found else ""

    # --- transactions

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """All that is read is of one moment."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        if self._connection.in_transaction:  # within a round that is being recorded
            yield self._connection
            return
        with told(self.path):
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have ended it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _stored(moment: datetime) -> str:
    """A moment as a text that sorts; only one with a timezone is a moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a timezone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
