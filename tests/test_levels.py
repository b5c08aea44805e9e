"""The printed level rules, over every score vector that the forms allow."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest

from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field
from moral_xlsx.model.rubric import Box, Criterion, Rung
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import NO_LEVEL, assess, level_name, levels_met, reached_level

Vector = tuple[int, ...]
NAMES = ("องค์กรส่งเสริมคุณธรรม", "องค์กรพัฒนาคุณธรรม", "องค์กรคุณธรรมต้นแบบ")

# How many of the 4 ** 9 vectors meet which of the three printed rules.
COUNTS: Mapping[tuple[int, ...], int] = {
    (): 233_203,
    (1,): 25_268,
    (1, 2): 2_980,
    (1, 2, 3): 412,
    (2,): 227,
    (2, 3): 29,
    (1, 3): 12,
    (3,): 13,
}
HIGHEST = {(): 0, (1,): 1, (1, 2): 2, (1, 2, 3): 3, (2,): 2, (2, 3): 3, (1, 3): 3, (3,): 3}
NESTED = {(): 0, (1,): 1, (1, 2): 2, (1, 2, 3): 3, (2,): 0, (2, 3): 0, (1, 3): 1, (3,): 0}


def printed(vector: Vector) -> tuple[int, ...]:
    """The levels that a vector meets, as section 4 of the form prints their rules."""
    met = []
    if min(vector[:3]) >= 2 and sum(vector[:3]) >= 7:
        met.append(1)
    if min(vector[:6]) >= 2 and sum(vector[:6]) >= 14:
        met.append(2)
    if min(vector) >= 2 and sum(vector) >= 21:
        met.append(3)
    return tuple(met)


@dataclass(frozen=True)
class Rules:
    """The rules that a form prints: criteria 1 to ``last``, each and in sum at least so much.

    ``counts`` are how many of all vectors meet which of them, worked out apart from them.
    """

    least: tuple[tuple[int, int, int], ...]
    counts: Mapping[tuple[int, ...], int]

    def met(self, vector: Vector) -> tuple[int, ...]:
        return tuple(
            level
            for level, (last, each, total) in enumerate(self.least, start=1)
            if min(vector[:last]) >= each and sum(vector[:last]) >= total
        )


# Of the forms besides that of 2569: the annex of 2567, and what is borrowed from it for 2566.
LADDERS: Mapping[str, Rules] = {
    "senate-2567": Rules(
        ((3, 1, 6), (6, 2, 14), (9, 2, 21)),
        {
            (): 192_512,
            (1,): 65_959,
            (1, 2): 3_207,
            (1, 2, 3): 441,
            (1, 3): 25,
        },
    ),
    "diw-2566-plan": Rules(((3, 1, 6), (6, 2, 14), (8, 2, 21)), {(): 224, (1,): 28, (1, 2): 4}),
}


def allowed(form: Form) -> Iterator[Vector]:
    """Every vector of points of the scored criteria."""
    return product(*([rung.points for rung in c.rungs] for c in form.counted))


def scores(vector: Vector) -> dict[int, int]:
    return dict(enumerate(vector, start=1))


@pytest.fixture(scope="module")
def nested(form: Form) -> Form:
    return form.model_copy(update={"nested": True})


def test_all_score_vectors_are_judged_by_the_printed_rules(form: Form, nested: Form) -> None:
    counts: Counter[tuple[int, ...]] = Counter()
    wrong = []
    for vector in product(range(4), repeat=9):
        met = levels_met(form, scores(vector))
        counts[met] += 1
        if met != printed(vector):
            wrong.append((vector, met))
    assert wrong == []
    assert counts == COUNTS
    # The level depends on nothing but the rules met, of which these are all that occur.
    assert {met: reached_level(form, met) for met in counts} == HIGHEST
    assert {met: reached_level(nested, met) for met in counts} == NESTED


@pytest.mark.parametrize(
    ("vector", "met", "level", "level_if_nested"),
    [
        ((2, 2, 2, 0, 0, 0, 0, 0, 0), (), 0, 0),
        ((3, 2, 2, 0, 0, 0, 0, 0, 0), (1,), 1, 1),
        ((2, 2, 2, 3, 3, 2, 0, 0, 0), (2,), 2, 0),
        ((2, 2, 2, 2, 2, 2, 2, 2, 2), (), 0, 0),
        ((2, 2, 2, 2, 2, 2, 3, 3, 3), (3,), 3, 0),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3), (1, 2, 3), 3, 3),
        ((3, 3, 1, 3, 3, 3, 3, 3, 3), (), 0, 0),
    ],
)
def test_the_vectors_worked_out_by_hand(
    form: Form,
    nested: Form,
    vector: Vector,
    met: tuple[int, ...],
    level: int,
    level_if_nested: int,
) -> None:
    assert levels_met(form, scores(vector)) == met
    assert reached_level(form, met) == level
    assert reached_level(nested, met) == level_if_nested


# --- the other forms with levels


def test_every_form_with_levels_is_judged_here(form: Form) -> None:
    with_levels = {name for name in form_ids() if load_form(name).levels}
    assert with_levels == {form.id, *LADDERS}


@pytest.mark.parametrize("name", LADDERS)
def test_all_score_vectors_are_judged_by_the_rules_of_their_form(name: str) -> None:
    form, rules = load_form(name), LADDERS[name]
    counts: Counter[tuple[int, ...]] = Counter()
    wrong = []
    for vector in allowed(form):
        met = levels_met(form, scores(vector))
        counts[met] += 1
        if met != rules.met(vector):
            wrong.append((vector, met))
    assert wrong == []
    assert counts == rules.counts
    assert not form.nested
    assert all(reached_level(form, met) == max(met, default=0) for met in counts)


@pytest.mark.parametrize(
    ("name", "vector", "met", "level"),
    [
        ("senate-2567", (3, 2, 1, 0, 0, 0, 0, 0, 0), (1,), 1),
        ("senate-2567", (2, 2, 2, 0, 0, 0, 0, 0, 0), (1,), 1),
        ("senate-2567", (3, 3, 0, 0, 0, 0, 0, 0, 0), (), 0),
        ("senate-2567", (2, 2, 1, 0, 0, 0, 0, 0, 0), (), 0),
        ("senate-2567", (2, 2, 2, 3, 3, 2, 0, 0, 0), (1, 2), 2),
        ("senate-2567", (2, 2, 2, 2, 2, 2, 2, 2, 2), (1,), 1),
        ("senate-2567", (2, 2, 2, 2, 2, 2, 3, 3, 3), (1, 3), 3),
        ("diw-2566-plan", (3, 3, 3, 3, 2, 3, 2, 1), (1, 2), 2),
        ("diw-2566-plan", (3, 3, 3, 3, 2, 0, 2, 1), (1,), 1),
        ("diw-2566-plan", (3, 3, 0, 3, 2, 3, 2, 1), (), 0),
    ],
)
def test_the_vectors_listed_for_a_form(
    name: str, vector: Vector, met: tuple[int, ...], level: int
) -> None:
    form = load_form(name)
    assert levels_met(form, scores(vector)) == met
    assert reached_level(form, met) == level


def test_the_whole_plan_of_2566_is_worth_20_points_and_level_2() -> None:
    form = load_form("diw-2566-plan")
    everything = max(allowed(form), key=sum)
    assert sum(everything) == form.maximum == 20
    assert levels_met(form, scores(everything)) == (1, 2)
    assert "ยืม" in form.levels_note
    assert all(any("ยืม" in line for line in level.text) for level in form.levels)


@pytest.mark.parametrize("name", LADDERS)
def test_each_level_of_a_form_has_the_printed_name(name: str) -> None:
    form = load_form(name)
    assert [level_name(form, number)[0] for number in (1, 2, 3)] == list(NAMES)
    assert level_name(form, 0) == NO_LEVEL


def test_each_level_has_the_printed_name_and_none_has_words_too(form: Form) -> None:
    assert [level_name(form, number)[0] for number in (1, 2, 3)] == list(NAMES)
    assert level_name(form, 0) == NO_LEVEL
    assert all(NO_LEVEL)


# --- whole assessments: a form with the same levels whose scores can be set directly


def settable(form: Form) -> Rubric:
    """The form's levels over criteria that each score what one number field says."""
    sheet = form.sheets[0].id
    fields = [
        Field(id=f"score_of_{c.number}th", label="คะแนน", type="integer", sheet=sheet)
        for c in form.criteria
    ]
    criteria = [
        Criterion(
            number=criterion.number,
            title=criterion.title,
            short=criterion.short,
            rungs=tuple(
                Rung(
                    points=points,
                    boxes=(Box(text="ขั้น", conditions=(f"{field.id} >= {points}",)),),
                )
                for points in (3, 2, 1, 0)
            ),
        )
        for criterion, field in zip(form.criteria, fields, strict=True)
    ]
    update = {"fields": tuple(fields), "criteria": tuple(criteria)}
    emptied: dict[str, tuple[()]] = {"tables": (), "derived": (), "checks": ()}
    return compile_rubric(form.model_copy(update={**update, **emptied}))


