"""The folder of a round's outputs: nothing half-written, nothing of the clerk's lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from moral_xlsx.model.errors import MoralXlsxError

RUN_FILE = "run.json"
DESK = "desk.xlsx"
RECORDS = "records"
# The folders of letters.
LETTERS = ("replies", "reminders")
# Below it lie those that are held, each under its own path.
HELD = "held"
# Beside the folders of the rounds.
LEDGER = "ledger.sqlite"
KEPT = "kept"
# Where what stood in containers waits, under its hash.
PARTS = "parts"
_PARTIAL = ".partial"
# What was made of files, for the next run; it may be deleted.
REMEMBERED = ".remembered"
_FLUSHED_AT_ONCE = 16
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
    """Stages files while a round runs, and puts them in place when all of them are there.

    A file that somebody changed since the last run is copied to ``kept/`` before it is
    replaced or removed. ``last_run`` is what the ``run.json`` of the last complete run tells.
    """

    folder: Path
    _before: dict[str, set[str]] = field(default_factory=dict)
    last_run: Mapping[str, Any] = field(default_factory=dict)
    _outputs: dict[str, tuple[Path, str]] = field(default_factory=dict)
    _left: Mapping[str, set[str]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def stage(self, name: str, data: bytes) -> None:
        """Sets data aside under a name of our own; not yet an output."""
        self.staged(name).write_bytes(data)

    def staged(self, name: str) -> Path:
        """Where staged data of that name stand."""
        return self.folder / _PARTIAL / name

    def put(self, relative: str, data: bytes) -> None:
        """Sets an output aside. ``relative`` uses forward slashes."""
        name = self._next()
        self.stage(name, data)
        self.place(relative, self.staged(name))

    def place(self, relative: str, staged: Path, sha256: str = "") -> None:
        """Makes a staged file an output, of that hash where it is known."""
        self._outputs[relative] = staged, sha256 or _digest(staged)

    def copy(self, relative: str, source: Path, sha256: str) -> bool:
        """Copies a file as an output, unless it is gone or no longer the file of that hash."""
        staged = self.staged(self._next())
        try:
            shutil.copyfile(source, staged)
        except OSError:
            return False
        if _digest(staged) != sha256:
            return False
        self.place(relative, staged, sha256)
        return True

    @property
    def placed(self) -> Mapping[str, set[str]]:
        """What earlier runs of the round put in place, with its hashes, by its path."""
        return self._before

    @staticmethod
    def is_letter(relative: str) -> bool:
        """Whether an output is a letter, which belongs to whoever sends it."""
        return relative.partition("/")[0] in (*LETTERS, HELD)

    @property
    def was_killed(self) -> bool:
        """Whether the last run did not come to its end."""
        return (self.folder / _JOURNAL).exists()

    def has(self, relative: str) -> bool:
        """Whether an output of that name was set aside."""
        return relative in self._outputs

    @property
    def outputs(self) -> Mapping[str, Path]:
        """Where each output that was set aside stands, by its path."""
        return {name: staged for name, (staged, _) in self._outputs.items()}

    def _next(self) -> str:
        return f"output-{next(self._numbers)}"

    def leave(self, but: Collection[str]) -> None:
        """Leaves what earlier runs of the round put in place as it is, but for these outputs."""
        for relative in self._outputs.keys() - but:
            del self._outputs[relative]
        self._left = {name: told for name, told in self._before.items() if name not in but}

    def publish(self, run: dict[str, object]) -> None:
        """Moves every output into its place, removes what an earlier run of the round left, and
        writes ``run.json`` last.

        Raises OutputInUseError when one of them cannot be replaced.
        """
        placed = {name: digest for name, (_, digest) in self._outputs.items()}
        placed |= {name: min(told) for name, told in self._left.items()}
        listed = [{"file": name, "sha256": digest} for name, digest in sorted(placed.items())]
        flush(staged for staged, _ in self._outputs.values())
        for relative in tuple(self._outputs):
            self._publish(relative)
        for relative in sorted(self._before.keys() - placed.keys()):
            self._keep_changed(relative, "")
            (self.folder / relative).unlink(missing_ok=True)
        staged = self.staged(RUN_FILE)
        with staged.open("w", encoding="utf-8", newline="\n") as file:
            json.dump({**run, "outputs": listed}, file, ensure_ascii=False, indent=1)
            file.write("\n")
        self.place(RUN_FILE, staged)
        flush((self._outputs[RUN_FILE][0],))
        self._publish(RUN_FILE)
        (self.folder / _JOURNAL).unlink()

    def _publish(self, relative: str) -> None:
        staged, digest = self._outputs[relative]
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.is_letter(relative) and self._as_edited(relative, digest):
            staged.unlink()
            return
        self._keep_changed(relative, digest)
        self._tell(relative, digest)
        try:
            staged.replace(target)
        except PermissionError as error:
            raise OutputInUseError(target) from error

    def _as_edited(self, relative: str, digest: str) -> bool:
        """Whether a letter that says the same is there already, as somebody edited it.

        One that is held now, or was until now, is moved.
        """
        target = self.folder / relative
        if target.is_file():
            # After a run that was killed, what is still the old one is nobody's edition.
            told = self._told(relative)
            return digest in told and _digest(target) not in told - {digest}
        other = relative.removeprefix(f"{HELD}/") if is_held(relative) else f"{HELD}/{relative}"
        source = self.folder / other
        if not source.is_file() or digest not in self._told(other):
            return False
        self._tell(relative, digest)
        try:
            source.replace(target)
        except PermissionError as error:
            raise OutputInUseError(source) from error
        return True

    def _tell(self, relative: str, digest: str) -> None:
        """Writes into the journal what will be put in place."""
        with (self.folder / _JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(f"\n{digest} {relative}")

    def _told(self, relative: str) -> set[str]:
        return self._before.get(relative, set())

    def _keep_changed(self, relative: str, digest: str) -> None:
        target = self.folder / relative
        if relative == RUN_FILE or not target.is_file():
            return
        current = _digest(target)
        if current in {digest, *self._told(relative)}:
            return
        kept = self.folder / KEPT / f"{target.stem}-{current[:8]}{target.suffix}"
        kept.parent.mkdir(exist_ok=True)
        # A copy: until the new one is in its place, the old one stays in it.
        partial = self.staged(f"kept-{kept.name}")
        shutil.copyfile(target, partial)
        partial.replace(kept)


def flush(files: Iterable[Path]) -> None:
    """Waits until files that were written are on the disk, and not only on their way to it."""
    if sys.platform == "linux":
        os.sync()  # all at once takes no longer than a few
        return
    with ThreadPoolExecutor(_FLUSHED_AT_ONCE) as threads:
        deque(threads.map(_flush_one, files), maxlen=0)


def _flush_one(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def is_held(relative: str) -> bool:
    """Whether an output is a letter that is held."""
    return relative.startswith(f"{HELD}/")


@contextmanager
def open_outbox(folder: Path) -> Iterator[Outbox]:
    """The outbox of a round's folder, locked against a second run of the same round.

    Raises AlreadyRunningError when another process holds it, OutputInUseError when files
    of the folder cannot be replaced. What a killed run had staged is dropped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / _PARTIAL
    own(folder)
    with locked(folder / ".lock"):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(exist_ok=True)
        try:
            yield Outbox(folder, _recorded(folder), _last_run(folder))
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


