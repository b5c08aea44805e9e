"""Runs LibreOffice for tests: its own profile, always recalculating, outputs checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

_SECONDS = 300  # of a program run; a case to recalculate has one more each
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
    code = _EDIT.replace("{steps}", "\n".join(f"  {step}" for step in steps))
    target = folder / "edited.xlsx"
    _run_macro(code, "Edit", (file, target), folder)
    assert target.is_file(), "LibreOffice did not save the edited workbook"
    return target


Cell = tuple[str, int, int]
# Reads cells to set and cells to tell, a line each; writes the told ones.
_RECALCULATE_CASES = """
Function Told(value As Variant) As String
  If VarType(value) = 8 Then
    Told = "s" & Join(Split(value, Chr(10)), Chr(11))
  ElseIf VarType(value) = 5 Then
    Told = "n" & CStr(value)
  End If
End Function

Sub Recalculate(source As String, orders As String, answers As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  writer = createUnoService("com.sun.star.io.TextOutputStream")
  writer.setOutputStream(files.openFileWrite(answers))
  writer.setEncoding("UTF-8")
  ' A macro that fails waits for somebody to close its message.
  On Error Goto Failed
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  doc.enableAutomaticCalculation(False)
  doc.lockControllers()
  lines = createUnoService("com.sun.star.io.TextInputStream")
  lines.setInputStream(files.openFileRead(orders))
  lines.setEncoding("UTF-8")
  Dim data As Variant
  Dim sheet As Object
  Do While Not lines.isEOF()
    parts = Split(lines.readLine(), Chr(9))
    Select Case parts(0)
      Case "sheet"
        sheet = doc.Sheets.getByName(parts(1))
      Case "text"
        sheet.getCellByPosition(CLng(parts(2)), CLng(parts(1))).String = _
          Join(Split(parts(3), Chr(11)), Chr(10))
      Case "number"
        sheet.getCellByPosition(CLng(parts(2)), CLng(parts(1))).Value = Val(parts(3))
      Case "empty"
        sheet.getCellByPosition(CLng(parts(2)), CLng(parts(1))).String = ""
      Case "calculate"
        doc.calculateAll()
      Case "read"
        data = sheet.getCellRangeByPosition(0, 0, CLng(parts(2)), CLng(parts(1))).getDataArray()
      Case "tell"
        writer.writeString(Told(data(CLng(parts(1)))(CLng(parts(2)))) & Chr(10))
    End Select
  Loop
  writer.closeOutput()
  doc.close(True)
  Exit Sub
Failed:
  writer.writeString("line " & Erl & ": " & Error)
  writer.closeOutput()
  doc.close(True)
End Sub
"""


def recalculate(
    file: Path, cases: Iterable[Mapping[Cell, object]], watched: Sequence[Cell], folder: Path
) -> Iterator[dict[Cell, object]]:
    """What the watched cells show with the cells of each case typed in; one program run.

    Each case is typed over the one before: cells that it does not name are emptied again when
    a case before it had filled them.
    """
    lines: list[str] = []
    state: dict[Cell, object] = {}
    watched = sorted(watched)
    count = 0
    for case in cases:
        wanted = {**dict.fromkeys(state), **case}
        changes = {cell: value for cell, value in wanted.items() if state.get(cell, "?") != value}
        state = wanted
        for title, cells in groupby(sorted(changes, key=lambda cell: cell[0]), lambda c: c[0]):
            lines += [f"sheet\t{title}", *(_typed(cell, changes[cell]) for cell in cells)]
        lines.append("calculate")
        for title, group in groupby(watched, lambda cell: cell[0]):
            read = list(group)
            last = max(row for _, row, _ in read), max(column for _, _, column in read)
            lines += [f"sheet\t{title}", f"read\t{last[0]}\t{last[1]}"]
            lines += [f"tell\t{row}\t{column}" for _, row, column in read]
        count += 1
    orders, answers = folder / "orders.txt", folder / "answers.txt"
    orders.write_text("\n".join(lines), "utf-8")
    files = file, orders, answers
    _run_macro(_RECALCULATE_CASES, "Recalculate", files, folder, _SECONDS + count)
    told = answers.read_text("utf-8").split("\n")[:-1]
    assert len(told) == count * len(watched), (
        f"LibreOffice stopped: {answers.read_text('utf-8')[-200:]}"
    )
    shown = (
        float(cell[1:]) if cell[:1] == "n" else cell[1:].replace("\x0b", "\n") for cell in told
    )
    for _ in range(count):
        yield {cell: next(shown) for cell in watched}


def _typed(cell: Cell, value: object) -> str:
    _, row, column = cell
    if value is None:
        return f"empty\t{row}\t{column}"
    if isinstance(value, date):
        value = (value - date(1899, 12, 30)).days
    if isinstance(value, int | float):
        return f"number\t{row}\t{column}\t{value!r}"
    assert isinstance(value, str), value
    assert "\t" not in value
    return f"text\t{row}\t{column}\t{value.replace(chr(10), chr(11))}"


def _run_macro(
    code: str, name: str, files: Sequence[Path], folder: Path, seconds: int = _SECONDS
) -> None:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.write_text(_RECALCULATE, "utf-8")
    subprocess.run(  # a new profile brings its own empty macros; ours have to come after
        [*_office(profile), "--terminate_after_init"], check=True, timeout=_SECONDS
    )
    basic = profile / "user" / "basic" / "Standard"
    (basic / "Module1.xba").write_text(_MODULE.format(code=escape(code)), "utf-8")
    (basic / "script.xlb").write_text(_LIBRARY, "utf-8")
    arguments = ",".join(f'"{file.as_uri()}"' for file in files)
    subprocess.run(
        [*_office(profile), f"macro:///Standard.Module1.{name}({arguments})"],
        check=True,
        capture_output=True,
        timeout=seconds,
    )


def _office(profile: Path) -> list[str]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is needed: apt-get install libreoffice-calc libreoffice-writer"
    return [program, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
