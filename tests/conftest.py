"""What many tests share: the shipped forms, the golden answers, workbooks made from answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from samples_rounds import Samples, made_once, played

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.load import load_form
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric
from moral_xlsx.rules.understand.answers_file import from_json
from moral_xlsx.rules.understand.normalise import normalise

# The same examples on every machine that builds; elsewhere hypothesis looks for new ones.
settings.register_profile("reproducible", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("reproducible")

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the program keeps for its user stays apart from the tester's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def golden_of(form_id: str) -> Answers:
    """The golden answers of a form."""
    form = load_form(form_id)
    data = json.loads((GOLDEN / f"{form_id}.json").read_text("utf-8"))
    return normalise(form, from_json(form, data)).answers


@pytest.fixture(scope="session")
def form() -> Form:
    return load_form("moi-2569")


@pytest.fixture(scope="session")
def rubric(form: Form) -> Rubric:
    return compile_rubric(form)


@pytest.fixture(scope="session")
def golden() -> Mapping[str, Any]:
    return json.loads((GOLDEN / "moi-2569.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def golden_answers(form: Form, golden: Mapping[str, Any]) -> Answers:
    return normalise(form, from_json(form, golden)).answers


@pytest.fixture(scope="session")
def golden_workbook(rubric: Rubric, golden_answers: Answers) -> bytes:
    return write_workbook(rubric, Content(golden_answers))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return made_once(tmp_path_factory, "samples", played)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What writes files may go otherwise on another system: those tests are run there too.

    Slow ones come first, so that none is left over when all others have ended.
    """
    for item in items:
        if {"tmp_path", "tmp_path_factory"}.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("files")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Where nothing may be skipped, a skipped test fails the run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("MORAL_XLSX_NO_SKIP"):
        terminalreporter.write_line(f"{len(skipped)} tests were skipped, none may be", red=True)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED
