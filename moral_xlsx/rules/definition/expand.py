"""A definition written out: what fields share and what repeats, put into every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from moral_xlsx.model.definition import (
    Definition,
    Each,
    Group,
    WrittenCheck,
    WrittenCrossCheck,
    WrittenDerived,
)
from moral_xlsx.model.errors import DefinitionError, Fault, quoted
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Field, Question
from moral_xlsx.model.rubric import Check, CrossCheck, Derived
from moral_xlsx.model.value import Value
from moral_xlsx.rules.definition.shape import V, shaped
from moral_xlsx.thai import thai_digits

_PLACE = re.compile(r"\{([^{}]*)\}")
# Read by the program or in English; a number that is put into any other text is Thai.
_NOT_THAI = frozenset(
    {"id", "condition", "when", "expression", "finding", "message_en", "remedy_en", "here", "there"}
)
# A first word with a colon, such as "เอกสาร: ", is no part of what a field is called.
_KIND = re.compile(r"^[^: ]+: ")
_BY = re.compile(r"\bby\(\s*([A-Za-z_][A-Za-z0-9_]*)\s*,")
# A date may lie so many fiscal years before that of the form, or after it.
_YEARS_BEFORE, _YEARS_AFTER = 3, 1

_Q = TypeVar("_Q", bound=Question)

Written = tuple[str, Mapping[str, object]]
Item = Mapping[str, int | str]


def expand(definition: Definition, file: str) -> Form:
    """The form that a definition describes; raises DefinitionError with all faults."""
    fields, field_faults = _each_shaped(Field, _fields(definition.groups))
    names = {field.id: field.name for field in fields}
    derived, derived_faults = _each_shaped(Derived, _rules("derived", definition.derived, names))
    checks, check_faults = _each_shaped(Check, _rules("checks", definition.checks, names))
    crossed = _rules("cross_checks", definition.cross_checks, names)
    cross_checks, cross_faults = _each_shaped(CrossCheck, crossed)
    faults = (*field_faults, *derived_faults, *check_faults, *cross_faults)
    if faults:
        raise DefinitionError(file, faults)
    said = {name: getattr(definition, name) for name in definition.model_fields_set - {"groups"}}
    rules = {"derived": derived, "checks": checks, "cross_checks": cross_checks}
    form = Form.model_validate({**said, "fields": fields, **rules})
    return _with_windows(form)


def _with_windows(form: Form) -> Form:
    """The form with the days between which each date has to lie, where it does not say so."""
    judged = _judged_by_a_day(form)
    fields = tuple(_windowed(each, form, each.id in judged) for each in form.fields)
    tables = tuple(
        table.model_copy(
            update={"columns": tuple(_windowed(each, form, False) for each in table.columns)}
        )
        for table in form.tables
    )
    return form.model_copy(update={"fields": fields, "tables": tables})


def _windowed(asked: _Q, form: Form, judged: bool) -> _Q:
    if asked.type != "date":
        return asked
    first, last = form.fiscal_year_dates
    earliest = first if judged else first.replace(year=first.year - _YEARS_BEFORE)
    return asked.model_copy(
        update={
            "earliest": asked.earliest or earliest,
            "latest": asked.latest or last.replace(year=last.year + _YEARS_AFTER),
        }
    )


def _judged_by_a_day(form: Form) -> frozenset[str]:
    """The ids of the fields that a ``by`` condition of a criterion judges."""
    conditions = (c for each in form.criteria for c in each.conditions)
    return frozenset(name for condition in conditions for name in _BY.findall(condition))


def _each_shaped(
    kind: type[V], written: Iterable[Written | Fault]
) -> tuple[tuple[V, ...], tuple[Fault, ...]]:
    values: list[V] = []
    faults: list[Fault] = []
    for each in written:
        made = (each,) if isinstance(each, Fault) else shaped(kind, each[1], each[0])
        if isinstance(made, tuple):
            faults += made
        else:
            values.append(made)
    return tuple(values), tuple(faults)


def _fields(groups: Sequence[Group]) -> Iterator[Written | Fault]:
    for at, group in enumerate(groups):
        shared = group.model_dump(exclude_unset=True, exclude={"fields", "title", "of"})
        shared |= {"group": group.title} if group.title else {}
        for index, field in enumerate(group.fields):
            for each in _repeated(f"groups[{at}].fields[{index}]", field, field.each, {}):
                if isinstance(each, Fault):
                    yield each
                else:
                    place, said = each
                    yield place, {**shared, **said, **_short(group, said)}


def _short(group: Group, said: Mapping[str, object]) -> Mapping[str, str]:
    if not group.of:
        return {}
    name = said.get("short") or _KIND.sub("", str(said["label"]))
    return {"short": f"{name} ({group.of})"}


def _rules(
    key: str,
    written: Sequence[WrittenDerived | WrittenCheck | WrittenCrossCheck],
    names: Mapping[str, str],
) -> Iterator[Written | Fault]:
    for index, rule in enumerate(written):
        yield from _repeated(f"{key}[{index}]", rule, rule.each, names)


def _repeated(
    place: str, written: Value, each: Each | None, names: Mapping[str, str]
) -> Iterator[Written | Fault]:
    """What is written once, as often as ``each`` says; ``names`` are the fields' by id."""
    said = written.model_dump(exclude_unset=True, exclude={"each"})
    if each is None:
        yield place, said
        return
    items = tuple(_fitting(each, names) if isinstance(each, str) else _listed(each))
    if not items:
        yield Fault(
            f"{place}.each",
            (f"ไม่มีช่องใดที่รหัสตรงกับ {quoted(each)}", f"no field fits {each!r}"),
            ("เขียนรหัสช่องที่มี * หนึ่งตัว เช่น act*_sent", "Write ids with one * in them"),
        )
    for item in items:
        yield (
            f"{place} ({next(iter(item.values()))})",
            {
                key: _filled(key, value, item) if isinstance(value, str) else value
                for key, value in said.items()
            },
        )
    if items:
        yield from _unknown_places(place, said, items)


def _fitting(pattern: str, names: Mapping[str, str]) -> Iterator[Item]:
    """The fields that a pattern fits: their id, what its ``*`` stands for, their name."""
    before, star, after = pattern.partition("*")
    for field_id, name in names.items():
        middle = field_id.removeprefix(before).removesuffix(after)
        if star and middle and f"{before}{middle}{after}" == field_id:
            yield {"id": field_id, "*": int(middle) if middle.isdigit() else middle, "name": name}


def _listed(each: Sequence[int | str | Mapping[str, int | str]]) -> Iterator[Item]:
    for count, item in enumerate(each, start=1):
        yield {**({"each": item} if isinstance(item, int | str) else item), "#": count}


def _filled(key: str, text: str, item: Item) -> str:
    def fill(place: re.Match[str]) -> str:
        value = item.get(place[1], place[0])
        thai = isinstance(value, int) and key not in _NOT_THAI
        return thai_digits(str(value)) if thai else str(value)

    return _PLACE.sub(fill, text)


def _unknown_places(
    place: str, said: Mapping[str, object], items: Sequence[Item]
) -> Iterator[Fault]:
    known = set.intersection(*(set(item) for item in items))
    for key, value in said.items():
        for found in _PLACE.findall(value) if isinstance(value, str) else ():
            if found not in known:
                listed = ", ".join(f"{{{each}}}" for each in sorted(known))
                yield Fault(
                    f"{place}.{key}",
                    (f"ไม่มี {{{found}}}", f"there is no {{{found}}}"),
                    (f"ให้ใช้คำใดคำหนึ่ง: {listed}", f"Use one of: {listed}"),
                )
