"""What people decided, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from moral_xlsx.commands.console.printing import show_columns, show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.findings import Language
from moral_xlsx.rules.rulings import in_words
from moral_xlsx.wording import subject_in_words


def show_decisions(decisions: Sequence[Decision], language: Language) -> None:
    """Prints decisions in the order in which they were taken; a withdrawal says so."""
    say = Words(language)
    if not decisions:
        show_lines([say("ยังไม่มีคำตัดสิน", "No decision yet.")])
        return
    heads = (
        ("รอบ", "Round"),
        ("เรื่อง", "On"),
        ("ตัดสิน", "Decision"),
        ("เหตุผล", "Reason"),
        ("ผู้ตัดสิน", "Reviewer"),
    )
    rows = [
        (
            each.round,
            say.of(subject_in_words(each.subject)),
            in_words(each) if each.value else say("ถอนคำตัดสิน", "withdrawn"),
            each.reason,
            each.reviewer,
        )
        for each in decisions
    ]
    show_columns([[say.of(head) for head in heads], *rows])
