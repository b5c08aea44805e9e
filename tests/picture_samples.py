"""Pictures, and workbooks and messages with pictures in them, made for the tests."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from openpyxl import load_workbook
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def photo(
    colour: str = "red", size: tuple[int, int] = (400, 300), kind: str = "JPEG", **options: object
) -> bytes:
    """A picture with a frame and a block of a colour, both easy to find again."""
    width, height = size
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    block = {"red": (1, 1, 4, 3), "blue": (5, 4, 8, 7), "green": (2, 5, 4, 8)}[colour]
    left, top, right, bottom = block
    box = (width * left // 9, height * top // 9, width * right // 9, height * bottom // 9)
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    return encoded(picture, kind, **options)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """A PNG of a few kilobytes that has 400 million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    packer = zlib.compressobj(9)
    line = bytes(side // 8 + 1)
    lines = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def with_pictures(workbook: bytes, pictures: Mapping[tuple[str, str], bytes]) -> bytes:
    """The workbook as another program saves it, with pictures over (sheet, cell)."""
    book = load_workbook(io.BytesIO(workbook))
    for (sheet, cell), data in pictures.items():
        book[sheet].add_image(SheetImage(io.BytesIO(data)), cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def message(
    files: Sequence[tuple[str, bytes]],
    sender: str = "ict@example.go.th",
    inline: bytes | None = None,
) -> bytes:
    """A message with these attachments; ``inline`` is a picture in its text, such as a logo."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "ethics@example.go.th", "ส่งแบบ"
    mail["Date"] = "Wed, 13 May 2026 09:00:00 +0700"
    mail["Message-ID"] = f"<{abs(zlib.crc32(repr(files).encode()))}@example.go.th>"
    mail.set_content("ส่งแบบพร้อมรูป")
    if inline is not None:
        mail.add_alternative('<p>ส่งแบบ <img src="cid:logo"></p>', subtype="html")
        page = mail.get_payload()[1]  # type: ignore[index]
        shown = {"cid": "<logo>", "filename": "logo.png", "disposition": "inline"}
        page.add_related(inline, "image", "png", **shown)  # type: ignore[union-attr]
    for name, data in files:
        kind = XLSX if name.endswith(".xlsx") else ("application", "octet-stream")
        mail.add_attachment(data, *kind, filename=name)
    return bytes(mail)
