"""Draws the workbook of a form: blank, prepared for a unit, or filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import (
    ATTENTION,
    BODY,
    GREEN,
    GREY,
    HEAD_FILL,
    INPUT_FILL,
    LIVE_FILL,
    RED,
    REVIEW_FILL,
    THAI_DATE,
    TICK,
    TITLE,
    Drawing,
    put,
)
from moral_xlsx.excel.form.expected import expected
from moral_xlsx.excel.form.layout import (
    END_NOTE,
    EVIDENCE,
    HELP_COLUMN,
    INSTRUCTIONS,
    LABEL_COLUMN,
    MARKER_COLUMN,
    ROLE_ROW,
    STATUS_COLUMN,
    TABLE_END,
    TABLE_START,
    UNIT_COLUMN,
    VALUE,
    VALUE_COLUMN,
    FieldPlace,
    InputSheet,
    Layout,
    TablePlace,
    cell_name,
    lay_out,
    quoted,
)
from moral_xlsx.excel.form.measure import line_height, lines_needed
from moral_xlsx.excel.form.official import draw_official
from moral_xlsx.excel.form.panel import Review, draw_evidence, draw_panel, draw_trace
from moral_xlsx.model.answers import Answers, Row, Value
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Question
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.days import Window
from moral_xlsx.rules.judge.expression import excel_valid
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.rules.places import Shown
from moral_xlsx.rules.printed import excel_applies
from moral_xlsx.thai import BUDDHIST_OFFSET, short_date
from moral_xlsx.wording import NOT_APPLICABLE

_VALUE_WIDTH = 46
_HELP_WIDTH = 62


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into a workbook besides the form itself.

    ``review`` holds the ethics group's cells by defined name; empty in a blank form.
    """

    answers: Answers
    review: Review = field(default_factory=dict)


def blank(form: Form, unit: Unit | None = None) -> Content:
    """A blank form, or one in which the registry's data of a unit are filled in."""
    if unit is None:
        return Content(Answers(form.id, "", {}, _preset(form)))
    registry: dict[str | None, Value] = {
        "name": unit.name,
        "executive": unit.executive or None,
        "headcount": unit.headcount,
    }
    known = {f.id: registry[f.registry] for f in form.fields if f.registry}
    return Content(Answers(form.id, unit.code, known, _preset(form)))


def _preset(form: Form) -> dict[str, tuple[Row, ...]]:
    return {table.id: table.preset for table in form.tables if table.preset}


def write_workbook(rubric: Rubric, content: Content) -> bytes:
    """The workbook of a form with its content; equal arguments give equal bytes."""
    shown = Shown(content.answers, expected(rubric, content.answers))
    return draw_workbook(rubric, shown, content.review)


def draw_workbook(rubric: Rubric, shown: Shown, review: Review) -> bytes:
    """The workbook of a form with answers and what is :func:`expected` of them."""
    form, answers, assessment = rubric.form, shown.answers, shown.assessment
    layout = lay_out_for(form, answers)
    drawing = Drawing(form.short_title)
    _draw_instructions(drawing, layout)
    for sheet in layout.inputs:
        _draw_inputs(drawing, form, sheet, answers, assessment)
    if form.claimed:
        draw_evidence(drawing, layout, answers)
    for place in layout.official:
        draw_official(drawing, place, shown)
    draw_panel(drawing, layout, rubric, answers, assessment, review)
    if form.criteria:
        draw_trace(drawing, layout, rubric, assessment)
    for name, area in layout.names.items():
        drawing.workbook.define_name(name, f"={area.reference}")
    return drawing.bytes()


def lay_out_for(form: Form, answers: Answers) -> Layout:
    """Places everything, with room for these answers."""
    return lay_out(form, {name: len(rows) for name, rows in answers.tables.items()})


