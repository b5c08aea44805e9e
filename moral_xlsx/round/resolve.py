"""Which of a unit's files counts: each once, the newest, when that can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.round import FileState
from moral_xlsx.round.receive import Incoming
from moral_xlsx.thai import key

_STRANGER = "MX-412"


def with_sender(file: Incoming, addresses: Mapping[str, str]) -> Incoming:
    """The file, with a warning when it came from outside its unit's own mail domain."""
    judged = file.taken.assessment
    registered = addresses.get(key(judged.unit_code), "") if judged else ""
    sender = file.message.sender if file.message else ""
    if not registered or not sender or _domain(sender) == _domain(registered):
        return file
    return replace(file, notes=(finding(_STRANGER, sender=sender),))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def settle(files: Iterable[Incoming], outdated: Callable[[str], bool]) -> list[Incoming]:
    """Decides which of a unit's files counts: the newest, when that can be told.

    ``outdated`` tells of the hash of a file whether a newer one replaced it in an earlier
    round: sent again, it does not bring its old answers back.
    """
    settled = list(files)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    # A file that was judged is the original of one whose worker died on the same bytes, and
    # one that came by mail that of a copy saved from it.
    judged_first = sorted(
        range(len(settled)),
        key=lambda i: (settled[i].taken.assessment is None, settled[i].message is None),
    )
    for index in judged_first:
        file = settled[index]
        original = first.setdefault(file.taken.sha256 or file.name, index)
        if original != index:
            note = finding("MX-405", found=settled[original].name)
            settled[index] = _put_aside(file, "duplicate", note)
        elif file.taken.assessment and outdated(file.taken.sha256):
            note = finding("MX-403", found=("ไฟล์ของรอบก่อน", "a file of an earlier round"))
            settled[index] = _put_aside(file, "superseded", note)
        elif file.taken.assessment:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _settle_versions(settled, indexes)
    return settled


def _settle_versions(files: list[Incoming], indexes: list[int]) -> None:
    if len(indexes) < 2:
        return
    versions = [files[index] for index in indexes]
    newest = _newest(versions)
    if newest is not None and _is_strange(versions[newest]) and not all(map(_is_strange, versions)):
        newest = None  # an outsider's file does not replace the unit's own
    names = {key(_unit_name(files[index])) for index in indexes}
    # Different names under one code may be different units: nobody's answers are dropped.
    if newest is None or len(names - {""}) > 1:
        listed = ", ".join(files[index].name for index in indexes)
        for index in indexes:
            note = finding("MX-404", found=listed)
            files[index] = _put_aside(files[index], "conflict", note)
        return
    counted = indexes[newest]
    for index in indexes:
        if index != counted:
            note = finding("MX-403", found=files[counted].name)
            files[index] = _put_aside(files[index], "superseded", note)


def _put_aside(file: Incoming, state: FileState, note: Finding) -> Incoming:
    """The file, which does not count, with the reason."""
    return replace(file, state=state, notes=(*file.notes, note))


def _is_strange(file: Incoming) -> bool:
    return any(note.code == _STRANGER for note in file.notes)


def _newest(files: Sequence[Incoming]) -> int | None:
    """The file saved last, and delivered last where that is known; None when they disagree.

    Files with the same answers are as good as each other: the one that came first.
    """
    if len({file.taken.answers_sha256 for file in files}) == 1:
        return 0
    saved = _latest([file.saved for file in files])
    delivered = _latest([file.delivered for file in files])
    if len(saved) == 1 and delivered != saved and len(delivered) == 1:
        return None
    agreed = saved & delivered if len(saved) != 1 else saved
    return next(iter(agreed)) if len(agreed) == 1 else None


def _latest(moments: Sequence[datetime | None]) -> set[int]:
    """Which of the moments are the latest; all when one of them is not known."""
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments):
        return set(range(len(moments)))
    return {at for at, moment in enumerate(known) if moment == max(known)}


def _unit_name(file: Incoming) -> str:
    return file.taken.assessment.unit_name if file.taken.assessment else ""
