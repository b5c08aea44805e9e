"""The ladder of the official form: every rung of every criterion, with its boxes.

Marks and values stand side by side, as in ``official``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import Ladder
from moral_xlsx.model.rubric import Criterion, Subtotal
from moral_xlsx.rules.claims import (
    ClaimBoxPlace,
    ClaimedSumPlace,
    RungEvidencePlace,
    claim_place,
)
from moral_xlsx.rules.places import Shown
from moral_xlsx.word.compiled import Values, repeated
from moral_xlsx.word.styles import Cell, Run, Style, Value, paragraph, row, table
from moral_xlsx.wording import number

STYLES = (
    Style("Form Table Title", 14, bold=True, align="center", with_next=True),
    Style("Form Head", 14, bold=True, align="center", with_next=True),
    Style("Form Criterion", 14, with_next=True),
    Style("Form Box", 14, left=4.5, hanging=4.5, with_next=True),
    Style("Form Evidence", 14),
    Style("Form Score", 16, bold=True, align="center", with_next=True),
    Style("Form Subtotal", 14, bold=True, align="center"),
)

_CRITERION_MM, _SCORE_MM, _WIDTH_MM = 46.0, 21.0, 267.0
# What a page holds below the headings, in lines of a rung and letters of a line.
_PAGE_LINES, _LETTERS = 18, 30
_WHOLE, _DIVIDED = "whole", "divided"
_CONTINUED = Cell([], merge="continue")


def elements(form: Form, ladder: Ladder) -> Iterator[etree._Element]:
    """The tables of the criteria, with marks where values belong."""
    yield paragraph("Form Section", ladder.heading)
    for part in form.parts:
        criteria = [form.criterion(each) for each in part.numbers]
        yield _part_table(form, ladder, part.title, criteria)
        yield paragraph("Form Gap")


def values(form: Form, shown: Shown) -> Values:
    """The text of every mark of ``elements``."""
    filled: dict[str, str | Sequence[Values]] = {}
    for criterion in form.criteria:
        filled |= _criterion_values(form, criterion, shown)
    for subtotal in form.subtotals:
        claimed = ClaimedSumPlace(tuple(map(form.criterion, subtotal.numbers)), unclaimed="")
        filled[_subtotal_mark(subtotal)] = claimed.show(shown)
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
    """The boxes and, on the same page, the evidence below them."""
    boxes: list[Cell] = []
    printed = {rung.points: rung for rung in criterion.rungs}
    for points in ladder:
        if points not in printed:
            boxes.append(Cell([]))
            continue
        tick = Run(Value(f"tick_{criterion.number}_{points}"), "Box")
        boxes.append(
            Cell([paragraph("Form Box", tick, f" {box.text}") for box in printed[points].boxes])
        )
    title = Cell([paragraph("Form Criterion", criterion.title)], merge="restart")
    score = paragraph("Form Score", Value(f"score_{criterion.number}"))
    yield row(widths, [title, *boxes, Cell([score], merge="restart")], whole=True)
    for name, whole in ((_WHOLE, True), (_DIVIDED, False)):
        evidence = []
        for points in ladder:
            words_below = _evidence(words.evidence, f"{criterion.number}_{points}")
            evidence.append(Cell([words_below] if points in printed else []))
        below = row(widths, [_CONTINUED, *evidence, _CONTINUED], whole=whole)
        yield from repeated(f"{name}_{criterion.number}", [below])


def _evidence(label: str, mark: str) -> etree._Element:
    return paragraph("Form Evidence", Run(label, "Strong"), Value(f"evidence_{mark}"))


def _criterion_values(form: Form, criterion: Criterion, shown: Shown) -> Values:
    filled: dict[str, str | Sequence[Values]] = {}
    evidence: dict[str, str] = {}
    for rung in criterion.rungs:
        mark = f"{criterion.number}_{rung.points}"
        filled[f"tick_{mark}"] = ClaimBoxPlace(criterion, rung.points).show(shown)
        typed = RungEvidencePlace(criterion, rung.points).show(shown)
        evidence[f"evidence_{mark}"] = f"\n{typed}" if typed else ""
    boxes = (sum(_lines(box.text) for box in rung.boxes) for rung in criterion.rungs)
    lines = max(boxes) + max(map(_lines, evidence.values()))
    # Boxes and evidence that need more than a page are divided in the evidence.
    filled[f"{_WHOLE}_{criterion.number}"] = [evidence] if lines <= _PAGE_LINES else []
    filled[f"{_DIVIDED}_{criterion.number}"] = [evidence] if lines > _PAGE_LINES else []
    filled[f"score_{criterion.number}"] = claim_place(form, criterion.number, "").show(shown)
    return filled


def _lines(text: str) -> int:
    """About how many lines a text takes below a rung."""
    return sum(1 + len(line) // _LETTERS for line in text.split("\n"))


def _subtotal_mark(subtotal: Subtotal) -> str:
    return f"subtotal_{subtotal.first}_{subtotal.last}"
