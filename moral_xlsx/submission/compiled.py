"""The program's forms as they were parsed once, in the user's cache folder.

An entry is of a definition and of the program that parsed it. One that does not fit, or lies where
others may write, is as good as none; all of it may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from moral_xlsx.model.form import Form
from moral_xlsx.program import program_sha256
from moral_xlsx.rules.definition.load import form_ids, load_form, shipped_text
from moral_xlsx.submission.remembered import read_sealed, seal

_FOLDER = "moral-xlsx"
_OTHERS_MAY_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class CompiledForms:
    """Gives forms of the program by their id; ``program`` is the hash of what parses them."""

    folder: Path
    program: str

    def __call__(self, form_id: str) -> Form:
        """The form; raises KeyError when there is none of that id."""
        return _form(self, form_id)


def compiled_forms() -> CompiledForms:
    """The forms in the user's own cache folder."""
    return CompiledForms(user_cache_path(_FOLDER), program_sha256())


@lru_cache(maxsize=128)
def _form(forms: CompiledForms, form_id: str) -> Form:
    if form_id not in form_ids():
        raise KeyError(form_id)
    about = f"{forms.program} {hashlib.sha256(shipped_text(form_id)).hexdigest()}"
    entry = forms.folder / f"{form_id}-{hashlib.sha256(about.encode()).hexdigest()}"
    try:
        found = read_sealed(entry.read_bytes()) if _is_ours(forms.folder) else None
    except Exception:  # it is not there, or damaged in whatever way
        found = None
    if isinstance(found, Form) and found.id == form_id:
        return found
    form = load_form(form_id)
    _keep(entry, form)
    return form


def _is_ours(folder: Path) -> bool:
    """Whether nobody else may write in the folder."""
    if os.name != "posix":
        return True  # a user's own folders are closed to others there
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & _OTHERS_MAY_WRITE


def _keep(entry: Path, form: Form) -> None:
    unfinished = entry.with_name(f"{entry.name}.{os.getpid()}")
    with suppress(OSError):  # then it is parsed again the next time
        entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in entry.parent.glob(f"{form.id}-{'[0-9a-f]' * 64}"):
            old.unlink(missing_ok=True)
        unfinished.write_bytes(seal(pickle.dumps(form)))
        unfinished.replace(entry)
