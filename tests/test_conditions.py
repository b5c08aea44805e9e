"""Every kind of the condition language: exact, bilingual, and strict about what it takes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moral_xlsx.model.answers import Answers, Row, Value
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Column, Table
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.conditions import COMPARED, CONDITIONS, Condition, parse_condition
from moral_xlsx.rules.judge.expression import NOTHING, Facts, Outcome, cut_to_hundredths
from moral_xlsx.rules.judge.quantities import QUANTITIES, parse_quantity
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.thai import arabic_digits

# Other work on the machine must not make an example too slow.
patient = settings(deadline=None)

_TINY = Path(__file__).parent / "definitions" / "valid" / "tiny-2569.toml"
_PRIZES = Table(
    id="prizes",
    label="การยกย่อง",
    sheet="facts",
    unit="ราย",
    rows=5,
    columns=(Column(id="virtue", label="คุณธรรมที่ยกย่อง", type="text", required=True),),
)


def _form() -> Form:
    tiny = parse_form(_TINY.read_bytes(), _TINY.name)
    return tiny.model_copy(update={"tables": (*tiny.tables, _PRIZES)})


FORM = _form()
DAY = date(2026, 3, 10)
BEFORE, AFTER = date(2026, 3, 9), date(2026, 3, 11)
ASCII_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True)
class Given:
    """What a unit answered; nothing unless said."""

    values: Mapping[str, Value] = field(default_factory=dict)
    works: Sequence[Row] = ()
    prizes: Sequence[Row] = ()
    claims: Mapping[int, int] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        tables = {"works": tuple(self.works), "prizes": tuple(self.prizes)}
        return Facts(FORM, Answers(FORM.id, "A1", self.values, tables, self.claims))


def values(**answers: Value) -> Given:
    return Given(answers)


def works(*rows: Row) -> Given:
    return Given(works=rows)


def condition(source: str) -> Condition:
    return parse_condition(source, FORM)


def evaluate(source: str, given_: Given) -> Outcome:
    return condition(source).evaluate(given_.facts)


def rows(number: int, **cells: Value) -> tuple[Row, ...]:
    """So many rows of different activities; those of other ``cells`` are others again."""
    return tuple({"title": f"กิจกรรม {n} {sorted(cells.values())}", **cells} for n in range(number))


# --- what holds, at each threshold, one below and one above

IN, OUT = {"scope": "inside"}, {"scope": "outside"}
PASS, FAIL = True, False
CASES: tuple[tuple[str, Given, bool], ...] = (
    ("percent(joined, staff) >= 80", values(joined=79, staff=100), FAIL),
    ("percent(joined, staff) >= 80", values(joined=80, staff=100), PASS),
    ("percent(joined, staff) >= 80", values(joined=81, staff=100), PASS),
    ("percent(joined, staff) >= 100", values(joined=100, staff=100), PASS),
    ("percent(joined, staff) >= 0", values(joined=0, staff=100), PASS),
    ("percent(joined, staff) > 80", values(joined=80, staff=100), FAIL),
    ("percent(joined, staff) < 80", values(joined=79, staff=100), PASS),
    ("percent(joined, staff) < 80", values(joined=80, staff=100), FAIL),
    ("percent(joined, staff) == 80", values(joined=4, staff=5), PASS),
    ("percent(joined, staff) >= 66.5", values(joined=132, staff=200), FAIL),
    ("percent(joined, staff) >= 66.5", values(joined=133, staff=200), PASS),
    ("percent(joined, staff) >= 70", values(joined=1402, staff=2003), FAIL),
    ("percent(joined, staff) >= 70", values(joined=1403, staff=2003), PASS),
    ("percent(joined, staff) >= 80", values(joined=35, staff=44), FAIL),
    ("percent(joined, staff) >= 80", values(joined=36, staff=44), PASS),
    ("percent(count(works, documented=true), count(works)) >= 50",
     works(*rows(1, documented=True), *rows(2, documented=False)), FAIL),
    ("percent(count(works, documented=true), count(works)) >= 50",
     works(*rows(1, documented=True), *rows(1, documented=False)), PASS),
    ("count(works) >= 5", works(*rows(4)), FAIL),
    ("count(works) >= 5", works(*rows(5)), PASS),
    ("count(works) >= 5", works(*rows(6)), PASS),
    ("count(works) <= 0", works(), PASS),
    ("count(works) <= 0", works(*rows(1)), FAIL),
    ("count(works) == 2", works(*rows(2)), PASS),
    ("count(works) == 2", works(*rows(3)), FAIL),
    ('count(works, scope="outside") >= 2', works(OUT, *rows(5, **IN)), FAIL),
    ('count(works, scope="outside") >= 2', works(OUT, OUT, *rows(5, **IN)), PASS),
    ('count(works, scope="outside", documented=True) >= 1',
     works({**OUT, "documented": False}, {**IN, "documented": True}), FAIL),
    ('count(works, scope="outside", documented=True) >= 1',
     works({**OUT, "documented": True}), PASS),
    ("count(works, documented=false) <= 0", works(*rows(2, documented=True)), PASS),
    ("count(works, documented=false) <= 0", works({"documented": False}), FAIL),
    ("distinct(works.virtue) >= 2", works({"virtue": "วินัย"}, {"virtue": "วินัย"}), FAIL),
    ("distinct(works.virtue) >= 2", works({"virtue": "วินัย"}, {"virtue": "สุจริต"}), PASS),
    ("distinct(works.virtue) >= 2", works({"virtue": "Honesty"}, {"virtue": " honesty"}), FAIL),
    ("distinct(works.virtue) >= 2", works({"virtue": "นํ้าใจ"}, {"virtue": "น้ำใจ"}), FAIL),
    ("distinct(works.virtue) >= 1", works({"virtue": None}, {}), FAIL),
    ('distinct(works.virtue, scope="inside") >= 2',
     works({"virtue": "วินัย", **IN}, {"virtue": "สุจริต", **OUT}), FAIL),
    ('distinct(works.virtue, scope="inside") >= 2',
     works({"virtue": "วินัย", **IN}, {"virtue": "สุจริต", **IN}), PASS),
    ("claimed(2) >= 3", Given(claims={1: 3, 2: 2}), FAIL),
    ("claimed(2) >= 3", Given(claims={2: 3}), PASS),
    ("claimed(2) <= 0", Given(claims={2: 0}), PASS),
    ("joined <= staff", values(joined=11, staff=10), FAIL),
    ("joined <= staff", values(joined=10, staff=10), PASS),
    ("joined <= staff", values(joined=9, staff=10), PASS),
    ("progress >= 70", values(progress=Decimal("69.99")), FAIL),
    ("progress >= 70", values(progress=Decimal(70)), PASS),
    ("progress >= 70", values(progress=Decimal("70.01")), PASS),
    ("progress >= 69.99", values(progress=Decimal("69.99")), PASS),
    ("signed_on <= fiscal_year_end", values(signed_on=date(2026, 9, 30)), PASS),
    ("signed_on <= fiscal_year_end", values(signed_on=date(2026, 10, 1)), FAIL),
    ("signed_on >= fiscal_year_start", values(signed_on=date(2025, 10, 1)), PASS),
    ("signed_on >= fiscal_year_start", values(signed_on=date(2025, 9, 30)), FAIL),
    ("every(works.success) >= 70", works({"success": Decimal("69.99")}), FAIL),
    ("every(works.success) >= 70", works({"success": Decimal(70)}), PASS),
    ("every(works.success) >= 70", works({"success": Decimal(71)}, {"success": Decimal(69)}), FAIL),
    ("every(works.success) >= 70", works({"success": Decimal(71)}, {"success": Decimal(70)}), PASS),
    ("every(works.success) >= 0", works({"success": Decimal(0)}), PASS),
    ("every(works.hours) < 3", works({"hours": 2}), PASS),
    ("every(works.hours) < 3", works({"hours": 2}, {"hours": 3}), FAIL),
    ("every(works.hours) <= staff", Given({"staff": 5}, rows(2, hours=5)), PASS),
    ("every(works.hours) <= staff", Given({"staff": 5}, rows(2, hours=6)), FAIL),
    ("every(works.held_on) <= signed_on", Given({"signed_on": DAY}, rows(1, held_on=DAY)), PASS),
    ("every(works.held_on) <= signed_on", Given({"signed_on": DAY}, rows(1, held_on=AFTER)), FAIL),
    ("every(works.documented)", works({"documented": True}, {"documented": True}), PASS),
    ("every(works.documented)", works({"documented": True}, {"documented": False}), FAIL),
    ("every(works.virtue)", works({"virtue": "วินัย"}, {"virtue": "สุจริต"}), PASS),
    ("every(works.scope)", works(IN, OUT), PASS),
    ("every(works.held_on)", works(*rows(2, held_on=DAY)), PASS),
    ("every(works.hours)", works(*rows(2, hours=0)), PASS),
    ("every(works.success)", works(*rows(2, success=Decimal(0))), PASS),
    ('every(works.held_on) <= "2026-03-10"', works(*rows(2, held_on=DAY)), PASS),
    ('every(works.held_on) <= "2026-03-10"', works(*rows(2, held_on=AFTER)), FAIL),
    ('signed_on <= "2026-03-10"', values(signed_on=DAY), PASS),
    ('signed_on <= "2026-03-10"', values(signed_on=AFTER), FAIL),
    ('signed_on >= "2026-03-10"', values(signed_on=BEFORE), FAIL),
    ('signed_on == "2026-03-10"', values(signed_on=DAY), PASS),
    ('signed_on < "2026-03-10"', values(signed_on=DAY), FAIL),
    # rows that are tested
    ("count(works, hours == 5) >= 1", works({"hours": 5}), PASS),
    ("count(works, hours == 5) >= 1", works({"hours": 4}, {"hours": 6}), FAIL),
    ("count(works, hours >= 5) >= 2", works({"hours": 4}, {"hours": 5}, {"hours": 6}), PASS),
    ("count(works, hours > 5) >= 2", works({"hours": 4}, {"hours": 5}, {"hours": 6}), FAIL),
    ("count(works, hours <= 5) >= 2", works({"hours": 4}, {"hours": 5}, {"hours": 6}), PASS),
    ("count(works, hours < 5) >= 2", works({"hours": 4}, {"hours": 5}, {"hours": 6}), FAIL),
    ("count(works, hours == 0) <= 0", works(*rows(2)), PASS),
    ("count(works, success >= 66.5) >= 1", works({"success": Decimal("66.49")}), FAIL),
    ("count(works, success >= 66.5) >= 1", works({"success": Decimal("66.5")}), PASS),
    ('count(works, held_on <= "2026-03-10") >= 1', works({"held_on": DAY}), PASS),
    ('count(works, held_on <= "2026-03-10") >= 1', works({"held_on": AFTER}), FAIL),
    ('count(works, held_on >= "2026-03-10", held_on < "2026-03-11") >= 1',
     works({"held_on": BEFORE}, {"held_on": AFTER}), FAIL),
    ('count(works, held_on >= "2026-03-10", held_on < "2026-03-11") >= 1',
     works({"held_on": DAY}), PASS),
    ('count(works, hours >= 5, documented=true, scope="outside") >= 1',
     works({"hours": 5, "documented": True, **IN}, {"hours": 4, "documented": True, **OUT}), FAIL),
    ('count(works, hours >= 5, documented=true, scope="outside") >= 1',
     works({"hours": 5, "documented": True, **OUT}), PASS),
    ("distinct(works.virtue, hours >= 5) >= 2",
     works({"virtue": "วินัย", "hours": 5}, {"virtue": "สุจริต", "hours": 4}), FAIL),
    ("distinct(works.virtue, hours >= 5) >= 2",
     works({"virtue": "วินัย", "hours": 5}, {"virtue": "สุจริต", "hours": 6}), PASS),
    ('percent(count(works, held_on <= "2026-03-10"), count(works)) >= 50',
     works({"held_on": DAY}, {"held_on": AFTER}), PASS),
    ('percent(count(works, held_on <= "2026-03-10"), count(works)) >= 50',
     works({"held_on": DAY}, {"held_on": AFTER}, {"title": "ก"}), FAIL),
    ("sum(works.hours) >= 9", works({"hours": 4}, {"hours": 5}), PASS),
    ("sum(works.hours) >= 9", works({"hours": 4}, {"hours": 4}), FAIL),
    ("sum(works.hours) <= 0", works(), PASS),
    ('sum(works.hours, scope="outside") >= 5',
     works({"hours": 5, **IN}, {"hours": 4, **OUT}), FAIL),
    ('sum(works.hours, scope="outside") >= 5', works({"hours": 5, **OUT}), PASS),
    ("percent(sum(works.hours, hours >= 4), sum(works.hours)) >= 90",
     works({"hours": 9}, {"hours": 1}), PASS),
    ("percent(sum(works.hours, hours >= 4), sum(works.hours)) >= 90",
     works({"hours": 8}, {"hours": 1}), FAIL),
    ("sum(works.hours, works.hours) >= 8", works({"hours": 4}), PASS),
    ("sum(works.hours, works.hours) >= 9", works({"hours": 4}), FAIL),
    ("average(works.hours, works.hours) >= 1.5", works({"hours": 4}), PASS),
    ("average(works.hours, works.hours, hours >= 5) >= 2", works({"hours": 4}, {"hours": 5}), FAIL),
    ('latest(works.held_on) <= "2026-03-10"', works({"held_on": BEFORE}, {"held_on": DAY}), PASS),
    ('latest(works.held_on) <= "2026-03-10"', works({"held_on": DAY}, {"held_on": AFTER}), FAIL),
    ('latest(works.held_on, hours == 5) <= "2026-03-10"',
     works({"held_on": DAY, "hours": 5}, {"held_on": AFTER, "hours": 6}), PASS),
    ("ticked(plan)", values(plan=True), PASS),
    ("ticked(plan)", values(plan=False), FAIL),
    ("answered(joined)", values(joined=0), PASS),
    ("answered(joined)", values(joined=None), FAIL),
    ("answered(reporter)", values(reporter="ผู้รายงาน"), PASS),
    ('chosen(documentation) == "all"', values(documentation="all"), PASS),
    ('chosen(documentation) == "all"', values(documentation="some"), FAIL),
    ("subset(prizes.virtue, works.virtue)",
     Given(works=[{"virtue": "วินัย"}], prizes=[{"virtue": "วินัย "}]), PASS),
    ("subset(prizes.virtue, works.virtue)",
     Given(works=[{"virtue": "วินัย"}], prizes=[{"virtue": "วินัย"}, {"virtue": "สุจริต"}]), FAIL),
    ("subset(prizes.virtue, works.virtue)", Given(works=[{"virtue": "วินัย"}]), PASS),
    ('by(signed_on, "2026-03-10")', values(signed_on=BEFORE), PASS),
    ('by(signed_on, "2026-03-10")', values(signed_on=DAY), PASS),
    ('by(signed_on, "2026-03-10")', values(signed_on=AFTER), FAIL),
    ("any(ticked(plan), ticked(committee))", values(plan=False, committee=False), FAIL),
    ("any(ticked(plan), ticked(committee))", values(plan=False, committee=True), PASS),
    ("any(ticked(plan), count(works) >= 2)", works(*rows(2)), PASS),
    ("any(ticked(plan), count(works) >= 2)", works(*rows(1)), FAIL),
)  # fmt: skip
SOURCES = tuple(dict.fromkeys(source for source, _, _ in CASES))


@pytest.mark.parametrize(("source", "given_", "holds"), CASES)
def test_it_holds_from_its_threshold_on(source: str, given_: Given, holds: bool) -> None:
    outcome = evaluate(source, given_)
    assert outcome.holds is holds
    assert outcome.missing == ()
    assert bool(outcome.culprits) is not holds


def test_every_kind_of_the_language_is_tried() -> None:
    tried = set(re.findall(r"\b([a-z]+)\(", " ".join(SOURCES)))
    assert tried == {*CONDITIONS, *COMPARED, *QUANTITIES}


@pytest.mark.parametrize(
    ("source", "given_", "culprits"),
    [
        ("every(works.success) >= 70",
         works({"success": Decimal(70)}, {"success": Decimal(1)}, {"success": Decimal(2)}),
         ("works[1].success", "works[2].success")),
        ("every(works.documented)", works({"documented": False}), ("works[0].documented",)),
        ("subset(prizes.virtue, works.virtue)",
         Given(works=[{"virtue": "วินัย"}], prizes=[{"virtue": "วินัย"}, {"virtue": "อื่น"}]),
         ("prizes[1].virtue",)),
        ("joined <= staff", values(joined=2, staff=1), ("joined",)),
        ("ticked(plan)", values(plan=False), ("plan",)),
        ("answered(reporter)", values(), ("reporter",)),
        ("claimed(2) >= 3", Given(claims={2: 1}), ("claim_2",)),
        ("count(works) >= 1", works(), ("works",)),
    ],
)  # fmt: skip
def test_it_points_to_the_answers_at_fault(
    source: str, given_: Given, culprits: tuple[str, ...]
) -> None:
    assert tuple(map(str, evaluate(source, given_).culprits)) == culprits


# --- blank is not zero


@pytest.mark.parametrize(
    ("source", "given_", "missing", "label"),
    [
        ("percent(joined, staff) >= 0", values(staff=10), "joined", "ผู้ร่วมประกาศ"),
        ("percent(joined, staff) >= 0", values(joined=0), "staff", "บุคลากร"),
        ("percent(joined, staff) < 80", values(staff=10), "joined", "ผู้ร่วมประกาศ"),
        ("progress <= 100", values(), "progress", "ความก้าวหน้า"),
        ("joined <= 5", values(joined=None), "joined", "ผู้ร่วมประกาศ"),
        ("joined <= staff", values(staff=10), "joined", "ผู้ร่วมประกาศ"),
        ("joined <= staff", values(joined=0), "staff", "บุคลากร"),
        ("signed_on <= fiscal_year_end", values(), "signed_on", "วันที่รายงาน"),
        ('by(signed_on, "2026-03-10")', values(), "signed_on", "วันที่รายงาน"),
        ("claimed(2) <= 0", Given(claims={1: 0}), "claim_2", "คะแนนที่เสนอข้อ ๒"),
        ("every(works.success) >= 0", works(), "works", "กิจกรรม"),
        ("every(works.documented)", works(), "works", "กิจกรรม"),
        ("every(works.success) >= 0", works({"title": "ก"}), "works[0].success", "ผลสำเร็จ"),
        ("every(works.success)", works({"title": "ก"}), "works[0].success", "ผลสำเร็จ"),
        ("every(works.virtue)", works({"title": "ก"}), "works[0].virtue", "คุณธรรม"),
        ("every(works.scope)", works(IN, {"title": "ก"}), "works[1].scope", "ภายในหรือภายนอก"),
        ("every(works.held_on)", works({"title": "ก"}), "works[0].held_on", "วันที่จัด"),
        ("every(works.held_on)", works(), "works", "กิจกรรม"),
        ('signed_on >= "2026-03-10"', values(), "signed_on", "วันที่รายงาน"),
        ("every(works.held_on) <= signed_on", works({"held_on": DAY}), "signed_on", "วันที่รายงาน"),
        ('chosen(documentation) == "all"', values(), "documentation", "การจัดทำเอกสาร"),
        ("subset(prizes.virtue, works.virtue)", Given(prizes=[{"virtue": "วินัย"}]), "works",
         "กิจกรรม"),
        ("any(joined >= 0, progress >= 0)", values(), "progress", "ความก้าวหน้า"),
    ],
)  # fmt: skip
def test_over_a_blank_it_does_not_hold_and_says_what_is_missing(
    source: str, given_: Given, missing: str, label: str
) -> None:
    outcome = evaluate(source, given_)
    assert not outcome.holds
    assert missing in map(str, outcome.missing)
    thai, english = condition(source).shortfall(given_.facts)
    assert label in thai
    assert arabic_digits(label) in arabic_digits(english)


@pytest.mark.parametrize(("joined", "staff"), [(11, 10), (-1, 10), (0, 0), (1, 0), (5, -5)])
def test_an_impossible_share_is_not_judged(joined: int, staff: int) -> None:
    for source in ("percent(joined, staff) >= 0", "percent(joined, staff) <= 100"):
        outcome = evaluate(source, values(joined=joined, staff=staff))
        assert not outcome.holds
        assert set(outcome.missing) == {"joined", "staff"}
        assert outcome.culprits == ()


# --- exactness


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    whole = draw(st.integers(1, 10**9))
    return draw(st.integers(0, whole)), whole


@patient
@given(shares(), st.integers(0, 100))
@example((1402, 2003), 70)
@example((35, 44), 80)
@example((33, 34), 97)
def test_a_share_is_compared_as_an_exact_fraction(share: tuple[int, int], bound: int) -> None:
    part, whole = share
    outcome = evaluate(f"percent(joined, staff) >= {bound}", values(joined=part, staff=whole))
    assert outcome.holds is (part * 100 >= bound * whole)


@patient
@given(shares(), st.integers(0, 10_000))
def test_a_bound_with_decimals_is_exact_too(share: tuple[int, int], hundredths: int) -> None:
    part, whole = share
    source = f"percent(joined, staff) >= {hundredths // 100}.{hundredths % 100:02}"
    outcome = evaluate(source, values(joined=part, staff=whole))
    assert outcome.holds is (part * 10_000 >= hundredths * whole)


@patient
@given(shares())
def test_a_shown_percentage_is_cut_and_never_reaches_a_bound_that_the_share_misses(
    share: tuple[int, int],
) -> None:
    part, whole = share
    measured = parse_quantity("percent(joined, staff)", FORM).measure(
        values(joined=part, staff=whole).facts
    )
    assert measured == Fraction(100 * part, whole)
    shown = cut_to_hundredths(Fraction(100 * part, whole))
    assert shown * whole <= 100 * part < (shown + Decimal("0.01")) * whole
    assert shown.as_tuple().exponent == -2


def test_33_of_34_is_shown_as_the_form_of_2569_printed_it() -> None:
    assert str(cut_to_hundredths(Fraction(3300, 34))) == "97.05"


# --- shortfalls


def number_short(said: tuple[str, str]) -> int:
    """The number in a shortfall, which has to be the same in both languages."""
    thai = re.search(r"(?:ขาดอีก|ยังไม่ถึงอีก|ไม่อยู่) ([๐-๙]+) ", said[0])
    english = re.search(r"(?:: )(\d+) ", said[1])
    assert thai, said
    assert english, said
    assert arabic_digits(thai.group(1)) == english.group(1)
    return int(english.group(1))


bounds = st.integers(1, 100) | st.decimals("0.01", 100, places=2)


@patient
@given(shares(), bounds)
@example((1402, 2003), 70)
@example((35, 44), 80)
def test_so_many_more_people_reach_the_share_and_one_less_does_not(
    share: tuple[int, int], bound: int | Decimal
) -> None:
    part, whole = share
    asked = condition(f"percent(joined, staff) >= {bound}")
    said = asked.shortfall(values(joined=part, staff=whole).facts)
    if asked.evaluate(values(joined=part, staff=whole).facts).holds:
        assert said == NOTHING
        return
    more = number_short(said)
    assert "คน" in said[0]
    assert asked.evaluate(values(joined=part + more, staff=whole).facts).holds
    assert not asked.evaluate(values(joined=part + more - 1, staff=whole).facts).holds


@patient
@given(st.integers(0, 60), st.integers(1, 60))
def test_so_many_more_rows_reach_the_count_and_one_less_does_not(have: int, bound: int) -> None:
    asked = condition(f'count(works, scope="inside") >= {bound}')
    outside = rows(3, **OUT)
    said = asked.shortfall(works(*rows(have, **IN), *outside).facts)
    if have >= bound:
        assert said == NOTHING
        return
    more = number_short(said)
    assert asked.evaluate(works(*rows(have + more, **IN), *outside).facts).holds
    assert not asked.evaluate(works(*rows(have + more - 1, **IN), *outside).facts).holds


def test_rows_are_never_short_by_a_part_of_one() -> None:
    with pytest.raises(ConditionError, match="whole"):
        condition("count(works) >= 2.5")


@patient
@given(st.lists(st.sampled_from("กขคงจ"), max_size=8), st.integers(1, 9))
def test_so_many_more_different_texts_reach_the_number(virtues: list[str], bound: int) -> None:
    asked = condition(f"distinct(works.virtue) >= {bound}")
    here = [{"virtue": virtue} for virtue in virtues]
    said = asked.shortfall(works(*here).facts)
    if len(set(virtues)) >= bound:
        assert said == NOTHING
        return
    more = number_short(said)
    new = [{"virtue": f"ใหม่ {n}"} for n in range(more)]
    assert asked.evaluate(works(*here, *new).facts).holds
    assert not asked.evaluate(works(*here, *new[1:]).facts).holds


@patient
@given(st.integers(0, 60), st.integers(1, 60))
def test_so_much_more_of_a_number_reaches_the_bound(have: int, bound: int) -> None:
    asked = condition(f"joined >= {bound}")
    said = asked.shortfall(values(joined=have).facts)
    if have >= bound:
        assert said == NOTHING
        return
    assert number_short(said) == bound - have


@patient
@given(st.lists(st.none() | st.integers(0, 100).map(Decimal), min_size=1, max_size=8))
def test_so_many_rows_are_short(successes: list[Decimal | None]) -> None:
    asked = condition("every(works.success) >= 70")
    given_ = works(*({"title": "ก", "success": success} for success in successes))
    said = asked.shortfall(given_.facts)
    short = sum(success is None or success < 70 for success in successes)
    assert said == NOTHING if short == 0 else number_short(said) == short


def test_so_many_texts_are_strangers() -> None:
    prizes = [{"virtue": virtue} for virtue in ("วินัย", "อื่น", "อีก")]
    given_ = Given(works=[{"virtue": "วินัย"}], prizes=prizes)
    said = condition("subset(prizes.virtue, works.virtue)").shortfall(given_.facts)
    assert number_short(said) == 2


def test_a_shortfall_reads_as_people_say_it() -> None:
    said = condition("percent(joined, staff) >= 80").shortfall(values(joined=26, staff=34).facts)
    assert said == (
        "“ผู้ร่วมประกาศ” ขาดอีก ๒ คนจึงจะถึงร้อยละ ๘๐",
        "“ผู้ร่วมประกาศ”: 2 more คน needed to reach 80 per cent",
    )


def test_of_several_ways_each_says_what_it_lacks() -> None:
    asked = condition("any(ticked(plan), count(works) >= 2)")
    thai, english = asked.shortfall(works(*rows(1)).facts)
    assert "หรือ" in thai
    assert " or " in english
    for part in ("ticked(plan)", "count(works) >= 2"):
        one, other = condition(part).shortfall(works(*rows(1)).facts)
        assert one in thai
        assert other in english


# --- words


@pytest.mark.parametrize("source", SOURCES)
def test_it_says_itself_in_both_languages_with_thai_digits_in_thai(source: str) -> None:
    thai, english = condition(source).say()
    assert thai.strip()
    assert english.strip()
    assert not ASCII_DIGIT.search(thai)


@pytest.mark.parametrize(("source", "given_"), [(s, g) for s, g, holds in CASES if not holds])
def test_its_shortfall_is_said_in_both_languages(source: str, given_: Given) -> None:
    for facts in (given_.facts, Given().facts):
        if condition(source).evaluate(facts).holds:
            continue
        thai, english = condition(source).shortfall(facts)
        assert thai.strip()
        assert english.strip()
        assert not ASCII_DIGIT.search(thai)
        assert not re.search(r"[{}]|  ", thai + english)


@pytest.mark.parametrize(("source", "given_"), [(s, g) for s, g, holds in CASES if holds])
def test_nothing_is_short_when_it_holds(source: str, given_: Given) -> None:
    assert condition(source).shortfall(given_.facts) == NOTHING


def test_digits_of_labels_are_said_in_thai_as_well() -> None:
    """However a definition writes its labels, a Thai sentence has digits of one kind."""
    numbered = FORM.model_copy(
        update={
            "fields": tuple(
                f.model_copy(update={"label": f"{f.label} 5", "short": ""}) for f in FORM.fields
            ),
            "tables": tuple(
                table.model_copy(
                    update={
                        "label": f"{table.label} 5",
                        "short": "",
                        "columns": tuple(
                            c.model_copy(update={"label": f"{c.label} 5"}) for c in table.columns
                        ),
                    }
                )
                for table in FORM.tables
            ),
        }
    )
    mixed = [
        source
        for source in SOURCES
        if ASCII_DIGIT.search(parse_condition(source, numbered).say()[0])
    ]
    assert mixed == []


@pytest.mark.parametrize("form_id", form_ids())
def test_shipped_conditions_are_said_with_thai_digits_in_thai(form_id: str) -> None:
    words = compile_rubric(load_form(form_id)).words
    assert words
    assert {s: said for s, said in words.items() if ASCII_DIGIT.search(said[0])} == {}
    assert all(thai.strip() and english.strip() for thai, english in words.values())


@pytest.mark.parametrize("bound", ["66.6666667", "0.0000001", "12.3456789", "70.5", "70"])
def test_a_bound_is_said_with_all_its_digits(bound: str) -> None:
    asked = condition(f"progress >= {bound}")
    assert asked.say()[1].endswith(f"at least {bound}")
    assert f">={bound}" in asked.formula()


# --- the same in the workbook


def counted(source: str) -> str:
    """The formula of the cell in which a condition's count stands."""
    (one,) = condition(source).counted()
    assert one.excel() in condition(source).formula()
    return one.array()


