"""Kinds of findings about a file and its stamps (MX-101 to MX-117)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

_RESEND = "เปิดไฟล์ในโปรแกรมที่ใช้กรอก บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง"
_RESEND_EN = "Open the file in the program you filled it with, save it as .xlsx, send it again."
_BLANK = "ขอแบบฟอร์มเปล่าจากกลุ่มงานจริยธรรมแล้วกรอกใหม่"
_BLANK_EN = "Ask the ethics group for a blank form and fill it in again."

EMPTY_FILE = Kind(
    "MX-101", "error", "ไฟล์ว่างเปล่า (๐ ไบต์)", "The file is empty (0 bytes).", _RESEND, _RESEND_EN
)
NOT_A_WORKBOOK = Kind(
    "MX-102",
    "error",
    "ไม่ใช่สมุดงาน Excel: เนื้อไฟล์เป็น{kind}",
    "Not an Excel workbook: the content is {kind}.",
    _BLANK,
    _BLANK_EN,
)
PASSWORD_PROTECTED = Kind(
    "MX-103",
    "error",
    "ไฟล์ตั้งรหัสผ่านไว้ จึงเปิดอ่านไม่ได้",
    "The file is protected by a password and cannot be read.",
    "บันทึกใหม่โดยไม่ตั้งรหัสผ่าน (ไฟล์ > ข้อมูล > ป้องกันสมุดงาน) แล้วส่งอีกครั้ง",
    "Save it without a password (File > Info > Protect Workbook) and send it again.",
)
TOO_LARGE = Kind(
    "MX-104",
    "error",
    "ไฟล์ใหญ่หรือบีบอัดผิดปกติ: {what}",
    "The file is too large or abnormally compressed: {what}.",
    "ลบรูปหรือแผ่นงานที่ไม่เกี่ยวข้อง แนบหลักฐานเป็นไฟล์แยก แล้วส่งอีกครั้ง",
    "Remove unrelated pictures or sheets, attach evidence separately, send it again.",
)
FAR_CELL = Kind(
    "MX-105",
    "error",
    "มีข้อมูลอยู่ไกลเกินขอบเขตของแบบฟอร์ม ที่เซลล์ {found}",
    "There is content far outside the form, at cell {found}.",
    "ลบข้อมูลในเซลล์นั้น (และแถวหรือคอลัมน์ว่างที่จัดรูปแบบไว้) แล้วบันทึกและส่งใหม่",
    "Delete that cell's content, save and send the file again.",
)
FORBIDDEN_PART = Kind(
    "MX-106",
    "error",
    "โครงสร้างภายในไฟล์มีส่วนต้องห้าม ({what})",
    "The file's inner structure holds something forbidden ({what}).",
    _RESEND,
    _RESEND_EN,
)
DAMAGED = Kind(
    "MX-107",
    "error",
    "ไฟล์เสียหาย เปิดอ่านไม่ได้ ({what})",
    "The file is damaged and cannot be read ({what}).",
    _RESEND,
    _RESEND_EN,
)
NOT_A_FORM = Kind(
    "MX-108",
    "error",
    "ไม่ใช่แบบฟอร์มของกลุ่มงานจริยธรรม: ไม่พบรหัสแบบฟอร์มในไฟล์",
    "Not a form of the ethics group: the file holds no form id.",
    _BLANK,
    _BLANK_EN,
)
UNKNOWN_FORM = Kind(
    "MX-109",
    "error",
    "ไม่รู้จักรหัสแบบฟอร์ม “{found}”",
    "Unknown form id “{found}”.",
    _BLANK,
    _BLANK_EN,
)
OTHER_VERSION = Kind(
    "MX-110",
    "error",
    "แบบฟอร์มรุ่น {found} แต่รุ่นที่ใช้อยู่คือ {expected}",
    "The form's version is {found}, but {expected} is in use.",
    _BLANK,
    _BLANK_EN,
)
READER_DIED = Kind(
    "MX-111",
    "error",
    "โปรแกรมอ่านไฟล์หยุดทำงานขณะเปิดไฟล์นี้",
    "The reading process died while it had this file open.",
    _RESEND,
    _RESEND_EN,
)
READER_TOO_SLOW = Kind(
    "MX-112",
    "error",
    "อ่านไฟล์นี้ไม่เสร็จภายใน {seconds} วินาที",
    "The file could not be read within {seconds} seconds.",
    _RESEND,
    _RESEND_EN,
)
NO_UNIT_CODE = Kind(
    "MX-113",
    "error",
    "ไม่มีรหัสหน่วยงานในไฟล์",
    "The file holds no unit code.",
    "กรอกรหัสหน่วยงานในแผ่นแรก หรือใช้ไฟล์ที่กลุ่มงานจริยธรรมออกให้หน่วยงาน",
    "Type the unit code on the first sheet, or use the file made for your unit.",
)
OTHER_FORMAT = Kind(
    "MX-114",
    "warning",
    "ไฟล์ชนิด {kind}: บอกไม่ได้ว่าคำตอบใดเป็นสูตร และผลตรวจเขียนลงในแบบฟอร์มใหม่",
    "A {kind} file: formulas cannot be told from answers, and a fresh form holds the result.",
    "ครั้งต่อไปบันทึกเป็น .xlsx",
    "Save as .xlsx next time.",
)
WRITTEN_AFRESH = Kind(
    "MX-115",
    "warning",
    "เขียนผลลงในไฟล์เดิมไม่ได้ ({what}) จึงเขียนลงในแบบฟอร์มใหม่ที่มีคำตอบเดียวกัน",
    "The result could not be written into the original file ({what}); "
    "a fresh form with the same answers carries it.",
    "อย่าแก้ไขช่องของกลุ่มงานจริยธรรม",
    "Leave the ethics group's cells as they are.",
)
PROGRAM_FAULT = Kind(
    "MX-116",
    "error",
    "โปรแกรมขัดข้องขณะตรวจไฟล์นี้ ({what})",
    "The program failed while checking this file ({what}).",
    "เก็บไฟล์นี้ไว้และแจ้งผู้ดูแลโปรแกรม",
    "Keep this file and tell the maintainers.",
)
UNOPENABLE = Kind(
    "MX-117",
    "error",
    "เปิดไฟล์นี้บนเครื่องที่ตรวจไม่ได้ ({what})",
    "The file cannot be opened on this machine ({what}).",
    "ตรวจว่าไฟล์ยังอยู่และมีสิทธิ์อ่าน แล้วสั่งตรวจใหม่",
    "See that the file is there and may be read, then run again.",
)
