"""How our Word documents look: page, font and styles, and the elements made of them.

Thai is a complex script, so Word takes its font, size and weight from ``w:cs``, ``w:szCs``
and ``w:bCs``. They stand in the styles, once; runs and cells carry no formatting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import Section
from docx.shared import Mm
from lxml import etree

from moral_xlsx.rules.markup import BOLD, UNDERLINED, marks_of
from moral_xlsx.word.compiled import printable, value_mark

FONT = "TH Sarabun New"
# The Thai government font has no ☐ and ☑; this one is on every Windows since 7.
_BOX_FONT = "Segoe UI Symbol"
_TWIPS_PER_MM = 1440 / 25.4
_A4_MM = (210, 297)
_PARTS_USED = ("officeDocument", "core-properties", "styles", "settings")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

Align = Literal["left", "center", "right", "thaiDistribute"]


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style; sizes and spacing are in points, indents in millimetres.

    ``outline`` (0 is the topmost) puts it into Word's navigation. ``leader`` is the place
    of a tab stop that dots lead to.
    """

    name: str
    size: float
    bold: bool = False
    align: Align = "left"
    before: float = 0
    after: float = 0
    left: float = 0
    hanging: float = 0
    first_line: float = 0
    with_next: bool = False
    new_page: bool = False
    outline: int | None = None
    leader: float = 0


@dataclass(frozen=True, slots=True)
class Value:
    """The place of a value, filled for each document."""

    name: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in a character style.

    ``Box``, ``Given`` (dotted line), ``Strong``, ``Underline``, ``Strong Underline``.
    """

    content: str | Value
    style: str = ""

    @classmethod
    def of(cls, words: str) -> Run:
        """Words of a form in the style that their marks ask for."""
        marks = marks_of(words)
        names = (("Strong", BOLD), ("Underline", UNDERLINED))
        return cls(str(words), " ".join(name for name, mark in names if mark in marks))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its paragraphs, how many columns it spans, and its part in a vertical merge."""

    content: Sequence[etree._Element]
    span: int = 1
    merge: Literal["", "restart", "continue"] = ""
    shaded: bool = False
    middle: bool = False


_END = Style("End", 1)


def new_document(
    styles: Sequence[Style],
    *,
    landscape: bool,
    margins_mm: tuple[float, float],
) -> Document:
    """An empty A4 document with these styles; margins are vertical and horizontal.

    The first style is the default one of paragraphs.
    """
    document = docx.Document()
    _drop_unused_parts(document)
    _set_children(document.styles.element, parse_xml(_styles_xml((*styles, _END))))
    _set_children(document.settings.element, parse_xml(_SETTINGS))
    _set_page(document, landscape, margins_mm)
    return document


def append(document: Document, elements: Iterable[etree._Element]) -> None:
    """Put elements into the body.

    A last table needs a paragraph after it; it is too small to begin a page of its own.
    """
    section = document.element.body[-1]
    last: etree._Element | None = None
    for element in elements:
        section.addprevious(element)
        last = element
    if last is None or last.tag != qn("w:p"):
        section.addprevious(paragraph(_END.name))


def paragraph(style: str, *runs: str | Value | Run, kept: bool = False) -> etree._Element:
    """A paragraph; a text in it may hold line breaks and tabs.

    ``kept`` keeps it, or the row of a table that it stands in, on one page with what comes next.
    """
    element = OxmlElement("w:p")
    keep = [OxmlElement("w:keepNext")] if kept else []
    element.append(_with("w:pPr", _valued("w:pStyle", _style_id(style)), *keep))
    for run in runs:
        element.append(_run(run if isinstance(run, Run) else Run(run)))
    return element


def number_pages(document: Document, style: str) -> None:
    """Put ``- ๒ -`` above every page but the first, as Thai official letters do."""
    field = OxmlElement("w:fldSimple", {qn("w:instr"): " PAGE "})
    field.append(_run(Run("๒")))
    number = paragraph(style, "- ")
    number.append(field)
    number.append(_run(Run(" -")))
    section = document.sections[0]
    section.different_first_page_header_footer = True
    _set_children(section.header.part.element, [number])


def bookmarked(element: etree._Element, number: int) -> etree._Element:
    """The paragraph as a place that a ``page_entry`` of that number can refer to."""
    named = {qn("w:id"): str(number), qn("w:name"): f"_heading_{number}"}
    element.insert(1, OxmlElement("w:bookmarkStart", named))
    element.append(OxmlElement("w:bookmarkEnd", {qn("w:id"): str(number)}))
    return element


