"""Writes the sheet that lists what an officer has to mend, one row and one link a problem.

Fonts and colours stand in the texts themselves (rich text), and the one format that wraps
lines is borrowed from the workbook, so that its styles stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from moral_xlsx.excel.form import drawing
from moral_xlsx.excel.form.drawing import BODY, FONT, GREY, RED
from moral_xlsx.excel.form.layout import MARKS, cell_name
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.excel.write.writeback import xml_text
from moral_xlsx.model.findings import Place, Severity
from moral_xlsx.wording import SEVERITIES, number, place_in_words

TITLE = "สิ่งที่ต้องแก้"
MOST_MARKS = 300  # nobody mends more before sending again
FIRST_ROW = 4  # from 0: above stand the marker, the title, what to do, and the headings

_LINK, _BLACK = "#0563C1", "#000000"
_WIDTHS = (6, 30, 20, 90)
_HEADINGS = ("ที่", "คลิกเพื่อไปที่ช่อง", "ความสำคัญ", "ปัญหาและวิธีแก้")
_TODO = "คลิกชื่อช่องเพื่อไปแก้ไข แล้วบันทึกและส่งไฟล์นี้กลับมา แผ่นงานนี้ไม่นับเป็นคำตอบ กลุ่มงานจริยธรรมจะนำออกเมื่อได้รับไฟล์"
_COLOURS: dict[Severity, str] = {"error": RED, "warning": "#9C5700", "info": GREY}


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem in a cell: row and column count from 0; ``text`` says it and its remedy."""

    sheet: str
    row: int
    column: int
    text: str
    severity: Severity


def sheet_content(marks: Sequence[Mark], names: Sequence[str], namespace: str, wrap: int) -> bytes:
    """The sheet's XML; ``wrap`` is the format that wraps lines.

    ``names`` are the defined names that the links go to, empty where there is no link.
    """
    shown = marks[:MOST_MARKS]
    rows = [
        f'<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><t>{MARKS}</t></is></c></row>',
        _row(
            1,
            [_cell(1, 0, _run(TITLE, drawing.TITLE, RED, bold=True), wrap)],
            line_height(drawing.TITLE),
        ),
        _row(2, [_cell(2, 0, _run(_TODO, BODY, GREY), wrap)], line_height(BODY, _lines(_TODO))),
        _row(
            3,
            [_cell(3, at, _run(words, bold=True), wrap) for at, words in enumerate(_HEADINGS)],
            line_height(BODY),
        ),
    ]
    rows += [_mark(FIRST_ROW + at, at, mark, names[at], wrap) for at, mark in enumerate(shown)]
    if len(marks) > len(shown):
        rest = f"และอีก {number(len(marks) - len(shown))} ข้อ ดูในอีเมลตอบ"
        at = FIRST_ROW + len(shown)
        rows.append(_row(at, [_cell(at, 3, _run(rest), wrap)], line_height(BODY)))
    links = "".join(
        f'<hyperlink ref="{cell_name(FIRST_ROW + at, 1)}" location="{name}"/>'
        for at, name in enumerate(names)
        if name
    )
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(_WIDTHS, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FF{RED[1:]}"/>'
        '<pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{FIRST_ROW - 1}" topLeftCell="A{FIRST_ROW + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{line_height(BODY)}"/><cols>{widths}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>"
        '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
        '<mergeCells count="2"><mergeCell ref="A2:D2"/><mergeCell ref="A3:D3"/></mergeCells>'
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


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


def _mark(row: int, index: int, mark: Mark, name: str, wrap: int) -> str:
    place = place_in_words(Place(sheet=mark.sheet, cell=cell_name(mark.row, mark.column)))
    colour = _COLOURS[mark.severity]
    runs = (
        _run(number(index + 1)),
        _run(place, colour=_LINK, underlined=True) if name else _run(place),
        _run(SEVERITIES[mark.severity][0], colour=colour, bold=True),
        _run(mark.text),
    )
    lines = max(lines_needed(mark.text, _WIDTHS[3], BODY), lines_needed(place, _WIDTHS[1], BODY))
    cells = [_cell(row, column, run, wrap) for column, run in enumerate(runs)]
    return _row(row, cells, line_height(BODY, min(lines, 15)))  # rows end at 409 points


def _lines(text: str) -> int:
    return lines_needed(text, sum(_WIDTHS), BODY)


def _row(row: int, cells: Sequence[str], height: float) -> str:
    return f'<row r="{row + 1}" ht="{height}" customHeight="1">{"".join(cells)}</row>'


def _cell(row: int, column: int, run: str, style: int) -> str:
    return f'<c r="{cell_name(row, column)}" s="{style}" t="inlineStr"><is>{run}</is></c>'


def _run(
    text: str, size: int = BODY, colour: str = _BLACK, bold: bool = False, underlined: bool = False
) -> str:
    return (
        f"<r><rPr>{'<b/>' if bold else ''}{'<u/>' if underlined else ''}"
        f'<sz val="{size}"/><color rgb="FF{colour[1:]}"/><rFont val="{FONT}"/>'
        f'<family val="2"/></rPr><t xml:space="preserve">{xml_text(text).decode()}</t></r>'
    )
