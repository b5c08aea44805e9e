"""Neither the language of the machine nor where it stands changes anything that is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from samples_rounds import SAMPLES
from test_batch import contents

BATCH = (sys.executable, "-m", "moral_xlsx", "batch")
# Rounds are played in processes of their own.
pytestmark = pytest.mark.slow


def test_a_round_gives_the_same_bytes_in_thai_and_in_any_time_zone(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))[:5]:
        shutil.copy(path, inbox)
    outputs = []
    for language, zone in (("th_TH.UTF-8", "Asia/Bangkok"), ("C", "America/Los_Angeles")):
        output = tmp_path / zone.replace("/", "-")
        ran = subprocess.run(
            [*BATCH, str(inbox), "-o", str(output), "--round", "2569-05"],
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": language, "LANG": language, "TZ": zone},
        )
        assert ran.returncode in (0, 1), ran.stderr
        outputs.append({k: v for k, v in contents(output).items() if "ledger" not in k})
    assert outputs[0] == outputs[1] and len(outputs[0]) > 10
