"""Makes samples/: the unit registry, a month's inbox, and the inbox of the month before.

Run ``python tests/make_samples.py``. Every unit and person is invented, except that the
answers of unit ICT are those of the ministry's own filled-in sample form.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
from filling import type_in, typed
from libreoffice import convert
from picture_samples import PDF, photo
from sample_forms import EARLIER, INBOX, Sent
from sample_units import UNITS

from moral_xlsx.excel.form.layout import Layout, lay_out
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.answers import Answers
from moral_xlsx.opc import build
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.submission.journey import Journey

FORM = "moi-2569"
SAMPLES = Path(__file__).parent.parent / "samples"
GOLDEN = Path(__file__).parent / "golden"


class Maker:
    """Fills a unit's own workbook, as the ethics group sends it out, with typed values."""

    def __init__(self, form_id: str = FORM) -> None:
        self.rubric: Rubric = compile_rubric(load_form(form_id))
        self.layout: Layout = lay_out(self.rubric.form)
        read = json.loads((GOLDEN / f"{form_id}.json").read_text("utf-8"))
        raw = from_json(self.rubric.form, read)
        self.golden: Answers = normalise(self.rubric.form, raw).answers

    def workbook(self, code: str, changes: Mapping[str, object], saved: str) -> bytes:
        """The golden answers with the unit's own data and some cells typed otherwise."""
        unit = next(unit for unit in UNITS if unit.code == code)
        own = {
            field.id: getattr(unit, field.registry)
            for field in self.rubric.form.fields
            if field.registry
        }
        values = {**self.golden.values, **own}
        cells = typed(self.rubric.form, replace(self.golden, unit_code=code, values=values))
        cells |= changes
        made = write_workbook(self.rubric, blank(self.rubric.form, unit))
        answers = Journey().judge(type_in(made, self.layout, cells)).answers
        # With the results that a spreadsheet program would have calculated and saved.
        made = write_workbook(self.rubric, Content(answers))
        return saved_at(type_in(made, self.layout, cells), saved)

    def department_workbook(self, code: str, changes: Mapping[str, object], saved: str) -> bytes:
        """The same for a unit of the made-up department, all of whose staff have signed."""
        unit = next(unit for unit in UNITS if unit.code == code)
        usual = {
            "reporter_position": f"หัวหน้าฝ่ายบริหาร {unit.name}",
            "signed": unit.headcount,
            "reports[0].date": date(2026, 4, 30),
            "reports[1].date": date(2026, 5, 8),
        }
        return self.workbook(code, {**usual, **changes}, saved)

    def stamped(self, code: str, keys: Mapping[str, object], saved: str) -> bytes:
        """The golden answers on a form of another version or year."""
        rubric = compile_rubric(self.rubric.form.model_copy(update=keys))
        made = write_workbook(rubric, Content(replace(self.golden, unit_code=code)))
        return saved_at(made, saved)


def saved_at(workbook: bytes, moment: str) -> bytes:
    """The workbook as a program would have stamped it when it was saved."""
    package = inspect(workbook).package
    assert package is not None
    core = package.content("docProps/core.xml").decode("utf-8")
    start = core.index(">", core.index("<dcterms:modified")) + 1
    end = core.index("</dcterms:modified>")
    return package.rewrite({"docProps/core.xml": (core[:start] + moment + core[end:]).encode()})


def make_files(sent: Iterable[Sent]) -> dict[str, bytes]:
    """The files of the other offices by name below their inbox."""
    makers: dict[str, Maker] = {}
    files = {}
    for file in sent:
        if file.form not in makers:
            makers[file.form] = Maker(file.form)
        maker = makers[file.form]
        if file.stamped:
            files[file.name] = maker.stamped(file.unit, file.stamped, file.saved)
        else:
            files[file.name] = maker.workbook(file.unit, file.changes, file.saved)
    return files


