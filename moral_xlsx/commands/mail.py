"""The commands about mail and the ledger: fetch, send, status. Part of the command line."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

import click

if TYPE_CHECKING:
    from moral_xlsx.mail.errors import MailError
    from moral_xlsx.mail.outward.texts import Letters
    from moral_xlsx.model.findings import Language

PASSWORD = "MORAL_XLSX_PASSWORD"
_OK, _FINDINGS, _UNUSABLE = 0, 1, 2

_FILE = click.Path(path_type=Path)
_language = click.option(
    "--lang", type=click.Choice(["th", "en"]), default="th", help="ภาษาของข้อความ (Language)."
)
_host = click.option("--host", required=True, help="ชื่อเครื่องแม่ข่าย")
_user = click.option(
    "--user", required=True, help="ชื่อผู้ใช้ รหัสผ่านถามเมื่อสั่งหรืออ่านจากตัวแปร MORAL_XLSX_PASSWORD"
)


@click.group()
def mail() -> None:
    """ดึงอีเมลเข้า และส่งร่างจดหมายออก (fetch mail, send drafts)."""


@mail.command("fetch")
@click.argument("inbox", type=_FILE)
@_host
@_user
@click.option("--folder", default="INBOX", help="โฟลเดอร์ในกล่องจดหมาย")
@click.option("--port", type=int, default=None, help="พอร์ต ปกติ 993 (ssl) หรือ 143 (starttls)")
@click.option("--tls", type=click.Choice(["ssl", "starttls"]), default="ssl", help="การเข้ารหัส")
@_language
def mail_fetch(
    inbox: Path,
    host: str,
    user: str,
    folder: str,
    port: int | None,
    tls: Literal["ssl", "starttls"],
    lang: Language,
) -> None:
    """นำจดหมายใหม่ลงโฟลเดอร์ INBOX โดยไม่แตะจดหมายในกล่อง (fetch new messages).

    ฉบับที่มีใน INBOX แล้วไม่ดึงซ้ำ จบด้วย 0 เมื่อดึงได้, 2 เมื่อใช้กล่องจดหมายไม่ได้
    """
    try:
        from moral_xlsx.mail.errors import MailError
        from moral_xlsx.mail.inward.fetch import fetch
    except ImportError:
        _stop(
            lang,
            "ต้องติดตั้งส่วนจดหมายก่อน: ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[mail]",
            "Install the mail part first: pip install -e .[mail] in the program's folder",
        )
    number = port or (993 if tls == "ssl" else 143)
    count = 0
    try:
        for each in fetch(host, user, _password(user), folder, inbox, port=number, tls=tls):
            count += 1
            click.echo(str(each.path))
    except MailError as error:
        _stop_for(error, lang)
    words = (f"จดหมายใหม่ {count} ฉบับ", f"{count} new messages")
    click.echo(words[lang == "en"], err=True)


@mail.command("send")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_host
@click.option("--user", default="", help="ชื่อผู้ใช้ ไม่ระบุถ้าเครื่องแม่ข่ายไม่ต้องเข้าระบบ")
@click.option("--sender", default="", help="อีเมลผู้ส่ง ปกติคือ --user")
@click.option("--port", type=int, default=None, help="พอร์ต ปกติ 587 (starttls) หรือ 465 (ssl)")
@click.option("--tls", type=click.Choice(["starttls", "ssl"]), default="starttls", help="การเข้ารหัส")
@click.option("-o", "--output", type=_FILE, default=Path("output"), help="โฟลเดอร์ที่มีสมุดทะเบียน")
@click.option("--dry-run", is_flag=True, help="แสดงว่าจะส่งอะไร โดยไม่ส่ง")
@_language
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
    from moral_xlsx.ledger.trouble import LedgerError
    from moral_xlsx.mail.errors import MailError
    from moral_xlsx.mail.outward.send import Server, send
    from moral_xlsx.round.outbox import LEDGER

    # What was rejected is other people's mail, what was kept is not what stands now.
    found = (p for p in sorted(folder.rglob("*.eml")) if not {"rejected", "kept"} & set(p.parts))
    drafts = ((path.name, path.read_bytes()) for path in found if path.is_file())
    number = port or (587 if tls == "starttls" else 465)
    secret = "" if dry_run else _password(user)
    server = Server(host, number, user, secret, tls)
    clean = True
    index = int(lang == "en")
    try:
        with open_ledger(_ledger(output / LEDGER, lang)) as ledger:
            for each in send(drafts, server, ledger, _now, sender=sender or user, dry_run=dry_run):
                clean &= each.state in ("sent", "would_send", "sent_before")
                words = (each.name, each.recipient, each.said[index], each.remedy[index])
                click.echo(" · ".join(word for word in words if word))
    except MailError as error:
        _stop_for(error, lang)
    except LedgerError as trouble:
        _stop(lang, trouble.message_th, trouble.message_en)
    sys.exit(_OK if clean else _FINDINGS)


@click.command()
@click.option("-o", "--output", type=_FILE, default=Path("output"), help="โฟลเดอร์ที่มีสมุดทะเบียน")
@click.option("--round", "round_name", default=None, help="รอบ เช่น 2569-05 (ปกติคือรอบล่าสุด)")
@click.option("--csv", "as_csv", is_flag=True, help="พิมพ์เป็น CSV สำหรับโปรแกรมอื่น")
@click.option("--json", "as_json", is_flag=True, help="พิมพ์เป็น JSON สำหรับโปรแกรมอื่น")
@_language
def status(
    output: Path, round_name: str | None, as_csv: bool, as_json: bool, lang: Language
) -> None:
    """ใครส่งอะไรแล้ว ใครช้า อะไรรอผู้ตรวจ (who has sent what)."""
    from moral_xlsx.commands.console.status import status_csv, status_json, status_text
    from moral_xlsx.ledger.store import open_ledger
    from moral_xlsx.ledger.trouble import LedgerError
    from moral_xlsx.round.outbox import LEDGER

    path = _ledger(output / LEDGER, lang)
    try:
        with open_ledger(path) as ledger:
            found = ledger.status(round_name)
    except LedgerError as error:
        _stop(lang, error.message_th, error.message_en)
    if as_json:
        click.echo(json.dumps(status_json(found), ensure_ascii=False))
    elif as_csv:
        # Excel takes a file for UTF-8 only with this mark.
        click.echo(("\ufeff" + status_csv(found)).encode(), nl=False)
    else:
        click.echo(status_text(found, lang), nl=False)


@click.command()
@click.argument("form")
@click.argument("unit")
@click.option("--round", "round_name", required=True, help="รอบ เช่น 2569-05")
@click.option("--reviewer", required=True, help="ผู้ตัดสิน")
@click.option("--reason", required=True, help="เหตุผล")
@click.option("--criterion", type=int, default=None, help="ข้อที่ตัดสิน ไม่ระบุคือทั้งแบบ")
@click.option("--score", type=int, default=None, help="คะแนนที่ให้")
@click.option("-o", "--output", type=_FILE, default=Path("output"), help="โฟลเดอร์ที่มีสมุดทะเบียน")
@_language
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
    from moral_xlsx.ledger.trouble import LedgerError
    from moral_xlsx.model.ledger import Decision
    from moral_xlsx.round.outbox import LEDGER

    path = _ledger(output / LEDGER, lang)
    try:
        with open_ledger(path) as ledger:
            known = {(each.form, each.unit_code) for each in ledger.status(round_name).units}
            if (form, unit) not in known:
                _stop(
                    lang,
                    f"รอบ {round_name} ไม่มีหน่วยงาน {unit} ในแบบ {form}",
                    f"Round {round_name} has no unit {unit} in form {form}.",
                )
            ledger.add_decision(
                Decision(form, unit, round_name, criterion, score, reason, reviewer, _now())
            )
    except LedgerError as error:
        _stop(lang, error.message_th, error.message_en)
    click.echo(("บันทึกแล้ว", "Recorded.")[lang == "en"])


def _ledger(path: Path, lang: Language) -> Path:
    """The ledger, which has to be there; opening it would make a new one."""
    if not path.is_file():
        _stop(
            lang,
            f"ยังไม่มีสมุดทะเบียน {path} สั่ง moral-xlsx batch ก่อน",
            f"There is no ledger {path} yet; run moral-xlsx batch first.",
        )
    return path


def warn_of_ledger(output: Path, lang: Language) -> None:
    """Says so where the ledger lies on a network share, or is gone though rounds are there."""
    from moral_xlsx.ledger.share import network_warning
    from moral_xlsx.model.catalogue import message
    from moral_xlsx.round.outbox import LEDGER, RUN_FILE

    path = output / LEDGER
    if (warned := network_warning(path)) is not None:
        click.echo(message(warned, lang), err=True)
    if not (path.is_file() and path.stat().st_size) and any(output.glob(f"*/{RUN_FILE}")):
        words = (
            f"คำเตือน: มีผลของรอบก่อนแต่ไม่มีสมุดทะเบียน {path} จะเริ่มเล่มใหม่ ถ้ามีสำเนาให้นำมาวางก่อน",
            f"Warning: there are earlier rounds but no ledger {path}; a new one is begun.",
        )
        click.echo(words[lang == "en"], err=True)


def load_letters(folder: Path | None, lang: Language) -> Letters:
    """The templates of letters, with the office's own; ends the program when one is wrong."""
    from moral_xlsx.mail.outward.texts import LetterError, Letters

    try:
        return Letters(folder)
    except LetterError as error:
        _stop(lang, error.text("th"), error.text("en"))


def _now() -> datetime:
    return datetime.now(UTC)


def _password(user: str) -> str:
    """The password from the environment or a prompt; none where no user is named."""
    if not user:
        return ""
    return os.environ.get(PASSWORD) or click.prompt(f"รหัสผ่านของ {user}", hide_input=True, err=True)


def _stop_for(error: MailError, lang: Language) -> NoReturn:
    """Says why the mail server could not be used and how to mend it; ends the program."""
    thai, english = (
        f"{said} {mend}" for said, mend in zip(error.message, error.remedy, strict=True)
    )
    _stop(lang, thai, english)


def _stop(lang: Language, thai: str, english: str) -> NoReturn:
    """Says why nothing could be done and ends the program."""
    click.echo(english if lang == "en" else thai, err=True)
    sys.exit(_UNUSABLE)
