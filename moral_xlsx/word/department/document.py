"""The department's report: a round's results for the director, in prose and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from moral_xlsx.model import catalogue
from moral_xlsx.model.assessment import Assessment, CriterionResult
from moral_xlsx.model.findings import Finding, Severity
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileRecord, FormResult, RoundResult, UnitResult
from moral_xlsx.model.rubric import Criterion
from moral_xlsx.rules.judge.score import next_rung
from moral_xlsx.rules.printed import MET, UNMET
from moral_xlsx.word.compiled import package
from moral_xlsx.word.department.comparing import (
    ranking_section,
    roll_up_section,
    timeliness_section,
)
from moral_xlsx.word.department.compiled import compiled_section
from moral_xlsx.word.department.plain import (
    MOST_ROWS,
    ORDINAL_MM,
    WIDTH_MM,
    capped,
    centre,
    head,
    left,
    mark,
    plain_table,
    rest_of,
    share,
)
from moral_xlsx.word.styles import (
    Cell,
    Style,
    append,
    new_document,
    number_pages,
    paragraph,
    row,
    table,
)
from moral_xlsx.wording import (
    CONFLICT,
    FILE_STATES,
    NOT_APPLICABLE,
    NOTHING,
    REVIEWED_MARK,
    ROLL_UP,
    SILENT,
    UNREGISTERED,
    VERDICTS,
    caveats,
    number,
    place_in_words,
    round_begins,
    round_in_words,
    timing_in_words,
)

_STYLES = (
    Style("Normal", 16),
    Style("Page Number", 14, align="center"),
    Style("Report Title", 20, bold=True, align="center", outline=0),
    Style("Chapter", 18, bold=True, before=14, after=4, with_next=True, outline=0),
    Style("Section", 16, bold=True, before=10, after=4, with_next=True, outline=1),
    Style("Prose", 16, align="thaiDistribute", after=6, first_line=15),
    Style("Note", 14, before=2, after=4),
    Style("Head", 14, bold=True, align="center", with_next=True),
    Style("Text", 14),
    Style("Centre", 14, align="center"),
    Style("Total", 14, bold=True, align="center"),
)
_TITLE = "สรุปผลการประเมินองค์กรคุณธรรมของหน่วยงานในสังกัด"
_MARGINS_MM = (20.0, 20.0)
_SCORE_MM = 7.5
_LETTER_MM = 2.2  # of a heading, bold
_WIDEST_LABEL_MM = 26.0
_LEAST_NAME_MM = 25.0  # columns of scores that leave less for the units' names are left out
_MOST_SHORTFALLS = 10
_VERDICTS = VERDICTS["accepted"][0], VERDICTS["returned"][0]
# The same in a narrow column.
_ACCEPTED, _RETURNED, _CONFLICT, _MISSING = "ผ่าน", "ให้แก้ไข", "รอตัดสิน", "ยังไม่ส่ง"


def department_report(result: RoundResult, department: str) -> bytes:
    """The DOCX of a round's results; the same result gives the same bytes."""
    document = new_document(_STYLES, landscape=False, margins_mm=_MARGINS_MM)
    number_pages(document, "Page Number")
    append(document, _report(result, department))
    return package(document, f"{_TITLE} {department}", round_begins(result.round))


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many units sent what; ``registered`` is the sum of the four that follow it."""

    registered: int
    accepted: int
    returned: int
    conflict: int
    missing: int
    unregistered: int

    @property
    def sent(self) -> int:
        return self.accepted + self.returned + self.conflict


def _counts(result: FormResult) -> _Counts:
    states = Counter(_state(unit) for unit in result.units if unit.registered)
    return _Counts(
        registered=states.total(),
        accepted=states[_ACCEPTED],
        returned=states[_RETURNED],
        conflict=states[_CONFLICT],
        missing=states[_MISSING],
        unregistered=sum(not unit.registered for unit in result.units),
    )


def _state(unit: UnitResult) -> str:
    if unit.assessment is not None:
        return _ACCEPTED if unit.assessment.verdict == "accepted" else _RETURNED
    return _CONFLICT if unit.state == "conflict" else _MISSING


def _report(result: RoundResult, department: str) -> Iterator[etree._Element]:
    for line in (_TITLE, department, f"รอบ{round_in_words(result.round)}"):
        if line:
            yield paragraph("Report Title", line)
    yield paragraph("Chapter", "๑. ภาพรวม")
    yield from _overview(result)
    for chapter, form_result in enumerate(result.forms, start=2):
        yield paragraph("Chapter", f"{number(chapter)}. {form_result.form.short_title}")
        yield from _form_chapter(form_result, result.files, chapter)
    rejected = [file for file in result.files if file.state == "rejected"]
    if rejected:
        yield paragraph("Chapter", f"{number(len(result.forms) + 2)}. ไฟล์ที่รับไว้ไม่ได้")
        yield _rejected_table(capped(rejected))
        yield from rest_of(len(rejected))


def _overview(result: RoundResult) -> Iterator[etree._Element]:
    all_counts = [_counts(form) for form in result.forms]
    for form_result, counts in zip(result.forms, all_counts, strict=True):
        yield paragraph("Prose", _summary(form_result.form, counts))
    states = Counter(file.state for file in result.files)
    parts = [
        f"{words} {number(states[state])} ไฟล์"
        for state, words in FILE_STATES.items()
        if states[state]
    ]
    received = f"ไฟล์ที่ได้รับในรอบนี้มีทั้งสิ้น {number(len(result.files))} ไฟล์"
    yield paragraph("Prose", " ".join([received, "แบ่งเป็น", *parts] if parts else [received]))
    if not all_counts:
        return
    widths = (WIDTH_MM - 7 * 16.0, *(16.0 for _ in range(7)))
    rows = [*_overview_heading(widths)]
    for form_result, each in zip(result.forms, all_counts, strict=True):
        figures = (each.registered, each.sent, each.accepted, each.returned, each.conflict)
        cells = [centre(number(n)) for n in (*figures, each.missing, each.unregistered)]
        rows.append(row(widths, [left(form_result.form.short_title), *cells], whole=True))
    yield table(widths, rows)


def _overview_heading(widths: Sequence[float]) -> Iterator[etree._Element]:
    alone = ("แบบ", "ในทะเบียน", "ส่งแล้ว"), (SILENT[0], UNREGISTERED[0])
    before, after = ([replace(head(name), merge="restart") for name in names] for names in alone)
    sent = replace(head("ในจำนวนที่ส่งแล้ว"), span=3)
    yield row(widths, [*before, sent, *after], header=True)
    below = [replace(head(""), merge="continue") for _ in (*before, *after)]
    parts = [head(name) for name in (*_VERDICTS, CONFLICT[0])]
    yield row(widths, [*below[: len(before)], *parts, *below[len(before) :]], header=True)


def _summary(form: Form, counts: _Counts) -> str:
    if not counts.registered:
        return f"{form.short_title}: ไม่มีหน่วยงานในทะเบียนที่ต้องส่งแบบนี้"
    return (
        f"{form.short_title}: หน่วยงานในทะเบียน {number(counts.registered)} หน่วยงาน "
        f"ส่งแบบประเมินแล้ว {number(counts.sent)} หน่วยงาน "
        f"(ร้อยละ {share(counts.sent, counts.registered)}) แบ่งเป็น "
        f"{_VERDICTS[0]} {number(counts.accepted)} หน่วยงาน "
        f"{_VERDICTS[1]} {number(counts.returned)} หน่วยงาน "
        f"รอตัดสิน {number(counts.conflict)} หน่วยงาน "
        f"และยังไม่ส่ง {number(counts.missing)} หน่วยงาน"
    )


def _form_chapter(
    result: FormResult, files: Sequence[FileRecord], chapter: int
) -> Iterator[etree._Element]:
    if not result.units:
        yield paragraph("Prose", "ไม่มีหน่วยงานในทะเบียนที่ต้องส่งแบบนี้ และไม่มีหน่วยงานใดส่งมา")
        return
    form = result.form
    missing = [unit for unit in result.units if unit.state == "missing"]
    sections = [("ผลรายหน่วยงาน", _units_section(result))]
    if form.levels:
        sections.append(("จำนวนหน่วยงานในแต่ละระดับ", _levels_section(result)))
    if result.roll_up:
        sections.append((ROLL_UP, roll_up_section(result)))
    if form.ranking:
        sections.append((form.ranking, ranking_section(result)))
    if any(unit.timeliness for unit in result.units):
        sections.append(("การส่งตามกำหนด", timeliness_section(result)))
    if result.compiled:
        sections.append(("ผลรวมของทุกหน่วยงาน", compiled_section(result.compiled)))
    sections += [
        ("หน่วยงานที่ต้องแก้ไข", _findings_section(result, "error")),
        ("เรื่องที่ผู้ตรวจต้องพิจารณา", _findings_section(result, "warning")),
        ("หน่วยงานที่ยังไม่ส่ง", _missing_section(missing, form, files)),
    ]
    if form.criteria:
        sections.append(("สิ่งที่หน่วยงานยังขาดมากที่สุด", _shortfall_section(result)))
    for place, (heading, content) in enumerate(sections, start=1):
        yield paragraph("Section", f"{number(chapter)}.{number(place)} {heading}")
        yield from content


def _units_section(result: FormResult) -> Iterator[etree._Element]:
    form = result.form
    results = [("รวม", 11.0)] * bool(form.criteria) + [("ระดับ", 14.0)] * bool(form.levels)
    fixed = [ORDINAL_MM, *(width for _, width in results), 18.0]
    criteria = _shown_criteria(form, WIDTH_MM - sum(fixed))
    fixed[1:1] = [_score_width(each) for each in criteria]
    widths = (fixed[0], WIDTH_MM - sum(fixed), *fixed[1:])
    rows = _units_heading(criteria, [name for name, _ in results], widths)
    for place, unit in enumerate(capped(result.units), start=1):
        name = unit.unit.name or unit.unit.code
        cells = [centre(number(place)), left(name if unit.registered else f"{name} (นอกทะเบียน)")]
        cells += _result_cells(unit, form, criteria, len(criteria) + len(results))
        rows.append(row(widths, [*cells, centre(_state(unit))], whole=True))
    yield table(widths, rows)
    yield from rest_of(len(result.units))
    for note in _units_notes(form, criteria, result.units):
        yield paragraph("Note", note)


def _score_width(criterion: Criterion) -> float:
    return max(_SCORE_MM, 3.2 + _LETTER_MM * len(criterion.name))


def _shown_criteria(form: Form, room: float) -> Sequence[Criterion]:
    """All criteria, or none where their columns would leave no room for the units' names."""
    wide = sum(_score_width(each) for each in form.criteria)
    return form.criteria if room - wide >= _LEAST_NAME_MM else ()


