"""Where each stage of a submission's journey begins and ends: the rooms, watched from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from moral_xlsx.submission import journey

# The room that a function works in, and the name by which the journey calls it.
STAGES: tuple[tuple[str, str], ...] = (
    ("excel/read: guard", "inspect"),
    ("excel/write: marks taken out", "unmark"),
    ("excel/read: values", "open_workbook"),
    ("excel/read: answers", "read"),
    ("rules/understand", "normalise"),
    ("rules/printed", "answers_in_words"),
    ("rules/judge", "assess"),
    ("rules/judge", "check_live"),
    ("rules/judge", "gathered"),
    ("rules/compilation", "contributions"),
    ("submission/evidence", "of_workbook"),
    ("excel/write: result", "review_cells"),
    ("excel/write: result", "review_places"),
    ("excel/write: result", "write_cells"),
    ("word/report", "report"),
    ("word/papers", "papers"),
)
REST = "submission/journey"


@contextmanager
def watched(enter: Callable[[str], None], leave: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, every stage calls ``enter`` and ``leave`` with its room.

    Raises AttributeError when the journey no longer calls a stage by its name.
    """

    def telling(room: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            enter(room)
            try:
                return function(*args, **kwargs)
            finally:
                leave(room)

        return run

    with ExitStack() as stack:
        for room, name in STAGES:
            function = telling(room, getattr(journey, name))
            stack.enter_context(patch.object(journey, name, function))
        yield
