"""How the units stand in a round, for other programs: as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from typing import get_args

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.ledger import Delivery, Status, UnitStatus
from moral_xlsx.wording import printable

_COLUMNS = (
    *("round", "form", "form_version", "unit_code", "name", "registered", "state"),
    *(
        "received",
        "due",
        "timing",
        "late_days",
        "verdict",
        "total",
        "level",
        "level_name",
        "reviewed",
    ),
    *("earlier_round", "earlier_total", "earlier_level", "change", "waiting", "files"),
)
# A spreadsheet program takes a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def status_csv(status: Status) -> str:
    """A line for each form and unit, then for each rejected file; the first line is the names."""
    versions = {form.id: form.version for form in status.forms}
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for unit in status.units:
        told = {"round": status.round, "form_version": versions[unit.form], **_flat(unit)}
        writer.writerow({name: _as_text(value) for name, value in told.items()})
    for file in status.rejected:
        told = {
            "round": status.round,
            "state": "rejected",
            "received": _iso(file.received),
            "verdict": "rejected",
            "files": file.file,
        }
        writer.writerow({name: _as_text(value) for name, value in told.items()})
    return text.getvalue()


def _flat(unit: UnitStatus) -> dict[str, object]:
    earlier = unit.earlier
    return {
        "form": unit.form,
        "unit_code": unit.unit_code,
        "name": unit.unit_name,
        "registered": int(unit.registered),
        "state": unit.state,
        "received": _iso(unit.received),
        "due": _iso(unit.until),
        "timing": unit.timing,
        "late_days": unit.late_days,
        "verdict": unit.verdict,
        "total": unit.total,
        "level": unit.level,
        "level_name": unit.level_name[0],
        "reviewed": int(unit.reviewed),
        "earlier_round": earlier.round if earlier else None,
        "earlier_total": earlier.total if earlier else None,
        "earlier_level": earlier.level if earlier else None,
        "change": unit.change,
        "waiting": " ".join(each.code for each in unit.waiting),
        "files": "; ".join(unit.files),
    }


def _as_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if value.startswith(_FORMULA_STARTS) else text


def status_json(status: Status) -> dict[str, object]:
    """The whole status as an object for JSON; texts for people are in Thai and in English."""
    counts = Counter(unit.state for unit in status.units)
    return {
        "round": status.round,
        "forms": [
            {"form": form.id, "version": form.version, "title": form.title} for form in status.forms
        ],
        "counts": {
            **{state: counts[state] for state in get_args(Delivery)},
            "rejected": len(status.rejected),
        },
        "units": [_unit_json(unit) for unit in status.units],
        "rejected": [
            {
                "file": file.file,
                "sender": file.sender,
                "received": _iso(file.received),
                "reason": _both(file.reason),
            }
            for file in status.rejected
        ],
    }


def _unit_json(unit: UnitStatus) -> dict[str, object]:
    earlier = unit.earlier
    return {
        "form": unit.form,
        "unit": {"code": unit.unit_code, "name": unit.unit_name},
        "registered": unit.registered,
        "state": unit.state,
        "files": list(unit.files),
        "received": _iso(unit.received),
        "due": _iso(unit.until),
        "timing": unit.timing,
        "late_days": unit.late_days,
        "verdict": unit.verdict,
        "total": unit.total,
        "level": unit.level,
        "level_name": _both(unit.level_name),
        "reviewed": unit.reviewed,
        "earlier": earlier
        and {"round": earlier.round, "total": earlier.total, "level": earlier.level},
        "change": unit.change,
        "waiting": [
            {"code": each.code, "place": each.place, "message": _both(each.message)}
            for each in unit.waiting
        ],
    }


def _both(pair: Bilingual) -> dict[str, str]:
    return {"th": pair[0], "en": pair[1]}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
