"""How much may still be paid: single, daily, of a unit, to a payee. Source: domain.md §2.7, §2.12; GRP-041, GRP-135."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class LimitScope(StrEnum):
    """What a limit counts: one payment; all of a day; those of a unit on a day; those to one payee on a day."""

    SINGLE = "single"
    DAILY = "daily"
    UNIT = "unit"
    PAYEE = "payee"


# The code by which a passed limit is told.
PASSED = {
    LimitScope.SINGLE: "limit_passed_single", LimitScope.DAILY: "limit_passed_daily", LimitScope.UNIT: "limit_passed_unit",
    LimitScope.PAYEE: "limit_passed_payee",
}  # fmt: skip


class Limit(NamedTuple):
    """A limit that applies to a payment. Shape: `used_minor` what counts against it already, without this payment."""

    scope: LimitScope
    most_minor: int
    used_minor: int = 0
    limit_id: int | None = None


class LimitUse(NamedTuple):
    """A limit with this payment added. Shape: `rest_minor` is negative when it is passed."""

    limit: Limit
    after_minor: int
    rest_minor: int

    @property
    def is_passed(self) -> bool:
        return self.rest_minor < 0

    @property
    def code(self) -> str:
        """How it is told that the limit is passed."""
        return PASSED[self.limit.scope]


def weigh(amount_minor: int, limits: Sequence[Limit]) -> list[LimitUse]:
    """Every limit with the payment added, the one with the least room first. A single limit counts this one alone."""
    if amount_minor <= 0:
        raise ValueError("a payment is above zero")
    used = [
        LimitUse(limit, after, limit.most_minor - after)
        for limit in limits
        for after in ((0 if limit.scope is LimitScope.SINGLE else limit.used_minor) + amount_minor,)
    ]
    return sorted(used, key=lambda one: (one.rest_minor, one.limit.scope, one.limit.limit_id or 0))


def next_limit(uses: Sequence[LimitUse]) -> LimitUse | None:
    """The limit that comes next: the first of what `weigh` gives."""
    return uses[0] if uses else None
