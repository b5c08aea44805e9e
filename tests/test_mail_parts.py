"""What comes in by mail: every file that a message, a mailbox or an archive holds, once."""

from __future__ import annotations

import base64
import random
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_samples import (
    BOOK,
    FIELDS,
    XLSX,
    attachment,
    b64,
    forwarded,
    lines,
    mail,
    msg,
    msg_file,
    msg_message,
    multipart,
    office,
    ole,
    percent,
    properties,
    text_part,
    tnef,
    word,
    zipped,
    zipped_raw,
)

from moral_xlsx.mail.inward import outlook
from moral_xlsx.mail.inward import parts as parts_module
from moral_xlsx.mail.inward.parts import HEAD, MAX_DEPTH, MAX_PARTS, is_container, unpack
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.mail import Message, Part

NAME = "แบบประเมิน ปี ๒๕๖๙ (แก้ไข).xlsx"
BANGKOK = timezone(timedelta(hours=7))


def found(data: bytes, name: str = "a.eml") -> list[tuple[str, str]]:
    """Name below the container, and the finding's code or ``=`` for the workbook, per part."""
    return [(part.name.removeprefix(f"{name}/"), _what(part)) for part in unpack(name, data)]


def _what(part: Part) -> str:
    if part.data is None and part.finding is None and part.aside:
        return "only the letter"
    assert (part.data is None) == (part.finding is not None)
    if part.finding:
        assert message(part.finding) and remedy(part.finding)
        return part.finding.code
    return "=" if part.data == BOOK else "other"


def only(data: bytes, name: str = "a.eml") -> Part:
    (part,) = unpack(name, data)
    return part


def said(*fields: str | bytes) -> Message:
    """What a message with just these header fields says of itself."""
    part = only(lines(*fields, "Content-Type: application/pdf", "", "%PDF-"))
    assert part.message is not None
    return part.message


# --- names of attachments

_HALF = len(NAME) // 2
_RAW, _CP874 = NAME.encode(), NAME.encode("cp874")
_CUT = b64(_RAW[:10]), b64(_RAW[10:]).replace(b"\r\n", b"")

NAMES = {
    "utf-8 B": f'filename="{word(NAME)}"',
    "utf-8 Q": f'filename="{word(NAME, encoding="Q")}"',
    "unquoted word": f"filename={word(NAME)}",
    "windows-874 B": f'filename="{word(NAME, "windows-874")}"',
    "WINDOWS-874 Q": f'filename="{word(NAME, "WINDOWS-874", "Q")}"',
    "tis-620 B": f'filename="{word(NAME, "tis-620")}"',
    "TIS620 Q": f'filename="{word(NAME, "TIS620", "Q")}"',
    "iso-8859-11": f'filename="{word(NAME, "iso-8859-11")}"',
    "x-windows-874": f'filename="{word(NAME, "x-windows-874")}"',
    "cp874": f'filename="{word(NAME, "cp874")}"',
    "Thai called Latin": f'filename="{word(NAME, "iso-8859-1")}"',
    "Thai called ASCII": f'filename="{word(NAME, "us-ascii")}"',
    "unknown character set": f'filename="{word(NAME, "x-unknown")}"',
    "two words": f'filename="{word(NAME[:_HALF])} {word(NAME[_HALF:])}"',
    "two words, folded": f'filename="{word(NAME[:_HALF])}\r\n\t{word(NAME[_HALF:])}"',
    "a letter cut in two": b'filename="=?utf-8?B?' + _CUT[0] + b"?= =?utf-8?B?" + _CUT[1] + b'?="',
    "RFC 2231": f"filename*=UTF-8''{percent(NAME)}",
    "RFC 2231 with language": f"filename*=utf-8'th'{percent(NAME)}",
    "RFC 2231 windows-874": f"filename*=windows-874''{percent(NAME, 'cp874')}",
    "RFC 2231 tis-620": f"filename*=tis-620''{percent(NAME, 'cp874')}",
    "RFC 2231 quoted": f"filename*=\"UTF-8''{percent(NAME)}\"",
    "RFC 2231 without a character set": f"filename*=''{percent(NAME)}",
    "continued": (
        f"filename*0*=UTF-8''{percent(NAME[:9])};\r\n filename*1*={percent(NAME[9:20])};"
        f"\r\n filename*2*={percent(NAME[20:])}"
    ),
    "continued, out of order": (
        f"filename*1*={percent(NAME[9:])};\r\n filename*0*=UTF-8''{percent(NAME[:9])}"
    ),
    "continued, partly plain": (
        f"filename*0*=utf-8''{percent(NAME[:-5])};\r\n filename*1=\".xlsx\""
    ),
    "continued words": f'filename*0="{word(NAME)[:30]}";\r\n filename*1="{word(NAME)[30:]}"',
    "continued in mid letter": (
        f"filename*0*=utf-8''{percent(NAME)[:12]};\r\n filename*1*={percent(NAME)[12:]}"
    ),
    "both ways": f"filename=\"____.xlsx\";\r\n filename*=UTF-8''{percent(NAME)}",
    "both ways, the other first": f"filename*=UTF-8''{percent(NAME)}; filename=\"x.xlsx\"",
    "raw utf-8": b'filename="' + _RAW + b'"',
    "raw windows-874": b'filename="' + _CP874 + b'"',
    "raw, unquoted": b"filename=" + _RAW,
    "raw, quote not closed": b'filename="' + _RAW,
    "percent signs in plain": f'filename="{percent(NAME)}"',
    "upper case": f'FILENAME="{word(NAME)}"',
    "spaces": f'filename = "{word(NAME)}" ; size=100',
}


