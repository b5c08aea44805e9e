"""What is left of a file whose worker was lost, or on which the program failed."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import (
    READER_DIED,
    READER_TOO_SLOW,
    TOO_MUCH_MEMORY,
    UNOPENABLE,
)
from moral_xlsx.model.findings import Finding
from moral_xlsx.submission.limits import CPU_SECONDS, MEMORY, Watch, why_ended
from moral_xlsx.submission.taken import Taken

if TYPE_CHECKING:
    from pebble import ProcessExpired


def death(expired: ProcessExpired, watch: Watch | None) -> Finding:
    """Why a file cost its worker."""
    why = why_ended(expired.exitcode, expired.pid, watch)
    if why == "memory":
        return too_much_memory()
    if why == "time":
        return finding(READER_TOO_SLOW, seconds=CPU_SECONDS)
    return finding(READER_DIED)


def too_much_memory() -> Finding:
    """What is said of a file that takes more memory than it may."""
    return finding(TOO_MUCH_MEMORY, what=f"{MEMORY >> 30} GB")


def failed(taken: Taken, error: BaseException) -> Taken:
    """A file on which the program failed, with what its maintainers need to know."""
    return replace(taken, failed=True, fault="".join(traceback.format_exception(error)))


def unreadable(error: OSError) -> Taken:
    """A file that this machine does not let us read."""
    what = error.strerror or type(error).__name__
    return Taken("", 0, findings=(finding(UNOPENABLE, what=what),), failed=True)


def lost(path: Path, why: Finding) -> Taken:
    """What is left of a file whose worker was lost."""
    try:
        return Taken(file_sha256(path), path.stat().st_size, findings=(why,), lost=True)
    except OSError:
        return Taken("", 0, findings=(why,), lost=True)


def file_sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
