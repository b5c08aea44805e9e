"""The counted forms of a round held against each other and against the last round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Progress
from moral_xlsx.round.history import History, Identity
from moral_xlsx.rules.judge.matching import (
    Agreement,
    Plan,
    agreements,
    compare_with_plan,
    progress,
    recorded_plan,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came out for one unit's form; ``plans`` are by the form that follows this one."""

    findings: tuple[Finding, ...]
    progress: tuple[Progress, ...]
    plans: Mapping[str, Plan]


def compare(
    counted: Mapping[Identity, Answers], forms: Mapping[str, Form], history: History
) -> dict[Identity, Compared]:
    """Compares what each unit counts with: answers of the forms that others tell about too."""
    checks = {
        (form.id, check.form): agreements(form, forms[check.form])
        for form in forms.values()
        for check in form.cross_checks
        if check.form in forms
    }
    compared = {}
    for identity, answers in counted.items():
        form = forms[identity[0]]
        came, fell = progress(form, answers, history.of(identity).previous)
        found = (
            *_against_plan(identity, counted, forms, history),
            *fell,
            *_disagreements(identity, counted, checks),
        )
        compared[identity] = Compared(found, came, _plans(form, answers, forms))
    return compared


def _against_plan(
    identity: Identity,
    counted: Mapping[Identity, Answers],
    forms: Mapping[str, Form],
    history: History,
) -> tuple[Finding, ...]:
    """Findings against the plan of this round, else against the one that was counted last."""
    form_id, unit = identity
    follows = forms[form_id].follows
    if follows is None or follows.form not in forms:
        return ()
    plan = forms[follows.form]
    recorded: Plan | None = {}
    if follows.plan_table is not None:
        answers = counted.get((plan.id, unit))
        if answers is not None:
            recorded = recorded_plan(forms[form_id], plan, answers)
        else:
            recorded = history.of((plan.id, unit)).plans.get(form_id)
    if recorded is None:
        return ()
    return compare_with_plan(forms[form_id], counted[identity], plan, recorded)


def _disagreements(
    identity: Identity,
    counted: Mapping[Identity, Answers],
    checks: Mapping[tuple[str, str], tuple[Agreement, ...]],
) -> Iterator[Finding]:
    form_id, unit = identity
    for (here, there), agreed in checks.items():
        others = counted.get((there, unit))
        if here == form_id and others is not None:
            broken = (each.broken(counted[identity], others) for each in agreed)
            yield from (found for found in broken if found)


def _plans(plan: Form, answers: Answers, forms: Mapping[str, Form]) -> dict[str, Plan]:
    return {
        report.id: recorded_plan(report, plan, answers)
        for report in forms.values()
        if report.follows and report.follows.form == plan.id and report.follows.plan_table
    }
