"""Results as JSON objects, for other programs."""

from __future__ import annotations

from collections.abc import Sequence

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Language


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
                "evidence": result.evidence,
                "shortfall": [pair[index] for pair in result.shortfall],
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
