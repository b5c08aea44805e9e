"""One cell, understood: what type of answer it gives, and what is said of how it was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from functools import cache

from moral_xlsx import thai
from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import RawCell, Value
from moral_xlsx.model.catalogue.answers import (
    CROSS_OR_TICK,
    DAY_OUTSIDE,
    ERROR_VALUE,
    FORMULA_FOR_ANSWER,
    NO_DATE,
    NO_NUMBER,
    NO_SUCH_CLAIM,
    NO_TICK,
    NOT_IN_LIST,
    NOT_WHOLE,
    ONE_OR_HUNDRED,
    OUT_OF_LIMITS,
    READ_AS,
    READERS_DIFFER,
    SAYS_NOTHING,
)
from moral_xlsx.model.findings import Finding, Kind, Place
from moral_xlsx.model.question import AnswerType, Question
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.judge.days import Window

_Word = str | tuple[str, str]

# What no workbook or document can hold: controls, lone surrogates, non-characters.
_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_FOUND = 120
_NONE = thai.key("ไม่มี")

_EXACT = Context(prec=60)
# Spreadsheets keep 15 digits before the point; the other bound keeps arithmetic exact.
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 14, -30

_LAST_SERIAL = (date.max - thai.SERIAL_ORIGIN).days

_TICKED = frozenset(map(thai.key, thai.TICKED))
_CROSS = thai.key("x")
_UNTICKED = frozenset(map(thai.key, thai.UNTICKED))
_PLAIN_TICKS = frozenset({"✓", "true", "false"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell, understood: its value, and the kind and words of a finding about it.

    ``unread``: it is meant as an answer, but allows no certain reading. ``says_nothing``: what
    was typed is no answer, and one is required.
    """

    value: Value
    note: Kind | None = None
    words: Mapping[str, _Word] = field(default_factory=dict)
    unread: bool = False
    says_nothing: bool = False

    @property
    def blank(self) -> bool:
        return self.value is None and self.note is None

    @property
    def counts(self) -> bool:
        """Whether the cell makes its row count: answered, or meant as an answer."""
        # An unticked box answers nothing, and 0 is an answer: hence no comparison by value.
        return self.unread or not (self.value is None or self.value is False)

    def findings(self, label: _Word, place: Place) -> tuple[Finding, ...]:
        if self.note is None:
            return ()
        return (catalogue.finding(self.note, place, label=label, **self.words),)


def _unread(note: Kind, value: Value = None, **words: _Word) -> Reading:
    """A cell that is meant as an answer and cannot be taken for one."""
    return Reading(value, note, words, unread=True)


def _says_nothing(found: str) -> Reading:
    """A cell that holds no answer, such as a dash, where one is required."""
    return Reading(None, SAYS_NOTHING, {"found": found}, says_nothing=True)


def _read_as(value: Value, found: str, read: _Word) -> Reading:
    """A cell whose value had to be interpreted."""
    return Reading(value, READ_AS, {"found": found, "read": read})


def read_points(criterion: Criterion, value: object) -> Reading:
    """The points that a unit claims for a criterion."""
    permitted = [rung.points for rung in criterion.rungs]
    number = _number(value, "คะแนน")
    if number is None or number not in permitted:
        return _unread(
            NO_SUCH_CLAIM,
            number=criterion.name,
            choices=", ".join(map(str, permitted)),
            found=_found(value),
        )
    return _answer(int(number), value, interpreted=isinstance(value, str))


def read_cell(asked: Question, given: RawCell, other_ticks: bool = False) -> Reading:
    """What a cell answers to a question; a tick that is not there is not set.

    ``other_ticks`` tells that the file holds ticks that are no crosses: what a cross means
    beside them, only the officer knows.
    """
    reading = blank_or_troubled(given) or _READERS[asked.type](asked, given)
    if asked.type != "tick":
        return reading
    if other_ticks and isinstance(given.value, str) and thai.key(given.value) == _CROSS:
        return _unread(CROSS_OR_TICK, False, found=_found(given.value))
    return Reading(False) if reading.blank else reading


def is_tick(asked: Question, given: RawCell) -> bool:
    """Whether a cell is ticked with anything but a cross."""
    if asked.type != "tick" or (isinstance(given.value, str) and thai.key(given.value) == _CROSS):
        return False
    return read_cell(asked, given).value is True


def blank_or_troubled(cell: RawCell) -> Reading | None:
    """The reading of a cell in which nothing stands, or nothing that may be an answer."""
    if cell.trouble is not None:
        if cell.trouble == "disputed":
            return _unread(READERS_DIFFER)
        return _unread(FORMULA_FOR_ANSWER if cell.trouble == "formula" else ERROR_VALUE)
    value = cell.value
    blank = value is None or (isinstance(value, str) and thai.blank(_writable(value)))
    return Reading(None) if blank else None


def read_text(cell: RawCell, required: bool) -> Reading:
    """A text; one that says nothing is no answer."""
    value = cell.value
    if isinstance(value, str):
        typed = _writable(value).strip()
        if not thai.says_nothing(typed):
            return Reading(typed)
        if required:
            return _says_nothing(typed)
        return _read_as(None, typed, ("ว่าง", "blank"))
    plain = _plain(value)
    number = _decimal(value)
    if number is not None and cell.percent_format:
        # Typing 85% leaves 0.85 in the cell; the text meant is the one shown.
        return Reading(f"{_plain(_hundredfold(number))}%")
    if isinstance(value, (int, float, Decimal)):
        return _says_nothing(plain) if required and not value else Reading(plain)
    return _read_as(plain, plain, (f"ข้อความ “{plain}”", f"the text “{plain}”"))


