"""Answers for a form out of an earlier file: of this form or another, a workbook or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from moral_xlsx.excel.form.layout import (
    LABEL_COLUMN,
    MARKER_COLUMN,
    Area,
    cell_name,
    lay_out,
)
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.opened import Opened, open_workbook
from moral_xlsx.excel.read.reader import read
from moral_xlsx.model.answers import Answers, RawSubmission
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.carry import (
    NO_COLUMN,
    NO_CRITERION,
    NO_FIELD,
    NO_TABLE,
    Left,
    carry,
)
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import key

_JUDGED = re.compile(r"(claim|evidence)_(\d+)")
_JUDGED_WORDS = {"claim": "คะแนนที่เสนอข้อ", "evidence": "หลักฐานข้อ"}


@dataclass(frozen=True, slots=True)
class Refill:
    """Answers for a form, how many were carried, and what was not.

    ``left`` are answers that the new form does not admit; ``unread`` tells of what could
    not even be read in the old file. ``unknown`` is the old form's id when it is not known.
    """

    answers: Answers
    carried: int
    left: tuple[Left, ...]
    unread: tuple[Finding, ...]
    unknown: str = ""


def from_workbook(data: bytes, form: Form, forms: Mapping[str, Form]) -> Refill:
    """The answers of a filled workbook, carried into ``form``; ``forms`` are those known.

    A workbook of a form that is not known any more is read by the ids of ``form``. Raises
    Refused when the file is no form of ours or cannot be read safely.
    """
    opened = open_workbook(inspect(data))
    old, unknown = _old_form(opened.form_id, form, forms)
    return _refill(old, read(opened, old), form, unknown, tuple(_strangers(opened, old)))


def from_answers_file(data: object, form: Form, forms: Mapping[str, Form]) -> Refill:
    """The answers of an answers file, carried into ``form``; its ``form`` names the old one.

    Raises AnswersFileError when the data has not the structure of an answers file.
    """
    named = data.get("form") if isinstance(data, Mapping) else None
    old, unknown = _old_form(named if isinstance(named, str) else form.id, form, forms)
    return _refill(old, from_json(old, data), form, unknown)


def _old_form(form_id: str, form: Form, forms: Mapping[str, Form]) -> tuple[Form, str]:
    known = key(form_id)
    return (forms[known], "") if known in forms else (form, form_id)


def _refill(
    old: Form, raw: RawSubmission, form: Form, unknown: str, strangers: tuple[Left, ...] = ()
) -> Refill:
    understood = normalise(old, raw)
    carried = carry(old, understood, form)
    unread = (*raw.unread, *understood.unread)
    left = (*carried.left, *strangers)
    return Refill(carried.answers, carried.count, left, unread, unknown)


def _strangers(opened: Opened, form: Form) -> Iterator[Left]:
    """What stands in inputs that ``form`` has not: an older version of it had them."""
    known = lay_out(form).names.keys()
    tables = {table.id for table in form.tables}
    # Every panel tells how complete the answers are; what else is named there is computed.
    panel = {area.sheet for name, area in opened.areas.items() if name == "completeness"}
    for name, area in sorted(opened.areas.items()):
        if name in known or area.sheet in panel:
            continue
        table, _, column = name.partition(".")
        marker = opened.value(area.sheet, area.first_row, MARKER_COLUMN)
        if column:
            reason = NO_COLUMN if table in tables else NO_TABLE
        elif _JUDGED.fullmatch(name):
            reason = NO_CRITERION
        elif marker == name:
            reason = NO_FIELD
        else:
            continue  # a name that the officer gave
        label = _label_of(opened, area, name)
        for row in range(area.first_row, area.last_row + 1):
            value = opened.value(area.sheet, row, area.first_column)
            if value is not None:
                place = Place(sheet=area.sheet, cell=cell_name(row, area.first_column), field=name)
                yield Left((label, label), place, str(value), reason)


def _label_of(opened: Opened, area: Area, name: str) -> str:
    """What the old workbook itself calls an input: the words beside or above it."""
    if judged := _JUDGED.fullmatch(name):
        return f"{_JUDGED_WORDS[judged[1]]} {judged[2]}"
    if "." in name:
        words = opened.value(area.sheet, area.first_row - 1, area.first_column)
    else:
        words = opened.value(area.sheet, area.first_row, LABEL_COLUMN)
    return name if words is None else str(words).removesuffix(" *")
