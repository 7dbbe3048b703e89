"""Which file carries which days: monthly, half-monthly or weekly files first, daily ones at the end, some overlapping.

A missing day is in no file. Rows of a day are never split between files, so that overlaps repeat whole days.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import NamedTuple

from moa_world.calendars import bank_calendar
from moa_world.group import ACCOUNTS, BANKS, Account, country_of
from moa_world.simulation import World

DAILY_SPAN = timedelta(days=10)

REFUSED_ACCOUNT = "1005804471320"
_STALE = {"3010274150917": 2, "3010274883358": 1}
_HOLE = {"475560118841": (-3, -2), REFUSED_ACCOUNT: (-4,)}


class Habit(NamedTuple):
    """How a bank's files come. Shape: `cut` "month", "half" or "week"; `overlap` business days repeated at each
    file's start; `at` the hour and minute of the evening in which they are fetched."""

    cut: str
    overlap: int
    at: time


HABITS = {
    "KB": Habit("month", 1, time(18, 38)),
    "신한": Habit("half", 1, time(19, 2)),
    "하나": Habit("week", 0, time(19, 35)),
    "우리": Habit("month", 0, time(18, 20)),
    "IBK": Habit("week", 0, time(18, 51)),
    "농협": Habit("half", 2, time(18, 2)),
    "KDB": Habit("month", 0, time(18, 30)),
    "BOC": Habit("week", 0, time(20, 5)),
    "ICBC": Habit("month", 1, time(20, 6)),
}


class Parcel(NamedTuple):
    """One file to be: the accounts in it and the business days that it covers, in order."""

    accounts: tuple[Account, ...]
    days: tuple[date, ...]
    part: int


class Missing(NamedTuple):
    """A business day of an account that no ordinary file carries."""

    account: Account
    day: date
    reason: str


def missing_days(world: World) -> list[Missing]:
    """The days held back on purpose: two stale accounts, one hole, and one day whose file is refused.

    Day rule: counted back from the bank's own last business day; a short world without enough days has none.
    """
    held: list[Missing] = []
    for account in ACCOUNTS:
        days = world.business_days(account)
        if len(days) < 8:
            continue
        last = _STALE.get(account.number, 0)
        chosen = days[-last:] if last else [days[at] for at in _HOLE.get(account.number, ())]
        reason = "refused_file" if account.number == REFUSED_ACCOUNT else "not_received"
        held.extend(Missing(account, day, reason) for day in chosen)
    return held


def covered_days(world: World, account: Account) -> list[date]:
    """The business days of the account that some ordinary file carries."""
    absent = {gap.day for gap in missing_days(world) if gap.account == account}
    return [day for day in world.business_days(account) if day not in absent]


def parcels(world: World) -> list[Parcel]:
    """All ordinary booked files, account by account (or bundle by bundle), oldest first."""
    result = []
    for bundle in _bundles():
        covered = covered_days(world, bundle[0])
        absent = set(world.business_days(bundle[0])) - set(covered)
        for part, days in enumerate(_cut(bundle[0], world, covered), 1):
            result.append(Parcel(bundle, _overlapped(bundle[0], days, covered, absent), part))
    return result


def _bundles() -> list[tuple[Account, ...]]:
    groups: dict[str, tuple[Account, ...]] = {}
    for account in ACCOUNTS:
        key = account.bundle or account.number
        groups[key] = (*groups.get(key, ()), account)
    return list(groups.values())


def _cut(account: Account, world: World, covered: list[date]) -> list[list[date]]:
    """Covered days by file. A hole always ends a file, so that no file claims a day that it does not carry."""
    habit = HABITS[account.bank]
    daily_from = world.until - DAILY_SPAN + timedelta(days=1)
    calendar = bank_calendar(country_of(account))
    groups: list[list[date]] = []
    last_key: object = None
    for day in covered:
        key = day if day >= daily_from else _period_of(day, habit.cut)
        follows = bool(groups) and calendar.on_or_after(groups[-1][-1] + timedelta(days=1)) == day
        if key != last_key or not follows:
            groups.append([])
        groups[-1].append(day)
        last_key = key
    return groups


def _period_of(day: date, cut: str) -> object:
    if cut == "week":
        return day.isocalendar()[:2]
    return (day.year, day.month, day.day > 15 if cut == "half" else False)


def _overlapped(
    account: Account, days: list[date], covered: list[date], absent: set[date]
) -> tuple[date, ...]:
    """The file's days with the repeated ones in front; the repeat stops at a missing day."""
    calendar = bank_calendar(country_of(account))
    whole = list(days)
    for _ in range(HABITS[account.bank].overlap):
        before = calendar.on_or_before(whole[0] - timedelta(days=1))
        if before < covered[0] or before in absent:
            break
        whole.insert(0, before)
    return tuple(whole)


def bank_folder(account: Account) -> str:
    return BANKS[account.bank].folder
