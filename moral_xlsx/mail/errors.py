"""What makes going on with a mail server impossible, in both languages."""

from __future__ import annotations

from moral_xlsx.model.assessment import Bilingual


class MailError(Exception):
    """A mail server cannot be used; ``message`` and ``remedy`` are (Thai, English) pairs."""

    def __init__(self, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(message[1])
        self.message = message
        self.remedy = remedy
