"""Loads definitions, strictly: every mistake in one is reported, each with its remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

from pydantic import ValidationError

from moral_xlsx.model.errors import DefinitionError, Fault
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.lint import form_faults

_CONTROL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def form_ids() -> tuple[str, ...]:
    """The ids of the forms that come with the program, in alphabetical order."""
    folder = resources.files("moral_xlsx.definitions")
    return tuple(
        sorted(
            file.name.removesuffix(".toml")
            for file in folder.iterdir()
            if file.name.endswith(".toml")
        )
    )


@cache
def load_form(form_id: str) -> Form:
    """A form that comes with the program; raises KeyError when there is none of that id.

    It is read once in a process.
    """
    if form_id not in form_ids():
        raise KeyError(form_id)
    name = f"{form_id}.toml"
    source = resources.files("moral_xlsx.definitions").joinpath(name)
    return parse_form(source.read_bytes(), name)


def parse_form(data: bytes, file: str) -> Form:
    """The form that a definition file describes; raises DefinitionError with all faults.

    ``file`` is the name to show in faults; it has to be the form's id and ``.toml``.
    """
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        fault = Fault(f"byte {error.start}", "the file is not UTF-8", "Save it as UTF-8")
        raise DefinitionError(file, (fault,)) from None
    except (ValueError, RecursionError) as error:  # tomllib's own errors are ValueErrors
        fault = Fault("file", f"not valid TOML: {error}", "Correct the line that is named")
        raise DefinitionError(file, (fault,)) from None
    unfit = tuple(_unfit_texts(raw, ""))
    if unfit:
        raise DefinitionError(file, unfit)
    try:
        form = Form.model_validate(raw)
    except ValidationError as error:
        raise DefinitionError(file, tuple(_shape_faults(error))) from None
    faults = tuple(form_faults(form, file))
    if faults:
        raise DefinitionError(file, faults)
    return form


def _unfit_texts(value: object, place: str) -> Iterator[Fault]:
    """Texts with characters that no workbook or document can hold."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _unfit_texts(inner, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfit_texts(inner, f"{place}[{index}]")
    elif isinstance(value, str) and _CONTROL.search(value):
        yield Fault(place, "the text holds a control character", "Remove it")


def _shape_faults(error: ValidationError) -> Iterator[Fault]:
    problems = error.errors()
    for problem in problems:
        inside = [
            p["loc"] for p in problems if p["loc"][:-1][: len(problem["loc"])] == problem["loc"]
        ]
        if problem["type"] == "too_short" and inside:
            continue  # it is only too short because of the fault inside it
        place = ""
        for part in problem["loc"]:
            place += f"[{part}]" if isinstance(part, int) else f".{part}"
        remedy = {
            "extra_forbidden": "Remove the key or correct its spelling",
            "missing": "Add the key",
        }.get(problem["type"], "Correct the value")
        yield Fault(place.lstrip(".") or "file", problem["msg"].lower(), remedy)
