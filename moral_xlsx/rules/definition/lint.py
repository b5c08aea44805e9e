"""What a definition may say of a form: every mistake in it, each with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import get_args

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.catalogue import KINDS
from moral_xlsx.model.errors import Fault, no_such, quoted
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import PROGRAM_SHEETS, AnswerType, Question, Table
from moral_xlsx.model.rubric import Criterion, CriterionRange
from moral_xlsx.rules.definition.figures import held
from moral_xlsx.rules.definition.made_lint import made_faults
from moral_xlsx.rules.definition.printed_lint import duplicates, printed_faults, title_faults
from moral_xlsx.rules.definition.versions import version_faults
from moral_xlsx.rules.judge.added import Average
from moral_xlsx.rules.judge.conditions import parse_condition, parse_fact
from moral_xlsx.rules.judge.days import LONGEST_YEARS, Window
from moral_xlsx.rules.judge.quantities import Percent, parse_quantity
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.thai import BUDDHIST_OFFSET, FIRST_BUDDHIST_YEAR, key

_RESERVED = re.compile(
    r"(claim|evidence|computed|final|remark)_\d+|subtotal_\d+_\d+|total|level|level_name"
    r"|completeness|next_level|final_total|final_level|verdict|reviewed_on|findings"
    r"|form_id|form_version|unit_code"
    r"|fiscal_year_start|fiscal_year_end|true|false"
)
_CELL_LIKE = re.compile(r"[a-z]{1,3}\d{1,7}|r\d*c\d*|r\d*|c\d*")
_TABLE: Bilingual = ("ตาราง", "table")
_COLUMN: Bilingual = ("คอลัมน์", "column")
_CORRECT_ID: Bilingual = ("แก้รหัสให้ถูกต้อง", "Correct the id")
_COLUMN_OF_TABLE: Bilingual = ("ให้ระบุรหัสคอลัมน์ของตารางนี้", "Name a column of this table")
_VALUE_OF_TYPE: Bilingual = (
    "ให้เขียนค่าของชนิดนั้น เครื่องหมายคำพูดใช้กับข้อความและตัวเลือกเท่านั้น",
    "Write such a value",
)


def form_faults(form: Form, file: str) -> Iterator[Fault]:
    """Every mistake of a definition that has the shape of one; ``file`` is its file's name."""
    if file != f"{form.id}.toml":
        yield Fault(
            "id",
            (f"รหัส “{form.id}” ไม่ตรงกับชื่อไฟล์", f"{form.id!r} is not the file's name"),
            (
                f"แก้รหัส หรือเปลี่ยนชื่อไฟล์เป็น {form.id}.toml",
                f"Change the id, or name the file {form.id}.toml",
            ),
        )
    yield from version_faults(form)
    yield from _id_faults(form)
    yield from _reference_faults(form)
    yield from printed_faults(form)
    yield from made_faults(form)
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
    yield from _when_faults(form)
    yield from _level_faults(form)
    yield from _relation_faults(form)


def _id_faults(form: Form) -> Iterator[Fault]:
    names = [field.id for field in form.fields]
    names += [derived.id for derived in form.derived]
    names += [table.id for table in form.tables]
    yield from duplicates("fields, tables and derived", names)
    for name in names:
        if _RESERVED.fullmatch(name) or _CELL_LIKE.fullmatch(name):
            yield Fault(
                name,
                (
                    f"ใช้รหัส “{name}” เป็นชื่อเซลล์ในสมุดงานไม่ได้",
                    f"{name!r} cannot name a cell of a workbook",
                ),
                ("ตั้งรหัสอื่นที่เป็นคำ", "Choose another id, in words"),
            )
    yield from duplicates("sheets", [sheet.id for sheet in form.sheets])
    yield from duplicates("sheets", [sheet.title.casefold() for sheet in form.sheets])
    for sheet in form.sheets:
        if sheet.title in {*PROGRAM_SHEETS, *form.drawn_sheets}:
            yield Fault(
                f"sheets.{sheet.id}",
                (
                    f"“{sheet.title}” เป็นชื่อแผ่นงานที่โปรแกรมใช้เอง",
                    f"{sheet.title!r} is a sheet of the program's own",
                ),
                ("ตั้งชื่อแผ่นงานอื่น", "Choose another title"),
            )
        yield from title_faults(f"sheets.{sheet.id}", sheet.title)
    yield from duplicates("checks", [check.id for check in form.checks])
    yield from duplicates("levels", [level.number for level in form.levels])
    yield from duplicates("subtotals", [subtotal.key for subtotal in form.subtotals])
    for table in form.tables:
        yield from duplicates(f"tables.{table.id}", [column.id for column in table.columns])
    numbers = [criterion.number for criterion in form.criteria]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault(
            "criteria",
            (f"เลขลำดับของตัวชี้วัดเป็น {numbers}", f"the numbers are {numbers}"),
            ("ใส่เลข 1, 2, 3 … เรียงตามลำดับ", "Number them 1, 2, 3 … in order"),
        )


