"""The working summary of a round: every unit's scores, what to mend, and every file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from moral_xlsx.excel.form.drawing import RED, Drawing
from moral_xlsx.excel.summary.comparing import (
    DUE,
    PROGRESS,
    draw_due_dates,
    draw_progress,
    draw_ranking,
    due_dates,
    progress,
)
from moral_xlsx.excel.summary.compiled import COMPILED, LISTED, draw_figures, draw_lists
from moral_xlsx.excel.summary.grid import Column, Row, cut, draw_grid
from moral_xlsx.excel.summary.received import draw_received, received
from moral_xlsx.excel.summary.units import draw_units, findings_of
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding, Severity
from moral_xlsx.model.round import FileRecord, FormResult, RoundResult
from moral_xlsx.rules.register import TITLE as REGISTER
from moral_xlsx.thai import key
from moral_xlsx.wording import FILE_STATES, NOTHING, SEVERITIES, VERDICTS, round_in_words

_UNITS, _MEND, _MISSING, _FILES = "ผลรายหน่วยงาน", "สิ่งที่ต้องแก้", "ยังไม่ส่ง", "ไฟล์ทั้งหมด"
_TO_MEND: tuple[Severity, ...] = ("error", "warning")
_COMPILED = ((COMPILED, draw_figures, False), (LISTED, draw_lists, True))
_MOST_TITLE = 31
_SHA_SHOWN = 12
_ILLEGAL_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def summary_workbook(result: RoundResult) -> bytes:
    """The summary of a round as a workbook; equal results give equal bytes."""
    round_words = "รอบ" + round_in_words(result.round)
    drawing = Drawing(f"สรุปผล{round_words}")
    _draw_forms(drawing, round_words, result.forms)
    if not result.forms:
        nothing = (Column("รหัส", 14), Column("หน่วยงาน", 60))
        draw_grid(drawing, round_words, _UNITS, _UNITS, nothing, (), 2)
    if rows := due_dates(result.forms):
        draw_due_dates(drawing, round_words, rows)
    if rows := progress(result.forms):
        draw_progress(drawing, round_words, rows)
    if rows := received(result):
        draw_received(drawing, round_words, rows)
    _draw_findings(drawing, round_words, result)
    _draw_missing(drawing, round_words, result.forms)
    _draw_files(drawing, round_words, result)
    return drawing.bytes()


def _draw_forms(drawing: Drawing, round_words: str, forms: Sequence[FormResult]) -> None:
    # Excel keeps the last one for itself.
    taken = {_MEND, _MISSING, _FILES, DUE, PROGRESS, REGISTER, "history"}
    for each in forms:
        wanted = _UNITS if len(forms) == 1 else each.form.short_title
        draw_units(drawing, round_words, each, _title(wanted, each.form.id, taken))
        if each.form.ranking:
            title = _title(each.form.ranking, each.form.id, taken)
            draw_ranking(drawing, round_words, title, each)
        for kind, draw, has in _COMPILED:
            if any(bool(result.item.list) is has for result in each.compiled):
                title = _title(f"{kind} {each.form.short_title}", f"{kind} {each.form.id}", taken)
                draw(drawing, round_words, title, each.form, each.compiled)


def _title(wanted: str, otherwise: str, taken: set[str]) -> str:
    """A legal title that is not yet taken; takes it."""
    legal = _ILLEGAL_IN_TITLE.sub(" ", wanted).strip(" '") or otherwise
    title, count = cut(legal, _MOST_TITLE), 1
    while title.casefold() in taken:
        count += 1
        suffix = f" ({count})"
        title = cut(legal, _MOST_TITLE - len(suffix)) + suffix
    taken.add(title.casefold())
    return title


def _draw_findings(drawing: Drawing, round_words: str, result: RoundResult) -> None:
    """What units and reviewers have to do; how something was read stands in the replies."""
    found: list[tuple[Row, str, Finding]] = [
        ((unit.unit.code, unit.unit.name, form.form.short_title), unit.file, each)
        for form in result.forms
        for unit in form.units
        if unit.state != "missing"
        for each in findings_of(unit)
    ]
    found += [
        ((file.unit_code, "", _form_title(result, file.form)), file.name, each)
        for file in result.files
        if file.state in ("rejected", "failed")
        for each in file.findings
    ]
    rows = [
        (
            *whose,
            SEVERITIES[severity][0],
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
        Column("รหัสหน่วยงาน", 12),
        Column("หน่วยงาน", 28),
        Column("แบบ", 18),
        Column("ความสำคัญ", 14),
        Column("รหัสข้อ", 10),
        Column("แผ่นงาน", 14),
        Column("เซลล์", 7),
        Column("สิ่งที่พบ", 46),
        Column("วิธีแก้", 40),
        Column("ไฟล์", 22),
    )
    grid = draw_grid(drawing, round_words, _MEND, _MEND, columns, rows, 2)
    grid.colour_value("ความสำคัญ", SEVERITIES["error"][0], font_color=RED, bold=True)


def _draw_missing(drawing: Drawing, round_words: str, forms: Sequence[FormResult]) -> None:
    missing = [(f.form, u.unit) for f in forms for u in f.units if u.state == "missing"]
    rows = [
        (unit.code, unit.name, unit.department, unit.executive, unit.email, form.short_title)
        for form, unit in missing
    ]
    columns = (
        Column("รหัสหน่วยงาน", 14),
        Column("หน่วยงาน", 40),
        Column("สังกัด", 26),
        Column("ชื่อผู้บริหาร", 26),
        Column("อีเมล", 28),
        Column("แบบ", 26),
    )
    draw_grid(drawing, round_words, _MISSING, "หน่วยงานที่ยังไม่ส่ง", columns, rows, 2)


def _draw_files(drawing: Drawing, round_words: str, result: RoundResult) -> None:
    names = {key(each.unit.code): each.unit.name for form in result.forms for each in form.units}
    rows = [
        (
            file.name,
            file.sender,
            FILE_STATES[file.state],
            VERDICTS[file.verdict][0] if file.verdict else NOTHING,
            file.unit_code,
            names.get(key(file.unit_code), ""),
            _form_title(result, file.form),
            file.sha256[:_SHA_SHOWN],
            _reason(file),
        )
        for file in result.files
    ]
    columns = (
        Column("ไฟล์", 34),
        Column("ผู้ส่ง", 24),
        Column("การใช้ไฟล์", 22),
        Column("ผลการตรวจ", 15),
        Column("รหัสหน่วยงาน", 12),
        Column("หน่วยงาน", 28),
        Column("แบบ", 20),
        Column("SHA-256", 15),
        Column("เหตุผล", 44),
    )
    grid = draw_grid(drawing, round_words, _FILES, "ไฟล์ทั้งหมดที่ได้รับ", columns, rows, 1)
    for verdict in ("returned", "rejected"):
        grid.colour_value("ผลการตรวจ", VERDICTS[verdict][0], font_color=RED, bold=True)


def _form_title(result: RoundResult, form_id: str) -> str:
    titles = {each.form.id: each.form.short_title for each in result.forms}
    return titles.get(form_id, form_id)


def _reason(file: FileRecord) -> str:
    """Why a file does not count or has to be mended; empty when neither is so."""
    if file.state in ("rejected", "failed"):
        return "\n".join(message(each) for each in file.findings)
    why = [message(file.aside)] if file.aside else []
    errors = sum(each.severity == "error" for each in file.findings)
    return "\n".join([*why, f"มี {errors} ข้อที่ต้องแก้ไข"] if errors else why)
