"""Kinds of findings about what people decided, on the desk or by command (MX-450 to MX-469)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

_AGAIN = "แก้ในแถวนี้แล้วสั่ง batch อีกครั้ง"
_AGAIN_EN = "Mend the row and run the round again."

REASON_MISSING = Kind(
    "MX-450",
    "error",
    "คำตัดสินนี้ไม่มีเหตุผล",
    "The decision has no reason.",
    "พิมพ์เหตุผล แล้วสั่ง batch อีกครั้ง",
    "Type the reason and run the round again.",
)
REVIEWER_MISSING = Kind(
    "MX-451",
    "error",
    "คำตัดสินนี้ไม่มีชื่อผู้ตัดสิน",
    "The decision has no reviewer's name.",
    "พิมพ์ชื่อผู้ตัดสิน แล้วสั่ง batch อีกครั้ง",
    "Type the reviewer's name and run the round again.",
)
DECISION_UNCLEAR = Kind(
    "MX-452",
    "error",
    "อ่านคำตัดสิน “{found}” ไม่ได้ ต้องเป็น {expected}",
    "The decision “{found}” cannot be read; it has to be {expected}.",
    _AGAIN,
    _AGAIN_EN,
)
VALUE_MISSING = Kind(
    "MX-453",
    "error",
    "มีเหตุผล หมายเหตุ หรือชื่อผู้ตัดสิน แต่ยังไม่ได้ตัดสิน",
    "There is a reason, a note or a name, but no decision.",
    "เลือกคำตัดสิน หรือลบทั้งแถวเพื่อถอนคำตัดสิน",
    "Decide, or clear the row to withdraw.",
)
DECISION_ON_UNKNOWN = Kind(
    "MX-454",
    "error",
    "ไม่มี{what} “{found}” ในรอบนี้",
    "There is no {what} “{found}” in this round.",
    _AGAIN,
    _AGAIN_EN,
)
NOTHING_TO_JUDGE = Kind(
    "MX-455",
    "error",
    "ยังไม่มีไฟล์ของหน่วยงาน {unit} ที่ใช้เป็นผลของแบบ {form} จึงตัดสินยังไม่ได้",
    "No file of the unit {unit} counts for the form {form} yet; there is nothing to decide on.",
    "ตัดสินในแผ่นไฟล์ก่อนว่าใช้ไฟล์ใด แล้วสั่ง batch อีกครั้ง",
    "First decide which file counts, and run the round again.",
)
OWNER_NEEDED = Kind(
    "MX-456",
    "error",
    "ยังไม่รู้ว่าไฟล์นี้เป็นของหน่วยงานใด จึงใช้เป็นผลไม่ได้",
    "Nobody knows whose file this is; it cannot count.",
    "พิมพ์รหัสหน่วยงานในแถวเดียวกัน แล้วสั่ง batch อีกครั้ง",
    "Type the unit's code in the same row and run the round again.",
)
DECIDED_SINCE = Kind(
    "MX-457",
    "error",
    "มีคำตัดสินใหม่กว่าในเรื่องนี้ ({found}) หลังจากเขียนโต๊ะงานนี้",
    "There is a newer decision on this ({found}), taken after this desk was written.",
    "ดูคำตัดสินล่าสุดในแถวนี้ ถ้ายังต้องการเปลี่ยนให้พิมพ์ใหม่ แล้วสั่ง batch อีกครั้ง",
    "See the newest decision in the row; to change it, type again and run the round again.",
)
ROW_UNKNOWN = Kind(
    "MX-458",
    "error",
    "แถวนี้ไม่บอกว่าเป็นเรื่องใด",
    "This row does not say what it is about.",
    "พิมพ์ในแถวที่โปรแกรมเขียนไว้ แล้วสั่ง batch อีกครั้ง",
    "Type in the row that the program wrote and run the round again.",
)
ROW_TWICE = Kind(
    "MX-459",
    "error",
    "มีหลายแถวของเรื่องเดียวกัน: {found}",
    "Several rows are about one thing: {found}.",
    "ลบให้เหลือแถวเดียว แล้วสั่ง batch อีกครั้ง",
    "Leave one of them and run the round again.",
)
DESK_OPEN = Kind(
    "MX-460",
    "error",
    "โต๊ะงาน {desk} เปิดอยู่ในโปรแกรมอื่น",
    "The desk {desk} is open in another program.",
    "บันทึกแล้วปิดไฟล์นี้ แล้วสั่ง batch อีกครั้ง (ถ้าไม่ได้เปิดอยู่ ลบไฟล์ {lock})",
    "Save and close it, then run the round again (if it is not open, delete {lock}).",
)
DESK_UNREADABLE = Kind(
    "MX-461",
    "error",
    "อ่านโต๊ะงาน {desk} ไม่ได้: {reason}",
    "The desk {desk} cannot be read: {reason}.",
    "ยังไม่มีสิ่งใดถูกเขียน ย้ายไฟล์นี้ออก แล้วสั่ง batch อีกครั้งเพื่อให้เขียนใหม่",
    "Nothing was written. Move the file away and run the round again to have a new one.",
)
DESK_OF_ANOTHER_ROUND = Kind(
    "MX-462",
    "error",
    "โต๊ะงาน {desk} เป็นของรอบ {found} ไม่ใช่รอบ {expected}",
    "The desk {desk} is of the round {found}, not of {expected}.",
    "ยังไม่มีสิ่งใดถูกเขียน วางโต๊ะงานของรอบนี้แทน หรือย้ายไฟล์ออก แล้วสั่ง batch อีกครั้ง",
    "Nothing was written. Put this round's desk there or move the file away, and run again.",
)
DESK_OLDER = Kind(
    "MX-463",
    "error",
    "โต๊ะงาน {desk} เก่ากว่าที่รับไปแล้ว",
    "The desk {desk} is older than the one that was taken in last.",
    "ยังไม่มีสิ่งใดถูกเขียน ย้ายไฟล์นี้ออก สั่ง batch อีกครั้ง แล้วพิมพ์ในโต๊ะงานใหม่",
    "Nothing was written. Move the file away, run the round again, and type in the new desk.",
)
