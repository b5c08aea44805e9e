"""Mutations of workbooks and mail: whatever comes out is judged or refused, and never trips us."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from conftest import golden_of

from moral_xlsx.excel.form.template import Content, write_workbook
from moral_xlsx.mail.inward.parts import unpack
from moral_xlsx.rules.definition.load import form_ids, load_form
from moral_xlsx.rules.judge.rubric import compile_rubric
from moral_xlsx.submission.formless import explained, may_be_form
from moral_xlsx.submission.journey import Journey
from moral_xlsx.submission.judging import judge_file
from moral_xlsx.submission.taken import Taken

HERE = Path(__file__).parent
# What a mutation puts where something else stood.
_SPICES = (
    *(
        b"\0",
        b"\xff",
        b"<",
        b">",
        b"&",
        b'"',
        b"'",
        b"-1",
        b"9" * 20,
        b"1e999",
        b"NaN",
        b"\xe0\xb9",
    ),
    *(b"<!--", b"]]>", b"&#0;", b"<x/>", b"</c>", b'r="A1"', b"XFD1048576", b"#REF!", b"\r\n\r\n"),
    *(b"--", b"base64", b"=?utf-8?B?", b"filename=", b"boundary=", b"multipart/mixed"),
)


@cache
def _workbook(form_id: str) -> bytes:
    rubric = compile_rubric(load_form(form_id))
    return write_workbook(rubric, Content(golden_of(form_id)))


@cache
def _others() -> tuple[tuple[str, bytes], ...]:
    paths = (*sorted((HERE / "saves").glob("sheetjs.*")), HERE / "field" / "pretty_printed.ods")
    return tuple((path.suffix, path.read_bytes()) for path in paths)


@cache
def _message() -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "กอง <a@unit.go.th>", "ส่งแบบประเมิน"
    made["Date"], made["Message-ID"] = "Wed, 27 May 2026 09:00:00 +0700", "<1@unit.go.th>"
    made.set_content("เรียน กลุ่มงาน https://drive.google.com/x")
    made.add_alternative("<p>เรียน</p>", subtype="html")
    form = _workbook("moi-2569")
    kind = {"maintype": "application", "subtype": "octet-stream"}
    made.add_attachment(form, filename="แบบ.xlsx", **kind)
    made.add_attachment(b"%PDF-1.7", filename="หลักฐาน.pdf", **kind)
    return made.as_bytes(policy=SMTP)


def _changed(data: bytes, chance: random.Random, times: int) -> bytes:
    """The bytes with some of them flipped, taken out, put in twice, replaced, or cut off."""
    new = bytearray(data)
    for _ in range(times):
        at = chance.randrange(len(new) + 1)
        length = chance.choice((1, 2, 8, 60, 400))
        what = chance.randrange(6)
        if what == 0 and at < len(new):
            new[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            del new[at : at + length]
        elif what == 2:
            new[at:at] = new[at : at + length]
        elif what == 3:
            new[at : at + length] = chance.choice(_SPICES)
        elif what == 4:
            new[at:at] = chance.choice(_SPICES)
        elif what == 5 and chance.random() < 0.1:
            del new[at:]
    return bytes(new)


def _parts(chance: random.Random) -> tuple[str, bytes]:
    """A workbook of which some parts are changed, in a zip that is whole."""
    source = zipfile.ZipFile(io.BytesIO(_workbook(chance.choice(form_ids()))))
    names = source.namelist()
    chosen = set(chance.sample(names, chance.randrange(1, 3)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            content = source.read(name)
            if name in chosen:
                content = _changed(content, chance, chance.choice((1, 1, 2, 5)))
            target.writestr(name, content)
    return ".xlsx", out.getvalue()


def _whole(chance: random.Random) -> tuple[str, bytes]:
    """A file of another program, changed anywhere."""
    suffix, data = chance.choice(_others())
    return suffix, _changed(data, chance, chance.choice((1, 2, 10)))


def _mail(chance: random.Random) -> tuple[str, bytes]:
    """A message that is changed; most of it is the workbook, so its lines are favoured."""
    data = _message()
    head = data.index(b"base64") + 100
    changed = _changed(data[:head], chance, chance.choice((1, 3, 10)))
    return ".eml", changed + _changed(data[head:], chance, chance.choice((0, 0, 1)))


_KINDS: tuple[Callable[[random.Random], tuple[str, bytes]], ...] = (_parts, _parts, _whole, _mail)


def tried(number: int, journey: Journey, folder: Path) -> list[Taken]:
    """What a mutation gives, taken as a round takes it; raises when a message vanishes.

    A message in which nothing is a form gives nothing that is judged.
    """
    suffix, data = mutation(number)
    files = [data]
    if suffix == ".eml":
        parts = tuple(explained(unpack("a.eml", data)))
        assert parts, f"mutation {number} left nothing"
        files = [part.data or b"" for part in parts if may_be_form(part)]
    path = folder / f"{number}{suffix}"
    taken = []
    for content in files:
        path.write_bytes(content)
        taken.append(judge_file(path, journey, "2569-05"))
        assert not taken[-1].failed, f"mutation {number}: {taken[-1].fault}"
    return taken


def mutation(number: int) -> tuple[str, bytes]:
    """The mutation of a number: its suffix and its bytes; the same number gives the same."""
    chance = random.Random(number)
    return _KINDS[number % len(_KINDS)](chance)
