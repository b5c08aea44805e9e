"""The loader of definitions: strict, and every mistake told with its place and a remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from moral_xlsx.model import compilation, paper, printed, question, rubric, survey
from moral_xlsx.model import definition as definition_model
from moral_xlsx.model import form as form_model
from moral_xlsx.model.definition import Definition
from moral_xlsx.model.errors import DefinitionError, Fault
from moral_xlsx.model.value import Value
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.rubric import compile_rubric

# Other work on the machine must not make an example too slow.
patient = settings(deadline=None)

_THAI = re.compile(r"[\u0e01-\u0e2e]")
# What a definition is made into; no file holds them.
MODULES = (*(compilation, definition_model, form_model, paper, printed, question, rubric, survey),)
WRITTEN_OUT = (form_model.Form, question.Field, rubric.Check, rubric.CrossCheck, rubric.Derived)
FILE, TABLES_FILE = "tiny-2569.toml", "tables-2569.toml"
_FOLDER = Path(__file__).parent / "definitions" / "valid"
VALID = (_FOLDER / FILE).read_text("utf-8")
WITH_TABLES = (_FOLDER / TABLES_FILE).read_text("utf-8")


def faults(text: str | bytes, file: str = FILE) -> tuple[Fault, ...]:
    """Everything that the loader finds wrong; it has to find something."""
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    with pytest.raises(DefinitionError) as wrong:
        parse_form(data, file)
    assert wrong.value.file == file
    return wrong.value.faults


def edited(*edits: tuple[str, str], text: str = VALID) -> str:
    """A valid definition with some passages, each found exactly once, replaced."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the valid form"
        text = text.replace(old, new)
    return text


def field(field_id: str) -> str:
    """How the definition of a field begins."""
    return f'[[groups.fields]]\nid = "{field_id}"\n'


def definition_of(field_id: str, end: str) -> str:
    """The text of a field's definition, up to and without the next one's beginning."""
    start = VALID.index(field(field_id))
    return VALID[start : VALID.index(end, start + 1)]


