"""Several transfers as one: how an amount over the bank's limit is divided, and where a whole stands by its parts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

# What one decision covers at most: rows that a person can look through, and transfers of all of them.
MOST_ROWS, MOST_TRANSFERS = 100, 200


def split(amount_minor: int, most_minor: int) -> tuple[int, ...]:
    """The fewest transfers of at most `most_minor` each, full ones first. Their sum is the amount."""
    if amount_minor <= 0 or most_minor <= 0:
        raise ValueError("an amount and a limit are above zero")
    full, rest = divmod(amount_minor, most_minor)
    return (most_minor,) * full + ((rest,) if rest else ())


class Standing(StrEnum):
    """Where several payments stand together."""

    DRAFT = "draft"
    PENDING = "pending"
    RETURNED = "returned"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


_PAID = frozenset({"paid", "reconciled"})
_SENT = frozenset({"sent", "processing"})
_WAITING = frozenset({"approved", "ready"})
_FAILED = frozenset({"failed", "returned_by_bank"})


def stand(states: Iterable[str]) -> Standing:
    """Paid is only what is proven of every part; what is not known of one is not known of the whole.

    Shape: `states` of orders, at least one.
    """
    found = set(states)
    if not found:
        raise ValueError("a whole has parts")
    if "unknown" in found:
        return Standing.UNKNOWN
    if found & _PAID:
        return Standing.PAID if found <= _PAID else Standing.PARTLY_PAID
    for group, standing in (
        (_SENT, Standing.SENT),
        (_WAITING, Standing.APPROVED),
        (_FAILED, Standing.FAILED),
    ):
        if found & group:
            return standing
    for state in (Standing.PENDING, Standing.RETURNED, Standing.DRAFT):
        if state.value in found:
            return state
    return Standing.WITHDRAWN
