"""The daily fund report: what each account held, what came, what went, what it holds, and what is not known.

A day reaches from the end of the business day before it, so a Monday tells of the week-end too. All figures are as known
now; each balance is converted once at the last rate on or before the day, as the position does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.gathered import has_more_accounts
from moa.accounts.overview import AccountRow, coverage, list_accounts
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.directory.queries import DatedRate, calendar_for
from moa.kernel.rounding import Rounding
from moa.reports.daily_rules import Late, Movement, Part, Sums, sum_movements
from moa.reports.daily_sums import days_asked, largest_accounts, sum_parts
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import rates_on

_FIGURES = """
select a.id, before.day, before.balance_minor, held.day, held.balance_minor, moved.credits, moved.debits
  from accounts_bankaccount a
  left join lateral (
      select p.day, p.balance_minor from accounts_balancepoint p where p.account_id = a.id and p.day <= %(before)s
       order by p.day desc, p.recorded_at desc, p.id desc limit 1) before on true
  left join lateral (
      select p.day, p.balance_minor from accounts_balancepoint p where p.account_id = a.id and p.day <= %(day)s
       order by p.day desc, p.recorded_at desc, p.id desc limit 1) held on true
  left join (
      select t.account_id, coalesce(sum(t.amount_minor) filter (where t.amount_minor > 0), 0)::bigint as credits,
             coalesce(-sum(t.amount_minor) filter (where t.amount_minor < 0), 0)::bigint as debits
        from accounts_transaction t
       where t.booked_on > %(before)s and t.booked_on <= %(day)s
         and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id) {among}
       group by 1) moved on moved.account_id = a.id
 where (a.closed_on is null or a.closed_on > %(day)s) and (a.opened_on is null or a.opened_on <= %(day)s) {units}
"""


class ReportAccount(NamedTuple):
    """What the report says of an account beside its figures."""

    id: int
    number: str
    name: str
    currency: str
    bank_key: str
    bank: str
    company_key: str
    company: str

    @property
    def account_end(self) -> str:
        return "".join(letter for letter in self.number if letter.isalnum())[-4:]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One account. Shape: `missing` business days of the report's day without a statement; `base_minor` None: no rate."""

    account: ReportAccount
    moved: Movement
    previous_on: date | None
    balance_on: date | None
    base_minor: int | None
    missing: tuple[date, ...]

    @property
    def gap_minor(self) -> int | None:
        return self.moved.gap_minor


@dataclass(frozen=True, slots=True)
class Total:
    """The accounts of one key. Shape: `sums` in `currency`; `base_minor` what of their balances could be converted."""

    key: str
    name: str
    currency: str
    sums: Sums
    base_minor: int
    without_rate: int


@dataclass(frozen=True, slots=True)
class DailyReport:
    day: date
    previous_day: date
    base_currency: str
    known_at: datetime
    rows: tuple[ReportRow, ...]
    rates: dict[str, DatedRate]
    late: tuple[Late, ...]
    parts: tuple[Part, ...]

    def totals(self, by: str) -> list[Total]:
        """By "currency", "bank" or "company"; a bank or company has one total for each of its currencies, beside each other."""
        keys: dict[str, Callable[[Part], tuple[str, str]]] = {
            "currency": lambda part: (part.currency, part.currency),
            "bank": lambda part: (part.bank_key, part.bank),
            "company": lambda part: (part.company_key, part.company),
        }
        groups: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
        for part in self.parts:
            groups[(*keys[by](part), part.currency)].append(part)
        first = {key: place for place, (key, _, _) in reversed(list(enumerate(groups)))}
        return [
            Total(
                key, name, currency, reduce(Sums.plus, (part.sums for part in parts)),
                sum(part.base_minor for part in parts), sum(part.without_rate for part in parts),
            )
            for (key, name, currency), parts in sorted(groups.items(), key=lambda group: first[group[0][0]])
        ]  # fmt: skip

    @property
    def accounts(self) -> int:
        """How many there are; `rows` may be the first of them."""
        return sum(part.sums.accounts for part in self.parts)

    @property
    def total_base_minor(self) -> int:
        return sum(part.base_minor for part in self.parts)

    @property
    def missing_rates(self) -> list[str]:
        return sorted({part.currency for part in self.parts if part.without_rate})

    @property
    def gap_count(self) -> int:
        return sum(part.gaps for part in self.parts)

    @property
    def gaps(self) -> list[ReportRow]:
        """Of the rows, those whose balance does not follow from the one before it and the movements."""
        return [row for row in self.rows if row.gap_minor]


def _lacks_rate(row: ReportRow) -> bool:
    return row.base_minor is None and row.moved.balance_minor is not None


def last_report_day(ctx: Context) -> date:
    """The last business day that is over: what a report of this morning is about."""
    return calendar_for(ctx, the_group_of(ctx).country).previous_business_day(ctx.today)


