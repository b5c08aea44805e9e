"""What the ethics group found and decided of one submission: what its record tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.evidence import KeptEvidence
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form, Interpretation
from moral_xlsx.model.ledger import Version


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores by criterion and what they give; what is not scored is left out.

    ``level`` is 0 when no level's rule holds.
    """

    scores: Mapping[int, int]
    subtotals: Mapping[str, int]
    total: int
    level: int


@dataclass(frozen=True, slots=True)
class Registered:
    """A criterion's line of the register: what it asks for, what came of it, what is missing.

    Texts are in Thai; ``came`` are the kinds and names of files, ``received`` the day on which they
    did, None where none came or nobody knows.
    """

    criterion: str
    required: str
    came: tuple[str, ...]
    missing: str
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A submission with all that was found and decided of it.

    ``claimed``, ``computed`` and ``final`` are the three results side by side; ``reviewed`` are
    the scores that reviewers gave. ``evidence`` is what the unit named, by criterion,
    ``tables`` are the rows of the tables that the form puts on record, as people read them, by
    id. ``kept`` are the pictures and documents that came, ``register`` what was asked for and
    came, ``versions`` all files of the unit's form up to this round, ``readings`` the
    interpretations of the printed wording that the result rests on. ``aside`` says why the file
    does not count, empty for one that does; ``decisions`` are those on the result and on the
    file.
    """

    form: Form
    round: str
    assessment: Assessment
    findings: tuple[Finding, ...]
    sha256: str
    claimed: Scored
    computed: Scored
    reviewed: Mapping[int, int]
    final: Scored
    evidence: Mapping[int, str]
    tables: Mapping[str, tuple[Mapping[str, str], ...]]
    kept: KeptEvidence
    register: tuple[Registered, ...]
    versions: tuple[Version, ...]
    readings: tuple[Interpretation, ...]
    aside: str = ""
    decisions: tuple[Decision, ...] = ()
