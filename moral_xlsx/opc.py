"""Zip packages: bounded reading, copying members still compressed, stable bytes.

What programs write otherwise than usual (bytes behind the package, a comment, 64-bit sizes,
``\\`` between folders) is made plain at once; everything that lets two zip readers see different
files in the same bytes is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zlib_ng import zlib_ng

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_LEVEL = 6
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR = 0x0008
_UTF8 = 0x0800
_DEFLATE_OPTIONS = 0x0006
_ZIP64_EXTRA = 0x0001
_FIRST_DAY = (0, (1 << 5) | 1)  # DOS time and date of 1980-01-01 00:00
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_IN_EXTRA = 0xFFFFFFFF  # the size stands in the extra field, in 64 bits
_UNSAFE_NAME = re.compile(r"[\x00-\x1f:]|^/|(?:^|/)\.\.?(?:/|$)|//|^$")


class BadPackage(MoralXlsxError):  # noqa: N818 - names the file, not a fault of ours
    """The zip package cannot be trusted; ``reason`` is a (Thai, English) pair."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__((thai, english))
        self.reason: Bilingual = (thai, english)


class TooLarge(BadPackage):
    """The package declares more members or bytes than the limits allow."""


class Encrypted(BadPackage):
    """A member of the package is encrypted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a package may declare: members, bytes of one member, of all."""

    members: int
    member_size: int
    total_size: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the central directory has it; sizes and offsets are in bytes.

    ``time`` and ``date`` are in DOS format; ``data_offset`` is where its content starts;
    ``extra`` tells that its own header has fields beyond the usual ones.
    """

    name: str
    raw_name: bytes
    method: int
    flags: int
    crc: int
    compressed_size: int
    size: int
    header_offset: int
    data_offset: int
    time: int
    date: int
    extra: bool


class Package:
    """An opened zip package. Members keep the order of the central directory."""

    def __init__(self, data: bytes, members: tuple[Member, ...], limits: Limits) -> None:
        self.data = data
        self.members = members
        self._limits = limits
        self._by_name = {member.name: member for member in members}
        self._by_folded = {member.name.casefold(): member.name for member in members}
        self._contents: dict[str, bytes] = {}

    @classmethod
    def open(cls, data: bytes, limits: Limits) -> Package:
        """Read the directory of a package without inflating anything.

        Raises ``TooLarge``, ``Encrypted`` or, for everything else that is wrong,
        ``BadPackage``.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos, directory = archive.infolist(), archive.start_dir
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as err:
            raise _damaged() from err
        plain = _check_end(data, directory, len(infos))
        if len(infos) > limits.members:
            raise TooLarge(f"มีชิ้นส่วน {len(infos)} ชิ้น", f"{len(infos)} parts")
        members = tuple(_member(data, info, directory) for info in infos)
        _check_sizes(members, limits)
        _check_layout(members, directory)
        package = cls(data, members, limits)
        if plain and all(
            _is_plain(member, info) for member, info in zip(members, infos, strict=True)
        ):
            return package
        return package.reopened(package.rewrite({}))

    def reopened(self, data: bytes) -> Package:
        """Another package, such as this one rewritten, within the same limits."""
        return self.open(data, self._limits)

    def find(self, name: str) -> str | None:
        """The name as the package spells it, whatever the case asked for, or None."""
        return self._by_folded.get(name.casefold())

    def member(self, name: str) -> Member:
        """The member with exactly that name; raises KeyError when there is none."""
        return self._by_name[name]

    def content(self, name: str) -> bytes:
        """A member's content, inflated once and kept.

        Never inflates more than the declared size. Raises KeyError for an unknown name and
        ``BadPackage`` when the content does not have the declared size or checksum.
        """
        content = self._contents.get(name)
        if content is None:
            member = self._by_name[name]
            content = self._inflate(member, member.size + 1)
            if len(content) != member.size or zlib_ng.crc32(content) != member.crc:
                raise _damaged(name)
            self._contents[name] = content
        return content

    def head(self, name: str, size: int) -> bytes:
        """At most the first ``size`` bytes of a member; raises like ``content``."""
        return self._inflate(self._by_name[name], size)[:size]

    def rewrite(
        self,
        replacements: Mapping[str, bytes],
        added: Mapping[str, bytes] | None = None,
        removed: Collection[str] = (),
    ) -> bytes:
        """The package with some contents replaced, members added at its end, others left out.

        Order, names and dates stay; all other members are copied still compressed. Raises
        KeyError for an unknown name and ValueError for an added one that is there already.
        """
        unknown = (replacements.keys() | set(removed)) - self._by_name.keys()
        if unknown:
            raise KeyError(min(unknown))
        for name in added or ():
            if self.find(name):
                raise ValueError(f"{name} is in the package already")
        writer = _Writer()
        for member in self.members:
            if member.name in removed:
                continue
            new = replacements.get(member.name)
            stamp = (member.time, member.date)
            if new is None:
                flags = member.flags & (_UTF8 | _DEFLATE_OPTIONS)
                writer.add(
                    member.raw_name,
                    flags,
                    member.method,
                    stamp,
                    member.crc,
                    self._compressed(member),
                    member.size,
                )
            else:
                writer.deflate(member.raw_name, member.flags & _UTF8, stamp, new)
        for name, content in (added or {}).items():
            writer.deflate_new(name, content)
        return writer.finish()

    def _compressed(self, member: Member) -> memoryview:
        start = member.data_offset
        return memoryview(self.data)[start : start + member.compressed_size]

    def _inflate(self, member: Member, most: int) -> bytes:
        raw = self._compressed(member)
        if member.method == STORED:
            return bytes(raw[:most])
        inflater = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS)
        try:
            content = inflater.decompress(raw, most)
        except zlib_ng.error as wrong:  # type: ignore[misc] # a library that is typed wrong
            raise _damaged(member.name) from wrong
        if len(content) < most and (not inflater.eof or inflater.unused_data):
            raise _damaged(member.name)
        return content


