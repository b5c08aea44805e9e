"""The official form as the government prints it, with the answers and scores filled in.

Marks and values stand side by side: ``elements`` runs once for a form, ``values`` runs for
each submission and gives every mark of ``elements`` its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lxml import etree

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form, Signature
from moral_xlsx.rules.printed import TICKED, UNTICKED, Piece, Place, Shown, parse_line
from moral_xlsx.thai import long_date, thai_digits
from moral_xlsx.word.compiled import Values
from moral_xlsx.word.report import ladder, printed_tables
from moral_xlsx.word.report.printed_tables import PrintedTableDocument
from moral_xlsx.word.styles import Run, Style, Value, paragraph

STYLES = (
    Style("Form Title", 18, bold=True, align="center", outline=0),
    Style("Form Line", 16),
    Style("Form Section", 16, bold=True, before=8, after=4, with_next=True, outline=1),
    Style("Form Gap", 8),
    Style("Form Level", 16, left=16, hanging=6, with_next=True),
    Style("Form Level Rule", 16, left=16, after=2, with_next=True),
    Style("Form Signature", 16, align="center", left=134, with_next=True),
    Style("Form Note", 14, before=8),
    *ladder.STYLES,
    *printed_tables.STYLES,
)

_DOTS = "." * 50


class OfficialDocument:
    """The official form, parsed once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        printed = form.printed
        self._headings = [parse_line(line, form) for line in printed.headings]
        self._notes = [parse_line(line, form) for line in printed.note]
        self._tables = [PrintedTableDocument(form, index) for index in range(len(printed.tables))]

    def elements(self) -> Iterator[etree._Element]:
        """The paragraphs and tables of the form, with marks where values belong."""
        form, printed = self._form, self._form.printed
        for line in form.title:
            yield paragraph("Form Title", line)
        yield from _paragraphs("heading", "Form Line", self._headings)
        if printed.ladder:
            yield from ladder.elements(form, printed.ladder)
        for table in self._tables:
            yield from table.elements()
        if form.levels and printed.levels_heading:
            yield paragraph("Form Section", printed.levels_heading)
            yield from _levels(form)
        if printed.signature:
            yield from _signature(printed.signature)
        yield from _paragraphs("note", "Form Note", self._notes)

    def values(self, answers: Answers, assessment: Assessment) -> Values:
        """The text of every mark of ``elements``; raises KeyError for an unscored criterion."""
        form, printed = self._form, self._form.printed
        shown = Shown(answers, assessment)
        filled: dict[str, str | Sequence[Values]] = {}
        for name, lines in (("heading", self._headings), ("note", self._notes)):
            for mark, place in _places(name, lines):
                filled[mark] = place.show(shown)
        if printed.ladder:
            filled |= ladder.values(form, answers, assessment)
        for table in self._tables:
            filled |= table.values(shown)
        for level in form.levels if printed.levels_heading else ():
            reached = level.number == assessment.level
            filled[f"level_{level.number}"] = TICKED if reached else UNTICKED
        if printed.signature:
            filled |= _signature_values(printed.signature, answers)
        return filled


def _paragraphs(
    name: str, style: str, lines: Sequence[tuple[Piece, ...]]
) -> Iterator[etree._Element]:
    for index, pieces in enumerate(lines):
        runs: list[str | Run] = []
        for at, piece in enumerate(pieces):
            if isinstance(piece, str):
                runs.append(piece)
            else:
                mark = Value(f"{name}_{index}_{at}")
                runs.append(Run(mark, "Box" if piece.box else "Given"))
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


def _signature(signature: Signature) -> Iterator[etree._Element]:
    yield paragraph("Form Gap")
    yield paragraph("Form Signature", f"{signature.label} {_DOTS}")
    yield paragraph("Form Signature", Value("signature_name"))
    label = f"{signature.position_label} ".lstrip()
    yield paragraph("Form Signature", label, Value("signature_position"))
    if signature.date:
        yield paragraph("Form Signature", Value("signature_date"))


def _signature_values(signature: Signature, answers: Answers) -> dict[str, str]:
    given = answers.values
    filled = {
        "signature_name": f"({given.get(signature.name) or _DOTS})",
        "signature_position": str(given.get(signature.position) or _DOTS),
    }
    if signature.date:
        day = given.get(signature.date)
        signed = thai_digits(long_date(day)) if isinstance(day, date) else f"วันที่ {_DOTS}"
        filled["signature_date"] = signed
    return filled
