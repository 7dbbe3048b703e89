"""Exchange rates of the simulated days: a wandering with two decimals, on Korean business days only."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from moa_world.calendars import bank_calendar

# Won in hundredths for one unit: where the walk comes home to, and how far one day may go.
_HOME = {"USD": (138_000, 420), "CNY": (19_240, 62)}
_LEAD_DAYS = 9


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates into won. Shape: `days` ascending; `hundredths[currency][i]` is the rate of `days[i]` times 100."""

    days: tuple[date, ...]
    hundredths: dict[str, tuple[int, ...]]

    def on(self, currency: str, day: date) -> tuple[Decimal, date]:
        """The last rate on or before `day`, with its date."""
        at = bisect_right(self.days, day) - 1
        return Decimal(self.hundredths[currency][at]).scaleb(-2), self.days[at]

    def in_won(self, minor: int, currency: str, day: date) -> int:
        """`minor` hundredths of `currency` in whole won, cut off, as a bank credits a sale."""
        at = bisect_right(self.days, day) - 1
        return minor * self.hundredths[currency][at] // 10_000


def walk_rates(first: date, last: date, seed: int) -> RateTable:
    """The rates from some days before `first` to `last`."""
    days = tuple(bank_calendar("KR").days(first - timedelta(days=_LEAD_DAYS), last))
    table = {}
    for currency, (home, reach) in _HOME.items():
        rng = Random(f"{seed}/rate/{currency}")
        rate, path = home, []
        for _ in days:
            rate += rng.randint(-reach, reach) + (home - rate) // 12
            path.append(rate)
        table[currency] = tuple(path)
    return RateTable(days, table)
