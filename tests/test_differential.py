"""The workbook's formulas, recalculated by LibreOffice, and Python give the same results.

Every workbook is made from the blank form by typing, so that its formulas carry the blank
form's results until LibreOffice has calculated them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from filling import type_in, typed
from libreoffice import convert

from moral_xlsx.excel.layout import PANEL, PanelSheet, lay_out
from moral_xlsx.excel.template import blank, write_workbook
from moral_xlsx.journey import Journey
from moral_xlsx.model.answers import Answers, Row, Value
from moral_xlsx.model.form import Form, Question
from moral_xlsx.rules.rubric import Rubric

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]

RANDOM_FILLS = 200
_PERCENTS = ("0", "49", "50", "60", "70", "80", "90", "100", "100", "100", "69.99")


def test_every_threshold_of_the_form_is_judged_alike(
    form: Form, rubric: Rubric, golden_answers: Answers, tmp_path: Path
) -> None:
    cases = dict(threshold_cases(form, golden_answers))
    assert len(cases) > 40
    assert disagreements(rubric, cases, tmp_path) == []


def test_random_answers_are_judged_alike(form: Form, rubric: Rubric, tmp_path: Path) -> None:
    chance = random.Random(2569)
    cases = {f"random{n}": random_answers(form, chance) for n in range(RANDOM_FILLS)}
    assert disagreements(rubric, cases, tmp_path) == []


def disagreements(rubric: Rubric, cases: Mapping[str, Answers], folder: Path) -> list[str]:
    """What LibreOffice and Python judge differently, in words; empty when nothing."""
    layout = lay_out(rubric.form)
    empty = write_workbook(rubric, blank(rubric.form))
    files = []
    for name, answers in cases.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(type_in(empty, layout, typed(rubric.form, answers)))
        files.append(path)
    journey = Journey()
    found = []
    for path in convert(files, "xlsx", folder):
        submission = journey.judge(path.read_bytes())
        name, assessment = path.stem, submission.assessment
        if submission.answers != cases[name]:
            found.append(f"{name}: read as {submission.answers}")
        shown = {key: _shown(submission.opened, key) for key in layout.names}
        expected: dict[str, object] = {
            f"computed_{result.number}": result.computed for result in assessment.criteria
        }
        expected |= {f"subtotal_{k.replace('-', '_')}": v for k, v in assessment.subtotals}
        expected |= {"total": assessment.total, "level": assessment.level}
        expected |= {name: None if v is None else float(v) for name, v in assessment.derived}
        found += [
            f"{name}: {key} is {shown[key]!r} in the workbook, {value!r} in Python"
            for key, value in expected.items()
            if shown[key] != value
        ]
        for result in assessment.criteria:
            row = layout.panel.criterion_rows[result.number]
            told = str(submission.opened.value(PANEL, row, PanelSheet.next_column))
            needed = " · ".join(thai for thai, _ in result.shortfall) or "ได้คะแนนเต็มแล้ว"
            if told != needed:
                found.append(f"{name}: criterion {result.number} needs {told!r} / {needed!r}")
    return found


def _shown(opened: object, name: str) -> object:
    area = opened.areas[name]  # type: ignore[attr-defined]
    return opened.value(area.sheet, area.first_row, area.first_column)  # type: ignore[attr-defined]


def threshold_cases(form: Form, base: Answers) -> Iterator[tuple[str, Answers]]:
    """The golden answers changed to one below, at and one above each number of a condition."""
    sources = {
        source
        for criterion in form.criteria
        for rung in criterion.rungs
        for source in rung.conditions
    }
    serial = 0
    for source in sorted(sources):
        for answers in _around(form, base, source):
            serial += 1
            yield f"case{serial}", answers


def _around(form: Form, base: Answers, source: str) -> Iterator[Answers]:
    bound = re.search(r"(>=|<=) *(\d+)$", source)
    limit = int(bound.group(2)) if bound else 0
    if match := re.match(r"percent\((\w+), (\w+)\)", source):
        part, whole = match.groups()
        for size in (3, 34, 2003):
            least = -(-size * limit // 100)
            for signed in (least - 1, least, min(size, least + 1)):
                yield replace(base, values={**base.values, part: signed, whole: size})
    elif match := re.match(r"ticked\((\w+)\)", source):
        for ticked in (False, True):
            yield replace(base, values={**base.values, match.group(1): ticked})
    elif match := re.match(r"every\((\w+)\.(\w+)\)", source):
        table, column = match.groups()
        is_tick = form.table(table).column(column).type == "tick"
        below = Decimal(limit) - Decimal("0.01")
        changes = (False, True) if is_tick else (below, Decimal(limit), Decimal(limit + 1))
        for change in changes:
            rows = [dict(row) for row in base.tables[table]]
            rows[-1][column] = change
            yield replace(base, tables={**base.tables, table: tuple(rows)})
        yield replace(base, tables={**base.tables, table: ()})
    elif match := re.match(r"(?:count|distinct)\((\w+)", source):
        table = match.group(1)
        filters = dict(re.findall(r'(\w+)="(\w+)"', source))
        for count in {max(0, limit - 1), limit, limit + 1}:
            yield _with_count(form, base, table, filters, count)


def _with_count(
    form: Form, base: Answers, table_id: str, filters: Mapping[str, str], count: int
) -> Answers:
    """So many rows that match, all different, beside those that do not match."""
    rows = base.tables[table_id]
    match = [row for row in rows if all(row.get(k) == v for k, v in filters.items())]
    others = [row for row in rows if row not in match] if filters else []
    names = [c.id for c in form.table(table_id).columns if c.type == "text"]
    made: list[Row] = [
        {**match[n % len(match)], **dict.fromkeys(names, f"อย่างที่ {n}")} for n in range(count)
    ]
    return replace(base, tables={**base.tables, table_id: (*others, *made)})


def random_answers(form: Form, chance: random.Random) -> Answers:
    """Answers of an office that has done much, but not everything, and forgot some."""

    def value(question: Question) -> Value:
        if question.type == "tick":
            return chance.random() < 0.8
        if chance.random() < 0.05 and not question.required:
            return None
        if question.type == "integer":
            return chance.randint(int(question.minimum or 0), 60)
        if question.type == "percent":
            return Decimal(chance.choice(_PERCENTS))
        if question.type == "date":
            return date(2026, chance.randint(1, 9), chance.randint(1, 28))
        if question.type == "choice":
            return chance.choice(question.choices).value
        return chance.choice(
            ["พอเพียง", "วินัย", "สุจริต", "จิตอาสา", "กตัญญู", "น้ำใจ", "PowerPoint", "powerpoint"]
        )

    values: dict[str, Value] = {
        field.id: None if chance.random() < 0.05 and field.type != "tick" else value(field)
        for field in form.fields
    }
    tables = {}
    for table in form.tables:
        rows = [
            {column.id: value(column) for column in table.columns}
            for _ in range(chance.choice([0, 1, 2, 3, 5, 8]) % (table.rows + 1))
        ]
        tables[table.id] = tuple(rows)
    claims = {c.number: chance.choice(c.rungs).points for c in form.criteria}
    evidence = {number: "แฟ้มหลักฐาน" for number in claims if chance.random() < 0.8}
    return Answers(form.id, "A1", values, tables, claims, evidence)
