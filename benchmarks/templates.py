"""Times ``moral-xlsx template --units`` over all shipped forms: ``templates.py [UNITS]``.

With fewer than a thousand units the rest is reckoned: two runs, one of half the units, tell what
a unit more costs.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measuring import Figure, command, machine, milliseconds, process, table

from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids

UNITS = 20
_WANTED, _FORMS = 1_000, 10
_MOST = 60
_LEAST = 100  # what the forms themselves cost outweighs fewer


@dataclass(frozen=True, slots=True)
class Drawn:
    """Seconds in which the blank forms of ``units`` units and of half of them were made."""

    units: int
    forms: int
    whole: float
    half: float

    @property
    def wanted(self) -> float:
        """Seconds for a thousand units and ten forms each."""
        each = (self.whole - self.half) / (self.units - self.units // 2)
        return (self.whole + each * (_WANTED - self.units)) * _FORMS / self.forms

    def figures(self) -> tuple[Figure, ...]:
        """What was made, and what a thousand units take, of which too few tell nothing."""
        made = tuple(
            Figure(f"blank forms, {units} units × {self.forms}", seconds, "s")
            for units, seconds in ((self.units // 2, self.half), (self.units, self.whole))
        )
        if self.units < _LEAST:
            return made
        how = "" if self.units == _WANTED else f", reckoned from {self.units}"
        what = f"blank forms, {_WANTED:,} units × {_FORMS}{how}"
        return (*made, Figure(what, self.wanted, "s", most=_MOST))


def measure(units: int = UNITS) -> Drawn:
    """Makes the blank forms of so many units, and of half of them.

    Raises RuntimeError when the command fails or makes fewer workbooks than it should.
    """
    return Drawn(units, len(form_ids()), _drawn(units), _drawn(units // 2))


def _drawn(units: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry, output = folder / "units.xlsx", folder / "forms"
        registry.write_bytes(write_registry([_unit(at) for at in range(units)], form_ids()))
        options: tuple[str | Path, ...] = ("--units", registry, "--output", output)
        took = milliseconds(lambda: process((command(), "template", *form_ids(), *options)))
        made = sum(path.name.startswith("U") for path in output.iterdir()) if units else 0
        if made != units * len(form_ids()):
            raise RuntimeError(f"{made} workbooks")
    return took / 1000


def _unit(number: int) -> Unit:
    code = f"U{number:05}"
    return Unit(code, f"สำนักงานตัวอย่างที่ {number}", headcount=20 + number % 50)


def main(units: int) -> None:
    print(f"{machine()}\n")
    print(table(measure(units).figures()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)
