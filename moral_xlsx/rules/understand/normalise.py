"""Understand what was typed: raw cells become typed answers, and every reading is reported.

Nothing is guessed. A value that allows no certain reading becomes None with a finding that
says what was expected; a value that needed interpreting becomes an answer with a finding
that says how it was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from functools import cache

from moral_xlsx import thai
from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers, RawCell, RawSubmission, Understood, Value
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import AnswerType, Criterion, Field, Form, Question, Table

_Word = str | tuple[str, str]

_TABLE_CELL = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]{1,6})\]\.([a-z][a-z0-9_]*)")
# What no workbook or document can hold: controls, lone surrogates, non-characters.
_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_FOUND = 120
_NONE = thai.key("ไม่มี")

_EXACT = Context(prec=60)
# Spreadsheets keep 15 digits before the point; the other bound keeps arithmetic exact.
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 14, -30

# Serial numbers of 2000-01-01 to 2099-12-31.
_SERIAL_ORIGIN = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
# A number such as 2569 in a date cell shows a day of 1907; nobody means that.
_EARLIEST_YEAR = 1950

_TICKED = frozenset(map(thai.key, thai.TICKED))
_UNTICKED = frozenset(map(thai.key, thai.UNTICKED))
_PLAIN_TICKS = frozenset({"✓", "true", "false"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One cell, understood: its value, and the code and words of a finding about it."""

    value: Value
    code: str = ""
    words: Mapping[str, _Word] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        return self.value is None and not self.code

    @property
    def counts(self) -> bool:
        """Whether the cell makes its row count: answered, or meant as an answer."""
        # An unticked box answers nothing, and 0 is an answer: hence no comparison by value.
        if self.value is None or self.value is False:
            return self.code not in ("", "MX-210", "MX-224")
        return True

    def findings(self, label: _Word, place: Place) -> tuple[Finding, ...]:
        if not self.code:
            return ()
        return (catalogue.finding(self.code, place, label=label, **self.words),)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What stands under one reference."""

    reference: str
    value: Value
    place: Place
    findings: tuple[Finding, ...]


def normalise(form: Form, raw: RawSubmission) -> Understood:
    """Understand every field, table, claim and piece of evidence of a submission.

    Findings come in the order of the definition: fields, tables, claims, evidence; those
    of the reader (``raw.findings``) are not repeated. ``places`` also holds each table
    under its id (its first cell) and every blank field. Raises for no value of a cell.
    """
    cells = raw.cells
    fields = [_field(each, cells.get(each.id)) for each in form.fields]
    prepared = _prepared_rows(raw)
    dropped: list[Finding] = []
    tables = {table.id: _rows(table, prepared.get(table.id, {}), dropped) for table in form.tables}
    claims = {c.number: _claim(c, cells.get(f"claim_{c.number}")) for c in form.criteria}
    evidence = {c.number: _evidence(c, cells.get(f"evidence_{c.number}")) for c in form.criteria}
    everything = [
        *fields,
        *(answer for rows in tables.values() for row in rows for answer in row.values()),
        *claims.values(),
        *evidence.values(),
    ]
    return Understood(
        Answers(
            form=form.id,
            unit_code=raw.unit_code,
            values={answer.reference: answer.value for answer in fields},
            tables={
                table_id: tuple({name: cell.value for name, cell in row.items()} for row in rows)
                for table_id, rows in tables.items()
            },
            claims={n: given.value for n, given in claims.items() if isinstance(given.value, int)},
            evidence={n: a.value for n, a in evidence.items() if isinstance(a.value, str)},
        ),
        {table.id: _first_place(table, prepared.get(table.id, {})) for table in form.tables}
        | {answer.reference: answer.place for answer in everything},
        (*(finding for answer in everything for finding in answer.findings), *dropped),
    )


def _field(asked: Field, cell: RawCell | None) -> _Answer:
    place = _place(cell, asked.id)
    reading = _read(asked, cell)
    findings = reading.findings(asked.label, place)
    # The reader has already reported a cell that is not in the file at all.
    if reading.blank and asked.required and cell is not None:
        findings = (catalogue.finding("MX-203", place, label=asked.label),)
    return _Answer(asked.id, reading.value, place, findings)


def _prepared_rows(raw: RawSubmission) -> dict[str, dict[int, dict[str, RawCell]]]:
    """The cells of all tables by table, row as prepared in the workbook, and column."""
    rows: dict[str, dict[int, dict[str, RawCell]]] = {}
    for reference, cell in raw.cells.items():
        if found := _TABLE_CELL.fullmatch(reference):
            table, index, column = found.groups()
            rows.setdefault(table, {}).setdefault(int(index), {})[column] = cell
    return rows


def _rows(
    table: Table, prepared: Mapping[int, Mapping[str, RawCell]], dropped: list[Finding]
) -> tuple[dict[str, _Answer], ...]:
    """The rows in which something was answered, counted anew from 0.

    What was noticed in rows that hold no answer is added to ``dropped``.
    """
    rows: list[dict[str, _Answer]] = []
    for _, cells in sorted(prepared.items()):
        readings = {c.id: _read(c, cells.get(c.id)) for c in table.columns}
        if any(reading.counts for reading in readings.values()):
            rows.append(_row(table, len(rows), cells, readings))
        elif any(reading.code == "MX-224" for reading in readings.values()):
            # The row has no number of its own: its findings point to the table.
            for answer in _row(table, len(rows), cells, readings).values():
                place = replace(answer.place, field=table.id)
                dropped += (f.at(place) for f in answer.findings if f.code == "MX-224")
    return tuple(rows)


def _row(
    table: Table, index: int, cells: Mapping[str, RawCell], readings: Mapping[str, _Reading]
) -> dict[str, _Answer]:
    row = {}
    for column in table.columns:
        reference = f"{table.id}[{index}].{column.id}"
        cell, reading = cells.get(column.id), readings[column.id]
        place = _place(cell, reference)
        findings = reading.findings(
            (
                f"{table.name} แถวที่ {index + 1} {column.label}",
                f"{table.name}, row {index + 1}, {column.label}",
            ),
            place,
        )
        if reading.blank and cell is not None and (column.required or column.recommended):
            code = "MX-216" if column.required else "MX-219"
            words = {"label": table.name, "row": str(index + 1), "column": column.label}
            findings = (catalogue.finding(code, place, **words),)
        row[column.id] = _Answer(reference, reading.value, place, findings)
    return row


def _claim(criterion: Criterion, cell: RawCell | None) -> _Answer:
    number = str(criterion.number)
    place = _place(cell, f"claim_{number}")
    given = cell or _ABSENT
    reading = _blank_or_troubled(given) or _points(criterion, given.value)
    if reading.blank and cell is not None:
        reading = _Reading(None, "MX-221", {"number": number})
    label = (f"คะแนนที่เสนอข้อ {number}", f"Claim of criterion {number}")
    return _Answer(f"claim_{number}", reading.value, place, reading.findings(label, place))


def _points(criterion: Criterion, value: object) -> _Reading:
    permitted = [rung.points for rung in criterion.rungs]
    number = _number(value, "คะแนน")
    if number is None or number not in permitted:
        return _Reading(
            None,
            "MX-220",
            {
                "number": str(criterion.number),
                "choices": ", ".join(map(str, permitted)),
                "found": _found(value),
            },
        )
    return _answer(int(number), value, interpreted=isinstance(value, str))


def _evidence(criterion: Criterion, cell: RawCell | None) -> _Answer:
    reference = f"evidence_{criterion.number}"
    place = _place(cell, reference)
    given = cell or _ABSENT
    reading = _blank_or_troubled(given) or _written(given, required=True)
    label = (f"หลักฐานข้อ {criterion.number}", f"Evidence of criterion {criterion.number}")
    return _Answer(reference, reading.value, place, reading.findings(label, place))


def _place(cell: RawCell | None, reference: str) -> Place:
    return replace((cell or _ABSENT).place, field=reference)


def _first_place(table: Table, prepared: Mapping[int, Mapping[str, RawCell]]) -> Place:
    for _, cells in sorted(prepared.items()):
        for column in table.columns:
            if column.id in cells:
                return _place(cells[column.id], table.id)
    return Place(field=table.id)


_ABSENT = RawCell(None)


def _read(asked: Question, cell: RawCell | None) -> _Reading:
    given = cell or _ABSENT
    reading = _blank_or_troubled(given) or _READERS[asked.type](asked, given)
    return _Reading(False) if reading.blank and asked.type == "tick" else reading


def _blank_or_troubled(cell: RawCell) -> _Reading | None:
    if cell.trouble is not None:
        return _Reading(None, "MX-208" if cell.trouble == "formula" else "MX-209")
    value = cell.value
    blank = value is None or (isinstance(value, str) and thai.blank(_writable(value)))
    return _Reading(None) if blank else None


def _written(cell: RawCell, required: bool) -> _Reading:
    value = cell.value
    if isinstance(value, str):
        typed = _writable(value).strip()
        if not thai.says_nothing(typed):
            return _Reading(typed)
        if required:
            return _Reading(None, "MX-224", {"found": typed})
        return _Reading(None, "MX-210", {"found": typed, "read": ("ว่าง", "blank")})
    plain = _plain(value)
    number = _decimal(value)
    if number is not None and cell.percent_format:
        # Typing 85% leaves 0.85 in the cell; the text meant is the one shown.
        return _Reading(f"{_plain(_hundredfold(number))}%")
    if isinstance(value, (int, float, Decimal)):
        return (
            _Reading(None, "MX-224", {"found": plain})
            if required and not value
            else _Reading(plain)
        )
    return _Reading(
        plain, "MX-210", {"found": plain, "read": (f"ข้อความ “{plain}”", f"the text “{plain}”")}
    )


def _integer(asked: Question, cell: RawCell) -> _Reading:
    number = _number(cell.value, asked.unit)
    interpreted = isinstance(cell.value, str)
    if number is None and asked.minimum == 0 and _denies(cell.value):
        return _answer(0, cell.value, interpreted)
    if number is None or (cell.percent_format and not interpreted):
        return _not_a_number(asked, cell.value)
    if not _whole(number):
        return _Reading(None, "MX-218", {"found": _found(cell.value)})
    return _limited(asked, number) or _answer(int(number), cell.value, interpreted)


def _denies(value: object) -> bool:
    """Whether a text says in words that there is none; a dash may mean anything."""
    return isinstance(value, str) and thai.key(value).startswith(_NONE) and thai.says_nothing(value)


def _percent(asked: Question, cell: RawCell) -> _Reading:
    value = cell.value
    parsed = thai.parse_number(value, asked.unit) if isinstance(value, str) else None
    foreign = parsed and parsed.unit and thai.key(parsed.unit) != thai.key(asked.unit)
    number = parsed.value if parsed and not foreign else _decimal(value)
    if number is None:
        return _not_a_number(asked, value)
    # A Decimal comes from an answers file, whose percentages are always of 0 to 100.
    certain = isinstance(value, Decimal) or (parsed is not None and parsed.percent)
    shown_as_percent = cell.percent_format and parsed is None and not certain
    if number == 1 and not certain and not shown_as_percent:
        return _Reading(None, "MX-211", {"found": _found(value)})
    fraction = not certain and not shown_as_percent and 0 < number < 1
    percent = _tidy(_hundredfold(number) if fraction or shown_as_percent else number)
    interpreted = fraction or parsed is not None
    return _limited(asked, percent) or _answer(percent, value, interpreted)


def _date(asked: Question, cell: RawCell) -> _Reading:
    value = cell.value
    meant: date | None = None
    as_typed = False
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        meant = _gregorian(day)
        as_typed = meant == day
    elif isinstance(value, str):
        parsed = thai.parse_date(value)
        meant = parsed.date if parsed else None
        as_typed = meant is not None and value.strip() == meant.isoformat()
    elif isinstance(value, (int, float)) and _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        meant = _SERIAL_ORIGIN + timedelta(days=int(value))
    if meant is None or meant.year < _EARLIEST_YEAR:
        return _Reading(None, "MX-205", {"found": _found(value)})
    return _answer(meant, value, interpreted=not as_typed)


def _gregorian(day: date) -> date | None:
    """The day meant by a date whose year was typed in either era."""
    year = thai.gregorian_year(day.year)
    try:
        return None if year is None else day.replace(year=year)
    except ValueError:  # 29 February, in a year that is a leap year in one era only
        return None


def _tick(asked: Question, cell: RawCell) -> _Reading:
    value = cell.value
    if isinstance(value, bool):
        return _Reading(value)
    if isinstance(value, str):
        typed = thai.key(value)
        if typed in _TICKED or typed in _UNTICKED:
            ticked = typed in _TICKED
            if typed in _PLAIN_TICKS:
                return _Reading(ticked)
            read = ("มี (✓)", "ticked") if ticked else ("ไม่มี (ว่าง)", "not ticked")
            return _Reading(ticked, "MX-210", {"found": _found(value), "read": read})
    number = _decimal(value)
    if number in (0, 1):
        return _Reading(number == 1)
    return _Reading(False, "MX-215", {"found": _found(value)})


def _choice(asked: Question, cell: RawCell) -> _Reading:
    typed = thai.key(_plain(cell.value))
    direct, by_alias = [], []
    for choice in asked.choices:
        if typed in (_known_key(choice.value), _known_key(choice.label)):
            direct.append(choice)
        elif typed in map(_known_key, choice.aliases):
            by_alias.append(choice)
    if len(direct) == 1:
        return _Reading(direct[0].value)
    if not direct and len(by_alias) == 1:
        words = {"found": _found(cell.value), "read": by_alias[0].label}
        return _Reading(by_alias[0].value, "MX-210", words)
    labels = ", ".join(choice.label for choice in asked.choices)
    return _Reading(None, "MX-206", {"found": _found(cell.value), "choices": labels})


_READERS: Mapping[AnswerType, Callable[[Question, RawCell], _Reading]] = {
    "text": lambda asked, cell: _written(cell, asked.required),
    "integer": _integer,
    "percent": _percent,
    "date": _date,
    "tick": _tick,
    "choice": _choice,
}


@cache
def _known_key(text: str) -> str:
    """The key of a text of a definition: few in number, and asked for in every cell."""
    return thai.key(text)


def _answer(value: int | Decimal | date, typed: object, interpreted: bool) -> _Reading:
    if not interpreted:
        return _Reading(value)
    read = thai.short_date(value) if isinstance(value, date) else _plain(value)
    return _Reading(value, "MX-210", {"found": _found(typed), "read": read})


def _not_a_number(asked: Question, value: object) -> _Reading:
    low, high = _limits(asked)
    example = Decimal(85 if asked.type == "percent" else 3)
    example = example if low is None else max(example, low)
    example = example if high is None else min(example, high)
    return _Reading(None, "MX-204", {"found": _found(value), "example": _plain(example)})


def _limited(asked: Question, number: Decimal) -> _Reading | None:
    """A reading that drops a number outside its limits, or None when it keeps them."""
    low, high = _limits(asked)
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    least, most = _plain(low), _plain(high)
    if low is None:
        expected = (f"ไม่เกิน {most}", f"{most} or less")
    elif high is None:
        expected = (f"ตั้งแต่ {least} ขึ้นไป", f"{least} or more")
    else:
        expected = (f"{least} ถึง {most}", f"{least} to {most}")
    return _Reading(None, "MX-207", {"expected": expected, "found": _plain(number)})


def _limits(asked: Question) -> tuple[Decimal | None, Decimal | None]:
    low, high = asked.minimum, asked.maximum
    if asked.type == "percent":
        return (Decimal(0) if low is None else low, Decimal(100) if high is None else high)
    return low, high


def _number(value: object, unit: str) -> Decimal | None:
    """The number in a cell that may hold text; None for percentages and all else."""
    if isinstance(value, str):
        parsed = thai.parse_number(value, unit)
        return None if parsed is None or parsed.percent else parsed.value
    return _decimal(value)


def _decimal(value: object) -> Decimal | None:
    """A number exactly as a person reads it; None for other things and absurd sizes."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if isinstance(value, float):
        # repr gives the digits that were typed; the float itself is some binary neighbour.
        value = Decimal(repr(float(value)))
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        return None
    fits = number.adjusted() <= _LARGEST_EXPONENT and exponent >= _SMALLEST_EXPONENT
    return number if fits else None


def _whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _hundredfold(number: Decimal) -> Decimal:
    return _EXACT.multiply(number, Decimal(100))


def _tidy(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent."""
    return Decimal(int(number)) if _whole(number) else number.normalize(_EXACT)


def _plain(value: object) -> str:
    """A cell's value as a person would write it."""
    number = _decimal(value)
    if number is not None:
        return format(_tidy(number), "f")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(Decimal(value))  # str() of a huge int raises
    if isinstance(value, datetime):
        midnight = value.time() == time.min
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _found(value: object) -> str:
    """A value for a finding: on one line, and not endless."""
    text = " ".join(_writable(_plain(value)).split())
    return text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}…"


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