def _result_cells(
    unit: UnitResult, form: Form, criteria: Sequence[Criterion], columns: int
) -> list[Cell]:
    if not columns:
        return []
    if unit.assessment is None:
        return [Cell([paragraph("Centre", NOTHING)], span=columns)]
    results = {each.number: each for each in unit.assessment.criteria}
    cells = [_score_cell(each, results.get(each.number)) for each in criteria]
    if form.criteria:
        cells.append(Cell([paragraph("Total", number(unit.assessment.total))]))
    if form.levels:
        level = unit.assessment.level
        cells.append(centre(number(level) if level else NOTHING))
    return cells


def _score_cell(criterion: Criterion, result: CriterionResult | None) -> Cell:
    if result is None or result.final is None:
        return centre(NOTHING)
    beside = REVIEWED_MARK if result.reviewed else ""
    if criterion.kind == "met":
        return mark(bool(result.final), beside)
    return centre(f"{number(result.final)}{beside}")


def _units_notes(
    form: Form, criteria: Sequence[Criterion], units: Sequence[UnitResult]
) -> Iterator[str]:
    if not form.criteria:
        yield "แบบนี้ไม่มีคะแนน จึงแสดงเฉพาะการส่งและการตรวจ"
        return
    made = "ผลที่แสดงคำนวณจากข้อเท็จจริงในแบบ"
    if any(unit.assessment and unit.assessment.reviewed for unit in units):
        made += f" คะแนนที่มี {REVIEWED_MARK} คือคะแนนที่ผู้ตรวจให้"
    notes = [f"{made} {form.total_label}เต็ม {number(form.maximum)}"]
    if any(each.when for each in form.criteria):
        notes.append(f"{NOTHING} หมายถึงข้อที่{NOT_APPLICABLE[0]}กับหน่วยงานนั้น ซึ่งไม่นับในผลรวม")
    if any(each.kind == "met" for each in criteria):
        notes.append(f"✓ หมายถึง{MET} ✗ หมายถึง{UNMET}")
    if form.levels:
        notes.append("ช่องระดับที่มีขีดหมายถึงยังไม่ถึงระดับใด")
    yield " ".join(notes)
    yield from map(number, caveats(form))
    if form.levels and form.levels_note:
        yield form.levels_note