def _draw_instructions(drawing: Drawing, layout: Layout) -> None:
    form = layout.form
    sheet = drawing.sheet(INSTRUCTIONS, landscape=False)
    sheet.set_column(1, 1, 7)
    sheet.set_column(2, 2, 30)
    sheet.set_column(3, 3, 66)
    sheet.write_string(ROLE_ROW, VALUE_COLUMN, VALUE)
    centre = drawing.style(bold=True, font_size=TITLE, align="center")
    for index, line in enumerate(form.title):
        sheet.set_row(1 + index, line_height(TITLE, lines_needed(line, 103, TITLE)))
        sheet.merge_range(1 + index, 1, 1 + index, 3, line, centre)
    head = drawing.style(bold=True, font_size=BODY + 2, font_color="#1F3864")
    sheet.merge_range(4, 1, 4, 3, "วิธีกรอก: ทำตามลำดับจากข้อ 1 กดชื่อแผ่นเพื่อไปยังแผ่นนั้น", head)
    titles = layout.titles
    steps = [(s.sheet.title, s.sheet.help) for s in layout.inputs]
    others = form.official_sheets[1:]
    prints = f"แผ่นนี้ถึง “{others[-1]}” พิมพ์ได้" if others else "แผ่นนี้พิมพ์ได้"
    if form.claimed:
        steps += [
            (EVIDENCE, "พิมพ์ว่ามีหลักฐานอะไรของแต่ละข้อ แล้วแนบไฟล์หลักฐานมากับอีเมล"),
            (titles.official, f"เลือกคะแนนที่หน่วยงานเสนอในแต่ละข้อ ผลและหลักฐานจะขึ้นเอง {prints}"),
        ]
    else:
        words = f"ดูแบบตามที่พิมพ์ คำตอบจะขึ้นเอง ไม่ต้องกรอก {prints}"
        steps.append((titles.official, words))
    if form.criteria:
        steps += [
            (titles.panel, "ดูว่ายังขาดอะไร ได้ผลเท่าใด และต้องเพิ่มอะไรจึงจะได้ขั้นถัดไป"),
            (titles.trace, "ดูทีละเงื่อนไขว่าทำไมจึงได้ผลเท่านั้น ไม่ต้องกรอก"),
        ]
    else:
        steps.append((titles.panel, "ดูว่ายังขาดอะไร แบบนี้บันทึกข้อมูลเท่านั้น ไม่มีคะแนน"))
    steps.append(("", "บันทึกไฟล์ (ชื่อใดก็ได้) แล้วส่งอีเมลให้กลุ่มงานจริยธรรม"))
    link = drawing.style(font_color="#1F4E9E", underline=1, border=1)
    cell = drawing.style(border=1)
    for index, (title, words) in enumerate(steps):
        row = 5 + index
        sheet.set_row(row, line_height(BODY, lines_needed(words, 66, BODY)))
        sheet.write_number(row, 1, index + 1, drawing.style(border=1, align="center"))
        if title:
            sheet.write_url(row, 2, f"internal:{quoted(title)}!B2", link, title)
        else:
            sheet.write_string(row, 2, "ส่ง", cell)
        sheet.write_string(row, 3, words, cell)
    legend = [
        (INPUT_FILL, "กรอก", "ช่องสีเหลืองคือช่องที่กรอกได้ ช่องอื่นล็อกไว้แต่ไม่มีรหัสผ่าน"),
        (LIVE_FILL, "คำนวณเอง", "ช่องสีเทาคำนวณจากคำตอบ ไม่ต้องกรอก"),
        (REVIEW_FILL, "กลุ่มงานจริยธรรม", "ช่องสีม่วงให้กลุ่มงานจริยธรรมบันทึกผล"),
    ]
    row = 6 + len(steps)
    for fill, name, words in legend:
        sheet.write_string(row, 2, name, drawing.style(bg_color=fill, border=1))
        sheet.write_string(row, 3, words, drawing.style())
        row += 1
    sheet.activate()


