"""What changed between two forms is said in words: nothing else, and nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from console import printed

from moral_xlsx.commands.console.difference import show_differences
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.difference import differences
from moral_xlsx.rules.definition.load import form_ids, load_form

FORM = load_form("moi-2569")
Raw = dict[str, Any]


def changed(change: Callable[[Raw], object], form: Form = FORM) -> Form:
    raw = thawed(form.model_dump())
    change(raw)
    return Form.model_validate(raw)


def thawed(value: Any) -> Any:
    """The same with lists, which can be changed."""
    if isinstance(value, Mapping):
        return {key: thawed(inner) for key, inner in value.items()}
    return [thawed(inner) for inner in value] if isinstance(value, tuple) else value


def box(raw: Raw, criterion: int, rung: int) -> Raw:
    made: Raw = raw["criteria"][criterion]["rungs"][rung]["boxes"][0]
    return made


CHANGES: dict[str, tuple[Callable[[Raw], object], str, str]] = {
    "a threshold": (lambda raw: box(raw, 0, 0).update(conditions=[
        "percent(signed, headcount) >= 85", "ticked(in_writing)"]),
        "thresholds", "criterion 1, rung of 3 points: …80 per cent → …85 per cent"),
    "a condition more": (lambda raw: box(raw, 2, 2)["conditions"].append("ticked(reported)"),
        "thresholds", "criterion 3, rung of 1 points: added ✓"),
    "the wording of a box": (lambda raw: box(raw, 0, 0).update(
        text=box(raw, 0, 0)["text"].replace("๘๐", "๘๕")),
        "wording", "criterion 1, rung of 3 points: …๘๐%… → …๘๕%…"),
    "a title": (lambda raw: raw["criteria"][3].update(title="๔. ชื่อใหม่"),
        "wording", "criterion 4: … → …ชื่อใหม่"),
    "a criterion less": (lambda raw: raw["criteria"].pop(), "thresholds", "criterion 9: left out"),
    "when a criterion applies": (lambda raw: raw["criteria"][0].update(when="ticked(plan)"),
        "thresholds", "criterion 1: added ✓"),
    "a question more": (lambda raw: raw["fields"].append({**raw["fields"][0], "id": "new"}),
        "questions", "(new): added"),
    "a question that must be answered": (lambda raw: raw["fields"][2].update(required=False),
        "questions", "required: yes → no"),
    "the limits of a question": (lambda raw: raw["fields"][5].update(maximum=50),
        "questions", "maximum: …→ 50"),
    "a column less": (lambda raw: raw["tables"][-2]["columns"].pop(), "questions", "left out"),
    "rows of a table": (lambda raw: raw["tables"][0].update(rows=7), "questions", "rows: 30 → 7"),
    "a level's rule": (lambda raw: raw["levels"][2].update(min_total=22),
        "levels", "level 3: …21 together → …22 together"),
    "nested levels": (lambda raw: raw.update(nested=True), "levels", "no → yes"),
    "a due date": (lambda raw: raw.update(due_dates=[{"label": "ส่ง", "date": "2026-06-30"}]),
        "dates", "due date “ส่ง”: added 2026-06-30"),
    "the fiscal year": (lambda raw: raw.update(fiscal_year=2570), "dates", "2569 → 2570"),
    "what reviewers look for": (lambda raw: raw["checks"].pop(0), "checks", "left out"),
    "the severity of a check": (lambda raw: raw["checks"][0].update(finding="MX-302"),
        "checks", "finding: MX-301 → MX-302"),
    "a reading": (lambda raw: raw["interpretations"][0].update(choice="อ่านใหม่"),
        "checks", "อ่านใหม่"),
    "a printed line": (lambda raw: raw["printed"]["headings"].append("บรรทัดใหม่"),
        "wording", "printed form: added บรรทัดใหม่"),
    "the title of the form": (lambda raw: raw["title"].append("(ฉบับแก้ไข)"),
        "wording", "title: added (ฉบับแก้ไข)"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "told"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_told(change: Callable[[Raw], object], kind: str, told: str) -> None:
    new = changed(change)
    found = [each for each in differences(FORM, new) if each.kind == kind]
    assert found
    shown = printed(show_differences, FORM, new, found, "en")
    at = 0
    for part in told.split("…"):
        assert part in shown[at:], shown
        at = shown.index(part, at) + len(part)
    thai = printed(show_differences, FORM, new, found, "th")
    assert thai.count("\n") == shown.count("\n")


@pytest.mark.parametrize("form_id", form_ids())
def test_a_form_does_not_differ_from_itself(form_id: str) -> None:
    form = load_form(form_id)
    assert differences(form, form) == ()
    assert "ไม่ต่างกัน" in printed(show_differences, form, form, (), "th")


def test_years_that_only_move_are_counted_not_listed() -> None:
    def move(raw: Raw) -> None:
        raw["fiscal_year"] = 2570
        raw["title"] = [line.replace("๒๕๖๙", "๒๕๗๐") for line in raw["title"]]
        columns = [column for table in raw["tables"] for column in table["columns"]]
        for asked in (*raw["fields"], *columns):
            for end in ("earliest", "latest"):
                day = asked[end]
                asked[end] = day and day.replace(year=day.year + 1)

    found = differences(FORM, changed(move))
    assert {each.kind for each in found} == {"dates", "years"}
    assert "1 places" in printed(show_differences, FORM, changed(move), found, "en")
