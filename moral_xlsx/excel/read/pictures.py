"""The pictures of a workbook: over which cell each stands, and which part holds its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, normpath

from lxml import etree

from moral_xlsx.excel.form.layout import cell_position
from moral_xlsx.excel.read.guard import Inspected

# WPS and Excel show a picture as the result of a formula; WPS names the picture in it.
_BY_FUNCTION = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^<>]*><f[^<>]*>[^<]*(?:DISPIMG|IMAGE)\('
    rb'(?:(?:"|&quot;)([^"&<]{1,80})(?:"|&quot;))?'
)
# Excel's picture in a cell is an error value to programs that do not know it.
_IN_CELL = re.compile(
    rb'<c (?=[^<>]*r="([A-Z]{1,3}[1-9][0-9]{0,6})")(?=[^<>]*t="e")(?=[^<>]*vm="([0-9]{1,7})")'
)
_RICH = "xl/richData/"
_RICH_VALUES, _METADATA = f"{_RICH}rdrichvalue.xml", "xl/metadata.xml"
_RICH_STRUCTURES, _RICH_RELATIONS = f"{_RICH}rdrichvaluestructure.xml", f"{_RICH}richValueRel.xml"
_LOCAL_IMAGE, _RICH_KIND = "_rvRel:LocalImageIdentifier", "XLRICHVALUE"
_WPS_PICTURES = "xl/cellimages.xml"
_DRAWING, _IMAGE = "/drawing", "/image"
_FUNCTION = re.compile(rb"IMA?GE?\(")


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A picture on a sheet; row and column count from 0, -1 where it stands over no cell.

    ``part`` is empty where its bytes are not in the file, ``name`` is what the file calls it.
    """

    sheet: str
    row: int
    column: int
    part: str
    name: str


def sheet_pictures(inspected: Inspected) -> tuple[SheetPicture, ...]:
    """Every picture of a workbook, sheet by sheet, from top to bottom.

    Where it stands is known of .xlsx and .xlsm; of other packages only that it is there.
    """
    if inspected.sheets:
        return tuple(
            picture
            for sheet in inspected.sheets
            for picture in sorted(set(_on_sheet(inspected, sheet.title)), key=_from_the_top)
        )
    members = inspected.package.members if inspected.package else ()
    return tuple(
        SheetPicture("", -1, -1, member.name, member.name.rpartition("/")[2])
        for member in members
        if member.name.casefold().startswith(("pictures/", "xl/media/")) and member.size
    )


def picture_rows(inspected: Inspected, sheet: str) -> frozenset[int]:
    """The rows, from 0, in which a picture stands or over which one begins."""
    return frozenset(each.row for each in _on_sheet(inspected, sheet))


def _from_the_top(picture: SheetPicture) -> tuple[int, int, str, str]:
    return picture.row, picture.column, picture.part, picture.name


def _on_sheet(inspected: Inspected, sheet: str) -> Iterator[SheetPicture]:
    xml = inspected.sheet_xml(sheet)
    if _FUNCTION.search(xml):
        by_name = _wps_pictures(inspected)
        for cell, name in _BY_FUNCTION.findall(xml):
            yield from _at(sheet, cell, by_name.get(name.decode("utf-8", "replace"), ("", "")))
    if inspected.tree(_RICH_VALUES) is not None:
        rich = _rich_pictures(inspected)
        for cell, value in _IN_CELL.findall(xml):
            yield from _at(sheet, cell, (rich.get(int(value), ""), ""))
    yield from _anchored(inspected, sheet)


def _at(sheet: str, cell: bytes, picture: tuple[str, str]) -> Iterator[SheetPicture]:
    position = cell_position(cell.decode())
    if position:
        yield SheetPicture(sheet, *position, *picture)


