"""Kinds of findings about the ledger (MX-430 to MX-434)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

LEDGER_NEWER = Kind(
    "MX-430",
    "error",
    "สมุดทะเบียน {ledger} เขียนโดยโปรแกรมรุ่นใหม่กว่า (โครงสร้างรุ่น {found} แต่โปรแกรมนี้รู้จักถึงรุ่น {known})",
    "The ledger {ledger} was written by a newer program (its structure is version {found}, "
    "this program knows up to {known}).",
    "ไฟล์ไม่ถูกแก้ไข ติดตั้งโปรแกรมรุ่นใหม่แล้วสั่งอีกครั้ง",
    "The file was not changed. Install the newer program and run again.",
)
LEDGER_UNUSABLE = Kind(
    "MX-431",
    "error",
    "ใช้ไฟล์ {ledger} เป็นสมุดทะเบียนไม่ได้: {reason}",
    "The file {ledger} cannot serve as the ledger: {reason}.",
    "โปรแกรมไม่ได้เขียนทับไฟล์นี้ ตรวจโฟลเดอร์ สิทธิ์เขียน และที่ว่าง ถ้าไฟล์เสียหายให้นำไฟล์สำรองมาแทน",
    "It was not overwritten. Check the folder, your rights and the space left; "
    "if the file is damaged, put a backup in its place.",
)
LEDGER_BUSY = Kind(
    "MX-432",
    "error",
    "โปรแกรมอื่นกำลังเขียนสมุดทะเบียน {ledger}",
    "Another program is writing the ledger {ledger}.",
    "รอให้เสร็จแล้วสั่งใหม่ สมุดทะเบียนยังเป็นอย่างเดิม",
    "Wait until it ends and run again; the ledger is as it was.",
)
LEDGER_ON_SHARE = Kind(
    "MX-433",
    "warning",
    "สมุดทะเบียน {ledger} อยู่บนไดรฟ์เครือข่าย ถ้าสองเครื่องเขียนพร้อมกันไฟล์อาจเสียหาย",
    "The ledger {ledger} lies on a network share; two machines that write may damage it.",
    "เก็บโฟลเดอร์ผลลัพธ์ไว้ในเครื่อง หรือให้สั่งงานจากเครื่องเดียวและสำรองไฟล์ไว้",
    "Keep the output folder on this machine, or run from one machine only and keep backups.",
)
ROUND_UNKNOWN = Kind(
    "MX-434",
    "error",
    "สมุดทะเบียนไม่มีรอบ {round} รอบที่มี: {known}",
    "The ledger holds no round {round}. It holds: {known}.",
    "ใช้ชื่อรอบที่มี หรือสั่ง moral-xlsx batch ของรอบนั้นก่อน",
    "Name a round that it holds, or run moral-xlsx batch for that round first.",
)
