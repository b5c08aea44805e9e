"""The cell in which a unit claims points for a criterion."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from moral_xlsx.excel.form.drawing import FORM, Drawing, put
from moral_xlsx.excel.form.layout import MARKER_COLUMN
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.rubric import Criterion


def draw_claim(
    drawing: Drawing,
    sheet: Worksheet,
    criterion: Criterion,
    answers: Answers,
    row: int,
    column: int,
) -> None:
    """Draws the drop-down of a criterion's points and the row's marker."""
    number = criterion.number
    sheet.write_string(row, MARKER_COLUMN, f"claim_{number}")
    style = drawing.input_style(
        font_size=FORM + 6, bold=True, align="center", valign="vcenter", num_format="0"
    )
    put(sheet, row, column, answers.claims.get(number), style)
    sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "list",
            "source": [rung.points for rung in criterion.rungs],
            "input_title": "คะแนนที่หน่วยงานเสนอ",
            "input_message": f"เลือกคะแนนของข้อ {criterion.name} หลักฐานในแบบจะขึ้นเอง",
            "error_title": "ตรวจคำตอบ",
            "error_message": "เลือกคะแนนจากรายการ",
        },
    )
