"""What is filled in is what is read: read(fill(answers)) == answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from filling import type_in, typed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import answers

from moral_xlsx.excel.layout import lay_out
from moral_xlsx.excel.template import Content, blank, write_workbook
from moral_xlsx.journey import Journey
from moral_xlsx.model.answers import Answers
from moral_xlsx.rules.definition import load_form
from moral_xlsx.rules.rubric import compile_rubric

RUBRIC = compile_rubric(load_form("moi-2569"))
EMPTY = write_workbook(RUBRIC, blank(RUBRIC.form))
LAYOUT = lay_out(RUBRIC.form)
JOURNEY = Journey()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers(RUBRIC.form))
def test_the_program_reads_what_it_filled_in(given_answers: Answers) -> None:
    workbook = write_workbook(RUBRIC, Content(given_answers))
    assert JOURNEY.judge(workbook).answers == without_blank_rows(given_answers)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers(RUBRIC.form), st.data())
def test_the_program_reads_what_was_typed_into_the_blank_form(
    given_answers: Answers, data: st.DataObject
) -> None:
    given_answers = with_plain_percentages(given_answers)
    workbook = type_in(EMPTY, LAYOUT, typed(RUBRIC.form, given_answers))
    assert JOURNEY.judge(workbook).answers == without_blank_rows(given_answers)


def test_a_written_back_workbook_is_read_with_the_same_answers(
    golden_workbook: bytes, golden_answers: Answers
) -> None:
    submission = JOURNEY.judge(golden_workbook)
    written = JOURNEY.issue(submission, "2569-05").workbook
    assert JOURNEY.judge(written).answers == golden_answers


def without_blank_rows(given_answers: Answers) -> Answers:
    """Rows in which nothing was answered are not rows; an unset tick answers nothing."""
    tables: Mapping[str, tuple] = {
        name: tuple(
            row for row in rows if any(v is not None and v is not False for v in row.values())
        )
        for name, rows in given_answers.tables.items()
    }
    return replace(given_answers, tables=tables)


def with_plain_percentages(given_answers: Answers) -> Answers:
    """Above 1 or 0: typed 0.5 is read as 50 and typed 1 is refused as ambiguous."""
    percents = {
        (table.id, column.id)
        for table in RUBRIC.form.tables
        for column in table.columns
        if column.type == "percent"
    }
    tables = {
        name: tuple(
            {
                column: value + 2 if (name, column) in percents and value and value <= 1 else value
                for column, value in row.items()
            }
            for row in rows
        )
        for name, rows in given_answers.tables.items()
    }
    return replace(given_answers, tables=tables)
