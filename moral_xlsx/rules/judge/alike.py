"""Words that are nearly the same, and count as two: a slip of the pen, or two things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from moral_xlsx.model.question import Question, Table
from moral_xlsx.model.reference import TableCell
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.quantities import Distinct
from moral_xlsx.rules.judge.row_conditions import Subset
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.thai import key

# What people put before a noun or leave out: ความพอเพียง is พอเพียง.
_BEFORE = ("ความ", "การ", "ด้าน", "คุณธรรม", "หลัก")
# Short words differ in one letter and mean different things; long ones may have two slips.
_SHORTEST, _LONG = 4, 14
_TABLE_ROWS = 80


@dataclass(frozen=True, slots=True)
class Alike:
    """A text of a column, and an earlier one of the column that is nearly the same."""

    label: str
    cell: TableCell
    text: str
    other_cell: TableCell
    other: str


def nearly_the_same(rubric: Rubric, facts: Facts) -> Iterator[Alike]:
    """Each different text of a compared column that is nearly one that stands above it."""
    for table, column in _compared(rubric):
        first: dict[str, tuple[TableCell, str]] = {}
        for index, row in facts.rows(table)[:_TABLE_ROWS]:
            text = row.get(column.id)
            said = key(text) if isinstance(text, str) else ""
            if not said or said in first:
                continue
            cell = TableCell(table.id, index, column.id)
            near = next((known for known in first if is_near(known, said)), None)
            if near is not None:
                yield Alike(column.name, cell, str(text), *first[near])
            first[said] = cell, str(text)


def is_near(one: str, other: str) -> bool:
    """Whether two different keys are one but for a slip, or for a word before the noun."""
    one, other = _bare(one), _bare(other)
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < _SHORTEST or abs(len(one) - len(other)) > 2:
        return False
    slips = 2 if shorter >= _LONG else 1
    # Most words differ in many letters, or a single slip would have to be long: seen at once.
    if len(set(one) ^ set(other)) > 2 * slips or (slips == 1 and _differing(one, other) > 1):
        return False
    # A number tells things apart on purpose: กิจกรรม 1, กิจกรรม 2.
    if _digits(one) != _digits(other):
        return False
    changed = [
        (one[a:b], other[c:d])
        for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    numbered = any(letter.isdigit() for pair in changed for part in pair for letter in part)
    return not numbered and sum(max(len(a), len(b)) for a, b in changed) <= slips


def _digits(text: str) -> list[str]:
    return sorted(letter for letter in text if letter.isdigit())


def _differing(one: str, other: str) -> int:
    """How many letters the longer text has between the first and the last that differ."""
    before = _alike_from_start(one, other)
    behind = _alike_from_start(one[: before - 1 : -1], other[: before - 1 : -1])
    return max(len(one), len(other)) - before - behind


def _alike_from_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _bare(text: str) -> str:
    for word in _BEFORE:
        if text.startswith(word) and len(text) > len(word) + 2:
            return text.removeprefix(word)
    return text


def _compared(rubric: Rubric) -> Iterator[tuple[Table, Question]]:
    """The columns whose texts decide whether two things are one."""
    columns: dict[tuple[str, str], tuple[Table, Question]] = {}
    for table in rubric.form.tables:
        for name in table.unique:
            column = table.column(name)
            if column.type == "text":
                columns[table.id, name] = table, column
    for condition in rubric.conditions.values():
        for counted in condition.counted():
            if isinstance(counted, Distinct):
                columns[counted.table.id, counted.column.id] = counted.table, counted.column
        if isinstance(condition, Subset):
            columns[condition.among_table.id, condition.among.id] = (
                condition.among_table,
                condition.among,
            )
    yield from columns.values()
