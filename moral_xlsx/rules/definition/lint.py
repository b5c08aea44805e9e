"""What a definition may say of a form: every mistake in it, each with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from moral_xlsx.model.catalogue import KINDS
from moral_xlsx.model.errors import Fault
from moral_xlsx.model.form import (
    PROGRAM_SHEETS,
    AnswerType,
    Criterion,
    CriterionRange,
    Form,
    PrintedTable,
    Question,
    Table,
)
from moral_xlsx.rules.judge.conditions import parse_condition, parse_fact
from moral_xlsx.rules.judge.expression import ConditionError
from moral_xlsx.rules.judge.quantities import Percent, parse_quantity
from moral_xlsx.rules.printed import (
    CONTINUED,
    LONGEST_FORMULA,
    excel_answered,
    excel_line,
    parse_line,
    table_lines,
)
from moral_xlsx.thai import key

_RESERVED = re.compile(
    r"(claim|evidence|computed|final|remark)_\d+|subtotal_\d+_\d+|total|level|level_name"
    r"|completeness|next_level|final_total|final_level|verdict|reviewed_on|findings"
    r"|form_id|form_version|unit_code"
    r"|fiscal_year_start|fiscal_year_end|true|false"
)
# A printed column takes at least this part of the line.
_NARROWEST = 70
_CELL_LIKE = re.compile(r"[a-z]{1,3}\d{1,7}|r\d*c\d*|r\d*|c\d*")


def form_faults(form: Form, file: str) -> Iterator[Fault]:
    """Every mistake of a definition that has the shape of one; ``file`` is its file's name."""
    if file != f"{form.id}.toml":
        yield Fault(
            "id",
            f"{form.id!r} is not the file's name",
            f"Change the id, or name the file {form.id}.toml",
        )
    yield from _id_faults(form)
    yield from _reference_faults(form)
    yield from _printed_faults(form)
    for field in form.fields:
        yield from _question_faults(f"fields.{field.id}", field)
    for table in form.tables:
        yield from _brace_faults(f"tables.{table.id}", (table.label, table.short, table.unit))
        yield from _preset_faults(table)
        for column in table.columns:
            yield from _question_faults(f"tables.{table.id}.{column.id}", column)
    for criterion in form.criteria:
        yield from _ladder_faults(criterion)
    yield from _condition_faults(form)
    yield from _level_faults(form)
    yield from _relation_faults(form)


def _id_faults(form: Form) -> Iterator[Fault]:
    names = [field.id for field in form.fields]
    names += [derived.id for derived in form.derived]
    names += [table.id for table in form.tables]
    yield from _duplicates("fields, tables and derived", names)
    for name in names:
        if _RESERVED.fullmatch(name) or _CELL_LIKE.fullmatch(name):
            yield Fault(
                name, f"{name!r} cannot name a cell of a workbook", "Choose another id, in words"
            )
    yield from _duplicates("sheets", [sheet.id for sheet in form.sheets])
    yield from _duplicates("sheets", [sheet.title.casefold() for sheet in form.sheets])
    for sheet in form.sheets:
        if sheet.title in PROGRAM_SHEETS:
            yield Fault(
                f"sheets.{sheet.id}",
                f"{sheet.title!r} is a sheet of the program's own",
                "Choose another title",
            )
        if set(sheet.title) & set("[]:*?/\\") or sheet.title.strip("' ") != sheet.title:
            yield Fault(
                f"sheets.{sheet.id}",
                f"{sheet.title!r} cannot title a sheet",
                r"Leave out [ ] : * ? / \ and quotes or blanks at the ends",
            )
    yield from _duplicates("checks", [check.id for check in form.checks])
    yield from _duplicates("levels", [level.number for level in form.levels])
    yield from _duplicates("subtotals", [subtotal.key for subtotal in form.subtotals])
    for table in form.tables:
        yield from _duplicates(f"tables.{table.id}", [column.id for column in table.columns])
    numbers = [criterion.number for criterion in form.criteria]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("criteria", f"the numbers are {numbers}", "Number them 1, 2, 3 … in order")


