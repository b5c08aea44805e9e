"""Makes the pictures of docs/ethics-group.md out of a round of the samples: needs LibreOffice."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from fonts import stand_in
from libreoffice import convert

from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.round.inbox import list_inbox
from moral_xlsx.round.run import Office, run_round
from moral_xlsx.rules.definition.load import SHIPPED

ROOT = Path(__file__).parents[1]
SAMPLES, PICTURES = ROOT / "samples", ROOT / "docs" / "pictures"
# The sheets of the desk whose first page is shown.
SHOWN = {"desk-todo": "สิ่งที่ต้องทำ", "desk-scores": "คะแนน"}


def main() -> None:
    """Runs the samples' round and draws the pages."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        units = read_registry((SAMPLES / "units.xlsx").read_bytes(), "units.xlsx", SHIPPED).units
        inbox = list_inbox(SAMPLES / "inbox", work / "output")
        run_round(inbox, work / "output", "2569-05", Office(units), 2)
        os.environ["FONTCONFIG_FILE"] = str(stand_in(work))
        (pdf,) = convert([work / "output" / "2569-05" / "desk.xlsx"], "pdf", work)
        for name, title in SHOWN.items():
            page = _page(pdf, title)
            draw = ["pdftoppm", "-png", "-r", "80", "-f", page, "-l", page, "-singlefile"]
            subprocess.run([*draw, str(pdf), str(PICTURES / name)], check=True)


def _page(pdf: Path, title: str) -> str:
    """The first page with that title at its head."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout
    pages = text.decode().split("\f")
    return str(next(at for at, page in enumerate(pages, 1) if page.lstrip().startswith(title)))


if __name__ == "__main__":
    main()
