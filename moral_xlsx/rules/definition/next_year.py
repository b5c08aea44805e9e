"""Next year's definition, drafted from this year's: the same text with the years moved.

The file's comments, its order and its line breaks stay. What was moved, and what a person has
to look at, is said in a comment above the line and in a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.toml_text import MARK, WrittenValue, taken_apart
from moral_xlsx.thai import (
    BUDDHIST_OFFSET,
    MONTHS,
    MONTHS_SHORT,
    arabic_digits,
    short_date,
    thai_digits,
)

LOOK = "# ตรวจ:"
DRAFT_VERSION = "0.1"

_VALUE_OR_COMMENT = re.compile(rf"{MARK}|(?P<comment>#[^\n]*)")
_YEAR = re.compile(r"(?<![0-9๐-๙])(?:[0-9]{4}|[๐-๙]{4})(?![0-9๐-๙])")
_MONTH = "|".join(map(re.escape, (*MONTHS, *MONTHS_SHORT)))
_SHORT_YEAR = re.compile(rf"((?:{_MONTH})\s*)([0-9]{{2}}|[๐-๙]{{2}})(?![0-9๐-๙])")
_ISO_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_LEAP_DAY = re.compile(
    rf"(?<![0-9๐-๙])(29|๒๙)(\s*(?:{MONTHS[1]}|{re.escape(MONTHS_SHORT[1])})"
    r"\s*(?:พ\.\s?ศ\.)?\s*)([0-9]{4}|[๐-๙]{4})"
)
_YEAR_OF_ID = re.compile(r"(?<!\d)\d{4}(?!\d)")
_BUDDHIST_YEARS = range(2500, 2701)
_CENTURY = 2500
# A day further from the fiscal year than this is no date of it, but a bound for any date.
_FAR = 5

_CONDITIONS = frozenset({"conditions", "condition", "when", "here", "there", "expression"})
# Ids and what is stored: never words for people, but for the titles of printed sheets.
_STORED = frozenset({"id", "value", "type", "finding", "sheet"})
_OTHER_FORMS = frozenset({"follows", "cross_checks"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a drafted definition, and what has to be looked at, by line from 1."""

    text: str
    notes: tuple[tuple[int, Bilingual], ...]


@dataclass(frozen=True, slots=True)
class _Years:
    """From which form to which: their ids and fiscal years."""

    old_id: str
    new_id: str
    old: int
    new: int

    @property
    def difference(self) -> int:
        return self.new - self.old

    @property
    def moving(self) -> frozenset[int]:
        """The years of the old fiscal year, in both eras."""
        both = (self.old - 1, self.old)
        return frozenset({*both, *(year - BUDDHIST_OFFSET for year in both)})


# Versions of the old form are none of the new one's.
_VERSIONS = re.compile(
    r"^accepts\s*=\s*\[[^\]]*\][^\n]*\n"
    r'|^since\s*=\s*"[^"]*"[^\n]*\n'
    r'|,\s*since\s*=\s*"[^"]*"(?=\s*[,}])|(?<=\{)\s*since\s*=\s*"[^"]*",',
    re.MULTILINE,
)


def year_of(form_id: str) -> int | None:
    """The fiscal year that an id names: its last group of four digits, if it is a year."""
    groups = _YEAR_OF_ID.findall(form_id)
    return int(groups[-1]) if groups and int(groups[-1]) in _BUDDHIST_YEARS else None


def draft(source: str, form: Form, new_id: str, new_year: int) -> Draft:
    """The definition of ``form`` as text, drafted for another fiscal year under another id."""
    years = _Years(form.id, new_id, form.fiscal_year, new_year)
    skeleton, values = taken_apart(_VERSIONS.sub("", source))
    written = ""
    noted: dict[int, list[Bilingual]] = {}
    begun: dict[int, int] = {}  # where a text that ends on a line has begun
    at = 0
    for found in _VALUE_OR_COMMENT.finditer(skeleton):
        text, note = _moved(found, values, years)
        written += skeleton[at : found.start()]
        line = written.count("\n")
        line = begun.get(line, line)
        if note is not None:
            above = noted.setdefault(line, [])
            above += [note] if note not in above else []
        written += text
        begun[written.count("\n")] = line
        at = found.end()
    return _annotated(written + skeleton[at:], noted)


