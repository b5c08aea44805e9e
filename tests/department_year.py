"""Three months of a made-up department as its mailbox saw them: units, workbooks, messages."""

from __future__ import annotations

import io
import mailbox
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.policy import SMTP, default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import golden_of
from dying import take_in_here, unpack_here
from filling import type_in
from ledger_rows import rows
from make_samples import saved_at

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Value
from moral_xlsx.model.units import Extension, Unit
from moral_xlsx.round import receive as intake
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import LEDGER
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric

THAILAND = timezone(timedelta(hours=7))
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
US = "diwethics@example.go.th"

PLAIN = "moi-2569"  # has no due date
DATED = "cdd-chiangrai-2569"  # due on 27 February 2026
FEBRUARY, MARCH, APRIL = range(3)
MONTHS = ("2569-02", "2569-03", "2569-04")
_HEADCOUNT = {PLAIN: 34, DATED: 42}  # as in the golden answers


def _unit(code: str, name: str, form: str) -> Unit:
    return Unit(
        code,
        name,
        department="กรมตัวอย่าง",
        executive=f"ผู้อำนวยการ {name}",
        email=f"{code.lower()}@example.go.th",
        headcount=_HEADCOUNT[form],
        forms=(form,),
    )


UNITS = (
    _unit("SEC", "สำนักงานเลขานุการกรม", PLAIN),
    _unit("HR", "กองการเจ้าหน้าที่", PLAIN),
    _unit("FIN", "กองคลัง", PLAIN),
    _unit("PLAN", "กองแผนงาน", PLAIN),
    _unit("C01", "อำเภอหนึ่ง", DATED),
    _unit("C02", "อำเภอสอง", DATED),
    _unit("C03", "อำเภอสาม", DATED),
    _unit("C04", "อำเภอสี่", DATED),
)
_EXTENSION = Extension(DATED, date(2026, 2, 27), date(2026, 3, 20), "หนังสือที่ ตย ๔๕")


def registry(month: int) -> tuple[Unit, ...]:
    """The units as units.xlsx held them in a month: C03 asked for more time in March."""
    if month == 0:
        return UNITS
    return tuple(replace(u, extensions=(_EXTENSION,)) if u.code == "C03" else u for u in UNITS)


def workbook(code: str, saved: str, changes: Mapping[str, Value] | None = None) -> bytes:
    """A unit's form as its officer saved it: the golden answers, some of them otherwise."""
    unit = next(unit for unit in UNITS if unit.code == code)
    form = load_form(unit.forms[0])
    golden = golden_of(form.id)
    own = {field.id: getattr(unit, field.registry) for field in form.fields if field.registry}
    answers = replace(golden, unit_code=code, values={**golden.values, **own, **(changes or {})})
    return saved_at(write_workbook(compile_rubric(form), Content(answers)), saved)


def corrected(workbook: bytes, form: str, saved: str, cells: Mapping[str, object]) -> bytes:
    """A workbook that somebody opened, typed into, and saved."""
    return saved_at(type_in(workbook, lay_out(load_form(form)), cells), saved)


# --- messages


