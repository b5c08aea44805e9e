"""The workbook's formulas, recalculated by LibreOffice, and Python give the same results.

An empty workbook of each form is opened once; the answers of each case are typed into it and
everything is calculated. What it then shows has to be what Python says.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import golden_of
from filling import cell_of, typed
from habits import HABITS, as_officers_type
from libreoffice import Cell, convert, recalculate
from thresholds import threshold_answers

from moral_xlsx.excel.form.drawing import BODY, FORM
from moral_xlsx.excel.form.ladder import evidence_room
from moral_xlsx.excel.form.layout import Layout, PanelSheet, lay_out
from moral_xlsx.excel.form.nested_rows import as_shown
from moral_xlsx.excel.form.official_layout import OfficialSheet
from moral_xlsx.excel.form.printed_tables import fitted_cells, fitted_line, nested_pieces
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.read.values import read_values
from moral_xlsx.model.answers import Answers, Row, Understood, Value
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.claims import claimed_level
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import Piece, show_line
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import long_date, thai_digits

RANDOM_FILLS = {"moi-2569": 200}
OTHER_RANDOM_FILLS = 40
HABIT_FILLS = {"moi-2569": 400}
OTHER_HABIT_FILLS = 40
_PERCENTS = ("0", "49", "50", "60", "70", "80", "90", "100", "100", "100", "69.99")
_TEXTS = (
    "พอเพียง", "วินัย", "สุจริต", "จิตอาสา", "กตัญญู", "น้ำใจ", "PowerPoint", "powerpoint", "007",
    'ว่า "ดี"', "สอง\nบรรทัด", "{n} & <b>", "กำลัง",
    # More than a cell of the printed form holds.
    "ผู้บริหารและบุคลากรร่วมกิจกรรมจิตอาสา " * 20 + "จบ", "รายการหนึ่ง\n" * 25 + "จบ",
    "long words " * 60 + "end",
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


@pytest.mark.libreoffice
@pytest.mark.slow
def test_what_does_not_apply_is_excluded_of_sums_and_levels_alike(tmp_path: Path) -> None:
    """A unit without an order for its committee and without media is not asked for either."""
    raw = load_form("moi-2569").model_dump()
    raw["criteria"][3]["when"] = "ticked(committee)"
    raw["criteria"][7]["when"] = "headcount >= 20"
    for field in raw["fields"]:
        if field["id"] == "committee_order_number":
            field["when"] = "ticked(committee)"
    rubric = compile_rubric(Form.model_validate(raw))
    base, chance = golden_of("moi-2569"), random.Random("applies")
    cases = [random_answers(rubric.form, base, chance) for _ in range(OTHER_RANDOM_FILLS)]
    for ticked in (True, False, None):
        for headcount in (34, 19, None):
            values = {**base.values, "committee": ticked, "headcount": headcount}
            cases.append(replace(base, values=values))
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
    # Hidden columns by which rows find what they show: nobody sees them.
    unseen: set[Cell] = set()
    for name in form_ids():
        rubric, base = compile_rubric(load_form(name)), golden_of(name)
        layout = lay_out(rubric.form, {t: len(rows) for t, rows in base.tables.items()})
        unseen |= {
            (sheet.title, *cell)
            for sheet in layout.official
            for table in sheet.tables
            for row in table.rows
            for cell in (row.nested.finding_cells if row.nested else ())
        }
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
            if stored.get(at) != calculated.get(at) and at not in unseen
        ]
    assert different == []


@pytest.mark.libreoffice
@pytest.mark.slow
@of_each_form
def test_what_officers_type_is_judged_alike_or_told(name: str, tmp_path: Path) -> None:
    """Dates, words, repeats and marks as people type them, not only clean values."""
    count = HABIT_FILLS.get(name, OTHER_HABIT_FILLS)
    compared = compare_habits(name, count, tmp_path)
    assert compared.different == []
    assert compared.untold == []


@dataclass(frozen=True)
class Compared:
    """How many fills were compared, what differs although it must not, and what is told."""

    fills: int
    different: list[str]
    untold: list[str]
    told: Counter[str]


def compare_habits(name: str, count: int, folder: Path) -> Compared:
    """Random fills of a form as officers type them, in LibreOffice and in Python."""
    rubric, base = compile_rubric(load_form(name)), golden_of(name)
    form, layout, chance = rubric.form, lay_out(rubric.form), random.Random(f"{name} habits")
    cases = [
        as_officers_type(form, random_answers(form, base, chance), chance, told=each % 4 == 0)
        for each in range(count)
    ]
    understood = [normalise(form, case.raw(form)) for case in cases]
    expectations = []
    for case, read in zip(cases, understood, strict=True):
        shown = Shown(read.answers, assess(rubric, read))
        wanted = dict((*_results(layout, shown.assessment), *_reasons(layout, shown.assessment)))
        if case.understood == "alike":
            wanted = dict(expected(rubric, layout, shown))
        expectations.append(wanted)
    file = folder / "empty.xlsx"
    file.write_bytes(write_workbook(rubric, Content(Answers(form.id, "", {}))))
    typed_cases = [
        {cell_of(layout, at): value for at, value in case.cells.items()} for case in cases
    ]
    watched = sorted({cell for wanted in expectations for cell in wanted})
    different: list[str] = []
    untold: list[str] = []
    told: Counter[str] = Counter()
    results = recalculate(file, typed_cases, watched, folder)
    for number, (case, read, wanted, result) in enumerate(
        zip(cases, understood, expectations, results, strict=True)
    ):
        wrong = [
            f"{name} {number} {sorted(case.habits)}: {cell} is {result[cell]!r} in the workbook, "
            f"{value!r} in Python"
            for cell, value in wanted.items()
            if result[cell] != value
        ]
        if not wrong:
            continue
        if case.understood != "told":
            different += wrong
            continue
        told.update(habit.name for habit in HABITS if habit.name in case.habits
                    and habit.understood == "told")  # fmt: skip
        if not read.findings:
            untold += wrong
    return Compared(count, different, untold, told)


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
    for place in layout.official:
        yield from _printed(place, shown)
        yield from _ladder(place, shown)


def _results(layout: Layout, assessment: Assessment) -> Iterator[tuple[Cell, object]]:
    form, panel = layout.form, layout.panel
    values: dict[str, object] = {
        f"computed_{result.number}": _score(result, result.computed)
        for result in assessment.criteria
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
        at = layout.titles.panel, panel.criterion_rows[result.number], PanelSheet.next_column
        complete = result.waived[0] or _complete(form.criterion(result.number))
        yield at, needed or complete


def _score(result: CriterionResult, shown: object) -> object:
    return "ไม่เกี่ยวข้อง" if result.computed is None else shown


def _complete(criterion: Criterion) -> str:
    if criterion.kind == "points":
        return "ได้คะแนนเต็มแล้ว"
    return f"ผ่านแล้ว ({criterion.caveat})" if criterion.caveat else "ผ่านแล้ว"


def _reasons(layout: Layout, assessment: Assessment) -> Iterator[tuple[Cell, object]]:
    for place in layout.trace:
        rungs = assessment.criterion(place.number).rungs
        rung = next(rung for rung in rungs if rung.points == place.points)
        for row, outcome in enumerate(rung.conditions, start=place.first_row):
            yield (layout.titles.trace, row, layout.trace_result_column), int(outcome.holds)
            yield (layout.titles.trace, row, layout.trace_shortfall_column), outcome.shortfall[0]


def _printed(place: OfficialSheet, shown: Shown) -> Iterator[tuple[Cell, object]]:
    """The lines and cells of a sheet of the official form that show answers or results."""
    form = place.form
    # The workbook was drawn blank: that is what each cell has room for.
    empty = Understood(Answers(form.id, "", {}), {}, ())
    drawn = Shown(empty.answers, assess(compile_rubric(form), empty))
    across = 1, place.last_column
    cells: list[tuple[int, int, tuple[Piece, ...], Table | None, int]] = []
    signature = form.printed.signature
    signed = signature.lines[1:] if signature else ()
    signing = dict(zip(place.signature_rows[1:], signed, strict=False))
    for lines, span, size in (
        (place.title_lines, across, FORM + 4),
        (place.heading_lines, across, FORM + 2),
        (place.note_lines, across, FORM),
        (signing, (place.signature_column, place.last_column), BODY),
    ):
        for row, line in lines.items():
            pieces = fitted_line(place, span, line, size, drawn).pieces
            cells.append((row, span[0], pieces, None, 0))
    for table in place.tables:
        span = table.spans[0][0], table.spans[-1][1]
        for rows, texts, size in (
            (table.title_rows, table.table.title, FORM + 2),
            (table.note_rows, table.table.notes, table.table.size),
        ):
            for row, line in zip(rows, texts, strict=True):
                pieces = fitted_line(place, span, line, size, drawn).pieces
                cells.append((row, span[0], pieces, None, 0))
        blank = replace(table, rows=as_shown(form, table.rows, drawn))
        shown_rows = {each.row: each for each in as_shown(form, table.rows, shown)}
        for each in fitted_cells(place, blank, drawn):
            at = shown_rows[each.first_row]
            pieces, of = each.fitted.pieces, each.table
            if at.nested:
                of = form.table(at.printed.each or "")
                index = table.spans.index(each.span)
                pieces = nested_pieces(
                    place, table, at.printed, index, each.span, each.lines, drawn
                )
            cells.append((each.first_row, each.span[0], pieces, of, at.index))
    nested = {at.row for table in place.tables for at in table.rows if at.nested}
    for row, column, pieces, of, index in cells:
        if row in nested or any(not isinstance(piece, str) for piece in pieces):
            here = Shown(shown.answers, shown.assessment, index)
            absent = of is not None and index >= len(shown.answers.tables.get(of.id, ()))
            # The first row of a table is there to write in.
            absent = absent and (index > 0 or row in nested)
            yield (place.title, row, column), "" if absent else show_line(pieces, here)
    for number, row in place.level_rows:
        text = " ".join(next(level.text for level in form.levels if level.number == number))
        level = claimed_level(form, shown)
        words = f"{'☑' if level == number else '☐'} {text}"
        yield (place.title, row, 1), words


def _ladder(sheet: OfficialSheet, shown: Shown) -> Iterator[tuple[Cell, object]]:
    """The boxes, the evidence and the scores of a form that prints every rung, as claimed."""
    form, place = sheet.form, sheet.ladder
    words = form.printed.ladder
    if place is None or words is None:
        return
    claims = shown.answers.claims
    for block in place.criteria:
        number = block.criterion.number
        claim = claims.get(number)
        score = _score(
            shown.assessment.criterion(number), "" if claim is None else thai_digits(str(claim))
        )
        yield (sheet.title, block.first_row, place.score_column), score
        highest = block.criterion.maximum
        for index, rung in enumerate(block.criterion.rungs):
            column = place.first_rung_column + 2 * index
            for row, _ in enumerate(rung.boxes, start=block.first_row):
                yield (sheet.title, row, column), "☑" if claim == rung.points else "☐"
            here = rung.points == (highest if claim is None else claim)
            typed = shown.answers.evidence.get(number, "")
            room = evidence_room("", form.program_sheets.evidence, 5)
            evidence = room.cut(typed) if here else ""
            at = sheet.title, block.evidence_row, column
            yield at, f"{words.evidence}\n{evidence}"
    for subtotal in form.subtotals:
        row = dict(place.subtotal_rows)[subtotal.key]
        given = [claims[number] for number in subtotal.numbers if number in claims]
        total = thai_digits(str(sum(given))) if given else ""
        yield (sheet.title, row, place.score_column), total


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
        window, start = Window.of(question), form.fiscal_year_dates[0]
        near = start + timedelta(chance.randint(-40, 400))
        return min(max(near, window.earliest), window.latest)
    if question.type == "choice":
        return chance.choice(question.choices).value
    return chance.choice(_TEXTS)