def _annotated(text: str, noted: dict[int, list[Bilingual]]) -> Draft:
    lines: list[str] = []
    notes: list[tuple[int, Bilingual]] = []
    for number, line in enumerate(text.split("\n")):
        found = noted.get(number, [])
        if found:
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}{LOOK} {'; '.join(thai for thai, _ in found)}")
        lines.append(line)
        notes += ((len(lines), note) for note in found)
    return Draft("\n".join(lines), tuple(notes))


# --- what becomes of it


def _moved(
    found: re.Match[str], values: Sequence[WrittenValue], years: _Years
) -> tuple[str, Bilingual | None]:
    """A value or a comment for the new year, and what has to be looked at."""
    if comment := found["comment"]:
        return comment, _OLD_COMMENT if _years_in(comment) & years.moving else None
    value = values[int(found["value"])]
    path, text = [step for step in value.path if isinstance(step, str)], value.text
    if path == ["id"]:
        return f'"{years.new_id}"', None
    if path == ["version"]:
        return f'"{DRAFT_VERSION}"', _VERSION
    if path == ["fiscal_year"]:
        return str(years.new), None
    if path[0] in _QUOTED and path[-1] != "choice":
        # Said once, above the first of each sort.
        first = value.path[1:] in ((), (0, path[-1])) and path[-1] in ("source", "place")
        return text, _QUOTED[path[0]] if first else None
    if path[0] in _OTHER_FORMS and path[-1] == "form":
        return _other_form(text, years)
    quoted = text[0] in "\"'"
    if not quoted or (path[-1] in _CONDITIONS and "preset" not in path):
        return _dates(text, years)
    if path[-1] in _STORED and not (path[0] == "printed" and path[-1] == "sheet"):
        return text, _STAYS if _years_in(text) & years.moving else None
    return _words(text, years)


_VERSION: Bilingual = (
    "ร่าง เปลี่ยนรุ่นเป็น 1.0 เมื่อตรวจครบแล้ว",
    "a draft; make it version 1.0 when all is checked",
)
_SOURCE: Bilingual = (
    "ยังเป็นที่มาของแบบเดิม แก้เป็นที่มาของแบบใหม่",
    "still the source of the old form; name the new one's",
)
# What quotes documents of that year, and what is said of it.
_QUOTED: dict[str, Bilingual] = {
    "source": _SOURCE,
    "corrections": (
        "คำที่แก้จากเอกสารเดิมทั้งหมดจากนี้ เทียบกับเอกสารใหม่ทีละคำ",
        "these corrections are of the old document; hold each against the new one",
    ),
    "interpretations": (
        "การตีความทั้งหมดจากนี้เป็นของแบบเดิมและจะพิมพ์ในบันทึกผล อ่านทีละข้อ",
        "these readings are of the old form and are printed in the records; read each",
    ),
}
_OLD_COMMENT: Bilingual = (
    "หมายเหตุบรรทัดนี้กล่าวถึงปีเดิม ไม่ได้แก้",
    "this comment mentions the old year and was not changed",
)
_STAYS: Bilingual = (
    "ค่าที่เก็บมีปีเดิม ไม่ได้แก้",
    "this stored value holds the old year and was not changed",
)
_SEVERAL: Bilingual = (
    "ข้อความมีปีอื่นด้วย จึงไม่ได้แก้ปี",
    "the text names other years too, so its years were not moved",
)


def _years_in(text: str) -> set[int]:
    return {int(arabic_digits(found)) for found in _YEAR.findall(text)}


