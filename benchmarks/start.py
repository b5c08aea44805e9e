"""Times the start of the command: ``start.py [TIMES]``.

``moral-xlsx --help`` against a process that only imports click, and ``moral-xlsx check`` of one
file from the start of the process to its end; all in turns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from measuring import MOI, PLAN, Figure, command, machine, medians, process, sample, table

TIMES = 11
_HELP, _CHECK = 1.5, 0.7


@dataclass(frozen=True, slots=True)
class Started:
    """Median milliseconds of whole processes; ``plan`` is a check of the largest form."""

    help: float
    click: float
    check: float
    plan: float

    def figures(self) -> tuple[Figure, ...]:
        return (
            Figure("--help / a process that imports click", self.help / self.click, most=_HELP),
            Figure(f"check of one file, {MOI}", self.check / 1000, "s", most=_CHECK),
            Figure(f"check of one file, {PLAN}", self.plan / 1000, "s", most=_CHECK),
        )

    def parts(self) -> tuple[Figure, ...]:
        return (
            Figure("moral-xlsx --help", self.help, "ms"),
            Figure('python -c "import click"', self.click, "ms"),
        )


def measure(times: int = TIMES) -> Started:
    """Every process so many times. Raises RuntimeError when one fails."""
    program = command()

    def checked(form_id: str) -> Callable[[], None]:
        return lambda: process((program, "check", sample(form_id)))

    took = medians(
        {
            "help": lambda: process((program, "--help")),
            "click": lambda: process((sys.executable, "-c", "import click")),
            "check": checked(MOI),
            "plan": checked(PLAN),
        },
        times,
    )
    return Started(took["help"], took["click"], took["check"], took["plan"])


def main(times: int) -> None:
    print(f"{machine()}; medians of {times} processes\n")
    started = measure(times)
    print(table((*started.figures(), *started.parts())))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
