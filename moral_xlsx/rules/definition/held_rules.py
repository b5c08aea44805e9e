"""What the rules of a form hold to: the figures that its texts may say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cached_property

from moral_xlsx.model.form import Form
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.definition.figures import Figure, Held, held
from moral_xlsx.rules.judge.conditions import parse_condition


class Rules:
    """The figures of a form's conditions, points, levels and due dates, by what they are about."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def held(self, sources: Iterable[str | None]) -> Held:
        """The figures of some conditions together."""
        parts = [held(parse_condition(source, self.form)) for source in sources if source]
        return Held(
            tuple(figure for part in parts for figure in part.figures),
            tuple(figure for part in parts for figure in part.named),
            frozenset(name for part in parts for name in part.about),
        )

    @cached_property
    def of_criteria(self) -> dict[int, Held]:
        """What all rungs of a criterion hold to, by its number."""
        return {
            criterion.number: self.held((criterion.when, *criterion.conditions))
            for criterion in self.form.criteria
        }

    @cached_property
    def each(self) -> tuple[tuple[Held, tuple[Figure, ...]], ...]:
        """Every rule by itself, with the points that it decides on."""
        rules: list[tuple[Held, tuple[Figure, ...]]] = []
        for criterion in self.form.criteria:
            for source in criterion.conditions:
                rules.append((self.held((source,)), points_of(criterion)))
        for check in self.form.checks:
            rules.append((self.held((check.condition, check.when)), ()))
        whens = [each.when for each in self.form.criteria]
        whens += [each.when for each in self.form.fields]
        rules += [(self.held((when,)), ()) for when in whens if when]
        return tuple(rules)

    def about(self, ids: Iterable[str]) -> tuple[Figure, ...]:
        """What the rules about these ids hold to, and the due dates."""
        wanted = frozenset(ids)
        found = (
            figure
            for rule, points in self.each
            if rule.about & wanted
            for figure in (*rule.figures, *rule.named, *points)
        )
        return (*found, *self.due)

    def beside(self, numbers: Iterable[int]) -> tuple[Figure, ...]:
        """What the rules of these criteria hold to, with their points and the sum of these."""
        criteria = [self.form.criterion(number) for number in numbers]
        most = sum(criterion.maximum for criterion in criteria)
        return (
            *(f for c in criteria for f in self.of_criteria[c.number].figures),
            *(f for c in criteria for f in self.of_criteria[c.number].named),
            *(points for criterion in criteria for points in points_of(criterion)),
            Figure("points", Fraction(most)),
            number_figure(len(criteria)),
        )

    @cached_property
    def due(self) -> tuple[Figure, ...]:
        """The due dates."""
        return tuple(day_figure(due.date) for due in self.form.due_dates)

    @cached_property
    def all(self) -> tuple[Figure, ...]:
        """What any rule of the form holds to, and how much there is of everything."""
        form = self.form
        sums = [form.maximum]
        sums += [limit for level in form.levels for limit in (level.min_each, level.min_total)]
        sums += [
            sum(form.criterion(number).maximum for number in subtotal.numbers)
            for subtotal in form.subtotals
        ]
        return (
            *(figure for rule, points in self.each for figure in (*rule.figures, *points)),
            *self.due,
            *map(number_figure, (*sums, len(form.criteria), len(form.counted))),
        )


def points_of(criterion: Criterion) -> tuple[Figure, ...]:
    """The points of a criterion's rungs."""
    return tuple(Figure("points", Fraction(rung.points)) for rung in criterion.rungs)


def number_figure(number: int) -> Figure:
    """A number that is no text's."""
    return Figure("number", Fraction(number))


def day_figure(day: date) -> Figure:
    """A day that is no text's."""
    return Figure("day", (day.day, day.month, day.year))
