"""Printed lines: every place shows itself, in the report and as a workbook's formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moral_xlsx.model.answers import Answers, Row, Understood, Value
from moral_xlsx.model.form import Form
from moral_xlsx.model.question import Table
from moral_xlsx.rules import printed
from moral_xlsx.rules.claims import (
    ClaimedLevelPlace,
    ClaimedSumPlace,
    ClaimPlace,
    EvidencePlace,
)
from moral_xlsx.rules.definition.parse import parse_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.rules.judge.score import assess
from moral_xlsx.rules.judge.syntax import ConditionError
from moral_xlsx.rules.places import DOTS, TICKED, UNTICKED, Place, Room, Shown, TypedPlace
from moral_xlsx.rules.printed import (
    MET,
    UNMET,
    AnswerPlace,
    ChoicePlace,
    CriterionPlace,
    DerivedPlace,
    ResultPlace,
    RowNumberPlace,
    excel_answered,
    excel_line,
    parse_line,
    result_in_words,
    show_line,
    table_lines,
)

# Other work on the machine must not make an example too slow.
patient = settings(deadline=None)

_FILE = Path(__file__).parent / "definitions" / "valid" / "tables-2569.toml"
FORM = parse_form(_FILE.read_bytes(), _FILE.name)
WORKS = FORM.table("works")
CAVEAT = FORM.criterion(2).caveat


@dataclass(frozen=True)
class Given:
    """What a unit answered; nothing unless said."""

    values: Mapping[str, Value] = field(default_factory=dict)
    works: tuple[Row, ...] = ()
    claims: Mapping[int, int] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)

    def shown(self, form: Form = FORM, row: int = 0) -> Shown:
        values = dict.fromkeys((f.id for f in form.fields), None) | dict(self.values)
        answers = Answers(form.id, "A1", values, {"works": self.works}, self.claims, self.evidence)
        return Shown(answers, assess(compile_rubric(form), Understood(answers, {}, ())), row)


def values(**answers: Value) -> Given:
    return Given(answers)


def works(*rows: Row) -> Given:
    return Given(works=rows)


def line(words: str, given_: Given, table: Table | None = None, row: int = 0) -> str:
    """A printed line with a unit's answers in it."""
    return show_line(parse_line(words, FORM, table), given_.shown(row=row))


# --- what stands at a place


@pytest.mark.parametrize(
    ("words", "given_", "shown"),
    [
        # answers of the unit
        ("{unit_name}", values(unit_name="กองคลัง 5"), "กองคลัง 5"),
        ("{staff}", values(staff=1203), "๑๒๐๓"),
        ("{staff}", values(staff=0), "๐"),
        ("{signed_on}", values(signed_on=date(2026, 3, 10)), "๑๐ มีนาคม ๒๕๖๙"),
        ("{plan}", values(plan="no"), "ไม่มี"),
        ("{written}", values(written=True), TICKED),
        ("{written}", values(written=False), UNTICKED),
        ("{written}", values(), UNTICKED),
        ("{plan=yes}", values(plan="yes"), TICKED),
        ("{plan=no}", values(plan="yes"), UNTICKED),
        ("{plan=yes}", values(), UNTICKED),
        *((f"{{{each}}}", values(), DOTS) for each in ("unit_name", "staff", "signed_on", "plan")),
        # results
        ("{share_joined}", values(joined=33, staff=34), "๙๗.๐๕"),
        ("{share_joined}", values(joined=1, staff=2), "๕๐"),
        ("{share_joined}", values(joined=3, staff=2), DOTS),
        ("{share_joined}", values(), DOTS),
        # what the unit claims, whatever its answers give
        ("{computed_1}", values(joined=4, staff=5), DOTS),
        ("{computed_1}", Given(claims={1: 5}), "๕"),
        ("{computed_2}", values(plan="yes"), f"{MET} ({CAVEAT})"),
        ("{computed_2}", values(plan="no"), UNMET),
        ("{claim_1}", Given(claims={1: 5}), "๕"),
        ("{claim_1}", Given(claims={1: 0}), "๐"),
        ("{claim_1}", Given(), DOTS),
        ("{evidence_1}", Given(evidence={1: "ใบลงนาม 3 แผ่น\n"}), "ใบลงนาม 3 แผ่น"),
        ("{evidence_1}", Given(evidence={1: "\n"}), DOTS),
        ("{evidence_1}", Given(), DOTS),
        ("{subtotal_1_1}", values(joined=4, staff=5), DOTS),
        ("{subtotal_1_1}", Given(claims={1: 5}), "๕"),
        ("{total}", values(joined=4, staff=5, plan="yes"), DOTS),
        ("{total}", Given(claims={1: 5}), "๕"),
        ("{total}", Given(claims={1: 0}), "๐"),
        # words
        ("ไม่มีช่อง", values(), "ไม่มีช่อง"),
        ("", values(), ""),
        ("มี {plan=yes} ไม่มี {plan=no}", values(plan="no"), f"มี {UNTICKED} ไม่มี {TICKED}"),
        ("ก\n{staff} คน\nข", values(staff=5), "ก\n๕ คน\nข"),
        ("{staff}{staff}", values(staff=5), "๕๕"),
    ],
)  # fmt: skip
def test_it_shows_what_the_unit_answered_or_was_given(
    words: str, given_: Given, shown: str
) -> None:
    assert line(words, given_) == shown