# --- what is valid


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The keys of a part of a definition, each with the part that brings it in."""
    for name in model.model_fields:
        first = next(
            each
            for each in reversed(model.__mro__)
            if name in vars(each).get("__annotations__", {})
        )
        yield first.__name__, name


def set_keys(value: object) -> Iterator[tuple[str, str]]:
    """Every key of a definition that is given another value than its default."""
    if isinstance(value, BaseModel):
        for part, name in keys_of(type(value)):
            described, said = type(value).model_fields[name], getattr(value, name)
            if described.is_required() or said != described.default:
                yield part, name
            yield from set_keys(said)
    elif isinstance(value, tuple):
        for inner in value:
            yield from set_keys(inner)


def test_the_valid_forms_use_every_part_of_the_language() -> None:
    forms = [
        parse_form(text.encode("utf-8"), file)
        for text, file in ((VALID, FILE), (WITH_TABLES, TABLES_FILE))
    ]
    written = [Definition.model_validate(tomllib.loads(text)) for text in (VALID, WITH_TABLES)]
    used = {key for definition in written for key in set_keys(definition)}
    every = {
        key
        for module in MODULES
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Value) and model not in WRITTEN_OUT
        for key in keys_of(model)
    }
    assert sorted(every - used) == []
    for form in forms:
        assert compile_rubric(form).conditions
    assert forms[0].due_dates[0].date == date(2026, 5, 31)
    assert {f.type for form in forms for f in form.fields} == set(get_args(question.AnswerType))


def test_the_forms_that_were_made_for_it_use_both_ways_to_print() -> None:
    ladder = parse_form(VALID.encode("utf-8"), FILE)
    tables = parse_form(WITH_TABLES.encode("utf-8"), TABLES_FILE)
    assert ladder.printed.ladder
    assert not ladder.printed.tables
    assert ladder.claimed == (1, 2)
    assert tables.printed.ladder is None
    assert tables.claimed == (1,)
    assert tables.table("works").preset[0]["held_on"] == date(2026, 3, 10)


@pytest.mark.parametrize("text", [VALID.replace("\n", "\r\n"), f"# ก\n{VALID}\n# ข"])
def test_line_ends_and_comments_make_no_difference(text: str) -> None:
    assert parse_form(text.encode("utf-8"), FILE) == parse_form(VALID.encode("utf-8"), FILE)


@pytest.mark.parametrize("form_id", form_ids())
def test_every_shipped_definition_loads(form_id: str) -> None:
    form = load_form(form_id)
    assert form.id == form_id
    assert compile_rubric(form).form == form


def test_the_form_of_2569_is_shipped() -> None:
    assert "moi-2569" in form_ids()
    assert list(form_ids()) == sorted(form_ids())


@pytest.mark.parametrize("form_id", ["", "nothing-2569", "../moi-2569", "moi-2569.toml"])
def test_a_form_that_is_not_shipped_is_unknown(form_id: str) -> None:
    with pytest.raises(KeyError):
        load_form(form_id)


# --- one fault at a time


@dataclass(frozen=True)
class Case:
    """One edit of the valid form, and words of the fault that it makes.

    ``alone`` is False where the edit cannot but make other faults as well; ``more`` are
    further edits that the fault takes.
    """

    name: str
    old: str
    new: str
    place: str
    message: str
    remedy: str
    alone: bool = True
    more: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.name


NEEDS_NAME = "Define the field or correct its id"
IN_WORDS = "Choose another id"

CASES = (
    # keys and values
    Case("unknown key", 'version = "1.0"', 'version = "1.0"\nvresion = "1"',
         "vresion", "extra inputs are not permitted", "Write version, or remove"),
    Case("unknown key of a field", field("joined"), f"{field('joined')}lable = 'x'\n",
         "groups[2].fields[0].lable", "extra inputs are not permitted", "Write label, or remove"),
    Case("unknown key of a box", '{ text = "น้อยกว่าร้อยละ ๗๐" }',
         '{ text = "น้อยกว่าร้อยละ ๗๐", condition = "x" }',
         "criteria[0].rungs[2].boxes[0].condition", "extra inputs", "Write conditions, or remove"),
    Case("missing key", 'issuer = "กระทรวง"\n', "", "issuer", "required", "Add the key"),
    Case("missing key of a field", 'label = "ตำแหน่ง"\n', "",
         "groups[0].fields[2].label", "required", "Add the key"),
    Case("missing printed words", 'rungs = "เกณฑ์การให้คะแนน"\n', "",
         "printed.ladder.rungs", "required", "Add the key"),
    Case("wrong kind of value", "rows = 10", 'rows = "many"',
         "tables[0].rows", "valid integer", "Correct the value"),
    Case("a number out of bounds", "rows = 10", "rows = 0",
         "tables[0].rows", "greater than or equal to 1", "Correct the value"),
    Case("an empty text", 'issuer = "กระทรวง"', 'issuer = ""',
         "issuer", "at least 1 character", "Correct the value"),
    Case("a text instead of lines", 'title = ["การประเมิน"]', 'title = "การประเมิน"',
         "parts[0].title", "valid tuple", "Correct the value"),
    Case("an unknown type of answer", 'label = "มีแผน"\ntype = "tick"',
         'label = "มีแผน"\ntype = "checkbox"',
         "groups[2].fields[2].type", "'tick'", "Correct the value"),
    Case("an unknown registry column", 'registry = "headcount"', 'registry = "staff"',
         "groups[1].fields[0].registry", "'headcount'", "Correct the value"),
    Case("a wrong year", "fiscal_year = 2569", "fiscal_year = 2026",
         "fiscal_year", "2500", "Correct the value"),
    Case("a wrong date", "date = 2026-05-31", 'date = "31 May 2569"',
         "due_dates[0].date", "date", "Correct the value"),
    Case("a wrong date of opening", "opens = 2026-04-01", "opens = 2569-04",
         "file", "not valid TOML", "Correct the line"),
    Case("a wrong version", 'version = "1.0"', 'version = "one"',
         "version", "pattern", "Correct the value"),
    Case("an id in capitals", field("progress"), field("Progress"),
         "groups[2].fields[1].id", "pattern", "Correct the value"),
    Case("an id in Thai", field("progress"), field("ก้าวหน้า"),
         "groups[2].fields[1].id", "pattern", "Correct the value"),
    Case("a sheet's title too long", 'title = "ข้อเท็จจริง"', f'title = "{"ข" * 32}"',
         "sheets[1].title", "31 characters", "Correct the value"),
    Case("a criterion of one rung",
         '\n[[criteria.rungs]]\npoints = 0\nboxes = [{ text = "ไม่มีกิจกรรม", '
         'conditions = ["count(works) <= 0"] }]\n', "",
         "criteria[1].rungs", "at least 2 items", "Correct the value"),
    # ids
    Case("another file's name", 'id = "tiny-2569"', 'id = "tiny-2570"',
         "id", "'tiny-2570' is not the file's name", "tiny-2570.toml"),
    Case("its own version among those it accepts", 'version = "1.0"\n',
         'version = "1.0"\naccepts = ["1.0"]\n', "version and accepts",
         "'1.0' is defined twice", "Remove or rename"),
    Case("a field that came with no version", 'id = "staff"', 'id = "staff"\nsince = "0.9"',
         "fields.staff.since", "no version 0.9 follows", "Name this form's version"),
    Case("duplicate field", field("progress"), field("unit_name"),
         "fields, tables and derived", "'unit_name' is defined twice", "Remove or rename"),
    Case("a field named as a table", field("progress"), field("works"),
         "fields, tables and derived", "'works' is defined twice", "Remove or rename"),
    Case("a derived value named as a field", 'id = "share_joined"', 'id = "staff"',
         "fields, tables and derived", "'staff' is defined twice", "Remove or rename"),
    Case("duplicate column", 'id = "hours"', 'id = "success"',
         "tables.works", "'success' is defined twice", "Remove or rename"),
    Case("duplicate title of a sheet", 'title = "ข้อเท็จจริง"', 'title = "ข้อมูลหน่วยงาน"',
         "sheets", "'ข้อมูลหน่วยงาน' is defined twice", "Remove or rename"),
    Case("duplicate check", 'id = "works_before_signature"', 'id = "joined_within_staff"',
         "checks", "'joined_within_staff' is defined twice", "Remove or rename"),
    Case("duplicate subtotal", "[[levels]]\nnumber = 1",
         '[[subtotals]]\nfirst = 1\nlast = 2\nlabel = "อีกครั้ง"\n\n[[levels]]\nnumber = 1',
         "subtotals", "'1-2' is defined twice", "Remove or rename"),
    Case("a choice's word used twice", 'aliases = ["ครบ"]', 'aliases = ["บางกิจกรรม"]',
         "fields.documentation.choices", "'บางกิจกรรม' is defined twice", "Remove or rename"),
    *(
        Case(f"id like {name}", field("progress"), field(name), name, f"'{name}'", IN_WORDS)
        for name in ("claim_1", "evidence_2", "computed_1", "final_1", "remark_1", "subtotal_1_2",
                     "total", "level", "level_name", "completeness", "next_level", "final_total",
                     "final_level", "verdict", "reviewed_on", "findings", "form_id",
                     "form_version", "unit_code", "fiscal_year_start", "fiscal_year_end",
                     "true", "false", "ab12", "a1", "xfd1048576", "r1c1", "r", "c", "rc", "r5",
                     "c5")
    ),
    Case("a table like a cell", 'id = "works"\n', 'id = "ab12"\n',
         "ab12", "cannot name a cell", IN_WORDS, alone=False),
    Case("a sheet for levels that are not printed", 'levels_heading = "๓. สรุปผล"\n', "",
         "printed.levels_sheet", "the form prints no levels", "Give levels_heading"),
    # ids used but not defined
    Case("an unknown sheet of a group", f'sheet = "facts"\n\n{field("joined")}',
         f'sheet = "fact"\n\n{field("joined")}',
         "fields.joined.sheet", "there is no sheet 'fact'", "Use one of: facts, unit"),
    Case("an unknown sheet of a table", 'short = "กิจกรรม"\nsheet = "facts"',
         'short = "กิจกรรม"\nsheet = "works"',
         "tables.works.sheet", "there is no sheet 'works'", "Use one of: facts, unit"),
    Case("an unknown field in a heading", "{unit_name}", "{name}",
         "printed.headings", "there is nothing called {name}", "Correct the name"),
    Case("an unknown name in the signature", 'name = "reporter"', 'name = "nobody"',
         "printed.signature.name", "there is no field 'nobody'", NEEDS_NAME),
    Case("an unknown position in the signature", 'position = "reporter_position"',
         'position = "rank"', "printed.signature.position", "there is no field 'rank'", NEEDS_NAME),
    Case("an unknown date in the signature", 'date = "signed_on"', 'date = "today"',
         "printed.signature.date", "there is no field 'today'", NEEDS_NAME),
    Case("a signature dated by a text", 'date = "signed_on"', 'date = "reporter"',
         "printed.signature.date", "'reporter' is no date", "Use a date field"),
    Case("a signature below a table that is not printed", 'date = "signed_on"',
         'date = "signed_on", below_table = 1', "printed.signature.below_table",
         "there is no table 1", "leave it out"),
    Case("unknown column in unique", 'unique = ["title"]', 'unique = ["title", "project"]',
         "tables.works.unique", "there is no column 'project'", "Name a column"),
    Case("a printed ladder without points", '"{points} คะแนน"', '"คะแนน"',
         "printed.ladder.points", "{points}", "{points} คะแนน"),
    # questions
    Case("a choice without choices", 'choices = [{ value = "inside", label = "ภายใน" }, '
         '{ value = "outside", label = "ภายนอก" }]\n', "",
         "tables.works.scope", "choices and the type choice go together", "Give both or neither"),
    Case("choices of a text", 'label = "ผู้รายงาน"\ntype = "text"',
         'label = "ผู้รายงาน"\ntype = "text"\nchoices = [{ value = "a", label = "ก" }]',
         "fields.reporter", "choices and the type choice go together", "Give both or neither"),
    Case("limits on a text", 'label = "ตำแหน่ง"\ntype = "text"',
         'label = "ตำแหน่ง"\ntype = "text"\nmaximum = 5',
         "fields.reporter_position", "a text has no limits", "Remove minimum and maximum"),
    Case("limits on a tick", 'label = "มีแผน"\ntype = "tick"',
         'label = "มีแผน"\ntype = "tick"\nminimum = 0',
         "fields.plan", "a tick has no limits", "Remove minimum and maximum"),
    Case("limits on a date of a table", 'label = "วันที่จัด"\ntype = "date"',
         'label = "วันที่จัด"\ntype = "date"\nminimum = 1',
         "tables.works.held_on", "a date has no limits", "Remove minimum and maximum"),
    Case("minimum above maximum", "minimum = 1\nmaximum = 100000", "minimum = 10\nmaximum = 5",
         "fields.staff", "minimum 10 exceeds maximum 5", "Exchange the two"),
    Case("choices too long for a list", 'label = "บางกิจกรรม"', f'label = "{"ก" * 260}"',
         "fields.documentation", "exceed 255 characters", "Shorten"),
    Case("suggestions too long for a list", '"วินัย", "สุจริต"', f'"{"ก" * 130}", "{"ข" * 130}"',
         "tables.works.virtue", "exceed 255 characters", "Shorten"),
    Case("a comma in a suggestion", '"วินัย", "สุจริต"', '"วินัย, สุจริต"',
         "tables.works.virtue", "holds a comma", "commas"),
    Case("a brace in a label", 'label = "มีแผน"', 'label = "มี {แผน}"',
         "fields.plan", "holds a brace", "Write it without { and }"),
    Case("a brace in a choice", 'label = "บางกิจกรรม"', 'label = "บาง}กิจกรรม"',
         "fields.documentation", "holds a brace", "Write it without { and }"),
    Case("a brace in what rows are", 'unit = "กิจกรรม"', 'unit = "{กิจกรรม}"',
         "tables.works", "holds a brace", "Write it without { and }"),
    Case("a control character", 'label = "มีแผน"', 'label = "มี\\u0007แผน"',
         "groups[2].fields[2].label", "control character", "Remove it"),
    Case("a comma in a choice", 'label = "บางกิจกรรม"', 'label = "บาง,กิจกรรม"',
         "fields.documentation", "holds a comma", "commas"),
    # ladders
    Case("a ladder that does not descend", 'points = 1\nboxes = [{ text = "ร้อยละ ๗๐ ขึ้นไป"',
         'points = 3\nboxes = [{ text = "ร้อยละ ๗๐ ขึ้นไป"',
         "criteria[1].rungs", "[2, 3, 0] do not descend to 0", "from the highest points down"),
    Case("a ladder with a step twice", 'points = 1\nboxes = [{ text = "ร้อยละ ๗๐ ขึ้นไป"',
         'points = 2\nboxes = [{ text = "ร้อยละ ๗๐ ขึ้นไป"',
         "criteria[1].rungs", "[2, 2, 0] do not descend to 0", "each once"),
    Case("a ladder without 0", 'points = 0\nboxes = [{ text = "ไม่มีกิจกรรม"',
         'points = 1\nboxes = [{ text = "ไม่มีกิจกรรม"',
         "criteria[2].rungs", "[3, 1] do not descend to 0", "down to 0"),
    Case("a rung with points and no condition", ', conditions = ["count(works) >= 3"]', "",
         "criteria[2].rungs[3]", "no condition", "Give at least one of its boxes a condition"),
    Case("criteria numbered wrongly", 'number = 2\ntitle = "๒. กิจกรรม"',
         'number = 3\ntitle = "๒. กิจกรรม"',
         "criteria", "[1, 3]", "Number them 1, 2, 3", alone=False),
    # conditions
    Case("a condition that does not parse", '"ticked(plan)"', '"ticked(plan"',
         "criteria[1].rungs[2].boxes[1]", "does not parse", "Correct its syntax"),
    Case("an unknown field in a condition", '"ticked(plan)"', '"ticked(plans)"',
         "criteria[1].rungs[2].boxes[1]", "there is no field 'plans'", NEEDS_NAME),
    Case("a wrong type in a condition", '"ticked(plan)"', '"ticked(staff)"',
         "criteria[1].rungs[2].boxes[1]", "'staff' is of type 'integer'", "tick"),
    Case("an unknown table in a condition", '"count(works) >= 3"', '"count(work) >= 3"',
         "criteria[2].rungs[3].boxes[0]", "there is no table 'work'", "Define the table"),
    Case("a condition of two comparisons", '"count(works) >= 3"', '"9 >= count(works) >= 3"',
         "criteria[2].rungs[3].boxes[0]", "not one comparison", "Use one of"),
    Case("a wrong condition of a check", 'condition = "joined <= staff"',
         'condition = "joined <= stuff"',
         "checks.joined_within_staff.condition", "there is no field 'stuff'", NEEDS_NAME),
    Case("a wrong occasion of a check", 'when = "ticked(committee)"', 'when = "committee"',
         "checks.works_before_signature.when", "'committee' is no condition", "use one of"),
    Case("a check of another criterion", 'when = "ticked(committee)"', 'when = "claimed(3) >= 1"',
         "checks.works_before_signature.when", "criterion", "claimed(7)"),
    Case("a derived value over an unknown field", '"percent(joined, staff)"\n\n[[parts]]',
         '"percent(joined, stuff)"\n\n[[parts]]',
         "derived.share_joined", "there is no field 'stuff'", NEEDS_NAME),
    Case("a derived value that is no percentage", '"percent(joined, staff)"\n\n[[parts]]',
         '"count(works)"\n\n[[parts]]',
         "derived.share_joined", "only shares and averages", "Write percent(part, whole)"),
    # checks
    Case("a check with a code of the program", 'finding = "MX-301"', 'finding = "MX-310"',
         "checks.joined_within_staff.finding", "MX-310 is no code", "MX-301, MX-302"),
    Case("a check with an unknown code", 'finding = "MX-301"', 'finding = "MX-999"',
         "checks.joined_within_staff.finding", "MX-999 is no code", "MX-301, MX-302"),
    Case("a check with something else for a code", 'finding = "MX-301"', 'finding = "error"',
         "checks[0].finding", "pattern", "Correct the value"),
    # ranges
    Case("a level beyond the criteria", "first = 1\nlast = 2\nmin_each = 1\nmin_total = 5",
         "first = 1\nlast = 3\nmin_each = 1\nmin_total = 5",
         "levels[2]", "there are no criteria 1-3", "Correct first and last"),
    Case("a level turned round", "first = 1\nlast = 2\nmin_each = 1\nmin_total = 5",
         "first = 2\nlast = 1\nmin_each = 1\nmin_total = 5",
         "levels[2]", "there are no criteria 2-1", "Correct first and last"),
    Case("a subtotal from criterion 0", '[[subtotals]]\nfirst = 1', '[[subtotals]]\nfirst = 0',
         "subtotals[0-2]", "there are no criteria 0-2", "Correct first and last"),
    Case("a part that leaves a criterion out", "[[parts]]\nfirst = 1", "[[parts]]\nfirst = 2",
         "parts", "they hold the criteria [2]", "Put each criterion of a ladder in one part"),
    Case("a criterion in two parts", "[[criteria]]\nnumber = 1",
         '[[parts]]\nfirst = 2\nlast = 2\ntitle = ["อีกส่วน"]\n\n[[criteria]]\nnumber = 1',
         "parts", "they hold the criteria [1, 2, 2]", "Put each criterion of a ladder in one part"),
    Case("a rule for a department about a level that is not there", "level = 2\npercent = 80",
         "level = 3\npercent = 80",
         "roll_up[3]", "there is no level 3", "Correct it"),
    Case("two rules for a department about one level", "level = 2\npercent = 80",
         "level = 1\npercent = 80",
         "roll_up", "1 is defined twice", "Remove or rename"),
    Case("a share of more than all", "percent = 80\n", "percent = 101\n",
         "roll_up[0].percent", "less than or equal to 100", "Correct the value"),
    Case("levels not numbered in order", 'number = 2\nname = "องค์กรต้นแบบ"',
         'number = 1\nname = "องค์กรต้นแบบ"',
         "levels", "1 is defined twice", "Remove or rename", alone=False),
    Case("a due date that opens after it", "opens = 2026-04-01", "opens = 2026-06-01",
         "due_dates[ส่งภายใน ๓๑ พฤษภาคม ๒๕๖๙]", "it opens on 2026-06-01, after 2026-05-31",
         "Correct one"),
    # the printed form
    Case("a ladder and tables", '[[sheets]]\nid = "unit"', """[[printed.tables]]