@dataclass(frozen=True, slots=True)
class Mail:
    """A message on its way to us; ``arrived`` is a Thai time such as ``2026-02-10 09:00``."""

    sender: str
    arrived: str
    subject: str = "ส่งแบบประเมินองค์กรคุณธรรม"
    files: tuple[tuple[str, bytes], ...] = ()
    answers: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    brings: bytes = b""
    to: str = US

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.arrived).replace(tzinfo=THAILAND)

    @property
    def message_id(self) -> str:
        local, _, domain = self.sender.partition("@")
        return f"{local}.{self.moment:%m%d%H%M}@{domain}"

    def message(self) -> EmailMessage:
        """The message as most programs write it: Thai names by RFC 2231."""
        made = EmailMessage(policy=SMTP)
        day = format_datetime(self.moment)
        made["Received"] = f"from mail.example.go.th by mx.example.go.th with ESMTPS; {day}"
        made["Message-ID"] = f"<{self.message_id}>"
        made["Date"] = format_datetime(self.moment - timedelta(days=1))
        local, _, domain = self.sender.partition("@")
        made["From"] = Address("เจ้าหน้าที่", local, domain)
        made["To"] = self.to
        made["Subject"] = self.subject
        if self.answers:
            made["In-Reply-To"] = made["References"] = f"<{self.answers}>"
        for name, value in self.fields:
            made[name] = value
        made.set_content("เรียน กลุ่มงานจริยธรรม\n\nFrom นี้ไปขอส่งแบบประเมิน\n")
        for name, data in self.files:
            kind = XLSX if name.endswith(".xlsx") else ("application", "octet-stream")
            made.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
        if self.brings:
            made.add_attachment(message_from_bytes(self.brings, policy=default))
        return made

    def data(self) -> bytes:
        return self.message().as_bytes()

    def in_windows_874(self) -> bytes:
        """The same as Thai Outlook writes it: raw and encoded names in its own code page."""
        ((name, data),) = self.files
        made = MIMEMultipart()
        for field, value in self.message().items():
            if field.lower() not in ("subject", "mime-version", "content-type", "from"):
                made[field] = " ".join(str(value).split())
        made["From"] = self.sender
        made["Subject"] = f"=?windows-874?Q?{_quoted(self.subject)}?="
        part = MIMEApplication(data, XLSX[1], name="ATTACHMENT.xlsx")
        part["Content-Disposition"] = 'attachment; filename="ATTACHMENT.xlsx"'
        made.attach(part)
        return made.as_bytes(policy=SMTP).replace(b"ATTACHMENT.xlsx", name.encode("cp874"))


def _quoted(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode("cp874"))


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def bounced(ours: bytes, arrived: str) -> Mail:
    """What a server sends when our letter cannot be delivered: with the letter in it."""
    return Mail(
        "mailer-daemon@mx.example.go.th",
        arrived,
        "Undelivered Mail Returned to Sender",
        fields=(("Return-Path", "<>"), ("Auto-Submitted", "auto-replied")),
        brings=ours,
    )


