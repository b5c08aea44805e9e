"""Answers files: a submission as plain JSON data, without a workbook.

    {"form": "…", "unit_code": "…", "answers": {field: value, table: [{column: value}]},
     "claims": {"1": 3}, "evidence": {"1": "…"}}

Texts stay texts, dates are ISO, ticks are booleans, percentages are of 0 to 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers, RawCell, RawSubmission, Value
from moral_xlsx.model.catalogue.answers import UNKNOWN_NAME
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Table
from moral_xlsx.model.reference import Reference, TableCell

_SECTIONS = ("form", "unit_code", "answers", "claims", "evidence")
_FILE = ("ไฟล์คำตอบ", "the answers file")
_ANSWERS = ("คำตอบ", "answers")


class AnswersFileError(MoralXlsxError):
    """The data has not the structure of an answers file; says where."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__((thai, english))


def from_json(form: Form, data: object) -> RawSubmission:
    """The cells that an answers file fills, one for every input of the form.

    What the file leaves out is a blank cell. Names that the form does not know are left
    out with a finding each. Raises AnswersFileError when the data is no object,
    a section or a row is no object, a table is no list, or a value is itself a structure.
    """
    file = _object(data, "ไฟล์คำตอบ", "the answers file")
    answers = _object(file.get("answers"), "answers", "answers")
    sections = {name: _object(file.get(name, {}), name, name) for name in ("claims", "evidence")}
    cells: dict[Reference, RawCell] = {}
    # What stands under an unknown name is an answer that nobody reads.
    unknown = [_unknown(name, _FILE) for name in file if name not in _SECTIONS]

    for field in form.fields:
        cells[field.id] = _cell(answers.get(field.id), field.id)
    for table in form.tables:
        rows = _rows(table, answers.get(table.id, []))
        for index, row in enumerate(rows):
            for column in table.columns:
                reference = TableCell(table.id, index, column.id)
                cells[reference] = _cell(row.get(column.id), reference)
        unknown += _unknown_columns(table, rows)
    known = {field.id for field in form.fields} | {table.id for table in form.tables}
    unknown += [_unknown(name, _ANSWERS) for name in answers if name not in known]

    numbers = [str(number) for number in form.claimed]
    for (name, section), kind in zip(sections.items(), ("claim", "evidence"), strict=True):
        for number in numbers:
            cells[f"{kind}_{number}"] = _cell(section.get(number), f"{kind}_{number}")
        unknown += [_unknown(number, (name, name)) for number in section if number not in numbers]

    return RawSubmission(
        form_id=form.id,
        form_version=form.version,
        unit_code=_text(file.get("unit_code", ""), "unit_code"),
        cells=cells,
        findings=tuple(unknown),
        unread=tuple(unknown),
    )


def to_json(form: Form, answers: Answers) -> dict[str, object]:
    """The answers as data for ``json.dumps``, in the order of the form; blanks are left out.

    Reading it back with ``from_json`` and normalising gives the same answers, provided
    that every row answers something and every tick is a boolean.
    """
    content: dict[str, object] = {}
    for field in form.fields:
        content |= _given(field.id, answers.values.get(field.id))
    for table in form.tables:
        rows = []
        for answered in answers.tables.get(table.id, ()):
            row: dict[str, object] = {}
            for column in table.columns:
                row |= _given(column.id, answered.get(column.id))
            rows.append(row)
        content[table.id] = rows
    return {
        "form": answers.form,
        "unit_code": answers.unit_code,
        "answers": content,
        "claims": {str(number): points for number, points in sorted(answers.claims.items())},
        "evidence": {str(number): text for number, text in sorted(answers.evidence.items())},
    }


def _given(name: str, value: Value) -> dict[str, object]:
    if value is None:
        return {}
    if isinstance(value, Decimal):
        return {name: _percentage(value)}
    return {name: value.isoformat() if isinstance(value, date) else value}


def _percentage(number: Decimal) -> int | float | str:
    if number == number.to_integral_value():
        return int(number)
    nearest = float(number)
    # Where no float prints as these digits, a text keeps them; the sign keeps the scale.
    return nearest if Decimal(repr(nearest)) == number else f"{number:f}%"


def _cell(value: object, reference: Reference) -> RawCell:
    place = Place(field=str(reference))
    if isinstance(value, float):
        return RawCell(Decimal(repr(float(value))), place)
    if isinstance(value, int) and not isinstance(value, bool):
        return RawCell(Decimal(value), place)
    if value is None or isinstance(value, (str, bool, Decimal, date)):
        return RawCell(value, place)
    raise AnswersFileError(
        f"ค่าของ “{reference}” ต้องเป็นข้อความ ตัวเลข true/false หรือ null",
        f"the value of “{reference}” has to be a text, a number, true/false or null",
    )


def _rows(table: Table, value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise AnswersFileError(
            f"“{table.id}” ({table.label}) ต้องเป็นรายการ [ ... ]",
            f"“{table.id}” ({table.label}) has to be a list [ ... ]",
        )
    return [
        _object(row, f"“{table.id}” แถวที่ {number}", f"row {number} of “{table.id}”")
        for number, row in enumerate(value, start=1)
    ]


def _unknown_columns(table: Table, rows: list[Mapping[str, object]]) -> list[Finding]:
    """One finding for each unknown column, however many rows hold it."""
    known = {column.id for column in table.columns}
    # A dict keeps the order of appearance.
    names = dict.fromkeys(name for row in rows for name in row if name not in known)
    return [_unknown(name, (table.label, table.label), f"{table.id}.{name}") for name in names]


def _unknown(name: str, within: tuple[str, str], reference: str = "") -> Finding:
    return catalogue.finding(UNKNOWN_NAME, Place(field=reference or name), label=name, table=within)


def _object(value: object, name_th: str, name_en: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise AnswersFileError(
            f"{name_th} ต้องเป็นออบเจกต์ {{ ... }}", f"{name_en} has to be an object {{ ... }}"
        )
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise AnswersFileError(f"{name} ต้องเป็นข้อความ", f"{name} has to be a text")
    return value
