"""Rounds one after another: what a month knows of the months before, and of other forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from department_year import Mail, in_this_process
from make_samples import saved_at
from test_batch import recorded

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers, Row
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import RoundResult, UnitResult
from moral_xlsx.model.rubric import Follows
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office as RoundOffice
from moral_xlsx.round.run import run_round
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.timeliness import round_dates
from moral_xlsx.thai import BUDDHIST_OFFSET

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_processes() -> Iterator[None]:
    with in_this_process():
        yield


FORMS = tuple(map(load_form, form_ids()))
REPORT = next(form for form in FORMS if form.follows and form.follows.plan_table)
FOLLOWS = REPORT.follows
assert isinstance(FOLLOWS, Follows)
PLAN = load_form(FOLLOWS.form)
CODE = "0012"
UNIT = Unit(CODE, "กองกลาง", forms=(PLAN.id, REPORT.id))
SILENT = Unit("0013", "กองคลัง", forms=(PLAN.id,))

DUE = min(due.date for due in PLAN.due_dates)
MONTHS = tuple(
    f"{day.year + BUDDHIST_OFFSET}-{day.month:02}"
    for day in (round_dates(f"{DUE.year + BUDDHIST_OFFSET}-{DUE.month:02}")[0],)
    for day in (day, (day + timedelta(31)).replace(day=1), (day + timedelta(62)).replace(day=1))
)


def filled(form: Form, rows: Sequence[Row], values: Mapping[str, Any], day: Any) -> bytes:
    """A unit's workbook with these rows in its table of activities, saved on a day."""
    table = FOLLOWS.table if form is REPORT else FOLLOWS.plan_table
    assert table is not None
    blank = {field.id: None for field in form.fields}
    answers = Answers(form.id, CODE, {**blank, **values}, {table: tuple(rows)})
    made = write_workbook(compile_rubric(form), Content(answers))
    return saved_at(made, f"{day.isoformat()}T03:00:00Z")


def plan(*titles: str, day: Any = DUE, **values: Any) -> bytes:
    rows = [
        {FOLLOWS.plan_number: number, FOLLOWS.plan_title: title}
        for number, title in enumerate(titles, start=1)
    ]
    return filled(PLAN, rows, values, day)


def report(*activities: tuple[str, int], day: Any = DUE, **values: Any) -> bytes:
    assert FOLLOWS.progress is not None
    rows: list[Row] = [
        {FOLLOWS.number: number, FOLLOWS.title: title, FOLLOWS.progress: Decimal(reached)}
        for number, (title, reached) in enumerate(activities, start=1)
    ]
    return filled(REPORT, rows, values, day)


