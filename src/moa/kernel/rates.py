"""Exchange rates: exact decimals with their two currencies, and conversion with a named rounding."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from moa.kernel.errors import DomainError
from moa.kernel.money import CurrencyMismatch, Money, minor_digits
from moa.kernel.rounding import Rounding, divide


class RateInvalid(DomainError):
    code = "rate_invalid"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of `quote` one unit of `base` is worth: Rate("USD", "KRW", Decimal("1382.50")).

    Shape: always per one unit, also where the market quotes per hundred (JPY). Between a currency and itself
    only 1 is possible. Raises: rate_invalid, currency_unknown.
    """

    base: str
    quote: str
    value: Decimal
    # One minor unit of base is worth top ÷ bottom minor units of quote; whole numbers, so nothing is rounded early.
    _top: int = field(init=False, repr=False, compare=False)
    _bottom: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        base_digits, quote_digits = minor_digits(self.base), minor_digits(self.quote)
        if not isinstance(self.value, Decimal) or not self.value.is_finite() or self.value <= 0:
            raise RateInvalid(base=self.base, quote=self.quote, rate=str(self.value))
        if self.base == self.quote and self.value != 1:
            raise RateInvalid(base=self.base, quote=self.quote, rate=str(self.value))
        top, bottom = self.value.as_integer_ratio()
        object.__setattr__(self, "_top", top * 10**quote_digits)
        object.__setattr__(self, "_bottom", bottom * 10**base_digits)

    @classmethod
    def same(cls, currency: str) -> Rate:
        """The rate of a currency with itself."""
        return cls(currency, currency, Decimal(1))

    def convert_minor(self, minor: int, rounding: Rounding) -> int:
        """Minor units of base as minor units of quote, rounded once."""
        return divide(minor * self._top, self._bottom, rounding)

    def convert(self, money: Money, rounding: Rounding) -> Money:
        """An amount of base as an amount of quote. Raises: currency_mismatch."""
        if money.currency != self.base:
            raise CurrencyMismatch(left=money.currency, right=self.base)
        return Money(self.convert_minor(money.minor, rounding), self.quote)

    def convert_back(self, money: Money, rounding: Rounding) -> Money:
        """An amount of quote as an amount of base, by exact division. Raises: currency_mismatch."""
        if money.currency != self.quote:
            raise CurrencyMismatch(left=money.currency, right=self.quote)
        return Money(divide(money.minor * self._bottom, self._top, rounding), self.base)
