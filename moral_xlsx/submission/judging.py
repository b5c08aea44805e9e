"""What a worker does with the path of a file: the whole journey, and what is left of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from moral_xlsx.excel.read.guard import MAX_FILE
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.catalogue.files import PROGRAM_FAULT, TOO_LARGE
from moral_xlsx.model.errors import Refused
from moral_xlsx.submission.journey import Journey, Submission
from moral_xlsx.submission.losses import failed, file_sha256, too_much_memory
from moral_xlsx.submission.outputs import Outputs
from moral_xlsx.submission.taken import Prepared, Taken, leave


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges one file after the other, as they were ``prepared`` for."""

    prepared: Prepared
    journey: Journey

    @classmethod
    def of(cls, prepared: Prepared) -> Judge:
        """A judge whose forms are understood when the first file of each comes."""
        return cls(prepared, Journey(prepared.units, prepared.forms, prepared.rulings))

    def take(self, path: str, round_name: str | None) -> Taken:
        """What became of a file; raises CannotLeave."""
        taken = judge_file(Path(path), self.journey, round_name, self.prepared.keep)
        if self.prepared.folder is None:
            return taken
        return leave(taken, self.prepared.folder, self.prepared.remembered)


def judge_file(
    path: Path, journey: Journey, round_name: str | None, keep: frozenset[str] = frozenset()
) -> Taken:
    """Judges one file in this process; outputs are made only for a round."""
    size = path.stat().st_size
    if size > MAX_FILE:
        words = f"{size // 1_000_000} MB"
        return Taken(file_sha256(path), size, findings=(finding(TOO_LARGE, what=words),))
    data = path.read_bytes()
    taken = Taken(hashlib.sha256(data).hexdigest(), size)
    try:
        submission = journey.judge(data)
        outputs = None if round_name is None else _issued(submission, round_name, journey)
    except Refused as refusal:
        return replace(taken, findings=(refusal.finding,))
    except MemoryError:
        return replace(taken, findings=(too_much_memory(),), lost=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # A fault of ours, or a panic of a library (no Exception), must not cost the round.
        return failed(replace(taken, findings=(finding(PROGRAM_FAULT),)), error)
    return replace(
        taken,
        kind=submission.inspected.kind,
        answers_sha256=submission.answers_sha256,
        told=None if round_name is None else submission.told,
        assessment=submission.assessment,
        answers=submission.answers if submission.answers.form in keep else None,
        outputs=outputs,
        modified=submission.modified,
        evidence=submission.evidence.files,
        named=submission.evidence.named,
        findings=(*submission.assessment.findings, *(outputs.findings if outputs else ())),
    )


def _issued(submission: Submission, round_name: str, journey: Journey) -> Outputs:
    # What makes documents is of weight; who only judges does without.
    from moral_xlsx.submission.issuing import issue

    return issue(submission, round_name, journey.forms.source)
