"""Counts what must never happen: wrong results, lost files, senders without an answer.

``soundness.py [FILLS [MUTATIONS [KILLS [TRIPS]]]]``. The tests hold all of this on every change;
here it is tried on more cases by the same code, and counted. Needs LibreOffice and Linux.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path

from measuring import MOI, Figure, machine, table

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import levels_met, reached_level
from moral_xlsx.submission.journey import Journey

TESTS = Path(__file__).parent.parent / "tests"
_MOST_MEGABYTES, _MOST_SECONDS = 1024, 20
_PASSED, _FAILED = re.compile(r"(\d+) passed"), re.compile(r"(\d+) (?:failed|error)")


@dataclass(frozen=True, slots=True)
class Cases:
    """How many random cases of each kind: fills of the ministry's form, and of each other; mutated
    files and mails; moments at which a round is killed; answers of each form, read again."""

    fills: int
    fills_of_others: int
    mutations: int
    kills: int
    trips: int


USUAL = Cases(2_000, 40, 3_000, 40, 5)


def measure(cases: Cases) -> Iterator[Figure]:
    """Each count, with how many were tried, as it comes."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _judged_alike(cases, folder)
        yield levels()
        yield from _read_again(cases.trips, folder)
        yield from _hostile(folder)
        faults = _tests("reliability").fuzzed(cases.mutations)["faults"]
        yield _none(f"{cases.mutations:,} mutated workbooks and mails: faults", faults)
        renames, wrong = _tests("reliability").killed(folder, cases.kills)
        many = f"{cases.kills} random moments and {renames} renames"
        yield _none(f"killed at {many}, run again: other bytes", len(wrong))
    yield from _answered()


def _none(what: str, count: int) -> Figure:
    return Figure(what, count, most=0)


def _tests(module: str):  # type: ignore[no-untyped-def] # the tests are not typed as strictly
    return import_module(module)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _judged_alike(cases: Cases, folder: Path) -> Iterator[Figure]:
    """Python against the workbook's own formulas as LibreOffice calculates them."""
    compared, golden = _tests("test_differential"), _tests("conftest").golden_of
    limits = different = 0
    for form_id in form_ids():
        rubric = compile_rubric(load_form(form_id))
        around = _tests("thresholds").threshold_answers(rubric, golden(form_id))
        if not around:
            continue  # a form without scores has no thresholds
        limits += len(around)
        different += len(compared.disagreements(rubric, around, _new(folder / f"limits {form_id}")))
    yield _none(
        f"{limits:,} answers around every threshold: LibreOffice and Python differ", different
    )
    untold = 0
    for form_id in form_ids():
        count = cases.fills if form_id == MOI else cases.fills_of_others
        came = compared.compare_habits(form_id, count, _new(folder / f"fills {form_id}"))
        untold += len(came.different) + len(came.untold)
    many = f"{cases.fills:,} random fills of {MOI}, {cases.fills_of_others} of each other form"
    yield _none(f"{many}: they differ, and nothing tells of it", untold)


def levels() -> Figure:
    """All vectors of scores of the ministry's form, judged by the rules as they are printed."""
    tests, form = _tests("test_levels"), load_form(MOI)
    wrong = 0
    for vector in product(range(4), repeat=9):
        met = levels_met(form, tests.scores(vector))
        printed = tests.printed(vector)
        wrong += met != printed or reached_level(form, met) != tests.HIGHEST[printed]
    return _none(f"all {4**9:,} vectors of nine scores: another level than printed", wrong)


def _read_again(trips: int, folder: Path) -> Iterator[Figure]:
    """Random answers filled in and read, also after LibreOffice has saved the workbook."""
    given: dict[Path, Answers] = {}
    journey = Journey()
    for form_id in form_ids():
        rubric, chance = journey.rubric(form_id), random.Random(f"{form_id} read again")
        base = _tests("conftest").golden_of(form_id)
        for number in range(trips):
            answers = _tests("test_differential").random_answers(rubric.form, base, chance)
            path = folder / f"{form_id}-{number}.xlsx"
            path.write_bytes(write_workbook(rubric, Content(answers)))
            given[path] = answers
    saved: Sequence[Path] = _tests("libreoffice").convert(list(given), "xlsx", folder)
    many = f"{len(given):,} random answers of every form, filled in"
    for what, paths in (
        ("read otherwise", list(given)),
        ("saved by LibreOffice, read otherwise", saved),
    ):
        read = [journey.judge(path.read_bytes()).answers for path in paths]
        wrong = sum(one != other for one, other in zip(read, given.values(), strict=True))
        yield _none(f"{many}, {what}", wrong)


def _hostile(folder: Path) -> Iterator[Figure]:
    came = _tests("reliability").hostile(_new(folder / "hostile"))
    many = f"{len(came.paths):,} hostile files"
    yield _none(f"{many}: crashed, or another reason than expected", len(came.wrong))
    yield Figure(f"{many}: the slowest", came.slowest, "s", most=_MOST_SECONDS)
    yield Figure(f"{many}: the most a worker held", came.megabytes, "MB", most=_MOST_MEGABYTES)


def _answered() -> Iterator[Figure]:
    """Every kind of message, by the tests of what its sender and the clerk are told."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_unanswered.py"],
        cwd=TESTS, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    passed, failed = (sum(map(int, each.findall(told))) for each in (_PASSED, _FAILED))
    if not passed and not failed:
        raise RuntimeError(f"no message was tried:\n{told}")
    yield _none(f"{passed + failed} ways to send a message: silent, or not told as meant", failed)


def main(sizes: Sequence[int]) -> None:
    fills, mutations, kills, trips = (
        *sizes, *(USUAL.fills, USUAL.mutations, USUAL.kills, USUAL.trips)[len(sizes) :]
    )  # fmt: skip
    print(f"{machine()}\n")
    print(table(measure(Cases(fills, USUAL.fills_of_others, mutations, kills, trips))))


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]])