@pytest.mark.parametrize("disposition", [True, False], ids=["filename", "name"])
@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES)
def test_a_thai_name_is_read_however_it_is_written(named: str | bytes, disposition: bool) -> None:
    raw = named.encode() if isinstance(named, str) else named
    if not disposition:
        raw = raw.replace(b"filename", b"name").replace(b"FILENAME", b"NAME")
    part = attachment(raw, kind=XLSX, disposition=disposition)
    assert found(mail(text_part(), part)) == [(NAME, "=")]


def test_the_name_that_can_be_read_wins() -> None:
    garbled = f"filename*=utf-8''%A1%FF%81; filename=\"{word(NAME)}\""
    assert found(mail(attachment(garbled)))[0] == (NAME, "=")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/passwd", ".._.._etc_passwd"),
        (r"C:\\Users\\me\\a.xlsx", "C:_Users_me_a.xlsx"),
        ("a\x00b\x1bc\x7f.xlsx", "abc.xlsx"),
        ("a\u202exslx.exe", "axslx.exe"),
        ("\u200e\u2066a\u2069.xlsx", "a.xlsx"),
        ("a\tb.xlsx", "a b.xlsx"),
        ("  a   b.xlsx ", "a b.xlsx"),
        ("..", "ไฟล์แนบที่ 1"),
        ("", "ไฟล์แนบที่ 1"),
        ("ก" * 300 + ".xlsx", "ก" * 94 + "….xlsx"),
        ("a" * 300, "a" * 99 + "…"),
    ],
)
def test_a_name_is_for_people_and_no_path(written: str, shown: str) -> None:
    assert found(mail(attachment(f'filename="{written}"'))) == [(shown, "=")]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [(XLSX, "ไฟล์แนบที่ 1.xlsx"), ("application/x-odd", "ไฟล์แนบที่ 1"), ("image/png", "ไฟล์แนบที่ 1.png")],
)
def test_an_attachment_without_a_name_gets_one(kind: str, shown: str) -> None:
    data = multipart(lines(f"Content-Type: {kind}", "", "data"), fields=FIELDS)
    assert [name for name, _ in found(data)] == [shown]


def test_parts_of_one_name_are_told_apart() -> None:
    same = [attachment('filename="แบบ.xlsx"') for _ in range(3)]
    third = attachment('filename="แบบ (2).xlsx"')
    names = [name for name, _ in found(mail(*same, third))]
    assert names == ["แบบ.xlsx", "แบบ (2).xlsx", "แบบ (3).xlsx", "แบบ (2) (2).xlsx"]


# --- what the message says of itself


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("From: Officer@Unit.go.th", "officer@unit.go.th"),
        (f"From: {word('สมชาย', 'windows-874')} <A@b.go.th>", "a@b.go.th"),
        ('From: "กอง, คลัง" <a@b.go.th>', "a@b.go.th"),
        ('From: "x@evil.com" <a@b.go.th>', "a@b.go.th"),
        (f"From: {word('<x@evil.com>')} <a@b.go.th>", "a@b.go.th"),
        ("From: a@b.go.th (กองคลัง)", "a@b.go.th"),
        ("From: <a@b.go.th>, <c@d.go.th>", "a@b.go.th"),
        (f"From: {word('สมชาย <a@b.go.th>')}", "a@b.go.th"),
        ("From: กอง คลัง <a@b.go.th>", "a@b.go.th"),
        ("From: undisclosed", ""),
        ("From:", ""),
        ("Sender: a@b.go.th", "a@b.go.th"),
        ("Return-Path: <a@b.go.th>", "a@b.go.th"),
        ("From: (((((((((((" * 500, ""),
    ],
)
def test_the_sender_is_an_address_only(field: str, sender: str) -> None:
    assert said(field, "Subject: x").sender == sender


@pytest.mark.parametrize(
    "field",
    [
        f"Subject: {word('ส่งแบบ ปี ๒๕๖๙')}",
        f"Subject: {word('ส่งแบบ', 'windows-874')} {word(' ปี ๒๕๖๙', 'windows-874', 'Q')}",
        f"Subject: {word('ส่งแบบ')}\r\n\t{word(' ปี ๒๕๖๙')}",
        "Subject: ส่งแบบ ปี ๒๕๖๙",
        "Subject: ส่งแบบ\r\n ปี ๒๕๖๙",
        "Subject: ส่งแบบ ปี ๒๕๖๙".encode("cp874"),
        f"Subject: {word('ส่งแบบ') + ' ' + word(chr(13) + chr(10) + 'ปี ๒๕๖๙')}",
    ],
)
def test_the_subject_is_one_readable_line(field: str | bytes) -> None:
    assert said("From: a@b.go.th", field).subject == "ส่งแบบ ปี ๒๕๖๙"


@pytest.mark.parametrize("charset", ["tis-620", "iso-8859-11", "windows-874", "x-windows-874"])
def test_signs_that_only_windows_has_are_read_under_every_thai_name(charset: str) -> None:
    field = f"Subject: {word('“แบบ” – ๒…', charset)}"
    assert said("From: a@b.go.th", field).subject == "“แบบ” – ๒…"


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("Date: Tue, 12 May 2026 10:14:50 +0700", datetime(2026, 5, 12, 3, 14, 50, tzinfo=UTC)),
        ("Date: 12 May 2026 03:14 GMT", datetime(2026, 5, 12, 3, 14, tzinfo=UTC)),
        ("Date: Tue, 12 May 2026 03:14:00 -0000", datetime(2026, 5, 12, 3, 14, tzinfo=UTC)),
        ("Date: 12 May 2569 03:14:00 +0000", datetime(2026, 5, 12, 3, 14, tzinfo=UTC)),
        ("Date: Tue, 12 May 1926 03:14:00 +0000", None),
        ("Date: วันอังคาร", None),
        ("Date: 99 Foo 2026 99:99:99 +9999", None),
        ("Date:", None),
        ("X-Nothing: 1", None),
    ],
)
def test_the_moment_is_aware_or_none(field: str, moment: datetime | None) -> None:
    received = said("From: a@b.go.th", "Subject: x", field).received
    assert received == moment
    assert received is None or received.tzinfo is not None


