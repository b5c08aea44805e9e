"""A form is filled from the workbook of an older version or another form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filling import type_in

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import SHIPPED, form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.refill import from_answers_file, from_workbook

GOLDEN = Path(__file__).parent / "golden"


def without(form: Form, *names: str, **changes: Any) -> Form:
    """The form without some fields, tables and columns (``table.column``)."""
    tables = tuple(
        table.model_copy(
            update={"columns": tuple(c for c in table.columns if f"{table.id}.{c.id}" not in names)}
        )
        for table in form.tables
        if table.id not in names
    )
    fields = tuple(field for field in form.fields if field.id not in names)
    kept = {"fields": fields, "tables": tables, "checks": (), "derived": ()}
    return form.model_copy(update={**kept, **changes})


def test_the_same_form_gives_the_same_answers(
    form: Form, golden_answers: Answers, golden_workbook: bytes
) -> None:
    refill = from_workbook(golden_workbook, form, SHIPPED)
    assert refill.answers == golden_answers
    assert (refill.left, refill.unread, refill.unknown) == ((), (), "")
    assert refill.carried > 100


@pytest.mark.parametrize("form_id", form_ids())
def test_every_form_takes_over_its_own_answers_whole(form_id: str) -> None:
    form = load_form(form_id)
    data = json.loads((GOLDEN / f"{form_id}.json").read_text("utf-8"))
    given = from_answers_file(data, form, SHIPPED)
    again = from_workbook(
        write_workbook(compile_rubric(form), Content(given.answers)), form, SHIPPED
    )
    assert again == given
    assert given.carried and not given.left and not given.unread


def test_an_older_version_is_read_and_what_it_alone_asked_is_told(
    form: Form, golden_answers: Answers, golden_workbook: bytes
) -> None:
    """The old definition is gone: the workbook itself says what it called its questions."""
    gone = ("headcount", "media", "activities.virtue")
    parts = (*form.parts[:2], form.parts[2].model_copy(update={"last": 8}))
    eight = {"criteria": form.criteria[:8], "parts": parts, "subtotals": (), "levels": ()}
    today = without(form, *gone, version="2.0", **eight)
    older = type_in(golden_workbook, lay_out(form), {"form_id": "old-2560"})
    refill = from_workbook(older, today, SHIPPED)
    assert refill.unknown == "old-2560"
    assert refill.answers.values["signed"] == golden_answers.values["signed"]
    told = {left.place.field: left for left in refill.left}
    assert told.keys() == {"headcount", "media.format", "media.pieces", "activities.virtue",
                           "claim_9", "evidence_9"}  # fmt: skip
    assert told["headcount"].label[0] == "จำนวนผู้บริหารและบุคลากรทั้งหมดในหน่วยงาน"
    assert told["headcount"].found == str(golden_answers.values["headcount"])
    assert (told["headcount"].place.sheet, told["headcount"].place.cell) == ("ข้อเท็จจริง", "C6")
    assert told["media.format"].label[0] == "รูปแบบสื่อ"
    virtues = [left.found for left in refill.left if left.place.field == "activities.virtue"]
    assert virtues == [row["virtue"] for row in golden_answers.tables["activities"]]


def test_a_known_other_form_is_read_by_its_own_definition(
    form: Form, golden_workbook: bytes
) -> None:
    other = without(form, "signed", id="next-2570", fiscal_year=2570)
    refill = from_workbook(golden_workbook, other, SHIPPED)
    assert refill.answers.form == "next-2570" and refill.unknown == ""
    assert [left.place.cell for left in refill.left] == ["C7"]


def test_what_could_not_even_be_read_is_told(form: Form, golden_workbook: bytes) -> None:
    data = type_in(golden_workbook, lay_out(form), {"headcount": "ราวสามสิบ", "report_date": None})
    refill = from_workbook(data, form, SHIPPED)
    assert [(found.code, found.place.cell) for found in refill.unread] == [("MX-204", "C6")]
    assert refill.answers.values["headcount"] is None


def test_a_carried_workbook_reads_back_as_it_was_carried(
    form: Form, golden_workbook: bytes
) -> None:
    """Also a percentage of 1 and below, which a cell shows ambiguously."""
    other = without(form, "signed", criteria=(), levels=(), subtotals=(), parts=(),
                    printed=form.printed.model_copy(update={"ladder": None}))  # fmt: skip
    data = type_in(
        golden_workbook, lay_out(form),
        {"activities[0].success_percent": "1%", "activities[1].success_percent": "0.5%"},
    )  # fmt: skip
    once = from_workbook(data, other, SHIPPED)
    again = from_workbook(
        write_workbook(compile_rubric(other), Content(once.answers)), other, SHIPPED
    )
    assert again.answers == once.answers
    assert [str(row["success_percent"]) for row in once.answers.tables["activities"][:2]] == [
        "1",
        "0.5",
    ]


def test_an_answers_file_of_another_form_is_carried_too(
    form: Form, golden: Mapping[str, Any], golden_answers: Answers
) -> None:
    other = without(form, "signed", id="next-2570")
    refill = from_answers_file(golden, other, SHIPPED)
    assert refill.answers.form == "next-2570"
    assert refill.answers.unit_code == golden_answers.unit_code
    assert isinstance(refill.answers.values["report_date"], date)
    assert [left.place.field for left in refill.left] == ["signed"]


def test_an_answers_file_of_an_unknown_form_is_read_by_the_ids_of_the_new_one(form: Form) -> None:
    data = {"form": "old-2560", "answers": {"signed": 3, "long_gone": 5}}
    refill = from_answers_file(data, form, SHIPPED)
    assert (refill.unknown, refill.answers.values["signed"]) == ("old-2560", 3)
    assert [found.place.field for found in refill.unread] == ["long_gone"]


def test_a_file_that_is_no_form_is_refused(form: Form) -> None:
    with pytest.raises(Refused):
        from_workbook(b"not a workbook", form, SHIPPED)
