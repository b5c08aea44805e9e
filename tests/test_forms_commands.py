"""``forms new``, ``forms list`` and ``forms show``: what people read and what they go on with."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from console import printed
from rich.cells import cell_len

from moral_xlsx.cli import main
from moral_xlsx.commands.console.forms import show_forms
from moral_xlsx.commands.console.rubric import show_rubric
from moral_xlsx.model.definition import Definition
from moral_xlsx.model.form import Form
from moral_xlsx.rules.definition.expand import expand
from moral_xlsx.rules.definition.load import SHIPPED, form_ids, load_form
from moral_xlsx.rules.definition.next_year import LOOK, Draft, draft, year_of
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.rubric import compile_rubric

DEFINITION = '''
# A report of fiscal 2567, made for these tests.
id = "made-2567-report"
version = "1.3"  # the third
title = ["แบบรายงาน", "ประจำปีงบประมาณ พ.ศ. ๒๕๖๗"]
short_title = "แบบรายงาน 2567"
fiscal_year = 2567
issuer = "กรม"
receiver = "คณะกรรมการ"
source = "แผนประจำปีงบประมาณ พ.ศ. ๒๕๖๗"
levels_note = """แผนระยะ ๕ ปี
(พ.ศ. ๒๕๖๖ - ๒๕๗๐) ใช้ในปี ๒๕๖๗"""
ranking = "อันดับปี ๒๕๖๗"

[printed]
headings = [
    """ตั้งแต่ ๑ ต.ค. ๒๕๖๖
