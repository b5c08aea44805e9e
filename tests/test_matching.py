"""What a unit tells twice: a report held against its plan, one fact told in two forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from moral_xlsx.model.answers import Answers, Row
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field, Table
from moral_xlsx.model.round import Previous, Progress
from moral_xlsx.model.rubric import Criterion, CrossCheck, Follows
from moral_xlsx.round.compare import comparisons
from moral_xlsx.round.history import History, Known
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.matching import (
    agreements,
    compare_with_plan,
    progress,
    recorded_plan,
    related_forms,
)


def table(table_id: str, *columns: Mapping[str, Any]) -> Table:
    named = [{"label": f"ช่อง {column['id']}", **column} for column in columns]
    raw = {"id": table_id, "label": "กิจกรรม", "sheet": "s", "unit": "กิจกรรม", "rows": 15}
    return Table.model_validate({**raw, "columns": named})


def made(form_id: str, **parts: Any) -> Form:
    """A form of which nothing matters but the parts given."""
    parts = {"fields": (), **parts}
    return Form.model_construct(id=form_id, short_title=f"แบบ {form_id}", fiscal_year=2569, **parts)


MODES = [{"value": "self", "label": "ทำเอง"}, {"value": "hired", "label": "จ้าง"}]
PLAN = made(
    "plan-2569",
    tables=(
        table(
            "works",
            {"id": "order", "type": "integer"},
            {"id": "topic", "type": "text"},
            {"id": "person", "type": "text"},
            {"id": "mode", "type": "choice", "choices": MODES},
            {"id": "ends", "type": "date"},
            {"id": "public", "type": "tick"},
        ),
    ),
)
FOLLOWS = Follows(
    form="plan-2569",
    table="done",
    number="no",
    title="name",
    progress="reached",
    plan_table="works",
    plan_number="order",
    plan_title="topic",
    compare={"who": "person", "how": "mode", "last": "ends", "open": "public"},
)
REPORT = made(
    "report-2569",
    follows=FOLLOWS,
    tables=(
        table(
            "done",
            {"id": "no", "type": "integer"},
            {"id": "name", "type": "text"},
            {"id": "reached", "type": "percent"},
            {"id": "who", "type": "text"},
            {"id": "how", "type": "choice", "choices": MODES},
            {"id": "last", "type": "date"},
            {"id": "open", "type": "tick"},
        ),
    ),
)
PLANNED: tuple[Row, ...] = (
    {"order": 1, "topic": "ทำบุญ เดือน ๕", "person": "กก.", "mode": "self"},
    {"order": 2, "topic": "ปลูกป่า", "ends": date(2026, 3, 31), "public": True},
)
AGREEING: tuple[Row, ...] = (
    {"no": 2, "name": "ปลูกป่า", "last": date(2026, 3, 31), "open": True, "reached": Decimal(40)},
    {"no": 1, "name": "ทำบุญ  เดือน 5", "who": "กก.", "how": "self", "reached": Decimal("99.5")},
)


def answers(form: Form, rows: Sequence[Row] = (), **values: Any) -> Answers:
    tables = {form.tables[0].id: tuple(rows)} if form.tables else {}
    return Answers(form.id, "0012", values, tables)


def against_plan(rows: Sequence[Row]) -> tuple[Finding, ...]:
    recorded = recorded_plan(REPORT, PLAN, answers(PLAN, PLANNED))
    return compare_with_plan(REPORT, answers(REPORT, rows), PLAN, recorded)


def places(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(found.code, found.place.field) for found in findings]


def changed(**cells: Any) -> list[Row]:
    """An agreeing report whose activity 1, its second row, answers otherwise."""
    return [AGREEING[0], {**AGREEING[1], **cells}]


def test_a_report_that_says_what_the_plan_says_gives_no_finding() -> None:
    assert against_plan(AGREEING) == ()


def test_an_activity_of_the_plan_has_to_be_in_the_report() -> None:
    (found,) = against_plan(AGREEING[1:])
    assert (found.code, found.severity) == ("MX-407", "warning")
    assert message(found) == "รายงานไม่มีกิจกรรมที่อยู่ในแผน: กิจกรรมที่ ๒ “ปลูกป่า”"


def test_many_absent_activities_are_one_finding_that_gives_their_numbers() -> None:
    planned: list[Row] = [{"order": number, "topic": "ปลูกป่า"} for number in range(1, 11)]
    recorded = recorded_plan(REPORT, PLAN, answers(PLAN, planned))
    reported: list[Row] = [{"no": 2, "name": "ปลูกป่า"}]
    (found,) = compare_with_plan(REPORT, answers(REPORT, reported), PLAN, recorded)
    assert message(found, "en").endswith(": 1, 3, 4, 5, 6, 7, 8, 9, 10.")


def test_an_activity_that_the_plan_has_not_is_reported_with_its_row() -> None:
    rows = [*AGREEING, {"no": 7, "name": "วิ่ง"}]
    assert places(against_plan(rows)) == [("MX-408", "done[2].no")]


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("name", "ทำบุญ", "“ทำบุญ” แต่ในแผนคือ “ทำบุญ เดือน ๕”"),
        ("who", "กข.", "“กข.” แต่ในแผนคือ “กก.”"),
        ("how", "hired", "“จ้าง” แต่ในแผนคือ “ทำเอง”"),
        ("open", True, "“มี” แต่ในแผนคือ “ไม่มี”"),
    ],
)
def test_a_title_or_a_compared_column_that_differs_is_a_warning(
    cell: str, value: Any, said: str
) -> None:
    (found,) = against_plan(changed(**{cell: value}))
    assert places([found]) == [("MX-409", f"done[1].{cell}")]
    assert said in message(found)


def test_a_blank_cell_contradicts_nothing() -> None:
    assert against_plan(changed(name=None, who=None, how=None, last=date(2026, 1, 1))) == ()


def test_rows_without_a_number_are_matched_with_nothing() -> None:
    assert against_plan([*AGREEING, {"no": None, "name": "วิ่ง"}]) == ()


def test_without_a_table_the_criteria_of_the_plan_are_its_activities() -> None:
    titles = ((1, "", "๑. ทำบุญ เดือน ๕ ที่วัด"), (2, "", "๒. ปลูกป่า"), (3, "หมายเหตุ", "ก"))
    criteria = tuple(
        Criterion.model_construct(number=number, label=label, title=title, short=f"เรื่อง {number}")
        for number, label, title in titles
    )
    plan = made("plan-2569", criteria=criteria)
    follows = FOLLOWS.model_copy(update={"plan_table": None, "compare": {}})
    report = REPORT.model_copy(update={"follows": follows})

    def found(*rows: Row) -> list[str]:
        assert recorded_plan(report, plan, answers(plan)) == {}
        compared = compare_with_plan(report, answers(report, rows), plan, {})
        return [each.code for each in compared]

    named: Row = {"no": 1, "name": "ทำบุญ เดือน 5"}
    assert found(named, {"no": 2, "name": "เรื่อง 2"}) == []
    assert found(named, {"no": 2, "name": "วิ่ง"}) == ["MX-409"]
    assert found(named) == ["MX-407"]
    assert found(named, {"no": 2, "name": "ปลูกป่า"}, {"no": 3, "name": "ก"}) == ["MX-408"]


# --- progress


def test_progress_is_told_with_what_it_was_last_month() -> None:
    previous = Previous("2569-04", 0, 0, progress={2: Decimal(40), 1: Decimal(20)})
    came, fell = progress(REPORT, answers(REPORT, AGREEING), previous)
    assert came == (
        Progress(2, "ปลูกป่า", Decimal(40), Decimal(40)),
        Progress(1, "ทำบุญ  เดือน 5", Decimal("99.5"), Decimal(20)),
    )
    assert fell == ()


def test_progress_that_fell_is_a_warning() -> None:
    previous = Previous("2569-04", 0, 0, progress={2: Decimal("40.5")})
    _, (found,) = progress(REPORT, answers(REPORT, AGREEING), previous)
    assert places([found]) == [("MX-410", "done[0].reached")]
    assert "ร้อยละ ๔๐.๕ (รอบ ๒๕๖๙-๐๔) เหลือร้อยละ ๔๐" in message(found)


def test_without_an_earlier_round_nothing_fell() -> None:
    came, fell = progress(REPORT, answers(REPORT, AGREEING), None)
    assert [each.before for each in came] == [None, None]
    assert fell == ()


# --- one fact in two forms


def check(here: str, there: str) -> CrossCheck:
    return CrossCheck(id="same", form="there-2569", label="บุคลากร", here=here, there=there)


COUNTS = (
    Field(id="staff", sheet="s", label="บุคลากร", type="integer", unit="คน"),
    Field(id="signed", sheet="s", label="ร่วมประกาศ", type="integer", unit="คน"),
    Field(id="share", sheet="s", label="ร้อยละ", type="percent"),
    Field(id="plan", sheet="s", label="มีแผน", type="tick"),
    Field(
        id="has_plan",
        sheet="s",
        label="มีแผน",
        type="choice",
        choices=[{"value": "yes", "label": "มี"}],  # type: ignore[list-item]
    ),
)
THERE = made("there-2569", fields=COUNTS)


@pytest.mark.parametrize(
    ("here", "there", "mine", "theirs", "said"),
    [
        ("staff", "staff", {"staff": 34}, {"staff": 34}, None),
        ("staff", "staff", {"staff": 34}, {"staff": 33}, "ระบุ ๓๔ คน แต่ แบบ there-2569 ระบุ ๓๓ คน"),
        ("staff", "staff", {"staff": None}, {"staff": 33}, None),
        ("staff", "staff", {"staff": 34}, {}, None),
        ("ticked(plan)", 'chosen(has_plan) == "yes"', {"plan": True}, {"has_plan": "yes"}, None),
        ("ticked(plan)", "ticked(plan)", {"plan": False}, {"plan": True}, "ระบุ ไม่ใช่"),
        ("ticked(plan)", 'chosen(has_plan) == "yes"', {"plan": True}, {}, None),
        ("share", "percent(signed, staff)", {"share": Decimal("33.33")}, (1, 3), None),
        ("share", "percent(signed, staff)", {"share": Decimal("33.34")}, (1, 3), "ร้อยละ ๓๓.๓๓"),
    ],
)
def test_both_forms_have_to_tell_the_same_where_both_tell_it(
    here: str, there: str, mine: Mapping[str, Any], theirs: Any, said: str | None
) -> None:
    form = made("here-2569", fields=COUNTS, cross_checks=(check(here, there),))
    (agreement,) = agreements(form, THERE)
    if isinstance(theirs, tuple):
        theirs = dict(zip(("signed", "staff"), theirs, strict=True))
    found = agreement.broken(answers(form, **mine), answers(THERE, **theirs))
    if said is None:
        assert found is None
    else:
        assert found is not None and (found.code, found.severity) == ("MX-411", "warning")
        assert said in message(found) and "แบบ here-2569" in message(found)


# --- a round


UNIT = "0012"
FORMS = {form.id: form for form in (PLAN, REPORT)}


def codes(counted: Mapping[tuple[str, str], Answers], history: History) -> list[str]:
    compared = comparisons(counted, FORMS, history)["report-2569", UNIT]
    return [found.code for found in compared.findings]


def test_a_report_is_held_against_the_units_own_plan_of_the_round() -> None:
    report = {("report-2569", UNIT): answers(REPORT, AGREEING)}
    plans = {
        ("plan-2569", UNIT): answers(PLAN, PLANNED),
        ("plan-2569", "0099"): answers(PLAN, [{"order": 9, "topic": "ของหน่วยงานอื่น"}]),
    }
    assert codes({**report, **plans}, History()) == []
    assert codes({**report, ("plan-2569", "0099"): plans["plan-2569", "0099"]}, History()) == []
    assert codes({**report, ("plan-2569", UNIT): answers(PLAN)}, History()) == ["MX-408"] * 2


def test_a_plan_that_was_counted_earlier_is_remembered() -> None:
    counted = {("plan-2569", UNIT): answers(PLAN, PLANNED)}
    plans = comparisons(counted, FORMS, History())["plan-2569", UNIT].plans
    history = History("2569-03", {("plan-2569", UNIT): Known(UNIT, plans=plans)})
    report = {("report-2569", UNIT): answers(REPORT, AGREEING[:1])}
    assert codes(report, history) == ["MX-407"]


def test_answers_are_kept_of_forms_that_tell_about_one_another_only() -> None:
    checking = made("here-2569", cross_checks=(check("staff", "staff"),))
    alone = made("alone-2569")
    related = related_forms((PLAN, REPORT, checking, alone))
    assert related == {"plan-2569", "report-2569", "here-2569", "there-2569"}


@pytest.mark.parametrize("form_id", form_ids())
def test_what_a_shipped_form_compares_exists_in_both_forms(form_id: str) -> None:
    form = load_form(form_id)
    for other in {check.form for check in form.cross_checks}:
        assert agreements(form, load_form(other))
    if form.follows:
        plan = load_form(form.follows.form)
        blank = Answers(plan.id, UNIT, {})
        assert recorded_plan(form, plan, blank) == {}
        own = form.table(form.follows.table)
        for column in (form.follows.number, form.follows.title, *form.follows.compare):
            assert own.column(column)
