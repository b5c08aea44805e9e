"""A round: every file of an inbox judged, duplicates settled, all outputs written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import get_args

from moral_xlsx import __version__
from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.ledger.store import Ledger, open_ledger
from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.model.assessment import Verdict
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.mail import Message
from moral_xlsx.model.round import (
    FileRecord,
    FileState,
    FormResult,
    Previous,
    RoundResult,
    Unit,
    UnitResult,
)
from moral_xlsx.round.compare import compare
from moral_xlsx.round.history import (
    PROGRAM,
    History,
    Identity,
    Recorded,
    read_history,
    results_json,
)
from moral_xlsx.round.issue import Desk, issue, remind
from moral_xlsx.round.outbox import LEDGER, locked, open_outbox
from moral_xlsx.round.receive import Inbox, Incoming, receive
from moral_xlsx.round.record import round_record
from moral_xlsx.round.resolve import settle, with_sender
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.matching import related_forms
from moral_xlsx.rules.judge.rollup import roll_up
from moral_xlsx.rules.judge.timeliness import timeliness
from moral_xlsx.submission.results import finding_json
from moral_xlsx.thai import key
from moral_xlsx.word.department.document import department_report
from moral_xlsx.wording import round_in_words


@dataclass(frozen=True, slots=True)
class Office:
    """What a round works with besides its inbox: the registry and the letters' templates."""

    units: tuple[Unit, ...] | None = None
    letters: Letters = field(default_factory=Letters)


def run_round(
    inbox: Inbox,
    output: Path,
    round_name: str,
    office: Office,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
) -> RoundResult:
    """Runs a round and writes ``output/round_name``; ``advance`` is called for each file.

    The ledger beside the rounds is told in one transaction, before the outputs of the round
    are put in place: a run that is killed is simply run again. Raises AlreadyRunningError,
    OutputInUseError and LedgerError; no input ever makes it raise.
    """
    registry = office.units or ()
    forms = {form_id: load_form(form_id) for form_id in form_ids()}
    with (
        # A round builds on what earlier ones recorded: one at a time.
        locked(output / ".lock"),
        open_outbox(output / round_name) as outbox,
        open_ledger(output / LEDGER) as ledger,
    ):
        history = read_history(ledger, round_name)
        keep = related_forms(forms.values())
        taken = receive(inbox, outbox, round_name, office.units, jobs, keep, advance)
        addresses = {key(unit.code): unit.email for unit in registry}
        settled = settle(
            (with_sender(file, addresses) for file in taken),
            lambda sha256: ledger.superseded_before(sha256, round_name),
        )
        files = _compare(settled, forms, history)
        known = _known(files, history)
        results = _form_results(files, registry, round_name, known, history)
        recorded = RoundResult(round_name, results, ())
        told = results_json(recorded, known, history)
        ledger.record(round_record(recorded, files, registry, told, outbox))
        desk = Desk(outbox, office.letters, {key(unit.code): unit for unit in registry})
        refused: dict[Message, list[Incoming]] = defaultdict(list)
        for file in files:
            if file.state == "rejected" and file.message is not None:
                refused[file.message].append(file)
        records = tuple(_issue(file, desk, ledger, history, round_name, refused) for file in files)
        result = RoundResult(round_name, results, records)
        reminders = remind(results, round_name, desk)
        # A report over several departments names none.
        departments = {unit.department for unit in registry}
        department = departments.pop() if len(departments) == 1 else ""
        outbox.put("summary.xlsx", summary_workbook(result))
        outbox.put("summary.docx", department_report(result, department))
        outbox.finish(
            {
                **_run_json(result, files, inbox),
                "reminders": reminders,
                "earlier": history.round or None,
                "results": told,
            }
        )
    return result


def _issue(
    file: Incoming,
    desk: Desk,
    ledger: Ledger,
    history: History,
    round_name: str,
    refused: Mapping[Message, Sequence[Incoming]],
) -> FileRecord:
    form_id, _ = file.identity
    assessment = file.taken.assessment
    message_id = file.message.message_id if file.message else ""
    digest = file.taken.sha256
    answered = ledger.told_before(digest, message_id, file.name, round_name, file.state)
    if file.state != "counted" or assessment is None or not desk.may_be_told(file):
        together = refused.get(file.message, ()) if file.message else ()
        return issue(file, desk, None, (), answered=answered, refused=together)
    changes = ledger.changes(form_id, assessment.unit_code, round_name)
    previous = history.of(file.identity).previous
    return issue(file, desk, previous, changes, answered=answered)


def _compare(files: list[Incoming], forms: Mapping[str, Form], history: History) -> list[Incoming]:
    """Adds what came out when each unit's counted files were held against one another."""
    counted = {
        file.identity: file.taken.answers
        for file in files
        if file.state == "counted" and file.taken.answers
    }
    compared = compare(counted, forms, history)
    return [
        replace(file, notes=(*file.notes, *found.findings), compared=found)
        if file.state == "counted" and (found := compared.get(file.identity))
        else file
        for file in files
    ]


