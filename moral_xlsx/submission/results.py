"""Results as JSON objects, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Language

# Words of a finding that repeat what somebody typed into a cell.
_TYPED = frozenset({"found", "read", "title"})


def without_what_was_typed(found: Finding) -> Finding:
    """A finding that names the cell, and not what stands there: it may be anything."""
    if not found.place.cell:
        return found
    words = ((name, "…" if name in _TYPED else word) for name, word in found.words)
    return replace(found, words=tuple(words))


def finding_json(found: Finding, language: Language = "th") -> dict[str, object]:
    """A finding with its texts in one language."""
    return {
        "code": found.code,
        "severity": found.severity,
        "sheet": found.place.sheet,
        "cell": found.place.cell,
        "field": found.place.field,
        "message": message(found, language),
        "remedy": remedy(found, language),
    }


def result_json(
    file: str,
    assessment: Assessment | None,
    findings: Sequence[Finding],
    language: Language = "th",
) -> dict[str, object]:
    """The result of one file; without an assessment it was rejected."""
    said = [finding_json(found, language) for found in findings]
    if assessment is None:
        return {
            "file": file,
            "form": None,
            "form_version": None,
            "unit": None,
            "verdict": "rejected",
            "findings": said,
        }
    index = 0 if language == "th" else 1
    return {
        "file": file,
        "form": assessment.form,
        "form_version": assessment.form_version,
        "unit": {"code": assessment.unit_code, "name": assessment.unit_name},
        "verdict": assessment.verdict,
        "criteria": [
            {
                "number": result.number,
                "claimed": result.claimed,
                "computed": result.computed,
                **({"reviewed": result.reviewed.score} if result.reviewed else {}),
                "evidence": result.evidence,
                "shortfall": [pair[index] for pair in result.shortfall],
                **({"not_applicable": result.waived[index]} if result.computed is None else {}),
            }
            for result in assessment.criteria
        ],
        "subtotals": dict(assessment.subtotals),
        "total": assessment.total if assessment.criteria else None,
        "level": assessment.level if assessment.level_name[0] else None,
        "level_name": assessment.level_name[index],
        "derived": {
            name: None if value is None else str(value) for name, value in assessment.derived
        },
        "findings": said,
    }
