"""What the ethics group answers an officer, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue import message, remedy
from moral_xlsx.model.findings import Finding
from moral_xlsx.model.form import Form
from moral_xlsx.rules.printed import result_in_words
from moral_xlsx.thai import thai_digits
from moral_xlsx.wording import item, total_in_words

# A newer file counts, or it is not known which of several does.
_NOT_COUNTED = ("MX-403", "MX-404")


def reply_text(form: Form, assessment: Assessment, findings: Sequence[Finding]) -> str:
    """The reply to a form that was read: accepted or returned, what to mend, what is next."""
    return "\n".join(_reply(form, assessment, findings)) + "\n"


def refusal_text(file: str, findings: Sequence[Finding]) -> str:
    """The reason why a file was not taken in, and what to do."""
    lines = [f"ไฟล์: {file}", "ผล: รับไฟล์นี้ไม่ได้", ""]
    for found in findings:
        lines += [message(found), f"วิธีแก้: {remedy(found)}", f"({found.code})", ""]
    return "\n".join(lines)


def _reply(form: Form, assessment: Assessment, findings: Sequence[Finding]) -> Iterator[str]:
    errors = [found for found in findings if found.severity == "error"]
    warnings = [found for found in findings if found.severity == "warning"]
    yield f"เรียน {assessment.unit_name or assessment.unit_code or 'หน่วยงาน'}"
    yield ""
    yield f"กลุ่มงานจริยธรรมได้รับ {form.short_title} แล้ว"
    not_counted = [found for found in findings if found.code in _NOT_COUNTED]
    if not_counted:
        # No result and nothing to mend: the unit might send the wrong file again.
        yield f"ไฟล์นี้ไม่ได้ใช้เป็นผลของหน่วยงาน: {message(not_counted[0])}"
        yield remedy(not_counted[0])
        return
    if errors:
        yield "ผลการตรวจ: ส่งคืนให้แก้ไข โปรดแก้ตามรายการข้างล่างในไฟล์เดิมแล้วส่งอีกครั้ง"
    else:
        yield "ผลการตรวจ: ผ่านการตรวจ"
    if form.criteria:
        level = f" ({assessment.level_name[0]})" if form.levels else ""
        yield f"{form.total_label}ที่คำนวณได้: {total_in_words(form, assessment.total)}{level}"
    if form.levels_note:
        yield form.levels_note
    for title, listed in (("ต้องแก้ไข", errors), ("ผู้ตรวจจะพิจารณา", warnings)):
        if listed:
            yield ""
            yield f"{title}:"
        for number, found in enumerate(listed, start=1):
            place = " เซลล์ ".join(p for p in (found.place.sheet, found.place.cell) if p)
            yield f"{thai_digits(str(number))}. {f'[{place}] ' if place else ''}{message(found)}"
            yield f"   วิธีแก้: {remedy(found)}"
    lacking = [result for result in assessment.criteria if result.shortfall]
    if lacking:
        yield ""
        yield "ข้อที่ยังไม่เต็ม:"
    for result in lacking:
        needed = " และ ".join(thai for thai, _ in result.shortfall)
        criterion = form.criterion(result.number)
        reached = result_in_words(criterion, result.computed)
        said = f"ได้ {reached} คะแนน" if criterion.kind == "points" else reached
        yield f"{thai_digits(item(criterion))} {said}: {needed}"
    if assessment.next_level:
        yield ""
        yield "ระดับถัดไปต้องการ:"
        for thai, _ in assessment.next_level:
            yield f"- {thai}"
