"""The ladder of the official form: every rung of every criterion, with its boxes.

Marks and values stand side by side, as in ``official``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.form import Criterion, Form, Ladder, Subtotal
from moral_xlsx.rules.printed import TICKED, UNTICKED
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table
from moral_xlsx.wording import number

STYLES = (
    Style("Form Table Title", 14, bold=True, align="center", with_next=True),
    Style("Form Head", 14, bold=True, align="center", with_next=True),
    Style("Form Criterion", 14, with_next=True),
    Style("Form Box", 14, left=4.5, hanging=4.5, with_next=True),
    Style("Form Evidence", 14),
    Style("Form Score", 16, bold=True, align="center"),
    Style("Form Claim", 12, align="center"),
    Style("Form Subtotal", 14, bold=True, align="center"),
)

_CRITERION_MM, _SCORE_MM, _WIDTH_MM = 46.0, 21.0, 267.0
_CONTINUED = Cell([], merge="continue")


def elements(form: Form, ladder: Ladder) -> Iterator[etree._Element]:
    """The tables of the criteria, with marks where values belong."""
    yield paragraph("Form Section", ladder.heading)
    for part in form.parts:
        criteria = [form.criterion(each) for each in part.numbers]
        yield _part_table(form, ladder, part.title, criteria)
        yield paragraph("Form Gap")


def values(form: Form, answers: Answers, assessment: Assessment) -> Values:
    """The text of every mark of ``elements``; raises KeyError for an unscored criterion."""
    filled: dict[str, str | Sequence[Values]] = {}
    for criterion in form.criteria:
        result = assessment.criterion(criterion.number)
        evidence = answers.evidence.get(criterion.number, "").strip("\r\n ")
        filled |= _criterion_values(criterion, result, evidence)
    sums = dict(assessment.subtotals)
    for subtotal in form.subtotals:
        filled[_subtotal_mark(subtotal)] = number(sums[subtotal.key])
    return filled


def _part_table(
    form: Form, words: Ladder, title: Sequence[str], criteria: Sequence[Criterion]
) -> etree._Element:
    ladder = sorted({rung.points for each in criteria for rung in each.rungs}, reverse=True)
    rung_mm = (_WIDTH_MM - _CRITERION_MM - _SCORE_MM) / len(ladder)
    widths = [_CRITERION_MM, *(rung_mm for _ in ladder), _SCORE_MM]
    rows = list(_heading_rows(words, title, ladder, widths))
    for criterion in criteria:
        rows += _criterion_rows(words, criterion, ladder, widths)
        for subtotal in form.subtotals:
            if subtotal.last == criterion.number:
                cells = (
                    Cell([paragraph("Form Subtotal", subtotal.label)], span=len(widths) - 1),
                    Cell([paragraph("Form Score", Value(_subtotal_mark(subtotal)))]),
                )
                rows.append(row(widths, cells, whole=True))
    return table(widths, rows)


def _heading_rows(
    words: Ladder, title: Sequence[str], ladder: Sequence[int], widths: Sequence[float]
) -> Iterator[etree._Element]:
    if title:
        lines = [paragraph("Form Table Title", line) for line in title]
        yield row(widths, [Cell(lines, span=len(widths))], header=True)
    heads = [
        Cell([paragraph("Form Head", words.criterion)], merge="restart", middle=True),
        Cell([paragraph("Form Head", words.rungs)], span=len(ladder)),
        Cell([paragraph("Form Head", words.score)], merge="restart", middle=True),
    ]
    yield row(widths, heads, header=True)
    points = [words.points.format(points=number(each)) for each in ladder]
    below = [Cell([paragraph("Form Head", each)]) for each in points]
    yield row(widths, [_CONTINUED, *below, _CONTINUED], header=True)


def _criterion_rows(
    words: Ladder, criterion: Criterion, ladder: Sequence[int], widths: Sequence[float]
) -> Iterator[etree._Element]:
    boxes: list[Cell] = []
    evidence: list[Cell] = []
    printed = {rung.points: rung for rung in criterion.rungs}
    for points in ladder:
        if points not in printed:
            boxes.append(Cell([]))
            evidence.append(Cell([]))
            continue
        mark = f"{criterion.number}_{points}"
        tick = Run(Value(f"tick_{mark}"), "Box")
        boxes.append(
            Cell([paragraph("Form Box", tick, f" {box.text}") for box in printed[points].boxes])
        )
        heading = Run(words.evidence, "Strong")
        evidence.append(Cell([paragraph("Form Evidence", heading, Value(f"evidence_{mark}"))]))
    title = Cell([paragraph("Form Criterion", criterion.title)], merge="restart")
    claim = repeated(f"claim_{criterion.number}", [paragraph("Form Claim", Value("text"))])
    score = paragraph("Form Score", Value(f"score_{criterion.number}"))
    yield row(widths, [title, *boxes, Cell([score, *claim], merge="restart")], whole=True)
    yield row(widths, [_CONTINUED, *evidence, _CONTINUED])


def _criterion_values(criterion: Criterion, result: CriterionResult, evidence: str) -> Values:
    filled: dict[str, str | Sequence[Values]] = {}
    for rung in criterion.rungs:
        reached = rung.points == result.computed
        # The lowest rung prints a case of its own; no score is not always that case.
        ticked = reached and (rung.points > 0 or _holds(result, rung.points))
        mark = f"{criterion.number}_{rung.points}"
        filled[f"tick_{mark}"] = _box(ticked)
        filled[f"evidence_{mark}"] = f"\n{evidence}" if reached and evidence else ""
    filled[f"score_{criterion.number}"] = number(result.computed)
    filled[f"claim_{criterion.number}"] = _claim(result)
    return filled


def _claim(result: CriterionResult) -> Sequence[Values]:
    if result.claimed == result.computed:
        return []
    if result.claimed is None:
        return [{"text": "(หน่วยงานไม่ได้เสนอ)"}]
    return [{"text": f"(หน่วยงานเสนอ {number(result.claimed)})"}]


def _holds(result: CriterionResult, points: int) -> bool:
    return any(rung.points == points and rung.holds for rung in result.rungs)


def _box(ticked: bool) -> str:
    return TICKED if ticked else UNTICKED


def _subtotal_mark(subtotal: Subtotal) -> str:
    return f"subtotal_{subtotal.first}_{subtotal.last}"
