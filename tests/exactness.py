"""Writes docs/exactness.md: how far Python, LibreOffice and a second engine were compared.

python tests/exactness.py [FILLS_OF_MOI [FILLS_OF_EACH_OTHER]]      2,000 and 200 unless said
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from habits import HABITS, REPEATED, REPEATED_COUNTS, REPEATED_REPORTED
from test_differential import Compared, compare_habits
from test_second_engine import calculated

from moral_xlsx.rules.definition.load import form_ids, load_form

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "exactness.md"
_SHOWN = {
    "alike": "the same, on every sheet",
    "judged": "the same score",
    "told": "as far as it can",
}
_TESTS = (
    "Each is drawn by `tests/habits.py` for every form, and held by",
    "`test_what_officers_type_is_judged_alike_or_told` (against LibreOffice) and",
    "`test_no_way_of_typing_the_same_changes_a_score`; files from the field stand in `tests/field`",
    "with their right answers in `tests/test_field_cases.py`.",
)
_HEAD = """# Exactness

What the rules judge is computed twice: by Python, which counts, and by the formulas of the
workbook, which the officer sees. They are compared over every threshold of every form, over
random answers, and over answers typed as officers type them.

## What is typed, and what counts

"""


def kinds() -> str:
    """The table of the ways of typing: what counts, what is reported, what shows it."""
    rows = [
        "| typed | of | what counts | reported | the workbook shows |",
        "|---|---|---|---|---|",
    ]
    for each in HABITS:
        of, shown = ", ".join(each.types), _SHOWN[each.understood]
        rows.append(f"| {each.name} | {of} | {each.counts} | {each.reported} | {shown} |")
    said = (REPEATED, "table", REPEATED_COUNTS, REPEATED_REPORTED, _SHOWN["alike"])
    rows.append(f"| {' | '.join(said)} |")
    return "\n".join([*rows, "", *_TESTS]) + "\n"


def figures(compared: dict[str, Compared], engine: dict[str, tuple[int, int]]) -> str:
    """The figures of one run, as Markdown."""
    told: Counter[str] = Counter()
    lines = [
        "\n## Random answers, typed as officers type them",
        "",
        "`make exactness`: the same cells in LibreOffice and in Python.",
        "",
        "| form | fills | disagreements that nothing tells of |",
        "|---|---:|---:|",
    ]
    for name, each in compared.items():
        lines.append(f"| {name} | {each.fills:,} | {len(each.different) + len(each.untold)} |")
        told.update(each.told)
    lines += [
        "",
        "Fills in which the workbook shows another result, because no formula understands what was",
        "typed; a finding tells of each:",
        "",
        "| typed | fills |",
        "|---|---:|",
        *(f"| {name} | {count:,} |" for name, count in sorted(told.items())),
        "",
        f"## A second engine: formulas {version('formulas')}",
        "",
        "The golden answers of each form with criteria, typed into an empty workbook.",
        "",
        "| form | results compared | different |",
        "|---|---:|---:|",
        *(f"| {name} | {count} | {different} |" for name, (count, different) in engine.items()),
    ]
    return "\n".join(lines) + "\n"


def main(of_moi: int = 2_000, of_others: int = 200) -> int:
    compared: dict[str, Compared] = {}
    engine: dict[str, tuple[int, int]] = {}
    for name in form_ids():
        count = of_moi if name == "moi-2569" else of_others
        with tempfile.TemporaryDirectory() as folder:
            compared[name] = compare_habits(name, count, Path(folder))
            if load_form(name).criteria:
                wanted, shown = calculated(name, Path(folder))
                wrong = sum(shown[at] != value for at, value in wanted.items())
                engine[name] = len(wanted), wrong
        wrong = [*compared[name].different, *compared[name].untold]
        print(name, count, len(wrong), *wrong[:3], sep="\n", flush=True)
    DOCUMENT.write_text(_HEAD + kinds() + figures(compared, engine), "utf-8")
    found = any(each.different or each.untold for each in compared.values())
    return found or any(different for _, different in engine.values())


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
