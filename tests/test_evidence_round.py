"""A round keeps what came as evidence, prints its pictures, and tells what is odd about it."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from department_year import in_this_process
from docx.oxml.ns import qn
from filling import type_in
from openpyxl.utils.cell import get_column_letter
from picture_samples import PDF, bomb, encoded, message, photo, with_pictures
from PIL import Image
from samples_rounds import UNITS
from test_batch import contents, recorded

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.marking import unmark
from moral_xlsx.model.catalogue.evidence import (
    ALIKE_PICTURE,
    ATTACHMENT_MISSING,
    EVIDENCE_KEPT,
    EVIDENCE_OF_NOBODY,
    EVIDENCE_REFUSED,
    PICTURE_NOT_PRINTED,
    PICTURES_UNPRINTED,
    SAME_PICTURE,
)
from moral_xlsx.model.form import Form
from moral_xlsx.round import evidence as evidence_of_round
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.register import TITLE, UNPLACED
from moral_xlsx.submission.journey import Journey
from moral_xlsx.wording import NOTHING

# Every test of this file plays rounds.
pytestmark = pytest.mark.slow

ROUND = "2569-05"
FEW = tuple(unit for unit in UNITS if unit.code in ("ICT", "PLAN", "R04"))
NAMES = {unit.code: unit.name for unit in FEW}
ADDRESS = {unit.code: unit.email for unit in FEW}
# Whoever collects the forms of others.
CENTRE = "centre@elsewhere.example"
# The same photograph with its edges cut, scaled and encoded otherwise.
ALIKE = encoded(
    Image.open(io.BytesIO(photo("red", kind="PNG"))).crop((12, 9, 388, 291)).resize((300, 225)),
    "JPEG",
    quality=60,
)


def run(inbox: Path, output: Path, jobs: int = 0) -> Path:
    """Plays the round in so many processes of their own, or in this one."""
    with nullcontext() if jobs else in_this_process():
        run_round(list_inbox(inbox, output), output, ROUND, Office(FEW), max(jobs, 1))
    return output / ROUND


@pytest.fixture(scope="module")
def forms(golden_workbook: bytes, form: Form) -> Mapping[str, bytes]:
    """The filled form of each unit."""
    layout = lay_out(form)
    name = next(field.id for field in form.fields if field.registry == "name")
    return {
        code: type_in(golden_workbook, layout, {"unit_code": code, name: NAMES[code]})
        for code in NAMES
    }


def pictured(workbook: bytes, form: Form, *pictures: tuple[int, bytes]) -> bytes:
    """The workbook with pictures beside the evidence of criteria."""
    names = lay_out(form).names
    areas = [(names[f"evidence_{number}"], data) for number, data in pictures]
    return with_pictures(
        workbook,
        {
            (area.sheet, f"{get_column_letter(area.first_column + 1)}{area.first_row + 1}"): data
            for area, data in areas
        },
    )


def played(tmp_path: Path, files: Mapping[str, bytes]) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, data in files.items():
        (inbox / name).write_bytes(data)
    return run(inbox, tmp_path / "output")


def inputs(folder: Path) -> dict[str, Any]:
    return {entry["file"]: entry for entry in recorded(folder)["inputs"]}


def codes(entry: Mapping[str, Any]) -> set[str]:
    return {found["code"] for found in entry["findings"]}


def said(entry: Mapping[str, Any], code: str) -> list[str]:
    return [found["message"] for found in entry["findings"] if found["code"] == code]


def letters(folder: Path, unit: str = "") -> str:
    """What the answers say: all of them, or those to a unit."""
    texts = []
    for path in sorted((folder / "replies").glob(f"{unit}*")):
        if path.suffix == ".eml":
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = letter.get_body()
            assert body is not None
            texts.append(body.get_content())
        else:
            texts.append(path.read_text("utf-8-sig"))
    assert texts
    return "\n".join(texts)


def captions(report: Path) -> list[str]:
    body = docx.Document(str(report)).element.body
    return [each.get("descr") for each in body.findall(".//" + qn("wp:docPr"))]


# --- one message with everything in it


@pytest.fixture(scope="module")
def mailed(
    tmp_path_factory: pytest.TempPathFactory, forms: Mapping[str, bytes], form: Form
) -> Path:
    """A form that names three files, of which two came, with others, in the same message."""
    evidence = {
        "evidence_3": "แผนปฏิบัติการ ตามไฟล์แผน.pdf และ รูป1.jpg",
        "evidence_4": "รูปถ่าย หาย.png",
    }
    workbook = type_in(forms["ICT"], lay_out(form), evidence)
    mail = message(
        [
            ("แบบ.xlsx", pictured(workbook, form, (6, photo("blue")))),
            ("แผน.pdf", PDF),
            ("รูป1.jpg", photo("red")),
            ("ข้อ 7.png", photo("green", kind="PNG")),
            ("IMG_2034.jpg", photo("green")),
            ("ระเบิด.png", bomb()),
            ("โปรแกรม.jpg", b"MZ" + bytes(3_000)),
            ("อ่านก่อน.txt", "สวัสดี".encode()),
        ],
        ADDRESS["ICT"],
        inline=photo("blue", (90, 60), "PNG"),
    )
    return played(tmp_path_factory.mktemp("mailed"), {"จดหมาย.eml": mail})


@pytest.fixture(scope="module")
def kept(mailed: Path) -> Mapping[str, dict[str, Any]]:
    """The evidence of the form, by the name under which it came."""
    entry = inputs(mailed)["จดหมาย.eml/แบบ.xlsx"]
    assert entry["state"] == "counted"
    return {each["name"]: each for each in entry["evidence"]}


def test_what_came_in_the_message_and_in_the_form_is_kept_with_its_hash(
    mailed: Path, kept: Mapping[str, dict[str, Any]]
) -> None:
    wanted = {"แผน.pdf", "รูป1.jpg", "ข้อ 7.png", "IMG_2034.jpg", "ระเบิด.png"}
    assert wanted < set(kept)
    assert len(kept) == len(wanted) + 1
    for each in kept.values():
        path = mailed / each["file"]
        assert path.parent == mailed / "evidence" / "ICT"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == each["sha256"]
    assert len(list((mailed / "evidence" / "ICT").iterdir())) == len(kept)
    listed = {each["file"] for each in recorded(mailed)["outputs"]}
    assert {each["file"] for each in kept.values()} < listed


def test_each_belongs_where_it_stands_or_is_named(kept: Mapping[str, dict[str, Any]]) -> None:
    criteria = {each["criterion"]: (name, each["from"]) for name, each in kept.items()}
    assert criteria[3] in (("แผน.pdf", "message"), ("รูป1.jpg", "message"))
    assert kept["แผน.pdf"]["criterion"] == kept["รูป1.jpg"]["criterion"] == 3
    assert kept["ข้อ 7.png"]["criterion"] == 7
    assert kept["IMG_2034.jpg"]["criterion"] is None
    assert criteria[6][1] == "workbook"
    (pasted,) = (each for each in kept.values() if each["from"] == "workbook")
    assert (pasted["sheet"], bool(pasted["cell"])) == ("หลักฐาน", True)


def test_names_are_safe_and_suffixes_true(kept: Mapping[str, dict[str, Any]]) -> None:
    for each in kept.values():
        name = Path(each["file"]).name
        assert name.isascii()
        assert each["sha256"][:8] in name
    assert Path(kept["รูป1.jpg"]["file"]).suffix == ".jpg"
    assert Path(kept["แผน.pdf"]["file"]).name.startswith("moi-2569_3_")


def test_a_logo_and_what_is_no_picture_are_no_evidence(mailed: Path) -> None:
    entries = inputs(mailed)
    junk = entries["จดหมาย.eml/โปรแกรม.jpg"]
    assert EVIDENCE_REFUSED.code in codes(junk)
    assert junk["state"] == "other"
    logo = hashlib.sha256(photo("blue", (90, 60), "PNG")).hexdigest()
    digests = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (mailed / "evidence").rglob("*.*")
    }
    assert not {logo, hashlib.sha256(b"MZ" + bytes(3_000)).hexdigest()} & digests


def test_a_file_that_is_kept_says_whose_evidence_it_is(mailed: Path) -> None:
    entry = inputs(mailed)["จดหมาย.eml/แผน.pdf"]
    (told,) = said(entry, EVIDENCE_KEPT.code)
    assert NAMES["ICT"] in told
    assert EVIDENCE_KEPT.code not in codes(inputs(mailed)["จดหมาย.eml/อ่านก่อน.txt"])


def test_a_named_file_that_never_came_is_told_to_the_sender_with_its_cell(mailed: Path) -> None:
    entry = inputs(mailed)["จดหมาย.eml/แบบ.xlsx"]
    (missing,) = (f for f in entry["findings"] if f["code"] == ATTACHMENT_MISSING.code)
    assert (missing["severity"], missing["sheet"], missing["cell"]) == ("warning", "หลักฐาน", "E8")
    assert "หาย.png" in letters(mailed)


def test_a_file_that_cannot_be_kept_is_told_to_the_sender(mailed: Path) -> None:
    (told,) = said(inputs(mailed)["จดหมาย.eml/แบบ.xlsx"], EVIDENCE_REFUSED.code)
    assert "โปรแกรม.jpg" in told
    assert "โปรแกรม.jpg" in letters(mailed)


def test_the_report_shows_the_pictures_with_what_they_belong_to(mailed: Path) -> None:
    shown = captions(mailed / "reports" / "ICT_moi-2569.docx")
    assert len(shown) == 4
    assert [each.startswith(f"รูปที่ {n} ") for n, each in zip("๑๒๓๔", shown, strict=True)]
    assert "ข้อ ๓" in shown[0]
    assert "รูป1.jpg" in shown[0]
    assert "ข้อ ๖" in shown[1]
    assert "แผ่น หลักฐาน E10" in shown[1]
    assert "ข้อ ๗" in shown[2]
    text = "\n".join(
        p.text for p in docx.Document(str(mailed / "reports" / "ICT_moi-2569.docx")).paragraphs
    )
    assert "อีก ๑ รูปไม่ได้พิมพ์" in text


def test_the_letter_encloses_the_report_with_its_annex(mailed: Path) -> None:
    (path,) = (mailed / "replies").iterdir()
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    enclosed = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
    assert enclosed["ICT_moi-2569.docx"] == (mailed / "reports" / "ICT_moi-2569.docx").read_bytes()


def test_the_officer_sees_in_the_workbook_what_came_and_what_is_missing(mailed: Path) -> None:
    data = (mailed / "workbooks" / "ICT_moi-2569.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(data))[TITLE]
    rows = {str(row[0]): row for row in sheet.iter_rows(min_row=5, values_only=True)}
    third = next(row for about, row in rows.items() if about.startswith("ข้อ ๓ "))
    assert sorted(str(third[2]).splitlines()) == ["รูป รูป1.jpg", "เอกสาร แผน.pdf"]
    assert (third[3], third[4]) == ("๑๓ พ.ค. ๒๕๖๙", NOTHING)
    fourth = next(row for about, row in rows.items() if about.startswith("ข้อ ๔ "))
    assert fourth[2:5] == (NOTHING, NOTHING, "ไม่พบไฟล์แนบของข้อนี้")
    assert "IMG_2034.jpg" in str(rows[UNPLACED][2])
    (path,) = (mailed / "replies").iterdir()
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    enclosed = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
    assert enclosed["ICT_moi-2569.xlsx"] == data


def test_the_register_is_no_answer_and_is_taken_out_when_the_file_comes_again(mailed: Path) -> None:
    again = unmark(inspect((mailed / "workbooks" / "ICT_moi-2569.xlsx").read_bytes()))
    assert TITLE not in [each.title for each in again.sheets]
    assert Journey().judge(again.data).assessment.unit_code == "ICT"


def test_a_picture_that_cannot_be_printed_is_told_to_the_reviewers(mailed: Path) -> None:
    entry = inputs(mailed)["จดหมาย.eml/แบบ.xlsx"]
    (told,) = said(entry, PICTURE_NOT_PRINTED.code)
    assert "ระเบิด.png" in told
    assert "ระเบิด.png" not in letters(mailed)


def test_any_number_of_jobs_and_a_second_run_give_the_same_bytes(
    mailed: Path, tmp_path: Path
) -> None:
    inbox, output = mailed.parent.parent / "inbox", tmp_path / "output"
    assert contents(run(inbox, output, 2)) == contents(mailed)
    shutil.rmtree(output / ROUND)
    assert contents(run(inbox, output)) == contents(mailed)


# --- whose evidence it is


def test_of_several_units_in_one_message_nobody_gets_it(
    tmp_path: Path, forms: Mapping[str, bytes]
) -> None:
    mail = message(
        [("ก.xlsx", forms["ICT"]), ("ข.xlsx", forms["PLAN"]), ("รูป.jpg", photo())], CENTRE
    )
    folder = played(tmp_path, {"a.eml": mail})
    entries = inputs(folder)
    assert [e["state"] for e in entries.values()] == ["other", "counted", "counted", "other"]
    (told,) = said(entries["a.eml/รูป.jpg"], EVIDENCE_OF_NOBODY.code)
    assert NAMES["ICT"] in told and NAMES["PLAN"] in told
    assert not (folder / "evidence").exists()
    assert all(entry["evidence"] == [] for entry in entries.values())


def test_of_a_file_that_does_not_count_nothing_is_kept(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form
) -> None:
    """Two files of one moment that differ: nobody knows which is meant."""
    other = type_in(forms["ICT"], lay_out(form), {"evidence_1": "อื่น"})
    folder = played(
        tmp_path,
        {
            "a.eml": message([("ก.xlsx", forms["ICT"]), ("รูป.jpg", photo())]),
            "b.eml": message([("ก.xlsx", other), ("รูป.jpg", photo("blue"))]),
        },
    )
    assert inputs(folder)["a.eml/ก.xlsx"]["state"] == "conflict"
    assert not (folder / "evidence").exists()


def test_a_form_that_is_sent_again_with_its_pictures_gets_them(
    tmp_path: Path, forms: Mapping[str, bytes]
) -> None:
    first = message([("ก.xlsx", forms["ICT"])], ADDRESS["ICT"])
    again = message([("ก.xlsx", forms["ICT"]), ("ข้อ 1.jpg", photo())], ADDRESS["ICT"])
    folder = played(tmp_path, {"1.eml": first, "2.eml": again})
    entries = inputs(folder)
    assert entries["2.eml/ก.xlsx"]["state"] == "duplicate"
    (kept,) = entries["1.eml/ก.xlsx"]["evidence"]
    assert (kept["name"], kept["criterion"]) == ("ข้อ 1.jpg", 1)
    assert entries["2.eml/ก.xlsx"]["evidence"] == []


def test_what_lies_beside_a_form_in_an_archive_is_its_evidence(
    tmp_path: Path, forms: Mapping[str, bytes]
) -> None:
    from mail_samples import zipped

    folder = played(tmp_path, {"a.zip": zipped({"ก.xlsx": forms["ICT"], "รูป/ข้อ 2.jpg": photo()})})
    (kept,) = inputs(folder)["a.zip/ก.xlsx"]["evidence"]
    assert (kept["name"], kept["criterion"]) == ("ข้อ 2.jpg", 2)


def test_beside_a_saved_form_any_file_of_the_inbox_may_be_the_named_one(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form
) -> None:
    named = {"evidence_1": "ตาม มีอยู่.pdf", "evidence_2": "ตาม ไม่มี.pdf"}
    saved = type_in(forms["ICT"], lay_out(form), named)
    folder = played(tmp_path, {"a.xlsx": saved, "มีอยู่.pdf": PDF})
    (missing,) = (
        f["cell"]
        for f in inputs(folder)["a.xlsx"]["findings"]
        if f["code"] == ATTACHMENT_MISSING.code
    )
    assert missing == "E6"


def test_a_picture_pasted_beside_the_name_of_a_file_is_that_file(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form
) -> None:
    named = type_in(forms["ICT"], lay_out(form), {"evidence_1": "รูป1.jpg"})
    folder = played(tmp_path, {"a.xlsx": pictured(named, form, (1, photo()))})
    assert ATTACHMENT_MISSING.code not in codes(inputs(folder)["a.xlsx"])


def test_a_picture_that_is_pasted_and_attached_is_one(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form
) -> None:
    workbook = pictured(forms["ICT"], form, (4, photo()))
    mail = message([("ก.xlsx", workbook), ("รูป.jpg", photo())], ADDRESS["ICT"])
    (kept,) = inputs(played(tmp_path, {"a.eml": mail}))["a.eml/ก.xlsx"]["evidence"]
    assert (kept["from"], kept["criterion"]) == ("workbook", 4)


# --- the same picture


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, forms: Mapping[str, bytes], form: Form
) -> Path:
    """Three units with one photograph: twice the same bytes, once scaled; a blank one besides."""
    return played(
        tmp_path_factory.mktemp("shared"),
        {
            "ict.eml": message(
                [("ก.xlsx", forms["ICT"]), ("ข้อ 1.jpg", photo("red"))], ADDRESS["ICT"]
            ),
            "plan.xlsx": pictured(forms["PLAN"], form, (2, photo("red")), (3, photo("blue"))),
            "r04.xlsx": pictured(forms["R04"], form, (3, ALIKE)),
        },
    )


def test_the_same_picture_of_two_units_is_told_naming_both(shared: Path) -> None:
    entries = inputs(shared)
    for file, other in (("ict.eml/ก.xlsx", "PLAN"), ("plan.xlsx", "ICT")):
        (told,) = said(entries[file], SAME_PICTURE.code)
        assert NAMES[other] in told
        assert NAMES["R04"] not in told
    assert SAME_PICTURE.code not in codes(entries["r04.xlsx"])


def test_one_that_was_scaled_looks_the_same(shared: Path) -> None:
    (told,) = said(inputs(shared)["r04.xlsx"], ALIKE_PICTURE.code)
    assert NAMES["ICT"] in told and NAMES["PLAN"] in told


def test_no_unit_is_told_of_another_ones_pictures(shared: Path) -> None:
    for code in NAMES:
        told = letters(shared, code)
        assert NAMES[code] in told
        assert not [name for other, name in NAMES.items() if other != code and name in told]


def test_the_reviewers_read_of_it_in_the_summary(shared: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO((shared / "summary.xlsx").read_bytes()))
    cells = {str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value}
    assert any(SAME_PICTURE.code in cell or "รูปเดียวกัน" in cell for cell in cells)


def test_the_same_picture_for_two_criteria_of_one_form_is_told(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form
) -> None:
    twice = pictured(forms["ICT"], form, (1, photo()), (2, photo()), (3, photo("blue")))
    entry = inputs(played(tmp_path, {"a.xlsx": twice}))["a.xlsx"]
    (told,) = said(entry, SAME_PICTURE.code)
    assert "หลักฐาน ข้อ ๑" in told and "หลักฐาน ข้อ ๒" in told
    files = [each["file"] for each in entry["evidence"]]
    assert len(files) == 3 and files[0] == files[1] != files[2]


# --- without Pillow, and beyond what fits


def test_without_the_library_pictures_are_kept_not_printed_and_no_sender_is_blamed(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_of_round, "can_print", lambda: False)
    folder = played(tmp_path, {"a.xlsx": pictured(forms["ICT"], form, (1, photo()))})
    entry = inputs(folder)["a.xlsx"]
    assert len(entry["evidence"]) == 1
    assert PICTURES_UNPRINTED.code in codes(entry)
    assert "Pillow" not in letters(folder)
    assert captions(folder / "reports" / "ICT_moi-2569.docx") == []


def test_a_report_stays_small_enough_to_go_by_mail(
    tmp_path: Path, forms: Mapping[str, bytes], form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_of_round, "MOST_PRINTED", 9_000)
    pictures = pictured(forms["ICT"], form, (1, photo("red")), (2, photo("blue", (1600, 1200))))
    folder = played(tmp_path, {"a.xlsx": pictures})
    assert len(captions(folder / "reports" / "ICT_moi-2569.docx")) == 1
    (told,) = said(inputs(folder)["a.xlsx"], PICTURE_NOT_PRINTED.code)
    assert "ภาคผนวกเต็ม" in told


def test_a_round_without_evidence_has_no_folder_for_it(
    tmp_path: Path, forms: Mapping[str, bytes]
) -> None:
    folder = played(tmp_path, {"a.xlsx": forms["ICT"]})
    assert not (folder / "evidence").exists()
    assert inputs(folder)["a.xlsx"]["evidence"] == []
