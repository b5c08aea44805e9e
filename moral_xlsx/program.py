"""The program itself as a value: what it is made of decides what may be taken from earlier runs."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from zlib_ng import zlib_ng

_SUFFIXES = (".py", ".toml", ".j2")
_DISTRIBUTION = "moral-xlsx"


@cache
def program_sha256() -> str:
    """The hash of the program as it runs here: its code, Python and the system."""
    return hashlib.sha256(f"{code_sha256()} {sys.version} {sys.platform}".encode()).hexdigest()


@cache
def code_sha256() -> str:
    """The hash of the program's files, of the versions of the libraries that it may use, and of
    what comes of it when this machine packs something: that may differ by processor."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    packer = zlib_ng.compressobj()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES:
            content = path.read_bytes()
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(content).digest())
            if path.parent == folder:
                digest.update(packer.compress(content))
    digest.update(packer.flush())
    for name, version in sorted(_versions().items()):
        digest.update(f" {name} {version}".encode())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    """The version of every library that the program names, by its name, as far as installed.

    By the names of the folders that tell of what is installed: to read what stands in them takes
    longer than to judge a file.
    """
    named = {
        _plain(required.partition(";")[0].strip().split(">")[0].split("[")[0].split("=")[0])
        for required in metadata.requires(_DISTRIBUTION) or ()
    }
    found: dict[str, str] = {}
    for place in sys.path:
        for folder in Path(place).glob("*.dist-info") if Path(place).is_dir() else ():
            name, _, version = folder.name.removesuffix(".dist-info").partition("-")
            if _plain(name) in named:
                found.setdefault(_plain(name), version)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")
