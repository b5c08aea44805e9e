"""How the units together stand: the department's level, and the units in order of their total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Ranked, RollUpResult, UnitResult
from moral_xlsx.model.rubric import RollUp


def roll_up(form: Form, units: Sequence[UnitResult]) -> tuple[RollUpResult, ...]:
    """What each rule of the form says of its units, in the order of the definition.

    The share is that of all registered units: one that is silent, or whose files contradict
    each other, has not reached the level. Without registered units nothing can be said.
    """
    levels = [u.assessment.level if u.assessment else 0 for u in units if u.registered]
    return tuple(_rolled_up(rule, levels) for rule in form.roll_up) if levels else ()


def _rolled_up(rule: RollUp, levels: Sequence[int]) -> RollUpResult:
    registered = len(levels)
    reached = sum(level >= rule.level for level in levels)
    return RollUpResult(
        rule=rule,
        reached=reached,
        registered=registered,
        share=Fraction(reached, registered),
        holds=reached * 100 >= rule.percent * registered,
    )


def department_level(results: Sequence[RollUpResult]) -> RollUpResult | None:
    """The highest rule that holds, None when none does.

    The rules are not nested: see :func:`missed_below`.
    """
    holding = [result for result in results if result.holds]
    return max(holding, key=lambda result: result.rule.level, default=None)


def missed_below(results: Sequence[RollUpResult]) -> tuple[RollUpResult, ...]:
    """The rules of lower levels that do not hold although that of a higher one does."""
    reached = department_level(results)
    if reached is None:
        return ()
    missed = (r for r in results if not r.holds and r.rule.level < reached.rule.level)
    return tuple(sorted(missed, key=lambda result: result.rule.level))


def ranking(units: Sequence[UnitResult]) -> tuple[Ranked, ...]:
    """The units by total, highest first, then those without a total, in the given order."""
    judged = [(unit.assessment.total, unit) for unit in units if unit.assessment]
    judged.sort(key=lambda each: -each[0])
    shared = Counter(total for total, _ in judged)
    first: dict[int, int] = {}
    for place, (total, _) in enumerate(judged, start=1):
        first.setdefault(total, place)
    ranked = [Ranked(unit, total, first[total], shared[total] > 1) for total, unit in judged]
    silent = [Ranked(unit, None, None, tied=False) for unit in units if not unit.assessment]
    return (*ranked, *silent)