def _one_of(names: Iterable[str]) -> Bilingual:
    listed = ", ".join(sorted(names))
    return f"ให้ใช้รหัสใดรหัสหนึ่ง: {listed}", f"Use one of: {listed}"


def _reference_faults(form: Form) -> Iterator[Fault]:
    sheets = {sheet.id for sheet in form.sheets}
    placed = [(f"fields.{field.id}", field.sheet) for field in form.fields]
    placed += [(f"tables.{table.id}", table.sheet) for table in form.tables]
    # Once for all that stand there: a group says its sheet once.
    unknown = {sheet: name for name, sheet in reversed(placed) if sheet not in sheets}
    for sheet, name in unknown.items():
        yield Fault(
            f"{name}.sheet",
            no_such(("แผ่นงาน", "sheet"), sheet),
            _one_of(sheets),
        )
    for table in form.tables:
        for column_id in table.unique:
            if column_id not in {column.id for column in table.columns}:
                yield Fault(
                    f"tables.{table.id}.unique",
                    no_such(_COLUMN, column_id),
                    _COLUMN_OF_TABLE,
                )


def _question_faults(place: str, question: Question) -> Iterator[Fault]:
    yield from _brace_faults(place, (question.label, question.short, question.unit))
    yield from _brace_faults(place, (choice.label for choice in question.choices))
    if (question.type == "choice") != bool(question.choices):
        yield Fault(
            place,
            ("choices ต้องใช้คู่กับชนิด choice", "choices and the type choice go together"),
            ("ใส่ทั้งสองอย่าง หรือไม่ใส่เลย", "Give both or neither of them"),
        )
    words = [w for c in question.choices for w in {key(t) for t in (c.value, c.label, *c.aliases)}]
    yield from duplicates(f"{place}.choices", words)
    # An Excel list in a validation may have 255 characters.
    if len(",".join(choice.label for choice in question.choices)) > 255:
        yield Fault(
            place,
            (
                "ชื่อตัวเลือกรวมกันยาวเกิน 255 ตัวอักษร",
                "the labels of the choices exceed 255 characters",
            ),
            ("ย่อให้สั้นลง", "Shorten them"),
        )
    if len(",".join(question.suggestions)) > 255:
        yield Fault(
            place,
            ("คำที่เสนอรวมกันยาวเกิน 255 ตัวอักษร", "the suggestions exceed 255 characters"),
            ("ย่อหรือลดจำนวนคำ", "Shorten or drop some"),
        )
    if any("," in text for text in (*question.suggestions, *(c.label for c in question.choices))):
        yield Fault(
            place,
            ("ชื่อตัวเลือกหรือคำที่เสนอมีจุลภาค", "a label or suggestion holds a comma"),
            ("ลบจุลภาค เพราะ Excel ใช้จุลภาคแบ่งรายการ", "Excel splits lists at commas"),
        )
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield Fault(
            place,
            (f"minimum {low} มากกว่า maximum {high}", f"minimum {low} exceeds maximum {high}"),
            ("สลับค่าทั้งสอง", "Exchange the two"),
        )
    if (low is not None or high is not None) and question.type not in ("integer", "percent"):
        yield Fault(
            place,
            (
                f"ชนิด {question.type} มีค่าต่ำสุดหรือค่าสูงสุดไม่ได้",
                f"a {question.type} has no limits",
            ),
            ("ลบ minimum และ maximum", "Remove minimum and maximum"),
        )
    if question.type == "date":
        yield from _window_faults(place, Window.of(question))
    elif question.earliest or question.latest:
        yield Fault(
            place,
            (f"ชนิด {question.type} ไม่มีช่วงวันที่", f"a {question.type} has no days"),
            ("ลบ earliest และ latest", "Remove earliest and latest"),
        )


