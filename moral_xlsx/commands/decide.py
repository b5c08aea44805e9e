"""``moral-xlsx decide``: what reviewers decide, by the rules of the desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moral_xlsx.ledger.store import Ledger
    from moral_xlsx.model.findings import Language
    from moral_xlsx.rules.rulings import Ground, Typed


@click.command(cls=Command)
@click.argument("form", default="")
@click.argument("unit", default="")
@click.option("--round", "round_name", required=True, help="รอบ เช่น 2569-05")
@click.option("--reviewer", default="", help="ผู้ตัดสิน")
@click.option("--reason", default="", help="เหตุผล")
@click.option("--criterion", type=int, default=None, help="ข้อที่ให้คะแนน ใช้กับ --score")
@click.option("--score", default=None, help="คะแนนที่ให้")
@click.option("--verdict", default=None, help="ผลของทั้งแบบ: รับ หรือ ส่งคืน")
@click.option("--until", default=None, help="กำหนดส่ง ไม่ระบุหน่วยงานคือทุกหน่วยงาน")
@click.option("--file", "sha256", default="", help="ไฟล์ ตามอักษรต้นของ SHA-256 ใช้กับ --owner --use")
@click.option("--owner", default=None, help="รหัสหน่วยงานเจ้าของไฟล์")
@click.option("--use", default=None, help="ใช้ไฟล์เป็นผลหรือไม่: ใช้ หรือ ไม่ใช้")
@click.option("--withdraw", is_flag=True, help="ถอนคำตัดสินนั้น")
@click.option("--list", "listing", is_flag=True, help="พิมพ์คำตัดสินทั้งหมดถึงรอบนั้น")
@options.ledger_folder
@options.forms
@options.language
def decide(
    form: str,
    unit: str,
    round_name: str,
    reviewer: str,
    reason: str,
    criterion: int | None,
    score: str | None,
    verdict: str | None,
    until: str | None,
    sha256: str,
    owner: str | None,
    use: str | None,
    withdraw: bool,
    listing: bool,
    output: Path,
    forms_folder: Path | None,
    lang: Language,
) -> None:
    """บันทึก ถอน หรือดูคำตัดสิน ตามกฎเดียวกับโต๊ะงาน desk.xlsx (take, withdraw or list decisions).

    มีผลเมื่อสั่ง batch ของรอบนั้นอีกครั้ง
    """
    from dataclasses import replace

    from moral_xlsx.commands.console.decisions import show_decisions
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.model.decisions import Rulings
    from moral_xlsx.rules.rulings import Ground, Typed

    forms = given.forms(forms_folder, lang)
    with open_ledger(given.ledger(output)) as ledger:
        if listing:
            show_decisions(ledger.decisions(round_name), lang)
            return
        if round_name not in ledger.rounds():
            ledger.status(round_name)  # says which rounds there are
        ground = Ground(round_name, ledger.judged(round_name), forms)
        item = _whole(sha256, ground)
        base = Typed("verdict", None, reason, reviewer, form, unit)
        of_file = Typed("use", None, reason, reviewer, item=item, owner=owner or "")
        of_score = replace(base, kind="score", criterion=criterion or 0)
        asked = (
            (of_score, score, criterion is not None),
            (replace(base, kind="due"), until, until is not None),
            (replace(of_file, kind="owner"), owner, bool(item)),
            (of_file, use, bool(item)),
            (base, verdict, criterion is None and until is None and not item),
        )
        if withdraw:
            meant = (each for each, _, named in asked if named)
            wanted = [replace(each, value="", reason="", reviewer="") for each in meant]
        else:
            wanted = [replace(each, value=value) for each, value, _ in asked if value is not None]
        if not wanted:
            stop(
                "บอกคำตัดสินหนึ่งอย่าง: --criterion กับ --score, --verdict, --until "
                "หรือ --file กับ --owner --use",
                "Say what is decided: --criterion with --score, --verdict, --until, or --file with "
                "--owner or --use.",
            )
        standing = Rulings.of(ledger.decisions(round_name)).standing
        if withdraw and not any(each.subject in standing for each in wanted):
            stop("ไม่มีคำตัดสินนี้ในรอบนี้", "There is no such decision in this round.")
        _take(wanted, ground, ledger)
    click.echo(
        (
            f"บันทึกแล้ว สั่ง moral-xlsx batch รอบ {round_name} อีกครั้งเพื่อออกผลใหม่",
            f"Recorded; run moral-xlsx batch for {round_name} again to issue the results.",
        )[lang == "en"]
    )


def _whole(sha256: str, ground: Ground) -> str:
    """The whole hash of a file that is named by its beginning; as it stands where none is."""
    found = [each for each in ground.judged.files if sha256 and each.startswith(sha256.lower())]
    return found[0] if len(found) == 1 else sha256


def _take(wanted: Sequence[Typed], ground: Ground, ledger: Ledger) -> None:
    """Takes decisions, all or none; what keeps one from being taken ends the command."""
    from moral_xlsx.model.catalogue import message, remedy
    from moral_xlsx.model.decisions import Decision
    from moral_xlsx.rules.rulings import decided

    taken = []
    for each in wanted:
        found = decided(each, ground)
        if not isinstance(found, Decision):
            stop(
                f"{message(found)} {remedy(found)}",
                f"{message(found, 'en')} {remedy(found, 'en')}",
            )
        taken.append(found)
    ledger.decide(taken)
