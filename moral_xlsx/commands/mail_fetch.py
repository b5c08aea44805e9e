"""``moral-xlsx mail fetch``: new messages of a mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from moral_xlsx.commands import options
from moral_xlsx.commands.boundary import Command, stop, tell
from moral_xlsx.commands.mail_login import login_of, token_options

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language


@click.command("fetch", cls=Command)
@click.argument("inbox", type=options.FILE)
@options.host
@click.option(
    "--user",
    required=True,
    help="ชื่อผู้ใช้ รหัสผ่านถามเมื่อสั่งหรืออ่านจากตัวแปร MORAL_XLSX_PASSWORD",
)
@click.option("--folder", default="INBOX", help="โฟลเดอร์ในกล่องจดหมาย")
@click.option("--port", type=int, default=None, help="พอร์ต ปกติ 993 (ssl) หรือ 143 (starttls)")
@click.option("--tls", type=click.Choice(["ssl", "starttls"]), default="ssl", help="การเข้ารหัส")
@token_options
@options.forms_not_needed
@options.language
def mail_fetch(
    inbox: Path,
    host: str,
    user: str,
    folder: str,
    port: int | None,
    tls: Literal["ssl", "starttls"],
    token_command: str | None,
    token_file: Path | None,
    lang: Language,
) -> None:
    """นำจดหมายใหม่ลงโฟลเดอร์ INBOX โดยไม่แตะจดหมายในกล่อง (fetch new messages).

    ฉบับที่มีใน INBOX แล้วไม่ดึงซ้ำ จบด้วย 0 เมื่อดึงได้, 2 เมื่อใช้กล่องจดหมายไม่ได้
    """
    try:
        from moral_xlsx.mail.inward.fetch import fetch
    except ImportError:
        stop(
            "ต้องติดตั้งส่วนจดหมายก่อน: ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[mail]",
            "Install the mail part first: pip install -e .[mail] in the program's folder",
        )
    number = port or (993 if tls == "ssl" else 143)
    count = 0
    login = login_of(user, token_command, token_file)
    for each in fetch(host, login, folder, inbox, port=number, tls=tls):
        count += 1
        click.echo(str(each.path))
    tell(lang, f"จดหมายใหม่ {count} ฉบับ", f"{count} new messages")
