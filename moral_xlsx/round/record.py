"""What the ledger is told of a round, and what it then tells of the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from moral_xlsx import __version__
from moral_xlsx.ledger.store import Ledger
from moral_xlsx.model.decisions import Decision, Rulings
from moral_xlsx.model.ledger import RecordedForm, RecordedSubmission, RoundRecord
from moral_xlsx.model.units import Unit
from moral_xlsx.round.history import History
from moral_xlsx.round.outbox import Outbox
from moral_xlsx.round.stages import ComparedFile, Decided, Identity, RecordedFile, passed_on
from moral_xlsx.submission.taken import TOLD

_OF_FILES = ("owner", "use")


def recording(
    decided: Decided, registry: Sequence[Unit], outbox: Outbox, ledger: Ledger
) -> AbstractContextManager[None]:
    """Writes a round into the ledger when all that is done within has been done, else nothing.

    Answers are read from the outbox.
    """
    return ledger.recording(
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


class Bearings:
    """Which decisions bear on which file, looked up: there may be thousands of both.

    ``decided`` are the decisions of this round, also those that were withdrawn: who was answered
    before is told of them. ``rulings`` are those that stand.
    """

    def __init__(self, decided: Iterable[Decision], rulings: Rulings) -> None:
        self._files: set[str] = set()
        self._forms: set[Identity] = set()
        for each in decided:
            subject = each.subject
            if subject.kind in _OF_FILES:
                self._files |= {subject.item, *each.about.split()}
            elif subject.kind in ("score", "verdict"):
                self._forms.add((subject.form, subject.unit))
        self._own: dict[str, dict[int, Decision]] = defaultdict(dict)
        self._beside: dict[str, dict[int, Decision]] = defaultdict(dict)
        for at, (subject, each) in enumerate(rulings.standing.items()):
            if subject.kind in _OF_FILES:
                self._own[subject.item][at] = each
            if subject.kind == "use":
                for sha256 in each.about.split():
                    self._beside[sha256][at] = each

    def is_new(self, file: ComparedFile) -> bool:
        """Whether something was decided on a file in this round."""
        counted = file.state == "counted" and file.identity in self._forms
        return counted or file.taken.sha256 in self._files

    def of_file(self, file: ComparedFile) -> tuple[Decision, ...]:
        """What was decided of a file: whose it is, and whether it or another one counts."""
        sha256 = file.taken.sha256
        found = dict(self._own.get(sha256, {}))
        if file.state == "excluded":
            found |= self._beside.get(sha256, {})
        return tuple(found[at] for at in sorted(found))


def recorded(
    file: ComparedFile, ledger: Ledger, history: History, round_name: str, bearings: Bearings
) -> RecordedFile:
    """A file of a round that the ledger holds, with what it tells of the rounds before."""
    message_id = file.message.message_id if file.message else ""
    digest, judged = file.taken.sha256, file.taken.assessment
    counted = judged if file.state == "counted" else None
    return passed_on(
        file,
        RecordedFile,
        answered=not bearings.is_new(file)
        and ledger.told_before(digest, message_id, file.name, round_name, file.state),
        previous=history.of(file.identity).previous if counted else None,
        changes=ledger.changes(counted.form, counted.unit_code, round_name) if counted else (),
        versions=ledger.versions(judged.form, judged.unit_code, round_name) if judged else (),
        decisions=bearings.of_file(file),
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
        # What does not apply to the unit has no score.
        scores=tuple(
            (c.number, c.claimed, c.computed, c.reviewed.score if c.reviewed else None)
            for c in (judged.criteria if judged else ())
            if c.computed is not None
        ),
        answers=partial(_answers, outbox.staged(f"{taken.sha256}{TOLD}")),
        findings=file.findings,
        claimants=file.claimants,
    )


def _answers(staged: Path) -> str:
    return staged.read_text("utf-8") if staged.is_file() else "{}"
