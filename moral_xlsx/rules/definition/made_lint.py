"""What a definition may say of what is made of a form's answers: papers, surveys, figures."""

from __future__ import annotations

from collections.abc import Iterator

from moral_xlsx.model.errors import Fault, undefined
from moral_xlsx.model.form import Form
from moral_xlsx.model.paper import Paper, PaperPart
from moral_xlsx.rules.compilation import parse_item
from moral_xlsx.rules.definition.printed_lint import (
    duplicates,
    line_faults,
    printed_table_faults,
    signature_faults,
)
from moral_xlsx.rules.judge.syntax import ConditionError


def made_faults(form: Form) -> Iterator[Fault]:
    """Every mistake in the papers, surveys and compiled figures of a form."""
    yield from duplicates("papers", [paper.id for paper in form.papers])
    for paper in form.papers:
        place = f"papers.{paper.id}"
        yield from _once_faults(place, paper)
        for at, part in enumerate(paper.parts):
            yield from _part_faults(f"{place}.parts[{at}]", part, form)
    yield from _survey_faults(form)
    for index, item in enumerate(form.compile):
        try:
            parse_item(item, form)
        except ConditionError as error:
            yield Fault(f"compile[{index}]", error.message, error.remedy)


def _once_faults(place: str, paper: Paper) -> Iterator[Fault]:
    for key, count in (
        ("printed", sum(part.printed for part in paper.parts)),
        ("contents", sum(bool(part.contents) for part in paper.parts)),
    ):
        if count > 1:
            yield Fault(
                f"{place}.{key}",
                (f"มี {key} {count} แห่ง", f"{key} stands in {count} parts"),
                ("ให้เหลือแห่งเดียว", "Leave one of them"),
            )


def _part_faults(place: str, part: PaperPart, form: Form) -> Iterator[Fault]:
    if part.own is not None:
        field = next((each for each in form.fields if each.id == part.own), None)
        if field is None or field.type != "text":
            yield Fault(f"{place}.own", *undefined(("ช่องข้อความ", "text field"), part.own))
        if not part.paragraphs:
            yield Fault(
                f"{place}.own",
                ("ไม่มี paragraphs ที่จะพิมพ์เมื่อช่องนี้ว่าง", "there are no paragraphs without it"),
                ("เขียน paragraphs ด้วย", "Write paragraphs too"),
            )
    for line in (*part.cover, part.heading, *part.paragraphs):
        yield from line_faults(place, line, form, None, in_workbook=False)
    if part.table is not None:
        yield from printed_table_faults(f"{place}.table", part.table, form, in_workbook=False)
    if part.signature is not None:
        yield from signature_faults(f"{place}.signature", part.signature, form)


def _survey_faults(form: Form) -> Iterator[Fault]:
    tables = {table.id: {column.id: column for column in table.columns} for table in form.tables}
    for survey in form.surveys:
        columns = tables.get(survey.table)
        if columns is None:
            yield Fault("surveys.table", *undefined(("ตาราง", "table"), survey.table))
            continue
        for name, kind in (
            (survey.question, "text"),
            *((each, "integer") for each in survey.levels),
        ):
            place = f"surveys.{survey.table}"
            if name not in columns:
                yield Fault(place, *undefined(("คอลัมน์", "column"), name))
            elif columns[name].type != kind:
                yield Fault(
                    place,
                    (f"คอลัมน์ “{name}” ไม่ใช่ชนิด {kind}", f"column {name!r} is not of type {kind}"),
                    (f"ให้ใช้คอลัมน์ชนิด {kind}", f"Name a column of type {kind}"),
                )
