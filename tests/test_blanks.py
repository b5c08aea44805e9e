"""A unit's blank workbook is the same however it is made: byte for byte, for whatever unit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import golden_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moral_xlsx.cli import main
from moral_xlsx.excel.form import blanks
from moral_xlsx.excel.form.blanks import Blanks
from moral_xlsx.excel.form.fitting import Noted
from moral_xlsx.excel.form.template import blank, write_workbook
from moral_xlsx.excel.office.units import write_registry
from moral_xlsx.model.answers import Value
from moral_xlsx.model.form import Form
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.expression import Facts
from moral_xlsx.rules.judge.rubric import Rubric, compile_rubric

# Together they have a ladder, printed tables, and places for each column of the registry.
_FORMS = ("moi-2569", "narathiwat-2569", "senate-2567-level3")

# The first pairs differ in each column of the registry, so that the next are made out of them.
_USUAL = (
    Unit("U1", "กองบริหารการคลัง", executive="นายหนึ่ง ใจดี", headcount=34),
    Unit("U2", "สำนักงานเลขานุการกรม", executive="นางสาวสอง ใจงาม", headcount=56),
    Unit("R-03/ก", "ศูนย์ส่งเสริมภาคที่ ๓ (กลาง) & เหนือ > ใต้", executive="ผอ. 'สาม' \"ดี\"", headcount=18),
    Unit("0012", "กอง", headcount=1204),
    Unit("0013", "กลุ่มตรวจสอบภายใน", headcount=1999),
)
_HARD = (
    Unit("", ""),
    Unit("U3", "", executive="นายสาม", headcount=7),
    Unit("U4", "กองสี่", headcount=0),
    Unit("U5", "กองห้า", executive="กองห้า", headcount=5),
    Unit("กองหก", "กองหก", headcount=None),
    Unit("U7", "หน่วยงาน", executive="รหัสหน่วยงาน *", headcount=100_000),
    Unit("U8", "ศูนย์" + "ปฏิบัติการเพื่อการพัฒนา" * 4, executive="ก" * 47, headcount=10**15),
    Unit("U9", "ที่ ึ่ " * 150, executive="น" * 400, headcount=12_345_678_901),
    Unit("U10", "A & B <กอง> \"ก\" 'ข'", executive="<r>x</r>", headcount=-3),
    Unit("U11", " กองสิบเอ็ด ", executive="นาย\tก", headcount=34),
    Unit("U12", "กอง\nสิบสอง", executive="_x0041_", headcount=35),
    Unit("U13", "#N/A", executive="#", headcount=36),
    Unit("U14", "😀 กองสิบสี่", executive="É\u200bก\xa0ข", headcount=37),
    Unit("=1+1", "{unit_name}", executive="..............", headcount=38),
    Unit("U16", "กอง\x07\x1b", executive="\ufffe", headcount=39),
    Unit("34", "34", executive="34", headcount=34),
    Unit("<si>", "</t></si>", executive="<t>", headcount=34),
)

_MARKS = st.sampled_from(["่", "้", "ี", "ุ", "์", "ั", "\u200b"])
_LETTERS = st.one_of(
    st.sampled_from("กขคงจชดตนบปผพมยรลวสหอเแโใไะาำฯๆ๐๑๒๙"),
    st.sampled_from("ABCxyz0129 .-/()–“”…&<>\"'_#\n\t"),
    _MARKS,
    st.characters(codec="utf-8"),
)
_NAMES = st.one_of(
    st.text(st.sampled_from("กขคงจชดตนบปผพมยรลวสหอ่้ี เแ"), max_size=130),
    st.text(_LETTERS, max_size=60),
    st.builds(lambda word, times: word * times, st.text(_LETTERS, max_size=6), st.integers(0, 120)),
    st.sampled_from(["", "หน่วยงาน", "รหัสแบบ", "✓", "☐", "1", "TRUE", "#N/A", "#REF!"]),
)
_UNITS = st.builds(
    Unit,
    st.text(_LETTERS, max_size=12),
    _NAMES,
    executive=_NAMES,
    headcount=st.one_of(st.none(), st.integers(0, 3000), st.integers(-5, 10**20)),
)


@cache
def _blanks_of(form_id: str) -> Blanks:
    """One that has made workbooks of usual units already."""
    made = Blanks(compile_rubric(load_form(form_id)))
    for unit in _USUAL:
        made.workbook(unit)
    return made


def _drawn(rubric: Rubric, unit: Unit | None) -> bytes:
    return write_workbook(rubric, blank(rubric.form, unit))


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[Form]:
    """The forms of the workbooks that were drawn, one for each."""
    found: list[Form] = []
    draw = blanks.draw_workbook

    def noting(rubric: Rubric, *rest: object) -> bytes:
        found.append(rubric.form)
        return draw(rubric, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(blanks, "draw_workbook", noting)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("form_id", form_ids())
def test_hard_units_get_the_workbook_that_is_drawn_for_them(form_id: str) -> None:
    rubric = compile_rubric(load_form(form_id))
    made = Blanks(rubric)
    for unit in (*_USUAL, None, *_HARD):
        assert made.workbook(unit) == _drawn(rubric, unit), unit


@pytest.mark.slow
@pytest.mark.parametrize("form_id", _FORMS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(unit=_UNITS)
def test_any_unit_gets_the_workbook_that_is_drawn_for_it(form_id: str, unit: Unit) -> None:
    made = _blanks_of(form_id)
    assert made.workbook(unit) == _drawn(made.rubric, unit)


def _names(count: int) -> Iterator[str]:
    """Names as units have them, of 3 to 90 characters."""
    chosen = random.Random(2569)
    words = ("กอง", "สำนักงาน", "ศูนย์", "กลุ่ม", "ส่งเสริม", "พัฒนา", "ทรัพยากร", "บุคคล", "ภาคที่")
    for _ in range(count):
        length, name = chosen.randint(3, 90), ""
        while len(name) < length:
            name += chosen.choice(words) + chosen.choice(("", "", " "))
        yield name[:length].strip()


@pytest.mark.slow
@pytest.mark.parametrize("form_id", form_ids())
def test_a_registry_of_usual_units_takes_a_few_drawings(form_id: str, drawings: list[Form]) -> None:
    rubric = compile_rubric(load_form(form_id))
    made = Blanks(rubric)
    for number, name in enumerate(_names(120)):
        headcount = number % 13 * 37 + 11
        made.workbook(Unit(f"U{number}", name, executive=f"นายที่ {number}", headcount=headcount))
    # Half of them prove that what is made out of the others is right.
    assert len(drawings) <= 24
    last = Unit("U120", "กองบริหารทรัพยากรบุคคล", executive="นางสาวใจดี", headcount=250)
    assert made.workbook(last) == _drawn(rubric, last)


def test_a_name_that_makes_a_row_higher_or_is_cut_gets_its_own_drawing(
    rubric: Rubric, drawings: list[Form]
) -> None:
    made = Blanks(rubric)
    for unit in _USUAL[:2]:
        made.workbook(unit)
    for length in (120, 400):
        drawings.clear()
        long = Unit("U3", "ก" * length, executive="นายสาม", headcount=34)
        assert made.workbook(long) == _drawn(rubric, long)
        assert drawings


def test_what_does_not_apply_to_small_units_is_told_to_them_alone(form: Form) -> None:
    limited = [
        each.model_copy(update={"when": "headcount >= 50"}) if each.id == "signed" else each
        for each in form.fields
    ]
    rubric = compile_rubric(form.model_copy(update={"fields": tuple(limited)}))
    made = Blanks(rubric)
    for headcount in (34, 12, 50, 49, 51, 1200, None, 0, 9, 77):
        unit = Unit(f"U{headcount}", "กองหนึ่ง", executive="นายหนึ่ง", headcount=headcount)
        assert made.workbook(unit) == _drawn(rubric, unit)


def test_what_is_drawn_of_a_unit_without_a_note_makes_no_workbook_wrong(
    rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Noted, "concerns", lambda self, pieces: False)
    made = Blanks(rubric)
    for unit in _USUAL:
        assert made.workbook(unit) == _drawn(rubric, unit)


class _Asked(dict[str, Value]):
    """Answers that tell which of them were asked for."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, key: str, default: object = None) -> Value:  # type: ignore[override]
        self.names.add(key)
        return super().get(key)


