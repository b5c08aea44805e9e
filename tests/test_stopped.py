"""A round that the clerk stops ends at once, leaves nothing behind, and can be run again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from psutil import Process, wait_procs
from samples_rounds import SAMPLES
from test_batch import contents

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="a terminal's Ctrl-C is a signal there"),
]

ROUND = "2569-05"


def started(inbox: Path, output: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "moral_xlsx", "batch", inbox, "-o", output, "--round", ROUND],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_ctrl_c_ends_all_of_it_and_the_next_run_gives_the_same(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    books = sorted((SAMPLES / "inbox").glob("*.xlsx"))
    for at in range(40):
        shutil.copyfile(books[at % len(books)], inbox / f"{at:02}.xlsx")
    assert started(inbox, tmp_path / "whole").wait(timeout=300) in (0, 1)
    output = tmp_path / "stopped"
    process = started(inbox, output)
    staged = output / ROUND / ".partial"
    while not (staged.exists() and list(staged.glob("*.judged"))):
        time.sleep(0.05)
        assert process.poll() is None
    workers = Process(process.pid).children(recursive=True)
    assert workers
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    began = time.monotonic()
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - began < 30, "it does not wait for the files that are left"
    assert process.returncode == 130 and "หยุดตามคำสั่งแล้ว" in said.decode()
    assert "Traceback" not in said.decode(), "no worker says anything"
    _, alive = wait_procs(workers, timeout=20)
    assert not alive
    assert not staged.exists() and not (output / ROUND / "run.json").exists()
    assert started(inbox, output).wait(timeout=300) in (0, 1)
    assert contents(output / ROUND) == contents(tmp_path / "whole" / ROUND)
