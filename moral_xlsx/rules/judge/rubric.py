"""A form with its conditions parsed once, ready to judge many submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.quantities import parse_quantity
from moral_xlsx.rules.judge.quantity import OfTable, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition


@dataclass(frozen=True, slots=True)
class Rubric:
    """A form, its conditions and their words by source text, its derived values by id.

    ``documents`` are the ticks that name what a criterion asks for, by the criterion's number,
    each with whether its conditions ask for it.
    """

    form: Form
    conditions: Mapping[str, Condition]
    words: Mapping[str, Bilingual]
    derived: Mapping[str, Quantity]
    documents: Mapping[int, tuple[tuple[Field, bool], ...]]

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
        sources = [c for each in form.criteria for c in each.conditions]
        sources += [each.when for each in form.criteria if each.when]
        sources += [each.when for each in form.fields if each.when]
        found = (self.conditions[source] for source in dict.fromkeys(sources))
        return (*found, *self.derived.values())


def compile_rubric(form: Form) -> Rubric:
    """Parses every condition of a form; raises ConditionError when one does not parse."""
    sources = {condition for criterion in form.criteria for condition in criterion.conditions}
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
        {each.number: tuple(_documents(each, form, conditions)) for each in form.criteria},
    )


def _documents(
    criterion: Criterion, form: Form, conditions: Mapping[str, Condition]
) -> Iterator[tuple[Field, bool]]:
    asked = {name for each in criterion.conditions for name in conditions[each].references()}
    for field in form.documents(criterion):
        yield field, field.id in asked
