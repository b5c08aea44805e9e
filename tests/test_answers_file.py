"""Answers files and workbooks say the same things in two ways."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moral_xlsx import thai
from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.understand.answers_file import AnswersFileError, from_json, to_json
from moral_xlsx.rules.understand.normalise import normalise

GOLDEN = Path(__file__).parent / "golden" / "moi-2569.json"

FORM = Form.model_validate(
    tomllib.loads("""
id = "test-2569"
version = "1.2"
title = ["แบบทดสอบ"]
short_title = "แบบทดสอบ"
fiscal_year = 2569
issuer = "กระทรวง"
receiver = "กรม"
source = "แต่งขึ้น"
sheets = [{ id = "facts", title = "ข้อเท็จจริง" }]
fields = [
    { id = "remarks", sheet = "facts", label = "ข้อความ", type = "text" },
    { id = "staff", sheet = "facts", label = "จำนวนคน", type = "integer", required = true },
    { id = "success", sheet = "facts", label = "ผลสำเร็จ", type = "percent" },
    { id = "sent_on", sheet = "facts", label = "วันที่ส่ง", type = "date" },
    { id = "plan", sheet = "facts", label = "มีแผน", type = "tick" },
]

[printed.ladder]
heading = "เกณฑ์"
criterion = "ตัวชี้วัด"
rungs = "เกณฑ์"
points = "{points} คะแนน"
score = "รวม"
evidence = "หลักฐาน"

[[tables]]
id = "works"
label = "กิจกรรม"
sheet = "facts"
unit = "กิจกรรม"
rows = 5
columns = [
    { id = "title", label = "ชื่อ", type = "text" },
    { id = "scope", label = "ขอบเขต", type = "choice", choices = [
        { value = "inside", label = "ภายใน" }, { value = "outside", label = "ภายนอก" } ] },
    { id = "success", label = "ผลสำเร็จ", type = "percent" },
    { id = "on", label = "วันที่", type = "date" },
    { id = "done", label = "เสร็จ", type = "tick" },
]

[[criteria]]
number = 1
title = "เกณฑ์ที่หนึ่ง"
short = "หนึ่ง"
rungs = [
    { points = 3, boxes = [{ text = "มาก" }] },
    { points = 0, boxes = [{ text = "ไม่มี" }] },
]

