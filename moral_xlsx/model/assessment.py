"""The result of checking and scoring one submission."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from moral_xlsx.model.findings import Finding
from moral_xlsx.model.units import Extension

Verdict = Literal["accepted", "returned", "rejected"]
Bilingual = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """Whether one condition of a rung holds; texts are (Thai, English) pairs.

    ``shortfall`` says what is still needed and is empty when the condition holds.
    """

    source: str
    text: Bilingual
    holds: bool
    shortfall: Bilingual


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
class CriterionResult:
    """A criterion's score: claimed by the unit (None: no claim) and computed.

    ``shortfall`` lists, as (Thai, English) pairs, what the next rung still needs; it is
    empty at the highest rung. ``caveat`` has to be said beside a result that was reached.
    """

    number: int
    claimed: int | None
    computed: int
    evidence: bool
    rungs: tuple[RungResult, ...]
    shortfall: tuple[Bilingual, ...]
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One submission, scored. ``level`` is 0 when no level's rule holds.

    ``levels_met`` are all levels whose own printed rule holds. ``next_level`` says, as
    (Thai, English) pairs, what the level above ``level`` still needs. ``extensions`` are the
    later due dates that were granted to the unit for this form.
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

    @property
    def verdict(self) -> Verdict:
        """``returned`` when any finding is an error, else ``accepted``."""
        return "returned" if any(f.severity == "error" for f in self.findings) else "accepted"

    def criterion(self, number: int) -> CriterionResult:
        """The result of one criterion; raises KeyError when it was not scored."""
        for criterion in self.criteria:
            if criterion.number == number:
                return criterion
        raise KeyError(number)
