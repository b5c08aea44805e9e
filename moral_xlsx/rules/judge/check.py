"""What an experienced reviewer looks for: a definition's checks and those of every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.catalogue import finding, kind_of
from moral_xlsx.model.catalogue.answers import LIVE_DIFFERS
from moral_xlsx.model.catalogue.review import (
    CLAIM_DIFFERS,
    FITS_NO_RUNG,
    MET_SO_FAR,
    NO_EVIDENCE,
    ROW_REPEATED,
)
from moral_xlsx.model.catalogue.rounds import REGISTRY_DIFFERS, UNIT_UNKNOWN
from moral_xlsx.model.findings import NOWHERE, Finding, Place
from moral_xlsx.model.form import Check, Criterion, Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.thai import key, thai_digits
from moral_xlsx.wording import item

Places = Mapping[Reference, Place]


def check_answers(rubric: Rubric, facts: Facts, places: Places) -> tuple[Finding, ...]:
    """Findings of the definition's checks and of rows that repeat one another."""
    found = [f for check in rubric.form.checks for f in _broken(check, rubric, facts, places)]
    return (*found, *_repeated(facts, places))


def check_scores(
    form: Form, criteria: tuple[CriterionResult, ...], places: Places
) -> tuple[Finding, ...]:
    """Findings that compare claims, evidence and computed scores, and what has to be said."""
    return tuple(
        found
        for result in criteria
        for found in _disputed(form.criterion(result.number), result, places)
    )


def _broken(check: Check, rubric: Rubric, facts: Facts, places: Places) -> Iterator[Finding]:
    if check.when and not rubric.conditions[check.when].evaluate(facts).holds:
        return
    outcome = rubric.conditions[check.condition].evaluate(facts)
    # A share names its table twice.
    for reference in dict.fromkeys(outcome.culprits):
        yield finding(
            kind_of(check.finding),
            _place(places, reference),
            message=(thai_digits(check.message), check.message_en),
            remedy=(thai_digits(check.remedy), check.remedy_en),
        )


def _repeated(facts: Facts, places: Places) -> Iterator[Finding]:
    for table in facts.form.tables:
        seen: dict[tuple[str, ...], int] = {}
        for index, row in facts.rows(table) if table.unique else ():
            identity = tuple(key(str(row.get(column) or "")) for column in table.unique)
            if not all(identity):
                continue
            first = seen.setdefault(identity, index)
            if first != index:
                yield finding(
                    ROW_REPEATED,
                    _place(places, TableCell(table.id, index, table.unique[-1])),
                    label=table.name,
                    row=index + 1,
                    first=first + 1,
                )


def _disputed(criterion: Criterion, result: CriterionResult, places: Places) -> Iterator[Finding]:
    number, claimed, computed = criterion.name, result.claimed, result.computed
    place = _place(places, f"claim_{result.number}")
    if claimed is not None and claimed != computed:
        yield finding(
            CLAIM_DIFFERS,
            place,
            number=number,
            claimed=claimed,
            computed=computed,
            why=_why(result),
        )
    if claimed and not result.evidence:
        evidence = _place(places, f"evidence_{result.number}")
        yield finding(NO_EVIDENCE, evidence, number=number, claimed=claimed)
    lowest = next(rung for rung in result.rungs if rung.points == 0)
    if computed == 0 and not lowest.holds:
        yield finding(FITS_NO_RUNG, place, number=number)
    if result.caveat:
        yield finding(MET_SO_FAR, place, item=item(criterion), caveat=result.caveat)


def _why(result: CriterionResult) -> tuple[str, str]:
    """What the claimed rung still needs, as the reason to add to the sentence."""
    if result.claimed is None or result.claimed < result.computed:
        return "", ""
    rung = next(rung for rung in result.rungs if rung.points == result.claimed)
    lacking = [condition.shortfall for condition in rung.conditions if not condition.holds]
    return (
        " เพราะ " + " และ ".join(thai for thai, _ in lacking),
        ", because: " + " and ".join(english for _, english in lacking),
    )


def _place(places: Places, reference: Reference) -> Place:
    return replace(places.get(reference, NOWHERE), field=str(reference))


def check_live(
    form: Form, live: Mapping[str, object], assessment: Assessment
) -> tuple[Finding, ...]:
    """A finding where the workbook's own formulas last showed something else.

    ``live`` is keyed by defined name. A workbook that was never calculated shows nothing and
    disagrees with nothing.
    """
    computed = [
        (f"computed_{criterion.number}", (item(criterion), f"criterion {criterion.name}"))
        for criterion in form.criteria
    ]
    values = {f"computed_{result.number}": result.computed for result in assessment.criteria}
    values |= {"total": assessment.total, "level": assessment.level}
    computed += [("total", ("คะแนนรวม", "total")), ("level", ("ระดับ", "level"))]
    different = [
        (
            f"{thai} (แสดง {live[name]} คำนวณได้ {values[name]})",
            f"{english} (shows {live[name]}, computed {values[name]})",
        )
        for name, (thai, english) in computed
        if isinstance(live.get(name), int | float) and live[name] != values[name]
    ]
    if not different:
        return ()
    words = (", ".join(thai for thai, _ in different), ", ".join(en for _, en in different))
    return (finding(LIVE_DIFFERS, differences=words),)


def check_registry(facts: Facts, units: Mapping[str, Unit], places: Places) -> tuple[Finding, ...]:
    """Findings where a submission and the registry disagree; ``units`` by the key of the code."""
    code = facts.answers.unit_code
    unit = units.get(key(code))
    if unit is None:
        return _unknown_unit(facts, units) if code else ()
    registered = {"headcount": unit.headcount}
    return tuple(
        finding(
            REGISTRY_DIFFERS,
            _place(places, field.id),
            label=field.name,
            found=facts.answers.values[field.id],
            expected=registered[field.registry],
        )
        for field in facts.form.fields
        if field.registry in registered
        and None not in (registered[field.registry], facts.answers.values.get(field.id))
        and facts.answers.values[field.id] != registered[field.registry]
    )


def _unknown_unit(facts: Facts, units: Mapping[str, Unit]) -> tuple[Finding, ...]:
    names = [f.id for f in facts.form.fields if f.registry == "name"]
    given = {key(str(facts.answers.values.get(name) or "")) for name in names}
    alike = ", ".join(unit.code for unit in units.values() if key(unit.name) in given)
    hint = (f" แต่ชื่อหน่วยงานตรงกับรหัส {alike}", f", but its name is that of {alike}")
    found = facts.answers.unit_code
    place = Place(field="unit_code")
    return (finding(UNIT_UNKNOWN, place, found=found, alike=hint if alike else ("", "")),)
