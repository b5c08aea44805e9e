"""The measurements run: nothing that they call has gone, what they make is as it is meant."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import bench
import counts
import measuring
import nation
import pytest
import scale
import soundness
import submission
import templates
import year
from counted import BETWEEN, REFERENCE, count
from make_inbox import make_inbox
from measuring import MOI, PLAN, ROUND, Figure, put_into, sample, table
from stages import REST, STAGES, watched

from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import form_ids
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

BENCHMARKS = Path(measuring.__file__).parent


def test_a_figure_says_whether_its_target_is_met() -> None:
    at_least = [Figure("", value, least=1.8).verdict for value in (1.79, 1.8)]
    at_most = [Figure("", value, most=1.6).verdict for value in (1.6, 1.61)]
    assert (at_least, at_most) == (["**missed**", "met"], ["met", "**missed**"])
    assert Figure("", 1).verdict == Figure("", 1).target == ""


def test_the_table_has_a_line_for_every_figure() -> None:
    lines = table(
        [
            Figure("a round", 1234.5, "s", most=60),
            Figure("a share", 3.0, "%"),
            Figure("faults", 1_200, most=0),
        ]
    ).splitlines()
    assert lines[2:] == [
        "| a round | at most 60 s | 1,234.50 s | **missed** |",
        "| a share |  | 3.00% |  |",
        "| faults | at most 0 | 1,200 | **missed** |",
    ]


@pytest.mark.parametrize("form_id", [MOI, PLAN])
def test_every_stage_of_the_journey_is_watched(form_id: str) -> None:
    """A stage that the journey no longer calls would be measured as nothing."""
    entered: list[str] = []
    left: list[str] = []
    journey = Journey()
    with watched(entered.append, left.append):
        issue(journey.judge(sample(form_id).read_bytes()), ROUND)
    assert entered == left, "one stage ends before the next begins"
    assert set(entered) == {room for room, *_ in STAGES}


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


def test_an_inbox_is_the_same_each_time(tmp_path: Path) -> None:
    made = [make_inbox(12, tmp_path / name) for name in ("one", "two")]
    assert made[0] == made[1]
    one, two = (_hashes(tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert len(one) == 12 + 1, "so many files, and the registry"


@pytest.mark.slow
def test_every_file_of_an_inbox_becomes_what_it_is_meant_for(tmp_path: Path) -> None:
    made = make_inbox(60, tmp_path)
    output = tmp_path / "output"
    inbox = list_inbox(tmp_path / "inbox", output)
    assert len(inbox.files) == 60
    result = run_round(inbox, output, ROUND, Office(made.units), 2)
    assert {file.name: file.state for file in result.files} == made.states
    states = Counter(made.states.values())
    assert states.keys() == {"counted", "superseded", "duplicate", "rejected", "other"}
    counted = [file for file in result.files if file.state == "counted"]
    forms = Counter(file.form for file in counted)
    assert forms.keys() == {*form_ids()}
    assert forms[MOI] > len(counted) / 2
    assert Counter(file.verdict for file in counted)["returned"] > 0
    pictured = [file for file in counted if file.evidence]
    assert 0.05 < len(pictured) / len(inbox.files) < 0.15


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux pins a process")
def test_rounds_are_measured_on_one_core_and_on_two() -> None:
    scaled = scale.measure((3, 6), times=1)
    assert scaled.rounds.keys() == {(3, 1), (3, 2), (6, 1), (6, 2)}
    assert all(ran.seconds > 0 and ran.parent > 0 for ran in scaled.rounds.values())
    compared = [figure.what for figure in scaled.figures() if figure.target]
    assert compared == [
        "time a submission, 6 against 3",
        "the parent's peak memory, 6 against 3",
    ]


def test_the_largest_rounds_are_held_against_no_single_core() -> None:
    ran = scale.Ran(1, 1, 1)
    scaled = scale.Scaled({(1_000, 1): ran, (1_000, 2): ran, (10_000, 2): ran}, 2)
    told = [figure.what for figure in scaled.figures() if "a round of" in figure.what]
    assert told == [
        "a round of 1,000: two cores",
        "a round of 1,000: one core",
        "a round of 1,000: one core / two",
        "a round of 10,000: two cores",
    ]


def test_blank_forms_are_reckoned_to_a_thousand_units_of_ten() -> None:
    assert templates.Drawn(20, 12, whole=8, half=6).wanted == (8 + 0.2 * 980) * 10 / 12
    assert templates.Drawn(1000, 12, whole=60, half=30).wanted == 50
    assert templates.Drawn(1000, 12, whole=60, half=30).figures()[-1].most == 60
    assert [each.most for each in templates.Drawn(2, 12, whole=9, half=8).figures()] == [None, None]


def test_what_is_measured_stands_between_the_marks_of_the_document() -> None:
    marks = "<!-- measured: begin -->\nold\n<!-- measured: end -->\n"
    written = put_into(f"before\n\n{marks}\nafter\n", "measured", "| new |")
    assert written == (
        "before\n\n<!-- measured: begin -->\n\n| new |\n\n<!-- measured: end -->\n\nafter\n"
    )
    with pytest.raises(ValueError, match="measured: begin"):
        put_into("no marks", "measured", "| new |")


@pytest.mark.parametrize("what", ["measured", "counted", "reckoned", "year"])
def test_the_document_takes_the_tables(what: str) -> None:
    document = BENCHMARKS.parent / "docs" / "performance.md"
    assert "| new |" in put_into(document.read_text("utf-8"), what, "| new |")


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="nothing to mark with on Windows")
def test_every_room_is_counted_in_each_run() -> None:
    ended = Counter(count([MOI]))
    assert ended[REFERENCE, BETWEEN] == ended[REFERENCE, REFERENCE] == counts.RUNS
    for room, number in Counter(room for room, *_ in STAGES).items():
        assert ended[MOI, room] == number * counts.RUNS, room
    assert ended[MOI, REST] == (len(STAGES) + 1) * counts.RUNS


def test_counts_are_added_up_by_room() -> None:
    ended = [(MOI, BETWEEN), (MOI, REST), (MOI, "word/report"), (MOI, REST)] * counts.RUNS
    noted = [7, 1, 10, 2] * counts.RUNS
    assert counts.by_room(ended, noted) == {MOI: {REST: 3, "word/report": 10}}
    assert counts.instructions("version: 1\nevents: Ir\n\ntotals: 1757687\n") == 1_757_687
    with pytest.raises(ValueError):
        counts.instructions("events: Ir\n")


def test_without_valgrind_nothing_is_counted_and_that_is_said() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", BENCHMARKS / "counts.py"],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert ran.returncode != 0
    assert "valgrind is not installed" in ran.stderr


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux pins a process")
def test_everything_is_measured_by_one_command() -> None:
    least = bench.Extent("the least", 1, 1, (3,), 1, 3, 2, 10, 2, None)
    figures = list(bench.measure(least))
    rounds = "a round of 3", "an unchanged round"
    for what in (MOI, PLAN, "--help", "check", *rounds, "blank forms", "ledger"):
        assert any(what in figure.what for figure in figures), what
    (again,) = (figure for figure in figures if "an unchanged round" in figure.what)
    assert again.target == "", "a round of three is too small for a target"


@pytest.mark.slow
def test_what_must_never_happen_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    told = soundness.levels()
    assert (told.value, told.verdict, told.what.split()[:2]) == (0, "met", ["all", "262,144"])
    monkeypatch.setattr(soundness, "reached_level", lambda form, met: max(met, default=1))
    told = soundness.levels()
    assert (told.value, told.verdict) == (233_203, "**missed**"), "all vectors without a level"


def test_the_country_is_what_a_submission_more_costs_times_its_offices() -> None:
    few, many = nation.Parts(3, 2, 1), nation.Parts(23, 7, 4)
    each = few.each_more(many, 1_000)
    assert each == nation.Parts(0.02, 0.005, 0.003)
    reckoned = nation.Nation(each, each)
    assert reckoned.alone == pytest.approx(40_000 * 0.023 / 60)
    # Ten workers would judge in 4 ms what the round itself takes 5 ms for.
    assert reckoned.together == pytest.approx(40_000 * (0.005 + 0.003) / 60)


@pytest.mark.slow
def test_a_year_is_measured_month_by_month() -> None:
    measured = year.measure(3, months=2)
    assert len(measured.seconds) == 2 and min(measured.seconds) > 0
    assert measured.ledger[1] >= measured.ledger[0] > 0
    assert [each.what for each in measured.figures()][-1] == "of that: each file of a later month"


@pytest.mark.slow
def test_a_cluster_judges_in_the_reckoning() -> None:
    pytest.importorskip("distributed")  # of an extra, which Windows is tested without
    reckoned = nation.measure(3, 6)
    assert reckoned.here != reckoned.there
    assert {figure.what for figure in reckoned.figures() if figure.target} == {
        "40,000 offices on this machine",
        "40,000 offices, 10 workers",
    }


@pytest.mark.slow
def test_a_script_runs_alone() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", BENCHMARKS / "submission.py", "1"],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert "| figure | target | measured | |" in ran.stdout


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
