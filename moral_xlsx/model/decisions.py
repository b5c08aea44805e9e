"""What people decided of a round: events, which are added and never altered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Subjects = Literal["score", "verdict", "owner", "use", "due", "letter", "seen"]
USE, LEAVE, HOLD, DELETED = "use", "leave", "hold", "deleted"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is decided on.

    ``score``: the points of a ``criterion`` of a unit's form; ``verdict``: whether the form is
    accepted; ``owner`` and ``use``: whose the file with the hash ``item`` is, and whether it
    counts; ``due``: until when a form may come, of all units where ``unit`` is empty; ``letter``:
    whether the letter ``item`` is held. ``seen`` is what older ledgers hold of a form as a whole.
    ``unit`` is the key of a unit's code.
    """

    kind: Subjects
    form: str = ""
    unit: str = ""
    criterion: int = 0
    item: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """An event: what was decided, or that it was withdrawn (an empty ``value``).

    ``value`` is the points, ``accepted`` or ``returned``, a unit's code, ``use`` or ``leave``, a
    day as ISO writes it, ``hold``, or ``deleted`` for a letter that somebody deleted. ``about``
    are the hashes of what was judged: answers, files, a letter. ``round`` took it in.
    """

    subject: Subject
    value: str
    reason: str
    reviewer: str
    round: str
    about: str = ""

    @property
    def score(self) -> int:
        """The points of a decision on a score."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Rulings:
    """The decisions that stand: of each subject the newest one, unless it was withdrawn."""

    standing: Mapping[Subject, Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Decision]) -> Rulings:
        """What stands after these events, which are in the order in which they were taken."""
        newest = {each.subject: each for each in events}
        return cls({subject: each for subject, each in newest.items() if each.value})

    def on(self, subject: Subject, about: str) -> Decision | None:
        """The decision on a subject, where it was about just that."""
        found = self.standing.get(subject)
        return found if found is not None and found.about == about else None

    def owner(self, sha256: str) -> str:
        """The code of the unit whose file it was decided to be; empty where nobody decided."""
        found = self.standing.get(Subject("owner", item=sha256))
        return found.value if found else ""

    def use(self, sha256: str) -> Decision | None:
        """Whether it was decided that a file counts or does not."""
        return self.standing.get(Subject("use", item=sha256))

    def until(self, form: str) -> Mapping[str, tuple[date, Decision]]:
        """The days until which a form may come, by the key of a unit's code; empty for all."""
        return {
            subject.unit: (date.fromisoformat(each.value), each)
            for subject, each in self.standing.items()
            if subject.kind == "due" and subject.form == form
        }
