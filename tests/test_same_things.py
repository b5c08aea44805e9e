"""What an officer would call the same changes no score, and what is missing or wrong raises none.

The windows of dates, the words that are nearly the same, and the unit codes that a spreadsheet
program turns into something else.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime

import pytest
from conftest import golden_of
from filling import typed
from habits import HABITS, REPEATED, TypedCase, as_officers_type, questions
from test_differential import random_answers

from moral_xlsx.model.answers import RawCell, Understood
from moral_xlsx.model.catalogue.answers import CROSS_OR_TICK, DAY_OUTSIDE, NO_TICK, READ_AS
from moral_xlsx.model.catalogue.review import ROW_REPEATED
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.question import Column, Field, Question
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.alike import is_near
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.ranges import gathered
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.rules.understand.readings import Reading, read_cell
from moral_xlsx.rules.units import meant_codes
from moral_xlsx.thai import key

FILLS = 40
# A year that is off by some means another day; a row typed again is told, and may count less.
_NOT_THE_SAME = {"a year that is off by some", REPEATED}

of_each_form = pytest.mark.parametrize("name", form_ids())


def scores(rubric: Rubric, case: TypedCase) -> dict[int, int | None]:
    assessment = assess(rubric, normalise(rubric.form, case.raw(rubric.form)))
    return {result.number: result.computed for result in assessment.criteria}


@of_each_form
def test_no_way_of_typing_the_same_changes_a_score(name: str) -> None:
    rubric, base, chance = compile_rubric(load_form(name)), golden_of(name), random.Random(name)
    used: set[str] = set()
    for _ in range(FILLS):
        answers = random_answers(rubric.form, base, chance)
        plain = TypedCase(typed(rubric.form, answers), frozenset())
        case = as_officers_type(rubric.form, answers, chance, told=True)
        if case.habits & _NOT_THE_SAME:
            continue
        used |= case.habits
        assert scores(rubric, case) == scores(rubric, plain), case.habits
    assert len(used) > 4


@pytest.mark.slow
@of_each_form
def test_no_missing_and_no_wrong_answer_raises_a_score(name: str) -> None:
    rubric, base = compile_rubric(load_form(name)), golden_of(name)
    cells = typed(rubric.form, base)
    before = scores(rubric, TypedCase(cells, frozenset()))
    for at, question in questions(rubric.form, cells):
        if question is None or cells.get(str(at)) is None:
            continue
        # Whatever stands in a cell for a text is one.
        for wrong in (None,) if question.type == "text" else (None, "อาจจะ", -5):
            after = scores(rubric, TypedCase({**cells, str(at): wrong}, frozenset()))
            raised = {
                number: (before[number], now)
                for number, now in after.items()
                if (now or 0) > (before[number] if before[number] is not None else 99)
            }
            assert not raised, (at, wrong)


def test_every_habit_is_used_by_some_form() -> None:
    types = {q.type for n in form_ids() for q in load_form(n).fields}
    types |= {c.type for n in form_ids() for t in load_form(n).tables for c in t.columns}
    assert [habit.name for habit in HABITS if not types & set(habit.types)] == []


# --- dates


DAY = Field(
    id="sent",
    label="วันที่ส่ง",
    type="date",
    sheet="facts",
    earliest=date(2023, 10, 1),
    latest=date(2025, 9, 30),
)


def read(question: Question, value: object) -> Reading:
    return read_cell(question, RawCell(value))


@pytest.mark.parametrize(
    "typed_in",
    [
        date(2024, 3, 21),
        date(1967, 3, 21),  # 67 in a Gregorian program
        date(1981, 3, 21),  # 24 in a Thai one, which shows 2524
        date(2567, 3, 21),
        date(2524, 3, 21),
        datetime(1967, 3, 21, 14, 30),
        "21/3/67",
        "21/3/24",
        "21/3/2524",
        "21/3/1967",
        "21 มี.ค. 67",
        "วันพฤหัสบดีที่ ๒๑ มีนาคม พุทธศักราช ๒๕๖๗ เวลา ๑๔.๐๐ น.",
        "2024-03-20T20:00:00Z",
        45372,
    ],
)
def test_a_year_is_the_one_of_the_window(typed_in: object) -> None:
    reading = read(DAY, typed_in)
    assert reading.value == date(2024, 3, 21)
    assert reading.note in (None, READ_AS)


@pytest.mark.parametrize(
    "typed_in",
    [
        date(2014, 3, 21),  # off by ten
        date(2023, 9, 30),
        date(2025, 10, 1),
        date(1999, 3, 21),
        "21/3/2557",
        "21/3/57",
        "21 มีนาคม พ.ศ. 2524",  # the era is said, and is another one
        date(1968, 2, 29),  # 68 is 2568, whose February has 28 days
        2567,
    ],
)
def test_any_other_year_is_told_and_no_answer(typed_in: object) -> None:
    reading = read(DAY, typed_in)
    assert (reading.value, reading.note) == (None, DAY_OUTSIDE)


def test_a_form_says_which_days_it_takes() -> None:
    form = load_form("senate-2567-plan")
    first, last = form.fiscal_year_dates
    judged, plain = form.field("act1_sent"), form.field("report_date")
    assert (judged.earliest, judged.latest) == (first, last.replace(year=last.year + 1))
    assert (plain.earliest, plain.latest) == (
        first.replace(year=first.year - 3),
        last.replace(year=last.year + 1),
    )


@pytest.mark.parametrize("name", form_ids())
def test_every_date_of_a_form_has_a_window_that_tells_years_apart(name: str) -> None:
    form = load_form(name)
    columns = [column for table in form.tables for column in table.columns]
    for asked in (*form.fields, *columns):
        if asked.type == "date":
            window = Window.of(asked)
            assert asked.earliest and asked.latest and window.bounded
            assert len(window.excel_permits("AB1234")) < 230


# --- words


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("วีดีโอ", "วิดีโอ", True),
        ("ความพอเพียง", "พอเพียง", True),
        ("เว็บไซต์หน่วยงาน", "เว็ปไซต์หน่วยงาน", True),
        ("กิจกรรมที่ ๑", "กิจกรรมที่ ๒", False),
        ("วินัย", "สุจริต", False),
        ("ข้า", "ขา", False),
    ],
)
def test_words_that_are_nearly_the_same_are_told(one: str, other: str, near: bool) -> None:
    assert is_near(key(one), key(other)) is near
    assert is_near(key(other), key(one)) is near


TICK = Field(id="done", label="ทำแล้ว", type="tick", sheet="facts")


def test_a_cross_is_a_tick_alone_and_a_question_beside_ticks() -> None:
    assert read(TICK, "x").value is True
    beside = read_cell(TICK, RawCell("X"), other_ticks=True)
    assert (beside.value, beside.note, beside.unread) == (False, CROSS_OR_TICK, True)


@pytest.mark.parametrize("word", ["ถูก", "ครบ", "ทำแล้ว", "มีแล้ว", "ü", "\uf0fc", "þ", "✓ "])
def test_the_ticks_of_other_habits_are_ticks(word: str) -> None:
    assert read(TICK, word).value is True


def test_a_sign_of_a_symbol_font_counts_and_the_letter_alone_does_not() -> None:
    assert read_cell(TICK, RawCell("P", sign="✓")).value is True
    assert read_cell(TICK, RawCell("P", sign="✓")).note is READ_AS
    assert read_cell(TICK, RawCell("P")).note is NO_TICK


def test_a_line_break_inside_a_choice_does_not_matter() -> None:
    form = load_form("moi-2569")
    column: Column = form.table("channels").column("purpose")
    broken = column.choices[0].label.replace(" ", "\n")
    assert read(column, broken).value == column.choices[0].value


# --- findings


def test_equal_findings_over_neighbouring_cells_are_one_with_the_range() -> None:
    form = load_form("moi-2569")

    def told(row: int, column: str, letter: str, code: str = "MX-208") -> Finding:
        label = form.table("activities").column(column).label
        place = Place("", "กิจกรรม", f"{letter}{row + 9}", f"activities[{row}].{column}")
        words = (f"กิจกรรมตามแผน แถวที่ {row + 1} {label}", f"กิจกรรมตามแผน, row {row + 1}, {label}")
        return Finding(code, "error", place, (("label", words),))

    block = [told(row, c, x) for row in range(7) for c, x in (("title", "C"), ("project", "D"))]
    (one,) = gathered(form, block, ())
    assert one.place.cell == "C9:D15"
    assert dict(one.words)["label"][0] == "กิจกรรมตามแผน แถวที่ ๑–๗ ชื่อกิจกรรม, ชื่อโครงการ"
    apart = [told(0, "title", "C"), told(2, "title", "C"), told(3, "title", "C", "MX-209")]
    assert [each.place.cell for each in gathered(form, apart, ())] == ["C9", "C11", "C12"]


def test_what_was_typed_is_no_row_and_does_not_make_two_findings_one() -> None:
    """In the third row stands “3”, in the fourth “4”: two readings, not a range."""
    form = load_form("moi-2569")

    def read_as(row: int) -> Finding:
        label = (f"รายงานผล แถวที่ {row + 1} ครั้งที่", f"รายงานผล, row {row + 1}, ครั้งที่")
        place = Place("", "รายการประกอบ", f"C{row + 9}", f"reports[{row}].number")
        words = (("label", label), ("found", str(row + 1)), ("read", str(row + 1)))
        return Finding("MX-210", "info", place, words)

    both = (read_as(2), read_as(3))
    assert gathered(form, both, ()) == both


def test_rows_whose_thing_nobody_knows_repeat_nothing() -> None:
    rubric = compile_rubric(load_form("moi-2569"))
    base = golden_of("moi-2569")
    nameless = {"purpose": "publicity", "scope": "inside", "name": None}
    answers = replace(base, tables={**base.tables, "channels": (nameless, nameless)})
    found = assess(rubric, Understood(answers, {}, ())).findings
    assert ROW_REPEATED.code not in [each.code for each in found]


def test_what_follows_from_a_cell_that_cannot_be_read_is_not_told_again() -> None:
    form = load_form("moi-2569")
    root = Finding("MX-208", "error", Place("", "หลักฐาน", "E5", "evidence_1"))
    follower = Finding("MX-311", "error", Place("", "หลักฐาน", "E5", "evidence_1"))
    elsewhere = Finding("MX-311", "error", Place("", "หลักฐาน", "E6", "evidence_2"))
    assert gathered(form, [root, follower, elsewhere], [root]) == (root, elsewhere)


# --- unit codes


@pytest.mark.parametrize(
    ("stored", "codes"),
    [
        (12.0, ("0012",)),
        (1000.0, ("1E3",)),
        (datetime(2026, 3, 1), ("MAR1",)),
        (datetime(2026, 2, 1), ("1-2", "2-1")),
        (datetime(2026, 7, 9), ()),
        ("0012", ()),
    ],
)
def test_a_code_that_became_a_number_or_a_date_is_found(
    stored: object, codes: tuple[str, ...]
) -> None:
    units = [Unit(code, code) for code in ("0012", "1E3", "MAR1", "1-2", "2-1", "U22")]
    assert meant_codes(stored, units) == codes
