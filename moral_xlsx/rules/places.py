"""What places in printed lines have in common: how they show and write themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.rules.judge.expression import text
from moral_xlsx.wording import NOT_APPLICABLE

TICKED, UNTICKED = "☑", "☐"
DOTS = "." * 14


# Of 20 characters of Thai at least three are marks that take no room, and a line that ends wastes
# on an average less than three quarters of one.
_PER_LETTER, _OF_LETTERS, _OF_END = 20, 17, 15


@dataclass(frozen=True, slots=True)
class Room:
    """What a cell of fixed size holds of a text that somebody types.

    ``lines`` of ``per_line`` characters; ``rest`` is the sheet on which all of it stands.
    """

    lines: int
    per_line: int
    rest: str

    @property
    def _pointer(self) -> str:
        return f"… (ต่อในแผ่น “{self.rest}”)"

    @property
    def _whole(self) -> int:
        """The characters of a text of one line of which its beginning is shown."""
        letters = self.per_line * _PER_LETTER // _OF_LETTERS
        if self.lines == 1:
            return max(1, letters - len(self._pointer))
        return (self.lines - 1) * letters

    @property
    def _several(self) -> tuple[int, int]:
        """The lines and characters of a text of several lines of which its beginning is shown."""
        lines = max(1, (self.lines - 1) * 3 // 5)
        return lines, max(1, (self.lines - 1) * self.per_line * 13 // 20)

    @staticmethod
    def lines_for(typed: str, per_line: int) -> int:
        """The lines of the smallest room that shows a text whole."""
        ends = typed.count("\n")
        letters = _OF_END * ends * per_line + _OF_LETTERS * len(typed)
        needed = -(-letters // (_PER_LETTER * per_line))
        return needed + 1 if ends else max(1, needed)

    def cut(self, typed: str) -> str:
        """The text, or its beginning and where the rest stands."""
        if self.lines_for(typed, self.per_line) <= self.lines:
            return typed
        if "\n" not in typed:
            return typed[: self._whole] + self._pointer
        lines, length = self._several
        return "\n".join(typed.split("\n")[:lines])[:length] + self._pointer

    def excel(self, cell: str) -> str:
        """An Excel expression for the same of a cell."""
        lines, length = self._several
        ends = f'(LEN({cell})-LEN(SUBSTITUTE({cell},CHAR(10),"")))'
        holds = _PER_LETTER * self.per_line
        letters = f"{ends}*{_OF_END * self.per_line}+LEN({cell})*{_OF_LETTERS}"
        fits = f"{letters}<=IF({ends}=0,{self.lines * holds},{(self.lines - 1) * holds})"
        marked = f"FIND(CHAR(1),SUBSTITUTE({cell},CHAR(10),CHAR(1),{lines}))-1"
        beginning = f"MIN({length},IFERROR({marked},{length}))"
        shown = f"LEFT({cell},IF({ends}=0,{self._whole},{beginning}))&{text(self._pointer)}"
        return f'IF({fits},{cell}&"",{shown})'


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place is shown from; ``row`` counts the answered rows of its table from 0."""

    answers: Answers
    assessment: Assessment
    row: int = 0


class Place(ABC):
    """A place in a printed line. Equal places show the same."""

    @property
    def box(self) -> bool:
        """Whether it shows a tick box."""
        return False

    @property
    def typed(self) -> bool:
        """Whether a text of any length may stand there."""
        return False

    def within(self, room: Room) -> Place:
        """The place as it stands in a cell that has no more room."""
        return self

    @abstractmethod
    def show(self, shown: Shown) -> str:
        """The text that stands there; dots where an answer is still to come."""

    @abstractmethod
    def excel(self, row: int) -> str:
        """An Excel expression for that text; ``row`` counts the rows of the range from 0."""


@dataclass(frozen=True, slots=True)
class TypedPlace(Place):
    """A place that may have to be cut to the ``room`` of its cell; without one, it never is."""

    room: Room | None = field(default=None, kw_only=True)

    def within(self, room: Room) -> Place:
        return replace(self, room=room)

    def _cut(self, typed: str) -> str:
        return self.room.cut(typed) if self.room else typed

    def _excel_cut(self, cell: str) -> str:
        return self.room.excel(cell) if self.room else f'{cell}&""'


def excel_where(applies: str, written: str) -> str:
    """An Excel expression for a text that is asked only where ``applies`` is TRUE, if given."""
    return f"IF({applies},{written},{text(NOT_APPLICABLE[0])})" if applies else written
