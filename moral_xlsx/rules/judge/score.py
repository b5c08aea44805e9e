"""Scores: rungs, criteria, subtotals and levels, exactly as the printed rules say."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from moral_xlsx.model.answers import Understood
from moral_xlsx.model.assessment import (
    Assessment,
    Bilingual,
    ConditionResult,
    CriterionResult,
    RungResult,
)
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.review import DATE_EXTENDED, LOWER_LEVEL_MISSED
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Criterion, Form, Level, Rung
from moral_xlsx.model.units import Extension
from moral_xlsx.rules.judge.check import check_answers, check_scores
from moral_xlsx.rules.judge.expression import NOTHING, Facts, both, date_text
from moral_xlsx.rules.judge.quantities import Quantity
from moral_xlsx.rules.judge.rubric import Rubric

NO_LEVEL: Bilingual = ("ยังไม่ถึงระดับใด", "no level reached")


def assess(
    rubric: Rubric,
    understood: Understood,
    earlier: tuple[Finding, ...] = (),
    extensions: tuple[Extension, ...] = (),
) -> Assessment:
    """Checks and scores one submission; ``earlier`` findings (the reader's) come first.

    ``extensions`` are those granted to the unit; the ones for this form move its due dates.
    """
    form, answers, places = rubric.form, understood.answers, understood.places
    granted = tuple(extension for extension in extensions if extension.form == form.id)
    facts = Facts(form, answers, {extension.due: extension.until for extension in granted})
    criteria = tuple(_score_criterion(criterion, rubric, facts) for criterion in form.criteria)
    scores = {result.number: result.computed for result in criteria}
    met = levels_met(form, scores)
    level = reached_level(form, met)
    return Assessment(
        form=form.id,
        form_version=form.version,
        unit_code=answers.unit_code,
        unit_name=_unit_name(facts),
        criteria=criteria,
        subtotals=tuple(
            (subtotal.key, sum(scores[number] for number in subtotal.numbers))
            for subtotal in form.subtotals
        ),
        total=sum(scores[criterion.number] for criterion in form.counted),
        level=level,
        level_name=level_name(form, level),
        levels_met=met,
        next_level=_next_level(form, scores, level),
        derived=tuple((name, _derived(q, facts)) for name, q in rubric.derived.items()),
        extensions=granted,
        findings=(
            *earlier,
            *understood.findings,
            *check_answers(rubric, facts, places),
            *check_scores(form, criteria, places),
            *_unnested(form, met, level),
            *map(extended, granted),
        ),
    )


def extended(granted: Extension) -> Finding:
    """What is said of a due date that was moved for the unit."""
    return finding(DATE_EXTENDED, due=date_text(granted.due), until=date_text(granted.until))


def levels_met(form: Form, scores: Mapping[int, int]) -> tuple[int, ...]:
    """The numbers of the levels whose own printed rule holds; scores by criterion."""
    return tuple(level.number for level in form.levels if _meets(level, scores))


def reached_level(form: Form, met: tuple[int, ...]) -> int:
    """The level to report, 0 for none.

    The printed rules are not nested: the highest level whose own rule holds counts, unless
    the definition says ``nested``; then every lower one has to hold too.
    """
    if not form.nested:
        return max(met, default=0)
    reached = 0
    while reached + 1 in met:
        reached += 1
    return reached


def reachable_levels(form: Form) -> tuple[Level, ...]:
    """The levels whose rule the highest scores of the form can meet.

    A form that does not score all that a rule asks for cannot give that level.
    """
    highest = {criterion.number: criterion.maximum for criterion in form.criteria}
    return tuple(level for level in form.levels if _meets(level, highest))


def level_name(form: Form, level: int) -> Bilingual:
    """The printed name of a level, or the words for none."""
    for candidate in form.levels:
        if candidate.number == level:
            return candidate.name, candidate.name
    return NO_LEVEL if form.levels else ("", "")


def cut_to_hundredths(value: Fraction) -> Decimal:
    """A percentage as the forms print it: cut, never rounded (33 of 34 is 97.05)."""
    return (Decimal(floor(value * 100)) / 100).quantize(Decimal("0.01"))


def _score_criterion(criterion: Criterion, rubric: Rubric, facts: Facts) -> CriterionResult:
    rungs = tuple(_rung(rung, rubric, facts) for rung in criterion.rungs)
    computed = next((rung.points for rung in rungs if rung.points and rung.holds), 0)
    above = [rung for rung in rungs if rung.points > computed]
    answers = facts.answers
    return CriterionResult(
        number=criterion.number,
        claimed=answers.claims.get(criterion.number),
        computed=computed,
        evidence=bool(answers.evidence.get(criterion.number)),
        rungs=rungs,
        shortfall=tuple(
            condition.shortfall for condition in above[-1].conditions if not condition.holds
        )
        if above
        else (),
        caveat=criterion.caveat if computed else "",
    )


def _rung(rung: Rung, rubric: Rubric, facts: Facts) -> RungResult:
    boxes = tuple(
        tuple(_condition(source, rubric, facts) for source in box.conditions) for box in rung.boxes
    )
    holds = all(condition.holds for box in boxes for condition in box)
    return RungResult(rung.points, holds, boxes)


def _condition(source: str, rubric: Rubric, facts: Facts) -> ConditionResult:
    condition = rubric.conditions[source]
    holds = condition.evaluate(facts).holds
    lacking = NOTHING if holds else condition.shortfall(facts)
    return ConditionResult(source, rubric.words[source], holds, lacking)


def _meets(level: Level, scores: Mapping[int, int]) -> bool:
    within = [scores[number] for number in level.numbers]
    return min(within) >= level.min_each and sum(within) >= level.min_total


def _next_level(form: Form, scores: Mapping[int, int], level: int) -> tuple[Bilingual, ...]:
    above = [candidate for candidate in reachable_levels(form) if candidate.number > level]
    if not above:
        return ()
    rule = above[0]
    lacking = [
        both(
            f"ข้อ {form.criterion(number).name} ต้องได้อย่างน้อย {rule.min_each} คะแนน "
            f"(ได้ {scores[number]})",
            f"criterion {number} needs at least {rule.min_each} points (has {scores[number]})",
        )
        for number in rule.numbers
        if scores[number] < rule.min_each
    ]
    total = sum(scores[number] for number in rule.numbers)
    if total < rule.min_total:
        lacking.append(
            both(
                f"คะแนนรวมข้อ {rule.first} - {rule.last} ขาดอีก {rule.min_total - total} คะแนน "
                f"(ได้ {total} ต้องได้ {rule.min_total})",
                f"{rule.min_total - total} more points needed in criteria {rule.key} "
                f"(has {total}, needs {rule.min_total})",
            )
        )
    return tuple(lacking)


def _unnested(form: Form, met: tuple[int, ...], level: int) -> tuple[Finding, ...]:
    missing = [number for number in range(1, level) if number not in met]
    if not missing:
        return ()
    listed = ", ".join(map(str, missing))
    return (finding(LOWER_LEVEL_MISSED, level=level, missing=both(listed, listed)),)


def _derived(quantity: Quantity, facts: Facts) -> Decimal | None:
    value = quantity.measure(facts)
    return cut_to_hundredths(value) if isinstance(value, Fraction) else None


def _unit_name(facts: Facts) -> str:
    for field in facts.form.fields:
        if field.registry == "name":
            return str(facts.answers.values.get(field.id) or "")
    return ""
