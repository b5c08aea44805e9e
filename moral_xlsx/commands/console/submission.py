"""One submission on a console: how it was judged, or what was carried out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands.console.printing import show_lines
from moral_xlsx.commands.console.words import Words
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Language, Place
from moral_xlsx.model.form import Form
from moral_xlsx.wording import VERDICTS

if TYPE_CHECKING:
    from moral_xlsx.submission.refill import Refill


def show_submission(
    file: str, assessment: Assessment | None, findings: Sequence[Finding], lang: Language
) -> None:
    """Prints the result of a file, then each finding with its remedy."""
    show_lines((f"{file}: {_headline(assessment, Words(lang))}", *_findings(findings, lang)))


def _findings(findings: Sequence[Finding], lang: Language) -> Iterator[str]:
    for found in findings:
        place = " ".join(part for part in (found.place.sheet, found.place.cell) if part)
        head = " ".join(part for part in (found.code, found.severity, place) if part)
        yield f"  {head}: {message(found, lang)}"
        yield f"    → {remedy(found, lang)}"


def _headline(assessment: Assessment | None, say: Words) -> str:
    if assessment is None:
        return say.of(VERDICTS["rejected"])
    unit = assessment.unit_name or assessment.unit_code
    total = str(assessment.total) if assessment.criteria else ""
    told = (unit, say.of(VERDICTS[assessment.verdict]), total, say.of(assessment.level_name))
    return " · ".join(part for part in told if part)


def show_refill(refill: Refill, form: Form, lang: Language) -> None:
    """Says on standard error what was not carried, a line each, and the count."""
    say = Words(lang)
    if refill.unknown:
        _say(
            say(
                f"ไม่รู้จักแบบ {refill.unknown} จึงอ่านตามรหัสช่องของ {form.id}",
                f"The form {refill.unknown} is unknown; it was read by the ids of {form.id}",
            )
        )
    for left in refill.left:
        _say(f"{say.of(left.label)} [{_at(left.place)}] “{left.found}”: {say.of(left.reason)}")
    for found in refill.unread:
        _say(f"{found.code} [{_at(found.place)}] {message(found, lang)}")
    lost = len(refill.left) + len(refill.unread)
    _say(
        say(
            f"ย้ายคำตอบได้ {refill.carried} รายการ ย้ายไม่ได้ {lost} รายการ",
            f"carried {refill.carried} answers, {lost} not",
        )
    )


def _at(place: Place) -> str:
    return " ".join(part for part in (place.sheet, place.cell) if part) or place.field


def _say(text: str) -> None:
    click.echo(text, err=True)
