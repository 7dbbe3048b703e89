"""Interest products (积数): the sum over days of the balance by value date. Source: domain.md §2.2, recipes of §5.

An entry of amount a from value date v adds a × (t − v) to the product up to t, whenever it is booked: so a back-dated
entry corrects the past by itself, and the order of booking does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def product_of(entries: Iterable[tuple[int, date]], until: date) -> int:
    """The product over all days before `until`. Shape: entries are (signed minor amount, value date).

    Day rule: the value date counts, `until` does not. An entry of a later value date than `until` counts with its
    days still to come taken off, as the stored accumulator has it.
    """
    return sum(minor * (until - value_date).days for minor, value_date in entries)


def rolled(product: int, balance_minor: int, since: date, until: date) -> int:
    """The product carried from `since` to `until` over days in which nothing was booked."""
    return product + balance_minor * (until - since).days
