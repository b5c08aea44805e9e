"""The official form as the government prints it, with the answers and scores filled in.

Marks and values stand side by side: ``elements`` needs only the form and runs once,
``values`` runs for each submission and gives every mark of ``elements`` its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lxml import etree

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.form import Criterion, Form, Subtotal
from moral_xlsx.thai import long_date, thai_digits
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table
from moral_xlsx.wording import number

STYLES = (
    Style("Form Title", 18, bold=True, align="center", outline=0),
    Style("Form Line", 16, leader=200),
    Style("Form Section", 16, bold=True, before=8, after=4, with_next=True, outline=1),
    Style("Form Table Title", 14, bold=True, align="center", with_next=True),
    Style("Form Head", 14, bold=True, align="center", with_next=True),
    Style("Form Criterion", 14, with_next=True),
    Style("Form Box", 14, left=4.5, hanging=4.5, with_next=True),
    Style("Form Evidence", 14),
    Style("Form Score", 16, bold=True, align="center"),
    Style("Form Claim", 12, align="center"),
    Style("Form Subtotal", 14, bold=True, align="center"),
    Style("Form Gap", 8),
    Style("Form Level", 16, left=16, hanging=6, with_next=True),
    Style("Form Level Rule", 16, left=16, after=2, with_next=True),
    Style("Form Signature", 16, align="center", left=134, with_next=True),
    Style("Form Note", 14, before=8),
)

_TICKED, _UNTICKED = "☑", "☐"
_CRITERION_MM, _SCORE_MM, _WIDTH_MM = 46.0, 21.0, 267.0
_DOTS = "." * 50
_CONTINUED = Cell([], merge="continue")


def elements(form: Form) -> Iterator[etree._Element]:
    """The paragraphs and tables of the form, with marks where values belong."""
    printed = form.printed
    for line in form.title:
        yield paragraph("Form Title", line)
    for place, heading in enumerate(printed.headings):
        value = Run(Value(f"heading_{place}"), "Given")
        yield paragraph("Form Line", f"{heading.text} ", value, "\t")
    if form.criteria:
        yield paragraph("Form Section", printed.criteria_heading)
    for title, criteria in _parts(form):
        yield _part_table(form, title, criteria)
        yield paragraph("Form Gap")
    if form.levels:
        yield paragraph("Form Section", printed.levels_heading)
    for level in form.levels:
        first, *others = level.text
        yield paragraph("Form Level", Run(Value(f"level_{level.number}"), "Box"), f" {first}")
        for line in others:
            yield paragraph("Form Level Rule", line)
    yield paragraph("Form Gap")
    yield paragraph("Form Signature", f"{printed.signature.label} {_DOTS}")
    for name in ("signature_name", "signature_position", "signature_date"):
        yield paragraph("Form Signature", Value(name))
    yield paragraph("Form Note", printed.note)


def values(form: Form, answers: Answers, assessment: Assessment) -> Values:
    """The text of every mark of ``elements``; raises KeyError for an unscored criterion."""
    filled: dict[str, str | Sequence[Values]] = {}
    for place, heading in enumerate(form.printed.headings):
        filled[f"heading_{place}"] = _shown(form, answers, heading.field)
    for criterion in form.criteria:
        result = assessment.criterion(criterion.number)
        evidence = answers.evidence.get(criterion.number, "").strip("\r\n ")
        filled |= _criterion_values(criterion, result, evidence)
    sums = dict(assessment.subtotals)
    for subtotal in form.subtotals:
        filled[_subtotal_mark(subtotal)] = number(sums[subtotal.key])
    for level in form.levels:
        filled[f"level_{level.number}"] = _box(level.number == assessment.level)
    signature = form.printed.signature
    filled["signature_name"] = f"({_shown(form, answers, signature.name) or _DOTS})"
    filled["signature_position"] = _shown(form, answers, signature.position) or _DOTS
    filled["signature_date"] = _shown(form, answers, signature.date) or f"วันที่ {_DOTS}"
    return filled


def _parts(form: Form) -> Iterator[tuple[Sequence[str], list[Criterion]]]:
    """Title lines and criteria of each printed table; criteria of no part come last."""
    left = list(form.criteria)
    for part in form.parts:
        if inside := [each for each in left if each.number in part.numbers]:
            yield part.title, inside
        left = [each for each in left if each.number not in part.numbers]
    if left:
        yield (), left


def _part_table(form: Form, title: Sequence[str], criteria: Sequence[Criterion]) -> etree._Element:
    ladder = sorted({rung.points for each in criteria for rung in each.rungs}, reverse=True)
    rung_mm = (_WIDTH_MM - _CRITERION_MM - _SCORE_MM) / len(ladder)
    widths = [_CRITERION_MM, *(rung_mm for _ in ladder), _SCORE_MM]
    rows = list(_heading_rows(form, title, ladder, widths))
    for criterion in criteria:
        rows += _criterion_rows(form, criterion, ladder, widths)
        for subtotal in form.subtotals:
            if subtotal.last == criterion.number:
                cells = (
                    Cell([paragraph("Form Subtotal", subtotal.label)], span=len(widths) - 1),
                    Cell([paragraph("Form Score", Value(_subtotal_mark(subtotal)))]),
                )
                rows.append(row(widths, cells, whole=True))
    return table(widths, rows)


def _heading_rows(
    form: Form, title: Sequence[str], ladder: Sequence[int], widths: Sequence[float]
) -> Iterator[etree._Element]:
    printed = form.printed
    if title:
        lines = [paragraph("Form Table Title", line) for line in title]
        yield row(widths, [Cell(lines, span=len(widths))], header=True)
    heads = [
        Cell([paragraph("Form Head", printed.criterion)], merge="restart", middle=True),
        Cell([paragraph("Form Head", printed.ladder)], span=len(ladder)),
        Cell([paragraph("Form Head", printed.score)], merge="restart", middle=True),
    ]
    yield row(widths, heads, header=True)
    points = [printed.points.format(points=number(each)) for each in ladder]
    below = [Cell([paragraph("Form Head", each)]) for each in points]
    yield row(widths, [_CONTINUED, *below, _CONTINUED], header=True)


def _criterion_rows(
    form: Form, criterion: Criterion, ladder: Sequence[int], widths: Sequence[float]
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
        heading = Run(form.printed.evidence, "Strong")
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
    return _TICKED if ticked else _UNTICKED


def _subtotal_mark(subtotal: Subtotal) -> str:
    return f"subtotal_{subtotal.first}_{subtotal.last}"


def _shown(form: Form, answers: Answers, field_id: str) -> str:
    """An answer as a reader expects it; an empty text when there is none."""
    answer = answers.values.get(field_id)
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return _TICKED if answer else ""
    if isinstance(answer, date):
        return thai_digits(long_date(answer))
    if isinstance(answer, str):
        labels = {choice.value: choice.label for choice in form.field(field_id).choices}
        return labels.get(answer, answer)
    return number(answer)
