"""Kinds of findings about answers as they are read and understood (MX-2xx)."""

from __future__ import annotations

from moral_xlsx.model.findings import Kind

_BLANK = "ขอแบบฟอร์มเปล่าจากกลุ่มงานจริยธรรมแล้วกรอกใหม่"
_BLANK_EN = "Ask the ethics group for a blank form and fill it in again."

CELL_MISSING = Kind(
    "MX-201",
    "error",
    "ไม่พบช่องคำตอบ “{label}” ในไฟล์",
    "The answer cell of “{label}” is not in the file.",
    _BLANK,
    _BLANK_EN,
)
NAME_LOST = Kind(
    "MX-202",
    "info",
    "ชื่อเซลล์ของ “{label}” หายไป อ่านจากตำแหน่งในแบบฟอร์มแทน",
    "The defined name of “{label}” is gone; it was read by its marker in the form.",
    "ไม่ต้องแก้ไข",
    "Nothing to do.",
)
NOT_ANSWERED = Kind(
    "MX-203",
    "error",
    "ยังไม่ได้กรอก “{label}”",
    "“{label}” is not filled in.",
    "กรอกในช่องนี้",
    "Fill in this cell.",
)
NO_NUMBER = Kind(
    "MX-204",
    "error",
    "“{label}” ต้องเป็นตัวเลข แต่พบ “{found}”",
    "“{label}” has to be a number, but “{found}” was found.",
    "พิมพ์ตัวเลขอย่างเดียว เช่น {example}",
    "Type digits only, for example {example}.",
)
NO_DATE = Kind(
    "MX-205",
    "error",
    "“{label}” ต้องเป็นวันที่ แต่พบ “{found}”",
    "“{label}” has to be a date, but “{found}” was found.",
    "พิมพ์วันที่ เช่น 27/5/2569 หรือ 27 พ.ค. 2569",
    "Type a date such as 27/5/2569 or 27 พ.ค. 2569.",
)
NOT_IN_LIST = Kind(
    "MX-206",
    "error",
    "“{label}” ต้องเลือกจากรายการ แต่พบ “{found}”",
    "“{label}” has to be chosen from the list, but “{found}” was found.",
    "เลือกหนึ่งค่า: {choices}",
    "Choose one of: {choices}.",
)
OUT_OF_LIMITS = Kind(
    "MX-207",
    "error",
    "“{label}” ต้องอยู่ในช่วง {expected} แต่พบ {found}",
    "“{label}” has to be within {expected}, but {found} was found.",
    "ตรวจตัวเลขแล้วพิมพ์ใหม่",
    "Check the number and type it again.",
)
FORMULA_FOR_ANSWER = Kind(
    "MX-208",
    "error",
    "ช่อง “{label}” มีสูตรแทนคำตอบ",
    "The cell of “{label}” holds a formula instead of an answer.",
    "พิมพ์คำตอบเองแทนสูตร",
    "Type the answer itself instead of the formula.",
)
ERROR_VALUE = Kind(
    "MX-209",
    "error",
    "ช่อง “{label}” มีค่าผิดพลาดของ Excel",
    "The cell of “{label}” holds an Excel error value.",
    "ลบแล้วพิมพ์คำตอบใหม่",
    "Delete it and type the answer.",
)
READ_AS = Kind(
    "MX-210",
    "info",
    "“{label}”: พิมพ์ “{found}” อ่านเป็น {read}",
    "“{label}”: “{found}” was read as {read}.",
    "ถ้าไม่ตรงให้พิมพ์ใหม่",
    "Type it again if that is not what you meant.",
)
ONE_OR_HUNDRED = Kind(
    "MX-211",
    "error",
    "“{label}”: ไม่แน่ว่า {found} คือร้อยละ ๑ หรือร้อยละ ๑๐๐",
    "“{label}”: {found} may mean 1 or 100 per cent.",
    "พิมพ์ 100 ถ้าครบ หรือพิมพ์ข้อความ 1% ถ้าร้อยละหนึ่ง",
    "Type 100 for all, or the text 1% for one per cent.",
)
TEXT_ALTERED = Kind(
    "MX-212",
    "warning",
    "ข้อความของแบบฟอร์มถูกแก้ไขหรือหายไป: “{label}”",
    "A printed text of the form was altered or is missing: “{label}”.",
    "อย่าแก้ข้อความของแบบ; ผู้ตรวจโปรดดูว่าคำตอบยังตรงคำถาม",
    "Leave the printed texts as they are; reviewers, see whether the answer still fits.",
)
FORMULA_REPLACED = Kind(
    "MX-213",
    "warning",
    "สูตรของแบบฟอร์มที่ “{label}” ถูกแทนด้วยค่าคงที่",
    "The form's formula at “{label}” was replaced by a constant.",
    "ไม่มีผลต่อคะแนน ระบบคำนวณใหม่จากคำตอบเสมอ",
    "The score is not affected: it is always recomputed from the answers.",
)
LIVE_DIFFERS = Kind(
    "MX-214",
    "warning",
    "ผลที่ไฟล์แสดงไม่ตรงกับที่คำนวณจากคำตอบ: {differences}",
    "What the file shows differs from what the answers give: {differences}.",
    "ใช้ผลที่คำนวณใหม่; ถ้ามีวันที่หรือตัวเลขที่พิมพ์เป็นข้อความให้พิมพ์ใหม่เป็นวันที่หรือตัวเลข แล้วกด F9",
    "The recomputed result counts; type dates and numbers as such, not as texts, and press F9.",
)
NO_TICK = Kind(
    "MX-215",
    "error",
    "“{label}” ต้องเป็นเครื่องหมาย ✓ หรือเว้นว่าง แต่พบ “{found}”",
    "“{label}” has to be ✓ or blank, but “{found}” was found.",
    "เลือก ✓ จากรายการ หรือลบให้ว่าง",
    "Choose ✓ from the list or clear the cell.",
)
ROW_INCOMPLETE = Kind(
    "MX-216",
    "error",
    "“{label}” แถวที่ {row} ยังไม่ได้กรอก “{column}”",
    "“{label}”, row {row}: “{column}” is not filled in.",
    "กรอกช่องนี้ หรือลบทั้งแถวถ้าไม่ใช้",
    "Fill it in, or clear the row if unused.",
)
ROWS_INSERTED = Kind(
    "MX-217",
    "warning",
    "มี {count} แถวที่แทรกไว้ที่ขอบตาราง “{label}” นับให้แล้ว",
    "{count} rows inserted at the edge of “{label}” were counted too.",
    "ผู้ตรวจโปรดดูว่าเป็นคำตอบ ครั้งต่อไปให้แทรกแถวภายในตาราง",
    "See that they are answers; insert rows inside the table next time.",
)
NOT_WHOLE = Kind(
    "MX-218",
    "error",
    "“{label}” ต้องเป็นจำนวนเต็ม แต่พบ {found}",
    "“{label}” has to be a whole number, but {found} was found.",
    "พิมพ์จำนวนเต็ม",
    "Type a whole number.",
)
ROW_SPARSE = Kind(
    "MX-219",
    "warning",
    "“{label}” แถวที่ {row} ยังไม่ได้ระบุ “{column}”",
    "“{label}”, row {row}: “{column}” is not given.",
    "ควรระบุให้ครบ",
    "Give it if you can.",
)
NO_SUCH_CLAIM = Kind(
    "MX-220",
    "error",
    "คะแนนที่เสนอของข้อ {number} ต้องเป็น {choices} แต่พบ “{found}”",
    "The claim of criterion {number} has to be {choices}, but “{found}” was found.",
    "เลือกคะแนนจากรายการ",
    "Choose the points from the list.",
)
NOTHING_CLAIMED = Kind(
    "MX-221",
    "warning",
    "ยังไม่ได้เสนอคะแนนข้อ {number}",
    "No points are claimed for criterion {number}.",
    "เลือกคะแนนที่เสนอในแบบประเมิน",
    "Choose the points claimed on the form sheet.",
)
UNKNOWN_NAME = Kind(
    "MX-222",
    "info",
    "ไม่พบรายการ “{label}” ในช่อง{table}; ตัวเลือกหรือคอลัมน์ที่ไม่รู้จักถูกข้าม",
    "“{label}” in {table} is unknown and was left out.",
    "ตรวจชื่อในไฟล์คำตอบ",
    "Check the name in the answers file.",
)
CELL_SHARED = Kind(
    "MX-223",
    "error",
    "“{label}” กับ “{other}” ชี้ไปที่เซลล์เดียวกัน น่าจะเกิดจากการตัดแล้ววางทับ",
    "“{label}” and “{other}” point to the same cell, probably by cut and paste.",
    "พิมพ์คำตอบของแต่ละช่องใหม่ในแบบฟอร์มเปล่า (ใช้คัดลอก อย่าใช้ตัด)",
    "Type both answers again in a blank form (copy, do not cut).",
)
SAYS_NOTHING = Kind(
    "MX-224",
    "error",
    "“{label}”: พิมพ์ “{found}” ซึ่งไม่ใช่คำตอบ",
    "“{label}”: “{found}” is no answer.",
    "ถ้าไม่มีให้เว้นว่างไว้ (ลบทั้งแถวถ้าเป็นตาราง) ถ้ามีให้พิมพ์คำตอบ",
    "Leave it blank (clear the row of a table) if there is none, or type the answer.",
)
TWO_PLACES = Kind(
    "MX-225",
    "error",
    "พบช่อง “{label}” มากกว่าหนึ่งแห่งและคำตอบต่างกัน ({places})",
    "“{label}” is found in more than one place with different answers ({places}).",
    "ลบแผ่นงานที่คัดลอกไว้ แล้วส่งใหม่",
    "Delete copied sheets and send the file again.",
)
TEXT_OUTSIDE = Kind(
    "MX-226",
    "error",
    "พบข้อความนอกแถวของตาราง “{label}” ซึ่งไม่ถูกนับ: “{found}”",
    "Text outside the rows of “{label}” was not counted: “{found}”.",
    "ถ้าเป็นคำตอบให้ย้ายเข้าไปในแถวของตาราง (แทรกแถวได้) ถ้าไม่ใช่ให้ลบออก",
    "If it is an answer, move it into a row of the table (insert one); otherwise delete it.",
)
CROSS_OR_TICK = Kind(
    "MX-227",
    "error",
    "“{label}”: พิมพ์ “{found}” แต่ช่องอื่นในไฟล์ใช้ ✓ จึงไม่แน่ว่า “{found}” คือมีหรือไม่มี",
    "“{label}”: “{found}” stands beside ✓ in this file: it may mean ticked or not.",
    "ถ้ามีให้เลือก ✓ ถ้าไม่มีให้ลบให้ว่าง",
    "Choose ✓ if it is so, or clear the cell if it is not.",
)
DAY_OUTSIDE = Kind(
    "MX-228",
    "error",
    "“{label}”: วันที่ “{found}” อยู่นอกช่วง {earliest} ถึง {latest} จึงไม่นับเป็นคำตอบ",
    "“{label}”: the date “{found}” lies outside {earliest} to {latest} and is no answer.",
    "ตรวจปีแล้วพิมพ์ใหม่โดยใช้ปีสี่หลัก เช่น {example}",
    "Check the year and type it again with four digits, for example {example}.",
)
PICTURE_GIVEN = Kind(
    "MX-229",
    "info",
    "“{label}”: มีรูปภาพเป็นหลักฐาน",
    "“{label}”: a picture is given as evidence.",
    "ผู้ตรวจโปรดดูรูปภาพ",
    "Reviewers, look at the picture.",
)
TYPED_OVER = Kind(
    "MX-230",
    "error",
    "มีคำตอบพิมพ์ทับไว้ในแผ่น “{sheet}” ที่ {cells} ซึ่งไม่ถูกนับ เพราะแผ่นนี้แสดงคำตอบจากแผ่นอื่นเอง",
    "Answers were typed over the sheet “{sheet}” at {cells}; they do not count: that sheet "
    "shows the answers of others.",
    "คำตอบอยู่ในแผ่น {inputs}; กรอกที่แผ่นเหล่านั้นในแบบเปล่า แล้วส่งใหม่",
    "Answers belong on {inputs}; type them there in a blank form and send it again.",
)
READERS_DIFFER = Kind(
    "MX-231",
    "error",
    "ช่อง “{label}” อ่านได้ไม่เหมือนกันในโปรแกรมอ่านสองโปรแกรม จึงไม่แน่ว่าคำตอบคืออะไร",
    "Two reading programs read the cell of “{label}” otherwise: the answer is not certain.",
    "เปิดไฟล์ใน Excel หรือ LibreOffice บันทึกเป็น .xlsx แล้วส่งใหม่",
    "Open the file in Excel or LibreOffice, save it as .xlsx and send it again.",
)
