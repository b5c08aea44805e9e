"""What a unit answered: as found in a workbook, and as understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from moral_xlsx.model.findings import NOWHERE, Finding, Place
from moral_xlsx.model.reference import Reference

Value = str | int | Decimal | bool | date | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one submission, understood and typed.

    ``values`` holds one entry per field id (ticks are booleans, dates are dates,
    percentages are exact decimals of 0 to 100, None means unanswered). ``tables`` holds
    the rows in which something was answered, in order. ``claims`` and ``evidence`` are
    keyed by the number of the criterion and hold only what was given.
    """

    form: str
    unit_code: str
    values: Mapping[str, Value]
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    claims: Mapping[int, int] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as read, before anybody has interpreted it.

    ``value`` is None when the cell is blank. ``trouble`` tells that the cell holds a
    formula or an error value, or that two reading programs do not agree on it: none of these
    may be taken for an answer.
    ``percent_format`` tells that the cell shows its number as a percentage; ``sign`` is what
    people see instead of the value, where the font is one of symbols; ``picture`` tells that
    a picture stands in the cell.
    """

    value: object
    place: Place = NOWHERE
    trouble: Literal["formula", "error", "disputed"] | None = None
    percent_format: bool = False
    sign: str = ""
    picture: bool = False


@dataclass(frozen=True, slots=True)
class RawSubmission:
    """Everything read from one workbook, keyed by reference.

    Rows of tables are counted as prepared, blank ones included. ``live`` holds the results
    that the workbook's own formulas last showed, keyed by defined name; ``modified`` is the
    moment that the saving program recorded, in ISO 8601, or an empty text. ``unread`` are those
    findings that tell of something that may be an answer and was not taken for one.
    """

    form_id: str
    form_version: str
    unit_code: str
    cells: Mapping[Reference, RawCell]
    live: Mapping[str, object] = field(default_factory=dict)
    modified: str = ""
    findings: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """The outcome of normalising: answers, the place of each, and what was noticed.

    Rows of tables are counted in ``places`` as in ``answers``. ``unread`` are those findings that
    tell of something typed that is no answer.
    """

    answers: Answers
    places: Mapping[Reference, Place]
    findings: tuple[Finding, ...]
    unread: tuple[Finding, ...] = ()
