"""The order of the house: who may import whom, and what may stand where."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import get_args

import pytest

import moral_xlsx
from moral_xlsx.model.question import AnswerType, Field
from moral_xlsx.rules.definition.load import form_ids, load_form

PACKAGE = Path(moral_xlsx.__file__).parent
NAME = PACKAGE.name
LONGEST_MODULE = 480

# From the ground up; rooms on one floor never import each other. The package itself (its
# version) lies under everything.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({""}),
    frozenset({"definitions", "model"}),
    frozenset({"addresses", "opc", "program", "thai"}),
    frozenset({"wording"}),
    frozenset({"rules"}),
    frozenset({"excel", "word", "pdf", "mail", "ledger"}),
    frozenset({"submission"}),
    frozenset({"round"}),
    frozenset({"commands"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
MOST_FLOORS = 12
# A big room has floors of its own.
WITHIN: dict[str, tuple[frozenset[str], ...]] = {
    "rules": (
        frozenset({"judge", "units"}),
        frozenset({"markup", "places", "register"}),
        frozenset({"records"}),
        frozenset({"claims"}),
        frozenset({"printed"}),
        frozenset({"compilation", "nested", "rulings"}),
        frozenset({"definition", "understand"}),
    ),
    "excel": (
        frozenset({"form"}),
        frozenset({"read"}),
        frozenset({"write", "office", "summary"}),
    ),
    "word": (
        frozenset({"compiled"}),
        frozenset({"styles"}),
        frozenset({"record", "department"}),
        frozenset({"report"}),
        frozenset({"papers"}),
    ),
    "mail": (frozenset({"errors", "login"}), frozenset({"inward", "outward"})),
    "ledger": (
        frozenset({"trouble", "share", "entries", "packing", "once"}),
        frozenset({"schema", "soundness"}),
        frozenset({"writing", "queries"}),
        frozenset({"status"}),
        frozenset({"year"}),
        frozenset({"store"}),
    ),
    "submission": (
        frozenset({"formless", "limits", "outputs", "pools", "remembered", "results"}),
        frozenset({"evidence", "taken"}),
        frozenset({"journey", "losses"}),
        frozenset({"compiled", "containers", "issuing", "refill"}),
        frozenset({"judging", "selftest"}),
        frozenset({"workers"}),
        frozenset({"here", "machine"}),
        frozenset({"cluster"}),
        frozenset({"prints"}),
    ),
    # A stage takes the value of the stage before it, never its module.
    "round": (
        frozenset({"outbox", "stages"}),
        frozenset({"inbox"}),
        frozenset({"unchanged"}),
        frozenset({"crew", "faults", "history", "issuer", "pdfs", "register", "same_pictures"}),
        frozenset({"evidence"}),
        frozenset({"dress", "overall", "refuse"}),
        frozenset({"remind", "answer"}),
        frozenset({"receive", "resolve", "compare", "decide", "record", "issue", "desk"}),
        frozenset({"desk_rows"}),
        frozenset({"run_file"}),
        frozenset({"run"}),
    ),
    "commands": (
        frozenset({"boundary", "options", "status_data", "console"}),
        frozenset({"given", "health", "mail_login"}),
        frozenset({"batch", "check", "decide", "doctor", "explain", "fill", "status", "template"})
        | {f"forms_{each}" for each in ("check", "diff", "list", "new", "schema", "show")}
        | {f"mail_{each}" for each in ("fetch", "send")},
    ),
}
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# All else at the top is a folder.
LOOSE = frozenset({"", "addresses", "program", "thai", "opc", "wording", "cli", "__main__"})

# Who may use which library; what stands under a room's name holds for all within it.
THIRD_PARTY: dict[str, frozenset[str]] = {
    "model": frozenset({"pydantic"}),
    "opc": frozenset({"zlib_ng"}),
    "program": frozenset({"zlib_ng"}),
    "rules.definition": frozenset({"tomlkit"}),
    "excel.form": frozenset({"xlsxwriter"}),
    "excel.read": frozenset({"pandas", "python_calamine", "lxml", "olefile"}),
    "excel.write": frozenset({"lxml"}),
    "excel.office": frozenset({"xlsxwriter"}),
    "excel.summary": frozenset({"xlsxwriter"}),
    "word": frozenset({"docx", "lxml"}),
    "mail.inward": frozenset({"imap_tools", "olefile", "oxmsg", "tnefparse"}),
    "mail.outward": frozenset({"jinja2"}),
    "submission": frozenset({"distributed", "pebble", "platformdirs", "psutil"}),
    "submission.prints": frozenset({"PIL"}),
    "commands": frozenset({"click", "rich"}),
    "cli": frozenset({"click"}),
}
# A single module may use what the rest of its room may not: module, library, names.
EXCEPTIONS = {("rules.definition.shape", "pydantic"): frozenset({"ValidationError"})}

# Rooms that judge: what they say follows from their arguments alone.
JUDGING = frozenset({"addresses", "model", "rules", "thai"})
OUTSIDE = frozenset(
    {"io", "os", "pathlib", "random", "shutil", "socket", "subprocess", "tempfile", "time"}
)
CLOCKS = frozenset({"now", "utcnow", "today"})


@dataclass(frozen=True)
class Import:
    """One imported module; ``names`` are those taken from it, empty for ``import x``."""

    target: str
    names: frozenset[str]
    line: int


@dataclass(frozen=True)
class Module:
    """A module of the package; ``name`` is relative to it and empty for the package."""

    name: str
    path: Path

    def __str__(self) -> str:
        return self.name or NAME

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @cached_property
    def source(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(self._imports())

    def _imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, frozenset(), node.lineno)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self}:{node.lineno}: relative import"
                names = frozenset(alias.name for alias in node.names)
                yield Import(node.module or "", names, node.lineno)

    def inside(self) -> Iterator[tuple[str, int]]:
        """The modules of the package that it imports, relative names, with the line."""
        for each in self.imports:
            top, _, rest = each.target.partition(".")
            if top != NAME:
                continue
            submodules = {f"{rest}.{name}".lstrip(".") for name in each.names} & NAMES
            if len(submodules) < len(each.names) or not each.names:
                submodules |= {rest}
            yield from ((name, each.line) for name in submodules)

    def outside(self) -> Iterator[Import]:
        return (each for each in self.imports if each.target.partition(".")[0] != NAME)


def _module(path: Path) -> Module:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)


MODULES = tuple(_module(path) for path in sorted(PACKAGE.rglob("*.py")))
NAMES = frozenset(module.name for module in MODULES)

of_each_module = pytest.mark.parametrize("module", MODULES, ids=str)


def test_the_walk_sees_the_house() -> None:
    assert {"model.form", "rules.judge.score", "excel.form.layout", "cli"} <= NAMES
    (journey,) = (module for module in MODULES if module.name == "submission.journey")
    assert {"rules.judge.score", "excel.read.reader"} <= {name for name, _ in journey.inside()}
    (batch,) = (module for module in MODULES if module.name == "commands.batch")
    assert "round.run" in {name for name, _ in batch.inside()}, "imports inside functions count"


def test_the_house_is_low() -> None:
    assert len(FLOORS) <= MOST_FLOORS


@of_each_module
def test_every_room_has_its_floor(module: Module) -> None:
    assert module.room in FLOOR, "docs/architecture.md and FLOORS say where a new room stands"


@of_each_module
def test_no_module_lies_loose_at_the_top(module: Module) -> None:
    assert "." in module.name or module.path.name == "__init__.py" or module.name in LOOSE


@pytest.mark.parametrize("module", [m for m in MODULES if m.room in WITHIN], ids=str)
def test_within_a_big_room_it_imports_only_from_its_own_or_from_below(module: Module) -> None:
    floors = {room: number for number, rooms in enumerate(WITHIN[module.room]) for room in rooms}
    own = module.name.split(".")[1:2]
    if not own:
        assert not list(module.inside()), "the room's own file only says what the room is"
        return
    assert own[0] in floors, "WITHIN says where a room within a room stands"
    wrong = [
        f"line {line}: {name}"
        for name, line in module.inside()
        if name.startswith(f"{module.room}.")
        and (other := name.split(".")[1]) != own[0]
        and floors[other] >= floors[own[0]]
    ]
    assert wrong == []


@pytest.mark.parametrize("module", [m for m in MODULES if m.room in FLOOR], ids=str)
def test_it_imports_only_from_its_own_room_or_from_below(module: Module) -> None:
    floor = FLOOR[module.room]
    wrong = [
        f"line {line}: {name}"
        for name, line in module.inside()
        if (room := name.partition(".")[0]) != module.room and FLOOR.get(room, -1) >= floor
    ]
    assert wrong == []


def test_no_circle_anywhere() -> None:
    graph = {m.name: {name for name, _ in m.inside()} - {m.name} for m in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def _libraries(module: Module) -> frozenset[str]:
    parts = module.name.split(".")
    rooms = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return frozenset().union(*(THIRD_PARTY.get(room, frozenset()) for room in rooms))


@of_each_module
def test_it_uses_only_the_libraries_of_its_room(module: Module) -> None:
    wrong = []
    for each in module.outside():
        library = each.target.partition(".")[0]
        if library in sys.stdlib_module_names or library in _libraries(module):
            continue
        excepted = EXCEPTIONS.get((module.name, library), frozenset())
        if not each.names or not each.names <= excepted:
            wrong.append(f"line {each.line}: {each.target}")
    assert wrong == []


# --- no form in the code

# What the language of definitions itself defines: types of answers, columns of the registry.
VOCABULARY = frozenset(get_args(AnswerType)) | frozenset(
    name
    for choices in get_args(Field.model_fields["registry"].annotation)
    for name in get_args(choices)
)
# Shorter ids are everyday words, such as ``plan`` and ``goals``, which code needs as well.
LONGEST_WORD = 6
# Columns of tables are named within their table only, and these names are also words of
# the program's own: a claim's evidence, a signatory's position, an activity's progress, the extra
# that prints pictures, and what an answer is known by.
GENERIC = frozenset({"evidence", "pictures", "position", "progress", "reference"})


def _ids() -> frozenset[str]:
    """The ids that definitions give to fields, tables, columns and derived values."""
    found: set[str] = set()
    columns: set[str] = set()
    for form in map(load_form, form_ids()):
        found |= {field.id for field in form.fields} | {derived.id for derived in form.derived}
        found |= {table.id for table in form.tables}
        for table in form.tables:
            found |= {f"{table.id}.{column.id}" for column in table.columns}
            columns |= {column.id for column in table.columns}
    assert not GENERIC & found, "a generic word names a field"
    assert columns >= GENERIC, "a generic word is no longer needed"
    typed = (found | columns) - GENERIC - VOCABULARY
    return frozenset(name for name in typed if len(name) > LONGEST_WORD)


def _literals(module: Module) -> Iterator[tuple[str, int]]:
    """The texts that stand in code, without documentation."""
    documentation = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Constant) or id(node) in documentation:
            continue
        if isinstance(node.value, str):
            yield node.value, node.lineno


@of_each_module
def test_no_field_of_a_form_is_typed_in_code(module: Module) -> None:
    ids = _ids()
    assert [f"line {line}: {text}" for text, line in _literals(module) if text in ids] == []


@of_each_module
def test_no_form_is_named_in_code(module: Module) -> None:
    assert form_ids()
    named = re.compile("|".join(rf"\b{re.escape(form_id)}\b" for form_id in form_ids()))
    assert [f"line {line}: {text}" for text, line in _literals(module) if named.search(text)] == []


# --- what a module looks like


@of_each_module
def test_it_is_no_drawer_for_everything(module: Module) -> None:
    assert not {"utils", "util", "helpers", "common", "misc"} & set(module.name.split("."))


@of_each_module
def test_it_is_short_enough_to_be_read(module: Module) -> None:
    lines = module.source.count("\n")
    assert lines <= LONGEST_MODULE


def _asks_the_clock(node: ast.AST) -> bool:
    """``datetime.now`` and the like; values of our own may have a ``now`` too."""
    if not isinstance(node, ast.Attribute) or node.attr not in CLOCKS:
        return False
    return ast.unparse(node.value).rpartition(".")[2] in ("date", "datetime")


@pytest.mark.parametrize("module", [m for m in MODULES if m.room in JUDGING], ids=str)
def test_what_judges_sees_no_file_and_no_clock(module: Module) -> None:
    wrong = [
        f"line {each.line}: import {each.target}"
        for each in module.outside()
        if each.target.partition(".")[0] in OUTSIDE
    ]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("open", "Path", "input", "print"):
                wrong.append(f"line {node.lineno}: {node.func.id}()")
        elif _asks_the_clock(node):
            wrong.append(f"line {node.lineno}: {ast.unparse(node)}")
    assert wrong == []


def test_a_clock_stands_only_at_the_front_door() -> None:
    """The same inputs give the same bytes: only the command line may ask for the day."""
    asking = {
        module.name for module in MODULES for node in ast.walk(module.tree) if _asks_the_clock(node)
    }
    assert asking == {"commands.given"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_asking_for_help_costs_no_heavy_import(option: str) -> None:
    script = (
        "import json, sys\n"
        "from moral_xlsx.cli import main\n"
        f"main([{option!r}], standalone_mode=False)\n"
        "heavy = {'docx', 'lxml', 'openpyxl', 'pandas', 'pydantic', 'xlsxwriter'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert json.loads(run.stdout.splitlines()[-1]) == []
