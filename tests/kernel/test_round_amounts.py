"""Rounding: each mode on each side of zero, and what every mode must keep."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.kernel.rounding import Rounding, UnitInvalid, divide, round_to

WHOLE = st.integers(-(10**40), 10**40)
NOT_ZERO = WHOLE.filter(bool)


@pytest.mark.parametrize(
    ("rounding", "results"),
    [
        # 25, 35, -25, -35, 21, -29 divided by 10
        (Rounding.HALF_UP, [3, 4, -3, -4, 2, -3]),
        (Rounding.HALF_EVEN, [2, 4, -2, -4, 2, -3]),
        (Rounding.DOWN, [2, 3, -2, -3, 2, -2]),
        (Rounding.UP, [3, 4, -3, -4, 3, -3]),
        (Rounding.FLOOR, [2, 3, -3, -4, 2, -3]),
        (Rounding.CEILING, [3, 4, -2, -3, 3, -2]),
    ],
)
def test_it_rounds_as_its_name_says(rounding, results):
    assert [divide(top, 10, rounding) for top in (25, 35, -25, -35, 21, -29)] == results


@given(top=WHOLE, bottom=NOT_ZERO, rounding=st.sampled_from(Rounding))
def test_it_is_never_a_whole_unit_off_and_leaves_whole_results_alone(top, bottom, rounding):
    exact = Fraction(top, bottom)
    result = divide(top, bottom, rounding)
    assert abs(result - exact) < 1
    if exact.denominator == 1:
        assert result == exact
    if rounding in (Rounding.HALF_UP, Rounding.HALF_EVEN):
        assert abs(result - exact) <= Fraction(1, 2)


@given(top=WHOLE, bottom=NOT_ZERO)
def test_merchants_rounding_and_cutting_off_treat_both_sides_of_zero_alike(top, bottom):
    for rounding in (Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN, Rounding.UP):
        assert divide(-top, bottom, rounding) == -divide(top, bottom, rounding)


@pytest.mark.parametrize(
    ("value", "unit", "rounding", "result"),
    [
        ("1234.565", "0.01", Rounding.HALF_UP, "1234.57"),  # CN interest, to 分
        ("1234.9", "1", Rounding.DOWN, "1234"),  # KR interest, below one won cut off
        ("1239", "10", Rounding.DOWN, "1230"),  # KR taxes, below ten won cut off
        ("0.025", "0.05", Rounding.HALF_UP, "0.05"),
        ("-0.004", "0.01", Rounding.HALF_UP, "0.00"),
        # More digits than the default decimal context holds.
        ("123456789012345678901234567890.125", "0.01", Rounding.HALF_UP, "123456789012345678901234567890.13"),
    ],
)
def test_it_rounds_to_a_unit_with_the_decimals_of_that_unit(value, unit, rounding, result):
    assert str(round_to(Decimal(value), Decimal(unit), rounding)) == result


@pytest.mark.parametrize(("value", "unit"), [("1", "0"), ("1", "-1"), ("1", "NaN"), ("Infinity", "1")])
def test_it_refuses_what_cannot_be_rounded(value, unit):
    with pytest.raises(UnitInvalid):
        round_to(Decimal(value), Decimal(unit), Rounding.DOWN)
