"""What the ledger is told of a round."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from moral_xlsx import __version__
from moral_xlsx.model.ledger import RecordedForm, RoundRecord, Submission
from moral_xlsx.model.round import RoundResult, Unit
from moral_xlsx.round.outbox import Outbox
from moral_xlsx.round.receive import Incoming


@dataclass(frozen=True, slots=True)
class _StagedAnswers(Mapping[str, str]):
    """The answers of one submission, read when they are asked for: a round has many."""

    path: Path

    def _read(self) -> dict[str, str]:
        return json.loads(self.path.read_bytes()) if self.path.is_file() else {}

    def __getitem__(self, reference: str) -> str:
        return self._read()[reference]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def items(self):  # type: ignore[no-untyped-def]
        return self._read().items()


def round_record(
    result: RoundResult,
    files: Sequence[Incoming],
    units: Sequence[Unit],
    results: Sequence[Mapping[str, object]],
    outbox: Outbox,
) -> RoundRecord:
    """Everything of a round that the ledger keeps; answers are read from the outbox."""
    return RoundRecord(
        round=result.round,
        program=__version__,
        forms=tuple(
            RecordedForm(each.form.id, each.form.version, each.form.short_title)
            for each in result.forms
        ),
        units=tuple(units),
        submissions=tuple(_submission(file, outbox) for file in files),
        results=tuple(results),
    )


def _submission(file: Incoming, outbox: Outbox) -> Submission:
    taken, judged, message = file.taken, file.taken.assessment, file.message
    return Submission(
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
        answers=_StagedAnswers(outbox.staged(f"{taken.sha256}.told")),
        findings=file.findings,
    )
