"""What makes going on with a mail server impossible, in both languages."""

from __future__ import annotations

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError


class MailError(MoralXlsxError):
    """A mail server cannot be used; ``message`` and ``remedy`` are (Thai, English) pairs."""

    def __init__(self, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__((f"{message[0]} {remedy[0]}", f"{message[1]} {remedy[1]}"))
        self.message = message
        self.remedy = remedy
