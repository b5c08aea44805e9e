"""What stands below a form's table: counts, the department's level, what has to be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from moral_xlsx.excel.form.drawing import BODY, GREEN, HEAD_STYLE, RED
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.excel.summary.grid import Grid, across
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FormResult, RollUpResult, UnitResult
from moral_xlsx.rules.judge.expression import text as quoted
from moral_xlsx.rules.judge.rollup import department_level, missed_below
from moral_xlsx.rules.judge.score import NO_LEVEL
from moral_xlsx.wording import (
    CONFLICT,
    MISSED_BELOW,
    NOTHING,
    ROLL_UP,
    SILENT,
    UNREGISTERED,
    VERDICTS,
    caveats,
)

REGISTERED = "ในทะเบียน"
STATE, REGISTER, LEVEL = "สถานะ", "ทะเบียน", "ระดับ"
_STATES = (VERDICTS["accepted"][0], VERDICTS["returned"][0], CONFLICT[0], SILENT[0])
_COUNTS = (("สรุป", 36.0), ("ในทะเบียน", 13.0), ("ร้อยละ", 10.0), ("นอกทะเบียน", 13.0))
_TO_MEND = ("ในจำนวนนี้ต้องแก้ไข", 13.0)
_AT_LEAST = ("ร้อยละของระดับนี้ขึ้นไป", 13.0)
_RULES = (
    (ROLL_UP, 36.0),
    ("ต้องได้ร้อยละ", 13.0),
    ("ถึงระดับ", 10.0),
    ("ในทะเบียน", 13.0),
    ("ได้ร้อยละ", 13.0),
    ("ถึงเกณฑ์", 10.0),
)
_NOTE_WIDTH = 90.0
_HOLDS, _FAILS = "✓", "✗"

_Test = tuple[str, str | int] | None  # the heading of a column and the value it has to hold


def state_in_words(result: UnitResult) -> str:
    """What became of the unit's submission."""
    if result.assessment is not None:
        return VERDICTS[result.assessment.verdict][0]
    return CONFLICT[0] if result.state == "conflict" else SILENT[0]


def draw_totals(grid: Grid, form_result: FormResult) -> None:
    """Everything below the table, the figures as live formulas over its columns."""
    head_row = grid.last_row + 2
    last_row = _draw_counts(grid, head_row, form_result)
    if form_result.roll_up:
        total = xl_rowcol_to_cell(head_row + 1, 2, row_abs=True, col_abs=True)
        last_row = _draw_roll_up(grid, last_row + 2, form_result.roll_up, total)
    _draw_notes(grid, last_row + 2, form_result.form)


def _counts(form: Form) -> Iterator[tuple[str, tuple[_Test, ...]]]:
    """What the totals count: a label, and the tests of which a unit has to meet one."""
    yield "หน่วยงานทั้งหมด", (None,)
    for state in _STATES:
        yield state, ((STATE, state),)
    if form.levels:
        for level in sorted(form.levels, key=lambda level: -level.number):
            yield f"ระดับ {level.number} {level.name}", ((LEVEL, level.number),)
        yield "ยังไม่ถึงระดับใด", ((LEVEL, 0),)
        yield "ยังไม่มีผล", ((STATE, CONFLICT[0]), (STATE, SILENT[0]))


def _count(units: Iterable[UnitResult], tests: tuple[_Test, ...]) -> int:
    """What the formula of these tests gives."""
    return sum(
        test is None
        or (test[0] == STATE and state_in_words(unit) == test[1])
        or (test[0] == LEVEL and unit.assessment is not None and unit.assessment.level == test[1])
        for unit in units
        for test in tests
    )


def _count_formula(grid: Grid, register: str, tests: tuple[_Test, ...], also: _Test = None) -> str:
    """Counts the units that meet one of the tests, and ``also`` in any case."""
    ranges = [f'{grid.range(REGISTER)},"{register}"'] * len(tests)
    for at, each in enumerate(tests):
        for test in filter(None, (each, also)):
            value = f'"{test[1]}"' if isinstance(test[1], str) else test[1]
            ranges[at] += f",{grid.range(test[0])},{value}"
    return "=" + "+".join(f"COUNTIFS({each})" for each in ranges)


