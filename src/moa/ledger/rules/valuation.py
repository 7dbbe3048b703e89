"""What the legs of a voucher are worth in the book's own currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moa.kernel.rates import Rate
from moa.kernel.rounding import Rounding
from moa.ledger.rules.vouchers import Leg


def functional_amounts(
    legs: Sequence[Leg], functional: str, rates: Mapping[str, Rate]
) -> list[int | None] | None:
    """The functional amount of each leg, in their order; they sum to nothing. None when what the caller gave does not.

    A leg in the book's own currency is worth itself. Where the caller gave no worth the day's rate does, each leg
    rounded half up and the rest of the rounding put on the largest leg of its currency; without a rate the legs of
    that currency stay unvalued.
    """
    given = [leg.functional_minor for leg in legs if leg.currency != functional]
    if any(worth is not None for worth in given):
        return _as_given(legs, functional)
    worth: list[int | None] = [
        leg.minor
        if leg.currency == functional
        else rates[leg.currency].convert_minor(leg.minor, Rounding.HALF_UP)
        if leg.currency in rates
        else None
        for leg in legs
    ]
    for currency in {leg.currency for leg in legs} & set(rates) - {functional}:
        places = [at for at, leg in enumerate(legs) if leg.currency == currency]
        largest = max(places, key=lambda at: abs(legs[at].minor))
        rest = sum(worth[at] or 0 for at in places)
        worth[largest] = (worth[largest] or 0) - rest
    return worth


def _as_given(legs: Sequence[Leg], functional: str) -> list[int | None] | None:
    worth: list[int | None] = [
        leg.minor if leg.currency == functional else leg.functional_minor for leg in legs
    ]
    known = [one for one in worth if one is not None]
    return worth if len(known) == len(worth) and sum(known) == 0 else None
