"""Word documents built once and filled many times.

python-docx needs tens of milliseconds to build a document, so a template is built once,
with marks where values belong, and cut at those marks. Filling it joins strings.

The rules:

- A mark is a processing instruction, which no text can contain: what a form prints or an
  officer types can therefore never be taken for one, and filled values are never searched.
- ``value_mark(name)`` stands inside a ``w:t`` and becomes a text; line breaks and tabs in the
  text become Word's own, characters that XML forbids are dropped.
- ``repeated(name, ...)`` encloses whole elements (table rows, paragraphs) and becomes one
  copy for each set of values: none leaves it out.
- Values have to fit exactly: a name too few or too many raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from moral_xlsx import opc

Values = Mapping[str, "str | Sequence[Values]"]

_TARGET = "fill"
_MARK = re.compile(r"<\?fill (value|each|end) ([a-z0-9_]+)\?>")
_DOCUMENT = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
AUTHOR = "กลุ่มงานจริยธรรม"
# Far above any document of ours; the package is opened for rewriting, not for safety.
_LIMITS = opc.Limits(members=100, member_size=1 << 27, total_size=1 << 28)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x1f&<>\ud800-\udfff\ufffe\uffff]")
_NEXT_TEXT = '<w:t xml:space="preserve">'
# Of a document without a day: the same inputs have to give the same bytes, so there is no clock.
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def value_mark(name: str) -> etree._ProcessingInstruction:
    """The mark, to be put into a ``w:t``, that the value called ``name`` replaces."""
    return etree.ProcessingInstruction(_TARGET, f"value {name}")


def repeated(name: str, elements: Iterable[etree._Element]) -> list[etree._Element]:
    """The elements between marks that repeat them for each of the values ``name``."""
    return [
        etree.ProcessingInstruction(_TARGET, f"each {name}"),
        *elements,
        etree.ProcessingInstruction(_TARGET, f"end {name}"),
    ]


def printable(text: str) -> str:
    """The text with ``\\n`` line ends and without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def package(document: Document, title: str, day: date | None) -> bytes:
    """The document as a DOCX file of that day; the same document gives the same bytes."""
    properties = document.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = ""
    properties.title = printable(title)[:255]
    properties.created = properties.modified = _moment(day)
    file = BytesIO()
    document.save(file)
    with ZipFile(file) as saved:
        return opc.build([(name, saved.read(name)) for name in saved.namelist()])


class CompiledDocument:
    """A document cut at its marks; filling it gives a DOCX file."""

    def __init__(self, document: Document, title: str) -> None:
        for mark in document.element.iter(etree.PI):
            parent = mark.getparent()
            if (mark.text or "").startswith("value ") and (
                parent is None or parent.tag != qn("w:t")
            ):
                raise ValueError(f"the mark “{mark.text}” does not stand inside a w:t")
        self._package = opc.Package.open(package(document, title, None), _LIMITS)
        self._block = _cut(self._package.content(_DOCUMENT).decode())
        self._properties = self._package.content(_PROPERTIES)

    def fill(self, values: Values, day: date | None) -> bytes:
        """The document of that day with its values; raises ValueError when they do not fit."""
        pieces: list[str] = []
        _write(self._block, values, pieces)
        made = self._properties.replace(_written(None), _written(day))
        return self._package.rewrite({_DOCUMENT: "".join(pieces).encode(), _PROPERTIES: made})


def _moment(day: date | None) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else _MOMENT


def _written(day: date | None) -> bytes:
    """The moment as the properties of a document write it."""
    return f"{_moment(day):%Y-%m-%dT%H:%M:%SZ}".encode()


@dataclass(frozen=True, slots=True)
class _Block:
    """Text with marked parts: ``lead``, then each part followed by the text after it.

    A part is the name of a value, or a block that is repeated under its own name.
    """

    name: str
    lead: str
    parts: Sequence[tuple[str | _Block, str]]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(part if isinstance(part, str) else part.name for part, _ in self.parts)


def _cut(content: str) -> _Block:
    lead, *marks = _MARK.split(content)
    unfinished: list[tuple[str, str, list[tuple[str | _Block, str]]]] = [("", lead, [])]
    for kind, name, text in zip(marks[::3], marks[1::3], marks[2::3], strict=True):
        if kind == "value":
            unfinished[-1][2].append((name, text))
        elif kind == "each":
            unfinished.append((name, text, []))
        else:
            block = _Block(*unfinished.pop())
            if block.name != name or not unfinished:
                raise ValueError(f"the mark “end {name}” has no beginning")
            unfinished[-1][2].append((block, text))
    if len(unfinished) > 1:
        raise ValueError(f"the mark “each {unfinished[-1][0]}” has no end")
    return _Block(*unfinished[0])


def _write(block: _Block, values: Values, pieces: list[str]) -> None:
    if values.keys() != block.names:
        wrong = ", ".join(sorted(values.keys() ^ block.names))
        raise ValueError(f"values and marks of “{block.name}” differ: {wrong}")
    pieces.append(block.lead)
    for part, text in block.parts:
        name = part if isinstance(part, str) else part.name
        value = values[name]
        if isinstance(part, str) != isinstance(value, str):
            raise ValueError(f"“{name}” is given as {type(value).__name__}")
        if isinstance(value, str):
            pieces.append(_as_xml(value))
        elif isinstance(part, _Block):
            for each in value:
                _write(part, each, pieces)
        pieces.append(text)


def _as_xml(text: str) -> str:
    if _SPECIAL.search(text) is None:
        return text
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", f"</w:t><w:br/>{_NEXT_TEXT}").replace(
        "\t", f"</w:t><w:tab/>{_NEXT_TEXT}"
    )