def test_a_day_is_compared_in_every_year_as_which_a_program_stores_it() -> None:
    """27/5/69 becomes 1969 or 2026 + 543; the window of the form tells which year is meant."""
    formula = counted('count(works, held_on <= "2026-03-31") >= 1')
    for first, after in (
        ("2022,10,1", "2026,4,1"),
        ("1965,10,1", "1969,4,1"),
        ("1979,10,1", "1983,4,1"),
        ("2565,10,1", "2569,4,1"),
    ):
        assert f"(works.held_on>=DATE({first}))*(works.held_on<DATE({after}))" in formula


def test_the_time_of_a_date_does_not_make_it_a_day_later() -> None:
    first, last = "works.held_on>=DATE({})", "works.held_on<DATE({})"
    for sign, edge in {
        "<=": last.format("2026,4,1"),
        "<": last.format("2026,3,31"),
        ">=": first.format("2026,3,31"),
        ">": first.format("2026,4,1"),
    }.items():
        assert edge in counted(f'count(works, held_on {sign} "2026-03-31") >= 1')


def test_a_percentage_is_compared_also_where_it_was_typed_as_a_fraction() -> None:
    formula = counted("count(works, success >= 66.5) >= 1")
    assert "(works.success>1)" in formula
    assert "*(works.success>=66.5)" in formula
    assert "(works.success<1)*(works.success>=0.665)" in formula


