"""Mail is open to anybody: what a stranger sends changes no result and tells him nothing."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from department_year import PLAIN, UNITS, Mail, in_this_process
from filling import type_in
from make_samples import saved_at
from test_batch import recorded

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.mail import Message
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.resolve import resolve
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.round.stages import ReceivedFile
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.timeliness import Receipt
from moral_xlsx.submission.taken import Taken

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_processes() -> Iterator[None]:
    with in_this_process():
        yield


# The unit in whose name all is sent, and one that is silent.
REGISTRY = tuple(unit for unit in UNITS if unit.code in ("FIN", "SEC"))
LAYOUT = lay_out(load_form(PLAIN))
FIRST, LATER = "2026-02-10T03:00:00Z", "2026-02-12T03:00:00Z"


@pytest.fixture(scope="module")
def own(golden_answers: Answers) -> bytes:
    """FIN's own form."""
    answers = Answers(PLAIN, "FIN", golden_answers.values, golden_answers.tables,
                      golden_answers.claims, golden_answers.evidence)  # fmt: skip
    rubric = compile_rubric(load_form(PLAIN))
    return saved_at(write_workbook(rubric, Content(answers)), FIRST)


@pytest.fixture
def forged(own: bytes) -> bytes:
    """A form in FIN's name that claims less, saved later."""
    return saved_at(type_in(own, LAYOUT, {"signed": 2}), LATER)


def run(folder: Path, round_name: str, mails: Mapping[str, bytes]) -> list[dict[str, Any]]:
    inbox = folder / f"inbox {round_name}"
    inbox.mkdir()
    for name, data in mails.items():
        (inbox / name).write_bytes(data)
    output = folder / "out"
    run_round(list_inbox(inbox, output), output, round_name, Office(REGISTRY), 1)
    inputs: list[dict[str, Any]] = recorded(output / round_name)["inputs"]
    return inputs


def states(inputs: list[dict[str, Any]]) -> list[str]:
    return [entry["state"] for entry in inputs if entry["form"]]


def drafts(folder: Path, round_name: str) -> list[EmailMessage]:
    found = sorted((folder / "out" / round_name / "replies").glob("*.eml"))
    return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in found]


def letters(folder: Path, round_name: str) -> str:
    return "\n".join(letter.get_body().get_content() for letter in drafts(folder, round_name))


def test_a_stranger_is_told_nothing_of_what_the_unit_answered(
    own: bytes, forged: bytes, tmp_path: Path
) -> None:
    sent = Mail("fin@example.go.th", "2026-02-10 12:00", files=(("ก.xlsx", own),))
    run(tmp_path, "2569-02", {"a.eml": sent.data()})
    evil = Mail("evil@example.com", "2026-03-10 12:00", files=(("ก.xlsx", forged),))
    (_, entry) = run(tmp_path, "2569-03", {"b.eml": evil.data()})
    assert "MX-412" in {found["code"] for found in entry["findings"]}
    told = letters(tmp_path, "2569-03")
    assert "๓๓" not in told and "ครั้งก่อน" not in told


def test_a_strangers_newer_file_does_not_replace_the_units_own(
    own: bytes, forged: bytes, tmp_path: Path
) -> None:
    mails = {
        "a.eml": Mail("fin@example.go.th", "2026-02-10 12:00", files=(("ก.xlsx", own),)),
        "b.eml": Mail("evil@example.com", "2026-02-13 12:00", files=(("ก.xlsx", forged),)),
    }
    inputs = run(tmp_path, "2569-02", {name: mail.data() for name, mail in mails.items()})
    assert states(inputs) == ["conflict", "conflict"]


def test_a_stamp_later_than_its_own_mail_is_that_of_a_wrong_clock(
    own: bytes, forged: bytes, tmp_path: Path
) -> None:
    ahead = saved_at(own, "2569-02-10T03:00:00Z")
    mails = {
        "a.eml": Mail("fin@example.go.th", "2026-02-10 12:00", files=(("ก.xlsx", ahead),)),
        "b.eml": Mail("fin@example.go.th", "2026-02-13 12:00", files=(("ก.xlsx", forged),)),
    }
    inputs = run(tmp_path, "2569-02", {name: mail.data() for name, mail in mails.items()})
    assert states(inputs) == ["superseded", "counted"]


NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ABOUT_A_DAY = [(MINUTE, True), (DAY, True), (DAY + MINUTE, False)]


def arrived(answers: str, saved: datetime, delivered: datetime) -> ReceivedFile:
    """A file of FIN's in a mail; of what was judged only whose it is matters here."""
    whose = (PLAIN, "1.0", "FIN", "กองคลัง")
    judged = Assessment(*whose, (), (), 0, 0, ("", ""), (), (), (), ())
    taken = Taken(answers, 1, assessment=judged, modified=saved.isoformat(), answers_sha256=answers)
    message = Message(sender="fin@example.go.th", received=delivered)
    path = Path(f"{answers}.xlsx")
    return ReceivedFile(path.name, path, taken, Receipt(), message, False, "")


def resolved(*files: ReceivedFile) -> list[str]:
    return [file.state for file in resolve(files, (), lambda sha256, since: False, Rulings())]


