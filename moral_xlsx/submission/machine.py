"""What a machine of a Dask cluster does: it judges batches of files that come to it as bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import current_process
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory

from distributed import Worker, WorkerPlugin, get_worker
from pebble import ProcessPool

from moral_xlsx.model.errors import OtherProgramError
from moral_xlsx.program import code_sha256
from moral_xlsx.submission.taken import Prepared, Taken
from moral_xlsx.submission.workers import new_pool, take_in

_NAME = "moral-xlsx"


class Machine(WorkerPlugin):
    """Keeps what all files of a round share, and the processes that open them."""

    name = _NAME

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared

    def setup(self, worker: Worker) -> None:
        """Runs on the machine."""
        # Its processes are marked as such that may start no others; ours end with it all the
        # same, since each reads its work from it.
        current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        self._idle: SimpleQueue[_Openers] = SimpleQueue()

    def teardown(self, worker: Worker) -> None:
        """Runs on the machine, when the round is over or another one begins."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    @contextmanager
    def openers(self) -> Iterator[_Openers]:
        """A process that no other thread of the machine uses meanwhile."""
        try:
            found = self._idle.get_nowait()
        except Empty:
            found = _Openers(self.prepared)
        try:
            yield found
        finally:
            self._idle.put(found)


class _Openers:
    """A process that opens files one by one, and the folder in which it leaves what it makes."""

    def __init__(self, prepared: Prepared) -> None:
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.prepared = replace(prepared, folder=self.folder)
        self._pool: ProcessPool | None = None

    @property
    def is_new(self) -> bool:
        """Whether it has opened nothing yet; then the program tests itself there first."""
        return self._pool is None

    @contextmanager
    def pool(self) -> Iterator[ProcessPool]:
        """It, for as long as it lives; then a new one."""
        if self._pool is None or not self._pool.active:
            self._pool = new_pool(self.prepared, 1)
        yield self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # as above
            self._pool.join()
        self._folder.cleanup()


def judge(
    code: str, files: Sequence[tuple[str, bytes]], round_name: str
) -> tuple[list[Taken], dict[str, bytes]]:
    """Judges a batch of files, each a suffix and its bytes, by the program of that hash.

    Gives what became of each, and what was left of them by its name. Raises OtherProgramError where
    this machine has another program, ProgramFaultError where it fails its own test, OSError where
    the disk is full.
    """
    if code != code_sha256():  # it came after the others were asked
        raise OtherProgramError(get_worker().address)
    machine = get_worker().plugins[_NAME]
    assert isinstance(machine, Machine), "the round registered it"
    with TemporaryDirectory() as given, machine.openers() as openers:
        paths = [Path(given) / f"{at}{suffix}" for at, (suffix, _) in enumerate(files)]
        for path, (_, data) in zip(paths, files, strict=True):
            path.write_bytes(data)
        tested, pools = openers.is_new, openers.pool
        taken = list(take_in(paths, round_name, openers.prepared, 1, tested=tested, pools=pools))
        left = {path.name: path.read_bytes() for path in openers.folder.iterdir()}
        for name in left:
            (openers.folder / name).unlink()
        return taken, left
