"""Decisions on accounts and statement lines, on plain values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from moa.formats.statements import Entry

_NOT_KEY = re.compile(r"[^0-9A-Z]")


def number_key(number: str) -> str:
    """An account number without separators and in capitals, so that "123-45" and "12345" are one."""
    return _NOT_KEY.sub("", number.upper())


def number_keys(number: str) -> list[str]:
    """The keys under which a statement's account may be known here, the likeliest first.

    Banks write "BANK/ACCOUNT", "ACCOUNT CUR" or an IBAN; the account may be filed under the part alone.
    """
    keys = [number_key(number)]
    for part in (number.rsplit("/", 1)[-1], number.split(" ", 1)[0]):
        if number_key(part) not in keys and number_key(part):
            keys.append(number_key(part))
    return [key for key in keys if key]


def fingerprint(entry: Entry, description: str, counterparty: str) -> str:
    """A 128-bit hash of what a line says, as 32 hexadecimal digits.

    Two lines with one fingerprint are the same words and figures on the same day; whether they are one line or
    twins is told by their number of occurrence. Balance and place are left out: an overlapping file states the
    same line elsewhere, and not every file states a balance.
    """
    said = (
        f"{entry.date}\x1f{entry.value_date}\x1f{entry.time}\x1f{entry.direction}\x1f{entry.amount_minor}\x1f"
        f"{entry.reference}\x1f{entry.bank_reference}\x1f{description}\x1f{counterparty}\x1f"
        f"{entry.counterparty_account}"
    )
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class DayMovement:
    """What a statement moves on one day. Shape: signed minor units, number of booked lines."""

    day: date
    movement_minor: int
    count: int


def day_closings(
    opening_minor: int, movements: Iterable[DayMovement], to_date: date
) -> list[tuple[date, int, int]]:
    """The balance at the end of each day that a statement has lines on, and of its last day.

    Shape: (day, closing minor, number of lines that day), in order of days. A line dated before the statement's
    first day counts from its own day on.
    """
    closings: list[tuple[date, int, int]] = []
    balance = opening_minor
    for movement in sorted(movements, key=lambda one: one.day):
        balance += movement.movement_minor
        closings.append((movement.day, balance, movement.count))
    if not closings or closings[-1][0] < to_date:
        closings.append((to_date, balance, 0))
    return closings


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that statements cover. Shape: periods of (first day, last day), both inside."""

    periods: tuple[tuple[date, date], ...]

    def covers(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.periods)

    @property
    def until(self) -> date | None:
        return max((last for _, last in self.periods), default=None)

    @property
    def since(self) -> date | None:
        return min((first for first, _ in self.periods), default=None)


def missing_days(coverage: Coverage, business_days: Sequence[date]) -> list[date]:
    """The business days from the first covered day on that no statement covers."""
    since = coverage.since
    if since is None:
        return []
    return [day for day in business_days if day >= since and not coverage.covers(day)]


def freshness(covered_until: date | None, expected: date, before_expected: date) -> str:
    """How new a bank's word is: "fresh", "late" (one business day behind), "overdue" or "never".

    Shape: `expected` is the last business day that a statement should cover by now, `before_expected` the one
    before it. Source: DESIGN §9.12.
    """
    if covered_until is None:
        return "never"
    if covered_until >= expected:
        return "fresh"
    return "late" if covered_until >= before_expected else "overdue"


def day_before(day: date) -> date:
    return day - timedelta(days=1)
