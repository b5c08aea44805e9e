"""A round: every file of an inbox judged, duplicates settled, all outputs written."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

from moral_xlsx import __version__
from moral_xlsx.comparison import Compared, compare
from moral_xlsx.excel.guard import MAX_FILE
from moral_xlsx.excel.summary import summary_workbook
from moral_xlsx.history import PROGRAM, History, Identity, Recorded, read_history, results_json
from moral_xlsx.model.assessment import Assessment, RungResult, Verdict
from moral_xlsx.model.catalogue import finding
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import (
    FileRecord,
    FileState,
    FormResult,
    Previous,
    RoundResult,
    Unit,
    UnitResult,
)
from moral_xlsx.outbox import RUN_FILE, Outbox, legal_name, open_outbox
from moral_xlsx.reply import refusal_text, reply_text
from moral_xlsx.results import finding_json
from moral_xlsx.rules.definition import form_ids, load_form
from moral_xlsx.rules.matching import related_forms
from moral_xlsx.rules.rollup import roll_up
from moral_xlsx.rules.timeliness import Receipt, receipt, timeliness
from moral_xlsx.thai import key
from moral_xlsx.word.department import department_report
from moral_xlsx.wording import round_in_words
from moral_xlsx.workers import Taken, take_in

_IGNORED_NAMES = ("thumbs.db", "desktop.ini")
_KEPT_SUFFIXES = (
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".pdf", ".doc", ".docx"),
    *(".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z"),
)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The files of an inbox by relative name, and what stands there without being sent."""

    files: tuple[tuple[str, Path], ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One input on its way through the round."""

    name: str
    path: Path
    taken: Taken
    state: FileState
    receipt: Receipt
    notes: tuple[Finding, ...] = ()
    compared: Compared | None = None

    @property
    def identity(self) -> Identity:
        """The form and unit that the file speaks for."""
        assessment = self.taken.assessment
        if assessment is None:
            return "", ""
        # Files that name no unit are no versions of one another.
        return assessment.form, key(assessment.unit_code) or self.taken.sha256

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.taken.findings, *self.notes)


def list_inbox(folder: Path, output: Path) -> Inbox:
    """Every file below a folder, in the order of its name, without the output folder.

    What cannot be sent in (links, hidden files, folders that may not be read) is listed as
    ignored, so that nothing disappears unsaid.
    """
    folder, output = folder.resolve(), output.resolve()
    files: list[tuple[str, Path]] = []
    ignored: list[str] = []

    def unreadable(error: OSError) -> None:
        ignored.append(_name(Path(error.filename or folder), folder))

    for root, folders, names in os.walk(folder, onerror=unreadable):
        within = [Path(root, name) for name in folders]
        foreign = [path for path in within if path.is_symlink() or (path / RUN_FILE).exists()]
        ignored += (_name(path, folder) for path in foreign)
        folders[:] = [p.name for p in sorted(within) if p != output and p not in foreign]
        for path in (Path(root, name) for name in names):
            if _is_sent(path):
                files.append((_name(path, folder), path))
            else:
                ignored.append(_name(path, folder))
    return Inbox(tuple(sorted(files)), tuple(sorted(ignored)))


def _is_sent(path: Path) -> bool:
    """Whether a file is a submission: no link, nothing hidden, nothing that cannot be seen."""
    if path.name.startswith(("~$", ".")) or path.name.lower() in _IGNORED_NAMES:
        return False
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False


def _name(path: Path, folder: Path) -> str:
    """A file's name below the inbox, in characters that every output can hold."""
    relative = path.relative_to(folder).as_posix()
    return relative.encode("utf-8", "replace").decode("utf-8")


def run_round(
    inbox: Inbox,
    output: Path,
    round_name: str,
    units: Sequence[Unit] | None,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
) -> RoundResult:
    """Runs a round and writes ``output/round_name``; ``advance`` is called for each file.

    Raises AlreadyRunningError and OutputInUseError; no input ever makes it raise.
    """
    registry = None if units is None else tuple(units)
    history = read_history(output, round_name)
    forms = {form_id: load_form(form_id) for form_id in form_ids()}
    with open_outbox(output / round_name) as outbox:
        keep = related_forms(forms.values())
        taken = _take_in(inbox, outbox, round_name, registry, jobs, keep, advance)
        files = _compare(_settle(taken), forms, history)
        records = tuple(_issue(file, outbox) for file in files)
        known = _known(files, history)
        results = _form_results(files, registry or (), round_name, known, history)
        result = RoundResult(round_name, results, records)
        # A report over several departments names none.
        departments = {unit.department for unit in registry or ()}
        department = departments.pop() if len(departments) == 1 else ""
        outbox.put("summary.xlsx", summary_workbook(result))
        outbox.put("summary.docx", department_report(result, department))
        outbox.finish(
            {
                **_run_json(result, files, inbox),
                "earlier": history.json(),
                "results": results_json(result, known, history),
            }
        )
    return result


def _take_in(
    inbox: Inbox,
    outbox: Outbox,
    round_name: str,
    registry: tuple[Unit, ...] | None,
    jobs: int,
    keep: frozenset[str],
    advance: Callable[[], None],
) -> Iterator[_File]:
    paths = [path for _, path in inbox.files]
    results = take_in(paths, round_name, registry, jobs, keep=keep)
    seen: dict[RungResult, RungResult] = {}
    for (name, path), taken in zip(inbox.files, results, strict=True):
        advance()
        if taken.outputs is not None:
            # Kept on disk, so that memory does not grow with the number of files.
            outbox.stage(f"{taken.sha256}.xlsx", taken.outputs.workbook)
            outbox.stage(f"{taken.sha256}.docx", taken.outputs.report)
            taken = replace(taken, outputs=None)
        if taken.assessment is not None:
            taken = replace(taken, assessment=_shared(taken.assessment, seen))
        state: FileState = "counted" if taken.assessment else "rejected"
        yield _File(name, path, taken, state, _receipt(name, taken))


def _receipt(name: str, taken: Taken) -> Receipt:
    if taken.assessment is None:
        return receipt(name, None, date.min)
    # Nobody saves a form before its year; a blank one carries a day of its own.
    earliest, _ = load_form(taken.assessment.form).fiscal_year_dates
    return receipt(name, _moment(taken.modified), earliest)


def _shared(assessment: Assessment, seen: dict[RungResult, RungResult]) -> Assessment:
    """The same assessment; equal rungs of different units are one value in memory."""
    criteria = tuple(
        replace(result, rungs=tuple(seen.setdefault(rung, rung) for rung in result.rungs))
        for result in assessment.criteria
    )
    return replace(assessment, criteria=criteria)


def _settle(files: Iterable[_File]) -> list[_File]:
    """Decides which of a unit's files counts: the newest, when that can be told."""
    settled = list(files)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    first: dict[str, int] = {}
    # A file that was judged is the original of one whose worker died on the same bytes.
    judged_first = sorted(range(len(settled)), key=lambda i: settled[i].taken.assessment is None)
    for index in judged_first:
        file = settled[index]
        original = first.setdefault(file.taken.sha256 or file.name, index)
        if original != index:
            note = finding("MX-405", found=settled[original].name)
            settled[index] = replace(file, state="duplicate", notes=(note,))
        elif file.taken.assessment:
            groups[file.identity].append(index)
    for indexes in groups.values():
        _settle_versions(settled, indexes)
    return settled


def _settle_versions(files: list[_File], indexes: list[int]) -> None:
    if len(indexes) < 2:
        return
    saved = [_moment(files[index].taken.modified) for index in indexes]
    newest = max((moment for moment in saved if moment), default=None)
    names = {key(_unit_name(files[index])) for index in indexes}
    # Different names under one code may be different units: nobody's answers are dropped.
    if None in saved or saved.count(newest) > 1 or len(names - {""}) > 1:
        listed = ", ".join(files[index].name for index in indexes)
        for index in indexes:
            note = finding("MX-404", found=listed)
            files[index] = replace(files[index], state="conflict", notes=(note,))
        return
    counted = indexes[saved.index(newest)]
    for index in indexes:
        if index != counted:
            note = finding("MX-403", found=files[counted].name)
            files[index] = replace(files[index], state="superseded", notes=(note,))


def _unit_name(file: _File) -> str:
    return file.taken.assessment.unit_name if file.taken.assessment else ""


def _moment(text: str) -> datetime | None:
    """The moment that a saving program recorded; None when there is none or no sense in it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _compare(files: list[_File], forms: Mapping[str, Form], history: History) -> list[_File]:
    """Adds what came out when each unit's counted files were held against one another."""
    counted = {
        file.identity: file.taken.answers
        for file in files
        if file.state == "counted" and file.taken.answers
    }
    compared = compare(counted, forms, history)
    return [
        replace(file, notes=(*file.notes, *found.findings), compared=found)
        if file.state == "counted" and (found := compared.get(file.identity))
        else file
        for file in files
    ]


def _known(files: Sequence[_File], history: History) -> dict[Identity, Recorded]:
    """What is known of each unit on each form, with this round's files."""
    known = dict(history.recorded)
    for file in files:
        if file.taken.assessment is None:
            continue
        code, day = file.taken.assessment.unit_code, file.receipt.day
        before = known.get(file.identity) or Recorded(code)
        plans = file.compared.plans if file.compared else {}
        known[file.identity] = replace(
            before,
            unit_code=code,
            received=min(filter(None, (before.received, day)), default=None),
            days_received=tuple(sorted({*before.days_received, *([day] if day else [])})),
            undated=before.undated or day is None,
            plans=plans or before.plans,
        )
    return known


def _issue(file: _File, outbox: Outbox) -> FileRecord:
    """Puts the outputs of one file in place and records what became of it."""
    assessment = file.taken.assessment
    return FileRecord(
        name=file.name,
        sha256=file.taken.sha256,
        size=file.taken.size,
        state=file.state,
        verdict=assessment.verdict if assessment else "rejected",
        form=assessment.form if assessment else "",
        form_version=assessment.form_version if assessment else "",
        unit_code=assessment.unit_code if assessment else "",
        outputs=_outputs(file, outbox),
        findings=file.findings,
    )


def _outputs(file: _File, outbox: Outbox) -> tuple[str, ...]:
    if file.state == "duplicate":
        return ()
    if file.taken.assessment is None:
        return _issue_rejected(file, outbox)
    return _issue_judged(file, file.taken.assessment, outbox)


def _issue_judged(file: _File, assessment: Assessment, outbox: Outbox) -> tuple[str, ...]:
    digest = file.taken.sha256
    name = legal_name(assessment.unit_code or "unknown", assessment.form)
    if file.state != "counted" or not assessment.unit_code:
        name += f"_{digest[:12]}"
    outputs = (f"workbooks/{name}.xlsx", f"reports/{name}.docx", f"replies/{name}.txt")
    outbox.place(outputs[0], outbox.staged(f"{digest}.xlsx"))
    outbox.place(outputs[1], outbox.staged(f"{digest}.docx"))
    reply = reply_text(load_form(assessment.form), assessment, file.findings)
    outbox.put(outputs[2], reply.encode("utf-8-sig"))
    return outputs


def _issue_rejected(file: _File, outbox: Outbox) -> tuple[str, ...]:
    """A copy of the file, where it could be read, with the reason beside it."""
    name = f"rejected/{file.taken.sha256[:12] or legal_name(file.name)}"
    outputs = [f"{name}.txt"]
    if file.taken.sha256 and file.taken.size <= MAX_FILE:
        suffix = file.path.suffix.lower()
        copy = name + (suffix if suffix in _KEPT_SUFFIXES else ".bin")
        if outbox.copy(copy, file.path, file.taken.sha256):
            outputs.append(copy)
    outbox.put(outputs[0], refusal_text(file.name, file.findings).encode("utf-8-sig"))
    return tuple(outputs)


def _form_results(
    files: Sequence[_File],
    registry: Sequence[Unit],
    round_name: str,
    known: Mapping[Identity, Recorded],
    history: History,
) -> tuple[FormResult, ...]:
    """Each form's results: registered units in their order, then units that are not."""
    sent: dict[str, dict[str, list[_File]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        if file.state in ("counted", "conflict"):
            form_id, code = file.identity
            sent[form_id][code].append(file)
    expected = {*sent, *(form for unit in registry for form in unit.forms)}
    results = []
    for form in map(load_form, sorted(expected)):
        waiting = dict(sent[form.id])
        units = {
            key(unit.code): _unit_result(
                unit,
                waiting.pop(key(unit.code), []),
                history.of((form.id, key(unit.code))).previous,
                registered=True,
            )
            for unit in registry
            if not unit.forms or form.id in unit.forms or key(unit.code) in waiting
        }
        for code in sorted(waiting):
            assessment = waiting[code][0].taken.assessment
            assert assessment is not None
            unit = Unit(assessment.unit_code, assessment.unit_name)
            previous = history.of((form.id, code)).previous
            units[code] = _unit_result(unit, waiting[code], previous, registered=False)
        dated = tuple(
            replace(
                result,
                timeliness=timeliness(form, result.unit, round_name, _days(known, form.id, code)),
            )
            for code, result in units.items()
        )
        results.append(FormResult(form, dated, roll_up(form, dated)))
    return tuple(results)


def _days(known: Mapping[Identity, Recorded], form_id: str, code: str) -> tuple[date | None, ...]:
    return known[form_id, code].days if (form_id, code) in known else ()


def _unit_result(
    unit: Unit, files: list[_File], previous: Previous | None, *, registered: bool
) -> UnitResult:
    result = UnitResult(unit, registered, "missing", previous=previous)
    if not files:
        return replace(result, findings=(finding("MX-406", earlier=_earlier(previous)),))
    names = ", ".join(file.name for file in files)
    if files[0].state == "conflict":
        notes = (finding("MX-404", found=names),)
        return replace(result, state="conflict", file=names, findings=notes)
    counted = files[0]
    return replace(
        result,
        state="received",
        file=names,
        assessment=counted.taken.assessment,
        findings=counted.findings,
        progress=counted.compared.progress if counted.compared else (),
    )


def _earlier(previous: Previous | None) -> tuple[str, str]:
    """The round in which the unit's form was counted last, to be added to a sentence."""
    if previous is None:
        return "", ""
    said = round_in_words(previous.round)
    return f" ครั้งก่อนนับใน{said}", f"; it was counted in {previous.round}"


def _run_json(result: RoundResult, files: Sequence[_File], inbox: Inbox) -> dict[str, object]:
    states = dict.fromkeys(get_args(FileState), 0)
    verdicts = dict.fromkeys(get_args(Verdict), 0)
    inputs = []
    for record, file in zip(result.files, files, strict=True):
        states[record.state] += 1
        verdicts[record.verdict] += 1
        assessment = file.taken.assessment
        inputs.append(
            {
                "file": record.name,
                "sha256": record.sha256,
                "size": record.size,
                "state": record.state,
                "verdict": record.verdict,
                "form": record.form,
                "form_version": record.form_version,
                "unit_code": record.unit_code,
                "total": assessment.total if assessment else None,
                "level": assessment.level if assessment else None,
                "level_name": assessment.level_name[0] if assessment else None,
                "outputs": list(record.outputs),
                "received": file.receipt.day.isoformat() if file.receipt.day else None,
                "received_from": file.receipt.source,
                "findings": [finding_json(found) for found in record.findings],
            }
        )
    return {
        "program": {"name": PROGRAM, "version": __version__},
        "round": result.round,
        "forms": {each.form.id: each.form.version for each in result.forms},
        "counts": {
            "inputs": len(inputs),
            "states": states,
            "verdicts": verdicts,
            "ignored": len(inbox.ignored),
        },
        "missing": {
            each.form.id: [u.unit.code for u in each.units if u.state == "missing"]
            for each in result.forms
        },
        "inputs": inputs,
        "ignored": list(inbox.ignored),
    }
