"""Blank workbooks of many units: drawn once, then only what the registry gives is put in anew.

Two units' blank workbooks differ in the cells that the registry fills, in those that show them,
and in whatever their lengths and numbers decide: heights, rooms, results. A workbook that is drawn
therefore leaves a note of every cell that shows the unit and of everything that was decided by it.
For another unit all of that is decided anew, by the same code. Where it comes out the same, its
workbook is the drawn one but for the values of these cells; where not, it is drawn as well.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from moral_xlsx.excel.form.expected import expected, unanswered
from moral_xlsx.excel.form.fitting import Fit, Noted
from moral_xlsx.excel.form.layout import cell_name
from moral_xlsx.excel.form.pattern import Cell, Pattern
from moral_xlsx.excel.form.template import (
    as_typed,
    blank,
    draw_workbook,
    field_lines,
    lay_out_for,
)
from moral_xlsx.model.answers import Answers, Value
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.question import Field
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.quantity import Quantity
from moral_xlsx.rules.judge.row_conditions import Condition
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import show_line

# Drawn workbooks that are kept of a form; each takes about a megabyte.
_MOST = 24
_CODE = "unit_code"


@dataclass
class Blanks:
    """The blank workbooks of one form, for any number of units.

    It keeps what it has drawn, so that many cost little more than a few.
    """

    rubric: Rubric
    _drawn: list[_Drawn] = field(default_factory=list)
    _assessments: dict[Hashable, Assessment] = field(default_factory=dict)
    _all_noted: bool = True

    def workbook(self, unit: Unit | None = None) -> bytes:
        """The workbook of :func:`blank` for a unit, byte for byte as it would be drawn."""
        answers = blank(self.rubric.form, unit).answers
        shown = Shown(answers, self._assessment(answers))
        if not self._all_noted:
            return self._draw(shown)
        given = self._given(answers)
        for drawn in self._drawn:
            made = drawn.filled(given, shown)
            if made is not None:
                return self._proven(made, drawn, given, shown)
        noted = Noted(answers, shown.assessment, fields=frozenset(each.id for each in self._fields))
        data = self._draw(noted)
        if len(self._drawn) < _MOST:
            self._drawn += filter(None, [_Drawn.of(data, self._cells, given, noted, self._fields)])
        return data

    def _proven(
        self, made: bytes, drawn: _Drawn, given: Mapping[str, Value], shown: Shown
    ) -> bytes:
        """The workbook that was made out of one; whether really all was noted of an input shows
        when it changes for the first time."""
        changed = {name for name, value in given.items() if value != drawn.given[name]}
        if changed <= drawn.proven:
            return made
        data = self._draw(shown)
        self._all_noted = made == data
        drawn.proven.update(changed)
        return data

    def _draw(self, shown: Shown) -> bytes:
        return draw_workbook(self.rubric, shown, {})

    def _given(self, answers: Answers) -> dict[str, Value]:
        """What stands in the cells that the registry fills, by their names."""
        typed = {each.id: as_typed(each, answers.values.get(each.id)) for each in self._fields}
        return {_CODE: answers.unit_code} | typed

    def _assessment(self, answers: Answers) -> Assessment:
        """What is expected of the answers; of units whose own answers give the same, one value."""
        full = {**self._unanswered, **answers.values}
        facts = Facts(self.rubric.form, replace(answers, values=full))
        gives = tuple(_gives(each, facts) for each in self._judging)
        if gives not in self._assessments:
            self._assessments[gives] = expected(self.rubric, answers)
        return self._assessments[gives]

    @cached_property
    def _unanswered(self) -> Mapping[str, Value]:
        return unanswered(self.rubric.form)

    @cached_property
    def _fields(self) -> tuple[Field, ...]:
        """The fields that the registry fills."""
        return tuple(each for each in self.rubric.form.fields if each.registry)

    @cached_property
    def _judging(self) -> tuple[Condition | Quantity, ...]:
        """What such a field decides of all that a workbook shows of scores and derived values."""
        own = {each.id for each in self._fields}
        return tuple(
            each for each in self.rubric.shown if not own.isdisjoint(map(str, each.references()))
        )

    @cached_property
    def _cells(self) -> dict[str, Cell]:
        """The cells that the registry fills, by their names."""
        names = lay_out_for(self.rubric.form, blank(self.rubric.form).answers).names
        return {
            name: (names[name].sheet, cell_name(names[name].first_row, names[name].first_column))
            for name in (_CODE, *(each.id for each in self._fields))
        }


def _gives(judging: Condition | Quantity, facts: Facts) -> Hashable:
    """All that is shown of a condition or derived value."""
    if isinstance(judging, Quantity):
        return judging.measure(facts)
    outcome = judging.evaluate(facts)
    return outcome, () if outcome.holds else judging.shortfall(facts)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A workbook that was drawn for a unit, and what in it follows from the unit.

    ``cells`` are those that the registry fills, by their names; ``lines`` those of the rows of the
    ``fields`` among them. ``proven`` are the inputs that were changed once, and gave what was
    drawn.
    """

    pattern: Pattern
    cells: Mapping[str, Cell]
    given: Mapping[str, Value]
    noted: Noted
    fields: tuple[Field, ...]
    lines: tuple[int, ...]
    fits: tuple[Fit, ...]
    proven: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        data: bytes,
        cells: Mapping[str, Cell],
        given: Mapping[str, Value],
        noted: Noted,
        fields: tuple[Field, ...],
    ) -> _Drawn | None:
        """What was drawn, with the note of it; None where others cannot be made out of it."""
        pattern = Pattern.of(data, _values(cells, given, noted, noted))
        if pattern is None:
            return None
        fits: list[Fit] = []
        for each in noted.fits:
            if each not in fits:
                fits.append(each)
        return cls(pattern, cells, given, noted, fields, _lines(fields, noted), tuple(fits))

    def filled(self, given: Mapping[str, Value], shown: Shown) -> bytes | None:
        """The workbook for another unit; None where more of it differs than values."""
        if (
            shown.assessment != self.noted.assessment
            or [*map(_blank, given.values())] != [*map(_blank, self.given.values())]
            or _lines(self.fields, shown) != self.lines
            or not all(fit.holds(shown) for fit in self.fits)
        ):
            return None
        return self.pattern.filled(_values(self.cells, given, self.noted, shown))


def _lines(fields: tuple[Field, ...], shown: Shown) -> tuple[int, ...]:
    return tuple(field_lines(each, shown.answers.values.get(each.id)) for each in fields)


def _blank(value: Value) -> Value:
    """What tells how a cell is blank; True where it is not."""
    return value if value is None or value == "" else True


def _values(
    cells: Mapping[str, Cell], given: Mapping[str, Value], noted: Noted, shown: Shown
) -> dict[Cell, str | int]:
    """The values of all cells that are not blank and that follow from the unit."""
    typed = {cells[name]: value for name, value in given.items() if isinstance(value, str | int)}
    live = {
        (sheet, cell_name(row, column)): show_line(pieces, shown)
        for (sheet, row, column), pieces in noted.cells.items()
    }
    return {cell: value for cell, value in (typed | live).items() if value != ""}
