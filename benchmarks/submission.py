"""Times one submission against the usual way and against the floor; needs no arguments.

All of it runs in one process, the repetitions interleaved, so that a busy moment of the
machine hits every competitor; medians are printed. Each timed run follows an untimed one of
the same kind, as one submission follows another in a round. The usual way is what the
documentation of openpyxl and python-docx shows, and is spared what ours does besides:
guarding the file, normalising, checking, scoring, and any styling of the document.
"""

from __future__ import annotations

import gc
import io
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import docx
import openpyxl
from docx.table import Table
from lxml import etree

from moral_xlsx.excel.write.review import review_cells, review_places
from moral_xlsx.submission import journey
from moral_xlsx.word.report.document import CompiledReport

REPETITIONS, STARTS = 21, 15
ROUND = "2569-05"
INBOX = Path(__file__).parent.parent / "samples" / "inbox"
# Where each stage of ours begins: what is timed there, and the stage that it counts for.
STAGES: tuple[tuple[str, object, str], ...] = (
    ("guard", journey, "inspect"),
    ("read: values", journey, "open_workbook"),
    ("read: answers", journey, "read"),
    ("normalise", journey, "normalise"),
    ("check and score", journey, "assess"),
    ("check and score", journey, "check_live"),
    ("write back", journey, "review_cells"),
    ("write back", journey, "review_places"),
    ("write back", journey, "write_cells"),
    ("DOCX", CompiledReport, "fill"),
)
REST = "the rest"

Cells = Mapping[tuple[str, int, int], Any]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the report: its size, and each cell's text with the far corner it reaches."""

    rows: int
    columns: int
    cells: tuple[tuple[int, int, int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the floor handles: compressed inputs, and contents to compress."""

    compressed: tuple[bytes, ...]
    every: tuple[bytes, ...]
    changed: tuple[bytes, ...]


class Ours:
    """The program itself, as a worker of a round runs it: warm, its form loaded once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.journey = journey.Journey()

    def run(self) -> journey.Outputs:
        return self.journey.issue(self.journey.judge(self.data), ROUND)

    def run_by_stage(self) -> dict[str, float]:
        """Seconds of each stage of one run."""
        seconds: dict[str, float] = defaultdict(float)

        def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any, **kwargs: Any) -> Any:
                start = time.perf_counter()
                try:
                    return function(*args, **kwargs)
                finally:
                    seconds[stage] += time.perf_counter() - start

            return run

        with ExitStack() as stack:
            for stage, owner, name in STAGES:
                stack.enter_context(patch.object(owner, name, timed(stage, getattr(owner, name))))
            start = time.perf_counter()
            self.run()
            seconds[REST] = time.perf_counter() - start - sum(seconds.values())
        return seconds


def read_with_openpyxl(data: bytes, read_only: bool) -> int:
    """Read every value, and count those that are not blank."""
    workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=read_only)
    return sum(
        value is not None
        for sheet in workbook.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
    )


