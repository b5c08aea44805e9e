"""A definition file as it is written: every value with its path, and the lines that they are on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from moral_xlsx.model.errors import Fault

Path = tuple[str | int, ...]

# Stands for a value while the rest of the file is looked at; no text of a form holds it.
_HELD = "\ue000{}\ue001"
MARK = r'"\ue000(?P<value>\d+)\ue001"'
_STEP = re.compile(r"\[([^\]]*)\]|\.?([^.\[\]]+)")
# Which of the things that are written one after another: after " (" stands what repeats them.
_REPEATED = re.compile(r" \([^)]*\)")
# By what a place names one of several things.
_NUMBERS = ("number", "points", "level")
_NAMES = ("id", "label", "title", "key")


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """A value as the file writes it, quotation marks and all; ``path`` are keys and indices."""

    path: Path
    text: str


def taken_apart(source: str) -> tuple[str, tuple[WrittenValue, ...]]:
    """The file with a mark in the place of every value, and the values by their marks."""
    document = tomlkit.parse(source)
    values: list[WrittenValue] = []

    def hold(inside: Any, at: Any, path: Path) -> None:
        item = inside.item(at) if isinstance(at, str) else inside[at]
        if isinstance(item, dict):
            for key in tuple(item):
                hold(item, key, (*path, key))
        elif isinstance(item, list):
            for index in range(len(item)):
                hold(item, index, (*path, index))
        else:
            values.append(WrittenValue(path, item.as_string()))
            inside[at] = held = tomlkit.string(_HELD.format(len(values) - 1))
            vars(held.trivia).update(vars(item.trivia))  # the spaces and the comment around it

    for key in tuple(document):
        hold(document, key, (key,))
    return tomlkit.dumps(document), tuple(values)


def located(data: bytes, faults: Iterable[Fault], *, expanded: bool = True) -> tuple[Fault, ...]:
    """The faults, each with the line of the file, from 1, on which its place begins.

    Places in a form that is not ``expanded`` yet count from 0, as the file is written.
    """
    text = data.decode("utf-8-sig")
    try:
        skeleton, values = taken_apart(text)
    except (TOMLKitError, RecursionError):  # the file is none, which is the fault itself
        return tuple(faults)
    lines: dict[Path, int] = {}
    line, at = 1, 0
    for mark in re.finditer(MARK, skeleton):
        line += skeleton.count("\n", at, mark.start())
        value = values[int(mark["value"])]
        for end in range(1, len(value.path) + 1):
            lines.setdefault(value.path[:end], line)
        line, at = line + value.text.count("\n"), mark.end()
    raw = tomlkit.parse(text).unwrap()
    return tuple(
        replace(fault, line=lines.get(_path(raw, fault.place, expanded), 0)) for fault in faults
    )


def _path(raw: Mapping[str, Any], place: str, expanded: bool) -> Path:
    """The way to a place in the file, as far as it goes there."""
    path: Path = ()
    node: object = raw
    steps = _STEP.findall(_REPEATED.sub("", place))
    if expanded and len(steps) > 1 and steps[0][1] == "fields":
        path, node = _field(raw, steps[1][1])
        steps = steps[2:]
    for chosen, name in steps:
        found = next(_inside(node, chosen, name, expanded), None)
        if found is None:
            break
        path, node = (*path, *found[0]), found[1]
    return path


def _field(raw: Mapping[str, Any], field_id: str) -> tuple[Path, object]:
    """A field by its id; its group's place is told by the file only."""
    for at, group in enumerate(raw.get("groups", ())):
        for index, field in enumerate(group.get("fields", ())):
            if field.get("id") == field_id:
                return ("groups", at, "fields", index), field
    return (), None


def _inside(node: object, chosen: str, name: str, expanded: bool) -> Iterator[tuple[Path, object]]:
    """What one step of a place leads to, likeliest first: ``[chosen]`` or ``.name``."""
    if isinstance(node, dict):
        columns = node.get("columns", ()) if expanded and "rows" in node else ()
        for index, column in enumerate(columns):
            if column.get("id") == name:
                yield ("columns", index), column
        if name in node:
            yield (name,), node[name]
    elif isinstance(node, list):
        for index, each in enumerate(node):
            if expanded and isinstance(each, dict):
                numbers = [str(each[key]) for key in _NUMBERS if key in each]
                names = [each[key] for key in _NAMES if key in each]
                if chosen in numbers or chosen in names or (name and name == each.get("id")):
                    yield (index,), each
        if chosen.isdigit() and int(chosen) < len(node):
            yield (int(chosen),), node[int(chosen)]
