"""What a machine lacks for the program's work: each thing looked at, and what to do about it."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from moral_xlsx.model.assessment import Bilingual
    from moral_xlsx.rules.definition.load import Forms

_LEAST_FREE = 1_000_000_000  # bytes
_SECONDS = 15
# Of the extras that setup.cfg names: the module, and what it is for.
_EXTRAS: tuple[tuple[str, str, Bilingual], ...] = (
    ("imap_tools", "mail", ("ดึงจดหมายจากกล่อง", "fetching mail")),
    ("oxmsg", "mail", ("เปิดอีเมล .msg ของ Outlook", "opening Outlook's .msg")),
    ("tnefparse", "mail", ("เปิด winmail.dat", "opening winmail.dat")),
    ("odf", "formats", ("อ่าน .ods ซ้ำด้วยโปรแกรมที่สอง", "a second reading of .ods")),
    ("pyxlsb", "formats", ("อ่าน .xlsb ซ้ำด้วยโปรแกรมที่สอง", "a second reading of .xlsb")),
    ("PIL", "pictures", ("พิมพ์รูปหลักฐานท้ายรายงาน", "printing pictures of evidence in reports")),
    ("xlrd", "formats", ("อ่าน .xls ซ้ำด้วยโปรแกรมที่สอง", "a second reading of .xls")),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at; ``remedy`` is empty when it is in order."""

    name: Bilingual
    state: Literal["good", "warning", "bad"]
    said: Bilingual
    remedy: Bilingual = ("", "")


def look_at_all(output: Path, forms: Forms, mail: tuple[str, str]) -> Iterator[Look]:
    """Everything; ``mail`` are the hosts of the mailbox and of the server that sends, or empty."""
    yield _journey(forms)
    yield _ledger(output)
    yield from look_at_outputs(output)
    yield from look_at_programs()
    imap, smtp = mail
    if imap:
        yield _server(("กล่องจดหมาย", "mailbox"), imap, 993)
    if smtp:
        yield _server(("เซิร์ฟเวอร์ส่งจดหมาย", "sending server"), smtp, 465, 587)


def look_at_outputs(output: Path) -> Iterator[Look]:
    """What a round has to know before it begins: where it writes, and how much room there is."""
    from moral_xlsx.ledger.share import network_warning
    from moral_xlsx.model.catalogue import message, remedy
    from moral_xlsx.round.outbox import LEDGER, RUN_FILE

    ledger, name = output / LEDGER, ("สมุดทะเบียน", "ledger")
    if (warned := network_warning(ledger)) is not None:
        yield Look(
            name,
            "warning",
            (message(warned), message(warned, "en")),
            (remedy(warned), remedy(warned, "en")),
        )
    if not (ledger.is_file() and ledger.stat().st_size) and any(output.glob(f"*/{RUN_FILE}")):
        yield Look(
            name,
            "warning",
            (f"มีผลของรอบก่อนแต่ไม่มีสมุดทะเบียน {ledger}", f"there are rounds but no ledger {ledger}"),
            ("ถ้ามีสำเนาให้นำมาวางก่อน มิฉะนั้นจะเริ่มเล่มใหม่", "Put a copy back, or a new one is begun."),
        )
    yield _disk(output)


def look_at_programs() -> Iterator[Look]:
    """What other programs and libraries there are."""
    yield _fonts()
    yield _libreoffice()
    yield from _extras()


