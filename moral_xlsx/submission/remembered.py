"""What was made of files before, so that one that did not change is not judged again.

An entry is of a file's bytes, and of everything else that judging it depends on: the program, the
forms, the registry, the round, and what people decided of just that file and of its unit's form.
One that does not fit, or cannot be read, is as good as none; so all of it may be deleted.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from os import getpid
from pathlib import Path
from typing import Any

from moral_xlsx.model.decisions import Decision, Rulings
from moral_xlsx.program import program_sha256
from moral_xlsx.thai import key

# What the values of a result are made of, besides the program's own.
_PLAIN = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("moral_xlsx.submission.taken", "Taken"),
}
_OWN = ("moral_xlsx.model.", "moral_xlsx.rules.", "moral_xlsx.word.", "moral_xlsx.opc")
_SHA256 = 32  # bytes


class _Values(pickle.Unpickler):
    """Reads values, and nothing that could do anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or (module.startswith(_OWN) and "." not in name):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def read_values(data: bytes) -> Any:
    """The values that were written with ``pickle``; raises whatever reading damaged ones does."""
    return _Values(io.BytesIO(data)).load()


def seal(content: bytes) -> bytes:
    """What was written with ``pickle``, with its hash before it."""
    return hashlib.sha256(content).digest() + content


def read_sealed(data: bytes) -> Any:
    """The values of something sealed; raises ValueError where it is damaged, and whatever reading
    what never were values does."""
    content = data[_SHA256:]
    if hashlib.sha256(content).digest() != data[:_SHA256]:
        raise ValueError("it is damaged")
    return read_values(content)


def context_of(*shared: object) -> str:
    """The hash of the program, and of the values that hold for all files."""
    return hashlib.sha256(f"{program_sha256()} {shared!r}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remembered:
    """The entries in a folder; ``context`` is the hash of all that holds for every file."""

    folder: Path
    context: str
    rulings: Rulings
    _of_files: Mapping[str, tuple[Decision, ...]] = field(init=False)
    _of_units: Mapping[tuple[str, str], tuple[Decision, ...]] = field(init=False)

    def __post_init__(self) -> None:
        of_files: dict[str, tuple[Decision, ...]] = defaultdict(tuple)
        of_units: dict[tuple[str, str], tuple[Decision, ...]] = defaultdict(tuple)
        for subject, each in self.rulings.standing.items():
            if subject.kind == "owner":
                of_files[subject.item] += (each,)
            elif subject.kind in ("score", "verdict"):
                of_units[subject.form, subject.unit] += (each,)
        object.__setattr__(self, "_of_files", of_files)
        object.__setattr__(self, "_of_units", of_units)

    def decided(self, sha256: str, form: str, unit_code: str) -> tuple[Decision, ...]:
        """What people decided that a file's result depends on."""
        return (
            *self._of_files.get(sha256, ()),
            *self._of_units.get((form, key(unit_code)), ()),
        )

    def find(self, path: Path, folder: Path) -> Any | None:
        """What was made of the file at a path, its outputs put into the folder; None when that is
        not known, or was under other decisions."""
        if not self.folder.is_dir():
            return None
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            stored = self._entry(sha256).read_bytes()
            form, unit_code, decided, made, outputs = read_sealed(stored)
        except Exception:  # it is not there, or damaged in whatever way
            return None
        if decided != self.decided(sha256, form, unit_code):
            return None
        for name, data in outputs.items():
            (folder / name).write_bytes(data)
        return made

    def keep(
        self, sha256: str, form: str, unit_code: str, made: Any, outputs: Mapping[str, bytes]
    ) -> None:
        """Keeps what was made of a file; where there is no room, nothing is kept."""
        decided = self.decided(sha256, form, unit_code)
        content = pickle.dumps((form, unit_code, decided, made, dict(outputs)))
        entry = self._entry(sha256)
        unfinished = entry.with_name(f"{entry.name}.{getpid()}")
        try:
            self.folder.mkdir(exist_ok=True)
            unfinished.write_bytes(seal(content))
            unfinished.replace(entry)
        except OSError:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _entry(self, sha256: str) -> Path:
        return self.folder / hashlib.sha256(f"{self.context} {sha256}".encode()).hexdigest()

    def forget_others(self, sha256s: set[str]) -> None:
        """Removes the entries of files that are gone, and those of another time."""
        wanted = {self._entry(each).name for each in sha256s}
        with suppress(OSError):
            for entry in self.folder.iterdir():
                if entry.name not in wanted:
                    entry.unlink()
