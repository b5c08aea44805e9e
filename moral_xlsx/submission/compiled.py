"""The program's forms as they were parsed once, and what was made of forms, in the user's cache.

An entry is of a definition and of the program. One that does not fit, or lies where
others may write, is as good as none; all of it may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from moral_xlsx.model.form import ByIdentity, Form
from moral_xlsx.program import program_sha256
from moral_xlsx.rules.definition.load import Made, form_ids, load_form, shipped_text
from moral_xlsx.submission.remembered import read_sealed, seal

_FOLDER = "moral-xlsx"
_OTHERS_MAY_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class Compiled:
    """Gives forms and what is made of them; ``program`` is the hash of what makes them."""

    folder: Path
    program: str

    def form(self, form_id: str) -> Form:
        """The form of that id; raises KeyError when there is none."""
        return _form(self, form_id)

    def kept(self, name: str, form: Form, kind: type[Made], make: Callable[[], Made]) -> Made:
        """What was made of a form under that name, or is made now."""
        return self._entry(f"{form.id}-{name}", _sha256(ByIdentity(form)), kind, make)

    def _entry(self, name: str, of: str, kind: type[Made], make: Callable[[], Made]) -> Made:
        about = hashlib.sha256(f"{self.program} {of}".encode()).hexdigest()
        entry = self.folder / f"{name}-{about}"
        try:
            found = read_sealed(entry.read_bytes()) if _is_ours(self.folder) else None
        except Exception:  # it is not there, or damaged in whatever way
            found = None
        if isinstance(found, kind):
            return found
        made = make()
        _keep(entry, name, made)
        return made


def compiled() -> Compiled:
    """What lies in the user's own cache folder."""
    return Compiled(user_cache_path(_FOLDER), program_sha256())


@lru_cache(maxsize=128)
def _form(source: Compiled, form_id: str) -> Form:
    if form_id not in form_ids():
        raise KeyError(form_id)
    definition = hashlib.sha256(shipped_text(form_id)).hexdigest()
    found = source._entry(form_id, definition, Form, lambda: load_form(form_id))
    return found if found.id == form_id else load_form(form_id)


@lru_cache(maxsize=128)
def _sha256(key: ByIdentity) -> str:
    # Equal forms need not be pickled alike.
    return hashlib.sha256(repr(key.form).encode()).hexdigest()


def _is_ours(folder: Path) -> bool:
    """Whether nobody else may write in the folder."""
    if os.name != "posix":
        return True  # a user's own folders are closed to others there
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & _OTHERS_MAY_WRITE


def _keep(entry: Path, name: str, made: object) -> None:
    unfinished = entry.with_name(f"{entry.name}.{os.getpid()}")
    with suppress(OSError):  # then it is made again the next time
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in entry.parent.glob(f"{name}-{'[0-9a-f]' * 64}"):
            old.unlink(missing_ok=True)
        unfinished.write_bytes(seal(pickle.dumps(made)))
        unfinished.replace(entry)
