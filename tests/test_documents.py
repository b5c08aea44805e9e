"""The documents say what the program does.

``python tests/test_documents.py`` writes docs/findings.md, and the keys in docs/definitions.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

import click
import pytest
from exactness import DOCUMENT, kinds

from moral_xlsx.cli import main
from moral_xlsx.model.catalogue import KINDS
from moral_xlsx.model.compilation import CompileItem
from moral_xlsx.model.definition import (
    Definition,
    Group,
    WrittenCheck,
    WrittenCrossCheck,
    WrittenDerived,
    WrittenField,
)
from moral_xlsx.model.errors import DefinitionError
from moral_xlsx.model.form import Correction, Exemption, Form, Interpretation
from moral_xlsx.model.paper import Paper, PaperPart
from moral_xlsx.model.printed import (
    Ladder,
    Printed,
    PrintedColumn,
    PrintedRow,
    PrintedTable,
    Signature,
)
from moral_xlsx.model.question import Choice, Column, Field, Sheet, Table
from moral_xlsx.model.round import FileState
from moral_xlsx.model.rubric import (
    Box,
    Criterion,
    DueDate,
    Follows,
    Level,
    Part,
    RollUp,
    Rung,
    Subtotal,
)
from moral_xlsx.model.survey import Survey
from moral_xlsx.model.value import Value
from moral_xlsx.rules.definition.load import form_ids
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.conditions import COMPARED, CONDITIONS, parse_condition
from moral_xlsx.rules.judge.quantities import QUANTITIES
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise
from moral_xlsx.thai import arabic_digits

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
COMMANDS_PAGE = DOCS / "commands.md"
DEFINITIONS = DOCS / "definitions.md"
FINDINGS = DOCS / "findings.md"
FORMS = DOCS / "forms.md"
INSTALL = DOCS / "install.md"
MONTHS = DOCS / "months.md"
DECISIONS = tuple(sorted((DOCS / "decisions").glob("0*.md")))
DOCUMENTS = (README, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md")))
MOST_LINES_OF_THE_README, MOST_LINES_OF_A_DECISION = 70, 45
MOST_BYTES_OF_A_PICTURE = 150_000

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FROM_DEFINITION = "{message}"


def text(path: Path) -> str:
    return path.read_text("utf-8")


# --- findings.md ---------------------------------------------------------------


def findings_document() -> str:
    """The catalogue of findings as the document shows it."""
    own = ", ".join(each.code for each in KINDS if each.message_th == _FROM_DEFINITION)
    lines = [
        "# Findings",
        "",
        "Every finding that the program can give. Codes are stable and never reused: 1xx is about",
        "the file, 2xx about reading the answers, 3xx about what reviewers look for, 4xx about the",
        "round and the registry. An `error` has to be mended by the unit, a `warning` is for the",
        "reviewers, an `info` tells how something was read. Words in braces are filled in.",
        f"The texts of {own} stand in the form's",
        "definition, see [checks](definitions.md#สิ่งที่ผู้ตรวจมองหา).",
        "",
        "This page is generated from `moral_xlsx/model/catalogue.py`; after a change there run",
        "`python tests/test_documents.py`.",
        "",
        "| code | severity | สิ่งที่พบ | message | วิธีแก้ |",
        "|---|---|---|---|---|",
    ]
    for each in KINDS:
        cells = (each.code, each.severity, each.message_th, each.message_en, each.remedy_th)
        row = " | ".join(cell.replace("|", r"\|") for cell in cells)
        lines.append(f"| {row} |")
    return "\n".join(lines) + "\n"


def test_the_list_of_findings_is_the_catalogue() -> None:
    assert text(FINDINGS) == findings_document(), "run: python tests/test_documents.py"


# --- the command line ----------------------------------------------------------


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(main, "moral-xlsx"))


def options(command: click.Command) -> set[str]:
    declared = [each for each in command.params if isinstance(each, click.Option)]
    return {option for each in declared for option in (*each.opts, *each.secondary_opts)}


def synopsis(path: str) -> str:
    """The line of the list of commands that tells how to type a command."""
    section = text(COMMANDS_PAGE).partition("# Commands\n")[2].partition("\n|")[0]
    lines = [line.strip() for line in section.splitlines() if line.startswith(f"    {path}")]
    assert len(lines) == 1, f"{COMMANDS_PAGE.name} lists {path!r} {len(lines)} times"
    return lines[0]


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_is_documented_with_exactly_its_options(path: str) -> None:
    shown = set(re.findall(r"(?<!\S)\[?(--?[a-z-]+)", synopsis(path)))
    assert shown == options(COMMANDS[path])


@pytest.mark.parametrize("path", COMMANDS)
def test_the_table_of_exit_codes_has_every_command(path: str) -> None:
    assert f"\n| `{path.removeprefix('moral-xlsx ')}` |" in text(COMMANDS_PAGE)


def test_the_options_of_the_program_itself_are_documented() -> None:
    helps = main.context_settings["help_option_names"]
    for option in (*options(main), *helps):
        assert option in text(COMMANDS_PAGE)


def test_no_document_names_a_command_that_is_not_there() -> None:
    groups = {path.rpartition(" ")[0] for path in COMMANDS}
    for document in DOCUMENTS:
        named = r"moral-xlsx( [a-z]+(?: (?:list|show|new|check|fetch|send))?)"
        for found in re.findall(named, text(document)):
            path = f"moral-xlsx{found}"
            known = path in COMMANDS or path.rpartition(" ")[0] in COMMANDS or path in groups
            assert known, f"{document.name}: {path}"


# --- the start of the README ---------------------------------------------------


def test_the_first_commands_of_the_readme_exist() -> None:
    top = text(README).partition("\n## ")[0]
    started = re.findall(r"^ {4}make ([a-z]+)", top, re.MULTILINE)
    targets = re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE)
    assert started == ["run", "test"]
    assert set(started) <= set(targets)


def test_every_make_target_in_a_document_exists() -> None:
    targets = re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE)
    for document in DOCUMENTS:
        for target in re.findall(r"(?:`|^ {4})make ([a-z]+)", text(document), re.MULTILINE):
            assert target in targets, f"{document.name}: make {target}"


def test_windows_and_make_run_the_same_months() -> None:
    commands = [line for line in text(INSTALL).splitlines() if r"Scripts\moral-xlsx batch" in line]
    assert len(commands) == 2
    for command in commands:
        arguments = command.partition("moral-xlsx ")[2].replace("\\", "/")
        assert f"moral-xlsx {arguments}" in text(ROOT / "Makefile")


def test_the_readme_is_short_with_one_picture_and_one_table() -> None:
    lines = text(README).splitlines()
    assert len(lines) <= MOST_LINES_OF_THE_README
    assert len([link for link in _LINK.findall(text(README)) if link.endswith(".png")]) == 1
    assert len([line for line in lines if line.startswith("|---")]) == 1


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [README]
    while waiting:
        document = waiting.pop()
        if document not in reached:
            reached.add(document)
            paths = (link.partition("#")[0] for link in _LINK.findall(text(document)))
            waiting += ((document.parent / p).resolve() for p in paths if p.endswith(".md"))
    assert reached == set(DOCUMENTS)


# --- forms, months -------------------------------------------------------------


def test_the_table_of_forms_has_every_form() -> None:
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", text(FORMS), re.MULTILINE)
    assert sorted(listed) == sorted(form_ids())


def test_the_states_of_files_are_told() -> None:
    section = text(MONTHS).partition("\n## Which file counts\n")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE)
    assert sorted(told) == sorted(get_args(FileState))


# --- decisions -----------------------------------------------------------------


@pytest.mark.parametrize("decision", DECISIONS, ids=[each.name for each in DECISIONS])
def test_a_decision_is_short_and_says_why_what_and_what_follows(decision: Path) -> None:
    assert len(text(decision).splitlines()) <= MOST_LINES_OF_A_DECISION
    title, *headings = _HEADING.findall(text(decision))
    assert title.startswith(f"{int(decision.name[:4])}. ")
    assert headings == ["Context", "Decision", "Consequences", "Measured"]
    assert "\nStatus: accepted\n" in text(decision)
    assert f"]({decision.name})" in text(DOCS / "decisions" / "README.md")


# --- definitions.md ------------------------------------------------------------


def with_a_choice_field(form: Form) -> Form:
    """The shipped form and the field that the examples of ``chosen`` speak of."""
    choices = tuple(Choice(value=value, label=value) for value in ("all", "some"))
    field = Field(
        id="documentation", label="เอกสาร", type="choice", sheet=form.sheets[0].id, choices=choices
    )
    return form.model_copy(update={"fields": (*form.fields, field)})


def examples(kind: str) -> list[str]:
    """The example conditions below the heading of a kind."""
    section = text(DEFINITIONS).partition(f"\n### `{kind}`\n")[2].partition("\n#")[0]
    return [line for block in _FENCE.findall(section) for line in block.splitlines()]


@pytest.mark.parametrize("kind", sorted({*CONDITIONS, *COMPARED, *QUANTITIES}))
def test_a_kind_of_condition_is_documented_with_examples_that_parse(kind: str, form: Form) -> None:
    assert examples(kind), f"docs/definitions.md has no example of {kind}"
    for source in examples(kind):
        assert f"{kind}(" in source
        parse_condition(source, with_a_choice_field(form))


def test_every_example_of_a_condition_parses(form: Form) -> None:
    for block in _FENCE.findall(text(DEFINITIONS)):
        for source in block.splitlines():
            parse_condition(source, with_a_choice_field(form))


# The parts of a definition: what the reference calls them, and their model.
PARTS: tuple[tuple[str, type[Value]], ...] = (
    ("บนสุดของไฟล์", Definition),
    ("corrections", Correction),
    ("[printed]", Printed),
    ("[printed.ladder]", Ladder),
    ("signature", Signature),
    ("[[printed.tables]]", PrintedTable),
    ("columns ของ [[printed.tables]]", PrintedColumn),
    ("rows ของ [[printed.tables]]", PrintedRow),
    ("[[sheets]]", Sheet),
    ("[[groups]]", Group),
    ("fields ของ [[groups]]", WrittenField),
    ("choices", Choice),
    ("[[tables]]", Table),
    ("[[tables.columns]]", Column),
    ("[[derived]]", WrittenDerived),
    ("[[parts]]", Part),
    ("[[criteria]]", Criterion),
    ("[[criteria.rungs]]", Rung),
    ("boxes", Box),
    ("[[subtotals]]", Subtotal),
    ("[[levels]]", Level),
    ("[[roll_up]]", RollUp),
    ("[[due_dates]]", DueDate),
    ("[follows]", Follows),
    ("[[cross_checks]]", WrittenCrossCheck),
    ("[[checks]]", WrittenCheck),
    ("[[surveys]]", Survey),
    ("[[papers]]", Paper),
    ("[[papers.parts]]", PaperPart),
    ("[[compile]]", CompileItem),
    ("[[interpretations]]", Interpretation),
    ("[[exemptions]]", Exemption),
)
_KEYS_BEGIN, _KEYS_END = "<!-- keys -->\n", "<!-- end of keys -->"
_KINDS: dict[object, str] = {
    str: "ข้อความ", int: "จำนวนเต็ม", bool: "true/false", Decimal: "ตัวเลข", date: "วันที่",
}  # fmt: skip


def kind(annotation: object) -> str:
    """What is written for a key, in Thai."""
    if annotation in _KINDS:
        return _KINDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return "ตาราง"
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " ".join(f"`{each}`" for each in inside)
    if origin is Annotated:
        return kind(inside[0])
    if origin is tuple:
        return f"รายการ{kind(inside[0])}"
    if origin is not None and issubclass(origin, Mapping) if isinstance(origin, type) else False:
        return "ตาราง"
    return " หรือ ".join(dict.fromkeys(kind(each) for each in inside if each is not type(None)))


def keys_document() -> str:
    """The keys of every part of a definition, as the document shows them."""
    lines: list[str] = []
    for title, model in PARTS:
        lines += ["", f"### `{title}`", "", "| คีย์ | ชนิด | จำเป็น | ความหมาย |", "|---|---|---|---|"]
        for key, described in model.model_fields.items():
            needed = "จำเป็น" if described.is_required() else _default(described.default)
            cells = (f"`{key}`", kind(described.annotation), needed, described.description or "")
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines[1:]) + "\n\n"


def _default(value: object) -> str:
    if value in (None, "", (), {}, False):
        return ""
    return f"ปกติ `{value}`"


def definitions_document() -> str:
    before, _, rest = text(DEFINITIONS).partition(_KEYS_BEGIN)
    return f"{before}{_KEYS_BEGIN}\n{keys_document()}{_KEYS_END}{rest.partition(_KEYS_END)[2]}"


def test_the_keys_of_a_definition_are_those_of_the_models() -> None:
    assert text(DEFINITIONS) == definitions_document(), "run: python tests/test_documents.py"


def test_every_part_of_a_definition_is_in_the_reference() -> None:
    """Whatever a definition can hold, down to the smallest part."""

    def parts(annotation: object) -> Iterator[type[Value]]:
        if isinstance(annotation, type) and issubclass(annotation, Value):
            yield annotation
            for described in annotation.model_fields.values():
                yield from parts(described.annotation)
        for inner in get_args(annotation):
            yield from parts(inner)

    assert {*parts(Definition)} == {model for _, model in PARTS}
    for _, model in PARTS:
        for key, described in model.model_fields.items():
            assert re.search("[ก-๙]", described.description or ""), f"{model.__name__}.{key}"


def example() -> bytes:
    """The form that the document makes from a printed page."""
    (written,) = re.findall(r"^```toml\n(.*?)^```$", text(DEFINITIONS), re.MULTILINE | re.DOTALL)
    return written.encode()


def test_the_form_made_in_the_document_works() -> None:
    made = parse_form(example(), "dept-2570.toml")
    answers = {
        **{f.id: "ก" for f in made.fields if f.type == "text"},
        "headcount": 34, "signed": 27, "report_date": "2027-06-01",
        "activities": [{"title": "ปลูกต้นไม้", "success": 80}, {"title": "ตักบาตร", "success": 70}],
    }  # fmt: skip
    data = {"form": made.id, "unit_code": "U", "answers": answers}
    assessment = assess(compile_rubric(made), normalise(made, from_json(made, data)))
    assert [result.computed for result in assessment.criteria] == [2, 2]
    assert "ขาดอีก 1 คน" in arabic_digits(assessment.criterion(1).shortfall[0][0])
    wrong = example().decode().replace("headcount) >= 80", "headcount) >= 85")
    with pytest.raises(DefinitionError) as told:
        parse_form(wrong.encode(), "dept-2570.toml")
    shown = re.search(r"^    dept-2570\.toml: (.*) …$", text(DEFINITIONS), re.MULTILINE)
    assert shown and any(fault.text().startswith(shown[1]) for fault in told.value.faults)


def test_the_codes_for_checks_are_documented() -> None:
    for each in KINDS:
        if each.message_th == _FROM_DEFINITION:
            assert each.code in text(DEFINITIONS)


# --- links and pictures --------------------------------------------------------


def anchors(document: Path) -> set[str]:
    """The anchors that the headings of a document get."""
    headings = (heading.strip().lower() for heading in _HEADING.findall(text(document)))
    return {"".join(filter(_in_an_anchor, heading)).replace(" ", "-") for heading in headings}


def _in_an_anchor(letter: str) -> bool:
    """Whether GitHub keeps a letter in an anchor; Thai vowels and tones are marks."""
    return letter.isalnum() or letter in "_- " or unicodedata.category(letter).startswith("M")


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(each.relative_to(ROOT)) for each in DOCUMENTS]
)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    for link in _LINK.findall(text(document)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.is_file(), f"{document.name} links to {link}"
        if anchor:
            assert anchor in anchors(target), f"{document.name} links to {link}"


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in _LINK.findall(text(document))
        if link.endswith(".png")
    }
    pictures = set((ROOT / "docs" / "pictures").resolve().glob("*"))
    assert shown == pictures
    assert all(picture.stat().st_size <= MOST_BYTES_OF_A_PICTURE for picture in pictures)


if __name__ == "__main__":
    FINDINGS.write_text(findings_document(), "utf-8", newline="\n")
    DEFINITIONS.write_text(definitions_document(), "utf-8", newline="\n")


def test_the_list_of_ways_of_typing_is_that_of_the_tests() -> None:
    assert kinds() in DOCUMENT.read_text("utf-8")
