"""What the units of the other offices sent: which form, on which day, with what in it.

Each file is the form's golden answers with the unit's own data and the changes named here.
A folder named as a date is the day on which its files came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

# --- the Senate's five bureaux, of which the fifth is silent

_SENATE_SIGNED: Mapping[str, object] = {
    "signed": 39,
    "executive_position": "ผู้อำนวยการสำนัก",
    "outcome_1": "ผู้บริหารและบุคลากร ๓๙ จาก ๔๐ คนร่วมประกาศเจตนารมณ์และลงลายมือชื่อ",
    "evidence_1": "ประกาศเจตนารมณ์พร้อมลายมือชื่อ ๓๙ จาก ๔๐ คน",
}
# Success is too small for level 2: 3, 2, 2, 1, 3, 3, 0, 3, 3.
_SENATE_LEVEL_1: Mapping[str, object] = {
    "goals[3].title": None,
    "goals[3].kind": None,
    "goals[3].virtue": None,
    "goals[4].title": None,
    "goals[4].kind": None,
    "goals[4].virtue": None,
    "committee": None,
    "committee_order_number": None,
    "committee_order_date": None,
    "success_percent": 55,
    "persons_honoured[1].virtue": "วินัย",
    "outcome_2": "ประชุมร่วมกันและกำหนดเป้าหมาย ๓ เรื่อง",
    "outcome_3": "จัดทำแผนและมอบหมายผู้รับผิดชอบทุกกิจกรรม",
    "outcome_4": "ดำเนินงานตามแผนได้ผลสำเร็จในภาพรวมร้อยละ ๕๕",
    "claim_2": 2,
    "claim_3": 2,
    "claim_4": 1,
    "claim_7": 0,
}
_SENATE_SURVEY_MISSING: Mapping[str, object] = {"atmosphere_improved": None, "claim_7": 2}
_LEVEL3_POSITION: Mapping[str, object] = {
    "executive_position": "ผู้อำนวยการสำนัก",
    "signed": 39,
}

_MONTHS = (
    *("2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05"),
    *("2024-06", "2024-07", "2024-08", "2024-09", "2024-10"),
)
_CASE_COLUMNS = ("case_no", "received_on", "channel", "topic", "state", "finished_on", "result")


def _without_complaints(months: int) -> dict[str, object]:
    """A year's workbook of which so many months are reported, each with none."""
    numbers = ("complaints", "finished", "pending", "told")
    totals = ("total_received", "total_finished", "total_pending", "total_told")
    changes: dict[str, object] = dict.fromkeys(totals, 0)
    changes["remark"] = None
    for index in range(months):
        changes |= {f"months[{index}].{name}": 0 for name in numbers}
        changes[f"months[{index}].reported_on"] = date.fromisoformat(f"{_MONTHS[index + 1]}-08")
    for index in range(4):
        changes |= {f"cases[{index}].{name}": None for name in (*_CASE_COLUMNS, "told")}
    return changes


# As an officer types it: Thai digits, a counted word, short years, and June left out.
_COMPLAINTS_TYPED: Mapping[str, object] = {
    **_without_complaints(11),
    "month": "ส.ค. ๖๗",
    "report_date": "12 ก.ย. 67",
    "total_received": "๑ เรื่อง",
    "total_finished": "๑",
    "total_told": "1 เรื่อง",
    **{f"months[{index}].complaints": "๐" for index in range(6)},
    "months[3].reported_on": "8/2/67",
    **{
        f"months[8].{name}": None
        for name in ("complaints", "finished", "pending", "told", "reported_on")
    },
    "months[9].complaints": "๑ เรื่อง",
    "months[9].finished": "๑",
    "months[9].told": "๑",
    "months[9].reported_on": "๙ ส.ค. ๖๗",
}

# --- the department of industrial works: plan and progress reports of three divisions


def _activity(index: int, progress: int) -> dict[str, object]:
    """An activity under way."""
    row = f"activities[{index}]"
    return {
        f"{row}.done": None,
        f"{row}.done_on": None,
        f"{row}.progress": progress,
        f"{row}.result": "อยู่ระหว่างดำเนินการ" if progress else "ยังไม่เริ่ม",
        f"{row}.documented": None,
    }


