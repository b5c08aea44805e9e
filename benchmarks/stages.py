"""Where each stage of a submission's journey begins and ends: the rooms, watched from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

from moral_xlsx.submission import issuing, journey

# The room that a function works in, and the module and name by which a submission calls it.
STAGES: tuple[tuple[str, ModuleType, str], ...] = (
    ("excel/read: guard", journey, "inspect"),
    ("excel/write: marks taken out", journey, "unmark"),
    ("excel/read: values", journey, "open_workbook"),
    ("excel/read: answers", journey, "read"),
    ("rules/understand", journey, "normalise"),
    ("rules/printed", journey, "answers_in_words"),
    ("rules/judge", journey, "assess"),
    ("rules/judge", journey, "check_live"),
    ("rules/judge", journey, "gathered"),
    ("rules/compilation", journey, "contributions"),
    ("submission/evidence", journey, "of_workbook"),
    ("excel/write: result", issuing, "review_cells"),
    ("excel/write: result", issuing, "review_places"),
    ("excel/write: result", issuing, "write_cells"),
    ("word/report", issuing, "report"),
    ("word/papers", issuing, "papers"),
)
REST = "submission/journey"


@contextmanager
def watched(enter: Callable[[str], None], leave: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, every stage calls ``enter`` and ``leave`` with its room.

    Raises AttributeError when a submission no longer calls a stage by its name.
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
        for room, module, name in STAGES:
            function = telling(room, getattr(module, name))
            stack.enter_context(patch.object(module, name, function))
        yield
