"""Measures everything and prints one table: each figure, its target, whether it is met.

``--quick`` measures the smallest sizes, ``--whole`` the largest too. ``--write FILE`` puts the
table into a document as well, between its marks.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import ledger
import rerun
import scale
import soundness
import start
import submission
import templates
from measuring import FORMS, Figure, machine, put_into, sample, table_lines


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured; the command that does so is ``name``."""

    name: str
    submissions: int
    starts: int
    rounds: tuple[int, ...]
    repetitions: int
    again: int
    units: int
    ledger: int
    months: int
    cases: soundness.Cases | None


QUICK = Extent("make bench-quick", 3, 2, (20,), 1, 20, 2, 100, 3, None)
USUAL = Extent("make bench", 11, 11, (100, 1_000), 3, 1_000, 100, 2_000, 12, soundness.USUAL)
WHOLE = replace(
    USUAL, name="make bench-whole", submissions=21, rounds=(100, 1_000, 10_000), units=1_000
)


def measure(extent: Extent) -> Iterator[Figure]:
    """Every figure, as it comes. Raises RuntimeError when something does not run as it should."""
    for form_id in FORMS:
        yield from submission.measure(sample(form_id), extent.submissions).figures()
    yield from start.measure(extent.starts).figures()
    yield from scale.measure(extent.rounds, extent.repetitions).figures()
    yield from rerun.measure(extent.again).figures()
    yield from templates.measure(extent.units).figures()
    yield from ledger.measure(extent.ledger, extent.months).figures()
    if extent.cases is not None:
        yield from soundness.measure(extent.cases)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    extents = options.add_mutually_exclusive_group()
    for name, extent in (("--quick", QUICK), ("--whole", WHOLE)):
        extents.add_argument(name, dest="extent", action="store_const", const=extent)
    options.add_argument("--write", type=Path, metavar="FILE")
    options.set_defaults(extent=USUAL)
    given = options.parse_args()
    lines = [f"`{given.extent.name}`: {machine()}", ""]
    print("\n".join(lines), flush=True)
    for line in table_lines(measure(given.extent)):
        lines.append(line)
        print(line, flush=True)
    if given.write is not None:
        document = given.write.read_text("utf-8")
        given.write.write_text(put_into(document, "measured", "\n".join(lines)), "utf-8")


if __name__ == "__main__":
    main()
