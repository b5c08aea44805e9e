"""Adds and removes sheets of a workbook by editing only the parts that list its sheets.

These are the workbook's own part, its relations and the package's list of types. What is
not about the sheets concerned stays byte for byte, however the saving program spelt it.
"""

from __future__ import annotations

import re
import xml.parsers.expat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NoReturn

from moral_xlsx.excel.form.layout import quoted
from moral_xlsx.excel.read.guard import SheetPart
from moral_xlsx.excel.write.locate import TAG, CannotWrite, attribute, without
from moral_xlsx.excel.write.writeback import Edit, edited, xml_text
from moral_xlsx.opc import Package

WORKBOOK = "xl/workbook.xml"
_RELATIONS, _TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ZERO_BY_DEFAULT = ("activeTab", "firstSheet")
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


@dataclass(frozen=True, slots=True)
class Node:
    """An element near the root of a part: where it stands in the bytes.

    ``tag`` is its name as spelt, ``attributes`` those of its start tag as spelt.
    """

    path: tuple[str, ...]
    tag: bytes
    attributes: bytes
    values: dict[str, str]
    start: int
    tag_end: int
    inner_end: int
    end: int

    @property
    def prefix(self) -> bytes:
        return self.tag[: self.tag.rfind(b":") + 1]

    def insert(self, new: bytes, *, first: bool = False) -> Edit:
        """The edit that adds a child."""
        if self.tag_end == self.end:
            start_tag = b"<%b%b>" % (self.tag, self.attributes)
            return self.start, self.end, b"%b%b</%b>" % (start_tag, new, self.tag)
        at = self.tag_end if first else self.inner_end
        return at, at, new

    def change(self, numbers: Mapping[str, int]) -> Edit:
        """The edit that gives attributes other values, in their places or at the end."""
        attributes = self.attributes
        for name, value in numbers.items():
            if value == (_number(self, name) or 0):
                continue
            if value == 0 and name in _ZERO_BY_DEFAULT:
                attributes = without(attributes, name.encode())
            elif attribute(attributes, name.encode()):
                pattern = rb"(\s%b\s*=\s*[\"'])[^\"']*" % name.encode()
                attributes = re.sub(pattern, rb"\g<1>%d" % value, attributes, count=1)
            else:
                attributes += b' %b="%d"' % (name.encode(), value)
        closing = b"/>" if self.tag_end == self.end else b">"
        return self.start, self.tag_end, b"<%b%b%b" % (self.tag, attributes, closing)

    def remove(self) -> Edit:
        """The edit that takes the element away."""
        return self.start, self.end, b""


def _nodes(content: bytes) -> list[Node]:
    """The elements of a part down to the third level, in the order of their ends."""
    parser = xml.parsers.expat.ParserCreate()
    opened: list[tuple[str, dict[str, str], int]] = []
    found: list[Node] = []

    def start(tag: str, values: dict[str, str]) -> None:
        opened.append((tag.rpartition(":")[2], values, parser.CurrentByteIndex))

    def end(_tag: str) -> None:
        path = tuple(name for name, _, _ in opened)
        _, values, at = opened.pop()
        if len(path) > 3:
            return
        tag = TAG.match(content, at)
        if tag is None:
            odd()
        inner_end = tag.end() if tag[3] else parser.CurrentByteIndex
        stop = tag.end() if tag[3] else content.index(b">", inner_end) + 1
        found.append(Node(path[1:], tag[1], tag[2], values, at, tag.end(), inner_end, stop))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        odd()
    return found


def odd() -> NoReturn:
    """Raises ``CannotWrite`` for a workbook that no office program writes so."""
    raise CannotWrite("ไฟล์มีโครงสร้างภายในผิดปกติ", "the inner structure of the file is unusual")


def spelt(package: Package, name: str) -> str:
    """The name of a part that has to be there, as the package spells it."""
    return package.find(name) or odd()