ถึง ๓๐ ก.ย. ๖๗""", "ภายใน ๒๙ ก.พ. ๒๕๖๗",
]

[[sheets]]
id = "unit"
title = "ข้อมูล ๒๕๖๗"

[[groups]]
sheet = "unit"

[[groups.fields]]
id = "sent"
label = "วันที่ส่ง"
type = "date"

[[groups.fields]]
id = "term"
label = "รอบ"
type = "choice"
choices = [{ value = "r2567", label = "รอบ ๒๕๖๗" }, { value = "2567", label = "ปี ๒๕๖๗" }]

[[tables]]
id = "works"
label = "กิจกรรม"
sheet = "unit"
unit = "กิจกรรม"
rows = 3
preset = [{ title = "ประชุม", done_on = 2024-02-29, when = "ก.พ. ๒๕๖๗" }]

[[tables.columns]]
id = "title"
label = "ชื่อ"
type = "text"

[[tables.columns]]
id = "done_on"
label = "วันที่ทำ"
type = "date"

[[tables.columns]]
id = "when"
label = "เมื่อใด"
type = "text"

[[criteria]]
number = 1
label = "ก.๑"
kind = "met"
title = "ส่งรายงาน"
short = "ส่ง"
caveat = "เท่าที่ทราบ"
rungs = [
    { points = 1, boxes = [{ text = "ภายใน ๒๙ กุมภาพันธ์ ๒๕๖๗", conditions = ['by(sent, "2024-02-29")'] }] },
    { points = 0, boxes = [{ text = "ช้ากว่านั้น" }] },
]

[[due_dates]]
label = "รอบแรก"
date = 2024-02-29

[[due_dates]]
label = "รอบสอง ก.ย. ๖๗"
date = 2024-09-30

[[roll_up]]
level = 1
percent = 75
name = "กรมส่งเสริม"
text = "ร้อยละ ๗๕ ขึ้นไป"

[follows]
form = "made-2567-plan"
table = "works"
number = "title"
title = "title"
compare = { done_on = "due_on" }

[[cross_checks]]
id = "same_works"
form = "other-2566"
label = "จำนวนกิจกรรม"
here = "count(works)"
there = 'count(jobs, done_on >= "2024-01-01")'

[[checks]]
id = "in_the_year"
finding = "MX-303"
when = 'sent >= "2001-01-01"'
condition = 'sent <= "2023-02-28"'
message = "หลังปี 2567"
message_en = "after 2567 (2024)"
remedy = "แก้"
remedy_en = "mend"

[[interpretations]]
place = "ปี ๒๕๖๗"
question = "กำหนดส่ง"
choice = "๓๐ มิ.ย. ๒๕๖๗"
reason = "พิมพ์ไว้"
'''  # noqa: E501


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(text: str) -> Form:
    """The form that a definition describes, whether or not it makes sense."""
    return expand(Definition.model_validate(tomllib.loads(text)), "made.toml")


@pytest.fixture(scope="module")
def made() -> Form:
    return written(DEFINITION)


@pytest.fixture(scope="module")
def drafted(made: Form) -> Draft:
    return draft(DEFINITION, made, "made-2569-report", 2569)


@pytest.fixture(scope="module")
def after(drafted: Draft) -> Form:
    return written(drafted.text)


# --- the draft of next year's definition


@pytest.mark.parametrize(
    ("form_id", "year"),
    [("moi-2570", 2570), ("senate-2567-plan", 2567), ("a-2566-2570", 2570), ("moi", None),
     ("x-1999", None), ("x-25690", None)],
)  # fmt: skip
def test_an_id_names_its_year_last(form_id: str, year: int | None) -> None:
    assert year_of(form_id) == year


def test_the_new_form_says_the_new_year(after: Form) -> None:
    assert (after.id, after.version, after.fiscal_year) == ("made-2569-report", "0.1", 2569)
    assert after.title == ("แบบรายงาน", "ประจำปีงบประมาณ พ.ศ. ๒๕๖๙")
    assert after.short_title == "แบบรายงาน 2569"
    assert after.sheets[0].title == "ข้อมูล ๒๕๖๙"
    assert after.ranking == "อันดับปี ๒๕๖๙"
    assert after.checks[0].message_en == "after 2569 (2026)"


def test_both_calendar_years_of_the_fiscal_year_move_and_short_ones_too(after: Form) -> None:
    assert after.printed.headings[0] == "ตั้งแต่ ๑ ต.ค. ๒๕๖๘\nถึง ๓๐ ก.ย. ๖๙"
    assert after.due_dates[1].label == "รอบสอง ก.ย. ๖๙"


def test_dates_move_by_the_difference_and_there_is_no_29_february_2569(after: Form) -> None:
    assert [due.date for due in after.due_dates] == [date(2026, 2, 28), date(2026, 9, 30)]
    (row,) = after.tables[0].preset
    assert (row["done_on"], row["when"]) == (date(2026, 2, 28), "ก.พ. ๒๕๖๙")
    (box,) = after.criterion(1).rung(1).boxes
    assert box.conditions == ('by(sent, "2026-02-28")',)
    assert box.text == "ภายใน ๒๘ กุมภาพันธ์ ๒๕๖๙"
    assert after.printed.headings[1] == "ภายใน ๒๘ ก.พ. ๒๕๖๙"
    assert after.checks[0].condition == 'sent <= "2025-02-28"'
    assert after.cross_checks[0].there == 'count(jobs, done_on >= "2026-01-01")'


def test_the_28th_of_february_is_pointed_out_where_a_29th_begins(made: Form) -> None:
    leap = draft(DEFINITION, made, "made-2568-report", 2568)
    assert 'sent <= "2024-02-28"' in leap.text
    assert any("has a 29 February" in english for _, (_, english) in leap.notes)


def test_what_is_quoted_or_stored_or_names_other_years_is_left_alone(
    made: Form, after: Form
) -> None:
    assert after.source == made.source
    (before,), (reading,) = made.interpretations, after.interpretations
    assert reading == before.model_copy(update={"choice": "๓๐ มิ.ย. ๒๕๖๙"}), "only what it decides"
    assert after.levels_note == made.levels_note
    assert [choice.value for choice in after.fields[1].choices] == ["r2567", "2567"]
    assert [choice.label for choice in after.fields[1].choices] == ["รอบ ๒๕๖๙", "ปี ๒๕๖๙"]
    assert after.checks[0].when == 'sent >= "2001-01-01"'


def test_a_form_of_the_same_year_that_is_referred_to_becomes_the_new_years(after: Form) -> None:
    assert after.follows and after.follows.form == "made-2569-plan"
    assert after.cross_checks[0].form == "other-2566"


def test_comments_and_order_stay(drafted: Draft) -> None:
    ours = [line for line in drafted.text.split("\n") if not line.lstrip().startswith(LOOK)]
    before = DEFINITION.split("\n")
    assert len(ours) == len(before)
    assert 'version = "0.1"  # the third' in ours
    assert ours[1] == before[1] == "# A report of fiscal 2567, made for these tests."
    same = [a.partition("=")[0] == b.partition("=")[0] for a, b in zip(before, ours, strict=True)]
    assert same.count(False) <= 4, "only texts were edited"


def test_every_change_is_said_above_its_line_and_in_the_list(drafted: Draft) -> None:
    lines = drafted.text.split("\n")
    before = DEFINITION.split("\n")
    kept = [n for n, line in enumerate(lines) if not line.lstrip().startswith(LOOK)]
    noted = {line for line, _ in drafted.notes}
    silent = {"id", "fiscal_year"}
    for old, number in zip(before, kept, strict=True):
        new = lines[number]
        if old != new and new.partition(" ")[0] not in silent and not new.startswith("ถึง ๓๐"):
            assert number + 1 in noted, new
            assert lines[number - 1].strip().startswith(LOOK), new
    for line, (thai, _) in drafted.notes:
        assert thai in lines[line - 2]
    left = {lines[line - 1].partition(" =")[0] for line, _ in drafted.notes}
    assert {"source", "levels_note", "when"} <= left, "what was not moved has to be looked at too"


def test_a_comment_never_gets_into_a_text_of_several_lines(drafted: Draft, after: Form) -> None:
    assert not any(LOOK in heading for heading in after.printed.headings)
    lines = drafted.text.split("\n")
    at = lines.index('    """ตั้งแต่ ๑ ต.ค. ๒๕๖๘')
    assert lines[at - 1].startswith(f"    {LOOK}")
    assert lines[at + 1].startswith("ถึง ๓๐ ก.ย. ๖๙")


