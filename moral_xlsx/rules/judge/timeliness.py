"""When a file came, and whether a unit's form came in time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from moral_xlsx.model.form import DueDate, Form
from moral_xlsx.model.round import Timeliness
from moral_xlsx.model.units import Unit
from moral_xlsx.thai import BUDDHIST_OFFSET, parse_date

_THAILAND = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day on which a file came, and what says so; both None when nothing does."""

    day: date | None = None
    source: Literal["mail", "folder", "saved"] | None = None


def receipt(name: str, saved: datetime | None, earliest: date) -> Receipt:
    """When a file came: ``name`` is its path below the inbox, with forward slashes.

    A folder named as a date says so; otherwise it is the day on which the file was last
    ``saved``, the earliest on which it can have been sent. A day before ``earliest`` is that
    of a clock that was never set.
    """
    folders = name.split("/")[:-1]
    for folder in reversed(folders):
        if named := parse_date(folder):
            return Receipt(named.date, "folder")
    day = day_of(saved) if saved else None
    return Receipt(day, "saved") if day and day >= earliest else Receipt()


def day_of(moment: datetime) -> date | None:
    """The day that a moment is in Thailand."""
    try:
        return moment.astimezone(_THAILAND).date()
    except OverflowError:  # at the ends of the calendar
        return None


def timeliness(
    form: Form, unit: Unit, round_name: str, days: Collection[date | None]
) -> tuple[Timeliness, ...]:
    """The state of each due date that the round looks at, in the order of their days.

    ``days`` are the days on which the unit's files came, in this round and in earlier ones;
    None is a file whose day is not known. Of those meant for a due date the first counts.
    """
    first, last = round_dates(round_name)
    allowed = {due.date: _until(form, unit, due) for due in form.due_dates}
    return tuple(
        _state(due, allowed[due.date], last, _meant_for(due, allowed, days))
        for due in _looked_at(form.due_dates, allowed, first, last)
    )


def _meant_for(
    due: DueDate, allowed: dict[date, date], days: Collection[date | None]
) -> list[date | None]:
    """The days on which something came that can be meant for a due date, not one before it."""
    before = [until for day, until in allowed.items() if day < due.date]
    opens = due.opens or (max(before) + timedelta(days=1) if before else date.min)
    return [day for day in days if day is None or day >= opens]


def round_dates(round_name: str) -> tuple[date, date]:
    """First and last day of a round's month, for example of ``2569-05``."""
    buddhist, month = map(int, round_name.split("-"))
    year = buddhist - BUDDHIST_OFFSET
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _until(form: Form, unit: Unit, due: DueDate) -> date:
    granted = (e.until for e in unit.extensions if (e.form, e.due) == (form.id, due.date))
    return max(granted, default=due.date)


def _looked_at(
    due_dates: tuple[DueDate, ...], allowed: dict[date, date], first: date, last: date
) -> list[DueDate]:
    """The due dates of the month, those whose extension still ran in it, else the nearest one."""
    ordered = sorted(due_dates, key=lambda due: due.date)
    begun = [due for due in ordered if due.date <= last]
    if not begun:
        return [due for due in ordered if due.date == ordered[0].date]
    # Without one in this month, the last that passed still tells who has not sent.
    since = begun[-1].date if begun[-1].date < first else first
    return [due for due in begun if due.date >= since or allowed[due.date] >= first]


def _state(due: DueDate, until: date, last: date, days: Collection[date | None]) -> Timeliness:
    received = min((day for day in days if day is not None), default=None)
    if received is not None and received <= until:
        return Timeliness(due, until, "on_time", received=received)
    if None in days:
        return Timeliness(due, until, "unknown")
    if received is not None:
        return Timeliness(due, until, "late", (received - until).days, received)
    return Timeliness(due, until, "missing" if until <= last else "not_due")
