"""What came in: the files of an inbox, those in its messages and archives, each judged once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from moral_xlsx.mail.inward.messages import HEAD
from moral_xlsx.mail.inward.parts import is_container
from moral_xlsx.mail.outward.drafts import OUR_NAME
from moral_xlsx.model.assessment import Assessment, RungResult
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.mail import AUTOMATIC_MAIL, CONTAINER_OPENED, EVIDENCE
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.mail import Message
from moral_xlsx.model.units import Unit
from moral_xlsx.round.inbox import Inbox
from moral_xlsx.round.outbox import PARTS, REMEMBERED, Outbox
from moral_xlsx.round.stages import ReceivedFile, moment
from moral_xlsx.rules.definition.load import Forms
from moral_xlsx.rules.judge.timeliness import Receipt, day_of, receipt
from moral_xlsx.submission.cluster import take_in_on
from moral_xlsx.submission.containers import Stored, unpack_each
from moral_xlsx.submission.remembered import Remembered, context_of
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import take_in


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to look at: of the inbox itself, or taken out of a ``container`` of it."""

    name: str
    path: Path
    message: Message | None = None
    taken: Taken | None = None
    container: str = ""
    letter: bool = False

    @property
    def judged(self) -> bool:
        """Whether it is taken through the journey of a form."""
        return self.taken is None


def receive(
    inbox: Inbox,
    outbox: Outbox,
    round_name: str,
    registry: tuple[Unit, ...] | None,
    forms: Forms,
    jobs: int,
    keep: frozenset[str],
    rulings: Rulings,
    advance: Callable[[], None],
    dask: str = "",
) -> Iterator[ReceivedFile]:
    """Every file of the inbox and of its containers, judged, in the order of their names.

    Outputs are staged in the outbox. ``advance`` is called for each file of the inbox. What an
    earlier run of the round made of the same files is taken as it is. ``dask`` is the address of a
    cluster that judges them, if one does.
    """
    shared = context_of(round_name, registry, forms.own, sorted(keep))
    remembered = Remembered(outbox.folder / REMEMBERED, shared, rulings)
    sources = list(_sources(inbox, outbox, jobs, advance))
    paths = [source.path for source in sources if source.judged]
    prepared = Prepared(registry, forms, keep, rulings, outbox.staged(""), remembered)
    if dask:
        results = take_in_on(dask, paths, round_name, prepared)
    else:
        results = take_in(paths, round_name, prepared, jobs, tested=True)
    seen: dict[RungResult, RungResult] = {}
    judged: set[str] = set()
    for source in sources:
        taken = source.taken
        if taken is None:
            taken = next(results)
            judged.add(taken.sha256)
            if not source.container:
                advance()
        if taken.assessment is not None:
            taken = replace(taken, assessment=_shared(taken.assessment, seen))
        receipt = _receipt(source, taken, forms)
        yield ReceivedFile(
            source.name,
            source.path,
            taken,
            receipt,
            source.message,
            source.letter,
            source.container,
        )
    remembered.forget_others(judged)


def _sources(
    inbox: Inbox, outbox: Outbox, jobs: int, advance: Callable[[], None]
) -> Iterator[_Source]:
    """The files of the inbox; after each container what stood in it."""
    containers = [(name, path) for name, path in inbox.files if _holds_files(name, path)]
    known = set(containers)
    opened = unpack_each(containers, outbox.staged(PARTS), jobs)
    for name, path in inbox.files:
        if (name, path) not in known:
            yield _Source(name, path)
            continue
        advance()
        container = next(opened)
        opened_it = finding(CONTAINER_OPENED, count=len(container.parts))
        taken = container.lost or Taken(container.sha256, container.size, findings=(opened_it,))
        yield _Source(name, path, container.message, taken)
        yield from (_part(name, path, stored) for stored in container.parts)


def _part(name: str, path: Path, stored: Stored) -> _Source:
    """What stood in the container of that name and path."""
    source = _Source(
        *(stored.name, stored.path or path, stored.message), container=name, letter=stored.letter
    )
    evidence: tuple[EvidenceFile, ...] = ()
    if stored.message is not None and _by_itself(stored.message, stored.form):
        found = finding(AUTOMATIC_MAIL, sender=stored.message.sender or "–")
    elif stored.finding is not None:
        found = stored.finding
    elif stored.form:
        return source
    else:
        found = finding(EVIDENCE)
        evidence = (stored.evidence,) if stored.evidence else ()
    taken = Taken(
        *(stored.sha256, stored.size),
        findings=(found,),
        evidence=evidence,
        refused=stored.refused,
        failed=stored.failed,
    )
    return replace(source, taken=taken)


def _by_itself(message: Message, form: bool) -> bool:
    """Whether a program sent it: a bounce, which brings back what we sent; a list, unless it
    carries a form."""
    ours = message.message_id.startswith(f"{OUR_NAME}.")
    return message.bounce or ours or (message.automatic and not form)


def _holds_files(name: str, path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_container(name, file.read(HEAD))
    except OSError:
        return False  # the worker that tries to read it says why


def _receipt(source: _Source, taken: Taken, forms: Forms) -> Receipt:
    if source.message is not None and source.message.received is not None:
        return Receipt(day_of(source.message.received), "mail")
    if taken.assessment is None:
        return receipt(source.name, None, date.min)
    # Nobody saves a form before its year; a blank one carries a day of its own.
    earliest, _ = forms[taken.assessment.form].fiscal_year_dates
    return receipt(source.name, moment(taken.modified), earliest)


def _shared(assessment: Assessment, seen: dict[RungResult, RungResult]) -> Assessment:
    """The same assessment; equal rungs of different units are one value in memory."""
    criteria = tuple(
        replace(result, rungs=tuple(seen.setdefault(rung, rung) for rung in result.rungs))
        for result in assessment.criteria
    )
    return replace(assessment, criteria=criteria)
