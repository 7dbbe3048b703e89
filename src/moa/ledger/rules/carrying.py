"""What a year's closing carries: every profit subject to nothing, the profit of the year takes the sum.

Source: domain.md §2.8, year close: profit subjects to 本年利润 (4103), the Korean chart's 당기순이익 (379).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from moa.ledger.rules.sides import CREDIT, DEBIT
from moa.ledger.rules.vouchers import Leg, NewVoucher

# The field's term of the subject that takes the profit, in every chart.
PROFIT_OF_THE_YEAR = "profit_of_the_year"
# Fewer than a voucher may have, with room for the legs of equity.
_LEGS = 5_000


class Profit(NamedTuple):
    """A profit account at the end of the year. Shape: signed, debits positive; `functional_minor` None: not valued."""

    account: str
    currency: str
    minor: int
    functional_minor: int | None


def carrying_vouchers(
    profits: Iterable[Profit], equity: Mapping[str, str], *, year: int, last_day: date, day: date, memo: str, key: str
) -> Iterator[NewVoucher]:  # fmt: skip
    """The vouchers of `day` that carry the year's profit, each of one currency, with the year's end as value date.

    Shape: `equity` by currency; revenues are debited and expenses credited, and equity takes both sums, each on its
    own side. Conserves: what the profit accounts lose is what equity gains.
    """
    moved = sorted((one for one in profits if one.minor), key=lambda one: (one.currency, one.account))
    for currency, found in groupby(moved, key=lambda one: one.currency):
        of_currency = list(found)
        valued = all(one.functional_minor is not None for one in of_currency)
        for at in range(0, len(of_currency), _LEGS):
            part = [
                one if valued else one._replace(functional_minor=None) for one in of_currency[at : at + _LEGS]
            ]
            yield NewVoucher(
                f"{key}-{currency}-{at // _LEGS + 1}", day, last_day, tuple(_legs(part, equity[currency])), memo,
                source_id=str(year),
            )  # fmt: skip


def _legs(part: Sequence[Profit], equity: str) -> Iterator[Leg]:
    for one in part:
        side = CREDIT if one.minor > 0 else DEBIT
        yield Leg(one.account, -one.minor, side, one.currency, _negative(one.functional_minor))
    for side in (DEBIT, CREDIT):
        of_side = [one for one in part if one.minor * side > 0]
        total = sum(one.minor for one in of_side)
        if total:
            worths = [one.functional_minor for one in of_side]
            worth = sum(one or 0 for one in worths) if None not in worths else None
            yield Leg(equity, total, side, of_side[0].currency, worth)


def _negative(minor: int | None) -> int | None:
    return None if minor is None else -minor
