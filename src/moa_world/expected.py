"""The figures that the files must give, worked out from the true books and the delivery, never from the files.

The arithmetic stands apart from the product's: overlapped lines once, twins twice, each account converted once and
rounded half-up to the won, all groupings as sums of those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from moa_world.calendars import bank_calendar
from moa_world.delivery import covered_days, missing_days
from moa_world.group import ACCOUNTS, BANKS, Account, country_of
from moa_world.lines import Posted
from moa_world.packing import Written
from moa_world.simulation import World

CURVE_DAYS = 30


def decimal_text(minor: int, currency: str) -> str:
    return str(minor) if currency == "KRW" else str(Decimal(minor).scaleb(-2))


def in_base(world: World, minor: int, currency: str, day: date) -> int:
    """`minor` units in whole won at the last rate on or before `day`, half-up."""
    if currency == "KRW":
        return minor
    rate, _ = world.rates.on(currency, day)
    won = Decimal(minor).scaleb(-2) * rate
    return int(won.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def expected_figures(world: World, files: Iterable[Written]) -> dict[str, Any]:
    """The `expected` part of the manifest."""
    written = list(files)
    accounts = {account.number: account_figures(world, account, written) for account in ACCOUNTS}
    base = {number: int(figures["base"]) for number, figures in accounts.items()}
    return {
        "as_of": world.until.isoformat(),
        "accounts": accounts,
        "total_base": str(sum(base.values())),
        "by_company": _summed(base, lambda account: account.company),
        "by_bank": _summed(base, _bank_key),
        "by_currency": _by_currency(world, base),
        "curve": _curve(world),
        "entries": sum(figures["entries"] for figures in accounts.values()),
        "files_ordinary": sum(file.kind == "ordinary" for file in written),
        "files_bad": sum(file.kind == "bad" for file in written),
        "files_unknown_account": sum(file.kind == "unknown_account" for file in written),
        "twins": _twins(world),
    }


def account_figures(world: World, account: Account, files: list[Written]) -> dict[str, Any]:
    """What is to be known of one account after all ordinary files."""
    book, covered = world.books[account.number], covered_days(world, account)
    lines = book.lines(covered)
    debit = -sum(p.line.amount_minor for p in lines if p.line.amount_minor < 0)
    credit = sum(p.line.amount_minor for p in lines if p.line.amount_minor > 0)
    opening, closing = book.opening_on(covered[0]), book.closing_on(covered[-1])
    rate = None if account.currency == "KRW" else world.rates.on(account.currency, world.until)

    def text(minor: int) -> str:
        return decimal_text(minor, account.currency)

    return {
        "currency": account.currency,
        "opening": text(opening),
        "closing": text(closing),
        "closing_date": covered[-1].isoformat(),
        "first_day": covered[0].isoformat(),
        "entries": len(lines),
        "debits": sum(p.line.amount_minor < 0 for p in lines),
        "credits": sum(p.line.amount_minor > 0 for p in lines),
        "debit_total": text(debit),
        "credit_total": text(credit),
        "unseen": text(closing - opening - credit + debit),
        "missing": [gap.day.isoformat() for gap in missing_days(world) if gap.account == account],
        "rate": str(rate[0]) if rate else None,
        "rate_date": rate[1].isoformat() if rate else None,
        "base": str(in_base(world, closing, account.currency, world.until)),
        "daily": [
            {"date": day.isoformat(), "closing": text(known), "covered": held}
            for day, known, held in _known_closings(world, account, covered)
        ],
        "provisional_entries": _provisional(account, covered[-1], files),
    }


def _known_closings(world: World, account: Account, covered: list[date]) -> list[tuple[date, int, bool]]:
    """For each of the last days: the bank balance known that evening, and whether no business day is missing there."""
    book, calendar, held = world.books[account.number], bank_calendar(country_of(account)), set(covered)
    result = []
    for day in _last_days(world):
        before = [one for one in covered if one <= day]
        known = book.closing_on(before[-1]) if before else book.opening_minor
        result.append((day, known, day in held or not calendar.is_business(day)))
    return result


def _last_days(world: World) -> list[date]:
    count = min(CURVE_DAYS, (world.until - world.first).days + 1)
    return [world.until - timedelta(days=back) for back in range(count - 1, -1, -1)]


def _provisional(account: Account, booked_until: date, files: list[Written]) -> int:
    """Lines of intraday files after the last booked day."""
    later = [file for file in files if file.intraday and file.last > booked_until]
    return sum(
        dict(file.entries_by_account)[account.number] for file in later if account.number in file.accounts
    )


def _bank_key(account: Account) -> str:
    bank = BANKS[account.bank]
    return f"{bank.country}/{bank.code}"


def _summed(base: dict[str, int], key: Any) -> dict[str, str]:
    sums: dict[str, int] = defaultdict(int)
    for account in ACCOUNTS:
        sums[key(account)] += base[account.number]
    return {name: str(total) for name, total in sums.items()}


def _by_currency(world: World, base: dict[str, int]) -> dict[str, dict[str, str]]:
    own: dict[str, int] = defaultdict(int)
    won: dict[str, int] = defaultdict(int)
    for account in ACCOUNTS:
        closing = world.books[account.number].closing_on(covered_days(world, account)[-1])
        own[account.currency] += closing
        won[account.currency] += base[account.number]
    return {
        currency: {"balance": decimal_text(own[currency], currency), "base": str(won[currency])}
        for currency in own
    }


def _curve(world: World) -> list[dict[str, str]]:
    totals: dict[date, int] = defaultdict(int)
    for account in ACCOUNTS:
        for day, known, _ in _known_closings(world, account, covered_days(world, account)):
            totals[day] += in_base(world, known, account.currency, day)
    return [{"date": day.isoformat(), "total_base": str(total)} for day, total in sorted(totals.items())]


def _twins(world: World) -> list[dict[str, Any]]:
    """The lines put in twice on purpose, where their day was delivered."""
    result = []
    for account in ACCOUNTS:
        seen: dict[tuple[date, int], list[Posted]] = defaultdict(list)
        for posted in world.books[account.number].lines(covered_days(world, account)):
            if posted.line.twin:
                seen[posted.day, posted.line.amount_minor].append(posted)
        for (day, minor), posted_twice in seen.items():
            line = posted_twice[0].line
            result.append(
                {
                    "account": account.number,
                    "date": day.isoformat(),
                    "amount": decimal_text(abs(minor), account.currency),
                    "direction": "credit" if minor > 0 else "debit",
                    "counterparty": line.partner,
                    "description": line.text,
                    "count": len(posted_twice),
                }
            )
    return result
