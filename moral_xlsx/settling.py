"""Which of a unit's files counts: each once, the newest, when that can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from moral_xlsx.intake import Incoming
from moral_xlsx.model.catalogue import finding
from moral_xlsx.thai import key


def settle(files: Iterable[Incoming]) -> list[Incoming]:
    """Decides which of a unit's files counts: the newest, when that can be told."""
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
        elif file.taken.assessment:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _settle_versions(settled, indexes)
    return settled


def _settle_versions(files: list[Incoming], indexes: list[int]) -> None:
    if len(indexes) < 2:
        return
    saved = [files[index].moment for index in indexes]
    newest = max((moment for moment in saved if moment), default=None)
    names = {key(_unit_name(files[index])) for index in indexes}
    # Different names under one code may be different units: nobody's answers are dropped.
    if None in saved or saved.count(newest) > 1 or len(names - {""}) > 1:
        listed = ", ".join(files[index].name for index in indexes)
        for index in indexes:
            note = finding("MX-404", found=listed)
            files[index] = replace(files[index], state="conflict", notes=(note,))
        return
    counted = indexes[saved.index(newest)]
    for index in indexes:
        if index != counted:
            note = finding("MX-403", found=files[counted].name)
            files[index] = replace(files[index], state="superseded", notes=(note,))


def _unit_name(file: Incoming) -> str:
    return file.taken.assessment.unit_name if file.taken.assessment else ""
