"""Carries answers from one form into another: by identity, read anew as the new form asks.

An answer goes where the new form has the same id (or number of a criterion). It is never
bent to fit: the new form's types, limits and choices decide, and what they do not admit
stays behind with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from moral_xlsx.model.answers import Answers, RawCell, RawSubmission, Understood, Value
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import short_date, thai_digits

NO_FIELD: Bilingual = ("แบบใหม่ไม่มีช่องนี้", "the new form has no such field")
NO_TABLE: Bilingual = ("แบบใหม่ไม่มีตารางนี้", "the new form has no such table")
NO_COLUMN: Bilingual = ("ตารางของแบบใหม่ไม่มีคอลัมน์นี้", "the new form's table has no such column")
NO_CRITERION: Bilingual = ("แบบใหม่ไม่มีตัวชี้วัดข้อนี้", "the new form has no such criterion")
NO_CLAIM: Bilingual = (
    "แบบใหม่ไม่ให้เสนอคะแนนหรือหลักฐานในข้อนี้",
    "the new form asks for no claim or evidence here",
)


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that stays behind: what asked for it, where it stood, what it was, and why."""

    label: Bilingual
    place: Place
    found: str
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class Carried:
    """The new form's answers, how many were carried, and those that were not."""

    answers: Answers
    count: int
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """An answered input of the old form; ``asked`` is None for claims and evidence."""

    reference: Reference
    label: Bilingual
    asked: Question | None
    value: Value


@dataclass(frozen=True, slots=True)
class _Offer:
    """An answer for which the new form has a place."""

    given: _Given
    reference: Reference
    asked: Question | None


def carry(old: Form, understood: Understood, new: Form) -> Carried:
    """The answers to ``old`` as answers to ``new``, whatever the new form admits of them.

    A table for which the old answers bring no row keeps the new form's preset rows.
    """
    offers: list[_Offer] = []
    left: list[Left] = []
    for given, reference, asked, reason in _destined(old, understood.answers, new):
        if reason is None:
            offers.append(_Offer(given, reference, asked))
        else:
            left.append(_left(given, understood, reason))
    # Each cell is known by a number of its own while the new form reads it: rows may move.
    cells = {
        offer.reference: _cell(offer, Place(cell=str(number)))
        for number, offer in enumerate(offers)
    }
    code = understood.answers.unit_code
    read = normalise(new, RawSubmission(new.id, new.version, code, _preset(new, cells) | cells))
    troubles = {found.place.cell: found for found in read.findings if found.place.cell}
    refused = {found.place.cell for found in read.unread}
    values = _values(read.answers)
    kept = {place.cell for ref, place in read.places.items() if values.get(ref) is not None}
    lost = [
        _left(offer.given, understood, _not_admitted(offer, troubles.get(str(number))))
        for number, offer in enumerate(offers)
        if str(number) in refused or str(number) not in kept
    ]
    return Carried(read.answers, len(offers) - len(lost), (*left, *lost))


def _destined(
    old: Form, answers: Answers, new: Form
) -> Iterator[tuple[_Given, Reference, Question | None, Bilingual | None]]:
    """Every answer with the reference and question it goes to, or why it goes nowhere."""
    fields = {field.id: field for field in new.fields}
    for field in old.fields:
        given = _Given(field.id, (field.label, field.label), field, answers.values.get(field.id))
        if _answered(given.value):
            asked = fields.get(field.id)
            yield given, field.id, asked, None if asked else NO_FIELD
    for table in old.tables:
        yield from _destined_rows(table, answers, new)
    for number, points in sorted(answers.claims.items()):
        yield from _destined_judged("claim", number, points, new)
    for number, text in sorted(answers.evidence.items()):
        yield from _destined_judged("evidence", number, text, new)


def _destined_rows(
    table: Table, answers: Answers, new: Form
) -> Iterator[tuple[_Given, Reference, Question | None, Bilingual | None]]:
    target = next((each for each in new.tables if each.id == table.id), None)
    columns = {column.id: column for column in target.columns} if target else {}
    for index, row in enumerate(answers.tables.get(table.id, ())):
        answered = [column for column in table.columns if _answered(row.get(column.id))]
        for column in answered:
            label = (
                f"{table.name} แถวที่ {thai_digits(str(index + 1))} {column.label}",
                f"{table.name}, row {index + 1}, {column.label}",
            )
            reference = TableCell(table.id, index, column.id)
            given = _Given(reference, label, column, row[column.id])
            asked = columns.get(column.id)
            reason = None if asked else NO_COLUMN if target else NO_TABLE
            yield given, reference, asked, reason


