"""The numbers, percentages and days that a printed text says, and those that a rule holds to.

A number that only counts off (ข้อ ๔, กิจกรรมที่ ๑๒, ``๑.`` before an item) is told apart from one
that measures: the first is an ordinal. Examples (เช่น ๓๔) say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal, get_args

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.question import Question, Table
from moral_xlsx.rules.judge.conditions import Comparison
from moral_xlsx.rules.judge.expression import RowTest, number_text
from moral_xlsx.rules.judge.quantities import Claimed, Percent
from moral_xlsx.rules.judge.quantity import Constant, FieldValue, OfTable, Quantity
from moral_xlsx.rules.judge.row_conditions import Condition, Every
from moral_xlsx.thai import (
    BUDDHIST_OFFSET,
    FIRST_BUDDHIST_YEAR,
    MONTHS,
    MONTHS_ENGLISH,
    MONTHS_SHORT,
    arabic_digits,
)

Kind = Literal["number", "last", "points", "ordinal", "percent", "top", "day", "year"]
Bound = Literal["", ">=", ">", "<", "<=", "=="]
# A day as said: day, month, and the Gregorian year where it is said.
Said = tuple[int, int, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, a percentage, a day or a fiscal year; ``start`` and ``end`` tell where.

    ``top`` is the upper end of a band of percentages, 79.99 in ``๗๐ - ๗๙.๙๙%``; ``last`` that of
    a band of numbers, 4 in ``๓ - ๔ เรื่อง``; ``points`` are said to be points. ``bound`` is how
    something compares with the figure, where that is known: ``>=`` for ไม่น้อยกว่า.
    """

    kind: Kind
    value: Fraction | Said
    start: int = 0
    end: int = 0
    bound: Bound = ""

    @property
    def shown(self) -> Bilingual:
        """The figure as people are told of it."""
        if isinstance(self.value, tuple):
            day, month, year = self.value
            thai = f"{day} {MONTHS_SHORT[month - 1]}"
            english = f"{day} {MONTHS_ENGLISH[month - 1].capitalize()}"
            if year is None:
                return thai, english
            return f"{thai} {year + BUDDHIST_OFFSET}", f"{english} {year}"
        number = number_text(self.value)
        if self.kind in ("percent", "top"):
            return f"ร้อยละ {number}", f"{number} per cent"
        return (
            (f"ปีงบประมาณ {number}", f"fiscal year {number}")
            if self.kind == "year"
            else (
                number,
                number,
            )
        )


# --- what a text says

_MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(MONTHS, start=1)},
    **{name.replace(".", ""): number for number, name in enumerate(MONTHS_SHORT, start=1)},
    **{name.capitalize(): number for number, name in enumerate(MONTHS_ENGLISH, start=1)},
    "กรกฏาคม": 7,  # as it is often misspelt
}
# A short name is also written without its full stops.
_MONTH = "|".join(
    (
        *(name for name in _MONTH_NUMBERS if len(name) > 4),
        *(re.escape(name).replace(r"\.", r"\.?\s?") for name in MONTHS_SHORT),
        "May",
    )
)
_ERA = r"(?:พ\.\s?ศ\.\s*)?"
_NUMBER = r"\d{1,15}(?:,\d{3})*(?:\.\d{1,15})?"
_NUMERIC_DAY = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/])")
_PLACE = re.compile(r"\{[^{}]*\}")
_DAY = (
    rf"(?<![\d.])(\d{{1,2}})\s*(?:เดือน)?\s*({_MONTH})(?![ก-๙])\.?"
    rf"(?:\s*{_ERA}(\d{{4}}|\d{{2}}))?(?!\d)"
)
_EXAMPLE = re.compile(
    rf"(?:เช่น|such as)\s*(?:{_DAY}|(?:ร้อยละ\s*)?{_NUMBER}(?:[/-]\d+)*"
    rf"(?:\s*(?:หรือ|และ|จาก|ให้ใส่|[-–,])\s*{_NUMBER})*)"
)
_FISCAL_YEAR = re.compile(rf"(?:ปีงบประมาณ|[Ff]iscal year)\s*{_ERA}(\d{{4}})(?!\d)")
# Other years, and months without a day.
_YEAR = re.compile(
    rf"(?:{_MONTH})\s*{_ERA}\d{{2,4}}(?!\d)|(?<![\d,.])(?:2[45]|19|20)\d\d(?![\d,.])"
)
_PERCENT = re.compile(
    rf"ร้อยละ\s*({_NUMBER})(?:\s*%?\s*(?:[-–—~]|ถึง(?:\s*ร้อยละ)?)\s*({_NUMBER}))?\s*%?"
    rf"|(?<![\d.])({_NUMBER})(?:\s*%?\s*(?:[-–—~]|ถึง)\s*({_NUMBER}))?\s*(?:%|เปอร์เซ็นต์|per cent)"
)
# What is counted. A number before it that begins a line is no item's number.
_COUNTED = (
    "คะแนน|คน|ครั้ง|เรื่อง|กิจกรรม|โครงการ|ฉบับ|เล่ม|ช่องทาง|ราย|หน่วยงาน|มิติ|ประการ|วัน|เดือน|ปี|รูป|คุณธรรม"
    "|ข้อ|ประเภท|องค์กร|แห่ง|ด้าน|ชิ้น|คลิป|แนวทาง"
)
_ITEM = re.compile(
    r"(?:(?<=^)|(?<=\n))\s*(\d+(?:\.\d+)+|\d+"
    rf"(?=[.)]|\s*$|\s*\n|\s(?!\s*(?:(?:{_COUNTED})(?![ก-๙])|[-–%]))))[.)]?"
    r"|(?<=[\s“(▸])(\d+(?:\.\d+)*[.)])(?=\s|[ก-๙A-Z(“]|$)"
    r"|(?<=[\s“(▸])(\d+\.\d+)\s(?=[ก-๙])"
)
_AFTER = (
    "ข้อที่|ข้อ|ที่|ระดับ|รอบ|ไตรมาส|ยุทธศาสตร์|หมายเหตุ|มาตรา|ประเด็น|กลยุทธ์|หลักฐาน"
    # In English any noun before a number: item 2, strategy 3.
    r"|(?<![A-Za-z])(?!(?:than|least|most|about|have|has|only|are|is|of|or|to|and)\b)[A-Za-z]{3,}(?=\s)"
)
_DOTTED = r"\d+(?:\.\d+)*"
_ORDINALS = re.compile(
    rf"(?:{_AFTER})\s*{_DOTTED}"
    rf"(?:(?:\s*(?:,|-|–|และ|ถึง|หรือ|to|and)\s*(?:{_AFTER})?\s*|\s+){_DOTTED}(?!\s*(?:%|{_COUNTED})))*"
    r"|\d+-month"
)
_POINTS = re.compile(r"\s*(?:คะแนน|points?\b)")
_PLAIN = re.compile(rf"(?<![A-Za-z\d./])({_NUMBER})(?:\s*[-–]\s*({_NUMBER}))?(?![\d/])")


@lru_cache(maxsize=8192)
def said(text: str) -> tuple[Figure, ...]:
    """The figures that a text says, each with the place at which it stands."""
    left = arabic_digits(text)
    if not any(letter.isdigit() for letter in left) and not _WORDED.search(left):
        return ()
    found: list[Figure] = []

    def take(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterator[Figure]]) -> None:
        nonlocal left
        for match in pattern.finditer(left):
            found.extend(read(match))
        left = pattern.sub(lambda match: " " * len(match[0]), left)

    take(_PLACE, _nothing)
    take(_EXAMPLE, _nothing)
    take(re.compile(_DAY), _day)
    take(_NUMERIC_DAY, _day)
    take(_FISCAL_YEAR, lambda m: iter([Figure("year", Fraction(_buddhist(m[1])), *m.span())]))
    take(_YEAR, _nothing)
    take(_PERCENT, _percents)
    take(_ORDINALS, _ordinals)
    take(_ITEM, _ordinals)
    take(_PLAIN, _numbers)
    take(_WORDED, _worded)
    ordered = sorted(found, key=lambda figure: figure.start)
    return tuple(_bounded(figure, arabic_digits(text)) for figure in ordered)


