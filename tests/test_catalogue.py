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
from moral_xlsx.model.catalogue import ENTRIES, entry, finding, message, remedy
from moral_xlsx.model.findings import SEVERITIES, Entry, Place
from moral_xlsx.rules.definition.load import form_ids, load_form

PACKAGE = Path(moral_xlsx.__file__).parent
CATALOGUE = {
    PACKAGE / "model" / name for name in ("catalogue.py", "catalogue_post.py", "catalogue_round.py")
}
CODE = re.compile(r"MX-\d{3}")

by_code = pytest.mark.parametrize("kind", ENTRIES, ids=[each.code for each in ENTRIES])


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def needed(kind: Entry) -> set[str]:
    return fields(kind.message_th) | fields(kind.remedy_th)


def test_every_code_is_given_once() -> None:
    codes = [each.code for each in ENTRIES]
    assert len(codes) == len(set(codes))
    assert codes == sorted(codes)
    assert all(CODE.fullmatch(code) for code in codes)


@by_code
def test_it_speaks_both_languages(kind: Entry) -> None:
    texts = (kind.message_th, kind.message_en, kind.remedy_th, kind.remedy_en)
    assert all(text.strip() for text in texts)
    assert kind.severity in SEVERITIES


@by_code
def test_both_languages_use_the_same_words(kind: Entry) -> None:
    assert fields(kind.message_th) == fields(kind.message_en)
    assert fields(kind.remedy_th) == fields(kind.remedy_en)
    assert all(name.isidentifier() for name in needed(kind))


@by_code
def test_its_texts_fill_with_the_words_of_the_language(kind: Entry) -> None:
    words = {name: (f"<{name} ไทย>", f"<{name} English>") for name in needed(kind)}
    found = finding(kind.code, Place(field="x"), **words)
    assert found.severity == kind.severity
    for language, index, said in (
        ("th", 0, message(found) + remedy(found)),
        ("en", 1, message(found, "en") + remedy(found, "en")),
    ):
        assert all(pair[index] in said for pair in words.values()), language
        assert not any(pair[1 - index] in said for pair in words.values()), language
        assert not re.search(r"[{}]", said)


def test_our_own_numbers_have_the_digits_of_the_language_and_typed_texts_stay() -> None:
    found = finding("MX-314", label="ตาราง 5", row=3, first=12)
    assert message(found) == "“ตาราง 5” แถวที่ ๓ ซ้ำกับแถวที่ ๑๒"
    assert message(found, "en") == "“ตาราง 5”, row 3 repeats row 12."


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        entry("MX-999")
    with pytest.raises(KeyError):
        finding("MX-999")


# --- what the package says


@dataclass(frozen=True)
class Call:
    """A call in the package that names a code, with the words that it is seen to give."""

    where: str
    code: str
    direct: bool
    words: frozenset[str]
    complete: bool


def calls() -> Iterator[Call]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if path in CATALOGUE or not isinstance(node, ast.Call):
                continue
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            codes = [text for text in texts if isinstance(text, str) and CODE.fullmatch(text)]
            for code in codes:
                where = f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
                yield Call(where, code, *_words(node))


def _words(node: ast.Call) -> tuple[bool, frozenset[str], bool]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else None
    name = node.func.id if isinstance(node.func, ast.Name) else name
    if name == "finding":
        named = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        return True, named, all(keyword.arg for keyword in node.keywords)
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


@pytest.mark.parametrize("call", CALLS, ids=[f"{call.where}-{call.code}" for call in CALLS])
def test_a_finding_is_given_exactly_the_words_that_its_texts_need(call: Call) -> None:
    wanted = needed(entry(call.code))
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
        assert needed(entry(code)) == {"message", "remedy"}


def test_no_entry_lies_idle() -> None:
    """Codes are counted wherever they stand in code; documentation does not count."""
    used = definition_codes()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path not in CATALOGUE:
            used |= {
                node.value
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and CODE.fullmatch(node.value)
            }
    assert used == {each.code for each in ENTRIES}
