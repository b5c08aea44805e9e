"""Types and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)

language = click.option(
    "--lang", type=click.Choice(["th", "en"]), default="th", help="ภาษาของข้อความ (Language)."
)
units = click.option("--units", "units_file", type=FILE, help="ทะเบียนหน่วยงาน units.xlsx")
round_name = click.option("--round", "round_name", help="รอบ เช่น 2569-05 (ปกติคือเดือนนี้)")
ledger_folder = click.option(
    "-o",
    "--output",
    type=FILE,
    default=Path("output"),
    help="โฟลเดอร์ที่มีสมุดทะเบียน",
)


def _forms(expose: bool) -> Callable[[Any], Any]:
    return click.option(
        "--forms",
        "forms_folder",
        type=FILE,
        envvar="MORAL_XLSX_FORMS",
        expose_value=expose,
        help="โฟลเดอร์นิยามแบบของหน่วยงานเอง (ตัวแปร MORAL_XLSX_FORMS)",
    )


# On every command, so that one way to call the program does for all of them.
forms = _forms(True)
# For a command that takes everything about forms from the ledger or the mail.
forms_not_needed = _forms(False)
host = click.option("--host", required=True, help="ชื่อเครื่องแม่ข่าย")