# How something compares with a figure, by the words before or behind it.
_COMPARED: tuple[tuple[Bound, str], ...] = (
    (">=", "ไม่น้อยกว่า|ไม่ต่ำกว่า|อย่างน้อย|ตั้งแต่|at least"),
    ("<=", "ไม่เกินกว่า|ไม่เกิน|ไม่มากกว่า|at most|up to"),
    ("<", "น้อยกว่า|ต่ำกว่า|ไม่ถึง|less than|fewer than|below"),
    (">", "มากกว่า|สูงกว่า|เกินกว่า|เกิน|more than|over"),
)
_BEFORE = [(sign, re.compile(rf"(?:{words})\s*(?:ร้อยละ\s*)?$")) for sign, words in _COMPARED]
_UPWARDS = re.compile(rf"\s*(?:%|per cent|{_COUNTED})?\s*(?:ขึ้นไป|หรือมากกว่า|or more)")


def _bounded(figure: Figure, text: str) -> Figure:
    before = text[: figure.start].rstrip()
    for sign, words in _BEFORE:
        if words.search(before):
            return replace(figure, bound=sign)
    return replace(figure, bound=">=") if _UPWARDS.match(text, figure.end) else figure


_DIGITS_IN_WORDS = {
    "สอง": 2, "ยี่": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9, "เอ็ด": 1,
    "หนึ่ง": 1,
}  # fmt: skip
_DIGIT_IN_WORDS = "|".join(_DIGITS_IN_WORDS)
_IN_WORDS = rf"((?:{_DIGIT_IN_WORDS})?สิบ(?:{_DIGIT_IN_WORDS})?|{_DIGIT_IN_WORDS})"
# Spelled-out numbers, where it is certain that they are some: a share, or before what is counted.
_WORDED = re.compile(
    rf"ร้อยละ\s*{_IN_WORDS}|(?<![ก-๙]){_IN_WORDS}(?=\s*(?:{_COUNTED})(?![ก-๙]))"
    rf"|(?:น้อยกว่า|อย่างน้อย|มากกว่า|เกิน){_IN_WORDS}(?=\s*(?:{_COUNTED}))"
)


def _worded(match: re.Match[str]) -> Iterator[Figure]:
    group = next(index for index in (1, 2, 3) if match[index])
    tens, ten, units = match[group].rpartition("สิบ")
    value = (_DIGITS_IN_WORDS.get(tens, 1) * 10 if ten else 0) + _DIGITS_IN_WORDS.get(units, 0)
    yield Figure("percent" if group == 1 else "number", Fraction(value), *match.span(group))


def _nothing(match: re.Match[str]) -> Iterator[Figure]:
    return iter(())


def _day(match: re.Match[str]) -> Iterator[Figure]:
    day, named, written = match.groups()
    month = int(named) if named.isdigit() else _MONTH_NUMBERS[re.sub(r"[.\s]", "", named)]
    year = None
    if written:
        year = int(written) + (2500 if len(written) == 2 else 0)
        year -= BUDDHIST_OFFSET if year >= FIRST_BUDDHIST_YEAR else 0
    if 1 <= month <= 12:
        yield Figure("day", (int(day), month, year), *match.span())


def _buddhist(written: str) -> int:
    year = int(written)
    return year if year >= FIRST_BUDDHIST_YEAR else year + BUDDHIST_OFFSET


def _numbers(match: re.Match[str]) -> Iterator[Figure]:
    points = _POINTS.match(match.string, match.end())
    yield Figure("points" if points else "number", _fraction(match[1]), *match.span(1))
    if match[2]:
        yield Figure("last", _fraction(match[2]), *match.span(2))


def _percents(match: re.Match[str]) -> Iterator[Figure]:
    first = 1 if match[1] else 3
    yield Figure("percent", _fraction(match[first]), *match.span(first))
    if match[first + 1]:
        yield Figure("top", _fraction(match[first + 1]), *match.span(first + 1))


def _ordinals(match: re.Match[str]) -> Iterator[Figure]:
    for number in re.finditer(r"\d+(?:\.\d+)?", match[0]):
        start, end = (match.start() + at for at in number.span())
        yield Figure("ordinal", _fraction(number[0]), start, end)


def _fraction(number: str) -> Fraction:
    return Fraction(number.replace(",", ""))


# --- whether one figure is another


def same_day(one: Figure, other: Figure) -> bool:
    """Whether two days are the same, as far as both say the year."""
    if not (isinstance(one.value, tuple) and isinstance(other.value, tuple)):
        return False
    years = {one.value[2], other.value[2]} - {None}
    return one.value[:2] == other.value[:2] and len(years) < 2


