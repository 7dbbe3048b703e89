"""How many vouchers of a file go into one transaction."""

from __future__ import annotations

FIRST, SMALLEST, LARGEST = 500, 100, 10_000
# A single voucher that comes during a batch waits for what is left of it, and then for the others that came meanwhile.
AIM_SECONDS, AIM_WHEN_WAITED_SECONDS = 0.06, 0.03


def next_size(former: int, held_seconds: float, somebody_waited: bool) -> int:
    """So many that the book is held alone for the time aimed at, shorter while others wait; at most twice the former.

    Shape: `held_seconds` how long the former batch held the book.
    """
    aim = AIM_WHEN_WAITED_SECONDS if somebody_waited else AIM_SECONDS
    fitting = round(former * aim / max(held_seconds, 0.001))
    return max(SMALLEST, min(LARGEST, former * 2, fitting))
