"""What a unit claims, as the government's form shows it: scores, sums, level and evidence.

The form is the unit's own word, which it signs: nothing of what the facts give stands in it. A
claim that is not there or cannot be read ticks nothing and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from moral_xlsx.model.form import Form
from moral_xlsx.model.rubric import Criterion, Level
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.expression import excel_thai_digits, text
from moral_xlsx.rules.judge.score import NO_LEVEL, level_name, levels_met, reached_level
from moral_xlsx.rules.places import DOTS, TICKED, UNTICKED, Place, Shown, TypedPlace, excel_where
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class ClaimPlace(Place):
    """The points that the unit claims for a criterion, or ``unclaimed``.

    ``applies`` is an Excel expression that is TRUE when the criterion applies to the unit;
    without it, it applies to all.
    """

    criterion: Criterion
    unclaimed: str = DOTS
    applies: str = ""

    def show(self, shown: Shown) -> str:
        number = self.criterion.number
        if shown.assessment.criterion(number).computed is None:
            return NOT_APPLICABLE[0]
        claim = shown.answers.claims.get(number)
        return self.unclaimed if claim is None else thai_digits(str(claim))

    def excel(self, row: int) -> str:
        written = excel_thai_digits(f"claim_{self.criterion.number}")
        written = f"IF({excel_claimed(self.criterion)},{written},{text(self.unclaimed)})"
        return excel_where(self.applies, written)


@dataclass(frozen=True, slots=True)
class ClaimBoxPlace(Place):
    """The box of a rung: ticked when the unit claims just its points."""

    criterion: Criterion
    points: int

    @property
    def box(self) -> bool:
        return True

    def show(self, shown: Shown) -> str:
        claim = shown.answers.claims.get(self.criterion.number)
        return TICKED if claim == self.points else UNTICKED

    def excel(self, row: int) -> str:
        claimed = excel_claims(self.criterion, self.points)
        return f'IF({claimed},"{TICKED}","{UNTICKED}")'


@dataclass(frozen=True, slots=True)
class RungEvidencePlace(TypedPlace):
    """The evidence of a criterion, below the rung that is claimed.

    Where none is, it stands below the highest one, so that nothing that was typed is left out.
    """

    criterion: Criterion
    points: int

    @property
    def typed(self) -> bool:
        return True

    @property
    def _first(self) -> bool:
        return self.points == self.criterion.maximum

    def show(self, shown: Shown) -> str:
        number = self.criterion.number
        claim = shown.answers.claims.get(number)
        here = claim == self.points or (claim is None and self._first)
        return self._cut(_evidence(shown, number)) if here else ""

    def excel(self, row: int) -> str:
        here = excel_claims(self.criterion, self.points)
        if self._first:
            here = f"OR({here},NOT({excel_claimed(self.criterion)}))"
        return f'IF({here},{self._excel_cut(f"evidence_{self.criterion.number}")},"")'


@dataclass(frozen=True, slots=True)
class ClaimedSumPlace(Place):
    """The sum of what is claimed for some criteria, or ``unclaimed`` when nothing is."""

    criteria: tuple[Criterion, ...]
    unclaimed: str = DOTS

    def show(self, shown: Shown) -> str:
        claims = shown.answers.claims
        given = [claims[each.number] for each in self.criteria if each.number in claims]
        return thai_digits(str(sum(given))) if given else self.unclaimed

    def excel(self, row: int) -> str:
        added = "+".join(map(excel_claim, self.criteria))
        any_given = f"OR({','.join(map(excel_claimed, self.criteria))})"
        return f"IF({any_given},{excel_thai_digits(f'({added})')},{text(self.unclaimed)})"


@dataclass(frozen=True, slots=True)
class ClaimedLevelPlace(Place):
    """The name of the level that the claimed scores give by the printed rules."""

    form: Form

    def show(self, shown: Shown) -> str:
        return level_name(self.form, claimed_level(self.form, shown))[0]

    def excel(self, row: int) -> str:
        if not self.form.levels:
            return text("")
        names = ",".join(text(level.name) for level in self.form.levels)
        return f"CHOOSE(1+{excel_claimed_level(self.form)},{text(NO_LEVEL[0])},{names})"

    def __hash__(self) -> int:
        return hash(self.form.id)


@dataclass(frozen=True, slots=True)
class LevelBoxPlace(Place):
    """The box of a level: ticked when it is the one that the claimed scores give.

    In a form without claims, when it is the one that the answers give.
    """

    form: Form
    level: int

    @property
    def box(self) -> bool:
        return True

    def show(self, shown: Shown) -> str:
        claims = bool(self.form.claimed)
        level = claimed_level(self.form, shown) if claims else shown.assessment.level
        return TICKED if level == self.level else UNTICKED

    def excel(self, row: int) -> str:
        level = excel_claimed_level(self.form) if self.form.claimed else "level"
        return f'IF({level}={self.level},"{TICKED}","{UNTICKED}")'

    def __hash__(self) -> int:
        return hash((self.form.id, self.level))


@dataclass(frozen=True, slots=True)
class EvidencePlace(TypedPlace):
    """The evidence that the unit names for a criterion."""

    number: int

    @property
    def typed(self) -> bool:
        return True

    def show(self, shown: Shown) -> str:
        return self._cut(_evidence(shown, self.number)) or DOTS

    def excel(self, row: int) -> str:
        name = f"evidence_{self.number}"
        return f"IF(LEN(TRIM({name}))>0,{self._excel_cut(name)},{text(DOTS)})"


def _evidence(shown: Shown, number: int) -> str:
    return shown.answers.evidence.get(number, "").strip("\r\n ")


def claim_place(form: Form, number: int, unclaimed: str = DOTS) -> ClaimPlace:
    """The place of a criterion's claim on a form; raises KeyError for an unknown number."""
    criterion = form.criterion(number)
    return ClaimPlace(criterion, unclaimed, _applies(form, criterion))


