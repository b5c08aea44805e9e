"""The counted forms of a round held against each other and against the last round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.evidence import FileEvidence
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Plan
from moral_xlsx.round.history import History
from moral_xlsx.round.stages import ComparedFile, Comparison, Identity, ResolvedFile, passed_on
from moral_xlsx.rules.judge.matching import (
    Agreement,
    agreements,
    compare_with_plan,
    progress,
    recorded_plan,
)


def compare(
    files: Sequence[ResolvedFile],
    forms: Mapping[str, Form],
    history: History,
    evidence: Sequence[FileEvidence],
) -> tuple[ComparedFile, ...]:
    """Holds each unit's counted forms against one another, its plan, and last month.

    ``evidence`` is that of each file.
    """
    counted = {
        file.identity: file.taken.answers
        for file in files
        if file.state == "counted" and file.taken.answers
    }
    found = comparisons(counted, forms, history)
    return tuple(
        _compared(file, found, beside) for file, beside in zip(files, evidence, strict=True)
    )


def comparisons(
    counted: Mapping[Identity, Answers], forms: Mapping[str, Form], history: History
) -> dict[Identity, Comparison]:
    """What comes out for each unit's form; ``counted`` are the answers of the forms that tell
    about one another."""
    came = {form_id for form_id, _ in counted}
    checks = {
        (form.id, other): agreements(form, forms[other])
        for form in forms.values()
        for other in dict.fromkeys(check.form for check in form.cross_checks)
        if {form.id, other} <= came
    }
    return {
        identity: _comparison(identity, counted, forms, checks, history) for identity in counted
    }


def _compared(
    file: ResolvedFile, found: Mapping[Identity, Comparison], evidence: FileEvidence
) -> ComparedFile:
    comparison = found.get(file.identity) if file.state == "counted" else None
    # Nobody after this asks for answers, which are a third of what is known of a file.
    file = replace(file, taken=replace(file.taken, answers=None))
    return passed_on(file, ComparedFile, comparison=comparison or Comparison(), evidence=evidence)


def _comparison(
    identity: Identity,
    counted: Mapping[Identity, Answers],
    forms: Mapping[str, Form],
    checks: Mapping[tuple[str, str], tuple[Agreement, ...]],
    history: History,
) -> Comparison:
    form, answers = forms[identity[0]], counted[identity]
    came, fell = progress(form, answers, history.of(identity).previous)
    found = (
        *_against_plan(identity, counted, forms, history),
        *fell,
        *_disagreements(identity, counted, checks),
    )
    return Comparison(found, came, _plans(form, answers, forms))


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
