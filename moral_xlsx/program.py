"""The program itself as a value: what it is made of decides what may be taken from earlier runs."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

_SUFFIXES = (".py", ".toml", ".j2")
_DISTRIBUTION = "moral-xlsx"


@cache
def program_sha256() -> str:
    """The hash of the program as it runs here: its code, Python and the system."""
    return hashlib.sha256(f"{code_sha256()} {sys.version} {sys.platform}".encode()).hexdigest()


@cache
def code_sha256() -> str:
    """The hash of the program's files, and of the versions of the libraries that it may use."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name, version in sorted(_versions().items()):
        digest.update(f" {name} {version}".encode())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    """The version of every library that the program names, by its name; empty: not installed."""
    found = {}
    for required in metadata.requires(_DISTRIBUTION) or ():
        name = required.partition(";")[0].strip().split(">")[0].split("[")[0].split("=")[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found
