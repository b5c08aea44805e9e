"""What people type is read with certainty or not at all."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moral_xlsx import thai


def test_digits_go_both_ways() -> None:
    assert thai.thai_digits("ข้อ 10 ปี 2569") == "ข้อ ๑๐ ปี ๒๕๖๙"
    assert thai.arabic_digits("ข้อ ๑๐ ปี ２５69") == "ข้อ 10 ปี 2569"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("คำสั่ง", "ค\u0e4d\u0e32สั่ง"),
        ("น้ำ", "น\u0e49\u0e4d\u0e32"),
        ("น้ำ", "น\u0e4d\u0e49\u0e32"),
        ("แผน", "เเผน"),
        ("ภายใน\u200bองค์กร", "ภายในองค์กร"),
        ("\ufeffพอเพียง", "พอเพียง"),
        ("พอ\x07เพียง", "พอเพียง"),
        ("กลุ่ม\u00a0งาน", "กลุ่ม งาน"),
        ("  กลุ่ม \t\n งาน ", "กลุ่ม งาน"),
        ("PowerPoint", "ＰＯＷＥＲＰＯＩＮＴ"),
        ("ข้อ ๖", "ข้อ 6"),
        ("✔\ufe0f", "✔"),
        ("กลุ่มงาน", "กลุ่ม งาน"),
        ("นํ้าใจ", "น้ำใจ"),
        ("น้ําใจ", "น้ำใจ"),
        ("นำ้ใจ", "น้ำใจ"),
        ("น้้ำใจ", "น้ำใจ"),
        ("น้ำำใจ", "น้ำใจ"),
        ("สู้", "ส\u0e49\u0e39"),
        ("พันธุ์", "พันธ\u0e4c\u0e38"),
        ("จิตอาสา", "จิตอๅสๅ"),
        ("เเผ่นพับ", "แผ่นพับ"),
        ("สุจริต", "สุจริต."),
        ("สุจริต", "“สุจริต”"),
        ("สุจริต", "'สุจริต'..."),
        ("LINE OA", "Line oa"),
    ],
)
def test_texts_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert thai.key(one) == thai.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("มี", "ไม่มี"), ("ภายใน", "ภายนอก"), ("ข้า", "ขา"), ("1.5", "15")],
)
def test_texts_that_differ_keep_different_keys(one: str, other: str) -> None:
    assert thai.key(one) != thai.key(other)


ODD = st.sampled_from("กำ\u0e4d\u0e32\u0e49เแ \u200b\u00a0ＡaİßΣ๑1\ufe0f\x00")


@given(st.text(ODD | st.characters()))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert thai.key(thai.key(text)) == thai.key(text)


@given(st.text(ODD | st.characters()))
def test_a_text_is_blank_when_its_key_is_empty(text: str) -> None:
    assert not thai.blank(text) or thai.key(text) == ""
    # What shows only full stops and quotation marks tells as little.
    assert thai.key(text) or thai.says_nothing(text) or len(text) > 30


@given(st.text())
def test_the_key_ignores_how_characters_were_composed(text: str) -> None:
    assert thai.key(unicodedata.normalize("NFKC", text)) == thai.key(text)


def test_no_word_means_both_ticked_and_unticked() -> None:
    ticked, unticked = set(map(thai.key, thai.TICKED)), set(map(thai.key, thai.UNTICKED))
    assert not ticked & unticked
    assert {"✓", "/", "x", "มี", "ใช่", "true"} <= ticked
    assert {"ไม่มี", "ไม่ใช่", "-", "✗", "false", "0"} <= unticked
    assert all(word == word.lower() for word in (*thai.TICKED, *thai.UNTICKED))


def test_dates_are_written_with_the_buddhist_year() -> None:
    assert thai.long_date(date(2026, 5, 27)) == "27 พฤษภาคม 2569"
    assert thai.short_date(date(2026, 5, 7)) == "7 พ.ค. 2569"


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-27",
        "2569-05-27",
        "2026-05-27 00:00:00",
        "27/5/2569",
        "27/05/2026",
        "27-05-2026",
        "27.5.69",
        "27 / 5 / 2569",
        "๒๗/๕/๒๕๖๙",
        "２７／５／２５６９",
        "27 พ.ค. 69",
        "27 พ.ค.69",
        "27พค69",
        "27 พ.ค 2569",
        "27-พ.ค.-69",
        "๒๗ พฤษภาคม ๒๕๖๙",
        "27 พฤษภาคม พ.ศ. 2569",
        "27 พฤษภาคม ค.ศ. 2026",
        "วันที่ 27 เดือน พฤษภาคม พ.ศ. 2569",
        "วันที่๒๗เดือนพฤษภาคมปี๒๕๖๙",
        "ลงวันที่ ๒๗ พฤษภาคม ๒๕๖๙",
        "27 May 2026",
        "27-MAY-2569",
        " 27\u00a0พ.ค.\u200b 2569 ",
    ],
)
def test_every_usual_way_to_write_a_date_is_read(text: str) -> None:
    parsed = thai.parse_date(text)
    assert parsed is not None
    assert parsed.date == date(2026, 5, 27)


@pytest.mark.parametrize(
    "text",
    [
        "31/2/2569",
        "29/2/2569",
        "พฤษภาคม 2569",
        "27 พ.ค.",
        "5/27/2026",
        "27/5/569",
        "27/5-2569",
        "27/5/1569",
        "2569",
        "46169",
        "27 พ.ค. หรือ 28 พ.ค. 2569",
        "27-28 พ.ค. 2569",
        "27 พ.ศ. 2569",
        "27 พฤษภาคม พ.ศ. 2026",
        "27 พฤษภาคม ค.ศ. 2569",
        "27 พฤษภาคม ค.ศ. 26",
        "²7/5/2569",
        "-",
        "",
        "9" * 40_000,
    ],
)
def test_a_doubtful_date_is_not_read(text: str) -> None:
    assert thai.parse_date(text) is None


def test_a_leap_day_follows_the_year_that_is_meant() -> None:
    leap = thai.parse_date("29/2/2567")
    assert leap and (leap.date, leap.notes) == (date(2024, 2, 29), ("buddhist",))
    assert thai.parse_date("29/2/2568") is None


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("27/5/2026", ()),
        ("27/5/2569", ("buddhist",)),
        ("27/5/69", ("buddhist", "two_digit_year")),
    ],
)
def test_a_date_tells_how_its_year_was_understood(text: str, notes: tuple[str, ...]) -> None:
    parsed = thai.parse_date(text)
    assert parsed is not None
    assert parsed.notes == notes


@given(st.dates(date(1900, 1, 1), date(2399, 12, 31)))
def test_every_date_written_out_is_read_back(day: date) -> None:
    buddhist = day.year + 543
    for text in (
        day.isoformat(),
        thai.thai_digits(thai.long_date(day)),
        thai.short_date(day),
        f"{day.day}/{day.month}/{buddhist}",
    ):
        parsed = thai.parse_date(text)
        assert parsed is not None
        assert parsed.date == day


@pytest.mark.parametrize(
    ("year", "gregorian"),
    [
        (2026, 2026),
        (2569, 2026),
        (2399, 2399),
        (2443, 1900),
        (2442, None),
        (1899, None),
        (2942, 2399),
        (2943, None),
    ],
)
def test_a_year_from_2400_is_buddhist(year: int, gregorian: int | None) -> None:
    assert thai.gregorian_year(year) == gregorian


@pytest.mark.parametrize(
    ("text", "value", "unit", "percent"),
    [
        ("34", "34", "", False),
        ("๓๔ คน", "34", "คน", False),
        ("๑.", "1", "", False),
        ("34คน", "34", "คน", False),
        ("３４", "34", "", False),
        ("1,234", "1234", "", False),
        ("1,234.5", "1234.5", "", False),
        ("12,345,678 บาท", "12345678", "บาท", False),
        ("-5", "-5", "", False),
        ("−5", "-5", "", False),
        ("จำนวน 3 ช่องทาง", "3", "ช่องทาง", False),
        ("จ\u0e4d\u0e32นวน ๓ เล่ม", "3", "เล่ม", False),
        ("ร้อยละ 85", "85", "", True),
        ("คิดเป็นร้อยละ ๙๗.๐๕", "97.05", "", True),
        ("ร้อยละ 85%", "85", "", True),
        ("85%", "85", "", True),
        ("85.5 %", "85.5", "", True),
        ("８５％", "85", "", True),
        ("85 เปอร์เซ็นต์", "85", "", True),
    ],
)
def test_every_usual_way_to_write_a_number_is_read(
    text: str, value: str, unit: str, percent: bool
) -> None:
    assert thai.parse_number(text) == thai.ParsedNumber(Decimal(value), unit, percent)


@pytest.mark.parametrize(
    "text",
    [
        "1 234",
        "1,23",
        "1,2345",
        "0,85",
        "0,123",
        "1234,567",
        "1.2.3",
        "30-34",
        "30 - 34",
        "ประมาณ 30",
        "30 กว่าคน",
        "3 หรือ 4",
        "3/4",
        "- 5",
        "3²",
        "½",
        "1e5",
        "34 อัน ๆ",
        "ร้อยละ 85 คน",
        "85% ของบุคลากร",
        "คน",
        "-",
        "",
        "9" * 16,
        "9" * 40_000,
    ],
)
def test_a_doubtful_number_is_not_read(text: str) -> None:
    assert thai.parse_number(text) is None


def test_an_unusual_unit_is_read_where_it_is_expected() -> None:
    assert thai.parse_number("3 อัน") is None
    assert thai.parse_number("3 อัน", unit="อัน") == thai.ParsedNumber(Decimal(3), "อัน")
