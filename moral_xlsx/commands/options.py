"""Types and options that several commands share."""

from __future__ import annotations

from pathlib import Path

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
host = click.option("--host", required=True, help="ชื่อเครื่องแม่ข่าย")