@pytest.mark.parametrize(("ahead", "believed"), ABOUT_A_DAY)
def test_in_one_mail_a_clock_up_to_a_day_fast_still_tells_the_newer_file(
    ahead: timedelta, believed: bool
) -> None:
    older = arrived("before", saved=NOON - DAY, delivered=NOON)
    newer = arrived("after", saved=NOON + ahead, delivered=NOON)
    expected = ["superseded", "counted"] if believed else ["conflict", "conflict"]
    assert resolved(older, newer) == expected


@pytest.mark.parametrize(("ahead", "believed"), ABOUT_A_DAY)
def test_a_clock_more_than_a_day_fast_leaves_it_to_the_mails_which_file_counts(
    ahead: timedelta, believed: bool
) -> None:
    first = arrived("before", saved=NOON + ahead, delivered=NOON)
    second = arrived("after", saved=NOON, delivered=NOON + 2 * DAY)
    # Believed, the first was saved after the second, though it came before it.
    expected = ["conflict", "conflict"] if believed else ["superseded", "counted"]
    assert resolved(first, second) == expected


def test_a_file_saved_earlier_and_sent_later_is_for_the_reviewers(
    own: bytes, forged: bytes, tmp_path: Path
) -> None:
    mails = {
        "a.eml": Mail("fin@example.go.th", "2026-02-14 12:00", files=(("ก.xlsx", own),)),
        "b.eml": Mail("fin@example.go.th", "2026-02-13 12:00", files=(("ก.xlsx", forged),)),
    }
    inputs = run(tmp_path, "2569-02", {name: mail.data() for name, mail in mails.items()})
    assert states(inputs) == ["conflict", "conflict"]


def test_a_stranger_is_not_told_what_the_units_files_are_called(
    own: bytes, forged: bytes, tmp_path: Path
) -> None:
    unit = Mail("fin@example.go.th", "2026-02-10 12:00", files=(("ความลับ.xlsx", own),))
    evil = Mail("evil@example.com", "2026-02-13 12:00", files=(("ก.xlsx", forged),))
    run(tmp_path, "2569-02", {"a.eml": unit.data(), "b.eml": evil.data()})
    of = {letter["To"]: letter.get_body().get_content() for letter in drafts(tmp_path, "2569-02")}
    assert "ความลับ" not in of["evil@example.com"]
    assert "ไฟล์อื่นของหน่วยงาน" in of["evil@example.com"]
    assert "ความลับ" in of["fin@example.go.th"]


@pytest.mark.parametrize("field", [("Precedence", "list"), ("X-Auto-Response-Suppress", "All")])
def test_mail_by_a_list_is_judged_though_nobody_is_answered(
    field: tuple[str, str], own: bytes, tmp_path: Path
) -> None:
    mail = Mail("fin@example.go.th", "2026-02-10 12:00", files=(("ก.xlsx", own),), fields=(field,))
    inputs = run(tmp_path, "2569-02", {"a.eml": mail.data()})
    assert states(inputs) == ["counted"]
    assert not list((tmp_path / "out" / "2569-02" / "replies").glob("*.eml"))


def test_what_a_bounce_brings_back_is_not_judged(own: bytes, tmp_path: Path) -> None:
    mail = Mail("mailer-daemon@example.com", "2026-02-10 12:00", files=(("ก.xlsx", own),))
    inputs = run(tmp_path, "2569-02", {"a.eml": mail.data()})
    assert [entry["state"] for entry in inputs] == ["other", "other"]
    assert "MX-437" in {found["code"] for found in inputs[1]["findings"]}


@pytest.mark.parametrize("name", ["แบบประเมิน", "แบบ.xlsx_", "แบบ.xltx"])
def test_a_form_is_known_by_its_bytes_whatever_it_is_called(
    name: str, own: bytes, tmp_path: Path
) -> None:
    mail = Mail("fin@example.go.th", "2026-02-10 12:00", files=((name, own),))
    assert states(run(tmp_path, "2569-02", {"a.eml": mail.data()})) == ["counted"]


def test_a_copy_saved_from_a_mail_does_not_make_it_earlier(own: bytes, tmp_path: Path) -> None:
    mail = Mail("fin@example.go.th", "2026-02-20 12:00", files=(("ก.xlsx", own),))
    inputs = run(tmp_path, "2569-02", {"b.eml": mail.data(), "a.xlsx": own})
    assert {(entry["state"], entry["received_from"]) for entry in inputs if entry["form"]} == {
        ("counted", "mail"),
        ("duplicate", "saved"),
    }
    (entry,) = [
        each
        for each in recorded(tmp_path / "out" / "2569-02")["results"]
        if (each["form"], each["unit_code"]) == (PLAIN, "FIN")
    ]
    assert entry["days_received"] == [date(2026, 2, 20).isoformat()]


def test_one_letter_tells_of_all_that_a_message_brought_and_could_not_be_taken_in(
    tmp_path: Path,
) -> None:
    junk = tuple((f"{number}.xlsx", f"no workbook {number}".encode()) for number in range(30))
    mail = Mail("fin@example.go.th", "2026-02-10 12:00", files=junk)
    inputs = run(tmp_path, "2569-02", {"a.eml": mail.data()})
    assert sum(entry["state"] == "rejected" for entry in inputs) == 30
    assert len(list((tmp_path / "out" / "2569-02" / "replies").glob("*.eml"))) == 1
    told = letters(tmp_path, "2569-02")
    assert "0.xlsx" in told and "อีก ๑๐ ไฟล์" in told