@pytest.mark.parametrize(
    ("words", "row", "shown"),
    [
        ("{#}. {works.title}", {"title": "ปลูกต้นไม้ 5 ต้น"}, "๑. ปลูกต้นไม้ 5 ต้น"),
        ("{works.number}", {"number": 12}, "๑๒"),
        ("{works.scope}", {"scope": "poor"}, "ต้องปรับปรุง"),
        ("{works.scope=good}", {"scope": "good"}, TICKED),
        ("{works.scope=poor}", {"scope": "good"}, UNTICKED),
        ("{works.progress}", {"progress": Decimal("55.50")}, "๕๕.๕"),
        ("{works.progress}", {"progress": Decimal(100)}, "๑๐๐"),
        ("{works.done}", {"done": True}, TICKED),
        ("{works.held_on}", {"held_on": date(2026, 2, 28)}, "๒๘ กุมภาพันธ์ ๒๕๖๙"),
    ],
)
def test_a_line_of_a_table_shows_its_row(words: str, row: Row, shown: str) -> None:
    assert line(words, works(row), WORKS) == shown


def test_each_row_shows_its_own_answers() -> None:
    given_ = works({"title": "ก"}, {"title": "ข"})
    assert [line("{#} {works.title}", given_, WORKS, row) for row in (0, 1)] == ["๑ ก", "๒ ข"]


@pytest.mark.parametrize("column", ["number", "title", "scope", "progress", "held_on"])
def test_what_a_row_leaves_out_stays_blank(column: str) -> None:
    """On paper, dots ask for an answer of the unit; a row of a table is just not filled."""
    words = f"[{{works.{column}}}]"
    row: Row = {"done": True}
    assert line(words, works(row), WORKS) == "[]"
    assert DOTS not in excel_line(parse_line(words, FORM, WORKS))


def test_a_cell_that_is_all_answer_stays_blank_until_it_is_answered() -> None:
    assert line("{plan_note?}", values()) == ""
    assert line("{plan_note?}", values(plan="yes", plan_note="ครบ")) == "ครบ"
    assert DOTS not in excel_line(parse_line("{plan_note?}", FORM))


def test_a_box_of_a_row_is_there_also_when_nothing_is_answered() -> None:
    words = "{works.done}{works.scope=good}"
    assert line(words, works({"title": "ก"}), WORKS) == UNTICKED * 2


# --- criteria that are met or not


def test_what_has_to_be_said_of_a_criterion_is_said_only_where_it_is_reached() -> None:
    met, unmet = result_in_words(FORM.criterion(2), 1), result_in_words(FORM.criterion(2), 0)
    assert CAVEAT in met
    assert unmet == UNMET


def test_without_a_caveat_met_is_one_word() -> None:
    plain = FORM.criterion(2).model_copy(update={"caveat": ""})
    assert result_in_words(plain, 1) == MET


def test_the_caveat_stands_in_the_workbook_too() -> None:
    formula = excel_line(parse_line("{computed_2}", FORM))
    assert formula == f'IF(computed_2=1,"{MET} ({CAVEAT})","{UNMET}")'


# --- the same in the workbook


