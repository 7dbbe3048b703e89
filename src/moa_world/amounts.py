"""Believable sizes by whole numbers only: many small, few large, and the roundness that people's amounts have."""

from __future__ import annotations

from random import Random

_FINE = 1 << 20


def skewed(rng: Random, low: int, high: int, step: int = 1) -> int:
    """A multiple of `step` between `low` and `high`, small ones far more often than large ones.

    Shape: minor units. The cube of an even draw gives a mean near a quarter of the range, as invoices have.
    """
    draw = rng.randrange(_FINE)
    size = low + (high - low) * draw**3 // _FINE**3
    return max(size // step, 1) * step


def near(rng: Random, middle: int, percent: int, step: int = 1) -> int:
    """A multiple of `step` within `percent` of `middle`."""
    spread = middle * percent // 100
    return max((middle + rng.randint(-spread, spread)) // step, 1) * step


def invoice(rng: Random, low: int, high: int) -> int:
    """A won amount as invoices have it: often a round thousand, at times with value-added tax to the ten."""
    step = rng.choice((1000, 1000, 1000, 500, 100, 10))
    return skewed(rng, low, high, step)
