"""The syntax of conditions: expressions in Python's, taken apart and held to be plain."""

from __future__ import annotations

import ast
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError, quoted
from moral_xlsx.thai import FIRST_BUDDHIST_YEAR

LARGEST_BOUND = 10**12
# Longer ones are never written by hand, and deep nesting overwhelms the parser.
LONGEST_CONDITION = 400
_SIGNS = {ast.GtE: ">=", ast.LtE: "<=", ast.Gt: ">", ast.Lt: "<", ast.Eq: "=="}
_QUOTED = re.compile(r"""(["']).*?\1""")
_THAI_DIGIT = re.compile("[๐-๙]")
_CURLY = re.compile("[“”‘’„«»]")
_OTHER_SIGN = re.compile(r"[≥≤≠]|(?<![<>=!])=(?!=)|=[<>]|<>|!=")


class ConditionError(MoralXlsxError):
    """A condition in a definition cannot be understood; ``remedy`` says how to write it."""

    def __init__(self, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def mistaken(node: ast.expr, found: Bilingual, remedy: Bilingual) -> ConditionError:
    """The error for a part of a condition; ``found`` goes on after the part itself."""
    shown = ast.unparse(node)
    return ConditionError((f"{quoted(shown)} {found[0]}", f"{shown!r} {found[1]}"), remedy)


def comparison_sign(node: ast.Compare) -> str:
    """The sign of a single comparison."""
    operator = _SIGNS.get(type(node.ops[0]))
    if operator is None or len(node.ops) != 1:
        signs_text = " ".join(_SIGNS.values())
        raise mistaken(
            node,
            ("ต้องมีเครื่องหมายเปรียบเทียบที่ใช้ได้เพียงตัวเดียว", "is not one comparison"),
            (f"ให้ใช้เครื่องหมายใดเครื่องหมายหนึ่ง: {signs_text}", f"Use one of {signs_text}"),
        )
    return operator


def literal_number(node: ast.expr) -> Fraction:
    """The number of a literal, exactly as its digits say."""
    value = constant(node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mistaken(node, ("ไม่ใช่ตัวเลข", "is no number"), ("เขียนเป็นตัวเลข", "Write a number"))
    number = Decimal(repr(value)) if abs(value) < LARGEST_BOUND else None
    if number is None or not number.is_finite():
        raise ConditionError(
            ("ตัวเลขที่นำมาเทียบมากเกินไป", "the bound is too large"),
            ("ให้ใช้ตัวเลขที่น้อยกว่านี้", "Write a smaller number"),
        )
    return Fraction(number)


def tree(source: str) -> ast.expr:
    """The syntax tree of an expression; raises ConditionError when it does not parse."""
    if len(source) > LONGEST_CONDITION:
        raise ConditionError(
            (
                f"{quoted(f'{source[:40]}…')} ยาวเกิน {LONGEST_CONDITION} ตัวอักษร",
                f"{source[:40]!r}… is longer than {LONGEST_CONDITION} characters",
            ),
            ("แบ่งเป็นหลายเงื่อนไข", "Split it up"),
        )
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError(
            (f"{quoted(source)} เขียนผิดรูปแบบ", f"{source!r} does not parse"), _remedy(source)
        ) from None


def _remedy(source: str) -> Bilingual:
    """How to mend what does not parse: what word processors and Thai keyboards put in first."""
    bare = _QUOTED.sub("", source)
    if found := sorted(set(_THAI_DIGIT.findall(bare))):
        shown = " ".join(found)
        return f"ใช้เลขอารบิกแทน {shown}", f"Write Arabic digits for {shown}"
    if found := sorted(set(_CURLY.findall(source))):
        shown = " ".join(found)
        return (
            f'ใช้เครื่องหมายคำพูดตรง " แทน {shown}',
            f'Use the straight quotation mark " for {shown}',
        )
    if found := sorted(set(_OTHER_SIGN.findall(bare))):
        shown = " ".join(found)
        return f"ใช้ >= <= หรือ == แทน {shown}", f"Use >=, <= or == for {shown}"
    return "แก้วงเล็บ เครื่องหมายคำพูด หรือเครื่องหมายอื่นให้ถูกต้อง", "Correct its syntax"


def constant(node: ast.expr) -> object:
    """The value of a literal; true and false may be written in small letters."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false"):
        return node.id == "true"
    raise mistaken(
        node,
        ("ไม่ใช่ค่าคงที่", "is not a constant"),
        ("เขียนค่าลงไปโดยตรง เช่น ตัวเลข หรือคำในเครื่องหมายคำพูด", "Write a literal value"),
    )


def iso_date(node: ast.expr) -> date:
    """The date of a literal such as ``"2026-03-31"``."""
    value = constant(node)
    try:
        day = date.fromisoformat(value if isinstance(value, str) else "")
        if day.year < FIRST_BUDDHIST_YEAR:
            return day
    except ValueError:
        pass
    raise ConditionError(
        (f"{quoted(value)} ไม่ใช่วันที่ในปี ค.ศ.", f"{value!r} is no date with a Gregorian year"),
        ('เขียนเป็นปี ค.ศ. เช่น "2026-03-31"', 'Write it as "2026-03-31"'),
    )
