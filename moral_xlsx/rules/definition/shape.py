"""Values out of what a file holds; what does not have their shape is told with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from typing import TypeVar, get_args

from pydantic import ValidationError

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import Fault, quoted
from moral_xlsx.model.value import Value

V = TypeVar("V", bound=Value)

_LONGEST_SHOWN = 40
_LARGEST_SHOWN = 10**12
_WHOLE_NUMBER = "ต้องเป็นจำนวนเต็ม"
_NUMBER = "ต้องเป็นตัวเลข"
_TRUE_OR_FALSE = "ต้องเป็น true หรือ false"
_DAY = "ต้องเป็นวันที่ ใช้ปี ค.ศ. และไม่ใส่เครื่องหมายคำพูด เช่น 2026-06-30"
_LIST = "ต้องเป็นรายการในวงเล็บเหลี่ยม [ ]"
_KEYS = 'ต้องเป็นชุดของคีย์และค่า เช่น {{ label = "…" }}'
# What pydantic expects, by the type of its error; the names in braces are of its context.
_EXPECTED: Mapping[str, str] = {
    "string_type": "ต้องเป็นข้อความในเครื่องหมายคำพูด",
    "string_too_short": "ต้องมีอย่างน้อย {min_length} ตัวอักษร",
    "string_too_long": "ต้องยาวไม่เกิน {max_length} ตัวอักษร",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUE_OR_FALSE,
    "bool_parsing": _TRUE_OR_FALSE,
    "greater_than_equal": "ต้องไม่น้อยกว่า {ge}",
    "less_than_equal": "ต้องไม่เกิน {le}",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": _LIST,
    "too_short": "ต้องมีอย่างน้อย {min_length} รายการ",
    "dict_type": _KEYS,
    "mapping_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
}
# What the patterns of ids and the like ask for.
_PATTERNS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_]*$": "ต้องเป็นอักษรละตินตัวเล็ก ตัวเลข หรือ _ และขึ้นต้นด้วยตัวอักษร",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "ต้องเป็นอักษรละตินตัวเล็กและตัวเลข คั่นด้วย - เช่น moi-2570",
    r"^\d+(\.\d+)*$": "ต้องเป็นตัวเลขคั่นด้วยจุด เช่น 1.0",
    r"^MX-\d{3}$": "ต้องเป็น MX- ตามด้วยเลขสามตัว",
}
_CORRECT_VALUE: Bilingual = ("แก้ค่าให้ถูกต้อง", "Correct the value")


def shaped(kind: type[V], raw: object, place: str = "") -> V | tuple[Fault, ...]:
    """The value of that kind, or what keeps it from being one; ``place`` is where it stands."""
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        return tuple(_faults(error, place, kind))


def _faults(error: ValidationError, start: str, kind: type[Value]) -> Iterator[Fault]:
    problems = error.errors()
    for problem in problems:
        inside = [
            p["loc"] for p in problems if p["loc"][:-1][: len(problem["loc"])] == problem["loc"]
        ]
        if problem["type"] == "too_short" and inside:
            continue  # it is only too short because of the fault inside it
        place = start
        for part in problem["loc"]:
            place += f"[{part}]" if isinstance(part, int) else f".{part}"
        wrong, english = problem["type"], problem["msg"].lower()
        if wrong == "extra_forbidden":
            thai, remedy = "ไม่มีคีย์ชื่อนี้", _instead_of(problem["loc"], kind)
        elif wrong == "missing":
            thai, remedy = "ขาดคีย์นี้", ("เพิ่มคีย์นี้", "Add the key")
        else:
            thai, remedy = _of_value(wrong, problem.get("ctx", {})), _CORRECT_VALUE
            thai = f"{thai}{_found(problem['input'])}" if thai else f"ค่าไม่ถูกต้อง ({english})"
        yield Fault(place.lstrip(".") or "file", (thai, english), remedy)


def _keys(kind: type[Value], way: Sequence[int | str]) -> Iterator[str]:
    """The keys of what the way leads to inside a value of that kind."""
    for step in way:
        if isinstance(step, str) and step in kind.model_fields:
            kind = next(_kinds(kind.model_fields[step].annotation), kind)
    yield from kind.model_fields


def _kinds(annotation: object) -> Iterator[type[Value]]:
    if isinstance(annotation, type) and issubclass(annotation, Value):
        yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


def _instead_of(way: Sequence[int | str], kind: type[Value]) -> Bilingual:
    """How to mend a key that there is not, with the one that was probably meant."""
    meant = get_close_matches(str(way[-1]), [*_keys(kind, way[:-1])], n=1)
    if meant:
        return f"แก้เป็น {meant[0]} หรือลบคีย์นี้", f"Write {meant[0]}, or remove the key"
    return "ลบคีย์นี้ หรือแก้ตัวสะกด", "Remove the key or correct its spelling"


def _of_value(kind: str, context: Mapping[str, object]) -> str:
    """What was expected, in Thai; empty where only pydantic knows it."""
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"ต้องเป็นหนึ่งใน {choices}"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context["pattern"]), "")
    return _EXPECTED.get(kind, "").format(**context)


def _found(value: object) -> str:
    """What stands there instead, in Thai, as a definition writes it; long values are left out."""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_SHOWN:
        return f" แต่พบ {quoted(value)}"
    if isinstance(value, bool):
        return f" แต่พบ {str(value).lower()}"
    if isinstance(value, int | float) and abs(value) < _LARGEST_SHOWN:
        return f" แต่พบ {value}"
    return f" แต่พบ {value}" if isinstance(value, date | time) else ""
