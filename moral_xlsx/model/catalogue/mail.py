"""Kinds of findings about mail and archives (MX-118 to MX-129 but MX-127, MX-435 to MX-437)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

_ATTACH = "แนบสมุดงาน (.xlsx) กับอีเมลโดยตรง แล้วส่งอีกครั้ง"
_ATTACH_EN = "Attach the workbook (.xlsx) to the message itself and send it again."

BROKEN_CONTAINER = Kind(
    "MX-118",
    "error",
    "เปิด{what}ไม่ได้: {why}",
    "The {what} cannot be opened: {why}.",
    _ATTACH,
    _ATTACH_EN,
)
EMPTY_CONTAINER = Kind(
    "MX-119",
    "error",
    "ไม่มีไฟล์แนบอยู่ใน{what}",
    "There is no file in the {what}.",
    "ถ้าตั้งใจส่งแบบ ให้แนบสมุดงาน (.xlsx) แล้วส่งอีกครั้ง ถ้าไม่ได้จะส่งแบบ ไม่ต้องทำอะไร",
    "If a form was meant to be sent, attach the workbook (.xlsx) and send it again; "
    "if none was, there is nothing to do.",
)
WINMAIL = Kind(
    "MX-120",
    "error",
    "ไฟล์แนบอยู่ใน winmail.dat ซึ่งเปิดได้เฉพาะใน Outlook",
    "The attachments are inside winmail.dat, which only Outlook can open.",
    "ใน Outlook เลือก จัดรูปแบบข้อความ > HTML หรือข้อความธรรมดา (ไม่ใช่ Rich Text) แล้วแนบไฟล์และส่งอีกครั้ง",
    "In Outlook choose Format Text > HTML or Plain Text (not Rich Text), "
    "attach the file and send it again.",
)
ENCRYPTED_CONTAINER = Kind(
    "MX-121",
    "error",
    "{what}ตั้งรหัสผ่านหรือเข้ารหัสไว้ จึงเปิดไม่ได้",
    "The {what} is protected by a password or encrypted and cannot be opened.",
    "ส่งอีกครั้งโดยไม่ตั้งรหัสผ่านและไม่เข้ารหัส",
    "Send it again without a password or encryption.",
)
BEYOND_LIMITS = Kind(
    "MX-122",
    "error",
    "ไม่ได้เปิดต่อ เพราะเกินขอบเขต: {what}",
    "Not opened, because it is beyond the limits: {what}.",
    "แนบเฉพาะสมุดงาน (.xlsx) กับอีเมลโดยตรง ไม่ซ้อนกันหลายชั้น แล้วส่งอีกครั้ง",
    "Attach only the workbook (.xlsx), not packed several times, and send it again.",
)
LIBRARY_MISSING = Kind(
    "MX-123",
    "error",
    "เปิดไฟล์ .msg ไม่ได้ เพราะเครื่องที่ตรวจยังไม่มี {library}",
    "The .msg file cannot be opened: {library} is not installed on this machine.",
    "ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[mail] แล้วตรวจใหม่ หรือบันทึกข้อความเป็น .eml",
    "Run pip install -e .[mail] in the program's folder and start again, "
    "or save the message as .eml.",
)
LINK_ONLY = Kind(
    "MX-124",
    "error",
    "มีแต่ลิงก์ไปยังไฟล์{where} ไม่มีตัวไฟล์",
    "There is only a link to the file{where}, not the file itself.",
    "แนบเป็นสำเนาของไฟล์ (ไม่ใช่ลิงก์ OneDrive หรือ Google Drive) แล้วส่งอีกครั้ง",
    "Attach a copy of the file (not a OneDrive or Google Drive link) and send it again.",
)
SYSTEM_FILE = Kind(
    "MX-125",
    "info",
    "ไฟล์ที่ระบบของเครื่องสร้างไว้เอง ไม่ใช่เอกสาร",
    "A file that the sender's system keeps for itself, not a document.",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
OTHER_ARCHIVE = Kind(
    "MX-126",
    "error",
    "ไฟล์บีบอัดชนิด {kind} ซึ่งโปรแกรมนี้ไม่เปิด",
    "An archive of kind {kind}, which this program does not open.",
    "แนบสมุดงาน (.xlsx) โดยตรงหรือบีบอัดเป็น .zip แล้วส่งอีกครั้ง",
    "Attach the workbook (.xlsx) itself or pack it as .zip, and send it again.",
)
PARTIAL_MESSAGE = Kind(
    "MX-128",
    "error",
    "โปรแกรมอีเมลของผู้ส่งตัดข้อความเป็นหลายส่วน ฉบับนี้คือส่วนที่ {number} จาก {total} จึงไม่มีไฟล์ที่ครบ",
    "The sender's mail program cut the message up; this is piece {number} of {total}, "
    "and holds no whole file.",
    "ปิดการแบ่งข้อความในโปรแกรมอีเมล (เช่น “Break apart messages larger than …”) แล้วแนบไฟล์และส่งอีกครั้ง",
    "Turn off the splitting of messages in the mail program "
    "(such as “Break apart messages larger than …”), attach the file and send it again.",
)
UNPACKED_WORKBOOK = Kind(
    "MX-129",
    "error",
    "ในไฟล์บีบอัดเป็นชิ้นส่วนข้างในของสมุดงานที่ถูกแตกออก ({found}) ไม่ใช่ตัวสมุดงาน",
    "The archive holds the inner parts of a workbook that was unpacked ({found}), "
    "not the workbook itself.",
    "แนบไฟล์ .xlsx ที่บันทึกจาก Excel โดยตรง ไม่ต้องแตกหรือบีบอัด แล้วส่งอีกครั้ง",
    "Attach the .xlsx as Excel saved it, neither unpacked nor packed, and send it again.",
)
CONTAINER_OPENED = Kind(
    "MX-435",
    "info",
    "เปิดแล้วพบไฟล์ {count} ไฟล์",
    "It was opened; {count} files stood in it.",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
EVIDENCE = Kind(
    "MX-436",
    "info",
    "ไม่ใช่แบบฟอร์ม ถือเป็นหลักฐานหรือไฟล์ประกอบ",
    "It is no form; it is taken for evidence.",
    "ไม่ต้องแก้ไข ถ้าเป็นแบบฟอร์มให้บันทึกเป็น .xlsx แล้วส่งใหม่",
    "Nothing to do; if it is meant to be a form, save it as .xlsx and send it again.",
)
AUTOMATIC_MAIL = Kind(
    "MX-437",
    "warning",
    "มากับจดหมายอัตโนมัติ ({sender}) จึงไม่นำมาตรวจ",
    "It came with automatic mail ({sender}) and is not judged.",
    "ถ้าเป็นไฟล์ที่หน่วยงานส่งจริง ให้บันทึกไฟล์แนบลงในกล่องขาเข้าแล้วตรวจรอบนี้ใหม่",
    "If a unit did send it, save the attachment into the inbox and run the round again.",
)
