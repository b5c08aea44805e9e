"""What a machine lacks, on a console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from moral_xlsx.commands.console.printing import show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.findings import Language

_STATES: Mapping[Literal["good", "warning", "bad"], Bilingual] = {
    "good": ("พร้อม", "good"),
    "warning": ("ควรแก้", "warning"),
    "bad": ("ต้องแก้", "to mend"),
}


def show_look(
    state: Literal["good", "warning", "bad"],
    name: Bilingual,
    said: Bilingual,
    remedy: Bilingual,
    language: Language,
) -> None:
    """Prints one thing that was looked at, with what to do about it."""
    say = Words(language)
    lines = [f"{say.of(_STATES[state])} · {say.of(name)}: {say.of(said)}"]
    if remedy[0]:
        lines.append(f"    → {say.of(remedy)}")
    show_lines(lines)
