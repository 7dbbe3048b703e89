"""Decisions on accounts and statement lines, on plain values."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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


# An account's own number at the end of an IBAN; shorter ones would fit by chance.
SHORTEST_INSIDE_IBAN = 8
_IBAN = re.compile(r"[A-Z]{2}\d\d[0-9A-Z]{11,}")


def is_iban_key(key: str) -> bool:
    return _IBAN.fullmatch(key) is not None


def names_account(stated: str, number: str) -> bool:
    """Whether two writings are one number: signs and leading noughts aside, or one inside the other's IBAN."""
    if set(number_keys(stated)) & set(number_keys(number)):
        return True
    one, other = number_key(stated), number_key(number)
    if one.lstrip("0") == other.lstrip("0") != "":
        return True
    short, long = sorted((one, other), key=len)
    return is_iban_key(long) and len(short) >= SHORTEST_INSIDE_IBAN and long.endswith(short)


def fingerprint_of(said: bytes) -> str:
    """A 128-bit hash of what a line says, as 32 hexadecimal digits.

    Two lines with one fingerprint are the same words and figures on the same day; whether they are one line or
    twins is told by counting them. Balance and place are left out: an overlapping file states the same line
    elsewhere, and not every file states a balance.
    """
    return hashlib.blake2b(said, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class DayMovement:
    """What a statement moves on one day. Shape: signed minor units, number of booked lines."""

    day: date
    movement_minor: int
    count: int


def statement_period(
    stated: tuple[date | None, date | None], days: Iterable[date], fetched_on: date
) -> tuple[date, date] | None:
    """The first and last day that a statement speaks of, both inside; None when it speaks of none.

    Day rule: as stated, else from its lines. A line dated outside the stated period (booked late with an older
    date) does not widen it. A bank cannot speak of days to come: a period that ends after the day on which the
    file came ends there, or with its last line.
    """
    lines = sorted(days)
    first = stated[0] or (lines[0] if lines else stated[1])
    last = stated[1] or (lines[-1] if lines else stated[0])
    if first is None or last is None:
        return None
    if last > fetched_on:
        inside = [day for day in lines if day <= last]
        last = max(fetched_on, inside[-1]) if inside else fetched_on
    return min(first, last), last


def within_period(movements: Mapping[date, DayMovement], first: date, last: date) -> list[DayMovement]:
    """Movements by the day on which they count for the balance: lines dated before or after count on the edge."""
    sums: dict[date, tuple[int, int]] = {}
    for movement in movements.values():
        day = min(max(movement.day, first), last)
        moved, count = sums.get(day, (0, 0))
        sums[day] = (moved + movement.movement_minor, count + movement.count)
    return [DayMovement(day, moved, count) for day, (moved, count) in sorted(sums.items())]


@dataclass(frozen=True, slots=True)
class BalanceSteps:
    """The balance of a statement over its days: a figure for its first and last day and for each day with lines."""

    steps: tuple[tuple[date, int], ...]

    @classmethod
    def over(
        cls, opening_minor: int, movements: Sequence[DayMovement], first: date, last: date
    ) -> BalanceSteps:
        balance, found = opening_minor, {first: opening_minor}
        for movement in movements:
            balance += movement.movement_minor
            found[movement.day] = balance
        found[last] = balance
        return cls(tuple(sorted(found.items())))

    def on(self, day: date) -> int:
        """The closing balance of a day inside the period."""
        return self.steps[bisect_right(self.steps, day, key=lambda step: step[0]) - 1][1]


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
