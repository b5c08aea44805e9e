"""Makes samples/: the unit registry and a month's inbox of a made-up department.

Run ``python tests/make_samples.py``. Every unit and person is invented, except that the
answers of unit ICT are those of the ministry's own filled-in sample form.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from filling import type_in, typed
from libreoffice import convert

from moral_xlsx.excel.guard import inspect
from moral_xlsx.excel.layout import Layout, lay_out
from moral_xlsx.excel.registry import write_registry
from moral_xlsx.excel.template import Content, blank, write_workbook
from moral_xlsx.journey import Journey
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.round import Unit
from moral_xlsx.rules.answers_file import from_json
from moral_xlsx.rules.definition import form_ids, load_form
from moral_xlsx.rules.normalise import normalise
from moral_xlsx.rules.rubric import Rubric, compile_rubric

FORM = "moi-2569"
DEPARTMENT = "กรมส่งเสริมตัวอย่าง"
SAMPLES = Path(__file__).parent.parent / "samples"
GOLDEN = Path(__file__).parent / "golden" / f"{FORM}.json"

_NAMES = {
    "ICT": ("ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร", "ศทส.", 34),
    "SEC": ("สำนักงานเลขานุการกรม", "สลก.", 41),
    "HR": ("กองบริหารทรัพยากรบุคคล", "กบค.", 28),
    "FIN": ("กองบริหารการคลัง", "กค.", 36),
    "PLAN": ("กองยุทธศาสตร์และแผนงาน", "กยผ.", 34),
    "LAW": ("กองกฎหมาย", "กม.", 19),
    "AUD": ("กลุ่มตรวจสอบภายใน", "ตสน.", 7),
    "PSD": ("กลุ่มพัฒนาระบบบริหาร", "กพร.", 8),
    "ETH": ("กลุ่มงานจริยธรรม", "กจธ.", 5),
    "R01": ("ศูนย์ส่งเสริมภาคที่ 1", "ศภ.1", 22),
    "R02": ("ศูนย์ส่งเสริมภาคที่ 2", "ศภ.2", 25),
    "R03": ("ศูนย์ส่งเสริมภาคที่ 3", "ศภ.3", 18),
    "R04": ("ศูนย์ส่งเสริมภาคที่ 4", "ศภ.4", 20),
    "R05": ("ศูนย์ส่งเสริมภาคที่ 5", "ศภ.5", 16),
}
UNITS = tuple(
    Unit(
        code,
        name,
        short,
        DEPARTMENT,
        f"ผู้อำนวยการ {short}",
        f"{code.lower()}@example.go.th",
        headcount,
        (FORM,),
    )
    for code, (name, short, headcount) in _NAMES.items()
)


class Maker:
    """Fills the unit's own workbook, as the ethics group sends it out, with typed values."""

    def __init__(self) -> None:
        self.rubric: Rubric = compile_rubric(load_form(FORM))
        self.layout: Layout = lay_out(self.rubric.form)
        raw = from_json(self.rubric.form, json.loads(GOLDEN.read_text("utf-8")))
        self.golden: Answers = normalise(self.rubric.form, raw).answers

    def workbook(self, code: str, changes: Mapping[str, object], saved: str) -> bytes:
        """The golden answers with the unit's own data and some cells typed otherwise."""
        unit = next(unit for unit in UNITS if unit.code == code)
        dates = {"number": 1, "date": date(2026, 4, 30)}, {"number": 2, "date": date(2026, 5, 8)}
        tables = {**self.golden.tables, "reports": dates}
        values = {
            **self.golden.values,
            "unit_name": unit.name,
            "executive_name": unit.executive,
            "reporter_position": f"หัวหน้าฝ่ายบริหาร {unit.name}",
            "headcount": unit.headcount,
            "signed": unit.headcount,
        }
        cells = typed(
            self.rubric.form, replace(self.golden, unit_code=code, values=values, tables=tables)
        )
        cells |= changes
        made = write_workbook(self.rubric, blank(self.rubric.form, unit))
        answers = Journey().judge(type_in(made, self.layout, cells)).answers
        # With the results that a spreadsheet program would have calculated and saved.
        made = write_workbook(self.rubric, Content(answers))
        return saved_at(type_in(made, self.layout, cells), saved)


def saved_at(workbook: bytes, moment: str) -> bytes:
    """The workbook as a program would have stamped it when it was saved."""
    package = inspect(workbook).package
    assert package is not None
    core = package.content("docProps/core.xml").decode("utf-8")
    start = core.index(">", core.index("<dcterms:modified")) + 1
    end = core.index("</dcterms:modified>")
    return package.rewrite({"docProps/core.xml": (core[:start] + moment + core[end:]).encode()})


