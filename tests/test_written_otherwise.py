"""Workbooks that other programs write otherwise, and office programs open, are read the same."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.errors import Refused
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

Parts = dict[str, bytes]
TEXTS = "xl/sharedStrings.xml"


def parts_of(workbook: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def in_sheets(pattern: bytes, replacement: bytes) -> Callable[[bytes], bytes]:
    def changed(workbook: bytes) -> bytes:
        parts = parts_of(workbook)
        for name in parts:
            if name.startswith("xl/worksheets/sheet"):
                new = re.sub(pattern, replacement, parts[name])
                parts[name] = new
        return packed(parts)

    return changed


def in_texts(pattern: bytes, replacement: bytes) -> Callable[[bytes], bytes]:
    def changed(workbook: bytes) -> bytes:
        parts = parts_of(workbook)
        new = re.sub(pattern, replacement, parts[TEXTS])
        assert new != parts[TEXTS]
        return packed(parts | {TEXTS: new})

    return changed


def main_part(new: str) -> Callable[[bytes], bytes]:
    """With the main part under another name, or its folder under another one."""

    def changed(workbook: bytes) -> bytes:
        folder, _, own = new.rpartition("/")

        def renamed(name: str) -> str:
            name = re.sub(r"^xl/_rels/workbook\.xml\.rels", f"xl/_rels/{own}.rels", name)
            name = re.sub(r"^xl/workbook\.xml", f"xl/{own}", name)
            return re.sub(r"^xl/", f"{folder}/" if folder else "", name)

        parts = {renamed(name): content for name, content in parts_of(workbook).items()}
        types = parts["[Content_Types].xml"]
        types = re.sub(
            rb'"/(xl/[^"]*)"', lambda m: b'"/' + renamed(m[1].decode()).encode() + b'"', types
        )
        root = parts["_rels/.rels"].replace(b"xl/workbook.xml", new.encode())
        return packed(parts | {"[Content_Types].xml": types, "_rels/.rels": root})

    return changed


def other_slashes(workbook: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(workbook).items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name.replace("/", "\\"), zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def sizes_in_64_bits(workbook: bytes) -> bytes:
    """Each size in 64 bits without need, as programs write that do not know it beforehand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(workbook).items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as part:
                part.write(content)
    return stream.getvalue()


def directory_in_64_bits(workbook: bytes) -> bytes:
    """With the end of the directory in 64 bits too."""
    start = workbook.rindex(b"PK\x05\x06")
    *_, total, size, offset, _ = struct.unpack_from("<4s4H2LH", workbook, start)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, total, total, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start, 1)
    return workbook[:start] + end64 + locator + workbook[start:]


def behind(more: bytes) -> Callable[[bytes], bytes]:
    return lambda workbook: workbook + more


def commented(workbook: bytes) -> bytes:
    return workbook[:-2] + struct.pack("<H", 7) + b"comment"


