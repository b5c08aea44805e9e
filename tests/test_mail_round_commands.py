"""The clerk's commands on a year's ledger: status, mail send, and two runs at the same time."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from department_year import (
    APRIL,
    FEBRUARY,
    MARCH,
    MONTHS,
    Year,
    in_this_process,
    played,
    registry,
)
from ledger_rows import content
from test_batch import contents
from test_mail_round import DRAFTS, STANDINGS
from test_mail_send import CERTIFICATE, PASSWORD, USER, Postbox, free_port, serving

from moral_xlsx.cli import main
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.round import run as batch
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.outbox import LEDGER, AlreadyRunningError, open_outbox
from moral_xlsx.rules.definition.load import form_ids


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    with in_this_process():
        yield played(tmp_path_factory.mktemp("year"))


@pytest.fixture
def own_year(year: Year, tmp_path: Path) -> Year:
    """A copy of the year, for tests that change it."""
    shutil.copytree(year.folder, tmp_path / "year")
    return Year(tmp_path / "year", year.inboxes)


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# --- status


@pytest.mark.parametrize("month", [FEBRUARY, MARCH, APRIL])
def test_status_tells_programs_of_a_month_in_json_and_csv(year: Year, month: int) -> None:
    asked = ("status", "-o", year.output, "--round", MONTHS[month])
    told = json.loads(call(*asked, "--json").stdout)
    assert told["round"] == MONTHS[month]
    found = {
        unit["unit"]["code"]: (
            *(unit[name] for name in ("state", "received", "timing", "late_days")),
            *(unit["total"], unit["change"]),
            " ".join(each["code"] for each in unit["waiting"]),
        )
        for unit in told["units"]
    }
    assert found == STANDINGS[month]
    text = call(*asked, "--csv").stdout
    assert text.startswith("\ufeff"), "Excel takes it for UTF-8"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    units = {row["unit_code"]: row for row in rows if row["state"] != "rejected"}
    assert {code: row["state"] for code, row in units.items()} == {
        code: standing[0] for code, standing in STANDINGS[month].items()
    }
    assert len(rows) - len(units) == len(told["rejected"]) == (3 if month == FEBRUARY else 0)


def test_status_tells_people_of_the_newest_month(year: Year) -> None:
    told = call("status", "-o", year.output, "--all")
    assert told.exit_code == 0
    assert told.stdout.startswith("สถานะรอบเดือนเมษายน ๒๕๖๙\n")
    (late,) = [line for line in told.stdout.splitlines() if line.startswith("C02")]
    assert "ช้า ๖ วัน" in late
    (silent,) = [line for line in told.stdout.splitlines() if line.startswith("C04")]
    assert "ยังไม่ส่ง" in silent
    english = call("status", "-o", year.output, "--all", "--lang", "en").stdout
    assert "late by 6 days" in english


def test_status_tells_of_refused_files_who_sent_them_and_why(year: Year) -> None:
    told = call("status", "-o", year.output, "--round", MONTHS[FEBRUARY], "--all").stdout
    refused = told.partition("== รับไว้ไม่ได้\n")[2].splitlines()
    said = {"c02": "winmail.dat", "c03": "winmail.dat", "sec": "ไม่มีไฟล์แนบ"}
    assert len(refused) == len(said)
    for line, (sender, why) in zip(refused, said.items(), strict=True):
        assert f"{sender}@example.go.th" in line and why in line


def test_status_without_a_ledger_says_what_to_do_and_makes_none(tmp_path: Path) -> None:
    told = call("status", "-o", tmp_path / "nothing")
    assert told.exit_code == 2
    assert "moral-xlsx batch" in told.stderr and not told.stdout
    assert not (tmp_path / "nothing").exists()


def test_status_of_a_month_that_was_not_run_names_those_that_were(year: Year) -> None:
    told = call("status", "-o", year.output, "--round", "2569-09")
    assert told.exit_code == 2
    for month in MONTHS:
        assert month in told.stderr


def test_status_writes_nothing(own_year: Year) -> None:
    before = contents(own_year.output)
    call("status", "-o", own_year.output)
    assert contents(own_year.output) == before


# --- mail send


def sending(year: Year, port: int, *more: object, month: int = FEBRUARY) -> tuple[object, ...]:
    where = ("--host", "127.0.0.1", "--port", port, "--user", USER, "-o", year.output)
    return ("mail", "send", year.outputs(month), *where, "--sender", "ethics@example.go.th", *more)


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password as the clerk's computer holds it, and trust in the server's certificate."""
    monkeypatch.setenv("MORAL_XLSX_PASSWORD", PASSWORD)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.usefixtures("password")
def test_a_dry_run_names_every_draft_and_sends_none(own_year: Year) -> None:
    before = content(own_year.output / LEDGER)
    told = call(*sending(own_year, free_port(), "--dry-run"))
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert len(lines) == len(DRAFTS[FEBRUARY])
    for recipient, count in Counter(recipient for recipient, _ in DRAFTS[FEBRUARY]).items():
        assert sum(recipient in line for line in lines) == count
    assert content(own_year.output / LEDGER) == before


