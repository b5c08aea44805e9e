"""A round on a console: its progress, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from moral_xlsx.commands.console.printing import show_box, show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.findings import Language
from moral_xlsx.model.round import RoundResult, UnitResult
from moral_xlsx.round.faults import FAULTS
from moral_xlsx.round.outbox import DESK
from moral_xlsx.wording import CONFLICT, FAILED, REVIEWED_MARK, SILENT, VERDICTS


class _Rate(ProgressColumn):
    """How many files a minute."""

    def __init__(self, lang: Language) -> None:
        super().__init__()
        self._say = Words(lang)

    def render(self, task: Task) -> Text:
        """Of the last half minute, as far as it is known."""
        speed = task.finished_speed or task.speed
        minute = "–" if speed is None else f"{60 * speed:.0f}"
        return Text(self._say(f"{minute} ไฟล์/นาที", f"{minute} files/min"))


@contextmanager
def progress(total: int, lang: Language) -> Iterator[Callable[[], None]]:
    """A bar on a terminal with rate and time left, nothing elsewhere; what it gives is called for
    each file."""
    console = Console(stderr=True)
    shown = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(lang)
    columns = (*shown, TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
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
    for record in result.files:
        if record.state == "rejected":
            by = say(f" จาก {record.sender}", f" from {record.sender}") if record.sender else ""
            show_lines((f"{rejected}: {record.name}{by} – {message(record.findings[0], lang)}",))
    failed = [record.name for record in result.files if record.state == "failed"]
    if failed:
        show_lines((f"{say.of(FAILED)}: {', '.join(failed)} – {_failed(folder, say)}",))
    units = [unit.assessment for form in result.forms for unit in form.units]
    if any(judged and judged.reviewed for judged in units):
        words = say("มีคะแนนที่ผู้ตรวจให้", "with reviewed scores")
        show_lines((f"{REVIEWED_MARK} {words}",))
    if result.decisions:
        taken = say.number(result.decisions)
        show_lines((say(f"รับคำตัดสินจากโต๊ะงาน {taken} เรื่อง", f"Decisions taken in: {taken}"),))
    if result.waiting:
        waiting = say.number(result.waiting)
        desk = folder / DESK
        show_lines(
            (
                say(
                    f"รอคนตัดสิน {waiting} เรื่อง ใน {desk}",
                    f"Waiting for people: {waiting}, in {desk}",
                ),
            )
        )
    show_lines((f"{say('ผลอยู่ที่', 'Results in')} {folder}",))


def _failed(folder: Path, say: Words) -> str:
    """What a clerk does about files on which the program failed."""
    return say(
        "ไม่ใช่ความผิดของผู้ส่ง ไม่มีจดหมายถึงใคร ดูสาเหตุใน summary.xlsx "
        f"ถ้ามี {folder / FAULTS} ให้ส่งแก่ผู้ดูแลโปรแกรม",
        "no sender is to blame and none was written to; see summary.xlsx, "
        f"and send {folder / FAULTS}, if it is there, to the maintainers",
    )


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
        f"{judged.total}{REVIEWED_MARK if judged.reviewed else ''}" if judged.criteria else "",
        say.of(judged.level_name),
        str(severities.count("error") or ""),
        str(severities.count("warning") or ""),
    )
