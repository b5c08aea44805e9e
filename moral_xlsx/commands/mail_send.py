"""``moral-xlsx mail send``: drafts sent, each once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from moral_xlsx.commands import given, options
from moral_xlsx.commands.boundary import Command, Exit
from moral_xlsx.commands.mail_password import password_of

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("send", cls=Command)
@click.argument("folder", type=options.FOLDER)
@options.host
@click.option("--user", default="", help="ชื่อผู้ใช้ ไม่ระบุถ้าเครื่องแม่ข่ายไม่ต้องเข้าระบบ")
@click.option("--sender", default="", help="อีเมลผู้ส่ง ปกติคือ --user")
@click.option("--port", type=int, default=None, help="พอร์ต ปกติ 587 (starttls) หรือ 465 (ssl)")
@click.option("--tls", type=click.Choice(["starttls", "ssl"]), default="starttls", help="การเข้ารหัส")
@options.ledger_folder
@click.option("--dry-run", is_flag=True, help="แสดงว่าจะส่งอะไร โดยไม่ส่ง")
@options.language
def mail_send(
    folder: Path,
    host: str,
    user: str,
    sender: str,
    port: int | None,
    tls: Literal["starttls", "ssl"],
    output: Path,
    dry_run: bool,
    lang: Language,
) -> None:
    """ส่งร่างจดหมาย .eml ในโฟลเดอร์ ฉบับละครั้งเดียว (send drafts, each once).

    จบด้วย 0 เมื่อส่งได้ทุกฉบับ, 1 เมื่อมีฉบับที่ส่งไม่ได้หรือไม่แน่ใจ, 2 เมื่อใช้แม่ข่ายไม่ได้
    """
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.mail.outward.send import Server, send

    # What was rejected is other people's mail, what was kept is not what stands now.
    found = (p for p in sorted(folder.rglob("*.eml")) if not {"rejected", "kept"} & set(p.parts))
    drafts = ((path.name, path.read_bytes()) for path in found if path.is_file())
    number = port or (587 if tls == "starttls" else 465)
    secret = "" if dry_run else password_of(user)
    server = Server(host, number, user, secret, tls)
    clean = True
    index = int(lang == "en")
    with open_ledger(given.ledger(output)) as ledger:
        for each in send(drafts, server, ledger, given.now, sender=sender or user, dry_run=dry_run):
            clean &= each.state in ("sent", "would_send", "sent_before")
            words = (each.name, each.recipient, each.said[index], each.remedy[index])
            click.echo(" · ".join(word for word in words if word))
    sys.exit(Exit.OK if clean else Exit.FINDINGS)
