"""Which of a unit's files counts: each once, the newest, when that can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from moral_xlsx.intake import Incoming
from moral_xlsx.model.catalogue import finding
from moral_xlsx.thai import key


def settle(files: Iterable[Incoming], outdated: Callable[[str], bool]) -> list[Incoming]:
    """Decides which of a unit's files counts: the newest, when that can be told.

    ``outdated`` tells of the hash of a file whether a newer one replaced it in an earlier
    round: sent again, it does not bring its old answers back.
    """
    settled = list(files)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    # A file that was judged is the original of one whose worker died on the same bytes.
    judged_first = sorted(range(len(settled)), key=lambda i: settled[i].taken.assessment is None)
    for index in judged_first:
        file = settled[index]
        original = first.setdefault(file.taken.sha256 or file.name, index)
        if original != index:
            note = finding("MX-405", found=settled[original].name)
            settled[index] = replace(file, state="duplicate", notes=(note,))
        elif file.taken.assessment and outdated(file.taken.sha256):
            note = finding("MX-403", found=("ไฟล์ของรอบก่อน", "a file of an earlier round"))
            settled[index] = replace(file, state="superseded", notes=(note,))
        elif file.taken.assessment:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _settle_versions(settled, indexes)
    return settled


def _settle_versions(files: list[Incoming], indexes: list[int]) -> None:
    if len(indexes) < 2:
        return
    newest = _newest([files[index] for index in indexes])
    names = {key(_unit_name(files[index])) for index in indexes}
    # Different names under one code may be different units: nobody's answers are dropped.
    if newest is None or len(names - {""}) > 1:
        listed = ", ".join(files[index].name for index in indexes)
        for index in indexes:
            note = finding("MX-404", found=listed)
            files[index] = replace(files[index], state="conflict", notes=(note,))
        return
    counted = indexes[newest]
    for index in indexes:
        if index != counted:
            note = finding("MX-403", found=files[counted].name)
            files[index] = replace(files[index], state="superseded", notes=(note,))


def _newest(files: list[Incoming]) -> int | None:
    """The file saved last; of files saved at one moment the one that came last, by mail."""
    saved = [file.saved for file in files]
    stamped = [moment for moment in saved if moment is not None]
    if len(stamped) < len(saved):
        tied = list(range(len(files)))
    else:
        tied = [at for at, moment in enumerate(saved) if moment == max(stamped)]
    if len(tied) == 1:
        return tied[0]
    came = [files[at].delivered for at in tied]
    known = [moment for moment in came if moment is not None]
    if len(known) < len(came) or known.count(max(known)) > 1:
        return None
    return tied[came.index(max(known))]


def _unit_name(file: Incoming) -> str:
    return file.taken.assessment.unit_name if file.taken.assessment else ""