def _destined_judged(
    kind: Literal["claim", "evidence"], number: int, value: Value, new: Form
) -> Iterator[tuple[_Given, Reference, Question | None, Bilingual | None]]:
    said = thai_digits(str(number))
    words = {
        "claim": (f"คะแนนที่เสนอข้อ {said}", f"Claim of criterion {number}"),
        "evidence": (f"หลักฐานข้อ {said}", f"Evidence of criterion {number}"),
    }
    reason = None
    if number not in {criterion.number for criterion in new.criteria}:
        reason = NO_CRITERION
    elif number not in new.claimed:
        reason = NO_CLAIM
    reference = f"{kind}_{number}"
    yield _Given(reference, words[kind], None, value), reference, None, reason


def _answered(value: Value) -> bool:
    """Whether there is something to carry; a tick that is not set says nothing."""
    return value is not None and value is not False


def _cell(offer: _Offer, place: Place) -> RawCell:
    """What the new form is given to read: the same value, or its words for another type."""
    value, was, asked = offer.given.value, offer.given.asked, offer.asked
    if was is None or asked is None:
        return RawCell(value, place)
    if was.type != asked.type:
        return RawCell(in_words(was, value), place)
    if was.type == "choice" and value not in {choice.value for choice in asked.choices}:
        return RawCell(in_words(was, value), place)
    # A Decimal is a percentage of 0 to 100 for certain, so that 1 stays 1 per cent.
    return RawCell(Decimal(value) if type(value) is int else value, place)


def in_words(asked: Question, value: Value) -> str:
    """An answer as its officer would type it, so that another type of question can read it."""
    if isinstance(value, bool):
        return "มี" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}%"
    if isinstance(value, int):
        return f"{value} {asked.unit}".strip()
    if isinstance(value, date):
        return short_date(value)
    for choice in asked.choices:
        if choice.value == value:
            return choice.label
    return "" if value is None else value


def _preset(form: Form, cells: Mapping[Reference, RawCell]) -> dict[Reference, RawCell]:
    """The preset rows of the tables for which no cell is given."""
    filled = {reference.table for reference in cells if isinstance(reference, TableCell)}
    return {
        TableCell(table.id, index, column): RawCell(Decimal(value) if type(value) is int else value)
        for table in form.tables
        if table.id not in filled
        for index, row in enumerate(table.preset)
        for column, value in row.items()
    }


def _values(answers: Answers) -> dict[Reference, Value]:
    """Every answer by its reference."""
    values: dict[Reference, Value] = dict(answers.values.items())
    for table, rows in answers.tables.items():
        for index, row in enumerate(rows):
            values |= {TableCell(table, index, column): value for column, value in row.items()}
    values |= {f"claim_{number}": points for number, points in answers.claims.items()}
    values |= {f"evidence_{number}": text for number, text in answers.evidence.items()}
    return values


def _left(given: _Given, understood: Understood, reason: Bilingual) -> Left:
    place = understood.places.get(given.reference, Place(field=str(given.reference)))
    found = str(given.value) if given.asked is None else in_words(given.asked, given.value)
    return Left(given.label, place, found, reason)


def _not_admitted(offer: _Offer, trouble: Finding | None) -> Bilingual:
    was, asked = offer.given.asked, offer.asked
    if was and asked and was.type == asked.type == "choice":
        labels = ", ".join(choice.label for choice in asked.choices)
        return (
            f"แบบใหม่ไม่มีตัวเลือกนี้ (มี {labels})",
            f"the new form has no such choice (it has {labels})",
        )
    if trouble is None:
        return "แบบใหม่อ่านค่านี้ว่าไม่มีคำตอบ", "the new form reads it as no answer"
    said = message(trouble), message(trouble, "en")
    return f"แบบใหม่ไม่รับค่านี้: {said[0]}", f"the new form does not admit it: {said[1]}"
