"""Which movements and balances a watch tells of; decisions on plain values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class WatchKind(StrEnum):
    INCOMING = "incoming"
    LARGE = "large"
    NIGHT = "night"
    UNUSUAL = "unusual"
    NEWCOMER = "newcomer"
    BELOW = "below"
    ABOVE = "above"
    SILENT = "silent"


OF_LINES = frozenset(
    {WatchKind.INCOMING, WatchKind.LARGE, WatchKind.NIGHT, WatchKind.UNUSUAL, WatchKind.NEWCOMER}
)
OF_BALANCES = frozenset({WatchKind.BELOW, WatchKind.ABOVE})
HISTORY_DAYS = 90
# With fewer movements nobody can say what is usual.
LEAST_HISTORY = 10
# Older lines are history that is being brought in, not news.
NEWS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Condition:
    """What a watch asks for. Shape: minor units of `currency`; "" any currency."""

    kind: WatchKind
    currency: str = ""
    amount_minor: int | None = None
    factor: int | None = None
    from_time: time | None = None
    until_time: time | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """One booked line. Shape: `amount_minor` signed, credits positive; `at` the bank's time, None where it gives none."""

    amount_minor: int
    currency: str
    booked_on: date
    at: time | None = None
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What the account did in the 90 days before. Shape: `count` movements, `median_minor` of their sizes."""

    count: int = 0
    median_minor: int | None = None
    counterparties: Collection[str] = frozenset()


def tells_of_line(asked: Condition, line: Movement, history: History) -> bool:
    """Whether the watch tells of this line."""
    if asked.currency and asked.currency != line.currency:
        return False
    size = abs(line.amount_minor)
    enough = asked.amount_minor is None or size >= asked.amount_minor
    if asked.kind is WatchKind.INCOMING:
        return enough and line.amount_minor > 0
    if asked.kind is WatchKind.LARGE:
        return enough and size > 0
    if asked.kind is WatchKind.NIGHT:
        return enough and is_at_night(line.at, asked.from_time, asked.until_time)
    if asked.kind is WatchKind.UNUSUAL:
        return enough and is_unusual(size, asked.factor, history)
    if asked.kind is WatchKind.NEWCOMER:
        return enough and bool(line.counterparty) and line.counterparty not in history.counterparties
    return False


def is_at_night(at: time | None, begins: time | None, ends: time | None) -> bool:
    """Outside the hours from `begins` to before `ends`; a line without a time is not known to be at night."""
    return at is not None and begins is not None and ends is not None and not begins <= at < ends


def is_unusual(size: int, factor: int | None, history: History) -> bool:
    """More than `factor` times the median of a history that is long enough."""
    if factor is None or history.count < LEAST_HISTORY or history.median_minor is None:
        return False
    return size > factor * history.median_minor


def tells_of_balance(asked: Condition, balance_minor: int, currency: str) -> bool:
    """Whether a day-end balance is below, or above, what was asked for; equal is neither."""
    if asked.amount_minor is None or (asked.currency and asked.currency != currency):
        return False
    if asked.kind is WatchKind.BELOW:
        return balance_minor < asked.amount_minor
    return asked.kind is WatchKind.ABOVE and balance_minor > asked.amount_minor


def is_silent(covered_until: date | None, expected: date) -> bool:
    """No statement reaches the business day that is awaited."""
    return covered_until is None or covered_until < expected
