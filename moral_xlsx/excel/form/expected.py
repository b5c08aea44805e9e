"""What the live formulas of a workbook will show, for viewers that do not calculate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from moral_xlsx.model.answers import Answers, RawSubmission, Understood, Value
from moral_xlsx.model.assessment import Assessment, ConditionResult, RungResult
from moral_xlsx.model.form import Form
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.normalise import normalise


def expected(rubric: Rubric, answers: Answers) -> Assessment:
    """How the formulas will judge these answers.

    It tells no more than cells show: not whose the answers are, what was found in them or what
    was compared. So units whose workbooks are judged alike have the same one.
    """
    full = {**unanswered(rubric.form), **answers.values}
    judged = assess(rubric, Understood(replace(answers, values=full), {}, ()))
    criteria = tuple(replace(each, rungs=tuple(map(_rung, each.rungs))) for each in judged.criteria)
    return replace(judged, criteria=criteria, unit_code="", unit_name="", findings=())


def unanswered(form: Form) -> Mapping[str, Value]:
    """What every field of a form is while nothing is answered."""
    nothing = RawSubmission(form.id, form.version, "", {})
    return normalise(form, nothing).answers.values


def _rung(rung: RungResult) -> RungResult:
    return replace(rung, boxes=tuple(tuple(map(_condition, box)) for box in rung.boxes))


def _condition(condition: ConditionResult) -> ConditionResult:
    return replace(condition, actual=("", ""), places=())