def _draw_inputs(
    drawing: Drawing, form: Form, place: InputSheet, answers: Answers, assessment: Assessment
) -> None:
    sheet = drawing.sheet(place.sheet.title, landscape=True)
    widths = {LABEL_COLUMN: 8.0 if not place.fields and not place.stamps else 46.0}
    if place.fields or place.stamps:
        widths |= {VALUE_COLUMN: _VALUE_WIDTH, UNIT_COLUMN: 12, STATUS_COLUMN: 16}
        widths[HELP_COLUMN] = _HELP_WIDTH
    for table in place.tables:
        for column in table.table.columns:
            at = table.column(column.id)
            widths[at] = max(widths.get(at, 0), column.width, 12)
        widths[table.status_column] = max(widths.get(table.status_column, 0), 14)
    for at, width in widths.items():
        sheet.set_column(at, at, width)
    sheet.write_string(ROLE_ROW, VALUE_COLUMN, VALUE)
    last = max(widths)
    sheet.set_row(place.title_row, line_height(TITLE))
    title = drawing.style(bold=True, font_size=TITLE, text_wrap=False)
    sheet.write_string(place.title_row, 1, place.sheet.title, title)
    total = sum(width for at, width in widths.items() if at > 0)
    sheet.set_row(place.help_row, line_height(BODY, lines_needed(place.sheet.help, total, BODY)))
    sheet.merge_range(
        place.help_row, 1, place.help_row, last, place.sheet.help, drawing.style(font_color=GREY)
    )
    sheet.conditional_format(
        0,
        0,
        place.last_row,
        last,
        {
            "type": "text",
            "criteria": "begins with",
            "value": ATTENTION,
            "format": drawing.workbook.add_format({"font_color": RED, "bold": True}),
        },
    )
    stamped = {"unit_code": answers.unit_code, "form_id": form.id, "form_version": form.version}
    for stamp, row in place.stamps:
        _draw_stamp(drawing, sheet, stamp, row, stamped[stamp])
    for each in place.fields:
        applies = excel_applies(each.field, form)
        idle = each.field.id in assessment.waived
        _draw_field(drawing, sheet, each, answers.values.get(each.field.id), applies, idle)
    for table in place.tables:
        _draw_table(drawing, sheet, table, answers)
    if len(place.tables) == 1 and not place.fields:
        sheet.freeze_panes(place.tables[0].first_row, 0)


_STAMP_WORDS = {
    "unit_code": ("รหัสหน่วยงาน *", "รหัสที่กลุ่มงานจริยธรรมกำหนดให้หน่วยงาน"),
    "form_id": ("รหัสแบบ", "อย่าแก้ไข ใช้บอกว่าไฟล์นี้เป็นแบบใด"),
    "form_version": ("รุ่นของแบบ", ""),
}


def _draw_stamp(drawing: Drawing, sheet: Worksheet, stamp: str, row: int, value: str) -> None:
    label, words = _STAMP_WORDS[stamp]
    sheet.write_string(row, MARKER_COLUMN, stamp)
    sheet.write_string(row, LABEL_COLUMN, label, drawing.style(border=1))
    style = drawing.style if value else drawing.input_style
    put(sheet, row, VALUE_COLUMN, value, style(border=1, num_format="@"))
    good = f"LEN(TRIM({stamp}))>0"
    _status(drawing, sheet, row, STATUS_COLUMN, good, good, bool(value), required=True)
    sheet.write_string(row, HELP_COLUMN, words, drawing.style(font_color=GREY))


def _draw_field(
    drawing: Drawing, sheet: Worksheet, place: FieldPlace, value: Value, applies: str, idle: bool
) -> None:
    question, row = place.field, place.row
    if place.group_row is not None:
        head = drawing.style(bold=True, bg_color=HEAD_FILL, border=1)
        sheet.merge_range(
            place.group_row, LABEL_COLUMN, place.group_row, HELP_COLUMN, place.group, head
        )
    sheet.set_row(row, line_height(BODY, field_lines(question, value)))
    sheet.write_string(row, MARKER_COLUMN, question.id)
    label = question.label + (" *" if question.required else "")
    sheet.write_string(row, LABEL_COLUMN, label, drawing.style(border=1))
    put(sheet, row, VALUE_COLUMN, as_typed(question, value), _answer_style(drawing, question))
    sheet.write_string(row, UNIT_COLUMN, question.unit, drawing.style())
    _validate(sheet, row, VALUE_COLUMN, row, question)
    name = question.id
    _status(
        drawing,
        sheet,
        row,
        STATUS_COLUMN,
        excel_valid(question, name),
        f"LEN({name})>0",
        value is not None and value is not False,
        required=question.required,
        good=_good(question, name, f'"{TICK}"'),
        applies=applies,
        idle=idle,
    )
    if applies:
        grey = drawing.workbook.add_format({"bg_color": LIVE_FILL, "font_color": GREY})
        rule = {"type": "formula", "criteria": f"=NOT({applies})", "format": grey}
        sheet.conditional_format(row, VALUE_COLUMN, row, VALUE_COLUMN, rule)
    sheet.write_string(row, HELP_COLUMN, question.help, drawing.style(font_color=GREY))


