"""Raw cells become typed answers; every interpretation is reported and nothing is guessed."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moral_xlsx.model import catalogue
from moral_xlsx.model.answers import Answers, RawCell, RawSubmission, Understood
from moral_xlsx.model.definition import Definition
from moral_xlsx.model.findings import Finding, Place
from moral_xlsx.model.reference import TableCell, parse_reference
from moral_xlsx.rules.definition.expand import expand
from moral_xlsx.rules.understand.normalise import normalise

FORM = expand(
    Definition.model_validate(
        tomllib.loads("""
id = "test-2569"
version = "1.0"
title = ["แบบทดสอบ"]
short_title = "แบบทดสอบ"
fiscal_year = 2569
issuer = "กระทรวง"
receiver = "กรม"
source = "แต่งขึ้น"
sheets = [{ id = "facts", title = "ข้อเท็จจริง" }]

[printed.ladder]
heading = "เกณฑ์"
criterion = "ตัวชี้วัด"
rungs = "เกณฑ์"
points = "{points} คะแนน"
score = "รวม"
evidence = "หลักฐาน"

[[groups]]
sheet = "facts"

[[groups.fields]]
id = "remarks"
label = "ข้อความ"
type = "text"

[[groups.fields]]
id = "staff"
label = "จำนวนคน"
type = "integer"
required = true
minimum = 1
maximum = 1000
unit = "คน"

[[groups.fields]]
id = "budget"
label = "งบประมาณ"
type = "integer"
minimum = 0

[[groups.fields]]
id = "success"
label = "ผลสำเร็จ"
type = "percent"

[[groups.fields]]
id = "sent_on"
label = "วันที่ส่ง"
type = "date"

[[groups.fields]]
id = "plan"
label = "มีแผน"
type = "tick"
required = true

[[groups.fields]]
id = "scope"
label = "ขอบเขต"
type = "choice"
choices = [
    { value = "inside", label = "ภายใน", aliases = ["ภายในองค์กร", "ใน"] },
    { value = "outside", label = "ภายนอก", aliases = ["นอก"] },
    { value = "1", label = "หนึ่ง" },
]

[[tables]]
id = "works"
label = "กิจกรรม"
sheet = "facts"
unit = "กิจกรรม"
rows = 5
columns = [
    { id = "title", label = "ชื่อ", type = "text", required = true },
    { id = "owner", label = "ผู้รับผิดชอบ", type = "text", recommended = true },
    { id = "pieces", label = "จำนวน", type = "integer" },
    { id = "done", label = "เสร็จ", type = "tick" },
]

[[criteria]]
number = 1
title = "เกณฑ์ที่หนึ่ง"
short = "หนึ่ง"
rungs = [
    { points = 3, boxes = [{ text = "มาก", conditions = ["ticked(plan)"] }] },
    { points = 1, boxes = [{ text = "น้อย" }] },
    { points = 0, boxes = [{ text = "ไม่มี" }] },
]
""")
    ),
    "test-2569.toml",
)

COLUMNS = tuple(column.id for column in FORM.table("works").columns)
BLANK: dict[str, object] = {
    **{field.id: None for field in FORM.fields},
    **{f"works[{row}].{column}": None for row in range(5) for column in COLUMNS},
    "claim_1": None,
    "evidence_1": None,
}
# What a valid, otherwise empty submission holds, so that tests see only their own findings.
QUIET: dict[str, object] = {**BLANK, "staff": 10, "claim_1": 3}


def submission(cells: dict[str, object]) -> RawSubmission:
    return RawSubmission(
        FORM.id,
        FORM.version,
        "ICT",
        {
            parse_reference(reference): cell
            if isinstance(cell, RawCell)
            else RawCell(cell, Place("a.xlsx", "ข้อเท็จจริง", f"C{row}"))
            for row, (reference, cell) in enumerate(cells.items(), start=1)
        },
    )


def understand(**cells: object) -> Understood:
    return normalise(FORM, submission({**QUIET, **cells}))


def rows(*typed: tuple[object, object, object, object]) -> dict[str, object]:
    """Cells of the table's prepared rows, as its four columns from the first row on."""
    return {
        f"works[{index}].{column}": value
        for index, row in enumerate(typed)
        for column, value in zip(COLUMNS, row, strict=True)
    }


