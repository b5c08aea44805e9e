"""The form that a unit really filled in for 2569 gets what its reviewers would give it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.rules.answers_file import from_json
from moral_xlsx.rules.normalise import normalise
from moral_xlsx.rules.rubric import Rubric
from moral_xlsx.rules.score import assess

EXPECTED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "golden" / "moi-2569.expected.json").read_text("utf-8")
)
_ROW = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


def judge(rubric: Rubric, data: Mapping[str, Any]) -> Assessment:
    return assess(rubric, normalise(rubric.form, from_json(rubric.form, data)))


def changed(data: Mapping[str, Any], change: Mapping[str, object]) -> dict[str, Any]:
    """The answers file with other values under the references that ``change`` names."""
    copied = copy.deepcopy(dict(data))
    for reference, value in change.items():
        row = _ROW.fullmatch(reference)
        if row:
            table, index, column = row.groups()
            target, name = copied["answers"][table][int(index)], column
        else:
            target, name = copied["answers"], reference
        assert name in target, f"{reference} is no answer of the golden form"
        target[name] = value
    return copied


@pytest.fixture(scope="module")
def assessment(rubric: Rubric, golden: Mapping[str, Any]) -> Assessment:
    return judge(rubric, golden)


def test_every_criterion_gets_the_points_that_its_facts_give(assessment: Assessment) -> None:
    assert {str(c.number): c.computed for c in assessment.criteria} == EXPECTED["criteria"]


def test_what_the_unit_claims_agrees_and_nothing_is_short(assessment: Assessment) -> None:
    assert [c.claimed for c in assessment.criteria] == [c.computed for c in assessment.criteria]
    assert all(c.evidence for c in assessment.criteria)
    assert all(c.shortfall == () for c in assessment.criteria)
    assert assessment.next_level == ()


def test_the_subtotals_stand_in_the_printed_order_and_add_up(assessment: Assessment) -> None:
    assert list(assessment.subtotals) == list(EXPECTED["subtotals"].items())
    assert assessment.total == EXPECTED["total"]


def test_the_level_is_the_highest_and_named_as_printed(assessment: Assessment) -> None:
    assert assessment.level == EXPECTED["level"]
    assert assessment.level_name[0] == EXPECTED["level_name"]
    assert assessment.levels_met == (1, 2, 3)


def test_the_percentage_is_cut_as_the_form_prints_it(
    rubric: Rubric, assessment: Assessment
) -> None:
    (derived,) = rubric.form.derived
    assert dict(assessment.derived) == {derived.id: Decimal(EXPECTED["derived_percent_signed"])}
    assert str(dict(assessment.derived)[derived.id]) == EXPECTED["derived_percent_signed"]


def test_the_verdict_is_accepted(assessment: Assessment) -> None:
    assert assessment.verdict == EXPECTED["verdict"]


def test_the_report_dated_after_the_signature_is_the_only_thing_noticed(
    assessment: Assessment,
) -> None:
    noticed = [(f.code, f.severity, f.place.field) for f in assessment.findings]
    assert noticed == [("MX-302", "warning", "reports[1].date")]
    assert "after the form was signed" in catalogue.message(assessment.findings[0], "en")


def variant_id(variant: Mapping[str, Any]) -> str:
    said = ",".join(f"{name}={value}" for name, value in variant["change"].items())
    return f"{said}->{variant['computed']}"


@pytest.mark.parametrize("variant", EXPECTED["variants"], ids=variant_id)
def test_a_changed_fact_changes_the_score(
    rubric: Rubric, golden: Mapping[str, Any], variant: Mapping[str, Any]
) -> None:
    assessment = judge(rubric, changed(golden, variant["change"]))
    result = assessment.criterion(variant["criterion"])
    assert result.computed == variant["computed"]
    assert assessment.total == sum(c.computed for c in assessment.criteria)
    below_top = result.computed < rubric.form.criterion(result.number).maximum
    assert bool(result.shortfall) is below_top
    disputed = [
        f.place.field for f in assessment.findings if f.code == "MX-310"
    ]  # the claims of the golden form are 3 everywhere
    assert (f"claim_{result.number}" in disputed) is below_top


@pytest.mark.parametrize("claimed", [0, 1, 2])
def test_a_unit_that_claims_less_than_its_facts_give_is_told_too(
    rubric: Rubric, golden: Mapping[str, Any], claimed: int
) -> None:
    modest = {**golden, "claims": {**golden["claims"], "1": claimed}}
    assessment = judge(rubric, modest)
    assert assessment.criterion(1).computed == EXPECTED["criteria"]["1"]
    (told,) = [f for f in assessment.findings if f.code == "MX-310"]
    assert (told.severity, told.place.field) == ("warning", "claim_1")
    assert catalogue.message(told, "en").endswith(f"claims {claimed}, but 3 is computed.")


def test_points_claimed_without_evidence_send_the_form_back(
    rubric: Rubric, golden: Mapping[str, Any]
) -> None:
    evidence = {number: text for number, text in golden["evidence"].items() if number != "4"}
    assessment = judge(rubric, {**golden, "evidence": evidence})
    errors = [(f.code, f.place.field) for f in assessment.findings if f.severity == "error"]
    assert errors == [("MX-311", "evidence_4")]
    assert assessment.verdict == "returned"