def _window_faults(place: str, window: Window) -> Iterator[Fault]:
    first, last = window.earliest, window.latest
    if first > last:
        yield Fault(
            place,
            (f"earliest {first} อยู่หลัง latest {last}", f"earliest {first} is after latest {last}"),
            ("แก้วันใดวันหนึ่ง", "Correct one of them"),
        )
    elif not window.bounded:
        yield Fault(
            place,
            (
                f"{first} ถึง {last} ยาวกว่า {LONGEST_YEARS} ปี จึงบอกปีจากเลขสองหลักไม่ได้",
                f"{first} to {last} is longer than {LONGEST_YEARS} years: two digits tell no year",
            ),
            ("ให้ earliest กับ latest ใกล้กันขึ้น", "Bring earliest and latest nearer together"),
        )


def _brace_faults(place: str, texts: Iterable[str]) -> Iterator[Fault]:
    """Labels stand in sentences in which braces mark a number."""
    if any("{" in text or "}" in text for text in texts):
        yield Fault(
            place,
            ("ชื่อหรือหน่วยนับมีวงเล็บปีกกา", "a label or unit holds a brace"),
            ("เขียนโดยไม่ใช้ { และ }", "Write it without { and }"),
        )


def _preset_faults(table: Table) -> Iterator[Fault]:
    kinds: dict[str, type] = {"integer": int, "percent": int, "date": date, "tick": bool}
    questions = {column.id: column for column in table.columns}
    for index, row in enumerate(table.preset):
        for name, value in row.items():
            place = f"tables.{table.id}.preset[{index}].{name}"
            question = questions.get(name)
            if question is None:
                yield Fault(place, no_such(_COLUMN, name), _COLUMN_OF_TABLE)
            elif type(value) is not kinds.get(question.type, str):
                found = (
                    f"{quoted(value)} ไม่ใช่ค่าชนิด {question.type}",
                    f"{value!r} is no {question.type}",
                )
                yield Fault(place, found, _VALUE_OF_TYPE)
            elif question.type == "choice" and value not in {c.value for c in question.choices}:
                yield Fault(
                    place,
                    (f"{quoted(value)} ไม่ใช่ตัวเลือก", f"{value!r} is no choice"),
                    ("ให้ระบุ value ของตัวเลือก", "Name the value of a choice"),
                )
    if len(table.preset) > table.rows:
        count = len(table.preset)
        yield Fault(
            f"tables.{table.id}.rows",
            (
                f"preset มี {count} แถว แต่ rows = {table.rows}",
                f"{count} preset rows, but rows = {table.rows}",
            ),
            ("เพิ่ม rows ให้ไม่น้อยกว่าจำนวนแถวของ preset", "Prepare at least as many rows"),
        )


