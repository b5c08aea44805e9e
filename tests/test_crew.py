"""What belongs to one file each is made by several processes as by one, whatever befalls them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.round import crew as crew_module
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.rules.definition.load import SHIPPED

MANY = crew_module._FEW * 2


@dataclass(frozen=True, slots=True)
class Noting:
    """Leaves its number in the folder; gives it with the process that did."""

    number: int

    def make(self, at: Workplace) -> tuple[int, int]:
        (at.folder / f"{self.number}").write_text(at.round, "utf-8")
        return self.number, os.getpid()


@dataclass(frozen=True, slots=True)
class Dying:
    """Ends the process that makes it, but not the one that began it all."""

    number: int
    parent: int

    def make(self, at: Workplace) -> int:
        if self.number == MANY // 2 and os.getpid() != self.parent:
            os._exit(9)
        return self.number


@dataclass(frozen=True, slots=True)
class Failing:
    number: int

    def make(self, at: Workplace) -> int:
        if self.number == MANY // 2:
            raise ValueError("a fault of ours")
        return self.number


def place(folder: Path) -> Workplace:
    return Workplace(folder, "2569-05", SHIPPED, Letters())


@pytest.mark.slow
def test_many_tasks_are_made_by_several_processes_in_order(tmp_path: Path) -> None:
    with Crew(place(tmp_path), 2) as crew:
        made = list(crew.each([Noting(number) for number in range(MANY)]))
        few = list(crew.each([Noting(number) for number in range(3)], at_once=1))
    assert [number for number, _ in made] == list(range(MANY))
    assert os.getpid() not in {process for _, process in (*made, *few)}
    assert {each.read_text("utf-8") for each in tmp_path.iterdir()} == {"2569-05"}


@pytest.mark.parametrize(("jobs", "count"), [(1, MANY), (2, crew_module._FEW - 1)])
def test_few_tasks_or_one_job_need_no_other_process(jobs: int, count: int, tmp_path: Path) -> None:
    with Crew(place(tmp_path), jobs) as crew:
        made = list(crew.each([Noting(number) for number in range(count)]))
    assert made == [(number, os.getpid()) for number in range(count)]


@pytest.mark.slow
def test_what_a_process_that_dies_was_to_make_is_made_all_the_same(tmp_path: Path) -> None:
    with Crew(place(tmp_path), 2) as crew:
        made = list(crew.each([Dying(number, os.getpid()) for number in range(MANY)]))
    assert made == list(range(MANY))


@pytest.mark.slow
def test_a_fault_ends_the_round(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a fault of ours"), Crew(place(tmp_path), 2) as crew:
        list(crew.each([Failing(number) for number in range(MANY)]))