def _six_months(*progress: int) -> dict[str, object]:
    """A six-month report: activity 11 is done, 8 to 10 and 12 to 15 stand at ``progress``."""
    open_activities = (7, 8, 9, 11, 12, 13, 14)
    changes: dict[str, object] = {
        "report_round": "รอบ ๖ เดือน",
        "report_date": date(2023, 3, 31),
        "survey_respondents": None,
        "atmosphere_before": None,
        "atmosphere_after": None,
    }
    for index, reached in zip(open_activities, progress, strict=True):
        changes |= _activity(index, reached)
    return changes


def _without(table: str, index: int, columns: Sequence[str]) -> dict[str, object]:
    """A row that its unit cleared."""
    return {f"{table}[{index}].{column}": None for column in columns}


_PROJECT_COLUMNS = (
    *("number", "title", "who", "what", "place", "how", "started", "ended", "target", "joined"),
    *("learned", "used", "pictures", "respondents", "satisfied", "documents"),
)
_REPORT_COLUMNS = (
    *("number", "title", "done", "done_on", "progress", "result"),
    *("problems", "suggestions", "evidence", "documented"),
)
# As it was handed in in March: what comes later is still open.
_FRESH_PLAN: Mapping[str, object] = {
    "report_date": date(2023, 3, 10),
    "signed": 32,
    **{
        f"activities[{index}].{column}": None
        for index in range(4, 15)
        for column in ("done", "done_on", "reported", "documented")
    },
    **dict.fromkeys(
        (
            *("report6_complete", "report6_sent", "report9_sent"),
            *("persons_on_website", "persons_sent", "units_on_website", "units_sent"),
            *("survey_respondents", "atmosphere_before", "atmosphere_after"),
            *("self_assessed", "self_assessment_sent"),
            *("persons_honoured[0].virtue", "persons_honoured[0].position"),
            *("units_honoured[0].name", "units_honoured[0].place"),
        )
    ),
}

# --- the community development offices: reported in May, before the last due date

