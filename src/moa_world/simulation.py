"""The days, played in order: each account's rhythms, the group's own movements, the books with their balances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from moa_world.calendars import ONE_DAY, bank_calendar
from moa_world.desks import Desk, circle_for, desk_for
from moa_world.group import ACCOUNTS, BY_NUMBER, KRW_POOL, Account, country_of
from moa_world.lines import Book, Line, Posted
from moa_world.rates import RateTable, walk_rates
from moa_world.rhythms.plan import PLAN
from moa_world.treasury import Pair, currency_sales, funding, monthly_pairs, reserve, sweep

TARGET_WON = 145_000_000_000
_LEAST_POOL = 2_000_000_000


@dataclass(frozen=True, slots=True)
class World:
    """The whole truth: every account's book from `first` to `until`, and the rates."""

    seed: int
    first: date
    until: date
    books: dict[str, Book]
    rates: RateTable

    def business_days(self, account: Account) -> list[date]:
        return bank_calendar(country_of(account)).days(self.first, self.until)


def simulate(*, seed: int, until: date, days: int) -> World:
    """Play `days` calendar days that end with `until`."""
    first = until - timedelta(days=days - 1)
    rates = walk_rates(first, until, seed)
    desks = {account.number: desk_for(account, circle_for(account, seed)) for account in ACCOUNTS}
    books = {}
    for account in ACCOUNTS:
        opening = _opening(account, seed)
        desks[account.number].balance_minor = opening
        books[account.number] = Book(account, opening)
    for n in range(days):
        play_day(first + n * ONE_DAY, seed, desks, books, rates)
    world = World(seed, first, until, books, rates)
    _settle_pool(world)
    return world


def _opening(account: Account, seed: int) -> int:
    """About the account's usual balance, with an odd tail as real balances have."""
    rng = Random(f"{seed}/opening/{account.number}")
    whole = account.opening + account.opening * rng.randint(-60, 60) // 1000
    return (
        whole + rng.randrange(1_000_000)
        if account.currency == "KRW"
        else whole * 100 + rng.randrange(100_000)
    )


def play_day(day: date, seed: int, desks: dict[str, Desk], books: dict[str, Book], rates: RateTable) -> None:
    """Post one calendar day on every account whose banks work."""
    opened = {number: desk for number, desk in desks.items() if desk.calendar.is_business(day)}
    lines = {number: ordinary_lines(desk, day, seed) for number, desk in opened.items()}
    if bank_calendar("KR").is_business(day):
        _put(lines, monthly_pairs(day))
        _put(lines, currency_sales(day, desks, rates))
    for number, desk in opened.items():
        pair = funding(desk.account, desk.balance_minor, lines[number])
        _put(lines, [pair] if pair else [])
    for number, desk in opened.items():
        closing = desk.balance_minor + sum(line.amount_minor for line in lines[number])
        pair = sweep(desk.account, closing)
        _put(lines, [pair] if pair else [])
    for number, desk in opened.items():
        line = reserve(desk.account, desk.balance_minor, lines[number])
        lines[number] += [line] if line else []
        posted = post(desk, day, lines[number])
        books[number].days[day] = posted
        if posted:
            desk.balance_minor = posted[-1].balance_minor


def ordinary_lines(desk: Desk, day: date, seed: int) -> list[Line]:
    """What the account's rhythms bring on `day`; the same for any window that holds the day, but for interest."""
    rng = Random(f"{seed}/{desk.account.number}/{day}")
    return [
        line
        for rhythm in PLAN[desk.account.number]
        for line in rhythm.lines(desk, day, rng)
        if line.amount_minor
    ]


def _put(lines: dict[str, list[Line]], pairs: Iterable[Pair]) -> None:
    for payer, paid, payee, got in pairs:
        lines[payer].append(paid)
        lines[payee].append(got)


def post(desk: Desk, day: date, lines: list[Line]) -> list[Posted]:
    """The lines in the order of their times with the running balance; nothing may overdraw."""
    balance = desk.balance_minor
    posted = []
    for sequence, line in enumerate(sorted(lines, key=lambda each: each.at), 1):
        balance += line.amount_minor
        value = day
        for _ in range(line.value_days):
            value = desk.calendar.on_or_after(value + ONE_DAY)
        posted.append(Posted(day, value, sequence, balance, line))
    return posted


def _settle_pool(world: World) -> None:
    """Move the pool's whole history up or down so that the group holds about the target at the end."""
    held = 0
    for number, book in world.books.items():
        closing, currency = book.closing_on(world.until), BY_NUMBER[number].currency
        held += closing if currency == "KRW" else world.rates.in_won(closing, currency, world.until)
    aside = Random(f"{world.seed}/target").randint(-600_000_000, 600_000_000)
    pool = world.books[KRW_POOL]
    lowest = min([pool.opening_minor, *(p.balance_minor for day in pool.days.values() for p in day)])
    shift = max(TARGET_WON + aside - held, _LEAST_POOL - lowest)
    pool.opening_minor += shift
    for day, posted in pool.days.items():
        pool.days[day] = [replace(each, balance_minor=each.balance_minor + shift) for each in posted]