[[criteria]]
number = 2
title = "เกณฑ์ที่สอง"
short = "สอง"
rungs = [
    { points = 1, boxes = [{ text = "มาก" }] },
    { points = 0, boxes = [{ text = "ไม่มี" }] },
]
""")
)


def data(**changes: object) -> dict[str, Any]:
    return {
        "form": FORM.id,
        "unit_code": "ICT",
        "answers": {"staff": 34},
        "claims": {"1": 3, "2": 1},
        "evidence": {"1": "คำสั่ง"},
        **changes,
    }


def test_a_file_answers_what_a_workbook_would() -> None:
    raw = from_json(
        FORM,
        data(
            answers={
                "remarks": "๒/๒๕๖๙",
                "staff": 34,
                "success": 97.05,
                "sent_on": "2026-05-27",
                "plan": True,
                "works": [{"title": "ก", "scope": "inside", "success": 1, "on": "2026-05-01"}],
            }
        ),
    )
    understood = normalise(FORM, raw)
    assert (raw.form_id, raw.form_version, raw.findings) == (FORM.id, "1.2", ())
    assert understood.findings == ()
    assert understood.answers == Answers(
        "test-2569",
        "ICT",
        {
            "remarks": "๒/๒๕๖๙",
            "staff": 34,
            "success": Decimal("97.05"),
            "sent_on": date(2026, 5, 27),
            "plan": True,
        },
        {
            "works": (
                {
                    "title": "ก",
                    "scope": "inside",
                    "success": Decimal(1),
                    "on": date(2026, 5, 1),
                    "done": False,
                },
            )
        },
        {1: 3, 2: 1},
        {1: "คำสั่ง"},
    )


def test_what_a_file_leaves_out_is_blank() -> None:
    understood = normalise(FORM, from_json(FORM, {"answers": {}}))
    assert [(f.code, f.place.field) for f in understood.findings] == [
        ("MX-203", "staff"),
        ("MX-221", "claim_1"),
        ("MX-221", "claim_2"),
    ]
    assert understood.answers.tables == {"works": ()}


def test_true_is_no_number() -> None:
    understood = normalise(FORM, from_json(FORM, data(answers={"staff": True})))
    assert [finding.code for finding in understood.findings] == ["MX-204"]


def test_unknown_names_are_excluded_and_each_reported_once() -> None:
    raw = from_json(
        FORM,
        data(
            note="x",
            answers={
                "staff": 34,
                "staf": 35,
                "plays": [{"title": "ก"}],
                "works": [{"titel": "ก"}, {"titel": "ข", "title": "ข"}],
            },
            claims={"1": 3, "2": 1, "10": 3},
            evidence={"x": "ก"},
        ),
    )
    assert [(f.code, f.place.field) for f in raw.findings] == [
        ("MX-222", "note"),
        ("MX-222", "works.titel"),
        ("MX-222", "staf"),
        ("MX-222", "plays"),
        ("MX-222", "10"),
        ("MX-222", "x"),
    ]
    assert catalogue.message(raw.findings[1], "en") == (
        "“titel” in กิจกรรม is unknown and was left out."
    )
    assert normalise(FORM, raw).answers.tables["works"] == (
        {"title": "ข", "scope": None, "success": None, "on": None, "done": False},
    )


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ([], "the answers file has to be an object"),
        ({}, "answers has to be an object"),
        (data(answers=[]), "answers has to be an object"),
        (data(claims=[3]), "claims has to be an object"),
        (data(evidence="ก"), "evidence has to be an object"),
        (data(unit_code=5), "unit_code has to be a text"),
        (data(answers={"works": {"title": "ก"}}), "“works” (กิจกรรม) has to be a list"),
        (data(answers={"works": [{}, "ก"]}), "row 2 of “works” has to be an object"),
        (data(answers={"staff": [34]}), "the value of “staff” has to be a text"),
        (data(answers={"works": [{"title": {}}]}), "the value of “works[0].title” has to be"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(broken: object, where: str) -> None:
    with pytest.raises(AnswersFileError) as refused:
        from_json(FORM, broken)
    assert refused.value.text("en").startswith(where)
    assert refused.value.text() != refused.value.text("en")
    assert str(refused.value) == refused.value.text("en")


def test_percentages_are_written_plainly_and_exactly() -> None:
    def written(percent: str) -> object:
        answers = Answers(FORM.id, "ICT", {"success": Decimal(percent)})
        content = to_json(FORM, answers)["answers"]
        assert isinstance(content, dict)
        return content["success"]

    assert repr(written("100")) == "100"
    assert repr(written("97.05")) == "97.05"
    # No float has these digits.
    assert written("0.33333333333333333333") == "0.33333333333333333333%"


LETTERS = st.sampled_from("กขคำ\u0e4d\u0e32๑1 ./\n-") | st.characters(categories=["L", "N"])
TEXTS = (
    st.text(LETTERS, min_size=1)
    .map(str.strip)
    .filter(lambda text: text and not thai.says_nothing(text))
)
PERCENTS = st.one_of(
    st.integers(0, 100).map(Decimal),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=25),
    st.decimals(0, 1, places=25),
)
DATES = st.dates(date(1950, 1, 1), date(2399, 12, 31))
ROWS = st.fixed_dictionaries(
    {
        "title": TEXTS,
        "scope": st.sampled_from([None, "inside", "outside"]),
        "success": st.none() | PERCENTS,
        "on": st.none() | DATES,
        "done": st.booleans(),
    }
)
ANSWERS = st.builds(
    Answers,
    form=st.just(FORM.id),
    unit_code=st.text(),
    values=st.fixed_dictionaries(
        {
            "remarks": st.none() | TEXTS,
            "staff": st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
            "success": st.none() | PERCENTS,
            "sent_on": st.none() | DATES,
            "plan": st.booleans(),
        }
    ),
    tables=st.fixed_dictionaries({"works": st.lists(ROWS, max_size=4).map(tuple)}),
    claims=st.fixed_dictionaries({}, optional={1: st.sampled_from([3, 0]), 2: st.just(1)}),
    evidence=st.dictionaries(st.sampled_from([1, 2]), TEXTS),
)


@settings(deadline=None)
@given(ANSWERS)
def test_answers_written_and_read_back_are_the_same(answers: Answers) -> None:
    text = json.dumps(to_json(FORM, answers), ensure_ascii=False)
    assert normalise(FORM, from_json(FORM, json.loads(text))).answers == answers


def test_the_sample_of_2569_is_understood_without_a_question() -> None:
    form = load_form("moi-2569")
    sample = json.loads(GOLDEN.read_text(encoding="utf-8"))
    raw = from_json(form, sample)
    understood = normalise(form, raw)
    assert (raw.findings, understood.findings) == ((), ())

    written = to_json(form, understood.answers)
    filled = sample["answers"]
    for table, rows in filled.items():
        if isinstance(rows, list):
            filled[table] = [{c: v for c, v in row.items() if v != ""} for row in rows]
    # What the document does not tell.
    told = {at: answer for at, answer in written["answers"].items() if answer not in (None, [])}
    rows = (row for found in told.values() if isinstance(found, list) for row in found)
    for row in rows:
        row.pop("pledge_do", None)
    assert {**written, "answers": told} == sample