def daily_report(ctx: Context, *, day: date, most: int | None = None) -> DailyReport:
    """Of all accounts that the actor may see; with `most`, the first rows alone where there are more: with 0 the sums alone,
    whose rows `daily_rows` has one after the other. Raises: forbidden."""
    group = the_group_of(ctx)
    previous = calendar_for(ctx, group.country).previous_business_day(day)
    rates = rates_on(ctx, day)
    base = group.base_currency
    if most is not None and has_more_accounts(ctx, most, on=day, also=VIEW_POSITION):
        parts, late = sum_parts(ctx, day=day, previous=previous, base=base, rates=rates)
        first = list_accounts(ctx, most=most, on=day, also=VIEW_POSITION)
        rows = _rows(ctx, first, day, previous, base, rates, [one.id for one in first])
        return DailyReport(day, previous, base, ctx.at, tuple(rows), rates, tuple(late), tuple(parts))
    every = list_accounts(ctx, on=day, also=VIEW_POSITION)
    rows = _rows(ctx, every, day, previous, base, rates, None)
    heard = {one.id: one.received_at for one in every}
    return DailyReport(day, previous, base, ctx.at, tuple(rows), rates, _late(rows, heard), _parts(rows))


def daily_sum(
    ctx: Context, *, day: date, what: str, by: str, key: str, currency: str, most: int
) -> DailyReport:
    """The report, narrowed to what one of its sums adds up: all the parts, and the rows with the largest figures, these first.

    Shape: `what` as of `largest_accounts`; `by` "bank" or "company" with its `key`, else any. Raises: forbidden."""
    group = the_group_of(ctx)
    previous = calendar_for(ctx, group.country).previous_business_day(day)
    rates, base = rates_on(ctx, day), group.base_currency
    asked: dict[str, Any] = {"day": day, "previous": previous, "base": base, "rates": rates}
    parts, late = sum_parts(ctx, **asked)
    held = tuple(
        part
        for part in parts
        if {"bank": part.bank_key, "company": part.company_key}.get(by, key) == key
        and currency in {"", part.currency}
    )
    ids = largest_accounts(ctx, **asked, what=what, by=by, key=key, currency=currency, most=most)
    place = {number: at for at, number in enumerate(ids)}
    accounts = list_accounts(ctx, ids=ids, on=day, also=VIEW_POSITION)
    accounts.sort(key=lambda one: place[one.id])
    rows = _rows(ctx, accounts, day, previous, base, rates, ids)
    return DailyReport(day, previous, base, ctx.at, tuple(rows), rates, tuple(late), held)


def _rows(
    ctx: Context, accounts: list[AccountRow], day: date, previous: date, base: str, rates: dict[str, DatedRate],
    ids: list[int] | None,
) -> list[ReportRow]:  # fmt: skip
    """Shape: `ids` those of the accounts where they are not all."""
    units = permitted_units(ctx, VIEW_POSITION)
    facts: dict[str, Any] = {"day": day, "before": previous, "units": list(units or ()), "ids": ids}
    inside = "" if units is None else "and a.unit_id = any(%(units)s)"
    among = "" if ids is None else "and {}.{} = any(%(ids)s)"
    statement = _FIGURES.format(units=inside + among.format("a", "id"), among=among.format("t", "account_id"))
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        figures = {row[0]: row[1:] for row in cursor.fetchall()}
    missing = _missing(ctx, previous, day, ids)
    rows = []
    for account in accounts:
        if account.id not in figures:
            continue
        previous_on, previous_minor, balance_on, balance_minor, credits, debits = figures[account.id]
        lacking = missing(account)
        # Without a statement a movement that nobody told of is not known; one that somebody told of counts.
        known = not lacking or credits is not None
        moved = Movement(
            previous_minor, (credits or 0) if known else None, (debits or 0) if known else None, balance_minor
        )
        of = ReportAccount(*(getattr(account, name) for name in ReportAccount._fields))
        worth = in_base(balance_minor, account.currency, base, rates)
        rows.append(ReportRow(of, moved, previous_on, balance_on, worth, lacking))
    return rows


def _parts(rows: list[ReportRow]) -> tuple[Part, ...]:
    groups: dict[tuple[str, str, str, str, str], list[ReportRow]] = defaultdict(list)
    for row in rows:
        one = row.account
        groups[one.bank_key, one.bank, one.company_key, one.company, one.currency].append(row)
    return tuple(
        Part(
            *key, sum_movements(row.moved for row in held), sum(bool(row.gap_minor) for row in held),
            sum(row.base_minor or 0 for row in held), sum(_lacks_rate(row) for row in held),
        )
        for key, held in groups.items()
    )  # fmt: skip


def in_base(minor: int | None, currency: str, base: str, rates: dict[str, DatedRate]) -> int | None:
    """None where it is not known, or no rate is."""
    if minor is None or currency == base:
        return minor
    dated = rates.get(currency)
    return None if dated is None else dated.rate.convert_minor(minor, Rounding.HALF_UP)


def _missing(
    ctx: Context, previous: date, day: date, ids: list[int] | None
) -> Callable[[AccountRow], tuple[date, ...]]:
    covered = coverage(ctx, previous + timedelta(days=1), ids)
    asked = days_asked(ctx, previous, day)

    def of(account: AccountRow) -> tuple[date, ...]:
        days, held = asked(account.bank_key[:2]), covered.get(account.id)
        return days if held is None else tuple(one for one in days if not held.covers(one))

    return of


def _late(rows: list[ReportRow], heard: dict[int, datetime | None]) -> tuple[Late, ...]:
    """Shape: `heard` when something came of each account last."""
    by_bank: dict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.missing:
            by_bank[row.account.bank].append(row)
    return tuple(
        Late(
            bank, len(held), tuple(sorted({day for row in held for day in row.missing})),
            max((at for row in held if (at := heard[row.account.id])), default=None),
        )
        for bank, held in by_bank.items()
    )  # fmt: skip