def _units_heading(
    criteria: Sequence[Criterion], results: Sequence[str], widths: Sequence[float]
) -> list[etree._Element]:
    names = ("ที่", "หน่วยงาน", *results, "ผล")
    heads = [replace(head(name), merge="restart") for name in names]
    below = [replace(head(""), merge="continue") for _ in names]
    if not criteria:
        return [row(widths, [head(name) for name in names], header=True)]
    scored = any(each.kind == "points" for each in criteria)
    above = replace(head("คะแนนข้อที่" if scored else "ผลข้อที่"), span=len(criteria))
    numbers = [head(number(each.name)) for each in criteria]
    return [
        row(widths, [*heads[:2], above, *heads[2:]], header=True),
        row(widths, [*below[:2], *numbers, *below[2:]], header=True),
    ]


def _levels_section(result: FormResult) -> Iterator[etree._Element]:
    registered = [unit for unit in result.units if unit.registered]
    scored = [unit.assessment for unit in registered if unit.assessment is not None]
    rows = [
        [f"ระดับที่ {number(each.number)} {each.name}", *_level_cells(scored, each.number, registered)]
        for each in sorted(result.form.levels, key=lambda level: level.number, reverse=True)
    ]
    rows.append(["ยังไม่ถึงระดับใด", *_level_cells(scored, 0, registered)])
    silent = len(registered) - len(scored)
    rest = share(silent, len(registered))
    rows.append(["ยังไม่มีผล (ยังไม่ส่ง หรือหลายไฟล์)", number(silent), NOTHING, rest, NOTHING])
    total = share(len(registered), len(registered))
    mending = sum(each.verdict == "returned" for each in scored)
    rows.append(["รวม", number(len(registered)), number(mending), total, NOTHING])
    heads = ("ระดับ", "จำนวนหน่วยงาน", "ในจำนวนนี้ต้องแก้ไข", "ร้อยละ", "ร้อยละของระดับนี้ขึ้นไป")
    yield plain_table((60, 31, 28, 20, 31), heads, rows, centred=range(1, 5))
    yield paragraph(
        "Note",
        "ร้อยละคิดจากหน่วยงานในทะเบียนทั้งหมด รวมหน่วยงานที่ยังไม่ส่ง และตัดเศษเหลือทศนิยมสองตำแหน่ง",
    )
    if result.form.levels_note:
        yield paragraph("Note", result.form.levels_note)


