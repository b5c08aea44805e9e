"""The one catalogue of findings: every kind with its code, severity, texts and remedy.

Codes are stable and never reused. 1xx: the file and its stamps; 2xx: reading the
answers; 3xx: what reviewers look for; 4xx: the round, the registry and the ledger. A kind has
a name in code, its code for people.
"""

from __future__ import annotations

from moral_xlsx.model.catalogue import (
    answers,
    desk,
    evidence,
    files,
    ledger,
    mail,
    review,
    rounds,
)
from moral_xlsx.model.findings import Finding, Kind, Language, Place

KINDS: tuple[Kind, ...] = tuple(
    sorted(
        (
            value
            for module in (files, mail, answers, review, evidence, rounds, ledger, desk)
            for value in vars(module).values()
            if isinstance(value, Kind)
        ),
        key=lambda kind: kind.code,
    )
)

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_BY_CODE = {kind.code: kind for kind in KINDS}


def kind_of(code: str) -> Kind:
    """The kind of finding that has a code; raises KeyError for an unknown one."""
    return _BY_CODE[code]


def finding(kind: Kind, place: Place | None = None, /, **words: object) -> Finding:
    """A finding of a kind, with the words that its texts need."""
    pairs = tuple((name, _word(value)) for name, value in words.items())
    return Finding(kind.code, kind.severity, place or Place(), pairs)


def _word(value: object) -> str | tuple[str, str]:
    """Our own figures are shown in Thai digits; what was typed (a text) stays as typed."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).translate(_THAI_DIGITS), str(value)
    return str(value)


def message(found: Finding, language: Language = "th") -> str:
    """What was found, in one sentence."""
    kind = _BY_CODE[found.code]
    return _fill(kind.message_th if language == "th" else kind.message_en, found, language)


def remedy(found: Finding, language: Language = "th") -> str:
    """How to mend it, in one sentence."""
    kind = _BY_CODE[found.code]
    return _fill(kind.remedy_th if language == "th" else kind.remedy_en, found, language)


def _fill(template: str, found: Finding, language: Language) -> str:
    index = 0 if language == "th" else 1
    return template.format(
        **{name: word if isinstance(word, str) else word[index] for name, word in found.words}
    )
