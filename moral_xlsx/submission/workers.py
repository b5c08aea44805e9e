"""Opens submitted files, each in a worker process whose death costs only that file."""

from __future__ import annotations

import hashlib
import os
import pickle
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.mail.inward.messages import MAX_HEADERS
from moral_xlsx.mail.inward.parts import message_at, unpack
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import (
    PROGRAM_FAULT,
    READER_DIED,
    READER_TOO_SLOW,
    TOO_LARGE,
    TOO_MUCH_MEMORY,
    UNOPENABLE,
)
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.evidence import EvidenceFile, NamedFile
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Message
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import SHIPPED, Forms
from moral_xlsx.rules.judge.score import with_next_rungs
from moral_xlsx.submission.evidence import attached
from moral_xlsx.submission.formless import explained, may_be_form
from moral_xlsx.submission.journey import Journey, Outputs
from moral_xlsx.submission.limits import (
    CPU_SECONDS,
    MEMORY,
    Watch,
    begin_file,
    end_file,
    hold_memory,
    watched,
    why_ended,
)
from moral_xlsx.submission.pools import each_in_pools, hush, result_of, schedule

SECONDS_FOR_A_FILE, SECONDS_FOR_A_CONTAINER = 60, 300
MAX_CONTAINER = 1_000_000_000
_BYTES_A_SECOND = 10_000_000  # of a container, at least
# Suffixes under which the files of others may be kept.
KEPT_SUFFIXES = (
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".pdf", ".doc", ".docx"),
    *(".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z", ".eml", ".msg"),
)
# What a worker leaves of a file beside its outputs: the answers as people read them, and the
# whole assessment.
TOLD, JUDGED = ".told", ".judged"
# How the pictures of workbooks are called, before their hash.
PICTURE = "picture-"
_IN_FLIGHT = 4


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker made of one file.

    ``assessment`` and ``outputs`` are None when the file was refused; ``findings`` are then
    the reasons. ``modified`` is the moment that the saving program recorded. ``answers`` are
    kept of forms that are compared with others only. ``told`` are the answers as people read
    them, as JSON by reference, with its hash in ``answers_sha256``. ``evidence`` are the pictures
    that stood in it, or itself where it came beside a form; ``named`` the files that its answers
    name. ``refused`` tells that it came as evidence and cannot be kept. ``failed`` tells that the
    program or the machine failed on it; ``fault`` is then what its maintainers need to know.
    ``lost`` tells that it cost its worker, which may have been for want of time or memory.

    What a worker has left in a folder (see ``take_in``) is not here: ``outputs`` and ``told`` are
    None then, and the assessment has of each criterion's rungs only the one above.
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
    evidence: tuple[EvidenceFile, ...] = ()
    named: tuple[NamedFile, ...] = ()
    refused: bool = False
    failed: bool = False
    fault: str = ""
    lost: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether another run would make the same of the file, whatever the machine does else."""
        return not (self.failed or self.lost)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file taken out of a container and stored under a name of our own.

    ``name`` tells people where it stood. ``form`` tells that it may be a form; ``evidence`` is
    what else it is where it is kept; ``refused`` that it cannot be, for the reason that
    ``finding`` gives. ``path`` is None for what is neither, and not stored.
    ``finding`` says why it could not be
    taken out, or why it is no form where none came. ``letter`` tells that this is said of the
    letter itself, and that there is no file; ``failed`` that this machine lacks what opens it.
    """

    name: str
    sha256: str
    size: int
    path: Path | None
    message: Message | None
    finding: Finding | None
    form: bool = False
    letter: bool = False
    failed: bool = False
    evidence: EvidenceFile | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A container and the files in it; ``lost`` is what is left of one that was not opened."""

    sha256: str
    size: int
    parts: tuple[Stored, ...] = ()
    message: Message | None = None
    lost: Taken | None = None


def unpack_each(
    containers: Sequence[tuple[str, Path]], folder: Path, jobs: int
) -> Iterator[Unpacked]:
    """What stood in each message, mailbox or archive, stored in ``folder``; in order.

    A container that kills its worker costs only itself.
    """
    if not containers:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with watched(MEMORY + MAX_CONTAINER) as watch:
        yield from each_in_pools(
            containers,
            lambda left: _unpack_in_one_pool(left, folder, jobs, watch),
            lambda each: _unopened(_lost(each[1], finding(READER_DIED))),
        )


def _unpack_in_one_pool(
    containers: Sequence[tuple[str, Path]], folder: Path, jobs: int, watch: Watch | None
) -> Iterator[Unpacked]:
    with ProcessPool(jobs, context=get_context("spawn"), initializer=hush) as pool:
        futures = [
            schedule(pool, _unpack, name, str(path), str(folder), seconds=SECONDS_FOR_A_CONTAINER)
            for name, path in containers
        ]
        for (name, path), future in zip(containers, futures, strict=True):
            try:
                yield result_of(pool, future)
                continue
            except BrokenProcessPool:
                raise
            except TookTooLong:
                lost = _lost(path, finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_CONTAINER))
            except ProcessExpired as expired:
                lost = _lost(path, _death(expired, watch))
            except OSError as error:
                lost = _unreadable(error)
            except MemoryError:
                lost = _lost(path, _too_much_memory())
            except Exception as error:
                lost = _failed(_lost(path, finding(PROGRAM_FAULT)), error)
            yield replace(_unopened(lost), message=_sender(name, path, pool))


def _sender(name: str, path: Path, pool: ProcessPool) -> Message | None:
    """Who sent a container that could not be opened, if it is a message."""
    try:
        future = schedule(pool, _message, name, str(path), seconds=SECONDS_FOR_A_FILE)
        return result_of(pool, future)
    except Exception:  # then nobody knows
        return None


def _message(name: str, path: str) -> Message | None:
    """Runs in a worker."""
    begin_file()
    try:
        with Path(path).open("rb") as file:
            return message_at(name, file.read(MAX_HEADERS))
    finally:
        end_file()


def _unopened(lost: Taken) -> Unpacked:
    return Unpacked(lost.sha256, lost.size, lost=lost)


def _unpack(name: str, path: str, folder: str) -> Unpacked:
    """Runs in a worker."""
    size = Path(path).stat().st_size
    hold_memory(MEMORY + 2 * size)
    begin_file(CPU_SECONDS + size // _BYTES_A_SECOND)
    try:
        return unpack_file(name, Path(path), Path(folder))
    finally:
        end_file()


def unpack_file(name: str, source: Path, folder: Path) -> Unpacked:
    """Takes everything out of one container, in this process; forms and evidence are stored."""
    size = source.stat().st_size
    if size > MAX_CONTAINER:
        words = f"{size // 1_000_000} MB"
        return _unopened(_lost(source, finding(TOO_LARGE, what=words)))
    data = source.read_bytes()
    parts: list[Stored] = []
    kept: Counter[Message | None] = Counter()
    for part in explained(unpack(name, data)):
        content = part.data or b""
        # What could not be taken out has no bytes to be known by.
        digest = hashlib.sha256(content).hexdigest() if part.data is not None else ""
        stored: Path | None = None
        suffix = Path(part.name).suffix.lower()
        form = may_be_form(part)
        if form:
            stored = folder / (digest + (suffix if suffix in KEPT_SUFFIXES else ".bin"))
            stored.write_bytes(content)
        beside = not form and not part.aside and part.data is not None and part.finding is None
        evidence = attached(part, kept[part.message]) if beside else None
        why = part.finding
        refused = isinstance(evidence, Finding)
        if isinstance(evidence, Finding):
            evidence, why = None, evidence
        elif evidence is not None:
            kept[part.message] += 1
            stored = folder / (digest + evidence.suffix)
            stored.write_bytes(content)
        told = part.message, why, form, part.data is None and part.aside, part.failed
        parts.append(Stored(part.name, digest, len(content), stored, *told, evidence, refused))
    messages = {part.message for part in parts}
    message = messages.pop() if len(messages) == 1 else None
    return Unpacked(hashlib.sha256(data).hexdigest(), size, tuple(parts), message)


def take_in(
    paths: Sequence[Path],
    round_name: str | None,
    units: tuple[Unit, ...] | None,
    jobs: int,
    work: Callable[[str, str | None], Taken] | None = None,
    keep: frozenset[str] = frozenset(),
    forms: Forms = SHIPPED,
    rulings: Rulings | None = None,
    folder: Path | None = None,
) -> Iterator[Taken]:
    """What became of each file, in the order given, whatever the number of ``jobs``.

    ``round_name`` None means to judge only, without outputs. Never raises for a file: one
    that is refused, kills its worker, takes more memory or time than it may, or trips over a
    fault of ours comes back with a finding. ``work`` is what a worker does with a path and the
    round; by default it takes the whole journey. ``keep`` are the ids of the forms whose answers
    are needed, ``forms`` those that there are, ``rulings`` what people decided. With a ``folder``
    the workers leave the outputs there, under the hash of the file and their suffixes. Raises
    BrokenProcessPool when no worker can be started at all, OSError where the folder takes nothing
    more.
    """
    prepared = (units, forms, keep, rulings or Rulings(), folder)

    def told(paths: Sequence[Path]) -> Iterator[Taken]:
        each_taken = _one_pool(paths, round_name, prepared, jobs, work or _take, watch)
        for path, taken in zip(paths, each_taken, strict=True):
            if taken is None:
                # It may have died of something else: it gets a worker of its own.
                alone = _one_pool((path,), round_name, prepared, 1, work or _take, watch)
                taken = next(alone) or _lost(path, finding(READER_DIED))
            yield taken

    with watched() as watch:
        yield from each_in_pools(paths, told, lambda path: _lost(path, finding(READER_DIED)))


_Prepared = tuple[tuple[Unit, ...] | None, Forms, frozenset[str], Rulings, Path | None]


def _one_pool(
    paths: Sequence[Path],
    round_name: str | None,
    prepared: _Prepared,
    jobs: int,
    work: Callable[[str, str | None], Taken],
    watch: Watch | None,
) -> Iterator[Taken | None]:
    """What became of each file; None for one whose worker died, nobody knows of what."""
    context = get_context("spawn")
    with ProcessPool(
        max_workers=jobs, context=context, initializer=_prepare, initargs=prepared
    ) as pool:
        waiting: deque[tuple[Path, ProcessFuture[Taken]]] = deque()
        for path in paths:
            future = schedule(pool, work, str(path), round_name, seconds=SECONDS_FOR_A_FILE)
            waiting.append((path, future))
            if len(waiting) >= _IN_FLIGHT * jobs:
                yield _result(pool, *waiting.popleft(), watch)
        while waiting:
            yield _result(pool, *waiting.popleft(), watch)


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
    except MemoryError:
        return replace(taken, findings=(_too_much_memory(),), lost=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A fault of ours, or a panic of a library (no Exception), must not cost the round.
        return _failed(replace(taken, findings=(finding(PROGRAM_FAULT),)), error)
    return replace(
        taken,
        kind=submission.inspected.kind,
        answers_sha256=submission.answers_sha256,
        told=None if round_name is None else submission.told,
        assessment=submission.assessment,
        answers=submission.answers if submission.answers.form in keep else None,
        outputs=outputs,
        modified=submission.modified,
        evidence=submission.evidence.files,
        named=submission.evidence.named,
        findings=(*submission.assessment.findings, *(outputs.findings if outputs else ())),
    )


class CannotLeave(Exception):  # noqa: N818 - the state of a folder, not a fault of a file
    """A worker cannot leave in the folder what it made; ``error`` is what the system says."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


