"""Random answers to a form, for hypothesis."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question, Table
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.thai import says_nothing

_LETTERS = st.characters(
    codec="utf-8",
    categories=("L", "Mn", "N", "P", "S", "Zs"),
    exclude_characters="\ufeff\xa0",
)
# What the normaliser keeps as typed: no blanks at the ends, something visible inside.
texts = (
    st.text(_LETTERS, min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: any(letter.isalnum() for letter in text) and not says_nothing(text))
)


def values(question: Question) -> st.SearchStrategy[object]:
    if question.type == "tick":
        return st.booleans()
    if question.type == "choice":
        return st.sampled_from([choice.value for choice in question.choices])
    if question.type == "date":
        window = Window.of(question)
        return st.dates(window.earliest, window.latest)
    low = int(question.minimum) if question.minimum is not None else 0
    high = int(question.maximum) if question.maximum is not None else 1000
    if question.type == "integer":
        return st.integers(low, high)
    if question.type == "percent":
        return st.decimals(low, high, places=2).map(Decimal.normalize)
    return texts


def rows(table: Table) -> st.SearchStrategy[tuple[dict[str, object], ...]]:
    """Some rows; where a blank form holds some, also those with one of them answered."""
    row = st.fixed_dictionaries(
        {
            column.id: values(column) if column.required else _optional(column)
            for column in table.columns
        }
    )
    listed = st.lists(row, max_size=min(table.rows, 8)).map(tuple)
    return listed | st.builds(_first_answered, st.just(table), row) if table.preset else listed


def _first_answered(table: Table, answered: dict[str, object]) -> tuple[dict[str, object], ...]:
    preset = [
        {column.id: given.get(column.id, _blank(column)) for column in table.columns}
        for given in table.preset
    ]
    return ({**answered, **table.preset[0]}, *preset[1:])


def _blank(column: Question) -> object:
    return False if column.type == "tick" else None


def answers(form: Form) -> st.SearchStrategy[Answers]:
    """Answers to a form; claims and evidence where a unit claims points."""
    claimed = [form.criterion(number) for number in form.claimed]
    return st.builds(
        Answers,
        form=st.just(form.id),
        unit_code=st.from_regex(r"[A-Z]{1,4}[0-9]{0,3}", fullmatch=True),
        values=st.fixed_dictionaries({field.id: _optional(field) for field in form.fields}),
        tables=st.fixed_dictionaries({table.id: rows(table) for table in form.tables}),
        claims=_some({c.number: st.sampled_from([r.points for r in c.rungs]) for c in claimed}),
        evidence=_some(dict.fromkeys(form.claimed, texts)),
    )


def _optional(question: Question) -> st.SearchStrategy[object]:
    chosen = values(question)
    return chosen if question.type == "tick" else st.none() | chosen


def _some(choices: dict[int, st.SearchStrategy]) -> st.SearchStrategy[dict[int, object]]:
    return st.fixed_dictionaries({}, optional=choices)