def codes(understood: Understood) -> list[str]:
    return [finding.code for finding in understood.findings]


def only(understood: Understood) -> Finding:
    (finding,) = understood.findings
    return finding


def read(field: str, value: object) -> tuple[object, list[str]]:
    understood = understand(**{field: value})
    return understood.answers.values[field], codes(understood)


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", "\u200b", "\ufeff \n", "\x00"])
@pytest.mark.parametrize("field", [field.id for field in FORM.fields if field.id != "staff"])
def test_what_looks_blank_is_unanswered(field: str, blank: object) -> None:
    value, found = read(field, blank)
    assert value is (False if field == "plan" else None)
    assert found == []


def test_none_in_words_is_no_people_where_there_may_be_none() -> None:
    assert read("budget", RawCell("ไม่มี")) == (0, ["MX-210"])
    assert read("budget", RawCell("-"))[0] is None
    assert read("staff", RawCell("ไม่มี"))[0] is None  # there is at least one


@pytest.mark.parametrize("field", [field.id for field in FORM.fields])
def test_formulas_and_error_values_are_no_answers(field: str) -> None:
    assert read(field, RawCell(5, trouble="formula")) == (None, ["MX-208"])
    assert read(field, RawCell(None, trouble="error")) == (None, ["MX-209"])


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  ๒/๒๕๖๙ ", "๒/๒๕๖๙"),
        ("น\u0e4d\u0e32", "น\u0e4d\u0e32"),
        ("0012", "0012"),
        ("บรรทัด\r\nสอง\tสาม\x07", "บรรทัด\nสอง\tสาม"),
        (2.0, "2"),
        (2, "2"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (RawCell(0.85, percent_format=True), "85%"),
        (Decimal("2.50"), "2.5"),
        (True, "TRUE"),
    ],
)
def test_text_stays_what_was_typed(typed: object, text: str) -> None:
    assert read("remarks", typed) == (text, [])


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (date(2026, 5, 27), "2026-05-27"),
        (datetime(2026, 5, 27), "2026-05-27"),
        (datetime(2026, 5, 27, 13, 30), "2026-05-27 13:30:00"),
        (time(13, 30), "13:30:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_a_date_in_a_text_field_is_kept_and_reported(typed: object, text: str) -> None:
    assert read("remarks", typed) == (text, ["MX-210"])


@pytest.mark.parametrize("typed", [34, 34.0, Decimal(34), Decimal("34.0")])
def test_whole_numbers_need_no_report(typed: object) -> None:
    value, found = read("staff", typed)
    assert (value, type(value), found) == (34, int, [])


@pytest.mark.parametrize("typed", ["34", "๓๔ คน", "34คน", "３４", "34.0", "จำนวน 34 คน"])
def test_a_number_typed_as_text_is_read_and_reported(typed: str) -> None:
    understood = understand(staff=typed)
    assert understood.answers.values["staff"] == 34
    assert only(understood).words == (("label", "จำนวนคน"), ("found", typed), ("read", "34"))
    assert read("staff", RawCell(typed, percent_format=True)) == (34, ["MX-210"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ประมาณ 30", "MX-204"),
        ("30-34", "MX-204"),
        ("-", "MX-204"),
        ("85%", "MX-204"),
        (RawCell(1, percent_format=True), "MX-204"),
        (True, "MX-204"),
        (date(2026, 5, 27), "MX-204"),
        (time(1), "MX-204"),
        (float("nan"), "MX-204"),
        (float("inf"), "MX-204"),
        (1e300, "MX-204"),
        (34.5, "MX-218"),
        ("34.5 คน", "MX-218"),
        (0, "MX-207"),
        ("1,001", "MX-207"),
        (1001, "MX-207"),
    ],
)
def test_what_is_no_whole_number_within_the_limits_is_dropped(typed: object, code: str) -> None:
    assert read("staff", typed) == (None, [code])


@pytest.mark.parametrize(
    ("field", "typed", "thai", "english"),
    [
        (
            "staff",
            0,
            "“จำนวนคน” ต้องอยู่ในช่วง 1 ถึง 1000 แต่พบ 0",
            "“จำนวนคน” has to be within 1 to 1000, but 0 was found.",
        ),
        (
            "budget",
            "-5",
            "“งบประมาณ” ต้องอยู่ในช่วง ตั้งแต่ 0 ขึ้นไป แต่พบ -5",
            "“งบประมาณ” has to be within 0 or more, but -5 was found.",
        ),
        (
            "success",
            "120%",
            "“ผลสำเร็จ” ต้องอยู่ในช่วง 0 ถึง 100 แต่พบ 120",
            "“ผลสำเร็จ” has to be within 0 to 100, but 120 was found.",
        ),
    ],
)
def test_a_number_outside_its_limits_is_told_what_they_are(
    field: str, typed: object, thai: str, english: str
) -> None:
    finding = only(understand(**{field: typed}))
    assert catalogue.message(finding, "th") == thai
    assert catalogue.message(finding, "en") == english


@pytest.mark.parametrize(
    ("typed", "percent", "found"),
    [
        (85, "85", []),
        (85.5, "85.5", []),
        (0, "0", []),
        (100.0, "100", []),
        (69.99, "69.99", []),
        (RawCell(0.85, percent_format=True), "85", []),
        (RawCell(1, percent_format=True), "100", []),
        (RawCell(0.005, percent_format=True), "0.5", []),
        (0.85, "85", ["MX-210"]),
        (0.07, "7", ["MX-210"]),
        ("85%", "85", ["MX-210"]),
        ("ร้อยละ ๘๕", "85", ["MX-210"]),
        ("๘๕", "85", ["MX-210"]),
        ("0.85", "85", ["MX-210"]),
        ("1%", "1", ["MX-210"]),
        ("0.5%", "0.5", ["MX-210"]),
        (RawCell("85%", percent_format=True), "85", ["MX-210"]),
    ],
)
def test_percentages_are_read_exactly_on_the_scale_of_100(
    typed: object, percent: str, found: list[str]
) -> None:
    value, reported = read("success", typed)
    assert isinstance(value, Decimal)
    assert (str(value), reported) == (percent, found)


@pytest.mark.parametrize("typed", [1, 1.0, "1", "๑.๐"])
def test_one_alone_may_be_one_or_a_hundred_per_cent(typed: object) -> None:
    assert read("success", typed) == (None, ["MX-211"])


@pytest.mark.parametrize("value", ["1", "0.85", "0.5", "85"])
def test_percentages_of_an_answers_file_are_never_scaled(value: str) -> None:
    assert read("success", Decimal(value)) == (Decimal(value), [])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (True, "MX-204"),
        ("85 คน", "MX-204"),
        ("-", "MX-204"),
        (date(2026, 5, 27), "MX-204"),
        (-0.5, "MX-207"),
        (100.01, "MX-207"),
        (RawCell(85, percent_format=True), "MX-207"),
    ],
)
def test_what_is_no_percentage_is_dropped(typed: object, code: str) -> None:
    assert read("success", typed) == (None, [code])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (date(2026, 5, 27), []),
        (datetime(2026, 5, 27, 8, 30), []),
        ("2026-05-27", []),
        (date(2569, 5, 27), ["MX-210"]),
        (datetime(2569, 5, 27), ["MX-210"]),
        ("2569-05-27", ["MX-210"]),
        ("27 พ.ค. 69", ["MX-210"]),
        ("27/5/2569", ["MX-210"]),
        (46169, ["MX-210"]),
        (46169.5, ["MX-210"]),
    ],
)
def test_dates_are_read_in_either_era(typed: object, found: list[str]) -> None:
    value, reported = read("sent_on", typed)
    assert type(value) is date
    assert (value, reported) == (date(2026, 5, 27), found)