KINDS: Mapping[str, type[Place]] = {
    "{unit_name}": AnswerPlace,
    "{plan=yes}": ChoicePlace,
    "{share_joined}": DerivedPlace,
    "{computed_1}": ClaimPlace,
    "{computed_2}": CriterionPlace,
    "{claim_1}": ClaimPlace,
    "{evidence_1}": EvidencePlace,
    "{total}": ClaimedSumPlace,
    "{level_name}": ClaimedLevelPlace,
    "{subtotal_1_1}": ClaimedSumPlace,
}
# A form that prints no place for a claim shows what its answers give.
WITHOUT_CLAIMS: Mapping[str, type[Place]] = {
    "{computed_1}": CriterionPlace,
    "{total}": ResultPlace,
    "{level_name}": ResultPlace,
    "{subtotal_1_1}": ResultPlace,
}
OF_ROWS: Mapping[str, type[Place]] = {
    "{#}": RowNumberPlace,
    "{works.title}": AnswerPlace,
    "{works.scope=good}": ChoicePlace,
}


def test_every_kind_of_place_is_tried() -> None:
    known = {
        each
        for each in (*vars(printed).values(), ClaimPlace)
        if isinstance(each, type) and issubclass(each, Place)
    }
    tried = {*KINDS.values(), *WITHOUT_CLAIMS.values(), *OF_ROWS.values()}
    assert tried == known - {Place, TypedPlace}


def _without_claims() -> Form:
    tables = tuple(
        table.model_copy(
            update={"rows": tuple(r.model_copy(update={"criterion": None}) for r in table.rows)}
        )
        for table in FORM.printed.tables
    )
    return FORM.model_copy(update={"printed": FORM.printed.model_copy(update={"tables": tables})})


@pytest.mark.parametrize(("words", "kind"), WITHOUT_CLAIMS.items())
def test_a_form_without_claims_shows_what_its_answers_give(words: str, kind: type[Place]) -> None:
    (piece,) = parse_line(words, _without_claims())
    assert type(piece) is kind


@pytest.mark.parametrize("words", ["{computed_1}", "{total}", "{subtotal_1_1}"])
def test_a_blank_form_shows_no_zero(words: str) -> None:
    """On paper that is the place for a number, not a number."""
    for form in (FORM, _without_claims()):
        assert show_line(parse_line(words, form), Given().shown(form)) == DOTS
    answered = values(joined=4, staff=5).shown(_without_claims())
    assert show_line(parse_line(words, _without_claims()), answered) == "๕"


@pytest.mark.parametrize(("words", "kind"), [*KINDS.items(), *OF_ROWS.items()])
def test_a_place_is_known_by_how_it_is_written(words: str, kind: type[Place]) -> None:
    (piece,) = parse_line(words, FORM, WORKS if words in OF_ROWS else None)
    assert type(piece) is kind


@pytest.mark.parametrize(
    ("words", "formula"),
    [
        ("{unit_name}", f'IF(LEN(TRIM(unit_name))>0,unit_name&"","{DOTS}")'),
        ("{total}", "claim_1"),
        ("{subtotal_1_1}", "claim_1"),
        ("{claim_1}", "IF(ISNUMBER(claim_1),"),
        ("{evidence_1}", f'IF(LEN(TRIM(evidence_1))>0,evidence_1&"","{DOTS}")'),
        ("{share_joined}", "IF(ISNUMBER(share_joined),"),
        ("{written}", f',"{TICKED}","{UNTICKED}")'),
        ("{plan=no}", '="ไม่มี")'),
        ("{plan=no}", '="ไม่")'),
        ("{signed_on}", "(2022+MIN(MOD(YEAR(signed_on)-2022,100)"),
        ("{signed_on}", '"มีนาคม"'),
    ],
)
def test_its_formula_reads_the_named_cell(words: str, formula: str) -> None:
    assert formula in excel_line(parse_line(words, FORM))


def test_the_level_of_the_answers_is_taken_as_it_stands() -> None:
    assert excel_line(parse_line("{level_name}", _without_claims())) == "level_name"


def test_a_row_reads_its_own_cell_of_the_column() -> None:
    pieces = parse_line("{works.title}", FORM, WORKS)
    assert 'IFERROR(INDEX(works.title,1),"")' in excel_line(pieces, 0)
    assert 'IFERROR(INDEX(works.title,3),"")' in excel_line(pieces, 2)


def test_a_row_is_answered_when_any_of_its_cells_is() -> None:
    formula = excel_answered(WORKS, 1)
    for column in WORKS.columns:
        assert f'IFERROR(INDEX(works.{column.id},2),"")' in formula


