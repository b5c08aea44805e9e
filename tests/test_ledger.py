"""The ledger keeps what a careful clerk would keep, whole, however a run ends."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from console import printed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import opened

from moral_xlsx.commands.console.status import show_status
from moral_xlsx.commands.status_data import status_csv, status_json
from moral_xlsx.ledger import share
from moral_xlsx.ledger.schema import APPLICATION_ID, MIGRATIONS, Migration, migrate
from moral_xlsx.ledger.store import Ledger, LedgerBusyError, LedgerError, open_ledger
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import DUPLICATE, REGISTRY_DIFFERS, SUPERSEDED
from moral_xlsx.model.decisions import Decision, Rulings, Subject, Subjects
from moral_xlsx.model.findings import Place
from moral_xlsx.model.ledger import (
    Change,
    RecordedDue,
    RecordedForm,
    RecordedSubmission,
    RoundRecord,
    Status,
    UnitEntry,
    UnitStatus,
)
from moral_xlsx.model.mail import Sent
from moral_xlsx.model.round import Previous, Timing
from moral_xlsx.model.units import Extension, Unit

APRIL, MAY, JUNE = "2569-04", "2569-05", "2569-06"
FORM = RecordedForm("form-2569", "1.0", "แบบประเมิน ๒๕๖๙")
GENERAL = Unit("0012", "กองกลาง", email="gen@example.go.th", headcount=34, forms=(FORM.id,))
SILENT = Unit(
    "0013",
    "กองคลัง",
    extensions=(Extension(FORM.id, date(2026, 5, 31), date(2026, 6, 15), "น้ำท่วม"),),
)
VERSION_1 = Path(__file__).parent / "ledger" / "version-1.sql"


def submission(content: str, **more: Any) -> RecordedSubmission:
    """A counted submission of the general unit; ``content`` stands for its bytes."""
    told: dict[str, Any] = {
        "form": FORM.id,
        "form_version": FORM.version,
        "unit_code": GENERAL.code,
        "unit_name": GENERAL.name,
        "file": f"{content}.xlsx",
        "sha256": digest(content),
        "answers_sha256": answers_of(content),
        "state": "counted",
        "verdict": "accepted",
        "received": date(2026, 5, 20),
        "received_from": "mail",
        "sender": "officer@example.go.th",
        "message_id": f"{content}@example.go.th",
        "total": 20,
        "level": 2,
        "level_name": ("พัฒนา", "developing"),
        "scores": ((1, 3, 2, None), (2, None, 1, None)),
        "answers": {"headcount": "34", "signed": content},
    }
    told |= more
    answers = json.dumps(told.pop("answers"), ensure_ascii=False)
    return RecordedSubmission(**told, answers=lambda: answers)


def rejected(file: str, **more: Any) -> RecordedSubmission:
    told = {"form": "", "form_version": "", "unit_code": "", "unit_name": "", "answers": {}}
    told |= {"state": "rejected", "verdict": "rejected", "total": None, "level": None}
    told |= {"level_name": ("", ""), "scores": (), "answers_sha256": ""}
    return submission(file, file=file, **told, **more)


def answers_of(content: str) -> str:
    return digest(f"answers {content}")


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def entry(
    unit: Unit = GENERAL, timing: Timing = "on_time", days: int = 0, **more: Any
) -> UnitEntry:
    due = RecordedDue("ครั้งที่ ๑", date(2026, 5, 31), date(2026, 5, 31), timing, days)
    return UnitEntry(FORM.id, unit.code, timeliness=(due,), **more)


def record(
    round_name: str,
    *submissions: RecordedSubmission,
    entries: tuple[UnitEntry, ...] = (),
    **more: Any,
) -> RoundRecord:
    told = {"forms": (FORM,), "units": (GENERAL, SILENT), **more}
    return RoundRecord(round_name, "0.2.0", submissions=tuple(submissions), entries=entries, **told)


def write(ledger: Ledger, made: RoundRecord) -> None:
    """A round in which nothing else has to be done."""
    with ledger.recording(made):
        pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with open_ledger(path) as opened:
        yield opened


_TOLD = (
    *("rounds", "forms", "units", "unit_forms", "extensions", "readings", "receipts", "results"),
    *("scores", "answers", "findings", "submissions", "deliveries", "events", "decisions", "sent"),
)
_CHILDREN = ("scores", "answers", "findings")
# What is stored once, and the numbers by which it is named.
_ONCE = ("identities", "files", "answered", "judgements", "arrivals", "entries", "unit_rows")
_NUMBERS = ("id", "reading", "file", "answered", "identity", "dictionary", "packed", "findings")


def dump(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a ledger says, without the numbers of its rows and what depends on its past."""
    with closing(opened(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        named = connection.execute(
            "SELECT name FROM sqlite_master UNION ALL SELECT name FROM sqlite_temp_master"
        )
        there = {name for (name,) in named}
        found = {}
        for name in _TOLD:
            query = f"SELECT * FROM {name}"
            if name in _CHILDREN:
                query = (
                    f"SELECT readings.round, readings.sha256, {name}.* FROM {name} "
                    "JOIN readings ON readings.id = reading"
                )
            if name in there:
                found[name] = _rows(connection, query, ("id", "reading"))
        for name in there.intersection(_ONCE):
            found[name] = _rows(connection, f"SELECT * FROM {name}", _NUMBERS)
        return found


def _rows(
    connection: sqlite3.Connection, query: str, left_out: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    cursor = connection.execute(query)
    kept = [i for i, c in enumerate(cursor.description) if c[0] not in left_out]
    return sorted((tuple(row[i] for i in kept) for row in cursor), key=repr)


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


# --- a round is written in place of itself


def test_a_round_that_runs_again_replaces_what_it_had_written_and_nothing_else(
    path: Path, ledger: Ledger
) -> None:
    write(ledger, record(APRIL, submission("a")))
    before = dump(path)
    write(ledger, record(MAY, submission("b"), submission("c", state="superseded")))
    write(ledger, record(MAY, submission("d", findings=(finding(DUPLICATE, found="x"),))))
    after = dump(path)
    assert ledger.rounds() == (APRIL, MAY)
    assert {row[0] for row in after["submissions"]} == {digest("a"), digest("d")}
    for name, rows in before.items():
        assert set(rows) <= set(after[name]), name
    write(ledger, record(MAY, submission("d", findings=(finding(DUPLICATE, found="x"),))))
    assert dump(path) == after


def test_decisions_and_what_was_sent_stay_when_a_round_runs_again(ledger: Ledger) -> None:
    write(ledger, record(MAY, submission("a")))
    decision = decided()
    ledger.decide([decision])
    ledger.note_sent(Sent("f" * 64, "officer@example.go.th", MOMENT))
    write(ledger, record(MAY))
    assert ledger.decisions() == (decision,)
    assert ledger.was_sent("f" * 64, "officer@example.go.th")


def test_every_part_of_a_round_is_there(path: Path, ledger: Ledger) -> None:
    place = Place("a.xlsx", "แบบ", "C9", "signed")
    found = finding(REGISTRY_DIFFERS, place, label="บุคลากร", found="9", expected="8")
    write(ledger, record(MAY, submission("a", findings=(found,)), entries=(entry(),)))
    told = dump(path)
    assert told["rounds"] == [(MAY, "0.2.0")]
    assert told["units"][0][:5] == (MAY, 0, "0012", "0012", "กองกลาง")
    assert told["unit_forms"] == [(MAY, 0, 0, FORM.id)]
    assert told["extensions"] == [(MAY, 1, 0, FORM.id, "2026-05-31", "2026-06-15", "น้ำท่วม")]
    assert [row[2:] for row in told["scores"]] == [(1, 3, 2, None), (2, None, 1, None)]
    assert [row[3:] for row in told["answers"]] == [("headcount", "34"), ("signed", "a")]
    ((*_, code, severity, sheet, cell, field, thai, english),) = told["findings"]
    assert (code, severity, sheet, cell, field) == ("MX-402", "warning", "แบบ", "C9", "signed")
    assert "ทะเบียนหน่วยงานมี 8" in thai and "8 in the unit registry" in english


@pytest.mark.parametrize("text", ["\udce0.xlsx", "a\x00b", "'; DROP TABLE rounds; --", "🙂"])
def test_any_name_can_be_stored(ledger: Ledger, text: str) -> None:
    write(ledger, record(MAY, submission("a", file=text, unit_name=text)))
    (unit, _) = ledger.status().units
    assert unit.files == (text.encode("utf-8", "replace").decode(),)
    assert printed(show_status, ledger.status(), "th").count("\n") < 12


codes = st.sampled_from(["0012", "๐๐๑๒", "0013", "X", ""])
submissions = st.builds(
    submission,
    st.sampled_from("abcd"),
    unit_code=codes,
    state=st.sampled_from(["counted", "superseded", "duplicate", "conflict", "rejected"]),
    verdict=st.sampled_from(["accepted", "returned"]),
    received=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    total=st.none() | st.integers(0, 30),
    file=st.text(max_size=5),
    answers=st.dictionaries(st.sampled_from(["a", "b", "t[0].c"]), st.text(max_size=3)),
    findings=st.lists(st.just(finding(DUPLICATE, Place(sheet="แบบ"), found="x")), max_size=2).map(
        tuple
    ),
)
rounds = st.builds(
    lambda name, came, units, timings: record(
        name, *came, units=units, entries=tuple(entry(timing=t) for t in timings)
    ),
    st.sampled_from([APRIL, MAY, JUNE]),
    st.lists(submissions, max_size=5),
    st.sampled_from([(), (GENERAL,), (GENERAL, SILENT)]),
    st.lists(st.sampled_from(["late", "missing", "not_due"]), max_size=1),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(rounds, min_size=1, max_size=5))
def test_a_ledger_is_what_its_rounds_last_said(
    tmp_path_factory: pytest.TempPathFactory, records: list[RoundRecord]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    last = {each.round: each for each in records}
    with open_ledger(folder / "played.sqlite") as played, open_ledger(folder / "new.sqlite") as new:
        for each in records:
            write(played, each)
        for name in sorted(last, reverse=True):
            write(new, last[name])
        for name, each in last.items():
            status = played.status(name)
            assert status == new.status(name)
            assert (
                printed(show_status, status, "th")
                and status_csv(status)
                and json.dumps(status_json(status))
            )
            files = [file for unit in status.units for file in unit.files]
            standing = {s.sha256 for s in each.submissions} & _standing(each)
            assert len(files) == sum(s.sha256 in standing for s in each.submissions)
            assert played.changes(FORM.id, "0012", name) == new.changes(FORM.id, "0012", name)
    assert dump(folder / "played.sqlite") == dump(folder / "new.sqlite")


def _standing(each: RoundRecord) -> set[str]:
    """The contents that are counted or in conflict: of equal bytes the first judged one tells."""
    told: dict[str, str] = {}
    for came in each.submissions:
        if told.get(came.sha256, "duplicate") == "duplicate":
            told[came.sha256] = came.state
    return {content for content, state in told.items() if state in ("counted", "conflict")}


# --- one submission, every receipt


def test_the_same_file_twice_is_one_submission_with_both_receipts(
    path: Path, ledger: Ledger
) -> None:
    again = submission(
        "a",
        file="อีกครั้ง.xlsx",
        state="duplicate",
        message_id="2@example.go.th",
        received=date(2026, 5, 25),
    )
    write(ledger, record(MAY, again, submission("a")))
    write(ledger, record(JUNE, submission("a", file="c.xlsx", message_id="3@example.go.th")))
    assert ask(path, "SELECT first_round, last_round FROM submissions") == [(MAY, JUNE)]
    assert ask(path, "SELECT file FROM deliveries ORDER BY file") == [
        ("a.xlsx",),
        ("c.xlsx",),
        ("อีกครั้ง.xlsx",),
    ]
    (unit, _) = ledger.status(MAY).units
    assert (unit.state, unit.files) == ("received", ("อีกครั้ง.xlsx", "a.xlsx"))
    assert unit.received == date(2026, 5, 20), "it was there already"


def test_a_message_that_lies_in_two_rounds_was_delivered_once(path: Path, ledger: Ledger) -> None:
    write(ledger, record(MAY, submission("a"), submission("f", message_id="", file="f.xlsx")))
    write(
        ledger,
        record(
            JUNE,
            submission("a", file="mbox/a.xlsx"),
            submission("f", message_id="", file="f.xlsx", state="superseded"),
        ),
    )
    assert ask(path, "SELECT file, first_round FROM deliveries ORDER BY file") == [
        ("a.xlsx", MAY),
        ("f.xlsx", MAY),
    ]


def test_files_that_could_not_be_read_are_told_apart(path: Path, ledger: Ledger) -> None:
    reason = (finding(DUPLICATE, found="x"),)
    gone = [replace(rejected(f"{n}.xlsx", findings=reason), sha256="") for n in (1, 2)]
    write(ledger, record(MAY, *gone))
    write(ledger, record(JUNE, *gone))
    assert len(ask(path, "SELECT * FROM submissions")) == 4
    assert [file.file for file in ledger.status().rejected] == ["1.xlsx", "2.xlsx"]


# --- what the next round asks for


def test_the_newest_earlier_round_gives_its_entries(ledger: Ledger) -> None:
    counted = Previous("2569-03", 20, 1, "returned", {2: Decimal("55.5")})
    entries = (
        entry(
            state="received",
            total=22,
            level=1,
            verdict="accepted",
            received=date(2026, 4, 3),
            days_received=(date(2026, 4, 3), date(2026, 4, 9)),
            undated=True,
            progress={1: Decimal("72.5"), 2: Decimal(100)},
            plans={"report-2569": {1: {"ชื่อ": "ก"}}},
            previous=counted,
        ),
        entry(SILENT),
    )
    assert ledger.entries(MAY) == ("", ())
    write(ledger, record(APRIL, entries=entries))
    write(ledger, record(JUNE, entries=(entry(),)))
    assert ledger.entries(MAY) == (APRIL, entries)
    assert ledger.entries(APRIL) == ("", ())
    assert ledger.entries("2570-01") == (JUNE, (entry(),))


# --- what changed


def test_a_unit_that_sends_again_shows_what_changed(ledger: Ledger) -> None:
    write(ledger, record(MAY, submission("a", answers={"x": "1", "y": "2", "z": "3"})))
    write(ledger, record(JUNE, submission("b", answers={"x": "1", "w": "4", "z": "5"})))
    changes = (Change("w", "", "4"), Change("z", "3", "5"), Change("y", "2", ""))
    assert ledger.changes(FORM.id, "0012", JUNE) == changes
    assert ledger.changes(FORM.id, "๐๐๑๒", JUNE) == changes, "another spelling of the code"
    assert ledger.changes(FORM.id, "0012", MAY) == ()
    assert ledger.changes(FORM.id, "0013", JUNE) == ()


def answered(content: str, **more: Any) -> RecordedSubmission:
    return submission(content, answers={"x": content}, **more)


def test_a_correction_within_a_month_is_held_against_the_file_it_replaced(ledger: Ledger) -> None:
    late, early = date(2026, 6, 9), date(2026, 6, 2)
    write(ledger, record(MAY, answered("a")))
    write(
        ledger,
        record(
            JUNE,
            answered("a", state="superseded"),
            answered("c", state="superseded", received=late),
            answered("b", state="superseded", received=early),
            answered("d"),
        ),
    )
    assert ledger.changes(FORM.id, "0012", JUNE) == (Change("x", "c", "d"),)


def test_an_inbox_that_keeps_old_files_shows_a_change_in_one_month_only(ledger: Ledger) -> None:
    both = (answered("a", state="superseded"), answered("b"))
    write(ledger, record(APRIL, answered("a")))
    write(ledger, record(MAY, *both))
    write(ledger, record(JUNE, *both))
    assert ledger.changes(FORM.id, "0012", MAY) == (Change("x", "a", "b"),)
    assert ledger.changes(FORM.id, "0012", JUNE) == ()


def test_files_in_conflict_replace_nothing(ledger: Ledger) -> None:
    write(ledger, record(APRIL, answered("a")))
    write(ledger, record(MAY, *(answered(n, state="conflict") for n in "bc")))
    write(ledger, record(JUNE, answered("d")))
    assert ledger.changes(FORM.id, "0012", MAY) == ()
    assert ledger.changes(FORM.id, "0012", JUNE) == (Change("x", "a", "d"),)


def test_files_that_name_no_unit_are_no_versions_of_one_another(ledger: Ledger) -> None:
    write(ledger, record(MAY, answered("a", unit_code="")))
    write(ledger, record(JUNE, answered("b", unit_code=""), answered("c", unit_code="")))
    assert ledger.changes(FORM.id, "", JUNE) == ()
    nameless = [unit for unit in ledger.status(JUNE).units if not unit.registered]
    assert [(unit.files, unit.earlier) for unit in nameless] == [
        ((f"{name}.xlsx",), None) for name in sorted("bc", key=digest)
    ]


# --- status


def units(status: Status) -> Mapping[str, UnitStatus]:
    return {unit.unit_code: unit for unit in status.units}


def test_who_has_sent_what_and_who_is_late(ledger: Ledger) -> None:
    returned = Unit("0014", "ศูนย์")
    write(
        ledger,
        record(
            MAY,
            submission("a", total=23, level=3),
            submission("b", unit_code="0014", verdict="returned", received=date(2026, 6, 3)),
            submission("x", unit_code="R99", unit_name="นอก"),
            submission("y", unit_code="R98", state="superseded"),
            units=(GENERAL, SILENT, returned, Unit("9", "ไม่ต้องส่ง", forms=("other-2569",))),
            entries=(entry(), entry(SILENT, "missing"), entry(returned, "late", 3)),
        ),
    )
    found = ledger.status().units
    assert [(u.unit_code, u.state, u.timing, u.late_days, u.registered) for u in found] == [
        ("0012", "received", "on_time", 0, True),
        ("0013", "missing", "missing", 0, True),
        ("0014", "returned", "late", 3, True),
        ("R99", "received", None, 0, False),
    ]
    assert [unit.received for unit in found[:3]] == [date(2026, 5, 20), None, date(2026, 6, 3)]
    assert (found[0].total, found[0].level, found[0].verdict) == (23, 3, "accepted")
    assert found[1].until == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("timing", "counted_before", "state"),
    [
        ("missing", False, "missing"),
        ("missing", True, "missing"),
        ("not_due", False, "not_due"),
        ("not_due", True, "earlier"),
        ("on_time", True, "earlier"),
        ("unknown", False, "missing"),
    ],
)
def test_a_unit_from_which_nothing_came(
    ledger: Ledger, timing: str, counted_before: bool, state: str
) -> None:
    if counted_before:
        write(ledger, record(APRIL, submission("a", total=7)))
    write(ledger, record(MAY, entries=(entry(timing=timing),)))
    unit = units(ledger.status(MAY))["0012"]
    assert unit.state == state
    assert (unit.earlier is not None and unit.earlier.total == 7) == counted_before
    assert unit.change is None


def test_the_due_date_that_is_owed_is_told_first(ledger: Ledger) -> None:
    later = RecordedDue("", date(2026, 5, 31), date(2026, 6, 15), "late", 2)
    in_time = entry(timing="on_time")
    due_dates = (*in_time.timeliness, replace(later, days=1), later)
    owed = replace(in_time, timeliness=due_dates)
    write(ledger, record(MAY, submission("a"), entries=(owed,)))
    unit = units(ledger.status())["0012"]
    assert (unit.timing, unit.late_days, unit.until) == ("late", 2, date(2026, 6, 15))


def test_the_change_is_against_the_last_round_it_was_counted_in(ledger: Ledger) -> None:
    write(ledger, record("2568-12", submission("a", total=10)))
    write(ledger, record(APRIL, submission("b", total=18, level=1)))
    write(ledger, record(MAY, *(submission(name, state="conflict") for name in "cd")))
    write(ledger, record(JUNE, submission("e", total=21, level=2)))
    unit = units(ledger.status())["0012"]
    assert unit.earlier is not None and unit.earlier.round == APRIL
    assert (unit.change, unit.earlier.level, unit.level) == (3, 1, 2)


def test_warnings_and_conflicts_wait_for_review(ledger: Ledger) -> None:
    warned = (
        finding(
            REGISTRY_DIFFERS, Place(sheet="แบบ", cell="C9"), label="ก", found="9", expected="8"
        ),
        finding(SUPERSEDED, found="x"),
    )
    pair = [
        submission(name, unit_code="0013", state="conflict", findings=warned) for name in ("b", "c")
    ]
    write(ledger, record(MAY, submission("a", findings=warned), *pair))
    found = units(ledger.status())
    assert [(each.code, each.place) for each in found["0012"].waiting] == [("MX-402", "แบบ C9")]
    (conflict,) = found["0013"].waiting
    assert found["0013"].state == "conflict" and found["0013"].total is None
    assert conflict.code == "MX-404" and all("b.xlsx, c.xlsx" in text for text in conflict.message)


MOMENT = datetime(2026, 6, 1, 9, 30, 15, 250, tzinfo=timezone(timedelta(hours=7)))


def decided(kind: Subjects = "verdict", value: str = "accepted", **more: Any) -> Decision:
    subject = Subject(kind, FORM.id, "0012", more.pop("criterion", 0), more.pop("item", ""))
    told = Decision(subject, value, "ตรวจแล้ว", "สมศรี", MAY, about=answers_of("a"))
    return replace(told, **more)


def test_a_decision_settles_what_it_was_about_and_nothing_that_came_later(ledger: Ledger) -> None:
    warned = (finding(REGISTRY_DIFFERS, label="ก", found="9", expected="8"),)
    first = record(MAY, submission("a", findings=warned))
    write(ledger, first)
    ledger.decide([decided("score", "2", criterion=3)])
    assert units(ledger.status())["0012"].waiting
    ledger.decide([decided()])
    assert not units(ledger.status())["0012"].waiting
    write(ledger, record(MAY, submission("b", findings=warned)))
    assert units(ledger.status())["0012"].waiting
    write(ledger, first)
    assert not units(ledger.status())["0012"].waiting


def test_decisions_are_added_in_the_order_of_rounds_and_once_while_they_stand(
    ledger: Ledger,
) -> None:
    score, earlier = decided("score", "2", criterion=3), decided(round=APRIL)
    for each in (score, decided(), score, decided(), earlier):
        ledger.decide([each])
    assert ledger.decisions() == (earlier, score, decided())
    assert ledger.decisions(APRIL) == (earlier,)
    # A month later the same is no new decision.
    ledger.decide([replace(score, round="2569-06")])
    assert ledger.decisions() == (earlier, score, decided())


def test_a_withdrawal_is_an_event_too_and_what_was_never_decided_is_not_withdrawn(
    ledger: Ledger,
) -> None:
    score = decided("score", "2", criterion=3)
    withdrawn = replace(score, value="", reason="", reviewer="", about="")
    ledger.decide([withdrawn])
    assert ledger.decisions() == ()
    for each in (score, withdrawn, withdrawn):
        ledger.decide([each])
    assert ledger.decisions() == (score, withdrawn)
    assert Rulings.of(ledger.decisions()).standing == {}
    ledger.decide([score])
    assert Rulings.of(ledger.decisions()).standing == {score.subject: score}


def test_what_an_earlier_round_decided_is_as_it_was_when_that_round_runs_again(
    ledger: Ledger,
) -> None:
    ledger.decide([decided("score", "2", criterion=3)])
    ledger.decide([decided("score", "1", criterion=3, round="2569-06")])
    subject = decided("score", "2", criterion=3).subject
    assert Rulings.of(ledger.decisions(MAY)).standing[subject].score == 2
    assert Rulings.of(ledger.decisions("2569-06")).standing[subject].score == 1


def test_a_round_that_is_not_there_is_refused_with_those_that_are(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.status()
    write(ledger, record(APRIL))
    with pytest.raises(LedgerError) as refused:
        ledger.status(MAY)
    assert refused.value.text().startswith(f"สมุดทะเบียนไม่มีรอบ {MAY} รอบที่มี: {APRIL}")
    assert refused.value.text("en").startswith(f"The ledger holds no round {MAY}.")


# --- status for people and programs


@pytest.fixture
def may(ledger: Ledger) -> Status:
    """A small month in which something of every kind happened."""
    late, other = Unit("0014", "ศูนย์"), Unit("0015", "กองแผน")
    warned = (
        finding(
            REGISTRY_DIFFERS, Place(sheet="แบบ", cell="C9"), label="ก", found="9", expected="8"
        ),
    )
    reason = (finding(DUPLICATE, found="a.xlsx"),)
    write(ledger, record(APRIL, submission("a", total=22, level=1)))
    write(
        ledger,
        record(
            MAY,
            submission("b", total=20, level=2, findings=warned),
            submission("c", unit_code="0014", verdict="returned", received=date(2026, 6, 3)),
            submission("d", unit_code="0015", state="conflict"),
            submission("e", unit_code="0015", state="conflict"),
            submission("f", unit_code="=1+1", unit_name="@นอก\x1b[31m", total=None, level=None),
            rejected("เสีย.xlsx", findings=reason),
            units=(GENERAL, SILENT, late, other),
            entries=(entry(), entry(SILENT, "not_due"), entry(late, "late", 3)),
        ),
    )
    return ledger.status()


def test_it_is_told_in_thai(may: Status) -> None:
    assert printed(show_status, may, "th") == (VERSION_1.parent / "status-th.txt").read_text(
        "utf-8"
    )


def test_it_is_told_in_english(may: Status) -> None:
    told = printed(show_status, may, "en")
    assert not any("๐" <= letter <= "๙" for letter in told.replace(FORM.title, ""))
    assert told.startswith("Status of round 2569-05\nreceived, accepted 2 · returned 1 · ")
    assert "2026-05-31 late by 3 days" in told
    assert "-2 from 22 in 2569-04, level 1 → 2" in told
    assert "\n== Waiting for the reviewers\n0012 กองกลาง" in told


@pytest.mark.parametrize(
    ("before", "now", "thai"),
    [
        (20, 20, "เท่าเดิม จาก ๒๐ เดือนเมษายน ๒๕๖๙"),
        (18, 20, "+๒ จาก ๑๘ เดือนเมษายน ๒๕๖๙"),
        (18, None, "๑๘ เดือนเมษายน ๒๕๖๙"),
        (None, 20, "เดือนเมษายน ๒๕๖๙"),
    ],
)
def test_the_change_is_told(ledger: Ledger, before: int, now: int, thai: str) -> None:
    write(ledger, record(APRIL, submission("a", total=before)))
    write(ledger, record(MAY, submission("b", total=now)))
    assert f"  {thai}  –\n" in printed(show_status, ledger.status(), "th")


def test_the_csv_is_for_other_programs(may: Status) -> None:
    text = status_csv(may)
    assert not any("๐" <= letter <= "๙" for letter in text.replace(FORM.title, ""))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["state"] for row in rows] == [
        *("received", "not_due", "returned", "conflict", "received", "rejected"),
    ]
    first, outside = rows[0], rows[4]
    assert (first["unit_code"], first["received"], first["change"]) == ("0012", "2026-05-20", "-2")
    assert (first["earlier_round"], first["waiting"], first["level"]) == (APRIL, "MX-402", "2")
    assert (outside["unit_code"], outside["name"][:2]) == ("'=1+1", "'@"), "no live formulas"
    assert (outside["total"], outside["registered"]) == ("", "0")
    assert rows[3]["files"] == "d.xlsx; e.xlsx"


def test_the_json_says_the_same(may: Status) -> None:
    told: Any = json.loads(json.dumps(status_json(may)))
    assert told["counts"] == {
        "received": 2,
        "returned": 1,
        "conflict": 1,
        "earlier": 0,
        "not_due": 1,
        "missing": 0,
        "rejected": 1,
    }
    first = told["units"][0]
    assert first["unit"] == {"code": "0012", "name": "กองกลาง"}
    assert first["earlier"] == {"round": APRIL, "total": 22, "level": 1}
    assert (first["change"], first["due"], first["timing"]) == (-2, "2026-05-31", "on_time")
    (waiting,) = first["waiting"]
    assert waiting["place"] == "แบบ C9" and set(waiting["message"]) == {"th", "en"}
    (file,) = told["rejected"]
    assert file["file"] == "เสีย.xlsx" and "ซ้ำ" not in file["reason"]["en"]


# --- what was sent


def test_a_draft_is_known_by_its_bytes_and_its_recipient(ledger: Ledger) -> None:
    sent = Sent("a" * 64, "officer@example.go.th", MOMENT)
    for again in (sent, replace(sent, moment=MOMENT + timedelta(days=1))):
        ledger.note_sent(again)
    assert ledger.was_sent(sent.sha256, sent.recipient)
    assert not ledger.was_sent(sent.sha256, "other@example.go.th")
    assert not ledger.was_sent("b" * 64, sent.recipient)


def test_a_try_without_an_end_is_known(path: Path, ledger: Ledger) -> None:
    sent = Sent("a" * 64, "officer@example.go.th", MOMENT)
    who = (sent.sha256, sent.recipient)
    assert ledger.note_tried(sent)
    assert not ledger.note_tried(sent), "it stands already"
    assert (ledger.was_tried(*who), ledger.was_sent(*who)) == (True, False)
    with open_ledger(path) as later:
        later.note_refused(*who)
        assert not later.was_tried(*who)
        later.note_tried(sent)
        later.note_sent(sent)
        later.note_refused(*who)
        assert not later.note_tried(sent)
    assert (ledger.was_tried(*who), ledger.was_sent(*who)) == (False, True)


# --- a run that is killed

BIG = {f"rows[{n}].text": "ข้อความ" * 40 for n in range(120)}
OLD = record(MAY, *(submission(f"a{n}", answers=BIG) for n in range(16)), entries=(entry(),))
NEW = record(
    MAY,
    *(submission(f"b{n}", answers={k: f"{v}!" for k, v in BIG.items()}) for n in range(16)),
    submission("c", state="superseded", findings=(finding(DUPLICATE, found="x"),)),
    entries=(entry(timing="late", days=1), entry(SILENT)),
)
_connect = sqlite3.connect


def dying_after(statements: int, act: Callable[[Path], None], path: Path) -> None:
    """Does something with the ledger and dies before the n-th statement is run."""
    left = statements

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    def connect(*arguments: Any, **more: Any) -> sqlite3.Connection:
        connection = _connect(*arguments, **more)
        # Changes reach the file long before the end, as they do in a large round.
        connection.execute("PRAGMA cache_size = 1")
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]
    act(path)
    os._exit(0)


def rewrite(path: Path) -> None:
    with open_ledger(path) as ledger:
        write(ledger, NEW)


# A fork is a hundred times cheaper than a spawn; where there is none, spawn does the same, and
# every statement would take many minutes.
KIND = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
EVERY = 1 if KIND == "fork" else 20


def killed_everywhere(path: Path, base: Path, act: Callable[[Path], None]) -> Iterator[int]:
    """Plays an act on a copy of a ledger, killed after 0, 1, 2 … statements until it ends."""
    context = multiprocessing.get_context(KIND)
    for statements in range(0, 1000, EVERY):
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
        if base.exists():
            shutil.copyfile(base, path)
        process = context.Process(target=dying_after, args=(statements, act, path))
        process.start()
        process.join(60)
        assert process.exitcode in (0, 9)
        yield process.exitcode
        if process.exitcode == 0:
            return
    pytest.fail("it never ended")


@pytest.mark.slow
def test_a_run_killed_at_any_statement_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    base, path = tmp_path / "base.sqlite", tmp_path / "ledger.sqlite"
    with open_ledger(base) as ledger:
        write(ledger, OLD)
        write(ledger, record(APRIL, submission("a")))
        old = dump(base)
        write(ledger, NEW)
        new = dump(base)
        write(ledger, OLD)
    assert dump(base) == old != new
    seen, journals = [], 0
    for ended in killed_everywhere(path, base, rewrite):
        journal = path.with_name(f"{path.name}-journal")
        journals += journal.exists() and path.read_bytes() != base.read_bytes()
        with open_ledger(path) as ledger:
            assert ledger.rounds() == (APRIL, MAY)
        seen.append(dump(path))
        assert seen[-1] == (old if ended else new)
    assert len(seen) * EVERY > 150
    assert journals * EVERY > 50, "half a round stood in the file, and was taken back"


@pytest.mark.slow
def test_a_killed_birth_leaves_no_half_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    for ended in killed_everywhere(path, tmp_path / "none", rewrite):
        with open_ledger(path) as ledger:
            assert ledger.rounds() in ([(), (MAY,)] if ended else [(MAY,)])
            write(ledger, OLD)
            assert ledger.rounds() == (MAY,)


_LOOP = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from test_ledger import NEW, OLD, open_ledger, write
with open_ledger(Path({path!r})) as ledger:
    print("ready", flush=True)
    while True:
        write(ledger, NEW)
        write(ledger, OLD)
"""


def test_what_fails_while_a_round_is_recorded_leaves_the_ledger_as_it_was(
    path: Path, ledger: Ledger
) -> None:
    write(ledger, OLD)
    before = dump(path)
    with pytest.raises(KeyError), ledger.recording(NEW):
        assert ledger.rounds(), "within, the ledger tells of the round already"
        raise KeyError("a fault of ours")
    assert dump(path) == before


@pytest.mark.slow
def test_a_run_killed_by_the_system_leaves_the_old_state_or_the_new(path: Path) -> None:
    with open_ledger(path) as ledger:
        write(ledger, NEW)
        new = dump(path)
        write(ledger, OLD)
    old = dump(path)
    script = _LOOP.format(tests=str(Path(__file__).parent), path=str(path))
    chance = random.Random(4)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.readline()
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        assert process.wait() in (-getattr(signal, "SIGKILL", 9), 1)
        process.stdout.close()
        with open_ledger(path):
            pass
        assert dump(path) in (old, new)


# --- two at once


def hold(path: Path, ready: Any, seconds: float) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rounds VALUES ('2569-01', 'held')")
        ready.set()
        time.sleep(seconds)
        connection.execute("COMMIT")


@pytest.fixture
def held(path: Path) -> Iterator[Callable[[float], None]]:
    """Another process that writes for some seconds."""
    context = multiprocessing.get_context("spawn")
    started = []

    def start(seconds: float) -> None:
        ready = context.Event()
        process = context.Process(target=hold, args=(path, ready, seconds))
        process.start()
        started.append(process)
        assert ready.wait(30)

    yield start
    for process in started:
        process.terminate()
        process.join()


def test_a_second_writer_waits_for_the_first(
    path: Path, ledger: Ledger, held: Callable[[float], None]
) -> None:
    held(0.5)
    write(ledger, OLD)
    assert ledger.rounds() == ("2569-01", MAY)


def test_a_second_writer_gives_up_in_words(
    path: Path, ledger: Ledger, held: Callable[[float], None]
) -> None:
    write(ledger, record(APRIL))
    held(60)
    with open_ledger(path, wait_seconds=0.1) as second:
        assert second.status().round == APRIL, "reading goes on meanwhile"
        begun = time.monotonic()
        with pytest.raises(LedgerBusyError) as busy:
            write(second, OLD)
        assert 0.05 < time.monotonic() - begun < 5
        assert "กำลังเขียนสมุดทะเบียน" in busy.value.text()
        assert "is writing the ledger" in busy.value.text("en")
        assert second.rounds() == (APRIL,)


def write_month(path: Path, month: int) -> None:
    with open_ledger(path) as ledger:
        write(ledger, replace(NEW, round=f"2569-{month:02}"))


def test_many_that_start_at_once_on_no_ledger_all_get_their_turn(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=write_month, args=(path, month)) for month in range(1, 5)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
        assert process.exitcode == 0
    with open_ledger(path) as ledger:
        assert len(ledger.rounds()) == 4
    assert not list(path.parent.glob("*-journal"))


# --- versions

# A version that may come: a column more, and a table built anew under its old name.
FURTHER: Migration = (
    "ALTER TABLE events ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE rounds_new (round TEXT PRIMARY KEY, program TEXT NOT NULL, run TEXT)",
    "INSERT INTO rounds_new SELECT round, program, NULL FROM rounds",
    "DROP TABLE rounds",
    "ALTER TABLE rounds_new RENAME TO rounds",
)


@pytest.fixture
def version_1(path: Path) -> Path:
    """A ledger as the first version wrote it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text("utf-8"))
    return path


def migrated_further(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, (*MIGRATIONS, FURTHER))


def test_a_ledger_of_the_first_version_is_read_today(version_1: Path) -> None:
    with open_ledger(version_1) as ledger:
        assert ledger.rounds() == (APRIL, MAY)
        assert ledger.changes(FORM.id, "0012", MAY) == (Change("signed", "a", "b"),)
        unit = units(ledger.status())["0012"]
        assert (unit.total, unit.change) == (23, 3)
        assert ledger.entries(MAY) == (APRIL, (entry(),))
        (seen,) = ledger.decisions()
        assert (seen.subject.kind, seen.reason, seen.reviewer) == ("seen", "ตรวจแล้ว", "สมศรี")
        assert ledger.was_sent("f" * 64, "officer@example.go.th")
    assert ask(version_1, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_the_first_version_is_never_altered(version_1: Path, tmp_path: Path) -> None:
    """Ledgers of it are out there: what differs belongs into a further migration."""
    born = tmp_path / "born.sqlite"
    with closing(sqlite3.connect(born, isolation_level=None)) as connection:
        migrate(connection, born, MIGRATIONS[:1])
    query = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    assert ask(born, query) == ask(version_1, query)
    assert ask(born, "PRAGMA application_id") == [(APPLICATION_ID,)]


def test_a_migration_keeps_what_is_there(version_1: Path) -> None:
    before = dump(version_1)
    migrated_further(version_1)
    after = dump(version_1)
    assert ask(version_1, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]
    assert after["rounds"] == [(*row, None) for row in before["rounds"]]
    assert len(after["events"]) == len(before["decisions"])
    # Columns were added at the end.
    for name in ("readings", "scores", "sent"):
        assert [row[:-1] for row in after[name]] == before[name]
    for told in (before, after):
        told["results"] = [(*row, json.loads(entry)) for *row, entry in told["results"]]
    for name in before.keys() - {"rounds", "decisions", "readings", "scores", "sent"}:
        assert after[name] == before[name], name
    again = dump(version_1)
    migrated_further(version_1)
    assert dump(version_1) == again


def test_a_migration_killed_at_any_statement_leaves_the_old_version_or_the_new(
    version_1: Path, tmp_path: Path
) -> None:
    old = dump(version_1)
    base = version_1.rename(tmp_path / "base.sqlite")
    seen = []
    for ended in killed_everywhere(version_1, base, migrated_further):
        (version,) = ask(version_1, "PRAGMA user_version")
        seen.append(version)
        assert version == ((1,) if ended else (len(MIGRATIONS) + 1,))
        assert (dump(version_1) == old) == (version == (1,))
    assert len(seen) * EVERY > 10


@pytest.mark.parametrize(
    "wrong",
    ["CREATE TABLE oops (", "DELETE FROM rounds"],
    ids=["a mistake", "rows without their round"],
)
def test_a_migration_that_fails_changes_nothing(version_1: Path, wrong: str) -> None:
    before = version_1.read_bytes()
    with (
        closing(sqlite3.connect(version_1, isolation_level=None)) as connection,
        pytest.raises((sqlite3.Error, LedgerError)),
    ):
        migrate(connection, version_1, (*MIGRATIONS, (FURTHER[0], wrong)))
    assert version_1.read_bytes() == before


# --- files that are no ledger of ours


def test_a_newer_ledger_is_refused(path: Path) -> None:
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = path.read_bytes()
    with pytest.raises(LedgerError) as refused:
        open_ledger(path)
    assert path.read_bytes() == before
    assert refused.value.finding.code == "MX-430"
    assert "โครงสร้างรุ่น ๗ แต่โปรแกรมนี้รู้จักถึงรุ่น ๔" in refused.value.text()
    assert "version 7, this program knows up to 4" in refused.value.text("en")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (name)")


def versioned(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")


def page_lost(path: Path) -> None:
    with open_ledger(path) as ledger:
        write(ledger, OLD)
    data = bytearray(path.read_bytes())
    data[8192:12288] = bytes(4096)
    path.write_bytes(data)


def cut(path: Path) -> None:
    with open_ledger(path) as ledger:
        write(ledger, OLD)
    path.write_bytes(path.read_bytes()[:-8192])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("รายชื่อหน่วยงาน" * 100, "utf-8"), "ไม่ใช่ฐานข้อมูล"),
        (lambda path: path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 2000), "ไม่ใช่ฐานข้อมูล"),
        (lambda path: path.write_bytes(b"x"), "ไม่ใช่ฐานข้อมูล"),
        (foreign, "โปรแกรมอื่น"),
        (versioned, "โปรแกรมอื่น"),
        (page_lost, "เสียหาย"),
        (cut, "เสียหาย"),
    ],
    ids=["text", "header", "a byte", "tables", "version", "page lost", "cut"],
)
def test_what_is_no_ledger_is_refused_and_never_written(
    path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(LedgerError) as refused:
        open_ledger(path)
    assert refused.value.finding.code == "MX-431"
    assert reason in refused.value.text(), refused.value.text()
    assert str(path) in refused.value.text("en")
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_is_no_ledger(path: Path) -> None:
    path.mkdir()
    with pytest.raises(LedgerError):
        open_ledger(path)
    with pytest.raises(LedgerError):
        open_ledger(VERSION_1 / "ledger.sqlite")


def test_an_empty_file_becomes_a_ledger(path: Path) -> None:
    path.touch()
    with open_ledger(path) as ledger:
        assert ledger.rounds() == ()


def test_it_is_one_file_that_a_share_can_carry(path: Path) -> None:
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with open_ledger(path) as ledger:
        write(ledger, OLD)
        settings = {
            name: ledger._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert settings == {"journal_mode": "delete", "synchronous": 2, "foreign_keys": 1}
    assert [each.name for each in path.parent.iterdir()] == [path.name]


# --- network shares

MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
//server/ethics /mnt/ethics cifs rw,vers=3.0 0 0
server:/x /mnt/two\040words nfs4 rw 0 0
me@host: /home/me/far fuse.sshfs rw 0 0
/dev/sdb1 /mnt/ethics/local ext4 rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/srv/output/ledger.sqlite", False),
        ("/mnt/ethics/output/ledger.sqlite", True),
        ("/mnt/ethics", True),
        ("/mnt/ethics-copy/ledger.sqlite", False),
        ("/mnt/ethics/local/ledger.sqlite", False),
        ("/mnt/two words/ledger.sqlite", True),
        ("/home/me/far/ledger.sqlite", True),
        ("/home/me/ledger.sqlite", False),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="mounts of Linux")
def test_a_share_is_known_by_its_mount(
    path: str, remote: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, "utf-8")
    monkeypatch.setattr(share, "_MOUNTS", mounts)
    assert share.on_network_share(Path(path)) == remote
    warning = share.network_warning(Path(path))
    assert (warning is not None and warning.code == "MX-433") == remote


def test_without_a_list_of_mounts_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "_MOUNTS", tmp_path / "none")
    assert share.network_warning(tmp_path / "ledger.sqlite") is None


@pytest.mark.parametrize(
    ("path", "unc"),
    [
        (r"\\server\ethics\output\ledger.sqlite", True),
        ("//server/ethics/ledger.sqlite", True),
        (r"\\?\UNC\server\ethics\ledger.sqlite", True),
        (r"\\?\C:\output\ledger.sqlite", False),
        (r"\\.\C:\output\ledger.sqlite", False),
        (r"C:\output\ledger.sqlite", False),
        (r"\output\ledger.sqlite", False),
    ],
)
def test_a_share_is_known_by_its_windows_name(path: str, unc: bool) -> None:
    assert share._is_unc(path) == unc