columns = [{ heading = "ก", width = 10 }]
rows = [{ cells = ["ข"] }]

[[sheets]]
id = "unit\"""",
         "printed", "it has a ladder and tables", "Print in one of the two ways"),
    Case("a single brace in the note", "หมายเหตุ ส่งเป็นไฟล์", "หมายเหตุ {ส่งเป็นไฟล์",
         "printed.note", "has a single brace", "Write places as {name}"),
    # files
    Case("not TOML", 'issuer = "กระทรวง"', "issuer = กระทรวง",
         "file", "not valid TOML: Invalid value (at line 8", "Correct the line"),
    Case("a key twice", 'issuer = "กระทรวง"', 'issuer = "กระทรวง"\nissuer = "กรม"',
         "file", "not valid TOML", "Correct the line"),
)  # fmt: skip

_ROW = "printed.tables[0].rows[1]"
_WORKS = "printed.tables[1]"
_EACH = '"{works.number} {works.title}"'
OF_TABLES = (
    Case("a level of a survey that is no number", 'levels = ["n2", "n1"]',
         'levels = ["n2", "question"]',
         "surveys.survey", "'question' is not of type integer", "Name a column of type integer"),
    Case("a sheet for a paper's table", "[papers.parts.table]\n",
         '[papers.parts.table]\nsheet = "ผล"\n',
         "papers.book.parts[3].table.sheet", "a paper has no sheets", "Remove the key"),
    Case("rows under no other rows", "{ each = 'works', head = \"ผล {works.scope}\", cells",
         '{ cells = ["", ""] }, { each = "steps", under = "title", cells = ["", ""] }, '
         "{ each = 'works', head = \"ผล {works.scope}\", cells", "printed.tables[2].rows[1]",
         "no rows of another table stand above", "its own each"),
    Case("rows under rows of their own table", 'each = "steps", under = "title", cells = '
         '["{steps.title^}", "{steps.title}"]', 'each = "works", under = "title", cells = ["", ""]',
         "printed.tables[2].rows[1]", "no rows of another table stand above", "its own each"),
    Case("rows under others by a column that only one has", 'under = "title"', 'under = "number"',
         "printed.tables[2].rows[1]", "the table 'steps' has no text column 'number'",
         "that both have", alone=False),
    Case("a head over nothing", 'under = "title", ', "", "printed.tables[2].rows[0]",
         "no row under it", "say under in the next row"),
    Case("a printed cell with a mark left open", '"แผน", "{computed_2}"',
         '"**แผน", "{computed_2}"', "printed.tables[0]", "a mark without its end", "both sides"),
    Case("a note with a mark left open", 'note = ["ลงนาม', 'note = ["__ลงนาม',
         "printed.note", "a mark without its end", "both sides"),
    Case("a sheet titled as the printed form's", 'title = "ข้อมูลหน่วยงาน"',
         'title = "แบบรายงาน"', "sheets.unit", "a sheet of the program's own", "another title"),
    Case("a printed form titled as another sheet", 'sheet = "แบบรายงาน"', 'sheet = "สรุปคะแนน"',
         "printed.sheet", "'สรุปคะแนน' is defined twice", "Remove or rename"),
    Case("a printed form that no sheet can be titled as", 'sheet = "แบบรายงาน"',
         'sheet = "แผน/รายงาน"', "printed.sheet", "cannot title a sheet", "Leave out"),
    Case("a sheet for the first table", 'title = ["ผลตามเกณฑ์"]',
         'sheet = "ข้อ"\ntitle = ["ผลตามเกณฑ์"]', "printed.tables[0].sheet",
         "always on the first sheet", "by sheet in [printed]"),
    Case("two printed sheets of one title", 'sheet = "กิจกรรมและงาน"', 'sheet = "แบบรายงาน"',
         "printed.sheet", "'แบบรายงาน' is defined twice", "Remove or rename"),
    # printed tables
    Case("a narrow column", 'heading = "ข้อ", width = 6', 'heading = "ข้อ", width = 3',
         "printed.tables[0].columns", "“ข้อ” has 3 of 293 characters", "Make it wider",
         more=(('heading = "เกณฑ์", width = 30', 'heading = "เกณฑ์", width = 110'),
               ('heading = "ผล", over = "หน่วยงาน", width = 20',
                'heading = "ผล", over = "หน่วยงาน", width = 90'),
               ('heading = "หลักฐาน", over = "หน่วยงาน", width = 20',
                'heading = "หลักฐาน", over = "หน่วยงาน", width = 90'))),
    Case("a row of nothing", '{ section = "ส่วนที่ ๑ ของ {unit_name}" }', '{ section = "" }',
         "printed.tables[0].rows[0]", "a row has a section or cells", "exactly one of the two"),
    Case("a section with cells", 'section = "ส่วนที่ ๑ ของ {unit_name}"',
         'section = "ส่วนที่ ๑", cells = ["๑", "๒", "๓", "๔"]',
         "printed.tables[0].rows[0]", "a row has a section or cells", "exactly one of the two"),
    Case("a cell too few", '"{computed_2}", ""', '"{computed_2}"',
         "printed.tables[0].rows[2]", "3 cells under 4 columns", "Give a text for each column"),
    Case("a cell too many", '"{computed_2}", ""', '"{computed_2}", "", ""',
         "printed.tables[0].rows[2]", "5 cells under 4 columns", "Give a text for each column"),
    Case("a cell that continues a section", 'cells = ["๑", "ลงนาม', 'cells = ["^", "ลงนาม',
         _ROW, "there is no cell above to continue", "Write the text"),
    Case("a repeated cell that continues", 'cells = ["{#}"', 'cells = ["^"',
         f"{_WORKS}.rows[0]", "there is no cell above to continue", "Write the text"),
    Case("a repeated cell that continues the row above", '{ each = "works", cells = ["{#}"',
         '{ cells = ["", "", ""] }, { each = "works", cells = ["^"',
         f"{_WORKS}.rows[1]", "there is no cell above to continue", "Write the text"),
    Case("a cell that continues repeated ones", "{works.held_on}\"] },",
         '{works.held_on}"] }, { cells = ["^", "", ""] },',
         f"{_WORKS}.rows[1]", "there is no cell above to continue", "Write the text"),
    Case("rows of no table", 'each = "works"', 'each = "work"',
         f"{_WORKS}.rows[0].each", "there is no table 'work'", "Correct the id"),
    Case("a claim for no criterion", "criterion = 1, cells", "criterion = 9, cells",
         "printed.tables.rows.criterion", "there is no criterion 9", "Correct it", alone=False),
    Case("a claim twice", '{ cells = ["^", "แผน"', '{ criterion = 1, cells = ["^", "แผน"',
         "printed.tables.rows.criterion", "1 is defined twice", "Remove or rename"),
    Case("a claim for criterion 0", "criterion = 1, cells", "criterion = 0, cells",
         "printed.tables[0].rows[1].criterion", "greater than or equal to 1", "Correct the value"),
    # printed lines
    Case("a single brace", "{staff} คน", "{staff คน",
         "printed.tables[0]", "has a single brace", "Write places as {name}"),
    Case("a place of nothing", "{staff} คน", "{stuff} คน",
         "printed.tables[0]", "there is nothing called {stuff}", "Correct the name"),
    Case("a place without a name", "{staff} คน", "{} คน",
         "printed.tables[0]", "there is nothing called {}", "Correct the name"),
    Case("a row's number outside rows", "{staff} คน", "{#} คน",
         "printed.tables[0]", "there is nothing called {#}", "Correct the name"),
    Case("a column outside rows", "{staff} คน", "{works.title}",
         "printed.tables[0]", "{works.title} cannot stand here", "columns in lines repeated"),
    Case("a field in rows", _EACH, '"{unit_name}"',
         _WORKS, "{unit_name} cannot stand here", "Fields stand in single lines"),
    Case("a column of another table", _EACH, '"{goals.title}"',
         _WORKS, "{goals.title} cannot stand here", "their table"),
    Case("a column of nothing", _EACH, '"{works.name}"',
         _WORKS, "there is nothing called {works.name}", "Correct the name"),
    Case("a box of no choice", "{works.scope=good}", "{works.scope=fair}",
         _WORKS, "'fair' is no choice of works.scope", "Name the value"),
    Case("a box by its label", "{plan=yes}", "{plan=มี}",
         "printed.headings", "'มี' is no choice of plan", "Name the value"),
    Case("a box of a text", "{plan=yes}", "{reporter=yes}",
         "printed.headings", "'yes' is no choice of reporter", "Name the value"),
    Case("a score of no criterion", "{computed_2}", "{computed_9}",
         "printed.tables[0]", "there is no computed_9", "Name a criterion"),
    Case("a claim that is not asked for", "{claim_1}", "{claim_2}",
         "printed.tables[0]", "there is no claim_2", "Name a criterion"),
    Case("evidence that is not asked for", "{evidence_1}", "{evidence_2}",
         "printed.tables[0]", "there is no evidence_2", "Name a criterion"),
    Case("a sum that is not there", "{subtotal_1_1}", "{subtotal_1_2}",
         "printed.tables[0]", "there is nothing called {subtotal_1_2}", "Correct the name"),
    Case("a cell too long for a formula", "ลงนามแล้วร้อยละ", "ก" * 8000,
         "printed.note", "gives a formula of more than 8000 characters", "Divide it"),
    # preset rows
    Case("a preset answer to nothing", 'title = "ทำความสะอาด" }', 'name = "ทำความสะอาด" }',
         "tables.works.preset[1].name", "there is no column 'name'", "Name a column"),
    Case("a preset number in quotes", "{ number = 2,", '{ number = "2",',
         "tables.works.preset[1].number", "'2' is no integer", "Write such a value"),
    Case("a preset tick for a number", "{ number = 2,", "{ number = true,",
         "tables.works.preset[1].number", "True is no integer", "Write such a value"),
    Case("a preset date in quotes", "held_on = 2026-03-10", 'held_on = "2026-03-10"',
         "tables.works.preset[0].held_on", "'2026-03-10' is no date", "Write such a value"),
    Case("a preset choice by its label", 'scope = "good", progress', 'scope = "ดี", progress',
         "tables.works.preset[0].scope", "'ดี' is no choice", "Name the value"),
    Case("more preset rows than rows", "rows = 3", "rows = 1",
         "tables.works.rows", "2 preset rows, but rows = 1", "Prepare at least as many rows"),
    # met or not
    Case("met with points", 'points = 1, boxes = [{ text = "มีแผน"',
         'points = 3, boxes = [{ text = "มีแผน"',
         "criteria[2].rungs", "met has the points [3, 0]", "Give the rungs 1 and 0"),
    Case("another kind of criterion", 'label = "๑.๒"\nkind = "met"',
         'label = "๑.๒"\nkind = "reached"',
         "criteria[1].kind", "'points' or 'met'", "Correct the value"),
    Case("parts without a ladder", "[[criteria]]\nnumber = 1",
         '[[parts]]\nfirst = 1\nlast = 2\ntitle = ["ส่วน"]\n\n[[criteria]]\nnumber = 1',
         "parts", "they hold the criteria [1, 2]", "of a ladder"),
    # other forms
    Case("a plan for no table", 'table = "works"\n', 'table = "activities"\n',
         "follows.table", "there is no table 'activities'", "Correct the id"),
    Case("a plan by a tick for a number", 'number = "number"\n', 'number = "done"\n',
         "follows", "works has no column 'done' of type integer", "Name a column of that type"),
    Case("a plan by its title for a number", 'number = "number"\n', 'number = "title"\n',
         "follows", "works has no column 'title' of type integer", "Name a column of that type"),
    Case("a plan by no title", 'title = "title"\n', 'title = "name"\n',
         "follows", "works has no column 'name' of type text", "Name a column of that type"),
    Case("a plan whose progress is a tick", 'progress = "progress"\n', 'progress = "done"\n',
         "follows", "works has no column 'done' of type percent", "Name a column of that type"),
    Case("a plan compared by nothing", "held_on = \"planned_on\"", "made_on = \"planned_on\"",
         "follows", "works has no column 'made_on'", "Name a column of that type"),
    Case("a fact that is told nowhere", '\nhere = "staff"', '\nhere = "stuff"',
         "cross_checks.staff_agrees.here", "there is no field 'stuff'", NEEDS_NAME),
    Case("a fact of a table alone", '\nhere = "count(works) >= 1"', '\nhere = "works"',
         "cross_checks.works_agree.here", "there is no field 'works'", NEEDS_NAME),
    Case("a fact told twice under one name", 'id = "works_agree"', 'id = "staff_agrees"',
         "cross_checks", "'staff_agrees' is defined twice", "Remove or rename"),
)  # fmt: skip
BOTH = [(case, VALID, FILE) for case in CASES]
BOTH += [(case, WITH_TABLES, TABLES_FILE) for case in OF_TABLES]
NAMES = [case.name for case, _, _ in BOTH]


