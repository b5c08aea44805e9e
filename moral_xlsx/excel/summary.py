"""The working summary of a round: every unit's scores, what to mend, and every file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.drawing import (
    BODY,
    FONT,
    GREY,
    HEAD_FILL,
    RED,
    TITLE,
    Drawing,
    line_height,
    lines_needed,
    put,
)
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Severity
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileRecord, FileState, FormResult, RoundResult, UnitResult
from moral_xlsx.thai import key
from moral_xlsx.wording import FILE_STATES, NOTHING, SEVERITIES, VERDICTS, round_in_words

_UNITS, _MEND, _MISSING, _FILES = "ผลรายหน่วยงาน", "สิ่งที่ต้องแก้", "ยังไม่ส่ง", "ไฟล์ทั้งหมด"
_CONFLICT, _SILENT = "หลายไฟล์ขัดกัน", "ยังไม่ส่ง"
_STATES = (VERDICTS["accepted"], VERDICTS["returned"], _CONFLICT, _SILENT)
_REGISTERED, _UNREGISTERED = "ในทะเบียน", "นอกทะเบียน"
_STATE, _REGISTER, _LEVEL = "สถานะ", "ทะเบียน", "ระดับ"
# The finding that says why a file does not count.
_WHY: dict[FileState, str] = {"superseded": "MX-403", "duplicate": "MX-405", "conflict": "MX-404"}
_TO_MEND: tuple[Severity, ...] = ("error", "warning")
_TOTAL_HEADINGS = ("สรุป", "ในทะเบียน", "ร้อยละ", "ร้อยละของระดับนี้ขึ้นไป", "นอกทะเบียน")
_TOTAL_COLUMNS = ((0, 1), (2, 2), (3, 3), (4, 6), (7, 9))
_HEAD_STYLE: dict[str, Any] = {
    "bold": True,
    "border": 1,
    "bg_color": HEAD_FILL,
    "align": "center",
    "valign": "vcenter",
}
_MOST_TITLE = 31
_MOST_TEXT = 32_000  # Excel holds 32,767; xlsxwriter leaves longer texts out without a word
_SHA_SHOWN = 12
_SMALL = 14
_MOST_HEADER = 90  # the header's codes and doubled signs have to fit into 255
_MOST_HEIGHT = 409  # points, Excel's limit
_AMBER = "#FFE699"
_STATE_FILLS = {VERDICTS["returned"]: "#F8D7DA", _CONFLICT: _AMBER, _SILENT: "#E2E2E2"}
_ILLEGAL_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ROUND = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

Value = str | int | None
Row = tuple[Value, ...]
_Test = tuple[str, str | int] | None  # the heading of a column and the value it has to hold


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a sheet; neighbours of the same ``group`` share a heading above theirs."""

    heading: str
    width: float
    centred: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table on a sheet: its columns, and its first and last row counted from 0.

    A table without entries keeps one blank row, so that formulas have a range to count.
    """

    drawing: Drawing
    sheet: Worksheet
    columns: tuple[_Column, ...]
    first_row: int
    last_row: int

    def range(self, heading: str) -> str:
        """The absolute range of a column's cells."""
        at = self.at(heading)
        return str(xl_range_abs(self.first_row, at, self.last_row, at))

    def at(self, heading: str) -> int:
        """The number of a column, counted from 0."""
        return [column.heading for column in self.columns].index(heading)

    def colour(self, first: int, last: int, formula: str, **properties: Any) -> None:
        """Colours the cells of columns ``first`` to ``last`` where the formula holds."""
        shown = self.drawing.workbook.add_format(properties)
        rule = {"type": "formula", "criteria": formula, "format": shown}
        self.sheet.conditional_format(self.first_row, first, self.last_row, last, rule)

    def colour_value(self, heading: str, value: str, **properties: Any) -> None:
        """Colours the cells of a column that hold exactly this text."""
        at = self.at(heading)
        cell = xl_rowcol_to_cell(self.first_row, at, col_abs=True)
        self.colour(at, at, f'={cell}="{value}"', **properties)


