"""A round on a console: its progress, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from moral_xlsx.commands.console.printing import show_box, show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.findings import Language
from moral_xlsx.model.round import RoundResult, UnitResult
from moral_xlsx.wording import CONFLICT, SILENT, VERDICTS


@contextmanager
def progress(total: int, lang: Language) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing elsewhere; what it gives is called for each file."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(Words(lang)("กำลังตรวจ", "Checking"), total=total)
        yield lambda: bar.advance(task)


def show_round(result: RoundResult, folder: Path, lang: Language) -> None:
    """Prints a table for each form, the rejected files, and where the results are."""
    say = Words(lang)
    headings = (
        say("รหัส", "Code"),
        say("หน่วยงาน", "Unit"),
        say("สถานะ", "Status"),
        say("คะแนน", "Score"),
        say("ระดับ", "Level"),
        say("ต้องแก้", "Errors"),
        say("ให้ดู", "Warnings"),
    )
    for form in result.forms:
        title = f"{form.form.short_title} · {result.round}"
        show_box(title, headings, (_row(unit, say) for unit in form.units))
    rejected = say.of(VERDICTS["rejected"])
    show_lines(
        f"{rejected}: {record.name} – {message(record.findings[0], lang)}"
        for record in result.files
        if record.state == "rejected"
    )
    show_lines((f"{say('ผลอยู่ที่', 'Results in')} {folder}",))


def _row(unit: UnitResult, say: Words) -> tuple[str, ...]:
    judged = unit.assessment
    if judged is None:
        state = CONFLICT if unit.state == "conflict" else SILENT
        return unit.unit.code, unit.unit.name, say.of(state), "", "", "", ""
    severities = [found.severity for found in unit.findings]
    return (
        unit.unit.code,
        unit.unit.name,
        say.of(VERDICTS[judged.verdict]),
        str(judged.total) if judged.criteria else "",
        say.of(judged.level_name),
        str(severities.count("error") or ""),
        str(severities.count("warning") or ""),
    )