DIMENSION = rb"<dimension[^>]*/>"
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "sizes in 64 bits": sizes_in_64_bits,
    "directory in 64 bits": directory_in_64_bits,
    "other slashes": other_slashes,
    "line end behind": behind(b"\r\n"),
    "zeros behind": behind(bytes(4096)),
    "comment of the zip": commented,
    "main part of another name": main_part("xl/workbook22.xml"),
    "another folder": main_part("book/workbook.xml"),
    "no folder": main_part("workbook.xml"),
    "comment in texts": in_texts(rb"<sst([^>]*)>", rb"<sst\1><!-- made by a program -->"),
    "comments within texts": in_texts(rb"(<t[^>]*>)", rb"\1<!-- x -->"),
    "CDATA in texts": in_texts(rb"<t([^>]*)>([^<&]*)</t>", rb"<t\1><![CDATA[\2]]></t>"),
    "instruction in texts": in_texts(rb"<sst([^>]*)>", rb"<sst\1><?made by?>"),
    "comments in values": in_sheets(rb"<v>", rb"<v><!-- x -->"),
    "CDATA in values": in_sheets(rb"<v>([^<&]*)</v>", rb"<v><![CDATA[\1]]></v>"),
    "no area": in_sheets(DIMENSION, b"<dimension/>"),
    "an empty area": in_sheets(DIMENSION, b'<dimension ref=""/>'),
    "a silly area": in_sheets(DIMENSION, b'<dimension ref="#REF!"/>'),
    "columns only": in_sheets(DIMENSION, b'<dimension ref="A:C"/>'),
    "all there is": in_sheets(DIMENSION, b'<dimension ref="A1:XFD1048576"/>'),
    "the first cell": in_sheets(DIMENSION, b'<dimension ref="A1"/>'),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_office_programs_open_is_read_the_same(golden_workbook: bytes, way: str) -> None:
    journey = Journey()
    plain = journey.judge(golden_workbook)
    submission = journey.judge(WAYS[way](golden_workbook))
    assert submission.answers == plain.answers
    assert submission.assessment == plain.assessment
    # The result is written into it, and others read that.
    written = issue(submission, "2569-05").workbook
    assert journey.judge(written).assessment.total == plain.assessment.total
    assert load_workbook(io.BytesIO(written)).sheetnames == [
        s.title for s in plain.inspected.sheets
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda book: book + book, "หน้าไฟล์"),
        (lambda book: packed(parts_of(book) | {"xl\\workbook.xml": b"<a/>"}), "ซ้ำกัน"),
    ],
)
def test_what_two_programs_would_take_differently_is_refused_for_that_reason(
    golden_workbook: bytes, data: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(Refused) as caught:
        inspect(data(golden_workbook))
    assert reason in str(dict(caught.value.finding.words)["what"])


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET, BOOK, LINKS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def in_part(name: str, old: bytes, new: bytes) -> Callable[[Parts], Parts]:
    def changed(parts: Parts) -> Parts:
        assert old in parts[name], (name, old)
        return parts | {name: parts[name].replace(old, new, 1)}

    return changed


def another_main_part(parts: Parts) -> Parts:
    types, root = parts["[Content_Types].xml"], parts["_rels/.rels"]
    return parts | {
        "xl/workbook2.xml": parts[BOOK],
        "[Content_Types].xml": types.replace(b"/xl/workbook.xml", b"/xl/workbook2.xml"),
        "_rels/.rels": root.replace(b"xl/workbook.xml", b"xl/workbook2.xml"),
    }


def other_texts(parts: Parts) -> Parts:
    links = parts[LINKS].replace(b"sharedStrings.xml", b"visible.xml")
    return parts | {LINKS: links, "xl/visible.xml": parts[TEXTS].replace(b"<t", b"<t ", 1)}


# What one program would take for the file and another would not: each bought points once.
TWO_FACED: dict[str, Callable[[Parts], Parts]] = {
    "a sheet in a list of its own": in_part(
        BOOK,
        b"<sheets>",
        b'<extLst><ext uri="x"><sheet name="S" sheetId="99" r:id="rId1"/></ext></extLst><sheets>',
    ),
    "a relation within another element": in_part(
        LINKS,
        b"</Relationships>",
        b'<x><Relationship Id="rId1" Type="a/worksheet" Target="x.xml"/></x></Relationships>',
    ),
    "another main part": another_main_part,
    "other shared texts": other_texts,
    "a cell of another language": in_part(
        SHEET, b"<sheetData>", b'<sheetData><x:row xmlns:x="urn:x"><x:c r="A1"/></x:row>'
    ),
    "a value of another language": in_part(SHEET, b"<v>", b'<x:v xmlns:x="urn:x">999</x:v><v>'),
    "another language by default": in_part(SHEET, b"<v>", b'<v xmlns="urn:x">999</v><v>'),
    "two tables of cells": in_part(SHEET, b"<sheetData>", b"<sheetData/><sheetData>"),
    "cells in an extension": in_part(
        SHEET,
        b"<sheetData>",
        b'<extLst><ext><x:sheetData xmlns:x="urn:x"/></ext></extLst><sheetData>',
    ),
    "a text of another language": in_part(
        TEXTS, b"<si>", b'<x:si xmlns:x="urn:x"><t>x</t></x:si><si>'
    ),
    "half a text of another language": in_part(TEXTS, b"</t>", b'</t><x:t xmlns:x="urn:x">x</x:t>'),
}


@pytest.mark.parametrize("way", TWO_FACED)
def test_what_would_be_another_form_for_another_program_is_refused(
    golden_workbook: bytes, way: str
) -> None:
    with pytest.raises(Refused) as caught:
        Journey().judge(packed(TWO_FACED[way](parts_of(golden_workbook))))
    assert caught.value.finding.code == "MX-107"


def test_two_cells_in_one_place_are_refused(golden_workbook: bytes) -> None:
    parts = parts_of(golden_workbook)
    cell = re.search(rb'<c r="[A-Z]+[0-9]+"[^>]*><v>[^<]*</v></c>', parts[SHEET])
    assert cell is not None
    twice = parts[SHEET].replace(cell[0], cell[0] * 2, 1)
    with pytest.raises(Refused):
        Journey().judge(packed(parts | {SHEET: twice}))


def test_another_name_in_an_extra_field_is_no_name(golden_workbook: bytes) -> None:
    """Some programs take it for the part's name, and would read a decoy."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(golden_workbook).items():
            info = zipfile.ZipInfo(name)
            if name == SHEET:
                decoy = b"\1" + struct.pack("<L", zlib.crc32(name.encode())) + b"xl/decoy.xml"
                info.extra = struct.pack("<HH", 0x7075, len(decoy)) + decoy
            archive.writestr(info, content)
    inspected = inspect(stream.getvalue())
    assert b"decoy" not in inspected.data
    assert Journey().judge(stream.getvalue()).answers == Journey().judge(golden_workbook).answers


def test_a_lie_that_makes_the_reader_panic_is_damage(golden_workbook: bytes) -> None:
    lie = in_texts(rb'uniqueCount="[0-9]+"', b'uniqueCount="4294967295"')
    with pytest.raises(Refused) as caught:
        Journey().judge(lie(golden_workbook))
    assert caught.value.finding.code == "MX-107"
