"""Kinds of findings about pictures and documents that come as evidence (MX-341 to MX-348)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

EVIDENCE_REFUSED = Kind(
    "MX-341",
    "warning",
    "“{found}” ไม่ได้เก็บไว้เป็นหลักฐาน: {why}",
    "“{found}” was not kept as evidence: {why}.",
    "ส่งรูปเป็น .jpg หรือ .png และเอกสารเป็น .pdf หรือ .docx แนบมากับแบบในอีเมลฉบับเดียวกัน "
    "ที่ใหญ่หรือมากเกินไปให้ย่อหรือส่งน้อยลง",
    "Send pictures as .jpg or .png and documents as .pdf or .docx, attached with the form; "
    "what is too large or too many, smaller or fewer.",
)
PICTURE_NOT_PRINTED = Kind(
    "MX-342",
    "warning",
    "รูป {name} เก็บไว้เป็นหลักฐานแล้ว แต่ไม่ได้พิมพ์ในภาคผนวกของรายงาน: {why}",
    "The picture {name} is kept as evidence, but not printed in the report's annex: {why}.",
    "ผู้ตรวจโปรดเปิดดูในโฟลเดอร์ evidence ของรอบ",
    "Reviewers, look at it in the round's folder evidence.",
)
ATTACHMENT_MISSING = Kind(
    "MX-343",
    "warning",
    "อ้างถึงไฟล์ “{found}” แต่ไม่มีไฟล์ชื่อนี้ส่งมาด้วย",
    "“{found}” is named, but no file of that name came with the form.",
    "แนบไฟล์นี้มากับแบบในอีเมลฉบับเดียวกัน หรือแก้ชื่อที่อ้างถึงให้ตรงกับไฟล์ที่ส่ง",
    "Attach it to the message that brings the form, or write its name as that of the file sent.",
)
SAME_PICTURE = Kind(
    "MX-344",
    "warning",
    "รูปเดียวกันใช้เป็นหลักฐานหลายแห่ง: {here} และ {others}",
    "The same picture is evidence in several places: {here}, and {others}.",
    "ผู้ตรวจโปรดดูว่ารูปนี้เป็นของที่ใด",
    "Reviewers, see where the picture belongs.",
)
ALIKE_PICTURE = Kind(
    "MX-345",
    "warning",
    "รูปที่ดูเหมือนกันใช้เป็นหลักฐานหลายแห่ง: {here} และ {others}",
    "Pictures that look alike are evidence in several places: {here}, and {others}.",
    "ผู้ตรวจโปรดเปิดดูทั้งสองรูปในโฟลเดอร์ evidence ของรอบ",
    "Reviewers, look at both pictures in the round's folder evidence.",
)
EVIDENCE_KEPT = Kind(
    "MX-346",
    "info",
    "เก็บไว้เป็นหลักฐานของ {unit}",
    "Kept as evidence of {unit}.",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
EVIDENCE_OF_NOBODY = Kind(
    "MX-347",
    "warning",
    "มากับแบบของหลายหน่วยงาน ({units}) จึงไม่รู้ว่าเป็นหลักฐานของหน่วยงานใด",
    "It came with forms of several units ({units}): nobody knows whose evidence it is.",
    "ส่งแบบของแต่ละหน่วยงานพร้อมหลักฐานในอีเมลคนละฉบับ ผู้ตรวจโปรดดูในไฟล์ที่ได้รับ",
    "Send each unit's form with its evidence in a message of its own; reviewers, look into the "
    "message that came.",
)
PICTURES_UNPRINTED = Kind(
    "MX-348",
    "warning",
    "เก็บรูป {count} รูปไว้เป็นหลักฐาน แต่ไม่ได้พิมพ์ เพราะเครื่องที่ตรวจยังไม่มี {library}",
    "{count} pictures are kept as evidence, but not printed: this machine lacks {library}.",
    "ในโฟลเดอร์ของโปรแกรมสั่ง pip install -e .[pictures] แล้วตรวจรอบนี้ใหม่",
    "Run pip install -e .[pictures] in the program's folder, and run the round again.",
)