class Book:
    """The three parts that know of every sheet, and the edits to them.

    ``sheets`` are those that the guard found; raises ``CannotWrite`` when the parts disagree.
    """

    def __init__(self, package: Package, sheets: Sequence[SheetPart]) -> None:
        self._package, self._sheets = package, sheets
        self._parts = [spelt(package, name) for name in (WORKBOOK, _RELATIONS, _TYPES)]
        self._contents = [package.content(part) for part in self._parts]
        self._book, self._relations, self._types = map(_nodes, self._contents)
        self._listed = [node for node in self._book if node.path == ("sheets", "sheet")]
        self._names = [n for n in self._book if n.path == ("definedNames", "definedName")]
        self._views = [n for n in self._book if n.path == ("bookViews", "workbookView")]
        if len(self._listed) != len(sheets):
            odd()

    def _one(self, nodes: Iterable[Node], *path: str) -> Node:
        found = [node for node in nodes if node.path == path]
        return found[0] if len(found) == 1 else odd()

    def _finish(
        self, *edits: Iterable[Edit], added: dict[str, bytes] | None = None,
        removed: Collection[str] = (),
    ) -> bytes:  # fmt: skip
        pairs = zip(self._parts, self._contents, edits, strict=True)
        changed = {part: edited(content, each) for part, content, each in pairs}
        return self._package.rewrite(changed, added, removed)

    @property
    def namespace(self) -> str:
        """The namespace that the workbook's own elements have."""
        root = self._one(self._book)
        return root.values.get(f"xmlns:{root.prefix.decode()}".strip(":")) or odd()

    def with_sheet(
        self,
        title: str,
        stem: str,
        content: bytes,
        names: Mapping[str, str],
        *,
        heading: int,
        first: bool,
    ) -> bytes:
        """The package with a sheet before or after all others, and new defined names.

        ``stem`` is what its part is to be called; ``names`` maps names to references; ``heading``
        is the row, from 0, that every printed page of the sheet repeats.
        """
        taken = {member.name.casefold() for member in self._package.members}
        part = free(f"xl/worksheets/{stem}{{}}.xml", taken, "{}")
        at = 0 if first else len(self._listed)
        identity, relation = self._relation(part)
        return self._finish(
            [
                self._one(self._book, "sheets").insert(self._entry(title, identity), first=first),
                *self._named(names, at, f"{quoted(title)}!${heading + 1}:${heading + 1}"),
                *self._moved(self._names, lambda index: index + (index >= at)),
            ],
            [self._one(self._relations).insert(relation)],
            [self._type(part)],
            added={part: content},
        )

    def _relation(self, part: str) -> tuple[str, bytes]:
        """A new relation of the workbook, like those of its other sheets."""
        known = [n for n in self._relations if n.path == ("Relationship",)]
        like = next((n for n in known if n.values.get("Type", "").endswith("/worksheet")), None)
        used = {node.values.get("Id", "") for node in known}
        identity = next(each for n in count(1) if (each := f"rId{n}") not in used)
        if like is None:
            odd()
        target = part.removeprefix("xl/")
        return identity, b'<%b Id="%b" Type="%b" Target="%b"/>' % (
            like.tag, identity.encode(), attribute(like.attributes, b"Type"), target.encode(),
        )  # fmt: skip

    def _entry(self, title: str, identity: str) -> bytes:
        """The new sheet in the workbook's list, spelt like the first one."""
        like = self._listed[0]
        known = {node.values.get("sheetId") for node in self._listed}
        number = next(each for n in count(len(known) + 1) if (each := str(n)) not in known)
        spelt = next((key for key in like.values if key.endswith(":id")), None)
        if spelt is None:
            odd()
        declared = f"xmlns:{spelt.partition(':')[0]}".encode()
        space = attribute(like.attributes, declared)
        own = b' %b="%b"' % (declared, space) if space else b""
        values = (like.tag, own, xml_text(title), number.encode(), spelt.encode())
        return b'<%b%b name="%b" sheetId="%b" %b="%b"/>' % (*values, identity.encode())

    def _type(self, part: str) -> Edit:
        root = self._one(self._types)
        values = (root.prefix, part.encode(), _SHEET_TYPE.encode())
        return root.insert(b'<%bOverride PartName="/%b" ContentType="%b"/>' % values)

    def _named(self, names: Mapping[str, str], sheet: int, repeated: str) -> list[Edit]:
        """Defined names for the links and a sheet's repeated row, after those that there are."""
        prefix = self._one(self._book).prefix
        values = (prefix, sheet, xml_text(repeated), prefix)
        new = (
            b'<%bdefinedName name="_xlnm.Print_Titles" localSheetId="%d">%b</%bdefinedName>'
            % values
        )
        new += b"".join(
            b'<%bdefinedName name="%b">%b</%bdefinedName>'
            % (prefix, name.encode(), xml_text(reference), prefix)
            for name, reference in names.items()
        )
        listed = [node for node in self._book if node.path == ("definedNames",)]
        if listed:
            return [listed[0].insert(new)]
        before = max(n.end for n in self._book if len(n.path) == 1 and n.path[0] in _BEFORE_NAMES)
        return [(before, before, b"<%bdefinedNames>%b</%bdefinedNames>" % (prefix, new, prefix))]

    def _moved(self, names: Iterable[Node], place: Callable[[int], int]) -> list[Edit]:
        """What counts sheets: names of one sheet, the sheet that is open, the first tab shown.

        Where the tabs begin with the first sheet they still do.
        """
        edits = []
        for node in names:
            index = _number(node, "localSheetId")
            if index is not None:
                edits.append(node.change({"localSheetId": place(index)}))
        for view in self._views:
            tab = _number(view, "firstSheet") or 0
            open_tab = place(_number(view, "activeTab") or 0)
            edits.append(
                view.change({"activeTab": open_tab, "firstSheet": place(tab) if tab else 0})
            )
        if not self._views and place(0) != 0:
            sheets = self._one(self._book, "sheets")
            values = (sheets.prefix, sheets.prefix, place(0), sheets.prefix)
            views = b'<%bbookViews><%bworkbookView activeTab="%d"/></%bbookViews>' % values
            edits.append((sheets.start, sheets.start, views))
        return edits

    def without_sheets(self, gone: Collection[int], is_ours: Callable[[str], bool]) -> bytes:
        """The package without some sheets, by index, and without defined names of ours.

        A visible sheet has to remain. Raises ``CannotWrite`` when another name stands for
        cells of a sheet that goes.
        """
        rest = [at for at in range(len(self._sheets)) if at not in gone]
        visible = next((at for at in rest if self._sheets[at].state == "visible"), None)
        if visible is None:
            odd()
        names = [
            node
            for node in self._names
            if not is_ours(node.values.get("name", ""))
            and _number(node, "localSheetId") not in gone
        ]
        leaving = [node for node in self._names if node not in names]
        if leaving and not names:
            leaving = [self._one(self._book, "definedNames")]
        used = references_to([self._sheets[at] for at in gone])
        if any(used.search(self._contents[0][n.tag_end : n.inner_end]) for n in names):
            odd()
        removed = [self._listed[at] for at in gone]
        identities = {
            value for node in removed for key, value in node.values.items() if key.endswith(":id")
        }
        parts = {self._sheets[at].part for at in gone}
        folded = {f"/{part}".casefold() for part in parts}
        beside = (self._package.find(_relations_of(part)) for part in parts)
        return self._finish(
            [
                *(node.remove() for node in (*removed, *leaving)),
                *self._moved(names, lambda at: rest.index(at if at in rest else visible)),
            ],
            [n.remove() for n in self._relations if n.values.get("Id") in identities],
            [n.remove() for n in self._types if n.values.get("PartName", "").casefold() in folded],
            removed=parts | {name for name in beside if name},
        )


def _number(node: Node, name: str) -> int | None:
    value = node.values.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() else None


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def free(wish: str, taken: Collection[str], more: str) -> str:
    """The wish with nothing at its ``{}``, or with a number there, whichever is not taken."""
    numbers = ("" if n == 1 else more.format(n) for n in count(1))
    return next(each for n in numbers if (each := wish.format(n)).casefold() not in taken)


def references_to(sheets: Collection[SheetPart]) -> re.Pattern[bytes]:
    """What a reference to one of the sheets looks like in a formula."""
    titles = b"|".join(re.escape(xml_text(quoted(s.title)[1:-1])) for s in sheets) or b"(?!)"
    return re.compile(rb"(?:^|[=(,+\-*/&<>^:;{\s\"'])(?:%b)'?[!:]" % titles)
