"""Which day a date means: the window that a date belongs to, in Python and in a workbook.

A year outside it whose last two digits, as the program stores it or as the cell shows it in
the Buddhist era, are those of a Buddhist or a Christian year of the window means that year:
spreadsheet programs turn ``27/5/69`` into 1969 and ``27/5/26`` into 2526, and 2569 is no year
of theirs. Any other date outside the window means none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from moral_xlsx.model.question import Question
from moral_xlsx.thai import BUDDHIST_OFFSET, FIRST_BUDDHIST_YEAR, SERIAL_ORIGIN, gregorian_year

_LAST_DAY = date(9999, 12, 31)
# Between these, a year written out in either era is unambiguous.
_UNBOUNDED = date(1900, 3, 1), date(2399, 12, 31)
# Longer, and two digits would stand for two of its years: the readings lie 14, 43 and 57 apart.
LONGEST_YEARS = 12
# What spreadsheet programs make of a year typed with two digits, or in the other era: so many
# years beside the one that is meant.
_SHIFTS = (-100, -57, -43, 43, 100, 443, 500, 543, 600)


@dataclass(frozen=True, slots=True)
class Window:
    """The days between which a date has to lie, both ends included."""

    earliest: date
    latest: date

    @classmethod
    def of(cls, asked: Question) -> Window:
        """The window of a date that is asked for."""
        earliest, latest = _UNBOUNDED
        return cls(asked.earliest or earliest, asked.latest or latest)

    @property
    def bounded(self) -> bool:
        """Whether the window is short enough to tell a year by its last two digits."""
        return self.latest.year - self.earliest.year <= LONGEST_YEARS

    @property
    def example(self) -> str:
        """A day of the window as people are asked to type it."""
        return f"27/5/{self.latest.year - 1 + BUDDHIST_OFFSET}"

    def __contains__(self, day: date) -> bool:
        return self.earliest <= day <= self.latest

    def meant(self, year: int, month: int, day: int) -> date | None:
        """The day of the window that is meant by a date with this year, as it was typed."""
        meant = self._year(year) if self.bounded else gregorian_year(year)
        try:
            found = date(meant or 0, month, day)
        except ValueError:
            return None
        return found if found in self else None

    def _year(self, typed: int) -> int:
        # Of the readings, at most one is a year of the window; it is the nearest to its start.
        return self.earliest.year + min((typed - start) % 100 for start in self._starts())

    def _starts(self) -> tuple[int, int, int]:
        """The window's first year, in the eras by which a stored year may have to be read."""
        first = self.earliest.year
        return first, first + BUDDHIST_OFFSET, first - BUDDHIST_OFFSET

    def excel_year(self, cell: str) -> str:
        """The year that a date cell means, as an Excel expression."""
        if not self.bounded:
            return f"(YEAR({cell})-{BUDDHIST_OFFSET}*(YEAR({cell})>={FIRST_BUDDHIST_YEAR}))"
        after = ",".join(f"MOD(YEAR({cell})-{start},100)" for start in self._starts())
        return f"({self.earliest.year}+MIN({after}))"

    def excel_day(self, cell: str) -> str:
        """The day that a date cell means, as an Excel expression; it may lie outside."""
        return f"DATE({self.excel_year(cell)},MONTH({cell}),DAY({cell}))"

    def excel_permits(self, cell: str) -> str:
        """TRUE where a number in a cell means a day of the window, as an Excel expression.

        Short enough for a data validation, whose formula holds 255 characters.
        """
        first, last = (_serial(day) for day in (self.earliest, self.latest))
        # One use of the day, which is long: how far it lies from the middle, doubled.
        near = f"ABS(2*{self.excel_day(cell)}-{first + last})<={last - first}"
        return f"IF(AND({cell}>=1,{cell}<{_serial(_LAST_DAY) + 1}),{near},FALSE)"

    def excel_reread(self, cell: str) -> str:
        """TRUE where the year of a date cell is not the one that it means."""
        return f"YEAR({cell})<>{self.excel_year(cell)}"

    def excel_compared(self, cells: str, operator: str, day: str) -> str:
        """1 for each cell of a range whose day compares so with another cell's, else 0.

        An array formula: what is no date in the range does not reach the arithmetic.
        """
        within = self.excel_between(cells, None, None)
        return f"IF(ISNUMBER({cells}),{within}*({self.excel_days(cells)}{operator}{day}),0)"

    def excel_days(self, cells: str) -> str:
        """The day that each date of a range means, as an Excel expression of an array formula."""
        span = self.latest.year - self.earliest.year
        first, second, third = (f"MOD(YEAR({cells})-{start},100)" for start in self._starts())
        after = f"IF({first}<={span},{first},IF({second}<={span},{second},{third}))"
        year = f"{self.earliest.year}+{after}" if self.bounded else self.excel_year(cells)
        return f"DATE({year},MONTH({cells}),DAY({cells}))"

    def excel_between(self, cells: str, first: date | None, last: date | None) -> str:
        """1 for each cell of a range that means a day of the window from first to last, else 0.

        Comparisons only: what is no date in the range must not spread. A year is read in the
        ways in which spreadsheet programs store what people type.
        """
        low = max(self.earliest, first or self.earliest)
        high = min(self.latest, last or self.latest)
        if low > high:
            return f"({cells}<0)*({cells}>0)"
        areas = [(low, high)]
        if self.bounded:
            shifted = ((_moved(low, by), _moved(high, by)) for by in _SHIFTS)
            areas += [(a, b) for a, b in shifted if self._year(a.year) == low.year]
        else:
            areas.append((_moved(low, BUDDHIST_OFFSET), _moved(high, BUDDHIST_OFFSET)))
        parts = [f"({cells}>={_excel(a)})*({cells}<{_excel(b + timedelta(1))})" for a, b in areas]
        return f"({'+'.join(parts)})"


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _excel(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _serial(day: date) -> int:
    return (day - SERIAL_ORIGIN).days