@pytest.mark.parametrize(("case", "text", "file"), BOTH, ids=NAMES)
def test_a_fault_is_told_with_place_and_remedy(case: Case, text: str, file: str) -> None:
    found = faults(edited((case.old, case.new), *case.more, text=text), file)
    told = [f for f in found if f.place == case.place and case.message in f.message[1]]
    assert len(told) == 1, [fault.text("en") for fault in found]
    assert case.remedy in told[0].remedy[1]
    if case.alone:
        assert [fault.text("en") for fault in found] == [fault.text("en") for fault in told]


def test_every_case_is_another_one() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", ["rate", "abcd1", "ab_12", "claim", "levels", "row", "col", "r_1"])
def test_an_id_that_only_resembles_a_cell_is_taken(name: str) -> None:
    form = parse_form(edited((field("progress"), field(name))).encode("utf-8"), FILE)
    assert form.field(name).type == "percent"


def test_a_duplicate_sheet_is_told() -> None:
    text = edited(('[[sheets]]\nid = "facts"', '[[sheets]]\nid = "unit"'))
    assert ("sheets", "'unit' is defined twice") in [(f.place, f.message[1]) for f in faults(text)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ก/ข", "ข้อเท็จจริง"),
        ("ก[1]", "ข้อเท็จจริง"),
        ("ก: ข", "ข้อเท็จจริง"),
        ("ก?", "ข้อเท็จจริง"),
        ("'ก", "ข้อเท็จจริง"),
        ("ก'", "ข้อเท็จจริง"),
        ("Facts", "FACTS"),
    ],
)
def test_a_title_that_no_workbook_can_give_a_sheet_is_told(first: str, second: str) -> None:
    text = edited(
        ('title = "ข้อมูลหน่วยงาน"', f'title = "{first}"'),
        ('title = "ข้อเท็จจริง"', f'title = "{second}"'),
    )
    assert all("sheets" in fault.place for fault in faults(text))