def summary_workbook(result: RoundResult) -> bytes:
    """The summary of a round as a workbook; equal results give equal bytes."""
    round_words = "รอบ" + round_in_words(result.round)
    drawing = Drawing(f"สรุปผล{round_words}")
    for form_result, title in zip(result.forms, _titles(result.forms), strict=True):
        _draw_form(drawing, round_words, form_result, title)
    if not result.forms:
        nothing = (_Column("รหัส", 14), _Column("หน่วยงาน", 60))
        _draw_grid(drawing, round_words, _UNITS, _UNITS, nothing, (), 2)
    _draw_findings(drawing, round_words, result)
    _draw_missing(drawing, round_words, result.forms)
    _draw_files(drawing, round_words, result)
    return drawing.bytes()


def _titles(forms: Sequence[FormResult]) -> list[str]:
    """A legal title for each form's sheet, all different."""
    if len(forms) == 1:
        return [_UNITS]
    taken = {_MEND, _MISSING, _FILES, "history"}  # Excel keeps the last one for itself
    titles = []
    for each in forms:
        wanted = _ILLEGAL_IN_TITLE.sub(" ", each.form.short_title).strip(" '") or each.form.id
        title, count = _cut(wanted, _MOST_TITLE), 1
        while title.casefold() in taken:
            count += 1
            suffix = f" ({count})"
            title = _cut(wanted, _MOST_TITLE - len(suffix)) + suffix
        taken.add(title.casefold())
        titles.append(title)
    return titles


def _cut(text: str, most: int) -> str:
    """At most so many characters, never parting a letter from the marks above or below it."""
    if len(text) <= most:
        return text
    while unicodedata.category(text[most]) == "Mn":
        most -= 1
    return text[:most].rstrip(" '")


def _draw_form(drawing: Drawing, round_words: str, form_result: FormResult, title: str) -> None:
    form = form_result.form
    columns = _form_columns(form)
    rows = [_unit_row(form, unit) for unit in form_result.units]
    grid = _draw_grid(drawing, round_words, title, form.short_title, columns, rows, 2)
    state = xl_rowcol_to_cell(grid.first_row, grid.at(_STATE), col_abs=True)
    for value, fill in _STATE_FILLS.items():
        grid.colour(0, grid.at(_STATE), f'={state}="{value}"', bg_color=fill)
    _colour_claims(grid, form)
    _draw_totals(grid, form_result)


def _form_columns(form: Form) -> tuple[_Column, ...]:
    numbers = [criterion.number for criterion in form.criteria]
    return (
        _Column("รหัส", 8),
        _Column("หน่วยงาน", 28),
        _Column(_STATE, 13),
        _Column(_REGISTER, 10),
        *(_Column(f"ข้อ {number}", 4.5, True, "คะแนนที่คำนวณได้") for number in numbers),
        *(_Column(f"เสนอ {number}", 6, True, "คะแนนที่เสนอ") for number in numbers),
        *(_Column(f"ข้อ {each.key}", 5.5, True, "คะแนนรวม") for each in form.subtotals),
        _Column("รวม", 5.5, True, "คะแนนรวม"),
        _Column(_LEVEL, 6, True),
        _Column("ชื่อระดับ", 19),
        _Column("ต้องแก้", 6.5, True),
        _Column("ให้ดู", 5.5, True),
        _Column("ไฟล์", 18),
    )


def _unit_row(form: Form, result: UnitResult) -> Row:
    found = _findings(result)
    row: list[Value] = [
        result.unit.code,
        result.unit.name,
        _state(result),
        _REGISTERED if result.registered else _UNREGISTERED,
    ]
    judged = result.assessment
    if judged is None:
        row += [None] * (2 * len(form.criteria) + len(form.subtotals) + 5)
    else:
        by_number = {each.number: each for each in judged.criteria}
        scored = [by_number.get(criterion.number) for criterion in form.criteria]
        subtotals = dict(judged.subtotals)
        row += [each.computed if each else None for each in scored]
        row += [each.claimed if each else None for each in scored]
        row += [subtotals.get(each.key) for each in form.subtotals]
        row += [judged.total, judged.level, judged.level_name[0]]
        row += [sum(f.severity == kind for f in found) for kind in ("error", "warning")]
    return (*row, result.file)


def _state(result: UnitResult) -> str:
    if result.assessment is not None:
        return VERDICTS[result.assessment.verdict]
    return _CONFLICT if result.state == "conflict" else _SILENT


