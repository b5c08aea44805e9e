"""A round: what became of every file, and each unit's result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from moral_xlsx.model.assessment import Assessment, Bilingual, Verdict
from moral_xlsx.model.compilation import Compiled
from moral_xlsx.model.evidence import KeptEvidence
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.rubric import DueDate, RollUp
from moral_xlsx.model.units import Unit

FileState = Literal[
    "counted", "superseded", "duplicate", "conflict", "excluded", "rejected", "failed", "other"
]
UnitState = Literal["received", "conflict", "missing"]
Timing = Literal["on_time", "late", "missing", "not_due", "unknown"]

# A plan as the form that follows it knows it: by an activity's number, its columns' texts.
Plan = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one input file. ``outputs`` are paths below the round's folder.

    ``counted``: its answers stand for the unit. ``superseded``: a newer file of the unit
    counts. ``duplicate``: the same bytes came twice. ``conflict``: several different files
    and none is known to be the newest. ``excluded``: people decided that it does not count.
    ``rejected``: not one of our forms, or unreadable.
    ``failed``: the program or the machine failed on it, and it has no result yet.
    ``other``: no form and not meant to be one: a message, an archive, evidence. The ``verdict``
    of the last two is None. ``sender`` is empty for what came without a message. ``aside`` says
    why a file that could be read does not count. ``evidence`` are the pictures and documents that
    came in it or with it, each with its path below the round's folder. ``received`` is the day on
    which it came, None when that is not known.
    """

    name: str
    sha256: str
    size: int
    state: FileState
    verdict: Verdict | None
    form: str
    form_version: str
    unit_code: str
    sender: str
    outputs: tuple[str, ...]
    findings: tuple[Finding, ...]
    aside: Finding | None = None
    evidence: KeptEvidence = ()
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Whether a form came by a due date; ``until`` is that date or the extended one.

    ``days`` is how many days late it came, 0 unless ``timing`` is late. ``received`` is the
    day it came, None when nothing came or the day is not known.
    """

    due: DueDate
    until: date
    timing: Timing
    days: int = 0
    received: date | None = None


@dataclass(frozen=True, slots=True)
class RollUpResult:
    """A department's share of units at a level or above, among all registered units."""

    rule: RollUp
    reached: int
    registered: int
    share: Fraction
    holds: bool


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A unit's result on one form; ``assessment`` is set when ``state`` is received.

    ``registered`` is False for a unit that sent a file but is not in the registry.
    ``findings`` are the findings about the unit's part in the round. ``previous`` is the
    total of the last round in which the form was counted, ``progress`` the activities of a
    progress report with what they had reached then.
    """

    unit: Unit
    registered: bool
    state: UnitState
    file: str = ""
    assessment: Assessment | None = None
    findings: tuple[Finding, ...] = ()
    timeliness: tuple[Timeliness, ...] = ()
    previous: Previous | None = None
    progress: tuple[Progress, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit's place by its total; units without a total have no rank.

    Units with equal totals share a rank, are ``tied``, and the ranks after it are skipped.
    """

    unit: UnitResult
    total: int | None
    rank: int | None
    tied: bool


@dataclass(frozen=True, slots=True)
class Previous:
    """What an earlier round recorded of a unit on a form.

    ``progress`` maps an activity's number to its percentage then.
    """

    round: str
    total: int
    level: int
    verdict: Verdict = "accepted"
    progress: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """An activity of a progress report: its percentage now and in the last round."""

    number: int
    title: str
    now: Decimal | None
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class FormResult:
    """All units' results on one form, registered units first, in registry order."""

    form: Form
    units: tuple[UnitResult, ...]
    roll_up: tuple[RollUpResult, ...] = ()
    compiled: tuple[Compiled, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundResult:
    """A whole round; ``round`` is Buddhist year and month, for example ``2569-05``.

    ``notices`` are for whoever ran it: outputs that could not be made, decisions that could not be
    taken. ``decisions`` is how many were taken in, ``untaken`` how many rows of the desk could not
    be, ``waiting`` how much waits on the desk. ``repeatable`` tells that another run of the same
    would give the same: nothing depended on how much time, memory or luck there was.
    """

    round: str
    forms: tuple[FormResult, ...]
    files: tuple[FileRecord, ...]
    notices: tuple[Bilingual, ...] = ()
    decisions: int = 0
    untaken: int = 0
    waiting: int = 0
    repeatable: bool = True
