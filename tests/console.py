"""What is printed for people, as a text: as it goes into a file, where lines are not wrapped."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout


def printed(show: Callable[..., None], *arguments: object) -> str:
    """All that a function of the console room prints."""
    with redirect_stdout(io.StringIO()) as out:
        show(*arguments)
    return out.getvalue()
