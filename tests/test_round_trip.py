"""What is filled in is what is read: read(fill(answers)) == answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from conftest import golden_of
from filling import type_in, typed
from hypothesis import HealthCheck, given, settings
from libreoffice import convert
from strategies import answers

from moral_xlsx.excel.form.layout import Layout, lay_out
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.model.answers import Answers, Value
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import form_ids
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

# Every test of this file plays rounds, or tries many examples.
pytestmark = pytest.mark.slow

JOURNEY = Journey()
# Large forms take long to draw; the smaller ones and that of 2569 hold every kind of answer.
EXAMPLES = {"moi-2569": 40}
OTHER_EXAMPLES = 6

of_each_form = pytest.mark.parametrize("name", form_ids())


@cache
def blank_of(name: str) -> tuple[bytes, Layout]:
    rubric = JOURNEY.rubric(name)
    return write_workbook(rubric, blank(rubric.form)), lay_out(rubric.form)


def examples(name: str) -> settings:
    return settings(
        max_examples=EXAMPLES.get(name, OTHER_EXAMPLES),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@of_each_form
def test_the_program_reads_what_it_filled_in(name: str) -> None:
    rubric = JOURNEY.rubric(name)

    @examples(name)
    @given(answers(rubric.form))
    def check(given_answers: Answers) -> None:
        workbook = write_workbook(rubric, Content(given_answers))
        assert JOURNEY.judge(workbook).answers == without_blank_rows(given_answers)

    check()


@of_each_form
def test_the_program_reads_what_was_typed_into_the_blank_form(name: str) -> None:
    form, (empty, layout) = JOURNEY.rubric(name).form, blank_of(name)

    @examples(name)
    @given(answers(form))
    def check(given_answers: Answers) -> None:
        given_answers = with_plain_percentages(form, given_answers)
        workbook = type_in(empty, layout, typed(form, given_answers))
        assert JOURNEY.judge(workbook).answers == without_blank_rows(given_answers)

    check()


@of_each_form
def test_a_blank_form_answers_nothing_but_what_it_already_holds(name: str) -> None:
    form = JOURNEY.rubric(name).form
    read = JOURNEY.judge(blank_of(name)[0]).answers
    assert all(value is None or value is False for value in read.values.values())
    assert (read.claims, read.evidence) == ({}, {})
    held = {
        table: [{c: v for c, v in row.items() if v is not None and v is not False} for row in rows]
        for table, rows in read.tables.items()
    }
    assert held == {table.id: list(map(dict, table.preset)) for table in form.tables}


@pytest.mark.libreoffice
def test_nothing_is_lost_when_libreoffice_saves_a_filled_in_form(tmp_path: Path) -> None:
    files = []
    for name in form_ids():
        files.append(tmp_path / f"{name}.xlsx")
        files[-1].write_bytes(write_workbook(JOURNEY.rubric(name), Content(golden_of(name))))
    for before, after in zip(files, convert(files, "xlsx", tmp_path), strict=True):
        first, second = JOURNEY.judge(before.read_bytes()), JOURNEY.judge(after.read_bytes())
        assert first.answers == golden_of(before.stem)
        assert second.answers == first.answers, before.stem
        assert second.assessment == first.assessment, before.stem


@of_each_form
def test_a_written_back_form_is_read_with_the_same_answers(name: str) -> None:
    given_answers = golden_of(name)
    submission = JOURNEY.judge(write_workbook(JOURNEY.rubric(name), Content(given_answers)))
    written = JOURNEY.judge(issue(submission, "2569-05").workbook)
    assert written.answers == given_answers
    assert written.assessment == submission.assessment


def without_blank_rows(given_answers: Answers) -> Answers:
    """Rows in which nothing was answered are not rows; an unset tick answers nothing."""
    tables: Mapping[str, tuple] = {
        name: tuple(
            row for row in rows if any(v is not None and v is not False for v in row.values())
        )
        for name, rows in given_answers.tables.items()
    }
    return replace(given_answers, tables=tables)


def with_plain_percentages(form: Form, given_answers: Answers) -> Answers:
    """Above 1 or 0: typed 0.5 is read as 50 and typed 1 is refused as ambiguous."""
    percents = {
        *(field.id for field in form.fields if field.type == "percent"),
        *(f"{t.id}.{c.id}" for t in form.tables for c in t.columns if c.type == "percent"),
    }

    def plain(name: str, value: Value) -> Value:
        is_small = name in percents and isinstance(value, Decimal) and 0 < value <= 1
        return value + 2 if is_small else value  # type: ignore[operator]

    tables = {
        table: tuple({c: plain(f"{table}.{c}", v) for c, v in row.items()} for row in rows)
        for table, rows in given_answers.tables.items()
    }
    values = {name: plain(name, value) for name, value in given_answers.values.items()}
    return replace(given_answers, values=values, tables=tables)
