"""Messages, archives and mailboxes as bytes, the way that mail programs write them."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


BOOK = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": bytes(range(256)) * 2})


def lines(*texts: str | bytes) -> bytes:
    """Lines as they travel; texts in UTF-8."""
    return b"".join((t.encode() if isinstance(t, str) else t) + b"\r\n" for t in texts)


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n").rstrip()


def word(text: str, charset: str = "utf-8", encoding: str = "B") -> str:
    """An encoded word of RFC 2047."""
    raw = text.encode("cp874" if charset != "utf-8" else "utf-8")
    if encoding == "B":
        return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
    inside = "".join(chr(b) if chr(b).isalnum() and b < 128 else f"={b:02X}" for b in raw)
    return f"=?{charset}?Q?{inside}?="


def percent(text: str, charset: str = "utf-8") -> str:
    """A value of RFC 2231, without its character set."""
    return quote(text.encode("utf-8" if charset == "utf-8" else "cp874"), safe="")


def attachment(
    named: str | bytes,
    data: bytes = BOOK,
    kind: str = "application/octet-stream",
    *,
    disposition: bool = True,
) -> bytes:
    """A base64 part; ``named`` is the parameter as it stands, such as ``filename="a.xlsx"``."""
    raw = named.encode() if isinstance(named, str) else named
    if disposition:
        fields = lines(f"Content-Type: {kind}", b"Content-Disposition: attachment; " + raw)
    else:
        fields = lines(f"Content-Type: {kind}; ".encode() + raw)
    return fields + lines("Content-Transfer-Encoding: base64", "", b64(data))


def text_part(text: str = "เรียน กลุ่มงานจริยธรรม ส่งแบบประเมินครับ") -> bytes:
    return lines("Content-Type: text/plain; charset=utf-8", "", text)


def multipart(
    *parts: bytes, kind: str = "mixed", boundary: str = "=_b1", fields: Sequence[str | bytes] = ()
) -> bytes:
    opened = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    head = lines(*fields, f'Content-Type: multipart/{kind}; boundary="{boundary}"', "")
    return head + opened + b"--" + boundary.encode() + b"--\r\n"


FIELDS = (
    "Return-Path: <officer@unit.go.th>",
    "Received: from mail.unit.go.th (mail.unit.go.th [203.0.113.7])",
    "\tby mx.diw.go.th with ESMTPS id 1; Tue, 12 May 2026 10:15:00 +0700",
    "Received: from pc (unknown) by mail.unit.go.th; Tue, 12 May 2026 10:14:58 +0700",
    "Message-ID: <abc.123@unit.go.th>",
    "Date: Tue, 12 May 2026 10:14:50 +0700",
    f"From: {word('กองคลัง')} <Officer@Unit.go.th>",
    "To: diwethics@diw.go.th",
    f"Subject: {word('ส่งแบบประเมินองค์กรคุณธรรม')}",
    "MIME-Version: 1.0",
)


def mail(*parts: bytes, fields: Sequence[str | bytes] = FIELDS, boundary: str = "=_b1") -> bytes:
    return multipart(*(parts or (text_part(),)), fields=fields, boundary=boundary)


def forwarded(message: bytes, named: str = "", encoding: str = "") -> bytes:
    head = [f"Content-Type: message/rfc822{'; ' + named if named else ''}"]
    if encoding:
        return lines(*head, f"Content-Transfer-Encoding: {encoding}", "", b64(message))
    return lines(*head, "") + message


def zipped_raw(names: Sequence[tuple[bytes, bytes]], flags: int = 0, extra: bytes = b"") -> bytes:
    """A stored .zip whose names are these very bytes."""
    body, directory = bytearray(), bytearray()
    for name, data in names:
        common = struct.pack(
            "<HHHHIIIHH", flags, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0
        )
        central = common[:-2] + struct.pack("<H", len(extra))
        directory += b"PK\x01\x02" + struct.pack("<HH", 20, 20) + central
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name + extra
        body += b"PK\x03\x04" + struct.pack("<H", 20) + common + name + data
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def office(first: str = "[Content_Types].xml") -> bytes:
    return zipped({first: b"<Types/>" * 20, "xl/workbook.xml": b"<workbook/>"})


# --- .msg: an OLE file with properties

Tree: TypeAlias = Mapping[str, "bytes | Tree"]
_FREE, _END, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF


def ole(tree: Tree) -> bytes:
    """An OLE file of version 3 with these streams and storages."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, 0, 0]]
    mini, mini_fat = b"", []
    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        if not data:
            return _END
        start = len(sectors)
        pieces = [data[i : i + 512].ljust(512, b"\0") for i in range(0, len(data), 512)]
        sectors.extend(pieces)
        fat.extend([*range(start + 1, start + len(pieces)), _END])
        return start

    def add(owner: int, children: Tree) -> None:
        nonlocal mini
        before = None
        for name, content in children.items():
            at = len(entries)
            if before is None:
                entries[owner][2] = at
            else:
                entries[before][3] = at
            before = at
            if not isinstance(content, bytes):
                entries.append([name, 1, _NONE, _NONE, 0, 0])
                add(at, content)
            elif len(content) < 4096:
                start = len(mini) // 64 if content else _END
                count = -(-len(content) // 64)
                mini += content.ljust(count * 64, b"\0")
                if count:
                    mini_fat.extend([*range(start + 1, start + count), _END])
                entries.append([name, 2, _NONE, _NONE, start, len(content)])
            else:
                entries.append([name, 2, _NONE, _NONE, chain(content), len(content)])

    add(0, tree)
    entries[0][4], entries[0][5] = chain(mini), len(mini)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_start = chain(table.ljust(-(-len(table) // 512) * 512, b"\xff"))
    packed = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    directory = chain(packed.ljust(-(-len(packed) // 512) * 512, b"\0"))
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    first = len(sectors)
    fat.extend([0xFFFFFFFD] * count)
    raw = struct.pack(f"<{len(fat)}I", *fat).ljust(count * 512, b"\xff")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, mini_start, 1, _END, 0)
    header += struct.pack("<109I", *[*range(first, first + count), *[_FREE] * (109 - count)])
    return header + b"".join(sectors) + raw


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return (
        wide.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(wide), kind, 1, _NONE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def properties(
    values: Mapping[int, str | bytes | int], header: int, codepage: int = 0, stated: bool = True
) -> Tree:
    """A storage's properties: texts, bytes and numbers by their property number.

    With a code page texts are in Thai Windows' letters, whether or not it is ``stated``.
    """
    streams: dict[str, bytes] = {}
    rows = b""
    if codepage and stated:
        values = {0x3FFD: codepage, **values}
    for number, value in values.items():
        if isinstance(value, int):
            rows += struct.pack("<HHIII", 3, number, 6, value, 0)
            continue
        if isinstance(value, bytes):
            kind, data = 0x0102, value
        elif codepage:
            kind, data = 0x001E, value.encode("cp874")
        else:
            kind, data = 0x001F, value.encode("utf-16-le")
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = data
        rows += struct.pack("<HHIII", kind, number, 6, len(data), 0)
    return {**streams, "__properties_version1.0": bytes(header) + rows}


def msg(
    values: Mapping[int, str | bytes | int], *attached: Tree, header: int = 32, codepage: int = 0
) -> Tree:
    storages = {f"__attach_version1.0_#{i:08X}": each for i, each in enumerate(attached)}
    return {**properties(values, header, codepage), **storages}


def msg_file(name: str, data: bytes = BOOK, codepage: int = 0, stated: bool = True) -> Tree:
    return properties({0x3705: 1, 0x3707: name, 0x3701: data}, 8, codepage, stated)


def msg_message(inner: Tree) -> Tree:
    return {**properties({0x3705: 5, 0x3001: "ส่งต่อ"}, 8), "__substg1.0_3701000D": inner}


def tnef(*files: tuple[str, bytes]) -> bytes:
    """``winmail.dat`` as Outlook writes it, with a title and the data of each file."""

    def attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
        head = struct.pack("<BHHL", level, number, kind, len(data))
        return head + data + struct.pack("<H", sum(data) & 0xFFFF)

    out = struct.pack("<LH", 0x223E9F78, 1)
    out += attribute(1, 0x9006, 8, struct.pack("<L", 0x10000))
    out += attribute(1, 0x9007, 6, struct.pack("<LL", 874, 0))
    for name, data in files:
        out += attribute(2, 0x9002, 6, bytes(14))
        out += attribute(2, 0x8010, 1, name.encode("cp874") + b"\0")
        out += attribute(2, 0x800F, 6, data)
    return out