def field_lines(question: Question, value: Value) -> int:
    """How many lines the row of a field has room for."""
    return max(
        lines_needed(question.label, 46, BODY),
        lines_needed(question.help, _HELP_WIDTH, BODY),
        lines_needed(str(value or ""), _VALUE_WIDTH, BODY),
    )


def _status(
    drawing: Drawing,
    sheet: Worksheet,
    row: int,
    column: int,
    valid: str,
    filled: str,
    answered: bool,
    *,
    required: bool,
    good: str = f'"{TICK}"',
    applies: str = "",
    idle: bool = False,
) -> None:
    """Draws the mark beside an answer; ``idle`` tells that it ``applies`` not, as it stands."""
    absent = f"{ATTENTION} ยังไม่กรอก" if required else ""
    mark = f'IF({valid},{good},IF({filled},"{ATTENTION} ตรวจคำตอบ","{absent}"))'
    if applies:
        mark = f'IF({applies},{mark},"{NOT_APPLICABLE[0]}")'
    shown = TICK if answered else absent
    style = drawing.style(font_color=GREEN)
    sheet.write_formula(row, column, f"={mark}", style, NOT_APPLICABLE[0] if idle else shown)


def _good(question: Question, cell: str, good: str) -> str:
    """What is said of a good answer; of a date whose year had to be read, which year that is."""
    if question.type != "date":
        return good
    window = Window.of(question)
    read = f'"{TICK} อ่านเป็นปี "&({window.excel_year(cell)}+{BUDDHIST_OFFSET})'
    return f"IF({window.excel_reread(cell)},{read},{good})"


def _draw_table(drawing: Drawing, sheet: Worksheet, place: TablePlace, answers: Answers) -> None:
    table = place.table
    first, last = place.first_column, place.status_column
    head = drawing.style(bold=True, bg_color=HEAD_FILL, border=1)
    sheet.merge_range(place.title_row, 1, place.title_row, last, table.label, head)
    words = table.help or " "
    sheet.set_row(place.help_row, line_height(BODY, lines_needed(words, 110, BODY)))
    sheet.merge_range(
        place.help_row, 1, place.help_row, last, words, drawing.style(font_color=GREY)
    )
    sheet.set_row(place.marker_row, None, None, {"hidden": True})
    sheet.write_string(place.marker_row, MARKER_COLUMN, TABLE_START + table.id)
    centre = drawing.style(bold=True, bg_color=HEAD_FILL, border=1, align="center")
    sheet.write_string(place.header_row, 1, "ที่", centre)
    lines = 1
    for index, column in enumerate(table.columns):
        label = column.label + (" *" if column.required else "")
        lines = max(lines, lines_needed(label, max(column.width, 12), BODY))
        sheet.write_string(place.marker_row, first + index, f"{table.id}.{column.id}")
        sheet.write_string(place.header_row, first + index, label, centre)
        _validate(sheet, place.first_row, first + index, place.last_row, column)
        if column.help:
            sheet.write_comment(
                place.header_row, first + index, column.help, {"x_scale": 2, "font_size": 12}
            )
    sheet.set_row(place.header_row, line_height(BODY, lines))
    sheet.write_string(place.header_row, last, "ครบหรือไม่", centre)
    rows = answers.tables.get(table.id, ())
    for offset in range(place.last_row - place.first_row + 1):
        _draw_row(drawing, sheet, place, offset, rows[offset] if offset < len(rows) else {})
    sheet.write_string(place.end_row, MARKER_COLUMN, TABLE_END + table.id)
    note = f"{END_NOTE} ({table.unit}ละหนึ่งแถว)"
    sheet.write_string(
        place.end_row, first, note, drawing.style(font_color=GREY, italic=True, text_wrap=False)
    )