def _integer(asked: Question, cell: RawCell) -> Reading:
    number = _number(cell.value, asked.unit)
    interpreted = isinstance(cell.value, str)
    if number is None and asked.minimum == 0 and _denies(cell.value):
        return _answer(0, cell.value, interpreted)
    if number is None or (cell.percent_format and not interpreted):
        return _not_a_number(asked, cell.value)
    if not _whole(number):
        return _unread(NOT_WHOLE, found=_found(cell.value))
    return _limited(asked, number) or _answer(int(number), cell.value, interpreted)


def _denies(value: object) -> bool:
    """Whether a text says in words that there is none; a dash may mean anything."""
    return isinstance(value, str) and thai.key(value).startswith(_NONE) and thai.says_nothing(value)


def _percent(asked: Question, cell: RawCell) -> Reading:
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
        return _unread(ONE_OR_HUNDRED, found=_found(value))
    fraction = not certain and not shown_as_percent and 0 < number < 1
    percent = _tidy(_hundredfold(number) if fraction or shown_as_percent else number)
    interpreted = fraction or parsed is not None
    return _limited(asked, percent) or _answer(percent, value, interpreted)


def _date(asked: Question, cell: RawCell) -> Reading:
    value, window = cell.value, Window.of(asked)
    stored, certain = _stored_date(value)
    if stored is None:
        return _unread(NO_DATE, found=_found(value))
    meant = stored if certain and stored in window else None
    if not certain:
        meant = window.meant(stored.year, stored.month, stored.day)
    if meant is None:
        return _unread(
            DAY_OUTSIDE,
            found=_found(value),
            earliest=(thai.short_date(window.earliest), window.earliest.isoformat()),
            latest=(thai.short_date(window.latest), window.latest.isoformat()),
            example=window.example,
        )
    as_typed = meant == value or (isinstance(value, str) and value.strip() == meant.isoformat())
    if isinstance(value, datetime):
        as_typed = meant == value.date()
    return _answer(meant, value, interpreted=not as_typed)


def _stored_date(value: object) -> tuple[date | None, bool]:
    """The date that a cell holds, and whether its year can mean no other one."""
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value), False
    if isinstance(value, str):
        parsed = thai.parse_date(value)
        return (None, False) if parsed is None else (parsed.date, parsed.era)
    # A Decimal comes from an answers file, whose dates are texts.
    number = None if isinstance(value, Decimal) else _decimal(value)
    if number is not None and 1 <= number <= _LAST_SERIAL:
        return thai.SERIAL_ORIGIN + timedelta(days=int(number)), False
    return None, False


def _tick(asked: Question, cell: RawCell) -> Reading:
    value = cell.value
    if isinstance(value, bool):
        return Reading(value)
    if isinstance(value, str):
        typed = thai.key(cell.sign or value)
        if typed in _TICKED or typed in _UNTICKED:
            ticked = typed in _TICKED
            if typed in _PLAIN_TICKS and not cell.sign:
                return Reading(ticked)
            read = ("มี (✓)", "ticked") if ticked else ("ไม่มี (ว่าง)", "not ticked")
            return _read_as(ticked, _found(value), read)
    number = _decimal(value)
    if number in (0, 1):
        return Reading(number == 1)
    return _unread(NO_TICK, False, found=_found(value))


def _choice(asked: Question, cell: RawCell) -> Reading:
    typed = thai.key(_plain(cell.value))
    direct, by_alias = [], []
    for choice in asked.choices:
        if typed in (_known_key(choice.value), _known_key(choice.label)):
            direct.append(choice)
        elif typed in map(_known_key, choice.aliases):
            by_alias.append(choice)
    if len(direct) == 1:
        return Reading(direct[0].value)
    if not direct and len(by_alias) == 1:
        return _read_as(by_alias[0].value, _found(cell.value), by_alias[0].label)
    labels = ", ".join(choice.label for choice in asked.choices)
    return _unread(NOT_IN_LIST, found=_found(cell.value), choices=labels)


_READERS: Mapping[AnswerType, Callable[[Question, RawCell], Reading]] = {
    "text": lambda asked, cell: read_text(cell, asked.required),
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


def _answer(value: int | Decimal | date, typed: object, interpreted: bool) -> Reading:
    if not interpreted:
        return Reading(value)
    read = thai.short_date(value) if isinstance(value, date) else _plain(value)
    return _read_as(value, _found(typed), read)


def _not_a_number(asked: Question, value: object) -> Reading:
    low, high = _limits(asked)
    example = Decimal(85 if asked.type == "percent" else 3)
    example = example if low is None else max(example, low)
    example = example if high is None else min(example, high)
    return _unread(NO_NUMBER, found=_found(value), example=_plain(example))


def _limited(asked: Question, number: Decimal) -> Reading | None:
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
    return _unread(OUT_OF_LIMITS, expected=expected, found=_plain(number))


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
        # Spreadsheet programs show and compare 15 digits; what lies beyond is binary noise.
        value = Decimal(f"{float(value):.15g}")
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
