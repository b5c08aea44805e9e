"""Thai digits, dates, numbers and comparison keys, and the words typed for a tick.

Everything is a pure function of text. What cannot be read with certainty is None.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

MONTHS: tuple[str, ...] = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_SHORT: tuple[str, ...] = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
MONTHS_ENGLISH = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

# ☒ stands in neither list: Word prints it for a ticked box, people use it for "no".
TICKED: tuple[str, ...] = (
    "✓",
    "✔",
    "☑",
    "✅",
    "√",
    # Wingdings' tick and ticked box, as programs without that font show them.
    "ü",
    "þ",
    "\uf0fc",
    "\uf0fe",
    "/",
    "x",
    "มี",
    "มีแล้ว",
    "ใช่",
    "จริง",
    "ดำเนินการแล้ว",
    "ถูก",
    "ถูกต้อง",
    "ครบ",
    "ครบแล้ว",
    "ทำแล้ว",
    "true",
    "yes",
    "y",
    "1",
)
UNTICKED: tuple[str, ...] = (
    "✗",
    "✘",
    "❌",
    "☐",
    "□",
    "û",
    "\uf0fb",
    "\uf0a8",
    "-",
    "–",
    "—",
    "ไม่มี",
    "ยังไม่มี",
    "ไม่ใช่",
    "ไม่",
    "เท็จ",
    "ไม่ได้ดำเนินการ",
    "ยังไม่ได้ดำเนินการ",
    "ไม่ได้ทำ",
    "ยังไม่ได้ทำ",
    "ยังไม่ทำ",
    "ไม่ครบ",
    "ยังไม่ครบ",
    "ผิด",
    "false",
    "no",
    "n",
    "0",
)

_COUNTING_WORDS = (
    "คน",
    "ราย",
    "ท่าน",
    "ครั้ง",
    "ช่องทาง",
    "กิจกรรม",
    "โครงการ",
    "โครงการ/กิจกรรม",
    "รูปแบบ",
    "ชิ้น",
    "เล่ม",
    "ฉบับ",
    "หน่วยงาน",
    "กลุ่มงาน",
    "กลุ่ม",
    "ฝ่าย",
    "ไฟล์",
    "คลิป",
    "เรื่อง",
    "ข้อ",
    "คุณธรรม",
    "วัน",
    "เดือน",
    "ปี",
    "บาท",
    "คะแนน",
    "แห่ง",
    "แผ่น",
    "หน้า",
    "ภาพ",
    "รูป",
    "รายการ",
)
_PERCENT_WORDS = ("%", "เปอร์เซ็นต์", "เปอร์เซนต์", "เปอร์เซ็น", "percent", "per cent")

BUDDHIST_OFFSET = 543
# The day from which spreadsheet programs count, as the serial numbers of dates.
SERIAL_ORIGIN = date(1899, 12, 30)
FIRST_BUDDHIST_YEAR = 2400
_FIRST_YEAR, _LAST_YEAR = 1900, 2399
# Nobody types a longer date or number; the bound keeps the patterns below cheap.
_LONGEST = 80
_LONGEST_REMEMBERED = 200

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "01234567890123456789")
_TO_ASCII_MARKS = str.maketrans("％，．／－−", "%,./--")

# The vowels and signs above and below a letter: as a run, their order cannot be seen.
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_TONE_AFTER_AM = re.compile("\u0e4d\u0e32([\u0e48-\u0e4b]+)")
_REPEATED_AM = re.compile("(?:\u0e4d\u0e32){2,}")
_FULL_STOPS = re.compile(r"\.{2,}")
_QUOTES = str.maketrans("", "", "\"'`“”„‟‘’‚‛«»‹›「」『』\u2032\u2033")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]")

DateNote = Literal["buddhist", "two_digit_year"]


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date read from text; ``notes`` say how its year was understood.

    ``era`` tells that the text names the era itself.
    """

    date: date
    notes: tuple[DateNote, ...] = ()
    era: bool = False


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number read from text, exactly as written: 85 for ``85%``.

    ``unit`` is the counting word typed after it; ``percent`` tells that the text itself
    says per cent (a sign, or the word before or after the number).
    """

    value: Decimal
    unit: str = ""
    percent: bool = False


_WORDS, _LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*"), re.compile("[A-Za-z]")


def thai_digits(text: str) -> str:
    """The text with 0-9 written as ๐-๙."""
    return text.translate(_TO_THAI)


def thai_numerals(text: str) -> str:
    """The text with its numbers in Thai digits; codes, cells and versions stay as they are."""
    return _WORDS.sub(
        lambda word: word[0] if _LATIN.search(word[0]) else thai_digits(word[0]), text
    )


def arabic_digits(text: str) -> str:
    """The text with Thai and full-width digits written as 0-9."""
    return text.translate(_TO_ARABIC)


def blank(text: str) -> bool:
    """Whether nothing of the text can be seen: only whitespace and invisible characters."""
    return not _visible(text).strip()


def key(text: str) -> str:
    """A key under which texts that look alike compare equal; never meant to be stored.

    Letter case, Thai and full-width digits, whitespace, invisible characters, quotation marks,
    full stops at the ends, the order and repetition of marks, ๅ for า, the two spellings of ำ
    and the two of แ make no difference. Idempotent.
    """
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _fully_folded(text)


def _fully_folded(text: str) -> str:
    folded = _folded(text)
    # What one step removes may bring together what an earlier one would have folded.
    while folded != text:
        text, folded = folded, _folded(folded)
    return folded


# One rule after the other asks for the key of the same short texts.
_remembered = lru_cache(maxsize=2_048)(_fully_folded)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _visible(text)).casefold()
    folded = arabic_digits(unicodedata.normalize("NFKC", folded)).translate(_QUOTES)
    folded = "".join(folded.split()).replace("ๅ", "า").replace("เเ", "แ")
    folded = _TONE_AFTER_AM.sub("\\1\u0e4d\u0e32", folded)
    folded = _MARKS.sub(lambda run: "".join(sorted(set(run[0]))), folded)
    folded = _REPEATED_AM.sub("\u0e4d\u0e32", folded)
    return _FULL_STOPS.sub(".", folded).strip(".")


def long_date(day: date) -> str:
    """Like ``27 พฤษภาคม 2569``: Buddhist year, Arabic digits."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + BUDDHIST_OFFSET}"


