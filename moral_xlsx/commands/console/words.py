"""The words, digits and dates of a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language
from moral_xlsx.thai import short_date, thai_digits
from moral_xlsx.wording import NOTHING, round_in_words


@dataclass(frozen=True, slots=True)
class Words:
    """Says things in one language; numbers of our own have its digits."""

    language: Language

    def __call__(self, thai: str, english: str) -> str:
        return english if self.language == "en" else thai

    def of(self, pair: Bilingual) -> str:
        """One of two texts."""
        return self(*pair)

    def number(self, number: object) -> str:
        """A number, or a text with numbers."""
        return self(thai_digits(str(number)), str(number))

    def day(self, day: date | None) -> str:
        """A day; a dash for none."""
        return self(thai_digits(short_date(day)), day.isoformat()) if day else NOTHING

    def round(self, name: str) -> str:
        """A round's month."""
        return self(round_in_words(name), name)
