"""DOCX files into PDF through LibreOffice: tagged PDF/A-2b in Thai, the same bytes each time.

LibreOffice may be missing, crash, hang, or end well without having written anything. None of
that is an error here: what could not be made is told with the reason.

The same document gives the same PDF wherever LibreOffice and its fonts are the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.pdf.settled import pages, settled

FONT = "TH Sarabun New"
# It and the older ones that are drawn alike, by how the names of families and of files begin.
_ALIKE = {
    "thsarabunnew": FONT,
    "thsarabunpsk": "TH SarabunPSK",
    "thsarabunit": "TH SarabunIT๙",
    "thsarabun.": "TH SarabunPSK",
}
_SECONDS_FOR_FONTS = 15
# When a document was written that does not say it.
_FIRST_DAY = "2000-01-01T00:00:00"
# Documents of one call: what one that hangs or crashes costs the others.
_BATCH = 40
_SECONDS_TO_START, _SECONDS_EACH = 60, 3
# So many calls one after the other that gave nothing: then LibreOffice itself does not work.
_VAIN = 4
_FILTER = "pdf:writer_pdf_Export:" + json.dumps(
    {
        "SelectPdfVersion": {"type": "long", "value": "2"},  # PDF/A-2b
        "PDFUACompliance": {"type": "boolean", "value": "true"},
        "UseTaggedPDF": {"type": "boolean", "value": "true"},
    },
    separators=(",", ":"),
)

# Without it LibreOffice takes any font that has Thai letters.
_REPLACE = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Font/Substitution">
<prop oor:name="Replacement" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Font/Substitution/FontPairs">
<node oor:name="_0" oor:op="replace">
<prop oor:name="ReplaceFont"><value>{FONT}</value></prop>
<prop oor:name="SubstituteFont"><value>{{font}}</value></prop>
<prop oor:name="Always"><value>true</value></prop>
<prop oor:name="OnScreenOnly"><value>false</value></prop></node></item>
</oor:items>
"""

_NO_OFFICE: Bilingual = (
    "เครื่องนี้ไม่มี LibreOffice ซึ่งใช้ทำ PDF ติดตั้งจาก libreoffice.org แล้วสั่งใหม่",
    "this machine has no LibreOffice, which makes them; get it from libreoffice.org, run again",
)
_NO_FONT: Bilingual = (
    f"ไม่พบแบบอักษร {FONT} หน้าของ PDF จึงไม่เหมือนแบบของราชการ ติดตั้งแบบอักษรแล้วสั่งใหม่",
    f"The font {FONT} is not installed, so the PDFs do not look like the official form; "
    "install it and run again.",
)
_HANGS: Bilingual = (
    "LibreOffice ทำไม่เสร็จในเวลาที่ให้ เปิดไฟล์ .docx ใน Word แล้วบันทึกเป็น PDF แทนได้",
    "LibreOffice did not end in time; Word can save the .docx as PDF instead",
)
_NOTHING: Bilingual = (
    "LibreOffice ไม่ได้เขียน PDF ที่สมบูรณ์ เปิดไฟล์ .docx ใน Word แล้วบันทึกเป็น PDF แทนได้",
    "LibreOffice wrote no whole PDF; Word can save the .docx as PDF instead",
)
_GIVEN_UP: Bilingual = (
    "LibreOffice ไม่ทำงานหลายครั้งติดกันจึงหยุดลอง เปิด LibreOffice ดูว่าใช้ได้ หรือติดตั้งใหม่ แล้วสั่งอีกครั้ง",
    "LibreOffice failed several times running, so no more was tried; see that it opens, or "
    "install it again, and run again",
)


@dataclass(frozen=True, slots=True)
class Converted:
    """What came of documents: the PDF of each or why there is none, and ``notices`` on all."""

    made: Mapping[Path, Path] = field(default_factory=dict)
    failed: Mapping[Path, Bilingual] = field(default_factory=dict)
    notices: tuple[Bilingual, ...] = ()


def find_office() -> Path | None:
    """The program of LibreOffice: on the path, or where installers put it."""
    programs = [
        Path(os.environ[each], "LibreOffice", "program")
        for each in ("PROGRAMFILES", "PROGRAMFILES(X86)")
        if each in os.environ
    ]
    places = (
        *(shutil.which(each) for each in ("soffice", "libreoffice")),
        # The .com waits until the work is done.
        *(folder / name for folder in programs for name in ("soffice.com", "soffice.exe")),
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        *sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True),
    )
    return next((Path(place) for place in places if place and Path(place).exists()), None)


