"""Takes messages, mailboxes and archives apart, each in a worker of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from moral_xlsx.mail.inward.messages import MAX_HEADERS
from moral_xlsx.mail.inward.parts import message_at, unpack
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import (
    PROGRAM_FAULT,
    READER_DIED,
    READER_TOO_SLOW,
    TOO_LARGE,
)
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Message
from moral_xlsx.submission.evidence import attached
from moral_xlsx.submission.formless import explained, may_be_form
from moral_xlsx.submission.limits import (
    CPU_SECONDS,
    MEMORY,
    Watch,
    begin_file,
    end_file,
    hold_memory,
    watched,
)
from moral_xlsx.submission.losses import death, failed, lost, too_much_memory, unreadable
from moral_xlsx.submission.pools import (
    each_in_pools,
    leave_alone,
    result_of,
    schedule,
    until_stopped,
)
from moral_xlsx.submission.taken import Taken

SECONDS_FOR_A_CONTAINER, _SECONDS_FOR_ITS_SENDER = 300, 60
MAX_CONTAINER = 1_000_000_000
_BYTES_A_SECOND = 10_000_000  # of a container, at least
# Suffixes under which the files of others may be kept.
KEPT_SUFFIXES = (
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".pdf", ".doc", ".docx"),
    *(".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z", ".eml", ".msg"),
)


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
            lambda each: _unopened(lost(each[1], finding(READER_DIED))),
        )


def _unpack_in_one_pool(
    containers: Sequence[tuple[str, Path]], folder: Path, jobs: int, watch: Watch | None
) -> Iterator[Unpacked]:
    opened = ProcessPool(jobs, context=get_context("spawn"), initializer=leave_alone)
    with until_stopped(opened) as pool:
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
                left = lost(path, finding(READER_TOO_SLOW, seconds=SECONDS_FOR_A_CONTAINER))
            except ProcessExpired as expired:
                left = lost(path, death(expired, watch))
            except OSError as error:
                left = unreadable(error)
            except MemoryError:
                left = lost(path, too_much_memory())
            except Exception as error:
                left = failed(lost(path, finding(PROGRAM_FAULT)), error)
            yield replace(_unopened(left), message=_sender(name, path, pool))


def _sender(name: str, path: Path, pool: ProcessPool) -> Message | None:
    """Who sent a container that could not be opened, if it is a message."""
    try:
        future = schedule(pool, _message, name, str(path), seconds=_SECONDS_FOR_ITS_SENDER)
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


def _unopened(left: Taken) -> Unpacked:
    return Unpacked(left.sha256, left.size, lost=left)


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
        return _unopened(lost(source, finding(TOO_LARGE, what=words)))
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
