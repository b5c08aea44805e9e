"""The office's own forms lie in a folder of its own, which every command reads."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from moral_xlsx.cli import main
from moral_xlsx.rules.definition.load import SHIPPED, Forms, form_ids, load_form

MOI = resources.files("moral_xlsx.definitions").joinpath("moi-2569.toml").read_text("utf-8")
OWN_TITLE = "แบบประเมินองค์กรคุณธรรม ของกรมเอง ๒๕๖๙"


def run(*arguments: object, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the office's own form of the same id as one of the program's."""
    own = tmp_path / "own"
    own.mkdir()
    changed = MOI.replace("แบบประเมินองค์กรคุณธรรม ๒๕๖๙", OWN_TITLE).replace("rows = 30", "rows = 31")
    assert OWN_TITLE in changed
    (own / "moi-2569.toml").write_text(changed, "utf-8")
    return own


def leaves(command: click.Command) -> list[click.Command]:
    if isinstance(command, click.Group):
        return [leaf for each in command.commands.values() for leaf in leaves(each)]
    return [command]


def test_every_command_takes_the_folder() -> None:
    for command in leaves(main):
        (option,) = [
            p for p in command.params if isinstance(p, click.Option) and "--forms" in p.opts
        ]
        assert option.envvar == "MORAL_XLSX_FORMS", command.name


def test_own_forms_are_there_beside_those_of_the_program() -> None:
    made = load_form("moi-2569").model_copy(update={"id": "moi-2599"})
    forms = Forms({"moi-2599": made})
    assert [*forms] == sorted([*form_ids(), "moi-2599"]) and len(forms) == len(form_ids()) + 1
    assert forms["moi-2599"] is made and forms["moi-2569"] == load_form("moi-2569")
    assert "moi-2599" in forms and "moi-2599" not in SHIPPED and forms.winning == ()
    with pytest.raises(KeyError):
        forms["nothing-2599"]


@pytest.mark.parametrize("how", ["option", "variable"])
def test_an_own_form_wins_and_says_so(folder: Path, how: str) -> None:
    by_option = ("--forms", folder) if how == "option" else ()
    by_variable = {"MORAL_XLSX_FORMS": str(folder)} if how == "variable" else {}
    listed = run("forms", "list", *by_option, **by_variable)
    assert OWN_TITLE in listed.stdout
    assert "moi-2569" in listed.stderr and str(folder) in listed.stderr
    english = run("forms", "list", "--lang", "en", *by_option, **by_variable)
    assert "instead of the program's" in english.stderr


def test_the_option_wins_over_the_variable(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    listed = run("forms", "list", "--forms", other, MORAL_XLSX_FORMS=str(folder))
    assert OWN_TITLE not in listed.stdout
    assert "ไม่มีไฟล์นิยาม" in listed.stderr, "an empty folder is told: it may be the wrong one"


def test_the_workbook_is_of_the_own_form(folder: Path, tmp_path: Path) -> None:
    run("template", "moi-2569", "-o", tmp_path / "own-blank", "--forms", folder)
    run("template", "moi-2569", "-o", tmp_path / "blank")
    own, program = (tmp_path / name / "moi-2569.xlsx" for name in ("own-blank", "blank"))
    assert own.read_bytes() != program.read_bytes()
    told = run("check", own, "--json", "--forms", folder)
    assert json.loads(told.stdout)["form"] == "moi-2569"


@pytest.mark.parametrize("command", [
    ("forms", "list"), ("template",), ("check", "x.xlsx"), ("fill", "moi-2569", "x.json"),
    ("batch", "."), ("forms", "show", "moi-2569"), ("forms", "diff", "moi-2569", "senate-2567"),
])  # fmt: skip
def test_a_definition_with_mistakes_ends_the_command(
    folder: Path, command: tuple[str, ...]
) -> None:
    """Nothing may be judged by the program's form where the office meant its own."""
    own = folder / "moi-2569.toml"
    wrong = own.read_text("utf-8").replace("headcount) >= 80", "headcount) >= 85")
    own.write_text(wrong, "utf-8")
    told = run(*command, "--forms", folder)
    assert told.exit_code == 2
    line = (
        own.read_text("utf-8")[: own.read_text("utf-8").index("headcount) >= 85")].count("\n") + 1
    )
    assert f"{own}: บรรทัด {line} criteria[1].rungs[3].boxes[0]: ข้อความ" in told.stderr
    assert "[[exemptions]]" in told.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = run("forms", "list", "--forms", tmp_path / "nowhere")
    assert told.exit_code == 2
    assert "MORAL_XLSX_FORMS" in told.stderr and "nowhere" in told.stderr


def test_a_form_that_refers_to_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    drafted = run(
        "forms", "new", "diw-2599-progress", "--from", "diw-2566-progress", "--forms", tmp_path
    )
    assert drafted.exit_code == 0
    told = run("forms", "list", "--forms", tmp_path)
    assert told.exit_code == 2
    assert "follows.form" in told.stderr and "diw-2599-plan" in told.stderr
    # What is not finished does not keep the other one from being drafted.
    assert (
        run(
            "forms", "new", "diw-2599-plan", "--from", "diw-2566-plan", "--forms", tmp_path
        ).exit_code
        == 0
    )
    assert run("forms", "list", "--forms", tmp_path).exit_code == 0


@pytest.mark.parametrize(("old", "new", "place"), [
    ('plan_table = "activities"', 'plan_table = "works"', "follows.plan_table"),
    ('there = "survey_respondents"', 'there = "respondents"',
     "cross_checks.survey_respondents_agrees.there"),
])  # fmt: skip
def test_what_is_not_in_the_other_form_is_told(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    text = resources.files("moral_xlsx.definitions").joinpath("diw-2566-progress.toml")
    file = tmp_path / "diw-2566-progress.toml"
    file.write_text(text.read_text("utf-8").replace(old, new), "utf-8")
    told = run("forms", "check", file)
    assert told.exit_code == 1
    assert f" {place}: " in told.stdout


def test_an_own_form_is_drafted_from_as_well(folder: Path) -> None:
    drafted = run("forms", "new", "moi-2599", "--from", "moi-2569", "--forms", folder)
    assert drafted.exit_code == 0
    assert "ของกรมเอง ๒๕๙๙" in (folder / "moi-2599.toml").read_text("utf-8")


def test_the_schema_is_for_editors() -> None:
    schema = json.loads(run("forms", "schema").stdout)
    assert {"id", "groups", "criteria", "exemptions"} <= schema["properties"].keys()
    assert schema["additionalProperties"] is False
    assert "ตัวชี้วัด" in schema["properties"]["criteria"]["description"]