def _disk(output: Path) -> Look:
    name = ("เนื้อที่ของดิสก์", "disk")
    existing = next(path for path in (output, *output.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    said = (f"ว่าง {free // 1_000_000:,} MB", f"{free // 1_000_000:,} MB free")
    if free >= _LEAST_FREE:
        return Look(name, "good", said)
    return Look(
        name,
        "warning",
        said,
        ("ลบหรือย้ายไฟล์ที่ไม่ใช้ ให้ว่างอย่างน้อย 1,000 MB", "Make room: at least 1,000 MB."),
    )


def _journey(forms: Forms) -> Look:
    from moral_xlsx.submission.selftest import self_test

    name = ("ตัวโปรแกรม", "the program")
    if details := self_test(forms):
        last = details.strip().splitlines()[-1]
        return Look(
            name,
            "bad",
            (f"ตรวจตัวเองไม่ผ่าน ({last})", f"its own test fails ({last})"),
            ("ติดตั้งโปรแกรมใหม่ตาม docs/install.md", "Install it again: docs/install.md."),
        )
    return Look(name, "good", ("แบบหนึ่งตรวจได้ครบทุกขั้น", "one form went through all steps"))


def _ledger(output: Path) -> Look:
    from moral_xlsx.ledger.store import LedgerError, open_ledger
    from moral_xlsx.round.outbox import LEDGER

    path, name = output / LEDGER, ("สมุดทะเบียน", "ledger")
    if not path.exists():
        return Look(name, "good", (f"ยังไม่มี {path}", f"there is no {path} yet"))
    try:
        with open_ledger(path, wait_seconds=1) as ledger:
            ledger.look_through()
            rounds = len(ledger.rounds())
    except LedgerError as error:
        remedy = ("นำสำเนาล่าสุดมาวางแทน หรือปิดโปรแกรมที่ใช้อยู่", "Put a copy back, or close who uses it.")
        return Look(name, "bad", (error.text(), error.text("en")), remedy)
    return Look(name, "good", (f"อ่านได้ มี {rounds} รอบ", f"it can be read; {rounds} rounds"))


def _fonts() -> Look:
    from moral_xlsx.pdf.office import FONT, find_font

    name = ("แบบอักษร", "fonts")
    if font := find_font():
        return Look(name, "good", (f"มี {font}", f"{font} is there"))
    return Look(
        name,
        "warning",
        (f"ไม่พบ {FONT} เอกสารจะแสดงด้วยแบบอักษรอื่น", f"{FONT} is not found; another is shown"),
        (
            "ดาวน์โหลดฟอนต์แห่งชาติ TH Sarabun New จาก f0nt.com/release/th-sarabun-new แล้วติดตั้ง",
            "Get the national font TH Sarabun New (f0nt.com/release/th-sarabun-new), install it.",
        ),
    )


def _libreoffice() -> Look:
    from moral_xlsx.pdf.office import find_office

    name: Bilingual = ("LibreOffice", "LibreOffice")
    found = find_office()
    if found is not None:
        return Look(name, "good", (f"มี {found}", f"{found} is there"))
    return Look(
        name,
        "warning",
        (
            "ไม่มี batch --pdf จึงทำ PDF ไม่ได้ อย่างอื่นใช้ได้ครบ",
            "it is missing, so batch --pdf makes no PDF; everything else works",
        ),
        ("ติดตั้งจาก libreoffice.org", "Get it from libreoffice.org."),
    )


def _extras() -> Iterator[Look]:
    for module, extra, use in _EXTRAS:
        if importlib.util.find_spec(module) is not None:
            yield Look(use, "good", ("พร้อมใช้", "ready"))
        else:
            yield Look(
                use,
                "warning",
                (f"ยังไม่ได้ติดตั้ง {module}", f"{module} is not installed"),
                (
                    f"ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[{extra}]",
                    f"Run pip install -e .[{extra}] in the program's folder.",
                ),
            )


def _server(name: Bilingual, host: str, *ports: int) -> Look:
    """Whether a server answers on one of the ports; nobody logs in."""
    why = ""
    for port in ports:
        try:
            with socket.create_connection((host, port), _SECONDS) as plain:
                if port != 587:  # there encryption begins later
                    context = ssl.create_default_context()
                    with context.wrap_socket(plain, server_hostname=host):
                        pass
            return Look(name, "good", (f"{host}:{port} ตอบ", f"{host}:{port} answers"))
        except (OSError, UnicodeError) as error:
            why = (
                getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
            )
    return Look(
        name,
        "bad",
        (f"ต่อกับ {host} ไม่ได้ ({why})", f"no connection to {host} ({why})"),
        (
            "ตรวจชื่อเครื่อง เครือข่าย และใบรับรอง แล้วถามผู้ดูแลระบบอีเมล",
            "Check host name, network and certificate; ask the mail server's administrators.",
        ),
    )