def page_entry(style: str, runs: Iterable[str | Run], number: int) -> etree._Element:
    """A line of a table of contents: the words, and the page of the bookmark of that number.

    The style's leader goes from the one to the other. Programs fill in the page when they open it.
    """
    element = paragraph(style, *runs, "\t")
    field = OxmlElement(
        "w:fldSimple",
        {qn("w:instr"): f" PAGEREF _heading_{number} \\h ", qn("w:dirty"): "true"},
    )
    field.append(_run(Run("…")))
    element.append(field)
    return element


def section_end(
    document: Document, *, landscape: bool, margins_mm: tuple[float, float]
) -> etree._Element:
    """A paragraph that ends pages of one orientation; headers are those of the whole document."""
    last = document.element.body[-1]
    section = deepcopy(last)
    # Only the first page of all has no number.
    for first in last.findall(qn("w:titlePg")):
        last.remove(first)
    _set_size(Section(section, document.part), landscape, margins_mm)
    return _with("w:p", _with("w:pPr", _valued("w:pStyle", _style_id(_END.name)), section))


def mark_pages(document: Document, style: str, words: str) -> None:
    """Put words above every page, the first one too."""
    section = document.sections[0]
    for header in (section.first_page_header, section.header):
        header.part.element.insert(0, paragraph(style, words))


def table(widths_mm: Sequence[float], rows: Iterable[etree._Element]) -> etree._Element:
    """A table with a line around every cell and columns of fixed width."""
    grid = _with("w:tblGrid", *(_measured("w:gridCol", width) for width in widths_mm))
    properties = _with(
        "w:tblPr",
        _valued("w:tblStyle", "Grid"),
        _measured("w:tblW", sum(widths_mm), kind="dxa"),
        OxmlElement("w:tblLayout", {qn("w:type"): "fixed"}),
    )
    return _with("w:tbl", properties, grid, *rows)


def row(
    widths_mm: Sequence[float],
    cells: Iterable[Cell],
    *,
    header: bool = False,
    whole: bool = False,
) -> etree._Element:
    """A row of a table of these column widths.

    ``header`` rows, which have to be the first, are repeated on every page; ``whole`` rows
    are not divided between pages. Raises ValueError when the cells do not fill the columns.
    """
    element = OxmlElement("w:tr")
    flags = [OxmlElement("w:cantSplit")] if whole or header else []
    if header:
        flags.append(OxmlElement("w:tblHeader"))
    if flags:
        element.append(_with("w:trPr", *flags))
    column = 0
    for cell in cells:
        width = sum(widths_mm[column : column + cell.span])
        column += cell.span
        element.append(_cell(cell, width))
    if column != len(widths_mm):
        raise ValueError(f"the cells fill {column} of {len(widths_mm)} columns")
    return element


def _cell(cell: Cell, width_mm: float) -> etree._Element:
    properties = _with("w:tcPr", _measured("w:tcW", width_mm, kind="dxa"))
    if cell.span > 1:
        properties.append(_valued("w:gridSpan", str(cell.span)))
    if cell.merge:
        properties.append(_valued("w:vMerge", cell.merge))
    if cell.shaded:
        properties.append(
            OxmlElement(
                "w:shd",
                {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): "EDEDED"},
            )
        )
    if cell.middle:
        properties.append(_valued("w:vAlign", "center"))
    return _with("w:tc", properties, *(cell.content or [OxmlElement("w:p")]))


def _run(run: Run) -> etree._Element:
    element = OxmlElement("w:r")
    if run.style:
        element.append(_with("w:rPr", _valued("w:rStyle", _style_id(run.style))))
    if isinstance(run.content, Value):
        text = _text("")
        text.append(value_mark(run.content.name))
        element.append(text)
        return element
    for number, line in enumerate(printable(run.content).split("\n")):
        if number:
            element.append(OxmlElement("w:br"))
        for place, piece in enumerate(line.split("\t")):
            if place:
                element.append(OxmlElement("w:tab"))
            if piece:
                element.append(_text(piece))
    return element


def _text(content: str) -> etree._Element:
    element = OxmlElement("w:t", {_XML_SPACE: "preserve"})
    element.text = content
    return element


def _with(tag: str, *children: etree._Element) -> etree._Element:
    element = OxmlElement(tag)
    for child in children:
        element.append(child)
    return element


