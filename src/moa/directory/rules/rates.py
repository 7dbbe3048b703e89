"""What an exchange rate must be before it is recorded; pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from moa.kernel.errors import DomainError
from moa.kernel.money import CURRENCIES
from moa.kernel.rounding import Rounding, round_to

FINEST = Decimal("0.0000000001")
_TOO_LARGE = Decimal(10) ** 10
# Currencies that banks in Korea and China quote per hundred. Source: the posted rates of both countries' banks.
_QUOTED_PER = {"JPY": 100, "VND": 100, "IDR": 100}


class RateRefused(DomainError):
    """The rate cannot be recorded; `code` says why, `field` and `value` what."""

    code = "rate_refused"


class NewRate(NamedTuple):
    """A rate to be recorded: one unit of `base` is `rate` units of `quote`."""

    on_date: date
    base: str
    quote: str
    rate: Decimal
    source_name: str = ""


class Fault(NamedTuple):
    code: str
    field: str
    value: str


def quoted_per(base: str) -> int:
    """How many units of `base` people quote a rate for: 100 for yen, else 1."""
    return _QUOTED_PER.get(base, 1)


def per_one(rate: Decimal, units: int) -> Decimal:
    """A rate quoted for `units` as the exact rate for one. Shape: `units` is a power of ten."""
    sign, digits, exponent = rate.as_tuple()
    # Moving the point keeps every digit; a division would round to the precision of the context.
    return Decimal((sign, digits, int(exponent) - (len(str(units)) - 1)))


def quoted(rate: Decimal, units: int) -> Decimal:
    """The rate for `units`, as people read it, with two decimals or as many as it needs."""
    sign, digits, exponent = rate.as_tuple()
    return Decimal(rate_text(Decimal((sign, digits, int(exponent) + len(str(units)) - 1))))


def rate_faults(new: NewRate, today: date) -> list[Fault]:
    """All that is wrong with a rate. Tomorrow's is allowed, for it is posted the evening before; later ones are not."""
    faults = [
        Fault("currency_unknown", field, code)
        for field, code in (("base", new.base), ("quote", new.quote))
        if code not in CURRENCIES
    ]
    if new.base == new.quote:
        faults.append(Fault("rate_same_currency", "quote", new.quote))
    faults += value_faults(new.rate)
    if new.on_date > today + timedelta(days=1):
        faults.append(Fault("rate_date_in_future", "date", new.on_date.isoformat()))
    return faults


def value_faults(rate: Decimal) -> list[Fault]:
    """What is wrong with the figure: not above zero, too large, or finer than ten decimals."""
    if not rate.is_finite() or rate <= 0:
        return [Fault("rate_not_positive", "rate", str(rate))]
    if rate >= _TOO_LARGE:
        return [Fault("rate_too_large", "rate", str(rate))]
    if round_to(rate, FINEST, Rounding.DOWN) != rate:
        return [Fault("rate_too_fine", "rate", str(rate))]
    return []


def check_rate(new: NewRate, today: date) -> None:
    """Raises: rate_refused as the first of currency_unknown, rate_same_currency, rate_not_positive,
    rate_too_large, rate_too_fine, rate_date_in_future.
    """
    for fault in rate_faults(new, today):
        raise RateRefused(fault.code, field=fault.field, value=fault.value)


def rate_text(rate: Decimal) -> str:
    """The rate for people and JSON: two decimals, more only where they are not zero."""
    text = f"{rate:f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
