"""A form with its conditions parsed once, ready to judge many submissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.quantities import Quantity, parse_quantity
from moral_xlsx.rules.judge.row_conditions import Condition


@dataclass(frozen=True, slots=True)
class Rubric:
    """A form, its conditions and their words by source text, its derived values by id."""

    form: Form
    conditions: Mapping[str, Condition]
    words: Mapping[str, Bilingual]
    derived: Mapping[str, Quantity]


def compile_rubric(form: Form) -> Rubric:
    """Parses every condition of a form; raises ConditionError when one does not parse."""
    sources = {
        condition
        for criterion in form.criteria
        for rung in criterion.rungs
        for condition in rung.conditions
    }
    sources |= {check.condition for check in form.checks}
    sources |= {check.when for check in form.checks if check.when}
    conditions = {source: parse_condition(source, form) for source in sources}
    return Rubric(
        form,
        conditions,
        {source: condition.say() for source, condition in conditions.items()},
        {derived.id: parse_quantity(derived.expression, form) for derived in form.derived},
    )
