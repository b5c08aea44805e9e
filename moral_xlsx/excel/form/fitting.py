"""How printed lines with typed texts in them fit the cells of the official form's sheet.

A merged cell does not grow while somebody types, and no row grows beyond a page. So each typed
text gets a room, and says where the rest stands when it needs more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from moral_xlsx.excel.form.measure import lines_needed, per_line
from moral_xlsx.model.form import Form
from moral_xlsx.rules.places import Place, Room, Shown
from moral_xlsx.rules.printed import AnswerPlace, Piece, show_line

# A text keeps at least so many lines where a cell has to hold more than a row can.
_LEAST = 2
# Words that take at most this part of a line stand on one with the text.
_SHARED = 3


@dataclass(frozen=True, slots=True)
class Fitted:
    """The words and places of a cell, each place with its room, and the lines they take."""

    pieces: tuple[Piece, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Fitting:
    """A cell ``width`` characters wide.

    ``waiting`` lines are kept for a text still to be typed, ``beside`` for one beside words.
    """

    form: Form
    width: float
    size: int
    waiting: int
    beside: int = 1

    def fit(self, pieces: Sequence[Piece], shown: Shown, most: int, least: int = 1) -> Fitted:
        """Gives every typed text its room in a cell of ``least`` to ``most`` lines."""
        fitted = self._fit(pieces, shown, most, least)
        if isinstance(shown, Noted) and shown.concerns(pieces):
            shown.fits.append(Fit(self, tuple(pieces), shown.row, most, least, fitted))
        return fitted

    def needed(self, pieces: Sequence[Piece], shown: Shown, most: int, least: int) -> int:
        """The lines that a cell needs of ``most``, in a row of ``least`` lines or more."""
        lines = max(least, self._fit(pieces, shown, most, 1).lines)
        if isinstance(shown, Noted) and shown.concerns(pieces):
            shown.fits.append(Fit(self, tuple(pieces), shown.row, most, least, lines))
        return lines

    def _fit(self, pieces: Sequence[Piece], shown: Shown, most: int, least: int) -> Fitted:
        fixed, wants = 0, []
        for paragraph in _paragraphs(pieces):
            typed = [each for each in paragraph if _typed(each)]
            if not typed:
                fixed += lines_needed(show_line(tuple(paragraph), shown), self.width, self.size)
                continue
            alone = len(paragraph) == 1
            letters = per_line(self.width, self.size)
            words = show_line(tuple(each for each in paragraph if not _typed(each)), shown)
            if len(words) <= letters // _SHARED:
                # Few words and the texts share their lines.
                letters -= len(words)
            else:
                fixed += lines_needed(words, self.width, self.size)
            letters = max(1, letters // len(typed))
            needed = max(Room.lines_for(show_line((each,), shown), letters) for each in typed)
            kept = max(needed, self.waiting if alone else self.beside)
            wants += [_Want(tuple(typed), letters, kept)]
        wants = _shared(wants, most - fixed, least - fixed)
        rooms = {id(place): want for want in wants for place in want.places}
        return Fitted(
            tuple(
                each
                if isinstance(each, str) or id(each) not in rooms
                else each.within(rooms[id(each)].room(_sheet(self.form, each)))
                for each in pieces
            ),
            fixed + sum(want.lines for want in wants),
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """A cell that was fitted: what :meth:`Fitting.fit` or :meth:`Fitting.needed` was asked, and
    what it gave."""

    fitting: Fitting
    pieces: tuple[Piece, ...]
    row: int
    most: int
    least: int
    gave: Fitted | int

    def holds(self, shown: Shown) -> bool:
        """Whether the cell is fitted the same for other answers."""
        here = replace(shown, row=self.row)
        ask = self.fitting.needed if isinstance(self.gave, int) else self.fitting.fit
        return ask(self.pieces, here, self.most, self.least) == self.gave


@dataclass(frozen=True, slots=True)
class Noted(Shown):
    """Answers that are shown, with a note of whatever was made of some ``fields`` of them.

    ``fits`` are the cells that were fitted to those answers. ``cells`` are, by sheet, row and
    column, the pieces of the cells that show them.
    """

    fields: frozenset[str] = frozenset()
    fits: list[Fit] = field(default_factory=list)
    cells: dict[tuple[str, int, int], tuple[Piece, ...]] = field(default_factory=dict)

    def concerns(self, pieces: Sequence[Piece]) -> bool:
        """Whether any of the pieces shows one of the fields."""
        return any(
            isinstance(each, AnswerPlace) and not each.table and each.question.id in self.fields
            for each in pieces
        )


@dataclass(frozen=True, slots=True)
class _Want:
    """The typed texts of one paragraph, and the lines that it may take."""

    places: tuple[Piece, ...]
    letters: int
    lines: int

    def room(self, rest: str) -> Room:
        return Room(self.lines, self.letters, rest)


def _shared(wants: list[_Want], most: int, least: int) -> list[_Want]:
    """The wants with so many lines in all: fewer for the longest, or more for the shortest."""
    over = sum(want.lines for want in wants) - most
    while over > 0 and any(want.lines > _LEAST for want in wants):
        longest = max(range(len(wants)), key=lambda at: wants[at].lines)
        wants[longest] = replace(wants[longest], lines=wants[longest].lines - 1)
        over -= 1
    for _ in range(least - sum(want.lines for want in wants) if wants else 0):
        shortest = min(range(len(wants)), key=lambda at: wants[at].lines)
        wants[shortest] = replace(wants[shortest], lines=wants[shortest].lines + 1)
    return wants


def _typed(piece: Piece) -> bool:
    return not isinstance(piece, str) and piece.typed


def _paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            found[-1].append(piece)
            continue
        for index, part in enumerate(piece.split("\n")):
            if index:
                found.append([])
            if part:
                found[-1].append(part)
    return found


def _sheet(form: Form, place: Place) -> str:
    """The sheet on which what stands at a place is typed."""
    if not isinstance(place, AnswerPlace):
        return form.program_sheets.evidence
    owner = form.table(place.table) if place.table else form.field(place.question.id)
    return next(sheet.title for sheet in form.sheets if sheet.id == owner.sheet)
