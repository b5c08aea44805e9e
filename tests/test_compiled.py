"""The program's forms are parsed once, and what was parsed is trusted only where it fits."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition import parse
from moral_xlsx.rules.definition.load import Forms, form_ids, load_form
from moral_xlsx.submission import compiled
from moral_xlsx.submission.compiled import Compiled
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.remembered import read_sealed, seal
from moral_xlsx.word.report.document import CompiledReport, report

FORM = "moi-2569"


@pytest.fixture(autouse=True)
def _anew() -> None:
    """As a new process begins."""
    compiled._form.cache_clear()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_form_comes_out_as_it_was_parsed(tmp_path: Path) -> None:
    for form_id in form_ids():
        Compiled(tmp_path / "cache", "program").form(form_id)
    compiled._form.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "load_form", None)  # nothing is parsed any more
        forms = Forms({}, Compiled(tmp_path / "cache", "program"))
        found = {form_id: forms[form_id] for form_id in forms}
        assert forms[FORM] is found[FORM], "one value in a process"
    assert found == {form_id: load_form(form_id) for form_id in form_ids()}


def test_another_program_or_definition_has_entries_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Compiled(tmp_path, "one").form(FORM)
    (first,) = entries(tmp_path)
    Compiled(tmp_path, "two").form(FORM)
    (second,) = entries(tmp_path)
    monkeypatch.setattr(compiled, "shipped_text", lambda _: b"changed")
    compiled._form.cache_clear()
    Compiled(tmp_path, "two").form(FORM)
    (third,) = entries(tmp_path)
    assert len({first, second, third}) == 3, "and the older ones are gone"


def test_an_entry_that_does_not_fit_is_not_used(tmp_path: Path) -> None:
    forms = Compiled(tmp_path, "program")
    form = forms.form(FORM)
    (entry,) = entries(tmp_path)
    good = entry.read_bytes()
    other = load_form("senate-2567")
    for wrong in (b"", good[:-1], good[:40] + b"x" + good[41:], seal(pickle.dumps(other)), b"{}"):
        entry.write_bytes(wrong)
        compiled._form.cache_clear()
        assert forms.form(FORM) == form


@pytest.mark.skipif("os.name != 'posix'", reason="a user's folders are closed on Windows")
def test_a_folder_in_which_others_may_write_is_not_read(tmp_path: Path) -> None:
    forged = load_form(FORM).model_copy(update={"short_title": "ปลอม"})
    forms = Compiled(tmp_path, "program")
    forms.form(FORM)
    (entry,) = entries(tmp_path)
    entry.write_bytes(seal(pickle.dumps(forged)))
    compiled._form.cache_clear()
    assert forms.form(FORM).short_title == "ปลอม", "nobody else can write it there"
    tmp_path.chmod(0o777)
    compiled._form.cache_clear()
    assert forms.form(FORM).short_title != "ปลอม"


def test_what_documents_of_a_form_share_comes_out_as_it_was_made(
    tmp_path: Path, golden_answers: Answers, golden_workbook: bytes
) -> None:
    form, source = load_form(FORM), Compiled(tmp_path, "program")
    assessment = Journey().judge(golden_workbook).own
    told = form, golden_answers, assessment, "2569-05"
    made = report(*told)
    assert report(*told, source) == made
    (entry,) = entries(tmp_path)
    again = read_sealed(entry.read_bytes())
    assert isinstance(again, CompiledReport)
    assert again.fill(golden_answers, assessment, "2569-05") == made
    assert source.kept("report", form, CompiledReport, never) is not None
    changed = form.model_copy(update={"short_title": "อีกแบบหนึ่ง"})
    with pytest.raises(AssertionError):
        source.kept("report", changed, CompiledReport, never)


def never() -> CompiledReport:
    raise AssertionError("it was made before")


def test_without_a_folder_forms_are_parsed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    found = Compiled(tmp_path / "file" / "cache", "program").form(FORM)
    assert isinstance(found, Form) and found == parse.sensible_form(
        compiled.shipped_text(FORM), f"{FORM}.toml"
    )
    with pytest.raises(KeyError):
        Compiled(tmp_path, "program").form("none")
