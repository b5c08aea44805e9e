"""The desk of a round taken in: what people typed becomes decisions, or is told beside its row."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from moral_xlsx.excel.office.desk import TABLES, DeskTable, joined, read_desk, table_of
from moral_xlsx.ledger.store import Ledger
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.desk import (
    DECIDED_SINCE,
    DESK_OF_ANOTHER_ROUND,
    DESK_OLDER,
    DESK_OPEN,
    DESK_UNREADABLE,
    ROW_TWICE,
    ROW_UNKNOWN,
)
from moral_xlsx.model.decisions import DELETED, Decision, Rulings, Subject, Subjects
from moral_xlsx.model.desk import DeskSheet, FilledDesk, FilledRow
from moral_xlsx.model.errors import MoralXlsxError, Refused
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.round.outbox import DESK, HELD, Outbox
from moral_xlsx.round.stages import Letter
from moral_xlsx.rules.rulings import Ground, Typed, decided, in_words
from moral_xlsx.thai import arabic_digits, key

# What Excel and LibreOffice put beside a file that is open.
_LOCKS = ("~${}", ".~lock.{}#")
_NO_DESK = ("ไม่ใช่โต๊ะงานที่โปรแกรมนี้เขียน", "it is no desk of this program")
_DELETED = "ลบออกจากโฟลเดอร์"
_MOST_DIGITS = 6  # of the number of a criterion
_SHORT_KEY = 40  # letters of a key that a message names

RowKey = tuple[str, ...]


class DeskError(MoralXlsxError):
    """The desk cannot be taken in; nothing of the round was written."""

    def __init__(self, found: Finding) -> None:
        told = (f"{message(found, each)} {remedy(found, each)}" for each in ("th", "en"))
        thai, english = told
        super().__init__((thai, english))


@dataclass(frozen=True, slots=True)
class Carried:
    """A row that could not be taken: what was typed in it, and why.

    ``overtaken`` tells that there is a newer decision, which the row has to show.
    """

    row: FilledRow
    why: Finding
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class TakenDesk:
    """What came of the desk: the rows that could not be taken, by sheet and key.

    ``taken`` is how many decisions were, ``edited`` are the letters that somebody changed, with the
    hashes of what the program had put there. ``holds`` are letters to hold, whatever the round
    makes of them now.
    """

    carried: Mapping[DeskSheet, Mapping[RowKey, Carried]] = field(default_factory=dict)
    taken: int = 0
    edited: Mapping[str, frozenset[str]] = field(default_factory=dict)
    holds: tuple[Decision, ...] = ()
    event: int = 0

    @property
    def notices(self) -> tuple[Bilingual, ...]:
        """What is said of each row that could not be taken, for whoever runs the round."""
        told = []
        for sheet, rows in self.carried.items():
            table = table_of(sheet)
            for each in rows.values():
                keys = (each.row.cells.get(name, "")[:_SHORT_KEY] for name in table.keys)
                about = " ".join(filter(None, keys))
                where = f"{DESK} “{table.title}” {about}".strip()
                told.append(
                    (
                        f"{where}: {message(each.why)} {remedy(each.why)}",
                        f"{where}: {message(each.why, 'en')} {remedy(each.why, 'en')}",
                    )
                )
        return tuple(told)


def take_desk(
    outbox: Outbox, round_name: str, ledger: Ledger, forms: Mapping[str, Form]
) -> TakenDesk:
    """Takes in what people typed into the desk of the round, and the letters that they deleted.

    Each decision is in the ledger before anything is judged. Raises DeskError for a desk that is
    open, unreadable, of another round, or older than the one that was taken in last.
    """
    letters, edited = _letters(outbox)
    path = outbox.folder / DESK
    desk = None
    if path.exists():
        _refuse_open(path)
        desk = _read(path)
        _refuse_foreign(desk, path, round_name, outbox)
    ledger.decide(_deleted(outbox, letters, round_name))
    if desk is None:
        return TakenDesk(edited=edited)
    standing = Rulings.of(ledger.decisions(round_name)).standing
    # A letter that is held or was deleted is none of the last run's.
    known = {each.item: found.about for each, found in standing.items() if each.kind == "letter"}
    ground = Ground(round_name, ledger.judged(round_name), forms, {**known, **letters})
    taking = _Taking(ground, desk, standing, ledger.decisions_since(desk.event))
    for table in TABLES:
        taking.take(table)
    holds = tuple(d for d in taking.decisions if d.subject.kind == "letter" and d.value)
    ledger.decide((d for d in taking.decisions if d not in holds), desk.event)
    return TakenDesk(taking.carried, len(taking.decisions), edited, holds, desk.event)


def bind_holds(
    taken: TakenDesk, letters: Sequence[Letter], ledger: Ledger
) -> tuple[Bilingual, ...]:
    """Holds letters as they are now: what else the desk decided may have changed them. What is
    said of those that are not made any more."""
    made = {each.output: each.sha256 for each in letters}
    bound = [replace(d, about=made.get(d.subject.item, d.about)) for d in taken.holds]
    ledger.decide(bound, taken.event)
    gone = [each.subject.item for each in taken.holds if each.subject.item not in made]
    return tuple(
        (
            f"จดหมาย {each} ที่ให้พักไว้ รอบนี้ไม่ได้ทำแล้ว ดูจดหมายของหน่วยงานนี้ในแผ่นจดหมายอีกครั้ง",
            f"The letter {each} that was to be held is not made any more; see the unit's letters.",
        )
        for each in gone
    )


@dataclass(frozen=True, slots=True)
class OnDesk:
    """What a desk says that no round took in yet: the letters to hold, and how many rows people
    changed besides."""

    held: frozenset[str] = frozenset()
    changed: int = 0


def on_desk(folder: Path) -> OnDesk:
    """What the desk in a round's folder says to whoever sends its letters; nothing where there is
    none. Raises DeskError for one that cannot be read."""
    path = folder / DESK
    if not path.exists():
        return OnDesk()
    desk = _read(path)
    letters = desk.rows.get("letters", ())
    held = frozenset(each.cells.get("letter", "") for each in letters if each.cells.get("hold"))
    changed = sum(
        joined(table, row.cells) != row.written
        for table in TABLES
        if table.filled and table.id != "letters"
        for row in desk.rows.get(table.id, ())
    )
    return OnDesk(held, changed)


def _letters(outbox: Outbox) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """The letters of the last run that are there, with their hashes, and those of them that
    somebody changed since."""
    letters: dict[str, str] = {}
    edited: dict[str, frozenset[str]] = {}
    for name, digests in outbox.placed.items():
        if not outbox.is_letter(name):
            continue
        path, letter = outbox.folder / name, name.removeprefix(f"{HELD}/")
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() not in digests:
            edited[letter] = frozenset(digests)
        letters[letter] = min(digests)
    return letters, edited


def _deleted(outbox: Outbox, letters: Mapping[str, str], round_name: str) -> Iterator[Decision]:
    """What somebody deleted is not made again; after a run that was killed nobody can tell."""
    if outbox.was_killed:
        return
    for name, digest in letters.items():
        if not any((outbox.folder / each).exists() for each in (name, f"{HELD}/{name}")):
            subject = Subject("letter", item=name)
            yield Decision(subject, DELETED, _DELETED, "", round_name, digest)


def _refuse_open(path: Path) -> None:
    locks = [path.with_name(each.format(path.name)) for each in _LOCKS]
    found = next((each for each in locks if each.exists()), None)
    try:
        if os.name == "nt":
            path.rename(path)  # not while a program holds it
    except PermissionError:
        found = locks[0]
    if found is not None:
        raise DeskError(finding(DESK_OPEN, desk=str(path), lock=found.name))


def _read(path: Path) -> FilledDesk:
    try:
        desk = read_desk(path.read_bytes())
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DeskError(finding(DESK_UNREADABLE, desk=str(path), reason=(why, why))) from error
    except Refused as refusal:
        reason = message(refusal.finding), message(refusal.finding, "en")
        raise DeskError(finding(DESK_UNREADABLE, desk=str(path), reason=reason)) from refusal
    if desk is None:
        raise DeskError(finding(DESK_UNREADABLE, desk=str(path), reason=_NO_DESK))
    for table in TABLES:
        lacking = {*table.keys, *table.filled} - set(desk.columns.get(table.id, ()))
        if lacking:
            reason = (
                f"แผ่น “{table.title}” ไม่มีรหัสคอลัมน์ในแถวที่ 1 ซึ่งซ่อนไว้ หรือไม่มีแผ่นนี้",
                f"the sheet “{table.title}”, or its hidden row of column ids, is gone",
            )
            raise DeskError(finding(DESK_UNREADABLE, desk=str(path), reason=reason))
    return desk


def _refuse_foreign(desk: FilledDesk, path: Path, round_name: str, outbox: Outbox) -> None:
    if desk.round != round_name:
        words = {"desk": str(path), "found": desk.round, "expected": round_name}
        raise DeskError(finding(DESK_OF_ANOTHER_ROUND, **words))
    # A run that was broken off leaves the desk in place that it took in: no older one than that.
    last = outbox.last_run.get("desk")
    if isinstance(last, int) and desk.event < last:
        raise DeskError(finding(DESK_OLDER, desk=str(path)))


class _Taking:
    """Goes through the filled rows of a desk."""

    def __init__(
        self,
        ground: Ground,
        desk: FilledDesk,
        standing: Mapping[Subject, Decision],
        since: Sequence[Decision],
    ) -> None:
        self.ground, self.desk, self.standing = ground, desk, standing
        self.since = {each.subject: each for each in since}
        self.decisions: list[Decision] = []
        self.carried: dict[DeskSheet, dict[RowKey, Carried]] = {}

    def take(self, table: DeskTable) -> None:
        """Takes every row of a sheet in which people changed something; each whole or not."""
        rows = self.desk.rows.get(table.id, ())
        changed = [each for each in rows if joined(table, each.cells) != each.written]
        if not table.filled:
            return
        keys: dict[RowKey, list[str]] = defaultdict(list)
        for each in changed:
            keys[row_key(table, each.cells)].append(each.place)
        for each in changed:
            at = row_key(table, each.cells)
            found = [decided(typed, self.ground) for typed in _typed(table.id, each)]
            trouble = next((t for t in found if isinstance(t, Finding)), None)
            taken = [d for d in found if isinstance(d, Decision) and self._is_new(d)]
            if not any(at):
                trouble = finding(ROW_UNKNOWN)
            elif len(keys[at]) > 1:
                trouble = finding(ROW_TWICE, found=", ".join(keys[at]))
            newer = next(filter(None, map(self._decided_since, taken)), None)
            if trouble is not None or newer is not None:
                # Of two rows about one thing both are kept.
                place = (*at, each.place) if len(keys[at]) > 1 or not any(at) else at
                why = trouble or newer
                assert why is not None
                carried = Carried(each, why, trouble is None)
                self.carried.setdefault(table.id, {})[place] = carried
            else:
                self.decisions += taken

    def _is_new(self, decision: Decision) -> bool:
        stands = self.standing.get(decision.subject)
        if stands is None:
            return bool(decision.value)
        if decision.subject.kind == "letter":  # held as it was made then
            decision = replace(decision, about=stands.about)
        return replace(stands, round=decision.round) != decision

    def _decided_since(self, decision: Decision) -> Finding | None:
        newer = self.since.get(decision.subject)
        if newer is None:
            return None
        return finding(DECIDED_SINCE, found=f"{in_words(newer) or '–'} – {newer.reviewer}")


def row_key(table: DeskTable, cells: Mapping[str, object]) -> RowKey:
    """By what a row is found: codes however they are written."""
    return tuple(key(arabic_digits(str(cells.get(each) or ""))) for each in table.keys)


def _typed(sheet: DeskSheet, row: FilledRow) -> Sequence[Typed]:
    """What a row says, as far as it says anything."""
    cells, about = row.cells, row.about
    said = cells.get("reason", ""), cells.get("reviewer", "")
    form, unit = key(cells.get("form", "")), cells.get("unit_code", "")
    if sheet == "scores":
        number = arabic_digits(cells.get("criterion", ""))
        plain = number.isdecimal() and len(number) <= _MOST_DIGITS
        criterion = int(number) if plain else 0
        value = cells.get("reviewed", "")
        return [Typed("score", value, *said, form, unit, criterion, about=about)]
    if sheet == "verdicts":
        return [Typed("verdict", cells.get("verdict", ""), *said, form, unit, about=about)]
    if sheet == "due":
        return [Typed("due", cells.get("until", ""), *said, form, unit)]
    if sheet == "letters":
        note, item = cells.get("note", ""), cells.get("letter", "")
        return [Typed("letter", cells.get("hold", ""), note, item=item)]
    # Whose a file is and whether it counts, for one reason; one of the two may be left open.
    owner, use, item = cells.get("unit", ""), cells.get("use", ""), cells.get("sha256", "")
    kinds: tuple[tuple[Subjects, str], ...] = (("owner", owner), ("use", use))
    return [
        Typed(kind, value, *(said if value or not (owner or use) else ("", "")),
              item=item, owner=owner)
        for kind, value in kinds
    ]  # fmt: skip
