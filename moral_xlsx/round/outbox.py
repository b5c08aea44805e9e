"""The folder of a round's outputs: nothing half-written, nothing of the clerk's lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from moral_xlsx.model.errors import MoralXlsxError

RUN_FILE = "run.json"
# Beside the folders of the rounds.
LEDGER = "ledger.sqlite"
KEPT = "kept"
_PARTIAL = ".partial"
# What a run has put in place so far; only a run that was killed leaves one behind.
_JOURNAL = ".journal"
_JOURNALED = re.compile(r"^([0-9a-f]{64}) ([^\x00\n]+)$", re.MULTILINE)
_LEGAL_OUTPUT = re.compile(r"(?!run\.json$)[^\x00]+\.\w+")
_ILLEGAL = re.compile(r"[^0-9A-Za-zก-๙._-]+")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class OutputInUseError(MoralXlsxError):
    """An output cannot be replaced, most likely because it is open in another program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            (
                f"เขียนทับ {path} ไม่ได้ ปิดไฟล์นี้ในโปรแกรมอื่นแล้วสั่งใหม่",
                f"Cannot replace {path}; close it in other programs and run again.",
            )
        )
        self.path = path


class AlreadyRunningError(MoralXlsxError):
    """Another run works on the same outputs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            (
                f"มีการตรวจรอบหนึ่งใน {folder} อยู่แล้ว รอให้เสร็จแล้วสั่งใหม่",
                f"A round is being run in {folder} already; wait until it ends.",
            )
        )


@dataclass(slots=True)
class Outbox:
    """Stages files while a round runs and puts them in place at its end.

    A file that somebody changed since the last run is moved to ``kept/`` before it is
    replaced or removed.
    """

    folder: Path
    written: dict[str, str] = field(default_factory=dict)
    _before: dict[str, set[str]] = field(default_factory=dict)

    def stage(self, name: str, data: bytes) -> None:
        """Sets data aside under a name of our own; not yet an output."""
        with self.staged(name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def staged(self, name: str) -> Path:
        """Where staged data of that name stand."""
        return self.folder / _PARTIAL / name

    def put(self, relative: str, data: bytes) -> None:
        """Writes an output, whole or not at all. ``relative`` uses forward slashes."""
        self.stage("next", data)
        self.place(relative, self.staged("next"))

    def place(self, relative: str, staged: Path) -> None:
        """Moves a staged file into place as an output."""
        target = self.folder / relative
        digest = _digest(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._keep_changed(relative, digest)
        with (self.folder / _JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(f"\n{digest} {relative}")
        try:
            staged.replace(target)
        except PermissionError as error:
            raise OutputInUseError(target) from error
        self.written[relative] = digest

    def copy(self, relative: str, source: Path, sha256: str) -> bool:
        """Copies a file as an output, unless it is gone or no longer the file of that hash."""
        staged = self.staged("next")
        try:
            shutil.copyfile(source, staged)
        except OSError:
            return False
        if _digest(staged) != sha256:
            return False
        self.place(relative, staged)
        return True

    def finish(self, run: dict[str, object]) -> None:
        """Removes what an earlier run of the round left, and writes ``run.json`` last."""
        for relative in sorted(self._before.keys() - self.written.keys()):
            self._keep_changed(relative, "")
            (self.folder / relative).unlink(missing_ok=True)
        outputs = [{"file": name, "sha256": self.written[name]} for name in sorted(self.written)]
        text = json.dumps({**run, "outputs": outputs}, ensure_ascii=False, indent=1)
        self.put(RUN_FILE, text.encode() + b"\n")
        (self.folder / _JOURNAL).unlink()

    def _keep_changed(self, relative: str, digest: str) -> None:
        target = self.folder / relative
        if relative == RUN_FILE or not target.is_file():
            return
        current = _digest(target)
        if current in {digest, self.written.get(relative), *self._before.get(relative, ())}:
            return
        kept = self.folder / KEPT / f"{target.stem}-{current[:8]}{target.suffix}"
        kept.parent.mkdir(exist_ok=True)
        try:
            target.replace(kept)
        except PermissionError as error:
            raise OutputInUseError(target) from error


@contextmanager
def open_outbox(folder: Path) -> Iterator[Outbox]:
    """The outbox of a round's folder, locked against a second run of the same round.

    Raises AlreadyRunningError when another process holds it, OutputInUseError when files
    of the folder cannot be replaced. What a killed run had staged is dropped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / _PARTIAL
    with locked(folder / ".lock"):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(exist_ok=True)
        try:
            yield Outbox(folder, {}, _recorded(folder))
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock that the system drops when the process dies.

    Raises AlreadyRunningError when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError(path.parent) from error
        yield


def legal_name(*parts: str) -> str:
    """A file name without suffix that every system accepts, made of our own codes.

    Parts that had to be altered are told apart by a piece of their hash.
    """
    named = []
    for part in parts:
        legal = _ILLEGAL.sub("_", part).strip("._")[:40]
        if legal != part:
            legal = f"{legal}-{hashlib.sha256(part.encode()).hexdigest()[:6]}".lstrip("-")
        named.append(legal)
    name = "_".join(named)
    return f"_{name}" if _WINDOWS_DEVICES.fullmatch(name) else name


def _recorded(folder: Path) -> dict[str, set[str]]:
    """What earlier runs of the round put in place, by path: the last complete one and,
    where it was killed, the one after it, which may not have come to replace the file."""
    placed: dict[str, set[str]] = {}
    try:
        run = json.loads((folder / RUN_FILE).read_text("utf-8"))
        placed = {str(entry["file"]): {str(entry["sha256"])} for entry in run["outputs"]}
    except (OSError, ValueError, KeyError, TypeError):
        placed = {}
    try:
        journal = (folder / _JOURNAL).read_text("utf-8", errors="replace")
        for digest, name in _JOURNALED.findall(journal):
            placed.setdefault(name, set()).add(digest)
    except OSError:
        pass  # there is none: the last run ended as it should
    inside = folder.resolve()
    return {
        name: digests
        for name, digests in placed.items()
        if _LEGAL_OUTPUT.fullmatch(name) and (folder / name).resolve().is_relative_to(inside)
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
