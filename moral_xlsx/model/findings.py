"""A finding: what was noticed in a submission, where, and how to mend it; its kind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Severity = Literal["error", "warning", "info"]
Language = Literal["th", "en"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points: any part may be unknown. ``cell`` is like ``D14``."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""

    def of(self, field: str) -> Place:
        """The same place, as that of a field."""
        return Place(self.file, self.sheet, self.cell, field)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the code of its kind, its place, and the words its texts need.

    ``words`` are name and value pairs for the catalogue's templates; a value that
    differs between the languages is given as a pair (Thai, English).
    """

    code: str
    severity: Severity
    place: Place = NOWHERE
    words: tuple[tuple[str, str | tuple[str, str]], ...] = field(default=())

    def at(self, place: Place) -> Finding:
        """The same finding at another place."""
        return replace(self, place=place)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding; texts are templates over a finding's words.

    ``of_definitions``: a form's own checks may give it, with texts of their own.
    """

    code: str
    severity: Severity
    message_th: str
    message_en: str
    remedy_th: str
    remedy_en: str
    of_definitions: bool = False
