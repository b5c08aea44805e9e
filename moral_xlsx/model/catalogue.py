"""The catalogue of findings: every code, in Thai and English.

Codes are stable and never reused. 1xx: the file and its stamps; 2xx: reading the
answers; 3xx: what reviewers look for; 4xx: the round and the registry.
"""

from __future__ import annotations

from moral_xlsx.model.catalogue_mail import POST_ENTRIES
from moral_xlsx.model.catalogue_round import ROUND_ENTRIES
from moral_xlsx.model.findings import Entry, Finding, Language, Place

_RESEND = "เปิดไฟล์ในโปรแกรมที่ใช้กรอก บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง"
_RESEND_EN = "Open the file in the program you filled it with, save it as .xlsx, send it again."
_BLANK = "ขอแบบฟอร์มเปล่าจากกลุ่มงานจริยธรรมแล้วกรอกใหม่"
_BLANK_EN = "Ask the ethics group for a blank form and fill it in again."

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "MX-101", "error", "ไฟล์ว่างเปล่า (๐ ไบต์)", "The file is empty (0 bytes).", _RESEND, _RESEND_EN
    ),
    Entry(
        "MX-102",
        "error",
        "ไม่ใช่สมุดงาน Excel: เนื้อไฟล์เป็น{kind}",
        "Not an Excel workbook: the content is {kind}.",
        _BLANK,
        _BLANK_EN,
    ),
    Entry(
        "MX-103",
        "error",
        "ไฟล์ตั้งรหัสผ่านไว้ จึงเปิดอ่านไม่ได้",
        "The file is protected by a password and cannot be read.",
        "บันทึกใหม่โดยไม่ตั้งรหัสผ่าน (ไฟล์ > ข้อมูล > ป้องกันสมุดงาน) แล้วส่งอีกครั้ง",
        "Save it without a password (File > Info > Protect Workbook) and send it again.",
    ),
    Entry(
        "MX-104",
        "error",
        "ไฟล์ใหญ่หรือบีบอัดผิดปกติ: {what}",
        "The file is too large or abnormally compressed: {what}.",
        "ลบรูปหรือแผ่นงานที่ไม่เกี่ยวข้อง แนบหลักฐานเป็นไฟล์แยก แล้วส่งอีกครั้ง",
        "Remove unrelated pictures or sheets, attach evidence separately, send it again.",
    ),
    Entry(
        "MX-105",
        "error",
        "มีข้อมูลอยู่ไกลเกินขอบเขตของแบบฟอร์ม ที่เซลล์ {found}",
        "There is content far outside the form, at cell {found}.",
        "ลบข้อมูลในเซลล์นั้น (และแถวหรือคอลัมน์ว่างที่จัดรูปแบบไว้) แล้วบันทึกและส่งใหม่",
        "Delete that cell's content, save and send the file again.",
    ),
    Entry(
        "MX-106",
        "error",
        "โครงสร้างภายในไฟล์มีส่วนต้องห้าม ({what})",
        "The file's inner structure holds something forbidden ({what}).",
        _RESEND,
        _RESEND_EN,
    ),
    Entry(
        "MX-107",
        "error",
        "ไฟล์เสียหาย เปิดอ่านไม่ได้ ({what})",
        "The file is damaged and cannot be read ({what}).",
        _RESEND,
        _RESEND_EN,
    ),
    Entry(
        "MX-108",
        "error",
        "ไม่ใช่แบบฟอร์มของกลุ่มงานจริยธรรม: ไม่พบรหัสแบบฟอร์มในไฟล์",
        "Not a form of the ethics group: the file holds no form id.",
        _BLANK,
        _BLANK_EN,
    ),
    Entry(
        "MX-109",
        "error",
        "ไม่รู้จักรหัสแบบฟอร์ม “{found}”",
        "Unknown form id “{found}”.",
        _BLANK,
        _BLANK_EN,
    ),
    Entry(
        "MX-110",
        "error",
        "แบบฟอร์มรุ่น {found} แต่รุ่นที่ใช้อยู่คือ {expected}",
        "The form's version is {found}, but {expected} is in use.",
        _BLANK,
        _BLANK_EN,
    ),
    Entry(
        "MX-111",
        "error",
        "โปรแกรมอ่านไฟล์หยุดทำงานขณะเปิดไฟล์นี้",
        "The reading process died while it had this file open.",
        _RESEND,
        _RESEND_EN,
    ),
    Entry(
        "MX-112",
        "error",
        "อ่านไฟล์นี้ไม่เสร็จภายใน {seconds} วินาที",
        "The file could not be read within {seconds} seconds.",
        _RESEND,
        _RESEND_EN,
    ),
    Entry(
        "MX-113",
        "error",
        "ไม่มีรหัสหน่วยงานในไฟล์",
        "The file holds no unit code.",
        "กรอกรหัสหน่วยงานในแผ่นแรก หรือใช้ไฟล์ที่กลุ่มงานจริยธรรมออกให้หน่วยงาน",
        "Type the unit code on the first sheet, or use the file made for your unit.",
    ),
    Entry(
        "MX-114",
        "warning",
        "ไฟล์ชนิด {kind}: บอกไม่ได้ว่าคำตอบใดเป็นสูตร และผลตรวจเขียนลงในแบบฟอร์มใหม่",
        "A {kind} file: formulas cannot be told from answers, and a fresh form holds the result.",
        "ครั้งต่อไปบันทึกเป็น .xlsx",
        "Save as .xlsx next time.",
    ),
    Entry(
        "MX-115",
        "warning",
        "เขียนผลลงในไฟล์เดิมไม่ได้ ({what}) จึงเขียนลงในแบบฟอร์มใหม่ที่มีคำตอบเดียวกัน",
        "The result could not be written into the original file ({what}); "
        "a fresh form with the same answers carries it.",
        "อย่าแก้ไขช่องของกลุ่มงานจริยธรรม",
        "Leave the ethics group's cells as they are.",
    ),
    Entry(
        "MX-116",
        "error",
        "โปรแกรมขัดข้องขณะตรวจไฟล์นี้ ({what})",
        "The program failed while checking this file ({what}).",
        "เก็บไฟล์นี้ไว้และแจ้งผู้ดูแลโปรแกรม",
        "Keep this file and tell the maintainers.",
    ),
    Entry(
        "MX-117",
        "error",
        "เปิดไฟล์นี้บนเครื่องที่ตรวจไม่ได้ ({what})",
        "The file cannot be opened on this machine ({what}).",
        "ตรวจว่าไฟล์ยังอยู่และมีสิทธิ์อ่าน แล้วสั่งตรวจใหม่",
        "See that the file is there and may be read, then run again.",
    ),
    *POST_ENTRIES,
    Entry(
        "MX-201",
        "error",
        "ไม่พบช่องคำตอบ “{label}” ในไฟล์",
        "The answer cell of “{label}” is not in the file.",
        _BLANK,
        _BLANK_EN,
    ),
    Entry(
        "MX-202",
        "info",
        "ชื่อเซลล์ของ “{label}” หายไป อ่านจากตำแหน่งในแบบฟอร์มแทน",
        "The defined name of “{label}” is gone; it was read by its marker in the form.",
        "ไม่ต้องแก้ไข",
        "Nothing to do.",
    ),
    Entry(
        "MX-203",
        "error",
        "ยังไม่ได้กรอก “{label}”",
        "“{label}” is not filled in.",
        "กรอกในช่องนี้",
        "Fill in this cell.",
    ),
    Entry(
        "MX-204",
        "error",
        "“{label}” ต้องเป็นตัวเลข แต่พบ “{found}”",
        "“{label}” has to be a number, but “{found}” was found.",
        "พิมพ์ตัวเลขอย่างเดียว เช่น {example}",
        "Type digits only, for example {example}.",
    ),
    Entry(
        "MX-205",
        "error",
        "“{label}” ต้องเป็นวันที่ แต่พบ “{found}”",
        "“{label}” has to be a date, but “{found}” was found.",
        "พิมพ์วันที่ เช่น 27/5/2569 หรือ 27 พ.ค. 2569",
        "Type a date such as 27/5/2569 or 27 พ.ค. 2569.",
    ),
    Entry(
        "MX-206",
        "error",
        "“{label}” ต้องเลือกจากรายการ แต่พบ “{found}”",
        "“{label}” has to be chosen from the list, but “{found}” was found.",
        "เลือกหนึ่งค่า: {choices}",
        "Choose one of: {choices}.",
    ),
    Entry(
        "MX-207",
        "error",
        "“{label}” ต้องอยู่ในช่วง {expected} แต่พบ {found}",
        "“{label}” has to be within {expected}, but {found} was found.",
        "ตรวจตัวเลขแล้วพิมพ์ใหม่",
        "Check the number and type it again.",
    ),
    Entry(
        "MX-208",
        "error",
        "ช่อง “{label}” มีสูตรแทนคำตอบ",
        "The cell of “{label}” holds a formula instead of an answer.",
        "พิมพ์คำตอบเองแทนสูตร",
        "Type the answer itself instead of the formula.",
    ),
    Entry(
        "MX-209",
        "error",
        "ช่อง “{label}” มีค่าผิดพลาดของ Excel",
        "The cell of “{label}” holds an Excel error value.",
        "ลบแล้วพิมพ์คำตอบใหม่",
        "Delete it and type the answer.",
    ),
    Entry(
        "MX-210",
        "info",
        "“{label}”: พิมพ์ “{found}” อ่านเป็น {read}",
        "“{label}”: “{found}” was read as {read}.",
        "ถ้าไม่ตรงให้พิมพ์ใหม่",
        "Type it again if that is not what you meant.",
    ),
    Entry(
        "MX-211",
        "error",
        "“{label}”: ไม่แน่ว่า {found} คือร้อยละ ๑ หรือร้อยละ ๑๐๐",
        "“{label}”: {found} may mean 1 or 100 per cent.",
        "พิมพ์ 100 ถ้าครบ หรือพิมพ์ข้อความ 1% ถ้าร้อยละหนึ่ง",
        "Type 100 for all, or the text 1% for one per cent.",
    ),
    Entry(
        "MX-212",
        "warning",
        "ข้อความของแบบฟอร์มถูกแก้ไขหรือหายไป: “{label}”",
        "A printed text of the form was altered or is missing: “{label}”.",
        "อย่าแก้ข้อความของแบบ; ผู้ตรวจโปรดดูว่าคำตอบยังตรงคำถาม",
        "Leave the printed texts as they are; reviewers, see whether the answer still fits.",
    ),
    Entry(
        "MX-213",
        "warning",
        "สูตรของแบบฟอร์มที่ “{label}” ถูกแทนด้วยค่าคงที่",
        "The form's formula at “{label}” was replaced by a constant.",
        "ไม่มีผลต่อคะแนน ระบบคำนวณใหม่จากคำตอบเสมอ",
        "The score is not affected: it is always recomputed from the answers.",
    ),
    Entry(
        "MX-214",
        "warning",
        "ผลที่ไฟล์แสดงไม่ตรงกับที่คำนวณจากคำตอบ: {differences}",
        "What the file shows differs from what the answers give: {differences}.",
        "ใช้ผลที่คำนวณใหม่; ถ้ามีวันที่หรือตัวเลขที่พิมพ์เป็นข้อความให้พิมพ์ใหม่เป็นวันที่หรือตัวเลข แล้วกด F9",
        "The recomputed result counts; type dates and numbers as such, not as texts, and press F9.",
    ),
    Entry(
        "MX-215",
        "error",
        "“{label}” ต้องเป็นเครื่องหมาย ✓ หรือเว้นว่าง แต่พบ “{found}”",
        "“{label}” has to be ✓ or blank, but “{found}” was found.",
        "เลือก ✓ จากรายการ หรือลบให้ว่าง",
        "Choose ✓ from the list or clear the cell.",
    ),
    Entry(
        "MX-216",
        "error",
        "“{label}” แถวที่ {row} ยังไม่ได้กรอก “{column}”",
        "“{label}”, row {row}: “{column}” is not filled in.",
        "กรอกช่องนี้ หรือลบทั้งแถวถ้าไม่ใช้",
        "Fill it in, or clear the row if unused.",
    ),
    Entry(
        "MX-217",
        "warning",
        "มี {count} แถวที่แทรกไว้ที่ขอบตาราง “{label}” นับให้แล้ว",
        "{count} rows inserted at the edge of “{label}” were counted too.",
        "ผู้ตรวจโปรดดูว่าเป็นคำตอบ ครั้งต่อไปให้แทรกแถวภายในตาราง",
        "See that they are answers; insert rows inside the table next time.",
    ),
    Entry(
        "MX-218",
        "error",
        "“{label}” ต้องเป็นจำนวนเต็ม แต่พบ {found}",
        "“{label}” has to be a whole number, but {found} was found.",
        "พิมพ์จำนวนเต็ม",
        "Type a whole number.",
    ),
    Entry(
        "MX-219",
        "warning",
        "“{label}” แถวที่ {row} ยังไม่ได้ระบุ “{column}”",
        "“{label}”, row {row}: “{column}” is not given.",
        "ควรระบุให้ครบ",
        "Give it if you can.",
    ),
    Entry(
        "MX-220",
        "error",
        "คะแนนที่เสนอของข้อ {number} ต้องเป็น {choices} แต่พบ “{found}”",
        "The claim of criterion {number} has to be {choices}, but “{found}” was found.",
        "เลือกคะแนนจากรายการ",
        "Choose the points from the list.",
    ),
    Entry(
        "MX-221",
        "warning",
        "ยังไม่ได้เสนอคะแนนข้อ {number}",
        "No points are claimed for criterion {number}.",
        "เลือกคะแนนที่เสนอในแบบประเมิน",
        "Choose the points claimed on the form sheet.",
    ),
    Entry(
        "MX-222",
        "info",
        "ไม่พบรายการ “{label}” ในช่อง{table}; ตัวเลือกหรือคอลัมน์ที่ไม่รู้จักถูกข้าม",
        "“{label}” in {table} is unknown and was left out.",
        "ตรวจชื่อในไฟล์คำตอบ",
        "Check the name in the answers file.",
    ),
    Entry(
        "MX-223",
        "error",
        "“{label}” กับ “{other}” ชี้ไปที่เซลล์เดียวกัน น่าจะเกิดจากการตัดแล้ววางทับ",
        "“{label}” and “{other}” point to the same cell, probably by cut and paste.",
        "พิมพ์คำตอบของแต่ละช่องใหม่ในแบบฟอร์มเปล่า (ใช้คัดลอก อย่าใช้ตัด)",
        "Type both answers again in a blank form (copy, do not cut).",
    ),
    Entry(
        "MX-224",
        "error",
        "“{label}”: พิมพ์ “{found}” ซึ่งไม่ใช่คำตอบ",
        "“{label}”: “{found}” is no answer.",
        "ถ้าไม่มีให้เว้นว่างไว้ (ลบทั้งแถวถ้าเป็นตาราง) ถ้ามีให้พิมพ์คำตอบ",
        "Leave it blank (clear the row of a table) if there is none, or type the answer.",
    ),
    Entry(
        "MX-225",
        "error",
        "พบช่อง “{label}” มากกว่าหนึ่งแห่งและคำตอบต่างกัน ({places})",
        "“{label}” is found in more than one place with different answers ({places}).",
        "ลบแผ่นงานที่คัดลอกไว้ แล้วส่งใหม่",
        "Delete copied sheets and send the file again.",
    ),
    Entry(
        "MX-226",
        "error",
        "พบข้อความนอกแถวของตาราง “{label}” ซึ่งไม่ถูกนับ: “{found}”",
        "Text outside the rows of “{label}” was not counted: “{found}”.",
        "ถ้าเป็นคำตอบให้ย้ายเข้าไปในแถวของตาราง (แทรกแถวได้) ถ้าไม่ใช่ให้ลบออก",
        "If it is an answer, move it into a row of the table (insert one); otherwise delete it.",
    ),
    Entry("MX-301", "error", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry("MX-302", "warning", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry("MX-303", "warning", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry("MX-304", "warning", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry("MX-305", "warning", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry("MX-306", "warning", "{message}", "{message}", "{remedy}", "{remedy}"),
    Entry(
        "MX-310",
        "warning",
        "ข้อ {number}: หน่วยงานเสนอ {claimed} คะแนน แต่คำนวณได้ {computed} คะแนน{why}",
        "Criterion {number}: the unit claims {claimed}, but {computed} is computed{why}.",
        "เพิ่มข้อเท็จจริงที่ขาด หรือแก้คะแนนที่เสนอ",
        "Add the missing facts or correct the claim.",
    ),
    Entry(
        "MX-311",
        "error",
        "ข้อ {number}: เสนอ {claimed} คะแนนแต่ไม่ได้กรอกหลักฐาน",
        "Criterion {number}: {claimed} points are claimed without evidence.",
        "กรอกหลักฐานของข้อนี้ในแผ่นหลักฐาน",
        "Fill in this criterion's evidence on the evidence sheet.",
    ),
    Entry(
        "MX-312",
        "warning",
        "ข้อ {number}: ข้อเท็จจริงไม่ตรงกับขั้นใดของเกณฑ์ที่พิมพ์ไว้ จึงได้ ๐ คะแนน",
        "Criterion {number}: the facts fit no printed rung, so the score is 0.",
        "ผู้ตรวจโปรดพิจารณา",
        "For the reviewers.",
    ),
    Entry(
        "MX-313",
        "warning",
        "ได้ระดับที่ {level} ตามเกณฑ์ของระดับนั้น แต่ไม่ผ่านเกณฑ์ระดับที่ {missing}",
        "Level {level} is met by its own rule, but the rule of level {missing} is not.",
        "เกณฑ์ที่พิมพ์ไว้ไม่ได้บอกว่าต้องผ่านระดับล่างก่อน ผู้ตรวจโปรดพิจารณา",
        "The printed rules do not say whether lower levels come first: for the reviewers.",
    ),
    Entry(
        "MX-314",
        "warning",
        "“{label}” แถวที่ {row} ซ้ำกับแถวที่ {first}",
        "“{label}”, row {row} repeats row {first}.",
        "ลบแถวที่ซ้ำ หรือแก้ให้ต่างกัน",
        "Delete the repeated row or correct it.",
    ),
    Entry(
        "MX-320",
        "info",
        "{item}: ผ่าน {caveat}",
        "{item}: reached; {caveat}",
        "ไม่ต้องแก้ไข ผู้ตรวจใช้ประกอบการพิจารณา",
        "Nothing to mend; for the reviewers.",
    ),
    Entry(
        "MX-321",
        "info",
        "หน่วยงานได้ขยายกำหนดส่ง {due} เป็น {until} คะแนนคิดตามวันที่ขยาย",
        "The unit's due date {due} was extended to {until}; the scores count the extended date.",
        "ไม่ต้องแก้ไข",
        "Nothing to mend.",
    ),
    *ROUND_ENTRIES,
)

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_BY_CODE = {entry.code: entry for entry in ENTRIES}


def entry(code: str) -> Entry:
    """The catalogue's entry for a code; raises KeyError for an unknown one."""
    return _BY_CODE[code]


def finding(code: str, place: Place | None = None, **words: object) -> Finding:
    """A finding of the catalogue with the severity that the catalogue gives it."""
    pairs = tuple((name, _word(value)) for name, value in words.items())
    return Finding(code, _BY_CODE[code].severity, place or Place(), pairs)


def _word(value: object) -> str | tuple[str, str]:
    """Our own figures are shown in Thai digits; what was typed (a text) stays as typed."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).translate(_THAI_DIGITS), str(value)
    return str(value)


def message(found: Finding, language: Language = "th") -> str:
    """What was found, in one sentence."""
    kind = _BY_CODE[found.code]
    return _fill(kind.message_th if language == "th" else kind.message_en, found, language)


def remedy(found: Finding, language: Language = "th") -> str:
    """How to mend it, in one sentence."""
    kind = _BY_CODE[found.code]
    return _fill(kind.remedy_th if language == "th" else kind.remedy_en, found, language)


def _fill(template: str, found: Finding, language: Language) -> str:
    index = 0 if language == "th" else 1
    return template.format(
        **{name: word if isinstance(word, str) else word[index] for name, word in found.words}
    )
