"""The program's forms are parsed once, and what was parsed is trusted only where it fits."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition import parse
from moral_xlsx.rules.definition.load import Forms, form_ids, load_form
from moral_xlsx.submission import compiled
from moral_xlsx.submission.compiled import CompiledForms
from moral_xlsx.submission.remembered import seal

FORM = "moi-2569"


@pytest.fixture(autouse=True)
def _anew() -> None:
    """As a new process begins."""
    compiled._form.cache_clear()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_form_comes_out_as_it_was_parsed(tmp_path: Path) -> None:
    for form_id in form_ids():
        CompiledForms(tmp_path / "cache", "program")(form_id)
    compiled._form.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "load_form", None)  # nothing is parsed any more
        forms = Forms({}, CompiledForms(tmp_path / "cache", "program"))
        found = {form_id: forms[form_id] for form_id in forms}
        assert forms[FORM] is found[FORM], "one value in a process"
    assert found == {form_id: load_form(form_id) for form_id in form_ids()}


def test_another_program_or_definition_has_entries_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CompiledForms(tmp_path, "one")(FORM)
    (first,) = entries(tmp_path)
    CompiledForms(tmp_path, "two")(FORM)
    (second,) = entries(tmp_path)
    monkeypatch.setattr(compiled, "shipped_text", lambda _: b"changed")
    compiled._form.cache_clear()
    CompiledForms(tmp_path, "two")(FORM)
    (third,) = entries(tmp_path)
    assert len({first, second, third}) == 3, "and the older ones are gone"


def test_an_entry_that_does_not_fit_is_not_used(tmp_path: Path) -> None:
    forms = CompiledForms(tmp_path, "program")
    form = forms(FORM)
    (entry,) = entries(tmp_path)
    good = entry.read_bytes()
    other = load_form("senate-2567")
    for wrong in (b"", good[:-1], good[:40] + b"x" + good[41:], seal(pickle.dumps(other)), b"{}"):
        entry.write_bytes(wrong)
        compiled._form.cache_clear()
        assert forms(FORM) == form
        assert entry.read_bytes() == good, "and is written anew"


@pytest.mark.skipif("os.name != 'posix'", reason="a user's folders are closed on Windows")
def test_a_folder_in_which_others_may_write_is_not_read(tmp_path: Path) -> None:
    forged = load_form(FORM).model_copy(update={"short_title": "ปลอม"})
    forms = CompiledForms(tmp_path, "program")
    forms(FORM)
    (entry,) = entries(tmp_path)
    entry.write_bytes(seal(pickle.dumps(forged)))
    compiled._form.cache_clear()
    assert forms(FORM).short_title == "ปลอม", "nobody else can write it there"
    tmp_path.chmod(0o777)
    compiled._form.cache_clear()
    assert forms(FORM).short_title != "ปลอม"


def test_without_a_folder_forms_are_parsed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    found = CompiledForms(tmp_path / "file" / "cache", "program")(FORM)
    assert isinstance(found, Form) and found == parse.sensible_form(
        compiled.shipped_text(FORM), f"{FORM}.toml"
    )
    with pytest.raises(KeyError):
        CompiledForms(tmp_path, "program")("none")
