"""What a unit tells twice: a progress report and its plan, one fact in two forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from moral_xlsx.model.answers import Answers, Row, Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import (
    FORMS_DISAGREE,
    NOT_IN_PLAN,
    PLAN_DIFFERS,
    PLAN_NOT_REPORTED,
    PROGRESS_FELL,
)
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question
from moral_xlsx.model.reference import TableCell
from moral_xlsx.model.round import Plan, Previous, Progress
from moral_xlsx.model.rubric import CrossCheck, Follows
from moral_xlsx.rules.judge.conditions import parse_fact
from moral_xlsx.rules.judge.expression import COMPARISONS, Facts, cut_to_hundredths
from moral_xlsx.rules.judge.quantity import Constant, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition
from moral_xlsx.thai import key, short_date, thai_digits

_MOST_TITLES = 3
_HOLDS: Mapping[bool, Bilingual] = {True: ("ใช่", "yes"), False: ("ไม่ใช่", "no")}


def related_forms(forms: Iterable[Form]) -> frozenset[str]:
    """The ids of the forms that tell something which another form tells too."""
    related: set[str] = set()
    for form in forms:
        others = {check.form for check in form.cross_checks}
        others |= {form.follows.form} if form.follows else set()
        related |= others | ({form.id} if others else set())
    return frozenset(related)


def recorded_plan(report: Form, plan: Form, answers: Answers) -> Plan:
    """What a unit's plan says of the activities that ``report``, which follows it, is about.

    Empty where the activities are the plan's criteria: those stand in its definition.
    """
    follows = _follows(report)
    if follows.plan_table is None:
        return {}
    table = plan.table(follows.plan_table)
    columns = [table.column(name) for name in (follows.plan_title, *follows.compare.values())]
    activities: dict[int, dict[str, str]] = {}
    for row in answers.tables.get(table.id, ()):
        number = _number(row, follows.plan_number)
        if number is not None and number not in activities:
            said = {column.id: _text(column, row.get(column.id)) for column in columns}
            activities[number] = {name: text for name, text in said.items() if text}
    return activities


def compare_with_plan(
    report: Form, answers: Answers, plan: Form, recorded: Plan
) -> tuple[Finding, ...]:
    """Where a report and the plan it follows do not have the same activities.

    ``recorded`` is what :func:`recorded_plan` gave for the unit's plan.
    """
    follows = _follows(report)
    planned, printed = recorded, dict[int, str]()
    if follows.plan_table is None:
        # What the form numbers in another way, such as a note, is no activity.
        criteria = [each for each in plan.criteria if not each.label]
        planned = {each.number: {follows.plan_title: each.short} for each in criteria}
        printed = {each.number: each.title for each in criteria}
    reported = list(_activities(follows, answers))
    absent = planned.keys() - {number for _, number, _ in reported} if follows.complete else ()
    return (
        *_absent(follows, {number: planned[number] for number in sorted(absent)}),
        *(found for row in reported for found in _compared(report, row, planned, printed)),
    )


def progress(
    report: Form, answers: Answers, previous: Previous | None
) -> tuple[tuple[Progress, ...], tuple[Finding, ...]]:
    """How far each activity of a report has come since the last round, and which fell back."""
    follows = report.follows
    if follows is None or follows.progress is None:
        return (), ()
    column = report.table(follows.table).column(follows.title)
    before = previous.progress if previous else {}
    came, fell = [], []
    for index, number, row in _activities(follows, answers):
        value = row.get(follows.progress)
        now = Decimal(value) if isinstance(value, int | Decimal) else None
        each = Progress(number, _text(column, row.get(column.id)), now, before.get(number))
        came.append(each)
        if previous and each.now is not None and each.before is not None and each.now < each.before:
            place = Place(field=str(TableCell(follows.table, index, follows.progress)))
            fell.append(
                finding(
                    PROGRESS_FELL,
                    place,
                    number=number,
                    now=_figures(percent_text(each.now)),
                    before=_figures(percent_text(each.before)),
                    round=_figures(previous.round),
                )
            )
    return tuple(came), tuple(fell)


def percent_text(value: Decimal) -> str:
    """A percentage without needless zeros: 55.5, 100."""
    return f"{value.normalize():f}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A cross check of ``form`` with its expressions parsed; ``other`` is the other form."""

    form: Form
    other: Form
    check: CrossCheck
    here: Condition | Quantity
    there: Condition | Quantity

    def broken(self, answers: Answers, others: Answers) -> Finding | None:
        """A finding when both forms tell the fact and do not agree, else None."""
        here = _told(self.here, Facts(self.form, answers))
        there = _told(self.there, Facts(self.other, others))
        if here is None or there is None or COMPARISONS[self.check.relation][0](here, there):
            return None
        reference = self.here.references()[0] if isinstance(self.here, Quantity) else ""
        return finding(
            FORMS_DISAGREE,
            Place(field=str(reference)),
            label=self.check.label,
            form=self.form.short_title,
            found=_said(self.here, here),
            other=self.other.short_title,
            expected=_said(self.there, there),
        )


