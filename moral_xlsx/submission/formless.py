"""Messages and archives in which no form came: what came instead, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from moral_xlsx.excel.read.guard import inspect, not_a_workbook
from moral_xlsx.mail.inward.links import shortcut
from moral_xlsx.mail.inward.parts import nothing_attached
from moral_xlsx.model.errors import Refused
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.mail import Part

_FORM_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def may_be_form(part: Part) -> bool:
    """Whether a part is to be judged: by its suffix, or as a workbook under any other name."""
    if part.data is None:
        return False
    return PurePosixPath(part.name).suffix.lower() in _FORM_SUFFIXES or _is_workbook(part.data)


def _is_workbook(content: bytes) -> bool:
    if content.startswith(b"PK"):
        return b"xl/workbook" in content or b"opendocument.spreadsheet" in content[:200]
    return content.startswith(_OLE) and "Workbook".encode("utf-16-le") in content


def explained(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts of a container; where a message or the archive itself brought no form, with why
    each of them is none.

    Beside a form, other files are its evidence, and a letter that links to some is a letter.
    """
    for _, group in groupby(parts, key=lambda part: part.message):
        together = list(group)
        if any(map(may_be_form, together)):
            yield from (part for part in together if part.data is not None or not part.aside)
        else:
            yield from _without_form(together)


def _without_form(parts: Sequence[Part]) -> Iterator[Part]:
    said: set[Finding] = set()
    for part in parts:
        if part.data is not None and not part.aside:
            part = replace(part, finding=_why(part))
        # What the letter says, it may say twice: as text and as a page.
        told = part.data is not None or part.finding not in (None, *said)
        if part.finding is not None and part.finding.severity == "error":
            said.add(part.finding)
        if told:
            yield part
    if not said:
        # Nothing but what computers add, or a picture in the letter.
        first = parts[0]
        name = str(PurePosixPath(first.name).parent) if first.finding or first.data else first.name
        missing = nothing_attached(first.message)
        yield replace(first, name=name, data=None, aside=True, finding=missing)


def _why(part: Part) -> Finding:
    """Why a file is no form."""
    data = part.data or b""
    found = shortcut(part.name, data)
    if found is not None:
        return found
    try:
        inspect(data)
    except Refused as refusal:
        return refusal.finding
    return not_a_workbook()