def test_a_number_out_of_its_limits_counts_in_no_row() -> None:
    tested = counted("count(works, success >= 66.5) >= 1")
    answered = condition("every(works.success)").formula()
    for formula in (tested, answered):
        assert "ISNUMBER(works.success)*(works.success>=0)*(works.success<=100)" in formula


@pytest.mark.parametrize("sign", [">=", "<=", ">", "<"])
def test_a_row_is_tested_by_the_sign_that_is_written(sign: str) -> None:
    formula = counted(f"count(works, hours {sign} 5) >= 1")
    assert f"ISNUMBER(works.hours)*(works.hours{sign}5)" in formula


def test_an_equal_sign_is_single_in_a_spreadsheet() -> None:
    assert "(works.hours=5)" in counted("count(works, hours == 5) >= 1")


@pytest.mark.parametrize(
    ("source", "piece"),
    [
        ("every(works.virtue)", "(LEN(TRIM(works.virtue))>0)"),
        ("every(works.held_on)", "(ISNUMBER(works.held_on)*((works.held_on>=DATE(2022,10,1))"),
        ("every(works.hours)", "(ISNUMBER(works.hours)>0)"),
        ("every(works.scope)", '="ภายใน")'),
        ("every(works.documented)", 'LOWER(TRIM(works.documented&""))'),
    ],
)
def test_what_has_to_be_answered_in_every_row_is_seen_by_its_type(source: str, piece: str) -> None:
    assert piece in condition(source).formula()


