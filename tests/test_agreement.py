"""The printed wording held against the rules: planted errors of every sort are found.

Every number, percentage and day of all forms is changed, one at a time, in the place in
which it stands: in a box, a label, a help, the title of a table, a due date, a rule. What
changes nothing that the checker looks at is counted, and bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.agreement import agreement_faults
from moral_xlsx.rules.definition.figures import Figure, said
from moral_xlsx.rules.definition.ladder import ladder_faults
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.thai import arabic_digits, thai_digits

FORMS = {form_id: load_form(form_id) for form_id in form_ids()}

Path = tuple[str | int, ...]


def faults(form: Form) -> list[Fault]:
    return [*ladder_faults(form), *agreement_faults(form)]


def texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a form with the way to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, index))


def changed(form: Form, path: Path, value: object) -> Form:
    """The same form with another value at the end of a way."""
    raw: Any = form.model_dump()
    inside = raw
    for key in path[:-1]:
        if isinstance(inside[key], tuple):
            inside[key] = list(inside[key])
        inside = inside[key]
    inside[path[-1]] = value
    return Form.model_validate(raw)


def other_figure(text: str, figure: Figure, used: set[tuple[str, int]]) -> str:
    """The text with a figure moved by as little as makes it one that the form does not use."""
    start, end = figure.start, figure.end
    written = text[start:end]
    number = re.search(r"\d+", arabic_digits(written))
    assert number is not None
    moved = int(number[0])
    while moved == int(number[0]) or (figure.kind, moved) in used:
        moved = moved % 28 + 1 if figure.kind == "day" else moved + 1
    digits = str(moved) if written[number.start()].isascii() else thai_digits(str(moved))
    return text[:start] + written[: number.start()] + digits + written[number.end() :] + text[end:]


def used_figures(form: Form) -> set[tuple[str, int]]:
    """The days of the months that the rules name, and every number anywhere in the form."""
    everything = arabic_digits(json.dumps(form.model_dump(mode="json"), ensure_ascii=False))
    days = {("day", int(day)) for day in re.findall(r"\d{4}-\d\d-(\d\d)", everything)}
    numbers = re.findall(r"\d+", everything)
    kinds = ("number", "last", "points", "percent", "top", "year")
    return {*days, *((kind, int(number)) for number in numbers for kind in kinds)}


# Printed, and held against a rule: everything but what quotes documents or names programs.
OUTSIDE = {"id", "version", "source", "corrections", "exemptions", "issuer",
           "receiver", "follows", "cross_checks"}  # fmt: skip
NOT_TEXTS = {"id", "finding", "conditions", "condition", "when", "expression", "value", "sheet",
             "type", "unit", "unique", "preset"}  # fmt: skip


def printed(form: Form) -> Iterator[tuple[Path, str]]:
    for path, text in texts(form.model_dump()):
        inner = {key for key in path if isinstance(key, str)}
        # The question of an interpretation, and where it stands, quote the document.
        quoted = path[0] == "interpretations" and path[-1] != "choice"
        # What is compiled is an expression or an id; "surveys" names columns.
        source = path[0] in ("compile", "surveys") and not inner & {"label", "group", "title"}
        if path[0] not in OUTSIDE and not quoted and not source and not inner & NOT_TEXTS:
            yield path, text


def planted_in_texts(form: Form) -> Iterator[tuple[Path, str, str]]:
    used = used_figures(form)
    for path, text in printed(form):
        for figure in said(text):
            # Papers quote laws and orders: of what they say, days alone are held against the rules.
            if path[0] == "papers" and figure.kind != "day":
                continue
            # One and none say that something is there; ordinals count off.
            if figure.kind != "ordinal" and figure.value not in (0, 1):
                yield path, text, other_figure(text, figure, used)


@pytest.mark.parametrize("form_id", FORMS)
def test_the_wording_of_the_form_agrees_with_its_rules(form_id: str) -> None:
    assert faults(FORMS[form_id]) == []


@pytest.mark.slow
@pytest.mark.parametrize("form_id", FORMS)
def test_a_figure_changed_in_a_text_alone_is_found(form_id: str) -> None:
    form, missed, tried = FORMS[form_id], [], 0
    for path, text, wrong in planted_in_texts(form):
        tried += 1
        # Ladders hold no text.
        told = agreement_faults(changed(form, path, wrong))
        if not told:
            missed.append((path, text, wrong))
        for fault in told:
            assert fault.place and all(fault.message) and all(fault.remedy)
    assert missed == []
    assert tried >= 3


# --- in the rules


def other_literal(source: str, match: re.Match[str]) -> str:
    """A condition with one of its bounds moved: a number by one, a day by a day."""
    literal = match[0]
    if "-" in literal:
        moved = (date.fromisoformat(literal) + timedelta(days=1)).isoformat()
    else:
        moved = str(int(literal) + (1 if int(literal) < 100 else -1))
    return source[: match.start()] + moved + source[match.end() :]


_LITERAL = re.compile(r'(?<=")\d{4}-\d{2}-\d{2}(?=")|(?<=[=<>] )\d+\b')


def planted_in_rules(form: Form) -> Iterator[tuple[Path, str, str]]:
    for path, source in texts(form.model_dump()):
        inner = [key for key in path if isinstance(key, str)]
        if path[0] in ("criteria", "checks") and inner[-1] in ("conditions", "condition", "when"):
            for match in _LITERAL.finditer(source):
                if match[0] not in ("0", "1"):
                    yield path, source, other_literal(source, match)


@pytest.mark.slow
@pytest.mark.parametrize("form_id", FORMS)
def test_a_bound_changed_in_a_rule_alone_is_found(form_id: str) -> None:
    form = FORMS[form_id]
    missed = [
        (path, source, wrong)
        for path, source, wrong in planted_in_rules(form)
        if not faults(changed(form, path, wrong))
    ]
    # A reviewer's question may say nothing of the day that it asks about; a rung never may.
    assert {path[0] for path, _, _ in missed} <= {"checks"}, missed


# What an author is likely to get wrong, one of each sort: in a form, instead of what.
SLIPS = [
    # how the figure bounds
    ("moi-2569", "percent(signed, headcount) >= 80", "percent(signed, headcount) > 80"),
    ("moi-2569", "percent(signed, headcount) >= 80", "percent(signed, headcount) <= 80"),
    ("moi-2569", "distinct(media.format) >= 2", "distinct(media.format) > 2"),
    ("moi-2569", "๘๐% ขึ้นไปร่วม", "มากกว่า ๘๐% ร่วม"),
    ("moi-2569", "๘๐% ขึ้นไปร่วม", "น้อยกว่า ๘๐% ร่วม"),
    ("moi-2569", "ช่องทางสื่อสารไม่น้อยกว่า ๓", "ช่องทางสื่อสารเกิน ๓"),
    ("moi-2569", "น้อยกว่า ๖๐% ร่วม", "ไม่เกิน ๖๐% ร่วม"),
    # a value of another rung
    ("moi-2569", "น้อยกว่า ๖๐% ร่วม", "น้อยกว่า ๗๐% ร่วม"),
    ("senate-2567", "- จำนวนผู้บริหารและบุคลากรในองค์กร ๘๐%", "- จำนวนผู้บริหารและบุคลากรในองค์กร ๖๐%"),
    ("senate-2567", "- มีการกำหนดเป้าหมาย ไม่น้อยกว่า ๕", "- มีการกำหนดเป้าหมาย ไม่น้อยกว่า ๓"),
    # a value that stands beside as something else: an ordinal, a name, another rule's
    ("moi-2569", "count(activities) >= 3", "count(activities) >= 5"),
    ("moi-2569", "count(persons_honoured) >= 1", "count(persons_honoured) >= 3"),
    ("moi-2569", "count(activities) <= 0", "count(activities) <= 2"),
    ("senate-2567-plan", "act3_plans >= 1", "act3_plans >= 5"),
    ("senate-2567-plan", "ต้องไม่น้อยกว่า 5 เรื่อง", "ต้องไม่น้อยกว่า 20 เรื่อง"),
    ("moi-2569", "(ไม่น้อยกว่า ๓ คุณธรรม)", "(ไม่น้อยกว่า ๑ คุณธรรม)"),
    # in words, or without any
    ("moi-2569", "ไม่น้อยกว่า ๓ ช่องทาง", "ไม่น้อยกว่าห้าช่องทาง"),
    ("moi-2569", "องค์กร ๘๐% ขึ้นไปร่วม", "องค์กร ร้อยละแปดสิบห้าขึ้นไปร่วม"),
    ("moi-2569", "องค์กร ๘๐% ขึ้นไปร่วม", "องค์กร ส่วนใหญ่ร่วม"),
    ("moi-2569", "ไม่น้อยกว่า ๓ ช่องทาง", "ไม่น้อยกว่า ๑ ช่องทาง"),
    # days, however they are written
    ("diw-2566-plan", "วันที่ ๑๐ มีนาคม ๒๕๖๖", "วันที่ ๙ มีนาคม ๒๕๖๖"),
    ("senate-2567-activities", "ภายในวันที่ ๓๐ มิถุนายน ๒๕๖๗", "ภายในวันที่ ๓๐ เดือนกรกฎาคม พ.ศ. ๒๕๖๗"),
    ("senate-2567-activities", "ภายในวันที่ ๓๐ มิถุนายน ๒๕๖๗", "ภายในวันที่ 30/7/2567"),
    ("senate-2567-activities", "ภายในวันที่ ๓๐ มิถุนายน ๒๕๖๗", "ภายในวันที่ ๓๐ กค ๒๕๖๗"),
    # levels and parts
    ("moi-2569", "ดำเนินการข้อ ๑ - ๓ ทุกข้อ", "ดำเนินการข้อ ๒ - ๓ ทุกข้อ"),
    ("moi-2569", "ข้อละ ๒ คะแนน รวมแล้วไม่น้อยกว่า ๗", "ข้อละ ๗ คะแนน รวมแล้วไม่น้อยกว่า ๒"),
]  # fmt: skip


@pytest.mark.parametrize(("form_id", "old", "new"), SLIPS)
def test_a_likely_slip_is_found(form_id: str, old: str, new: str) -> None:
    raw = json.dumps(FORMS[form_id].model_dump(mode="json"), ensure_ascii=False)
    assert old in raw
    assert faults(Form.model_validate(json.loads(raw.replace(old, new, 1)))) != []


@pytest.mark.parametrize("text", [
    "บุคลากรร้อยละ ๘๐ ขึ้นไป ร่วมประกาศ", "ตั้งแต่ ๘๐% ร่วมประกาศ", "ร้อยละแปดสิบของบุคลากรทั้งหมด ร่วมประกาศ",
    "ร้อยละ ๘๐ ขึ้นไปได้ ๓ คะแนน", "at least 80 per cent have signed",
    "ไม่น้อยกว่าร้อยละ ๘๐ ของบุคลากรทุกระดับ",
])  # fmt: skip
def test_another_way_to_say_the_same_is_left_alone(text: str) -> None:
    raw: Any = FORMS["moi-2569"].model_dump()
    raw["criteria"][0]["rungs"][0]["boxes"][0]["text"] = text
    assert faults(Form.model_validate(raw)) == []


@pytest.mark.parametrize("band", [
    "๗๐ - ๗๙.๙๙%", "ร้อยละ ๗๐ ถึงร้อยละ ๗๙.๙๙", "๗๐% ถึง ๗๙.๙๙%", "๗๐ — ๗๙.๙๙%", "ร้อยละ ๗๐ ถึง ๗๙.๙๙",
])  # fmt: skip
def test_a_band_is_understood_however_it_is_written(band: str) -> None:
    raw: Any = FORMS["moi-2569"].model_dump()
    raw["criteria"][0]["rungs"][1]["boxes"][0]["text"] = f"บุคลากร {band} ร่วมประกาศ"
    assert faults(Form.model_validate(raw)) == []


def planted_in_figures(form: Form) -> Iterator[tuple[Path, int | date]]:
    """What a definition holds to outside its conditions, moved by one point or one day."""
    for index, due in enumerate(form.due_dates):
        for days in (-1, 1):
            yield ("due_dates", index, "date"), due.date + timedelta(days=days)
    for index, level in enumerate(form.levels):
        yield ("levels", index, "min_each"), level.min_each + 1
        yield ("levels", index, "min_total"), level.min_total + 1
        yield ("levels", index, "last"), level.last - 1
    for index, rule in enumerate(form.roll_up):
        yield ("roll_up", index, "percent"), rule.percent + 1
    for index, subtotal in enumerate(form.subtotals):
        if any(figure.kind == "ordinal" for figure in said(subtotal.label)):
            yield ("subtotals", index, "last"), subtotal.last - 1
    yield ("fiscal_year",), form.fiscal_year + 1


@pytest.mark.parametrize("form_id", FORMS)
def test_a_day_a_level_or_a_share_changed_alone_is_found(form_id: str) -> None:
    form = FORMS[form_id]
    planted = list(planted_in_figures(form))
    assert [path for path, wrong in planted if not faults(changed(form, path, wrong))] == []


# --- one figure of each sort


@pytest.mark.parametrize(("text", "figures"), [
    ("ไม่น้อยกว่า ๕ เรื่อง", [("number", 5)]),
    ("๓ - ๔ เรื่อง", [("number", 3), ("last", 4)]),
    ("๗๐ - ๗๙.๙๙%", [("percent", 70), ("top", Fraction("79.99"))]),
    ("ร้อยละ ๘๐ ของบุคลากร", [("percent", 80)]),
    ("ได้ ๘๐ เปอร์เซ็นต์ขึ้นไป", [("percent", 80)]),
    ("at least 80 per cent", [("percent", 80)]),
    ("ภายใน ๒๐ มี.ค. ๒๕๖๗", [("day", (20, 3, 2024))]),
    ("ภายใน 20 มีนาคม พ.ศ. 2567", [("day", (20, 3, 2024))]),
    ("by 20 March 2024", [("day", (20, 3, 2024))]),
    ("ทุกวันที่ ๙ มิถุนายน", [("day", (9, 6, None))]),
    ("ปีงบประมาณ พ.ศ. ๒๕๖๗", [("year", 2567)]),
    ("fiscal year 2024", [("year", 2567)]),
    ("มีนาคม ๒๕๖๗", []),
    ("ข้อ ๔ และ ๕", [("ordinal", 4), ("ordinal", 5)]),
    ("กิจกรรมที่ ๑๒ มี ๓ ช่องทาง", [("ordinal", 12), ("number", 3)]),
    ("๑. ประกาศ ๕ เรื่อง", [("ordinal", 1), ("number", 5)]),
    ("กรอกจำนวนคน เช่น ๓๔", []),
    ("รวม {computed_3} จาก 1,200 คน", [("number", 1200)]),
])  # fmt: skip
def test_what_a_text_says(text: str, figures: list[tuple[str, object]]) -> None:
    assert [(figure.kind, figure.value) for figure in said(text)] == figures


# --- exemptions


def exempted(place: str, says: str) -> list[Fault]:
    """The faults of a form of which one rung says something else, with one exemption more."""
    raw: Any = FORMS["moi-2569"].model_dump()
    box = raw["criteria"][0]["rungs"][0]["boxes"][0]
    box["text"] = box["text"].replace("๘๐%", "๘๕%")
    exemption = {"place": place, "says": says, "reason": "ลองดู"}
    raw["exemptions"] = (*raw["exemptions"], exemption)
    return faults(Form.model_validate(raw))


RUNG = "criteria[1].rungs[3].boxes[0]"


def test_a_difference_that_is_meant_is_declared_with_its_place() -> None:
    said_more, said_less = exempted("nowhere", "๘๕%")[:2]
    assert (said_more.place, said_less.place) == (RUNG, RUNG)
    assert "ร้อยละ 85" in said_more.message[0] and "80 per cent" in said_less.message[1]
    (left,) = exempted(RUNG, "๘๕%")
    assert "ร้อยละ 80" in left.message[0], "each of both is declared by itself"


def test_an_exemption_that_nothing_needs_is_told() -> None:
    *_, unused = exempted("criteria[2].rungs[3].boxes[0]", "๘๕%")
    index = len(FORMS["moi-2569"].exemptions)
    assert unused.place == f"exemptions[{index}]"
    assert "ไม่มีสิ่งใดที่ต้องยกเว้น" in unused.message[0]