def find_font() -> str:
    """The family of the font of government papers, or of one that is drawn alike; empty where
    none is installed, as far as can be told."""
    if (listing := shutil.which("fc-list")) is not None:
        try:
            ran = subprocess.run(
                [listing, ":", "family"],
                capture_output=True,
                timeout=_SECONDS_FOR_FONTS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        names = ran.stdout.decode("utf-8", "replace").splitlines()
    else:
        folders = (
            Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts"),
            Path(os.environ.get("LOCALAPPDATA", "."), "Microsoft", "Windows", "Fonts"),
            Path.home() / "Library" / "Fonts",
            Path("/Library/Fonts"),
        )
        names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
    keys = [re.sub(r"[ _-]", "", name).casefold() for name in names]
    found = (font for each, font in _ALIKE.items() if any(key.startswith(each) for key in keys))
    return next(found, "")


def to_pdf(documents: Sequence[Path], folder: Path) -> Converted:
    """Makes the PDF of each DOCX file in ``folder``, under the document's name.

    Many go through one call of LibreOffice; what then has no PDF is tried once more, alone.
    Never raises for what LibreOffice does or lacks.
    """
    if not documents:
        return Converted()
    office = find_office()
    if office is None:
        return Converted(failed=dict.fromkeys(documents, _NO_OFFICE))
    font = find_font()
    made: dict[Path, Path] = {}
    failed: dict[Path, Bilingual] = {}
    vain = 0
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        for tried in (batch, *([each] for each in batch)):
            left = [each for each in tried if each not in made]
            if not left:
                continue
            if vain >= _VAIN:
                failed |= {each: _GIVEN_UP for each in left if each not in failed}
                continue
            printed, why = _call(office, font, left, folder)
            made |= printed
            vain = 0 if printed else vain + 1
            if len(tried) == 1:
                failed |= {each: why for each in left if each not in printed}
    failed = {each: why for each, why in failed.items() if each not in made}
    return Converted(made, failed, () if font else (_NO_FONT,))


def _call(
    office: Path, font: str, documents: Sequence[Path], folder: Path
) -> tuple[dict[Path, Path], Bilingual]:
    """One call: the PDFs that it gave, and why others have none."""
    made: dict[Path, Path] = {}
    try:
        # A profile of its own: on one that is in use, LibreOffice does nothing and says nothing.
        with TemporaryDirectory(prefix="moral-xlsx-", ignore_cleanup_errors=True) as temporary:
            work = Path(temporary).resolve()
            if font not in (FONT, ""):
                _settings(work / "profile" / "user", font)
            copies = {work / f"{at:04}.docx": each for at, each in enumerate(documents)}
            for copy, document in copies.items():
                shutil.copyfile(document, copy)
            seconds = _SECONDS_TO_START + _SECONDS_EACH * len(copies)
            why = _NOTHING if _ran(_command(office, work, list(copies)), seconds) else _HANGS
            for copy, document in copies.items():
                data = _written(work / "pdf" / f"{copy.stem}.pdf")
                if data:
                    made[document] = folder / f"{document.stem}.pdf"
                    with made[document].open("wb") as file:
                        file.write(settled(data, _moment(document)))
                        file.flush()
                        os.fsync(file.fileno())
    except OSError as error:
        told = error.strerror or type(error).__name__
        return made, (f"เรียก LibreOffice หรือเขียนไฟล์ไม่ได้ ({told})", f"cannot run or write ({told})")
    return made, why


def _settings(user: Path, font: str) -> None:
    """Has LibreOffice draw the font of the documents by one that is drawn alike, if there is."""
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_REPLACE.format(font=font), "utf-8")


def _command(office: Path, work: Path, documents: Sequence[Path]) -> list[str]:
    profile = (work / "profile").as_uri()
    return [
        str(office),
        f"-env:UserInstallation={profile}",
        *("--headless", "--norestore", "--nolockcheck", "--nologo"),
        *("--convert-to", _FILTER, "--outdir", str(work / "pdf")),
        *map(str, documents),
    ]


def _ran(command: Sequence[str], seconds: float) -> bool:
    """Runs LibreOffice; False when it had to be ended. What it did is seen by its files alone."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return False
        except BaseException:
            _end(process)
            raise
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends LibreOffice with what it started: what was called only starts the program proper."""
    if sys.platform == "win32":
        tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(tree, capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _written(path: Path) -> bytes:
    """A PDF that LibreOffice wrote; nothing where there is none or only a part of one."""
    data = path.read_bytes() if path.is_file() else b""
    whole = data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF") and pages(data)
    return data if whole else b""


def _moment(document: Path) -> str:
    """When a document says that it was written."""
    try:
        with ZipFile(document) as file:
            core = file.read("docProps/core.xml")
    except (OSError, BadZipFile, KeyError):
        return _FIRST_DAY
    said = re.search(rb"<dcterms:modified[^>]*>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z<", core)
    return said[1].decode() if said else _FIRST_DAY