def test_a_field_that_is_taken_out_is_missed_wherever_it_is_used() -> None:
    text = edited((definition_of("staff", field("joined")), ""))
    places = [fault.place for fault in faults(text)]
    assert places == [
        "criteria[1].rungs[2].boxes[0]",
        "criteria[1].rungs[1].boxes[0]",
        "checks.joined_within_staff.condition",
        "derived.share_joined",
    ]


def test_a_file_that_is_not_utf_8_says_where() -> None:
    data = VALID.encode("utf-8")
    at = data.index("กระทรวง".encode())
    found = faults(data[:at] + "กระทรวง".encode("cp874") + data[at:])
    assert [(f.place, f.message[1]) for f in found] == [(f"byte {at}", "the file is not UTF-8")]
    assert found[0].remedy[1] == "Save it as UTF-8"


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"x = 1\n"])
def test_a_file_without_a_form_says_every_key_that_it_needs(data: bytes) -> None:
    missing = {fault.place for fault in faults(data) if fault.remedy[1] == "Add the key"}
    assert {"id", "version", "title", "fiscal_year", "printed", "sheets", "groups"} <= missing


def test_the_file_is_named_after_the_form() -> None:
    (fault,) = faults(VALID, "form.toml")
    assert (fault.place, fault.remedy[1]) == (
        "id",
        "Change the id, or name the file tiny-2569.toml",
    )


