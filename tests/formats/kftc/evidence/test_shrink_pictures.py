"""A picture made small enough to send: its text still readable, nothing else left in it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from moa.formats.kftc.evidence import check_evidence
from moa.formats.kftc.evidence.shrink_refusal import CannotShrink
from moa.formats.kftc.evidence.shrinking import Shrunk, shrink
from tests.formats.kftc.evidence.evidence_samples import gif, huge_header, jpeg, page, saved

LIMIT = 300_000
PAPER, INK = 245, 35
# A letter of 10 points at 342 dpi is 47 dots high, its strokes about a tenth of that.
LETTER, STROKE, PITCH = 47, 5, 96
Place = tuple[int, int]


def form(width: int, height: int, stroke: int = STROKE) -> tuple[Image.Image, list[Place]]:
    """A page of Hangul-like letters (a vertical stroke, and two horizontal ones beside it), and where they stand."""
    image = Image.new("RGB", (width, height), (PAPER, PAPER, PAPER - 5))
    draw = ImageDraw.Draw(image)
    places = [(x, y) for y in range(200, height - 200, PITCH) for x in range(200, width - 200, PITCH)]
    for x, y in places:
        draw.rectangle((x + 36, y, x + 36 + stroke - 1, y + LETTER), fill=(INK,) * 3)
        for down in (8, 30):
            draw.rectangle((x, y + down, x + 28, y + down + stroke - 1), fill=(INK,) * 3)
    draw.ellipse((width - 600, height - 600, width - 300, height - 300), outline=(200, 30, 30), width=14)
    # Those under the seal are no measure.
    return image, [(x, y) for x, y in places if x < width - 700 or y < height - 700]


def noisy(image: Image.Image, strength: int) -> Image.Image:
    noise = Image.merge("RGB", [Image.effect_noise(image.size, strength) for _ in range(3)])
    return ImageChops.add(image, noise, offset=-128)


def opened(shrunk: Shrunk) -> Image.Image:
    image = Image.open(BytesIO(shrunk.data))
    image.load()
    return image


def contrasts(shrunk: Shrunk, places: list[Place], scale: int) -> list[int]:
    """For a sample of letters, how much darker each stroke is than the paper in the gap beside it.

    The darkest of the stroke's dot and its two neighbours across: a thin stroke may fall between two dots.
    """
    image = opened(shrunk).convert("L")

    def darkness(x: int, y: int, across: Place) -> int:
        at = (round(x * image.width / scale), round(y * image.width / scale))
        found = [image.getpixel((at[0] + step * across[0], at[1] + step * across[1])) for step in (-1, 0, 1)]
        return min(tone for tone in found if isinstance(tone, int))

    def paper(x: int, y: int) -> int:
        found = image.getpixel((round(x * image.width / scale), round(y * image.width / scale)))
        assert isinstance(found, int)
        return found

    sample = random.Random(4).sample(places, 200)
    vertical = [paper(x + 56, y + 20) - darkness(x + 37, y + 20, (1, 0)) for x, y in sample]
    horizontal = [paper(x + 14, y + 21) - darkness(x + 14, y + 9, (0, 1)) for x, y in sample]
    return sorted(vertical + horizontal)


@cache
def sheet() -> tuple[Image.Image, list[Place]]:
    return form(4000, 3000)


def plain() -> Image.Image:
    return sheet()[0]


def two_tones(image: Image.Image) -> Image.Image:
    return image.convert("L").point([255 * (tone > 128) for tone in range(256)], "1")


# Made when a test asks: every session of tests reads this file.
SCANS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "clean": ("jpg", lambda: saved(plain(), "JPEG", quality=95)),
    "grey": ("jpg", lambda: saved(plain().convert("L"), "JPEG", quality=95)),
    "noisy": ("jpg", lambda: saved(noisy(plain(), 12), "JPEG", quality=92)),
    "very noisy": ("jpg", lambda: saved(noisy(plain(), 30), "JPEG", quality=92)),
    "gif": ("gif", lambda: saved(plain().quantize(16), "GIF")),
    "coloured tiff": ("tif", lambda: saved(plain(), "TIFF", compression="tiff_lzw")),
    "two tones": ("tif", lambda: saved(two_tones(plain()), "TIFF")),
}


@cache
def scan(name: str) -> tuple[str, bytes]:
    extension, make = SCANS[name]
    return extension, make()


@pytest.mark.parametrize("name", SCANS)
def test_it_keeps_thin_strokes_apart_from_the_paper(name: str) -> None:
    extension, data = scan(name)
    shrunk = shrink(data, extension)
    assert len(shrunk.data) <= LIMIT
    assert shrunk.dpi >= (200 if name == "two tones" else 150)
    found = contrasts(shrunk, sheet()[1], 4000)
    # Ink on paper differs by 210 in the original: half of it is kept by all but a few of the strokes.
    assert found[len(found) // 20] >= 105
    assert found[0] >= 60


# The limits leave the least qualities that are allowed: the worst that can come out.
WORST = [(12, 160_000), (12, 130_000), (30, 200_000), (30, 160_000)]


@pytest.mark.parametrize(("strength", "limit"), WORST)
def test_it_keeps_the_thinnest_strokes_at_the_least_quality(strength: int, limit: int) -> None:
    image, places = form(4000, 3000, stroke=3)
    shrunk = shrink(saved(noisy(image, strength), "JPEG", quality=92), "jpg", limit=limit)
    assert (shrunk.dpi, len(shrunk.data) <= limit) == (150, True)
    found = contrasts(shrunk, places, 4000)
    assert found[len(found) // 20] >= 105


@pytest.mark.parametrize("name", SCANS)
def test_it_makes_what_kftc_takes(name: str) -> None:
    extension, data = scan(name)
    shrunk = shrink(data, extension.upper())
    assert check_evidence("1", shrunk.extension, shrunk.data) == []
    image = opened(shrunk)
    assert (image.width, image.height) == (shrunk.width, shrunk.height)
    assert [round(each) for each in image.info["dpi"]] == [shrunk.dpi, shrunk.dpi]


def test_it_makes_fax_code_of_two_tones() -> None:
    shrunk = shrink(scan("two tones")[1], "tif")
    image = opened(shrunk)
    assert (shrunk.extension, shrunk.method, image.mode) == ("tif", "TIFF G4", "1")
    assert image.info["compression"] == "group4"
    two_coloured = saved(
        plain().convert("L").point([255 * (tone > 128) for tone in range(256)]).convert("P"), "GIF"
    )
    assert shrink(two_coloured, "gif").method == "TIFF G4"


def test_it_takes_dots_from_two_tones_but_not_below_200() -> None:
    large = two_tones(plain().resize((8000, 6000)))
    data = saved(large, "TIFF", compression="group4", dpi=(600, 600))
    whole = shrink(data, "tif", limit=1_000_000)
    assert (whole.dpi, whole.width) == (600, 8000)
    fewer = shrink(data, "tif", limit=len(whole.data) * 2 // 5)
    assert 200 <= fewer.dpi < 600
    assert fewer.method == "TIFF G4"


def test_it_keeps_the_colour_of_a_seal_where_it_can() -> None:
    shrunk = shrink(scan("clean")[1], "jpg")
    assert opened(shrunk).mode == "RGB"
    seal = opened(shrunk).crop((0, shrunk.height // 2, shrunk.width, shrunk.height)).split()
    assert ImageStat.Stat(ImageChops.subtract(seal[0], seal[1])).extrema[0][1] > 120


def test_it_turns_a_picture_upright_and_leaves_nothing_else_in_it() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8298] = 6, "900101-1234567", "holder"
    upright = plain().resize((2400, 1800))
    data = saved(
        upright, "JPEG", quality=95, exif=exif, comment=b"900101-1234567", icc_profile=b"profile" * 90
    )
    untouched = bytes(data)
    shrunk = shrink(data, "jpg")
    assert data == untouched
    assert shrunk.height > shrunk.width
    image = opened(shrunk)
    # The seal stands at the right below; turned a quarter to the right, at the left below.
    red, green, _ = image.crop((0, shrunk.height * 3 // 4, shrunk.width // 3, shrunk.height)).split()
    assert ImageStat.Stat(ImageChops.subtract(red, green)).extrema[0][1] > 120
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "dpi", "jfif_unit", "jfif_density"}
    for private in (b"1234567", b"holder", b"profile", b"Exif", b"ICC"):
        assert private not in shrunk.data


@pytest.mark.parametrize("compression", ["tiff_lzw", "group4"])
def test_it_leaves_nothing_in_a_tiff(compression: str) -> None:
    original = plain() if compression == "tiff_lzw" else plain().convert("1", dither=Image.Dither.NONE)
    data = saved(
        original, "TIFF", compression=compression, tiffinfo={274: 8, 270: "900101-1234567", 315: "holder"}
    )
    shrunk = shrink(data, "tif")
    assert shrunk.height > shrunk.width
    assert b"1234567" not in shrunk.data
    assert b"holder" not in shrunk.data


def test_it_keeps_every_page() -> None:
    pages = [page(2480, 3508, "L"), page(2480, 3508, "L").rotate(180)]
    data = saved(
        pages[0], "TIFF", compression="tiff_lzw", dpi=(300, 300), save_all=True, append_images=pages[1:]
    )
    toned = shrink(data, "tif", limit=900_000)
    assert getattr(opened(toned), "n_frames", 1) == 2
    assert check_evidence("1", "tif", toned.data) in (
        [],
        [("error", "0103", None, "evidence_length", str(len(toned.data)))],
    )
    bitonal = [each.convert("1", dither=Image.Dither.NONE) for each in pages]
    data = saved(bitonal[0], "TIFF", dpi=(300, 300), save_all=True, append_images=bitonal[1:])
    shrunk = shrink(data, "tif", limit=900_000)
    assert (getattr(opened(shrunk), "n_frames", 1), shrunk.method, shrunk.dpi) == (2, "TIFF G4", 300)


# (dpi stated in the file, the picture's width, the dpi taken)
STATED = [
    (300, 2480, 300),
    (72, 2480, 299),
    (96, 2480, 299),
    (0, 2480, 299),
    (9_999, 2480, 299),
    (200, 1654, 200),
]


@pytest.mark.parametrize(("stated", "width", "taken"), STATED)
def test_it_believes_a_resolution_that_makes_a_page_and_else_takes_it_for_a4(
    stated: int, width: int, taken: int
) -> None:
    image = page(width, width * 297 // 210, "1")
    options = {"dpi": (stated, stated)} if stated else {}
    shrunk = shrink(saved(image, "TIFF", compression="group4", **options), "tif", limit=900_000)
    assert abs(shrunk.dpi - taken) <= 1


@cache
def noise() -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((1600, 2200), 100) for _ in range(3)])


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "noise": ("jpg", lambda: saved(noise(), "JPEG", quality=95), "evidence_cannot_shrink"),
    "noise in two tones": (
        "tif",
        lambda: saved(noise().resize((2400, 3300)).convert("1"), "TIFF"),
        "evidence_cannot_shrink",
    ),
    "too few dots": ("jpg", lambda: saved(page(1000, 1400), "JPEG", quality=95), "evidence_resolution_low"),
    "too few dots as stated": (
        "jpg",
        lambda: saved(page(1300, 1800), "JPEG", dpi=(140, 140)),
        "evidence_resolution_low",
    ),
    "too few dots in two tones": (
        "tif",
        lambda: saved(page(1400, 1980, "1"), "TIFF"),
        "evidence_resolution_low",
    ),
    "moving": (
        "gif",
        lambda: gif(save_all=True, append_images=[page().rotate(180)]),
        "evidence_moves",
    ),
    "PNG": ("jpg", lambda: saved(page(), "PNG"), "evidence_not_a_picture"),
    "sound": ("wav", lambda: b"RIFF", "evidence_not_a_picture"),
    "nothing": ("jpg", lambda: b"", "evidence_not_a_picture"),
    "cut": ("jpg", lambda: scan("clean")[1][:500_000], "evidence_not_a_picture"),
    "a jpeg of 4 billion dots": (
        "jpg",
        lambda: huge_header(jpeg(), 65_000, 65_000),
        "evidence_too_many_pixels",
    ),
    "180 million dots": (
        "tif",
        lambda: saved(Image.new("1", (18_000, 10_000)), "TIFF", compression="group4"),
        "evidence_too_many_pixels",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_rather_than_to_make_it_unreadable(name: str) -> None:
    extension, make, code = REFUSED[name]
    data = make()
    with pytest.raises(CannotShrink) as refusal:
        shrink(data, extension)
    assert refusal.value.code == code


def test_it_makes_a_small_picture_plain_too() -> None:
    data = jpeg(dpi=(160, 160), comment=b"900101-1234567")
    shrunk = shrink(data, "jpg")
    assert (shrunk.width, shrunk.height, shrunk.dpi) == (480, 640, 160)
    assert b"1234567" not in shrunk.data


def test_it_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from moa.formats.kftc.evidence import check_evidence; check_evidence('1', 'png', b'x');"
        "print([name for name in ('PIL', 'numpy', 'soundfile', 'asn1crypto', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