@pytest.mark.usefixtures("password")
def test_every_draft_is_sent_once_and_only_once(own_year: Year) -> None:
    postbox = Postbox()
    with serving(postbox) as server:
        first = call(*sending(own_year, server.port))
        second = call(*sending(own_year, server.port))
        own_year.run(FEBRUARY)
        third = call(*sending(own_year, server.port))
    assert [first.exit_code, second.exit_code, third.exit_code] == [0, 0, 0], first.output
    assert Counter(postbox.recipients) == Counter(recipient for recipient, _ in DRAFTS[FEBRUARY])
    assert all(postbox.encrypted)
    sent = own_year.rows("SELECT recipient FROM sent WHERE accepted IS NOT NULL ORDER BY 1")
    assert [recipient for (recipient,) in sent] == [who for who, _ in DRAFTS[FEBRUARY]]
    assert PASSWORD not in first.output + second.output + third.output
    assert all("ไม่ส่งซ้ำ" in line for line in second.stdout.splitlines())


@pytest.mark.usefixtures("password")
def test_a_draft_that_the_clerk_edited_and_sent_is_not_sent_again_as_it_was(
    own_year: Year,
) -> None:
    """Running the round again keeps the edited draft aside and drafts the letter anew."""
    draft = own_year.outputs(MARCH) / "replies" / "HR_moi-2569.eml"
    draft.write_bytes(draft.read_bytes().replace(b"X-Unsent: 1", b"X-Unsent: 1\r\nX-Seen: 1"))
    postbox = Postbox()
    with serving(postbox) as server:
        call(*sending(own_year, server.port, month=MARCH))
        own_year.run(MARCH)
        call(*sending(own_year, server.port, month=MARCH))
    assert Counter(postbox.recipients) == Counter(recipient for recipient, _ in DRAFTS[MARCH])


@pytest.mark.usefixtures("password")
def test_a_server_whose_certificate_nobody_knows_gets_nothing(
    own_year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    postbox = Postbox()
    with serving(postbox) as server:
        told = call(*sending(own_year, server.port))
    assert told.exit_code == 2 and "ใบรับรอง" in told.stderr
    assert (postbox.taken, postbox.logins) == ([], [])
    assert own_year.rows("SELECT count(*) FROM sent") == [(0,)]


@pytest.mark.usefixtures("password")
def test_sending_without_a_ledger_is_refused(own_year: Year) -> None:
    """Without it nobody knows what was sent before."""
    (own_year.output / LEDGER).unlink()
    told = call(*sending(own_year, free_port()))
    assert told.exit_code == 2 and LEDGER in told.stderr
    assert not (own_year.output / LEDGER).exists()


# --- at the same time


def batch_of(year: Year, month: int) -> Result:
    units = year.folder / f"units {month}.xlsx"
    units.write_bytes(write_registry(registry(month), form_ids()))
    where = ("-o", year.output, "--round", MONTHS[month], "--units", units, "--jobs", 1)
    return call("batch", year.inbox(month), *where)


def test_the_batch_command_does_what_the_year_did(own_year: Year) -> None:
    files, ledger = contents(own_year.output), content(own_year.output / LEDGER)
    assert batch_of(own_year, APRIL).exit_code == 0
    assert content(own_year.output / LEDGER) == ledger
    assert {**contents(own_year.output), LEDGER: ""} == {**files, LEDGER: ""}


def test_a_round_that_is_being_run_is_refused(own_year: Year) -> None:
    before = contents(own_year.output)
    with open_outbox(own_year.outputs(MARCH)):
        told = batch_of(own_year, MARCH)
    assert told.exit_code == 2 and "อยู่แล้ว" in told.stderr
    assert contents(own_year.output) == before


def test_a_round_waits_for_somebody_who_writes_in_the_ledger(own_year: Year) -> None:
    ledger = content(own_year.output / LEDGER)
    other = sqlite3.connect(own_year.output / LEDGER, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    released = threading.Event()

    def release() -> None:
        released.set()
        other.execute("ROLLBACK")
        other.close()

    timer = threading.Timer(2, release)
    timer.start()
    told = batch_of(own_year, APRIL)
    assert told.exit_code == 0 and released.is_set()
    timer.join()
    assert content(own_year.output / LEDGER) == ledger


def test_a_round_that_waited_too_long_says_so_and_changes_nothing(
    own_year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "open_ledger", partial(open_ledger, wait_seconds=0.2))
    files = contents(own_year.output)
    other = sqlite3.connect(own_year.output / LEDGER, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = batch_of(own_year, APRIL)
    other.close()
    assert told.exit_code == 2 and LEDGER in told.stderr
    assert contents(own_year.output) == files


def test_another_round_does_not_run_in_between(own_year: Year) -> None:
    """March builds on what February says, so they never run at the same time."""
    refused: list[bool] = []

    def meanwhile() -> None:
        if not refused:
            with pytest.raises(AlreadyRunningError):
                own_year.run(FEBRUARY)
            refused.append(True)

    listed = list_inbox(own_year.inbox(MARCH), own_year.output)
    office = batch.Office(registry(MARCH))
    batch.run_round(listed, own_year.output, MONTHS[MARCH], office, 1, meanwhile)
    assert refused