def test_delivery_counts_before_what_the_sender_says() -> None:
    part = only(mail(attachment('filename="a.xlsx"')))
    assert part.message == Message(
        message_id="abc.123@unit.go.th",
        sender="officer@unit.go.th",
        subject="ส่งแบบประเมินองค์กรคุณธรรม",
        received=datetime(2026, 5, 12, 10, 15, tzinfo=BANGKOK),
    )


def test_a_delivery_without_a_date_leaves_the_senders() -> None:
    fields = ("Received: from a by b", "Date: Tue, 12 May 2026 10:00:00 +0700", "From: a@b.th")
    assert said(*fields).received == datetime(2026, 5, 12, 10, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("field", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated (rejected)", True),
        ("Auto-Submitted: no", False),
        ("Auto-Submitted: No; x=1", False),
        ("Precedence: bulk", True),
        ("Precedence: LIST", True),
        ("Precedence: junk", True),
        ("Precedence: first-class", False),
        ("X-Autoreply: yes", True),
        ("X-Autorespond: ลาพักผ่อน", True),
        ("X-Auto-Response-Suppress: All", True),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", True),
        ("X-Auto-Response-Suppress: DR, RN", False),
        ("Return-Path: <>", True),
        ("Return-Path: <a@b.th>", False),
        ("From: MAILER-DAEMON@mx.go.th", True),
        ("From: no-reply@x.go.th", True),
        ("From: noreply+1@x.go.th", True),
        ("From: do_not_reply@x.go.th", True),
        ("From: postmaster@x.go.th", True),
        ("From: nor@x.go.th", False),
        ("From: noreen@x.go.th", False),
        ("Content-Type: multipart/report; boundary=x", True),
        ("X-Mailer: Outlook", False),
    ],
)
def test_a_message_that_nobody_wrote_is_known(field: str, automatic: bool) -> None:
    parts = unpack("a.eml", lines(field, "Date: x", "Subject: x", "From: a@b.go.th", "", "--x", ""))
    assert [part.message.automatic for part in parts if part.message] == [automatic]


def test_the_thread_is_kept() -> None:
    told = said(
        "From: a@b.th",
        "Subject: x",
        "Message-ID:  <1@x>",
        "References: <a@x>\r\n <b@x> junk <a@x>",
        "In-Reply-To: <c@x> (ของวันที่ ๑)",
        "Reply-To: Other@B.th",
    )
    assert (told.message_id, told.references) == ("1@x", ("a@x", "b@x", "c@x"))
    assert told.reply_to == "other@b.th"


@pytest.mark.parametrize("written", ["<a\r\n Bcc: x@y>", "<a b@x>", "<>", "nothing", "\x00"])
def test_an_id_that_could_inject_is_no_id(written: str) -> None:
    told = said("From: a@b.th", "Subject: x", f"Message-ID: {written}")
    assert not set(" \r\n\t\0") & set(told.message_id)


# --- messages as programs write them


def test_outlook_with_a_picture_in_the_signature() -> None:
    picture = lines(
        'Content-Type: image/png; name="image001.png"',
        "Content-Description: image001.png",
        'Content-Disposition: inline; filename="image001.png"; size=70;',
        '\tcreation-date="Tue, 12 May 2026 03:00:00 GMT"',
        "Content-ID: <image001.png@01DCE1.5A0C4E40>",
        "Content-Transfer-Encoding: base64",
        "",
        b64(b"\x89PNG"),
    )
    html = lines('Content-Type: text/html; charset="windows-874"', "", "<p>ส่ง</p>".encode("cp874"))
    bodies = multipart(text_part(), html, kind="alternative", boundary="_002_")
    related = multipart(bodies, picture, kind="related", boundary="_001_")
    book = attachment(f'filename="{word(NAME, "windows-874")}"', kind=XLSX)
    assert found(mail(related, book, boundary="_000_")) == [("image001.png", "other"), (NAME, "=")]


def test_iphone_with_the_file_between_two_texts() -> None:
    book = lines(
        f"Content-Type: {XLSX};",
        f" name*=utf-8''{percent(NAME)}",
        "Content-Disposition: attachment;",
        f" filename*=utf-8''{percent(NAME)}",
        "Content-Transfer-Encoding: base64",
        "",
        b64(BOOK),
    )
    end = lines("Content-Type: text/plain; charset=us-ascii", "", "", "ส่งจาก iPhone ของฉัน")
    data = mail(text_part(), book, end, boundary="Apple-Mail-1A2B-3C4D")
    assert found(data) == [(NAME, "=")]


def test_gmail_with_both_names_and_an_attachment_id() -> None:
    book = lines(
        f'Content-Type: {XLSX}; \r\n\tname="{word(NAME)}"',
        f'Content-Disposition: attachment; \r\n\tfilename="{word(NAME)}"',
        "Content-Transfer-Encoding: base64",
        "Content-ID: <f_mp0x1y2z0>",
        "X-Attachment-Id: f_mp0x1y2z0",
        "",
        b64(BOOK),
    )
    bodies = multipart(text_part(), text_part(), kind="alternative", boundary="00000000aa")
    assert found(mail(bodies, book, boundary="00000000bb")) == [(NAME, "=")]