def short_date(day: date) -> str:
    """Like ``27 พ.ค. 2569``: Buddhist year, Arabic digits."""
    return f"{day.day} {MONTHS_SHORT[day.month - 1]} {day.year + BUDDHIST_OFFSET}"


def gregorian_year(year: int) -> int | None:
    """The Gregorian year meant by a year of four digits; 2400 and above are Buddhist.

    None when the result is before 1900 or after 2399: no such date belongs in a form, and
    within these bounds a year written out can be read back without ambiguity.
    """
    meant = year - BUDDHIST_OFFSET if year >= FIRST_BUDDHIST_YEAR else year
    return meant if _FIRST_YEAR <= meant <= _LAST_YEAR else None


_ERA = r"(?P<era>พ\.? ?ศ\.?|ค\.? ?ศ\.?|พุทธศักราช|คริสต์ศักราช|คริสตศักราช)?"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_WEEKDAY = (
    r"(?:(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)"
    r"|(?:จ|อ|พ|พฤ|ศ|ส|อา)\.|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)"
)
_BEFORE_DAY = rf"(?:(?:ลง|เมื่อ|ณ)? ?(?:{_WEEKDAY}[ ,]{{0,2}}(?:ที่)?|วันที่) ?(?:{_WEEKDAY} ?(?:ที่)?)?)? ?"
_CLOCK = r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]{1,9})?)?"
_TIME = rf"(?:,? ?(?:เวลา)? ?{_CLOCK} ?(?:น\.?|นาฬิกา|am|pm|a\.m\.|p\.m\.)?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-/])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    rf"(?:t(?P<hour>[0-9]{{2}}):?(?P<minute>[0-9]{{2}})(?::?[0-9]{{2}}(?:[.,][0-9]{{1,9}})?)?"
    rf" ?(?P<zone>z|[-+][0-9]{{2}}(?::?[0-9]{{2}})?)?|{_TIME})"
)
_ISO_WITH_SPACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}.*)")
_DAY_FIRST = re.compile(
    _BEFORE_DAY
    + r"(?P<day>[0-9]{1,2}) ?(?P<mark>[-/.]) ?(?P<month>[0-9]{1,2}) ?(?P=mark) ?"
    + _YEAR
    + _TIME
)
_NAMED_MONTH = re.compile(
    _BEFORE_DAY + r"(?P<day>[0-9]{1,2}) ?[-/,]? ?(?:เดือน)? ?(?P<name>[^0-9]+?) ?[-/,]? ?"
    r"(?:ปี)? ?" + _ERA + r" ?" + _YEAR + _TIME
)
_BANGKOK = timezone(timedelta(hours=7))


# What people type to say that there is nothing; an answer it is not.
_NOTHING_WORDS = ("", "0", "x", "na", "nil", "null", "none", "ไม่มี", "ยังไม่มี")
_NOTHING_ENDINGS = ("ค่ะ", "คะ", "ครับ", "ข้อมูล", "หน่วยงาน", "บุคคล", "กิจกรรม", "รายการ", "หลักฐาน")
_LONGEST_NOTHING = 30


@cache
def _nothing_keys() -> frozenset[str]:
    """The keys of everything that says that there is nothing."""
    polite = ("", *_NOTHING_ENDINGS[:3])
    denials = (f"ไม่มี{what}{end}" for what in ("", *_NOTHING_ENDINGS[3:]) for end in polite)
    return frozenset(map(key, (*_NOTHING_WORDS, *denials)))