def build(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A new package of (name, content) pairs, deflated; the same pairs give the same bytes."""
    writer = _Writer()
    for name, content in members:
        writer.deflate_new(name, content)
    return writer.finish()


class _Writer:
    def __init__(self) -> None:
        self._pieces: list[bytes | memoryview] = []
        self._directory: list[bytes] = []
        self._offset = 0

    def deflate_new(self, name: str, content: bytes) -> None:
        self.deflate(name.encode(), 0 if name.isascii() else _UTF8, _FIRST_DAY, content)

    def deflate(self, name: bytes, flags: int, stamp: tuple[int, int], content: bytes) -> None:
        deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
        compressed = deflater.compress(content) + deflater.flush()
        self.add(name, flags, DEFLATED, stamp, zlib_ng.crc32(content), compressed, len(content))

    def add(
        self,
        name: bytes,
        flags: int,
        method: int,
        stamp: tuple[int, int],
        crc: int,
        compressed: bytes | memoryview,
        size: int,
    ) -> None:
        common = (flags, method, *stamp, crc, len(compressed), size, len(name), 0)
        self._pieces += (_LOCAL.pack(b"PK\x03\x04", 20, *common), name, compressed)
        self._directory += (
            _CENTRAL.pack(b"PK\x01\x02", 20, 0, 20, 0, *common, 0, 0, 0, 0, self._offset),
            name,
        )
        self._offset += _LOCAL.size + len(name) + len(compressed)

    def finish(self) -> bytes:
        directory = b"".join(self._directory)
        count = len(self._directory) // 2
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), self._offset, 0)
        return b"".join((*self._pieces, directory, end))


def _damaged(name: str = "") -> BadPackage:
    if name:
        return BadPackage(f"ชิ้นส่วน {name} เสียหาย", f"part {name} is damaged")
    return BadPackage("ไฟล์ไม่ครบหรือเสียหาย", "the file is incomplete or damaged")


def _check_end(data: bytes, directory: int, count: int) -> bool:
    """The last end record must describe exactly the directory before it.

    This leaves no room for bytes before the zip or for another directory, which other zip readers
    may take. Returns whether it is as usual: nothing behind it, no comment, no 64-bit records.
    """
    start = data.rfind(b"PK\x05\x06")
    if start < 0 or start + _END.size > len(data):
        raise _damaged()
    _, disk, first, here, total, size, offset, comment = _END.unpack_from(data, start)
    behind = directory + size if size != _IN_EXTRA else start - _END64.size - _LOCATOR64.size
    if start != behind:
        mark, _, _, _, disk64, first64, here, total, size, offset = _unpacked(data, behind, _END64)
        at = behind + _END64.size
        locator = _unpacked(data, at, _LOCATOR64)
        if (
            (mark, disk64, first64) != (b"PK\x06\x06", 0, 0)
            or locator != (b"PK\x06\x07", 0, behind, 1)
            or at + _LOCATOR64.size != start
        ):
            raise BadPackage("ไฟล์มีข้อมูลอื่นปนอยู่", "there are other bytes within the file")
    if offset != directory and offset + size <= start:
        raise BadPackage("มีข้อมูลอื่นอยู่หน้าไฟล์", "there are other bytes before the file")
    if (disk, first, here, total, offset) != (0, 0, count, count, directory):
        raise _damaged()
    return start == behind and comment == 0 and start + _END.size == len(data)


def _unpacked(data: bytes, at: int, record: struct.Struct) -> tuple[Any, ...]:
    if at < 0 or at + record.size > len(data):
        raise _damaged()
    return record.unpack_from(data, at)


def _member(data: bytes, info: zipfile.ZipInfo, directory: int) -> Member:
    offset = info.header_offset
    name = info.orig_filename.replace("\\", "/")
    if _UNSAFE_NAME.search(name):
        raise BadPackage("ชื่อชิ้นส่วนภายในผิดปกติ", "a part has an unsafe name")
    if info.flag_bits & _ENCRYPTED:
        raise Encrypted("ชิ้นส่วนภายในเข้ารหัส", "a part is encrypted")
    if info.compress_type not in (STORED, DEFLATED):
        raise BadPackage("วิธีบีบอัดที่ไม่รองรับ", "unsupported compression method")
    if not 0 <= offset <= directory - _LOCAL.size:
        raise _damaged(name)
    encoding = "utf-8" if info.flag_bits & _UTF8 else "cp437"
    written = info.orig_filename.encode(encoding)
    mark, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(
        data, offset
    )
    start = offset + _LOCAL.size
    size, packed = _sizes64(data[start + name_size :][:extra_size], size, packed)
    described = (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
    if (
        mark != b"PK\x03\x04"
        or method != info.compress_type
        or data[start : start + name_size] != written
        or bool(flags & _ENCRYPTED)
        or not (described or flags & _DESCRIPTOR)
        or (info.compress_type == STORED and info.compress_size != info.file_size)
    ):
        raise _damaged(name)
    year, month, day, hour, minute, second = info.date_time
    return Member(
        name=name,
        raw_name=name.encode(encoding),
        method=method,
        flags=info.flag_bits,
        crc=info.CRC,
        compressed_size=info.compress_size,
        size=info.file_size,
        header_offset=offset,
        data_offset=start + name_size + extra_size,
        time=hour << 11 | minute << 5 | second // 2,
        date=(year - 1980) << 9 | month << 5 | day,
        extra=extra_size > 0,
    )


def _is_plain(member: Member, info: zipfile.ZipInfo) -> bool:
    """Whether every reading program takes a member as it is written: some heed fields that others
    do not, such as another name in Unicode."""
    return info.orig_filename == member.name and not (info.extra or info.comment or member.extra)


def _sizes64(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    """The sizes of a local header; some programs write them in 64 bits without need."""
    values = _extra64(extra)
    for at, each in enumerate((size, packed)):
        if each == _IN_EXTRA and len(values) >= 8:
            number, values = int.from_bytes(values[:8], "little"), values[8:]
            size, packed = (number, packed) if at == 0 else (size, number)
    return size, packed


def _extra64(extra: bytes) -> bytes:
    """The 64-bit sizes of an extra field; empty when it has none."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _ZIP64_EXTRA:
            return extra[4 : 4 + size]
        extra = extra[4 + size :]
    return b""


def _check_sizes(members: Sequence[Member], limits: Limits) -> None:
    for member in members:
        if member.size > limits.member_size:
            raise TooLarge(f"ชิ้นส่วน {member.name} ใหญ่เกินไป", f"part {member.name} is too large")
        if member.name.endswith("/") and member.size:
            raise _damaged(member.name)
    if sum(member.size for member in members) > limits.total_size:
        raise TooLarge("ขนาดรวมเมื่อคลายการบีบอัด", "the total size after inflating")


def _check_layout(members: Sequence[Member], directory: int) -> None:
    if len({member.name.casefold() for member in members}) != len(members):
        raise BadPackage("ชื่อชิ้นส่วนภายในซ้ำกัน", "two parts have the same name")
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise BadPackage("ชิ้นส่วนภายในทับซ้อนกัน", "parts overlap")
        end = member.data_offset + member.compressed_size
        if end > directory:
            raise _damaged(member.name)
