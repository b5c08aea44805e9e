"""``run.json``: every input with what became of it and why, for people and other programs."""

from __future__ import annotations

from typing import get_args

from moral_xlsx import __version__
from moral_xlsx.ledger.entries import entry_json
from moral_xlsx.model.assessment import CriterionResult, Verdict
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.mail import Message
from moral_xlsx.model.round import FileRecord, FileState
from moral_xlsx.round.history import History
from moral_xlsx.round.inbox import Inbox
from moral_xlsx.round.stages import ComparedFile, Decided, Issued
from moral_xlsx.submission.results import finding_json, without_what_was_typed

PROGRAM = "moral-xlsx"


def run_json(decided: Decided, issued: Issued, inbox: Inbox, history: History) -> dict[str, object]:
    """What ``run.json`` tells of a round besides its outputs; counts add up."""
    states = dict.fromkeys(get_args(FileState), 0)
    verdicts = dict.fromkeys(get_args(Verdict), 0)
    for record in issued.files:
        states[record.state] += 1
        if record.verdict is not None:
            verdicts[record.verdict] += 1
    return {
        "program": {"name": PROGRAM, "version": __version__},
        "round": decided.round,
        "forms": {each.form.id: each.form.version for each in decided.forms},
        "counts": {
            "inputs": len(issued.files),
            "states": states,
            "verdicts": verdicts,
            "ignored": len(inbox.ignored),
        },
        "missing": {
            each.form.id: [u.unit.code for u in each.units if u.state == "missing"]
            for each in decided.forms
        },
        "inputs": [
            _input(record, file) for record, file in zip(issued.files, decided.files, strict=True)
        ],
        "ignored": list(inbox.ignored),
        "closed": list(inbox.closed),
        "reminders": issued.reminders,
        "earlier": history.round or None,
        "results": [entry_json(entry) for entry in decided.entries],
    }


def _input(record: FileRecord, file: ComparedFile) -> dict[str, object]:
    assessment = file.taken.assessment
    judged = assessment.criteria if assessment else ()
    return {
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
        "decisions": [_decision(each) for each in (assessment.decisions if assessment else ())],
        "criteria": [_criterion(each) for each in judged],
        "outputs": list(record.outputs),
        "evidence": [_evidence(each, output) for each, output in record.evidence],
        "message": _message(file.message),
        "received": file.receipt.day.isoformat() if file.receipt.day else None,
        "received_from": file.receipt.source,
        "findings": [finding_json(without_what_was_typed(found)) for found in record.findings],
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "kind": decision.subject.kind,
        "criterion": decision.subject.criterion or None,
        "value": decision.value,
        "reason": decision.reason,
        "reviewer": decision.reviewer,
        "round": decision.round,
    }


def _criterion(result: CriterionResult) -> dict[str, object]:
    """The scores of a criterion; where it does not apply to the unit, there are none."""
    return {
        "number": result.number,
        "claimed": result.claimed,
        "computed": result.computed,
        "reviewed": result.reviewed.score if result.reviewed else None,
        "final": result.final,
    }


def _evidence(each: EvidenceFile, output: str) -> dict[str, object]:
    return {
        "file": output,
        "sha256": each.sha256,
        "size": each.size,
        "from": each.source,
        "sheet": each.place.sheet,
        "cell": each.place.cell,
        "criterion": each.criterion,
        "reference": str(each.reference),
        "name": each.name,
    }


def _message(message: Message | None) -> dict[str, object] | None:
    if message is None:
        return None
    return {
        "message_id": message.message_id,
        "sender": message.sender,
        "subject": message.subject,
        "received": message.received.isoformat() if message.received else None,
        "automatic": message.automatic,
    }