def judge(rubric: Rubric, vector: Vector) -> Assessment:
    ids = [field.id for field in rubric.form.fields]
    answers = Answers(rubric.form.id, "A1", dict(zip(ids, vector, strict=True)))
    return assess(rubric, Understood(answers, {}, ()))


def sample() -> list[Vector]:
    """Every vector that meets a level above a missed one, all that reach level 2 or 3, and
    some of the others."""
    everything = list(product(range(4), repeat=9))
    reaching = [vector for vector in everything if printed(vector) not in ((), (1,))]
    others = random.Random(2569).sample(everything, 500)
    return list(dict.fromkeys(reaching + others))


def english(found: Finding) -> dict[str, str]:
    return {name: word if isinstance(word, str) else word[1] for name, word in found.words}


def test_reviewers_are_told_exactly_when_a_lower_level_is_missed(form: Form) -> None:
    rubric = settable(form)
    told = Counter[tuple[int, ...]]()
    for vector in sample():
        assessment = judge(rubric, vector)
        met = printed(vector)
        assert (assessment.levels_met, assessment.level) == (met, HIGHEST[met]), vector
        words = [english(f) for f in assessment.findings if f.code == "MX-313"]
        missed = [level for level in range(1, HIGHEST[met]) if level not in met]
        if missed:
            expected = {"level": str(HIGHEST[met]), "missing": ", ".join(map(str, missed))}
            assert words == [expected], vector
            told[met] += 1
        else:
            assert words == [], vector
    assert told == {met: COUNTS[met] for met in ((2,), (2, 3), (1, 3), (3,))}


