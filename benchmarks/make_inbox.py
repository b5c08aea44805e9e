"""Makes the inbox of a whole country: ``make_inbox.py N FOLDER``.

``FOLDER/inbox`` gets N files and ``FOLDER/units.xlsx`` their units, with a few that sent nothing.
The same N gives the same bytes. The answers are those of the samples, under other codes, names
and numbers; every fifty files hold all shipped forms in the same shares, in an order of their own.
"""

from __future__ import annotations

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Literal

from inbox_parts import cut_off, framed, locked, mailed, photo, with_picture
from measuring import MOI, SAMPLES

from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.excel.read.guard import Inspected, inspect
from moral_xlsx.excel.write.writeback import CellValue, write_cells
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.model.round import FileState
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids
from moral_xlsx.submission.journey import Journey

Kind = Literal[
    "plain", "older", "copy", "pictured", "mailed", "evidenced", "typed",
    "cut off", "pdf", "locked", "empty",
]  # fmt: skip
_REJECTED: tuple[Kind, ...] = ("cut off", "pdf", "locked", "empty")
_SEED = 2569
# Samples whose answers are sent again, by form.
_BASES: Mapping[str, tuple[str, ...]] = {
    MOI: (
        *("แบบประเมิน ศทส. (ส่งแล้ว).xlsx", "กบค แก้ไขแล้ว.xlsx", "กยผ.xlsx", "สลก_moi2569.xlsx"),
        *("ศภ1 บันทึกจาก LibreOffice.xlsx", "ศภ3.xlsx", "ศภ4.xlsx", "กพร-moi-2569.xlsx"),
    ),
    "senate-2567": ("2567-06-28/สต1 แบบประเมินองค์กรคุณธรรม.xlsx",),
    "senate-2567-plan": ("2567-09-20/สต1 แผน 38 กิจกรรม.xlsx",),
    "senate-2567-activities": ("2567-06-28/สต1 รายการกิจกรรม.xlsx",),
    "senate-2567-level3": ("2567-06-28/สต1 ผลการส่งเสริมและพัฒนา.xlsx",),
    "senate-2567-progress": ("2567-06-28/สต1 รายงานไตรมาส 3.xlsx",),
    "senate-2567-project": ("2567-07-26/สต1 รายงานโครงการ.xlsx",),
    "senate-2567-complaints": ("2567-10-08/สต1 เรื่องร้องเรียน ถึงเดือนกันยายน.xlsx",),
    "diw-2566-plan": ("2566-06-30/กต1 แผนปฏิบัติการ (ลงผลแล้ว).xlsx",),
    "diw-2566-progress": ("2566-06-30/กต1 รายงานรอบ 9 เดือน.xlsx",),
    "cdd-chiangrai-2569": (
        *("2569-05-20/พช อำเภอ 1 ชุมชนใสสะอาด.xlsx", "2569-05-20/พช อำเภอ 2 ชุมชนใสสะอาด.xlsx"),
    ),
    "narathiwat-2569": ("2569-05-12/นราธิวาส หน่วยงาน 1.xlsx", "แบบรายงานจริยธรรม สตน2.xlsx"),
}
_TEXT_IN_NUMBERS = "FIN-ผิดพลาด.xlsx"
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_OLDER, _SAVED = "2026-05-02T03:00:00Z", "2026-05-12T03:00:00Z"
_GIVEN = ("สมชาย", "สมหญิง", "ประเสริฐ", "วันเพ็ญ", "อนันต์", "กาญจนา", "ธีรพล", "มาลี")
_FAMILY = ("ใจดี", "รักษ์ไทย", "ทองคำ", "ศรีสุข", "บุญมา", "แก้วใส", "พงษ์ไพร", "มั่นคง")


@dataclass(frozen=True, slots=True)
class _Slot:
    """A file to make; ``office`` is a word for the one of the block's units that sends it."""

    kind: Kind
    form: str
    office: str


