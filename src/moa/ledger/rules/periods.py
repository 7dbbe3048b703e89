"""Months and years as numbers: 202611 and 2026."""

from __future__ import annotations

from datetime import date, timedelta

from moa.ledger.rules.months import months_from


def month_bounds(period: int) -> tuple[date, date]:
    """The first and the last day of a month. Day rule: both belong to it."""
    first, after = months_from(date(period // 100, period % 100, 1), 2)
    return first, after - timedelta(days=1)


def year_bounds(year: int) -> tuple[date, date]:
    """The first and the last day of a year. Day rule: both belong to it."""
    return date(year, 1, 1), date(year, 12, 31)


def next_month(period: int) -> int:
    after = months_from(date(period // 100, period % 100, 1), 2)[1]
    return after.year * 100 + after.month


def period_name(period: int) -> str:
    """As a person writes it: 2026-11, or 2026."""
    return str(period) if period < 10_000 else f"{period // 100}-{period % 100:02d}"