def _draw_counts(grid: Grid, head_row: int, form_result: FormResult) -> int:
    """Counts by state and level; gives the last row."""
    drawing, sheet = grid.drawing, grid.sheet
    label, number = drawing.style(border=1), drawing.style(border=1, align="center")
    share = drawing.style(border=1, align="center", num_format="0.00")
    # Where there are levels, it is told how many of one are still to be mended, and its share
    # with those above it.
    returned = VERDICTS["returned"][0]
    of_levels = [_TO_MEND, _AT_LEAST] if form_result.form.levels else []
    columns = [*_COUNTS[:3], *of_levels, _COUNTS[3]]
    spans = _draw_heads(grid, head_row, columns)
    inside = [unit for unit in form_result.units if unit.registered]
    outside = [unit for unit in form_result.units if not unit.registered]
    total = xl_rowcol_to_cell(head_row + 1, spans[1][0], row_abs=True, col_abs=True)
    highest, reached, row = "", 0, head_row
    for row, (text, tests) in enumerate(_counts(form_result.form), start=head_row + 1):
        sheet.set_row(row, line_height(BODY))
        for columns_taken, shown in zip(spans, (text, *[""] * 5), strict=False):
            across(sheet, row, columns_taken, shown, label)
        cell, count = xl_rowcol_to_cell(row, spans[1][0]), _count(inside, tests)
        formula = _count_formula(grid, REGISTERED, tests)
        sheet.write_formula(row, spans[1][0], formula, number, count)
        value = _hundredths(count, len(inside))
        sheet.write_formula(row, spans[2][0], _share(cell, total), share, value)
        test = tests[0]
        if test and test[0] == LEVEL and test[1]:
            # Levels descend: at this level or above are all counted from the highest on.
            highest, reached = highest or cell, reached + count
            formula = _share(f"SUM({highest}:{cell})", total)
            value = _hundredths(reached, len(inside))
            sheet.write_formula(row, spans[4][0], formula, share, value)
        if test and test[0] == LEVEL:
            formula = _count_formula(grid, REGISTERED, tests, also=(STATE, returned))
            to_mend = [unit for unit in inside if state_in_words(unit) == returned]
            value = _count(to_mend, tests)
            sheet.write_formula(row, spans[3][0], formula, number, value)
        formula = _count_formula(grid, UNREGISTERED[0], tests)
        sheet.write_formula(row, spans[-1][0], formula, number, _count(outside, tests))
    return row


def _draw_roll_up(grid: Grid, head_row: int, results: Sequence[RollUpResult], total: str) -> int:
    """Each rule with the share it needs and the share there is; gives the last row."""
    drawing, sheet = grid.drawing, grid.sheet
    label = drawing.style(border=1)
    number = drawing.style(border=1, align="center")
    share = drawing.style(border=1, align="center", num_format="0.00")
    spans = _draw_heads(grid, head_row, _RULES)
    needs, has, all_units, reached_share, holds = (first for first, _ in spans[1:])
    marks = []
    for row, result in enumerate(results, start=head_row + 1):
        rule, count, registered = result.rule, result.reached, result.registered
        _set_height(grid, row, rule.text, spans[0])
        for columns, shown in zip(spans, (rule.text, "", "", "", "", ""), strict=True):
            across(sheet, row, columns, shown, label)
        sheet.write_number(row, needs, rule.percent, number)
        reached, every = xl_rowcol_to_cell(row, has), xl_rowcol_to_cell(row, all_units)
        formula = (
            f'=COUNTIFS({grid.range(REGISTER)},"{REGISTERED}",{grid.range(LEVEL)},">={rule.level}")'
        )
        sheet.write_formula(row, has, formula, number, count)
        sheet.write_formula(row, all_units, f"={total}", number, registered)
        value = _hundredths(count, registered)
        sheet.write_formula(row, reached_share, _share(reached, every), share, value)
        needed = f"{reached}*100>={xl_rowcol_to_cell(row, needs)}*{every}"
        formula = f'=IF(AND({every}>0,{needed}),"{_HOLDS}","{_FAILS}")'
        sheet.write_formula(row, holds, formula, number, _HOLDS if result.holds else _FAILS)
        marks.append(xl_rowcol_to_cell(row, holds))
    _colour_marks(grid, head_row + 1, head_row + len(results), holds)
    row = head_row + len(results) + 1
    shown, formula = _department_level(results), _department_formula(results, marks)
    style = drawing.style(border=1, bold=True)
    taken = (spans[0][0], spans[-1][1])
    _set_height(grid, row, shown, taken)
    across(sheet, row, taken, "", style)
    sheet.write_formula(row, 0, formula, style, shown)
    return row


