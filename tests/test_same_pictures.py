"""The same picture in several places: told once in each file, however many places there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moral_xlsx.model.catalogue import message
from moral_xlsx.model.catalogue.evidence import ALIKE_PICTURE, SAME_PICTURE
from moral_xlsx.model.evidence import EvidenceFile
from moral_xlsx.model.reference import Reference, TableCell
from moral_xlsx.round.same_pictures import Seen, same_pictures
from moral_xlsx.rules.definition.load import SHIPPED

FORM, OTHER = "moi-2569", "senate-2567-activities"


def seen(file: int, unit: str, sha: str = "a", reference: Reference = "", form: str = FORM) -> Seen:
    evidence = EvidenceFile(sha, 1, "picture", ".jpg", "x.jpg", "message", reference=reference)
    return Seen(file, form, unit, f"กอง{unit}", evidence)


def told(
    pictures: Sequence[Seen], looks: Mapping[str, int | None] | None = None
) -> dict[int, list[tuple[str, str]]]:
    found = same_pictures(pictures, looks or {}, SHIPPED)
    return {file: [(f.code, message(f)) for f in findings] for file, findings in found.items()}


def test_two_units_are_told_of_each_other() -> None:
    found = told([seen(0, "ก"), seen(1, "ข"), seen(2, "ค", "b")])
    assert set(found) == {0, 1}
    ((code, said),) = found[0]
    assert code == SAME_PICTURE.code
    assert said.index("กองก") < said.index("กองข")


def test_one_unit_may_show_a_picture_in_two_forms_and_twice_in_one_row() -> None:
    first, again = (TableCell("activities", 0, column) for column in ("title", "virtue"))
    assert not told([seen(0, "ก"), seen(1, "ก", form=OTHER)])
    assert not told([seen(0, "ก", reference=first), seen(0, "ก", reference=again)])
    assert not told([seen(0, "ก", reference=first), seen(0, "ก")])


def test_two_activities_with_one_picture_are_told_once() -> None:
    rows = [seen(0, "ก", reference=TableCell("activities", row, "title")) for row in (0, 4)]
    ((_, said),) = told(rows)[0]
    assert "แถวที่ ๑" in said
    assert "แถวที่ ๕" in said


def test_of_a_thousand_units_a_few_are_named_and_the_rest_counted() -> None:
    found = told([seen(at, f"{at:04}") for at in range(1_000)])
    assert len(found) == 1_000
    ((_, said),) = found[7]
    assert "กอง0000" in said
    assert "และอีก ๙๙๔ แห่ง" in said


def test_pictures_look_alike_when_few_bits_differ() -> None:
    looks = {"a": 0b1111 << 30, "b": 0b1000 << 30, "c": (0b1111 << 30) ^ 0b1111, "d": None}
    found = told([seen(at, sha, sha) for at, sha in enumerate(looks)], looks)
    assert set(found) == {0, 1}
    ((code, said),) = found[0]
    assert code == ALIKE_PICTURE.code
    assert "กองb" in said


def test_documents_may_be_shared() -> None:
    circular = EvidenceFile("a", 1, "document", ".pdf", "x.pdf", "message")
    assert not told([Seen(at, FORM, str(at), str(at), circular) for at in range(3)])
