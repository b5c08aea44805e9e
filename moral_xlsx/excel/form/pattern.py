"""A drawn workbook into which other values are put, with the bytes that drawing them would give."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, unescape

from moral_xlsx.opc import Limits, Package

# Far above any workbook of ours; it is opened for rewriting, not for safety.
_LIMITS = Limits(members=1000, member_size=1 << 28, total_size=1 << 29)
# Typed texts that stand in a workbook as they are, but for & and >. Others may be taken for signs
# of the file's own (_x0041_, <r>) or are marked (blanks at the ends).
_PLAIN = re.compile(r"(?! )[ -;=-^`-~ก-ฺ฿-๛–—“”‘’…]{1,1000}(?<! )")
# A number of more digits is not written with all of them.
_TOO_MUCH = 10**15

_STRINGS = "xl/sharedStrings.xml"
_STRING = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_USE = re.compile(rb't="s"><v>(\d+)</v>')
_SHEET = re.compile(r'<sheet name="([^"]*)"')
_CELL = rb'<c r="%s"([^>]*)>(?:<f>[^<]*</f>)?<v>([^<]*)</v></c>'

# A cell by its sheet's title and its name, such as D14; what it shows, never blank.
Cell = tuple[str, str]
Values = Mapping[Cell, str | int]


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a package around what is put in: there is a chunk more than there are cells."""

    chunks: tuple[bytes, ...]
    cells: tuple[Cell, ...]

    @classmethod
    def around(cls, content: bytes, spans: Mapping[Cell, tuple[int, int]]) -> _Member:
        """``spans`` tells where the value of each cell begins and ends."""
        ordered = sorted(spans, key=spans.__getitem__)
        edges = [0, *(at for cell in ordered for at in spans[cell]), len(content)]
        chunks = [content[first:last] for first, last in pairwise(edges)]
        return cls(tuple(chunks[::2]), tuple(ordered))

    def filled(self, written: Mapping[Cell, bytes]) -> bytes:
        """The content with these values."""
        pieces = [self.chunks[0]]
        for cell, chunk in zip(self.cells, self.chunks[1:], strict=True):
            pieces += (written[cell], chunk)
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A workbook around the values of some cells, typed ones and results of formulas.

    ``typed`` are the cells of typed texts and ``others`` the texts that stand elsewhere: equal
    ones stand in the file once, whatever cells they are of. ``kind`` is what has to be the same of
    all values that are put in.
    """

    package: Package
    members: Mapping[str, _Member]
    typed: frozenset[Cell]
    others: frozenset[bytes]
    kind: Mapping[Cell, object]

    @classmethod
    def of(cls, data: bytes, values: Values) -> Pattern | None:
        """The pattern of a drawn workbook with the values of the cells that may get others.

        None where it does not show just these values in them, or shows one of them elsewhere too.
        """
        package = Package.open(data, _LIMITS)
        titles = _SHEET.findall(package.content("xl/workbook.xml").decode())
        parts = {
            unescape(title, {"&quot;": '"'}): f"xl/worksheets/sheet{number}.xml"
            for number, title in enumerate(titles, start=1)
        }
        table = package.content(_STRINGS)
        strings = [found.span(1) for found in _STRING.finditer(table)]
        spans: dict[str, dict[Cell, tuple[int, int]]] = defaultdict(dict)
        typed: dict[Cell, int] = {}
        for cell in values:
            part = parts[cell[0]]
            found = re.search(_CELL % cell[1].encode(), package.content(part))
            if found is None:
                return None
            if b't="s"' not in found[1]:
                spans[part][cell] = found.span(2)
                continue
            index = int(found[2])
            if index not in typed.values():
                spans[_STRINGS][cell] = strings[index]
            typed[cell] = index
        used = (_USE.findall(package.content(part)) for part in parts.values())
        uses = Counter(int(index) for part in used for index in part)
        if any(uses[index] != own for index, own in Counter(typed.values()).items()):
            return None
        own = set(typed.values())
        pattern = cls(
            package.reopened(data),  # without the contents that were inflated here
            {part: _Member.around(package.content(part), each) for part, each in spans.items()},
            frozenset(typed),
            frozenset(table[slice(*at)] for index, at in enumerate(strings) if index not in own),
            _kind(values, typed),
        )
        return pattern if pattern.filled(values) == data else None

    def filled(self, values: Values) -> bytes | None:
        """The workbook with other values; None where they would change more of it than the cells.

        Where the values are those of a workbook that is drawn the same but for them, the bytes are
        those of that workbook.
        """
        if _kind(values, self.typed) != self.kind:
            return None
        written = {}
        for cell, value in values.items():
            if not _stands(value, typed=cell in self.typed):
                return None
            written[cell] = _written(value)
            if cell in self.typed:
                written[cell] = b"<t>%s</t>" % written[cell]
                if written[cell] in self.others:
                    return None
        return self.package.rewrite(
            {part: member.filled(written) for part, member in self.members.items()}
        )


def _kind(values: Values, typed: Container[Cell]) -> Mapping[Cell, object]:
    """Which cells have numbers, and of the typed texts, which are one."""
    texts = [value for cell, value in values.items() if cell in typed]
    return {
        cell: (type(value), texts.index(value) if cell in typed else -1)
        for cell, value in values.items()
    }


def _stands(value: str | int, *, typed: bool) -> bool:
    """Whether a value stands in the file as it is, and makes nothing else different there."""
    if not isinstance(value, str):
        return 0 <= value < _TOO_MUCH
    if typed:
        return _PLAIN.fullmatch(value) is not None
    # Blank results and errors such as #N/A are marked.
    return value != "" and not value.startswith("#")


def _written(value: str | int) -> bytes:
    return (escape(value) if isinstance(value, str) else f"{value:.16G}").encode()