def make_inbox() -> dict[str, bytes]:
    """Every file of the inbox by name."""
    maker = Maker()
    inbox = {
        "แบบประเมิน ศทส. (ส่งแล้ว).xlsx": saved_at(
            write_filled(maker, maker.golden), "2026-05-27T09:12:00Z"
        )
    }
    no_report = {
        "claim_7": 1,
        "behaviour": None,
        "atmosphere": None,
        "activities[4].success_percent": 72.5,
    }
    inbox["สลก_moi2569.xlsx"] = maker.workbook("SEC", no_report, "2026-05-20T03:00:00Z")
    inbox["กบค ครั้งแรก.xlsx"] = maker.workbook(
        "HR", {"signed": 19, "in_writing": None, "claim_1": 3}, "2026-05-12T02:00:00Z"
    )
    inbox["กบค แก้ไขแล้ว.xlsx"] = maker.workbook(
        "HR", {"signed": 20, "claim_1": 2}, "2026-05-25T07:30:00Z"
    )
    inbox["FIN-ผิดพลาด.xlsx"] = maker.workbook(
        "FIN",
        {
            "headcount": "สามสิบหกคน",
            "signed": 40,
            "report_date": "31/2/2569",
            "activities[1].success_percent": 120,
            "activities[2].virtue": None,
            "evidence_5": None,
            "channels[0].scope": "ในและนอก",
        },
        "2026-05-21T08:00:00Z",
    )
    inbox["กยผ.xlsx"] = maker.workbook(
        "PLAN",
        {
            "headcount": "๓๔ คน",
            "signed": "จำนวน 30 คน",
            "in_writing": "/",
            "plan": "มี",
            "report_date": "27 พ.ค. 69",
            "activities[0].success_percent": 0.85,
            "activities[1].success_percent": "ร้อยละ ๙๕",
            "claim_7": 2,
        },
        "2026-05-27T04:00:00Z",
    )
    office_list = pd.DataFrame({"ลำดับ": [1, 2], "ชื่อโครงการ": ["อบรม", "จิตอาสา"]})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        office_list.to_excel(path, index=False, engine="xlsxwriter")
        inbox["รายชื่อโครงการ กม.xlsx"] = saved_at(path.read_bytes(), "2026-05-11T04:00:00Z")
    whole = maker.workbook("AUD", {}, "2026-05-19T04:00:00Z")
    inbox["ตสน.xlsx"] = whole[: len(whole) * 2 // 3]
    inbox["กพร-moi-2569.xlsx"] = maker.workbook(
        "PSD",
        {"evidence_9": None, "committee": None, "headcount": 9, "signed": 8},
        "2026-05-22T04:00:00Z",
    )
    inbox["จธ.xlsx"] = maker.workbook(
        "ETH",
        {"improved": None, "lessons_learned": None, "claim_5": 1, "report_date": "2569-05-30"},
        "2026-05-24T04:00:00Z",
    )
    inbox["ศภ1 บันทึกจาก LibreOffice.xlsx"] = by_libreoffice(
        maker.workbook("R01", {"declaration_do_dont": None, "claim_2": 2}, "2026-05-20T04:00:00Z")
    )
    # Exactly the level 2 rule without level 1's: 2, 2, 2, 3, 3, 2, and nothing after.
    inbox["ศภ3.xlsx"] = maker.workbook(
        "R03",
        {
            "signed": 13,
            "declaration_do_dont": None,
            "committee": None,
            "channels[1].scope": "ภายใน",
            "channels[2].scope": "ภายใน",
            **{f"activities[{n}].success_percent": 70 for n in range(12)},
            "atmosphere": None,
            "activities[0].documented": None,
            **{f"channels[{n}].scope": "ภายนอก" for n in (3, 4, 5, 6)},
            **{
                f"claim_{n}": c
                for n, c in zip(range(1, 10), (2, 2, 2, 3, 3, 2, 1, 0, 0), strict=True)
            },
        },
        "2026-05-23T04:00:00Z",
    )
    twice = maker.workbook(
        "R04", {"channels[4].scope": "ภายใน", "claim_9": 2}, "2026-05-18T04:00:00Z"
    )
    inbox["ศภ4.xlsx"] = twice
    inbox["ศภ4 (1).xlsx"] = twice
    inbox["ศภ5.xlsx"] = maker.workbook("R05", {"unit_code": "R99"}, "2026-05-26T04:00:00Z")
    return inbox


def write_filled(maker: Maker, answers: Answers) -> bytes:
    """The form filled in by the program itself, from an answers file."""
    return write_workbook(maker.rubric, Content(answers))


def by_libreoffice(workbook: bytes) -> bytes:
    """The workbook as LibreOffice saves it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.xlsx"
        path.write_bytes(workbook)
        return convert([path], "xlsx", Path(folder))[0].read_bytes()


def main() -> None:
    """Writes samples/inbox and samples/units.xlsx; a file saved by LibreOffice is kept."""
    folder = SAMPLES / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in make_inbox().items():
        (folder / name).write_bytes(data)
    (SAMPLES / "units.xlsx").write_bytes(write_registry(UNITS, form_ids()))


if __name__ == "__main__":
    main()
