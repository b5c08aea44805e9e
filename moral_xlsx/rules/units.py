"""The units of the registry: their order, and which one a code means that Excel changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from moral_xlsx.model.units import Unit
from moral_xlsx.thai import MONTHS_ENGLISH, SERIAL_ORIGIN, arabic_digits, key

_Sent = TypeVar("_Sent")
# The numbers of the days from 2000-01-01 to 2099-12-31.
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS_ENGLISH, start=1)}
_PARTS = re.compile(r"[-/. ]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")


def registered_first(
    registry: Sequence[Unit], sent: Mapping[str, _Sent], form: str
) -> Iterator[tuple[str, Unit | None, _Sent | None]]:
    """The units of a form: those registered, in their order, then the others that sent it.

    A registered unit belongs to a form that it has to send (no forms are all forms) or that it
    sent. ``sent`` is by the key of the unit's code; that key comes with each unit, with None for
    one that is not registered, or sent nothing.
    """
    others = dict(sent)
    for unit in registry:
        code = key(unit.code)
        came = others.pop(code, None)
        if not unit.forms or form in unit.forms or came is not None:
            yield code, unit, came
    for code in sorted(others):
        yield code, None, others[code]


def meant_codes(stored: object, units: Iterable[Unit]) -> tuple[str, ...]:
    """The codes of the registry of which a spreadsheet program makes this number or date.

    ``0012`` becomes 12, ``1-2`` the second of January or the first of February, ``MAR1`` a day
    of March, ``1E3`` a thousand.
    """
    return tuple(unit.code for unit in units if _becomes(arabic_digits(unit.code), stored))


def _becomes(code: str, stored: object) -> bool:
    if isinstance(stored, date):
        return _may_be_date(code.casefold().strip(), stored)
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        return False
    # A date whose cell lost its format shows the number of the day.
    if _FIRST_SERIAL <= stored <= _LAST_SERIAL:
        day = SERIAL_ORIGIN + timedelta(days=int(stored))
        if _may_be_date(code.casefold().strip(), day):
            return True
    try:
        return Decimal(code.strip()) == Decimal(repr(stored))
    except InvalidOperation:
        return False


def _may_be_date(code: str, day: date) -> bool:
    """Whether a code may have been taken for this day: two or three parts of it, in any order."""
    parts = [_MONTHS.get(part[:3], part) for part in _PARTS.split(code) if part]
    if not 2 <= len(parts) <= 3 or not all(str(part).isdecimal() for part in parts):
        return False
    given = [int(part) for part in parts]
    years = (day.year, day.year % 100, (day.year + 543) % 100, day.year + 543)
    orders = [(day.day, day.month), (day.month, day.day)]
    if len(given) == 3:
        return any(
            tuple(given) in ((*order, year), (year, *order)) for order in orders for year in years
        )
    # Without a day, the first of the month is meant.
    months = [(day.month, year) for year in years] if day.day == 1 else []
    return tuple(given) in (*orders, *months)
