"""What the ledger takes in of a round, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from moral_xlsx.model.assessment import Bilingual, Verdict
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.findings import Finding, Severity
from moral_xlsx.model.reference import Reference
from moral_xlsx.model.round import FileState, Plan, Previous, Timing, UnitState
from moral_xlsx.model.units import Unit

Delivery = Literal["received", "returned", "conflict", "earlier", "not_due", "missing"]


def _no_answers() -> str:
    return "{}"


@dataclass(frozen=True, slots=True)
class RecordedSubmission:
    """A file that came in a round, and what the round made of it.

    ``file`` tells people where it stood. ``sha256`` is that of its bytes, empty when they could
    not be read; ``answers_sha256`` is that of what it answers. ``received_from`` is what told the
    day (``mail``, ``folder``, ``saved``); ``sender`` and ``message_id`` are empty for a file that
    came without a message. ``total`` and ``level`` are None where the form has none or the file
    was rejected. ``scores`` are criterion, claimed points (None: no claim), computed
    and reviewed points (None: nobody decided).
    ``answers`` gives, when the ledger writes them, an object as JSON text: by reference what was
    answered, as people read it, in the order of the form. A round has too many to hold them all.
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
    scores: tuple[tuple[int, int | None, int, int | None], ...] = ()
    answers: Callable[[], str] = _no_answers
    findings: tuple[Finding, ...] = ()
    claimants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedForm:
    """A form as a round knew it; ``title`` is its short title."""

    id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class RecordedDue:
    """A due date of a form as it held for a unit, and whether the form came by it."""

    label: str
    due: date
    until: date
    timing: Timing
    days: int


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """What a round records of a unit on a form, for the rounds after it.

    ``state`` is None when the round did not ask for the form; ``total``, ``level`` and
    ``verdict`` are None while none of its files counts. ``days_received`` are the days on which
    its files came, in order, ``received`` the first one of the round; ``undated`` tells that a
    file came on a day that is not known. ``progress`` is by the number of an activity, ``plans``
    by the id of the form that follows this one. ``previous`` is the last round before in which
    the form was counted.
    """

    form: str
    unit_code: str
    state: UnitState | None = None
    total: int | None = None
    level: int | None = None
    verdict: Verdict | None = None
    received: date | None = None
    days_received: tuple[date, ...] = ()
    undated: bool = False
    progress: Mapping[int, Decimal] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    timeliness: tuple[RecordedDue, ...] = ()
    previous: Previous | None = None


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A whole round for the ledger; ``program`` is the version of the program."""

    round: str
    program: str
    forms: tuple[RecordedForm, ...]
    units: tuple[Unit, ...]
    submissions: tuple[RecordedSubmission, ...]
    entries: tuple[UnitEntry, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that differs between two submissions; an empty text is no answer."""

    reference: Reference
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A file in which a unit sent its form, as the first round that read it knew it."""

    round: str
    file: str
    sha256: str
    received: date | None
    state: FileState
    verdict: Verdict | None
    total: int | None


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
    ``until`` the due date as it holds for the unit, ``late_days`` how late it came. ``reviewed``
    tells that people gave scores, of which total and level are made.
    """

    form: str
    unit_code: str
    unit_name: str
    registered: bool
    state: Delivery
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
    reviewed: bool = False

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


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A file of a round that was read: its form, the key of the code that it bears, and the code of
    the unit whose it is, empty while that is not known."""

    form: str
    unit: str
    owner: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a round judged, on which people may decide.

    ``units`` are the codes of its units by their keys, ``answers`` the hash of what counts, by form
    and key of the unit, ``files`` those that were read, by their hash.
    """

    units: Mapping[str, str]
    answers: Mapping[tuple[str, str], str]
    files: Mapping[str, JudgedFile]


@dataclass(frozen=True, slots=True)
class UnitRound:
    """A unit's form in a round: how it stood, and what was said of the file that counted.

    ``scores`` are criterion, claimed, computed and reviewed points, ``findings`` each with its
    severity and place.
    """

    round: str
    status: UnitStatus
    scores: tuple[tuple[int, int | None, int, int | None], ...]
    findings: tuple[tuple[Severity, str, Bilingual], ...]


@dataclass(frozen=True, slots=True)
class UnitYear:
    """All that the ledger holds of a unit: round by round, its files by form, what was decided of
    it, and which letters its addresses were sent, with the moment."""

    unit_code: str
    unit_name: str
    rounds: tuple[UnitRound, ...]
    versions: Mapping[str, tuple[Version, ...]]
    decisions: tuple[Decision, ...]
    sent: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReceivedCopy:
    """A file as a round received it, found by its receipt number."""

    received: date | None
    round: str
    file: str
    sha256: str
    sender: str
    form: str
    unit_code: str
    state: FileState
