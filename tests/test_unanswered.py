"""Nobody who sent something is left without an answer, also where no form came with it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import golden_of
from department_year import in_this_process
from mail_samples import msg, msg_file, ole
from openpyxl import load_workbook

from moral_xlsx.cli import main
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.mail.inward import outlook
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import EMPTY_FILE
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.journey import Journey, Submission

# Rounds are played.
pytestmark = pytest.mark.slow

ROUND = "2569-05"
FORM = "moi-2569"
UNITS = (
    Unit("U1", "กองหนึ่ง", email="one@unit.go.th; two@unit.go.th", forms=(FORM,)),
    Unit("U2", "กองสอง", email="mailto:u2@second.go.th", forms=(FORM,)),
)
PDF = b"%PDF-1.4\n%%EOF"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "WordDocument".encode("utf-16-le")


def message(
    *files: tuple[str, bytes],
    text: str = "ส่งแบบครับ",
    sender: str = "one@unit.go.th",
    subject: str = "ส่งแบบ",
    day: int = 27,
    **fields: str,
) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "diwethics@example.go.th", subject
    made["Date"] = f"Wed, {day} May 2026 09:00:00 +0700"
    made["Message-ID"] = f"<{abs(hash((sender, subject, day, text, files)))}@unit.go.th>"
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes(policy=SMTP)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def filled(code: str, name: str) -> bytes:
    """The golden answers as a unit of the registry sends them."""
    form, golden = load_form(FORM), golden_of(FORM)
    named = {each.id: name for each in form.fields if each.registry == "name"}
    answers = replace(golden, unit_code=code, values={**golden.values, **named})
    return write_workbook(compile_rubric(form), Content(answers))


def zipped(*files: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return stream.getvalue()


class Office:
    """A round over messages, with the drafts that came out."""

    def __init__(self, folder: Path, units: Sequence[Unit] = UNITS) -> None:
        self.folder = folder
        (folder / "inbox").mkdir()
        (folder / "units.xlsx").write_bytes(write_registry(units, (FORM,)))

    def receive(self, **messages: bytes) -> None:
        for name, data in messages.items():
            (self.folder / "inbox" / f"{name}.eml").write_bytes(data)

    def run(self) -> str:
        told = call("batch", self.folder / "inbox", "-o", self.folder / "out", "--round", ROUND)
        assert told.exit_code in (0, 1), told.stderr
        return told.stdout

    @property
    def output(self) -> Path:
        return self.folder / "out" / ROUND

    def letters(self, folder: str) -> list[EmailMessage]:
        found = sorted((self.output / folder).glob("*.eml"))
        return [message_from_bytes(each.read_bytes(), policy=default) for each in found]

    @property
    def run_file(self) -> dict[str, list[dict[str, object]]]:
        told: dict[str, list[dict[str, object]]] = json.loads(
            (self.output / "run.json").read_text("utf-8")
        )
        return told


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with in_this_process():
        yield


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def words(letter: EmailMessage) -> str:
    body = letter.get_body()
    assert body is not None
    return str(body.get_content())


def enclosed(letter: EmailMessage) -> list[str | None]:
    return [each.get_filename() for each in letter.iter_attachments()]


SENT: dict[str, tuple[bytes, str]] = {
    "drive": (message(text="https://drive.google.com/file/d/1abc/view?usp=sharing"), "ลิงก์"),
    "onedrive": (message(text="ดูที่ https://1drv.ms/x/s!Abc ครับ"), "1drv.ms"),
    "sharepoint": (message(text="https://moi.sharepoint.com/:x:/g/x"), "moi.sharepoint.com"),
    "own_server": (message(text="https://unit.go.th/files/แบบ.xlsx"), "unit.go.th"),
    "url": (
        message(("แบบ.url", b"[InternetShortcut]\r\nURL=https://docs.google.com/x\r\n")),
        "docs.google.com",
    ),
    "gsheet": (message(("แบบ.gsheet", b'{"url": "https://docs.google.com/open?id=1"}')), "ลิงก์"),
    "html": (message(("แบบ.html", b'<a href="https://drive.google.com/x">open</a>')), "ลิงก์"),
    "page": (message(("แบบ.html", b"<html><body>hello</body></html>")), "HTML"),
    "pdf": (message(("moi-2569.pdf", PDF)), "PDF"),
    "doc": (message(("แบบ.doc", OLE)), "ไม่ใช่สมุดงาน"),
    "docx": (message(("แบบ.docx", zipped(("word/document.xml", b"<x/>")))), "Word"),
    "csv": (message(("แบบ.csv", "ข้อ,คะแนน\n1,3\n".encode())), "CSV"),
    "xml": (message(("แบบ.xml", b'<?xml version="1.0"?><x/>')), "XML"),
    "numbers": (message(("แบบ.numbers", zipped(("Index/Document.iwa", b"x")))), "Numbers"),
    "gz": (message(("แบบ.xlsx.gz", b"\x1f\x8b\x08" + bytes(20))), "gzip"),
    "targz": (message(("แบบ.tar.gz", b"\x1f\x8b\x08" + bytes(20))), "gzip"),
    "tar": (message(("แบบ.tar", bytes(257) + b"ustar" + bytes(250))), "tar"),
    "pgp": (message(("แบบ.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQ==\n")), "เข้ารหัส"),
    "inline_pgp": (message(text="-----BEGIN PGP MESSAGE-----\n\nhQ==\n"), "เข้ารหัส"),
    "unpacked": (
        message(
            (
                "แบบ.zip",
                zipped(("แบบ/[Content_Types].xml", b"<x/>"), ("แบบ/xl/workbook.xml", b"<x/>")),
            )
        ),
        "ชิ้นส่วนข้างใน",
    ),
    "empty_zip": (message(("แบบ.zip", zipped((".DS_Store", b"x")))), "ไม่มีไฟล์"),
    "photo": (message(("แบบ.jpg", b"\xff\xd8\xff\xe0 photo")), "รูปภาพ"),
    "forgot": (message(), "ไม่มีไฟล์แนบ"),
    "forwarded_forgot": (message(("เดิม.eml", message(subject="เดิม"))), "ไม่มีไฟล์แนบ"),
}


@pytest.mark.parametrize("kind", SENT)
def test_whoever_sends_no_form_is_told_what_came_and_gets_the_blank_of_the_unit(
    office: Office, kind: str
) -> None:
    data, said = SENT[kind]
    office.receive(**{kind: data})
    console = office.run()
    (letter,) = office.letters("replies")
    assert letter["To"] == "one@unit.go.th" and letter["Subject"].startswith("Re: ")
    text = words(letter)
    assert said in text and "วิธีแก้" in text and "กองหนึ่ง" in text
    assert enclosed(letter) == ["U1_moi-2569.xlsx"] and "U1_moi-2569.xlsx" in text
    # The clerk sees it on the console, in the status and in the summary, with the sender.
    assert said in console and "one@unit.go.th" in console
    status = call("status", "-o", office.folder / "out").stdout
    assert said in status and "one@unit.go.th" in status
    files = load_workbook(office.output / "summary.xlsx")["ไฟล์ทั้งหมด"]
    rows = [[str(cell.value) for cell in row] for row in files.iter_rows()]
    assert any("one@unit.go.th" in row and said in row[-1] for row in rows)
    # And the reminder knows that something came.
    reminder = next(each for each in office.letters("reminders") if "กองหนึ่ง" in words(each))
    assert said in words(reminder) and "ถ้าส่งแล้ว" not in words(reminder)


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"Precedence": "bulk"},
        {"sender": "noreply@unit.go.th"},
    ],
)
@pytest.mark.parametrize("files", [(), (("แบบ.pdf", PDF),)])
def test_mail_that_a_program_sent_is_not_answered(
    office: Office, fields: dict[str, str], files: tuple[tuple[str, bytes], ...]
) -> None:
    office.receive(one=message(*files, **fields))
    office.run()
    assert office.letters("replies") == []
    states = {str(each["state"]) for each in office.run_file["inputs"]}
    assert states == {"other"}, "it is accounted for"


def test_a_letter_with_links_and_a_logo_beside_a_form_is_just_a_letter(office: Office) -> None:
    form = ("แบบ.xlsx", filled("U1", "กองหนึ่ง"))
    office.receive(one=message(form, text="หลักฐาน https://drive.google.com/x"))
    office.run()
    assert {str(each["state"]) for each in office.run_file["inputs"]} == {"other", "counted"}
    assert len(office.letters("replies")) == 1


def test_one_letter_tells_of_all_that_a_message_brought(office: Office) -> None:
    office.receive(one=message(("ก.pdf", PDF), ("ข.docx", OLE), text="https://1drv.ms/x"))
    office.run()
    (letter,) = office.letters("replies")
    assert all(said in words(letter) for said in ("ก.pdf", "ข.docx", "1drv.ms"))


def test_the_same_document_from_two_people_answers_both(office: Office) -> None:
    office.receive(
        one=message(("ก.pdf", PDF)), two=message(("ก.pdf", PDF), sender="u2@second.go.th")
    )
    office.run()
    assert {each["To"] for each in office.letters("replies")} == {
        "one@unit.go.th",
        "u2@second.go.th",
    }


def test_a_unit_whose_form_came_is_not_told_that_it_did_not(office: Office) -> None:
    form = filled("U1", "กองหนึ่ง")
    office.receive(
        forgot=message(subject="ลืมแนบ", day=26), sent=message(("แบบ.xlsx", form), day=27)
    )
    office.run()
    assert [each for each in office.letters("reminders") if "กองหนึ่ง" in words(each)] == []
    (forgot,) = [each for each in office.letters("replies") if "ลืมแนบ" in each["Subject"]]
    assert "ได้รับแบบต่อไปนี้" in words(forgot) and enclosed(forgot) == []


def test_a_form_without_a_unit_code_is_no_silence(office: Office) -> None:
    office.receive(one=message(("แบบ.xlsx", filled("", "กองหนึ่ง"))))
    office.run()
    reminder = next(each for each in office.letters("reminders") if "กองหนึ่ง" in words(each))
    assert "ไม่มีรหัสหน่วยงานในไฟล์" in words(reminder) and "ถ้าส่งแล้ว" not in words(reminder)


def test_a_library_that_this_machine_lacks_is_not_the_senders_to_mend(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook, "installed", lambda: False)
    saved = ole(msg({0x0037: "ส่งแบบ"}, msg_file("แบบ.xlsx")))
    office.receive(one=message(("แบบ.msg", saved)))
    told = office.run()
    assert office.letters("replies") == [] and "โปรแกรมขัดข้อง" in told
    assert not [each for each in office.letters("reminders") if "กองหนึ่ง" in words(each)]


def test_an_answer_that_is_asked_for_elsewhere_goes_to_the_unit(office: Office) -> None:
    form = filled("U1", "กองหนึ่ง")
    office.receive(
        form=message(("แบบ.xlsx", form), Reply_To="thief@evil.example"),
        none=message(subject="ลืม", Reply_To="thief@evil.example"),
    )
    office.run()
    assert {each["To"] for each in office.letters("replies")} == {"one@unit.go.th"}
    findings = [found for each in office.run_file["inputs"] for found in each["findings"]]  # type: ignore[attr-defined]
    assert any(each["code"] == "MX-412" and "thief" in each["message"] for each in findings)


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_the_units_own_copy_counts_whatever_the_names_of_the_messages(
    office: Office, names: tuple[str, str]
) -> None:
    form = ("แบบ.xlsx", filled("U1", "กองหนึ่ง"))
    own, others = names
    office.receive(**{own: message(form), others: message(form, sender="u2@second.go.th")})
    office.run()
    states = {str(each["file"]): each["state"] for each in office.run_file["inputs"]}
    assert states[f"{own}.eml/แบบ.xlsx"] == "counted"
    assert states[f"{others}.eml/แบบ.xlsx"] == "duplicate"


@pytest.mark.parametrize(
    ("sender", "file"),
    [
        ("one@unit.go.th", ("แบบ.xlsx", lambda: filled("", ""))),
        ("one@unit.go.th", ("แบบ.xlsx", lambda: filled("U2", "กองสอง"))),
        ("somebody@gmail.com", ("ก.pdf", lambda: PDF)),
    ],
)
def test_an_outsiders_address_gets_nothing_whoever_the_unit_is(
    office: Office, sender: str, file: tuple[str, Callable[[], bytes]]
) -> None:
    name, made = file
    office.receive(one=message((name, made()), sender=sender, Reply_To="thief@evil.example"))
    office.run()
    assert {each["To"] for each in office.letters("replies")} == {sender}


def test_a_good_and_a_bad_file_of_somebody_unknown_are_told_without_a_contradiction(
    office: Office,
) -> None:
    form = filled("U1", "กองหนึ่ง")
    sent = message(("ดี.xlsx", form), ("เสีย.xlsx", form[:2000]), sender="officer@gmail.com")
    office.receive(one=sent)
    office.run()
    (refusal,) = [each for each in office.letters("replies") if "เสีย.xlsx" in words(each)]
    assert enclosed(refusal) == [] and "ได้รับแบบต่อไปนี้" in words(refusal)


@pytest.mark.parametrize("address", ["สมชาย@หน่วยงาน.ไทย", ""])
def test_somebody_without_a_usable_address_has_a_draft_that_waits_for_one(
    office: Office, address: str
) -> None:
    raw = message(("ก.pdf", PDF)).replace(b"From: one@unit.go.th\r\n", b"")
    office.receive(one=(f"From: {address}\r\n".encode() if address else b"") + raw)
    office.run()
    (letter,) = office.letters("replies")
    assert letter["To"] is None and "PDF" in words(letter)


def test_whoever_cannot_be_written_to_is_not_told_what_the_unit_answered_before(
    office: Office,
) -> None:
    office.receive(one=message(("แบบ.xlsx", filled("U1", "กองหนึ่ง"))))
    office.run()
    (office.folder / "inbox" / "one.eml").unlink()
    raw = message(("แบบ.xlsx", filled("U1", "กองหนึ่ง") + b"\r\n"), day=28)
    hidden = "From: สมชาย@หน่วยงาน.ไทย\r\n".encode()
    office.receive(two=hidden + raw.replace(b"From: one@unit.go.th\r\n", b""))
    call("batch", office.folder / "inbox", "-o", office.folder / "out", "--round", "2569-06")
    (reply,) = (office.folder / "out" / "2569-06" / "replies").glob("*.eml")
    letter = message_from_bytes(reply.read_bytes(), policy=default)
    assert letter["To"] is None and "ครั้งก่อน" not in words(letter)


@pytest.mark.parametrize("before", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_a_mailbox_is_one_whatever_stands_before_it(office: Office, before: bytes) -> None:
    line = b"From x Wed May 27 09:00:00 2026\n"
    messages = (
        message(("แบบ.xlsx", filled("U1", "กองหนึ่ง"))),
        message(("ก.pdf", PDF), sender="u2@second.go.th"),
    )
    box = before + b"".join(line + each.replace(b"\r\n", b"\n") + b"\n" for each in messages)
    (office.folder / "inbox" / "กล่อง.mbox").write_bytes(box)
    office.run()
    assert {each["To"] for each in office.letters("replies")} == {
        "one@unit.go.th",
        "u2@second.go.th",
    }


def test_a_file_that_is_refused_only_later_is_told_then(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = filled("U1", "กองหนึ่ง"), b"PK\x03\x04 broken"
    office.receive(one=message(("ก.xlsx", bad), ("ข.xlsx", good)))
    judge = Journey.judge

    def failing(self: Journey, data: bytes) -> Submission:
        if data == good:
            raise KeyError("a fault of ours")
        return judge(self, data)

    def refusing(self: Journey, data: bytes) -> Submission:
        if data == good:
            raise Refused(finding(EMPTY_FILE))
        return judge(self, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journey, "judge", failing)
        office.run()
    monkeypatch.setattr(Journey, "judge", refusing)
    call("batch", office.folder / "inbox", "-o", office.folder / "out", "--round", "2569-06")
    (later,) = (office.folder / "out" / "2569-06" / "replies").glob("*.eml")
    letter = message_from_bytes(later.read_bytes(), policy=default)
    assert "ข.xlsx" in words(letter) and "ก.xlsx" not in words(letter)


def test_a_reminder_goes_to_every_address_of_the_unit(office: Office) -> None:
    office.run()
    assert {each["To"] for each in office.letters("reminders")} == {
        "one@unit.go.th, two@unit.go.th",
        "u2@second.go.th",
    }


def test_a_unit_without_an_address_has_a_draft_that_keeps_what_it_says(tmp_path: Path) -> None:
    office = Office(tmp_path, (Unit("U1", "กองหนึ่ง", email="bad@", forms=(FORM,)),))
    told = call("batch", tmp_path / "inbox", "-o", tmp_path / "out", "--round", ROUND)
    assert "“bad@”" in told.stderr, "what cannot be used is told at the start"
    (letter,) = office.letters("reminders")
    assert letter["To"] is None and enclosed(letter) == ["U1_moi-2569.xlsx"]


def test_the_next_round_over_the_same_mail_answers_nobody_twice(office: Office) -> None:
    office.receive(one=message(("ก.pdf", PDF)), two=message(subject="ลืม"))
    office.run()
    assert len(office.letters("replies")) == 2
    call("batch", office.folder / "inbox", "-o", office.folder / "out", "--round", "2569-06")
    assert not list((office.folder / "out" / "2569-06").glob("replies/*.eml"))
