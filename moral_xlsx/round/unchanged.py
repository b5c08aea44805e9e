"""Whether a round would give what lies there already: nothing that it is made of has changed.

Only bytes are looked at here, so that the answer comes before anything of weight is loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moral_xlsx.program import program_sha256
from moral_xlsx.round.inbox import Inbox
from moral_xlsx.round.outbox import LEDGER, RUN_FILE

_RAN = ".ran.json"
# The counter in the head of an SQLite file that every transaction raises.
_COUNTER = slice(24, 28)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for: its inbox, the files and folders that it reads besides, and the
    words of its options. ``output`` is the folder of all rounds."""

    inbox: Inbox
    output: Path
    round: str
    besides: tuple[Path | None, ...]
    options: tuple[str, ...]

    def sha256(self) -> str:
        """The hash of all of it, bytes and names; empty where a file cannot be read."""
        digest = hashlib.sha256()
        try:
            for piece in self._pieces():
                digest.update(f"{len(piece)} ".encode() + piece)
        except OSError:
            return ""
        return digest.hexdigest()

    def _pieces(self) -> Iterator[bytes]:
        yield program_sha256().encode()
        for word in (self.round, *self.options):
            yield word.encode()
        for name, path in self.inbox.files:
            yield name.encode()
            yield _sha256(path)
        for name in ("", *self.inbox.ignored, "", *self.inbox.closed):
            yield name.encode()
        for place in self.besides:
            yield b"" if place is None else str(place).encode()
            for path in _files(place):
                yield path.name.encode()
                yield _sha256(path)


def last_exit(asked: Asked, sha256: str) -> int | None:
    """What the last run of the round ended with, where it was asked for just that and all that it
    left lies as it left it; else None."""
    folder = asked.output / asked.round
    try:
        ran = json.loads((folder / _RAN).read_text("utf-8"))
        if sha256 and ran == _ran(asked, sha256, int(ran["exit"])):
            return int(ran["exit"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it never ran, or not to its end
    return None


def remember(asked: Asked, sha256: str, exit_code: int) -> None:
    """Notes what a run that came to its end was asked for, and what it left."""
    path = asked.output / asked.round / _RAN
    unfinished = path.with_name(f"{_RAN}.partial")
    with suppress(OSError):  # then the next run does all of it again
        unfinished.write_text(json.dumps(_ran(asked, sha256, exit_code)), "utf-8")
        unfinished.replace(path)


def _ran(asked: Asked, sha256: str, exit_code: int) -> dict[str, Any]:
    """What is noted of a run; its outputs by size and moment, since there are many."""
    folder = asked.output / asked.round
    run = json.loads((folder / RUN_FILE).read_text("utf-8"))
    outputs = [RUN_FILE, *(str(each["file"]) for each in run["outputs"])]
    ledger = asked.output / LEDGER
    with ledger.open("rb") as file:
        counter = file.read(_COUNTER.stop)[_COUNTER].hex()
    return {
        "asked": sha256,
        "exit": exit_code,
        "ledger": [ledger.stat().st_size, counter],
        "outputs": [[each, *_stamp(folder / each)] for each in outputs],
    }


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _files(place: Path | None) -> Iterable[Path]:
    if place is None or not place.exists():
        return ()
    return (
        (place,) if place.is_file() else sorted(each for each in place.iterdir() if each.is_file())
    )


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