def says_nothing(text: str) -> bool:
    """Whether a text only says that there is no answer: dashes, ``0``, ``ไม่มี``, ``N/A``."""
    if len(text) > _LONGEST_NOTHING:
        return False
    said = "".join(
        letter for letter in key(text) if unicodedata.category(letter)[0] in ("L", "M", "N")
    )
    return said in _nothing_keys()


def parse_date(text: str) -> ParsedDate | None:
    """The date that a text writes, or None when it is incomplete, impossible or unclear.

    Day, month, year in this order (or ISO order when the year comes first with four
    digits); months as numbers or by Thai or English name; a weekday before and a time after
    it say nothing more. Years from 2400 are Buddhist, years of two digits mean 25xx. A time
    with a zone means the day that it was in Thailand.
    """
    typed = _ISO_WITH_SPACE.sub(r"\1t\2", _typed(text).casefold())
    if len(typed) > _LONGEST:
        return None
    if found := _YEAR_FIRST.fullmatch(typed):
        parsed = _dated(found["year"], int(found["month"]), int(found["day"]))
        return _in_thailand(parsed, found) if parsed and found["zone"] else parsed
    if found := _DAY_FIRST.fullmatch(typed):
        return _dated(found["year"], int(found["month"]), int(found["day"]))
    if found := _NAMED_MONTH.fullmatch(typed):
        month = _MONTH_NUMBERS.get(_month_key(found["name"]))
        if month is not None:
            return _dated(found["year"], month, int(found["day"]), found["era"] or "")
    return None


_NUMBER = re.compile(
    r"(?:จำนวน|คิดเป็น)? ?(?P<percent>ร้อยละ)? ?"
    r"(?P<number>-?(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,30})?)"
    r"(?P<after>\.|[^0-9]*)"
)


def parse_number(text: str, unit: str = "") -> ParsedNumber | None:
    """The one number that a text writes, or None when there is any doubt about it.

    After the number may stand ``unit``, a usual Thai counting word or a percent sign;
    before it ``จำนวน`` or ``ร้อยละ``. Grouping commas have to be well formed.
    """
    typed = _typed(text)
    found = _NUMBER.fullmatch(typed) if len(typed) <= _LONGEST else None
    if found is None:
        return None
    value = Decimal(found["number"].replace(",", ""))
    # “1.” is how an ordinal is typed.
    after = found["after"].strip().removeprefix(".")
    said_before = found["percent"] is not None
    if key(after) in _PERCENT_KEYS:
        return ParsedNumber(value, percent=True)
    if not after:
        return ParsedNumber(value, percent=said_before)
    if said_before or key(after) not in _COUNTING_KEYS | {key(unit)}:
        return None
    return ParsedNumber(value, unit=after)


def _typed(text: str) -> str:
    # Not NFKC: that would turn 3² into 32.
    typed = arabic_digits(_visible(text)).translate(_TO_ASCII_MARKS)
    # The patterns spell จำนวน with a composed ำ.
    return " ".join(typed.replace("\u0e4d\u0e32", "\u0e33").split())


def _visible(text: str) -> str:
    shown = text if text.isascii() else _VARIATION_SELECTORS.sub("", text)
    if shown.isprintable():  # the usual case, and ten times faster
        return shown
    return "".join(
        letter
        for letter in shown
        if letter.isspace() or unicodedata.category(letter) not in ("Cf", "Cc")
    )


def _dated(digits: str, month: int, day: int, era: str = "") -> ParsedDate | None:
    two_digits = len(digits) == 2
    written = int(digits) + (2500 if two_digits else 0)
    buddhist = written >= FIRST_BUDDHIST_YEAR
    if (era.startswith("พ") and not buddhist) or (era.startswith("ค") and buddhist):
        return None
    year = gregorian_year(written)
    if year is None:
        return None
    try:
        meant = date(year, month, day)
    except ValueError:
        return None
    notes: tuple[DateNote, ...] = ("buddhist",) if buddhist else ()
    notes = (*notes, "two_digit_year") if two_digits else notes
    return ParsedDate(meant, notes, bool(era))


def _in_thailand(parsed: ParsedDate, found: re.Match[str]) -> ParsedDate | None:
    """The date of a time with a zone, in Thailand's."""
    zone = found["zone"].upper()
    zone = f"{zone}:00" if len(zone) == 3 else zone
    try:
        clock = f"T{found['hour']}:{found['minute']}:00{zone}"
        moment = datetime.fromisoformat(f"{parsed.date.isoformat()}{clock}")
    except ValueError:
        return None
    return replace(parsed, date=moment.astimezone(_BANGKOK).date())


def _month_key(name: str) -> str:
    return key(name).replace(".", "").replace(" ", "")


_MONTH_NUMBERS = {
    _month_key(name): number
    for names in (MONTHS, MONTHS_SHORT, MONTHS_ENGLISH, [n[:3] for n in MONTHS_ENGLISH])
    for number, name in enumerate(names, start=1)
} | {"sept": 9}
_COUNTING_KEYS = frozenset(map(key, _COUNTING_WORDS))
_PERCENT_KEYS = frozenset(map(key, _PERCENT_WORDS))