def _valued(tag: str, value: str) -> etree._Element:
    return OxmlElement(tag, {qn("w:val"): value})


def _measured(tag: str, width_mm: float, kind: str = "") -> etree._Element:
    attributes = {qn("w:w"): str(_twips(width_mm))}
    if kind:
        attributes[qn("w:type")] = kind
    return OxmlElement(tag, attributes)


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)


def _set_children(parent: etree._Element, children: Iterable[etree._Element]) -> None:
    for child in list(parent):
        parent.remove(child)
    parent.extend(list(children))


def _drop_unused_parts(document: Document) -> None:
    for owner in (document.part, document.part.package):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] not in _PARTS_USED:
                del owner.rels[key]


def _set_page(document: Document, landscape: bool, margins_mm: tuple[float, float]) -> None:
    _set_size(document.sections[0], landscape, margins_mm)
    numbering = OxmlElement("w:pgNumType", {qn("w:fmt"): "thaiNumbers"})
    # The schema wants the page numbering before the columns.
    next(document.element.body.iter(qn("w:cols"))).addprevious(numbering)


def _set_size(section: Section, landscape: bool, margins_mm: tuple[float, float]) -> None:
    short, long = _A4_MM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (
        (Mm(long), Mm(short)) if landscape else (Mm(short), Mm(long))
    )
    section.top_margin = section.bottom_margin = Mm(margins_mm[0])
    section.left_margin = section.right_margin = Mm(margins_mm[1])
    section.header_distance = section.footer_distance = Mm(8)


def _style_id(name: str) -> str:
    return name.replace(" ", "")


def _fonts(font: str) -> str:
    return f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/>'


def _size(points: float) -> str:
    half_points = round(points * 2)
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _style_xml(style: Style, attributes: str) -> str:
    start = f'<w:ind w:left="{_twips(style.left)}" '
    properties = [
        "<w:keepNext/>" if style.with_next else "",
        "<w:pageBreakBefore/>" if style.new_page else "",
        f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_twips(style.leader)}"/></w:tabs>'
        if style.leader
        else "",
        f'<w:spacing w:before="{round(style.before * 20)}" w:after="{round(style.after * 20)}"/>',
        f'{start}w:hanging="{_twips(style.hanging)}"/>'
        if style.hanging
        else f'{start}w:firstLine="{_twips(style.first_line)}"/>',
        f'<w:jc w:val="{style.align}"/>',
        "" if style.outline is None else f'<w:outlineLvl w:val="{style.outline}"/>',
    ]
    bold = "<w:b/><w:bCs/>" if style.bold else ""
    return (
        f'<w:style w:type="paragraph" {attributes} w:styleId="{_style_id(style.name)}">'
        f'<w:name w:val="{style.name}"/><w:qFormat/><w:pPr>{"".join(properties)}</w:pPr>'
        f"<w:rPr>{bold}{_size(style.size)}</w:rPr></w:style>"
    )


def style_xml(style: Style) -> str:
    """A style of ours, for a document that has been made already."""
    return _style_xml(style, 'w:customStyle="1"')


def _styles_xml(styles: Sequence[Style]) -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return f"""<w:styles {nsdecls("w")}>
<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(FONT)}{_size(styles[0].size)}
<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="th-TH"/></w:rPr></w:rPrDefault>
<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>
{_style_xml(styles[0], 'w:default="1"')}
{"".join(map(style_xml, styles[1:]))}
<w:style w:type="character" w:styleId="Box"><w:name w:val="Box"/>
<w:rPr>{_fonts(_BOX_FONT)}{_size(11)}</w:rPr></w:style>
<w:style w:type="character" w:styleId="Given"><w:name w:val="Given"/>
<w:rPr><w:u w:val="dotted"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/>
<w:rPr><w:b/><w:bCs/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Underline"><w:name w:val="Underline"/>
<w:rPr><w:u w:val="single"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="StrongUnderline"><w:name w:val="Strong Underline"/>
<w:rPr><w:b/><w:bCs/><w:u w:val="single"/></w:rPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>
<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
<w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
<w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/>
<w:basedOn w:val="TableNormal"/>
<w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style>
</w:styles>"""


_SETTINGS = f"""<w:settings {nsdecls("w")}>
<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>
<w:compat><w:compatSetting w:name="compatibilityMode"
w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>
<w:themeFontLang w:val="th-TH" w:bidi="th-TH"/></w:settings>"""
