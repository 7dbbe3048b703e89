"""The arithmetic of the daily fund report on plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

_WHAT = ("previous", "in", "out", "balance")


@dataclass(frozen=True, slots=True)
class Movement:
    """What an account did. Shape: minor units; None is not known, which is never a zero; out is not negative."""

    previous_minor: int | None
    in_minor: int | None
    out_minor: int | None
    balance_minor: int | None

    @property
    def gap_minor(self) -> int | None:
        """What the balance is beyond previous + in − out; None where one of the two balances is not known.

        Movements that are not known explain nothing, so a balance that moved without them shows as a gap.
        """
        if self.previous_minor is None or self.balance_minor is None:
            return None
        return self.balance_minor - self.previous_minor - (self.in_minor or 0) + (self.out_minor or 0)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of what is known, and of how many rows something is not. Shape: previous + in − out + gap + begun = balance.

    `begun_minor` is what accounts hold whose balance before the day nobody knows. `lacking` says of how many rows each
    figure ("previous", "in", "out", "balance") is not known.
    """

    accounts: int
    previous_minor: int
    in_minor: int
    out_minor: int
    gap_minor: int
    begun_minor: int
    balance_minor: int
    unknown: int
    lacking: Mapping[str, int] = field(default_factory=dict)

    def known(self, what: str) -> int | None:
        """The sum "previous", "in", "out" or "balance"; None where of no row it is known: a sum of nothing is no zero."""
        if self.accounts and self.lacking.get(what, 0) == self.accounts:
            return None
        sums = {
            "previous": self.previous_minor, "in": self.in_minor, "out": self.out_minor, "balance": self.balance_minor,
        }  # fmt: skip
        return sums[what]

    def plus(self, other: Sums) -> Sums:
        """The sums of both."""
        return Sums(
            self.accounts + other.accounts, self.previous_minor + other.previous_minor, self.in_minor + other.in_minor,
            self.out_minor + other.out_minor, self.gap_minor + other.gap_minor, self.begun_minor + other.begun_minor,
            self.balance_minor + other.balance_minor, self.unknown + other.unknown,
            {what: self.lacking.get(what, 0) + other.lacking.get(what, 0) for what in _WHAT},
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The accounts of one bank, company and currency. Shape: `sums` in `currency`; `gaps` of them do not add up;
    `base_minor` what of their balances could be converted."""

    bank_key: str
    bank: str
    company_key: str
    company: str
    currency: str
    sums: Sums
    gaps: int
    base_minor: int
    without_rate: int


@dataclass(frozen=True, slots=True)
class Late:
    """A bank whose statements of the day are not all here."""

    bank: str
    accounts: int
    days: tuple[date, ...]
    last_received_at: datetime | None


def sum_movements(rows: Iterable[Movement]) -> Sums:
    accounts = previous = came = went = gap = begun = balance = unknown = 0
    lacking = dict.fromkeys(_WHAT, 0)
    for row in rows:
        accounts += 1
        lacking["previous"] += row.previous_minor is None
        lacking["in"] += row.in_minor is None
        lacking["out"] += row.out_minor is None
        lacking["balance"] += row.balance_minor is None
        unknown += row.in_minor is None or row.out_minor is None or row.balance_minor is None
        previous += row.previous_minor or 0
        came += row.in_minor or 0
        went += row.out_minor or 0
        balance += row.balance_minor or 0
        if row.gap_minor is not None:
            gap += row.gap_minor
        else:
            begun += (
                (row.balance_minor or 0)
                - (row.previous_minor or 0)
                - (row.in_minor or 0)
                + (row.out_minor or 0)
            )
    return Sums(accounts, previous, came, went, gap, begun, balance, unknown, lacking)
