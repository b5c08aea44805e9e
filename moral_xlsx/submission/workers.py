"""Opens submitted files, each in a worker process whose death costs only that file."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.mail.inward.parts import unpack
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import (
    PROGRAM_FAULT,
    READER_DIED,
    READER_TOO_SLOW,
    TOO_LARGE,
    UNOPENABLE,
)
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Message
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.printed import answers_in_words
from moral_xlsx.submission.journey import Journey, Outputs

SECONDS_FOR_A_FILE, SECONDS_FOR_A_CONTAINER = 60, 300
MAX_CONTAINER = 1_000_000_000
_FORM_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Suffixes under which the files of others may be kept.
KEPT_SUFFIXES = (
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".pdf", ".doc", ".docx"),
    *(".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z", ".eml", ".msg"),
)
# The answers of a file, as people read them, beside its outputs.
TOLD = ".told"
_IN_FLIGHT = 4
_MOST_BREAKS = 3


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker made of one file.

    ``assessment`` and ``outputs`` are None when the file was refused; ``findings`` are then
    the reasons. ``modified`` is the moment that the saving program recorded. ``answers`` are
    kept of forms that are compared with others only. ``told`` are the answers as people read
    them, as JSON by reference, with its hash in ``answers_sha256``.
    """

    sha256: str
    size: int
    kind: str = ""
    assessment: Assessment | None = None
    answers: Answers | None = None
    outputs: Outputs | None = None
    modified: str = ""
    answers_sha256: str = ""
    told: bytes | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A file taken out of a container and stored under a name of our own.

    ``name`` tells people where it stood. ``form`` tells that it may be a form; anything else
    is evidence, which is not stored: ``path`` is None. ``finding`` says why it could not be
    taken out.
    """

    name: str
    sha256: str
    size: int
    path: Path | None
    message: Message | None
    finding: Finding | None
    form: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A container and the files in it; ``findings`` tell why it could not be opened."""

    sha256: str
    size: int
    parts: tuple[Stored, ...] = ()
    message: Message | None = None
    findings: tuple[Finding, ...] = ()


def unpack_each(
    containers: Sequence[tuple[str, Path]], folder: Path, jobs: int
) -> Iterator[Unpacked]:
    """What stood in each message, mailbox or archive, stored in ``folder``; in order.

    A container that kills its worker costs only itself.
    """
    if not containers:
        return
    folder.mkdir(parents=True, exist_ok=True)
    context = get_context("spawn")
    with ProcessPool(max_workers=jobs, context=context) as pool:
        futures = [
            pool.schedule(
                _unpack, args=[name, str(path), str(folder)], timeout=SECONDS_FOR_A_CONTAINER
            )
            for name, path in containers
        ]
        for (_, path), future in zip(containers, futures, strict=True):
            try:
                yield future.result()
            except (ProcessExpired, BrokenProcessPool):
                yield _unopened(path, finding(READER_DIED))
            except TookTooLong:
                yield _unopened(path, finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_CONTAINER))
            except OSError as error:
                what = error.strerror or type(error).__name__
                yield Unpacked("", 0, findings=(finding(UNOPENABLE, what=what),))
            except Exception as error:
                # Such as a lack of memory: it costs this container, not the round.
                what = f"{type(error).__name__}: {error}"[:200]
                yield _unopened(path, finding(PROGRAM_FAULT, what=what))


def _unopened(path: Path, why: Finding) -> Unpacked:
    lost = _lost(path, why)
    return Unpacked(lost.sha256, lost.size, findings=lost.findings)


def _unpack(name: str, path: str, folder: str) -> Unpacked:
    """Runs in a worker: takes everything out of one container."""
    source = Path(path)
    size = source.stat().st_size
    if size > MAX_CONTAINER:
        words = f"{size // 1_000_000} MB"
        return Unpacked(_sha256(source), size, findings=(finding(TOO_LARGE, what=words),))
    data = source.read_bytes()
    parts = []
    for part in unpack(name, data):
        content = part.data or b""
        # What could not be taken out has no bytes to be known by.
        digest = hashlib.sha256(content).hexdigest() if part.data is not None else ""
        stored: Path | None = None
        suffix = Path(part.name).suffix.lower()
        form = part.data is not None and (suffix in _FORM_SUFFIXES or _is_workbook(content))
        if form:
            stored = Path(folder) / (digest + (suffix if suffix in KEPT_SUFFIXES else ".bin"))
            stored.write_bytes(content)
        told = part.message, part.finding, form
        parts.append(Stored(part.name, digest, len(content), stored, *told))
    messages = {part.message for part in parts}
    message = messages.pop() if len(messages) == 1 else None
    return Unpacked(hashlib.sha256(data).hexdigest(), size, tuple(parts), message)