def _findings(result: UnitResult) -> list[Finding]:
    """The findings of a unit's submission and of its part in the round, each once."""
    of_submission = result.assessment.findings if result.assessment else ()
    return list(dict.fromkeys((*of_submission, *result.findings)))


def _colour_claims(grid: _Grid, form: Form) -> None:
    """Marks a criterion's two cells where the unit claims other points than are computed."""
    for criterion in form.criteria:
        pair = grid.at(f"ข้อ {criterion.number}"), grid.at(f"เสนอ {criterion.number}")
        computed, claimed = (xl_rowcol_to_cell(grid.first_row, at, col_abs=True) for at in pair)
        formula = f"=AND(ISNUMBER({computed}),ISNUMBER({claimed}),{computed}<>{claimed})"
        for at in pair:
            grid.colour(at, at, formula, bg_color=_AMBER, bold=True)


def _counts(form: Form) -> Iterator[tuple[str, tuple[_Test, ...]]]:
    """What the totals count: a label, and the tests of which a unit has to meet one."""
    yield "หน่วยงานทั้งหมด", (None,)
    for state in _STATES:
        yield state, ((_STATE, state),)
    if form.levels:
        for level in sorted(form.levels, key=lambda level: -level.number):
            yield f"ระดับ {level.number} {level.name}", ((_LEVEL, level.number),)
        yield "ยังไม่ถึงระดับใด", ((_LEVEL, 0),)
        yield "ยังไม่มีผล", ((_STATE, _CONFLICT), (_STATE, _SILENT))


def _count(units: Iterable[UnitResult], tests: tuple[_Test, ...]) -> int:
    """What the formula of these tests gives."""
    return sum(
        test is None
        or (test[0] == _STATE and _state(unit) == test[1])
        or (test[0] == _LEVEL and unit.assessment is not None and unit.assessment.level == test[1])
        for unit in units
        for test in tests
    )


def _count_formula(grid: _Grid, register: str, tests: tuple[_Test, ...]) -> str:
    ranges = [f'{grid.range(_REGISTER)},"{register}"'] * len(tests)
    for at, test in enumerate(tests):
        if test is not None:
            value = f'"{test[1]}"' if isinstance(test[1], str) else test[1]
            ranges[at] += f",{grid.range(test[0])},{value}"
    return "=" + "+".join(f"COUNTIFS({each})" for each in ranges)


def _draw_totals(grid: _Grid, form_result: FormResult) -> None:
    """Counts by state and level below the table, as live formulas over its columns."""
    drawing, sheet = grid.drawing, grid.sheet
    label, number = drawing.style(border=1), drawing.style(border=1, align="center")
    share = drawing.style(border=1, align="center", num_format="0.00")
    head_row = grid.last_row + 2
    sheet.set_row(head_row, line_height(BODY, 2))
    for columns, text in zip(_TOTAL_COLUMNS, _TOTAL_HEADINGS, strict=True):
        _across(sheet, head_row, columns, text, drawing.style(**_HEAD_STYLE))
    inside = [unit for unit in form_result.units if unit.registered]
    outside = [unit for unit in form_result.units if not unit.registered]
    total = xl_rowcol_to_cell(head_row + 1, 2, row_abs=True, col_abs=True)
    highest, reached = "", 0
    for row, (text, tests) in enumerate(_counts(form_result.form), start=head_row + 1):
        sheet.set_row(row, line_height(BODY))
        for columns, shown in zip(_TOTAL_COLUMNS, (text, "", "", "", ""), strict=True):
            _across(sheet, row, columns, shown, label)
        cell, count = xl_rowcol_to_cell(row, 2), _count(inside, tests)
        sheet.write_formula(row, 2, _count_formula(grid, _REGISTERED, tests), number, count)
        sheet.write_formula(row, 3, _share(cell, total), share, _hundredths(count, len(inside)))
        test = tests[0]
        if test and test[0] == _LEVEL and test[1]:
            # Levels descend: at this level or above are all counted from the highest on.
            highest, reached = highest or cell, reached + count
            formula, value = (
                _share(f"SUM({highest}:{cell})", total),
                _hundredths(reached, len(inside)),
            )
            sheet.write_formula(row, _TOTAL_COLUMNS[3][0], formula, share, value)
        formula = _count_formula(grid, _UNREGISTERED, tests)
        sheet.write_formula(row, _TOTAL_COLUMNS[4][0], formula, number, _count(outside, tests))


