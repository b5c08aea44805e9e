"""The official form as the government prints it, with the answers and scores filled in.

Marks and values stand side by side: ``elements`` runs once for a form, ``values`` runs for
each submission and gives every mark of ``elements`` its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.rules.claims import LevelBoxPlace
from moral_xlsx.rules.places import Place, Shown
from moral_xlsx.rules.printed import Piece, parse_line
from moral_xlsx.word.compiled import Values
from moral_xlsx.word.report import ladder, printed_tables
from moral_xlsx.word.report.printed_tables import PrintedTableDocument
from moral_xlsx.word.styles import Run, Style, Value, paragraph

STYLES = (
    Style("Form Title", 18, bold=True, align="center", outline=0),
    Style("Form Line", 16),
    Style("Form Section", 16, bold=True, before=8, after=4, with_next=True, outline=1),
    Style("Form Gap", 8),
    Style("Form Gap Kept", 8, with_next=True),
    Style("Form Level", 16, left=16, hanging=6, with_next=True),
    Style("Form Level Rule", 16, left=16, after=2, with_next=True),
    Style("Form Signature", 16, align="center", left=134, with_next=True),
    Style("Form Note", 14, before=8),
    *ladder.STYLES,
    *printed_tables.STYLES,
)


class OfficialDocument:
    """The official form, parsed once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        printed = form.printed
        self._title = [parse_line(line, form) for line in form.printed_title]
        self._headings = [parse_line(line, form) for line in printed.headings]
        self._notes = [parse_line(line, form) for line in printed.note]
        signed = printed.signature.lines if printed.signature else ()
        self._signature = [parse_line(line, form) for line in signed]
        self._tables = [
            PrintedTableDocument(form, table, f"table_{at}")
            for at, table in enumerate(printed.tables)
        ]

    def elements(self) -> Iterator[etree._Element]:
        """The paragraphs and tables of the form, with marks where values belong."""
        form, printed = self._form, self._form.printed
        yield from _paragraphs("title", "Form Title", self._title, given="")
        yield from _paragraphs("heading", "Form Line", self._headings)
        if printed.ladder:
            yield from ladder.elements(form, printed.ladder)
        signature = printed.signature
        below = signature.below_table if signature else None
        # What is signed goes on to the signature's page.
        last = None if signature is None or printed.levels_heading else len(self._tables)
        for number, table in enumerate(self._tables, start=1):
            yield from table.elements(kept=number == (below or last))
            if number == below:
                yield from self._signed()
        if form.levels and printed.levels_heading:
            yield paragraph("Form Section", printed.levels_heading)
            yield from _levels(form)
        if below is None:
            yield from self._signed()
        yield from _paragraphs("note", "Form Note", self._notes)

    def values(self, answers: Answers, assessment: Assessment) -> Values:
        """The text of every mark of ``elements``; raises KeyError for an unscored criterion."""
        form, printed = self._form, self._form.printed
        shown = Shown(answers, assessment)
        filled: dict[str, str | Sequence[Values]] = {}
        for name, lines in self._lines():
            for mark, place in _places(name, lines):
                filled[mark] = place.show(shown)
        if printed.ladder:
            filled |= ladder.values(form, shown)
        for table in self._tables:
            filled |= table.values(shown)
        for level in form.levels if printed.levels_heading else ():
            filled[f"level_{level.number}"] = LevelBoxPlace(form, level.number).show(shown)
        return filled

    def _lines(self) -> Iterator[tuple[str, Sequence[tuple[Piece, ...]]]]:
        yield "title", self._title
        yield "heading", self._headings
        yield "signature", self._signature
        yield "note", self._notes

    def _signed(self) -> Iterator[etree._Element]:
        if self._signature:
            yield paragraph("Form Gap Kept")
        yield from _paragraphs("signature", "Form Signature", self._signature, given="")


def _paragraphs(
    name: str, style: str, lines: Sequence[tuple[Piece, ...]], given: str = "Given"
) -> Iterator[etree._Element]:
    for index, pieces in enumerate(lines):
        runs: list[str | Run] = []
        for at, piece in enumerate(pieces):
            if isinstance(piece, str):
                runs.append(Run.of(piece))
            else:
                mark = Value(f"{name}_{index}_{at}")
                runs.append(Run(mark, "Box" if piece.box else given))
        yield paragraph(style, *runs)


def _places(name: str, lines: Sequence[tuple[Piece, ...]]) -> Iterator[tuple[str, Place]]:
    for index, pieces in enumerate(lines):
        for at, piece in enumerate(pieces):
            if not isinstance(piece, str):
                yield f"{name}_{index}_{at}", piece


def _levels(form: Form) -> Iterator[etree._Element]:
    for level in form.levels:
        first, *others = level.text
        yield paragraph("Form Level", Run(Value(f"level_{level.number}"), "Box"), f" {first}")
        for line in others:
            yield paragraph("Form Level Rule", line)
