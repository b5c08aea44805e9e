"""Parses definitions, strictly: every mistake in one is reported, each with its remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from moral_xlsx.model.definition import Definition
from moral_xlsx.model.errors import DefinitionError, Fault
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.agreement import agreement_faults
from moral_xlsx.rules.definition.expand import expand
from moral_xlsx.rules.definition.ladder import ladder_faults
from moral_xlsx.rules.definition.lint import form_faults
from moral_xlsx.rules.definition.shape import shaped
from moral_xlsx.rules.definition.toml_text import located

# Where tomllib says that it stopped.
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_CONTROL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_form(data: bytes, file: str) -> Form:
    """The form that a definition file describes; raises DefinitionError with all faults.

    ``file`` is the name to show in faults; it has to be the form's id and ``.toml``. The
    wording is held against the rules when the form makes sense otherwise.
    """
    form = sensible_form(data, file)
    faults = (*ladder_faults(form), *agreement_faults(form))
    if faults:
        raise DefinitionError(file, located(data, faults))
    return form


def sensible_form(data: bytes, file: str) -> Form:
    """The form of a definition whose keys, ids and conditions are in order, whatever its wording
    says; raises DefinitionError with the faults of the others."""
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        fault = Fault(
            f"byte {error.start}",
            ("ไฟล์นี้ไม่ใช่ UTF-8", "the file is not UTF-8"),
            ("บันทึกไฟล์ใหม่เป็น UTF-8", "Save it as UTF-8"),
        )
        raise DefinitionError(file, (fault,)) from None
    except (ValueError, RecursionError) as error:  # tomllib's own errors are ValueErrors
        fault = Fault(
            "file",
            (_not_toml(str(error)), f"not valid TOML: {error}"),
            (
                "แก้ให้ถูกต้อง เช่น เติมเครื่องหมายคำพูดหรือวงเล็บที่ขาด",
                "Correct the line that is named",
            ),
        )
        raise DefinitionError(file, (fault,)) from None
    unfit = tuple(_unfit_texts(raw, ""))
    if unfit:
        raise DefinitionError(file, located(data, unfit, expanded=False))
    definition = shaped(Definition, raw)
    if isinstance(definition, tuple):
        raise DefinitionError(file, located(data, definition, expanded=False))
    try:
        form = expand(definition, file)
    except DefinitionError as error:
        raise DefinitionError(file, located(data, error.faults, expanded=False)) from None
    faults = tuple(form_faults(form, file))
    if faults:
        raise DefinitionError(file, located(data, faults))
    return form


def _not_toml(said: str) -> str:
    """In Thai, what the parser said; only what it names besides a place stays English."""
    where = ""
    if found := _AT.search(said):
        where = f" ที่บรรทัด {found[1]} ตัวอักษรที่ {found[2]}" if found[1] else " ที่ท้ายไฟล์"
    return f"เขียนผิดรูปแบบ TOML{where} ({_AT.sub('', said)})"


def _unfit_texts(value: object, place: str) -> Iterator[Fault]:
    """Texts with characters that no workbook or document can hold."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _unfit_texts(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfit_texts(inner, f"{place}[{index}]")
    elif isinstance(value, str) and _CONTROL.search(value):
        yield Fault(
            place,
            ("ข้อความมีอักขระควบคุมที่มองไม่เห็น", "the text holds a control character"),
            ("ลบอักขระนั้น", "Remove it"),
        )
