"""The result of checking and scoring one submission."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from moral_xlsx.model.compilation import Contribution
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.units import Extension

Verdict = Literal["accepted", "returned", "rejected"]
Bilingual = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether one condition of a rung holds; texts are (Thai, English) pairs.

    ``shortfall`` says what is still needed and is empty when the condition holds. ``actual`` is
    the value that was compared, ``places`` are the cells that it was taken from.
    """

    source: str
    text: Bilingual
    holds: bool
    shortfall: Bilingual
    actual: Bilingual = ("", "")
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class RungResult:
    """Whether a rung holds, with one tuple of conditions for each of its boxes."""

    points: int
    holds: bool
    boxes: tuple[tuple[ConditionResult, ...], ...]

    @property
    def conditions(self) -> tuple[ConditionResult, ...]:
        """The conditions of all boxes in the order printed."""
        return tuple(condition for box in self.boxes for condition in box)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a criterion asks for, and whether the unit says that it is there.

    ``needed`` is false of one that no score depends on.
    """

    label: str
    ticked: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion's score: claimed by the unit (None: no claim), computed, and reviewed.

    ``computed`` is None where the criterion does not apply to the unit; ``waived`` says why.
    ``reviewed`` is None where nobody decided on it. ``shortfall`` lists, as (Thai, English) pairs,
    what the rung after the final one still needs; it is empty at the highest rung. ``caveat``
    has to be said beside a result that was reached. ``documents`` are those it asks for.
    """

    number: int
    claimed: int | None
    computed: int | None
    evidence: bool
    rungs: tuple[RungResult, ...]
    shortfall: tuple[Bilingual, ...]
    caveat: str = ""
    documents: tuple[Document, ...] = ()
    waived: Bilingual = ("", "")
    reviewed: Decision | None = None

    @property
    def final(self) -> int | None:
        """What counts: the reviewed score, else the computed one."""
        return self.reviewed.score if self.reviewed else self.computed


@dataclass(frozen=True, slots=True)
class Assessment:
    """One submission, scored; totals and levels are those of the final scores.

    ``level`` is 0 when no level's rule holds.
    ``levels_met`` are all levels whose own printed rule holds. ``next_level`` says, as
    (Thai, English) pairs, what the level above ``level`` still needs. ``extensions`` are the
    later due dates that were granted to the unit for this form. ``waived`` are the ids of
    fields and derived values that do not apply to it. ``decided`` is what people decided of the
    form as a whole. ``contributions`` are what it gives to the items that are compiled
    over all units, None where it does not answer one.
    """

    form: str
    form_version: str
    unit_code: str
    unit_name: str
    criteria: tuple[CriterionResult, ...]
    subtotals: tuple[tuple[str, int], ...]
    total: int
    level: int
    level_name: Bilingual
    levels_met: tuple[int, ...]
    next_level: tuple[Bilingual, ...]
    derived: tuple[tuple[str, Decimal | None], ...]
    findings: tuple[Finding, ...]
    extensions: tuple[Extension, ...] = ()
    waived: frozenset[str] = frozenset()
    decided: Decision | None = None
    contributions: tuple[Contribution | None, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What was decided; else ``returned`` when any finding is an error, or ``accepted``."""
        if self.decided is not None:
            return "accepted" if self.decided.value == "accepted" else "returned"
        return "returned" if any(f.severity == "error" for f in self.findings) else "accepted"

    @property
    def reviewed(self) -> bool:
        """Whether people gave scores, of which totals and levels are made."""
        return any(each.reviewed for each in self.criteria)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What people decided of it: of the form as a whole, then of its criteria."""
        reviewed = tuple(each.reviewed for each in self.criteria if each.reviewed)
        return (self.decided, *reviewed) if self.decided else reviewed

    def criterion(self, number: int) -> CriterionResult:
        """The result of one criterion; raises KeyError when it was not scored."""
        for criterion in self.criteria:
            if criterion.number == number:
                return criterion
        raise KeyError(number)
