"""How every unit stands on every form in a round, and what the next rounds have to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.rounds import CONFLICT, NOTHING_CAME
from moral_xlsx.model.form import Form
from moral_xlsx.model.ledger import RecordedDue, UnitEntry
from moral_xlsx.model.round import FormResult, Previous, UnitResult
from moral_xlsx.model.units import Unit
from moral_xlsx.round.history import History, Known
from moral_xlsx.round.stages import ComparedFile, Decided, Identity
from moral_xlsx.rules.compilation import compiled
from moral_xlsx.rules.judge.rollup import roll_up
from moral_xlsx.rules.judge.timeliness import timeliness
from moral_xlsx.rules.units import registered_first
from moral_xlsx.thai import key
from moral_xlsx.wording import round_in_words


def decide(
    files: tuple[ComparedFile, ...],
    registry: Sequence[Unit],
    forms: Mapping[str, Form],
    round_name: str,
    history: History,
) -> Decided:
    """The results of a round, form by form, and what it records of each unit."""
    known = _known(files, history)
    results = _form_results(files, registry, forms, round_name, known, history)
    return Decided(round_name, files, results, _entries(results, known, history))


def _known(files: Sequence[ComparedFile], history: History) -> dict[Identity, Known]:
    """What is known of each unit on each form, with this round's files."""
    known = dict(history.known)
    for file in files:
        if file.taken.assessment is None or file.claimants:
            continue
        if file.state == "duplicate" and file.receipt.source == "saved":
            continue  # saved out of a message that came on a day that is known
        code, day = file.taken.assessment.unit_code, file.receipt.day
        before = known.get(file.identity) or Known(code)
        known[file.identity] = replace(
            before,
            unit_code=code,
            received=min(filter(None, (before.received, day)), default=None),
            days_received=tuple(sorted({*before.days_received, *([day] if day else [])})),
            undated=before.undated or day is None,
            plans=file.comparison.plans or before.plans,
        )
    return known


def _form_results(
    files: Sequence[ComparedFile],
    registry: Sequence[Unit],
    forms: Mapping[str, Form],
    round_name: str,
    known: Mapping[Identity, Known],
    history: History,
) -> tuple[FormResult, ...]:
    sent: dict[str, dict[str, list[ComparedFile]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        if file.state in ("counted", "conflict"):
            form_id, code = file.identity
            for unit_code in file.claimants or (code,):
                sent[form_id][unit_code].append(file)
    expected = {*sent, *(form for unit in registry for form in unit.forms)}
    results = []
    for form in (forms[form_id] for form_id in sorted(expected)):
        units = []
        for code, unit, came in registered_first(registry, sent[form.id], form.id):
            result = _unit_result(unit, came or [], history.of((form.id, code)).previous)
            dates = timeliness(form, result.unit, round_name, _days(known, form.id, code))
            units.append(replace(result, timeliness=dates))
        results.append(FormResult(form, tuple(units), roll_up(form, units), compiled(form, units)))
    return tuple(results)


def _days(known: Mapping[Identity, Known], form_id: str, code: str) -> tuple[date | None, ...]:
    return known[form_id, code].days if (form_id, code) in known else ()


def _unit_result(
    registered: Unit | None, files: Sequence[ComparedFile], previous: Previous | None
) -> UnitResult:
    unit = registered or _unregistered(files[0])
    result = UnitResult(unit, registered is not None, "missing", previous=previous)
    if not files:
        return replace(result, findings=(finding(NOTHING_CAME, earlier=_earlier(previous)),))
    # What is the unit's own stands for it, whatever else may be its own.
    files = [file for file in files if not file.claimants] or files
    names = ", ".join(file.name for file in files)
    if files[0].state == "conflict":
        unclear = tuple(file.aside for file in files if file.claimants and file.aside)
        notes = unclear or (finding(CONFLICT, found=names),)
        return replace(result, state="conflict", file=names, findings=notes)
    counted = files[0]
    return replace(
        result,
        state="received",
        file=names,
        assessment=counted.taken.assessment,
        findings=counted.all_findings,
        progress=counted.comparison.progress,
    )


def _unregistered(file: ComparedFile) -> Unit:
    judged = file.taken.assessment
    assert judged is not None, "only a file that was judged counts for a unit"
    return Unit(judged.unit_code, judged.unit_name)


def _earlier(previous: Previous | None) -> tuple[str, str]:
    """The round in which the unit's form was counted last, to be added to a sentence."""
    if previous is None:
        return "", ""
    said = round_in_words(previous.round)
    return f" ครั้งก่อนนับใน{said}", f"; it was counted in {previous.round}"


# --- what the next rounds have to know


def _entries(
    forms: Sequence[FormResult], known: Mapping[Identity, Known], history: History
) -> tuple[UnitEntry, ...]:
    """What this round records of each unit and form, in the order of the results.

    Units that it did not ask for are carried on as they were recorded, after the others. What
    names no unit can be found again in no other round.
    """
    entries: dict[Identity, UnitEntry] = {}
    for form in forms:
        for unit in form.units:
            if unit.unit.code:
                identity = form.form.id, key(unit.unit.code)
                about = known.get(identity, Known(unit.unit.code))
                entries[identity] = _entry(form.form.id, unit, about)
    for identity in sorted(history.known.keys() - entries.keys()):
        entries[identity] = _carried(identity[0], history.known[identity])
    return tuple(entries.values())


def _entry(form_id: str, unit: UnitResult, known: Known) -> UnitEntry:
    counted = unit.assessment
    return replace(
        _carried(form_id, known),
        unit_code=unit.unit.code,
        state=unit.state,
        total=counted.total if counted else None,
        level=counted.level if counted else None,
        verdict=counted.verdict if counted else None,
        progress={each.number: each.now for each in unit.progress if each.now is not None},
        timeliness=tuple(
            RecordedDue(each.due.label, each.due.date, each.until, each.timing, each.days)
            for each in unit.timeliness
        ),
    )


def _carried(form_id: str, known: Known) -> UnitEntry:
    return UnitEntry(
        form=form_id,
        unit_code=known.unit_code,
        received=known.received,
        days_received=known.days_received,
        undated=known.undated,
        plans=known.plans,
        previous=known.previous,
    )
