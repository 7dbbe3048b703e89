"""The best JPEG quality under a limit, found with few encodings."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_QUALITY = 90
_FIRST = 75
# Between sizes, the logarithm of the size falls with that of the quantiser's step by about this much; where a second
# point is known, its own slope is used.
_SLOPE = -0.55
_CLOSE = 0.95
_MOST_ENCODINGS = 6
# A guess this far below the least quality is not so wrong that the least one would fit.
_HOPELESS = 0.6


def best_quality(encode: Callable[[int], bytes], limit: int, least: int) -> tuple[int, bytes] | None:
    """The highest quality from `least` to 90 whose encoding is at most `limit` long, with it; None when there is none.

    Stops early within 5 % of the limit: the last few per cent are not worth another encoding.
    """
    fits: tuple[int, bytes] | None = None
    too_big = _MOST_QUALITY + 1
    points: list[tuple[int, int]] = []
    quality = max(_FIRST, least)
    for _ in range(_MOST_ENCODINGS):
        encoded = encode(quality)
        points.append((quality, len(encoded)))
        if len(encoded) <= limit:
            fits = (quality, encoded)
            if len(encoded) >= _CLOSE * limit:
                break
        else:
            too_big = quality
        lowest = fits[0] + 1 if fits else least
        if lowest >= too_big:
            break
        guessed = _guess(points, limit)
        if not fits and guessed < _HOPELESS * least:
            break
        quality = min(max(guessed, lowest), too_big - 1)
    return fits


def _guess(points: list[tuple[int, int]], limit: int) -> int:
    """The quality that should just fit, on the line through the last two points."""
    quality, size = points[-1]
    slope = _SLOPE
    if len(points) > 1:
        before, its_size = points[-2]
        width = log(_step(quality)) - log(_step(before))
        slope = min((log(size) - log(its_size)) / width, -0.1) if width else _SLOPE
    # A little below the limit, so that the next encoding fits.
    return _quality_of(exp(log(_step(quality)) + (log(0.975 * limit) - log(size)) / slope))


def _step(quality: int) -> int:
    """How coarse the quantiser is at a quality, in per cent of the standard's tables, as libjpeg counts."""
    return 5000 // quality if quality < 50 else max(200 - 2 * quality, 1)


def _quality_of(step: float) -> int:
    """The quality whose quantiser is as coarse as this; the other way of `_step`."""
    return round(5000 / step) if step > 100 else round((200 - step) / 2)
