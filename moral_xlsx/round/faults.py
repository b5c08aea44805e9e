"""Faults of the program's own: told to the clerk, and never taken for a file's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from moral_xlsx import __version__
from moral_xlsx.model.errors import ProgramFaultError
from moral_xlsx.round.stages import ReceivedFile

FAULTS = "faults.txt"
# So many files with one fault stop a round; fewer do when it met every file that was judged.
_SEVERAL, _ALL = 3, 2


def stop_for_faults(files: Sequence[ReceivedFile]) -> None:
    """Raises ProgramFaultError when the same fault met several files: more would follow."""
    faults = Counter(_alike(file) for file in files if file.taken.fault)
    judged = sum(1 for file in files if file.taken.assessment is not None or file.taken.fault)
    for fault, times in faults.most_common(1):
        if times >= _SEVERAL or (times >= _ALL and times == judged):
            met = [file for file in files if _alike(file) == fault]
            names = ", ".join(file.name for file in met[:_SEVERAL])
            said = (
                f"โปรแกรมขัดข้องแบบเดียวกันกับ {times} ไฟล์ ({names}) จึงหยุดก่อนเขียนสมุดทะเบียนและผลใด ๆ "
                "ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง ผลของรอบที่เคยตรวจไว้ยังอยู่เหมือนเดิม",
                f"The program failed alike on {times} files ({names}), so the round was stopped "
                "before anything was written; no file and no sender is to blame.",
            )
            raise ProgramFaultError(said, met[0].taken.fault)


def _alike(file: ReceivedFile) -> str:
    """What two equal faults have in common: where the program stood, not what it had in hand."""
    lines = file.taken.fault.splitlines()
    return (
        "\n".join(line for line in lines if line.startswith("  File "))
        + "".join(lines[-1:]).partition(":")[0]
    )


def faults_text(files: Iterable[ReceivedFile]) -> bytes:
    """What maintainers need to know of the faults of a round; empty when there was none."""
    failed = [file for file in files if file.taken.fault]
    told = [f"{file.name}\n{file.taken.sha256}\n{file.taken.fault}" for file in failed]
    text = "\n\n".join((f"moral-xlsx {__version__}", *told))
    return text.encode("utf-8-sig") if failed else b""
