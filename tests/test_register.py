"""The register of documents: what a form asks for, what came, what is missing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from conftest import GOLDEN

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.form import Form
from moral_xlsx.model.record import Registered
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.register import UNPLACED, register
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.attached import placed
from moral_xlsx.rules.understand.normalise import normalise


def judged(form_id: str, **answers: object) -> tuple[Form, Assessment]:
    form = load_form(form_id)
    data = json.loads((GOLDEN / f"{form_id}.json").read_text("utf-8"))
    data["answers"] |= answers
    return form, assess(compile_rubric(form), normalise(form, from_json(form, data)))


def attached(name: str, form: Form) -> EvidenceFile:
    """A document that came beside a form under this name."""
    file = EvidenceFile(name, 1, "document", ".pdf", name, "message")
    return placed([file], form, (), {})[0]


def line(lines: tuple[Registered, ...], criterion: str) -> Registered:
    return next(each for each in lines if each.criterion.startswith(criterion))


@pytest.mark.parametrize("name", ["กิจกรรมที่ ๗ รายงาน.pdf", "กิจกรรม 7.pdf", "ข้อ 7 ภาพ.pdf"])
def test_an_attachment_named_by_its_activity_is_that_activitys(name: str) -> None:
    form, assessment = judged("senate-2567-plan")
    lines = register(form, assessment, [attached(name, form)])
    assert line(lines, "ข้อ 7 ").came == (f"เอกสาร {name}",)
    assert line(lines, "ข้อ 7 ").missing == ""


def test_what_is_said_to_be_there_and_did_not_come_is_missing_and_costs_no_point() -> None:
    form, assessment = judged("senate-2567-plan")
    found = line(register(form, assessment, []), "ข้อ 7 ")
    assert found.required.splitlines()[0] == "ใครทำอะไร ที่ไหน อย่างไร เมื่อไร"
    assert found.missing == "ระบุว่ามี ๔ รายการ แต่ไม่พบไฟล์แนบของข้อนี้"
    assert assessment.total == 375


def test_a_document_that_the_unit_does_not_tick_is_named() -> None:
    form, assessment = judged("senate-2567-plan", act7_doc4=False)
    found = line(register(form, assessment, []), "ข้อ 7 ")
    assert found.missing.splitlines() == [
        "หน่วยงานยังไม่ระบุว่ามี: ภาพประกอบ",
        "ระบุว่ามี ๓ รายการ แต่ไม่พบไฟล์แนบของข้อนี้",
    ]


def test_a_document_that_is_asked_for_only_where_there_is_one_is_never_missing() -> None:
    form, assessment = judged("senate-2567-plan", act2_doc10=False)
    found = line(register(form, assessment, []), "ข้อ 2 ")
    assert "ภาคผนวก (ถ้ามี)" in found.required
    assert found.missing == "ระบุว่ามี ๙ รายการ แต่ไม่พบไฟล์แนบของข้อนี้"


def test_where_the_form_names_no_documents_the_help_for_evidence_says_what_is_wanted() -> None:
    form, assessment = judged("moi-2569")
    came = attached("หลักฐาน 3 คำสั่ง.pdf", form)
    lines = register(form, assessment, [came])
    assert len(lines) == 9
    assert line(lines, "ข้อ 3 ").required == form.criterion(3).evidence_help
    assert line(lines, "ข้อ 3 ").came
    assert line(lines, "ข้อ 4 ").missing == "ไม่พบไฟล์แนบของข้อนี้"


def test_an_activity_of_a_unit_is_no_criterion_of_a_form_that_does_not_call_them_so() -> None:
    form, _ = judged("moi-2569")
    assert attached("กิจกรรมที่ 3.pdf", form).criterion is None


def test_what_belongs_to_no_criterion_is_listed_last_and_nothing_else_is_said_of_it() -> None:
    form, assessment = judged("moi-2569")
    lines = register(form, assessment, [attached("ภาพ.pdf", form)])
    assert lines[-1] == Registered(UNPLACED, "", ("เอกสาร ภาพ.pdf",), "")


def test_what_does_not_apply_and_forms_without_criteria_ask_for_nothing() -> None:
    form, assessment = judged("moi-2569")
    waived = tuple(
        replace(each, computed=None) if each.number == 3 else each for each in assessment.criteria
    )
    lines = register(form, replace(assessment, criteria=waived), [])
    assert not [each for each in lines if each.criterion.startswith("ข้อ 3 ")]
    form, assessment = judged("narathiwat-2569")
    assert register(form, assessment, []) == ()
