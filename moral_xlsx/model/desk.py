"""The desk of a round: what waits for people, and what they decided, as rows of its sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

DeskSheet = Literal["todo", "scores", "verdicts", "files", "letters", "due", "history"]
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A row of a sheet: its cells by the ids of their columns.

    ``written`` is what the program put into the columns that people fill, joined: a row of which
    it is no longer true was filled; ``about`` are the hashes of what it shows. ``untaken`` says
    why what stands in it could not be taken. ``link`` is where the row leads: a file beside the
    desk, or a row of one of its sheets (``scores:12``, counted from 0).
    """

    cells: Mapping[str, Cell]
    written: str = ""
    link: str = ""
    about: str = ""
    untaken: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk: the round, the last decision that it knows of, and the rows of each sheet.

    ``codes`` are the codes of the registered units, for people to choose from.
    """

    round: str
    event: int
    rows: Mapping[DeskSheet, Sequence[DeskRow]]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row as it was read: texts by column, what was ``written``, what it was ``about``, and the
    place for people."""

    cells: Mapping[str, str]
    written: str
    about: str
    place: str


@dataclass(frozen=True, slots=True)
class FilledDesk:
    """A desk as it was read; ``columns`` are the ids that each sheet still has."""

    round: str
    event: int
    columns: Mapping[DeskSheet, Sequence[str]] = field(default_factory=dict)
    rows: Mapping[DeskSheet, Sequence[FilledRow]] = field(default_factory=dict)
