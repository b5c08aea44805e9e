"""The command line: parses, calls, prints. Heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from moral_xlsx import __version__
from moral_xlsx.commands.mail import decide, load_letters, mail, status, warn_of_ledger

if TYPE_CHECKING:
    from moral_xlsx.model.findings import Language
    from moral_xlsx.model.form import Form
    from moral_xlsx.model.round import RoundResult
    from moral_xlsx.model.units import Unit
    from moral_xlsx.submission.refill import Refill

OK, FINDINGS, UNUSABLE = 0, 1, 2

_FILE = click.Path(path_type=Path)
_language = click.option(
    "--lang", type=click.Choice(["th", "en"]), default="th", help="ภาษาของข้อความ (Language)."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moral-xlsx")
def main() -> None:
    """ตรวจและให้คะแนนแบบประเมินองค์กรคุณธรรมจากสมุดงาน Excel

    Checks and scores the workbooks of the yearly moral-organisation assessment.
    """
    for stream in (sys.stdout, sys.stderr):
        # The console of Windows may not be UTF-8; Thai has to be readable there too.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


main.add_command(mail)
main.add_command(status)
main.add_command(decide)


@main.command()
@click.argument("inbox", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", type=_FILE, default=Path("output"), help="โฟลเดอร์ผลลัพธ์")
@click.option("--round", "round_name", default=None, help="รอบ เช่น 2569-05 (ปกติคือเดือนนี้)")
@click.option("--units", "units_file", type=_FILE, default=None, help="ทะเบียนหน่วยงาน units.xlsx")
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="จำนวนงานที่ทำพร้อมกัน")
@click.option("--letters", type=_FILE, default=None, help="โฟลเดอร์ถ้อยคำจดหมายของเราเอง")
@_language
def batch(
    inbox: Path,
    output: Path,
    round_name: str | None,
    units_file: Path | None,
    jobs: int | None,
    letters: Path | None,
    lang: Language,
) -> None:
    """ตรวจทุกไฟล์ในโฟลเดอร์ INBOX และเขียนผลของรอบ (run a round).

    ไม่ระบุ --units จะใช้ units.xlsx ที่อยู่ข้างโฟลเดอร์ INBOX ถ้ามี
    จบด้วย 0 เมื่อทุกไฟล์ผ่าน, 1 เมื่อมีไฟล์ที่ต้องแก้หรือรับไม่ได้, 2 เมื่อทำรอบนี้ไม่ได้
    """
    from concurrent.futures.process import BrokenProcessPool

    from moral_xlsx.ledger.trouble import LedgerError
    from moral_xlsx.round.outbox import AlreadyRunningError, OutputInUseError
    from moral_xlsx.round.receive import list_inbox
    from moral_xlsx.round.run import Office, run_round

    round_name = _round(round_name, lang)
    beside = inbox.resolve().parent / "units.xlsx"
    units = _registry(units_file or (beside if beside.is_file() else None), lang)
    office = Office(units, load_letters(letters, lang))
    warn_of_ledger(output, lang)
    files = list_inbox(inbox, output)
    workers = jobs or min(os.cpu_count() or 1, max(1, len(files.files)))
    try:
        with _progress(len(files.files), lang) as advance:
            result = run_round(files, output, round_name, office, workers, advance)
    except AlreadyRunningError:
        _stop(
            lang,
            f"มีการตรวจรอบหนึ่งใน {output} อยู่แล้ว รอให้เสร็จแล้วสั่งใหม่",
            f"A round is being run in {output} already; wait until it ends.",
        )
    except OutputInUseError as error:
        _stop(
            lang,
            f"เขียนทับ {error.path} ไม่ได้ ปิดไฟล์นี้ในโปรแกรมอื่นแล้วสั่งใหม่",
            f"Cannot replace {error.path}; close it in other programs and run again.",
        )
    except BrokenProcessPool:
        _stop(
            lang,
            "เปิดโปรแกรมย่อยสำหรับอ่านไฟล์ไม่ได้ ปิดโปรแกรมอื่นหรือเริ่มเครื่องใหม่แล้วสั่งอีกครั้ง",
            "No reading process could be started; close other programs and run again.",
        )
    except LedgerError as error:
        _stop(lang, error.message_th, error.message_en)
    except OSError as error:
        _cannot_write(error, output, lang)
    _print_round(result, output / round_name, lang)
    if not result.files:
        words = (f"ไม่มีไฟล์ใน {inbox}", f"There is no file in {inbox}")
        click.echo(words[lang == "en"], err=True)
    standing = [r for r in result.files if r.state not in ("superseded", "duplicate", "other")]
    clean = all(r.verdict == "accepted" and r.state == "counted" for r in standing)
    sys.exit(OK if clean else FINDINGS)


@main.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="พิมพ์ผลเป็น JSON บรรทัดละไฟล์")
@_language
def check(files: tuple[Path, ...], as_json: bool, lang: Language) -> None:
    """ตรวจไฟล์โดยไม่เขียนอะไร (check files).

    จบด้วย 0 เมื่อไม่มีข้อที่ต้องแก้, 1 เมื่อมี, 2 เมื่ออ่านไฟล์ไม่ได้
    """
    from moral_xlsx.model.catalogue import message, remedy
    from moral_xlsx.submission.results import result_json
    from moral_xlsx.submission.workers import take_in

    absent = [file for file in files if not file.is_file()]
    for file in absent:
        words = (f"ไม่พบไฟล์ {file}", f"There is no file {file}")
        click.echo(words[lang == "en"], err=True)
    present = [file for file in files if file not in absent]
    status = UNUSABLE if absent else OK
    for file, taken in zip(present, take_in(present, None, None, 1), strict=True):
        if as_json:
            result = result_json(str(file), taken.assessment, taken.findings, lang)
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            click.echo(_headline(str(file), taken.assessment, lang))
            for found in taken.findings:
                place = " ".join(p for p in (found.place.sheet, found.place.cell) if p)
                head = " ".join(p for p in (found.code, found.severity, place) if p)
                click.echo(f"  {head}: {message(found, lang)}")
                click.echo(f"    → {remedy(found, lang)}")
        if taken.assessment is None:
            status = UNUSABLE
        elif taken.assessment.verdict == "returned":
            status = max(status, FINDINGS)
    sys.exit(status)


@main.command()
@click.argument("forms", metavar="[FORM]...", nargs=-1)
@click.option("--units", "units_file", type=_FILE, default=None, help="ทำให้หน่วยงานละไฟล์")
@click.option("-o", "--output", type=_FILE, default=Path("input_templates"), help="โฟลเดอร์ที่จะเขียน")
@_language
def template(forms: tuple[str, ...], units_file: Path | None, output: Path, lang: Language) -> None:
    """สร้างแบบฟอร์ม Excel เปล่า หรือหน่วยงานละไฟล์ด้วย --units (write blank workbooks).

    FORM คือรหัสแบบ เช่น moi-2569 หรือ units สำหรับทะเบียนหน่วยงานเปล่า ไม่ระบุคือทุกแบบ
    """
    from moral_xlsx.excel.form.template import blank, write_workbook
    from moral_xlsx.excel.office.units import write_registry
    from moral_xlsx.round.outbox import legal_name
    from moral_xlsx.rules.definition.load import form_ids
    from moral_xlsx.rules.judge.rubric import compile_rubric

    units = _registry(units_file, lang)
    for form_id in forms or (*form_ids(), "units"):
        if form_id == "units":
            _write(output / "units.xlsx", write_registry((), form_ids()), lang)
            continue
        form = _form(form_id, lang)
        rubric = compile_rubric(form)
        if units is None:
            _write(output / f"{form_id}.xlsx", write_workbook(rubric, blank(form)), lang)
        for unit in units or ():
            if not unit.forms or form_id in unit.forms:
                path = output / f"{legal_name(unit.code, form_id)}.xlsx"
                _write(path, write_workbook(rubric, blank(form, unit)), lang)


@main.command()
@click.argument("form_id", metavar="FORM")
@click.argument("answers_file", metavar="ANSWERS", type=_FILE)
@click.option("-o", "--output", type=_FILE, default=None, help="ไฟล์ที่จะเขียน")
@_language
def fill(form_id: str, answers_file: Path, output: Path | None, lang: Language) -> None:
    """กรอกแบบจากไฟล์คำตอบ .json หรือจากสมุดงานที่กรอกแล้ว (fill a form from answers).

    ไฟล์เดิมเป็นของรุ่นก่อนหรือของแบบอื่นก็ได้ คำตอบย้ายมาตามรหัสช่อง และบอกทุกคำตอบที่ย้ายไม่ได้
    """
    from moral_xlsx.excel.form.template import Content, write_workbook
    from moral_xlsx.rules.judge.rubric import compile_rubric

    form = _form(form_id, lang)
    refill = _refill(answers_file, form, lang)
    workbook = write_workbook(compile_rubric(form), Content(refill.answers))
    _write(output or Path(f"{answers_file.stem}_{form_id}.xlsx"), workbook, lang)
    _print_refill(refill, form, lang)


@main.group()
def forms() -> None:
    """แบบฟอร์มที่โปรแกรมรู้จัก (the forms that the program knows)."""


@forms.command("list")
@_language
def forms_list(lang: Language) -> None:
    """รายชื่อแบบ: รหัส รุ่น ปีงบประมาณ ผู้ออกแบบ กำหนดส่ง (list the forms)."""
    from moral_xlsx.commands.console.rubric import list_text
    from moral_xlsx.rules.definition.load import form_ids, load_form

    click.echo(list_text([load_form(form_id) for form_id in form_ids()], lang), nl=False)


@forms.command("show")
@click.argument("form_id", metavar="FORM")
@_language
def forms_show(form_id: str, lang: Language) -> None:
    """พิมพ์คำถามและเกณฑ์ของแบบให้คนอ่าน (print a rubric for people)."""
    from moral_xlsx.commands.console.rubric import rubric_text
    from moral_xlsx.rules.judge.rubric import compile_rubric

    click.echo(rubric_text(compile_rubric(_form(form_id, lang)), lang), nl=False)


@forms.command("new")
@click.argument("form_id", metavar="FORM")
@click.option("--from", "old_id", required=True, help="รหัสแบบเดิมที่จะร่างจาก")
@click.option("-o", "--output", type=_FILE, default=Path(), help="โฟลเดอร์ที่จะเขียน")
@_language
def forms_new(form_id: str, old_id: str, output: Path, lang: Language) -> None:
    """ร่างนิยามของแบบปีใหม่ FORM จากแบบเดิม (draft next year's definition).

    เลื่อนปีและวันที่ให้ แล้วบอกทุกบรรทัดที่คนต้องตรวจ ซึ่งในไฟล์มีหมายเหตุ “# ตรวจ:” อยู่เหนือบรรทัดนั้น
    """
    from importlib import resources

    from moral_xlsx.rules.definition.load import form_ids
    from moral_xlsx.rules.definition.next_year import draft, year_of

    old = _form(old_id, lang)
    year = year_of(form_id)
    if year is None or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", form_id):
        _stop(
            lang,
            f"รหัสแบบ “{form_id}” ต้องเป็น หน่วยงาน-ปี พ.ศ. หรือ หน่วยงาน-ปี-ส่วน ด้วยตัวอักษร a-z",
            f"“{form_id}” has to be office-year or office-year-part, in letters a-z, Buddhist year",
        )
    if form_id in form_ids():
        _stop(lang, f"มีแบบ {form_id} อยู่แล้ว", f"The form {form_id} is there already")
    folder = resources.files("moral_xlsx.definitions")
    source = folder.joinpath(f"{old_id}.toml").read_bytes().decode("utf-8-sig")
    drafted = draft(source, old, form_id, year)
    path = output / f"{form_id}.toml"
    _write(path, drafted.text.encode(), lang)
    for line, note in drafted.notes:
        click.echo(f"{path}:{line}: {note[lang == 'en']}", err=True)
    words = (
        f"แก้ตามบรรทัดข้างบน ตรวจด้วย moral-xlsx forms check {path} "
        f"แล้วนำไปไว้ใน {folder} ซึ่งเป็นที่เดียวที่โปรแกรมอ่านนิยาม",
        f"Mend the lines above, run moral-xlsx forms check {path}, "
        f"then put it into {folder}, the only place that is read",
    )
    click.echo(words[lang == "en"], err=True)


@forms.command("check")
@click.argument("file", type=_FILE)
@_language
def forms_check(file: Path, lang: Language) -> None:
    """ตรวจไฟล์นิยามแบบ .toml (check a definition file)."""
    from moral_xlsx.model.errors import DefinitionError
    from moral_xlsx.rules.definition.load import parse_form

    try:
        form = parse_form(file.read_bytes(), file.name)
    except OSError:
        _stop(lang, f"เปิดไฟล์ {file} ไม่ได้", f"Cannot open {file}")
    except DefinitionError as error:
        for fault in error.faults:
            click.echo(f"{file}: {fault}")
        sys.exit(FINDINGS)
    click.echo(f"{file}: {form.id} {form.version} ✓")


def _round(name: str | None, lang: Language) -> str:
    if name is None:
        today = date.today()
        return f"{today.year + 543}-{today.month:02}"
    from moral_xlsx.thai import arabic_digits

    typed = arabic_digits(name)
    year, _, month = typed.partition("-")
    months = {f"{number:02}" for number in range(1, 13)}
    if not (year.isascii() and year.isdigit() and 2500 <= int(year) <= 2700 and month in months):
        _stop(
            lang,
            f"รอบ “{name}” ต้องเป็นปี พ.ศ. และเดือน เช่น 2569-05",
            f"“{name}” is no round: write Buddhist year and month, such as 2569-05",
        )
    return typed


def _registry(file: Path | None, lang: Language) -> tuple[Unit, ...] | None:
    from moral_xlsx.excel.office.units import RegistryError, read_registry
    from moral_xlsx.model.catalogue import message
    from moral_xlsx.model.errors import Refused

    if file is None:
        return None
    try:
        registry = read_registry(file.read_bytes(), file.name)
    except OSError:
        _stop(lang, f"เปิดทะเบียนหน่วยงาน {file} ไม่ได้", f"Cannot open the unit registry {file}")
    except Refused as refusal:
        _stop(
            lang,
            f"{file}: {message(refusal.finding)}",
            f"{file}: {message(refusal.finding, 'en')}",
        )
    except RegistryError as error:
        for pair in error.messages[:-1]:
            click.echo(pair[lang == "en"], err=True)
        _stop(lang, *error.messages[-1])
    for fault in registry.findings:
        click.echo(fault.sentence[lang == "en"], err=True)
    return registry.units


def _form(form_id: str, lang: Language) -> Form:
    from moral_xlsx.rules.definition.load import form_ids, load_form

    try:
        return load_form(form_id)
    except KeyError:
        known = ", ".join(form_ids())
        _stop(
            lang,
            f"ไม่รู้จักแบบ “{form_id}” แบบที่มี: {known}",
            f"Unknown form “{form_id}”. Known forms: {known}",
        )


def _refill(file: Path, form: Form, lang: Language) -> Refill:
    from moral_xlsx.model.catalogue import message
    from moral_xlsx.model.errors import Refused
    from moral_xlsx.rules.understand.answers_file import AnswersFileError
    from moral_xlsx.submission.refill import from_answers_file, from_workbook

    try:
        data = file.read_bytes()
        if file.suffix.lower() != ".json":
            return from_workbook(data, form)
        return from_answers_file(json.loads(data.decode("utf-8-sig")), form)
    except OSError:
        _stop(lang, f"เปิดไฟล์ {file} ไม่ได้", f"Cannot open {file}")
    except Refused as refusal:
        _stop(lang, message(refusal.finding), message(refusal.finding, "en"))
    except AnswersFileError as error:
        _stop(lang, error.message_th, error.message_en)
    except ValueError as error:
        _stop(lang, f"ไฟล์คำตอบไม่ใช่ JSON ที่ถูกต้อง: {error}", f"Not valid JSON: {error}")


def _print_refill(refill: Refill, form: Form, lang: Language) -> None:
    """What was not carried, a line each, and the count."""
    from moral_xlsx.model.catalogue import message

    english = lang == "en"
    if refill.unknown:
        words = (
            f"ไม่รู้จักแบบ {refill.unknown} จึงอ่านตามรหัสช่องของ {form.id}",
            f"The form {refill.unknown} is unknown; it was read by the ids of {form.id}",
        )
        click.echo(words[english], err=True)
    for left in refill.left:
        place = " ".join(p for p in (left.place.sheet, left.place.cell) if p) or left.place.field
        click.echo(
            f"{left.label[english]} [{place}] “{left.found}”: {left.reason[english]}", err=True
        )
    for found in refill.unread:
        place = " ".join(p for p in (found.place.sheet, found.place.cell) if p) or found.place.field
        click.echo(f"{found.code} [{place}] {message(found, lang)}", err=True)
    lost = len(refill.left) + len(refill.unread)
    words = (
        f"ย้ายคำตอบได้ {refill.carried} รายการ ย้ายไม่ได้ {lost} รายการ",
        f"carried {refill.carried} answers, {lost} not",
    )
    click.echo(words[english], err=True)


def _stop(lang: Language, thai: str, english: str) -> NoReturn:
    """Says why nothing could be done and ends the program."""
    click.echo(english if lang == "en" else thai, err=True)
    sys.exit(UNUSABLE)


def _cannot_write(error: OSError, path: Path, lang: Language) -> NoReturn:
    at, why = error.filename or path, error.strerror or type(error).__name__
    _stop(lang, f"เขียนที่ {at} ไม่ได้: {why}", f"Cannot write at {at}: {why}")


def _write(path: Path, data: bytes, lang: Language) -> None:
    """Writes a new file; one that exists with other content may be somebody's answers."""
    if path.exists() and not (path.is_file() and path.read_bytes() == data):
        _stop(
            lang,
            f"มีไฟล์ {path} อยู่แล้วและต่างจากที่จะเขียน ย้ายหรือลบไฟล์เดิมก่อน",
            f"{path} exists and differs; move or delete it first",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(path.name + ".partial")
        staged.write_bytes(data)
        staged.replace(path)
    except OSError as error:
        _cannot_write(error, path, lang)
    click.echo(str(path))


def _progress(total: int, lang: Language) -> Any:
    from contextlib import contextmanager

    from rich.console import Console
    from rich.progress import Progress

    @contextmanager
    def shown() -> Any:
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("กำลังตรวจ" if lang == "th" else "Checking", total=total)
            yield lambda: bar.advance(task)

    return shown()


def _headline(file: str, assessment: Any, lang: Language) -> str:
    words = {
        "accepted": ("ผ่านการตรวจ", "accepted"),
        "returned": ("ส่งคืนให้แก้ไข", "returned"),
        "rejected": ("รับไม่ได้", "rejected"),
    }
    index = int(lang == "en")
    if assessment is None:
        return f"{file}: {words['rejected'][index]}"
    verdict = words[assessment.verdict][index]
    level = assessment.level_name[index]
    unit = assessment.unit_name or assessment.unit_code
    scored = (str(assessment.total),) if assessment.criteria else ()
    return " · ".join((f"{file}: {unit}", verdict, *scored, *((level,) if level else ())))


def _print_round(result: RoundResult, folder: Path, lang: Language) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    english = int(lang == "en")

    def words(*pairs: tuple[str, str]) -> Sequence[str]:
        return [pair[english] for pair in pairs]

    for form in result.forms:
        table = Table(title=Text(f"{form.form.short_title} · {result.round}"))
        columns = words(
            ("รหัส", "Code"), ("หน่วยงาน", "Unit"), ("สถานะ", "Status"), ("คะแนน", "Score"),
            ("ระดับ", "Level"), ("ต้องแก้", "Errors"), ("ให้ดู", "Warnings"),
        )  # fmt: skip
        for column in columns:
            table.add_column(column, overflow="fold")
        for unit in form.units:
            table.add_row(*map(Text, _unit_row(unit, english)))
        console.print(table)
    rejected = [record for record in result.files if record.state == "rejected"]
    for record in rejected:
        from moral_xlsx.model.catalogue import message

        reason = message(record.findings[0], lang)
        console.print(f"{words(('รับไม่ได้', 'Rejected'))[0]}: {record.name} – {reason}", markup=False)
    console.print(f"{words(('ผลอยู่ที่', 'Results in'))[0]} {folder}", markup=False, soft_wrap=True)


def _unit_row(unit: Any, english: int) -> list[str]:
    states: dict[str, Callable[[], tuple[str, str]]] = {
        "missing": lambda: ("ยังไม่ส่ง", "not sent"),
        "conflict": lambda: ("หลายไฟล์ขัดกัน", "conflict"),
        "received": lambda: {
            "accepted": ("ผ่านการตรวจ", "accepted"),
            "returned": ("ส่งคืนให้แก้ไข", "returned"),
        }[unit.assessment.verdict],
    }
    state = states[unit.state]()[english]
    cells = [unit.unit.code, unit.unit.name, state]
    if unit.assessment is None:
        return [*cells, "", "", "", ""]
    severities = [found.severity for found in unit.findings]
    return [
        *cells,
        str(unit.assessment.total) if unit.assessment.criteria else "",
        unit.assessment.level_name[english],
        str(severities.count("error") or ""),
        str(severities.count("warning") or ""),
    ]