def _draw_row(
    drawing: Drawing, sheet: Worksheet, place: TablePlace, offset: int, answers: Mapping[str, Value]
) -> None:
    row, table = place.first_row + offset, place.table
    sheet.write_number(row, 1, offset + 1, drawing.style(border=1, align="center"))
    lines = 1
    for index, column in enumerate(table.columns):
        value = as_typed(column, answers.get(column.id))
        lines = max(lines, lines_needed(str(value or ""), max(column.width, 12), BODY))
        style = _answer_style(drawing, column)
        put(sheet, row, place.first_column + index, value, style)
    sheet.set_row(row, line_height(BODY, lines))
    cells = [cell_name(row, place.first_column + i) for i in range(len(table.columns))]
    used = "+".join(f"LEN(TRIM({cell}))" for cell in cells)
    needed = [
        f"LEN(TRIM({cell}))>0" for cell, c in zip(cells, table.columns, strict=True) if c.required
    ]
    complete = f"AND({','.join(needed)})" if needed else "TRUE"
    good = f'"{TICK}"'
    for cell, column in zip(cells, table.columns, strict=True):
        if column.type == "date":
            read = _good(column, cell, good)
            dated = f'IF({excel_valid(column, cell)},{read},"{ATTENTION} ตรวจวันที่")'
            good = f"IF(LEN({cell})=0,{good},{dated})"
    formula = f'=IF({used}=0,"",IF({complete},{good},"{ATTENTION} ยังไม่ครบ"))'
    full = all(answers.get(c.id) is not None for c in table.columns if c.required)
    shown = (TICK if full else f"{ATTENTION} ยังไม่ครบ") if answers else ""
    sheet.write_formula(row, place.status_column, formula, drawing.style(font_color=GREEN), shown)


def as_typed(question: Question, value: Value) -> Value:
    """An answer as it stands in its cell.

    A choice is shown by its label, a percentage up to 1 with its sign (0.5 is ambiguous).
    """
    if question.type == "percent" and isinstance(value, Decimal) and 0 < value <= 1:
        return f"{value:f}%"
    for choice in question.choices:
        if choice.value == value:
            return choice.label
    return value


def _answer_style(drawing: Drawing, question: Question) -> Any:
    formats = {"text": "@", "choice": "@", "date": THAI_DATE, "tick": "@"}
    centred = question.type in ("tick", "integer", "percent", "date")
    return drawing.input_style(
        num_format=formats.get(question.type, "General"), align="center" if centred else "left"
    )


def _validate(sheet: Worksheet, row: int, column: int, last_row: int, question: Question) -> None:
    rule: dict[str, Any] = {
        "input_title": question.name[:32],
        "input_message": (question.help or question.label)[:255],
        "error_title": "ตรวจคำตอบ",
    }
    cell = cell_name(row, column)
    low, high = question.minimum, question.maximum
    if question.type == "tick":
        rule |= {"validate": "list", "source": [TICK], "error_message": "เลือก ✓ หรือเว้นว่าง"}
    elif question.type == "choice":
        labels = [choice.label for choice in question.choices]
        rule |= {"validate": "list", "source": labels, "error_message": "เลือกจากรายการ"}
    elif question.type == "integer":
        limits = f"{low if low is not None else -(10**9)}", f"{high if high is not None else 10**9}"
        rule |= {
            "validate": "integer",
            "criteria": "between",
            "minimum": int(limits[0]),
            "maximum": int(limits[1]),
            "error_message": "พิมพ์จำนวนเต็มอย่างเดียว เช่น 34 ไม่ต้องใส่หน่วย",
        }
    elif question.type == "percent":
        rule |= {
            "validate": "custom",
            "value": f"=AND(ISNUMBER({cell}),OR({cell}=0,{cell}>1),{cell}<={high or 100})",
            "error_message": "พิมพ์ตัวเลข 0 ถึง 100 เช่น 85 ไม่ต้องใส่เครื่องหมาย %",
        }
    elif question.type == "date":
        window = Window.of(question)
        between = f"{short_date(window.earliest)} ถึง {short_date(window.latest)}"
        rule |= {
            "validate": "custom",
            # What is typed as a text is read in the batch, in more ways than a formula knows.
            "value": f"=IF(ISTEXT({cell}),TRUE,{window.excel_permits(cell)})",
            "error_message": f"พิมพ์วันที่ {between} ปีสี่หลัก เช่น {window.example}",
        }
    elif question.suggestions:
        rule |= {
            "validate": "list",
            "source": list(question.suggestions),
            "show_error": False,
        }
    else:
        rule |= {"validate": "any"}
    sheet.data_validation(row, column, last_row, column, rule)
