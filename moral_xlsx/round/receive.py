"""What came in: the files of an inbox, those in its messages and archives, each judged once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from moral_xlsx.mail.inward.parts import HEAD, is_container
from moral_xlsx.mail.outward.drafts import OUR_NAME
from moral_xlsx.model.assessment import Assessment, RungResult
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import AUTOMATIC_MAIL, CONTAINER_OPENED, EVIDENCE
from moral_xlsx.model.mail import Message
from moral_xlsx.model.units import Unit
from moral_xlsx.round.outbox import LEDGER, RUN_FILE, Outbox
from moral_xlsx.round.stages import ReceivedFile, moment
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.timeliness import Receipt, day_of, receipt
from moral_xlsx.submission.workers import TOLD, Stored, Taken, take_in, unpack_each

_IGNORED_NAMES = ("thumbs.db", "desktop.ini")
# Folders of a Maildir with mail that nobody sends to us.
_PUT_AWAY = (".sent", ".trash", ".drafts", ".junk", ".spam")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The files of an inbox by relative name, and what stands there without being sent."""

    files: tuple[tuple[str, Path], ...]
    ignored: tuple[str, ...]


def list_inbox(folder: Path, output: Path) -> Inbox:
    """Every file below a folder, in the order of its name, without the output folder.

    What cannot be sent in (links, hidden files, folders that may not be read) is listed as
    ignored, so that nothing disappears unsaid.
    """
    folder, output = folder.resolve(), output.resolve()
    files: list[tuple[str, Path]] = []
    ignored: list[str] = []

    def unreadable(error: OSError) -> None:
        ignored.append(_name(Path(error.filename or folder), folder))

    for root, folders, names in os.walk(folder, onerror=unreadable):
        within = [Path(root, name) for name in folders]
        foreign = [path for path in within if path.is_symlink() or (path / RUN_FILE).exists()]
        ignored += (_name(path, folder) for path in foreign)
        folders[:] = [p.name for p in sorted(within) if p != output and p not in foreign]
        put_away = [name for name in folders if name.casefold() in _PUT_AWAY]
        ignored += (_name(Path(root, name), folder) for name in put_away)
        folders[:] = [name for name in folders if name not in put_away]
        if {"cur", "new", "tmp"} <= set(folders):
            # A Maildir: what lies in tmp is still being delivered, the rest beside is its index.
            folders.remove("tmp")
            unfinished = (path for path in Path(root, "tmp").iterdir() if path.is_file())
            aside = (*(Path(root, name) for name in names), *unfinished)
            ignored += (_name(path, folder) for path in aside)
            continue
        for path in (Path(root, name) for name in names):
            if _is_sent(path) and not (path.parent == output and path.name.startswith(LEDGER)):
                files.append((_name(path, folder), path))
            else:
                ignored.append(_name(path, folder))
    return Inbox(tuple(sorted(files)), tuple(sorted(ignored)))


def _is_sent(path: Path) -> bool:
    """Whether a file is a submission: no link, nothing hidden, nothing that cannot be seen."""
    if path.name.startswith(("~$", ".")) or path.name.lower() in _IGNORED_NAMES:
        return False
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False


def _name(path: Path, folder: Path) -> str:
    """A file's name below the inbox, in characters that every output can hold."""
    relative = path.relative_to(folder).as_posix()
    return relative.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to look at: of the inbox itself, or taken from ``within`` a container of it."""

    name: str
    path: Path
    message: Message | None = None
    taken: Taken | None = None
    within: bool = False

    @property
    def judged(self) -> bool:
        """Whether it is taken through the journey of a form."""
        return self.taken is None


def receive(
    inbox: Inbox,
    outbox: Outbox,
    round_name: str,
    registry: tuple[Unit, ...] | None,
    jobs: int,
    keep: frozenset[str],
    advance: Callable[[], None],
) -> Iterator[ReceivedFile]:
    """Every file of the inbox and of its containers, judged, in the order of their names.

    Outputs are staged in the outbox. ``advance`` is called for each file of the inbox.
    """
    sources = list(_sources(inbox, outbox, jobs, advance))
    paths = [source.path for source in sources if source.judged]
    results = take_in(paths, round_name, registry, jobs, keep=keep)
    seen: dict[RungResult, RungResult] = {}
    for source in sources:
        taken = source.taken
        if taken is None:
            taken = _staged(next(results), outbox)
            if not source.within:
                advance()
        if taken.assessment is not None:
            taken = replace(taken, assessment=_shared(taken.assessment, seen))
        yield ReceivedFile(source.name, source.path, taken, _receipt(source, taken), source.message)


def _staged(taken: Taken, outbox: Outbox) -> Taken:
    """The same with its outputs kept on disk: memory does not grow with the number of files."""
    if taken.outputs is None:
        return taken
    for suffix, data in taken.outputs.files().items():
        outbox.stage(f"{taken.sha256}{suffix}", data)
    outbox.stage(f"{taken.sha256}{TOLD}", taken.told or b"{}")
    return replace(taken, outputs=None, told=None)


def _sources(
    inbox: Inbox, outbox: Outbox, jobs: int, advance: Callable[[], None]
) -> Iterator[_Source]:
    """The files of the inbox; after each container what stood in it."""
    containers = [(name, path) for name, path in inbox.files if _holds_files(name, path)]
    known = set(containers)
    opened = unpack_each(containers, outbox.staged("parts"), jobs)
    for name, path in inbox.files:
        if (name, path) not in known:
            yield _Source(name, path)
            continue
        advance()
        container = next(opened)
        told = container.findings or (finding(CONTAINER_OPENED, count=len(container.parts)),)
        taken = Taken(container.sha256, container.size, findings=told)
        yield _Source(name, path, container.message, taken)
        yield from (_part(path, stored) for stored in container.parts)


def _part(container: Path, stored: Stored) -> _Source:
    if stored.finding is not None:
        taken = Taken(stored.sha256, stored.size, findings=(stored.finding,))
        return _Source(stored.name, stored.path or container, stored.message, taken, within=True)
    path, message = stored.path or container, stored.message
    if message is not None and (message.bounce or message.message_id.startswith(f"{OUR_NAME}.")):
        # Such as a bounce, which brings back what we sent.
        why = finding(AUTOMATIC_MAIL, sender=message.sender or "–")
        taken = Taken(stored.sha256, stored.size, findings=(why,))
        return _Source(stored.name, path, message, taken, within=True)
    if stored.form:
        return _Source(stored.name, path, stored.message, within=True)
    taken = Taken(stored.sha256, stored.size, findings=(finding(EVIDENCE),))
    return _Source(stored.name, path, stored.message, taken, within=True)


def _holds_files(name: str, path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_container(name, file.read(HEAD))
    except OSError:
        return False  # the worker that tries to read it says why


def _receipt(source: _Source, taken: Taken) -> Receipt:
    if source.message is not None and source.message.received is not None:
        return Receipt(day_of(source.message.received), "mail")
    if taken.assessment is None:
        return receipt(source.name, None, date.min)
    # Nobody saves a form before its year; a blank one carries a day of its own.
    earliest, _ = load_form(taken.assessment.form).fiscal_year_dates
    return receipt(source.name, moment(taken.modified), earliest)


def _shared(assessment: Assessment, seen: dict[RungResult, RungResult]) -> Assessment:
    """The same assessment; equal rungs of different units are one value in memory."""
    criteria = tuple(
        replace(result, rungs=tuple(seen.setdefault(rung, rung) for rung in result.rungs))
        for result in assessment.criteria
    )
    return replace(assessment, criteria=criteria)
