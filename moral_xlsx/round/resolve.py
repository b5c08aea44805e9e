"""Which of a unit's files counts: each once, the newest, when that can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from moral_xlsx.addresses import addresses_in, domain
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import (
    CONFLICT,
    DUPLICATE,
    EXCLUDED,
    OTHER_CHOSEN,
    STRANGE_SENDER,
    SUPERSEDED,
    WHOSE_FILE,
)
from moral_xlsx.model.decisions import LEAVE, Decision, Rulings
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.round import FileState
from moral_xlsx.model.units import Unit
from moral_xlsx.round.stages import Identity, ReceivedFile, ResolvedFile, passed_on
from moral_xlsx.thai import key


def resolve(
    files: Iterable[ReceivedFile],
    registry: Sequence[Unit],
    outdated: Callable[[str, str], bool],
    rulings: Rulings,
) -> list[ResolvedFile]:
    """Decides which of a unit's files counts: the one of which people said so, else the newest,
    when that can be told.

    ``outdated`` tells of the hash of a file whether a newer one replaced it in an earlier
    round, since the one named: sent again, it does not bring its old answers back.
    """
    known = _Registry(registry)
    resolved = [_resolved(file, known, rulings) for file in files]
    groups: dict[Identity, list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    judged_first = sorted(range(len(resolved)), key=lambda index: _likeness(resolved[index]))
    for index in judged_first:
        file = resolved[index]
        original = first.setdefault(file.taken.sha256 or file.name, index)
        if file.taken.assessment is None and file.message != resolved[original].message:
            continue  # whoever sent it in a message of its own has to be told
        if original != index:
            why = finding(DUPLICATE, found=resolved[original].name)
            resolved[index] = replace(file, state="duplicate", aside=why)
        elif (use := _ruling(file, rulings)) and use.value == LEAVE:
            why = finding(EXCLUDED, reason=use.reason)
            resolved[index] = replace(file, state="excluded", aside=why)
        elif file.taken.assessment and outdated(file.taken.sha256, use.round if use else ""):
            why = finding(SUPERSEDED, found=("ไฟล์ของรอบก่อน", "a file of an earlier round"))
            resolved[index] = replace(file, state="superseded", aside=why)
        elif file.taken.assessment and not file.claimants:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _resolve_versions(resolved, _chosen(resolved, indexes, rulings))
    return resolved


def _ruling(file: ResolvedFile, rulings: Rulings) -> Decision | None:
    """What was decided of the use of a file that could be judged."""
    return rulings.use(file.taken.sha256) if file.taken.assessment else None


def _chosen(files: list[ResolvedFile], indexes: list[int], rulings: Rulings) -> list[int]:
    """The versions among which the newest counts: all, or those that people chose. The others
    are left out then. A choice was one among the files that were there."""
    there = {files[index].taken.sha256 for index in indexes}
    chosen = {
        index: use
        for index in indexes
        if (use := rulings.use(files[index].taken.sha256)) and there <= {*use.about.split()}
    }
    if not chosen:
        return indexes
    first, use = next(iter(chosen.items()))
    for index in indexes:
        if index not in chosen:
            why = finding(OTHER_CHOSEN, found=files[first].name, reason=use.reason)
            files[index] = replace(files[index], state="excluded", aside=why)
    return list(chosen)


def _likeness(file: ResolvedFile) -> tuple[bool, ...]:
    """What makes a file the copy of another one with the same bytes, whatever their names.

    One that was judged is the original of one whose worker died, the unit's own that of a
    stranger's, a person's that of a program's, and one that came by mail that of a saved one.
    """
    message = file.message
    return (
        file.taken.assessment is None,
        bool(file.claimants),
        file.stranger is not None,
        message is not None and message.automatic,
        message is None,
    )


class _Registry:
    """The registered units by what a file says of its own: code, name and sender."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.codes = {key(unit.code): unit for unit in units}
        self.names: dict[str, set[str]] = defaultdict(set)
        self.addresses: dict[str, set[str]] = defaultdict(set)
        for code, unit in self.codes.items():
            self.names[key(unit.name)].add(code)
            for address in addresses_in(unit.email):
                self.addresses[address.casefold()].add(code)

    def whose(self, file: ReceivedFile) -> tuple[tuple[str, ...], list[Bilingual]]:
        """The keys of the units that a file may belong to, and what speaks for each; none when
        all agree.

        A name or an address that several units share speaks for the one whose code it is.
        """
        judged, message = file.taken.assessment, file.message
        if judged is None or not judged.unit_code:
            return (), []
        code = key(judged.unit_code)
        named = self.names.get(key(judged.unit_name), set()) if judged.unit_name else set()
        sent = self.addresses.get(message.sender.casefold(), set()) if message else set()
        if all(code in units or not units for units in (named, sent)):
            return (), []
        known = self.codes.get(code)
        registered = known.name if known else "ไม่มีในทะเบียน"
        said: list[Bilingual] = [
            (f"รหัส {judged.unit_code} ({registered})", f"the code {judged.unit_code}")
        ]
        if code not in named:
            said += [(f"ชื่อในแบบของ {each}", f"the name of {each}") for each in self._said(named)]
        if code not in sent:
            said += [(f"ผู้ส่งคือ {each}", f"sent by {each}") for each in self._said(sent)]
        return tuple(sorted({*named, *sent, *([code] if known else [])})), said

    def _said(self, codes: set[str]) -> list[str]:
        return [f"{self.codes[code].code} {self.codes[code].name}" for code in sorted(codes)]


def _resolved(file: ReceivedFile, known: _Registry, rulings: Rulings) -> ResolvedFile:
    """The file on its own, before it is seen among the others."""
    state: FileState = "other" if file.verdict is None else "rejected"
    if file.taken.failed:
        state = "failed"
    owner = rulings.owner(file.taken.sha256)
    claimants, said = ((), []) if owner else known.whose(file)
    if claimants:
        state = "conflict"
    elif file.taken.assessment:
        state = "counted"
    words = ", ".join(thai for thai, _ in said), ", ".join(english for _, english in said)
    return passed_on(
        file,
        ResolvedFile,
        state=state,
        stranger=_stranger(file, known) if not claimants and not owner else None,
        aside=finding(WHOSE_FILE, found=words) if claimants else None,
        claimants=claimants,
    )


def _stranger(file: ReceivedFile, known: _Registry) -> Finding | None:
    """A warning when a file came from outside its unit's own mail domain, or asks for its answer
    to be sent there."""
    judged, message = file.taken.assessment, file.message
    unit = known.codes.get(key(judged.unit_code)) if judged else None
    registered = {domain(address) for address in addresses_in(unit.email)} if unit else set()
    if message is None:
        return None
    for address in filter(None, (message.sender, message.reply_to)):
        if registered and domain(address) not in registered:
            return finding(STRANGE_SENDER, sender=address)
    # Nobody knows whose it is, but an answer is asked for elsewhere.
    if message.reply_to and domain(message.reply_to) not in {*registered, domain(message.sender)}:
        return finding(STRANGE_SENDER, sender=message.reply_to)
    return None


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