_CDD_IN_MAY: Mapping[str, object] = {
    "report_date": date(2026, 5, 18),
    "reported_on": date(2026, 5, 18),
    "submitted_on": date(2026, 5, 18),
    "confirmed_on": date(2026, 5, 18),
    "honours_date": date(2026, 5, 15),
    "activities[6].done_on": date(2026, 5, 15),
    **{f"channels[{index}].published_on": date(2026, 5, 16) for index in range(5)},
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file below the inbox; ``stamped`` are keys of the form that an older one had."""

    name: str
    form: str
    unit: str
    saved: str
    changes: Mapping[str, object] = field(default_factory=dict)
    stamped: Mapping[str, object] = field(default_factory=dict)


INBOX = (
    Sent(
        "2567-06-28/สต1 แบบประเมินองค์กรคุณธรรม.xlsx",
        "senate-2567",
        "SEN01",
        "2024-06-28T02:00:00Z",
        _SENATE_SIGNED,
    ),
    Sent(
        "2567-06-28/สต2 แบบประเมิน.xlsx",
        "senate-2567",
        "SEN02",
        "2024-06-28T03:00:00Z",
        {**_SENATE_SIGNED, **_SENATE_SURVEY_MISSING},
    ),
    Sent(
        "2567-07-01/สำนัก 3 แบบประเมิน.xlsx",
        "senate-2567",
        "SEN03",
        "2024-07-01T01:00:00Z",
        {**_SENATE_SIGNED, **_SENATE_LEVEL_1},
    ),
    Sent(
        "2569-05-20/สต4 ส่งย้อนหลัง.xlsx",
        "senate-2567",
        "SEN04",
        "2026-05-19T08:00:00Z",
        {**_SENATE_SIGNED, "success_percent": "เกือบครบ"},
    ),
    Sent(
        "2567-09-20/สต1 แผน 38 กิจกรรม.xlsx",
        "senate-2567-plan",
        "SEN01",
        "2024-09-19T09:00:00Z",
        {"report_date": date(2024, 9, 19)},
    ),
    # One day late: the points of activity 1 are lost.
    Sent(
        "2567-09-20/สต2 แผนและผล.xlsx",
        "senate-2567-plan",
        "SEN02",
        "2024-09-20T02:00:00Z",
        {"report_date": date(2024, 9, 19), "act1_sent": date(2024, 3, 21)},
    ),
    # A document short, and with that as many points as the bureau before.
    Sent(
        "2567-09-20/แผนสำนัก 3.xlsx",
        "senate-2567-plan",
        "SEN03",
        "2024-09-20T04:00:00Z",
        {"report_date": date(2024, 9, 20), "act3_doc1": None},
    ),
    Sent(
        "2567-09-25/สต4 แผน.xlsx",
        "senate-2567-plan",
        "SEN04",
        "2024-09-25T03:00:00Z",
        {
            "act25_stories": 9,
            "act33_slogan": None,
            "act33_slogan_used": None,
            "note1_attended": 9,
        },
    ),
    Sent(
        "2567-06-28/สต1 รายการกิจกรรม.xlsx",
        "senate-2567-activities",
        "SEN01",
        "2024-06-27T02:00:00Z",
    ),
    # No folder: the day on which it was saved is all that is known.
    Sent("รายชื่อกิจกรรม สต2.xlsx", "senate-2567-activities", "SEN02", "2024-06-29T02:00:00Z"),
    Sent(
        "2567-07-01/สำนัก 3 กิจกรรม.xlsx",
        "senate-2567-activities",
        "SEN03",
        "2024-07-01T01:30:00Z",
        {"total_projects": 4},
    ),
    Sent(
        "2567-06-28/สต1 ผลการส่งเสริมและพัฒนา.xlsx",
        "senate-2567-level3",
        "SEN01",
        "2024-06-27T02:30:00Z",
        {**_LEVEL3_POSITION, "success_percent": 95, "raised_percent": 95},
    ),
    # Tells another headcount of signatures and another success than its assessment.
    Sent(
        "2567-06-28/สต2 ผลการส่งเสริม.xlsx",
        "senate-2567-level3",
        "SEN02",
        "2024-06-28T03:30:00Z",
        {**_LEVEL3_POSITION, "signed": 36},
    ),
    Sent(
        "2567-07-01/สำนัก 3 ผลการส่งเสริม.xlsx",
        "senate-2567-level3",
        "SEN03",
        "2024-07-01T01:45:00Z",
        stamped={"version": "0.9"},
    ),
    Sent(
        "2567-06-28/สต1 รายงานไตรมาส 3.xlsx",
        "senate-2567-progress",
        "SEN01",
        "2024-06-20T02:00:00Z",
    ),
    Sent(
        "2567-06-28/สต2 รายงานไตรมาส 3.xlsx",
        "senate-2567-progress",
        "SEN02",
        "2024-06-21T02:00:00Z",
        {"activities[1].title": "กิจกรรมคลินิกสุขภาพ"},
    ),
    Sent(
        "2567-10-08/สต1 เรื่องร้องเรียน ถึงเดือนกันยายน.xlsx",
        "senate-2567-complaints",
        "SEN01",
        "2024-10-08T02:00:00Z",
        {**_without_complaints(12), "month": "กันยายน ๒๕๖๗", "report_date": date(2024, 10, 8)},
    ),
    # The report of August, which answers no due date but its own.
    Sent(
        "2567-09-12/สต2 เรื่องร้องเรียน ส.ค.xlsx",
        "senate-2567-complaints",
        "SEN02",
        "2024-09-12T07:00:00Z",
        _COMPLAINTS_TYPED,
    ),
    Sent(
        "2567-07-26/สต1 รายงานโครงการ.xlsx",
        "senate-2567-project",
        "SEN01",
        "2024-07-26T02:00:00Z",
    ),
    # One more joined than the plan tells, a picture too many, and activity 10 left out.
    Sent(
        "2567-07-30/สต2 สรุปโครงการ.xlsx",
        "senate-2567-project",
        "SEN02",
        "2024-07-30T08:00:00Z",
        {
            "report_date": "30 ก.ค. 67",
            "projects[2].joined": "๓๙ คน",
            "projects[2].started": "๒๘ ธ.ค. ๖๖",
            **_without("projects", 3, _PROJECT_COLUMNS),
            "projects[8].started": "27/11/66",
            "projects[9].pictures": "3 รูป",
        },
    ),
    Sent(
        "2566-06-30/กต1 แผนปฏิบัติการ (ลงผลแล้ว).xlsx",
        "diw-2566-plan",
        "DIW01",
        "2023-06-30T02:00:00Z",
    ),
    # Seven of fifteen activities in six months: the two rules of activity 11 disagree.
    Sent(
        "2566-07-03/กต2 แผนปฏิบัติการ.xlsx",
        "diw-2566-plan",
        "DIW02",
        "2023-06-30T10:00:00Z",
        {
            "activities[10].done_on": date(2023, 4, 5),
            **{f"activities[8].{c}": None for c in ("done", "done_on", "reported", "documented")},
        },
    ),
    Sent(
        "2566-06-30/กต1 รายงานรอบ 9 เดือน.xlsx",
        "diw-2566-progress",
        "DIW01",
        "2023-06-30T02:10:00Z",
    ),
    # Activity 9 stands lower than in the six-month report.
    Sent(
        "2566-07-03/กต2 รายงานรอบ 9 เดือน.xlsx",
        "diw-2566-progress",
        "DIW02",
        "2023-06-30T10:10:00Z",
        {"activities[10].done_on": date(2023, 4, 5), **_activity(8, 50)},
    ),
    # Activity 9 of the plan, which came in the month before, is left out.
    Sent(
        "2566-07-03/กต3 รายงานรอบ 9 เดือน.xlsx",
        "diw-2566-progress",
        "DIW03",
        "2023-07-03T03:00:00Z",
        {"survey_respondents": 30, **_without("activities", 8, _REPORT_COLUMNS)},
    ),
    Sent(
        "2569-05-20/พช อำเภอ 1 ชุมชนใสสะอาด.xlsx",
        "cdd-chiangrai-2569",
        "CDD01",
        "2026-05-19T04:00:00Z",
        _CDD_IN_MAY,
    ),
    # Three of seven activities by 31 March are less than half.
    Sent(
        "2569-05-20/พช อำเภอ 2 ชุมชนใสสะอาด.xlsx",
        "cdd-chiangrai-2569",
        "CDD02",
        "2026-05-20T02:00:00Z",
        {**_CDD_IN_MAY, "activities[3].done_on": date(2026, 4, 1)},
    ),
    Sent(
        "2569-05-12/นราธิวาส หน่วยงาน 1.xlsx",
        "narathiwat-2569",
        "NWT01",
        "2026-05-11T04:00:00Z",
    ),
    Sent(
        "2569-05-20/แบบรายงานจริยธรรม สตน2 ปี 68.xlsx",
        "narathiwat-2569",
        "NWT02",
        "2026-05-18T04:00:00Z",
        stamped={"id": "narathiwat-2568", "fiscal_year": 2568},
    ),
    Sent(
        "แบบรายงานจริยธรรม สตน2.xlsx",
        "narathiwat-2569",
        "NWT02",
        "2026-05-22T04:00:00Z",
        {"volunteer_joined": 34, "committee_name": None, "appraisal_level": None},
    ),
)

EARLIER = (
    Sent(
        "2566-03-10/กต3 แผนปฏิบัติการ.xlsx",
        "diw-2566-plan",
        "DIW03",
        "2023-03-10T07:00:00Z",
        _FRESH_PLAN,
    ),
    Sent(
        "2566-03-31/กต1 รายงานรอบ 6 เดือน.xlsx",
        "diw-2566-progress",
        "DIW01",
        "2023-03-31T02:00:00Z",
        _six_months(60, 40, 30, 20, 20, 0, 0),
    ),
    Sent(
        "2566-03-31/กต2 รายงานรอบ 6 เดือน.xlsx",
        "diw-2566-progress",
        "DIW02",
        "2023-03-31T08:00:00Z",
        {**_six_months(50, 60, 25, 10, 10, 0, 0), **_activity(10, 80)},
    ),
)
