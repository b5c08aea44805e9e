"""A stand-in for TH Sarabun New, which no system but Windows in Thailand has.

Laksaman (Debian: fonts-thai-tlwg) draws the same letters one and a half times as large.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont

LAKSAMAN = Path("/usr/share/fonts/truetype/tlwg")
_STYLES = {"": "Regular", "-Bold": "Bold"}
_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{folder}</dir><cachedir>{folder}/cache</cachedir>
</fontconfig>
"""


def stand_in(folder: Path) -> Path:
    """Makes the font in a folder; gives the configuration by which LibreOffice finds it."""
    for suffix, style in _STYLES.items():
        font = TTFont(LAKSAMAN / f"Laksaman{suffix}.ttf")
        font["head"].unitsPerEm = int(font["head"].unitsPerEm * 1.5)
        names = {
            1: "TH Sarabun New",
            4: f"TH Sarabun New {style}",
            6: f"THSarabunNew-{style}",
            16: "TH Sarabun New",
        }
        for record in font["name"].names:
            if record.nameID in names:
                record.string = names[record.nameID]
        font.save(folder / f"THSarabunNew{suffix}.ttf")
    configuration = folder / "fonts.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder), "utf-8")
    return configuration
