"""Whether a file lies on a network share, where locks of databases are not to be trusted."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.ledger import LEDGER_ON_SHARE
from moral_xlsx.model.findings import Finding

_MOUNTS = Path("/proc/mounts")
_NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "ncpfs", "9p", "glusterfs", "davfs"}
    | {f"fuse.{kind}" for kind in ("sshfs", "smbnetfs", "davfs2", "rclone", "glusterfs", "s3fs")}
    | {"fuse.gvfsd-fuse", "fuse.ceph"}
)
_UNC = re.compile(r"[\\/]{2}(?:[?.][\\/]UNC[\\/])?[^\\/?.]", re.IGNORECASE)
_OCTAL = re.compile(r"\\([0-7]{3})")
_DRIVE_REMOTE = 4


def network_warning(path: Path) -> Finding | None:
    """What to say about a ledger that lies on a network share."""
    return finding(LEDGER_ON_SHARE, ledger=str(path)) if on_network_share(path) else None


def on_network_share(path: Path) -> bool:
    """Whether a file, which need not exist yet, lies on another machine's disk."""
    if sys.platform == "win32":
        return _is_unc(str(path.absolute())) or _on_mapped_drive(path)
    try:
        mounts = _MOUNTS.read_text("utf-8", errors="surrogateescape")
        return _kind_of_mount(mounts, PurePosixPath(path.resolve())) in _NETWORK_TYPES
    except (OSError, RuntimeError):  # no such list on this system, or a circle of links
        return False


def _is_unc(path: str) -> bool:
    return _UNC.match(path) is not None


if sys.platform == "win32":

    def _on_mapped_drive(path: Path) -> bool:
        import ctypes

        root = path.absolute().anchor
        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE)


def _kind_of_mount(mounts: str, path: PurePosixPath) -> str:
    """The type of the file system that the list of mounts names for a path."""
    kind, deepest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        # Of two mounts on one folder the later one is seen.
        if path.is_relative_to(point) and len(point.parts) >= deepest:
            kind, deepest = fields[2], len(point.parts)
    return kind
