"""A form with its conditions parsed once, ready to judge many submissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.quantities import parse_quantity
from moral_xlsx.rules.judge.quantity import OfTable, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition


@dataclass(frozen=True, slots=True)
class Rubric:
    """A form, its conditions and their words by source text, its derived values by id."""

    form: Form
    conditions: Mapping[str, Condition]
    words: Mapping[str, Bilingual]
    derived: Mapping[str, Quantity]

    @property
    def counts(self) -> Mapping[str, OfTable]:
        """What rules count, by the name of the cell of a workbook in which it is counted.

        Of the criteria and derived values, and of what decides whether something applies;
        checks have no formula.
        """
        counted = [one for each in self.shown for one in each.counted()]
        return {one.excel(): one for one in counted}

    @property
    def shown(self) -> tuple[Condition | Quantity, ...]:
        """The conditions and derived values of which a workbook shows the results."""
        form = self.form
        sources = [c for each in form.criteria for rung in each.rungs for c in rung.conditions]
        sources += [each.when for each in form.criteria if each.when]
        sources += [each.when for each in form.fields if each.when]
        found = (self.conditions[source] for source in dict.fromkeys(sources))
        return (*found, *self.derived.values())


def compile_rubric(form: Form) -> Rubric:
    """Parses every condition of a form; raises ConditionError when one does not parse."""
    sources = {
        condition
        for criterion in form.criteria
        for rung in criterion.rungs
        for condition in rung.conditions
    }
    sources |= {check.condition for check in form.checks}
    whens = [check.when for check in form.checks]
    whens += [criterion.when for criterion in form.criteria]
    whens += [field.when for field in form.fields]
    sources |= {when for when in whens if when}
    conditions = {source: parse_condition(source, form) for source in sources}
    return Rubric(
        form,
        conditions,
        {source: condition.say() for source, condition in conditions.items()},
        {derived.id: parse_quantity(derived.expression, form) for derived in form.derived},
    )
