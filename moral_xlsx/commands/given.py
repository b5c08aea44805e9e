"""What a command was given, read: a round, a registry, a form, letters, the ledger.

What cannot be used ends the command; the boundary tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moral_xlsx.commands.boundary import read_file, stop, tell

if TYPE_CHECKING:
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.model.findings import Language
    from moral_xlsx.model.form import Form
    from moral_xlsx.model.units import Unit
    from moral_xlsx.rules.definition.load import Forms


def now() -> datetime:
    """The moment, with its timezone: the clock of the program stands here and below only."""
    return datetime.now(UTC)


def round_of(name: str | None) -> str:
    """The round as it is written, ``2569-05``; without a name that of this month."""
    if name is None:
        today = date.today()
        return f"{today.year + 543}-{today.month:02}"
    from moral_xlsx.thai import arabic_digits

    typed = arabic_digits(name)
    year, _, month = typed.partition("-")
    months = {f"{number:02}" for number in range(1, 13)}
    if not (year.isascii() and year.isdigit() and 2500 <= int(year) <= 2700 and month in months):
        stop(
            f"รอบ “{name}” ต้องเป็นปี พ.ศ. และเดือน เช่น 2569-05",
            f"“{name}” is no round: write Buddhist year and month, such as 2569-05",
        )
    return typed


def forms(folder: Path | None, lang: Language) -> Forms:
    """The forms that there are, with those in the office's own folder.

    Where an own form stands in the place of one of the program's, that is told. A definition
    with mistakes ends the command: nothing may be judged by another form instead.
    """
    from moral_xlsx.model.errors import MoralXlsxError

    found, faults = sound_forms(folder)
    if folder is not None and not found.own and not faults:
        tell(
            lang,
            f"คำเตือน: ไม่มีไฟล์นิยาม .toml ใน {folder}",
            f"Warning: there is no .toml definition in {folder}",
        )
    faults += [error for form in found.own.values() if (error := unrelated(form, folder, found))]
    if faults:
        raise MoralXlsxError(*(line for error in faults for line in error.said))
    for form_id in found.winning:
        tell(
            lang,
            f"ใช้แบบ {form_id} จาก {folder} แทนแบบที่มากับโปรแกรม",
            f"The form {form_id} is taken from {folder} instead of the program's",
        )
    return found


def sound_forms(folder: Path | None) -> tuple[Forms, list[DefinitionError]]:
    """The forms whose definitions are in order by themselves, and the faults of the others."""
    from moral_xlsx.rules.definition.load import Forms
    from moral_xlsx.submission.compiled import compiled

    if folder is None:
        return Forms({}, compiled()), []
    if not folder.is_dir():
        stop(
            f"ไม่มีโฟลเดอร์นิยามแบบ {folder} ตรวจ --forms หรือตัวแปร MORAL_XLSX_FORMS",
            f"There is no folder {folder} with forms; check --forms or MORAL_XLSX_FORMS",
        )
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.rules.definition.parse import parse_form

    own: dict[str, Form] = {}
    faults: list[DefinitionError] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            form = parse_form(read_file(file), file.name)
            own[form.id] = form
        except DefinitionError as error:
            faults.append(DefinitionError(str(file), error.faults))
    return Forms(own, compiled()), faults


def unrelated(form: Form, folder: Path | None, forms: Forms) -> DefinitionError | None:
    """What a form of a folder says of other forms and is not so; None when all of it is."""
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.rules.definition.relations import relation_faults

    faults = tuple(relation_faults(form, forms))
    name = f"{form.id}.toml"
    return DefinitionError(str(folder / name if folder else name), faults) if faults else None


def registry(
    file: Path | None, forms: Mapping[str, Form], lang: Language
) -> tuple[Unit, ...] | None:
    """The registered units; what its rows leave doubtful is told. None without a registry."""
    if file is None:
        return None
    from moral_xlsx.excel.office.units import read_registry
    from moral_xlsx.model.errors import MoralXlsxError, Refused

    try:
        found = read_registry(read_file(file), file.name, forms)
    except Refused as refusal:
        ((thai, english),) = refusal.said
        raise MoralXlsxError((f"{file}: {thai}", f"{file}: {english}")) from None
    for fault in found.findings:
        click.echo(fault.sentence[lang == "en"], err=True)
    return found.units


def form(form_id: str, forms: Mapping[str, Form]) -> Form:
    """A form by its id."""
    try:
        return forms[form_id]
    except KeyError:
        known = ", ".join(forms)
        stop(
            f"ไม่รู้จักแบบ “{form_id}” แบบที่มี: {known}",
            f"Unknown form “{form_id}”. Known forms: {known}",
        )


def ledger(output: Path) -> Path:
    """The ledger's file, which has to be there: opening it would make a new one."""
    from moral_xlsx.round.outbox import LEDGER

    path = output / LEDGER
    if not path.is_file():
        stop(
            f"ยังไม่มีสมุดทะเบียน {path} สั่ง moral-xlsx batch ก่อน",
            f"There is no ledger {path} yet; run moral-xlsx batch first.",
        )
    return path


def write_new(path: Path, data: bytes) -> None:
    """Writes a new file, and prints its path; one with other content may be somebody's answers."""
    if path.exists() and not (path.is_file() and path.read_bytes() == data):
        stop(
            f"มีไฟล์ {path} อยู่แล้วและต่างจากที่จะเขียน ย้ายหรือลบไฟล์เดิมก่อน",
            f"{path} exists and differs; move or delete it first",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(path.name + ".partial")
    staged.write_bytes(data)
    staged.replace(path)
    click.echo(str(path))