def test_a_bare_number_is_the_date_that_a_spreadsheet_shows_for_it() -> None:
    assert read("sent_on", 46169) == (date(2026, 5, 27), ["MX-210"])
    assert read("sent_on", 46169.75) == (date(2026, 5, 27), ["MX-210"])
    assert read("sent_on", 2569) == (None, ["MX-228"])


def test_a_date_that_was_interpreted_is_shown_as_read() -> None:
    finding = only(understand(sent_on="27/5/69"))
    assert dict(finding.words)["read"] == "27 พ.ค. 2569"


@pytest.mark.parametrize(
    "typed",
    [
        "พฤษภาคม 2569",
        "31/2/2569",
        "-",
        True,
        -1,
        3_000_000,
        float("nan"),
        time(8),
        Decimal(46169),
    ],
)
def test_a_doubtful_date_is_not_understood(typed: object) -> None:
    assert read("sent_on", typed) == (None, ["MX-205"])


@pytest.mark.parametrize(
    ("typed", "ticked", "found"),
    [
        (True, True, []),
        (False, False, []),
        ("✓", True, []),
        ("TRUE", True, []),
        (1, True, []),
        (1.0, True, []),
        (0, False, []),
        ("✔", True, ["MX-210"]),
        ("/", True, ["MX-210"]),
        (" X ", True, ["MX-210"]),
        ("มี", True, ["MX-210"]),
        ("ดำเนินการแล้ว", True, ["MX-210"]),
        ("ไม่มี", False, ["MX-210"]),
        ("-", False, ["MX-210"]),
        ("อาจจะ", False, ["MX-215"]),
        (2, False, ["MX-215"]),
        (date(2026, 5, 27), False, ["MX-215"]),
    ],
)
def test_the_words_people_use_for_a_tick(typed: object, ticked: bool, found: list[str]) -> None:
    value, reported = read("plan", typed)
    assert value is ticked
    assert reported == found


