"""A paper of a form as a DOCX: built once for a form, filled for each submission.

A table of contents made of Word's TOC field stays as it was written in LibreOffice; entries that
each refer to the page of their heading are filled by both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from lxml import etree

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import ByIdentity, Form
from moral_xlsx.model.paper import Paper, PaperPart
from moral_xlsx.rules.definition.load import PARSING, Source
from moral_xlsx.rules.judge.conditions import parse_condition
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.places import Place, Shown
from moral_xlsx.rules.printed import parse_line
from moral_xlsx.word.compiled import CompiledDocument, Values, repeated
from moral_xlsx.word.report import official
from moral_xlsx.word.report.document import DRAFT
from moral_xlsx.word.report.official import OfficialDocument
from moral_xlsx.word.report.printed_tables import PrintedTableDocument
from moral_xlsx.word.styles import (
    Run,
    Style,
    Value,
    append,
    bookmarked,
    mark_pages,
    new_document,
    number_pages,
    page_entry,
    paragraph,
    section_end,
)
from moral_xlsx.wording import round_begins

_WIDTH_MM = 160.0
_MARGINS_MM = (20.0, 25.0)
_WIDE_MARGINS_MM = (15.0, 15.0)
_STYLES = (
    Style("Normal", 16),
    Style("Page Number", 14, align="center"),
    Style("Draft", 16, bold=True, align="right"),
    Style("Cover First", 24, bold=True, align="center", before=120),
    Style("Cover Line", 24, bold=True, align="center", before=6),
    Style("Heading One", 18, bold=True, align="center", after=8, with_next=True, outline=0),
    Style(
        "Heading One New", 18, bold=True, align="center", after=8, with_next=True, new_page=True,
        outline=0,
    ),
    Style("Heading Two", 16, bold=True, before=10, after=4, with_next=True, outline=1),
    Style(
        "Heading Two New", 16, bold=True, before=10, after=4, with_next=True, new_page=True,
        outline=1,
    ),
    Style("Contents Heading", 18, bold=True, align="center", after=8, new_page=True),
    Style("Contents One", 16, left=8, hanging=8, before=3, leader=_WIDTH_MM),
    Style("Contents Two", 16, left=16, hanging=8, leader=_WIDTH_MM),
    Style("Paper Text", 16, align="thaiDistribute", after=4, first_line=15),
    Style("Paper Left", 16, after=4),
    Style("Paper Center", 16, align="center", after=4),
    Style("Paper Signature", 16, align="center", left=70, with_next=True),
)  # fmt: skip
_ALIGNED = {"": "Paper Text", "left": "Paper Left", "center": "Paper Center"}
_LEVELS = {1: "One", 2: "Two"}


class CompiledPaper:
    """A paper with everything in it that all submissions share."""

    def __init__(self, form: Form, paper: Paper, draft: bool) -> None:
        self.wanted = parse_condition(paper.when, form) if paper.when else None
        self._parts = [_Part(form, part, at) for at, part in enumerate(paper.parts)]
        wide = paper.parts[-1].printed
        margins = _WIDE_MARGINS_MM if wide else _MARGINS_MM
        document = new_document((*_STYLES, *official.STYLES), landscape=wide, margins_mm=margins)
        number_pages(document, "Page Number")
        if draft:
            mark_pages(document, "Draft", DRAFT)
        headings = [each for each in self._parts if each.part.heading]
        elements: list[etree._Element] = []
        for at, each in enumerate(self._parts):
            if each.part.printed and elements:
                elements.append(section_end(document, landscape=False, margins_mm=_MARGINS_MM))
            elements += each.elements(headings, first=not elements)
            if each.part.printed and at < len(self._parts) - 1:
                elements.append(section_end(document, landscape=True, margins_mm=_WIDE_MARGINS_MM))
        append(document, elements)
        self._document = CompiledDocument(document, paper.title)

    def fill(self, answers: Answers, assessment: Assessment, round_name: str) -> bytes:
        """The DOCX of one submission; the same input gives the same bytes."""
        shown = Shown(answers, assessment)
        values: dict[str, str | Sequence[Values]] = {}
        for each in self._parts:
            values |= each.values(shown)
        return self._document.fill(values, round_begins(round_name))


def papers(
    form: Form,
    answers: Answers,
    assessment: Assessment,
    round_name: str,
    source: Source = PARSING,
) -> Mapping[str, bytes]:
    """The papers of one submission by their id, marked as drafts when it was returned."""
    draft, facts = assessment.verdict == "returned", Facts(form, answers)
    compiled = [_compiled(ByIdentity(form), at, draft, source) for at in range(len(form.papers))]
    return {
        paper.id: each.fill(answers, assessment, round_name)
        for paper, each in zip(form.papers, compiled, strict=True)
        if each.wanted is None or each.wanted.evaluate(facts).holds
    }


@lru_cache(maxsize=64)
def _compiled(key: ByIdentity, at: int, draft: bool, source: Source) -> CompiledPaper:
    paper = key.form.papers[at]
    name = f"{paper.id}-draft" if draft else paper.id
    return source.kept(name, key.form, CompiledPaper, lambda: CompiledPaper(key.form, paper, draft))


class _Part:
    """A part of a paper with its lines parsed; ``name`` begins its marks."""

    def __init__(self, form: Form, part: PaperPart, number: int) -> None:
        self._form, self.part, self.number = form, part, number
        self.name = f"part_{number}"
        self._headed = [self.part.heading] if self.part.heading else []
        self._signed = self.part.signature.lines if self.part.signature else ()
        self._marks = _marks(
            self._form, self.name, [*self.part.cover, *self._headed, *self._signed]
        )
        self._own_marks = _marks(self._form, f"{self.name}_own", self.part.paragraphs)
        table = self.part.table
        self._table = (
            PrintedTableDocument(self._form, table, f"{self.name}_table", _WIDTH_MM)
            if table
            else None
        )
        self._official = OfficialDocument(self._form) if self.part.printed else None

    def elements(self, headings: Sequence[_Part], *, first: bool) -> Iterator[etree._Element]:
        """The paragraphs and tables; ``headings`` are the parts that the contents list."""
        part = self.part
        for at, line in enumerate(part.cover):
            yield paragraph("Cover Line" if at else "Cover First", *self._runs(line, self._marks))
        if part.contents:
            yield paragraph("Contents Heading", part.contents)
            for each in headings:
                style = f"Contents {_LEVELS[each.part.level]}"
                runs = each._runs(each.part.heading, each._marks)
                yield page_entry(style, runs, each.number)
        if part.heading:
            new = " New" if part.new_page and not first else ""
            runs = self._runs(part.heading, self._marks)
            heading = paragraph(f"Heading {_LEVELS[part.level]}{new}", *runs)
            yield bookmarked(heading, self.number)
        yield from self._paragraphs(kept=bool(self._signed) and self._table is None)
        if self._official is not None:
            yield from self._official.elements()
        if self._table is not None:
            yield from self._table.elements(kept=part.signature is not None)
        if self._signed:
            yield paragraph("Form Gap Kept")
        for line in self._signed:
            yield paragraph("Paper Signature", *self._runs(line, self._marks))

    def values(self, shown: Shown) -> Values:
        """The text of every mark of ``elements``, and of its line in the contents."""
        filled: dict[str, str | Sequence[Values]] = {
            mark: place.show(shown) for place, mark in self._marks.items()
        }
        if self.part.paragraphs:
            printed = {mark: place.show(shown) for place, mark in self._own_marks.items()}
            written = self._written(shown)
            filled[f"{self.name}_printed"] = [] if written else [printed]
            if self.part.own:
                lines: list[Values] = [{f"{self.name}_line": line} for line in written]
                filled[f"{self.name}_written"] = lines[:-1]
                filled[f"{self.name}_last"] = lines[-1:]
        if self._official is not None:
            filled |= self._official.values(shown.answers, shown.assessment)
        if self._table is not None:
            filled |= self._table.values(shown)
        return filled

    def _paragraphs(self, *, kept: bool) -> Iterator[etree._Element]:
        """The paragraphs, printed or the unit's own; ``kept`` keeps the last with a signature."""
        if not self.part.paragraphs:
            return
        style = _ALIGNED[self.part.align]
        last = self.part.paragraphs[-1]
        printed = [
            paragraph(style, *self._runs(line, self._own_marks), kept=kept and line is last)
            for line in self.part.paragraphs
        ]
        yield from repeated(f"{self.name}_printed", printed)
        if self.part.own:
            line = Value(f"{self.name}_line")
            yield from repeated(f"{self.name}_written", [paragraph(style, line)])
            yield from repeated(f"{self.name}_last", [paragraph(style, line, kept=kept)])

    def _written(self, shown: Shown) -> list[str]:
        """The paragraphs that the unit wrote itself."""
        own = shown.answers.values.get(self.part.own) if self.part.own else None
        return [line.strip() for line in str(own or "").splitlines() if line.strip()]

    def _runs(self, line: str, marks: Mapping[Place, str]) -> list[str | Run]:
        pieces = parse_line(line, self._form)
        return [
            Run.of(piece)
            if isinstance(piece, str)
            else Run(Value(marks[piece]), "Box" if piece.box else "")
            for piece in pieces
        ]


def _marks(form: Form, name: str, lines: Sequence[str]) -> dict[Place, str]:
    """The mark of each different place in the lines."""
    pieces = chain.from_iterable(parse_line(line, form) for line in lines)
    places = dict.fromkeys(piece for piece in pieces if not isinstance(piece, str))
    return {place: f"{name}_{number}" for number, place in enumerate(places)}
