"""Kinds of findings about a round and the unit registry (MX-401 to MX-416)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

UNIT_UNKNOWN = Kind(
    "MX-401",
    "warning",
    "รหัสหน่วยงาน “{found}” ไม่อยู่ในทะเบียนหน่วยงาน{alike}",
    "Unit code “{found}” is not in the unit registry{alike}.",
    "ตรวจรหัสหน่วยงาน หรือเพิ่มในทะเบียน",
    "Check the code or add it to the registry.",
)
REGISTRY_DIFFERS = Kind(
    "MX-402",
    "warning",
    "“{label}” ในแบบคือ {found} แต่ทะเบียนหน่วยงานมี {expected}",
    "“{label}” is {found} in the form, but {expected} in the unit registry.",
    "ตรวจว่าตัวเลขใดถูกต้อง",
    "See which of the two is right.",
)
SUPERSEDED = Kind(
    "MX-403",
    "info",
    "ไฟล์นี้ถูกแทนด้วยไฟล์ที่ใหม่กว่าของหน่วยงานเดียวกัน ({found})",
    "This file is replaced by a newer one of the same unit ({found}).",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
CONFLICT = Kind(
    "MX-404",
    "warning",
    "หน่วยงานนี้ส่งมาหลายไฟล์ที่ต่างกันและบอกไม่ได้ว่าไฟล์ใดใหม่กว่า ({found})",
    "The unit sent several different files and none is known to be the newest ({found}).",
    "ผู้ส่งโปรดแจ้งว่าใช้ไฟล์ใด; ผู้ตรวจโปรดถามหน่วยงาน",
    "Sender: tell which one counts; reviewers: ask the unit.",
)
DUPLICATE = Kind(
    "MX-405",
    "info",
    "ไฟล์นี้เหมือนกับ “{found}” ทุกไบต์ จึงนับครั้งเดียว",
    "This file is the same as “{found}”, byte for byte, and counts once.",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
NOTHING_CAME = Kind(
    "MX-406",
    "warning",
    "รอบนี้ยังไม่มีไฟล์จากหน่วยงานนี้{earlier}",
    "Nothing has come from this unit in this round{earlier}.",
    "ติดตามหน่วยงาน",
    "Remind the unit.",
)
PLAN_NOT_REPORTED = Kind(
    "MX-407",
    "warning",
    "รายงานไม่มีกิจกรรมที่อยู่ในแผน: กิจกรรมที่ {activities}",
    "Activities of the plan are not in the report: {activities}.",
    "เพิ่มกิจกรรมเหล่านี้ในรายงาน แม้ยังไม่ได้ดำเนินการ",
    "Add them to the report, even when nothing has been done yet.",
)
NOT_IN_PLAN = Kind(
    "MX-408",
    "warning",
    "กิจกรรมที่ {number} “{title}” ในรายงานไม่มีในแผน",
    "Activity {number} of the report, “{title}”, is not in the plan.",
    "ตรวจลำดับที่ของกิจกรรม หรือปรับแผนแล้วส่งแผนใหม่",
    "Check its number, or change the plan and send it again.",
)
PLAN_DIFFERS = Kind(
    "MX-409",
    "warning",
    "กิจกรรมที่ {number}: “{label}” ในรายงานคือ “{found}” แต่ในแผนคือ “{expected}”",
    "Activity {number}: “{label}” is “{found}” in the report, but “{expected}” in the plan.",
    "ใช้ข้อความเดียวกับแผน หรือตรวจลำดับที่ของกิจกรรม",
    "Write it as in the plan, or check the activity's number.",
)
PROGRESS_FELL = Kind(
    "MX-410",
    "warning",
    "กิจกรรมที่ {number}: ความก้าวหน้าลดจากร้อยละ {before} (รอบ {round}) เหลือร้อยละ {now}",
    "Activity {number}: progress fell from {before} per cent (round {round}) to {now}.",
    "ตรวจตัวเลข ถ้าถูกต้องให้บอกเหตุผลในรายงาน",
    "Check the number; if it is right, give the reason in the report.",
)
FORMS_DISAGREE = Kind(
    "MX-411",
    "warning",
    "“{label}”: {form} ระบุ {found} แต่ {other} ระบุ {expected}",
    "“{label}”: {form} says {found}, but {other} says {expected}.",
    "ตรวจว่าแบบใดถูกต้อง แล้วแก้อีกแบบให้ตรงกัน",
    "See which form is right and correct the other one.",
)
STRANGE_SENDER = Kind(
    "MX-412",
    "warning",
    "ไฟล์มาจากหรือขอให้ตอบไปที่ {sender} ซึ่งไม่ใช่อีเมลของหน่วยงานในทะเบียน",
    "The file came from {sender}, or asks for an answer there: not the unit's mail domain.",
    "ผู้ตรวจโปรดยืนยันกับหน่วยงานว่าส่งไฟล์นี้จริง",
    "Ask the unit whether it sent this file.",
)
WHOSE_FILE = Kind(
    "MX-413",
    "warning",
    "ไม่แน่ว่าไฟล์นี้เป็นของหน่วยงานใด จึงยังไม่นับให้หน่วยงานใด: {found}",
    "It is not known whose file this is, so it counts for no unit yet: {found}.",
    "ผู้ส่งโปรดใส่รหัสของหน่วยงานให้ถูกต้องแล้วส่งใหม่; ผู้ตรวจโปรดถามผู้ส่งว่าเป็นของหน่วยงานใด",
    "Sender: type the right unit code and send it again; reviewers: ask the sender whose it is.",
)
OWNER_DECIDED = Kind(
    "MX-414",
    "info",
    "กลุ่มงานจริยธรรมตัดสินว่าไฟล์นี้เป็นของหน่วยงาน {unit} (เหตุผล: {reason})",
    "The ethics group decided that this file is of the unit {unit} (reason: {reason}).",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
EXCLUDED = Kind(
    "MX-415",
    "info",
    "กลุ่มงานจริยธรรมตัดสินไม่ใช้ไฟล์นี้เป็นผลของหน่วยงาน (เหตุผล: {reason})",
    "The ethics group decided that this file does not count (reason: {reason}).",
    "ถ้าไม่ตรงกับที่ตั้งใจส่ง โปรดแจ้งกลุ่มงานจริยธรรม",
    "If it should count, tell the ethics group.",
)
OTHER_CHOSEN = Kind(
    "MX-416",
    "info",
    "กลุ่มงานจริยธรรมตัดสินให้ใช้ไฟล์ “{found}” แทนไฟล์นี้ (เหตุผล: {reason})",
    "The ethics group decided that “{found}” counts instead of this file (reason: {reason}).",
    "ถ้าไม่ตรงกับที่ตั้งใจส่ง โปรดแจ้งกลุ่มงานจริยธรรม",
    "If this one should count, tell the ethics group.",
)