def test_the_same_year_under_another_id_changes_no_year(made: Form) -> None:
    same = draft(DEFINITION, made, "made-2567-copy", 2567)
    form = written(same.text)
    assert form.title == made.title and form.due_dates == made.due_dates


@pytest.mark.slow
def test_every_form_can_be_drafted_for_a_later_year(tmp_path: Path) -> None:
    own = tmp_path / "own"
    drafted = {}
    for form_id in form_ids():
        year = load_form(form_id).fiscal_year
        new_id = form_id.replace(str(year), "2599")
        result = run("forms", "new", new_id, "--from", form_id, "--forms", own)
        path = drafted[new_id] = own / f"{new_id}.toml"
        assert result.exit_code == 0
        assert result.stdout == f"{path}\n"
        form = parse_form(path.read_bytes(), path.name)
        assert (form.id, form.version, form.fiscal_year) == (new_id, "0.1", 2599)
        for title in (*form.title, form.short_title):
            assert str(year) not in title
        assert f"{path}:" in result.stderr
        assert f"--forms {own}" in result.stderr, "it says how the form is used"
    for path in drafted.values():
        checked = run("forms", "check", path, "--forms", own)
        assert checked.exit_code == 0, checked.output
    assert {*drafted} <= {
        line.split(" ")[0] for line in run("forms", "list", "--forms", own).stdout.splitlines()
    }


def test_a_draft_that_somebody_edited_is_not_overwritten(tmp_path: Path) -> None:
    command = ("forms", "new", "moi-2599", "--from", "moi-2569", "-o", tmp_path)
    assert run(*command).exit_code == 0
    assert run(*command).exit_code == 0, "the same draft again changes nothing"
    path = tmp_path / "moi-2599.toml"
    path.write_text("# edited\n", "utf-8")
    assert run(*command).exit_code == 2
    assert path.read_text("utf-8") == "# edited\n"


@pytest.mark.parametrize(
    ("form_id", "old", "words"),
    [
        ("moi", "moi-2569", "year"),
        ("../moi-2570", "moi-2569", "letters"),
        ("moi-2569", "moi-2569", "already"),
        ("moi-2570", "moi-1999", "moi-2569"),
    ],
)
def test_an_id_that_cannot_be_is_explained(
    form_id: str, old: str, words: str, tmp_path: Path
) -> None:
    result = run("forms", "new", form_id, "--from", old, "-o", tmp_path, "--lang", "en")
    assert result.exit_code == 2
    assert words in result.stderr and result.stdout == ""
    assert not list(tmp_path.iterdir())


# --- the mistakes of a definition


def test_forms_check_tells_every_mistake_in_the_language(tmp_path: Path) -> None:
    source = resources.files("moral_xlsx.definitions").joinpath("moi-2569.toml").read_text("utf-8")
    path = tmp_path / "moi-2599.toml"
    path.write_text(source, "utf-8")
    thai, english = run("forms", "check", path), run("forms", "check", path, "--lang", "en")
    assert (thai.exit_code, english.exit_code) == (1, 1)
    assert thai.stdout == (
        f"{path}: บรรทัด 4 id: รหัส “moi-2569” ไม่ตรงกับชื่อไฟล์ แก้รหัส หรือเปลี่ยนชื่อไฟล์เป็น moi-2569.toml\n"
    )
    assert english.stdout == (
        f"{path}: line 4 id: 'moi-2569' is not the file's name. "
        "Change the id, or name the file moi-2569.toml\n"
    )


# --- the list