def write_with_openpyxl(data: bytes, cells: Cells) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    for (title, row, column), value in cells.items():
        workbook[title].cell(row + 1, column + 1).value = value
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def build_with_docx(blocks: Iterable[str | Grid]) -> bytes:
    """The document by ``table.cell``, in python-docx's default template."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(block.rows, block.columns, style="Table Grid")
        for row, column, last_row, last_column, text in block.cells:
            cell = table.cell(row, column)
            if (row, column) != (last_row, last_column):
                cell = cell.merge(table.cell(last_row, last_column))
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def blocks_of(report: bytes) -> tuple[str | Grid, ...]:
    """The paragraphs and tables of a DOCX, for the usual way to build again."""
    document = docx.Document(io.BytesIO(report))
    return tuple(
        _grid(block) if isinstance(block, Table) else block.text
        for block in document.iter_inner_content()
    )


def _grid(table: Table) -> Grid:
    rows, columns = len(table.rows), len(table.columns)
    reach: dict[Any, tuple[int, int, int, int, str]] = {}
    for row in range(rows):
        for column in range(columns):
            cell = table.cell(row, column)  # merged cells share one element
            first_row, first_column, *_ = reach.get(cell._tc, (row, column))
            reach[cell._tc] = (first_row, first_column, row, column, cell.text)
    return Grid(rows, columns, tuple(reach.values()))


def parts_of(data: bytes, outputs: journey.Outputs) -> Parts:
    """The input's XML still compressed, and the outputs' contents: all, and those changed."""
    contents = _contents(data)
    workbook, report = _contents(outputs.workbook), _contents(outputs.report)
    changed = [content for name, content in workbook.items() if contents[name] != content]
    return Parts(
        tuple(_deflated(contents[name]) for name in contents if _is_xml(name)),
        (*workbook.values(), *report.values()),
        (*changed, report["word/document.xml"]),
    )


def _contents(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(content) + deflater.flush()


def run_floor(compressed: Iterable[bytes], contents: Iterable[bytes]) -> None:
    """Inflate and parse the input once, deflate the outputs; not even a zip directory."""
    for part in compressed:
        etree.fromstring(zlib.decompress(part, -zlib.MAX_WBITS))
    for content in contents:
        _deflated(content)


def milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def medians(runs: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Median milliseconds of each run; in every repetition each has its turn."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repetitions):
        for name, run in runs.items():
            run()
            gc.collect()  # nobody pays for what another left behind
            taken[name].append(milliseconds(run))
    return {name: median(times) for name, times in taken.items()}


def compare(data: bytes) -> None:
    ours = Ours(data)
    outputs = ours.run()
    if outputs.findings:
        sys.exit("The sample was not written back into; make the samples again: make samples")
    submission = ours.journey.judge(data)
    cells = review_places(submission.opened.areas, review_cells(submission.assessment, ROUND))
    assert cells is not None
    blocks, parts = blocks_of(outputs.report), parts_of(data, outputs)
    stages: dict[str, list[float]] = defaultdict(list)

    def by_stage() -> None:  # its untimed runs count as well
        for stage, seconds in ours.run_by_stage().items():
            stages[stage].append(1000 * seconds)

    took = medians(
        {
            "ours": ours.run,
            "by stage": by_stage,
            "read": lambda: read_with_openpyxl(data, read_only=False),
            "read only": lambda: read_with_openpyxl(data, read_only=True),
            "write": lambda: write_with_openpyxl(data, cells),
            "docx": lambda: build_with_docx(blocks),
            "floor, every": lambda: run_floor(parts.compressed, parts.every),
            "floor, changed": lambda: run_floor(parts.compressed, parts.changed),
            "input": lambda: run_floor(parts.compressed, ()),
        },
        REPETITIONS,
    )
    line(f"ours, end to end (medians of {REPETITIONS})", took["ours"])
    for stage, times in stages.items():
        line(f"  {stage}", median(times))

    grids = [block for block in blocks if isinstance(block, Grid)]
    size = f"{len(grids)} tables, {sum(len(grid.cells) for grid in grids)} cells"
    usual = took["read"] + took["write"] + took["docx"]
    fastest = took["read only"] + took["write"] + took["docx"]
    line("the usual way", usual)
    line("  openpyxl: load, read every cell", took["read"])
    line(f"  openpyxl: load, set {len(cells)} cells, save", took["write"])
    line(f"  python-docx: {size}", took["docx"])
    line("the usual way with read_only=True", fastest)
    line("  openpyxl: load, read every cell", took["read only"])

    line("the floor (a): every member of the outputs deflated", took["floor, every"])
    line("the floor (b): only what had to change deflated", took["floor, changed"])
    line("  of both: inflate and parse the input", took["input"])

    ratio("the usual way / ours", usual / took["ours"], "at least 10")
    ratio("the usual way with read_only=True / ours", fastest / took["ours"], "at least 10")
    ratio("ours / floor (a)", took["ours"] / took["floor, every"], "at most 3")
    ratio("ours / floor (b)", took["ours"] / took["floor, changed"], "at most 3")


def compare_starts() -> None:
    """The command's help against a process that only imports click."""
    command = shutil.which("moral-xlsx", path=str(Path(sys.executable).parent))
    if command is None:
        sys.exit("moral-xlsx is not installed beside this Python: pip install -e .")

    def start(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)

    took = medians(
        {"help": start(command, "--help"), "click": start(sys.executable, "-c", "import click")},
        STARTS,
    )
    line(f"moral-xlsx --help (medians of {STARTS} processes)", took["help"])
    line('python -c "import click"', took["click"])
    ratio("--help / import click", took["help"] / took["click"], "under 2")


def line(what: str, value: float) -> None:
    print(f"{what:<58}{value:9.2f} ms")


def ratio(what: str, value: float, target: str) -> None:
    print(f"{what:<58}{value:9.2f}    (target: {target})")


def describe_machine() -> str:
    load = f", load {os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}"


def main() -> None:
    sample = next(INBOX.glob("*ศทส*.xlsx"))
    print(f"{sample.name}, {sample.stat().st_size} bytes; {describe_machine()}")
    compare(sample.read_bytes())
    compare_starts()


if __name__ == "__main__":
    main()
