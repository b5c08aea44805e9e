"""The workbook's formulas, recalculated by LibreOffice, and Python give the same results.

An empty workbook of each form is opened once; the answers of each case are typed into it and
everything is calculated. What it then shows has to be what Python says.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import golden_of
from filling import cell_of, typed
from libreoffice import Cell, convert, recalculate
from thresholds import threshold_answers

from moral_xlsx.excel.form.layout import OFFICIAL, PANEL, TRACE, Layout, PanelSheet, lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.model.answers import Answers, Row, Understood, Value
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Criterion, Form, Question, Table
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.printed import CONTINUED, Shown, parse_line, show_line
from moral_xlsx.thai import long_date, thai_digits

RANDOM_FILLS = {"moi-2569": 200}
OTHER_RANDOM_FILLS = 40
_PERCENTS = ("0", "49", "50", "60", "70", "80", "90", "100", "100", "100", "69.99")
_TEXTS = (
    "พอเพียง", "วินัย", "สุจริต", "จิตอาสา", "กตัญญู", "น้ำใจ", "PowerPoint", "powerpoint", "007",
    'ว่า "ดี"', "สอง\nบรรทัด", "{n} & <b>", "กำลัง",
)  # fmt: skip

of_each_form = pytest.mark.parametrize("name", form_ids())


@pytest.mark.libreoffice
@pytest.mark.slow
@of_each_form
def test_limits_and_random_answers_are_judged_and_printed_alike(name: str, tmp_path: Path) -> None:
    rubric = compile_rubric(load_form(name))
    chance = random.Random(name)
    base = golden_of(name)
    cases = threshold_answers(rubric, base)
    fills = RANDOM_FILLS.get(name, OTHER_RANDOM_FILLS)
    cases += [random_answers(rubric.form, base, chance) for _ in range(fills)]
    assert disagreements(rubric, cases, tmp_path) == []


@of_each_form
def test_the_cases_stand_on_both_sides_of_every_limit(name: str) -> None:
    rubric = compile_rubric(load_form(name))
    cases = [Facts(rubric.form, answers) for answers in threshold_answers(rubric, golden_of(name))]
    one_sided = {
        source
        for criterion in rubric.form.criteria
        for rung in criterion.rungs
        for source in rung.conditions
        if len({rubric.conditions[source].evaluate(facts).holds for facts in cases}) < 2
    }
    assert one_sided == set()


@pytest.mark.libreoffice
@pytest.mark.slow
def test_a_workbook_shows_its_results_before_anybody_calculates(tmp_path: Path) -> None:
    """Viewers that do not calculate show what was stored with each formula."""
    files = []
    for name in form_ids():
        rubric, base = compile_rubric(load_form(name)), golden_of(name)
        for kind, answers in (("full", base), ("gaps", with_gaps(base))):
            files.append(tmp_path / f"{name}-{kind}.xlsx")
            files[-1].write_bytes(write_workbook(rubric, Content(answers)))
    different = []
    for before, after in zip(files, convert(files, "xlsx", tmp_path), strict=True):
        stored, calculated = _all_cells(before), _all_cells(after)
        different += [
            f"{before.stem}: {sheet} row {row + 1} column {column + 1} "
            f"is stored as {stored.get(at)!r} and calculated as {calculated.get(at)!r}"
            for at in sorted(stored.keys() | calculated.keys())
            for sheet, row, column in [at]
            if stored.get(at) != calculated.get(at)
        ]
    assert different == []


def with_gaps(answers: Answers) -> Answers:
    """Every third answer left out, no evidence, and claims for odd criteria only."""
    values = {
        name: (False if value is True else None) if index % 3 == 0 and value is not False else value
        for index, (name, value) in enumerate(answers.values.items())
    }
    claims = {number: points for number, points in answers.claims.items() if number % 2}
    return replace(answers, values=values, claims=claims, evidence={})


def _all_cells(file: Path) -> dict[Cell, object]:
    return {
        (title, row, column): thai_digits(long_date(value)) if isinstance(value, date) else value
        for title, rows in read_values(inspect(file.read_bytes())).items()
        for row, cells in enumerate(rows)
        for column, value in enumerate(cells)
        if value not in ("", None)
    }


def disagreements(rubric: Rubric, cases: Sequence[Answers], folder: Path) -> list[str]:
    """What LibreOffice and Python judge or print differently, in words; empty when nothing."""
    layout = lay_out(rubric.form)
    file = folder / "empty.xlsx"
    file.write_bytes(write_workbook(rubric, Content(Answers(rubric.form.id, "", {}))))
    typed_cases = [
        {cell_of(layout, name): value for name, value in typed(rubric.form, answers).items()}
        for answers in cases
    ]
    expectations = [
        dict(expected(rubric, layout, Shown(answers, assess(rubric, Understood(answers, {}, ())))))
        for answers in cases
    ]
    watched = list(expectations[0])
    found = []
    told = recalculate(file, typed_cases, watched, folder)
    for number, (shown, wanted) in enumerate(zip(told, expectations, strict=True)):
        found += [
            f"case {number}: {sheet} row {row + 1} column {column + 1} is "
            f"{shown[sheet, row, column]!r} in the workbook, {value!r} in Python"
            for (sheet, row, column), value in wanted.items()
            if shown[sheet, row, column] != value
        ]
    return found


def expected(rubric: Rubric, layout: Layout, shown: Shown) -> Iterator[tuple[Cell, object]]:
    """Each cell that shows a result, with what it has to show."""
    yield from _results(layout, shown.assessment)
    yield from _reasons(layout, shown.assessment)
    yield from _printed(layout, shown)
    yield from _ladder(layout, shown)


def _results(layout: Layout, assessment: Assessment) -> Iterator[tuple[Cell, object]]:
    form, panel = layout.form, layout.panel
    values: dict[str, object] = {
        f"computed_{result.number}": result.computed for result in assessment.criteria
    }
    values |= {f"subtotal_{k.replace('-', '_')}": v for k, v in assessment.subtotals}
    values |= {name: "" if v is None else float(v) for name, v in assessment.derived}
    if form.criteria:
        values["total"] = assessment.total
    if form.levels:
        needed = "; ".join(thai for thai, _ in assessment.next_level)
        values |= {"level": assessment.level, "level_name": assessment.level_name[0]}
        values["next_level"] = needed or "ถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว"
    for name, value in values.items():
        area = layout.names[name]
        yield (area.sheet, area.first_row, area.first_column), value
    for result in assessment.criteria:
        needed = " · ".join(thai for thai, _ in result.shortfall)
        at = PANEL, panel.criterion_rows[result.number], PanelSheet.next_column
        yield at, needed or _complete(form.criterion(result.number))


def _complete(criterion: Criterion) -> str:
    if criterion.kind == "points":
        return "ได้คะแนนเต็มแล้ว"
    return f"ผ่านแล้ว ({criterion.caveat})" if criterion.caveat else "ผ่านแล้ว"


def _reasons(layout: Layout, assessment: Assessment) -> Iterator[tuple[Cell, object]]:
    for place in layout.trace:
        rungs = assessment.criterion(place.number).rungs
        rung = next(rung for rung in rungs if rung.points == place.points)
        for row, outcome in enumerate(rung.conditions, start=place.first_row):
            yield (TRACE, row, layout.trace_result_column), int(outcome.holds)
            yield (TRACE, row, layout.trace_shortfall_column), outcome.shortfall[0]


def _printed(layout: Layout, shown: Shown) -> Iterator[tuple[Cell, object]]:
    """The lines and cells of the official form that show answers or results."""
    form, place = layout.form, layout.official
    lines: list[tuple[int, int, str, Table | None, int]] = [
        (row, 1, line, None, 0)
        for rows, texts in (
            (place.heading_rows, form.printed.headings),
            (place.note_rows, form.printed.note),
        )
        for row, line in zip(rows, texts, strict=True)
    ]
    for table in place.tables:
        first = table.spans[0][0]
        for rows, texts in (
            (table.title_rows, table.table.title),
            (table.note_rows, table.table.notes),
        ):
            lines += [(row, first, line, None, 0) for row, line in zip(rows, texts, strict=True)]
        for at in table.rows:
            of = form.table(at.printed.each) if at.printed.each else None
            if at.printed.section:
                lines.append((at.row, first, at.printed.section, None, 0))
            lines += [
                (at.row, column, cell, of, at.index)
                for (column, _), cell in zip(table.spans, at.printed.cells, strict=False)
                if cell != CONTINUED
            ]
    for row, column, line, of, index in lines:
        pieces = parse_line(line, form, of)
        if any(not isinstance(piece, str) for piece in pieces):
            here = Shown(shown.answers, shown.assessment, index)
            absent = of is not None and index >= len(shown.answers.tables.get(of.id, ()))
            yield (OFFICIAL, row, column), "" if absent else show_line(pieces, here)
    for number, row in place.level_rows:
        text = " ".join(next(level.text for level in form.levels if level.number == number))
        yield (OFFICIAL, row, 1), f"{'☑' if shown.assessment.level == number else '☐'} {text}"


def _ladder(layout: Layout, shown: Shown) -> Iterator[tuple[Cell, object]]:
    """The boxes, the evidence and the scores of a form that prints every rung."""
    place, words = layout.official.ladder, layout.form.printed.ladder
    if place is None or words is None:
        return
    for block in place.criteria:
        number = block.criterion.number
        score = thai_digits(str(shown.assessment.criterion(number).computed))
        yield (OFFICIAL, block.first_row, place.score_column), score
        for index, rung in enumerate(block.criterion.rungs):
            claimed = shown.answers.claims.get(number) == rung.points
            column = place.first_rung_column + 2 * index
            for row, _ in enumerate(rung.boxes, start=block.first_row):
                yield (OFFICIAL, row, column), "☑" if claimed else "☐"
            evidence = f"\n{shown.answers.evidence.get(number, '')}" if claimed else ""
            yield (OFFICIAL, block.evidence_row, column), words.evidence + evidence
    subtotals = dict(shown.assessment.subtotals)
    for key, row in place.subtotal_rows:
        yield (OFFICIAL, row, place.score_column), thai_digits(str(subtotals[key]))


def random_answers(form: Form, base: Answers, chance: random.Random) -> Answers:
    """Answers of an office that has done much, but not everything, and forgot some.

    Some cases stay near the golden answers, so that high results occur too.
    """
    share = chance.choice([0.03, 0.1, 0.4, 1.0])

    def answer(question: Question, given: Value) -> Value:
        return _random_value(form, question, chance) if chance.random() < share else given

    tables: dict[str, tuple[Row, ...]] = {}
    for table in form.tables:
        rows = base.tables.get(table.id, ())
        if chance.random() < share or not rows:
            size = chance.choice([0, 1, 2, 3, 5, 8, table.rows]) % (table.rows + 1)
            rows = tuple(chance.choice(rows or ({},)) for _ in range(size))
        made = [{c.id: answer(c, row.get(c.id)) for c in table.columns} for row in rows]
        # A row in which nothing is answered is none.
        tables[table.id] = tuple(
            row for row in made if any(v is not None and v is not False for v in row.values())
        )
    claims = {n: chance.choice(form.criterion(n).rungs).points for n in form.claimed}
    evidence = {n: f"แฟ้มหลักฐาน\nข้อ {n}" for n in claims if chance.random() < 0.8}
    values = {field.id: answer(field, base.values.get(field.id)) for field in form.fields}
    return Answers(form.id, "A1", values, tables, claims, evidence)


def _random_value(form: Form, question: Question, chance: random.Random) -> Value:
    if question.type == "tick":
        return chance.random() < 0.8
    if chance.random() < 0.1:
        return None
    if question.type == "integer":
        highest = 60 if question.maximum is None else int(question.maximum)
        return chance.randint(int(question.minimum or 0), highest)
    if question.type == "percent":
        return Decimal(chance.choice(_PERCENTS))
    if question.type == "date":
        return form.fiscal_year_dates[0] + timedelta(chance.randint(-40, 400))
    if question.type == "choice":
        return chance.choice(question.choices).value
    return chance.choice(_TEXTS)
