"""Which addresses stand in a cell of the registry, and what in it is none."""

from __future__ import annotations

import pytest

from moral_xlsx.addresses import addresses_in, domain, unusable_in


@pytest.mark.parametrize(
    ("typed", "addresses", "unusable"),
    [
        ("", (), ()),
        ("a@x.th", ("a@x.th",), ()),
        ("a@x.th; b@x.th", ("a@x.th", "b@x.th"), ()),
        ("a@x.th, b@x.th,", ("a@x.th", "b@x.th"), ()),
        ("a@x.th b@x.th\nc@x.th", ("a@x.th", "b@x.th", "c@x.th"), ()),
        ("a@x.th / b@x.th", ("a@x.th", "b@x.th"), ()),
        ("a@x.th และ b@x.th", ("a@x.th", "b@x.th"), ()),
        ("a@x.th, a@x.th", ("a@x.th",), ()),
        ("mailto:c@x.th", ("c@x.th",), ()),
        ("MAILTO:c@x.th?subject=x", ("c@x.th",), ()),
        ("นาย ก <d@x.th>", ("d@x.th",), ()),
        ("นาย ก <d@x.th>; e@x.th", ("d@x.th", "e@x.th"), ()),
        ("<d@x.th>", ("d@x.th",), ()),
        ("(d@x.th)", ("d@x.th",), ()),
        ("g@x.", ("g@x",), ()),
        ("g@x.th.", ("g@x.th",), ()),
        ("f＠x.th", ("f@x.th",), ()),
        ("k@ x.th", ("k@x.th",), ()),
        ("e@x.th\u00a0", ("e@x.th",), ()),
        ("h@ตัวอย่าง.ไทย", (), ("h@ตัวอย่าง.ไทย",)),
        ("bad@", (), ("bad@",)),
        ("ไม่มี", (), ("ไม่มี",)),
        ("a@x.th, 02-123", ("a@x.th",), ("02-123",)),
        ("ก@x.th", (), ("ก@x.th",)),
    ],
)
def test_each_address_of_a_cell_is_used_or_told(
    typed: str, addresses: tuple[str, ...], unusable: tuple[str, ...]
) -> None:
    assert addresses_in(typed) == addresses
    assert unusable_in(typed) == unusable


def test_a_domain_is_what_stands_behind_the_at() -> None:
    assert domain("A@Unit.GO.th") == "unit.go.th"
