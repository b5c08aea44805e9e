"""Files that answers name, and which answer a file belongs to by its own name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from moral_xlsx.model.answers import Answers, Understood
from moral_xlsx.model.evidence import EvidenceFile, NamedFile
from moral_xlsx.model.findings import Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.understand.attached import by_stem, is_named, named_files, placed


def named_in(text: str) -> list[str]:
    answers = Answers("moi-2569", "ICT", {}, evidence={3: text})
    place = Place("", "หลักฐาน", "E7", "evidence_3")
    found = named_files(Understood(answers, {"evidence_3": place}, ()))
    assert all(each.place == place and each.reference == "evidence_3" for each in found)
    return [each.name for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("รูป1.jpg", ["รูป1.jpg"]),
        ("ตาม แผน.pdf, คำสั่ง.DOCX และ “ภาพ (2).png”", ["แผน.pdf", "คำสั่ง.DOCX"]),
        ("๑. รูปที่๑.jpeg\n๒. รูปที่๒.jpeg", ["รูปที่๑.jpeg", "รูปที่๒.jpeg"]),
        ("https://www.moi.go.th/แผน.pdf", []),
        ("ดูที่ moi.go.th/files/plan.pdf", []),
        ("www.moi.go.th", []),
        ("คำสั่งที่ 12/2569 ลว. 3 ม.ค. 69", []),
        ("ไฟล์ pdf และ .jpg", []),
        ("x.jpg2", []),
        ("a.docx.exe", ["a.docx"]),
        ("", []),
    ],
)
def test_a_name_with_a_suffix_is_a_file(text: str, expected: list[str]) -> None:
    assert named_in(text) == expected


@pytest.mark.parametrize("piece", ["a", "a.", "a.b", "รูป ", ".jpg", "a/", "a.bc/"])
def test_long_texts_end(piece: str) -> None:
    """Each takes minutes where a pattern may begin anywhere and go on to the end."""
    assert len(named_in(piece * (32_000 // len(piece)))) <= 200


def test_every_text_of_the_form_may_name_a_file() -> None:
    answers = Answers(
        "senate-2567-progress",
        "S1",
        {"report": "สรุป.docx"},
        {"activities": ({"document_first": "ภาพ1.jpg"},)},
    )
    found = named_files(Understood(answers, {}, ()))
    assert [(each.name, each.reference) for each in found] == [
        ("สรุป.docx", "report"),
        ("ภาพ1.jpg", TableCell("activities", 0, "document_first")),
    ]


@pytest.mark.parametrize(
    ("said", "name", "expected"),
    [
        ("รูป1.jpg", "รูป1.jpg", True),
        ("รูป1.jpg", "ส่งต่อ.eml/รูป1.JPG", True),
        ("รูป๑.jpg", "รูป1.jpeg", True),
        ("ตามไฟล์ แผน งาน.pdf", "แผน งาน.pdf", True),
        ("ตามไฟล์ แผน งาน.pdf", "แผน_งาน.pdf", True),
        ("ตามไฟล์แผนปฏิบัติการ.pdf", "แผนปฏิบัติการ.pdf", True),
        ("ตามไฟล์แผน.pdf", "แผน.pdf", True),
        ("ตามไฟล์แผน.pdf", "แผน.jpg", False),
        ("รูป11.jpg", "1.jpg", False),
        ("รูป2111.jpg", "111.jpg", False),
        ("รูป 1.jpg", "1.jpg", True),
        ("รูป1.jpg", "รูป2.jpg", False),
        ("รูป1.jpg", "รูป1.jpg.exe", False),
        ("รูป1.jpg", "", False),
    ],
)
def test_names_agree_whatever_their_suffix_spaces_and_digits(
    said: str, name: str, expected: bool
) -> None:
    assert is_named(NamedFile("", said, "evidence_1", Place()), by_stem([name])) is expected


def came(name: str) -> EvidenceFile:
    return EvidenceFile("0" * 64, 1, "picture", ".jpg", name, "message")


TOLD = {
    "activities[0].title": "ปลูกป่า",
    "activities[1].title": "ตรวจสุขภาพ ตามรูปถ่ายหมู่",
    "evidence_2": "รายงาน a1",
}


def belongs(
    name: str, form: Form, told: Mapping[str, str] = TOLD, named: tuple[NamedFile, ...] = ()
) -> EvidenceFile:
    (found,) = placed([came(name)], form, named, told)
    return found


@pytest.mark.parametrize(
    ("name", "reference", "criterion"),
    [
        ("ข้อ 3.jpg", "evidence_3", 3),
        ("หลักฐานข้อที่ ๓ (2).jpg", "evidence_3", 3),
        ("Criterion_9-photo.png", "evidence_9", 9),
        ("ตัวชี้วัดที่ 4.pdf", "evidence_4", 4),
        ("ข้อ 12.jpg", "", None),
        ("กิจกรรมที่ ๒ ภาพ.png", TableCell("activities", 1, "title"), None),
        ("กิจกรรม 7.png", "", None),
        ("รูปถ่ายหมู่.jpg", TableCell("activities", 1, "title"), None),
        ("a1.jpg", "", None),
        ("IMG_2034.jpg", "", None),
    ],
)
def test_it_belongs_where_its_name_says(
    form: Form, name: str, reference: Reference, criterion: int | None
) -> None:
    found = belongs(name, form)
    assert (found.reference, found.criterion) == (reference, criterion)


def test_an_answer_that_names_it_wins_over_what_its_name_says(form: Form) -> None:
    named = NamedFile("ข้อ 3.jpg", "ข้อ 3.jpg", "evidence_5", Place())
    assert belongs("ข้อ 3.jpg", form, named=(named,)).criterion == 5


def test_captions_say_what_it_shows(form: Form) -> None:
    assert belongs("กิจกรรมที่ 2.jpg", form).caption == "กิจกรรมที่ ๒ ตรวจสุขภาพ ตามรูปถ่ายหมู่"
    assert belongs("ข้อ 3.jpg", form).caption.startswith("ข้อ ๓ ")
    long = {"activities[0].title": "ก" * 4_000}
    assert len(belongs("กิจกรรมที่ 1.jpg", form, long).caption) == 160


def test_where_a_form_claims_nothing_the_criterion_is_known_all_the_same() -> None:
    found = belongs("ข้อ 1.2.jpg", load_form("cdd-chiangrai-2569"), {})
    assert (found.reference, found.criterion) == ("", 2)


def test_rows_of_two_tables_of_one_kind_are_not_guessed() -> None:
    told = {"target_activities[0].title": "ก", "other_activities[0].title": "ข"}
    assert belongs("กิจกรรมที่ 1.jpg", load_form("senate-2567-activities"), told).reference == ""
