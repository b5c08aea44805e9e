"""What LibreOffice wrote as a PDF: whether it is whole, and the same without the clock.

LibreOffice writes the moment into the dates, into the identity, and into the header of the
colour profile, which is compressed. What replaces them may be longer or shorter; the table of
cross references at the end is moved along.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

LANGUAGE = "th-TH"
_PAGE = re.compile(rb"/Type\s*/Page\b")
_STREAM = re.compile(rb"<<([^<>]*)/Length (\d+)( 0 R)?([^<>]*)>>\s*stream\r?\n")
_XMP_DATE = re.compile(rb"(<xmp:(?:Create|Modify|Metadata)Date>)[^<]*")
_INFO_DATE = re.compile(rb"/(?:Creation|Mod)Date\s*(\([^)]*\))")
_CATALOG_LANGUAGE = re.compile(rb"/Lang\s*\([^)]*\)")
# What a trailer holds of the moment, by the digits of a hash.
_TRAILER_HASH = re.compile(rb"(?<=[</])[0-9A-F]{32}\b")
_ENTRY = 20  # bytes of one entry of a table of cross references

Edit = tuple[int, int, bytes]


def pages(pdf: bytes) -> int:
    """The pages of a PDF, by their marks; also where these lie in compressed objects."""
    found = len(_PAGE.findall(pdf))
    if not found and b"/ObjStm" in pdf:
        for head in _STREAM.finditer(pdf):
            if b"/ObjStm" in head[0]:
                with suppress(zlib.error):
                    found += len(_PAGE.findall(zlib.decompressobj().decompress(pdf[head.end() :])))
    return found


def settled(pdf: bytes, moment: str) -> bytes:
    """A PDF of LibreOffice as if made at ``moment`` (ISO, in UTC), and in Thai throughout.

    Its dates, that of its colour profile and its identity are replaced. What is built otherwise
    than LibreOffice 7 does is left as it is.
    """
    table = _Table.of(pdf)
    if table is None:
        return pdf
    edits = sorted(_edits(pdf, table, moment))
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [pdf[at:start], new]
        at = end
    body = b"".join((*pieces, pdf[at : table.place]))
    tail = pdf[table.end : table.trailer_end]
    entries = b"".join(table.moved(edits))
    identity = hashlib.sha256(body + entries).hexdigest()[:32].upper().encode()
    return b"".join(
        (
            body,
            pdf[table.place : table.begin],
            entries,
            _TRAILER_HASH.sub(identity, tail),
            b"startxref\n%d\n%%%%EOF\n" % len(body),
        )
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The one table of cross references that a PDF ends with: where it stands, where each object
    does, and which are the first ones."""

    place: int
    begin: int
    end: int
    trailer_end: int
    entries: tuple[bytes, ...]
    root: int
    info: int

    @classmethod
    def of(cls, pdf: bytes) -> _Table | None:
        """The table; None where there is none, or several."""
        last = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf[-100:])
        begins = re.compile(rb"xref\s+0 (\d+)\s*?\n").match(pdf, int(last[1])) if last else None
        if last is None or begins is None or pdf.count(b"\nstartxref") != 1:
            return None
        end = begins.end() + _ENTRY * int(begins[1])
        rows = pdf[begins.end() : end]
        entries = tuple(rows[at : at + _ENTRY] for at in range(0, len(rows), _ENTRY))
        trailer_end = pdf.rindex(b"startxref")
        named = [
            re.search(rb"/%s (\d+) 0 R" % each, pdf[end:trailer_end]) for each in (b"Root", b"Info")
        ]
        if not all(re.fullmatch(rb"\d{10} \d{5} [nf](?: \n| \r|\r\n)", each) for each in entries):
            return None
        root, info = (int(found[1]) if found else 0 for found in named)
        known = range(1, len(entries))
        if not pdf[end:].startswith(b"trailer") or root not in known or info not in known:
            return None
        return cls(begins.start(), begins.end(), end, trailer_end, entries, root, info)

    def object(self, pdf: bytes, number: int) -> tuple[int, int]:
        """Where an object begins and ends."""
        start = int(self.entries[number][:10])
        return start, pdf.find(b"endobj", start)

    def number(self, pdf: bytes, number: int) -> re.Match[bytes] | None:
        """An object that is a number, as its first group."""
        if number >= len(self.entries):
            return None
        return re.compile(rb"\d+ 0 obj\s+(\d+)\s").match(pdf, self.object(pdf, number)[0])

    def moved(self, edits: Sequence[Edit]) -> Iterator[bytes]:
        """The entries after edits of what stands before the table."""
        for entry in self.entries:
            place = int(entry[:10])
            shift = sum(len(new) - (end - start) for start, end, new in edits if end <= place)
            yield b"%010d%s" % (place + shift, entry[10:]) if entry[17:18] == b"n" else entry


def _edits(pdf: bytes, table: _Table, moment: str) -> Iterator[Edit]:
    digits = re.sub(r"\D", "", moment)
    for found in _INFO_DATE.finditer(pdf, *table.object(pdf, table.info)):
        yield *found.span(1), b"(D:%sZ)" % digits.encode()
    start, end = table.object(pdf, table.root)
    language, head = b"/Lang(%s)" % LANGUAGE.encode(), pdf.find(b"<<", start, end) + 2
    if said := _CATALOG_LANGUAGE.search(pdf, start, end):
        yield *said.span(), language
    elif head >= start:
        yield head, head, language
    for found in _STREAM.finditer(pdf):
        begin, length = found.end(), found.span(2)
        if found[3]:
            if (number := table.number(pdf, int(found[2]))) is None:
                continue
            length = number.span(1)
        old = pdf[begin : begin + int(pdf[slice(*length)])]
        if b"/Metadata" in found[0]:
            new = _XMP_DATE.sub(rb"\g<1>%sZ" % moment.encode(), old)
        elif b"/N 3" in found[0] and b"/FlateDecode" in found[0]:
            new = _colours(old, digits)
        else:
            continue
        yield *length, b"%d" % len(new)
        yield begin, begin + len(old), new


def _colours(stream: bytes, digits: str) -> bytes:
    """A compressed colour profile, made at a moment: its header holds six numbers for it."""
    try:
        profile = zlib.decompress(stream)
    except zlib.error:
        return stream
    if profile[36:40] != b"acsp":
        return stream
    numbers = (digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2)))
    made = b"".join(int(each).to_bytes(2, "big") for each in numbers)
    return zlib.compress(profile[:24] + made + profile[36:], 9)
