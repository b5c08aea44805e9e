"""The files that a submission gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from moral_xlsx.model.findings import Finding

MARKED = ".marked.xlsx"


def paper_suffix(paper_id: str) -> str:
    """How the name of a staged paper ends."""
    return f".{paper_id}.docx"


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files that a submission gives: the written-back workbook and the report.

    ``marked`` is the officer's own workbook with its problem cells listed, for a returned one;
    ``papers`` are what else its form makes of the answers, by their id; ``pictures`` are those that
    stood in it, by their hash.
    """

    workbook: bytes
    report: bytes
    findings: tuple[Finding, ...]
    marked: bytes | None = None
    papers: Mapping[str, bytes] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """The files by the suffixes under which they are kept."""
        files = {".xlsx": self.workbook, ".docx": self.report}
        files |= {paper_suffix(each): data for each, data in self.papers.items()}
        return files if self.marked is None else {**files, MARKED: self.marked}
