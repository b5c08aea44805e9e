"""What the ledger takes in of a round, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from moral_xlsx.model.assessment import Bilingual, Verdict
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.round import FileState, Timing, Unit

Standing = Literal["received", "returned", "conflict", "earlier", "not_due", "missing"]


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that came in a round, and what the round made of it.

    ``file`` tells people where it stood. ``sha256`` is that of its bytes, empty when they could
    not be read; ``answers_sha256`` is that of what it answers. ``received_from`` is what told the
    day (``mail``, ``folder``, ``saved``); ``sender`` and ``message_id`` are empty for a file that
    came without a message. ``total`` and ``level`` are None where the form has none or the file
    was rejected. ``scores`` are criterion, claimed points (None: no claim) and computed points.
    ``answers`` maps references to what was answered, as people read it, in the order of the form.
    """

    form: str
    form_version: str
    unit_code: str
    unit_name: str
    file: str
    sha256: str
    answers_sha256: str
    state: FileState
    verdict: Verdict | None
    received: date | None = None
    received_from: str | None = None
    sender: str = ""
    message_id: str = ""
    total: int | None = None
    level: int | None = None
    level_name: Bilingual = ("", "")
    scores: tuple[tuple[int, int | None, int], ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedForm:
    """A form as a round knew it; ``title`` is its short title."""

    id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A whole round for the ledger; ``program`` is the version of the program.

    ``results`` are objects for JSON, one for each form and unit, with ``form``, ``unit_code``
    and ``timeliness`` among what they hold.
    """

    round: str
    program: str
    forms: tuple[RecordedForm, ...]
    units: tuple[Unit, ...]
    submissions: tuple[Submission, ...]
    results: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided of a unit's form in a round, with a timezone in its moment.

    ``criterion`` is None for a decision on the submission as a whole; ``score`` is None where
    no points were given.
    """

    form: str
    unit_code: str
    round: str
    criterion: int | None
    score: int | None
    reason: str
    reviewer: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that differs between two submissions; an empty text is no answer."""

    reference: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a reviewer has to look at: a finding's code, its place, and what it says."""

    code: str
    place: str
    message: Bilingual


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last round before in which a unit's form was counted."""

    round: str
    total: int | None
    level: int | None


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """How a unit stands with a form in a round.

    ``state``: ``received`` (accepted), ``returned`` or ``conflict`` tell what came in the round.
    Otherwise ``missing``: it is owed; ``not_due``: it may still come; ``earlier``: an earlier
    round counted it and nothing is owed now. ``received`` is the day on which what counts came,
    ``until`` the due date as it holds for the unit, ``late_days`` how late it came.
    """

    form: str
    unit_code: str
    unit_name: str
    registered: bool
    state: Standing
    files: tuple[str, ...] = ()
    received: date | None = None
    timing: Timing | None = None
    until: date | None = None
    late_days: int = 0
    verdict: Verdict | None = None
    waiting: tuple[Waiting, ...] = ()
    total: int | None = None
    level: int | None = None
    level_name: Bilingual = ("", "")
    earlier: Earlier | None = None

    @property
    def change(self) -> int | None:
        """By how much the total differs from that of the last round it was counted in."""
        if self.total is None or self.earlier is None or self.earlier.total is None:
            return None
        return self.total - self.earlier.total


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that could not be taken in, and so belongs to no unit."""

    file: str
    sender: str
    received: date | None
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class Status:
    """A round as it stands in the ledger, form by form, registered units first."""

    round: str
    forms: tuple[RecordedForm, ...]
    units: tuple[UnitStatus, ...]
    rejected: tuple[RejectedFile, ...]
