"""Ladders as tables: every rung can be reached, none hides another, none leaves a gap."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from moral_xlsx.model.form import Form
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.definition.ladder import ladder_faults
from moral_xlsx.rules.definition.load import form_ids, load_form

UNREACHABLE, SHADOWED, GAP = "exclude one another", "a higher one holds", "fewer points than both"
MANY = [f"any(ticked(plan), count(activities, success_percent >= {n}) >= 1)" for n in range(1, 20)]


def told(*rungs: Sequence[str]) -> list[str]:
    """What is told of a ladder with these conditions, from the highest rung down."""
    form = load_form("moi-2569")
    written = [
        {"points": len(rungs) - 1 - at, "boxes": [{"text": "ช่อง", "conditions": conditions}]}
        for at, conditions in enumerate(rungs)
    ]
    criterion = Criterion.model_validate(
        {"number": 1, "title": "ข้อ", "short": "ข้อ", "rungs": written}
    )
    return [f"{each.place}: {each.message[1]}" for each in ladder_faults(with_one(form, criterion))]


def with_one(form: Form, criterion: Criterion) -> Form:
    return form.model_copy(update={"criteria": (criterion,)})


@pytest.mark.parametrize("form_id", form_ids())
def test_the_ladders_of_the_form_are_sound(form_id: str) -> None:
    assert list(ladder_faults(load_form(form_id))) == []


SHARE = "percent(signed, headcount)"
SOUND = (
    ([f"{SHARE} >= 80"], [f"{SHARE} >= 70"], [f"{SHARE} >= 60"], []),
    (["ticked(plan)", "ticked(assigned)"], ["ticked(plan)"], []),
    (["any(ticked(plan), ticked(assigned))", "ticked(committee)"], ["ticked(committee)"], []),
    (["count(activities) >= 5"], ["count(activities) >= 3"], ["count(activities) <= 0"]),
    (["every(activities.success_percent) >= 70"], ["every(activities.success_percent) >= 60"], []),
    (['report_date <= "2026-05-31"'], ['report_date <= "2026-06-30"'], []),
    (["count(activities, documented=True) >= 2"], ["count(activities) >= 2"], []),
    # Too many together to be tried in every combination.
    (MANY, ["ticked(assigned)"], []),
    (['report_date <= "0001-01-01"'], []),
    # Two of what is counted, one after the other: no table of rows contradicts it.
    (
        ["count(activities) >= 3", "distinct(activities.virtue) >= 3"],
        ["count(activities) >= 1"],
        [],
    ),
)
UNSOUND = (
    ("thresholds exchanged", ([f"{SHARE} >= 70"], [f"{SHARE} >= 80"], []), SHADOWED),
    ("the same twice", (["ticked(plan)"], ["ticked(plan)"], []), SHADOWED),
    ("a lower rung that asks more", (["ticked(plan)"], ["ticked(plan)", "ticked(assigned)"], []),
     SHADOWED),
    ("an alternative above", (["any(ticked(plan), ticked(assigned))"], ["ticked(plan)"], []),
     SHADOWED),
    ("a part that counts for more than the whole",
     (["count(activities) >= 2"], ["count(activities, documented=True) >= 2"], []), SHADOWED),
    ("days exchanged", (['report_date <= "2026-06-30"'], ['report_date <= "2026-05-31"'], []),
     SHADOWED),
    ("bounds that exclude each other",
     (["count(activities) >= 5", "count(activities) <= 3"], ["count(activities) >= 1"], []),
     UNREACHABLE),
    ("more distinct than there are",
     (["distinct(activities.virtue) >= 5", "count(activities) <= 3"], ["ticked(plan)"], []),
     UNREACHABLE),
    ("upper bounds that leave a gap",
     ([f"{SHARE} >= 80"], [f"{SHARE} >= 60", f"{SHARE} <= 69"], []), GAP),
    ("a gap between days",
     (['report_date <= "2026-05-31"'], ['report_date >= "2026-06-10"'], []), GAP),
    ("a band that more of it falls out of",
     ([f"{SHARE} >= 80", f"{SHARE} <= 90"], []), "more points than both"),
    ("each rung for one number alone",
     (["count(activities) == 3"], ["count(activities) == 2"], ["count(activities) == 1"], []),
     "more points than both"),
    ("more than may be answered", (["headcount >= 200000"], ["ticked(plan)"], []), UNREACHABLE),
    ("a rung that excludes itself below very many conditions",
     (MANY, ["count(reports) >= 2", "count(reports) <= 1"], []), UNREACHABLE),
)  # fmt: skip


@pytest.mark.parametrize("rungs", SOUND)
def test_a_sound_ladder_is_left_alone(rungs: Sequence[Sequence[str]]) -> None:
    assert told(*rungs) == []


@pytest.mark.parametrize(("rungs", "fault"), [case[1:] for case in UNSOUND],
                         ids=[case[0] for case in UNSOUND])  # fmt: skip
def test_an_unsound_ladder_is_told(rungs: Sequence[Sequence[str]], fault: str) -> None:
    (found,) = told(*rungs)
    assert fault in found and found.startswith("criteria[1].rungs")
