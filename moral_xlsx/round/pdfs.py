"""The PDFs of a round: of every report and record, beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.pdf.office import Converted, to_pdf
from moral_xlsx.round.outbox import Outbox
from moral_xlsx.round.stages import Issued, ResolvedFile

_PRINTED = ("reports/", "records/")
_DOCUMENT, _PDF = ".docx", ".pdf"
# Documents without a PDF that one line names.
_MOST_NAMED = 5


def print_reports(files: Iterable[ResolvedFile], outbox: Outbox) -> Converted:
    """Stages the PDF of every report beside the staged report, where letters find it."""
    judged = (
        file.taken.sha256
        for file in files
        if file.taken.assessment is not None and file.state not in ("other", "duplicate")
    )
    reports = [outbox.staged(f"{digest}{_DOCUMENT}") for digest in dict.fromkeys(judged)]
    return to_pdf(reports, outbox.staged(""))


def put_pdfs(
    issued: Issued, outbox: Outbox, reports: Converted
) -> tuple[Issued, tuple[Bilingual, ...]]:
    """Makes the PDFs of all reports and records outputs, those of ``reports`` and the others.

    Gives what was issued with them, and what the clerk is told of those that are missing.
    """
    documents = {
        name: staged
        for name, staged in outbox.outputs.items()
        if name.startswith(_PRINTED) and name.endswith(_DOCUMENT)
    }
    tried = {*reports.made, *reports.failed}
    others = to_pdf([each for each in documents.values() if each not in tried], outbox.staged(""))
    made = {**reports.made, **others.made}
    for name, staged in documents.items():
        if staged in made:
            outbox.place(_beside(name), made[staged])
    files = tuple(
        replace(file, outputs=tuple(_with_pdfs(file.outputs, outbox))) for file in issued.files
    )
    notices = dict.fromkeys((*reports.notices, *others.notices))
    missing = _missing(documents, {**reports.failed, **others.failed})
    return replace(issued, files=files), (*notices, *missing)


def _beside(document: str) -> str:
    return document.removesuffix(_DOCUMENT) + _PDF


def _with_pdfs(outputs: Iterable[str], outbox: Outbox) -> Iterable[str]:
    for each in outputs:
        yield each
        if each.endswith(_DOCUMENT) and outbox.has(_beside(each)):
            yield _beside(each)


def _missing(documents: dict[str, Path], failed: dict[Path, Bilingual]) -> Iterable[Bilingual]:
    """What is said of documents without a PDF: those of one reason together."""
    by_reason: dict[Bilingual, list[str]] = defaultdict(list)
    for name, staged in documents.items():
        if staged in failed:
            by_reason[failed[staged]].append(name)
    for (thai, english), names in by_reason.items():
        named = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
        count = len(names)
        yield (
            f"ไม่มี PDF ของ {count} ไฟล์ ({named}): {thai}",
            f"{count} documents have no PDF ({named}): {english}",
        )
