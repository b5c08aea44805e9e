"""``moral-xlsx explain``: why a unit has its result, as its record tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, read_file, stop

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@click.argument("unit")
@click.argument("form")
@click.option("--criterion", default=None, help="เฉพาะข้อนี้ เช่น 3 หรือ ๔.๕")
@click.option("--round", "round_name", default=None, help="รอบ เช่น 2569-05 (ปกติคือรอบล่าสุดที่มีบันทึก)")
@options.ledger_folder
@options.forms_not_needed
@options.language
def explain(
    unit: str,
    form: str,
    criterion: str | None,
    round_name: str | None,
    output: Path,
    lang: Language,
) -> None:
    """ทำไมหน่วยงานได้ผลเท่านี้ ตามบันทึกที่ออกไว้ (why a unit has its result, as recorded)."""
    from moral_xlsx.commands.console.explain import show_record
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.round.outbox import issued_record
    from moral_xlsx.word.record.reading import of_criterion, read_record

    with open_ledger(given.ledger(output)) as ledger:
        rounds = ledger.rounds()
    if round_name is not None:
        rounds = (given.round_of(round_name),)
    for each in sorted(rounds, reverse=True):
        path = issued_record(output / each, unit, form)
        if path is None:
            continue
        record = read_record(read_file(path))
        told = record if criterion is None else of_criterion(record, criterion)
        if not told:
            stop(
                f"บันทึก {path} ไม่มีข้อ {criterion}",
                f"The record {path} has no criterion {criterion}.",
            )
        show_record(told, path)
        return
    stop(
        f"ไม่มีบันทึกของหน่วยงาน {unit} แบบ {form} ใน {output}",
        f"There is no record of unit {unit} for form {form} in {output}.",
    )
