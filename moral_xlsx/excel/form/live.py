"""The live results of a workbook as formulas, in terms of its defined names."""

from __future__ import annotations

from collections.abc import Sequence

from moral_xlsx.excel.form.layout import Layout, TracePlace, cell_name
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.model.rubric import Criterion, Level
from moral_xlsx.rules.claims import excel_level
from moral_xlsx.rules.judge.expression import excel_thai_digits, excel_valid, text
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.judge.score import NO_LEVEL, reachable_levels
from moral_xlsx.rules.printed import MET, excel_applies
from moral_xlsx.wording import NOT_APPLICABLE, applies_when

HIGHEST = "ถึงระดับสูงสุดที่แบบนี้ให้ได้แล้ว"
_FULL = "ได้คะแนนเต็มแล้ว"


def computed_formula(layout: Layout, rubric: Rubric, criterion: Criterion) -> str:
    """The formula for the score of a criterion, out of the sheet of reasons."""
    formula = "0"
    for place in sorted(_places(layout, criterion), key=lambda place: place.points):
        cells = _trace_cells(layout, place)
        formula = f"IF(MIN({cells})=1,{place.points},{formula})"
    if criterion.when is None:
        return formula
    applies = rubric.conditions[criterion.when].applies_formula()
    return f"IF({applies},{formula},{text(NOT_APPLICABLE[0])})"


def shortfall_formula(layout: Layout, rubric: Rubric, criterion: Criterion) -> str:
    """The formula for what the next rung of a criterion still needs."""
    name = f"computed_{criterion.number}"
    formula = text(reached_in_full(criterion))
    for place in sorted(_places(layout, criterion), key=lambda place: -place.points):
        last = place.first_row + len(place.conditions) - 1
        joined = f"'{layout.titles.trace}'!{cell_name(last, layout.trace_joined_column)}"
        formula = f"IF({name}<{place.points},{joined},{formula})"
    if criterion.when is None:
        return formula
    thai, _ = rubric.words[criterion.when]
    return f"IF(ISNUMBER({name}),{formula},{text(applies_when(thai))})"


def reached_in_full(criterion: Criterion) -> str:
    """What is said of a criterion that lacks nothing."""
    if criterion.kind == "points":
        return _FULL
    return f"{MET}แล้ว ({criterion.caveat})" if criterion.caveat else f"{MET}แล้ว"


def _places(layout: Layout, criterion: Criterion) -> list[TracePlace]:
    return [place for place in layout.trace if place.number == criterion.number]


def _trace_cells(layout: Layout, place: TracePlace) -> str:
    column = layout.trace_result_column
    first = cell_name(place.first_row, column)
    last = cell_name(place.first_row + len(place.conditions) - 1, column)
    return f"'{layout.titles.trace}'!{first}:{last}"


def completeness(form: Form, answers: Answers, assessment: Assessment) -> tuple[str, str]:
    """The formula and the text that tell how many of the needed answers are given."""
    needed = [field for field in form.fields if field.required]
    tests = [_unless_idle(excel_valid(f, f.id), excel_applies(f, form)) for f in needed]
    given = sum(answers.values.get(f.id) is not None or f.id in assessment.waived for f in needed)
    for number in form.claimed:
        asked = f"ISNUMBER(computed_{number})" if form.criterion(number).when else ""
        tests.append(_unless_idle(f"ISNUMBER(claim_{number})", asked))
        tests.append(_unless_idle(f"LEN(TRIM(evidence_{number}))>0", asked))
        if assessment.criterion(number).computed is None:
            given += 2
        else:
            given += (number in answers.claims) + (number in answers.evidence)
    added = "+".join(f"IF({test},1,0)" for test in tests) or "0"
    return (
        f'"กรอกแล้ว "&({added})&" จาก {len(tests)} รายการที่ต้องมี"',
        f"กรอกแล้ว {given} จาก {len(tests)} รายการที่ต้องมี",
    )


def _unless_idle(test: str, applies: str) -> str:
    """The test of what is asked of some units only: of the others, it is always met."""
    return f"OR({test},NOT({applies}))" if applies else test


def total_formula(form: Form) -> str:
    """The formula for the total."""
    return added(form.counted)


def added(criteria: Sequence[Criterion]) -> str:
    """The sum of scores; ``SUM`` passes over what does not apply, ``+`` would not."""
    scores = [f"computed_{criterion.number}" for criterion in criteria]
    if any(criterion.when for criterion in criteria):
        return f"SUM({','.join(scores)})"
    return "+".join(scores)


def maximum(form: Form) -> str:
    """The highest total, or the range of it where that depends on the answers."""
    always = sum(criterion.maximum for criterion in form.counted if criterion.when is None)
    return str(form.maximum) if always == form.maximum else f"{always} ถึง {form.maximum}"


def _meets(level: Level) -> str:
    cells = ",".join(f"computed_{number}" for number in level.numbers)
    return f"AND(MIN({cells})>={level.min_each},SUM({cells})>={level.min_total})"


def level_formula(form: Form) -> str:
    """The formula for the number of the level."""
    return excel_level(form, _meets)


def level_name_formula(form: Form) -> str:
    """The formula for the name of the level."""
    names = ",".join(text(level.name) for level in form.levels)
    return f"CHOOSE(level+1,{text(NO_LEVEL[0])},{names})" if names else text("")


def next_level_formula(form: Form) -> str:
    """The formula for what the next level still needs."""
    if not form.levels:
        return text("")
    reachable = reachable_levels(form)
    needs = []
    for level in form.levels:
        if level not in reachable:
            needs.append(text(HIGHEST))
            continue
        parts = []
        for number in level.numbers:
            name, score = form.criterion(number).name, f"computed_{number}"
            words = f"; ข้อ {name} ต้องได้อย่างน้อย {level.min_each} คะแนน (ได้ "
            parts.append(f'IF({score}<{level.min_each},{text(words)}&{score}&")","")')
        total = f"SUM({','.join(f'computed_{number}' for number in level.numbers)})"
        words = f"; คะแนนรวมข้อ {level.first} - {level.last} ขาดอีก "
        needed = f"{text(words)}&({level.min_total}-{total})&{text(' คะแนน (ได้ ')}&{total}"
        needed += f"&{text(f' ต้องได้ {level.min_total})')}"
        parts.append(f'IF({total}<{level.min_total},{needed},"")')
        # Without the separator before the first one.
        needs.append(f"MID({'&'.join(parts)},3,2000)")
    return excel_thai_digits(f"CHOOSE(level+1,{','.join(needs)},{text(HIGHEST)})")
