"""Findings about messages, mailboxes and archives (1xx), in Thai and English."""

from __future__ import annotations

from moral_xlsx.model.findings import Entry

_ATTACH = "แนบสมุดงาน (.xlsx) กับอีเมลโดยตรง แล้วส่งอีกครั้ง"
_ATTACH_EN = "Attach the workbook (.xlsx) to the message itself and send it again."

POST_ENTRIES: tuple[Entry, ...] = (
    Entry(
        "MX-118",
        "error",
        "เปิด{what}ไม่ได้: {why}",
        "The {what} cannot be opened: {why}.",
        _ATTACH,
        _ATTACH_EN,
    ),
    Entry(
        "MX-119",
        "warning",
        "ไม่มีไฟล์อยู่ใน{what}",
        "There is no file in the {what}.",
        "ถ้าผู้ส่งตั้งใจส่งแบบประเมิน ให้แนบสมุดงานแล้วส่งอีกครั้ง",
        "If a form was meant to be sent, attach the workbook and send it again.",
    ),
    Entry(
        "MX-120",
        "error",
        "ไฟล์แนบอยู่ใน winmail.dat ซึ่งเปิดได้เฉพาะใน Outlook",
        "The attachments are inside winmail.dat, which only Outlook can open.",
        "ใน Outlook เลือก จัดรูปแบบข้อความ > HTML หรือข้อความธรรมดา (ไม่ใช่ Rich Text) แล้วแนบไฟล์และส่งอีกครั้ง",
        "In Outlook choose Format Text > HTML or Plain Text (not Rich Text), "
        "attach the file and send it again.",
    ),
    Entry(
        "MX-121",
        "error",
        "{what}ตั้งรหัสผ่านหรือเข้ารหัสไว้ จึงเปิดไม่ได้",
        "The {what} is protected by a password or encrypted and cannot be opened.",
        "ส่งอีกครั้งโดยไม่ตั้งรหัสผ่านและไม่เข้ารหัส",
        "Send it again without a password or encryption.",
    ),
    Entry(
        "MX-122",
        "error",
        "ไม่ได้เปิดต่อ เพราะเกินขอบเขต: {what}",
        "Not opened, because it is beyond the limits: {what}.",
        "แนบเฉพาะสมุดงาน (.xlsx) กับอีเมลโดยตรง ไม่ซ้อนกันหลายชั้น แล้วส่งอีกครั้ง",
        "Attach only the workbook (.xlsx), not packed several times, and send it again.",
    ),
    Entry(
        "MX-123",
        "error",
        "เปิดไฟล์ .msg ไม่ได้ เพราะเครื่องที่ตรวจยังไม่มี {library}",
        "The .msg file cannot be opened: {library} is not installed on this machine.",
        "ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[mail] แล้วตรวจใหม่ หรือบันทึกข้อความเป็น .eml",
        "Run pip install -e .[mail] in the program's folder and start again, "
        "or save the message as .eml.",
    ),
    Entry(
        "MX-124",
        "error",
        "มีแต่ลิงก์ไปยังไฟล์ ไม่มีตัวไฟล์",
        "There is only a link to the file, not the file itself.",
        "แนบเป็นสำเนาของไฟล์ (ไม่ใช่ลิงก์ OneDrive หรือ Google Drive) แล้วส่งอีกครั้ง",
        "Attach a copy of the file (not a OneDrive or Google Drive link) and send it again.",
    ),
    Entry(
        "MX-125",
        "info",
        "ไฟล์ที่ระบบของเครื่องสร้างไว้เอง ไม่ใช่เอกสาร",
        "A file that the sender's system keeps for itself, not a document.",
        "ไม่ต้องแก้ไข",
        "Nothing to do.",
    ),
    Entry(
        "MX-126",
        "error",
        "ไฟล์บีบอัดชนิด {kind} ซึ่งโปรแกรมนี้ไม่เปิด",
        "An archive of kind {kind}, which this program does not open.",
        "แนบสมุดงาน (.xlsx) โดยตรงหรือบีบอัดเป็น .zip แล้วส่งอีกครั้ง",
        "Attach the workbook (.xlsx) itself or pack it as .zip, and send it again.",
    ),
)
