"""The letters to officers: what they say, and that the ethics group can word them itself."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import golden_of

from moral_xlsx.mail.outward.letters import (
    Came,
    Owed,
    refusal_context,
    reminder_context,
    reply_context,
)
from moral_xlsx.mail.outward.texts import (
    Awaited,
    Changed,
    Gain,
    LetterError,
    Letters,
    Problem,
    Refusal,
    Reminder,
    Replies,
    Reply,
)
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.answers import NAME_LOST, NOT_ANSWERED
from moral_xlsx.model.catalogue.files import NOT_A_WORKBOOK
from moral_xlsx.model.catalogue.mail import EMPTY_CONTAINER
from moral_xlsx.model.catalogue.review import ROW_REPEATED
from moral_xlsx.model.catalogue.rounds import CONFLICT, SUPERSEDED
from moral_xlsx.model.findings import Kind, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Previous
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess, extended
from moral_xlsx.rules.judge.timeliness import timeliness
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise

DOCUMENT = Path(__file__).parent.parent / "docs" / "letters.md"
LETTERS = Letters()


def assessed(rubric: Rubric, data: dict[str, Any]) -> Assessment:
    return assess(rubric, normalise(rubric.form, from_json(rubric.form, data)))


@pytest.fixture(scope="module")
def assessment(rubric: Rubric, golden: dict[str, Any]) -> Assessment:
    answers = {**golden["answers"], "signed": 26, "headcount": 34}
    return assessed(rubric, {**golden, "answers": answers})


# --- the reply


def test_an_accepted_form_is_told_its_result_and_what_comes_next(
    form: Form, assessment: Assessment
) -> None:
    context = reply_context(
        form,
        assessment,
        (),
        file="แบบ.xlsx",
        received=date(2026, 5, 27),
        previous=Previous("2569-04", 20, 1),
        changes=[Changed("ผู้ลงนาม", "", "26")],
        enclosed=["ไฟล์ของท่านที่เขียนผลแล้ว", "รายงาน"],
    )
    text = LETTERS.reply(context)
    assert text.startswith(f"เรียน {assessment.unit_name}\n")
    for said in (
        f"กลุ่มงานจริยธรรมได้รับ {form.short_title} แล้ว เมื่อวันที่ ๒๗ พ.ค. ๒๕๖๙\n",
        "ไฟล์: แบบ.xlsx\n",
        "ผลการตรวจ: ผ่านการตรวจ\n",
        "ครั้งก่อน: ๒๐ จาก ๒๗ คะแนน (เดือนเมษายน ๒๕๖๙)\n",
        "- ข้อ ๑ ได้ ๒ คะแนน: ",
        "ขาดอีก ๒ คนจึงจะถึงร้อยละ ๘๐\n",
        "คำตอบที่เปลี่ยนจากครั้งก่อน:\n- ผู้ลงนาม: จาก “ว่าง” เป็น “26”\n",
        "๑. ไฟล์ของท่านที่เขียนผลแล้ว\n๒. รายงาน\n",
    ):
        assert said in text
    assert "ต้องแก้ไข" not in text and "ส่งคืน" not in text


def test_a_returned_form_is_told_each_cell_and_its_remedy(
    form: Form, assessment: Assessment
) -> None:
    error = finding(NOT_ANSWERED, Place(sheet="ข้อเท็จจริง", cell="D14"), label="จำนวน\nบุคลากร")
    warning = finding(ROW_REPEATED, Place(sheet="กิจกรรม"), label="ก", row=2, first=1)
    note = finding(NAME_LOST, label="ข")
    text = LETTERS.reply(reply_context(form, assessment, (error, warning, note)))
    assert "ผลการตรวจ: ส่งคืนให้แก้ไข\nโปรดแก้ ๑ รายการ" in text
    assert (
        "ต้องแก้ไข:\n๑. [แผ่น “ข้อเท็จจริง” เซลล์ D14] ยังไม่ได้กรอก “จำนวน บุคลากร”\n"
        f"   วิธีแก้: {remedy(error)}\n"
    ) in text
    assert f"๑. [แผ่น “กิจกรรม”] {message(warning)}\n   วิธีแก้: {remedy(warning)}\n" in text
    assert f"{form.total_label} (คำนวณได้ ก่อนแก้ไข): " in text
    assert message(note) not in text, "how something was read needs nothing of the officer"


def test_how_an_answer_was_read_is_nothing_to_mend(rubric: Rubric, golden: dict[str, Any]) -> None:
    typed = {**golden["answers"], "headcount": "๓๔ คน", "in_writing": "อาจจะ"}
    judged = assessed(rubric, {**golden, "answers": typed})
    codes = [found.code for found in judged.findings]
    assert {"MX-210", "MX-215", "MX-302"} <= set(codes)
    reply = reply_context(rubric.form, judged, judged.findings)
    told = [problem.code for problem in (*reply.errors, *reply.warnings)]
    assert sorted(told) == sorted(f.code for f in judged.findings if f.severity != "info")
    (read,) = [found for found in judged.findings if found.code == "MX-210"]
    assert message(read) not in LETTERS.reply(reply)


@pytest.mark.parametrize("kind", [SUPERSEDED, CONFLICT])
def test_a_file_that_is_not_counted_has_no_result_and_nothing_to_mend(
    form: Form, assessment: Assessment, kind: Kind
) -> None:
    aside = finding(kind, found="ใหม่.xlsx")
    findings = (finding(NOT_ANSWERED, label="ก"), aside)
    context = reply_context(form, assessment, findings, aside=aside)
    assert (context.errors, context.gains, context.total) == ((), (), "")
    text = LETTERS.reply(context)
    assert f"ไฟล์นี้ไม่ได้ใช้เป็นผลของหน่วยงาน: {message(aside)}\n" in text
    assert remedy(aside) in text
    for never in ("ผลการตรวจ", "คะแนน", "วิธีแก้", "ระดับ"):
        assert never not in text


def test_extensions_and_caveats_are_said_once(form: Form, assessment: Assessment) -> None:
    caveats = {1: "จริงเท่าที่ทราบ", 2: "จริงเท่าที่ทราบ", 3: "อื่น"}
    criteria = (
        replace(result, caveat=caveats.get(result.number, "")) for result in assessment.criteria
    )
    granted = Extension(form.id, date(2026, 5, 1), date(2026, 5, 9))
    judged = replace(assessment, criteria=tuple(criteria), extensions=(granted,))
    text = LETTERS.reply(reply_context(form, judged, judged.findings))
    assert f"หมายเหตุ:\n- {message(extended(granted))}\n" in text
    assert "- ข้อ 1 ข้อ 2: ผ่าน จริงเท่าที่ทราบ\n- ข้อ 3: ผ่าน อื่น\n" in text


@pytest.mark.parametrize("form_id", form_ids())
@pytest.mark.parametrize("filled", [True, False])
def test_every_form_has_its_letter(form_id: str, filled: bool) -> None:
    rubric = compile_rubric(load_form(form_id))
    blank = from_json(rubric.form, {"form": form_id, "answers": {}})
    understood = normalise(rubric.form, blank)
    if filled:
        understood = replace(understood, answers=golden_of(form_id))
    judged = assess(rubric, understood)
    text = LETTERS.reply(reply_context(rubric.form, judged, judged.findings))
    assert rubric.form.short_title in text
    assert ("(คำนวณได้" in text) == bool(rubric.form.criteria)
    assert "\n\n\n" not in text and " \n" not in text
    for found in judged.findings:
        if found.severity != "info":
            assert " ".join(message(found).split()) in text


# --- refusals and reminders


def test_a_refused_file_is_told_why_and_what_to_do() -> None:
    found = finding(NOT_A_WORKBOOK, kind="PDF")
    text = LETTERS.refusal(refusal_context("แบบ\r\n.pdf", (found,), received=date(2026, 5, 27)))
    assert "ได้รับ “แบบ .pdf” เมื่อวันที่ ๒๗ พ.ค. ๒๕๖๙ แต่รับไว้ตรวจไม่ได้\n" in text
    assert f"{message(found)}\nวิธีแก้: {remedy(found)}\n(MX-102)\n" in text


def test_a_silent_unit_is_reminded_of_each_form_and_its_due_dates() -> None:
    plan, other = load_form("diw-2566-plan"), load_form("moi-2569")
    due = plan.due_dates[0].date
    granted = Extension(plan.id, due, date(2023, 3, 31))
    unit = Unit("A", "กองตัวอย่าง", extensions=(granted,))
    owed = [Owed(plan, timeliness(plan, unit, "2566-03", [])), Owed(other, ())]
    text = LETTERS.reminder(reminder_context(unit, "2566-03", owed, enclosed=["แบบเปล่า"]))
    assert text.startswith("เรียน กองตัวอย่าง\n\nเดือนมีนาคม ๒๕๖๖ ")
    assert f"๑. {plan.short_title}\n   {plan.due_dates[0].label}: ๑๐ มี.ค. ๒๕๖๖" in text
    assert "ขยายถึง ๓๑ มี.ค. ๒๕๖๖ (ยังไม่ส่ง)\n" in text
    assert f"๒. {other.short_title}\n\n" in text
    assert "๑. แบบเปล่า\n" in text
    assert "ถ้าส่งแล้วโปรดส่งอีกครั้ง" in text, "nothing came, so it may have been lost"


def test_a_reminder_knows_what_was_returned_and_what_came_instead() -> None:
    form = load_form("moi-2569")
    came = Came(date(2026, 5, 27), "แบบ.pdf", [finding(NOT_A_WORKBOOK, kind=("เอกสาร PDF", "PDF"))])
    owed = [Owed(form, (), "2569-04")]
    text = LETTERS.reminder(reminder_context(Unit("A", "กอง"), "2569-05", owed, came=[came]))
    assert "ส่งคืนให้แก้ไขในเดือนเมษายน ๒๕๖๙ แล้ว แต่ยังไม่ได้รับฉบับที่แก้" in text
    assert "ไฟล์ “แบบ.pdf” เมื่อวันที่ ๒๗ พ.ค. ๒๕๖๙: ไม่ใช่สมุดงาน Excel" in text
    assert "ถ้าส่งแล้ว" not in text, "it is not said that nothing came"


def test_a_message_without_a_file_is_answered_as_a_message() -> None:
    empty = finding(EMPTY_CONTAINER, what=("อีเมล", "message"))
    context = refusal_context("", [empty], unit="กองตัวอย่าง", counted=["แบบ ก"])
    text = LETTERS.refusal(context)
    assert text.startswith("เรียน กองตัวอย่าง\n\nกลุ่มงานจริยธรรมได้รับอีเมลของท่าน แต่ไม่มีแบบที่ตรวจได้")
    assert "- แบบ ก\n" in text and "ไม่ต้องส่งอีก" in text


# --- the ethics group's own words


def override(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


REFUSAL = Refusal("", "ก.pdf", "", "", (Problem("", "ข", "ค", "MX-101"),), (), ())


def test_a_template_of_the_same_name_is_used_instead(tmp_path: Path) -> None:
    override(tmp_path, "refusal.txt.j2", b"\xef\xbb\xbf" + "ไฟล์ {{ file }} <&>\r\n".encode())
    letters = Letters(tmp_path)
    assert letters.refusal(REFUSAL) == "ไฟล์ ก.pdf <&>\n"
    reminder = Reminder("ก", "ข", (Awaited("ค", (), ""),), (), ())
    assert letters.reminder(reminder) == LETTERS.reminder(reminder), "the others stay"


def test_templates_may_include_one_another(tmp_path: Path) -> None:
    override(tmp_path, "refusal.txt.j2", "{% include 'signature.txt.j2' %}")
    override(tmp_path, "signature.txt.j2", "โทร. {{ '02' | thai }}")
    assert Letters(tmp_path).refusal(REFUSAL) == "โทร. ๐๒\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("ก\n{{ unitt }}\n", 2, "'unitt' is undefined"),
        ("ก\n\n{% for p in problems %}\n{{ p.cell }}\n{% endfor %}", 4, "cell"),
        ("ก\n{% if file %}\n", 2, "ไม่ถูกแบบของ Jinja"),
        ("{{ file", 1, "ไม่ถูกแบบของ Jinja"),
        ("ก\n{% include '../secret' %}", 2, "ไม่มีแม่แบบชื่อ"),
        ("ก\n{{ file.__class__.__mro__ }}", 2, "__class__"),
        ("ก\n{{ 1 // 0 }}", 2, "zero"),
        ("ก\n{{ file | nothing }}", 2, "nothing"),
        ("{% for x in range(10 ** 9) %}.{% endfor %}", 1, "range"),
        ("ก\n".encode() + "เรียน".encode("cp874"), 2, "UTF-8"),
    ],
)
def test_a_mistake_in_a_template_names_file_and_line(
    tmp_path: Path, content: str | bytes, line: int, said: str
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    override(tmp_path, "secret", "ไม่ให้ใครอ่าน")
    path = override(folder, "refusal.txt.j2", content)
    with pytest.raises(LetterError) as raised:
        Letters(folder)
    error = raised.value
    assert (error.file, error.line) == (str(path), line)
    assert said in error.text()
    assert error.text("en") == str(error) and f"{path}:{line}: " in str(error)


def test_a_mistake_shows_before_anything_is_done_in_every_branch(tmp_path: Path) -> None:
    override(tmp_path, "reply.txt.j2", "{% if state == 'not_counted' %}{{ wy }}{% endif %}")
    with pytest.raises(LetterError, match="wy"):
        Letters(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match="no such folder"):
        Letters(tmp_path / "gone")


def test_what_officers_typed_is_never_a_template() -> None:
    text = LETTERS.refusal(replace(REFUSAL, file="{{ 7 * 7 }}{% raw %}"))
    assert "{{ 7 * 7 }}{% raw %}" in text


@pytest.mark.parametrize(
    "context", [Reply, Replies, Refusal, Reminder, Problem, Gain, Changed, Awaited]
)
def test_the_document_lists_all_that_a_template_can_say(context: type) -> None:
    text = DOCUMENT.read_text("utf-8")
    missing = [each.name for each in fields(context) if f"`{each.name}`" not in text]
    assert missing == []