def claimed_level(form: Form, shown: Shown) -> int:
    """The level that the claimed scores give, 0 for none; what is not claimed gives no points."""
    claims, results = shown.answers.claims, shown.assessment.criteria
    asked = [each.number for each in results if each.computed is not None]
    return reached_level(form, levels_met(form, {n: claims.get(n, 0) for n in asked}))


def excel_claims(criterion: Criterion, points: int) -> str:
    """An Excel expression that is TRUE when just these points are claimed for a criterion."""
    name = f"claim_{criterion.number}"
    return f"IF(ISNUMBER({name}),{name}={points},FALSE)"


def excel_claimed(criterion: Criterion) -> str:
    """An Excel expression that is TRUE when points of a rung are claimed for a criterion."""
    name = f"claim_{criterion.number}"
    known = ",".join(f"{name}={rung.points}" for rung in criterion.rungs)
    return f"IF(ISNUMBER({name}),OR({known}),FALSE)"


def excel_claim(criterion: Criterion) -> str:
    """An Excel expression for the points claimed for a criterion, 0 for none."""
    return f"IF({excel_claimed(criterion)},claim_{criterion.number},0)"


def _applies(form: Form, criterion: Criterion) -> str:
    return parse_condition(criterion.when, form).applies_formula() if criterion.when else ""


def excel_claimed_level(form: Form) -> str:
    """An Excel expression for the number of the level that the claimed scores give."""

    def scores(level: Level, otherwise: int) -> Iterable[str]:
        for number in level.numbers:
            criterion = form.criterion(number)
            applies, points = _applies(form, criterion), excel_claim(criterion)
            yield f"IF({applies},{points},{otherwise})" if applies else points

    def meets(level: Level) -> str:
        least = f"MIN({','.join(scores(level, level.min_each))})"
        total = f"SUM({','.join(scores(level, 0))})"
        return f"AND({least}>={level.min_each},{total}>={level.min_total})"

    return excel_level(form, meets)


def excel_level(form: Form, meets: Callable[[Level], str]) -> str:
    """An Excel expression for the number of the level to report, 0 for none.

    ``meets`` gives the expression that is TRUE when a level's own printed rule holds.
    """
    formula = "0"
    if form.nested:
        for level in reversed(form.levels):
            formula = f"IF({meets(level)},{level.number if formula == '0' else formula},0)"
            if level.number > 1:
                formula = f"MAX({level.number - 1},{formula})"
        return formula
    for level in form.levels:
        formula = f"IF({meets(level)},{level.number},{formula})"
    return formula