def _share(count: str, total: str) -> str:
    # Whole numbers up to the last division: the share is cut to two decimals, not rounded.
    return f'=IF({total}=0,"{NOTHING}",INT({count}*10000/{total})/100)'


def _hundredths(count: int, total: int) -> float | str:
    return count * 10_000 // total / 100 if total else NOTHING


def _across(sheet: Worksheet, row: int, columns: tuple[int, int], text: str, style: Format) -> None:
    first, last = columns
    if first < last:
        sheet.merge_range(row, first, row, last, "", style)
    put(sheet, row, first, text, style)


def _draw_findings(drawing: Drawing, round_words: str, result: RoundResult) -> None:
    """What units and reviewers have to do; how something was read stands in the replies."""
    found: list[tuple[Row, str, Finding]] = [
        ((unit.unit.code, unit.unit.name, form.form.short_title), unit.file, each)
        for form in result.forms
        for unit in form.units
        if unit.state != "missing"
        for each in _findings(unit)
    ]
    found += [
        ((file.unit_code, "", _form_title(result, file.form)), file.name, each)
        for file in result.files
        if file.state == "rejected"
        for each in file.findings
    ]
    rows = [
        (
            *whose,
            SEVERITIES[severity],
            each.code,
            each.place.sheet,
            each.place.cell,
            message(each),
            remedy(each),
            each.place.file or file,
        )
        for severity in _TO_MEND
        for whose, file, each in found
        if each.severity == severity
    ]
    columns = (
        _Column("รหัสหน่วยงาน", 12),
        _Column("หน่วยงาน", 28),
        _Column("แบบ", 18),
        _Column("ความสำคัญ", 14),
        _Column("รหัสข้อ", 10),
        _Column("แผ่นงาน", 14),
        _Column("เซลล์", 7),
        _Column("สิ่งที่พบ", 46),
        _Column("วิธีแก้", 40),
        _Column("ไฟล์", 22),
    )
    grid = _draw_grid(drawing, round_words, _MEND, _MEND, columns, rows, 2)
    grid.colour_value("ความสำคัญ", SEVERITIES["error"], font_color=RED, bold=True)


def _draw_missing(drawing: Drawing, round_words: str, forms: Sequence[FormResult]) -> None:
    missing = [(f.form, u.unit) for f in forms for u in f.units if u.state == "missing"]
    rows = [
        (unit.code, unit.name, unit.department, unit.executive, unit.email, form.short_title)
        for form, unit in missing
    ]
    columns = (
        _Column("รหัสหน่วยงาน", 14),
        _Column("หน่วยงาน", 40),
        _Column("สังกัด", 26),
        _Column("ชื่อผู้บริหาร", 26),
        _Column("อีเมล", 28),
        _Column("แบบ", 26),
    )
    _draw_grid(drawing, round_words, _MISSING, "หน่วยงานที่ยังไม่ส่ง", columns, rows, 2)


def _draw_files(drawing: Drawing, round_words: str, result: RoundResult) -> None:
    names = {key(each.unit.code): each.unit.name for form in result.forms for each in form.units}
    rows = [
        (
            file.name,
            FILE_STATES[file.state],
            VERDICTS[file.verdict],
            file.unit_code,
            names.get(key(file.unit_code), ""),
            _form_title(result, file.form),
            file.sha256[:_SHA_SHOWN],
            _reason(file),
        )
        for file in result.files
    ]
    columns = (
        _Column("ไฟล์", 34),
        _Column("การใช้ไฟล์", 22),
        _Column("ผลการตรวจ", 15),
        _Column("รหัสหน่วยงาน", 12),
        _Column("หน่วยงาน", 28),
        _Column("แบบ", 20),
        _Column("SHA-256", 15),
        _Column("เหตุผล", 44),
    )
    grid = _draw_grid(drawing, round_words, _FILES, "ไฟล์ทั้งหมดที่ได้รับ", columns, rows, 1)
    for verdict in ("returned", "rejected"):
        grid.colour_value("ผลการตรวจ", VERDICTS[verdict], font_color=RED, bold=True)