def _duplicates(place: str, names: Iterable[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for name in names:
        if name in seen:
            yield Fault(place, f"{name!r} is defined twice", "Remove or rename one of the two")
        seen.add(name)


def _reference_faults(form: Form) -> Iterator[Fault]:
    sheets = {sheet.id for sheet in form.sheets}
    placed = [(field.id, field.sheet) for field in form.fields]
    placed += [(table.id, table.sheet) for table in form.tables]
    for name, sheet in placed:
        if sheet not in sheets:
            yield Fault(
                f"{name}.sheet",
                f"there is no sheet {sheet!r}",
                f"Use one of: {', '.join(sorted(sheets))}",
            )
    for table in form.tables:
        for column_id in table.unique:
            if column_id not in {column.id for column in table.columns}:
                yield Fault(
                    f"tables.{table.id}.unique",
                    f"there is no column {column_id!r}",
                    "Name a column of this table",
                )


def _printed_faults(form: Form) -> Iterator[Fault]:
    printed, fields = form.printed, {field.id: field for field in form.fields}
    if signature := printed.signature:
        used = {"name": signature.name, "position": signature.position, "date": signature.date}
        for role, field_id in used.items():
            place = f"printed.signature.{role}"
            if field_id is not None and field_id not in fields:
                yield Fault(
                    place, f"there is no field {field_id!r}", "Define the field or correct its id"
                )
            elif role == "date" and field_id is not None and fields[field_id].type != "date":
                yield Fault(place, f"{field_id!r} is no date", "Use a date field")
    if printed.ladder and "{points}" not in printed.ladder.points:
        yield Fault(
            "printed.ladder.points", "it does not hold {points}", "Write for example {points} คะแนน"
        )
    if printed.ladder and printed.tables:
        # A sheet has one set of column widths, and a claim has one place.
        yield Fault("printed", "it has a ladder and tables", "Print in one of the two ways")
    for name, lines in (("headings", printed.headings), ("note", printed.note)):
        for line in lines:
            yield from _line_faults(f"printed.{name}", line, form, None)
    for index, table in enumerate(printed.tables):
        yield from _printed_table_faults(f"printed.tables[{index}]", table, form)
    claims = [row.criterion for table in printed.tables for row in table.rows if row.criterion]
    yield from _duplicates("printed.tables.rows.criterion", claims)
    for number in set(claims) - {criterion.number for criterion in form.criteria}:
        yield Fault(
            "printed.tables.rows.criterion", f"there is no criterion {number}", "Correct it"
        )


def _printed_table_faults(place: str, printed: PrintedTable, form: Form) -> Iterator[Fault]:
    tables = {table.id for table in form.tables}
    total = sum(column.width for column in printed.columns)
    for column in printed.columns:
        if column.width * _NARROWEST < total:
            found = f"“{column.heading}” has {column.width} of {total} characters"
            yield Fault(f"{place}.columns", found, "Make it wider or the others narrower")
    above: tuple[str, ...] = ()
    for index, row in enumerate(printed.rows):
        where = f"{place}.rows[{index}]"
        if bool(row.section) == bool(row.cells):
            yield Fault(where, "a row has a section or cells", "Give exactly one of the two")
        elif row.cells and len(row.cells) != len(printed.columns):
            found = f"{len(row.cells)} cells under {len(printed.columns)} columns"
            yield Fault(where, found, "Give a text for each column")
        if CONTINUED in row.cells and (not above or row.each):
            yield Fault(where, "there is no cell above to continue", "Write the text")
        if row.each is not None and row.each not in tables:
            yield Fault(f"{where}.each", f"there is no table {row.each!r}", "Correct the id")
            return
        above = () if row.each else row.cells
    for line, table in table_lines(printed, form):
        yield from _line_faults(place, line, form, table)


def _line_faults(place: str, line: str, form: Form, table: Table | None) -> Iterator[Fault]:
    try:
        pieces = parse_line(line, form, table)
    except ConditionError as error:
        yield Fault(place, error.message, error.remedy)
        return
    answered = f"IF({excel_answered(table, 0)},)" if table else ""
    fixed = all(isinstance(piece, str) for piece in pieces)
    if not fixed and len(excel_line(pieces)) + len(answered) > LONGEST_FORMULA:
        shown = f"{line[:30]!r}… gives a formula of more than {LONGEST_FORMULA} characters"
        yield Fault(place, shown, "Divide it over several cells or shorten it")


def _question_faults(place: str, question: Question) -> Iterator[Fault]:
    yield from _brace_faults(place, (question.label, question.short, question.unit))
    yield from _brace_faults(place, (choice.label for choice in question.choices))
    if (question.type == "choice") != bool(question.choices):
        yield Fault(
            place, "choices and the type choice go together", "Give both or neither of them"
        )
    words = [w for c in question.choices for w in {key(t) for t in (c.value, c.label, *c.aliases)}]
    yield from _duplicates(f"{place}.choices", words)
    # An Excel list in a validation may have 255 characters.
    if len(",".join(choice.label for choice in question.choices)) > 255:
        yield Fault(place, "the labels of the choices exceed 255 characters", "Shorten them")
    if len(",".join(question.suggestions)) > 255:
        yield Fault(place, "the suggestions exceed 255 characters", "Shorten or drop some")
    if any("," in text for text in (*question.suggestions, *(c.label for c in question.choices))):
        yield Fault(place, "a label or suggestion holds a comma", "Excel splits lists at commas")
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield Fault(place, f"minimum {low} exceeds maximum {high}", "Exchange the two")
    if (low is not None or high is not None) and question.type not in ("integer", "percent"):
        yield Fault(place, f"a {question.type} has no limits", "Remove minimum and maximum")


def _brace_faults(place: str, texts: Iterable[str]) -> Iterator[Fault]:
    """Labels stand in sentences in which braces mark a number."""
    if any("{" in text or "}" in text for text in texts):
        yield Fault(place, "a label or unit holds a brace", "Write it without { and }")


def _preset_faults(table: Table) -> Iterator[Fault]:
    kinds: dict[str, type] = {"integer": int, "percent": int, "date": date, "tick": bool}
    questions = {column.id: column for column in table.columns}
    for index, row in enumerate(table.preset):
        for name, value in row.items():
            place = f"tables.{table.id}.preset[{index}].{name}"
            question = questions.get(name)
            if question is None:
                yield Fault(place, f"there is no column {name!r}", "Name a column of this table")
            elif type(value) is not kinds.get(question.type, str):
                yield Fault(place, f"{value!r} is no {question.type}", "Write such a value")
            elif question.type == "choice" and value not in {c.value for c in question.choices}:
                yield Fault(place, f"{value!r} is no choice", "Name the value of a choice")
    if len(table.preset) > table.rows:
        found = f"{len(table.preset)} preset rows, but rows = {table.rows}"
        yield Fault(f"tables.{table.id}.rows", found, "Prepare at least as many rows")


def _relation_faults(form: Form) -> Iterator[Fault]:
    """What a form says about other forms, as far as it can be told without them."""
    tables = {table.id: {column.id: column for column in table.columns} for table in form.tables}
    if follows := form.follows:
        columns = tables.get(follows.table, {})
        if not columns:
            yield Fault("follows.table", f"there is no table {follows.table!r}", "Correct the id")
        wanted: list[tuple[str, tuple[str, ...]]] = [
            (follows.number, ("integer",)),
            (follows.title, ("text",)),
        ]
        wanted += [(follows.progress, ("percent",))] if follows.progress else []
        wanted += [(name, get_args(AnswerType)) for name in follows.compare]
        for name, kind in wanted if columns else ():
            if name not in columns or columns[name].type not in kind:
                found = f"{follows.table} has no column {name!r} of type {' or '.join(kind)}"
                yield Fault("follows", found, "Name a column of that type")
    for check in form.cross_checks:
        try:
            parse_fact(check.here, form)
        except ConditionError as error:
            yield Fault(f"cross_checks.{check.id}.here", error.message, error.remedy)
    for due in form.due_dates:
        if due.opens is not None and due.opens > due.date:
            found = f"it opens on {due.opens}, after {due.date}"
            yield Fault(f"due_dates[{due.label}]", found, "Correct one of the two days")
    levels = {level.number for level in form.levels}
    for rule in form.roll_up:
        if rule.level not in levels:
            yield Fault(f"roll_up[{rule.level}]", f"there is no level {rule.level}", "Correct it")
    yield from _duplicates("roll_up", [rule.level for rule in form.roll_up])
    yield from _duplicates("cross_checks", [check.id for check in form.cross_checks])


def _ladder_faults(criterion: Criterion) -> Iterator[Fault]:
    place = f"criteria[{criterion.number}]"
    points = [rung.points for rung in criterion.rungs]
    if points != sorted(set(points), reverse=True) or points[-1] != 0:
        yield Fault(
            f"{place}.rungs",
            f"the points {points} do not descend to 0",
            "Order the rungs from the highest points down to 0, each once",
        )
    if criterion.kind == "met" and points != [1, 0]:
        yield Fault(f"{place}.rungs", f"met has the points {points}", "Give the rungs 1 and 0")
    for rung in criterion.rungs:
        if rung.points > 0 and not rung.conditions:
            yield Fault(
                f"{place}.rungs[{rung.points}]",
                "a rung with points has no condition and would always hold",
                "Give at least one of its boxes a condition",
            )


def _condition_faults(form: Form) -> Iterator[Fault]:
    sources = [
        (f"criteria[{criterion.number}].rungs[{rung.points}].boxes[{index}]", condition)
        for criterion in form.criteria
        for rung in criterion.rungs
        for index, box in enumerate(rung.boxes)
        for condition in box.conditions
    ]
    for check in form.checks:
        sources.append((f"checks.{check.id}.condition", check.condition))
        if check.when is not None:
            sources.append((f"checks.{check.id}.when", check.when))
    for place, source in sources:
        try:
            parse_condition(source, form)
        except ConditionError as error:
            yield Fault(place, error.message, error.remedy)
    for derived in form.derived:
        try:
            if not isinstance(parse_quantity(derived.expression, form), Percent):
                raise ConditionError("only percentages are derived", "Write percent(part, whole)")
        except ConditionError as error:
            yield Fault(f"derived.{derived.id}", error.message, error.remedy)
    codes = {kind.code for kind in KINDS if kind.of_definitions}
    for check in form.checks:
        if check.finding not in codes:
            yield Fault(
                f"checks.{check.id}.finding",
                f"{check.finding} is no code for a definition's checks",
                f"Use one of: {', '.join(sorted(codes))}",
            )


def _level_faults(form: Form) -> Iterator[Fault]:
    numbers = {criterion.number for criterion in form.criteria}
    ranges: list[tuple[str, CriterionRange]] = []
    ranges += [(f"levels[{level.number}]", level) for level in form.levels]
    ranges += [(f"subtotals[{subtotal.key}]", subtotal) for subtotal in form.subtotals]
    ranges += [(f"parts[{part.key}]", part) for part in form.parts]
    for place, span in ranges:
        if span.first > span.last or not set(span.numbers) <= numbers:
            yield Fault(place, f"there are no criteria {span.key}", "Correct first and last")
    covered = [number for part in form.parts for number in part.numbers]
    if covered != (sorted(numbers) if form.printed.ladder else []):
        yield Fault(
            "parts",
            f"they hold the criteria {covered}",
            "Put each criterion of a ladder in one part",
        )
    if [level.number for level in form.levels] != list(range(1, len(form.levels) + 1)):
        yield Fault("levels", "the levels are not numbered 1, 2, 3 …", "Number them in order")
