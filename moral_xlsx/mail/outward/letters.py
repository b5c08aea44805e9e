"""What the letters to officers are told, in plain words, from what a round found out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from moral_xlsx.mail.outward.texts import Awaited, Changed, Gain, Problem, Refusal, Reminder, Reply
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.catalogue import finding, message, remedy
from moral_xlsx.model.catalogue.review import MET_SO_FAR
from moral_xlsx.model.findings import Finding, Severity
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import Previous, Timeliness
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.score import extended
from moral_xlsx.rules.printed import result_in_words
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import (
    VERDICTS,
    date_in_words,
    item,
    level_in_words,
    round_in_words,
    timing_in_words,
    total_in_words,
)


def reply_context(
    form: Form,
    assessment: Assessment,
    findings: Sequence[Finding],
    *,
    aside: Finding | None = None,
    file: str = "",
    received: date | None = None,
    previous: Previous | None = None,
    changes: Sequence[Changed] = (),
    enclosed: Sequence[str] = (),
) -> Reply:
    """What the letter about a form that was read is told.

    ``findings`` are all that stand for the file, those of the round too. One that is put
    ``aside``, for the reason given, has no result and nothing to mend: the unit might send the
    wrong one again.
    """
    said = () if aside else tuple(findings)
    errors = _problems(said, "error")
    verdict: Literal["accepted", "returned"] = "returned" if errors else "accepted"
    scored = bool(form.criteria) and not aside
    return Reply(
        unit=_line(assessment.unit_name or assessment.unit_code or "หน่วยงาน"),
        form=_line(form.short_title),
        file=_line(file),
        received=_day(received),
        state="not_counted" if aside else verdict,
        verdict="" if aside else VERDICTS[verdict][0],
        why=_line(message(aside)) if aside else "",
        remedy=_line(remedy(aside)) if aside else "",
        total_label=_line(form.total_label),
        total=total_in_words(form, assessment.total) if scored else "",
        level=level_in_words(assessment) if scored and form.levels else "",
        levels_note="" if aside else _line(form.levels_note),
        notes=() if aside else tuple(_caveats(form, assessment)),
        errors=errors,
        warnings=_problems(said, "warning"),
        gains=() if aside else tuple(_gains(form, assessment)),
        next_level=() if aside else tuple(thai for thai, _ in assessment.next_level),
        before=_before(form, previous) if scored and previous else "",
        changes=() if aside else tuple(_changed(change) for change in changes),
        extensions=() if aside else _extensions(assessment),
        enclosed=tuple(enclosed),
    )


def refusal_context(
    file: str,
    findings: Sequence[Finding],
    *,
    received: date | None = None,
    enclosed: Sequence[str] = (),
) -> Refusal:
    """What the letter about a file that could not be taken in is told."""
    problems = tuple(_problem(found) for found in findings)
    return Refusal(_line(file), _day(received), problems, tuple(enclosed))


def reminder_context(
    unit: Unit,
    round_name: str,
    awaited: Sequence[tuple[Form, Sequence[Timeliness]]],
    *,
    enclosed: Sequence[str] = (),
) -> Reminder:
    """What the letter to a silent unit is told: the forms awaited, with their due dates."""
    forms = tuple(
        Awaited(_line(form.short_title), tuple(_due(each) for each in dates))
        for form, dates in awaited
    )
    return Reminder(
        _line(unit.name or unit.code), round_in_words(round_name), forms, tuple(enclosed)
    )


def _problems(findings: Sequence[Finding], severity: Severity) -> tuple[Problem, ...]:
    return tuple(_problem(found) for found in findings if found.severity == severity)


def _problem(found: Finding) -> Problem:
    where = (
        ("แผ่น “{}”", found.place.sheet),
        ("เซลล์ {}", found.place.cell),
    )
    place = " ".join(words.format(_line(part)) for words, part in where if part)
    return Problem(place, _line(message(found)), _line(remedy(found)), found.code)


def _caveats(form: Form, assessment: Assessment) -> Iterator[str]:
    """What has to be said of criteria that were reached, each text once."""
    said: dict[str, list[str]] = {}
    for result in assessment.criteria:
        if result.caveat:
            said.setdefault(result.caveat, []).append(item(form.criterion(result.number)))
    for caveat, items in said.items():
        yield _line(message(finding(MET_SO_FAR, item=" ".join(items), caveat=caveat)))


def _extensions(assessment: Assessment) -> tuple[str, ...]:
    return tuple(_line(message(extended(each))) for each in assessment.extensions)


def _gains(form: Form, assessment: Assessment) -> Iterator[Gain]:
    for result in assessment.criteria:
        if result.shortfall:
            name = thai_digits(item(form.criterion(result.number)))
            yield Gain(name, _reached(form, result), tuple(thai for thai, _ in result.shortfall))


def _reached(form: Form, result: CriterionResult) -> str:
    criterion = form.criterion(result.number)
    reached = result_in_words(criterion, result.computed)
    return f"ได้ {reached} คะแนน" if criterion.kind == "points" else reached


def _before(form: Form, previous: Previous) -> str:
    return f"{total_in_words(form, previous.total)} ({round_in_words(previous.round)})"


def _changed(change: Changed) -> Changed:
    return Changed(_line(change.label), _line(change.before), _line(change.after))


def _due(each: Timeliness) -> str:
    extended = f" ขยายถึง {date_in_words(each.until)}" if each.until != each.due.date else ""
    due = f"{each.due.label}: {date_in_words(each.due.date)}{extended}"
    return _line(f"{due} ({timing_in_words(each)})")


def _day(day: date | None) -> str:
    return date_in_words(day) if day else ""


def _line(text: str) -> str:
    """A text on one line: what officers typed may hold line breaks."""
    return " ".join(text.split())