def leave(taken: Taken, folder: Path) -> Taken:
    """Writes what was made of a file into a folder; gives what there is to know of it.

    Raises CannotLeave.
    """
    if taken.outputs is None or taken.assessment is None:
        return taken
    left = {f"{taken.sha256}{suffix}": data for suffix, data in taken.outputs.files().items()}
    left[f"{taken.sha256}{TOLD}"] = taken.told or b"{}"
    left[f"{taken.sha256}{JUDGED}"] = pickle.dumps(taken.assessment)
    left |= {f"{PICTURE}{digest}": data for digest, data in taken.outputs.pictures.items()}
    for name, data in left.items():
        # The same file may come twice, and be another worker's at the same moment.
        unfinished = folder / f"{name}.{os.getpid()}"
        try:
            unfinished.write_bytes(data)
            unfinished.replace(folder / name)
        except OSError as error:
            raise CannotLeave(error) from error
    assessment = with_next_rungs(taken.assessment)
    return replace(taken, assessment=assessment, outputs=None, told=None)


def whole_assessment(folder: Path, sha256: str) -> Assessment:
    """The assessment that a worker left of a file."""
    judged = pickle.loads((folder / f"{sha256}{JUDGED}").read_bytes())
    assert isinstance(judged, Assessment)
    return judged


