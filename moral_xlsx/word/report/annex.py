"""The annex of a report: the pictures of its evidence, two a page, each with what it shows.

It is put into a finished report, for what came beside the form is known only when the round is.
Pictures are as ``submission/prints`` made them: nothing that came from outside is opened here.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from docx.oxml.ns import nsdecls
from lxml import etree

from moral_xlsx import opc
from moral_xlsx.word.compiled import printable
from moral_xlsx.word.styles import Style, style_xml
from moral_xlsx.wording import number

TITLE, CONTINUED = "รูปประกอบ", "รูปประกอบ (ต่อ)"
_A_PAGE = 2
STYLES = (
    Style("Annex Title", 18, bold=True, align="center", after=6, with_next=True, new_page=True,
          outline=0),
    Style("Annex Picture", 14, align="center", with_next=True),
    Style("Annex Caption", 14, align="center", before=3),
    Style("Annex End", 1),
)  # fmt: skip
# Millimetres of a page that title, note and a caption of three lines take from the pictures; and
# of a column, what is left free beside one.
_ABOVE_AND_BELOW, _BESIDE = 56, 8
_LONGEST_CAPTION = 260
# Of captions, in millimetres: the fonts that stand in for TH Sarabun New are wider and higher.
_LINE, _LETTER, _SHORT_CAPTION = 9, 3, 3
_EMU_PER_MM, _TWIPS_PER_MM, _DOTS_PER_MM = 36_000, 1440 / 25.4, 150 / 25.4
_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}

_CONTENT_TYPES, _DOCUMENT, _STYLES = "[Content_Types].xml", "word/document.xml", "word/styles.xml"
_RELATIONS = "word/_rels/document.xml.rels"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_LIMITS = opc.Limits(members=1_000, member_size=1 << 27, total_size=1 << 28)
_EMPTY, _SECTION = "<w:p/>", "<w:sectPr"
_FIRST_ID = 1_000  # of a drawing, apart from any that the report has


@dataclass(frozen=True, slots=True)
class AnnexPicture:
    """A picture as it is printed: its bytes, its size in pixels, and the words below it."""

    data: bytes
    suffix: str
    width: int
    height: int
    caption: str


def with_annex(report: bytes, pictures: Sequence[AnnexPicture], note: str = "") -> bytes:
    """The report with its pictures at the end, and a ``note`` below the last.

    A report without pictures stays as it is. The same input gives the same bytes.
    """
    if not pictures:
        return report
    package = opc.Package.open(report, _LIMITS)
    document = package.content(_DOCUMENT).decode()
    media: dict[str, bytes] = {}
    for each in pictures:
        media.setdefault(_part(each), each.data)
    ids = {part: f"annex{index}" for index, part in enumerate(media, start=1)}
    # The section, which comes last, tells how large a page is.
    at = document.rindex(_SECTION)
    page = _Page(document[at:])
    before = document[:at].removesuffix(_EMPTY)  # it ended the body after a table
    annex = "".join(_pages(pictures, page, ids, note))
    relations = "".join(
        f'<Relationship Id="{ids[part]}" Type="{_IMAGE}" Target="{part.removeprefix("word/")}"/>'
        for part in media
    )
    return package.rewrite(
        {
            _DOCUMENT: f"{before}{annex}{document[at:]}".encode(),
            _STYLES: _before_end(
                package.content(_STYLES),
                "</w:styles>",
                "".join(style_xml(style) for style in STYLES),
            ),
            _RELATIONS: _before_end(package.content(_RELATIONS), "</Relationships>", relations),
            _CONTENT_TYPES: _with_types(package.content(_CONTENT_TYPES), pictures),
        },
        media,
    )


def _part(picture: AnnexPicture) -> str:
    digest = hashlib.sha256(picture.data).hexdigest()
    return f"word/media/{digest[:16]}{picture.suffix}"


def _before_end(content: bytes, end: str, more: str) -> bytes:
    text, found, rest = content.decode().rpartition(end)
    return f"{text}{more}{found}{rest}".encode()


def _with_types(content: bytes, pictures: Sequence[AnnexPicture]) -> bytes:
    """The content types with those of the pictures; types by suffix stand before the others."""
    text = content.decode()
    suffixes = sorted({each.suffix.removeprefix(".") for each in pictures})
    more = "".join(
        f'<Default Extension="{suffix}" ContentType="{_TYPES[f".{suffix}"]}"/>'
        for suffix in suffixes
        if f'Extension="{suffix}"' not in text
    )
    at = text.index("<Default ")
    return f"{text[:at]}{more}{text[at:]}".encode()


class _Page:
    """What a page of the report has room for, in millimetres."""

    def __init__(self, section: str) -> None:
        names = nsdecls("w", "r")
        end = section.index("</w:body>")
        element = etree.fromstring(f"<body {names}>{section[:end]}</body>")[0]
        size, margins = element.find("{*}pgSz"), element.find("{*}pgMar")
        self.width = _of(size, "w") - _of(margins, "left") - _of(margins, "right")
        self.height = _of(size, "h") - _of(margins, "top") - _of(margins, "bottom")


def _of(element: etree._Element | None, name: str) -> float:
    values = {} if element is None else {k.rpartition("}")[2]: v for k, v in element.items()}
    return int(values.get(name, "0")) / _TWIPS_PER_MM


def _pages(
    pictures: Sequence[AnnexPicture], page: _Page, ids: dict[str, str], note: str
) -> Iterator[str]:
    for first in range(0, len(pictures), _A_PAGE):
        yield _paragraph("AnnexTitle", CONTINUED if first else TITLE)
        together = pictures[first : first + _A_PAGE]
        width = page.width / len(together)
        cells = "".join(
            _cell(each, index, width, page.height, ids[_part(each)])
            for index, each in enumerate(together, start=first + 1)
        )
        yield _table(cells, [width] * len(together))
    # A body may not end with a table.
    yield _paragraph("AnnexCaption", note) if note else _paragraph("AnnexEnd", "")


def _table(cells: str, widths: Sequence[float]) -> str:
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(map(_twips, widths))}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>"
    )


def _cell(each: AnnexPicture, index: int, width: float, height: float, relation: str) -> str:
    said = " ".join(f"รูปที่ {number(index)} {printable(each.caption)}".split())
    caption = said if len(said) <= _LONGEST_CAPTION else f"{said[: _LONGEST_CAPTION - 1]}…"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="AnnexPicture"/></w:pPr>'
        f"<w:r>{_drawing(each, index, caption, width, height, relation)}</w:r></w:p>"
        f"{_paragraph('AnnexCaption', caption)}</w:tc>"
    )


def _paragraph(style: str, text: str) -> str:
    run = f'<w:r><w:t xml:space="preserve">{_escaped(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run}</w:p>'


def _longer(caption: str, width: float) -> float:
    """Millimetres that a caption may need below a picture beyond those of a short one."""
    letters = sum(unicodedata.category(each) != "Mn" for each in caption)
    lines = math.ceil(letters * _LETTER / (width - _BESIDE))
    return max(0, lines - _SHORT_CAPTION) * _LINE


def _drawing(
    each: AnnexPicture, index: int, caption: str, width: float, height: float, relation: str
) -> str:
    scale = min(
        (width - _BESIDE) / each.width,
        (height - _ABOVE_AND_BELOW - _longer(caption, width)) / each.height,
        1 / _DOTS_PER_MM,  # a small picture is not blown up
    )
    extent = (
        f'cx="{round(each.width * scale * _EMU_PER_MM)}" '
        f'cy="{round(each.height * scale * _EMU_PER_MM)}"'
    )
    name, descr = quoteattr(f"รูปที่ {number(index)}"), quoteattr(caption)
    return (
        f'<w:drawing><wp:inline {nsdecls("wp")} distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {extent}/><wp:docPr id="{_FIRST_ID + index}" name={name} descr={descr}/>'
        f'<wp:cNvGraphicFramePr><a:graphicFrameLocks {nsdecls("a")} noChangeAspect="1"/>'
        f"</wp:cNvGraphicFramePr>"
        f'<a:graphic {nsdecls("a")}><a:graphicData uri="{_namespace("pic")}">'
        f'<pic:pic {nsdecls("pic")}><pic:nvPicPr><pic:cNvPr id="{_FIRST_ID + index}" name={name}/>'
        f"<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
        f'<a:blip {nsdecls("r")} r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _namespace(prefix: str) -> str:
    return nsdecls(prefix).split('"')[1]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)
