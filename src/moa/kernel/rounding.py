"""Rounding that is named at the call: exact integer division, and a decimal to a multiple of a unit."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from moa.kernel.errors import DomainError


class UnitInvalid(DomainError):
    code = "rounding_unit_invalid"


class Rounding(StrEnum):
    """What happens to the part that does not fit.

    HALF_UP is the merchants' rule (반올림, 四舍五入): a tie goes away from zero, as PostgreSQL's round(numeric) does.
    DOWN cuts off towards zero (절사, 舍去), UP goes away from zero (절상, 进位).
    """

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"
    FLOOR = "floor"
    CEILING = "ceiling"


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """`numerator` ÷ `denominator` as a whole number, exact up to the one rounding.

    Raises: ZeroDivisionError.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    size, rest = divmod(abs(numerator), denominator)
    negative = numerator < 0
    if rest and _goes_outward(size, 2 * rest - denominator, negative, rounding):
        size += 1
    return -size if negative else size


def _goes_outward(size: int, beyond_half: int, negative: bool, rounding: Rounding) -> bool:
    """Whether a figure with a rest moves away from zero; `beyond_half` is 0 on a tie."""
    if rounding is Rounding.HALF_UP:
        return beyond_half >= 0
    if rounding is Rounding.HALF_EVEN:
        return beyond_half > 0 or (beyond_half == 0 and size % 2 == 1)
    if rounding is Rounding.FLOOR:
        return negative
    if rounding is Rounding.CEILING:
        return not negative
    return rounding is Rounding.UP


def round_to(value: Decimal, unit: Decimal, rounding: Rounding) -> Decimal:
    """`value` as a multiple of `unit` ("0.01", "1", "10"), exact whatever the number of digits.

    Shape: the result has the decimals of `unit`. Raises: rounding_unit_invalid.
    """
    if not unit.is_finite() or unit <= 0 or not value.is_finite():
        raise UnitInvalid(value=str(value), unit=str(unit))
    value_top, value_bottom = value.as_integer_ratio()
    unit_top, unit_bottom = unit.as_integer_ratio()
    count = divide(value_top * unit_bottom, value_bottom * unit_top, rounding)
    _, digits, exponent = unit.as_tuple()
    whole_unit = int("".join(map(str, digits)))
    # Built from text, because arithmetic on decimals would round to the precision of the context.
    return Decimal(f"{count * whole_unit}E{exponent}")
