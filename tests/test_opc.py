from __future__ import annotations

import io
import zipfile

import pytest
from hostile import ordinary, zipped

from moral_xlsx.opc import BadPackage, Encrypted, Limits, Package, TooLarge, build

LIMITS = Limits(members=100, member_size=1_000_000, total_size=2_000_000)
PARTS = {
    "[Content_Types].xml": b"<Types/>",
    "xl/ไทย.xml": b"<a/>" * 1000,
    "b.bin": bytes(range(256)),
}


def opened(data: bytes) -> Package:
    return Package.open(data, LIMITS)


def test_members_keep_their_order_and_content() -> None:
    package = opened(zipped(PARTS))
    assert [(m.name, package.content(m.name)) for m in package.members] == list(PARTS.items())


def test_a_name_is_found_in_any_case() -> None:
    package = opened(zipped(PARTS))
    assert package.find("[content_types].XML") == "[Content_Types].xml"
    assert package.find("missing") is None


def test_the_beginning_of_a_member_can_be_seen_without_the_rest() -> None:
    assert opened(zipped(PARTS)).head("xl/ไทย.xml", 6) == b"<a/><a"
    assert opened(zipped(PARTS)).head("[Content_Types].xml", 99) == b"<Types/>"


def test_nothing_is_inflated_beyond_the_declared_size() -> None:
    data = bytearray(zipped({"a": b"x" * 500_000}))
    directory = data.index(b"PK\x01\x02")
    for at in (22, directory + 24):
        data[at : at + 4] = (1000).to_bytes(4, "little")
    package = opened(bytes(data))
    with pytest.raises(BadPackage):
        package.content("a")


def test_a_wrong_checksum_is_noticed() -> None:
    data = zipped({"a": b"hello"}, zipfile.ZIP_STORED).replace(b"hello", b"jello")
    with pytest.raises(BadPackage):
        opened(data).content("a")


@pytest.mark.parametrize(
    "parts",
    [{"a": bytes(1_000_001)}, {"a": bytes(900_000), "b": bytes(900_000), "c": bytes(900_000)},
     {str(n): b"" for n in range(101)}],
    ids=["one member", "all members", "number of members"],
)  # fmt: skip
def test_declared_sizes_are_limited_before_inflating(parts: dict[str, bytes]) -> None:
    with pytest.raises(TooLarge):
        opened(zipped(parts))


def test_an_encrypted_member_is_told_from_a_damaged_one() -> None:
    data = bytearray(zipped(PARTS))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Encrypted):
        opened(bytes(data))


@pytest.mark.parametrize(
    "name", ["/a", "../a", "a/../b", "a\\..\\b", "C:a", "a\nb", "", "./a"], ids=repr
)
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(BadPackage):
        opened(zipped({name: b""}))


def test_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(BadPackage):
        opened(zipped({"a.xml": b"", "A.XML": b""}))


def test_a_reason_is_given_in_both_languages() -> None:
    with pytest.raises(BadPackage) as caught:
        opened(b"PK\x03\x04 and nothing more")
    thai, english = caught.value.reason
    assert thai and english and thai != english


def streamed(parts: dict[str, bytes]) -> bytes:
    """A zip as programs write it that cannot seek: sizes follow in data descriptors."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return pipe.getvalue()


def test_data_descriptors_are_read_and_not_written() -> None:
    data = streamed(PARTS)
    assert opened(data).members[0].flags & 8
    again = opened(opened(data).rewrite({}))
    assert not any(member.flags & 8 for member in again.members)
    assert [again.content(name) for name in PARTS] == list(PARTS.values())


def test_rewriting_copies_the_others_still_compressed_with_name_and_date() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, name in enumerate(PARTS):
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 20, 13, 14, 2 * number)), PARTS[name])
    old = opened(buffer.getvalue())
    new = opened(old.rewrite({"b.bin": b"new"}))
    assert new.content("b.bin") == b"new"
    for before, after in zip(old.members, new.members, strict=True):
        assert (before.raw_name, before.time, before.date) == (
            after.raw_name, after.time, after.date,
        )  # fmt: skip
        if before.name != "b.bin":
            stream = slice(before.data_offset, before.data_offset + before.compressed_size)
            moved = slice(after.data_offset, after.data_offset + after.compressed_size)
            assert old.data[stream] == new.data[moved]
    with zipfile.ZipFile(io.BytesIO(new.data)) as archive:
        assert archive.testzip() is None
        assert archive.infolist()[1].date_time == (2026, 5, 20, 13, 14, 2)


def test_rewriting_an_unknown_member_is_an_error() -> None:
    with pytest.raises(KeyError):
        opened(zipped(PARTS)).rewrite({"c": b""})


def test_members_are_added_at_the_end_and_excluded() -> None:
    first, *others = PARTS
    data = opened(zipped(PARTS)).rewrite({}, {"ใหม่.xml": b"<new/>"}, {first})
    new = opened(data)
    assert [member.name for member in new.members] == [*others, "ใหม่.xml"]
    assert new.content("ใหม่.xml") == b"<new/>"
    assert [new.content(name) for name in others] == [PARTS[name] for name in others]
    assert data == opened(zipped(PARTS)).rewrite({}, {"ใหม่.xml": b"<new/>"}, {first})


def test_members_are_neither_added_twice_nor_excluded_when_unknown() -> None:
    with pytest.raises(ValueError, match="already"):
        opened(zipped(PARTS)).rewrite({}, {next(iter(PARTS)).upper(): b""})
    with pytest.raises(KeyError):
        opened(zipped(PARTS)).rewrite({}, removed={"c"})


def test_the_same_members_give_the_same_bytes() -> None:
    data = build(list(PARTS.items()))
    assert data == build(list(PARTS.items()))
    assert opened(data).rewrite({}) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {name: archive.read(name) for name in archive.namelist()} == PARTS


def test_spreadsheet_libraries_read_what_is_written() -> None:
    import openpyxl
    from python_calamine import CalamineWorkbook

    package = opened(ordinary())
    for data in (
        package.rewrite({"docProps/core.xml": package.content("docProps/core.xml") + b"\n"}),
        build([(member.name, package.content(member.name)) for member in package.members]),
    ):
        assert openpyxl.load_workbook(io.BytesIO(data)).active["B2"].value == "ข้อความ 1"
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert rows[1][1] == "ข้อความ 1"
