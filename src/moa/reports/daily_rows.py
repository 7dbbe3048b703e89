"""The rows of the daily fund report one after the other, from a cursor of the server: however many, few are held at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from moa.accounts.overview import coverage_of, places_of_units
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.reports.daily import DailyReport, ReportAccount, ReportRow, in_base
from moa.reports.daily_rules import Movement
from moa.reports.daily_sums import days_asked, figures_of

ROWS_AT_ONCE = 1000
# In the order in which accounts are listed: by company, Korean banks first.
_ROWS = """{figures}
select f.id, f.number, f.name, f.unit_id, f.bank_country, f.bank_code, f.currency, f.days, f.before, f.before_on,
       f.came, f.went, f.held, f.held_on
  from figure f join control_unit u on u.id = f.unit_id
 order by coalesce(u.company_id, u.id), f.bank_country desc, f.bank_code collate "C", f.number collate "C", f.id
"""


def stream_rows(ctx: Context, report: DailyReport) -> Iterator[ReportRow]:
    """All rows of the report, those that `daily_report` has without `most`. Raises: forbidden."""
    figures, facts = figures_of(
        ctx, day=report.day, previous=report.previous_day, base=report.base_currency, rates=report.rates
    )
    places, banks = places_of_units(ctx), bank_map(ctx)
    missing = _Missing(ctx, report, facts["since"])
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS.format(figures=figures), facts)
        while found := cursor.fetchmany(ROWS_AT_ONCE):
            for number, shown, name, unit, country, code, currency, days, *figures in found:
                bank = banks.get((country, code))
                account = ReportAccount(
                    number, shown, name, currency, country + code, bank.short_name(ctx.language) if bank else code,
                    *places[unit][1][2:],
                )  # fmt: skip
                yield _row(report, account, figures, missing.of(country, days))


def _row(
    report: DailyReport, account: ReportAccount, figures: list[Any], lacking: tuple[date, ...]
) -> ReportRow:
    before, before_on, came, went, held, held_on = figures
    # Without a statement a movement that nobody told of is not known; one that somebody told of counts.
    known = not lacking or came is not None
    moved = Movement(before, (came or 0) if known else None, (went or 0) if known else None, held)
    worth = in_base(held, account.currency, report.base_currency, report.rates)
    return ReportRow(account, moved, before_on, held_on, worth, lacking)


class _Missing:
    """The business days that statements do not cover, worked out once for all accounts of which they cover the same."""

    def __init__(self, ctx: Context, report: DailyReport, since: date) -> None:
        self._asked = days_asked(ctx, report.previous_day, report.day)
        self._since = since
        self._known: dict[tuple[str, Any], tuple[date, ...]] = {}

    def of(self, country: str, days: int | None) -> tuple[date, ...]:
        key = country, days
        if key not in self._known:
            covered = coverage_of(days, self._since)
            self._known[key] = tuple(day for day in self._asked(country) if not covered.covers(day))
        return self._known[key]
