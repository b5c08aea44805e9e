"""The measurements run: nothing that they call has gone, what they make is as it is meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import measuring
import pytest
import submission
from measuring import MOI, PLAN, ROUND, Figure, sample, table
from stages import STAGES, watched

from moral_xlsx.submission.journey import Journey

BENCHMARKS = Path(measuring.__file__).parent


def test_a_figure_says_whether_its_target_is_met() -> None:
    at_least = [Figure("", value, least=1.8).verdict for value in (1.79, 1.8)]
    at_most = [Figure("", value, most=1.6).verdict for value in (1.6, 1.61)]
    assert (at_least, at_most) == (["**missed**", "met"], ["met", "**missed**"])
    assert Figure("", 1).verdict == Figure("", 1).target == ""


def test_the_table_has_a_line_for_every_figure() -> None:
    lines = table([Figure("a round", 1234.5, "s", most=60), Figure("a share", 3, "%")]).splitlines()
    assert lines[2:] == [
        "| a round | at most 60 s | 1,234.50 s | **missed** |",
        "| a share |  | 3.00% |  |",
    ]


@pytest.mark.parametrize("form_id", [MOI, PLAN])
def test_every_stage_of_the_journey_is_watched(form_id: str) -> None:
    """A stage that the journey no longer calls would be measured as nothing."""
    entered: list[str] = []
    left: list[str] = []
    journey = Journey()
    with watched(entered.append, left.append):
        journey.issue(journey.judge(sample(form_id).read_bytes()), ROUND)
    assert entered == left, "one stage ends before the next begins"
    assert set(entered) == {room for room, _ in STAGES}


@pytest.mark.slow
def test_one_submission_is_measured_against_the_usual_way() -> None:
    compared = submission.measure(sample(MOI), times=1)
    assert compared.form == MOI
    assert sum(compared.stages.values()) > 0
    assert compared.filled is not None, "docxtpl is among what the tests need"
    assert compared.usual == compared.read + compared.written + compared.built
    assert [f.target for f in compared.figures() if f.target] == [
        *("at least 30", "at most 1.6", "at most 2.7"),
    ]
    assert all(figure.value > 0 for figure in compared.figures())


@pytest.mark.slow
@pytest.mark.parametrize("script", ["submission"])
def test_a_script_runs_alone(script: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", BENCHMARKS / f"{script}.py", "1"],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert "| figure | target | measured | |" in ran.stdout
