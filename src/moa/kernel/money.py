"""Money: an integer number of minor units with its currency. Source: ISO 4217 minor units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from moa.kernel.errors import DomainError

_ZERO_DIGITS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_TWO_DIGITS = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CNH CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG
    HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
    SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR
    ZMW ZWL DEM FRF ITL ESP NLG BEF ATS FIM IEP PTE GRD LUF SIT SKK EEK LVL LTL CYP MTL""".split()
)
_DIGITS = dict.fromkeys(_TWO_DIGITS, 2) | dict.fromkeys(_ZERO_DIGITS, 0) | dict.fromkeys(_THREE_DIGITS, 3)
CURRENCIES = frozenset(_DIGITS)


class UnknownCurrency(DomainError):
    code = "currency_unknown"


class CurrencyMismatch(DomainError):
    code = "currency_mismatch"


class AmountUnreadable(DomainError):
    code = "amount_unreadable"


def minor_digits(currency: str) -> int:
    """The number of decimals that `currency` is counted in. Raises: currency_unknown."""
    try:
        return _DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(currency=currency) from None


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in minor units; refuses an amount finer than the currency. Raises: amount_unreadable."""
    if not amount.is_finite():
        raise AmountUnreadable(amount=str(amount), currency=currency)
    scaled = amount.scaleb(minor_digits(currency))
    whole = int(scaled)
    if whole != scaled:
        raise AmountUnreadable(amount=str(amount), currency=currency)
    return whole


def to_decimal(minor: int, currency: str) -> Decimal:
    """`minor` units of `currency` as an exact decimal with all its minor digits."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def to_text(minor: int, currency: str) -> str:
    """`minor` units as a plain decimal string: "1234.50", "-1234". No separators."""
    digits = minor_digits(currency)
    if not digits:
        return str(minor)
    sign, figure = ("-", str(-minor)) if minor < 0 else ("", str(minor))
    figure = figure.rjust(digits + 1, "0")
    return f"{sign}{figure[:-digits]}.{figure[-digits:]}"


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency. Adding two currencies is refused."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        minor_digits(self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{to_text(self.minor, self.currency)} {self.currency}"