def _level_cells(
    scored: Sequence[Assessment], level: int, registered: Sequence[UnitResult]
) -> list[str]:
    here = [each for each in scored if each.level == level]
    at_least = sum(each.level >= level for each in scored)
    return [
        number(len(here)),
        number(sum(each.verdict == "returned" for each in here)),
        share(len(here), len(registered)),
        share(at_least, len(registered)) if level else NOTHING,
    ]


def _findings_section(result: FormResult, severity: Severity) -> Iterator[etree._Element]:
    widths = (42.0, 30.0, 56.0, 42.0)
    heads = ("หน่วยงาน", "ที่", "สิ่งที่พบ", "วิธีแก้")
    rows = [row(widths, [head(each) for each in heads], header=True)]
    units = count = 0
    for unit in result.units:
        found = _findings(unit, severity)
        units += bool(found)
        count += len(found)
        for place, finding in enumerate(found if count <= MOST_ROWS else ()):
            name = [] if place else [paragraph("Text", unit.unit.name or unit.unit.code)]
            cells = [
                Cell(name, merge="continue" if place else "restart"),
                left(place_in_words(finding.place)),
                left(catalogue.message(finding)),
                left(catalogue.remedy(finding)),
            ]
            rows.append(row(widths, cells, whole=True))
    if not units:
        yield paragraph("Prose", "ไม่มี")
        return
    yield paragraph("Prose", f"{number(units)} หน่วยงาน รวม {number(count)} เรื่อง")
    yield table(widths, rows)
    yield from rest_of(count)