class Office:
    """An output folder in which one round is run after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out"
        self.units: tuple[Unit, ...] = (UNIT, SILENT)

    def run(self, month: int, files: Mapping[str, bytes], jobs: int = 1) -> RoundResult:
        inbox = self.folder / f"inbox {month}"
        for name, data in files.items():
            (inbox / name).parent.mkdir(parents=True, exist_ok=True)
            (inbox / name).write_bytes(data)
        inbox.mkdir(exist_ok=True)
        listed = list_inbox(inbox, self.output)
        return run_round(listed, self.output, MONTHS[month], RoundOffice(self.units), jobs)

    def record(self, month: int) -> dict[str, Any]:
        return recorded(self.output / MONTHS[month])

    def entry(self, month: int, form: Form, code: str = CODE) -> dict[str, Any]:
        (found,) = [
            entry
            for entry in self.record(month)["results"]
            if (entry["form"], entry["unit_code"]) == (form.id, code)
        ]
        return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def result(ran: RoundResult, form: Form, code: str = CODE) -> UnitResult:
    (units,) = [each.units for each in ran.forms if each.form.id == form.id]
    (unit,) = [unit for unit in units if unit.unit.code == code]
    return unit


def codes(unit: UnitResult) -> set[str]:
    return {found.code for found in unit.findings if found.code >= "MX-407"}


# --- the day of receipt


def test_a_folder_named_as_a_date_says_when_its_files_came(office: Office) -> None:
    year = DUE.year + BUDDHIST_OFFSET
    office.run(
        0,
        {
            f"{year}-{DUE:%m-%d}/ใหม่/a.xlsx": plan("ก", day=DUE - timedelta(9)),
            f"{DUE}/b.pdf": b"%PDF-1.7",
            "c.pdf": b"%PDF-1.7 c",
            "กอง/d.xlsx": report(("ก", 5), day=DUE - timedelta(9)),
        },
    )
    inputs = {Path(entry["file"]).name: entry for entry in office.record(0)["inputs"]}
    found = {name: (each["received"], each["received_from"]) for name, each in inputs.items()}
    assert found == {
        "a.xlsx": (DUE.isoformat(), "folder"),
        "b.pdf": (DUE.isoformat(), "folder"),
        "c.pdf": (None, None),
        "d.xlsx": ((DUE - timedelta(9)).isoformat(), "saved"),
    }


def test_a_file_saved_in_the_evening_of_utc_was_saved_on_the_next_thai_day(office: Office) -> None:
    made = plan("ก")
    office.run(0, {"a.xlsx": saved_at(made, f"{DUE}T18:30:00Z")})
    (entry,) = office.record(0)["inputs"]
    assert entry["received"] == (DUE + timedelta(1)).isoformat()


def test_a_file_that_no_program_has_saved_came_on_a_day_that_is_not_known(office: Office) -> None:
    ran = office.run(0, {"a.xlsx": saved_at(plan("ก"), "2000-01-01T00:00:00Z")})
    (entry,) = office.record(0)["inputs"]
    assert (entry["received"], entry["received_from"]) == (None, None)
    assert [each.timing for each in result(ran, PLAN).timeliness] == ["unknown"]
    assert office.entry(0, PLAN)["undated"] is True


# --- timeliness over months


def test_units_in_time_late_and_silent_are_told_apart(office: Office) -> None:
    office.units = (UNIT, SILENT, Unit("0014", "ศูนย์", forms=(PLAN.id,)))
    late = (DUE + timedelta(3)).isoformat()
    other = write_workbook(
        compile_rubric(PLAN), Content(Answers(PLAN.id, "0014", {f.id: None for f in PLAN.fields}))
    )
    ran = office.run(0, {"a.xlsx": plan("ก"), f"{late}/b.xlsx": other})
    found = {
        unit.unit.code: unit.timeliness
        for form in ran.forms
        for unit in form.units
        if form.form.id == PLAN.id
    }
    assert {code: [(t.timing, t.days) for t in each] for code, each in found.items()} == {
        CODE: [("on_time", 0)],
        "0014": [("late", 3)],
        SILENT.code: [("missing", 0)],
    }
    assert office.entry(0, PLAN, "0014")["timeliness"] == [
        {
            "label": PLAN.due_dates[0].label,
            "due": DUE.isoformat(),
            "until": DUE.isoformat(),
            "timing": "late",
            "days": 3,
        }
    ]


def test_what_came_in_time_stays_in_time_in_later_months(office: Office) -> None:
    office.run(0, {"a.xlsx": plan("ก")})
    office.run(1, {})
    again = (DUE + timedelta(65)).isoformat()
    ran = office.run(2, {f"{again}/a.xlsx": plan("ก", "ข")})
    assert {each.timing for each in result(ran, PLAN).timeliness} == {"on_time"}
    entry = office.entry(2, PLAN)
    assert (entry["received"], entry["days_received"]) == (again, [DUE.isoformat(), again])


def test_a_file_of_an_unknown_day_is_not_forgotten(office: Office) -> None:
    office.run(0, {"a.xlsx": saved_at(plan("ก"), "")})
    ran = office.run(1, {})
    assert [each.timing for each in result(ran, PLAN).timeliness] == ["unknown"]


def test_an_extension_of_the_registry_counts(office: Office) -> None:
    until = DUE + timedelta(40)
    granted = replace(SILENT, extensions=(Extension(PLAN.id, DUE, until),))
    office.units = (UNIT, granted)
    (found,) = result(office.run(0, {}), PLAN, SILENT.code).timeliness
    assert (found.until, found.timing) == (until, "not_due")


# --- earlier rounds


def test_a_month_knows_the_last_one(office: Office) -> None:
    first = office.run(0, {"a.xlsx": plan("ก"), "b.xlsx": report(("ก", 40))})
    assert office.record(0)["earlier"] is None
    assert result(first, REPORT).previous is None
    second = office.run(1, {"b.xlsx": report(("ก", 55))})
    assert office.record(1)["earlier"] == MONTHS[0]
    previous, (came,) = result(second, REPORT).previous, result(second, REPORT).progress
    assert previous is not None and previous.round == MONTHS[0]
    assert previous.progress == {1: Decimal(40)}
    assert (came.number, came.title, came.now, came.before) == (1, "ก", 55, 40)
    entry = office.entry(1, REPORT)
    assert (entry["state"], entry["progress"]) == ("received", {"1": "55"})


def said_in(letter: Path) -> str:
    body = message_from_bytes(letter.read_bytes(), policy=default).get_body()
    assert body is not None
    return str(body.get_content())


def test_progress_that_fell_is_told_to_the_unit(office: Office) -> None:
    office.run(0, {"a.xlsx": plan("ก"), "b.xlsx": report(("ก", 60))})
    ran = office.run(1, {"b.xlsx": report(("ก", 55))})
    assert codes(result(ran, REPORT)) == {"MX-410"}
    (entry,) = office.record(1)["inputs"]
    assert "MX-410" in {found["code"] for found in entry["findings"]}
    reply = next(name for name in entry["outputs"] if name.startswith("replies/"))
    assert "ลดจากร้อยละ ๖๐" in said_in(office.output / MONTHS[1] / reply)


def test_a_silent_month_between_forgets_nothing(office: Office) -> None:
    office.run(0, {"a.xlsx": plan("ก", "ข"), "b.xlsx": report(("ก", 60), ("ข", 5))})
    office.units = ()  # not even asked for
    office.run(1, {})
    assert [entry["state"] for entry in office.record(1)["results"]] == [None, None, None]
    ran = office.run(2, {"b.xlsx": report(("ก", 55))})
    assert office.record(2)["earlier"] == MONTHS[1]
    unit = result(ran, REPORT)
    assert unit.previous is not None and unit.previous.round == MONTHS[0]
    assert codes(unit) == {"MX-407", "MX-410"}


def test_a_report_is_held_against_the_plan_of_this_month_first(office: Office) -> None:
    office.run(0, {"a.xlsx": plan("ก")})
    ran = office.run(1, {"a.xlsx": plan("ข", "ค"), "b.xlsx": report(("ข", 10), ("ค", 10))})
    assert codes(result(ran, REPORT)) == set()
    ran = office.run(2, {"b.xlsx": report(("ก", 10))})
    assert codes(result(ran, REPORT)) == {"MX-407", "MX-409"}


def test_plans_that_contradict_each_other_replace_none(office: Office) -> None:
    office.run(0, {"a.xlsx": plan("ก", "ข")})
    ran = office.run(1, {"a.xlsx": plan("ค"), "b.xlsx": plan("ง")})
    assert result(ran, PLAN).state == "conflict"
    ran = office.run(2, {"b.xlsx": report(("ก", 10))})
    assert codes(result(ran, REPORT)) == {"MX-407"}


def test_two_forms_that_tell_different_things_are_a_warning(office: Office) -> None:
    check = next(check for check in REPORT.cross_checks if check.here.isidentifier())
    assert check.form == PLAN.id
    differing = report(("ก", 10), **{check.here: 30})
    ran = office.run(0, {"a.xlsx": plan("ก", **{check.there: 34}), "b.xlsx": differing})
    assert "MX-411" in codes(result(ran, REPORT))
    # The other form has to be counted in the same round.
    assert "MX-411" not in codes(result(office.run(1, {"b.xlsx": differing}), REPORT))


@pytest.mark.parametrize("sender", ["central@example.go.th", "evil@example.com"])
def test_only_the_unit_is_told_what_its_plan_holds(office: Office, sender: str) -> None:
    office.units = (replace(UNIT, email="central@example.go.th"),)
    arrived = f"{DUE.isoformat()} 12:00"
    mail = Mail(sender, arrived, files=(("report.xlsx", report(("ข", 10))),))
    files = {"a.xlsx": plan("แผนลับของหน่วยงาน"), "b.eml": mail.data()}
    assert "MX-409" in codes(result(office.run(0, files), REPORT))
    letters = (office.output / MONTHS[0] / "replies").glob("*.eml")
    drafts = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in letters]
    (told,) = [each for each in drafts if each["To"] == sender]
    body = told.get_body()
    assert body is not None
    assert ("แผนลับ" in body.get_content()) == (sender == "central@example.go.th")
