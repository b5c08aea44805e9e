"""A ledger of many rounds and units is asked and grows like one of few; old ones say the same."""

from __future__ import annotations

import inspect
import json
import random
import re
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from ledger_rows import opened
from test_ledger import (
    APRIL,
    FORM,
    GENERAL,
    JUNE,
    MAY,
    MOMENT,
    NEW,
    SILENT,
    answered,
    decided,
    digest,
    dump,
    entry,
    record,
    rejected,
    submission,
    write,
)

from moral_xlsx.cli import main
from moral_xlsx.ledger import soundness
from moral_xlsx.ledger.packing import Unpacking, compact, packed
from moral_xlsx.ledger.schema import MIGRATIONS, migrate
from moral_xlsx.ledger.store import Ledger, LedgerError, open_ledger
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import DUPLICATE, REGISTRY_DIFFERS, SUPERSEDED
from moral_xlsx.model.decisions import Subject
from moral_xlsx.model.findings import Place
from moral_xlsx.model.ledger import RecordedForm, RecordedSubmission, RoundRecord
from moral_xlsx.model.mail import Sent
from moral_xlsx.model.round import Previous
from moral_xlsx.model.units import Unit
from moral_xlsx.round.outbox import LEDGER
from moral_xlsx.wording import receipt_number