_SIDES: Mapping[Bound, str] = {">=": "from", "<": "from", ">": "over", "<=": "over", "==": "at"}
_OPPOSITE: Mapping[Bound, Bound] = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "", "": ""}


def same_bound(told: Figure, held: Figure, exactly: bool = False) -> bool:
    """Whether a number or percentage of one value also bounds the same, as far as known.

    A text may say the rest of what a rule says (fewer than 60 of at least 60), unless ``exactly``.
    """
    if told.kind in ("number", "last"):
        fits = held.kind in ("number", "last", "ordinal", "percent")
    elif told.kind == "points":
        fits = held.kind != "day"
    else:
        fits = held.kind == told.kind == "percent"
    if not fits or not told.bound or not held.bound:
        return fits
    if exactly:
        return told.bound == held.bound
    return _SIDES[told.bound] == _SIDES[held.bound]


def opposite(figure: Figure) -> Figure:
    """The bound of what a rule leaves over."""
    return replace(figure, bound=_OPPOSITE[figure.bound])


def measure(figure: Figure) -> str:
    """What figures can stand for one another: days, percentages, numbers of any sort."""
    kinds = {"day": "day", "year": "year", "percent": "percent", "top": "percent"}
    return kinds.get(figure.kind, "number")


def tells(told: Figure, figure: Figure) -> bool:
    """Whether a said figure tells what a rule holds to."""
    if figure.kind == "day":
        return same_day(told, figure)
    if told.kind in ("day", "year") or told.value != figure.value:
        return False
    return told.kind == "percent" if figure.kind == "percent" else told.kind != "percent"


# --- what a rule holds to


@dataclass(frozen=True, slots=True)
class Held:
    """What a condition holds to: its figures, and the ids that it is about.

    Ids are those of fields and tables, ``table.column`` and ``claim_3``. ``named`` are the
    figures that only pick out a row (``number == 4``).
    """

    figures: tuple[Figure, ...]
    named: tuple[Figure, ...]
    about: frozenset[str]


def held(rule: Condition | Quantity) -> Held:
    """The figures of a condition, or of what one measures, and what it is about."""
    parts = tuple(_parts(rule, ""))
    figures = tuple(part for part in parts if isinstance(part, Figure) and part.kind != "ordinal")
    named = tuple(part for part in parts if isinstance(part, Figure) and part.kind == "ordinal")
    return Held(figures, named, frozenset(part for part in parts if isinstance(part, str)))


def _parts(value: object, table: str) -> Iterator[Figure | str]:
    """Everything a condition consists of, down to its figures and ids."""
    if isinstance(value, Question):
        yield f"{table}.{value.id}" if table else value.id
        return
    if isinstance(value, Table):
        yield value.id
        return
    if isinstance(value, tuple):
        for inner in value:
            yield from _parts(inner, table)
        return
    if not is_dataclass(value):
        return
    if isinstance(value, Claimed):
        yield f"claim_{value.number}"
    if isinstance(value, Comparison) and isinstance(value.bound, Constant):
        yield from _figure(_kind(value.quantity), value.bound.value, _sign(value.operator))
    if isinstance(value, Every) and value.operator and isinstance(value.bound, Constant):
        yield from _figure(_kind_of(value.column), value.bound.value, _sign(value.operator))
    if isinstance(value, RowTest):
        kind = "ordinal" if value.operator == "==" else _kind_of(value.column)
        yield from _figure(kind, value.wanted, _sign(value.operator))
    inside = value.table.id if isinstance(value, OfTable | Every) else table
    for part in fields(value):
        yield from _parts(getattr(value, part.name), inside)


def _sign(operator: str) -> Bound:
    return next((sign for sign in get_args(Bound) if sign == operator), "")


def _kind(quantity: object) -> Kind:
    if isinstance(quantity, Percent):
        return "percent"
    return _kind_of(quantity.field) if isinstance(quantity, FieldValue) else "number"


def _kind_of(question: Question) -> Kind:
    return "percent" if question.type == "percent" else "number"


def _figure(kind: Kind, value: object, operator: Bound) -> Iterator[Figure]:
    if isinstance(value, date):
        yield Figure("day", (value.day, value.month, value.year))
    elif isinstance(value, Fraction):
        yield Figure(kind, value, bound=operator)
