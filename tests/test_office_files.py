"""Word and Excel open what we write without a question: held against Microsoft's own validator."""

from __future__ import annotations

import email
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from email.policy import default
from pathlib import Path

import pytest
from conftest import golden_of
from samples_rounds import Samples

from moral_xlsx.excel.form.layout import lay_out
from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.marking import Mark, mark
from moral_xlsx.model.errors import Refused
from moral_xlsx.opc import Limits, Package
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.issuing import issue
from moral_xlsx.submission.journey import Journey

ROOT = Path(__file__).parent.parent
# A file takes half a second of processor time, and all kinds together a minute at most.
MOST_FILES = 100

OFFICE = {".xlsx", ".docx"}
WORKBOOKS = {".xlsx", ".xls", ".xlsb", ".ods"}

pytestmark = pytest.mark.slow


def validator() -> Path | None:
    """The program that ``make validator`` brings, for this system."""
    packages = ROOT / ".office-validator" / "node_modules" / "@xarsh"
    name = "ooxml-validator.exe" if sys.platform == "win32" else "ooxml-validator"
    return next(packages.glob(f"ooxml-validator-{sys.platform}-*/{name}"), None)


@pytest.fixture(scope="module", autouse=True)
def _validator_is_there() -> None:
    if validator() is None:
        pytest.skip("Microsoft's validator is not there: make validator")


def faults(path: Path) -> Counter[str]:
    """What Microsoft's validator finds in a file, by part and text."""
    ran = subprocess.run(
        [str(validator()), str(path)],
        capture_output=True,
        timeout=120,
        check=False,
        # It is built without the tables of languages that some systems lack.
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    told = json.loads(ran.stdout)
    found = Counter(f"{each['path']}: {each['description']}" for each in told["errors"])
    assert told["ok"] is not bool(found), told
    return found


def all_faults(files: Mapping[str, bytes], folder: Path) -> dict[str, Counter[str]]:
    """The faults of each file, of those that have any; names end with the kind of file."""
    paths = {}
    for at, (name, data) in enumerate(files.items()):
        paths[name] = folder / f"{at}{Path(name).suffix}"
        paths[name].write_bytes(data)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(paths, pool.map(faults, paths.values()), strict=True))
    return {name: each for name, each in found.items() if each}


# --- what there is


def blanks(_: Path) -> dict[str, bytes]:
    """The blank workbook of every form, and of the registry."""
    return {path.name: path.read_bytes() for path in (ROOT / "input_templates").iterdir()}


def goldens(_: Path) -> dict[str, bytes]:
    """Every form: filled in, with its result and a list of all its inputs; and its report."""
    files, journey = {}, Journey()
    for form_id in form_ids():
        form = load_form(form_id)
        filled = write_workbook(compile_rubric(form), Content(golden_of(form_id)))
        outputs = issue(journey.judge(filled), "2569-05")
        marks = [
            Mark(area.sheet, area.first_row, area.first_column, "ผิด <&> ผิด", "error")
            for area in lay_out(form).names.values()
        ]
        files |= {
            f"{form_id}.xlsx": mark(inspect(outputs.workbook), marks[:200]),
            f"{form_id}.docx": outputs.report,
        }
    return files


def month(samples: Samples) -> dict[str, bytes]:
    """Of the samples' month: the summaries, of each form one that was returned and one that was
    accepted without a returned one, with what their letters enclose; and of a reminder."""
    output = samples.last
    files = (file for file in samples.months["inbox"].files if file.form)
    judged = sorted(files, key=lambda file: file.verdict)
    outputs = {file.form: file.outputs for file in judged}.values()
    paths = [output / name for names in outputs for name in names]
    letters = [path for path in paths if path.suffix == ".eml"]
    letters += sorted((output / "reminders").glob("*.eml"))[:1]
    paths += output.glob("summary.*")
    read = {path.name: path.read_bytes() for path in paths if path.suffix in OFFICE}
    for letter in letters:
        read |= {f"{letter.stem} {name}": data for name, data in enclosed(letter).items()}
    # What letters enclose is mostly the same again.
    return {name: data for data, name in {data: name for name, data in read.items()}.items()}


def enclosed(letter: Path) -> dict[str, bytes]:
    """The Office files that a letter encloses."""
    message = email.message_from_bytes(letter.read_bytes(), policy=default)
    parts = {each.get_filename() or "": each for each in message.iter_attachments()}
    return {
        name: part.get_payload(decode=True)
        for name, part in parts.items()
        if Path(name).suffix in OFFICE
    }


KINDS: dict[str, Callable[[Samples], dict[str, bytes]]] = {
    "blank workbooks": blanks,
    "the golden answers of every form": goldens,
    "a month of the samples": month,
}


def odd_inputs() -> dict[str, bytes]:
    """Workbooks that other programs saved, and those that met us in the field."""
    folders = (ROOT / "tests" / "field", ROOT / "tests" / "saves")
    files = [path for folder in folders for path in sorted(folder.iterdir())]
    return {path.name: path.read_bytes() for path in files if path.suffix in WORKBOOKS}


@pytest.mark.parametrize("kind", KINDS)
def test_office_opens_what_we_write_without_a_question(
    kind: str, samples: Samples, tmp_path: Path
) -> None:
    files = KINDS[kind](samples)
    assert len(form_ids()) <= len(files) <= MOST_FILES
    assert all_faults(files, tmp_path) == {}


def test_what_came_in_odd_is_no_odder_when_it_goes_out(tmp_path: Path) -> None:
    journey = Journey()
    came: dict[str, bytes] = {}
    gone: dict[str, bytes] = {}
    for name, data in odd_inputs().items():
        try:
            outputs = issue(journey.judge(data), "2569-05")
        except Refused:
            continue
        came[name] = data
        # Of another kind of file, a fresh workbook is made. Reports know nothing of the file.
        gone[f"{name}.xlsx"] = outputs.marked or outputs.workbook
    assert {Path(name).suffix for name in came} >= {".xlsx", ".xls", ".ods"}
    after = all_faults(gone, tmp_path)
    suspects = {name: came[name] for name in came if f"{name}.xlsx" in after}
    before = all_faults(
        {name: data for name, data in suspects.items() if name.endswith(".xlsx")}, tmp_path
    )
    assert before, "some came with faults that are not ours"
    known = {f"{name}.xlsx": found for name, found in before.items()}
    new = {name: found - known.get(name, Counter()) for name, found in after.items()}
    assert {name: found for name, found in new.items() if found} == {}


@pytest.mark.parametrize(
    ("kind", "part", "good", "bad"),
    [
        ("report.docx", "word/document.xml", b"<w:pPr>", b'<w:pPr><w:jc w:val="left"/>'),
        ("filled.xlsx", "xl/worksheets/sheet1.xml", b"<sheetData>", b"<pageMargins/><sheetData>"),
    ],
)
def test_what_office_would_ask_about_is_seen(
    kind: str, part: str, good: bytes, bad: bytes, golden_workbook: bytes, tmp_path: Path
) -> None:
    journey = Journey()
    data = golden_workbook
    if kind.endswith(".docx"):
        data = issue(journey.judge(data), "2569-05").report
    package = Package.open(data, Limits(100, 1 << 27, 1 << 28))
    content = package.content(part)
    assert good in content
    broken = package.rewrite({part: content.replace(good, bad, 1)})
    ((name, found),) = all_faults({kind: broken}, tmp_path).items()
    assert name == kind and any(each.startswith(f"/{part}:") for each in found)
