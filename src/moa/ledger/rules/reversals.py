"""What takes a voucher back: the same legs negative, in red on their own side or in black on the other.

Source: domain.md §2.8 (冲账); DESIGN §9.4: red on the same side by default, and an error of an earlier year always on
the opposite side, so that the sheets of a year that is over do not change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from moa.ledger.rules.vouchers import Leg

NEGATIVE_SAME_SIDE, OPPOSITE_SIDE = "negative_same_side", "opposite_side"
STYLES = (NEGATIVE_SAME_SIDE, OPPOSITE_SIDE)

_MEMOS = {
    "KR": "{day:%Y-%m-%d} 전표 {number} 취소",
    "CN": "冲销{day:%Y}年{day:%m}月{day:%d}日错账 凭证{number}",
}


def style_of(asked: str, booked_on: date, day: date) -> str:
    """How a voucher of `booked_on` is taken back on `day`. Shape: `asked` one of STYLES, the book's own or the caller's."""
    return OPPOSITE_SIDE if booked_on.year < day.year else asked


def reversing_legs(legs: Iterable[Leg], style: str) -> tuple[Leg, ...]:
    """The legs that undo `legs`, from the same value dates, so that interest products are corrected from there."""
    turn = -1 if style == OPPOSITE_SIDE else 1
    return tuple(
        leg._replace(
            minor=-leg.minor, side=leg.side * turn,
            functional_minor=None if leg.functional_minor is None else -leg.functional_minor,
        )
        for leg in legs
    )  # fmt: skip


def memo_of(calendar: str, booked_on: date, number: int) -> str:
    """What a reversal says of itself, in the words of the book's country."""
    return _MEMOS.get(calendar, "Reversal of voucher {number} of {day:%Y-%m-%d}").format(
        day=booked_on, number=number
    )
