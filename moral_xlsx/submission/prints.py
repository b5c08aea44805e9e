"""Pictures made ready for printing, each opened in a worker whose death costs only that picture.

A picture is turned upright, scaled down and encoded anew, so that nothing of what came with it
(places, names, other pictures, bytes behind its end) gets into a report.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from moral_xlsx.model.assessment import Bilingual
from moral_xlsx.model.errors import MoralXlsxError
from moral_xlsx.model.evidence import Print
from moral_xlsx.submission.limits import begin_file, end_file, hold_memory, watched
from moral_xlsx.submission.pools import (
    each_in_pools,
    leave_alone,
    result_of,
    schedule,
    until_stopped,
)

if TYPE_CHECKING:
    from PIL import Image

LIBRARY = "Pillow"
PRINTED = (".png", ".jpg", ".gif", ".bmp", ".tif", ".webp")
LONGEST_SIDE = 1_600  # pixels: 300 to an inch on half a page
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_QUALITY = 82
_FEW_COLOURS = 64  # a drawing or a table, which JPEG would blur
_SECONDS = 60
# Of how it looks: so many columns and rows of grey, which have to differ by that much at least.
_COLUMNS, _ROWS, _LEAST_CONTRAST = 9, 8, 16

_DAMAGED: Bilingual = ("รูปเสียหายหรือไม่ครบ", "it is damaged or incomplete")
_TOO_MANY_PIXELS: Bilingual = ("มีจุดภาพมากผิดปกติ", "it has abnormally many pixels")
_TOO_MUCH: Bilingual = (
    "เปิดแล้วใช้เวลาหรือหน่วยความจำเกินขอบเขต",
    "opening it takes more time or memory than it may",
)


class CannotPrint(MoralXlsxError):  # noqa: N818 - a picture's state, not a fault
    """A picture that cannot be printed; ``reason`` is a (Thai, English) pair."""

    def __init__(self, reason: Bilingual) -> None:
        super().__init__(reason)
        self.reason = reason

    def __reduce__(self) -> tuple[type[CannotPrint], tuple[Bilingual]]:
        # It comes out of a worker; an exception is made anew from its arguments.
        return CannotPrint, (self.reason,)


def can_print() -> bool:
    """Whether this machine has what opens pictures."""
    return importlib.util.find_spec("PIL") is not None


def print_each(pictures: Sequence[tuple[Path, Path]], jobs: int) -> Iterator[Print | Bilingual]:
    """Makes a print of each picture, from the first path to the second; else says why not."""
    with watched():
        yield from each_in_pools(
            pictures, lambda left: _print_in_one_pool(left, jobs), lambda _: _TOO_MUCH
        )


def _print_in_one_pool(
    pictures: Sequence[tuple[Path, Path]], jobs: int
) -> Iterator[Print | Bilingual]:
    opened = ProcessPool(jobs, context=get_context("spawn"), initializer=_prepare)
    with until_stopped(opened) as pool:
        futures = [
            schedule(pool, _print, str(source), str(target), seconds=_SECONDS)
            for source, target in pictures
        ]
        for future in futures:
            try:
                yield result_of(pool, future)
            except CannotPrint as refused:
                yield refused.reason
            except (TookTooLong, ProcessExpired, MemoryError):
                yield _TOO_MUCH
            except OSError:
                yield _DAMAGED


def _prepare() -> None:
    """Runs once in a new worker."""
    leave_alone()
    hold_memory()


def _print(source: str, target: str) -> Print:
    """Runs in a worker."""
    begin_file()
    try:
        data, made = make_print(Path(source).read_bytes())
        Path(target).write_bytes(data)
        return made
    finally:
        end_file()


def make_print(data: bytes) -> tuple[bytes, Print]:
    """A picture as it is printed, in this process; raises CannotPrint."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                upright = _upright(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotPrint(_TOO_MANY_PIXELS) from None
    except MemoryError:
        raise CannotPrint(_TOO_MUCH) from None
    except Exception:  # whatever Pillow's readers stumble over
        raise CannotPrint(_DAMAGED) from None
    out = BytesIO()
    if upright.getcolors(_FEW_COLOURS) is not None:
        suffix = ".png"
        upright.save(out, "PNG", optimize=True)
    else:
        suffix = ".jpg"
        upright.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), Print(*upright.size, suffix, _looks(upright))


def _upright(picture: Image.Image) -> Image.Image:
    """The first picture of a file, scaled down, as it is looked at, without anything else."""
    from PIL import Image, ImageOps

    most = (LONGEST_SIDE, LONGEST_SIDE)
    picture.draft("RGB", most)  # a JPEG is then read at a fraction of its size
    if picture.mode.startswith("I;16"):
        # Measured over the whole range, of which "L" has the upper eight bits.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    turned = ImageOps.exif_transpose(_opaque(picture, most))
    # A new one, which knows nothing of the old.
    plain = Image.new("RGB", turned.size)
    plain.paste(turned)
    return plain


def _opaque(picture: Image.Image, most: tuple[int, int]) -> Image.Image:
    """The picture on white paper, scaled down."""
    from PIL import Image

    clear = "A" in picture.getbands() or "transparency" in picture.info
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA" if clear else "RGB")
    elif clear:
        picture = picture.convert("RGBA")
    picture.thumbnail(most, reducing_gap=2.0)
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    paper.info = picture.info  # which way is up
    return paper


def _looks(picture: Image.Image) -> int | None:
    """A hash by the differences of neighbouring greys: scaled or encoded anew, it stays near."""
    small = picture.convert("L").resize((_COLUMNS, _ROWS))
    greys = small.tobytes()
    if max(greys) - min(greys) < _LEAST_CONTRAST:
        return None
    bits = 0
    for row in range(_ROWS):
        for column in range(_COLUMNS - 1):
            at = row * _COLUMNS + column
            bits = bits << 1 | (greys[at] < greys[at + 1])
    return bits
