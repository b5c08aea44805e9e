"""The wording of what is made of a form's answers, held against its rules.

A compiled figure says what is counted. Papers quote laws, orders and standards with numbers of
their own, but a day in them is one on which something is due.
"""

from __future__ import annotations

from collections.abc import Iterator

from moral_xlsx.model.form import Form
from moral_xlsx.model.paper import PaperPart
from moral_xlsx.rules.definition.contradiction import Contradiction, against
from moral_xlsx.rules.definition.figures import held
from moral_xlsx.rules.definition.held_rules import Rules
from moral_xlsx.rules.judge.conditions import parse_fact


def made_contradictions(form: Form, rules: Rules) -> Iterator[Contradiction]:
    """Where compiled figures and papers contradict the rules of a form."""
    for index, item in enumerate(form.compile):
        sources = [*(item.share or ()), *([item.sum] if item.sum else [])]
        own = [figure for each in sources for figure in held(parse_fact(each, form)).figures]
        for key, text in (("label", item.label), ("group", item.group)):
            yield from against(form, f"compile[{index}].{key}", text, (*rules.all, *own))
    for paper in form.papers:
        for at, part in enumerate(paper.parts):
            for text in _texts(part):
                place = f"papers.{paper.id}.parts[{at}]"
                yield from _days(against(form, place, text, (*rules.all, *rules.due)))


def _texts(part: PaperPart) -> Iterator[str]:
    yield from (*part.cover, part.heading, *part.paragraphs)
    if part.table is not None:
        yield from (*part.table.title, *part.table.notes)
        for row in part.table.rows:
            yield from (row.section, *row.cells)


def _days(found: Iterator[Contradiction]) -> Iterator[Contradiction]:
    return (each for each in found if each.figure.kind == "day")