def test_a_message_that_is_only_the_file() -> None:
    data = lines(*FIELDS, f'Content-Type: {XLSX}; name="{word(NAME)}"')
    assert found(data + lines("Content-Transfer-Encoding: base64", "", b64(BOOK))) == [(NAME, "=")]


def test_signatures_and_calendars_are_files_and_the_letter_is_not() -> None:
    signature = attachment('filename="smime.p7s"', b"sig", "application/pkcs7-signature")
    invitation = lines("Content-Type: text/calendar; method=REQUEST", "", "BEGIN:VCALENDAR")
    note = lines('Content-Type: text/plain; name="อ่านก่อน.txt"', "", "x")
    assert found(mail(text_part(), invitation, note, signature)) == [
        ("ไฟล์แนบที่ 1.ics", "other"),
        ("อ่านก่อน.txt", "other"),
        ("smime.p7s", "other"),
    ]


def test_uuencoded_files_in_an_old_letter() -> None:
    import binascii

    coded = b"".join(binascii.b2a_uu(BOOK[i : i + 45]) for i in range(0, len(BOOK), 45))
    letter = "เรียน\r\n\r\n".encode() + b"begin 644 a.xlsx\r\n" + coded + b"`\r\nend\r\n"
    data = lines(*FIELDS, "Content-Type: text/plain", "") + letter
    assert found(data) == [("a.xlsx", "=")]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", b64(BOOK)),
        ("BASE64", b64(BOOK).rstrip(b"=")),
        ("base64", b64(BOOK).replace(b"\r\n", b"")),
        ("base64", b"!!" + b64(BOOK).replace(b"\r\n", b"\r\n>")),
        ("quoted-printable", b"".join(b"=%02X" % byte for byte in BOOK)),
        ("binary", BOOK),
        ("8bit", BOOK),
        ("", BOOK),
    ],
)
def test_every_transfer_encoding(encoding: str, body: bytes) -> None:
    part = lines(
        'Content-Disposition: attachment; filename="a.xlsx"',
        f"Content-Transfer-Encoding: {encoding}",
        "",
    )
    assert only(mail(text_part(), part + body)).data == BOOK


def test_what_follows_the_padding_is_no_content() -> None:
    """List servers append their footer to the last part, whatever it is."""
    data = BOOK + b"1" * (1 + (3 - len(BOOK)) % 3)
    assert b64(data).endswith(b"==")
    assert only(mail(attachment('filename="a.xlsx"', data) + b"____\r\nlist")).data == data


# --- messages in messages, archives in messages


def test_forwarded_in_forwarded_keeps_the_delivered_message() -> None:
    inner = mail(attachment('filename="แบบ.xlsx"'), boundary="inner")
    middle = mail(
        text_part(),
        forwarded(inner),
        fields=("From: x@y.th", f"Subject: {word('ส่งต่อ')}", "Message-ID: <m@x>"),
        boundary="middle",
    )
    outer = mail(text_part(), forwarded(middle, 'name="FW.eml"'))
    part = only(outer)
    assert part.name == "a.eml/FW.eml/ส่งแบบประเมินองค์กรคุณธรรม.eml/แบบ.xlsx"
    assert part.data == BOOK
    assert part.message is not None and part.message.message_id == "abc.123@unit.go.th"


@pytest.mark.parametrize(
    "part",
    [
        forwarded(mail(attachment('filename="x.xlsx"'), boundary="i")),
        forwarded(mail(attachment('filename="x.xlsx"'), boundary="i"), encoding="base64"),
        attachment('filename="FW.eml"', mail(attachment('filename="x.xlsx"'), boundary="i")),
        attachment('filename="FW"', mail(attachment('filename="x.xlsx"'), boundary="i")),
        attachment('filename="a.zip"', zipped({"x.xlsx": BOOK}), "application/zip"),
        attachment('filename="a.dat"', zipped({"กอง/x.xlsx": BOOK})),
        attachment('filename="m.msg"', ole(msg({0x0037: "s"}, msg_file("x.xlsx")))),
        multipart(
            lines("") + mail(attachment('filename="x.xlsx"'), boundary="i"),
            kind="digest",
            boundary="d",
        ),
    ],
    ids=["rfc822", "base64", "eml", "no suffix", "zip", "zip by content", "msg", "digest"],
)
def test_what_is_packed_is_unpacked(part: bytes) -> None:
    ((name, what),) = found(mail(text_part(), part))
    assert name.endswith("x.xlsx") and what == "="


def test_a_mail_in_a_zip_in_a_mail_in_a_zip() -> None:
    inner = zipped({"ลึก.xlsx": BOOK, "อีก.xlsx": BOOK})
    data = zipped({"m.eml": mail(attachment('filename="z.zip"', inner))})
    assert found(data, "z.zip") == [
        ("m.eml/z.zip/ลึก.xlsx", "="),
        ("m.eml/z.zip/อีก.xlsx", "="),
    ]
    assert unpack("z.zip", data)[0].message is not None
    assert unpack("z.zip", inner)[0].message is None


def test_too_deep_is_refused_and_the_rest_is_taken() -> None:
    deep = zipped({"x.xlsx": BOOK})
    for _ in range(MAX_DEPTH):
        deep = zipped({"z.zip": deep})
    parts = found(mail(attachment('filename="d.zip"', deep), attachment('filename="b.xlsx"')))
    assert [what for _, what in parts] == ["MX-122", "="]


def test_one_layer_more_than_allowed_is_not_opened() -> None:
    deep = zipped({"x.xlsx": BOOK})
    for _ in range(MAX_DEPTH):
        deep = zipped({"z.zip": deep})
    assert [what for _, what in found(deep, "z.zip")] == ["MX-122"]


