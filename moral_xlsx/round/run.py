"""A round from the inbox to ``run.json``: receive, resolve, compare, decide, record, issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from moral_xlsx.excel.summary.workbook import summary_workbook
from moral_xlsx.ledger.store import open_ledger
from moral_xlsx.mail.outward.texts import Letters
from moral_xlsx.model.round import RoundResult
from moral_xlsx.model.units import Unit
from moral_xlsx.round.compare import compare
from moral_xlsx.round.decide import decide
from moral_xlsx.round.history import read_history
from moral_xlsx.round.issue import Issuer, issue
from moral_xlsx.round.outbox import LEDGER, locked, open_outbox
from moral_xlsx.round.receive import Inbox, receive
from moral_xlsx.round.record import record, recorded
from moral_xlsx.round.resolve import resolve
from moral_xlsx.round.run_file import run_json
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.matching import related_forms
from moral_xlsx.thai import key
from moral_xlsx.word.department.document import department_report


@dataclass(frozen=True, slots=True)
class Office:
    """What a round works with besides its inbox: the registry and the letters' templates."""

    units: tuple[Unit, ...] | None = None
    letters: Letters = field(default_factory=Letters)


def run_round(
    inbox: Inbox,
    output: Path,
    round_name: str,
    office: Office,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
) -> RoundResult:
    """Runs a round and writes ``output/round_name``; ``advance`` is called for each file.

    The ledger beside the rounds is told in one transaction, before the outputs of the round
    are put in place: a run that is killed is simply run again. Raises AlreadyRunningError,
    OutputInUseError and LedgerError; no input ever makes it raise.
    """
    registry = office.units or ()
    forms = {form_id: load_form(form_id) for form_id in form_ids()}
    with (
        # A round builds on what earlier ones recorded: one at a time.
        locked(output / ".lock"),
        open_outbox(output / round_name) as outbox,
        open_ledger(output / LEDGER) as ledger,
    ):
        history = read_history(ledger, round_name)
        keep = related_forms(forms.values())
        received = receive(inbox, outbox, round_name, office.units, jobs, keep, advance)
        resolved = resolve(
            received, registry, lambda sha256: ledger.superseded_before(sha256, round_name)
        )
        compared = compare(resolved, forms, history)
        decided = decide(compared, registry, round_name, history)
        record(decided, registry, outbox, ledger)
        told = (recorded(file, ledger, history, round_name) for file in decided.files)
        units = {key(unit.code): unit for unit in registry}
        issued = issue(told, decided, Issuer(outbox, office.letters, units))
        result = RoundResult(round_name, decided.forms, issued.files)
        # A report over several departments names none.
        departments = {unit.department for unit in registry}
        department = departments.pop() if len(departments) == 1 else ""
        outbox.put("summary.xlsx", summary_workbook(result))
        outbox.put("summary.docx", department_report(result, department))
        outbox.finish(run_json(decided, issued, inbox, history))
    return result
