"""The unit registry of the samples: made-up units of several offices, each with its forms."""

from __future__ import annotations

from datetime import date

from moral_xlsx.model.units import Extension, Unit

DEPARTMENT = "กรมส่งเสริมตัวอย่าง"
_DEPARTMENT_FORMS = ("moi-2569",)
_SENATE_FORMS = (
    "senate-2567",
    "senate-2567-plan",
    "senate-2567-activities",
    "senate-2567-level3",
    "senate-2567-progress",
    "senate-2567-complaints",
    "senate-2567-project",
)
_DIW_FORMS = ("diw-2566-plan", "diw-2566-progress")
_CDD_FORMS = ("cdd-chiangrai-2569",)
_NARATHIWAT_FORMS = ("narathiwat-2569",)

# Office and forms, then code, name, short name and headcount of each unit.
_OFFICES: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str, str, int], ...]], ...] = (
    (
        DEPARTMENT,
        _DEPARTMENT_FORMS,
        (
            ("ICT", "ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร", "ศทส.", 34),
            ("SEC", "สำนักงานเลขานุการกรม", "สลก.", 41),
            ("HR", "กองบริหารทรัพยากรบุคคล", "กบค.", 28),
            ("FIN", "กองบริหารการคลัง", "กค.", 36),
            ("PLAN", "กองยุทธศาสตร์และแผนงาน", "กยผ.", 34),
            ("LAW", "กองกฎหมาย", "กม.", 19),
            ("AUD", "กลุ่มตรวจสอบภายใน", "ตสน.", 7),
            ("PSD", "กลุ่มพัฒนาระบบบริหาร", "กพร.", 8),
            ("ETH", "กลุ่มงานจริยธรรม", "กจธ.", 5),
            ("R01", "ศูนย์ส่งเสริมภาคที่ 1", "ศภ.1", 22),
            ("R02", "ศูนย์ส่งเสริมภาคที่ 2", "ศภ.2", 25),
            ("R03", "ศูนย์ส่งเสริมภาคที่ 3", "ศภ.3", 18),
            ("R04", "ศูนย์ส่งเสริมภาคที่ 4", "ศภ.4", 20),
            ("R05", "ศูนย์ส่งเสริมภาคที่ 5", "ศภ.5", 16),
        ),
    ),
    (
        "สำนักงานเลขาธิการวุฒิสภา",
        _SENATE_FORMS,
        (
            ("SEN01", "สำนักตัวอย่างที่ ๑", "สต.๑", 40),
            ("SEN02", "สำนักตัวอย่างที่ ๒", "สต.๒", 40),
            ("SEN03", "สำนักตัวอย่างที่ ๓", "สต.๓", 40),
            ("SEN04", "สำนักตัวอย่างที่ ๔", "สต.๔", 40),
            ("SEN05", "สำนักตัวอย่างที่ ๕", "สต.๕", 26),
        ),
    ),
    (
        "กรมโรงงานอุตสาหกรรม",
        _DIW_FORMS,
        (
            ("DIW01", "กองตัวอย่างที่ ๑", "กต.๑", 41),
            ("DIW02", "กองตัวอย่างที่ ๒", "กต.๒", 40),
            ("DIW03", "กองตัวอย่างที่ ๓", "กต.๓", 37),
        ),
    ),
    (
        "สำนักงานพัฒนาชุมชนจังหวัดเชียงราย",
        _CDD_FORMS,
        (
            ("CDD01", "สำนักงานพัฒนาชุมชนอำเภอตัวอย่าง ๑", "สพอ.๑", 42),
            ("CDD02", "สำนักงานพัฒนาชุมชนอำเภอตัวอย่าง ๒", "สพอ.๒", 42),
        ),
    ),
    (
        "จังหวัดนราธิวาส",
        _NARATHIWAT_FORMS,
        (
            ("NWT01", "สำนักงานตัวอย่างที่ ๑ จังหวัดนราธิวาส", "สตน.๑", 52),
            ("NWT02", "สำนักงานตัวอย่างที่ ๒ จังหวัดนราธิวาส", "สตน.๒", 45),
        ),
    ),
)
_EXTENSIONS = {
    "SEN03": Extension(
        "senate-2567",
        date(2024, 6, 30),
        date(2024, 7, 1),
        "วันที่ ๓๐ มิ.ย. ๒๕๖๗ เป็นวันอาทิตย์",
    ),
    "CDD02": Extension(
        "cdd-chiangrai-2569",
        date(2026, 2, 27),
        date(2026, 5, 22),
        "หนังสือที่ ตย ๐๐๐๒/๔๕ ลงวันที่ ๒๕ ก.พ. ๒๕๖๙",
    ),
}

UNITS = tuple(
    Unit(
        code,
        name,
        short,
        office,
        f"ผู้อำนวยการ {short}",
        f"{code.lower()}@example.go.th",
        headcount,
        forms,
        (_EXTENSIONS[code],) if code in _EXTENSIONS else (),
    )
    for office, forms, units in _OFFICES
    for code, name, short, headcount in units
)
