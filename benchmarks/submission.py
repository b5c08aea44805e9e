"""Times one submission against the usual way and against the floor: ``submission.py [TIMES]``.

All of it runs in one process, takes turns, and is timed by what it takes of the processor, which
a busy machine alters little; none of it waits for anything else. Ours is a worker of a round that
is already warm. The usual way (``usual.py``) builds the same documents, papers too, and is spared
what ours does besides: guarding the file, normalising, checking, scoring, and any styling.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time

import usual
from lxml import etree
from measuring import MOI, PLAN, ROUND, Figure, machine, medians, sample, table
from stages import REST, watched

from moral_xlsx.excel.write.review import review_cells, review_places
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.outputs import Outputs

TIMES = 11
# How often ours has to be faster than the usual way, and how often it may be slower than a floor.
FASTER = {MOI: 30, PLAN: 50}
FLOOR_EVERY, FLOOR_CHANGED = 1.6, 2.7


@dataclass(frozen=True, slots=True)
class Compared:
    """Median milliseconds of a form's sample: ``ours``, its ``stages`` by room, and the others'.

    ``built`` and ``filled`` are all its documents by python-docx and by docxtpl, the latter None
    where it is not installed; ``size`` says how much there is of them.
    """

    form: str
    size: str
    ours: float
    stages: Mapping[str, float]
    read: float
    read_only: float
    written: float
    built: float
    filled: float | None
    floor_every: float
    floor_changed: float
    floor_input: float

    @property
    def usual(self) -> float:
        return self.read + self.written + self.built

    def figures(self) -> tuple[Figure, ...]:
        """What is held against the targets."""
        form, fastest = self.form, self.read_only + self.written + self.built
        shown = [Figure(f"{form}: the usual way reading read-only / ours", fastest / self.ours)]
        if self.filled is not None:
            filled = self.read_only + self.written + self.filled
            shown += [Figure(f"{form}: that, with documents by docxtpl / ours", filled / self.ours)]
        every, changed = self.ours / self.floor_every, self.ours / self.floor_changed
        return (
            Figure(f"{form}: one submission", self.ours, "ms"),
            Figure(f"{form}: the usual way / ours", self.usual / self.ours, least=FASTER[form]),
            *shown,
            Figure(f"{form}: ours / floor (a)", every, most=FLOOR_EVERY),
            Figure(f"{form}: ours / floor (b)", changed, most=FLOOR_CHANGED),
        )

    def parts(self) -> tuple[Figure, ...]:
        """What the figures are made of."""
        filled = () if self.filled is None else (Figure("docxtpl: the same", self.filled, "ms"),)
        return (
            Figure("ours, end to end", self.ours, "ms"),
            *(Figure(room, taken, "ms") for room, taken in self.stages.items()),
            Figure("the usual way", self.usual, "ms"),
            Figure("openpyxl: load, read every cell", self.read, "ms"),
            Figure("openpyxl: the same, read only", self.read_only, "ms"),
            Figure("openpyxl: load, set the cells, save", self.written, "ms"),
            Figure(f"python-docx: {self.size}", self.built, "ms"),
            *filled,
            Figure("floor (a): every member of the outputs deflated", self.floor_every, "ms"),
            Figure("floor (b): only what had to change deflated", self.floor_changed, "ms"),
            Figure("of both: inflate and parse the input", self.floor_input, "ms"),
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the floor handles: compressed inputs, and contents to compress."""

    compressed: tuple[bytes, ...]
    every: tuple[bytes, ...]
    changed: tuple[bytes, ...]


def measure(path: Path, times: int = TIMES) -> Compared:
    """One submission, its competitors taking turns so many times.

    Raises RuntimeError when the sample is not of today's layout.
    """
    data, journey = path.read_bytes(), Journey()
    submission = journey.judge(data)
    outputs = issue(submission, ROUND)
    form, assessment = submission.rubric.form, submission.assessment
    cells = review_places(submission.opened.areas, review_cells(form, assessment, ROUND))
    if cells is None or outputs.findings:
        raise RuntimeError(f"{path.name} is not of today's layout: make samples")
    documents = [usual.blocks_of(each) for each in _documents(outputs)]
    parts = _parts_of(data, outputs)
    stages: dict[str, list[float]] = defaultdict(list)

    def ours() -> Outputs:
        return issue(journey.judge(data), ROUND)

    def by_stage() -> None:  # its untimed runs count as well
        for room, seconds in _by_stage(ours).items():
            stages[room].append(1000 * seconds)

    runs: dict[str, Callable[[], object]] = {
        "ours": ours,
        "by stage": by_stage,
        "read": lambda: usual.read(data, read_only=False),
        "read only": lambda: usual.read(data, read_only=True),
        "written": lambda: usual.write(data, cells),
        "built": lambda: usual.build(documents),
        "every": lambda: _run_floor(parts.compressed, parts.every),
        "changed": lambda: _run_floor(parts.compressed, parts.changed),
        "input": lambda: _run_floor(parts.compressed, ()),
    }
    if find_spec("docxtpl") is not None:
        templates = [usual.template_of(blocks) for blocks in documents]
        runs["filled"] = lambda: usual.fill(templates)
    took = medians(runs, times, process_time)
    grids = [block for blocks in documents for block in blocks if not isinstance(block, str)]
    in_tables = sum(len(grid.cells) for grid in grids)
    return Compared(
        form.id,
        f"documents {len(documents)}, tables {len(grids)}, cells {in_tables}",
        took["ours"],
        {room: median(times) for room, times in stages.items()},
        took["read"],
        took["read only"],
        took["written"],
        took["built"],
        took.get("filled"),
        took["every"],
        took["changed"],
        took["input"],
    )


def _by_stage(run: Callable[[], object]) -> dict[str, float]:
    """Seconds of the processor of each room in one run."""
    seconds: dict[str, float] = defaultdict(float)
    began = 0.0

    def enter(_room: str) -> None:
        nonlocal began
        began = process_time()

    def leave(room: str) -> None:
        seconds[room] += process_time() - began

    with watched(enter, leave):
        start = process_time()
        run()
        whole = process_time() - start
    return {**seconds, REST: whole - sum(seconds.values())}


def _documents(outputs: Outputs) -> tuple[bytes, ...]:
    """The report and what else the form makes of its answers."""
    return outputs.report, *outputs.papers.values()


def _parts_of(data: bytes, outputs: Outputs) -> _Parts:
    """The input's XML still compressed, and the outputs' contents: all, and those changed."""
    contents, workbook = _contents(data), _contents(outputs.workbook)
    documents = [_contents(each) for each in _documents(outputs)]
    changed = [content for name, content in workbook.items() if contents[name] != content]
    return _Parts(
        tuple(_deflated(contents[name]) for name in contents if _is_xml(name)),
        tuple(content for each in (workbook, *documents) for content in each.values()),
        (*changed, *(each["word/document.xml"] for each in documents)),
    )


def _contents(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(content) + deflater.flush()


def _run_floor(compressed: Iterable[bytes], contents: Iterable[bytes]) -> None:
    """Inflates and parses the input once, deflates the outputs; not even a zip directory."""
    for part in compressed:
        etree.fromstring(zlib.decompress(part, -zlib.MAX_WBITS))
    for content in contents:
        _deflated(content)


def main(times: int) -> None:
    print(f"{machine()}; medians of {times}")
    for form_id in FASTER:
        path = sample(form_id)
        compared = measure(path, times)
        print(f"\n{path.name}, {path.stat().st_size:,} bytes\n")
        print(table((*compared.parts(), *compared.figures()[1:])), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