def test_as_deep_as_allowed_is_taken() -> None:
    deep = zipped({"x.xlsx": BOOK})
    for _ in range(MAX_DEPTH - 1):
        deep = zipped({"z.zip": deep})
    assert [what for _, what in found(deep, "z.zip")] == ["="]


# --- what is refused, and said why


def refused(part: bytes) -> list[str]:
    return [what for _, what in found(mail(text_part(), part))]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (attachment('filename="winmail.dat"', b"x", "application/ms-tnef"), "MX-120"),
        (attachment('filename="WINMAIL.DAT"', b"x"), "MX-120"),
        (attachment('filename="s.p7m"', b"x", "application/pkcs7-mime"), "MX-121"),
        (attachment('filename="a.rar"', b"Rar!\x1a\x07\x00"), "MX-126"),
        (attachment('filename="a.7z"', b"7z\xbc\xaf\x27\x1c"), "MX-126"),
        (attachment('filename="a.zip"', b"PK\x03\x04 cut off"), "MX-118"),
        (attachment('filename="a.zip"', zipped({})), "MX-119"),
        (attachment('filename="a.msg"', ole({"x": b""})), "MX-118"),
        (attachment('filename="a.eml"', b"\x00\x01\x02"), "MX-118"),
        (attachment('filename="._a.xlsx"', b"x", "application/applefile"), "MX-125"),
        (attachment('filename="~$a.xlsx"', b"x"), "MX-125"),
        (lines('Content-Type: message/external-body; name="a.xlsx"', "", ""), "MX-124"),
        (forwarded(mail(boundary="i")), "only the letter"),
        (lines('Content-Type: multipart/mixed; boundary="q"', "", "no parts"), "MX-118"),
    ],
)
def test_what_cannot_be_taken_out_says_why(part: bytes, code: str) -> None:
    assert refused(part) == [code]


def test_winmail_dat_says_how_to_mend_it_in_outlook() -> None:
    part = only(mail(attachment('filename="winmail.dat"', b"x", "application/ms-tnef")))
    assert part.finding is not None
    assert "Outlook" in remedy(part.finding) and "HTML" in remedy(part.finding)


@pytest.mark.parametrize("data", [mail(), mail(fields=("From: a@b.th", "Subject: ถาม"))])
def test_a_message_without_a_file_is_accounted_for(data: bytes) -> None:
    part = only(data)
    assert (part.name, part.data, part.finding, part.aside) == ("a.eml", None, None, True)
    assert part.message is not None


def test_a_bounce_shows_what_came_back_and_is_automatic() -> None:
    status = lines("Content-Type: message/delivery-status", "", "Action: failed")
    returned = forwarded(mail(attachment('filename="x.xlsx"'), boundary="i"))
    fields = ("From: MAILER-DAEMON@mx", "Subject: failed")
    data = multipart(text_part(), status, returned, kind="report", fields=fields)
    part = only(data)
    assert part.message is not None and part.message.automatic


# --- mailboxes


def test_each_message_of_a_mailbox_is_its_own() -> None:
    first = mail(attachment('filename="a.xlsx"'))
    second = mail(text_part(), fields=("From: b@b.th", "Subject: ถาม", "Message-ID: <2@x>"))
    head = b"From %b Tue May 12 10:15:00 2026\r\n"
    data = head % b"officer@unit.go.th" + first + b"\r\n" + head % b"-" + second
    parts = unpack("i.mbox", data)
    assert found(data, "i.mbox") == [
        ("1 ส่งแบบประเมินองค์กรคุณธรรม.eml/a.xlsx", "="),
        ("2 ถาม.eml", "only the letter"),
    ]
    assert [p.message and p.message.message_id for p in parts] == ["abc.123@unit.go.th", "2@x"]


def test_a_line_that_begins_with_from_does_not_cut_a_message() -> None:
    letter = lines("Content-Type: text/plain", "", "x", "", "From today on: 10:15", "Note: y")
    book = attachment('filename="a.xlsx"')
    data = b"From - Tue May 12 10:15:00 2026\n" + mail(letter, book).replace(b"\r\n", b"\n")
    assert found(data, "i.mbox") == [("1 ส่งแบบประเมินองค์กรคุณธรรม.eml/a.xlsx", "=")]


# --- archives

THAI_ZIPS = {
    "marked utf-8": zipped({f"กอง/{NAME}": BOOK}),
    "cp874": zipped_raw([(f"กอง/{NAME}".encode("cp874"), BOOK)]),
    "utf-8 without mark": zipped_raw([(f"กอง/{NAME}".encode(), BOOK)]),
    "windows separators": zipped_raw([(f"กอง\\{NAME}".encode("cp874"), BOOK)]),
}


@pytest.mark.parametrize("data", THAI_ZIPS.values(), ids=THAI_ZIPS)
def test_thai_names_in_archives_can_be_read(data: bytes) -> None:
    assert found(data, "z.zip") == [(f"กอง/{NAME}", "=")]


def test_the_name_beside_the_name_is_used() -> None:
    import struct
    import zlib

    field = b"\x01" + struct.pack("<I", zlib.crc32(b"____.xlsx")) + NAME.encode()
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert found(zipped_raw([(b"____.xlsx", BOOK)], extra=extra), "z.zip") == [(NAME, "=")]


def test_no_step_upwards_in_a_name() -> None:
    data = zipped({"../../../etc/x.xlsx": BOOK, "/abs.xlsx": BOOK, "a//./b.xlsx": BOOK})
    assert [name for name, _ in found(data, "z.zip")] == ["etc/x.xlsx", "abs.xlsx", "a/b.xlsx"]