def test_a_row_test_is_said_with_its_column_and_its_day() -> None:
    thai, english = condition('count(works, hours >= 5, held_on <= "2026-03-31") >= 1').say()
    assert "จำนวนชั่วโมง ไม่น้อยกว่า ๕" in thai
    assert "วันที่จัด ไม่เกิน ๓๑ มี.ค. ๒๕๖๙" in thai
    assert "at most 2026-03-31" in english


@pytest.mark.parametrize(
    ("sign", "compares"),
    [
        (">=", operator.ge),
        ("<=", operator.le),
        (">", operator.gt),
        ("<", operator.lt),
        ("==", operator.eq),
    ],
)
@patient
@given(hours=st.lists(st.none() | st.integers(-3, 3), max_size=6), bound=st.integers(0, 3))
def test_as_many_rows_are_counted_as_compare_so(
    sign: str, compares: Callable[[int, int], bool], hours: list[int | None], bound: int
) -> None:
    quantity = parse_quantity(f"count(works, hours {sign} {bound})", FORM)
    given_ = works(*({"title": f"ก{at}", "hours": each} for at, each in enumerate(hours)))
    expected = sum(each is not None and compares(each, bound) for each in hours)
    assert quantity.measure(given_.facts) == expected


# --- what is refused

REFUSED: Mapping[str, str] = {
    # names
    "an unknown field": "ticked(nothing)",
    "an unknown field in a comparison": "nothing >= 1",
    "an unknown table": "count(nothing) >= 1",
    "an unknown column": "distinct(works.nothing) >= 1",
    "an unknown table of a column": "every(nothing.success) >= 1",
    "an unknown bound": "joined <= nothing",
    "a table as a field": "works >= 1",
    "a field as a table": "count(staff) >= 1",
    "a derived value": "share_joined >= 1",
    "another criterion's claim": "claimed(3) >= 1",
    # kinds
    "an unknown kind": "mean(works.hours) >= 1",
    "an unknown condition": "signed(plan)",
    "a quantity alone": "count(works)",
    "a field alone": "plan",
    "a number alone": "1",
    "a constant": "True",
    "a choice alone": "chosen(documentation)",
    "a condition compared": "ticked(plan) == True",
    "a condition as a quantity": "percent(ticked(plan), staff) >= 1",
    "a method": "works.count() >= 1",
    "two calls": "count(works)() >= 1",
    # types
    "ticked of a number": "ticked(joined)",
    "answered of a tick": "answered(plan)",
    "chosen of a tick": 'chosen(plan) == "all"',
    "by of a number": 'by(joined, "2026-03-10")',
    "percent of ticks": "percent(plan, staff) >= 1",
    "percent of percentages": "percent(progress, staff) >= 1",
    "percent of distinct texts": "percent(distinct(works.virtue), staff) >= 1",
    "every of a text": "every(works.title) >= 1",
    "every with a bound of texts": 'every(works.title) == "x"',
    "every of ticks with a bound": "every(works.documented) >= 1",
    "distinct of a choice": "distinct(works.scope) >= 1",
    "subset of a choice": "subset(works.scope, works.virtue)",
    "a tick compared": "plan >= 1",
    "a text compared": 'reporter == "x"',
    "a count compared with a text": 'count(works) >= "5"',
    "a number compared with a text": 'joined >= "5"',
    "a number compared with a date": "joined <= signed_on",
    "a number compared with the fiscal year": "joined <= fiscal_year_end",
    "a date compared with a number": "signed_on >= 5",
    "a date compared with a text that is no date": 'signed_on >= "10/03/2569"',
    "a date compared with no such day": 'signed_on >= "2026-02-30"',
    "rows of dates compared with a text that is no date": 'every(works.held_on) <= "x"',
    "rows of numbers compared with a date": "every(works.success) <= signed_on",
    "rows of dates compared with a number": "every(works.held_on) >= 5",
    "percent compared with a field": "percent(joined, staff) >= staff",
    "percent compared with a text": 'percent(joined, staff) >= "80"',
    "percent compared with a date": "percent(joined, staff) >= fiscal_year_end",
    # bounds
    "a computed bound": "count(works) >= 2 + 3",
    "a call as a bound": "count(works) >= int(5)",
    "a count as a bound": "count(works) >= count(prizes)",
    "a list as a bound": "count(works) >= [5]",
    "None as a bound": "count(works) >= None",
    "True as a bound": "count(works) >= True",
    "bytes as a bound": 'count(works) >= b"5"',
    "a complex bound": "count(works) >= 5j",
    "an endless bound": "count(works) >= 1e999",
    "a monstrous bound": f"count(works) >= 0x{'f' * 5000}",
    "a computed claim": "claimed(1 + 1) >= 1",
    "a claim of True": "claimed(True) >= 1",
    "a claim of true": "claimed(true) >= 1",
    "a claim of a decimal": "claimed(1.0) >= 1",
    "no such day": 'by(signed_on, "2026-02-30")',
    "a day in Thai order": 'by(signed_on, "10/03/2569")',
    "a day without quotes": "by(signed_on, 2026-03-10)",
    "a day that is a field": "by(signed_on, signed_on)",
    # comparisons
    "a chained comparison": "1 <= count(works) <= 5",
    "unequal": "count(works) != 5",
    "membership": "count(works) in (1, 2)",
    "identity": "count(works) is 5",
    "a comparison turned round": "5 <= count(works)",
    "chosen at least": 'chosen(documentation) >= "all"',
    "chosen of an unknown value": 'chosen(documentation) == "none"',
    "chosen by label": 'chosen(documentation) == "ทุกกิจกรรม"',
    "and": "ticked(plan) and ticked(committee)",
    "not": "not ticked(plan)",
    # arguments
    "any with one argument": "any(ticked(plan))",
    "any with none": "any()",
    "any with a keyword": "any(ticked(plan), ticked(committee), first=1)",
    "any of quantities": "any(count(works), count(prizes))",
    "any of a list": "any(*[ticked(plan), ticked(committee)])",
    "ticked with two": "ticked(plan, committee)",
    "ticked with a keyword": "ticked(field=plan)",
    "ticked of a text": 'ticked("plan")',
    "percent with one": "percent(joined) >= 1",
    "percent with three": "percent(joined, staff, staff) >= 1",
    "percent with a keyword": "percent(joined, staff, of=staff) >= 1",
    "count with none": "count() >= 1",
    "count with two": "count(works, prizes) >= 1",
    "count of a column": "count(works.title) >= 1",
    "distinct of a table": "distinct(works) >= 1",
    "every of a table": "every(works) >= 1",
    "every with two": "every(works.hours, works.success) >= 1",
    "by with one": "by(signed_on)",
    "subset with one": "subset(works.virtue)",
    "claimed with none": "claimed() >= 1",
    "claimed with a keyword": "claimed(1, of=2) >= 1",
    # filters
    "a filter on an unknown column": 'count(works, nothing="inside") >= 1',
    "a filter for an unknown value": 'count(works, scope="nowhere") >= 1',
    "a filter by label": 'count(works, scope="ภายใน") >= 1',
    "a filter of a text": 'count(works, title="ก") >= 1',
    "a filter of a number": "count(works, hours=3) >= 1",
    "a tick filtered by a text": 'count(works, documented="yes") >= 1',
    "a tick filtered by a number": "count(works, documented=1) >= 1",
    "a filter that is a name": "count(works, scope=inside) >= 1",
    "a filter that compares a text": 'count(works, title == "ก") >= 1',
    "a filter that compares a choice": 'count(works, scope == "inside") >= 1',
    "a filter that compares a tick": "count(works, documented == True) >= 1",
    "a filter that compares an unknown column": "count(works, nothing >= 1) >= 1",
    "a filter that compares a field": "count(works, staff >= 1) >= 1",
    "a filter that compares a column of a table": "count(works, works.hours >= 1) >= 1",
    "a filter with a number in quotes": 'count(works, hours >= "5") >= 1',
    "a filter with a day in Thai order": 'count(works, held_on <= "10/03/2569") >= 1',
    "a filter with a number for a day": "count(works, held_on <= 2569) >= 1",
    "a filter compared with a field": "count(works, held_on <= signed_on) >= 1",
    "a filter with two comparisons": "count(works, 1 <= hours <= 5) >= 1",
    "a filter that is unequal": "count(works, hours != 5) >= 1",
    "a filter that only names a column": "count(works, hours) >= 1",
    "a comparison after a filter": "count(works, documented=true, hours >= 5) >= 1",
    "a filter that is unpacked": 'count(works, **{"scope": "inside"}) >= 1',
    # tricks
    "an import": "__import__('os')",
    "an import compared": "__import__('os').system('true') >= 1",
    "an attribute of a field": "staff.__class__ >= 1",
    "an attribute of a column": "every(works.success.__class__) >= 1",
    "an attribute of a kind": "count.__globals__ >= 1",
    "a dunder column": "distinct(works.__class__) >= 1",
    "a lambda": "lambda: 1",
    "a lambda called": "(lambda: 1)() >= 1",
    "an f-string": 'f"{staff}"',
    "an f-string compared": "f'{staff!r:{joined}}' >= 1",
    "a comprehension": "[x for x in works] >= 1",
    "a walrus": "(staff := 5) >= 1",
    "a subscript": "works[0] >= 1",
    "an await": "await staff",
    "a conditional": "1 if plan else 2",
    # syntax
    "nothing": "",
    "blanks": "   ",
    "half a call": "count(works",
    "a statement": "staff = 5",
    "two statements": "count(works) >= 1; 2",
    "two lines": "count(works) >= 1\ncount(works) >= 2",
    "a null byte": "count(works)\0 >= 1",
    "half a character": "count(works) >= \ud800",
    "Thai digits": "count(works) >= ๕",
    "deep parentheses": "(" * 5000 + "1" + ")" * 5000,
    "a long chain of signs": "-" * 5000 + "1 >= 1",
    "an endless chain of signs": "-" * 100_000 + "1 >= 1",
    "a long sum": "+".join(["1"] * 5000) + " >= 1",
    "an endless sum": "+".join(["1"] * 100_000) + " >= 1",
    "a long chain of attributes": "works" + ".works" * 5000 + " >= 1",
    "deep calls": "any(" * 5000 + "ticked(plan)" + ")" * 5000,
}  # fmt: skip


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_with_a_remedy(source: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        parse_condition(source, FORM)
    assert all(said.strip() for said in (*refusal.value.message, *refusal.value.remedy))
    assert refusal.value.said == (refusal.value.message,)
    assert str(refusal.value) == refusal.value.message[1]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("ticked(nothing)", "'nothing'"),
        ("count(nothing) >= 1", "'nothing'"),
        ("distinct(works.nothing) >= 1", "'nothing'"),
        ("ticked(joined)", "'joined' is of type 'integer'"),
        ("mean(works) >= 1", "'mean'"),
        ('count(works, scope="nowhere") >= 1', "'nowhere'"),
        ("1 <= count(works) <= 5", "'1 <= count(works) <= 5'"),
        ('by(signed_on, "2026-02-30")', "'2026-02-30'"),
    ],
)
def test_the_refusal_names_what_is_wrong(source: str, named: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        parse_condition(source, FORM)
    assert named in refusal.value.message[1]


@pytest.mark.parametrize(
    "source",
    ["", "nothing", "plan", "mean(works.hours)", "1", "count(works) >= 1", "staff + joined"],
)
def test_what_is_no_quantity_is_refused_too(source: str) -> None:
    with pytest.raises(ConditionError):
        parse_quantity(source, FORM)


_WORDS = """
    percent count distinct claimed every ticked answered chosen subset any by
    staff joined progress plan signed_on documentation works prizes works.virtue works.success
    works.held_on works.documented scope= documented= fiscal_year_end true False None not and
    lambda ( ) ( ) , , . * ** >= <= > < == != in is 0 1 2.5 -1 80 1e999 "all" "inside"
    "2026-03-10" [ ] { } : := f" " ' \\ ๕ วินัย
"""
salads = st.lists(st.sampled_from([*_WORDS.split(), "\n"]), max_size=14).map(" ".join)


@patient
@given(st.text() | salads)
def test_whatever_is_written_is_parsed_or_refused_and_never_fails(source: str) -> None:
    try:
        asked = parse_condition(source, FORM)
    except ConditionError as refusal:
        assert all(refusal.remedy)
        return
    full = Given(
        {"staff": 5, "joined": 4, "progress": Decimal(50), "plan": True, "signed_on": DAY},
        rows(2, success=Decimal(50), held_on=DAY, virtue="วินัย"),
        [{"virtue": "วินัย"}],
        {1: 1},
    )
    for given_ in (Given(), full):
        assert isinstance(asked.evaluate(given_.facts).holds, bool)
        assert all(isinstance(said, str) for said in asked.shortfall(given_.facts))
    assert all(asked.say())
    assert asked.formula()
    assert asked.shortfall_formula()
