"""The files of an inbox, and what lies there without being sent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from moral_xlsx.mail.inward.names import is_system_file
from moral_xlsx.round.outbox import LEDGER, RUN_FILE

# Folders of a Maildir with mail that nobody sends to us.
_PUT_AWAY = (".sent", ".trash", ".drafts", ".junk", ".spam")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The files of an inbox by relative name, and what stands there without being sent.

    ``closed`` are folders that may not be entered: nobody knows what lies in them.
    """

    files: tuple[tuple[str, Path], ...]
    ignored: tuple[str, ...]
    closed: tuple[str, ...] = ()


def list_inbox(folder: Path, output: Path) -> Inbox:
    """Every file below a folder, in the order of its name, without the output folder.

    What is not sent in (links, files of computers' own, outputs of rounds, mail put away) is
    listed as ignored by name, so that nothing disappears unsaid; a folder with nothing in it too.
    """
    listing = _Listing(folder.resolve(), output.resolve())
    listing.walk(listing.folder)
    return Inbox(
        tuple(sorted(listing.files)), tuple(sorted(listing.ignored)), tuple(sorted(listing.closed))
    )


class _Listing:
    """Walks an inbox."""

    def __init__(self, folder: Path, output: Path) -> None:
        self.folder, self.output = folder, output
        self.files: list[tuple[str, Path]] = []
        self.ignored: list[str] = []
        self.closed: list[str] = []

    def walk(self, folder: Path) -> None:
        """Lists what lies in a folder and below it."""
        inside = self._inside(folder)
        if inside is None:
            return
        if not inside and folder != self.folder:
            self.ignored.append(f"{self._name(folder)}/")
        maildir = {"cur", "new", "tmp"} <= {path.name for path in inside if _is_folder(path)}
        for path in inside:
            if path == self.output:
                continue
            if _is_folder(path):
                # In a Maildir, what lies in tmp is still being delivered.
                if self._is_foreign(path) or (maildir and path.name == "tmp"):
                    self._pass_over(path)
                else:
                    self.walk(path)
            elif _is_sent(path) and not maildir and not self._is_ledger(path):
                self.files.append((self._name(path), path))
            else:
                self.ignored.append(self._name(path))

    def _inside(self, folder: Path) -> list[Path] | None:
        """What lies in a folder; None, and told, when it may not be entered."""
        try:
            return sorted(folder.iterdir())
        except OSError:
            self.closed.append(f"{self._name(folder)}/")
            return None

    def _pass_over(self, folder: Path) -> None:
        """Lists by name all that lies in a folder of which nothing is judged."""
        inside = self._inside(folder)
        if not inside and inside is not None:
            self.ignored.append(f"{self._name(folder)}/")
        for path in inside or ():
            if _is_folder(path):
                self._pass_over(path)
            else:
                self.ignored.append(self._name(path))

    def _is_foreign(self, folder: Path) -> bool:
        """Whether a folder holds what nobody sent: a round's outputs, mail put away."""
        try:
            return folder.name.casefold() in _PUT_AWAY or (folder / RUN_FILE).exists()
        except OSError:
            return False  # it cannot be entered, which the walk tells

    def _is_ledger(self, path: Path) -> bool:
        return path.parent == self.output and path.name.startswith(LEDGER)

    def _name(self, path: Path) -> str:
        """A path below the inbox in characters that every output can hold.

        Bytes that are no letters are shown by their numbers, so that the file can be found.
        """
        relative = path.relative_to(self.folder).as_posix()
        try:
            return os.fsencode(relative).decode("utf-8", "backslashreplace")
        except UnicodeEncodeError:
            return relative.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not path.is_symlink()
    except OSError:
        return False


def _is_sent(path: Path) -> bool:
    """Whether a file is a submission: no link, nothing that a computer keeps for itself."""
    try:
        return path.is_file() and not path.is_symlink() and not is_system_file(path.name)
    except OSError:
        return False
