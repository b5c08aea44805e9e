"""What each stage of a round gives to the next: a frozen value each.

A file that was received is resolved, then compared, then told of by the ledger; each of these
knows what the one before it knew. ``Decided`` is the round as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from moral_xlsx.model.assessment import Verdict
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.evidence import FileEvidence
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.ledger import Change, UnitEntry, Version
from moral_xlsx.model.mail import Message
from moral_xlsx.model.round import FileRecord, FileState, FormResult, Plan, Previous, Progress
from moral_xlsx.rules.judge.timeliness import Receipt
from moral_xlsx.submission.taken import Taken
from moral_xlsx.thai import key

# The id of a form, and the key of a unit's code.
Identity = tuple[str, str]

# A sender's clock may be fast; beyond this, what it says is no moment to go by.
_FAST_CLOCK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One input of a round, with what its worker made of it; ``message`` brought it, if one did.

    ``letter`` tells that it is no file, but what is said of the message's own letter;
    ``container`` is the name of the message, mailbox or archive in which it stood, if it did.
    """

    name: str
    path: Path
    taken: Taken
    receipt: Receipt
    message: Message | None
    letter: bool
    container: str

    @property
    def identity(self) -> Identity:
        """The form and unit that the file speaks for."""
        assessment = self.taken.assessment
        if assessment is None:
            return "", ""
        # Files that name no unit are no versions of one another.
        return assessment.form, key(assessment.unit_code) or self.taken.sha256

    @property
    def names_unit(self) -> bool:
        """Whether a file that was judged says whose it is."""
        return self.taken.assessment is not None and bool(key(self.taken.assessment.unit_code))

    @property
    def own_name(self) -> str:
        """Its name as the sender knows it: without that of the container that we keep."""
        return self.name.partition("/")[2] or self.name if self.message else self.name

    @property
    def verdict(self) -> Verdict | None:
        """What is said of it as a form; None for what is no form and not meant to be one."""
        if self.taken.assessment is not None:
            return self.taken.assessment.verdict
        if self.taken.failed:
            return None
        refused = any(found.severity == "error" for found in self.taken.findings)
        return "rejected" if refused else None

    @property
    def saved(self) -> datetime | None:
        """When the file was saved; None when that is not known, or after it was delivered."""
        saved, came = moment(self.taken.modified), self.delivered
        if saved is not None and came is not None and saved > came + _FAST_CLOCK:
            return None
        return saved

    @property
    def delivered(self) -> datetime | None:
        """When its message came; None for a file without one."""
        return self.message.received if self.message else None


_Next = TypeVar("_Next", bound=ReceivedFile)


def passed_on(file: ReceivedFile, to: type[_Next], **learned: Any) -> _Next:
    """A file as the next stage knows it: all that was known of it, and what was ``learned``."""
    known = {each.name: getattr(file, each.name) for each in fields(file)}
    return to(**known, **learned)


@dataclass(frozen=True, slots=True)
class ResolvedFile(ReceivedFile):
    """A file with what it counts for.

    ``stranger`` is what is said of a sender from outside the unit's own mail domain, ``aside``
    why a file that could be judged does not count; None where neither is so. ``claimants`` are
    the keys of the registered units that a file may belong to, where its code, its name and its
    sender do not agree.
    """

    state: FileState
    stranger: Finding | None
    aside: Finding | None
    claimants: tuple[str, ...]

    @property
    def own_findings(self) -> tuple[Finding, ...]:
        """What is said of the file alone, by its worker and by the round."""
        return (*self.taken.findings, *filter(None, (self.stranger, self.aside)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out when a unit's counted form was held against its others and last month.

    ``plans`` are by the id of the form that follows this one.
    """

    findings: tuple[Finding, ...] = ()
    progress: tuple[Progress, ...] = ()
    plans: Mapping[str, Plan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComparedFile(ResolvedFile):
    """A file held against the unit's other forms; one that does not count is compared with none.

    ``evidence`` are the pictures and documents that came in it or with it.
    """

    comparison: Comparison
    evidence: FileEvidence

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is said of the file, by its worker and by the round, to whoever sent it."""
        return (*self.own_findings, *self.evidence.findings, *self.comparison.findings)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The same, with what only the reviewers are told."""
        return (*self.findings, *self.evidence.for_reviewers)


@dataclass(frozen=True, slots=True)
class Decided:
    """A round as a whole: its files, how every unit stands on every form, what is recorded."""

    round: str
    files: tuple[ComparedFile, ...]
    forms: tuple[FormResult, ...]
    entries: tuple[UnitEntry, ...]


@dataclass(frozen=True, slots=True)
class RecordedFile(ComparedFile):
    """A file with what the ledger tells of it.

    ``answered``: an earlier round answered it. ``previous`` is the last round in which the
    unit's form was counted, ``changes`` what it answers otherwise than then. ``versions`` are the
    files of the unit's form so far, ``decisions`` those on whose the file is and on its use.
    """

    answered: bool
    previous: Previous | None
    changes: tuple[Change, ...]
    versions: tuple[Version, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the round: its output, hash and addresses, and the decision that holds it."""

    output: str
    sha256: str
    to: tuple[str, ...]
    held: Decision | None


@dataclass(frozen=True, slots=True)
class Issued:
    """What was put in place: of every file a record, the reminders by unit code, and the letters,
    those that are held too."""

    files: tuple[FileRecord, ...]
    reminders: Mapping[str, str]
    letters: tuple[Letter, ...]


def moment(text: str) -> datetime | None:
    """The moment that a saving program recorded; None when there is none or no sense in it."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return None
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said
