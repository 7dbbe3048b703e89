"""evidence.shrink: seconds to bring a scan of 4000 × 3000 below 300 KB, against decoding it and saving it once.

Three scans of the same dense form: a noisy colour photo, which is the hardest to make small and the one that is asked
for; a clean colour scan; and a black and white one.
"""

from __future__ import annotations

import random
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from moa.entry.bench.measure import Result, rates_in_turns

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 4000, 3000
ALLOWED = 3
LIMIT = 300_000
_PIXELS = WIDTH * HEIGHT
_NOISE = 16
_LETTER, _LINE, _STROKE = 56, 90, 5


def run() -> list[Result]:
    """`evidence.shrink` (the photo), `evidence.shrink_clean`, `evidence.shrink_bitonal`: seconds, allowed ÷ measured."""
    form = draw_form()
    scans = {
        "evidence.shrink": ("jpg", _saved(photographed(form), "JPEG", quality=92)),
        "evidence.shrink_clean": ("jpg", _saved(form, "JPEG", quality=95)),
        "evidence.shrink_bitonal": ("tif", _saved(in_two_tones(form), "TIFF")),
    }
    return [_measured(name, extension, data) for name, (extension, data) in scans.items()]


def _measured(name: str, extension: str, data: bytes) -> Result:
    ours, reference = rates_in_turns(
        _PIXELS, [partial(_shrink, data, extension), partial(_decode_and_save, data)], rounds=5
    )
    return Result(name, _PIXELS / ours, _PIXELS / reference, ALLOWED * ours / reference, 1)


def draw_form() -> Image:
    """A page full of letters of about 10 points, made of strokes like those of Hangul, with a red seal."""
    from PIL import Image, ImageDraw

    form = Image.new("RGB", (WIDTH, HEIGHT), (250, 248, 240))
    draw, chance = ImageDraw.Draw(form), random.Random(1)
    for y in range(150, HEIGHT - 150, _LINE):
        for x in range(150, WIDTH - 200, _LETTER):
            for _ in range(4 if chance.random() < 0.85 else 0):
                across, down = chance.randrange(40), chance.randrange(46)
                end = (x + 40, y + down) if chance.random() < 0.5 else (x + across, y + 46)
                begin = (x, y + down) if end[0] == x + 40 else (x + across, y)
                draw.line((begin, end), fill=(30, 30, 35), width=_STROKE)
    draw.ellipse((WIDTH - 700, HEIGHT - 700, WIDTH - 400, HEIGHT - 400), outline=(200, 30, 30), width=14)
    return form


def photographed(form: Image) -> Image:
    """The page in uneven light, with a sensor's noise in each colour."""
    from PIL import Image, ImageChops

    light = (
        Image.linear_gradient("L")
        .rotate(90)
        .resize(form.size)
        .point([190 + tone // 4 for tone in range(256)])
    )
    lit = ImageChops.multiply(form, Image.merge("RGB", (light, light, light)))
    noise = Image.merge("RGB", [Image.effect_noise(form.size, _NOISE) for _ in range(3)])
    return ImageChops.add(lit, noise, offset=-128)


def in_two_tones(form: Image) -> Image:
    return form.convert("L").point([255 * (tone > 128) for tone in range(256)], "1")


def _saved(image: Image, kind: str, **options: int) -> bytes:
    into = BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def _shrink(data: bytes, extension: str) -> int:
    from moa.formats.kftc.evidence.shrinking import shrink

    shrunk = shrink(data, extension, limit=LIMIT)
    if len(shrunk.data) > LIMIT:
        raise AssertionError(f"{len(shrunk.data)} bytes are over the limit")
    return _PIXELS


def _decode_and_save(data: bytes) -> int:
    from PIL import Image

    with Image.open(BytesIO(data)) as image:
        plain = image.convert("L") if image.mode == "1" else image
        _saved(plain, "JPEG", quality=75)
        return image.width * image.height
