"""What a definition says once is in every field and rule of the form that is made of it."""

from __future__ import annotations

import pytest

from moral_xlsx.model.definition import Definition
from moral_xlsx.model.errors import DefinitionError, Fault
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.expand import expand

HEAD = {
    "id": "made-2569", "version": "1.0", "title": ["แบบ"], "short_title": "แบบ",
    "fiscal_year": 2569, "issuer": "กรม", "receiver": "กรม", "source": "แต่งขึ้น",
    "printed": {}, "sheets": [{"id": "facts", "title": "ข้อเท็จจริง"}],
}  # fmt: skip
RULE = {
    "finding": "MX-301", "message": "ผิด", "message_en": "wrong",
    "remedy": "แก้", "remedy_en": "mend",
}  # fmt: skip


def made(*groups: dict[str, object], **more: object) -> Form:
    shared = [{"sheet": "facts", **group} for group in groups]
    return expand(Definition.model_validate({**HEAD, "groups": shared, **more}), "made.toml")


def faults(*groups: dict[str, object], **more: object) -> tuple[Fault, ...]:
    with pytest.raises(DefinitionError) as wrong:
        made(*groups, **more)
    return wrong.value.faults


def test_a_group_says_once_what_its_fields_share() -> None:
    group = {
        "title": "หัวข้อ", "type": "integer", "required": True, "unit": "คน", "help": "นับคน",
        "fields": [
            {"id": "a", "label": "ก"},
            {"id": "b", "label": "ข", "help": "นับเอง", "type": "text"},
        ],
    }  # fmt: skip
    a, b = made(group).fields
    assert (a.sheet, a.group, a.type, a.required, a.unit, a.help) == (
        "facts", "หัวข้อ", "integer", True, "คน", "นับคน",
    )  # fmt: skip
    assert (b.type, b.help, b.unit) == ("text", "นับเอง", "คน"), "what a field says itself counts"


def test_what_a_group_is_of_is_said_behind_each_name() -> None:
    fields = [
        {"id": "a", "type": "tick", "label": "เอกสาร: ปก"},
        {"id": "b", "type": "tick", "label": "ผลผลิต: จำนวนผู้ร่วม", "short": "ผู้ร่วม"},
    ]
    names = [field.name for field in made({"of": "กิจกรรมที่ ๑", "fields": fields}).fields]
    assert names == ["ปก (กิจกรรมที่ ๑)", "ผู้ร่วม (กิจกรรมที่ ๑)"]


def test_a_field_is_repeated_for_each_text() -> None:
    field = {"id": "doc{#}", "type": "tick", "label": "{#}. {each}", "each": ["ปก", "สรุป"]}
    fields = made({"fields": [field]}).fields
    assert [(f.id, f.label) for f in fields] == [("doc1", "๑. ปก"), ("doc2", "๒. สรุป")]


def test_a_rule_is_repeated_for_each_field_that_a_pattern_fits() -> None:
    fields = [
        {"id": f"act{n}_sent", "type": "date", "label": f"ส่ง {n}"} for n in (2, 10)
    ] + [{"id": "act_sent", "type": "date", "label": "ไม่เข้าแบบ"}]  # fmt: skip
    rule = {**RULE, "each": "act*_sent", "id": "{id}_in_time", "condition": '{id} <= "2026-01-01"',
            "message": "ข้อ {*} {name}", "message_en": "Item {*}"}  # fmt: skip
    checks = made({"fields": fields}, checks=[rule]).checks
    assert [check.id for check in checks] == ["act2_sent_in_time", "act10_sent_in_time"]
    assert checks[1].condition == 'act10_sent <= "2026-01-01"'
    # Thai words have Thai digits, everything else Arabic ones.
    assert (checks[1].message, checks[1].message_en) == ("ข้อ ๑๐ ส่ง 10", "Item 10")


def test_a_rule_is_repeated_for_each_row_of_values() -> None:
    each = [{"n": 3, "who": "ผู้ลงนาม"}, {"n": 4, "who": "ผู้ร่วม"}]
    derived = {
        "each": each,
        "id": "share_{n}",
        "label": "{who} ข้อ {n}",
        "expression": "percent(a, b)",
    }
    fields = [{"id": name, "type": "integer", "label": name} for name in ("a", "b")]
    values = made({"fields": fields}, derived=[derived]).derived
    assert [(d.id, d.label) for d in values] == [
        ("share_3", "ผู้ลงนาม ข้อ ๓"),
        ("share_4", "ผู้ร่วม ข้อ ๔"),
    ]


def test_what_repeats_has_no_places_that_are_not_there() -> None:
    field = {"id": "doc{#}", "type": "tick", "label": "{what}", "each": ["ปก"]}
    (fault,) = faults({"fields": [field]})
    assert fault.place == "groups[0].fields[0].label"
    assert "{what}" in fault.message[0] and "{each}" in fault.remedy[0]


def test_a_pattern_that_fits_nothing_is_told() -> None:
    rule = {**RULE, "each": "act*_sent", "id": "{id}_x", "condition": "answered({id})"}
    (fault,) = faults({"fields": [{"id": "a", "type": "tick", "label": "ก"}]}, checks=[rule])
    assert fault.place == "checks[0].each"


def test_a_fault_in_what_is_written_out_names_where_it_is_written() -> None:
    field = {"id": "Doc{#}", "type": "tick", "label": "ก", "each": ["ปก"]}
    (fault,) = faults({"fields": [{"id": "a", "label": "ไม่บอกชนิด"}, field]})[:1]
    assert fault.place == "groups[0].fields[0].type"
    places = [each.place for each in faults({"fields": [field]})]
    assert places == ["groups[0].fields[0] (ปก).id"]
