"""A picture that is too big, made small enough to send, with its 10-point text still readable.

What keeps text readable: never fewer than 150 dots an inch in a grey or coloured picture, never fewer than 200 in a
black and white one, and never a JPEG quality at which the edges of letters dissolve. When no way under the limit keeps
to that, the answer is a refusal: the page must be scanned again, not sent as a blur.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import NamedTuple

from PIL import Image

from moa.formats.kftc.evidence.quality import best_quality
from moa.formats.kftc.evidence.scan import open_scan
from moa.formats.kftc.evidence.shrink_refusal import CannotShrink

LEAST_DPI = 150
LEAST_BITONAL_DPI = 200
_MIDDLE_DPI = 200
_MOST_DPI = 300
# Thin strokes at 150 dpi keep more than half of their contrast down to the least qualities; the tests draw and measure
# some. From _PLENTY on, more dots are worth more than quality.
_PLENTY, _LEAST_COLOUR, _LEAST_GREY = 60, 45, 35
# Of a stroke that covers part of a coarser dot, from a third on the dot is ink: strokes get no thinner.
_INK_BELOW = 170


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Shape: `width`, `height` in pixels and `dpi` of the first page as the file states them; `method` for people."""

    data: bytes = field(repr=False)
    extension: str
    width: int
    height: int
    dpi: int
    method: str


class _Attempt(NamedTuple):
    dpi: int
    grey: bool
    least: int


def shrink(data: bytes, extension: str, *, limit: int = 300_000) -> Shrunk:
    """New bytes of at most `limit`: upright, without any metadata. The bytes given are not changed.

    Pages of two tones become a TIFF with fax code, whatever they were; others keep to JPEG, several of them become a
    TIFF of grey JPEG pages.

    Raises: CannotShrink evidence_not_a_picture, evidence_too_many_pixels, evidence_moves, evidence_resolution_low,
    evidence_cannot_shrink.
    """
    scan = open_scan(data, extension)
    _check_resolution(scan.dpi, LEAST_DPI)
    # A half, a quarter or an eighth costs less than the whole: a JPEG is decoded at that size, others are averaged.
    part = max(part for part in (1, 2, 4, 8) if scan.dpi // part >= LEAST_DPI)
    pages = scan.load(part)
    if all(page.mode == "1" for page in pages):
        return _shrink_bitonal(pages, scan.dpi, limit)
    # A page of two tones comes whole; beside pages with more it is brought to their size.
    toned = [page.convert("L").reduce(part) if page.mode == "1" else page for page in pages]
    dpi = scan.dpi // part
    colour = len(pages) == 1 and toned[0].mode == "RGB"
    return _shrink_toned(toned, _attempts(dpi, colour), dpi, limit)


def _check_resolution(dpi: int, least: int) -> None:
    if dpi < least:
        raise CannotShrink("evidence_resolution_low", dpi=dpi, least=least)


def _attempts(dpi: int, colour: bool) -> list[_Attempt]:
    """From the best to the last: all dots at good quality, then fewer dots, then no colour."""
    attempts = [_Attempt(dpi, not colour, _PLENTY)]
    if dpi > _MIDDLE_DPI:
        attempts.append(_Attempt(_MIDDLE_DPI, not colour, _PLENTY))
    if colour:
        attempts.append(_Attempt(LEAST_DPI, False, _LEAST_COLOUR))
    return [*attempts, _Attempt(LEAST_DPI, True, _LEAST_GREY)]


def _shrink_toned(pages: list[Image.Image], attempts: list[_Attempt], dpi: int, limit: int) -> Shrunk:
    for attempt in attempts:
        ready = [_scaled(page.convert("L") if attempt.grey else page, dpi, attempt.dpi) for page in pages]
        found = best_quality(partial(_as_jpeg, ready, attempt.dpi), limit, attempt.least)
        if found is not None:
            quality, encoded = found
            width, height = ready[0].size
            extension = "jpg" if len(ready) == 1 else "tif"
            method = f"JPEG quality {quality}, {'grey' if ready[0].mode == 'L' else 'colour'}"
            return Shrunk(encoded, extension, width, height, attempt.dpi, method)
    raise CannotShrink(limit=limit)


def _shrink_bitonal(pages: list[Image.Image], dpi: int, limit: int) -> Shrunk:
    """As fax code with all dots, else with fewer; a page of fine dots (a photo in black and white) becomes grey."""
    _check_resolution(dpi, LEAST_BITONAL_DPI)
    size = 0
    for target in sorted({dpi, min(dpi, _MOST_DPI), LEAST_BITONAL_DPI}, reverse=True):
        # The code shrinks at best as the number of dots does: what would not fit even then is not tried.
        if size * target * target > limit * dpi * dpi:
            continue
        ready = [_thinned(page, dpi, target) for page in pages]
        encoded = _as_tiff(ready, target, "group4")
        if len(encoded) <= limit:
            return Shrunk(encoded, "tif", *ready[0].size, target, "TIFF G4")
        size = size or len(encoded)
    coarse = [_scaled(page.convert("L"), dpi, LEAST_BITONAL_DPI) for page in pages]
    attempts = [_Attempt(LEAST_BITONAL_DPI, True, _PLENTY), _Attempt(LEAST_DPI, True, _LEAST_GREY)]
    return _shrink_toned(coarse, attempts, LEAST_BITONAL_DPI, limit)


def _scaled(image: Image.Image, dpi: int, target: int) -> Image.Image:
    if target >= dpi:
        return image
    # Rounded up, so that the page never has fewer dots than stated.
    size = (-(-image.width * target // dpi), -(-image.height * target // dpi))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _thinned(image: Image.Image, dpi: int, target: int) -> Image.Image:
    if target >= dpi:
        return image
    size = (-(-image.width * target // dpi), -(-image.height * target // dpi))
    grey = image.convert("L").resize(size, Image.Resampling.BOX)
    return grey.point([255 * (tone >= _INK_BELOW) for tone in range(256)], "1")


def _as_jpeg(pages: list[Image.Image], dpi: int, quality: int) -> bytes:
    if len(pages) > 1:
        return _as_tiff(pages, dpi, "jpeg", quality)
    into = BytesIO()
    pages[0].save(into, "JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
    return into.getvalue()


def _as_tiff(pages: list[Image.Image], dpi: int, compression: str, quality: int | None = None) -> bytes:
    into = BytesIO()
    facts = {} if quality is None else {"quality": quality}
    pages[0].save(
        into, "TIFF", compression=compression, dpi=(dpi, dpi), save_all=True, append_images=pages[1:], **facts
    )
    return into.getvalue()
