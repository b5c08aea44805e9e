"""Pictures are turned upright, scaled down and encoded anew; what cannot be opened costs itself."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import pytest
from picture_samples import bomb, encoded, photo
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from moral_xlsx.model.evidence import Print
from moral_xlsx.submission import prints
from moral_xlsx.submission.prints import LONGEST_SIDE, CannotPrint, make_print, print_each

# The block of a red photograph stands at its upper left.
UPPER_LEFT, MIDDLE = (2 / 9, 2 / 9), (0.5, 0.5)


def printed(data: bytes) -> tuple[Image.Image, Print]:
    made, about = make_print(data)
    picture = Image.open(io.BytesIO(made))
    picture.load()
    assert picture.size == (about.width, about.height)
    assert picture.format == {".png": "PNG", ".jpg": "JPEG"}[about.suffix]
    return picture, about


def is_red(picture: Image.Image, at: tuple[float, float]) -> bool:
    point = round(at[0] * picture.width), round(at[1] * picture.height)
    red, green, blue = picture.convert("RGB").getpixel(point)  # type: ignore[misc]
    return red > 200 and green < 60 and blue < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_every_usual_kind_is_printed(kind: str) -> None:
    picture, _ = printed(photo("red", kind=kind))
    assert picture.size == (400, 300)
    assert is_red(picture, UPPER_LEFT)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_way_to_keep_colours_is_printed(mode: str) -> None:
    kind = "PNG" if mode not in ("CMYK", "F") else "TIFF"
    grey = Image.radial_gradient("L")
    data = encoded(grey.convert("I").point(lambda v: v * 256).convert(mode) if mode == "I;16"
                   else grey.convert("RGB").convert(mode), kind)  # fmt: skip
    picture, _ = printed(data)
    edge, middle = (picture.convert("L").getpixel(at) for at in ((1, 1), (128, 128)))
    assert edge > 150 > 100 > middle  # type: ignore[operator]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_it_stands_upright_whatever_way_the_camera_was_held(orientation: int, kind: str) -> None:
    upright = Image.open(io.BytesIO(photo("red", (1200, 900), "PNG")))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture, _ = printed(encoded(held, kind, exif=exif))
    assert picture.size == (1200, 900)
    assert is_red(picture, UPPER_LEFT)
    assert not is_red(picture, MIDDLE)


def test_a_large_one_is_scaled_down_and_a_small_one_is_not_blown_up() -> None:
    assert max(printed(photo(size=(4000, 3000)))[0].size) == LONGEST_SIDE
    assert printed(photo(size=(40, 30)))[0].size == (40, 30)


def test_nothing_that_came_with_it_is_left() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8769] = "SECRET title", {0x9286: b"SECRET comment"}
    notes = PngInfo()
    notes.add_text("Author", "SECRET name")
    for data in (
        photo(exif=exif, comment=b"SECRET"),
        photo(kind="PNG", exif=exif, pnginfo=notes),
    ):
        hidden = data + b"SECRET bytes behind"
        assert b"SECRET" not in make_print(hidden)[0]


def test_what_is_clear_lies_on_white_paper() -> None:
    picture, _ = printed(encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG"))
    assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_of_a_picture_that_moves_the_first_one_is_printed() -> None:
    first, second = (Image.open(io.BytesIO(photo(c, kind="PNG"))) for c in ("red", "blue"))
    data = encoded(first, "GIF", save_all=True, append_images=[second])
    assert is_red(printed(data)[0], UPPER_LEFT)


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert make_print(photo()) == make_print(photo())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(12_000), "abnormally many"),
        (bomb(20_000), "abnormally many"),
        (photo()[:2_000], "damaged"),
        (photo(kind="PNG")[:400], "damaged"),
        (b"\xff\xd8\xff" + bytes(range(256)) * 10, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(3_000), "damaged"),
        (b"II*\0" + struct.pack("<I", 8) + b"\xff" * 200, "damaged"),
        (b"GIF89a" + b"\xff" * 50, "damaged"),
        (b"BM" + b"\xff" * 4 + bytes(4) + b"\xff" * 40, "damaged"),
        (b"", "damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "damaged"),
    ],
)
def test_what_cannot_be_opened_says_so(data: bytes, why: str) -> None:
    with pytest.raises(CannotPrint) as refused:
        make_print(data)
    assert why in refused.value.reason[1]


def test_one_that_cannot_be_opened_costs_only_itself(tmp_path: Path) -> None:
    """In workers, as a round does."""
    files = {"a": photo("red"), "b": bomb(), "c": b"\xff\xd8\xff", "d": photo("blue", kind="PNG")}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    pairs = [(tmp_path / name, tmp_path / f"{name}.print") for name in (*files, "gone")]
    made = list(print_each(pairs, 2))
    assert [isinstance(each, Print) for each in made] == [True, False, False, True, False]
    assert (tmp_path / "a.print").read_bytes() == make_print(files["a"])[0]
    assert not (tmp_path / "b.print").exists()


def test_a_worker_that_dies_costs_only_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "_print", _dies_at_b)
    for name in "abc":
        (tmp_path / name).write_bytes(photo())
    made = list(print_each([(tmp_path / n, tmp_path / f"{n}.print") for n in "abc"], 1))
    assert [isinstance(each, Print) for each in made] == [True, False, True]


def _dies_at_b(source: str, target: str) -> Print:
    if Path(source).name == "b":
        os._exit(1)
    return make_print(Path(source).read_bytes())[1]


def looks(data: bytes) -> int:
    seen = make_print(data)[1].looks
    assert seen is not None
    return seen


def test_scaled_or_encoded_anew_it_still_looks_the_same() -> None:
    first = looks(photo("red", (1600, 1200)))
    for other in (
        photo("red", (800, 600)),
        photo("red", (1600, 1200), quality=20),
        photo("red", (1000, 750), "PNG"),
    ):
        assert (first ^ looks(other)).bit_count() <= 3


def test_different_pictures_look_different() -> None:
    seen = [looks(photo(colour)) for colour in ("red", "blue", "green")]
    distances = [(a ^ b).bit_count() for a in seen for b in seen if a is not b]
    assert min(distances) > 3


def test_a_blank_page_looks_like_nothing() -> None:
    assert make_print(encoded(Image.new("RGB", (300, 200), "white"), "PNG"))[1].looks is None