@pytest.mark.parametrize(
    ("typed", "stored", "found"),
    [
        ("ภายใน", "inside", []),
        (" ภายใน\u200b ", "inside", []),
        ("OUTSIDE", "outside", []),
        (1.0, "1", []),
        ("ภายในองค์กร", "inside", ["MX-210"]),
        ("ทั้งสอง", None, ["MX-206"]),
        ("-", None, ["MX-206"]),
        (True, None, ["MX-206"]),
        (2, None, ["MX-206"]),
    ],
)
def test_a_choice_is_known_by_value_label_or_alias(
    typed: object, stored: str | None, found: list[str]
) -> None:
    assert read("scope", typed) == (stored, found)


def test_an_unknown_choice_is_told_the_choices() -> None:
    finding = only(understand(scope="ทั้งสอง"))
    assert dict(finding.words)["choices"] == "ภายใน, ภายนอก, หนึ่ง"


def test_a_required_field_left_blank_is_an_error_at_its_cell() -> None:
    finding = only(understand(staff=RawCell(None, Place("a.xlsx", "ข้อเท็จจริง", "C7"))))
    assert (finding.code, finding.place) == ("MX-203", Place("a.xlsx", "ข้อเท็จจริง", "C7", "staff"))


@pytest.mark.parametrize("typed", ["มากมาย", RawCell(None, trouble="error"), 0])
def test_a_required_field_that_was_not_understood_is_reported_once(typed: object) -> None:
    assert len(understand(staff=typed).findings) == 1