def _relation_faults(form: Form) -> Iterator[Fault]:
    """What a form says about other forms, as far as it can be told without them."""
    tables = {table.id: {column.id: column for column in table.columns} for table in form.tables}
    if follows := form.follows:
        columns = tables.get(follows.table, {})
        if not columns:
            yield Fault("follows.table", no_such(_TABLE, follows.table), _CORRECT_ID)
        wanted: list[tuple[str, tuple[str, ...]]] = [
            (follows.number, ("integer",)),
            (follows.title, ("text",)),
        ]
        wanted += [(follows.progress, ("percent",))] if follows.progress else []
        wanted += [(name, get_args(AnswerType)) for name in follows.compare]
        for name, kind in wanted if columns else ():
            if name not in columns or columns[name].type not in kind:
                yield Fault(
                    "follows",
                    (
                        f"ตารางรหัส “{follows.table}” ไม่มีคอลัมน์รหัส “{name}” ชนิด {' หรือ '.join(kind)}",
                        f"{follows.table} has no column {name!r} of type {' or '.join(kind)}",
                    ),
                    ("ให้ระบุคอลัมน์ชนิดนั้น", "Name a column of that type"),
                )
    for check in form.cross_checks:
        try:
            parse_fact(check.here, form)
        except ConditionError as error:
            yield Fault(f"cross_checks.{check.id}.here", error.message, error.remedy)
    for due in form.due_dates:
        if due.date.year >= FIRST_BUDDHIST_YEAR:
            yield Fault(
                f"due_dates[{due.label}].date",
                (f"ปี {due.date.year} เป็นปี พ.ศ.", f"{due.date.year} is a Buddhist year"),
                (
                    f"เขียนเป็นปี ค.ศ. {due.date.year - BUDDHIST_OFFSET}",
                    f"Write the Gregorian year {due.date.year - BUDDHIST_OFFSET}",
                ),
            )
        if due.opens is not None and due.opens > due.date:
            yield Fault(
                f"due_dates[{due.label}]",
                (
                    f"วันแรกที่รับ {due.opens} อยู่หลังวันกำหนดส่ง {due.date}",
                    f"it opens on {due.opens}, after {due.date}",
                ),
                ("แก้วันใดวันหนึ่ง", "Correct one of the two days"),
            )
    levels = {level.number for level in form.levels}
    for rule in form.roll_up:
        if rule.level not in levels:
            yield Fault(
                f"roll_up[{rule.level}]",
                (f"ไม่มีระดับ {rule.level}", f"there is no level {rule.level}"),
                ("แก้เลขระดับให้ถูกต้อง", "Correct it"),
            )
    yield from duplicates("roll_up", [rule.level for rule in form.roll_up])
    yield from duplicates("cross_checks", [check.id for check in form.cross_checks])


def _ladder_faults(criterion: Criterion) -> Iterator[Fault]:
    place = f"criteria[{criterion.number}]"
    points = [rung.points for rung in criterion.rungs]
    if points != sorted(set(points), reverse=True) or points[-1] != 0:
        yield Fault(
            f"{place}.rungs",
            (f"คะแนน {points} ไม่เรียงลงไปถึง 0", f"the points {points} do not descend to 0"),
            (
                "เรียงขั้นคะแนนจากคะแนนสูงสุดลงไปถึง 0 โดยไม่ซ้ำกัน",
                "Order the rungs from the highest points down to 0, each once",
            ),
        )
    if criterion.kind == "met" and points != [1, 0]:
        yield Fault(
            f"{place}.rungs",
            (f"ตัวชี้วัดชนิด met มีคะแนน {points}", f"met has the points {points}"),
            ("ให้มีขั้นคะแนน 1 และ 0", "Give the rungs 1 and 0"),
        )
    for rung in criterion.rungs:
        if rung.points > 0 and not rung.conditions:
            yield Fault(
                f"{place}.rungs[{rung.points}]",
                (
                    "ขั้นที่ให้คะแนนไม่มีเงื่อนไข จึงเป็นจริงเสมอ",
                    "a rung with points has no condition and would always hold",
                ),
                (
                    "ใส่เงื่อนไขให้ช่อง ☐ ของขั้นนี้อย่างน้อยหนึ่งช่อง",
                    "Give at least one of its boxes a condition",
                ),
            )


