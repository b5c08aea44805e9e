"""What a round records of a unit on a form, as the JSON that the ledger and ``run.json`` hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from moral_xlsx.model.ledger import RecordedDue, UnitEntry
from moral_xlsx.model.round import Previous
from moral_xlsx.rules.judge.matching import percent_text


def entry_json(entry: UnitEntry) -> dict[str, object]:
    """An entry as an object for JSON."""
    return {
        "form": entry.form,
        "unit_code": entry.unit_code,
        "state": entry.state,
        "total": entry.total,
        "level": entry.level,
        "verdict": entry.verdict,
        "received": entry.received.isoformat() if entry.received else None,
        "days_received": [day.isoformat() for day in entry.days_received],
        "undated": entry.undated,
        "progress": _progress_json(entry.progress),
        "plan": {
            form: {str(number): dict(said) for number, said in plan.items()}
            for form, plan in entry.plans.items()
        },
        "timeliness": [
            {
                "label": each.label,
                "due": each.due.isoformat(),
                "until": each.until.isoformat(),
                "timing": each.timing,
                "days": each.days,
            }
            for each in entry.timeliness
        ],
        "previous": entry.previous and _previous_json(entry.previous),
    }


def entry_apart(entry: UnitEntry) -> tuple[dict[str, object], str | None]:
    """An entry as an object for JSON, and apart from it the name of the round before: that one
    differs from month to month, though nothing else may."""
    told, previous = entry_json(entry), entry.previous
    if previous is None:
        return told, None
    lasting = {name: each for name, each in _previous_json(previous).items() if name != "round"}
    return told | {"previous": lasting}, previous.round


def _previous_json(previous: Previous) -> dict[str, object]:
    return {
        "round": previous.round,
        "total": previous.total,
        "level": previous.level,
        "verdict": previous.verdict,
        "progress": _progress_json(previous.progress),
    }


def _progress_json(progress: Mapping[int, Decimal]) -> dict[str, str]:
    return {str(number): percent_text(value) for number, value in progress.items()}


def read_entry(stored: Mapping[str, Any], previous_round: str | None) -> UnitEntry:
    """The entry that was told apart; what an older one left out is blank."""
    received = stored.get("received")
    return UnitEntry(
        form=stored["form"],
        unit_code=stored["unit_code"],
        state=stored.get("state"),
        total=stored.get("total"),
        level=stored.get("level"),
        verdict=stored.get("verdict"),
        received=date.fromisoformat(received) if received else None,
        days_received=tuple(map(date.fromisoformat, stored.get("days_received", ()))),
        undated=stored.get("undated", False),
        progress=_read_progress(stored.get("progress", {})),
        plans={
            form: {int(number): said for number, said in plan.items()}
            for form, plan in stored.get("plan", {}).items()
        },
        timeliness=tuple(map(_read_due, stored.get("timeliness", ()))),
        previous=_read_previous(stored["previous"], previous_round) if previous_round else None,
    )


def _read_due(stored: Mapping[str, Any]) -> RecordedDue:
    return RecordedDue(
        stored["label"],
        date.fromisoformat(stored["due"]),
        date.fromisoformat(stored["until"]),
        stored["timing"],
        stored["days"],
    )


def _read_previous(stored: Mapping[str, Any], round_name: str) -> Previous:
    return Previous(
        round_name,
        stored["total"],
        stored["level"],
        stored["verdict"],
        _read_progress(stored["progress"]),
    )


def _read_progress(stored: Mapping[str, str]) -> dict[int, Decimal]:
    return {int(number): Decimal(text) for number, text in stored.items()}
