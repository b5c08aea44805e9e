"""Runs LibreOffice for tests: its own profile, always recalculating, outputs checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

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
    # soffice exits with 0 even when it fails, so the outputs are looked at.
    subprocess.run(
        [
            *_office(profile),
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


_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
<library:element library:name="Module1"/></library:library>
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{code}</script:module>
"""
_EDIT = """
Sub Edit(source As String, target As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  sheets = doc.Sheets
{steps}
  Dim saving(0) As New com.sun.star.beans.PropertyValue
  saving(0).Name = "FilterName"
  saving(0).Value = "Calc MS Excel 2007 XML"
  doc.storeToURL(target, saving())
  doc.close(True)
End Sub
"""


def edit(file: Path, steps: Sequence[str], folder: Path) -> Path:
    """The workbook after steps in LibreOffice Basic, in which ``sheets`` are its sheets."""
    basic = folder / "profile" / "user" / "basic" / "Standard"
    code = _EDIT.replace("{steps}", "\n".join(f"  {step}" for step in steps))
    subprocess.run(  # a new profile brings its own empty macros; ours have to come after
        [*_office(folder / "profile"), "--terminate_after_init"], check=True, timeout=300
    )
    (basic / "Module1.xba").write_text(_MODULE.format(code=escape(code)), "utf-8")
    (basic / "script.xlb").write_text(_LIBRARY, "utf-8")
    target = folder / "edited.xlsx"
    subprocess.run(
        [
            *_office(folder / "profile"),
            f'macro:///Standard.Module1.Edit("{file.as_uri()}","{target.as_uri()}")',
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert target.is_file(), "LibreOffice did not save the edited workbook"
    return target


def _office(profile: Path) -> list[str]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is needed: apt-get install libreoffice-calc libreoffice-writer"
    return [program, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
