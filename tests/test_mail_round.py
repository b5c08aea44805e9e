"""A department's year through the mailbox: the ledger ends as a careful clerk would keep it."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from department_year import (
    APRIL,
    C02,
    C03,
    DATED,
    FEBRUARY,
    FIN,
    HR_FIRST,
    HR_MARCH,
    HR_SECOND,
    MARCH,
    MONTHS,
    PLAIN,
    PLAN_ONE,
    SEC,
    Year,
    enclosed,
    in_this_process,
    played,
    registry,
)
from ledger_rows import content
from openpyxl import load_workbook
from test_batch import contents, recorded

from moral_xlsx.excel.write.marks_sheet import TITLE
from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.round import receive as intake
from moral_xlsx.round.outbox import LEDGER
from moral_xlsx.submission import containers, workers
from moral_xlsx.submission.journey import Journey
from moral_xlsx.thai import thai_digits

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow

# What the clerk would write down of each unit at the end of each month: state, day of receipt,
# timing, days late, total, by how much it changed, and what waits for the reviewers. Everybody's
# report lies after the day of signing (MX-302). HR claims more than 20 signatures give (MX-310).
# FIN saved its correction with a program that does not calculate (MX-214).
STANDINGS = {
    FEBRUARY: {
        "C01": ("received", "2026-02-20", "on_time", 0, 10, None, ""),
        "C02": ("missing", None, "missing", 0, None, None, ""),
        "C03": ("missing", None, "missing", 0, None, None, ""),
        "C04": ("missing", None, "missing", 0, None, None, ""),
        "SEC": ("received", "2026-02-10", None, 0, 27, None, "MX-302"),
        "HR": ("received", "2026-02-13", None, 0, 24, None, "MX-302 MX-310"),
        "FIN": ("returned", "2026-02-16", None, 0, 24, None, "MX-302 MX-310"),
        "PLAN": ("conflict", "2026-02-17", None, 0, None, None, "MX-404"),
    },
    MARCH: {
        "C01": ("earlier", None, "on_time", 0, None, None, ""),
        "C02": ("received", "2026-03-05", "late", 6, 10, None, ""),
        "C03": ("received", "2026-03-18", "on_time", 0, 10, None, ""),
        "C04": ("missing", None, "missing", 0, None, None, ""),
        "SEC": ("received", "2026-03-06", None, 0, 27, 0, "MX-302"),
        "HR": ("received", "2026-03-09", None, 0, 27, 3, "MX-302"),
        "FIN": ("received", "2026-03-05", None, 0, 27, 3, "MX-302 MX-214"),
        "PLAN": ("received", "2026-03-03", None, 0, 27, None, "MX-302"),
    },
    APRIL: {
        "C01": ("received", "2026-04-08", "on_time", 0, 9, -1, ""),
        "C02": ("received", "2026-04-03", "late", 6, 10, 0, ""),
        "C03": ("earlier", None, "on_time", 0, None, None, ""),
        "C04": ("missing", None, "missing", 0, None, None, ""),
        "SEC": ("earlier", None, None, 0, None, None, ""),
        "HR": ("received", "2026-04-02", None, 0, 27, 0, "MX-302"),
        "FIN": ("earlier", None, None, 0, None, None, ""),
        "PLAN": ("received", "2026-04-10", None, 0, 27, 0, "MX-302"),
    },
}
# What each unit answers otherwise than before; the marks in FIN's file are no answers.
CHANGES = {
    (FEBRUARY, "HR"): {"signed": ("40", "20")},
    (MARCH, "HR"): {"signed": ("20", "34"), "reporter_name": ("ผู้รายงาน", "สมหญิง ใจดี")},
    (MARCH, "FIN"): {"signed": ("40", "34")},
    (APRIL, "C01"): {"signed": ("42", "40")},
    (APRIL, "PLAN"): {"signed": ("32", "33")},
}
# The drafts of each month: to whom, and which message they answer. Nobody answers the absent
# officer, the bounce, a letter without files, or the second copy of a file.
DRAFTS = {
    FEBRUARY: [
        ("c01@example.go.th", "c01.02200900@example.go.th"),
        ("c02@example.go.th", "c02.02180900@example.go.th"),  # winmail.dat
        ("c02@example.go.th", ""),  # a reminder
        ("c03@example.go.th", "c03.02190900@example.go.th"),  # winmail.dat too
        ("c03@example.go.th", ""),
        ("c04@example.go.th", ""),
        ("fin@example.go.th", "fin.02162330@example.go.th"),
        ("hr@example.go.th", "hr.02110900@example.go.th"),  # replaced by the next one
        ("hr@example.go.th", "hr.02130900@example.go.th"),
        ("plan@example.go.th", "plan.02170900@example.go.th"),
        ("plan@example.go.th", "plan.02170900@example.go.th"),
        ("sec@example.go.th", "sec.02100900@example.go.th"),
        ("sec@example.go.th", "sec.02141000@example.go.th"),  # a letter without any file
    ],
    MARCH: [
        ("c02@example.go.th", "c02.03050900@example.go.th"),
        ("c04@example.go.th", ""),
        ("deputy@example.go.th", "deputy.03060900@example.go.th"),
        ("fin@example.go.th", "fin.03050800@example.go.th"),
        ("hr@example.go.th", "hr.03091100@example.go.th"),
        ("p@example.go.th", "p.03180900@example.go.th"),  # who forwarded the file of C03
        ("plan@example.go.th", "plan.03030900@example.go.th"),
    ],
    APRIL: [
        ("c01@example.go.th", "c01.04080900@example.go.th"),
        ("c02@example.go.th", "c02.04030900@example.go.th"),
        ("c02-head@example.go.th", "c02-head.04030900@example.go.th"),  # who sent the same
        ("c04@example.go.th", ""),
        ("hr@example.go.th", "hr.04020900@example.go.th"),
        ("plan@example.go.th", ""),  # the file lay in a folder: to the registered address
    ],
}

# The bytes of an earlier month again: whoever was answered then is not answered twice.
SENT_AGAIN = {
    "hr.04020900@example.go.th",
    "c02.04030900@example.go.th",
}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    with in_this_process():
        yield played(tmp_path_factory.mktemp("year"))


@pytest.fixture
def own_year(year: Year, tmp_path: Path) -> Year:
    """A copy of the year, for tests that change it."""
    shutil.copytree(year.folder, tmp_path / "year")
    return Year(tmp_path / "year", year.inboxes)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- the year


@pytest.mark.parametrize("month", [FEBRUARY, MARCH, APRIL])
def test_the_ledger_says_of_each_month_what_a_careful_clerk_would(year: Year, month: int) -> None:
    with open_ledger(year.output / LEDGER) as ledger:
        status = ledger.status(MONTHS[month])
    found = {
        unit.unit_code: (
            unit.state,
            unit.received.isoformat() if unit.received else None,
            unit.timing,
            unit.late_days,
            unit.total,
            unit.change,
            " ".join(each.code for each in unit.waiting),
        )
        for unit in status.units
    }
    assert found == STANDINGS[month]


@pytest.mark.parametrize("month", [FEBRUARY, MARCH, APRIL])
def test_the_ledger_and_the_reply_tell_what_changed(year: Year, month: int) -> None:
    with open_ledger(year.output / LEDGER) as ledger:
        for code in STANDINGS[month]:
            form = DATED if code.startswith("C") else PLAIN
            changes = ledger.changes(form, code, MONTHS[month])
            expected = {
                reference: tuple(map(thai_digits, values))
                for reference, values in CHANGES.get((month, code), {}).items()
            }
            assert {each.reference: (each.before, each.after) for each in changes} == expected
            if not expected:
                continue
            letter = year.outputs(month) / "replies" / f"{code}_{form}.eml"
            told = text_of(letter).partition("คำตอบที่เปลี่ยนจากครั้งก่อน:")[2]
            assert told.count("จาก “") == len(expected)
            for before, after in expected.values():
                assert f"จาก “{before}” เป็น “{after}”" in told


def text_of(letter: Path) -> str:
    body = message_from_bytes(letter.read_bytes(), policy=default).get_body()
    assert body is not None
    return str(body.get_content())


def test_every_message_and_attachment_is_in_the_ledger_once(year: Year) -> None:
    expected = Counter(
        (mail.message_id, sha256(data))
        for inbox in year.inboxes
        for mail, files in inbox.mails
        for data in files
    )
    expected.update(("", sha256(data)) for inbox in year.inboxes for data in inbox.files)
    files = {digest for _, digest in expected}
    delivered = Counter(
        (message_id, digest)
        for message_id, digest in year.rows("SELECT message_id, sha256 FROM deliveries")
        if digest in files
    )
    assert delivered == expected
    assert set(delivered.values()) == {1}
    known = {message_id for (message_id,) in year.rows("SELECT message_id FROM receipts")} - {""}
    assert known == {mail.message_id for inbox in year.inboxes for mail, _ in inbox.mails}


@pytest.mark.parametrize("month", [FEBRUARY, MARCH, APRIL])
def test_every_message_and_attachment_is_in_the_record_of_its_round(year: Year, month: int) -> None:
    inputs = recorded(year.outputs(month))["inputs"]
    names = [entry["file"] for entry in inputs]
    assert len(names) == len(set(names))
    present = [
        path.relative_to(year.inbox(month)).as_posix()
        for path in year.inbox(month).rglob("*")
        if path.is_file() and path.parent.name != "tmp" and path.name != "dovecot.index"
    ]
    assert sorted(present) == [name for name in sorted(names) if name in present]
    messages = {entry["message"]["message_id"] for entry in inputs if entry["message"]}
    assert messages == {mail.message_id for mail, _ in year.inboxes[month].mails}
    for mail, files in year.inboxes[month].mails:
        of_mail = [e for e in inputs if (e["message"] or {}).get("message_id") == mail.message_id]
        received = {entry["message"]["received"][:16] for entry in of_mail}
        assert received == {mail.arrived.replace(" ", "T")}
        # March's message of HR lies there twice.
        copies = 2 if (month, mail.sender) == (MARCH, "hr@example.go.th") else 1
        for data in files:
            assert sum(entry["sha256"] == sha256(data) for entry in of_mail) == copies
    ledger = year.rows("SELECT file FROM receipts WHERE round = ?", MONTHS[month])
    assert sorted(name for (name,) in ledger) == sorted(names)


def test_what_a_maildir_still_delivers_is_named_as_ignored(year: Year) -> None:
    assert recorded(year.outputs(FEBRUARY))["ignored"] == [
        "Maildir/dovecot.index",
        "Maildir/tmp/half",
    ]


def test_the_same_file_in_two_months_is_one_submission(year: Year) -> None:
    found = {
        digest: (first, last)
        for digest, first, last in year.rows(
            "SELECT sha256, first_round, last_round FROM submissions WHERE form <> ''"
        )
    }
    february, march, april = MONTHS
    assert len(found) == 14, "as many as there are different workbooks"
    assert found[sha256(SEC)] == (february, march)
    assert found[sha256(HR_MARCH)] == found[sha256(C02)] == (march, april)
    assert found[sha256(C03)] == (march, march)
    senders = year.rows(
        "SELECT sender FROM deliveries WHERE sha256 = ? ORDER BY sender", sha256(SEC)
    )
    assert senders == [("deputy@example.go.th",), ("sec@example.go.th",)]


def test_what_was_replaced_stays_with_its_answers(year: Year) -> None:
    states = dict(year.rows("SELECT sha256, state FROM readings WHERE round = ?", MONTHS[0]))
    assert states[sha256(HR_FIRST)] == "superseded"
    assert states[sha256(HR_SECOND)] == states[sha256(FIN)] == "counted"
    assert states[sha256(PLAN_ONE)] == "conflict"
    (answer,) = year.rows(
        """SELECT text FROM answers JOIN readings ON readings.id = reading
        WHERE sha256 = ? AND reference = 'signed'""",
        sha256(HR_FIRST),
    )
    assert answer == ("๔๐",)


def test_the_list_of_problems_goes_when_the_file_comes_back_corrected(year: Year) -> None:
    def sheets(month: int) -> list[str]:
        letter = (year.outputs(month) / "replies" / "FIN_moi-2569.eml").read_bytes()
        book = load_workbook(io.BytesIO(enclosed(letter)["FIN_moi-2569.xlsx"]))
        return [str(name) for name in book.sheetnames]

    # What officers work in is marked; what they sent back is written back without the marks.
    assert set(sheets(FEBRUARY)) - set(sheets(MARCH)) == {TITLE}


def test_our_own_workbook_that_a_bounce_brings_back_is_no_submission(year: Year) -> None:
    states = [
        (entry["state"], [found["code"] for found in entry["findings"]], entry["outputs"])
        for entry in recorded(year.outputs(MARCH))["inputs"]
        if entry["file"].startswith("ตีกลับ.eml/")
    ]
    assert states == [("other", ["MX-437"], [])] * 2


def test_files_that_could_not_be_taken_out_are_each_their_own(year: Year) -> None:
    """Two winmail.dat and a letter without files: nothing tells that they hold the same."""
    told = {
        entry["message"]["sender"]: (entry["state"], [f["code"] for f in entry["findings"]])
        for entry in recorded(year.outputs(FEBRUARY))["inputs"]
        if entry["file"].startswith("rich") or "ขอบคุณ" in entry["file"]
        if entry["findings"][0]["code"] != "MX-435"
    }
    assert told == {
        "c02@example.go.th": ("rejected", ["MX-120"]),
        "c03@example.go.th": ("rejected", ["MX-120"]),
        "sec@example.go.th": ("rejected", ["MX-119"]),
    }
    with open_ledger(year.output / LEDGER) as ledger:
        rejected = ledger.status(MONTHS[FEBRUARY]).rejected
    assert {each.sender for each in rejected} == told.keys()


@pytest.mark.parametrize("month", [FEBRUARY, MARCH, APRIL])
def test_whoever_waits_for_an_answer_gets_one_in_the_thread(year: Year, month: int) -> None:
    assert year.drafts(month) == sorted(DRAFTS[month])


def test_a_reminder_brings_the_silent_units_blank_workbook(year: Year) -> None:
    for month in (FEBRUARY, MARCH, APRIL):
        letter = (year.outputs(month) / "reminders" / "C04.eml").read_bytes()
        ((name, data),) = enclosed(letter).items()
        judged = Journey(registry(month)).judge(data).assessment
        assert name == "C04_cdd-chiangrai-2569.xlsx"
        assert (judged.form, judged.unit_code) == (DATED, "C04")


@pytest.mark.parametrize("months", [(APRIL,), (MARCH,), (FEBRUARY,), (MARCH, FEBRUARY, APRIL)])
def test_running_any_month_again_changes_nothing(own_year: Year, months: tuple[int, ...]) -> None:
    files, ledger = contents(own_year.output), content(own_year.output / LEDGER)
    for month in months:
        own_year.run(month)
    again = contents(own_year.output)
    assert content(own_year.output / LEDGER) == ledger
    # SQLite may lay the same rows elsewhere in its file.
    assert {**again, LEDGER: ""} == {**files, LEDGER: ""}


def test_processes_of_their_own_read_the_same(
    own_year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, ledger = contents(own_year.output), content(own_year.output / LEDGER)
    monkeypatch.setattr(intake, "unpack_each", containers.unpack_each)
    monkeypatch.setattr(intake, "take_in", workers.take_in)
    own_year.run(MARCH, jobs=2)
    assert content(own_year.output / LEDGER) == ledger
    assert {**contents(own_year.output), LEDGER: ""} == {**files, LEDGER: ""}


def test_one_inbox_for_the_whole_year_keeps_the_same_ledger(year: Year, tmp_path: Path) -> None:
    """Old mail that still lies there is neither another delivery nor answered again."""
    whole = Year(tmp_path, year.inboxes)
    for month in (FEBRUARY, MARCH, APRIL):
        shutil.copytree(year.inbox(month), tmp_path / "all" / f"inbox {month}")
        whole.run(month, inbox=tmp_path / "all")
        expected = [draft for draft in DRAFTS[month] if draft[1] not in SENT_AGAIN]
        assert whole.drafts(month) == sorted(expected)
    deliveries = "SELECT sha256, message_id, sender, received, first_round FROM deliveries"
    named = f"{deliveries} WHERE sha256 NOT LIKE 'unread:%' ORDER BY 1, 2"
    assert whole.rows(named) == year.rows(named)
    # So it is with what could not be taken out, which nothing but its name tells apart.
    messages = "SELECT message_id, first_round FROM deliveries ORDER BY 1, 2"
    assert whole.rows(messages) == year.rows(messages)
    submissions = "SELECT sha256, form, unit_code, first_round FROM submissions"
    assert whole.rows(f"{submissions} WHERE form <> '' ORDER BY 1") == year.rows(
        f"{submissions} WHERE form <> '' ORDER BY 1"
    )
