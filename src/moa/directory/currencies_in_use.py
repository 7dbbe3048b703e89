"""Which currencies the group holds money in: known above, asked for here, so that a missing rate can be named.

`entry/wiring.py` registers the context that knows (accounts); without one the answer is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from moa.control.context import Context
from moa.directory.queries import rates_on_or_before

CurrenciesInUse = Callable[[Context], Mapping[str, int]]
_providers: list[CurrenciesInUse] = []


def provide_currencies_in_use(provider: CurrenciesInUse) -> None:
    """Register who can say how many accounts each currency has. Registering the same one again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def currencies_in_use(ctx: Context) -> dict[str, int]:
    """Accounts by currency, over all providers."""
    counted: dict[str, int] = {}
    for provider in _providers:
        for currency, accounts in provider(ctx).items():
            counted[currency] = counted.get(currency, 0) + accounts
    return counted


def currencies_without_rate(ctx: Context, quote: str, day: date) -> dict[str, int]:
    """The currencies in use that have no rate into `quote` on or before `day`, with their accounts."""
    used = currencies_in_use(ctx)
    rated = rates_on_or_before(ctx, used, quote, day)
    return {currency: accounts for currency, accounts in sorted(used.items()) if currency not in rated}