def _known(files: Sequence[Incoming], history: History) -> dict[Identity, Recorded]:
    """What is known of each unit on each form, with this round's files."""
    known = dict(history.recorded)
    for file in files:
        if file.taken.assessment is None:
            continue
        if file.state == "duplicate" and file.receipt.source == "saved":
            continue  # saved out of a message that came on a day that is known
        code, day = file.taken.assessment.unit_code, file.receipt.day
        before = known.get(file.identity) or Recorded(code)
        plans = file.compared.plans if file.compared else {}
        known[file.identity] = replace(
            before,
            unit_code=code,
            received=min(filter(None, (before.received, day)), default=None),
            days_received=tuple(sorted({*before.days_received, *([day] if day else [])})),
            undated=before.undated or day is None,
            plans=plans or before.plans,
        )
    return known


def _form_results(
    files: Sequence[Incoming],
    registry: Sequence[Unit],
    round_name: str,
    known: Mapping[Identity, Recorded],
    history: History,
) -> tuple[FormResult, ...]:
    """Each form's results: registered units in their order, then units that are not."""
    sent: dict[str, dict[str, list[Incoming]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        if file.state in ("counted", "conflict"):
            form_id, code = file.identity
            sent[form_id][code].append(file)
    expected = {*sent, *(form for unit in registry for form in unit.forms)}
    results = []
    for form in map(load_form, sorted(expected)):
        waiting = dict(sent[form.id])
        units = {
            key(unit.code): _unit_result(
                unit,
                waiting.pop(key(unit.code), []),
                history.of((form.id, key(unit.code))).previous,
                registered=True,
            )
            for unit in registry
            if not unit.forms or form.id in unit.forms or key(unit.code) in waiting
        }
        for code in sorted(waiting):
            assessment = waiting[code][0].taken.assessment
            assert assessment is not None
            unit = Unit(assessment.unit_code, assessment.unit_name)
            previous = history.of((form.id, code)).previous
            units[code] = _unit_result(unit, waiting[code], previous, registered=False)
        dated = tuple(
            replace(
                result,
                timeliness=timeliness(form, result.unit, round_name, _days(known, form.id, code)),
            )
            for code, result in units.items()
        )
        results.append(FormResult(form, dated, roll_up(form, dated)))
    return tuple(results)


def _days(known: Mapping[Identity, Recorded], form_id: str, code: str) -> tuple[date | None, ...]:
    return known[form_id, code].days if (form_id, code) in known else ()


def _unit_result(
    unit: Unit, files: list[Incoming], previous: Previous | None, *, registered: bool
) -> UnitResult:
    result = UnitResult(unit, registered, "missing", previous=previous)
    if not files:
        return replace(result, findings=(finding("MX-406", earlier=_earlier(previous)),))
    names = ", ".join(file.name for file in files)
    if files[0].state == "conflict":
        notes = (finding("MX-404", found=names),)
        return replace(result, state="conflict", file=names, findings=notes)
    counted = files[0]
    return replace(
        result,
        state="received",
        file=names,
        assessment=counted.taken.assessment,
        findings=counted.findings,
        progress=counted.compared.progress if counted.compared else (),
    )


def _earlier(previous: Previous | None) -> tuple[str, str]:
    """The round in which the unit's form was counted last, to be added to a sentence."""
    if previous is None:
        return "", ""
    said = round_in_words(previous.round)
    return f" ครั้งก่อนนับใน{said}", f"; it was counted in {previous.round}"


def _run_json(result: RoundResult, files: Sequence[Incoming], inbox: Inbox) -> dict[str, object]:
    states = dict.fromkeys(get_args(FileState), 0)
    verdicts = dict.fromkeys(get_args(Verdict), 0)
    inputs = []
    for record, file in zip(result.files, files, strict=True):
        states[record.state] += 1
        if record.verdict is not None:
            verdicts[record.verdict] += 1
        assessment = file.taken.assessment
        inputs.append(
            {
                "file": record.name,
                "sha256": record.sha256,
                "size": record.size,
                "state": record.state,
                "verdict": record.verdict,
                "form": record.form,
                "form_version": record.form_version,
                "unit_code": record.unit_code,
                "total": assessment.total if assessment and assessment.criteria else None,
                "level": assessment.level if assessment else None,
                "level_name": assessment.level_name[0] if assessment else None,
                "outputs": list(record.outputs),
                "message": _message_json(file.message),
                "received": file.receipt.day.isoformat() if file.receipt.day else None,
                "received_from": file.receipt.source,
                "findings": [finding_json(found) for found in record.findings],
            }
        )
    return {
        "program": {"name": PROGRAM, "version": __version__},
        "round": result.round,
        "forms": {each.form.id: each.form.version for each in result.forms},
        "counts": {
            "inputs": len(inputs),
            "states": states,
            "verdicts": verdicts,
            "ignored": len(inbox.ignored),
        },
        "missing": {
            each.form.id: [u.unit.code for u in each.units if u.state == "missing"]
            for each in result.forms
        },
        "inputs": inputs,
        "ignored": list(inbox.ignored),
    }


def _message_json(message: Message | None) -> dict[str, object] | None:
    if message is None:
        return None
    return {
        "message_id": message.message_id,
        "sender": message.sender,
        "subject": message.subject,
        "received": message.received.isoformat() if message.received else None,
        "automatic": message.automatic,
    }
