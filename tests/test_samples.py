"""The samples: what their two months show, so that whoever runs them sees every case."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from samples_rounds import SAMPLES, UNITS, Samples

from moral_xlsx.model.round import FormResult, RoundResult, UnitResult
from moral_xlsx.rules.definition.load import form_ids
from moral_xlsx.rules.judge.rollup import department_level, ranking

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow

# The files with something for the officer or the reviewers, and the codes that say so.
TOLD = {
    "moi-2569 ICT": {"MX-302"},
    "moi-2569 FIN": {"MX-205", "MX-204", "MX-207", "MX-216", "MX-206", "MX-311", "MX-310"},
    "moi-2569 PSD": {"MX-311", "MX-306", "MX-310", "MX-402"},
    "moi-2569 R03": {"MX-306", "MX-312", "MX-313"},
    "senate-2567 SEN02": {"MX-310"},
    "senate-2567 SEN04": {"MX-204", "MX-310"},
    "senate-2567-activities SEN03": {"MX-301"},
    "senate-2567-level3 SEN02": {"MX-411"},
    "senate-2567-level3 SEN03": {"MX-110", "MX-402", "MX-411"},
    "senate-2567-progress SEN01": {"MX-407"},
    "senate-2567-progress SEN02": {"MX-407", "MX-409"},
    "senate-2567-complaints SEN02": {"MX-306"},
    "senate-2567-project SEN02": {"MX-304", "MX-411"},
    "diw-2566-plan DIW02": {"MX-305"},
    "diw-2566-progress DIW02": {"MX-410"},
    "diw-2566-progress DIW03": {"MX-306", "MX-407"},
    "narathiwat-2569 NWT02": {"MX-203", "MX-301", "MX-306"},
}

Months = Mapping[str, RoundResult]


@pytest.fixture(scope="module")
def output(samples: Samples) -> Path:
    return samples.output


@pytest.fixture(scope="module")
def months(samples: Samples) -> Months:
    return samples.months


def of_form(result: RoundResult, form_id: str) -> FormResult:
    return next(each for each in result.forms if each.form.id == form_id)


def of_unit(result: RoundResult, form_id: str, code: str) -> UnitResult:
    return next(u for u in of_form(result, form_id).units if u.unit.code == code)


def totals(result: RoundResult, form_id: str) -> dict[str, int | None]:
    units = of_form(result, form_id).units
    return {u.unit.code: u.assessment.total if u.assessment else None for u in units}


def test_every_form_is_sent_and_every_unit_has_just_the_forms_it_has_to_send(
    months: Months,
) -> None:
    sent = {file.form for file in months["inbox"].files if file.state == "counted"}
    assert sent == set(form_ids())
    assert all(unit.forms for unit in UNITS)
    assert {form for unit in UNITS for form in unit.forms} == set(form_ids())


def test_the_departments_month_is_as_it_was(months: Months) -> None:
    files = months["inbox"].files
    # A rejected file does not tell its form; the other offices' ones lie in folders.
    department = [f for f in files if f.form == "moi-2569" or (not f.form and "/" not in f.name)]
    assert Counter(file.state for file in department) == {
        "counted": 10,
        # The unknown code R99 with the name of R05.
        "conflict": 1,
        "superseded": 1,
        "duplicate": 1,
        "rejected": 2,
        # The archive that ETH sent; what stands in it has its name before it.
        "other": 1,
    }
    assert totals(months["inbox"], "moi-2569") == {
        **{"ICT": 27, "SEC": 25, "HR": 26, "FIN": 16, "PLAN": 26, "LAW": None, "AUD": None},
        **{"PSD": 26, "ETH": 25, "R01": 26, "R02": None, "R03": 15, "R04": 26, "R05": None},
    }


def test_evidence_of_the_samples_is_kept_and_printed(months: Months, output: Path) -> None:
    (sent,) = (f for f in months["inbox"].files if f.unit_code == "ETH" and f.state == "counted")
    assert [(each.kind, each.criterion) for each, _ in sent.evidence] == [
        ("picture", 1),
        ("picture", 6),
        ("document", 3),
    ]
    folder = output / "2569-05"
    assert all((folder / kept).is_file() for _, kept in sent.evidence)
    with ZipFile(folder / "reports" / "ETH_moi-2569.docx") as report:
        assert sum(name.startswith("word/media/") for name in report.namelist()) == 2


def test_only_what_was_made_to_be_told_is_told(months: Months) -> None:
    told: dict[str, set[str]] = {}
    for form in months["inbox"].forms:
        for unit in form.units:
            found = {f.code for f in unit.findings if f.severity != "info"}
            if unit.assessment:
                found |= {f.code for f in unit.assessment.findings if f.severity != "info"}
                told[f"{form.form.id} {unit.unit.code}"] = found
    assert {name: codes for name, codes in told.items() if codes} == TOLD


def test_a_form_of_another_year_is_rejected_and_one_of_another_version_returned(
    months: Months,
) -> None:
    files = {file.name: file for file in months["inbox"].files}
    old_year = files["2569-05-20/แบบรายงานจริยธรรม สตน2 ปี 68.xlsx"]
    assert [f.code for f in old_year.findings] == ["MX-109"]
    assert files["2567-07-01/สำนัก 3 ผลการส่งเสริม.xlsx"].verdict == "returned"


def test_of_five_bureaux_four_reach_level_1_and_only_that_rule_holds(months: Months) -> None:
    senate = of_form(months["inbox"], "senate-2567")
    shares = [(each.rule.level, each.reached, each.registered) for each in senate.roll_up]
    assert shares == [(1, 4, 5), (2, 2, 5), (3, 1, 5)]
    reached = department_level(senate.roll_up)
    assert reached is not None and reached.rule.level == 1


def test_two_bureaux_tie_in_the_ranking_of_the_plans(months: Months) -> None:
    ranked = ranking(of_form(months["inbox"], "senate-2567-plan").units)
    assert [(each.unit.unit.code, each.rank, each.total, each.tied) for each in ranked] == [
        ("SEN01", 1, 375, False),
        ("SEN02", 2, 370, True),
        ("SEN03", 2, 370, True),
        ("SEN04", 4, 335, False),
        ("SEN05", None, None, False),
    ]


def test_four_of_seven_by_march_are_half_and_three_are_not(months: Months) -> None:
    assert totals(months["inbox"], "cdd-chiangrai-2569") == {"CDD01": 10, "CDD02": 9}


@pytest.mark.parametrize(
    ("form_id", "code", "timing", "days"),
    [
        ("senate-2567", "SEN01", "on_time", 0),
        ("senate-2567", "SEN03", "on_time", 0),  # by the extension over a Sunday
        ("senate-2567", "SEN04", "late", 689),
        ("senate-2567", "SEN05", "missing", 0),
        ("senate-2567-activities", "SEN02", "on_time", 0),  # by the day of saving
        ("senate-2567-plan", "SEN04", "late", 5),
        ("senate-2567-complaints", "SEN01", "on_time", 0),
        ("senate-2567-complaints", "SEN02", "missing", 0),  # it came before its last month ended
        ("senate-2567-project", "SEN01", "on_time", 0),
        ("diw-2566-plan", "DIW02", "late", 3),
        ("diw-2566-progress", "DIW02", "late", 3),  # although its six-month report was early
        ("cdd-chiangrai-2569", "CDD01", "late", 82),
        ("cdd-chiangrai-2569", "CDD02", "on_time", 0),  # by the extension
    ],
)
def test_who_was_in_time(months: Months, form_id: str, code: str, timing: str, days: int) -> None:
    (last,) = of_unit(months["inbox"], form_id, code).timeliness
    assert (last.timing, last.days) == (timing, days)


def test_a_report_is_held_against_the_month_before(months: Months) -> None:
    report = of_unit(months["inbox"], "diw-2566-progress", "DIW02")
    moved = {each.number: (each.before, each.now) for each in report.progress}
    assert moved[8] == (50, 100) and moved[9] == (60, 50)
    assert report.previous is not None and report.previous.round == "2569-04"


def test_a_report_is_held_against_a_plan_of_the_month_before(months: Months, output: Path) -> None:
    found = of_unit(months["inbox"], "diw-2566-progress", "DIW03").findings
    (missing,) = (each for each in found if each.code == "MX-407")
    assert "การร่วมกิจกรรมสาธารณประโยชน์" in dict(missing.words)["activities"][0]
    run: dict[str, Any] = json.loads((output / "2569-05" / "run.json").read_text("utf-8"))
    assert run["earlier"] == "2569-04"


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 4_000_000