def test_cells_that_the_reader_did_not_find_are_not_reported_again() -> None:
    understood = normalise(FORM, submission({}))
    assert understood.findings == ()
    assert understood.answers.values == {
        "remarks": None,
        "staff": None,
        "budget": None,
        "success": None,
        "sent_on": None,
        "plan": False,
        "scope": None,
    }
    cells = submission({**QUIET, **rows(("ก", "ข", 1, None))}).cells
    kept = {name: cell for name, cell in cells.items() if str(name) != "works[0].title"}
    assert normalise(FORM, RawSubmission(FORM.id, FORM.version, "", kept)).findings == ()


def test_blank_rows_are_dropped_and_the_rest_counted_anew() -> None:
    understood = understand(
        **rows(
            (None, None, None, None),
            ("ก", "สมชาย", 1, "✓"),
            ("", " ", None, False),
            ("ข", "สมหญิง", 0, None),
        )
    )
    assert understood.answers.tables == {
        "works": (
            {"title": "ก", "owner": "สมชาย", "pieces": 1, "done": True},
            {"title": "ข", "owner": "สมหญิง", "pieces": 0, "done": False},
        )
    }
    assert understood.findings == ()
    raw = submission(QUIET)
    assert (
        understood.places[TableCell("works", 1, "title")].cell
        == raw.cells[TableCell("works", 3, "title")].place.cell
    )
    place = understood.places[TableCell("works", 1, "title")]
    assert place.cell == raw.cells[TableCell("works", 3, "title")].place.cell
    assert place.field == "works[1].title"
    assert TableCell("works", 2, "title") not in understood.places
    assert understood.places["works"].cell == raw.cells[TableCell("works", 0, "title")].place.cell
    assert understood.places["works"].field == "works"


def test_rows_are_taken_in_the_order_of_the_sheet() -> None:
    cells = {f"works[{index}].title": str(index) for index in (10, 9, 2)}
    understood = understand(**cells, **{f"works[{i}].owner": "ก" for i in (10, 9, 2)})
    assert [row["title"] for row in understood.answers.tables["works"]] == ["2", "9", "10"]


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ((None, None, 0, None), True),
        ((None, None, None, True), True),
        ((None, None, "หลาย", None), True),
        ((None, None, None, "อาจจะ"), True),
        ((None, None, RawCell(None, trouble="formula"), None), True),
        ((None, None, None, "ไม่มี"), False),
        ((None, None, None, False), False),
    ],
)
def test_a_row_counts_when_something_was_meant_as_an_answer(
    row: tuple[object, object, object, object], counts: bool
) -> None:
    understood = understand(**rows(row))
    assert len(understood.answers.tables["works"]) == counts
    if not counts:
        assert understood.findings == ()


def test_what_a_used_row_lacks_is_reported_by_its_number_among_used_rows() -> None:
    understood = understand(
        **rows((None, None, None, None), ("ก", None, None, None), (None, "ข", None, None))
    )
    assert [(f.code, f.place.field, catalogue.message(f)) for f in understood.findings] == [
        ("MX-219", "works[0].owner", "“กิจกรรม” แถวที่ 1 ยังไม่ได้ระบุ “ผู้รับผิดชอบ”"),
        ("MX-216", "works[1].title", "“กิจกรรม” แถวที่ 2 ยังไม่ได้กรอก “ชื่อ”"),
    ]


def test_a_required_cell_with_trouble_is_reported_once() -> None:
    understood = understand(**rows((RawCell(None, trouble="error"), "ข", None, None)))
    assert codes(understood) == ["MX-209"]


def test_a_finding_in_a_table_names_row_and_column() -> None:
    finding = only(understand(**rows(("ก", "ข", "หลาย", None))))
    assert catalogue.message(finding) == "“กิจกรรม แถวที่ 1 จำนวน” ต้องเป็นตัวเลข แต่พบ “หลาย”"
    assert finding.place.field == "works[0].pieces"


