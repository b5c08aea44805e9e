"""docs/coverage.md: every part of the documents has what does it, and that is really there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.register import TITLE

LIST = Path(__file__).parent.parent / "docs" / "coverage.md"
_REFERENCE = re.compile(r"`([^`]+)`")
_PARTS = re.compile(r"([a-z0-9-]+)(?:([:#@/])(.+))?")
SHEETS_OF_THE_SUMMARY = frozenset({f"summary.xlsx#{TITLE}"})


def rows() -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(LIST.read_text("utf-8").splitlines(), start=1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] != "ส่วนของเอกสาร" and set(cells[0]) != {"-"}:
            yield number, cells


@cache
def form(form_id: str) -> Form:
    return load_form(form_id)


def is_there(reference: str) -> bool:
    found = _PARTS.fullmatch(reference)
    if reference in SHEETS_OF_THE_SUMMARY:
        return True
    if found is None or found[1] not in form_ids():
        return False
    named, kind, what = form(found[1]), found[2], found[3]
    if kind == ":":
        return what in {*(each.id for each in named.fields), *(each.id for each in named.tables)}
    if kind == "#":
        return what in {*named.drawn_sheets, *(sheet.title for sheet in named.sheets)}
    if kind == "/":
        return what in {paper.id for paper in named.papers}
    return kind is None or bool(getattr(named, what, None))


@pytest.mark.parametrize(("number", "cells"), list(rows()))
def test_each_part_of_a_document_has_what_does_it_or_why_nothing_does(
    number: int, cells: list[str]
) -> None:
    assert len(cells) == 3 and all(cells), f"line {number}"
    references = _REFERENCE.findall(cells[2])
    missing = [each for each in references if not is_there(each)]
    assert not missing, f"line {number}: there is no {missing}"
    if not references:
        assert cells[2].startswith("—") and len(cells[2]) > 10, f"line {number}"


def test_every_form_paper_and_new_table_is_in_the_list() -> None:
    named = set(_REFERENCE.findall(LIST.read_text("utf-8")))
    forms = {each.partition(kind)[0] for each in named for kind in ":#@/" if kind in each}
    assert set(form_ids()) <= forms
    papers = {f"{each}/{paper.id}" for each in form_ids() for paper in form(each).papers}
    assert papers <= named
