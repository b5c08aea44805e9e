"""A round on the machines of a Dask cluster gives what it gives here, whatever befalls them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from psutil import Error, Process
from samples_rounds import SAMPLES, UNITS, Samples
from test_batch import contents
from test_unanswered import call

from moral_xlsx.model.errors import OtherProgramError
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.submission import cluster
from moral_xlsx.submission.cluster import take_in_on
from moral_xlsx.submission.taken import Prepared
from moral_xlsx.submission.workers import take_in

pytest.importorskip("distributed")  # of an extra, which Windows is tested without
# A scheduler and its workers are started.
pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent.parent
ROUND = "2569-05"


def _command(process: Process) -> bytes:
    try:
        return " ".join(process.cmdline()).encode()
    except Error:  # it has ended
        return b""


class Cluster:
    """A scheduler and two workers, each a process as ``dask`` starts them on machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        told = self.start("scheduler", "--port", "0", "--no-dashboard")
        self.address = self.said(told, rb"(tcp://[0-9.]+:\d+)")

    def start(self, *arguments: str, program: Path = PROJECT) -> Path:
        log = self.folder / f"{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(program)},
                start_new_session=True,
            )
        self.processes.append(process)
        return log

    def said(self, log: Path, pattern: bytes) -> str:
        for _ in range(600):
            found = re.search(pattern, log.read_bytes())
            if found:
                return found[1].decode()
            time.sleep(0.1)
        raise AssertionError(log.read_text("utf-8", "replace"))

    def add_worker(self, program: Path = PROJECT) -> subprocess.Popen[bytes]:
        told = self.start(
            *("worker", self.address, "--nthreads", "1", "--no-dashboard"),
            *("--local-directory", str(self.folder / f"space-{len(self.processes)}")),
            program=program,
        )
        self.said(told, rb"(Registered to)")
        return self.processes[-1]

    def readers(self) -> list[list[Process]]:
        """The processes that open files, of each worker."""
        found = []
        for process in self.processes[1:]:
            if process.poll() is None:
                below = Process(process.pid).children(recursive=True)
                found.append([each for each in below if b"spawn_main" in _command(each)])
        return found

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.add_worker()
        made.add_worker()
        yield made
    finally:
        made.end()


def played(inbox: Path, output: Path, address: str = "") -> dict[str, str]:
    run_round(list_inbox(inbox, output), output, ROUND, Office(UNITS), 2, dask=address)
    return contents(output / ROUND)


def test_a_round_on_a_cluster_gives_the_same_bytes(
    machines: Cluster, samples: Samples, tmp_path: Path
) -> None:
    run_round(
        list_inbox(SAMPLES / "earlier", tmp_path),
        *(tmp_path, "2569-04", Office(UNITS), 2),
        dask=machines.address,
    )
    assert played(SAMPLES / "inbox", tmp_path, machines.address) == contents(samples.last)
    assert contents(tmp_path / "2569-04") == contents(samples.output / "2569-04")


def copies(folder: Path, count: int) -> Path:
    """An inbox of the samples' workbooks."""
    folder.mkdir()
    books = sorted(each for each in SAMPLES.rglob("*.xlsx") if each.name != "units.xlsx")
    for at in range(count):
        shutil.copyfile(books[at % len(books)], folder / f"{at:03} {books[at % len(books)].name}")
    return folder


@pytest.mark.skipif("sys.platform == 'win32'", reason="there no process is killed so")
def test_a_worker_that_is_killed_in_mid_run_loses_nothing(
    machines: Cluster, tmp_path: Path
) -> None:
    inbox = copies(tmp_path / "inbox", 90)
    here = played(inbox, tmp_path / "here")
    third = machines.add_worker()
    killed = threading.Timer(2, lambda: os.killpg(third.pid, signal.SIGKILL))
    killed.start()
    there = played(inbox, tmp_path / "there", machines.address)
    killed.join()
    assert third.wait() == -signal.SIGKILL, "it was alive while the round ran"
    assert there == here


@pytest.mark.skipif("sys.platform == 'win32'", reason="there no process is killed so")
def test_a_reader_that_dies_there_costs_nothing_but_its_file(
    machines: Cluster, tmp_path: Path
) -> None:
    """Those that open files on the machines are killed, again and again, while they do."""
    inbox = copies(tmp_path / "inbox", 40)
    here = played(inbox, tmp_path / "here")
    over, killed = threading.Event(), 0

    def kill() -> None:
        nonlocal killed
        while not over.wait(2.5) and killed < 3:
            readers = [each for worker in machines.readers() for each in worker]
            for reader in readers[:1]:
                reader.kill()
                killed += 1

    killing = threading.Thread(target=kill)
    killing.start()
    there = played(inbox, tmp_path / "there", machines.address)
    over.set()
    killing.join()
    assert killed, "some were alive while the round ran"
    assert there == here


def test_what_cannot_be_sent_is_judged_here(
    machines: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = copies(tmp_path / "inbox", 3)
    paths = [*sorted(inbox.iterdir()), inbox / "gone.xlsx"]
    folders = tmp_path / "here", tmp_path / "there"
    for folder in folders:
        folder.mkdir()
    here = list(take_in(paths, ROUND, Prepared(folder=folders[0]), 1))
    monkeypatch.setattr(cluster, "MAX_FILE", paths[0].stat().st_size)
    there = list(take_in_on(machines.address, paths, ROUND, Prepared(folder=folders[1])))
    assert there == here and there[-1].failed
    left = [
        {name: sha256 for name, sha256 in contents(folder).items() if not name.endswith(".judged")}
        for folder in folders
    ]
    assert left[0] == left[1] and any(name.endswith(".xlsx") for name in left[0])


@pytest.mark.skipif("sys.platform == 'win32'", reason="there no process is killed so")
def test_a_machine_with_another_program_is_refused(machines: Cluster, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "moral_xlsx", tmp_path / "moral_xlsx")
    with (tmp_path / "moral_xlsx" / "thai.py").open("a", encoding="utf-8") as changed:
        changed.write("# another version\n")
    third = machines.add_worker(tmp_path)
    with pytest.raises(OtherProgramError) as refused:
        list(take_in_on(machines.address, [], ROUND, Prepared(folder=tmp_path)))
    os.killpg(third.pid, signal.SIGKILL)
    assert len(refused.value.machines.split(", ")) == 1, "the two others are as they should be"
    assert "another version of the program" in str(refused.value)


def test_a_cluster_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_SECONDS_TO_ANSWER", 1)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.xlsx").write_bytes(b"a")
    told = call(
        *("batch", tmp_path / "inbox", "-o", tmp_path / "out", "--round", ROUND),
        *("--dask", "tcp://127.0.0.1:9"),
    )
    assert told.exit_code == 2 and "ติดต่อ Dask ที่ tcp://127.0.0.1:9 ไม่ได้" in told.stderr
    assert not (tmp_path / "out" / ROUND / "run.json").exists()
