"""When a file came, and whether a unit's form came in time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Timeliness
from moral_xlsx.model.rubric import DueDate
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.thai import BUDDHIST_OFFSET, key, parse_date

# What is handed in by a day that the form does not print.
GIVEN_DUE = "กำหนดที่กลุ่มงานจริยธรรมกำหนด"
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
    due_dates = (*form.due_dates, *_given(form, unit))
    allowed = {due.date: _until(form, unit, due) for due in due_dates}
    return tuple(
        _state(due, allowed[due.date], last, _meant_for(due, allowed, days))
        for due in _looked_at(due_dates, allowed, first, last)
    )


def _given(form: Form, unit: Unit) -> tuple[DueDate, ...]:
    """The due dates that the form does not print."""
    printed = {due.date for due in form.due_dates}
    days = {each.due for each in unit.extensions if each.form == form.id} - printed
    return tuple(DueDate(label=GIVEN_DUE, date=day) for day in sorted(days))


def with_due_dates(
    units: Sequence[Unit], forms: Mapping[str, Form], rulings: Rulings
) -> tuple[Unit, ...]:
    """The units with the due dates that people decided; one for a unit goes before one for all, and
    one for all never takes from a unit what the registry grants it beyond that day."""
    decided = {form: until for form in forms if (until := rulings.until(form))}
    if not decided:
        return tuple(units)
    moved = []
    for unit in units:
        extensions = {(each.form, each.due): each for each in unit.extensions}
        for form_id, until in decided.items():
            own = until.get(key(unit.code))
            found = own or until.get("")
            if found is not None:
                day, decision = found
                due = moved_due(forms[form_id], day)
                granted = extensions.get((form_id, due))
                if own is None and granted is not None and granted.until > day:
                    continue
                extensions[form_id, due] = Extension(form_id, due, day, decision.reason)
        moved.append(replace(unit, extensions=tuple(extensions.values())))
    return tuple(moved)


def moved_due(form: Form, until: date) -> date:
    """The printed due date that a form which may come until that day answers: the last one before
    it, else the first; the day itself where the form prints none."""
    printed = sorted(due.date for due in form.due_dates)
    before = [day for day in printed if day <= until]
    return before[-1] if before else printed[0] if printed else until


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
