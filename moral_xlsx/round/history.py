"""What the ledger holds of earlier rounds, and what a round records for the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from moral_xlsx.ledger.store import Ledger
from moral_xlsx.model.round import FormResult, Previous, RoundResult, UnitResult
from moral_xlsx.rules.judge.matching import Plan, percent_text
from moral_xlsx.thai import key

PROGRAM = "moral-xlsx"

# The id of a form, and the key of a unit's code.
Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
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
    recorded: Mapping[Identity, Recorded] = field(default_factory=dict)

    def of(self, identity: Identity) -> Recorded:
        """What is known of a unit on a form."""
        return self.recorded.get(identity, Recorded(identity[1]))


def read_history(ledger: Ledger, round_name: str) -> History:
    """What the ledger holds of the newest round before ``round_name``."""
    name, entries = ledger.results(round_name)
    recorded = {
        (entry["form"], key(entry["unit_code"])): _read_entry(entry, name) for entry in entries
    }
    return History(name, recorded)


def _read_entry(entry: Mapping[str, Any], round_name: str) -> Recorded:
    counted: Mapping[str, Any] | None = entry["previous"]
    if entry["state"] == "received":
        counted = {**entry, "round": round_name}
    return Recorded(
        unit_code=entry["unit_code"],
        previous=None if counted is None else _read_previous(counted),
        days_received=tuple(date.fromisoformat(day) for day in entry["days_received"]),
        undated=entry["undated"],
        plans={
            form: {int(number): columns for number, columns in plan.items()}
            for form, plan in entry["plan"].items()
        },
    )


def _read_previous(counted: Mapping[str, Any]) -> Previous:
    reached = {int(number): Decimal(text) for number, text in counted["progress"].items()}
    return Previous(
        counted["round"], counted["total"], counted["level"], counted["verdict"], reached
    )


# --- what this round records


def results_json(
    result: RoundResult, known: Mapping[Identity, Recorded], history: History
) -> list[dict[str, object]]:
    """What the next round needs of each unit and form, in the order of the results.

    ``known`` is what is known of each unit with this round's files. Units that this round did
    not ask for are carried on as they were recorded, after the others.
    """
    entries = {
        identity: _entry(identity, unit, known.get(identity, Recorded(unit.unit.code)), history)
        for form in result.forms
        for identity, unit in _identities(form)
    }
    for identity in sorted(history.recorded.keys() - entries.keys()):
        entries[identity] = _entry(identity, None, history.recorded[identity], history)
    return list(entries.values())


def _identities(form: FormResult) -> Iterator[tuple[Identity, UnitResult]]:
    """The units of a form; what names no unit can be found again in no other round."""
    return (((form.form.id, key(u.unit.code)), u) for u in form.units if u.unit.code)


def _entry(
    identity: Identity, unit: UnitResult | None, known: Recorded, history: History
) -> dict[str, object]:
    counted = unit.assessment if unit else None
    timeliness = unit.timeliness if unit else ()
    return {
        "form": identity[0],
        "unit_code": unit.unit.code if unit else known.unit_code,
        "state": unit.state if unit else None,
        "total": counted.total if counted else None,
        "level": counted.level if counted else None,
        "verdict": counted.verdict if counted else None,
        "received": _iso(known.received),
        "days_received": [day.isoformat() for day in known.days_received],
        "undated": known.undated,
        "progress": {
            str(each.number): percent_text(each.now)
            for each in (unit.progress if unit else ())
            if each.now is not None
        },
        "plan": {
            form: {str(number): dict(said) for number, said in plan.items()}
            for form, plan in known.plans.items()
        },
        "timeliness": [
            {
                "label": each.due.label,
                "due": each.due.date.isoformat(),
                "until": each.until.isoformat(),
                "timing": each.timing,
                "days": each.days,
            }
            for each in timeliness
        ],
        "previous": _previous_json(history.of(identity).previous),
    }


def _previous_json(previous: Previous | None) -> dict[str, object] | None:
    if previous is None:
        return None
    return {
        "round": previous.round,
        "total": previous.total,
        "level": previous.level,
        "verdict": previous.verdict,
        "progress": {str(n): percent_text(value) for n, value in previous.progress.items()},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
