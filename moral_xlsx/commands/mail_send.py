"""``moral-xlsx mail send``: drafts sent, each once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit, tell
from moral_xlsx.commands.mail_login import login_of, token_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moral_xlsx.model.findings import Language


# What was rejected is other people's mail, what was kept is not what stands now.
_ASIDE = {"rejected", "kept", "held"}


@click.command("send", cls=Command)
@click.argument("folder", type=options.FOLDER)
@options.host
@click.option("--user", default="", help="ชื่อผู้ใช้ ไม่ระบุถ้าเครื่องแม่ข่ายไม่ต้องเข้าระบบ")
@click.option("--sender", default="", help="อีเมลผู้ส่ง ปกติคือ --user")
@click.option("--port", type=int, default=None, help="พอร์ต ปกติ 587 (starttls) หรือ 465 (ssl)")
@click.option("--tls", type=click.Choice(["starttls", "ssl"]), default="starttls", help="การเข้ารหัส")
@token_options
@options.ledger_folder
@click.option("--dry-run", is_flag=True, help="แสดงว่าจะส่งอะไร โดยไม่ส่ง")
@options.forms_not_needed
@options.language
def mail_send(
    folder: Path,
    host: str,
    user: str,
    sender: str,
    port: int | None,
    tls: Literal["starttls", "ssl"],
    token_command: str | None,
    token_file: Path | None,
    output: Path,
    dry_run: bool,
    lang: Language,
) -> None:
    """ส่งร่างจดหมาย .eml ในโฟลเดอร์ ฉบับละครั้งเดียว (send drafts, each once).

    จบด้วย 0 เมื่อส่งได้ทุกฉบับ, 1 เมื่อมีฉบับที่ส่งไม่ได้หรือไม่แน่ใจ, 2 เมื่อใช้แม่ข่ายไม่ได้
    """
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.mail.outward.connection import Server
    from moral_xlsx.mail.outward.send import send

    found = [p for p in sorted(folder.resolve().rglob("*.eml")) if not _ASIDE & set(p.parts)]
    held = _held(found, lang)
    drafts = ((p.name, p.read_bytes()) for p in found if p.is_file() and p not in held)
    number = port or (587 if tls == "starttls" else 465)
    login = login_of("" if dry_run else user, token_command, token_file)
    server = Server(host, number, login, tls)
    clean = True
    index = int(lang == "en")
    with open_ledger(given.ledger(output)) as ledger:
        for each in send(drafts, server, ledger, given.now, sender=sender or user, dry_run=dry_run):
            clean &= each.state in ("sent", "would_send", "sent_before")
            words = (each.name, each.recipient, each.said[index], each.remedy[index])
            click.echo(" · ".join(word for word in words if word))
    sys.exit(Exit.OK if clean else Exit.FINDINGS)


def _held(drafts: Sequence[Path], lang: Language) -> frozenset[Path]:
    """The drafts that the desk of their round holds; each is told, and so is a desk with decisions
    that the letters do not know yet."""
    from moral_xlsx.round.desk import on_desk
    from moral_xlsx.round.outbox import DESK

    held = set()
    for folder in dict.fromkeys(path.parent.parent for path in drafts):
        desk = on_desk(folder)
        if desk.changed:
            tell(
                lang,
                f"คำเตือน: {folder / DESK} มีคำตัดสิน {desk.changed} แถวที่ยังไม่ได้รับ จดหมายจึงยังไม่บอก "
                "สั่ง batch รอบนี้ก่อนส่ง",
                f"Warning: {folder / DESK} has {desk.changed} rows that no batch took in, of which "
                "the letters do not tell; run the round again first.",
            )
        for path in drafts:
            if path.parent.parent == folder and path.relative_to(folder).as_posix() in desk.held:
                held.add(path)
                tell(lang, f"{path.name} · พักไว้ในโต๊ะงาน ไม่ส่ง", f"{path.name} · held on the desk")
    return frozenset(held)