def test_many_faults_are_told_at_once_and_each_names_the_file() -> None:
    edits = (
        ('id = "tiny-2569"', 'id = "tiny-2570"'),
        (field("committee"), field("plan")),
        (field("progress"), field("total")),
        (f'sheet = "facts"\n\n{field("joined")}', f'sheet = "units"\n\n{field("joined")}'),
        ("{unit_name}", "{name}"),
        ("minimum = 1\nmaximum = 100000", "minimum = 10\nmaximum = 5"),
        ('points = 0\nboxes = [{ text = "ไม่มีกิจกรรม"', 'points = 1\nboxes = [{ text = "ไม่มีกิจกรรม"'),
        ('"ticked(plan)"', '"ticked(staff)"'),
        ('finding = "MX-301"', 'finding = "MX-310"'),
        ("first = 1\nlast = 2\nmin_each = 1\nmin_total = 5",
         "first = 1\nlast = 9\nmin_each = 1\nmin_total = 5"),
        ('unique = ["title"]', 'unique = ["name"]'),
    )  # fmt: skip
    with pytest.raises(DefinitionError) as wrong:
        parse_form(edited(*edits).encode("utf-8"), FILE)
    assert {fault.place for fault in wrong.value.faults} == {
        "id",
        "fields, tables and derived",
        "total",
        "fields.joined.sheet",
        "printed.headings",
        "fields.staff",
        "criteria[2].rungs",
        "criteria[1].rungs[2].boxes[1]",
        "checks.joined_within_staff.finding",
        "checks.works_before_signature.when",
        "levels[2]",
        "tables.works.unique",
    }
    lines = str(wrong.value).splitlines()
    assert len(lines) == len(wrong.value.faults)
    assert all(line.startswith(f"{FILE}: ") for line in lines)