def _block() -> tuple[tuple[_Slot, ...], ...]:
    """Fifty files; those that belong together stand together."""
    numbers = count()

    def moi(*kinds: Kind) -> tuple[_Slot, ...]:
        office = f"moi {next(numbers)}"
        return tuple(_Slot(kind, MOI, office) for kind in kinds)

    bureau = [form_id for form_id in _BASES if form_id.startswith("senate")]
    others = (
        *((form_id, "bureau") for form_id in bureau),
        *((form_id, "other bureau") for form_id in bureau[:2]),
        *((form_id, "division") for form_id in _BASES if form_id.startswith("diw")),
        *((form_id, f"{form_id} {at}") for form_id in list(_BASES)[-2:] for at in (0, 1)),
    )
    return (
        *(moi("plain") for _ in range(15)),
        *(moi("older", "plain") for _ in range(2)),
        *(moi("plain", "copy") for _ in range(2)),
        *(moi("pictured") for _ in range(3)),
        *(moi("evidenced") for _ in range(2)),
        *(moi("mailed") for _ in range(2)),
        *(moi(kind) for kind in ("typed", *_REJECTED)),
        *((_Slot("plain", form_id, office),) for form_id, office in others),
    )


_BLOCK = _block()


@dataclass(frozen=True, slots=True)
class _Base:
    """A sample to send again, with its answers; ``folder`` tells the day on which it came."""

    inspected: Inspected
    form: Form
    answers: Answers
    folder: str

    def under(self, unit: Unit, more: int, rng: Random) -> bytes:
        """The workbook as the unit sends it; ``more`` persons work there than in the sample."""
        values = self.answers.values
        own: dict[str, CellValue] = {"unit_code": unit.code}
        for each in self.form.fields:
            if each.registry in ("name", "executive"):
                own[each.id] = unit.name if each.registry == "name" else unit.executive
            elif each.registry == "headcount" and each.id in values:
                # All others of the unit sign too, so that a share does not fall.
                for name in {each.id, "signed"} & values.keys():
                    known = values[name]
                    own[name] = known + more if isinstance(known, int) else None
        cells = {self._at(name): value for name, value in own.items()}
        for table in self.form.tables:
            percents = [column.id for column in table.columns if column.type == "percent"]
            for index, row in enumerate(self.answers.tables.get(table.id, ())):
                for column in percents:
                    reached = int(str(row.get(column) or 0).partition(".")[0])
                    if 50 < reached < 98:
                        at = self._at(f"{table.id}.{column}", index)
                        cells[at] = reached + rng.randrange(3)
        return write_cells(self.inspected, cells)

    def _at(self, name: str, row: int = 0) -> tuple[str, int, int]:
        area = self.inspected.names[name]
        return area.sheet, area.first_row + row, area.first_column


@dataclass(slots=True)
class _Maker:
    """Makes one file after another; remembers the units and what each file is meant to become."""

    inbox: Path
    units: dict[str, Unit] = field(default_factory=dict)
    states: dict[str, FileState] = field(default_factory=dict)
    # The names of the files that nobody can read, by what is in them.
    unreadable: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    # The file that a copy is of.
    last: tuple[str, bytes] = ("", b"")

    def make(self, block: int, slot: _Slot, rng: Random) -> None:
        of_office = Random(f"{_SEED} {block} {slot.office}")
        more = of_office.randrange(12)
        base = _base(_chosen(slot, of_office), slot.kind == "older", slot.kind == "pictured")
        unit = self.unit(block, slot, base, more)
        folder = base.folder or f"2569-05-{rng.randrange(2, 16):02}"
        name = f"{folder}/{unit.code} {slot.form}.xlsx"
        if slot.kind == "copy":
            name, data = self.last[0].replace(folder_of(self.last[0]), "2569-05-20"), self.last[1]
            self.put(name, data, "duplicate")
        elif slot.kind in _REJECTED:
            self.put(*_broken(name, slot.kind, base, rng), "rejected")
        elif slot.kind in ("mailed", "evidenced"):
            data = base.under(unit, more, rng)
            files = {f"{unit.code}.xlsx": data}
            if slot.kind == "evidenced":
                files["ข้อ 1 พิธีประกาศเจตนารมณ์.jpg"] = photo(rng)
            name = f"{folder}/{unit.code}.eml"
            self.put(name, mailed(files, unit, rng), "other")
            self.states |= {
                f"{name}/{each}": "counted" if each.endswith(".xlsx") else "other" for each in files
            }
        elif slot.kind == "older":
            data = base.under(unit, more - 1, rng)
            self.put(name.replace(folder, "2569-05-01", 1), data, "superseded")
        else:
            data = base.under(unit, more, rng)
            if slot.kind == "pictured":
                data = with_picture(data, photo(rng))
            self.put(name, data, "counted")
            self.last = name, data

    def put(self, name: str, data: bytes, state: FileState) -> None:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.states[name] = state
        if state == "rejected":
            self.unreadable[hashlib.sha256(data).digest()].add(name)

    def unit(self, block: int, slot: _Slot, base: _Base, more: int) -> Unit:
        """The unit of a slot, which from now on is expected to send that form."""
        word = f"{block} {slot.office}"
        unit = self.units.get(word) or _new_unit(len(self.units) + 1, base, more)
        self.units[word] = replace(unit, forms=tuple(dict.fromkeys((*unit.forms, slot.form))))
        return self.units[word]


