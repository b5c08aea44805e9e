"""A round: the registered units, what became of every file, and each unit's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moral_xlsx.model.assessment import Assessment, Verdict
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form

FileState = Literal["counted", "superseded", "duplicate", "conflict", "rejected"]
UnitState = Literal["received", "conflict", "missing"]


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


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one input file. ``outputs`` are paths below the round's folder.

    ``counted``: its answers stand for the unit. ``superseded``: a newer file of the unit
    counts. ``duplicate``: the same bytes came twice. ``conflict``: several different files
    and none is known to be the newest. ``rejected``: not one of our forms, or unreadable.
    """

    name: str
    sha256: str
    size: int
    state: FileState
    verdict: Verdict
    form: str
    form_version: str
    unit_code: str
    outputs: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A unit's result on one form; ``assessment`` is set when ``state`` is received.

    ``registered`` is False for a unit that sent a file but is not in the registry.
    ``findings`` are the findings about the unit's part in the round.
    """

    unit: Unit
    registered: bool
    state: UnitState
    file: str = ""
    assessment: Assessment | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FormResult:
    """All units' results on one form, registered units first, in registry order."""

    form: Form
    units: tuple[UnitResult, ...]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """A whole round; ``round`` is Buddhist year and month, for example ``2569-05``."""

    round: str
    forms: tuple[FormResult, ...]
    files: tuple[FileRecord, ...]