def test_many_wrong_keys_are_told_at_once() -> None:
    text = edited(
        ('issuer = "กระทรวง"\n', "isuer = 1\n"),
        ("rows = 10", "rows = 0"),
        ('registry = "headcount"', 'registry = "staff"'),
    )
    assert {fault.place for fault in faults(text)} == {
        "issuer",
        "isuer",
        "tables[0].rows",
        "groups[1].fields[0].registry",
    }


@pytest.mark.parametrize(("case", "text", "file"), BOTH, ids=NAMES)
def test_every_fault_is_a_whole_sentence(case: Case, text: str, file: str) -> None:
    for fault in faults(edited((case.old, case.new), *case.more, text=text), file):
        assert fault.place.strip()
        thai, english = fault.message
        remedy, remedy_en = fault.remedy
        assert all(_THAI.search(said) for said in (thai, remedy))
        assert english.strip() and remedy_en.strip()
        line, line_en = (f"{word} {fault.line} " * bool(fault.line) for word in ("บรรทัด", "line"))
        assert fault.text("en") == f"{line_en}{fault.place}: {english}. {remedy_en}"
        assert fault.text() == f"{line}{fault.place}: {thai} {remedy}"
        assert len(fault.text().splitlines()) == 1


@pytest.mark.parametrize(
    ("old", "new", "thai"),
    [
        ('version = "1.0"', 'version = "1.0"\nvresion = "1"',
         "vresion: ไม่มีคีย์ชื่อนี้ แก้เป็น version หรือลบคีย์นี้"),
        ("rows = 10", 'rows = "many"',
         "tables[0].rows: ต้องเป็นจำนวนเต็ม แต่พบ “many” แก้ค่าให้ถูกต้อง"),
        ('issuer = "กระทรวง"', "issuer = true",
         "issuer: ต้องเป็นข้อความในเครื่องหมายคำพูด แต่พบ true แก้ค่าให้ถูกต้อง"),
        ('issuer = "กระทรวง"', 'issuer = ""',
         "issuer: ต้องมีอย่างน้อย 1 ตัวอักษร แก้ค่าให้ถูกต้อง"),
        ("fiscal_year = 2569", "fiscal_year = 2026",
         "fiscal_year: ต้องไม่น้อยกว่า 2500 แต่พบ 2026 แก้ค่าให้ถูกต้อง"),
        ("fiscal_year = 2569", "fiscal_year = 0x" + "f" * 4000,
         "fiscal_year: ต้องไม่เกิน 2700 แก้ค่าให้ถูกต้อง"),
        ('registry = "headcount"', "registry = 2026-05-31",
         "groups[1].fields[0].registry: ต้องเป็นหนึ่งใน name, executive, headcount "
         "แต่พบ 2026-05-31 แก้ค่าให้ถูกต้อง"),
        ('issuer = "กระทรวง"', "issuer = กระทรวง",
         "file: เขียนผิดรูปแบบ TOML ที่บรรทัด 8 ตัวอักษรที่ 10 (Invalid value) "
         "แก้ให้ถูกต้อง เช่น เติมเครื่องหมายคำพูดหรือวงเล็บที่ขาด"),
        ('"ticked(plan)"', '"""\nticked(staff,\nplan)"""',
         "criteria[1].rungs[2].boxes[1]: “ticked(staff, plan)” ต้องมีค่าเดียวในวงเล็บ ใส่เพียงค่าเดียว"),
    ],
)  # fmt: skip
def test_a_fault_in_thai_says_what_was_found_and_what_is_expected(
    old: str, new: str, thai: str
) -> None:
    found = faults(edited((old, new)))
    assert thai in [fault.text().removeprefix(f"บรรทัด {fault.line} ") for fault in found]