def own(path: Path) -> None:
    """Takes a file or folder, if it is there, away from everybody but its owner."""
    if os.name == "posix" and path.exists():
        with suppress(OSError):  # it is another user's: then that user decides
            path.chmod(0o700 if path.is_dir() else 0o600)


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


def issued_record(folder: Path, unit_code: str, form: str) -> Path | None:
    """The record of a unit's form in a round's folder, as the round put it there.

    Of several files of the unit, none of which counts, the first. None when there is none, or
    when somebody changed it since.
    """
    wanted = legal_name(unit_code, form).casefold()
    for name, digests in sorted(_recorded(folder).items()):
        path = folder / name
        stem = path.stem.casefold()
        ours = stem == wanted or stem.startswith(f"{wanted}_")
        if path.parent.name == RECORDS and path.suffix == ".docx" and ours and path.is_file():
            return path if _digest(path) in digests else None
    return None


def _recorded(folder: Path) -> dict[str, set[str]]:
    """What earlier runs of the round put in place, by path: the last complete one and,
    where it was killed, the one after it, which may not have come to replace the file."""
    placed: dict[str, set[str]] = {}
    try:
        outputs = _last_run(folder)["outputs"]
        placed = {str(entry["file"]): {str(entry["sha256"])} for entry in outputs}
    except (KeyError, TypeError):
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


def _last_run(folder: Path) -> dict[str, Any]:
    try:
        run = json.loads((folder / RUN_FILE).read_text("utf-8"))
        return run if isinstance(run, dict) else {}
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
