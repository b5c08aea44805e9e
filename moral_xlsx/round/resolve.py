"""Which of a unit's files counts: each once, the newest, when that can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import CONFLICT, DUPLICATE, STRANGE_SENDER, SUPERSEDED
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.round import FileState
from moral_xlsx.model.units import Unit
from moral_xlsx.round.stages import Identity, ReceivedFile, ResolvedFile, passed_on
from moral_xlsx.thai import key


def resolve(
    files: Iterable[ReceivedFile], registry: Sequence[Unit], outdated: Callable[[str], bool]
) -> list[ResolvedFile]:
    """Decides which of a unit's files counts: the newest, when that can be told.

    ``outdated`` tells of the hash of a file whether a newer one replaced it in an earlier
    round: sent again, it does not bring its old answers back.
    """
    addresses = {key(unit.code): unit.email for unit in registry}
    resolved = [_resolved(file, addresses) for file in files]
    groups: dict[Identity, list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    # A file that was judged is the original of one whose worker died on the same bytes, and
    # one that came by mail that of a copy saved from it.
    judged_first = sorted(
        range(len(resolved)),
        key=lambda i: (resolved[i].taken.assessment is None, resolved[i].message is None),
    )
    for index in judged_first:
        file = resolved[index]
        original = first.setdefault(file.taken.sha256 or file.name, index)
        if original != index:
            why = finding(DUPLICATE, found=resolved[original].name)
            resolved[index] = replace(file, state="duplicate", aside=why)
        elif file.taken.assessment and outdated(file.taken.sha256):
            why = finding(SUPERSEDED, found=("ไฟล์ของรอบก่อน", "a file of an earlier round"))
            resolved[index] = replace(file, state="superseded", aside=why)
        elif file.taken.assessment:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _resolve_versions(resolved, indexes)
    return resolved


def _resolved(file: ReceivedFile, addresses: Mapping[str, str]) -> ResolvedFile:
    """The file on its own, before it is seen among the others."""
    state: FileState = "other" if file.verdict is None else "rejected"
    return passed_on(
        file,
        ResolvedFile,
        state="counted" if file.taken.assessment else state,
        stranger=_stranger(file, addresses),
        aside=None,
    )


def _stranger(file: ReceivedFile, addresses: Mapping[str, str]) -> Finding | None:
    """A warning when a file came from outside its unit's own mail domain."""
    judged = file.taken.assessment
    registered = addresses.get(key(judged.unit_code), "") if judged else ""
    sender = file.message.sender if file.message else ""
    if not registered or not sender or _domain(sender) == _domain(registered):
        return None
    return finding(STRANGE_SENDER, sender=sender)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _resolve_versions(files: list[ResolvedFile], indexes: list[int]) -> None:
    if len(indexes) < 2:
        return
    versions = [files[index] for index in indexes]
    newest = _newest(versions)
    unknown = all(version.stranger for version in versions)
    if newest is not None and versions[newest].stranger and not unknown:
        newest = None  # an outsider's file does not replace the unit's own
    names = {key(_unit_name(version)) for version in versions}
    # Different names under one code may be different units: nobody's answers are dropped.
    if newest is None or len(names - {""}) > 1:
        why = finding(CONFLICT, found=", ".join(version.name for version in versions))
        for index in indexes:
            files[index] = replace(files[index], state="conflict", aside=why)
        return
    counted = indexes[newest]
    for index in indexes:
        if index != counted:
            why = finding(SUPERSEDED, found=files[counted].name)
            files[index] = replace(files[index], state="superseded", aside=why)


def _newest(files: Sequence[ReceivedFile]) -> int | None:
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


def _unit_name(file: ReceivedFile) -> str:
    return file.taken.assessment.unit_name if file.taken.assessment else ""