def test_nothing_is_in_doubt_where_levels_are_nested(nested: Form) -> None:
    rubric = settable(nested)
    for vector in ((2, 2, 2, 3, 3, 2, 0, 0, 0), (2, 2, 2, 2, 2, 2, 3, 3, 3), (3,) * 9):
        assessment = judge(rubric, vector)
        assert assessment.level == NESTED[printed(vector)]
        assert "MX-313" not in [finding.code for finding in assessment.findings]


@pytest.mark.parametrize(
    ("vector", "needed"),
    [
        (
            (3, 1, 3, 0, 0, 0, 0, 0, 0),
            ["criterion 2 needs at least 2 points (has 1)"],
        ),
        ((2, 2, 2, 0, 0, 0, 0, 0, 0), ["1 more points needed in criteria 1-3 (has 6, needs 7)"]),
        (
            (3, 3, 3, 2, 1, 0, 0, 0, 0),
            [
                "criterion 5 needs at least 2 points (has 1)",
                "criterion 6 needs at least 2 points (has 0)",
                "2 more points needed in criteria 1-6 (has 12, needs 14)",
            ],
        ),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3), []),
    ],
)
def test_what_the_next_level_needs_is_said(form: Form, vector: Vector, needed: list[str]) -> None:
    next_level = judge(settable(form), vector).next_level
    assert [english for _, english in next_level] == needed
    assert not any(digit in thai for thai, _ in next_level for digit in "0123456789")