def test_the_list_has_every_form_in_aligned_columns() -> None:
    lines = run("forms", "list").stdout.splitlines()
    assert lines[0].split()[0] == "รหัส"
    of_forms = [line for line in lines[1:] if not line.startswith(" ")]
    assert [line.split()[0] for line in of_forms] == list(form_ids())
    for column, cell in ((3, "issuer"), (-1, "short_title")):
        heading = lines[0].split()[column]
        at = cell_len(lines[0].partition(f"  {heading}")[0]) + 2
        for line in of_forms:
            shown = getattr(load_form(line.split()[0]), cell)
            starts = {cell_len(line[: m.start()]) for m in re.finditer(re.escape(shown), line)}
            assert at in starts, line


def test_the_list_says_the_due_dates_in_the_language(made: Form) -> None:
    without = made.model_copy(update={"due_dates": ()})
    thai, english = (printed(show_forms, [made, without], language) for language in ("th", "en"))
    _, first, second, other = thai.splitlines()
    assert "1.3  ๒๕๖๗ " in first and "  ๒๙ ก.พ. ๒๕๖๗  แบบรายงาน" in first
    assert second.strip() == "๓๐ ก.ย. ๒๕๖๗"
    assert "  –  " in other
    assert "2024-02-29" in english and "2024-09-30" in english and "Fiscal year" in english


# --- the rubric


def test_forms_show_tells_everything_a_form_holds(made: Form) -> None:
    told = printed(show_rubric, compile_rubric(made), SHIPPED, "en")
    for words in (
        "กรม → คณะกรรมการ",
        "Due 2024-02-29: รอบแรก",
        "Sheet “ข้อมูล ๒๕๖๗”",
        "วันที่ส่ง (date)",
        "รอบ (choice: รอบ ๒๕๖๗ / ปี ๒๕๖๗)",
        "table “กิจกรรม”, one row for each กิจกรรม",
        "1 rows are there already",
        "ส่งรายงาน [ก.๑: met / not met]",
        "(เท่าที่ทราบ)",
        "[met]\n    ☐ ภายใน ๒๙ กุมภาพันธ์ ๒๕๖๗\n        = “วันที่ส่ง”",
        "คะแนนรวม: at most 1",
        "กรมส่งเสริม: ร้อยละ ๗๕ ขึ้นไป\n  = at least 75 per cent of all units reach level 1",
        "Ranking: อันดับปี ๒๕๖๗",
        "against the form made-2567-plan by “ชื่อ”",
        "so has “วันที่ทำ”",
        "จำนวนกิจกรรม: number of กิจกรรม has to agree with count(jobs,",
        "MX-303 (for the reviewers): after 2567 (2024)",
        "= when “วันที่ส่ง”",
        "[ปี ๒๕๖๗] กำหนดส่ง\n  → ๓๐ มิ.ย. ๒๕๖๗ (พิมพ์ไว้)",
    ):
        assert words in told, words


def test_forms_show_speaks_thai_with_thai_digits(form: Form) -> None:
    told = run("forms", "show", "moi-2569").stdout
    assert "[๑: เต็ม ๓ คะแนน]" in told and "คะแนนรวม: เต็ม ๒๗" in told
    assert "ข้อ ๑ ถึง ๓ ข้อละไม่น้อยกว่า" in told
    for level in form.levels:
        assert f"{level.name}\n  {level.text[0]}" in told


def test_a_form_without_criteria_still_tells_what_it_asks(made: Form) -> None:
    bare = made.model_copy(update={"criteria": (), "roll_up": (), "ranking": ""})
    told = printed(show_rubric, compile_rubric(bare), SHIPPED, "th")
    assert "สิ่งที่ถาม" in told and "วันที่ส่ง (วันที่)" in told
    assert "== เกณฑ์" not in told and "== ผลรวม" not in told


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("form_id", form_ids())
def test_every_form_can_be_shown(form_id: str, language: str) -> None:
    result = run("forms", "show", form_id, "--lang", language)
    assert result.exit_code == 0
    form = load_form(form_id)
    for criterion in form.criteria:
        assert criterion.title in result.stdout
    for field in form.fields:
        assert field.label in result.stdout


# --- filling from an older file


def test_fill_says_line_by_line_what_was_not_carried(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"form": "moi-2500", "answers": {"signed": 3, "long_gone": 5}}', "utf-8")
    result = run("fill", "moi-2569", old, "-o", tmp_path / "new.xlsx", "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'new.xlsx'}\n"
    first, second, last = result.stderr.splitlines()
    assert "moi-2500 is unknown" in first
    assert "long_gone" in second
    assert last == "carried 1 answers, 1 not"
