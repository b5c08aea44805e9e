"""Writes a sheet of ours into an officer's workbook: a title, what it is for, and a list.

Fonts and colours stand in the texts themselves (rich text), and the one format that wraps
lines is borrowed from the workbook, so that its styles stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from lxml import etree

from moral_xlsx.excel.form import drawing
from moral_xlsx.excel.form.drawing import BODY, FONT, GREY
from moral_xlsx.excel.form.layout import OURS, cell_name, column_letters
from moral_xlsx.excel.form.measure import line_height, lines_needed, most_lines, per_line
from moral_xlsx.excel.write.writeback import xml_text

FIRST_ROW = 4  # from 0: above stand the marker, the title, what it is for, and the headings
NOT_AN_ANSWER = "แผ่นงานนี้ไม่นับเป็นคำตอบ กลุ่มงานจริยธรรมจะนำออกเมื่อได้รับไฟล์"
BLACK, LINK = "#000000", "#0563C1"


@dataclass(frozen=True, slots=True)
class Run:
    """The text of a cell and how it looks."""

    text: str
    size: int = BODY
    colour: str = BLACK
    bold: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """What stands on the sheet: ``columns`` are widths, in letters, and headings; ``rows`` have a
    run for each. ``links`` are defined names by the row, from 0, whose second cell leads there."""

    title: str
    colour: str
    note: str
    columns: Sequence[tuple[int, str]]
    rows: Sequence[Sequence[Run]]
    links: Mapping[int, str] = field(default_factory=dict)


def list_content(listed: ListSheet, namespace: str, wrap: int) -> bytes:
    """The sheet's XML; ``wrap`` is the format that wraps lines."""
    widths = [width for width, _ in listed.columns]
    title = Run(listed.title, drawing.TITLE, listed.colour, bold=True)
    note_lines = lines_needed(listed.note, sum(widths), BODY)
    headings = [Run(heading, bold=True) for _, heading in listed.columns]
    rows = [
        f'<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><t>{OURS}</t></is></c></row>',
        _row(1, [title], wrap, line_height(drawing.TITLE)),
        _row(2, [Run(listed.note, BODY, GREY)], wrap, line_height(BODY, note_lines)),
        _row(3, headings, wrap, line_height(BODY)),
    ]
    begins = []  # where each of the rows stands
    at = FIRST_ROW
    for runs in listed.rows:
        begins.append(at)
        for part in _in_rows(runs, widths):
            cells = zip(part, widths, strict=True)
            needed = max(lines_needed(run.text, width, BODY) for run, width in cells)
            rows.append(_row(at, part, wrap, line_height(BODY, needed)))
            at += 1
    links = "".join(
        f'<hyperlink ref="{cell_name(begins[index], 1)}" location="{name}"/>'
        for index, name in listed.links.items()
    )
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(widths, start=1)
    )
    last = column_letters(len(widths) - 1)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FF{listed.colour[1:]}"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{FIRST_ROW - 1}" topLeftCell="A{FIRST_ROW + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{line_height(BODY)}"/><cols>{cols}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>"
        '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
        f'<mergeCells count="2"><mergeCell ref="A2:{last}2"/><mergeCell ref="A3:{last}3"/>'
        "</mergeCells>"
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _in_rows(runs: Sequence[Run], widths: Sequence[int]) -> list[tuple[Run, ...]]:
    """The runs in as many rows as they need: what one cannot show goes on in the next."""
    parts = [_parts(run.text, width) for run, width in zip(runs, widths, strict=True)]
    return [
        tuple(replace(run, text=text) for run, text in zip(runs, texts, strict=True))
        for texts in zip_longest(*parts, fillvalue="")
    ]


def _parts(text: str, width: int) -> list[str]:
    """A text in pieces of so many lines as the highest row holds."""
    most, letters = most_lines(BODY), per_line(width, BODY)
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        # A line of its own that no row holds is cut where it fills one.
        for begin in range(0, max(1, len(line)), letters * most):
            piece = line[begin : begin + letters * most]
            if parts[-1] and lines_needed("\n".join([*parts[-1], piece]), width, BODY) > most:
                parts.append([])
            parts[-1].append(piece)
    return ["\n".join(part) for part in parts]


def _row(row: int, runs: Sequence[Run], wrap: int, height: float) -> str:
    cells = "".join(
        f'<c r="{cell_name(row, column)}" s="{wrap}" t="inlineStr"><is>{_run(run)}</is></c>'
        for column, run in enumerate(runs)
    )
    return f'<row r="{row + 1}" ht="{height}" customHeight="1">{cells}</row>'


def _run(run: Run) -> str:
    return (
        f"<r><rPr>{'<b/>' if run.bold else ''}{'<u/>' if run.underlined else ''}"
        f'<sz val="{run.size}"/><color rgb="FF{run.colour[1:]}"/><rFont val="{FONT}"/>'
        f'<family val="2"/></rPr><t xml:space="preserve">{xml_text(run.text).decode()}</t></r>'
    )


# --- the format that wraps lines


def wrapping_format(styles: bytes) -> int:
    """The plainest of a workbook's cell formats that wraps lines; 0 when there is none."""
    tree = etree.fromstring(styles, etree.XMLParser(resolve_entities=False, no_network=True))
    fills = [
        fill.find("{*}patternFill[@patternType='none']") is not None
        for fill in tree.iterfind("{*}fills/{*}fill")
    ]
    ranked = [
        (_ornaments(xf), index)
        for index, xf in enumerate(tree.iterfind("{*}cellXfs/{*}xf"))
        if _wraps(xf) and _at(fills, xf.get("fillId", "0"))
    ]
    return min(ranked)[1] if ranked else 0


def _wraps(xf: etree._Element) -> bool:
    alignment, protection = xf.find("{*}alignment"), xf.find("{*}protection")
    return (
        alignment is not None
        and alignment.get("wrapText") in ("1", "true")
        and alignment.get("horizontal", "general") in ("general", "left")
        and alignment.get("textRotation", "0") == "0"
        and xf.get("numFmtId", "0") in ("0", "49")
        and (protection is None or protection.get("locked") not in ("0", "false"))
    )


def _ornaments(xf: etree._Element) -> tuple[bool, bool, int]:
    alignment = xf.find("{*}alignment")
    if alignment is None:
        return True, True, 0
    return xf.get("borderId") != "0", alignment.get("vertical") != "top", len(alignment.attrib)


def _at(flags: Sequence[bool], index: str) -> bool:
    return index.isdecimal() and int(index) < len(flags) and flags[int(index)]