def test_files_of_the_system_are_named_as_such() -> None:
    data = zipped({"a.xlsx": BOOK, "__MACOSX/._a.xlsx": b"x", ".DS_Store": b"x", "d/": b""})
    assert [what for _, what in found(data, "z.zip")] == ["=", "MX-125", "MX-125"]


def test_an_encrypted_file_in_an_archive() -> None:
    assert found(zipped_raw([(b"a.xlsx", BOOK)], flags=1), "z.zip") == [("a.xlsx", "MX-121")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_without_bounds_is_not_opened(method: int) -> None:
    assert found(zipped({"a.xlsx": BOOK}, method), "z.zip") == [("a.xlsx", "MX-118")]


def test_a_damaged_file_costs_only_itself() -> None:
    data = zipped_raw([(b"a.xlsx", BOOK), (b"b.xlsx", b"1234567890")])
    data = data.replace(b"1234567890", b"1234567899", 1)
    assert [what for _, what in found(data, "z.zip")] == ["=", "MX-118"]


def test_a_bomb_is_inflated_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_TOTAL", 3_000_000)
    one = zipped({"a.txt": bytes(2_000_000)})
    bomb = zipped({f"{i}.zip": one for i in range(50)})
    assert [what for _, what in found(bomb, "z.zip")] == ["other"] + ["MX-122"] * 49
    assert [what for _, what in found(zipped({"a.txt": bytes(3_000_001)}), "z.zip")] == ["MX-122"]


def test_containers_in_an_archive_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a thousand archives that hold nothing would each be inflated."""
    monkeypatch.setattr(parts_module, "MAX_TOTAL", 3_000_000)
    hollow = b"PK\x03\x04" + bytes(2_000_000)
    parts = found(zipped({f"{i}.zip": hollow for i in range(3)}), "z.zip")
    assert [what for _, what in parts] == ["MX-118", "MX-122", "MX-122"]


def test_large_attachments_are_refused_when_the_bound_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts_module, "MAX_TOTAL", 100)
    data = mail(attachment('filename="a"', b"1" * 60), attachment('filename="b"', b"2" * 60))
    assert [what for _, what in found(data)] == ["other", "MX-122"]


def test_each_message_of_a_mailbox_may_hold_as_many_files_as_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts_module, "MAX_PARTS", 2)
    two = mail(attachment('filename="a.xlsx"'), attachment('filename="b.xlsx"'))
    box = (b"From - Tue May 12 10:15:00 2026\r\n" + two + b"\r\n") * 3
    assert [what for _, what in found(box, "i.mbox")] == ["="] * 6


def test_a_mailbox_without_end_stops_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_MESSAGES", 3)
    box = b"From - Tue May 12 10:15:00 2026\nFrom: a@b\nTo: b\n\n\n" * 5
    assert [what for _, what in found(box, "i.mbox")] == ["only the letter"] * 3 + ["MX-122"]


def test_too_many_files_stop_somewhere() -> None:
    parts = unpack("z.zip", zipped({f"{i}.xlsx": b"x" for i in range(MAX_PARTS + 50)}))
    assert len(parts) == MAX_PARTS + 1
    assert _what(parts[-1]) == "MX-122" and parts[-1].name == "z.zip"


def test_an_endless_directory_is_not_read() -> None:
    data = zipped_raw([(b"a" * 60, b"")] * 40_000)
    assert found(data, "z.zip") == [("z.zip", "MX-122")]


# --- .msg


def test_a_message_saved_by_outlook() -> None:
    values = {
        0x001A: "IPM.Note",
        0x0037: "ส่งแบบ",
        0x5D02: "Officer@Unit.go.th",
        0x1035: "<1@unit.go.th>",
        0x1042: "<0@unit.go.th>",
    }
    inner = msg({0x0037: "ต้นเรื่อง"}, msg_file("ใน.xlsx"), header=24)
    data = ole(msg(values, msg_file(NAME, BOOK * 10), msg_message(inner)))
    parts = unpack("m.msg", data)
    assert [part.name for part in parts] == [f"m.msg/{NAME}", "m.msg/ต้นเรื่อง.msg/ใน.xlsx"]
    assert [part.data for part in parts] == [BOOK * 10, BOOK]
    assert parts[1].message == Message(
        message_id="1@unit.go.th",
        sender="officer@unit.go.th",
        subject="ส่งแบบ",
        references=("0@unit.go.th",),
    )


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "as the message says"])
def test_a_message_of_old_thai_outlook(stated: bool) -> None:
    attached = msg_file(NAME, codepage=874, stated=stated)
    part = only(ole(msg({0x0037: "ส่งแบบ"}, attached, codepage=874)), "m.msg")
    assert part.name == f"m.msg/{NAME}"
    assert part.message is not None and part.message.subject == "ส่งแบบ"


def test_the_delivered_header_of_a_msg_counts() -> None:
    headers = b"".join(field.encode() + b"\r\n" for field in FIELDS).decode()
    part = only(ole(msg({0x007D: headers, 0x0037: "x"}, msg_file("a.xlsx"))), "m.msg")
    eml = only(mail(attachment('filename="a.xlsx"')))
    assert part.message == eml.message


@pytest.mark.parametrize(
    ("tree", "codes"),
    [
        (msg({}), ["only the letter"]),
        (msg({}, properties({0x3705: 7, 0x3707: "a.xlsx"}, 8)), ["MX-124"]),
        (msg({}, properties({0x3705: 1, 0x3707: "a.xlsx"}, 8)), ["MX-118"]),
        (msg({}, {}, msg_file("a.xlsx")), ["MX-118", "="]),
        ({"__properties_version1.0": b""}, ["only the letter"]),
    ],
)
def test_what_a_msg_does_not_hold(tree: dict, codes: list[str]) -> None:
    assert [what for _, what in found(ole(tree), "m.msg")] == codes


def test_streams_that_share_their_bytes_are_not_read() -> None:
    """Else a file of 100 kB could ask for all memory."""
    files = [msg_file(f"{i}.xlsx", b"x" * (60_000 if i == 0 else 9)) for i in range(20)]
    data = bytearray(ole(msg({}, *files)))
    entry, places = "__substg1.0_37010102".encode("utf-16-le"), []
    while (at := data.find(entry, places[-1] + 1 if places else 0)) >= 0:
        places.append(at)
    assert len(places) == 20
    for at in places[1:]:
        data[at + 116 : at + 128] = data[places[0] + 116 : places[0] + 128]
    assert found(bytes(data), "m.msg") == [("m.msg", "MX-122")]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "installed", lambda: False)
    part = only(ole(msg({}, msg_file("a.xlsx"))), "m.msg")
    assert part.finding is not None and part.finding.code == "MX-123"
    assert "pip install" in remedy(part.finding) and "python-oxmsg" in message(part.finding)


def test_workbooks_need_no_mail_library() -> None:
    script = (
        "import sys; from moral_xlsx.mail.inward.parts import unpack; unpack('a.zip', b'PK');"
        "assert not {'oxmsg', 'olefile', 'imap_tools', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


# --- what is a container


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.eml", mail(), True),
        ("A.EML", b"", True),
        ("1778555700.M1P2.mail.go.th:2,S", mail(), True),
        ("1778555700.M1P2.mail.example.com", mail(), True),
        ("a.mbox", b"From - Tue May 12 10:15:00 2026\n" + mail(), True),
        ("Inbox", b"From - Tue May 12 10:15:00 2026\n" + mail(), True),
        ("a.zip", zipped({"a.xlsx": BOOK}), True),
        ("a.zip", zipped({"a.xlsx": office()}, zipfile.ZIP_STORED), True),
        ("a", zipped({"a.xlsx": BOOK}), True),
        ("a.rar", b"Rar!\x1a\x07\x01\x00", True),
        ("a.msg", ole(msg({})), True),
        ("a.xlsx", office(), False),
        ("a.zip", office(), False),
        ("a.zip", office("_rels/.rels"), False),
        ("a.zip", office("docProps/app.xml"), False),
        ("a", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), False),
        ("a", zipped({"word/document.xml": b"x"}), False),
        ("word.zip", zipped({"word/แบบ.docx": b"x"}), True),
        ("a.xlsx", zipped({"odd": b""}), False),
        ("a.xls", ole({"Workbook": b"x"}), False),
        ("a.txt", mail(), False),
        ("a.csv", b"Date: 1\nSubject: 2\n", False),
        ("note", b"From: me\nhello", False),
        ("a.pdf", b"%PDF-1.7", False),
        ("a.xlsx", b"", False),
        ("a", b"", False),
        ("a", b"\x00" * 100, False),
    ],
)
def test_what_holds_files_is_known_by_its_beginning(name: str, data: bytes, expected: bool) -> None:
    assert is_container(name, data[:HEAD]) is expected


def test_what_is_no_container_is_its_own_only_part() -> None:
    assert unpack("a.xlsx", office()) == (Part("a.xlsx", office()),)


# --- broken and hostile

WHOLE = mail(
    text_part(),
    attachment(f'filename="{word(NAME)}"'),
    forwarded(mail(attachment(f"filename*=UTF-8''{percent(NAME)}"), boundary="inner")),
    attachment('filename="z.zip"', zipped({"x.xlsx": BOOK, "y.eml": mail(boundary="y")})),
    attachment('filename="m.msg"', ole(msg({0x0037: "s"}, msg_file("m.xlsx")))),
)


@pytest.mark.parametrize(
    "data",
    [
        lines("Content-Type: multipart/mixed", "From: a@b.th", "", "--b", "", "--b--"),
        mail(attachment('filename="a.xlsx"')).replace(b'; boundary="=_b1"', b""),
        mail(attachment('filename="a.xlsx"')).replace(b'boundary="=_b1"', b'boundary="other"'),
        mail(attachment('filename="a.xlsx"')).removesuffix(b"--=_b1--\r\n"),
        mail(attachment('filename="a.xlsx"')).replace(b"\r\n", b"\n"),
        mail(attachment('filename="a.xlsx"')).replace(b"\r\n", b"\r"),
        b"\r\n\r\n" + mail(attachment('filename="a.xlsx"')),
        b"\xef\xbb\xbf" + mail(attachment('filename="a.xlsx"')),
        b"From x Tue May 12 10:15:00 2026 trailing\n" + mail(attachment('filename="a.xlsx"')),
    ],
)
def test_a_broken_message_gives_what_it_still_holds(data: bytes) -> None:
    assert [what for _, what in found(data)] in (["="], ["MX-118"], ["only the letter"])
    if b"a.xlsx" in data:
        assert [what for _, what in found(data)] == ["="]


@given(st.binary(max_size=400), st.sampled_from(["", "a.eml", "a.zip", "a.msg", "a.mbox"]))
def test_any_bytes_are_taken(data: bytes, name: str) -> None:
    for beginning in (
        b"",
        b"PK\x03\x04",
        b"From: a@b\nTo: b\n",
        outlook.OLE,
        b"From x 1:00 2026\n",
    ):
        parts = unpack(name, beginning + data)
        assert parts and parts == unpack(name, beginning + data)


@given(st.integers(0, 2**32))
def test_a_message_with_changed_bytes_is_taken(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(WHOLE)
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(len(data))] = chance.choice(b'\x00\r\n"=?;*%-:\xff a')
    parts = unpack("a.eml", bytes(data[: chance.randrange(1, len(data) + 1)]))
    assert parts
    assert len({part.name for part in parts}) == len(parts)
    assert all("\n" not in part.name and len(part.name) <= 220 for part in parts)


@given(st.integers(0, 2**32))
def test_a_msg_with_changed_bytes_is_taken(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(ole(msg({0x0037: "s"}, msg_file("a.xlsx"), msg_message(msg({}, header=24)))))
    for _ in range(chance.randrange(1, 10)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    assert unpack("a.msg", bytes(data))


def nested(depth: int) -> bytes:
    data = attachment('filename="a.xlsx"')
    for level in range(depth):
        data = multipart(data, boundary=f"b{level}")
    return lines(*FIELDS).removesuffix(b"\r\n") + b"\r\n" + data


HOSTILE = {
    "multiparts in multiparts": nested(1_000),
    "uuencoded without end": lines("From: a@b", "To: b", "") + b"begin 644 a\r\n" * 200_000,
    "delimiters": lines("From: a@b", "Content-Type: multipart/mixed; boundary=b", "")
    + b"--b\r\n" * 300_000,
    "blank lines": lines("From: a@b", "To: b", "") + b"\r\n" * 3_000_000,
    "headers": b"From: a@b\r\n" + b"To: b\r\n" * 500_000,
    "one long header": b"From: " + b"=?a?b?" * 300_000 + b"\r\nTo: b\r\n\r\n",
    "open brackets": b"From: " + b'<("' * 300_000 + b"\r\nTo: b\r\n\r\n",
    "semicolons": b"From: a@b\r\nTo: b\r\nContent-Type: a/b" + b"; a" * 300_000 + b"\r\n\r\n",
    "quotes": b'From: a@b\r\nTo: b\r\nContent-Type: a/b; a="' + b'\\"' * 300_000 + b"\r\n\r\n",
    "sections": b"From: a@b\r\nTo: b\r\nContent-Disposition: attachment"
    + b"".join(b"; filename*%d*=a" % i for i in range(1000))
    + b"\r\n\r\n",
    "times": b"From 1:00 2026\nFrom: a\n\n" + b"From " + b"1:00 " * 300_000 + b"\n",
    "many messages": b"From - Tue May 12 10:15:00 2026\nFrom: a@b\nTo: b\n\n\n" * 3_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hangs(data: bytes) -> None:
    started = time.perf_counter()
    assert unpack("a.eml", data)
    assert time.perf_counter() - started < 15


# --- what other programs write


def test_lines_that_end_twice_are_lines() -> None:
    twice = mail(attachment('filename="a.xlsx"')).replace(b"\r\n", b"\r\r\n")
    assert _what(only(twice)) == "="


def test_a_forwarded_message_that_claims_to_be_encoded_and_is_not() -> None:
    inner = mail(attachment('filename="a.xlsx"'), boundary="i")
    assert _what(only(mail(forwarded(inner, encoding="base64")))) == "="


def test_base64_in_padded_chunks_is_one_file() -> None:
    # 56 bytes are 76 letters of which the last is padding: each line is padded by itself.
    chunks = b"\r\n".join(base64.b64encode(BOOK[at : at + 56]) for at in range(0, len(BOOK), 56))
    part = lines(
        'Content-Disposition: attachment; filename="a.xlsx"',
        "Content-Transfer-Encoding: base64",
        "",
        chunks,
    )
    assert _what(only(mail(part))) == "="


def test_a_footer_behind_the_padding_is_no_part_of_the_file() -> None:
    footer = b"\r\n_______________\r\nUnsubscribe from this list: https://example.org\r\n"
    part = lines(
        'Content-Disposition: attachment; filename="a.xlsx"',
        "Content-Transfer-Encoding: base64",
        "",
        base64.b64encode(BOOK + b"1") + footer,
    )
    assert only(mail(part)).data == BOOK + b"1"


def test_headers_may_be_longer_than_all_that_is_read_of_them() -> None:
    long = [f"X-Filter-{number}: {'x' * 900}" for number in range(400)]
    part = only(mail(attachment('filename="a.xlsx"'), fields=[*FIELDS, *long]))
    assert _what(part) == "="


def test_what_apples_mail_keeps_is_a_message() -> None:
    inner = mail(attachment('filename="a.xlsx"'))
    kept = b"%-10d\n" % len(inner) + inner + b'<?xml version="1.0"?><plist></plist>'
    for name in ("1.emlx", "1.eml"):
        assert _what(only(kept, name)) == "="


def test_a_piece_of_a_message_is_told_as_what_it_is() -> None:
    piece = lines(*FIELDS, 'Content-Type: message/partial; id="x"; number=1; total=2', "", "x")
    part = only(piece)
    assert part.finding is not None and "1 จาก 2" in message(part.finding)


def test_winmail_dat_is_opened() -> None:
    part = only(mail(attachment('filename="winmail.dat"', tnef(("แบบ.xlsx", BOOK)))))
    assert (part.name, part.data) == ("a.eml/winmail.dat/แบบ.xlsx", BOOK)


def test_an_unpacked_workbook_is_told_once() -> None:
    files = {f"แบบ/{name}": b"x" for name in ("xl/workbook.xml", "xl/a.xml", "[Content_Types].xml")}
    part = only(mail(attachment('filename="แบบ.zip"', zipped(files))))
    assert part.name == "a.eml/แบบ.zip/แบบ" and _what(part) == "MX-129"