def make_department() -> dict[str, bytes]:
    """The files of the made-up department by name."""
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
    inbox["สลก_moi2569.xlsx"] = maker.department_workbook("SEC", no_report, "2026-05-20T03:00:00Z")
    inbox["กบค ครั้งแรก.xlsx"] = maker.department_workbook(
        "HR", {"signed": 19, "in_writing": None, "claim_1": 3}, "2026-05-12T02:00:00Z"
    )
    inbox["กบค แก้ไขแล้ว.xlsx"] = maker.department_workbook(
        "HR", {"signed": 20, "claim_1": 2}, "2026-05-25T07:30:00Z"
    )
    inbox["FIN-ผิดพลาด.xlsx"] = maker.department_workbook(
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
    inbox["กยผ.xlsx"] = maker.department_workbook(
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
    inbox["รายชื่อโครงการ กม.xlsx"] = saved_at(an_office_list(), "2026-05-11T04:00:00Z")
    whole = maker.department_workbook("AUD", {}, "2026-05-19T04:00:00Z")
    inbox["ตสน.xlsx"] = whole[: len(whole) * 2 // 3]
    inbox["กพร-moi-2569.xlsx"] = maker.department_workbook(
        "PSD",
        {"evidence_9": None, "committee": None, "headcount": 9, "signed": 8},
        "2026-05-22T04:00:00Z",
    )
    ethics = maker.department_workbook(
        "ETH",
        {"improved": None, "lessons_learned": None, "claim_5": 1, "report_date": "2569-05-30"},
        "2026-05-24T04:00:00Z",
    )
    inbox["จธ พร้อมหลักฐาน.zip"] = with_evidence("จธ.xlsx", ethics)
    inbox["ศภ1 บันทึกจาก LibreOffice.xlsx"] = saved_at(
        by_libreoffice(
            maker.department_workbook(
                "R01", {"declaration_do_dont": None, "claim_2": 2}, "2026-05-20T04:00:00Z"
            )
        ),
        "2026-05-20T04:00:00Z",
    )
    # Exactly the level 2 rule without level 1's: 2, 2, 2, 3, 3, 2, and nothing after.
    inbox["ศภ3.xlsx"] = maker.department_workbook(
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
    twice = maker.department_workbook(
        "R04", {"channels[4].scope": "ภายใน", "claim_9": 2}, "2026-05-18T04:00:00Z"
    )
    inbox["ศภ4.xlsx"] = twice
    inbox["ศภ4 (1).xlsx"] = twice
    inbox["ศภ5.xlsx"] = maker.department_workbook(
        "R05", {"unit_code": "R99"}, "2026-05-26T04:00:00Z"
    )
    return inbox


def with_evidence(name: str, workbook: bytes) -> bytes:
    """A form with what it names, in one archive: two pictures and a document."""
    return build(
        [
            (name, workbook),
            ("ข้อ 1 พิธีประกาศเจตนารมณ์.jpg", photo("red", (800, 600))),
            ("ข้อ 6 มอบเกียรติบัตร.jpg", photo("blue", (600, 800))),
            ("ข้อ 3 คำสั่งแต่งตั้งคณะทำงาน.pdf", PDF),
        ]
    )


def write_filled(maker: Maker, answers: Answers) -> bytes:
    """The form filled in by the program itself, from an answers file."""
    return write_workbook(maker.rubric, Content(answers))


def an_office_list() -> bytes:
    """A workbook that is no form."""
    listed = pd.DataFrame({"ลำดับ": [1, 2], "ชื่อโครงการ": ["อบรม", "จิตอาสา"]})
    buffer = BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        writer.book.set_properties({"created": datetime(2026, 5, 11)})
        listed.to_excel(writer, index=False)
    return buffer.getvalue()


def by_libreoffice(workbook: bytes) -> bytes:
    """The workbook as LibreOffice saves it, without the days on which it did."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.xlsx"
        path.write_bytes(workbook)
        with ZipFile(convert([path], "xlsx", Path(folder))[0]) as package:
            return build([(name, package.read(name)) for name in package.namelist()])


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files and no others."""
    if folder.exists():
        shutil.rmtree(folder)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main() -> None:
    """Writes samples/units.xlsx and both inboxes."""
    write_files(SAMPLES / "inbox", {**make_department(), **make_files(INBOX)})
    write_files(SAMPLES / "earlier", make_files(EARLIER))
    (SAMPLES / "units.xlsx").write_bytes(write_registry(UNITS, form_ids()))


if __name__ == "__main__":
    main()