def _form_title(result: RoundResult, form_id: str) -> str:
    titles = {each.form.id: each.form.short_title for each in result.forms}
    return titles.get(form_id, form_id)


def _reason(file: FileRecord) -> str:
    """Why a file does not count or has to be mended; empty when neither is so."""
    if file.state == "rejected":
        return "\n".join(message(each) for each in file.findings)
    code = _WHY.get(file.state)
    why = [message(each) for each in file.findings if each.code == code]
    errors = sum(each.severity == "error" for each in file.findings)
    return "\n".join([*why, f"มี {errors} ข้อที่ต้องแก้ไข"] if errors else why)


def _draw_grid(
    drawing: Drawing,
    round_words: str,
    title: str,
    heading: str,
    columns: tuple[_Column, ...],
    rows: Sequence[Row],
    frozen_columns: int,
) -> _Grid:
    """A new sheet with a heading, a table with filter, and everything set for printing."""
    sheet = drawing.workbook.add_worksheet(title)
    sheet.set_default_row(line_height(BODY))
    sheet.set_row(0, line_height(TITLE))
    sheet.write_string(0, 0, heading, drawing.style(bold=True, font_size=TITLE, text_wrap=False))
    remark = f"{round_words} · {len(rows)} รายการ"
    sheet.write_string(1, 0, remark, drawing.style(font_color=GREY, text_wrap=False))
    head_row = _draw_headings(drawing, sheet, columns)
    last_row = head_row + max(1, len(rows))
    grid = _Grid(drawing, sheet, columns, head_row + 1, last_row)
    for row, values in enumerate(rows, start=grid.first_row):
        _draw_row(drawing, sheet, row, columns, values)
    sheet.ignore_errors(
        {"number_stored_as_text": xl_range(grid.first_row, 0, last_row, len(columns) - 1)}
    )
    sheet.autofilter(head_row, 0, last_row, len(columns) - 1)
    sheet.freeze_panes(grid.first_row, frozen_columns)
    _set_page(sheet, head_row, f"{heading} {round_words}")
    return grid


def _draw_headings(drawing: Drawing, sheet: Worksheet, columns: tuple[_Column, ...]) -> int:
    """The row of the headings; above it stand those of the groups, where there are any."""
    style = drawing.style(**_HEAD_STYLE)
    head_row = 3 if any(column.group for column in columns) else 2
    lines = 1
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(head_row, at, column.heading, style)
        # The filter's arrow takes the room of about two letters.
        lines = max(lines, lines_needed(column.heading, column.width - 2, BODY))
    sheet.set_row(head_row, line_height(BODY, lines))
    at = 0
    for group, members in groupby(columns, key=lambda column: column.group):
        last = at + len(list(members)) - 1
        if group:
            _across(sheet, head_row - 1, (at, last), group, style)
        at = last + 1
    return head_row


def _draw_row(
    drawing: Drawing, sheet: Worksheet, row: int, columns: tuple[_Column, ...], values: Row
) -> None:
    left = drawing.style(border=1, num_format="@")
    centred = drawing.style(border=1, align="center")
    lines = 1
    for at, (column, value) in enumerate(zip(columns, values, strict=True)):
        style = centred if column.centred else left
        if isinstance(value, int):
            sheet.write_number(row, at, value, style)
        elif value:
            # A file name that is no legal text has halves of letters in it.
            text = _cut(value.encode("utf-8", "replace").decode(), _MOST_TEXT)
            lines = max(lines, lines_needed(text, column.width, BODY))
            sheet.write_string(row, at, text, style)
        else:
            sheet.write_blank(row, at, None, style)
    sheet.set_row(row, min(_MOST_HEIGHT, line_height(BODY, lines)))


def _set_page(sheet: Worksheet, head_row: int, heading: str) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    sheet.repeat_rows(head_row - 1 if head_row == 3 else head_row, head_row)
    shown = _cut(heading, _MOST_HEADER).replace("&", "&&")
    sheet.set_header(f'&R&"{FONT},Regular"&{_SMALL} {shown}')
    sheet.set_footer(f'&C&"{FONT},Regular"&{_SMALL} หน้า &P / &N')
