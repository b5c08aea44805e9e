"""Hostile .xlsb and .xls: what their records say and do not hold, far cells, damage."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile
from hostile import ANY, IN, zipped

SAVES = Path(__file__).parent / "saves"
_Samples = Iterator[tuple[str, bytes, str]]

# Kinds of records of .xlsb.
ROW, BLANK, REAL, SHARED, BEGIN_TEXTS, TEXT = 0, 1, 5, 7, 159, 19
# Kinds of records of .xls.
NUMBER, SST, LABEL_SST = 0x203, 0xFC, 0xFD


def number(value: int) -> bytes:
    """A number as .xlsb writes kinds and sizes: seven bits in each byte."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def record(kind: int, content: bytes = b"") -> bytes:
    return number(kind) + number(len(content)) + content


def row(at: int) -> bytes:
    return record(ROW, struct.pack("<L", at) + bytes(13))


def cell(column: int, kind: int = REAL) -> bytes:
    content = bytes(8) if kind == REAL else bytes(4) if kind == SHARED else b""
    return record(kind, struct.pack("<LL", column, 0) + content)


def text(letters: str) -> bytes:
    return record(TEXT, b"\0" + struct.pack("<L", len(letters)) + letters.encode("utf-16-le"))


def xlsb(sheet: bytes, texts: bytes = b"") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": b"\0",
            "xl/worksheets/sheet1.bin": sheet,
            "xl/sharedStrings.bin": texts,
        }
    )


def declared(count: int) -> bytes:
    return record(BEGIN_TEXTS, struct.pack("<LL", count, count))


def binary_sheets() -> _Samples:
    yield "small", xlsb(row(0) + cell(0)), IN
    for at in (5_000, 100_000, 1_048_575, 0xFFFFFFFF):
        yield f"row {at}", xlsb(row(at) + cell(0)), "MX-105"
        yield f"blank in row {at}", xlsb(row(at) + cell(0, BLANK)), IN
    for at in (300, 2_000, 16_383, 0xFFFFFFFF):
        yield f"column {at}", xlsb(row(0) + cell(at)), "MX-105"
        yield f"blank in column {at}", xlsb(row(0) + cell(at, BLANK)), IN
    # Every kind of cell that holds something reaches as far as it says.
    for kind in (*range(2, 12), 62):
        for at in (5_000, 1_048_575):
            yield f"kind {kind} in row {at}", xlsb(row(at) + cell(0, kind)), "MX-105"
        for at in (300, 16_383):
            yield f"kind {kind} in column {at}", xlsb(row(0) + cell(at, kind)), "MX-105"
    wide = xlsb(b"".join(row(at) + cell(299) for at in (0, 4_999)))
    yield "a table as large as it may be", wide, IN
    for count in (2_000_000, 0x7FFFFFFF, 0xFFFFFFFF):
        sheet = row(0) + cell(0, SHARED)
        yield f"{count} texts declared", xlsb(sheet, declared(count) + text("x")), "MX-107"
    many = b"".join(row(at) + b"".join(cell(c, SHARED) for c in range(100)) for at in range(100))
    yield "a long text in many cells", xlsb(many, declared(1) + text("x" * 30_000)), "MX-104"
    yield "a text in many cells", xlsb(many, declared(1) + text("x" * 300)), IN
    yield "cut off in a kind", xlsb(row(0) + b"\x80"), IN
    yield "cut off in a size", xlsb(row(0) + b"\x05\x80\x80"), IN
    yield "longer than the part", xlsb(row(0) + b"\x05\xff\x7f" + bytes(9)), IN
    yield "a size of four bytes", xlsb(b"\x05\xff\xff\xff\xff\x7f" + bytes(9)), IN
    yield "nothing", xlsb(b""), IN


def binary_saves() -> _Samples:
    """Whole files of another program, damaged."""
    chance = random.Random(11)
    for name in ("sheetjs.xlsb", "sheetjs.xls"):
        whole = (SAVES / name).read_bytes()
        yield name, whole, IN
        # A zip has checksums; a compound file has none, and may well be read.
        expect = "MX-107" if name.endswith(".xlsb") else ANY
        for size in range(600, len(whole), len(whole) // 20):
            yield f"{name} to {size} bytes", whole[:size], expect
        for _ in range(40):
            broken = bytearray(whole)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            yield f"{name} with another bit", bytes(broken), expect


def _patched(kind: int, form: str, offset: int, *values: int) -> bytes:
    """The .xls with other numbers in the first record of a kind."""
    whole = (SAVES / "sheetjs.xls").read_bytes()
    with olefile.OleFileIO(io.BytesIO(whole)) as file:
        stream = file.openstream("Workbook").read()
    begins = whole.index(stream[:512])
    at = 0
    while struct.unpack_from("<H", stream, at)[0] != kind:
        at += 4 + struct.unpack_from("<H", stream, at + 2)[0]
    new = bytearray(whole)
    struct.pack_into(form, new, begins + at + 4 + offset, *values)
    return bytes(new)


def old_workbooks() -> _Samples:
    kinds = {struct.unpack_from("<H", _workbook_stream(), at)[0] for at in _record_offsets()}
    for kind in sorted({NUMBER, LABEL_SST, 0x27E, 0x204} & kinds):
        for at in (5_000, 60_000, 65_535):
            yield f"{kind:x} in row {at}", _patched(kind, "<H", 0, at), "MX-105"
        yield f"{kind:x} in column 300", _patched(kind, "<H", 2, 300), "MX-105"
        yield f"{kind:x} in column 65535", _patched(kind, "<H", 2, 65_535), "MX-105"
    if SST in kinds:
        for count in (2_000_000, 0x7FFFFFFF, 0xFFFFFFFF):
            yield f"{count} texts declared", _patched(SST, "<LL", 0, count, count), "MX-107"
    head = (SAVES / "sheetjs.xls").read_bytes()
    for name, at, value in (
        ("sector size", 0x1E, 31),
        ("first sector", 0x30, 0xFFFFFFF0),
        ("sectors of the table", 0x2C, 0xFFFFFFFF),
    ):
        new = bytearray(head)
        struct.pack_into("<L", new, at, value)
        yield name, bytes(new), ANY


def _workbook_stream() -> bytes:
    with olefile.OleFileIO(str(SAVES / "sheetjs.xls")) as file:
        found: bytes = file.openstream("Workbook").read()
    return found


def _record_offsets() -> Iterator[int]:
    stream, at = _workbook_stream(), 0
    while at + 4 <= len(stream):
        yield at
        at += 4 + struct.unpack_from("<H", stream, at + 2)[0]