def test_words_between_places_are_joined() -> None:
    formula = excel_line(parse_line('ว่า "{unit_name}"', FORM))
    assert formula.startswith('"ว่า """&')
    assert formula.endswith('&""""')


def test_an_empty_line_is_an_empty_text() -> None:
    assert excel_line(parse_line("", FORM)) == '""'


def test_only_boxes_are_boxes() -> None:
    def boxes(words: str, table: Table | None = None) -> list[bool]:
        return [not isinstance(each, str) and each.box for each in parse_line(words, FORM, table)]

    assert boxes("{written}{plan=yes}{plan}{staff}{total}") == [True, True, False, False, False]
    assert boxes("{works.done}{works.scope=good}{#}", WORKS) == [True, True, False]


def test_equal_places_are_equal() -> None:
    """A table that shows one thing twice says so."""
    once, again = (parse_line("{staff} คน", FORM) for _ in range(2))
    assert once == again
    assert once != parse_line("{joined} คน", FORM)


# --- lines of a table


def test_every_line_of_a_table_is_found_with_the_table_of_its_rows() -> None:
    first, second, _ = FORM.printed.tables
    lines = dict(table_lines(first, FORM))
    assert {*first.title, *first.notes} <= lines.keys()
    assert set(lines.values()) == {None}
    assert "^" not in lines
    assert {table.id for _, table in table_lines(second, FORM) if table} == {"works"}


# --- what is refused


@pytest.mark.parametrize(
    "words",
    ["{", "}", "}{", "{unit_name", "unit_name}", "{{unit_name}}", "{nothing}", "{ unit_name }",
     "{works}", "{works.title}", "{#}", "{plan=}", "{plan=all}", "{computed_9}", "{claim_2}",
     "{evidence_2}", "{subtotal_1_2}", "{level}", "{unit_name.x}"],
)  # fmt: skip
def test_a_place_that_the_form_does_not_have_is_refused(words: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        parse_line(words, FORM)
    assert all(said.strip() for said in refusal.value.remedy)


@pytest.mark.parametrize("words", ["{unit_name}", "{goals.title}", "{works.nothing}", "{title}"])
def test_in_rows_only_the_columns_of_their_table_are_taken(words: str) -> None:
    with pytest.raises(ConditionError):
        parse_line(words, FORM, WORKS)


_SALAD = st.lists(
    st.sampled_from(["{", "}", "=", ".", "#", "unit_name", "works", "title", "plan", "yes", "ก"]),
    max_size=8,
).map("".join)


@patient
@given(st.text(max_size=12) | _SALAD, st.booleans())
def test_whatever_is_written_is_shown_or_refused_and_never_fails(words: str, rows: bool) -> None:
    try:
        pieces = parse_line(words, FORM, WORKS if rows else None)
    except ConditionError:
        return
    assert isinstance(show_line(pieces, Given().shown()), str)
    assert excel_line(pieces)


# --- texts of any length in cells of fixed size


ROOM = Room(lines=4, per_line=20, rest="หลักฐาน")
_POINTER = "… (ต่อในแผ่น “หลักฐาน”)"


@pytest.mark.parametrize("typed", ["", "สั้น", "ก" * 80, "หนึ่ง\nสอง\nสาม"])
def test_a_text_that_fits_is_shown_whole(typed: str) -> None:
    assert ROOM.cut(typed) == typed


@pytest.mark.parametrize("typed", ["ก" * 200, "หนึ่ง\n" * 30, "ก" * 90 + "\nข"])
def test_a_text_that_does_not_fit_says_where_the_rest_stands(typed: str) -> None:
    shown = ROOM.cut(typed)
    assert shown.endswith(_POINTER)
    assert typed.startswith(shown.removesuffix(_POINTER)) and len(shown) > len(_POINTER)
    assert Room.lines_for(shown.removesuffix(_POINTER), 20) <= 3, "the pointer needs a line"


@patient
@given(st.text(alphabet="กข \n", max_size=300), st.integers(1, 20), st.integers(30, 90))
def test_what_is_shown_always_fits_its_room(typed: str, lines: int, letters: int) -> None:
    room = Room(lines, letters, "หลักฐาน")
    assert Room.lines_for(room.cut(typed), letters) <= lines or "\n" not in typed
    if room.cut(typed) != typed:
        assert room.cut(typed).endswith(_POINTER)
