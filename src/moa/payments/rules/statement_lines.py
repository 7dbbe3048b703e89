"""What a statement's line with our reference is: the payment itself, its fee, or its return."""

from __future__ import annotations

from typing import NamedTuple

PAID, FEE, RETURN = "paid", "fee", "return"
# Where a try keeps the line that closed it so.
COLUMNS = {PAID: "line_id", FEE: "fee_line_id", RETURN: "return_line_id"}
# A fee that nobody announced is known by its size alone; more is a person's matter.
MOST_FEE_MINOR = 10_000


class Closed(NamedTuple):
    """What another line has closed already."""

    paid: bool = False
    fee: bool = False
    given_back: bool = False


def role_of(line_minor: int, amount_minor: int, fee_minor: int | None, closed: Closed) -> str:
    """Empty when it is none of them. Shape: `line_minor` as the bank says it, receipts positive; `fee_minor` None where the
    bank said none."""
    if line_minor == amount_minor:
        return "" if closed.given_back else RETURN
    if line_minor == -amount_minor and not closed.paid:
        return PAID
    if line_minor >= 0 or closed.fee:
        return ""
    announced = fee_minor or 0
    fits = -line_minor == announced if announced else -line_minor <= MOST_FEE_MINOR
    return FEE if fits else ""
