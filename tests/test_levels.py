"""The printed level rules, over every score vector that the form of 2569 allows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from itertools import product

import pytest

from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Box, Criterion, Field, Form, Rung
from moral_xlsx.rules.rubric import Rubric, compile_rubric
from moral_xlsx.rules.score import NO_LEVEL, assess, level_name, levels_met, reached_level

Vector = tuple[int, ...]

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


def test_each_level_has_the_printed_name_and_none_has_words_too(form: Form) -> None:
    assert [level_name(form, number)[0] for number in (1, 2, 3)] == [
        "องค์กรส่งเสริมคุณธรรม",
        "องค์กรพัฒนาคุณธรรม",
        "องค์กรคุณธรรมต้นแบบ",
    ]
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
