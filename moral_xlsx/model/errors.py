"""Exceptions: only for what makes going on impossible."""

from __future__ import annotations

from dataclasses import dataclass

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Language


class MoralXlsxError(Exception):
    """The base of every error that people are told: ``said`` are its lines, in both languages.

    It says what cannot be done, where, and how to mend it.
    """

    def __init__(self, *said: Bilingual) -> None:
        super().__init__("\n".join(english for _, english in said))
        self.said = said

    def text(self, language: Language = "th") -> str:
        """Its lines in one language."""
        return "\n".join(line[language == "en"] for line in self.said)


class Refused(MoralXlsxError):  # noqa: N818 - a refusal is a result, not a fault of ours
    """A file cannot be taken in; ``finding`` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(in_words(finding))
        self.finding = finding


def in_words(found: Finding) -> Bilingual:
    """A finding with its remedy, on one line."""
    return (
        f"{message(found)} {remedy(found)}",
        f"{message(found, 'en')} {remedy(found, 'en')}",
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in a definition: where, what is wrong, and how to mend it."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}. {self.remedy}"


class DefinitionError(MoralXlsxError):
    """A definition file is wrong; ``faults`` lists every mistake found in it."""

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        lines = [f"{file}: {fault}" for fault in faults]
        super().__init__(*((line, line) for line in lines))
        self.file = file
        self.faults = faults
