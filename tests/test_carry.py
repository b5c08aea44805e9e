"""Answers go from form to form by identity, and nothing is bent or lost in silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from moral_xlsx.model.answers import Answers, Understood, Value
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.carry import Carried, carry
from moral_xlsx.rules.understand.normalise import normalise

AGREED = {"value": "yes", "label": "เห็นด้วย"}
REFUSED = {"value": "no", "label": "ไม่เห็นด้วย"}


def made(*questions: dict[str, Any], tables: Any = (), claims: int = 0, most: int = 3) -> Form:
    """A form that asks these questions and lets points be claimed for some criteria."""
    rungs = [
        {"points": most, "boxes": [{"text": "ครบ", "conditions": ["count(works) >= 1"]}]},
        {"points": 0, "boxes": [{"text": "ไม่ครบ"}]},
    ]
    rows = [{"cells": [f"ข้อ {n}"], "criterion": n} for n in range(1, claims + 1)]
    columns = [{"heading": "เกณฑ์", "width": 20}]
    return Form.model_validate(
        {
            "id": "made-2569", "version": "1.0", "title": ["แบบ"], "short_title": "แบบ",
            "fiscal_year": 2569, "issuer": "กรม", "receiver": "กรม", "source": "ทดสอบ",
            "printed": {"tables": [{"columns": columns, "rows": rows}]} if rows else {},
            "sheets": [{"id": "unit", "title": "ข้อมูล"}],
            "fields": [{"sheet": "unit", "label": each["id"], **each} for each in questions],
            "tables": [
                {"label": t["id"], "sheet": "unit", "unit": "แถว", "rows": 3, **t} for t in tables
            ],
            "criteria": [
                {"number": n, "title": f"ข้อ {n}", "short": f"ข้อ {n}", "rungs": rungs}
                for n in range(1, claims + 1)
            ],
        }
    )  # fmt: skip


def moved(old: Form, new: Form, **values: Any) -> Carried:
    """The answers as somebody gave them to the old form, carried into the new one."""
    special = {name: values.pop(name, {}) for name in ("claims", "evidence")}
    data = {"form": old.id, "unit_code": "ICT", "answers": values, **special}
    understood = normalise(old, from_json(old, data))
    assert not [f for f in understood.findings if f.severity == "error" and f.code != "MX-203"]
    return carry(old, understood, new)


def one(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "it", "type": kind, **more}


def table(*columns: tuple[str, str], **more: Any) -> dict[str, Any]:
    asked = [{"id": name, "label": name, "type": kind} for name, kind in columns]
    return {"id": "works", "columns": asked, **more}


# --- the same identity


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "แผนงาน 85% ของ ๒๕๖๙", "แผนงาน 85% ของ ๒๕๖๙"),
        ("integer", 1, 1),
        ("percent", 1, Decimal(1)),
        ("percent", "0.5%", Decimal("0.5")),
        ("percent", 97.05, Decimal("97.05")),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("tick", True, True),
    ],
)
def test_what_is_asked_alike_is_carried_exactly(kind: str, given: Any, kept: Value) -> None:
    carried = moved(made(one(kind)), made(one(kind)), it=given)
    assert carried.answers.values["it"] == kept and type(carried.answers.values["it"]) is type(kept)
    assert (carried.count, carried.left) == (1, ())


def test_the_unit_goes_along_and_the_form_is_the_new_one() -> None:
    new = made(one("text"), {"id": "more", "type": "date"}).model_copy(update={"id": "next-2570"})
    answers = moved(made(one("text")), new, it="ก").answers
    assert (answers.form, answers.unit_code) == ("next-2570", "ICT")
    assert answers.values == {"it": "ก", "more": None}


def test_a_blank_and_a_tick_that_is_not_set_are_neither_carried_nor_missed() -> None:
    old = made(one("text"), {"id": "done", "type": "tick"})
    assert (moved(old, made()).count, moved(old, made()).left) == (0, ())


# --- the meaning of the new form


@pytest.mark.parametrize(
    ("was", "given", "asked", "read"),
    [
        (one("text"), "27 พ.ค. 2569", one("date"), date(2026, 5, 27)),
        (one("text"), "๓๔ คน", one("integer"), 34),
        (one("text"), "85%", one("percent"), Decimal(85)),
        (one("text"), "เห็นด้วย", one("choice", choices=[AGREED, REFUSED]), "yes"),
        (one("date"), "2026-05-27", one("text"), "27 พ.ค. 2569"),
        (one("percent"), 0.5, one("text"), "0.5%"),
        (one("integer", unit="คน"), 34, one("text"), "34 คน"),
        (one("integer", unit="%"), 34, one("percent"), Decimal(34)),
        (one("tick"), True, one("text"), "มี"),
        (one("choice", choices=[AGREED, REFUSED]), "yes", one("text"), "เห็นด้วย"),
        (
            one("choice", choices=[AGREED]),
            "yes",
            one("choice", choices=[{"value": "yes", "label": "ใช่"}]),
            "yes",
        ),
        (
            one("choice", choices=[AGREED]),
            "yes",
            one("choice", choices=[{"value": "agreed", "label": "ใช่", "aliases": ["เห็นด้วย"]}]),
            "agreed",
        ),
    ],
    ids=lambda part: str(part.get("type", part) if isinstance(part, Mapping) else part),
)
def test_another_type_reads_the_answer_as_its_officer_would_type_it(
    was: dict[str, Any], given: Any, asked: dict[str, Any], read: Value
) -> None:
    carried = moved(made(was), made(asked), it=given)
    assert carried.answers.values["it"] == read
    assert (carried.count, carried.left) == (1, ())


@pytest.mark.parametrize(
    ("was", "given", "asked", "why"),
    [
        (one("text"), "มาก", one("integer"), "has to be a number"),
        (one("integer"), 34, one("integer", maximum=30), "30 or less"),
        (one("percent"), 34, one("integer"), "has to be a number"),
        (one("integer", unit="คน"), 34, one("percent"), "has to be a number"),
        (one("integer"), 1, one("percent"), "1 or 100 per cent"),
        (one("date"), "2026-05-27", one("percent"), "has to be a number"),
        (one("text"), "ทำแล้วบางส่วน", one("tick"), "has to be ✓"),
        (one("choice", choices=[AGREED, REFUSED]), "no", one("choice", choices=[AGREED]),
         "no such choice (it has เห็นด้วย)"),
        (one("choice", choices=[{"value": "n", "label": "ไม่มี"}]), "n", one("text"),
         "read as blank"),
    ],
    ids=lambda part: str(part.get("type", part) if isinstance(part, Mapping) else part),
)  # fmt: skip
def test_what_the_new_form_does_not_admit_stays_behind_with_the_reason(
    was: dict[str, Any], given: Any, asked: dict[str, Any], why: str
) -> None:
    carried = moved(made(was), made(asked), it=given)
    (left,) = carried.left
    assert why in left.reason[1] and left.reason[0] != left.reason[1]
    assert carried.count == 0 and not carried.answers.values["it"]


def test_what_stays_behind_is_named_with_its_place_and_its_value() -> None:
    old, place = made(one("percent", label="ผลสำเร็จ")), Place("", "ข้อเท็จจริง", "C6", "it")
    answers = Answers(old.id, "ICT", {"it": Decimal("0.5")})
    (left,) = carry(old, Understood(answers, {"it": place}, ()), made()).left
    assert (left.label[0], left.place, left.found) == ("ผลสำเร็จ", place, "0.5%")
    assert left.reason == ("แบบใหม่ไม่มีช่องนี้", "the new form has no such field")


# --- tables


def test_rows_go_by_column_and_rows_of_which_nothing_is_left_close_up() -> None:
    old = made(tables=[table(("title", "text"), ("gone", "text"))])
    new = made(tables=[table(("extra", "date"), ("title", "text"))])
    rows = [{"title": "ก"}, {"gone": "หาย"}, {"title": "ข", "gone": "หายด้วย"}]
    carried = moved(old, new, works=rows)
    assert [row["title"] for row in carried.answers.tables["works"]] == ["ก", "ข"]
    assert carried.count == 2
    assert [(left.label[1], left.found) for left in carried.left] == [
        ("works, row 2, gone", "หาย"),
        ("works, row 3, gone", "หายด้วย"),
    ]
    assert {left.reason[1] for left in carried.left} == {"the new form's table has no such column"}


def test_a_row_that_the_new_form_reads_as_empty_shifts_no_reason_to_another_row() -> None:
    nothing = {"value": "n", "label": "ไม่มี"}
    old = made(tables=[table(("a", "text"), ("b", "text"))])
    old = old.model_copy(
        update={"tables": made(tables=[{**table(), "columns": [
            {"id": "a", "label": "a", "type": "choice", "choices": [nothing]},
            {"id": "b", "label": "b", "type": "text"},
        ]}]).tables}
    )  # fmt: skip
    new = made(tables=[table(("a", "text"), ("b", "integer"))])
    carried = moved(old, new, works=[{"a": "n"}, {"b": "5"}, {"b": "มาก"}])
    assert [left.label[1] for left in carried.left] == ["works, row 1, a", "works, row 3, b"]
    assert carried.answers.tables["works"][0]["b"] == 5


def test_a_table_that_is_gone_is_told_cell_by_cell() -> None:
    carried = moved(made(tables=[table(("title", "text"))]), made(), works=[{"title": "ก"}])
    assert [left.reason[1] for left in carried.left] == ["the new form has no such table"]


PRESET = ({"title": "กิจกรรมที่กำหนด", "share": 1, "on": date(2026, 3, 31), "done": True},)
WITH_PRESET = table(
    ("title", "text"), ("share", "percent"), ("on", "date"), ("done", "tick"), preset=PRESET
)


def test_preset_rows_stay_where_the_old_answers_bring_none() -> None:
    carried = moved(made(one("text")), made(one("text"), tables=[WITH_PRESET]), it="ก")
    assert carried.answers.tables["works"] == (
        {"title": "กิจกรรมที่กำหนด", "share": Decimal(1), "on": date(2026, 3, 31), "done": True},
    )
    assert carried.count == 1


def test_old_rows_win_over_preset_ones() -> None:
    old = made(tables=[table(("title", "text"))])
    carried = moved(old, made(tables=[WITH_PRESET]), works=[{"title": "ของหน่วยงาน"}])
    (row,) = carried.answers.tables["works"]
    assert (row["title"], row["share"], row["on"]) == ("ของหน่วยงาน", None, None)


# --- claims and evidence


def test_claims_and_evidence_go_by_number() -> None:
    form = made(tables=[table(("title", "text"))], claims=2)
    carried = moved(form, form, claims={"1": 3, "2": 0}, evidence={"2": "ประกาศ"})
    assert carried.answers.claims == {1: 3, 2: 0}
    assert carried.answers.evidence == {2: "ประกาศ"}
    assert (carried.count, carried.left) == (3, ())


def test_a_criterion_that_is_gone_and_points_that_no_rung_gives_stay_behind() -> None:
    works = [table(("title", "text"))]
    old, new = made(tables=works, claims=2), made(tables=works, claims=1, most=5)
    carried = moved(old, new, claims={"1": 3, "2": 3}, evidence={"2": "ประกาศ"})
    assert carried.count == 0 and carried.answers.claims == {}
    assert [(left.label[1], left.found) for left in carried.left] == [
        ("Claim of criterion 2", "3"),
        ("Evidence of criterion 2", "ประกาศ"),
        ("Claim of criterion 1", "3"),
    ]
    assert "has no such criterion" in carried.left[0].reason[1]
    assert "5, 0" in carried.left[2].reason[1]


def test_a_form_that_asks_for_no_claims_takes_none() -> None:
    works = [table(("title", "text"))]
    old = made(tables=works, claims=1)
    new = old.model_copy(update={"printed": made().printed})
    (left,) = moved(old, new, claims={"1": 3}).left
    assert "no claim" in left.reason[1]


# --- a whole submission


def test_every_answer_is_either_carried_or_told(form: Form, golden_answers: Answers) -> None:
    understood = Understood(golden_answers, {}, ())
    same = carry(form, understood, form)
    assert same.answers == golden_answers and same.left == ()
    dropped = form.model_copy(
        update={
            "fields": form.fields[::2],
            "tables": form.tables[1:],
            "criteria": form.criteria[:4],
        }
    )
    fewer = carry(form, understood, dropped)
    assert fewer.count + len(fewer.left) == same.count > fewer.count > 0
