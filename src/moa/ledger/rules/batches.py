"""How many vouchers of a file go into one transaction."""

from __future__ import annotations

SMALLEST, LARGEST = 1_000, 10_000


def next_size(former: int, somebody_waited: bool) -> int:
    """Small while single vouchers wait for the book, so that none waits long; else twice the former, up to the largest."""
    return SMALLEST if somebody_waited else min(LARGEST, former * 2)