def _is_workbook(content: bytes) -> bool:
    """Whether bytes are a workbook whatever their file is called."""
    if content.startswith(b"PK"):
        return b"xl/workbook" in content or b"opendocument.spreadsheet" in content[:200]
    return content.startswith(_OLE) and "Workbook".encode("utf-16-le") in content


def take_in(
    paths: Sequence[Path],
    round_name: str | None,
    units: tuple[Unit, ...] | None,
    jobs: int,
    work: Callable[[str, str | None], Taken] | None = None,
    keep: frozenset[str] = frozenset(),
) -> Iterator[Taken]:
    """What became of each file, in the order given, whatever the number of ``jobs``.

    ``round_name`` None means to judge only, without outputs. Never raises for a file: one
    that is refused, kills its worker, takes longer than ``SECONDS_FOR_A_FILE``, or trips
    over a fault of ours comes back with a finding. ``work`` is what a worker does with a
    path and the round; by default it takes the whole journey. ``keep`` are the ids of the
    forms whose answers are needed. Raises BrokenProcessPool when no worker can be started at
    all.
    """
    remaining = deque(paths)
    breaks = 0
    while remaining:
        try:
            prepared = (units, keep)
            for taken in _one_pool(tuple(remaining), round_name, prepared, jobs, work or _take):
                breaks = 0
                remaining.popleft()
                yield taken
        except BrokenProcessPool:
            # An idle worker died, which ends the pool: the rest goes to a new one.
            breaks += 1
            if breaks == _MOST_BREAKS:
                if len(remaining) == len(paths):
                    raise
                breaks = 0
                yield _lost(remaining.popleft(), finding(READER_DIED))


def _one_pool(
    paths: Sequence[Path],
    round_name: str | None,
    prepared: tuple[tuple[Unit, ...] | None, frozenset[str]],
    jobs: int,
    work: Callable[[str, str | None], Taken],
) -> Iterator[Taken]:
    context = get_context("spawn")
    with ProcessPool(
        max_workers=jobs, context=context, initializer=_prepare, initargs=prepared
    ) as pool:
        waiting: deque[tuple[Path, ProcessFuture[Taken]]] = deque()
        for path in paths:
            try:
                future = pool.schedule(
                    work, args=[str(path), round_name], timeout=SECONDS_FOR_A_FILE
                )
            except RuntimeError as error:  # what a pool says that is broken already
                raise BrokenProcessPool(str(error)) from error
            waiting.append((path, future))
            if len(waiting) >= _IN_FLIGHT * jobs:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def judge_file(
    path: Path, journey: Journey, round_name: str | None, keep: frozenset[str] = frozenset()
) -> Taken:
    """Judges one file in this process; outputs are made only for a round."""
    size = path.stat().st_size
    if size > MAX_FILE:
        words = f"{size // 1_000_000} MB"
        return Taken(_sha256(path), size, findings=(finding(TOO_LARGE, what=words),))
    data = path.read_bytes()
    taken = Taken(hashlib.sha256(data).hexdigest(), size)
    try:
        submission = journey.judge(data)
        outputs = None if round_name is None else journey.issue(submission, round_name)
    except Refused as refusal:
        return replace(taken, findings=(refusal.finding,))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A fault of ours, or a panic of calamine (no Exception), must not cost the round.
        what = f"{type(error).__name__}: {error}"[:200]
        return replace(taken, findings=(finding(PROGRAM_FAULT, what=what),))
    in_words = answers_in_words(submission.rubric.form, submission.answers)
    told = json.dumps(in_words, ensure_ascii=False).encode()
    return replace(
        taken,
        kind=submission.inspected.kind,
        answers_sha256=hashlib.sha256(told).hexdigest(),
        told=None if round_name is None else told,
        assessment=submission.assessment,
        answers=submission.answers if submission.answers.form in keep else None,
        outputs=outputs,
        modified=submission.modified,
        findings=(*submission.assessment.findings, *(outputs.findings if outputs else ())),
    )


_journey = Journey()
_keep: frozenset[str] = frozenset()


def _prepare(units: tuple[Unit, ...] | None, keep: frozenset[str]) -> None:
    """Runs once in a new worker: the registry is sent once, not with every file."""
    global _journey, _keep
    _journey, _keep = Journey(units), keep


def _take(path: str, round_name: str | None) -> Taken:
    return judge_file(Path(path), _journey, round_name, _keep)


def _result(path: Path, future: ProcessFuture[Taken]) -> Taken:
    try:
        return future.result()
    except ProcessExpired:
        lost = finding(READER_DIED)
    except TookTooLong:
        lost = finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_FILE)
    except OSError as error:
        lost = finding(UNOPENABLE, what=error.strerror or type(error).__name__)
        return Taken("", 0, findings=(lost,))
    return _lost(path, lost)


def _lost(path: Path, why: Finding) -> Taken:
    """What is left of a file whose worker was lost."""
    try:
        return Taken(_sha256(path), path.stat().st_size, findings=(why,))
    except OSError:
        return Taken("", 0, findings=(why,))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
