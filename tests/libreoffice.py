"""Runs LibreOffice for tests: its own profile, always recalculating, outputs checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def convert(files: Sequence[Path], kind: str, folder: Path) -> list[Path]:
    """Converts files to ``kind`` (xlsx, ods, pdf …) into a folder; formulas are recalculated."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_RECALCULATE, "utf-8")
    results = folder / "converted"
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is needed: apt-get install libreoffice-calc libreoffice-writer"
    # soffice exits with 0 even when it fails, so the outputs are looked at.
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(results),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    made = [results / f"{file.stem}.{kind.partition(':')[0]}" for file in files]
    missing = [path.name for path in made if not path.is_file()]
    assert not missing, f"LibreOffice did not write {missing}"
    return made
