"""The record of a submission: claimed, computed and final results, and what they rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.decisions import Decision
from moral_xlsx.model.evidence import KeptEvidence
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form, Interpretation
from moral_xlsx.model.ledger import Version
from moral_xlsx.model.question import Table
from moral_xlsx.model.record import Record, Scored
from moral_xlsx.model.reference import TableCell, parse_reference
from moral_xlsx.rules.judge.score import levels_met, reached_level
from moral_xlsx.rules.register import register


def record_of(
    form: Form,
    round_name: str,
    assessment: Assessment,
    findings: Sequence[Finding],
    sha256: str,
    told: Mapping[str, str],
    kept: KeptEvidence,
    versions: Sequence[Version],
    aside: Finding | None = None,
    of_file: Sequence[Decision] = (),
    received: date | None = None,
) -> Record:
    """The record of an assessment; ``told`` are the answers as people read them, by reference,
    ``aside`` is why its file does not count, ``of_file`` what was decided of the file,
    ``received`` the day on which it came."""
    computed = {each.number: each.computed for each in assessment.criteria}
    known = {number: score for number, score in computed.items() if score is not None}
    claims = {
        each.number: each.claimed
        for each in assessment.criteria
        if each.claimed is not None and each.computed is not None
    }
    reviewed = {each.number: each.reviewed.score for each in assessment.criteria if each.reviewed}
    return Record(
        form=form,
        round=round_name,
        assessment=assessment,
        findings=tuple(findings),
        sha256=sha256,
        claimed=_scored(
            form,
            claims,
            known,
        ),
        computed=_scored(form, known, known),
        reviewed=reviewed,
        final=_scored(form, {**known, **reviewed}, known),
        evidence={n: told[f"evidence_{n}"] for n in form.claimed if f"evidence_{n}" in told},
        tables={each.id: _rows(each, told) for each in form.tables if each.recorded},
        kept=kept,
        register=register(form, assessment, [each for each, _ in kept], received),
        versions=tuple(versions),
        aside=message(aside) if aside else "",
        decisions=(*assessment.decisions, *of_file),
        readings=tuple(each for each in form.interpretations if rests_on(assessment, each)),
    )


def _rows(table: Table, told: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    rows: dict[int, dict[str, str]] = defaultdict(dict)
    for written, words in told.items():
        cell = parse_reference(written)
        if isinstance(cell, TableCell) and cell.table == table.id:
            rows[cell.row][cell.column] = words
    return tuple(rows[at] for at in sorted(rows))


def rests_on(assessment: Assessment, reading: Interpretation) -> bool:
    """Whether a result rests on a reading of the printed wording.

    A reading of some rungs counts where the ladder was climbed down to one of them.
    """
    if reading.levels and assessment.level_name[0]:
        return True
    for result in assessment.criteria:
        if result.number in reading.criteria and result.computed is not None:
            tried = {rung.points for rung in result.rungs if rung.points >= result.computed}
            if not reading.points or tried & set(reading.points):
                return True
    return False


def _scored(form: Form, scores: Mapping[int, int], asked: Collection[int]) -> Scored:
    """What scores give by the printed rules; what is asked and not scored gives no points."""
    return Scored(
        scores=scores,
        subtotals={
            each.key: sum(scores.get(number, 0) for number in each.numbers)
            for each in form.subtotals
        },
        total=sum(scores.get(each.number, 0) for each in form.counted),
        level=reached_level(form, levels_met(form, {n: scores.get(n, 0) for n in asked})),
    )
