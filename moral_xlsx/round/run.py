"""A round from the inbox to ``run.json``: receive, resolve, compare, decide, record, issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.decisions import Rulings
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.round import RoundResult
from moral_xlsx.model.units import Unit
from moral_xlsx.round.compare import compare
from moral_xlsx.round.crew import Crew, Workplace
from moral_xlsx.round.decide import decide
from moral_xlsx.round.desk import bind_holds, take_desk
from moral_xlsx.round.desk_rows import desk_of
from moral_xlsx.round.dress import dress
from moral_xlsx.round.evidence import gather
from moral_xlsx.round.faults import FAULTS, faults_text, stop_for_faults
from moral_xlsx.round.history import read_history
from moral_xlsx.round.inbox import Inbox
from moral_xlsx.round.issue import issue
from moral_xlsx.round.issuer import Issuer
from moral_xlsx.round.outbox import DESK, LEDGER, Outbox, legal_name, locked, open_outbox, own
from moral_xlsx.round.overall import REPORT, SUMMARY, put_overall
from moral_xlsx.round.pdfs import print_reports, put_pdfs
from moral_xlsx.round.receive import receive
from moral_xlsx.round.record import Bearings, recorded, recording
from moral_xlsx.round.resolve import resolve
from moral_xlsx.round.run_file import run_json
from moral_xlsx.round.stages import Issued
from moral_xlsx.rules.definition.load import SHIPPED, Forms
from moral_xlsx.rules.judge.matching import related_forms
from moral_xlsx.rules.judge.timeliness import with_due_dates
from moral_xlsx.thai import key

# What tells of all units together.
_OF_THE_ROUND = frozenset({DESK, SUMMARY, REPORT, FAULTS})


@dataclass(frozen=True, slots=True)
class Office:
    """What a round works with besides its inbox: registry, letters' templates, forms."""

    units: tuple[Unit, ...] | None = None
    letters: Letters = field(default_factory=Letters)
    forms: Forms = SHIPPED


def run_round(
    inbox: Inbox,
    output: Path,
    round_name: str,
    office: Office,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
    *,
    pdf: bool = False,
    only: str = "",
    dask: str = "",
) -> RoundResult:
    """Runs a round and writes ``output/round_name``; ``advance`` is called for each file.
    With ``pdf`` reports and records are PDFs as well, as far as they can be made; with ``only``
    the outputs of that unit alone are put in place, besides those of the whole round. Files are
    judged on the cluster at the address ``dask``, if there is one.

    Everything is made first; then the ledger beside the rounds takes the round in one
    transaction, and then the outputs are put in place: a run that is killed is simply run again.
    Raises AlreadyRunningError, DeskError, OutputInUseError and LedgerError, and ProgramFaultError
    when the program fails its own test or fails on several files alike; no input makes it raise.
    """
    own(output / LEDGER)  # it may be an earlier program's
    forms = office.forms
    with (
        # A round builds on what earlier ones recorded: one at a time.
        locked(output / ".lock"),
        open_outbox(output / round_name) as outbox,
        open_ledger(output / LEDGER) as ledger,
        Crew(Workplace(outbox.staged(""), round_name, forms, office.letters), jobs) as crew,
    ):
        desk = take_desk(outbox, round_name, ledger, forms)
        history = read_history(ledger, round_name)
        events = ledger.decisions(round_name)
        rulings = Rulings.of(events)
        registry = with_due_dates(office.units or (), forms, rulings)
        units = registry if office.units is not None else None
        keep = related_forms(forms.values())
        received = receive(
            inbox, outbox, round_name, units, forms, jobs, keep, rulings, advance, dask
        )
        resolved = resolve(
            received,
            registry,
            lambda sha256, since: ledger.superseded_before(sha256, round_name, since),
            rulings,
        )
        stop_for_faults(resolved)
        evidence = gather(resolved, forms, outbox, jobs)
        compared = compare(resolved, forms, history, evidence)
        decided = decide(compared, registry, forms, round_name, history)
        if only and key(only) not in {key(u.unit.code) for f in decided.forms for u in f.units}:
            raise MoralXlsxError(
                (f"รอบนี้ไม่มีหน่วยงาน {only}", f"There is no unit {only} in this round.")
            )
        dress(decided.files, crew)
        # Before the ledger is held: it takes LibreOffice a while.
        printed = print_reports(decided.files, outbox) if pdf else None
        with recording(decided, registry, outbox, ledger):
            new = tuple(each for each in events if each.round == round_name)
            bearings = Bearings(new, rulings)
            told = (recorded(file, ledger, history, round_name, bearings) for file in decided.files)
            by_code = {key(unit.code): unit for unit in registry}
            holds = {each.subject.item: each for each in desk.holds}
            issuer = Issuer(round_name, outbox, office.letters, by_code, forms, rulings, holds)
            issued = issue(told, decided, issuer, crew)
            notices: tuple[Bilingual, ...] = ()
            if printed is not None:
                issued, notices = put_pdfs(issued, outbox, printed)
            gone = bind_holds(desk, issued.letters, ledger)
            events, last = ledger.decisions(round_name), ledger.last_decision()
            on_desk = desk_of(decided, issued, desk, events, last, registry)
            result = RoundResult(
                round_name,
                decided.forms,
                issued.files,
                (*notices, *desk.notices, *gone),
                desk.taken,
                len(desk.notices),
                len(on_desk.rows["todo"]),
                not notices and all(file.taken.repeatable for file in decided.files),
            )
            # A report over several departments names none.
            departments = {unit.department for unit in registry}
            department = departments.pop() if len(departments) == 1 else ""
            put_overall(result, on_desk, department, outbox, crew)
            if faults := faults_text(decided.files):
                outbox.put(FAULTS, faults)
            run = {**run_json(decided, issued, inbox, history), "desk": last}
        if only:
            outbox.leave(_of_unit(issued, only, outbox) | _OF_THE_ROUND)
        outbox.publish(run)
    return result


def _of_unit(issued: Issued, unit_code: str, outbox: Outbox) -> frozenset[str]:
    """The outputs that are a unit's, those of earlier runs too."""
    wanted = key(unit_code)
    files = [file for file in issued.files if key(file.unit_code) == wanted]
    reminders = (output for code, output in issued.reminders.items() if key(code) == wanted)
    evidence = (output for file in files for _, output in file.evidence)
    named = legal_name(next((file.unit_code for file in files), unit_code)).casefold()
    earlier = {each for each in (*outbox.placed, *outbox.outputs) if _is_named(each, named)}
    return (
        frozenset((*(o for file in files for o in file.outputs), *reminders, *evidence)) | earlier
    )


def _is_named(output: str, unit: str) -> bool:
    stem = Path(output).stem.casefold()
    return stem == unit or stem.startswith(f"{unit}_")