def _colour_marks(grid: Grid, first: int, last: int, column: int) -> None:
    for mark, colour in ((_HOLDS, GREEN), (_FAILS, RED)):
        shown = grid.drawing.workbook.add_format({"font_color": colour, "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": f'"{mark}"', "format": shown}
        grid.sheet.conditional_format(first, column, last, column, rule)


def _department_level(results: Sequence[RollUpResult]) -> str:
    reached = department_level(results)
    if reached is None:
        return f"{ROLL_UP}: {NO_LEVEL[0]}"
    return _level_words(reached) + (f" {MISSED_BELOW}" if missed_below(results) else "")


def _level_words(result: RollUpResult) -> str:
    return f"{ROLL_UP}: ระดับ {result.rule.level} {result.rule.name}"


def _department_formula(results: Sequence[RollUpResult], marks: Sequence[str]) -> str:
    """The same words by the marks of the rules: the highest level counts."""
    formula, below = quoted(f"{ROLL_UP}: {NO_LEVEL[0]}"), list[str]()
    for result, mark in sorted(zip(results, marks, strict=True), key=lambda r: r[0].rule.level):
        words = quoted(_level_words(result))
        if below:
            missed = ",".join(f'{each}="{_FAILS}"' for each in below)
            words += f'&IF(OR({missed}),{quoted(" " + MISSED_BELOW)},"")'
        formula = f'IF({mark}="{_HOLDS}",{words},{formula})'
        below.append(mark)
    return f"={formula}"


def _draw_notes(grid: Grid, row: int, form: Form) -> None:
    """What has to be said wherever a level, or a criterion as met, is shown."""
    notes = [form.levels_note] if form.levels and form.levels_note else []
    # What stands beside the repeated columns would be cut off on the next page.
    (taken,) = grid.spans((_NOTE_WIDTH if grid.pages == 1 else _COUNTS[0][1],))
    for place, note in enumerate((*notes, *caveats(form)), start=row):
        _set_height(grid, place, note, taken)
        across(grid.sheet, place, taken, note, grid.drawing.style())


def _draw_heads(
    grid: Grid, row: int, columns: Sequence[tuple[str, float]]
) -> tuple[tuple[int, int], ...]:
    """Headings of at least these widths; gives the columns that each of them takes."""
    spans = grid.spans([width for _, width in columns])
    grid.sheet.set_row(row, line_height(BODY, 2))
    for taken, (text, _) in zip(spans, columns, strict=True):
        across(grid.sheet, row, taken, text, grid.drawing.style(**HEAD_STYLE))
    return spans


def _set_height(grid: Grid, row: int, text: str, columns: tuple[int, int]) -> None:
    width = sum(grid.width(at) for at in range(columns[0], columns[1] + 1))
    grid.sheet.set_row(row, line_height(BODY, lines_needed(text, width, BODY)))


def _share(count: str, total: str) -> str:
    # Whole numbers up to the last division: the share is cut to two decimals, not rounded.
    return f'=IF({total}=0,"{NOTHING}",INT({count}*10000/{total})/100)'


def _hundredths(count: int, total: int) -> float | str:
    return count * 10_000 // total / 100 if total else NOTHING
