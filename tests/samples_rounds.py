"""The samples' two months, played once for all tests that only look at them."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.model.round import RoundResult
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import SHIPPED

SAMPLES = Path(__file__).parent.parent / "samples"
UNITS = read_registry((SAMPLES / "units.xlsx").read_bytes(), "units.xlsx", SHIPPED).units
LAST = "2569-05"
_MONTHS = {"earlier": "2569-04", "inbox": LAST}
_LONGEST = 900  # seconds that another process may take

Made = TypeVar("Made")


@dataclass(frozen=True)
class Samples:
    """Both months by the names of their inboxes, and the folder with their outputs.

    Nobody writes there.
    """

    output: Path
    months: Mapping[str, RoundResult]

    @property
    def last(self) -> Path:
        """The folder of the last month."""
        return self.output / LAST


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What ``make`` makes in a folder of that name; of several testing processes the first does,
    and the others read it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, result = shared / name, shared / f"{name}.pickle"
    try:
        folder.mkdir()
    except FileExistsError:
        _wait_for(result)
    else:
        partial = result.with_suffix(".partial")
        try:
            partial.write_bytes(pickle.dumps(make(folder)))
        except BaseException:
            _failed(result).touch()
            raise
        partial.replace(result)
    made: Made = pickle.loads(result.read_bytes())
    return made


def played(output: Path) -> Samples:
    """The months as ``make run`` plays them."""
    return Samples(
        output,
        {
            inbox: run_round(list_inbox(SAMPLES / inbox, output), output, name, Office(UNITS), 2)
            for inbox, name in _MONTHS.items()
        },
    )


def _failed(result: Path) -> Path:
    return result.with_suffix(".failed")


def _wait_for(path: Path) -> None:
    end = time.monotonic() + _LONGEST
    while not path.exists():
        assert not _failed(path).exists(), "another process failed to make it, and tells why"
        assert time.monotonic() < end, "the process that makes it has not ended"
        time.sleep(0.2)
