"""Workbooks that are written otherwise than usual, made such that the reading program takes them.

It knows the main part by its usual name only, finds nothing in a text with a comment, and gives up
at a ``<dimension>`` that is none. Office programs open all of that.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from lxml import etree

from moral_xlsx.excel.read.scan import check_xml, unreadable
from moral_xlsx.opc import Package, build

# Parts that the reading program knows by their names, by what a relation calls them.
_BY_NAME = ("sharedStrings", "styles")
_TYPES, _ROOT_RELATIONS = "[Content_Types].xml", "_rels/.rels"
# Folders of the package that belong to no main part.
_APART = ("_rels/", "docProps/", "customXml/", _TYPES)
# What a list of types says of a workbook.
_OF_WORKBOOKS = (b"spreadsheetml", b"ms-excel")
# Behind the first mark of a part's declaration, and behind all of it.
_BEHIND_MARK, _BEHIND_DECLARATION = 2, 100
_TEXTS = re.compile(r"xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ODD = re.compile(rb"<!--|<!\[CDATA\[|<\?(?!xml\s)")
# The same within a value, a text or a formula; elsewhere in a sheet it harms nobody.
_ODD_VALUE = re.compile(rb"<(?:[A-Za-z0-9]+:)?[vtf](?:\s[^<>]*)?>[^<]*<[!?]")
_DIMENSION = re.compile(rb"<(?:[A-Za-z0-9]+:)?dimension\b([^<>]*?)/?>(?:</[^<>]*dimension>)?")
_AREA = re.compile(rb"""\s*ref=["'][A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?["']\s*""")
_LARGEST_ODD = 10_000_000  # bytes of a part that is taken apart as a tree

Content = Callable[[Package, str], bytes]


def as_usual(package: Package, content: Content) -> Package | None:
    """The package as the reading program wants it; None when it is so already.

    ``content`` gives a part's bytes within the guard's limits; raises Refused as it does, and
    where a part that office programs would read cannot take the place of another one.
    """
    moved, changed = _moved(package, content)
    mended = {
        name: new
        for name in (member.name for member in package.members)
        if _TEXTS.fullmatch(moved.get(name, name))
        and (new := _plain(content(package, name), moved.get(name, name))) is not None
    }
    if not moved and not mended:
        return None
    changed = {**changed, **mended}
    if not moved:
        return package.reopened(package.rewrite(changed))
    parts = [
        (
            moved.get(member.name, member.name),
            changed.get(member.name) or package.content(member.name),
        )
        for member in package.members
    ]
    return package.reopened(build(parts))


def _moved(package: Package, content: Content) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """The new names of parts that do not stand where they usually do, by their old ones, and what
    then has to be said of them in other parts."""
    root = package.find(_ROOT_RELATIONS)
    if root is None or package.find("mimetype"):
        return {}, {}
    check_xml(content(package, root), root)
    described = _targets(_tree(content(package, root), root), "")
    mains = [target for kind, target in described.values() if kind == "officeDocument"]
    if not mains:
        return {}, {}
    if len(mains) > 1:
        unreadable(root)
    main = package.find(mains[0])
    if main is None:
        unreadable(root)
    types = package.find(_TYPES)
    described_as = content(package, types).lower() if types else b""
    ours = any(each in described_as for each in _OF_WORKBOOKS)
    if not ours and not any(member.name.lower().startswith("xl/") for member in package.members):
        return {}, {}  # such as a document
    folder, own = posixpath.split(main)
    within = f"{folder}/" if folder else ""
    suffix = ".bin" if own.lower().endswith(".bin") else ".xml"
    usual = {main: f"xl/workbook{suffix}"}
    relations = package.find(f"{within}_rels/{own}.rels")
    linked: dict[str, tuple[str, str]] = {}
    if relations is not None:
        check_xml(content(package, relations), relations)
        linked = _targets(_tree(content(package, relations), relations), folder)
        usual[relations] = f"xl/_rels/workbook{suffix}.rels"
        for kind, target in linked.values():
            if kind in _BY_NAME and (found := package.find(target)) is not None:
                usual[found] = f"xl/{kind}{suffix}"
    moved = {
        member.name: f"xl/{member.name.removeprefix(within)}"
        for member in package.members
        if folder.casefold() != "xl"
        and member.name.startswith(within)
        and not member.name.startswith(_APART)
    } | usual
    moved = {old: new for old, new in moved.items() if old.casefold() != new.casefold()}
    names = [moved.get(member.name, member.name).casefold() for member in package.members]
    if len(set(names)) != len(names):
        # Two parts for one place: office programs read the one, the reading program the other.
        unreadable(main)
    if not moved:
        return {}, {}
    changed = {root: _retargeted(content(package, root), root, "", package, moved)}
    if relations is not None:
        text = content(package, relations)
        changed[relations] = _retargeted(text, relations, folder, package, moved)
    if types:
        changed[types] = _renamed(content(package, types), moved)
    return moved, changed


def _targets(relations: etree._Element, folder: str) -> dict[str, tuple[str, str]]:
    """Of each relation, by its id, what it is and the part that it names."""
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            resolved(relation.get("Target", ""), folder),
        )
        for relation in relations.iterfind("{*}Relationship")
        if relation.get("TargetMode") != "External"
    }


def resolved(target: str, folder: str) -> str:
    """The name of the part that a relation in a folder's part means."""
    return posixpath.normpath(posixpath.join(f"/{folder}", target)).lstrip("/")


def _retargeted(
    data: bytes, part: str, folder: str, package: Package, moved: Mapping[str, str]
) -> bytes:
    """Relations with the new names of their parts."""
    tree = _tree(data, part)
    for relation in tree.iterfind("{*}Relationship"):
        if relation.get("TargetMode") != "External":
            target = resolved(relation.get("Target", ""), folder)
            found = package.find(target) or target
            relation.set("Target", f"/{moved.get(found, found)}")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def _renamed(data: bytes, moved: Mapping[str, str]) -> bytes:
    """The list of the types of parts with their new names."""
    for old, new in moved.items():
        data = data.replace(b'"/' + old.encode() + b'"', b'"/' + new.encode() + b'"')
    return data


def _plain(content: bytes, part: str) -> bytes | None:
    """A part without what the reading program cannot take; None when there is nothing of it."""
    new, in_sheet = content, part.lower().startswith("xl/worksheets/")
    odd = _ODD_VALUE if in_sheet else _ODD
    if _may_be_odd(content) and odd.search(content):
        check_xml(content, part)
        if len(content) > _LARGEST_ODD:
            unreadable(part)
        new = etree.tostring(_tree(content, part), xml_declaration=True, encoding="UTF-8")
    if in_sheet and b"dimension" in new:
        new = _with_true_dimension(new)
    return None if new is content or new == content else new


def _may_be_odd(content: bytes) -> bool:
    """Whether a part may hold what the patterns look for; single letters are found at once."""
    marked = b"!" in content and b"<!" in content
    if marked or b"<?" in content[_BEHIND_MARK:_BEHIND_DECLARATION]:
        return True
    return content.find(b"?", _BEHIND_DECLARATION) >= 0 and content.find(b"<?", _BEHIND_MARK) >= 0


def _with_true_dimension(content: bytes) -> bytes:
    """A sheet without a dimension that is none."""
    first = _DIMENSION.search(content)
    if first and _AREA.fullmatch(first[1]) and content.find(b"dimension", first.end()) < 0:
        return content
    return _DIMENSION.sub(lambda found: found[0] if _AREA.fullmatch(found[1]) else b"", content)


def _tree(content: bytes, part: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        unreadable(part)
