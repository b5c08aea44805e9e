"""What the ledger is told of a round, and what it then tells of the files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from moral_xlsx import __version__
from moral_xlsx.ledger.store import Ledger
from moral_xlsx.model.ledger import RecordedForm, RecordedSubmission, RoundRecord
from moral_xlsx.model.units import Unit
from moral_xlsx.round.history import History
from moral_xlsx.round.outbox import Outbox
from moral_xlsx.round.stages import ComparedFile, Decided, RecordedFile, passed_on
from moral_xlsx.submission.workers import TOLD


def record(decided: Decided, registry: Sequence[Unit], outbox: Outbox, ledger: Ledger) -> None:
    """Writes a round into the ledger, whole or not at all; answers are read from the outbox."""
    ledger.record(
        RoundRecord(
            round=decided.round,
            program=__version__,
            forms=tuple(
                RecordedForm(each.form.id, each.form.version, each.form.short_title)
                for each in decided.forms
            ),
            units=tuple(registry),
            submissions=tuple(_submission(file, outbox) for file in decided.files),
            entries=decided.entries,
        )
    )


def recorded(file: ComparedFile, ledger: Ledger, history: History, round_name: str) -> RecordedFile:
    """A file of a round that the ledger holds, with what it tells of the rounds before."""
    message_id = file.message.message_id if file.message else ""
    digest, judged = file.taken.sha256, file.taken.assessment
    counted = judged if file.state == "counted" else None
    return passed_on(
        file,
        RecordedFile,
        answered=ledger.told_before(digest, message_id, file.name, round_name, file.state),
        previous=history.of(file.identity).previous if counted else None,
        changes=ledger.changes(counted.form, counted.unit_code, round_name) if counted else (),
    )


def _submission(file: ComparedFile, outbox: Outbox) -> RecordedSubmission:
    taken, judged, message = file.taken, file.taken.assessment, file.message
    return RecordedSubmission(
        form=judged.form if judged else "",
        form_version=judged.form_version if judged else "",
        unit_code=judged.unit_code if judged else "",
        unit_name=judged.unit_name if judged else "",
        file=file.name,
        sha256=taken.sha256,
        answers_sha256=taken.answers_sha256,
        state=file.state,
        verdict=file.verdict,
        received=file.receipt.day,
        received_from=file.receipt.source,
        sender=message.sender if message else "",
        message_id=message.message_id if message else "",
        total=judged.total if judged and judged.criteria else None,
        level=judged.level if judged and judged.level_name[0] else None,
        level_name=judged.level_name if judged else ("", ""),
        scores=tuple((c.number, c.claimed, c.computed) for c in judged.criteria) if judged else (),
        answers=partial(_answers, outbox.staged(f"{taken.sha256}{TOLD}")),
        findings=file.findings,
    )


def _answers(staged: Path) -> str:
    return staged.read_text("utf-8") if staged.is_file() else "{}"