def _words(text: str, years: _Years) -> tuple[str, Bilingual | None]:
    """A text for people with its years moved; one that names other years too is left."""
    found = _years_in(text)
    found |= {_CENTURY + int(arabic_digits(short)) for _, short in _SHORT_YEAR.findall(text)}
    named = sorted(found & years.moving)
    if not named or not years.difference:
        return text, None
    if (found - years.moving) & set(_BUDDHIST_YEARS):
        return text, _SEVERAL

    def move(match: re.Match[str]) -> str:
        year = int(arabic_digits(match[0]))
        return _written(year + years.difference, match[0]) if year in years.moving else match[0]

    def move_short(match: re.Match[str]) -> str:
        month, short = match.groups()
        year = _CENTURY + int(arabic_digits(short))
        return month + (_written(year + years.difference, short) if year in years.moving else short)

    moved = _LEAP_DAY.sub(_no_leap_day, _SHORT_YEAR.sub(move_short, _YEAR.sub(move, text)))
    old = ", ".join(map(str, named))
    new = ", ".join(str(year + years.difference) for year in named)
    return moved, (f"แก้ปีในข้อความ {old} เป็น {new}", f"year in the text moved: {old} to {new}")


def _written(year: int, as_before: str) -> str:
    """A year with as many digits as before, in the same script."""
    digits = str(year)[-len(as_before) :]
    return digits if as_before.isascii() else thai_digits(digits)


def _no_leap_day(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    written = int(arabic_digits(year))
    gregorian = written - BUDDHIST_OFFSET if written in _BUDDHIST_YEARS else written
    if _has_leap_day(gregorian):
        return match[0]
    return f"{'28' if day.isascii() else '๒๘'}{month}{year}"


def _dates(text: str, years: _Years) -> tuple[str, Bilingual | None]:
    """A date, or the dates in a condition, moved by the difference of the years."""
    said: list[Bilingual] = []

    def move(match: re.Match[str]) -> str:
        try:
            day = date.fromisoformat(match[0])
        except ValueError:  # a text that only looks like a date
            return match[0]
        if abs(day.year + BUDDHIST_OFFSET - years.old) > _FAR:
            said.append(_far_note(day))
            return match[0]
        moved = _later(day, years.difference)
        said.append(_date_note(day, moved))
        return moved.isoformat()

    if not years.difference:
        return text, None
    moved = _ISO_DATE.sub(move, text)
    if not said:
        return text, None
    return moved, ("; ".join(thai for thai, _ in said), "; ".join(english for _, english in said))


def _later(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    year = day.year + years
    return day.replace(year=year, day=28 if leap_day and not _has_leap_day(year) else day.day)


def _has_leap_day(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _date_note(day: date, moved: date) -> Bilingual:
    thai = f"เลื่อนวันที่ {short_date(day)} เป็น {short_date(moved)}"
    english = f"date moved: {day.isoformat()} to {moved.isoformat()}"
    if day.day != moved.day:
        return f"{thai} (ปีใหม่ไม่มีวันที่ 29 ก.พ.)", f"{english} (no 29 February that year)"
    last = (moved.month, moved.day) == (2, 28) and not _has_leap_day(day.year)
    if last and _has_leap_day(moved.year):
        return f"{thai} (ปีใหม่มีวันที่ 29 ก.พ.)", f"{english} (that year has a 29 February)"
    return thai, english


def _far_note(day: date) -> Bilingual:
    return (
        f"วันที่ {short_date(day)} อยู่ไกลจากปีงบประมาณ จึงไม่ได้เลื่อน",
        f"{day.isoformat()} is far from the fiscal year and was not moved",
    )


def _other_form(text: str, years: _Years) -> tuple[str, Bilingual | None]:
    """The id of another form, of the new year when it names the old one as this form does."""
    quote, other = text[0], text[1:-1]
    if year_of(other) is None or year_of(other) != year_of(years.old_id):
        return text, (
            f"ยังอ้างถึงแบบ {other} ตรวจว่าเป็นแบบของปีใหม่",
            f"still refers to the form {other}; see whether that is the new year's",
        )
    before, _, after = other.rpartition(str(year_of(other)))
    new = f"{before}{years.new}{after}"
    return f"{quote}{new}{quote}", (
        f"อ้างถึงแบบ {new} ซึ่งต้องมีนิยามด้วย",
        f"refers to the form {new}, which needs a definition too",
    )
