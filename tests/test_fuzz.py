"""Mutated workbooks and mail are judged or refused; ``make reliability`` tries 10,000."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import tried

from moral_xlsx.submission.journey import Journey

# Many examples are tried.
pytestmark = pytest.mark.slow

MUTATIONS, BATCHES = 500, 10


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_mutation_never_trips_the_program(batch: int, tmp_path: Path) -> None:
    journey = Journey()
    for number in range(batch, MUTATIONS, BATCHES):
        tried(number, journey, tmp_path)
