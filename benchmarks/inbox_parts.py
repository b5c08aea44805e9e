"""What an inbox holds besides plain workbooks: pictures, messages, files that cannot be read."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from email.message import EmailMessage
from io import BytesIO
from random import Random
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw

from moral_xlsx.excel.form.layout import Area, cell_name
from moral_xlsx.excel.read.guard import inspect
from moral_xlsx.model.units import Unit
from moral_xlsx.opc import build

_SIZE = (640, 480)
_MEDIA = "xl/media/image1.jpeg"


def photo(rng: Random) -> bytes:
    """A picture that no other one is like."""
    picture = Image.radial_gradient("L").resize(_SIZE).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        left, top = rng.randrange(_SIZE[0] - 99), rng.randrange(_SIZE[1] - 99)
        colour = rng.randrange(256), rng.randrange(256), rng.randrange(256)
        draw.rectangle((left, top, left + rng.randrange(20, 99), top + 80), fill=colour)
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def framed(workbook: bytes, picture: bytes, over: Area) -> bytes:
    """The workbook as another program saves it, with a picture over a cell; not stamped anew."""
    book = load_workbook(BytesIO(workbook))
    cell = cell_name(over.first_row, over.first_column)
    book[over.sheet].add_image(SheetImage(BytesIO(picture)), cell)
    out = BytesIO()
    book.save(out)
    with ZipFile(out) as package:
        return build([(name, package.read(name)) for name in package.namelist()])


def with_picture(workbook: bytes, picture: bytes) -> bytes:
    """A framed workbook with another picture in the frame."""
    package = inspect(workbook).package
    if package is None:
        raise ValueError("only an .xlsx is framed")
    return package.rewrite({_MEDIA: picture})


def mailed(files: Mapping[str, bytes], unit: Unit, rng: Random) -> bytes:
    """A message of the unit with these attachments, as it lies in a mailbox."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = unit.email, "ethics@example.go.th", "ส่งแบบ"
    mail["Date"] = f"{_day(13 + rng.randrange(7))} 09:00:00 +0700"
    mail["Message-ID"] = f"<{unit.code}.{rng.randrange(10**9)}@example.go.th>"
    mail.set_content("ส่งแบบตามหนังสือที่อ้างถึง")
    for name, data in files.items():
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    mail.set_boundary(f"={unit.code}=")
    return bytes(mail)


def cut_off(workbook: bytes, rng: Random) -> bytes:
    """What is left of a workbook when its sending broke off."""
    return workbook[: len(workbook) * rng.randrange(40, 80) // 100]


def locked(rng: Random) -> bytes:
    """A compound file with the streams of a workbook that asks for a password."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HB", 2 * len(name) + 2, 2)
        + bytes(61)
        for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    )
    head = bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0")
    return head + entries.ljust(1024, b"\0") + rng.randbytes(40_000)


def _day(of_may: int) -> str:
    """A day of May 2026 as a message is dated."""
    weekday = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")[of_may % 7]
    return f"{weekday}, {of_may:02} May 2026"
