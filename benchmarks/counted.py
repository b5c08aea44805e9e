"""What valgrind runs: ``counted.py FORM...``. The reference and samples, marked stage by stage.

A mark is a call of ``getpriority``, which nothing else calls: valgrind, told to note its counters
whenever that function is entered, so counts every stage apart. Prints, as JSON, what ended at each
mark: of which form, or the reference, and in which room.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from functools import partial

from measuring import ROUND, sample
from reference import work
from stages import REST, watched

from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

MARK = "getpriority"
REFERENCE, BETWEEN = "reference", "between"
RUNS = 2
_WARM_UPS = 2

# What ended at a mark: of which form, or the reference, and in which room.
Ended = tuple[str, str]


def count(forms: Sequence[str]) -> list[Ended]:
    """Runs everything that is to be counted, so many times."""
    ended: list[Ended] = []

    def mark(what: str, room: str) -> None:
        os.getpriority(os.PRIO_PROCESS, 0)
        ended.append((what, room))

    for _ in range(RUNS):
        mark(REFERENCE, BETWEEN)
        work()
        mark(REFERENCE, REFERENCE)
    for form_id in forms:
        data, journey = sample(form_id).read_bytes(), Journey()
        for _ in range(_WARM_UPS):
            issue(journey.judge(data), ROUND)
        # What ends where a stage begins is the journey's own work.
        enter, leave = (lambda _, form=form_id: mark(form, REST)), partial(mark, form_id)
        for _ in range(RUNS):
            gc.collect()
            with watched(enter, leave):
                mark(form_id, BETWEEN)
                issue(journey.judge(data), ROUND)
                mark(form_id, REST)
    return ended


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1:])))
