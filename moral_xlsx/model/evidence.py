"""Pictures and documents that came as evidence: what each is, and what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from moral_xlsx.model.findings import NOWHERE, Finding, Place
from moral_xlsx.model.reference import Reference

EvidenceKind = Literal["picture", "document"]
EvidenceSource = Literal["workbook", "message"]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A picture or a document; ``kind`` and ``suffix`` are by its content, never by its name.

    ``name`` is the one under which it came, for people only. ``place`` is the cell where it
    stands in a workbook. ``reference`` is the answer that it belongs to, empty when that is not
    known; ``criterion`` the number of that answer's criterion; ``caption`` says both in words.
    """

    sha256: str
    size: int
    kind: EvidenceKind
    suffix: str
    name: str
    source: EvidenceSource
    place: Place = NOWHERE
    reference: Reference = ""
    criterion: int | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that an answer names, such as ``รูป1.jpg``; ``said`` is the text up to its end."""

    name: str
    said: str
    reference: Reference
    place: Place


@dataclass(frozen=True, slots=True)
class Print:
    """A picture made ready for printing: size in pixels, and a hash of how it looks.

    ``looks`` is None of a picture in which too little is to be seen to tell it from others.
    """

    width: int
    height: int
    suffix: str
    looks: int | None


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """The evidence of one input of a round, and what is said of it.

    ``findings`` are for whoever sent the file, ``for_reviewers`` tell of other units too.
    ``prints`` are those of the pictures that the report's annex holds, by their hash.
    """

    files: tuple[EvidenceFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    for_reviewers: tuple[Finding, ...] = ()
    prints: Mapping[str, Print] = field(default_factory=dict)


# Evidence that was put in place, each with the path of its output.
KeptEvidence = tuple[tuple[EvidenceFile, str], ...]
