"""The printed lines and tables of a form, held against its rules and against the boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from moral_xlsx.model.form import Form
from moral_xlsx.model.printed import PrintedTable
from moral_xlsx.model.rubric import Part
from moral_xlsx.rules.definition.contradiction import Contradiction, against
from moral_xlsx.rules.definition.figures import Figure, said
from moral_xlsx.rules.definition.held_rules import Rules
from moral_xlsx.thai import arabic_digits

_CRITERION_PLACE = re.compile(r"\{(?:computed|claim|evidence)_(\d+)\}")
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def printed_contradictions(form: Form, rules: Rules) -> Iterator[Contradiction]:
    """Where the printed lines and tables of a form contradict its rules."""
    printed = form.printed
    for match in re.finditer(r"(?<!\d)25\d\d(?!\d)", arabic_digits(form.short_title)):
        year = Figure("year", Fraction(match[0]), *match.span())
        if year.value != form.fiscal_year:
            yield Contradiction("short_title", year, form.short_title, said=True)
    lines = [("title", line) for line in form.title]
    lines += [("short_title", form.short_title), ("ranking", form.ranking)]
    lines += [("levels_note", form.levels_note), ("total_label", form.total_label)]
    lines += [("printed.sheet", printed.sheet)]
    lines += [("printed.title", line) for line in printed.title]
    lines += [("printed.headings", line) for line in printed.headings]
    lines += [("printed.note", line) for line in printed.note]
    for place, line in lines:
        yield from against(form, place, line, rules.all)
    for part in form.parts:
        for line in part.title:
            yield from _part_numbers(part, line)
            yield from against(form, f"parts[{part.key}]", line, rules.beside(part.numbers))
    yield from _unlike_boxes(form)
    for index, table in enumerate(printed.tables):
        yield from _printed_table(f"printed.tables[{index}]", table, form, rules)


def _printed_table(
    place: str, table: PrintedTable, form: Form, rules: Rules
) -> Iterator[Contradiction]:
    shown: set[int] = set()
    for index, row in enumerate(table.rows):
        numbers = {int(n) for text in row.cells for n in _CRITERION_PLACE.findall(text)}
        numbers |= {row.criterion} if row.criterion else set()
        shown |= numbers
        allowed = rules.beside(sorted(numbers)) if numbers else rules.all
        for at, text in enumerate(row.cells or (row.section,)):
            yield from against(form, f"{place}.rows[{index}].cells[{at}]", text, allowed)
    # A table without results of its own shows what the whole form is about.
    allowed = rules.beside(sorted(shown)) if shown else rules.all
    lines = [("sheet", table.sheet), *(("title", line) for line in table.title)]
    lines += [("notes", line) for line in table.notes]
    for key, line in lines:
        yield from against(form, f"{place}.{key}", line, allowed)
    for column in table.columns:
        for text in (column.heading, column.over):
            yield from against(form, f"{place}.columns", text, rules.all)


def _part_numbers(part: Part, line: str) -> Iterator[Contradiction]:
    """The title of a part that names other criteria than it holds."""
    told = [figure for figure in said(line) if figure.kind == "ordinal"]
    for figure, number in zip(told, (part.first, part.last), strict=False):
        if len(told) == 2 and figure.value != number:
            wrong = (f"แต่ส่วนนี้มีข้อ {part.first} - {part.last}", f"but holds {part.key}")
            yield Contradiction(f"parts[{part.key}]", figure, line, True, wrong=wrong)


def _unlike_boxes(form: Form) -> Iterator[Contradiction]:
    """Cells that print a box word for word, but with other figures.

    A form whose table prints one step of each criterion prints the highest.
    """
    cells = [
        (f"printed.tables[{at}].rows[{index}].cells[{column}]", text)
        for at, table in enumerate(form.printed.tables)
        for index, row in enumerate(table.rows)
        for column, text in enumerate(row.cells)
    ]
    bare = [(_bare(text), place, text) for place, text in cells]
    seen: set[str] = set()
    for criterion in form.criteria:
        for box in (box for rung in criterion.rungs for box in rung.boxes):
            words = _bare(box.text)
            figures = _figures(box.text)
            if not figures or words in seen:
                continue
            seen.add(words)
            found = [each for each in bare if words in each[0]]
            if len(found) == 1:
                _, place, text = found[0]
                yield from _other_figures(place, text, words, figures)


def _bare(text: str) -> str:
    return _SPACE.sub("", _DIGITS.sub("#", arabic_digits(text)))


def _figures(text: str) -> list[str]:
    return _DIGITS.findall(arabic_digits(text))


def _other_figures(
    place: str, text: str, words: str, figures: list[str]
) -> Iterator[Contradiction]:
    skipped = _bare(text).partition(words)[0].count("#")
    numbers = list(_DIGITS.finditer(arabic_digits(text)))[skipped : skipped + len(figures)]
    for number, figure in zip(numbers, figures, strict=True):
        if number[0] != figure:
            wrong = (f"แต่ช่องของขั้นคะแนนนั้นบอก {figure}", f"but the box of that rung says {figure}")
            shown = Figure("number", Fraction(number[0]), *number.span())
            yield Contradiction(place, shown, text, True, wrong=wrong)