def _condition_faults(form: Form) -> Iterator[Fault]:
    sources = [
        (f"criteria[{criterion.number}].rungs[{rung.points}].boxes[{index}]", condition)
        for criterion in form.criteria
        for rung in criterion.rungs
        for index, box in enumerate(rung.boxes)
        for condition in box.conditions
    ]
    sources += [(f"papers.{paper.id}.when", paper.when) for paper in form.papers if paper.when]
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
            if not isinstance(parse_quantity(derived.expression, form), Percent | Average):
                raise ConditionError(
                    ("ค่าที่คำนวณไว้แสดงต้องเป็นร้อยละหรือค่าเฉลี่ย", "only shares and averages"),
                    ("เขียนเป็น percent(ส่วน, ทั้งหมด) หรือ average(…)", "Write percent(part, whole)"),
                )
        except ConditionError as error:
            yield Fault(f"derived.{derived.id}", error.message, error.remedy)
    codes = {kind.code for kind in KINDS if kind.of_definitions}
    for check in form.checks:
        if check.finding not in codes:
            yield Fault(
                f"checks.{check.id}.finding",
                (
                    f"{check.finding} ไม่ใช่รหัสที่ข้อตรวจของนิยามใช้ได้",
                    f"{check.finding} is no code for a definition's checks",
                ),
                _one_of(codes),
            )


def _when_faults(form: Form) -> Iterator[Fault]:
    """What decides whether something is asked has to be answered by every unit, on its own."""
    fields = {field.id: field for field in form.fields}
    asked = [(f"criteria[{c.number}].when", c.when) for c in form.criteria]
    asked += [(f"fields.{field.id}.when", field.when) for field in form.fields]
    for place, when in asked:
        if when is None:
            continue
        try:
            about = held(parse_condition(when, form)).about
        except ConditionError as error:
            yield Fault(place, error.message, error.remedy)
            continue
        for name in sorted(about):
            field = fields.get(name)
            if field is None or field.when or not (field.required or field.type == "tick"):
                yield Fault(
                    place,
                    (
                        f"{quoted(name)} ใช้ตัดสินว่าเกี่ยวข้องหรือไม่ ไม่ได้ เพราะหน่วยงานอาจไม่ตอบ",
                        f"{name!r} cannot decide what applies: a unit may leave it blank",
                    ),
                    (
                        "ใช้ช่องที่ required = true หรือช่อง ✓ ซึ่งไม่มี when ของตัวเอง",
                        "Use a field with required = true, or a tick, without a when of its own",
                    ),
                )


def _level_faults(form: Form) -> Iterator[Fault]:
    numbers = {criterion.number for criterion in form.criteria}
    ranges: list[tuple[str, CriterionRange]] = []
    ranges += [(f"levels[{level.number}]", level) for level in form.levels]
    ranges += [(f"subtotals[{subtotal.key}]", subtotal) for subtotal in form.subtotals]
    ranges += [(f"parts[{part.key}]", part) for part in form.parts]
    for place, span in ranges:
        if span.first > span.last or not set(span.numbers) <= numbers:
            yield Fault(
                place,
                (
                    f"ช่วงข้อ {span.key} เรียงกลับกัน หรือมีข้อที่ไม่มีในแบบ",
                    f"there are no criteria {span.key}",
                ),
                ("แก้ first และ last", "Correct first and last"),
            )
    for index, reading in enumerate(form.interpretations):
        if strangers := sorted(set(reading.criteria) - numbers):
            yield Fault(
                f"interpretations[{index}].criteria",
                (f"ไม่มีข้อ {strangers} ในแบบ", f"there are no criteria {strangers}"),
                ("ระบุ number ของข้อที่มีในแบบ", "Name criteria of the form"),
            )
    covered = [number for part in form.parts for number in part.numbers]
    if covered != (sorted(numbers) if form.printed.ladder else []):
        yield Fault(
            "parts",
            (f"parts ทั้งหมดมีตัวชี้วัดข้อ {covered}", f"they hold the criteria {covered}"),
            (
                "ถ้ามี printed.ladder ให้แต่ละข้ออยู่ใน parts เพียงแห่งเดียว ถ้าไม่มีให้ลบ parts",
                "Put each criterion of a ladder in one part",
            ),
        )
    if [level.number for level in form.levels] != list(range(1, len(form.levels) + 1)):
        yield Fault(
            "levels",
            ("เลขระดับไม่เรียงเป็น 1, 2, 3 …", "the levels are not numbered 1, 2, 3 …"),
            ("ใส่เลขระดับเรียงตามลำดับ", "Number them in order"),
        )
