"""What goes out: workbooks, reports and letters, each file's outputs put in place."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from moral_xlsx.model.evidence import KeptEvidence
from moral_xlsx.model.mail import Message
from moral_xlsx.model.round import FileRecord
from moral_xlsx.round.answer import Answer, answer_all, is_known
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.evidence import Kept, put_evidence
from moral_xlsx.round.issuer import Issuer, standings
from moral_xlsx.round.outbox import RECORDS, legal_name
from moral_xlsx.round.refuse import Refusing
from moral_xlsx.round.remind import remind
from moral_xlsx.round.stages import Decided, Issued, RecordedFile
from moral_xlsx.rules.records import record_of
from moral_xlsx.submission.outputs import paper_suffix
from moral_xlsx.submission.taken import TOLD, whole_assessment
from moral_xlsx.word.record.document import record_document


def issue(files: Iterable[RecordedFile], decided: Decided, issuer: Issuer, crew: Crew) -> Issued:
    """Puts the outputs of every file and the reminders of the round in place.

    Raises OutputInUseError when one of them cannot be replaced.
    """
    recorded = list(files)
    refused: dict[Message, list[RecordedFile]] = defaultdict(list)
    for each in recorded:
        if each.state == "rejected" and each.message is not None:
            refused[each.message].append(each)
    standing = standings(decided.forms)
    refusing = Refusing(issuer, standing, _forms_by_message(recorded, issuer))
    told: set[tuple[str, tuple[str, ...]]] = set()
    outputs: list[tuple[str, ...]] = []
    evidence = []
    answers: dict[int, Answer] = {}
    on_record: list[_Recording] = []
    kept: Kept = {}
    for at, each in enumerate(recorded):
        evidence.append(put_evidence(each, issuer.outbox, kept))
        if each.state == "rejected":
            together = refused[each.message] if each.message else [each]
            # One letter, with the first, tells of all files of a message that are refused now.
            waiting = [file for file in together if not file.answered]
            outputs.append(refusing.issue(each, waiting if waiting[:1] == [each] else ()))
            continue
        made, answer = _outputs(each, issuer, told)
        outputs.append(made)
        on_record += (
            _Recording(each, evidence[at], output, f"record-{at}")
            for output in made
            if output.startswith(f"{RECORDS}/")
        )
        if answer is not None:
            answers[at] = answer
    for record, sha256 in zip(on_record, crew.each(on_record), strict=True):
        issuer.outbox.place(record.output, issuer.outbox.staged(record.staged), sha256)
    letters = answer_all(answers, issuer, crew)
    records = [
        replace(_record(each, (*outputs[at], *letters.get(at, ()))), evidence=evidence[at])
        for at, each in enumerate(recorded)
    ]
    # What names no unit is answered, and counts for none: its sender's reminder knows of it.
    nameless = [[f] for f in recorded if f.taken.assessment and not f.names_unit]
    came = [*refused.values(), *nameless]
    reminders = remind(standing, came, decided, issuer)
    return Issued(tuple(records), reminders, tuple(issuer.put_letters))


def _forms_by_message(
    files: Sequence[RecordedFile], issuer: Issuer
) -> Mapping[Message, tuple[str, ...]]:
    """The titles of the forms that each message brought."""
    found: dict[Message, tuple[str, ...]] = defaultdict(tuple)
    for each in files:
        if each.message is not None and each.taken.assessment is not None:
            found[each.message] += (issuer.forms[each.taken.assessment.form].short_title,)
    return found


def _record(file: RecordedFile, outputs: tuple[str, ...]) -> FileRecord:
    assessment = file.taken.assessment
    return FileRecord(
        name=file.name,
        sha256=file.taken.sha256,
        size=file.taken.size,
        state=file.state,
        verdict=file.verdict,
        form=assessment.form if assessment else "",
        form_version=assessment.form_version if assessment else "",
        unit_code=assessment.unit_code if assessment else "",
        sender=file.message.sender if file.message else "",
        outputs=outputs,
        findings=file.all_findings,
        aside=file.aside,
        received=file.receipt.day,
    )


def _outputs(
    file: RecordedFile,
    issuer: Issuer,
    told: set[tuple[str, tuple[str, ...]]],
) -> tuple[tuple[str, ...], Answer | None]:
    """What a file that was judged gives, and the answer that is due; ``told`` are the files of
    which somebody was told."""
    assessment = file.taken.assessment
    if assessment is None or file.state == "other":
        return (), None
    registered = issuer.addresses(assessment.unit_code)
    to = registered if file.message is None else issuer.recipients(file.message, registered)
    if file.state == "duplicate" and (
        file.message is None or to is None or (file.taken.sha256, to) in told
    ):
        return (), None
    told.add((file.taken.sha256, to or ()))
    digest, outbox = file.taken.sha256, issuer.outbox
    name = legal_name(assessment.unit_code or "unknown", assessment.form)
    if file.state != "counted" or not assessment.unit_code:
        name += f"_{digest[:12]}"
    known = is_known(file, to or (), registered)
    answer = Answer(file, assessment, name, to, known)
    if file.state == "duplicate":  # what it gives stands under the file that it repeats
        return (), answer
    outputs: tuple[str, ...] = (
        f"workbooks/{name}.xlsx",
        f"reports/{name}.docx",
        f"{RECORDS}/{name}.docx",
    )
    outbox.place(outputs[0], outbox.staged(f"{digest}.xlsx"))
    outbox.place(outputs[1], outbox.staged(f"{digest}.docx"))
    for paper in issuer.forms[assessment.form].papers:
        made = outbox.staged(digest + paper_suffix(paper.id))
        if made.is_file():  # not every paper is made of all answers
            outputs = (*outputs, f"papers/{name}_{paper.id}.docx")
            outbox.place(outputs[-1], made)
    return outputs, answer


@dataclass(frozen=True, slots=True)
class _Recording:
    """The record of a file: what the group found of it and decided, to stand in an appeal."""

    file: RecordedFile
    evidence: KeptEvidence
    output: str
    staged: str

    def make(self, at: Workplace) -> str:
        """Leaves the document in the folder; gives its hash."""
        file, sha256 = self.file, self.file.taken.sha256
        assessment = whole_assessment(at.folder, sha256)
        record = record_of(
            at.forms[assessment.form],
            at.round,
            assessment,
            file.all_findings,
            sha256,
            json.loads((at.folder / f"{sha256}{TOLD}").read_text("utf-8")),
            self.evidence,
            file.versions,
            file.aside,
            file.decisions,
            file.receipt.day,
        )
        document = record_document(record, at.forms.source)
        (at.folder / self.staged).write_bytes(document)
        return hashlib.sha256(document).hexdigest()
