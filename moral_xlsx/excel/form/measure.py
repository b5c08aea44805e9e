"""How much room words take in cells, in points and lines."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil

HIGHEST_ROW = 409.0  # points: the highest row that Excel and LibreOffice have
# What a page of landscape A4 holds of rows, in points, when the sheet fits its width; measured with
# LibreOffice, where 600 was too much for one form of ten.
PAGE_ROWS = 560.0


def line_height(size: int, lines: int = 1) -> float:
    """The height in points that Thai letters with two marks above need, in a row that may be."""
    return min(HIGHEST_ROW, ceil(size * 1.4 * lines) + 2)


def most_lines(size: int) -> int:
    """The lines that the highest row holds."""
    return int((HIGHEST_ROW - 2) / (size * 1.4))


@lru_cache(maxsize=1 << 14)
def lines_needed(text: str, width: float, size: int) -> int:
    """How many lines a text takes in a column ``width`` characters wide."""
    letters = _letters(width, size)
    return sum(max(1, ceil(visible(line) / letters)) for line in text.split("\n"))


def shortened(text: str, width: float, size: int, lines: int) -> str:
    """A text as it fits so many lines; dots tell that more was said."""
    if lines_needed(text, width, size) <= lines:
        return text
    letters = per_line(width, size) * lines - 1
    while lines_needed(f"{text[:letters]}…", width, size) > lines:
        letters -= 1
    return f"{text[:letters].rstrip()}…"


def per_line(width: float, size: int) -> int:
    """How many letters a line holds in a column ``width`` characters wide."""
    return int(_letters(width, size))


def _letters(width: float, size: int) -> float:
    return max(1.0, (width - 1) * 5.25 / (size * 0.38))


def visible(text: str) -> int:
    """How many letters of a text take room: marks above and below do not."""
    return sum(unicodedata.category(letter) not in ("Mn", "Cf") for letter in text)
