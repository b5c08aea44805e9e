"""Kinds of findings about a file and its stamps (MX-101 to MX-117, MX-127, MX-130)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

_RESEND = "เปิดไฟล์ในโปรแกรมที่ใช้กรอก บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง"
_RESEND_EN = "Open the file in the program you filled it with, save it as .xlsx, send it again."
_BLANK = "กรอกลงในแบบฟอร์ม (.xlsx) ที่กลุ่มงานจริยธรรมออกให้ ถ้าไม่มีให้ขอจากกลุ่มงาน แล้วส่งเป็นไฟล์แนบ"
_BLANK_EN = (
    "Fill in the form (.xlsx) that the ethics group made; ask for it if you have none, "
    "and attach it."
)

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
    "โปรแกรมขัดข้องเองขณะตรวจไฟล์นี้ จึงยังไม่มีผล ไม่ใช่ความผิดของไฟล์หรือผู้ส่ง",
    "The program itself failed while checking this file, which so far has no result; "
    "neither the file nor its sender is to blame.",
    "ไม่ต้องขอไฟล์ใหม่ เก็บไฟล์นี้ไว้ ส่ง faults.txt ในโฟลเดอร์ของรอบให้ผู้ดูแลโปรแกรม แล้วตรวจรอบนี้ใหม่เมื่อแก้แล้ว",
    "Do not ask for it again: keep it, send the round's faults.txt to the maintainers, "
    "and run the round again when the program is mended.",
)
UNOPENABLE = Kind(
    "MX-117",
    "error",
    "เปิดไฟล์นี้บนเครื่องที่ตรวจไม่ได้ ({what})",
    "The file cannot be opened on this machine ({what}).",
    "ไม่ต้องขอไฟล์ใหม่จากผู้ส่ง ตรวจว่าไฟล์ยังอยู่และมีสิทธิ์อ่าน แล้วสั่งตรวจใหม่",
    "The sender has nothing to do: see that the file is there and may be read, then run again.",
)
TOO_MUCH_MEMORY = Kind(
    "MX-130",
    "error",
    "การเปิดไฟล์นี้ต้องใช้หน่วยความจำเกินขอบเขต ({what}) จึงไม่ได้เปิดต่อ",
    "Opening this file takes more memory than it may ({what}); it was not opened further.",
    "ลบรูป แผ่นงาน และแถวหรือคอลัมน์ที่ไม่เกี่ยวข้อง บันทึกเป็น .xlsx แล้วส่งอีกครั้ง",
    "Remove pictures, sheets, rows and columns that are not the form's, save as .xlsx, "
    "send it again.",
)
CELLS_UNREAD = Kind(
    "MX-127",
    "error",
    "ไฟล์ .xlsb นี้มีเซลล์ที่โปรแกรมอ่านไม่ได้ คำตอบบางช่องจะหายไปโดยไม่รู้",
    "This .xlsb holds cells that cannot be read: some answers would be lost unseen.",
    "เปิดไฟล์ใน Excel หรือ LibreOffice บันทึกเป็น .xlsx แล้วส่งอีกครั้ง",
    "Open the file in Excel or LibreOffice, save it as .xlsx and send it again.",
)
