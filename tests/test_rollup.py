"""The department's level by the printed shares, and the order of the units by their total."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.rollup import department_level, missed_below, ranking, roll_up
from moral_xlsx.wording import remarks

PERCENT = {1: 80, 2: 75, 3: 70}
FORM = Form.model_validate(
    {
        "id": "test", "version": "1.0", "title": ["ก"], "short_title": "ก", "fiscal_year": 2567,
        "issuer": "ก", "receiver": "ข", "source": "ค", "printed": {}, "sheets": [], "fields": [],
        "roll_up": [
            {"level": level, "percent": percent, "name": f"ระดับ {level}", "text": "ก"}
            for level, percent in PERCENT.items()
        ],
    }
)  # fmt: skip
# How many of all units have to reach level 1, 2 and 3; worked out from the printed shares.
NEEDED = {
    1: (1, 1, 1),
    4: (4, 3, 3),
    5: (4, 4, 4),
    8: (7, 6, 6),
    10: (8, 8, 7),
    12: (10, 9, 9),
    16: (13, 12, 12),
    20: (16, 15, 14),
    22: (18, 17, 16),
    25: (20, 19, 18),
}


def judged(
    level: int, total: int = 0, *findings: Finding, code: str = "A", registered: bool = True
) -> UnitResult:
    assessment = Assessment(
        FORM.id, FORM.version, code, "", (), (), total, level, ("", ""), (), (), (), findings
    )
    return UnitResult(Unit(code, code), registered, "received", "a.xlsx", assessment)


SILENT = UnitResult(Unit("S", "S"), True, "missing")
CONFLICT = UnitResult(Unit("C", "C"), True, "conflict")


def holding(units: Sequence[UnitResult]) -> list[int]:
    return [result.rule.level for result in roll_up(FORM, units) if result.holds]


@pytest.mark.parametrize(("count", "needed"), NEEDED.items())
def test_as_many_units_are_needed_as_the_printed_shares_say(
    count: int, needed: tuple[int, ...]
) -> None:
    for level, enough in zip(PERCENT, needed, strict=True):
        for reached in range(count + 1):
            units = [judged(level)] * reached + [judged(level - 1)] * (count - reached)
            assert (level in holding(units)) == (reached >= enough), (level, reached)


def test_a_share_is_exact_however_many_units_there_are() -> None:
    (*_, third) = roll_up(FORM, [judged(3)] * 7 + [SILENT] * 3)
    assert (third.reached, third.registered, third.share) == (7, 10, Fraction(7, 10))
    assert third.holds
    # 69.997 per cent: shown as 69.99, and not 70 however it is rounded.
    assert not roll_up(FORM, [judged(3)] * 23_332 + [SILENT] * 10_001)[2].holds


@pytest.mark.parametrize("other", [SILENT, CONFLICT], ids=["silent", "contradicting files"])
def test_units_without_a_result_count_against(other: UnitResult) -> None:
    assert holding([judged(3)] * 3) == [1, 2, 3]
    assert holding([judged(3)] * 3 + [other] * 2) == []


def test_units_outside_the_registry_count_neither_way() -> None:
    stranger, laggard = judged(3, registered=False), judged(0, registered=False)
    assert [r.registered for r in roll_up(FORM, [judged(3), stranger, laggard])] == [1, 1, 1]
    assert holding([judged(3), laggard, laggard]) == [1, 2, 3]
    assert holding([judged(0), *[stranger] * 9]) == []


def test_nothing_is_said_of_a_department_without_registered_units() -> None:
    assert roll_up(FORM, [judged(3, registered=False)]) == ()
    assert department_level(()) is None


def test_the_rules_are_not_nested_and_the_highest_that_holds_counts() -> None:
    results = roll_up(FORM, [judged(3)] * 7 + [judged(0)] * 3)
    assert [result.holds for result in results] == [False, False, True]
    reached = department_level(results)
    assert reached is not None and reached.rule.level == 3
    assert [missed.rule.level for missed in missed_below(results)] == [1, 2]


def test_of_several_rules_that_hold_the_highest_counts() -> None:
    reached = department_level(roll_up(FORM, [judged(2)] * 4))
    assert reached is not None and reached.rule.level == 2


def test_nothing_is_missed_where_lower_rules_hold_or_only_higher_ones_fail() -> None:
    for units in ([judged(3)] * 10, [judged(1)] * 10, [judged(0)] * 10):
        assert missed_below(roll_up(FORM, units)) == ()


def test_a_form_without_rules_says_nothing_of_the_department() -> None:
    form = FORM.model_copy(update={"roll_up": ()})
    assert roll_up(form, [judged(3)]) == ()


# --- ranking


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    units = [
        judged(0, total, code=code)
        for code, total in (("A", 8), ("B", 20), ("C", 9), ("D", 20), ("E", 7))
    ]
    assert [(r.unit.unit.code, r.total, r.rank, r.tied) for r in ranking(units)] == [
        ("B", 20, 1, True),
        ("D", 20, 1, True),
        ("C", 9, 3, False),
        ("A", 8, 4, False),
        ("E", 7, 5, False),
    ]


def test_units_without_a_total_come_last_and_have_no_rank() -> None:
    ranked = ranking([SILENT, judged(0, 0), CONFLICT])
    assert [(r.unit.unit.code, r.total, r.rank) for r in ranked] == [
        ("A", 0, 1),
        ("S", None, None),
        ("C", None, None),
    ]


def test_what_has_to_be_known_about_a_place_is_said() -> None:
    error = catalogue.finding(NOT_ANSWERED, label="จำนวน")
    units = [judged(0, 9), judged(0, 9, error), judged(0, 5, registered=False), SILENT, CONFLICT]
    assert [remarks(each) for each in ranking(units)] == [
        "คะแนนเท่ากัน",
        "คะแนนเท่ากัน · ยังไม่ผ่านการตรวจ",
        "นอกทะเบียน",
        "ยังไม่ส่ง",
        "รอตัดสิน",
    ]