_journey = Journey()
_keep: frozenset[str] = frozenset()
_folder: Path | None = None


def _prepare(
    units: tuple[Unit, ...] | None,
    forms: Forms,
    keep: frozenset[str],
    rulings: Rulings,
    folder: Path | None,
) -> None:
    """Runs once in a new worker: what all files share is sent once, not with every file."""
    global _journey, _keep, _folder
    _journey, _keep, _folder = Journey(units, forms, rulings), keep, folder
    hush()
    hold_memory()


def _take(path: str, round_name: str | None) -> Taken:
    begin_file()
    try:
        taken = judge_file(Path(path), _journey, round_name, _keep)
        return taken if _folder is None else leave(taken, _folder)
    finally:
        end_file()


def _result(
    pool: ProcessPool, path: Path, future: ProcessFuture[Taken], watch: Watch | None
) -> Taken | None:
    try:
        return result_of(pool, future)
    except BrokenProcessPool:
        raise
    except ProcessExpired as expired:
        if why_ended(expired.exitcode, expired.pid, watch) == "unknown":
            return None
        return _lost(path, _death(expired, watch))
    except TookTooLong:
        return _lost(path, finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_FILE))
    except CannotLeave as cannot:
        raise cannot.error from cannot
    except OSError as error:
        return _unreadable(error)
    except MemoryError:
        return _lost(path, _too_much_memory())
    except Exception as error:
        # Such as a result that cannot be handed over.
        return _failed(_lost(path, finding(PROGRAM_FAULT)), error)


def _death(expired: ProcessExpired, watch: Watch | None) -> Finding:
    """Why a file cost its worker."""
    why = why_ended(expired.exitcode, expired.pid, watch)
    if why == "memory":
        return _too_much_memory()
    if why == "time":
        return finding(READER_TOO_SLOW, seconds=CPU_SECONDS)
    return finding(READER_DIED)


def _too_much_memory() -> Finding:
    return finding(TOO_MUCH_MEMORY, what=f"{MEMORY >> 30} GB")


def _failed(taken: Taken, error: BaseException) -> Taken:
    """A file on which the program failed, with what its maintainers need to know."""
    return replace(taken, failed=True, fault="".join(traceback.format_exception(error)))


def _unreadable(error: OSError) -> Taken:
    """A file that this machine does not let us read."""
    what = error.strerror or type(error).__name__
    return Taken("", 0, findings=(finding(UNOPENABLE, what=what),), failed=True)


def _lost(path: Path, why: Finding) -> Taken:
    """What is left of a file whose worker was lost."""
    try:
        return Taken(_sha256(path), path.stat().st_size, findings=(why,), lost=True)
    except OSError:
        return Taken("", 0, findings=(why,), lost=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
