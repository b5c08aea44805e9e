"""A draft: every mail program opens it, its bytes are always the same, every header is ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default, strict
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moral_xlsx.addresses import plain_address
from moral_xlsx.mail.outward.drafts import answer_address, awaits_answer, draft
from moral_xlsx.model.mail import Enclosure, Message

US = "กลุ่มงานจริยธรรม กรมตัวอย่าง <ethics@example.go.th>"
OFFICER = Message("abc.1@mail.example", "officer@example.go.th", subject="ส่งแบบประเมิน")
WORKBOOK = "แบบประเมินองค์กรคุณธรรม ๒๕๖๙ กองตัวอย่าง.xlsx"


def opened(data: bytes) -> EmailMessage:
    """The message as a strict reader takes it."""
    return cast(EmailMessage, BytesParser(policy=strict + default).parsebytes(data))


def fields(data: bytes) -> list[str]:
    """The names of the header fields, as any program splits them."""
    head = data.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in re.split(rb"\r\n(?![ \t])", head)]


# --- what a mail program sees


def test_a_thai_letter_arrives_as_it_was_written() -> None:
    files = [Enclosure(WORKBOOK, b"PK\3\4"), Enclosure("report.docx", b"\0\xff" * 500)]
    data = draft(("a@example.go.th",), "ผลการตรวจ ๒๕๖๙", "เรียน กอง\n\nผ่าน\n", files, sender=US)
    message = opened(data)
    assert message["To"] == "a@example.go.th"
    assert message["Subject"] == "ผลการตรวจ ๒๕๖๙"
    name, address = parseaddr(str(message_from_bytes(data)["From"]))
    assert str(make_header(decode_header(name))) == "กลุ่มงานจริยธรรม กรมตัวอย่าง"
    assert address == "ethics@example.go.th"
    body = message.get_body()
    assert body is not None and body.get_content() == "เรียน กอง\r\n\r\nผ่าน\r\n"
    attached = list(message.iter_attachments())
    assert [(each.get_filename(), each.get_payload(decode=True)) for each in attached] == [
        (each.name, each.data) for each in files
    ]
    assert [each.get_content_type().rpartition(".")[2] for each in attached] == [
        "sheet",
        "document",
    ]


def test_outlook_opens_it_as_a_letter_not_yet_sent() -> None:
    data = draft(("a@example.go.th",), "s", "b", sender=US)
    assert opened(data)["X-Unsent"] == "1"


def test_an_attachment_s_thai_name_stands_in_both_ways_that_programs_read() -> None:
    text = draft(("a@example.go.th",), "s", "b", [Enclosure(WORKBOOK, b"x")]).decode("ascii")
    assert len(re.findall(r"filename\*=utf-8''%E0\S+\.xlsx\r\n", text)) == 1, "one whole parameter"
    (name,) = re.findall(r'name="(=\?utf-8\?B\?[^"]*)"', text)
    assert str(make_header(decode_header(name))) == WORKBOOK


def test_every_line_is_short_enough_and_in_ascii() -> None:
    long_name = "ก" * 300 + ".xlsx"
    message = Message("i" * 250, "a@b.th", subject="ส" * 5000, references=("r" * 250,) * 50)
    data = draft(
        ("a@b.th",), "", "ก" * 9000, [Enclosure(long_name, b"")], sender=US, answering=message
    )
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../แบบ.xlsx", "_.._แบบ.xlsx"),
        ("C:\\a\\b.xlsx", "C__a_b.xlsx"),
        ("a\r\nX: y.xlsx", "a X_ y.xlsx"),
        ("\u202exslx.exe", "xslx.exe"),
        ('a"; filename="b.exe', "a_; filename=_b.exe"),
        ("", "ไฟล์แนบ"),
        ("ก" * 200 + ".xlsx", "ก" * 75 + ".xlsx"),
        ("😀" * 200 + ".xlsx", "😀" * 75 + ".xlsx"),
    ],
)
def test_an_attachment_s_name_is_a_name_and_nothing_else(name: str, shown: str) -> None:
    (attached,) = opened(draft(("a@b.th",), "s", "b", [Enclosure(name, b"x")])).iter_attachments()
    assert attached.get_filename() == shown


def test_a_letter_without_attachments_is_plain_text() -> None:
    assert opened(draft(("a@b.th",), "s", "b")).get_content_type() == "text/plain"


# --- the same bytes


def test_the_same_letter_is_the_same_bytes() -> None:
    def one() -> bytes:
        return draft(
            ("a@b.th",), "ส", "ข", [Enclosure("a.xlsx", b"1")], sender=US, answering=OFFICER
        )

    assert one() == one()
    assert b"Date:" not in one(), "no clock: without a date there is none"


@pytest.mark.parametrize(
    "other",
    [
        draft(("b@b.th",), "s", "b", [Enclosure("a.xlsx", b"1")], sender=US),
        draft(("a@b.th",), "t", "b", [Enclosure("a.xlsx", b"1")], sender=US),
        draft(("a@b.th",), "s", "c", [Enclosure("a.xlsx", b"1")], sender=US),
        draft(("a@b.th",), "s", "b", [Enclosure("b.xlsx", b"1")], sender=US),
        draft(("a@b.th",), "s", "b", [Enclosure("a.xlsx", b"2")], sender=US),
        draft(("a@b.th",), "s", "b", [Enclosure("a.xlsx", b"1")], sender="x@example.go.th"),
        draft(("a@b.th",), "s", "b", [Enclosure("a.xlsx", b"1")], sender=US, answering=OFFICER),
    ],
)
def test_another_letter_has_another_id(other: bytes) -> None:
    first = opened(draft(("a@b.th",), "s", "b", [Enclosure("a.xlsx", b"1")], sender=US))
    assert first["Message-ID"] != opened(other)["Message-ID"]
    assert re.fullmatch(r"<moral-xlsx\.[0-9a-f]{40}@example\.go\.th>", first["Message-ID"])


def test_a_given_date_is_kept_with_its_zone() -> None:
    moment = datetime(2026, 5, 27, 9, 30, tzinfo=timezone(timedelta(hours=7)))
    written = opened(draft(("a@b.th",), "s", "b", date=moment))["Date"]
    assert parsedate_to_datetime(str(written)) == moment
    with pytest.raises(ValueError, match="time zone"):
        draft(("a@b.th",), "s", "b", date=moment.replace(tzinfo=None))


# --- an answer joins its thread


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("ส่งแบบ", "Re: ส่งแบบ"),
        ("Re: ส่งแบบ", "Re: ส่งแบบ"),
        ("RE: re: Re[2]: ส่งแบบ", "Re: ส่งแบบ"),
        ("ตอบกลับ: ตอบ: AW: ส่งแบบ", "Re: ส่งแบบ"),
        ("Fwd: ส่งแบบ", "Re: Fwd: ส่งแบบ"),
        ("report", "Re: report"),
        ("regarding: x", "Re: regarding: x"),
        ("Re:", "Re: (ไม่มีชื่อเรื่อง)"),
        ("", "Re: (ไม่มีชื่อเรื่อง)"),
    ],
)
def test_the_subject_says_re_once(subject: str, answered: str) -> None:
    message = Message("a@b", "a@b.th", subject=subject)
    assert opened(draft(("a@b.th",), "", "b", answering=message))["Subject"] == answered
    assert (
        opened(draft(("a@b.th",), subject or "Re:", "b", answering=message))["Subject"] == answered
    )


def test_a_letter_that_answers_nothing_says_no_re() -> None:
    message = opened(draft(("a@b.th",), "Re: x", "b"))
    assert message["Subject"] == "Re: x"
    assert message["In-Reply-To"] is None and message["References"] is None


def test_it_refers_to_the_whole_thread() -> None:
    message = Message("c@x", "a@b.th", references=("a@x", "b@x", "b@x", "c@x"))
    answer = opened(draft(("a@b.th",), "s", "b", answering=message))
    assert answer["In-Reply-To"] == "<c@x>"
    assert str(answer["References"]).split() == ["<a@x>", "<b@x>", "<c@x>"]


def test_a_long_thread_keeps_its_root_and_its_end() -> None:
    message = Message("last@x", "a@b.th", references=tuple(f"{n}@x" for n in range(200)))
    ids = str(opened(draft(("a@b.th",), "s", "b", answering=message))["References"]).split()
    assert (len(ids), ids[0], ids[-2], ids[-1]) == (21, "<0@x>", "<199@x>", "<last@x>")


@pytest.mark.parametrize("broken", ["", "a b@x", "a@x>\r\nBcc: <e@x", "ก@x", "a" * 300])
def test_an_id_that_is_none_is_excluded(broken: str) -> None:
    message = Message(broken, "a@b.th", references=(broken, "a@x"))
    answer = opened(draft(("a@b.th",), "s", "b", answering=message))
    assert answer["In-Reply-To"] is None
    assert str(answer["References"]) == "<a@x>"


# --- nothing gets in from outside

USUAL = [
    *("From", "To", "Subject", "In-Reply-To", "References"),
    *("Message-ID", "X-Unsent", "MIME-Version", "Content-Type"),
]


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_no_text_from_outside_makes_a_header(
    subject: str, body: str, name: str, message_id: str, sender: str
) -> None:
    evil = "\r\nBcc: evil@example.com\r\n\r\n"
    by = re.sub("[<>]", "", sender + evil) + "<ethics@example.go.th>"
    message = Message(message_id + evil, "a@b.th", subject=subject + evil, references=("a@x",))
    data = draft(
        ("a@b.th",), "", body, [Enclosure(name + evil, b"x")], sender=by, answering=message
    )
    assert fields(data) == [field for field in USUAL if field != "In-Reply-To"]
    (attached,) = opened(data).iter_attachments()
    assert attached.get_payload(decode=True) == b"x"


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@b.th", "a@", "a@b.th, c@d.th", "a@b.th\r\nBcc: c@d.th", "A <a@b.th>"),
        *("a b@c.th", '"a"@b.th', "a@[127.0.0.1]", "ก@b.th", "a@กรม.ไทย", "a..b@c.th", "a@-b.th"),
        *("a@b.th\n", "a@b.th\0", "a@" + "b." * 130 + "th", "a@b.th;c@d.th", "<a@b.th>"),
    ],
)
def test_only_one_plain_address_is_written_to(address: str) -> None:
    assert plain_address(address) == ""
    with pytest.raises(ValueError, match="recipient"):
        draft((address,), "s", "b")
    if address and address != "A <a@b.th>" and address != "<a@b.th>":
        with pytest.raises(ValueError, match="sender"):
            draft(("a@b.th",), "s", "b", sender=address)


@pytest.mark.parametrize("address", ["a@b.th", "first.last+tag@mail.go.th", "o'neil@x-y.org"])
def test_plain_addresses_are_taken(address: str) -> None:
    assert plain_address(f" {address} ") == address
    assert opened(draft((address,), "s", "b"))["To"] == address


# --- whom to answer


@pytest.mark.parametrize(
    ("message", "answered"),
    [
        (Message(sender="officer@example.go.th"), True),
        (Message(sender="officer@example.go.th", automatic=True), False),
        # A person all the same, though nobody knows where to write to.
        (Message(sender=""), True),
        (Message(sender="สมชาย@หน่วยงาน.ไทย"), True),
        (Message("moral-xlsx.1f@b.th", sender="officer@example.go.th"), False),
        (Message(sender="MAILER-DAEMON@example.go.th"), False),
        (Message(sender="no-reply@example.go.th"), False),
        (Message(sender="noreply+x@example.go.th", reply_to="officer@example.go.th"), False),
        (Message(sender="bounce-123@lists.example"), False),
        (Message(sender="noreplica@example.go.th"), True),
    ],
)
def test_only_people_are_answered_and_never_ourselves(message: Message, answered: bool) -> None:
    assert awaits_answer(message) is answered


def test_an_answer_goes_where_the_sender_asks_for_it() -> None:
    sender = Message(sender="a@b.th", reply_to="office@b.th")
    assert answer_address(sender) == "office@b.th"
    assert answer_address(Message(sender="a@b.th", reply_to="x@y, z@w")) == "a@b.th"
    assert answer_address(Message(received=datetime(2026, 5, 1, tzinfo=UTC))) == ""
