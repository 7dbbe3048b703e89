"""Conversion at a rate: worked examples, exactness, and what is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.money import CurrencyMismatch, Money, UnknownCurrency, minor_digits, to_minor
from moa.kernel.rates import Rate, RateInvalid
from moa.kernel.rounding import Rounding

RATES = st.decimals("0.0000000001", "9999999999", places=10, allow_nan=False).filter(lambda rate: rate > 0)
CURRENCY = st.sampled_from(["KRW", "USD", "CNY", "JPY", "KWD"])
MINOR = st.integers(-(10**18), 10**18)


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "won"),
    [
        ("6214880.12", "USD", "1382.50", 8_592_071_766),  # 8,592,071,765.9
        ("50421346.65", "CNY", "192.60", 9_711_151_365),  # 9,711,151,364.79
        ("-0.01", "USD", "1382.50", -14),  # -13.825: a debt rounds like a claim
        ("0", "USD", "1382.50", 0),
        ("1000", "JPY", "9.2345", 9_235),  # 9,234.5 is a tie and goes up
    ],
)
def test_it_converts_and_rounds_once(amount, currency, rate, won):
    money = Money(to_minor(Decimal(amount), currency), currency)
    converted = Rate(currency, "KRW", Decimal(rate)).convert(money, Rounding.HALF_UP)
    assert converted == Money(won, "KRW")


def test_the_rounding_is_the_callers_word():
    rate = Rate("USD", "KRW", Decimal("1382.50"))
    cent = Money(1, "USD")
    assert rate.convert(cent, Rounding.DOWN).minor == 13
    assert rate.convert(cent, Rounding.HALF_UP).minor == 14


def test_it_converts_back_by_exact_division():
    rate = Rate("USD", "KRW", Decimal("1382.50"))
    assert rate.convert_back(Money(8_592_071_766, "KRW"), Rounding.HALF_UP) == Money(621_488_012, "USD")


@given(minor=MINOR, base=CURRENCY, quote=CURRENCY.filter(lambda code: code != "KWD"), value=RATES)
def test_the_result_is_the_nearest_minor_unit_to_the_exact_product(minor, base, quote, value):
    if base == quote:
        value = Decimal(1)
    exact = Fraction(minor, 10 ** minor_digits(base)) * Fraction(value) * 10 ** minor_digits(quote)
    result = Rate(base, quote, value).convert_minor(minor, Rounding.HALF_UP)
    assert abs(result - exact) <= Fraction(1, 2)


@given(amounts=st.lists(MINOR, min_size=1, max_size=20), value=RATES)
def test_parts_converted_one_by_one_differ_from_the_whole_by_half_a_unit_each_at_most(amounts, value):
    rate = Rate("USD", "KRW", value)
    parts = sum(rate.convert_minor(minor, Rounding.HALF_UP) for minor in amounts)
    whole = rate.convert_minor(sum(amounts), Rounding.HALF_UP)
    assert abs(parts - whole) * 2 <= len(amounts) + 1


@given(minor=MINOR, currency=CURRENCY, rounding=st.sampled_from(Rounding))
def test_a_currency_converted_to_itself_is_unchanged(minor, currency, rounding):
    assert Rate.same(currency).convert(Money(minor, currency), rounding) == Money(minor, currency)


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_it_refuses_a_rate_that_is_none(value):
    with pytest.raises(RateInvalid):
        Rate("USD", "KRW", Decimal(value))


def test_it_refuses_a_rate_other_than_one_of_a_currency_with_itself():
    with pytest.raises(RateInvalid):
        Rate("KRW", "KRW", Decimal("1.1"))


def test_it_refuses_an_unknown_currency_and_money_of_a_third_one():
    with pytest.raises(UnknownCurrency):
        Rate("USD", "WON", Decimal(1))
    rate = Rate("USD", "KRW", Decimal("1382.50"))
    with pytest.raises(CurrencyMismatch):
        rate.convert(Money(1, "CNY"), Rounding.HALF_UP)
    with pytest.raises(CurrencyMismatch):
        rate.convert_back(Money(1, "USD"), Rounding.HALF_UP)