def _anchored(inspected: Inspected, sheet: str) -> Iterator[SheetPicture]:
    """The pictures that lie over a sheet, each at the cell of its upper left corner."""
    part = next((each.part for each in inspected.sheets if each.title == sheet), "")
    for drawing in _related(inspected, part, _DRAWING).values():
        tree = inspected.tree(drawing)
        images = _related(inspected, drawing, _IMAGE)
        for picture in () if tree is None else tree.iterfind(".//{*}pic"):
            # In a group it stands deeper.
            corners = (each.find("{*}from") for each in picture.iterancestors())
            corner = next((each for each in corners if each is not None), None)
            row, column = -1, -1
            if corner is not None:
                row, column = _number(corner, "{*}row"), _number(corner, "{*}col")
            yield SheetPicture(sheet, row, column, _embedded(picture, images), _called(picture))


def _wps_pictures(inspected: Inspected) -> Mapping[str, tuple[str, str]]:
    """The part and the description of each picture that WPS keeps for cells, by its name."""
    tree = inspected.tree(_WPS_PICTURES)
    if tree is None:
        return {}
    images = _related(inspected, _WPS_PICTURES, _IMAGE)
    found = {}
    for picture in tree.iterfind(".//{*}pic"):
        named = picture.find(".//{*}cNvPr")
        if named is not None:
            found[named.get("name", "")] = _embedded(picture, images), named.get("descr", "")
    return found


def _rich_pictures(inspected: Inspected) -> Mapping[int, str]:
    """The part of each picture in a cell, by the number that the cell has for its value."""
    metadata, values = inspected.tree(_METADATA), inspected.tree(_RICH_VALUES)
    structures, relations = inspected.tree(_RICH_STRUCTURES), inspected.tree(_RICH_RELATIONS)
    if metadata is None or values is None or structures is None or relations is None:
        return {}
    images = _related(inspected, _RICH_RELATIONS, _IMAGE)
    targets = [images.get(_relation_id(each), "") for each in relations.iterfind("{*}rel")]
    keys = [[key.get("n") for key in each.iterfind("{*}k")] for each in structures.iterfind("{*}s")]
    pictures: dict[int, str] = {}
    for index, value in enumerate(values.iterfind("{*}rv")):
        structure = _whole(value.get("s"))
        if 0 <= structure < len(keys) and _LOCAL_IMAGE in keys[structure]:
            at = keys[structure].index(_LOCAL_IMAGE)
            given = value.findall("{*}v")
            target = _whole(given[at].text) if at < len(given) else -1
            pictures[index] = targets[target] if 0 <= target < len(targets) else ""
    future = [
        _whole(each.get("i"))
        for each in metadata.iterfind(
            f"{{*}}futureMetadata[@name='{_RICH_KIND}']/{{*}}bk//{{*}}rvb"
        )
    ]
    found = {}
    for number, block in enumerate(metadata.iterfind("{*}valueMetadata/{*}bk"), start=1):
        record = block.find("{*}rc")
        place = _whole(record.get("v")) if record is not None else -1
        if 0 <= place < len(future) and future[place] in pictures:
            found[number] = pictures[future[place]]
    return found


def _embedded(picture: etree._Element, images: Mapping[str, str]) -> str:
    """The part that holds a picture; empty when it is only linked."""
    blip = picture.find(".//{*}blip")
    return "" if blip is None else images.get(_relation_id(blip, "embed"), "")


def _called(picture: etree._Element) -> str:
    named = picture.find(".//{*}cNvPr")
    return "" if named is None else named.get("descr", "") or named.get("name", "")


def _relation_id(element: etree._Element, name: str = "id") -> str:
    return next((value for key, value in element.items() if key.endswith(f"}}{name}")), "")


def _related(inspected: Inspected, part: str, kind: str) -> dict[str, str]:
    """The parts of a kind that a part refers to, by the id of the relation."""
    folder, _, name = part.rpartition("/")
    relations = inspected.tree(f"{folder}/_rels/{name}.rels") if part else None
    if relations is None:
        return {}
    return {
        each.get("Id", ""): normpath(f"{dirname(part)}/{target}")
        if not target.startswith("/")
        else target[1:]
        for each in relations.iterfind("{*}Relationship")
        if each.get("Type", "").endswith(kind)
        and each.get("TargetMode") != "External"
        and (target := each.get("Target", ""))
    }


def _number(element: etree._Element, path: str) -> int:
    return _whole(element.findtext(path, ""))


def _whole(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 8 else -1
