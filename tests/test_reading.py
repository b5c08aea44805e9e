"""What people really type is understood and reported; what is not certain is a finding."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from filling import cell_of, type_in

from moral_xlsx.excel.form.layout import Layout, cell_name, lay_out
from moral_xlsx.excel.form.template import Content, blank, write_workbook
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.excel.write.writeback import write_cells
from moral_xlsx.model.answers import Answers
from moral_xlsx.model.catalogue import message
from moral_xlsx.model.units import Unit
from moral_xlsx.rules.judge.rubric import Rubric
from moral_xlsx.submission.journey import Journey, Submission


@pytest.fixture(scope="module")
def layout(rubric: Rubric) -> Layout:
    return lay_out(rubric.form)


@pytest.fixture(scope="module")
def empty(rubric: Rubric) -> bytes:
    return write_workbook(rubric, blank(rubric.form))


def judged(workbook: bytes, layout: Layout, cells: Mapping[str, object]) -> Submission:
    return Journey().judge(type_in(workbook, layout, cells))


@pytest.mark.parametrize(
    ("typed_in", "understood"),
    [
        ("๓๔", 34),
        ("๓๔ คน", 34),
        ("34 คน", 34),
        ("1,234", 1234),
        ("３４", 34),
        (34.0, 34),
    ],
)
def test_numbers_as_people_type_them(
    typed_in: object, understood: int, empty: bytes, layout: Layout
) -> None:
    submission = judged(empty, layout, {"headcount": typed_in})
    assert submission.answers.values["headcount"] == understood
    said = [f for f in submission.assessment.findings if f.place.field == "headcount"]
    assert [f.code for f in said] == ([] if typed_in == 34.0 else ["MX-210"])


@pytest.mark.parametrize(
    ("reference", "typed_in", "code"),
    [
        ("headcount", "ประมาณ 30", "MX-204"),
        ("headcount", 33.5, "MX-218"),
        ("headcount", 0, "MX-207"),
        ("report_date", "31/2/2569", "MX-205"),
        ("in_writing", "อาจจะ", "MX-215"),
        ("channels[0].scope", "รอบ ๆ", "MX-206"),
        ("activities[0].success_percent", 1, "MX-211"),
        ("activities[0].success_percent", 101, "MX-207"),
        ("claim_3", 7, "MX-220"),
    ],
)
def test_what_is_not_certain_is_returned_with_the_cell(
    reference: str, typed_in: object, code: str, empty: bytes, layout: Layout
) -> None:
    submission = judged(empty, layout, {reference: typed_in})
    found = [f for f in submission.assessment.findings if f.place.field == reference]
    assert code in [f.code for f in found]
    sheet, row, column = cell_of(layout, reference)
    assert {(f.place.sheet, f.place.cell) for f in found} == {(sheet, cell_name(row, column))}
    assert submission.assessment.verdict == "returned"


def test_every_complaint_comes_in_one_round(empty: bytes, layout: Layout) -> None:
    submission = judged(empty, layout, {"headcount": "มาก", "report_date": "เมื่อวาน"})
    codes = [f.code for f in submission.assessment.findings if f.severity == "error"]
    assert sorted(codes) == sorted(["MX-113", *["MX-203"] * 5, "MX-204", "MX-205"])


def test_a_formula_or_an_error_value_is_no_answer(golden_workbook: bytes, layout: Layout) -> None:
    _, row, column = cell_of(layout, "headcount")
    sheet = "ข้อเท็จจริง"
    address = cell_name(row, column).encode()
    package = inspect(golden_workbook).package
    assert package is not None
    part = next(s.part for s in inspect(golden_workbook).sheets if s.title == sheet)
    content = package.content(part)
    start = content.index(b'<c r="' + address + b'"')
    end = content.index(b"</c>", start)
    for inside, code in (
        (b" ><f>30+4</f><v>34</v>", "MX-208"),
        (b' t="e"><v>#DIV/0!</v>', "MX-209"),
    ):
        changed = content[:start] + b'<c r="' + address + b'"' + inside + content[end:]
        submission = Journey().judge(package.rewrite({part: changed}))
        assert submission.answers.values["headcount"] is None
        assert code in [f.code for f in submission.assessment.findings]
        assert submission.assessment.criterion(1).computed == 0


@pytest.mark.parametrize("odd", [b"", b"<!-- x -->"], ids=["as usual", "walked through"])
def test_a_constant_that_libreoffice_writes_as_a_formula_is_an_answer(
    odd: bytes, golden_workbook: bytes, layout: Layout
) -> None:
    _, row, column = cell_of(layout, "in_writing")
    address = cell_name(row, column).encode()
    package = inspect(golden_workbook).package
    assert package is not None
    part = next(s.part for s in inspect(golden_workbook).sheets if s.title == "ข้อเท็จจริง")
    content = package.content(part).replace(b"<sheetData>", odd + b"<sheetData>")
    start = content.index(b'<c r="' + address + b'"')
    end = content.index(b"</c>", start)
    inside = b' t="b"><f aca="false">TRUE()</f><v>1</v>'
    changed = content[:start] + b'<c r="' + address + b'"' + inside + content[end:]
    submission = Journey().judge(package.rewrite({part: changed}))
    assert submission.answers.values["in_writing"] is True
    assert "MX-208" not in {f.code for f in submission.assessment.findings}


def test_an_altered_label_is_reported_and_not_repaired(golden_workbook: bytes) -> None:
    package = inspect(golden_workbook).package
    assert package is not None
    strings = package.content("xl/sharedStrings.xml").decode("utf-8")
    changed = strings.replace("ประกาศเจตนารมณ์เป็นลายลักษณ์อักษร<", "ประกาศเจตนารมณ์ด้วยวาจา<")
    assert changed != strings
    submission = Journey().judge(package.rewrite({"xl/sharedStrings.xml": changed.encode()}))
    (found,) = [f for f in submission.assessment.findings if f.code == "MX-212"]
    assert found.place.sheet == "ข้อเท็จจริง"


def test_an_altered_result_is_reported_and_never_scored_from(
    golden_workbook: bytes, layout: Layout
) -> None:
    area = layout.names["computed_1"]
    address = cell_name(area.first_row, area.first_column).encode()
    inspected = inspect(golden_workbook)
    assert inspected.package is not None
    part = next(s.part for s in inspected.sheets if s.title == area.sheet)
    content = inspected.package.content(part)
    start = content.index(b'<c r="' + address + b'"')
    end = content.index(b"</c>", start)
    changed = content[:start] + b'<c r="' + address + b'"><v>2</v>' + content[end:]
    submission = Journey().judge(inspected.package.rewrite({part: changed}))
    assert submission.assessment.criterion(1).computed == 3
    codes = [f.code for f in submission.assessment.findings]
    assert "MX-213" in codes and "MX-214" in codes


@pytest.mark.parametrize(
    ("name", "shown", "computed", "named"), [("total", 26, 27, "คะแนนรวม"), ("level", 2, 3, "ระดับ")]
)
def test_a_total_or_level_alone_that_the_file_shows_otherwise_is_named(
    name: str, shown: int, computed: int, named: str, golden_workbook: bytes, layout: Layout
) -> None:
    area = layout.names[name]
    address = cell_name(area.first_row, area.first_column).encode()
    inspected = inspect(golden_workbook)
    assert inspected.package is not None
    part = next(s.part for s in inspected.sheets if s.title == area.sheet)
    content = inspected.package.content(part)
    start = content.index(b'<c r="' + address + b'"')
    end = content.index(b"</c>", start)
    cell = content[start:end]
    stored = cell.replace(b"<v>%d</v>" % computed, b"<v>%d</v>" % shown)
    assert stored != cell and b"<f>" in stored
    changed = content[:start] + stored + content[end:]
    assessment = Journey().judge(inspected.package.rewrite({part: changed})).assessment
    assert (assessment.total, assessment.level) == (27, 3)
    said = [message(f) for f in assessment.findings if f.code in ("MX-213", "MX-214")]
    different = f"{named} (แสดง {shown} คำนวณได้ {computed})"
    assert said == [f"ผลที่ไฟล์แสดงไม่ตรงกับที่คำนวณจากคำตอบ: {different}"]


def test_a_form_of_another_version_is_returned(rubric: Rubric, golden_answers: Answers) -> None:
    older = Rubric(
        rubric.form.model_copy(update={"version": "0.9"}),
        rubric.conditions,
        rubric.words,
        rubric.derived,
        rubric.documents,
    )
    submission = Journey().judge(write_workbook(older, Content(golden_answers)))
    assert "MX-110" in [f.code for f in submission.assessment.findings]
    assert submission.assessment.verdict == "returned"


def test_the_registry_is_compared(golden_workbook: bytes) -> None:
    units = (Unit("ICT", "ศูนย์ฯ", headcount=40),)
    found = Journey(units).judge(golden_workbook).assessment.findings
    assert "MX-402" in [f.code for f in found]
    name = "ศูนย์เทคโนโลยีสารสนเทศและการสื่อสาร"
    for unit, hinted in ((Unit("HR", "กอง"), False), (Unit("IT", name), True)):
        found = Journey((unit,)).judge(golden_workbook).assessment.findings
        (unknown,) = [f for f in found if f.code == "MX-401"]
        assert ("ตรงกับรหัส IT" in message(unknown)) is hinted


@pytest.mark.parametrize("typed_in", ["-", "ไม่มี", "–", "?", "N/A"])
def test_a_word_for_nothing_is_no_answer(
    typed_in: str, golden_workbook: bytes, layout: Layout
) -> None:
    cells = {f"units_honoured[{n}].name": typed_in for n in range(2)} | {"evidence_8": typed_in}
    submission = judged(golden_workbook, layout, cells)
    assert submission.answers.tables["units_honoured"] == ()
    assert submission.assessment.criterion(6).computed == 1
    found = [f.place.field for f in submission.assessment.findings if f.code == "MX-224"]
    assert sorted(found) == ["evidence_8", "units_honoured", "units_honoured"]
    # That the evidence is missing follows from it, and is not told again.
    assert "MX-311" not in [f.code for f in submission.assessment.findings]


def test_a_number_shown_as_a_percentage_is_read_as_shown(
    golden_workbook: bytes, layout: Layout
) -> None:
    sheet, row, column = cell_of(layout, "activities[0].success_percent")
    inspected = inspect(golden_workbook)
    assert inspected.package is not None
    part = next(s.part for s in inspected.sheets if s.title == sheet)
    styles = inspected.package.content("xl/styles.xml").decode("utf-8")
    start = styles.index("<cellXfs")
    count = styles[start : styles.index("</cellXfs>")].count("<xf ")
    styles = styles.replace(
        "</cellXfs>", '<xf numFmtId="9" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    )
    content = inspected.package.content(part)
    address = cell_name(row, column).encode()
    at = content.index(b'<c r="' + address + b'"')
    end = content.index(b"</c>", at)
    for value, understood in ((b"0.85", 85), (b"1", 100), (b"1.2", None), (b"85", None)):
        cell = b'<c r="%s" s="%d"><v>%s</v>' % (address, count, value)
        changed = inspected.package.rewrite(
            {"xl/styles.xml": styles.encode(), part: content[:at] + cell + content[end:]}
        )
        answers = Journey().judge(changed).answers
        assert answers.tables["activities"][0]["success_percent"] == understood


def beside_units_honoured(layout: Layout, offset: int) -> tuple[str, int, int]:
    """A cell of the column, counted from the first row below the prepared ones."""
    area = layout.names["units_honoured.name"]
    return area.sheet, area.last_row + 1 + offset, area.first_column


@pytest.mark.parametrize("offset", [-12, -11, 0, 1, 2])
def test_a_text_beside_a_table_is_neither_counted_nor_passed_over(
    offset: int, golden_workbook: bytes, layout: Layout
) -> None:
    nobody = {f"units_honoured[{n}].name": None for n in range(2)}
    workbook = type_in(golden_workbook, layout, nobody)
    cell = beside_units_honoured(layout, offset)
    submission = Journey().judge(write_cells(inspect(workbook), {cell: "รวม 0 หน่วยงาน"}))
    assert submission.answers.tables["units_honoured"] == ()
    assert submission.assessment.criterion(6).computed == 1
    (found,) = [f for f in submission.assessment.findings if f.code == "MX-226"]
    assert found.place.cell == cell_name(*cell[1:])
    assert submission.assessment.verdict == "returned"


@pytest.mark.parametrize("typed_in", ["--", "_", "0", 0, "x", "N.A.", "ไม่มี.", "(ไม่มี)", "ไม่มีข้อมูลค่ะ"])
def test_saying_nothing_in_other_words_is_no_answer_either(
    typed_in: object, golden_workbook: bytes, layout: Layout
) -> None:
    cells = {"units_honoured[0].name": typed_in, "units_honoured[1].name": None}
    submission = judged(golden_workbook, layout, cells)
    assert submission.answers.tables["units_honoured"] == ()
    assert submission.assessment.verdict == "returned"


def test_a_title_that_begins_with_a_denial_is_an_answer(
    golden_workbook: bytes, layout: Layout
) -> None:
    submission = judged(golden_workbook, layout, {"activities[0].title": "ไม่มีขยะในสำนักงาน"})
    assert submission.answers.tables["activities"][0]["title"] == "ไม่มีขยะในสำนักงาน"
    assert submission.assessment.total == 27
