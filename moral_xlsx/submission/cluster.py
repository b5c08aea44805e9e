"""Judges files on the machines of a Dask cluster: bytes go in, results and outputs come out.

A machine of the cluster opens a file as this one would, in a worker process of its own within the
same limits, so that one that kills its reader costs only itself there too. The batch of a machine
that is lost goes to another one.
"""

from __future__ import annotations

import importlib.util
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.model.errors import MoralXlsxError, OtherProgramError
from moral_xlsx.program import code_sha256
from moral_xlsx.submission.taken import PICTURE, Prepared, Taken
from moral_xlsx.submission.workers import take_in

if TYPE_CHECKING:
    from distributed import Client

LIBRARY = "distributed"
_AT_ONCE, _IN_FLIGHT = 20, 3
_SECONDS_TO_ANSWER = 20


def take_in_on(
    address: str, paths: Sequence[Path], round_name: str, prepared: Prepared
) -> Iterator[Taken]:
    """What became of each file, in the order given, as ``take_in`` tells of files judged here.

    Raises MoralXlsxError when the cluster does not answer, or has another version of the program.
    """
    with _client(address) as client:
        from moral_xlsx.submission.machine import Machine

        _check_versions(client, address)
        client.register_plugin(Machine(replace(prepared, folder=None, remembered=None)))
        machines = len(client.nthreads())
        waiting: deque[_Batch] = deque()
        remaining = iter(paths)
        while True:
            while len(waiting) < _IN_FLIGHT * machines:
                batch = [*islice(remaining, _AT_ONCE)]
                if not batch:
                    break
                waiting.append(_submitted(client, batch, round_name, prepared))
            if not waiting:
                return
            yield from _received(waiting.popleft(), round_name, prepared)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files with what is known of some already; ``task`` judges the others."""

    paths: Sequence[Path]
    known: Mapping[Path, Taken]
    task: Any

    @property
    def sent(self) -> list[Path]:
        return [path for path in self.paths if path not in self.known]


def _submitted(
    client: Client, paths: Sequence[Path], round_name: str, prepared: Prepared
) -> _Batch:
    from moral_xlsx.submission.machine import judge

    known: dict[Path, Taken] = {}
    files: list[tuple[str, bytes]] = []
    for path in paths:
        taken = prepared.find(path)
        data = None if taken else _sendable(path)
        if data is None:  # one that cannot be sent is told of here
            known[path] = taken or next(take_in((path,), round_name, prepared, 1))
        else:
            files.append((path.suffix, data))
    task = client.submit(judge, code_sha256(), files, round_name, pure=False, retries=3)
    return _Batch(paths, known, task)


def _sendable(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_FILE else None
    except OSError:
        return None


def _received(batch: _Batch, round_name: str, prepared: Prepared) -> Iterator[Taken]:
    from distributed import CancelledError, KilledWorker

    try:
        judged, left = batch.task.result()
    except (KilledWorker, CancelledError):
        # Several machines were lost with it, or all of them: then it is done here.
        judged, left = list(take_in(batch.sent, round_name, prepared, 1)), {}
    batch.task.release()
    assert prepared.folder is not None, "what comes back needs a place"
    for name, data in left.items():
        (prepared.folder / name).write_bytes(data)
    each = iter(judged)
    for path in batch.paths:
        taken = batch.known.get(path)
        if taken is None:
            taken = next(each)
            if left and prepared.remembered is not None and taken.repeatable:
                about = taken.assessment
                of_unit: tuple[str, str] = (about.form, about.unit_code) if about else ("", "")
                own = {n: d for n, d in left.items() if _is_of(n, taken)}
                prepared.remembered.keep(taken.sha256, *of_unit, taken, own)
        yield taken


def _is_of(name: str, taken: Taken) -> bool:
    """Whether what was left belongs to a file: its outputs, and the pictures that stood in it."""
    pictures = {f"{PICTURE}{each.sha256}" for each in taken.evidence}
    return name.startswith(taken.sha256) or name in pictures


def _client(address: str) -> Client:
    if importlib.util.find_spec(LIBRARY) is None:
        raise MoralXlsxError(
            (
                "--dask ต้องติดตั้ง Dask ก่อน: pip install moral-xlsx[dask]",
                "--dask needs Dask: pip install moral-xlsx[dask]",
            )
        )
    from distributed import Client

    try:
        return Client(  # type: ignore[no-untyped-call] # a library that is typed in part
            address, timeout=_SECONDS_TO_ANSWER, set_as_default=False
        )
    except (OSError, ValueError, RuntimeError) as error:
        why = type(error).__name__
        raise MoralXlsxError(
            (
                f"ติดต่อ Dask ที่ {address} ไม่ได้ ({why}) ตรวจที่อยู่ ว่า dask scheduler ทำงานอยู่ "
                "และรุ่นของ Dask ตรงกัน",
                f"The Dask scheduler at {address} does not answer ({why}); check the address, "
                "that it runs, and that its version of Dask is the same.",
            )
        ) from error


def _check_versions(client: Client, address: str) -> None:
    """Raises MoralXlsxError when a machine of the cluster would judge by another program."""
    found: dict[str, str] = client.run(code_sha256)
    if not found:
        raise MoralXlsxError(
            (
                f"Dask ที่ {address} ยังไม่มีเครื่องทำงาน สั่ง dask worker {address} ในเครื่องที่จะช่วย",
                f"The Dask cluster at {address} has no workers; start dask worker {address}.",
            )
        )
    others = ", ".join(worker for worker, code in found.items() if code != code_sha256())
    if others:
        raise OtherProgramError(others)
