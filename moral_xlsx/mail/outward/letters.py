"""What the letters to officers are told, in plain words, from what a round found out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from moral_xlsx.rules.printed import result_in_words, reviewed_in_words
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import (
    NOT_APPLICABLE,
    VERDICTS,
    date_in_words,
    item,
    level_in_words,
    number,
    receipt_number,
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
    sha256: str = "",
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
    errors, warnings = _problems(said, "error"), _problems(said, "warning")
    verdict: Literal["accepted", "returned"] = "returned" if errors else "accepted"
    if assessment.decided is not None and not aside:
        verdict = "accepted" if assessment.verdict == "accepted" else "returned"
        if verdict == "accepted":
            errors, warnings = (), (*errors, *warnings)
    scored = bool(form.criteria) and not aside
    return Reply(
        unit=_line(assessment.unit_name or assessment.unit_code or "หน่วยงาน"),
        form=_line(form.short_title),
        file=_line(file),
        receipt=number(receipt_number(sha256)) if sha256 else "",
        received=_day(received),
        state="not_counted" if aside else verdict,
        verdict="" if aside else VERDICTS[verdict][0],
        why=_line(message(aside)) if aside else "",
        remedy=_line(remedy(aside)) if aside else "",
        total_label=_line(form.total_label),
        total=total_in_words(form, assessment.total, assessment) if scored else "",
        reviewed=assessment.reviewed,
        level=level_in_words(assessment.level, assessment.level_name[0])
        if scored and form.levels
        else "",
        levels_note="" if aside else _line(form.levels_note),
        notes=() if aside else (*_caveats(form, assessment), *_waived(form, assessment)),
        errors=errors,
        warnings=warnings,
        decisions=() if aside else tuple(_decided(form, assessment)),
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
    unit: str = "",
    sha256: str = "",
    received: date | None = None,
    counted: Sequence[str] = (),
    enclosed: Sequence[str] = (),
) -> Refusal:
    """What the letter about files that could not be taken in is told.

    ``file`` are their names, empty for a message without any; ``counted`` the forms of the unit
    that came otherwise in the round.
    """
    return Refusal(
        unit=_line(unit),
        file=_line(file),
        receipt=number(receipt_number(sha256)) if sha256 else "",
        received=_day(received),
        problems=tuple(_problem(found) for found in findings if found.severity == "error"),
        counted=tuple(_line(each) for each in counted),
        enclosed=tuple(enclosed),
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """A form that a unit owes; ``returned_in`` is the round in which its file was returned, empty
    when none was."""

    form: Form
    timeliness: Sequence[Timeliness]
    returned_in: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What a unit sent in the round that could not be taken in; ``file`` is empty for a letter
    without any."""

    received: date | None
    file: str
    findings: Sequence[Finding]


def reminder_context(
    unit: Unit,
    round_name: str,
    owed: Sequence[Owed],
    *,
    came: Sequence[Came] = (),
    enclosed: Sequence[str] = (),
) -> Reminder:
    """What the letter to a unit that owes forms is told: which, with their due dates, and what it
    sent instead."""
    forms = tuple(
        Awaited(
            _line(each.form.short_title),
            tuple(_due(due) for due in each.timeliness),
            round_in_words(each.returned_in) if each.returned_in else "",
        )
        for each in owed
    )
    return Reminder(
        _line(unit.name or unit.code),
        round_in_words(round_name),
        forms,
        tuple(_instead(each) for each in came),
        tuple(enclosed),
    )


def _instead(came: Came) -> str:
    said = " ".join(message(found) for found in came.findings if found.severity == "error")
    what = f"ไฟล์ “{came.file}”" if came.file else "อีเมล"
    when = f" เมื่อวันที่ {_day(came.received)}" if came.received else ""
    return _line(f"{what}{when}: {said}")


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


def _waived(form: Form, assessment: Assessment) -> Iterator[str]:
    """The criteria that do not apply to the unit, those of one reason together."""
    said: dict[str, list[str]] = {}
    for result in assessment.criteria:
        if result.computed is None:
            said.setdefault(result.waived[0], []).append(item(form.criterion(result.number)))
    for reason, items in said.items():
        yield _line(thai_digits(f"{' '.join(items)}: {NOT_APPLICABLE[0]} ({reason})"))


def _extensions(assessment: Assessment) -> tuple[str, ...]:
    return tuple(_line(message(extended(each))) for each in assessment.extensions)


def _gains(form: Form, assessment: Assessment) -> Iterator[Gain]:
    for result in assessment.criteria:
        if result.shortfall:
            name = thai_digits(item(form.criterion(result.number)))
            yield Gain(name, _reached(form, result), tuple(thai for thai, _ in result.shortfall))


def _reached(form: Form, result: CriterionResult) -> str:
    criterion = form.criterion(result.number)
    reached = result_in_words(criterion, result.final)
    scored = criterion.kind == "points" and result.final is not None
    return f"ได้ {reached} คะแนน" if scored else reached


def _decided(form: Form, assessment: Assessment) -> Iterator[str]:
    """What people decided, and why."""
    if assessment.decided is not None:
        words = VERDICTS[assessment.verdict][0]
        yield _line(f"{words} เพราะ {assessment.decided.reason} – {assessment.decided.reviewer}")
    for result in assessment.criteria:
        if said := reviewed_in_words(form.criterion(result.number), result):
            yield _line(f"{thai_digits(item(form.criterion(result.number)))}: {said}")


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