# --- where it is


@pytest.mark.parametrize(("case", "text", "file"), BOTH, ids=NAMES)
def test_a_fault_is_told_with_the_line_on_which_its_place_begins(
    case: Case, text: str, file: str
) -> None:
    written = edited((case.old, case.new), *case.more, text=text)
    for fault in faults(written, file):
        # What is missing altogether, or the file itself, is on no line.
        deep = "." in fault.place or "[" in fault.place
        assert deep <= fault.line <= len(written.splitlines()), fault.text()


@pytest.mark.parametrize(
    ("old", "new", "begins"),
    [
        ('issuer = "กระทรวง"', "issuer = true", "issuer ="),
        ('version = "1.0"', 'version = "1.0"\nvresion = "1"', "vresion ="),
        ('"ticked(plan)"', '"ticked(plam)"', '{ text = "มีแผน"'),
        ("rows = 10", 'rows = "many"', "rows ="),
    ],
)
def test_the_line_is_that_of_the_mistake(old: str, new: str, begins: str) -> None:
    text = edited((old, new))
    (fault,) = faults(text)
    assert begins in text.splitlines()[fault.line - 1]


# --- whatever is in the file


@patient
@given(st.binary(max_size=300))
def test_no_bytes_make_the_loader_fail_otherwise(data: bytes) -> None:
    faults(data)


@pytest.mark.parametrize(
    "more",
    [f"x = {'[' * 5000}{']' * 5000}", f"x = {'9' * 5000}", "x = 2026-13-45", "x = 1e9999"],
    ids=["deep brackets", "a number of 5,000 digits", "no such day", "an endless number"],
)
def test_no_monstrous_value_makes_the_loader_fail_otherwise(more: str) -> None:
    assert faults(f"{more}\n{VALID}")


@pytest.mark.parametrize("valid", [VALID, WITH_TABLES], ids=[FILE, TABLES_FILE])
@patient
@given(st.data(), st.integers(0, 30), st.text(max_size=8))
def test_no_slip_of_the_pen_makes_it_fail_otherwise(
    valid: str, data: st.DataObject, cut: int, typed: str
) -> None:
    at = data.draw(st.integers(0, len(valid)))
    text = valid[:at] + typed + valid[at + cut :]
    try:
        parse_form(text.encode("utf-8", "surrogatepass"), FILE)
    except DefinitionError as wrong:
        assert wrong.faults


_WHOLE = tomllib.loads(VALID) | tomllib.loads(WITH_TABLES)
_KEYS = st.sampled_from(sorted(_WHOLE))
_VALUES = st.sampled_from(
    ["1", "-1", "1.5", "true", '"x"', "[]", "[1]", "[[]]", "{}", "{ id = 1 }"]
)


@patient
@given(_KEYS, _VALUES)
def test_no_value_in_the_place_of_another_makes_it_fail_otherwise(key: str, value: str) -> None:
    text = "\n".join([f"{key} = {value}", *(f'{k} = "x"' for k in _WHOLE if k != key)])
    assert not [f.message for f in faults(text) if "ค่าไม่ถูกต้อง" in f.message[0]]