JULY = "2569-07"
PAGE = 8192  # bytes
ROUNDS = (APRIL, MAY, JUNE, JULY)
PLAN = RecordedForm("plan-2569", "1.1", "แผนปฏิบัติการ")
OTHER = Unit("๐๐๑๔", "ศูนย์", email="a@example.go.th; B@Example.go.th", forms=(FORM.id, PLAN.id))
MOVED = replace(SILENT, name="กองคลังและพัสดุ", email="new@example.go.th")
VERSION_3 = Path(__file__).parent / "ledger" / "version-3.sql"
PLACE = Place("a.xlsx", "แบบ", "C9", "signed")
WARNED = (
    finding(REGISTRY_DIFFERS, PLACE, label="บุคลากร", found="9", expected="8"),
    finding(SUPERSEDED, found="x"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / LEDGER


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with open_ledger(path) as opened_one:
        yield opened_one


# --- a year in which everything happens


def unread(file: str, **more: Any) -> RecordedSubmission:
    told = rejected(file, findings=(finding(DUPLICATE, found="x"),))
    return replace(told, **{"sha256": "", "message_id": "", **more})


def months() -> Iterator[RoundRecord]:
    """Four rounds with files of every state, and what changes between them."""
    both = (FORM, PLAN)
    counted = Previous(APRIL, 20, 2, "accepted", {1: Decimal("50.5")})
    first = (
        submission("a", findings=WARNED),
        submission("p", form=PLAN.id, form_version=PLAN.version, unit_code="0014"),
        submission("n", unit_code="", unit_name=""),
        rejected("เสีย.xlsx", findings=(finding(DUPLICATE, found="x"),)),
        unread("gone.xlsx"),
    )
    yield record(
        APRIL,
        *first,
        entries=(entry(), entry(SILENT, "not_due"), entry(OTHER, state="received", undated=True)),
        units=(GENERAL, SILENT, OTHER),
        forms=both,
    )
    yield record(
        MAY,
        submission("a", state="superseded"),
        submission("b", total=23, level=3, scores=((1, 3, 2, 3), (2, None, 1, None))),
        submission("b", state="duplicate", file="b อีกครั้ง.xlsx", message_id=""),
        *(submission(n, unit_code="0014", state="conflict", findings=WARNED) for n in "cd"),
        submission("k", unit_code="X", claimants=("0012", "0013"), state="conflict"),
        unread("gone.xlsx"),
        unread("gone.xlsx", message_id="m@example.go.th", state="failed"),
        entries=(
            entry(state="received", total=23, level=3, verdict="accepted", previous=counted),
            entry(SILENT, "missing", days_received=(date(2026, 4, 3),)),
        ),
        units=(GENERAL, SILENT, OTHER),
        forms=both,
    )
    yield record(
        JUNE,
        submission("a", state="superseded"),
        submission("b", state="superseded"),
        answered("e", total=20, received=date(2026, 6, 9), findings=WARNED[:1]),
        submission("f", unit_code="R99", unit_name="นอก", verdict="returned"),
        submission("x", unit_code="0014", state="excluded", received=None),
        entries=(entry(previous=replace(counted, round=MAY)), entry(MOVED, "late", 3)),
        units=(GENERAL, MOVED, OTHER),
        forms=both,
    )
    yield record(
        JULY,
        submission("b", state="superseded"),
        answered("e", total=20, received=date(2026, 6, 9), findings=WARNED[:1]),
        submission("g", unit_code="0014", message_id=""),
        submission("k", unit_code="0013", file="k อีกครั้ง.xlsx"),
        entries=(entry(previous=replace(counted, round=JUNE)), entry(MOVED, "late", 3)),
        units=(GENERAL, replace(MOVED, extensions=()), OTHER),
        forms=both,
    )


def play(ledger: Ledger) -> None:
    """Writes the year, one round twice, and what people did in it."""
    for each in months():
        write(ledger, each)
    write(ledger, next(months()))
    ledger.decide([decided("score", "2", criterion=1), decided(), decided(round=JUNE, value="")])
    subjects = (
        ("owner", "0013", digest("k")),
        ("use", "leave", digest("x")),
        ("letter", "hold", "replies/0012.eml"),
    )
    for kind, value, item in subjects:
        subject = Subject(kind, item=item)  # type: ignore[arg-type]
        ledger.decide([replace(decided(), subject=subject, value=value, round=JUNE)], desk=2)
    ledger.decide([replace(decided(), subject=Subject("due", FORM.id, "0013"), value="2026-07-31")])
    for number, recipient in enumerate(("gen@example.go.th", "b@example.go.th", "x@example.com")):
        assert ledger.note_tried(Sent(digest(f"letter {number}"), recipient, MOMENT))
        ledger.note_sent(Sent(digest(f"letter {number}"), recipient, MOMENT))
    ledger.note_tried(Sent(digest("tried"), "gen@example.go.th", MOMENT))
    ledger.note_tried(Sent(digest("refused"), "gen@example.go.th", MOMENT))
    ledger.note_refused(digest("refused"), "gen@example.go.th")


CODES = ("0012", "๐๐๑๓", "0014", "R99", "X", "", "nobody")
CONTENTS = tuple("abcdefgknpx")


def everything(ledger: Ledger) -> dict[str, object]:
    """What every public method that asks says of everything there is to ask about."""
    names = (None, "2569-01", *ROUNDS, "2570-01")
    letters = [(digest(f"letter {n}"), "b@example.go.th") for n in range(3)]
    letters += [(digest("tried"), "gen@example.go.th"), (digest("refused"), "gen@example.go.th")]
    files = [(digest(each), f"{each}@example.go.th", f"{each}.xlsx") for each in CONTENTS]
    files += [(digest("b"), "", "b อีกครั้ง.xlsx"), (digest("b"), "", "b.xlsx")]
    files += [("", "", "gone.xlsx"), ("", "m@example.go.th", "gone.xlsx"), ("", "", "b.xlsx")]
    numbers = [receipt_number(digest(each)) for each in CONTENTS]
    said: dict[str, object] = {
        "rounds": ledger.rounds(),
        "last_decision": ledger.last_decision(),
        "year": {code: ledger.year(code) for code in CODES},
        "copies": {
            number: ledger.copies(number)
            for number in (*numbers, numbers[0].replace("-", " "), "1234", "0000-0000")
        },
        "decisions_since": [ledger.decisions_since(number) for number in range(9)],
        "decisions": {name: ledger.decisions(name) for name in names},
        "was_sent": [ledger.was_sent(*letter) for letter in letters],
        "was_tried": [ledger.was_tried(*letter) for letter in letters],
    }
    for name in ROUNDS:
        judged = ledger.judged(name)
        said[f"judged {name}"] = [
            sorted(each.items()) for each in (judged.units, judged.answers, judged.files)
        ]
        said[f"status {name}"] = ledger.status(name)
    for name in names[1:]:
        assert name is not None
        said[f"entries {name}"] = ledger.entries(name)
        said[f"told_before {name}"] = [
            ledger.told_before(*file, name, state)
            for file in files
            for state in ("counted", "superseded")
        ]
        said[f"superseded_before {name}"] = [
            ledger.superseded_before(digest(each), name, since)
            for each in CONTENTS
            for since in ("", MAY)
        ]
        for form in (FORM.id, PLAN.id):
            for code in CODES:
                said[f"changes {form} {code} {name}"] = ledger.changes(form, code, name)
                said[f"versions {form} {code} {name}"] = ledger.versions(form, code, name)
    return {question: answer for question, answer in said.items() if answer}


def test_the_year_in_which_everything_happens_calls_every_method() -> None:
    called = inspect.getsource(play) + inspect.getsource(everything) + inspect.getsource(write)
    methods = {name for name in vars(Ledger) if not name.startswith("_")}
    assert methods - {"close", "look_through"} <= set(re.findall(r"ledger\.(\w+)\(", called))


# --- an old ledger


def test_a_ledger_of_the_third_version_says_today_what_it_said_then(path: Path) -> None:
    """``version-3.txt`` is what the program of that version said of that ledger."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_3.read_text("utf-8"))
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
    with open_ledger(path) as ledger:
        said = everything(ledger)
        ledger.look_through()
        (free,) = ledger._connection.execute("PRAGMA freelist_count").fetchone()
    assert (free, path.stat().st_size % PAGE) == (0, 0), "what became free was given back"
    expected = VERSION_3.with_suffix(".txt").read_text("utf-8").splitlines()
    assert [f"{question}: {answer!r}" for question, answer in said.items()] == expected


def test_a_ledger_that_was_brought_along_goes_on_as_one_of_today(
    path: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_3.read_text("utf-8"))
    new = tmp_path / "new.sqlite"
    with open_ledger(path) as ledger, open_ledger(new) as born:
        play(born)
        assert everything(ledger) == everything(born)
        assert dump(path) == dump(new)
        for each in months():
            write(ledger, each)
        assert dump(path) == dump(new), "what it held already is not stored again"


def test_the_versions_that_are_out_there_are_never_altered(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(VERSION_3.read_text("utf-8"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, MIGRATIONS[:3])
    query = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    with closing(opened(path)) as born, closing(opened(old)) as there:
        assert born.execute(query).fetchall() == there.execute(query).fetchall()


# --- nothing reads the past to find a little of it

# What a plan may read from end to end, and why.
MAY_BE_SCANNED = {
    "rounds USING COVERING INDEX sqlite_autoindex_rounds_1": "there are a few of them a year",
    "events USING INDEX events_of_round": "all that people decided is wanted: decisions()",
    "asked": "what a query found through indexes: the forms and units of one round",
    "first": "what a query found through indexes: the files of one unit",
    "CONSTANT ROW": "no table",
}
# What is asked of a whole round reads the round's rows; all else begins at a file or a unit.
OF_A_ROUND = {"status", "judged", "entries", "recording"}


def plans(connection: sqlite3.Connection, statement: str) -> list[str]:
    if statement.split()[0] in ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "--"):
        return []
    return [plan for *_, plan in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]


def statements(ledger: Ledger) -> dict[str, set[str]]:
    """What every public method executes, as SQLite sees it, while the year is played and asked."""
    found: dict[str, set[str]] = {}

    class Watched:
        def __getattr__(self, name: str) -> Any:
            ledger._connection.set_trace_callback(found.setdefault(name, set()).add)
            return getattr(ledger, name)

    play(Watched())  # type: ignore[arg-type]
    everything(Watched())  # type: ignore[arg-type]
    ledger._connection.set_trace_callback(None)
    return found


def test_no_statement_scans_what_grows_with_rounds_and_units(ledger: Ledger) -> None:
    found = statements(ledger)
    assert sum(map(len, found.values())) > 500
    scanned, seen = [], set()
    for method, executed in found.items():
        for statement in executed:
            for plan in plans(ledger._connection, statement):
                seen |= {each for each in MAY_BE_SCANNED if plan == f"SCAN {each}"}
                by_round = re.search(r"round_\w+ .*\(round[<=>]\?\)", plan)
                if (
                    (plan.startswith("SCAN") and plan[5:] not in MAY_BE_SCANNED)
                    or "AUTOMATIC" in plan
                    or (by_round and method not in OF_A_ROUND)
                    or re.search(r"round_\w+ .*\(round[<>]", plan)
                ):
                    scanned.append((method, plan, statement))
    assert scanned == []
    assert seen >= {*MAY_BE_SCANNED}, "no exemption is idle"


def test_what_a_round_leaves_behind_is_found_by_indexes(ledger: Ledger) -> None:
    """What triggers do is in no plan of the statement that set them off."""
    connection = ledger._connection
    for (made,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'"):
        body = made.partition("BEGIN")[2].rpartition("END")[0]
        for statement in filter(str.strip, re.sub(r"OLD\.\w+", "1", body).split(";")):
            for plan in plans(connection, statement):
                assert not plan.startswith("SCAN") or plan.startswith("SCAN rounds"), plan


def test_a_row_that_goes_is_not_looked_for_in_all_others(ledger: Ledger) -> None:
    """SQLite looks for rows that refer to one that is deleted; no dictionary ever is."""
    connection = ledger._connection
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    for table in tables:
        for _, _, parent, column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})"):
            (plan,) = plans(connection, f"SELECT 1 FROM {table} WHERE {column} = 1")
            assert plan.startswith("SEARCH") or parent == "dictionaries", (table, column)


# --- a month in which nothing changed

_LINES = ("round_readings", "round_receipts", "round_entries", "round_units", "rounds", "forms")


def counts(path: Path) -> dict[str, int]:
    with closing(opened(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for (name,) in names.fetchall()
        }


def test_a_round_in_which_nothing_changed_adds_lines_and_nothing_else(
    path: Path, ledger: Ledger
) -> None:
    *_, last = months()
    write(ledger, last)
    before = counts(path)
    previous = Previous(JULY, 20, 2, "accepted", {1: Decimal("50.5")})
    entries = (entry(previous=previous), *last.entries[1:])
    write(ledger, replace(last, round="2569-08", entries=entries))
    after = counts(path)
    for name, rows in before.items():
        assert after[name] == rows * (2 if name in _LINES else 1), name
    assert ledger.entries("2570-01") == ("2569-08", entries)
    assert ledger.status("2569-08").units[0].files == ledger.status(JULY).units[0].files


def test_what_no_round_names_any_more_is_gone(path: Path, ledger: Ledger) -> None:
    play(ledger)
    for name in ROUNDS:
        write(ledger, RoundRecord(name, "0.2.0", (), (), (), ()))
    left = {name: rows for name, rows in counts(path).items() if rows}
    assert left.keys() <= {"rounds", "events", "sent", "dictionaries"}, left


def many(units: int, round_name: str, change: str = "") -> RoundRecord:
    """A round in which every unit sent a form of 200 answers."""

    def one(number: int) -> RecordedSubmission:
        code = f"U{number:05}"
        words = (f"{digest(f'{code} {n} {change}')[:12]} กิจกรรมที่ {n}" for n in range(200))
        answers = {f"rows[{n}].title": text for n, text in enumerate(words)}
        return replace(
            submission(f"{code}{change}", unit_code=code, file=f"{code}.xlsx"),
            answers=lambda: json.dumps(answers, ensure_ascii=False),
        )

    sent = tuple(one(number) for number in range(units))
    named = tuple(Unit(each.unit_code, "หน่วยงาน", forms=(FORM.id,)) for each in sent)
    return record(round_name, *sent, units=named, entries=tuple(entry(unit) for unit in named))


def test_a_submission_that_did_not_change_costs_a_few_lines(path: Path, ledger: Ledger) -> None:
    write(ledger, many(1000, APRIL))
    before = path.stat().st_size
    write(ledger, many(1000, MAY))
    assert (path.stat().st_size - before) / 1000 < 250


def test_a_round_is_written_without_all_its_rows_in_memory(ledger: Ledger) -> None:
    def peak(units: int, round_name: str) -> int:
        made = many(units, round_name)
        tracemalloc.start()
        write(ledger, made)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(1600, MAY) < 1.5 * peak(400, APRIL)


# --- a ledger that is damaged


@pytest.fixture
def large(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The year in a ledger that is too large to be looked at whole whenever it is opened."""
    with open_ledger(path) as ledger:
        play(ledger)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")  # every page holds something
    monkeypatch.setattr(soundness, "SMALL", 0)
    return path


def refused(error: pytest.ExceptionInfo[LedgerError]) -> bool:
    return error.value.finding.code == "MX-431" and "เสียหาย" in error.value.text()


@pytest.mark.slow
def test_a_lost_page_is_told_or_makes_no_difference(large: Path) -> None:
    whole = large.read_bytes()
    with open_ledger(large) as ledger:
        expected = everything(ledger)
    told = 0
    for at in range(0, len(whole), PAGE):
        large.write_bytes(whole[:at] + bytes(PAGE) + whole[at + PAGE :])
        try:
            with open_ledger(large) as ledger:
                assert everything(ledger) == expected
        except LedgerError as error:
            told += 1
            assert error.finding.code == "MX-431"
    assert told > len(whole) / PAGE / 2


@pytest.mark.slow
def test_no_round_is_written_into_a_damaged_ledger(large: Path) -> None:
    whole = large.read_bytes()
    chance = random.Random(7)
    for at in range(0, len(whole), PAGE):
        for page in (bytes(PAGE), chance.randbytes(PAGE)):
            damaged = whole[:at] + page + whole[at + PAGE :]
            large.write_bytes(damaged)
            with pytest.raises(LedgerError) as error, open_ledger(large) as ledger:
                write(ledger, NEW)
            assert error.value.finding.code == "MX-431"
            assert large.read_bytes() == damaged


def test_a_text_that_is_none_is_told(large: Path) -> None:
    large.write_bytes(large.read_bytes().replace(b"e.xlsx", b"\xff.xlsx"))
    with open_ledger(large) as ledger, pytest.raises(LedgerError) as error:
        ledger.status(JUNE)
    assert refused(error)


@pytest.mark.parametrize("table", ["answered.packed", "judgements.findings", "entries.packed"])
def test_a_packed_text_that_is_damaged_is_told(large: Path, table: str) -> None:
    name, _, column = table.partition(".")
    with closing(sqlite3.connect(large)) as connection:
        shorter = f"substr({column}, 1, length({column}) - 4)"
        connection.execute(f"UPDATE {name} SET {column} = CAST({shorter} || '1234' AS BLOB)")
        connection.commit()
    with open_ledger(large) as ledger:
        for ask in (everything, Ledger.look_through):
            with pytest.raises(LedgerError) as error:
                ask(ledger)
            assert refused(error)


@pytest.mark.parametrize("more", [-8192, -100, 100, 8192])
def test_a_ledger_of_another_length_is_refused_when_it_is_opened(large: Path, more: int) -> None:
    whole = large.read_bytes()
    large.write_bytes(whole[:more] if more < 0 else whole + bytes(more))
    with pytest.raises(LedgerError) as error:
        open_ledger(large)
    assert refused(error)


def test_the_doctor_looks_at_all_of_a_large_ledger(large: Path) -> None:
    def doctor() -> Result:
        return CliRunner().invoke(main, ["doctor", "-o", str(large.parent)])

    assert "พร้อม · สมุดทะเบียน" in doctor().stdout
    with closing(sqlite3.connect(large)) as connection:
        roots = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name LIKE 'events_of_%'"
        )
        first, second = (PAGE * (root - 1) for (root,) in roots.fetchmany(2))
    # Each page is sound, and one of them is of another index.
    pages = bytearray(large.read_bytes())
    pages[first : first + PAGE] = pages[second : second + PAGE]
    large.write_bytes(pages)
    told = doctor()
    assert told.exit_code == 1 and "ต้องแก้ · สมุดทะเบียน" in told.stdout


# --- packed texts

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.dictionaries(TEXTS, TEXTS), st.none() | st.dictionaries(TEXTS, TEXTS))
def test_a_packed_text_says_what_it_said(told: dict[str, str], like: dict[str, str] | None) -> None:
    text, words = compact(told), None if like is None else compact(like)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE dictionaries (id, text)")
        connection.execute("INSERT INTO dictionaries VALUES (1, ?)", (words or "",))
        unpacked = Unpacking(connection).text(packed(text, words), 1 if words else None)
    assert json.loads(unpacked) == told