@dataclass(frozen=True, slots=True)
class Made:
    """An inbox that was made: its units, and the state that each file of a round is meant for.

    Files are named as a round names them; what stands in a message too.
    """

    states: Mapping[str, FileState]
    units: tuple[Unit, ...]


def make_inbox(number: int, folder: Path) -> Made:
    """Writes ``number`` files below ``folder/inbox`` and their units into ``folder/units.xlsx``.

    Raises FileExistsError when there is an inbox already.
    """
    maker = _Maker(folder / "inbox")
    maker.inbox.mkdir(parents=True)
    for block, slot, rng in islice(_slots(), number):
        maker.make(block, slot, rng)
    units = [*maker.units.values()]
    units += [_new_unit(len(units) + at, None, 0) for at in range(1, number // 50 + 1)]
    (folder / "units.xlsx").write_bytes(write_registry(units, form_ids()))
    # Two empty files are the same file, and so are two of one sample that broke off at one place.
    for names in maker.unreadable.values():
        maker.states |= dict.fromkeys(sorted(names)[1:], "duplicate")
    return Made(maker.states, tuple(units))


def _slots() -> Iterator[tuple[int, _Slot, Random]]:
    """Every file with the number of its block and the source of its chances, without end."""
    for block in count():
        rng = Random(f"{_SEED} {block}")
        for group in rng.sample(_BLOCK, len(_BLOCK)):
            for slot in group:
                yield block, slot, rng


def _chosen(slot: _Slot, of_office: Random) -> str:
    """The sample whose answers are sent; an older version is of the same one."""
    if slot.kind == "typed":
        return _TEXT_IN_NUMBERS
    bases = _BASES[slot.form]
    return bases[0] if slot.kind == "pictured" else of_office.choice(bases)


@cache
def _base(name: str, older: bool, pictured: bool) -> _Base:
    path = SAMPLES / name
    data = path.read_bytes()
    submission = Journey().judge(data)
    form, folder = submission.rubric.form, folder_of(name)
    if pictured:
        data = framed(data, photo(Random(_SEED)), submission.opened.areas["evidence_6"])
    if not folder:
        data = saved_at(data, _OLDER if older else _SAVED)
    return _Base(inspect(data), form, submission.answers, folder)


def saved_at(workbook: bytes, moment: str) -> bytes:
    """The workbook as a program would have stamped it when it was saved."""
    package = inspect(workbook).package
    if package is None:
        raise ValueError("only an .xlsx is stamped so")
    core = package.content("docProps/core.xml").decode()
    start = core.index(">", core.index("<dcterms:modified")) + 1
    end = core.index("</dcterms:modified>")
    return package.rewrite({"docProps/core.xml": (core[:start] + moment + core[end:]).encode()})


def folder_of(name: str) -> str:
    """The folder in which a file lies; empty for one that lies in none."""
    return name.rpartition("/")[0]


def _broken(name: str, kind: Kind, base: _Base, rng: Random) -> tuple[str, bytes]:
    """A file that nobody can read, with its name."""
    if kind == "pdf":
        return name.replace(".xlsx", ".pdf"), _PDF + rng.randbytes(20_000)
    if kind == "locked":
        return name, locked(rng)
    return name, cut_off(base.inspected.data, rng) if kind == "cut off" else b""


def _new_unit(number: int, base: _Base | None, more: int) -> Unit:
    known = base.answers.values.get("headcount") if base else None
    code = f"U{number:05}"
    return Unit(
        code,
        f"สำนักงานตัวอย่างที่ {number}",
        f"สต.{number}",
        "",
        f"นาย{_GIVEN[number % 8]} {_FAMILY[number // 8 % 8]}",
        f"{code.lower()}@example.go.th",
        known + more if isinstance(known, int) else None,
        () if base else (MOI,),
    )


def main(number: int, folder: Path) -> None:
    made = make_inbox(number, folder)
    print(f"{number} files, {len(made.units)} units: {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("make_inbox.py N FOLDER")
    main(int(sys.argv[1]), Path(sys.argv[2]))