@pytest.mark.parametrize("form_id", form_ids())
def test_conditions_and_derived_values_ask_for_nothing_but_their_references(form_id: str) -> None:
    form = load_form(form_id)
    rubric = compile_rubric(form)
    for answers in (blank(form).answers, golden_of(form_id)):
        for condition in rubric.conditions.values():
            asked = _Asked(answers.values)
            facts = Facts(form, replace(answers, values=asked))
            condition.evaluate(facts)
            condition.shortfall(facts)
            assert asked.names <= {str(each) for each in condition.references()}
        for derived in rubric.derived.values():
            asked = _Asked(answers.values)
            derived.measure(Facts(form, replace(answers, values=asked)))
            assert asked.names <= {str(each) for each in derived.references()}


@pytest.mark.slow
def test_a_reminder_encloses_what_the_command_writes_for_the_unit(tmp_path: Path) -> None:
    units = [replace(unit, forms=_FORMS[:2]) for unit in _USUAL if unit.code.isalnum()]
    registry = tmp_path / "units.xlsx"
    registry.write_bytes(write_registry(units, form_ids()))
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    for command in (
        ("template", *_FORMS, "--units", registry, "-o", tmp_path / "blank"),
        (
            "batch",
            tmp_path / "inbox",
            "-o",
            tmp_path / "out",
            "--round",
            "2569-05",
            "--units",
            registry,
        ),
    ):
        assert CliRunner().invoke(main, [*map(str, command)]).exit_code == 0
    enclosed = {
        part.get_filename(): part.get_content()
        for path in (out / "2569-05" / "reminders").glob("*.eml")
        for part in message_from_bytes(path.read_bytes(), policy=default).iter_attachments()
    }
    written = {path.name: path.read_bytes() for path in (tmp_path / "blank").iterdir()}
    assert enclosed == written and len(written) == 2 * len(units)
    unit = units[-1]
    for form_id in unit.forms:
        drawn = _drawn(compile_rubric(load_form(form_id)), unit)
        assert written[f"{unit.code}_{form_id}.xlsx"] == drawn