@pytest.mark.parametrize(
    ("typed", "claim", "found"),
    [
        (3, 3, []),
        (1.0, 1, []),
        (0, 0, []),
        (Decimal(3), 3, []),
        ("๓", 3, ["MX-210"]),
        ("3 คะแนน", 3, ["MX-210"]),
        (2, None, ["MX-220"]),
        (2.5, None, ["MX-220"]),
        (True, None, ["MX-220"]),
        ("3%", None, ["MX-220"]),
        ("เต็ม", None, ["MX-220"]),
        (date(2026, 5, 27), None, ["MX-220"]),
        (None, None, ["MX-221"]),
        (" ", None, ["MX-221"]),
        (RawCell(3, trouble="formula"), None, ["MX-208"]),
    ],
)
def test_a_claim_is_the_points_of_a_rung(
    typed: object, claim: int | None, found: list[str]
) -> None:
    understood = understand(claim_1=typed)
    assert understood.answers.claims == ({} if claim is None else {1: claim})
    assert codes(understood) == found


def test_a_claim_that_no_rung_gives_is_told_which_there_are() -> None:
    assert catalogue.message(only(understand(claim_1=2))) == (
        "คะแนนที่เสนอของข้อ 1 ต้องเป็น 3, 1, 0 แต่พบ “2”"
    )


def test_evidence_is_text_and_excluded_when_blank() -> None:
    assert understand(evidence_1=" คำสั่ง ").answers.evidence == {1: "คำสั่ง"}
    assert understand(evidence_1="\u200b").answers.evidence == {}
    assert understand(evidence_1="\u200b").places["evidence_1"].field == "evidence_1"


def test_findings_follow_the_order_of_the_definition() -> None:
    understood = understand(
        evidence_1=time(8), claim_1=2, scope="?", staff="?", **rows(("ก", "ข", "?", None))
    )
    assert [finding.place.field for finding in understood.findings] == [
        "staff",
        "scope",
        "works[0].pieces",
        "claim_1",
        "evidence_1",
    ]


def test_every_field_has_a_place_even_when_blank_or_missing() -> None:
    missing = normalise(FORM, submission({})).places
    blank = normalise(FORM, submission(BLANK)).places
    expected = {field.id for field in FORM.fields} | {"works", "claim_1", "evidence_1"}
    assert set(missing) == set(blank) == expected
    assert all(place.field == reference for reference, place in missing.items())


def test_an_endless_text_is_cut_in_the_finding() -> None:
    finding = only(understand(staff="ก\n" * 20_000))
    found = dict(finding.words)["found"]
    assert len(found) == 121
    assert "\n" not in found


CELL_VALUES = st.one_of(
    st.none(),
    st.text(),
    st.text(st.sampled_from("0123456789๑๒๓,./-% คนพ.ค.ร้อยละ✓xมี\u200b\u00a0\x00\ud800")),
    st.integers(),
    st.just(10**5000),
    st.floats(),
    st.booleans(),
    st.decimals(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.binary(max_size=3),
)
RAW_CELLS = st.builds(
    RawCell,
    CELL_VALUES,
    trouble=st.sampled_from([None, None, None, "formula", "error"]),
    percent_format=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BLANK)), RAW_CELLS))
def test_no_value_of_a_cell_is_too_odd(cells: dict[str, object]) -> None:
    understood = normalise(FORM, submission(cells))
    assert isinstance(understood.answers, Answers)
    for finding in understood.findings:
        assert catalogue.message(finding, "th")
        assert catalogue.remedy(finding, "en")
        if finding.code == "MX-224" and finding.place.field == "works":
            continue  # a row without an answer has no reference
        assert understood.places[parse_reference(finding.place.field)] == finding.place
    staff, success = (understood.answers.values[name] for name in ("staff", "success"))
    assert staff is None or (type(staff) is int and 1 <= staff <= 1000)
    assert success is None or (isinstance(success, Decimal) and 0 <= success <= 100)
