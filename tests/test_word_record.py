"""The group's record: what was claimed, found and decided, and what it rests on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import golden_of

from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Understood
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue.answers import NOT_ANSWERED, READ_AS
from moral_xlsx.model.catalogue.review import AFTER_SIGNATURE
from moral_xlsx.model.decisions import Decision, Subject
from moral_xlsx.model.evidence import EvidenceFile, KeptEvidence
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.ledger import Version
from moral_xlsx.model.record import Record
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.printed import answer_in_words, answers_in_words
from moral_xlsx.rules.records import record_of
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.word.record.document import record_document
from moral_xlsx.word.record.reading import NotARecordError, Section, of_criterion, read_record
from moral_xlsx.wording import NOTHING

FORM = load_form("moi-2569")
_SAMPLE = json.loads((Path(__file__).parent / "golden" / "moi-2569.json").read_text("utf-8"))
VERSION = Version(
    "2569-04", "ครั้งแรก.xlsx", "a" * 64, date(2026, 4, 3), "superseded", "returned", 24
)
DECISION = Decision(
    Subject("score", "moi-2569", "ict", 1), "2", "เห็นใบลงนามจริง", "ผู้ตรวจ ก", "2569-05"
)


def understood(**changes: object) -> Understood:
    data = {**_SAMPLE, "answers": {**_SAMPLE["answers"], **changes}}
    return normalise(FORM, from_json(FORM, data))


def judged(*decisions: Decision, **changes: object) -> Assessment:
    """The golden answers with changes: 33 of 34 signed, all points claimed and reached."""
    reviewed = {each.subject.criterion: each for each in decisions}
    return assess(compile_rubric(FORM), understood(**changes), reviewed=reviewed)


def record(
    assessment: Assessment,
    *,
    findings: tuple[Finding, ...] = (),
    kept: KeptEvidence = (),
    versions: tuple[Version, ...] = (VERSION,),
) -> Record:
    told = {"evidence_1": "ใบลงนาม ๓๓ คน"}
    found = findings or assessment.findings
    return record_of(FORM, "2569-05", assessment, found, "f" * 64, told, kept, versions)


def sections(made: Record) -> dict[str, Section]:
    return {each.heading: each for each in read_record(record_document(made))}


def of_one(made: Record, number: int) -> Section:
    return of_criterion(read_record(record_document(made)), str(number))[2]


SHORT = judged(signed=20)


def test_the_result_stands_in_one_line() -> None:
    (line,) = sections(record(judged()))["บันทึกผลการตรวจของกลุ่มงานจริยธรรม"].lines
    assert line.endswith("ผ่านการตรวจ · คะแนนรวม ๒๗ จาก ๒๗ คะแนน · ระดับที่ ๓ องค์กรคุณธรรมต้นแบบ")


def test_claimed_computed_reviewed_and_final_stand_side_by_side() -> None:
    rows = sections(record(judged(DECISION, signed=20)))["ผลรายตัวชี้วัด"].rows
    assert rows[0][2:6] == ("เสนอ", "คำนวณได้", "ผู้ตรวจให้", "ผลสุดท้าย")
    assert rows[1][2:6] == ("๓", "๐", "๒", "๒")
    assert rows[2][2:6] == ("๓", "๓", "–", "๓")
    total = next(row for row in rows if row[0] == FORM.total_label)
    assert total[2:6] == ("๒๗", "๒๔", "–", "๒๖")
    level = rows[-1]
    # Without criterion 1 no level's rule holds; with the reviewer's two points the third does.
    assert (level[0], *level[2:6]) == ("ระดับ", "๓", "๐", "–", "๓")


def test_what_the_next_points_and_the_next_level_need_is_told() -> None:
    found = sections(record(SHORT))
    assert "ขาดอีก ๑ คน" in found["ผลรายตัวชี้วัด"].rows[1][-1]
    assert any("ข้อ ๑" in line for line in found["สิ่งที่ต้องมีเพื่อให้ถึงระดับถัดไป"].lines)
    full = sections(record(judged()))
    assert full["ผลรายตัวชี้วัด"].rows[1][-1] == "ได้คะแนนเต็มแล้ว"
    assert full["สิ่งที่ต้องมีเพื่อให้ถึงระดับถัดไป"].lines == ("• ถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว",)


def test_every_condition_has_its_value_beside_its_bound_and_the_cell() -> None:
    place = Place(sheet="ข้อเท็จจริง", cell="C7")
    raw = understood(signed=20)
    assessment = assess(compile_rubric(FORM), replace(raw, places={**raw.places, "signed": place}))
    section = of_one(record(assessment), 1)
    assert section.heading.endswith("เสนอ ๓ · คำนวณได้ ๐")
    heads, first, second = section.rows[:3]
    assert heads == ("ขั้น", "เงื่อนไข", "ผ่าน", "ค่าจริง", "ที่")
    assert first[0] == "๓ คะแนน" and first[1].endswith("ไม่น้อยกว่า ร้อยละ ๘๐")
    assert first[2:4] == ("✗", "๒๐ คน จาก ๓๔ คน คือร้อยละ ๕๘.๘๒")
    assert "ข้อเท็จจริง C7" in first[4]
    assert second[0] == "" and second[2:4] == ("✓", "✓")


@pytest.mark.parametrize("name", form_ids())
def test_every_condition_of_every_form_tells_its_value(name: str) -> None:
    rubric = compile_rubric(load_form(name))
    assessment = assess(rubric, Understood(golden_of(name), {}, ()))
    for result in assessment.criteria:
        for rung in result.rungs:
            for condition in rung.conditions:
                assert all(condition.actual), condition.source


def test_findings_are_listed_with_their_cells_errors_first_and_readings_apart() -> None:
    warning = catalogue.finding(
        AFTER_SIGNATURE, Place(sheet="รายการประกอบ", cell="C9"), message="หลังวันลงนาม", remedy="ตรวจ"
    )
    read = catalogue.finding(
        READ_AS, Place(sheet="ข้อเท็จจริง", cell="D15"), label="จำนวน", found="๓๓ คน", read="33"
    )
    error = catalogue.finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน")
    found = sections(record(judged(), findings=(warning, read, error)))
    assert found["สิ่งที่ต้องแก้ไขหรือตรวจสอบ"].rows[1:] == (
        ("๑", "ต้องแก้ไข", "ข้อเท็จจริง D14", "ยังไม่ได้กรอก “จำนวน”", "กรอกในช่องนี้"),
        ("๒", "ให้ผู้ตรวจพิจารณา", "รายการประกอบ C9", "หลังวันลงนาม", "ตรวจ"),
    )
    assert found["การอ่านคำตอบ"].rows[1:] == (("๑", "ข้อเท็จจริง D15", catalogue.message(read)),)


def test_without_findings_it_says_so_and_has_no_empty_table() -> None:
    made = replace(record(judged()), findings=())
    found = sections(made)
    assert found["สิ่งที่ต้องแก้ไขหรือตรวจสอบ"].lines == ("ไม่พบสิ่งที่ต้องแก้ไขหรือตรวจสอบ",)
    assert "การอ่านคำตอบ" not in found


def test_the_units_files_stand_on_it_with_day_and_hash() -> None:
    rows = sections(record(judged()))["ไฟล์ของหน่วยงานสำหรับแบบนี้"].rows
    assert rows[1] == (
        "2569-04",
        "๓ เม.ย. ๒๕๖๙",
        "ครั้งแรก.xlsx",
        "ถูกแทนด้วยไฟล์ที่ใหม่กว่า",
        "ส่งคืนให้แก้ไข",
        "๒๔",
        "a" * 64,
    )


def test_decisions_stand_on_it_with_reason_and_name_and_without_any_it_says_so() -> None:
    assert sections(record(SHORT))["คำตัดสินของผู้ตรวจ"].lines == ("ยังไม่มีคำตัดสิน",)
    rows = sections(record(judged(DECISION, signed=20)))["คำตัดสินของผู้ตรวจ"].rows
    assert rows[1] == ("๑", "๒", "เห็นใบลงนามจริง", "ผู้ตรวจ ก", "๒๕๖๙-๐๕")


def test_evidence_that_the_unit_named_stands_on_it() -> None:
    assert sections(record(judged()))["หลักฐานที่ได้รับ"].rows[1] == ("๑", "ใบลงนาม ๓๓ คน")


def test_files_that_came_as_evidence_stand_on_it_with_their_place_and_hash() -> None:
    pasted = EvidenceFile(
        "b" * 64, 10, "picture", ".png", "", "workbook", Place(sheet="หลักฐาน", cell="E5"),
        "evidence_1", 1, "ข้อ ๑ การประกาศเจตนารมณ์",
    )  # fmt: skip
    sent = EvidenceFile("c" * 64, 10, "document", ".pdf", "แผน 69.pdf", "message")
    kept = ((pasted, "evidence/ICT/a.png"), (sent, "evidence/ICT/b.pdf"))
    rows = sections(record(judged(), kept=kept))["หลักฐานที่ได้รับ"].rows
    assert rows[-2:] == (
        ("ข้อ ๑ การประกาศเจตนารมณ์", "หลักฐาน E5", "evidence/ICT/a.png", "b" * 64),
        ("–", "แผน 69.pdf", "evidence/ICT/b.pdf", "c" * 64),
    )


def test_only_readings_that_the_result_rests_on_stand_on_it() -> None:
    """A reading of a rung that was never reached, or of no rule at all, decides nothing."""
    said = "\n".join(sections(record(judged()))["การตีความเกณฑ์ที่ผลนี้อาศัย"].lines)
    for reading in FORM.interpretations:
        rests = bool(reading.criteria) or reading.levels
        assert (f"{reading.place}: {reading.question}" in said) == rests
    upper = FORM.interpretations[0].model_copy(update={"criteria": (1,), "points": (1,)})
    form = FORM.model_copy(update={"interpretations": (upper,)})
    full = replace(record(judged()), form=form)
    assert record_of(form, "2569-05", judged(), (), "", {}, (), ()).readings == ()
    assert record_of(form, "2569-05", SHORT, (), "", {}, (), ()).readings == (upper,)
    assert full.form is form


def test_of_a_criterion_that_is_no_matter_of_the_unit_the_reason_stands() -> None:
    results = tuple(
        replace(each, computed=None, waived=("ไม่มีบุคลากร", "no staff")) if each.number == 1 else each
        for each in judged().criteria
    )
    made = record(replace(judged(), criteria=results))
    assert of_one(made, 1).lines == ("ไม่มีบุคลากร",)
    assert sections(made)["ผลรายตัวชี้วัด"].rows[1][3] == "ไม่เกี่ยวข้อง"


@pytest.mark.parametrize("typed", ["1", "๑", " 1 "])
def test_one_criterion_of_a_record_is_found_by_its_printed_number(typed: str) -> None:
    found = of_criterion(read_record(record_document(record(judged()))), typed)
    assert found[2].heading.startswith("ข้อ ๑ ")


def test_a_criterion_that_a_record_has_not_is_nothing() -> None:
    assert of_criterion(read_record(record_document(record(judged()))), "77") == ()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 100])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(NotARecordError):
        read_record(data)


def test_another_document_is_no_record() -> None:
    other, file = docx.Document(), BytesIO()
    other.add_paragraph("สวัสดี")
    other.save(file)
    with pytest.raises(NotARecordError):
        read_record(file.getvalue())


@pytest.mark.parametrize("ugly", ["</w:t>]]>&amp;", "<?fill value x?>", "ก" * 5000, "บรรทัด\nใหม่"])
def test_whatever_was_typed_is_told_as_it_is(ugly: str) -> None:
    made = replace(record(judged()), evidence={1: ugly})
    assert sections(made)["หลักฐานที่ได้รับ"].rows[1][1] == ugly


def test_the_same_record_gives_the_same_bytes() -> None:
    assert record_document(record(judged())) == record_document(record(judged()))


def test_working_groups_and_orders_stand_in_the_record_as_answered() -> None:
    form, answers = load_form("senate-2567-plan"), golden_of("senate-2567-plan")
    assessment = assess(compile_rubric(form), Understood(answers, {}, ()))
    told = answers_in_words(form, answers)
    made = record_of(form, "2567-07", assessment, (), "", told, (), ())
    sections = {each.heading: each.rows for each in read_record(record_document(made))}
    for table_id in ("orders", "members", "duties"):
        table = form.table(table_id)
        rows = sections[table.label]
        assert rows[0] == tuple(each.label for each in table.columns)
        assert len(rows) == 1 + len(answers.tables[table_id])
        for at, row in enumerate(rows[1:]):
            given = answers.tables[table_id][at]
            words = (answer_in_words(each, given.get(each.id)) for each in table.columns)
            assert row == tuple(each or NOTHING for each in words)


def test_a_number_in_another_table_is_no_criterion() -> None:
    form = load_form("senate-2567-plan")
    told = {"orders[0].number": "99", "orders[0].title": "คำสั่ง"}
    assessment = assess(compile_rubric(form), Understood(golden_of(form.id), {}, ()))
    made = record_of(form, "2567-07", assessment, (), "", told, (), ())
    assert of_criterion(read_record(record_document(made)), "99") == ()