def away(sender: str, arrived: str, answers: str = "") -> Mail:
    """An out-of-office answer, with the logo that the office puts under every letter."""
    return Mail(
        sender,
        arrived,
        "ไม่อยู่ที่สำนักงาน",
        (("logo.png", b"\x89PNG logo"),),
        answers,
        (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
    )


def enclosed(letter: bytes) -> dict[str, bytes]:
    """The files in a letter of ours, by name."""
    message = message_from_bytes(letter, policy=default)
    return {
        str(part.get_filename()): bytes(part.get_payload(decode=True))
        for part in message.iter_attachments()
    }


def put_mbox(path: Path, *mails: Mail) -> None:
    """A mailbox as Thunderbird keeps it, with dates that do not depend on today."""
    box = mailbox.mbox(path)
    for mail in mails:
        kept = mailbox.mboxMessage(mail.data())
        kept.set_from(f"{mail.sender} {mail.moment:%a %b %d %H:%M:%S %Y}")
        box.add(kept)
    box.close()


def put_maildir(path: Path, *, cur: Mapping[str, Mail], new: Mapping[str, Mail]) -> None:
    """A Maildir: messages have no suffix, and one is still being delivered."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    for folder, mails in (("cur", cur), ("new", new)):
        for name, mail in mails.items():
            (path / folder / name).write_bytes(mail.data())
    (path / "tmp" / "half").write_bytes(b"From: half")
    (path / "dovecot.index").write_bytes(b"index")


# --- the three months


@dataclass(frozen=True, slots=True)
class Inbox:
    """A month's inbox: its messages with the files in them, and files that lay there alone."""

    mails: tuple[tuple[Mail, tuple[bytes, ...]], ...]
    files: tuple[bytes, ...] = ()


SEC = workbook("SEC", "2026-02-10T01:00:00Z")
HR_FIRST = workbook("HR", "2026-02-10T02:00:00Z", {"signed": 40})
HR_SECOND = workbook("HR", "2026-02-12T02:00:00Z", {"signed": 20})
HR_MARCH = workbook("HR", "2026-03-09T02:00:00Z", {"signed": 34, "reporter_name": "สมหญิง ใจดี"})
FIN = workbook("FIN", "2026-02-16T02:00:00Z", {"signed": 40})
PLAN_ONE = workbook("PLAN", "2026-02-17T02:00:00Z", {"signed": 30})
PLAN_TWO = workbook("PLAN", "2026-02-17T02:00:00Z", {"signed": 31})
PLAN_MARCH = workbook("PLAN", "2026-03-02T02:00:00Z", {"signed": 32})
PLAN_APRIL = workbook("PLAN", "2026-04-09T02:00:00Z", {"signed": 33})
C01 = workbook("C01", "2026-02-20T02:00:00Z")
C01_APRIL = workbook("C01", "2026-04-07T02:00:00Z", {"signed": 40})
C02 = workbook("C02", "2026-03-04T02:00:00Z")
C03 = workbook("C03", "2026-03-17T02:00:00Z")
LOGO, TNEF, PHOTO = b"\x89PNG logo", b"\x78\x9f\x3e\x22 tnef", b"\xff\xd8\xff photo"


def february(inbox: Path) -> Inbox:
    """First sends, a correction, two files of one moment, winmail.dat twice, an absent officer."""
    inbox.mkdir()
    sec = Mail("sec@example.go.th", "2026-02-10 09:00", files=(("แบบประเมิน สลก.xlsx", SEC),))
    hr = Mail("hr@example.go.th", "2026-02-11 09:00", files=(("แบบ กจ.xlsx", HR_FIRST),))
    hr_again = Mail("hr@example.go.th", "2026-02-13 09:00", files=(("แบบ กจ.xlsx", HR_SECOND),))
    absent = away("hr@example.go.th", "2026-02-14 09:00")
    thanks = Mail("sec@example.go.th", "2026-02-14 10:00", "ขอบคุณครับ")
    fin = Mail("fin@example.go.th", "2026-02-16 23:30", files=(("กองคลัง.xlsx", FIN),))
    c01 = Mail("c01@example.go.th", "2026-02-20 09:00", files=(("อำเภอหนึ่ง.xlsx", C01),))
    both = zipped({"กยผ 1.xlsx": PLAN_ONE, "กยผ 2.xlsx": PLAN_TWO})
    plan = Mail("plan@example.go.th", "2026-02-17 09:00", files=(("กยผ.zip", both),))
    rich = [
        Mail(f"{code}@example.go.th", f"2026-02-{day} 09:00", files=(("winmail.dat", TNEF),))
        for code, day in (("c02", 18), ("c03", 19))
    ]
    (inbox / "สลก.eml").write_bytes(sec.data())
    (inbox / "กยผ.eml").write_bytes(plan.data())
    (inbox / "rich 1.eml").write_bytes(rich[0].data())
    (inbox / "rich 2.eml").write_bytes(rich[1].data())
    put_mbox(inbox / "จดหมายเข้า.mbox", hr, hr_again, absent, thanks)
    put_maildir(inbox / "Maildir", cur={"1.M1.mx,S=1": fin}, new={"2.M2.mx": c01})
    return Inbox(
        (
            (sec, (SEC,)),
            (hr, (HR_FIRST,)),
            (hr_again, (HR_SECOND,)),
            (absent, (LOGO,)),
            (thanks, ()),
            (fin, (FIN,)),
            (c01, (C01,)),
            (plan, (PLAN_ONE, PLAN_TWO)),
            (rich[0], ()),
            (rich[1], ()),
        )
    )


def march(inbox: Path, february_replies: Path) -> Inbox:
    """What came back: corrections, a bounce, the same file from somebody else, one late."""
    inbox.mkdir()
    to_fin = (february_replies / "FIN_moi-2569.eml").read_bytes()
    to_c01 = (february_replies / "C01_cdd-chiangrai-2569.eml").read_bytes()
    marked = enclosed(to_fin)["FIN_moi-2569.xlsx"]
    mended = corrected(marked, PLAIN, "2026-03-04T02:00:00Z", {"signed": 34})
    thread = str(message_from_bytes(to_fin)["Message-ID"]).strip("<>")
    fin = Mail(
        "fin@example.go.th", "2026-03-05 08:00", files=(("แก้แล้ว.xlsx", mended),), answers=thread
    )
    sec = Mail("deputy@example.go.th", "2026-03-06 09:00", files=(("สลก.xlsx", SEC),))
    hr = Mail("hr@example.go.th", "2026-03-09 11:00", files=(("แบบ กจ มีนา.xlsx", HR_MARCH),))
    plan = Mail("plan@example.go.th", "2026-03-03 09:00", files=(("กยผ.xlsx", PLAN_MARCH),))
    c02 = Mail("c02@example.go.th", "2026-03-05 09:00", files=(("อำเภอสอง.xlsx", C02),))
    c03 = Mail(
        "c03@example.go.th",
        "2026-03-17 16:00",
        files=(("อำเภอสาม.xlsx", C03),),
        to="p@example.go.th",
    )
    province = Mail("p@example.go.th", "2026-03-18 09:00", "ส่งต่อ: แบบประเมิน", brings=c03.data())
    bounce = bounced(to_c01, "2026-03-01 02:00")
    for name, mail in (("กค", fin), ("สลก", sec), ("กยผ", plan), ("สอง", c02)):
        (inbox / f"{name}.eml").write_bytes(mail.data())
    (inbox / "ส่งต่อ.eml").write_bytes(province.data())
    (inbox / "ตีกลับ.eml").write_bytes(bounce.data())
    (inbox / "กจ.eml").write_bytes(hr.in_windows_874())
    # The clerk saved the same message a second time.
    put_mbox(inbox / "สำเนา.mbox", hr)
    return Inbox(
        (
            (fin, (mended,)),
            (sec, (SEC,)),
            (hr, (HR_MARCH,)),
            (plan, (PLAN_MARCH,)),
            (c02, (C02,)),
            (province, (C03,)),
            (bounce, tuple(enclosed(to_c01).values())),
        )
    )


def april(inbox: Path) -> Inbox:
    """A correction in an archive of messages, last month's file again, a file from the share."""
    inbox.mkdir()
    c01 = Mail(
        "c01@example.go.th",
        "2026-04-08 09:00",
        files=(("อำเภอหนึ่ง.xlsx", C01_APRIL), ("กิจกรรม.jpg", PHOTO)),
    )
    hr = Mail("hr@example.go.th", "2026-04-02 09:00", files=(("แบบ กจ มีนา.xlsx", HR_MARCH),))
    twice = [
        Mail(f"{who}@example.go.th", "2026-04-03 09:00", files=(("อำเภอสอง.xlsx", C02),))
        for who in ("c02", "c02-head")
    ]
    (inbox / "จากหัวหน้า.zip").write_bytes(zipped({"อำเภอหนึ่ง.eml": c01.data()}))
    (inbox / "กจ.eml").write_bytes(hr.data())
    for number, mail in enumerate(twice, start=1):
        (inbox / f"สอง {number}.eml").write_bytes(mail.data())
    (inbox / "2569-04-10").mkdir()
    (inbox / "2569-04-10" / "กยผ.xlsx").write_bytes(PLAN_APRIL)
    return Inbox(
        ((c01, (C01_APRIL, PHOTO)), (hr, (HR_MARCH,)), (twice[0], (C02,)), (twice[1], (C02,))),
        (PLAN_APRIL,),
    )


# --- played


@dataclass(frozen=True)
class Year:
    """The folder of a department: an inbox for each month, one output folder."""

    folder: Path
    inboxes: tuple[Inbox, ...] = ()

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def inbox(self, month: int) -> Path:
        return self.folder / f"inbox {month}"

    def run(self, month: int, jobs: int = 1, inbox: Path | None = None) -> None:
        listed = list_inbox(inbox or self.inbox(month), self.output)
        run_round(listed, self.output, MONTHS[month], Office(registry(month)), jobs)

    def outputs(self, month: int) -> Path:
        return self.output / MONTHS[month]

    def drafts(self, month: int) -> list[tuple[str, str]]:
        """To whom a month's drafts go, and the id of the message that each answers."""
        letters = [
            message_from_bytes(path.read_bytes(), policy=default)
            for path in self.outputs(month).rglob("*.eml")
        ]
        return sorted((str(m["To"]), str(m["In-Reply-To"] or "").strip("<>")) for m in letters)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return rows(self.output / LEDGER, sql, *values)


@contextmanager
def in_this_process() -> Iterator[None]:
    """Files are read in this process: to start others for each of hundreds of rounds, which test
    the program itself first, takes minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "unpack_each", unpack_here)
        patch.setattr(intake, "take_in", take_in_here)
        yield


def played(folder: Path) -> Year:
    """Three months, each month's inbox made when the month before is over."""
    year = Year(folder)
    first = february(year.inbox(FEBRUARY))
    year.run(FEBRUARY)
    second = march(year.inbox(MARCH), year.outputs(FEBRUARY) / "replies")
    year.run(MARCH)
    third = april(year.inbox(APRIL))
    year.run(APRIL)
    return Year(folder, (first, second, third))
