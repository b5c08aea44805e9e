"""Kinds of findings that an experienced reviewer looks for (MX-3xx)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

IMPOSSIBLE = Kind(
    "MX-301", "error", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
AFTER_SIGNATURE = Kind(
    "MX-302", "warning", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
OUTSIDE_FISCAL_YEAR = Kind(
    "MX-303", "warning", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
LISTS_DISAGREE = Kind(
    "MX-304", "warning", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
CLAIMS_DISAGREE = Kind(
    "MX-305", "warning", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
FACT_INCOMPLETE = Kind(
    "MX-306", "warning", "{message}", "{message}", "{remedy}", "{remedy}", of_definitions=True
)
CLAIM_DIFFERS = Kind(
    "MX-310",
    "warning",
    "ข้อ {number}: หน่วยงานเสนอ {claimed} คะแนน แต่คำนวณได้ {computed} คะแนน{why}",
    "Criterion {number}: the unit claims {claimed}, but {computed} is computed{why}.",
    "เพิ่มข้อเท็จจริงที่ขาด หรือแก้คะแนนที่เสนอ",
    "Add the missing facts or correct the claim.",
)
NO_EVIDENCE = Kind(
    "MX-311",
    "error",
    "ข้อ {number}: เสนอ {claimed} คะแนนแต่ไม่ได้กรอกหลักฐาน",
    "Criterion {number}: {claimed} points are claimed without evidence.",
    "กรอกหลักฐานของข้อนี้ในแผ่นหลักฐาน",
    "Fill in this criterion's evidence on the evidence sheet.",
)
FITS_NO_RUNG = Kind(
    "MX-312",
    "warning",
    "ข้อ {number}: ข้อเท็จจริงไม่ตรงกับขั้นใดของเกณฑ์ที่พิมพ์ไว้ จึงได้ ๐ คะแนน",
    "Criterion {number}: the facts fit no printed rung, so the score is 0.",
    "ผู้ตรวจโปรดพิจารณา",
    "For the reviewers.",
)
LOWER_LEVEL_MISSED = Kind(
    "MX-313",
    "warning",
    "ได้ระดับที่ {level} ตามเกณฑ์ของระดับนั้น แต่ไม่ผ่านเกณฑ์ระดับที่ {missing}",
    "Level {level} is met by its own rule, but the rule of level {missing} is not.",
    "เกณฑ์ที่พิมพ์ไว้ไม่ได้บอกว่าต้องผ่านระดับล่างก่อน ผู้ตรวจโปรดพิจารณา",
    "The printed rules do not say whether lower levels come first: for the reviewers.",
)
ROW_REPEATED = Kind(
    "MX-314",
    "warning",
    "“{label}” แถวที่ {row} ซ้ำกับแถวที่ {first} จึงนับเป็นหนึ่ง",
    "“{label}”, row {row} repeats row {first}: they count once.",
    "ลบแถวที่ซ้ำ หรือแก้ให้ต่างกัน",
    "Delete the repeated row or correct it.",
)
MET_SO_FAR = Kind(
    "MX-320",
    "info",
    "{item}: ผ่าน {caveat}",
    "{item}: reached; {caveat}",
    "ไม่ต้องแก้ไข ผู้ตรวจใช้ประกอบการพิจารณา",
    "Nothing to mend; for the reviewers.",
)
DATE_EXTENDED = Kind(
    "MX-321",
    "info",
    "หน่วยงานได้ขยายกำหนดส่ง {due} เป็น {until} คะแนนคิดตามวันที่ขยาย",
    "The unit's due date {due} was extended to {until}; the scores count the extended date.",
    "ไม่ต้องแก้ไข",
    "Nothing to mend.",
)
WAIVED = Kind(
    "MX-322",
    "info",
    "{item} ไม่เกี่ยวข้องกับหน่วยงานนี้ตามทะเบียนหน่วยงาน จึงไม่มีคะแนนและไม่นับในผลรวม (เหตุผล: {reason})",
    "By the registry, {item} does not apply to this unit; it has no score and counts in no sum "
    "(reason: {reason}).",
    "ไม่ต้องแก้ไข",
    "Nothing to mend.",
)
ANSWERED_ALL_THE_SAME = Kind(
    "MX-323",
    "warning",
    "ตอบ {item} ไว้ ทั้งที่ไม่เกี่ยวข้องกับหน่วยงานนี้ ({reason})",
    "{item} is answered although it does not apply to this unit ({reason}).",
    "ลบคำตอบนี้ หรือแก้คำตอบที่กำหนดว่าข้อนี้เกี่ยวข้องหรือไม่",
    "Clear this answer, or correct the answer that decides whether it applies.",
)
NEARLY_THE_SAME = Kind(
    "MX-324",
    "warning",
    "“{label}”: “{found}” กับ “{other}” ({place}) เกือบเหมือนกัน นับเป็นคนละอย่าง",
    "“{label}”: “{found}” and “{other}” ({place}) are nearly the same; they count as two.",
    "ถ้าเป็นสิ่งเดียวกันให้พิมพ์คำเดียวกัน ผู้ตรวจโปรดพิจารณา",
    "If they are the same, type the same word; reviewers, decide.",
)
EVIDENCE_NAMES_NOTHING = Kind(
    "MX-325",
    "warning",
    "หลักฐานของข้อ {numbers} บอกเพียงว่า “{found}” ไม่ได้บอกว่าคืออะไร",
    "The evidence of criteria {numbers} says only “{found}”, not what it is.",
    "ระบุชื่อหลักฐาน เช่น เลขที่คำสั่งหรือชื่อไฟล์ที่แนบ ผู้ตรวจโปรดดูว่ามีหลักฐานจริง",
    "Name it, such as an order's number or an enclosed file; reviewers, see that it is there.",
)
