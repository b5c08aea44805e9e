"""What the ledger holds of each unit from the rounds before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from moral_xlsx.ledger.store import Ledger
from moral_xlsx.model.ledger import UnitEntry
from moral_xlsx.model.round import Plan, Previous
from moral_xlsx.round.stages import Identity
from moral_xlsx.thai import key


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a unit on a form; ``plans`` are by the id of the form that follows it.

    ``days_received`` are the days on which its files came, in order, ``received`` the first
    one of the round; ``undated`` tells that a file came on a day that is not known.
    ``previous`` is None while none of the files was counted.
    """

    unit_code: str
    previous: Previous | None = None
    received: date | None = None
    days_received: tuple[date, ...] = ()
    undated: bool = False
    plans: Mapping[str, Plan] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date | None, ...]:
        """The days of receipt, None for one that is not known."""
        return (*self.days_received, None) if self.undated else self.days_received


@dataclass(frozen=True, slots=True)
class History:
    """What the newest earlier round recorded; ``round`` is empty when there is none."""

    round: str = ""
    known: Mapping[Identity, Known] = field(default_factory=dict)

    def of(self, identity: Identity) -> Known:
        """What is known of a unit on a form."""
        return self.known.get(identity, Known(identity[1]))


def read_history(ledger: Ledger, round_name: str) -> History:
    """What the ledger holds of the newest round before ``round_name``."""
    name, entries = ledger.entries(round_name)
    known = {(entry.form, key(entry.unit_code)): _known(entry, name) for entry in entries}
    return History(name, known)


def _known(entry: UnitEntry, round_name: str) -> Known:
    previous = entry.previous
    if entry.verdict is not None:  # it was counted in that round
        total, level = entry.total or 0, entry.level or 0
        previous = Previous(round_name, total, level, entry.verdict, entry.progress)
    return Known(
        unit_code=entry.unit_code,
        previous=previous,
        days_received=entry.days_received,
        undated=entry.undated,
        plans=entry.plans,
    )