def _findings(unit: UnitResult, severity: Severity) -> list[Finding]:
    # A unit that sent nothing has a list of its own.
    if unit.state == "missing":
        return []
    judged = unit.assessment
    of_submission = judged.findings if judged is not None else ()
    if severity == "error" and judged is not None and judged.verdict == "accepted":
        return []  # people took it as it is
    unique = dict.fromkeys((*of_submission, *unit.findings))
    return [finding for finding in unique if finding.severity == severity]


def _missing_section(
    missing: Sequence[UnitResult], form: Form, files: Sequence[FileRecord]
) -> Iterator[etree._Element]:
    if not missing:
        yield paragraph("Prose", "ไม่มี")
        return
    refused = {
        file.unit_code for file in files if file.state == "rejected" and file.form in ("", form.id)
    }
    heads = ("ที่", "รหัส", "หน่วยงาน", "อีเมล", "หมายเหตุ")
    rows = [
        [
            number(place),
            each.unit.code,
            each.unit.name,
            each.unit.email or NOTHING,
            _missing_remark(each, refused=each.unit.code in refused),
        ]
        for place, each in enumerate(capped(missing), start=1)
    ]
    yield plain_table((ORDINAL_MM, 24, 58, 44, 32), heads, rows, centred=(0,))
    yield from rest_of(len(missing))


def _missing_remark(unit: UnitResult, *, refused: bool) -> str:
    waiting = [timing_in_words(each) for each in unit.timeliness if each.timing == "not_due"]
    return "\n".join([*([f"ส่งไฟล์มาแต่{VERDICTS['rejected'][0]}"] if refused else []), *waiting])


def _shortfall_section(result: FormResult) -> Iterator[etree._Element]:
    judged = [unit.assessment for unit in result.units if unit.registered and unit.assessment]
    # Shortfalls name each unit's own figures, so units are counted by the condition.
    lacking = Counter(missed for each in judged for missed in sorted(_missed_conditions(each)))
    most = sorted(lacking.items(), key=lambda item: (-item[1], item[0]))[:_MOST_SHORTFALLS]
    if not most:
        yield paragraph("Prose", "ไม่มี")
        return
    criteria = {criterion.number: criterion for criterion in result.form.criteria}
    rows = []
    for (place, text), count in most:
        named = number(criteria[place].name), criteria[place].short
        rows.append([*named, text, number(count), share(count, len(judged))])
    scored = any(each.kind == "points" for each in criteria.values())
    lacked = "สิ่งที่ยังขาดเพื่อให้ได้คะแนนขั้นถัดไป" if scored else f"สิ่งที่ยังขาดเพื่อให้{MET}"
    heads = ("ข้อ", "ตัวชี้วัด", lacked, "จำนวนหน่วยงาน", "ร้อยละ")
    first = min(_WIDEST_LABEL_MM, max(ORDINAL_MM, *map(_score_width, criteria.values())))
    widths = (first, 44, 66 + ORDINAL_MM - first, 28, 20)
    yield plain_table(widths, heads, rows, centred=(0, 3, 4))
    yield paragraph("Note", "ร้อยละคิดจากหน่วยงานในทะเบียนที่มีผลคะแนนแล้ว และตัดเศษเหลือทศนิยมสองตำแหน่ง")


def _missed_conditions(assessment: Assessment) -> set[tuple[int, str]]:
    """Number of the criterion and text of each condition that the next rung still needs."""
    missed: set[tuple[int, str]] = set()
    for criterion in assessment.criteria:
        if criterion.final is None:
            continue
        following = next_rung(criterion.rungs, criterion.final)
        if following is not None:
            missed.update(
                (criterion.number, condition.text[0])
                for condition in following.conditions
                if not condition.holds
            )
    return missed


def _rejected_table(files: Iterable[FileRecord]) -> etree._Element:
    heads = ("ที่", "ไฟล์", "หน่วยงาน", "เหตุที่รับไว้ไม่ได้", "วิธีแก้")
    rows = [
        [
            number(place),
            file.name,
            file.unit_code or NOTHING,
            "\n".join(catalogue.message(each) for each in file.findings) or NOTHING,
            "\n".join(catalogue.remedy(each) for each in file.findings) or NOTHING,
        ]
        for place, file in enumerate(files, start=1)
    ]
    return plain_table((ORDINAL_MM, 40, 20, 52, 46), heads, rows, centred=(0,))
