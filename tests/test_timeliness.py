"""Due dates: which ones a month looks at, and whether a unit's form came in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from moral_xlsx.model.decisions import Decision, Subject
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Timeliness
from moral_xlsx.model.rubric import DueDate
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.timeliness import (
    Receipt,
    receipt,
    round_dates,
    timeliness,
    with_due_dates,
)

MARCH, MAY_1, MAY_2, JULY = (
    date(2026, 3, 10),
    date(2026, 5, 15),
    date(2026, 5, 31),
    date(2026, 7, 20),
)


def due(*days: date) -> Form:
    """A form of which nothing matters but its due dates."""
    due_dates = tuple(DueDate(label=f"ส่ง {day}", date=day) for day in days)
    return Form.model_construct(id="made-2569", due_dates=due_dates)


@pytest.fixture
def dated() -> Form:
    """A form that is due in March, twice in May, and in July; not written in that order."""
    return due(MAY_2, MARCH, JULY, MAY_1)


def unit(form: Form, *granted: tuple[date, date]) -> Unit:
    extensions = tuple(Extension(form.id, due, until) for due, until in granted)
    return Unit("0012", "กองกลาง", extensions=extensions)


def states(found: tuple[Timeliness, ...]) -> list[tuple[date, str]]:
    return [(each.due.date, each.timing) for each in found]


@pytest.mark.parametrize(
    ("round_name", "looked_at"),
    [
        ("2568-12", [MARCH]),
        ("2569-02", [MARCH]),
        ("2569-03", [MARCH]),
        ("2569-04", [MARCH]),
        ("2569-05", [MAY_1, MAY_2]),
        ("2569-06", [MAY_2]),
        ("2569-07", [JULY]),
        ("2570-01", [JULY]),
    ],
)
def test_a_month_looks_at_its_own_dates_else_at_the_last_before_else_at_the_first(
    dated: Form, round_name: str, looked_at: list[date]
) -> None:
    found = timeliness(dated, unit(dated), round_name, ())
    assert [each.due.date for each in found] == looked_at


def test_a_form_without_due_dates_is_never_late() -> None:
    undated = due()
    assert timeliness(undated, unit(undated), "2569-05", (MARCH,)) == ()


@pytest.mark.parametrize(
    ("received", "timing", "days"),
    [
        (date(2026, 3, 9), "on_time", 0),
        (date(2026, 3, 10), "on_time", 0),
        (date(2026, 3, 11), "late", 1),
        (date(2026, 4, 10), "late", 31),
    ],
)
def test_the_due_date_itself_is_in_time_and_the_next_day_is_a_day_late(
    dated: Form, received: date, timing: str, days: int
) -> None:
    (found,) = timeliness(dated, unit(dated), "2569-03", (received,))
    assert (found.timing, found.days, found.received) == (timing, days, received)
    assert found.until == MARCH


@pytest.mark.parametrize(
    ("round_name", "timing"),
    [("2569-01", "not_due"), ("2569-03", "missing"), ("2569-04", "missing")],
)
def test_nothing_received_is_missing_once_the_month_of_the_date_is_run(
    dated: Form, round_name: str, timing: str
) -> None:
    (found,) = timeliness(dated, unit(dated), round_name, ())
    assert (found.timing, found.received) == (timing, None)


def test_a_form_sent_before_the_first_date_is_in_time(dated: Form) -> None:
    (found,) = timeliness(dated, unit(dated), "2569-01", (date(2026, 1, 5),))
    assert found.timing == "on_time"


def test_what_came_in_time_stays_in_time_when_it_is_sent_again(dated: Form) -> None:
    (found,) = timeliness(dated, unit(dated), "2569-04", (date(2026, 4, 2), date(2026, 3, 2)))
    assert (found.timing, found.received) == ("on_time", date(2026, 3, 2))


def test_what_answered_the_date_before_does_not_answer_the_next() -> None:
    staged = due(MARCH, date(2026, 6, 30))
    (later,) = timeliness(staged, unit(staged), "2569-06", (MARCH,))
    assert (later.timing, later.received) == ("missing", None)
    (later,) = timeliness(staged, unit(staged), "2569-07", (MARCH, date(2026, 7, 3)))
    assert (later.timing, later.days) == ("late", 3)
    granted = unit(staged, (MARCH, date(2026, 3, 20)))
    (later,) = timeliness(staged, granted, "2569-06", (date(2026, 3, 20),))
    assert later.timing == "missing"
    (later,) = timeliness(staged, granted, "2569-06", (date(2026, 3, 21),))
    assert later.timing == "on_time"


def test_what_came_before_a_due_date_opens_is_not_meant_for_it() -> None:
    opening = due(MARCH)
    (only,) = opening.due_dates
    opening = opening.model_copy(
        update={"due_dates": (only.model_copy(update={"opens": date(2026, 2, 1)}),)}
    )
    (found,) = timeliness(opening, unit(opening), "2569-03", (date(2026, 1, 31),))
    assert found.timing == "missing"
    (found,) = timeliness(opening, unit(opening), "2569-03", (date(2026, 2, 1),))
    assert found.timing == "on_time"


def test_a_file_of_an_unknown_day_may_have_come_in_time(dated: Form) -> None:
    for days in ([None], [None, date(2026, 4, 2)]):
        (found,) = timeliness(dated, unit(dated), "2569-04", days)
        assert (found.timing, found.days, found.received) == ("unknown", 0, None)
    (found,) = timeliness(dated, unit(dated), "2569-04", [None, MARCH])
    assert found.timing == "on_time"


# --- extensions

LONGER = date(2026, 5, 20)


def test_an_extended_date_counts_instead(dated: Form) -> None:
    granted = unit(dated, (MARCH, date(2026, 3, 15)))
    for received, timing, late in (
        (date(2026, 3, 15), "on_time", 0),
        (date(2026, 3, 18), "late", 3),
    ):
        (found,) = timeliness(dated, granted, "2569-03", (received,))
        assert (found.timing, found.days, found.until) == (timing, late, date(2026, 3, 15))


@pytest.mark.parametrize(
    ("round_name", "expected"),
    [
        ("2569-03", [(MARCH, "not_due")]),
        ("2569-04", [(MARCH, "not_due")]),
        ("2569-05", [(MARCH, "missing"), (MAY_1, "missing"), (MAY_2, "missing")]),
        ("2569-06", [(MAY_2, "missing")]),
    ],
)
def test_a_silent_unit_with_an_extension_is_looked_at_until_the_extension_has_passed(
    dated: Form, round_name: str, expected: list[tuple[date, str]]
) -> None:
    granted = unit(dated, (MARCH, LONGER))
    assert states(timeliness(dated, granted, round_name, ())) == expected


LAST_OF_APRIL, FIRST_OF_MAY = date(2026, 4, 30), date(2026, 5, 1)
MAY = [(MAY_1, "missing"), (MAY_2, "missing")]


@pytest.mark.parametrize(
    ("until", "april", "may"),
    [
        (LAST_OF_APRIL, [(MARCH, "missing")], MAY),
        (FIRST_OF_MAY, [(MARCH, "not_due")], [(MARCH, "missing"), *MAY]),
    ],
)
def test_an_extension_that_ends_on_the_first_day_of_a_month_is_missed_in_that_month(
    dated: Form, until: date, april: list[tuple[date, str]], may: list[tuple[date, str]]
) -> None:
    granted = unit(dated, (MARCH, until))
    assert states(timeliness(dated, granted, "2569-04", ())) == april
    assert states(timeliness(dated, granted, "2569-05", ())) == may


@pytest.mark.parametrize(
    ("received", "extended", "days_late", "next_one"),
    [
        (LAST_OF_APRIL, "on_time", 0, "missing"),
        (FIRST_OF_MAY, "on_time", 0, "missing"),
        (date(2026, 5, 2), "late", 1, "on_time"),
    ],
)
def test_what_comes_on_the_first_day_of_a_month_answers_the_extension_that_ends_on_it(
    dated: Form, received: date, extended: str, days_late: int, next_one: str
) -> None:
    granted = unit(dated, (MARCH, FIRST_OF_MAY))
    found = timeliness(dated, granted, "2569-05", (received,))
    assert states(found)[:2] == [(MARCH, extended), (MAY_1, next_one)]
    assert found[0].days == days_late


def test_an_extension_of_an_older_date_hides_no_later_one(dated: Form) -> None:
    granted = unit(dated, (MAY_1, date(2026, 6, 30)))
    found = timeliness(dated, granted, "2569-06", ())
    assert states(found) == [(MAY_1, "missing"), (MAY_2, "missing")]


def test_the_last_date_is_missed_in_every_later_month_after_its_extension(dated: Form) -> None:
    granted = unit(dated, (JULY, date(2026, 9, 10)))
    found = {
        name: states(timeliness(dated, granted, name, ()))
        for name in ("2569-08", "2569-09", "2569-12")
    }
    assert found == {
        "2569-08": [(JULY, "not_due")],
        "2569-09": [(JULY, "missing")],
        "2569-12": [(JULY, "missing")],
    }


def test_extensions_of_other_forms_and_dates_count_nothing(dated: Form) -> None:
    other = Extension("other-2569", MARCH, LONGER)
    elsewhere = Extension(dated.id, MAY_1, LONGER)
    found = timeliness(dated, Unit("1", "ก", extensions=(other, elsewhere)), "2569-03", ())
    assert [(each.until, each.timing) for each in found] == [(MARCH, "missing")]


# --- the day of receipt

NOON = datetime(2026, 5, 20, 5, tzinfo=UTC)
YEAR = date(2025, 10, 1)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2569-05-27/a.xlsx", date(2026, 5, 27)),
        ("2026-05-27/a.xlsx", date(2026, 5, 27)),
        ("กอง/๒๗ พ.ค. ๖๙/ส่งแล้ว/a.xlsx", date(2026, 5, 27)),
        ("2569-05-27/2569-05-28/a.xlsx", date(2026, 5, 28)),
    ],
)
def test_the_innermost_folder_named_as_a_date_counts(name: str, day: date) -> None:
    assert receipt(name, NOON, YEAR) == Receipt(day, "folder")


@pytest.mark.parametrize("name", ["a.xlsx", "2569/05/a.xlsx", "2569-05-27.xlsx", "2569-13-01/a"])
def test_without_such_a_folder_the_day_on_which_it_was_saved_counts(name: str) -> None:
    assert receipt(name, NOON, YEAR) == Receipt(date(2026, 5, 20), "saved")


def test_an_evening_of_utc_is_the_next_thai_day() -> None:
    evening = datetime(2026, 5, 20, 17, tzinfo=UTC)
    assert receipt("a.xlsx", evening, YEAR).day == date(2026, 5, 21)


@pytest.mark.parametrize(
    "saved",
    [
        None,
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_a_clock_that_was_never_set_says_nothing(saved: datetime | None) -> None:
    assert receipt("a.xlsx", saved, YEAR) == Receipt()


def test_a_round_is_a_month_of_the_buddhist_calendar() -> None:
    assert round_dates("2567-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert round_dates("2569-12") == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_day_for_all_takes_nothing_from_a_unit_that_was_granted_more() -> None:
    """What the desk decides for every unit goes before the registry only where it is later."""
    form = load_form("diw-2566-plan")
    due = max(each.date for each in form.due_dates)
    early, granted_until, late = (due + timedelta(days) for days in (10, 12, 15))
    granted = Extension(form.id, due, granted_until, "น้ำท่วม")
    unit = Unit("ICT", "ศูนย์", extensions=(granted,))

    def until(day: date, code: str = "") -> date:
        about = Subject("due", form.id, code)
        decision = Decision(about, day.isoformat(), "เหตุ", "ผู้ตรวจ", "2569-05")
        rulings = SimpleNamespace(until=lambda form_id: {code: (day, decision)})
        (moved,) = with_due_dates((unit,), {form.id: form}, rulings)
        (only,) = moved.extensions
        return only.until

    assert until(early) == granted_until
    assert until(late) == late
    assert until(early, "ict") == early, "one for the unit itself counts"
