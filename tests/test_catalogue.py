"""The catalogue of findings is complete, bilingual, and said with the words it needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

import moral_xlsx
from moral_xlsx.model.catalogue import (
    KINDS,
    answers,
    desk,
    evidence,
    files,
    finding,
    kind_of,
    ledger,
    mail,
    message,
    remedy,
    review,
    rounds,
)
from moral_xlsx.model.catalogue.review import ROW_REPEATED
from moral_xlsx.model.findings import SEVERITIES, Kind, Place
from moral_xlsx.rules.definition.load import form_ids, load_form

PACKAGE = Path(moral_xlsx.__file__).parent
CATALOGUE = PACKAGE / "model" / "catalogue"
NAMED = {
    name: value
    for module in (answers, desk, evidence, files, ledger, mail, review, rounds)
    for name, value in vars(module).items()
    if isinstance(value, Kind)
}
SOURCES = {
    path: path.read_text("utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.is_relative_to(CATALOGUE)
}
CODE = re.compile(r"MX-\d{3}")

by_code = pytest.mark.parametrize("kind", KINDS, ids=[each.code for each in KINDS])


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def needed(kind: Kind) -> set[str]:
    return fields(kind.message_th) | fields(kind.remedy_th)


def test_every_code_is_given_once() -> None:
    codes = [each.code for each in KINDS]
    assert len(codes) == len(set(codes))
    assert codes == sorted(codes)
    assert all(CODE.fullmatch(code) for code in codes)


@by_code
def test_it_speaks_both_languages(kind: Kind) -> None:
    texts = (kind.message_th, kind.message_en, kind.remedy_th, kind.remedy_en)
    assert all(text.strip() for text in texts)
    assert kind.severity in SEVERITIES


@by_code
def test_both_languages_use_the_same_words(kind: Kind) -> None:
    assert fields(kind.message_th) == fields(kind.message_en)
    assert fields(kind.remedy_th) == fields(kind.remedy_en)
    assert all(name.isidentifier() for name in needed(kind))


@by_code
def test_its_texts_fill_with_the_words_of_the_language(kind: Kind) -> None:
    words = {name: (f"<{name} ไทย>", f"<{name} English>") for name in needed(kind)}
    found = finding(kind, Place(field="x"), **words)
    assert found.severity == kind.severity
    for language, index, said in (
        ("th", 0, message(found) + remedy(found)),
        ("en", 1, message(found, "en") + remedy(found, "en")),
    ):
        assert all(pair[index] in said for pair in words.values()), language
        assert not any(pair[1 - index] in said for pair in words.values()), language
        assert not re.search(r"[{}]", said)


def test_our_own_numbers_have_the_digits_of_the_language_and_typed_texts_stay() -> None:
    found = finding(ROW_REPEATED, label="ตาราง 5", row=3, first=12)
    assert message(found) == "“ตาราง 5” แถวที่ ๓ ซ้ำกับแถวที่ ๑๒ จึงนับเป็นหนึ่ง"
    assert message(found, "en") == "“ตาราง 5”, row 3 repeats row 12: they count once."


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        kind_of("MX-999")


# --- what the package says


@dataclass(frozen=True)
class Call:
    """A call in the package that names a kind, with the words that it is seen to give."""

    where: str
    name: str
    direct: bool
    words: frozenset[str]
    complete: bool


def calls() -> Iterator[Call]:
    for path, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            for name in {arg.id for arg in node.args if isinstance(arg, ast.Name)} & NAMED.keys():
                where = f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
                yield Call(where, name, *_words(node))


def _words(node: ast.Call) -> tuple[bool, frozenset[str], bool]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else None
    name = node.func.id if isinstance(node.func, ast.Name) else name
    named = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
    if name in ("finding", "_unread"):
        return name == "finding", named, all(keyword.arg for keyword in node.keywords)
    tables = [arg for arg in node.args if isinstance(arg, ast.Dict)]
    keys = frozenset(
        key.value
        for table in tables
        for key in table.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    )
    return False, keys, bool(tables)


CALLS = tuple(calls())


def test_the_package_is_seen_to_report() -> None:
    assert len(CALLS) > 40


@pytest.mark.parametrize("call", CALLS, ids=[f"{call.where}-{call.name}" for call in CALLS])
def test_a_finding_is_given_exactly_the_words_that_its_texts_need(call: Call) -> None:
    wanted = needed(NAMED[call.name])
    if call.direct:
        assert call.words == wanted if call.complete else call.words <= wanted
    elif call.complete:
        # The normaliser adds the label of the answer to what a reading tells.
        assert wanted - {"label"} <= call.words


def definition_codes() -> set[str]:
    return {check.finding for form_id in form_ids() for check in load_form(form_id).checks}


def test_every_code_that_a_definition_uses_takes_its_own_words() -> None:
    assert definition_codes()
    for code in definition_codes():
        assert needed(kind_of(code)) == {"message", "remedy"}


def test_no_kind_lies_idle() -> None:
    used = {kind_of(code) for code in definition_codes()}
    for source in SOURCES.values():
        used |= {
            NAMED[node.id]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Name) and node.id in NAMED
        }
    assert used == set(KINDS)


# --- a finding is for people


def test_every_kind_has_one_name() -> None:
    assert set(NAMED.values()) == set(KINDS)
    assert len(NAMED) == len(KINDS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_bare_code_stands_in_the_catalogue_only(path: Path) -> None:
    assert re.findall(r"MX-?\d{3}", SOURCES[path]) == []


def _kinds(tree: ast.AST) -> set[str]:
    """The names of kinds that a module takes from the catalogue."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and "model.catalogue." in (node.module or "")
        for alias in node.names
    }


def _looked_for(tree: ast.AST) -> Iterator[int]:
    """Lines on which a kind or a finding's code is compared, listed, or serves as a key."""
    kinds = _kinds(tree)
    for node in ast.walk(tree):
        asked: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.Set | ast.Tuple | ast.List):
            asked = [each for each in node.elts if isinstance(each, ast.Name)]
        elif isinstance(node, ast.Dict):
            asked = [*node.keys, *(each for each in node.values if isinstance(each, ast.Name))]
        elif isinstance(node, ast.Subscript):
            asked = [node.slice]
        elif isinstance(node, ast.MatchValue):
            asked = [node.value]
        for each in asked:
            is_kind = isinstance(each, ast.Name) and each.id in kinds
            is_code = isinstance(each, ast.Attribute) and each.attr == "code"
            if is_kind or (is_code and not ast.unparse(each).endswith("unit.code")):
                yield node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_code_decides_by_looking_for_a_finding(path: Path) -> None:
    """Kinds may be given and kept; whoever asks for one decides by it."""
    assert list(_looked_for(ast.parse(SOURCES[path]))) == []


@pytest.mark.parametrize(
    "looking",
    [
        "any(found.code == CONFLICT.code for found in findings)",
        "found.code in (CONFLICT, DUPLICATE)",
        "codes = {CONFLICT, DUPLICATE}",
        "{'conflict': CONFLICT}[state]",
        "state_of[found.code]",
        "match found.code:\n    case CONFLICT.code: pass",
    ],
)
def test_looking_for_a_finding_is_seen(looking: str) -> None:
    taken = "from moral_xlsx.model.catalogue.rounds import CONFLICT, DUPLICATE\n"
    assert list(_looked_for(ast.parse(taken + looking)))
