"""Scores: rungs, criteria, subtotals and levels, exactly as the printed rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from moral_xlsx.model.answers import Understood
from moral_xlsx.model.assessment import (
    Assessment,
    Bilingual,
    ConditionResult,
    CriterionResult,
    Document,
    RungResult,
)
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.review import DATE_EXTENDED, LOWER_LEVEL_MISSED
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.model.rubric import Criterion, Level, Rung
from moral_xlsx.model.units import Extension, Waiver
from moral_xlsx.rules.judge.check import check_answers, check_scores, check_waived
from moral_xlsx.rules.judge.expression import (
    NOTHING,
    Facts,
    both,
    cut_to_hundredths,
    date_text,
)
from moral_xlsx.rules.judge.quantity import Quantity
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.wording import applies_when

NO_LEVEL: Bilingual = ("ยังไม่ถึงระดับใด", "no level reached")


def assess(
    rubric: Rubric,
    understood: Understood,
    earlier: tuple[Finding, ...] = (),
    extensions: tuple[Extension, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    reviewed: Mapping[int, Decision] | None = None,
    decided: Decision | None = None,
) -> Assessment:
    """Checks and scores one submission; ``earlier`` findings (the reader's) come first.
    ``reviewed`` are the scores that people gave, ``decided`` what they said of it as a whole.

    ``extensions`` and ``waivers`` are those granted to the unit; the ones for this form move
    its due dates and say what does not apply.
    """
    form, answers, places = rubric.form, understood.answers, understood.places
    # A due date that the form does not print judges nothing in it.
    granted = tuple(e for e in extensions if e.form == form.id and e.due != e.until)
    facts = Facts(form, answers, {extension.due: extension.until for extension in granted})
    own_waivers = tuple(waiver for waiver in waivers if waiver.form == form.id)
    waived = waived_items(rubric, facts, own_waivers)
    whole = _whole_places(places)
    # One condition often stands in several rungs.
    asked = dict.fromkeys(source for each in form.criteria for source in each.conditions)
    conditions = {source: _condition(source, rubric, facts, whole) for source in asked}
    criteria = tuple(
        _reviewed(
            _score_criterion(criterion, rubric, facts, conditions, waived.get(criterion.number)),
            (reviewed or {}).get(criterion.number),
        )
        for criterion in form.criteria
    )
    scores = {each.number: each.final for each in criteria if each.final is not None}
    # What is not asked of the unit cannot be missing or wrong.
    silent = {reference for item in waived for reference in _references(item)}
    idle = {name for name, q in rubric.derived.items() if set(q.references()) & waived.keys()}
    met = levels_met(form, scores)
    level = reached_level(form, met)
    return Assessment(
        form=form.id,
        form_version=form.version,
        unit_code=answers.unit_code,
        unit_name=_unit_name(facts),
        criteria=criteria,
        subtotals=tuple(
            (subtotal.key, sum(scores.get(number, 0) for number in subtotal.numbers))
            for subtotal in form.subtotals
        ),
        total=sum(scores.get(criterion.number, 0) for criterion in form.counted),
        level=level,
        level_name=level_name(form, level),
        levels_met=met,
        next_level=_next_level(form, scores, level),
        derived=tuple((name, _derived(q, facts)) for name, q in rubric.derived.items()),
        extensions=granted,
        waived=frozenset(each for each in (*waived, *idle) if isinstance(each, str)),
        findings=(
            *earlier,
            *(each for each in understood.findings if each.place.field not in silent),
            *check_waived(form, facts, waived, own_waivers, places),
            *check_answers(rubric, facts, places),
            *check_scores(form, criteria, places),
            *_unnested(form, met, level),
            *map(extended, granted),
        ),
        decided=decided,
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


def waived_items(
    rubric: Rubric, facts: Facts, waivers: tuple[Waiver, ...]
) -> Mapping[int | str, Bilingual]:
    """The criteria (by number) and fields (by id) that do not apply to a unit, with the reason.

    An answer decides where the definition has a condition, else the registry.
    """
    reasons: dict[int | str, Bilingual] = {}
    asked: list[tuple[int | str, str | None]] = [(c.number, c.when) for c in facts.form.criteria]
    asked += [(field.id, field.when) for field in facts.form.fields]
    for item, when in asked:
        if when is not None and not rubric.conditions[when].applies(facts):
            thai, english = rubric.words[when]
            reasons[item] = (applies_when(thai), f"applies when {english}")
    for waiver in waivers:
        reasons[waiver.item] = (f"ตามทะเบียนหน่วยงาน {waiver.reason}".rstrip(),
                                f"by the registry {waiver.reason}".rstrip())  # fmt: skip
    return reasons


def _references(item: int | str) -> tuple[str, ...]:
    return (f"claim_{item}", f"evidence_{item}") if isinstance(item, int) else (item,)


def _score_criterion(
    criterion: Criterion,
    rubric: Rubric,
    facts: Facts,
    conditions: Mapping[str, ConditionResult],
    waived: Bilingual | None,
) -> CriterionResult:
    rungs = tuple(_rung(rung, conditions) for rung in criterion.rungs)
    if waived is not None:
        return CriterionResult(
            number=criterion.number,
            claimed=facts.answers.claims.get(criterion.number),
            computed=None,
            evidence=bool(facts.answers.evidence.get(criterion.number)),
            rungs=rungs,
            shortfall=(),
            waived=waived,
        )
    computed = next((rung.points for rung in rungs if rung.points and rung.holds), 0)
    answers = facts.answers
    return CriterionResult(
        number=criterion.number,
        claimed=answers.claims.get(criterion.number),
        computed=computed,
        evidence=bool(answers.evidence.get(criterion.number)),
        rungs=rungs,
        shortfall=_shortfall(rungs, computed),
        caveat=criterion.caveat if computed else "",
        documents=_documents(criterion, rubric, facts),
    )


def _documents(criterion: Criterion, rubric: Rubric, facts: Facts) -> tuple[Document, ...]:
    return tuple(
        Document(
            each.label.partition(": ")[2] or each.label,
            ticked=facts.answers.values.get(each.id) is True,
            needed=needed,
        )
        for each, needed in rubric.documents[criterion.number]
    )


def _reviewed(result: CriterionResult, decision: Decision | None) -> CriterionResult:
    """The result with the score that people gave; what does not apply to the unit has none."""
    if decision is None or result.computed is None:
        return result
    if decision.score not in {rung.points for rung in result.rungs}:
        return result  # it was given by another version of the form
    shortfall = _shortfall(result.rungs, decision.score)
    return replace(result, reviewed=decision, shortfall=shortfall)


def _shortfall(rungs: tuple[RungResult, ...], score: int) -> tuple[Bilingual, ...]:
    above = next_rung(rungs, score)
    lacking = (each for each in above.conditions if not each.holds) if above else ()
    return tuple(condition.shortfall for condition in lacking)


def next_rung(rungs: tuple[RungResult, ...], score: int) -> RungResult | None:
    """The rung after that of a score; None at the highest."""
    above = [rung for rung in rungs if rung.points > score]
    return min(above, key=lambda rung: rung.points, default=None)


def with_next_rungs(assessment: Assessment) -> Assessment:
    """The assessment with only that rung of each criterion that its unit may reach next: the
    others are for the record alone, and take most of its memory."""
    criteria = (
        replace(result, rungs=(above,) if above else ())
        for result in assessment.criteria
        for above in (None if result.final is None else next_rung(result.rungs, result.final),)
    )
    return replace(assessment, criteria=tuple(criteria))


def _rung(rung: Rung, conditions: Mapping[str, ConditionResult]) -> RungResult:
    boxes = tuple(tuple(conditions[source] for source in box.conditions) for box in rung.boxes)
    holds = all(condition.holds for box in boxes for condition in box)
    return RungResult(rung.points, holds, boxes)


def _condition(
    source: str, rubric: Rubric, facts: Facts, places: Mapping[Reference, Place]
) -> ConditionResult:
    condition = rubric.conditions[source]
    holds = condition.evaluate(facts).holds
    lacking = NOTHING if holds else condition.shortfall(facts)
    found = (places.get(each) for each in condition.references())
    return ConditionResult(
        source,
        rubric.words[source],
        holds,
        lacking,
        condition.actual(facts),
        tuple(dict.fromkeys(each for each in found if each is not None)),
    )


def _whole_places(places: Mapping[Reference, Place]) -> Mapping[Reference, Place]:
    """Where answers stand: also those of a table and, under its first cell, those of a column."""
    ends: dict[Reference, tuple[Place, Place]] = {}
    for reference, place in places.items():
        keys: tuple[Reference, ...] = (reference,)
        if isinstance(reference, TableCell):
            keys = (reference.table, TableCell(reference.table, 0, reference.column))
        for each in keys:
            ends[each] = ends.get(each, (place, place))[0], place
    return {
        reference: first
        if first.cell == last.cell
        else replace(first, cell=f"{first.cell}:{last.cell}")
        for reference, (first, last) in ends.items()
    }


def _meets(level: Level, scores: Mapping[int, int]) -> bool:
    within = [scores[number] for number in level.numbers if number in scores]
    return min(within, default=0) >= level.min_each and sum(within) >= level.min_total


def _next_level(form: Form, scores: Mapping[int, int], level: int) -> tuple[Bilingual, ...]:
    above = [candidate for candidate in reachable_levels(form) if candidate.number > level]
    if not above:
        return ()
    rule = above[0]
    lacking = [
        both(
            f"ข้อ {form.criterion(number).name} ต้องได้อย่างน้อย {rule.min_each} คะแนน "
            f"(ได้ {scores[number]})",
            f"criterion {form.criterion(number).name} needs at least {rule.min_each} points "
            f"(has {scores[number]})",
        )
        for number in rule.numbers
        if scores.get(number, rule.min_each) < rule.min_each
    ]
    total = sum(scores.get(number, 0) for number in rule.numbers)
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
