"""``moral-xlsx decide``: what a reviewer decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, stop

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command(cls=Command)
@click.argument("form")
@click.argument("unit")
@click.option("--round", "round_name", required=True, help="รอบ เช่น 2569-05")
@click.option("--reviewer", required=True, help="ผู้ตัดสิน")
@click.option("--reason", required=True, help="เหตุผล")
@click.option("--criterion", type=int, default=None, help="ข้อที่ตัดสิน ไม่ระบุคือทั้งแบบ")
@click.option("--score", type=int, default=None, help="คะแนนที่ให้")
@options.ledger_folder
@options.language
def decide(
    form: str,
    unit: str,
    round_name: str,
    reviewer: str,
    reason: str,
    criterion: int | None,
    score: int | None,
    output: Path,
    lang: Language,
) -> None:
    """บันทึกคำตัดสินของผู้ตรวจลงสมุดทะเบียน (record a reviewer's decision).

    ตัดสินทั้งแบบแล้ว รายการที่รอพิจารณาของหน่วยงานในรอบนั้นจะหายจาก status
    """
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.model.ledger import Decision

    with open_ledger(given.ledger(output)) as ledger:
        known = {(each.form, each.unit_code) for each in ledger.status(round_name).units}
        if (form, unit) not in known:
            stop(
                f"รอบ {round_name} ไม่มีหน่วยงาน {unit} ในแบบ {form}",
                f"Round {round_name} has no unit {unit} in form {form}.",
            )
        ledger.add_decision(
            Decision(form, unit, round_name, criterion, score, reason, reviewer, given.now())
        )
    click.echo(("บันทึกแล้ว", "Recorded.")[lang == "en"])
