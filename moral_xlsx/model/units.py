"""The unit registry: which units there are, and what later dates were granted to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Extension:
    """Another date granted to a unit for one due date of a form.

    ``due`` is ``until`` itself for a form that prints no due date.
    """

    form: str
    due: date
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A criterion or a field of a form that does not apply to a unit.

    ``item`` is the number of a criterion or the id of a field.
    """

    form: str
    item: int | str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the unit registry; ``forms`` are the ids of the forms expected."""

    code: str
    name: str
    short_name: str = ""
    department: str = ""
    executive: str = ""
    email: str = ""
    headcount: int | None = None
    forms: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    waivers: tuple[Waiver, ...] = ()
