"""The unit registry: which units there are, and what later dates were granted to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Extension:
    """A later date granted to a unit for one due date of a form."""

    form: str
    due: date
    until: date
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
