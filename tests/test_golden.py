"""Forms that are really filled in get what a reviewer works out from the printed rules."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise

GOLDEN = Path(__file__).parent / "golden"
FIRST = "moi-2569"
_CELL = re.compile(r"(\w+)\[(\d*)\]\.(\w+)")
_ROW = re.compile(r"(\w+)\[(\d+)\]")


def load(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


# The forms whose expectations are written in the common format; the first form has its own.
FORMS = tuple(
    name
    for name in sorted(path.name.removesuffix(".expected.json") for path in GOLDEN.glob("*.exp*"))
    if name != FIRST
)
EXPECTED = load(f"{FIRST}.expected")


def judge(rubric: Rubric, data: Mapping[str, Any]) -> Assessment:
    return assess(rubric, normalise(rubric.form, from_json(rubric.form, data)))


def changed(data: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """The answers file with a variant's differences.

    ``change`` gives other values under references; ``table[].column`` is that column of every
    row. Then the rows named by ``remove`` go, and those of ``add`` are put behind the rest.
    """
    copied = copy.deepcopy(dict(data))
    answers = copied["answers"]
    for reference, value in variant["change"].items():
        if cell := _CELL.fullmatch(reference):
            table, index, name = cell.groups()
            targets = [answers[table][int(index)]] if index else answers[table]
        else:
            targets, name = [answers], reference
        for target in targets:
            assert name in target, f"{reference} is no answer of the golden form"
            target[name] = value
    gone = [row.groups() for row in map(_ROW.fullmatch, variant.get("remove", ())) if row]
    assert len(gone) == len(variant.get("remove", ()))
    for table, index in sorted(gone, key=lambda row: -int(row[1])):
        del answers[table][int(index)]
    for table, rows in variant.get("add", {}).items():
        answers[table] += rows
    return copied


# --- every form


def noticed(assessment: Assessment) -> list[str]:
    """The codes that a reviewer has to look at."""
    return sorted({f.code for f in assessment.findings if f.severity in ("error", "warning")})


def derived(assessment: Assessment) -> dict[str, str | None]:
    return {name: None if v is None else str(v) for name, v in assessment.derived}


def variants() -> Iterator[Any]:
    for name in FORMS:
        for variant in load(f"{name}.expected")["variants"]:
            yield pytest.param(name, variant, id=f"{name}: {variant['name']}")


@pytest.fixture(scope="module")
def rubrics() -> Mapping[str, Rubric]:
    return {name: compile_rubric(load_form(name)) for name in FORMS}


@pytest.fixture(scope="module")
def answers_files() -> Mapping[str, dict[str, Any]]:
    return {name: load(name) for name in FORMS}


def test_every_form_has_golden_answers() -> None:
    assert {*FORMS, FIRST} == set(form_ids())
    large = [path.name for path in GOLDEN.glob("*.json") if path.stat().st_size > 60_000]
    assert large == []


@pytest.mark.parametrize("name", FORMS)
def test_golden_answers_get_what_the_printed_rules_give(
    rubrics: Mapping[str, Rubric], answers_files: Mapping[str, dict[str, Any]], name: str
) -> None:
    assessment, expected = judge(rubrics[name], answers_files[name]), load(f"{name}.expected")
    assert {str(c.number): c.computed for c in assessment.criteria} == expected["criteria"]
    assert list(assessment.subtotals) == list(expected["subtotals"].items())
    assert assessment.total == expected["total"]
    assert (assessment.level, assessment.level_name[0]) == (
        expected["level"],
        expected["level_name"],
    )
    assert derived(assessment) == expected["derived"]
    assert assessment.verdict == expected["verdict"]
    assert noticed(assessment) == expected["findings"]


@pytest.mark.parametrize("name", FORMS)
def test_golden_answers_leave_nothing_out_that_the_form_asks(
    rubrics: Mapping[str, Rubric], answers_files: Mapping[str, dict[str, Any]], name: str
) -> None:
    """A misspelt name in a golden file would be reported as unknown."""
    form, data = rubrics[name].form, answers_files[name]
    assert data["form"] == name
    assert from_json(form, data).findings == ()


@pytest.mark.parametrize(("name", "variant"), [*variants()])
def test_a_variant_gets_what_the_printed_rules_give(
    rubrics: Mapping[str, Rubric],
    answers_files: Mapping[str, dict[str, Any]],
    name: str,
    variant: Mapping[str, Any],
) -> None:
    assessment = judge(rubrics[name], changed(answers_files[name], variant))
    found = {str(c.number): c.computed for c in assessment.criteria}
    asserted = variant.get("criteria", {})
    assert {number: found[number] for number in asserted} == asserted
    percents = variant.get("derived", {})
    assert {name: derived(assessment)[name] for name in percents} == percents
    for part in ("total", "level"):
        assert part not in variant or getattr(assessment, part) == variant[part]
    codes = {finding.code for finding in assessment.findings}
    assert set(variant.get("findings", ())) <= codes
    assert not set(variant.get("absent", ())) & codes


def test_a_variant_may_change_cells_and_add_and_remove_rows() -> None:
    data = {"answers": {"day": 1, "rows": [{"x": 1}, {"x": 2}, {"x": 3}]}}
    variant = {
        "change": {"day": 2, "rows[].x": 0, "rows[2].x": 9},
        "remove": ["rows[0]", "rows[1]"],
        "add": {"rows": [{"x": 4}]},
    }
    assert changed(data, variant) == {"answers": {"day": 2, "rows": [{"x": 9}, {"x": 4}]}}
    assert data["answers"]["day"] == 1
    with pytest.raises(AssertionError, match="no answer"):
        changed(data, {"change": {"night": 2}})


# --- the form of 2569 that a unit really filled in


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
    assessment = judge(rubric, changed(golden, variant))
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
