"""Files as officers made them, each with the one right answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from moral_xlsx.cli import main
from moral_xlsx.excel.office.units import read_registry
from moral_xlsx.model.assessment import Assessment
from moral_xlsx.model.catalogue.answers import PICTURE_GIVEN, READ_AS, READERS_DIFFER
from moral_xlsx.model.catalogue.files import CELLS_UNREAD
from moral_xlsx.model.catalogue.review import ROW_REPEATED
from moral_xlsx.model.catalogue.rounds import WHOSE_FILE
from moral_xlsx.model.errors import Refused
from moral_xlsx.opc import Limits, Package
from moral_xlsx.rules.definition.load import SHIPPED
from moral_xlsx.submission.journey import Journey

FIELD = Path(__file__).parent / "field"
# Made by tests/saves/save.mjs.
SAVES = Path(__file__).parent / "saves"


def judged(name: str) -> Assessment:
    return Journey().judge((FIELD / f"{name}.xlsx").read_bytes()).assessment


def found(assessment: Assessment, code: str) -> list[str]:
    return [each.place.cell for each in assessment.findings if each.code == code]


@pytest.mark.parametrize(
    ("name", "total", "read_as"),
    [
        # Due 20/3/67, sent 21/3/67: a spreadsheet stored 1967, which is before every due date.
        ("one_late_in_1967", 370, 1),
        ("three_late_in_1967", 345, 3),
        ("date_with_time", 27, 1),
        ("date_with_weekday", 27, 1),
    ],
)
def test_a_date_means_the_year_that_people_mean(name: str, total: int, read_as: int) -> None:
    assessment = judged(name)
    assert (assessment.verdict, assessment.total) == ("accepted", total)
    assert len(found(assessment, READ_AS.code)) >= read_as


@pytest.mark.parametrize("name", ["virtue_dot", "virtue_double_tone", "virtue_tone_before_vowel"])
def test_a_virtue_that_looks_the_same_is_the_same(name: str) -> None:
    assert judged(name).criterion(2).computed == 2


def test_the_same_thing_typed_again_counts_once_and_is_told() -> None:
    channel = judged("one_channel_three_times")
    assert channel.criterion(9).computed == 1
    assert found(channel, ROW_REPEATED.code) == ["E68:E69"]
    activity = judged("twelve_times_one_activity")
    assert activity.criterion(2).computed == 0
    assert found(activity, ROW_REPEATED.code) == ["D10:D20"]


def test_a_number_has_the_digits_that_a_spreadsheet_shows() -> None:
    assessment = judged("binary_noise")
    assert (assessment.criterion(4).computed, assessment.criterion(7).computed) == (3, 1)


def test_a_tick_is_read_by_its_font() -> None:
    assessment = judged("wingdings_tick")
    assert (assessment.total, len(found(assessment, READ_AS.code))) == (27, 1)


@pytest.mark.parametrize("name", ["spill_error", "spill_on_own_sheet"])
def test_an_error_word_that_the_reader_does_not_know_costs_no_file(name: str) -> None:
    assert judged(name).total == 27


def test_what_only_one_of_two_readers_opens_is_read_by_it() -> None:
    data = (FIELD / "pretty_printed.ods").read_bytes()
    assessment = Journey().judge(data).assessment
    assert (assessment.verdict, assessment.total) == ("accepted", 27)


def test_what_two_readers_read_otherwise_is_returned_with_the_cell() -> None:
    """One goes by the value that a cell's attribute tells, the other by the text that it shows."""
    original = Package.open((FIELD / "pretty_printed.ods").read_bytes(), Limits(99, 10**8, 10**8))
    content = re.sub(rb">\s+<", b"><", original.content("content.xml"))
    shown = content.index("ศูนย์เทคโนโลยี".encode())
    cell = content.rindex(b' office:value-type="string"', 0, shown)
    other = ' office:string-value="กองอื่น"'.encode()
    data = original.rewrite({"content.xml": content[:cell] + other + content[cell:]})
    assessment = Journey().judge(data).assessment
    assert assessment.verdict == "returned"
    assert len(found(assessment, READERS_DIFFER.code)) == 1


@pytest.mark.parametrize(
    "name", ["exceljs.xlsx", "sheetjs.xlsx", "sheetjs.xls", "xlsx-populate.xlsx"]
)
def test_what_libraries_of_web_applications_save_is_read_as_before(name: str) -> None:
    before, after = judged("date_with_time"), Journey().judge((SAVES / name).read_bytes())
    assert after.assessment.verdict == "accepted"
    assert after.assessment.criteria == before.criteria


def test_a_file_whose_cells_no_reader_takes_is_not_scored_but_asked_for_as_xlsx() -> None:
    with pytest.raises(Refused) as refused:
        Journey().judge((SAVES / "sheetjs.xlsb").read_bytes())
    assert refused.value.finding.code == CELLS_UNREAD.code


def test_nothing_raw_of_a_unit_code_reaches_a_terminal_a_table_or_a_file_name(
    tmp_path: Path,
) -> None:
    inbox, output = tmp_path / "inbox", tmp_path / "output"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes((FIELD / "escape_in_unit_code.xlsx").read_bytes())
    folder = ["-o", str(output)]
    shown = [
        CliRunner().invoke(main, ["batch", str(inbox), *folder, "--round", "2569-05"]).output,
        CliRunner().invoke(main, ["status", *folder]).output,
        CliRunner().invoke(main, ["status", *folder, "--csv"]).output,
        CliRunner().invoke(main, ["check", str(inbox / "a.xlsx")]).output,
        *(str(path.relative_to(output)) for path in output.rglob("*")),
    ]
    assert not [text for text in shown if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)]


def test_a_picture_in_its_cell_is_evidence() -> None:
    assessment = judged("wps_picture")
    assert (assessment.verdict, assessment.criterion(1).evidence) == ("accepted", True)
    assert found(assessment, PICTURE_GIVEN.code) == ["E5"]


def test_a_file_with_the_code_of_one_unit_and_the_name_of_another_waits(tmp_path: Path) -> None:
    """Neither unit gets the result, neither is reminded, and the sender is told what is unclear."""
    inbox, output = tmp_path / "inbox", tmp_path / "output"
    inbox.mkdir()
    (inbox / "mail.eml").write_bytes((FIELD / "code_of_another_unit.eml").read_bytes())
    units = FIELD / "units.xlsx"
    arguments = ["batch", inbox, "-o", output, "--round", "2569-05", "--units", units]
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code in (0, 1), result.output
    round_folder = output / "2569-05"
    registered = len(read_registry(units.read_bytes(), units.name, SHIPPED).units)
    reminded = {file.stem for file in (round_folder / "reminders").iterdir()}
    assert len(reminded) == registered - 2
    assert not reminded & {"U22", "U23"}
    told = (round_folder / "run.json").read_text("utf-8")
    assert WHOSE_FILE.code in told
    assert '"conflict": 1' in told
    (reply,) = (round_folder / "replies").iterdir()
    assert reply.suffix == ".eml"
    # The ledger knows the file by the one code; both units wait for somebody's decision.
    status = CliRunner().invoke(main, ["status", "-o", str(output), "--json"])
    units = {each["unit"]["code"]: each for each in json.loads(status.output)["units"]}
    assert [units[code]["state"] for code in ("U21", "U22", "U23")] == [
        "missing",
        "conflict",
        "conflict",
    ]
    assert WHOSE_FILE.code in [each["code"] for each in units["U22"]["waiting"]]