def agreements(form: Form, other: Form) -> tuple[Agreement, ...]:
    """The cross checks of a form with another one; raises ConditionError for a wrong one."""
    return tuple(
        Agreement(form, other, check, parse_fact(check.here, form), parse_fact(check.there, other))
        for check in form.cross_checks
        if check.form == other.id
    )


def _follows(report: Form) -> Follows:
    if report.follows is None:
        raise ValueError(f"{report.id} follows no plan")
    return report.follows


def _activities(follows: Follows, answers: Answers) -> Iterator[tuple[int, int, Row]]:
    """The numbered rows of a report: index, number of the activity, row."""
    for index, row in enumerate(answers.tables.get(follows.table, ())):
        number = _number(row, follows.number)
        if number is not None:
            yield index, number, row


def _number(row: Row, column: str) -> int | None:
    value = row.get(column)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _absent(follows: Follows, absent: Plan) -> Iterator[Finding]:
    """One finding for all activities that a report leaves out; few are told with their titles."""
    if not absent:
        return
    activities = _figures(", ".join(map(str, absent)))
    if len(absent) <= _MOST_TITLES:
        titles = [(str(n), said.get(follows.plan_title, "–")) for n, said in absent.items()]
        activities = (
            ", ".join(f"{thai_digits(number)} “{title}”" for number, title in titles),
            ", ".join(f"{number} “{title}”" for number, title in titles),
        )
    yield finding(PLAN_NOT_REPORTED, Place(field=follows.table), activities=activities)


def _compared(
    report: Form, reported: tuple[int, int, Row], planned: Plan, printed: Mapping[int, str]
) -> Iterator[Finding]:
    """Where a row of a report differs from the plan; ``printed`` are the plan's full texts."""
    follows, (index, number, row) = _follows(report), reported
    table = report.table(follows.table)
    if number not in planned:
        title = table.column(follows.title)
        yield finding(
            NOT_IN_PLAN,
            Place(field=str(TableCell(table.id, index, follows.number))),
            number=number,
            title=_text(title, row.get(title.id)) or "–",
        )
        return
    for name, plan_name in {follows.title: follows.plan_title, **follows.compare}.items():
        column = table.column(name)
        found, expected = _text(column, row.get(name)), planned[number].get(plan_name, "")
        if name == follows.title and key(found) in key(printed.get(number, "")):
            continue  # the piece of a long printed text that people call the activity by
        # A blank cell contradicts nothing; whether it may be blank is another rule.
        if found and expected and key(found) != key(expected):
            yield finding(
                PLAN_DIFFERS,
                Place(field=str(TableCell(table.id, index, name))),
                number=number,
                label=column.name,
                found=found,
                expected=expected,
            )


def _text(question: Question, value: Value) -> str:
    """An answer as people read it; empty when there is none."""
    if question.type == "tick":
        return "มี" if value is True else "ไม่มี"
    if value is None:
        return ""
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, Decimal):
        return percent_text(value)
    labels = {choice.value: choice.label for choice in question.choices}
    return labels.get(str(value), str(value))


def _told(expression: Condition | Quantity, facts: Facts) -> bool | Fraction | date | str | None:
    """What the answers say, None when they do not say it."""
    if isinstance(expression, Condition):
        outcome = expression.evaluate(facts)
        return None if outcome.missing else outcome.holds
    value = expression.measure(facts)
    # As forms print it: one may give the share that the other gives the counts of.
    return Fraction(cut_to_hundredths(value)) if isinstance(value, Fraction) else value


def _said(expression: Condition | Quantity, value: bool | Fraction | date | str) -> Bilingual:
    if isinstance(expression, Condition) or isinstance(value, bool):
        return _HOLDS[bool(value)]
    thai, english = expression.bound_text(Constant(value))
    return thai_digits(thai), english


def _figures(text: str) -> Bilingual:
    return thai_digits(text), text
