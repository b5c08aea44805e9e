"""Exceptions: only for what makes going on impossible."""

from __future__ import annotations

from dataclasses import dataclass

from moral_xlsx.model.findings import Finding


class Refused(Exception):  # noqa: N818 - a refusal is a result, not a fault of ours
    """A file cannot be taken in; ``finding`` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in a definition: where, what is wrong, and how to mend it."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}. {self.remedy}"


class DefinitionError(Exception):
    """A definition file is wrong; ``faults`` lists every mistake found in it."""

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(f"{file}: {fault}" for fault in faults))
        self.file = file
        self.faults = faults
